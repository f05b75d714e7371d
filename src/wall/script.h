/* What a script for nft would do. */
#ifndef PTN_WALL_SCRIPT_H
#define PTN_WALL_SCRIPT_H

#include "tables.h"

/* Checks a script by `nft -c`, and says which tables it changes, and whether they stand now: those that are named in
 * the messages which nft would send to the kernel, so that includes, variables and every word of nft's are understood
 * as nft does. `name` takes the place of "/dev/stdin" in nft's messages. Result: 0; -EINVAL with nft's message,
 * -ENOTSUP it cannot be told, -EPERM, -ENOENT no nft. */
int ptn_script_check(struct ptn_tables *ret, const char *name, const char *text, size_t len, struct ptn_err *err);

/* Puts `name` where a message of nft's says "/dev/stdin": "NAME:LINE:COLUMNS: Error: ...". */
void ptn_script_name(struct ptn_err *err, const char *name);

#endif
