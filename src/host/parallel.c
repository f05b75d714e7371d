#include "parallel.h"

#include <pthread.h>
#include <stdatomic.h>

#define WORTH_A_THREAD 64 /* items; a thread costs about as much as ten processes looked at */

struct loop {
    atomic_size_t next;
    atomic_bool stop;
    size_t n;
    bool (*each)(void *, unsigned, size_t);
    void *ctx;
};

static void run(struct loop *l, unsigned worker)
{
    while (!atomic_load(&l->stop)) {
        size_t i = atomic_fetch_add(&l->next, 1);
        if (i >= l->n)
            return;
        if (!l->each(l->ctx, worker, i))
            atomic_store(&l->stop, true);
    }
}

static void *second(void *arg)
{
    run(arg, 1);
    return NULL;
}

void ptn_parallel(size_t n, bool (*each)(void *, unsigned, size_t), void *ctx)
{
    struct loop l = {.n = n, .each = each, .ctx = ctx};
    pthread_t thread;
    bool started = n >= WORTH_A_THREAD && pthread_create(&thread, NULL, second, &l) == 0;
    run(&l, 0);
    if (started)
        pthread_join(thread, NULL);
}
