#include "explain_part.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "packet.h"

/* ---- steps of time ----------------------------------------------------------------------------------------------- */

uint32_t ptn_usual_step(uint32_t span, uint32_t n)
{
    static const uint32_t steps[] = {60,    120,   300,   600,   900,    1800,   3600,  7200,
                                     10800, 21600, 43200, 86400, 172800, 259200, 604800};
    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
        if (span / steps[i] < n)
            return steps[i];
    return (span / n / 604800 + 1) * 604800;
}

/* ---- the best of many -------------------------------------------------------------------------------------------- */

/* More lines first; of as many the lower address, so that the order in which threads came to an end does not show. */
static bool is_before(const struct ptn_suspect *a, const struct ptn_suspect *b)
{
    if (a->lines != b->lines)
        return a->lines > b->lines;
    return a->addr.family != b->addr.family ? a->addr.family < b->addr.family
                                            : memcmp(a->addr.bytes, b->addr.bytes, sizeof(a->addr.bytes)) < 0;
}

bool ptn_best_takes(const struct ptn_best *best, uint64_t lines)
{
    return best->n < best->max || lines >= best->items[best->n - 1].lines;
}

void ptn_best_add(struct ptn_best *best, const struct ptn_suspect *s)
{
    size_t at = best->n;
    while (at && is_before(s, &best->items[at - 1]))
        at--;
    if (at == best->max)
        return;
    if (best->n < best->max)
        best->n++;
    memmove(&best->items[at + 1], &best->items[at], (best->n - at - 1) * sizeof(*best->items));
    best->items[at] = *s;
}

/* ---- what packets tell --------------------------------------------------------------------------------------------
 */

static void add_times(struct ptn_explaining *x, const struct ptn_tally *t)
{
    const struct ptn_counted *one;
    for (uint32_t at = 0; (one = ptn_counter_next(&t->times.table, &at));) {
        const unsigned cause = one->what >> 1;
        const uint32_t minute = one->when << t->times.table.shift;
        if (cause != PTN_CAUSE_UNEXPLAINED && minute)
            x->added.sums[cause].timeline[ptn_explain_step(x->ret, minute * PTN_TIMES_UNIT)] += one->lines;
    }
}

/* What has no source's address is in no source's record; it stays unexplained. */
static void add_packets(struct ptn_explaining *x, const struct ptn_tally *t)
{
    uint64_t decided = 0;
    for (unsigned i = 0; i < PTN_CAUSE_COUNT; i++)
        decided += x->added.sums[i].lines;
    for (unsigned i = 0; i < PTN_CAUSE_COUNT; i++) {
        const struct ptn_sum *from = &t->sums[i];
        struct ptn_cause_sum *sum = &x->added.sums[i];
        if (i == PTN_CAUSE_UNEXPLAINED) {
            sum->lines += from->lines > decided ? from->lines - decided : 0;
        } else {
            sum->lines += from->lines;
            sum->passed += from->passed;
            ptn_span_add(&sum->first, &sum->last, from->first, from->last);
        }
    }
    add_times(x, t);
}

/* ---- paragraphs ---------------------------------------------------------------------------------------------------
 */

/* Most lines first. */
static const char *names_text(struct ptn_arena *a, const struct ptn_log_names *names)
{
    const char *text = "";
    bool told[PTN_NAMES] = {false};
    for (unsigned n = 0; n < PTN_NAMES && text; n++) {
        int most = -1;
        for (int i = 0; i < PTN_NAMES; i++)
            if (names->lines[i] && !told[i] &&
                (most < 0 || names->lines[i] > names->lines[most] ||
                 (names->lines[i] == names->lines[most] && strcmp(names->text[i], names->text[most]) < 0)))
                most = i;
        if (most < 0)
            break;
        told[most] = true;
        text = ptn_arena_join(a, text, n ? ", " : "", names->text[most], NULL);
    }
    return text;
}

static int fill_paragraph(struct ptn_explaining *x, enum ptn_cause cause, struct ptn_paragraph *p)
{
    const struct ptn_tally *t = x->crowd.tally;
    struct ptn_cause_sum *sum = &x->added.sums[cause];
    struct ptn_arena *a = &x->ret->arena;
    const uint32_t about = sum->sketch[0] | sum->sketch[1] ? ptn_sketch_ports(sum->sketch) : 0;
    const bool by_packet = t->sums[cause].lines && cause != PTN_CAUSE_UNEXPLAINED;
    *p = (struct ptn_paragraph){.cause = cause,
                                .verdict = ptn_cause_text(cause).verdict,
                                .lines = sum->lines,
                                .passed = sum->passed,
                                .sources = sum->sources,
                                .first = sum->first,
                                .last = sum->last,
                                .source_ports = cause == PTN_CAUSE_LATE_TCP || cause == PTN_CAUSE_LATE_UDP};
    memcpy(p->timeline, sum->timeline, sizeof(p->timeline));
    p->ports = ptn_explain_ports(x, cause, PTN_TOP_PORTS, &p->n_ports, &p->all_ports);
    p->all_ports = about > p->all_ports ? about : p->all_ports;
    p->suspects = ptn_arena_alloc(a, (sum->suspects.n ? sum->suspects.n : 1) * sizeof(*p->suspects));
    p->ifaces = by_packet ? names_text(a, &t->sums[cause].ifaces) : "";
    p->rules = by_packet ? names_text(a, &t->sums[cause].rules) : "";
    if (!p->ports || !p->suspects || !p->ifaces || !p->rules)
        return -ENOMEM;
    memcpy(p->suspects, sum->suspects.items, sum->suspects.n * sizeof(*p->suspects));
    p->n_suspects = sum->suspects.n;
    return ptn_explain_tell(x, p);
}

static int compare_paragraphs(const void *a, const void *b)
{
    const struct ptn_paragraph *x = a, *y = b;
    if (x->verdict != y->verdict)
        return x->verdict > y->verdict ? -1 : 1;
    return x->lines != y->lines ? x->lines > y->lines ? -1 : 1 : x->cause < y->cause ? -1 : x->cause > y->cause;
}

static int make_paragraphs(struct ptn_explaining *x)
{
    struct ptn_explained *e = x->ret;
    e->items = ptn_arena_alloc(&e->arena, PTN_CAUSE_COUNT * sizeof(*e->items));
    if (!e->items)
        return -ENOMEM;
    for (unsigned i = 0; i < PTN_CAUSE_COUNT; i++) {
        int r = x->added.sums[i].lines ? fill_paragraph(x, (enum ptn_cause)i, &e->items[e->n]) : 0;
        if (r < 0)
            return r;
        e->n += x->added.sums[i].lines != 0;
    }
    qsort(e->items, e->n, sizeof(*e->items), compare_paragraphs);
    return 0;
}

/* The networks of a distributed scan stand for their sources. */
static void add_gangs(struct ptn_explaining *x)
{
    x->added.sums[PTN_CAUSE_DISTRIBUTED].suspects.n = 0;
    for (size_t i = 0; i < x->gangs.n; i++) {
        const struct ptn_gang *g = &x->gangs.items[i];
        const struct ptn_suspect s = {.addr = g->net,
                                      .prefix = g->prefix,
                                      .lines = g->lines,
                                      .passed = g->passed,
                                      .sources = g->sources,
                                      .ports = g->ports,
                                      .first = g->first,
                                      .last = g->last,
                                      .cause = g->hit ? PTN_CAUSE_SCAN_HIT : PTN_CAUSE_DISTRIBUTED};
        ptn_best_add(&x->added.sums[s.cause].suspects, &s);
    }
}

static void open_times(struct ptn_explained *e, const struct ptn_tally *t)
{
    for (unsigned i = 0; i < PTN_CAUSE_COUNT; i++) {
        const struct ptn_sum *s = &t->sums[i];
        ptn_span_add(&e->first, &e->last, s->first, s->last);
    }
    e->step = ptn_usual_step(e->last - e->first, PTN_TIMELINE - 1);
    e->begin = e->first - e->first % e->step;
}

static int put_together(struct ptn_explaining *x)
{
    struct ptn_explained *e = x->ret;
    int r = ptn_explain_add_sources(x);
    add_packets(x, x->crowd.tally);
    add_gangs(x);
    e->sources = x->added.sources;
    e->host = ptn_explain_host(x);
    if (r == 0 && !e->host)
        r = -ENOMEM;
    if (r == 0)
        r = make_paragraphs(x);
    return r < 0 ? r : ptn_explain_tops(x);
}

int ptn_explain_part(struct ptn_explained *ret, struct ptn_tally *t, const struct ptn_tally *whole,
                     const struct ptn_site *site, const struct ptn_chart *chart)
{
    struct ptn_explaining *x = calloc(1, sizeof(*x));
    *ret = (struct ptn_explained){.packets = t->packets, .passed = t->passed, .dropped = t->dropped};
    if (!x)
        return -ENOMEM;
    x->ret = ret;
    x->crowd = (struct ptn_crowd){.tally = t, .whole = whole, .site = site, .chart = chart};
    open_times(ret, t);
    int r = ptn_sources_judge(&x->crowd, &x->gangs);
    if (r == 0)
        r = put_together(x);
    free(x->crowd.tried);
    free(x->gangs.items);
    ptn_ports_release(&x->added.ports);
    free(x->crowd.members);
    free(x);
    if (r < 0)
        ptn_explained_release(ret);
    return r;
}

int ptn_explain(struct ptn_explained *ret, struct ptn_tally *t, const struct ptn_site *site,
                const struct ptn_chart *chart)
{
    return ptn_explain_part(ret, t, NULL, site, chart);
}

void ptn_explained_release(struct ptn_explained *e)
{
    ptn_arena_release(&e->arena);
    *e = (struct ptn_explained){0};
}

enum ptn_cause ptn_explain_knock(const struct ptn_tally *t, const struct ptn_site *site, const struct ptn_knock *k)
{
    struct ptn_packet p;
    ptn_judge_packet(site, k, &p);
    if (p.kind == PTN_PACKET_CAUSE)
        return p.cause;
    const struct ptn_visitor *v = k->src.family ? ptn_visitors_find(&t->visitors, &k->src) : NULL;
    return !v                           ? PTN_CAUSE_UNEXPLAINED
           : p.kind == PTN_PACKET_TRY   ? (enum ptn_cause)v->cause
           : p.kind == PTN_PACKET_PROBE ? ptn_source_probes(v)
                                        : ptn_source_answers(t, v);
}
