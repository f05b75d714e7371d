/* JSON values that are not one a line: documents of many lines, one after the other or in an array. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "whole.h"

#define PIECE (256u << 10)
#define VALUE_MAX (64u << 20)

struct values {
    struct ptn_log_worker *worker;
    struct ptn_bytes *bytes;
    char *buf;
    size_t n, room;
    size_t begin, at; /* of the value that is open, and how far it was looked at */
    size_t depth;
    bool quoted, escaped, open;
    uint64_t newlines, line; /* passed so far, and of the open value's beginning */
};

/* Makes room and reads on. Result: 1; 0 at the end; -errno. */
static int read_on(struct values *v)
{
    size_t keep = v->open ? v->begin : v->at;
    if (keep)
        memmove(v->buf, v->buf + keep, v->n - keep);
    v->n -= keep;
    v->at -= keep;
    v->begin = 0;
    if (v->n > VALUE_MAX)
        return -EFBIG;
    if (v->room < v->n + PIECE) {
        size_t room = v->room ? v->room * 2 : PIECE * 2;
        char *more = realloc(v->buf, room);
        if (!more)
            return -ENOMEM;
        v->buf = more;
        v->room = room;
    }
    size_t got = ptn_bytes_read(v->bytes, v->buf + v->n, PIECE);
    v->n += got;
    v->worker->octets += got;
    return got > 0;
}

static int tell_value(struct values *v)
{
    v->worker->line = v->line;
    int r = ptn_worker_line(v->worker, (struct ptn_slice){v->buf + v->begin, v->at - v->begin});
    v->open = false;
    return r;
}

/* One character of an open value. Result: whether it is the last. */
static bool closes(struct values *v, char c)
{
    if (v->quoted) {
        v->quoted = v->escaped || c != '"';
        v->escaped = !v->escaped && c == '\\';
        return false;
    }
    if (c == '"')
        v->quoted = true;
    else if (c == '{' || c == '[')
        v->depth++;
    else if (c == '}' || c == ']')
        return --v->depth == 0;
    return false;
}

/* Between values stand blanks, commas and the marks of the array; what stands there else is a line of its own. */
static void begin_value(struct values *v, char c)
{
    static const char between[] = " \t\r\n,[]";
    if (memchr(between, c, sizeof(between)))
        return;
    v->open = true;
    v->begin = v->at;
    v->line = v->newlines;
    v->depth = c == '{';
    v->quoted = v->escaped = false;
}

static int scan(struct values *v)
{
    int r = 0;
    while (v->at < v->n && r == 0) {
        char c = v->buf[v->at];
        bool done = false;
        if (!v->open)
            begin_value(v, c);
        else if (v->depth)
            done = closes(v, c);
        else if (c == '\n') { /* the end of a line that was no value */
            r = tell_value(v);
        }
        v->newlines += c == '\n';
        v->at++;
        if (done)
            r = tell_value(v);
        if (ptn_worker_stopped(v->worker))
            break;
    }
    return r;
}

static int read_all(struct values *v)
{
    int r;
    while ((r = read_on(v)) > 0 && !ptn_worker_stopped(v->worker)) {
        r = scan(v);
        if (r < 0)
            return r;
    }
    return r;
}

int ptn_log_read_values(struct ptn_log_worker *w, const struct ptn_log_file *file, struct ptn_bytes *bytes,
                        ptn_log_tell tell, void *ctx)
{
    struct values v = {.worker = w, .bytes = bytes};
    char text[128];
    int r = read_all(&v);
    if (v.open && (r == 0 || r == -EFBIG) && !ptn_worker_stopped(w)) {
        w->line = v.line;
        if (v.depth || r == -EFBIG) {
            snprintf(text, sizeof(text), "the JSON value that begins in line %llu %s", (unsigned long long)v.line + 1,
                     r == -EFBIG ? "is longer than 64 MB; the rest is left out" : "has no end");
            ptn_worker_broken(w, (struct ptn_slice){v.buf + v.begin, v.n - v.begin});
            tell(ctx, file, text);
            r = 0;
        } else {
            r = tell_value(&v);
        }
    }
    free(v.buf);
    return r;
}
