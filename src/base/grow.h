/* Arrays that grow. */
#ifndef PTN_BASE_GROW_H
#define PTN_BASE_GROW_H

#include <stddef.h>

/* Room for one more item: where `n` fill the array of `*room`, it doubles. `array` is the address of the pointer to it;
 * NULL to begin with. Result: 0, or -ENOMEM with everything as it was. */
int ptn_grow(void *array, size_t n, size_t *room, size_t item_size);

#endif
