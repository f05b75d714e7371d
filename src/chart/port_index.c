#include "port_index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define OFFSETS 65536                 /* that 16 bits can tell */
#define SLOTS (UINT32_C(2) * OFFSETS) /* a run has at least one number */

/* ---- runs ------------------------------------------------------------------------------------------------------ */

static int make_room(struct ptn_runs *r)
{
    r->items = calloc(OFFSETS, sizeof(*r->items));
    r->slots = calloc(SLOTS, sizeof(*r->slots));
    return r->items && r->slots ? 0 : -ENOMEM;
}

static void release(struct ptn_runs *r)
{
    free(r->items);
    free(r->slots);
}

static uint32_t hash(const uint16_t *run, size_t len)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < len; i++)
        h = (h ^ run[i]) * 16777619u;
    return (h ^ h >> 15) % SLOTS;
}

static bool stands_at(const struct ptn_runs *r, size_t at, const uint16_t *run, size_t len)
{
    return at + len <= r->n && memcmp(r->items + at, run, len * sizeof(*run)) == 0;
}

/* Runs that are unlike must not begin alike: they are of one length, or begin with it. Result: 0 or -EFBIG. */
static int put_run(struct ptn_runs *r, const uint16_t *run, size_t len, uint16_t *ret)
{
    uint32_t slot = hash(run, len);
    while (r->slots[slot] && !stands_at(r, r->slots[slot] - 1, run, len))
        slot = (slot + 1) % SLOTS;
    if (!r->slots[slot]) {
        if (len > OFFSETS - r->n)
            return -EFBIG;
        memcpy(r->items + r->n, run, len * sizeof(*run));
        r->slots[slot] = (uint32_t)r->n + 1;
        r->n += len;
    }
    *ret = (uint16_t)(r->slots[slot] - 1);
    return 0;
}

/* ---- the claims in their order --------------------------------------------------------------------------------- */

struct ranked {
    uint64_t rank;
    uint16_t claim;
};

/* A claim's rank on its port, best lowest: how it claims first, then, among hints, the judged ones and then how sure
 * they are, then the narrower range, then the earlier record. */
static uint64_t rank(const struct ptn_draft *d, size_t index)
{
    const struct ptn_book_claim *c = &d->claims[index];
    const char *sure = ptn_draft_field(&d->entries[c->entry], PTN_FIELD_CONFIDENCE);
    uint64_t doubt = !sure ? 0 : *sure == 'h' ? 1 : *sure == 'm' ? 2 : 3;
    return (uint64_t)c->how << 56 | doubt << 52 | (uint64_t)(c->hi - c->lo) << 32 | index;
}

static int compare_ranked(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    return (x->rank > y->rank) - (x->rank < y->rank);
}

static struct ranked *in_order(const struct ptn_draft *d)
{
    struct ranked *order = calloc(d->n_claims + 1, sizeof(*order));
    for (size_t i = 0; order && i < d->n_claims; i++)
        order[i] = (struct ranked){rank(d, i), (uint16_t)i};
    if (order)
        qsort(order, d->n_claims, sizeof(*order), compare_ranked);
    return order;
}

/* ---- the index --------------------------------------------------------------------------------------------------- */

/* All ports' lists before alike ones become one: that of a port begins at begins[port] and ends where the next does. */
struct lists {
    size_t begins[65536 + 1];
    uint16_t *items;
};

static int measure(struct lists *l, const struct ptn_draft *d)
{
    for (size_t i = 0; i < d->n_claims; i++)
        for (uint32_t port = d->claims[i].lo; port <= d->claims[i].hi; port++)
            l->begins[port + 1]++;
    for (uint32_t port = 0; port < 65536; port++)
        l->begins[port + 1] += l->begins[port] + 1; /* its length stands first */
    l->items = calloc(l->begins[65536], sizeof(*l->items));
    return l->items ? 0 : -ENOMEM;
}

/* Claims in rank order are dealt out to their ports, so that each port's come out ranked. */
static int deal(struct lists *l, const struct ptn_draft *d)
{
    struct ranked *order = in_order(d);
    for (size_t i = 0; order && i < d->n_claims; i++) {
        const struct ptn_book_claim *c = &d->claims[order[i].claim];
        for (uint32_t port = c->lo; port <= c->hi; port++) {
            uint16_t *list = l->items + l->begins[port];
            list[++list[0]] = order[i].claim;
        }
    }
    free(order);
    return order ? 0 : -ENOMEM;
}

static int put_lists(struct ptn_port_index *x, const struct lists *l)
{
    uint16_t starts[PTN_BOOK_PAGE];
    int r = 0;
    for (uint32_t port = 0; port < 65536 && r == 0; port++) {
        const uint16_t *list = l->items + l->begins[port];
        r = put_run(&x->refs, list, list[0] + 1u, &starts[port % PTN_BOOK_PAGE]);
        if (r == 0 && port % PTN_BOOK_PAGE == PTN_BOOK_PAGE - 1)
            r = put_run(&x->starts, starts, PTN_BOOK_PAGE, &x->pages[port / PTN_BOOK_PAGE]);
    }
    const size_t end = (x->refs.n + 2) / 2 * 2; /* a number follows the last list, and nothing is left to fill */
    if (r < 0 || end > OFFSETS)
        return r < 0 ? r : -EFBIG;
    x->refs.n = end;
    return 0;
}

int ptn_port_index_make(struct ptn_port_index *x, const struct ptn_draft *d)
{
    struct lists *l = calloc(1, sizeof(*l));
    int r = l ? measure(l, d) : -ENOMEM;
    if (r == 0)
        r = deal(l, d);
    if (r == 0 && (make_room(&x->refs) < 0 || make_room(&x->starts) < 0))
        r = -ENOMEM;
    if (r == 0)
        r = put_lists(x, l);
    if (l)
        free(l->items);
    free(l);
    return r;
}

void ptn_port_index_release(struct ptn_port_index *x)
{
    release(&x->starts);
    release(&x->refs);
}
