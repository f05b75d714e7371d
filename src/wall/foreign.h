/* Rules that nft shows as "xt" only, because they are made of iptables' own extensions. */
#ifndef PTN_WALL_FOREIGN_H
#define PTN_WALL_FOREIGN_H

#include "wall.h"

/* Takes such rules of the family's `foreign` tables from what iptables-nft-save printed, and these alone: what nft
 * shows in full iptables-save may tell wrongly (it drops look-ups in sets, and the lower end of a range). A table of
 * which every such rule was told is no longer foreign. Result: 0, or -EINVAL with "NAME:LINE: ...", the wall as before.
 */
int ptn_wall_tell_foreign(struct ptn_wall *, enum ptn_table_family, const char *name, const char *text, size_t len,
                          struct ptn_err *err);

#endif
