/* A line of a log, read by one format, as one text: "time proto src sport dst dport action in out flags icmp_type". */
#ifndef PTN_TESTS_LOG_READ_H
#define PTN_TESTS_LOG_READ_H

#include "check.h"

#include "base/addr.h"
#include "source/log/envelope.h"
#include "source/log/formats.h"

struct log_row {
    const char *line, *expected; /* of many knocks: one text after the other, with "; " between */
};

static void log_number(char **at, char *end, bool has, unsigned n)
{
    if (has)
        *at += snprintf(*at, (size_t)(end - *at), " %u", n);
    else
        *at += snprintf(*at, (size_t)(end - *at), " -");
}

static void log_word(char **at, char *end, const char *word, size_t len)
{
    *at += snprintf(*at, (size_t)(end - *at), " %.*s", len ? (int)len : 1, len ? word : "-");
}

static void log_addr(char **at, char *end, const struct ptn_addr *addr)
{
    char text[PTN_ADDR_TEXT];
    ptn_addr_format(addr, text);
    log_word(at, end, text, strlen(text));
}

static void log_flags(char **at, char *end, const struct ptn_knock *k)
{
    char letters[9];
    size_t n = 0;
    for (unsigned i = 0; i < 8; i++)
        if (k->has & PTN_HAS_FLAGS && k->flags >> i & 1)
            letters[n++] = "FSRPAUEC"[i];
    log_word(at, end, letters, n);
}

static void log_one(char **at, char *end, const struct ptn_knock *k)
{
    static const char *const actions[] = {"", "pass", "drop", "reject"};
    char stamp[PTN_STAMP_TEXT];
    const char *time = k->time == PTN_NO_TIME ? "-" : ptn_stamp_text(k->time, stamp);
    *at += snprintf(*at, (size_t)(end - *at), "%s", time);
    log_number(at, end, k->has & PTN_HAS_PROTO, k->proto);
    log_addr(at, end, &k->src);
    log_number(at, end, k->has & PTN_HAS_SPORT, k->sport);
    log_addr(at, end, &k->dst);
    log_number(at, end, k->has & PTN_HAS_DPORT, k->dport);
    log_word(at, end, actions[k->action], strlen(actions[k->action]));
    log_word(at, end, k->in.at, k->in.len);
    log_word(at, end, k->out.at, k->out.len);
    log_flags(at, end, k);
    log_number(at, end, k->has & PTN_HAS_ICMP_TYPE, k->icmp_type);
}

static const char *log_text(enum ptn_line line, const struct ptn_knocks *knocks)
{
    static const char *const words[] = {"other", "", "remark", "header", "broken"};
    static char text[4096];
    char *at = text, *end = text + sizeof(text);
    if (line != PTN_LINE_PACKET)
        return words[line];
    for (size_t i = 0; i < knocks->n && end - at > 512; i++) {
        at += snprintf(at, (size_t)(end - at), "%s", i ? "; " : "");
        log_one(&at, end, &knocks->items[i]);
    }
    return text;
}

/* The rows are a file: what is learnt from one holds for those behind it. */
static inline void log_check(const struct ptn_format *format, const struct log_row *rows, size_t n)
{
    struct ptn_clock clock = {.latest = INT64_C(1795521600000000), .utc = true};
    struct ptn_log_state state = {0};
    struct ptn_knocks knocks = {0};
    static char room[1 << 20];
    for (size_t i = 0; i < n; i++) {
        struct ptn_message message = {0};
        AT("%s: %s", format->name, rows[i].line);
        knocks.n = 0;
        ptn_envelope_open(&clock, (struct ptn_slice){rows[i].line, strlen(rows[i].line)}, room, &message);
        EXPECT_TEXT(log_text(ptn_format_read(format, &state, &message, &knocks), &knocks), rows[i].expected);
    }
    ptn_knocks_release(&knocks);
}

#endif
