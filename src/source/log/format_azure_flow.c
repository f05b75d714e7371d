/*
 * Azure's flow logs, of network security groups (versions 1 and 2) and of virtual networks: documents that hold many
 * flows, each a tuple in one string. A record may also stand on a line of its own.
 * https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-overview
 */
#include <string.h>

#include "columns.h"
#include "json.h"

enum { SECONDS, MILLIS, SRC, DST, SPORT, DPORT, PROTO, RULE, PACKETS, OCTETS };

static const struct ptn_field_name names[] = {
    [SECONDS] = {"seconds", PTN_SLOT_SECONDS},
    [MILLIS] = {"milliseconds", PTN_SLOT_MILLIS},
    [SRC] = {"source", PTN_SLOT_SRC},
    [DST] = {"destination", PTN_SLOT_DST},
    [SPORT] = {"source port", PTN_SLOT_SPORT},
    [DPORT] = {"destination port", PTN_SLOT_DPORT},
    [PROTO] = {"protocol", PTN_SLOT_PROTO},
    [RULE] = {"rule", PTN_SLOT_RULE},
    [PACKETS] = {"packets", PTN_SLOT_PACKETS},
    [OCTETS] = {"octets", PTN_SLOT_OCTETS},
    {.name = ""},
};

enum { LEAST = 8, MOST = 16 };

static struct ptn_slice protocol(struct ptn_slice cell)
{
    if (ptn_cell_is(cell, "T"))
        return (struct ptn_slice){"tcp", 3};
    if (ptn_cell_is(cell, "U"))
        return (struct ptn_slice){"udp", 3};
    return cell;
}

/* A security group says A or D; a virtual network says where in its life the flow is, which D ends before it began. */
static enum ptn_action action(struct ptn_slice cell)
{
    return ptn_cell_is(cell, "D") ? PTN_ACTION_DROP : PTN_ACTION_PASS;
}

static bool is_tuple(const struct ptn_slice *cells, size_t n)
{
    return n >= LEAST && (ptn_cell_is(cells[6], "I") || ptn_cell_is(cells[6], "O")) && cells[7].len == 1 &&
           memchr("ADBCE", *cells[7].at, 5);
}

/* What the source sent: behind the state of a flow, or behind its encryption. */
static void put_counts(struct ptn_record *r, const struct ptn_slice *cells, size_t n)
{
    if (n < 13)
        return;
    r->of[PACKETS] = cells[9];
    r->of[OCTETS] = cells[10];
}

static enum ptn_line take_tuple(const struct ptn_format *format, const struct ptn_message *message,
                                struct ptn_slice tuple, struct ptn_slice rule, struct ptn_knocks *ret)
{
    struct ptn_slice cells[MOST];
    struct ptn_record r;
    size_t n = ptn_columns_cut(tuple, ',', cells, MOST);
    if (!is_tuple(cells, n))
        return PTN_LINE_BROKEN;
    ptn_record_begin(&r, format, message);
    r.of[cells[0].len > 11 ? MILLIS : SECONDS] = cells[0];
    r.of[SRC] = cells[1];
    r.of[DST] = cells[2];
    r.of[SPORT] = cells[3];
    r.of[DPORT] = cells[4];
    r.of[PROTO] = protocol(cells[5]);
    r.of[RULE] = rule;
    put_counts(&r, cells, n);
    enum ptn_line line = ptn_record_take(&r, ptn_record_fill, ret);
    if (line != PTN_LINE_PACKET)
        return line;
    struct ptn_knock *k = &ret->items[ret->n - 1];
    k->action = (uint8_t)action(cells[7]);
    k->way = ptn_cell_is(cells[6], "I") ? PTN_WAY_IN : PTN_WAY_OUT;
    return line;
}

static bool ends_with(const struct ptn_json *json, const char *name, size_t len)
{
    return json->path_len >= len && memcmp(json->path + json->path_len - len, name, len) == 0;
}

static enum ptn_line read(const struct ptn_format *format, struct ptn_log_state *state,
                          const struct ptn_message *message, struct ptn_knocks *ret)
{
    (void)state;
    struct ptn_json json;
    struct ptn_slice rule = {0};
    enum ptn_json_piece piece;
    enum ptn_line line = PTN_LINE_REMARK;
    size_t before = ret->n;
    ptn_json_begin(&json, message->text);
    while ((piece = ptn_json_next(&json)) != PTN_JSON_END && piece != PTN_JSON_BAD) {
        if (piece != PTN_JSON_VALUE || !json.string)
            continue;
        if (ends_with(&json, "rule", 4))
            rule = json.value;
        else if (ends_with(&json, "flowTuples", 10))
            line = take_tuple(format, message, json.value, rule, ret);
    }
    if (ret->n > before)
        return PTN_LINE_PACKET;
    return piece == PTN_JSON_BAD ? PTN_LINE_BROKEN : line;
}

static const char *const marks[] = {"\"flowTuples\"", NULL};

const struct ptn_format ptn_format_azure_flow = {
    .name = "azure-flow",
    .title = "Azure flow log",
    .read = read,
    .marks = marks,
    .names = names,
};
