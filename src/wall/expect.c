/* What a policy lets in, said without any ruleset: the other half of the proof, and so apart from what write.c does. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "base/addr.h"
#include "prove.h"

#define STATE_ESTABLISHED 2
#define STATE_RELATED 4
#define STATE_NEW 8
#define STATE_UNTRACKED 64

/* What the boxes of one family are made of. */
struct maker {
    const struct ptn_policy *policy;
    struct ptn_expected *to;
    uint8_t family;
    struct ptn_ranges *outside;    /* addresses that are not the loopback's */
    struct ptn_ranges *ways;       /* interfaces that are not lo */
    struct ptn_ranges *link_local; /* fe80::/10 */
    struct ptn_ranges *fresh;      /* states of packets that belong to nothing known */
};

void ptn_expected_release(struct ptn_expected *e)
{
    ptn_boxes_release(&e->accept);
    ptn_boxes_release(&e->reset);
}

static int append_number(struct ptn_ranges **r, uint64_t lo, uint64_t hi)
{
    struct ptn_ranges *one = ptn_ranges_number((*r)->width, lo, hi);
    int e = one ? ptn_ranges_append(r, ptn_ranges_lo(one, 0), ptn_ranges_hi(one, 0)) : -ENOMEM;
    ptn_ranges_unref(one);
    return e;
}

static struct ptn_ranges *prefix(const char *addr, unsigned bits)
{
    struct ptn_addr a;
    uint8_t hi[16];
    ptn_addr_parse(&a, addr, strlen(addr));
    uint8_t width = ptn_addr_width(a.family);
    memcpy(hi, a.bytes, sizeof(hi));
    for (unsigned i = bits; i < width * 8u; i++)
        hi[i / 8] = (uint8_t)(hi[i / 8] | 0x80 >> i % 8);
    return ptn_ranges_of(width, a.bytes, hi);
}

static struct ptn_ranges *all_but(uint8_t width, struct ptn_ranges *what)
{
    struct ptn_ranges *r = what ? ptn_ranges_all(width) : NULL;
    if (r && ptn_ranges_subtract(&r, what) < 0) {
        ptn_ranges_unref(r);
        r = NULL;
    }
    ptn_ranges_unref(what);
    return r;
}

struct ptn_ranges *ptn_names_but_lo(void)
{
    static const uint8_t lo[16] = "lo";
    return all_but(16, ptn_ranges_of(16, lo, lo));
}

/* ---- boxes ---------------------------------------------------------------------------------------------------- */

/* Sets a field to a share of the set; a field that would be narrowed twice is. */
static int narrow(struct ptn_flow *f, enum ptn_pkt field, struct ptn_ranges *to)
{
    struct ptn_ranges *both = f->field[field] ? ptn_ranges_intersect(f->field[field], to) : ptn_ranges_ref(to);
    if (!both)
        return -ENOMEM;
    ptn_flow_take(f, field, both);
    return 0;
}

static int narrow_number(struct ptn_flow *f, enum ptn_pkt field, uint64_t lo, uint64_t hi)
{
    return ptn_flow_put_number(f, field, lo, hi);
}

/* What comes from outside, and does not claim to be this machine. */
static int outside(const struct maker *m, struct ptn_flow *f)
{
    *f = (struct ptn_flow){.family = m->family};
    int r = narrow(f, PTN_PKT_IIFNAME, m->ways);
    r = r < 0 ? r : narrow(f, PTN_PKT_SADDR, m->outside);
    return r < 0 ? r : narrow(f, PTN_PKT_DADDR, m->outside);
}

/* Puts a finished box into the list, unless making it failed (r) or it is empty. */
static int finish(struct ptn_boxes *list, struct ptn_flow *f, int r)
{
    bool empty = false;
    for (int i = 0; i < PTN_PKT_COUNT; i++)
        empty = empty || (f->field[i] && !f->field[i]->n);
    if (r == 0 && !empty)
        return ptn_boxes_push(list, f);
    ptn_flow_release(f);
    return r;
}

static int expect_lo(struct maker *m)
{
    static const uint8_t lo[16] = "lo";
    struct ptn_flow f = {.family = m->family};
    return finish(&m->to->accept, &f, ptn_flow_put(&f, PTN_PKT_IIFNAME, lo, lo));
}

/* ICMPv6 messages that the kernel never takes for part of a connection (nf_conntrack_proto_icmpv6.c). */
static const uint8_t untracked[][2] = {{130, 136}, {143, 143}};

static struct ptn_ranges *tracked_types(void)
{
    struct ptn_ranges *r = ptn_ranges_none(1);
    for (size_t i = 0; r && i < sizeof(untracked) / sizeof(*untracked); i++)
        if (append_number(&r, untracked[i][0], untracked[i][1]) < 0) {
            ptn_ranges_unref(r);
            return NULL;
        }
    return all_but(1, r);
}

/* Packets of some states, and of some protocols and types of message where these are not NULL. */
static int expect_states(struct maker *m, struct ptn_ranges *states, struct ptn_ranges *protos,
                         struct ptn_ranges *types)
{
    struct ptn_flow f;
    int r = outside(m, &f);
    r = r < 0 ? r : narrow(&f, PTN_PKT_CT_STATE, states);
    if (r == 0 && protos)
        r = narrow(&f, PTN_PKT_L4PROTO, protos);
    if (r == 0 && types)
        r = narrow(&f, PTN_PKT_ICMP_TYPE, types);
    return finish(&m->to->accept, &f, r);
}

static int expect_connections(struct maker *m)
{
    struct ptn_ranges *states = ptn_ranges_none(4), *types = tracked_types();
    struct ptn_ranges *messages = ptn_ranges_number(1, IPPROTO_ICMPV6, IPPROTO_ICMPV6);
    struct ptn_ranges *others = messages ? all_but(1, ptn_ranges_ref(messages)) : NULL;
    int r = states && types && others ? append_number(&states, STATE_ESTABLISHED, STATE_ESTABLISHED) : -ENOMEM;
    r = r < 0 ? r : append_number(&states, STATE_RELATED, STATE_RELATED);
    if (r == 0 && m->family == AF_INET) {
        r = expect_states(m, states, NULL, NULL);
    } else if (r == 0) {
        r = expect_states(m, states, others, NULL);
        r = r < 0 ? r : expect_states(m, states, messages, types);
    }
    ptn_ranges_unref(states);
    ptn_ranges_unref(types);
    ptn_ranges_unref(messages);
    ptn_ranges_unref(others);
    return r;
}

/* ---- ICMP: RFC 792, RFC 4890 section 4.4 --------------------------------------------------------------------- */

struct message {
    uint8_t family, lo, hi;
    bool neighbour;  /* hop limit 255: sent by a neighbour */
    bool link_local; /* from fe80::/10 */
};

static const struct message messages[] = {
    {AF_INET, 3, 3, false, false},      /* destination unreachable */
    {AF_INET, 8, 8, false, false},      /* echo */
    {AF_INET, 11, 12, false, false},    /* time exceeded, parameter problem */
    {AF_INET6, 1, 4, false, false},     /* unreachable, too big, time exceeded, parameter problem */
    {AF_INET6, 128, 128, false, false}, /* echo */
    {AF_INET6, 133, 136, true, false},  /* routers and neighbours */
    {AF_INET6, 130, 132, false, true},  /* multicast listeners */
    {AF_INET6, 143, 143, false, true},  /* the same, version 2 */
};

static int expect_message(struct maker *m, const struct message *e)
{
    struct ptn_flow f;
    uint8_t proto = m->family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;
    int r = outside(m, &f);
    r = r < 0 ? r : narrow_number(&f, PTN_PKT_L4PROTO, proto, proto);
    r = r < 0 ? r : narrow_number(&f, PTN_PKT_ICMP_TYPE, e->lo, e->hi);
    if (r == 0 && e->neighbour)
        r = narrow_number(&f, PTN_PKT_TTL, 255, 255);
    if (r == 0 && e->link_local)
        r = narrow(&f, PTN_PKT_SADDR, m->link_local);
    return finish(&m->to->accept, &f, r);
}

static int expect_messages(struct maker *m)
{
    int r = 0;
    for (size_t i = 0; i < sizeof(messages) / sizeof(*messages) && r == 0; i++)
        if (messages[i].family == m->family)
            r = expect_message(m, &messages[i]);
    return r;
}

/* RFC 8415 section 7.2 */
static int expect_dhcpv6(struct maker *m)
{
    struct ptn_flow f;
    if (m->family != AF_INET6)
        return 0;
    int r = outside(m, &f);
    r = r < 0 ? r : narrow(&f, PTN_PKT_CT_STATE, m->fresh);
    r = r < 0 ? r : narrow(&f, PTN_PKT_SADDR, m->link_local);
    r = r < 0 ? r : narrow(&f, PTN_PKT_DADDR, m->link_local);
    r = r < 0 ? r : narrow_number(&f, PTN_PKT_L4PROTO, IPPROTO_UDP, IPPROTO_UDP);
    r = r < 0 ? r : narrow_number(&f, PTN_PKT_SPORT, 547, 547);
    r = r < 0 ? r : narrow_number(&f, PTN_PKT_DPORT, 546, 546);
    return finish(&m->to->accept, &f, r);
}

static int open_ports(struct maker *m, struct ptn_flow *f, const struct ptn_opening *o)
{
    int r = outside(m, f);
    r = r < 0 ? r : narrow(f, PTN_PKT_CT_STATE, m->fresh);
    if (r == 0 && o->proto == 0)
        return narrow_number(f, PTN_PKT_L4PROTO, o->lo, o->hi);
    r = r < 0 ? r : narrow_number(f, PTN_PKT_L4PROTO, o->proto, o->proto);
    return r < 0 ? r : narrow_number(f, PTN_PKT_DPORT, o->lo, o->hi);
}

static int expect_ident(struct maker *m)
{
    static const struct ptn_opening ident = {IPPROTO_TCP, 113, 113};
    struct ptn_flow f;
    return finish(&m->to->reset, &f, open_ports(m, &f, &ident));
}

/* ---- permissions ----------------------------------------------------------------------------------------------- */

static int expect_from(struct maker *m, const struct ptn_opening *o, struct ptn_ranges *from, struct ptn_ranges *ways)
{
    struct ptn_flow f;
    int r = open_ports(m, &f, o);
    if (r == 0 && from)
        r = narrow(&f, PTN_PKT_SADDR, from);
    if (r == 0 && ways)
        r = narrow(&f, PTN_PKT_IIFNAME, ways);
    return finish(&m->to->accept, &f, r);
}

static struct ptn_ranges *names_of(const struct ptn_origin *zone)
{
    struct ptn_ranges *r = ptn_ranges_none(16);
    uint8_t lo[16], hi[16];
    for (size_t i = 0; r && i < zone->n_ifaces; i++)
        if (ptn_ifname_range(zone->ifaces[i], lo, hi) == 0 && ptn_ranges_append(&r, lo, hi) < 0) {
            ptn_ranges_unref(r);
            return NULL;
        }
    if (r)
        ptn_ranges_sort(r);
    return r;
}

static int expect_origin(struct maker *m, const struct ptn_opening *o, const struct ptn_origin *from)
{
    struct ptn_ranges *mine = m->family == AF_INET ? from->v4 : from->v6, *ways = NULL;
    if (!mine && (from->v4 || from->v6))
        return 0; /* only the other family's addresses */
    if (from->zone && !(ways = names_of(from)))
        return -ENOMEM;
    int r = expect_from(m, o, mine, ways);
    ptn_ranges_unref(ways);
    return r;
}

static int expect_opening(struct maker *m, const struct ptn_permit *p, const struct ptn_opening *o)
{
    struct ptn_ranges *mine = m->family == AF_INET ? p->v4 : p->v6;
    int r = p->anyone ? expect_from(m, o, NULL, NULL) : 0;
    if (r == 0 && mine)
        r = expect_from(m, o, mine, NULL);
    for (size_t i = 0; i < p->n_origins && r == 0; i++)
        r = expect_origin(m, o, p->origins[i]);
    return r;
}

static int expect_all(struct maker *m)
{
    int r = expect_lo(m);
    r = r < 0 ? r : expect_connections(m);
    r = r < 0 ? r : expect_messages(m);
    r = r < 0 ? r : expect_dhcpv6(m);
    r = r < 0 ? r : expect_ident(m);
    for (size_t i = 0; i < m->policy->n_permits && r == 0; i++)
        for (size_t k = 0; k < m->policy->permits[i].n_openings && r == 0; k++)
            r = expect_opening(m, &m->policy->permits[i], &m->policy->permits[i].openings[k]);
    return r;
}

int ptn_expected_make(struct ptn_expected *ret, const struct ptn_policy *p, uint8_t family)
{
    const bool v4 = family == AF_INET;
    struct maker m = {.policy = p, .to = ret, .family = family};
    *ret = (struct ptn_expected){0};
    m.outside = all_but(v4 ? 4 : 16, v4 ? prefix("127.0.0.0", 8) : prefix("::1", 128));
    m.ways = ptn_names_but_lo();
    m.link_local = v4 ? prefix("169.254.0.0", 16) : prefix("fe80::", 10);
    m.fresh = ptn_ranges_none(4);
    int r = m.outside && m.ways && m.link_local && m.fresh ? append_number(&m.fresh, STATE_NEW, STATE_NEW) : -ENOMEM;
    r = r < 0 ? r : append_number(&m.fresh, STATE_UNTRACKED, STATE_UNTRACKED);
    r = r < 0 ? r : expect_all(&m);
    ptn_ranges_unref(m.outside);
    ptn_ranges_unref(m.ways);
    ptn_ranges_unref(m.link_local);
    ptn_ranges_unref(m.fresh);
    if (r < 0)
        ptn_expected_release(ret);
    return r;
}
