/* The way of packets through one network namespace: hooks, conntrack, NAT and routing in the kernel's order. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "eval.h"

#define BIT(f) (UINT64_C(1) << PTN_PKT_##f)
#define CONNTRACK_PRIORITY (-200)
#define IPS_CONFIRMED 0x8u
#define IPS_SRC_NAT_DONE 0x80u
#define IPS_DST_NAT_DONE 0x100u

static unsigned six(const struct ptn_walk *w)
{
    return w->question->family == AF_INET6;
}

/* ---- the end --------------------------------------------------------------------------------------------------- */

/* Adds `by` (1 or -1) to the time to live. */
static int count_ttl(struct ptn_flow *f, int by)
{
    const struct ptn_ranges *was = f->field[PTN_PKT_TTL];
    struct ptn_ranges *now = ptn_ranges_none(1);
    for (uint32_t i = 0; now && i < was->n; i++) {
        uint8_t lo = (uint8_t)(*ptn_ranges_lo(was, i) + by), hi = (uint8_t)(*ptn_ranges_hi(was, i) + by);
        if (ptn_ranges_append(&now, &lo, &hi) < 0) {
            ptn_ranges_unref(now);
            return -ENOMEM;
        }
    }
    if (!now)
        return -ENOMEM;
    ptn_flow_take(f, PTN_PKT_TTL, now);
    return 0;
}

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
    if (w->question->out ||
        l->hopped) { /* on the way out of the machine there is none; on the loopback it came in again */
        ptn_flow_take(box, PTN_PKT_IIFNAME, ptn_ranges_ref(w->question->field[PTN_PKT_IIFNAME]));
        box->out = w->question->out;
    }
    box->absent = w->question->absent;
    box->same = w->question->same;
    if (r == 0 && l->hopped && box->field[PTN_PKT_TTL])
        r = count_ttl(box, 1);
    return r;
}

static void where_to(const struct ptn_live *l, struct ptn_outcome *o)
{
    const struct ptn_ranges *addr = l->flow.field[PTN_PKT_DADDR], *port = l->flow.field[PTN_PKT_DPORT];
    const struct ptn_ranges *from = l->flow.field[PTN_PKT_SADDR];
    if (o->masked && from && ptn_ranges_is_point(from)) {
        o->from.family = l->flow.family;
        memcpy(o->from.bytes, ptn_ranges_lo(from, 0), from->width);
    }
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
    o.masked = l->tracked && !(l->flow.same >> PTN_PKT_CT_SADDR & 1);
    o.port_moved = l->moved && l->tracked && !(l->flow.same >> PTN_PKT_CT_DPORT & 1);
    if (ptn_grow(&a->items, a->n, &a->room, sizeof(*a->items)) < 0) {
        ptn_flow_release(&l->flow);
        return -ENOMEM;
    }
    where_to(l, &o);
    int r = sent_as(w, l, &o.box);
    ptn_flow_release(&l->flow);
    a->items[a->n++] = o;
    return r;
}

int ptn_emit_all(struct ptn_walk *w, struct ptn_lives *lives, enum ptn_answer answer, const char *note)
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

/* ---- hooks --------------------------------------------------------------------------------------------- */

static int run_one(struct ptn_walk *w, const struct ptn_chain *c, struct ptn_lives *lives)
{
    struct ptn_lives passed = {0};
    int r = ptn_run_base(w, c, lives, &passed);
    if (r < 0)
        ptn_lives_release(&passed);
    *lives = passed;
    return r;
}

/* Both ways of a chain of which it is not known whether it sees the packets. */
static int perhaps_run(struct ptn_walk *w, const struct ptn_chain *c, struct ptn_lives *lives)
{
    struct ptn_lives past = {0};
    int r = 0;
    for (size_t i = 0; i < lives->n && r == 0; i++) {
        struct ptn_live other;
        ptn_live_doubt(&lives->items[i], NULL, "the interfaces of an ingress or egress chain are not in the ruleset");
        r = ptn_live_copy(w, &other, &lives->items[i]);
        r = r < 0 ? r : ptn_lives_push(&past, &other);
    }
    r = r < 0 ? r : run_one(w, c, lives);
    r = r < 0 ? r : ptn_lives_append(lives, &past);
    ptn_lives_release(&past);
    return r;
}

/* Chains of netdev tables see what their interfaces see. */
static int run_on_devices(struct ptn_walk *w, const struct ptn_chain *c, enum ptn_pkt by, struct ptn_lives *lives)
{
    struct ptn_lives mine = {0};
    uint8_t lo[16], hi[16];
    int r = 0;
    if (!c->devices)
        return perhaps_run(w, c, lives);
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

static int set_status(struct ptn_live *l, uint32_t bits)
{
    const struct ptn_ranges *s = l->flow.field[PTN_PKT_CT_STATUS];
    if (!s || !ptn_ranges_is_point(s))
        return 0;
    const uint8_t *v = ptn_ranges_lo(s, 0);
    uint32_t status = (uint32_t)v[2] << 8 | v[3] | bits;
    return ptn_flow_put_number(&l->flow, PTN_PKT_CT_STATUS, status, status);
}

static int finish_nat(struct ptn_lives *lives, bool dst)
{
    int r = 0;
    for (size_t i = 0; i < lives->n && r == 0; i++) {
        struct ptn_live *l = &lives->items[i];
        if (!l->tracked)
            continue;
        *(dst ? &l->dst_done : &l->src_done) = true;
        r = set_status(l, dst ? IPS_DST_NAT_DONE : IPS_SRC_NAT_DONE);
    }
    return r;
}

/* nf_nat_inet_fn(): one chain after the other, until one has bound the flow; only what is new and tracked. */
static int bind_flows(struct ptn_walk *w, struct ptn_chain *const *chains, size_t n, struct ptn_lives *lives)
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

static bool has_effect(struct ptn_chain *const *chains, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (chains[i]->n_rules || chains[i]->policy == PTN_DROP)
            return true;
    return false;
}

/* Without a rule that needs it the kernel need not track connections, and chains of NAT then see nothing: both ways. */
static int run_nat(struct ptn_walk *w, struct ptn_chain *const *chains, size_t n, struct ptn_lives *lives)
{
    struct ptn_lives past = {0};
    int r = 0;
    for (size_t i = 0; i < lives->n && r == 0 && !w->wall->tracks[six(w)] && has_effect(chains, n); i++) {
        struct ptn_live other;
        ptn_live_doubt(&lives->items[i], NULL, "whether connections are tracked, without which NAT sees nothing");
        r = ptn_live_copy(w, &other, &lives->items[i]);
        r = r < 0 ? r : ptn_lives_push(&past, &other);
    }
    r = r < 0 ? r : bind_flows(w, chains, n, lives);
    r = r < 0 ? r : ptn_lives_append(lives, &past);
    ptn_lives_release(&past);
    return r;
}

static int32_t hook_priority(const struct ptn_chain *c)
{
    if (c->type != PTN_CHAIN_NAT)
        return c->priority;
    return c->hook == PTN_HOOK_PREROUTING || c->hook == PTN_HOOK_OUTPUT ? -100 : 100;
}

static bool family_has_nat(const struct ptn_walk *w)
{
    for (int h = 0; h < PTN_HOOK_COUNT; h++)
        for (size_t i = 0; i < w->wall->n_hooks[six(w)][h]; i++)
            if (w->wall->hooks[six(w)][h][i]->type == PTN_CHAIN_NAT)
                return true;
    return false;
}

/* Where any chain of type nat is, each of its four hooks binds what comes by, with or without a chain there. */
static bool binds_at(const struct ptn_walk *w, enum ptn_hook hook, bool *dst)
{
    *dst = hook == PTN_HOOK_PREROUTING || hook == PTN_HOOK_OUTPUT;
    return (*dst || hook == PTN_HOOK_INPUT || hook == PTN_HOOK_POSTROUTING) && family_has_nat(w);
}

static bool asks_ct(const struct ptn_table *t)
{
    for (size_t c = 0; c < t->n_chains; c++)
        for (uint32_t i = 0; i < t->chains[c]->n_rules; i++) {
            const struct ptn_rule *r = &t->chains[c]->rules[i];
            for (uint32_t k = 0; k < r->n_stmts; k++) {
                const struct ptn_stmt *s = &r->stmts[k];
                bool looks = s->kind == PTN_STMT_TEST || s->kind == PTN_STMT_VMAP;
                for (unsigned n = 0; looks && n < s->look.n_keys; n++)
                    if (ptn_pkt_is_ct(s->look.key[n].field))
                        return true;
                if (s->kind == PTN_STMT_NOTRACK || (s->kind == PTN_STMT_ASSIGN && ptn_pkt_is_ct(s->assign.to)))
                    return true;
            }
        }
    return false;
}

/* A chain of conntrack's own priority runs before or after it, whichever was registered last: both ways. */
static int run_beside_conntrack(struct ptn_walk *w, const struct ptn_chain *c, struct ptn_lives *lives)
{
    struct ptn_lives after = {0};
    int r = 0;
    for (size_t i = 0; i < lives->n && r == 0 && asks_ct(c->table); i++) {
        struct ptn_live other;
        ptn_live_doubt(&lives->items[i], NULL, "a chain of priority -200 runs before or after conntrack");
        r = ptn_live_copy(w, &other, &lives->items[i]);
        r = r < 0 ? r : ptn_lives_push(&after, &other);
    }
    r = r < 0 ? r : ptn_track(w, &after);
    r = r < 0 ? r : run_one(w, c, &after);
    r = r < 0 ? r : run_one(w, c, lives);
    r = r < 0 ? r : ptn_track(w, lives);
    r = r < 0 ? r : ptn_lives_append(lives, &after);
    ptn_lives_release(&after);
    return r;
}

/* Runs the chains of a hook; `track_here`: conntrack has its place among them. */
static int run_hook(struct ptn_walk *w, enum ptn_hook hook, struct ptn_lives *lives, bool track_here)
{
    struct ptn_chain *const *chains = w->wall->hooks[six(w)][hook];
    const size_t n = w->wall->n_hooks[six(w)][hook];
    bool dst, bind = binds_at(w, hook, &dst);
    int r = 0;
    for (size_t i = 0, nats; i < n && r == 0 && lives->n; i += nats) {
        if (track_here && hook_priority(chains[i]) == CONNTRACK_PRIORITY) {
            nats = 1;
            r = run_beside_conntrack(w, chains[i], lives);
            track_here = false;
            continue;
        }
        if (track_here && hook_priority(chains[i]) >= CONNTRACK_PRIORITY) {
            r = ptn_track(w, lives);
            track_here = false;
        }
        if (r == 0 && bind && hook_priority(chains[i]) > (dst ? -100 : 100)) {
            r = finish_nat(lives, dst);
            bind = false;
        }
        for (nats = 0; i + nats < n && chains[i + nats]->type == PTN_CHAIN_NAT; nats++)
            ;
        if (r < 0)
            break;
        if (nats) {
            r = run_nat(w, chains + i, nats, lives);
            bind = false;
            continue;
        }
        nats = 1;
        if (hook == PTN_HOOK_INGRESS || hook == PTN_HOOK_EGRESS)
            r = run_on_devices(w, chains[i], hook == PTN_HOOK_INGRESS ? PTN_PKT_IIFNAME : PTN_PKT_OIFNAME, lives);
        else
            r = run_one(w, chains[i], lives);
    }
    if (r == 0 && track_here)
        r = ptn_track(w, lives);
    return r == 0 && bind ? finish_nat(lives, dst) : r;
}

/* ---- ways ---------------------------------------------------------------------------------------------- */

static int deliver(struct ptn_walk *w, struct ptn_lives *lives, const char *oif)
{
    size_t before = w->answers->n;
    int r = ptn_emit_all(w, lives, PTN_ANSWER_ACCEPT, NULL);
    for (size_t i = before; i < w->answers->n; i++) {
        w->answers->items[i].local = !oif;
        w->answers->items[i].oif = oif;
    }
    return r;
}

static int send_on(struct ptn_walk *w, struct ptn_lives *lives, const char *oif)
{
    const char *name = ptn_arena_strdup(&w->answers->arena, oif);
    const char *note =
        ptn_arena_printf(&w->answers->arena, w->question->bridged ? "bridged by %s" : "routed on by %s", oif);
    uint8_t value[16] = {0};
    memcpy(value, oif, strnlen(oif, 15));
    int r = name && note ? ptn_put_name(lives, PTN_PKT_OIFNAME, value) : -ENOMEM;
    for (size_t i = 0; i < lives->n && r == 0; i++)
        r = ptn_live_step(w, &lives->items[i], NULL, NULL, note);
    r = r < 0 ? r : run_hook(w, PTN_HOOK_FORWARD, lives, false);
    r = r < 0 ? r : run_hook(w, PTN_HOOK_POSTROUTING, lives, false);
    memset(value, 0, sizeof(value));
    r = r < 0 ? r : ptn_put_name(lives, PTN_PKT_IIFNAME, value);
    r = r < 0 ? r : run_hook(w, PTN_HOOK_EGRESS, lives, false);
    return r < 0 ? r : deliver(w, lives, name);
}

/* ip_forward() and ip6_forward(): `by` an interface, or by the way that leads there. */
static int forward(struct ptn_walk *w, struct ptn_lives *lives, const struct ptn_iface *in, const char *by)
{
    const struct ptn_partition *ways = ptn_terrain_ways(w->terrain, w->question->family);
    struct ptn_lives mine = {0};
    int r = ptn_refuse_to_forward(w, lives, in, !by);
    for (size_t i = 0; i < lives->n && r == 0; i++) {
        lives->items[i].hopped = lives->items[i].flow.field[PTN_PKT_TTL] != NULL;
        if (lives->items[i].hopped)
            r = count_ttl(&lives->items[i].flow, -1);
    }
    if (r == 0 && by)
        return send_on(w, lives, by);
    for (size_t i = 0; i < ways->n && r == 0 && lives->n; i++) {
        const char *oif = (const char *)ways->parts[i].value;
        r = *oif ? ptn_sift(w, lives, PTN_PKT_DADDR, ways->parts[i].where, &mine) : 0;
        if (r == 0 && six(w) && strncmp(oif, in->name, 15) != 0)
            r = ptn_refuse_v6_sources(w, &mine);
        if (r == 0 && mine.n)
            r = send_on(w, &mine, oif);
    }
    ptn_lives_release(&mine);
    return r;
}

static const struct ptn_iface *came_by(const struct ptn_walk *w)
{
    const struct ptn_ranges *iif = w->question->field[PTN_PKT_IIFNAME];
    char name[16] = "";
    if (iif && ptn_ranges_is_point(iif))
        memcpy(name, ptn_ranges_lo(iif, 0), 15);
    return ptn_terrain_iface(w->terrain, name);
}

/* NAT chooses by the scope of the address that is asked for: packets are told apart by it before they meet a rule. */
static int part_by_scope(struct ptn_walk *w, struct ptn_lives *lives)
{
    static const uint8_t link_lo[16] = {0xfe, 0x80}, group_lo[16] = {0xff};
    uint8_t link_hi[16] = {0xfe, 0xbf}, group_hi[16];
    struct ptn_lives apart = {0};
    memset(link_hi + 2, 0xff, 14);
    memset(group_hi, 0xff, 16);
    struct ptn_ranges *link = ptn_ranges_of(16, link_lo, link_hi), *group = ptn_ranges_of(16, group_lo, group_hi);
    int r = link && group ? ptn_sift(w, lives, PTN_PKT_DADDR, link, &apart) : -ENOMEM;
    r = r < 0 ? r : ptn_sift(w, lives, PTN_PKT_DADDR, group, &apart);
    r = r < 0 ? r : ptn_lives_append(lives, &apart);
    ptn_lives_release(&apart);
    ptn_ranges_unref(link);
    ptn_ranges_unref(group);
    return r;
}

/* br_netfilter: what is for another port of the bridge meets FORWARD without being routed, unless NAT has changed where
 * it goes. */
static int cross_bridge(struct ptn_walk *w, struct ptn_lives *lives, const struct ptn_iface *in)
{
    struct ptn_lives straight = {0};
    int r = 0;
    for (size_t i = 0; i < lives->n && r == 0;) {
        struct ptn_live l = lives->items[i];
        if (l.moved) {
            i++;
            continue;
        }
        lives->items[i] = lives->items[--lives->n];
        r = ptn_lives_push(&straight, &l);
    }
    if (r == 0 && straight.n)
        r = send_on(w, &straight, in->name);
    ptn_lives_release(&straight);
    return r;
}

static int go_in(struct ptn_walk *w, struct ptn_lives *lives)
{
    const struct ptn_iface *in = came_by(w);
    struct ptn_lives local = {0}, beside = {0};
    int r = six(w) ? part_by_scope(w, lives) : 0;
    r = r < 0 ? r : run_hook(w, PTN_HOOK_INGRESS, lives, false);
    if (r == 0 && six(w))
        r = ptn_drop_foreign_loopback(w, lives, in);
    r = r < 0 ? r : run_hook(w, PTN_HOOK_PREROUTING, lives, true);
    r = r < 0 ? r : ptn_emit_unrouted(w, lives);
    if (r == 0 && w->question->bridged && in)
        r = cross_bridge(w, lives, in);
    r = r < 0 ? r : ptn_route_in(w, lives, in, &local, &beside);
    if (r == 0 && lives->n)
        r = forward(w, lives, in, NULL);
    if (r == 0 && beside.n)
        r = forward(w, &beside, in, in->name);
    r = r < 0 ? r : run_hook(w, PTN_HOOK_INPUT, &local, false);
    r = r < 0 ? r : deliver(w, &local, NULL);
    ptn_lives_release(&local);
    ptn_lives_release(&beside);
    return r;
}

/* nf_confirm(), the last at postrouting: IPS_CONFIRMED */
static int confirm(struct ptn_lives *lives)
{
    int r = 0;
    for (size_t i = 0; i < lives->n && r == 0; i++)
        if (lives->items[i].tracked)
            r = set_status(&lives->items[i], IPS_CONFIRMED);
    return r;
}

static int through_loopback(struct ptn_walk *w, struct ptn_lives *lives)
{
    static const uint8_t lo[16] = "lo", none[16] = "";
    int r = ptn_put_name(lives, PTN_PKT_OIFNAME, lo);
    r = r < 0 ? r : run_hook(w, PTN_HOOK_POSTROUTING, lives, false);
    r = r < 0 ? r : run_hook(w, PTN_HOOK_EGRESS, lives, false);
    r = r < 0 ? r : confirm(lives);
    r = r < 0 ? r : ptn_put_name(lives, PTN_PKT_OIFNAME, none);
    r = r < 0 ? r : ptn_put_name(lives, PTN_PKT_IIFNAME, lo);
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
        r = ptn_put_name(&mine, PTN_PKT_OIFNAME, lo);
    if (r == 0 && mine.n)
        r = next(w, &mine);
    if (r == 0 && w->question->by && lives->n) {
        uint8_t name[16] = {0};
        memcpy(name, w->question->by, strnlen(w->question->by, 15));
        r = ptn_put_name(lives, PTN_PKT_OIFNAME, name);
        r = r < 0 ? r : next(w, lives);
    }
    for (size_t i = 0; i < ways->n && r == 0; i++) {
        r = ptn_sift(w, lives, PTN_PKT_DADDR, ways->parts[i].where, &mine);
        r = r < 0 ? r : ptn_drop_loopback_leaving(w, &mine);
        if (r == 0 && mine.n && !*(const char *)ways->parts[i].value)
            r = ptn_emit_all(w, &mine, PTN_ANSWER_DROP, "no route leads there");
        if (r == 0 && mine.n)
            r = ptn_put_name(&mine, PTN_PKT_OIFNAME, ways->parts[i].value);
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
    r = r < 0 ? r : ptn_emit_unrouted(w, lives);
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
