/*
 * Reading logs with several threads. Each takes a chunk of the first file that has one to take and reads its lines. Of
 * a stream, chunks are taken ahead: whoever takes them goes on while others read their lines, until there is no room
 * for more. Where nothing waits of a file that another is busy with, the next is opened. (run.c)
 */
#ifndef PTN_SOURCE_LOG_RUN_H
#define PTN_SOURCE_LOG_RUN_H

#include <pthread.h>

#include "feed.h"

#define PTN_LOG_THREADS_MAX 64

/* How many lines each chunk of a file had, so that the number of a line can be told in the end. */
struct ptn_line_counts {
    uint32_t *lines;
    size_t n;
    uint64_t too_long;    /* lines that were cut, */
    uint64_t chunk, line; /* and where the first of them is */
};

struct ptn_log_run {
    const struct ptn_log_files *files;
    struct ptn_line_counts *counts; /* one a file */
    unsigned threads;
    void (*complain)(void *ctx, const char *text);
    void *complain_ctx;
    const bool *stop;

    pthread_mutex_t telling; /* of `complain` and the three below */
    unsigned troubles, read;
    int first_code; /* of the first trouble, */
    char first_trouble[512];

    pthread_mutex_t lock; /* of all below */
    pthread_cond_t changed;
    size_t next;             /* file */
    int result;              /* what ends it all */
    unsigned waiting;        /* chunks that were taken ahead */
    struct ptn_chunk *spare; /* chunks without a use */
    struct ptn_log_slot {
        struct ptn_feed feed;
        bool used, busy; /* busy: a thread is taking a chunk of it, or opens it */
        unsigned users;
        struct ptn_chunk *first, *last; /* of those that were taken ahead; NULL */
    } slots[PTN_LOG_THREADS_MAX];
};

/* Reads with one worker a thread; workers[0] is the caller's. Result: 0 or what a worker said. */
int ptn_run_all(struct ptn_log_run *, struct ptn_log_worker *workers);

/* Complains "PATH: text" and counts it as a trouble with a file. */
void ptn_run_trouble(struct ptn_log_run *, const char *path, int code, const char *text);

#endif
