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

unsigned ptn_explain_step(const struct ptn_explained *e, uint32_t second)
{
    const uint32_t at = second > e->begin ? (second - e->begin) / e->step : 0;
    return at < PTN_TIMELINE ? at : PTN_TIMELINE - 1;
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

/* ---- what sources decide ------------------------------------------------------------------------------------------
 */

/* Its lines, shared out to the moments that were kept; what is regular, to all of its time. */
static void add_moments(const struct ptn_explained *e, struct ptn_cause_sum *sum, const struct ptn_visitor *v,
                        uint32_t lines)
{
    const bool regular = v->cause == PTN_CAUSE_FRIEND && v->tries == lines && lines > 1;
    for (uint32_t i = 0; regular && i < PTN_TIMELINE; i++) {
        const uint32_t from = (uint32_t)((uint64_t)lines * i / PTN_TIMELINE),
                       to = (uint32_t)((uint64_t)lines * (i + 1) / PTN_TIMELINE);
        const uint32_t at = v->first + (uint32_t)((uint64_t)(v->last - v->first) * i / (PTN_TIMELINE - 1));
        sum->timeline[ptn_explain_step(e, at)] += to - from;
    }
    for (unsigned i = 0; !regular && i < PTN_TRIED && v->moments[i]; i++)
        sum->timeline[ptn_explain_step(e, v->moments[i])] += ptn_visitor_share(v, i, lines);
}

static void add_lines(struct ptn_explaining *x, enum ptn_cause cause, const struct ptn_visitor *v, uint32_t lines)
{
    struct ptn_cause_sum *sum = &x->sums[cause];
    sum->lines += lines;
    ptn_span_add(&sum->first, &sum->last, v->first, v->last);
    add_moments(x->ret, sum, v, lines);
}

static struct ptn_suspect suspect_of(const struct ptn_explaining *x, const struct ptn_visitor *v, uint64_t lines)
{
    const struct ptn_addr addr = ptn_visitor_addr(v);
    const struct ptn_visitor *whole = x->crowd.whole ? ptn_visitors_find(&x->crowd.whole->visitors, &addr) : NULL;
    struct ptn_suspect s = {
        .addr = addr,
        .prefix = v->family == AF_INET ? 32 : 128,
        .lines = lines,
        .passed = v->passed,
        .sources = 1,
        .ports = ptn_visitor_ports(whole ? whole : v),
        .first = v->first,
        .last = v->last,
        .cause = (enum ptn_cause)v->cause,
    };
    return s;
}

/* Who it was, and which ports; those of a scan by ACKs alone have no lines that tried them. */
static void add_who(struct ptn_explaining *x, enum ptn_cause cause, const struct ptn_visitor *v, uint32_t lines)
{
    struct ptn_cause_sum *sum = &x->sums[cause];
    add_lines(x, cause, v, lines);
    sum->sketch[0] |= v->ports[0];
    sum->sketch[1] |= v->ports[1];
    if (ptn_best_takes(&sum->suspects, lines)) {
        const struct ptn_suspect s = suspect_of(x, v, lines);
        ptn_best_add(&sum->suspects, &s);
    }
    for (unsigned i = 0; i < PTN_TRIED && v->tried[i].used; i++) {
        const uint32_t n = v->tries ? v->tried[i].lines : 1;
        if (n && ptn_explain_add_port(x, cause, v->tried[i].proto, v->tried[i].port, n, 1) < 0)
            x->failed = true;
    }
}

static const struct ptn_tally *judged(const struct ptn_explaining *x)
{
    return x->crowd.whole ? x->crowd.whole : x->crowd.tally;
}

enum ptn_cause ptn_explain_main_cause(const struct ptn_explaining *x, const struct ptn_visitor *v)
{
    if (v->others > v->tries && v->others > v->probes && v->others > v->answers && v->causes)
        return (enum ptn_cause)__builtin_ctz(v->causes);
    return v->tries >= v->probes && v->tries >= v->answers ? (enum ptn_cause)v->cause
           : v->probes >= v->answers                       ? ptn_source_probes(v)
                                                           : ptn_source_answers(judged(x), v);
}

static void add_visitor(struct ptn_explaining *x, const struct ptn_visitor *v)
{
    const uint64_t all = (uint64_t)v->tries + v->probes + v->answers + v->others;
    const enum ptn_cause probes = ptn_source_probes(v), answers = ptn_source_answers(judged(x), v);
    uint32_t causes = v->causes;
    if (v->tries) {
        add_who(x, (enum ptn_cause)v->cause, v, v->tries);
        x->sums[v->cause].passed += v->passed;
        causes |= 1u << v->cause;
    }
    if (v->probes) {
        add_lines(x, probes, v, v->probes);
        causes |= 1u << probes;
    }
    if (v->answers) {
        (!v->tries && answers == v->cause ? add_who : add_lines)(x, answers, v, v->answers);
        causes |= 1u << answers;
    }
    for (; causes; causes &= causes - 1)
        x->sums[__builtin_ctz(causes)].sources++;
    x->ret->sources += all != 0;
    if (!all || !ptn_best_takes(&x->by_source, all))
        return;
    struct ptn_suspect s = suspect_of(x, v, all);
    s.cause = ptn_explain_main_cause(x, v);
    ptn_best_add(&x->by_source, &s);
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
            x->sums[cause].timeline[ptn_explain_step(x->ret, minute * PTN_TIMES_UNIT)] += one->lines;
    }
}

/* What has no source's address is in no source's record; it stays unexplained. */
static void add_packets(struct ptn_explaining *x, const struct ptn_tally *t)
{
    uint64_t decided = 0;
    for (unsigned i = 0; i < PTN_CAUSE_COUNT; i++)
        decided += x->sums[i].lines;
    for (unsigned i = 0; i < PTN_CAUSE_COUNT; i++) {
        const struct ptn_sum *from = &t->sums[i];
        struct ptn_cause_sum *sum = &x->sums[i];
        if (i == PTN_CAUSE_UNEXPLAINED) {
            sum->lines += from->lines > decided ? from->lines - decided : 0;
        } else {
            sum->lines += from->lines;
            sum->passed += from->passed;
            ptn_span_add(&sum->first, &sum->last, from->first, from->last);
        }
    }
    add_times(x, t);
    if (ptn_explain_add_ports(x, t) < 0)
        x->failed = true;
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
    struct ptn_cause_sum *sum = &x->sums[cause];
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
        int r = x->sums[i].lines ? fill_paragraph(x, (enum ptn_cause)i, &e->items[e->n]) : 0;
        if (r < 0)
            return r;
        e->n += x->sums[i].lines != 0;
    }
    qsort(e->items, e->n, sizeof(*e->items), compare_paragraphs);
    return 0;
}

/* The networks of a distributed scan stand for their sources. */
static void add_gangs(struct ptn_explaining *x)
{
    x->sums[PTN_CAUSE_DISTRIBUTED].suspects.n = 0;
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
        ptn_best_add(&x->sums[s.cause].suspects, &s);
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
    const struct ptn_visitors *all = &x->crowd.tally->visitors;
    for (unsigned i = 0; i < PTN_CAUSE_COUNT; i++)
        x->sums[i].suspects.max = PTN_TOP_SUSPECTS;
    x->by_source.max = PTN_TOP;
    for (uint32_t i = 0; i < all->n; i++)
        add_visitor(x, &all->items[i]);
    add_packets(x, x->crowd.tally);
    add_gangs(x);
    e->host = ptn_explain_host(x);
    if (x->failed || !e->host)
        return -ENOMEM;
    int r = make_paragraphs(x);
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
    x->members = ptn_members(t, &x->n_members);
    int r = x->members ? ptn_sources_judge(&x->crowd, x->members, x->n_members, &x->gangs) : -ENOMEM;
    if (r == 0)
        r = put_together(x);
    free(x->crowd.tried);
    free(x->gangs.items);
    for (unsigned i = 0; i < PTN_CAUSE_COUNT; i++)
        free(x->ports[i]);
    free(x->members);
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
