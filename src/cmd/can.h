/* portolan can: a question to the wall, as the command line puts it, and the reply. */
#ifndef PTN_CMD_CAN_H
#define PTN_CMD_CAN_H

#include "query.h"
#include "report/way.h"
#include "wall/places.h"
#include "wall/terrain.h"

/* What is asked for: ports of one protocol, or (`echo`) a ping. */
struct ptn_can_port {
    enum ptn_proto proto;
    uint16_t lo, hi;
    bool echo;
};

struct ptn_can {
    struct ptn_run *run;
    const char *from, *to, *in, *netns; /* words of the command line, NULL where not given */
    struct ptn_can_port *ports;
    size_t n_ports;
    uint8_t family;             /* of `sources` and `dests`, 0 if neither was given */
    struct ptn_ranges *sources; /* NULL: each place's */
    struct ptn_ranges *dests;   /* NULL: those a place may ask for */
    struct ptn_host *host;
    const struct ptn_netns *ns;
    struct ptn_wall *wall;
    struct ptn_terrain *terrain;
    struct ptn_places places;
    unsigned accepted, refused, unknown; /* replies so far, for the exit status */
};

/* Packets from somewhere, that come in by one interface (NULL: made here), and what becomes of them. */
struct ptn_can_ask {
    struct ptn_flow flow;
    const char *in;
    const struct ptn_place *place;
    struct ptn_answers answers;
};

struct ptn_can_reply {
    struct ptn_can_ask *asks;
    size_t n;
    struct ptn_parts parts;
    struct ptn_ranges *lost; /* sources to which no route leads back, so that no interface was chosen; or NULL */
};

/* Asks for packets from the sources of the command line. Result: 0, -ENOMEM, -E2BIG. */
int ptn_can_ask_sources(struct ptn_can *, const struct ptn_can_port *, struct ptn_can_reply *ret);
/* Asks for packets from a place to `dests` (NULL: all it may ask for). A reply without asks: there are none. */
int ptn_can_ask_place(struct ptn_can *, const struct ptn_can_port *, const struct ptn_place *,
                      const struct ptn_ranges *dests, struct ptn_can_reply *ret);
void ptn_can_reply_release(struct ptn_can_reply *);

/* "22/tcp", "icmp". */
const char *ptn_can_port_text(const struct ptn_can_port *, char out[static 24]);

/* Counts a reply for the exit status. */
void ptn_can_count(struct ptn_can *, const struct ptn_can_reply *);
/* Adds a reply's parts to can[]. `src`: as asked for, NULL for the place's. Result: 0 or -ENOMEM. */
int ptn_can_json(json_t *list, const struct ptn_can *, const struct ptn_can_port *, const struct ptn_can_reply *);

/* What was asked for, from each place; each listener, from each place. Result: an exit status so far. With `list` they
 * go there, else a table is printed. */
int ptn_can_table(struct ptn_can *, json_t *list);
int ptn_can_matrix(struct ptn_can *, json_t *list);

/* The sentence for what ptn_can_ask_...() return. Result: PTN_EXIT_BLIND or PTN_EXIT_TROUBLE */
int ptn_can_failed(struct ptn_can *, int r);

#endif
