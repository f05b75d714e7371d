/*
 * AWS VPC (and transit gateway) flow logs, versions 2 to 8: in the order of the header, or, without one, in one of the
 * orders that the documentation has. A record of CloudWatch may have its time in front.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
 */
#include <string.h>

#include "columns.h"
#include "json.h"
#include "record.h"

enum { STATUS, DIRECTION, INTERFACE, ACTION, FLAGS };

static const struct ptn_field_name names[] = {
    [STATUS] = {"log-status", PTN_SLOT_NOTHING},
    [DIRECTION] = {"flow-direction", PTN_SLOT_WAY},
    [INTERFACE] = {"interface-id", PTN_SLOT_NOTHING},
    [ACTION] = {"action", PTN_SLOT_ACTION},
    [FLAGS] = {"tcp-flags", PTN_SLOT_NOTHING},
    {"pkt-srcaddr", PTN_SLOT_SRC},
    {"srcaddr", PTN_SLOT_SRC},
    {"pkt-dstaddr", PTN_SLOT_DST},
    {"dstaddr", PTN_SLOT_DST},
    {"srcport", PTN_SLOT_SPORT},
    {"dstport", PTN_SLOT_DPORT},
    {"protocol", PTN_SLOT_PROTO},
    {"start", PTN_SLOT_SECONDS},
    {"packets", PTN_SLOT_PACKETS},
    {"bytes", PTN_SLOT_OCTETS},
    {.name = ""},
};

static const struct ptn_action_word actions[] = {
    {"ACCEPT", PTN_ACTION_PASS},
    {"REJECT", PTN_ACTION_DROP},
    {0},
};

/* Orders without a header: how many columns (at least, at most), and their names. */
static const struct layout {
    uint8_t least, most;
    const char *header;
} layouts[] = {
    {14, 40,
     "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action "
     "log-status vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type "
     "sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path"},
    {16, 16,
     "version interface-id account-id vpc-id subnet-id instance-id srcaddr dstaddr srcport dstport protocol type "
     "pkt-srcaddr pkt-dstaddr action log-status"},
    {17, 17,
     "version interface-id account-id vpc-id subnet-id instance-id srcaddr dstaddr srcport dstport protocol tcp-flags "
     "type pkt-srcaddr pkt-dstaddr action log-status"},
    {21, 21,
     "version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport dstport pkt-srcaddr "
     "pkt-dstaddr protocol bytes packets start end action tcp-flags log-status"},
    {29, 29,
     "version srcaddr dstaddr srcport dstport protocol start end type packets bytes account-id vpc-id subnet-id "
     "instance-id interface-id region az-id sublocation-type sublocation-id action tcp-flags pkt-srcaddr pkt-dstaddr "
     "pkt-src-aws-service pkt-dst-aws-service traffic-path flow-direction log-status"},
    {26, 36,
     "version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id "
     "tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id "
     "tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end "
     "log-status type packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded "
     "packets-lost-ttl-expired tcp-flags region flow-direction pkt-src-aws-service pkt-dst-aws-service"},
};

static bool is_status(struct ptn_slice s)
{
    return ptn_cell_is(s, "OK") || ptn_cell_is(s, "NODATA") || ptn_cell_is(s, "SKIPDATA");
}

static bool is_address(struct ptn_slice s)
{
    size_t marks = 0;
    for (size_t i = 0; i < s.len; i++) {
        bool mark = s.at[i] == '.' || s.at[i] == ':', small = s.at[i] >= 'a' && s.at[i] <= 'f';
        if (!mark && !small && !(s.at[i] >= '0' && s.at[i] <= '9'))
            return false;
        marks += mark;
    }
    return marks >= 2;
}

static bool is_action(struct ptn_slice s)
{
    return ptn_cell_is(s, "-") || ptn_cell_is(s, "ACCEPT") || ptn_cell_is(s, "REJECT");
}

/* Whether a value can be what its name says. */
static bool can_be(enum ptn_slot slot, struct ptn_slice value)
{
    if (ptn_cell_is(value, "-"))
        return true;
    if (slot == PTN_SLOT_SRC || slot == PTN_SLOT_DST)
        return is_address(value);
    if (slot == PTN_SLOT_SPORT || slot == PTN_SLOT_DPORT)
        return ptn_cell_number(value, 65535) >= 0;
    return slot != PTN_SLOT_PROTO || ptn_cell_number(value, 255) >= 0;
}

/* Whether all values can be, and there is something sure among them: a status, an action, or two addresses. */
static bool fits(const struct ptn_record *r)
{
    size_t addresses = 0;
    if (r->of[STATUS].len && !is_status(r->of[STATUS]))
        return false;
    if (r->of[ACTION].len && !is_action(r->of[ACTION]))
        return false;
    for (size_t i = 0; *names[i].name; i++) {
        bool address = names[i].slot == PTN_SLOT_SRC || names[i].slot == PTN_SLOT_DST;
        if (r->of[i].len && !can_be(names[i].slot, r->of[i]))
            return false;
        addresses += address && r->of[i].len > 1;
    }
    return r->of[STATUS].len || r->of[ACTION].len || addresses >= 2;
}

static bool assume(struct ptn_columns *ret, const struct ptn_format *format, const struct ptn_message *message,
                   const struct ptn_slice *cells, size_t n, struct ptn_record *r)
{
    if (n < 14 || ptn_cell_number(cells[0], 9) < 2)
        return false;
    for (size_t i = 0; i < sizeof(layouts) / sizeof(*layouts); i++) {
        if (n < layouts[i].least || n > layouts[i].most)
            continue;
        ptn_columns_assume(format, ' ', layouts[i].header, ret);
        ptn_columns_record(ret, format, message, cells, n, r);
        ret->n = (uint8_t)n;
        if (fits(r))
            return true;
    }
    return false;
}

static void put_flags(const struct ptn_record *r, struct ptn_knock *k)
{
    long flags = ptn_cell_number(r->of[FLAGS], 255);
    if (flags <= 0 || k->proto != 6)
        return;
    k->flags = (uint8_t)flags;
    k->has |= PTN_HAS_FLAGS;
}

static enum ptn_line take(const struct ptn_record *r, struct ptn_knock *k)
{
    if (r->of[STATUS].len && !ptn_cell_is(r->of[STATUS], "OK"))
        return PTN_LINE_REMARK;
    enum ptn_line line = ptn_record_fill(r, k);
    put_flags(r, k);
    if (ptn_cell_nothing(r->of[INTERFACE]))
        return line;
    if (ptn_cell_is(r->of[DIRECTION], "ingress"))
        k->in = r->of[INTERFACE];
    else if (ptn_cell_is(r->of[DIRECTION], "egress"))
        k->out = r->of[INTERFACE];
    return line;
}

/* A record where cells begin, by the header or by an order that fits. */
static enum ptn_line read_cells(const struct ptn_format *format, struct ptn_log_state *state,
                                const struct ptn_message *message, const struct ptn_slice *cells, size_t n,
                                struct ptn_knocks *ret)
{
    struct ptn_columns columns = {0};
    struct ptn_record r;
    if (state->columns.format == format && state->columns.n == n) {
        ptn_columns_record(&state->columns, format, message, cells, n, &r);
        if (fits(&r))
            return ptn_record_take(&r, take, ret);
    }
    if (!assume(&columns, format, message, cells, n, &r))
        return PTN_LINE_OTHER_FORMAT;
    if (state->columns.format != format)
        state->columns = columns;
    return ptn_record_take(&r, take, ret);
}

/* What stands before a record: the time of CloudWatch, the name of its stream, a number of its own. */
enum { BEFORE = 6 };

/* A name as headers have them: small letters. */
static bool is_field(struct ptn_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!(s.at[i] >= 'a' && s.at[i] <= 'z') && s.at[i] != '-' && s.at[i] != '_')
            return false;
    return s.len > 2;
}

static enum ptn_line read_text(const struct ptn_format *format, struct ptn_log_state *state,
                               const struct ptn_message *message, struct ptn_slice text, struct ptn_knocks *ret)
{
    struct ptn_slice cells[PTN_COLUMNS_MAX];
    struct ptn_columns header;
    char separator = text.len && memchr(text.at, ' ', text.len) ? ' ' : ','; /* Athena's tables have commas */
    size_t n = ptn_columns_cut(text, separator, cells, PTN_COLUMNS_MAX);
    if (n >= 4 && is_field(cells[0]) && ptn_columns_learn(format, separator, cells, n, &header)) {
        state->columns = header;
        return PTN_LINE_HEADER;
    }
    for (size_t i = 0; i < BEFORE && i + 4 <= n; i++) {
        bool version = cells[i].len == 1 && *cells[i].at >= '2' && *cells[i].at <= '9';
        if (!version && !(state->columns.format == format && state->columns.n == n - i))
            continue;
        enum ptn_line line = read_cells(format, state, message, cells + i, n - i, ret);
        if (line != PTN_LINE_OTHER_FORMAT)
            return line;
    }
    return PTN_LINE_OTHER_FORMAT;
}

static bool has_record(struct ptn_slice text)
{
    return ptn_cell_has(text, " ACCEPT ") || ptn_cell_has(text, " REJECT ") || ptn_cell_has(text, " NODATA") ||
           ptn_cell_has(text, " SKIPDATA");
}

/* Events of CloudWatch as JSON, each with its record in "message". */
static enum ptn_line read_events(const struct ptn_format *format, struct ptn_log_state *state,
                                 const struct ptn_message *message, struct ptn_knocks *ret)
{
    static const char name[] = "message";
    struct ptn_json json;
    enum ptn_json_piece piece;
    enum ptn_line line = PTN_LINE_OTHER_FORMAT;
    size_t before = ret->n, len = sizeof(name) - 1;
    ptn_json_begin(&json, message->line);
    while ((piece = ptn_json_next(&json)) != PTN_JSON_END && piece != PTN_JSON_BAD)
        if (piece == PTN_JSON_VALUE && json.path_len >= len &&
            memcmp(json.path + json.path_len - len, name, len) == 0 && has_record(json.value))
            line = read_text(format, state, message, json.value, ret);
    return ret->n > before ? PTN_LINE_PACKET : line;
}

/* The console's CSV: "1793534400000,2 123456789010 eni-..." */
static struct ptn_slice without_stamp(struct ptn_slice line)
{
    size_t digits = 0;
    while (digits < line.len && line.at[digits] >= '0' && line.at[digits] <= '9')
        digits++;
    if (digits != 13 || digits == line.len || line.at[digits] != ',')
        return line;
    struct ptn_slice rest = {line.at + digits + 1, line.len - digits - 1};
    bool quoted = rest.len >= 2 && *rest.at == '"' && rest.at[rest.len - 1] == '"';
    return quoted ? (struct ptn_slice){rest.at + 1, rest.len - 2} : rest;
}

/* The envelope may have taken the version for a host, so the whole line is asked first. */
static enum ptn_line read(const struct ptn_format *format, struct ptn_log_state *state,
                          const struct ptn_message *message, struct ptn_knocks *ret)
{
    struct ptn_slice line = message->line;
    if (line.len == 0)
        return PTN_LINE_OTHER_FORMAT;
    if (*line.at == '{' || *line.at == '[')
        return has_record(line) ? read_events(format, state, message, ret) : PTN_LINE_OTHER_FORMAT;
    enum ptn_line kind = read_text(format, state, message, without_stamp(line), ret);
    if (kind != PTN_LINE_OTHER_FORMAT || message->text.len == line.len)
        return kind;
    return read_text(format, state, message, message->text, ret);
}

const struct ptn_format ptn_format_aws_vpc = {
    .name = "aws-vpc",
    .title = "AWS VPC flow log",
    .read = read,
    .names = names,
    .actions = actions,
};

static const struct ptn_field_name json_names[] = {
    [STATUS] = {"log_status", PTN_SLOT_NOTHING},
    [DIRECTION] = {"flow_direction", PTN_SLOT_WAY},
    [INTERFACE] = {"interface_id", PTN_SLOT_NOTHING},
    [ACTION] = {"action", PTN_SLOT_ACTION},
    [FLAGS] = {"tcp_flags", PTN_SLOT_NOTHING},
    {"pkt_srcaddr", PTN_SLOT_SRC},
    {"srcaddr", PTN_SLOT_SRC},
    {"pkt_dstaddr", PTN_SLOT_DST},
    {"dstaddr", PTN_SLOT_DST},
    {"srcport", PTN_SLOT_SPORT},
    {"dstport", PTN_SLOT_DPORT},
    {"protocol", PTN_SLOT_PROTO},
    {"start", PTN_SLOT_SECONDS},
    {"packets", PTN_SLOT_PACKETS},
    {"bytes", PTN_SLOT_OCTETS},
    {.name = ""},
};

static const char *const json_marks[] = {"\"srcaddr\"", "\"dstaddr\"", NULL};

const struct ptn_format ptn_format_aws_vpc_json = {
    .name = "aws-vpc-json",
    .title = "AWS VPC flow log (JSON)",
    .read = ptn_read_object,
    .take = take,
    .marks = json_marks,
    .names = json_names,
    .actions = actions,
};
