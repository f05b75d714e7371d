/*
 * What the sources of a log were about, once all of its lines are counted: each source by itself, then the networks and
 * the ports that many of them share.
 */
#ifndef PTN_JUDGE_SOURCE_H
#define PTN_JUDGE_SOURCE_H

#include <string.h>

#include "tally.h"

/* A source and its network. */
struct ptn_member {
    uint64_t net;
    uint32_t visitor;
    uint32_t lines; /* all that it sent, at most UINT32_MAX */
};

/* What all of them together say. */
struct ptn_crowd {
    struct ptn_tally *tally;
    const struct ptn_site *site;
    const struct ptn_chart *chart;
    const struct ptn_tally *whole; /* judged before: `tally` is a part of it; NULL */
    uint32_t n;                    /* sources that tried a port */
    uint32_t insistent;            /* those of them that tried one port, and often */
    unsigned walk;                 /* so many more ports must fail than succeed, see source.c */
    uint32_t (*tried)[65536];      /* TCP, UDP: sources by port; TCP, UDP: those of them that were let in */
    struct ptn_member *members;    /* all of them, network by network */
    size_t n_members;
};

/* A network whose sources share out a scan. */
struct ptn_gang {
    struct ptn_addr net;
    uint8_t prefix;
    bool hit;
    uint32_t sources, ports;
    uint32_t first, last;
    uint64_t lines, passed;
};

struct ptn_gangs {
    struct ptn_gang *items;
    size_t n, room;
};

static inline struct ptn_addr ptn_visitor_addr(const struct ptn_visitor *v)
{
    struct ptn_addr a = {.family = v->family};
    memcpy(a.bytes, v->addr, sizeof(a.bytes));
    return a;
}

/* All lines of a source. */
static inline uint64_t ptn_visitor_lines(const struct ptn_visitor *v)
{
    return (uint64_t)v->tries + v->probes + v->answers + v->others;
}

/* All of them, network by network; caller frees. NULL when out of memory. (gang.c) */
struct ptn_member *ptn_members(const struct ptn_tally *);
struct ptn_addr ptn_member_net(const struct ptn_tally *, const struct ptn_member *, uint8_t *prefix);

/* Sets the cause of every visitor's tries, and finds the gangs; of the crowd the tally, the site and the chart are set.
 * Caller frees the gangs' items and crowd->tried and ->members. Result: 0 or -ENOMEM. */
int ptn_sources_judge(struct ptn_crowd *, struct ptn_gangs *);
/* Second part of it: who shares a network. (gang.c) */
int ptn_gangs_find(struct ptn_crowd *, struct ptn_gangs *);

/* Of a visitor that is judged: the causes of its probes, and of its answers. */
enum ptn_cause ptn_source_probes(const struct ptn_visitor *);
enum ptn_cause ptn_source_answers(const struct ptn_tally *, const struct ptn_visitor *);

/* Whether it reached something that is worth a worry; *what is the port it got through to. */
bool ptn_source_hit(const struct ptn_crowd *, const struct ptn_visitor *, bool scans, struct ptn_tried *what);

#endif
