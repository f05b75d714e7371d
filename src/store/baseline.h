/* An earlier audit, kept in a file, and what differs from it. A restart is not a difference: no PID is compared. */
#ifndef PTN_STORE_BASELINE_H
#define PTN_STORE_BASELINE_H

#include <jansson.h>

#include "base/err.h"

/* Puts an audit document (portolan-json(5)) at `path` in one step, for the user alone: it holds command lines. Result:
 * 0 or -errno with a sentence. */
int ptn_baseline_save(const char *path, const json_t *document, struct ptn_err *err);

/* Compares an audit with the one kept at `path`. *ret is an object of three arrays: "new", "gone" and "changed"; each
 * item has `netns`, `proto`, `address`, `port`, `service`, `owner`, and `what` for a person. The kept audit must have
 * seen as much as this one: otherwise what was hidden would look new or gone. Caller drops *ret.
 * Result: how many differences, or -errno with a sentence. */
int ptn_baseline_compare(const char *path, const json_t *document, json_t **ret, struct ptn_err *err);

#endif
