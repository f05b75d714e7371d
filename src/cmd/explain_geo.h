/* Where the sources of a report are, by the user's MaxMind databases (--geo). */
#ifndef PTN_CMD_EXPLAIN_GEO_H
#define PTN_CMD_EXPLAIN_GEO_H

#include "judge/explain.h"

/* Fills `place` of all suspects; the texts live in the report's arena. `paths` are separated by commas. Result: 0 or
 * -errno with a sentence. */
int ptn_explain_geo(struct ptn_explained *, const char *paths, struct ptn_err *err);

#endif
