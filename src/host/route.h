/* The routes of a network namespace, and the rules that choose among its tables of routes. */
#ifndef PTN_HOST_ROUTE_H
#define PTN_HOST_ROUTE_H

#include "base/netlink.h"
#include "snapshot.h"

/* Reads them into the space, whose links are known, and marks the links that default routes leave through. Result: 0,
 * -EOVERFLOW where there are too many, or another -errno. */
int ptn_route_read(struct ptn_nl *, struct ptn_space *);

/* Moves the routes into the space's public part, the more specific first. Result: 0 or -ENOMEM. */
int ptn_route_freeze(struct ptn_snapshot *, struct ptn_space *);

#endif
