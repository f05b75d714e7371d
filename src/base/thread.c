#include "thread.h"

#include <sched.h>
#include <signal.h>

bool ptn_thread_elsewhere(pthread_t *ret, void *(*run)(void *), void *arg)
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
                         pthread_create(ret, &attr, run, arg) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    return started;
}
