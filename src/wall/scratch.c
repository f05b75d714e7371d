/* A network namespace to try things in, held by a child that does nothing else. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tool.h"

/* What the child says when it is ready, or cannot be. */
struct answer {
    int code;  /* 0 or errno */
    bool user; /* it has a user namespace, too */
};

static int write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    ssize_t n = write(fd, text, strlen(text));
    int r = n < 0 ? -errno : 0;
    close(fd);
    return r;
}

/* We are root there, and nobody else is anybody. */
static int map_user(uid_t uid, gid_t gid)
{
    char text[64];
    write_text("/proc/self/setgroups", "deny"); /* kernels older than 3.19 have no such file */
    snprintf(text, sizeof(text), "0 %u 1", uid);
    int r = write_text("/proc/self/uid_map", text);
    snprintf(text, sizeof(text), "0 %u 1", gid);
    return r < 0 ? r : write_text("/proc/self/gid_map", text);
}

static int loopback_up(void)
{
    struct ifreq q = {.ifr_name = "lo"};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    int r = ioctl(fd, SIOCGIFFLAGS, &q);
    q.ifr_flags = (short)(q.ifr_flags | IFF_UP);
    if (r == 0)
        r = ioctl(fd, SIOCSIFFLAGS, &q);
    r = r < 0 ? -errno : 0;
    close(fd);
    return r;
}

static struct answer isolate(void)
{
    uid_t uid = geteuid();
    gid_t gid = getegid();
    struct answer a = {0};
    if (unshare(CLONE_NEWNET) < 0) {
        a.user = true;
        a.code = unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0 ? errno : -map_user(uid, gid);
    }
    if (a.code == 0)
        a.code = -loopback_up();
    return a;
}

/* Lives until the other end of `hold` is closed, which happens at the latest when its maker ends. It keeps nothing else
 * open: another's end of a pipe in its hands would let that one live on. */
static _Noreturn void keep(int hold, int ready)
{
    char c;
    struct answer a = isolate();
    bool told = write(ready, &a, sizeof(a)) == (ssize_t)sizeof(a);
    if (!told || a.code || dup2(hold, 0) < 0 || close_range(1, UINT_MAX, 0) < 0)
        _exit(1);
    while (read(0, &c, 1) < 0 && errno == EINTR)
        ;
    _exit(0);
}

static pid_t fork_keeper(int hold, int ready)
{
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    pid_t pid = fork();
    if (pid == 0)
        keep(hold, ready);
    int code = errno;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    errno = code;
    return pid;
}

static int hear(int ready, struct answer *a)
{
    ssize_t n;
    do
        n = read(ready, a, sizeof(*a));
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof(*a) ? -a->code : -EIO;
}

static int start(struct ptn_scratch *s, struct answer *a)
{
    int hold[2], ready[2];
    if (pipe2(hold, O_CLOEXEC) < 0)
        return -errno;
    if (pipe2(ready, O_CLOEXEC) < 0) {
        int r = -errno;
        close(hold[0]);
        close(hold[1]);
        return r;
    }
    s->hold = hold[1];
    s->pid = fork_keeper(hold[0], ready[1]);
    int r = s->pid < 0 ? -errno : 0;
    close(hold[0]);
    close(ready[1]);
    if (r == 0)
        r = hear(ready[0], a);
    close(ready[0]);
    return r;
}

int ptn_scratch_open(struct ptn_scratch *s, struct ptn_err *err)
{
    struct answer a = {0};
    *s = (struct ptn_scratch){.hold = -1};
    int r = start(s, &a);
    if (r < 0) {
        ptn_scratch_close(s);
        if (r == -EPERM || r == -EACCES || r == -ENOSPC || r == -EUSERS)
            return ptn_fail(err, -EPERM, "a network namespace to try it in is not permitted here: needs root");
        return ptn_fail(err, r, "cannot make a network namespace to try it in: %s", strerror(-r));
    }
    snprintf(s->net, sizeof(s->net), "/proc/%d/ns/net", s->pid);
    if (a.user)
        snprintf(s->user, sizeof(s->user), "/proc/%d/ns/user", s->pid);
    return 0;
}

void ptn_scratch_close(struct ptn_scratch *s)
{
    if (s->hold >= 0)
        close(s->hold);
    s->hold = -1;
    if (s->pid > 0) {
        kill(s->pid, SIGKILL);
        while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    s->pid = 0;
}
