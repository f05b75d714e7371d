/*
 * What a log tells, for people (paragraphs, tables), for programs (JSON) and for spreadsheets (CSV); and its single
 * lines, for both. Foreign text reaches no terminal with its control characters, and no spreadsheet as a formula.
 *
 *     explain.c        the paragraphs
 *     explain_who.c    those who came, in a paragraph
 *     explain_foot.c   what stands around them: the sums, what could not be read, what is new
 *     explain_top.c    tables
 *     explain_json.c   the document
 *     explain_csv.c    a row a paragraph
 *     explain_event.c  a line a packet
 *     explain_words.c  counts, ports, times and timelines as text
 */
#ifndef PTN_REPORT_EXPLAIN_H
#define PTN_REPORT_EXPLAIN_H

#include <jansson.h>
#include <stdio.h>

#include "judge/explain.h"
#include "out.h"

#define PTN_LOG_QUOTES 5

/* A line of a log, as a sample. */
struct ptn_log_quote {
    const char *file, *text;
    uint64_t line; /* 0: unknown */
};

/* What was read. Borrows its texts. */
struct ptn_log_counts {
    uint64_t files; /* 0: nobody counted */
    uint64_t lines;
    uint64_t packets, remarks, broken, unknown; /* of the lines, as in ptn_log_sums */
    uint64_t troubles;                          /* files that could not be read, or not to their end */
    bool stopped;                               /* ctrl-C: it is the report so far */
    struct ptn_log_quote broken_quotes[PTN_LOG_QUOTES], unknown_quotes[PTN_LOG_QUOTES];
    size_t n_broken_quotes, n_unknown_quotes;
};

struct ptn_explain_style {
    bool why, fix;       /* --why, --fix */
    bool blocks;         /* timelines and bars of blocks; otherwise of ASCII: see ptn_locale_is_utf8() */
    const char *columns; /* -o, or NULL; this and the next two are for tables */
    bool raw, no_headings;
};

/* The paragraphs, worst first, the sums before and what was not read after them. `counts` may be NULL. */
void ptn_explained_print(struct ptn_out *, const struct ptn_explained *, const struct ptn_log_counts *,
                         const struct ptn_explain_style *);

/* What is new (see store/explained.h) for a person. `since`: the earlier document's name. */
void ptn_explained_news_print(struct ptn_out *, const json_t *news, const char *since);

/* word, what it lists */
#define PTN_TOPS(X)                                                                                                    \
    X(PORTS, "ports")                                                                                                  \
    X(SOURCES, "sources")                                                                                              \
    X(NETWORKS, "networks")                                                                                            \
    X(DAYS, "days")

enum ptn_top {
#define X(id, word) PTN_TOP_OF_##id,
    PTN_TOPS(X)
#undef X
        PTN_TOP_OF_COUNT
};

/* Result: an enum ptn_top, or -EINVAL with a sentence. */
int ptn_top_parse(const char *word, struct ptn_err *err);

/* --top as a table. Result: 0, or -EINVAL with a sentence. */
int ptn_explained_top(struct ptn_out *, const struct ptn_explained *, enum ptn_top, const struct ptn_explain_style *,
                      struct ptn_err *err);

/* The whole document. `counts` may be NULL. New reference, NULL when out of memory. */
json_t *ptn_explained_json(const struct ptn_explained *, const struct ptn_log_counts *);

/* A row a paragraph, with a heading unless `no_headings`; RFC 4180. Result: 0 or -errno. */
int ptn_explained_csv(FILE *, const struct ptn_explained *, bool no_headings);

/* One packet as one line of JSON; `format`, `file` and `cause` may be NULL, `line` 0. Not for two threads at once. */
void ptn_event_json_print(FILE *, const struct ptn_knock *, const char *format, const char *file, uint64_t line,
                          const char *cause);

/* The same for a person, in columns. */
void ptn_event_print(struct ptn_out *, const struct ptn_knock *, const char *cause);

#endif
