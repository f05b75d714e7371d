/* Permissions into ports: every port of a protocol with the list of the permissions that open it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "write.h"

/* Of lists by hash: more than there can be, PTN_POLICY_JUMPS_MAX / 2 of several and one of each permission. */
#define SLOTS 131072u
_Static_assert(PTN_POLICY_JUMPS_MAX / 2 + PTN_POLICY_PERMITS_MAX < SLOTS, "a free slot must be left");

struct edge {
    uint32_t at; /* the first port that has it, or that has it no more */
    uint32_t permit;
    bool opens;
};

struct sweep {
    struct edge *edges;
    size_t n;
    uint32_t *depth; /* of each permission: how many of its openings hold the present port */
    uint32_t *open;  /* the permissions that hold it, ascending */
    size_t n_open;
};

static int compare_edges(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;
    return x->at != y->at ? (x->at > y->at) - (x->at < y->at) : (x->permit > y->permit) - (x->permit < y->permit);
}

static int collect(struct sweep *s, const struct ptn_policy *p, uint8_t proto)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n_permits; i++)
        for (size_t k = 0; k < p->permits[i].n_openings; k++)
            n += p->permits[i].openings[k].proto == proto;
    s->edges = calloc(2 * n + 1, sizeof(*s->edges));
    if (!s->edges)
        return -ENOMEM;
    for (size_t i = 0; i < p->n_permits; i++)
        for (size_t k = 0; k < p->permits[i].n_openings; k++) {
            const struct ptn_opening *o = &p->permits[i].openings[k];
            if (o->proto != proto)
                continue;
            s->edges[s->n++] = (struct edge){o->lo, (uint32_t)i, true};
            s->edges[s->n++] = (struct edge){o->hi + 1u, (uint32_t)i, false};
        }
    qsort(s->edges, s->n, sizeof(*s->edges), compare_edges);
    return 0;
}

static void turn(struct sweep *s, const struct edge *e)
{
    size_t at = 0;
    uint32_t was = s->depth[e->permit];
    s->depth[e->permit] = e->opens ? was + 1 : was - 1;
    while (at < s->n_open && s->open[at] < e->permit)
        at++;
    if (e->opens && was == 0) {
        memmove(s->open + at + 1, s->open + at, (s->n_open - at) * sizeof(*s->open));
        s->open[at] = e->permit;
        s->n_open++;
    } else if (!e->opens && was == 1) {
        memmove(s->open + at, s->open + at + 1, (s->n_open - at - 1) * sizeof(*s->open));
        s->n_open--;
    }
}

static uint32_t hash_open(const struct sweep *s)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < s->n_open; i++)
        h = (h ^ s->open[i]) * 16777619u;
    return h ^ h >> 15;
}

static int add_list(struct ptn_dispatch *d, const struct sweep *s)
{
    if (ptn_grow(&d->lists, d->n_lists, &d->lists_room, sizeof(*d->lists)) < 0)
        return -ENOMEM;
    uint32_t *items = reallocarray(NULL, s->n_open, sizeof(*items));
    if (!items)
        return -ENOMEM;
    memcpy(items, s->open, s->n_open * sizeof(*items));
    d->n_several += s->n_open > 1;
    d->lists[d->n_lists++] = (struct ptn_permit_list){items, s->n_open, d->n_several};
    return 0;
}

/* The list of the permissions that are open now, found or made. Result: its index, or -errno. */
static long list_of(struct ptn_dispatch *d, const struct sweep *s, struct ptn_err *err)
{
    uint32_t slot = hash_open(s) % SLOTS;
    for (; d->slots[slot]; slot = (slot + 1) % SLOTS) {
        const struct ptn_permit_list *l = &d->lists[d->slots[slot] - 1];
        if (l->n == s->n_open && memcmp(l->items, s->open, l->n * sizeof(*l->items)) == 0)
            return (long)d->slots[slot] - 1;
    }
    d->jumps += s->n_open > 1 ? s->n_open : 0;
    if (d->jumps > PTN_POLICY_JUMPS_MAX)
        return ptn_fail(err, -E2BIG, "too many permissions overlap: they would need more than %d jumps",
                        PTN_POLICY_JUMPS_MAX);
    int r = add_list(d, s);
    d->slots[slot] = (uint32_t)d->n_lists;
    return r < 0 ? r : (long)d->n_lists - 1;
}

/* Ports lo..hi; the piece before grows where it has the same permissions. */
static int add_piece(struct ptn_dispatch *d, uint8_t proto, uint32_t lo, uint32_t hi, size_t list)
{
    size_t n = d->n_pieces[proto];
    if (n && d->pieces[proto][n - 1].list == list && d->pieces[proto][n - 1].hi + 1u == lo) {
        d->pieces[proto][n - 1].hi = (uint16_t)hi;
        return 0;
    }
    if (n == d->room[proto]) {
        size_t room = n ? n * 2 : 16;
        struct ptn_piece_of_ports *more = reallocarray(d->pieces[proto], room, sizeof(*more));
        if (!more)
            return -ENOMEM;
        d->pieces[proto] = more;
        d->room[proto] = room;
    }
    d->pieces[proto][d->n_pieces[proto]++] = (struct ptn_piece_of_ports){(uint16_t)lo, (uint16_t)hi, list};
    return 0;
}

static int sweep_proto(struct ptn_dispatch *d, struct sweep *s, uint8_t proto, struct ptn_err *err)
{
    for (size_t i = 0; i < s->n;) {
        uint32_t at = s->edges[i].at;
        for (; i < s->n && s->edges[i].at == at; i++)
            if (s->edges[i].opens)
                turn(s, &s->edges[i]);
        for (size_t k = i; k-- > 0 && s->edges[k].at == at;)
            if (!s->edges[k].opens)
                turn(s, &s->edges[k]);
        if (!s->n_open)
            continue;
        long list = list_of(d, s, err); /* what is open is closed at some later edge */
        int r = list < 0 ? (int)list : add_piece(d, proto, at, s->edges[i].at - 1, (size_t)list);
        if (r < 0)
            return r;
    }
    return 0;
}

int ptn_dispatch_make(struct ptn_dispatch *ret, const struct ptn_policy *p, struct ptn_err *err)
{
    bool used[256] = {false};
    int r = 0;
    *ret = (struct ptn_dispatch){.slots = calloc(SLOTS, sizeof(*ret->slots))};
    if (!ret->slots)
        return -ENOMEM;
    if (p->n_permits > PTN_POLICY_PERMITS_MAX) {
        ptn_dispatch_release(ret);
        return ptn_fail(err, -E2BIG, "more than %d permissions", PTN_POLICY_PERMITS_MAX);
    }
    for (size_t i = 0; i < p->n_permits; i++)
        for (size_t k = 0; k < p->permits[i].n_openings; k++)
            used[p->permits[i].openings[k].proto] = true;
    for (unsigned proto = 0; proto < 256 && r == 0; proto++) {
        struct sweep s = {0};
        if (!used[proto])
            continue;
        s.depth = calloc(p->n_permits, sizeof(*s.depth));
        s.open = calloc(p->n_permits, sizeof(*s.open));
        r = s.depth && s.open ? collect(&s, p, (uint8_t)proto) : -ENOMEM;
        r = r < 0 ? r : sweep_proto(ret, &s, (uint8_t)proto, err);
        free(s.edges);
        free(s.depth);
        free(s.open);
    }
    if (r < 0)
        ptn_dispatch_release(ret);
    return r;
}

void ptn_dispatch_release(struct ptn_dispatch *d)
{
    for (size_t i = 0; i < d->n_lists; i++)
        free(d->lists[i].items);
    for (unsigned proto = 0; proto < 256; proto++)
        free(d->pieces[proto]);
    free(d->lists);
    free(d->slots);
    *d = (struct ptn_dispatch){0};
}
