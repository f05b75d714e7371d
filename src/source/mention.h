/*
 * Ports mentioned in a line of any text: logs, firewall rules, listings of sockets, lists made by hand. What is surely
 * a port is found; a bare number in a sentence is not.
 */
#ifndef PTN_SOURCE_MENTION_H
#define PTN_SOURCE_MENTION_H

#include <stddef.h>
#include <stdint.h>

struct ptn_mention {
    uint16_t lo, hi;
    int proto; /* enum ptn_proto, or -1 where the line does not say */
};

#define PTN_MENTIONS_MAX 32

/* Finds the ports that text[len] mentions, each once, in order, at most PTN_MENTIONS_MAX. Result: how many. */
int ptn_mentions(const char *text, size_t len, struct ptn_mention out[static PTN_MENTIONS_MAX]);

#endif
