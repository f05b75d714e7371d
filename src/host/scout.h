/* What a second thread finds out about all processes while the first one reads the sockets. */
#ifndef PTN_HOST_SCOUT_H
#define PTN_HOST_SCOUT_H

#include "parallel.h"
#include "snapshot.h"

/* A socket that a process was seen to hold. */
struct ptn_seen {
    uint64_t inode;
    int32_t pid;
};

struct ptn_scout {
    struct ptn_array pids; /* int32_t, ascending */
    uint64_t *spaces;      /* the network namespace of each; 0: gone, or hidden from us */
    struct ptn_array seen; /* struct ptn_seen: the sockets of the first `walked` processes */
    size_t walked;
    atomic_size_t looked_up, hidden; /* processes asked for their namespace, and those that refused */
    struct ptn_loop loop;
    bool started, failed;
};

/* Lists the processes and lets a second thread look up their network namespaces and, if `sockets`, then walk their
 * descriptors. Result: 0 or -errno. */
int ptn_scout_start(struct ptn_scout *, bool sockets);

/* Returns when all network namespaces are looked up; the walk goes on. */
void ptn_scout_spaces(struct ptn_scout *);

/* Ends the walk where it is: `seen` and `walked` are good from now on. */
void ptn_scout_stop(struct ptn_scout *);

void ptn_scout_free(struct ptn_scout *);

/* Counts the processes that hide from us anew, by asking each. Result: 0 or -ENOMEM. */
int ptn_scout_count_hidden(struct ptn_scout *);

#endif
