#include "box.h"

#include "base/grow.h"

#include <errno.h>
#include <stdlib.h>

void ptn_boxes_release(struct ptn_boxes *b)
{
    for (size_t i = 0; i < b->n; i++)
        ptn_flow_release(&b->items[i]);
    free(b->items);
    *b = (struct ptn_boxes){0};
}

int ptn_boxes_push(struct ptn_boxes *b, struct ptn_flow *box)
{
    if (ptn_grow(&b->items, b->n, &b->room, sizeof(*b->items)) < 0) {
        ptn_flow_release(box);
        return -ENOMEM;
    }
    b->items[b->n++] = *box;
    return 0;
}

static bool both(const struct ptn_flow *a, const struct ptn_flow *b, int f)
{
    return a->field[f] && b->field[f] && a->field[f] != b->field[f];
}

bool ptn_box_meets(const struct ptn_flow *a, const struct ptn_flow *b)
{
    if (a->family != b->family || a->out != b->out)
        return false;
    for (int f = 0; f < PTN_PKT_COUNT; f++)
        if (both(a, b, f) && ptn_ranges_relation(a->field[f], b->field[f]) == PTN_DISJOINT)
            return false;
    return true;
}

int ptn_box_intersect(struct ptn_flow *ret, const struct ptn_flow *a, const struct ptn_flow *b)
{
    int r = ptn_flow_copy(ret, a);
    for (int f = 0; f < PTN_PKT_COUNT && r == 0; f++) {
        struct ptn_ranges *in = NULL;
        if (both(a, b, f))
            in = ptn_ranges_intersect(a->field[f], b->field[f]);
        else if (!a->field[f] && b->field[f])
            in = ptn_ranges_ref(b->field[f]);
        else
            continue;
        ptn_flow_take(ret, (enum ptn_pkt)f, in);
        r = in ? 0 : -ENOMEM;
    }
    if (r < 0)
        ptn_flow_release(ret);
    return r;
}

int ptn_box_subtract(const struct ptn_flow *a, const struct ptn_flow *b, struct ptn_boxes *out)
{
    struct ptn_flow rest;
    if (!ptn_box_meets(a, b))
        return ptn_flow_copy(&rest, a) < 0 ? -ENOMEM : ptn_boxes_push(out, &rest);
    int r = ptn_flow_copy(&rest, a);
    for (int f = 0; f < PTN_PKT_COUNT && r == 0; f++) {
        struct ptn_flow piece;
        if (!both(&rest, b, f) || ptn_ranges_relation(rest.field[f], b->field[f]) == PTN_INSIDE)
            continue;
        struct ptn_ranges *outside = ptn_ranges_without(rest.field[f], b->field[f]);
        struct ptn_ranges *inside = ptn_ranges_intersect(rest.field[f], b->field[f]);
        if (outside && inside && ptn_flow_copy(&piece, &rest) == 0) {
            ptn_flow_take(&piece, (enum ptn_pkt)f, outside);
            ptn_flow_take(&rest, (enum ptn_pkt)f, inside);
            r = ptn_boxes_push(out, &piece);
        } else {
            ptn_ranges_unref(outside);
            ptn_ranges_unref(inside);
            r = -ENOMEM;
        }
    }
    ptn_flow_release(&rest);
    return r;
}

int ptn_boxes_subtract(struct ptn_boxes *list, const struct ptn_flow *b)
{
    struct ptn_boxes left = {0};
    int r = 0;
    for (size_t i = 0; i < list->n && r == 0; i++)
        r = ptn_box_subtract(&list->items[i], b, &left);
    ptn_boxes_release(list);
    *list = left;
    return r;
}
