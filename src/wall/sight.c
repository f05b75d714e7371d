#include "sight.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define WIDE_MAX 256    /* areas of a rule that is asked about; with more, it is taken for greater than it is */
#define NARROW_MAX 4096 /* areas of one that takes; others are left out */

int ptn_sight_all(struct ptn_areas *ret)
{
    struct ptn_area all = {.n = 0};
    *ret = (struct ptn_areas){0};
    return ptn_areas_push(ret, &all);
}

int ptn_areas_copy(struct ptn_areas *to, const struct ptn_areas *from)
{
    int r = 0;
    *to = (struct ptn_areas){0};
    for (size_t i = 0; i < from->n && r == 0; i++) {
        struct ptn_area a;
        ptn_area_copy(&a, &from->items[i]);
        r = ptn_areas_push(to, &a);
    }
    if (r < 0)
        ptn_areas_release(to);
    return r;
}

/* It cannot be told. */
static int doubt(const struct ptn_sight *s, struct ptn_areas *areas)
{
    if (!s->wide)
        ptn_areas_release(areas);
    return 0;
}

static int dim_of(const struct ptn_sight *s, const struct ptn_key *k)
{
    if (s->changed >> k->field & 1)
        return -ENOENT;
    /* the model knows that a packet is not of IP, but not what else it is */
    if (!s->wide && !s->space->family && k->field == PTN_PKT_NFPROTO)
        return -ENOENT;
    return ptn_space_dim(s->space, k);
}

/* Limits one area. Result: 1, 0 if it is left with nothing, -ENOMEM. */
static int limit(const struct ptn_sight *s, struct ptn_area *a, int dim, struct ptn_ranges *in)
{
    int r = ptn_area_limit(s->space, a, dim, in, false);
    return r == -E2BIG ? s->wide : r;
}

static int limit_all(const struct ptn_sight *s, struct ptn_areas *areas, int dim, struct ptn_ranges *in)
{
    size_t stay = 0;
    int r = 1;
    for (size_t i = 0; i < areas->n; i++) {
        struct ptn_area a = areas->items[i];
        r = r < 0 ? r : limit(s, &a, dim, in);
        if (r == 0)
            ptn_area_release(&a);
        else
            areas->items[stay++] = a;
    }
    areas->n = stay;
    return r < 0 ? r : 0;
}

/* ---- sets of one key --------------------------------------------------------------------------------------------- */

/* All numbers of a set, with those that may be gone or without. */
static int gather(const struct ptn_sight *s, const struct ptn_set *set, bool maybe, struct ptn_ranges **ret)
{
    struct ptn_ranges *all = NULL;
    if (set->n_groups == 1 && set->groups[0].ranges && (maybe || !set->groups[0].maybe)) {
        *ret = ptn_ranges_ref(set->groups[0].ranges);
        return 0;
    }
    all = ptn_ranges_none(set->width[0]);
    for (size_t i = 0; all && i < set->n_groups; i++) {
        const struct ptn_ranges *one = set->groups[i].maybe && !maybe ? NULL : set->groups[i].ranges;
        for (uint32_t k = 0; all && one && k < one->n; k++)
            if (ptn_ranges_append(&all, ptn_ranges_lo(one, k), ptn_ranges_hi(one, k)) < 0) {
                ptn_ranges_unref(all);
                all = NULL;
            }
        ptn_space_spend(s->space, 20 + (one ? one->n * 20ull : 0));
    }
    if (all)
        ptn_ranges_sort(all);
    *ret = all;
    return all ? 0 : -ENOMEM;
}

static int look_one(const struct ptn_sight *s, struct ptn_areas *areas, const struct ptn_look *look)
{
    const struct ptn_set *set = look->set;
    struct ptn_ranges *all = NULL, *in = NULL;
    int dim = dim_of(s, &look->key[0]);
    if (dim < 0)
        return dim == -ENOENT ? doubt(s, areas) : dim;
    if (set->live || (set->has_fallback && (s->wide || look->negate)))
        return s->wide ? limit_all(s, areas, dim, NULL) : doubt(s, areas);
    if (set->has_fallback && !set->fallback.maybe)
        return limit_all(s, areas, dim, NULL);
    int r = gather(s, set, s->wide != look->negate, &all);
    r = r < 0 ? r : ptn_space_numbers(s->space, &look->key[0], dim, all, look->negate, &in);
    if (r == 0)
        r = limit_all(s, areas, dim, in);
    else if (r == -ENOENT)
        r = doubt(s, areas);
    ptn_ranges_unref(all);
    ptn_ranges_unref(in);
    return r;
}

/* ---- concatenations ------------------------------------------------------------------------------------------------
 */

/* The boxes of a concatenation. */
struct boxes {
    const struct ptn_look *look;
    int dims[PTN_KEYS_MAX]; /* -1: in doubt */
    size_t size, n;
};

static int boxes_of(const struct ptn_sight *s, const struct ptn_look *look, struct boxes *b)
{
    *b = (struct boxes){.look = look};
    for (unsigned i = 0; i < look->n_keys; i++) {
        b->dims[i] = dim_of(s, &look->key[i]);
        if (b->dims[i] == -ENOMEM || (b->dims[i] < 0 && !s->wide))
            return b->dims[i];
        b->size += 2u * look->key[i].width;
    }
    for (size_t g = 0; g < look->set->n_groups; g++)
        if (s->wide || !look->set->groups[g].maybe)
            b->n += look->set->groups[g].n_boxes;
    return 0;
}

static int limit_key(const struct ptn_sight *s, struct ptn_area *a, const struct boxes *b, unsigned k,
                     const struct ptn_ranges *numbers)
{
    struct ptn_ranges *in;
    if (b->dims[k] < 0)
        return 1;
    int r = ptn_space_numbers(s->space, &b->look->key[k], b->dims[k], numbers, false, &in);
    if (r < 0)
        return r == -ENOENT ? s->wide : r;
    r = limit(s, a, b->dims[k], in);
    ptn_ranges_unref(in);
    return r;
}

static int limit_box(const struct ptn_sight *s, struct ptn_area *a, const struct boxes *b, const uint8_t *box)
{
    int r = 1;
    for (unsigned k = 0; k < b->look->n_keys && r == 1; k++) {
        const uint8_t width = b->look->key[k].width;
        struct ptn_ranges *one = ptn_ranges_of(width, box, box + width);
        r = one ? limit_key(s, a, b, k, one) : -ENOMEM;
        ptn_ranges_unref(one);
        box += 2u * width;
    }
    return r;
}

static int add_box(const struct ptn_sight *s, const struct ptn_areas *areas, const struct boxes *b, const uint8_t *box,
                   struct ptn_areas *out)
{
    int r = 0;
    for (size_t i = 0; i < areas->n && r == 0 && (s->wide || (out->n < NARROW_MAX && s->space->work)); i++) {
        struct ptn_area a;
        ptn_area_copy(&a, &areas->items[i]);
        r = limit_box(s, &a, b, box);
        if (r == 1)
            r = ptn_areas_push(out, &a);
        else
            ptn_area_release(&a);
    }
    return r;
}

/* Every key by itself: more than the boxes, but one area. */
static int limit_hull(const struct ptn_sight *s, struct ptn_areas *areas, const struct boxes *b)
{
    size_t at = 0;
    int r = 0;
    for (unsigned k = 0; k < b->look->n_keys && r == 0; k++) {
        const uint8_t width = b->look->key[k].width;
        struct ptn_ranges *all = ptn_ranges_none(width), *in = NULL;
        for (size_t g = 0; all && r == 0 && g < b->look->set->n_groups; g++)
            for (size_t i = 0; r == 0 && i < b->look->set->groups[g].n_boxes; i++) {
                const uint8_t *box = b->look->set->groups[g].boxes + i * b->size + at;
                r = ptn_ranges_append(&all, box, box + width);
            }
        r = all ? r : -ENOMEM;
        if (r == 0 && b->dims[k] >= 0) {
            ptn_ranges_sort(all);
            r = ptn_space_numbers(s->space, &b->look->key[k], b->dims[k], all, false, &in);
            r = r == 0 ? limit_all(s, areas, b->dims[k], in) : r == -ENOENT ? 0 : r;
        }
        ptn_ranges_unref(all);
        ptn_ranges_unref(in);
        at += 2u * width;
    }
    return r;
}

static int look_many(const struct ptn_sight *s, struct ptn_areas *areas, const struct ptn_look *look)
{
    struct ptn_areas out = {0};
    struct boxes b;
    if (look->negate || look->set->live || look->set->has_fallback)
        return doubt(s, areas);
    int r = boxes_of(s, look, &b);
    if (r < 0)
        return r == -ENOENT ? doubt(s, areas) : r;
    ptn_space_spend(s->space, b.n * 200);
    if (s->wide && areas->n * b.n > WIDE_MAX)
        return limit_hull(s, areas, &b);
    for (size_t g = 0; g < look->set->n_groups && r == 0; g++)
        for (size_t i = 0; i < look->set->groups[g].n_boxes && r == 0; i++)
            if (s->wide || !look->set->groups[g].maybe)
                r = add_box(s, areas, &b, look->set->groups[g].boxes + i * b.size, &out);
    ptn_areas_release(areas);
    *areas = out;
    return r;
}

int ptn_sight_look(const struct ptn_sight *s, struct ptn_areas *areas, const struct ptn_look *look)
{
    if (look->set->opaque)
        return doubt(s, areas);
    return look->n_keys == 1 ? look_one(s, areas, look) : look_many(s, areas, look);
}

int ptn_sight_group(const struct ptn_sight *s, struct ptn_areas *areas, const struct ptn_look *look,
                    const struct ptn_group *g)
{
    struct ptn_set part = *look->set;
    struct ptn_look only = *look;
    only.set = &part;
    part.has_fallback = false;
    if (g) {
        part.groups = (struct ptn_group *)g;
        part.n_groups = 1;
    } else {
        only.negate = true;
    }
    return ptn_sight_look(s, areas, &only);
}
