/* Network namespaces: which there are, and going into each. */
#ifndef PTN_HOST_NETNS_H
#define PTN_HOST_NETNS_H

#include "scout.h"
#include "snapshot.h"

/* Adds the caller's own namespace as the first. Result: 0 or -errno. */
int ptn_netns_add_own(struct ptn_snapshot *s);

/* Adds the namespaces of all processes that the scout found and those named in /run. Result: 0 or -errno. */
int ptn_netns_discover(struct ptn_snapshot *s, struct ptn_scout *sc);

/* Reads sockets, interfaces and limits of our own namespace, in the calling thread. Result: 0 or -errno. */
int ptn_netns_read_own(struct ptn_snapshot *s);

/* Reads those of all other namespaces, in a thread of its own which ends there: the caller stays where it is.
 * A namespace that cannot be entered or that vanishes is noted as blind. Result: 0 or -errno. */
int ptn_netns_read_others(struct ptn_snapshot *s);

#endif
