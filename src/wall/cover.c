#include "cover.h"

#include "base/grow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BIT(f) (UINT64_C(1) << PTN_PKT_##f)

/* Fields that every packet of IP has; those that every packet has. */
#define EVERY (BIT(NFPROTO) | BIT(IIFNAME) | BIT(OIFNAME) | BIT(MARK) | BIT(PKTTYPE) | BIT(CT_STATE))
#define EVERY_IP (EVERY | BIT(SADDR) | BIT(DADDR) | BIT(TTL) | BIT(DSCP) | BIT(LENGTH))

/* Fields under which the model gathers several things. */
#define VAGUE (BIT(OTHER) | BIT(EXTHDR))

static bool is(uint64_t fields, enum ptn_pkt f)
{
    return fields >> f & 1;
}

/* ---- the space ---------------------------------------------------------------------------------------------------
 */

void ptn_space_release(struct ptn_space *s)
{
    for (size_t i = 0; i < s->n; i++)
        ptn_ranges_unref(s->full[i]);
    s->n = 0;
}

/* Dimensions with so few numbers that each can be tried under a mask. */
static bool is_small(const struct ptn_key *k)
{
    return k->field == PTN_PKT_CT_STATE || k->width == 1;
}

static struct ptn_key dim_of(const struct ptn_space *s, const struct ptn_key *k)
{
    struct ptn_key d = {.field = k->field, .width = k->width};
    d.or_zero = k->or_zero && !is(s->family ? EVERY_IP : EVERY, k->field);
    if (k->masked && !is_small(k)) {
        d.masked = true;
        memcpy(d.mask, k->mask, k->width);
        memcpy(d.flip, k->flip, k->width);
    }
    return d;
}

static bool same_dim(const struct ptn_key *a, const struct ptn_key *b)
{
    return a->field == b->field && a->width == b->width && a->masked == b->masked && a->or_zero == b->or_zero &&
           memcmp(a->mask, b->mask, sizeof(a->mask)) == 0 && memcmp(a->flip, b->flip, sizeof(a->flip)) == 0;
}

/* A connection's state is one of five; whose packets they are is known. */
static struct ptn_ranges *numbers_of(const struct ptn_space *s, const struct ptn_key *d)
{
    static const uint8_t states[] = {1, 2, 4, 8, 64};
    if (d->field == PTN_PKT_NFPROTO && s->family)
        return ptn_ranges_number(1, s->family == AF_INET ? 2 : 10, s->family == AF_INET ? 2 : 10);
    struct ptn_ranges *r = d->field == PTN_PKT_CT_STATE ? ptn_ranges_none(4) : ptn_ranges_all(d->width);
    for (size_t i = 0; r && d->field == PTN_PKT_CT_STATE && i < sizeof(states); i++) {
        const uint8_t number[4] = {0, 0, 0, states[i]};
        if (ptn_ranges_append(&r, number, number) < 0) {
            ptn_ranges_unref(r);
            return NULL;
        }
    }
    static const uint8_t ip[] = {2, 10};
    for (size_t i = 0; r && d->field == PTN_PKT_NFPROTO && i < sizeof(ip); i++) {
        struct ptn_ranges *one = ptn_ranges_of(1, &ip[i], &ip[i]);
        if (!one || ptn_ranges_subtract(&r, one) < 0) {
            ptn_ranges_unref(r);
            r = NULL;
        }
        ptn_ranges_unref(one);
    }
    return r;
}

int ptn_space_dim(struct ptn_space *s, const struct ptn_key *k)
{
    if (is(VAGUE, k->field))
        return -ENOENT;
    if (k->width != ptn_pkt_width(k->field, s->family) || (!s->family && ptn_pkt_is_address(k->field)))
        return -ENOENT;
    const struct ptn_key d = dim_of(s, k);
    for (size_t i = 0; i < s->n; i++)
        if (same_dim(&s->dims[i], &d))
            return (int)i;
    if (s->n == PTN_DIMS_MAX)
        return -ENOENT;
    s->full[s->n] = numbers_of(s, &d);
    if (!s->full[s->n])
        return -ENOMEM;
    s->dims[s->n] = d;
    s->absent[s->n] = !d.or_zero && !is(s->family ? EVERY_IP : EVERY, d.field);
    return (int)s->n++;
}

static bool masked_has(const struct ptn_key *k, const uint8_t *number, const struct ptn_ranges *s)
{
    uint8_t v[PTN_RANGES_WIDTH];
    for (unsigned i = 0; i < k->width; i++)
        v[i] = k->masked ? (uint8_t)((number[i] & k->mask[i]) ^ k->flip[i]) : number[i];
    return ptn_ranges_has(s, v);
}

/* Tries every number of a small dimension. */
static int one_by_one(const struct ptn_key *k, const struct ptn_ranges *full, const struct ptn_ranges *s, bool negate,
                      struct ptn_ranges **ret)
{
    struct ptn_ranges *r = ptn_ranges_none(k->width);
    for (uint32_t i = 0; r && i < full->n; i++) {
        uint8_t v[PTN_RANGES_WIDTH];
        memcpy(v, ptn_ranges_lo(full, i), k->width);
        for (;; v[k->width - 1]++) {
            if (masked_has(k, v, s) != negate && ptn_ranges_append(&r, v, v) < 0) {
                ptn_ranges_unref(r);
                return -ENOMEM;
            }
            if (memcmp(v, ptn_ranges_hi(full, i), k->width) == 0)
                break;
        }
    }
    if (!r)
        return -ENOMEM;
    ptn_ranges_sort(r);
    *ret = r;
    return 0;
}

void ptn_space_spend(struct ptn_space *s, uint64_t work)
{
    s->work -= work < s->work ? work : s->work;
}

int ptn_space_numbers(struct ptn_space *s, const struct ptn_key *k, int dim, const struct ptn_ranges *in, bool negate,
                      struct ptn_ranges **ret)
{
    if (in->width != k->width)
        return -ENOENT;
    if (k->masked && is_small(k)) {
        ptn_space_spend(s, 1000);
        return one_by_one(k, s->full[dim], in, negate, ret);
    }
    if (!negate) {
        *ret = ptn_ranges_ref((struct ptn_ranges *)in);
        return 0;
    }
    ptn_space_spend(s, 50 + in->n * 4ull);
    *ret = ptn_ranges_without(s->full[dim], in);
    return *ret ? 0 : -ENOMEM;
}

/* ---- areas --------------------------------------------------------------------------------------------------------
 */

void ptn_area_release(struct ptn_area *a)
{
    for (unsigned i = 0; i < a->n; i++)
        ptn_ranges_unref(a->parts[i].in);
    a->n = 0;
}

void ptn_area_copy(struct ptn_area *to, const struct ptn_area *from)
{
    *to = *from;
    for (unsigned i = 0; i < to->n; i++)
        ptn_ranges_ref(to->parts[i].in);
}

/* The area's part of a dimension; *full where it has none. */
static const struct ptn_part *part_of(const struct ptn_space *s, const struct ptn_area *a, int dim,
                                      struct ptn_part *full)
{
    for (unsigned i = 0; i < a->n; i++)
        if (a->parts[i].dim == dim)
            return &a->parts[i];
    *full = (struct ptn_part){(uint8_t)dim, s->absent[dim], s->full[dim]};
    return full;
}

/* Puts a part in its place; `in` is taken over. */
static int put_part(struct ptn_area *a, int dim, struct ptn_ranges *in, bool absent)
{
    unsigned i = 0;
    while (i < a->n && a->parts[i].dim != dim)
        i++;
    if (i == PTN_PARTS_MAX) {
        ptn_ranges_unref(in);
        return -E2BIG;
    }
    if (i == a->n)
        a->n++;
    else
        ptn_ranges_unref(a->parts[i].in);
    a->parts[i] = (struct ptn_part){(uint8_t)dim, absent, in};
    return 0;
}

/* Inside of all numbers, or of most: seen at once. */
static bool is_within(const struct ptn_ranges *in, const struct ptn_ranges *most)
{
    return in->n && most->n == 1 && memcmp(ptn_ranges_lo(in, 0), ptn_ranges_lo(most, 0), in->width) >= 0 &&
           memcmp(ptn_ranges_hi(in, in->n - 1), ptn_ranges_hi(most, 0), in->width) <= 0;
}

int ptn_area_limit(struct ptn_space *s, struct ptn_area *a, int dim, struct ptn_ranges *in, bool absent)
{
    struct ptn_part full;
    const struct ptn_part *now = part_of(s, a, dim, &full);
    struct ptn_ranges *both;
    absent = absent && now->absent;
    ptn_space_spend(s, 50);
    enum ptn_relation of = in ? ptn_ranges_relation(now->in, in) : PTN_INSIDE;
    if (of == PTN_INSIDE && absent == now->absent)
        return now->in->n || absent;
    if (of == PTN_INSIDE)
        both = ptn_ranges_ref(now->in);
    else if (is_within(in, now->in))
        both = ptn_ranges_ref(in);
    else {
        ptn_space_spend(s, ((uint64_t)in->n + now->in->n) * 4);
        both = ptn_ranges_intersect(now->in, in);
    }
    if (!both)
        return -ENOMEM;
    bool some = both->n || absent;
    int r = put_part(a, dim, both, absent);
    return r < 0 ? r : some;
}

int ptn_area_meet(struct ptn_space *s, struct ptn_area *a, const struct ptn_area *b)
{
    int r = 1;
    for (unsigned i = 0; i < b->n && r == 1; i++)
        r = ptn_area_limit(s, a, b->parts[i].dim, b->parts[i].in, b->parts[i].absent);
    return r;
}

int ptn_areas_push(struct ptn_areas *list, struct ptn_area *a)
{
    if (ptn_grow(&list->items, list->n, &list->room, sizeof(*list->items)) < 0) {
        ptn_area_release(a);
        return -ENOMEM;
    }
    list->items[list->n++] = *a;
    return 0;
}

void ptn_areas_release(struct ptn_areas *list)
{
    for (size_t i = 0; i < list->n; i++)
        ptn_area_release(&list->items[i]);
    free(list->items);
    *list = (struct ptn_areas){0};
}

/* ---- who takes ----------------------------------------------------------------------------------------------------
 */

static uint64_t head(const uint8_t *number, unsigned width)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < 8; i++)
        v = v << 8 | (i < width ? number[i] : 0);
    return v;
}

/* Fields in which rules mostly differ. */
static unsigned rank_of(enum ptn_pkt f)
{
    static const uint8_t ranks[PTN_PKT_COUNT] = {
        [PTN_PKT_DPORT] = 9, [PTN_PKT_SADDR] = 8,     [PTN_PKT_DADDR] = 7,   [PTN_PKT_SPORT] = 6,
        [PTN_PKT_MARK] = 5,  [PTN_PKT_ICMP_TYPE] = 4, [PTN_PKT_IIFNAME] = 3, [PTN_PKT_OIFNAME] = 2};
    return ranks[f] + 1u;
}

static struct ptn_hint hint_of(const struct ptn_part *p)
{
    struct ptn_hint h = {.any = true, .absent = p->absent, .dim = p->dim};
    if (p->in->n) {
        h.lo = head(ptn_ranges_lo(p->in, 0), p->in->width);
        h.hi = head(ptn_ranges_hi(p->in, p->in->n - 1), p->in->width);
    } else {
        h.lo = UINT64_MAX;
    }
    return h;
}

static void hint(const struct ptn_space *s, const struct ptn_area *a, struct ptn_hint out[2])
{
    unsigned ranks[2] = {0, 0};
    out[0] = out[1] = (struct ptn_hint){0};
    for (unsigned i = 0; i < a->n; i++) {
        struct ptn_hint h = hint_of(&a->parts[i]);
        unsigned rank = h.hi - h.lo > UINT64_MAX / 2 ? 1 : rank_of(s->dims[a->parts[i].dim].field);
        if (rank > ranks[0]) {
            out[1] = out[0], ranks[1] = ranks[0];
            out[0] = h, ranks[0] = rank;
        } else if (rank > ranks[1]) {
            out[1] = h, ranks[1] = rank;
        }
    }
}

int ptn_takers_push(struct ptn_takers *t, const struct ptn_space *s, uint32_t who, struct ptn_area *a)
{
    if (t->n == t->room) {
        size_t room = t->room ? t->room * 2 : 16;
        struct ptn_taker *items = reallocarray(t->items, room, sizeof(*items));
        if (items)
            t->items = items;
        struct ptn_hint(*hints)[2] = items ? reallocarray(t->hints, room, sizeof(*hints)) : NULL;
        if (!hints) {
            ptn_area_release(a);
            return -ENOMEM;
        }
        t->hints = hints;
        t->room = room;
    }
    hint(s, a, t->hints[t->n]);
    t->items[t->n++] = (struct ptn_taker){who, *a};
    return 0;
}

void ptn_takers_release(struct ptn_takers *t)
{
    for (size_t i = 0; i < t->n; i++)
        ptn_area_release(&t->items[i].area);
    free(t->items);
    free(t->hints);
    *t = (struct ptn_takers){0};
}

/* ---- covered? ------------------------------------------------------------------------------------------------------
 * One packet of the area is picked, and the first who takes it looked for. If nobody does, that is the answer; else his
 * area is taken away, and another packet picked from the rest. */

struct packet {
    uint64_t head[PTN_DIMS_MAX];
    const uint8_t *number[PTN_DIMS_MAX]; /* NULL: absent */
};

static void pick(const struct ptn_space *s, const struct ptn_area *a, struct packet *p)
{
    struct ptn_part full;
    for (size_t d = 0; d < s->n; d++) {
        const struct ptn_part *part = part_of(s, a, (int)d, &full);
        p->number[d] = part->absent || !part->in->n ? NULL : ptn_ranges_hi(part->in, part->in->n - 1);
        p->head[d] = p->number[d] ? head(p->number[d], part->in->width) : 0;
    }
}

static inline bool may_take(const struct ptn_hint *h, const struct packet *p)
{
    if (!h->any)
        return true;
    return p->number[h->dim] ? p->head[h->dim] >= h->lo && p->head[h->dim] <= h->hi : h->absent;
}

static bool takes(const struct ptn_area *a, const struct packet *p)
{
    for (unsigned i = 0; i < a->n; i++) {
        const struct ptn_part *part = &a->parts[i];
        if (p->number[part->dim] ? !ptn_ranges_has(part->in, p->number[part->dim]) : !part->absent)
            return false;
    }
    return true;
}

static const struct ptn_taker *find(struct ptn_space *s, const struct ptn_takers *t, const struct packet *p)
{
    uint64_t work = 100;
    const struct ptn_taker *found = NULL;
    for (size_t i = 0; i < t->n && !found; i++) {
        work++;
        if (may_take(&t->hints[i][0], p) && may_take(&t->hints[i][1], p)) {
            work += 50;
            found = takes(&t->items[i].area, p) ? &t->items[i] : NULL;
        }
    }
    ptn_space_spend(s, work);
    return found;
}

/* What of *a is outside of one limit goes to `out`; *a keeps what is inside. */
static int split(struct ptn_space *s, struct ptn_area *a, const struct ptn_part *by, struct ptn_areas *out)
{
    struct ptn_part full;
    const struct ptn_part *now = part_of(s, a, by->dim, &full);
    const bool absent = now->absent && !by->absent;
    struct ptn_area piece;
    ptn_space_spend(s, 300 + now->in->n * 4ull + by->in->n);
    struct ptn_ranges *outside = ptn_ranges_without(now->in, by->in);
    if (!outside)
        return -ENOMEM;
    if (!outside->n && !absent) {
        ptn_ranges_unref(outside);
        return 0;
    }
    ptn_area_copy(&piece, a);
    int r = put_part(&piece, by->dim, outside, absent);
    if (r < 0) {
        ptn_area_release(&piece);
        return r;
    }
    r = ptn_areas_push(out, &piece);
    r = r < 0 ? r : ptn_area_limit(s, a, by->dim, by->in, by->absent);
    return r < 0 ? r : 0;
}

void ptn_who_note(struct ptn_who *w, uint32_t who)
{
    size_t at = 0;
    while (at < w->n && w->at[at] < who)
        at++;
    if (at < w->n && w->at[at] == who)
        return;
    w->more = w->more || w->n == PTN_WHO_MAX;
    if (at == PTN_WHO_MAX)
        return;
    w->n += w->n < PTN_WHO_MAX;
    memmove(&w->at[at + 1], &w->at[at], (w->n - at - 1) * sizeof(*w->at));
    w->at[at] = who;
}

int ptn_areas_covered(struct ptn_space *s, struct ptn_areas *what, const struct ptn_takers *t, struct ptn_who *who)
{
    int r = 1;
    while (what->n && r == 1) {
        struct packet p;
        struct ptn_area a = what->items[--what->n];
        pick(s, &a, &p);
        const struct ptn_taker *by = find(s, t, &p);
        if (by)
            ptn_who_note(who, by->who);
        r = !by ? 0 : !s->work ? -E2BIG : 1;
        for (unsigned i = 0; r == 1 && i < by->area.n; i++) {
            int e = split(s, &a, &by->area.parts[i], what);
            r = e < 0 ? e : 1;
        }
        ptn_area_release(&a);
    }
    ptn_areas_release(what);
    return r;
}
