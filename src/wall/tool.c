#include "door.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define REST_MAX ((size_t)1 << 20) /* octets that a tool may still say when nobody listens any more */
#define CHUNK ((size_t)64 * 1024)

/* What the child needs; all of it is made before the fork, because only a few calls are safe behind it. */
struct launch {
    char path[PATH_MAX];
    const char *const *argv;
    char **env;
    struct ptn_door_fds door;
    int in, out, err, report; /* the child's ends */
    pid_t parent;
};

enum stage { ENTER_USER, ENTER_NET, EXEC };

/* What the child writes if it comes to nothing. */
struct trouble {
    enum stage stage;
    int code;
};

static void close_one(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* ---- before the fork ------------------------------------------------------------------------------------ */

static bool runnable(char path[static PATH_MAX], const char *folder, size_t len, const char *name)
{
    struct stat st;
    if (len == 0 || folder[0] != '/') /* never from where we happen to stand */
        return false;
    int n = snprintf(path, PATH_MAX, "%.*s/%s", (int)len, folder, name);
    return n < PATH_MAX && access(path, X_OK) == 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static bool find_in(char path[static PATH_MAX], const char *folders, const char *name)
{
    for (const char *p = folders; p && *p;) {
        size_t len = strcspn(p, ":");
        if (len < PATH_MAX && runnable(path, p, len, name))
            return true;
        p += len + (p[len] == ':');
    }
    return false;
}

static const char *package_of(const char *name)
{
    static const char *const packages[][2] = {
        {"nft", "nftables"}, {"iptables", "iptables"}, {"ip6tables", "iptables"}, {"xtables", "iptables"}};
    size_t len = strcspn(name, "-");
    for (size_t i = 0; i < sizeof(packages) / sizeof(*packages); i++)
        if (strlen(packages[i][0]) == len && memcmp(packages[i][0], name, len) == 0)
            return packages[i][1];
    return "";
}

static int find_program(struct launch *l, const char *name, struct ptn_err *err)
{
    if (find_in(l->path, getenv("PATH"), name) || find_in(l->path, "/usr/sbin:/sbin:/usr/local/sbin", name))
        return 0;
    const char *package = package_of(name);
    return ptn_fail(err, -ENOENT, "%s: not found%s%s", name, *package ? ": install " : "", package);
}

/* The environment with every word in the language that messages are known in, and malloc without its fast bins: nft, as
 * it takes a long listing apart, has them sorted over and over, and is done a seventh sooner without. */
static char **plain_env(void)
{
    static char plain[] = "LC_ALL=C", lean[] = "GLIBC_TUNABLES=glibc.malloc.mxfast=0";
    size_t n = 0, k = 0;
    while (environ && environ[n])
        n++;
    char **env = calloc(n + 3, sizeof(*env));
    if (!env)
        return NULL;
    for (size_t i = 0; i < n; i++)
        if (strncmp(environ[i], "LC_ALL=", 7) != 0 && strncmp(environ[i], "LANGUAGE=", 9) != 0)
            env[k++] = environ[i];
    env[k++] = plain;
    if (!getenv("GLIBC_TUNABLES"))
        env[k] = lean;
    return env;
}

/* One channel: `mine` of ours, `its` of the child. */
static int open_pipe(int *mine, int *its, bool i_write)
{
    int fd[2];
    if (pipe2(fd, O_CLOEXEC) < 0)
        return -errno;
    *mine = fd[i_write];
    *its = fd[!i_write];
    return 0;
}

static int open_pipes(struct ptn_tool *t, struct launch *l, int *report, bool feed)
{
    int r = open_pipe(&t->out, &l->out, false);
    if (r == 0)
        r = open_pipe(&t->err, &l->err, false);
    if (r == 0)
        r = open_pipe(report, &l->report, false);
    if (r == 0 && feed)
        r = open_pipe(&t->in, &l->in, true);
    if (r == 0 && feed && fcntl(t->in, F_SETFL, O_NONBLOCK) < 0)
        r = -errno;
    if (r == 0 && !feed && (l->in = open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0)
        r = -errno;
    return r;
}

/* ---- the child ---------------------------------------------------------------------------------------------- */

static _Noreturn void give_up(const struct launch *l, enum stage stage)
{
    struct trouble t = {stage, errno};
    ssize_t n = write(l->report, &t, sizeof(t));
    _exit(n == sizeof(t) ? 126 : 127);
}

/* Our descriptors may themselves be 0, 1 or 2, where we were started without. */
static bool place_fds(struct launch *l)
{
    int *const fds[] = {&l->in, &l->out, &l->err, &l->report};
    for (size_t i = 0; i < 4; i++)
        if ((*fds[i] = fcntl(*fds[i], F_DUPFD_CLOEXEC, 3)) < 0)
            return false;
    if (dup2(l->in, 0) < 0 || dup2(l->out, 1) < 0 || dup2(l->err, 2) < 0)
        return false;
    close_range(3, UINT_MAX, CLOSE_RANGE_CLOEXEC); /* an old kernel has it not: ours are so anyway */
    return true;
}

static void reset_signals(void)
{
    sigset_t none;
    for (int i = 1; i < NSIG; i++)
        signal(i, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void become(struct launch *l)
{
    reset_signals();
    if (l->door.user >= 0 && setns(l->door.user, CLONE_NEWUSER) < 0)
        give_up(l, ENTER_USER);
    if (l->door.net >= 0 && setns(l->door.net, CLONE_NEWNET) < 0)
        give_up(l, ENTER_NET);
    /* after setns(), which may take it back */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != l->parent || !place_fds(l))
        give_up(l, EXEC);
    execve(l->path, (char *const *)l->argv, l->env);
    give_up(l, EXEC);
}

/* No signal may find its handler in the child, which still has our memory's picture of the world. */
static pid_t fork_quietly(struct launch *l)
{
    sigset_t all, old;
    sigfillset(&all);
    l->parent = getpid();
    pthread_sigmask(SIG_SETMASK, &all, &old);
    pid_t pid = fork();
    if (pid == 0)
        become(l);
    int code = errno;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    errno = code;
    return pid;
}

/* ---- start -------------------------------------------------------------------------------------------------- */

static void reap(struct ptn_tool *t, int *status)
{
    int code = 0;
    while (waitpid(t->pid, &code, 0) < 0 && errno == EINTR)
        ;
    t->pid = 0;
    *status = code;
}

static void close_all(struct ptn_tool *t)
{
    close_one(&t->in);
    close_one(&t->out);
    close_one(&t->err);
}

static int read_trouble(int fd, struct trouble *t)
{
    ssize_t n;
    do
        n = read(fd, t, sizeof(*t));
    while (n < 0 && errno == EINTR);
    return n == sizeof(*t);
}

/* Waits until the child has become the tool, or says why it could not. */
static int await(struct ptn_tool *t, int report, const struct ptn_door *door, struct ptn_err *err)
{
    struct trouble why;
    int status;
    if (!read_trouble(report, &why))
        return 0;
    reap(t, &status);
    if (why.stage != EXEC)
        return ptn_door_refused(why.stage == ENTER_USER ? door->user : door->net, why.code, err);
    return ptn_fail(err, why.code == ENOENT ? -ENOENT : -EIO, "%s: cannot be run: %s", t->name, strerror(why.code));
}

static int launch(struct ptn_tool *t, struct launch *l, const struct ptn_door *door, bool feed, struct ptn_err *err)
{
    int report = -1;
    int r = open_pipes(t, l, &report, feed);
    l->env = r < 0 ? NULL : plain_env();
    if (r == 0 && !l->env)
        r = -ENOMEM;
    t->pid = r < 0 ? 0 : fork_quietly(l);
    if (t->pid < 0)
        r = -errno;
    int *const its[] = {&l->in, &l->out, &l->err, &l->report};
    for (size_t i = 0; i < 4; i++)
        close_one(its[i]);
    free(l->env);
    if (r < 0)
        ptn_fail(err, r, "%s: cannot be run: %s", t->name, strerror(-r));
    else
        r = await(t, report, door, err);
    close_one(&report);
    return r;
}

int ptn_tool_start(struct ptn_tool *t, const struct ptn_door *door, const char *const argv[], bool feed,
                   struct ptn_err *err)
{
    struct launch l = {.argv = argv, .door = PTN_DOOR_SHUT, .in = -1, .out = -1, .err = -1, .report = -1};
    *t = (struct ptn_tool){.name = argv[0], .in = -1, .out = -1, .err = -1};
    int r = find_program(&l, argv[0], err);
    if (r == 0)
        r = ptn_door_open(&l.door, door, err);
    if (r == 0)
        r = launch(t, &l, door, feed, err);
    ptn_door_close(&l.door);
    if (r < 0) {
        close_all(t);
        t->pid = 0;
    }
    return r;
}

/* ---- talk ----------------------------------------------------------------------------------------------------- */

/* Its messages are always taken, that it never waits for us; the first of them are kept. */
static void take_message(struct ptn_tool *t)
{
    char lost[4096];
    size_t room = sizeof(t->said) - 1 - t->n_said;
    ssize_t n = read(t->err, room ? t->said + t->n_said : lost, room ? room : sizeof(lost));
    if (n < 0 && errno == EINTR)
        return;
    if (n <= 0)
        close_one(&t->err);
    else if (room)
        t->n_said += (size_t)n;
}

/* Waits until `fd` is ready, and hears the tool's messages meanwhile. Result: 0 or -errno. */
static int wait_for(struct ptn_tool *t, int fd, short events)
{
    for (;;) {
        struct pollfd p[2] = {{.fd = fd, .events = events}, {.fd = t->err, .events = POLLIN}};
        if (poll(p, 2, -1) < 0) {
            if (errno != EINTR)
                return -errno;
            continue;
        }
        if (p[1].revents)
            take_message(t);
        if (p[0].revents)
            return 0;
    }
}

ssize_t ptn_tool_pull(void *tool, char *buf, size_t size)
{
    struct ptn_tool *t = tool;
    if (t->out < 0)
        return 0;
    for (;;) {
        int r = wait_for(t, t->out, POLLIN);
        ssize_t n = r < 0 ? r : read(t->out, buf, size);
        if (n >= 0)
            return n;
        if (r == 0 && errno == EINTR)
            continue;
        return t->status = r < 0 ? r : -errno;
    }
}

static int push(struct ptn_tool *t, const char *text, size_t len)
{
    while (len) {
        int r = wait_for(t, t->in, POLLOUT);
        if (r < 0)
            return r;
        ssize_t n = write(t->in, text, len);
        if (n < 0 && errno != EINTR && errno != EAGAIN)
            return -errno;
        if (n > 0) {
            text += n;
            len -= (size_t)n;
        }
    }
    return 0;
}

/* A tool that died meanwhile is an error and no signal: nft opens its input by name, so that it must be a pipe. */
int ptn_tool_feed(struct ptn_tool *t, const char *text, size_t len)
{
    static const struct timespec at_once;
    sigset_t pipes, old, pending;
    sigemptyset(&pipes);
    sigaddset(&pipes, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipes, &old);
    int r = push(t, text, len);
    if (r == -EPIPE && !sigismember(&pending, SIGPIPE))
        while (sigtimedwait(&pipes, NULL, &at_once) < 0 && errno == EINTR)
            ;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    close_one(&t->in);
    if (r < 0)
        t->status = r;
    return r;
}

/* ---- finish ----------------------------------------------------------------------------------------------------- */

/* Lets it say what it still wants to say. Result: whether it came to its end by itself. */
static bool hear_out(struct ptn_tool *t)
{
    char lost[4096];
    size_t total = 0;
    for (ssize_t n; (n = ptn_tool_pull(t, lost, sizeof(lost))) > 0;)
        if ((total += (size_t)n) > REST_MAX)
            return false;
    close_one(&t->out);
    while (t->err >= 0)
        if (wait_for(t, t->err, POLLIN) < 0)
            return false;
    return true;
}

/* The first line that isn't a comment, fit to print. */
static const char *message(struct ptn_tool *t)
{
    char *line = t->said;
    t->said[t->n_said] = '\0';
    while (*line == '#' || *line == '\n') {
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    line[strcspn(line, "\n")] = '\0';
    for (char *p = line; *p; p++)
        if (*p < 0x20 || *p > 0x7e)
            *p = '?';
    return line;
}

static int verdict(struct ptn_tool *t, int status, struct ptn_err *err)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    const char *said = message(t);
    bool rights = strstr(said, "not permitted") || strstr(said, "ermission denied");
    if (*said)
        return ptn_fail(err, rights ? -EPERM : -EIO, "%s: %s", t->name, said);
    if (WIFSIGNALED(status))
        return ptn_fail(err, -EIO, "%s: ended by signal %d", t->name, WTERMSIG(status));
    return ptn_fail(err, -EIO, "%s: ended with status %d", t->name, WEXITSTATUS(status));
}

int ptn_tool_finish(struct ptn_tool *t, struct ptn_err *err)
{
    int status = 0;
    if (t->pid <= 0)
        return 0;
    close_one(&t->in);
    bool ended = hear_out(t);
    if (!ended)
        kill(t->pid, SIGKILL);
    close_all(t);
    reap(t, &status);
    return ended ? verdict(t, status, err) : 0;
}

/* ---- all of it ----------------------------------------------------------------------------------------------------
 */

struct text {
    char *at;
    size_t n, room;
};

static int grow(struct text *x, size_t max)
{
    if (x->room - x->n > CHUNK / 2)
        return 0;
    if (x->n > max)
        return -EFBIG;
    size_t room = x->room ? x->room * 2 : CHUNK;
    char *more = realloc(x->at, room);
    if (!more)
        return -ENOMEM;
    x->at = more;
    x->room = room;
    return 0;
}

static int collect(struct ptn_tool *t, struct text *x, size_t max)
{
    for (;;) {
        int r = grow(x, max);
        if (r < 0)
            return r;
        ssize_t n = ptn_tool_pull(t, x->at + x->n, x->room - x->n - 1);
        if (n <= 0) {
            x->at[x->n] = '\0';
            return (int)n;
        }
        x->n += (size_t)n;
        if (x->n > max)
            return -EFBIG;
    }
}

static int waste(struct ptn_tool *t)
{
    char lost[4096];
    ssize_t n;
    do
        n = ptn_tool_pull(t, lost, sizeof(lost));
    while (n > 0);
    return (int)n;
}

/* NULL x: what it says is thrown away. */
static int converse(struct ptn_tool *t, const char *text, size_t len, size_t max, struct text *x, struct ptn_err *err)
{
    struct ptn_err own = {""}, its = {""};
    int r = text ? ptn_tool_feed(t, text, len) : 0;
    if (r == 0)
        r = x ? collect(t, x, max) : waste(t);
    if (r < 0)
        ptn_fail(&own, r, "%s: %s", t->name, r == -EFBIG ? "it says more than we take" : strerror(-r));
    int end = ptn_tool_finish(t, &its);
    if (end < 0 || r < 0)
        ptn_fail(err, 0, "%s", end < 0 ? its.text : own.text);
    return end < 0 ? end : r;
}

int ptn_tool_run(const struct ptn_door *door, const char *const argv[], const char *text, size_t len, size_t max,
                 char **ret, size_t *ret_len, struct ptn_err *err)
{
    struct ptn_tool t;
    struct text x = {0};
    int r = ptn_tool_start(&t, door, argv, text != NULL, err);
    if (r == 0)
        r = converse(&t, text, len, max, ret ? &x : NULL, err);
    if (r < 0 || !ret) {
        free(x.at);
        return r;
    }
    *ret = x.at;
    if (ret_len)
        *ret_len = x.n;
    return 0;
}
