/*
 * Opens sockets of any kind and waits: the servers of the live tests.
 *     listener [-u UID] [-d UID] [-w WORKERS] [-m] SPEC... [-x COMMAND ARG... | -- ANYTHING...]
 * SPEC is PROTO/ADDRESS/PORT[,OPTION...]
 *     PROTO    tcp udp udplite sctp dccp mptcp raw packet
 *     ADDRESS  an address; of packet sockets an interface, or * for all
 *     PORT     of raw sockets the IP protocol, of packet sockets the ethertype
 *     OPTION   dev=IFACE  reuseaddr  reuseport  v6only  freebind
 *              uid=UID (who opens it; the process stays who it is)
 *              bound (no listen)  connected (to port 9 of the same address)
 * With -u it becomes that user before it opens them, with -d after.
 * When all are open it goes into the background and prints its PID. With -w that many more processes share the sockets.
 * With -m it runs from memory. With -x it stays, runs COMMAND and ends with its status.
 * It ends by itself after ten minutes.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIFE 600 /* seconds */

static const struct {
    const char *word;
    int type, number;
} protos[] = {
    {"tcp", SOCK_STREAM, IPPROTO_TCP},
    {"udp", SOCK_DGRAM, IPPROTO_UDP},
    {"udplite", SOCK_DGRAM, IPPROTO_UDPLITE},
    {"sctp", SOCK_STREAM, IPPROTO_SCTP},
    {"dccp", 6, IPPROTO_DCCP},
    {"mptcp", SOCK_STREAM, 262},
    {"raw", SOCK_RAW, 0},
    {"packet", SOCK_RAW, 0},
};

static void die(const char *what, const char *spec)
{
    fprintf(stderr, "listener: %s: %s: %s\n", spec, what, strerror(errno));
    exit(1);
}

static void set(int fd, int level, int name, int value, const char *spec)
{
    if (setsockopt(fd, level, name, &value, sizeof(value)) < 0)
        die("setsockopt", spec);
}

static void open_packet(const char *spec, const char *iface, const char *type)
{
    struct sockaddr_ll a = {.sll_family = AF_PACKET, .sll_protocol = htons((uint16_t)strtoul(type, NULL, 0))};
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, a.sll_protocol);
    a.sll_ifindex = strcmp(iface, "*") == 0 ? 0 : (int)if_nametoindex(iface);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
        die("packet", spec);
}

struct place {
    struct sockaddr_storage a;
    socklen_t len;
};

static struct place parse_place(const char *spec, const char *address, unsigned port)
{
    struct place p = {.len = sizeof(struct sockaddr_in)};
    struct sockaddr_in *four = (void *)&p.a;
    struct sockaddr_in6 *six = (void *)&p.a;
    if (inet_pton(AF_INET, address, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons((uint16_t)port);
    } else if (inet_pton(AF_INET6, address, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons((uint16_t)port);
        p.len = sizeof(*six);
    } else {
        errno = EINVAL;
        die("address", spec);
    }
    return p;
}

/* Sets the options on the way. Result: whether it shall listen. */
static bool set_options(int fd, const char *spec, char *options, struct place *p)
{
    bool listening = true;
    for (char *o = strtok(options, ","); o; o = strtok(NULL, ",")) {
        if (strncmp(o, "dev=", 4) == 0) {
            ((struct sockaddr_in6 *)&p->a)->sin6_scope_id = p->a.ss_family == AF_INET6 ? if_nametoindex(o + 4) : 0;
            if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, o + 4, (socklen_t)strlen(o + 4)) < 0)
                die("SO_BINDTODEVICE", spec);
        } else if (strcmp(o, "reuseport") == 0) {
            set(fd, SOL_SOCKET, SO_REUSEPORT, 1, spec);
        } else if (strcmp(o, "reuseaddr") == 0) {
            set(fd, SOL_SOCKET, SO_REUSEADDR, 1, spec);
        } else if (strcmp(o, "v6only") == 0) {
            set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1, spec);
        } else if (strcmp(o, "freebind") == 0) {
            set(fd, IPPROTO_IP, IP_FREEBIND, 1, spec);
        } else if (strcmp(o, "bound") == 0 || strcmp(o, "connected") == 0) {
            listening = false;
        } else if (strncmp(o, "uid=", 4) != 0) {
            errno = EINVAL;
            die(o, spec);
        }
    }
    return listening;
}

static void open_inet(const char *spec, int kind, const char *address, unsigned port, char *options)
{
    bool raw = protos[kind].type == SOCK_RAW, connected = strstr(options, "connected");
    const char *uid = strstr(options, "uid=");
    struct place p = parse_place(spec, address, raw ? 0 : port);
    if (uid)
        setfsuid((uid_t)atoi(uid + 4));
    int fd = socket(p.a.ss_family, protos[kind].type | SOCK_CLOEXEC, raw ? (int)port : protos[kind].number);
    setfsuid(geteuid());
    if (fd < 0)
        die("socket", spec);
    if (protos[kind].type == SOCK_STREAM)
        set(fd, SOL_SOCKET, SO_REUSEADDR, 1, spec);
    if (p.a.ss_family == AF_INET6 && !raw)
        set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0, spec);
    bool listening = set_options(fd, spec, options, &p) && protos[kind].type != SOCK_DGRAM && !raw;
    if (bind(fd, (struct sockaddr *)&p.a, p.len) < 0)
        die("bind", spec);
    ((struct sockaddr_in *)&p.a)->sin_port = htons(9);
    if (connected && connect(fd, (struct sockaddr *)&p.a, p.len) < 0)
        die("connect", spec);
    if (listening && listen(fd, 16) < 0)
        die("listen", spec);
}

static void open_spec(const char *spec)
{
    char copy[256], none[] = "";
    snprintf(copy, sizeof(copy), "%s", spec);
    char *address = strchr(copy, '/'), *port = address ? strchr(address + 1, '/') : NULL;
    size_t kind = 0;
    errno = EINVAL;
    if (!port)
        die("not PROTO/ADDRESS/PORT", spec);
    *address++ = *port++ = '\0';
    char *options = strchr(port, ',');
    if (options)
        *options++ = '\0';
    while (kind < sizeof(protos) / sizeof(protos[0]) && strcmp(protos[kind].word, copy) != 0)
        kind++;
    if (kind == sizeof(protos) / sizeof(protos[0]))
        die("protocol", spec);
    if (strcmp(copy, "packet") == 0)
        open_packet(spec, address, port);
    else
        open_inet(spec, (int)kind, address, (unsigned)strtoul(port, NULL, 0), options ? options : none);
}

/* The same program again, from a file that has no name. */
static void run_from_memory(char **argv)
{
    int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), to = memfd_create("listener", MFD_CLOEXEC);
    struct stat st;
    if (from < 0 || to < 0 || fstat(from, &st) < 0 || sendfile(to, from, NULL, (size_t)st.st_size) != st.st_size)
        die("memfd", "-m");
    fexecve(to, argv, environ);
    die("fexecve", "-m");
}

/* Also the reaper of a PID namespace of which it is the first process. */
static int run(char **argv)
{
    pid_t child = fork(), pid;
    int status;
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execvp(argv[0], argv);
        die("exec", argv[0]);
    }
    while ((pid = wait(&status)) != child)
        if (pid < 0 && errno != EINTR)
            return 2;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}

static void become(const char *user)
{
    uid_t uid = (uid_t)atoi(user);
    if (setgid(uid) < 0 || setuid(uid) < 0)
        die("setuid", user);
}

static void wait_for_ever(int workers)
{
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3 && null >= 0; fd++)
        dup2(null, fd);
    signal(SIGCHLD, SIG_IGN);
    setsid();
    for (int i = 0; i < workers; i++)
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            break;
        }
    alarm(LIFE);
    for (;;)
        pause();
}

int main(int argc, char **argv)
{
    int i = 1, workers = 0;
    const char *drop = NULL;
    for (; i < argc && argv[i][0] == '-' && argv[i][1] != '-' && argv[i][1] != 'x'; i++) {
        if (strcmp(argv[i], "-m") == 0) {
            argv[i] = argv[0]; /* not again */
            run_from_memory(argv + i);
        } else if (strcmp(argv[i], "-u") == 0 && i + 1 < argc) {
            become(argv[++i]);
        } else if (strcmp(argv[i], "-d") == 0 && i + 1 < argc) {
            drop = argv[++i];
        } else if (strcmp(argv[i], "-w") == 0 && i + 1 < argc) {
            workers = atoi(argv[++i]);
        }
    }
    for (; i < argc && argv[i][0] != '-'; i++)
        open_spec(argv[i]);
    if (drop)
        become(drop);
    if (i < argc && strcmp(argv[i], "-x") == 0 && i + 1 < argc)
        return run(argv + i + 1);
    pid_t pid = fork();
    if (pid == 0)
        wait_for_ever(workers);
    printf("%d\n", (int)pid);
    return pid < 0;
}
