/* The host whose log is explained: this machine, another one's audit, or nothing but the log. */
#ifndef PTN_CMD_EXPLAIN_SITE_H
#define PTN_CMD_EXPLAIN_SITE_H

#include "base/arena.h"
#include "judge/judge.h"
#include "judge/known.h"

/* A site and all that it borrows. Zero to begin with. */
struct ptn_site_room {
    struct ptn_site site;
    struct ptn_arena arena;
};

/* Asked with the addresses alone whether the rest is wanted. */
typedef bool (*ptn_site_wanted)(void *ctx, const struct ptn_site *);

/* Of this machine: its addresses, what listens and how far it is reached (as in an audit), with whom it speaks, the
 * range of its clients' ports; all of the network namespace that we are in. What could not be seen is left out. Where
 * it is not wanted (NULL: it is) the site stays PTN_SITE_LOG. Result: 0 or -errno with a sentence. */
int ptn_site_read_here(struct ptn_site_room *, const struct ptn_chart *, ptn_site_wanted, void *ctx,
                       struct ptn_err *err);
/* The same from a file of `portolan audit -J`, of the namespace "host". It knows no peers; one of an earlier version
 * has no addresses either. Result: 0 or -errno with "FILE: ..." (explain_audit.c) */
int ptn_site_read_audit(struct ptn_site_room *, const char *path, struct ptn_err *err);
/* The user's list of addresses (--known); see known.h. Result: 0 or -errno with "FILE: ..." */
int ptn_site_read_known(struct ptn_site_room *, const char *path, const struct ptn_known_opts *opts,
                        struct ptn_err *err);
void ptn_site_release(struct ptn_site_room *);

/* ---- for explain_here.c and explain_audit.c ----------------------------------------------------------------- */

/* What may stand in a site, copied into its arena. */
struct ptn_site_parts {
    struct ptn_ifaddr *addrs;
    struct ptn_door *doors;
    size_t n_addrs, n_doors, room_addrs, room_doors;
};

/* Loopback addresses are left out. Result: 0 or -ENOMEM. */
int ptn_site_add_addr(struct ptn_site_parts *, const struct ptn_ifaddr *);
/* One listener; how far it is open to anyone is `open`. Left out is what has no port, is latent or a client. */
int ptn_site_add_door(struct ptn_site_parts *, struct ptn_arena *, const struct ptn_finding *, const char *service,
                      enum ptn_rating, enum ptn_rung open);
/* Moves the parts into the room, and releases them; `e` is what came of it so far. Result: e or -ENOMEM. */
int ptn_site_put_parts(struct ptn_site_room *, struct ptn_site_parts *, int e);

#endif
