/*
 * ulogd2's JSON output: packets of NFLOG, and flows of conntrack. Names are those of the Common Information Model
 * where ulogd has one, otherwise its own. https://www.netfilter.org/projects/ulogd/
 */
#include "pairs.h"
#include "prefix.h"
#include "record.h"

enum { FIN, SYN, RST, PSH, ACK, URG };

static const struct ptn_field_name names[] = {
    [FIN] = {"tcp.fin", PTN_SLOT_NOTHING},
    [SYN] = {"tcp.syn", PTN_SLOT_NOTHING},
    [RST] = {"tcp.rst", PTN_SLOT_NOTHING},
    [PSH] = {"tcp.psh", PTN_SLOT_NOTHING},
    [ACK] = {"tcp.ack", PTN_SLOT_NOTHING},
    [URG] = {"tcp.urg", PTN_SLOT_NOTHING},
    {"timestamp", PTN_SLOT_TIME},
    {"oob.time.sec", PTN_SLOT_SECONDS},
    {"flow.start.sec", PTN_SLOT_SECONDS},
    {"src_ip", PTN_SLOT_SRC},
    {"ip.saddr.str", PTN_SLOT_SRC},
    {"ip.saddr", PTN_SLOT_SRC},
    {"orig.ip.saddr.str", PTN_SLOT_SRC},
    {"orig.ip.saddr", PTN_SLOT_SRC},
    {"orig.ip6.saddr", PTN_SLOT_SRC},
    {"dest_ip", PTN_SLOT_DST},
    {"ip.daddr.str", PTN_SLOT_DST},
    {"ip.daddr", PTN_SLOT_DST},
    {"orig.ip.daddr.str", PTN_SLOT_DST},
    {"orig.ip.daddr", PTN_SLOT_DST},
    {"orig.ip6.daddr", PTN_SLOT_DST},
    {"src_port", PTN_SLOT_SPORT},
    {"tcp.sport", PTN_SLOT_SPORT},
    {"udp.sport", PTN_SLOT_SPORT},
    {"sctp.sport", PTN_SLOT_SPORT},
    {"orig.l4.sport", PTN_SLOT_SPORT},
    {"dest_port", PTN_SLOT_DPORT},
    {"tcp.dport", PTN_SLOT_DPORT},
    {"udp.dport", PTN_SLOT_DPORT},
    {"sctp.dport", PTN_SLOT_DPORT},
    {"orig.l4.dport", PTN_SLOT_DPORT},
    {"ip.protocol", PTN_SLOT_PROTO},
    {"ip6.nexthdr", PTN_SLOT_PROTO},
    {"orig.ip.protocol", PTN_SLOT_PROTO},
    {"transport", PTN_SLOT_PROTO},
    {"action", PTN_SLOT_ACTION},
    {"oob.in", PTN_SLOT_IN},
    {"oob.out", PTN_SLOT_OUT},
    {"icmp.type", PTN_SLOT_ICMP_TYPE},
    {"icmpv6.type", PTN_SLOT_ICMP_TYPE},
    {"icmp.code", PTN_SLOT_ICMP_CODE},
    {"icmpv6.code", PTN_SLOT_ICMP_CODE},
    {"oob.prefix", PTN_SLOT_RULE},
    {"ip.ttl", PTN_SLOT_TTL},
    {"ip6.hoplimit", PTN_SLOT_TTL},
    {"ip.id", PTN_SLOT_ID},
    {"ip.totlen", PTN_SLOT_LENGTH},
    {"tcp.window", PTN_SLOT_WINDOW},
    {"orig.raw.pktcount", PTN_SLOT_PACKETS},
    {"orig.raw.pktlen", PTN_SLOT_OCTETS},
    {.name = ""},
};

static const struct ptn_action_word actions[] = {
    {"allowed", PTN_ACTION_PASS},
    {"blocked", PTN_ACTION_DROP},
    {0},
};

static void put_flags(const struct ptn_record *r, struct ptn_knock *k)
{
    static const uint8_t bits[] = {1, 2, 4, 8, 16, 32};
    for (size_t i = 0; i < sizeof(bits); i++) {
        if (r->of[FIN + i].len == 0)
            continue;
        bool set = ptn_cell_is(r->of[FIN + i], "1") || ptn_cell_is(r->of[FIN + i], "true");
        k->flags |= set ? bits[i] : 0;
        k->has |= PTN_HAS_FLAGS;
    }
}

static enum ptn_line take(const struct ptn_record *r, struct ptn_knock *k)
{
    enum ptn_line line = ptn_record_fill(r, k);
    if (k->has & PTN_HAS_PROTO && k->proto == 6)
        put_flags(r, k);
    if (k->action == PTN_ACTION_NONE && k->rule.len)
        k->action = (uint8_t)ptn_prefix_action(k->rule);
    return line;
}

static const char *const marks[] = {"ip.protocol\"", "\"", NULL};

const struct ptn_format ptn_format_ulogd_json = {
    .name = "ulogd-json",
    .title = "ulogd2 (JSON)",
    .read = ptn_read_object,
    .take = take,
    .marks = marks,
    .names = names,
    .actions = actions,
};

/*
 * Conntrack's flows by its output of lines:
 * "[NEW] ORIG: SRC=10.0.0.5 DST=192.0.2.1 PROTO=TCP SPT=4444 DPT=443 PKTS=0 BYTES=0 , REPLY: SRC=..."
 */
static const struct ptn_field_name flow_names[] = {
    {"SRC", PTN_SLOT_SRC},        {"DST", PTN_SLOT_DST},
    {"SPT", PTN_SLOT_SPORT},      {"DPT", PTN_SLOT_DPORT},
    {"PROTO", PTN_SLOT_PROTO},    {"TYPE", PTN_SLOT_ICMP_TYPE},
    {"CODE", PTN_SLOT_ICMP_CODE}, {"PKTS", PTN_SLOT_PACKETS},
    {"BYTES", PTN_SLOT_OCTETS},   {.name = ""},
};

static enum ptn_line read_flow(const struct ptn_format *format, struct ptn_log_state *state,
                               const struct ptn_message *message, struct ptn_knocks *ret)
{
    struct ptn_message inner = *message;
    struct ptn_slice there = ptn_slice_from(message->text, "ORIG: "), back = ptn_slice_from(there, "REPLY: ");
    if (!back.len)
        return PTN_LINE_OTHER_FORMAT;
    inner.text = (struct ptn_slice){there.at + 6, (size_t)(back.at - there.at) - 6};
    return ptn_read_pairs(format, state, &inner, ret);
}

static const char *const flow_marks[] = {"ORIG: ", "REPLY: ", "SRC=", NULL};

const struct ptn_format ptn_format_ulogd_flow = {
    .name = "ulogd-flow",
    .title = "ulogd2 (conntrack)",
    .action = PTN_ACTION_PASS,
    .read = read_flow,
    .marks = flow_marks,
    .names = flow_names,
};

/* GPRINT: its own names, with commas between. */
static enum ptn_line finish_gprint(const struct ptn_message *m, struct ptn_knock *k, enum ptn_line kind)
{
    static const char *const keys[] = {"tcp.fin", "tcp.syn", "tcp.rst", "tcp.psh", "tcp.ack", "tcp.urg"};
    enum { N = sizeof(keys) / sizeof(*keys) };
    struct ptn_slice of[N];
    ptn_pairs_values(&ptn_format_ulogd_gprint, m->text, keys, N, of);
    for (size_t i = 0; i < N; i++)
        if (of[i].at) {
            k->flags |= (uint8_t)(slice_is(of[i], "1") ? 1u << i : 0);
            k->has |= PTN_HAS_FLAGS;
        }
    if (k->action == PTN_ACTION_NONE && k->rule.len)
        k->action = (uint8_t)ptn_prefix_action(k->rule);
    return kind;
}

static const char *const gprint_marks[] = {"ip.protocol=", ".saddr", NULL};

const struct ptn_format ptn_format_ulogd_gprint = {
    .name = "ulogd-gprint",
    .title = "ulogd2 (GPRINT)",
    .read = ptn_read_pairs,
    .marks = gprint_marks,
    .names = names,
    .actions = actions,
    .separator = ',',
    .finish = finish_gprint,
};
