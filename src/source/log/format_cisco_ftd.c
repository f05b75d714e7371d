/*
 * Cisco Firepower Threat Defense: events of connections and intrusions, "%FTD-1-430003: SrcIP: ..., DstIP: ...", and
 * those of a management center, "SFIMS: ...". Cisco's "Secure Firewall Threat Defense Syslog Messages", 430001 to
 * 430005: "Key: Value, Key: Value", where a value may have both a colon and a comma in it.
 */
#include <netinet/in.h>
#include <string.h>

#include "cisco.h"

enum { INTRUSION = 430001, CONNECTION_END = 430003, EVENTS_END = 430100, KEY_MAX = 40 };

static const struct ptn_field_name names[] = {
    {"AccessControlRuleAction", PTN_SLOT_ACTION},
    {"Access Control Rule Action", PTN_SLOT_ACTION},
    {"InlineResult", PTN_SLOT_ACTION},
    {"SrcIP", PTN_SLOT_SRC},
    {"DstIP", PTN_SLOT_DST},
    {"SrcPort", PTN_SLOT_SPORT},
    {"DstPort", PTN_SLOT_DPORT},
    {"ICMPType", PTN_SLOT_ICMP_TYPE},
    {"Protocol", PTN_SLOT_PROTO},
    {"IngressInterface", PTN_SLOT_IN},
    {"EgressInterface", PTN_SLOT_OUT},
    {"IngressZone", PTN_SLOT_IN},
    {"EgressZone", PTN_SLOT_OUT},
    {"AccessControlRuleName", PTN_SLOT_RULE},
    {"InitiatorPackets", PTN_SLOT_PACKETS},
    {"InitiatorBytes", PTN_SLOT_OCTETS},
    {.name = ""},
};

static const struct ptn_action_word words[] = {
    {"allow", PTN_ACTION_PASS},
    {"trust", PTN_ACTION_PASS},
    {"fastpath", PTN_ACTION_PASS},
    {"monitor", PTN_ACTION_PASS},
    {"analyze", PTN_ACTION_PASS},
    {"block", PTN_ACTION_DROP},
    {"interactive block", PTN_ACTION_DROP},
    {"block with reset", PTN_ACTION_REJECT},
    {"interactive block with reset", PTN_ACTION_REJECT},
    {"sinkhole", PTN_ACTION_DROP},
    {"domain not found", PTN_ACTION_REJECT},
    {"dropped", PTN_ACTION_DROP},
    {"blocked", PTN_ACTION_DROP},
    {"would have dropped", PTN_ACTION_PASS},
    {"would block", PTN_ACTION_PASS},
    {"partially dropped", PTN_ACTION_DROP},
    {NULL, PTN_ACTION_NONE},
};

static bool is_key_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' || c == '_' ||
           c == '-' || c == '/';
}

/* The length of the key that a text begins with, up to its colon; 0 if it begins with none. */
static size_t key_len(const char *at, const char *end)
{
    size_t n = 0;
    while (at + n < end && n < KEY_MAX && is_key_char(at[n]))
        n++;
    return n && at + n < end && at[n] == ':' && (at + n + 1 == end || at[n + 1] == ' ') ? n : 0;
}

/* Where a value ends: at a comma with the next key behind it. */
static const char *value_end(const char *at, const char *end)
{
    for (const char *comma; (comma = memchr(at, ',', (size_t)(end - at))); at = comma + 1)
        if (end - comma > 2 && comma[1] == ' ' && key_len(comma + 2, end))
            return comma;
    return end;
}

static const struct ptn_field_name *name_of(struct ptn_slice key)
{
    for (const struct ptn_field_name *n = names; *n->name; n++)
        if (strncmp(n->name, key.at, key.len) == 0 && !n->name[key.len])
            return n;
    return NULL;
}

/* Puts all values. Result: 0, or -EINVAL where one is no such thing. */
static int put_all(struct ptn_knock *k, const struct ptn_format *f, struct ptn_slice text)
{
    const char *at = text.at, *end = text.at + text.len;
    for (size_t n; at < end && (n = key_len(at, end)); at = at < end ? at + 2 : end) {
        const char *value = at + n + 1, *stop = value_end(value, end);
        const struct ptn_field_name *name = name_of((struct ptn_slice){at, n});
        int r = name ? ptn_slot_put(k, f, name->slot, (struct ptn_slice){value, (size_t)(stop - value)}) : 0;
        if (r && name->slot != PTN_SLOT_RULE && name->slot != PTN_SLOT_ACTION)
            return r;
        at = stop;
    }
    return 0;
}

/* In newer versions the type and the code of ICMP stand where the ports do. */
static void settle_icmp(struct ptn_knock *k)
{
    if (k->proto == IPPROTO_ICMP && k->src.family == AF_INET6)
        k->proto = IPPROTO_ICMPV6;
    if (!(k->has & PTN_HAS_PROTO) || (k->proto != IPPROTO_ICMP && k->proto != IPPROTO_ICMPV6))
        return;
    if (!(k->has & PTN_HAS_ICMP_TYPE) && (k->has & PTN_HAS_SPORT) && k->sport < 256) {
        k->icmp_type = (uint8_t)k->sport;
        k->has |= PTN_HAS_ICMP_TYPE;
    }
    k->has &= (uint16_t) ~(PTN_HAS_SPORT | PTN_HAS_DPORT);
}

static enum ptn_line read_ftd(const struct ptn_format *f, struct ptn_log_state *state, const struct ptn_message *m,
                              struct ptn_knocks *ret)
{
    (void)state;
    struct ptn_slice text;
    uint32_t id = ptn_asa_open(m, &text);
    if (id == 0 && ptn_slice_begins(m->tag, "SFIMS"))
        text = m->text;
    else if (id < INTRUSION || id >= EVENTS_END)
        return PTN_LINE_OTHER_FORMAT;
    if (id > CONNECTION_END || !ptn_slice_has(text, "SrcIP: "))
        return PTN_LINE_REMARK;
    struct ptn_knock *k = ptn_knocks_add(ret);
    if (!k || put_all(k, f, text))
        return PTN_LINE_BROKEN;
    if (!k->action && id == INTRUSION) /* an alert alone stops nothing */
        k->action = PTN_ACTION_PASS;
    settle_icmp(k);
    return PTN_LINE_PACKET;
}

const struct ptn_format ptn_format_cisco_ftd = {
    .name = "cisco-ftd",
    .title = "Cisco Firepower Threat Defense",
    .read = read_ftd,
    .actions = words,
};
