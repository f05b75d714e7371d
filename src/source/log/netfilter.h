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

/* Four characters as octets of a text. */
#define PTN_FOUR(a, b, c, d) ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

/* The bit of "SYN " and its like, 0: it is none. Each has a place of its own in the table. The kernel writes them from
 * the highest bit to the lowest. */
static inline unsigned ptn_netfilter_flag(uint32_t text)
{
#define PLACE(text) ((text)*UINT32_C(2615050595) >> 29)
#define FLAG(a, b, c, bit) [PLACE(PTN_FOUR(a, b, c, ' '))] = { PTN_FOUR(a, b, c, ' '), bit }
    static const struct {
        uint32_t text, bit;
    } flags[8] = {
        FLAG('C', 'W', 'R', 128), FLAG('E', 'C', 'E', 64), FLAG('U', 'R', 'G', 32), FLAG('A', 'C', 'K', 16),
        FLAG('P', 'S', 'H', 8),   FLAG('R', 'S', 'T', 4),  FLAG('S', 'Y', 'N', 2),  FLAG('F', 'I', 'N', 1),
    };
    const uint32_t place = PLACE(text);
    return flags[place].text == text ? flags[place].bit : 0;
#undef PLACE
#undef FLAG
}

#endif
