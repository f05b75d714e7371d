#include "scout.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "fs.h"
#include "proc.h"

static void look_up_space(struct ptn_scout *sc, size_t i)
{
    char path[32], text[64];
    snprintf(path, sizeof(path), "/proc/%d/ns/net", *PTN_AT(int32_t, &sc->pids, i));
    ssize_t n = ptn_read_link(AT_FDCWD, path, text, sizeof(text));
    sc->spaces[i] = n > 0 ? ptn_link_inode(text, "net") : 0;
    if (n == -EACCES || n == -EPERM)
        atomic_fetch_add(&sc->hidden, 1);
    atomic_fetch_add(&sc->looked_up, 1);
}

struct note {
    struct ptn_scout *sc;
    int32_t pid;
};

static void note_socket(void *ctx, uint64_t inode)
{
    const struct note *n = ctx;
    struct ptn_seen *s = ptn_array_add(&n->sc->seen, sizeof(*s));
    if (s)
        *s = (struct ptn_seen){inode, n->pid};
    else
        n->sc->failed = true;
}

/* First the namespaces of all processes, which somebody waits for; then their sockets, which only the helper does. */
static bool scout_one(void *ctx, unsigned worker, size_t i)
{
    struct ptn_scout *sc = ctx;
    (void)worker;
    if (i < sc->pids.n) {
        look_up_space(sc, i);
        return true;
    }
    struct note n = {sc, *PTN_AT(int32_t, &sc->pids, i - sc->pids.n)};
    ptn_proc_sockets(n.pid, note_socket, &n);
    return !sc->failed;
}

int ptn_scout_start(struct ptn_scout *sc, bool sockets)
{
    int r = ptn_proc_list(&sc->pids);
    if (r < 0)
        return r;
    sc->spaces = calloc(sc->pids.n, sizeof(*sc->spaces));
    if (!sc->spaces)
        return -ENOMEM;
    ptn_loop_start(&sc->loop, sockets ? 2 * sc->pids.n : sc->pids.n, scout_one, sc);
    sc->started = true;
    return 0;
}

void ptn_scout_spaces(struct ptn_scout *sc)
{
    ptn_loop_help(&sc->loop, sc->pids.n);
    while (atomic_load(&sc->looked_up) < sc->pids.n) /* the helper is about to finish its last one */
        sched_yield();
}

void ptn_scout_stop(struct ptn_scout *sc)
{
    if (!sc->started)
        return;
    size_t done = ptn_loop_stop(&sc->loop);
    sc->walked = done > sc->pids.n && !sc->failed ? done - sc->pids.n : 0;
    sc->started = false;
}

void ptn_scout_free(struct ptn_scout *sc)
{
    ptn_scout_stop(sc);
    ptn_array_free(&sc->seen);
    ptn_array_free(&sc->pids);
    free(sc->spaces);
    sc->spaces = NULL;
}

static bool count_one(void *ctx, unsigned worker, size_t i)
{
    (void)worker;
    look_up_space(ctx, i);
    return true;
}

int ptn_scout_count_hidden(struct ptn_scout *sc)
{
    if (!sc->spaces && !(sc->spaces = calloc(sc->pids.n, sizeof(*sc->spaces))))
        return -ENOMEM;
    atomic_store(&sc->hidden, 0);
    ptn_parallel(sc->pids.n, count_one, sc);
    return 0;
}
