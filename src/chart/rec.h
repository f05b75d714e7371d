/*
 * Records: the strict subset of GNU recutils in which the chart, the hints, the sources and the site's overlays
 * are written. `Field: value` lines; a blank line ends a record; `+ more` continues a value; `#` is a comment.
 * UTF-8 without control characters. See portolan-chart(5).
 */
#ifndef PTN_CHART_REC_H
#define PTN_CHART_REC_H

#include "base/arena.h"
#include "base/err.h"

#define PTN_REC_FIELDS_MAX 48
#define PTN_REC_LINE_MAX 2048   /* octets in one line */
#define PTN_REC_VALUE_MAX 16384 /* octets in one value with its continuations */

struct ptn_rec_field {
    const char *name, *value; /* continuations joined by one blank */
    unsigned line;
};

struct ptn_rec {
    const char *file;
    unsigned line; /* of its first field, from 1 */
    size_t n;
    struct ptn_rec_field fields[PTN_REC_FIELDS_MAX];
};

struct ptn_rec_reader {
    const char *file; /* for messages */
    const char *at, *end;
    unsigned line;
    struct ptn_arena *arena; /* where names and values are put */
};

/* Starts on text[len], which stays the caller's and must outlive the reading. */
void ptn_rec_open(struct ptn_rec_reader *, const char *file, const char *text, size_t len, struct ptn_arena *);

/* Reads the next record. Result: 1 with a record, 0 at the end, -EINVAL for a broken one, whose remaining lines have
 * then been passed over so that the caller may go on; -ENOMEM. */
int ptn_rec_next(struct ptn_rec_reader *, struct ptn_rec *ret, struct ptn_err *err);

#endif
