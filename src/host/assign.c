#include "assign.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "parallel.h"
#include "proc.h"

/* One owner to be: a process and how many hold the same sockets. */
struct claim {
    int32_t pid;
    uint32_t holders;
    struct ptn_owner *owner;
};

struct claims {
    struct claim *slots; /* a hash table */
    size_t mask;
    struct ptn_array used;         /* size_t: the slots in use */
    struct ptn_snapshot *snapshot; /* where the first worker puts what it reads */
    struct ptn_snapshot shadow;    /* where the second one does */
};

static struct claim *slot_of(const struct claims *c, int32_t pid, uint32_t holders)
{
    size_t i = ((uint32_t)pid * 2654435761u ^ holders) & c->mask;
    while (c->slots[i].pid && (c->slots[i].pid != pid || c->slots[i].holders != holders))
        i = (i + 1) & c->mask;
    return &c->slots[i];
}

/* The claim on a socket, or NULL if nobody was seen to hold it. */
static struct claim *claim_of(const struct claims *c, const struct ptn_wanted *w, const struct ptn_listener *l)
{
    const struct ptn_hold *h = ptn_wanted_find(w, l->inode);
    return h && atomic_load(&h->pid) ? slot_of(c, atomic_load(&h->pid), atomic_load(&h->holders)) : NULL;
}

static int collect(struct claims *c, const struct ptn_wanted *w)
{
    for (size_t i = 0; i < c->snapshot->socks.n; i++) {
        const struct ptn_listener *l = PTN_SOCK(c->snapshot, i);
        struct claim *claim = claim_of(c, w, l);
        if (!claim || claim->pid)
            continue;
        const struct ptn_hold *h = ptn_wanted_find(w, l->inode);
        size_t *slot = ptn_array_add(&c->used, sizeof(*slot));
        if (!slot)
            return -ENOMEM;
        *slot = (size_t)(claim - c->slots);
        claim->pid = atomic_load(&h->pid);
        claim->holders = atomic_load(&h->holders);
    }
    return 0;
}

static bool read_one(void *ctx, unsigned worker, size_t i)
{
    struct claims *c = ctx;
    struct claim *claim = &c->slots[*PTN_AT(size_t, &c->used, i)];
    claim->owner = ptn_proc_read(worker ? &c->shadow : c->snapshot, claim->pid);
    if (claim->owner)
        claim->owner->holders = claim->holders;
    return claim->owner != NULL;
}

/* What the second worker has read becomes the snapshot's. */
static int take_shadow(struct claims *c)
{
    struct ptn_snapshot *s = c->snapshot, *other = &c->shadow;
    int r = 0;
    for (size_t i = 0; i < other->owners.n && r == 0; i++) {
        struct ptn_owner **slot = ptn_array_add(&s->owners, sizeof(*slot));
        if (slot)
            *slot = *PTN_AT(struct ptn_owner *, &other->owners, i);
        else
            r = -ENOMEM;
    }
    s->second_arena = other->arena;
    ptn_array_free(&other->owners);
    ptn_array_free(&other->users);
    return r;
}

static int give(struct claims *c, const struct ptn_wanted *w)
{
    for (size_t i = 0; i < c->snapshot->socks.n; i++) {
        struct ptn_listener *l = PTN_SOCK(c->snapshot, i);
        const struct claim *claim = claim_of(c, w, l);
        if (claim && !claim->owner)
            return -ENOMEM;
        if (claim)
            l->owner = claim->owner;
    }
    return 0;
}

int ptn_assign_owners(struct ptn_snapshot *s, const struct ptn_wanted *w)
{
    struct claims c = {.snapshot = s, .mask = w->mask};
    c.slots = calloc(c.mask + 1, sizeof(*c.slots));
    int r = c.slots ? collect(&c, w) : -ENOMEM;
    if (r == 0) {
        ptn_parallel(c.used.n, read_one, &c);
        r = take_shadow(&c);
    }
    if (r == 0)
        r = give(&c, w);
    ptn_array_free(&c.used);
    free(c.slots);
    return r;
}
