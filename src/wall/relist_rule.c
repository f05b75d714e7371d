#include "relist_rule.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#define STMTS_MAX 64
#define LINK NFT_PAYLOAD_LL_HEADER
#define NET NFT_PAYLOAD_NETWORK_HEADER
#define TRANSPORT NFT_PAYLOAD_TRANSPORT_HEADER
#define ICMP 1
#define TCP 6
#define ICMPV6 58

/* Where in a packet a field stands; what the kernel keeps beside it. */
struct place {
    enum ptn_pkt field;
    uint8_t width; /* in the model */
    enum ptn_code_kind kind;
    uint32_t what;
    uint32_t offset, len; /* of META: len alone */
    uint8_t nfproto;      /* 0: any */
    uint8_t mask[2], shift;
};

static const struct place places[] = {
    {PTN_PKT_SADDR, 4, PTN_CODE_PAYLOAD, NET, 12, 4, NFPROTO_IPV4, {0}, 0},
    {PTN_PKT_DADDR, 4, PTN_CODE_PAYLOAD, NET, 16, 4, NFPROTO_IPV4, {0}, 0},
    {PTN_PKT_TTL, 1, PTN_CODE_PAYLOAD, NET, 8, 1, NFPROTO_IPV4, {0}, 0},
    {PTN_PKT_L4PROTO, 1, PTN_CODE_PAYLOAD, NET, 9, 1, NFPROTO_IPV4, {0}, 0},
    {PTN_PKT_LENGTH, 4, PTN_CODE_PAYLOAD, NET, 2, 2, NFPROTO_IPV4, {0}, 0},
    {PTN_PKT_FRAG_OFF, 2, PTN_CODE_PAYLOAD, NET, 6, 2, NFPROTO_IPV4, {0}, 0},
    {PTN_PKT_DSCP, 1, PTN_CODE_PAYLOAD, NET, 1, 1, NFPROTO_IPV4, {0xfc, 0}, 2},
    {PTN_PKT_SADDR, 16, PTN_CODE_PAYLOAD, NET, 8, 16, NFPROTO_IPV6, {0}, 0},
    {PTN_PKT_DADDR, 16, PTN_CODE_PAYLOAD, NET, 24, 16, NFPROTO_IPV6, {0}, 0},
    {PTN_PKT_TTL, 1, PTN_CODE_PAYLOAD, NET, 7, 1, NFPROTO_IPV6, {0}, 0},
    {PTN_PKT_L4PROTO, 1, PTN_CODE_PAYLOAD, NET, 6, 1, NFPROTO_IPV6, {0}, 0},
    {PTN_PKT_DSCP, 1, PTN_CODE_PAYLOAD, NET, 0, 2, NFPROTO_IPV6, {0x0f, 0xc0}, 6},
    {PTN_PKT_SPORT, 2, PTN_CODE_PAYLOAD, TRANSPORT, 0, 2, 0, {0}, 0},
    {PTN_PKT_DPORT, 2, PTN_CODE_PAYLOAD, TRANSPORT, 2, 2, 0, {0}, 0},
    {PTN_PKT_ICMP_TYPE, 1, PTN_CODE_PAYLOAD, TRANSPORT, 0, 1, 0, {0}, 0},
    {PTN_PKT_ICMP_CODE, 1, PTN_CODE_PAYLOAD, TRANSPORT, 1, 1, 0, {0}, 0},
    {PTN_PKT_TCPFLAGS, 1, PTN_CODE_PAYLOAD, TRANSPORT, 13, 1, 0, {0}, 0},
    {PTN_PKT_NFPROTO, 1, PTN_CODE_PAYLOAD, LINK, 12, 2, 0, {0}, 0}, /* as an Ethernet type */
    {PTN_PKT_NFPROTO, 1, PTN_CODE_META, NFT_META_PROTOCOL, 0, 2, 0, {0}, 0},
    {PTN_PKT_NFPROTO, 1, PTN_CODE_META, NFT_META_NFPROTO, 0, 1, 0, {0}, 0},
    {PTN_PKT_L4PROTO, 1, PTN_CODE_META, NFT_META_L4PROTO, 0, 1, 0, {0}, 0},
    {PTN_PKT_PKTTYPE, 1, PTN_CODE_META, NFT_META_PKTTYPE, 0, 1, 0, {0}, 0},
    {PTN_PKT_MARK, 4, PTN_CODE_META, NFT_META_MARK, 0, 4, 0, {0}, 0},
    {PTN_PKT_LENGTH, 4, PTN_CODE_META, NFT_META_LEN, 0, 4, 0, {0}, 0},
    {PTN_PKT_SKUID, 4, PTN_CODE_META, NFT_META_SKUID, 0, 4, 0, {0}, 0},
    {PTN_PKT_SKGID, 4, PTN_CODE_META, NFT_META_SKGID, 0, 4, 0, {0}, 0},
    {PTN_PKT_IIFGROUP, 4, PTN_CODE_META, NFT_META_IIFGROUP, 0, 4, 0, {0}, 0},
    {PTN_PKT_OIFGROUP, 4, PTN_CODE_META, NFT_META_OIFGROUP, 0, 4, 0, {0}, 0},
};

#define N_PLACES (sizeof(places) / sizeof(*places))

static bool is_masked(const struct place *p)
{
    return p->mask[0] || p->mask[1];
}

static bool is_ethertype(const struct place *p)
{
    return p->field == PTN_PKT_NFPROTO && p->len == 2;
}

/* The kernel's octets as the model's number. Result: false where that says too little. */
static bool number(const struct place *p, const uint8_t *data, uint8_t *out)
{
    unsigned n = p->len == 2 ? (unsigned)data[0] << 8 | data[1] : data[0];
    memset(out, 0, p->width);
    if (is_ethertype(p)) {
        *out = n == 0x0800 ? NFPROTO_IPV4 : n == 0x86dd ? NFPROTO_IPV6 : 0;
    } else if (is_masked(p)) {
        unsigned mask = p->len == 2 ? (unsigned)p->mask[0] << 8 | p->mask[1] : p->mask[0];
        *out = (uint8_t)(n >> p->shift);
        return (n & ~mask) == 0;
    } else {
        memcpy(out + p->width - p->len, data, p->len);
    }
    return true;
}

static bool is_at(const struct place *p, const struct ptn_code_load *l)
{
    if (p->kind != l->kind || p->what != l->what || is_masked(p) != l->masked || l->odd)
        return false;
    return p->kind == PTN_CODE_META ||
           (p->offset == l->offset && p->len == l->len && memcmp(p->mask, l->mask, sizeof(p->mask)) == 0);
}

static const struct place *place_of(const struct ptn_code_load *l, uint8_t nfproto)
{
    for (size_t i = 0; i < N_PLACES; i++)
        if (is_at(&places[i], l) && (!places[i].nfproto || places[i].nfproto == nfproto))
            return &places[i];
    return NULL;
}

/* ---- what looks suspicious --------------------------------------------------------------------------------------- */

/* "ip6 nexthdr", which the reader widened. */
static bool is_nexthdr(const struct ptn_look *l)
{
    return l->n_keys == 2 && l->key[0].field == PTN_PKT_EXTHDR && l->set->n_groups && l->set->groups[0].n_boxes == 1;
}

static bool in_header(enum ptn_pkt field)
{
    for (size_t i = 0; i < N_PLACES; i++)
        if (places[i].field == field && places[i].kind == PTN_CODE_PAYLOAD)
            return true;
    return false;
}

/* The one number that it compares with, or NULL. */
static const uint8_t *only(const struct ptn_look *l)
{
    const struct ptn_set *s = l->set;
    const struct ptn_ranges *r = s->n_groups == 1 ? s->groups[0].ranges : NULL;
    if (l->n_keys != 1 || l->key[0].masked || s->name || s->opaque || s->has_fallback || !r || r->n != 1)
        return NULL;
    const uint8_t *lo = ptn_ranges_lo(r, 0);
    return memcmp(lo, ptn_ranges_hi(r, 0), r->width) == 0 ? lo : NULL;
}

/* Field "!=" number, of a field in a header. */
static bool is_unequal(const struct ptn_stmt *s)
{
    if (s->kind != PTN_STMT_TEST || !s->look.negate || s->span)
        return false;
    return is_nexthdr(&s->look) || (only(&s->look) && in_header(s->look.key[0].field));
}

static bool is_reject(const struct ptn_stmt *s)
{
    return s->kind == PTN_STMT_VERDICT && s->verdict.code == PTN_REJECT;
}

bool ptn_rule_is_suspect(const struct ptn_rule *r)
{
    unsigned unequal = 0, maybe = 0;
    for (uint32_t i = 0; i < r->n_stmts; i++) {
        const struct ptn_stmt *s = &r->stmts[i];
        if (s->span || (is_reject(s) && r->chain->table->backend == PTN_BACKEND_NFT))
            return true;
        unequal += is_unequal(s);
        maybe += s->kind == PTN_STMT_MAYBE;
    }
    return unequal > 1 || (unequal && maybe);
}

/* ---- a rule made anew ---------------------------------------------------------------------------------------------
 */

struct relist {
    struct ptn_wall *wall;
    struct ptn_rule *rule;
    const struct ptn_bytecode *code;
    uint8_t nfproto, l4proto; /* that it asks for, 0: none */
    bool undecided, changed;
    uint8_t unequal[STMTS_MAX]; /* of a statement: which test it stands for, from 1 */
    uint8_t pair[STMTS_MAX];    /* of a statement that is no range: which tests it stands for, the first from 1 */
    bool joint[PTN_CODE_TESTS]; /* of a test: several statements stand for it */
    struct ptn_stmt *out;
    uint32_t n;
};

static void put_maybe(struct relist *r)
{
    r->out[r->n++] = (struct ptn_stmt){.kind = PTN_STMT_MAYBE, .text = "nft lists this rule as what it is not"};
}

static int put_test(struct relist *r, enum ptn_pkt field, struct ptn_set *set, bool negate)
{
    if (!set)
        return -ENOMEM;
    r->out[r->n++] = (struct ptn_stmt){
        .kind = PTN_STMT_TEST,
        .look = {.n_keys = 1, .key = {{.field = field, .width = set->width[0]}}, .set = set, .negate = negate},
    };
    return 0;
}

/* What nft may have listed wrongly of a rule. */
static bool is_open(const struct ptn_stmt *s)
{
    return s->kind == PTN_STMT_TEST && (s->look.negate || s->span);
}

int ptn_rule_undecide(struct ptn_wall *w, struct ptn_rule *rule)
{
    struct relist r = {.wall = w, .rule = rule};
    uint32_t at = 0;
    r.out = ptn_arena_alloc(&w->arena, (rule->n_stmts + (size_t)1) * sizeof(*r.out));
    if (!r.out)
        return -ENOMEM;
    while (at < rule->n_stmts && rule->stmts[at].kind == PTN_STMT_TEST && !is_open(&rule->stmts[at]))
        at++;
    for (uint32_t i = 0; i < rule->n_stmts; i++) {
        if (i == at)
            put_maybe(&r);
        if (!is_open(&rule->stmts[i]))
            r.out[r.n++] = rule->stmts[i];
    }
    if (at == rule->n_stmts)
        put_maybe(&r);
    rule->stmts = r.out;
    rule->n_stmts = r.n;
    return 0;
}

/* Whether the octets at this place are the field, and nothing else, in all packets that come so far. */
static bool is_sure(const struct relist *r, const struct place *p)
{
    const bool icmp = p->field == PTN_PKT_ICMP_TYPE || p->field == PTN_PKT_ICMP_CODE;
    if (p->field == PTN_PKT_TCPFLAGS || icmp)
        return icmp ? r->l4proto == ICMP || r->l4proto == ICMPV6 : r->l4proto == TCP;
    return p->field != PTN_PKT_L4PROTO || p->nfproto != NFPROTO_IPV6; /* nexthdr may be an extension header's */
}

/* One comparison of two that were listed as a range. */
static int put_half(struct relist *r, const struct ptn_code_test *t)
{
    static const uint8_t none[PTN_CODE_WIDTH];
    uint8_t all[PTN_CODE_WIDTH], at[PTN_CODE_WIDTH];
    const struct place *p = place_of(&t->load, r->nfproto);
    const bool up = t->op == NFT_CMP_GTE || t->op == NFT_CMP_LT, negate = t->op == NFT_CMP_LT || t->op == NFT_CMP_GT;
    memset(all, 0xff, sizeof(all));
    if (!p || !is_sure(r, p) || t->len != p->len || is_ethertype(p) || !number(p, t->lo, at) ||
        (p->kind == PTN_CODE_META && p->len > 1 && !t->load.swapped)) {
        put_maybe(r);
        return 0;
    }
    return put_test(r, p->field, ptn_set_of_range(r->wall, p->width, up ? at : none, up ? all : at), negate);
}

/* All that stands for one test, as one look at all of it. */
static int put_joint(struct relist *r, uint8_t test)
{
    uint8_t box[2 * PTN_KEYS_MAX * PTN_CODE_WIDTH];
    size_t len = 0;
    struct ptn_stmt s = {.kind = PTN_STMT_TEST, .look = {.negate = true}};
    struct ptn_set *set = ptn_wall_set(r->wall, NULL, NULL);
    if (!set)
        return -ENOMEM;
    for (uint32_t i = 0; i < r->rule->n_stmts; i++) {
        const struct ptn_look *l = &r->rule->stmts[i].look;
        if (r->unequal[i] != test)
            continue;
        const uint8_t width = l->key[0].width, *n = only(l);
        memcpy(box + len, n, width);
        memcpy(box + len + width, n, width);
        len += 2u * width;
        set->width[set->n_keys++] = width;
        s.look.key[s.look.n_keys++] = l->key[0];
    }
    s.look.set = set;
    r->out[r->n++] = s;
    return ptn_set_add(set, box, NULL, false);
}

/* ---- two "!=" that are one ----------------------------------------------------------------------------------------
 */

/* Where the statement's field stands, if that is within what the test looks at. */
static const struct place *place_in(const struct relist *r, const struct ptn_look *l, const struct ptn_code_load *load)
{
    const struct ptn_key *k = &l->key[l->n_keys - 1];
    for (size_t i = 0; i < N_PLACES; i++) {
        const struct place *p = &places[i];
        if (p->field != k->field || p->width != k->width || p->kind != load->kind || p->what != load->what ||
            (p->nfproto && r->nfproto && p->nfproto != r->nfproto))
            continue;
        if (p->kind == PTN_CODE_META || (p->offset >= load->offset && p->offset + p->len <= load->offset + load->len))
            return p;
    }
    return NULL;
}

static bool says(const struct ptn_stmt *s, const struct place *p, const struct ptn_code_test *t)
{
    uint8_t n[PTN_CODE_WIDTH];
    const uint32_t from = p->kind == PTN_CODE_PAYLOAD ? p->offset - t->load.offset : 0;
    if (is_nexthdr(&s->look) || (p->kind == PTN_CODE_META && p->width > 1))
        return true; /* what is kept beside the packet is never looked at together with another */
    return from + p->len <= t->len && number(p, t->lo + from, n) && memcmp(n, only(&s->look), p->width) == 0;
}

/* Which statements stand for the test. */
static void match_unequal(struct relist *r, uint8_t test)
{
    const struct ptn_code_test *t = &r->code->at[test];
    uint32_t covered = 0, whole = t->load.kind == PTN_CODE_PAYLOAD ? (UINT32_C(1) << t->len) - 1 : 1;
    unsigned n = 0;
    bool plain = true;
    for (uint32_t i = 0; i < r->rule->n_stmts; i++) {
        const struct ptn_stmt *s = &r->rule->stmts[i];
        const struct place *p = is_unequal(s) && !r->unequal[i] ? place_in(r, &s->look, &t->load) : NULL;
        if (!p || !says(s, p, t))
            continue;
        uint32_t bits = p->kind == PTN_CODE_PAYLOAD ? ((UINT32_C(1) << p->len) - 1) << (p->offset - t->load.offset) : 1;
        if (covered & bits)
            continue;
        covered |= bits;
        n++;
        r->unequal[i] = (uint8_t)(test + 1);
        plain &= p->what != LINK && is_masked(p) == t->load.masked && !is_nexthdr(&s->look);
        if (n == 1 && is_at(p, &t->load))
            return;
    }
    r->joint[test] = n > 1;
    r->changed |= n > 1;
    r->undecided |= n > 0 && (covered != whole || !plain || n > PTN_KEYS_MAX);
}

static void match_all_unequal(struct relist *r)
{
    for (unsigned i = 0; i < r->code->n; i++)
        if (r->code->at[i].op == NFT_CMP_NEQ && !r->code->at[i].range && r->code->at[i].len <= PTN_CODE_WIDTH)
            match_unequal(r, (uint8_t)i);
    for (uint32_t i = 0; i < r->rule->n_stmts; i++)
        r->undecided |= is_unequal(&r->rule->stmts[i]) && !r->unequal[i] && !r->code->foreign;
}

/* ---- ranges that are none ------------------------------------------------------------------------------------------
 */

/* nft looks at the kind alone; a mask that is part of a field, as that of DSCP, is none to it. */
static bool would_join(const struct relist *r, const struct ptn_code_load *a, const struct ptn_code_load *b)
{
    bool a_masked = a->masked && !place_of(a, r->nfproto), b_masked = b->masked && !place_of(b, r->nfproto);
    return a->name && b->name && mnl_attr_get_payload_len(a->name) == mnl_attr_get_payload_len(b->name) &&
           memcmp(mnl_attr_get_payload(a->name), mnl_attr_get_payload(b->name), mnl_attr_get_payload_len(a->name)) ==
               0 &&
           a_masked == b_masked;
}

/* What nft makes a range of, from this test on. Result: how many tests, 0: it is none. *wrong: it is not a range. */
static unsigned range_at(const struct relist *r, unsigned i, bool *wrong)
{
    const struct ptn_code_test *a = &r->code->at[i], *b = a + 1;
    *wrong = false;
    if (a->range)
        return 1;
    if (i + 1 >= r->code->n || !b->joined)
        return 0;
    const bool inner = a->op == NFT_CMP_GTE && b->op == NFT_CMP_LTE, outer = a->op == NFT_CMP_LT && b->op == NFT_CMP_GT;
    if ((!inner && !outer) || (b->fresh && !would_join(r, &a->load, &b->load)))
        return 0;
    *wrong = outer || (b->fresh && !ptn_code_same(&a->load, &b->load));
    return 2;
}

/* The ranges of the listing and those of the kernel come in the same order. */
static void match_ranges(struct relist *r)
{
    unsigned wrong = 0;
    uint32_t at = 0, n = r->rule->n_stmts;
    bool off = false;
    for (unsigned i = 0, used; i < r->code->n; i += used ? used : 1) {
        bool is_wrong;
        used = range_at(r, i, &is_wrong);
        if (!used)
            continue;
        while (at < n && !r->rule->stmts[at].span)
            at++;
        off |= at == n;
        wrong += is_wrong;
        if (at < n && is_wrong)
            r->pair[at] = (uint8_t)(i + 1);
        at += at < n;
    }
    bool listed = false;
    for (uint32_t i = 0; i < n; i++)
        listed |= r->rule->stmts[i].span;
    for (; at < n; at++)
        off |= r->rule->stmts[at].span;
    r->changed |= wrong > 0;
    r->undecided |= off && (listed || wrong);
}

/* ---- what the rest follows from
 * -------------------------------------------------------------------------------------- */

static bool has_test(const struct ptn_rule *rule, enum ptn_pkt field, uint8_t n)
{
    for (uint32_t i = 0; i < rule->n_stmts; i++) {
        const struct ptn_stmt *s = &rule->stmts[i];
        const uint8_t *is = s->kind == PTN_STMT_TEST && !s->look.negate ? only(&s->look) : NULL;
        if (is && s->look.key[0].field == field && *is == n)
            return true;
    }
    return false;
}

static bool has_maybe(const struct ptn_rule *rule)
{
    for (uint32_t i = 0; i < rule->n_stmts; i++)
        if (rule->stmts[i].kind == PTN_STMT_MAYBE)
            return true;
    return false;
}

static uint8_t family_of(const struct ptn_table *t)
{
    return t->family == PTN_TABLE_IP ? NFPROTO_IPV4 : t->family == PTN_TABLE_IP6 ? NFPROTO_IPV6 : 0;
}

/* "is" tests of the protocols; what the link's header says is not known to us. */
static const struct place *protocol(const struct ptn_code_test *t, uint8_t *n)
{
    const struct place *p = t->op == NFT_CMP_EQ && !t->range ? place_of(&t->load, 0) : NULL;
    if (!p || (p->field != PTN_PKT_NFPROTO && p->field != PTN_PKT_L4PROTO) || t->len != p->len)
        return NULL;
    return number(p, t->lo, n) ? p : NULL;
}

static int put_needs(struct relist *r)
{
    bool link = false;
    int e = 0;
    for (unsigned i = 0; i < r->code->n && e == 0; i++) {
        const struct ptn_code_test *t = &r->code->at[i];
        uint8_t n;
        const struct place *p = protocol(t, &n);
        link |= (t->load.kind == PTN_CODE_PAYLOAD && t->load.what == LINK) ||
                (t->load.kind == PTN_CODE_META && t->load.what == NFT_META_IIFTYPE);
        if (!p || has_test(r->rule, p->field, n) ||
            (p->field == PTN_PKT_NFPROTO && n == family_of(r->rule->chain->table)))
            continue;
        e = put_test(r, p->field, ptn_set_of_number(r->wall, 1, n, n), false);
    }
    if (link && !has_maybe(r->rule))
        put_maybe(r);
    return e;
}

/* ---- all of it
 * -------------------------------------------------------------------------------------------------------- */

static void read_protocols(struct relist *r)
{
    r->nfproto = family_of(r->rule->chain->table);
    for (unsigned i = 0; i < r->code->n; i++) {
        uint8_t n;
        const struct place *p = protocol(&r->code->at[i], &n);
        if (p && p->field == PTN_PKT_NFPROTO && !r->nfproto)
            r->nfproto = n;
        else if (p && p->field == PTN_PKT_L4PROTO && !r->l4proto)
            r->l4proto = n;
    }
}

static int put_stmt(struct relist *r, uint32_t i)
{
    const uint8_t test = r->unequal[i];
    if (r->pair[i]) {
        int e = put_half(r, &r->code->at[r->pair[i] - 1]);
        return e < 0 ? e : put_half(r, &r->code->at[r->pair[i]]);
    }
    if (!test || !r->joint[test - 1]) {
        r->out[r->n++] = r->rule->stmts[i];
        return 0;
    }
    for (uint32_t k = i + 1; k < r->rule->n_stmts; k++)
        if (r->unequal[k] == test)
            return 0; /* it comes in the last one's place */
    return put_joint(r, test);
}

static int rewrite(struct relist *r)
{
    const size_t most = r->code->n + 2 * (size_t)r->rule->n_stmts + 1;
    r->out = ptn_arena_alloc(&r->wall->arena, most * sizeof(*r->out));
    int e = r->out ? put_needs(r) : -ENOMEM;
    for (uint32_t i = 0; i < r->rule->n_stmts && e == 0; i++)
        e = put_stmt(r, i);
    if (e == 0) {
        r->rule->stmts = r->out;
        r->rule->n_stmts = r->n;
    }
    return e;
}

int ptn_rule_relist(struct ptn_wall *w, struct ptn_rule *rule, const struct ptn_bytecode *c)
{
    struct relist r = {.wall = w, .rule = rule, .code = c};
    bool rejects = false;
    if (c->obscure || rule->n_stmts > STMTS_MAX)
        return ptn_rule_undecide(w, rule);
    read_protocols(&r);
    match_all_unequal(&r);
    match_ranges(&r);
    for (uint32_t i = 0; i < rule->n_stmts; i++)
        rejects |= is_reject(&rule->stmts[i]);
    if (r.undecided)
        return ptn_rule_undecide(w, rule);
    return r.changed || rejects ? rewrite(&r) : 0;
}
