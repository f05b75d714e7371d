/*
 * Whether areas cover an area: sets of packets as one rule's tests describe them, without asking whether such packets
 * are ever sent. Beside ask.h's packets these may lack a field ("no port"), and a field under an odd mask is a
 * dimension of its own. An area may be too great or too small; who makes it says which he needs.
 */
#ifndef PTN_WALL_COVER_H
#define PTN_WALL_COVER_H

#include "wall.h"

#define PTN_DIMS_MAX 64  /* dimensions of a space */
#define PTN_PARTS_MAX 10 /* of them, what one area is limited in */

/* What packets of one family can be told apart by. */
struct ptn_space {
    uint8_t family; /* AF_INET, AF_INET6, 0: neither */
    size_t n;
    struct ptn_key dims[PTN_DIMS_MAX];
    struct ptn_ranges *full[PTN_DIMS_MAX]; /* all numbers there are */
    bool absent[PTN_DIMS_MAX];             /* a packet may have no such field */
    uint64_t work;                         /* what may still be done, in about nanoseconds */
};

/* A limit: the number is in `in`, or (where `absent`) there is none. */
struct ptn_part {
    uint8_t dim;
    bool absent;
    struct ptn_ranges *in;
};

struct ptn_area {
    unsigned n;
    struct ptn_part parts[PTN_PARTS_MAX];
};

struct ptn_areas {
    struct ptn_area *items;
    size_t n, room;
};

/* An area that somebody takes, and in which numbers to look first. */
struct ptn_hint {
    bool any, absent;
    uint8_t dim;
    uint64_t lo, hi; /* of the leading eight octets */
};

struct ptn_taker {
    uint32_t who;
    struct ptn_area area;
};

struct ptn_takers {
    struct ptn_taker *items; /* by `who`, ascending */
    struct ptn_hint (*hints)[2];
    size_t n, room;
};

/* Who took something: the first few, ascending. */
#define PTN_WHO_MAX 4
struct ptn_who {
    uint32_t at[PTN_WHO_MAX];
    size_t n;
    bool more;
};
void ptn_who_note(struct ptn_who *, uint32_t who);

void ptn_space_release(struct ptn_space *);
void ptn_space_spend(struct ptn_space *, uint64_t work);
/* The dimension of a key, found or made. Result: its index, -ENOENT where it cannot be decided, -ENOMEM. */
int ptn_space_dim(struct ptn_space *, const struct ptn_key *);
/* The numbers of the dimension for which the key, as the rule looks at it, is in `s` (or, `negate`, is not). Result: 0,
 * -ENOENT where that cannot be told, -ENOMEM. */
int ptn_space_numbers(struct ptn_space *, const struct ptn_key *, int dim, const struct ptn_ranges *s, bool negate,
                      struct ptn_ranges **ret);

void ptn_area_copy(struct ptn_area *to, const struct ptn_area *from);
void ptn_area_release(struct ptn_area *);
/* Limits an area further; `in` NULL: any number. Result: 1, 0 if nothing is left, -E2BIG (too many parts), -ENOMEM. */
int ptn_area_limit(struct ptn_space *, struct ptn_area *, int dim, struct ptn_ranges *in, bool absent);
/* *a = what is in both. Result: as ptn_area_limit(). */
int ptn_area_meet(struct ptn_space *, struct ptn_area *a, const struct ptn_area *b);

/* Moves *a to the end; on failure it is released. Result: 0 or -ENOMEM. */
int ptn_areas_push(struct ptn_areas *, struct ptn_area *a);
void ptn_areas_release(struct ptn_areas *);

/* The same for one who takes it. */
int ptn_takers_push(struct ptn_takers *, const struct ptn_space *, uint32_t who, struct ptn_area *a);
void ptn_takers_release(struct ptn_takers *);

/* Whether the takers take all of *what, which is used up. *who gets those who do. Result: 1, 0, -ENOMEM, -E2BIG when
 * the space's work is used up. */
int ptn_areas_covered(struct ptn_space *, struct ptn_areas *what, const struct ptn_takers *, struct ptn_who *who);

#endif
