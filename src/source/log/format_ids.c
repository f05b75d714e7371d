/*
 * Snort and Suricata, one alert a line: snort.org, "alert_fast" and "alert_syslog"; docs.suricata.io, "fast.log":
 *
 *     [Drop] [**] [1:2001219:20] ET SCAN SSH [**] [Classification: ...] [Priority: 2] {TCP} 203.0.113.9:4444 -> ...
 *
 * An alert alone stops nothing.
 */
#include <stdio.h>

#include "sentence.h"

/* clang-format off */
static const struct ptn_sentence sentences[] = {
    {"{proto:ICMP}\\} {src}:{icmp_type} -> {dst}:{icmp_code}", PTN_ACTION_NONE},
    {"{proto:IPV6-ICMP}\\} {src}:{icmp_type} -> {dst}:{icmp_code}", PTN_ACTION_NONE},
    {"{proto:TCP}\\} {src}:{sport} -> {dst}:{dport}", PTN_ACTION_NONE},
    {"{proto:UDP}\\} {src}:{sport} -> {dst}:{dport}", PTN_ACTION_NONE},
    {"{proto:SCTP}\\} {src}:{sport} -> {dst}:{dport}", PTN_ACTION_NONE},
    {"{proto}\\} {src} -> {dst}", PTN_ACTION_NONE},
    {NULL, PTN_ACTION_NONE},
};
/* clang-format on */

/* "TCP", "PROTO:047": the number alone. */
static struct ptn_slice bare(struct ptn_slice text)
{
    struct ptn_slice number = ptn_slice_begins(text, "PROTO:") ? ptn_slice_after(text, "PROTO:") : text;
    while (number.at != text.at && number.len > 1 && *number.at == '0')
        number = (struct ptn_slice){number.at + 1, number.len - 1};
    return number;
}

static struct ptn_slice behind_last(struct ptn_slice text, const char *mark)
{
    struct ptn_slice last = {0};
    for (struct ptn_slice next = text; (next = ptn_slice_after(next, mark)).at;)
        last = next;
    return last;
}

static bool is_stopped(struct ptn_slice text)
{
    struct ptn_slice head = ptn_slice_after(text, "[1:");
    size_t len = head.at ? (size_t)(head.at - text.at) : text.len;
    head = (struct ptn_slice){text.at, len};
    return ptn_slice_has(head, "[Drop]") || ptn_slice_has(head, "[drop]") || ptn_slice_has(head, "[block]") ||
           ptn_slice_has(head, "[Block]");
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "11/23-12:00:01.123456": Snort has no year in its stamps. */
static void put_short_stamp(struct ptn_knock *k, const struct ptn_format *f, struct ptn_slice line)
{
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char stamp[32];
    if (line.len < 22 || line.at[2] != '/' || line.at[5] != '-' || line.at[21] != ' ')
        return;
    for (int i = 0; i < 5; i++)
        if (i != 2 && !is_digit(line.at[i]))
            return;
    unsigned month = (unsigned)(line.at[0] - '0') * 10 + (unsigned)(line.at[1] - '0');
    if (month < 1 || month > 12)
        return;
    int len = snprintf(stamp, sizeof(stamp), "%s %.2s %.15s", months[month - 1], line.at + 3, line.at + 6);
    (void)ptn_slot_put(k, f, PTN_SLOT_TIME, (struct ptn_slice){stamp, (size_t)len});
}

static enum ptn_line read_ids(const struct ptn_format *f, struct ptn_log_state *state, const struct ptn_message *m,
                              struct ptn_knocks *ret)
{
    (void)state;
    struct ptn_slice priority = ptn_slice_after(m->text, "[Priority: ");
    struct ptn_slice ends = priority.at ? behind_last(priority, " {") : priority;
    bool named = ptn_slice_begins(m->tag, "snort") || ptn_slice_begins(m->tag, "suricata");
    bool like = ends.at && (ptn_slice_has(m->text, "[**] [") || ptn_slice_has(m->text, "[Classification: "));
    if ((!named && !like) || ptn_slice_begins(m->text, "{")) /* a record of eve.json */
        return PTN_LINE_OTHER_FORMAT;
    if (!ends.at)
        return PTN_LINE_REMARK;
    enum ptn_line line = ptn_sentences_read(f, f->sentences, m, bare(ends), ret);
    if (line != PTN_LINE_PACKET)
        return line;
    struct ptn_knock *k = &ret->items[ret->n - 1];
    k->action = is_stopped(m->text) ? PTN_ACTION_DROP : PTN_ACTION_PASS;
    if (k->time == PTN_NO_TIME)
        put_short_stamp(k, f, m->text);
    return line;
}

const struct ptn_format ptn_format_ids = {
    .name = "ids",
    .title = "Snort, Suricata",
    .has = PTN_HAS_NO_FILTER,
    .read = read_ids,
    .sentences = sentences,
};
