#include "proc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup.h"
#include "fs.h"

#define DELETED " (deleted)"
#define COMMAND_MAX 4096 /* of a command line; the rest is cut */

struct ptn_user {
    uint32_t uid;
    const char *name;
};

static int compare_pid(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return x < y ? -1 : x > y;
}

static int add_pids(const void *entries, size_t size, struct ptn_array *pids)
{
    for (size_t at = 0; at < size;) {
        int32_t pid = (int32_t)ptn_leading_number(ptn_next_entry(entries, &at)->name);
        int32_t *slot = pid > 0 ? ptn_array_add(pids, sizeof(*slot)) : NULL;
        if (pid > 0 && !slot)
            return -ENOMEM;
        if (slot)
            *slot = pid;
    }
    return 0;
}

int ptn_proc_list(struct ptn_array *pids)
{
    _Alignas(struct ptn_dirent) char buf[32 * 1024];
    int r = 0, fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    ssize_t n = 1;
    while (r == 0 && n > 0) {
        n = ptn_read_dir(fd, buf, sizeof(buf));
        r = n > 0 ? add_pids(buf, (size_t)n, pids) : (int)n;
    }
    close(fd);
    if (pids->n)
        qsort(pids->items, pids->n, sizeof(int32_t), compare_pid);
    return r == 0 && pids->n == 0 ? -ENOENT : r; /* somebody must be there: it isn't mounted */
}

int ptn_proc_sockets(int32_t pid, void (*each)(void *ctx, uint64_t inode), void *ctx)
{
    _Alignas(struct ptn_dirent) char buf[16 * 1024];
    char path[32], text[64];
    snprintf(path, sizeof(path), "/proc/%d/fd", pid);
    int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return -errno;
    int r = 0;
    for (ssize_t n; r == 0 && (n = ptn_read_dir(dir, buf, sizeof(buf))) > 0;)
        for (size_t at = 0; at < (size_t)n && r == 0;) {
            const char *name = ptn_next_entry(buf, &at)->name;
            ssize_t len = name[0] == '.' ? 0 : ptn_read_link(dir, name, text, sizeof(text));
            uint64_t inode = len > 0 && text[0] == 's' ? ptn_link_inode(text, "socket") : 0;
            if (inode)
                each(ctx, inode);
            r = len == -EACCES || len == -EPERM ? (int)len : 0; /* the folder may be open and its links shut */
        }
    close(dir);
    return r;
}

const char *ptn_proc_user(struct ptn_snapshot *s, uint32_t uid)
{
    for (size_t i = 0; i < s->users.n; i++)
        if (PTN_AT(struct ptn_user, &s->users, i)->uid == uid)
            return PTN_AT(struct ptn_user, &s->users, i)->name;
    struct passwd pw, *found = NULL;
    char buf[4096], number[16];
    snprintf(number, sizeof(number), "%u", uid);
    const char *name = getpwuid_r(uid, &pw, buf, sizeof(buf), &found) == 0 && found ? pw.pw_name : number;
    struct ptn_user *u = ptn_array_add(&s->users, sizeof(*u));
    name = ptn_snapshot_clean(s, name, strlen(name));
    if (u)
        *u = (struct ptn_user){uid, name};
    return name;
}

bool ptn_proc_is_temporary(const char *exe)
{
    static const char *const places[] = {"/tmp/", "/var/tmp/", "/dev/shm/", "/run/user/", "/run/shm/", "/memfd:"};
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (strncmp(exe, places[i], strlen(places[i])) == 0)
            return true;
    return false;
}

/* Whether the file at `path`, seen from inside the process's own root, is the one that it runs. */
static bool still_there(int dir, const char *path)
{
    char inside[PATH_MAX + 8];
    struct stat running, there;
    snprintf(inside, sizeof(inside), "root%s", path);
    if (fstatat(dir, "exe", &running, 0) < 0)
        return true; /* gone or hidden: nothing to say against it */
    if (fstatat(dir, inside, &there, 0) < 0)
        return errno != ENOENT && errno != ENOTDIR; /* a folder that we may not enter has lost nothing */
    return there.st_ino == running.st_ino && there.st_dev == running.st_dev;
}

static void read_exe(struct ptn_snapshot *s, int dir, struct ptn_owner *o)
{
    char path[PATH_MAX];
    if (ptn_read_link(dir, "exe", path, sizeof(path)) <= 0)
        return;
    bool memory = strncmp(path, "/memfd:", 7) == 0; /* has no file that could be deleted */
    o->exe_deleted = !memory && !still_there(dir, path);
    if ((o->exe_deleted || memory) && ptn_ends_with(path, DELETED))
        path[strlen(path) - strlen(DELETED)] = '\0';
    o->exe_temporary = ptn_proc_is_temporary(path);
    o->exe = ptn_snapshot_clean(s, path, strlen(path));
}

static void read_command(struct ptn_snapshot *s, int dir, struct ptn_owner *o)
{
    char text[COMMAND_MAX];
    ssize_t n = ptn_read_small(dir, "cmdline", text, sizeof(text));
    while (n > 0 && text[n - 1] == '\0')
        n--;
    for (ssize_t i = 0; i < n; i++)
        if (text[i] == '\0')
            text[i] = ' ';
    if (n > 0)
        o->command = ptn_snapshot_clean(s, text, (size_t)n);
}

/* /proc/PID belongs to the effective user even where everything in it is root's (a process that changed its user). */
static void read_user(struct ptn_snapshot *s, int dir, struct ptn_owner *o)
{
    struct stat st;
    if (fstat(dir, &st) < 0)
        return;
    o->uid = st.st_uid;
    o->user = ptn_proc_user(s, o->uid);
}

static void read_cgroup(struct ptn_snapshot *s, int dir, struct ptn_owner *o)
{
    char text[8192];
    struct ptn_cgroup c;
    if (ptn_read_small(dir, "cgroup", text, sizeof(text)) <= 0)
        return;
    ptn_cgroup_parse(text, &c);
    if (c.unit[0])
        o->unit = ptn_snapshot_clean(s, c.unit, strlen(c.unit));
    if (c.container[0])
        o->container = ptn_snapshot_clean(s, c.container, strlen(c.container));
}

static int open_process(int32_t pid)
{
    char path[32];
    snprintf(path, sizeof(path), "/proc/%d", pid);
    return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

struct ptn_owner *ptn_proc_read(struct ptn_snapshot *s, int32_t pid)
{
    struct ptn_owner *o = ptn_snapshot_owner(s);
    int dir = o ? open_process(pid) : -1;
    if (!o)
        return NULL;
    o->pid = pid;
    if (dir < 0)
        return o;
    char comm[64];
    ssize_t n = ptn_read_small(dir, "comm", comm, sizeof(comm));
    if (n > 0)
        o->comm = ptn_snapshot_clean(s, comm, (size_t)n - (comm[n - 1] == '\n'));
    read_command(s, dir, o);
    read_exe(s, dir, o);
    read_user(s, dir, o);
    read_cgroup(s, dir, o);
    close(dir);
    return o;
}

const char *ptn_proc_container(struct ptn_snapshot *s, int32_t pid)
{
    struct ptn_owner o = {.unit = "", .container = ""};
    int dir = open_process(pid);
    if (dir < 0)
        return "";
    read_cgroup(s, dir, &o);
    close(dir);
    return o.container;
}
