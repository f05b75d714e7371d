/*
 * The judge: listeners and the chart into findings. Pure: no I/O, no clock. A verdict rests on who owns the socket, on
 * the service's rating and on how far it can be reached; a port number alone never makes one worse than ASK.
 */
#ifndef PTN_JUDGE_JUDGE_H
#define PTN_JUDGE_JUDGE_H

#include "base/arena.h"
#include "chart/chart.h"
#include "check.h"
#include "expose.h"

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
    X(V6_OPEN, "ipv6-open", WORRY, "open on IPv6 where the packet filter closes IPv4")                                 \
    X(PAST_DENY, "past-deny", WORRY, "published past a rule that denies it")                                           \
    X(UNMENTIONED, "unmentioned", OK, "no rule mentions it: the packet filter's policy lets it in")                    \
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

/* What those behind one interface can do about a listener. */
struct ptn_way_in {
    const struct ptn_asker *asker;
    enum ptn_rung rung;
    enum ptn_answer answer;            /* UNKNOWN: they may get in */
    const char *limited;               /* only these of them get in; NULL: anyone there */
    const struct ptn_passage *passage; /* what decided */
};

/* How far one address family reaches, and the step that decided it. */
struct ptn_reach {
    bool any;                      /* the socket takes this family at all */
    bool unread;                   /* it holds if a packet filter lets it that was not read */
    enum ptn_rung rung;            /* the farthest from where something gets in, or may */
    enum ptn_rung sure;            /* the farthest from where something surely gets in */
    enum ptn_rung open;            /* the farthest from where anyone gets in, or may */
    const char *limited;           /* at `rung`: these alone; NULL: anyone there */
    const char *step;              /* a sentence: what decided */
    const struct ptn_way_in *ways; /* nearest first */
    size_t n_ways;
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
    struct ptn_remarks remarks; /* on the walls, in the light of what listens */
    struct ptn_blind *blind;    /* walls that were not read, and what is not judged in those that were */
    size_t n_blind;
    struct ptn_exposure exposure;
    struct ptn_arena arena;
};

const char *ptn_evidence_word(enum ptn_evidence);
const char *ptn_evidence_help(enum ptn_evidence);
const char *ptn_lint_word(enum ptn_lint);
const char *ptn_lint_help(enum ptn_lint);

/* Judges every listener of a snapshot. `walls`: one a namespace, or NULL: none was read; `today` is YYYY-MM-DD.
 * Findings borrow from all of them. Caller releases. Result: 0 or -ENOMEM. */
int ptn_judge(struct ptn_findings *ret, const struct ptn_host *, const struct ptn_walled *walls,
              const struct ptn_chart *, const char *today);
void ptn_findings_release(struct ptn_findings *);

/* The reach of the family that reaches farther. */
const struct ptn_reach *ptn_finding_reach(const struct ptn_finding *);

/* Whether something gets in, or may. */
bool ptn_way_in_opens(const struct ptn_way_in *);
/* "from the internet by eth0: inet filter input handle 12: tcp dport 22 accept", and its parts: "from", "perhaps from"
 * or "not from"; who; what decided. Return out. */
#define PTN_WAY_IN_WHO 360
#define PTN_WAY_IN_WHAT 1600
#define PTN_WAY_IN_TEXT 2000
const char *ptn_way_in_word(const struct ptn_way_in *);
const char *ptn_way_in_who(const struct ptn_way_in *, char out[static PTN_WAY_IN_WHO]);
const char *ptn_way_in_what(const struct ptn_way_in *, char out[static PTN_WAY_IN_WHAT]);
const char *ptn_way_in_text(const struct ptn_way_in *, char out[static PTN_WAY_IN_TEXT]);

/* Worst first, then the farthest reach, then by port. To be called again when verdicts were changed. */
void ptn_findings_sort(struct ptn_findings *);

/* ---- inside the room ------------------------------------------------------------------------------ */

/* Fills v4, v6, rung. The reacher, zero but for its first two, serves one finding after the other. Result: 0 or
 * -ENOMEM. */
struct ptn_reached {
    uint32_t *list;
    size_t n;
    struct ptn_addr bound;
    struct ptn_reach reach;
};
struct ptn_reacher {
    const struct ptn_exposure *exposure;
    struct ptn_arena *arena;
    uint32_t *list;
    struct ptn_reached before[2];
};
int ptn_judge_reach(struct ptn_finding *, struct ptn_reacher *);
void ptn_reacher_release(struct ptn_reacher *);

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
int ptn_judge_wall_lints(struct ptn_findings *);
/* Calls for each port of each namespace and protocol, with its findings. Result: 0 or -errno. */
typedef int (*ptn_judge_port)(struct ptn_finding *const *group, size_t n, struct ptn_arena *);
int ptn_judge_each_port(struct ptn_findings *, ptn_judge_port);
/* What one lint says of one finding; raises its verdict if it asks for that. Result: 0, or -ENOMEM for a NULL text. */
int ptn_judge_remark(struct ptn_finding *, enum ptn_lint, const char *text);

/* Fills the remarks on the walls. */
int ptn_judge_remarks(struct ptn_findings *, const struct ptn_host *, const struct ptn_walled *, const char *today);

#endif
