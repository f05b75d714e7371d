#include "places.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/addr.h"

static int add(struct ptn_ranges **r, const struct ptn_addr *a, unsigned prefix)
{
    uint8_t lo[16], hi[16];
    ptn_addr_span(a->bytes, prefix, (*r)->width, lo, hi);
    return ptn_ranges_append(r, lo, hi);
}

struct prefix {
    const char *addr;
    unsigned len;
};

/* Nobody's: RFC 1122 section 3.2.1.3, RFC 4291 section 2.5 */
static const struct prefix nowhere4[] = {{"0.0.0.0", 8}, {"127.0.0.0", 8}, {"224.0.0.0", 3}, {NULL, 0}};
static const struct prefix nowhere6[] = {{"::", 128}, {"::1", 128}, {"ff00::", 8}, {NULL, 0}};
/* Not routed on the internet: RFC 1918, RFC 6598, RFC 3927; RFC 4193, RFC 4291 */
static const struct prefix private4[] = {{"10.0.0.0", 8},    {"172.16.0.0", 12},  {"192.168.0.0", 16},
                                         {"100.64.0.0", 10}, {"169.254.0.0", 16}, {NULL, 0}};
static const struct prefix private6[] = {{"fc00::", 7}, {"fe80::", 10}, {NULL, 0}};
static const struct prefix link4[] = {{"169.254.0.0", 16}, {NULL, 0}};
static const struct prefix link6[] = {{"fe80::", 10}, {NULL, 0}};

static struct ptn_ranges *listed(uint8_t family, const struct prefix *four, const struct prefix *six)
{
    struct ptn_ranges *r = ptn_ranges_none(ptn_addr_width(family));
    struct ptn_addr a;
    for (const struct prefix *p = family == AF_INET ? four : six; r && p->addr; p++)
        if (ptn_addr_parse(&a, p->addr, strlen(p->addr)) < 0 || add(&r, &a, p->len) < 0) {
            ptn_ranges_unref(r);
            return NULL;
        }
    if (r)
        ptn_ranges_sort(r);
    return r;
}

/* ---- what lies behind an interface ------------------------------------------------------------------------------ */

/* Networks that an interface (or, with `others`, every other one) is in or leads to, the default route aside. */
static struct ptn_ranges *networks(const struct ptn_netns *ns, uint8_t family, uint32_t index, bool others)
{
    struct ptn_ranges *r = ptn_ranges_none(ptn_addr_width(family));
    int e = r ? 0 : -ENOMEM;
    for (size_t i = 0; i < ns->n_addrs && e == 0; i++) {
        const struct ptn_ifaddr *a = &ns->addrs[i];
        if (a->addr.family == family && (a->ifindex == index) != others && !ptn_addr_is_link_local(&a->addr))
            e = add(&r, &a->addr, a->prefix);
    }
    for (size_t i = 0; i < ns->n_routes && e == 0; i++) {
        const struct ptn_route *t = &ns->routes[i];
        if (t->to.family == family && t->type == RTN_UNICAST && (t->ifindex == index) != others &&
            t->prefix > (family == AF_INET ? 1 : 3) && !ptn_addr_is_link_local(&t->to))
            e = add(&r, &t->to, t->prefix);
    }
    if (e < 0) {
        ptn_ranges_unref(r);
        return NULL;
    }
    ptn_ranges_sort(r);
    return r;
}

enum whose { EVERY, PUBLIC, OURS };

/* The machine's addresses that can be asked for at an interface: link-local ones only at their own, and (OURS) by the
 * machine itself. */
static struct ptn_ranges *addresses(const struct ptn_netns *ns, uint8_t family, uint32_t index, enum whose whose)
{
    struct ptn_ranges *r = ptn_ranges_none(ptn_addr_width(family));
    for (size_t i = 0; r && i < ns->n_addrs; i++) {
        const struct ptn_ifaddr *a = &ns->addrs[i];
        if (a->addr.family != family || ptn_addr_is_loopback(&a->addr) ||
            (whose == PUBLIC && !ptn_addr_is_public(&a->addr)) ||
            (ptn_addr_is_link_local(&a->addr) && a->ifindex != index && whose != OURS))
            continue;
        if (add(&r, &a->addr, 128) < 0) {
            ptn_ranges_unref(r);
            return NULL;
        }
    }
    if (r)
        ptn_ranges_sort(r);
    return r;
}

/* ---- sums, that free what they are given ----------------------------------------------------------------------------
 */

static struct ptn_ranges *plus(struct ptn_ranges *a, struct ptn_ranges *b)
{
    struct ptn_ranges *r = a && b ? ptn_ranges_unite(a, b) : NULL;
    ptn_ranges_unref(a);
    ptn_ranges_unref(b);
    return r;
}

static struct ptn_ranges *minus(struct ptn_ranges *a, struct ptn_ranges *b)
{
    struct ptn_ranges *r = a && b ? ptn_ranges_without(a, b) : NULL;
    ptn_ranges_unref(a);
    ptn_ranges_unref(b);
    return r;
}

static struct ptn_ranges *meet(struct ptn_ranges *a, struct ptn_ranges *b)
{
    struct ptn_ranges *r = a && b ? ptn_ranges_intersect(a, b) : NULL;
    ptn_ranges_unref(a);
    ptn_ranges_unref(b);
    return r;
}

/* A neighbour's link-local address can be answered only where there is one of our own. */
static bool has_link_address(const struct ptn_netns *ns, uint8_t family, uint32_t index)
{
    for (size_t i = 0; i < ns->n_addrs; i++)
        if (ns->addrs[i].ifindex == index && ns->addrs[i].addr.family == family &&
            ptn_addr_is_link_local(&ns->addrs[i].addr))
            return true;
    return false;
}

/* Everybody who may be behind an interface. */
static struct ptn_ranges *behind(const struct ptn_netns *ns, uint8_t family, const struct ptn_iface *f)
{
    bool is_default = family == AF_INET ? f->default_v4 : f->default_v6;
    struct ptn_ranges *r =
        is_default ? plus(minus(ptn_ranges_all(ptn_addr_width(family)), networks(ns, family, f->index, true)),
                          networks(ns, family, f->index, false))
                   : networks(ns, family, f->index, false);
    if (has_link_address(ns, family, f->index))
        r = plus(r, listed(family, link4, link6));
    r = minus(r, listed(family, nowhere4, nowhere6));
    return minus(r, addresses(ns, family, f->index, EVERY));
}

/* ---- the list
 * ----------------------------------------------------------------------------------------------------------- */

/* Takes over sources and dests. A place without either is none. */
static int put(struct ptn_places *p, enum ptn_rung rung, const char *iif, uint8_t family, struct ptn_ranges *sources,
               struct ptn_ranges *dests)
{
    bool empty = sources && dests && (sources->n == 0 || dests->n == 0);
    struct ptn_place *more = sources && dests && !empty ? reallocarray(p->items, p->n + 1, sizeof(*more)) : NULL;
    if (!more) {
        ptn_ranges_unref(sources);
        ptn_ranges_unref(dests);
        return empty ? 0 : -ENOMEM;
    }
    p->items = more;
    more[p->n++] = (struct ptn_place){.rung = rung, .iif = iif, .family = family, .sources = sources, .dests = dests};
    return 0;
}

static bool leads_to_containers(const struct ptn_netns *ns, const struct ptn_iface *f)
{
    return ns->host && !f->default_v4 && !f->default_v6 && (f->carries_containers || f->link == PTN_LINK_VETH);
}

static enum ptn_rung near_rung(const struct ptn_netns *ns, const struct ptn_iface *f)
{
    if (f->link == PTN_LINK_VPN)
        return PTN_RUNG_VPN;
    if (leads_to_containers(ns, f))
        return PTN_RUNG_CONTAINER;
    return !ns->host && f->link == PTN_LINK_VETH ? PTN_RUNG_HOST : PTN_RUNG_LAN;
}

/* What neighbours may ask for: with route_localnet the loopback's addresses, too. */
static struct ptn_ranges *at_hand(const struct ptn_netns *ns, uint8_t family, const struct ptn_iface *f)
{
    struct ptn_ranges *r = addresses(ns, family, f->index, EVERY), *loop = ptn_ranges_none(ptn_addr_width(family));
    const struct ptn_addr first = {.family = AF_INET, .bytes = {127}};
    if (!f->route_localnet || family != AF_INET) {
        ptn_ranges_unref(loop);
        return r;
    }
    if (loop && add(&loop, &first, 8) < 0) {
        ptn_ranges_unref(loop);
        loop = NULL;
    }
    return plus(r, loop);
}

/* Those behind an interface with the default route are the internet, but for the networks that the interface is in and
 * for private addresses. */
static int put_iface(struct ptn_places *p, const struct ptn_netns *ns, const struct ptn_iface *f, uint8_t family)
{
    bool is_default = family == AF_INET ? f->default_v4 : f->default_v6;
    struct ptn_ranges *all = behind(ns, family, f), *near;
    int r = 0;
    if (!all)
        return -ENOMEM;
    near = ptn_ranges_ref(all);
    if (is_default)
        near = meet(near, plus(networks(ns, family, f->index, false), listed(family, private4, private6)));
    r = put(p, near_rung(ns, f), f->name, family, near, at_hand(ns, family, f));
    if (r == 0 && is_default)
        r = put(
            p, PTN_RUNG_INTERNET, f->name, family,
            minus(ptn_ranges_ref(all), plus(networks(ns, family, f->index, false), listed(family, private4, private6))),
            addresses(ns, family, f->index, PUBLIC));
    ptn_ranges_unref(all);
    return r;
}

static bool loops(const struct ptn_netns *ns)
{
    for (size_t i = 0; i < ns->n_ifaces; i++)
        if (ns->ifaces[i].link == PTN_LINK_LOOPBACK && ns->ifaces[i].up)
            return true;
    return false;
}

static int put_self(struct ptn_places *p, const struct ptn_netns *ns, uint8_t family)
{
    struct ptn_ranges *own = addresses(ns, family, 0, OURS);
    struct ptn_addr a;
    const char *first = family == AF_INET ? "127.0.0.0" : "::1";
    if (own && loops(ns) &&
        (ptn_addr_parse(&a, first, strlen(first)) < 0 || add(&own, &a, family == AF_INET ? 8 : 128) < 0)) {
        ptn_ranges_unref(own);
        return -ENOMEM;
    }
    if (own)
        ptn_ranges_sort(own);
    return put(p, PTN_RUNG_LOOPBACK, NULL, family, own ? ptn_ranges_ref(own) : NULL, own);
}

static int nearest_first(const void *a, const void *b)
{
    const struct ptn_place *x = a, *y = b;
    if (x->rung != y->rung)
        return x->rung < y->rung ? -1 : 1;
    int by_name = strcmp(x->iif ? x->iif : "", y->iif ? y->iif : "");
    return by_name ? by_name : x->family - y->family;
}

int ptn_places_of(struct ptn_places *ret, const struct ptn_netns *ns)
{
    static const uint8_t families[] = {AF_INET, AF_INET6};
    struct ptn_places p = {0};
    int r = 0;
    for (int k = 0; k < 2 && r == 0; k++) {
        r = put_self(&p, ns, families[k]);
        for (size_t i = 0; i < ns->n_ifaces && r == 0; i++)
            if (ns->ifaces[i].up && !ns->ifaces[i].port && ns->ifaces[i].link != PTN_LINK_LOOPBACK)
                r = put_iface(&p, ns, &ns->ifaces[i], families[k]);
    }
    if (r < 0) {
        ptn_places_release(&p);
        return r;
    }
    if (p.n)
        qsort(p.items, p.n, sizeof(*p.items), nearest_first);
    *ret = p;
    return 0;
}

void ptn_places_release(struct ptn_places *p)
{
    for (size_t i = 0; i < p->n; i++) {
        ptn_ranges_unref(p->items[i].sources);
        ptn_ranges_unref(p->items[i].dests);
    }
    free(p->items);
    *p = (struct ptn_places){0};
}

int ptn_place_flow(struct ptn_flow *ret, const struct ptn_place *p, uint8_t proto)
{
    int r = ptn_flow_init(ret, p->family, proto, p->iif);
    if (r < 0)
        return r;
    ptn_flow_take(ret, PTN_PKT_SADDR, ptn_ranges_ref(p->sources));
    ptn_flow_take(ret, PTN_PKT_DADDR, ptn_ranges_ref(p->dests));
    return 0;
}
