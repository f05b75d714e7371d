/*
 * What is kept of a log: bounded, whatever its length, and the same in whatever order its lines were read, so that
 * threads may each keep their own and put them together. A line whose packet alone tells the cause is counted by cause;
 * of the others each source is remembered: which ports it tried, when, and whether it got in.
 */
#ifndef PTN_JUDGE_TALLY_H
#define PTN_JUDGE_TALLY_H

#include "counter.h"
#include "packet.h"
#include "site.h"
#include "visitor.h"

#define PTN_NAMES 4

/* Interfaces or rules that were named, the first few. */
struct ptn_log_names {
    char text[PTN_NAMES][32];
    uint64_t lines[PTN_NAMES];
};

/* Lines of one cause. */
struct ptn_sum {
    uint64_t lines, passed;
    uint32_t first, last; /* seconds since 1970; 0: none */
    struct ptn_log_names ifaces, rules;
};

/* Keys of the counters. */
#define PTN_HEAT_WHAT(proto, port) ((uint32_t)(proto) << 16 | (port))
#define PTN_TIMES_WHAT(cause, passed) ((uint32_t)(cause) << 1 | (passed))

/* Places of an array with a number for each port: TCP's, UDP's, the types of ICMP and its one code with a cause of its
 * own (fragmentation needed), the types of ICMPv6, other protocols. */
enum {
    PTN_PLACE_UDP = 65536,
    PTN_PLACE_ICMP = 2 * 65536,
    PTN_PLACE_TOO_BIG = PTN_PLACE_ICMP + 256,
    PTN_PLACE_ICMP6 = PTN_PLACE_TOO_BIG + 1,
    PTN_PLACE_OTHER = PTN_PLACE_ICMP6 + 256,
    PTN_PLACES = PTN_PLACE_OTHER + 256
};
#define PTN_TOO_BIG (3 << 8 | 4)

static inline uint32_t ptn_port_place(uint8_t proto, uint16_t port)
{
    const int place = proto == 6                          ? port
                      : proto == 17                       ? PTN_PLACE_UDP + port
                      : proto == 1 && port == PTN_TOO_BIG ? PTN_PLACE_TOO_BIG
                      : proto == 1                        ? PTN_PLACE_ICMP + (port >> 8)
                      : proto == 58                       ? PTN_PLACE_ICMP6 + (port >> 8)
                                                          : PTN_PLACE_OTHER + proto;
    return (uint32_t)place;
}

/* Lines by ptn_port_place(). */
enum { PTN_BLOCK = 1024, PTN_BLOCKS = (PTN_PLACES + PTN_BLOCK - 1) / PTN_BLOCK };
struct ptn_port_lines {
    uint32_t *blocks[PTN_BLOCKS]; /* NULL: none of its places has a line */
};

static inline uint32_t ptn_port_lines(const struct ptn_port_lines *lines, uint32_t place)
{
    const uint32_t *block = lines->blocks[place / PTN_BLOCK];
    return block ? block[place % PTN_BLOCK] : 0;
}

#define PTN_TIMES_UNIT 60
#define PTN_HEAT_UNIT 600

/* The host spoke to somebody who may ask back. */
struct ptn_spoke {
    struct ptn_addr addr;
    uint16_t port;
    uint32_t second; /* 0: unknown */
};

/* What a line says of one address. */
struct ptn_visit {
    struct ptn_visitor_key who;
    uint32_t second, record; /* record: see ptn_visitors_fetch() */
    uint64_t octets;
    uint32_t place; /* of its port, see ptn_port_place() */
    struct ptn_packet packet;
    uint16_t port, sport; /* 0: none */
    uint8_t proto;
    bool passed;
    bool ported; /* TCP or UDP, and the port is told */
};

/* Lines of one minute, or of as many as `times` has for one, that their sources decide. */
struct ptn_minute {
    uint64_t lines;
    uint32_t minute, first, last; /* as in struct ptn_sum */
};

#define PTN_VISITS 32

struct ptn_tally {
    const struct ptn_site *site;
    /* Put off until their records have come from memory: while one half fills, those of the other are fetched. */
    struct ptn_visit visits[2][PTN_VISITS];
    struct ptn_visit *next, *full; /* in the half that fills: the one that comes, and its end */
    unsigned n_fetched;            /* in the other one */
    struct ptn_visitors visitors;
    struct ptn_minute now[2];             /* of lines that did not pass, and that did; not yet in `sums` and `times` */
    struct ptn_sum sums[PTN_CAUSE_COUNT]; /* UNEXPLAINED: of all lines that the sources decide */
    struct ptn_counting
        times; /* by PTN_TIMES_WHAT and minute: every line; UNEXPLAINED stands for what sources decide */
    struct ptn_port_lines ports[PTN_CAUSE_COUNT]; /* of causes that the packet tells; UNEXPLAINED: all that tried a
                                                     port by TCP or UDP */
    struct ptn_counting heat; /* by PTN_HEAT_WHAT and ten minutes: the same, once a port had a few */
    struct ptn_spoke *spoke;
    size_t n_spoke, room_spoke;
    uint64_t own_ports[2][1024]; /* TCP, UDP: ports that the host itself sent from */
    uint64_t packets, passed, dropped;
    uint64_t calls; /* TCP connections of the host's own that the log tells of */
};

/* It stays where it is until it is released. */
void ptn_tally_open(struct ptn_tally *, const struct ptn_site *);
/* One line. Result: 0, 1 when the sources have become so many that they should be merged elsewhere and cleared, or
 * -ENOMEM. */
int ptn_tally_count(struct ptn_tally *, const struct ptn_knock *);
/* Before anything is read out of it. Result: 0 or -ENOMEM. */
int ptn_tally_flush(struct ptn_tally *);
/* Notes whom the host spoke to, if that is somebody who may ask back: mail, FTP, IRC. `second` 0: the time is not
 * known. Result: 0 or -ENOMEM. */
int ptn_tally_spoke(struct ptn_tally *, const struct ptn_addr *, uint16_t port, uint32_t second);
/* Adds all of `from`, which must be flushed and is only to be released then. Result: 0 or -ENOMEM. */
int ptn_tally_merge(struct ptn_tally *into, struct ptn_tally *from);
void ptn_tally_release(struct ptn_tally *);

#endif
