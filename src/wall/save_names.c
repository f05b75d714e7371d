/* Names that iptables-save writes for numbers, or that people write for them. */
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "save.h"

/* As /etc/protocols and iptables name them. */
static const struct ptn_save_named protocols[] = {
    {"tcp", 6},         {"udp", 17},         {"icmp", 1},        {"ipv6-icmp", 58},
    {"icmpv6", 58},     {"icmp6", 58},       {"all", 0},         {"ip", 0},
    {"esp", 50},        {"ah", 51},          {"gre", 47},        {"sctp", 132},
    {"udplite", 136},   {"dccp", 33},        {"igmp", 2},        {"ospf", 89},
    {"vrrp", 112},      {"pim", 103},        {"ipv6", 41},       {"ipencap", 4},
    {"ipip", 94},       {"l2tp", 115},       {"ipcomp", 108},    {"mobility-header", 135},
    {"ipv6-mh", 135},   {"mh", 135},         {"ipv6-route", 43}, {"ipv6-frag", 44},
    {"ipv6-nonxt", 59}, {"ipv6-opts", 60},   {"ggp", 3},         {"st", 5},
    {"egp", 8},         {"igp", 9},          {"pup", 12},        {"hmp", 20},
    {"xns-idp", 22},    {"rdp", 27},         {"iso-tp4", 29},    {"xtp", 36},
    {"ddp", 37},        {"idpr-cmtp", 38},   {"idrp", 45},       {"rsvp", 46},
    {"skip", 57},       {"rspf", 73},        {"vmtp", 81},       {"eigrp", 88},
    {"ax.25", 93},      {"etherip", 97},     {"encap", 98},      {"isis", 124},
    {"fc", 133},        {"mpls-in-ip", 137}, {"manet", 138},     {"hip", 139},
    {"shim6", 140},     {"wesp", 141},       {"rohc", 142},      {"ethernet", 143},
    {NULL, 0},
};

int ptn_save_proto(const char *text)
{
    uint64_t n;
    if (ptn_save_number(text, strlen(text), UINT8_MAX, &n) == 0)
        return (int)n;
    return ptn_save_named(protocols, text, strlen(text));
}

/* type * 256 + code; code 255: any */
#define ANY(type) ((type)*256 + 255)
#define ONE(type, code) ((type)*256 + (code))

static const struct ptn_save_named icmp_types[] = {
    {"any", ANY(255)},
    {"echo-reply", ANY(0)},
    {"pong", ANY(0)},
    {"destination-unreachable", ANY(3)},
    {"network-unreachable", ONE(3, 0)},
    {"host-unreachable", ONE(3, 1)},
    {"protocol-unreachable", ONE(3, 2)},
    {"port-unreachable", ONE(3, 3)},
    {"fragmentation-needed", ONE(3, 4)},
    {"source-route-failed", ONE(3, 5)},
    {"network-unknown", ONE(3, 6)},
    {"host-unknown", ONE(3, 7)},
    {"network-prohibited", ONE(3, 9)},
    {"host-prohibited", ONE(3, 10)},
    {"TOS-network-unreachable", ONE(3, 11)},
    {"TOS-host-unreachable", ONE(3, 12)},
    {"communication-prohibited", ONE(3, 13)},
    {"host-precedence-violation", ONE(3, 14)},
    {"precedence-cutoff", ONE(3, 15)},
    {"source-quench", ANY(4)},
    {"redirect", ANY(5)},
    {"network-redirect", ONE(5, 0)},
    {"host-redirect", ONE(5, 1)},
    {"TOS-network-redirect", ONE(5, 2)},
    {"TOS-host-redirect", ONE(5, 3)},
    {"echo-request", ANY(8)},
    {"ping", ANY(8)},
    {"router-advertisement", ANY(9)},
    {"router-solicitation", ANY(10)},
    {"time-exceeded", ANY(11)},
    {"ttl-exceeded", ANY(11)},
    {"ttl-zero-during-transit", ONE(11, 0)},
    {"ttl-zero-during-reassembly", ONE(11, 1)},
    {"parameter-problem", ANY(12)},
    {"ip-header-bad", ONE(12, 0)},
    {"required-option-missing", ONE(12, 1)},
    {"timestamp-request", ANY(13)},
    {"timestamp-reply", ANY(14)},
    {"address-mask-request", ANY(17)},
    {"address-mask-reply", ANY(18)},
    {NULL, 0},
};

static const struct ptn_save_named icmpv6_types[] = {
    {"destination-unreachable", ANY(1)},
    {"no-route", ONE(1, 0)},
    {"communication-prohibited", ONE(1, 1)},
    {"beyond-scope", ONE(1, 2)},
    {"address-unreachable", ONE(1, 3)},
    {"port-unreachable", ONE(1, 4)},
    {"failed-policy", ONE(1, 5)},
    {"reject-route", ONE(1, 6)},
    {"packet-too-big", ANY(2)},
    {"time-exceeded", ANY(3)},
    {"ttl-exceeded", ANY(3)},
    {"ttl-zero-during-transit", ONE(3, 0)},
    {"ttl-zero-during-reassembly", ONE(3, 1)},
    {"parameter-problem", ANY(4)},
    {"bad-header", ONE(4, 0)},
    {"unknown-header-type", ONE(4, 1)},
    {"unknown-option", ONE(4, 2)},
    {"echo-request", ANY(128)},
    {"ping", ANY(128)},
    {"echo-reply", ANY(129)},
    {"pong", ANY(129)},
    {"router-solicitation", ANY(133)},
    {"router-advertisement", ANY(134)},
    {"neighbour-solicitation", ANY(135)},
    {"neighbor-solicitation", ANY(135)},
    {"neighbour-advertisement", ANY(136)},
    {"neighbor-advertisement", ANY(136)},
    {"redirect", ANY(137)},
    {NULL, 0},
};

int ptn_save_icmp(uint8_t family, const char *text, struct ptn_save_icmp *ret)
{
    size_t len = strcspn(text, "/");
    int named = ptn_save_named(family == AF_INET ? icmp_types : icmpv6_types, text, strlen(text));
    uint64_t type, code;
    if (named >= 0) {
        *ret = (struct ptn_save_icmp){.type = (uint8_t)(named >> 8), .code = (uint8_t)named};
        ret->has_code = ret->code != 255;
    } else {
        if (ptn_save_number(text, len, UINT8_MAX, &type))
            return PTN_SAVE_UNCLEAR;
        *ret = (struct ptn_save_icmp){.type = (uint8_t)type, .has_code = text[len] == '/'};
        if (ret->has_code && ptn_save_number(text + len + 1, strlen(text + len + 1), UINT8_MAX, &code))
            return PTN_SAVE_UNCLEAR;
        ret->code = ret->has_code ? (uint8_t)code : 0;
    }
    ret->any = family == AF_INET && ret->type == 255;
    return 0;
}

const char *ptn_save_reject(const char *text)
{
    static const char *const words[][2] = {
        {"icmp-port-unreachable", "icmp port-unreachable"},    {"icmp-net-unreachable", "icmp net-unreachable"},
        {"icmp-host-unreachable", "icmp host-unreachable"},    {"icmp-proto-unreachable", "icmp prot-unreachable"},
        {"icmp-net-prohibited", "icmp net-prohibited"},        {"icmp-host-prohibited", "icmp host-prohibited"},
        {"icmp-admin-prohibited", "icmp admin-prohibited"},    {"tcp-reset", "tcp reset"},
        {"icmp6-port-unreachable", "icmpv6 port-unreachable"}, {"icmp6-no-route", "icmpv6 no-route"},
        {"icmp6-adm-prohibited", "icmpv6 admin-prohibited"},   {"icmp6-addr-unreachable", "icmpv6 addr-unreachable"},
        {"icmp6-policy-fail", "icmpv6 policy-fail"},           {"icmp6-reject-route", "icmpv6 reject-route"},
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (strcmp(words[i][0], text) == 0)
            return words[i][1];
    return NULL;
}
