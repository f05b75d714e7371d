/*
 * VMware NSX: docs.vmware.com, "Firewall Packet Logs" of the distributed firewall (dfwpktlogs.log) and "Gateway
 * Firewall Packet Logs". Before "INET" stand the interface's number, or the router's and its interface's.
 *
 *     7503a0bc INET match DROP mainrs/1024 IN 52 TCP 203.0.113.9/4444->198.51.100.1/22 S
 *     7396c504 INET TERM mainrs/1024 OUT TCP RST 198.51.100.1/4444->203.0.113.9/443 20/16 1718/76308
 */
#include "sentence.h"

static const struct ptn_action_word words[] = {
    {"PASS", PTN_ACTION_PASS}, {"DROP", PTN_ACTION_DROP},     {"REJECT", PTN_ACTION_REJECT}, {"NAT", PTN_ACTION_PASS},
    {"RDR", PTN_ACTION_PASS},  {"NONAT", PTN_ACTION_NONE},    {"NORDR", PTN_ACTION_NONE},    {"PBR", PTN_ACTION_PASS},
    {"PUNT", PTN_ACTION_PASS}, {"REDIRECT", PTN_ACTION_PASS}, {"COPY", PTN_ACTION_PASS},     {"LB", PTN_ACTION_PASS},
    {NULL, PTN_ACTION_NONE},
};

#define HEAD "{*} {action} {rule} {way} {length} "
#define ENDS "{src}/{sport}->{dst}/{dport}"
#define TERM "TERM [PASS ]{rule} {way} {proto} "
#define SENT " {packets}/{*} {octets}/{*}"

/* clang-format off */
static const struct ptn_sentence sentences[] = {
    {HEAD "{proto:TCP} " ENDS " {flags} {**}", PTN_ACTION_NONE},
    {HEAD "{proto:TCP} " ENDS " {flags}", PTN_ACTION_NONE},
    {HEAD "{proto} " ENDS "[ {**}]", PTN_ACTION_NONE},
    {HEAD "PROTO {proto} {src}->{dst}[ {**}]", PTN_ACTION_NONE},
    {HEAD "{proto} [type ]{icmp_type} [code ]{icmp_code} {src}->{dst}[ {**}]", PTN_ACTION_NONE},
    {HEAD "{proto} {src}->{dst}[ {**}]", PTN_ACTION_NONE},
    {TERM "[{*} ]" ENDS SENT "[ {**}]", PTN_ACTION_PASS},
    {"TERM [PASS ]{rule} {way} PROTO {proto} [{*} ]{src}->{dst}" SENT "[ {**}]", PTN_ACTION_PASS},
    {TERM "{icmp_type} {icmp_code} [{*} ]{src}->{dst}" SENT "[ {**}]", PTN_ACTION_PASS},
    {TERM "[{*} ]{src}->{dst}" SENT "[ {**}]", PTN_ACTION_PASS},
    {NULL, PTN_ACTION_NONE},
};
/* clang-format on */

/* Why it was logged; where nothing of these follows, it is another's line. */
static bool is_reason(struct ptn_slice text)
{
    static const char *const reasons[] = {
        "match ",      "reason-match ", "TERM ",           "bad-offset ",   "fragment ",      "short ",
        "normalize ",  "memory ",       "ip-option ",      "proto-cksum ",  "bad-timestamp ", "SpoofGuard ",
        "spoofguard ", "congestion ",   "state-mismatch ", "state-insert ", "state-limit ",   "strict-no-syn "};
    for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
        if (ptn_slice_begins(text, reasons[i]))
            return true;
    return false;
}

static enum ptn_line read_nsx(const struct ptn_format *f, struct ptn_log_state *state, const struct ptn_message *m,
                              struct ptn_knocks *ret)
{
    (void)state;
    struct ptn_slice text = ptn_slice_after(m->line, "INET6 ");
    text = text.at ? text : ptn_slice_after(m->line, "INET ");
    if (!text.at || !is_reason(text))
        return PTN_LINE_OTHER_FORMAT;
    return ptn_sentences_read(f, f->sentences, m, text, ret);
}

static const char *const marks[] = {"INET", "->", NULL};

const struct ptn_format ptn_format_nsx = {
    .name = "nsx",
    .title = "VMware NSX",
    .read = read_nsx,
    .marks = marks,
    .actions = words,
    .sentences = sentences,
};
