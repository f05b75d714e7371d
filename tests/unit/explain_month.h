/* A month of a firewall's log, made up: what comes to every host on the internet, and what a home's devices say. */
#ifndef PTN_TESTS_EXPLAIN_MONTH_H
#define PTN_TESTS_EXPLAIN_MONTH_H

#include "explain_log.h"

#define MONTH (30 * 86400)

enum { HOST_RENTED, HOST_HOME };

struct month {
    struct log_text *log;
    const char *me, *me6;
    uint64_t seed;
    bool home;
    unsigned share; /* of the background, in percent */
};

static uint32_t below(struct month *m, uint32_t n)
{
    m->seed = m->seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(m->seed >> 33) % n;
}

static __attribute__((format(printf, 4, 5))) void say(struct month *m, uint32_t at, const char *head,
                                                      const char *format, ...)
{
    char line[512];
    stamp(line, sizeof(line), BEGIN + at);
    size_t n = strlen(line);
    n += (size_t)snprintf(line + n, sizeof(line) - n, " fw kernel: [%s", head);
    va_list args;
    va_start(args, format);
    n += (size_t)vsnprintf(line + n, sizeof(line) - n, format, args);
    va_end(args);
    log_add(m->log, line, n < sizeof(line) ? n : sizeof(line) - 1, 0);
}

#define IN_BLOCK "UFW BLOCK] IN=eth0 OUT= MAC=52:54:00:00:00:01:52:54:00:00:00:02:08:00"
#define IN_ALLOW "UFW ALLOW] IN=eth0 OUT= MAC=52:54:00:00:00:01:52:54:00:00:00:02:08:00"
#define OUT_ALLOW "UFW ALLOW] IN= OUT=eth0"

struct text {
    char t[48];
};

/* Somebody on the internet. */
static struct text anybody(struct month *m)
{
    static const uint8_t none[] = {0, 10, 100, 127, 169, 172, 192, 198, 203};
    struct text a;
    uint32_t first = 1 + below(m, 223);
    while (memchr(none, (int)first, sizeof(none)))
        first = 1 + below(m, 223);
    snprintf(a.t, sizeof(a.t), "%u.%u.%u.%u", first, below(m, 256), below(m, 256), 1 + below(m, 254));
    return a;
}

static void tcp_to(struct month *m, uint32_t at, const char *head, const char *src, const char *dst, unsigned sport,
                   unsigned dport, const char *flags)
{
    static const unsigned windows[] = {1024, 8192, 14600, 29200, 64240, 65535}, lengths[] = {40, 44, 52, 60};
    say(m, at, head,
        " SRC=%s DST=%s LEN=%u TOS=0x00 PREC=0x00 TTL=%u ID=%u PROTO=TCP SPT=%u DPT=%u WINDOW=%u RES=0x00 %s URGP=0",
        src, dst, lengths[below(m, 4)], 30 + below(m, 220), below(m, 65536), sport, dport, windows[below(m, 6)], flags);
}

static void udp_to(struct month *m, uint32_t at, const char *head, const char *src, const char *dst, unsigned sport,
                   unsigned dport, unsigned octets)
{
    say(m, at, head, " SRC=%s DST=%s LEN=%u TOS=0x00 PREC=0x00 TTL=%u ID=%u PROTO=UDP SPT=%u DPT=%u LEN=%u", src, dst,
        octets, 30 + below(m, 220), below(m, 65536), sport, dport, octets - 20);
}

static void icmp_to(struct month *m, uint32_t at, const char *src, unsigned type, unsigned code)
{
    say(m, at, IN_BLOCK, " SRC=%s DST=%s LEN=84 TOS=0x00 PREC=0x00 TTL=%u ID=%u PROTO=ICMP TYPE=%u CODE=%u ID=7 SEQ=1",
        src, m->me, 30 + below(m, 220), below(m, 65536), type, code);
}

static unsigned client_port(struct month *m)
{
    return 32768 + below(m, 28232);
}

static uint32_t some_time(struct month *m)
{
    return below(m, MONTH - 7200);
}

/* ---- what comes to everybody --------------------------------------------------------------------------------------
 */

static unsigned swept_port(struct month *m, bool udp)
{
    static const uint16_t tcp[] = {23,    22,   445,  80,    443,  3389,  8080, 5555,  2323,  1433, 3306,
                                   81,    8443, 25,   21,    5060, 6379,  8088, 5900,  37215, 8081, 139,
                                   110,   135,  9200, 5432,  2222, 7547,  8888, 27017, 5038,  143,  993,
                                   49152, 8291, 2375, 113,   587,  10000, 465,  1723,  5000,  9000, 8000,
                                   6443,  3128, 4786, 50070, 1080, 8545,  7001, 1883,  60023, 52869};
    static const uint16_t udps[] = {5060, 161, 53,   123, 1900, 389, 11211, 500,  3702,
                                    137,  19,  5683, 111, 1434, 69,  3478,  27015};
    const unsigned n = udp ? COUNT(udps) : COUNT(tcp);
    unsigned rank = below(m, n) * below(m, n) / n;
    if (below(m, 100) < 25)
        return 1024 + below(m, 64512); /* the long tail */
    return udp ? udps[rank] : tcp[rank];
}

/* TCP repeats a SYN after 1, 3, 7... seconds; a worm does not. */
static void try_port(struct month *m, uint32_t at, const char *src, unsigned port)
{
    const unsigned sport = 1024 + below(m, 64512), often = below(m, 10), lines = often < 6 ? 1 : often < 9 ? 3 : 7;
    for (unsigned i = 0; i < lines; i++)
        tcp_to(m, at + (1u << i) - 1, IN_BLOCK, src, m->me, sport, port, "SYN");
}

static void sweep_once(struct month *m)
{
    const struct text src = anybody(m);
    const unsigned kind = below(m, 100), ports = kind < 88 ? 1 : kind < 97 ? 2 : 3;
    const unsigned visits = kind % 10 ? 1 : 2 + below(m, 12);
    unsigned port[3];
    for (unsigned i = 0; i < ports; i++)
        port[i] = swept_port(m, false);
    for (unsigned i = 0; i < visits; i++)
        try_port(m, some_time(m), src.t, port[i % ports]);
}

static void sweep_udp(struct month *m)
{
    const struct text src = anybody(m);
    udp_to(m, some_time(m), IN_BLOCK, src.t, m->me, 1024 + below(m, 64512), swept_port(m, true), 60 + below(m, 400));
}

/* A survey's network: many machines, many ports, all month. */
static void survey(struct month *m, unsigned net)
{
    for (unsigned i = 0; i < 60; i++) {
        char src[48];
        snprintf(src, sizeof(src), "167.94.%u.%u", net, 1 + below(m, 60));
        say(m, some_time(m), IN_BLOCK,
            " SRC=%s DST=%s LEN=40 TOS=0x00 PREC=0x00 TTL=240 ID=54321 PROTO=TCP SPT=%u DPT=%u WINDOW=65535 RES=0x00 "
            "SYN "
            "URGP=0",
            src, m->me, 1024 + below(m, 60000), 1 + below(m, 65535));
    }
}

static void sweep_six(struct month *m)
{
    say(m, some_time(m), IN_BLOCK,
        " SRC=2a01:%x:%x::%x DST=%s LEN=60 TC=0 HOPLIMIT=%u FLOWLBL=0 PROTO=TCP SPT=%u DPT=%u WINDOW=64800 RES=0x00 "
        "SYN "
        "URGP=0",
        1 + below(m, 65535), below(m, 65536), 1 + below(m, 65535), m->me6, 30 + below(m, 30), client_port(m),
        swept_port(m, false));
}

static void backscatter(struct month *m)
{
    static const uint16_t ports[] = {80, 443, 22, 53, 25565, 8080, 30120, 3306};
    const struct text src = anybody(m);
    const unsigned port = ports[below(m, 8)], kind = below(m, 4);
    const uint32_t at = some_time(m);
    for (unsigned i = 0, n = 1 + below(m, 12); i < n; i++)
        if (kind < 3)
            tcp_to(m, at + i * 7, IN_BLOCK, src.t, m->me, port, 1024 + below(m, 64512),
                   kind == 0   ? "ACK SYN"
                   : kind == 1 ? "ACK RST"
                               : "RST");
        else
            icmp_to(m, at + i * 7, src.t, i % 2 ? 3 : 11, i % 2 ? 3 : 0);
}

static void amplifier(struct month *m)
{
    static const uint16_t ports[] = {53, 123, 161, 389, 1900, 11211, 19, 111, 3702, 5353, 17, 69};
    const struct text src = anybody(m);
    const unsigned port = ports[below(m, 12)];
    const uint32_t at = some_time(m);
    for (unsigned i = 0, n = 1 + below(m, 20); i < n; i++)
        udp_to(m, at + i, IN_BLOCK, src.t, m->me, 80 + below(m, 2) * 4000, port, 60);
}

static void measure(struct month *m)
{
    const struct text src = anybody(m);
    const uint32_t at = some_time(m);
    if (below(m, 2))
        for (unsigned i = 0; i < 20; i++)
            udp_to(m, at + i, IN_BLOCK, src.t, m->me, 40000, 33434 + i, 60);
    else
        for (unsigned i = 0; i < 4; i++)
            icmp_to(m, at + i, src.t, 8, 0);
}

static void impossible(struct month *m)
{
    static const char *const srcs[] = {"0.0.0.0",   "127.0.0.1", "240.0.0.1",   "255.255.255.255",
                                       "224.0.0.9", "10.9.8.7",  "172.20.30.40"};
    tcp_to(m, some_time(m), IN_BLOCK, srcs[below(m, m->home ? 5 : 7)], m->me, 1024 + below(m, 60000),
           swept_port(m, false), "SYN");
}

static void odd_protocol(struct month *m)
{
    static const uint8_t protos[] = {47, 41, 4, 50, 132, 97};
    const struct text src = anybody(m);
    say(m, some_time(m), IN_BLOCK, " SRC=%s DST=%s LEN=48 TOS=0x00 PREC=0x00 TTL=52 ID=0 PROTO=%u", src.t, m->me,
        protos[below(m, 6)]);
}

/* A peer to peer program that ran here. */
static void peers(struct month *m)
{
    for (unsigned i = 0; i < 600; i++) {
        const struct text src = anybody(m);
        const uint32_t at = some_time(m);
        if (i % 3)
            udp_to(m, at, IN_BLOCK, src.t, m->me, 1024 + below(m, 64512), 51413, 95);
        else
            try_port(m, at, src.t, 51413);
    }
}

/* ---- what follows the host's own doings ----------------------------------------------------------------------------
 */

static void late(struct month *m)
{
    static const char *const flags[] = {"ACK FIN", "RST", "ACK PSH FIN", "ACK", "ACK RST"};
    static const uint16_t served[] = {443, 443, 443, 80, 993, 22, 853};
    const struct text src = anybody(m);
    const unsigned sport = served[below(m, 7)], dport = client_port(m);
    const uint32_t at = some_time(m);
    for (unsigned i = 0, n = 1 + below(m, 6); i < n; i++)
        tcp_to(m, at + i * 3, IN_BLOCK, src.t, m->me, sport, dport, flags[below(m, 5)]);
}

static void late_callers(struct month *m)
{
    static const char *const flags[] = {"ACK FIN", "RST", "ACK", "ACK RST"};
    const struct text src = anybody(m);
    tcp_to(m, some_time(m), IN_BLOCK, src.t, m->me, client_port(m), below(m, 4) ? 443 : 25, flags[below(m, 4)]);
}

static void late_udp(struct month *m)
{
    static const uint16_t asked[] = {53, 53, 123, 443, 443, 3478};
    const struct text src = anybody(m);
    udp_to(m, some_time(m), IN_BLOCK, src.t, m->me, asked[below(m, 6)], client_port(m), 60 + below(m, 1000));
}

static void mail(struct month *m)
{
    const struct text server = anybody(m);
    const uint32_t at = some_time(m);
    const unsigned sport = client_port(m);
    tcp_to(m, at, OUT_ALLOW, m->me, server.t, sport, 25, "SYN");
    for (unsigned i = 0; i < 3; i++)
        tcp_to(m, at + 1 + 2 * i, IN_BLOCK, server.t, m->me, sport + 1, 113, "SYN");
}

/* Who comes for what is offered; some of them look around as well. */
static void guest(struct month *m)
{
    const struct text src = anybody(m);
    const unsigned port = below(m, 3) ? 443 : 80;
    for (unsigned i = 0, n = 1 + below(m, 3); i < n; i++)
        tcp_to(m, some_time(m), IN_ALLOW, src.t, m->me, client_port(m), port, "SYN");
}

static void curious(struct month *m)
{
    const struct text src = anybody(m);
    const uint32_t at = some_time(m);
    for (unsigned i = 0; i < 30; i++)
        try_port(m, at + i * 5, src.t, 1 + below(m, 10000));
    tcp_to(m, at, IN_ALLOW, src.t, m->me, client_port(m), 80, "SYN");
    tcp_to(m, at, IN_ALLOW, src.t, m->me, client_port(m), 443, "SYN");
    tcp_to(m, at + 9, IN_BLOCK, src.t, m->me, client_port(m), 80, "ACK FIN");
}

/* ---- neighbours -----------------------------------------------------------------------------------------------------
 */

static void neighbours(struct month *m, const char *net, const char *broadcast)
{
    static const struct {
        uint16_t sport, dport;
        const char *dst; /* NULL: broadcast */
    } said[] = {{5353, 5353, "224.0.0.251"},
                {50000, 1900, "239.255.255.250"},
                {137, 137, NULL},
                {138, 138, NULL},
                {68, 67, "255.255.255.255"},
                {50001, 3702, "239.255.255.250"},
                {50002, 5355, "224.0.0.252"},
                {17500, 17500, NULL},
                {57621, 57621, NULL},
                {5678, 5678, "255.255.255.255"},
                {10001, 10001, "255.255.255.255"}};
    for (unsigned i = 0; i < 3000; i++) {
        char src[48];
        const unsigned which = below(m, COUNT(said));
        snprintf(src, sizeof(src), "%s.%u", net, 20 + below(m, 30));
        udp_to(m, some_time(m), IN_BLOCK, src, said[which].dst ? said[which].dst : broadcast, said[which].sport,
               said[which].dport, 78 + below(m, 400));
    }
}

/* A PC, a telephone, a printer, a television, and the router, to the host itself. */
static void devices(struct month *m)
{
    for (unsigned i = 0; i < 400; i++) {
        const uint32_t at = some_time(m);
        udp_to(m, at, IN_BLOCK, "192.168.1.20", m->me, 137, 137, 78);
        udp_to(m, at + 2, IN_BLOCK, "192.168.1.21", m->me, 5353, 5353, 200);
        udp_to(m, at + 4, IN_BLOCK, "192.168.1.40", m->me, 1900, client_port(m), 300);
        udp_to(m, at + 6, IN_BLOCK, "192.168.1.41", m->me, client_port(m), client_port(m), 300);
        udp_to(m, at + 8, IN_BLOCK, "192.168.1.30", m->me, 3702, client_port(m), 600);
        udp_to(m, at + 10, IN_BLOCK, "192.168.1.30", m->me, 161, client_port(m), 120);
        udp_to(m, at + 12, IN_BLOCK, "192.168.1.1", m->me, 53, client_port(m), 120);
        udp_to(m, at + 14, IN_BLOCK, "192.168.1.1", m->me, 67, 68, 328);
        tcp_to(m, at + 16, IN_BLOCK, "192.168.1.20", m->me, client_port(m), 7680, "SYN");
        tcp_to(m, at + 18, IN_BLOCK, "192.168.1.20", m->me, client_port(m), 5357, "SYN");
        tcp_to(m, at + 20, IN_BLOCK, "192.168.1.41", m->me, 8009, client_port(m), "ACK PSH");
        tcp_to(m, at + 22, IN_BLOCK, "192.168.1.30", m->me, 9100, client_port(m), "RST");
        icmp_to(m, at + 24, "192.168.1.1", 8, 0);
        say(m, at + 26, IN_BLOCK, " SRC=192.168.1.1 DST=224.0.0.1 LEN=36 TOS=0x00 PREC=0xC0 TTL=1 ID=0 DF PROTO=2");
        say(m, at + 28, IN_BLOCK,
            " SRC=fe80::%x DST=ff02::fb LEN=120 TC=0 HOPLIMIT=255 FLOWLBL=0 PROTO=UDP SPT=5353 DPT=5353 LEN=80",
            1 + below(m, 40));
    }
}

/* ---- all of it ------------------------------------------------------------------------------------------------------
 */

static void repeat(struct month *m, unsigned n, void (*what)(struct month *))
{
    for (unsigned i = 0; i < n * m->share / 100; i++)
        what(m);
}

static void make_month(struct month *m, bool home)
{
    repeat(m, 26000, sweep_once);
    repeat(m, 5000, sweep_udp);
    repeat(m, 1500, sweep_six);
    repeat(m, 700, backscatter);
    repeat(m, 400, amplifier);
    repeat(m, 400, measure);
    repeat(m, 60, impossible);
    repeat(m, 60, odd_protocol);
    for (unsigned i = 0; i < 8; i++)
        survey(m, 138 + i);
    peers(m);
    repeat(m, home ? 20000 : 1500, late);
    repeat(m, home ? 4000 : 1500, late_udp);
    if (home) {
        neighbours(m, "192.168.1", "192.168.1.255");
        devices(m);
    } else {
        repeat(m, 1500, late_callers);
        repeat(m, 60, mail);
        repeat(m, 3000, guest);
        repeat(m, 40, curious);
        neighbours(m, "203.0.113", "203.0.113.255");
    }
}

#endif
