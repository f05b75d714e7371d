/*
 * Sophos Firewall (XG, SFOS: "Sophos Firewall Log Viewer and syslog guide") and Sophos UTM (Astaro), whose packet
 * filter logs by ulogd.
 */
#include "pairs.h"
#include "record.h"

static const char *const xg_marks[] = {"log_type=", "log_component=", "log_subtype=", NULL};
static const char *const xg_packet_marks[] = {"log_type=\"Firewall\"", "log_type=Firewall", NULL};

static const struct ptn_action_word actions[] = {
    {"allowed", PTN_ACTION_PASS}, {"allow", PTN_ACTION_PASS},       {"accept", PTN_ACTION_PASS},
    {"denied", PTN_ACTION_DROP},  {"deny", PTN_ACTION_DROP},        {"drop", PTN_ACTION_DROP},
    {"dropped", PTN_ACTION_DROP}, {"reject", PTN_ACTION_REJECT},    {"rejected", PTN_ACTION_REJECT},
    {"log", PTN_ACTION_NONE},     {"dns request", PTN_ACTION_NONE}, {"nat", PTN_ACTION_NONE},
    {"detect", PTN_ACTION_NONE},  {"admin", PTN_ACTION_NONE},       {NULL, PTN_ACTION_NONE},
};

static const struct ptn_field_name xg_names[] = {
    {"src_ip", PTN_SLOT_SRC},          {"dst_ip", PTN_SLOT_DST},           {"src_port", PTN_SLOT_SPORT},
    {"dst_port", PTN_SLOT_DPORT},      {"protocol", PTN_SLOT_PROTO},       {"log_subtype", PTN_SLOT_ACTION},
    {"in_interface", PTN_SLOT_IN},     {"out_interface", PTN_SLOT_OUT},    {"icmp_type", PTN_SLOT_ICMP_TYPE},
    {"icmp_code", PTN_SLOT_ICMP_CODE}, {"timestamp", PTN_SLOT_TIME},       {"date", PTN_SLOT_DATE},
    {"time", PTN_SLOT_CLOCK},          {"timezone", PTN_SLOT_ZONE},        {"fw_rule_name", PTN_SLOT_RULE},
    {"fw_rule_id", PTN_SLOT_RULE},     {"packets_sent", PTN_SLOT_PACKETS}, {"sent_pkts", PTN_SLOT_PACKETS},
    {"bytes_sent", PTN_SLOT_OCTETS},   {"sent_bytes", PTN_SLOT_OCTETS},    {.name = ""},
};

/* The mark may stand in a value; a line about the MAC filter or a failover may have no addresses. */
static enum ptn_line finish_xg(const struct ptn_message *m, struct ptn_knock *k, enum ptn_line kind)
{
    if (!slice_is(ptn_pairs_value(&ptn_format_sophos_xg, m->text, "log_type"), "Firewall"))
        return PTN_LINE_REMARK;
    return kind == PTN_LINE_BROKEN && !k->src.family && !k->dst.family && !(k->has & PTN_HAS_PROTO) ? PTN_LINE_REMARK
                                                                                                    : kind;
}

const struct ptn_format ptn_format_sophos_xg = {
    .name = "sophos-xg",
    .title = "Sophos Firewall",
    .read = ptn_read_pairs,
    .marks = xg_marks,
    .packet_marks = xg_packet_marks,
    .names = xg_names,
    .actions = actions,
    .finish = finish_xg,
};

/* As Sophos Central and collectors have it. */
static const char *const json_marks[] = {"\"log_type\"", "\"log_component\"", "\"src_ip\"", NULL};
static const char *const json_packet_marks[] = {"\"log_type\":\"Firewall\"", "\"log_type\": \"Firewall\"", NULL};

const struct ptn_format ptn_format_sophos_json = {
    .name = "sophos-xg",
    .title = "Sophos Firewall, JSON",
    .read = ptn_read_object,
    .marks = json_marks,
    .packet_marks = json_packet_marks,
    .names = xg_names,
    .actions = actions,
};

static const char *const utm_marks[] = {"id=\"", "sys=\"Secure", "sub=\"", NULL};
static const char *const utm_packet_marks[] = {"sub=\"packetfilter\"", NULL};

static const struct ptn_field_name utm_names[] = {
    {"srcip", PTN_SLOT_SRC},      {"dstip", PTN_SLOT_DST},      {"srcport", PTN_SLOT_SPORT},
    {"dstport", PTN_SLOT_DPORT},  {"proto", PTN_SLOT_PROTO},    {"action", PTN_SLOT_ACTION},
    {"initf", PTN_SLOT_IN},       {"outitf", PTN_SLOT_OUT},     {"tcpflags", PTN_SLOT_FLAGS},
    {"type", PTN_SLOT_ICMP_TYPE}, {"code", PTN_SLOT_ICMP_CODE}, {"ttl", PTN_SLOT_TTL},
    {"length", PTN_SLOT_LENGTH},  {"fwrule", PTN_SLOT_RULE},    {.name = ""},
};

static enum ptn_line finish_utm(const struct ptn_message *m, struct ptn_knock *k, enum ptn_line kind)
{
    (void)k;
    return slice_is(ptn_pairs_value(&ptn_format_sophos_utm, m->text, "sub"), "packetfilter") ? kind : PTN_LINE_REMARK;
}

const struct ptn_format ptn_format_sophos_utm = {
    .name = "sophos-utm",
    .title = "Sophos UTM",
    .read = ptn_read_pairs,
    .marks = utm_marks,
    .packet_marks = utm_packet_marks,
    .names = utm_names,
    .actions = actions,
    .finish = finish_utm,
};
