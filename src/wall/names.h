/* Things found by their names: chains and sets of a table. */
#ifndef PTN_WALL_NAMES_H
#define PTN_WALL_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct ptn_named {
    const char *name; /* NULL: free */
    uint32_t hash;
    void *item;
};

/* A hash table; zeroes are an empty one. Neither names nor items are its own. */
struct ptn_names {
    struct ptn_named *slots;
    size_t n, room; /* room is a power of two, and never full */
};

void *ptn_names_find(const struct ptn_names *, const char *name);

/* One that is not there yet. Result: 0 or -ENOMEM. */
int ptn_names_add(struct ptn_names *, const char *name, void *item);

void ptn_names_release(struct ptn_names *);

#endif
