/* A loop over independent items that pays for a second processor when it is long. */
#ifndef PTN_HOST_PARALLEL_H
#define PTN_HOST_PARALLEL_H

#include <stdbool.h>
#include <stddef.h>

#define PTN_WORKERS 2

/* Calls each(ctx, worker, i) for i = 0 to n-1. Items are begun in ascending order; when a call returns false no
 * further one is begun, but those before it are finished. `worker` (below PTN_WORKERS) tells the callers apart
 * that run at the same time. */
void ptn_parallel(size_t n, bool (*each)(void *ctx, unsigned worker, size_t i), void *ctx);

#endif
