/* Reading the wall of a namespace as it stands, or one that was saved. */
#ifndef PTN_WALL_LIVE_H
#define PTN_WALL_LIVE_H

#include "tool.h"
#include "wall.h"

/* Reads by netlink whether there is any table at all, then `nft -j list ruleset`, then iptables-save for what nft shows
 * as "xt", then iptables-legacy-save where the kernel has legacy tables. Linked and ready to ask. Caller frees. Result:
 * 0, or -errno with a sentence: -ENOENT no nft, -EPERM not permitted, -EINVAL not understood. */
int ptn_wall_read_live(struct ptn_wall **ret, const struct ptn_door *, struct ptn_err *err);

/* A file of `nft -j list ruleset`, or of iptables-save or ip6tables-save (told apart by content; "-" is standard
 * input). Linked. */
int ptn_wall_read_file(struct ptn_wall **ret, const char *path, struct ptn_err *err);

#endif
