#include "route.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "iface.h"

#define DUMP_MAX 50000 /* a full routing table is not worth waiting for */
#define KEPT_MAX 1000  /* of one family */

struct reader {
    struct ptn_space *space;
    unsigned seen, kept; /* of the family that is read */
    unsigned standard;   /* rules found: bits of enum standard */
};

/* ---- where a route leads --------------------------------------------------------------------------------- */

static void mark_default(struct ptn_space *space, uint32_t index, int family)
{
    for (size_t i = 0; i < space->links.n; i++) {
        struct ptn_link_seen *l = PTN_AT(struct ptn_link_seen, &space->links, i);
        if (l->pub.index != index)
            continue;
        l->pub.default_v4 |= family == AF_INET;
        l->pub.default_v6 |= family == AF_INET6;
    }
}

/* Steps through the ways of one route. Result: whether there was one more. */
static bool next_hop(const char **p, size_t *left, struct rtnexthop *hop)
{
    if (*left < sizeof(*hop))
        return false;
    memcpy(hop, *p, sizeof(*hop));
    size_t step = RTNH_ALIGN(hop->rtnh_len);
    if (hop->rtnh_len < sizeof(*hop) || step > *left)
        return false;
    *p += step;
    *left -= step;
    return true;
}

static void mark_hops(struct ptn_space *space, const struct nlattr *hops, int family)
{
    const char *p = mnl_attr_get_payload(hops);
    size_t left = mnl_attr_get_payload_len(hops);
    struct rtnexthop hop;
    while (next_hop(&p, &left, &hop))
        mark_default(space, (uint32_t)hop.rtnh_ifindex, family);
}

/* The first way that is not dead, or 0. */
static uint32_t first_hop(const struct nlattr *hops)
{
    const char *p = mnl_attr_get_payload(hops);
    size_t left = mnl_attr_get_payload_len(hops);
    struct rtnexthop hop;
    while (next_hop(&p, &left, &hop))
        if (!(hop.rtnh_flags & RTNH_F_DEAD))
            return (uint32_t)hop.rtnh_ifindex;
    return 0;
}

/* VPNs like to write the default route as two halves (0/1 and 128/1), and 2000::/3 is all of the IPv6 internet. */
static bool is_default(const struct rtmsg *m)
{
    return m->rtm_type == RTN_UNICAST && m->rtm_dst_len <= (m->rtm_family == AF_INET ? 1 : 3);
}

/* ---- one route --------------------------------------------------------------------------------------------- */

/* Those that the two tables of the standard rules say to the traffic of others. */
static bool worth_keeping(const struct rtmsg *m, const struct nlattr *const *at)
{
    uint32_t table = at[RTA_TABLE] ? ptn_nl_u32(at[RTA_TABLE]) : m->rtm_table;
    return (table == RT_TABLE_MAIN || table == RT_TABLE_DEFAULT) && !(m->rtm_flags & (RTM_F_CLONED | RTNH_F_DEAD));
}

static bool leads_somewhere(unsigned type)
{
    return type != RTN_BLACKHOLE && type != RTN_UNREACHABLE && type != RTN_PROHIBIT && type != RTN_THROW;
}

static bool put_target(struct ptn_addr *to, const struct rtmsg *m, const struct nlattr *dst)
{
    size_t size = m->rtm_family == AF_INET ? 4 : 16;
    to->family = m->rtm_family;
    if (m->rtm_dst_len > size * 8 || (dst ? mnl_attr_get_payload_len(dst) < size : m->rtm_dst_len > 0))
        return false;
    if (dst)
        memcpy(to->bytes, mnl_attr_get_payload(dst), size);
    return true;
}

/* A route that depends on more than the target cannot be told here. */
static int keep(struct reader *r, const struct rtmsg *m, const struct nlattr *const *at)
{
    struct ptn_route route = {.prefix = m->rtm_dst_len, .type = m->rtm_type, .metric = ptn_nl_u32(at[RTA_PRIORITY])};
    if (leads_somewhere(m->rtm_type))
        route.ifindex = at[RTA_MULTIPATH] ? first_hop(at[RTA_MULTIPATH]) : ptn_nl_u32(at[RTA_OIF]);
    bool sound = put_target(&route.to, m, at[RTA_DST]) && m->rtm_src_len == 0 && m->rtm_tos == 0 &&
                 (route.ifindex || !leads_somewhere(m->rtm_type));
    if (!sound || r->kept >= KEPT_MAX) {
        r->space->pub.routes_partial = true;
        return 0;
    }
    struct ptn_route *slot = ptn_array_add(&r->space->routes, sizeof(*slot));
    if (!slot)
        return -ENOMEM;
    *slot = route;
    r->kept++;
    return 0;
}

static int each_route(void *ctx, const struct nlmsghdr *h)
{
    struct reader *r = ctx;
    const struct rtmsg *m = mnl_nlmsg_get_payload(h);
    if (h->nlmsg_type != RTM_NEWROUTE || mnl_nlmsg_get_payload_len(h) < sizeof(*m) ||
        (m->rtm_family != AF_INET && m->rtm_family != AF_INET6))
        return 0;
    if (++r->seen > DUMP_MAX)
        return -EOVERFLOW;
    if (m->rtm_table == RT_TABLE_LOCAL)
        return 0;
    const struct nlattr *at[RTA_TABLE + 1];
    ptn_nl_attrs(h, sizeof(*m), at, RTA_TABLE + 1);
    if (is_default(m) && at[RTA_OIF])
        mark_default(r->space, ptn_nl_u32(at[RTA_OIF]), m->rtm_family);
    if (is_default(m) && at[RTA_MULTIPATH])
        mark_hops(r->space, at[RTA_MULTIPATH], m->rtm_family);
    return worth_keeping(m, at) ? keep(r, m, at) : 0;
}

/* ---- rules --------------------------------------------------------------------------------------------------- */

/* What every namespace begins with: all packets ask the table of local addresses, then main, then default. */
static const struct standard {
    uint32_t priority, table;
    uint8_t family;
    bool may_miss;
} standard[] = {
    {0, RT_TABLE_LOCAL, AF_INET, false},      {32766, RT_TABLE_MAIN, AF_INET, false},
    {32767, RT_TABLE_DEFAULT, AF_INET, true}, {0, RT_TABLE_LOCAL, AF_INET6, false},
    {32766, RT_TABLE_MAIN, AF_INET6, false},
};
#define STANDARD (sizeof(standard) / sizeof(*standard))

/* Attributes with which a rule chooses its packets. */
static const uint8_t selectors[] = {FRA_DST,         FRA_SRC,         FRA_IIFNAME, FRA_OIFNAME,   FRA_FWMARK,
                                    FRA_FWMASK,      FRA_L3MDEV,      FRA_TUN_ID,  FRA_UID_RANGE, FRA_IP_PROTO,
                                    FRA_SPORT_RANGE, FRA_DPORT_RANGE, FRA_GOTO};

static bool for_all_packets(const struct fib_rule_hdr *m, const struct nlattr *const *at)
{
    for (size_t i = 0; i < sizeof(selectors); i++)
        if (at[selectors[i]])
            return false;
    bool suppressing = at[FRA_SUPPRESS_PREFIXLEN] && ptn_nl_u32(at[FRA_SUPPRESS_PREFIXLEN]) != UINT32_MAX;
    return m->action == FR_ACT_TO_TBL && !(m->flags & FIB_RULE_INVERT) && m->src_len == 0 && m->dst_len == 0 &&
           m->tos == 0 && !suppressing;
}

static int each_rule(void *ctx, const struct nlmsghdr *h)
{
    struct reader *r = ctx;
    const struct fib_rule_hdr *m = mnl_nlmsg_get_payload(h);
    if (h->nlmsg_type != RTM_NEWRULE || mnl_nlmsg_get_payload_len(h) < sizeof(*m) ||
        (m->family != AF_INET && m->family != AF_INET6))
        return 0;
    const struct nlattr *at[FRA_DPORT_RANGE + 1];
    ptn_nl_attrs(h, sizeof(*m), at, FRA_DPORT_RANGE + 1);
    uint32_t priority = ptn_nl_u32(at[FRA_PRIORITY]), table = at[FRA_TABLE] ? ptn_nl_u32(at[FRA_TABLE]) : m->table;
    for (unsigned i = 0; i < STANDARD; i++)
        if (standard[i].priority == priority && standard[i].table == table && standard[i].family == m->family &&
            for_all_packets(m, at)) {
            r->standard |= 1u << i;
            return 0;
        }
    r->space->pub.routes_partial = true;
    return 0;
}

/* A family without any rule is one that the kernel has not. */
static bool one_is_missing(unsigned found)
{
    unsigned families = 0;
    for (unsigned i = 0; i < STANDARD; i++)
        families |= found & 1u << i ? 1u << (standard[i].family == AF_INET6) : 0;
    for (unsigned i = 0; i < STANDARD; i++)
        if (!standard[i].may_miss && families & 1u << (standard[i].family == AF_INET6) && !(found & 1u << i))
            return true;
    return found == 0;
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

static int dump_routes(struct ptn_nl *nl, struct reader *r, uint8_t family)
{
    _Alignas(struct nlmsghdr) char buf[PTN_NL_REQUEST];
    struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
    h->nlmsg_type = RTM_GETROUTE;
    struct rtmsg *m = mnl_nlmsg_put_extra_header(h, sizeof(*m));
    m->rtm_family = family;
    r->seen = r->kept = 0;
    return ptn_nl_dump(nl, h, each_route, r);
}

static int dump_rules(struct ptn_nl *nl, struct reader *r)
{
    _Alignas(struct nlmsghdr) char buf[PTN_NL_REQUEST];
    struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
    h->nlmsg_type = RTM_GETRULE;
    mnl_nlmsg_put_extra_header(h, sizeof(struct fib_rule_hdr)); /* of every family */
    int code = ptn_nl_dump(nl, h, each_rule, r);
    if (code == -EOPNOTSUPP) /* a kernel without rules, which asks the tables in that order */
        return 0;
    r->space->pub.routes_partial |= one_is_missing(r->standard);
    return code;
}

/* IPv6 routes are walked leaves first, so the default route may come last: IPv4 is done before. */
int ptn_route_read(struct ptn_nl *nl, struct ptn_space *space)
{
    struct reader r = {.space = space};
    int code = dump_rules(nl, &r);
    if (code == 0)
        code = dump_routes(nl, &r, AF_INET);
    if (code == 0)
        code = dump_routes(nl, &r, AF_INET6);
    if (code < 0)
        space->pub.routes_partial = true;
    return code;
}

static int specific_first(const void *a, const void *b)
{
    const struct ptn_route *x = a, *y = b;
    if (x->prefix != y->prefix)
        return x->prefix > y->prefix ? -1 : 1;
    if (x->metric != y->metric)
        return x->metric < y->metric ? -1 : 1;
    return x->to.family != y->to.family ? (x->to.family < y->to.family ? -1 : 1)
                                        : memcmp(x->to.bytes, y->to.bytes, sizeof(x->to.bytes));
}

int ptn_route_freeze(struct ptn_snapshot *s, struct ptn_space *space)
{
    size_t n = space->routes.n;
    struct ptn_route *routes = ptn_arena_alloc(&s->arena, (n ? n : 1) * sizeof(*routes));
    if (!routes)
        return -ENOMEM;
    if (n) {
        memcpy(routes, space->routes.items, n * sizeof(*routes));
        qsort(routes, n, sizeof(*routes), specific_first);
    }
    space->pub.routes = routes;
    space->pub.n_routes = n;
    return 0;
}
