/* Inside the generator of rulesets: a rule as it is put together. */
#ifndef WALL_FUZZ_GEN_H
#define WALL_FUZZ_GEN_H

#include "wall-fuzz-pool.h"

enum family { IP, IP6, INET, NETDEV };
enum hook { PREROUTING, INPUT, FORWARD, OUTPUT, POSTROUTING, INGRESS, EGRESS, ANYWHERE };

/* What a chain is for. A chain without a hook is only called from chains of its own role, because what a rule may do
 * depends on where it can be reached from. */
enum role { FILTER, POST, DNAT, SNAT, DEVICE, DEVICE_OUT, ROLES };

/* What sets hold. */
#define KINDS(X)                                                                                                       \
    X(ADDR4, "ipv4_addr")                                                                                              \
    X(ADDR6, "ipv6_addr")                                                                                              \
    X(PORT, "inet_service")                                                                                            \
    X(PROTO, "inet_proto")                                                                                             \
    X(IFNAME, "ifname")                                                                                                \
    X(MARK, "mark")                                                                                                    \
    X(ADDR4_PORT, "ipv4_addr . inet_service")                                                                          \
    X(ADDR6_PORT, "ipv6_addr . inet_service")                                                                          \
    X(PROTO_PORT, "inet_proto . inet_service")                                                                         \
    X(IFNAME_PORT, "ifname . inet_service")                                                                            \
    X(IFNAME_ADDR4, "ifname . ipv4_addr")                                                                              \
    X(ADDR4_ADDR4, "ipv4_addr . ipv4_addr")                                                                            \
    X(ADDR4_PROTO_PORT, "ipv4_addr . inet_proto . inet_service")

enum kind {
#define X(id, type) id,
    KINDS(X)
#undef X
        KIND_COUNT
};

#define SETS_MAX 6
#define CHAINS_MAX 8

struct named {
    char name[12];
    enum kind kind;
    bool verdicts; /* a map to verdicts; else a set */
    enum role role;
};

struct gen {
    struct rng *r;
    struct rules *out;
    bool coverage, maybe;
    enum family family;
    uint16_t table, chain;
    struct named sets[SETS_MAX];
    unsigned n_sets;
    enum role regular[CHAINS_MAX]; /* chains without a hook: c0, c1, ...; each calls only later ones */
    unsigned n_regular;
    /* the chain at hand */
    enum role role;
    enum hook hook;
    int priority;
    unsigned callable_from; /* the first regular chain that it may call */
    /* the rule at hand */
    char line[4096], tags[120];
    size_t len;
    uint8_t l4, l3; /* what it asks for already, so that it does not contradict itself */
};

void say(struct gen *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void tag(struct gen *, const char *);

/* One to three things that a rule asks for (match.c). */
void gen_matches(struct gen *);
/* What it does: a statement or two, a verdict (act.c). */
void gen_action(struct gen *);
/* "accept", "jump c3", ...: a verdict as in a map. */
void gen_verdict(struct gen *);

/* Elements of a kind, comma-separated; verdicts: each with ": VERDICT" (set.c). */
void gen_elements(struct gen *, enum kind, bool verdicts, bool intervals);
/* A set of the kind to be asked: "@name" or "{ ... }". */
void gen_set_of(struct gen *, enum kind);
/* A map of verdicts likewise. */
void gen_verdicts_of(struct gen *, enum kind);
/* The words that a kind's type has, for a rule: "ip saddr . tcp dport". */
void gen_key(struct gen *, enum kind);
bool gen_kind_fits(const struct gen *, enum kind);
enum kind gen_kind(struct gen *);
const char *kind_type(enum kind);
void gen_declare_sets(struct gen *);

const char *gen_addr(struct gen *, bool six);
void gen_prefix(struct gen *, bool six);
/* "tcp", "udp" or "th", as the rule's protocol allows. */
const char *gen_l4(struct gen *);
/* Which IP a rule is about from now on. */
bool gen_six(struct gen *);

#endif
