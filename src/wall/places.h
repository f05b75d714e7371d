/*
 * Places: from where packets come to a namespace, and what they can carry. A place is an interface, a family and a
 * rung. Linux answers for each of its addresses on every interface, so a neighbour (a LAN, a VPN, a container) may ask
 * for any of them; only from the internet none but public addresses can be reached.
 */
#ifndef PTN_WALL_PLACES_H
#define PTN_WALL_PLACES_H

#include "ask.h"

struct ptn_place {
    enum ptn_rung rung;
    const char *iif; /* the interface's name; NULL: this machine itself */
    uint8_t family;
    struct ptn_ranges *sources; /* who may ask */
    struct ptn_ranges *dests;   /* which of the namespace's addresses they can ask for */
};

struct ptn_places {
    struct ptn_place *items; /* nearest first */
    size_t n;
};

/* Caller releases. Result: 0 or -ENOMEM. */
int ptn_places_of(struct ptn_places *ret, const struct ptn_netns *);
void ptn_places_release(struct ptn_places *);

/* All new connections of a protocol (0: any) from a place to any port. Caller releases. Result: 0 or -ENOMEM. */
int ptn_place_flow(struct ptn_flow *ret, const struct ptn_place *, uint8_t proto);

#endif
