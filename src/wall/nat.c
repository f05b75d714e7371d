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

static int part(struct ptn_live *l, enum ptn_pkt original, enum ptn_pkt now)
{
    if (!(l->flow.same >> original & 1))
        return 0;
    struct ptn_ranges *was = l->flow.field[now] ? ptn_ranges_ref(l->flow.field[now]) : NULL;
    ptn_flow_take(&l->flow, original, was);
    return 0;
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
        memcpy(a.bytes, t->addr, l->flow.family == AF_INET ? 4 : 16);
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
    int a = 0, p = 0, r = part(l, original_addr, addr);
    r = r < 0 ? r : part(l, original_port, port);
    if (r == 0 && (t->addr || t->unknown))
        a = change(l, addr, t->addr, t->addr_hi, t->unknown);
    if (r == 0 && a >= 0 && t->port)
        p = change(l, port, t->port, t->port_hi, false);
    r = r < 0 ? r : a < 0 ? a : p;
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

/* The address that redirect and masquerade choose: the first of an interface; on the way out of this machine redirect
 * goes to the loopback. */
static bool chosen(const struct ptn_walk *w, const struct ptn_live *l, enum ptn_nat type, struct ptn_addr *ret)
{
    const struct ptn_ranges *name = l->flow.field[type == PTN_NAT_REDIRECT ? PTN_PKT_IIFNAME : PTN_PKT_OIFNAME];
    char ifname[16] = "";
    if (type == PTN_NAT_REDIRECT && l->flow.out)
        return ptn_addr_parse(ret, l->flow.family == AF_INET ? "127.0.0.1" : "::1",
                              l->flow.family == AF_INET ? 9 : 3) == 0;
    if (name && ptn_ranges_is_point(name))
        memcpy(ifname, ptn_ranges_lo(name, 0), 15);
    const struct ptn_addr *a = ptn_terrain_first_addr(w->terrain, ifname, l->flow.family);
    if (a)
        *ret = *a;
    return a != NULL;
}

static int with_datum(struct ptn_walk *w, struct ptn_live *l, const struct ptn_rule *rule, const struct ptn_stmt *s,
                      const struct ptn_datum *d)
{
    const bool address = !(s->nat.by_map && s->nat.map_is_port) && d && d->n >= 1 && d->width[0];
    const unsigned at = s->nat.by_map && s->nat.map_is_port ? 0 : 1;
    struct target t = {.unknown = !d || s->nat.netmap};
    struct ptn_addr a;
    if (address && !t.unknown && d->width[0] != (l->flow.family == AF_INET ? 4 : 16))
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
        t.unknown = !chosen(w, l, s->nat.type, &a);
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
        else
            r = ptn_lives_push(found && r == 1 ? accepted : next, &p.live);
    }
    ptn_pieces_release(&pieces);
    return r < 0 ? r : 0;
}
