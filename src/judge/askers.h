/* Who may ask, and which namespaces lie behind which. */
#ifndef PTN_JUDGE_ASKERS_H
#define PTN_JUDGE_ASKERS_H

#include "expose.h"

/* Namespace `to` is reached through namespace `from`, by the interface `by` of the one and `in` of the other. */
struct ptn_tie {
    uint32_t from, to;
    const char *by, *in;
    bool bridge; /* others may sit on the same bridge */
    uint8_t family;
    struct ptn_ranges *addrs; /* of `to`, on `in`: those that routes lead to */
    struct ptn_ranges *all;   /* and the link's own */
};

/* Finds the ties, from the routes of each namespace; its terrains are there. Result: 0 or -ENOMEM. */
int ptn_ties_find(struct ptn_exposure *);
/* Lists who asks: the places of each namespace, without those that are other namespaces of this machine. */
int ptn_askers_find(struct ptn_exposure *);

#endif
