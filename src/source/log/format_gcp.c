/*
 * Google Cloud: VPC flow logs, firewall rules logging and Cloud NAT, as entries of Cloud Logging. A flow does not say
 * what the firewall did; a firewall's entry does. https://cloud.google.com/firewall/docs/firewall-rules-logging
 */
#include "record.h"

static const struct ptn_field_name names[] = {
    {"timestamp", PTN_SLOT_TIME},
    {"jsonPayload.start_time", PTN_SLOT_TIME},
    {"receiveTimestamp", PTN_SLOT_TIME},
    {"jsonPayload.connection.src_ip", PTN_SLOT_SRC},
    {"jsonPayload.connection.src_port", PTN_SLOT_SPORT},
    {"jsonPayload.connection.dest_ip", PTN_SLOT_DST},
    {"jsonPayload.connection.dest_port", PTN_SLOT_DPORT},
    {"jsonPayload.connection.protocol", PTN_SLOT_PROTO},
    {"jsonPayload.disposition", PTN_SLOT_ACTION},
    {"jsonPayload.allocation_status", PTN_SLOT_ACTION},
    {"jsonPayload.rule_details.direction", PTN_SLOT_WAY},
    {"jsonPayload.rule_details.reference", PTN_SLOT_RULE},
    {"jsonPayload.packets_sent", PTN_SLOT_PACKETS},
    {"jsonPayload.bytes_sent", PTN_SLOT_OCTETS},
    {.name = ""},
};

static const struct ptn_action_word actions[] = {
    {"ALLOWED", PTN_ACTION_PASS}, {"DENIED", PTN_ACTION_DROP},
    {"OK", PTN_ACTION_PASS}, /* Cloud NAT: it had a port to give */
    {"DROPPED", PTN_ACTION_DROP}, {0},
};

static const char *const marks[] = {"\"jsonPayload\"", NULL};

const struct ptn_format ptn_format_gcp = {
    .name = "gcp",
    .title = "Google Cloud VPC",
    .read = ptn_read_object,
    .marks = marks,
    .names = names,
    .actions = actions,
};
