/* The index by port of a book in the making. */
#ifndef PTN_CHART_PORT_INDEX_H
#define PTN_CHART_PORT_INDEX_H

#include "draft.h"

/* Runs of 16-bit numbers one after the other, each once. */
struct ptn_runs {
    uint16_t *items;
    size_t n;
    uint32_t *slots; /* where a run begins, + 1 */
};

struct ptn_port_index { /* see book.h */
    uint16_t pages[PTN_PROTO_PORTED * PTN_BOOK_PAGES];
    struct ptn_runs starts, refs;
};

/* Of a zeroed index. Result: 0, -EFBIG, -ENOMEM; released in any case. */
int ptn_port_index_make(struct ptn_port_index *, const struct ptn_draft *);
void ptn_port_index_release(struct ptn_port_index *);

#endif
