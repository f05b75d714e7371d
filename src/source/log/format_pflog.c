/*
 * pf's log as tcpdump prints it: tcpdump(8), "-e" on pflog0, in the shapes of OpenBSD and of tcpdump.org:
 *
 *     rule 2/0(match): block in on em0: 203.0.113.9.4444 > 198.51.100.1.22: S 12:12(0) win 5840 <mss 1460> (DF)
 *     rule 5/0(match) [uid 0, pid 99] pass out on em0: 203.0.113.9.53 > 198.51.100.1.4444: 12345 1/0/0 (45)
 *     rule 7/(match) block in on em0: 203.0.113.9 > 198.51.100.1: icmp: echo request
 */
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#include "sentence.h"

/* clang-format off */
static const struct ptn_sentence sentences[] = {
    {"{**}rule {rule}/[{*}]({*})[:][ \\[{**}\\]] {action} {way} on {in}: [({**}) ]{src} > {dst}: "
     "{**}", PTN_ACTION_NONE},
    {"{**}rule {rule}/[{*}]({*})[:][ \\[{**}\\]] {action} {way} on {in}: [({**}) ]{src} > {dst}:", PTN_ACTION_NONE},
    {NULL, PTN_ACTION_NONE},
};
/* clang-format on */

static const struct ptn_action_word words[] = {
    {"pass", PTN_ACTION_PASS},  {"block", PTN_ACTION_DROP}, {"match", PTN_ACTION_PASS}, {"nat", PTN_ACTION_PASS},
    {"binat", PTN_ACTION_PASS}, {"rdr", PTN_ACTION_PASS},   {"scrub", PTN_ACTION_NONE}, {NULL, PTN_ACTION_NONE},
};

/* How what tcpdump says of a packet begins. */
static const struct beginning {
    const char *word;
    uint8_t proto;
} beginnings[] = {
    {"Flags [", IPPROTO_TCP},  {"tcp", IPPROTO_TCP},   {"udp", IPPROTO_UDP},   {"[udp", IPPROTO_UDP},
    {"icmp6", IPPROTO_ICMPV6}, {"icmp", IPPROTO_ICMP}, {"igmp", IPPROTO_IGMP}, {"gre", IPPROTO_GRE},
    {"esp", IPPROTO_ESP},      {"AH(", IPPROTO_AH},    {"sctp", IPPROTO_SCTP}, {"OSPF", 89},
    {"PIM", IPPROTO_PIM},      {"VRRP", 112},          {"CARP", 112},          {"HBH icmp6", IPPROTO_ICMPV6},
};

/* ICMP in tcpdump's words; -1: not in that version. */
static const struct icmp_words {
    const char *words;
    int16_t four, six;
} icmp_words[] = {
    {"echo request", 8, 128},
    {"echo reply", 0, 129},
    {"unreachable", 3, 1},
    {"unreach", 3, 1},
    {"time exceeded", 11, 3},
    {"source quench", 4, -1},
    {"redirect", 5, 137},
    {"router advertisement", 9, 134},
    {"router solicitation", 10, 133},
    {"parameter problem", 12, 4},
    {"time stamp query", 13, -1},
    {"time stamp reply", 14, -1},
    {"packet too big", -1, 2},
    {"neighbor solicitation", -1, 135},
    {"neighbor advertisement", -1, 136},
    {"neighbor sol", -1, 135},
    {"neighbor adv", -1, 136},
    {"router sol", 10, 133},
    {"router adv", 9, 134},
    {"multicast listener query", -1, 130},
    {"multicast listener report v2", -1, 143},
    {"multicast listener report", -1, 131},
    {"multicast listener done", -1, 132},
    {"address mask request", 17, -1},
    {"need to frag", 3, -1},
};

static void set_proto(struct ptn_knock *k, uint8_t proto)
{
    k->proto = proto;
    k->has |= PTN_HAS_PROTO;
}

static uint8_t flag_of(char c)
{
    static const char letters[] = "FSRP.UEW";
    static const uint8_t bits[] = {1, 2, 4, 8, 16, 32, 64, 128};
    const char *at = c ? strchr(letters, c) : NULL;
    return at ? bits[at - letters] : 0;
}

/* Letters of flags; how many. */
static size_t take_flags(struct ptn_slice s, uint8_t *ret)
{
    size_t n = 0;
    for (*ret = 0; n < s.len && flag_of(s.at[n]); n++)
        *ret |= flag_of(s.at[n]);
    return n;
}

static void put_flags(struct ptn_knock *k, uint8_t flags)
{
    k->flags = flags;
    k->has |= PTN_HAS_FLAGS;
}

/* "S 12:12(0) win 5840", "R 0:0(0) ack 1 win 0", ". ack 7 win 9": TCP as it was told before. */
static bool is_old_tcp(struct ptn_slice body, uint8_t *flags)
{
    size_t n = take_flags(body, flags);
    if (n == 0 || n == body.len || body.at[n] != ' ')
        return false;
    struct ptn_slice rest = {body.at + n + 1, body.len - n - 1};
    if (ptn_slice_has(rest, " ack ") || ptn_slice_begins(rest, "ack "))
        *flags |= 16;
    return ptn_slice_begins(rest, "ack ") || ptn_slice_begins(rest, "win ") ||
           (rest.len && *rest.at >= '0' && *rest.at <= '9');
}

static void read_tcp(struct ptn_knock *k, struct ptn_slice body)
{
    uint8_t flags;
    if (ptn_slice_begins(body, "Flags [")) {
        take_flags((struct ptn_slice){body.at + 7, body.len - 7}, &flags);
        put_flags(k, flags);
    } else if (is_old_tcp(body, &flags)) {
        put_flags(k, flags);
    }
}

static void read_icmp(struct ptn_knock *k, struct ptn_slice body)
{
    for (size_t i = 0; i < sizeof(icmp_words) / sizeof(*icmp_words); i++) {
        int type = k->proto == IPPROTO_ICMP ? icmp_words[i].four : icmp_words[i].six;
        if (type < 0 || !ptn_slice_has(body, icmp_words[i].words))
            continue;
        k->icmp_type = (uint8_t)type;
        k->has |= PTN_HAS_ICMP_TYPE;
        return;
    }
}

static void guess_proto(struct ptn_knock *k, struct ptn_slice body)
{
    uint8_t flags;
    for (size_t i = 0; i < sizeof(beginnings) / sizeof(*beginnings); i++) {
        size_t len = strlen(beginnings[i].word);
        if (body.len >= len && strncasecmp(body.at, beginnings[i].word, len) == 0) {
            set_proto(k, beginnings[i].proto);
            return;
        }
    }
    if (is_old_tcp(body, &flags))
        set_proto(k, IPPROTO_TCP);
    else if (k->has & PTN_HAS_SPORT) /* a protocol that tcpdump knows, and shows by its content */
        set_proto(k, IPPROTO_UDP);
}

/* "(tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto TCP (6), length 60)" of the verbose form. */
static void read_verbose(struct ptn_knock *k, const struct ptn_format *f, struct ptn_slice text)
{
    static const struct ptn_field_name names[] = {
        {", proto ", PTN_SLOT_PROTO}, {"next-header ", PTN_SLOT_PROTO}, {" ttl ", PTN_SLOT_TTL}, {" id ", PTN_SLOT_ID}};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        struct ptn_slice value = ptn_slice_after(text, names[i].name);
        size_t n = 0;
        while (n < value.len && value.at[n] != ' ' && value.at[n] != ',')
            n++;
        value.len = n;
        if (n)
            (void)ptn_slot_put(k, f, names[i].slot, value);
    }
}

static enum ptn_line read_pflog(const struct ptn_format *f, struct ptn_log_state *state, const struct ptn_message *m,
                                struct ptn_knocks *ret)
{
    (void)state;
    struct ptn_slice rule = ptn_slice_after(m->text, "rule ");
    struct ptn_slice on = rule.at ? ptn_slice_after(rule, " on ") : rule, to = on.at ? ptn_slice_after(on, " > ") : on;
    if (!to.at || !ptn_slice_has(rule, "/") || !(ptn_slice_has(rule, "(match)") || ptn_slice_has(rule, ") ")))
        return PTN_LINE_OTHER_FORMAT;
    enum ptn_line line = ptn_sentences_read(f, f->sentences, m, m->text, ret);
    if (line != PTN_LINE_PACKET)
        return PTN_LINE_OTHER_FORMAT;
    struct ptn_knock *k = &ret->items[ret->n - 1];
    struct ptn_slice body = ptn_slice_after(to, ": ");
    struct ptn_slice head = {on.at, (size_t)(to.at - on.at)};
    if (ptn_slice_has(head, ": ("))
        read_verbose(k, f, head);
    if (!(k->has & PTN_HAS_PROTO))
        guess_proto(k, body);
    if (k->proto == IPPROTO_TCP)
        read_tcp(k, body);
    else if (k->proto == IPPROTO_ICMP || k->proto == IPPROTO_ICMPV6)
        read_icmp(k, body);
    return PTN_LINE_PACKET;
}

const struct ptn_format ptn_format_pflog = {
    .name = "pflog",
    .title = "pf, by tcpdump",
    .has = PTN_HAS_ROUTER,
    .read = read_pflog,
    .actions = words,
    .sentences = sentences,
};
