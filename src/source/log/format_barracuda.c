/*
 * Barracuda CloudGen Firewall (phion, NextGen F): campus.barracuda.com, "Firewall Activity Log". Bars separate values
 * with their keys, or without them in the same order.
 *
 *     Security gw Block: type=FWD|proto=UDP|srcIF=eth0|srcIP=192.0.2.1|srcPort=4242|srcMAC=...|dstIP=203.0.113.9|...
 *     Info gw Allow: FWD|TCP|eth0|192.0.2.1|4242|00:00:5e:00:53:01|203.0.113.9|80|http|eth1|LAN-2-INTERNET|...
 */
#include "pairs.h"

static const struct ptn_action_word actions[] = {
    {"Allow", PTN_ACTION_PASS}, {"LocalAllow", PTN_ACTION_PASS}, {"Remove", PTN_ACTION_PASS},
    {"End", PTN_ACTION_PASS},   {"Block", PTN_ACTION_DROP},      {"LocalBlock", PTN_ACTION_DROP},
    {"Drop", PTN_ACTION_DROP},  {"Deny", PTN_ACTION_REJECT},     {"Reject", PTN_ACTION_REJECT},
    {"Fail", PTN_ACTION_NONE},  {"Detect", PTN_ACTION_NONE},     {"Rewrite", PTN_ACTION_PASS},
    {NULL, PTN_ACTION_NONE},
};

static const struct ptn_field_name names[] = {
    {"proto", PTN_SLOT_PROTO},         {"srcIF", PTN_SLOT_IN},         {"srcIP", PTN_SLOT_SRC},
    {"srcPort", PTN_SLOT_SPORT},       {"dstIP", PTN_SLOT_DST},        {"dstPort", PTN_SLOT_DPORT},
    {"dstIF", PTN_SLOT_OUT},           {"action", PTN_SLOT_ACTION},    {"rule", PTN_SLOT_RULE},
    {"sentPackets", PTN_SLOT_PACKETS}, {"sentBytes", PTN_SLOT_OCTETS}, {.name = ""},
};

/* The order of those without keys. */
static const enum ptn_slot order[] = {
    PTN_SLOT_NOTHING, PTN_SLOT_PROTO, PTN_SLOT_IN,      PTN_SLOT_SRC, PTN_SLOT_SPORT, PTN_SLOT_NOTHING,
    PTN_SLOT_DST,     PTN_SLOT_DPORT, PTN_SLOT_NOTHING, PTN_SLOT_OUT, PTN_SLOT_RULE,
};

static const char *const types[] = {"FWD|",  "LIN|", "LOUT|", "LB|",  "IFWD|",  "PXY|",
                                    "IPXY|", "PRX|", "IPRX|", "TAP|", "ADMIN|", NULL};

static bool begins(struct ptn_slice s, const char *word)
{
    size_t n = strlen(word);
    return s.len >= n && memcmp(s.at, word, n) == 0;
}

static bool is_activity(struct ptn_slice s)
{
    if (begins(s, "type="))
        s = (struct ptn_slice){s.at + 5, s.len - 5};
    for (const char *const *type = types; *type; type++)
        if (begins(s, *type))
            return true;
    return false;
}

/* " Block: " and an activity behind it. */
static struct ptn_slice find_activity(struct ptn_slice all, enum ptn_action *ret)
{
    for (const struct ptn_action_word *a = actions; a->word; a++) {
        struct ptn_slice s = ptn_slice_from(all, a->word);
        size_t n = strlen(a->word) + 2;
        if (s.len <= n || s.at[n - 2] != ':' || s.at[n - 1] != ' ')
            continue;
        s = (struct ptn_slice){s.at + n, s.len - n};
        if (is_activity(s)) {
            *ret = a->action;
            return s;
        }
    }
    struct ptn_slice s = ptn_slice_from(all, "type=");
    return is_activity(s) && ptn_slice_from(s, "|srcIP=").len ? s : (struct ptn_slice){0};
}

static bool put_in_order(struct ptn_slice s, struct ptn_knock *k)
{
    bool sound = true;
    const char *at = s.at, *end = s.at + s.len;
    for (size_t i = 0; i < sizeof(order) / sizeof(*order) && at <= end; i++) {
        const char *to = memchr(at, '|', (size_t)(end - at));
        to = to ? to : end;
        bool port = order[i] == PTN_SLOT_SPORT || order[i] == PTN_SLOT_DPORT;
        if (order[i] != PTN_SLOT_NOTHING &&
            ptn_slot_put(k, &ptn_format_barracuda, order[i], (struct ptn_slice){at, (size_t)(to - at)}) != 0 && port)
            sound = false;
        at = to + 1;
    }
    return sound;
}

static void put_way(struct ptn_slice s, struct ptn_knock *k)
{
    if (begins(s, "type="))
        s = (struct ptn_slice){s.at + 5, s.len - 5};
    k->way = begins(s, "LIN|")    ? PTN_WAY_IN
             : begins(s, "LOUT|") ? PTN_WAY_OUT
             : begins(s, "FWD|")  ? PTN_WAY_THROUGH
                                  : 0;
}

/* "2026 01 02 13:12:21 Security +01:00 Block: ": as the box's own file has it. */
static void put_time(const struct ptn_message *m, struct ptn_slice all, struct ptn_knock *k)
{
    enum { STAMP = 19 };
    char stamp[STAMP];
    if (all.len < STAMP || all.at[4] != ' ' || all.at[7] != ' ' || all.at[10] != ' ' || all.at[13] != ':')
        return;
    memcpy(stamp, all.at, STAMP);
    stamp[4] = stamp[7] = '-';
    if (ptn_slot_put(k, &ptn_format_barracuda, PTN_SLOT_TIME, (struct ptn_slice){stamp, STAMP}) != 0)
        return;
    const char *at = memchr(all.at + STAMP, '+', all.len - STAMP < 24 ? all.len - STAMP : 24);
    at = at ? at : memchr(all.at + STAMP, '-', all.len - STAMP < 24 ? all.len - STAMP : 24);
    if (at && all.at + all.len - at > 6)
        ptn_slot_put(k, &ptn_format_barracuda, PTN_SLOT_ZONE, (struct ptn_slice){at, 6});
    (void)m;
}

/* Where no word stands before: "Normal Operation", "Block by Rule". */
static enum ptn_action info_action(struct ptn_slice info)
{
    if (begins(info, "Block"))
        return PTN_ACTION_DROP;
    return begins(info, "Normal") || begins(info, "Session") ? PTN_ACTION_PASS : PTN_ACTION_NONE;
}

static enum ptn_line read_barracuda(const struct ptn_format *format, struct ptn_log_state *state,
                                    const struct ptn_message *m, struct ptn_knocks *ret)
{
    (void)state;
    struct ptn_slice all = ptn_message_all(m);
    enum ptn_action action = PTN_ACTION_NONE;
    struct ptn_slice activity = {0};
    if (all.len && memchr(all.at, '|', all.len))
        activity = find_activity(all, &action);
    if (!activity.len)
        return ptn_slice_from(all, "box_Firewall").len ? PTN_LINE_REMARK : PTN_LINE_OTHER_FORMAT;
    struct ptn_knock *k = ptn_knocks_add(ret);
    if (!k)
        return PTN_LINE_BROKEN;
    bool sound;
    if (begins(activity, "type=")) {
        struct ptn_pairs p;
        ptn_pairs_begin(&p, format, activity);
        sound = ptn_pairs_fill(&p, format, k);
    } else {
        sound = put_in_order(activity, k);
    }
    if (action != PTN_ACTION_NONE)
        k->action = (uint8_t)action;
    else if (k->action == PTN_ACTION_NONE)
        k->action = (uint8_t)info_action(ptn_pairs_value(format, activity, "info"));
    put_way(activity, k);
    put_time(m, all, k);
    return ptn_pairs_settle(format, m, k, sound);
}

const struct ptn_format ptn_format_barracuda = {
    .name = "barracuda",
    .title = "Barracuda CloudGen Firewall",
    .read = read_barracuda,
    .names = names,
    .actions = actions,
    .separator = '|',
};
