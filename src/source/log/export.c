/*
 * The journal's export format: fields, an empty line after each entry. A field is NAME=VALUE in a line, or a line with
 * the name alone, the value's length in eight octets (the lowest first), the value, and an end of line.
 * https://systemd.io/JOURNAL_EXPORT_FORMATS/
 */
#include <errno.h>
#include <string.h>

#include "entry.h"
#include "whole.h"
#include "window.h"

#define ROOM (PTN_LOG_LINE_MAX + (256u << 10))

/* The next line, which holds until the next call; a longer one than there is room for is cut. False at the end. */
static bool next_line(struct ptn_window *x, struct ptn_slice *ret)
{
    size_t looked = 0;
    for (;;) {
        const char *from = x->buf + x->at, *newline = memchr(from + looked, '\n', x->n - x->at - looked);
        if (newline) {
            *ret = (struct ptn_slice){from, (size_t)(newline - from)};
            x->at += ret->len + 1;
            return true;
        }
        looked = x->n - x->at;
        if (ptn_window_more(x))
            continue;
        *ret = (struct ptn_slice){x->buf + x->at, x->n - x->at};
        x->at = x->n;
        return ret->len > 0;
    }
}

/* The value of a field whose name stood alone. One that is too long for a message is passed over, and *ret is empty. */
static bool next_value(struct ptn_window *x, struct ptn_slice *ret)
{
    uint64_t len = 0;
    if (!ptn_window_has(x, 8))
        return false;
    for (unsigned i = 8; i-- > 0;)
        len = len << 8 | (unsigned char)x->buf[x->at + i];
    x->at += 8;
    *ret = (struct ptn_slice){0};
    if (len >= PTN_LOG_LINE_MAX)
        return ptn_window_skip(x, len) && ptn_window_skip(x, 1);
    if (!ptn_window_has(x, (size_t)len + 1))
        return false;
    *ret = (struct ptn_slice){x->buf + x->at, (size_t)len};
    x->at += (size_t)len + 1;
    return true;
}

static int read_entries(struct ptn_log_worker *w, struct ptn_window *x, struct ptn_entry *entry)
{
    struct ptn_slice line, value;
    int r = 0;
    while (r == 0 && next_line(x, &line) && !ptn_worker_stopped(w)) {
        const char *equal = memchr(line.at, '=', line.len);
        if (!line.len) {
            r = ptn_entry_tell(entry, w);
        } else if (equal) {
            struct ptn_slice name = {line.at, (size_t)(equal - line.at)};
            ptn_entry_put(entry, name, (struct ptn_slice){equal + 1, line.len - name.len - 1});
        } else {
            enum ptn_entry_field field = ptn_entry_field(line);
            if (!next_value(x, &value))
                break;
            ptn_entry_put_field(entry, field, value);
        }
    }
    return r < 0 ? r : ptn_entry_tell(entry, w);
}

int ptn_log_read_export(struct ptn_log_worker *w, const struct ptn_log_file *file, struct ptn_bytes *bytes,
                        ptn_log_tell tell, void *ctx)
{
    (void)file, (void)tell, (void)ctx;
    struct ptn_window x;
    struct ptn_entry *entry = ptn_entry_new();
    int r = ptn_window_open(&x, bytes, ROOM) && entry ? read_entries(w, &x, entry) : -ENOMEM;
    w->octets += x.octets;
    ptn_entry_free(entry);
    ptn_window_close(&x);
    return r;
}
