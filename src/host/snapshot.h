/* The snapshot under construction: what the readers of this folder fill and ptn_host_read() freezes. */
#ifndef PTN_HOST_SNAPSHOT_H
#define PTN_HOST_SNAPSHOT_H

#include "base/arena.h"
#include "portolan.h"

/* A growing array of one type; only PTN_AT() knows which. */
struct ptn_array {
    void *items;
    size_t n, room;
};

/* One more item, zeroed, or NULL when out of memory. The address holds until the next call. */
void *ptn_array_add(struct ptn_array *, size_t item_size);
void ptn_array_free(struct ptn_array *);
#define PTN_AT(type, array, i) (&((type *)(array)->items)[i])

/* A network namespace and where its door is. */
struct ptn_space {
    struct ptn_netns pub;
    char door[64];           /* a path that setns() takes; "" for our own */
    int32_t pid;             /* a process in it, or 0 */
    struct ptn_array links;  /* struct ptn_link_seen, see iface.h */
    struct ptn_array addrs;  /* struct ptn_ifaddr */
    struct ptn_array routes; /* struct ptn_route */
};

struct ptn_snapshot {
    struct ptn_host pub; /* first: a struct ptn_host is its snapshot */
    struct ptn_host_opts opts;
    struct ptn_arena arena;
    struct ptn_arena second_arena; /* what a second thread has read */
    struct ptn_array spaces;       /* struct ptn_space; the first is our own */
    struct ptn_array socks;        /* struct ptn_listener: the real ones */
    struct ptn_array cgroups;      /* uint64_t: in which cgroup2 the sockets were made, each once in a row */
    struct ptn_array latent;       /* struct ptn_listener */
    struct ptn_array blind;        /* struct ptn_blind */
    struct ptn_array owners;       /* struct ptn_owner * */
    struct ptn_array users;        /* struct ptn_user, see proc.c */
};

/* Notes something that could not be seen. Result: 0 or -ENOMEM. */
int ptn_snapshot_blind(struct ptn_snapshot *, bool matters, const char *why, const char *what, ...)
    __attribute__((format(printf, 4, 5)));

/* One more real socket, or NULL when out of memory. The address holds until the next call. */
struct ptn_listener *ptn_snapshot_socket(struct ptn_snapshot *);
#define PTN_SOCK(s, i) PTN_AT(struct ptn_listener, &(s)->socks, i)

/* A new owner whose strings are all "", or NULL when out of memory. */
struct ptn_owner *ptn_snapshot_owner(struct ptn_snapshot *);

/* A copy of foreign text that is fit to print: control characters, direction overrides and bytes that aren't
 * UTF-8 become '?'. Never NULL: "" when out of memory. */
const char *ptn_snapshot_clean(struct ptn_snapshot *, const char *text, size_t len);

/* Sorts, counts and moves everything into the public arrays. Result: 0 or -ENOMEM. */
int ptn_snapshot_freeze(struct ptn_snapshot *);

#endif
