/*
 * The wall: a model of the packet filter of one network namespace, as the kernel runs it.
 *
 *     nft -j list ruleset ----> json.c --+
 *     iptables-save -----------> save.c --+--> struct ptn_wall --> eval.c (ask a question, get answers)
 *
 * A reader turns everything into the same few statements. What it cannot decide it says so (PTN_STMT_MAYBE,
 * PTN_STMT_OPAQUE), and the answer becomes "unknown", never a guess.
 *
 * Sources: nft(8), libnftables-json(5), linux/netfilter/nf_tables.h, the kernel's net/netfilter/nf_tables_core.c.
 */
#ifndef PTN_WALL_WALL_H
#define PTN_WALL_WALL_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/ranges.h"
#include "names.h"

/* What a rule may ask of a packet. id, width in octets (0: an address, 4 or 16 by family), word
 * Interface names are 16 octets padded with zeros, as in the kernel; "eth*" is the range from "eth" and zeros to "eth"
 * and 0xff. Numbers are big-endian here whatever the kernel does. OTHER is what no question ever knows. */
#define PTN_WALL_FIELDS(X)                                                                                             \
    X(IIFNAME, 16, "iifname")                                                                                          \
    X(OIFNAME, 16, "oifname")                                                                                          \
    X(IIFGROUP, 4, "iifgroup")                                                                                         \
    X(OIFGROUP, 4, "oifgroup")                                                                                         \
    X(NFPROTO, 1, "nfproto") /* 2 IPv4, 10 IPv6 */                                                                     \
    X(L4PROTO, 1, "l4proto")                                                                                           \
    X(SADDR, 0, "saddr")                                                                                               \
    X(DADDR, 0, "daddr")                                                                                               \
    X(SPORT, 2, "sport")                                                                                               \
    X(DPORT, 2, "dport")                                                                                               \
    X(TCPFLAGS, 1, "tcp flags")  /* fin 1, syn 2, rst 4, psh 8, ack 16, urg 32, ecn 64, cwr 128 */                     \
    X(ICMP_TYPE, 1, "icmp type") /* of ICMP or ICMPv6, by the packet's protocol */                                     \
    X(ICMP_CODE, 1, "icmp code")                                                                                       \
    X(TTL, 1, "ttl") /* or hop limit */                                                                                \
    X(DSCP, 1, "dscp")                                                                                                 \
    X(LENGTH, 4, "length")                                                                                             \
    X(FRAG_OFF, 2, "frag-off")                                                                                         \
    X(PKTTYPE, 1, "pkttype") /* 0 unicast to us ("host"), 1 broadcast, 2 multicast, 3 other */                         \
    X(MARK, 4, "mark")                                                                                                 \
    X(SKUID, 4, "skuid")                                                                                               \
    X(SKGID, 4, "skgid")                                                                                               \
    X(CT_STATE, 4, "ct state")         /* invalid 1, established 2, related 4, new 8, untracked 64 */                  \
    X(CT_STATUS, 4, "ct status")       /* IPS_* of linux/netfilter/nf_conntrack_common.h */                            \
    X(CT_DIRECTION, 1, "ct direction") /* 0 original, 1 reply */                                                       \
    X(CT_MARK, 4, "ct mark")                                                                                           \
    X(CT_SADDR, 0, "ct original saddr")                                                                                \
    X(CT_DADDR, 0, "ct original daddr")                                                                                \
    X(CT_SPORT, 2, "ct original proto-src")                                                                            \
    X(CT_DPORT, 2, "ct original proto-dst")                                                                            \
    X(FIB_SADDR_TYPE, 1, "fib saddr type") /* RTN_*: unicast 1, local 2, broadcast 3, anycast 4, multicast 5, ... */   \
    X(FIB_SADDR_IIF_TYPE, 1, "fib saddr . iif type")                                                                   \
    X(FIB_DADDR_TYPE, 1, "fib daddr type")                                                                             \
    X(FIB_DADDR_IIF_TYPE, 1, "fib daddr . iif type") /* local to the interface it came in by */                        \
    X(FIB_SADDR_OIF, 16, "fib saddr oif")            /* the interface that routes back to the source, "" if none */    \
    X(FIB_SADDR_IIF_OIF, 16, "fib saddr . iif oif")  /* the same, asked for the interface it came in by */             \
    X(EXTHDR, 1, "extension header")                 /* 1: some IPv6 extension header is there */                      \
    X(OTHER, 4, "other")

enum ptn_pkt {
#define X(id, width, word) PTN_PKT_##id,
    PTN_WALL_FIELDS(X)
#undef X
        PTN_PKT_COUNT
};

/* Width of a field's numbers in octets; `family` is AF_INET or AF_INET6. */
uint8_t ptn_pkt_width(enum ptn_pkt, uint8_t family);
const char *ptn_pkt_word(enum ptn_pkt);
bool ptn_pkt_is_address(enum ptn_pkt);
bool ptn_pkt_is_ct(enum ptn_pkt); /* what conntrack knows of it */

/* ---- rules -------------------------------------------------------------------------------------------------- */

#define PTN_KEYS_MAX 8 /* fields in one concatenation */

/* One field as a rule looks at it: (field & mask) ^ flip where `masked`. */
struct ptn_key {
    enum ptn_pkt field;
    uint8_t width; /* of the numbers it is compared with */
    bool masked;
    bool or_zero; /* where the packet has no such field it counts as 0 (xt_conntrack's --ctstate DNAT) */
    uint8_t mask[PTN_RANGES_WIDTH], flip[PTN_RANGES_WIDTH];
};

enum ptn_code { PTN_ACCEPT, PTN_DROP, PTN_REJECT, PTN_CONTINUE, PTN_RETURN, PTN_JUMP, PTN_GOTO };

struct ptn_fate {
    enum ptn_code code;
    const char *to;          /* jump, goto: the chain's name; reject: what it answers ("tcp reset",
                                "icmp port-unreachable", "icmpv6 admin-prohibited") */
    struct ptn_chain *chain; /* of `to`, after ptn_wall_link() */
};

/* What a map gives for a key: a verdict, or up to two numbers (an address; an address and a port; a mark). */
struct ptn_datum {
    struct ptn_fate verdict;
    uint8_t n, width[2];
    uint8_t lo[2][PTN_RANGES_WIDTH], hi[2][PTN_RANGES_WIDTH]; /* lo == hi but for ranges of NAT */
};

/* Elements of a set that give the same datum. */
struct ptn_group {
    struct ptn_datum datum;
    bool maybe;                /* these may be gone by now: they expire */
    struct ptn_ranges *ranges; /* of a set with one key */
    uint8_t *boxes;            /* of a concatenation: n_boxes times, for each key, lo[width] hi[width] */
    size_t n_boxes, room;
};

/* A set or map, named or written into a rule. */
struct ptn_set {
    const char *name; /* NULL: written into a rule */
    uint64_t handle;
    uint8_t n_keys;
    uint8_t width[PTN_KEYS_MAX]; /* of each key's numbers */
    bool map;
    bool verdicts;            /* of a map: its data are verdicts */
    bool live;                /* packets add to it: what is not in it now may be in it when asked */
    bool opaque;              /* its type is not understood: every look-up is unknown */
    struct ptn_group *groups; /* malloc'ed; released with the wall */
    size_t n_groups, room;
    struct ptn_group fallback; /* of a map with a catch-all element ("*") */
    bool has_fallback;
};

/* The kinds of statement. Statements of a rule run in order; a test that fails ends the rule. What changes nothing for
 * the packet's fate (counter, log, comment, ct helper, dup) is left out by the readers, but for LOG, which a remark of
 * `policy check` asks for. */
enum ptn_stmt_kind {
    PTN_STMT_TEST,    /* look: in the set? */
    PTN_STMT_MAYBE,   /* limit, quota, random, an unknown match: `text` says which. Anything may come of it */
    PTN_STMT_VERDICT, /* verdict */
    PTN_STMT_VMAP,    /* look: the set's groups hold verdicts; none: the rule goes on */
    PTN_STMT_NAT,     /* nat */
    PTN_STMT_ASSIGN,  /* assign */
    PTN_STMT_NOTRACK, /* the packet will not be tracked */
    PTN_STMT_LOG,     /* a log; after a MAYBE it is limited */
    PTN_STMT_OPAQUE   /* decides the packet's fate in a way not modelled (queue, synproxy, an unknown target): `text` */
};

struct ptn_look {
    uint8_t n_keys;
    struct ptn_key key[PTN_KEYS_MAX];
    struct ptn_set *set;
    bool negate;
};

enum ptn_nat { PTN_NAT_DNAT, PTN_NAT_SNAT, PTN_NAT_MASQUERADE, PTN_NAT_REDIRECT, PTN_NAT_TPROXY };

struct ptn_stmt {
    enum ptn_stmt_kind kind;
    bool span; /* nft lists it as one range, which may have been two comparisons: see relist.c */
    union {
        struct ptn_look look;
        struct ptn_fate verdict;
        struct {
            enum ptn_nat type;
            uint8_t family;           /* packets of the other family pass by; 0: any */
            struct ptn_datum to;      /* numbers [0] address (width 0: none), [1] port (width 0: none), if !by_map */
            bool by_map, map_is_port; /* the address (and, of two numbers, the port) from `look`; or only the port */
            bool netmap;              /* the prefix changes and the rest of the address stays: not modelled further */
            struct ptn_look look;
        } nat;
        struct {
            enum ptn_pkt to, from; /* to = (from & mask) ^ flip; a constant has mask 0 */
            bool unknown;          /* the value is something that no question knows */
            uint8_t mask[PTN_RANGES_WIDTH], flip[PTN_RANGES_WIDTH];
        } assign;
        const char *text;
    };
};

struct ptn_rule {
    struct ptn_chain *chain;
    uint64_t handle; /* 0 where the reader knows none */
    uint32_t index;  /* position in the chain, from 1 */
    uint32_t n_stmts;
    struct ptn_stmt *stmts;
    const char *comment; /* "" if none */
    const char *source;  /* the rule as the reader met it: JSON, or a line of iptables-save. See ptn_rule_text() */
    uint32_t source_len;
};

/* Hooks in the order in which a packet from outside meets them. */
#define PTN_HOOKS(X)                                                                                                   \
    X(INGRESS, "ingress")                                                                                              \
    X(PREROUTING, "prerouting")                                                                                        \
    X(INPUT, "input")                                                                                                  \
    X(FORWARD, "forward")                                                                                              \
    X(OUTPUT, "output")                                                                                                \
    X(POSTROUTING, "postrouting")                                                                                      \
    X(EGRESS, "egress")

enum ptn_hook {
#define X(id, word) PTN_HOOK_##id,
    PTN_HOOKS(X)
#undef X
        PTN_HOOK_COUNT
};

enum ptn_chain_type { PTN_CHAIN_FILTER, PTN_CHAIN_NAT, PTN_CHAIN_ROUTE };

struct ptn_chain {
    struct ptn_table *table;
    const char *name;
    uint64_t handle;
    bool base;
    enum ptn_hook hook;
    enum ptn_chain_type type;
    int32_t priority;
    enum ptn_code policy;       /* PTN_ACCEPT or PTN_DROP */
    const char *const *devices; /* ingress, egress: the interfaces it hangs on, NULL-terminated; else NULL */
    struct ptn_rule *rules;     /* malloc'ed; released with the wall */
    uint32_t n_rules, room;
    uint32_t depth; /* by ptn_wall_link(): how deep it was met, from 1; 0: no base chain leads here */
    bool visiting;  /* used while it links */
};

/* Which tool's words a table is in. */
enum ptn_backend { PTN_BACKEND_NFT, PTN_BACKEND_IPTABLES, PTN_BACKEND_LEGACY };

enum ptn_table_family { PTN_TABLE_IP, PTN_TABLE_IP6, PTN_TABLE_INET, PTN_TABLE_NETDEV };

struct ptn_table {
    enum ptn_table_family family;
    const char *name;
    uint64_t handle;
    uint32_t order; /* in which it was met; a later one was made later */
    enum ptn_backend backend;
    bool dormant;
    bool foreign; /* holds an expression that nft shows only as "xt": iptables-save must be asked */
    struct ptn_chain **chains;
    size_t n_chains, chains_room;
    struct ptn_set **sets;
    size_t n_sets, sets_room;
    struct ptn_names chain_names, set_names; /* the same by name */
};

struct ptn_wall {
    struct ptn_arena arena; /* names, statements, tables, chains, sets */
    struct ptn_table **tables;
    size_t n_tables, room;
    struct ptn_set **loose; /* sets written into rules */
    size_t n_loose, loose_room;
    const char **unjudged; /* what was met and is not judged: "table bridge filter", ... */
    size_t n_unjudged, unjudged_room;
    char *text[8];                               /* what the rules' `source` point into; malloc'ed */
    struct ptn_chain **hooks[2][PTN_HOOK_COUNT]; /* by ptn_wall_link(): [0] IPv4 [1] IPv6, in the kernel's order */
    size_t n_hooks[2][PTN_HOOK_COUNT];
    bool tracks[2]; /* by ptn_wall_link(): a rule needs connections to be tracked, so the kernel does */
};

/* ---- building (model.c). Pointers live as long as the wall; NULL is -ENOMEM. --------------------------------- */

struct ptn_table *ptn_wall_table(struct ptn_wall *, enum ptn_table_family, const char *name); /* found or made */
struct ptn_chain *ptn_wall_chain(struct ptn_wall *, struct ptn_table *, const char *name);    /* found or made */
struct ptn_chain *ptn_wall_find_chain(const struct ptn_table *, const char *name);            /* or NULL */
struct ptn_set *ptn_wall_set(struct ptn_wall *, struct ptn_table *,
                             const char *name); /* found or made; NULL name: fresh */
/* A new last rule. Its statements are copied. The pointer holds until the next rule of this chain. */
struct ptn_rule *ptn_wall_rule(struct ptn_wall *, struct ptn_chain *, const struct ptn_stmt *, size_t n);
/* Forgets a table's chains and sets (before iptables-save tells them anew). */
void ptn_wall_empty(struct ptn_table *);
int ptn_wall_unjudged(struct ptn_wall *, const char *text);

/* One element: `bounds` has, for each key, lo[width] hi[width]. `datum` is NULL for a plain set. */
int ptn_set_add(struct ptn_set *, const uint8_t *bounds, const struct ptn_datum *datum, bool maybe);

/* Builds of one key, for rules: a set of one range; numbers in host order. */
struct ptn_set *ptn_set_of_range(struct ptn_wall *, uint8_t width, const uint8_t *lo, const uint8_t *hi);
struct ptn_set *ptn_set_of_number(struct ptn_wall *, uint8_t width, uint64_t lo, uint64_t hi);

/* An interface's name, or with a last '*' all that begin so, as 16 octets. Result: 0, or -EINVAL if it is too long. */
int ptn_ifname_range(const char *name, uint8_t lo[16], uint8_t hi[16]);

/* After the last reader: sorts the sets, finds the chains that are jumped to, orders the base chains by hook as the
 * kernel does. Result: 0, -ELOOP or -ENOENT with a sentence, -ENOMEM. */
int ptn_wall_link(struct ptn_wall *, struct ptn_err *err);

struct ptn_wall *ptn_wall_new(void);
void ptn_wall_free(struct ptn_wall *);

/* ---- reading ------------------------------------------------------------------------------------------------ */

/* Where text comes from: up to `size` octets into buf. Result: how many, 0 at the end, -errno. */
typedef ssize_t (*ptn_wall_pull)(void *ctx, char *buf, size_t size);

/* nft's JSON, as it arrives (json.c); `name` stands in messages. Result: 0, or -EINVAL with "NAME:LINE: ...". */
int ptn_wall_read_json(struct ptn_wall *, const char *name, ptn_wall_pull, void *ctx, struct ptn_err *err);

/* iptables-save's text (save.c): family IP or IP6. Tables that are there already as `foreign` are replaced and their
 * chains' and rules' handles kept (the rules stand in the same order). Result: 0, or -EINVAL with "NAME:LINE: ...". */
int ptn_wall_read_save(struct ptn_wall *, enum ptn_table_family, enum ptn_backend, const char *name, const char *text,
                       size_t len, struct ptn_err *err);

/* A rule in its own tool's words, into out[size] (always terminated, "..." where it did not fit): text.c */
const char *ptn_rule_text(const struct ptn_rule *, char *out, size_t size);

#endif
