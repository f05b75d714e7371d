/* Sets of packets as boxes: one set of numbers a field. A field that is NULL in either of two boxes does not tell them
 * apart. */
#ifndef PTN_WALL_BOX_H
#define PTN_WALL_BOX_H

#include "ask.h"

struct ptn_boxes {
    struct ptn_flow *items;
    size_t n, room;
};

/* Moves *box to the end; on failure it is released. Result: 0 or -ENOMEM. */
int ptn_boxes_push(struct ptn_boxes *, struct ptn_flow *box);
void ptn_boxes_release(struct ptn_boxes *);

bool ptn_box_meets(const struct ptn_flow *, const struct ptn_flow *);

/* What is in both; only where they meet. Caller releases. Result: 0 or -ENOMEM. */
int ptn_box_intersect(struct ptn_flow *ret, const struct ptn_flow *, const struct ptn_flow *);

/* Adds what of `a` is not in `b`, as disjoint boxes. Result: 0 or -ENOMEM. */
int ptn_box_subtract(const struct ptn_flow *a, const struct ptn_flow *b, struct ptn_boxes *out);

/* Takes `b` out of every box of the list. Result: 0 or -ENOMEM. */
int ptn_boxes_subtract(struct ptn_boxes *, const struct ptn_flow *b);

#endif
