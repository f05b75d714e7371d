/* Errors: int results, one optional sentence. */
#ifndef PTN_BASE_ERR_H
#define PTN_BASE_ERR_H

#include "portolan.h"

/* Writes the sentence into `err` (may be NULL) and returns `code` unchanged, so that a failure reads
 * `return ptn_fail(err, -EINVAL, "%s:%u: ...", ...)`. */
int ptn_fail(struct ptn_err *err, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
