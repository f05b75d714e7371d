/* How far a listener can be reached: bind address, network namespace, interfaces, routes. The packet filter is not
 * asked here. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "judge.h"

static const struct ptn_iface *iface_of(const struct ptn_netns *ns, uint32_t index)
{
    for (size_t i = 0; i < ns->n_ifaces; i++)
        if (ns->ifaces[i].index == index)
            return &ns->ifaces[i];
    return NULL;
}

static bool has_default(const struct ptn_netns *ns, uint8_t family)
{
    for (size_t i = 0; i < ns->n_ifaces; i++)
        if (ns->ifaces[i].up && (family == AF_INET ? ns->ifaces[i].default_v4 : ns->ifaces[i].default_v6))
            return true;
    return false;
}

/* The reach of one address on one interface; *because is the second half of the step's sentence. */
static enum ptn_rung rung_of(const struct ptn_netns *ns, const struct ptn_iface *iface, const struct ptn_addr *a,
                             const char **because)
{
    bool global = !ptn_addr_is_private(a) && !ptn_addr_is_link_local(a);
    bool routed = global && has_default(ns, a->family);
    if (ptn_addr_is_loopback(a))
        return *because = "loopback", PTN_RUNG_LOOPBACK;
    if (iface && !iface->up)
        return *because = "the interface is down", PTN_RUNG_LOOPBACK;
    if (iface && iface->link == PTN_LINK_VPN && !(routed && (iface->default_v4 || iface->default_v6)))
        return *because = "a tunnel", PTN_RUNG_VPN;
    if (iface && ns->host && (iface->carries_containers || iface->link == PTN_LINK_VETH) && !routed)
        return *because = "leads to other network namespaces of this machine", PTN_RUNG_CONTAINER;
    if (iface && !ns->host && iface->link == PTN_LINK_VETH && !routed)
        return *because = "leads to this machine's own network", PTN_RUNG_HOST;
    if (routed)
        return *because = "a public address with a default route", PTN_RUNG_INTERNET;
    return *because = ptn_addr_is_link_local(a) ? "link-local"
                      : global                  ? "a public address without a default route"
                                                : "a private address",
           PTN_RUNG_LAN;
}

struct best {
    bool any;
    enum ptn_rung rung;
    const struct ptn_ifaddr *at;
    const struct ptn_iface *iface;
    const char *because;
};

static void consider(struct best *b, const struct ptn_netns *ns, const struct ptn_ifaddr *at)
{
    const struct ptn_iface *iface = iface_of(ns, at->ifindex);
    const char *because;
    enum ptn_rung r = rung_of(ns, iface, &at->addr, &because);
    if (!b->any || r > b->rung)
        *b = (struct best){.any = true, .rung = r, .at = at, .iface = iface, .because = because};
}

static int say(struct ptn_reach *r, struct ptn_arena *arena, const struct ptn_listener *l, const struct best *b,
               bool every)
{
    char address[PTN_ADDR_TEXT];
    const char *filter = b->rung > PTN_RUNG_HOST ? ", if the packet filter lets it" : "";
    ptn_addr_format(&b->at->addr, address);
    r->rung = b->rung;
    if (every)
        r->step =
            ptn_arena_printf(arena, "bound to every address%s%s; %s on %s: %s%s", l->ifindex ? " of " : "",
                             l->ifindex ? l->ifname : "", address, b->iface ? b->iface->name : "?", b->because, filter);
    else
        r->step = ptn_arena_printf(arena, "bound to %s on %s: %s%s", address, b->iface ? b->iface->name : "?",
                                   b->because, filter);
    return r->step ? 0 : -ENOMEM;
}

static int reach_family(struct ptn_reach *r, struct ptn_arena *arena, const struct ptn_finding *f, uint8_t family,
                        const struct ptn_addr *bound)
{
    const struct ptn_listener *l = f->listener;
    const bool every = ptn_addr_is_any(bound);
    struct best b = {0};
    r->any = true;
    for (size_t i = 0; i < f->netns->n_addrs; i++) {
        const struct ptn_ifaddr *at = &f->netns->addrs[i];
        if (at->addr.family == family && (!l->ifindex || at->ifindex == l->ifindex) &&
            (every || ptn_addr_equal(&at->addr, bound)))
            consider(&b, f->netns, at);
    }
    if (b.any)
        return say(r, arena, l, &b, every);
    if (!every && ptn_addr_is_loopback(bound)) { /* all of 127/8 is on lo, whatever address stands there */
        r->rung = PTN_RUNG_LOOPBACK;
        r->step = "bound to a loopback address";
    } else if (!every && ptn_addr_is_multicast(bound)) {
        r->rung = PTN_RUNG_LAN;
        r->step = "bound to a multicast group, which the local network hears";
    } else {
        r->any = !every; /* no address of this family at all: the family does not count */
        r->rung = PTN_RUNG_NOBODY;
        r->step = every ? "bound to every address, and there is none" : "bound to an address that no interface has";
    }
    return 0;
}

int ptn_judge_reach(struct ptn_finding *f, struct ptn_arena *arena)
{
    const struct ptn_listener *l = f->listener;
    /* an IPv6 socket bound to ::ffff:192.0.2.1 hears IPv4, and nothing else */
    const struct ptn_addr bound = ptn_addr_unmapped(&l->addr);
    int r = 0;
    if (!bound.family)
        return 0;
    if (bound.family == AF_INET || l->dual)
        r = reach_family(&f->v4, arena, f, AF_INET, &bound);
    if (r == 0 && bound.family == AF_INET6)
        r = reach_family(&f->v6, arena, f, AF_INET6, &bound);
    f->reachable = true;
    f->rung = f->v4.any ? f->v4.rung : PTN_RUNG_NOBODY;
    if (f->v6.any && f->v6.rung > f->rung)
        f->rung = f->v6.rung;
    return r;
}
