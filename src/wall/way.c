/* The way of packets through one network namespace: hooks, conntrack, NAT and routing in the kernel's order. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "eval.h"

#define BIT(f) (UINT64_C(1) << PTN_PKT_##f)
#define CONNTRACK_PRIORITY (-200)
#define IPS_SRC_NAT_DONE 0x80u
#define IPS_DST_NAT_DONE 0x100u

static unsigned six(const struct ptn_walk *w)
{
    return w->question->family == AF_INET6;
}

/* ---- the end --------------------------------------------------------------------------------------------------- */

/* The packets as they were sent: what rules changed on the way is what the question had. */
static int sent_as(const struct ptn_walk *w, const struct ptn_live *l, struct ptn_flow *box)
{
    static const enum ptn_pkt tuple[][2] = {{PTN_PKT_SADDR, PTN_PKT_CT_SADDR},
                                            {PTN_PKT_DADDR, PTN_PKT_CT_DADDR},
                                            {PTN_PKT_SPORT, PTN_PKT_CT_SPORT},
                                            {PTN_PKT_DPORT, PTN_PKT_CT_DPORT}};
    static const enum ptn_pkt kept[] = {PTN_PKT_MARK,         PTN_PKT_CT_MARK,  PTN_PKT_CT_STATE, PTN_PKT_CT_STATUS,
                                        PTN_PKT_CT_DIRECTION, PTN_PKT_CT_SADDR, PTN_PKT_CT_DADDR, PTN_PKT_CT_SPORT,
                                        PTN_PKT_CT_DPORT,     PTN_PKT_OIFNAME};
    int r = ptn_flow_copy(box, &l->flow);
    for (size_t i = 0; i < 4; i++)
        if (l->tracked && !(l->flow.same >> tuple[i][1] & 1) && l->flow.field[tuple[i][1]])
            ptn_flow_take(box, tuple[i][0], ptn_ranges_ref(l->flow.field[tuple[i][1]]));
    for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
        struct ptn_ranges *was = w->question->field[kept[i]];
        ptn_flow_take(box, kept[i], was ? ptn_ranges_ref(was) : NULL);
    }
    if (w->question->out) { /* on the loopback it came in again */
        ptn_flow_take(box, PTN_PKT_IIFNAME, ptn_ranges_ref(w->question->field[PTN_PKT_IIFNAME]));
        box->out = true;
    }
    box->absent = w->question->absent;
    box->same = w->question->same;
    return r;
}

static void where_to(const struct ptn_live *l, struct ptn_outcome *o)
{
    const struct ptn_ranges *addr = l->flow.field[PTN_PKT_DADDR], *port = l->flow.field[PTN_PKT_DPORT];
    o->to_port = -1;
    if (addr && ptn_ranges_is_point(addr)) {
        o->to.family = l->flow.family;
        memcpy(o->to.bytes, ptn_ranges_lo(addr, 0), addr->width);
    }
    if (port && ptn_ranges_is_point(port))
        o->to_port = ptn_ranges_lo(port, 0)[0] << 8 | ptn_ranges_lo(port, 0)[1];
}

int ptn_emit(struct ptn_walk *w, struct ptn_live *l, enum ptn_answer answer, const char *reject_with)
{
    struct ptn_answers *a = w->answers;
    struct ptn_outcome o = {.answer = answer, .reject_with = reject_with, .way = l->way, .doubt = l->doubt};
    o.doubt_why = l->doubt_why;
    o.family = l->flow.family;
    o.moved = l->moved;
    if (a->n == a->room) {
        size_t room = a->room ? a->room * 2 : 16;
        struct ptn_outcome *more = reallocarray(a->items, room, sizeof(*more));
        if (!more) {
            ptn_flow_release(&l->flow);
            return -ENOMEM;
        }
        a->items = more;
        a->room = room;
    }
    where_to(l, &o);
    int r = sent_as(w, l, &o.box);
    ptn_flow_release(&l->flow);
    a->items[a->n++] = o;
    return r;
}

static int emit_all(struct ptn_walk *w, struct ptn_lives *lives, enum ptn_answer answer, const char *note)
{
    int r = 0;
    for (size_t i = 0; i < lives->n; i++) {
        struct ptn_live *l = &lives->items[i];
        if (r == 0)
            r = note ? ptn_live_step(w, l, NULL, NULL, note) : 0;
        if (r == 0)
            r = ptn_emit(w, l, answer, NULL);
        else
            ptn_flow_release(&l->flow);
    }
    lives->n = 0;
    return r;
}

/* ---- hooks ---------------------------------------------------------------------------------------------------------
 */

static int run_one(struct ptn_walk *w, const struct ptn_chain *c, struct ptn_lives *lives)
{
    struct ptn_lives passed = {0};
    int r = ptn_run_base(w, c, lives, &passed);
    if (r < 0)
        ptn_lives_release(&passed);
    *lives = passed;
    return r;
}

/* Chains of netdev tables see what their interfaces see. */
static int run_on_devices(struct ptn_walk *w, const struct ptn_chain *c, enum ptn_pkt by, struct ptn_lives *lives)
{
    struct ptn_lives mine = {0};
    uint8_t lo[16], hi[16];
    int r = 0;
    for (size_t i = 0; r == 0 && c->devices && c->devices[i]; i++) {
        struct ptn_ranges *name = ptn_ifname_range(c->devices[i], lo, hi) < 0 ? NULL : ptn_ranges_of(16, lo, hi);
        if (name)
            r = ptn_sift(w, lives, by, name, &mine);
        ptn_ranges_unref(name);
    }
    r = r < 0 ? r : run_one(w, c, &mine);
    r = r < 0 ? r : ptn_lives_append(lives, &mine);
    ptn_lives_release(&mine);
    return r;
}

static bool nat_done(const struct ptn_live *l, bool dst)
{
    return dst ? l->dst_done : l->src_done;
}

static int finish_nat(struct ptn_lives *lives, bool dst)
{
    int r = 0;
    for (size_t i = 0; i < lives->n && r == 0; i++) {
        struct ptn_live *l = &lives->items[i];
        const struct ptn_ranges *s = l->flow.field[PTN_PKT_CT_STATUS];
        if (!l->tracked)
            continue;
        *(dst ? &l->dst_done : &l->src_done) = true;
        if (s && ptn_ranges_is_point(s)) {
            const uint8_t *v = ptn_ranges_lo(s, 0);
            uint32_t status = (uint32_t)v[2] << 8 | v[3] | (dst ? IPS_DST_NAT_DONE : IPS_SRC_NAT_DONE);
            r = ptn_flow_put_number(&l->flow, PTN_PKT_CT_STATUS, status, status);
        }
    }
    return r;
}

/* nf_nat_inet_fn(): one chain after the other, until one has bound the flow; only what is new and tracked. */
static int run_nat(struct ptn_walk *w, struct ptn_chain *const *chains, size_t n, struct ptn_lives *lives)
{
    const bool dst = chains[0]->hook == PTN_HOOK_PREROUTING || chains[0]->hook == PTN_HOOK_OUTPUT;
    struct ptn_lives open = {0}, fresh = {0}, done = {0};
    int r = 0;
    for (size_t i = 0; i < lives->n; i++) {
        struct ptn_live *l = &lives->items[i];
        if (r == 0)
            r = ptn_lives_push(l->tracked && !nat_done(l, dst) ? &open : &done, l);
        else
            ptn_flow_release(&l->flow);
    }
    lives->n = 0;
    r = r < 0 ? r : ptn_sift_number(w, &open, PTN_PKT_CT_STATE, PTN_STATE_NEW, PTN_STATE_NEW, &fresh);
    r = r < 0 ? r : ptn_sift_number(w, &open, PTN_PKT_CT_STATE, 4, 4, &fresh);
    r = r < 0 ? r : ptn_lives_append(&done, &open);
    for (size_t k = 0; k < n && r == 0 && fresh.n; k++) {
        r = run_one(w, chains[k], &fresh);
        for (size_t i = 0; i < fresh.n && r == 0; i++)
            if (nat_done(&fresh.items[i], dst)) {
                struct ptn_live l = fresh.items[i];
                fresh.items[i--] = fresh.items[--fresh.n];
                r = ptn_lives_push(lives, &l);
            }
    }
    r = r < 0 ? r : ptn_lives_append(lives, &fresh);
    r = r < 0 ? r : finish_nat(lives, dst);
    r = r < 0 ? r : ptn_lives_append(lives, &done);
    ptn_lives_release(&open);
    ptn_lives_release(&fresh);
    ptn_lives_release(&done);
    return r;
}

static int32_t hook_priority(const struct ptn_chain *c)
{
    if (c->type != PTN_CHAIN_NAT)
        return c->priority;
    return c->hook == PTN_HOOK_PREROUTING || c->hook == PTN_HOOK_OUTPUT ? -100 : 100;
}

/* Runs the chains of a hook; `track_here`: conntrack has its place among them. */
static int run_hook(struct ptn_walk *w, enum ptn_hook hook, struct ptn_lives *lives, bool track_here)
{
    struct ptn_chain *const *chains = w->wall->hooks[six(w)][hook];
    const size_t n = w->wall->n_hooks[six(w)][hook];
    int r = 0;
    for (size_t i = 0, nats; i < n && r == 0 && lives->n; i += nats) {
        if (track_here && hook_priority(chains[i]) >= CONNTRACK_PRIORITY) {
            r = ptn_track(w, lives);
            track_here = false;
        }
        for (nats = 0; i + nats < n && chains[i + nats]->type == PTN_CHAIN_NAT; nats++)
            ;
        if (r < 0)
            break;
        if (nats) {
            r = run_nat(w, chains + i, nats, lives);
            continue;
        }
        nats = 1;
        if (hook == PTN_HOOK_INGRESS || hook == PTN_HOOK_EGRESS)
            r = run_on_devices(w, chains[i], hook == PTN_HOOK_INGRESS ? PTN_PKT_IIFNAME : PTN_PKT_OIFNAME, lives);
        else
            r = run_one(w, chains[i], lives);
    }
    return r == 0 && track_here ? ptn_track(w, lives) : r;
}

/* ---- routing --------------------------------------------------------------------------------------------------------
 */

static int put_name(struct ptn_lives *lives, enum ptn_pkt f, const uint8_t name[16])
{
    int r = 0;
    for (size_t i = 0; i < lives->n && r == 0; i++)
        r = ptn_flow_put(&lives->items[i].flow, f, name, name);
    return r;
}

/* What cannot be routed because its destination is not known: NAT that picks one, say. */
static int emit_unrouted(struct ptn_walk *w, struct ptn_lives *lives)
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
    r = r < 0 ? r : emit_all(w, &lost, PTN_ANSWER_UNKNOWN, "sent on to an address that is picked as it comes");
    ptn_lives_release(&lost);
    return r;
}

static int take_local(struct ptn_walk *w, struct ptn_lives *lives, struct ptn_lives *local)
{
    int r = 0;
    for (int to = PTN_TOWARD_LOCAL; to <= PTN_TOWARD_MULTICAST && r == 0; to++)
        r = ptn_sift(w, lives, PTN_PKT_DADDR, ptn_terrain_to(w->terrain, w->question->family, (enum ptn_toward)to),
                     local);
    return r;
}

/* ip_route_input(): packets that claim a source of our own, or the loopback's from outside, are dropped. */
static int drop_martians(struct ptn_walk *w, struct ptn_lives *lives, bool v6)
{
    struct ptn_lives bad = {0};
    const struct ptn_ranges *own = ptn_terrain_to(w->terrain, w->question->family, PTN_TOWARD_LOCAL);
    int r = v6 ? 0 : ptn_sift(w, lives, PTN_PKT_SADDR, own, &bad);
    r = r < 0 ? r : emit_all(w, &bad, PTN_ANSWER_DROP, "a source address of this machine's own: dropped by routing");
    if (r == 0)
        r = ptn_sift(w, lives, PTN_PKT_SADDR, ptn_terrain_to(w->terrain, w->question->family, PTN_TOWARD_MULTICAST),
                     &bad);
    r = r < 0 ? r : emit_all(w, &bad, PTN_ANSWER_DROP, "a multicast source address: dropped by routing");
    ptn_lives_release(&bad);
    return r;
}

/* Packets to or from the loopback's addresses that come by another interface. IPv6 drops them before any hook. */
static int drop_foreign_loopback(struct ptn_walk *w, struct ptn_lives *lives, const struct ptn_iface *in)
{
    struct ptn_lives bad = {0};
    static const uint8_t v4_lo[4] = {127}, v4_hi[4] = {127, 255, 255, 255};
    uint8_t one[16] = {0};
    one[15] = 1;
    if (in && (in->link == PTN_LINK_LOOPBACK || in->route_localnet))
        return 0;
    struct ptn_ranges *lo = six(w) ? ptn_ranges_of(16, one, one) : ptn_ranges_of(4, v4_lo, v4_hi);
    int r = lo ? ptn_sift(w, lives, PTN_PKT_DADDR, lo, &bad) : -ENOMEM;
    r = r < 0 ? r : ptn_sift(w, lives, PTN_PKT_SADDR, lo, &bad);
    r = r < 0 ? r : emit_all(w, &bad, PTN_ANSWER_DROP, "a loopback address from outside: dropped by routing");
    ptn_lives_release(&bad);
    ptn_ranges_unref(lo);
    return r;
}

/* net.ipv4.conf.*.rp_filter */
static int reverse_path(struct ptn_walk *w, struct ptn_lives *lives, const struct ptn_iface *in)
{
    const struct ptn_partition *ways = ptn_terrain_ways(w->terrain, AF_INET);
    struct ptn_lives good = {0};
    int r = 0;
    if (six(w) || !in || !in->rp_filter || in->link == PTN_LINK_LOOPBACK)
        return 0;
    if (ptn_terrain_partial(w->terrain))
        return 0;
    for (size_t i = 0; i < ways->n && r == 0; i++) {
        const char *name = (const char *)ways->parts[i].value;
        if (*name && (in->rp_filter == 2 || strncmp(name, in->name, 15) == 0))
            r = ptn_sift(w, lives, PTN_PKT_SADDR, ways->parts[i].where, &good);
    }
    r = r < 0 ? r : emit_all(w, lives, PTN_ANSWER_DROP, "its source is not reached by this interface: rp_filter");
    r = r < 0 ? r : ptn_lives_append(lives, &good);
    ptn_lives_release(&good);
    return r;
}

/* ---- ways
 * ------------------------------------------------------------------------------------------------------------ */

static int deliver(struct ptn_walk *w, struct ptn_lives *lives, const char *oif)
{
    size_t before = w->answers->n;
    int r = emit_all(w, lives, PTN_ANSWER_ACCEPT, NULL);
    for (size_t i = before; i < w->answers->n; i++) {
        w->answers->items[i].local = !oif;
        w->answers->items[i].oif = oif;
    }
    return r;
}

static int send_on(struct ptn_walk *w, struct ptn_lives *lives, const char *oif)
{
    const char *name = ptn_arena_strdup(&w->answers->arena, oif);
    const char *note = ptn_arena_printf(&w->answers->arena, "routed on by %s", oif);
    uint8_t value[16] = {0};
    memcpy(value, oif, strnlen(oif, 15));
    int r = name && note ? put_name(lives, PTN_PKT_OIFNAME, value) : -ENOMEM;
    for (size_t i = 0; i < lives->n && r == 0; i++)
        r = ptn_live_step(w, &lives->items[i], NULL, NULL, note);
    r = r < 0 ? r : run_hook(w, PTN_HOOK_FORWARD, lives, false);
    r = r < 0 ? r : run_hook(w, PTN_HOOK_POSTROUTING, lives, false);
    r = r < 0 ? r : run_hook(w, PTN_HOOK_EGRESS, lives, false);
    return r < 0 ? r : deliver(w, lives, name);
}

static int forward(struct ptn_walk *w, struct ptn_lives *lives, const struct ptn_iface *in)
{
    const struct ptn_partition *ways = ptn_terrain_ways(w->terrain, w->question->family);
    struct ptn_lives mine = {0};
    int r = 0;
    if (!in || !(six(w) ? in->forward_v6 : in->forward_v4))
        return emit_all(w, lives, PTN_ANSWER_DROP, "not for this machine, which forwards nothing: dropped by routing");
    if (ptn_terrain_partial(w->terrain))
        return emit_all(w, lives, PTN_ANSWER_UNKNOWN, "forwarded by rules of routing that were not read");
    r = ptn_sift_number(w, lives, PTN_PKT_TTL, 0, 1, &mine);
    r = r < 0 ? r : emit_all(w, &mine, PTN_ANSWER_DROP, "its time to live is over: dropped by routing");
    for (size_t i = 0; i < ways->n && r == 0; i++) {
        const char *oif = (const char *)ways->parts[i].value;
        r = ptn_sift(w, lives, PTN_PKT_DADDR, ways->parts[i].where, &mine);
        if (r == 0 && mine.n)
            r = *oif ? send_on(w, &mine, oif)
                     : emit_all(w, &mine, PTN_ANSWER_DROP, "no route leads there: dropped by routing");
    }
    ptn_lives_release(&mine);
    return r < 0 ? r : emit_all(w, lives, PTN_ANSWER_DROP, "no route leads there: dropped by routing");
}

static const struct ptn_iface *came_by(const struct ptn_walk *w)
{
    const struct ptn_ranges *iif = w->question->field[PTN_PKT_IIFNAME];
    char name[16] = "";
    if (iif && ptn_ranges_is_point(iif))
        memcpy(name, ptn_ranges_lo(iif, 0), 15);
    return ptn_terrain_iface(w->terrain, name);
}

static int go_in(struct ptn_walk *w, struct ptn_lives *lives)
{
    const struct ptn_iface *in = came_by(w);
    struct ptn_lives local = {0};
    int r = run_hook(w, PTN_HOOK_INGRESS, lives, false);
    if (r == 0 && six(w))
        r = drop_foreign_loopback(w, lives, in);
    r = r < 0 ? r : run_hook(w, PTN_HOOK_PREROUTING, lives, true);
    r = r < 0 ? r : emit_unrouted(w, lives);
    if (r == 0 && !six(w))
        r = drop_foreign_loopback(w, lives, in);
    if (r == 0 && !(in && in->link == PTN_LINK_LOOPBACK))
        r = drop_martians(w, lives, six(w));
    r = r < 0 ? r : reverse_path(w, lives, in);
    r = r < 0 ? r : take_local(w, lives, &local);
    if (r == 0 && lives->n)
        r = forward(w, lives, in);
    r = r < 0 ? r : run_hook(w, PTN_HOOK_INPUT, &local, false);
    r = r < 0 ? r : deliver(w, &local, NULL);
    ptn_lives_release(&local);
    return r;
}

static int through_loopback(struct ptn_walk *w, struct ptn_lives *lives)
{
    static const uint8_t lo[16] = "lo", none[16] = "";
    int r = put_name(lives, PTN_PKT_OIFNAME, lo);
    r = r < 0 ? r : run_hook(w, PTN_HOOK_POSTROUTING, lives, false);
    r = r < 0 ? r : run_hook(w, PTN_HOOK_EGRESS, lives, false);
    r = r < 0 ? r : put_name(lives, PTN_PKT_OIFNAME, none);
    r = r < 0 ? r : put_name(lives, PTN_PKT_IIFNAME, lo);
    for (size_t i = 0; i < lives->n; i++)
        lives->items[i].flow.absent |= BIT(SKUID) | BIT(SKGID);
    r = r < 0 ? r : run_hook(w, PTN_HOOK_INGRESS, lives, false);
    r = r < 0 ? r : run_hook(w, PTN_HOOK_PREROUTING, lives, false);
    r = r < 0 ? r : run_hook(w, PTN_HOOK_INPUT, lives, false);
    return r < 0 ? r : deliver(w, lives, NULL);
}

/* Sets the way out by destination, and runs `next` for each. */
static int go_out_by(struct ptn_walk *w, struct ptn_lives *lives, int (*next)(struct ptn_walk *, struct ptn_lives *))
{
    static const uint8_t lo[16] = "lo";
    const struct ptn_partition *ways = ptn_terrain_ways(w->terrain, w->question->family);
    struct ptn_lives mine = {0};
    int r = ptn_sift(w, lives, PTN_PKT_DADDR, ptn_terrain_to(w->terrain, w->question->family, PTN_TOWARD_LOCAL), &mine);
    if (r == 0 && mine.n)
        r = put_name(&mine, PTN_PKT_OIFNAME, lo);
    if (r == 0 && mine.n)
        r = next(w, &mine);
    for (size_t i = 0; i < ways->n && r == 0; i++) {
        r = ptn_sift(w, lives, PTN_PKT_DADDR, ways->parts[i].where, &mine);
        if (r == 0 && mine.n && !*(const char *)ways->parts[i].value)
            r = emit_all(w, &mine, PTN_ANSWER_DROP, "no route leads there");
        if (r == 0 && mine.n)
            r = put_name(&mine, PTN_PKT_OIFNAME, ways->parts[i].value);
        if (r == 0 && mine.n)
            r = next(w, &mine);
    }
    ptn_lives_release(&mine);
    return r;
}

static int leave(struct ptn_walk *w, struct ptn_lives *lives)
{
    const struct ptn_ranges *oif = lives->n ? lives->items[0].flow.field[PTN_PKT_OIFNAME] : NULL;
    char name[16] = "";
    if (oif)
        memcpy(name, ptn_ranges_lo(oif, 0), 15);
    if (strcmp(name, "lo") == 0)
        return through_loopback(w, lives);
    const char *kept = ptn_arena_strdup(&w->answers->arena, name);
    int r = kept ? run_hook(w, PTN_HOOK_POSTROUTING, lives, false) : -ENOMEM;
    r = r < 0 ? r : run_hook(w, PTN_HOOK_EGRESS, lives, false);
    return r < 0 ? r : deliver(w, lives, kept);
}

/* NAT and route chains may have sent them another way (ip_route_me_harder). */
static int output(struct ptn_walk *w, struct ptn_lives *lives)
{
    int r = run_hook(w, PTN_HOOK_OUTPUT, lives, true);
    r = r < 0 ? r : emit_unrouted(w, lives);
    return r < 0 ? r : go_out_by(w, lives, leave);
}

int ptn_wall_ask(const struct ptn_wall *wall, const struct ptn_terrain *terrain, const struct ptn_flow *question,
                 struct ptn_answers *ret)
{
    struct ptn_walk w = {.wall = wall, .terrain = terrain, .question = question, .answers = ret};
    struct ptn_live first = {0};
    struct ptn_lives lives = {0};
    int r = ptn_flow_copy(&first.flow, question);
    first.flow.absent |= BIT(CT_SADDR) | BIT(CT_DADDR) | BIT(CT_SPORT) | BIT(CT_DPORT) | BIT(CT_STATUS) | BIT(CT_MARK) |
                         BIT(CT_DIRECTION);
    r = r < 0 ? r : ptn_flow_put_number(&first.flow, PTN_PKT_CT_STATE, PTN_STATE_INVALID, PTN_STATE_INVALID);
    r = r < 0 ? r : ptn_lives_push(&lives, &first);
    r = r < 0 ? r : question->out ? go_out_by(&w, &lives, output) : go_in(&w, &lives);
    ptn_lives_release(&lives);
    return r;
}
