/*
 * ulogd2's JSON output: packets of NFLOG, and flows of conntrack. Names are those of the Common Information Model
 * where ulogd has one, otherwise its own. https://www.netfilter.org/projects/ulogd/
 */
#include "object.h"
#include "prefix.h"

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
    {0},
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

static enum ptn_line read(const struct ptn_format *format, struct ptn_log_state *state,
                          const struct ptn_message *message, struct ptn_knocks *ret)
{
    (void)state;
    return ptn_object_take(format, message, take, ret);
}

static const char *const marks[] = {"ip.protocol\"", "\"", NULL};

const struct ptn_format ptn_format_ulogd_json = {
    .name = "ulogd-json",
    .title = "ulogd2 (JSON)",
    .read = read,
    .marks = marks,
    .names = names,
    .actions = actions,
};
