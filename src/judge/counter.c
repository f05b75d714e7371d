#include "counter.h"

#include <errno.h>
#include <stdlib.h>

#include "base/grow.h"

#define SLOTS_MIN 1024
#define SLOTS_MAX (1u << 18)
#define SHIFT_MAX 26 /* then all times are one */

static uint32_t place_of(uint32_t what, uint32_t when)
{
    uint64_t x = ((uint64_t)when << 32 | what) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(x >> 32);
}

static struct ptn_counted *slot_of(const struct ptn_counter *c, uint32_t what, uint32_t when)
{
    uint32_t at = place_of(what, when) & (c->n_slots - 1);
    while (c->slots[at].lines && (c->slots[at].what != what || c->slots[at].when != when))
        at = (at + 1) & (c->n_slots - 1);
    return &c->slots[at];
}

static int rebuild(struct ptn_counter *c, uint32_t n_slots, unsigned coarser)
{
    struct ptn_counter made = {.n_slots = n_slots, .most = c->most, .shift = (uint8_t)(c->shift + coarser)};
    made.slots = ptn_zeroed(n_slots, sizeof(*made.slots));
    if (!made.slots)
        return -ENOMEM;
    for (uint32_t i = 0; i < c->n_slots; i++) {
        const struct ptn_counted *from = &c->slots[i];
        if (!from->lines)
            continue;
        struct ptn_counted *to = slot_of(&made, from->what, from->when >> coarser);
        made.n += !to->lines;
        *to = (struct ptn_counted){from->what, from->when >> coarser, to->lines + from->lines};
    }
    free(c->slots);
    *c = made;
    return 0;
}

static bool is_full(const struct ptn_counter *c)
{
    return c->n >= c->n_slots / 2;
}

/* Until there is room: more slots, then coarser times; a table that nothing makes smaller stays as it is. */
static int make_room(struct ptn_counter *c)
{
    const uint32_t most = c->most ? c->most : SLOTS_MAX;
    int r = c->n_slots ? 0 : rebuild(c, SLOTS_MIN, 0);
    while (r == 0 && is_full(c) && (c->n_slots < most || c->shift < SHIFT_MAX))
        r = c->n_slots < most ? rebuild(c, c->n_slots * 2, 0) : rebuild(c, most, 1);
    return r;
}

int ptn_counter_add(struct ptn_counter *c, uint32_t what, uint32_t when, uint64_t lines)
{
    struct ptn_counted *slot = c->n_slots ? slot_of(c, what, when >> c->shift) : NULL;
    if (!slot || (!slot->lines && is_full(c))) {
        if (make_room(c) < 0)
            return -ENOMEM;
        slot = slot_of(c, what, when >> c->shift);
        if (!slot->lines && is_full(c))
            return 0;
    }
    c->n += !slot->lines;
    *slot = (struct ptn_counted){what, when >> c->shift, slot->lines + lines};
    return 0;
}

/* In no order of theirs: one table's slots put into another in their order would all crowd where it begins. */
static int merge(struct ptn_counter *into, const struct ptn_counter *from)
{
    int r = 0;
    while (into->n_slots && into->shift < from->shift && r == 0)
        r = rebuild(into, into->n_slots, 1);
    for (uint32_t i = 0; r == 0 && i < from->n_slots; i++) {
        const struct ptn_counted *one = &from->slots[i * 0x9e3779b1u & (from->n_slots - 1)];
        if (one->lines)
            r = ptn_counter_add(into, one->what, one->when << from->shift, one->lines);
    }
    return r;
}

int ptn_counter_move(struct ptn_counter *into, struct ptn_counter *from)
{
    const struct ptn_counter empty = *into;
    if (into->n_slots)
        return merge(into, from);
    *into = *from;
    *from = empty;
    return 0;
}

const struct ptn_counted *ptn_counter_next(const struct ptn_counter *c, uint32_t *at)
{
    while (*at < c->n_slots)
        if (c->slots[(*at)++].lines)
            return &c->slots[*at - 1];
    return NULL;
}

void ptn_counter_release(struct ptn_counter *c)
{
    free(c->slots);
    *c = (struct ptn_counter){0};
}

/* ---- the last keys ---------------------------------------------------------------------------------------------- */

static int add(struct ptn_counter *c, const struct ptn_counted *one)
{
    return one->lines ? ptn_counter_add(c, one->what, one->when, one->lines) : 0;
}

/* What gives way is put into the table a few keys later, when its place has come from memory. */
int ptn_counting_miss(struct ptn_counting *c, struct ptn_counted *slot, uint32_t what, uint32_t when)
{
    struct ptn_counted *const late = &c->late[c->n_late++ % PTN_LATE];
    const int r = add(&c->table, late);
    *late = *slot;
    *slot = (struct ptn_counted){what, when, 1};
    if (c->table.n_slots)
        __builtin_prefetch(
            &c->table.slots[place_of(late->what, late->when >> c->table.shift) & (c->table.n_slots - 1)]);
    return r;
}

int ptn_counting_flush(struct ptn_counting *c)
{
    int r = 0;
    for (unsigned i = 0; i < PTN_LATE && r == 0; i++) {
        r = add(&c->table, &c->late[i]);
        c->late[i].lines = 0;
    }
    for (unsigned i = 0; i < PTN_RECENT && r == 0; i++) {
        r = add(&c->table, &c->recent[i]);
        c->recent[i].lines = 0;
    }
    return r;
}
