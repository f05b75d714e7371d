/* A log in memory whose every line has a cause: read by the real formats, tallied, explained, and each line asked. */
#ifndef PTN_TESTS_EXPLAIN_LOG_H
#define PTN_TESTS_EXPLAIN_LOG_H

#include "check.h"

#include <time.h>

#include "judge/explain.h"
#include "source/log/memory.h"

#define BEGIN INT64_C(1790812800) /* 2026-10-01 00:00:00 UTC */
#define PARTS 3

struct log_text {
    char *text;
    size_t len, room;
    uint32_t *at; /* where each line begins */
    uint8_t *cause;
    size_t n, room_lines;
};

struct told_causes {
    const struct ptn_site *site;
    struct ptn_tally *tallies; /* one, or PARTS of them */
    unsigned n_tallies;
    const struct ptn_tally *judged; /* the second time */
    uint64_t lines[PTN_CAUSE_COUNT];
    void (*each)(struct told_causes *, enum ptn_cause, uint64_t line);
    void *ctx;
};

static void log_add(struct log_text *l, const char *line, size_t len, uint8_t cause)
{
    if (l->len + len + 1 > l->room) {
        l->room = l->room * 2 + len + 4096;
        l->text = realloc(l->text, l->room);
    }
    if (l->n == l->room_lines) {
        l->room_lines = l->room_lines * 2 + 64;
        l->at = realloc(l->at, l->room_lines * sizeof(*l->at));
        l->cause = realloc(l->cause, l->room_lines);
    }
    assert_true(l->text && l->at && l->cause);
    l->at[l->n] = (uint32_t)l->len;
    l->cause[l->n++] = cause;
    memcpy(l->text + l->len, line, len);
    l->text[l->len + len] = '\n';
    l->len += len + 1;
}

static void log_release(struct log_text *l)
{
    free(l->text);
    free(l->at);
    free(l->cause);
    *l = (struct log_text){0};
}

static int told_line(void *worker, const struct ptn_knock *k, const struct ptn_format *format,
                     const struct ptn_log_place *place)
{
    struct told_causes *t = worker;
    (void)format;
    if (!t->judged)
        return ptn_tally_count(&t->tallies[place->line % t->n_tallies], k) < 0 ? -1 : 0;
    const enum ptn_cause cause = ptn_explain_knock(t->judged, t->site, k);
    t->lines[cause]++;
    if (t->each)
        t->each(t, cause, place->line);
    return 0;
}

static void *told_begin(void *ctx)
{
    return ctx;
}

static int told_end(void *ctx, void *worker)
{
    (void)ctx;
    (void)worker;
    return 0;
}

static void told_trouble(void *ctx, const char *text)
{
    (void)ctx;
    fail_msg("%s [at: %s]", text, check_at);
}

static uint64_t log_pass(const struct log_text *l, struct told_causes *t)
{
    const struct ptn_log_sink sink = {t, told_begin, told_line, told_end};
    const struct ptn_log_opts opts = {.since = PTN_NO_TIME, .until = PTN_NO_TIME, .threads = 1};
    struct ptn_log_sums sums;
    struct ptn_err err = {""};
    if (ptn_log_read_memory(l->text, l->len, &opts, &sink, told_trouble, NULL, &sums, &err) < 0)
        fail_msg("%s [at: %s]", err.text, check_at);
    return sums.packets;
}

/* What the paragraphs count is what their lines say, one by one. */
static void expect_sums(const struct ptn_explained *e, const struct told_causes *t)
{
    uint64_t all = 0;
    for (size_t i = 0; i < e->n; i++) {
        const struct ptn_paragraph *p = &e->items[i];
        if (p->lines != t->lines[p->cause])
            fail_msg("%s: %llu lines in the paragraph, %llu by themselves [at: %s]", ptn_cause_word(p->cause),
                     (unsigned long long)p->lines, (unsigned long long)t->lines[p->cause], check_at);
        all += p->lines;
    }
    EXPECT_INT(all, e->packets);
}

/* The tally stays for who wants to ask more of it. */
static void log_explain(const struct log_text *l, const struct ptn_site *site, const struct ptn_chart *chart,
                        unsigned parts, struct ptn_explained *e, struct ptn_tally *sum, struct told_causes *t)
{
    struct ptn_tally tallies[PARTS];
    for (unsigned i = 0; i < parts; i++)
        ptn_tally_open(&tallies[i], site);
    t->site = site;
    t->tallies = tallies;
    t->n_tallies = parts;
    t->judged = NULL;
    memset(t->lines, 0, sizeof(t->lines));
    log_pass(l, t);
    ptn_tally_open(sum, site);
    for (unsigned i = 0; i < parts; i++) {
        assert_int_equal(ptn_tally_flush(&tallies[i]), 0);
        assert_int_equal(ptn_tally_merge(sum, &tallies[i]), 0);
        ptn_tally_release(&tallies[i]);
    }
    assert_int_equal(ptn_explain(e, sum, site, chart), 0);
    t->judged = sum;
    log_pass(l, t);
    expect_sums(e, t);
}

static int cause_of(const char *word)
{
    for (unsigned i = 0; i < PTN_CAUSE_COUNT; i++)
        if (strcmp(ptn_cause_word((enum ptn_cause)i), word) == 0)
            return (int)i;
    return -1;
}

static void stamp(char *text, size_t size, int64_t second)
{
    struct tm tm;
    const time_t at = (time_t)second;
    gmtime_r(&at, &tm);
    strftime(text, size, "%Y-%m-%dT%H:%M:%S+00:00", &tm);
}

#endif
