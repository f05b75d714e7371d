/* Arrays that grow, and large ones that many look into. */
#ifndef PTN_BASE_GROW_H
#define PTN_BASE_GROW_H

#include <stddef.h>

/* Room for one more item: where `n` fill the array of `*room`, it doubles. `array` is the address of the pointer to it;
 * NULL to begin with. Result: 0, or -ENOMEM with everything as it was. */
int ptn_grow(void *array, size_t n, size_t *room, size_t item_size);

/* n items of zeros, on large pages where they are many, and on no line of the processor's cache (of which it fetches
 * two at a time) with anything else, so that what threads write lies apart. They are in memory already: a page of
 * calloc()'s that is read before it is written is there twice, and when it is replaced all other threads are stopped.
 * Caller frees. NULL when out of memory. */
void *ptn_zeroed(size_t n, size_t item_size);

#endif
