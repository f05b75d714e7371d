/*
 * Rules to which nothing comes: whatever would match them, earlier rules of the same chain have taken. Every chain is
 * asked as if any packet may enter it, so that callers and other hooks play no part.
 *
 * What is in doubt shadows nothing: a limit, an extension that is not understood, a set that packets fill, an element
 * that expires, a field that a rule before has changed. So what is said is so as the ruleset stands; not all that is so
 * is said.
 */
#ifndef PTN_WALL_SHADOW_H
#define PTN_WALL_SHADOW_H

#include "wall.h"

#define PTN_SHADOW_BY 4

struct ptn_shadow {
    const struct ptn_rule *rule;
    const struct ptn_rule *by[PTN_SHADOW_BY]; /* who takes its packets, the first few, in order; at least one */
    size_t n_by;
    bool more; /* there are more of them */
};

/* The shadowed rules of a linked wall, by table, chain and position. Not judged: chains to which no rule leads, dormant
 * tables, and rules that match nothing even alone (their set is still empty). A wall that is too knotty to be followed
 * in about half a second is followed as far as that goes. *ret is freed by the caller and points into the wall. Result:
 * 0 or -ENOMEM. */
int ptn_wall_shadows(const struct ptn_wall *, struct ptn_shadow **ret, size_t *n);

#endif
