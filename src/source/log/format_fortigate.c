/*
 * Fortinet FortiGate. FortiOS 5.2 and later: docs.fortinet.com, "FortiOS Log Message Reference"; before that addresses
 * and ports had other names. Blanks or commas (set format csv) separate.
 *
 *     date=2026-01-02 time=03:04:05 devid="FG..." logid="0000000013" type="traffic" subtype="forward" ... srcip=...
 */
#include "pairs.h"
#include "record.h"

static const char *const marks[] = {"logid=", "subtype=", NULL};
static const char *const old_marks[] = {"log_id=", "subtype=", "device_id=F", NULL};
static const char *const packet_marks[] = {" type=\"traffic\"", " type=traffic",     ",type=traffic",
                                           ",type=\"traffic\"", "[type=\"traffic\"", NULL};

/* A session that was let through may end in many ways. */
static const struct ptn_action_word actions[] = {
    {"accept", PTN_ACTION_PASS},     {"start", PTN_ACTION_PASS},      {"close", PTN_ACTION_PASS},
    {"timeout", PTN_ACTION_PASS},    {"ip-conn", PTN_ACTION_PASS},    {"dns", PTN_ACTION_PASS},
    {"client-rst", PTN_ACTION_PASS}, {"server-rst", PTN_ACTION_PASS}, {"reset", PTN_ACTION_PASS},
    {"tunnel", PTN_ACTION_PASS},     {"deny", PTN_ACTION_DROP},       {"block", PTN_ACTION_DROP},
    {"blocked", PTN_ACTION_DROP},    {"violation", PTN_ACTION_DROP},  {NULL, PTN_ACTION_NONE},
};

static const struct ptn_field_name names[] = {
    {"srcip", PTN_SLOT_SRC},
    {"dstip", PTN_SLOT_DST},
    {"srcport", PTN_SLOT_SPORT},
    {"dstport", PTN_SLOT_DPORT},
    {"proto", PTN_SLOT_PROTO},
    {"action", PTN_SLOT_ACTION},
    {"srcintf", PTN_SLOT_IN},
    {"dstintf", PTN_SLOT_OUT},
    {"date", PTN_SLOT_DATE},
    {"time", PTN_SLOT_CLOCK},
    {"tz", PTN_SLOT_ZONE},
    {"policyname", PTN_SLOT_RULE},
    {"policyid", PTN_SLOT_RULE},
    {"sentpkt", PTN_SLOT_PACKETS},
    {"sentbyte", PTN_SLOT_OCTETS},
    {"icmptype", PTN_SLOT_ICMP_TYPE},
    {"icmpcode", PTN_SLOT_ICMP_CODE},
    /* FortiOS 4 and 5.0 */
    {"src", PTN_SLOT_SRC},
    {"dst", PTN_SLOT_DST},
    {"src_port", PTN_SLOT_SPORT},
    {"dst_port", PTN_SLOT_DPORT},
    {"status", PTN_SLOT_ACTION},
    {"src_int", PTN_SLOT_IN},
    {"dst_int", PTN_SLOT_OUT},
    {.name = ""},
};

/* "icmp/3/1": what ICMP has instead of ports. */
static void put_icmp(const struct ptn_message *m, struct ptn_knock *k)
{
    static const char *const before[] = {"service=\"icmp/", "service=\"icmp6/", "service=icmp/", "service=icmp6/"};
    for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
        struct ptn_slice s = ptn_slice_from(m->text, before[i]);
        size_t skip = strlen(before[i]), n = skip;
        while (n < s.len && s.at[n] >= '0' && s.at[n] <= '9')
            n++;
        if (n == skip || n >= s.len || s.at[n] != '/')
            continue;
        ptn_slot_put(k, &ptn_format_fortigate, PTN_SLOT_ICMP_TYPE, (struct ptn_slice){s.at + skip, n - skip});
        size_t code = ++n;
        while (n < s.len && s.at[n] >= '0' && s.at[n] <= '9')
            n++;
        ptn_slot_put(k, &ptn_format_fortigate, PTN_SLOT_ICMP_CODE, (struct ptn_slice){s.at + code, n - code});
    }
}

/* The mark may stand in a value, a URL; web requests of the proxy are of the type, but no packets. */
static enum ptn_line finish(const struct ptn_message *m, struct ptn_knock *k, enum ptn_line kind)
{
    if (!slice_is(ptn_pairs_value(&ptn_format_fortigate, m->text, "type"), "traffic") ||
        ptn_slice_from(m->text, "subtype=\"http-transaction\"").len)
        return PTN_LINE_REMARK;
    /* What stands in the line's own date counts, but without a zone nobody knows where that was. */
    if (!ptn_slice_from(m->text, "tz=").len)
        ptn_slot_put(k, &ptn_format_fortigate, PTN_SLOT_SECONDS,
                     ptn_pairs_value(&ptn_format_fortigate, m->text, "eventtime"));
    if (k->has & PTN_HAS_PROTO && (k->proto == 1 || k->proto == 58))
        put_icmp(m, k);
    return kind;
}

const struct ptn_format ptn_format_fortigate = {
    .name = "fortigate",
    .title = "Fortinet FortiGate",
    .read = ptn_read_pairs,
    .marks = marks,
    .packet_marks = packet_marks,
    .names = names,
    .actions = actions,
    .finish = finish,
};

/* Where a collector keeps only some of the fields. */
static const char *const lean_marks[] = {"date=", "devname=", "type=", NULL};

const struct ptn_format ptn_format_fortigate_lean = {
    .name = "fortigate",
    .title = "Fortinet FortiGate, fields left out",
    .read = ptn_read_pairs,
    .marks = lean_marks,
    .packet_marks = packet_marks,
    .names = names,
    .actions = actions,
    .finish = finish,
};

const struct ptn_format ptn_format_fortigate_old = {
    .name = "fortigate",
    .title = "Fortinet FortiGate, FortiOS 4",
    .read = ptn_read_pairs,
    .marks = old_marks,
    .packet_marks = packet_marks,
    .names = names,
    .actions = actions,
    .finish = finish,
};

/* "set format json", and what collectors make of the pairs. */
static const char *const json_marks[] = {"\"srcip\"", "\"dstip\"", "\"logid\"", NULL};
static const char *const json_packet_marks[] = {"\"type\":\"traffic\"", "\"type\": \"traffic\"", NULL};

const struct ptn_format ptn_format_fortigate_json = {
    .name = "fortigate",
    .title = "Fortinet FortiGate, JSON",
    .read = ptn_read_object,
    .marks = json_marks,
    .packet_marks = json_packet_marks,
    .names = names,
    .actions = actions,
};
