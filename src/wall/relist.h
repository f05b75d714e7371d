/*
 * Rules that nft lists as what they are not (1.0.6; its text and its JSON alike):
 *
 *     two "!=" on neighbours in a header    the kernel compares both at once: true where the pair differs
 *     a range                               may be two comparisons, of different things even: "a < 7 b > 9"
 *     a reject                              what it follows from, "ether type ip", "meta nfproto ipv4", may be left out
 *
 * The kernel tells what it runs; it is asked only for rules that look so.
 */
#ifndef PTN_WALL_RELIST_H
#define PTN_WALL_RELIST_H

#include "tool.h"
#include "wall.h"

/* After the readers of nft and iptables-save, before ptn_wall_link(): puts such rules right; what cannot be put right,
 * and what is gone since it was listed, becomes MAYBE. A namespace with a user namespace of its own cannot be asked:
 * its listing is taken at its word. Result: 0, -ENOMEM, or what ptn_visit() gives, with a sentence. */
int ptn_wall_relist(struct ptn_wall *, const struct ptn_door *, struct ptn_err *err);

#endif
