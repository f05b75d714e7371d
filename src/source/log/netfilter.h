/*
 * The kernel's packet log, in parts: what stands before the packet (netfilter_head.c), and the packet, which is read by
 * one that expects the fields in the order in which the kernel writes them (netfilter_order.c), and that leaves all
 * else to one that takes them as they come (netfilter_words.c). Both read the same out of a line. Where a line begins
 * as one before it did, none of that begins anew (netfilter_again.h).
 */
#ifndef PTN_SOURCE_LOG_NETFILTER_H
#define PTN_SOURCE_LOG_NETFILTER_H

#include "format.h"

struct ptn_netfilter {
    const char *at, *end; /* what was not read yet */
    struct ptn_knock *knock;
    bool bad;   /* what must not be missing cannot be read */
    bool no_ip; /* it is about a packet of another kind */
};

/* Reads the prefix and the interfaces: the knock's rule, action, in, out, way. Result: false if this is no such line.
 */
bool ptn_netfilter_head(struct ptn_netfilter *);

/* Reads the packet in the kernel's order. Result: false if it is written otherwise, and nothing was done. */
bool ptn_netfilter_order(struct ptn_netfilter *);

/* Reads the packet in any order. */
void ptn_netfilter_words(struct ptn_netfilter *);

/* Parts of that: the value of a protocol at `at`; words without a look at which should come first. */
void ptn_netfilter_proto(struct ptn_netfilter *);
void ptn_netfilter_rest(struct ptn_netfilter *);

#endif
