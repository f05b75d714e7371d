/*
 * Inside the reader of nft's JSON.
 *
 *     text -> elements -> nodes (json.c, json_node.c)
 *         -> expressions: what a rule looks at, what it compares that with (json_key.c, json_type.c, json_set.c)
 *         -> statements of the model (json_match.c, json_stmt.c, json_nat.c, json_mangle.c)
 *
 * nft leaves out of its listing what follows from the rest ("meta l4proto tcp" before "tcp dport"); the kernel has it,
 * and the model gets it. Functions return 0, PTN_NFT_UNCLEAR where they cannot tell what an expression means, -ENOMEM.
 */
#ifndef PTN_WALL_JSON_H
#define PTN_WALL_JSON_H

#include "json_node.h"
#include "wall.h"

#define PTN_NFT_UNCLEAR 1
#define PTN_NFT_DEPTH 16 /* of expressions in expressions */

/* What a value may be: id, nft's name of the type, octets of its numbers in the model. ALIEN: no field has such. */
#define PTN_NFT_TYPES(X)                                                                                               \
    X(ALIEN, "", 0)                                                                                                    \
    X(NUMBER8, "", 1)                                                                                                  \
    X(NUMBER16, "", 2)                                                                                                 \
    X(NUMBER32, "", 4)                                                                                                 \
    X(IPV4, "ipv4_addr", 4)                                                                                            \
    X(IPV6, "ipv6_addr", 16)                                                                                           \
    X(PORT, "inet_service", 2)                                                                                         \
    X(PROTO, "inet_proto", 1)                                                                                          \
    X(NFPROTO, "nf_proto", 1)                                                                                          \
    X(ETHERTYPE, "ether_type", 1) /* as the nfproto that it stands for */                                              \
    X(IFNAME, "ifname", 16)                                                                                            \
    X(IFINDEX, "iface_index", 16) /* as the name */                                                                    \
    X(GROUP, "devgroup", 4)                                                                                            \
    X(MARK, "mark", 4)                                                                                                 \
    X(UID, "uid", 4)                                                                                                   \
    X(GID, "gid", 4)                                                                                                   \
    X(ICMP_TYPE, "icmp_type", 1)                                                                                       \
    X(ICMP_CODE, "icmp_code", 1)                                                                                       \
    X(ICMPV6_TYPE, "icmpv6_type", 1)                                                                                   \
    X(ICMPV6_CODE, "icmpv6_code", 1)                                                                                   \
    X(ICMPX_CODE, "icmpx_code", 1)                                                                                     \
    X(TCP_FLAG, "tcp_flag", 1)                                                                                         \
    X(CT_STATE, "ct_state", 4)                                                                                         \
    X(CT_STATUS, "ct_status", 4)                                                                                       \
    X(CT_DIR, "ct_dir", 1)                                                                                             \
    X(PKTTYPE, "pkt_type", 1)                                                                                          \
    X(DSCP, "dscp", 1)                                                                                                 \
    X(FIB, "fib_addrtype", 1)                                                                                          \
    X(VERDICT, "verdict", 0)

enum ptn_nft_type {
#define X(id, name, width) PTN_NFT_##id,
    PTN_NFT_TYPES(X)
#undef X
        PTN_NFT_TYPE_COUNT
};

uint8_t ptn_nft_width(enum ptn_nft_type);
/* The type that nft calls so, or ALIEN. */
enum ptn_nft_type ptn_nft_type(const char *name, size_t len);
/* A value (number, symbol, prefix, range, flags) as bounds lo..hi of the type's width. Result: 0 or UNCLEAR. */
int ptn_nft_bounds(enum ptn_nft_type, const struct ptn_json *, uint8_t *lo, uint8_t *hi);
/* One number of at most four octets. */
int ptn_nft_number(enum ptn_nft_type, const struct ptn_json *, uint32_t *ret);
/* A symbol's number, and a number's symbol or NULL (symbols.c). */
int ptn_nft_symbol_value(enum ptn_nft_type, const char *word, uint32_t *ret);
const char *ptn_nft_symbol(enum ptn_nft_type, uint32_t value);
/* The number in network order. */
void ptn_nft_put(uint8_t *out, uint8_t width, uint64_t number);

/* One field that a rule looks at, and the type of what it is compared with. */
struct ptn_nft_key {
    struct ptn_key key;
    enum ptn_nft_type type;
    bool maybe;   /* it is so only where the packet came over Ethernet */
    bool nexthdr; /* ip6 nexthdr: it is the protocol only where no extension header stands between */
};

struct ptn_nft_keys {
    uint8_t n;
    struct ptn_nft_key at[PTN_KEYS_MAX];
};

/* A reading. */
struct ptn_nft {
    struct ptn_wall *wall;
    struct ptn_table *table; /* of the present element */
    struct ptn_chain *chain; /* of the last rule */
    struct ptn_stmt *stmts;  /* of the present rule */
    size_t n, room;
    /* what the present rule has asked already; 0: nothing */
    uint8_t nfproto, l4proto;
    bool tracked;
    /* sets of one number that many rules share */
    struct ptn_set *nfprotos[2], *l4protos[UINT8_MAX + 1], *zero32, *one8;
    struct ptn_set **shrinking; /* rules delete from them */
    size_t n_shrinking, shrinking_room;
};

/* ---- statements of the present rule; *ret, where there is one, holds until the next -------------------------------
 */

int ptn_nft_add(struct ptn_nft *, enum ptn_stmt_kind, struct ptn_stmt **ret);
/* MAYBE or OPAQUE with what nft would print for the statement. */
int ptn_nft_add_text(struct ptn_nft *, enum ptn_stmt_kind, const struct ptn_json *stmt);
int ptn_nft_add_test(struct ptn_nft *, const struct ptn_nft_keys *, struct ptn_set *, bool negate);
/* Tests that nft does not print. l4proto 0, nfproto 0: none. */
int ptn_nft_need(struct ptn_nft *, uint8_t nfproto, uint8_t l4proto);
int ptn_nft_need_tracked(struct ptn_nft *);
int ptn_nft_need_exthdr(struct ptn_nft *);

/* ---- expressions --------------------------------------------------------------------------------------------------
 */

/* What an expression looks at; tests that must come before it are added to the rule. */
int ptn_nft_keys(struct ptn_nft *, const struct ptn_json *, struct ptn_nft_keys *);
int ptn_nft_one_key(struct ptn_nft *, const struct ptn_json *, struct ptn_nft_key *);
/* Fields side by side in a header, which nft loads as one place: "th sport 22 th dport 80" is listed as "@th,0,32". */
int ptn_nft_neighbours(struct ptn_nft *, const struct ptn_json *payload, struct ptn_nft_keys *);
/* A constant under & | ^ of a key: key becomes (key & mask) ^ flip. */
int ptn_nft_bits(struct ptn_nft *, const struct ptn_json *, struct ptn_nft_key *, unsigned depth);

/* ---- sets (json_set.c) --------------------------------------------------------------------------------------------
 */

/* How elements are read. */
struct ptn_nft_data {
    uint8_t n; /* types of the data; 0: they tell it themselves (address, address and port, port) */
    enum ptn_nft_type type[2];
    bool none;    /* the elements have no data, or some that the model has no use for */
    bool verdict; /* the data are verdicts */
    bool maybe;   /* every element matches only so often */
};

/* What stands where a set may stand: "@name", or {"set": [...]}, which is read as `keys` and `data` say; keys NULL: of
 * its keys nothing is known. */
int ptn_nft_set_of(struct ptn_nft *, const struct ptn_nft_keys *, const struct ptn_json *, const struct ptn_nft_data *,
                   struct ptn_set **ret);
int ptn_nft_datum(const struct ptn_json *, const struct ptn_nft_data *, struct ptn_datum *);
int ptn_nft_verdict(struct ptn_nft *, const struct ptn_json *, struct ptn_fate *);
/* The elements "set" and "map" of a listing. Result: 0, -ENOMEM, -EEXIST for one that was declared before. */
int ptn_nft_read_set(struct ptn_nft *, const struct ptn_json *, bool map);
/* The set of that name; one that is not declared yet is opaque. NULL: out of memory. */
struct ptn_set *ptn_nft_named_set(struct ptn_nft *, const char *name);
/* Rules delete from it. */
int ptn_nft_shrinks(struct ptn_nft *, struct ptn_set *);
/* After the last element: look-ups that do not fit their set become unknown. */
void ptn_nft_settle(struct ptn_nft *);

/* ---- statements ---------------------------------------------------------------------------------------------------
 */

int ptn_nft_match(struct ptn_nft *, const struct ptn_json *stmt, const struct ptn_json *body);
int ptn_nft_vmap(struct ptn_nft *, const struct ptn_json *stmt, const struct ptn_json *body);
int ptn_nft_mangle(struct ptn_nft *, const struct ptn_json *stmt, const struct ptn_json *body);
/* A look-up whose value does not matter here: a map that has no such key ends the rule. */
int ptn_nft_in_map(struct ptn_nft *, const struct ptn_json *stmt, const struct ptn_json *map);
int ptn_nft_nat(struct ptn_nft *, enum ptn_nat, const struct ptn_json *stmt, const struct ptn_json *body);
/* The look-up of {"key": ..., "data": ...}; what cannot be looked up gets a field that no question knows. */
int ptn_nft_look(struct ptn_nft *, const struct ptn_json *body, const struct ptn_nft_data *, struct ptn_look *);
/* A statement of a rule; `stmt` is an element of "expr". */
int ptn_nft_stmt(struct ptn_nft *, const struct ptn_json *stmt);

/* ---- text: nft's words for its JSON (text.c, text_expr.c) ---------------------------------------------------------
 */

struct ptn_nft_text {
    char *at;
    const char *end; /* of the room, its terminator included */
    bool cut;        /* something did not fit */
    enum ptn_table_family family;
};

/* What control a terminal becomes '?'; blanks of any kind become one ' '. */
void ptn_nft_say(struct ptn_nft_text *, const char *text);
void ptn_nft_say_quoted(struct ptn_nft_text *, const char *text);
void ptn_nft_say_number(struct ptn_nft_text *, int64_t);
void ptn_nft_say_stmt(struct ptn_nft_text *, const struct ptn_json *stmt);
/* An expression, or a value that is printed as values of `like` are (NULL: plainly). */
void ptn_nft_say_expr(struct ptn_nft_text *, const struct ptn_json *expr, const struct ptn_json *like, unsigned depth);

#endif
