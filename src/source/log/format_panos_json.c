/*
 * Palo Alto Networks' logs as the Strata Logging Service (Cortex Data Lake) forwards them by HTTPS.
 * https://docs.paloaltonetworks.com/strata-logging-service/log-reference/network-logs/network-traffic-log
 */
#include "record.h"

enum { TYPE, INTERFACE_IN, INTERFACE_OUT, ZONE_IN, ZONE_OUT };

static const struct ptn_field_name names[] = {
    [TYPE] = {"LogType", PTN_SLOT_NOTHING},
    [INTERFACE_IN] = {"InboundInterface", PTN_SLOT_IN},
    [INTERFACE_OUT] = {"OutboundInterface", PTN_SLOT_OUT},
    [ZONE_IN] = {"FromZone", PTN_SLOT_IN},
    [ZONE_OUT] = {"ToZone", PTN_SLOT_OUT},
    {"TimeGenerated", PTN_SLOT_TIME},
    {"TimeReceived", PTN_SLOT_TIME},
    {"SourceAddress", PTN_SLOT_SRC},
    {"SourcePort", PTN_SLOT_SPORT},
    {"DestinationAddress", PTN_SLOT_DST},
    {"DestinationPort", PTN_SLOT_DPORT},
    {"Protocol", PTN_SLOT_PROTO},
    {"Action", PTN_SLOT_ACTION},
    {"Rule", PTN_SLOT_RULE},
    {"PacketsTotal", PTN_SLOT_PACKETS},
    {"Bytes", PTN_SLOT_OCTETS},
    {.name = ""},
};

static const struct ptn_action_word actions[] = {
    {"allow", PTN_ACTION_PASS},          {"deny", PTN_ACTION_DROP},
    {"drop", PTN_ACTION_DROP},           {"drop icmp", PTN_ACTION_REJECT},
    {"reset both", PTN_ACTION_REJECT},   {"reset client", PTN_ACTION_REJECT},
    {"reset server", PTN_ACTION_REJECT}, {0},
};

/* Zones stand in for interfaces only where a record has neither of the two. */
static enum ptn_line take(const struct ptn_record *r, struct ptn_knock *k)
{
    struct ptn_record own = *r;
    if (!ptn_cell_is(r->of[TYPE], "TRAFFIC") && !ptn_cell_is(r->of[TYPE], "traffic"))
        return PTN_LINE_REMARK;
    if (!ptn_cell_nothing(r->of[INTERFACE_IN]) || !ptn_cell_nothing(r->of[INTERFACE_OUT]))
        own.of[ZONE_IN] = own.of[ZONE_OUT] = (struct ptn_slice){0};
    return ptn_record_fill(&own, k);
}

static const char *const marks[] = {"\"LogType\"", "\"TimeGenerated\"", NULL};

const struct ptn_format ptn_format_panos_json = {
    .name = "panos-json",
    .title = "Palo Alto Networks (JSON)",
    .read = ptn_read_object,
    .take = take,
    .marks = marks,
    .names = names,
    .actions = actions,
};
