/* Which kinds of socket a network namespace has at all: /proc/net/protocols counts them. */
#ifndef PTN_HOST_PROTOCOLS_H
#define PTN_HOST_PROTOCOLS_H

#include "portolan.h"

/* Whether there may be sockets of a protocol: [proto][0] for IPv4 (and packet), [proto][1] for IPv6. */
struct ptn_protocols {
    bool any[PTN_PROTO_COUNT][2];
};

/* Reads the text of the table. Without a table (empty text) everything may be there. TCP and UDP always may. */
void ptn_protocols_parse(const char *text, struct ptn_protocols *ret);

/* Reads the table of the calling thread's namespace. */
void ptn_protocols_read(struct ptn_protocols *ret);

#endif
