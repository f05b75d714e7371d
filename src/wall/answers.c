/* Answers: where an undecided rule was followed both ways, the two are put together again. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/grow.h"
#include "box.h"

const char *ptn_answer_word(enum ptn_answer a)
{
    static const char *const words[] = {
#define X(id, word) word,
        PTN_ANSWERS(X)
#undef X
    };
    return words[a];
}

void ptn_answers_release(struct ptn_answers *a)
{
    for (size_t i = 0; i < a->n; i++)
        ptn_flow_release(&a->items[i].box);
    free(a->items);
    ptn_arena_release(&a->arena);
    *a = (struct ptn_answers){0};
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool ptn_outcome_alike(const struct ptn_outcome *a, const struct ptn_outcome *b)
{
    if (a->answer != b->answer)
        return false;
    if (a->answer == PTN_ANSWER_REJECT)
        return same_text(a->reject_with, b->reject_with);
    if (a->answer != PTN_ANSWER_ACCEPT)
        return true;
    return a->local == b->local && same_text(a->oif, b->oif) && a->moved == b->moved &&
           (!a->moved || (ptn_addr_equal(&a->to, &b->to) && a->to_port == b->to_port));
}

/* Adds an outcome like `o` for each box of the list, which is used up. */
static int add_all(struct ptn_answers *a, const struct ptn_outcome *o, struct ptn_boxes *boxes)
{
    int r = 0;
    for (size_t i = 0; i < boxes->n; i++) {
        r = r < 0 ? r : ptn_grow(&a->items, a->n, &a->room, sizeof(*a->items));
        if (r == 0) {
            a->items[a->n] = *o;
            a->items[a->n++].box = boxes->items[i];
        } else {
            ptn_flow_release(&boxes->items[i]);
        }
    }
    free(boxes->items);
    *boxes = (struct ptn_boxes){0};
    return r;
}

/* The parts of `box` that meet boxes of the list. */
static int shared(const struct ptn_flow *box, const struct ptn_boxes *list, struct ptn_boxes *out)
{
    int r = 0;
    for (size_t i = 0; i < list->n && r == 0; i++) {
        struct ptn_flow both;
        if (!ptn_box_meets(box, &list->items[i]))
            continue;
        r = ptn_box_intersect(&both, box, &list->items[i]);
        r = r < 0 ? r : ptn_boxes_push(out, &both);
    }
    return r;
}

/* items[i] and the boxes of `left`, which are to be as `o`, disagree: what both hold is unknown, what is left of
 * items[i] stays as it was. */
static int contest(struct ptn_answers *a, size_t i, const struct ptn_outcome *o, const struct ptn_boxes *left)
{
    struct ptn_outcome was = a->items[i], open = was;
    struct ptn_boxes both = {0}, rest = {0};
    struct ptn_flow copy;
    int r = shared(&was.box, left, &both);
    if (both.n == 0 || r < 0) {
        ptn_boxes_release(&both);
        return r;
    }
    r = ptn_flow_copy(&copy, &was.box);
    r = r < 0 ? r : ptn_boxes_push(&rest, &copy);
    for (size_t k = 0; k < left->n && r == 0; k++)
        r = ptn_boxes_subtract(&rest, &left->items[k]);
    open.answer = PTN_ANSWER_UNKNOWN;
    open.doubt = was.doubt_why ? was.doubt : o->doubt;
    open.doubt_why = was.doubt_why ? was.doubt_why : o->doubt_why;
    open.reject_with = NULL;
    if (r == 0) {
        ptn_flow_release(&was.box);
        a->items[i] = open;
        a->items[i].box = both.items[--both.n];
        r = add_all(a, &open, &both);
        r = r < 0 ? r : add_all(a, &was, &rest);
    }
    ptn_boxes_release(&both);
    ptn_boxes_release(&rest);
    return r;
}

/* Puts one doubtful outcome, which is used up, to those that are settled. */
static int settle_one(struct ptn_answers *done, const struct ptn_outcome *o)
{
    struct ptn_boxes left = {0};
    struct ptn_flow box = o->box;
    size_t n = done->n;
    int r = ptn_boxes_push(&left, &box);
    for (size_t i = 0; i < n && r == 0 && left.n; i++) {
        const struct ptn_outcome *d = &done->items[i];
        struct ptn_flow was;
        if (ptn_flow_copy(&was, &d->box) < 0)
            continue;
        if (d->answer != PTN_ANSWER_UNKNOWN && !ptn_outcome_alike(d, o))
            r = contest(done, i, o, &left);
        r = r < 0 ? r : ptn_boxes_subtract(&left, &was);
        ptn_flow_release(&was);
    }
    if (r < 0) {
        ptn_boxes_release(&left);
        return r;
    }
    return add_all(done, o, &left);
}

int ptn_answers_settle(struct ptn_answers *a)
{
    struct ptn_answers done = {0}, sure = {0};
    int r = 0;
    for (size_t i = 0; i < a->n; i++) {
        struct ptn_outcome o = a->items[i];
        struct ptn_boxes one = {0};
        if (r == 0 && o.doubt_why)
            r = settle_one(&done, &o);
        else if (r == 0)
            r = ptn_boxes_push(&one, &o.box) < 0 ? -ENOMEM : add_all(&sure, &o, &one);
        else
            ptn_flow_release(&o.box);
    }
    for (size_t i = 0; i < done.n; i++) {
        struct ptn_boxes one = {0};
        if (r == 0)
            r = ptn_boxes_push(&one, &done.items[i].box) < 0 ? -ENOMEM : add_all(&sure, &done.items[i], &one);
        else
            ptn_flow_release(&done.items[i].box);
    }
    free(done.items);
    free(a->items);
    a->items = sure.items;
    a->n = sure.n;
    a->room = sure.room;
    return r;
}
