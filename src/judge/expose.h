/*
 * Exposure: what can be sent from where to where on this machine. From each place, packets to every address and port
 * are put to the wall as one question; what one network namespace sends on to another (a container) is asked there
 * again. A passage is what became of some of them: let in, stopped, or undecided. Pure: the walls were read before.
 */
#ifndef PTN_JUDGE_EXPOSE_H
#define PTN_JUDGE_EXPOSE_H

#include "wall/ask.h"
#include "wall/wall.h"

/* The wall of one network namespace. */
struct ptn_walled {
    const struct ptn_wall *wall; /* NULL: not read */
    const char *why;             /* not read: for a person */
};

/* Those who ask: the sources behind one interface of one namespace, of one family and one distance. */
struct ptn_asker {
    const struct ptn_netns *netns;
    const char *iif; /* NULL: the namespace itself */
    const char *by;  /* of the namespace itself: the interface it sends by, for a link's own addresses; or NULL */
    bool bridged;    /* they ask for others on the same bridge */
    enum ptn_rung rung;
    uint8_t family;
    struct ptn_ranges *sources;
    struct ptn_ranges *core;  /* of these, those that are surely there: all, or the networks the interface is in */
    struct ptn_ranges *dests; /* what they may ask for */
};

#define PTN_HOPS_MAX 3 /* namespaces a packet may cross */

struct ptn_passage {
    uint32_t asker; /* index */
    uint32_t netns; /* where it ends, or was meant to: index into ptn_host.netns */
    enum ptn_rung rung;
    enum ptn_answer answer;
    uint8_t proto, family;
    bool moved;      /* NAT changed where it goes */
    bool unread;     /* a wall on its way was not read */
    const char *iif; /* by which it comes in there; NULL: made there */
    const struct ptn_outcome *hops[PTN_HOPS_MAX];
    unsigned n_hops;
    struct ptn_ranges *sources; /* as it was sent */
    struct ptn_ranges *dests;   /* as it arrives, */
    struct ptn_ranges *ports;   /* too; NULL: any, or the protocol has none */
    bool masked;                /* NAT gave it another source, */
    struct ptn_addr mask;       /* this one; family 0: not known which */
};

/* What NAT sends on to another machine. */
struct ptn_forward {
    uint32_t asker;
    uint8_t proto;
    const struct ptn_outcome *outcome;
};

struct ptn_exposure {
    const struct ptn_host *host;
    const struct ptn_walled *walls;
    struct ptn_asker *askers; /* nearest first within a namespace and family */
    size_t n_askers;
    struct ptn_passage *passages; /* sorted by netns, protocol, family */
    size_t n, room;
    struct ptn_forward *forwards;
    size_t n_forwards, forwards_room;
    struct ptn_answers **answers;
    size_t n_answers;
    struct ptn_wall *none;  /* for what was not read */
    struct ptn_wall **bare; /* by namespace: its wall without what changes destinations, made when asked for */
    struct ptn_terrain **terrains;
    struct ptn_tie *ties;
    size_t n_ties;
};

/* Asks everything about the protocols that listeners have. `walls`: one a namespace, or NULL: none was read. Borrows
 * from all. Caller releases. Result: 0 or -errno; what falls into too many pieces counts as undecided. */
int ptn_expose(struct ptn_exposure *ret, const struct ptn_host *, const struct ptn_walled *walls);
void ptn_exposure_release(struct ptn_exposure *);

/* The passages that end at one namespace, protocol and family: *first and how many. */
size_t ptn_passages_at(const struct ptn_exposure *, uint32_t netns, uint8_t proto, uint8_t family, size_t *first);

/* The rule that would have stopped these packets had NAT not sent them elsewhere, or NULL. Result: 0 or -errno. */
int ptn_past_deny(struct ptn_exposure *, const struct ptn_passage *, const struct ptn_step **ret);

void ptn_bare_free(struct ptn_wall *);
/* A new set of answers, which lives as long as the exposure. NULL when out of memory. */
struct ptn_answers *ptn_exposure_answers(struct ptn_exposure *);
/* The protocol number that passages to a listener have. */
uint8_t ptn_passage_proto(const struct ptn_listener *);

/* What decided, in words: "ip nat DOCKER handle 7: ... dnat to 172.17.0.2:5432, then ip filter FORWARD: policy accept".
 * "" if no rule had a word in it. Returns out. */
#define PTN_PASSAGE_TEXT 1400
const char *ptn_passage_text(const struct ptn_passage *, char out[static PTN_PASSAGE_TEXT]);
/* The rule that sent packets elsewhere, or NULL. */
const struct ptn_step *ptn_moved_by(const struct ptn_outcome *);
/* The step that decided, or NULL. */
const struct ptn_step *ptn_passage_step(const struct ptn_passage *, struct ptn_step *room);

#endif
