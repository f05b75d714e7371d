#include "slot.h"

#include <errno.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* One character of a word as words are compared: lower case, "_" and blank as "-". */
static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 32) : c == '_' || c == ' ' ? '-' : c;
}

bool ptn_value_is(struct ptn_slice s, const char *word)
{
    for (size_t i = 0; i < s.len; i++)
        if (!word[i] || fold(s.at[i]) != fold(word[i]))
            return false;
    return word[s.len] == '\0';
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

struct ptn_slice ptn_value_trim(struct ptn_slice s)
{
    for (; s.len && is_space(s.at[0]); s.at++)
        s.len--;
    for (; s.len && is_space(s.at[s.len - 1]);)
        s.len--;
    if (s.len >= 2 && s.at[0] == s.at[s.len - 1] && (s.at[0] == '"' || s.at[0] == '\''))
        return (struct ptn_slice){s.at + 1, s.len - 2};
    return s;
}

static int hex_of(char c)
{
    return is_digit(c) ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : 99;
}

int ptn_slot_number(struct ptn_slice s, uint64_t max, uint64_t *ret)
{
    bool hex = s.len > 2 && s.at[0] == '0' && (s.at[1] | 32) == 'x';
    unsigned base = hex ? 16 : 10;
    uint64_t value = 0;
    if (s.len == 0)
        return -EINVAL;
    for (size_t i = hex ? 2 : 0; i < s.len; i++) {
        unsigned digit = (unsigned)hex_of(s.at[i]);
        if (digit >= base || value > (max - digit) / base || digit > max)
            return -EINVAL;
        value = value * base + digit;
    }
    *ret = value;
    return 0;
}

struct word {
    char word[30];
    int16_t value;
};

static int find(const struct word *words, size_t n, struct ptn_slice s)
{
    for (size_t i = 0; i < n; i++)
        if (ptn_value_is(s, words[i].word))
            return words[i].value;
    return -1;
}
#define FIND(words, s) find(words, sizeof(words) / sizeof(*(words)), s)

/* "IPv6-ICMP (58)", "tcp(6)": the word before the bracket. */
static struct ptn_slice before_bracket(struct ptn_slice s)
{
    const char *open = memchr(s.at, '(', s.len);
    return open && open > s.at ? ptn_value_trim((struct ptn_slice){s.at, (size_t)(open - s.at)}) : s;
}

static struct ptn_slice in_bracket(struct ptn_slice s)
{
    const char *open = memchr(s.at, '(', s.len);
    const char *shut = open ? memchr(open, ')', s.len - (size_t)(open - s.at)) : NULL;
    return shut ? (struct ptn_slice){open + 1, (size_t)(shut - open - 1)} : (struct ptn_slice){s.at, 0};
}

static const struct word protos[] = {
    {"tcp", 6},
    {"udp", 17},
    {"icmp", 1},
    {"icmpv6", 58},
    {"ipv6-icmp", 58},
    {"icmp6", 58},
    {"gre", 47},
    {"esp", 50},
    {"ah", 51},
    {"igmp", 2},
    {"ospf", 89},
    {"pim", 103},
    {"sctp", 132},
    {"udplite", 136},
    {"hopopt", 0},
    {"hopbyhop", 0},
    {"ggp", 3},
    {"ipip", 4},
    {"ip-in-ip", 4},
    {"ipinip", 4},
    {"ipencap", 4},
    {"ipv4", 4},
    {"ip-encap", 4},
    {"st", 5},
    {"cbt", 7},
    {"egp", 8},
    {"igp", 9},
    {"igrp", 9},
    {"pup", 12},
    {"chaos", 16},
    {"hmp", 20},
    {"xns-idp", 22},
    {"rdp", 27},
    {"iso-tp4", 29},
    {"dccp", 33},
    {"xtp", 36},
    {"ddp", 37},
    {"il", 40},
    {"ipv6", 41},
    {"ip6", 41},
    {"6in4", 41},
    {"sit", 41},
    {"ipv6-route", 43},
    {"ipv6-frag", 44},
    {"idrp", 45},
    {"rsvp", 46},
    {"bna", 49},
    {"ipsec-esp", 50},
    {"esp-udp", 17},
    {"ipv6-crypt", 50},
    {"ipv6-auth", 51},
    {"ipsec-ah", 51},
    {"swipe", 53},
    {"narp", 54},
    {"mobile", 55},
    {"skip", 57},
    {"icmp-v6", 58},
    {"icmpipv6", 58},
    {"ipv6icmp", 58},
    {"icmp-ipv6", 58},
    {"ipv6-nonxt", 59},
    {"ipv6-opts", 60},
    {"rvd", 66},
    {"vines", 83},
    {"eigrp", 88},
    {"ospfigp", 89},
    {"ospf-igp", 89},
    {"ospfv2", 89},
    {"ospfv3", 89},
    {"mtp", 92},
    {"ax.25", 93},
    {"nos", 94},
    {"etherip", 97},
    {"encap", 98},
    {"ifmp", 101},
    {"pimv2", 103},
    {"pnni", 102},
    {"ipcomp", 108},
    {"pcp", 108},
    {"snp", 109},
    {"vrrp", 112},
    {"carp", 112},
    {"pgm", 113},
    {"l2tp", 115},
    {"iatp", 117},
    {"srp", 119},
    {"smp", 121},
    {"isis", 124},
    {"fire", 125},
    {"fc", 133},
    {"rsvp-e2e-ignore", 134},
    {"mobility-header", 135},
    {"udp-lite", 136},
    {"mpls-in-ip", 137},
    {"manet", 138},
    {"hip", 139},
    {"shim6", 140},
    {"wesp", 141},
    {"rohc", 142},
    {"pfsync", 240},
    {"ethernet", 143},
};

static int proto_word(struct ptn_slice s)
{
    static const char *const before[] = {"protocol ", "proto ", "proto-", "protocol-", "ip proto ", "ip-"};
    uint64_t n;
    for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
        size_t len = strlen(before[i]);
        if (s.len > len && is_digit(s.at[len]) && ptn_value_is((struct ptn_slice){s.at, len}, before[i]))
            s = (struct ptn_slice){s.at + len, s.len - len};
    }
    if (s.len && is_digit(s.at[0]) && ptn_slot_number(s, 255, &n) == 0)
        return (int)n;
    return FIND(protos, s);
}

int ptn_proto_of(struct ptn_slice s)
{
    if (s.len == 3 && (s.at[1] | 32) == 'c' && (s.at[0] | 32) == 't' && (s.at[2] | 32) == 'p')
        return 6;
    int found = proto_word(s);
    if (found < 0)
        found = proto_word(before_bracket(s));
    if (found < 0)
        found = proto_word(in_bracket(s));
    const char *slash = found < 0 ? memchr(s.at, '/', s.len) : NULL;
    if (slash) {
        struct ptn_slice a = {s.at, (size_t)(slash - s.at)}, b = {slash + 1, s.len - a.len - 1};
        found = FIND(protos, a) >= 0 ? FIND(protos, a) : FIND(protos, b);
    }
    return found;
}

static const struct word flag_words[] = {
    {"syn", 2},  {"ack", 16}, {"fin", 1},   {"rst", 4},   {"psh", 8},     {"urg", 32},      {"ece", 64}, {"cwr", 128},
    {"push", 8}, {"ecn", 64}, {"ns", 0},    {"reset", 4}, {"urgent", 32}, {"ae", 0},        {"res", 0},  {"none", 0},
    {"null", 0}, {"tcp", 0},  {"flags", 0}, {"flag", 0},  {"synack", 18}, {"ecn-echo", 64},
};

/* "SA", "FPU", "S." */
static int flag_letters(struct ptn_slice s)
{
    static const uint8_t bit[128] = {
        ['f'] = 1, ['s'] = 2, ['r'] = 4, ['p'] = 8, ['a'] = 16, ['u'] = 32, ['e'] = 64, ['c'] = 128, ['w'] = 128};
    int flags = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned c = (unsigned char)fold(s.at[i]);
        if (c >= 128 || (!bit[c] && c != 'n'))
            return -1;
        flags |= bit[c];
    }
    return flags;
}

/* "SYNACK": three letters at a time. */
static int flag_run(struct ptn_slice s)
{
    int flags = 0;
    for (; s.len >= 3; s.at += 3, s.len -= 3) {
        int one = FIND(flag_words, ((struct ptn_slice){s.at, 3}));
        if (one < 0)
            return -1;
        flags |= one;
    }
    return s.len ? -1 : flags;
}

static int flag_token(struct ptn_slice s)
{
    int flags = FIND(flag_words, s);
    if (flags < 0)
        flags = flag_letters(s);
    return flags < 0 ? flag_run(s) : flags;
}

/* A dot is the ACK of tcpdump where it ends all; elsewhere it holds the place of a flag that is not set. */
static bool ends_with_ack(struct ptn_slice s)
{
    if (s.len && s.at[s.len - 1] == ']')
        s.len--;
    return s.len && s.at[s.len - 1] == '.' && memchr(s.at, '.', s.len) == s.at + s.len - 1;
}

int ptn_flags_of(struct ptn_slice s)
{
    uint64_t n;
    if (s.len && is_digit(s.at[0]))
        return ptn_slot_number(s, 0xfff, &n) == 0 ? (int)(n & 0xff) : -1;
    int flags = ends_with_ack(s) ? 16 : 0;
    for (size_t i = 0; i < s.len;) {
        size_t n_letters = 0;
        while (i + n_letters < s.len && is_letter(s.at[i + n_letters]))
            n_letters++;
        if (n_letters == 0 && !memchr(" ,|-+/;.[]()_*", s.at[i], 14))
            return -1;
        int one = n_letters ? flag_token((struct ptn_slice){s.at + i, n_letters}) : 0;
        if (one < 0)
            return -1;
        flags |= one;
        i += n_letters ? n_letters : 1;
    }
    return flags;
}

int ptn_way_of(struct ptn_slice s)
{
    static const struct word words[] = {
        {"in", PTN_WAY_IN},
        {"out", PTN_WAY_OUT},
        {"inbound", PTN_WAY_IN},
        {"outbound", PTN_WAY_OUT},
        {"ingress", PTN_WAY_IN},
        {"egress", PTN_WAY_OUT},
        {"incoming", PTN_WAY_IN},
        {"outgoing", PTN_WAY_OUT},
        {"i", PTN_WAY_IN},
        {"o", PTN_WAY_OUT},
        {"receive", PTN_WAY_IN},
        {"send", PTN_WAY_OUT},
        {"received", PTN_WAY_IN},
        {"sent", PTN_WAY_OUT},
        {"0", PTN_WAY_IN},
        {"1", PTN_WAY_OUT},
        {"input", PTN_WAY_IN},
        {"output", PTN_WAY_OUT},
        {"rx", PTN_WAY_IN},
        {"tx", PTN_WAY_OUT},
        {"lin", PTN_WAY_IN},
        {"lout", PTN_WAY_OUT},
        {"forward", PTN_WAY_THROUGH},
        {"fwd", PTN_WAY_THROUGH},
        {"through", PTN_WAY_THROUGH},
        {"transit", PTN_WAY_THROUGH},
        {"routed", PTN_WAY_THROUGH},
        {"forwarded", PTN_WAY_THROUGH},
        {"in-bound", PTN_WAY_IN},
        {"out-bound", PTN_WAY_OUT},
    };
    return FIND(words, s);
}

/* What the words of many products mean. A reset is something that is sent back; "discard" and the like send nothing. */
static const struct ptn_action_word actions[] = {
    {"allow", PTN_ACTION_PASS},
    {"accept", PTN_ACTION_PASS},
    {"deny", PTN_ACTION_DROP},
    {"drop", PTN_ACTION_DROP},
    {"pass", PTN_ACTION_PASS},
    {"block", PTN_ACTION_DROP},
    {"permit", PTN_ACTION_PASS},
    {"reject", PTN_ACTION_REJECT},
    {"built", PTN_ACTION_PASS},
    {"allowed", PTN_ACTION_PASS},
    {"accepted", PTN_ACTION_PASS},
    {"denied", PTN_ACTION_DROP},
    {"dropped", PTN_ACTION_DROP},
    {"passed", PTN_ACTION_PASS},
    {"blocked", PTN_ACTION_DROP},
    {"permitted", PTN_ACTION_PASS},
    {"rejected", PTN_ACTION_REJECT},
    {"discard", PTN_ACTION_DROP},
    {"discarded", PTN_ACTION_DROP},
    {"reset", PTN_ACTION_REJECT},
    {"rst", PTN_ACTION_REJECT},
    {"reset-both", PTN_ACTION_REJECT},
    {"reset-client", PTN_ACTION_REJECT},
    {"reset-server", PTN_ACTION_REJECT},
    {"deny-reset", PTN_ACTION_REJECT},
    {"block-with-reset", PTN_ACTION_REJECT},
    {"refuse", PTN_ACTION_REJECT},
    {"refused", PTN_ACTION_REJECT},
    {"prohibit", PTN_ACTION_REJECT},
    {"unreachable", PTN_ACTION_REJECT},
    {"return", PTN_ACTION_REJECT},
    {"return-rst", PTN_ACTION_REJECT},
    {"return-icmp", PTN_ACTION_REJECT},
    {"teardown", PTN_ACTION_PASS},
    {"open", PTN_ACTION_PASS},
    {"opened", PTN_ACTION_PASS},
    {"close", PTN_ACTION_PASS},
    {"closed", PTN_ACTION_PASS},
    {"established", PTN_ACTION_PASS},
    {"forward", PTN_ACTION_PASS},
    {"forwarded", PTN_ACTION_PASS},
    {"trust", PTN_ACTION_PASS},
    {"fastpath", PTN_ACTION_PASS},
    {"bypass", PTN_ACTION_PASS},
    {"encrypt", PTN_ACTION_PASS},
    {"decrypt", PTN_ACTION_PASS},
    {"authorize", PTN_ACTION_PASS},
    {"rdr", PTN_ACTION_PASS},
    {"nat", PTN_ACTION_PASS},
    {"start", PTN_ACTION_PASS},
    {"end", PTN_ACTION_PASS},
    {"success", PTN_ACTION_PASS},
    {"tunnel", PTN_ACTION_PASS},
    {"tunnel-inspect", PTN_ACTION_PASS},
    {"shun", PTN_ACTION_DROP},
    {"quarantine", PTN_ACTION_DROP},
    {"blackhole", PTN_ACTION_DROP},
    {"stop", PTN_ACTION_DROP},
    {"prevent", PTN_ACTION_DROP},
    {"prevented", PTN_ACTION_DROP},
    {"silent-drop", PTN_ACTION_DROP},
    {"fail", PTN_ACTION_DROP},
    {"failed", PTN_ACTION_DROP},
    {"log", PTN_ACTION_NONE},
    {"alert", PTN_ACTION_NONE},
    {"monitor", PTN_ACTION_NONE},
    {"detect", PTN_ACTION_NONE},
    {"detected", PTN_ACTION_NONE},
    {"none", PTN_ACTION_NONE},
    {"unknown", PTN_ACTION_NONE},
    {"count", PTN_ACTION_NONE},
    {"logged", PTN_ACTION_NONE},
    {NULL, 0},
};

static int action_in(const struct ptn_action_word *words, struct ptn_slice s)
{
    for (; words && words->word; words++)
        if (ptn_value_is(s, words->word))
            return (int)words->action;
    return -1;
}

int ptn_action_of(struct ptn_slice s, const struct ptn_action_word *own)
{
    int found = action_in(own, s);
    if (found < 0)
        found = action_in(actions, s);
    struct ptn_slice first = {s.at, 0};
    while (first.len < s.len && is_letter(s.at[first.len]))
        first.len++;
    if (found < 0 && first.len < s.len) /* "drop-icmp", "Denied by rule" */
        found = action_in(own, first) >= 0 ? action_in(own, first) : action_in(actions, first);
    return found;
}

static const struct icmp_word {
    char word[28];
    int16_t four, six; /* -1: not in this one */
} icmp_words[] = {
    {"echo-request", 8, 128},
    {"echo-reply", 0, 129},
    {"destination-unreachable", 3, 1},
    {"time-exceeded", 11, 3},
    {"redirect", 5, 137},
    {"parameter-problem", 12, 4},
    {"packet-too-big", -1, 2},
    {"too-big", -1, 2},
    {"echo", 8, 128},
    {"ping", 8, 128},
    {"request", 8, 128},
    {"reply", 0, 129},
    {"pong", 0, 129},
    {"unreach", 3, 1},
    {"unreachable", 3, 1},
    {"unreachport", 3, 1},
    {"unreachproto", 3, 1},
    {"needfrag", 3, -1},
    {"unreachhost", 3, 1},
    {"unreachnet", 3, 1},
    {"dest-unreach", 3, 1},
    {"dest-unreachable", 3, 1},
    {"destination-unreach", 3, 1},
    {"dst-unreachable", 3, 1},
    {"port-unreachable", 3, 1},
    {"host-unreachable", 3, 1},
    {"net-unreachable", 3, 1},
    {"network-unreachable", 3, 1},
    {"fragmentation-needed", 3, -1},
    {"source-quench", 4, -1},
    {"squench", 4, -1},
    {"timxceed", 11, 3},
    {"timexceed", 11, 3},
    {"timex", 11, 3},
    {"ttl-exceeded", 11, 3},
    {"ttl-expired", 11, 3},
    {"time-exceed", 11, 3},
    {"paramprob", 12, 4},
    {"param-prob", 12, 4},
    {"timestamp-request", 13, -1},
    {"timestamp", 13, -1},
    {"tstamp", 13, -1},
    {"timereq", 13, -1},
    {"timestamp-reply", 14, -1},
    {"tstampreply", 14, -1},
    {"timerep", 14, -1},
    {"information-request", 15, -1},
    {"inforeq", 15, -1},
    {"information-reply", 16, -1},
    {"inforep", 16, -1},
    {"address-mask-request", 17, -1},
    {"mask-request", 17, -1},
    {"maskreq", 17, -1},
    {"address-mask-reply", 18, -1},
    {"mask-reply", 18, -1},
    {"maskreply", 18, -1},
    {"maskrep", 18, -1},
    {"alternate-address", 6, -1},
    {"althost", 6, -1},
    {"router-advertisement", 9, 134},
    {"router-advert", 9, 134},
    {"routeradv", 9, 134},
    {"router-solicitation", 10, 133},
    {"router-solicit", 10, 133},
    {"routersol", 10, 133},
    {"traceroute", 30, -1},
    {"trace", 30, -1},
    {"conversion-error", 31, -1},
    {"dataconv", 31, -1},
    {"mobile-redirect", 32, -1},
    {"mobredir", 32, -1},
    {"photuris", 40, -1},
    {"neighbor-solicitation", -1, 135},
    {"neighbour-solicitation", -1, 135},
    {"neighbor-solicit", -1, 135},
    {"neighbrsol", -1, 135},
    {"neighbor-advertisement", -1, 136},
    {"neighbour-advertisement", -1, 136},
    {"neighbor-advert", -1, 136},
    {"neighbradv", -1, 136},
    {"multicast-listener-query", -1, 130},
    {"mld-listener-query", -1, 130},
    {"membership-query", -1, 130},
    {"listqry", -1, 130},
    {"multicast-listener-report", -1, 131},
    {"mld-listener-report", -1, 131},
    {"membership-report", -1, 131},
    {"listenrep", -1, 131},
    {"multicast-listener-done", -1, 132},
    {"mld-listener-reduction", -1, 132},
    {"membership-reduction", -1, 132},
    {"listendone", -1, 132},
    {"router-renumbering", -1, 138},
    {"node-information-request", -1, 139},
    {"node-information-reply", -1, 140},
    {"mldv2-report", -1, 143},
    {"mld2-listener-report", -1, 143},
    {"multicast-listener-report-v2", -1, 143},
};

/* "8", "8/0", "8:0", "Echo Reply (0)", "type 8" */
static int icmp_number(struct ptn_slice s)
{
    uint64_t n;
    struct ptn_slice type = {s.at, 5};
    if (s.len > 5 && (ptn_value_is(type, "type ") || ptn_value_is(type, "type=") || ptn_value_is(type, "type:")))
        s = ptn_value_trim((struct ptn_slice){s.at + 5, s.len - 5});
    struct ptn_slice digits = {s.at, 0};
    while (digits.len < s.len && is_digit(s.at[digits.len]))
        digits.len++;
    if (digits.len < s.len && !strchr("/:,. (", s.at[digits.len]))
        return ptn_slot_number(s, 255, &n) == 0 ? (int)n : -1; /* 0x08 */
    return ptn_slot_number(digits, 255, &n) == 0 ? (int)n : -1;
}

int ptn_icmp_type_of(struct ptn_slice s, int *both)
{
    *both = -1;
    int n = icmp_number(s);
    if (n < 0)
        n = icmp_number(in_bracket(s));
    if (n >= 0)
        return n;
    s = before_bracket(s);
    for (size_t i = 0; i < sizeof(icmp_words) / sizeof(*icmp_words); i++)
        if (ptn_value_is(s, icmp_words[i].word)) {
            *both = icmp_words[i].four >= 0 ? icmp_words[i].six : -1;
            return icmp_words[i].four >= 0 ? icmp_words[i].four : icmp_words[i].six;
        }
    return -1;
}
