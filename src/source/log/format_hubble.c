/*
 * Cilium's flows as Hubble writes them in JSON (hubble observe -o json or jsonpb, and the exporter's file):
 * docs.cilium.io, "Hubble", flow.proto. Requests of the seventh layer are no packets.
 */
#include "record.h"

enum { VERDICT, KIND, FIN, SYN, RST, PSH, ACK, URG };

/* clang-format off */
#define NAMES(within)                                        \
    {within "verdict", PTN_SLOT_NOTHING},                    \
    {within "Type", PTN_SLOT_NOTHING},                       \
    {within "l4.TCP.flags.FIN", PTN_SLOT_NOTHING},           \
    {within "l4.TCP.flags.SYN", PTN_SLOT_NOTHING},           \
    {within "l4.TCP.flags.RST", PTN_SLOT_NOTHING},           \
    {within "l4.TCP.flags.PSH", PTN_SLOT_NOTHING},           \
    {within "l4.TCP.flags.ACK", PTN_SLOT_NOTHING},           \
    {within "l4.TCP.flags.URG", PTN_SLOT_NOTHING},           \
    {within "time", PTN_SLOT_TIME},                          \
    {within "IP.source", PTN_SLOT_SRC},                      \
    {within "IP.destination", PTN_SLOT_DST},                 \
    {within "l4.TCP.source_port", PTN_SLOT_SPORT},           \
    {within "l4.TCP.destination_port", PTN_SLOT_DPORT},      \
    {within "l4.UDP.source_port", PTN_SLOT_SPORT},           \
    {within "l4.UDP.destination_port", PTN_SLOT_DPORT},      \
    {within "l4.SCTP.source_port", PTN_SLOT_SPORT},          \
    {within "l4.SCTP.destination_port", PTN_SLOT_DPORT},     \
    {within "l4.ICMPv4.type", PTN_SLOT_ICMP_TYPE},           \
    {within "l4.ICMPv4.code", PTN_SLOT_ICMP_CODE},           \
    {within "l4.ICMPv6.type", PTN_SLOT_ICMP_TYPE},           \
    {within "l4.ICMPv6.code", PTN_SLOT_ICMP_CODE},           \
    {within "traffic_direction", PTN_SLOT_WAY},              \
    {within "drop_reason_desc", PTN_SLOT_RULE},
/* clang-format on */

static const struct ptn_field_name names[] = {NAMES("flow.") NAMES(""){.name = ""}};
enum { EACH = (sizeof(names) / sizeof(*names) - 1) / 2 };

static struct ptn_slice value(const struct ptn_record *r, unsigned name)
{
    return r->of[name].len ? r->of[name] : r->of[EACH + name];
}

/* The object in "l4" is named after the protocol; one that has nothing in it but defaults may be empty. */
static void put_proto(struct ptn_slice line, struct ptn_knock *k)
{
    static const struct {
        const char *name;
        uint8_t proto;
    } of[] = {{"\"TCP\":{", 6}, {"\"UDP\":{", 17}, {"\"ICMPv4\":{", 1}, {"\"ICMPv6\":{", 58}, {"\"SCTP\":{", 132}};
    for (size_t i = 0; i < sizeof(of) / sizeof(*of); i++)
        if (ptn_cell_has(line, of[i].name)) {
            k->proto = of[i].proto;
            k->has |= PTN_HAS_PROTO;
            return;
        }
}

static void put_flags(const struct ptn_record *r, struct ptn_knock *k)
{
    for (unsigned i = FIN; i <= URG; i++)
        if (ptn_cell_is(value(r, i), "true")) {
            k->flags |= (uint8_t)(1u << (i - FIN));
            k->has |= PTN_HAS_FLAGS;
        }
}

/* A type of zero is left out of the text. */
static void put_type(struct ptn_knock *k)
{
    if (k->has & PTN_HAS_PROTO && k->proto == 1 && !(k->has & PTN_HAS_ICMP_TYPE))
        k->has |= PTN_HAS_ICMP_TYPE;
}

static enum ptn_line take(const struct ptn_record *r, struct ptn_knock *k)
{
    struct ptn_slice verdict = value(r, VERDICT);
    if (!verdict.len || ptn_cell_is(value(r, KIND), "L7"))
        return PTN_LINE_REMARK;
    put_proto(r->message->text, k);
    put_flags(r, k);
    enum ptn_line line = ptn_record_fill(r, k);
    put_type(k);
    if (ptn_cell_is(verdict, "DROPPED") || ptn_cell_is(verdict, "ERROR"))
        k->action = PTN_ACTION_DROP;
    else if (ptn_cell_is(verdict, "FORWARDED") || ptn_cell_is(verdict, "REDIRECTED") || ptn_cell_is(verdict, "AUDIT"))
        k->action = PTN_ACTION_PASS;
    return line;
}

static const char *const marks[] = {"\"verdict\":", "\"IP\":", "\"ipVersion\":", NULL};

const struct ptn_format ptn_format_hubble = {
    .name = "hubble",
    .title = "Cilium Hubble",
    .read = ptn_read_object,
    .take = take,
    .marks = marks,
    .names = names,
};
