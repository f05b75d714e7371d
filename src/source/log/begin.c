#include "begin.h"

#include <fcntl.h>
#include <string.h>

#include "base/text.h"
#include "bytes.h"
#include "kind.h"

#define LINES_MAX 50
#define SECOND 1000000
#define TIME_MAX (INT64_C(1) << 56)

static uint64_t number(const unsigned char *p, size_t len, bool big)
{
    uint64_t n = 0;
    for (size_t i = 0; i < len; i++)
        n = n << 8 | p[big ? i : len - 1 - i];
    return n;
}

static int64_t of_lines(struct ptn_log_worker *w, const unsigned char *head, size_t len)
{
    const char *p = (const char *)head, *end = p + len, *newline;
    int64_t time = PTN_NO_TIME;
    for (unsigned i = 0; i < LINES_MAX && time == PTN_NO_TIME; i++, p = newline + 1) {
        newline = memchr(p, '\n', (size_t)(end - p));
        if (!newline)
            break;
        struct ptn_slice line = {p, (size_t)(newline - p)};
        if (line.len && line.at[line.len - 1] == '\r')
            line.len--;
        time = line.len ? ptn_worker_time(w, line) : PTN_NO_TIME;
    }
    return time;
}

static int64_t of_export(struct ptn_log_worker *w, const unsigned char *head, size_t len)
{
    static const char name[] = "__REALTIME_TIMESTAMP=";
    (void)w;
    const char *at = memmem(head, len, name, sizeof(name) - 1);
    if (!at)
        return PTN_NO_TIME;
    at += sizeof(name) - 1;
    const char *newline = memchr(at, '\n', len - (size_t)(at - (const char *)head));
    long n = newline ? ptn_number(at, (size_t)(newline - at), TIME_MAX) : -1;
    return n < 0 ? PTN_NO_TIME : n;
}

#define JOURNAL_HEAD_REALTIME 184 /* of its first entry, in the file's header */

static int64_t of_journal(struct ptn_log_worker *w, const unsigned char *head, size_t len)
{
    (void)w;
    uint64_t time = len < JOURNAL_HEAD_REALTIME + 8 ? 0 : number(head + JOURNAL_HEAD_REALTIME, 8, false);
    return time && time < (uint64_t)TIME_MAX ? (int64_t)time : PTN_NO_TIME;
}

/* Of pcap only: the seconds of the first packet, behind the file's header of 24 octets. */
static int64_t of_capture(struct ptn_log_worker *w, const unsigned char *head, size_t len)
{
    (void)w;
    if (len < 28 || head[0] == 0x0a)
        return PTN_NO_TIME;
    return (int64_t)number(head + 24, 4, head[0] == 0xa1) * SECOND;
}

int64_t ptn_log_begins(struct ptn_log_worker *w, const struct ptn_log_file *file)
{
    static int64_t (*const by_kind[])(struct ptn_log_worker *, const unsigned char *,
                                      size_t) = {[PTN_KIND_LINES] = of_lines,
                                                 [PTN_KIND_EXPORT] = of_export,
                                                 [PTN_KIND_JOURNAL] = of_journal,
                                                 [PTN_KIND_CAPTURE] = of_capture,
                                                 [PTN_KIND_BINARY] = NULL};
    int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct ptn_bytes *bytes = fd < 0 ? NULL : ptn_bytes_open(fd, NULL);
    if (!bytes)
        return PTN_NO_TIME;
    size_t len;
    const unsigned char *head = ptn_bytes_head(bytes, &len);
    enum ptn_log_kind kind = ptn_log_kind(head, len);
    ptn_worker_turn(w, file->path, 0, file->mtime);
    int64_t time = by_kind[kind] ? by_kind[kind](w, head, len) : PTN_NO_TIME;
    ptn_bytes_close(bytes);
    return time;
}
