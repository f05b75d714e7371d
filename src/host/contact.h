/* Contacts: the peers that this machine speaks with right now, or did a moment ago. */
#ifndef PTN_HOST_CONTACT_H
#define PTN_HOST_CONTACT_H

#include "portolan.h"

#define PTN_CONTACTS_MAX ((size_t)1 << 20)

/* Where contacts are seen. */
enum {
    PTN_CONTACT_TRACKED = 1, /* in connection tracking, which also remembers what is over, and knows who began */
    PTN_CONTACT_TCP = 2,     /* by a TCP socket: TIME_WAIT counts, LISTEN and half an incoming handshake don't */
    PTN_CONTACT_UDP = 4,     /* by a connected UDP socket */
};

/* A conversation as its packets look outside: after any NAT of ours. */
struct ptn_contact {
    struct ptn_addr peer;    /* an IPv4-mapped address is an IPv4 one */
    uint16_t port, own_port; /* the peer's, and ours */
    uint8_t proto;           /* IP protocol number: of TCP or UDP */
    uint8_t seen;            /* where: PTN_CONTACT_... */
    bool outgoing;           /* we began it: this machine, or what it masquerades */
};

struct ptn_contacts {
    struct ptn_contact *items; /* sorted by peer, port, proto, own_port; each once */
    size_t n;
    uint8_t seen;  /* the sources that were read in full; tracking that knows of nothing is taken to be off */
    uint8_t blind; /* those that are there but could not be read, or not in full (PTN_CONTACTS_MAX) */
};

/* Reads the contacts of the calling thread's network namespace. Left out are peers that are this machine itself,
 * packets that are only sent on under their own addresses, and what came in and was not answered: a knock is no
 * contact. A multicast or broadcast address that was spoken to is a peer. Caller releases *ret also after a failure.
 * Result: 0 or -ENOMEM. */
int ptn_contacts_read(struct ptn_contacts *ret, struct ptn_err *err);
void ptn_contacts_release(struct ptn_contacts *);

#endif
