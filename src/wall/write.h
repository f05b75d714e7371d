/*
 * Writing a packet filter for nft: what may come in, as a policy without any chart, into one table of its own.
 *
 *     intent --(judge/intent.c)--> struct ptn_policy --(write.c)--> text for nft -f --(prove.c)--> shown to be the
 * policy
 *
 * The ruleset replaces its table in one transaction ("table", "delete table", "table {...}") and names no other. It
 * hooks only input: what is forwarded (containers, virtual machines, VPNs) is other tables' business, and an accept
 * here never outvotes a drop of theirs, since every table's chain is asked. Order of its one base chain:
 *
 *     1  lo                      accepted; what claims 127/8 or ::1 and comes by another interface is dropped. Before
 *                                the connections: a spoofed packet may look like one of theirs
 *     2  established, related    accepted, ICMP errors for them included
 *     3  ICMP that must pass     before `invalid`: "packet too big" for a flow that is not tracked any more still
 * matters 4  invalid                 dropped, not logged: mostly late packets of connections that are over 5  DHCPv6
 * answers          a server answers from its own address what was asked by multicast: no flow knows them 6  permissions
 * one look-up of the port in a verdict map, then the chain of that permission 7  113/tcp                 reset, so that
 * who asks (mail, IRC) does not wait 8  broadcast, multicast    dropped, not logged 9  the rest                logged
 * at a limited rate, dropped
 *
 * A permission is a chain of its own, so that a packet to one port meets only the rules of that port; each of its rules
 * names a source, counts, and carries the permission as a comment. Ports of several permissions get a chain that jumps
 * to each. IPv4 DHCP needs nothing: clients read it beside the filter (packet sockets), and renewals are established.
 */
#ifndef PTN_WALL_WRITE_H
#define PTN_WALL_WRITE_H

#include "wall.h"

/* Addresses or interfaces that have a name. */
struct ptn_origin {
    const char *name; /* letters, digits, . _ - ; the first is a letter */
    bool zone;
    const char *const *ifaces; /* a zone's: names, or "eth*"; none covers another */
    size_t n_ifaces;
    struct ptn_ranges *v4, *v6; /* both NULL: a zone's every address */
    unsigned line;
    bool used; /* by a permission that is in the ruleset */
};

/* Ports of one protocol; or, with proto 0, whole IP protocols. */
struct ptn_opening {
    uint8_t proto; /* IP protocol number */
    uint16_t lo, hi;
};

struct ptn_permit {
    const char *what;                                  /* "ssh", "8080/tcp 8443/tcp" */
    const char *because, *even_though, *owner, *until; /* "" where not given */
    unsigned line;                                     /* of its record */
    struct ptn_opening *openings;
    size_t n_openings;
    bool anyone;
    struct ptn_origin **origins; /* of the policy */
    size_t n_origins;
    struct ptn_ranges *v4, *v6; /* addresses written into it; NULL: none */
};

enum ptn_policy_log { PTN_POLICY_LOG_GROUP, PTN_POLICY_LOG_KERNEL, PTN_POLICY_LOG_NONE };

struct ptn_policy {
    struct ptn_arena arena;
    const char *file, *title; /* title "" if it has none */
    const char *table;
    enum ptn_policy_log log;
    uint16_t log_group; /* NFLOG */
    uint32_t log_rate;  /* a log_per */
    const char *log_per;
    int priority;
    struct ptn_origin **origins;
    size_t n_origins;
    struct ptn_permit *permits;
    size_t n_permits;
    struct ptn_permit *over; /* whose time is over: not in the ruleset */
    size_t n_over;
};

#define PTN_POLICY_TABLE "portolan"
#define PTN_POLICY_PERMITS_MAX 10000
#define PTN_POLICY_JUMPS_MAX 100000 /* in chains for ports of several permissions */

void ptn_policy_release(struct ptn_policy *);
void ptn_permit_release(struct ptn_permit *); /* what it holds beside the policy's arena */

/* The ruleset, NUL-terminated. Caller frees *ret. Result: 0; -E2BIG with a sentence where too many permissions overlap;
 * -ENOMEM. */
int ptn_policy_text(const struct ptn_policy *, char **ret, size_t *ret_len, struct ptn_err *err);

/* ---- inside: which permissions a port has (write_ports.c) ----------------------------------------------------------
 */

/* Ports lo..hi of a protocol that have the same permissions: list[from .. from + n), indices into policy->permits. */
struct ptn_piece_of_ports {
    uint16_t lo, hi;
    size_t list; /* index into lists */
};

struct ptn_permit_list {
    uint32_t *items; /* ascending */
    size_t n;
    size_t number; /* from 1, of those that hold more than one */
};

struct ptn_dispatch {
    struct ptn_permit_list *lists; /* no two alike; shared by the protocols */
    size_t n_lists, lists_room, n_several;
    uint32_t *slots;                        /* lists by hash: index + 1 */
    struct ptn_piece_of_ports *pieces[256]; /* by protocol, in order */
    size_t n_pieces[256], room[256];
    size_t jumps; /* in lists of more than one */
};

int ptn_dispatch_make(struct ptn_dispatch *ret, const struct ptn_policy *, struct ptn_err *err);
void ptn_dispatch_release(struct ptn_dispatch *);

#endif
