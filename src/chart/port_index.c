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

/* All ports' lists of one protocol before alike ones become one: a port's length, and then its claims, begin at
 * begins[port] and end where the next port's do. */
struct lists {
    size_t begins[65536 + 1];
    uint16_t *items;
};

static int measure(struct lists *l, const struct ptn_draft *d, unsigned proto)
{
    memset(l->begins, 0, sizeof(l->begins));
    for (size_t i = 0; i < d->n_claims; i++)
        for (uint32_t port = d->claims[i].lo; d->claims[i].proto == proto && port <= d->claims[i].hi; port++)
            l->begins[port + 1]++;
    for (uint32_t port = 0; port < 65536; port++)
        l->begins[port + 1] += l->begins[port] + 1;
    l->items = calloc(l->begins[65536], sizeof(*l->items));
    return l->items ? 0 : -ENOMEM;
}

/* Claims in rank order are dealt out to their ports, so that each port's come out ranked. */
static void deal(struct lists *l, const struct ptn_draft *d, const struct ranked *order, unsigned proto)
{
    for (size_t i = 0; i < d->n_claims; i++) {
        const struct ptn_book_claim *c = &d->claims[order[i].claim];
        for (uint32_t port = c->lo; c->proto == proto && port <= c->hi; port++) {
            uint16_t *list = l->items + l->begins[port];
            list[++list[0]] = order[i].claim;
        }
    }
}

static int put_page(struct ptn_port_index *x, const struct lists *l, uint32_t first, uint16_t *ret)
{
    uint16_t starts[PTN_BOOK_PAGE];
    const uint16_t *before = NULL;
    int r = 0;
    for (uint32_t i = 0; i < PTN_BOOK_PAGE && r == 0; i++) {
        const uint16_t *list = l->items + l->begins[first + i];
        if (before && memcmp(before, list, (list[0] + 1u) * sizeof(*list)) == 0) /* most are like their neighbour's */
            starts[i] = starts[i - 1];
        else
            r = put_run(&x->refs, list, list[0] + 1u, &starts[i]);
        before = list;
    }
    return r < 0 ? r : put_run(&x->starts, starts, PTN_BOOK_PAGE, ret);
}

static int put_proto(struct ptn_port_index *x, struct lists *l, const struct ptn_draft *d, const struct ranked *order,
                     unsigned proto)
{
    int r = measure(l, d, proto);
    if (r < 0)
        return r;
    deal(l, d, order, proto);
    for (uint32_t page = 0; page < PTN_BOOK_PAGES && r == 0; page++)
        r = put_page(x, l, page * PTN_BOOK_PAGE, &x->pages[proto * PTN_BOOK_PAGES + page]);
    free(l->items);
    return r;
}

static int put_all(struct ptn_port_index *x, struct lists *l, const struct ptn_draft *d, const struct ranked *order)
{
    int r = 0;
    for (unsigned proto = 0; proto < PTN_PROTO_PORTED && r == 0; proto++)
        r = put_proto(x, l, d, order, proto);
    const size_t end = (x->refs.n + 2) / 2 * 2; /* a number follows the last list, and nothing is left to fill */
    if (r < 0 || end > OFFSETS)
        return r < 0 ? r : -EFBIG;
    x->refs.n = end;
    return 0;
}

int ptn_port_index_make(struct ptn_port_index *x, const struct ptn_draft *d)
{
    struct lists *l = malloc(sizeof(*l));
    struct ranked *order = in_order(d);
    int r = l && order && make_room(&x->refs) == 0 && make_room(&x->starts) == 0 ? put_all(x, l, d, order) : -ENOMEM;
    free(order);
    free(l);
    return r;
}

void ptn_port_index_release(struct ptn_port_index *x)
{
    release(&x->starts);
    release(&x->refs);
}
