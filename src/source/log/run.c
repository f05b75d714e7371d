#include "run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "whole.h"

void ptn_run_trouble(struct ptn_log_run *run, const char *path, int code, const char *text)
{
    char line[sizeof(run->first_trouble)];
    snprintf(line, sizeof(line), "%s: %s", strcmp(path, "-") == 0 ? "standard input" : path, text);
    pthread_mutex_lock(&run->telling);
    if (!run->troubles++) {
        memcpy(run->first_trouble, line, sizeof(line));
        run->first_code = code;
    }
    if (run->complain)
        run->complain(run->complain_ctx, line);
    pthread_mutex_unlock(&run->telling);
}

static void tell_trouble(void *ctx, const struct ptn_log_file *file, const char *text)
{
    ptn_run_trouble(ctx, file->path, -EBADMSG, text);
}

/* What the octets of a file had to complain of. */
static void tell_bytes(struct ptn_log_run *run, const struct ptn_feed *f)
{
    const struct ptn_bytes_trouble *trouble = f->bytes ? ptn_bytes_trouble(f->bytes) : NULL;
    if (trouble)
        ptn_run_trouble(run, f->of->path, trouble->code, trouble->text);
}

static bool stopped(const struct ptn_log_run *run)
{
    return run->result < 0 || (run->stop && __atomic_load_n(run->stop, __ATOMIC_RELAXED));
}

/* ---- under the lock ---------------------------------------------------------------------------------- */

static void end_run(struct ptn_log_run *run, int r)
{
    if (r < 0 && run->result == 0)
        run->result = r;
}

/* The others are told only of what is work for them: they sleep, and to wake them takes long. */
static void leave(struct ptn_log_run *run, struct ptn_log_slot *s)
{
    s->users--;
    if (s->busy || !s->feed.ended)
        return;
    if (!s->users && !s->first) {
        tell_bytes(run, &s->feed);
        ptn_feed_close(&s->feed);
        s->used = false;
    }
    pthread_cond_broadcast(&run->changed);
}

static void open_next(struct ptn_log_run *run, struct ptn_log_slot *s, struct ptn_log_worker *w)
{
    size_t index = run->next++;
    const struct ptn_log_file *file = &run->files->items[index];
    s->used = s->busy = true;
    s->users = 1;
    pthread_mutex_unlock(&run->lock);
    int r = ptn_feed_open(&s->feed, file, index, w, run->threads == 1);
    w->file = SIZE_MAX;
    if (r < 0)
        ptn_run_trouble(run, file->path, r, strerror(-r));
    else if (s->feed.replaced)
        ptn_run_trouble(run, file->path, -ESTALE, "it was rotated before it was read; what it is now is read instead");
    pthread_mutex_lock(&run->lock);
    s->busy = false;
    s->feed.ended = r < 0 || s->feed.kind == PTN_KIND_EMPTY || (file->found && s->feed.kind == PTN_KIND_BINARY);
    run->read += r >= 0;
    leave(run, s);
    pthread_cond_broadcast(&run->changed);
}

static bool is_stream(const struct ptn_feed *f)
{
    return ptn_feed_is_lines(f) && !f->plain;
}

/* How many chunks may wait: with one thread none but that which it reads next; otherwise so many that who unpacks
 * seldom has to read lines in between, for nobody else can unpack meanwhile. */
static unsigned most_ahead(const struct ptn_log_run *run)
{
    return run->threads == 1 ? 1 : run->threads + 6;
}

static bool may_take(const struct ptn_log_run *run, const struct ptn_log_slot *s)
{
    return !s->busy && !s->feed.ended && (!is_stream(&s->feed) || run->waiting < most_ahead(run));
}

/* The first file of those open that has something to take and nobody taking it, or to read. */
static struct ptn_log_slot *find_slot(struct ptn_log_run *run)
{
    struct ptn_log_slot *best = NULL;
    for (unsigned i = 0; i < run->threads; i++) {
        struct ptn_log_slot *s = &run->slots[i];
        if (s->used && (s->first || may_take(run, s)) && (!best || s->feed.file < best->feed.file))
            best = s;
    }
    return best;
}

static struct ptn_log_slot *find_free(struct ptn_log_run *run)
{
    for (unsigned i = 0; i < run->threads; i++)
        if (!run->slots[i].used)
            return &run->slots[i];
    return NULL;
}

/* Whether something may still come of a file that others are busy with. */
static bool is_waiting_worth(const struct ptn_log_run *run)
{
    for (unsigned i = 0; i < run->threads; i++)
        if (run->slots[i].used && run->slots[i].busy)
            return true;
    return false;
}

/* Result: a slot of which the caller is now a user; NULL when there is no more work. */
static struct ptn_log_slot *next_slot(struct ptn_log_run *run, struct ptn_log_worker *w)
{
    while (!stopped(run)) {
        struct ptn_log_slot *s = find_slot(run), *room;
        if (s) {
            s->users++;
            return s;
        }
        if (run->next < run->files->n && (room = find_free(run)))
            open_next(run, room, w);
        else if (is_waiting_worth(run) || run->next < run->files->n)
            pthread_cond_wait(&run->changed, &run->lock);
        else
            break;
    }
    return NULL;
}

static struct ptn_chunk *new_chunk(void)
{
    struct ptn_chunk *c = calloc(1, sizeof(*c));
    if (c && !(c->buf = malloc(PTN_CHUNK_ROOM))) {
        free(c);
        return NULL;
    }
    return c;
}

/* Result: NULL when out of memory. */
static struct ptn_chunk *get_chunk(struct ptn_log_run *run)
{
    struct ptn_chunk *c = run->spare;
    if (!c)
        return new_chunk();
    run->spare = c->next;
    return c;
}

static void put_chunk(struct ptn_log_run *run, struct ptn_chunk *c)
{
    c->next = run->spare;
    run->spare = c;
}

static void free_chunks(struct ptn_chunk *c)
{
    for (struct ptn_chunk *next; c; c = next) {
        next = c->next;
        free(c->buf);
        free(c);
    }
}

static void push_ready(struct ptn_log_run *run, struct ptn_log_slot *s, struct ptn_chunk *c)
{
    c->next = NULL;
    *(s->first ? &s->last->next : &s->first) = c;
    s->last = c;
    run->waiting++;
    pthread_cond_signal(&run->changed);
}

static struct ptn_chunk *pop_ready(struct ptn_log_run *run, struct ptn_log_slot *s)
{
    struct ptn_chunk *c = s->first;
    s->first = c->next;
    run->waiting--;
    return c;
}

/* ---- chunks ------------------------------------------------------------------------------------------ */

/* Notes how many lines the chunk had, and what it learnt. Under the lock. */
static int note_chunk(struct ptn_log_run *run, struct ptn_feed *f, const struct ptn_log_worker *w,
                      const struct ptn_chunk *c)
{
    struct ptn_line_counts *counts = &run->counts[f->file];
    if (c->number >= counts->n) {
        size_t n = counts->n ? counts->n * 2 : 8;
        while (n <= c->number)
            n *= 2;
        uint32_t *more = reallocarray(counts->lines, n, sizeof(*more));
        if (!more)
            return -ENOMEM;
        memset(more + counts->n, 0, (n - counts->n) * sizeof(*more));
        counts->lines = more;
        counts->n = n;
    }
    counts->lines[c->number] = (uint32_t)w->line;
    if (c->cut && (!counts->too_long++ || c->number < counts->chunk)) {
        counts->chunk = c->number;
        counts->line = w->line - 1;
    }
    if (f->has_header)
        return 0;
    if (w->state.last)
        f->state.last = w->state.last;
    if (w->state.columns.format && c->number >= f->learnt) {
        f->state.columns = w->state.columns;
        f->learnt = c->number;
    }
    return 0;
}

static void turn(struct ptn_log_worker *w, const struct ptn_feed *f)
{
    if (w->file != f->file)
        ptn_worker_turn(w, f->of->path, f->file, f->of->mtime);
}

/* Reads the lines of a chunk that was taken. The lock is held before and after, not in between. */
static int read_chunk(struct ptn_log_run *run, struct ptn_log_slot *s, struct ptn_chunk *c, struct ptn_log_worker *w)
{
    turn(w, &s->feed);
    w->state = s->feed.has_header ? c->state : s->feed.state;
    pthread_mutex_unlock(&run->lock);
    int filled = s->feed.plain ? ptn_feed_fill(&s->feed, c) : 0, r = 0;
    if (filled == 0) {
        w->chunk = c->number;
        w->line = 0;
        w->octets += c->len;
        r = ptn_worker_lines(w, c->buf + c->at, c->len, c->cut);
        w->lines_before += w->line;
    }
    pthread_mutex_lock(&run->lock);
    if (filled < 0) {
        if (!s->feed.ended)
            ptn_run_trouble(run, s->feed.of->path, filled, strerror(-filled));
        s->feed.ended = true;
        return 0;
    }
    int noted = note_chunk(run, &s->feed, w, c);
    return r < 0 ? r : noted;
}

/* Takes a chunk of a stream, that is: unpacks it. The lock as above. */
static void take_ahead(struct ptn_log_run *run, struct ptn_log_slot *s, struct ptn_chunk *c, struct ptn_log_worker *w)
{
    s->busy = true;
    pthread_mutex_unlock(&run->lock);
    bool taken = ptn_feed_take(&s->feed, c, w);
    pthread_mutex_lock(&run->lock);
    s->busy = false;
    if (taken)
        push_ready(run, s, c);
    else
        put_chunk(run, c);
}

static int read_lines(struct ptn_log_run *run, struct ptn_log_slot *s, struct ptn_log_worker *w)
{
    bool ahead = is_stream(&s->feed), take = may_take(run, s);
    struct ptn_chunk *c = take ? get_chunk(run) : pop_ready(run, s);
    int r = 0;
    if (!c)
        return -ENOMEM;
    if (take && ahead) {
        take_ahead(run, s, c, w);
        return 0;
    }
    if (!take || ptn_feed_take(&s->feed, c, w))
        r = read_chunk(run, s, c, w);
    put_chunk(run, c);
    return r;
}

static int read_whole(struct ptn_log_run *run, struct ptn_log_slot *s, struct ptn_log_worker *w)
{
    static int (*const readers[])(struct ptn_log_worker *, const struct ptn_log_file *, struct ptn_bytes *,
                                  ptn_log_tell, void *) = {
        [PTN_KIND_JSON] = ptn_log_read_values,
        [PTN_KIND_EXPORT] = ptn_log_read_export,
        [PTN_KIND_JOURNAL] = ptn_log_read_journal,
        [PTN_KIND_CAPTURE] = ptn_log_read_capture,
    };
    turn(w, &s->feed);
    w->state = s->feed.state;
    s->busy = true;
    pthread_mutex_unlock(&run->lock);
    int r = readers[s->feed.kind](w, s->feed.of, s->feed.bytes, tell_trouble, run);
    pthread_mutex_lock(&run->lock);
    s->busy = false;
    s->feed.ended = true;
    return r;
}

static void work(struct ptn_log_run *run, struct ptn_log_worker *w)
{
    struct ptn_log_slot *s;
    pthread_mutex_lock(&run->lock);
    while ((s = next_slot(run, w))) {
        end_run(run, ptn_feed_is_lines(&s->feed) ? read_lines(run, s, w) : read_whole(run, s, w));
        leave(run, s);
    }
    pthread_cond_broadcast(&run->changed);
    pthread_mutex_unlock(&run->lock);
}

/* ---- threads ----------------------------------------------------------------------------------------- */

struct helper {
    pthread_t thread;
    struct ptn_log_run *run;
    struct ptn_log_worker *worker;
};

static void *help(void *arg)
{
    struct helper *h = arg;
    work(h->run, h->worker);
    return NULL;
}

/* Signals are for the caller's thread. */
static unsigned start(struct ptn_log_run *run, struct ptn_log_worker *workers, struct helper *helpers)
{
    sigset_t all, before;
    unsigned n = 1;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (; n < run->threads; n++) {
        helpers[n] = (struct helper){.run = run, .worker = &workers[n]};
        if (pthread_create(&helpers[n].thread, NULL, help, &helpers[n]) != 0)
            break;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return n;
}

int ptn_run_all(struct ptn_log_run *run, struct ptn_log_worker *workers)
{
    struct helper helpers[PTN_LOG_THREADS_MAX];
    unsigned n = start(run, workers, helpers);
    work(run, &workers[0]);
    for (unsigned i = 1; i < n; i++)
        pthread_join(helpers[i].thread, NULL);
    for (unsigned i = 0; i < run->threads; i++) {
        free_chunks(run->slots[i].first);
        if (run->slots[i].used) /* it was told to stop */
            ptn_feed_close(&run->slots[i].feed);
    }
    free_chunks(run->spare);
    return run->result;
}
