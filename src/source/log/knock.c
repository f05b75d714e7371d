#include "knock.h"

#include <stdlib.h>

const struct ptn_knock ptn_knock_none = {.time = PTN_NO_TIME};

bool ptn_knocks_grow(struct ptn_knocks *k)
{
    size_t room = k->room ? k->room * 2 : 4;
    struct ptn_knock *more = reallocarray(k->items, room, sizeof(*more));
    if (!more)
        return false;
    k->items = more;
    k->room = room;
    return true;
}

void ptn_knocks_release(struct ptn_knocks *k)
{
    free(k->items);
    *k = (struct ptn_knocks){0};
}
