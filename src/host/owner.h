/* Whose sockets they are: from inode to process. */
#ifndef PTN_HOST_OWNER_H
#define PTN_HOST_OWNER_H

#include "scout.h"
#include "snapshot.h"

/* Gives every real socket its owner as far as it can be seen, and notes what cannot. Of several holders the one
 * with the lowest process number is named (the master, not a worker). The scout has stopped; its list of processes
 * may be empty and is filled when needed. Result: 0 or -errno. */
int ptn_owner_read(struct ptn_snapshot *s, struct ptn_scout *sc);

#endif
