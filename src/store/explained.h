/* An earlier log's document, kept in a file, and what is new in today's. */
#ifndef PTN_STORE_EXPLAINED_H
#define PTN_STORE_EXPLAINED_H

#include <jansson.h>

#include "base/err.h"

/* Compares a document of `explain -J` with the one kept at `path`. *ret is an array: what is new, in the order of
 * today's causes; each item has `cause`, `verdict`, `change` ("cause", "verdict", "port", "source" or "lines") and
 * `what` for a person. What has gone is not new. Caller drops *ret. Result: how many, or -errno with a sentence. */
int ptn_explained_compare(const char *path, const json_t *document, json_t **ret, struct ptn_err *err);

#endif
