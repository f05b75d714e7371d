/*
 * JSON as nft prints it, read into one array of nodes. A ruleset of 5,000 rules is 1.7 MB, and a tree of hash tables
 * takes longer to build than all the rest of an answer; nodes in a row take a tenth of that.
 */
#ifndef PTN_WALL_JSON_NODE_H
#define PTN_WALL_JSON_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ptn_json_kind {
    PTN_JSON_NULL,
    PTN_JSON_FALSE,
    PTN_JSON_TRUE,
    PTN_JSON_NUMBER,
    PTN_JSON_REAL, /* a number that int64_t does not hold: only its kind is kept */
    PTN_JSON_STRING,
    PTN_JSON_ARRAY,
    PTN_JSON_OBJECT
};

/* A value. Its children follow it: an array's elements; an object's keys (strings) and values, by turns. */
struct ptn_json {
    uint8_t kind;
    uint32_t len;  /* octets of a string; elements of an array; members of an object */
    uint32_t skip; /* nodes from here to what follows this value */
    union {
        int64_t number;
        const char *text; /* terminated; holds no NUL, and is UTF-8 */
    };
};

/* What a text was read into; may be used again for the next one. */
struct ptn_json_doc {
    struct ptn_json *nodes;
    size_t n, room;
    char *strings;
    size_t strings_room;
};

#define PTN_JSON_DEPTH 64

/* Reads text[len], which holds exactly one value. Result: 0; -ENOMEM; -EINVAL with what is wrong in *why (static) and
 * where in *at. */
int ptn_json_read(struct ptn_json_doc *, const char *text, size_t len, const char **why, size_t *at);
void ptn_json_release(struct ptn_json_doc *);

static inline const struct ptn_json *ptn_json_next(const struct ptn_json *j)
{
    return j + j->skip;
}

/* Steps through an array's elements. */
#define PTN_JSON_EACH(item, array)                                                                                     \
    for (const struct ptn_json *item = (array) + 1; item < (array) + (array)->skip; item = ptn_json_next(item))

/* All of these take NULL for a value that is not there. */
static inline bool ptn_json_is(const struct ptn_json *j, enum ptn_json_kind kind)
{
    return j && j->kind == kind;
}

/* A string's text, or NULL. */
static inline const char *ptn_json_text(const struct ptn_json *j)
{
    return ptn_json_is(j, PTN_JSON_STRING) ? j->text : NULL;
}

/* Whether it is this string. */
bool ptn_json_equals(const struct ptn_json *, const char *text);
/* An object's member of that name, or NULL. */
const struct ptn_json *ptn_json_get(const struct ptn_json *, const char *key);
/* An array's element, or NULL. */
const struct ptn_json *ptn_json_at(const struct ptn_json *, uint32_t index);
/* Whether a string is that word, or an array holds it. */
bool ptn_json_has(const struct ptn_json *, const char *word);
/* An object of one member: its name, and the member's value in *ret. NULL if it is no such object. */
const char *ptn_json_only(const struct ptn_json *, const struct ptn_json **ret);
/* A number that is not negative and at most `max`, or -1. */
int64_t ptn_json_number(const struct ptn_json *, int64_t max);

#endif
