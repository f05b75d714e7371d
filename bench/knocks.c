/*
 * A firewall's log, made up: lines as Linux's netfilter writes them through syslog, or the packets themselves.
 *
 *     knocks [--pcap] [--each] BYTES SEED [SOURCES]     at least BYTES octets in whole lines or packets, from SOURCES
 *                                                       (100000) addresses
 *
 * What a machine on the internet sees with every port closed: packets that nobody asked for, from public addresses
 * alone (the few of the special networks below would be a finding of their own). Ports and sources are drawn by Zipf's
 * law; --each takes the sources in turn instead, so that all of them come. One source in twelve has IPv6; the same seed
 * gives the same log. It lasts 30 days, however long it is.
 */
#include <endian.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_OCTETS 512
#define BUFFER (1u << 20)
#define BEGIN 1790812800 /* 2026-10-01 00:00 UTC */
#define DAYS 30
#define STEPS 4096 /* of the table of a distribution */

static const uint16_t ports[] = {
    23,    22,    445,   80,   443,   3389, 8080,  5555,  2323, 1433, 3306,  81,   8443, 25,   21,    5060,
    6379,  8088,  5900,  53,   37215, 123,  8081,  139,   110,  135,  1900,  9200, 5432, 2222, 7547,  8888,
    27017, 60023, 52869, 5038, 143,   993,  11211, 49152, 8291, 389,  161,   2375, 113,  587,  10000, 5353,
    137,   465,   1723,  5000, 9000,  8000, 2376,  6443,  3128, 4786, 50070, 1080, 8545, 7001, 1883,  500,
};
#define N_PORTS (sizeof(ports) / sizeof(ports[0]))

/* From where no packet comes by way of the internet (https://www.iana.org/assignments/iana-ipv4-special-registry). */
static const struct {
    uint32_t net;
    uint8_t prefix;
} special[] = {
    {0x00000000, 8},  {0x0a000000, 8},  {0x64400000, 10}, {0x7f000000, 8},  {0xa9fe0000, 16},
    {0xac100000, 12}, {0xc0000000, 24}, {0xc0000200, 24}, {0xc0586300, 24}, {0xc0a80000, 16},
    {0xc6120000, 15}, {0xc6336400, 24}, {0xcb007100, 24}, {0xe0000000, 3},
};
#define N_SPECIAL (sizeof(special) / sizeof(special[0]))

static uint64_t state;

static uint64_t roll(void) /* splitmix64 */
{
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* ---- Zipf's law: rank r with a probability of about 1/r ---------------------------------------------- */

struct zipf {
    uint32_t from[STEPS + 1];
};

static void zipf_make(struct zipf *z, uint32_t n)
{
    for (unsigned i = 0; i <= STEPS; i++)
        z->from[i] = (uint32_t)pow((double)n + 1, (double)i / STEPS) - 1;
}

static uint32_t zipf_draw(const struct zipf *z, uint64_t random)
{
    unsigned step = random % STEPS;
    uint32_t from = z->from[step], to = z->from[step + 1];
    return to > from ? from + (uint32_t)((random >> 32) * (to - from) >> 32) : from;
}

/* ---- text -------------------------------------------------------------------------------------------- */

static char three[1000][4]; /* numbers as text, and their lengths behind them */

static void make_numbers(void)
{
    for (unsigned i = 0; i < 1000; i++) {
        char text[8];
        int len = snprintf(text, sizeof(text), "%u", i);
        memcpy(three[i], text, 3);
        three[i][3] = (char)len;
    }
}

static char *put_small(char *p, unsigned n)
{
    memcpy(p, three[n], 4);
    return p + three[n][3];
}

static char *put_padded(char *p, unsigned n) /* three digits */
{
    p[0] = (char)('0' + n / 100);
    p[1] = (char)('0' + n / 10 % 10);
    p[2] = (char)('0' + n % 10);
    return p + 3;
}

static char *put_number(char *p, unsigned n)
{
    if (n < 1000)
        return put_small(p, n);
    return put_padded(n < 1000000 ? put_small(p, n / 1000) : put_padded(put_small(p, n / 1000000), n / 1000 % 1000),
                      n % 1000);
}

static char *put_text(char *p, const char *text, size_t len)
{
    memcpy(p, text, len);
    return p + len;
}

#define PUT(p, literal) put_text((p), (literal), sizeof(literal) - 1)

static char *put_ip4(char *p, uint32_t a)
{
    p = put_small(p, a >> 24);
    *p++ = '.';
    p = put_small(p, a >> 16 & 255);
    *p++ = '.';
    p = put_small(p, a >> 8 & 255);
    *p++ = '.';
    return put_small(p, a & 255);
}

static char *put_group(char *p, unsigned n) /* four hexadecimal digits */
{
    for (int shift = 12; shift >= 0; shift -= 4)
        *p++ = "0123456789abcdef"[n >> shift & 15];
    return p;
}

static char *put_ip6(char *p, const uint16_t *groups) /* in full, as the kernel has it */
{
    for (unsigned i = 0; i < 8; i++) {
        if (i)
            *p++ = ':';
        p = put_group(p, groups[i]);
    }
    return p;
}

/* ---- addresses --------------------------------------------------------------------------------------- */

static bool may_be_special[256]; /* by the first octet, so that most addresses need no search */

static void mark_special(void)
{
    for (size_t i = 0; i < N_SPECIAL; i++)
        for (unsigned first = special[i].net >> 24, n = special[i].prefix < 8 ? 1u << (8 - special[i].prefix) : 1; n--;)
            may_be_special[first + n] = true;
}

static bool is_special(uint32_t a)
{
    for (size_t i = 0; may_be_special[a >> 24] && i < N_SPECIAL; i++)
        if ((a ^ special[i].net) >> (32 - special[i].prefix) == 0)
            return true;
    return false;
}

static uint32_t address_of(uint64_t source)
{
    while (is_special((uint32_t)source))
        source = mix(source + 1);
    return (uint32_t)source;
}

/* A network for each source: 2001:db8::/32 stands for all the others. */
static void address6_of(uint64_t source, uint16_t *groups)
{
    uint64_t net = mix(source);
    const uint16_t all[8] = {0x2001,
                             0x0db8,
                             (uint16_t)(net | 0x1000),
                             (uint16_t)(net >> 16),
                             (uint16_t)(source >> 48),
                             (uint16_t)(source >> 32),
                             (uint16_t)(source >> 16),
                             (uint16_t)source};
    memcpy(groups, all, sizeof(all));
}

/* ---- packets ----------------------------------------------------------------------------------------- */

enum { ICMP = 1, TCP = 6, UDP = 17, ICMP6 = 58 };
enum { FIN = 1, SYN = 2, RST = 4, ACK = 16 };

struct knock {
    uint64_t source;
    unsigned proto, flags, sport, dport, len, ttl, id, window, micros;
    bool is6;
};

struct draw {
    struct zipf by_port, by_source;
    bool each;
    uint32_t sources, next;
};

static uint64_t draw_source(struct draw *d, uint64_t random)
{
    uint32_t rank = d->each ? d->next++ : zipf_draw(&d->by_source, random);
    if (d->next == d->sources)
        d->next = 0;
    return mix(rank + UINT64_C(0x5bf03635));
}

static struct knock draw_knock(struct draw *d)
{
    uint64_t a = roll(), b = roll(), source = draw_source(d, b);
    uint32_t rank = zipf_draw(&d->by_port, a);
    unsigned kind = (unsigned)(a >> 16 & 0xffff) % 100;
    struct knock k = {
        .source = source,
        .is6 = source % 12 == 0,
        .proto = kind >= 12 ? TCP : UDP,
        .flags = kind < 90   ? SYN
                 : kind < 96 ? RST
                             : ACK | FIN,
        .sport = 1024 + (unsigned)(b >> 24) % 64000,
        .dport = rank < N_PORTS ? ports[rank] : (unsigned)(mix(rank) % 64511) + 1025,
        .len = kind < 12 ? 60 + (unsigned)(b >> 16) % 400 : 60,
        .ttl = 40 + (unsigned)(source >> 40) % 80,
        .id = (unsigned)(a >> 48),
        .window = source >> 48 & 1 ? 65535 : 1024,
        .micros = (unsigned)(a >> 20) % 1000000,
    };
    if (kind < 2)
        k.proto = k.is6 ? ICMP6 : ICMP;
    return k;
}

/* ---- lines ------------------------------------------------------------------------------------------- */

struct head {
    char text[96];
    size_t len;
    time_t second;
};

static void make_head(struct head *h, time_t second)
{
    struct tm tm;
    gmtime_r(&second, &tm);
    h->second = second;
    h->len = strftime(h->text, sizeof(h->text), "%b %e %H:%M:%S gw kernel: [", &tm);
    h->len +=
        (size_t)snprintf(h->text + h->len, sizeof(h->text) - h->len, "%6lld.", (long long)(second - BEGIN + 4711));
}

static char *put_addresses(char *p, const struct knock *k)
{
    if (!k->is6) {
        p = put_ip4(PUT(p, "SRC="), address_of(k->source));
        p = put_number(PUT(p, " DST=192.0.2.17 LEN="), k->len);
        p = put_small(PUT(p, " TOS=0x00 PREC=0x00 TTL="), k->ttl);
        p = put_number(PUT(p, " ID="), k->id);
        return k->source >> 47 & 1 ? PUT(p, " DF ") : PUT(p, " ");
    }
    uint16_t groups[8];
    address6_of(k->source, groups);
    p = put_ip6(PUT(p, "SRC="), groups);
    p = put_number(PUT(p, " DST=2001:0db8:0000:0017:0000:0000:0000:0001 LEN="), k->len);
    p = put_small(PUT(p, " TC=0 HOPLIMIT="), k->ttl);
    return PUT(p, " FLOWLBL=0 ");
}

static char *put_transport(char *p, const struct knock *k)
{
    if (k->proto == ICMP || k->proto == ICMP6) {
        p = k->is6 ? PUT(p, "PROTO=ICMPv6 TYPE=128 CODE=0 ID=") : PUT(p, "PROTO=ICMP TYPE=8 CODE=0 ID=");
        return put_number(PUT(put_number(p, k->sport), " SEQ="), k->dport & 15);
    }
    p = k->proto == UDP ? PUT(p, "PROTO=UDP SPT=") : PUT(p, "PROTO=TCP SPT=");
    p = put_number(PUT(put_number(p, k->sport), " DPT="), k->dport);
    if (k->proto == UDP)
        return put_number(PUT(p, " LEN="), k->len - (k->is6 ? 40 : 20));
    p = put_number(PUT(p, " WINDOW="), k->window);
    return k->flags == SYN   ? PUT(p, " RES=0x00 SYN URGP=0")
           : k->flags == RST ? PUT(p, " RES=0x00 RST URGP=0")
                             : PUT(p, " RES=0x00 ACK FIN URGP=0");
}

static char *put_line(char *p, time_t second, const struct knock *k)
{
    static struct head head;
    if (second != head.second)
        make_head(&head, second);
    memcpy(p, head.text, sizeof(head.text));
    p = put_padded(put_padded(p + head.len, k->micros / 1000), k->micros % 1000);
    p = PUT(p, "] DROP IN=eth0 OUT= MAC=52:54:00:1c:c7:0a:00:1b:21:3c:9d:f8:");
    p = k->is6 ? PUT(p, "86:dd ") : PUT(p, "08:00 ");
    return PUT(put_transport(put_addresses(p, k), k), " \n");
}

/* ---- a capture of Ethernet, in the order of the machine ------------------------------------------------ */

static char *put16(char *p, unsigned n) /* in the order of the network, as all below */
{
    uint16_t net = htobe16((uint16_t)n);
    return put_text(p, (const char *)&net, sizeof(net));
}

static char *put_ip4_head(char *p, const struct knock *k)
{
    uint32_t from = htobe32(address_of(k->source));
    p = put16(put16(PUT(p, "\x08\x00\x45\0"), k->len), k->id);
    p = put16(put16(put16(p, k->source >> 47 & 1 ? 0x4000 : 0), k->ttl << 8 | k->proto), 0);
    return PUT(put_text(p, (const char *)&from, sizeof(from)), "\xc0\0\x02\x11");
}

static char *put_ip6_head(char *p, const struct knock *k)
{
    uint16_t groups[8];
    address6_of(k->source, groups);
    p = put16(put16(PUT(p, "\x86\xdd\x60\0\0\0"), k->len - 40), k->proto << 8 | k->ttl);
    for (unsigned i = 0; i < 8; i++)
        p = put16(p, groups[i]);
    return PUT(p, "\x20\x01\x0d\xb8\0\0\0\x17\0\0\0\0\0\0\0\x01");
}

static char *put_packet(char *p, time_t second, const struct knock *k)
{
    const uint32_t record[4] = {(uint32_t)second, k->micros, 14 + k->len, 14 + k->len};
    char *end = p + sizeof(record) + 14 + k->len;
    memset(p, 0, sizeof(record) + 14 + k->len);
    p = PUT(put_text(p, (const char *)record, sizeof(record)), "\x52\x54\0\x1c\xc7\x0a\0\x1b\x21\x3c\x9d\xf8");
    p = k->is6 ? put_ip6_head(p, k) : put_ip4_head(p, k);
    if (k->proto == ICMP || k->proto == ICMP6) {
        put16(put16(put16(put16(p, k->is6 ? 128 << 8 : 8 << 8), 0), k->sport), k->dport & 15);
        return end;
    }
    p = put16(put16(p, k->sport), k->dport);
    if (k->proto == UDP)
        put16(p, k->len - (k->is6 ? 40 : 20));
    else
        put16(put16(p + 8, (k->is6 ? 5u : 10u) << 12 | k->flags), k->window);
    return end;
}

static const uint32_t capture_header[6] = {0xa1b2c3d4, 4 << 16 | 2, 0, 0, 65535, 1};

/* ------------------------------------------------------------------------------------------------------ */

static void write_all(const char *p, size_t len)
{
    while (len) {
        ssize_t n = write(STDOUT_FILENO, p, len);
        if (n < 0 && errno != EINTR) {
            fprintf(stderr, "knocks: %s\n", strerror(errno));
            exit(2);
        }
        p += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
}

static void run(struct draw *d, bool capture, uint64_t bytes)
{
    static char buffer[BUFFER + LINE_MAX_OCTETS];
    double seconds_an_octet = (double)DAYS * 86400 / (double)bytes;
    uint64_t done = 0;
    if (capture)
        write_all((const char *)capture_header, sizeof(capture_header));
    while (done < bytes) {
        char *p = buffer;
        while (p < buffer + BUFFER && done + (uint64_t)(p - buffer) < bytes) {
            time_t second = BEGIN + (time_t)((double)(done + (uint64_t)(p - buffer)) * seconds_an_octet);
            struct knock k = draw_knock(d);
            p = capture ? put_packet(p, second, &k) : put_line(p, second, &k);
        }
        write_all(buffer, (size_t)(p - buffer));
        done += (uint64_t)(p - buffer);
    }
}

static int usage(void)
{
    fputs("usage: knocks [--pcap] [--each] BYTES SEED [SOURCES]\n", stderr);
    return 2;
}

int main(int argc, char **argv)
{
    static struct draw d;
    bool capture = false;
    for (; argc > 1 && argv[1][0] == '-'; argc--, argv++) {
        if (strcmp(argv[1], "--pcap") == 0)
            capture = true;
        else if (strcmp(argv[1], "--each") == 0)
            d.each = true;
        else
            return usage();
    }
    uint64_t bytes = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    if (argc < 3 || argc > 4 || !bytes)
        return usage();
    state = mix(strtoull(argv[2], NULL, 10) + 1);
    unsigned long sources = argc > 3 ? strtoul(argv[3], NULL, 10) : 100000;
    d.sources = (uint32_t)(sources < 1 ? 1 : sources > UINT32_MAX / 2 ? UINT32_MAX / 2 : sources);
    make_numbers();
    mark_special();
    zipf_make(&d.by_port, 20000);
    zipf_make(&d.by_source, d.sources);
    run(&d, capture, bytes);
    return 0;
}
