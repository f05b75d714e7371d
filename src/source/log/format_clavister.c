/*
 * Clavister cOS Core, and D-Link's DFL series that it runs on: docs.clavister.com, "cOS Core Log Reference Guide".
 *
 *     EFW: CONN: prio=1 id=00600001 rev=1 event=conn_open rule=... conn=open connipproto=TCP connrecvif=lan
 * connsrcip=... EFW: RULE: prio=3 id=06000051 rev=1 event=ruleset_drop_packet action=drop rule=... recvif=wan srcip=...
 * ipproto=TCP
 */
#include "pairs.h"

static const char *const marks[] = {"prio=", " id=", " event=", NULL};
static const char *const packet_marks[] = {
    "CONN: ",     "RULE: ",     "DROP: ",    "FRAG: ",      "IP_ERROR: ",   "IP_FLAG: ", "IP_OPT: ",
    "IP_PROTO: ", "TCP_FLAG: ", "TCP_OPT: ", "THRESHOLD: ", "REASSEMBLY: ", NULL,
};

static const struct ptn_action_word actions[] = {
    {"open", PTN_ACTION_PASS},   {"close", PTN_ACTION_PASS}, {"closed", PTN_ACTION_PASS}, {"allow", PTN_ACTION_PASS},
    {"accept", PTN_ACTION_PASS}, {"drop", PTN_ACTION_DROP},  {"block", PTN_ACTION_DROP},  {"reject", PTN_ACTION_REJECT},
    {"none", PTN_ACTION_NONE},   {NULL, PTN_ACTION_NONE},
};

static const struct ptn_field_name names[] = {
    {"connsrcip", PTN_SLOT_SRC},      {"conndestip", PTN_SLOT_DST},     {"connsrcport", PTN_SLOT_SPORT},
    {"conndestport", PTN_SLOT_DPORT}, {"connipproto", PTN_SLOT_PROTO},  {"connrecvif", PTN_SLOT_IN},
    {"conndestif", PTN_SLOT_OUT},     {"srcip", PTN_SLOT_SRC},          {"destip", PTN_SLOT_DST},
    {"srcport", PTN_SLOT_SPORT},      {"destport", PTN_SLOT_DPORT},     {"ipproto", PTN_SLOT_PROTO},
    {"recvif", PTN_SLOT_IN},          {"destif", PTN_SLOT_OUT},         {"action", PTN_SLOT_ACTION},
    {"conn", PTN_SLOT_ACTION},        {"icmptype", PTN_SLOT_ICMP_TYPE}, {"icmpcode", PTN_SLOT_ICMP_CODE},
    {"rule", PTN_SLOT_RULE},          {"ipdatalen", PTN_SLOT_LENGTH},   {.name = ""},
};

/* syn=1 ack=0: each flag is a pair of its own. */
static void put_flags(const struct ptn_message *m, struct ptn_knock *k)
{
    static const char *const words[] = {"fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"};
    struct ptn_pairs p;
    struct ptn_pair pair;
    ptn_pairs_begin(&p, &ptn_format_clavister, m->text);
    while (ptn_pairs_next(&p, &pair))
        for (unsigned bit = 0; bit < 8 && pair.key.len == 3 && pair.value.len == 1; bit++)
            if (slice_is(pair.key, words[bit])) {
                k->flags = (uint8_t)(k->flags | (*pair.value.at == '1' ? 1u << bit : 0));
                k->has |= PTN_HAS_FLAGS;
            }
}

static enum ptn_line finish(const struct ptn_message *m, struct ptn_knock *k, enum ptn_line kind)
{
    if (k->has & PTN_HAS_PROTO && k->proto == 6)
        put_flags(m, k);
    /* Of these categories, but of the state table and the like. */
    return kind == PTN_LINE_BROKEN && !k->src.family && !k->dst.family && !(k->has & PTN_HAS_PROTO) ? PTN_LINE_REMARK
                                                                                                    : kind;
}

const struct ptn_format ptn_format_clavister = {
    .name = "clavister",
    .title = "Clavister cOS Core",
    .read = ptn_read_pairs,
    .marks = marks,
    .packet_marks = packet_marks,
    .names = names,
    .actions = actions,
    .finish = finish,
};
