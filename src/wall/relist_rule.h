/* One rule as nft listed it, held against what the kernel runs for it. */
#ifndef PTN_WALL_RELIST_RULE_H
#define PTN_WALL_RELIST_RULE_H

#include "bytecode.h"
#include "wall.h"

/* Whether it is one of those that nft may list wrongly. */
bool ptn_rule_is_suspect(const struct ptn_rule *);
/* Puts it right, or makes it undecided. Result: 0 or -ENOMEM. */
int ptn_rule_relist(struct ptn_wall *, struct ptn_rule *, const struct ptn_bytecode *);
/* What nft may have listed wrongly of it is left open. */
int ptn_rule_undecide(struct ptn_wall *, struct ptn_rule *);

#endif
