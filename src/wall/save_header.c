/* Matches on what stands in the packet: ports, flags, types, header fields. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "save.h"

/* ---- ports and TCP flags ------------------------------------------------------------------------------------- */

static int take_port(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    const char *text = ptn_save_arg(g, 0);
    uint64_t lo, hi;
    if (ptn_save_range(text, strlen(text), ':', UINT16_MAX, &lo, &hi))
        return PTN_SAVE_UNCLEAR;
    return ptn_save_test(r, (enum ptn_pkt)g->option->a, lo, hi, g->negate);
}

/* "22,80:90", in order. Result: 0, PTN_SAVE_UNCLEAR, -ENOMEM. */
static int read_ports(const char *at, struct ptn_ranges **ret)
{
    const char *item;
    uint8_t bounds[4];
    int e = (*ret = ptn_ranges_none(2)) ? 0 : -ENOMEM;
    for (size_t len; e == 0 && (len = ptn_save_item(&at, &item)) > 0;) {
        uint64_t lo, hi;
        e = ptn_save_range(item, len, ':', UINT16_MAX, &lo, &hi);
        if (e || lo > hi)
            continue;
        ptn_save_bytes(bounds, 2, lo);
        ptn_save_bytes(bounds + 2, 2, hi);
        e = ptn_ranges_append(ret, bounds, bounds + 2);
    }
    if (e)
        ptn_ranges_unref(*ret);
    else
        ptn_ranges_sort(*ret);
    return e;
}

static int test_ranges(struct ptn_save_rule *r, enum ptn_pkt f, const struct ptn_ranges *ranges, bool negate)
{
    struct ptn_set *s = ptn_save_set(r, ranges->width);
    uint8_t bounds[2 * PTN_RANGES_WIDTH];
    int e = s ? 0 : -ENOMEM;
    for (uint32_t i = 0; e == 0 && i < ranges->n; i++) {
        memcpy(bounds, ptn_ranges_lo(ranges, i), ranges->width);
        memcpy(bounds + ranges->width, ptn_ranges_hi(ranges, i), ranges->width);
        e = ptn_set_add(s, bounds, NULL, false);
    }
    return e < 0 ? e : ptn_save_test_set(r, f, s, negate);
}

static int take_ports(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    struct ptn_ranges *ports;
    int e = read_ports(ptn_save_arg(g, 0), &ports);
    if (e)
        return e;
    e = test_ranges(r, (enum ptn_pkt)g->option->a, ports, g->negate);
    ptn_ranges_unref(ports);
    return e;
}

static uint64_t port_of(const uint8_t *p)
{
    return (uint64_t)p[0] << 8 | p[1];
}

/* Every pair of a range of `first` with one of `second`. */
static int add_pairs(struct ptn_set *s, const struct ptn_ranges *first, const struct ptn_ranges *second)
{
    int e = 0;
    for (uint32_t i = 0; i < first->n; i++)
        for (uint32_t k = 0; e == 0 && k < second->n; k++) {
            uint64_t lo[2] = {port_of(ptn_ranges_lo(first, i)), port_of(ptn_ranges_lo(second, k))};
            uint64_t hi[2] = {port_of(ptn_ranges_hi(first, i)), port_of(ptn_ranges_hi(second, k))};
            e = ptn_save_add_pair(s, lo, hi);
        }
    return e;
}

/* The source port is one of them, or it is none and the destination port is one. */
static int test_either(struct ptn_save_rule *r, const struct ptn_ranges *ports)
{
    static const enum ptn_pkt fields[2] = {PTN_PKT_SPORT, PTN_PKT_DPORT};
    struct ptn_set *s = ptn_save_pair_set(r, fields);
    struct ptn_ranges *all = ptn_ranges_all(2), *others = all ? ptn_ranges_without(all, ports) : NULL;
    int e = s && others ? add_pairs(s, ports, all) : -ENOMEM;
    e = e < 0 ? e : add_pairs(s, others, ports);
    ptn_ranges_unref(all);
    ptn_ranges_unref(others);
    return e < 0 ? e : ptn_save_test_pair(r, fields, UINT32_MAX, s, false);
}

static int take_either(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    struct ptn_ranges *ports;
    int e = read_ports(ptn_save_arg(g, 0), &ports);
    if (e)
        return e;
    if (g->negate) {
        e = test_ranges(r, PTN_PKT_SPORT, ports, true);
        e = e < 0 ? e : test_ranges(r, PTN_PKT_DPORT, ports, true);
    } else {
        e = test_either(r, ports);
    }
    ptn_ranges_unref(ports);
    return e;
}

static int read_flags(const char *at, uint32_t *ret)
{
    static const struct ptn_save_named flags[] = {{"FIN", 1},  {"SYN", 2},  {"RST", 4},  {"PSH", 8}, {"ACK", 16},
                                                  {"URG", 32}, {"ALL", 63}, {"NONE", 0}, {NULL, 0}};
    const char *item;
    *ret = 0;
    for (size_t len; (len = ptn_save_item(&at, &item)) > 0;) {
        int bit = ptn_save_named(flags, item, len);
        if (bit < 0)
            return PTN_SAVE_UNCLEAR;
        *ret |= (uint32_t)bit;
    }
    return 0;
}

static int take_flags(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    uint32_t mask, value;
    if (read_flags(ptn_save_arg(g, 0), &mask) || read_flags(ptn_save_arg(g, 1), &value))
        return PTN_SAVE_UNCLEAR;
    return ptn_save_test_mask(r, PTN_PKT_TCPFLAGS, value, mask, g->negate);
}

static int take_syn(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    return ptn_save_test_mask(r, PTN_PKT_TCPFLAGS, 2, 1 | 2 | 4 | 16, g->negate);
}

static int take_unclear(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    (void)r;
    (void)g;
    return PTN_SAVE_UNCLEAR;
}

/* ---- ICMP ------------------------------------------------------------------------------------------------------ */

static int take_icmp(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    static const enum ptn_pkt fields[2] = {PTN_PKT_ICMP_TYPE, PTN_PKT_ICMP_CODE};
    struct ptn_save_icmp t;
    if (ptn_save_icmp(r->family, ptn_save_arg(g, 0), &t))
        return PTN_SAVE_UNCLEAR;
    if (t.any && !g->negate)
        return 0;
    if (t.any || !t.has_code)
        return ptn_save_test(r, PTN_PKT_ICMP_TYPE, t.any ? 0 : t.type, t.any ? UINT8_MAX : t.type, g->negate);
    struct ptn_set *s = ptn_save_pair_set(r, fields);
    const uint64_t pair[2] = {t.type, t.code};
    int e = s ? ptn_save_add_pair(s, pair, pair) : -ENOMEM;
    return e < 0 ? e : ptn_save_test_pair(r, fields, UINT32_MAX, s, g->negate);
}

/* ---- the IP header --------------------------------------------------------------------------------------------- */

static int take_addresses(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    uint8_t lo[PTN_RANGES_WIDTH], hi[PTN_RANGES_WIDTH];
    const char *text = ptn_save_arg(g, 0);
    if (ptn_save_addresses(r->family, text, strlen(text), lo, hi))
        return PTN_SAVE_UNCLEAR;
    return ptn_save_test_span(r, (enum ptn_pkt)g->option->a, lo, hi, g->negate);
}

/* a: the field, b: how the number is meant */
enum { EQUAL, LESS, GREATER };

static int take_octet(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    const char *text = ptn_save_arg(g, 0);
    uint64_t n, lo = 0, hi = UINT8_MAX;
    if (ptn_save_number(text, strlen(text), UINT8_MAX, &n))
        return PTN_SAVE_UNCLEAR;
    if (g->option->b == EQUAL)
        lo = hi = n;
    else if ((g->option->b == LESS && n == 0) || (g->option->b == GREATER && n == UINT8_MAX))
        lo = 1, hi = 0;
    else if (g->option->b == LESS)
        hi = n - 1;
    else
        lo = n + 1;
    return ptn_save_test(r, (enum ptn_pkt)g->option->a, lo, hi, g->negate);
}

/* The upper six bits of the octet are the DSCP; the others the model does not have. */
static int take_tos(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    uint32_t value, mask;
    if (ptn_save_masked(ptn_save_arg(g, 0), &value, &mask) || mask & 3 || value & ~mask)
        return PTN_SAVE_UNCLEAR;
    return ptn_save_test_mask(r, PTN_PKT_DSCP, (value & 0xff) >> 2, (mask & 0xff) >> 2, g->negate);
}

static int take_length(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    const char *text = ptn_save_arg(g, 0);
    uint64_t lo, hi;
    if (ptn_save_range(text, strlen(text), ':', UINT16_MAX, &lo, &hi))
        return PTN_SAVE_UNCLEAR;
    return ptn_save_test(r, PTN_PKT_LENGTH, lo, hi, g->negate);
}

/* Of IPv6 extension headers it is known only whether there is any: without one these do not match. */
static int finish_header(struct ptn_save_rule *r, const struct ptn_save_block *b)
{
    int e = r->family == AF_INET6 ? ptn_save_test(r, PTN_PKT_EXTHDR, 1, 1, false) : 0;
    (void)b;
    return e < 0 ? e : PTN_SAVE_UNCLEAR;
}

static int finish_headers(struct ptn_save_rule *r, const struct ptn_save_block *b)
{
    const struct ptn_save_given *g = ptn_save_has(r, b, "--header");
    const char *at = g && g->n_args && !g->negate ? ptn_save_arg(g, 0) : "", *item;
    bool some = false, all = true;
    for (size_t len; (len = ptn_save_item(&at, &item)) > 0; some = true) {
        static const struct ptn_save_named headers[] = {
            {"hop", 1},        {"dst", 1},       {"route", 1},      {"frag", 1},      {"auth", 1}, {"esp", 1},
            {"hop-by-hop", 1}, {"ipv6-opts", 1}, {"ipv6-route", 1}, {"ipv6-frag", 1}, {"ah", 1},   {NULL, 0}};
        all = all && ptn_save_named(headers, item, len) > 0;
    }
    return some && all ? finish_header(r, b) : PTN_SAVE_UNCLEAR;
}

/* ---- the tables -------------------------------------------------------------------------------------------------- */

#define PORT_OPTIONS                                                                                                   \
    {"--dport", 1, take_port, PTN_PKT_DPORT, 0}, {"--sport", 1, take_port, PTN_PKT_SPORT, 0},                          \
        {"--destination-port", 1, take_port, PTN_PKT_DPORT, 0},                                                        \
    {                                                                                                                  \
        "--source-port", 1, take_port, PTN_PKT_SPORT, 0                                                                \
    }

static const struct ptn_save_option tcp[] = {PORT_OPTIONS,
                                             {"--tcp-flags", 2, take_flags, 0, 0},
                                             {"--syn", 0, take_syn, 0, 0},
                                             {"--tcp-option", 1, take_unclear, 0, 0},
                                             {.name = NULL}};
static const struct ptn_save_option ports[] = {PORT_OPTIONS, {.name = NULL}};
static const struct ptn_save_option sctp[] = {PORT_OPTIONS, {"--chunk-types", 2, take_unclear, 0, 0}, {.name = NULL}};
static const struct ptn_save_option dccp[] = {
    PORT_OPTIONS, {"--dccp-types", 1, take_unclear, 0, 0}, {"--dccp-option", 1, take_unclear, 0, 0}, {.name = NULL}};
static const struct ptn_save_option multiport[] = {{"--dports", 1, take_ports, PTN_PKT_DPORT, 0},
                                                   {"--sports", 1, take_ports, PTN_PKT_SPORT, 0},
                                                   {"--ports", 1, take_either, 0, 0},
                                                   {"--destination-ports", 1, take_ports, PTN_PKT_DPORT, 0},
                                                   {"--source-ports", 1, take_ports, PTN_PKT_SPORT, 0},
                                                   {.name = NULL}};
static const struct ptn_save_option icmp[] = {{"--icmp-type", 1, take_icmp, 0, 0}, {.name = NULL}};
static const struct ptn_save_option icmp6[] = {{"--icmpv6-type", 1, take_icmp, 0, 0}, {.name = NULL}};
static const struct ptn_save_option iprange[] = {{"--src-range", 1, take_addresses, PTN_PKT_SADDR, 0},
                                                 {"--dst-range", 1, take_addresses, PTN_PKT_DADDR, 0},
                                                 {.name = NULL}};
static const struct ptn_save_option ttl[] = {{"--ttl-eq", 1, take_octet, PTN_PKT_TTL, EQUAL},
                                             {"--ttl-lt", 1, take_octet, PTN_PKT_TTL, LESS},
                                             {"--ttl-gt", 1, take_octet, PTN_PKT_TTL, GREATER},
                                             {.name = NULL}};
static const struct ptn_save_option hl[] = {{"--hl-eq", 1, take_octet, PTN_PKT_TTL, EQUAL},
                                            {"--hl-lt", 1, take_octet, PTN_PKT_TTL, LESS},
                                            {"--hl-gt", 1, take_octet, PTN_PKT_TTL, GREATER},
                                            {.name = NULL}};
static const struct ptn_save_option dscp[] = {{"--dscp", 1, take_octet, PTN_PKT_DSCP, EQUAL}, {.name = NULL}};
static const struct ptn_save_option tos[] = {{"--tos", 1, take_tos, 0, 0}, {.name = NULL}};
static const struct ptn_save_option length[] = {{"--length", 1, take_length, 0, 0}, {.name = NULL}};

const struct ptn_save_extension ptn_save_headers[] = {
    {.name = "tcp", .options = tcp, .proto = IPPROTO_TCP},
    {.name = "udp", .options = ports, .proto = IPPROTO_UDP},
    {.name = "multiport", .options = multiport},
    {.name = "icmp", .options = icmp, .proto = IPPROTO_ICMP},
    {.name = "icmp6", .options = icmp6, .proto = IPPROTO_ICMPV6},
    {.name = "icmpv6", .options = icmp6, .proto = IPPROTO_ICMPV6},
    {.name = "sctp", .options = sctp, .proto = IPPROTO_SCTP},
    {.name = "udplite", .options = ports, .proto = IPPROTO_UDPLITE},
    {.name = "dccp", .options = dccp, .proto = IPPROTO_DCCP},
    {.name = "iprange", .options = iprange},
    {.name = "ttl", .options = ttl},
    {.name = "hl", .options = hl},
    {.name = "dscp", .options = dscp},
    {.name = "tos", .options = tos},
    {.name = "length", .options = length},
    {.name = "rt", .finish = finish_header},
    {.name = "frag", .finish = finish_header},
    {.name = "hbh", .finish = finish_header},
    {.name = "dst", .finish = finish_header},
    {.name = "srh", .finish = finish_header},
    {.name = "ah", .finish = finish_header},
    {.name = "ipv6header", .finish = finish_headers},
    {.name = NULL},
};
