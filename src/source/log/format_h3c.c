/*
 * H3C and HP Comware ("System Log Messages Reference": FILTER, SESSION, NAT), whose keys have numbers, and Huawei USG
 * and Eudemon ("Log Reference": POLICY, SECLOG):
 *
 *     FILTER/6/FILTER_ZONE_IPV4_EXECUTION:
 * SrcZoneName(1025)=Untrust;...;Protocol(1001)=TCP;SrcIPAddr(1003)=203.0.113.9;
 *     %%01POLICY/6/POLICYDENY(l):vsys=public, protocol=6, source-ip=203.0.113.9, source-port=4444, ...
 */
#include <stdio.h>

#include "pairs.h"

static const struct ptn_action_word actions[] = {
    {"permit", PTN_ACTION_PASS}, {"deny", PTN_ACTION_DROP},    {"drop", PTN_ACTION_DROP},
    {"pass", PTN_ACTION_PASS},   {"logging", PTN_ACTION_NONE}, {NULL, PTN_ACTION_NONE},
};

static const struct ptn_field_name h3c_names[] = {
    {"SrcIPAddr(1003)", PTN_SLOT_SRC},      {"SrcIPv6Addr(1036)", PTN_SLOT_SRC}, {"DstIPAddr(1007)", PTN_SLOT_DST},
    {"DstIPv6Addr(1037)", PTN_SLOT_DST},    {"SrcPort(1004)", PTN_SLOT_SPORT},   {"DstPort(1008)", PTN_SLOT_DPORT},
    {"Protocol(1001)", PTN_SLOT_PROTO},     {"Event(1048)", PTN_SLOT_ACTION},    {"RcvIfName(1023)", PTN_SLOT_IN},
    {"SrcZoneName(1025)", PTN_SLOT_IN},     {"DstZoneName(1035)", PTN_SLOT_OUT}, {"IcmpType(1062)", PTN_SLOT_ICMP_TYPE},
    {"IcmpCode(1063)", PTN_SLOT_ICMP_CODE}, {"RuleID(1078)", PTN_SLOT_RULE},     {.name = ""},
};

/* "%Nov 23 12:00:01:123 2026 ": its own file's stamps. */
static void put_stamp(const struct ptn_message *m, struct ptn_knock *k)
{
    char text[32];
    struct ptn_slice s = m->line;
    if (m->time != PTN_NO_TIME || s.len < 26 || s.at[0] != '%' || s.at[13] != ':' || s.at[16] != ':' || s.at[20] != ' ')
        return;
    int n = snprintf(text, sizeof(text), "%.7s%.4s %.8s.%.3s", s.at + 1, s.at + 21, s.at + 8, s.at + 17);
    ptn_slot_put(k, &ptn_format_h3c, PTN_SLOT_TIME, (struct ptn_slice){text, (size_t)n});
}

/* A session that began or ended had been let by. */
static enum ptn_line finish_h3c(const struct ptn_message *m, struct ptn_knock *k, enum ptn_line kind)
{
    put_stamp(m, k);
    if (k->action == PTN_ACTION_NONE &&
        (ptn_slice_from(m->line, "SESSION/").len || ptn_slice_from(m->line, "NAT/").len))
        k->action = PTN_ACTION_PASS;
    return kind;
}

/* The pairs begin behind the message's name and a colon. */
static enum ptn_line read_h3c(const struct ptn_format *format, struct ptn_log_state *state, const struct ptn_message *m,
                              struct ptn_knocks *ret)
{
    struct ptn_message inner = *m;
    struct ptn_slice colon = ptn_slice_from(m->text, ": ");
    const char *equal = m->text.len ? memchr(m->text.at, '=', m->text.len) : NULL;
    if (colon.len && equal && colon.at < equal)
        inner.text = (struct ptn_slice){colon.at + 2, colon.len - 2};
    return ptn_read_pairs(format, state, &inner, ret);
}

static const char *const h3c_marks[] = {"Protocol(1001)=", "(10", NULL};
static const char *const h3c_packet_marks[] = {"SrcIPAddr(1003)=", "SrcIPv6Addr(1036)=", NULL};

const struct ptn_format ptn_format_h3c = {
    .name = "h3c",
    .title = "H3C, HP Comware",
    .read = read_h3c,
    .marks = h3c_marks,
    .packet_marks = h3c_packet_marks,
    .names = h3c_names,
    .actions = actions,
    .separator = ';',
    .finish = finish_h3c,
};

static const struct ptn_field_name huawei_names[] = {
    {"source-ip", PTN_SLOT_SRC},
    {"destination-ip", PTN_SLOT_DST},
    {"source-port", PTN_SLOT_SPORT},
    {"destination-port", PTN_SLOT_DPORT},
    {"protocol", PTN_SLOT_PROTO},
    {"source-zone", PTN_SLOT_IN},
    {"destination-zone", PTN_SLOT_OUT},
    {"rule-name", PTN_SLOT_RULE},
    {"SourceIP", PTN_SLOT_SRC},
    {"DestinationIP", PTN_SLOT_DST},
    {"SourcePort", PTN_SLOT_SPORT},
    {"DestinationPort", PTN_SLOT_DPORT},
    {"Protocol", PTN_SLOT_PROTO},
    {"PolicyName", PTN_SLOT_RULE},
    {"SendPkts", PTN_SLOT_PACKETS},
    {"SendBytes", PTN_SLOT_OCTETS},
    {.name = ""},
};

static enum ptn_line finish_huawei(const struct ptn_message *m, struct ptn_knock *k, enum ptn_line kind)
{
    bool deny = ptn_slice_from(m->line, "/POLICYDENY").len || ptn_slice_from(m->line, "/SESSION_DENY").len;
    k->action = deny ? PTN_ACTION_DROP : PTN_ACTION_PASS;
    return kind;
}

static enum ptn_line read_huawei(const struct ptn_format *format, struct ptn_log_state *state,
                                 const struct ptn_message *m, struct ptn_knocks *ret)
{
    struct ptn_slice all = ptn_message_all(m), name = ptn_slice_from(all, "POLICY/");
    name = name.len ? name : ptn_slice_from(all, "SECLOG/");
    const char *colon = name.len ? memchr(name.at, ':', name.len) : NULL;
    if (!colon)
        return PTN_LINE_OTHER_FORMAT;
    struct ptn_message inner = *m;
    inner.text = (struct ptn_slice){colon + 1, (size_t)(name.at + name.len - colon - 1)};
    if (!ptn_slice_from(inner.text, "ource").len)
        return PTN_LINE_REMARK;
    return ptn_read_pairs(format, state, &inner, ret);
}

static const char *const huawei_marks[] = {"%%", "estination", NULL};
static const char *const huawei_packet_marks[] = {
    "/POLICYDENY", "/POLICYPERMIT", "/SESSION_DENY", "/SESSION_CREATE", "/SESSION_BUILT", "/SESSION_TEARDOWN", NULL};

const struct ptn_format ptn_format_huawei = {
    .name = "huawei",
    .title = "Huawei USG",
    .read = read_huawei,
    .marks = huawei_marks,
    .packet_marks = huawei_packet_marks,
    .names = huawei_names,
    .separator = ',',
    .finish = finish_huawei,
};
