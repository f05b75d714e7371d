/*
 * Inside the reader of iptables-save. A rule's line goes through four hands:
 *
 *     words (save_word.c) -> options under the extension they belong to (save_rule.c)
 *         -> the extension's table says what each option asks (save_base.c, save_header.c, save_state.c,
 *            save_target.c)
 *         -> statements of the model (save_stmt.c)
 *
 * What no table knows becomes PTN_STMT_MAYBE (a match) or PTN_STMT_OPAQUE (a target) with its own words.
 */
#ifndef PTN_WALL_SAVE_H
#define PTN_WALL_SAVE_H

#include "wall.h"

#define PTN_SAVE_LINE 65536 /* octets of one line */
#define PTN_SAVE_WORDS 1024 /* of one line */
#define PTN_SAVE_BLOCKS 64  /* matches of one rule */
#define PTN_SAVE_CACHE 1024 /* sets of one range that rules share */

/* What a handler returns, beside 0 and -errno, when it cannot tell what an option asks. */
#define PTN_SAVE_UNCLEAR 1

struct ptn_save_word {
    const char *text;
    uint32_t len;
    bool quoted;
};

struct ptn_save_rule;
struct ptn_save_given;
struct ptn_save_block;

struct ptn_save_option {
    const char *name;
    uint8_t n_args;
    /* Adds statements. NULL: the extension's `finish` looks at it. Result: 0, PTN_SAVE_UNCLEAR, -errno. */
    int (*take)(struct ptn_save_rule *, const struct ptn_save_given *);
    int a, b; /* for `take` */
};

struct ptn_save_extension {
    const char *name;
    const struct ptn_save_option *options; /* ends with a NULL name; NULL: every option is the `finish`'s */
    int (*finish)(struct ptn_save_rule *, const struct ptn_save_block *);
    uint8_t proto; /* the packet's protocol that it stands for; 0: none */
    bool brief;    /* of its words, the first option says enough */
    int a;         /* for `finish` */
};

/* An option as it stands in the line. */
struct ptn_save_given {
    const struct ptn_save_option *option; /* NULL: no table has it */
    const struct ptn_save_word *word;     /* the option, then its arguments */
    uint32_t n_args;
    uint32_t block;
    bool negate;
};

/* A match or a target with its options. */
struct ptn_save_block {
    const struct ptn_save_extension *ext; /* NULL: unknown */
    const char *name;
    uint32_t index;
    bool target;
};

struct ptn_save_shared {
    uint8_t width;
    uint8_t lo[PTN_RANGES_WIDTH], hi[PTN_RANGES_WIDTH];
    struct ptn_set *set;
};

struct ptn_save_rule {
    struct ptn_wall *wall;
    struct ptn_chain *chain;
    struct ptn_save_shared *shared; /* PTN_SAVE_CACHE of them */
    uint8_t family;                 /* AF_INET, AF_INET6 */
    int proto;                      /* of a plain -p; else -1 */
    const char *comment;

    struct ptn_save_word words[PTN_SAVE_WORDS];
    uint32_t n_words;
    struct ptn_save_given given[PTN_SAVE_WORDS];
    uint32_t n_given;
    struct ptn_save_block blocks[PTN_SAVE_BLOCKS];
    uint32_t n_blocks;
    struct ptn_stmt *stmts; /* malloc'ed, used again for the next rule */
    size_t n_stmts, room;
    char scratch[PTN_SAVE_LINE + 1];
};

/* ---- save_word.c ---------------------------------------------------------------------------------------------- */

/* Takes a line apart into r->words; their text stands in r->scratch. Result: 0, or -EINVAL with what is wrong with it
 * in *why. */
int ptn_save_split(struct ptn_save_rule *r, const char *line, size_t len, const char **why);

/* Numbers as iptables takes them: decimal, 0x, 0. Result: 0 or PTN_SAVE_UNCLEAR. */
int ptn_save_number(const char *text, size_t len, uint64_t max, uint64_t *ret);
/* "5", "5:9", ":9", "5:" (or with another mark than ':'). */
int ptn_save_range(const char *text, size_t len, char mark, uint64_t max, uint64_t *lo, uint64_t *hi);
/* "0x1/0xff"; without the second all of the 32 bits. */
int ptn_save_masked(const char *text, uint32_t *value, uint32_t *mask);
/* "10.0.0.0/8", "::1/::ff", "1.2.3.4". Result: 0, or PTN_SAVE_UNCLEAR if it is no address of the family. */
int ptn_save_address(uint8_t family, const char *text, size_t len, uint8_t *addr, uint8_t *mask);
/* "A-B" or "A". */
int ptn_save_addresses(uint8_t family, const char *text, size_t len, uint8_t *lo, uint8_t *hi);
/* Steps through a list with commas; the item is (*ret, result), 0 at the end. */
size_t ptn_save_item(const char **at, const char **ret);

struct ptn_save_named {
    const char *name;
    uint16_t number;
};
/* The number of a name[len] (case counts for nothing) in a list that ends with a NULL name, or -1. */
int ptn_save_named(const struct ptn_save_named *, const char *name, size_t len);

/* ---- save_names.c --------------------------------------------------------------------------------------------- */

/* "tcp", "6", "all" (0). Result: the number or -1. */
int ptn_save_proto(const char *text);
/* "8", "3/4", "echo-request", "any" (all types). Result: 0 or PTN_SAVE_UNCLEAR. */
struct ptn_save_icmp {
    bool any, has_code;
    uint8_t type, code;
};
int ptn_save_icmp(uint8_t family, const char *text, struct ptn_save_icmp *ret);
/* What a rejected packet's sender is told, in nft's words; NULL if it is none of iptables'. */
const char *ptn_save_reject(const char *text);

/* ---- save_stmt.c. Results: 0 or -ENOMEM ----------------------------------------------------------------------- */

struct ptn_stmt *ptn_save_stmt(struct ptn_save_rule *, enum ptn_stmt_kind); /* a new last one, or NULL */
int ptn_save_test_set(struct ptn_save_rule *, enum ptn_pkt, struct ptn_set *, bool negate);
int ptn_save_test(struct ptn_save_rule *, enum ptn_pkt, uint64_t lo, uint64_t hi, bool negate); /* lo > hi: none */
int ptn_save_test_span(struct ptn_save_rule *, enum ptn_pkt, const uint8_t *lo, const uint8_t *hi, bool negate);
/* (field & mask) == value, or != it */
int ptn_save_test_mask(struct ptn_save_rule *, enum ptn_pkt, uint32_t value, uint32_t mask, bool negate);
int ptn_save_test_addr_mask(struct ptn_save_rule *, enum ptn_pkt, const uint8_t *addr, const uint8_t *mask,
                            bool negate);
/* The pair of fields, against a set of two keys from ptn_save_pair_set(). `mask` is for the second; ~0 for none. */
int ptn_save_test_pair(struct ptn_save_rule *, const enum ptn_pkt fields[2], uint32_t mask, struct ptn_set *,
                       bool negate);
/* "A/M" against an address field. Result: also PTN_SAVE_UNCLEAR. */
int ptn_save_test_address(struct ptn_save_rule *, enum ptn_pkt, const char *text, size_t len, bool negate);
struct ptn_set *ptn_save_set(struct ptn_save_rule *, uint8_t width); /* fresh and empty; NULL: -ENOMEM */
struct ptn_set *ptn_save_pair_set(struct ptn_save_rule *, const enum ptn_pkt fields[2]);
int ptn_save_add(struct ptn_set *, uint64_t lo, uint64_t hi);
int ptn_save_add_pair(struct ptn_set *, const uint64_t lo[2], const uint64_t hi[2]);
/* The last key of the last test counts as 0 where the packet has no such field. */
void ptn_save_or_zero(struct ptn_save_rule *);
int ptn_save_text(struct ptn_save_rule *, enum ptn_stmt_kind, const char *text); /* MAYBE, OPAQUE; copied */
void ptn_save_bytes(uint8_t *out, uint8_t width, uint64_t number);

/* ---- save_rule.c ---------------------------------------------------------------------------------------------- */

/* The chain of that name, or NULL. */
typedef struct ptn_chain *(*ptn_save_find)(void *ctx, const char *name);

/* Turns r->words from word `at` on (behind "-A CHAIN") into r->stmts and r->comment. Result: 0, -ENOMEM, or -EINVAL
 * with what is wrong in *why. */
int ptn_save_read_rule(struct ptn_save_rule *r, uint32_t at, ptn_save_find, void *ctx, const char **why);

/* The block's next option of that name after `after` (NULL: the first), or NULL. */
const struct ptn_save_given *ptn_save_has(const struct ptn_save_rule *, const struct ptn_save_block *,
                                          const char *name);
const char *ptn_save_arg(const struct ptn_save_given *, uint32_t i); /* an argument; i below n_args */

/* ---- the tables ----------------------------------------------------------------------------------------------- */

/* Arrays end with a NULL name. */
extern const struct ptn_save_extension ptn_save_base;      /* -s -d -p -i -o -f: save_base.c */
extern const struct ptn_save_extension ptn_save_headers[]; /* what stands in the packet: save_header.c */
extern const struct ptn_save_extension ptn_save_states[];  /* what the kernel knows of it: save_state.c */
extern const struct ptn_save_extension ptn_save_targets[]; /* save_target.c */

#endif
