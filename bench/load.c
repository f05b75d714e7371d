/*
 * The two heavy loads of `make bench`, as separate processes that live until their parent ends or kills them.
 *
 *     load listeners [COUNT [PROCESSES]]        COUNT TCP listeners on 127.0.0.1 in PROCESSES processes
 *     load processes [PROCESSES [DESCRIPTORS]]  idle processes with DESCRIPTORS descriptors each; four listen
 *
 * Prints "ready" when all is up, then waits for its standard input to close (or for a signal) and ends; every
 * child dies with it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define LISTENING_PROCESSES 4

static void die(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(2);
}

static void listen_once(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&a, sizeof(a)) < 0 || listen(fd, 8) < 0)
        die("listen");
}

/* What idle processes mostly hold: /dev/null, pipes, event descriptors, files. */
static void open_ordinary(long n)
{
    for (long i = 0; i < n; i++) {
        int p[2], fd = 0;
        switch (i % 4) {
        case 0:
            fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
            break;
        case 1:
            fd = eventfd(0, EFD_CLOEXEC);
            break;
        case 2:
            fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
            break;
        default:
            fd = i + 1 < n ? pipe(p) : open("/dev/zero", O_RDONLY | O_CLOEXEC);
            i += i + 1 < n;
        }
        if (fd < 0)
            die("open");
    }
}

/* One child: sockets, descriptors, a byte on `ready`, then sleep until the parent is gone. */
static void child(int ready, long sockets, long descriptors)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (long i = 0; i < sockets; i++)
        listen_once();
    open_ordinary(descriptors - sockets - 3);
    if (write(ready, "", 1) != 1)
        die("write");
    close(ready);
    for (;;)
        pause();
}

static void start(long processes, long sockets_each, long sockets_in, long descriptors)
{
    int p[2];
    if (pipe2(p, O_CLOEXEC) < 0)
        die("pipe");
    for (long i = 0; i < processes; i++) {
        pid_t pid = fork();
        if (pid < 0)
            die("fork");
        if (pid == 0) {
            close(p[0]);
            /* spread those that listen over the whole range of process numbers */
            child(p[1], (i + 1) % (processes / sockets_in) == 0 ? sockets_each : 0, descriptors);
        }
    }
    close(p[1]);
    char c;
    for (long i = 0; i < processes; i++)
        if (read(p[0], &c, 1) != 1)
            die("a child failed");
    close(p[0]);
}

static long number(int argc, char **argv, int i, long otherwise)
{
    long n = i < argc ? strtol(argv[i], NULL, 10) : otherwise;
    return n > 0 ? n : otherwise;
}

int main(int argc, char **argv)
{
    struct rlimit limit = {65536, 65536};
    setrlimit(RLIMIT_NOFILE, &limit);
    signal(SIGCHLD, SIG_IGN);
    if (argc > 1 && strcmp(argv[1], "listeners") == 0) {
        long count = number(argc, argv, 2, 5000), processes = number(argc, argv, 3, 50);
        start(processes, count / processes, processes, 0);
    } else if (argc > 1 && strcmp(argv[1], "processes") == 0) {
        long processes = number(argc, argv, 2, 1500), descriptors = number(argc, argv, 3, 22);
        start(processes, 1, processes < LISTENING_PROCESSES ? processes : LISTENING_PROCESSES, descriptors);
    } else {
        fputs("usage: load listeners [COUNT [PROCESSES]] | load processes [PROCESSES [DESCRIPTORS]]\n", stderr);
        return 2;
    }
    puts("ready");
    fflush(stdout);
    char c;
    while (read(0, &c, 1) > 0)
        ;
    return 0;
}
