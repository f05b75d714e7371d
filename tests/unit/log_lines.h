/* For tests of files: a folder of our own, files in it of any packing, and what reading them tells. */
#ifndef PTN_TEST_LOG_LINES_H
#define PTN_TEST_LOG_LINES_H

#include "check.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source/log/log.h"

/* What one reading told. */
struct told {
    struct ptn_log_sums sums;
    struct ptn_err err;
    int result;
    char complaints[4096];
    char knocks[8192]; /* the first ones: "FILE:LINE sport>dport " with the last part of the file's name */
    uint64_t n, sum;   /* knocks, and of their source ports and destination ports */
    pthread_mutex_t lock;
    /* What is done at each knock; NULL: nothing. Its result is the sink's. */
    int (*at_knock)(struct told *);
    void *ctx;
};

struct told_worker {
    struct told *told;
    uint64_t n, sum;
};

static void *told_open(void *ctx)
{
    struct told_worker *w = calloc(1, sizeof(*w));
    w->told = ctx;
    return w;
}

static int told_knock(void *worker, const struct ptn_knock *k, const struct ptn_format *format,
                      const struct ptn_log_place *place)
{
    struct told_worker *w = worker;
    struct told *t = w->told;
    assert_true(format && format->name && format->title);
    w->n++;
    w->sum += k->sport * UINT64_C(65537) + k->dport;
    pthread_mutex_lock(&t->lock);
    size_t len = strlen(t->knocks);
    const char *slash = strrchr(place->file, '/');
    if (len + 64 < sizeof(t->knocks))
        snprintf(t->knocks + len, sizeof(t->knocks) - len, "%s:%llu %u>%u ", slash ? slash + 1 : place->file,
                 (unsigned long long)place->line, k->sport, k->dport);
    int r = t->at_knock ? t->at_knock(t) : 0;
    pthread_mutex_unlock(&t->lock);
    return r;
}

static int told_close(void *ctx, void *worker)
{
    struct told *t = ctx;
    struct told_worker *w = worker;
    t->n += w->n;
    t->sum += w->sum;
    free(w);
    return 0;
}

static void told_complain(void *ctx, const char *text)
{
    struct told *t = ctx;
    size_t len = strlen(t->complaints);
    snprintf(t->complaints + len, sizeof(t->complaints) - len, "%s\n", text);
}

/* The lines of these tests. */
#define TEST_PATTERN "k {src}:{sport} > {dst}:{dport}[ {*}]"
#define TEST_LINE "k 192.0.2.1:%u > 192.0.2.2:%u"

static const __attribute__((unused)) struct ptn_log_opts any = {
    .since = PTN_NO_TIME, .until = PTN_NO_TIME, .pattern = TEST_PATTERN, .threads = 1};

static struct ptn_log_sink told_begin(struct told *t)
{
    pthread_mutex_init(&t->lock, NULL);
    t->n = t->sum = 0;
    t->complaints[0] = t->knocks[0] = '\0';
    return (struct ptn_log_sink){t, told_open, told_knock, told_close};
}

static __attribute__((unused)) void told_read(struct told *t, const char *const *paths, size_t n,
                                              const struct ptn_log_opts *opts)
{
    struct ptn_log_sink sink = told_begin(t);
    t->result = ptn_log_read(paths, n, opts, &sink, told_complain, t, &t->sums, &t->err);
}

#define READ(t, opts, ...)                                                                                             \
    told_read(t, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), opts)

#endif
