/*
 * nfdump's flows as CSV (1.6's fixed columns, 1.7's by header) and as JSON (whole, or an object a line). A flow does
 * not say what a filter did, but for the events of firewalls (NSEL, pflog).
 * https://github.com/phaag/nfdump
 */
#include <string.h>

#include "columns.h"
#include "record.h"
#include "sentence.h"

enum { DPORT16, DPORT17, IN16, IN17, OUT16, OUT17, ICMP = 1, ICMP6 = 58 };

static const struct ptn_field_name names[] = {
    [DPORT16] = {"dp", PTN_SLOT_NOTHING},
    [DPORT17] = {"dstPort", PTN_SLOT_NOTHING},
    [IN16] = {"in", PTN_SLOT_NOTHING},
    [IN17] = {"input", PTN_SLOT_NOTHING},
    [OUT16] = {"out", PTN_SLOT_NOTHING},
    [OUT17] = {"output", PTN_SLOT_NOTHING},
    {"ts", PTN_SLOT_TIME},
    {"firstSeen", PTN_SLOT_TIME},
    {"eventTime", PTN_SLOT_TIME},
    {"sa", PTN_SLOT_SRC},
    {"srcAddr", PTN_SLOT_SRC},
    {"da", PTN_SLOT_DST},
    {"dstAddr", PTN_SLOT_DST},
    {"sp", PTN_SLOT_SPORT},
    {"srcPort", PTN_SLOT_SPORT},
    {"pr", PTN_SLOT_PROTO},
    {"proto", PTN_SLOT_PROTO},
    {"flg", PTN_SLOT_FLAGS},
    {"flags", PTN_SLOT_FLAGS},
    {"icmpTYpe", PTN_SLOT_ICMP_TYPE},
    {"icmpType", PTN_SLOT_ICMP_TYPE},
    {"icmpCode", PTN_SLOT_ICMP_CODE},
    {"inIfName", PTN_SLOT_IN},
    {"pfInterface", PTN_SLOT_IN},
    {"outIfName", PTN_SLOT_OUT},
    {"pfAction", PTN_SLOT_ACTION},
    {"event", PTN_SLOT_ACTION},
    {"pfDirection", PTN_SLOT_WAY},
    {"ipkt", PTN_SLOT_PACKETS},
    {"inPackets", PTN_SLOT_PACKETS},
    {"packets", PTN_SLOT_PACKETS},
    {"ibyt", PTN_SLOT_OCTETS},
    {"inBytes", PTN_SLOT_OCTETS},
    {"bytes", PTN_SLOT_OCTETS},
    {.name = ""},
};

static const struct ptn_action_word actions[] = {
    {"pass", PTN_ACTION_PASS},   {"block", PTN_ACTION_DROP}, {"CREATE", PTN_ACTION_PASS}, {"DELETE", PTN_ACTION_PASS},
    {"DENIED", PTN_ACTION_DROP}, {"DENY", PTN_ACTION_DROP},  {"ADD", PTN_ACTION_PASS},    {0},
};

static const char plain_header[] =
    "ts te td sa da sp dp pr flg fwd stos ipkt ibyt opkt obyt in out sas das smk dmk dtos dir nh nhb svln dvln ismc "
    "odmc idmc osmc mpls1 mpls2 mpls3 mpls4 mpls5 mpls6 mpls7 mpls8 mpls9 mpls10 cl sl al ra eng exid tr";

/* "8.0" and 2048 both are type 8, code 0. */
static void put_icmp(struct ptn_slice port, struct ptn_knock *k)
{
    const char *dot = port.len ? memchr(port.at, '.', port.len) : NULL;
    long type, code;
    if (dot) {
        type = ptn_cell_number((struct ptn_slice){port.at, (size_t)(dot - port.at)}, 255);
        code = ptn_cell_number((struct ptn_slice){dot + 1, port.len - (size_t)(dot - port.at) - 1}, 255);
    } else {
        long both = ptn_cell_number(port, 65535);
        type = both < 0 ? -1 : both >> 8;
        code = both & 255;
    }
    if (type < 0 || code < 0 || k->has & PTN_HAS_ICMP_TYPE)
        return;
    k->icmp_type = (uint8_t)type;
    k->icmp_code = (uint8_t)code;
    k->has |= PTN_HAS_ICMP_TYPE | PTN_HAS_ICMP_CODE;
}

/* The interface's number of SNMP; 0 is none. */
static void put_number(struct ptn_slice *to, struct ptn_slice a, struct ptn_slice b)
{
    struct ptn_slice number = a.len ? a : b;
    if (!to->len && ptn_cell_number(number, UINT32_MAX) > 0)
        *to = number;
}

static enum ptn_line take(const struct ptn_record *r, struct ptn_knock *k)
{
    enum ptn_line line = ptn_record_fill(r, k);
    struct ptn_slice port = r->of[DPORT16].len ? r->of[DPORT16] : r->of[DPORT17];
    bool icmp = k->has & PTN_HAS_PROTO && (k->proto == ICMP || k->proto == ICMP6);
    if (icmp)
        put_icmp(port, k);
    else
        ptn_slot_put(k, r->format, PTN_SLOT_DPORT, port);
    ptn_knock_tidy(k);
    put_number(&k->in, r->of[IN16], r->of[IN17]);
    put_number(&k->out, r->of[OUT16], r->of[OUT17]);
    return line;
}

static bool has_letters_of_address(struct ptn_slice s)
{
    return s.len >= 2 && (memchr(s.at, '.', s.len) || memchr(s.at, ':', s.len));
}

static bool fits(const struct ptn_record *r)
{
    for (size_t i = 0; *names[i].name; i++)
        if (r->of[i].len && (names[i].slot == PTN_SLOT_SRC || names[i].slot == PTN_SLOT_DST) &&
            !has_letters_of_address(r->of[i]))
            return false;
    return true;
}

/* 1.6's columns, without their header: two stamps, a duration, two addresses. */
static bool is_plain(const struct ptn_slice *cells, size_t n)
{
    return n == 48 && cells[0].len >= 19 && cells[0].at[4] == '-' && cells[0].at[13] == ':' && cells[1].len >= 19 &&
           cells[1].at[4] == '-' && has_letters_of_address(cells[3]) && has_letters_of_address(cells[4]);
}

static bool is_summary(struct ptn_slice line)
{
    return ptn_cell_is(line, "Summary") || ptn_cell_begins(line, "flows,bytes,packets,avg_bps");
}

static enum ptn_line read_cells(const struct ptn_format *format, struct ptn_log_state *state,
                                const struct ptn_message *message, const struct ptn_slice *cells, size_t n,
                                struct ptn_knocks *ret)
{
    struct ptn_columns *columns = &state->columns;
    struct ptn_record r;
    if (columns->format != format && is_plain(cells, n))
        ptn_columns_assume(format, ',', plain_header, columns);
    if (columns->format != format)
        return PTN_LINE_OTHER_FORMAT;
    if (n + 1 < columns->n || n > columns->n + 1u)
        return n == 6 && ptn_cell_number(cells[0], INT64_C(1000000000000)) >= 0 ? PTN_LINE_REMARK
                                                                                : PTN_LINE_OTHER_FORMAT;
    ptn_columns_record(columns, format, message, cells, n, &r);
    return fits(&r) ? ptn_record_take(&r, take, ret) : PTN_LINE_OTHER_FORMAT;
}

/* An envelope may have taken the first stamp for its own. */
static enum ptn_line read(const struct ptn_format *format, struct ptn_log_state *state,
                          const struct ptn_message *message, struct ptn_knocks *ret)
{
    struct ptn_slice cells[PTN_COLUMNS_MAX];
    if (is_summary(message->line))
        return PTN_LINE_REMARK;
    size_t n = ptn_columns_cut(message->line, ',', cells, PTN_COLUMNS_MAX);
    if (n < 6)
        return PTN_LINE_OTHER_FORMAT;
    bool words = cells[0].len && (*cells[0].at | 32) >= 'a' && (*cells[0].at | 32) <= 'z';
    if (words && ptn_columns_learn(format, ',', cells, n, &state->columns))
        return PTN_LINE_HEADER;
    return read_cells(format, state, message, cells, n, ret);
}

const struct ptn_format ptn_format_nfdump = {
    .name = "nfdump",
    .title = "nfdump (CSV)",
    .has = PTN_HAS_NO_FILTER,
    .read = read,
    .names = names,
    .actions = actions,
    .separator = ',',
};

enum { JSON_IN = IN17, JSON_OUT = OUT17 };

static const struct ptn_field_name json_names[] = {
    [DPORT16] = {"dst_port", PTN_SLOT_NOTHING},
    [DPORT17] = {"dstPort", PTN_SLOT_NOTHING},
    [IN16] = {"in", PTN_SLOT_NOTHING},
    [JSON_IN] = {"input_snmp", PTN_SLOT_NOTHING},
    [OUT16] = {"out", PTN_SLOT_NOTHING},
    [JSON_OUT] = {"output_snmp", PTN_SLOT_NOTHING},
    {"first", PTN_SLOT_TIME},
    {"t_first", PTN_SLOT_TIME},
    {"t_event", PTN_SLOT_TIME},
    {"event_time", PTN_SLOT_TIME},
    {"src4_addr", PTN_SLOT_SRC},
    {"src6_addr", PTN_SLOT_SRC},
    {"dst4_addr", PTN_SLOT_DST},
    {"dst6_addr", PTN_SLOT_DST},
    {"src_port", PTN_SLOT_SPORT},
    {"proto", PTN_SLOT_PROTO},
    {"tcp_flags", PTN_SLOT_FLAGS},
    {"icmp_type", PTN_SLOT_ICMP_TYPE},
    {"icmp_code", PTN_SLOT_ICMP_CODE},
    {"pf_ifname", PTN_SLOT_IN},
    {"pf_action", PTN_SLOT_ACTION},
    {"event", PTN_SLOT_ACTION},
    {"pf_dir", PTN_SLOT_WAY},
    {"in_packets", PTN_SLOT_PACKETS},
    {"in_bytes", PTN_SLOT_OCTETS},
    {"ip_ttl", PTN_SLOT_TTL},
    {.name = ""},
};

static bool has_address(const struct ptn_record *r)
{
    for (size_t i = 0; *json_names[i].name; i++)
        if (r->of[i].len && (json_names[i].slot == PTN_SLOT_SRC || json_names[i].slot == PTN_SLOT_DST))
            return true;
    return false;
}

static enum ptn_line take_json(const struct ptn_record *r, struct ptn_knock *k)
{
    return has_address(r) ? take(r, k) : PTN_LINE_OTHER_FORMAT;
}

static const char *const json_marks[] = {"_addr\"", "\"proto\"", NULL};

const struct ptn_format ptn_format_nfdump_json = {
    .name = "nfdump-json",
    .title = "nfdump (JSON)",
    .has = PTN_HAS_NO_FILTER,
    .read = ptn_read_object,
    .take = take_json,
    .marks = json_marks,
    .names = json_names,
    .actions = actions,
};

/*
 * What nfdump prints by itself: -o line, long, extended; 1.6 has a duration in seconds, 1.7 one with colons. Of ICMP
 * the type and code stand as the port of the destination: "8.0".
 */
#define LINE_HEAD "{*} {*} {*} "
#define FLAGGED " {flags} {*} {packets} {**}"

/* clang-format off */
static const struct ptn_sentence line_sentences[] = {
    {LINE_HEAD "{proto:ICMP}[6] {src}:{*} -> {dst}:{icmp_type}.{icmp_code} {**}", PTN_ACTION_NONE},
    {LINE_HEAD "{proto:IPv6-ICMP} {src}:{*} -> {dst}:{icmp_type}.{icmp_code} {**}", PTN_ACTION_NONE},
    {LINE_HEAD "{proto:TCP} {src}:{sport} -> {dst}:{dport}" FLAGGED, PTN_ACTION_NONE},
    {LINE_HEAD "{proto} {src}:{sport} -> {dst}:{dport} {packets} {**}", PTN_ACTION_NONE},
    {LINE_HEAD "{proto:TCP} {src}:{sport} -> {dst}:{dport} {flags} {*} {**}", PTN_ACTION_NONE},
    {LINE_HEAD "{proto} {src}:{sport} -> {dst}:{dport} {**}", PTN_ACTION_NONE},
    {LINE_HEAD "{proto} {src}.{sport} -> {dst}.{dport} {packets} {**}", PTN_ACTION_NONE},
    {LINE_HEAD "{proto} {src}.{sport} -> {dst}.{dport} {**}", PTN_ACTION_NONE},
    {NULL, PTN_ACTION_NONE},
};
/* clang-format on */

/* "2026-01-02 03:04:05.678", and a duration. */
static bool is_line(struct ptn_slice s)
{
    size_t n = 23;
    if (s.len < 40 || s.at[4] != '-' || s.at[7] != '-' || s.at[10] != ' ' || s.at[13] != ':' || s.at[19] != '.')
        return false;
    while (n < s.len && s.at[n] == ' ')
        n++;
    return n > 23 && n < s.len && s.at[n] >= '0' && s.at[n] <= '9';
}

static enum ptn_line read_lines(const struct ptn_format *format, struct ptn_log_state *state,
                                const struct ptn_message *message, struct ptn_knocks *ret)
{
    struct ptn_slice line = message->line;
    if (ptn_slice_begins(line, "Date first seen "))
        return PTN_LINE_HEADER;
    if (state->last == format && (ptn_slice_begins(line, "Summary: ") || ptn_slice_begins(line, "Time window: ") ||
                                  ptn_slice_begins(line, "Total flows ") || ptn_slice_begins(line, "Sys: ")))
        return PTN_LINE_REMARK;
    if (!is_line(line) || !ptn_slice_has(line, " -> "))
        return PTN_LINE_OTHER_FORMAT;
    enum ptn_line kind = ptn_sentences_read(format, format->sentences, message, line, ret);
    if (kind != PTN_LINE_PACKET)
        return PTN_LINE_OTHER_FORMAT;
    struct ptn_knock *k = &ret->items[ret->n - 1];
    k->time = PTN_NO_TIME;
    (void)ptn_slot_put(k, format, PTN_SLOT_TIME, (struct ptn_slice){line.at, 23});
    return kind;
}

const struct ptn_format ptn_format_nfdump_line = {
    .name = "nfdump",
    .title = "nfdump (lines)",
    .has = PTN_HAS_NO_FILTER,
    .read = read_lines,
    .sentences = line_sentences,
};
