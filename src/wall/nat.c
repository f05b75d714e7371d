/* NAT statements: where packets go from now on, and whence they seem to come (nft_nat.c, nf_nat_redirect.c). */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/addr.h"
#include "eval.h"

#define IPS_SRC_NAT 0x10u
#define IPS_DST_NAT 0x20u

/* The target of one statement: NULL bounds are left as they are. */
struct target {
    const uint8_t *addr, *addr_hi, *port, *port_hi;
    bool unknown; /* the address is one of several */
};

static void part(struct ptn_live *l, enum ptn_pkt original, enum ptn_pkt now)
{
    if (!(l->flow.same >> original & 1))
        return;
    struct ptn_ranges *was = l->flow.field[now] ? ptn_ranges_ref(l->flow.field[now]) : NULL;
    ptn_flow_take(&l->flow, original, was);
}

/* Sets bits of ct status; a packet that was there already has none. */
static int mark(struct ptn_live *l, uint32_t bits)
{
    const struct ptn_ranges *s = l->flow.field[PTN_PKT_CT_STATUS];
    if (!s || !ptn_ranges_is_point(s))
        return 0;
    const uint8_t *v = ptn_ranges_lo(s, 0);
    uint32_t old = (uint32_t)v[0] << 24 | (uint32_t)v[1] << 16 | (uint32_t)v[2] << 8 | v[3];
    return ptn_flow_put_number(&l->flow, PTN_PKT_CT_STATUS, old | bits, old | bits);
}

/* Gives a field its new number. Result: 1 if that changes it for sure, 0 if it stays as it was, 2 if it may, -errno. */
static int change(struct ptn_live *l, enum ptn_pkt f, const uint8_t *lo, const uint8_t *hi, bool unknown)
{
    const struct ptn_ranges *was = l->flow.field[f];
    uint8_t width = ptn_pkt_width(f, l->flow.family);
    if (!unknown && was && ptn_ranges_is_point(was) && memcmp(ptn_ranges_lo(was, 0), lo, width) == 0 &&
        memcmp(lo, hi, width) == 0)
        return 0;
    if (unknown || memcmp(lo, hi, width) != 0) {
        ptn_flow_take(&l->flow, f, NULL);
        return 2;
    }
    int r = !was || ptn_ranges_has(was, lo) ? 2 : 1;
    int e = ptn_flow_put(&l->flow, f, lo, lo);
    return e < 0 ? e : r;
}

static const char *describe(struct ptn_walk *w, const struct ptn_live *l, const char *verb, const struct target *t)
{
    struct ptn_addr a = {.family = l->flow.family};
    char text[PTN_ADDR_TEXT] = "", port[16] = "";
    if (t->addr) {
        memcpy(a.bytes, t->addr, ptn_addr_width(l->flow.family));
        ptn_addr_format(&a, text);
    }
    if (t->port)
        snprintf(port, sizeof(port), ":%u", (unsigned)(t->port[0] << 8 | t->port[1]));
    bool six = t->addr && t->port && l->flow.family == AF_INET6;
    return ptn_arena_printf(&w->answers->arena, "%s%s%s%s%s%s", verb, t->addr || t->port ? " to " : "", six ? "[" : "",
                            text, six ? "]" : "", port);
}

static int move(struct ptn_live *l, enum ptn_pkt original_addr, enum ptn_pkt addr, enum ptn_pkt original_port,
                enum ptn_pkt port, uint32_t bit, const struct target *t)
{
    int a = 0, p = 0, r;
    if (t->addr || t->unknown) {
        part(l, original_addr, addr);
        a = change(l, addr, t->addr, t->addr_hi, t->unknown);
    }
    if (a >= 0 && t->port) {
        part(l, original_port, port);
        p = change(l, port, t->port, t->port_hi, false);
    }
    r = a < 0 ? a : p < 0 ? p : 0;
    if (r < 0)
        return r;
    if (a == 1 || p == 1)
        return mark(l, bit);
    if (a == 2 || p == 2)
        ptn_flow_take(&l->flow, PTN_PKT_CT_STATUS, NULL);
    return 0;
}

static int apply(struct ptn_walk *w, struct ptn_live *l, const struct ptn_rule *rule, const struct ptn_stmt *s,
                 struct target *t)
{
    static const char *const verbs[] = {[PTN_NAT_DNAT] = "dnat",
                                        [PTN_NAT_SNAT] = "snat",
                                        [PTN_NAT_TPROXY] = "tproxy",
                                        [PTN_NAT_MASQUERADE] = "masquerade",
                                        [PTN_NAT_REDIRECT] = "redirect"};
    bool dst = s->nat.type == PTN_NAT_DNAT || s->nat.type == PTN_NAT_REDIRECT;
    const char *note = describe(w, l, verbs[s->nat.type], t);
    int r = note ? ptn_live_step(w, l, rule->chain, rule, note) : -ENOMEM;
    if (r == 0 && dst)
        r = move(l, PTN_PKT_CT_DADDR, PTN_PKT_DADDR, PTN_PKT_CT_DPORT, PTN_PKT_DPORT, IPS_DST_NAT, t);
    else if (r == 0)
        r = move(l, PTN_PKT_CT_SADDR, PTN_PKT_SADDR, PTN_PKT_CT_SPORT, PTN_PKT_SPORT, IPS_SRC_NAT, t);
    if (r < 0)
        return r;
    if (dst) {
        l->dst_done = l->moved = true;
        if (!l->flow.field[PTN_PKT_DADDR] || !l->flow.field[PTN_PKT_DPORT])
            ptn_live_doubt(l, rule, "its NAT picks one of several targets");
    } else {
        l->src_done = true;
    }
    return 1;
}

/* Scopes of nf_nat_redirect_ipv6(): what is asked for at a link's own address or a group of the link's goes to such an
 * address of ours. */
static bool asks_link(const struct ptn_live *l, bool *wider)
{
    const struct ptn_ranges *d = l->flow.field[PTN_PKT_DADDR];
    if (l->flow.family != AF_INET6 || !d || !d->n)
        return false;
    const uint8_t *first = ptn_ranges_lo(d, 0);
    *wider = first[0] == 0xff && (first[1] & 15) != 2 && (first[1] & 15) != 14;
    return (first[0] == 0xfe && (first[1] & 0xc0) == 0x80) || (first[0] == 0xff && (first[1] & 15) != 14);
}

enum choice { CHOSEN, NONE, UNCLEAR };

static const char *name_of(const struct ptn_live *l, enum ptn_pkt f, char out[static 16])
{
    const struct ptn_ranges *name = l->flow.field[f];
    memset(out, 0, 16);
    if (name && ptn_ranges_is_point(name))
        memcpy(out, ptn_ranges_lo(name, 0), 15);
    return out;
}

/* redirect: the first address of the interface it came by; on the way out of this machine, the loopback's. */
static enum choice redirect_to(const struct ptn_walk *w, const struct ptn_live *l, struct ptn_addr *ret)
{
    char ifname[16];
    bool wider = false, link = asks_link(l, &wider);
    const bool four = l->flow.family == AF_INET;
    if (l->flow.out)
        return ptn_addr_parse(ret, four ? "127.0.0.1" : "::1", four ? 9 : 3) == 0 ? CHOSEN : UNCLEAR;
    if (wider)
        return NONE;
    const struct ptn_addr *a =
        ptn_terrain_first_addr(w->terrain, name_of(l, PTN_PKT_IIFNAME, ifname), l->flow.family, link);
    if (a)
        *ret = *a;
    return a ? CHOSEN : *ifname ? NONE : UNCLEAR;
}

/* masquerade: the first address of the way out; on the loopback, and for IPv6, the kernel weighs all there are. */
static enum choice masquerade_as(const struct ptn_walk *w, const struct ptn_live *l, struct ptn_addr *ret)
{
    char ifname[16];
    const char *name = name_of(l, PTN_PKT_OIFNAME, ifname);
    const struct ptn_iface *out = ptn_terrain_iface(w->terrain, name);
    const struct ptn_addr *a = ptn_terrain_first_addr(w->terrain, name, l->flow.family, false);
    if (!a || !out || out->link == PTN_LINK_LOOPBACK || l->flow.family == AF_INET6)
        return UNCLEAR;
    *ret = *a;
    return CHOSEN;
}

static int with_datum(struct ptn_walk *w, struct ptn_live *l, const struct ptn_rule *rule, const struct ptn_stmt *s,
                      const struct ptn_datum *d)
{
    const bool address = !(s->nat.by_map && s->nat.map_is_port) && d && d->n >= 1 && d->width[0];
    const unsigned at = s->nat.by_map && s->nat.map_is_port ? 0 : 1;
    struct target t = {.unknown = !d || s->nat.netmap};
    struct ptn_addr a;
    if (address && !t.unknown && d->width[0] != ptn_addr_width(l->flow.family))
        return 0;
    if (address)
        t.addr = d->lo[0], t.addr_hi = d->hi[0];
    if (d && d->n > at && d->width[at] == 2)
        t.port = d->lo[at], t.port_hi = d->hi[at];
    if (s->nat.by_map && !t.port && s->nat.to.n > 1 && s->nat.to.width[1] == 2)
        t.port = s->nat.to.lo[1], t.port_hi = s->nat.to.hi[1];
    if (s->nat.by_map && s->nat.map_is_port && s->nat.to.n > 0 && s->nat.to.width[0])
        t.addr = s->nat.to.lo[0], t.addr_hi = s->nat.to.hi[0];
    if (s->nat.type == PTN_NAT_REDIRECT || s->nat.type == PTN_NAT_MASQUERADE) {
        enum choice c = s->nat.type == PTN_NAT_REDIRECT ? redirect_to(w, l, &a) : masquerade_as(w, l, &a);
        if (c == NONE)
            return 2;
        t.unknown = c == UNCLEAR;
        t.addr = t.addr_hi = t.unknown ? NULL : a.bytes;
    }
    return apply(w, l, rule, s, &t);
}

static bool passes_by(const struct ptn_live *l, const struct ptn_stmt *s)
{
    return s->nat.family && s->nat.family != l->flow.family;
}

int ptn_nat(struct ptn_walk *w, struct ptn_live *l, const struct ptn_rule *rule, const struct ptn_stmt *s)
{
    return passes_by(l, s) ? 0 : with_datum(w, l, rule, s, &s->nat.to);
}

int ptn_nat_by_map(struct ptn_walk *w, struct ptn_live *l, const struct ptn_rule *rule, const struct ptn_stmt *s,
                   struct ptn_lives *accepted, struct ptn_lives *next)
{
    struct ptn_pieces pieces = {0};
    int r = passes_by(l, s) ? ptn_lives_push(next, l) : ptn_look_up(w, l, &s->nat.look, &pieces);
    for (size_t i = 0; i < pieces.n && r >= 0; i++) {
        struct ptn_piece p = pieces.items[i];
        pieces.items[i] = (struct ptn_piece){0};
        bool found = p.found == PTN_FOUND || p.found == PTN_PERHAPS;
        if (p.found == PTN_PERHAPS) {
            struct ptn_live other;
            ptn_live_doubt(&p.live, rule, p.why);
            r = ptn_live_copy(w, &other, &p.live);
            r = r < 0 ? r : ptn_lives_push(next, &other);
        }
        if (r >= 0 && found)
            r = with_datum(w, &p.live, rule, s, p.datum);
        if (r < 0)
            ptn_flow_release(&p.live.flow);
        else if (found && r == 2)
            r = ptn_emit(w, &p.live, PTN_ANSWER_DROP, NULL);
        else
            r = ptn_lives_push(found && r == 1 ? accepted : next, &p.live);
    }
    ptn_pieces_release(&pieces);
    return r < 0 ? r : 0;
}
