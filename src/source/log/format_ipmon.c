/*
 * IP Filter (Solaris, NetBSD, FreeBSD): ipmon(8):
 *
 *     12:00:01.123456 em0 @0:5 b 203.0.113.9,4444 -> 198.51.100.1,22 PR tcp len 20 60 -S IN
 *     12:00:01.123456 2x em0 @0:5 b 203.0.113.9 -> 198.51.100.1 PR icmp len 20 84 icmp 8/0 IN
 */
#include <stdio.h>
#include <string.h>

#include "sentence.h"

/* "b" blocked, "p" passed, "n" no rule, "S" short, "L" a rule that only logs; capitals where a rule said so. */
static const struct ptn_action_word words[] = {
    {"b", PTN_ACTION_DROP}, {"p", PTN_ACTION_PASS}, {"n", PTN_ACTION_NONE},
    {"l", PTN_ACTION_NONE}, {"s", PTN_ACTION_DROP}, {NULL, PTN_ACTION_NONE},
};

#define HEAD "[{*}:{*}:{*} ][{*}x ]{in} @{rule} {action} "
#define LEN "PR {proto} len {*} [(]{length}[)]"
#define PORTS HEAD "{src},{sport} -> {dst},{dport} " LEN
#define ADDRS HEAD "{src} -> {dst} " LEN

static const struct ptn_sentence sentences[] = {
    {PORTS " -{flags} {way}", PTN_ACTION_NONE},
    {PORTS " -{flags} {**} {way:IN}", PTN_ACTION_NONE},
    {PORTS " -{flags} {**} {way:OUT}", PTN_ACTION_NONE},
    {PORTS "{**} {way:IN}", PTN_ACTION_NONE},
    {PORTS "{**} {way:OUT}", PTN_ACTION_NONE},
    {PORTS, PTN_ACTION_NONE},
    {ADDRS " icmp[v6] {icmp_type}/{icmp_code}{**} {way:IN}", PTN_ACTION_NONE},
    {ADDRS " icmp[v6] {icmp_type}/{icmp_code}{**} {way:OUT}", PTN_ACTION_NONE},
    {ADDRS " icmp[v6] {icmp_type}/{**} {way:IN}", PTN_ACTION_NONE},
    {ADDRS " icmp[v6] {icmp_type}/{**} {way:OUT}", PTN_ACTION_NONE},
    {ADDRS "{**} {way:IN}", PTN_ACTION_NONE},
    {ADDRS "{**} {way:OUT}", PTN_ACTION_NONE},
    {ADDRS, PTN_ACTION_NONE},
    {NULL, PTN_ACTION_NONE},
};

/* "23/11/2026 12:00:01.123456 ": the day comes first, wherever it runs. */
static void put_stamp(const struct ptn_format *f, struct ptn_slice line, struct ptn_knock *k)
{
    char stamp[40];
    const char *blank = line.len > 20 ? memchr(line.at + 11, ' ', line.len - 11) : NULL;
    if (!blank || blank - line.at > 32 || line.at[2] != '/' || line.at[5] != '/' || line.at[10] != ' ')
        return;
    int clock = (int)(blank - line.at) - 11;
    int n =
        snprintf(stamp, sizeof(stamp), "%.4s-%.2s-%.2s %.*s", line.at + 6, line.at + 3, line.at, clock, line.at + 11);
    k->time = PTN_NO_TIME;
    (void)ptn_slot_put(k, f, PTN_SLOT_TIME, (struct ptn_slice){stamp, (size_t)n});
}

static enum ptn_line read_ipmon(const struct ptn_format *f, struct ptn_log_state *state, const struct ptn_message *m,
                                struct ptn_knocks *ret)
{
    (void)state;
    bool named = ptn_slice_begins(m->tag, "ipmon") || ptn_slice_has(m->text, "ipmon[");
    struct ptn_slice rule = ptn_slice_after(m->text, " @");
    if (!named &&
        !(rule.at && rule.at - m->text.at < 64 && ptn_slice_has(rule, " PR ") && ptn_slice_has(rule, " len ")))
        return PTN_LINE_OTHER_FORMAT;
    if (!rule.at || !ptn_slice_has(rule, " -> "))
        return PTN_LINE_REMARK;
    struct ptn_slice text = ptn_slice_after(m->text, "ipmon[");
    text = text.at ? ptn_slice_after(text, "]: ") : m->text;
    enum ptn_line line = ptn_sentences_read(f, f->sentences, m, text.at ? text : m->text, ret);
    if (line == PTN_LINE_PACKET)
        put_stamp(f, m->line, &ret->items[ret->n - 1]);
    return line;
}

const struct ptn_format ptn_format_ipmon = {
    .name = "ipmon",
    .title = "IP Filter",
    .has = PTN_HAS_ROUTER,
    .read = read_ipmon,
    .actions = words,
    .sentences = sentences,
};
