#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "snapshot.h"

#define OUTPUT_MAX ((size_t)1024 * 1024)
#define PATHS_MAX 2000 /* of one call; each counts twice */

/* The paths asked for, each beside its other spelling, as the arguments of one command. */
struct question {
    struct ptn_array argv; /* const char * */
    size_t first;          /* the first path in argv */
};

static int add_arg(struct question *q, const char *arg)
{
    const char **slot = ptn_array_add(&q->argv, sizeof(const char *));
    if (!slot)
        return -ENOMEM;
    *slot = arg;
    return 0;
}

/* On a merged /usr the package may know /bin/x as /usr/bin/x or the other way round. Result: NULL when out of memory.
 */
static const char *other_spelling(struct ptn_snapshot *s, const char *path)
{
    if (strncmp(path, "/usr/", 5) == 0)
        return path + 4;
    return ptn_arena_printf(&s->arena, "/usr%s", path);
}

/* dpkg-query takes patterns, so a path with such marks is left out; a container's files are not this system's. */
static bool is_askable(const struct ptn_owner *o)
{
    return o->exe[0] == '/' && !*o->container && !strpbrk(o->exe, "*?[\\\n");
}

static int add_paths(struct ptn_snapshot *s, struct question *q)
{
    int r = 0;
    q->first = q->argv.n;
    for (size_t i = 0; i < s->owners.n && r == 0 && q->argv.n - q->first < PATHS_MAX; i++) {
        const struct ptn_owner *o = *PTN_AT(struct ptn_owner *, &s->owners, i);
        bool known = !is_askable(o);
        for (size_t k = q->first; k < q->argv.n && !known; k++)
            known = strcmp(*PTN_AT(const char *, &q->argv, k), o->exe) == 0;
        if (known)
            continue;
        const char *other = other_spelling(s, o->exe);
        r = other ? add_arg(q, o->exe) : -ENOMEM;
        if (r == 0)
            r = add_arg(q, other);
    }
    return r;
}

/* Starts argv with its output in a pipe. Result: 0 or -errno; -ENOENT if there is no such program. */
static int start(char *const argv[], int pipe_in, pid_t *pid)
{
    static char locale[] = "LC_ALL=C", path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
    char *const env[] = {locale, path, NULL};
    posix_spawn_file_actions_t files;
    int r = -posix_spawn_file_actions_init(&files);
    if (r < 0)
        return r;
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, pipe_in, 1);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    r = -posix_spawn(pid, argv[0], &files, NULL, argv, env);
    posix_spawn_file_actions_destroy(&files);
    return r;
}

/* Runs the question and reads what it prints; caller frees *ret. Result: 0 or -errno. */
static int run(struct question *q, char **ret)
{
    int p[2], r = add_arg(q, NULL);
    pid_t pid;
    size_t len;
    if (r < 0 || pipe2(p, O_CLOEXEC) < 0)
        return r < 0 ? r : -errno;
    r = start(q->argv.items, p[1], &pid);
    close(p[1]);
    if (r < 0) {
        close(p[0]);
        return r;
    }
    r = ptn_fd_read(p[0], OUTPUT_MAX, ret, &len);
    close(p[0]); /* one that says more than we read dies of it */
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    return r;
}

static void name_package(struct ptn_snapshot *s, const char *path, const char *package)
{
    for (size_t i = 0; i < s->owners.n; i++) {
        struct ptn_owner *o = *PTN_AT(struct ptn_owner *, &s->owners, i);
        bool same = strcmp(o->exe, path) == 0 || (strncmp(path, "/usr/", 5) == 0 && strcmp(o->exe, path + 4) == 0) ||
                    (strncmp(o->exe, "/usr/", 5) == 0 && strcmp(o->exe + 4, path) == 0);
        if (same && is_askable(o))
            o->package = package;
    }
}

/* "openssh-server: /usr/sbin/sshd", "libc6:amd64, libc6:i386: /lib/x". "diversion by ..." is no package. */
static void read_dpkg(struct ptn_snapshot *s, char *text)
{
    char *save = NULL;
    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        char *path = strstr(line, ": /");
        if (!path || strncmp(line, "diversion ", 10) == 0)
            continue;
        *path = '\0';
        name_package(s, path + 2, ptn_snapshot_clean(s, line, strcspn(line, ":,")));
    }
}

/* One line for each file that is there, in their order; "file X is not owned by any package" is one, too. */
static void read_rpm(struct ptn_snapshot *s, const struct question *q, char *text)
{
    char *save = NULL, *line = strtok_r(text, "\n", &save);
    for (size_t i = q->first; line && i + 1 < q->argv.n; i++, line = strtok_r(NULL, "\n", &save))
        if (!strchr(line, ' '))
            name_package(s, *PTN_AT(const char *, &q->argv, i), ptn_snapshot_clean(s, line, strlen(line)));
}

/* rpm answers in the order of the question, so only what is there may be asked, and by one spelling. */
static void keep_existing(struct question *q)
{
    size_t out = q->first;
    for (size_t i = q->first; i < q->argv.n; i += 2) {
        const char *path = *PTN_AT(const char *, &q->argv, i);
        if (access(path, F_OK) == 0)
            *PTN_AT(const char *, &q->argv, out++) = path;
    }
    q->argv.n = out;
}

static int ask(struct ptn_snapshot *s, const char *const *command, bool is_rpm)
{
    struct question q = {0};
    char *text = NULL;
    int r = 0;
    for (; *command && r == 0; command++)
        r = add_arg(&q, *command);
    if (r == 0)
        r = add_paths(s, &q);
    if (r == 0 && is_rpm)
        keep_existing(&q);
    bool any = q.argv.n > q.first;
    if (r == 0 && any)
        r = run(&q, &text);
    if (r == 0 && any && is_rpm)
        read_rpm(s, &q, text);
    else if (r == 0 && any)
        read_dpkg(s, text);
    free(text);
    ptn_array_free(&q.argv);
    return r;
}

int ptn_host_packages(struct ptn_host *host, struct ptn_err *err)
{
    static const char *const dpkg[] = {"/usr/bin/dpkg-query", "-S", "--", NULL};
    static const char *const rpm[] = {"/usr/bin/rpm", "-qf", "--qf", "%{NAME}\n", "--", NULL};
    struct ptn_snapshot *s = (struct ptn_snapshot *)host;
    int r = ask(s, dpkg, false);
    if (r == -ENOENT)
        r = ask(s, rpm, true);
    if (r == -ENOENT) /* no package manager that we know: no package names */
        return 0;
    return r < 0 ? ptn_fail(err, r, "cannot ask the package manager: %s", strerror(-r)) : 0;
}
