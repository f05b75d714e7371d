/*
 * Juniper NetScreen and SSG, ScreenOS: "ScreenOS Message Log Reference Guide", message 00257. Keys have blanks in them.
 *
 *     ns5gt: NetScreen device_id=ns5gt [Root]system-notification-00257(traffic): start_time="..." policy_id=1
 * service=http proto=6 src zone=Untrust dst zone=Trust action=Deny src=203.0.113.9 dst=192.0.2.1 src_port=4242
 * dst_port=80
 */
#include "pairs.h"

static const char *const marks[] = {"creen device_id=", NULL};
static const char *const packet_marks[] = {"(traffic)", NULL};

static const struct ptn_action_word actions[] = {
    {"permit", PTN_ACTION_PASS}, {"tunnel", PTN_ACTION_PASS},   {"deny", PTN_ACTION_DROP},
    {"drop", PTN_ACTION_DROP},   {"reject", PTN_ACTION_REJECT}, {NULL, PTN_ACTION_NONE},
};

static const struct ptn_field_name names[] = {
    {"src", PTN_SLOT_SRC},
    {"dst", PTN_SLOT_DST},
    {"src_port", PTN_SLOT_SPORT},
    {"dst_port", PTN_SLOT_DPORT},
    {"proto", PTN_SLOT_PROTO},
    {"action", PTN_SLOT_ACTION},
    {"src zone", PTN_SLOT_IN},
    {"dst zone", PTN_SLOT_OUT},
    {"icmp type", PTN_SLOT_ICMP_TYPE},
    {"icmp code", PTN_SLOT_ICMP_CODE},
    {"policy_id", PTN_SLOT_RULE},
    {"sent", PTN_SLOT_OCTETS},
    {.name = ""},
};

/* The start of the session is the time only where nobody knows when it was logged. */
static enum ptn_line finish(const struct ptn_message *m, struct ptn_knock *k, enum ptn_line kind)
{
    if (m->time == PTN_NO_TIME)
        ptn_slot_put(k, &ptn_format_netscreen, PTN_SLOT_TIME,
                     ptn_pairs_value(&ptn_format_netscreen, m->text, "start_time"));
    if (kind == PTN_LINE_BROKEN && !(k->has & PTN_HAS_PROTO)) /* that a session began, and no more */
        return PTN_LINE_REMARK;
    return kind;
}

const struct ptn_format ptn_format_netscreen = {
    .name = "netscreen",
    .title = "Juniper NetScreen",
    .read = ptn_read_pairs,
    .marks = marks,
    .packet_marks = packet_marks,
    .names = names,
    .actions = actions,
    .finish = finish,
};
