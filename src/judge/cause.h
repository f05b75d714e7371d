/*
 * The causes: why somebody knocked. Each has its test in this room and its texts in data/cause/ (title, verdict, why,
 * what to do); the list here is the one place where their words stand.
 */
#ifndef PTN_JUDGE_CAUSE_H
#define PTN_JUDGE_CAUSE_H

#include "portolan.h"

/* id, word (as in data/cause, in JSON and in --events), worst first within a verdict */
#define PTN_CAUSES(X)                                                                                                  \
    X(SCAN_HIT, "scan-hit")                                                                                            \
    X(SWEEP_HIT, "sweep-hit")                                                                                          \
    X(AMPLIFICATION_ANSWERED, "amplification-answered")                                                                \
    X(INSIDE, "inside")                                                                                                \
    X(IPV6_RULE, "ipv6-rule")                                                                                          \
    X(PATH_MTU, "path-mtu")                                                                                            \
    X(SCAN, "scan")                                                                                                    \
    X(DISTRIBUTED, "distributed-scan")                                                                                 \
    X(FRIEND, "friend")                                                                                                \
    X(OWN_OUT, "own-out")                                                                                              \
    X(UNEXPLAINED, "unexplained")                                                                                      \
    X(IDENT, "ident")                                                                                                  \
    X(SWEEP, "sweep")                                                                                                  \
    X(SURVEYOR, "surveyor")                                                                                            \
    X(AMPLIFICATION, "amplification")                                                                                  \
    X(FORGED, "forged")                                                                                                \
    X(BACKSCATTER, "backscatter")                                                                                      \
    X(AFTERSHOCK, "aftershock")                                                                                        \
    X(PATH_PROBE, "path-probe")                                                                                        \
    X(LATE_TCP, "late-tcp")                                                                                            \
    X(LATE_UDP, "late-udp")                                                                                            \
    X(CHATTER, "lan-chatter")                                                                                          \
    X(LET_IN, "let-in")                                                                                                \
    X(OWN_TRAFFIC, "own-traffic")

enum ptn_cause {
#define X(id, word) PTN_CAUSE_##id,
    PTN_CAUSES(X)
#undef X
        PTN_CAUSE_COUNT
};

/* What data/cause/ says of one. Never NULL; "" where a text is missing. */
struct ptn_cause_text {
    enum ptn_verdict verdict;
    const char *title; /* a phrase: "A vertical scan" */
    const char *why;   /* what it is, and why to worry or not */
    const char *act;   /* what to do; "" nothing */
};

const char *ptn_cause_word(enum ptn_cause);
struct ptn_cause_text ptn_cause_text(enum ptn_cause);

#endif
