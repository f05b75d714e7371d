/*
 * SonicWall: "SonicOS Log Events Reference Guide". Which messages are about packets the number of the message tells
 * (m=), or, for the many that are dropped for a reason of their own, its text and fw_action.
 *
 *     id=firewall sn=... time="2026-01-02 03:04:05 UTC" fw=192.0.2.1 pri=5 c=64 m=36 msg="TCP connection dropped" n=1
 *     src=203.0.113.9:4242:X1 dst=192.0.2.1:23:X1 proto=tcp/23
 */
#include <strings.h>

#include "pairs.h"

static const char *const marks[] = {"sn=", " fw=", " pri=", NULL};

static const struct ptn_action_word actions[] = {
    {"drop", PTN_ACTION_DROP},  {"forward", PTN_ACTION_PASS}, {"mgmt", PTN_ACTION_PASS},
    {"allow", PTN_ACTION_PASS}, {"na", PTN_ACTION_NONE},      {NULL, PTN_ACTION_NONE},
};

static const struct ptn_field_name names[] = {
    {"src", PTN_SLOT_SRC},        {"srcV6", PTN_SLOT_SRC},          {"dst", PTN_SLOT_DST},
    {"dstV6", PTN_SLOT_DST},      {"proto", PTN_SLOT_PROTO},        {"fw_action", PTN_SLOT_ACTION},
    {"type", PTN_SLOT_ICMP_TYPE}, {"icmpType", PTN_SLOT_ICMP_TYPE}, {"icmpCode", PTN_SLOT_ICMP_CODE},
    {"time", PTN_SLOT_TIME},      {"rule", PTN_SLOT_RULE},          {"spkt", PTN_SLOT_PACKETS},
    {"sent", PTN_SLOT_OCTETS},    {"srcZone", PTN_SLOT_NOTHING},    {.name = ""},
};

/* Messages whose text does not say it. */
static const struct {
    uint16_t id;
    uint8_t action;
} ids[] = {
    {36, PTN_ACTION_DROP},   {37, PTN_ACTION_DROP},   {38, PTN_ACTION_DROP},   {39, PTN_ACTION_DROP},
    {40, PTN_ACTION_DROP},   {41, PTN_ACTION_DROP},   {42, PTN_ACTION_DROP},   {98, PTN_ACTION_PASS},
    {173, PTN_ACTION_DROP},  {174, PTN_ACTION_DROP},  {175, PTN_ACTION_DROP},  {522, PTN_ACTION_DROP},
    {524, PTN_ACTION_DROP},  {526, PTN_ACTION_PASS},  {537, PTN_ACTION_PASS},  {597, PTN_ACTION_PASS},
    {598, PTN_ACTION_PASS},  {1198, PTN_ACTION_DROP}, {1199, PTN_ACTION_DROP}, {1200, PTN_ACTION_DROP},
    {1201, PTN_ACTION_DROP}, {1235, PTN_ACTION_PASS},
};

static bool has_word(struct ptn_slice s, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= s.len; i++)
        if (strncasecmp(s.at + i, word, n) == 0)
            return true;
    return false;
}

enum { MSG, NUMBER, SID, ACTION, SRC, DST, NOTE, CODE, KEYS };
static const char *const keys[KEYS] = {"msg", "m", "sid", "fw_action", "src", "dst", "note", "code"};

/* What the message as such says: false if it is about no packet. */
static bool message_says(const struct ptn_slice *of, enum ptn_action *ret)
{
    struct ptn_slice msg = of[MSG];
    long id = slice_number(of[NUMBER], 65535);
    for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
        if (id == ids[i].id) {
            *ret = (enum ptn_action)ids[i].action;
            return true;
        }
    /* Signatures (intrusions, viruses, applications) and web filters are about contents. */
    if (of[SID].at || has_word(msg, "web site") || has_word(msg, "virus") || has_word(msg, "detection alert") ||
        has_word(msg, "prevention alert") || has_word(msg, "VPN"))
        return false;
    if ((has_word(msg, "dropped") && !has_word(msg, "will be dropped")) || has_word(msg, "packet drop") ||
        slice_is(of[ACTION], "drop")) {
        *ret = PTN_ACTION_DROP;
        return true;
    }
    *ret = PTN_ACTION_PASS;
    return has_word(msg, "packet allowed") || has_word(msg, "connection opened") || has_word(msg, "connection closed");
}

/* Old releases tell the protocol by the text alone. */
static void put_proto(struct ptn_slice msg, struct ptn_knock *k)
{
    static const struct {
        const char *word;
        uint8_t proto;
    } words[] = {{"ICMPv6", 58}, {"ICMP", 1}, {"TCP", 6}, {"UDP", 17}};
    for (size_t i = 0; i < 4 && !(k->has & PTN_HAS_PROTO); i++)
        if (ptn_slice_from(msg, words[i].word).len) {
            k->proto = words[i].proto;
            k->has |= PTN_HAS_PROTO;
        }
}

/* note="TCP Flag(s): SYN ACK" */
static void put_flags(struct ptn_slice text, struct ptn_knock *k)
{
    static const char mark[] = "TCP Flag(s): ";
    struct ptn_slice note = ptn_slice_from(text, mark);
    if (note.len > sizeof(mark) - 1)
        ptn_slot_put(k, &ptn_format_sonicwall, PTN_SLOT_FLAGS,
                     (struct ptn_slice){note.at + sizeof(mark) - 1, note.len - sizeof(mark) + 1});
}

/* ":4242:X1:name": the address of IPv6 stands in another field. */
static void put_rest(struct ptn_slice end, struct ptn_knock *k, enum ptn_slot port, enum ptn_slot iface)
{
    if (!end.len || *end.at != ':')
        return;
    const char *at = end.at + 1, *to = end.at + end.len;
    const char *colon = memchr(at, ':', (size_t)(to - at));
    colon = colon ? colon : to;
    ptn_slot_put(k, &ptn_format_sonicwall, port, (struct ptn_slice){at, (size_t)(colon - at)});
    if (colon == to)
        return;
    at = colon + 1;
    colon = memchr(at, ':', (size_t)(to - at));
    ptn_slot_put(k, &ptn_format_sonicwall, iface, (struct ptn_slice){at, (size_t)((colon ? colon : to) - at)});
}

static enum ptn_line finish(const struct ptn_message *m, struct ptn_knock *k, enum ptn_line kind)
{
    enum ptn_action action;
    struct ptn_slice of[KEYS];
    ptn_pairs_values(&ptn_format_sonicwall, m->text, keys, KEYS, of);
    if (!message_says(of, &action))
        return PTN_LINE_REMARK;
    if (k->action == PTN_ACTION_NONE)
        k->action = (uint8_t)action;
    put_rest(of[SRC], k, PTN_SLOT_SPORT, PTN_SLOT_IN);
    put_rest(of[DST], k, PTN_SLOT_DPORT, PTN_SLOT_OUT);
    put_proto(of[MSG], k);
    put_flags(of[NOTE], k);
    if (k->has & PTN_HAS_ICMP_TYPE) /* elsewhere it is the category of a web site */
        ptn_slot_put(k, &ptn_format_sonicwall, PTN_SLOT_ICMP_CODE, of[CODE]);
    return kind;
}

const struct ptn_format ptn_format_sonicwall = {
    .name = "sonicwall",
    .title = "SonicWall",
    .read = ptn_read_pairs,
    .marks = marks,
    .names = names,
    .actions = actions,
    .finish = finish,
};
