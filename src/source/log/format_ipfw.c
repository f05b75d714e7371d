/*
 * FreeBSD's ipfw: ipfw(8), "log"; as the kernel says it:
 *
 *     ipfw: 65000 Deny TCP 203.0.113.9:4444 198.51.100.1:22 in via em0
 *     ipfw: 100 Accept ICMP:8.0 203.0.113.9 198.51.100.1 in via em0
 *     ipfw: 200 Unreach 13 P:47 203.0.113.9 198.51.100.1 out via em0 (frag 12:40@0+)
 */
#include "sentence.h"

static const struct ptn_action_word words[] = {
    {"accept", PTN_ACTION_PASS},     {"allow", PTN_ACTION_PASS},    {"deny", PTN_ACTION_DROP},
    {"reject", PTN_ACTION_REJECT},   {"reset", PTN_ACTION_REJECT},  {"reset6", PTN_ACTION_REJECT},
    {"abort", PTN_ACTION_REJECT},    {"abort6", PTN_ACTION_REJECT}, {"unreach", PTN_ACTION_REJECT},
    {"unreach6", PTN_ACTION_REJECT}, {"divert", PTN_ACTION_PASS},   {"tee", PTN_ACTION_PASS},
    {"forward", PTN_ACTION_PASS},    {"pipe", PTN_ACTION_PASS},     {"queue", PTN_ACTION_PASS},
    {"nat", PTN_ACTION_PASS},        {"count", PTN_ACTION_NONE},    {"skipto", PTN_ACTION_NONE},
    {"ngtee", PTN_ACTION_PASS},      {"netgraph", PTN_ACTION_PASS}, {"check-state", PTN_ACTION_NONE},
    {NULL, PTN_ACTION_NONE},
};

/* What an action has to say: "Unreach 13", "SkipTo 100", "Forward to 192.0.2.1:80". */
#define RULE "{rule} {action}[ {*}][ {*}] "
#define WAY " {way}[ via {in}]"

static const struct ptn_sentence sentences[] = {
    {RULE "{proto:TCP} {src} {dst}" WAY, PTN_ACTION_NONE},
    {RULE "{proto:UDP} {src} {dst}" WAY, PTN_ACTION_NONE},
    {RULE "{proto:SCTP} {src} {dst}" WAY, PTN_ACTION_NONE},
    {RULE "{proto:UDP}-Lite {src} {dst}" WAY, PTN_ACTION_NONE},
    {RULE "{proto:ICMP}[v6][6]:{icmp_type}.{icmp_code} {src} {dst}" WAY, PTN_ACTION_NONE},
    {RULE "{proto:ICMP}[v6][6] {src} {dst}" WAY, PTN_ACTION_NONE},
    {RULE "P:{proto} {src} {dst}" WAY, PTN_ACTION_NONE},
    {NULL, PTN_ACTION_NONE},
};

/* Connections to ports where nobody listens, which the kernel refuses: blackhole(4), log_in_vain. */
static const struct ptn_sentence in_vain[] = {
    {"{**}Connection attempt to {proto} {dst} from {src} flags:{flags}", PTN_ACTION_REJECT},
    {"{**}Connection attempt to {proto} {dst} from {src}", PTN_ACTION_REJECT},
    {"{**}{proto:TCP}: {src} to {dst} tcpflags {flags}<{**}>; {**}: Connection attempt to closed port",
     PTN_ACTION_REJECT},
    {NULL, PTN_ACTION_NONE},
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static enum ptn_line read_ipfw(const struct ptn_format *f, struct ptn_log_state *state, const struct ptn_message *m,
                               struct ptn_knocks *ret)
{
    (void)state;
    struct ptn_slice text = m->text;
    if (ptn_slice_begins(m->tag, "kernel") && ptn_slice_has(text, "Connection attempt to "))
        return ptn_sentences_read(f, in_vain, m, text, ret);
    if (!(m->tag.len == 4 && ptn_slice_begins(m->tag, "ipfw"))) {
        text = ptn_slice_after(m->text, "ipfw: ");
        if (!text.at || text.at - m->text.at > 64)
            return PTN_LINE_OTHER_FORMAT;
    }
    if (!text.len || !is_digit(*text.at))
        return PTN_LINE_REMARK;
    return ptn_sentences_read(f, f->sentences, m, text, ret);
}

const struct ptn_format ptn_format_ipfw = {
    .name = "ipfw",
    .title = "FreeBSD ipfw",
    .has = PTN_HAS_ROUTER,
    .read = read_ipfw,
    .actions = words,
    .sentences = sentences,
};
