/*
 * A record: what a line of columns or an object has for the names of its format, before it becomes a knock. Of several
 * names for one slot the first in the table that has a value counts. (record.c)
 */
#ifndef PTN_SOURCE_LOG_RECORD_H
#define PTN_SOURCE_LOG_RECORD_H

#include "format.h"

#define PTN_RECORD_NAMES 64

struct ptn_record {
    const struct ptn_format *format;
    const struct ptn_message *message;
    struct ptn_slice of[PTN_RECORD_NAMES]; /* by place in the format's `names`; len 0: missing */
    uint64_t escaped;                      /* bits of those with JSON's escapes */
};

/* Makes a knock of a record, or says why it is none. */
typedef enum ptn_line (*ptn_record_taker)(const struct ptn_record *, struct ptn_knock *ret);

void ptn_record_begin(struct ptn_record *, const struct ptn_format *, const struct ptn_message *);

/* The taker that knows nothing but the table. A record without any address is a remark; one that has no address, port
 * or protocol that can be read is broken. */
enum ptn_line ptn_record_fill(const struct ptn_record *, struct ptn_knock *ret);

/* Adds a knock and lets the taker fill it; what came of it stays only if it is about a packet. */
enum ptn_line ptn_record_take(const struct ptn_record *, ptn_record_taker, struct ptn_knocks *ret);

/* Takes away what the protocol does not have: ports, flags, the type of ICMP. */
void ptn_knock_tidy(struct ptn_knock *);

bool ptn_cell_is(struct ptn_slice, const char *word);       /* exactly */
bool ptn_cell_nothing(struct ptn_slice);                    /* empty, "-", "N/A" and the like */
long ptn_cell_number(struct ptn_slice, long max);           /* decimal, or -1 */
bool ptn_cell_begins(struct ptn_slice, const char *prefix); /* exactly */
bool ptn_cell_has(struct ptn_slice, const char *part);      /* exactly */

#endif
