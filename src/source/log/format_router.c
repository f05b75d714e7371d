/*
 * Routers for homes, each with a few sentences of its own: Netgear ("Logs" in the manuals of the R and WNR series),
 * D-Link and others with Ubicom's firmware, SMC and Arcadyan, DrayTek ("Syslog Explanation"), ArubaOS-Switch ("ACL
 * Logging").
 */
#include "sentence.h"

static const struct ptn_action_word words[] = {
    {"block", PTN_ACTION_DROP},  {"blocked", PTN_ACTION_DROP},   {"pass", PTN_ACTION_PASS},
    {"denied", PTN_ACTION_DROP}, {"permitted", PTN_ACTION_PASS}, {NULL, PTN_ACTION_NONE},
};

/* clang-format off */
static const struct ptn_sentence netgear[] = {
    {"\\[DoS {**}\\] from source: {src}, port {sport}[, {*}, {time}]", PTN_ACTION_DROP},
    {"\\[DoS {**}\\] from source: {src}:{sport}[,][ {*}, {time}]", PTN_ACTION_DROP},
    {"\\[DoS {**}\\] from source: {src}[, {*}, {time}]", PTN_ACTION_DROP},
    {"\\[DoS {**}\\] from ip \\[{src}\\][,][ {*}, {time}]", PTN_ACTION_DROP},
    {"\\[DoS {**}\\] [attack ]{**}from [source:][source][ ]{src}[, {*}, {time}]", PTN_ACTION_DROP},
    {"\\[LAN access from remote\\] from {src}:{sport} to {dst}:{dport}[,][ {*}, {time}]", PTN_ACTION_PASS},
    {"{proto} Packet - Source:{src},{sport}[ ,{in} -] Destination:{dst},{dport}", PTN_ACTION_DROP},
    {"{proto} packet - Source: {src}, {sport}[, {in} -] Destination: {dst}, {dport}", PTN_ACTION_DROP},
    {NULL, PTN_ACTION_NONE},
};

static const struct ptn_sentence ubicom[] = {
    {"Blocked {way} {proto} packet (ICMP type {icmp_type}) from {src} to {dst}", PTN_ACTION_DROP},
    {"Blocked {way} {proto} connection request from {src} to {dst}", PTN_ACTION_DROP},
    {"Blocked {way} {proto} error message (ICMP type {icmp_type}) from {src} to {dst}", PTN_ACTION_DROP},
    {"Blocked {way} {proto} {**}from {src} to {dst}", PTN_ACTION_DROP},
    {NULL, PTN_ACTION_NONE},
};

static const struct ptn_sentence arcadyan[] = {
    {"**{proto} {**}** {src}, {sport}->> {dst}, {dport} (from {in} {way})", PTN_ACTION_DROP},
    {"**{proto} {**}** {src}->> {dst}, Type:{icmp_type}, Code:{icmp_code} (from {in} {way})", PTN_ACTION_DROP},
    {"**{proto} {**}** {src}[,]->> {dst}{**}(from {in} {way})", PTN_ACTION_DROP},
    {NULL, PTN_ACTION_NONE},
};

#define VIGOR "\\[{*}\\]\\[{action}\\]\\[{**}->{**}\\]\\[@{**}, "

static const struct ptn_sentence draytek[] = {
    {VIGOR "{src}:{sport}->{dst}:{dport}\\]\\[{proto}\\]\\[{**}Flag={flags}\\]{**}", PTN_ACTION_NONE},
    {VIGOR "{src}:{sport}->{dst}:{dport}\\]\\[{proto}\\]{**}", PTN_ACTION_NONE},
    {VIGOR "{src}->{dst}\\]\\[{proto}\\]{**}Type={icmp_type}, Code={icmp_code}{**}", PTN_ACTION_NONE},
    {VIGOR "{src}->{dst}\\]\\[{proto}\\]{**}", PTN_ACTION_NONE},
    {NULL, PTN_ACTION_NONE},
};

static const struct ptn_sentence procurve[] = {
    {"{**}seq#{*} {action} {proto} {src}({sport})->{dst}({dport})[ on {**}, port {in}]", PTN_ACTION_NONE},
    {"{**}seq#{*} {action} {proto} {src}->{dst}[ on {**}, port {in}]", PTN_ACTION_NONE},
    {NULL, PTN_ACTION_NONE},
};
/* clang-format on */

/* A kind of router: what its lines have at their beginning, and those about packets somewhere. */
static const struct kind {
    const char *first, *all, *packets;
    const struct ptn_sentence *sentences;
} kinds[] = {
    {"[DoS ", "from", "from", netgear},
    {"[LAN access from remote]", "from", "from", netgear},
    {"[Internet connected]", "IP address", NULL, NULL},
    {"[DHCP IP: ", "to MAC address", NULL, NULL},
    {"[admin login", "from source", NULL, NULL},
    {"[site ", "from source", NULL, NULL},
    {"[UPnP set event", "from source", NULL, NULL},
    {"[WLAN access rejected", "from MAC", NULL, NULL},
    {"[Time synchronized with NTP server", "", NULL, NULL},
    {"TCP Packet - Source:", "Destination:", "Destination:", netgear},
    {"UDP Packet - Source:", "Destination:", "Destination:", netgear},
    {"ICMP Packet - Source:", "Destination:", "Destination:", netgear},
    {"Blocked incoming ", " from ", " to ", ubicom},
    {"Blocked outgoing ", " from ", " to ", ubicom},
    {"**", "->> ", " (from ", arcadyan},
    {"[FILTER][", "][@", "->", draytek},
    {"[CSM][", "][@", NULL, NULL},
    {"ACL ", "seq#", "->", procurve},
};

static enum ptn_line read_router(const struct ptn_format *f, struct ptn_log_state *state, const struct ptn_message *m,
                                 struct ptn_knocks *ret)
{
    (void)state;
    for (const struct kind *k = kinds; k < kinds + sizeof(kinds) / sizeof(*kinds); k++) {
        if (!ptn_slice_begins(m->text, k->first) || !ptn_slice_has(m->text, k->all))
            continue;
        if (!k->packets || !ptn_slice_has(m->text, k->packets))
            return PTN_LINE_REMARK;
        return ptn_sentences_read(f, k->sentences, m, m->text, ret);
    }
    return PTN_LINE_OTHER_FORMAT;
}

const struct ptn_format ptn_format_router = {
    .name = "router",
    .title = "a router for homes",
    .read = read_router,
    .actions = words,
};
