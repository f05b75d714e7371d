#include "grow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int ptn_grow(void *array, size_t n, size_t *room, size_t item_size)
{
    void *items;
    if (n < *room)
        return 0;
    memcpy(&items, array, sizeof(items));
    const size_t first = item_size > 128 ? 4 : 16, more = *room ? *room * 2 : first;
    items = reallocarray(items, more, item_size);
    if (!items)
        return -ENOMEM;
    memcpy(array, &items, sizeof(items));
    *room = more;
    return 0;
}
