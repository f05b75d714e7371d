/* Ports as people write them: 23/tcp, 137-139/udp, 6000+/tcp, 53. */
#ifndef PTN_CHART_PORTS_H
#define PTN_CHART_PORTS_H

#include "base/err.h"

/* A run of ports, of one protocol or (proto -1) of every one. */
struct ptn_ports {
    uint16_t lo, hi;
    int proto; /* enum ptn_proto, or -1 */
};

/* Reads the protocol word[len]. Result: enum ptn_proto of a ported protocol, or -EINVAL. */
int ptn_proto_parse(const char *word, size_t len);

/* Reads one word[len]. "N+" is N-65535. Result: 0, or -EINVAL with a sentence that quotes the word and says what is
 * wrong with it; -ENOENT if it does not begin with a digit and so may be a name. */
int ptn_ports_parse(struct ptn_ports *ret, const char *word, size_t len, struct ptn_err *err);

/* Takes the next run off a list as the kernel prints it: "8080,9000-9010" (ip_local_reserved_ports). What is no run is
 * passed over. False at the end. */
bool ptn_ports_next(const char **list, struct ptn_ports *ret);

/* The protocol whose ports a socket has: MPTCP answers on TCP's, UDP-Lite is known by UDP's names. */
enum ptn_proto ptn_proto_ported(enum ptn_proto);

#endif
