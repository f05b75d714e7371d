/* What the sources that were judged add up to. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "explain_part.h"
#include "halves.h"

struct adding {
    const struct ptn_explaining *x;
    struct ptn_added *to;
    struct ptn_parts *parts;
};

/* ---- one source ---------------------------------------------------------------------------------------------------
 */

/* Lines of what is regular, shared out to all of its time. */
static void add_regular(const struct ptn_explained *e, struct ptn_cause_sum *sum, const struct ptn_visitor *v,
                        uint32_t lines)
{
    for (uint32_t i = 0; i < PTN_TIMELINE; i++) {
        const uint32_t from = (uint32_t)((uint64_t)lines * i / PTN_TIMELINE),
                       to = (uint32_t)((uint64_t)lines * (i + 1) / PTN_TIMELINE);
        const uint32_t at = v->first + (uint32_t)((uint64_t)(v->last - v->first) * i / (PTN_TIMELINE - 1));
        sum->timeline[ptn_explain_step(e, at)] += to - from;
    }
}

/* Lines of all others, shared out to the moments that were kept. */
static void add_moments(const struct ptn_explained *e, struct ptn_cause_sum *sum, const struct ptn_visitor *v,
                        uint32_t lines)
{
    unsigned n = 0;
    while (n < PTN_TRIED && v->moments[n])
        n++;
    const bool even = n && lines % n == 0;
    for (unsigned i = 0; i < n; i++)
        sum->timeline[ptn_explain_step(e, v->moments[i])] += even ? lines / n : ptn_visitor_share(v, i, lines);
}

static void add_lines(struct adding *a, enum ptn_cause cause, const struct ptn_visitor *v, uint32_t lines)
{
    struct ptn_cause_sum *sum = &a->to->sums[cause];
    sum->lines += lines;
    ptn_span_add(&sum->first, &sum->last, v->first, v->last);
    if (v->cause == PTN_CAUSE_FRIEND && v->tries == lines && lines > 1)
        add_regular(a->x->ret, sum, v, lines);
    else
        add_moments(a->x->ret, sum, v, lines);
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
static void add_who(struct adding *a, enum ptn_cause cause, const struct ptn_visitor *v, uint32_t lines)
{
    struct ptn_cause_sum *sum = &a->to->sums[cause];
    add_lines(a, cause, v, lines);
    sum->more += v->marks & PTN_VISITOR_MORE ? v->tries : 0;
    sum->sketch[0] |= v->ports[0];
    sum->sketch[1] |= v->ports[1];
    if (ptn_best_takes(&sum->suspects, lines)) {
        const struct ptn_suspect s = suspect_of(a->x, v, lines);
        ptn_best_add(&sum->suspects, &s);
    }
    for (unsigned i = 0; i < PTN_TRIED && v->tried[i].used; i++) {
        const uint32_t n = v->tries ? v->tried[i].lines : 1;
        if (n && ptn_ports_add(&a->to->ports, cause, ptn_port_place(v->tried[i].proto, v->tried[i].port), n, 1) < 0)
            a->to->failed = true;
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

static void add_visitor(struct adding *a, const struct ptn_visitor *v)
{
    const uint64_t all = ptn_visitor_lines(v);
    const enum ptn_cause probes = ptn_source_probes(v), answers = ptn_source_answers(judged(a->x), v);
    uint32_t causes = v->causes;
    if (v->tries) {
        add_who(a, (enum ptn_cause)v->cause, v, v->tries);
        a->to->sums[v->cause].passed += v->passed;
        causes |= 1u << v->cause;
    }
    if (v->probes) {
        add_lines(a, probes, v, v->probes);
        causes |= 1u << probes;
    }
    if (v->answers) {
        (!v->tries && answers == v->cause ? add_who : add_lines)(a, answers, v, v->answers);
        causes |= 1u << answers;
    }
    for (; causes; causes &= causes - 1)
        a->to->sums[__builtin_ctz(causes)].sources++;
    a->to->sources += all != 0;
    if (!all || !ptn_best_takes(&a->to->by_source, all))
        return;
    struct ptn_suspect s = suspect_of(a->x, v, all);
    s.cause = ptn_explain_main_cause(a->x, v);
    ptn_best_add(&a->to->by_source, &s);
}

/* ---- all of them ----------------------------------------------------------------------------------------------------
 */

static void open_sums(struct ptn_added *added)
{
    for (unsigned i = 0; i < PTN_CAUSE_COUNT; i++)
        added->sums[i].suspects.max = PTN_TOP_SUSPECTS;
    added->by_source.max = PTN_TOP;
}

static void merge_best(struct ptn_best *into, const struct ptn_best *from)
{
    for (size_t i = 0; i < from->n; i++)
        ptn_best_add(into, &from->items[i]);
}

static void merge_sum(struct ptn_cause_sum *into, const struct ptn_cause_sum *from)
{
    into->lines += from->lines;
    into->passed += from->passed;
    into->sources += from->sources;
    into->more += from->more;
    ptn_span_add(&into->first, &into->last, from->first, from->last);
    for (unsigned i = 0; i < PTN_TIMELINE; i++)
        into->timeline[i] += from->timeline[i];
    into->sketch[0] |= from->sketch[0];
    into->sketch[1] |= from->sketch[1];
    merge_best(&into->suspects, &from->suspects);
}

static void merge(struct ptn_added *into, const struct ptn_added *from)
{
    for (unsigned i = 0; i < PTN_CAUSE_COUNT; i++)
        merge_sum(&into->sums[i], &from->sums[i]);
    merge_best(&into->by_source, &from->by_source);
    into->sources += from->sources;
    into->failed = into->failed || from->failed || ptn_ports_merge(&into->ports, &from->ports) < 0;
}

static void add_half(void *ctx, unsigned half)
{
    struct adding *a = (struct adding *)ctx + half;
    const struct ptn_visitor *const items = a->x->crowd.tally->visitors.items;
    for (uint32_t i, end; ptn_parts_take(a->parts, &i, &end);)
        for (; i < end; i++)
            add_visitor(a, &items[i]);
}

int ptn_explain_add_sources(struct ptn_explaining *x)
{
    const uint32_t n = x->crowd.tally->visitors.n;
    struct ptn_added *second = n < PTN_HALVES_MIN ? &x->added : calloc(1, sizeof(*second));
    struct ptn_parts parts = {.n = n};
    struct adding halves[2] = {{x, &x->added, &parts}, {x, second, &parts}};
    if (!second)
        return -ENOMEM;
    open_sums(&x->added);
    open_sums(second);
    ptn_halves(n, add_half, halves);
    if (second != &x->added) {
        merge(&x->added, second);
        ptn_ports_release(&second->ports);
        free(second);
    }
    return x->added.failed ? -ENOMEM : 0;
}
