/* The user's list of addresses: `ADDR[/PREFIX] NAME` a line, `#` before a comment. */
#ifndef PTN_JUDGE_KNOWN_H
#define PTN_JUDGE_KNOWN_H

#include "base/arena.h"
#include "site.h"

#define PTN_KNOWN_LINES 100000
#define PTN_KNOWN_NAME 60 /* octets */

struct ptn_known_opts {
    /* Called with each complaint ("FILE:LINE: ..."), at most a hundred; the sound lines still count. May be NULL. */
    void (*complain)(void *ctx, const char *text);
    void *ctx;
};

/* Reads a list into *ret[*n], in the order that ptn_site_known() needs; it lives in the arena. `opts` may be NULL.
 * Result: 0, -EFBIG with a sentence past PTN_KNOWN_LINES, or -ENOMEM. */
int ptn_known_read(const struct ptn_known **ret, size_t *n, struct ptn_arena *, const char *file, const char *text,
                   size_t len, const struct ptn_known_opts *opts, struct ptn_err *err);

#endif
