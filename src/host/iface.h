/* Interfaces, addresses and routes of a network namespace, over rtnetlink. */
#ifndef PTN_HOST_IFACE_H
#define PTN_HOST_IFACE_H

#include "snapshot.h"

/* An interface with what is needed only until all of them are known. */
struct ptn_link_seen {
    struct ptn_iface pub;
    uint32_t master;
    bool peer_elsewhere; /* a veth whose other end is in another network namespace */
};

/* The kind of an interface by its IFLA_INFO_KIND ("" without) and its ARPHRD_ type. */
enum ptn_link ptn_link_kind(const char *kind, unsigned arphrd, bool has_master);

/* Reads them in the calling thread's namespace into the space. What fails is noted as blind. Result: 0 or -ENOMEM. */
int ptn_iface_read(struct ptn_snapshot *s, struct ptn_space *space);

/* Moves the space's arrays into its public part. Result: 0 or -ENOMEM. */
int ptn_iface_freeze(struct ptn_snapshot *s, struct ptn_space *space);

/* Name of an interface of the space, or "". */
const char *ptn_iface_name(const struct ptn_space *space, uint32_t index);

#endif
