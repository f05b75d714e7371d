#include "snapshot.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/utf8.h"
#include "iface.h"

void *ptn_array_add(struct ptn_array *a, size_t item_size)
{
    if (ptn_grow(&a->items, a->n, &a->room, item_size) < 0)
        return NULL;
    return memset((char *)a->items + a->n++ * item_size, 0, item_size);
}

void ptn_array_free(struct ptn_array *a)
{
    free(a->items);
    *a = (struct ptn_array){0};
}

int ptn_snapshot_blind(struct ptn_snapshot *s, bool matters, const char *why, const char *what, ...)
{
    char text[256];
    va_list ap;
    va_start(ap, what);
    vsnprintf(text, sizeof(text), what, ap);
    va_end(ap);
    struct ptn_blind *b = ptn_array_add(&s->blind, sizeof(*b));
    if (!b)
        return -ENOMEM;
    b->matters = matters;
    b->what = ptn_snapshot_clean(s, text, strlen(text));
    b->why = ptn_snapshot_clean(s, why, strlen(why));
    return 0;
}

struct ptn_listener *ptn_snapshot_socket(struct ptn_snapshot *s)
{
    return ptn_array_add(&s->socks, sizeof(struct ptn_listener));
}

struct ptn_owner *ptn_snapshot_owner(struct ptn_snapshot *s)
{
    struct ptn_owner *o = ptn_arena_alloc(&s->arena, sizeof(*o));
    struct ptn_owner **slot = o ? ptn_array_add(&s->owners, sizeof(struct ptn_owner *)) : NULL;
    if (!slot)
        return NULL;
    o->comm = o->command = o->exe = o->user = o->unit = o->socket_unit = o->container = o->package = "";
    o->holders = 1;
    return *slot = o;
}

const char *ptn_snapshot_clean(struct ptn_snapshot *s, const char *text, size_t len)
{
    char *copy = ptn_arena_alloc(&s->arena, len + 1);
    return copy ? ptn_utf8_clean(copy, len + 1, text, len) : "";
}

static int compare(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

/* Everything that two sockets must share to stand on the same spot. */
static int compare_key(const struct ptn_listener *a, const struct ptn_listener *b)
{
    int r = compare(a->netns, b->netns);
    r = r ? r : compare(a->proto, b->proto);
    r = r ? r : compare(a->port, b->port);
    r = r ? r : compare(a->number, b->number);
    r = r ? r : compare(a->addr.family, b->addr.family);
    r = r ? r : memcmp(a->addr.bytes, b->addr.bytes, sizeof(a->addr.bytes));
    return r ? r : compare(a->ifindex, b->ifindex);
}

static int compare_sock(const void *x, const void *y)
{
    const struct ptn_listener *a = x, *b = y;
    int r = compare_key(a, b);
    return r ? r : compare(a->inode, b->inode);
}

static void mark_shared(struct ptn_snapshot *s)
{
    for (size_t i = 1; i < s->socks.n; i++) {
        struct ptn_listener *a = PTN_SOCK(s, i - 1), *b = PTN_SOCK(s, i);
        if (a->inode != b->inode && compare_key(a, b) == 0)
            a->reuseport_shared = b->reuseport_shared = true;
    }
}

static void complete(const struct ptn_snapshot *s, struct ptn_listener *l)
{
    l->ifname = l->ifname ? l->ifname : "";
    l->latent_from = l->latent_from ? l->latent_from : "";
    l->latent_name = l->latent_name ? l->latent_name : "";
    if (l->ifindex && !*l->ifname)
        l->ifname = ptn_iface_name(PTN_AT(struct ptn_space, &s->spaces, l->netns), l->ifindex);
}

/* The latent ones go behind the real ones. */
static int freeze_listeners(struct ptn_snapshot *s)
{
    if (s->socks.n)
        qsort(s->socks.items, s->socks.n, sizeof(struct ptn_listener), compare_sock);
    mark_shared(s);
    for (size_t i = 0; i < s->latent.n; i++) {
        struct ptn_listener *l = ptn_snapshot_socket(s);
        if (!l)
            return -ENOMEM;
        *l = *PTN_AT(struct ptn_listener, &s->latent, i);
    }
    for (size_t i = 0; i < s->socks.n; i++)
        complete(s, PTN_SOCK(s, i));
    s->pub.listeners = s->socks.items;
    s->pub.n_listeners = s->socks.n;
    return 0;
}

static int freeze_spaces(struct ptn_snapshot *s)
{
    struct ptn_netns *out = ptn_arena_alloc(&s->arena, s->spaces.n * sizeof(*out));
    if (!out)
        return -ENOMEM;
    for (size_t i = 0; i < s->spaces.n; i++) {
        struct ptn_space *space = PTN_AT(struct ptn_space, &s->spaces, i);
        int r = ptn_iface_freeze(s, space);
        if (r < 0)
            return r;
        out[i] = space->pub;
        out[i].door = space->door;
        out[i].container = out[i].container ? out[i].container : "";
        out[i].reserved = out[i].reserved ? out[i].reserved : "";
    }
    s->pub.netns = out;
    s->pub.n_netns = s->spaces.n;
    return 0;
}

int ptn_snapshot_freeze(struct ptn_snapshot *s)
{
    int r = freeze_spaces(s);
    if (r == 0)
        r = freeze_listeners(s);
    s->pub.blind = s->blind.items;
    s->pub.n_blind = s->blind.n;
    return r;
}
