/* What differs between two walls, or one wall at two times: packets whose fate changes. */
#ifndef PTN_WALL_DIFF_H
#define PTN_WALL_DIFF_H

#include "ask.h"

/* Packets that have one fate in `a` and another in `b`. Their fates, and the rules that decide them, are those of the
 * two outcomes, which belong to the answers; where boxes were merged, of the first of them. */
struct ptn_change {
    struct ptn_flow box;
    const struct ptn_outcome *a, *b;
};

struct ptn_changes {
    struct ptn_change *items;
    size_t n, room;
};

/* Answers to the same questions. What is alike, also in how it is rejected and where it is delivered, is left out; what
 * is left is united into few boxes. ptn_box_example() names a packet of each. Caller releases, before the answers.
 * Result: 0, -ENOMEM, -E2BIG as ptn_wall_ask(). */
int ptn_answers_diff(struct ptn_changes *ret, const struct ptn_answers *a, const struct ptn_answers *b);
void ptn_changes_release(struct ptn_changes *);

#endif
