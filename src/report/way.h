/* What the wall says of a question, for a person and for a program: the fates it has, what tells them apart, and the
 * way that leads to each. */
#ifndef PTN_REPORT_WAY_H
#define PTN_REPORT_WAY_H

#include <jansson.h>

#include "out.h"
#include "wall/words.h"

/* Packets of a question that come to one end by one rule. */
struct ptn_part {
    const struct ptn_flow *question;
    const struct ptn_outcome *outcome; /* the first of them */
    const char *in;                    /* the interface, "" if made here */
    const char *place;                 /* the rung's word, or NULL */
    uint64_t whole;                    /* fields that do not tell it from the rest of the question */
    struct ptn_ranges *only[PTN_PKT_COUNT];
};

struct ptn_parts {
    struct ptn_part *items;
    size_t n, room;
};

/* Adds the parts of a question that has been answered and settled; `add` says in and place. They borrow from question
 * and answers. Caller releases. Result: 0 or -ENOMEM. */
int ptn_parts_add(struct ptn_parts *, const struct ptn_flow *question, const struct ptn_answers *,
                  const struct ptn_part *add);
void ptn_parts_release(struct ptn_parts *);

/* "accept", "drop", "reject (tcp reset)", "unknown: limit rate 5/second"; where the packets end up elsewhere "accept,
 * as 172.17.0.2:5432 by docker0". */
#define PTN_FATE_TEXT 320
const char *ptn_fate_text(const struct ptn_outcome *, char out[static PTN_FATE_TEXT]);

/* The fate that all parts have, or NULL. */
const char *ptn_parts_fate(const struct ptn_parts *, char out[static PTN_FATE_TEXT]);

/* What tells a part from the rest of its question: "from 10.0.0.0/8, source port 1024-65535"; "" if nothing does. */
#define PTN_PART_TEXT 512
const char *ptn_part_text(const struct ptn_part *, char out[static PTN_PART_TEXT]);

/* Whether what accepts and what does not is told apart by source addresses alone. */
bool ptn_parts_limited(const struct ptn_parts *);

/* A line a step, in the packet's order, the deciding one marked; without steps that changed nothing: chains of NAT that
 * had no rule for it, and jumps to where nothing was done. Result: 0 or -ENOMEM. */
int ptn_way_print(struct ptn_out *, const struct ptn_outcome *);

/* An item of can[], but for who asks for what. NULL when out of memory. */
json_t *ptn_part_json(const struct ptn_part *);

#endif
