/* Complaints, kept so that a test can look at each of them. */
#ifndef PTN_TESTS_COMPLAINTS_H
#define PTN_TESTS_COMPLAINTS_H

#include "check.h"

struct complaints {
    char text[64][512];
    size_t n;
};

static inline void keep_complaint(void *ctx, const char *text)
{
    struct complaints *c = ctx;
    if (c->n < COUNT(c->text))
        snprintf(c->text[c->n], sizeof(c->text[0]), "%s", text);
    c->n++;
}

/* Exactly these complaints, in this order; NULL-terminated. */
static inline void expect_complaints(const struct complaints *c, const char *const *want)
{
    size_t n = 0;
    for (; want[n]; n++)
        EXPECT_TEXT(n < c->n ? c->text[n] : NULL, want[n]);
    if (c->n > n)
        fail_msg("one complaint too many: %s [at: %s]", c->text[n], check_at);
}

#endif
