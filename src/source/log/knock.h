/* Knocks as they are read; what one is stands in portolan.h. */
#ifndef PTN_SOURCE_LOG_KNOCK_H
#define PTN_SOURCE_LOG_KNOCK_H

#include "portolan.h"

/* Knocks of one line (a record of a cloud's log holds many): made anew with each. */
struct ptn_knocks {
    struct ptn_knock *items;
    size_t n, room;
};

/* For one more. */
bool ptn_knocks_grow(struct ptn_knocks *);

/* One more, empty, with PTN_NO_TIME. NULL when out of memory. It holds until the next call. */
static inline struct ptn_knock *ptn_knocks_add(struct ptn_knocks *k)
{
    static const struct ptn_knock none = {.time = PTN_NO_TIME};
    if (k->n == k->room && !ptn_knocks_grow(k))
        return NULL;
    struct ptn_knock *one = &k->items[k->n++];
    *one = none; /* faster than to clear it */
    return one;
}

void ptn_knocks_release(struct ptn_knocks *);

#endif
