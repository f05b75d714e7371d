/* Rules and chains, as nft_do_chain() of net/netfilter/nf_tables_core.c runs them, over sets of packets. */
#include "eval.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/grow.h"
#include "hull.h"

/* ---- lists of packets under way --------------------------------------------------------------------------------- */

int ptn_lives_push(struct ptn_lives *list, struct ptn_live *l)
{
    if (ptn_grow(&list->items, list->n, &list->room, sizeof(*list->items)) < 0) {
        ptn_flow_release(&l->flow);
        return -ENOMEM;
    }
    list->items[list->n++] = *l;
    return 0;
}

void ptn_lives_release(struct ptn_lives *list)
{
    for (size_t i = 0; i < list->n; i++)
        ptn_flow_release(&list->items[i].flow);
    free(list->items);
    *list = (struct ptn_lives){0};
}

int ptn_live_copy(struct ptn_walk *w, struct ptn_live *to, const struct ptn_live *from)
{
    if (++w->pieces > PTN_BOXES_MAX)
        return -E2BIG;
    *to = *from;
    return ptn_flow_copy(&to->flow, &from->flow);
}

void ptn_live_doubt(struct ptn_live *l, const struct ptn_rule *rule, const char *why)
{
    if (l->doubt_why)
        return;
    l->doubt = rule;
    l->doubt_why = why;
}

int ptn_live_step(struct ptn_walk *w, struct ptn_live *l, const struct ptn_chain *chain, const struct ptn_rule *rule,
                  const char *note)
{
    struct ptn_step *s = ptn_arena_alloc(&w->answers->arena, sizeof(*s));
    if (!s)
        return -ENOMEM;
    *s = (struct ptn_step){.before = l->way, .chain = chain, .rule = rule, .note = note};
    s->maybe = rule && l->doubt == rule;
    l->way = s;
    return 0;
}

/* ---- one chain ------------------------------------------------------------------------------------------------------
 */

struct call {
    struct ptn_chain *to;
    bool back; /* jump: they come back to the next rule; goto: they do not */
    struct ptn_lives lives;
};

/* A chain as it runs. */
struct frame {
    struct ptn_walk *w;
    const struct ptn_chain *chain;
    const struct ptn_rule *rule;
    struct ptn_lives here;  /* at the present rule; some are gone from there, and not yet from the list */
    struct ptn_hull *hulls; /* of the first n_hulls of these; PTN_HULL_NONE for what is gone */
    size_t n_hulls, hulls_room, gone;
    struct ptn_lives next;     /* done with it, and come to the next */
    struct ptn_lives returned; /* back to the caller, or to the policy */
    struct ptn_lives *accepted;
    struct call *calls; /* of the present rule */
    size_t n_calls;
    unsigned depth;
};

static int run_chain(struct frame *);

static void release_frame(struct frame *f)
{
    ptn_lives_release(&f->here);
    ptn_lives_release(&f->next);
    ptn_lives_release(&f->returned);
    for (size_t i = 0; i < f->n_calls; i++)
        ptn_lives_release(&f->calls[i].lives);
    free(f->calls);
    free(f->hulls);
}

static int call(struct frame *f, struct ptn_live *l, struct ptn_chain *to, bool back)
{
    for (size_t i = 0; i < f->n_calls; i++)
        if (f->calls[i].to == to && f->calls[i].back == back)
            return ptn_lives_push(&f->calls[i].lives, l);
    struct call *more = reallocarray(f->calls, f->n_calls + 1, sizeof(*more));
    if (!more) {
        ptn_flow_release(&l->flow);
        return -ENOMEM;
    }
    f->calls = more;
    more[f->n_calls] = (struct call){.to = to, .back = back};
    return ptn_lives_push(&more[f->n_calls++].lives, l);
}

static int step_to(struct frame *f, struct ptn_live *l, const char *note)
{
    int r = ptn_live_step(f->w, l, f->chain, f->rule, note);
    if (r < 0)
        ptn_flow_release(&l->flow);
    return r;
}

/* nft's icmpx names are of both families (nft_reject.c). */
static const char *reject_word(const char *with, uint8_t family)
{
    static const char *const words[][3] = {
        {"icmpx no-route", "icmp net-unreachable", "icmpv6 no-route"},
        {"icmpx host-unreachable", "icmp host-unreachable", "icmpv6 addr-unreachable"},
        {"icmpx port-unreachable", "icmp port-unreachable", "icmpv6 port-unreachable"},
        {"icmpx admin-prohibited", "icmp admin-prohibited", "icmpv6 admin-prohibited"},
    };
    for (size_t i = 0; with && i < sizeof(words) / sizeof(*words); i++)
        if (strcmp(with, words[i][0]) == 0)
            return words[i][family == AF_INET ? 1 : 2];
    return with;
}

/* The kernel rejects nothing of IPv6 whose checksum does not fit (reject6_csum_ok), and NAT, which changes the
 * addresses in it, leaves that of most protocols as it was. Those that it does put right, or that are not checked: */
static struct ptn_ranges *checked_after_nat(void)
{
    static const uint8_t protocols[] = {IPPROTO_TCP, IPPROTO_UDP,    IPPROTO_DCCP, IPPROTO_GRE,    IPPROTO_ESP,
                                        IPPROTO_AH,  IPPROTO_ICMPV6, IPPROTO_SCTP, IPPROTO_UDPLITE};
    struct ptn_ranges *r = ptn_ranges_none(1);
    for (size_t i = 0; r && i < sizeof(protocols); i++)
        if (ptn_ranges_append(&r, &protocols[i], &protocols[i]) < 0) {
            ptn_ranges_unref(r);
            return NULL;
        }
    if (r)
        ptn_ranges_sort(r);
    return r;
}

static bool was_translated(const struct ptn_live *l)
{
    const uint64_t both = UINT64_C(1) << PTN_PKT_CT_SADDR | UINT64_C(1) << PTN_PKT_CT_DADDR;
    return l->tracked && (l->flow.same & both) != both;
}

static int reject(struct frame *f, struct ptn_live *l, const char *with)
{
    struct ptn_live sure = {0};
    if (l->flow.family == AF_INET || !was_translated(l))
        return ptn_emit(f->w, l, PTN_ANSWER_REJECT, with);
    struct ptn_ranges *known = checked_after_nat();
    int r = known && l->flow.field[PTN_PKT_L4PROTO] ? ptn_live_split(f->w, l, PTN_PKT_L4PROTO, known, &sure) : -ENOMEM;
    ptn_ranges_unref(known);
    if (r < 0) {
        ptn_flow_release(&l->flow);
        return r;
    }
    int e = r == PTN_DISJOINT ? 0 : ptn_emit(f->w, &sure, PTN_ANSWER_REJECT, with);
    if (r == PTN_INSIDE)
        return e;
    int u = step_to(f, l, "drop: after NAT the checksum of this protocol is wrong, and nothing is answered");
    u = u < 0 ? u : ptn_emit(f->w, l, PTN_ANSWER_DROP, NULL);
    return e < 0 ? e : u;
}

/* A verdict on *l, which is used up. Result: 1 if the rule goes on with it instead (continue). */
static int decide(struct frame *f, struct ptn_live *l, const struct ptn_fate *fate)
{
    static const char *const notes[] = {
        [PTN_ACCEPT] = "accept", [PTN_DROP] = "drop", [PTN_REJECT] = "reject", [PTN_CONTINUE] = "",
        [PTN_RETURN] = "return", [PTN_JUMP] = "jump", [PTN_GOTO] = "goto",
    };
    int r = fate->code == PTN_CONTINUE ? 1 : step_to(f, l, notes[fate->code]);
    if (r != 0)
        return r;
    switch (fate->code) {
    case PTN_ACCEPT:
        return ptn_lives_push(f->accepted, l);
    case PTN_DROP:
        return ptn_emit(f->w, l, PTN_ANSWER_DROP, NULL);
    case PTN_REJECT:
        return reject(f, l, reject_word(fate->to, l->flow.family));
    case PTN_RETURN:
        return ptn_lives_push(&f->returned, l);
    default:
        return call(f, l, fate->chain, fate->code == PTN_JUMP);
    }
}

static int run_stmts(struct frame *, struct ptn_live *, uint32_t from);

/* Both ways of what cannot be decided: *l is used up by the one where it matches; the other comes to the next rule. */
static int fork_way(struct frame *f, struct ptn_live *l, const char *why)
{
    struct ptn_live other;
    ptn_live_doubt(l, f->rule, why);
    int r = ptn_live_copy(f->w, &other, l);
    return r < 0 ? r : ptn_lives_push(&f->next, &other);
}

static int unknown(struct frame *f, struct ptn_live *l, const char *why)
{
    ptn_live_doubt(l, f->rule, why);
    int r = step_to(f, l, why);
    return r < 0 ? r : ptn_emit(f->w, l, PTN_ANSWER_UNKNOWN, NULL);
}

/* What a look-up's piece does next in a rule; it is used up. */
static int run_piece(struct frame *f, struct ptn_piece *p, const struct ptn_stmt *s, uint32_t at)
{
    bool map = s->kind == PTN_STMT_VMAP;
    bool matches = p->found == PTN_FOUND;
    if (!map && s->look.negate && p->found != PTN_NO_FIELD)
        matches = p->found == PTN_NOT_FOUND;
    int r = 0;
    if (p->found == PTN_PERHAPS)
        r = fork_way(f, &p->live, p->why);
    else if (!matches)
        return ptn_lives_push(&f->next, &p->live);
    if (r < 0) {
        ptn_flow_release(&p->live.flow);
        return r;
    }
    if (!map)
        return run_stmts(f, &p->live, at + 1);
    if (!p->datum)
        return unknown(f, &p->live, p->why);
    r = decide(f, &p->live, &p->datum->verdict);
    return r == 1 ? run_stmts(f, &p->live, at + 1) : r;
}

static int run_look(struct frame *f, struct ptn_live *l, uint32_t at)
{
    const struct ptn_stmt *s = &f->rule->stmts[at];
    struct ptn_pieces pieces = {0};
    int r = ptn_look_up(f->w, l, &s->look, &pieces);
    for (size_t i = 0; i < pieces.n && r >= 0; i++) {
        struct ptn_piece p = pieces.items[i];
        pieces.items[i] = (struct ptn_piece){0};
        r = run_piece(f, &p, s, at);
    }
    ptn_pieces_release(&pieces);
    return r < 0 ? r : 0;
}

static int assign(struct frame *f, struct ptn_live *l, const struct ptn_stmt *s)
{
    const struct ptn_ranges *from = l->flow.field[ptn_live_slot(l, s->assign.from)];
    uint8_t width = ptn_pkt_width(s->assign.to, l->flow.family), v[PTN_RANGES_WIDTH] = {0};
    bool constant = true;
    if (s->assign.to == PTN_PKT_CT_MARK && !l->tracked)
        return 0; /* there is no connection to mark */
    for (unsigned i = 0; i < width; i++)
        constant = constant && !s->assign.mask[i];
    bool known = !s->assign.unknown && (constant || (from && ptn_ranges_is_point(from) && from->width == width));
    for (unsigned i = 0; known && i < width; i++)
        v[i] = (uint8_t)(((constant ? 0 : ptn_ranges_lo(from, 0)[i]) & s->assign.mask[i]) ^ s->assign.flip[i]);
    if (known)
        return ptn_flow_put(&l->flow, s->assign.to, v, v);
    ptn_flow_take(&l->flow, s->assign.to, NULL);
    ptn_live_doubt(l, f->rule, ptn_pkt_word(s->assign.to));
    return 0;
}

static bool is_tuple(enum ptn_pkt f)
{
    return f == PTN_PKT_SADDR || f == PTN_PKT_DADDR || f == PTN_PKT_SPORT || f == PTN_PKT_DPORT;
}

/* A statement that only changes packets, or decides. Result: 1 the rule goes on, 0 *l is used up, -errno. */
static int run_act(struct frame *f, struct ptn_live *l, const struct ptn_stmt *s)
{
    int r = 1;
    switch (s->kind) {
    case PTN_STMT_VERDICT:
        return decide(f, l, &s->verdict);
    case PTN_STMT_MAYBE:
        r = fork_way(f, l, s->text);
        break;
    case PTN_STMT_OPAQUE:
        return unknown(f, l, s->text);
    case PTN_STMT_ASSIGN:
        if (is_tuple(s->assign.to))
            return unknown(f, l, "it rewrites the packet's addresses or ports");
        r = assign(f, l, s);
        break;
    case PTN_STMT_NOTRACK:
        if (!l->tracked) {
            l->untracked = true;
            r = ptn_flow_put_number(&l->flow, PTN_PKT_CT_STATE, 64, 64);
        }
        break;
    case PTN_STMT_NAT:
        r = ptn_nat(f->w, l, f->rule, s);
        if (r == 1)
            return ptn_lives_push(f->accepted, l);
        if (r == 2) {
            r = step_to(f, l, "drop: no address to redirect to");
            return r < 0 ? r : ptn_emit(f->w, l, PTN_ANSWER_DROP, NULL);
        }
        break;
    default:
        break;
    }
    if (r < 0)
        ptn_flow_release(&l->flow);
    return r < 0 ? r : 1;
}

static int run_stmts(struct frame *f, struct ptn_live *l, uint32_t from)
{
    int r = 1;
    for (uint32_t i = from; r == 1; i++) {
        if (i >= f->rule->n_stmts)
            return ptn_lives_push(&f->next, l);
        const struct ptn_stmt *s = &f->rule->stmts[i];
        if (s->kind == PTN_STMT_TEST && ptn_test_glance(l, &s->look) == PTN_FOUND)
            continue;
        if (s->kind == PTN_STMT_TEST || s->kind == PTN_STMT_VMAP)
            return run_look(f, l, i);
        if (s->kind == PTN_STMT_NAT && s->nat.by_map)
            return ptn_nat_by_map(f->w, l, f->rule, s, f->accepted, &f->next);
        r = run_act(f, l, s);
    }
    return r;
}

/* Whether two sets of packets are at the same place in the same state. */
static bool alike(const struct ptn_live *a, const struct ptn_live *b)
{
    if (a->flow.absent != b->flow.absent || a->flow.same != b->flow.same || a->tracked != b->tracked ||
        a->untracked != b->untracked || a->dst_done != b->dst_done || a->src_done != b->src_done)
        return false;
    for (int i = 0; i < PTN_PKT_COUNT; i++) {
        const struct ptn_ranges *x = a->flow.field[i], *y = b->flow.field[i];
        if (x != y && (!x || !y || !ptn_ranges_equal(x, y)))
            return false;
    }
    return true;
}

/* Of the two ways of an undecided jump, those that come back as they went are one again. */
static int come_back(struct ptn_lives *to, struct ptn_live *l)
{
    for (size_t i = to->n; l->doubt_why && i-- > 0 && i + 16 >= to->n;)
        if (to->items[i].doubt_why && alike(&to->items[i], l)) {
            ptn_flow_release(&l->flow);
            return 0;
        }
    return ptn_lives_push(to, l);
}

static int move_all(struct ptn_lives *to, struct ptn_lives *from)
{
    int r = 0;
    for (size_t i = 0; i < from->n; i++) {
        if (r == 0)
            r = come_back(to, &from->items[i]);
        else
            ptn_flow_release(&from->items[i].flow);
    }
    from->n = 0;
    return r;
}

static int run_calls(struct frame *f)
{
    int r = 0;
    for (size_t i = 0; i < f->n_calls && r == 0; i++) {
        struct call *c = &f->calls[i];
        struct frame sub = {.w = f->w, .chain = c->to, .here = c->lives, .accepted = f->accepted};
        sub.depth = f->depth + 1;
        c->lives = (struct ptn_lives){0};
        r = run_chain(&sub);
        r = r < 0 ? r : move_all(c->back ? &f->next : &f->returned, &sub.returned);
        release_frame(&sub);
    }
    f->n_calls = 0;
    return r;
}

/* What does nothing for a packet's fate (a log, a counter behind a limit) need not be looked at. */
static bool idle(const struct ptn_rule *r)
{
    for (uint32_t i = 0; i < r->n_stmts; i++)
        if (r->stmts[i].kind != PTN_STMT_TEST && r->stmts[i].kind != PTN_STMT_MAYBE && r->stmts[i].kind != PTN_STMT_LOG)
            return false;
    return true;
}

static bool misses(const struct ptn_live *l, const struct ptn_rule *r)
{
    for (uint32_t i = 0; i < r->n_stmts && r->stmts[i].kind == PTN_STMT_TEST; i++)
        if (ptn_test_glance(l, &r->stmts[i].look) == PTN_NOT_FOUND)
            return true;
    return false;
}

/* The packets that a rule may match at all. */
static struct ptn_hull hull_of(const struct ptn_rule *r)
{
    struct ptn_hull h = {.hi = UINT16_MAX, .proto_hi = UINT8_MAX};
    for (uint32_t i = 0; i < r->n_stmts && r->stmts[i].kind == PTN_STMT_TEST; i++)
        ptn_hull_narrow(&h, ptn_look_wants(&r->stmts[i].look, PTN_PKT_DPORT),
                        ptn_look_wants(&r->stmts[i].look, PTN_PKT_L4PROTO));
    return h;
}

/* Where many sets of packets meet many rules, most have nothing to do with each other: their hulls tell. */
static int span(struct frame *f)
{
    if (f->hulls_room < f->here.n) {
        struct ptn_hull *more = reallocarray(f->hulls, f->here.room, sizeof(*more));
        if (!more)
            return -ENOMEM;
        f->hulls = more;
        f->hulls_room = f->here.room;
    }
    for (; f->n_hulls < f->here.n; f->n_hulls++)
        f->hulls[f->n_hulls] = ptn_hull_of(&f->here.items[f->n_hulls].flow);
    return 0;
}

static void close_gaps(struct frame *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->here.n; i++) {
        if (i < f->n_hulls && ptn_hull_is_none(&f->hulls[i]))
            continue;
        if (n < i)
            f->here.items[n] = f->here.items[i];
        if (i < f->n_hulls)
            f->hulls[n] = f->hulls[i];
        n++;
    }
    f->here.n = n;
    f->n_hulls -= f->gone;
    f->gone = 0;
}

static int run_rule(struct frame *f)
{
    const struct ptn_hull hull = hull_of(f->rule);
    int r = span(f);
    for (size_t i = 0; i < f->n_hulls && r == 0; i++) {
        struct ptn_live *l = &f->here.items[i];
        if (!ptn_hulls_meet(&f->hulls[i], &hull) || ptn_hull_is_none(&f->hulls[i]) || misses(l, f->rule))
            continue;
        struct ptn_live taken = *l;
        *l = (struct ptn_live){0};
        f->hulls[i] = PTN_HULL_NONE;
        f->gone++;
        r = run_stmts(f, &taken, 0);
    }
    if (f->gone > f->here.n / 2)
        close_gaps(f);
    r = r < 0 ? r : run_calls(f);
    return r < 0 ? r : move_all(&f->here, &f->next);
}

/* Runs f->here through the chain; what is not decided is in f->returned. */
static int run_chain(struct frame *f)
{
    int r = 0;
    for (uint32_t i = 0; i < f->chain->n_rules && f->here.n > f->gone && r >= 0; i++) {
        f->rule = &f->chain->rules[i];
        if (!idle(f->rule))
            r = run_rule(f);
    }
    f->rule = NULL;
    if (f->gone)
        close_gaps(f);
    return r < 0 ? r : move_all(&f->returned, &f->here);
}

int ptn_run_base(struct ptn_walk *w, const struct ptn_chain *chain, struct ptn_lives *lives, struct ptn_lives *passed)
{
    struct frame f = {.w = w, .chain = chain, .here = *lives, .accepted = passed};
    *lives = (struct ptn_lives){0};
    int r = run_chain(&f);
    for (size_t i = 0; r >= 0 && i < f.returned.n; i++) {
        struct ptn_live l = f.returned.items[i];
        f.returned.items[i] = (struct ptn_live){0};
        const struct ptn_fate policy = {.code = chain->policy};
        if (chain->n_rules == 0 && chain->policy == PTN_ACCEPT)
            r = ptn_lives_push(passed, &l); /* an empty chain is not worth a step */
        else
            r = decide(&f, &l, &policy);
    }
    release_frame(&f);
    return r < 0 ? r : 0;
}
