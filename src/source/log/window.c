#include "window.h"

#include <stdlib.h>
#include <string.h>

#define PIECE (256u << 10)

bool ptn_window_open(struct ptn_window *w, struct ptn_bytes *bytes, size_t room)
{
    *w = (struct ptn_window){.bytes = bytes, .buf = malloc(room), .room = room};
    return w->buf != NULL;
}

void ptn_window_close(struct ptn_window *w)
{
    free(w->buf);
    w->buf = NULL;
}

bool ptn_window_more(struct ptn_window *w)
{
    memmove(w->buf, w->buf + w->at, w->n - w->at);
    w->n -= w->at;
    w->at = 0;
    size_t want = w->room - w->n < PIECE ? w->room - w->n : PIECE;
    size_t got = ptn_bytes_read(w->bytes, w->buf + w->n, want);
    w->n += got;
    w->octets += got;
    return got > 0;
}

bool ptn_window_skip(struct ptn_window *w, uint64_t len)
{
    for (;;) {
        size_t n = w->n - w->at < len ? w->n - w->at : (size_t)len;
        w->at += n;
        len -= n;
        if (!len)
            return true;
        if (!ptn_window_more(w))
            return false;
    }
}
