#include "prove.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "example.h"
#include "hull.h"
#include "live.h"
#include "terrain.h"

/* States of a connection, as a question may have them: invalid, established, related, new, untracked. */
static const uint8_t states[] = {1, 2, 4, 8, 64};

/* A machine made up for the questions. The second interface is one that lets 127/8 in, as some container networks ask
 * for: it shows that the ruleset does not. */
#define OPEN_WAY "ptn-localnet"
static const struct ptn_iface ifaces[] = {
    {.index = 1, .name = "lo", .link = PTN_LINK_LOOPBACK, .up = true},
    {.index = 2, .name = OPEN_WAY, .link = PTN_LINK_ETHERNET, .up = true, .route_localnet = true},
};
static const struct ptn_ifaddr addrs[] = {
    {{AF_INET, {127, 0, 0, 1}}, 8, 1},           {{AF_INET6, {[15] = 1}}, 128, 1},
    {{AF_INET, {198, 18, 0, 1}}, 24, 2},         {{AF_INET6, {0x20, 0x01, 0x00, 0x02, [15] = 1}}, 64, 2},
    {{AF_INET6, {0xfe, 0x80, [15] = 1}}, 64, 2},
};
static const struct ptn_netns machine = {.name = "proof",
                                         .container = "",
                                         .ifaces = ifaces,
                                         .n_ifaces = 2,
                                         .addrs = addrs,
                                         .n_addrs = 5,
                                         .reserved = "",
                                         .door = ""};

struct proof {
    const struct ptn_policy *policy;
    const struct ptn_wall *wall;
    struct ptn_terrain *terrain;
    struct ptn_ranges *others; /* interfaces but lo */
    const struct ptn_expected *expected;
    struct ptn_err *err;
};

/* ---- boxes against boxes ------------------------------------------------------------------- */

/* Boxes with their hulls. */
struct side {
    struct ptn_hull *hulls;
    const struct ptn_flow **boxes;
    size_t n;
};

static void release_side(struct side *s)
{
    free(s->hulls);
    free(s->boxes);
}

static int make_side(struct side *s, size_t room)
{
    *s = (struct side){calloc(room + 1, sizeof(*s->hulls)), calloc(room + 1, sizeof(*s->boxes)), 0};
    return s->hulls && s->boxes ? 0 : -ENOMEM;
}

static void put(struct side *s, const struct ptn_flow *box)
{
    s->hulls[s->n] = ptn_hull_of(box);
    s->boxes[s->n++] = box;
}

/* Those of the boxes that a question is about. */
static int side_of_boxes(struct side *s, const struct ptn_boxes *b, const struct ptn_flow *question)
{
    int r = make_side(s, b->n);
    for (size_t i = 0; i < b->n && r == 0; i++)
        if (ptn_box_meets(&b->items[i], question))
            put(s, &b->items[i]);
    return r;
}

/* Takes a box out of those of *left that it meets. */
static int take_box_out(struct ptn_boxes *left, const struct ptn_flow *box, const struct ptn_hull *hull)
{
    int r = 0;
    for (size_t i = 0; i < left->n && r == 0;) {
        struct ptn_flow was = left->items[i];
        struct ptn_hull h = ptn_hull_of(&was);
        if (!ptn_hulls_meet(&h, hull) || !ptn_box_meets(&was, box)) {
            i++;
            continue;
        }
        left->items[i] = left->items[--left->n]; /* what is left of it comes to the end */
        r = ptn_box_subtract(&was, box, left);
        ptn_flow_release(&was);
    }
    return r;
}

/* Takes everything of the side out of *left, whose hull is in `whole`. */
static int take_out(struct ptn_boxes *left, const struct side *s, const struct ptn_hull *whole)
{
    int r = 0;
    for (size_t i = 0; i < s->n && r == 0 && left->n; i++)
        if (ptn_hulls_meet(&s->hulls[i], whole))
            r = take_box_out(left, s->boxes[i], &s->hulls[i]);
    return r;
}

/* The destination is this made-up machine's, and so not worth a word, unless it is the loopback's. */
static void show_destination(struct ptn_flow *f)
{
    const struct ptn_ranges *to = f->field[PTN_PKT_DADDR];
    struct ptn_addr a = {.family = f->family};
    if (to)
        memcpy(a.bytes, ptn_ranges_lo(to, 0), to->width);
    if (to && ptn_addr_is_loopback(&a))
        ptn_flow_put_addr(f, PTN_PKT_DADDR, &a);
    else
        ptn_flow_take(f, PTN_PKT_DADDR, NULL);
}

/* Names a packet of `box` (of what it shares with the question) that no side has. Result: 0 if there is none. */
static int none_left(struct proof *p, const struct ptn_flow *box, const struct ptn_flow *question,
                     const struct side *const sides[], size_t n, const char *what)
{
    struct ptn_boxes left = {0};
    struct ptn_flow mine;
    char text[PTN_EXAMPLE_TEXT];
    int r = ptn_box_intersect(&mine, box, question);
    r = r < 0 ? r : ptn_boxes_push(&left, &mine);
    const struct ptn_hull hull = ptn_hull_of(box);
    for (size_t i = 0; i < n && r == 0; i++)
        r = take_out(&left, sides[i], &hull);
    if (r == 0 && left.n) {
        show_destination(&left.items[0]);
        r = ptn_fail(p->err, -EBADMSG, "%s: %s", ptn_box_example(&left.items[0], text), what);
    }
    ptn_boxes_release(&left);
    return r;
}

/* ---- one question -------------------------------------------------------------------------------------------------
 */

/* The answers to a question, sorted by what they are. */
struct sorted {
    struct side accepted, reset;
    struct side kernel; /* decided by the kernel itself before any rule: nothing that a ruleset could say */
};

static void release_sorted(struct sorted *s)
{
    release_side(&s->accepted);
    release_side(&s->reset);
    release_side(&s->kernel);
}

static int not_decided(struct proof *p, const struct ptn_outcome *o)
{
    char text[PTN_EXAMPLE_TEXT];
    return ptn_fail(p->err, -EBADMSG, "%s: cannot be decided: %.200s", ptn_box_example(&o->box, text),
                    o->doubt_why ? o->doubt_why : "unknown");
}

static int sort_answers(struct proof *p, const struct ptn_answers *a, struct sorted *s)
{
    int r = make_side(&s->accepted, a->n);
    r = r < 0 ? r : make_side(&s->reset, a->n);
    r = r < 0 ? r : make_side(&s->kernel, a->n);
    for (size_t i = 0; i < a->n && r == 0; i++) {
        const struct ptn_outcome *o = &a->items[i];
        if (o->answer == PTN_ANSWER_UNKNOWN || o->doubt_why)
            r = not_decided(p, o);
        else if (o->answer == PTN_ANSWER_ACCEPT && o->local)
            put(&s->accepted, &o->box);
        else if (o->answer == PTN_ANSWER_REJECT && o->reject_with && strcmp(o->reject_with, "tcp reset") == 0)
            put(&s->reset, &o->box);
        else if (o->way && !o->way->chain)
            put(&s->kernel, &o->box);
    }
    return r;
}

static int compare_sides(struct proof *p, const struct ptn_flow *q, const struct sorted *s, const struct side *accept,
                         const struct side *reset)
{
    const struct side *const yes[] = {accept}, *const resets[] = {reset}, *const got[] = {&s->accepted, &s->kernel},
                             *const answered[] = {accept, &s->reset, &s->kernel};
    int r = 0;
    for (size_t i = 0; i < s->accepted.n && r == 0; i++)
        r = none_left(p, s->accepted.boxes[i], q, yes, 1, "the ruleset accepts it, the intent does not");
    for (size_t i = 0; i < accept->n && r == 0; i++)
        r = none_left(p, accept->boxes[i], q, got, 2, "the intent accepts it, the ruleset does not");
    for (size_t i = 0; i < s->reset.n && r == 0; i++)
        r = none_left(p, s->reset.boxes[i], q, resets, 1, "the ruleset resets it, where it should be dropped");
    for (size_t i = 0; i < reset->n && r == 0; i++)
        r = none_left(p, reset->boxes[i], q, answered, 3,
                      "the ruleset does not reset it, which would save its sender waiting");
    return r;
}

static int ask(struct proof *p, const struct ptn_flow *q)
{
    struct ptn_answers answers = {0};
    struct sorted s = {0};
    struct side accept = {0}, reset = {0};
    int r = ptn_wall_ask(p->wall, p->terrain, q, &answers);
    if (r == -E2BIG)
        r = ptn_fail(p->err, -EBADMSG, "the ruleset falls into too many pieces to be compared");
    r = r < 0 ? r : sort_answers(p, &answers, &s);
    r = r < 0 ? r : side_of_boxes(&accept, &p->expected->accept, q);
    r = r < 0 ? r : side_of_boxes(&reset, &p->expected->reset, q);
    r = r < 0 ? r : compare_sides(p, q, &s, &accept, &reset);
    release_side(&accept);
    release_side(&reset);
    release_sorted(&s);
    ptn_answers_release(&answers);
    return r;
}

/* ---- every question ------------------------------------------------------------------------------------------------
 */

/* Everything that can come to this machine itself. Of new flows only what conntrack takes for new: a segment of TCP
 * that opens nothing has a state of its own. */
static int question(const struct proof *p, struct ptn_flow *q, uint8_t family, uint8_t state, const char *iif)
{
    struct ptn_ranges *to = ptn_ranges_none(ptn_addr_width(family));
    int r = ptn_flow_init(q, family, 0, iif);
    q->joined = true;
    r = r < 0 ? r : ptn_flow_put_number(q, PTN_PKT_CT_STATE, state, state);
    r = r < 0 ? r : ptn_flow_put_number(q, PTN_PKT_TTL, 0, UINT8_MAX);
    r = r < 0 ? r : ptn_flow_put_number(q, PTN_PKT_PKTTYPE, 0, 2);
    if (r == 0 && state != 8)
        r = ptn_flow_put_number(q, PTN_PKT_TCPFLAGS, 0, UINT8_MAX);
    for (int i = PTN_TOWARD_LOCAL; i <= PTN_TOWARD_MULTICAST && r == 0 && to; i++) {
        struct ptn_ranges *sum = ptn_ranges_unite(to, ptn_terrain_to(p->terrain, family, (enum ptn_toward)i));
        ptn_ranges_unref(to);
        to = sum;
    }
    if (r < 0 || !to) {
        ptn_ranges_unref(to);
        ptn_flow_release(q);
        return r < 0 ? r : -ENOMEM;
    }
    ptn_flow_take(q, PTN_PKT_DADDR, to);
    return 0;
}

/* By which interface: itself, every other (as one set), the one that lets 127/8 in, to there. */
enum way { WAY_LO, WAY_OTHERS, WAY_OPEN, WAYS };

static int narrow_way(const struct proof *p, struct ptn_flow *q, enum way way)
{
    static const uint8_t lo[4] = {127}, hi[4] = {127, 255, 255, 255};
    if (way == WAY_OPEN)
        return ptn_flow_put(q, PTN_PKT_DADDR, lo, hi);
    if (way == WAY_OTHERS)
        ptn_flow_take(q, PTN_PKT_IIFNAME, p->others ? ptn_ranges_ref(p->others) : NULL);
    return way == WAY_OTHERS && !p->others ? -ENOMEM : 0;
}

static int ask_by(struct proof *p, uint8_t family, uint8_t state, enum way way)
{
    static const char *const names[] = {"lo", "eth0", OPEN_WAY};
    struct ptn_flow q;
    if (way == WAY_OPEN && family == AF_INET6) /* the kernel lets ::1 in by no other interface, whatever one sets */
        return 0;
    int r = question(p, &q, family, state, names[way]);
    r = r < 0 ? r : narrow_way(p, &q, way);
    r = r < 0 ? r : ask(p, &q);
    ptn_flow_release(&q);
    return r;
}

static int prove_family(struct proof *p, uint8_t family)
{
    struct ptn_expected expected;
    int r = ptn_expected_make(&expected, p->policy, family);
    if (r < 0)
        return r;
    p->expected = &expected;
    for (size_t s = 0; s < sizeof(states) && r == 0; s++)
        for (int way = 0; way < WAYS && r == 0; way++)
            r = ask_by(p, family, states[s], (enum way)way);
    ptn_expected_release(&expected);
    return r;
}

int ptn_policy_compare(const struct ptn_policy *policy, const struct ptn_wall *wall, struct ptn_err *err)
{
    struct proof p = {.policy = policy, .wall = wall, .others = ptn_names_but_lo(), .err = err};
    int r = ptn_terrain_new(&p.terrain, &machine);
    r = r < 0 ? r : prove_family(&p, AF_INET);
    r = r < 0 ? r : prove_family(&p, AF_INET6);
    ptn_ranges_unref(p.others);
    ptn_terrain_free(p.terrain);
    return r;
}

int ptn_policy_prove(const struct ptn_policy *policy, const char *text, size_t len, struct ptn_err *err)
{
    static const char *const load[] = {"nft", "-f", "-", NULL};
    struct ptn_scratch scratch;
    struct ptn_wall *wall = NULL;
    int r = ptn_scratch_open(&scratch, err);
    if (r < 0)
        return r;
    const struct ptn_door door = {.net = scratch.net, .user = scratch.user};
    r = ptn_tool_run(&door, load, text, len, 0, NULL, NULL, err);
    if (r == -EIO)
        r = -EBADMSG;
    r = r < 0 ? r : ptn_wall_read_live(&wall, &door, err);
    r = r < 0 ? r : ptn_policy_compare(policy, wall, err);
    ptn_wall_free(wall);
    ptn_scratch_close(&scratch);
    return r;
}
