/* Work on very many sources, by two threads at once. */
#ifndef PTN_JUDGE_HALVES_H
#define PTN_JUDGE_HALVES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define PTN_HALVES_MIN 16384 /* items that are worth a thread */

/* One of the two: `half` is 0 or 1. */
typedef void (*ptn_half)(void *ctx, unsigned half);

/* Both halves of the work on n items, at once; where the items are few, or there is one processor, half 1 begins when
 * half 0 has ended. */
void ptn_halves(uint32_t n, ptn_half, void *ctx);

/* Items that both halves take from, a part at a time, until none is left. */
struct ptn_parts {
    uint32_t n;
    atomic_uint_fast64_t next;
};

/* The next part of them, [*begin, *end). Result: whether there is one. */
bool ptn_parts_take(struct ptn_parts *, uint32_t *begin, uint32_t *end);

#endif
