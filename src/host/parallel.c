#include "parallel.h"

#include "base/thread.h"

#define WORTH_A_THREAD 32 /* items; a thread costs about as much as ten processes looked at */

static void run(struct ptn_loop *l, unsigned worker, size_t until)
{
    while (!atomic_load(&l->stop) && atomic_load(&l->next) < until) {
        size_t i = atomic_fetch_add(&l->next, 1);
        if (i >= l->n)
            return;
        if (!l->each(l->ctx, worker, i))
            atomic_store(&l->stop, true);
    }
}

static void *help(void *arg)
{
    struct ptn_loop *l = arg;
    run(l, 1, l->n);
    return NULL;
}

void ptn_loop_start(struct ptn_loop *l, size_t n, ptn_each each, void *ctx)
{
    l->each = each;
    l->ctx = ctx;
    l->n = n;
    atomic_init(&l->next, 0);
    atomic_init(&l->stop, false);
    l->has_helper = n >= WORTH_A_THREAD && ptn_thread_elsewhere(&l->helper, help, l);
}

void ptn_loop_help(struct ptn_loop *l, size_t until)
{
    run(l, 0, until);
}

size_t ptn_loop_stop(struct ptn_loop *l)
{
    atomic_store(&l->stop, true);
    if (l->has_helper)
        pthread_join(l->helper, NULL);
    l->has_helper = false;
    size_t done = atomic_load(&l->next);
    return done < l->n ? done : l->n;
}

void ptn_parallel(size_t n, ptn_each each, void *ctx)
{
    struct ptn_loop l;
    ptn_loop_start(&l, n, each, ctx);
    ptn_loop_help(&l, n);
    if (l.has_helper)
        pthread_join(l.helper, NULL);
}
