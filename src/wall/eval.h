/* Inside the evaluator: packets under way. See ask.h for what it is for. */
#ifndef PTN_WALL_EVAL_H
#define PTN_WALL_EVAL_H

#include "terrain.h"

/* A set of packets that are all at the same place. */
struct ptn_live {
    struct ptn_flow flow; /* as they are now; what they were sent as is told by CT_* where NAT changed them */
    const struct ptn_step *way;
    const struct ptn_rule *doubt; /* NULL with a reason: not a rule's, the kernel's own */
    const char *doubt_why;
    bool tracked, untracked; /* conntrack has seen them; they were taken out of its sight */
    bool dst_done, src_done; /* NAT has decided where they go, and whence they seem to come */
    bool moved;              /* it changed where they go */
    bool hopped;             /* their time to live was counted down */
};

struct ptn_lives {
    struct ptn_live *items;
    size_t n, room;
};

struct ptn_walk {
    const struct ptn_wall *wall;
    const struct ptn_terrain *terrain;
    const struct ptn_flow *question;
    struct ptn_answers *answers;
    size_t pieces;
};

/* Moves *l to the end of the list. On failure *l is released. Result: 0 or -ENOMEM. */
int ptn_lives_push(struct ptn_lives *, struct ptn_live *l);
void ptn_lives_release(struct ptn_lives *);
/* Moves all of *from to the end of *to. Result: 0 or -ENOMEM. */
int ptn_lives_append(struct ptn_lives *to, struct ptn_lives *from);
/* Moves those whose field is in `in` from *from to *to. Result: 0 or -errno. */
int ptn_sift(struct ptn_walk *, struct ptn_lives *from, enum ptn_pkt, const struct ptn_ranges *in,
             struct ptn_lives *to);
int ptn_sift_number(struct ptn_walk *, struct ptn_lives *from, enum ptn_pkt, uint64_t lo, uint64_t hi,
                    struct ptn_lives *to);

/* nf_conntrack_in(): gives the packets their ct state. Result: 0 or -errno. */
#define PTN_STATE_INVALID 1u
#define PTN_STATE_NEW 8u
#define PTN_STATE_UNTRACKED 64u
int ptn_track(struct ptn_walk *, struct ptn_lives *);

/* A second one of the same packets. Result: 0, -E2BIG. */
int ptn_live_copy(struct ptn_walk *, struct ptn_live *to, const struct ptn_live *from);
void ptn_live_doubt(struct ptn_live *, const struct ptn_rule *, const char *why);
/* A step of their way; `note` is kept, not copied. Result: 0 or -ENOMEM. */
int ptn_live_step(struct ptn_walk *, struct ptn_live *, const struct ptn_chain *, const struct ptn_rule *,
                  const char *note);

/* The field as it stands for a test: CT_SADDR is SADDR until NAT parts them. */
enum ptn_pkt ptn_live_slot(const struct ptn_live *, enum ptn_pkt);

/* Takes the packets whose field is in `in` out of *l into *hit. DISJOINT: nothing taken; INSIDE: all are, *l is empty
 * (released) and *hit has everything. Result: enum ptn_relation, -ENOMEM, -E2BIG. */
int ptn_live_split(struct ptn_walk *, struct ptn_live *l, enum ptn_pkt, const struct ptn_ranges *in,
                   struct ptn_live *hit);

/* What a look-up makes of packets. */
enum ptn_found {
    PTN_FOUND,
    PTN_NOT_FOUND,
    PTN_NO_FIELD, /* they have no such field: the rule does not match, negated or not */
    PTN_PERHAPS
};

struct ptn_piece {
    struct ptn_live live;
    enum ptn_found found;
    const struct ptn_datum *datum; /* FOUND, PERHAPS in a map; NULL where a map's value is unknown too */
    const char *why;               /* PERHAPS */
};

struct ptn_pieces {
    struct ptn_piece *items;
    size_t n, room;
};

/* Looks *l (which is used up) up; the pieces are added. Result: 0 or -errno. */
int ptn_look_up(struct ptn_walk *, struct ptn_live *l, const struct ptn_look *, struct ptn_pieces *);
void ptn_pieces_release(struct ptn_pieces *);

/* A rule's test at a glance: FOUND if all of *l pass it, NOT_FOUND if none does, PERHAPS if they have to be looked up.
 */
enum ptn_found ptn_test_glance(const struct ptn_live *l, const struct ptn_look *);

/* The numbers that packets must have in a field (of fixed width) to be found, or NULL where it is not as plain as that.
 */
const struct ptn_ranges *ptn_look_wants(const struct ptn_look *, enum ptn_pkt);

/* Runs a base chain: *lives is used up, *passed gets those that may go on. Result: 0 or -errno. */
int ptn_run_base(struct ptn_walk *, const struct ptn_chain *, struct ptn_lives *lives, struct ptn_lives *passed);

/* The end of *l, which is used up. */
int ptn_emit(struct ptn_walk *, struct ptn_live *l, enum ptn_answer, const char *reject_with);

/* The end of all of them. `note`, which may be NULL, is their last step. Result: 0 or -errno. */
int ptn_emit_all(struct ptn_walk *, struct ptn_lives *, enum ptn_answer, const char *note);

/* ---- routing (route.c). Results: 0 or -errno; what it decides by itself is emitted. ---- */

int ptn_put_name(struct ptn_lives *, enum ptn_pkt, const uint8_t name[16]);
int ptn_emit_unrouted(struct ptn_walk *, struct ptn_lives *); /* whose destination nobody knows */
int ptn_drop_foreign_loopback(struct ptn_walk *, struct ptn_lives *, const struct ptn_iface *in);
int ptn_drop_loopback_leaving(struct ptn_walk *, struct ptn_lives *);
/* Packets from outside: *local gets those for this machine, *beside those for the link's own addresses of others on the
 * link they came by, *lives keeps the others. */
int ptn_route_in(struct ptn_walk *, struct ptn_lives *lives, const struct ptn_iface *in, struct ptn_lives *local,
                 struct ptn_lives *beside);
int ptn_refuse_v6_sources(struct ptn_walk *, struct ptn_lives *);
/* Leaves those that may be sent on. */
int ptn_refuse_to_forward(struct ptn_walk *, struct ptn_lives *, const struct ptn_iface *in, bool by_route);

/* A NAT statement whose target is written in the rule. Result: 1 if it decided (the chain accepts), 0 if the rule goes
 * on, -errno; *l stays the caller's. */
int ptn_nat(struct ptn_walk *, struct ptn_live *l, const struct ptn_rule *, const struct ptn_stmt *);

/* One whose target is looked up: *l is used up, its pieces are accepted or come to the next rule. */
int ptn_nat_by_map(struct ptn_walk *, struct ptn_live *l, const struct ptn_rule *, const struct ptn_stmt *,
                   struct ptn_lives *accepted, struct ptn_lives *next);

#endif
