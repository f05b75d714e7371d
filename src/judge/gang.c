/* Sources of one network that share out a scan: each tries a few ports, all of them together many. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/grow.h"
#include "source.h"

#define GANG 4 /* sources */

/* ---- sources by network: 64 bits tell all /24 and /48 -------------------------------------------------------------
 */

static uint64_t net_of(const struct ptn_visitor *v)
{
    uint64_t net = v->family == AF_INET ? UINT64_C(1) << 63 : 0;
    for (unsigned i = 0; i < (v->family == AF_INET ? 3u : 6u); i++)
        net |= (uint64_t)v->addr[i] << (40 - 8 * i);
    return net;
}

static int compare(const void *a, const void *b)
{
    const struct ptn_member *x = a, *y = b;
    return x->net != y->net ? x->net < y->net ? -1 : 1 : x->visitor < y->visitor ? -1 : x->visitor > y->visitor;
}

struct ptn_member *ptn_members(const struct ptn_tally *t, size_t *n)
{
    const struct ptn_visitors *all = &t->visitors;
    struct ptn_member *members = malloc((all->n ? all->n : 1) * sizeof(*members));
    *n = all->n;
    for (uint32_t i = 0; members && i < all->n; i++)
        members[i] = (struct ptn_member){net_of(&all->items[i]), i};
    if (members)
        qsort(members, *n, sizeof(*members), compare);
    return members;
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

int ptn_gangs_find(struct ptn_crowd *c, const struct ptn_member *members, size_t n, struct ptn_gangs *gangs)
{
    int r = 0;
    for (size_t i = 0, to; i < n && r == 0; i = to) {
        for (to = i + 1; to < n && members[to].net == members[i].net;)
            to++;
        r = judge_net(c, gangs, members + i, to - i);
    }
    return r;
}
