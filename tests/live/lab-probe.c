/*
 * A peer that tries everything: connects to many places at once and says who answered.
 *     lab-probe [-t MS] [-s ADDRESS]... WORD <TARGETS
 * A target is a line PROTO/ADDRESS/PORT, PROTO tcp or udp, ADDRESS may end in %IFACE. With -s, targets of that
 * address's family are asked from it. For each answer prints "WORD FAMILY ANSWER" (4 or 6). It is over when all have
 * answered or refused, or when for MS milliseconds (300) there was none of either. One that took a connection and has
 * not said its name yet is waited for longer.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define TARGETS_MAX 16384
#define PATIENCE 5000 /* ms, for a name */

static struct target {
    int fd;
    bool tcp, connected;
} targets[TARGETS_MAX];

static const char *word;
static struct sockaddr_storage source[2]; /* IPv4, IPv6 */
static int waiting, unnamed;

static void die(const char *what)
{
    fprintf(stderr, "lab-probe: %s: %s\n", what, strerror(errno));
    exit(2);
}

static long now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static socklen_t parse(struct sockaddr_storage *a, char *address, unsigned port)
{
    struct sockaddr_in *four = (void *)a;
    struct sockaddr_in6 *six = (void *)a;
    char *scope = strchr(address, '%');
    memset(a, 0, sizeof(*a));
    four->sin_port = htons((uint16_t)port); /* at the same place in both */
    if (scope)
        *scope++ = '\0';
    if (inet_pton(AF_INET, address, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        return sizeof(*four);
    }
    if (inet_pton(AF_INET6, address, &six->sin6_addr) != 1)
        return 0;
    six->sin6_family = AF_INET6;
    six->sin6_scope_id = scope ? if_nametoindex(scope) : 0;
    return sizeof(*six);
}

static void done(struct target *t)
{
    unnamed -= t->connected;
    waiting--;
    close(t->fd);
    t->fd = -1;
}

/* Result: whether it has that address; it loses some when an interface goes down. */
static bool bind_source(int fd, int family)
{
    const struct sockaddr_storage *s = &source[family == AF_INET6];
    const int one = 1;
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one));
    if (!s->ss_family || bind(fd, (const struct sockaddr *)s, sizeof(*s)) == 0)
        return true;
    if (errno != EADDRNOTAVAIL)
        die("bind");
    return false;
}

/* Ends with a reset: nothing of the connection stays, on either side. */
static void start(int queue, char *line)
{
    struct target *t = &targets[waiting];
    struct linger hard = {.l_onoff = 1};
    char proto[8], address[64];
    unsigned port;
    struct sockaddr_storage a;
    if (sscanf(line, "%7[^/]/%63[^/]/%u", proto, address, &port) != 3)
        die(line);
    socklen_t len = parse(&a, address, port);
    *t = (struct target){.tcp = strcmp(proto, "tcp") == 0};
    t->fd = len ? socket(a.ss_family, (t->tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) : -1;
    if (t->fd < 0)
        die(line);
    struct epoll_event e = {.events = EPOLLIN | (t->tcp ? EPOLLOUT | EPOLLET : 0), .data.ptr = t};
    setsockopt(t->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    if (!bind_source(t->fd, a.ss_family) || (connect(t->fd, (struct sockaddr *)&a, len) < 0 && errno != EINPROGRESS) ||
        epoll_ctl(queue, EPOLL_CTL_ADD, t->fd, &e) < 0 || (!t->tcp && send(t->fd, "who?", 4, 0) < 0)) {
        close(t->fd); /* no way there, or refused at once */
        return;
    }
    waiting++;
}

static void hear(struct target *t, unsigned events)
{
    struct sockaddr_storage a;
    socklen_t len = sizeof(a);
    char answer[128];
    ssize_t n = events & EPOLLIN ? recv(t->fd, answer, sizeof(answer) - 1, 0) : -1;
    if (n > 0 && getsockname(t->fd, (struct sockaddr *)&a, &len) == 0) {
        answer[n] = '\0';
        printf("%s %c %s\n", word, a.ss_family == AF_INET ? '4' : '6', answer);
        done(t);
    } else if (n == 0 || events & (EPOLLERR | EPOLLHUP)) {
        done(t);
    } else if (t->tcp && !t->connected && events & EPOLLOUT) {
        t->connected = true;
        unnamed++;
    }
}

static void wait_for_answers(int queue, int ms)
{
    struct epoll_event e[256];
    long begin = now_ms(), last = begin;
    while (waiting > 0) {
        long end = last - begin > ms ? begin + 2 * ms : last + ms;
        long left = (unnamed ? last + PATIENCE : end) - now_ms();
        int n = epoll_wait(queue, e, 256, left > 0 ? (int)left : 0);
        if (n < 0 && errno != EINTR)
            die("epoll_wait");
        for (int i = 0; i < n; i++)
            hear(e[i].data.ptr, e[i].events);
        if (n > 0)
            last = now_ms();
        else if (n == 0 && left <= 0)
            break;
    }
}

int main(int argc, char **argv)
{
    struct rlimit many = {TARGETS_MAX + 64, TARGETS_MAX + 64};
    char line[128];
    int ms = 300, option;
    while ((option = getopt(argc, argv, "t:s:")) > 0)
        if (option == 't') {
            ms = atoi(optarg);
        } else {
            struct sockaddr_storage a;
            if (option != 's' || !parse(&a, optarg, 0))
                return 2;
            source[a.ss_family == AF_INET6] = a;
        }
    int queue = epoll_create1(EPOLL_CLOEXEC);
    word = argv[optind];
    if (!word || queue < 0 || setrlimit(RLIMIT_NOFILE, &many) < 0)
        die("WORD");
    while (waiting < TARGETS_MAX && fgets(line, sizeof(line), stdin))
        start(queue, line);
    wait_for_answers(queue, ms);
    return 0;
}
