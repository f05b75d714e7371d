/* Lists of nft's tables. */
#ifndef PTN_WALL_TABLES_H
#define PTN_WALL_TABLES_H

#include "base/err.h"

#define PTN_TABLE_NAME 256

/* A table, as the kernel names it. */
struct ptn_table_id {
    uint8_t family; /* NFPROTO_* of linux/netfilter.h */
    bool stood;     /* it was there before */
    char name[PTN_TABLE_NAME];
};

struct ptn_tables {
    struct ptn_table_id *items;
    size_t n, room;
};

const char *ptn_table_family_word(uint8_t family); /* "inet"; NULL if nobody knows it */
uint8_t ptn_table_family_of(const char *word);     /* 0 if nobody knows it */

struct ptn_table_id *ptn_tables_find(const struct ptn_tables *, uint8_t family, const char *name);
int ptn_tables_add(struct ptn_tables *, uint8_t family, const char *name); /* once; 0, -ENOMEM, -E2BIG */
void ptn_tables_release(struct ptn_tables *);

/* Adds every table that stands now. Result: 0, or what running nft gave. */
int ptn_tables_read(struct ptn_tables *, struct ptn_err *err);

#endif
