/*
 * What is kept of a log: bounded, whatever its length, and the same in whatever order its lines were read, so that
 * threads may each keep their own and put them together. A line whose packet alone tells the cause is counted by cause;
 * of the others each source is remembered: which ports it tried, when, and whether it got in.
 */
#ifndef PTN_JUDGE_TALLY_H
#define PTN_JUDGE_TALLY_H

#include "cause.h"
#include "counter.h"
#include "site.h"

#define PTN_TRIED 4 /* ports and moments kept of a source */

/* A port that a source tried. */
struct ptn_tried {
    uint16_t port; /* 0 for protocols without ports */
    uint8_t proto; /* IP protocol number */
    uint8_t used;  /* PTN_TRIED_*; 0: nothing here */
    uint32_t lines;
};

enum { PTN_TRIED_SHUT = 1, PTN_TRIED_OPEN = 2 /* site.open */, PTN_TRIED_LET_IN = 3 };

/* 128 octets: two lines of a cache. */
struct ptn_visitor {
    uint8_t addr[16];
    uint8_t family;       /* AF_INET, AF_INET6; 0: an empty slot */
    uint8_t cause;        /* of its tries, once judged */
    uint16_t marks;       /* PTN_VISITOR_* */
    uint32_t first, last; /* of tries, probes and answers; seconds since 1970; 0 if they have no time */
    uint32_t tries;       /* lines that tried a port, or a protocol */
    uint32_t passed;      /* those of them that the filter let in */
    uint32_t probes;      /* echo requests, path probes */
    uint32_t answers;     /* RST, SYN-ACK, errors: to something that we sent, or that somebody forged */
    uint32_t others;      /* lines that were counted by cause */
    uint32_t causes;      /* a bit for each cause that those had */
    /* The ports and the moments whose hashes are least, those that were let in or stood open first: a fair choice, and
     * the same in whatever order they came. Where all places are taken the worst is the last. */
    struct ptn_tried tried[PTN_TRIED];
    uint32_t moments[PTN_TRIED];
    uint64_t ports[2];        /* a sketch: one bit a port, by its hash */
    uint32_t asked, answered; /* octets of its questions to our amplifiers, and of our answers to it */
};
_Static_assert(sizeof(struct ptn_visitor) == 128, "two lines of a cache");

enum {
    PTN_VISITOR_TOOL = 1,        /* packets marked as a survey's tool marks them (ZMap's IP id, masscan's shape) */
    PTN_VISITOR_MORE = 2,        /* it tried more ports than are kept */
    PTN_VISITOR_CONTACTED = 4,   /* the host sent it something, and not as an answer */
    PTN_VISITOR_SYN_ACK = 8,     /* it sent a SYN-ACK */
    PTN_VISITOR_ODD = 16,        /* an answer went to where no client of ours sits */
    PTN_VISITOR_OTHER = 32,      /* it tried something else than an amplifier */
    PTN_VISITOR_CONTAINER = 256, /* a container or a guest of this machine, by the interface's name */
    PTN_VISITOR_HOME = 128,      /* a private address that came to a private one */
    PTN_VISITOR_REPLY = 64,      /* it answered from a service's port to a client's of ours */
};

/* What is counted stays at its most. */
static inline uint32_t ptn_sum32(uint32_t a, uint64_t b)
{
    return b > UINT32_MAX - a ? UINT32_MAX : a + (uint32_t)b;
}

/* A span of time that also has first-last: seconds since 1970, 0 where there is none. */
static inline void ptn_span_add(uint32_t *span_first, uint32_t *span_last, uint32_t first, uint32_t last)
{
    if (first && (!*span_first || first < *span_first))
        *span_first = first;
    if (last > *span_last)
        *span_last = last;
}

struct ptn_visitors {
    struct ptn_visitor *items; /* pages of their own */
    uint64_t *slots;           /* 0: empty; else the half of the hash above item + 1 */
    uint32_t n, room, n_slots;
};

/* An address as the table knows it: IPv4 uses the first four octets, the others are zero. */
struct ptn_visitor_key {
    uint8_t addr[16];
    uint64_t hash;
    uint8_t family;
};
void ptn_visitor_key(const struct ptn_addr *, struct ptn_visitor_key *ret);

/* Starts to fetch where a source is found: its place, and, once that is there, its record. */
void ptn_visitors_fetch_place(const struct ptn_visitors *, const struct ptn_visitor_key *);
void ptn_visitors_fetch(const struct ptn_visitors *, const struct ptn_visitor_key *);
/* Found or made. NULL when out of memory. */
struct ptn_visitor *ptn_visitors_take(struct ptn_visitors *, const struct ptn_visitor_key *);
struct ptn_visitor *ptn_visitors_find(const struct ptn_visitors *, const struct ptn_addr *);
/* Adds all of `from`, which stays as it is. Result: 0 or -ENOMEM. */
int ptn_visitors_merge(struct ptn_visitors *into, const struct ptn_visitors *from);
/* The same where `from` is not needed any more: what it holds afterwards may be anything. */
int ptn_visitors_move(struct ptn_visitors *into, struct ptn_visitors *from);
/* Forgets all of them and keeps the room. */
void ptn_visitors_clear(struct ptn_visitors *);
void ptn_visitors_release(struct ptn_visitors *);

/* It tried this port, with so many lines: none where the line counts as something else. */
void ptn_visitor_try(struct ptn_visitor *, uint8_t proto, uint16_t port, unsigned used, unsigned lines);
void ptn_visitor_moment(struct ptn_visitor *, uint32_t second);
/* The share of its lines that one of its moments stands for; the earlier ones have the rest. */
uint32_t ptn_visitor_share(const struct ptn_visitor *, unsigned moment, uint32_t lines);
#define PTN_PORTS_MANY 500 /* or more: the sketch is full */
/* About how many ports it tried: exact up to PTN_TRIED, then from the sketch. */
unsigned ptn_visitor_ports(const struct ptn_visitor *);
unsigned ptn_sketch_ports(const uint64_t sketch[2]);
/* Whether it came at a regular interval, seconds in *interval: at least eight lines to one port, and so regular that
 * none of `among` such sources would be by chance. */
bool ptn_visitor_is_regular(const struct ptn_visitor *, uint32_t among, uint32_t *interval);
#define PTN_REGULAR_LINES 8

/* ---- all of it ------------------------------------------------------------------------------------------------- */

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
    uint8_t kind, cause, proto; /* as in struct ptn_packet */
    bool passed, tracks, ported, outgoing, answered, asks;
    uint16_t port, sport, marks;
    uint32_t second;
    uint64_t octets;
};

#define PTN_VISITS 32

struct ptn_tally {
    const struct ptn_site *site;
    /* Put off until their records have come from memory: while one half fills, those of the other are fetched. */
    struct ptn_visit visits[2][PTN_VISITS];
    unsigned n_visits, n_fetched, half; /* of the half that fills; of the other one */
    struct ptn_visitors visitors;
    struct ptn_sum sums[PTN_CAUSE_COUNT]; /* UNEXPLAINED: of all lines that the sources decide */
    struct ptn_counting
        times; /* by PTN_TIMES_WHAT and minute: every line; UNEXPLAINED stands for what sources decide */
    /* By ptn_port_place(), NULL: none. Of causes that the packet tells; UNEXPLAINED: all that tried a port by TCP or
     * UDP. */
    uint32_t *ports[PTN_CAUSE_COUNT];
    struct ptn_counting heat; /* by PTN_HEAT_WHAT and ten minutes: the same, once a port had a few */
    struct ptn_spoke *spoke;
    size_t n_spoke, room_spoke;
    uint64_t own_ports[2][1024]; /* TCP, UDP: ports that the host itself sent from */
    uint64_t packets, passed, dropped;
    uint64_t calls; /* TCP connections of the host's own that the log tells of */
};

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
