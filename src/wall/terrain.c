#include "terrain.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/addr.h"

#define KEPT_MAX 64 /* partitions kept: few fields, few interfaces */

struct kept {
    enum ptn_pkt field;
    uint8_t family;
    char iif[16];
    struct ptn_partition partition;
};

struct ptn_terrain {
    const struct ptn_netns *ns;
    struct ptn_ranges *to[2][PTN_TOWARD_AWAY]; /* by family, then ptn_toward - 1 */
    struct ptn_partition ways[2];
    struct kept kept[KEPT_MAX];
    size_t n_kept;
};

static unsigned six(uint8_t family)
{
    return family == AF_INET6;
}

static void release(struct ptn_partition *p)
{
    for (size_t i = 0; i < p->n; i++)
        ptn_ranges_unref(p->parts[i].where);
    free(p->parts);
    *p = (struct ptn_partition){0};
}

void ptn_terrain_free(struct ptn_terrain *t)
{
    if (!t)
        return;
    for (int f = 0; f < 2; f++) {
        for (int i = 0; i < PTN_TOWARD_AWAY; i++)
            ptn_ranges_unref(t->to[f][i]);
        release(&t->ways[f]);
    }
    for (size_t i = 0; i < t->n_kept; i++)
        release(&t->kept[i].partition);
    free(t);
}

/* ---- sets of addresses -------------------------------------------------------------------------------------- */

static int add_prefix(struct ptn_ranges **r, const uint8_t *addr, unsigned prefix)
{
    uint8_t lo[16], hi[16];
    ptn_addr_span(addr, prefix, (*r)->width, lo, hi);
    return ptn_ranges_append(r, lo, hi);
}

static int add_text(struct ptn_ranges **r, const char *addr, unsigned prefix)
{
    struct ptn_addr a;
    return ptn_addr_parse(&a, addr, strlen(addr)) < 0 ? -EINVAL : add_prefix(r, a.bytes, prefix);
}

/* All addresses of this machine, or of one interface. */
static struct ptn_ranges *own(const struct ptn_terrain *t, uint8_t family, const char *on)
{
    struct ptn_ranges *r = ptn_ranges_none(ptn_addr_width(family));
    const struct ptn_iface *iface = on ? ptn_terrain_iface(t, on) : NULL;
    int e = !r ? -ENOMEM : 0;
    if (e == 0 && (!on || (iface && iface->link == PTN_LINK_LOOPBACK)))
        e = family == AF_INET ? add_text(&r, "127.0.0.0", 8) : add_text(&r, "::1", 128);
    for (size_t i = 0; e == 0 && i < t->ns->n_addrs; i++) {
        const struct ptn_ifaddr *a = &t->ns->addrs[i];
        if (a->addr.family == family && (!on || (iface && iface->index == a->ifindex)))
            e = add_prefix(&r, a->addr.bytes, 128);
    }
    if (e < 0) {
        ptn_ranges_unref(r);
        return NULL;
    }
    ptn_ranges_sort(r);
    return r;
}

/* fib_add_ifaddr: the last address of each network; and 0/8 and 255.255.255.255 always (inet_addr_type). */
static struct ptn_ranges *broadcast(const struct ptn_terrain *t, uint8_t family, const char *on)
{
    const struct ptn_iface *iface = on ? ptn_terrain_iface(t, on) : NULL;
    struct ptn_ranges *r = ptn_ranges_none(ptn_addr_width(family));
    int e = !r ? -ENOMEM : 0;
    if (e == 0 && family == AF_INET) {
        e = add_text(&r, "0.0.0.0", 8);
        e = e < 0 ? e : add_text(&r, "255.255.255.255", 32);
    }
    for (size_t i = 0; e == 0 && family == AF_INET && i < t->ns->n_addrs; i++) {
        const struct ptn_ifaddr *a = &t->ns->addrs[i];
        uint8_t lo[16], hi[16];
        if (a->addr.family != AF_INET || a->prefix >= 31 || ptn_addr_is_loopback(&a->addr) ||
            (on && (!iface || iface->index != a->ifindex)))
            continue;
        ptn_addr_span(a->addr.bytes, a->prefix, 4, lo, hi);
        e = ptn_ranges_append(&r, hi, hi);
    }
    if (e < 0) {
        ptn_ranges_unref(r);
        return NULL;
    }
    ptn_ranges_sort(r);
    return r;
}

static struct ptn_ranges *multicast(uint8_t family)
{
    struct ptn_ranges *r = ptn_ranges_none(ptn_addr_width(family));
    if (r && (family == AF_INET ? add_text(&r, "224.0.0.0", 4) : add_text(&r, "ff00::", 8)) < 0) {
        ptn_ranges_unref(r);
        return NULL;
    }
    return r;
}

static int find_destinations(struct ptn_terrain *t, uint8_t family)
{
    struct ptn_ranges **to = t->to[six(family)], *rest = ptn_ranges_all(ptn_addr_width(family));
    to[PTN_TOWARD_LOCAL - 1] = own(t, family, NULL);
    to[PTN_TOWARD_BROADCAST - 1] = broadcast(t, family, NULL);
    to[PTN_TOWARD_MULTICAST - 1] = multicast(family);
    to[PTN_TOWARD_AWAY - 1] = rest;
    for (int i = 0; i < PTN_TOWARD_AWAY; i++)
        if (!to[i] || (i + 1 < PTN_TOWARD_AWAY && rest && ptn_ranges_subtract(&to[PTN_TOWARD_AWAY - 1], to[i]) < 0))
            return -ENOMEM;
    return ptn_ranges_subtract(&to[PTN_TOWARD_BROADCAST - 1], to[PTN_TOWARD_LOCAL - 1]);
}

const struct ptn_ranges *ptn_terrain_to(const struct ptn_terrain *t, uint8_t family, enum ptn_toward to)
{
    return t->to[six(family)][to - 1];
}

const struct ptn_iface *ptn_terrain_iface(const struct ptn_terrain *t, const char *name)
{
    for (size_t i = 0; i < t->ns->n_ifaces; i++)
        if (strncmp(t->ns->ifaces[i].name, name, 15) == 0)
            return &t->ns->ifaces[i];
    return NULL;
}

const struct ptn_addr *ptn_terrain_first_addr(const struct ptn_terrain *t, const char *ifname, uint8_t family,
                                              bool link)
{
    const struct ptn_iface *iface = ptn_terrain_iface(t, ifname);
    for (size_t i = 0; iface && i < t->ns->n_addrs; i++) {
        const struct ptn_ifaddr *a = &t->ns->addrs[i];
        if (a->ifindex == iface->index && a->addr.family == family &&
            (family == AF_INET || ptn_addr_is_link_local(&a->addr) == link))
            return &a->addr;
    }
    return NULL;
}

bool ptn_terrain_partial(const struct ptn_terrain *t)
{
    return t->ns->routes_partial;
}

/* ---- routes -------------------------------------------------------------------------------------------------- */

static const char *name_of(const struct ptn_terrain *t, uint32_t index)
{
    for (size_t i = 0; i < t->ns->n_ifaces; i++)
        if (t->ns->ifaces[i].index == index)
            return t->ns->ifaces[i].name;
    return "";
}

/* The part of a value, made empty where there is none yet. */
static struct ptn_part_of *part_for(struct ptn_partition *p, const uint8_t value[16], uint8_t width)
{
    for (size_t i = 0; i < p->n; i++)
        if (memcmp(p->parts[i].value, value, 16) == 0)
            return &p->parts[i];
    struct ptn_part_of *more = reallocarray(p->parts, p->n + 1, sizeof(*more));
    if (!more)
        return NULL;
    p->parts = more;
    memcpy(more[p->n].value, value, 16);
    more[p->n].where = ptn_ranges_none(width);
    return more[p->n].where ? &more[p->n++] : NULL;
}

/* What of `left` lies in the prefix goes to the interface's part. */
static int take(struct ptn_partition *p, struct ptn_ranges **left, const char *name, const uint8_t *lo,
                const uint8_t *hi)
{
    uint8_t value[16] = {0};
    struct ptn_ranges *prefix = ptn_ranges_of((*left)->width, lo, hi), *mine = NULL, *sum = NULL;
    memcpy(value, name, strnlen(name, 15));
    struct ptn_part_of *part = part_for(p, value, (*left)->width);
    if (prefix && part)
        mine = ptn_ranges_intersect(prefix, *left);
    if (mine)
        sum = ptn_ranges_unite(part->where, mine);
    int r = sum ? ptn_ranges_subtract(left, mine) : -ENOMEM;
    if (sum) {
        ptn_ranges_unref(part->where);
        part->where = sum;
    }
    ptn_ranges_unref(prefix);
    ptn_ranges_unref(mine);
    return r;
}

static int find_ways(struct ptn_terrain *t, uint8_t family)
{
    struct ptn_partition *p = &t->ways[six(family)];
    struct ptn_ranges *left = ptn_ranges_all(ptn_addr_width(family));
    uint8_t lo[16], hi[16];
    int r = left ? 0 : -ENOMEM;
    for (size_t i = 0; r == 0 && i < t->ns->n_routes; i++) {
        const struct ptn_route *route = &t->ns->routes[i];
        if (route->to.family != family)
            continue;
        ptn_addr_span(route->to.bytes, route->prefix, ptn_addr_width(family), lo, hi);
        r = take(p, &left, route->type == RTN_UNICAST ? name_of(t, route->ifindex) : "", lo, hi);
    }
    memset(lo, 0, sizeof(lo));
    memset(hi, 0xff, sizeof(hi));
    r = r < 0 ? r : take(p, &left, "", lo, hi);
    ptn_ranges_unref(left);
    return r;
}

const struct ptn_partition *ptn_terrain_ways(const struct ptn_terrain *t, uint8_t family)
{
    return &t->ways[six(family)];
}

int ptn_terrain_new(struct ptn_terrain **ret, const struct ptn_netns *ns)
{
    struct ptn_terrain *t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;
    t->ns = ns;
    int r = find_destinations(t, AF_INET);
    r = r < 0 ? r : find_destinations(t, AF_INET6);
    r = r < 0 ? r : find_ways(t, AF_INET);
    r = r < 0 ? r : find_ways(t, AF_INET6);
    if (r < 0) {
        ptn_terrain_free(t);
        return r;
    }
    *ret = t;
    return 0;
}

/* ---- what is derived ----------------------------------------------------------------------------------------- */

static int add_part(struct ptn_partition *p, const uint8_t value[16], struct ptn_ranges *where)
{
    struct ptn_part_of *more = where ? reallocarray(p->parts, p->n + 1, sizeof(*more)) : NULL;
    if (!more) {
        ptn_ranges_unref(where);
        return -ENOMEM;
    }
    p->parts = more;
    memcpy(more[p->n].value, value, 16);
    more[p->n++].where = where;
    return 0;
}

static int add_type(struct ptn_partition *p, uint8_t type, struct ptn_ranges *where)
{
    uint8_t value[16] = {type};
    return add_part(p, value, where);
}

/* Our own addresses, for packets that came by an interface: a link's own are looked up on that link alone
 * (nft_fib6_flowi_init). */
static struct ptn_ranges *local_to(const struct ptn_terrain *t, uint8_t family, const char *came_by)
{
    struct ptn_ranges *all = t->to[six(family)][PTN_TOWARD_LOCAL - 1], *link, *others, *here, *sum = NULL;
    if (family == AF_INET || !*came_by)
        return ptn_ranges_ref(all);
    link = ptn_ranges_none(16);
    others = link && add_text(&link, "fe80::", 10) == 0 ? ptn_ranges_without(all, link) : NULL;
    here = own(t, family, came_by);
    if (others && here)
        sum = ptn_ranges_unite(others, here);
    ptn_ranges_unref(link);
    ptn_ranges_unref(others);
    ptn_ranges_unref(here);
    return sum;
}

/* A link's own addresses, but for those that a route of this link leads to: no other is asked (nft_fib6_flowi_init). */
static int add_links_own(const struct ptn_partition *ways, const char *came_by, struct ptn_ranges **where)
{
    struct ptn_ranges *link = ptn_ranges_none(16);
    int r = link ? add_text(&link, "fe80::", 10) : -ENOMEM;
    for (size_t i = 0; r == 0 && i < ways->n; i++)
        if (strncmp((const char *)ways->parts[i].value, came_by, 15) == 0)
            r = ptn_ranges_subtract(&link, ways->parts[i].where);
    for (uint32_t k = 0; r == 0 && k < link->n; k++)
        r = ptn_ranges_append(where, ptn_ranges_lo(link, k), ptn_ranges_hi(link, k));
    ptn_ranges_unref(link);
    return r;
}

/* What no route leads to. */
static int take_unreachable(const struct ptn_terrain *t, const char *came_by, struct ptn_ranges **rest,
                            struct ptn_ranges **ret)
{
    const struct ptn_partition *ways = &t->ways[1];
    const struct ptn_iface *in = ptn_terrain_iface(t, came_by);
    struct ptn_ranges *where = ptn_ranges_none(16);
    int r = where ? 0 : -ENOMEM;
    for (size_t i = 0; r == 0 && i < ways->n; i++)
        for (uint32_t k = 0; r == 0 && ways->parts[i].value[0] == 0 && k < ways->parts[i].where->n; k++)
            r = ptn_ranges_append(&where, ptn_ranges_lo(ways->parts[i].where, k),
                                  ptn_ranges_hi(ways->parts[i].where, k));
    if (r == 0 && in)
        r = add_links_own(ways, in->name, &where);
    if (r == 0) {
        ptn_ranges_sort(where);
        *ret = ptn_ranges_intersect(where, *rest);
        r = *ret ? ptn_ranges_subtract(rest, *ret) : -ENOMEM;
    }
    ptn_ranges_unref(where);
    return r;
}

/* "::" and IPv4's addresses in IPv6's clothes are of no type, if routes lead there or not (ipv6_addr_type). */
static int add_unspecified(struct ptn_partition *p, struct ptn_ranges **rest)
{
    struct ptn_ranges *none = ptn_ranges_none(16), *there = NULL;
    int r = none ? add_text(&none, "::", 128) : -ENOMEM;
    r = r < 0 ? r : add_text(&none, "::ffff:0.0.0.0", 96);
    if (r == 0) {
        ptn_ranges_sort(none);
        there = ptn_ranges_intersect(none, *rest);
        r = there ? ptn_ranges_subtract(rest, there) : -ENOMEM;
    }
    ptn_ranges_unref(none);
    if (r < 0) {
        ptn_ranges_unref(there);
        return r;
    }
    return add_type(p, RTN_UNSPEC, there);
}

/* inet_dev_addr_type: what is on no other interface's list is unicast, routed or not. IPv6 (nft_fib6_eval_type) asks
 * the routing table: what has no route is unreachable. */
static int types(const struct ptn_terrain *t, struct ptn_partition *p, uint8_t family, const char *iif,
                 const char *came_by)
{
    const unsigned f = six(family);
    struct ptn_ranges *rest = ptn_ranges_all(ptn_addr_width(family)), *none = NULL;
    int r = rest ? 0 : -ENOMEM;
    r = r < 0 ? r : add_type(p, RTN_LOCAL, iif ? own(t, family, iif) : local_to(t, family, came_by));
    r = r < 0 ? r
              : add_type(p, RTN_BROADCAST,
                         iif ? broadcast(t, family, iif) : ptn_ranges_ref(t->to[f][PTN_TOWARD_BROADCAST - 1]));
    r = r < 0 ? r : add_type(p, RTN_MULTICAST, ptn_ranges_ref(t->to[f][PTN_TOWARD_MULTICAST - 1]));
    for (size_t i = 0; r == 0 && i < p->n; i++)
        r = ptn_ranges_subtract(&rest, p->parts[i].where);
    if (r == 0 && f)
        r = take_unreachable(t, came_by, &rest, &none);
    if (r < 0) {
        ptn_ranges_unref(rest);
        ptn_ranges_unref(none);
        return r;
    }
    r = none ? add_type(p, RTN_UNREACHABLE, none) : 0;
    if (r == 0 && f)
        r = add_unspecified(p, &rest);
    if (r < 0) {
        ptn_ranges_unref(rest);
        return r;
    }
    return add_type(p, RTN_UNICAST, rest);
}

/* The part of a way that is one for packets that came in by `in`: not to ourselves, and to a link's own addresses only
 * on the link. */
static struct ptn_ranges *reachable(const struct ptn_terrain *t, uint8_t family, const struct ptn_iface *in,
                                    const struct ptn_part_of *part)
{
    struct ptn_ranges *where = ptn_ranges_without(part->where, ptn_terrain_to(t, family, PTN_TOWARD_LOCAL));
    struct ptn_ranges *link = ptn_ranges_none(16);
    bool here = in && strncmp(in->name, (const char *)part->value, 15) == 0;
    if (family == AF_INET6 && where && link && !here &&
        (add_text(&link, "fe80::", 10) < 0 || ptn_ranges_subtract(&where, link) < 0)) {
        ptn_ranges_unref(where);
        where = NULL;
    }
    ptn_ranges_unref(link);
    return where;
}

/* nft_fib4_eval: addresses of our own have no way back (RTN_LOCAL), and on the loopback nothing is asked. */
static int back(const struct ptn_terrain *t, struct ptn_partition *p, uint8_t family, const char *iif, bool only_iif)
{
    const struct ptn_partition *ways = &t->ways[six(family)];
    const struct ptn_iface *in = ptn_terrain_iface(t, iif);
    struct ptn_ranges *rest = ptn_ranges_all(ptn_addr_width(family));
    uint8_t value[16] = {0};
    int r = rest ? 0 : -ENOMEM;
    if (in && in->link == PTN_LINK_LOOPBACK) {
        memcpy(value, iif, strnlen(iif, 15));
        return add_part(p, value, rest);
    }
    for (size_t i = 0; r == 0 && i < ways->n; i++) {
        const char *name = (const char *)ways->parts[i].value;
        if (!*name || (only_iif && strncmp(name, iif, 15) != 0))
            continue;
        struct ptn_ranges *where = reachable(t, family, in, &ways->parts[i]);
        r = where ? ptn_ranges_subtract(&rest, where) : -ENOMEM;
        if (r < 0)
            ptn_ranges_unref(where);
        else
            r = add_part(p, ways->parts[i].value, where);
    }
    if (r < 0) {
        ptn_ranges_unref(rest);
        return r;
    }
    return add_part(p, value, rest);
}

static int groups(const struct ptn_terrain *t, struct ptn_partition *p)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < t->ns->n_ifaces; i++) {
        const struct ptn_iface *f = &t->ns->ifaces[i];
        uint8_t value[16] = {(uint8_t)(f->group >> 24), (uint8_t)(f->group >> 16), (uint8_t)(f->group >> 8),
                             (uint8_t)f->group};
        uint8_t name[16] = {0};
        memcpy(name, f->name, strnlen(f->name, 15));
        r = add_part(p, value, ptn_ranges_of(16, name, name));
    }
    return r;
}

static int make(const struct ptn_terrain *t, struct ptn_partition *p, enum ptn_pkt f, uint8_t family, const char *iif)
{
    switch (f) {
    case PTN_PKT_FIB_SADDR_TYPE:
    case PTN_PKT_FIB_DADDR_TYPE:
        return types(t, p, family, NULL, iif);
    case PTN_PKT_FIB_SADDR_IIF_TYPE:
    case PTN_PKT_FIB_DADDR_IIF_TYPE:
        return types(t, p, family, iif, iif);
    case PTN_PKT_FIB_SADDR_OIF:
        return back(t, p, family, iif, false);
    case PTN_PKT_FIB_SADDR_IIF_OIF:
        return back(t, p, family, iif, true);
    default:
        return groups(t, p);
    }
}

static const struct {
    enum ptn_pkt derived, base;
} derivations[] = {
    {PTN_PKT_FIB_SADDR_TYPE, PTN_PKT_SADDR}, {PTN_PKT_FIB_SADDR_IIF_TYPE, PTN_PKT_SADDR},
    {PTN_PKT_FIB_DADDR_TYPE, PTN_PKT_DADDR}, {PTN_PKT_FIB_DADDR_IIF_TYPE, PTN_PKT_DADDR},
    {PTN_PKT_FIB_SADDR_OIF, PTN_PKT_SADDR},  {PTN_PKT_FIB_SADDR_IIF_OIF, PTN_PKT_SADDR},
    {PTN_PKT_IIFGROUP, PTN_PKT_IIFNAME},     {PTN_PKT_OIFGROUP, PTN_PKT_OIFNAME},
};

static enum ptn_pkt base_of(enum ptn_pkt f)
{
    for (size_t i = 0; i < sizeof(derivations) / sizeof(*derivations); i++)
        if (derivations[i].derived == f)
            return derivations[i].base;
    return PTN_PKT_COUNT;
}

bool ptn_pkt_is_derived(enum ptn_pkt f)
{
    return base_of(f) != PTN_PKT_COUNT;
}

const struct ptn_partition *ptn_terrain_partition(const struct ptn_terrain *t, enum ptn_pkt f, uint8_t family,
                                                  const char *iif, enum ptn_pkt *base)
{
    /* a cache: what it holds is a function of what it was made from */
    struct ptn_terrain *kept = (struct ptn_terrain *)t;
    bool routed = f == PTN_PKT_FIB_SADDR_OIF || f == PTN_PKT_FIB_SADDR_IIF_OIF;
    *base = routed && t->ns->routes_partial ? PTN_PKT_COUNT : base_of(f);
    if (*base == PTN_PKT_COUNT)
        return NULL;
    for (size_t i = 0; i < t->n_kept; i++)
        if (t->kept[i].field == f && t->kept[i].family == family && strncmp(t->kept[i].iif, iif, 15) == 0)
            return &t->kept[i].partition;
    if (t->n_kept == KEPT_MAX) {
        for (size_t i = 0; i < KEPT_MAX; i++)
            release(&kept->kept[i].partition);
        kept->n_kept = 0;
    }
    struct kept *k = &kept->kept[kept->n_kept];
    *k = (struct kept){.field = f, .family = family};
    memcpy(k->iif, iif, strnlen(iif, 15));
    if (make(t, &k->partition, f, family, iif) < 0) {
        release(&k->partition);
        return NULL;
    }
    kept->n_kept++;
    return &k->partition;
}
