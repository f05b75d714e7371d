/* A first look at the packet filter of a network namespace: what there is to ask for. */
#ifndef PTN_WALL_GLANCE_H
#define PTN_WALL_GLANCE_H

#include "tool.h"

struct ptn_glance {
    bool nft;       /* nf_tables has a table, or nobody could say */
    bool legacy[2]; /* legacy iptables, ip6tables have one */
};

/* A namespace with a user namespace of its own is taken to have nft's tables alone. Result: 0; -EPERM where the filter
 * may not be seen, or what ptn_door_enter() gives, with a sentence. */
int ptn_glance(struct ptn_glance *ret, const struct ptn_door *, struct ptn_err *err);

/* Calls `see` in the door's network namespace: in a thread of its own, if that isn't ours. A user namespace cannot be
 * entered so. Result: see's, or what ptn_door_enter() gives. */
typedef int (*ptn_visitor)(void *ctx, struct ptn_err *err);
int ptn_visit(const struct ptn_door *, ptn_visitor see, void *ctx, struct ptn_err *err);

#endif
