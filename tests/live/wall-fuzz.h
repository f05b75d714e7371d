/*
 * The differential fuzz of the wall: random rulesets x random packets, sent for real, and what the kernel did with each
 * held against what ptn_wall_ask() says.
 *
 *     gen, match, act, xt -> rules --load--> kernel of our own namespace <--send-- packet
 *                                \                     |
 *                                 read back            lab, watch: delivered, sent on, answered, or gone
 *                                   \                  |
 *                                   ask -------------- compare -> a disagreement -> shrink -> a case
 */
#ifndef WALL_FUZZ_H
#define WALL_FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "portolan.h"
#include "wall/ask.h"

/* ---- chance ---------------------------------------------------------------------------------------------------- */

struct rng {
    uint64_t state;
};
uint64_t rng_next(struct rng *);
unsigned below(struct rng *, unsigned n); /* 0..n-1 */
bool chance(struct rng *, unsigned percent);
#define PICK(rng, array) ((array)[below(rng, sizeof(array) / sizeof(*(array)))])

/* ---- packets --------------------------------------------------------------------------------------------------- */

enum { LINKS = 4, LOCAL = LINKS }; /* where a packet comes from: a link of the lab, or this machine */

struct packet {
    uint32_t id; /* unique in its burst; carried in its payload, its sequence numbers, its ICMP ident */
    uint8_t from, family, proto;
    struct ptn_addr saddr, daddr;
    uint16_t sport, dport;
    uint8_t flags;                       /* TCP */
    uint8_t type, code;                  /* ICMP */
    uint8_t ttl, dscp, pkttype, options; /* options: an IPv6 extension header of that number, 0 none */
    uint16_t pad;                        /* octets of payload beyond the mark */
    uint32_t mark, uid, gid;             /* LOCAL */
};

/* n of them, with ids 1 to n, each the first of a connection. */
void packets_random(struct packet *, struct rng *, size_t n);
/* The IP packet, checksums and all. Result: octets. */
size_t packet_craft(const struct packet *, uint8_t *out, size_t size);
void packet_print(const struct packet *, FILE *);
bool packet_parse(struct packet *, const char *line);
/* What conntrack makes of it, as nft's bits. */
uint32_t packet_ct_state(const struct packet *);
/* The id that a packet of the wire carries, or 0; whether it is an answer to that one. Result: transport header. */
struct sighting {
    uint32_t id;
    bool answer;
    uint8_t proto, type, code; /* of an answer: IPPROTO_TCP for a reset */
    struct ptn_addr daddr;
    uint16_t dport;
};
void packet_recognise(struct sighting *, uint8_t family, const uint8_t *ip, size_t len);

/* ---- the lab --------------------------------------------------------------------------------------------------- */

extern const char *const link_names[LINKS]; /* eth0 the internet, eth1 the LAN, tun0 the VPN, c0 containers */

/* Makes the namespaces; we are in the host's from then on. Ends the program with 77 where that isn't permitted. */
void lab_open(void);
void lab_rp_filter(int value);
void lab_forget_connections(void);

/* What became of a packet. */
struct seen {
    unsigned delivered, sent_on, answered; /* how often */
    struct ptn_addr to;
    uint16_t to_port;
    uint8_t link; /* sent_on: by which */
    uint8_t answer_proto, answer_type, answer_code;
};
/* Sends them all and watches until nothing moves any more. seen[i] is of packets[i], whose id is i + 1. */
void lab_burst(const struct packet *, struct seen *, size_t n);

/* ---- rulesets --------------------------------------------------------------------------------------------------- */

struct item { /* a line of a ruleset */
    char *text;
    uint16_t table, chain; /* where it stands, from 1; chain 0: in no chain */
    bool removable, dropped;
};

struct rules {
    bool xt;     /* in the words of iptables-restore: tables up to 99 are IPv4's, others IPv6's */
    bool legacy; /* xt: by iptables-legacy-restore */
    bool maybe;  /* something in it cannot be decided */
    int rp_filter;
    struct item *items;
    size_t n, room;
};

void rules_add(struct rules *, uint16_t table, uint16_t chain, bool removable, const char *text);
void rules_free(struct rules *);
/* Caller frees. */
char *rules_text(const struct rules *, bool six);
/* Loads it in place of what there is; lines that are refused are dropped from it. Result: how many, or -1 if it cannot
 * be made to load. */
int rules_load(struct rules *);
/* A ruleset as in a file: lines, nothing known of their structure. */
void rules_lines(struct rules *, const char *text);
/* coverage: each rule counts, and says in its comment what it is made of. */
void rules_random(struct rules *, struct rng *, bool coverage);
void rules_random_xt(struct rules *, struct rng *);

/* Runs a tool, feeding it. Result: its status, or -1; *out and *err (NULL: thrown away) are the caller's. */
int run(const char *const argv[], const char *text, char **out, char **err);

/* ---- asking ----------------------------------------------------------------------------------------------------- */

struct oracle {
    struct ptn_wall *wall;
    struct ptn_host *host;
    struct ptn_terrain *terrain;
};
/* Reads what is loaded now. Result: 0, -EPIPE where nft itself fails on it, or -errno, having said why. */
int oracle_open(struct oracle *);
void oracle_close(struct oracle *);
/* The one outcome of a packet. Result: 0, -errno, or 1 if it fell into several. */
int oracle_point(const struct oracle *, const struct packet *, struct ptn_answers *);

/* NULL if they agree; else what differs. */
const char *compare(const struct packet *, const struct ptn_outcome *, const struct seen *);
void outcome_print(const struct ptn_outcome *, FILE *);
void seen_print(const struct seen *, FILE *);

struct tally {
    unsigned long rulesets, refused, packets, unknown, blurred, too_many, unlisted, answers[4], boxes;
};
/* Asks with whole sets, and looks for each packet among the boxes. Result: NULL, or what is wrong with *at. */
const char *oracle_symbolic(const struct oracle *, const struct packet *, const struct ptn_answers *points, size_t n,
                            struct tally *, size_t *at);

/* Counts what the rules that are loaded now are made of, and what came to them. */
void stats_collect(void);
void stats_print(void);

#endif
