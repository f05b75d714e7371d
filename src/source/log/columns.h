/* Lines of columns: cutting them, learning a header, making records of them. (columns.c) */
#ifndef PTN_SOURCE_LOG_COLUMNS_H
#define PTN_SOURCE_LOG_COLUMNS_H

#include "record.h"

/* Cuts text into at most `room` cells, borrowed from it. A blank as the separator stands for any run of blanks. With
 * another, a cell in quotes ends with its quote (RFC 4180) and loses both; quotes doubled within it stay doubled.
 * Result: the number of cells; what does not fit is left out. */
size_t ptn_columns_cut(struct ptn_slice text, char separator, struct ptn_slice *cells, size_t room);

/* Learns a header: which columns have names of the format. Result: false if the cells do not hold a name of a source
 * and one of a destination; *ret is then unchanged. */
bool ptn_columns_learn(const struct ptn_format *, char separator, const struct ptn_slice *cells, size_t n,
                       struct ptn_columns *ret);

/* Learns the header that a product has when its lines come without one: its names, apart by blanks. */
void ptn_columns_assume(const struct ptn_format *, char separator, const char *header, struct ptn_columns *ret);

/* Fills a record from cells by the columns learnt. */
void ptn_columns_record(const struct ptn_columns *, const struct ptn_format *, const struct ptn_message *,
                        const struct ptn_slice *cells, size_t n, struct ptn_record *ret);

/* Fills a record from cells where the names of the format are positions. Result: false if there are too few cells for
 * a source and a destination. */
bool ptn_columns_by_place(const struct ptn_format *, const struct ptn_message *, const struct ptn_slice *cells,
                          size_t n, struct ptn_record *ret);

#endif
