/*
 * The Elastic Common Schema: what Beats and Elastic Agent made of whichever log. A document is about a packet if it has
 * two addresses, a transport, and belongs to the network's events.
 * https://www.elastic.co/guide/en/ecs/current/ecs-field-reference.html
 */
#include "record.h"

enum { TYPE, CATEGORY, ACTION, SOURCE_TYPE, SOURCE_CATEGORY, SOURCE_ACTION, SRC, SOURCE_SRC };

/* clang-format off */
#define NAMES(within)                                            \
    {within "@timestamp", PTN_SLOT_TIME},                        \
    {within "source.port", PTN_SLOT_SPORT},                      \
    {within "destination.ip", PTN_SLOT_DST},                     \
    {within "destination.port", PTN_SLOT_DPORT},                 \
    {within "network.transport", PTN_SLOT_PROTO},                \
    {within "network.iana_number", PTN_SLOT_PROTO},              \
    {within "network.direction", PTN_SLOT_WAY},                  \
    {within "observer.ingress.interface.name", PTN_SLOT_IN},     \
    {within "observer.ingress.zone", PTN_SLOT_IN},               \
    {within "observer.egress.interface.name", PTN_SLOT_OUT},     \
    {within "observer.egress.zone", PTN_SLOT_OUT},               \
    {within "rule.name", PTN_SLOT_RULE},                         \
    {within "rule.id", PTN_SLOT_RULE},                           \
    {within "network.packets", PTN_SLOT_PACKETS},                \
    {within "network.bytes", PTN_SLOT_OCTETS},
/* clang-format on */

static const struct ptn_field_name names[] = {
    [TYPE] = {"event.type", PTN_SLOT_NOTHING},
    [CATEGORY] = {"event.category", PTN_SLOT_NOTHING},
    [ACTION] = {"event.action", PTN_SLOT_ACTION},
    [SOURCE_TYPE] = {"_source.event.type", PTN_SLOT_NOTHING},
    [SOURCE_CATEGORY] = {"_source.event.category", PTN_SLOT_NOTHING},
    [SOURCE_ACTION] = {"_source.event.action", PTN_SLOT_ACTION},
    [SRC] = {"source.ip", PTN_SLOT_SRC},
    [SOURCE_SRC] = {"_source.source.ip", PTN_SLOT_SRC},
    NAMES("") NAMES("_source."){.name = ""},
};

static const struct ptn_action_word actions[] = {
    {"allow", PTN_ACTION_PASS},          {"allowed", PTN_ACTION_PASS},
    {"accept", PTN_ACTION_PASS},         {"accepted", PTN_ACTION_PASS},
    {"pass", PTN_ACTION_PASS},           {"permit", PTN_ACTION_PASS},
    {"permitted", PTN_ACTION_PASS},      {"deny", PTN_ACTION_DROP},
    {"denied", PTN_ACTION_DROP},         {"drop", PTN_ACTION_DROP},
    {"dropped", PTN_ACTION_DROP},        {"block", PTN_ACTION_DROP},
    {"blocked", PTN_ACTION_DROP},        {"reject", PTN_ACTION_REJECT},
    {"rejected", PTN_ACTION_REJECT},     {"reset", PTN_ACTION_REJECT},
    {"reset-both", PTN_ACTION_REJECT},   {"reset-client", PTN_ACTION_REJECT},
    {"reset-server", PTN_ACTION_REJECT}, {0},
};

static enum ptn_line take(const struct ptn_record *r, struct ptn_knock *k)
{
    struct ptn_slice type = r->of[TYPE].len ? r->of[TYPE] : r->of[SOURCE_TYPE];
    struct ptn_slice category = r->of[CATEGORY].len ? r->of[CATEGORY] : r->of[SOURCE_CATEGORY];
    bool network = ptn_cell_has(category, "network") || ptn_cell_has(type, "connection") ||
                   ptn_cell_has(type, "denied") || ptn_cell_has(type, "allowed");
    if (!type.len && !category.len && !r->of[SRC].len && !r->of[SOURCE_SRC].len)
        return PTN_LINE_OTHER_FORMAT;
    enum ptn_line line = ptn_record_fill(r, k);
    if (!network || !(k->has & PTN_HAS_PROTO) || !k->src.family || !k->dst.family)
        return PTN_LINE_REMARK;
    if (k->action == PTN_ACTION_NONE && ptn_cell_has(type, "denied"))
        k->action = PTN_ACTION_DROP;
    else if (k->action == PTN_ACTION_NONE && ptn_cell_has(type, "allowed"))
        k->action = PTN_ACTION_PASS;
    return line;
}

static const char *const marks[] = {"\"@timestamp\"", "destination", "source", NULL};

const struct ptn_format ptn_format_ecs = {
    .name = "ecs",
    .title = "Elastic Common Schema",
    .read = ptn_read_object,
    .take = take,
    .marks = marks,
    .names = names,
    .actions = actions,
};
