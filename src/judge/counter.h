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
    uint32_t most; /* slots, a power of 2; 0: 2^18 */
    uint8_t shift;
};

/* Result: 0 or -ENOMEM. */
int ptn_counter_add(struct ptn_counter *, uint32_t what, uint32_t when, uint64_t lines);
/* Adds all of `from`, which is only to be released then. */
int ptn_counter_move(struct ptn_counter *into, struct ptn_counter *from);
/* Empty slots are passed over: NULL at the end. *at begins with 0. */
const struct ptn_counted *ptn_counter_next(const struct ptn_counter *, uint32_t *at);
void ptn_counter_release(struct ptn_counter *);

/* A counter with its last keys at hand: most lines of a log count what the lines before them counted. */
#define PTN_RECENT 1024
#define PTN_LATE 8
struct ptn_counting {
    struct ptn_counter table; /* complete after ptn_counting_flush() */
    struct ptn_counted recent[PTN_RECENT], late[PTN_LATE];
    uint32_t n_late;
};

/* Results: 0 or -ENOMEM. */
int ptn_counting_miss(struct ptn_counting *, struct ptn_counted *slot, uint32_t what, uint32_t when);
int ptn_counting_flush(struct ptn_counting *);

/* One more, where it counts; whether it does is as good as chance, so that it must not be asked by itself. An empty
 * slot has the key 0, 0, and is ready to count it. */
static inline int ptn_counting_add_if(struct ptn_counting *c, bool counts, uint32_t what, uint32_t when)
{
    when = when >> c->table.shift << c->table.shift;
    struct ptn_counted *slot = &c->recent[(what ^ what >> 7 ^ when) % PTN_RECENT];
    if (((slot->what ^ what) | (slot->when ^ when)) & -(uint32_t)counts)
        return ptn_counting_miss(c, slot, what, when);
    slot->lines += counts;
    return 0;
}

static inline int ptn_counting_add(struct ptn_counting *c, uint32_t what, uint32_t when)
{
    return ptn_counting_add_if(c, true, what, when);
}

#endif
