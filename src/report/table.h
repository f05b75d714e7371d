/* Tables for people and for scripts: the columns are declared once, -o chooses among them. */
#ifndef PTN_REPORT_TABLE_H
#define PTN_REPORT_TABLE_H

#include "out.h"

struct ptn_column {
    const char *name, *help;
    bool shown; /* unless -o says otherwise */
    bool wraps; /* long text that may be broken, where it is the last column of a terminal */
    bool right; /* numbers */
};

struct ptn_table;

/* `columns` ends with a NULL name. `chosen` is -o's list or NULL. Result: 0, or -EINVAL with a sentence that lists the
 * columns there are. */
int ptn_table_open(struct ptn_table **ret, const struct ptn_column *columns, const char *chosen, struct ptn_out *out,
                   bool raw, bool no_headings, struct ptn_err *err);

/* Begins a row; cells not put stay empty. */
int ptn_table_row(struct ptn_table *);
/* Puts a cell of the row last begun, if its column is shown. `column` counts from 0 in the columns' list. */
void ptn_table_cell(struct ptn_table *, unsigned column, enum ptn_tone, const char *text);

/* Whether somebody will see this column. */
bool ptn_table_shows(const struct ptn_table *, unsigned column);

/* Prints and frees. `under`, which may be NULL, is called after each row (from 0) is printed, so that it can say more.
 */
void ptn_table_close(struct ptn_table *, void (*under)(void *ctx, size_t row), void *ctx);

#endif
