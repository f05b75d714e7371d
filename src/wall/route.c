/* What routing makes of packets, before and beside the rules. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "eval.h"

static bool is_six(const struct ptn_walk *w)
{
    return w->question->family == AF_INET6;
}

int ptn_put_name(struct ptn_lives *lives, enum ptn_pkt f, const uint8_t name[16])
{
    int r = 0;
    for (size_t i = 0; i < lives->n && r == 0; i++)
        r = ptn_flow_put(&lives->items[i].flow, f, name, name);
    return r;
}

/* NAT that picks one of several addresses, say. */
int ptn_emit_unrouted(struct ptn_walk *w, struct ptn_lives *lives)
{
    struct ptn_lives lost = {0};
    int r = 0;
    for (size_t i = 0; i < lives->n; i++)
        if (!lives->items[i].flow.field[PTN_PKT_DADDR]) {
            struct ptn_live l = lives->items[i];
            lives->items[i--] = lives->items[--lives->n];
            if (r == 0)
                r = ptn_lives_push(&lost, &l);
            else
                ptn_flow_release(&l.flow);
        }
    r = r < 0 ? r : ptn_emit_all(w, &lost, PTN_ANSWER_UNKNOWN, "sent on to an address that is picked as it comes");
    ptn_lives_release(&lost);
    return r;
}

/* ---- packets that come in ---------------------------------------------------------------------------- */

/* Takes those with a field of these numbers out, for good. */
static int drop(struct ptn_walk *w, struct ptn_lives *lives, enum ptn_pkt f, const struct ptn_ranges *in,
                const char *why)
{
    struct ptn_lives bad = {0};
    int r = in ? ptn_sift(w, lives, f, in, &bad) : -ENOMEM;
    r = r < 0 ? r : ptn_emit_all(w, &bad, PTN_ANSWER_DROP, why);
    ptn_lives_release(&bad);
    return r;
}

static struct ptn_ranges *prefix(uint8_t family, const char *addr, unsigned bits)
{
    struct ptn_addr a;
    uint8_t lo[16], hi[16];
    if (ptn_addr_parse(&a, addr, strlen(addr)) < 0)
        return NULL;
    ptn_addr_span(a.bytes, bits, ptn_addr_width(family), lo, hi);
    return ptn_ranges_of(ptn_addr_width(family), lo, hi);
}

static int drop_prefix(struct ptn_walk *w, struct ptn_lives *lives, enum ptn_pkt f, const char *addr, unsigned bits,
                       const char *why)
{
    struct ptn_ranges *in = prefix(w->question->family, addr, bits);
    int r = drop(w, lives, f, in, why);
    ptn_ranges_unref(in);
    return r;
}

/* IPv6 drops packets of the loopback's addresses before any hook (ip6_rcv_core), IPv4 when it routes. */
int ptn_drop_foreign_loopback(struct ptn_walk *w, struct ptn_lives *lives, const struct ptn_iface *in)
{
    static const char why[] = "a loopback address from outside: dropped by routing";
    const char *addr = is_six(w) ? "::1" : "127.0.0.0";
    const unsigned bits = is_six(w) ? 128 : 8;
    if (in && (in->link == PTN_LINK_LOOPBACK || (in->route_localnet && !is_six(w))))
        return 0;
    int r = drop_prefix(w, lives, PTN_PKT_DADDR, addr, bits, why);
    return r < 0 ? r : drop_prefix(w, lives, PTN_PKT_SADDR, addr, bits, why);
}

int ptn_drop_loopback_leaving(struct ptn_walk *w, struct ptn_lives *lives)
{
    return is_six(w) ? 0
                     : drop_prefix(w, lives, PTN_PKT_SADDR, "127.0.0.0", 8,
                                   "a loopback address may not leave the machine: dropped by routing");
}

/* Packets to 255.255.255.255, and from 0.0.0.0 to 0.0.0.0, may come from nowhere. */
static int set_apart(struct ptn_walk *w, struct ptn_lives *lives, struct ptn_lives *apart)
{
    struct ptn_ranges *all = prefix(AF_INET, "255.255.255.255", 32), *none = prefix(AF_INET, "0.0.0.0", 32);
    struct ptn_lives from = {0};
    int r = all && none ? ptn_sift(w, lives, PTN_PKT_DADDR, all, apart) : -ENOMEM;
    r = r < 0 ? r : ptn_sift(w, lives, PTN_PKT_SADDR, none, &from);
    r = r < 0 ? r : ptn_sift(w, &from, PTN_PKT_DADDR, none, apart);
    r = r < 0 ? r : ptn_lives_append(lives, &from);
    ptn_lives_release(&from);
    ptn_ranges_unref(all);
    ptn_ranges_unref(none);
    return r;
}

static int drop_own(struct ptn_walk *w, struct ptn_lives *lives)
{
    return drop(w, lives, PTN_PKT_SADDR, ptn_terrain_to(w->terrain, AF_INET, PTN_TOWARD_LOCAL),
                "a source address of this machine's own: dropped by routing");
}

/* net.ipv4.conf.*.rp_filter: fib_validate_source() in full. */
static int reverse_path(struct ptn_walk *w, struct ptn_lives *lives, const struct ptn_iface *in)
{
    const struct ptn_partition *ways = ptn_terrain_ways(w->terrain, AF_INET);
    struct ptn_lives good = {0};
    if (!in || !in->rp_filter || ptn_terrain_partial(w->terrain))
        return 0;
    int r = drop(w, lives, PTN_PKT_SADDR, ptn_terrain_to(w->terrain, AF_INET, PTN_TOWARD_BROADCAST),
                 "a broadcast source address: dropped by rp_filter");
    for (size_t i = 0; i < ways->n && r == 0; i++) {
        const char *name = (const char *)ways->parts[i].value;
        if (*name && (in->rp_filter == 2 || strncmp(name, in->name, 15) == 0))
            r = ptn_sift(w, lives, PTN_PKT_SADDR, ways->parts[i].where, &good);
    }
    r = r < 0 ? r : ptn_emit_all(w, lives, PTN_ANSWER_DROP, "its source is not reached by this interface: rp_filter");
    r = r < 0 ? r : ptn_lives_append(lives, &good);
    ptn_lives_release(&good);
    return r;
}

/* The checks of ip_route_input_slow(), in its order. */
static int check_source4(struct ptn_walk *w, struct ptn_lives *lives, const struct ptn_iface *in)
{
    static const char nowhere[] = "an address of nobody: dropped by routing";
    struct ptn_lives apart = {0}, from_nowhere = {0};
    struct ptn_ranges *zero = prefix(AF_INET, "0.0.0.0", 8);
    int r = drop_prefix(w, lives, PTN_PKT_SADDR, "224.0.0.0", 4, "a multicast source address: dropped by routing");
    r = r < 0 ? r : drop_prefix(w, lives, PTN_PKT_SADDR, "255.255.255.255", 32, nowhere);
    r = r < 0 ? r : set_apart(w, lives, &apart);
    r = r < 0 ? r : drop(w, lives, PTN_PKT_SADDR, zero, nowhere);
    r = r < 0 ? r : drop(w, lives, PTN_PKT_DADDR, zero, nowhere);
    r = r < 0 ? r : ptn_drop_foreign_loopback(w, lives, in);
    r = r < 0 ? r : ptn_sift(w, &apart, PTN_PKT_SADDR, zero, &from_nowhere);
    r = r < 0 ? r : ptn_lives_append(lives, &apart);
    r = r < 0 ? r : drop_own(w, lives);
    r = r < 0 ? r : reverse_path(w, lives, in);
    r = r < 0 ? r : ptn_lives_append(lives, &from_nowhere);
    ptn_lives_release(&apart);
    ptn_lives_release(&from_nowhere);
    ptn_ranges_unref(zero);
    return r;
}

/* Groups are delivered where they are joined, which nobody told us; but all hosts' group is joined everywhere. */
static int take_multicast(struct ptn_walk *w, struct ptn_lives *lives, struct ptn_lives *local)
{
    const uint8_t family = w->question->family;
    struct ptn_ranges *all_hosts = prefix(family, is_six(w) ? "ff02::1" : "224.0.0.1", is_six(w) ? 128 : 32);
    struct ptn_lives groups = {0};
    int r = all_hosts ? ptn_sift(w, lives, PTN_PKT_DADDR, all_hosts, local) : -ENOMEM;
    r = r < 0 ? r
              : ptn_sift(w, lives, PTN_PKT_DADDR, ptn_terrain_to(w->terrain, family, PTN_TOWARD_MULTICAST), &groups);
    if (r == 0 && w->question->joined)
        r = ptn_lives_append(local, &groups);
    for (size_t i = 0; i < groups.n && r == 0; i++) {
        struct ptn_live other;
        ptn_live_doubt(&groups.items[i], NULL, "whether the multicast group is joined was not read");
        r = ptn_live_copy(w, &other, &groups.items[i]);
        r = r < 0 ? r : ptn_lives_push(local, &other);
    }
    r = r < 0 ? r : ptn_emit_all(w, &groups, PTN_ANSWER_DROP, "a multicast group that is not joined");
    ptn_lives_release(&groups);
    ptn_ranges_unref(all_hosts);
    return r;
}

static int refuse(struct ptn_walk *w, struct ptn_lives *lives, const char *with, const char *why)
{
    int r = 0;
    for (size_t i = 0; i < lives->n && r == 0; i++)
        r = ptn_live_step(w, &lives->items[i], NULL, NULL, why);
    for (; r == 0 && lives->n; lives->n--)
        r = ptn_emit(w, &lives->items[lives->n - 1], PTN_ANSWER_REJECT, with);
    return r;
}

/* A link's own addresses are looked up on the link alone: ours are delivered, its neighbours' (`beside`) are sent on
 * there. A link without such an address or a default route has no route to any. */
static int take_link_local(struct ptn_walk *w, struct ptn_lives *lives, const struct ptn_iface *in,
                           struct ptn_lives *local, struct ptn_lives *beside)
{
    bool has_link = in && in->default_v6;
    struct ptn_ranges *link = prefix(AF_INET6, "fe80::", 10);
    struct ptn_lives mine = {0};
    enum ptn_pkt base;
    const struct ptn_partition *own =
        ptn_terrain_partition(w->terrain, PTN_PKT_FIB_DADDR_IIF_TYPE, AF_INET6, in ? in->name : "", &base);
    int r = link && own ? ptn_sift(w, lives, PTN_PKT_DADDR, link, &mine) : -ENOMEM;
    if (r == 0 && !in) /* by several interfaces, which are not told apart */
        r = ptn_sift(w, &mine, PTN_PKT_DADDR, ptn_terrain_to(w->terrain, AF_INET6, PTN_TOWARD_LOCAL), local);
    for (size_t i = 0; r == 0 && i < own->n; i++)
        if (own->parts[i].value[0] == RTN_LOCAL) {
            has_link = has_link || ptn_ranges_relation(own->parts[i].where, link) == PTN_OVERLAPS ||
                       (own->parts[i].where->n && ptn_ranges_relation(own->parts[i].where, link) == PTN_INSIDE);
            r = ptn_sift(w, &mine, PTN_PKT_DADDR, own->parts[i].where, local);
        }
    if (r == 0 && has_link)
        r = ptn_lives_append(beside, &mine);
    r = r < 0 ? r : refuse(w, &mine, "icmpv6 no-route", "an address of another link: refused by routing");
    ptn_lives_release(&mine);
    ptn_ranges_unref(link);
    return r;
}

int ptn_route_in(struct ptn_walk *w, struct ptn_lives *lives, const struct ptn_iface *in, struct ptn_lives *local,
                 struct ptn_lives *beside)
{
    const uint8_t family = w->question->family;
    const bool outside = !(in && in->link == PTN_LINK_LOOPBACK);
    int r = 0;
    if (outside && is_six(w))
        r = drop_prefix(w, lives, PTN_PKT_SADDR, "ff00::", 8, "a multicast source address: dropped by routing");
    else if (outside)
        r = check_source4(w, lives, in);
    if (r == 0 && is_six(w))
        r = take_link_local(w, lives, in, local, beside);
    r = r < 0 ? r : ptn_sift(w, lives, PTN_PKT_DADDR, ptn_terrain_to(w->terrain, family, PTN_TOWARD_LOCAL), local);
    r = r < 0 ? r : ptn_sift(w, lives, PTN_PKT_DADDR, ptn_terrain_to(w->terrain, family, PTN_TOWARD_BROADCAST), local);
    return r < 0 ? r : take_multicast(w, lives, local);
}

/* ---- packets that are sent on ------------------------------------------------------------------------- */

/* Sources that may not pass from one link to another. */
int ptn_refuse_v6_sources(struct ptn_walk *w, struct ptn_lives *lives)
{
    struct ptn_ranges *link = prefix(AF_INET6, "fe80::", 10);
    struct ptn_lives bad = {0};
    int r = drop_prefix(w, lives, PTN_PKT_SADDR, "::", 128, "no source address: not sent on");
    if (r == 0)
        r = link ? ptn_sift(w, lives, PTN_PKT_SADDR, link, &bad) : -ENOMEM;
    r = r < 0 ? r : refuse(w, &bad, "icmpv6 beyond-scope", "a link's own source address: not sent on");
    ptn_lives_release(&bad);
    ptn_ranges_unref(link);
    return r;
}

static int drop_unroutable(struct ptn_walk *w, struct ptn_lives *lives)
{
    const struct ptn_partition *ways = ptn_terrain_ways(w->terrain, w->question->family);
    int r = 0;
    for (size_t i = 0; i < ways->n && r == 0; i++)
        if (!*(const char *)ways->parts[i].value)
            r = drop(w, lives, PTN_PKT_DADDR, ways->parts[i].where, "no route leads there: dropped by routing");
    return r;
}

int ptn_refuse_to_forward(struct ptn_walk *w, struct ptn_lives *lives, const struct ptn_iface *in, bool by_route)
{
    struct ptn_lives to_us = {0}, dying = {0};
    if (!in || !(is_six(w) ? in->forward_v6 : in->forward_v4))
        return ptn_emit_all(w, lives, PTN_ANSWER_DROP,
                            "not for this machine, which forwards nothing: dropped by routing");
    if (by_route && ptn_terrain_partial(w->terrain))
        return ptn_emit_all(w, lives, PTN_ANSWER_UNKNOWN, "forwarded by rules of routing that were not read");
    int r = by_route ? drop_unroutable(w, lives) : 0;
    r = r < 0 ? r : ptn_sift_number(w, lives, PTN_PKT_PKTTYPE, 0, 0, &to_us);
    r = r < 0 ? r : ptn_emit_all(w, lives, PTN_ANSWER_DROP, "not addressed to this machine on the wire: not sent on");
    r = r < 0 ? r : ptn_sift_number(w, &to_us, PTN_PKT_TTL, 0, 1, &dying);
    r = r < 0 ? r : ptn_emit_all(w, &dying, PTN_ANSWER_DROP, "its time to live is over: dropped by routing");
    r = r < 0 ? r : ptn_lives_append(lives, &to_us);
    ptn_lives_release(&to_us);
    ptn_lives_release(&dying);
    return r;
}
