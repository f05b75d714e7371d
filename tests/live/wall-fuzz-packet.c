/* Packets of the fuzz: drawn from the same few addresses and ports as the rules, crafted, written down, recognised. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "wall-fuzz-pool.h"
#include "wall-fuzz.h"

#define SEAL "PtnWall" /* and the id */

uint64_t rng_next(struct rng *r)
{
    uint64_t z = (r->state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

unsigned below(struct rng *r, unsigned n)
{
    return (unsigned)(rng_next(r) >> 33) % n;
}

bool chance(struct rng *r, unsigned percent)
{
    return below(r, 100) < percent;
}

struct ptn_addr addr_of(const char *text)
{
    struct ptn_addr a = {.family = strchr(text, ':') ? AF_INET6 : AF_INET};
    if (inet_pton(a.family, text, a.bytes) != 1)
        abort();
    return a;
}

/* ---- drawing ---------------------------------------------------------------------------------------------------- */

static const char *peer_of(struct rng *r, unsigned place, bool six)
{
    return six ? PICK(r, peers6[place]) : PICK(r, peers4[place]);
}

static const char *strange(struct rng *r, bool six)
{
    return six ? PICK(r, strange6) : PICK(r, strange4);
}

/* Where it says it comes from: mostly the place where it does. */
static void draw_source(struct packet *p, struct rng *r, bool six)
{
    unsigned dice = below(r, 100);
    unsigned place = dice < 88 ? p->from : below(r, LINKS);
    if (p->from == LOCAL)
        p->saddr = addr_of(dice < 95 ? (six ? PICK(r, own6) : PICK(r, own4)) : peer_of(r, place % LINKS, six));
    else if (dice >= 97)
        p->saddr = addr_of(strange(r, six));
    else
        p->saddr = addr_of(peer_of(r, place, six));
    if (dice < 20 && p->from != LOCAL) /* some other of that network */
        p->saddr.bytes[six ? 15 : 3] = (uint8_t)(20 + below(r, 200));
}

static void draw_target(struct packet *p, struct rng *r, bool six)
{
    unsigned dice = below(r, 100), place = below(r, LINKS);
    if (dice < (p->from == LOCAL ? 30 : 58))
        p->daddr = addr_of(six ? PICK(r, own6) : PICK(r, own4));
    else if (dice < 95)
        p->daddr = addr_of(peer_of(r, place, six));
    else if (p->from != LOCAL)
        p->daddr = addr_of(strange(r, six));
    else
        p->daddr = p->saddr;
    /* from a loopback address nothing leaves a machine but by a raw socket, which is not what is asked about */
    static const char *const home[] = {"192.0.2.1", "2001:db8:1::1"};
    bool looped = six ? p->saddr.bytes[0] == 0 : p->saddr.bytes[0] == 127;
    if (p->from == LOCAL && looped && memcmp(p->daddr.bytes, p->saddr.bytes, 16) != 0)
        p->daddr = addr_of(home[six]);
    uint8_t first = p->daddr.bytes[0];
    if (p->from != LOCAL && (six ? first == 0xff : (first >> 4) == 14))
        p->pkttype = chance(r, 80) ? 2 : 0;
    else if (p->from != LOCAL && !six && first == 255)
        p->pkttype = 1;
    else if (p->from != LOCAL && chance(r, 2))
        p->pkttype = (uint8_t)(1 + below(r, 2));
}

static uint8_t draw_flags(struct rng *r)
{
    static const uint8_t odd[] = {0x10, 0x12, 0x04, 0x14, 0x01, 0x11, 0x18, 0x00, 0x29, 0x03, 0x3f, 0xc2, 0x22, 0x06};
    return chance(r, 88) ? 2 : PICK(r, odd);
}

static void draw_transport(struct packet *p, struct rng *r, bool six)
{
    static const uint8_t kinds[] = {8, 8, 8, 8, 0, 13, 17, 3, 11, 5, 15, 30},
                         kinds6[] = {128, 128, 128, 128, 129, 1, 2, 4, 139, 200};
    static const uint8_t rare[] = {136, 136, 136, 47, 89, 99, 103, 112};
    unsigned dice = below(r, 100);
    p->proto = dice < 52   ? IPPROTO_TCP
               : dice < 84 ? IPPROTO_UDP
               : dice < 95 ? (six ? IPPROTO_ICMPV6 : IPPROTO_ICMP)
                           : PICK(r, rare);
    p->dport = PICK(r, ports);
    /* a source, or its port, is nobody else's: every packet begins a connection, before NAT and behind it */
    p->sport = chance(r, 20) ? PICK(r, source_ports) : (uint16_t)(20000 + below(r, 100) * 400 + p->id % 400);
    if (p->proto == IPPROTO_TCP)
        p->flags = draw_flags(r);
    if (p->proto == IPPROTO_ICMP || p->proto == IPPROTO_ICMPV6) {
        p->type = six ? PICK(r, kinds6) : PICK(r, kinds);
        p->code = p->type == 3 || p->type == 1 ? (uint8_t)below(r, 5) : 0;
    }
}

static void draw(struct packet *p, struct rng *r, uint32_t id)
{
    static const uint8_t ways[] = {0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, LOCAL, LOCAL, LOCAL};
    bool six = chance(r, 40);
    *p = (struct packet){.id = id, .from = PICK(r, ways), .family = six ? AF_INET6 : AF_INET};
    draw_source(p, r, six);
    draw_target(p, r, six);
    draw_transport(p, r, six);
    p->ttl = PICK(r, ttls);
    p->dscp = chance(r, 25) ? PICK(r, dscps) : 0;
    p->pad = chance(r, 30) ? (uint16_t)below(r, 400) : 0;
    if (p->from != LOCAL)
        return;
    p->mark = chance(r, 30) ? PICK(r, marks) : 0;
    p->uid = chance(r, 30) ? 1000 : 0;
    p->gid = chance(r, 30) ? 1000 : 0;
}

/* Whether an earlier one has its ports, or is of its protocol where that has none. */
static bool clashes(const struct packet *all, const struct packet *p)
{
    bool tells = p->proto == IPPROTO_TCP || p->proto == IPPROTO_UDP || p->proto == IPPROTO_UDPLITE;
    if (p->proto == IPPROTO_ICMP || p->proto == IPPROTO_ICMPV6)
        return false;
    for (; all < p; all++)
        if (all->proto == p->proto && all->family == p->family && (!tells || all->sport == p->sport))
            return true;
    return false;
}

void packets_random(struct packet *packets, struct rng *r, size_t n)
{
    for (size_t i = 0; i < n; i++)
        do
            draw(&packets[i], r, (uint32_t)i + 1);
        while (clashes(packets, &packets[i]));
}

/* Bits of nft's "ct state" (invalid 1, new 8, untracked 64), after nf_conntrack_proto_{tcp,icmp,icmpv6}.c for a packet
 * that belongs to no connection. */
uint32_t packet_ct_state(const struct packet *p)
{
    static const uint8_t valid[] = {0x02, 0x22, 0x10, 0x30};
    static const uint8_t requests[] = {8, 13, 15, 17};
    if (p->proto == IPPROTO_TCP)
        return memchr(valid, p->flags & 0x37, sizeof(valid)) ? 8 : 1;
    if (p->proto == IPPROTO_ICMP)
        return memchr(requests, p->type, sizeof(requests)) ? 8 : 1;
    if (p->proto == IPPROTO_UDPLITE && p->from != LOCAL)
        return 1; /* its checksum is taken otherwise than RFC 3828 has it (nf_checksum_partial), and found wrong */
    if (p->proto != IPPROTO_ICMPV6)
        return 8;
    if ((p->type >= 130 && p->type <= 136) || p->type == 143)
        return 64;
    return p->type == 128 || p->type == 139 ? 8 : 1;
}

/* ---- crafting --------------------------------------------------------------------------------------------------- */

static void put16(uint8_t *at, unsigned v)
{
    at[0] = (uint8_t)(v >> 8);
    at[1] = (uint8_t)v;
}

static void put32(uint8_t *at, uint32_t v)
{
    put16(at, v >> 16);
    put16(at + 2, v & 0xffff);
}

static uint32_t add(uint32_t sum, const uint8_t *at, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum += i % 2 ? at[i] : (uint32_t)at[i] << 8;
    return sum;
}

static uint16_t fold(uint32_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

/* Where the checksum stands in a transport header; its length. */
static size_t shape(uint8_t proto, size_t *checksum)
{
    switch (proto) {
    case IPPROTO_TCP:
        *checksum = 16;
        return 20;
    case IPPROTO_UDP:
    case IPPROTO_UDPLITE:
        *checksum = 6;
        return 8;
    case IPPROTO_ICMP:
    case IPPROTO_ICMPV6:
        *checksum = 2;
        return 8;
    default: /* none of their own, but a reject is silent unless the content sums up */
        *checksum = 2;
        return 4;
    }
}

static void fill_transport(const struct packet *p, uint8_t *t, size_t len)
{
    if (p->proto == IPPROTO_ICMP || p->proto == IPPROTO_ICMPV6) {
        t[0] = p->type;
        t[1] = p->code;
        put16(t + 4, p->id);
        return;
    }
    if (p->proto != IPPROTO_TCP && p->proto != IPPROTO_UDP && p->proto != IPPROTO_UDPLITE)
        return; /* zeros: a GRE header of version 0 without anything */
    put16(t, p->sport);
    put16(t + 2, p->dport);
    if (p->proto == IPPROTO_TCP) {
        put32(t + 4, p->id << 12);
        put32(t + 8, p->id << 12);
        t[12] = 5 << 4;
        t[13] = p->flags;
        put16(t + 14, 1024);
    } else {
        put16(t + 4, p->proto == IPPROTO_UDP ? (unsigned)len : 0);
    }
}

static void fill_checksum(const struct packet *p, uint8_t *t, size_t len)
{
    size_t at, width = p->family == AF_INET6 ? 16 : 4;
    size_t header = shape(p->proto, &at);
    uint32_t sum = add(0, t, len);
    if (p->proto != IPPROTO_ICMP && (header > 4 || p->family == AF_INET6))
        sum = add(add(sum + p->proto + (uint32_t)len, p->saddr.bytes, width), p->daddr.bytes, width);
    uint16_t check = fold(sum);
    put16(t + at, check || header == 4 || p->proto == IPPROTO_ICMP || p->proto == IPPROTO_ICMPV6 ? check : 0xffff);
}

size_t packet_craft(const struct packet *p, uint8_t *out, size_t size)
{
    size_t checksum, header = p->family == AF_INET6 ? 40 : 20, options = p->options ? 8 : 0;
    size_t len = shape(p->proto, &checksum) + sizeof(SEAL) - 1 + 2 + p->pad;
    uint8_t *t = out + header + options;
    if (header + options + len > size)
        abort();
    memset(out, 0, header + options + len);
    fill_transport(p, t, len);
    uint8_t *seal = t + shape(p->proto, &checksum);
    memcpy(seal, SEAL, sizeof(SEAL) - 1);
    put16(seal + sizeof(SEAL) - 1, p->id);
    fill_checksum(p, t, len);
    if (p->family == AF_INET6) {
        put32(out, 6u << 28 | (uint32_t)p->dscp << 22);
        put16(out + 4, (unsigned)(options + len));
        out[6] = options ? p->options : p->proto;
        out[7] = p->ttl;
        memcpy(out + 8, p->saddr.bytes, 16);
        memcpy(out + 24, p->daddr.bytes, 16);
        if (options) {
            const uint8_t padn[8] = {p->proto, 0, 1, 4};
            memcpy(out + 40, padn, 8);
        }
        return header + options + len;
    }
    out[0] = 0x45;
    out[1] = (uint8_t)(p->dscp << 2);
    put16(out + 2, (unsigned)(header + len));
    put16(out + 4, p->id);
    out[8] = p->ttl;
    out[9] = p->proto;
    memcpy(out + 12, p->saddr.bytes, 4);
    memcpy(out + 16, p->daddr.bytes, 4);
    put16(out + 10, fold(add(0, out, 20)));
    return header + len;
}

/* ---- recognising ------------------------------------------------------------------------------------------------- */

static unsigned get16(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static bool is_error(uint8_t proto, uint8_t type)
{
    if (proto == IPPROTO_ICMPV6)
        return type >= 1 && type <= 4;
    return proto == IPPROTO_ICMP && (type == 3 || type == 11 || type == 12);
}

/* The header behind those of IP. */
static const uint8_t *transport(uint8_t family, const uint8_t *ip, size_t len, uint8_t *proto)
{
    size_t at = family == AF_INET6 ? 40 : (size_t)(ip[0] & 15) * 4;
    if (len < 20 || len < at + 4)
        return NULL;
    *proto = family == AF_INET6 ? ip[6] : ip[9];
    if (family == AF_INET6 && (*proto == 0 || *proto == 60 || *proto == 43)) {
        *proto = ip[at];
        at += 8;
    }
    return len < at + 4 ? NULL : ip + at;
}

void packet_recognise(struct sighting *s, uint8_t family, const uint8_t *ip, size_t len)
{
    *s = (struct sighting){.daddr.family = family};
    const uint8_t *t = transport(family, ip, len, &s->proto), *end = ip + len;
    if (!t)
        return;
    const uint8_t *seal = memmem(t, (size_t)(end - t), SEAL, sizeof(SEAL) - 1);
    size_t checksum, header = shape(s->proto, &checksum);
    memcpy(s->daddr.bytes, ip + (family == AF_INET6 ? 24 : 16), family == AF_INET6 ? 16 : 4);
    if (header > 4 || s->proto == IPPROTO_UDPLITE)
        s->dport = (uint16_t)get16(t + 2);
    if (seal && (size_t)(end - seal) >= sizeof(SEAL) - 1 + 2)
        s->id = get16(seal + sizeof(SEAL) - 1);
    s->type = t[0];
    s->code = t[1];
    s->answer = s->id && is_error(s->proto, s->type) && seal != t + header;
    if (!s->id && s->proto == IPPROTO_TCP && end - t >= 20 && t[13] & 4) {
        /* a reset tells the id by one number or the other */
        unsigned seq = (get16(t + 4) << 16 | get16(t + 6)) >> 12, ack = (get16(t + 8) << 16 | get16(t + 10)) >> 12;
        s->id = ack ? ack : seq;
        s->answer = true;
    }
}

/* ---- writing down ------------------------------------------------------------------------------------------------ */

static const struct {
    const char *key;
    size_t offset, size;
} numbers[] = {
#define NUMBER(name, field)                                                                                            \
    {                                                                                                                  \
        name, offsetof(struct packet, field), sizeof(((struct packet *)0)->field)                                      \
    }
    NUMBER("proto", proto),     NUMBER("sport", sport),     NUMBER("dport", dport), NUMBER("flags", flags),
    NUMBER("type", type),       NUMBER("code", code),       NUMBER("ttl", ttl),     NUMBER("dscp", dscp),
    NUMBER("pkttype", pkttype), NUMBER("options", options), NUMBER("pad", pad),     NUMBER("mark", mark),
    NUMBER("uid", uid),         NUMBER("gid", gid),
};

static uint32_t load(const struct packet *p, size_t i)
{
    const char *at = (const char *)p + numbers[i].offset;
    uint8_t b;
    uint16_t h;
    uint32_t w;
    memcpy(&b, at, 1);
    memcpy(&h, at, 2);
    if (numbers[i].size == 1)
        return b;
    if (numbers[i].size == 2)
        return h;
    memcpy(&w, at, 4);
    return w;
}

static void store(struct packet *p, size_t i, uint32_t v)
{
    char *at = (char *)p + numbers[i].offset;
    const uint8_t b = (uint8_t)v;
    const uint16_t h = (uint16_t)v;
    memcpy(at, numbers[i].size == 1 ? (const void *)&b : numbers[i].size == 2 ? (const void *)&h : &v, numbers[i].size);
}

void packet_print(const struct packet *p, FILE *f)
{
    char from[INET6_ADDRSTRLEN], to[INET6_ADDRSTRLEN];
    fprintf(f, "from=%s saddr=%s daddr=%s", p->from == LOCAL ? "local" : link_names[p->from],
            inet_ntop(p->family, p->saddr.bytes, from, sizeof(from)),
            inet_ntop(p->family, p->daddr.bytes, to, sizeof(to)));
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
        if (load(p, i))
            fprintf(f, " %s=%u", numbers[i].key, load(p, i));
}

static bool parse_word(struct packet *p, const char *key, const char *value)
{
    struct ptn_addr *addr = strcmp(key, "saddr") == 0 ? &p->saddr : strcmp(key, "daddr") == 0 ? &p->daddr : NULL;
    if (addr) {
        p->family = addr->family = strchr(value, ':') ? AF_INET6 : AF_INET;
        return inet_pton(addr->family, value, addr->bytes) == 1;
    }
    if (strcmp(key, "from") == 0) {
        for (p->from = 0; p->from < LOCAL && strcmp(value, link_names[p->from]) != 0;)
            p->from++;
        return p->from < LOCAL || strcmp(value, "local") == 0;
    }
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
        if (strcmp(key, numbers[i].key) == 0) {
            store(p, i, (uint32_t)strtoul(value, NULL, 10));
            return true;
        }
    return false;
}

bool packet_parse(struct packet *p, const char *line)
{
    char key[16], value[INET6_ADDRSTRLEN];
    int used;
    *p = (struct packet){.id = 1};
    for (; sscanf(line, " %15[a-z]=%45[^ \n]%n", key, value, &used) == 2; line += used)
        if (!parse_word(p, key, value))
            return false;
    return p->family && p->saddr.family == p->daddr.family;
}
