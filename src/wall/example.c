#include "example.h"

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/addr.h"

/* The text as it grows. */
struct line {
    char *out;
    size_t at;
};

static void put(struct line *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void put(struct line *l, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(l->out + l->at, PTN_EXAMPLE_TEXT - l->at, fmt, args);
    va_end(args);
    if (n > 0)
        l->at += (size_t)n < PTN_EXAMPLE_TEXT - l->at ? (size_t)n : PTN_EXAMPLE_TEXT - 1 - l->at;
}

/* A number of the set (NULL or empty: `otherwise`): the first of the wanted ones that is in it, else its least. */
static uint64_t pick(const struct ptn_ranges *r, const uint16_t *wanted, size_t n, uint64_t otherwise)
{
    uint8_t v[8];
    uint64_t least = 0;
    if (!r || !r->n || r->width > 8)
        return n && !r ? wanted[0] : otherwise;
    for (size_t i = 0; i < n; i++) {
        uint64_t x = wanted[i];
        for (int k = r->width - 1; k >= 0; k--, x >>= 8)
            v[k] = (uint8_t)x;
        if (x == 0 && ptn_ranges_has(r, v))
            return wanted[i];
    }
    for (unsigned k = 0; k < r->width; k++)
        least = least << 8 | ptn_ranges_lo(r, 0)[k];
    return least;
}

#define PICK(range, otherwise, ...)                                                                                    \
    pick(range, (const uint16_t[]){__VA_ARGS__}, sizeof((const uint16_t[]){__VA_ARGS__}) / sizeof(uint16_t), otherwise)

static void put_address(struct line *l, const struct ptn_ranges *r, uint8_t family)
{
    static const char *const four[] = {"203.0.113.9", "198.51.100.9", "192.0.2.9", "192.168.1.9", "10.0.0.9"};
    static const char *const six[] = {"2001:db8::9", "2001:db8:1::9", "fd00::9", "fe80::9"};
    const char *const *wanted = family == AF_INET ? four : six;
    const size_t n = family == AF_INET ? sizeof(four) / sizeof(*four) : sizeof(six) / sizeof(*six);
    struct ptn_addr a = {.family = family};
    char text[PTN_ADDR_TEXT];
    for (size_t i = 0; i < n; i++)
        if (ptn_addr_parse(&a, wanted[i], strlen(wanted[i])) == 0 && (!r || ptn_ranges_has(r, a.bytes))) {
            put(l, "%s", wanted[i]);
            return;
        }
    memcpy(a.bytes, ptn_ranges_lo(r, 0), r->width);
    uint8_t *last = &a.bytes[r->width - 1];
    if (*last == 0 && memcmp(ptn_ranges_lo(r, 0), ptn_ranges_hi(r, 0), r->width) != 0)
        *last = 1; /* not the network's own address, if another will do */
    put(l, "%s", ptn_addr_format(&a, text));
}

static void put_way_in(struct line *l, const struct ptn_flow *f)
{
    static const char *const wanted[] = {"eth0", "enp1s0", "wlan0", "wg0", "ppp0"};
    const struct ptn_ranges *r = f->field[PTN_PKT_IIFNAME];
    char name[17] = "";
    uint8_t padded[16];
    if (f->out) {
        put(l, " from here");
        return;
    }
    if (!r || r->width != 16 || !r->n)
        return;
    for (size_t i = 0; !ptn_ranges_is_point(r) && i < sizeof(wanted) / sizeof(*wanted) && !*name; i++) {
        memset(padded, 0, sizeof(padded));
        memcpy(padded, wanted[i], strlen(wanted[i]));
        if (ptn_ranges_has(r, padded))
            memcpy(name, padded, 16);
    }
    if (!*name)
        memcpy(name, ptn_ranges_lo(r, 0), 16);
    for (size_t i = 0; name[i]; i++)
        if (name[i] <= ' ' || name[i] > '~')
            name[i] = '?';
    if (*name)
        put(l, " by %s", name);
}

static const char *ported(uint64_t proto)
{
    switch (proto) {
    case IPPROTO_TCP:
        return "tcp";
    case IPPROTO_UDP:
        return "udp";
    case IPPROTO_SCTP:
        return "sctp";
    case IPPROTO_DCCP:
        return "dccp";
    case IPPROTO_UDPLITE:
        return "udplite";
    default:
        return NULL;
    }
}

static void put_what(struct line *l, const struct ptn_flow *f)
{
    const bool v6 = f->family == AF_INET6;
    uint64_t proto = PICK(f->field[PTN_PKT_L4PROTO], 0, IPPROTO_TCP, IPPROTO_UDP, v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
    if (ported(proto)) {
        put(l, "%u/%s", (unsigned)PICK(f->field[PTN_PKT_DPORT], 0, 22, 80, 53, 443), ported(proto));
        if (f->field[PTN_PKT_SPORT] && ptn_ranges_is_point(f->field[PTN_PKT_SPORT]))
            put(l, " from port %u", (unsigned)PICK(f->field[PTN_PKT_SPORT], 0, 0));
    } else if (proto == (v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP)) {
        put(l, "%s type %u", v6 ? "icmpv6" : "icmp",
            (unsigned)PICK(f->field[PTN_PKT_ICMP_TYPE], 0, v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO));
    } else {
        put(l, "IP protocol %u", (unsigned)proto);
    }
}

static void put_rest(struct line *l, const struct ptn_flow *f)
{
    static const struct {
        uint16_t state;
        const char *word;
    } states[] = {{1, "invalid"}, {2, "established"}, {4, "related"}, {64, "untracked"}};
    uint64_t state = PICK(f->field[PTN_PKT_CT_STATE], 8, 8), ttl = PICK(f->field[PTN_PKT_TTL], 64, 64);
    for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
        if (states[i].state == state)
            put(l, ", %s", states[i].word);
    if (ttl != 64)
        put(l, ", %s %u", f->family == AF_INET ? "ttl" : "hop limit", (unsigned)ttl);
}

const char *ptn_box_example(const struct ptn_flow *f, char out[static PTN_EXAMPLE_TEXT])
{
    struct line l = {out, 0};
    const struct ptn_ranges *to = f->field[PTN_PKT_DADDR];
    out[0] = '\0';
    for (int i = 0; i < PTN_PKT_COUNT; i++)
        if (f->field[i] && !f->field[i]->n) {
            put(&l, "nothing");
            return out;
        }
    put_address(&l, f->field[PTN_PKT_SADDR], f->family);
    put(&l, " -> ");
    if (to && ptn_ranges_is_point(to)) {
        put_address(&l, to, f->family);
        put(&l, " ");
    }
    put_what(&l, f);
    put_way_in(&l, f);
    put_rest(&l, f);
    return out;
}
