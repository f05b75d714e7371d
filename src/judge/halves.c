#include "halves.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>

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

/* On any processor but ours: a thread may begin on its maker's, and is moved away only when most of the work is done.
 * Signals are for the caller's. Result: whether it runs. */
static bool start(struct second *s, pthread_t *thread)
{
    cpu_set_t others;
    pthread_attr_t attr;
    sigset_t all, before;
    const int here = sched_getcpu();
    if (here < 0 || sched_getaffinity(0, sizeof(others), &others) < 0 || pthread_attr_init(&attr) != 0)
        return false;
    CPU_CLR((unsigned)here, &others);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const bool started = CPU_COUNT(&others) > 0 && pthread_attr_setaffinity_np(&attr, sizeof(others), &others) == 0 &&
                         pthread_create(thread, &attr, run_second, s) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    return started;
}

void ptn_halves(uint32_t n, ptn_half half, void *ctx)
{
    struct second second = {half, ctx};
    pthread_t thread;
    const bool at_once = n >= PTN_HALVES_MIN && start(&second, &thread);
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
