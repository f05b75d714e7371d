#include "wanted.h"

#include <errno.h>
#include <stdlib.h>

static size_t start(const struct ptn_wanted *w, uint64_t inode)
{
    return (size_t)(inode * 0x9e3779b97f4a7c15u >> 20) & w->mask;
}

/* The slot of the inode, or the free one where it belongs: there always is one. */
static struct ptn_hold *slot_of(const struct ptn_wanted *w, uint64_t inode)
{
    size_t i = start(w, inode);
    while (w->slots[i].inode && w->slots[i].inode != inode)
        i = (i + 1) & w->mask;
    return &w->slots[i];
}

int ptn_wanted_init(struct ptn_wanted *w, const struct ptn_snapshot *s)
{
    size_t room = 64;
    while (room < s->socks.n + s->socks.n / 2)
        room *= 2;
    *w = (struct ptn_wanted){.slots = calloc(room, sizeof(*w->slots)), .mask = room - 1};
    if (!w->slots)
        return -ENOMEM;
    size_t left = 0;
    for (size_t i = 0; i < s->socks.n; i++) {
        uint64_t inode = PTN_SOCK(s, i)->inode;
        struct ptn_hold *h = slot_of(w, inode);
        left += inode && !h->inode;
        h->inode = inode;
    }
    atomic_init(&w->left, left);
    return 0;
}

void ptn_wanted_free(struct ptn_wanted *w)
{
    free(w->slots);
}

struct ptn_hold *ptn_wanted_find(const struct ptn_wanted *w, uint64_t inode)
{
    struct ptn_hold *h = slot_of(w, inode);
    return inode && h->inode == inode ? h : NULL;
}

size_t ptn_wanted_seen(struct ptn_hold *h, int32_t pid, unsigned worker)
{
    if (h->last[worker] == pid) /* the process may hold it twice */
        return 0;
    h->last[worker] = pid;
    atomic_fetch_add(&h->holders, 1);
    int now = atomic_load(&h->pid);
    while (now == 0 || pid < now)
        if (atomic_compare_exchange_weak(&h->pid, &now, pid))
            return now == 0;
    return 0;
}

void ptn_wanted_recount(struct ptn_wanted *w)
{
    for (size_t i = 0; i <= w->mask; i++) {
        atomic_store(&w->slots[i].holders, 0);
        for (size_t k = 0; k < PTN_WORKERS; k++)
            w->slots[i].last[k] = 0;
    }
}
