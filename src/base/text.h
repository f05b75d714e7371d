/* Small things about text: names compared as people mean them, words in a line. */
#ifndef PTN_BASE_TEXT_H
#define PTN_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One character of a name as names are compared: lower case, and every mark that RFC 6335 section 5.1 does not
 * allow in a service name (_ . / * + and blank) as '-', so that "ocs_cmu" and "ocs-cmu" are one name. */
char ptn_name_fold(char c);

/* Compares two names, folded, as strcmp does. */
int ptn_name_compare(const char *a, const char *b);

/* A hash of the folded name (FNV-1a, 32 bits). */
uint32_t ptn_name_hash(const char *name, size_t len);

/* Steps through the blank-separated words of *at; the word is (*ret, result), 0 at the end. */
size_t ptn_next_word(const char **at, const char **ret);

/* Whether `list` (blank-separated) holds the word[len]. */
bool ptn_has_word(const char *list, const char *word, size_t len);

/* Reads a decimal number of at most `max` that fills text[len] entirely. Result: the number or -1. */
long ptn_number(const char *text, size_t len, long max);

/* Reads the date that text begins with: YYYY, YYYY-MM or YYYY-MM-DD. Result: its length, 0 if it is none. */
size_t ptn_date(const char *text);

/* Edit distance (insert, delete, replace, swap of neighbours) of two folded names, at most `limit` + 1. */
unsigned ptn_name_distance(const char *a, size_t a_len, const char *b, size_t b_len, unsigned limit);

/* Append to a text of fixed room, for where thousands are made: `at` is its end so far, `end` the end of the room. What
 * does not fit is left out; the text stays terminated. Result: the new `at`. */
char *ptn_put(char *at, const char *end, const char *text);
char *ptn_put_number(char *at, const char *end, unsigned long n);

#endif
