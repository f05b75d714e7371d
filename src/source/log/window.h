/* A window that moves over the octets of a file: what was asked for stands in one piece. (window.c) */
#ifndef PTN_SOURCE_LOG_WINDOW_H
#define PTN_SOURCE_LOG_WINDOW_H

#include "bytes.h"

struct ptn_window {
    struct ptn_bytes *bytes;
    char *buf;
    size_t room, at, n; /* what is there and was not used yet is buf[at..n) */
    uint64_t octets;    /* all that was read */
};

/* Result: false when out of memory. */
bool ptn_window_open(struct ptn_window *, struct ptn_bytes *, size_t room);
void ptn_window_close(struct ptn_window *);

/* Reads more behind what is there. Result: false at the end, or when the room is full. */
bool ptn_window_more(struct ptn_window *);

/* Whether the next `len` octets are there: buf + at. */
static inline bool ptn_window_has(struct ptn_window *w, size_t len)
{
    while (w->n - w->at < len)
        if (!ptn_window_more(w))
            return false;
    return true;
}

/* Passes over `len` octets. Result: false if the end came before. */
bool ptn_window_skip(struct ptn_window *, uint64_t len);

#endif
