/*
 * Linux 2.2: ipchains(8), "-l":
 *
 *     Packet log: input DENY eth0 PROTO=6 203.0.113.9:4444 198.51.100.1:22 L=60 S=0x00 I=18 F=0x0000 T=254 SYN (#5)
 */
#include "sentence.h"

static const struct ptn_action_word words[] = {
    {"accept", PTN_ACTION_PASS}, {"deny", PTN_ACTION_DROP},  {"reject", PTN_ACTION_REJECT},
    {"masq", PTN_ACTION_PASS},   {"redir", PTN_ACTION_PASS}, {NULL, PTN_ACTION_NONE},
};

#define HEAD "{**}Packet log: {rule} {action} {in} "

/* ICMP has its type and code where the others have their ports. */
static const struct ptn_sentence sentences[] = {
    {HEAD "PROTO={proto:1} {src}:{icmp_type} {dst}:{icmp_code} L={length}", PTN_ACTION_NONE},
    {HEAD "PROTO={proto} {src}:{sport} {dst}:{dport} L={length} {*} {*} {*} T={ttl} {flags:SYN}", PTN_ACTION_NONE},
    {HEAD "PROTO={proto} {src}:{sport} {dst}:{dport} L={length}", PTN_ACTION_NONE},
    {NULL, PTN_ACTION_NONE},
};

/* The chain says which way it went. */
static enum ptn_line finish(const struct ptn_message *m, struct ptn_knock *k, enum ptn_line line)
{
    (void)m;
    if (k && k->rule.len >= 6 && ptn_slice_begins(k->rule, "output")) {
        k->out = k->in;
        k->in.len = 0;
    }
    return line;
}

static const char *const marks[] = {"Packet log: ", " PROTO=", NULL};

const struct ptn_format ptn_format_ipchains = {
    .name = "ipchains",
    .title = "Linux ipchains",
    .read = ptn_read_sentence,
    .marks = marks,
    .actions = words,
    .sentences = sentences,
    .finish = finish,
};
