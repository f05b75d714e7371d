/*
 * The host whose log it is: its addresses, what listens there and how far that can be reached, with whom it speaks; and
 * what the chart knows of ports, laid out so that a line costs a look at a bit.
 */
#ifndef PTN_JUDGE_SITE_H
#define PTN_JUDGE_SITE_H

#include "chart/chart.h"

enum ptn_site_from {
    PTN_SITE_LOG,  /* nothing is known but what the log shows of its owner */
    PTN_SITE_HERE, /* this machine */
    PTN_SITE_AUDIT /* an audit's file */
};

/* Something that listens. */
struct ptn_door {
    uint16_t port;
    uint8_t proto;      /* IP protocol number */
    enum ptn_rung rung; /* how far it can be reached */
    enum ptn_rating rating;
    enum ptn_verdict verdict;    /* the audit's */
    const char *service, *owner; /* "ssh", "sshd.service"; "" unknown */
};

/* Somebody to whom the host speaks of its own accord. */
struct ptn_peer {
    struct ptn_addr addr;
    uint16_t port; /* the peer's */
    uint8_t proto; /* IP protocol number */
};

/* A range of addresses that the user's list names. See known.h. */
struct ptn_known {
    struct ptn_addr addr; /* the range's first */
    uint8_t prefix;
    uint32_t parent; /* the smallest range around this one, counted from 1; 0: none */
    uint32_t line;
    const char *name;
};

struct ptn_site {
    enum ptn_site_from from;
    const char *name;               /* the file, for an audit */
    int64_t when;                   /* of what is known of the host: seconds since 1970 */
    const struct ptn_ifaddr *addrs; /* its own, with the prefixes of their networks */
    size_t n_addrs;
    uint16_t ephemeral_lo, ephemeral_hi; /* 0: unknown */
    const struct ptn_door *doors;
    size_t n_doors;
    const struct ptn_peer *peers;
    size_t n_peers;
    const struct ptn_known *known; /* in order of family, address, prefix; each range once */
    size_t n_known;
    /* Filled by ptn_site_learn(): a bit a port. */
    uint64_t served[1024];    /* TCP: somebody's service, so a source port of answers */
    uint64_t amplifies[1024]; /* UDP: small questions, large answers */
    uint64_t judged[2][1024]; /* TCP, UDP: the chart has a word on it, or malware is known to try it */
    uint64_t sought[2][1024]; /* TCP, UDP: peers go on asking for it long after (the chart's Lingers:) */
    uint64_t open[2][1024];   /* TCP, UDP: a door that can be reached from beyond the machine, and not safe for all */
};

static inline bool ptn_site_bit(const uint64_t *bits, uint16_t port)
{
    return bits[port >> 6] >> (port & 63) & 1;
}

/* Lays the bits out; all else must be set. */
void ptn_site_learn(struct ptn_site *, const struct ptn_chart *);

bool ptn_site_is_own(const struct ptn_site *, const struct ptn_addr *);
/* Of a network that the host is on: by its prefixes where they are known, private and link-local ones otherwise. */
bool ptn_site_is_local(const struct ptn_site *, const struct ptn_addr *);
/* RFC 1918, RFC 4193, link-local; a carrier's 100.64.0.0/10 only where the host has such an address. */
bool ptn_site_is_private(const struct ptn_site *, const struct ptn_addr *);
/* A private one, where every address that the host has is public or of another block of private ones. */
bool ptn_site_is_stray(const struct ptn_site *, const struct ptn_addr *);
/* An address that no packet can come from: "this network", loopback, multicast, class E and their like. Addresses set
 * aside for documents and for benchmarks are not among them: labs use them as the internet. */
bool ptn_site_is_bogon(const struct ptn_addr *);

/* Whether the line is of a packet that did not get by: also where a filter logged it without a word. */
static inline bool ptn_knock_is_dropped(const struct ptn_knock *k)
{
    return (k->action != PTN_ACTION_PASS) & ((k->action != PTN_ACTION_NONE) | !(k->has & PTN_HAS_NO_FILTER));
}

/* Whether everybody may come in there. */
bool ptn_door_is_safe(const struct ptn_door *);
const struct ptn_door *ptn_site_door(const struct ptn_site *, uint8_t proto, uint16_t port);
/* The name of the smallest range of the user's list that holds it, or NULL. */
const char *ptn_site_known(const struct ptn_site *, const struct ptn_addr *);

#endif
