/*
 * Remarks on a ruleset, in the chart's words: which services it lets in that it should not, and what it forgets. Pure:
 * the wall was read elsewhere, and nobody looks here whether anything listens.
 */
#ifndef PTN_JUDGE_CHECK_H
#define PTN_JUDGE_CHECK_H

#include "base/arena.h"
#include "chart/chart.h"
#include "wall/words.h"

/* id, word, what it says of many */
#define PTN_REMARKS(X)                                                                                                 \
    X(UNSAFE, "unsafe", "a service rated N is let in")                                                                 \
    X(OPEN, "open", "a service rated - is let in for everybody there")                                                 \
    X(WIDE, "wide", "more than a thousand ports are let in at once")                                                   \
    X(TWIN, "twin", "IPv6 is open where IPv4 is not, or the other way round")                                          \
    X(DISCOVERY, "discovery", "ICMPv6 neighbour discovery is dropped")                                                 \
    X(LOOPBACK, "loopback", "this machine cannot talk to itself")                                                      \
    X(ESTABLISHED, "established", "answers to this machine's own connections are dropped")                             \
    X(LOG, "log", "a log without a limit: whoever knocks can fill the disk")                                           \
    X(IDLE, "idle", "a permission nobody listens behind")                                                              \
    X(FORWARDED, "forwarded", "a port that is sent on to another machine")                                             \
    X(EXPIRED, "expired", "a permission whose time is over")                                                           \
    X(SHADOWED, "shadowed", "a rule to which no packet comes past the rules before it")                                \
    X(UNREACHED, "unreached", "rules to which no packet comes")                                                        \
    X(UNJUDGED, "unjudged", "what was met and is not judged")

enum ptn_remark_kind {
#define X(id, word, help) PTN_REMARK_##id,
    PTN_REMARKS(X)
#undef X
        PTN_REMARK_COUNT
};

const char *ptn_remark_word(enum ptn_remark_kind);
const char *ptn_remark_help(enum ptn_remark_kind);

struct ptn_remark {
    enum ptn_remark_kind kind;
    enum ptn_verdict level; /* BLIND: it cannot be told whether it is so */
    const char *netns;      /* whose wall it is about; NULL: there is but one */
    const char *what;       /* "telnet", "0-21/tcp 23-65535/tcp", "icmpv6 types 135 136" */
    bool has_service;
    struct ptn_claim claim; /* of the service */
    const char *ports;      /* "23/tcp"; "" where it is not about ports */
    const char *iif;        /* from where; NULL: not about a place */
    enum ptn_rung rung;
    bool v4, v6;
    const char *peers;             /* "anyone", "limited to 10.0.0.0/8"; "" */
    const struct ptn_chain *chain; /* what decides, or where it stands; NULL: no rule at all */
    const struct ptn_rule *rule;   /* NULL: the chain's policy, or the chain */
    const char *text;              /* a sentence with all of it but the rule */
};

/* Bridges and ARP are another matter; a table of IP that could not be read (ptn_wall.unjudged) is a hole in what is
 * said. */
bool ptn_unjudged_matters(const char *what);

struct ptn_remarks {
    struct ptn_remark *items; /* worst first */
    size_t n;
    struct ptn_arena arena;
};

/* Everything there is to say of a wall, as asked from the places of a namespace. Borrows from all of them. Caller
 * releases. Result: 0, -ENOMEM, -E2BIG as ptn_wall_ask(). */
int ptn_check(struct ptn_remarks *ret, const struct ptn_wall *, const struct ptn_netns *, const struct ptn_chart *);
void ptn_remarks_release(struct ptn_remarks *);

/* "inet filter input handle 7: tcp dport 22 accept", "inet filter input: policy drop". Returns out. */
#define PTN_CHECK_RULE_TEXT 512
const char *ptn_check_rule(const struct ptn_chain *, const struct ptn_rule *, char out[static PTN_CHECK_RULE_TEXT]);
/* The same of the step that decided. */
const char *ptn_check_deciding(const struct ptn_outcome *, char out[static PTN_CHECK_RULE_TEXT]);

#endif
