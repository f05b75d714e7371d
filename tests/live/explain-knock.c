/*
 * Knocks: packets of any kind, from whoever they say they are.
 *     explain-knock KEY=VALUE...
 * The keys are in the table below. With count=N each packet differs: from=NETWORK takes another address of it, a range
 * of ports (1024-2000) another port, any other range its next number. Of the packet that ICMP's errors quote only
 * addresses and ports can be said; it is TCP.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define DATA_MAX 1024
#define PACKET_MAX (40 + 8 + 48 + DATA_MAX)
#define SPREAD 40503U /* odd: so every address of a network comes once before any comes again */

struct range {
    uint32_t lo, hi;
};

struct net {
    int family;
    uint8_t addr[16];
    unsigned free; /* bits that may be any, at most 16 */
};

struct knock {
    struct net from, to, quoted_from, quoted_to;
    struct range sport, port, ttl, type, code, id, window, seq, mtu, data, count, quoted_sport, quoted_port;
    uint32_t proto, flags;
    bool seq_is_to; /* as Mirai does */
    char dev[16];
};

static void die(const char *what)
{
    fprintf(stderr, "explain-knock: %s: %s\n", what, strerror(errno));
    exit(2);
}

/* ---- the command line --------------------------------------------------------------------------------------- */

static bool take_net(const char *s, void *into)
{
    struct net *net = into;
    char text[INET6_ADDRSTRLEN];
    size_t len = strcspn(s, "/");
    snprintf(text, sizeof(text), "%.*s", (int)(len < sizeof(text) ? len : 0), s);
    net->family = strchr(text, ':') ? AF_INET6 : AF_INET;
    unsigned all = net->family == AF_INET ? 32 : 128;
    unsigned bits = s[len] ? (unsigned)strtoul(s + len + 1, NULL, 10) : all;
    if (bits > all)
        return false;
    net->free = all - bits < 16 ? all - bits : 16;
    return inet_pton(net->family, text, net->addr) == 1;
}

static bool take_range(const char *s, void *into)
{
    struct range *r = into;
    char *end;
    r->lo = r->hi = (uint32_t)strtoul(s, &end, 0);
    if (*end == '-')
        r->hi = (uint32_t)strtoul(end + 1, &end, 0);
    return *s && !*end && r->lo <= r->hi;
}

static bool take_seq(const char *s, void *into)
{
    struct knock *k = into;
    k->seq_is_to = strcmp(s, "to") == 0;
    return k->seq_is_to || take_range(s, &k->seq);
}

static bool take_proto(const char *s, void *into)
{
    static const struct {
        const char *word;
        uint32_t proto;
    } protos[] = {{"tcp", IPPROTO_TCP},
                  {"udp", IPPROTO_UDP},
                  {"icmp", IPPROTO_ICMP},
                  {"icmp6", IPPROTO_ICMPV6},
                  {"igmp", IPPROTO_IGMP}};
    for (size_t i = 0; i < sizeof(protos) / sizeof(*protos); i++)
        if (strcmp(s, protos[i].word) == 0)
            return *(uint32_t *)into = protos[i].proto, true;
    return false;
}

static bool take_flags(const char *s, void *into)
{
    static const char letters[] = "FSRPAU";
    for (; *s; s++) {
        const char *l = strchr(letters, *s);
        if (!l)
            return false;
        *(uint32_t *)into |= 1U << (l - letters);
    }
    return true;
}

static bool take_dev(const char *s, void *into)
{
    return snprintf(into, sizeof((struct knock){0}.dev), "%s", s) < (int)sizeof((struct knock){0}.dev);
}

#define KEY(key, take, member)                                                                                         \
    {                                                                                                                  \
        key, take, offsetof(struct knock, member)                                                                      \
    }
static const struct {
    const char *key;
    bool (*take)(const char *value, void *into);
    size_t offset;
} keys[] = {
    KEY("from", take_net, from),
    KEY("to", take_net, to),
    KEY("proto", take_proto, proto),
    KEY("sport", take_range, sport),
    KEY("port", take_range, port),
    KEY("flags", take_flags, flags), /* of "FSRPAU" */
    {"seq", take_seq, 0},            /* or "to": the address that is asked */
    KEY("window", take_range, window),
    KEY("ttl", take_range, ttl),
    KEY("id", take_range, id),     /* of IPv4 */
    KEY("type", take_range, type), /* of ICMP and IGMP */
    KEY("code", take_range, code),
    KEY("mtu", take_range, mtu), /* what ICMP has behind its checksum */
    KEY("qfrom", take_net, quoted_from),
    KEY("qto", take_net, quoted_to),
    KEY("qsport", take_range, quoted_sport),
    KEY("qport", take_range, quoted_port),
    KEY("data", take_range, data),   /* octets */
    KEY("count", take_range, count), /* packets */
    KEY("dev", take_dev, dev),
};

static void take(struct knock *k, const char *arg)
{
    size_t len = strcspn(arg, "=");
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
        if (arg[len] && strlen(keys[i].key) == len && memcmp(arg, keys[i].key, len) == 0)
            if (keys[i].take(arg + len + 1, (char *)k + keys[i].offset))
                return;
    errno = EINVAL;
    die(arg);
}

/* ---- packets ------------------------------------------------------------------------------------------------ */

static uint32_t step(struct range r, uint32_t i)
{
    return r.lo + (uint32_t)(i % ((uint64_t)r.hi - r.lo + 1));
}

static struct net pick(const struct net *from, uint32_t i)
{
    struct net one = *from;
    size_t len = one.family == AF_INET ? 4 : 16;
    uint32_t any = i * SPREAD & ((1U << one.free) - 1);
    one.addr[len - 1] ^= (uint8_t)any;
    one.addr[len - 2] ^= (uint8_t)(any >> 8);
    return one;
}

static void put16(uint8_t *at, uint32_t v)
{
    at[0] = (uint8_t)(v >> 8);
    at[1] = (uint8_t)v;
}

static void put32(uint8_t *at, uint32_t v)
{
    put16(at, v >> 16);
    put16(at + 2, v);
}

static uint32_t sum(uint32_t so_far, const uint8_t *at, size_t len)
{
    for (size_t i = 0; i < len; i++)
        so_far += i % 2 ? at[i] : (uint32_t)at[i] << 8;
    return so_far;
}

static uint16_t folded(uint32_t s)
{
    while (s >> 16)
        s = (s & 0xffff) + (s >> 16);
    return (uint16_t)~s;
}

/* The header of IP; result: its length. */
static size_t put_ip(uint8_t *at, const struct net *from, const struct net *to, uint32_t proto, uint32_t ttl,
                     uint32_t id, size_t len)
{
    if (from->family == AF_INET6) {
        at[0] = 0x60;
        put16(at + 4, (uint32_t)len);
        at[6] = (uint8_t)proto;
        at[7] = (uint8_t)ttl;
        memcpy(at + 8, from->addr, 16);
        memcpy(at + 24, to->addr, 16);
        return 40;
    }
    at[0] = 0x45;
    put16(at + 2, (uint32_t)len + 20);
    put16(at + 4, id);
    at[8] = (uint8_t)ttl;
    at[9] = (uint8_t)proto;
    memcpy(at + 12, from->addr, 4);
    memcpy(at + 16, to->addr, 4);
    put16(at + 10, folded(sum(0, at, 20)));
    return 20;
}

/* What came of the packet that an error is about. */
static size_t put_quoted(const struct knock *k, uint32_t i, uint8_t *at)
{
    if (!k->quoted_from.family)
        return 0;
    size_t head = put_ip(at, &k->quoted_from, &k->quoted_to, IPPROTO_TCP, 60, 1, 20);
    put16(at + head, step(k->quoted_sport, i * SPREAD));
    put16(at + head + 2, step(k->quoted_port, i));
    put32(at + head + 4, k->seq.lo);
    return head + 8;
}

static size_t put_tcp(const struct knock *k, uint32_t i, uint8_t *at, uint32_t seq)
{
    put16(at, step(k->sport, i * SPREAD));
    put16(at + 2, step(k->port, i * SPREAD));
    put32(at + 4, seq);
    put32(at + 8, k->flags & 1 << 4 ? seq + 1 : 0);
    at[12] = 5 << 4;
    at[13] = (uint8_t)k->flags;
    put16(at + 14, k->window.lo);
    return 20;
}

/* What IP carries; *check is where its checksum belongs. */
static size_t put_body(const struct knock *k, uint32_t i, uint8_t *at, size_t *check)
{
    uint32_t to = 0;
    for (int b = 0; b < 4; b++)
        to = to << 8 | k->to.addr[b];
    switch (k->proto) {
    case IPPROTO_TCP:
        *check = 16;
        return put_tcp(k, i, at, k->seq_is_to ? to : step(k->seq, i)) + k->data.lo;
    case IPPROTO_UDP:
        *check = 6;
        put16(at, step(k->sport, i * SPREAD));
        put16(at + 2, step(k->port, i * SPREAD));
        put16(at + 4, 8 + k->data.lo);
        return 8 + k->data.lo;
    default:
        *check = 2;
        at[0] = (uint8_t)step(k->type, i);
        at[1] = (uint8_t)step(k->code, i);
        put32(at + 4, k->mtu.lo);
        return 8 + put_quoted(k, i, at + 8) + k->data.lo;
    }
}

static size_t build(const struct knock *k, uint32_t i, uint8_t packet[static PACKET_MAX])
{
    memset(packet, 0, PACKET_MAX);
    uint8_t *body = packet + (k->to.family == AF_INET ? 20 : 40);
    size_t check, len = put_body(k, i, body, &check);
    struct net from = pick(&k->from, i);
    uint32_t s = sum(0, body, len);
    if (k->to.family == AF_INET6 || k->proto == IPPROTO_TCP || k->proto == IPPROTO_UDP) {
        s = sum(s + k->proto + (uint32_t)len, from.addr, from.family == AF_INET ? 4 : 16);
        s = sum(s, k->to.addr, k->to.family == AF_INET ? 4 : 16);
    }
    put16(body + check, folded(s));
    return put_ip(packet, &from, &k->to, k->proto, step(k->ttl, i), k->id.lo ? k->id.lo : i * SPREAD, len) + len;
}

static int open_raw(const struct knock *k)
{
    const int on = 1, large = 4 << 20;
    int fd = socket(k->to.family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &large, sizeof(large)) < 0)
        die("socket");
    if (*k->dev && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, k->dev, (socklen_t)strlen(k->dev)) < 0)
        die(k->dev);
    return fd;
}

static void send_all(const struct knock *k, int fd)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    memcpy(&four.sin_addr, k->to.addr, sizeof(four.sin_addr));
    memcpy(&six.sin6_addr, k->to.addr, sizeof(six.sin6_addr));
    bool is_four = k->to.family == AF_INET;
    const struct sockaddr *to = is_four ? (struct sockaddr *)&four : (struct sockaddr *)&six;
    socklen_t to_len = is_four ? sizeof(four) : sizeof(six);
    for (uint32_t i = 0; i < k->count.lo; i++) {
        uint8_t packet[PACKET_MAX];
        size_t len = build(k, i, packet);
        if (sendto(fd, packet, len, 0, to, to_len) < 0)
            die("sendto");
    }
}

int main(int argc, char **argv)
{
    struct knock k = {.proto = IPPROTO_TCP, .sport = {1024, 65535}, .ttl = {52, 52}, .window = {65535, 65535}};
    k.count = (struct range){1, 1};
    k.seq = (struct range){1000000000, 4000000000};
    for (int i = 1; i < argc; i++)
        take(&k, argv[i]);
    errno = EINVAL;
    if (!k.to.family || k.from.family != k.to.family || k.data.lo > DATA_MAX)
        die("from, to or data");
    if (k.quoted_from.family != k.quoted_to.family || (k.quoted_from.family && k.quoted_from.family != k.to.family))
        die("qfrom, qto");
    send_all(&k, open_raw(&k));
    return 0;
}
