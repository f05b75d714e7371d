/*
 * Sets of numbers as sorted ranges: ports, addresses, names of interfaces, marks. A number is a string of `width`
 * octets in network order, so that one type serves a port (2), an IPv4 address (4) and an IPv6 address (16).
 *
 * Sets are counted: ptn_ranges_ref() shares one, and what changes a set copies it first unless its holder is alone.
 * Functions that return a set return NULL when out of memory; ptn_ranges_unref(NULL) does nothing. Not for two threads.
 */
#ifndef PTN_BASE_RANGES_H
#define PTN_BASE_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PTN_RANGES_WIDTH 16 /* octets, the widest */

struct ptn_ranges {
    uint32_t refs;
    uint32_t n, room; /* ranges */
    uint8_t width;    /* octets of one bound */
    uint8_t at[];     /* n times lo[width] hi[width]; sorted, neither overlapping nor touching */
};

static inline const uint8_t *ptn_ranges_lo(const struct ptn_ranges *r, size_t i)
{
    return r->at + i * 2 * r->width;
}

static inline const uint8_t *ptn_ranges_hi(const struct ptn_ranges *r, size_t i)
{
    return r->at + (i * 2 + 1) * r->width;
}

struct ptn_ranges *ptn_ranges_none(uint8_t width);
struct ptn_ranges *ptn_ranges_all(uint8_t width);
struct ptn_ranges *ptn_ranges_of(uint8_t width, const uint8_t *lo, const uint8_t *hi);
/* One number of at most eight octets, host order. */
struct ptn_ranges *ptn_ranges_number(uint8_t width, uint64_t lo, uint64_t hi);
struct ptn_ranges *ptn_ranges_ref(struct ptn_ranges *);
void ptn_ranges_unref(struct ptn_ranges *);

/* Builds a set of many: append in any order, then put in order. Only for a set that nobody shares. Result: 0 or
 * -ENOMEM; *r stays valid. */
int ptn_ranges_append(struct ptn_ranges **r, const uint8_t *lo, const uint8_t *hi);
void ptn_ranges_sort(struct ptn_ranges *);

/* How `a` lies to `b`. EMPTY a is INSIDE. */
enum ptn_relation { PTN_DISJOINT, PTN_INSIDE, PTN_OVERLAPS };
enum ptn_relation ptn_ranges_relation(const struct ptn_ranges *a, const struct ptn_ranges *b);

bool ptn_ranges_has(const struct ptn_ranges *, const uint8_t *number);
bool ptn_ranges_equal(const struct ptn_ranges *, const struct ptn_ranges *);
bool ptn_ranges_is_point(const struct ptn_ranges *); /* exactly one number */
struct ptn_ranges *ptn_ranges_intersect(const struct ptn_ranges *, const struct ptn_ranges *);
struct ptn_ranges *ptn_ranges_unite(const struct ptn_ranges *, const struct ptn_ranges *);
struct ptn_ranges *ptn_ranges_without(const struct ptn_ranges *a, const struct ptn_ranges *b);
/* *a = *a without b. Result: 0 or -ENOMEM. */
int ptn_ranges_subtract(struct ptn_ranges **a, const struct ptn_ranges *b);
/* *a = *a and b; where *a is NULL it is b. Result: 0, or -ENOMEM with *a as it was. */
int ptn_ranges_add(struct ptn_ranges **a, struct ptn_ranges *b);
/* How many numbers, rounded. */
double ptn_ranges_count(const struct ptn_ranges *);

#endif
