/*
 * Juniper SRX, structured syslog: juniper.net, "System Log Explorer", RT_FLOW_*, APPTRACK_*, RT_SCREEN_*. All of it is
 * in the structured data of RFC 5424, which an envelope may have kept for itself.
 *
 *     RT_FLOW - RT_FLOW_SESSION_DENY [junos@2636.1.1.1.2.40 source-address="203.0.113.9" source-port="4242" ...]
 */
#include "pairs.h"

static const struct event {
    const char *name;
    enum ptn_action action;
    uint8_t proto;
} events[] = {
    {"RT_FLOW_SESSION_CREATE", PTN_ACTION_PASS, 0},
    {"RT_FLOW_SESSION_CLOSE", PTN_ACTION_PASS, 0},
    {"RT_FLOW_SESSION_DENY", PTN_ACTION_DROP, 0},
    {"APPTRACK_SESSION_CREATE", PTN_ACTION_PASS, 0},
    {"APPTRACK_SESSION_CLOSE", PTN_ACTION_PASS, 0},
    {"APPTRACK_SESSION_VOL_UPDATE", PTN_ACTION_PASS, 0},
    {"RT_SCREEN_TCP", PTN_ACTION_NONE, 6},
    {"RT_SCREEN_UDP", PTN_ACTION_NONE, 17},
    {"RT_SCREEN_ICMP", PTN_ACTION_NONE, 1},
    {"RT_SCREEN_IP", PTN_ACTION_NONE, 0},
    {NULL, PTN_ACTION_NONE, 0},
};

static const struct ptn_action_word actions[] = {
    {"drop", PTN_ACTION_DROP},
    {"alarm-without-drop", PTN_ACTION_PASS},
    {"permit", PTN_ACTION_PASS},
    {NULL, PTN_ACTION_NONE},
};

static const struct ptn_field_name names[] = {
    {"source-address", PTN_SLOT_SRC},
    {"destination-address", PTN_SLOT_DST},
    {"source-port", PTN_SLOT_SPORT},
    {"destination-port", PTN_SLOT_DPORT},
    {"protocol-id", PTN_SLOT_PROTO},
    {"icmp-type", PTN_SLOT_ICMP_TYPE},
    {"icmp-code", PTN_SLOT_ICMP_CODE},
    {"action", PTN_SLOT_ACTION},
    {"policy-name", PTN_SLOT_RULE},
    {"attack-name", PTN_SLOT_RULE},
    {"packets-from-client", PTN_SLOT_PACKETS},
    {"bytes-from-client", PTN_SLOT_OCTETS},
    {.name = ""},
};

static const struct event *event_of(struct ptn_slice all)
{
    const struct event *event = events;
    while (event->name && !ptn_slice_from(all, event->name).len)
        event++;
    return event;
}

/* The interface is surer than the zone; most lines have one for the way in alone. What is denied may have been told so.
 */
static void put_rest(const struct event *event, struct ptn_slice data, struct ptn_knock *k)
{
    enum { IFACE, SCREEN_IFACE, FROM, TO_IFACE, TO, REASON, KEYS };
    static const char *const keys[KEYS] = {"packet-incoming-interface",  "interface-name",        "source-zone-name",
                                           "destination-interface-name", "destination-zone-name", "reason"};
    struct ptn_slice of[KEYS];
    ptn_pairs_values(&ptn_format_srx, data, keys, KEYS, of);
    ptn_slot_put(k, &ptn_format_srx, PTN_SLOT_IN, of[IFACE]);
    ptn_slot_put(k, &ptn_format_srx, PTN_SLOT_IN, of[SCREEN_IFACE]);
    ptn_slot_put(k, &ptn_format_srx, PTN_SLOT_IN, of[FROM]);
    ptn_slot_put(k, &ptn_format_srx, PTN_SLOT_OUT, of[TO_IFACE]);
    ptn_slot_put(k, &ptn_format_srx, PTN_SLOT_OUT, of[TO]);
    if (event->action != PTN_ACTION_NONE)
        k->action = (uint8_t)event->action;
    if (event->action == PTN_ACTION_DROP && ptn_slice_from(of[REASON], "eject").len)
        k->action = PTN_ACTION_REJECT;
}

static enum ptn_line read_srx(const struct ptn_format *format, struct ptn_log_state *state, const struct ptn_message *m,
                              struct ptn_knocks *ret)
{
    (void)state;
    struct ptn_slice all = ptn_message_all(m);
    if (!ptn_slice_from(all, "junos@").len && !ptn_slice_from(all, "[junos").len)
        return PTN_LINE_OTHER_FORMAT;
    const struct event *event = event_of(all);
    struct ptn_slice data = ptn_slice_from(all, "source-address=");
    struct ptn_slice first = ptn_slice_from(all, "[junos");
    if (!event->name || !data.len)
        return PTN_LINE_REMARK;
    if (first.len > data.len)
        data = first;
    struct ptn_knock *k = ptn_knocks_add(ret);
    if (!k)
        return PTN_LINE_BROKEN;
    struct ptn_pairs p;
    ptn_pairs_begin(&p, format, data);
    bool sound = ptn_pairs_fill(&p, format, k);
    if (event->proto && !(k->has & PTN_HAS_PROTO)) {
        k->proto = event->proto == 1 && k->src.family == AF_INET6 ? 58 : event->proto;
        k->has |= PTN_HAS_PROTO;
    }
    put_rest(event, data, k);
    return ptn_pairs_settle(format, m, k, sound);
}

const struct ptn_format ptn_format_srx = {
    .name = "juniper-srx",
    .title = "Juniper SRX",
    .read = read_srx,
    .names = names,
    .actions = actions,
};
