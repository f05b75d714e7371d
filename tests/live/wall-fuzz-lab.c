/* The namespaces of the fuzz: a host that we are in, and one of silent peers at the far ends of its links. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wall-fuzz.h"

#define MARKER 0x88b5 /* an ethertype for experiments: the packet behind which everything has been worked off */
#define PROTOS 9

const char *const link_names[LINKS] = {"eth0", "eth1", "tun0", "c0"};

static const uint8_t protos[2][PROTOS] = {{1, 6, 17, 136, 47, 89, 99, 103, 112},
                                          {58, 6, 17, 136, 47, 89, 99, 103, 112}};

static struct {
    int peers, marker_in, marker_out; /* AF_PACKET in the namespace of the peers */
    int marker_index;
    int raw[2][PROTOS]; /* what the host gets */
    int nfnl;
    unsigned peer_index[LINKS];
} lab;

static void need(bool good, const char *what)
{
    if (good)
        return;
    printf("skipped: no lab of network namespaces: %s: %s\n", what, strerror(errno));
    exit(77);
}

static void must(bool good, const char *what)
{
    if (good)
        return;
    perror(what);
    exit(2);
}

/* Links without ARP: the kernel asks no neighbour, so that rulesets may drop what they like. Peers answer nothing. */
static const char links_script[] = "link set lo up\n"
                                   "link add name eth0 address 02:00:00:00:00:00 type veth peer name p0 netns %1$s\n"
                                   "link add name eth1 address 02:00:00:00:00:01 type veth peer name p1 netns %1$s\n"
                                   "link add name tun0 address 02:00:00:00:00:02 type veth peer name p2 netns %1$s\n"
                                   "link add name c0 address 02:00:00:00:00:03 type veth peer name p3 netns %1$s\n";

static const char peers_script[] = "link add name s0 type veth peer name s1\n"
                                   "link set s0 up\nlink set s1 up\n"
                                   "link set p0 up\nlink set p1 up\nlink set p2 up\nlink set p3 up\n";

static const char host_script[] =
    "link set eth0 arp off\nlink set eth0 up\n"
    "link set eth1 arp off\nlink set eth1 group 7\nlink set eth1 up\n"
    "link set tun0 arp off\nlink set tun0 group 9\nlink set tun0 up\n"
    "link set c0 arp off\nlink set c0 up\n"
    "addr add 192.0.2.1/24 brd + dev eth0\naddr add 192.0.2.3/24 brd + dev eth0\n"
    "addr add 10.1.0.1/16 brd + dev eth1\naddr add 10.8.0.1/24 brd + dev tun0\naddr add 172.17.0.1/24 brd + dev c0\n"
    "addr add 2001:db8:1::1/64 dev eth0 nodad\naddr add fd01::1/64 dev eth1 nodad\n"
    "addr add fd08::1/64 dev tun0 nodad\naddr add fd17::1/64 dev c0 nodad\n"
    "route add default via 192.0.2.254\nroute add default via 2001:db8:1::fe dev eth0\n";

static void ip_batch(const char *script)
{
    static const char *const argv[] = {"ip", "-batch", "-", NULL};
    char *err = NULL;
    int r = run(argv, script, NULL, &err);
    if (r != 0)
        fprintf(stderr, "ip: %s\n", err ? err : "");
    need(r == 0, "ip -batch");
    free(err);
}

static bool sysctl(const char *name, const char *value)
{
    char path[160];
    snprintf(path, sizeof(path), "/proc/sys/net/%s", name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool good = write(fd, value, strlen(value)) > 0;
    close(fd);
    return good;
}

static void quiet_host(void)
{
    static const char *const names[][2] = {
        {"ipv4/conf/all/rp_filter", "0"},
        {"ipv4/conf/default/rp_filter", "0"},
        {"ipv4/conf/all/send_redirects", "0"},
        {"ipv4/conf/default/send_redirects", "0"},
        {"ipv4/icmp_ratelimit", "0"},
        {"ipv4/icmp_msgs_per_sec", "1000000"},
        {"ipv4/icmp_msgs_burst", "1000000"},
        {"ipv6/icmp/ratelimit", "0"},
        {"ipv6/icmp/ratemask", ""},
        {"ipv6/conf/all/accept_ra", "0"},
        {"ipv6/conf/default/accept_ra", "0"},
        {"ipv6/conf/default/accept_dad", "0"},
        {"ipv6/conf/default/addr_gen_mode", "1"},
        {"ipv4/conf/default/igmpv2_unsolicited_report_interval", "0"},
        {"ipv4/ip_default_ttl", "77"},
        {"ipv6/conf/all/hop_limit", "77"},
        {"ipv6/conf/default/hop_limit", "77"},
        {"ipv6/conf/lo/hop_limit", "77"},
        {"ipv4/icmp_echo_ignore_broadcasts", "1"},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        sysctl(names[i][0], names[i][1]);
}

static int open_socket(int domain, int type, int protocol)
{
    int fd = socket(domain, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol), room = 4 << 20;
    need(fd >= 0, "socket");
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
    return fd;
}

static int packet_socket(const char *name, uint16_t ethertype)
{
    int fd = open_socket(AF_PACKET, SOCK_RAW, htons(ethertype)), one = 1;
    struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_protocol = htons(ethertype)};
    at.sll_ifindex = name ? (int)if_nametoindex(name) : 0;
    need(bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0, "bind");
    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof(one));
    return fd;
}

static void open_peers(void)
{
    char name[3] = "p0";
    ip_batch(peers_script);
    lab.peers = packet_socket(NULL, ETH_P_ALL);
    lab.marker_out = packet_socket("s0", MARKER);
    lab.marker_in = packet_socket("s1", MARKER);
    lab.marker_index = (int)if_nametoindex("s0");
    for (int i = 0; i < LINKS; i++) {
        name[1] = (char)('0' + i);
        lab.peer_index[i] = if_nametoindex(name);
    }
}

static void open_raw(void)
{
    int one = 1;
    for (int six = 0; six < 2; six++)
        for (int i = 0; i < PROTOS; i++) {
            lab.raw[six][i] = open_socket(six ? AF_INET6 : AF_INET, SOCK_RAW, protos[six][i]);
            if (six)
                setsockopt(lab.raw[six][i], IPPROTO_IPV6, IPV6_RECVPKTINFO, &one, sizeof(one));
        }
}

static int this_netns(void)
{
    int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    need(fd >= 0, "/proc/thread-self/ns/net");
    return fd;
}

static void enter(int netns)
{
    must(setns(netns, CLONE_NEWNET) == 0, "setns");
}

/* Routers forward; what was set before the links came is their default. */
static void open_host(void)
{
    ip_batch(host_script);
    must(sysctl("ipv4/ip_forward", "1"), "ip_forward");
    must(sysctl("ipv6/conf/all/forwarding", "1"), "forwarding");
    open_raw();
    lab.nfnl = open_socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
}

void lab_open(void)
{
    char script[1024], path[40];
    need(geteuid() == 0, "needs root");
    need(unshare(CLONE_NEWNET) == 0, "unshare");
    int peers = this_netns();
    sysctl("ipv6/conf/default/disable_ipv6", "1");
    need(unshare(CLONE_NEWNET) == 0, "unshare");
    int host = this_netns();
    quiet_host();
    snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)getpid(), peers);
    snprintf(script, sizeof(script), links_script, path);
    ip_batch(script);
    enter(peers);
    open_peers();
    enter(host);
    open_host();
    close(peers);
    close(host);
}

void lab_rp_filter(int value)
{
    static int now;
    char text[4];
    snprintf(text, sizeof(text), "%d", value);
    if (value != now)
        must(sysctl("ipv4/conf/all/rp_filter", text), "rp_filter");
    now = value;
}

/* One message without a filter deletes every entry of the namespace. */
void lab_forget_connections(void)
{
    for (int i = 0; i < 2; i++) {
        struct {
            struct nlmsghdr h;
            struct nfgenmsg g;
        } m = {.h = {.nlmsg_len = sizeof(m),
                     .nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE,
                     .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
               .g = {.nfgen_family = i ? AF_INET6 : AF_INET, .version = NFNETLINK_V0}};
        char reply[256];
        must(send(lab.nfnl, &m, sizeof(m), 0) == (ssize_t)sizeof(m), "conntrack delete");
        while (recv(lab.nfnl, reply, sizeof(reply), MSG_DONTWAIT) > 0)
            ;
    }
}

/* ---- sending ---------------------------------------------------------------------------------------------------- */

static void send_frame(const struct packet *p, const uint8_t *ip, size_t len)
{
    uint8_t frame[2048] = {2, 0, 0, 0, 0, p->from, 2, 0, 0, 0, 1, p->from};
    struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_ifindex = (int)lab.peer_index[p->from], .sll_halen = 6};
    if (p->pkttype == 1)
        memset(frame, 0xff, 6);
    else if (p->pkttype == 2)
        frame[0] = 1;
    else if (p->pkttype == 3)
        frame[4] = 9;
    uint16_t type = htons(p->family == AF_INET ? ETH_P_IP : ETH_P_IPV6);
    memcpy(frame + 12, &type, 2);
    memcpy(frame + 14, ip, len);
    must(sendto(lab.peers, frame, len + 14, 0, (struct sockaddr *)&at, sizeof(at)) > 0, "send to the host");
}

/* A socket is its maker's (meta skuid is of the file), so each user has one. */
static int own_socket(const struct packet *p)
{
    bool six = p->family == AF_INET6;
    int one = 1;
    setfsgid(p->gid);
    setfsuid(p->uid);
    int fd = socket(six ? AF_INET6 : AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    setfsuid(0);
    setfsgid(0);
    must(fd >= 0, "raw socket");
    setsockopt(fd, SOL_SOCKET, SO_MARK, &p->mark, sizeof(p->mark));
    setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one));
    return fd;
}

static void send_own(const struct packet *p, const uint8_t *ip, size_t len)
{
    int fd = own_socket(p);
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    memcpy(&v4.sin_addr, p->daddr.bytes, 4);
    memcpy(&v6.sin6_addr, p->daddr.bytes, 16);
    bool six = p->family == AF_INET6;
    /* a refusal is the filter's: the packet is gone */
    (void)!sendto(fd, ip, len, 0, six ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4, six ? sizeof(v6) : sizeof(v4));
    close(fd);
}

static void send_packet(const struct packet *p)
{
    uint8_t ip[1600];
    size_t len = packet_craft(p, ip, sizeof(ip));
    if (p->from == LOCAL)
        send_own(p, ip, len);
    else
        send_frame(p, ip, len);
}

/* What a burst left to do is in this processor's queue, and a frame sent now comes after it. Each turn lets a packet
 * take one more hop. */
static void settle(void)
{
    uint8_t frame[60] = {0}, back[64];
    struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_ifindex = lab.marker_index, .sll_halen = 6};
    uint16_t type = htons(MARKER);
    memset(frame, 0xff, 6);
    memcpy(frame + 12, &type, 2);
    for (int turn = 0; turn < 6; turn++) {
        must(sendto(lab.marker_out, frame, sizeof(frame), 0, (struct sockaddr *)&at, sizeof(at)) > 0, "marker");
        for (int wait = 0; recv(lab.marker_in, back, sizeof(back), 0) < 0; wait++) {
            must(wait < 20000, "the marker came not back");
            usleep(wait < 10 ? 1 : 100);
        }
    }
}

/* ---- watching --------------------------------------------------------------------------------------------------- */

struct watch {
    const struct packet *packets;
    struct seen *seen;
    size_t n;
};

static bool is_icmp(uint8_t proto)
{
    return proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6;
}

/* Where to note a packet itself; NULL if it is none of ours, or the answer to one. An echo comes back with the same
 * content, but as another type. */
static struct seen *find(struct watch *w, const struct sighting *s)
{
    struct seen *to = s->id >= 1 && s->id <= w->n ? &w->seen[s->id - 1] : NULL;
    if (to && !s->answer && is_icmp(s->proto) && s->type != w->packets[s->id - 1].type)
        return NULL;
    if (to && s->answer) {
        to->answered++;
        to->answer_proto = s->proto;
        to->answer_type = s->type;
        to->answer_code = s->code;
        return NULL;
    }
    return to;
}

static void watch_peers(struct watch *w)
{
    uint8_t frame[4096];
    struct sockaddr_ll from;
    socklen_t size = sizeof(from);
    ssize_t len;
    for (; (len = recvfrom(lab.peers, frame, sizeof(frame), 0, (struct sockaddr *)&from, &size)) >= 0;
         size = sizeof(from)) {
        struct sighting s;
        uint16_t type = ntohs(from.sll_protocol);
        if (len < 34 || (type != ETH_P_IP && type != ETH_P_IPV6))
            continue;
        packet_recognise(&s, type == ETH_P_IP ? AF_INET : AF_INET6, frame + 14, (size_t)len - 14);
        struct seen *to = find(w, &s);
        if (!to)
            continue;
        to->sent_on++;
        to->to = s.daddr;
        to->to_port = s.dport;
        for (uint8_t i = 0; i < LINKS; i++)
            if (lab.peer_index[i] == (unsigned)from.sll_ifindex)
                to->link = i;
    }
}

static void delivered(struct watch *w, const struct sighting *s)
{
    struct seen *to = find(w, s);
    if (!to)
        return;
    to->delivered++;
    to->to = s->daddr;
    to->to_port = s->dport;
}

/* An IPv6 raw socket keeps the header to itself: one is made up from what it says beside. */
static ssize_t receive6(int fd, uint8_t proto, uint8_t *packet, size_t size)
{
    struct sockaddr_in6 from;
    char control[256];
    struct iovec to = {.iov_base = packet + 40, .iov_len = size - 40};
    struct msghdr m = {.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &to, .msg_iovlen = 1};
    m.msg_control = control;
    m.msg_controllen = sizeof(control);
    ssize_t len = recvmsg(fd, &m, 0);
    if (len < 0)
        return len;
    memset(packet, 0, 40);
    packet[0] = 0x60;
    packet[4] = (uint8_t)(len >> 8);
    packet[5] = (uint8_t)len;
    packet[6] = proto;
    memcpy(packet + 8, &from.sin6_addr, 16);
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c))
        if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO)
            memcpy(packet + 24, CMSG_DATA(c), 16);
    return len + 40;
}

static void watch_host(struct watch *w)
{
    uint8_t packet[4096];
    struct sighting s;
    ssize_t len;
    for (int i = 0; i < PROTOS; i++) {
        while ((len = recv(lab.raw[0][i], packet, sizeof(packet), 0)) >= 0) {
            packet_recognise(&s, AF_INET, packet, (size_t)len);
            delivered(w, &s);
        }
        while ((len = receive6(lab.raw[1][i], protos[1][i], packet, sizeof(packet))) >= 0) {
            packet_recognise(&s, AF_INET6, packet, (size_t)len);
            delivered(w, &s);
        }
    }
}

void lab_burst(const struct packet *packets, struct seen *seen, size_t n)
{
    struct watch w = {.packets = packets, .seen = seen};
    settle();
    watch_peers(&w); /* what still lies there is another burst's */
    watch_host(&w);
    w.n = n;
    memset(seen, 0, n * sizeof(*seen));
    for (size_t i = 0; i < n; i++)
        send_packet(&packets[i]);
    settle();
    watch_peers(&w);
    watch_host(&w);
}
