#include "knock.h"

#include <stdlib.h>

static bool knocks_grow(struct ptn_knocks *k)
{
    size_t room = k->room ? k->room * 2 : 4;
    struct ptn_knock *more = reallocarray(k->items, room, sizeof(*more));
    if (!more)
        return false;
    k->items = more;
    k->room = room;
    return true;
}

struct ptn_knock *ptn_knocks_add(struct ptn_knocks *k)
{
    if (k->n == k->room && !knocks_grow(k))
        return NULL;
    struct ptn_knock *one = &k->items[k->n++];
    *one = (struct ptn_knock){.time = PTN_NO_TIME};
    return one;
}

void ptn_knocks_release(struct ptn_knocks *k)
{
    free(k->items);
    *k = (struct ptn_knocks){0};
}
