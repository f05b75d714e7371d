/*
 * Windows Defender Firewall's pfirewall.log: the W3C's extended format.
 * https://learn.microsoft.com/windows/security/operating-system-security/network-security/windows-firewall/
 */
#include <sys/socket.h>

#include "columns.h"
#include "slot.h"

enum { ACTION, PATH };

static const struct ptn_field_name names[] = {
    [ACTION] = {"action", PTN_SLOT_ACTION},
    [PATH] = {"path", PTN_SLOT_NOTHING},
    {"date", PTN_SLOT_DATE},
    {"time", PTN_SLOT_CLOCK},
    {"protocol", PTN_SLOT_PROTO},
    {"src-ip", PTN_SLOT_SRC},
    {"dst-ip", PTN_SLOT_DST},
    {"src-port", PTN_SLOT_SPORT},
    {"dst-port", PTN_SLOT_DPORT},
    {"size", PTN_SLOT_LENGTH},
    {"tcpflags", PTN_SLOT_FLAGS},
    {"tcpwin", PTN_SLOT_WINDOW},
    {"icmptype", PTN_SLOT_ICMP_TYPE},
    {"icmpcode", PTN_SLOT_ICMP_CODE},
    {.name = ""},
};

static const struct ptn_action_word actions[] = {
    {"ALLOW", PTN_ACTION_PASS},
    {"DROP", PTN_ACTION_DROP},
    {"OPEN", PTN_ACTION_PASS},
    {"OPEN-INBOUND", PTN_ACTION_PASS},
    {"CLOSE", PTN_ACTION_PASS},
    {"INFO-EVENTS-LOST", PTN_ACTION_NONE},
    {0},
};

static const char plain_header[] = "date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn "
                                   "tcpack tcpwin icmptype icmpcode info path pid";

static bool known_action(struct ptn_slice word)
{
    for (const struct ptn_action_word *a = actions; a->word; a++)
        if (ptn_cell_is(word, a->word))
            return true;
    return false;
}

static bool is_date(struct ptn_slice s)
{
    return s.len == 10 && s.at[4] == '-' && s.at[7] == '-';
}

static bool is_clock(struct ptn_slice s)
{
    return s.len == 8 && s.at[2] == ':' && s.at[5] == ':';
}

static bool is_protocol(struct ptn_slice s)
{
    return ptn_cell_is(s, "-") || ptn_proto_of(s) >= 0;
}

static enum ptn_line take(const struct ptn_record *r, struct ptn_knock *k)
{
    if (ptn_cell_is(r->of[ACTION], "INFO-EVENTS-LOST"))
        return PTN_LINE_REMARK;
    enum ptn_line line = ptn_record_fill(r, k);
    if (ptn_cell_is(r->of[PATH], "RECEIVE"))
        k->way = PTN_WAY_IN;
    else if (ptn_cell_is(r->of[PATH], "SEND"))
        k->way = PTN_WAY_OUT;
    else if (ptn_cell_is(r->of[PATH], "FORWARD"))
        k->way = PTN_WAY_THROUGH;
    if (k->has & PTN_HAS_PROTO && k->proto == 1 && k->src.family == AF_INET6)
        k->proto = 58; /* it writes ICMP for both */
    return line;
}

/* Lines with a number sign: the header, and what stands around it. */
static enum ptn_line read_sign(const struct ptn_format *format, struct ptn_log_state *state, struct ptn_slice *cells,
                               size_t n, struct ptn_slice line)
{
    if (ptn_cell_begins(line, "#Fields:"))
        return ptn_columns_learn(format, ' ', cells + 1, n - 1, &state->columns) ? PTN_LINE_HEADER
                                                                                 : PTN_LINE_OTHER_FORMAT;
    bool ours = ptn_cell_has(line, "Microsoft Windows Firewall") ||
                ptn_cell_has(line, "Microsoft Internet Connection Firewall") || ptn_cell_begins(line, "#Verson:") ||
                ptn_cell_begins(line, "#Time Format:") || ptn_cell_begins(line, "#Version: 1.");
    return ours ? PTN_LINE_HEADER : PTN_LINE_OTHER_FORMAT;
}

static enum ptn_line read_text(const struct ptn_format *format, struct ptn_log_state *state,
                               const struct ptn_message *message, struct ptn_slice text, struct ptn_knocks *ret)
{
    struct ptn_slice cells[PTN_COLUMNS_MAX];
    struct ptn_record r;
    if (text.len < 9 || (*text.at != '#' && (text.at[4] != '-' || text.at[7] != '-')))
        return PTN_LINE_OTHER_FORMAT;
    size_t n = ptn_columns_cut(text, ' ', cells, PTN_COLUMNS_MAX);
    if (n > 1 && *text.at == '#')
        return read_sign(format, state, cells, n, text);
    if (n < 4 || !is_date(cells[0]) || !is_clock(cells[1]) || !known_action(cells[2]) || !is_protocol(cells[3]))
        return PTN_LINE_OTHER_FORMAT;
    if (n < 8)
        return PTN_LINE_BROKEN;
    if (state->columns.format != format)
        ptn_columns_assume(format, ' ', plain_header, &state->columns);
    ptn_columns_record(&state->columns, format, message, cells, n, &r);
    return ptn_record_take(&r, take, ret);
}

/* From the date on: what forwards the file may have put anything before it, an envelope or a priority alone. */
static struct ptn_slice from_date(struct ptn_slice line)
{
    for (size_t i = 0; i + 24 < line.len && i < 160; i++) {
        bool begins = i == 0 || line.at[i - 1] == ' ' || line.at[i - 1] == '>' || line.at[i - 1] == '\t';
        const char *at = line.at + i;
        if (begins && at[10] == ' ' && at[19] == ' ' && is_date((struct ptn_slice){at, 10}) &&
            is_clock((struct ptn_slice){at + 11, 8}))
            return (struct ptn_slice){at, line.len - i};
    }
    return (struct ptn_slice){0};
}

/* An envelope takes the date and time for its own. */
static enum ptn_line read(const struct ptn_format *format, struct ptn_log_state *state,
                          const struct ptn_message *message, struct ptn_knocks *ret)
{
    enum ptn_line line = read_text(format, state, message, message->line, ret);
    if (line == PTN_LINE_OTHER_FORMAT && message->text.len != message->line.len)
        line = read_text(format, state, message, message->text, ret);
    struct ptn_slice rest = line == PTN_LINE_OTHER_FORMAT ? from_date(message->line) : (struct ptn_slice){0};
    return rest.len ? read_text(format, state, message, rest, ret) : line;
}

const struct ptn_format ptn_format_pfirewall = {
    .name = "pfirewall",
    .title = "Windows Defender Firewall",
    .read = read,
    .names = names,
    .actions = actions,
};
