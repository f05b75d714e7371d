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

/* Copied rather than made where it is used: compilers clear what is so large in ways that are slow. */
extern const struct ptn_knock ptn_knock_none;

/* One more, empty, with PTN_NO_TIME. NULL when out of memory. It holds until the next call. */
static inline struct ptn_knock *ptn_knocks_add(struct ptn_knocks *k)
{
    if (k->n == k->room && !ptn_knocks_grow(k))
        return NULL;
    struct ptn_knock *one = &k->items[k->n++];
    *one = ptn_knock_none;
    return one;
}

void ptn_knocks_release(struct ptn_knocks *);

#endif
