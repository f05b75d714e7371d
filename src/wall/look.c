/* Look-ups: which of a set of packets are in a set of elements. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "eval.h"

#define VALUES_MAX 65536 /* numbers tried one by one under a mask */

/* A set of one range that needs no memory. */
union one_range {
    struct ptn_ranges r;
    uint8_t room[sizeof(struct ptn_ranges) + 2 * PTN_RANGES_WIDTH];
};

static const struct ptn_ranges *one_range(union one_range *o, uint8_t width, const uint8_t *bounds)
{
    o->r = (struct ptn_ranges){.refs = 2, .n = 1, .room = 1, .width = width};
    memcpy(o->room + offsetof(struct ptn_ranges, at), bounds, 2u * width);
    return &o->r;
}

enum ptn_pkt ptn_live_slot(const struct ptn_live *l, enum ptn_pkt f)
{
    static const enum ptn_pkt now[PTN_PKT_COUNT] = {[PTN_PKT_CT_SADDR] = PTN_PKT_SADDR,
                                                    [PTN_PKT_CT_DADDR] = PTN_PKT_DADDR,
                                                    [PTN_PKT_CT_SPORT] = PTN_PKT_SPORT,
                                                    [PTN_PKT_CT_DPORT] = PTN_PKT_DPORT};
    return l->flow.same >> f & 1 ? now[f] : f;
}

int ptn_live_split(struct ptn_walk *w, struct ptn_live *l, enum ptn_pkt f, const struct ptn_ranges *in,
                   struct ptn_live *hit)
{
    int relation = (int)ptn_ranges_relation(l->flow.field[f], in);
    if (relation == PTN_INSIDE) {
        *hit = *l;
        *l = (struct ptn_live){0};
    }
    if (relation != PTN_OVERLAPS)
        return relation;
    struct ptn_ranges *both = ptn_ranges_intersect(l->flow.field[f], in);
    int r = both ? ptn_live_copy(w, hit, l) : -ENOMEM;
    if (r < 0) {
        ptn_ranges_unref(both);
        return r;
    }
    ptn_ranges_unref(hit->flow.field[f]);
    hit->flow.field[f] = both;
    r = ptn_ranges_subtract(&l->flow.field[f], in);
    if (r < 0)
        ptn_flow_release(&hit->flow);
    return r < 0 ? r : relation;
}

/* ---- pieces --------------------------------------------------------------------------------------------------- */

void ptn_pieces_release(struct ptn_pieces *p)
{
    for (size_t i = 0; i < p->n; i++)
        ptn_flow_release(&p->items[i].live.flow);
    free(p->items);
    *p = (struct ptn_pieces){0};
}

static int put(struct ptn_pieces *p, struct ptn_live *l, enum ptn_found found, const struct ptn_datum *datum,
               const char *why)
{
    if (ptn_grow(&p->items, p->n, &p->room, sizeof(*p->items)) < 0) {
        ptn_flow_release(&l->flow);
        return -ENOMEM;
    }
    p->items[p->n++] = (struct ptn_piece){.live = *l, .found = found, .datum = datum, .why = why};
    *l = (struct ptn_live){0};
    return 0;
}

/* ---- what a key asks for, as a set of the field's numbers ---------------------------------------------------------
 */

static bool masked_in(const struct ptn_key *k, const uint8_t *value, const struct ptn_ranges *m)
{
    uint8_t v[PTN_RANGES_WIDTH];
    for (unsigned i = 0; i < k->width; i++)
        v[i] = (uint8_t)((value[i] & k->mask[i]) ^ k->flip[i]);
    return ptn_ranges_has(m, v);
}

static bool increment(uint8_t *v, uint8_t width)
{
    for (int i = width - 1; i >= 0; i--)
        if (++v[i])
            return true;
    return false;
}

/* The leading ones of a mask that is only these, or -1. */
static int prefix_of(const struct ptn_key *k)
{
    int bits = 0;
    while (bits < k->width * 8 && k->mask[bits / 8] & 0x80 >> bits % 8)
        bits++;
    for (int i = bits; i < k->width * 8; i++)
        if (k->mask[i / 8] & 0x80 >> i % 8)
            return -1;
    for (unsigned i = 0; i < k->width; i++)
        if (k->flip[i])
            return -1;
    return bits;
}

/* (v & mask) in lo..hi, for a mask of leading ones: v in roundup(lo)..hi|~mask. */
static struct ptn_ranges *under_prefix(const struct ptn_key *k, const struct ptn_ranges *m)
{
    struct ptn_ranges *r = ptn_ranges_none(k->width);
    uint8_t lo[PTN_RANGES_WIDTH], hi[PTN_RANGES_WIDTH];
    for (uint32_t i = 0; r && i < m->n; i++) {
        bool any = true;
        memcpy(lo, ptn_ranges_lo(m, i), k->width);
        for (unsigned b = 0; b < k->width; b++)
            hi[b] = (uint8_t)(ptn_ranges_hi(m, i)[b] | (uint8_t)~k->mask[b]);
        bool aligned = true;
        for (unsigned b = 0; b < k->width; b++)
            aligned = aligned && !(lo[b] & ~k->mask[b]);
        if (!aligned) { /* the next multiple */
            for (unsigned b = 0; b < k->width; b++)
                lo[b] = (uint8_t)(lo[b] | (uint8_t)~k->mask[b]);
            any = increment(lo, k->width);
        }
        if (any && memcmp(lo, hi, k->width) <= 0 && ptn_ranges_append(&r, lo, hi) < 0) {
            ptn_ranges_unref(r);
            return NULL;
        }
    }
    if (r)
        ptn_ranges_sort(r);
    return r;
}

/* Tries every number of s. */
static struct ptn_ranges *one_by_one(const struct ptn_key *k, const struct ptn_ranges *s, const struct ptn_ranges *m)
{
    struct ptn_ranges *r = ptn_ranges_none(k->width);
    uint8_t v[PTN_RANGES_WIDTH];
    for (uint32_t i = 0; r && i < s->n; i++) {
        bool more = true;
        for (memcpy(v, ptn_ranges_lo(s, i), k->width); more && memcmp(v, ptn_ranges_hi(s, i), k->width) <= 0;
             more = increment(v, k->width))
            if (masked_in(k, v, m) && ptn_ranges_append(&r, v, v) < 0) {
                ptn_ranges_unref(r);
                return NULL;
            }
    }
    if (r)
        ptn_ranges_sort(r);
    return r;
}

struct asked {
    enum ptn_pkt field;          /* whose numbers `in` has */
    const struct ptn_ranges *in; /* NULL: cannot be decided */
    struct ptn_ranges *own;      /* to be released */
    bool absent;
    const char *why;
};

static int ask_masked(const struct ptn_live *l, const struct ptn_key *k, const struct ptn_ranges *m, struct asked *a)
{
    const struct ptn_ranges *s = l->flow.field[a->field];
    if (ptn_ranges_count(s) <= VALUES_MAX)
        a->own = one_by_one(k, s, m);
    else if (prefix_of(k) >= 0)
        a->own = under_prefix(k, m);
    else {
        a->why = "a mask that the question leaves open";
        return 0;
    }
    a->in = a->own;
    return a->own ? 0 : -ENOMEM;
}

static int ask_derived(const struct ptn_walk *w, const struct ptn_live *l, const struct ptn_key *k,
                       const struct ptn_ranges *m, struct asked *a)
{
    const struct ptn_ranges *iif = l->flow.field[PTN_PKT_IIFNAME];
    char name[16] = "";
    enum ptn_pkt base;
    if (iif && ptn_ranges_is_point(iif))
        memcpy(name, ptn_ranges_lo(iif, 0), 15);
    bool group = k->field == PTN_PKT_IIFGROUP || k->field == PTN_PKT_OIFGROUP;
    const struct ptn_partition *p = ptn_terrain_partition(w->terrain, k->field, l->flow.family, name, &base);
    a->field = base;
    if (base == PTN_PKT_COUNT) {
        a->why = "policy routing was not read";
        return 0;
    }
    const struct ptn_ranges *of = l->flow.field[base];
    if (group && of && ptn_ranges_is_point(of) && !*ptn_ranges_lo(of, 0)) {
        a->absent = true; /* no interface, no group */
        return 0;
    }
    if (!p || !(a->own = ptn_ranges_none(ptn_pkt_width(base, l->flow.family))))
        return -ENOMEM;
    for (size_t i = 0; i < p->n; i++) {
        const struct ptn_ranges *where = p->parts[i].where;
        if (k->masked ? !masked_in(k, p->parts[i].value, m) : !ptn_ranges_has(m, p->parts[i].value))
            continue;
        for (uint32_t j = 0; j < where->n; j++)
            if (ptn_ranges_append(&a->own, ptn_ranges_lo(where, j), ptn_ranges_hi(where, j)) < 0)
                return -ENOMEM;
    }
    ptn_ranges_sort(a->own);
    a->in = a->own;
    return 0;
}

/* A field that is not there, and counts as 0: all packets are in, or none. */
static int ask_zero(const struct ptn_key *k, const struct ptn_ranges *m, struct asked *a)
{
    static const uint8_t zero[PTN_RANGES_WIDTH];
    a->field = PTN_PKT_NFPROTO;
    a->own = (k->masked ? masked_in(k, zero, m) : ptn_ranges_has(m, zero)) ? ptn_ranges_all(1) : ptn_ranges_none(1);
    a->in = a->own;
    return a->own ? 0 : -ENOMEM;
}

/* Turns "the key is in m" into "the field is in a->in". */
static int ask(const struct ptn_walk *w, const struct ptn_live *l, const struct ptn_key *k, const struct ptn_ranges *m,
               struct asked *a)
{
    *a = (struct asked){.field = ptn_live_slot(l, k->field), .in = NULL};
    if (l->flow.absent >> a->field & 1) {
        a->absent = !k->or_zero;
        return k->or_zero ? ask_zero(k, m, a) : 0;
    }
    if (ptn_pkt_is_derived(k->field)) {
        int r = ask_derived(w, l, k, m, a);
        bool unknown = r == 0 && a->in && !l->flow.field[a->field];
        if (unknown)
            a->in = NULL, a->why = ptn_pkt_word(k->field);
        if (r < 0 || unknown) {
            ptn_ranges_unref(a->own);
            a->own = NULL;
        }
        return r;
    }
    const struct ptn_ranges *s = l->flow.field[a->field];
    if (!s || s->width != m->width) {
        a->why = ptn_pkt_word(k->field);
        return 0;
    }
    if (k->masked)
        return ask_masked(l, k, m, a);
    a->in = m;
    return 0;
}

/* ---- sets of one key --------------------------------------------------------------------------------------------- */

static int rest(const struct ptn_set *s, struct ptn_live *l, struct ptn_pieces *out)
{
    if (s->has_fallback)
        return put(out, l, s->fallback.maybe ? PTN_PERHAPS : PTN_FOUND, &s->fallback.datum, "an element that expires");
    return put(out, l, s->live ? PTN_PERHAPS : PTN_NOT_FOUND, NULL, "a set that packets fill");
}

static int look_group(struct ptn_walk *w, struct ptn_live *l, const struct ptn_look *look, const struct ptn_group *g,
                      struct ptn_pieces *out)
{
    struct asked a;
    struct ptn_live hit;
    int r = g->ranges ? ask(w, l, &look->key[0], g->ranges, &a) : PTN_DISJOINT;
    if (r < 0 || !g->ranges)
        return r < 0 ? r : PTN_DISJOINT;
    if (a.absent || !a.in) {
        r = put(out, l, a.absent ? PTN_NO_FIELD : PTN_PERHAPS, g->datum.n || look->set->map ? NULL : &g->datum, a.why);
        return r < 0 ? r : PTN_INSIDE;
    }
    r = ptn_live_split(w, l, a.field, a.in, &hit);
    ptn_ranges_unref(a.own);
    if (r == PTN_INSIDE || r == PTN_OVERLAPS) {
        int e = put(out, &hit, g->maybe ? PTN_PERHAPS : PTN_FOUND, &g->datum, "an element that expires");
        return e < 0 ? e : r;
    }
    return r;
}

static int look_one(struct ptn_walk *w, struct ptn_live *l, const struct ptn_look *look, struct ptn_pieces *out)
{
    for (size_t i = 0; i < look->set->n_groups; i++) {
        int r = look_group(w, l, look, &look->set->groups[i], out);
        if (r < 0) {
            ptn_flow_release(&l->flow);
            return r;
        }
        if (r == PTN_INSIDE)
            return 0;
    }
    return rest(look->set, l, out);
}

/* ---- concatenations ------------------------------------------------------------------------------------------------
 */

struct box {
    struct asked key[PTN_KEYS_MAX];
    union one_range room[PTN_KEYS_MAX];
    unsigned n; /* keys that were asked */
    const char *why;
};

/* Asks every key, until one says no. Result: FOUND, PERHAPS, NOT_FOUND, NO_FIELD, or -errno. */
static int ask_box(const struct ptn_walk *w, const struct ptn_live *l, const struct ptn_look *look, const uint8_t *box,
                   struct box *b)
{
    int found = PTN_FOUND;
    for (b->n = 0; b->n < look->n_keys && found != PTN_NOT_FOUND && found != PTN_NO_FIELD;) {
        const struct ptn_key *k = &look->key[b->n];
        struct asked *a = &b->key[b->n];
        int r = ask(w, l, k, one_range(&b->room[b->n], k->width, box), a);
        b->n++;
        if (r < 0)
            return r;
        box += 2u * k->width;
        if (a->absent)
            found = PTN_NO_FIELD;
        else if (!a->in)
            found = PTN_PERHAPS, b->why = a->why;
        else if (ptn_ranges_relation(l->flow.field[a->field], a->in) == PTN_DISJOINT)
            found = PTN_NOT_FOUND;
    }
    return found;
}

/* Leaves in *l what the keys of addresses, or those of all else, ask for; the rest goes to `outside`. Result: 0,
 * NOT_FOUND (two keys of one field), or -errno. */
static int narrow(struct ptn_walk *w, struct ptn_live *l, const struct box *b, bool addresses,
                  struct ptn_lives *outside)
{
    int r = 0;
    for (unsigned i = 0; i < b->n && r == 0; i++) {
        struct ptn_live hit;
        if (!b->key[i].in || ptn_pkt_is_address(b->key[i].field) != addresses)
            continue;
        r = ptn_live_split(w, l, b->key[i].field, b->key[i].in, &hit);
        if (r < 0 || r == PTN_DISJOINT)
            return r < 0 ? r : PTN_NOT_FOUND;
        r = r == PTN_OVERLAPS ? ptn_lives_push(outside, l) : 0;
        *l = hit;
    }
    return r;
}

/* What of *l is in one box goes to *hit, what is not to `outside`. Addresses are taken last, as by ptn_wall_link().
 * Result: FOUND, PERHAPS (*why), NOT_FOUND, NO_FIELD (*l is what is left), or -errno. */
static int carve(struct ptn_walk *w, struct ptn_live *l, const struct ptn_look *look, const uint8_t *box,
                 struct ptn_live *hit, struct ptn_lives *outside, const char **why)
{
    struct box b;
    b.why = *why;
    int found = ask_box(w, l, look, box, &b), r = 0;
    if (found == PTN_FOUND || found == PTN_PERHAPS) {
        r = narrow(w, l, &b, false, outside);
        r = r ? r : narrow(w, l, &b, true, outside);
        *why = b.why;
    }
    for (unsigned i = 0; i < b.n; i++)
        ptn_ranges_unref(b.key[i].own);
    if (found < 0 || r)
        return found < 0 ? found : r;
    if (found == PTN_FOUND || found == PTN_PERHAPS) {
        *hit = *l;
        *l = (struct ptn_live){0};
    }
    return found;
}

/* One box against all that is left: what it takes is a piece, what it leaves is left. */
static int look_box(struct ptn_walk *w, struct ptn_lives *left, const struct ptn_look *look, const struct ptn_group *g,
                    const uint8_t *box, struct ptn_pieces *out)
{
    for (size_t i = 0, n = left->n; i < n;) {
        struct ptn_live l = left->items[i], hit;
        const char *why = "an element that expires";
        int r = carve(w, &l, look, box, &hit, left, &why);
        if (r < 0)
            ptn_flow_release(&l.flow);
        left->items[i] = l;
        if (r < 0)
            return r;
        if (r == PTN_NOT_FOUND) {
            i++;
            continue;
        }
        if (r == PTN_NO_FIELD)
            hit = l;
        /* what it was is used up: the last takes its place */
        left->items[i] = left->items[--n];
        left->items[n] = left->items[--left->n];
        const struct ptn_datum *datum = r == PTN_PERHAPS && look->set->map && !g->maybe ? NULL : &g->datum;
        r = put(out, &hit, r == PTN_FOUND && g->maybe ? PTN_PERHAPS : (enum ptn_found)r, datum, why);
        if (r < 0)
            return r;
    }
    return 0;
}

static int look_many(struct ptn_walk *w, struct ptn_live *l, const struct ptn_look *look, struct ptn_pieces *out)
{
    struct ptn_lives left = {0};
    size_t size = 0;
    int r = ptn_lives_push(&left, l);
    *l = (struct ptn_live){0};
    for (unsigned i = 0; i < look->n_keys; i++)
        size += 2u * look->key[i].width;
    for (size_t i = 0; r == 0 && i < look->set->n_groups; i++)
        for (size_t k = 0; r == 0 && left.n && k < look->set->groups[i].n_boxes; k++)
            r = look_box(w, &left, look, &look->set->groups[i], look->set->groups[i].boxes + k * size, out);
    for (; r == 0 && left.n;)
        r = rest(look->set, &left.items[--left.n], out);
    ptn_lives_release(&left);
    return r;
}

int ptn_look_up(struct ptn_walk *w, struct ptn_live *l, const struct ptn_look *look, struct ptn_pieces *out)
{
    if (look->set->opaque)
        return put(out, l, PTN_PERHAPS, NULL, "a set of a type that is not understood");
    return look->n_keys == 1 ? look_one(w, l, look, out) : look_many(w, l, look, out);
}

const struct ptn_ranges *ptn_look_wants(const struct ptn_look *look, enum ptn_pkt field)
{
    const struct ptn_set *s = look->set;
    const struct ptn_key *k = &look->key[0];
    if (look->n_keys != 1 || k->field != field || k->masked || k->or_zero || look->negate)
        return NULL;
    bool plain = !s->opaque && !s->live && !s->has_fallback && s->n_groups == 1 && s->groups[0].ranges;
    return plain && s->groups[0].ranges->width == ptn_pkt_width(field, 0) ? s->groups[0].ranges : NULL;
}

enum ptn_found ptn_test_glance(const struct ptn_live *l, const struct ptn_look *look)
{
    const struct ptn_set *s = look->set;
    const struct ptn_key *k = &look->key[0];
    enum ptn_pkt f = ptn_live_slot(l, k->field);
    const struct ptn_ranges *field = l->flow.field[f];
    if (l->flow.absent >> f & 1)
        return look->n_keys == 1 && !k->or_zero ? PTN_NOT_FOUND : PTN_PERHAPS;
    if (look->n_keys != 1 || k->masked || !field || s->opaque || s->live || s->has_fallback || s->n_groups != 1 ||
        ptn_pkt_is_derived(k->field) || !s->groups[0].ranges || s->groups[0].ranges->width != field->width)
        return PTN_PERHAPS;
    enum ptn_relation r = ptn_ranges_relation(field, s->groups[0].ranges);
    if (r == PTN_OVERLAPS || (r == PTN_INSIDE && s->groups[0].maybe))
        return PTN_PERHAPS;
    return (r == PTN_INSIDE) != look->negate ? PTN_FOUND : PTN_NOT_FOUND;
}
