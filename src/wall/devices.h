/* Which interfaces the chains at ingress and egress hang on: nft before 1.0.7 leaves that out of its JSON. */
#ifndef PTN_WALL_DEVICES_H
#define PTN_WALL_DEVICES_H

#include "tool.h"
#include "wall.h"

/* Asks the kernel for what is missing. What it does not tell stays NULL; an empty list is one that it told. A namespace
 * with a user namespace of its own cannot be asked. Result: 0 or -ENOMEM. */
int ptn_wall_tell_devices(struct ptn_wall *, const struct ptn_door *);

#endif
