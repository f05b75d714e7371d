#include "names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* FNV-1a */
static uint32_t hash_of(const char *name)
{
    uint32_t h = 2166136261u;
    for (; *name; name++)
        h = (h ^ (uint8_t)*name) * 16777619u;
    return h;
}

/* Where the name stands, or where it would. */
static struct ptn_named *slot_of(const struct ptn_names *x, const char *name, uint32_t hash)
{
    size_t i = hash & (x->room - 1);
    while (x->slots[i].name && (x->slots[i].hash != hash || strcmp(x->slots[i].name, name) != 0))
        i = (i + 1) & (x->room - 1);
    return &x->slots[i];
}

void *ptn_names_find(const struct ptn_names *x, const char *name)
{
    return x->n ? slot_of(x, name, hash_of(name))->item : NULL;
}

static int grow(struct ptn_names *x)
{
    struct ptn_names more = {.n = x->n, .room = x->room ? x->room * 2 : 8};
    more.slots = calloc(more.room, sizeof(*more.slots));
    if (!more.slots)
        return -ENOMEM;
    for (size_t i = 0; i < x->room; i++)
        if (x->slots[i].name)
            *slot_of(&more, x->slots[i].name, x->slots[i].hash) = x->slots[i];
    free(x->slots);
    *x = more;
    return 0;
}

int ptn_names_add(struct ptn_names *x, const char *name, void *item)
{
    uint32_t hash = hash_of(name);
    if (x->n >= x->room / 2 && grow(x) < 0)
        return -ENOMEM;
    *slot_of(x, name, hash) = (struct ptn_named){.name = name, .hash = hash, .item = item};
    x->n++;
    return 0;
}

void ptn_names_release(struct ptn_names *x)
{
    free(x->slots);
    *x = (struct ptn_names){0};
}
