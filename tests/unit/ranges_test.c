/* Sets of ranges, against a bitmap of all 65,536 numbers of two octets; and other widths at their ends. */
#include "base/ranges.h"
#include "check.h"

#define ALL 65536
#define ROUNDS 400

struct model {
    bool has[ALL];
    struct ptn_ranges *set;
};

static uint32_t state = 1;

static uint32_t below(uint32_t n)
{
    state = state * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)(state >> 4) * n >> 28);
}

static uint32_t number(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static void append(struct model *m, uint32_t lo, uint32_t hi)
{
    const uint8_t from[2] = {(uint8_t)(lo >> 8), (uint8_t)lo}, to[2] = {(uint8_t)(hi >> 8), (uint8_t)hi};
    EXPECT_INT(ptn_ranges_append(&m->set, from, to), 0);
    memset(m->has + lo, true, hi - lo + 1);
}

/* Crowded at the low end, that ranges touch and overlap; now and then empty, or everything. */
static void fill(struct model *m)
{
    *m = (struct model){.set = ptn_ranges_none(2)};
    for (uint32_t n = below(below(2) ? 5 : 60); n > 0; n--) {
        uint32_t lo = below(below(2) ? ALL : 300), hi = lo + below(below(2) ? 20 : 3000);
        append(m, lo, hi < ALL ? hi : ALL - 1);
    }
    if (below(50) == 0)
        append(m, 0, ALL - 1);
    ptn_ranges_sort(m->set);
}

static bool both(bool a, bool b)
{
    return a && b;
}

static bool either(bool a, bool b)
{
    return a || b;
}

static bool only_first(bool a, bool b)
{
    return a && !b;
}

static bool first(bool a, bool b)
{
    (void)b;
    return a;
}

/* The set is in order and holds just what the bitmaps say. Result: how many numbers. */
static uint32_t check(const struct ptn_ranges *r, const struct model *a, const struct model *b,
                      bool (*want)(bool, bool))
{
    uint32_t n = 0, in_ranges = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        EXPECT(number(ptn_ranges_lo(r, i)) <= number(ptn_ranges_hi(r, i)));
        EXPECT(i == 0 || number(ptn_ranges_lo(r, i)) > number(ptn_ranges_hi(r, i - 1)) + 1);
        in_ranges += number(ptn_ranges_hi(r, i)) - number(ptn_ranges_lo(r, i)) + 1;
    }
    for (uint32_t v = 0; v < ALL; v++) {
        const uint8_t at[2] = {(uint8_t)(v >> 8), (uint8_t)v};
        bool is = want(a->has[v], b->has[v]);
        n += is;
        if (ptn_ranges_has(r, at) != is)
            fail_msg("%u is wrong [at: %s]", v, check_at);
    }
    EXPECT_INT(in_ranges, n);
    EXPECT_INT(ptn_ranges_count(r), n);
    EXPECT_INT(ptn_ranges_is_point(r), n == 1);
    return n;
}

static uint32_t check_new(struct ptn_ranges *r, const struct model *a, const struct model *b, bool (*want)(bool, bool))
{
    uint32_t n = check(r, a, b, want);
    ptn_ranges_unref(r);
    return n;
}

static void check_pair(struct model *a, const struct model *b)
{
    uint32_t n = check(a->set, a, b, first);
    uint32_t common = check_new(ptn_ranges_intersect(a->set, b->set), a, b, both);
    check_new(ptn_ranges_unite(a->set, b->set), a, b, either);
    uint32_t rest = check_new(ptn_ranges_without(a->set, b->set), a, b, only_first);
    EXPECT_INT(rest + common, n);
    EXPECT_INT(ptn_ranges_relation(a->set, b->set), rest == 0 ? PTN_INSIDE : common == 0 ? PTN_DISJOINT : PTN_OVERLAPS);
    EXPECT_INT(ptn_ranges_equal(a->set, b->set), memcmp(a->has, b->has, sizeof(a->has)) == 0);
    EXPECT(ptn_ranges_equal(a->set, a->set));

    struct ptn_ranges *shared = ptn_ranges_ref(a->set);
    EXPECT_INT(ptn_ranges_subtract(&a->set, b->set), 0);
    check(a->set, a, b, only_first);
    check_new(shared, a, b, first); /* its other holder sees no change */
}

static void test_random(void **unused)
{
    (void)unused;
    static struct model a, b;
    for (unsigned i = 0; i < ROUNDS; i++) {
        AT("round %u", i);
        fill(&a);
        fill(&b);
        check_pair(&a, &b);
        ptn_ranges_unref(a.set);
        ptn_ranges_unref(b.set);
    }
}

static void test_same_from_pieces(void **unused)
{
    (void)unused;
    static struct model a, b;
    for (unsigned i = 0; i < 50; i++) {
        AT("round %u", i);
        fill(&a);
        b = (struct model){.set = ptn_ranges_none(2)};
        for (uint32_t v = ALL; v-- > 0;)
            if (a.has[v])
                append(&b, v, v);
        ptn_ranges_sort(b.set);
        EXPECT(ptn_ranges_equal(a.set, b.set));
        ptn_ranges_unref(a.set);
        ptn_ranges_unref(b.set);
    }
}

/* ---- the ends of a width ------------------------------------------------------------------------------------- */

static void check_ends(uint8_t width)
{
    uint8_t zero[PTN_RANGES_WIDTH] = {0}, one[PTN_RANGES_WIDTH] = {0}, last[PTN_RANGES_WIDTH], most[PTN_RANGES_WIDTH];
    one[width - 1] = 1;
    memset(most, 0xff, sizeof(most));
    memset(last, 0xff, sizeof(last));
    last[width - 1] = 0xfe;

    struct ptn_ranges *all = ptn_ranges_all(width), *none = ptn_ranges_none(width);
    struct ptn_ranges *low = ptn_ranges_of(width, zero, zero), *high = ptn_ranges_of(width, most, most);
    struct ptn_ranges *ends = ptn_ranges_unite(high, low), *middle = ptn_ranges_without(all, ends);
    EXPECT(ptn_ranges_is_point(low) && ptn_ranges_is_point(high) && !ptn_ranges_is_point(all));
    EXPECT_INT(ends->n, 2);
    EXPECT_INT(middle->n, 1);
    EXPECT(memcmp(ptn_ranges_lo(middle, 0), one, width) == 0 && memcmp(ptn_ranges_hi(middle, 0), last, width) == 0);
    EXPECT(ptn_ranges_has(ends, zero) && ptn_ranges_has(ends, most) && !ptn_ranges_has(ends, one));
    EXPECT(!ptn_ranges_has(middle, zero) && !ptn_ranges_has(middle, most) && ptn_ranges_has(middle, last));
    EXPECT_INT(ptn_ranges_relation(ends, middle), PTN_DISJOINT);
    EXPECT_INT(ptn_ranges_relation(middle, all), PTN_INSIDE);
    EXPECT_INT(ptn_ranges_relation(all, ends), PTN_OVERLAPS);
    EXPECT_INT(ptn_ranges_relation(none, none), PTN_INSIDE);

    struct ptn_ranges *whole = ptn_ranges_unite(middle, ends), *nothing = ptn_ranges_without(ends, all);
    EXPECT(ptn_ranges_equal(whole, all) && ptn_ranges_equal(nothing, none));
    EXPECT_INT(ptn_ranges_subtract(&whole, all), 0);
    EXPECT_INT(whole->n, 0);
    EXPECT(ptn_ranges_count(all) > 255 && ptn_ranges_count(none) == 0 && ptn_ranges_count(ends) == 2);
    struct ptn_ranges *const made[] = {all, none, low, high, ends, middle, whole, nothing};
    for (size_t i = 0; i < COUNT(made); i++)
        ptn_ranges_unref(made[i]);
}

/* Ranges that touch at the ends are one; what comes behind the greatest number is not the least. */
static void check_touching(uint8_t width)
{
    uint8_t zero[PTN_RANGES_WIDTH] = {0}, one[PTN_RANGES_WIDTH] = {0}, most[PTN_RANGES_WIDTH];
    one[width - 1] = 1;
    memset(most, 0xff, sizeof(most));
    struct ptn_ranges *r = ptn_ranges_none(width), *all = ptn_ranges_all(width);
    EXPECT_INT(ptn_ranges_append(&r, most, most), 0);
    EXPECT_INT(ptn_ranges_append(&r, zero, zero), 0);
    ptn_ranges_sort(r);
    EXPECT_INT(r->n, 2);
    EXPECT_INT(ptn_ranges_append(&r, one, most), 0);
    ptn_ranges_sort(r);
    EXPECT(ptn_ranges_equal(r, all));
    ptn_ranges_unref(r);
    ptn_ranges_unref(all);
}

static void test_ends(void **unused)
{
    (void)unused;
    static const uint8_t widths[] = {1, 2, 4, 16};
    for (size_t i = 0; i < COUNT(widths); i++) {
        AT("width %u", widths[i]);
        check_ends(widths[i]);
        check_touching(widths[i]);
    }
}

static void test_number(void **unused)
{
    (void)unused;
    static const uint8_t lo[4] = {0, 0, 1, 2}, hi[4] = {0xff, 0xff, 0xff, 0xff};
    struct ptn_ranges *a = ptn_ranges_number(4, 258, UINT32_MAX), *b = ptn_ranges_of(4, lo, hi);
    EXPECT(ptn_ranges_equal(a, b));
    ptn_ranges_unref(a);
    ptn_ranges_unref(b);
    ptn_ranges_unref(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random), cmocka_unit_test(test_same_from_pieces),
                                       cmocka_unit_test(test_ends), cmocka_unit_test(test_number)};
    return check_all(tests);
}
