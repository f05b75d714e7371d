#include "packet.h"

#include <string.h>
#include <sys/socket.h>

/* What is left of a packet. */
struct rest {
    const uint8_t *at;
    size_t len;
};

static unsigned get16(const uint8_t *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

/* In the order of whoever wrote it, which is ours almost always. */
static unsigned get16_host(const uint8_t *p)
{
    uint16_t n;
    memcpy(&n, p, sizeof(n));
    return n;
}

static bool skip(struct rest *r, size_t n)
{
    if (r->len < n)
        return false;
    r->at += n;
    r->len -= n;
    return true;
}

/* ---- over IP ----------------------------------------------------------------------------------------- */

enum {
    HOP_BY_HOP = 0,
    ICMP = 1,
    TCP = 6,
    UDP = 17,
    DCCP = 33,
    ROUTING = 43,
    FRAGMENT = 44,
    AUTHENTICATION = 51,
    ICMP6 = 58,
    OPTIONS = 60,
    SCTP = 132,
    MOBILITY = 135,
    UDP_LITE = 136
};

static void read_tcp(struct rest r, struct ptn_knock *k)
{
    if (r.len < 14)
        return;
    k->flags = r.at[13];
    k->has |= PTN_HAS_FLAGS;
    if (r.len < 16)
        return;
    k->window = (uint16_t)get16(r.at + 14);
    k->has |= PTN_HAS_WINDOW;
}

/* What a capture cut off, or another fragment has, is not known. */
static inline __attribute__((always_inline)) void read_transport(struct rest r, struct ptn_knock *k)
{
    switch (k->proto) {
    case TCP:
        read_tcp(r, k);
        /* fall through */
    case UDP:
    case UDP_LITE:
    case SCTP:
    case DCCP:
        if (r.len < 4)
            return;
        k->sport = (uint16_t)get16(r.at);
        k->dport = (uint16_t)get16(r.at + 2);
        k->has |= PTN_HAS_SPORT | PTN_HAS_DPORT;
        return;
    case ICMP:
    case ICMP6:
        if (r.len < 2)
            return;
        k->icmp_type = r.at[0];
        k->icmp_code = r.at[1];
        k->has |= PTN_HAS_ICMP_TYPE | PTN_HAS_ICMP_CODE;
        return;
    default:
        return;
    }
}

static enum ptn_line read_ip4(struct rest r, struct ptn_knock *k)
{
    size_t header = r.len ? (size_t)(r.at[0] & 15) * 4 : 0;
    if (r.len < 20 || header < 20 || r.at[0] >> 4 != 4)
        return PTN_LINE_BROKEN;
    unsigned length = get16(r.at + 2), offset = get16(r.at + 6) & 0x1fff;
    k->length = length; /* 0: cut in pieces by the network card only */
    k->id = (uint16_t)get16(r.at + 4);
    k->ttl = r.at[8];
    k->proto = r.at[9];
    k->has |= PTN_HAS_PROTO | PTN_HAS_TTL | PTN_HAS_ID | (length ? PTN_HAS_LENGTH : 0);
    k->src.family = k->dst.family = AF_INET;
    memcpy(k->src.bytes, r.at + 12, 4);
    memcpy(k->dst.bytes, r.at + 16, 4);
    if (length >= header && r.len > length)
        r.len = length; /* behind it the link fills up */
    if (!offset && skip(&r, header))
        read_transport(r, k);
    return PTN_LINE_PACKET;
}

#define EXTENSIONS_MAX 16

/* Passes over the extension headers. Result: false where the transport's own header is not to be seen. */
static bool skip_extensions(struct rest *r, struct ptn_knock *k)
{
    for (unsigned i = 0; i < EXTENSIONS_MAX; i++) {
        size_t len;
        switch (k->proto) {
        case HOP_BY_HOP:
        case ROUTING:
        case OPTIONS:
        case MOBILITY:
            len = r->len < 2 ? 0 : ((size_t)r->at[1] + 1) * 8;
            break;
        case AUTHENTICATION:
            len = r->len < 2 ? 0 : ((size_t)r->at[1] + 2) * 4;
            break;
        case FRAGMENT:
            len = 8;
            break;
        default:
            return true;
        }
        if (!len || r->len < len)
            return false;
        bool later = k->proto == FRAGMENT && (get16(r->at + 2) & 0xfff8);
        k->proto = r->at[0];
        if (later)
            return false;
        skip(r, len);
    }
    return false;
}

static enum ptn_line read_ip6(struct rest r, struct ptn_knock *k)
{
    if (r.len < 40 || r.at[0] >> 4 != 6)
        return PTN_LINE_BROKEN;
    size_t payload = get16(r.at + 4);
    k->length = (uint32_t)payload + 40;
    k->proto = r.at[6];
    k->ttl = r.at[7];
    k->has |= PTN_HAS_PROTO | PTN_HAS_TTL | (payload ? PTN_HAS_LENGTH : 0);
    k->src.family = k->dst.family = AF_INET6;
    memcpy(k->src.bytes, r.at + 8, 16);
    memcpy(k->dst.bytes, r.at + 24, 16);
    skip(&r, 40);
    if (payload && r.len > payload)
        r.len = payload;
    if (skip_extensions(&r, k))
        read_transport(r, k);
    return PTN_LINE_PACKET;
}

static enum ptn_line read_ip(struct rest r, struct ptn_knock *k)
{
    if (!r.len)
        return PTN_LINE_BROKEN;
    return r.at[0] >> 4 == 4 ? read_ip4(r, k) : read_ip6(r, k);
}

/* ---- links ------------------------------------------------------------------------------------------- */

enum { ETHER_IP4 = 0x0800, ETHER_IP6 = 0x86dd, ETHER_PPPOE = 0x8864, PPP_IP4 = 0x0021, PPP_IP6 = 0x0057 };

#define TAGS_MAX 4

static bool is_vlan(unsigned type)
{
    return type == 0x8100 || type == 0x88a8 || type == 0x9100;
}

static inline __attribute__((always_inline)) enum ptn_line read_ether_type(unsigned type, struct rest r,
                                                                           struct ptn_knock *k)
{
    for (unsigned i = 0; i < TAGS_MAX && is_vlan(type); i++) {
        if (r.len < 4)
            return PTN_LINE_BROKEN;
        type = get16(r.at + 2);
        skip(&r, 4);
    }
    if (type == ETHER_PPPOE) {
        if (r.len < 8)
            return PTN_LINE_BROKEN;
        type = get16(r.at + 6) == PPP_IP4 ? ETHER_IP4 : get16(r.at + 6) == PPP_IP6 ? ETHER_IP6 : 0;
        skip(&r, 8);
    }
    return type == ETHER_IP4 ? read_ip4(r, k) : type == ETHER_IP6 ? read_ip6(r, k) : PTN_LINE_REMARK;
}

static enum ptn_line read_ethernet(struct rest r, struct ptn_knock *k)
{
    if (r.len < 14)
        return PTN_LINE_BROKEN;
    unsigned type = get16(r.at + 12);
    skip(&r, 14);
    return read_ether_type(type, r, k);
}

/* The family that the writer's system has for it: 2 is IPv4 everywhere, IPv6 is something else on each. */
static enum ptn_line read_loopback(struct rest r, struct ptn_knock *k)
{
    if (r.len < 4)
        return PTN_LINE_BROKEN;
    unsigned family = r.at[0] ? r.at[0] : r.at[3];
    skip(&r, 4);
    return family == 2                                                    ? read_ip4(r, k)
           : family == 10 || family == 24 || family == 28 || family == 30 ? read_ip6(r, k)
                                                                          : PTN_LINE_REMARK;
}

/* Linux's "cooked" packets: to whom they went, then who sent them, then the type. */
static uint8_t way_of(unsigned type)
{
    return type == 4 ? PTN_WAY_OUT : type <= 2 ? PTN_WAY_IN : PTN_WAY_UNKNOWN;
}

static enum ptn_line read_cooked(struct rest r, struct ptn_knock *k)
{
    if (r.len < 16)
        return PTN_LINE_BROKEN;
    unsigned type = get16(r.at + 14);
    k->way = way_of(get16(r.at));
    skip(&r, 16);
    return read_ether_type(type, r, k);
}

static enum ptn_line read_cooked2(struct rest r, struct ptn_knock *k)
{
    if (r.len < 20)
        return PTN_LINE_BROKEN;
    unsigned type = get16(r.at);
    k->way = way_of(r.at[10]);
    skip(&r, 20);
    return read_ether_type(type, r, k);
}

enum { NFLOG_PAYLOAD = 9, NFLOG_PREFIX = 10 };

/* Linux's NFLOG: a list of length, type and value, each padded to four octets. */
static enum ptn_line read_nflog(struct rest r, struct ptn_knock *k)
{
    struct rest payload = {0};
    if (!skip(&r, 4))
        return PTN_LINE_BROKEN;
    while (r.len >= 4) {
        size_t len = get16_host(r.at), padded = (len + 3) & ~(size_t)3;
        unsigned type = get16_host(r.at + 2) & 0x7fff;
        if (len < 4 || len > r.len)
            break;
        struct rest value = {r.at + 4, len - 4};
        if (type == NFLOG_PREFIX)
            k->rule = (struct ptn_slice){(const char *)value.at, strnlen((const char *)value.at, value.len)};
        else if (type == NFLOG_PAYLOAD)
            payload = value;
        skip(&r, padded < r.len ? padded : r.len);
    }
    return read_ip(payload, k);
}

enum { PFLOG_ACTION = 2, PFLOG_INTERFACE = 4, PFLOG_WAY = 60, PFLOG_LEN = 61 };

/* BSD's pflog: what pf did with a packet, and where. */
static enum ptn_line read_pflog(struct rest r, struct ptn_knock *k)
{
    if (r.len < PFLOG_LEN || r.at[0] < PFLOG_LEN)
        return PTN_LINE_BROKEN;
    const char *name = (const char *)r.at + PFLOG_INTERFACE;
    struct ptn_slice interface = {name, strnlen(name, 16)};
    k->action = r.at[PFLOG_ACTION] == 0 ? PTN_ACTION_PASS : r.at[PFLOG_ACTION] == 1 ? PTN_ACTION_DROP : PTN_ACTION_NONE;
    k->way = r.at[PFLOG_WAY] == 1 ? PTN_WAY_IN : r.at[PFLOG_WAY] == 2 ? PTN_WAY_OUT : PTN_WAY_UNKNOWN;
    *(k->way == PTN_WAY_OUT ? &k->out : &k->in) = interface;
    if (!skip(&r, ((size_t)r.at[0] + 3) & ~(size_t)3))
        return PTN_LINE_BROKEN;
    return read_ip(r, k);
}

static const struct ptn_packet_link {
    unsigned link;
    uint32_t has; /* of every knock */
    enum ptn_line (*read)(struct rest, struct ptn_knock *);
} links[] = {
    {1, PTN_HAS_NO_FILTER, read_ethernet},
    {113, PTN_HAS_NO_FILTER, read_cooked},
    {276, PTN_HAS_NO_FILTER, read_cooked2},
    {101, PTN_HAS_NO_FILTER, read_ip},
    {12, PTN_HAS_NO_FILTER, read_ip},
    {14, PTN_HAS_NO_FILTER, read_ip},
    {228, PTN_HAS_NO_FILTER, read_ip},
    {229, PTN_HAS_NO_FILTER, read_ip},
    {0, PTN_HAS_NO_FILTER, read_loopback},
    {108, PTN_HAS_NO_FILTER, read_loopback},
    {239, 0, read_nflog},
    {117, PTN_HAS_ROUTER, read_pflog},
};

#define N_LINKS (sizeof(links) / sizeof(links[0]))

const struct ptn_packet_link *ptn_packet_link(unsigned link)
{
    for (size_t i = 0; i < N_LINKS; i++)
        if (links[i].link == link)
            return &links[i];
    return NULL;
}

enum ptn_line ptn_packet_read(const struct ptn_packet_link *link, const uint8_t *packet, size_t len,
                              struct ptn_knock *ret)
{
    if (!link)
        return PTN_LINE_REMARK;
    ret->has |= link->has;
    return link->read((struct rest){packet, len}, ret);
}
