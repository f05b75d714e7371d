/*
 * Lines of keys and values in all their dialects. (pairs.c)
 *
 *     blanks     src=192.0.2.1 msg="two words" user='Jo' id={a, b} SYN
 *     a mark     src=192.0.2.1|msg=two words|SYN        also ';' ',' and tab
 *     free       src=192.0.2.1 msg=two words dst=...    a value goes on to the next key (CEF)
 *
 * A value in quotes ends with its quote; \" and "" within it are part of it. A word without a value is a flag.
 */
#ifndef PTN_SOURCE_LOG_PAIRS_H
#define PTN_SOURCE_LOG_PAIRS_H

#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "formats.h"

#define PTN_PAIRS_FREE '\1' /* as separator: the dialect of CEF */

/* Exactly: keys are many, and all of one case. */
static inline bool slice_is(struct ptn_slice s, const char *word)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] != word[i] || !word[i])
            return false;
    return word[s.len] == '\0';
}

/* A decimal number that fills it, or -1. */
static inline long slice_number(struct ptn_slice s, long max)
{
    return s.len ? ptn_number(s.at, s.len, max) : -1;
}

struct ptn_pairs {
    const char *at, *end;
    char separator; /* 0: blanks */
    char assign;
    struct ptn_slice word; /* the flag before, if it may begin the next key: "src zone=..." */
};

struct ptn_pair {
    struct ptn_slice word, key, value; /* a flag has only a key, its value has no `at` */
};

void ptn_pairs_begin(struct ptn_pairs *, const struct ptn_format *, struct ptn_slice text);
bool ptn_pairs_next(struct ptn_pairs *, struct ptn_pair *ret);

/* Puts all that is left into the knock, by the format's names. Result: false if a port cannot be one. */
bool ptn_pairs_fill(struct ptn_pairs *, const struct ptn_format *, struct ptn_knock *);

/* The value of a key in a text of the format; no `at` if it has none. */
struct ptn_slice ptn_pairs_value(const struct ptn_format *, struct ptn_slice text, const char *key);

/* The first values of several keys, in one pass: values[i] is that of keys[i], without an `at` if it has none. */
void ptn_pairs_values(const struct ptn_format *, struct ptn_slice text, const char *const *keys, size_t n,
                      struct ptn_slice *values);

/* What is to be done with a knock that pairs were put into: what follows from its other values, what its protocol does
 * not have, and whether it is about a packet at all. */
enum ptn_line ptn_pairs_settle(const struct ptn_format *, const struct ptn_message *, struct ptn_knock *, bool sound);

/* From the first place of `mark` on; nothing if it does not stand in the text. */
struct ptn_slice ptn_slice_from(struct ptn_slice text, const char *mark);

/* The message with what an envelope may have taken for its own: the structured data of RFC 5424, a tag. It is the text
 * alone where that does not stand in the line as it is. */
struct ptn_slice ptn_message_all(const struct ptn_message *);

#endif
