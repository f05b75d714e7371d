/*
 * Cisco Meraki MX and MR: documentation.meraki.com, "Syslog Event Types and Log Samples". The word after the device's
 * name is the kind of the line; since MX 18.101 "flows" has more names.
 *
 *     1 1563249630.774247467 MX84 flows src=192.0.2.7 dst=203.0.113.9 protocol=tcp sport=4242 dport=80 pattern: allow
 * all 1 1563249630.774247467 MX84 ip_flow_start src=192.0.2.7 dst=203.0.113.9 protocol=udp sport=4242 dport=53 ...
 */
#include "pairs.h"

enum kind { KIND_REMARK, KIND_RULE, KIND_FLOW };

static const struct {
    const char *word;
    enum kind kind;
} kinds[] = {
    {" flows ", KIND_RULE},
    {" firewall ", KIND_RULE},
    {" vpn_firewall ", KIND_RULE},
    {" cellular_firewall ", KIND_RULE},
    {" cellular_firewall_flow ", KIND_RULE},
    {" bridge_anyconnect_client_vpn_firewall ", KIND_RULE},
    {" inbound_firewall ", KIND_RULE},
    {" l7_firewall ", KIND_RULE},
    {" ip_flow_start ", KIND_FLOW},
    {" ip_flow_end ", KIND_FLOW},
    {" urls src=", KIND_REMARK},
    {" events type=", KIND_REMARK},
    {" security_event ", KIND_REMARK},
    {" airmarshal_events type=", KIND_REMARK},
    {" ids-alerts ", KIND_REMARK},
};

static const struct ptn_field_name names[] = {
    {"src", PTN_SLOT_SRC},        {"dst", PTN_SLOT_DST},        {"sport", PTN_SLOT_SPORT},    {"dport", PTN_SLOT_DPORT},
    {"protocol", PTN_SLOT_PROTO}, {"type", PTN_SLOT_ICMP_TYPE}, {"code", PTN_SLOT_ICMP_CODE}, {.name = ""},
};

static bool begins(struct ptn_slice s, const char *word)
{
    return s.len >= strlen(word) && memcmp(s.at, word, strlen(word)) == 0;
}

/* "allow all", "deny (src 10.0.0.0/8)", "Group Policy Deny"; of rules for the way in 1 is deny and 0 allow. */
static enum ptn_action pattern_action(struct ptn_slice pattern)
{
    static const char mark[] = "pattern: ";
    if (pattern.len < sizeof(mark))
        return PTN_ACTION_NONE;
    struct ptn_slice s = {pattern.at + sizeof(mark) - 1, pattern.len - sizeof(mark) + 1};
    if (begins(s, "deny") || begins(s, "1 ") || slice_is(s, "1"))
        return PTN_ACTION_DROP;
    if (begins(s, "allow") || begins(s, "0 ") || slice_is(s, "0"))
        return PTN_ACTION_PASS;
    if (ptn_slice_from(s, "Deny").len || ptn_slice_from(s, "deny").len)
        return PTN_ACTION_DROP;
    return ptn_slice_from(s, "llow").len ? PTN_ACTION_PASS : PTN_ACTION_NONE;
}

/* `rest` goes on behind the kind. */
static enum ptn_action action_of(enum kind kind, struct ptn_slice rest)
{
    if (kind == KIND_FLOW || begins(rest, "allow "))
        return PTN_ACTION_PASS;
    if (begins(rest, "deny ") || ptn_slice_from(rest, "decision=blocked").len)
        return PTN_ACTION_DROP;
    return pattern_action(ptn_slice_from(rest, "pattern: "));
}

/* "1563249630.774247467 MX84 flows": the word before last. */
static void put_time(struct ptn_slice all, const char *kind, struct ptn_knock *k)
{
    const char *to = kind;
    while (to > all.at && to[-1] != ' ')
        to--;
    to = to > all.at ? to - 1 : to;
    const char *from = to;
    bool digits = true, dot = false;
    for (; from > all.at && from[-1] != ' ' && to - from < 32; from--) {
        dot = dot || from[-1] == '.';
        digits = digits && (from[-1] == '.' || (from[-1] >= '0' && from[-1] <= '9'));
    }
    if (digits && dot)
        ptn_slot_put(k, &ptn_format_meraki, PTN_SLOT_SECONDS, (struct ptn_slice){from, (size_t)(to - from)});
}

static enum ptn_line read_kind(const struct ptn_message *m, struct ptn_slice all, struct ptn_slice at, size_t i,
                               struct ptn_knocks *ret)
{
    size_t skip = strlen(kinds[i].word);
    struct ptn_slice rest = {at.at + skip, at.len - skip};
    if (!begins(rest, "src=") && !begins(rest, "allow src=") && !begins(rest, "deny src="))
        return PTN_LINE_OTHER_FORMAT;
    struct ptn_knock *k = ptn_knocks_add(ret);
    if (!k)
        return PTN_LINE_BROKEN;
    put_time(all, at.at, k);
    struct ptn_pairs p;
    ptn_pairs_begin(&p, &ptn_format_meraki, rest);
    bool sound = ptn_pairs_fill(&p, &ptn_format_meraki, k);
    k->action = (uint8_t)action_of(kinds[i].kind, rest);
    return ptn_pairs_settle(&ptn_format_meraki, m, k, sound);
}

static enum ptn_line read_meraki(const struct ptn_format *format, struct ptn_log_state *state,
                                 const struct ptn_message *m, struct ptn_knocks *ret)
{
    (void)format;
    (void)state;
    struct ptn_slice all = ptn_message_all(m);
    if (!ptn_slice_from(all, "src=").len && !ptn_slice_from(all, " type=").len)
        return PTN_LINE_OTHER_FORMAT;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        struct ptn_slice at = ptn_slice_from(all, kinds[i].word);
        if (!at.len)
            continue;
        if (kinds[i].kind == KIND_REMARK)
            return PTN_LINE_REMARK;
        enum ptn_line line = read_kind(m, all, at, i, ret);
        if (line != PTN_LINE_OTHER_FORMAT)
            return line;
    }
    return PTN_LINE_OTHER_FORMAT;
}

const struct ptn_format ptn_format_meraki = {
    .name = "meraki",
    .title = "Cisco Meraki",
    .read = read_meraki,
    .names = names,
};
