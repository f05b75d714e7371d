#include "ranges.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t size_of(uint32_t n, uint8_t width)
{
    return sizeof(struct ptn_ranges) + (size_t)n * 2 * width;
}

static int compare(uint8_t width, const uint8_t *a, const uint8_t *b)
{
    if (width == 2) {
        uint16_t x, y;
        memcpy(&x, a, 2);
        memcpy(&y, b, 2);
        x = be16toh(x);
        y = be16toh(y);
        return (x > y) - (x < y);
    }
    if (width == 4) {
        uint32_t x, y;
        memcpy(&x, a, 4);
        memcpy(&y, b, 4);
        x = be32toh(x);
        y = be32toh(y);
        return (x > y) - (x < y);
    }
    return memcmp(a, b, width);
}

/* out = a + 1. Result: false if a was the last number. */
static bool after(uint8_t width, const uint8_t *a, uint8_t *out)
{
    memcpy(out, a, width);
    for (int i = width - 1; i >= 0; i--)
        if (++out[i])
            return true;
    return false;
}

static bool before(uint8_t width, const uint8_t *a, uint8_t *out)
{
    memcpy(out, a, width);
    for (int i = width - 1; i >= 0; i--)
        if (out[i]--)
            return true;
    return false;
}

static struct ptn_ranges *with_room(uint8_t width, uint32_t room)
{
    struct ptn_ranges *r = malloc(size_of(room, width));
    if (r) {
        r->refs = 1;
        r->n = 0;
        r->room = room;
        r->width = width;
    }
    return r;
}

struct ptn_ranges *ptn_ranges_none(uint8_t width)
{
    return with_room(width, 1);
}

struct ptn_ranges *ptn_ranges_of(uint8_t width, const uint8_t *lo, const uint8_t *hi)
{
    struct ptn_ranges *r = with_room(width, 1);
    if (r) {
        memcpy(r->at, lo, width);
        memcpy(r->at + width, hi, width);
        r->n = 1;
    }
    return r;
}

struct ptn_ranges *ptn_ranges_all(uint8_t width)
{
    uint8_t lo[PTN_RANGES_WIDTH], hi[PTN_RANGES_WIDTH];
    memset(lo, 0, sizeof(lo));
    memset(hi, 0xff, sizeof(hi));
    return ptn_ranges_of(width, lo, hi);
}

struct ptn_ranges *ptn_ranges_number(uint8_t width, uint64_t lo, uint64_t hi)
{
    uint8_t a[8], b[8];
    for (int i = 7; i >= 0; i--, lo >>= 8, hi >>= 8) {
        a[i] = (uint8_t)lo;
        b[i] = (uint8_t)hi;
    }
    return ptn_ranges_of(width, a + 8 - width, b + 8 - width);
}

struct ptn_ranges *ptn_ranges_ref(struct ptn_ranges *r)
{
    r->refs++;
    return r;
}

void ptn_ranges_unref(struct ptn_ranges *r)
{
    if (r && --r->refs == 0)
        free(r);
}

/* Makes room for `more` ranges in a set that nobody shares. */
static int grow(struct ptn_ranges **r, uint32_t more)
{
    if ((*r)->room - (*r)->n >= more)
        return 0;
    uint64_t room = (uint64_t)(*r)->n + more + (*r)->room;
    struct ptn_ranges *bigger = room > UINT32_MAX ? NULL : realloc(*r, size_of((uint32_t)room, (*r)->width));
    if (!bigger)
        return -1;
    bigger->room = (uint32_t)room;
    *r = bigger;
    return 0;
}

static int put(struct ptn_ranges **r, const uint8_t *lo, const uint8_t *hi)
{
    if (grow(r, 1) < 0)
        return -1;
    uint8_t width = (*r)->width, *at = (*r)->at + (size_t)(*r)->n++ * 2 * width;
    memcpy(at, lo, width);
    memcpy(at + width, hi, width);
    return 0;
}

int ptn_ranges_append(struct ptn_ranges **r, const uint8_t *lo, const uint8_t *hi)
{
    return put(r, lo, hi) < 0 ? -ENOMEM : 0;
}

static int compare_ranges(const void *a, const void *b, void *width)
{
    return memcmp(a, b, *(const uint8_t *)width);
}

static bool in_order(const struct ptn_ranges *r)
{
    uint8_t next[PTN_RANGES_WIDTH];
    for (uint32_t i = 1; i < r->n; i++)
        if (!after(r->width, ptn_ranges_hi(r, i - 1), next) || memcmp(ptn_ranges_lo(r, i), next, r->width) <= 0)
            return false;
    return true;
}

void ptn_ranges_sort(struct ptn_ranges *r)
{
    uint8_t w = r->width, next[PTN_RANGES_WIDTH];
    uint32_t n = 0;
    if (r->n == 0 || in_order(r))
        return;
    qsort_r(r->at, r->n, 2u * w, compare_ranges, &w);
    for (uint32_t i = 1; i < r->n; i++) {
        uint8_t *last = r->at + ((size_t)n * 2 + 1) * w;
        bool more = after(w, last, next);
        if (!more || memcmp(ptn_ranges_lo(r, i), next, w) <= 0) {
            if (memcmp(ptn_ranges_hi(r, i), last, w) > 0)
                memcpy(last, ptn_ranges_hi(r, i), w);
        } else if (++n != i) {
            memcpy(r->at + (size_t)n * 2 * w, ptn_ranges_lo(r, i), 2u * w);
        }
    }
    r->n = n + 1;
}

/* The first range of r that ends at or after `number`; r->n if there is none. */
static uint32_t find(const struct ptn_ranges *r, const uint8_t *number)
{
    uint32_t lo = 0, hi = r->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (compare(r->width, ptn_ranges_hi(r, mid), number) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

bool ptn_ranges_has(const struct ptn_ranges *r, const uint8_t *number)
{
    uint32_t i = find(r, number);
    return i < r->n && compare(r->width, ptn_ranges_lo(r, i), number) <= 0;
}

/* Of two sets of one range each. */
static enum ptn_relation relation_of_two(const struct ptn_ranges *a, const struct ptn_ranges *b)
{
    const uint8_t w = a->width, *alo = a->at, *ahi = alo + w, *blo = b->at, *bhi = blo + w;
    if (compare(w, ahi, blo) < 0 || compare(w, bhi, alo) < 0)
        return PTN_DISJOINT;
    return compare(w, blo, alo) <= 0 && compare(w, ahi, bhi) <= 0 ? PTN_INSIDE : PTN_OVERLAPS;
}

enum ptn_relation ptn_ranges_relation(const struct ptn_ranges *a, const struct ptn_ranges *b)
{
    const uint8_t w = a->width;
    bool inside = true, touched = false;
    if (a->n == 0)
        return PTN_INSIDE;
    if (a->n == 1 && b->n == 1)
        return relation_of_two(a, b);
    uint32_t j = b->n ? find(b, ptn_ranges_lo(a, 0)) : 0;
    uint32_t i = j < b->n ? find(a, ptn_ranges_lo(b, j)) : a->n;
    if (i > 0)
        inside = false;
    while (i < a->n && j < b->n && (inside || !touched)) {
        const uint8_t *alo = ptn_ranges_lo(a, i), *ahi = ptn_ranges_hi(a, i);
        if (compare(w, ptn_ranges_hi(b, j), alo) < 0) {
            j++;
        } else if (compare(w, ptn_ranges_lo(b, j), ahi) > 0) {
            inside = false;
            i++;
        } else {
            touched = true;
            inside = inside && compare(w, ptn_ranges_lo(b, j), alo) <= 0 && compare(w, ptn_ranges_hi(b, j), ahi) >= 0;
            i++;
        }
    }
    if (i < a->n)
        inside = false;
    return !touched ? PTN_DISJOINT : inside ? PTN_INSIDE : PTN_OVERLAPS;
}

bool ptn_ranges_equal(const struct ptn_ranges *a, const struct ptn_ranges *b)
{
    return a == b || (a->width == b->width && a->n == b->n && memcmp(a->at, b->at, (size_t)a->n * 2 * a->width) == 0);
}

bool ptn_ranges_is_point(const struct ptn_ranges *r)
{
    return r->n == 1 && memcmp(ptn_ranges_lo(r, 0), ptn_ranges_hi(r, 0), r->width) == 0;
}

struct ptn_ranges *ptn_ranges_intersect(const struct ptn_ranges *a, const struct ptn_ranges *b)
{
    const uint8_t w = a->width;
    struct ptn_ranges *r = ptn_ranges_none(w);
    uint32_t i = 0, j = 0;
    if (!r || a->n == 0 || b->n == 0)
        return r;
    j = find(b, ptn_ranges_lo(a, 0));
    i = j < b->n ? find(a, ptn_ranges_lo(b, j)) : a->n;
    while (i < a->n && j < b->n) {
        const uint8_t *alo = ptn_ranges_lo(a, i), *ahi = ptn_ranges_hi(a, i);
        const uint8_t *blo = ptn_ranges_lo(b, j), *bhi = ptn_ranges_hi(b, j);
        const uint8_t *lo = compare(w, alo, blo) > 0 ? alo : blo, *hi = compare(w, ahi, bhi) < 0 ? ahi : bhi;
        if (compare(w, lo, hi) <= 0 && put(&r, lo, hi) < 0) {
            free(r);
            return NULL;
        }
        if (compare(w, ahi, bhi) < 0)
            i++;
        else
            j++;
    }
    return r;
}

/* Adds a range that begins at or after all that are there, and room is there. Result: whether it stands by itself. */
static bool extend(struct ptn_ranges *r, const uint8_t *range)
{
    const uint8_t w = r->width;
    uint8_t *end = r->at + (size_t)r->n * 2 * w, next[PTN_RANGES_WIDTH];
    if (r->n == 0 || (after(w, end - w, next) && compare(w, range, next) > 0)) {
        memcpy(end, range, 2u * w);
        r->n++;
        return true;
    }
    if (compare(w, range + w, end - w) > 0)
        memcpy(end - w, range + w, w);
    return false;
}

/* The first range of r that begins after `number`. */
static uint32_t find_after(const struct ptn_ranges *r, const uint8_t *number)
{
    uint32_t i = find(r, number);
    return i < r->n && compare(r->width, ptn_ranges_lo(r, i), number) <= 0 ? i + 1 : i;
}

struct ptn_ranges *ptn_ranges_unite(const struct ptn_ranges *a, const struct ptn_ranges *b)
{
    uint64_t room = (uint64_t)a->n + b->n + 1;
    struct ptn_ranges *r = room > UINT32_MAX ? NULL : with_room(a->width, (uint32_t)room);
    uint32_t i = 0, j = 0;
    while (r && (i < a->n || j < b->n)) {
        uint32_t end = j < b->n ? find_after(a, ptn_ranges_lo(b, j)) : a->n;
        while (i < end && !extend(r, ptn_ranges_lo(a, i++)))
            ;
        if (i < end) { /* the others of `a` do not touch each other */
            memcpy(r->at + (size_t)r->n * 2 * r->width, ptn_ranges_lo(a, i), (size_t)(end - i) * 2 * r->width);
            r->n += end - i;
            i = end;
        }
        if (j < b->n)
            extend(r, ptn_ranges_lo(b, j++));
    }
    return r;
}

int ptn_ranges_add(struct ptn_ranges **a, struct ptn_ranges *b)
{
    struct ptn_ranges *sum = *a == b ? ptn_ranges_ref(b) : *a ? ptn_ranges_unite(*a, b) : ptn_ranges_ref(b);
    if (!sum)
        return -ENOMEM;
    ptn_ranges_unref(*a);
    *a = sum;
    return 0;
}

/* Takes lo..hi out of a set that nobody shares, in place. */
static int cut(struct ptn_ranges **r, const uint8_t *lo, const uint8_t *hi)
{
    const uint8_t w = (*r)->width;
    uint8_t below[PTN_RANGES_WIDTH], above[PTN_RANGES_WIDTH];
    uint32_t first = find(*r, lo), last = first;
    if (first == (*r)->n || compare(w, ptn_ranges_lo(*r, first), hi) > 0)
        return 0;
    while (last + 1 < (*r)->n && compare(w, ptn_ranges_lo(*r, last + 1), hi) <= 0)
        last++;
    bool left = compare(w, ptn_ranges_lo(*r, first), lo) < 0 && before(w, lo, below);
    bool right = compare(w, ptn_ranges_hi(*r, last), hi) > 0 && after(w, hi, above);
    if (left && right && first == last) {
        if (grow(r, 1) < 0)
            return -1;
        memmove((*r)->at + (size_t)(first + 1) * 2 * w, (*r)->at + (size_t)first * 2 * w,
                (size_t)((*r)->n - first) * 2 * w);
        (*r)->n++;
        last++;
    }
    if (left)
        memcpy((*r)->at + ((size_t)first * 2 + 1) * w, below, w);
    if (right)
        memcpy((*r)->at + (size_t)last * 2 * w, above, w);
    uint32_t from = first + left, to = last + !right;
    if (to > from) {
        memmove((*r)->at + (size_t)from * 2 * w, (*r)->at + (size_t)to * 2 * w, (size_t)((*r)->n - to) * 2 * w);
        (*r)->n -= to - from;
    }
    return 0;
}

struct ptn_ranges *ptn_ranges_without(const struct ptn_ranges *a, const struct ptn_ranges *b)
{
    const uint8_t w = a->width;
    uint8_t at[PTN_RANGES_WIDTH], end[PTN_RANGES_WIDTH];
    struct ptn_ranges *r = with_room(w, a->n + 1);
    uint32_t j = 0;
    for (uint32_t i = 0; r && i < a->n; i++) {
        bool more = true;
        memcpy(at, ptn_ranges_lo(a, i), w);
        while (j < b->n && compare(w, ptn_ranges_hi(b, j), at) < 0)
            j++;
        while (more && r && j < b->n && compare(w, ptn_ranges_lo(b, j), ptn_ranges_hi(a, i)) <= 0) {
            if (compare(w, ptn_ranges_lo(b, j), at) > 0 && before(w, ptn_ranges_lo(b, j), end) && put(&r, at, end) < 0)
                goto fail;
            more = compare(w, ptn_ranges_hi(b, j), ptn_ranges_hi(a, i)) < 0 && after(w, ptn_ranges_hi(b, j), at);
            j += more;
        }
        if (more && put(&r, at, ptn_ranges_hi(a, i)) < 0)
            goto fail;
    }
    return r;
fail:
    free(r);
    return NULL;
}

/* Nobody shares *r after this. */
static int own(struct ptn_ranges **r)
{
    if ((*r)->refs == 1)
        return 0;
    struct ptn_ranges *copy = with_room((*r)->width, (*r)->n + 1);
    if (!copy)
        return -1;
    copy->n = (*r)->n;
    memcpy(copy->at, (*r)->at, (size_t)copy->n * 2 * copy->width);
    ptn_ranges_unref(*r);
    *r = copy;
    return 0;
}

/* A few are cut out of many; else both are gone through. */
int ptn_ranges_subtract(struct ptn_ranges **a, const struct ptn_ranges *b)
{
    if (b->n <= 4 + (*a)->n / 16) {
        int r = own(a);
        for (uint32_t i = 0; r == 0 && i < b->n; i++)
            r = cut(a, ptn_ranges_lo(b, i), ptn_ranges_hi(b, i));
        return r < 0 ? -ENOMEM : 0;
    }
    struct ptn_ranges *rest = ptn_ranges_without(*a, b);
    if (!rest)
        return -ENOMEM;
    ptn_ranges_unref(*a);
    *a = rest;
    return 0;
}

double ptn_ranges_count(const struct ptn_ranges *r)
{
    double sum = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        double span = 0; /* octet by octet: two great numbers would be the same when rounded */
        for (unsigned k = 0; k < r->width; k++)
            span = span * 256 + ptn_ranges_hi(r, i)[k] - ptn_ranges_lo(r, i)[k];
        sum += span + 1;
    }
    return sum;
}
