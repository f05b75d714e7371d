/* What the kernel runs for a rule of nf_tables, as far as it tests: its expressions as netlink tells them. */
#ifndef PTN_WALL_BYTECODE_H
#define PTN_WALL_BYTECODE_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stdint.h>

#define PTN_CODE_TESTS 64
#define PTN_CODE_WIDTH 16

/* What a test looks at. Two that are loaded alike look at the same. */
enum ptn_code_kind { PTN_CODE_OTHER, PTN_CODE_META, PTN_CODE_PAYLOAD };

struct ptn_code_load {
    enum ptn_code_kind kind;
    uint32_t what; /* META: key; PAYLOAD: base */
    uint32_t offset, len;
    bool masked, swapped;
    bool odd;        /* changed in more ways than these: it is the same as nothing */
    uint8_t mask[2]; /* masked, and of one or two octets, and nothing is flipped; else 0 */
    const struct nlattr *name, *how, *bits, *order; /* the expressions that made it, inside the message */
};

struct ptn_code_test {
    struct ptn_code_load load;
    uint32_t op;  /* NFT_CMP_* */
    bool range;   /* lo to hi, one expression; else lo alone */
    bool joined;  /* no statement between this and the test before it */
    bool fresh;   /* what it looks at was loaded after the test before it */
    uint32_t len; /* of lo and hi */
    uint8_t lo[PTN_CODE_WIDTH], hi[PTN_CODE_WIDTH];
};

/* Valid as long as the message is. */
struct ptn_bytecode {
    struct ptn_code_test at[PTN_CODE_TESTS];
    unsigned n;
    bool foreign;  /* has a match of iptables' own, which tests what is not seen here */
    bool obscure;  /* too much of it, or a comparison of nothing that was loaded before */
    bool unjoined; /* while it is read */
    struct ptn_code_load load;
    uint32_t reg; /* that load's */
    bool loaded;
};

/* Reads NFTA_RULE_EXPRESSIONS. */
void ptn_bytecode_read(struct ptn_bytecode *, const struct nlattr *expressions);
bool ptn_code_same(const struct ptn_code_load *, const struct ptn_code_load *);

#endif
