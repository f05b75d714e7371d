/*
 * Stormshield Network Security: documentation.stormshield.eu, "Description of audit logs". The logs of the filter and
 * of the connections it let through are about packets.
 */
#include "pairs.h"

static const char *const marks[] = {"id=firewall ", "logtype=\"", NULL};
static const char *const packet_marks[] = {"logtype=\"filter\"", "logtype=\"connection\"", NULL};

static const struct ptn_action_word actions[] = {
    {"pass", PTN_ACTION_PASS},     {"block", PTN_ACTION_DROP}, {"reset", PTN_ACTION_REJECT},
    {"reject", PTN_ACTION_REJECT}, {"log", PTN_ACTION_NONE},   {NULL, PTN_ACTION_NONE},
};

static const struct ptn_field_name names[] = {
    {"src", PTN_SLOT_SRC},
    {"dst", PTN_SLOT_DST},
    {"srcport", PTN_SLOT_SPORT},
    {"dstport", PTN_SLOT_DPORT},
    {"ipproto", PTN_SLOT_PROTO},
    {"action", PTN_SLOT_ACTION},
    {"srcif", PTN_SLOT_IN},
    {"dstif", PTN_SLOT_OUT},
    {"icmptype", PTN_SLOT_ICMP_TYPE},
    {"icmpcode", PTN_SLOT_ICMP_CODE},
    {"time", PTN_SLOT_TIME},
    {"tz", PTN_SLOT_ZONE},
    {"rulename", PTN_SLOT_RULE},
    {"ruleid", PTN_SLOT_RULE},
    {"sent", PTN_SLOT_OCTETS},
    {.name = ""},
};

/* `dst` is where it went after NAT, `origdst` where it was sent. */
static void put_original(struct ptn_slice addr, struct ptn_slice port, struct ptn_knock *k)
{
    struct ptn_knock was = {.time = PTN_NO_TIME};
    ptn_slot_put(&was, &ptn_format_stormshield, PTN_SLOT_DST, addr);
    ptn_slot_put(&was, &ptn_format_stormshield, PTN_SLOT_DPORT, port);
    if (!was.dst.family)
        return;
    k->dst = was.dst;
    if (was.has & PTN_HAS_DPORT)
        k->dport = was.dport;
}

/* The mark may stand in a value. */
static enum ptn_line finish(const struct ptn_message *m, struct ptn_knock *k, enum ptn_line kind)
{
    enum { TYPE, DST, PORT, KEYS };
    static const char *const keys[KEYS] = {"logtype", "origdst", "origdstport"};
    struct ptn_slice of[KEYS];
    ptn_pairs_values(&ptn_format_stormshield, m->text, keys, KEYS, of);
    bool connection = slice_is(of[TYPE], "connection");
    if (!connection && !slice_is(of[TYPE], "filter"))
        return PTN_LINE_REMARK;
    put_original(of[DST], of[PORT], k);
    if (k->action == PTN_ACTION_NONE && connection)
        k->action = PTN_ACTION_PASS;
    return kind;
}

const struct ptn_format ptn_format_stormshield = {
    .name = "stormshield",
    .title = "Stormshield Network Security",
    .read = ptn_read_pairs,
    .marks = marks,
    .packet_marks = packet_marks,
    .names = names,
    .actions = actions,
    .finish = finish,
};
