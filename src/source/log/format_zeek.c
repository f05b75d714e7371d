/*
 * Zeek's conn.log, as columns and as JSON. Zeek watches and filters nothing: what became of a connection is told by
 * conn_state, and what its originator sent first by the history.
 * https://docs.zeek.org/en/master/logs/conn.html
 */
#include <string.h>
#include <sys/socket.h>

#include "columns.h"
#include "record.h"

enum { STATE, HISTORY, SPORT, DPORT, PROTO, IP_PROTO };

static const struct ptn_field_name names[] = {
    [STATE] = {"conn_state", PTN_SLOT_ACTION},
    [HISTORY] = {"history", PTN_SLOT_NOTHING},
    [SPORT] = {"id.orig_p", PTN_SLOT_SPORT},
    [DPORT] = {"id.resp_p", PTN_SLOT_DPORT},
    [PROTO] = {"proto", PTN_SLOT_PROTO},
    [IP_PROTO] = {"ip_proto", PTN_SLOT_NOTHING},
    {"id.orig_h", PTN_SLOT_SRC},
    {"id.resp_h", PTN_SLOT_DST},
    {"ts", PTN_SLOT_TIME},
    {"orig_pkts", PTN_SLOT_PACKETS},
    {"orig_ip_bytes", PTN_SLOT_OCTETS},
    {.name = ""},
};

static const struct ptn_action_word actions[] = {
    {"S0", PTN_ACTION_DROP},   {"REJ", PTN_ACTION_REJECT}, {"S1", PTN_ACTION_PASS},
    {"SF", PTN_ACTION_PASS},   {"S2", PTN_ACTION_PASS},    {"S3", PTN_ACTION_PASS},
    {"RSTO", PTN_ACTION_PASS}, {"RSTR", PTN_ACTION_PASS},  {0},
};

/* States that begin with a SYN of the originator's, for where there is no history. */
static const char *const after_syn[] = {"S0", "S1", "SF", "REJ", "S2", "S3", "RSTO", "RSTR", "RSTOS0", "SH", NULL};

static const char plain_header[] =
    "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state local_orig "
    "local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents ip_proto";

enum { ICMP = 1, TCP = 6, ICMP6 = 58 };

/* What the first letter says of the originator's first packet; a small one is the responder's. */
static unsigned flags_of_history(struct ptn_slice history)
{
    static const struct {
        char letter;
        uint8_t flags;
    } letters[] = {{'S', 2}, {'H', 18}, {'A', 16}, {'D', 16}, {'F', 1}, {'R', 4}};
    for (size_t i = 0; history.len && i < sizeof(letters) / sizeof(*letters); i++)
        if (*history.at == letters[i].letter)
            return letters[i].flags;
    return 0;
}

static unsigned flags_of_state(struct ptn_slice state)
{
    for (const char *const *word = after_syn; *word; word++)
        if (ptn_cell_is(state, *word))
            return 2;
    return 0;
}

static void put_flags(const struct ptn_record *r, struct ptn_knock *k)
{
    struct ptn_slice history = r->of[HISTORY];
    unsigned flags = ptn_cell_nothing(history) ? flags_of_state(r->of[STATE]) : flags_of_history(history);
    k->flags = (uint8_t)flags;
    if (flags && k->has & PTN_HAS_PROTO && k->proto == TCP)
        k->has |= PTN_HAS_FLAGS;
}

/* For ICMP the ports are the type and the code, and ICMPv6 is called the same. */
static void put_icmp(const struct ptn_record *r, struct ptn_knock *k)
{
    long type = ptn_cell_number(r->of[SPORT], 255), code = ptn_cell_number(r->of[DPORT], 255);
    if (type < 0 || code < 0)
        return;
    if (k->src.family == AF_INET6 || k->dst.family == AF_INET6)
        k->proto = ICMP6;
    k->icmp_type = (uint8_t)type;
    k->icmp_code = (uint8_t)code;
    k->has |= PTN_HAS_ICMP_TYPE | PTN_HAS_ICMP_CODE;
}

static enum ptn_line take(const struct ptn_record *r, struct ptn_knock *k)
{
    if (r->of[STATE].len == 0)
        return PTN_LINE_REMARK;
    enum ptn_line line = ptn_record_fill(r, k);
    if (ptn_cell_is(r->of[PROTO], "unknown_transport")) {
        k->has &= (uint16_t) ~(PTN_HAS_SPORT | PTN_HAS_DPORT);
        ptn_slot_put(k, r->format, PTN_SLOT_PROTO, r->of[IP_PROTO]);
    }
    bool known = k->has & PTN_HAS_PROTO;
    put_flags(r, k);
    if (known && (k->proto == ICMP || k->proto == ICMP6))
        put_icmp(r, k);
    if (ptn_cell_is(r->of[STATE], "S0") && known && k->proto != TCP)
        k->action = PTN_ACTION_NONE;
    return line;
}

/* Another log of Zeek's than conn.log has addresses as well; its lines are remarks. */
static enum ptn_line learn(const struct ptn_format *format, struct ptn_slice line, struct ptn_columns *ret)
{
    struct ptn_slice cells[PTN_COLUMNS_MAX];
    size_t n = ptn_columns_cut(line, '\t', cells, PTN_COLUMNS_MAX);
    struct ptn_columns learnt = {.format = format, .separator = '\t', .n = (uint8_t)(n - 1)};
    bool flows = ptn_columns_learn(format, '\t', cells + 1, n - 1, &learnt);
    learnt.remarks = !flows || !ptn_cell_has(line, "\tconn_state");
    *ret = learnt;
    return PTN_LINE_HEADER;
}

static bool is_sign(struct ptn_slice line)
{
    static const char *const signs[] = {"#separator ", "#set_separator\t", "#empty_field\t", "#unset_field\t",
                                        "#path\t",     "#open\t",          "#close\t",       "#types\t"};
    for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
        if (ptn_cell_begins(line, signs[i]))
            return true;
    return false;
}

/* A line of conn.log without its header: its time, its uid, and a protocol where they belong. */
static bool is_plain(const struct ptn_slice *cells, size_t n)
{
    if (n < 20 || n > 26 || !memchr(cells[0].at, '.', cells[0].len) || cells[1].len < 15 || *cells[1].at != 'C')
        return false;
    return ptn_cell_is(cells[6], "tcp") || ptn_cell_is(cells[6], "udp") || ptn_cell_is(cells[6], "icmp") ||
           ptn_cell_is(cells[6], "unknown_transport");
}

static enum ptn_line read_text(const struct ptn_format *format, struct ptn_log_state *state,
                               const struct ptn_message *message, struct ptn_slice text, struct ptn_knocks *ret)
{
    struct ptn_slice cells[PTN_COLUMNS_MAX];
    struct ptn_record r;
    struct ptn_columns *columns = &state->columns;
    size_t n = ptn_columns_cut(text, '\t', cells, PTN_COLUMNS_MAX);
    if (n < 4)
        return PTN_LINE_OTHER_FORMAT;
    if (columns->format != format && is_plain(cells, n)) {
        ptn_columns_assume(format, '\t', plain_header, columns);
        columns->n = (uint8_t)n;
    }
    if (columns->format != format || columns->n != n)
        return PTN_LINE_OTHER_FORMAT;
    if (columns->remarks)
        return PTN_LINE_REMARK;
    ptn_columns_record(columns, format, message, cells, n, &r);
    return ptn_record_take(&r, take, ret);
}

static enum ptn_line read(const struct ptn_format *format, struct ptn_log_state *state,
                          const struct ptn_message *message, struct ptn_knocks *ret)
{
    if (ptn_cell_begins(message->line, "#fields\t"))
        return learn(format, message->line, &state->columns);
    if (is_sign(message->line))
        return PTN_LINE_HEADER;
    enum ptn_line line = read_text(format, state, message, message->line, ret);
    if (line != PTN_LINE_OTHER_FORMAT || message->text.len == message->line.len)
        return line;
    return read_text(format, state, message, message->text, ret);
}

const struct ptn_format ptn_format_zeek = {
    .name = "zeek",
    .title = "Zeek conn.log",
    .has = PTN_HAS_NO_FILTER,
    .read = read,
    .names = names,
    .actions = actions,
    .separator = '\t',
};

static const char *const json_marks[] = {"orig_h\"", "\"uid\"", NULL};

const struct ptn_format ptn_format_zeek_json = {
    .name = "zeek-json",
    .title = "Zeek conn.log (JSON)",
    .has = PTN_HAS_NO_FILTER,
    .read = ptn_read_object,
    .take = take,
    .marks = json_marks,
    .names = names,
    .actions = actions,
};
