#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "base/file.h"
#include "guard_note.h"
#include "snapshot.h"
#include "tool.h"

#define LOOK_AGAIN 500 /* milliseconds after which the note and the clock are looked at again */
#define WORD_OF_GUARD "portolan-guard"

/* What the guard says to who started it, once. */
struct word {
    int result;
    struct ptn_err err;
};

static volatile sig_atomic_t asked_to_end;

static void end(int sig)
{
    asked_to_end = sig;
}

static void lock(const struct ptn_guard_work *w, int how)
{
    while (flock(w->folder->lock, how) < 0 && errno == EINTR)
        ;
}

/* ---- loading -------------------------------------------------------------------------------------------------------
 */

/* nft's transaction is all or nothing; but it may have been killed when it was done. */
static void undo_half_known(struct ptn_guard_work *w, const char *print)
{
    char now[PTN_PRINT_TEXT];
    struct ptn_err err;
    if (ptn_tables_print(&w->note.tables, now, &err) < 0 || strcmp(now, print) != 0)
        ptn_snapshot_restore(&w->note.tables, w->saved, w->saved_len, &err);
    if (w->previous.phase == PTN_GUARD_NONE)
        unlinkat(w->folder->dir, "note", 0);
    else
        ptn_guard_note_write(w->folder, &w->previous, NULL);
    ptn_guard_sweep(w->folder, w->previous.id);
}

static int load(struct ptn_guard_work *w, struct ptn_err *err)
{
    char print[PTN_PRINT_TEXT];
    int r = ptn_tables_print(&w->note.tables, print, err);
    w->note.deadline = ptn_guard_clock() + w->note.seconds * 1000;
    if (r == 0)
        r = ptn_guard_note_write(w->folder, &w->note, err);
    if (r < 0)
        return r;
    r = ptn_tool_run(NULL, (const char *const[]){"nft", "-f", "-", NULL}, w->script, w->script_len, PTN_SNAPSHOT_MAX,
                     NULL, NULL, err);
    if (r < 0) {
        undo_half_known(w, print);
        return r;
    }
    if (ptn_tables_print(&w->note.tables, w->note.print, NULL) < 0)
        w->note.print[0] = '\0';
    w->note.deadline = ptn_guard_clock() + w->note.seconds * 1000; /* from when it is told that it is loaded */
    ptn_guard_note_write(w->folder, &w->note, NULL);               /* if this fails, the first one holds */
    ptn_guard_sweep(w->folder, w->note.id);
    return 0;
}

/* ---- waiting, and taking back -------------------------------------------------------------------------------------
 */

/* Whether the ruleset is still for the guard to take back. If the note cannot be read it is: nobody confirmed. */
static bool still_pending(const struct ptn_guard_work *w, int64_t *deadline)
{
    struct ptn_guard_note note;
    bool known = ptn_guard_note_read(w->folder, &note, NULL) == 0 && note.phase != PTN_GUARD_NONE;
    ptn_tables_release(&note.tables);
    if (known)
        *deadline = note.deadline;
    return !known || (note.phase == PTN_GUARD_PENDING && strcmp(note.id, w->note.id) == 0);
}

static void sleep_for(int64_t ms)
{
    sigset_t none;
    sigemptyset(&none);
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    ppoll(NULL, 0, &t, &none); /* here alone SIGTERM may come */
}

static void wait_for_deadline(const struct ptn_guard_work *w)
{
    int64_t deadline = w->note.deadline, left;
    while (!asked_to_end && still_pending(w, &deadline) && (left = deadline - ptn_guard_clock()) > 0)
        sleep_for(left < LOOK_AGAIN ? left : LOOK_AGAIN);
}

/* One attempt. Result: 0: there is nothing left to do. */
static int take_back(struct ptn_guard_work *w, struct ptn_err *err)
{
    int64_t deadline;
    if (!still_pending(w, &deadline))
        return 0;
    int r = ptn_snapshot_restore(&w->note.tables, w->saved, w->saved_len, err);
    if (r < 0)
        return r;
    syslog(LOG_WARNING, "%s was not confirmed: the ruleset that stood before it is back", w->note.file);
    w->note.phase = PTN_GUARD_EXPIRED;
    if (ptn_guard_note_write(w->folder, &w->note, err) < 0)
        syslog(LOG_WARNING, "%s", err->text);
    return 0;
}

static void take_back_surely(struct ptn_guard_work *w)
{
    struct ptn_err err = {""};
    for (int64_t pause = 100; pause; pause = pause < 5000 ? pause * 2 : pause) {
        lock(w, LOCK_EX);
        int r = take_back(w, &err);
        lock(w, LOCK_UN);
        if (r == 0 || (asked_to_end && pause >= 5000)) /* the machine goes down, say */
            return;
        syslog(LOG_ERR, "cannot put back what stood before %s, and try again: %s", w->note.file, err.text);
        sleep_for(pause);
    }
}

/* ---- the two processes ---------------------------------------------------------------------------------------------
 */

static void be_watcher(struct ptn_guard_work *w, int talk, bool first)
{
    struct sigaction on_term = {.sa_handler = end};
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL);
    sigaction(SIGTERM, &on_term, NULL);
    if (first) {
        struct word word = {0};
        word.result = load(w, &word.err);
        lock(w, LOCK_UN); /* before it is told, so that a confirmation finds no lock */
        send(talk, &word, sizeof(word), MSG_NOSIGNAL);
        close(talk);
        if (word.result < 0)
            return;
    }
    lock(w, LOCK_UN);
    if (chdir("/") < 0)
        syslog(LOG_WARNING, "/: %s", strerror(errno));
    wait_for_deadline(w);
    take_back_surely(w);
}

/* Replaces the watcher when it is killed. What that had started (nft) becomes ours, and ends first. */
static void keep(struct ptn_guard_work *w, int talk)
{
    for (bool first = true;; first = false) {
        int status;
        pid_t pid = fork();
        if (pid <= 0) { /* no other process: then this one */
            be_watcher(w, talk, first);
            _exit(0);
        }
        if (first)
            close(talk);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
        if (WIFEXITED(status))
            _exit(0);
        while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
            ;
        sleep_for(100);
    }
}

/* ---- on its own
 * ------------------------------------------------------------------------------------------------------ */

static int by_number(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Where we were started without standard streams, ours may have their numbers. */
static int above_standard(int fd)
{
    return fd > 2 ? fd : fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

/* Leaves open the folder, its lock and the result: the way to whoever started us. */
static int close_others(struct ptn_guard_work *w, int talk)
{
    w->folder->dir = above_standard(w->folder->dir);
    w->folder->lock = above_standard(w->folder->lock);
    talk = above_standard(talk);
    int null = open("/dev/null", O_RDWR), keep_open[] = {2, w->folder->dir, w->folder->lock, talk};
    for (int fd = 0; fd <= 2; fd++)
        dup2(null, fd);
    const size_t n = sizeof(keep_open) / sizeof(*keep_open);
    qsort(keep_open, n, sizeof(*keep_open), by_number);
    for (size_t i = 0; i < n; i++) {
        unsigned from = (unsigned)keep_open[i] + 1, to = i + 1 < n ? (unsigned)keep_open[i + 1] - 1 : ~0u;
        if (from <= to)
            close_range(from, to, 0);
    }
    return talk;
}

static void put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));
    if (n < 0)
        syslog(LOG_DEBUG, "%s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
}

static bool in_own_scope(void)
{
    char *text;
    size_t len;
    if (ptn_file_read("/proc/self/cgroup", 65536, &text, &len) < 0)
        return false;
    bool own = strstr(text, WORD_OF_GUARD);
    free(text);
    return own;
}

/* systemd may end all that a session or a service left running when that ends: a scope of its own is none of these. A
 * failure leaves the guard where it is. */
static void leave_session(void)
{
    char scope[64], pid[16];
    if (access("/run/systemd/system", F_OK) < 0)
        return;
    snprintf(pid, sizeof(pid), "%d", (int)getpid());
    snprintf(scope, sizeof(scope), WORD_OF_GUARD "-%s.scope", pid);
    const char *const argv[] = {"busctl",
                                "--system",
                                "--quiet",
                                "--timeout=3",
                                "call",
                                "org.freedesktop.systemd1",
                                "/org/freedesktop/systemd1",
                                "org.freedesktop.systemd1.Manager",
                                "StartTransientUnit",
                                "ssa(sv)a(sa(sv))",
                                scope,
                                "fail",
                                "1",
                                "PIDs",
                                "au",
                                "1",
                                pid,
                                "0",
                                NULL};
    struct ptn_err err;
    if (ptn_tool_run(NULL, argv, NULL, 0, PTN_SNAPSHOT_MAX, NULL, NULL, &err) < 0) {
        syslog(LOG_NOTICE, "%s", err.text);
        return;
    }
    for (int i = 0; i < 100 && !in_own_scope(); i++)
        sleep_for(10);
}

/* Lets others see that the guard lives. Never closed. */
static void show_life(const struct ptn_guard_work *w)
{
    char name[64];
    snprintf(name, sizeof(name), "%s.guard", w->note.id);
    int fd = openat(w->folder->dir, name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || flock(fd, LOCK_EX) < 0)
        syslog(LOG_WARNING, "%s: %s", name, strerror(errno));
}

static void be_guard(struct ptn_guard_work *w, int talk)
{
    static const int deaf[] = {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU};
    sigset_t none;
    sigemptyset(&none);
    for (size_t i = 0; i < sizeof(deaf) / sizeof(*deaf); i++)
        signal(deaf[i], SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    talk = close_others(w, talk);
    umask(077);
    openlog(WORD_OF_GUARD, LOG_PID, LOG_DAEMON);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    put("/proc/self/oom_score_adj", "-1000");
    show_life(w);
    leave_session();
    keep(w, talk);
}

/* A child of nobody's, in a session of its own, not its leader. */
static int detach(struct ptn_guard_work *w, int talk)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        setsid();
        pid_t guard = fork();
        if (guard == 0)
            be_guard(w, talk);
        _exit(guard < 0 ? errno : 0);
    }
    if (pid < 0)
        return -errno;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return 0; /* somebody else takes in our children */
    return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}

int ptn_guard_start(struct ptn_guard_work *w, struct ptn_err *err)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return ptn_fail(err, -errno, "socketpair: %s", strerror(errno));
    int r = detach(w, pair[1]);
    close(pair[1]);
    struct word word = {0};
    ssize_t n = 0;
    if (r == 0)
        while ((n = recv(pair[0], &word, sizeof(word), 0)) < 0 && errno == EINTR)
            ;
    close(pair[0]);
    if (r < 0)
        return ptn_fail(err, r, "cannot start the guard: %s", strerror(-r));
    if (n != (ssize_t)sizeof(word))
        return ptn_fail(err, -EOWNERDEAD, "the guard was killed while it loaded");
    return word.result < 0 ? ptn_fail(err, word.result, "%s", word.err.text) : 0;
}
