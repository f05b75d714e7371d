/*
 * What a log tells, put together: one paragraph a cause, worst first. It is the judge's answer; the reports print it
 * and decide nothing.
 */
#ifndef PTN_JUDGE_EXPLAIN_H
#define PTN_JUDGE_EXPLAIN_H

#include "base/arena.h"
#include "cause.h"
#include "chart/chart.h"
#include "site.h"
#include "tally.h"

#define PTN_TIMELINE 48     /* steps of a timeline */
#define PTN_TOP_PORTS 12    /* of a paragraph */
#define PTN_TOP_SUSPECTS 10 /* of a paragraph */
#define PTN_TOP 50          /* of the whole log */

/* A port and how often it was tried. Of ICMP the port is type << 8 | code; of other protocols 0. */
struct ptn_port_count {
    uint16_t port;
    uint8_t proto; /* IP protocol number */
    uint64_t lines;
    uint32_t sources; /* who tried it; 0 where that was not counted (late packets: it is the source port then) */
    const char *name; /* the chart's best name of the port, by its number only; NULL */
};

/* A source, or a network of them. */
struct ptn_suspect {
    struct ptn_addr addr;
    uint8_t prefix; /* 32 and 128: one address */
    uint64_t lines, passed;
    uint32_t sources, ports; /* about: see ptn_visitor_ports() */
    uint32_t first, last;    /* seconds since 1970; 0: unknown */
    uint32_t interval;       /* seconds, of a regular one; 0 */
    enum ptn_cause cause;    /* of most of its lines */
    const char *name;        /* from the user's list (--known), NULL */
    const char *place;       /* country and network, filled by the command from the user's database; NULL */
    const char *note;        /* "got through to 8080/tcp"; NULL */
};

struct ptn_paragraph {
    enum ptn_cause cause;
    enum ptn_verdict verdict;
    const char *title;
    const char *why;        /* sentences */
    const char *facts;      /* what the numbers of this log add: a sentence, or NULL */
    const char *act;        /* what to do, "" nothing */
    const char *fix;        /* a line for nft, or NULL */
    uint64_t lines, passed; /* passed: those that the filter let by */
    uint64_t sources;
    uint32_t first, last;               /* seconds since 1970; 0: no line had a time */
    const struct ptn_port_count *ports; /* most lines first */
    size_t n_ports;
    uint32_t all_ports;           /* how many there were */
    bool source_ports;            /* the ports are those it came from (late packets, backscatter) */
    struct ptn_suspect *suspects; /* most lines first; for a distributed scan networks */
    size_t n_suspects;
    uint64_t timeline[PTN_TIMELINE]; /* lines in each step, see ptn_explained */
    const char *ifaces;              /* "eth0, eth1": where they came in, at most four; "" */
    const char *rules;               /* log prefixes or rules, at most four; "" */
    const char **evidence;           /* what it rests on: the test, its numbers, what the host said (--why) */
    size_t n_evidence;
};

#define PTN_EVIDENCE_MAX 8 /* room of `evidence` */

struct ptn_day_count {
    uint32_t day; /* seconds since 1970 of its begin, UTC */
    uint64_t lines, dropped, passed;
    uint32_t worry_lines; /* of causes with WORRY: about */
};

/* Attempts by port and hour: rows[n_rows] of `n_columns` counts. */
struct ptn_heat {
    struct ptn_port_count *rows;
    size_t n_rows;        /* at most 20 */
    uint32_t begin, step; /* seconds; the first column's begin, and a column's width */
    size_t n_columns;     /* at most 48 */
    uint64_t *counts;     /* [row * n_columns + column] */
};

struct ptn_explained {
    struct ptn_paragraph *items; /* worst first */
    size_t n;
    uint64_t packets, passed, dropped; /* lines about packets; dropped: with rejected ones and those without a word */
    uint64_t sources;
    uint32_t first, last; /* seconds since 1970; 0: no line had a time */
    uint32_t step;        /* seconds of one step of the timelines, which begin at `begin` */
    uint32_t begin;
    const char *host;                           /* a sentence: by what the host was tested */
    struct ptn_port_count *ports;               /* PTN_TOP of each, most lines first */
    struct ptn_suspect *by_source, *by_network; /* networks of /24 and /48 */
    struct ptn_day_count *days;                 /* oldest first */
    size_t n_ports, n_by_source, n_by_network, n_days;
    struct ptn_heat heat;
    struct ptn_arena arena;
};

/* Judges a tally that is complete (all threads' merged). The result borrows from the site and the chart. Caller
 * releases. Result: 0 or -ENOMEM. */
int ptn_explain(struct ptn_explained *ret, struct ptn_tally *, const struct ptn_site *, const struct ptn_chart *);
/* The same for a tally of some of the lines only (those to one port): the causes are those of the whole. */
int ptn_explain_part(struct ptn_explained *ret, struct ptn_tally *part, const struct ptn_tally *whole,
                     const struct ptn_site *, const struct ptn_chart *);
void ptn_explained_release(struct ptn_explained *);

/* The cause of one line, once all are judged. */
enum ptn_cause ptn_explain_knock(const struct ptn_tally *, const struct ptn_site *, const struct ptn_knock *);

#endif
