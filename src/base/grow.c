#include "grow.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

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
    enum { LINES = 128, HUGE = 2 << 20 };
    if (n > (SIZE_MAX - HUGE) / item_size)
        return NULL;
    const size_t align = n * item_size < HUGE ? LINES : HUGE;
    const size_t size = (n * item_size + align - 1) / align * align;
    void *items = aligned_alloc(align, size);
    if (items && align == HUGE)
        madvise(items, size, MADV_HUGEPAGE);
    return items ? memset(items, 0, size) : NULL;
}
