/* The sockets of the calling thread's network namespace: sock_diag, and /proc/net where it lacks a family. */
#ifndef PTN_HOST_DIAG_H
#define PTN_HOST_DIAG_H

#include "snapshot.h"

/* Adds every listening or bound-and-unconnected socket to s->socks. An MPTCP listener gives two rows, as the
 * kernel and ss do: it answers plain TCP too, and both rows have the same inode. Result: 0 or -errno. */
int ptn_diag_read(struct ptn_snapshot *s, uint32_t netns);

#endif
