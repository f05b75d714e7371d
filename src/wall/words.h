/* Words for what the wall said: the step that decided, and sets of numbers. */
#ifndef PTN_WALL_WORDS_H
#define PTN_WALL_WORDS_H

#include "ask.h"

const char *ptn_table_word(enum ptn_table_family); /* "inet" */

/* The step that decided: of what got through, the last rule that let it; of what is unknown, the rule that could not be
 * decided, for which `room` is used; else the last of all. NULL if none. */
const struct ptn_step *ptn_deciding_step(const struct ptn_outcome *, struct ptn_step *room);

/* "inet filter input handle 12"; "kernel". Returns out. */
#define PTN_STEP_PLACE 200
const char *ptn_step_place(const struct ptn_step *, char out[static PTN_STEP_PLACE]);
/* The rule and, where its own words do not say it, what it did; "policy drop". Returns out. */
const char *ptn_step_rule(const struct ptn_step *, char *out, size_t size);
/* "inet filter input handle 12: tcp dport 22 accept". Returns out. */
#define PTN_STEP_TEXT 640
const char *ptn_step_text(const struct ptn_step *, char out[static PTN_STEP_TEXT]);

/* "10.0.0.0/8, 192.0.2.1 and 3 more", of addresses or numbers. Returns out. */
const char *ptn_ranges_text(const struct ptn_ranges *, bool addresses, char *out, size_t size);

#endif
