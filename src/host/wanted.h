/* The socket inodes that we look for, as a hash table, and who was seen to hold each. */
#ifndef PTN_HOST_WANTED_H
#define PTN_HOST_WANTED_H

#include <stdatomic.h>

#include "parallel.h"
#include "snapshot.h"

struct ptn_hold {
    uint64_t inode;
    atomic_int pid; /* lowest seen, 0 nobody yet */
    atomic_uint holders;
    int32_t last[PTN_WORKERS]; /* the process that each worker counted last */
};

struct ptn_wanted {
    struct ptn_hold *slots;
    size_t mask;
    atomic_size_t left; /* inodes that nobody was seen to hold */
};

/* Fills the table from s->socks. Caller frees. Result: 0 or -ENOMEM. */
int ptn_wanted_init(struct ptn_wanted *w, const struct ptn_snapshot *s);
void ptn_wanted_free(struct ptn_wanted *w);

/* The entry of an inode, or NULL if nobody asked for it. */
struct ptn_hold *ptn_wanted_find(const struct ptn_wanted *w, uint64_t inode);

/* Notes that the process holds the socket. Safe to call from several workers at once. Result: 1 if it is the first
 * holder seen, else 0; the caller takes it off `left`. */
size_t ptn_wanted_seen(struct ptn_hold *h, int32_t pid, unsigned worker);

/* Forgets how many hold each socket, for a walk that begins anew; who holds it stays known. */
void ptn_wanted_recount(struct ptn_wanted *w);

#endif
