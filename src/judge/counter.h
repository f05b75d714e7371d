/* Counters by key: what a log has many of. Bounded: when a table is full, its keys are made coarser. */
#ifndef PTN_JUDGE_COUNTER_H
#define PTN_JUDGE_COUNTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A key: what is counted (a port, a cause) and when, in units of `shift`. */
struct ptn_counted {
    uint32_t what;
    uint32_t when;  /* in the unit of the caller's choice >> shift; 0: no time */
    uint64_t lines; /* 0: an empty slot */
};

struct ptn_counter {
    struct ptn_counted *slots;
    uint32_t n, n_slots;
    uint8_t shift;
};

/* Starts to fetch a key's slot. */
void ptn_counter_fetch(const struct ptn_counter *, uint32_t what, uint32_t when);
/* Result: 0 or -ENOMEM. */
int ptn_counter_add(struct ptn_counter *, uint32_t what, uint32_t when, uint64_t lines);
int ptn_counter_merge(struct ptn_counter *into, const struct ptn_counter *from);
/* Of a key without a time. */
uint64_t ptn_counter_get(const struct ptn_counter *, uint32_t what);
/* Empty slots are passed over: NULL at the end. *at begins with 0. */
const struct ptn_counted *ptn_counter_next(const struct ptn_counter *, uint32_t *at);
void ptn_counter_release(struct ptn_counter *);

#endif
