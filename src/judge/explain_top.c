/* The lists of an explanation: networks, days, and the heat map. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "explain_part.h"

#define HEAT_ROWS 20
#define HEAT_COLUMNS 48
#define DAY 86400

/* ---- the heat map ------------------------------------------------------------------------------------------------ */

static int row_of(const struct ptn_heat *h, uint32_t what)
{
    for (size_t i = 0; i < h->n_rows; i++)
        if (PTN_HEAT_WHAT(h->rows[i].proto, h->rows[i].port) == what)
            return (int)i;
    return -1;
}

static int make_heat(struct ptn_explaining *x)
{
    struct ptn_explained *e = x->ret;
    const struct ptn_counter *from = &x->crowd.tally->heat.table;
    struct ptn_heat *h = &e->heat;
    const struct ptn_counted *one;
    const uint32_t least = PTN_HEAT_UNIT << (from->shift < 16 ? from->shift : 16);
    h->rows = e->ports;
    h->n_rows = e->n_ports < HEAT_ROWS ? e->n_ports : HEAT_ROWS;
    h->step = ptn_usual_step(e->last - e->first, HEAT_COLUMNS - 1);
    h->step = h->step > least ? h->step : least;
    h->begin = e->first - e->first % h->step;
    h->n_columns = e->first ? (e->last - h->begin) / h->step + 1 : 0;
    h->counts = ptn_arena_alloc(&e->arena, (h->n_rows * h->n_columns + 1) * sizeof(*h->counts));
    if (!h->counts)
        return -ENOMEM;
    for (uint32_t at = 0; (one = ptn_counter_next(from, &at));) {
        const uint64_t second = ((uint64_t)one->when << from->shift) * PTN_HEAT_UNIT;
        const int row = row_of(h, one->what);
        if (row < 0 || !one->when || !h->n_columns)
            continue;
        size_t column = second > h->begin ? (size_t)((second - h->begin) / h->step) : 0;
        column = column < h->n_columns ? column : h->n_columns - 1;
        h->counts[(size_t)row * h->n_columns + column] += one->lines;
    }
    return 0;
}

/* ---- days -------------------------------------------------------------------------------------------------------- */

static int compare_days(const void *a, const void *b)
{
    const struct ptn_day_count *x = a, *y = b;
    return x->day < y->day ? -1 : x->day > y->day;
}

static struct ptn_day_count *day_of(struct ptn_explained *e, uint32_t second, size_t room)
{
    const uint32_t day = second - second % DAY;
    for (size_t i = e->n_days; i--;)
        if (e->days[i].day == day)
            return &e->days[i];
    if (e->n_days == room)
        return NULL;
    e->days[e->n_days] = (struct ptn_day_count){.day = day};
    return &e->days[e->n_days++];
}

static uint32_t worrying_causes(void)
{
    uint32_t causes = 0;
    for (unsigned i = 0; i < PTN_CAUSE_COUNT; i++)
        causes |= (uint32_t)(ptn_cause_text((enum ptn_cause)i).verdict == PTN_VERDICT_WORRY) << i;
    return causes;
}

static void add_worries(struct ptn_explaining *x, size_t room)
{
    const struct ptn_visitors *all = &x->crowd.tally->visitors;
    const uint32_t worrying = worrying_causes();
    for (uint32_t i = 0; i < all->n; i++) {
        const struct ptn_visitor *v = &all->items[i];
        if (!v->tries || !(worrying >> v->cause & 1))
            continue;
        for (unsigned m = 0; m < PTN_TRIED && v->moments[m]; m++) {
            struct ptn_day_count *d = day_of(x->ret, v->moments[m], room);
            if (d)
                d->worry_lines += ptn_visitor_share(v, m, v->tries);
        }
    }
}

static int make_days(struct ptn_explaining *x)
{
    struct ptn_explained *e = x->ret;
    const struct ptn_counter *from = &x->crowd.tally->times.table;
    const struct ptn_counted *one;
    const size_t span = e->first ? (e->last / DAY - e->first / DAY) + 1 : 0, room = span < 4096 ? span : 4096;
    e->days = ptn_arena_alloc(&e->arena, (room + 1) * sizeof(*e->days));
    if (!e->days)
        return -ENOMEM;
    for (uint32_t at = 0; (one = ptn_counter_next(from, &at));) {
        const uint32_t minute = one->when << from->shift;
        struct ptn_day_count *d = minute ? day_of(e, minute * PTN_TIMES_UNIT, room) : NULL;
        if (!d)
            continue;
        d->lines += one->lines;
        if (one->what & 1)
            d->passed += one->lines;
        else
            d->dropped += one->lines;
    }
    add_worries(x, room);
    qsort(e->days, e->n_days, sizeof(*e->days), compare_days);
    return 0;
}

/* ---- networks ---------------------------------------------------------------------------------------------------- */

static int keep(struct ptn_explaining *x, const struct ptn_best *best, struct ptn_suspect **list, size_t *n)
{
    *list = ptn_arena_alloc(&x->ret->arena, (best->n ? best->n : 1) * sizeof(**list));
    if (!*list)
        return -ENOMEM;
    memcpy(*list, best->items, best->n * sizeof(**list));
    *n = best->n;
    return 0;
}

/* By the lines that the members know, so that few records are looked at. Who may have more than a member can say, has
 * four times as much. */
static bool may_be_best(const struct ptn_best *best, const struct ptn_member *m, size_t n)
{
    uint64_t lines = 0;
    for (size_t i = 0; i < n; i++)
        lines += m[i].lines < UINT32_MAX ? m[i].lines : (uint64_t)4 * UINT32_MAX;
    return ptn_best_takes(best, lines);
}

static void add_net(struct ptn_best *best, const struct ptn_explaining *x, const struct ptn_member *m, size_t n)
{
    const struct ptn_tally *t = x->crowd.tally;
    struct ptn_suspect s = {.sources = (uint32_t)n};
    uint64_t ports[2] = {0, 0};
    uint64_t most = 0;
    for (size_t i = 0; i < n; i++) {
        const struct ptn_visitor *v = &t->visitors.items[m[i].visitor];
        const uint64_t lines = ptn_visitor_lines(v);
        s.lines += lines;
        s.passed += v->passed;
        ptn_span_add(&s.first, &s.last, v->first, v->last);
        ports[0] |= v->ports[0];
        ports[1] |= v->ports[1];
        if (lines < most)
            continue;
        const enum ptn_cause cause = ptn_explain_main_cause(x, v);
        s.cause = lines > most || cause < s.cause ? cause : s.cause; /* in whatever order they came */
        most = lines;
    }
    s.ports = ptn_sketch_ports(ports);
    s.addr = ptn_member_net(t, m, &s.prefix);
    ptn_best_add(best, &s);
}

static int make_networks(struct ptn_explaining *x)
{
    struct ptn_best best = {.max = PTN_TOP};
    const struct ptn_member *members = x->crowd.members;
    const size_t n = x->crowd.n_members;
    for (size_t i = 0, to; i < n; i = to) {
        for (to = i + 1; to < n && members[to].net == members[i].net;)
            to++;
        if (may_be_best(&best, members + i, to - i))
            add_net(&best, x, members + i, to - i);
    }
    return keep(x, &best, &x->ret->by_network, &x->ret->n_by_network);
}

int ptn_explain_tops(struct ptn_explaining *x)
{
    struct ptn_explained *e = x->ret;
    e->ports = ptn_explain_tried(x, PTN_TOP, &e->n_ports);
    int r = e->ports ? keep(x, &x->added.by_source, &e->by_source, &e->n_by_source) : -ENOMEM;
    if (r == 0)
        r = make_networks(x);
    if (r == 0)
        r = make_days(x);
    return r < 0 ? r : make_heat(x);
}
