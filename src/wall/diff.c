#include "diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/grow.h"
#include "box.h"
#include "hull.h"

void ptn_changes_release(struct ptn_changes *c)
{
    for (size_t i = 0; i < c->n; i++)
        ptn_flow_release(&c->items[i].box);
    free(c->items);
    *c = (struct ptn_changes){0};
}

/* ---- finding -----------------------------------------------------------------------------------------------------
 *
 * Every pair would be looked at: so the second side is put into shelves by port, and protocols are compared first. */

#define SHELVES 256

struct spanned {
    const struct ptn_outcome *outcome;
    struct ptn_hull hull;
};

struct shelf {
    struct spanned *items;
    size_t n, room;
};

static int put_on_shelf(struct shelf *s, const struct spanned *h)
{
    if (ptn_grow(&s->items, s->n, &s->room, sizeof(*s->items)) < 0)
        return -ENOMEM;
    s->items[s->n++] = *h;
    return 0;
}

static int fill(struct shelf shelves[SHELVES], const struct ptn_answers *answers)
{
    int r = 0;
    for (size_t i = 0; i < answers->n; i++) {
        struct spanned h = {&answers->items[i], ptn_hull_of(&answers->items[i].box)};
        for (unsigned s = h.hull.lo >> 8; s <= h.hull.hi >> 8 && r == 0; s++)
            r = put_on_shelf(&shelves[s], &h);
    }
    return r;
}

static int add_change(struct ptn_changes *c, const struct ptn_outcome *a, const struct ptn_outcome *b)
{
    if (c->n == PTN_BOXES_MAX)
        return -E2BIG;
    if (ptn_grow(&c->items, c->n, &c->room, sizeof(*c->items)) < 0)
        return -ENOMEM;
    c->items[c->n] = (struct ptn_change){.a = a, .b = b};
    int r = ptn_box_intersect(&c->items[c->n].box, &a->box, &b->box);
    c->n += r == 0;
    return r;
}

/* A pair that shares several shelves is taken from the first of them. */
static int compare_on_shelf(struct ptn_changes *c, const struct spanned *a, const struct shelf *s, unsigned number)
{
    int r = 0;
    for (size_t i = 0; i < s->n && r == 0; i++) {
        const struct spanned *b = &s->items[i];
        unsigned first = (a->hull.lo > b->hull.lo ? a->hull.lo : b->hull.lo) >> 8;
        if (first != number || !ptn_hulls_meet(&a->hull, &b->hull))
            continue;
        if (!ptn_outcome_alike(a->outcome, b->outcome) && ptn_box_meets(&a->outcome->box, &b->outcome->box))
            r = add_change(c, a->outcome, b->outcome);
    }
    return r;
}

/* ---- uniting -------------------------------------------------------------------------------------------------------
 */

static uint64_t mix(uint64_t h, const void *data, size_t len)
{
    const uint8_t *p = data;
    for (size_t i = 0; i < len; i++)
        h = (h ^ p[i]) * UINT64_C(1099511628211);
    return h;
}

static uint64_t hash_ranges(const struct ptn_ranges *r)
{
    return r ? mix(r->width, r->at, (size_t)r->n * 2 * r->width) * 31 + 1 : 0;
}

static uint64_t hash_fate(uint64_t h, const struct ptn_outcome *o)
{
    h = mix(h, &o->answer, sizeof(o->answer));
    return o->answer == PTN_ANSWER_REJECT && o->reject_with ? mix(h, o->reject_with, strlen(o->reject_with)) : h;
}

/* Changes with hashes of their fields, so that those that agree in all but one field are found by sorting. */
struct key {
    uint64_t all;                  /* fates and every field */
    uint64_t field[PTN_PKT_COUNT]; /* each by itself; `all` is their sum, so that one can be taken out */
    uint64_t but_one;              /* all without the field at hand */
    struct ptn_change *change;     /* NULL: went into another */
};

static void make_key(struct key *k, struct ptn_change *c)
{
    const uint64_t way[2] = {c->box.family, c->box.out};
    k->change = c;
    k->all = hash_fate(hash_fate(mix(7, way, sizeof(way)), c->a), c->b);
    for (unsigned f = 0; f < PTN_PKT_COUNT; f++) {
        k->field[f] = hash_ranges(c->box.field[f]) * (2 * f + 1);
        k->all += k->field[f];
    }
}

static int compare_keys(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    return (x->but_one > y->but_one) - (x->but_one < y->but_one);
}

static bool differ_only_in(const struct ptn_change *x, const struct ptn_change *y, unsigned field)
{
    if (x->box.family != y->box.family || x->box.out != y->box.out || !ptn_outcome_alike(x->a, y->a) ||
        !ptn_outcome_alike(x->b, y->b))
        return false;
    for (unsigned f = 0; f < PTN_PKT_COUNT; f++) {
        const struct ptn_ranges *p = x->box.field[f], *q = y->box.field[f];
        if (f == field ? !p || !q || p->width != q->width : p != q && (!p || !q || !ptn_ranges_equal(p, q)))
            return false;
    }
    return true;
}

static int absorb(struct key *into, struct key *k, unsigned f)
{
    struct ptn_ranges *sum = ptn_ranges_unite(into->change->box.field[f], k->change->box.field[f]);
    if (!sum)
        return -ENOMEM;
    ptn_flow_take(&into->change->box, (enum ptn_pkt)f, sum);
    ptn_flow_release(&k->change->box);
    k->change = NULL;
    into->all -= into->field[f];
    into->field[f] = hash_ranges(sum) * (2 * f + 1);
    into->all += into->field[f];
    return 0;
}

/* Unites what differs in field f only. Result: how many went into others, or -errno. */
static long unite_along(struct key *keys, size_t *n, unsigned f)
{
    size_t stay = 0;
    for (size_t i = 0; i < *n; i++)
        keys[i].but_one = keys[i].all - keys[i].field[f];
    qsort(keys, *n, sizeof(*keys), compare_keys);
    for (size_t i = 0; i < *n; i++) {
        for (size_t k = i + 1; keys[i].change && k < *n && keys[k].but_one == keys[i].but_one; k++) {
            if (!keys[k].change || !differ_only_in(keys[i].change, keys[k].change, f))
                continue;
            int r = absorb(&keys[i], &keys[k], f);
            if (r < 0)
                return r;
        }
        if (keys[i].change)
            keys[stay++] = keys[i];
    }
    long gone = (long)(*n - stay);
    *n = stay;
    return gone;
}

/* The changes that are left, in the order in which they were found. */
static int compare_places(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    return (x->change > y->change) - (x->change < y->change);
}

static int unite(struct ptn_changes *c)
{
    struct key *keys = calloc(c->n + 1, sizeof(*keys));
    size_t n = c->n;
    long r = keys ? 0 : -ENOMEM, gone = 1;
    for (size_t i = 0; i < n && r == 0; i++)
        make_key(&keys[i], &c->items[i]);
    while (r == 0 && gone > 0) {
        gone = 0;
        for (unsigned f = 0; f < PTN_PKT_COUNT && r == 0; f++) {
            long g = unite_along(keys, &n, f);
            r = g < 0 ? g : 0;
            gone += g;
        }
    }
    if (r == 0) {
        qsort(keys, n, sizeof(*keys), compare_places);
        for (size_t i = 0; i < n; i++)
            c->items[i] = *keys[i].change;
        c->n = n;
    }
    free(keys);
    return (int)r;
}

int ptn_answers_diff(struct ptn_changes *ret, const struct ptn_answers *a, const struct ptn_answers *b)
{
    struct shelf *shelves = calloc(SHELVES, sizeof(*shelves));
    struct ptn_changes c = {0};
    int r = shelves ? fill(shelves, b) : -ENOMEM;
    for (size_t i = 0; i < a->n && r == 0; i++) {
        struct spanned h = {&a->items[i], ptn_hull_of(&a->items[i].box)};
        for (unsigned s = h.hull.lo >> 8; s <= h.hull.hi >> 8 && r == 0; s++)
            r = compare_on_shelf(&c, &h, &shelves[s], s);
    }
    r = r < 0 ? r : unite(&c);
    for (unsigned s = 0; shelves && s < SHELVES; s++)
        free(shelves[s].items);
    free(shelves);
    if (r < 0)
        ptn_changes_release(&c);
    else
        *ret = c;
    return r;
}
