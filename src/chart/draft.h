/*
 * A draft: records on their way into a book. Everything that is wrong with them is said here, with its place, before
 * anything is compiled: by the chart compiler for the built-in chart (the build fails), by `portolan chart check` and
 * at start-up for a site's overlay (the sound records still count), by `portolan chart import` for a registry.
 */
#ifndef PTN_CHART_DRAFT_H
#define PTN_CHART_DRAFT_H

#include "base/arena.h"
#include "book.h"

#define PTN_OVERLAY_MAX (4u << 20) /* octets in one overlay file */

struct ptn_assignment;

struct ptn_draft_entry {
    enum ptn_entry_type type;
    const char *file, *name;
    unsigned line;
    struct ptn_rec_field *fields; /* `name` unused; `id` tells the field */
    enum ptn_field *ids;
    size_t n_fields;
};

struct ptn_draft {
    struct ptn_arena arena;
    struct ptn_draft_entry *entries;
    size_t n_entries, size_entries;
    struct ptn_book_claim *claims;
    size_t n_claims, size_claims;
    const char *title, *date; /* for the book's header; may be NULL */
    void (*complain)(void *ctx, const char *text);
    void *ctx;
    unsigned complaints;
};

void ptn_draft_init(struct ptn_draft *, void (*complain)(void *ctx, const char *text), void *ctx);
void ptn_draft_release(struct ptn_draft *);

/* Says "FILE:LINE: ..." to whoever listens and counts it. */
void ptn_draft_complain(struct ptn_draft *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Adds all sound records of text[len]; broken ones are complained of and left out. `types` is the set of enum
 * ptn_entry_type that may stand in this file. With `site`, what a record does not say is taken from the service of the
 * same name in `base` (may be NULL). Result: 0 or -ENOMEM. */
int ptn_draft_add_text(struct ptn_draft *, const char *file, const char *text, size_t len, unsigned types, bool site,
                       const struct ptn_book *base);

/* The same for one file of a site's, by its path; one that cannot be read is complained of. */
int ptn_draft_add_overlay(struct ptn_draft *, const char *path, const struct ptn_book *base);

/* Adds one row of a registry. Result: 0 or -ENOMEM. */
int ptn_draft_add_assignment(struct ptn_draft *, const struct ptn_assignment *);

/* Complains of what is wrong between records: doubled names and claims, references that lead nowhere. `base`, if any,
 * is where references may lead, too; with `site`, the words of Source: are the site's own. Result: 0 or -ENOMEM. */
int ptn_draft_check(struct ptn_draft *, const struct ptn_book *base, bool site);

/* Compiles. Caller frees *ret. Result: 0, -EFBIG, -ENOMEM. */
int ptn_draft_write(struct ptn_draft *, void **ret, size_t *ret_len);

/* The first value of a field, or NULL. */
const char *ptn_draft_field(const struct ptn_draft_entry *, enum ptn_field);

#endif
