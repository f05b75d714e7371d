/*
 * Tables saved so that they can be put back. In nft's own text: its JSON loses flags, comments and times of what it
 * lists (1.0.6), its text does not. A table with an expression of iptables-nft's is refused: nft cannot load what it
 * shows of these.
 */
#ifndef PTN_WALL_SNAPSHOT_H
#define PTN_WALL_SNAPSHOT_H

#include "tables.h"

#define PTN_SNAPSHOT_MAX ((size_t)256 << 20)

/* Those of the tables that stood, as a text that nft loads: proven by `nft -c`. Caller frees *ret. Result: 0, -ENOTSUP
 * with the table's name, or what running nft gave. */
int ptn_snapshot_take(const struct ptn_tables *, char **ret, size_t *ret_len, struct ptn_err *err);

/* In one transaction: those of the tables that are there go, those saved come back. */
int ptn_snapshot_restore(const struct ptn_tables *, const char *text, size_t len, struct ptn_err *err);

#define PTN_PRINT_TEXT 17

/* What the tables look like now, but for counts and the elements of sets that change by themselves, as 16 hexadecimal
 * digits. That a table is gone is a look as well. */
int ptn_tables_print(const struct ptn_tables *, char ret[static PTN_PRINT_TEXT], struct ptn_err *err);

#endif
