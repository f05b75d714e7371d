/* What connection tracking makes of packets that open a flow. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "eval.h"

#define BIT(f) (UINT64_C(1) << PTN_PKT_##f)

/* ---- sorting packets -------------------------------------------------------------------------------------------- */

/* Takes those whose field is in `in` out of *from. Result: 0 or -errno. */
int ptn_sift(struct ptn_walk *w, struct ptn_lives *from, enum ptn_pkt f, const struct ptn_ranges *in,
             struct ptn_lives *to)
{
    size_t stay = 0, n = from->n;
    int r = 0;
    for (size_t i = 0; i < n; i++) {
        struct ptn_live l = from->items[i], hit;
        int relation =
            r < 0 || !l.flow.field[f] || l.flow.absent >> f & 1 ? PTN_DISJOINT : ptn_live_split(w, &l, f, in, &hit);
        if (relation < 0)
            r = relation;
        if (relation == PTN_INSIDE || relation == PTN_OVERLAPS)
            r = ptn_lives_push(to, &hit);
        if (relation != PTN_INSIDE)
            from->items[stay++] = l;
    }
    from->n = stay;
    return r;
}

int ptn_sift_number(struct ptn_walk *w, struct ptn_lives *from, enum ptn_pkt f, uint64_t lo, uint64_t hi,
                    struct ptn_lives *to)
{
    struct ptn_ranges *in = ptn_ranges_number(ptn_pkt_width(f, w->question->family), lo, hi);
    int r = in ? ptn_sift(w, from, f, in, to) : -ENOMEM;
    ptn_ranges_unref(in);
    return r;
}

int ptn_lives_append(struct ptn_lives *to, struct ptn_lives *from)
{
    int r = 0;
    for (size_t i = 0; i < from->n; i++) {
        if (r == 0)
            r = ptn_lives_push(to, &from->items[i]);
        else
            ptn_flow_release(&from->items[i].flow);
    }
    from->n = 0;
    return r;
}

/* ---- conntrack ----------------------------------------------------------------------------------------------------
 */

/* TCP flags with which a connection may begin: SYN, or ACK alone as nf_conntrack_tcp_loose has it (tcp_new and
 * tcp_valid_flags of nf_conntrack_proto_tcp.c). PSH, ECE and CWR do not count. */
static struct ptn_ranges *opening_flags(void)
{
    struct ptn_ranges *r = ptn_ranges_none(1);
    for (unsigned v = 0; r && v < 256; v++) {
        unsigned kind = v & 0x37; /* fin syn rst ack urg */
        uint8_t value = (uint8_t)v;
        bool opens = kind == 0x02 || kind == 0x22 || kind == 0x10 || kind == 0x30;
        if (opens && ptn_ranges_append(&r, &value, &value) < 0) {
            ptn_ranges_unref(r);
            return NULL;
        }
    }
    if (r)
        ptn_ranges_sort(r);
    return r;
}

static int add_number(struct ptn_ranges **r, uint8_t v)
{
    return ptn_ranges_append(r, &v, &v);
}

/* ICMP messages that open a flow (valid_new of nf_conntrack_proto_icmp.c and _icmpv6.c), or that conntrack leaves alone
 * (noct_valid_new of the latter). */
static struct ptn_ranges *icmp_types(bool v6, bool untracked)
{
    static const uint8_t v4_new[] = {8, 13, 15, 17, 0}, v6_new[] = {128, 139, 0},
                         v6_alone[] = {130, 131, 132, 133, 134, 135, 136, 143, 0};
    const uint8_t *list = untracked ? v6_alone : v6 ? v6_new : v4_new;
    struct ptn_ranges *r = ptn_ranges_none(1);
    for (; r && *list && (v6 || !untracked); list++)
        if (add_number(&r, *list) < 0) {
            ptn_ranges_unref(r);
            return NULL;
        }
    if (r)
        ptn_ranges_sort(r);
    return r;
}

static int set_state(struct ptn_lives *lives, unsigned state)
{
    int r = 0;
    for (size_t i = 0; i < lives->n && r == 0; i++) {
        lives->items[i].untracked = state == PTN_STATE_UNTRACKED;
        r = ptn_flow_put_number(&lives->items[i].flow, PTN_PKT_CT_STATE, state, state);
    }
    return r;
}

/* Of packets of one protocol, those whose field is in `types` (`of_these`) or is not are set aside with a state of
 * their own. */
static int set_aside(struct ptn_walk *w, struct ptn_lives *lives, uint8_t proto, enum ptn_pkt f,
                     struct ptn_ranges *types, bool of_these, unsigned state, struct ptn_lives *aside)
{
    struct ptn_lives others = {0}, these = {0};
    struct ptn_lives *out = of_these ? &these : &others, *stay = of_these ? &others : &these;
    int r = types ? ptn_sift_number(w, lives, PTN_PKT_L4PROTO, proto, proto, &others) : -ENOMEM;
    r = r < 0 ? r : ptn_sift(w, &others, f, types, &these);
    r = r < 0 ? r : set_state(out, state);
    r = r < 0 ? r : ptn_lives_append(aside, out);
    r = r < 0 ? r : ptn_lives_append(lives, stay);
    ptn_lives_release(&others);
    ptn_lives_release(&these);
    ptn_ranges_unref(types);
    return r;
}

static int track(struct ptn_walk *w, struct ptn_live *l, bool fresh)
{
    struct ptn_flow *f = &l->flow;
    struct ptn_ranges *state = w->question->field[PTN_PKT_CT_STATE];
    l->tracked = true;
    ptn_flow_take(f, PTN_PKT_CT_STATE, state ? ptn_ranges_ref(state) : NULL);
    f->same |= BIT(CT_SADDR) | BIT(CT_DADDR) | BIT(CT_SPORT) | BIT(CT_DPORT);
    f->absent &= ~(BIT(CT_SADDR) | BIT(CT_DADDR) | BIT(CT_SPORT) | BIT(CT_DPORT) | BIT(CT_STATUS) | BIT(CT_MARK) |
                   BIT(CT_DIRECTION));
    if (!fresh)
        return 0;
    int r = ptn_flow_put_number(f, PTN_PKT_CT_DIRECTION, 0, 0);
    r = r < 0 ? r : ptn_flow_put_number(f, PTN_PKT_CT_MARK, 0, 0);
    return r < 0 ? r : ptn_flow_put_number(f, PTN_PKT_CT_STATUS, 0, 0);
}

/* The one state that is asked for, 0 if there are several. */
static unsigned asked_state(const struct ptn_walk *w)
{
    const struct ptn_ranges *s = w->question->field[PTN_PKT_CT_STATE];
    return s && ptn_ranges_is_point(s) ? ptn_ranges_lo(s, 0)[3] : 0;
}

/* nf_conntrack_in(): what the first packet of a flow finds. */
int ptn_track(struct ptn_walk *w, struct ptn_lives *lives)
{
    struct ptn_lives aside = {0};
    const unsigned asked = asked_state(w);
    const bool fresh = asked == PTN_STATE_NEW, v6 = w->question->family == AF_INET6;
    int r = 0;
    for (size_t i = 0; i < lives->n; i++)
        if (lives->items[i].untracked || lives->items[i].tracked) {
            struct ptn_live l = lives->items[i];
            lives->items[i--] = lives->items[--lives->n];
            if (r == 0)
                r = ptn_lives_push(&aside, &l);
            else
                ptn_flow_release(&l.flow);
        }
    if (r == 0 && v6)
        r = set_aside(w, lives, IPPROTO_ICMPV6, PTN_PKT_ICMP_TYPE, icmp_types(true, true), true, PTN_STATE_UNTRACKED,
                      &aside);
    if (r == 0 && fresh) {
        r = set_aside(w, lives, IPPROTO_TCP, PTN_PKT_TCPFLAGS, opening_flags(), false, PTN_STATE_INVALID, &aside);
        r = r < 0 ? r
                  : set_aside(w, lives, v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP, PTN_PKT_ICMP_TYPE, icmp_types(v6, false),
                              false, PTN_STATE_INVALID, &aside);
    }
    if (asked == PTN_STATE_INVALID || asked == PTN_STATE_UNTRACKED)
        r = r < 0 ? r : set_state(lives, asked); /* without a connection */
    else
        for (size_t i = 0; i < lives->n && r == 0; i++)
            r = track(w, &lives->items[i], fresh);
    r = r < 0 ? r : ptn_lives_append(lives, &aside);
    ptn_lives_release(&aside);
    return r;
}
