/*
 * Oracle Cloud Infrastructure's VCN flow logs.
 * https://docs.oracle.com/en-us/iaas/Content/Logging/Reference/details_for_vcn_flow_logs.htm
 */
#include "record.h"

enum { STATUS, INNER_STATUS };

/* clang-format off */
#define NAMES(within)                                      \
    {within "startTime", PTN_SLOT_SECONDS},                \
    {within "sourceAddress", PTN_SLOT_SRC},                \
    {within "sourcePort", PTN_SLOT_SPORT},                 \
    {within "destinationAddress", PTN_SLOT_DST},           \
    {within "destinationPort", PTN_SLOT_DPORT},            \
    {within "protocol", PTN_SLOT_PROTO},                   \
    {within "protocolName", PTN_SLOT_PROTO},               \
    {within "action", PTN_SLOT_ACTION},                    \
    {within "packets", PTN_SLOT_PACKETS},                  \
    {within "bytesOut", PTN_SLOT_OCTETS},
/* clang-format on */

static const struct ptn_field_name names[] = {
    [STATUS] = {"data.status", PTN_SLOT_NOTHING},
    [INNER_STATUS] = {"logContent.data.status", PTN_SLOT_NOTHING},
    NAMES("data.") NAMES("logContent.data."){.name = ""},
};

static const struct ptn_action_word actions[] = {
    {"ACCEPT", PTN_ACTION_PASS},
    {"REJECT", PTN_ACTION_DROP},
    {0},
};

static enum ptn_line take(const struct ptn_record *r, struct ptn_knock *k)
{
    struct ptn_slice status = r->of[STATUS].len ? r->of[STATUS] : r->of[INNER_STATUS];
    return status.len && !ptn_cell_is(status, "OK") ? PTN_LINE_REMARK : ptn_record_fill(r, k);
}

static const char *const marks[] = {"\"flowid\"", "\"data\"", NULL};

const struct ptn_format ptn_format_oci = {
    .name = "oci",
    .title = "Oracle Cloud VCN flow log",
    .read = ptn_read_object,
    .take = take,
    .marks = marks,
    .names = names,
    .actions = actions,
};
