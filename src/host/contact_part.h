/* Between the readers of contacts and what becomes of their finds. */
#ifndef PTN_HOST_CONTACT_PART_H
#define PTN_HOST_CONTACT_PART_H

#include <linux/netlink.h>

#include "contact.h"

/* Contacts under construction. */
struct ptn_contact_set {
    struct ptn_contact *items;
    size_t n, room;
    struct ptn_addr *own; /* this machine's addresses, sorted */
    size_t n_own, own_room;
    uint8_t seen, blind;
};

/* Notes an address of ours. All are known before the first contact is added. Result: 0 or -ENOMEM. */
int ptn_contact_own(struct ptn_contact_set *, const struct ptn_addr *);
void ptn_contact_own_done(struct ptn_contact_set *);
bool ptn_contact_is_own(const struct ptn_contact_set *, const struct ptn_addr *);

/* Adds a contact, unless the peer is ourselves. Result: 0, -EOVERFLOW when there are too many, or -ENOMEM. */
int ptn_contact_add(struct ptn_contact_set *, const struct ptn_contact *);

/* Sorts the contacts and makes one of those that several sources saw. */
void ptn_contact_merge(struct ptn_contact_set *);

void ptn_contact_set_release(struct ptn_contact_set *);

/* ---- connection tracking (contact_track.c) ---------------------------------------------------------------- */

struct ptn_flow_end {
    struct ptn_addr src, dst;
    uint16_t sport, dport;
};

/* One tracked connection: its first packet, and the answer that is expected. They mirror each other without NAT. */
struct ptn_flow {
    struct ptn_flow_end orig, reply;
    uint8_t proto;
    uint32_t status; /* IPS_... of linux/netfilter/nf_conntrack_common.h */
};

/* Reads a message of a dump. Result: whether it is a flow of TCP or UDP, whole. */
bool ptn_flow_parse(const struct nlmsghdr *, struct ptn_flow *ret);

/* Adds what contacts a flow is: none, one, or two where we stand between two peers. Result: as ptn_contact_add(). */
int ptn_flow_add(struct ptn_contact_set *, const struct ptn_flow *);

/* Reads the connection tracking of the calling thread's namespace. Result: 0 or -ENOMEM. */
int ptn_contact_read_tracked(struct ptn_contact_set *);

/* ---- sockets (contact_socket.c) --------------------------------------------------------------------------- */

/* A TCP or UDP socket, with a peer or without. */
struct ptn_socket_seen {
    struct ptn_addr peer;
    uint16_t port, own_port;
    uint8_t state; /* TCP_... of netinet/tcp.h, also of UDP */
};

/* Reads a line of /proc/net/tcp or udp (AF_INET), tcp6 or udp6 (AF_INET6). Result: whether it is a socket. */
bool ptn_contact_line(const char *line, uint8_t family, struct ptn_socket_seen *ret);

/* Reads the sockets of a protocol, IPPROTO_TCP or _UDP, of the calling thread's namespace: by sock_diag, or from
 * /proc/net where that is refused. Result: 0 or -ENOMEM. */
int ptn_contact_read_sockets(struct ptn_contact_set *, uint8_t proto);

#endif
