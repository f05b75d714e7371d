/* From process numbers to owners: each process that holds a wanted socket is read once. */
#ifndef PTN_HOST_ASSIGN_H
#define PTN_HOST_ASSIGN_H

#include "wanted.h"

/* Gives every socket whose holder was seen its owner. Sockets of one process share it, as far as they have the same
 * number of holders. Result: 0 or -ENOMEM. */
int ptn_assign_owners(struct ptn_snapshot *s, const struct ptn_wanted *w);

#endif
