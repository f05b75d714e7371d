/* Rules as areas (cover.h): which packets a rule's tests let by. */
#ifndef PTN_WALL_SIGHT_H
#define PTN_WALL_SIGHT_H

#include "cover.h"

/* How it is looked: with `wide`, what may match (where in doubt, all); else what surely does (where in doubt, nothing).
 * Fields that earlier rules have changed are in doubt. */
struct ptn_sight {
    struct ptn_space *space;
    bool wide;
    uint64_t changed; /* fields, as bits */
};

/* Limits all of *areas to what a look-up finds. Result: 0, -ENOMEM. */
int ptn_sight_look(const struct ptn_sight *, struct ptn_areas *areas, const struct ptn_look *);
/* The same for one group of its set; NULL: what is in none of them. */
int ptn_sight_group(const struct ptn_sight *, struct ptn_areas *areas, const struct ptn_look *,
                    const struct ptn_group *);

/* A list of the one area that has no limit. Result: 0 or -ENOMEM. */
int ptn_sight_all(struct ptn_areas *ret);
int ptn_areas_copy(struct ptn_areas *to, const struct ptn_areas *from);

#endif
