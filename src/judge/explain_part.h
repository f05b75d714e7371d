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
    uint64_t more; /* tries of those of whom not all ports are kept */
    uint32_t first, last;
    uint64_t timeline[PTN_TIMELINE];
    uint64_t sketch[2]; /* of the ports of all of its sources */
    struct ptn_best suspects;
};

/* How often ports were tried, by cause. Ports are numbered as they come, so that what is kept of a cause is no larger
 * than what there is to tell. */
struct ptn_port_sum {
    uint32_t lines, sources;
};
struct ptn_port_number {
    uint32_t place, lines; /* of all causes */
};
struct ptn_port_sums {
    uint32_t *numbers;              /* by ptn_port_place(): from 1, 0 none */
    struct ptn_port_number *places; /* by number */
    size_t n, room;
    struct ptn_port_sum *of[PTN_CAUSE_COUNT]; /* by number, NULL: none yet */
    size_t rooms[PTN_CAUSE_COUNT];
};

/* What sources add up to: all of them, or half of them. */
struct ptn_added {
    struct ptn_cause_sum sums[PTN_CAUSE_COUNT];
    struct ptn_port_sums ports;
    struct ptn_best by_source;
    uint64_t sources;
    bool failed; /* out of memory */
};

struct ptn_explaining {
    struct ptn_explained *ret;
    struct ptn_crowd crowd;
    struct ptn_gangs gangs;
    struct ptn_added added;
};

/* Adds up all sources, which must be judged. Result: 0 or -ENOMEM. (explain_add.c) */
int ptn_explain_add_sources(struct ptn_explaining *);

/* So many lines, of so many sources more, tried a port. Result: 0 or -ENOMEM. (explain_ports.c) */
int ptn_ports_add(struct ptn_port_sums *, enum ptn_cause, uint32_t place, uint64_t lines, uint32_t sources);
/* Adds all of `from`. */
int ptn_ports_merge(struct ptn_port_sums *, const struct ptn_port_sums *from);
void ptn_ports_release(struct ptn_port_sums *);
/* Ports of a cause, those that the tally's packets told with them, most lines first, at most `max`; *all is how many
 * there were. NULL when out of memory. */
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
static inline unsigned ptn_explain_step(const struct ptn_explained *e, uint32_t second)
{
    const uint32_t at = second > e->begin ? (second - e->begin) / e->step : 0;
    return at < PTN_TIMELINE ? at : PTN_TIMELINE - 1;
}
/* The smallest of the usual steps by which `span` seconds are at most `n` steps. */
uint32_t ptn_usual_step(uint32_t span, uint32_t n);

#endif
