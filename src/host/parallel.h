/* A loop over independent items that pays for a second processor. */
#ifndef PTN_HOST_PARALLEL_H
#define PTN_HOST_PARALLEL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#define PTN_WORKERS 2 /* the caller is number 0, its helper number 1 */

/* One item. Result: whether to go on. `worker` tells apart those that run at the same time. */
typedef bool (*ptn_each)(void *ctx, unsigned worker, size_t i);

/* Items 0 to n-1 are begun in ascending order, each once. */
struct ptn_loop {
    ptn_each each;
    void *ctx;
    size_t n;
    atomic_size_t next;
    atomic_bool stop;
    pthread_t helper;
    bool has_helper;
};

/* Lets a helper begin. */
void ptn_loop_start(struct ptn_loop *, size_t n, ptn_each each, void *ctx);

/* The caller takes items, too, as long as they are below `until`. */
void ptn_loop_help(struct ptn_loop *, size_t until);

/* Waits until what was begun is finished and begins no more. Result: how many were done: items 0 to result-1. */
size_t ptn_loop_stop(struct ptn_loop *);

/* All of it: to the end, or until a call returns false. */
void ptn_parallel(size_t n, ptn_each each, void *ctx);

#endif
