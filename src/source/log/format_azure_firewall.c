/*
 * Azure Firewall's network and NAT rules: as a sentence in "msg" (the diagnostics of old), or in fields of their own
 * (AZFWNetworkRule and its kin). Rules of applications tell of names, not of addresses.
 * https://learn.microsoft.com/azure/firewall/monitor-firewall-reference
 */
#include "record.h"
#include "sentence.h"

enum { CATEGORY, MSG, TIME };

static const struct ptn_field_name names[] = {
    [CATEGORY] = {"category", PTN_SLOT_NOTHING},
    [MSG] = {"properties.msg", PTN_SLOT_NOTHING},
    [TIME] = {"time", PTN_SLOT_TIME},
    {"TimeGenerated", PTN_SLOT_TIME},
    {"properties.SourceIp", PTN_SLOT_SRC},
    {"properties.SourcePort", PTN_SLOT_SPORT},
    {"properties.DestinationIp", PTN_SLOT_DST},
    {"properties.DestinationPort", PTN_SLOT_DPORT},
    {"properties.Protocol", PTN_SLOT_PROTO},
    {"properties.Action", PTN_SLOT_ACTION},
    {"properties.Rule", PTN_SLOT_RULE},
    {.name = ""},
};

static const struct ptn_action_word actions[] = {
    {"Allow", PTN_ACTION_PASS}, {"Alert", PTN_ACTION_PASS}, {"DNAT", PTN_ACTION_PASS},
    {"Deny", PTN_ACTION_DROP},  {"Drop", PTN_ACTION_DROP},  {0},
};

static const struct ptn_sentence sentences[] = {
    {"{proto} request from {src}:{sport} to {dst}:{dport} was DNAT'ed to {**}", PTN_ACTION_PASS},
    {"{proto} request from {src}:{sport} to {dst}:{dport}. [Url: {*}. ]Action: {action}[.{**}]", PTN_ACTION_NONE},
    {"{proto} Type={icmp_type} request from {src} to {dst}. Action: {action}[.{**}]", PTN_ACTION_NONE},
    {"{proto} request from {src}: to {dst}:. Action: {action}[.{**}]", PTN_ACTION_NONE},
    {0},
};

static const char *const kinds[] = {"AzureFirewallNetworkRule", "AZFWNetworkRule", "AZFWNatRule",
                                    "AZFWThreatIntel",          "AZFWFlowTrace",   NULL};

static bool is_kind(struct ptn_slice category)
{
    for (const char *const *word = kinds; *word; word++)
        if (ptn_cell_is(category, *word))
            return true;
    return false;
}

static enum ptn_line take_sentence(const struct ptn_record *r, struct ptn_knock *k)
{
    struct ptn_knocks one = {.items = k, .room = 1};
    struct ptn_message message = *r->message;
    message.time = PTN_NO_TIME;
    message.text = r->of[MSG];
    enum ptn_line line = ptn_sentences_read(r->format, sentences, &message, r->of[MSG], &one);
    if (line == PTN_LINE_PACKET && r->of[TIME].len)
        ptn_slot_put(k, r->format, PTN_SLOT_TIME, r->of[TIME]);
    if (!(k->has & PTN_HAS_PROTO) && ptn_cell_begins(r->of[MSG], "HTTP"))
        ptn_slot_put(k, r->format, PTN_SLOT_PROTO, (struct ptn_slice){"tcp", 3});
    ptn_knock_tidy(k);
    return line;
}

static enum ptn_line take(const struct ptn_record *r, struct ptn_knock *k)
{
    struct ptn_slice category = r->of[CATEGORY];
    if (!ptn_cell_begins(category, "AzureFirewall") && !ptn_cell_begins(category, "AZFW"))
        return PTN_LINE_OTHER_FORMAT;
    if (!is_kind(category))
        return PTN_LINE_REMARK;
    if (r->of[MSG].len)
        return take_sentence(r, k);
    enum ptn_line line = ptn_record_fill(r, k);
    if (ptn_cell_is(category, "AZFWNatRule"))
        k->action = PTN_ACTION_PASS;
    return line;
}

static const char *const marks[] = {"\"category\"", "\"properties\"", NULL};

const struct ptn_format ptn_format_azure_firewall = {
    .name = "azure-firewall",
    .title = "Azure Firewall",
    .read = ptn_read_object,
    .take = take,
    .marks = marks,
    .names = names,
    .actions = actions,
};
