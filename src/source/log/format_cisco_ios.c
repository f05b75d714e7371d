/*
 * Cisco IOS, IOS XE, IOS XR and NX-OS, and Arista EOS: access lists that log, and the zone-based firewall. Cisco's
 * "System Message Guide" under SEC, IPV6_ACL, FMANFP, ACL-IPV4_ACL, FW and ACLLOG:
 *
 *     %SEC-6-IPACCESSLOGP: list 102 denied tcp 203.0.113.9(4444) (Gi0/0 0011.2233.4455) -> 198.51.100.1(22), 1 packet
 *     %FW-6-DROP_PKT: Dropping tcp session 203.0.113.9:4444 198.51.100.1:22 on zone-pair out-self class class-default
 *     %ACLLOG-5-ACLLOG_FLOW_INTERVAL: Src IP: 203.0.113.9, Dst IP: 198.51.100.1, Src Port: 4444, Dst Port: 22, ...
 */
#include <string.h>

#include "sentence.h"

static const struct ptn_action_word words[] = {
    {"permitted", PTN_ACTION_PASS}, {"permit", PTN_ACTION_PASS}, {"passed", PTN_ACTION_PASS},
    {"denied", PTN_ACTION_DROP},    {"deny", PTN_ACTION_DROP},   {"dropped", PTN_ACTION_DROP},
    {NULL, PTN_ACTION_NONE},
};

#define LIST "{**}list {rule}[ ({*})] {action} "
/* With log-input: the interface a packet came by, and who sent the frame. */
#define CAME_BY "[[ ]({in}[ {**}])][ {in}[ {**}]][ ]-> "
#define ARISTA "{**}list {rule} {in} {action} "
#define COUNT "[, {packets} packet{**}]{**}"

/* clang-format off */
static const struct ptn_sentence lists[] = {
    {LIST "{proto} {src}({sport})" CAME_BY "{dst}({dport})" COUNT, PTN_ACTION_NONE},
    {LIST "{proto:icmp}[v6][6] {src}" CAME_BY "{dst} ({icmp_type}/{icmp_code})" COUNT, PTN_ACTION_NONE},
    {LIST "{proto} {src}" CAME_BY "{dst} ({*})" COUNT, PTN_ACTION_NONE},
    {LIST "{proto} {src}" CAME_BY "{dst}[, {packets} packet{**}]", PTN_ACTION_NONE},
    {LIST "{proto} {*} {src}({sport}) {in}-> {dst}({dport})" COUNT, PTN_ACTION_NONE},
    {LIST "{proto:icmp} {*} {src} {in}-> {dst} ({icmp_type}/{icmp_code})" COUNT, PTN_ACTION_NONE},
    {ARISTA "{proto} {src}({sport}) -> {dst}({dport}){**}", PTN_ACTION_NONE},
    {ARISTA "{proto} {src} -> {dst}[ type={icmp_type} code={icmp_code}]", PTN_ACTION_NONE},
    {LIST "{src} {packets} packet{**}", PTN_ACTION_NONE},
    {LIST "{src} {*} {packets} packet{**}", PTN_ACTION_NONE},
    {NULL, PTN_ACTION_NONE},
};

static const struct ptn_sentence drops[] = {
    {"Dropping {proto} {*} [from {in} ]{src} [=> ]{dst}[({**})] {**} with ip ident {id} tcp flag[s] "
     "{flags},{**}", PTN_ACTION_DROP},
    {"Dropping {proto} {*} [from {in} ]{src} [=> ]{dst}[({**})] {**} with ip ident {id}{**}", PTN_ACTION_DROP},
    {"Dropping {proto} {*} [from {in} ]{src} [=> ]{dst}[({**})]{**}", PTN_ACTION_DROP},
    {NULL, PTN_ACTION_NONE},
};

static const struct ptn_sentence passes[] = {
    {"{**}Passing {proto} {*} [from {in} ]{src} [=> ]{dst}[({**})]{**}", PTN_ACTION_PASS},
    {NULL, PTN_ACTION_NONE},
};

static const struct ptn_sentence sums[] = {
    {"{packets} {proto} packet[s] {*} {action} from {in} {src} => {dst} {**}", PTN_ACTION_NONE},
    {"{packets} packet[s] {*} {action} from [{in} ]{src} => {dst}{**}", PTN_ACTION_NONE},
    {NULL, PTN_ACTION_NONE},
};

/* For ICMP the type stands where the initiator's port would. */
static const struct ptn_sentence sessions[] = {
    {"{**}Start {proto:icmp} session: initiator ({src}:{icmp_type}) -- responder ({dst}:{*}){**}",
     PTN_ACTION_PASS},
    {"{**}Stop {proto:icmp} session: initiator ({src}:{icmp_type}) sent {octets} {**} responder ({dst}:{*}){**}",
     PTN_ACTION_PASS},
    {"{**}Start {proto} session: initiator ({src}) -- responder ({dst})[{**} from {in}]", PTN_ACTION_PASS},
    {"{**}Stop {proto} session: initiator ({src}) sent {octets} {**} responder ({dst}) sent {*} bytes, from "
     "{in}", PTN_ACTION_PASS},
    {"{**}Stop {proto} session: initiator ({src}) sent {octets} {**} responder ({dst}){**}", PTN_ACTION_PASS},
    {"{**}{proto} session initiator ({src}) sent {octets} {**} responder ({dst}){**}", PTN_ACTION_PASS},
    {NULL, PTN_ACTION_NONE},
};

#define FLOW "[SGT: {*}, ]S{*} IP: {src}, D{*} IP: {dst}, S{*} Port: {sport}, D{*} Port: {dport}, S{*} Int{*}: {in}, "
#define FLOW_PROTO "Pro{**}tocol: \"{*}\"({proto})"
#define FLOW_WORD "Pro{**}tocol: {proto},{**}"

static const struct ptn_sentence flows[] = {
    {FLOW FLOW_PROTO ", {**}ACE Action: {action}, {**}Hit-count{**} {packets}", PTN_ACTION_NONE},
    {FLOW FLOW_PROTO ", {**}Hit-count{**} {packets}", PTN_ACTION_NONE},
    {FLOW FLOW_PROTO "{**}", PTN_ACTION_NONE},
    {FLOW FLOW_WORD "ACE Action: {action}, {**}", PTN_ACTION_NONE},
    {FLOW FLOW_WORD, PTN_ACTION_NONE},
    {NULL, PTN_ACTION_NONE},
};
/* clang-format on */

static const struct kind {
    const char *mark; /* in the message's name */
    const struct ptn_sentence *sentences;
} kinds[] = {
    {"IPACCESSLOGRL", NULL},         {"ACCESSLOGRL", NULL},        {"IPACCESSLOG", lists},
    {"IPV6ACCESSLOG", lists},        {"-ACCESSLOG", lists},        {"ACL-6-IPACCESS", lists},
    {"FW-6-DROP_PKT", drops},        {"FW-6-DROP_UDP_PKT", drops}, {"FW-6-DROP_TCP_PKT", drops},
    {"FW-6-PASS_PKT", passes},       {"FW-6-LOG_SUMMARY", sums},   {"FW-6-SESS_AUDIT_TRAIL", sessions},
    {"ACLLOG_FLOW_INTERVAL", flows}, {"ACLLOG_NEW_FLOW", flows},
};

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_name(char c)
{
    return is_upper(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* "%SEC-6-IPACCESSLOGP: ": the length of the name that stands behind the percent sign, 0 if it is none. */
static size_t name_len(const char *at, const char *end)
{
    size_t n = 0;
    unsigned severity = 0;
    if (at == end || !is_upper(*at))
        return 0;
    for (; at + n < end && n < 64 && is_name(at[n]); n++)
        severity += n > 1 && at[n] == '-' && at[n - 2] == '-' && at[n - 1] >= '0' && at[n - 1] <= '7';
    return severity ? n : 0;
}

/* What wraps another message. */
static bool is_wrapper(struct ptn_slice name)
{
    return name.len == 16 && memcmp(name.at, "IOSXE-6-PLATFORM", 16) == 0;
}

/* The message's name; *rest is what it says. */
static struct ptn_slice name_in(struct ptn_slice text, struct ptn_slice *rest)
{
    struct ptn_slice name = {0};
    if (!text.len)
        return name;
    const char *end = text.at + text.len;
    for (const char *p = text.at; (p = memchr(p, '%', (size_t)(end - p))); p++) {
        size_t n = name_len(p + 1, end);
        if (!n)
            continue;
        name = (struct ptn_slice){p + 1, n};
        *rest = (struct ptn_slice){p + 1 + n, (size_t)(end - p - 1) - n};
        if (!is_wrapper(name))
            break;
    }
    return name;
}

static struct ptn_slice open_ios(const struct ptn_message *m, struct ptn_slice *rest)
{
    struct ptn_slice ignored, tag = name_in(m->tag, &ignored), name = name_in(m->text, rest);
    if (tag.len && (!name.len || !is_wrapper(tag))) {
        name = tag;
        *rest = m->text;
    }
    for (; rest->len && (*rest->at == ':' || *rest->at == ' '); rest->at++)
        rest->len--;
    return name;
}

/* IOS XR writes its card before the stamp: "LC/0/0/CPU0:Nov 23 12:00:01.123 UTC: acl_mgr[342]: %ACL-...". */
static void put_stamp(const struct ptn_format *f, const struct ptn_message *m, struct ptn_knock *k)
{
    struct ptn_slice stamp = ptn_slice_after(m->line, "/CPU0:");
    for (size_t i = 0; i + 1 < stamp.len && i < 48; i++)
        if (stamp.at[i] == ':' && stamp.at[i + 1] == ' ') {
            k->time = PTN_NO_TIME;
            (void)ptn_slot_put(k, f, PTN_SLOT_TIME, (struct ptn_slice){stamp.at, i});
            break;
        }
    if (k->time == PTN_NO_TIME)
        k->time = m->time;
}

static enum ptn_line read_kind(const struct ptn_format *f, const struct ptn_sentence *s, const struct ptn_message *m,
                               struct ptn_slice text, struct ptn_knocks *ret)
{
    enum ptn_line line = s ? ptn_sentences_read(f, s, m, text, ret) : PTN_LINE_REMARK;
    if (line == PTN_LINE_PACKET)
        put_stamp(f, m, &ret->items[ret->n - 1]);
    return line;
}

static enum ptn_line read_ios(const struct ptn_format *f, struct ptn_log_state *state, const struct ptn_message *m,
                              struct ptn_knocks *ret)
{
    (void)state;
    struct ptn_slice text = {0}, name = open_ios(m, &text);
    static const char *const others[] = {"ASA-", "FTD-", "PIX-", "FWSM-"};
    if (!name.len)
        return PTN_LINE_OTHER_FORMAT;
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        if (ptn_slice_begins(name, others[i]))
            return PTN_LINE_OTHER_FORMAT;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (ptn_slice_has(name, kinds[i].mark))
            return read_kind(f, kinds[i].sentences, m, text, ret);
    return PTN_LINE_REMARK;
}

const struct ptn_format ptn_format_cisco_ios = {
    .name = "cisco-ios",
    .title = "Cisco IOS, NX-OS",
    .read = read_ios,
    .actions = words,
};
