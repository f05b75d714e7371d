/* A second thread for work that is short. */
#ifndef PTN_BASE_THREAD_H
#define PTN_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* Starts one on any processor but ours: the scheduler may begin a thread on the processor of its maker and move it at
 * the next tick only, which is 4 ms later and longer than most of our work. Signals are for the caller's. Result:
 * whether it runs; not where there is one processor. */
bool ptn_thread_elsewhere(pthread_t *ret, void *(*run)(void *), void *arg);

#endif
