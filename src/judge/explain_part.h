/* Between the files that put an explanation together. */
#ifndef PTN_JUDGE_EXPLAIN_PART_H
#define PTN_JUDGE_EXPLAIN_PART_H

#include "explain.h"
#include "source.h"

/* The best of many, most lines first. */
struct ptn_best {
    struct ptn_suspect items[PTN_TOP];
    size_t n, max;
};
void ptn_best_add(struct ptn_best *, const struct ptn_suspect *);
/* Whether somebody with so many lines would be added. */
bool ptn_best_takes(const struct ptn_best *, uint64_t lines);

/* What is added up of one cause. */
struct ptn_cause_sum {
    uint64_t lines, passed, sources;
    uint32_t first, last;
    uint64_t timeline[PTN_TIMELINE];
    uint64_t sketch[2]; /* of the ports of all of its sources */
    struct ptn_best suspects;
};

struct ptn_port_sums;

struct ptn_explaining {
    struct ptn_explained *ret;
    struct ptn_crowd crowd;
    struct ptn_gangs gangs;
    struct ptn_cause_sum sums[PTN_CAUSE_COUNT];
    struct ptn_port_sums *ports[PTN_CAUSE_COUNT]; /* NULL: none yet */
    struct ptn_member *members;                   /* all sources, network by network */
    size_t n_members;
    struct ptn_best by_source;
    bool failed; /* out of memory */
};

/* So many lines, of so many sources more, tried a port. Result: 0 or -ENOMEM. (explain_ports.c) */
int ptn_explain_add_port(struct ptn_explaining *, enum ptn_cause, uint8_t proto, uint16_t port, uint64_t lines,
                         uint32_t sources);
/* All that the tally's packets told. Result: 0 or -ENOMEM. */
int ptn_explain_add_ports(struct ptn_explaining *, const struct ptn_tally *);
/* Ports of a cause, most lines first, at most `max`; *all is how many there were. NULL when out of memory. */
struct ptn_port_count *ptn_explain_ports(struct ptn_explaining *, enum ptn_cause, size_t max, size_t *n, uint32_t *all);
/* The same of all that was tried. */
struct ptn_port_count *ptn_explain_tried(struct ptn_explaining *, size_t max, size_t *n);
/* Top ports, networks, days, the heat map. (explain_top.c) Result: 0 or -ENOMEM. */
int ptn_explain_tops(struct ptn_explaining *);
/* Title, why, facts, act, fix, evidence. (tell.c) Result: 0 or -ENOMEM. */
int ptn_explain_tell(struct ptn_explaining *, struct ptn_paragraph *);
/* By what the host was tested. NULL when out of memory. */
const char *ptn_explain_host(struct ptn_explaining *);

/* The cause of most of its lines. */
enum ptn_cause ptn_explain_main_cause(const struct ptn_explaining *, const struct ptn_visitor *);

/* The step of a timeline in which a second lies. */
unsigned ptn_explain_step(const struct ptn_explained *, uint32_t second);
/* The smallest of the usual steps by which `span` seconds are at most `n` steps. */
uint32_t ptn_usual_step(uint32_t span, uint32_t n);

#endif
