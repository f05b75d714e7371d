/*
 * Suricata's eve.json, and AWS Network Firewall's log, which has the same within "event". Flows, alerts and drops tell
 * of packets; the rest (dns, http, tls, stats, ...) does not.
 * https://docs.suricata.io/en/latest/output/eve/eve-json-format.html
 */
#include "record.h"

enum {
    KIND,
    FLAGS,
    ALERT_ACTION,
    VERDICT,
    REJECTS,
    REJECT_TARGET,
    FLOW_ACTION,
    FIN,
    SYN,
    RST,
    PSH,
    ACK,
    URG,
};

/* clang-format off */
#define NAMES(within)                                     \
    [KIND] = {within "event_type", PTN_SLOT_NOTHING},     \
    [FLAGS] = {within "tcp.tcp_flags", PTN_SLOT_NOTHING}, \
    [ALERT_ACTION] = {within "alert.action", PTN_SLOT_NOTHING}, \
    [VERDICT] = {within "verdict.action", PTN_SLOT_NOTHING}, \
    [REJECTS] = {within "verdict.reject", PTN_SLOT_NOTHING}, \
    [REJECT_TARGET] = {within "verdict.reject-target", PTN_SLOT_NOTHING}, \
    [FLOW_ACTION] = {within "flow.action", PTN_SLOT_NOTHING}, \
    [FIN] = {within "drop.fin", PTN_SLOT_NOTHING},        \
    [SYN] = {within "drop.syn", PTN_SLOT_NOTHING},        \
    [RST] = {within "drop.rst", PTN_SLOT_NOTHING},        \
    [PSH] = {within "drop.psh", PTN_SLOT_NOTHING},        \
    [ACK] = {within "drop.ack", PTN_SLOT_NOTHING},        \
    [URG] = {within "drop.urg", PTN_SLOT_NOTHING},        \
    {within "timestamp", PTN_SLOT_TIME},                  \
    {within "src_ip", PTN_SLOT_SRC},                      \
    {within "src_port", PTN_SLOT_SPORT},                  \
    {within "dest_ip", PTN_SLOT_DST},                     \
    {within "dest_port", PTN_SLOT_DPORT},                 \
    {within "proto", PTN_SLOT_PROTO},                     \
    {within "in_iface", PTN_SLOT_IN},                     \
    {within "icmp_type", PTN_SLOT_ICMP_TYPE},             \
    {within "icmp_code", PTN_SLOT_ICMP_CODE},             \
    {within "drop.len", PTN_SLOT_LENGTH},                 \
    {within "drop.ttl", PTN_SLOT_TTL},                    \
    {within "drop.ipid", PTN_SLOT_ID},                    \
    {within "drop.tcpwin", PTN_SLOT_WINDOW},              \
    {within "alert.signature_id", PTN_SLOT_RULE},         \
    {within "flow.pkts_toserver", PTN_SLOT_PACKETS},      \
    {within "flow.bytes_toserver", PTN_SLOT_OCTETS},      \
    {within "netflow.pkts", PTN_SLOT_PACKETS},            \
    {within "netflow.bytes", PTN_SLOT_OCTETS},            \
    {.name = ""},
/* clang-format on */

static const struct ptn_field_name names[] = {NAMES("")};
static const struct ptn_field_name aws_names[] = {NAMES("event.")};

static const char *const packet_kinds[] = {"flow", "netflow", "alert", "drop", NULL};
static const char *const other_kinds[] = {
    "anomaly",    "arp",   "bittorrent_dht", "dcerpc", "dhcp",     "dnp3",      "dns",  "doh2",  "engine",
    "enip",       "file",  "fileinfo",       "frame",  "ftp",      "ftp_data",  "http", "http2", "ike",
    "ikev2",      "krb5",  "ldap",           "mdns",   "metadata", "modbus",    "mqtt", "nfs",   "ntp",
    "packetinfo", "pgsql", "pop3",           "quic",   "rdp",      "rfb",       "sip",  "smb",   "smtp",
    "snmp",       "ssh",   "stats",          "tftp",   "tls",      "websocket", NULL};

static bool is_one(struct ptn_slice kind, const char *const *words)
{
    for (; *words; words++)
        if (ptn_cell_is(kind, *words))
            return true;
    return false;
}

static bool rejected(const struct ptn_record *r)
{
    return ptn_cell_has(r->of[REJECTS], "\"") || r->of[REJECT_TARGET].len;
}

/* What finally became of the packet: the verdict, or what the kind of the event says. */
static enum ptn_action action_of(const struct ptn_record *r)
{
    bool drop = ptn_cell_is(r->of[VERDICT], "drop") || ptn_cell_is(r->of[KIND], "drop");
    if (drop)
        return rejected(r) ? PTN_ACTION_REJECT : PTN_ACTION_DROP;
    if (r->of[VERDICT].len)
        return PTN_ACTION_PASS;
    if (ptn_cell_is(r->of[ALERT_ACTION], "blocked") || ptn_cell_is(r->of[FLOW_ACTION], "drop"))
        return PTN_ACTION_DROP;
    bool pass = ptn_cell_is(r->of[ALERT_ACTION], "allowed") || ptn_cell_is(r->of[FLOW_ACTION], "accept") ||
                ptn_cell_is(r->of[FLOW_ACTION], "pass");
    return pass ? PTN_ACTION_PASS : PTN_ACTION_NONE;
}

/* Two hexadecimal digits, without 0x. */
static void put_flow_flags(struct ptn_slice text, struct ptn_knock *k)
{
    unsigned flags = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 32) - 'a' + 10);
        if (digit > 15 || i > 3)
            return;
        flags = flags << 4 | digit;
    }
    if (!flags)
        return;
    k->flags = (uint8_t)flags;
    k->has |= PTN_HAS_FLAGS;
}

static void put_drop_flags(const struct ptn_record *r, struct ptn_knock *k)
{
    static const uint8_t bits[] = {1, 2, 4, 8, 16, 32};
    for (size_t i = 0; i < sizeof(bits); i++) {
        if (r->of[FIN + i].len == 0)
            continue;
        k->flags |= ptn_cell_is(r->of[FIN + i], "true") ? bits[i] : 0;
        k->has |= PTN_HAS_FLAGS;
    }
}

static enum ptn_line take(const struct ptn_record *r, struct ptn_knock *k)
{
    if (!is_one(r->of[KIND], packet_kinds))
        return is_one(r->of[KIND], other_kinds) ? PTN_LINE_REMARK : PTN_LINE_OTHER_FORMAT;
    enum ptn_line line = ptn_record_fill(r, k);
    if (line == PTN_LINE_REMARK) /* somebody else's event */
        return PTN_LINE_OTHER_FORMAT;
    k->action = (uint8_t)action_of(r);
    if (k->has & PTN_HAS_PROTO && k->proto == 6) {
        put_flow_flags(r->of[FLAGS], k);
        put_drop_flags(r, k);
    }
    return line;
}

static const char *const marks[] = {"\"event_type\"", "\"timestamp\"", NULL};

const struct ptn_format ptn_format_suricata = {
    .name = "suricata",
    .title = "Suricata eve.json",
    .has = PTN_HAS_NO_FILTER,
    .read = ptn_read_object,
    .take = take,
    .marks = marks,
    .names = names,
};

static const char *const aws_marks[] = {"\"firewall_name\"", "\"event\"", "\"event_type\"", NULL};

const struct ptn_format ptn_format_aws_firewall = {
    .name = "aws-firewall",
    .title = "AWS Network Firewall",
    .read = ptn_read_object,
    .take = take,
    .marks = aws_marks,
    .names = aws_names,
};
