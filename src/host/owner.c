#include "owner.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "assign.h"
#include "bpf.h"
#include "cgroup.h"
#include "proc.h"
#include "wanted.h"

#define BPF_PROCESSES 512 /* to walk, or so many sockets to find, make a BPF program worth its loading */
#define BPF_SOCKETS 2000
#define ROOT_CGROUP 1
#define INITIAL_PID_NS 0xeffffffcu /* PROC_PID_INIT_INO of the kernel */

struct walk {
    struct ptn_wanted wanted;
    const int32_t *pids;
    atomic_size_t hidden; /* processes whose descriptors we may not see */
};

struct visit {
    struct ptn_wanted *wanted;
    int32_t pid;
    unsigned worker;
    size_t found;
};

static void match(void *ctx, uint64_t inode)
{
    struct visit *v = ctx;
    struct ptn_hold *h = ptn_wanted_find(v->wanted, inode);
    if (h)
        v->found += ptn_wanted_seen(h, v->pid, v->worker);
}

static bool walk_one(void *ctx, unsigned worker, size_t i)
{
    struct walk *w = ctx;
    struct visit v = {&w->wanted, w->pids[i], worker, 0};
    int r = ptn_proc_sockets(v.pid, match, &v);
    if (r == -EACCES || r == -EPERM)
        atomic_fetch_add(&w->hidden, 1);
    return atomic_fetch_sub(&w->wanted.left, v.found) > v.found;
}

/* Walks the processes from `first` on until every socket has its owner. */
static void walk(struct walk *w, const struct ptn_array *pids, size_t first)
{
    if (first >= pids->n || !atomic_load(&w->wanted.left))
        return;
    w->pids = PTN_AT(int32_t, pids, first);
    ptn_parallel(pids->n - first, walk_one, w);
}

static void take_scouted(struct walk *w, const struct ptn_scout *sc)
{
    for (size_t i = 0; i < sc->seen.n && sc->walked; i++) {
        const struct ptn_seen *seen = PTN_AT(struct ptn_seen, &sc->seen, i);
        struct visit v = {&w->wanted, seen->pid, 0, 0};
        match(&v, seen->inode);
        atomic_fetch_sub(&w->wanted.left, v.found);
    }
}

static int compare_cgroup(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static int compare_pid(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return x < y ? -1 : x > y;
}

/* How many of these (ascending) the scout has walked already. */
static size_t walked_of(const struct ptn_array *pids, const struct ptn_scout *sc)
{
    size_t i = 0;
    while (sc->walked && i < pids->n && *PTN_AT(int32_t, pids, i) <= *PTN_AT(int32_t, &sc->pids, sc->walked - 1))
        i++;
    return i;
}

/* The kernel tells the cgroup in which each socket was made (the root says nothing). On a machine run by
 * systemd a handful of processes is in each, and the walk over all others is spared. */
static void walk_cgroups(struct walk *w, struct ptn_snapshot *s, const struct ptn_scout *sc)
{
    struct ptn_array pids = {0};
    size_t n = s->cgroups.n;
    uint64_t *ids = s->cgroups.items;
    if (n)
        qsort(ids, n, sizeof(*ids), compare_cgroup);
    int tree = n && ids[n - 1] > ROOT_CGROUP ? ptn_cgroup_open() : -1;
    for (size_t i = 0; i < n && tree >= 0; i++)
        if (ids[i] > ROOT_CGROUP && (i == 0 || ids[i] != ids[i - 1]) &&
            ptn_cgroup_members(tree, ids[i], &pids) == -EPERM)
            break;
    if (pids.n) {
        qsort(pids.items, pids.n, sizeof(int32_t), compare_pid);
        walk(w, &pids, walked_of(&pids, sc));
    }
    if (tree >= 0)
        close(tree);
    ptn_array_free(&pids);
}

/* Whether we stand above all processes of this machine, with its own numbers for them. */
static bool sees_machine(void)
{
    struct stat st;
    return geteuid() == 0 && stat("/proc/self/ns/pid", &st) == 0 && st.st_ino == INITIAL_PID_NS;
}

/* What is left when the cgroups didn't tell. Loading the BPF program costs as much as looking at some hundred
 * processes, and it passes over one that hides from us without a word. Result: 0 or -errno. */
static int walk_all(struct walk *w, struct ptn_scout *sc)
{
    bool scouted = sc->spaces != NULL;
    if (!scouted && ptn_proc_list(&sc->pids) < 0)
        return 0; /* without /proc no owner is seen */
    bool long_way = sc->pids.n - sc->walked >= BPF_PROCESSES || atomic_load(&w->wanted.left) >= BPF_SOCKETS;
    if (long_way && sees_machine()) {
        ptn_wanted_recount(&w->wanted);
        if (ptn_bpf_holders(&w->wanted) == 0)
            return !scouted && atomic_load(&w->wanted.left) ? ptn_scout_count_hidden(sc) : 0;
    }
    ptn_wanted_recount(&w->wanted);
    take_scouted(w, sc);
    walk(w, &sc->pids, sc->walked);
    return 0;
}

/* Whether no process of this machine can hide from us. */
static bool sees_all(const struct walk *w)
{
    return !atomic_load(&w->hidden) && sees_machine();
}

/* Sockets that nobody holds although we saw everybody are the kernel's own: vxlan, wireguard, nfsd. */
static int assign_kernel(struct ptn_snapshot *s)
{
    struct ptn_owner *kernel = NULL;
    for (size_t i = 0; i < s->socks.n; i++) {
        struct ptn_listener *l = PTN_SOCK(s, i);
        if (l->owner)
            continue;
        if (!kernel && !(kernel = ptn_snapshot_owner(s)))
            return -ENOMEM;
        kernel->comm = "kernel";
        l->owner = kernel;
    }
    return 0;
}

static int note_unseen(struct ptn_snapshot *s, const struct walk *w)
{
    size_t n = 0;
    for (size_t i = 0; i < s->socks.n; i++)
        n += !PTN_SOCK(s, i)->owner;
    if (n == 0)
        return 0;
    if (sees_all(w))
        return assign_kernel(s);
    bool root = geteuid() == 0;
    const char *why = !root                     ? "needs root or CAP_SYS_PTRACE"
                      : atomic_load(&w->hidden) ? "some processes hide from root, too: needs CAP_SYS_PTRACE"
                                                : "their processes are outside this container";
    return ptn_snapshot_blind(s, true, why, "owners of %zu socket%s%s", n, n == 1 ? "" : "s",
                              root ? "" : " (of other users)");
}

int ptn_owner_read(struct ptn_snapshot *s, struct ptn_scout *sc)
{
    struct walk w = {0};
    if (s->socks.n == 0)
        return 0;
    int r = ptn_wanted_init(&w.wanted, s);
    if (r < 0)
        return r;
    take_scouted(&w, sc);
    walk_cgroups(&w, s, sc);
    if (atomic_load(&w.wanted.left))
        r = walk_all(&w, sc);
    atomic_fetch_add(&w.hidden, atomic_load(&sc->hidden));
    if (r == 0)
        r = ptn_assign_owners(s, &w.wanted);
    if (r == 0)
        r = note_unseen(s, &w);
    ptn_wanted_free(&w.wanted);
    return r;
}
