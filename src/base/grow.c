#include "grow.h"

#include <errno.h>
#include <stdint.h>
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

void *ptn_zeroed(size_t n, size_t item_size)
{
    const size_t line = 64;
    if (n > (SIZE_MAX - line) / item_size)
        return NULL;
    const size_t size = (n * item_size + line - 1) / line * line;
    void *items = aligned_alloc(line, size);
    return items ? memset(items, 0, size) : NULL;
}
