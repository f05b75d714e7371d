#include "feed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEP (64u << 10) /* how much more is read where a line does not end */

/* ---- opening ----------------------------------------------------------------------------------------- */

static int open_file(const struct ptn_log_file *file)
{
    if (strcmp(file->path, "-") == 0)
        return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    return open(file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

static int open_bytes(struct ptn_feed *f, const bool *stop)
{
    int fd = -1;
    struct stat st;
    if (!f->of->memory) {
        fd = open_file(f->of);
        if (fd < 0)
            return -errno;
        f->replaced = fstat(fd, &st) == 0 && (st.st_ino != f->of->ino || st.st_dev != f->of->dev);
    }
    f->bytes = fd < 0 ? ptn_bytes_of(f->of->memory, f->of->memory_len, stop) : ptn_bytes_open(fd, stop);
    return f->bytes ? 0 : -ENOMEM;
}

/* What all headers of the head begin with; others of the file will do so, too. */
static void note_header(struct ptn_feed *f, struct ptn_slice line)
{
    size_t len = line.len < sizeof(f->header) ? line.len : sizeof(f->header);
    if (!f->has_header) {
        memcpy(f->header, line.at, len);
        f->header_len = len;
    }
    while (f->header_len > len || memcmp(f->header, line.at, f->header_len) != 0)
        f->header_len--;
    f->has_header = true;
}

/* The headers of columns at a file's head are known to all of its chunks. */
static void learn_head(struct ptn_feed *f, struct ptn_log_worker *w)
{
    size_t len;
    const char *p = (const char *)ptn_bytes_head(f->bytes, &len), *end = p + len, *newline;
    for (; (newline = memchr(p, '\n', (size_t)(end - p))); p = newline + 1) {
        struct ptn_slice line = {p, (size_t)(newline - p)};
        while (line.len && line.at[line.len - 1] == '\r')
            line.len--;
        if (line.len && ptn_worker_learn(w, &f->state, line) == PTN_LINE_HEADER)
            note_header(f, line);
    }
    if (!f->has_header)
        return;
    const struct ptn_format *last = f->state.last;
    f->state = (struct ptn_log_state){.last = last}; /* the first chunk begins before them */
}

int ptn_feed_open(struct ptn_feed *f, const struct ptn_log_file *file, size_t index, struct ptn_log_worker *w,
                  bool alone)
{
    *f = (struct ptn_feed){.file = index, .of = file};
    int r = open_bytes(f, w->opts->stop);
    if (r < 0)
        return r;
    size_t len;
    const unsigned char *head = ptn_bytes_head(f->bytes, &len);
    f->kind = ptn_log_kind(head, len);
    if (!ptn_feed_is_lines(f))
        return 0;
    off_t begin = ptn_bytes_plain(f->bytes, &f->fd, &f->size);
    f->plain = begin >= 0;
    f->begin = f->next = f->plain ? (uint64_t)begin : 0;
    ptn_worker_turn(w, file->path, index, file->mtime);
    if (!alone && (!f->plain || f->size > PTN_CHUNK))
        learn_head(f, w);
    f->plain = f->plain && !f->has_header;
    if (f->plain)
        return 0;
    f->carry = malloc(PTN_CHUNK_ROOM);
    return f->carry ? 0 : -ENOMEM;
}

void ptn_feed_close(struct ptn_feed *f)
{
    ptn_bytes_close(f->bytes);
    free(f->carry);
    *f = (struct ptn_feed){0};
}

/* Cuts the chunk's last line if it is longer than a line may be. */
static void bound_line(struct ptn_chunk *c)
{
    const char *text = c->buf + c->at;
    size_t len = c->len;
    if (len <= PTN_LOG_LINE_MAX)
        return;
    bool ended = text[len - 1] == '\n';
    const char *before = memrchr(text, '\n', ended ? len - 1 : len);
    size_t last = before ? (size_t)(before + 1 - text) : 0;
    if (len - last <= PTN_LOG_LINE_MAX + ended)
        return;
    c->len = last + PTN_LOG_LINE_MAX;
    c->cut = true;
}

/* ---- streams ----------------------------------------------------------------------------------------- */

/* Drops what belongs to a line that was cut. Result: how much of buf[n] is left, at its front. */
static size_t drop_rest(struct ptn_feed *f, char *buf, size_t n)
{
    char *newline = memchr(buf, '\n', n);
    if (!newline)
        return 0;
    f->skipping = false;
    size_t left = n - (size_t)(newline + 1 - buf);
    memmove(buf, newline + 1, left);
    return left;
}

/* What stands behind the last whole line waits for the next chunk. */
static void cut_chunk(struct ptn_feed *f, struct ptn_chunk *c, size_t n, const char *newline)
{
    c->len = newline ? (size_t)(newline + 1 - c->buf) : n;
    c->cut = false;
    f->carry_len = n - c->len;
    memcpy(f->carry, c->buf + c->len, f->carry_len);
    bound_line(c);
}

/* Where the chunk ends. In what was added to find the end of a long line, that is the first one. */
static const char *last_end(const char *buf, size_t before, size_t n)
{
    return n > PTN_CHUNK && before < n ? memchr(buf + before, '\n', n - before) : memrchr(buf, '\n', n);
}

static bool stream_chunk(struct ptn_feed *f, struct ptn_chunk *c)
{
    size_t n = f->carry_len;
    memcpy(c->buf, f->carry, n);
    c->at = 0;
    for (;;) {
        size_t before = n, want = n < PTN_CHUNK ? PTN_CHUNK - n : STEP;
        size_t got = f->drained ? 0 : ptn_bytes_read(f->bytes, c->buf + n, want);
        f->drained = got < want;
        n += got;
        if (f->skipping)
            n = drop_rest(f, c->buf, n);
        const char *newline = last_end(c->buf, before, n);
        if (newline || f->drained) {
            cut_chunk(f, c, n, newline);
            f->ended = f->drained && !f->carry_len;
            return c->len > 0;
        }
        if (n <= PTN_LOG_LINE_MAX)
            continue;
        c->len = PTN_LOG_LINE_MAX;
        c->cut = f->skipping = true;
        f->carry_len = 0;
        return true;
    }
}

/* ---- plain files ------------------------------------------------------------------------------------- */

/* Result: how many octets came, fewer than `len` at the end only; -errno. */
static ssize_t read_at(int fd, char *buf, size_t len, uint64_t from)
{
    size_t n = 0;
    while (n < len) {
        ssize_t r = pread(fd, buf + n, len - n, (off_t)(from + n));
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return -errno;
        if (r == 0)
            break;
        n += (size_t)r;
    }
    return (ssize_t)n;
}

/* Reads on until the line that holds buf[c->at + PTN_CHUNK - 1] ends. Result: where the next one begins; -errno. */
static ssize_t find_end(const struct ptn_feed *f, struct ptn_chunk *c, uint64_t from, size_t n, size_t last)
{
    const char *newline = memchr(c->buf + last, '\n', n - last);
    while (!newline && n < PTN_CHUNK_ROOM) {
        size_t want = PTN_CHUNK_ROOM - n < STEP ? PTN_CHUNK_ROOM - n : STEP;
        ssize_t got = read_at(f->fd, c->buf + n, want, from + n);
        if (got <= 0)
            return got < 0 ? got : (ssize_t)n;
        newline = memchr(c->buf + n, '\n', (size_t)got);
        n += (size_t)got;
    }
    return newline ? newline + 1 - c->buf : (ssize_t)n;
}

/* To a chunk belong the lines that begin in it. One octet before it tells whether a line begins with it. */
int ptn_feed_fill(const struct ptn_feed *f, struct ptn_chunk *c)
{
    size_t lead = c->from > f->begin;
    uint64_t from = c->from - lead;
    c->len = c->at = 0;
    c->cut = false;
    ssize_t got = read_at(f->fd, c->buf, lead + PTN_CHUNK, from);
    if (got <= (ssize_t)lead)
        return got < 0 ? (int)got : 0;
    size_t n = (size_t)got;
    if (lead) {
        const char *newline = memchr(c->buf, '\n', n < PTN_CHUNK ? n : PTN_CHUNK);
        if (!newline)
            return 0;
        c->at = (size_t)(newline + 1 - c->buf);
    }
    ssize_t end = n < lead + PTN_CHUNK ? got : find_end(f, c, from, n, n - 1);
    if (end < 0)
        return (int)end;
    c->len = (size_t)end > c->at ? (size_t)end - c->at : 0;
    bound_line(c);
    return 0;
}

/* ------------------------------------------------------------------------------------------------------ */

/* Headers that stand in a chunk change the state of those after it. */
static void learn_chunk(struct ptn_feed *f, const struct ptn_chunk *c, struct ptn_log_worker *w)
{
    const char *p = c->buf + c->at, *end = p + c->len, *newline;
    while (p < end) {
        newline = memchr(p, '\n', (size_t)(end - p));
        struct ptn_slice line = {p, (size_t)((newline ? newline : end) - p)};
        while (line.len && line.at[line.len - 1] == '\r')
            line.len--;
        if (line.len > f->header_len && memcmp(p, f->header, f->header_len) == 0)
            ptn_worker_learn(w, &f->state, line);
        p = newline ? newline + 1 : end;
    }
}

bool ptn_feed_take(struct ptn_feed *f, struct ptn_chunk *c, struct ptn_log_worker *w)
{
    if (f->ended)
        return false;
    if (f->plain) {
        c->from = f->next;
        f->next += PTN_CHUNK;
        f->ended = f->next >= f->size;
        if (c->from >= f->size)
            return false;
    } else if (!stream_chunk(f, c)) {
        return false;
    }
    c->number = f->chunks++;
    if (f->has_header) {
        c->state = f->state;
        learn_chunk(f, c, w);
    }
    return true;
}
