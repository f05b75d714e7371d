#include "explain_pass.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/grow.h"

#define PROGRESS_EVERY (1u << 18) /* lines */

/* Standard input was read to its end by the pass before. */
static void rewind_input(const struct ptn_pass *pass)
{
    for (size_t i = 0; i < pass->n_paths; i++)
        if (strcmp(pass->paths[i], "-") == 0)
            lseek(STDIN_FILENO, pass->input_at, SEEK_SET);
}

/* ---- into one tally -----------------------------------------------------------------------------------------------
 */

struct gathering {
    const struct ptn_pass *pass;
    struct ptn_tally *tally;
    ptn_pass_filter filter;
    void *ctx;
    pthread_mutex_t lock; /* of `tally`, while more than one thread reads */
    uint64_t lines;       /* told so far */
};

struct gatherer {
    struct gathering *of;
    struct ptn_tally tally;
    uint32_t lines;
};

static void *open_gatherer(void *ctx)
{
    struct gathering *g = ctx;
    struct gatherer *one = ptn_zeroed(1, sizeof(*one));
    if (one) {
        one->of = g;
        ptn_tally_open(&one->tally, g->tally->site);
    }
    return one;
}

/* One thread's sources have become many: they go where all of them are. */
static int spill(struct gatherer *one)
{
    pthread_mutex_lock(&one->of->lock);
    int r = ptn_visitors_merge(&one->of->tally->visitors, &one->tally.visitors);
    pthread_mutex_unlock(&one->of->lock);
    ptn_visitors_clear(&one->tally.visitors);
    return r;
}

static void tell_progress(struct gatherer *one)
{
    uint64_t lines = __atomic_add_fetch(&one->of->lines, one->lines, __ATOMIC_RELAXED);
    one->lines = 0;
    if (one->of->pass->progress)
        fprintf(stderr, "\r%.1f million lines ", (double)lines / 1e6);
}

static int gather(void *worker, const struct ptn_knock *k, const struct ptn_format *format,
                  const struct ptn_log_place *place)
{
    struct gatherer *one = worker;
    (void)format;
    (void)place;
    if (++one->lines == PROGRESS_EVERY)
        tell_progress(one);
    if (one->of->filter && !one->of->filter(one->of->ctx, k))
        return 0;
    int r = ptn_tally_count(&one->tally, k);
    return r > 0 ? spill(one) : r;
}

static int close_gatherer(void *ctx, void *worker)
{
    struct gathering *g = ctx;
    struct gatherer *one = worker;
    int r = ptn_tally_flush(&one->tally);
    if (r == 0)
        r = ptn_tally_merge(g->tally, &one->tally);
    ptn_tally_release(&one->tally);
    free(one);
    return r;
}

int ptn_pass_tally(const struct ptn_pass *pass, struct ptn_tally *tally, ptn_pass_filter filter, void *ctx,
                   struct ptn_log_sums *sums, struct ptn_err *err)
{
    struct gathering g = {.pass = pass, .tally = tally, .filter = filter, .ctx = ctx};
    const struct ptn_log_sink sink = {&g, open_gatherer, gather, close_gatherer};
    rewind_input(pass);
    pthread_mutex_init(&g.lock, NULL);
    int r = ptn_log_read(pass->paths, pass->n_paths, &pass->opts, &sink, pass->complain, pass->complain_ctx, sums, err);
    pthread_mutex_destroy(&g.lock);
    if (pass->progress && g.lines)
        fprintf(stderr, "\r%-40s\r", "");
    return r;
}

/* ---- line by line -------------------------------------------------------------------------------------------------
 */

struct lining {
    ptn_pass_each each;
    void *ctx;
    bool ended;
};

static void *open_lining(void *ctx)
{
    return ctx;
}

static int tell_line(void *worker, const struct ptn_knock *k, const struct ptn_format *format,
                     const struct ptn_log_place *place)
{
    struct lining *l = worker;
    int r = l->each(l->ctx, k, format, place);
    l->ended = l->ended || r > 0;
    return r > 0 ? -ECANCELED : r;
}

static int close_lining(void *ctx, void *worker)
{
    (void)ctx;
    (void)worker;
    return 0;
}

/* Trouble was told when all of it was read. */
static void keep_silent(void *ctx, const char *text)
{
    (void)ctx;
    (void)text;
}

int ptn_pass_lines(const struct ptn_pass *pass, ptn_pass_each each, void *ctx, struct ptn_err *err)
{
    struct lining l = {.each = each, .ctx = ctx};
    struct ptn_log_opts opts = pass->opts;
    const struct ptn_log_sink sink = {&l, open_lining, tell_line, close_lining};
    struct ptn_log_sums *sums = calloc(1, sizeof(*sums));
    opts.threads = 1;
    rewind_input(pass);
    int r = sums ? ptn_log_read(pass->paths, pass->n_paths, &opts, &sink, keep_silent, NULL, sums, err) : -ENOMEM;
    free(sums);
    return l.ended ? 0 : r;
}
