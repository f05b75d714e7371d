#include "askers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "wall/places.h"
#include "wall/terrain.h"

/* ---- ties ------------------------------------------------------------------------------------------------------ */

/* The interface by which a namespace sends to an address, if that leads to other namespaces of this machine. */
static const struct ptn_iface *way_to(const struct ptn_terrain *t, const struct ptn_addr *a)
{
    const struct ptn_partition *ways = ptn_terrain_ways(t, a->family);
    for (size_t i = 0; ways && i < ways->n; i++) {
        if (!ptn_ranges_has(ways->parts[i].where, a->bytes))
            continue;
        const struct ptn_iface *f = ptn_terrain_iface(t, (const char *)ways->parts[i].value);
        return f && f->up && f->carries_containers && !f->default_v4 && !f->default_v6 ? f : NULL;
    }
    return NULL;
}

static struct ptn_tie *tie_of(struct ptn_exposure *x, const struct ptn_tie *like)
{
    for (size_t i = 0; i < x->n_ties; i++) {
        struct ptn_tie *t = &x->ties[i];
        if (t->from == like->from && t->to == like->to && t->family == like->family && strcmp(t->in, like->in) == 0)
            return t;
    }
    struct ptn_tie *more = reallocarray(x->ties, x->n_ties + 1, sizeof(*more));
    if (!more)
        return NULL;
    x->ties = more;
    more[x->n_ties] = *like;
    more[x->n_ties].addrs = ptn_ranges_none(ptn_addr_width(like->family));
    return more[x->n_ties].addrs ? &more[x->n_ties++] : NULL;
}

static const struct ptn_iface *iface_of(const struct ptn_netns *ns, uint32_t index)
{
    for (size_t i = 0; i < ns->n_ifaces; i++)
        if (ns->ifaces[i].index == index)
            return &ns->ifaces[i];
    return NULL;
}

static int tie(struct ptn_exposure *x, uint32_t from, uint32_t to)
{
    const struct ptn_netns *ns = &x->host->netns[to];
    for (size_t i = 0; i < ns->n_addrs; i++) {
        const struct ptn_addr *a = &ns->addrs[i].addr;
        const struct ptn_iface *in = iface_of(ns, ns->addrs[i].ifindex), *by;
        if (!in || !in->up || ptn_addr_is_loopback(a) || ptn_addr_is_link_local(a) ||
            !(by = way_to(x->terrains[from], a)))
            continue;
        struct ptn_tie like = {.from = from, .to = to, .by = by->name, .in = in->name, .family = a->family};
        like.bridge = by->link == PTN_LINK_BRIDGE;
        struct ptn_tie *t = tie_of(x, &like);
        if (!t || ptn_ranges_append(&t->addrs, a->bytes, a->bytes) < 0)
            return -ENOMEM;
        ptn_ranges_sort(t->addrs);
    }
    return 0;
}

/* The link's own addresses of an interface. */
static struct ptn_ranges *link_addresses(const struct ptn_netns *ns, uint8_t family, const char *name)
{
    struct ptn_ranges *r = ptn_ranges_none(ptn_addr_width(family));
    for (size_t i = 0; i < ns->n_addrs && r; i++) {
        const struct ptn_ifaddr *a = &ns->addrs[i];
        const struct ptn_iface *f = iface_of(ns, a->ifindex);
        if (a->addr.family == family && ptn_addr_is_link_local(&a->addr) && f && strcmp(f->name, name) == 0 &&
            ptn_ranges_append(&r, a->addr.bytes, a->addr.bytes) < 0) {
            ptn_ranges_unref(r);
            return NULL;
        }
    }
    if (r)
        ptn_ranges_sort(r);
    return r;
}

static int complete_ties(struct ptn_exposure *x)
{
    for (size_t i = 0; i < x->n_ties; i++) {
        struct ptn_tie *t = &x->ties[i];
        struct ptn_ranges *link = link_addresses(&x->host->netns[t->to], t->family, t->in);
        t->all = link ? ptn_ranges_unite(t->addrs, link) : NULL;
        ptn_ranges_unref(link);
        if (!t->all)
            return -ENOMEM;
    }
    return 0;
}

static bool is_tied(const struct ptn_exposure *x, uint32_t to, const char *in)
{
    for (size_t i = 0; i < x->n_ties; i++)
        if (x->ties[i].to == to && (!in || strcmp(x->ties[i].in, in) == 0))
            return true;
    return false;
}

/* The host's containers first; then those that a container holds, which are nobody's by then. */
int ptn_ties_find(struct ptn_exposure *x)
{
    const struct ptn_host *h = x->host;
    int r = 0;
    for (int host = 1; host >= 0; host--)
        for (uint32_t from = 0; from < h->n_netns && r == 0; from++)
            for (uint32_t to = 0; to < h->n_netns && r == 0 && h->netns[from].host == (bool)host; to++)
                if (to != from && !h->netns[to].host && (host || (is_tied(x, from, NULL) && !is_tied(x, to, NULL))))
                    r = tie(x, from, to);
    return r < 0 ? r : complete_ties(x);
}

/* ---- askers ---------------------------------------------------------------------------------------------------- */

/* The networks that an interface is in. */
static struct ptn_ranges *networks(const struct ptn_netns *ns, uint8_t family, const char *name)
{
    struct ptn_ranges *r = ptn_ranges_none(ptn_addr_width(family));
    uint8_t lo[16], hi[16];
    for (size_t i = 0; i < ns->n_addrs && r; i++) {
        const struct ptn_ifaddr *a = &ns->addrs[i];
        const struct ptn_iface *f = iface_of(ns, a->ifindex);
        if (a->addr.family != family || !f || strcmp(f->name, name) != 0 || ptn_addr_is_link_local(&a->addr))
            continue;
        ptn_addr_span(a->addr.bytes, a->prefix, ptn_addr_width(family), lo, hi);
        if (ptn_ranges_append(&r, lo, hi) < 0) {
            ptn_ranges_unref(r);
            return NULL;
        }
    }
    if (r)
        ptn_ranges_sort(r);
    return r;
}

static struct ptn_ranges *core_of(const struct ptn_asker *a)
{
    if (!a->iif || a->rung == PTN_RUNG_INTERNET)
        return ptn_ranges_ref(a->sources);
    struct ptn_ranges *nets = networks(a->netns, a->family, a->iif);
    struct ptn_ranges *core = nets ? ptn_ranges_intersect(nets, a->sources) : NULL;
    ptn_ranges_unref(nets);
    if (core && core->n == 0) {
        ptn_ranges_unref(core);
        return ptn_ranges_ref(a->sources);
    }
    return core;
}

static bool is_public(const uint8_t *bytes, uint8_t family)
{
    struct ptn_addr a = {.family = family};
    memcpy(a.bytes, bytes, ptn_addr_width(family));
    return ptn_addr_is_public(&a);
}

/* What they may ask for: the namespace's own addresses and those behind it, but none on their own bridge. */
static int add_onward(const struct ptn_exposure *x, struct ptn_asker *a)
{
    struct ptn_ranges *more = ptn_ranges_none(ptn_addr_width(a->family));
    int r = more ? 0 : -ENOMEM;
    for (size_t i = 0; i < x->n_ties && r == 0; i++) {
        const struct ptn_tie *t = &x->ties[i];
        if (&x->host->netns[t->from] != a->netns || t->family != a->family || (a->iif && strcmp(a->iif, t->by) == 0))
            continue;
        for (uint32_t k = 0; k < t->addrs->n && r == 0; k++)
            if (a->rung != PTN_RUNG_INTERNET || is_public(ptn_ranges_lo(t->addrs, k), a->family))
                r = ptn_ranges_append(&more, ptn_ranges_lo(t->addrs, k), ptn_ranges_hi(t->addrs, k));
    }
    if (r == 0 && more->n) {
        ptn_ranges_sort(more);
        r = ptn_ranges_add(&a->dests, more);
    }
    ptn_ranges_unref(more);
    return r;
}

static const struct ptn_tie *tie_by(const struct ptn_exposure *x, uint32_t to, const char *in)
{
    for (size_t i = 0; in && i < x->n_ties; i++)
        if (x->ties[i].to == to && strcmp(x->ties[i].in, in) == 0)
            return &x->ties[i];
    return NULL;
}

static bool sees_host(const struct ptn_host *h)
{
    for (size_t i = 0; i < h->n_netns; i++)
        if (h->netns[i].host)
            return true;
    return false;
}

/* Those of the networks that the interface is in, and of the link. */
static int keep_neighbours(struct ptn_asker *a)
{
    struct ptn_ranges *near = networks(a->netns, a->family, a->iif), *was = a->sources;
    uint8_t lo[16], hi[16];
    const struct ptn_addr link =
        a->family == AF_INET ? (struct ptn_addr){AF_INET, {169, 254}} : (struct ptn_addr){AF_INET6, {0xfe, 0x80}};
    ptn_addr_span(link.bytes, a->family == AF_INET ? 16 : 10, ptn_addr_width(a->family), lo, hi);
    if (!near || ptn_ranges_append(&near, lo, hi) < 0) {
        ptn_ranges_unref(near);
        return -ENOMEM;
    }
    ptn_ranges_sort(near);
    a->sources = ptn_ranges_intersect(was, near);
    ptn_ranges_unref(was);
    ptn_ranges_unref(near);
    return a->sources ? 0 : -ENOMEM;
}

/* Of those behind a tied interface only the neighbours on its bridge ask by themselves; the others come through the
 * namespace that it is tied to. Result: 1, 0 if nobody asks, -ENOMEM. */
static int narrow(const struct ptn_exposure *x, struct ptn_asker *a, uint32_t ns)
{
    const struct ptn_tie *t = tie_by(x, ns, a->iif);
    const struct ptn_ranges *outer = t ? ptn_terrain_to(x->terrains[t->from], a->family, PTN_TOWARD_LOCAL) : NULL;
    if (!t) { /* a bridge of the host's without an address of its own leads who knows where */
        a->rung = a->rung == PTN_RUNG_HOST && sees_host(x->host) ? PTN_RUNG_LAN : a->rung;
        return 1;
    }
    if (!t->bridge || a->rung == PTN_RUNG_INTERNET)
        return 0;
    a->rung = PTN_RUNG_CONTAINER;
    int r = keep_neighbours(a);
    r = r < 0 ? r : ptn_ranges_subtract(&a->sources, outer);
    const struct ptn_netns *from = &x->host->netns[t->from];
    if (r == 0 && (a->family == AF_INET ? from->bridge_v4 : from->bridge_v6)) { /* its wall stands between them */
        a->netns = from;
        a->iif = t->by;
        a->bridged = true;
        ptn_ranges_unref(a->dests);
        a->dests = ptn_ranges_ref(t->all);
    }
    return r < 0 ? r : a->sources->n > 0;
}

static int add_asker(struct ptn_exposure *x, uint32_t ns, const struct ptn_place *p)
{
    struct ptn_asker *more = reallocarray(x->askers, x->n_askers + 1, sizeof(*more));
    if (!more)
        return -ENOMEM;
    x->askers = more;
    struct ptn_asker *a = &more[x->n_askers];
    *a = (struct ptn_asker){.netns = &x->host->netns[ns], .iif = p->iif, .rung = p->rung, .family = p->family};
    a->sources = ptn_ranges_ref(p->sources);
    a->dests = ptn_ranges_ref(p->dests);
    x->n_askers++;
    int r = narrow(x, a, ns);
    if (r <= 0) {
        ptn_ranges_unref(a->sources);
        ptn_ranges_unref(a->dests);
        x->n_askers--;
        return r;
    }
    a->core = core_of(a);
    return !a->core ? -ENOMEM : a->bridged ? 0 : add_onward(x, a);
}

/* A namespace that asks by the link's own addresses of the interface that ties it to another. */
static int add_by_link(struct ptn_exposure *x, const struct ptn_tie *t)
{
    const struct ptn_netns *ns = &x->host->netns[t->from];
    struct ptn_asker *more = reallocarray(x->askers, x->n_askers + 1, sizeof(*more));
    if (!more)
        return -ENOMEM;
    x->askers = more;
    struct ptn_asker *a = &more[x->n_askers++];
    *a = (struct ptn_asker){.netns = ns, .by = t->by, .rung = PTN_RUNG_LOOPBACK, .family = t->family};
    a->sources = link_addresses(ns, t->family, t->by);
    a->dests = link_addresses(&x->host->netns[t->to], t->family, t->in);
    a->core = a->sources ? ptn_ranges_ref(a->sources) : NULL;
    return a->sources && a->dests ? 0 : -ENOMEM;
}

int ptn_askers_find(struct ptn_exposure *x)
{
    int r = 0;
    for (uint32_t ns = 0; ns < x->host->n_netns && r == 0; ns++) {
        struct ptn_places places = {0};
        r = ptn_places_of(&places, &x->host->netns[ns]);
        for (size_t i = 0; r == 0 && i < places.n; i++)
            r = add_asker(x, ns, &places.items[i]);
        ptn_places_release(&places);
    }
    for (size_t i = 0; i < x->n_ties && r == 0; i++)
        if (x->ties[i].all->n > x->ties[i].addrs->n)
            r = add_by_link(x, &x->ties[i]);
    return r;
}
