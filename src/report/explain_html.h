/* What a log tells, as one page of HTML: nothing to load, nothing to run, nothing to ask anybody. */
#ifndef PTN_REPORT_EXPLAIN_HTML_H
#define PTN_REPORT_EXPLAIN_HTML_H

#include <stdio.h>

#include "judge/explain.h"

/* Writes the page; its times are UTC, and it says so. `title` and `subtitle` (the files, how many lines) are plain
 * text, or NULL. The file stays open. Result: 0, or -errno where it could not be written. */
int ptn_explained_html(FILE *, const struct ptn_explained *, const char *title, const char *subtitle);

#endif
