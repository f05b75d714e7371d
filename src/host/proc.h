/* One process, as /proc tells it. */
#ifndef PTN_HOST_PROC_H
#define PTN_HOST_PROC_H

#include "snapshot.h"

/* The numbers of all processes, ascending, into pids (int32_t). Result: 0 or -errno. */
int ptn_proc_list(struct ptn_array *pids);

/* Calls each(ctx, inode) for every descriptor of the process that is a socket. Result: 0, or -errno; -EACCES or -EPERM
 * if the process hides them from us. */
int ptn_proc_sockets(int32_t pid, void (*each)(void *ctx, uint64_t inode), void *ctx);

/* Reads what /proc/PID says into a new owner. What the process hides or takes with it stays "".
 * Result: the owner, or NULL when out of memory. */
struct ptn_owner *ptn_proc_read(struct ptn_snapshot *s, int32_t pid);

/* The name of a user, or its number; looked up once each. */
const char *ptn_proc_user(struct ptn_snapshot *s, uint32_t uid);

/* Whether a binary at this path runs from a folder that anybody may write or that is gone at the next boot. */
bool ptn_proc_is_temporary(const char *exe);

/* The container that a process is in, or "". */
const char *ptn_proc_container(struct ptn_snapshot *s, int32_t pid);

#endif
