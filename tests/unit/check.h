/* What every unit test needs: cmocka, and the line that says how many passed. */
#ifndef PTN_TESTS_CHECK_H
#define PTN_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* A loop over a table says which row it is at, so that a failing row names itself. */
#define AT(...) ((void)snprintf(check_at, sizeof(check_at), __VA_ARGS__))
static __attribute__((unused)) char check_at[512];

/* Asserts, and on failure says at which row. */
#define EXPECT(what)                                                                                                   \
    do {                                                                                                               \
        if (!(what))                                                                                                   \
            fail_msg("%s [at: %s]", #what, check_at);                                                                  \
    } while (0)

#define EXPECT_INT(got, want)                                                                                          \
    do {                                                                                                               \
        long long g_ = (long long)(got), w_ = (long long)(want);                                                       \
        if (g_ != w_)                                                                                                  \
            fail_msg("%s is %lld, not %lld [at: %s]", #got, g_, w_, check_at);                                         \
    } while (0)

#define EXPECT_TEXT(got, want)                                                                                         \
    do {                                                                                                               \
        const char *g_ = (got), *w_ = (want);                                                                          \
        if (!g_ || strcmp(g_, w_) != 0)                                                                                \
            fail_msg("%s is \"%s\", not \"%s\" [at: %s]", #got, g_ ? g_ : "(null)", w_, check_at);                     \
    } while (0)

static int check_skipped;

/* Leaves the test undone, with a clear word. */
#define SKIP(why)                                                                                                      \
    do {                                                                                                               \
        printf("skipped: %s\n", why);                                                                                  \
        check_skipped++;                                                                                               \
        skip();                                                                                                        \
    } while (0)

static inline int check_sum(size_t n, int failed)
{
    fflush(stderr);
    if (failed < 0)
        failed = (int)n;
    printf("%d passed, %d failed\n", (int)n - failed - check_skipped, failed);
    return failed != 0;
}

#define check_all_in(tests, setup, teardown) check_sum(COUNT(tests), cmocka_run_group_tests(tests, setup, teardown))
#define check_all(tests) check_all_in(tests, NULL, NULL)

#endif
