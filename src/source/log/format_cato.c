/*
 * Cato Networks' events: those of its firewalls tell of connections; the rest is about links, users and threats.
 * https://support.catonetworks.com/hc/en-us/articles/360019839477
 */
#include "record.h"

enum { KIND, FEED_KIND };

/* clang-format off */
#define NAMES(within)                          \
    {within "time", PTN_SLOT_MILLIS},          \
    {within "time_str", PTN_SLOT_TIME},        \
    {within "src_ip", PTN_SLOT_SRC},           \
    {within "src_port", PTN_SLOT_SPORT},       \
    {within "dest_ip", PTN_SLOT_DST},          \
    {within "dest_port", PTN_SLOT_DPORT},      \
    {within "ip_protocol", PTN_SLOT_PROTO},    \
    {within "action", PTN_SLOT_ACTION},        \
    {within "traffic_direction", PTN_SLOT_WAY}, \
    {within "rule_name", PTN_SLOT_RULE},
/* clang-format on */

static const struct ptn_field_name names[] = {
    [KIND] = {"event_sub_type", PTN_SLOT_NOTHING},
    [FEED_KIND] = {"fieldsMap.event_sub_type", PTN_SLOT_NOTHING},
    NAMES("") NAMES("fieldsMap."){.name = ""},
};

static const struct ptn_action_word actions[] = {
    {"Allow", PTN_ACTION_PASS}, {"Monitor", PTN_ACTION_PASS}, {"Block", PTN_ACTION_DROP},
    {"Drop", PTN_ACTION_DROP},  {"Prompt", PTN_ACTION_NONE},  {0},
};

static enum ptn_line take(const struct ptn_record *r, struct ptn_knock *k)
{
    struct ptn_slice kind = r->of[KIND].len ? r->of[KIND] : r->of[FEED_KIND];
    return ptn_cell_has(kind, "Firewall") ? ptn_record_fill(r, k) : PTN_LINE_REMARK;
}

static const char *const marks[] = {"\"event_sub_type\"", "\"event_type\"", NULL};

const struct ptn_format ptn_format_cato = {
    .name = "cato",
    .title = "Cato Networks",
    .read = ptn_read_object,
    .take = take,
    .marks = marks,
    .names = names,
    .actions = actions,
};
