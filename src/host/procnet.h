/* The fallback for what sock_diag cannot tell: the tables in /proc/net. */
#ifndef PTN_HOST_PROCNET_H
#define PTN_HOST_PROCNET_H

#include "snapshot.h"

#define PTN_PROCNET_ADDRS 16 /* of one SCTP endpoint; more are dropped */

/* Reads one line of a table into out[PTN_PROCNET_ADDRS]. `family` tells tcp from tcp6. The tables don't say
 * whether an IPv6 wildcard takes IPv4 too: it is taken to, save for raw sockets, which never do.
 * Result: how many rows the line gives; 0 for headings, connections and nonsense. */
int ptn_procnet_line(enum ptn_proto, int family, const char *line, struct ptn_listener *out);

/* Adds the rows of a protocol's table in the calling thread's network namespace. A table that isn't there holds
 * nothing; one that cannot be read is noted as blind. Result: 0 or -errno. */
int ptn_procnet_read(struct ptn_snapshot *s, uint32_t netns, enum ptn_proto, int family);

#endif
