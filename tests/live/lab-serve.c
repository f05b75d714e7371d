/*
 * Servers that say who they are, whoever asks.
 *     lab-serve NAME SPEC...
 * SPEC is PROTO/ADDRESS/PORT[,v6only][,dev=IFACE], PROTO tcp or udp. Each connection, and each datagram, is answered by
 * "NAME SPEC". Datagrams are answered from the address that was asked for.
 * When all are open it goes into the background and prints its PID; it ends after ten minutes.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LIFE 600 /* seconds */
#define SERVERS_MAX 256

static struct server {
    bool tcp;
    char banner[128];
} servers[SERVERS_MAX];
static struct pollfd polls[SERVERS_MAX];

static void die(const char *what, const char *spec)
{
    fprintf(stderr, "lab-serve: %s: %s: %s\n", spec, what, strerror(errno));
    exit(1);
}

static void set(int fd, int level, int name, int value, const char *spec)
{
    if (setsockopt(fd, level, name, &value, sizeof(value)) < 0)
        die("setsockopt", spec);
}

static socklen_t place(struct sockaddr_storage *a, const char *address, uint16_t port, unsigned iface)
{
    struct sockaddr_in *four = (void *)a;
    struct sockaddr_in6 *six = (void *)a;
    memset(a, 0, sizeof(*a));
    four->sin_port = htons(port); /* at the same place in both */
    if (inet_pton(AF_INET, address, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        return sizeof(*four);
    }
    if (inet_pton(AF_INET6, address, &six->sin6_addr) != 1)
        return 0;
    six->sin6_family = AF_INET6;
    six->sin6_scope_id = iface;
    return sizeof(*six);
}

static void prepare(int fd, int family, bool tcp, bool v6only, const char *dev, const char *spec)
{
    set(fd, SOL_SOCKET, SO_REUSEADDR, tcp, spec);
    if (family == AF_INET6)
        set(fd, IPPROTO_IPV6, IPV6_V6ONLY, v6only, spec);
    if (!tcp && family == AF_INET6) /* and tells of IPv4 in IPv6's words */
        set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1, spec);
    else if (!tcp)
        set(fd, IPPROTO_IP, IP_PKTINFO, 1, spec);
    if (*dev && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, dev, (socklen_t)strlen(dev)) < 0)
        die(dev, spec);
}

static int open_server(const char *spec, bool *tcp)
{
    char proto[8], address[64], dev[IFNAMSIZ] = "", options[64] = "";
    struct sockaddr_storage a;
    unsigned port;
    errno = EINVAL;
    if (sscanf(spec, "%7[^/]/%63[^/]/%u,%63s", proto, address, &port, options) < 3)
        die("not PROTO/ADDRESS/PORT", spec);
    const char *d = strstr(options, "dev=");
    if (d)
        sscanf(d, "dev=%15[^,]", dev);
    socklen_t len = place(&a, address, (uint16_t)port, if_nametoindex(dev));
    if (!len)
        die("address", spec);
    *tcp = strcmp(proto, "tcp") == 0;
    int fd = socket(a.ss_family, (*tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        die("socket", spec);
    prepare(fd, a.ss_family, *tcp, strstr(options, "v6only"), dev, spec);
    if (bind(fd, (struct sockaddr *)&a, len) < 0 || (*tcp && listen(fd, 4096) < 0))
        die("bind", spec);
    return fd;
}

static void answer_tcp(int listener, const char *banner)
{
    for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0;) {
        send(fd, banner, strlen(banner), MSG_NOSIGNAL);
        close(fd);
    }
}

/* The control message that came says to which address and by which interface; sent, it says from which and by which.
 * But answers go by the route, as TCP's do; only a link's own addresses need the interface. */
static void turn_round(struct cmsghdr *c)
{
    struct in_pktinfo *four = (void *)CMSG_DATA(c);
    struct in6_pktinfo *six = (void *)CMSG_DATA(c);
    if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
        four->ipi_spec_dst = four->ipi_addr;
        four->ipi_ifindex = 0;
    } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
        if (!IN6_IS_ADDR_LINKLOCAL(&six->ipi6_addr))
            six->ipi6_ifindex = 0;
    }
}

static void answer_udp(int fd, const char *banner)
{
    struct sockaddr_storage from;
    _Alignas(struct cmsghdr) char control[256];
    char asked[64];
    struct iovec in = {asked, sizeof(asked)};
    for (;;) {
        struct msghdr m = {.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &in, .msg_iovlen = 1};
        m.msg_control = control;
        m.msg_controllen = sizeof(control);
        if (recvmsg(fd, &m, 0) < 0)
            return;
        struct iovec out = {(char *)(uintptr_t)banner, strlen(banner)};
        m.msg_iov = &out;
        m.msg_flags = 0;
        for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c))
            turn_round(c);
        sendmsg(fd, &m, 0);
    }
}

int main(int argc, char **argv)
{
    int n = 0;
    for (int i = 2; i < argc && n < SERVERS_MAX; i++, n++) {
        polls[n] = (struct pollfd){.fd = open_server(argv[i], &servers[n].tcp), .events = POLLIN};
        snprintf(servers[n].banner, sizeof(servers[n].banner), "%s %s", argv[1], argv[i]);
    }
    pid_t pid = fork();
    if (pid != 0) {
        printf("%d\n", (int)pid);
        return pid < 0;
    }
    freopen("/dev/null", "w", stdout);
    alarm(LIFE);
    while (poll(polls, (nfds_t)n, -1) >= 0 || errno == EINTR)
        for (int i = 0; i < n; i++)
            if (polls[i].revents)
                (servers[i].tcp ? answer_tcp : answer_udp)(polls[i].fd, servers[i].banner);
    return 1;
}
