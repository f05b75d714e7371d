/*
 * A line of the kernel's packet log that begins as one before it did. Consecutive lines share all that stands before
 * the packet, but for the digits of two clocks: "Oct  1 00:00:01 gw kernel: [  4712.007140] DROP IN=eth0 OUT= ". What
 * the usual readers made of it once is kept here, with the text and where digits may differ; where a line is alike, it
 * holds again, and only the packet is read. Whatever is not so simple is left to the usual readers.
 *
 *     netfilter_again.c          what is kept of a line; which reader this processor has
 *     netfilter_again_read.h     the reader
 *     netfilter_again_plain.c    built for every processor
 *     netfilter_again_avx2.c     built for those with AVX2; that of AVX-512 was no faster
 */
#ifndef PTN_SOURCE_LOG_NETFILTER_AGAIN_H
#define PTN_SOURCE_LOG_NETFILTER_AGAIN_H

#include "format.h"
#include "stamp.h"

#define PTN_AGAIN_TEXT 128
#define PTN_AGAIN_BEGINS 16

/* What lines began with. Each octet of theirs is `text` and no more than `most` above it: 0 where they are alike, 9 at
 * a digit (then `text` is '0'), 255 behind the end. */
struct ptn_begin {
    uint8_t len; /* up to the packet; 0: there was none yet */
    uint8_t stamp, stamp_len, second, fraction_end, n_fraction;
    uint8_t rule, in, out;  /* where they begin in the line */
    int64_t minute;         /* the time without its seconds */
    struct ptn_knock knock; /* of the last line; what no packet changes is kept */
    unsigned char text[PTN_AGAIN_TEXT], most[PTN_AGAIN_TEXT];
};

/* Where packets go to: always the same where a log is of one host. */
struct ptn_destination {
    size_t len; /* 0: there was none yet */
    struct ptn_addr addr;
    char text[64]; /* with its blank */
};

/* What packets before had: where a processor expects the same, it need not wait until it is known. */
struct ptn_seen {
    size_t mac;                   /* the length of the hardware's addresses */
    struct ptn_destination to[2]; /* IPv4's, IPv6's */
};

struct ptn_again;

/* Reads a line that is alike. Result: the knock, until the next line; NULL: it is not so simple. */
typedef const struct ptn_knock *(*ptn_again_reader)(struct ptn_again *, struct ptn_slice line);

/* Of one file and one thread. */
struct ptn_again {
    ptn_again_reader read; /* NULL: nothing is kept yet */
    struct ptn_clock *clock;
    struct ptn_begin *last;
    bool missed; /* the last line began as none that is kept */
    unsigned missed_since, oldest;
    struct ptn_begin begins[PTN_AGAIN_BEGINS];
    struct ptn_seen seen;
    struct ptn_knock other;
};

/* Keeps what was read of a line that the reader has missed. Where lines begin in more ways than are kept, only few of
 * them are: it is the usual readers that read most of these, and they should not be slower for it. */
void ptn_again_learn(struct ptn_again *, struct ptn_clock *, const struct ptn_message *, const struct ptn_knock *);

/* Parts of that, which are the same for every processor. A begin whose stamp alone is another one: it is kept with the
 * line's from now on; NULL. And a packet of another kind, behind a begin that is known. */
struct ptn_begin *ptn_again_renew(struct ptn_again *, struct ptn_slice line);
const struct ptn_knock *ptn_again_other(struct ptn_again *, const struct ptn_begin *, struct ptn_slice line,
                                        int64_t time);

/* Reads [at, end), which is what stands behind the interfaces, if it is what nearly all packets are: TCP or UDP in the
 * kernel's order, and nothing behind it. Eight octets before it can be read. What is not told by a packet is left as it
 * is. Result: false: it is not so simple, and the packet's fields may be anything. */
typedef bool (*ptn_packet_reader)(struct ptn_seen *, const char *at, const char *end, struct ptn_knock *);

struct ptn_again_level {
    const char *name;
    bool (*is_able)(void); /* this machine */
    ptn_again_reader line;
    ptn_packet_reader packet;
};

/* The best first; the last one runs everywhere. */
extern const struct ptn_again_level *const ptn_again_levels[];
extern const size_t ptn_n_again_levels;

/* The one that is used: at first what this machine does best. */
const struct ptn_again_level *ptn_again_level(void);
void ptn_again_use(const struct ptn_again_level *);

#endif
