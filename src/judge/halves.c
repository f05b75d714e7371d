#include "halves.h"

#include "base/thread.h"

#define PART 2048 /* items */

struct second {
    ptn_half half;
    void *ctx;
};

static void *run_second(void *arg)
{
    const struct second *s = arg;
    s->half(s->ctx, 1);
    return NULL;
}

void ptn_halves(uint32_t n, ptn_half half, void *ctx)
{
    struct second second = {half, ctx};
    pthread_t thread;
    const bool at_once = n >= PTN_HALVES_MIN && ptn_thread_elsewhere(&thread, run_second, &second);
    half(ctx, 0);
    if (at_once)
        pthread_join(thread, NULL);
    else
        half(ctx, 1);
}

bool ptn_parts_take(struct ptn_parts *p, uint32_t *begin, uint32_t *end)
{
    const uint64_t at = atomic_fetch_add(&p->next, PART);
    if (at >= p->n)
        return false;
    *begin = (uint32_t)at;
    *end = p->n - *begin < PART ? p->n : *begin + PART;
    return true;
}
