/* Sources of one network that share out a scan: each tries a few ports, all of them together many. */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/grow.h"
#include "source.h"

#define GANG 4 /* sources */

/* ---- sources by network: 49 bits tell all /24 and /48 -------------------------------------------------------------
 */

static uint64_t net_of(const struct ptn_visitor *v)
{
    const struct ptn_addr a = ptn_visitor_addr(v);
    uint64_t first;
    memcpy(&first, a.bytes, sizeof(first));
    first = be64toh(first) >> 16;
    return a.family == AF_INET ? UINT64_C(1) << 48 | first >> 24 << 24 : first;
}

#define DIGIT 10 /* bits */
#define DIGITS 5 /* of a network */
#define VALUES (1u << DIGIT)

static unsigned digit_of(const struct ptn_member *m, unsigned digit)
{
    return m->net >> DIGIT * digit & (VALUES - 1);
}

/* How many members have each value of each digit of their networks. */
static void count_digits(const struct ptn_member *members, size_t n, uint32_t counts[DIGITS][VALUES])
{
    for (size_t i = 0; i < n; i++)
        for (unsigned digit = 0; digit < DIGITS; digit++)
            counts[digit][digit_of(&members[i], digit)]++;
}

/* In the order of one digit; those that have the same stay in theirs. `counts` becomes where each value ends. */
static void deal(const struct ptn_member *from, size_t n, unsigned digit, uint32_t counts[VALUES],
                 struct ptn_member *to)
{
    for (uint32_t value = 0, before = 0, here; value < VALUES; value++, before += here) {
        here = counts[value];
        counts[value] = before;
    }
    for (size_t i = 0; i < n; i++)
        to[counts[digit_of(&from[i], digit)]++] = from[i];
}

/* By network, digit by digit from the last, which is faster than to compare; digits that are the same in all of them
 * need nothing. Result: which of the two it ended in. */
static struct ptn_member *sort(struct ptn_member *members, struct ptn_member *other, size_t n)
{
    uint32_t counts[DIGITS][VALUES] = {{0}};
    count_digits(members, n, counts);
    for (unsigned digit = 0; digit < DIGITS && n; digit++) {
        struct ptn_member *const from = members;
        if (counts[digit][digit_of(from, digit)] == n)
            continue;
        deal(from, n, digit, counts[digit], other);
        members = other;
        other = from;
    }
    return members;
}

static struct ptn_member member_of(const struct ptn_visitor *v, uint32_t i)
{
    return (struct ptn_member){.net = net_of(v), .visitor = i, .lines = ptn_sum32(0, ptn_visitor_lines(v))};
}

struct ptn_member *ptn_members(const struct ptn_tally *t)
{
    const struct ptn_visitors *all = &t->visitors;
    const size_t size = (all->n ? all->n : 1) * sizeof(struct ptn_member);
    struct ptn_member *members = malloc(size), *other = malloc(size);
    for (uint32_t i = 0; members && i < all->n; i++)
        members[i] = member_of(&all->items[i], i);
    struct ptn_member *const sorted = members && other ? sort(members, other, all->n) : NULL;
    if (members != sorted)
        free(members);
    if (other != sorted)
        free(other);
    return sorted;
}

struct ptn_addr ptn_member_net(const struct ptn_tally *t, const struct ptn_member *m, uint8_t *prefix)
{
    const struct ptn_visitor *v = &t->visitors.items[m->visitor];
    struct ptn_addr net = {.family = v->family};
    *prefix = v->family == AF_INET ? 24 : 48;
    memcpy(net.bytes, v->addr, *prefix / 8);
    return net;
}

/* ---- gangs ---------------------------------------------------------------------------------------------------------
 */

/* Nothing else explains it. */
static bool is_left(const struct ptn_visitor *v)
{
    return v->tries && v->cause == PTN_CAUSE_UNEXPLAINED;
}

static struct ptn_gang gang_of(const struct ptn_crowd *c, const struct ptn_member *m, size_t n, unsigned *most)
{
    struct ptn_visitor *const items = c->tally->visitors.items;
    struct ptn_gang g = {.sources = 0};
    uint64_t ports[2] = {0, 0};
    *most = 0;
    for (size_t i = 0; i < n; i++) {
        const struct ptn_visitor *v = &items[m[i].visitor];
        struct ptn_tried what;
        if (!is_left(v))
            continue;
        const unsigned own = ptn_visitor_ports(v);
        g.sources++;
        ports[0] |= v->ports[0];
        ports[1] |= v->ports[1];
        g.lines += v->tries;
        g.passed += v->passed;
        ptn_span_add(&g.first, &g.last, v->first, v->last);
        g.hit = g.hit || ptn_source_hit(c, v, true, &what);
        *most = own > *most ? own : *most;
    }
    g.net = ptn_member_net(c->tally, m, &g.prefix);
    g.ports = ptn_sketch_ports(ports);
    return g;
}

static int judge_net(struct ptn_crowd *c, struct ptn_gangs *gangs, const struct ptn_member *m, size_t n)
{
    unsigned most;
    if (n < GANG)
        return 0;
    const struct ptn_gang g = gang_of(c, m, n, &most);
    if (g.sources < GANG || g.ports < c->walk || g.ports < most + most / 2)
        return 0;
    int r = ptn_grow(&gangs->items, gangs->n, &gangs->room, sizeof(*gangs->items));
    if (r < 0)
        return r;
    gangs->items[gangs->n++] = g;
    for (size_t i = 0; i < n; i++) {
        struct ptn_visitor *v = &c->tally->visitors.items[m[i].visitor];
        if (is_left(v))
            v->cause = g.hit ? PTN_CAUSE_SCAN_HIT : PTN_CAUSE_DISTRIBUTED;
    }
    return 0;
}

int ptn_gangs_find(struct ptn_crowd *c, struct ptn_gangs *gangs)
{
    const struct ptn_member *members = c->members;
    const size_t n = c->n_members;
    int r = 0;
    for (size_t i = 0, to; i < n && r == 0; i = to) {
        for (to = i + 1; to < n && members[to].net == members[i].net;)
            to++;
        r = judge_net(c, gangs, members + i, to - i);
    }
    return r;
}
