#include "expose.h"

#include <errno.h>
#include <linux/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "askers.h"
#include "base/addr.h"
#include "base/grow.h"
#include "wall/terrain.h"

static const struct ptn_wall *wall_of(const struct ptn_exposure *x, uint32_t ns)
{
    return x->walls && x->walls[ns].wall ? x->walls[ns].wall : x->none;
}

static bool is_unread(const struct ptn_exposure *x, uint32_t ns)
{
    return !x->walls || !x->walls[ns].wall;
}

/* ---- passages -------------------------------------------------------------------------------------------------- */

/* Takes over the ranges of *p. Result: 0 or -ENOMEM. */
static int add_passage(struct ptn_exposure *x, const struct ptn_passage *p)
{
    if (ptn_grow(&x->passages, x->n, &x->room, sizeof(*x->passages)) < 0) {
        ptn_ranges_unref(p->sources);
        ptn_ranges_unref(p->dests);
        ptn_ranges_unref(p->ports);
        return -ENOMEM;
    }
    x->passages[x->n++] = *p;
    return 0;
}

/* The one who asks is farther off for another namespace than for its own. */
static enum ptn_rung rung_at(const struct ptn_exposure *x, const struct ptn_asker *a, uint32_t netns)
{
    if (a->iif || a->netns == &x->host->netns[netns])
        return a->rung;
    return a->netns->host ? PTN_RUNG_HOST : PTN_RUNG_CONTAINER;
}

/* Packets under way: a passage that has not ended, whose `netns` and `iif` say where it is now. */
static int end(struct ptn_exposure *x, const struct ptn_passage *way, uint32_t netns, enum ptn_answer answer,
               struct ptn_ranges *dests)
{
    struct ptn_passage p = *way;
    p.netns = netns;
    p.answer = answer;
    p.rung = rung_at(x, &x->askers[p.asker], netns);
    p.sources = ptn_ranges_ref(way->sources);
    p.dests = dests;
    p.ports = way->ports ? ptn_ranges_ref(way->ports) : NULL;
    return add_passage(x, &p);
}

/* Packets that were stopped, or of which it is not known, count where they were meant to go. */
static int end_where_meant(struct ptn_exposure *x, const struct ptn_passage *way, enum ptn_answer answer)
{
    const uint8_t family = way->family;
    struct ptn_ranges *here =
        ptn_ranges_without(way->dests, ptn_terrain_to(x->terrains[way->netns], family, PTN_TOWARD_AWAY));
    int r = here ? 0 : -ENOMEM;
    if (r == 0 && here->n)
        r = end(x, way, way->netns, answer, ptn_ranges_ref(here));
    ptn_ranges_unref(here);
    for (size_t i = 0; i < x->n_ties && r == 0; i++) {
        const struct ptn_tie *t = &x->ties[i];
        if (t->from != way->netns || t->family != family)
            continue;
        struct ptn_ranges *there = ptn_ranges_intersect(way->dests, t->all);
        r = !there ? -ENOMEM : there->n ? end(x, way, t->to, answer, ptn_ranges_ref(there)) : 0;
        ptn_ranges_unref(there);
    }
    return r;
}

/* ---- asking ---------------------------------------------------------------------------------------------------- */

struct ptn_answers *ptn_exposure_answers(struct ptn_exposure *x)
{
    struct ptn_answers **more = reallocarray(x->answers, x->n_answers + 1, sizeof(struct ptn_answers *));
    struct ptn_answers *a = more ? calloc(1, sizeof(*a)) : NULL;
    x->answers = more ? more : x->answers;
    if (a)
        x->answers[x->n_answers++] = a;
    return a;
}

/* What is asked of the namespace where packets are now. */
static int question(struct ptn_flow *q, const struct ptn_passage *way, const struct ptn_asker *asker, bool groups)
{
    int r = ptn_flow_init(q, way->family, way->proto, way->iif);
    if (r < 0)
        return r;
    if (!way->masked)
        ptn_flow_take(q, PTN_PKT_SADDR, ptn_ranges_ref(way->sources));
    else if (way->mask.family)
        r = ptn_flow_put_addr(q, PTN_PKT_SADDR, &way->mask);
    else
        ptn_flow_take(q, PTN_PKT_SADDR, NULL);
    ptn_flow_take(q, PTN_PKT_DADDR, ptn_ranges_ref(way->dests));
    if (way->ports)
        ptn_flow_take(q, PTN_PKT_DPORT, ptn_ranges_ref(way->ports));
    q->joined = groups;
    q->by = way->n_hops ? NULL : asker->by;
    q->bridged = !way->n_hops && asker->bridged;
    if (r == 0 && groups)
        r = ptn_flow_put_number(q, PTN_PKT_PKTTYPE, 1, 2);
    if (r < 0)
        ptn_flow_release(q);
    return r;
}

static int ask(struct ptn_exposure *x, const struct ptn_passage *way, bool groups);

/* Where packets go in the end, and to which port. NULL where that is not known, or out of memory. */
static struct ptn_ranges *goes_to(const struct ptn_outcome *o)
{
    if (!o->moved)
        return ptn_ranges_ref(o->box.field[PTN_PKT_DADDR]);
    return o->to.family ? ptn_ranges_of(ptn_addr_width(o->to.family), o->to.bytes, o->to.bytes) : NULL;
}

static struct ptn_ranges *to_port(const struct ptn_outcome *o)
{
    struct ptn_ranges *asked = o->box.field[PTN_PKT_DPORT];
    if (!o->port_moved)
        return asked ? ptn_ranges_ref(asked) : NULL;
    return o->to_port >= 0 ? ptn_ranges_number(2, (uint64_t)o->to_port, (uint64_t)o->to_port) : NULL;
}

static int note_forward(struct ptn_exposure *x, const struct ptn_passage *way, const struct ptn_outcome *o)
{
    if (!o->moved || !x->askers[way->asker].iif)
        return 0;
    if (ptn_grow(&x->forwards, x->n_forwards, &x->forwards_room, sizeof(*x->forwards)) < 0)
        return -ENOMEM;
    x->forwards[x->n_forwards++] = (struct ptn_forward){.asker = way->asker, .proto = way->proto, .outcome = o};
    return 0;
}

/* What one namespace let go on to others; what goes to none of them leaves this machine. */
static int go_on(struct ptn_exposure *x, const struct ptn_passage *way)
{
    const struct ptn_outcome *o = way->hops[way->n_hops - 1];
    bool leaves = true;
    int r = 0;
    for (size_t i = 0; i < x->n_ties && r == 0; i++) {
        const struct ptn_tie *t = &x->ties[i];
        struct ptn_passage next = *way;
        if (t->from != way->netns || t->family != way->family || !o->oif || strcmp(o->oif, t->by) != 0)
            continue;
        next.netns = t->to;
        next.iif = t->in;
        next.dests = ptn_ranges_intersect(way->dests, t->all);
        leaves = leaves && next.dests && next.dests->n == 0;
        r = !next.dests ? -ENOMEM : next.dests->n ? ask(x, &next, false) : 0;
        ptn_ranges_unref(next.dests);
    }
    return r == 0 && leaves ? note_forward(x, way, o) : r;
}

/* What became of some of the packets. */
static int follow(struct ptn_exposure *x, const struct ptn_passage *way, const struct ptn_outcome *o)
{
    struct ptn_passage next = *way;
    next.hops[next.n_hops++] = o;
    next.moved |= o->moved;
    if (!way->masked)
        next.sources = o->box.field[PTN_PKT_SADDR];
    if (o->masked) {
        next.masked = true;
        next.mask = o->from;
    }
    next.dests = goes_to(o);
    next.ports = to_port(o);
    int r = 0;
    if (!next.dests || (o->port_moved && !next.ports)) { /* one of several: which, is not known */
        next.dests = next.dests ? next.dests : ptn_ranges_ref(way->dests);
        r = end_where_meant(x, &next, PTN_ANSWER_UNKNOWN);
    } else if (o->answer != PTN_ANSWER_ACCEPT) {
        r = end_where_meant(x, &next, o->answer);
    } else if (o->local) {
        r = end(x, &next, next.netns, o->answer, ptn_ranges_ref(next.dests));
    } else if (next.n_hops < PTN_HOPS_MAX) {
        r = go_on(x, &next);
    }
    ptn_ranges_unref(next.dests);
    ptn_ranges_unref(next.ports);
    return r;
}

static int ask(struct ptn_exposure *x, const struct ptn_passage *way, bool groups)
{
    struct ptn_passage here = *way;
    struct ptn_answers *answers = ptn_exposure_answers(x);
    struct ptn_flow q;
    here.unread |= is_unread(x, way->netns);
    int r = answers ? question(&q, &here, &x->askers[way->asker], groups) : -ENOMEM;
    if (r < 0)
        return r;
    r = ptn_wall_ask(wall_of(x, way->netns), x->terrains[way->netns], &q, answers);
    r = r < 0 ? r : ptn_answers_settle(answers);
    ptn_flow_release(&q);
    if (r == -E2BIG)
        return end_where_meant(x, &here, PTN_ANSWER_UNKNOWN);
    for (size_t i = 0; i < answers->n && r == 0; i++)
        r = follow(x, &here, &answers->items[i]);
    return r;
}

/* ---- what is worth asking -------------------------------------------------------------------------------------- */

uint8_t ptn_passage_proto(const struct ptn_listener *l)
{
    return l->proto == PTN_RAW ? (uint8_t)l->number : ptn_proto_number(l->proto);
}

static bool takes(const struct ptn_listener *l, uint8_t family)
{
    const struct ptn_addr bound = ptn_addr_unmapped(&l->addr);
    return l->proto != PTN_PACKET && (bound.family == family || (l->dual && family == AF_INET));
}

/* Protocols that some listener there takes, by number. */
static void wanted_of(const struct ptn_exposure *x, uint8_t family, uint32_t netns, bool wanted[256])
{
    for (size_t i = 0; i < x->host->n_listeners; i++) {
        const struct ptn_listener *l = &x->host->listeners[i];
        if (l->netns == netns && takes(l, family))
            wanted[ptn_passage_proto(l)] = true;
    }
}

static int ask_each(struct ptn_exposure *x, uint32_t asker, uint32_t netns, const bool wanted[256])
{
    const struct ptn_asker *a = &x->askers[asker];
    struct ptn_passage way = {.asker = asker, .netns = netns, .family = a->family, .iif = a->iif};
    int r = 0;
    way.sources = a->sources;
    way.dests = a->dests;
    for (unsigned proto = 0; proto < 256 && r == 0; proto++) {
        way.proto = (uint8_t)proto;
        r = wanted[proto] ? ask(x, &way, false) : 0;
    }
    return r;
}

/* Broadcasts and groups that listeners are bound to: only neighbours reach them, and not by the one question. */
static struct ptn_ranges *groups_of(const struct ptn_exposure *x, uint32_t netns, uint8_t family)
{
    struct ptn_ranges *r = ptn_ranges_none(ptn_addr_width(family));
    const struct ptn_ranges *casts = ptn_terrain_to(x->terrains[netns], family, PTN_TOWARD_BROADCAST);
    for (size_t i = 0; i < x->host->n_listeners && r; i++) {
        const struct ptn_listener *l = &x->host->listeners[i];
        const struct ptn_addr bound = ptn_addr_unmapped(&l->addr);
        if (l->netns == netns && bound.family == family && !ptn_addr_is_any(&bound) &&
            (ptn_addr_is_multicast(&bound) || ptn_ranges_has(casts, bound.bytes)) &&
            ptn_ranges_append(&r, bound.bytes, bound.bytes) < 0) {
            ptn_ranges_unref(r);
            return NULL;
        }
    }
    if (r)
        ptn_ranges_sort(r);
    return r;
}

static int ask_groups(struct ptn_exposure *x, uint32_t asker, uint32_t netns)
{
    const struct ptn_asker *a = &x->askers[asker];
    struct ptn_passage way = {.asker = asker, .netns = netns, .proto = IPPROTO_UDP, .family = a->family, .iif = a->iif};
    way.sources = a->sources;
    way.dests = groups_of(x, netns, a->family);
    int r = !way.dests ? -ENOMEM : way.dests->n ? ask(x, &way, true) : 0;
    ptn_ranges_unref(way.dests);
    return r;
}

static int ask_all(struct ptn_exposure *x)
{
    int r = 0;
    for (uint32_t i = 0; i < x->n_askers && r == 0; i++) {
        const struct ptn_asker *a = &x->askers[i];
        uint32_t ns = (uint32_t)(a->netns - x->host->netns);
        bool wanted[256] = {false};
        wanted_of(x, a->family, ns, wanted);
        for (size_t k = 0; k < x->n_ties; k++)
            if (x->ties[k].from == ns && x->ties[k].family == a->family)
                wanted_of(x, a->family, x->ties[k].to, wanted);
        r = ask_each(x, i, ns, wanted);
        if (r == 0 && a->iif && !a->bridged && a->rung != PTN_RUNG_INTERNET && wanted[IPPROTO_UDP])
            r = ask_groups(x, i, ns);
    }
    return r;
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    const struct ptn_passage *x = a, *y = b;
    if (x->netns != y->netns)
        return x->netns < y->netns ? -1 : 1;
    if (x->proto != y->proto)
        return x->proto - y->proto;
    if (x->family != y->family)
        return x->family - y->family;
    return x->asker < y->asker ? -1 : x->asker > y->asker;
}

size_t ptn_passages_at(const struct ptn_exposure *x, uint32_t netns, uint8_t proto, uint8_t family, size_t *first)
{
    const struct ptn_passage want = {.netns = netns, .proto = proto, .family = family};
    size_t lo = 0, hi = x->n, n = 0;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (compare(&x->passages[mid], &want) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (*first = lo; lo + n < x->n; n++) {
        const struct ptn_passage *p = &x->passages[lo + n];
        if (p->netns != netns || p->proto != proto || p->family != family)
            break;
    }
    return n;
}

static int open_terrains(struct ptn_exposure *x)
{
    struct ptn_err err;
    const size_t n = x->host->n_netns;
    x->terrains = calloc(n + 1, sizeof(struct ptn_terrain *));
    x->bare = calloc(n + 1, sizeof(struct ptn_wall *));
    x->none = ptn_wall_new();
    int r = x->terrains && x->bare && x->none ? ptn_wall_link(x->none, &err) : -ENOMEM;
    for (size_t i = 0; i < n && r == 0; i++)
        r = ptn_terrain_new(&x->terrains[i], &x->host->netns[i]);
    return r;
}

int ptn_expose(struct ptn_exposure *ret, const struct ptn_host *host, const struct ptn_walled *walls)
{
    struct ptn_exposure x = {.host = host, .walls = walls};
    int r = open_terrains(&x);
    r = r < 0 ? r : ptn_ties_find(&x);
    r = r < 0 ? r : ptn_askers_find(&x);
    r = r < 0 ? r : ask_all(&x);
    if (r < 0) {
        ptn_exposure_release(&x);
        return r;
    }
    if (x.n)
        qsort(x.passages, x.n, sizeof(*x.passages), compare);
    *ret = x;
    return 0;
}

void ptn_exposure_release(struct ptn_exposure *x)
{
    for (size_t i = 0; i < x->n; i++) {
        ptn_ranges_unref(x->passages[i].sources);
        ptn_ranges_unref(x->passages[i].dests);
        ptn_ranges_unref(x->passages[i].ports);
    }
    for (size_t i = 0; i < x->n_answers; i++) {
        ptn_answers_release(x->answers[i]);
        free(x->answers[i]);
    }
    for (size_t i = 0; i < x->n_askers; i++) {
        ptn_ranges_unref(x->askers[i].sources);
        ptn_ranges_unref(x->askers[i].core);
        ptn_ranges_unref(x->askers[i].dests);
    }
    for (size_t i = 0; i < x->n_ties; i++) {
        ptn_ranges_unref(x->ties[i].addrs);
        ptn_ranges_unref(x->ties[i].all);
    }
    for (size_t i = 0; x->host && x->terrains && i < x->host->n_netns; i++)
        ptn_terrain_free(x->terrains[i]);
    for (size_t i = 0; x->host && x->bare && i < x->host->n_netns; i++)
        ptn_bare_free(x->bare[i]);
    ptn_wall_free(x->none);
    free(x->passages);
    free(x->forwards);
    free(x->answers);
    free(x->askers);
    free(x->ties);
    free(x->terrains);
    free(x->bare);
    *x = (struct ptn_exposure){0};
}
