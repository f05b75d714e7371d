/*
 * Asking the wall. A question is a set of packets: for each field a set of numbers ("any address of the internet",
 * "port 0-65535"), a number, nothing (the field does not exist in such packets), or unknown. The evaluator carries
 * whole sets through the rules and splits them only where a rule tells them apart; the answer is a list of boxes, each
 * with one outcome. Boxes of a question do not overlap, except where a rule could not be decided: then both ways were
 * followed, and ptn_answers_settle() says where they come out alike.
 *
 * Semantics after the kernel's nf_tables_core.c, nf_nat_core.c, nf_conntrack_core.c, ip_input.c, held against the
 * running kernel by tests/live/wall-fuzz.
 */
#ifndef PTN_WALL_ASK_H
#define PTN_WALL_ASK_H

#include "portolan.h"
#include "wall.h"

/* A set of packets. A NULL field is unknown, unless its bit in `absent` is set. CT_SADDR, CT_DADDR, CT_SPORT, CT_DPORT
 * are as SADDR, ... until NAT changes these; that is kept by NULL and the bit in `same`. */
struct ptn_flow {
    uint8_t family; /* AF_INET, AF_INET6 */
    bool out;       /* made on this machine */
    const char *by; /* made here: the interface it was told to leave by (an address with a zone); NULL: by the routes */
    bool bridged;   /* comes in by a bridge and leaves by it: from one of its ports to another */
    bool joined;    /* the multicast groups it asks for are joined here */
    uint64_t absent, same;
    struct ptn_ranges *field[PTN_PKT_COUNT];
};

/* A new connection's first packet: every field full or unknown, ct state new, mark 0, no fragment, unicast, and for
 * `proto` 6 TCP flags SYN. proto 0: any. `iif` NULL: made here. Result: 0 or -ENOMEM. Caller releases. */
int ptn_flow_init(struct ptn_flow *, uint8_t family, uint8_t proto, const char *iif);
int ptn_flow_copy(struct ptn_flow *to, const struct ptn_flow *from);
void ptn_flow_release(struct ptn_flow *);
/* Sets a field to lo..hi, `width` octets as the field has; or takes over a set (freed on failure). 0 or -ENOMEM */
int ptn_flow_put(struct ptn_flow *, enum ptn_pkt, const uint8_t *lo, const uint8_t *hi);
int ptn_flow_put_number(struct ptn_flow *, enum ptn_pkt, uint64_t lo, uint64_t hi);
int ptn_flow_put_addr(struct ptn_flow *, enum ptn_pkt, const struct ptn_addr *);
void ptn_flow_take(struct ptn_flow *, enum ptn_pkt, struct ptn_ranges *);

#define PTN_ANSWERS(X)                                                                                                 \
    X(ACCEPT, "accept")                                                                                                \
    X(DROP, "drop")                                                                                                    \
    X(REJECT, "reject")                                                                                                \
    X(UNKNOWN, "unknown")

enum ptn_answer {
#define X(id, word) PTN_ANSWER_##id,
    PTN_ANSWERS(X)
#undef X
};
const char *ptn_answer_word(enum ptn_answer);

/* One step of a packet's way, newest first. Only steps that did something: a rule that matched and has a verdict, a
 * policy, an address or mark changed, a decision of the routing. */
struct ptn_step {
    const struct ptn_step *before;
    const struct ptn_chain *chain; /* NULL: the kernel itself (routing, reverse path) */
    const struct ptn_rule *rule;   /* NULL: the chain's policy */
    bool maybe;                    /* could not be decided */
    const char *note;              /* what it did: "accept", "dnat to 172.17.0.2:5432", "routed to input" */
};

struct ptn_outcome {
    struct ptn_flow box; /* the packets, as they were sent */
    enum ptn_answer answer;
    const char *reject_with;      /* REJECT */
    const struct ptn_step *way;   /* newest first: the first is the deciding one */
    const struct ptn_rule *doubt; /* UNKNOWN: the rule that made it so, NULL if none did */
    const char *doubt_why; /* "limit rate", "set @x is filled as packets come", "the packet's ttl is not known" */
    bool local;            /* ACCEPT: delivered on this machine; else sent on by `oif` */
    const char *oif;       /* ACCEPT, not local */
    uint8_t family;        /* of `to` */
    bool moved;            /* NAT changed where it goes */
    bool port_moved;       /* and its port */
    bool masked;           /* NAT changed where it seems to come from */
    struct ptn_addr from;  /* masked: to this address; family 0: to one that is not known */
    struct ptn_addr to;    /* where it goes in the end, if that is one address; family 0 if not */
    int32_t to_port;       /* where it goes in the end, if that is one port, else -1 */
};

/* Whether packets of both come to the same end. */
bool ptn_outcome_alike(const struct ptn_outcome *, const struct ptn_outcome *);

struct ptn_answers {
    struct ptn_arena arena; /* steps and notes */
    struct ptn_outcome *items;
    size_t n, room;
};

/* How the machine routes, for one namespace: what eval.c needs to know beside the rules. Made from ptn_netns. */
struct ptn_terrain;
int ptn_terrain_new(struct ptn_terrain **ret, const struct ptn_netns *);
void ptn_terrain_free(struct ptn_terrain *);

/* Asks; outcomes are added to *ret, so that several questions may share one. Result: 0, -ENOMEM, or -E2BIG when the
 * question falls into more than PTN_BOXES_MAX pieces. */
#define PTN_BOXES_MAX 1000000
int ptn_wall_ask(const struct ptn_wall *, const struct ptn_terrain *, const struct ptn_flow *question,
                 struct ptn_answers *ret);
/* Makes the boxes disjoint: where both ways of an undecided rule end alike that is the answer, else it is UNKNOWN. */
int ptn_answers_settle(struct ptn_answers *);
void ptn_answers_release(struct ptn_answers *);

#endif
