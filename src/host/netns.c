#include "netns.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "diag.h"
#include "fs.h"
#include "iface.h"
#include "proc.h"

#define SPACES_MAX 4096

static struct ptn_space *find(const struct ptn_snapshot *s, uint64_t inode)
{
    for (size_t i = 0; i < s->spaces.n; i++) {
        struct ptn_space *space = PTN_AT(struct ptn_space, &s->spaces, i);
        if (space->pub.inode == inode)
            return space;
    }
    return NULL;
}

static struct ptn_space *add(struct ptn_snapshot *s, uint64_t inode, const char *door)
{
    if (s->spaces.n >= SPACES_MAX)
        return NULL;
    struct ptn_space *space = ptn_array_add(&s->spaces, sizeof(*space));
    if (!space)
        return NULL;
    space->pub.inode = inode;
    space->pub.name = ptn_arena_printf(&s->arena, "net:[%" PRIu64 "]", inode);
    snprintf(space->door, sizeof(space->door), "%s", door);
    return space->pub.name ? space : NULL;
}

int ptn_netns_add_own(struct ptn_snapshot *s)
{
    char own[64], first[64];
    ssize_t n = ptn_read_link(AT_FDCWD, "/proc/thread-self/ns/net", own, sizeof(own));
    struct ptn_space *space = add(s, n > 0 ? ptn_link_inode(own, "net") : 0, "");
    if (!space)
        return -ENOMEM;
    space->pid = getpid();
    n = ptn_read_link(AT_FDCWD, "/proc/1/ns/net", first, sizeof(first));
    space->pub.host = n <= 0 || strcmp(own, first) == 0;
    if (space->pub.host)
        space->pub.name = "host";
    return 0;
}

static int add_of_process(struct ptn_snapshot *s, uint64_t inode, int32_t pid)
{
    char door[64];
    snprintf(door, sizeof(door), "/proc/%d/ns/net", pid);
    struct ptn_space *space = add(s, inode, door);
    if (!space)
        return s->spaces.n >= SPACES_MAX ? 0 : -ENOMEM;
    space->pid = pid;
    space->pub.host = pid == 1;
    const char *container = ptn_proc_container(s, pid);
    space->pub.container = container;
    if (space->pub.host || *container)
        space->pub.name = space->pub.host ? "host" : container;
    return 0;
}

static int note_hidden(struct ptn_snapshot *s, size_t n)
{
    if (n == 0)
        return 0;
    if (geteuid() != 0)
        return ptn_snapshot_blind(s, true, "needs root or CAP_SYS_PTRACE",
                                  "network namespaces of other users' processes");
    return ptn_snapshot_blind(s, true, "needs CAP_SYS_PTRACE",
                              "network namespaces of %zu process%s that hide%s from root", n, n == 1 ? "" : "es",
                              n == 1 ? "s" : "");
}

static int add_processes(struct ptn_snapshot *s, struct ptn_scout *sc)
{
    uint64_t last = 0;
    int r = 0;
    ptn_scout_spaces(sc);
    for (size_t i = 0; i < sc->pids.n && r == 0; i++) {
        uint64_t inode = sc->spaces[i];
        if (inode && inode != last && !find(s, last = inode))
            r = add_of_process(s, inode, *PTN_AT(int32_t, &sc->pids, i));
    }
    return r < 0 ? r : note_hidden(s, atomic_load(&sc->hidden));
}

/* A name in /run/netns is the one that people use; Docker's are random and only a door. */
static int add_named(struct ptn_snapshot *s, const char *folder, const char *name, bool speaks)
{
    char door[64];
    struct stat st;
    struct statfs fs;
    if (snprintf(door, sizeof(door), "%s/%s", folder, name) >= (int)sizeof(door) || stat(door, &st) < 0 ||
        statfs(door, &fs) < 0 || fs.f_type != NSFS_MAGIC)
        return 0; /* not a namespace, or no longer */
    struct ptn_space *space = find(s, st.st_ino);
    if (!space)
        space = add(s, st.st_ino, door);
    else if (space->door[0]) /* stays longer than any process */
        snprintf(space->door, sizeof(space->door), "%s", door);
    if (!space)
        return s->spaces.n >= SPACES_MAX ? 0 : -ENOMEM;
    if (speaks && !space->pub.host && !(space->pub.container && *space->pub.container))
        space->pub.name = ptn_snapshot_clean(s, name, strlen(name));
    return 0;
}

static int add_folder(struct ptn_snapshot *s, const char *folder, bool speaks)
{
    _Alignas(struct ptn_dirent) char buf[8192];
    int r = 0, fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return errno == EACCES ? ptn_snapshot_blind(s, true, "needs root", "namespaces named in %s", folder) : 0;
    for (ssize_t n; r == 0 && (n = ptn_read_dir(fd, buf, sizeof(buf))) > 0;) {
        for (size_t at = 0; at < (size_t)n && r == 0;) {
            const char *name = ptn_next_entry(buf, &at)->name;
            if (name[0] != '.')
                r = add_named(s, folder, name, speaks);
        }
    }
    close(fd);
    return r;
}

int ptn_netns_discover(struct ptn_snapshot *s, struct ptn_scout *sc)
{
    int r = sc->started ? add_processes(s, sc) : 0;
    if (r == 0)
        r = add_folder(s, "/run/netns", true);
    if (r == 0)
        r = add_folder(s, "/run/docker/netns", false);
    if (r == 0 && s->spaces.n >= SPACES_MAX)
        r = ptn_snapshot_blind(s, true, "there are too many", "network namespaces beyond the first %d", SPACES_MAX);
    return r;
}

static void read_limits(struct ptn_snapshot *s, struct ptn_space *space)
{
    char text[4096];
    unsigned lo, hi;
    if (ptn_read_small(AT_FDCWD, "/proc/sys/net/ipv4/ip_local_port_range", text, sizeof(text)) > 0 &&
        sscanf(text, "%u %u", &lo, &hi) == 2 && lo <= UINT16_MAX && hi <= UINT16_MAX) {
        space->pub.ephemeral_lo = (uint16_t)lo;
        space->pub.ephemeral_hi = (uint16_t)hi;
    }
    if (ptn_read_small(AT_FDCWD, "/proc/sys/net/ipv4/ip_local_reserved_ports", text, sizeof(text)) > 0)
        space->pub.reserved = ptn_snapshot_clean(s, text, strcspn(text, "\n"));
}

static bool is_one(const char *path)
{
    char text[16];
    return ptn_read_small(AT_FDCWD, path, text, sizeof(text)) > 0 && text[0] == '1';
}

/* The kernel has these where br_netfilter is loaded. */
static void read_bridges(struct ptn_space *space)
{
    for (size_t i = 0; i < space->links.n; i++) {
        if (PTN_AT(struct ptn_link_seen, &space->links, i)->pub.link != PTN_LINK_BRIDGE)
            continue;
        space->pub.bridge_v4 = is_one("/proc/sys/net/bridge/bridge-nf-call-iptables");
        space->pub.bridge_v6 = is_one("/proc/sys/net/bridge/bridge-nf-call-ip6tables");
        return;
    }
}

/* Everything about one namespace, in the thread that is in it. A lookup that finds no socket needs no more. */
static int read_space(struct ptn_snapshot *s, uint32_t index)
{
    size_t before = s->socks.n;
    struct ptn_space *space = PTN_AT(struct ptn_space, &s->spaces, index);
    int r = ptn_diag_read(s, index);
    if (r < 0 || (s->opts.port && s->socks.n == before))
        return r;
    read_limits(s, space);
    r = ptn_iface_read(s, space);
    read_bridges(space);
    return r;
}

int ptn_netns_read_own(struct ptn_snapshot *s)
{
    return read_space(s, 0);
}

static int could_not_enter(struct ptn_snapshot *s, const struct ptn_space *space, int code)
{
    if (code == -ENOENT || code == -ESRCH || code == -EINVAL)
        return ptn_snapshot_blind(s, false, "it vanished while we looked", "network namespace %s", space->pub.name);
    bool rights = code == -EPERM || code == -EACCES;
    return ptn_snapshot_blind(s, true, rights ? "needs root or CAP_SYS_ADMIN" : strerror(-code), "network namespace %s",
                              space->pub.name);
}

/* The door is a path to a process's namespace, and the number may have gone to another process meanwhile. */
static int enter(const struct ptn_space *space)
{
    struct stat st;
    int fd = open(space->door, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -errno;
    int r = fstat(fd, &st) < 0 ? -errno : st.st_ino != space->pub.inode ? -ENOENT : 0;
    if (r == 0 && setns(fd, CLONE_NEWNET) < 0)
        r = -errno;
    close(fd);
    return r;
}

struct visit {
    struct ptn_snapshot *s;
    int result;
};

static void *visit_all(void *arg)
{
    struct visit *v = arg;
    for (uint32_t i = 1; i < v->s->spaces.n && v->result == 0; i++) {
        const struct ptn_space *space = PTN_AT(struct ptn_space, &v->s->spaces, i);
        int r = enter(space);
        v->result = r < 0 ? could_not_enter(v->s, space, r) : read_space(v->s, i);
    }
    return NULL;
}

int ptn_netns_read_others(struct ptn_snapshot *s)
{
    struct visit v = {.s = s};
    pthread_t thread;
    if (s->spaces.n < 2)
        return 0;
    int r = pthread_create(&thread, NULL, visit_all, &v);
    if (r != 0)
        return -r;
    pthread_join(thread, NULL);
    return v.result;
}
