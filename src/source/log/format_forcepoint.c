/*
 * Forcepoint NGFW (Stonesoft), as its Log Server exports entries with their own names: "Log entry fields". CEF and
 * LEEF, which it also speaks, are read as such.
 *
 *     Timestamp="2026-01-02 03:04:05",LogId="4242",NodeId="192.0.2.1",Facility="Packet filtering",Type="Notification",
 *     Event="Connection
 * discarded",Action="Discard",Src="203.0.113.9",Dst="192.0.2.1",Protocol="6",Sport="4242",Dport="23"
 */
#include "pairs.h"

static const char *const marks[] = {"NodeId=", "Event=", NULL};
static const char *const packet_marks[] = {"Src=", NULL};

static const struct ptn_action_word actions[] = {
    {"allow", PTN_ACTION_PASS},    {"permit", PTN_ACTION_PASS},    {"discard", PTN_ACTION_DROP},
    {"refuse", PTN_ACTION_REJECT}, {"terminate", PTN_ACTION_DROP}, {"block", PTN_ACTION_DROP},
    {NULL, PTN_ACTION_NONE},
};

static const struct ptn_field_name names[] = {
    {"Src", PTN_SLOT_SRC},
    {"Dst", PTN_SLOT_DST},
    {"Sport", PTN_SLOT_SPORT},
    {"Dport", PTN_SLOT_DPORT},
    {"Protocol", PTN_SLOT_PROTO},
    {"Action", PTN_SLOT_ACTION},
    {"SrcIF", PTN_SLOT_IN},
    {"Srcif", PTN_SLOT_IN},
    {"DstIF", PTN_SLOT_OUT},
    {"Dstif", PTN_SLOT_OUT},
    {"IcmpType", PTN_SLOT_ICMP_TYPE},
    {"IcmpCode", PTN_SLOT_ICMP_CODE},
    {"Timestamp", PTN_SLOT_TIME},
    {"RuleId", PTN_SLOT_RULE},
    {.name = ""},
};

/* Where there is no action the event tells it. */
static enum ptn_action event_action(struct ptn_slice event)
{
    static const struct {
        const char *part;
        enum ptn_action action;
    } parts[] = {
        {"iscarded", PTN_ACTION_DROP}, {"efused", PTN_ACTION_REJECT},      {"llowed", PTN_ACTION_PASS},
        {"losed", PTN_ACTION_PASS},    {"ew connection", PTN_ACTION_PASS},
    };
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
        if (ptn_slice_from(event, parts[i].part).len)
            return parts[i].action;
    return PTN_ACTION_NONE;
}

static enum ptn_line finish(const struct ptn_message *m, struct ptn_knock *k, enum ptn_line kind)
{
    if (k->action == PTN_ACTION_NONE)
        k->action = (uint8_t)event_action(ptn_pairs_value(&ptn_format_forcepoint, m->text, "Event"));
    if (!(k->has & PTN_HAS_PROTO) || (k->action == PTN_ACTION_NONE && !(k->has & PTN_HAS_DPORT)))
        return PTN_LINE_REMARK;
    return kind;
}

const struct ptn_format ptn_format_forcepoint = {
    .name = "forcepoint",
    .title = "Forcepoint NGFW",
    .read = ptn_read_pairs,
    .marks = marks,
    .packet_marks = packet_marks,
    .names = names,
    .actions = actions,
    .finish = finish,
};
