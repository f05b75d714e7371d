/* The words that nft prints for numbers: nft(8), and the headers of Linux that its words come from. */
#include <string.h>

#include "json.h"

struct symbol {
    const char *word;
    uint32_t value;
};

#define END                                                                                                            \
    {                                                                                                                  \
        NULL, 0                                                                                                        \
    }

static const struct symbol nfprotos[] = {{"ipv4", 2}, {"ipv6", 10}, END};
static const struct symbol ethertypes[] = {{"ip", 2}, {"ip6", 10}, END};
static const struct symbol groups[] = {{"default", 0}, END};
static const struct symbol directions[] = {{"original", 0}, {"reply", 1}, END};
static const struct symbol pkttypes[] = {{"host", 0},      {"unicast", 0}, {"broadcast", 1},
                                         {"multicast", 2}, {"other", 3},   END};
static const struct symbol states[] = {{"invalid", 1}, {"established", 2}, {"related", 4},
                                       {"new", 8},     {"untracked", 64},  END};
static const struct symbol statuses[] = {{"expected", 1}, {"seen-reply", 2}, {"assured", 4}, {"confirmed", 8},
                                         {"snat", 16},    {"dnat", 32},      {"dying", 512}, END};
static const struct symbol tcp_flags[] = {{"fin", 1},  {"syn", 2},  {"rst", 4},   {"psh", 8}, {"ack", 16},
                                          {"urg", 32}, {"ecn", 64}, {"cwr", 128}, END};
static const struct symbol addrtypes[] = {
    {"unspec", 0},    {"unicast", 1},   {"local", 2},       {"broadcast", 3}, {"anycast", 4},
    {"multicast", 5}, {"blackhole", 6}, {"unreachable", 7}, {"prohibit", 8},  END};
static const struct symbol icmp_types[] = {
    {"echo-reply", 0},         {"destination-unreachable", 3}, {"source-quench", 4},        {"redirect", 5},
    {"echo-request", 8},       {"router-advertisement", 9},    {"router-solicitation", 10}, {"time-exceeded", 11},
    {"parameter-problem", 12}, {"timestamp-request", 13},      {"timestamp-reply", 14},     {"info-request", 15},
    {"info-reply", 16},        {"address-mask-request", 17},   {"address-mask-reply", 18},  END};
static const struct symbol icmp_codes[] = {{"net-unreachable", 0},  {"host-unreachable", 1},  {"prot-unreachable", 2},
                                           {"port-unreachable", 3}, {"frag-needed", 4},       {"net-prohibited", 9},
                                           {"host-prohibited", 10}, {"admin-prohibited", 13}, END};
static const struct symbol icmpv6_types[] = {{"destination-unreachable", 1}, {"packet-too-big", 2},
                                             {"time-exceeded", 3},           {"parameter-problem", 4},
                                             {"echo-request", 128},          {"echo-reply", 129},
                                             {"mld-listener-query", 130},    {"mld-listener-report", 131},
                                             {"mld-listener-done", 132},     {"mld-listener-reduction", 132},
                                             {"nd-router-solicit", 133},     {"nd-router-advert", 134},
                                             {"nd-neighbor-solicit", 135},   {"nd-neighbor-advert", 136},
                                             {"nd-redirect", 137},           {"router-renumbering", 138},
                                             {"ind-neighbor-solicit", 141},  {"ind-neighbor-advert", 142},
                                             {"mld2-listener-report", 143},  END};
static const struct symbol icmpv6_codes[] = {{"no-route", 0},
                                             {"admin-prohibited", 1},
                                             {"addr-unreachable", 3},
                                             {"port-unreachable", 4},
                                             {"policy-fail", 5},
                                             {"reject-route", 6},
                                             END};
static const struct symbol icmpx_codes[] = {
    {"no-route", 0}, {"port-unreachable", 1}, {"host-unreachable", 2}, {"admin-prohibited", 3}, END};
static const struct symbol dscps[] = {
    {"cs0", 0},   {"df", 0},    {"be", 0},    {"lephb", 1}, {"cs1", 8},   {"af11", 10}, {"af12", 12},
    {"af13", 14}, {"cs2", 16},  {"af21", 18}, {"af22", 20}, {"af23", 22}, {"cs3", 24},  {"af31", 26},
    {"af32", 28}, {"af33", 30}, {"cs4", 32},  {"af41", 34}, {"af42", 36}, {"af43", 38}, {"cs5", 40},
    {"va", 44},   {"ef", 46},   {"cs6", 48},  {"cs7", 56},  END};

static const struct symbol *const symbols[PTN_NFT_TYPE_COUNT] = {
    [PTN_NFT_NFPROTO] = nfprotos,         [PTN_NFT_ETHERTYPE] = ethertypes,   [PTN_NFT_GROUP] = groups,
    [PTN_NFT_CT_DIR] = directions,        [PTN_NFT_PKTTYPE] = pkttypes,       [PTN_NFT_CT_STATE] = states,
    [PTN_NFT_CT_STATUS] = statuses,       [PTN_NFT_TCP_FLAG] = tcp_flags,     [PTN_NFT_FIB] = addrtypes,
    [PTN_NFT_ICMP_TYPE] = icmp_types,     [PTN_NFT_ICMP_CODE] = icmp_codes,   [PTN_NFT_ICMPV6_TYPE] = icmpv6_types,
    [PTN_NFT_ICMPV6_CODE] = icmpv6_codes, [PTN_NFT_ICMPX_CODE] = icmpx_codes, [PTN_NFT_DSCP] = dscps,
};

int ptn_nft_symbol_value(enum ptn_nft_type type, const char *word, uint32_t *ret)
{
    for (const struct symbol *s = symbols[type]; s && s->word; s++)
        if (strcmp(s->word, word) == 0) {
            *ret = s->value;
            return 0;
        }
    return PTN_NFT_UNCLEAR;
}

const char *ptn_nft_symbol(enum ptn_nft_type type, uint32_t value)
{
    for (const struct symbol *s = symbols[type]; s && s->word; s++)
        if (s->value == value)
            return s->word;
    return NULL;
}
