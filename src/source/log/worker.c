#include "worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "envelope.h"
#include "formats.h"
#include "scan.h"

#define DAY_SECONDS 86400

void ptn_worker_turn(struct ptn_log_worker *w, const char *path, size_t file, int64_t mtime)
{
    w->path = path;
    w->file = file;
    w->chunk = w->line = w->lines_before = 0;
    w->clock = (struct ptn_clock){.latest = (mtime + DAY_SECONDS) * 1000000};
    w->state = (struct ptn_log_state){0};
    memset(&w->again, 0, sizeof(w->again));
}

/* ---- samples ----------------------------------------------------------------------------------------- */

/* The octets of a sample are shown on terminals: no control characters, those of UTF-8 included. */
static void copy_shown(char *out, size_t room, struct ptn_slice text)
{
    size_t n = text.len < room - 1 ? text.len : room - 1;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text.at[i];
        bool c1 = i && (unsigned char)text.at[i - 1] == 0xc2 && c >= 0x80 && c < 0xa0;
        out[i] = c < 32 || c == 127 || c1 ? '?' : (char)c;
        if (c1)
            out[i - 1] = '?';
    }
    if (n < text.len) /* a character that was cut in two */
        while (n && ((unsigned char)out[n - 1] & 0x80))
            n--;
    out[n] = '\0';
}

static void mark(struct ptn_log_worker *w, struct ptn_log_marks *marks, struct ptn_slice text)
{
    if (marks->n == PTN_LOG_SAMPLES)
        return;
    struct ptn_log_mark *m = &marks->items[marks->n++];
    m->file = w->file;
    m->chunk = w->chunk;
    m->line = w->line;
    copy_shown(m->text, sizeof(m->text), text);
}

/* ---- telling ----------------------------------------------------------------------------------------- */

static bool is_wanted(const struct ptn_log_opts *o, int64_t time)
{
    return time == PTN_NO_TIME ||
           ((o->since == PTN_NO_TIME || time >= o->since) && (o->until == PTN_NO_TIME || time <= o->until));
}

static inline int tell(struct ptn_log_worker *w, const struct ptn_knock *k, const struct ptn_format *format)
{
    if (!is_wanted(w->opts, k->time))
        return 0;
    struct ptn_log_place place = {w->path, w->counts_lines ? w->lines_before + w->line + 1 : 0};
    return w->sink->knock(w->sink_worker, k, format, &place);
}

static inline enum ptn_line read_message(struct ptn_log_worker *w, struct ptn_log_state *state,
                                         const struct ptn_message *m, const struct ptn_format **which)
{
    w->knocks.n = 0;
    if (w->pattern) {
        enum ptn_line kind = ptn_format_read(w->pattern, state, m, &w->knocks);
        *which = w->pattern;
        if (kind != PTN_LINE_OTHER_FORMAT)
            return kind;
    }
    return ptn_log_read_message(state, m, &w->knocks, which);
}

static inline int count(struct ptn_log_worker *w, enum ptn_line kind, const struct ptn_message *m,
                        const struct ptn_format *format)
{
    int r = 0;
    switch (kind) {
    case PTN_LINE_PACKET:
        w->packets++;
        for (size_t i = 0; i < w->knocks.n && r >= 0; i++)
            r = tell(w, &w->knocks.items[i], format);
        break;
    case PTN_LINE_REMARK:
        w->remarks++;
        break;
    case PTN_LINE_BROKEN:
        w->broken++;
        mark(w, &w->broken_marks, m->line);
        break;
    case PTN_LINE_OTHER_FORMAT:
        w->unknown++;
        mark(w, &w->unknown_marks, m->line);
        break;
    case PTN_LINE_HEADER:
        break;
    }
    w->lines++;
    w->line++;
    return r < 0 ? r : 0;
}

static inline __attribute__((always_inline)) int take_message(struct ptn_log_worker *w, const struct ptn_message *m)
{
    const struct ptn_format *which = NULL;
    enum ptn_line kind = read_message(w, &w->state, m, &which);
    return count(w, kind, m, which);
}

int ptn_worker_message(struct ptn_log_worker *w, const struct ptn_message *m)
{
    return take_message(w, m);
}

static inline int take_knock(struct ptn_log_worker *w, const struct ptn_knock *k, const struct ptn_format *format)
{
    w->packets++;
    int r = tell(w, k, format);
    w->lines++;
    w->line++;
    return r < 0 ? r : 0;
}

int ptn_worker_knock(struct ptn_log_worker *w, const struct ptn_knock *k, const struct ptn_format *format)
{
    return take_knock(w, k, format);
}

void ptn_worker_remark(struct ptn_log_worker *w)
{
    w->remarks++;
    w->lines++;
    w->line++;
}

void ptn_worker_broken(struct ptn_log_worker *w, struct ptn_slice text)
{
    w->broken++;
    mark(w, &w->broken_marks, text);
    w->lines++;
    w->line++;
}

/* ---- lines ------------------------------------------------------------------------------------------- */

static bool grow_room(struct ptn_log_worker *w, size_t len)
{
    len = len < 4096 ? 4096 : len + len / 2;
    free(w->room);
    w->room = malloc(len);
    w->room_len = w->room ? len : 0;
    return w->room;
}

static inline bool open_line(struct ptn_log_worker *w, struct ptn_slice line, struct ptn_message *ret)
{
    if (w->room_len < line.len && !grow_room(w, line.len))
        return false;
    ptn_envelope_open(&w->clock, line, w->room, ret);
    return true;
}

/* A line that begins as one before it did. Result: false: it has to be read in the usual way. */
static inline bool take_again(struct ptn_log_worker *w, struct ptn_slice line, int *ret)
{
    const struct ptn_knock *k = NULL;
    if (w->again.read && w->state.last == &ptn_format_netfilter)
        k = w->again.read(&w->again, line);
    if (k)
        *ret = take_knock(w, k, &ptn_format_netfilter);
    return k;
}

static int open_and_take(struct ptn_log_worker *w, struct ptn_slice line)
{
    struct ptn_message m;
    if (!open_line(w, line, &m))
        return -ENOMEM;
    int r = take_message(w, &m);
    if (w->state.last == &ptn_format_netfilter && w->knocks.n == 1 && !w->pattern)
        ptn_again_learn(&w->again, &w->clock, &m, &w->knocks.items[0]);
    return r;
}

static inline int take_line(struct ptn_log_worker *w, struct ptn_slice line)
{
    int r;
    while (line.len && !*line.at) { /* the hole of a log that was truncated under its writer */
        line.at++;
        line.len--;
    }
    if (!line.len) {
        w->lines++;
        w->line++;
        return 0;
    }
    return take_again(w, line, &r) ? r : open_and_take(w, line);
}

int ptn_worker_line(struct ptn_log_worker *w, struct ptn_slice line)
{
    return take_line(w, line);
}

static int end_line(struct ptn_log_worker *w, const char *from, const char *to)
{
    while (to > from && to[-1] == '\r')
        to--;
    return take_line(w, (struct ptn_slice){from, (size_t)(to - from)});
}

/* The ends of many lines are found before the first of them is read. */
int ptn_worker_lines(struct ptn_log_worker *w, const char *text, size_t len, bool cut)
{
    enum { MANY = 8192 };
    uint16_t ends[PTN_SCAN_ROOM(MANY)];
    const char *end = text + len, *line = text;
    int r = 0;
    for (const char *from = text; from < end && r == 0; from += MANY) {
        size_t left = (size_t)(end - from), n = ptn_scan(from, left < MANY ? left : MANY, '\n', ends);
        for (size_t i = 0; i < n && r == 0 && !ptn_worker_stopped(w); i++) {
            r = end_line(w, line, from + ends[i]);
            line = from + ends[i] + 1;
        }
        if (left <= MANY)
            break;
    }
    if (line >= end || r < 0 || ptn_worker_stopped(w))
        return r;
    if (!cut)
        return end_line(w, line, end);
    while (end > line && end[-1] == '\r')
        end--;
    ptn_worker_broken(w, (struct ptn_slice){line, (size_t)(end - line)});
    return 0;
}

enum ptn_line ptn_worker_learn(struct ptn_log_worker *w, struct ptn_log_state *state, struct ptn_slice line)
{
    struct ptn_message m;
    const struct ptn_format *which;
    return open_line(w, line, &m) ? read_message(w, state, &m, &which) : PTN_LINE_OTHER_FORMAT;
}

int64_t ptn_worker_time(struct ptn_log_worker *w, struct ptn_slice line)
{
    struct ptn_message m;
    const struct ptn_format *which;
    if (!open_line(w, line, &m))
        return PTN_NO_TIME;
    if (m.time == PTN_NO_TIME && read_message(w, &w->state, &m, &which) == PTN_LINE_PACKET && w->knocks.n)
        return w->knocks.items[0].time;
    return m.time;
}

void ptn_worker_release(struct ptn_log_worker *w)
{
    ptn_knocks_release(&w->knocks);
    free(w->room);
    w->room = NULL;
}
