/*
 * Juniper SRX, unstructured syslog: juniper.net, "System Log Explorer", RT_FLOW_SESSION_CREATE, _CLOSE, _DENY of Junos
 * 9.3 to 24: fields came to it at the end and, with connection tags, in the middle. Before NAT is what stands first.
 *
 *     RT_FLOW_SESSION_DENY: session denied 203.0.113.9/4444->198.51.100.1/22 0x0 None 6(0) policy untrust trust ...
 */
#include "sentence.h"

#define FLOW "{src}/{sport}->{dst}/{dport} "
#define NAT "{*}/{*}->{*}/{*} "
/* "N/A nat1", "source rule nat1": what a tag in the middle brought with it. */
#define KIND "[source ][destination ][static ]{*} {*} "
#define TAGGED "0x{*} {*} " NAT "0x{*} " KIND KIND "{proto} "
#define UNTAGGED "{*} " NAT "{*} {*} {proto} "
#define TRACKED "{*} {*} {*} " NAT "{*} {*} {proto} "
#define ZONES "{rule} {in} {out}"
/* The interface is surer than the zone. */
#define BY_IFACE "{rule} {*} {out} "
#define SENT "{*} {packets}({octets}) {*}({*}) {*} "

/* clang-format off */
static const struct ptn_sentence denied[] = {
    {"{**}session denied " FLOW "[0x{*} ]{*} {proto}({icmp_type}) " BY_IFACE "{*} {*} {*}({*}) {in}", PTN_ACTION_DROP},
    {"{**}session denied " FLOW "[0x{*} ]{*} {proto}({icmp_type}) " ZONES, PTN_ACTION_DROP},
    {"{**}session denied " FLOW "[0x{*} ]{*} {proto}({icmp_type}){**}", PTN_ACTION_DROP},
    {"{**}session denied {src}/{sport}->{dst}/{dport},{proto}: {rule}", PTN_ACTION_DROP},
    {NULL, PTN_ACTION_NONE},
};

static const struct ptn_sentence created[] = {
    {"{**}session created " FLOW TAGGED BY_IFACE "{*} {*}({*}) {in}", PTN_ACTION_PASS},
    {"{**}session created " FLOW TAGGED ZONES, PTN_ACTION_PASS},
    {"{**}session created " FLOW UNTAGGED BY_IFACE "{*} {*}({*}) {in}", PTN_ACTION_PASS},
    {"{**}session created " FLOW UNTAGGED ZONES, PTN_ACTION_PASS},
    {"{**}session created " FLOW TRACKED ZONES, PTN_ACTION_PASS},
    {"{**}session created {src}/{sport}->{dst}/{dport},{proto}: {rule}", PTN_ACTION_PASS},
    {NULL, PTN_ACTION_NONE},
};

static const struct ptn_sentence closed[] = {
    {"{**}session closed {**}: " FLOW TAGGED BY_IFACE SENT "{*} {*} {*}({*}) {in}", PTN_ACTION_PASS},
    {"{**}session closed {**}: " FLOW TAGGED ZONES " " SENT, PTN_ACTION_PASS},
    {"{**}session closed {**}: " FLOW UNTAGGED BY_IFACE SENT "{*} {*} {*}({*}) {in}", PTN_ACTION_PASS},
    {"{**}session closed {**}: " FLOW UNTAGGED ZONES "[ {*} {packets}({octets}) {**}]", PTN_ACTION_PASS},
    {"{**}session closed {**}: " FLOW TRACKED ZONES "[ {*} {packets}({octets}) {**}]", PTN_ACTION_PASS},
    {"{**}session closed {**}: {src}/{sport}->{dst}/{dport},{proto}: {rule}", PTN_ACTION_PASS},
    {NULL, PTN_ACTION_NONE},
};

#define WHERE "[ protocol-id: {proto},] zone name: {*}, interface name: {in}, action: {action}"

/* Attacks that a screen saw. */
static const struct ptn_sentence screens[] = {
    {"{**}SCREEN_{proto:TCP}: {**}source: {src}:{sport}, destination: {dst}:{dport}," WHERE, PTN_ACTION_NONE},
    {"{**}SCREEN_{proto:UDP}: {**}source: {src}:{sport}, destination: {dst}:{dport}," WHERE, PTN_ACTION_NONE},
    {"{**}SCREEN_{proto:ICMP}: {**}source: {src}, destination: {dst}," WHERE, PTN_ACTION_NONE},
    {"{**}SCREEN_IP: {**}source: {src}, destination: {dst}," WHERE, PTN_ACTION_NONE},
    {NULL, PTN_ACTION_NONE},
};

/* What a filter of the forwarding engine logs (MX, EX, QFX as well): "System Log Explorer", PFE_FW_SYSLOG_IP. */
static const struct ptn_sentence filters[] = {
    {"{**}FW: {in} {action} {proto:icmp}[v6][6] {src} {dst} {icmp_type} {icmp_code} ({packets} packets)", PTN_ACTION_NONE},
    {"{**}FW: {in} {action} {proto} {src} {dst} {sport} {dport} ({packets} packets)", PTN_ACTION_NONE},
    {NULL, PTN_ACTION_NONE},
};
/* clang-format on */

static const struct ptn_action_word words[] = {
    {"drop", PTN_ACTION_DROP}, {"alarm-without-drop", PTN_ACTION_PASS},
    {"A", PTN_ACTION_PASS},    {"D", PTN_ACTION_DROP},
    {"R", PTN_ACTION_REJECT},  {NULL, PTN_ACTION_NONE},
};

static const struct event {
    const char *name;
    const struct ptn_sentence *sentences;
} events[] = {
    {"session denied ", denied},  {"session created ", created},
    {"session closed ", closed},  {"RT_SCREEN_TCP: ", screens},
    {"RT_SCREEN_UDP: ", screens}, {"RT_SCREEN_ICMP: ", screens},
    {"RT_SCREEN_IP: ", screens},  {"FW: ", filters},
};

/* Structured lines have the names as well, and their fields in brackets. */
static bool is_structured(const struct ptn_message *m)
{
    return ptn_slice_has(m->line, "source-address=");
}

static enum ptn_line read_srx(const struct ptn_format *f, struct ptn_log_state *state, const struct ptn_message *m,
                              struct ptn_knocks *ret)
{
    (void)state;
    bool ours = ptn_slice_begins(m->tag, "RT_") || ptn_slice_has(m->text, "FLOW_SESSION_") ||
                ptn_slice_has(m->text, "RT_SCREEN_") || ptn_slice_has(m->text, "AppTrack session ") ||
                (ptn_slice_has(m->text, "FW: ") && ptn_slice_has(m->text, " packets)"));
    if (!ours || is_structured(m))
        return PTN_LINE_OTHER_FORMAT;
    for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++)
        if (ptn_slice_has(m->text, events[i].name))
            return ptn_sentences_read(f, events[i].sentences, m, m->text, ret);
    return PTN_LINE_REMARK;
}

const struct ptn_format ptn_format_srx_text = {
    .name = "juniper-srx-text",
    .title = "Juniper SRX",
    .read = read_srx,
    .actions = words,
};
