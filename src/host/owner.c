#include "owner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpf.h"
#include "cgroup.h"
#include "fs.h"
#include "netns.h"
#include "proc.h"
#include "wanted.h"

#define WORTH_BPF 512              /* processes */
#define INITIAL_PID_NS 0xeffffffcu /* PROC_PID_INIT_INO of the kernel */

struct walk {
    struct ptn_wanted wanted;
    const int32_t *pids;
    atomic_size_t hidden; /* processes whose descriptors we may not see */
};

/* Result: false if the process hides where its descriptors lead. */
static bool look_at(struct walk *w, unsigned worker, int32_t pid, int dir, const char *name)
{
    char text[64];
    ssize_t n = ptn_read_link(dir, name, text, sizeof(text));
    if (n <= 0 || text[0] != 's')
        return n != -EACCES && n != -EPERM;
    uint64_t inode = ptn_link_inode(text, "socket");
    struct ptn_hold *h = inode ? ptn_wanted_find(&w->wanted, inode) : NULL;
    if (h)
        ptn_wanted_seen(&w->wanted, h, pid, worker);
    return true;
}

/* Result: false if the process hides its descriptors. */
static bool look_at_all(struct walk *w, unsigned worker, int32_t pid)
{
    _Alignas(struct ptn_dirent) char buf[16 * 1024];
    char path[32];
    snprintf(path, sizeof(path), "/proc/%d/fd", pid);
    int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return errno != EACCES && errno != EPERM;
    bool open_to_us = true;
    for (ssize_t n; open_to_us && (n = ptn_read_dir(dir, buf, sizeof(buf))) > 0;)
        for (size_t at = 0; at < (size_t)n && open_to_us;) {
            const char *name = ptn_next_entry(buf, &at)->name;
            if (name[0] != '.')
                open_to_us = look_at(w, worker, pid, dir, name);
        }
    close(dir);
    return open_to_us;
}

/* One process. Result: whether to go on. */
static bool walk_one(void *ctx, unsigned worker, size_t i)
{
    struct walk *w = ctx;
    if (!look_at_all(w, worker, w->pids[i]))
        atomic_fetch_add(&w->hidden, 1);
    return atomic_load(&w->wanted.left) > 0;
}

static void walk(struct walk *w, const struct ptn_array *pids)
{
    w->pids = pids->items;
    atomic_store(&w->hidden, 0);
    if (pids->n && atomic_load(&w->wanted.left))
        ptn_parallel(pids->n, walk_one, w);
}

static int compare_cgroup(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* The distinct cgroups in which the sockets were made. Result: 0 or -ENOMEM. */
static int cgroups_of(const struct ptn_snapshot *s, struct ptn_array *ids)
{
    uint64_t last = 0;
    for (size_t i = 0; i < s->socks.n; i++) {
        uint64_t id = PTN_AT(struct ptn_sock, &s->socks, i)->cgroup;
        uint64_t *slot = id > 1 && id != last ? ptn_array_add(ids, sizeof(*slot)) : NULL;
        if (id > 1 && id != last && !slot)
            return -ENOMEM;
        if (slot)
            *slot = last = id;
    }
    if (ids->n)
        qsort(ids->items, ids->n, sizeof(uint64_t), compare_cgroup);
    return 0;
}

static int compare_pid(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return x < y ? -1 : x > y;
}

/* The kernel tells the cgroup in which each socket was made (1 is the root, which says nothing). On a machine run by
 * systemd a handful of processes is in each, and the walk over all others is spared. */
static int walk_cgroups(struct walk *w, const struct ptn_snapshot *s)
{
    struct ptn_array ids = {0}, pids = {0};
    uint64_t last = 0;
    int tree = -1, r = cgroups_of(s, &ids);
    if (r == 0 && ids.n)
        tree = ptn_cgroup_open();
    for (size_t i = 0; i < ids.n && r == 0 && tree >= 0; i++) {
        uint64_t id = *PTN_AT(uint64_t, &ids, i);
        if (id != last && ptn_cgroup_members(tree, last = id, &pids) == -EPERM)
            break;
    }
    if (pids.n) {
        qsort(pids.items, pids.n, sizeof(int32_t), compare_pid);
        walk(w, &pids);
    }
    if (tree >= 0)
        close(tree);
    ptn_array_free(&ids);
    ptn_array_free(&pids);
    return r;
}

/* Whether we stand above all processes of this machine, with its own numbers for them. */
static bool sees_machine(void)
{
    struct stat st;
    return geteuid() == 0 && stat("/proc/self/ns/pid", &st) == 0 && st.st_ino == INITIAL_PID_NS;
}

/* The iterator passes over a process that hides from us without a word. */
static int count_hidden(struct walk *w, struct ptn_snapshot *s, const struct ptn_array *pids)
{
    uint64_t *inodes = s->opts.this_netns ? calloc(pids->n, sizeof(*inodes)) : NULL;
    if (inodes)
        ptn_netns_scan(s, pids, inodes);
    else if (s->opts.this_netns)
        return -ENOMEM;
    free(inodes);
    atomic_store(&w->hidden, s->hidden);
    return 0;
}

/* Loading the BPF program costs as much as looking at some hundred processes. */
static int walk_all(struct walk *w, struct ptn_snapshot *s, const struct ptn_array *pids)
{
    if (pids->n >= WORTH_BPF && sees_machine() && ptn_bpf_holders(&w->wanted) == 0)
        return atomic_load(&w->wanted.left) ? count_hidden(w, s, pids) : 0;
    walk(w, pids);
    return 0;
}

/* A socket and who holds it. */
struct claim {
    int32_t pid;
    uint32_t holders;
    struct ptn_listener *listener;
};

static int compare_claim(const void *a, const void *b)
{
    const struct claim *x = a, *y = b;
    if (x->pid != y->pid)
        return x->pid < y->pid ? -1 : 1;
    return x->holders < y->holders ? -1 : x->holders > y->holders;
}

/* Each process is read once; its sockets share the owner where they have the same number of holders. */
static int give_owners(struct ptn_snapshot *s, struct claim *claims, size_t n)
{
    struct ptn_owner *o = NULL;
    qsort(claims, n, sizeof(*claims), compare_claim);
    for (size_t i = 0; i < n; i++) {
        const struct ptn_owner *last = o;
        bool same = last && last->pid == claims[i].pid;
        if (!same)
            o = ptn_proc_read(s, claims[i].pid);
        else if (last->holders != claims[i].holders)
            o = ptn_snapshot_owner(s);
        if (!o)
            return -ENOMEM;
        if (same && o != last)
            *o = *last;
        o->holders = claims[i].holders;
        claims[i].listener->owner = o;
    }
    return 0;
}

static int assign(struct ptn_snapshot *s, const struct walk *w)
{
    size_t n = 0;
    struct claim *claims = calloc(s->socks.n, sizeof(*claims));
    if (!claims)
        return -ENOMEM;
    for (size_t i = 0; i < s->socks.n; i++) {
        struct ptn_listener *l = &PTN_AT(struct ptn_sock, &s->socks, i)->pub;
        const struct ptn_hold *h = ptn_wanted_find(&w->wanted, l->inode);
        if (h && atomic_load(&h->pid))
            claims[n++] = (struct claim){atomic_load(&h->pid), atomic_load(&h->holders), l};
    }
    int r = n ? give_owners(s, claims, n) : 0;
    free(claims);
    return r;
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
        struct ptn_listener *l = &PTN_AT(struct ptn_sock, &s->socks, i)->pub;
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
        n += !PTN_AT(struct ptn_sock, &s->socks, i)->pub.owner;
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

int ptn_owner_read(struct ptn_snapshot *s, struct ptn_array *pids)
{
    struct walk w = {0};
    if (s->socks.n == 0)
        return 0;
    int r = ptn_wanted_init(&w.wanted, s);
    if (r < 0)
        return r;
    r = walk_cgroups(&w, s);
    bool more = r == 0 && atomic_load(&w.wanted.left);
    if (more && pids->n == 0 && ptn_proc_list(pids) < 0)
        more = false; /* without /proc no owner is seen */
    if (more)
        r = walk_all(&w, s, pids);
    if (r == 0)
        r = assign(s, &w);
    if (r == 0)
        r = note_unseen(s, &w);
    ptn_wanted_free(&w.wanted);
    return r;
}
