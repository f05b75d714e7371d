/*
 * WatchGuard Fireware: watchguard.com, "Read a Log Message" and "Fireware Log Catalog"; as syslog has it, by position,
 * and as the traffic monitor shows it:
 *
 *     msg_id="3000-0148" Deny 0-External Firebox 52 tcp 20 127 203.0.113.9 198.51.100.1 4444 22 offset 8 S 123 win 32
 *     Deny 203.0.113.9 198.51.100.1 ssh/tcp 4444 22 0-External Firebox Denied 52 127 (Unhandled External Packet-00) ...
 *
 * and as the older Firebox System wrote it:
 *
 *     firewalld[97]: deny in eth0 60 tcp 20 47 203.0.113.9 198.51.100.1 4444 22 syn (default)
 */
#include <netinet/in.h>
#include <string.h>

#include "pairs.h"
#include "sentence.h"

static const struct ptn_action_word words[] = {
    {"allow", PTN_ACTION_PASS},
    {"deny", PTN_ACTION_DROP},
    {NULL, PTN_ACTION_NONE},
};

/* Names of interfaces may have blanks; the firewall's own has none. */
#define TO_BOX "{action} {in*} {out:Firebox} "
#define ENDS "{action} {in*} {out} "
#define BASE "{length} {proto} {*} {ttl} {src} {dst}"
#define ICMP "{length} {proto:icmp}[v6][6] {*} {ttl} {src} {dst} {icmp_type} {icmp_code}"
#define TCP BASE " {sport} {dport} offset {*} {flags} {*} win {window}"

/* clang-format off */
static const struct ptn_sentence syslog[] = {
    {TO_BOX ICMP, PTN_ACTION_NONE},
    {TO_BOX TCP, PTN_ACTION_NONE},
    {TO_BOX BASE " {sport} {dport}", PTN_ACTION_NONE},
    {TO_BOX BASE, PTN_ACTION_NONE},
    {ENDS ICMP, PTN_ACTION_NONE},
    {ENDS TCP, PTN_ACTION_NONE},
    {ENDS BASE " {sport} {dport}", PTN_ACTION_NONE},
    {ENDS BASE, PTN_ACTION_NONE},
    {ENDS "{proto:icmp}[v6][6] {src} {dst}", PTN_ACTION_NONE},
    {ENDS "{proto:tcp} {src} {dst} {sport} {dport}", PTN_ACTION_NONE},
    {ENDS "{proto:udp} {src} {dst} {sport} {dport}", PTN_ACTION_NONE},
    {NULL, PTN_ACTION_NONE},
};

#define ADDRS "{action} {src} {dst} "
#define OF_ICMP ADDRS "{*}/{proto:icmp}[v6][6] "
#define OF_PORTS ADDRS "{*}/{proto} {sport} {dport} "

static const struct ptn_sentence monitor[] = {
    {OF_ICMP "{in*} {out:Firebox} {**}", PTN_ACTION_NONE},
    {OF_ICMP "{in*} {out} Allowed", PTN_ACTION_NONE},
    {OF_ICMP "{in*} {out} Denied", PTN_ACTION_NONE},
    {OF_ICMP "{in} {out}", PTN_ACTION_NONE},
    {OF_PORTS "{in*} {out:Firebox} {**}", PTN_ACTION_NONE},
    {OF_PORTS "{in*} {out} Allowed", PTN_ACTION_NONE},
    {OF_PORTS "{in*} {out} Denied", PTN_ACTION_NONE},
    {OF_PORTS "{in} {out}", PTN_ACTION_NONE},
    {ADDRS "{proto} {in} {out}", PTN_ACTION_NONE},
    {NULL, PTN_ACTION_NONE},
};

static const struct ptn_sentence older[] = {
    {"{action} {way} {in} {length} {proto:icmp} {*} {ttl} {src} {dst} {icmp_type} {icmp_code}", PTN_ACTION_NONE},
    {"{action} {way} {in} {length} {proto} {*} {ttl} {src} {dst} {sport} {dport} {flags} ({**}", PTN_ACTION_NONE},
    {"{action} {way} {in} {length} {proto} {*} {ttl} {src} {dst} {sport} {dport}", PTN_ACTION_NONE},
    {"{action} {way} {in} {length} {proto} {*} {ttl} {src} {dst}", PTN_ACTION_NONE},
    {NULL, PTN_ACTION_NONE},
};
/* clang-format on */

/* The text from the verdict on: cluster members and hosts stand before it. */
static struct ptn_slice from_verdict(struct ptn_slice text)
{
    static const char *const verdicts[] = {"Allow ", "Deny "};
    for (size_t i = 0; i < 2; i++) {
        if (ptn_slice_begins(text, verdicts[i]))
            return text;
        const char *at = text.len ? memmem(text.at, text.len, verdicts[i], strlen(verdicts[i])) : NULL;
        if (at && at[-1] == ' ' && at - text.at < 128)
            return (struct ptn_slice){at, (size_t)(text.at + text.len - at)};
    }
    return (struct ptn_slice){0};
}

/* What the newer form says of a packet further on: tcp_info="offset 8 S 123 win 32", type="8". */
static void put_more(struct ptn_knock *k, const struct ptn_format *f, struct ptn_slice text)
{
    struct ptn_holes holes;
    struct ptn_slice tcp = ptn_slice_after(text, "tcp_info=\""), type = ptn_slice_after(text, " type=\"");
    bool icmp = k->proto == IPPROTO_ICMP || k->proto == IPPROTO_ICMPV6;
    if (tcp.at && ptn_sentence_match("offset {*} {flags} {*} win {window}\"", tcp, &holes))
        for (unsigned i = 0; i < holes.n; i++)
            (void)ptn_slot_put(k, f, holes.items[i].slot, holes.items[i].value);
    if (type.at && icmp && ptn_sentence_match("{icmp_type}\"", type, &holes))
        (void)ptn_slot_put(k, f, PTN_SLOT_ICMP_TYPE, holes.items[0].value);
}

static enum ptn_line read_older(const struct ptn_format *f, const struct ptn_message *m, struct ptn_knocks *ret)
{
    struct ptn_slice text = m->text;
    if (!ptn_slice_begins(m->tag, "firewalld"))
        return PTN_LINE_OTHER_FORMAT;
    if (!ptn_slice_begins(text, "deny ") && !ptn_slice_begins(text, "allow "))
        return PTN_LINE_OTHER_FORMAT; /* there is another program of this name */
    return ptn_sentences_read(f, older, m, text, ret);
}

static enum ptn_line read_watchguard(const struct ptn_format *f, struct ptn_log_state *state,
                                     const struct ptn_message *m, struct ptn_knocks *ret)
{
    (void)state;
    struct ptn_slice id = ptn_slice_after(m->text, "msg_id=\"");
    if (!id.at)
        return read_older(f, m, ret);
    if (id.len < 10 || id.at[4] != '-' || id.at[9] != '"')
        return PTN_LINE_OTHER_FORMAT;
    bool in_front = id.at - m->text.at < 128 && !ptn_slice_has(m->text, " proc_id=\"");
    struct ptn_slice text = from_verdict(in_front ? (struct ptn_slice){id.at + 10, id.len - 10} : m->text);
    text = text.len && in_front && text.at > id.at + 16 ? (struct ptn_slice){0} : text;
    if (!text.len)
        return PTN_LINE_REMARK;
    enum ptn_line line = ptn_sentences_read(f, in_front ? syslog : monitor, m, text, ret);
    if (line == PTN_LINE_PACKET)
        put_more(&ret->items[ret->n - 1], f, text);
    return line;
}

const struct ptn_format ptn_format_watchguard = {
    .name = "watchguard",
    .title = "WatchGuard Fireware",
    .read = read_watchguard,
    .actions = words,
};

/* As the log server and Dimension keep it: every part has a name. The protocol stands behind the service's. */
static enum ptn_line finish_pairs(const struct ptn_message *m, struct ptn_knock *k, enum ptn_line kind)
{
    struct ptn_slice service = ptn_pairs_value(&ptn_format_watchguard_pairs, m->text, "protocol");
    service = service.len ? service : ptn_pairs_value(&ptn_format_watchguard_pairs, m->text, "pr");
    struct ptn_slice behind = ptn_slice_after(service, "/");
    ptn_slot_put(k, &ptn_format_watchguard_pairs, PTN_SLOT_PROTO, behind.len ? behind : service);
    struct ptn_slice tcp = ptn_pairs_value(&ptn_format_watchguard_pairs, m->text, "tcp_info");
    if (tcp.len)
        put_more(k, &ptn_format_watchguard_pairs, m->text);
    return kind;
}

static const char *const pair_marks[] = {"disp=\"", "msg_id=\"", "src_ip=\"", NULL};

static const struct ptn_field_name pair_names[] = {
    {"disp", PTN_SLOT_ACTION},    {"src_ip", PTN_SLOT_SRC},     {"dst_ip", PTN_SLOT_DST},
    {"src_port", PTN_SLOT_SPORT}, {"dst_port", PTN_SLOT_DPORT}, {"src_intf", PTN_SLOT_IN},
    {"dst_intf", PTN_SLOT_OUT},   {"policy", PTN_SLOT_RULE},    {.name = ""},
};

const struct ptn_format ptn_format_watchguard_pairs = {
    .name = "watchguard",
    .title = "WatchGuard Fireware, named fields",
    .read = ptn_read_pairs,
    .marks = pair_marks,
    .names = pair_names,
    .actions = words,
    .finish = finish_pairs,
};
