/* Inside `policy check`: remarks being gathered. */
#ifndef PTN_JUDGE_CHECK_PART_H
#define PTN_JUDGE_CHECK_PART_H

#include "check.h"
#include "wall/places.h"

/* A remark under way; that two families, or several answers, give the same one unites them. */
struct ptn_entry {
    struct ptn_remark remark;
    uint8_t proto;
    const char *text;            /* a sentence of its own, or NULL: made in the end */
    struct ptn_ranges *ports;    /* of `proto`; NULL: none */
    struct ptn_ranges *peers[2]; /* IPv4, IPv6 */
    const struct ptn_place *place[2];
};

struct ptn_check {
    const struct ptn_wall *wall;
    const struct ptn_netns *netns;
    const struct ptn_chart *chart;
    struct ptn_terrain *terrain;
    struct ptn_places places;
    struct ptn_arena *arena;
    struct ptn_entry *entries;
    size_t n, room;
    uint8_t *ratings[2]; /* of the ports of TCP, UDP: enum ptn_rating */
};

/* The entry like `like` (kind, level, service, place's interface and rung, protocol, what decides, text), found or
 * made. NULL when out of memory. It holds until the next call. */
struct ptn_entry *ptn_check_entry(struct ptn_check *, const struct ptn_entry *like);
/* Unites packets into an entry: where they come from, and with `ports` to which ports. Result: 0 or -ENOMEM. */
int ptn_check_unite(struct ptn_entry *, const struct ptn_place *, const struct ptn_flow *, struct ptn_ranges *ports);

/* A question, settled. Caller releases *ret, also on failure. Result: as ptn_wall_ask(). */
int ptn_check_ask(struct ptn_check *, const struct ptn_flow *, struct ptn_answers *ret);

/* "22 80-90", at most `max` ranges of them. NULL when out of memory. */
const char *ptn_check_ports(struct ptn_arena *, const struct ptn_ranges *, const char *suffix, uint32_t max);

/* The remark on a rule to which nothing comes. Result: 0 or -ENOMEM. */
struct ptn_shadow;
int ptn_remark_of_shadow(struct ptn_remark *ret, struct ptn_arena *, const struct ptn_shadow *);

/* What each looks for. Result: 0 or -errno. */
int ptn_check_open(struct ptn_check *);  /* what is let in; twins */
int ptn_check_needs(struct ptn_check *); /* what must pass */
int ptn_check_rules(struct ptn_check *); /* the rules themselves */

#endif
