/*
 * A firewall's log: lines as Linux's netfilter writes them through syslog.
 *
 *     knocks BYTES SEED [SOURCES]     at least BYTES octets in whole lines, from SOURCES (100000) addresses
 *
 * Ports and sources are drawn by Zipf's law, one source in twelve has IPv6; the same seed gives the same log. It lasts
 * 30 days, however long it is.
 */
#include <errno.h>
#include <math.h>
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

static char *put_ip6(char *p, uint64_t low) /* in 2001:db8::/32, in full, as the kernel has it */
{
    p = PUT(p, "2001:0db8:0000:0000");
    for (int shift = 60; shift >= 0; shift -= 4) {
        if (shift % 16 == 12)
            *p++ = ':';
        *p++ = "0123456789abcdef"[low >> shift & 15];
    }
    return p;
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

/* A public address that is nobody's test network: 1 to 223, without 10 and 127. */
static uint32_t address_of(uint64_t source)
{
    uint32_t a = (uint32_t)source, first = a >> 24;
    if (first == 0 || first == 10 || first == 127 || first > 223)
        a = (a & 0xffffff) | (uint32_t)(80 + first % 16) << 24;
    return a;
}

static char *put_addresses(char *p, uint64_t source, unsigned len)
{
    if (source % 12) {
        p = put_ip4(PUT(p, "SRC="), address_of(source));
        p = put_number(PUT(p, " DST=192.0.2.17 LEN="), len);
        p = put_small(PUT(p, " TOS=0x00 PREC=0x00 TTL="), 40 + (unsigned)(source >> 40) % 80);
        p = put_number(PUT(p, " ID="), (unsigned)(roll() & 0xffff));
        return source >> 47 & 1 ? PUT(p, " DF ") : PUT(p, " ");
    }
    p = put_ip6(PUT(p, "SRC="), source);
    p = put_number(PUT(p, " DST=2001:0db8:0000:0017:0000:0000:0000:0001 LEN="), len);
    p = put_small(PUT(p, " TC=0 HOPLIMIT="), 40 + (unsigned)(source >> 40) % 80);
    return PUT(p, " FLOWLBL=0 ");
}

static char *put_transport(char *p, uint64_t source, unsigned kind, unsigned port, unsigned from, unsigned len)
{
    if (kind < 2) {
        p = source % 12 ? PUT(p, "PROTO=ICMP TYPE=8 CODE=0 ID=") : PUT(p, "PROTO=ICMPv6 TYPE=128 CODE=0 ID=");
        return put_number(PUT(put_number(p, from), " SEQ="), port & 15);
    }
    p = kind < 12 ? PUT(p, "PROTO=UDP SPT=") : PUT(p, "PROTO=TCP SPT=");
    p = put_number(PUT(put_number(p, from), " DPT="), port);
    if (kind < 12)
        return put_number(PUT(p, " LEN="), len - 20);
    p = put_number(PUT(p, " WINDOW="), source >> 48 & 1 ? 65535 : 1024);
    return kind < 90   ? PUT(p, " RES=0x00 SYN URGP=0")
           : kind < 96 ? PUT(p, " RES=0x00 RST URGP=0")
                       : PUT(p, " RES=0x00 ACK FIN URGP=0");
}

static char *put_line(char *p, const struct head *h, const struct zipf *by_port, const struct zipf *by_source)
{
    uint64_t a = roll(), b = roll();
    uint32_t rank = zipf_draw(by_port, a);
    uint64_t source = mix(zipf_draw(by_source, b) + UINT64_C(0x5bf03635));
    unsigned port = rank < N_PORTS ? ports[rank] : (unsigned)(mix(rank) % 64511) + 1025;
    unsigned kind = (unsigned)(a >> 16 & 0xffff) % 100, len = kind < 12 ? 40 + (unsigned)(b >> 16) % 400 : 60;
    memcpy(p, h->text, sizeof(h->text));
    p = put_padded(put_padded(p + h->len, (unsigned)(a >> 20) % 1000), (unsigned)(a >> 30) % 1000);
    p = PUT(p, "] DROP IN=eth0 OUT= MAC=52:54:00:1c:c7:0a:00:1b:21:3c:9d:f8:");
    p = source % 12 ? PUT(p, "08:00 ") : PUT(p, "86:dd ");
    p = put_addresses(p, source, len);
    p = put_transport(p, source, kind, port, 1024 + (unsigned)(b >> 24) % 64000, len);
    return PUT(p, " \n");
}

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

int main(int argc, char **argv)
{
    static struct zipf by_port, by_source;
    static char buffer[BUFFER + LINE_MAX_OCTETS];
    uint64_t bytes = argc > 1 ? strtoull(argv[1], NULL, 10) : 0, done = 0;
    if (argc < 3 || argc > 4 || !bytes) {
        fputs("usage: knocks BYTES SEED [SOURCES]\n", stderr);
        return 2;
    }
    state = mix(strtoull(argv[2], NULL, 10) + 1);
    unsigned long sources = argc > 3 ? strtoul(argv[3], NULL, 10) : 100000;
    make_numbers();
    zipf_make(&by_port, 20000);
    zipf_make(&by_source, (uint32_t)(sources < 1 ? 1 : sources > UINT32_MAX / 2 ? UINT32_MAX / 2 : sources));
    double seconds_an_octet = (double)DAYS * 86400 / (double)bytes;
    struct head head;
    make_head(&head, BEGIN);
    while (done < bytes) {
        char *p = buffer;
        while (p < buffer + BUFFER && done + (uint64_t)(p - buffer) < bytes) {
            time_t second = BEGIN + (time_t)((double)(done + (uint64_t)(p - buffer)) * seconds_an_octet);
            if (second != head.second)
                make_head(&head, second);
            p = put_line(p, &head, &by_port, &by_source);
        }
        write_all(buffer, (size_t)(p - buffer));
        done += (uint64_t)(p - buffer);
    }
    return 0;
}
