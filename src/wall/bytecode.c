#include "bytecode.h"

#include <arpa/inet.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#include "base/netlink.h"

/* Attributes of one expression's data; no expression that we read has more. */
#define ATTRS 12

static uint32_t number(const struct nlattr *a)
{
    return ntohl(ptn_nl_u32(a));
}

/* A value of at most `size` octets, nested as NFTA_DATA_VALUE. Result: its length, 0 if there is none or it is longer.
 */
static uint32_t value(const struct nlattr *a, uint8_t *out, size_t size)
{
    const struct nlattr *data[NFTA_DATA_MAX + 1];
    ptn_nl_nested(a, data, NFTA_DATA_MAX + 1);
    const struct nlattr *v = data[NFTA_DATA_VALUE];
    uint32_t len = v ? mnl_attr_get_payload_len(v) : 0;
    if (len > size)
        return 0;
    if (len)
        memcpy(out, mnl_attr_get_payload(v), len);
    return len;
}

/* ---- expressions: what one reads, from its data ----------------------------------------------------------------- */

static void load(struct ptn_bytecode *c, struct ptn_code_load l, uint32_t reg)
{
    c->load = l;
    c->reg = reg;
    c->loaded = true;
}

static void statement(struct ptn_bytecode *c)
{
    c->unjoined = true;
    c->loaded = false;
}

static void meta(struct ptn_bytecode *c, const struct nlattr *name, const struct nlattr *how,
                 const struct nlattr *const *a)
{
    if (!a[NFTA_META_DREG])
        return statement(c);
    load(c, (struct ptn_code_load){.kind = PTN_CODE_META, .what = number(a[NFTA_META_KEY]), .name = name, .how = how},
         number(a[NFTA_META_DREG]));
}

static void payload(struct ptn_bytecode *c, const struct nlattr *name, const struct nlattr *how,
                    const struct nlattr *const *a)
{
    if (!a[NFTA_PAYLOAD_DREG])
        return statement(c);
    load(c,
         (struct ptn_code_load){.kind = PTN_CODE_PAYLOAD,
                                .what = number(a[NFTA_PAYLOAD_BASE]),
                                .offset = number(a[NFTA_PAYLOAD_OFFSET]),
                                .len = number(a[NFTA_PAYLOAD_LEN]),
                                .name = name,
                                .how = how},
         number(a[NFTA_PAYLOAD_DREG]));
}

static void ct(struct ptn_bytecode *c, const struct nlattr *name, const struct nlattr *how,
               const struct nlattr *const *a)
{
    if (!a[NFTA_CT_DREG])
        return statement(c);
    load(c, (struct ptn_code_load){.name = name, .how = how}, number(a[NFTA_CT_DREG]));
}

static void exthdr(struct ptn_bytecode *c, const struct nlattr *name, const struct nlattr *how,
                   const struct nlattr *const *a)
{
    if (!a[NFTA_EXTHDR_DREG])
        return statement(c);
    load(c, (struct ptn_code_load){.name = name, .how = how}, number(a[NFTA_EXTHDR_DREG]));
}

/* Whatever it is, it is loaded into the register that nft uses. */
static void other(struct ptn_bytecode *c, const struct nlattr *name, const struct nlattr *how,
                  const struct nlattr *const *a)
{
    (void)a;
    load(c, (struct ptn_code_load){.name = name, .how = how}, NFT_REG_1);
}

static bool changes_load(struct ptn_bytecode *c, const struct nlattr *from, const struct nlattr *to)
{
    if (c->loaded && number(from) == c->reg && number(to) == c->reg)
        return true;
    c->loaded = false;
    return false;
}

static void bitwise(struct ptn_bytecode *c, const struct nlattr *name, const struct nlattr *how,
                    const struct nlattr *const *a)
{
    uint8_t mask[PTN_CODE_WIDTH], flip[PTN_CODE_WIDTH];
    static const uint8_t zero[PTN_CODE_WIDTH];
    (void)name;
    if (!changes_load(c, a[NFTA_BITWISE_SREG], a[NFTA_BITWISE_DREG]))
        return;
    uint32_t len = value(a[NFTA_BITWISE_MASK], mask, sizeof(mask));
    c->load.odd |= c->load.masked || c->load.swapped;
    c->load.masked = true;
    c->load.bits = how;
    if (len && len <= sizeof(c->load.mask) && value(a[NFTA_BITWISE_XOR], flip, sizeof(flip)) == len &&
        memcmp(flip, zero, len) == 0)
        memcpy(c->load.mask, mask, len);
}

static void byteorder(struct ptn_bytecode *c, const struct nlattr *name, const struct nlattr *how,
                      const struct nlattr *const *a)
{
    (void)name;
    if (!changes_load(c, a[NFTA_BYTEORDER_SREG], a[NFTA_BYTEORDER_DREG]))
        return;
    c->load.swapped = !c->load.swapped;
    c->load.order = how;
}

static void add_test(struct ptn_bytecode *c, uint32_t reg, struct ptn_code_test t)
{
    if (c->n == PTN_CODE_TESTS || !c->loaded || c->reg != reg || t.len == 0) {
        c->obscure = true;
        return;
    }
    t.load = c->load;
    t.joined = c->n > 0 && !c->unjoined;
    t.fresh = !t.joined || c->at[c->n - 1].load.how != c->load.how;
    c->at[c->n++] = t;
    c->unjoined = false;
}

static void cmp(struct ptn_bytecode *c, const struct nlattr *name, const struct nlattr *how,
                const struct nlattr *const *a)
{
    struct ptn_code_test t = {.op = number(a[NFTA_CMP_OP])};
    (void)name, (void)how;
    t.len = value(a[NFTA_CMP_DATA], t.lo, sizeof(t.lo));
    memcpy(t.hi, t.lo, sizeof(t.hi));
    add_test(c, number(a[NFTA_CMP_SREG]), t);
}

static void range(struct ptn_bytecode *c, const struct nlattr *name, const struct nlattr *how,
                  const struct nlattr *const *a)
{
    struct ptn_code_test t = {.range = true};
    (void)name, (void)how;
    t.op = number(a[NFTA_RANGE_OP]) == NFT_RANGE_EQ ? NFT_CMP_EQ : NFT_CMP_NEQ;
    t.len = value(a[NFTA_RANGE_FROM_DATA], t.lo, sizeof(t.lo));
    if (value(a[NFTA_RANGE_TO_DATA], t.hi, sizeof(t.hi)) != t.len)
        t.len = 0;
    add_test(c, number(a[NFTA_RANGE_SREG]), t);
}

static void match(struct ptn_bytecode *c, const struct nlattr *name, const struct nlattr *how,
                  const struct nlattr *const *a)
{
    (void)name, (void)how, (void)a;
    c->foreign = true;
    statement(c);
}

/* ---- all of them --------------------------------------------------------------------------------------------------
 */

static void expression(struct ptn_bytecode *c, const struct nlattr *elem)
{
    static const struct {
        const char *name;
        void (*read)(struct ptn_bytecode *, const struct nlattr *name, const struct nlattr *how,
                     const struct nlattr *const *a);
    } kinds[] = {
        {"cmp", cmp},     {"payload", payload},     {"meta", meta},   {"ct", ct},     {"bitwise", bitwise},
        {"range", range}, {"byteorder", byteorder}, {"match", match}, {"fib", other}, {"exthdr", exthdr},
        {"rt", other},    {"socket", other},        {"hash", other},  {"osf", other}, {"numgen", other},
        {"xfrm", other},  {"tunnel", other},
    };
    const struct nlattr *expr[NFTA_EXPR_MAX + 1], *a[ATTRS];
    ptn_nl_nested(elem, expr, NFTA_EXPR_MAX + 1);
    const char *name = ptn_nl_text(expr[NFTA_EXPR_NAME]);
    ptn_nl_nested(expr[NFTA_EXPR_DATA], a, ATTRS);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (strcmp(kinds[i].name, name) == 0 && expr[NFTA_EXPR_DATA])
            return kinds[i].read(c, expr[NFTA_EXPR_NAME], expr[NFTA_EXPR_DATA], a);
    statement(c);
}

void ptn_bytecode_read(struct ptn_bytecode *c, const struct nlattr *expressions)
{
    c->n = 0;
    c->foreign = c->obscure = c->unjoined = c->loaded = false;
    if (!expressions)
        return;
    const struct nlattr *elem = mnl_attr_get_payload(expressions);
    const char *end = (const char *)elem + mnl_attr_get_payload_len(expressions);
    for (; mnl_attr_ok(elem, (int)(end - (const char *)elem)); elem = mnl_attr_next(elem))
        expression(c, elem);
}

static bool same_attr(const struct nlattr *a, const struct nlattr *b)
{
    if (!a || !b)
        return a == b;
    return mnl_attr_get_payload_len(a) == mnl_attr_get_payload_len(b) &&
           memcmp(mnl_attr_get_payload(a), mnl_attr_get_payload(b), mnl_attr_get_payload_len(a)) == 0;
}

bool ptn_code_same(const struct ptn_code_load *a, const struct ptn_code_load *b)
{
    return !a->odd && !b->odd && same_attr(a->name, b->name) && same_attr(a->how, b->how) &&
           same_attr(a->bits, b->bits) && same_attr(a->order, b->order);
}
