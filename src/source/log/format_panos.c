/*
 * Palo Alto Networks PAN-OS, logs as CSV. The columns of TRAFFIC kept their places from PAN-OS 3 on; later versions
 * only added some behind them.
 * https://docs.paloaltonetworks.com/ngfw/administration/monitoring/use-syslog-for-monitoring/syslog-field-descriptions/traffic-log-fields
 */
#include "columns.h"

#include <string.h>

enum { INTERFACE_IN, INTERFACE_OUT, ZONE_IN, ZONE_OUT };

/* Places are counted from the type, which is the fourth column of a line. Zones stand in for interfaces only where a
 * line has neither of the two. */
static const struct ptn_field_name names[] = {
    [INTERFACE_IN] = {"15", PTN_SLOT_IN},
    [INTERFACE_OUT] = {"16", PTN_SLOT_OUT},
    [ZONE_IN] = {"13", PTN_SLOT_IN},
    [ZONE_OUT] = {"14", PTN_SLOT_OUT},
    {"3", PTN_SLOT_TIME},
    {"4", PTN_SLOT_SRC},
    {"5", PTN_SLOT_DST},
    {"8", PTN_SLOT_RULE},
    {"21", PTN_SLOT_SPORT},
    {"22", PTN_SLOT_DPORT},
    {"26", PTN_SLOT_PROTO},
    {"27", PTN_SLOT_ACTION},
    {"28", PTN_SLOT_OCTETS},
    {"31", PTN_SLOT_PACKETS},
    {.name = ""},
};

static const struct ptn_action_word actions[] = {
    {"allow", PTN_ACTION_PASS},          {"deny", PTN_ACTION_DROP},           {"drop", PTN_ACTION_DROP},
    {"drop icmp", PTN_ACTION_REJECT},    {"drop-icmp", PTN_ACTION_REJECT},    {"reset both", PTN_ACTION_REJECT},
    {"reset-both", PTN_ACTION_REJECT},   {"reset client", PTN_ACTION_REJECT}, {"reset-client", PTN_ACTION_REJECT},
    {"reset server", PTN_ACTION_REJECT}, {"reset-server", PTN_ACTION_REJECT}, {0},
};

static const char *const types[] = {
    "TRAFFIC", "THREAT", "SYSTEM",        "CONFIG", "HIPMATCH", "HIP-MATCH",  "USERID",         "AUTHENTICATION",
    "SCTP",    "GTP",    "GLOBALPROTECT", "URL",    "DATA",     "WILDFIRE",   "CORRELATION",    "DECRYPTION",
    "TUNNEL",  "IPTAG",  "START",         "END",    "AUDIT",    "TRAFFIC-LB", "TUNNEL_INSPECT",
};

enum { LEAST = 28, MOST = 48, FRONT = 3 };

/* "2026/11/23 12:00:00", or "2026-11-23T12:00:00.000000Z" from the Strata Logging Service. */
static bool is_stamp(struct ptn_slice s)
{
    if (s.len < 19 || s.at[4] != s.at[7] || s.at[13] != ':')
        return false;
    return (s.at[4] == '/' && s.at[10] == ' ') || (s.at[4] == '-' && (s.at[10] == 'T' || s.at[10] == ' '));
}

static bool is_type(struct ptn_slice s)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (ptn_cell_is(s, types[i]))
            return true;
    return false;
}

static bool is_serial(struct ptn_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!(s.at[i] >= '0' && s.at[i] <= '9') && !((s.at[i] | 32) >= 'a' && (s.at[i] | 32) <= 'z') &&
            s.at[i] != '-' && s.at[i] != '_')
            return false;
    return s.len < 64;
}

/* "1,2026/11/23 12:00:00,0123456789,TRAFFIC,end,...": what stands before the first comma may be anything, an envelope
 * with it. Result: the cells from the type on. */
static size_t from_type(struct ptn_slice text, struct ptn_slice *cells)
{
    struct ptn_slice all[MOST + FRONT];
    size_t n = ptn_columns_cut(text, ',', all, MOST + FRONT);
    if (n < FRONT + 4 || !is_stamp(all[1]) || !is_serial(all[2]) || !is_type(all[3]))
        return 0;
    memcpy(cells, all + FRONT, (n - FRONT) * sizeof(*cells));
    return n - FRONT;
}

static bool is_export_header(struct ptn_slice line)
{
    return ptn_cell_begins(line, "Domain,Receive Time,Serial #,Type,") ||
           ptn_cell_begins(line, "Receive Time,Serial #,Type,");
}

static enum ptn_line read(const struct ptn_format *format, struct ptn_log_state *state,
                          const struct ptn_message *message, struct ptn_knocks *ret)
{
    (void)state;
    struct ptn_slice cells[MOST];
    struct ptn_record r;
    size_t n = from_type(message->text, cells);
    if (n == 0)
        n = from_type(message->line, cells);
    if (n == 0)
        return is_export_header(message->line) ? PTN_LINE_HEADER : PTN_LINE_OTHER_FORMAT;
    if (!ptn_cell_is(cells[0], "TRAFFIC"))
        return PTN_LINE_REMARK;
    if (n < LEAST || !ptn_columns_by_place(format, message, cells, n, &r))
        return PTN_LINE_BROKEN;
    if (r.of[INTERFACE_IN].len || r.of[INTERFACE_OUT].len)
        r.of[ZONE_IN] = r.of[ZONE_OUT] = (struct ptn_slice){0};
    return ptn_record_take(&r, ptn_record_fill, ret);
}

const struct ptn_format ptn_format_panos = {
    .name = "panos",
    .title = "Palo Alto Networks PAN-OS",
    .read = read,
    .names = names,
    .actions = actions,
    .separator = ',',
};
