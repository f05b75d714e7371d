/*
 * What is kept of a log: bounded, whatever its length, and the same in whatever order its lines were read, so that
 * threads may each keep their own and put them together. Lines whose packet alone tells the cause are counted by cause;
 * of the others each source is remembered: which ports it tried, when, and whether it got in.
 *
 * A source is 112 octets and 8 more in the index: a million of them, kept by two threads, fit 256 MB.
 */
#ifndef PTN_JUDGE_TALLY_H
#define PTN_JUDGE_TALLY_H

#include "portolan.h"

#define PTN_TRIED 4 /* ports and moments kept of a source */

/* A port that a source tried. */
struct ptn_tried {
    uint16_t port; /* ICMP: type << 8 | code */
    uint8_t proto; /* IP protocol number */
    uint8_t used;
    uint32_t lines;
};

struct ptn_visitor {
    uint8_t addr[16];
    uint8_t family; /* AF_INET, AF_INET6; 0: an empty slot */
    uint8_t flags;  /* PTN_VISITOR_* */
    uint16_t spare;
    uint32_t first, last;   /* seconds since 1970; 0 if its lines have no time */
    uint32_t lines, passed; /* passed: those that the filter let in */
    /* The ports and the moments whose hashes are least: a fair choice, and the same in whatever order they came. */
    struct ptn_tried tried[PTN_TRIED];
    uint32_t moments[PTN_TRIED];
    uint64_t ports[2]; /* a sketch: one bit a port, by its hash */
};

enum {
    PTN_VISITOR_TOOL = 1, /* packets marked as a survey's tool marks them (ZMap's IP id 54321) */
    PTN_VISITOR_MORE = 2, /* it tried more ports than are kept */
};

struct ptn_visitors {
    struct ptn_visitor *items;
    uint32_t *slots; /* 0: empty; else item + 1 */
    uint32_t n, room, n_slots;
};

/* Counts one line of a source. `time` as in a knock. Result: 0 or -ENOMEM. */
int ptn_visit_count(struct ptn_visitors *, const struct ptn_knock *);
/* Adds all of `from`, which stays as it is. Result: 0 or -ENOMEM. */
int ptn_visitors_merge(struct ptn_visitors *into, const struct ptn_visitors *from);
const struct ptn_visitor *ptn_visitors_find(const struct ptn_visitors *, const struct ptn_addr *);
void ptn_visitors_release(struct ptn_visitors *);

/* About how many ports it tried: exact up to PTN_TRIED, then from the sketch, at most 600. */
unsigned ptn_visitor_ports(const struct ptn_visitor *);
/* Whether it came at a regular interval, seconds in *interval: at least eight lines to one port. */
bool ptn_visitor_is_regular(const struct ptn_visitor *, uint32_t *interval);

#endif
