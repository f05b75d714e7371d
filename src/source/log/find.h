/*
 * A few words sought in a line. ptn_find() is as memmem(3), and faster in what is as short as a line. Where many words
 * are sought, the pairs of octets that stand in a line are noted first: most words have one that does not. (find.c)
 */
#ifndef PTN_SOURCE_LOG_FIND_H
#define PTN_SOURCE_LOG_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where what[n] stands first in text[len]; NULL. */
const char *ptn_find(const char *text, size_t len, const char *what, size_t n);

/* A bit for each two octets, as far as their lower six bits tell them apart. */
struct ptn_pairs_seen {
    uint64_t bits[64];
};

/* Adds those of a text. */
void ptn_pairs_add(struct ptn_pairs_seen *, const char *text, size_t len);
/* False: the word stands in none of the texts. */
bool ptn_pairs_may_have(const struct ptn_pairs_seen *, const char *word);

#endif
