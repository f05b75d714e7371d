/*
 * The judge: listeners and the chart into findings. Pure: no I/O, no clock. A verdict rests on who owns the socket, on
 * the service's rating and on how far it can be reached; a port number alone never makes one worse than ASK.
 */
#ifndef PTN_JUDGE_JUDGE_H
#define PTN_JUDGE_JUDGE_H

#include "base/arena.h"
#include "chart/chart.h"

/* What the service's name rests on, strongest first. */
#define PTN_EVIDENCES(X)                                                                                               \
    X(OWNER, "owner", "by its owner")                                                                                  \
    X(NUMBER, "number", "by port number only")                                                                         \
    X(NOTHING, "nothing", "by nothing: nobody claims the port")

enum ptn_evidence {
#define X(id, word, help) PTN_EVIDENCE_##id,
    PTN_EVIDENCES(X)
#undef X
};

/* Remarks beside the verdict. id, word, the verdict it asks for at least, what it says of many */
#define PTN_LINTS(X)                                                                                                   \
    X(EPHEMERAL, "ephemeral", OK, "in the ephemeral range, not reserved: a client may be handed the port first")       \
    X(REUSEPORT, "reuseport", WORRY, "shared by two users through SO_REUSEPORT")                                       \
    X(V6_ONLY, "ipv6-only", OK, "open on IPv6 but not on IPv4: is that meant?")                                        \
    X(DELETED, "deleted-binary", ASK, "the binary was deleted or replaced since the start")                            \
    X(TEMPORARY, "temporary-binary", ASK, "runs from a temporary folder or from memory")                               \
    X(ROOT, "root", OK, "runs as root")                                                                                \
    X(ODD_PORT, "odd-port", OK, "not on its own port")                                                                 \
    X(LATENT, "latent", OK, "nothing listens yet, but it is configured")                                               \
    X(EXPECTED, "expected", OK, "expected by --allow")                                                                 \
    X(EXPIRED, "expired", OK, "was expected, until its time was over")

enum ptn_lint {
#define X(id, word, verdict, help) PTN_LINT_##id,
    PTN_LINTS(X)
#undef X
        PTN_LINT_COUNT
};

/* How far one address family reaches, and the step that decided it. */
struct ptn_reach {
    bool any; /* the socket takes this family at all */
    enum ptn_rung rung;
    const char *step;
};

struct ptn_finding {
    const struct ptn_listener *listener;
    const struct ptn_netns *netns;
    bool has_service;
    struct ptn_claim claim; /* of the service, if it has one; lo and hi are its own where it sits on an odd port */
    enum ptn_evidence evidence;
    bool several; /* its owner serves several things of unlike rating; which of them listens here is not known */
    const struct ptn_listener *behind; /* the container's listener that this one publishes, or NULL */
    struct ptn_reach v4, v6;
    enum ptn_rung rung; /* the higher of the two */
    bool reachable;     /* it has a rung at all (packet sockets do not) */
    bool client;        /* it only waits for the answers of its own questions */
    enum ptn_verdict verdict;
    const char *why, *act;             /* the verdict's reason; what to do */
    const char *lints[PTN_LINT_COUNT]; /* the remark, NULL where it does not apply */
};

struct ptn_findings {
    struct ptn_finding *items; /* worst first */
    size_t n;
    struct ptn_arena arena;
};

const char *ptn_evidence_word(enum ptn_evidence);
const char *ptn_evidence_help(enum ptn_evidence);
const char *ptn_lint_word(enum ptn_lint);
const char *ptn_lint_help(enum ptn_lint);

/* Judges every listener of a snapshot. Findings borrow from host and chart. Caller releases. Result: 0 or -ENOMEM. */
int ptn_judge(struct ptn_findings *ret, const struct ptn_host *, const struct ptn_chart *);
void ptn_findings_release(struct ptn_findings *);

/* Worst first, then the farthest reach, then by port. To be called again when verdicts were changed. */
void ptn_findings_sort(struct ptn_findings *);

/* ---- inside the room ------------------------------------------------------------------------------ */

/* Fills v4, v6, rung. */
int ptn_judge_reach(struct ptn_finding *, struct ptn_arena *);

/* Which daemon serves what, by name, for one chart. */
struct ptn_daemons;
int ptn_daemons_open(struct ptn_daemons **ret, const struct ptn_chart *);
void ptn_daemons_close(struct ptn_daemons *);

/* Fills service, claim, evidence. */
void ptn_judge_service(struct ptn_finding *, const struct ptn_chart *, const struct ptn_daemons *);

/* Fills `behind`, and takes the service from there. */
void ptn_judge_published(struct ptn_findings *);

/* Fills verdict, why, act. `blind`: owners may have been hidden from us. */
int ptn_judge_verdict(struct ptn_finding *, struct ptn_arena *, bool blind);

/* Fills the lints of all findings and raises verdicts by them. */
int ptn_judge_lints(struct ptn_findings *);

#endif
