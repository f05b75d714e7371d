/*
 * Runs a command in a machine of its own: own processes (it is their first), own network ("host" for the audit), own
 * mounts, of which nothing gets out. As unshare(1) does, but also from inside a chroot.
 *     machine [-s] COMMAND ARG...
 * With -s it sees the processes of the real machine.
 * Ends with the command's status, or with 77 where that isn't permitted. When it is killed, all in it is; what the
 * command leaves running is ended.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* The command is told too, and ends in its own way. */
static void wait_on(int sig)
{
    (void)sig;
}

static void need(int result, const char *what)
{
    if (result >= 0)
        return;
    printf("skipped: no machine of our own: %s: %s\n", what, strerror(errno));
    exit(77);
}

/* In a chroot "/" is no mount, so it cannot be made private: a private copy of it becomes the root instead. */
static void make_mounts_private(void)
{
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
        return;
    struct mount_attr private = {.propagation = MS_PRIVATE};
    int tree = open_tree(AT_FDCWD, "/", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
    need(tree, "open_tree");
    need(mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &private, sizeof(private)), "mount_setattr");
    need(mount(NULL, "/proc", NULL, MS_REC | MS_PRIVATE, NULL), "/proc");
    need(move_mount(tree, "", AT_FDCWD, "/proc", MOVE_MOUNT_F_EMPTY_PATH), "move_mount");
    need(chdir("/proc"), "chdir");
    need(chroot("."), "chroot");
}

/* With -s, what the command left behind has become our child (we are its subreaper). */
static void end_orphans(void)
{
    for (int round = 0; round < 100; round++) {
        FILE *f = fopen("/proc/thread-self/children", "re");
        int pid, n = 0;
        while (f && fscanf(f, "%d", &pid) == 1)
            n += kill(pid, SIGKILL) == 0;
        if (f)
            fclose(f);
        while (waitpid(-1, NULL, n ? 0 : WNOHANG) > 0)
            ;
        if (!n)
            return;
    }
}

int main(int argc, char **argv)
{
    int status, shared = argc > 1 && strcmp(argv[1], "-s") == 0;
    argv += shared;
    if (argc - shared < 2)
        return 2;
    setvbuf(stdout, NULL, _IONBF, 0);
    need(unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWCGROUP | (shared ? 0 : CLONE_NEWPID)), "unshare");
    make_mounts_private();
    signal(SIGTERM, shared ? wait_on : SIG_DFL);
    signal(SIGINT, shared ? wait_on : SIG_DFL);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_t child = fork();
    need(child, "fork");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (!shared)
            need(mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), "mount /proc");
        execvp(argv[1], argv + 1);
        fprintf(stderr, "machine: %s: %s\n", argv[1], strerror(errno));
        _exit(127);
    }
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return 2;
    end_orphans();
    return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}
