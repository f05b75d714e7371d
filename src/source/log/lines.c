#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "begin.h"
#include "memory.h"
#include "run.h"
#include "sentence.h"

/* ---- threads and their workers ----------------------------------------------------------------------- */

static unsigned processors(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
    return n < 1 ? 1 : n > PTN_LOG_THREADS_MAX ? PTN_LOG_THREADS_MAX : (unsigned)n;
}

static unsigned choose_threads(const struct ptn_log_opts *opts)
{
    return opts->threads == 0                    ? processors()
           : opts->threads > PTN_LOG_THREADS_MAX ? PTN_LOG_THREADS_MAX
                                                 : opts->threads;
}

static int open_workers(struct ptn_log_worker *workers, unsigned n, const struct ptn_log_opts *opts,
                        const struct ptn_log_sink *sink, const struct ptn_format *pattern)
{
    for (unsigned i = 0; i < n; i++) {
        workers[i] = (struct ptn_log_worker){
            .opts = opts, .sink = sink, .pattern = pattern, .counts_lines = n == 1, .file = SIZE_MAX};
        workers[i].sink_worker = sink->open ? sink->open(sink->ctx) : sink->ctx;
        if (!workers[i].sink_worker && sink->open)
            return -ENOMEM;
    }
    return 0;
}

/* Every worker that was opened is closed, whatever happened. */
static int close_workers(struct ptn_log_worker *workers, unsigned n, const struct ptn_log_sink *sink)
{
    int r = 0;
    for (unsigned i = 0; i < n; i++) {
        if (sink->close && (workers[i].sink_worker || !sink->open) && workers[i].sink) {
            int closed = sink->close(sink->ctx, workers[i].sink_worker);
            r = r < 0 ? r : closed;
        }
        ptn_worker_release(&workers[i]);
    }
    return r < 0 ? r : 0;
}

/* ---- sums -------------------------------------------------------------------------------------------- */

static uint64_t line_of(const struct ptn_log_run *run, size_t file, uint64_t chunk, uint64_t line)
{
    const struct ptn_line_counts *counts = &run->counts[file];
    for (uint64_t i = 0; i < chunk && i < counts->n; i++)
        line += counts->lines[i];
    return line + 1;
}

static int by_place(const void *a, const void *b)
{
    const struct ptn_log_mark *x = a, *y = b;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    if (x->chunk != y->chunk)
        return x->chunk < y->chunk ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

/* The first of the marks that are in `all`. */
static size_t take_samples(const struct ptn_log_run *run, struct ptn_log_mark *all, size_t n,
                           struct ptn_log_sample *ret)
{
    qsort(all, n, sizeof(*all), by_place);
    n = n < PTN_LOG_SAMPLES ? n : PTN_LOG_SAMPLES;
    for (size_t i = 0; i < n; i++) {
        snprintf(ret[i].file, sizeof(ret[i].file), "%s", run->files->items[all[i].file].path);
        memcpy(ret[i].text, all[i].text, sizeof(ret[i].text));
        ret[i].line = line_of(run, all[i].file, all[i].chunk, all[i].line);
    }
    return n;
}

static size_t gather(struct ptn_log_mark *all, size_t n, const struct ptn_log_marks *marks)
{
    memcpy(all + n, marks->items, marks->n * sizeof(*all));
    return n + marks->n;
}

static int sum_up(const struct ptn_log_run *run, const struct ptn_log_worker *workers, struct ptn_log_sums *ret)
{
    struct ptn_log_mark *broken = calloc(run->threads * 2, sizeof(workers->broken_marks.items)), *unknown;
    size_t n_broken = 0, n_unknown = 0;
    if (!broken)
        return -ENOMEM;
    unknown = broken + run->threads * PTN_LOG_SAMPLES;
    for (const struct ptn_log_worker *w = workers; w < workers + run->threads; w++) {
        ret->lines += w->lines;
        ret->packets += w->packets;
        ret->remarks += w->remarks;
        ret->broken += w->broken;
        ret->unknown += w->unknown;
        ret->octets += w->octets;
        n_broken = gather(broken, n_broken, &w->broken_marks);
        n_unknown = gather(unknown, n_unknown, &w->unknown_marks);
    }
    ret->n_broken_samples = take_samples(run, broken, n_broken, ret->broken_samples);
    ret->n_unknown_samples = take_samples(run, unknown, n_unknown, ret->unknown_samples);
    free(broken);
    return 0;
}

static void tell_long_lines(const struct ptn_log_run *run)
{
    char text[512];
    for (size_t i = 0; i < run->files->n && run->complain; i++) {
        const struct ptn_line_counts *c = &run->counts[i];
        if (!c->too_long)
            continue;
        snprintf(text, sizeof(text), "%.380s:%llu: a line of more than 1 MB is left out (of such there are %llu)",
                 run->files->items[i].path, (unsigned long long)line_of(run, i, c->chunk, c->line),
                 (unsigned long long)c->too_long);
        run->complain(run->complain_ctx, text);
    }
}

/* ---- all of it --------------------------------------------------------------------------------------- */

struct job {
    struct ptn_log_run run;
    struct ptn_log_files files;
    struct ptn_log_worker workers[PTN_LOG_THREADS_MAX];
    struct ptn_format *pattern;
};

static void hear_trouble(void *ctx, const char *path, int code)
{
    ptn_run_trouble(ctx, path, code, strerror(-code));
}

static int64_t begins(void *ctx, const struct ptn_log_file *file)
{
    return ptn_log_begins(ctx, file);
}

static int find_files(struct job *j, const char *const *paths, size_t n, const struct ptn_log_opts *opts)
{
    struct ptn_log_worker looker = {.opts = opts, .pattern = j->pattern};
    int r = 0;
    for (size_t i = 0; i < n && r == 0; i++)
        r = ptn_log_files_add(&j->files, paths[i], hear_trouble, &j->run);
    if (r == 0)
        r = ptn_log_files_sort(&j->files, begins, &looker);
    ptn_worker_release(&looker);
    return r;
}

static int read_files(struct job *j, const struct ptn_log_opts *opts, const struct ptn_log_sink *sink,
                      struct ptn_log_sums *ret)
{
    j->run.files = &j->files;
    j->run.counts = calloc(j->files.n ? j->files.n : 1, sizeof(*j->run.counts));
    if (!j->run.counts)
        return -ENOMEM;
    int r = open_workers(j->workers, j->run.threads, opts, sink, j->pattern);
    if (r == 0)
        r = ptn_run_all(&j->run, j->workers);
    if (r == 0)
        r = sum_up(&j->run, j->workers, ret);
    int closed = close_workers(j->workers, j->run.threads, sink);
    tell_long_lines(&j->run);
    ret->troubles = j->run.troubles;
    return r < 0 ? r : closed;
}

static void release(struct job *j)
{
    for (size_t i = 0; j->run.counts && i < j->files.n; i++)
        free(j->run.counts[i].lines);
    free(j->run.counts);
    ptn_log_files_release(&j->files);
    ptn_pattern_free(j->pattern);
    pthread_cond_destroy(&j->run.changed);
    pthread_mutex_destroy(&j->run.lock);
    pthread_mutex_destroy(&j->run.telling);
    free(j);
}

static int make_job(struct job **ret, const struct ptn_log_opts *opts, void (*complain)(void *ctx, const char *text),
                    void *complain_ctx, struct ptn_err *err)
{
    struct job *j = calloc(1, sizeof(*j));
    if (!j)
        return ptn_fail(err, -ENOMEM, "out of memory");
    pthread_mutex_init(&j->run.lock, NULL);
    pthread_mutex_init(&j->run.telling, NULL);
    pthread_cond_init(&j->run.changed, NULL);
    j->run.complain = complain;
    j->run.complain_ctx = complain_ctx;
    j->run.stop = opts->stop;
    j->run.threads = choose_threads(opts);
    int r = opts->pattern ? ptn_pattern_compile(opts->pattern, &j->pattern, err) : 0;
    if (r < 0)
        release(j);
    else
        *ret = j;
    return r;
}

/* The last word: an error if it was ended, or if nothing could be read. */
static int conclude(struct job *j, int r, struct ptn_err *err)
{
    if (r < 0)
        ptn_fail(err, r, "%s", strerror(-r));
    else if (!j->run.read && j->run.troubles)
        r = ptn_fail(err, j->run.first_code, "%s", j->run.first_trouble);
    release(j);
    return r;
}

int ptn_log_read(const char *const *paths, size_t n, const struct ptn_log_opts *opts, const struct ptn_log_sink *sink,
                 void (*complain)(void *ctx, const char *text), void *complain_ctx, struct ptn_log_sums *ret,
                 struct ptn_err *err)
{
    struct job *j;
    *ret = (struct ptn_log_sums){0};
    int r = make_job(&j, opts, complain, complain_ctx, err);
    if (r < 0)
        return r;
    r = find_files(j, paths, n, opts);
    if (r == 0)
        r = read_files(j, opts, sink, ret);
    return conclude(j, r, err);
}

int ptn_log_read_memory(const void *text, size_t len, const struct ptn_log_opts *opts, const struct ptn_log_sink *sink,
                        void (*complain)(void *ctx, const char *text), void *complain_ctx, struct ptn_log_sums *ret,
                        struct ptn_err *err)
{
    struct job *j;
    *ret = (struct ptn_log_sums){0};
    int r = make_job(&j, opts, complain, complain_ctx, err);
    if (r < 0)
        return r;
    r = ptn_log_files_put(&j->files,
                          (struct ptn_log_file){.path = strdup("memory"), .memory = text, .memory_len = len});
    if (r == 0)
        r = read_files(j, opts, sink, ret);
    return conclude(j, r, err);
}
