/* What the kernel derives from a packet and its own tables: who owns an address, which way leads to it. Each is a
 * partition: for every value, the set of addresses (or of names) that have it. */
#ifndef PTN_WALL_TERRAIN_H
#define PTN_WALL_TERRAIN_H

#include "ask.h"

struct ptn_part_of {
    uint8_t value[PTN_RANGES_WIDTH];
    struct ptn_ranges *where;
};

struct ptn_partition {
    struct ptn_part_of *parts; /* disjoint; together they need not be all */
    size_t n;
};

/* The partition for a derived field (FIB_*, IIFGROUP, OIFGROUP) and the field it is of, for packets that came in by
 * `iif` ("" if made here). NULL if the field is derived from nothing, or in a way that only the kernel knows (policy
 * routing), with *base PTN_PKT_COUNT; or when out of memory, with *base a field. Borrowed from the terrain. */
const struct ptn_partition *ptn_terrain_partition(const struct ptn_terrain *, enum ptn_pkt derived, uint8_t family,
                                                  const char *iif, enum ptn_pkt *base);
bool ptn_pkt_is_derived(enum ptn_pkt);

/* Where packets to an address go: the values are of enum ptn_toward, then the interface's name. */
enum ptn_toward { PTN_TOWARD_LOCAL = 1, PTN_TOWARD_BROADCAST, PTN_TOWARD_MULTICAST, PTN_TOWARD_AWAY };
const struct ptn_ranges *ptn_terrain_to(const struct ptn_terrain *, uint8_t family, enum ptn_toward);

/* Addresses to which the best route leads by each interface: values are names. NULL when out of memory. */
const struct ptn_partition *ptn_terrain_ways(const struct ptn_terrain *, uint8_t family);

/* The interface of a name, or NULL. */
const struct ptn_iface *ptn_terrain_iface(const struct ptn_terrain *, const char *name);
/* The first address (`link`: the first of the link's own) of an interface that `redirect` chooses, or NULL. */
const struct ptn_addr *ptn_terrain_first_addr(const struct ptn_terrain *, const char *ifname, uint8_t family,
                                              bool link);
/* Whether other tables than the main one are asked, or the main one was not read to its end. */
bool ptn_terrain_partial(const struct ptn_terrain *);

#endif
