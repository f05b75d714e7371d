/* What a rule looks at: payload, meta, ct, fib, and bits of these. Held against `nft --debug=netlink list ruleset`. */
#include <string.h>

#include "json.h"

#define TCP 6
#define UDP 17
#define ICMP 1
#define ICMPV6 58

static int use(struct ptn_nft_key *k, enum ptn_pkt field, enum ptn_nft_type type)
{
    *k = (struct ptn_nft_key){.key = {.field = field, .width = ptn_nft_width(type)}, .type = type};
    return 0;
}

/* ---- headers ------------------------------------------------------------------------------------------------------
 */

/* What a header's name implies. */
static const struct header {
    const char *name;
    uint8_t nfproto, l4proto;
} headers[] = {
    {"tcp", 0, TCP},   {"ip", 2, 0},           {"udp", 0, UDP},     {"th", 0, 0},     {"ip6", 10, 0},
    {"icmp", 2, ICMP}, {"icmpv6", 10, ICMPV6}, {"udplite", 0, 136}, {"sctp", 0, 132}, {"dccp", 0, 33},
    {"ah", 0, 51},     {"esp", 0, 50},         {"comp", 0, 108},    {"igmp", 2, 2},   {"gre", 0, 47},
};

/* Fields that the model has; those of a header whose name is not said belong to all that have ports. */
static const struct {
    const char *header, *name;
    enum ptn_pkt field;
    enum ptn_nft_type type;
} payloads[] = {
    {"", "dport", PTN_PKT_DPORT, PTN_NFT_PORT},
    {"", "sport", PTN_PKT_SPORT, PTN_NFT_PORT},
    {"ip", "saddr", PTN_PKT_SADDR, PTN_NFT_IPV4},
    {"ip", "daddr", PTN_PKT_DADDR, PTN_NFT_IPV4},
    {"ip", "protocol", PTN_PKT_L4PROTO, PTN_NFT_PROTO},
    {"ip", "ttl", PTN_PKT_TTL, PTN_NFT_NUMBER8},
    {"ip", "dscp", PTN_PKT_DSCP, PTN_NFT_DSCP},
    {"ip", "length", PTN_PKT_LENGTH, PTN_NFT_NUMBER32},
    {"ip", "frag-off", PTN_PKT_FRAG_OFF, PTN_NFT_NUMBER16},
    {"ip6", "saddr", PTN_PKT_SADDR, PTN_NFT_IPV6},
    {"ip6", "daddr", PTN_PKT_DADDR, PTN_NFT_IPV6},
    {"ip6", "hoplimit", PTN_PKT_TTL, PTN_NFT_NUMBER8},
    {"ip6", "dscp", PTN_PKT_DSCP, PTN_NFT_DSCP},
    {"tcp", "flags", PTN_PKT_TCPFLAGS, PTN_NFT_TCP_FLAG},
    {"icmp", "type", PTN_PKT_ICMP_TYPE, PTN_NFT_ICMP_TYPE},
    {"icmp", "code", PTN_PKT_ICMP_CODE, PTN_NFT_ICMP_CODE},
    {"icmpv6", "type", PTN_PKT_ICMP_TYPE, PTN_NFT_ICMPV6_TYPE},
    {"icmpv6", "code", PTN_PKT_ICMP_CODE, PTN_NFT_ICMPV6_CODE},
};

/* Places in the packet that are such fields, where the rule has made sure of the protocol. */
static const struct {
    const char *base;
    uint16_t offset, len;
    uint8_t nfproto, l4proto;
    enum ptn_pkt field;
    enum ptn_nft_type type;
} raws[] = {
    {"th", 0, 16, 0, 0, PTN_PKT_SPORT, PTN_NFT_PORT},
    {"th", 16, 16, 0, 0, PTN_PKT_DPORT, PTN_NFT_PORT},
    {"th", 104, 8, 0, TCP, PTN_PKT_TCPFLAGS, PTN_NFT_TCP_FLAG},
    {"th", 0, 8, 0, ICMP, PTN_PKT_ICMP_TYPE, PTN_NFT_NUMBER8},
    {"th", 8, 8, 0, ICMP, PTN_PKT_ICMP_CODE, PTN_NFT_NUMBER8},
    {"th", 0, 8, 0, ICMPV6, PTN_PKT_ICMP_TYPE, PTN_NFT_NUMBER8},
    {"th", 8, 8, 0, ICMPV6, PTN_PKT_ICMP_CODE, PTN_NFT_NUMBER8},
    {"nh", 96, 32, 2, 0, PTN_PKT_SADDR, PTN_NFT_NUMBER32},
    {"nh", 128, 32, 2, 0, PTN_PKT_DADDR, PTN_NFT_NUMBER32},
    {"nh", 72, 8, 2, 0, PTN_PKT_L4PROTO, PTN_NFT_NUMBER8},
    {"nh", 64, 8, 2, 0, PTN_PKT_TTL, PTN_NFT_NUMBER8},
    {"nh", 56, 8, 10, 0, PTN_PKT_TTL, PTN_NFT_NUMBER8},
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* The field that begins at *offset and is no longer than *len; both go past it. */
static int raw_at(struct ptn_nft *r, const char *base, int64_t *offset, int64_t *len, struct ptn_nft_key *k)
{
    for (size_t i = 0; i < COUNT(raws); i++)
        if (strcmp(raws[i].base, base) == 0 && raws[i].offset == *offset && raws[i].len <= *len &&
            (!raws[i].nfproto || raws[i].nfproto == r->nfproto) &&
            (!raws[i].l4proto || raws[i].l4proto == r->l4proto)) {
            *offset += raws[i].len;
            *len -= raws[i].len;
            return use(k, raws[i].field, raws[i].type);
        }
    return PTN_NFT_UNCLEAR;
}

static int raw(struct ptn_nft *r, const struct ptn_json *body, const char *base, struct ptn_nft_key *k)
{
    int64_t offset = ptn_json_number(ptn_json_get(body, "offset"), UINT16_MAX);
    int64_t len = ptn_json_number(ptn_json_get(body, "len"), UINT16_MAX);
    return raw_at(r, base, &offset, &len, k) || len ? PTN_NFT_UNCLEAR : 0;
}

int ptn_nft_neighbours(struct ptn_nft *r, const struct ptn_json *payload, struct ptn_nft_keys *keys)
{
    const char *base = ptn_json_text(ptn_json_get(payload, "base"));
    int64_t offset = ptn_json_number(ptn_json_get(payload, "offset"), UINT16_MAX);
    int64_t len = ptn_json_number(ptn_json_get(payload, "len"), UINT16_MAX);
    keys->n = 0;
    while (base && len > 0 && keys->n < PTN_KEYS_MAX)
        if (raw_at(r, base, &offset, &len, &keys->at[keys->n++]))
            return PTN_NFT_UNCLEAR;
    return len == 0 && keys->n > 1 ? 0 : PTN_NFT_UNCLEAR;
}

static int payload(struct ptn_nft *r, const struct ptn_json *body, struct ptn_nft_key *k)
{
    const char *base = ptn_json_text(ptn_json_get(body, "base"));
    const char *header = ptn_json_text(ptn_json_get(body, "protocol"));
    const char *name = ptn_json_text(ptn_json_get(body, "field"));
    const struct header *h = headers;
    if (base)
        return raw(r, body, base, k);
    if (!header || !name)
        return PTN_NFT_UNCLEAR;
    if (strcmp(header, "ether") == 0 && strcmp(name, "type") == 0) {
        use(k, PTN_PKT_NFPROTO, PTN_NFT_ETHERTYPE);
        k->maybe = true;
        return 0;
    }
    while (h < headers + COUNT(headers) && strcmp(h->name, header) != 0)
        h++;
    if (h == headers + COUNT(headers))
        return PTN_NFT_UNCLEAR;
    int e = ptn_nft_need(r, h->nfproto, h->l4proto);
    if (e)
        return e;
    for (size_t i = 0; i < COUNT(payloads); i++)
        if (strcmp(payloads[i].name, name) == 0 && (!*payloads[i].header || strcmp(payloads[i].header, header) == 0))
            return use(k, payloads[i].field, payloads[i].type);
    if (h->nfproto != 10 || strcmp(name, "nexthdr") != 0)
        return PTN_NFT_UNCLEAR;
    use(k, PTN_PKT_L4PROTO, PTN_NFT_PROTO);
    k->nexthdr = true;
    return 0;
}

/* ---- what the kernel knows of a packet ----------------------------------------------------------------------------
 */

struct meta {
    const char *name;
    enum ptn_pkt field;
    enum ptn_nft_type type;
};

static const struct meta metas[] = {
    {"iifname", PTN_PKT_IIFNAME, PTN_NFT_IFNAME},
    {"oifname", PTN_PKT_OIFNAME, PTN_NFT_IFNAME},
    {"iif", PTN_PKT_IIFNAME, PTN_NFT_IFINDEX},
    {"oif", PTN_PKT_OIFNAME, PTN_NFT_IFINDEX},
    {"l4proto", PTN_PKT_L4PROTO, PTN_NFT_PROTO},
    {"nfproto", PTN_PKT_NFPROTO, PTN_NFT_NFPROTO},
    {"protocol", PTN_PKT_NFPROTO, PTN_NFT_ETHERTYPE},
    {"mark", PTN_PKT_MARK, PTN_NFT_MARK},
    {"pkttype", PTN_PKT_PKTTYPE, PTN_NFT_PKTTYPE},
    {"skuid", PTN_PKT_SKUID, PTN_NFT_UID},
    {"skgid", PTN_PKT_SKGID, PTN_NFT_GID},
    {"length", PTN_PKT_LENGTH, PTN_NFT_NUMBER32},
    {"iifgroup", PTN_PKT_IIFGROUP, PTN_NFT_GROUP},
    {"oifgroup", PTN_PKT_OIFGROUP, PTN_NFT_GROUP},
};

static const struct meta cts[] = {
    {"state", PTN_PKT_CT_STATE, PTN_NFT_CT_STATE},       {"status", PTN_PKT_CT_STATUS, PTN_NFT_CT_STATUS},
    {"direction", PTN_PKT_CT_DIRECTION, PTN_NFT_CT_DIR}, {"mark", PTN_PKT_CT_MARK, PTN_NFT_MARK},
    {"protocol", PTN_PKT_L4PROTO, PTN_NFT_PROTO},        {"l3proto", PTN_PKT_NFPROTO, PTN_NFT_NFPROTO},
};

/* Of the original direction; of the reply nothing is known. */
static const struct meta originals[] = {
    {"ip saddr", PTN_PKT_CT_SADDR, PTN_NFT_IPV4},  {"ip daddr", PTN_PKT_CT_DADDR, PTN_NFT_IPV4},
    {"ip6 saddr", PTN_PKT_CT_SADDR, PTN_NFT_IPV6}, {"ip6 daddr", PTN_PKT_CT_DADDR, PTN_NFT_IPV6},
    {"proto-src", PTN_PKT_CT_SPORT, PTN_NFT_PORT}, {"proto-dst", PTN_PKT_CT_DPORT, PTN_NFT_PORT},
    {"saddr", PTN_PKT_CT_SADDR, PTN_NFT_ALIEN},    {"daddr", PTN_PKT_CT_DADDR, PTN_NFT_ALIEN},
};

static const struct meta *find(const struct meta *table, size_t n, const char *name)
{
    for (size_t i = 0; name && i < n; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

static int meta(struct ptn_nft *r, const struct ptn_json *body, struct ptn_nft_key *k)
{
    const struct meta *m = find(metas, COUNT(metas), ptn_json_text(ptn_json_get(body, "key")));
    (void)r;
    return m ? use(k, m->field, m->type) : PTN_NFT_UNCLEAR;
}

static int original(struct ptn_nft *r, const struct meta *m, struct ptn_nft_key *k)
{
    enum ptn_nft_type type = m->type;
    if (type == PTN_NFT_ALIEN)
        type = r->nfproto == 2 ? PTN_NFT_IPV4 : r->nfproto == 10 ? PTN_NFT_IPV6 : PTN_NFT_ALIEN;
    if (type == PTN_NFT_ALIEN)
        return PTN_NFT_UNCLEAR;
    use(k, m->field, type);
    return ptn_nft_need(r, type == PTN_NFT_IPV4 ? 2 : type == PTN_NFT_IPV6 ? 10 : 0, 0);
}

static int ct(struct ptn_nft *r, const struct ptn_json *body, struct ptn_nft_key *k)
{
    const char *name = ptn_json_text(ptn_json_get(body, "key"));
    const struct meta *m = find(cts, COUNT(cts), name);
    if (m && m->field == PTN_PKT_CT_STATE)
        return use(k, m->field, m->type);
    int e = ptn_nft_need_tracked(r);
    if (e)
        return e;
    if (m)
        return use(k, m->field, m->type);
    m = find(originals, COUNT(originals), name);
    return m && ptn_json_equals(ptn_json_get(body, "dir"), "original") ? original(r, m, k) : PTN_NFT_UNCLEAR;
}

/* ---- routes -------------------------------------------------------------------------------------------------------
 */

enum { SADDR = 1, DADDR = 2, IIF = 4, OIF = 8 };

static unsigned fib_flags(const struct ptn_json *flags)
{
    return (ptn_json_has(flags, "saddr") ? SADDR : 0u) | (ptn_json_has(flags, "daddr") ? DADDR : 0u) |
           (ptn_json_has(flags, "iif") ? IIF : 0u) | (ptn_json_has(flags, "oif") ? OIF : 0u);
}

/* That the mark takes part matters only to policy routing, which the terrain knows of. */
static int fib(struct ptn_nft *r, const struct ptn_json *body, struct ptn_nft_key *k)
{
    static const struct {
        const char *result;
        unsigned flags;
        enum ptn_pkt field;
        enum ptn_nft_type type;
    } fibs[] = {
        {"type", SADDR, PTN_PKT_FIB_SADDR_TYPE, PTN_NFT_FIB},
        {"type", SADDR | IIF, PTN_PKT_FIB_SADDR_IIF_TYPE, PTN_NFT_FIB},
        {"type", DADDR, PTN_PKT_FIB_DADDR_TYPE, PTN_NFT_FIB},
        {"type", DADDR | IIF, PTN_PKT_FIB_DADDR_IIF_TYPE, PTN_NFT_FIB},
        {"oif", SADDR, PTN_PKT_FIB_SADDR_OIF, PTN_NFT_IFINDEX},
        {"oif", SADDR | IIF, PTN_PKT_FIB_SADDR_IIF_OIF, PTN_NFT_IFINDEX},
        {"oifname", SADDR, PTN_PKT_FIB_SADDR_OIF, PTN_NFT_IFNAME},
        {"oifname", SADDR | IIF, PTN_PKT_FIB_SADDR_IIF_OIF, PTN_NFT_IFNAME},
    };
    unsigned flags = fib_flags(ptn_json_get(body, "flags"));
    (void)r;
    for (size_t i = 0; i < COUNT(fibs); i++)
        if (fibs[i].flags == flags && ptn_json_equals(ptn_json_get(body, "result"), fibs[i].result))
            return use(k, fibs[i].field, fibs[i].type);
    return PTN_NFT_UNCLEAR;
}

/* ---- fields of options, which no question knows; but whose they are is known --------------------------------------
 */

static int tcp_option(struct ptn_nft *r, const struct ptn_json *body, struct ptn_nft_key *k)
{
    int e = ptn_nft_need(r, 0, TCP);
    (void)body, (void)k;
    return e ? e : PTN_NFT_UNCLEAR;
}

static int sctp_chunk(struct ptn_nft *r, const struct ptn_json *body, struct ptn_nft_key *k)
{
    int e = ptn_nft_need(r, 0, 132);
    (void)body, (void)k;
    return e ? e : PTN_NFT_UNCLEAR;
}

static int ip_option(struct ptn_nft *r, const struct ptn_json *body, struct ptn_nft_key *k)
{
    int e = ptn_nft_need(r, 2, 0);
    (void)body, (void)k;
    return e ? e : PTN_NFT_UNCLEAR;
}

static int exthdr(struct ptn_nft *r, const struct ptn_json *body, struct ptn_nft_key *k)
{
    int e = ptn_nft_need(r, 10, 0);
    e = e ? e : ptn_nft_need_exthdr(r);
    (void)body, (void)k;
    return e ? e : PTN_NFT_UNCLEAR;
}

static int hash(struct ptn_nft *r, const struct ptn_json *body, struct ptn_nft_key *k)
{
    struct ptn_nft_keys of;
    const struct ptn_json *expr = ptn_json_get(body, "expr");
    const char *name = ptn_json_only(expr, &body);
    (void)k;
    if (!name || strcmp(name, "jhash") == 0)
        return PTN_NFT_UNCLEAR;
    int e = ptn_nft_keys(r, expr, &of);
    return e < 0 ? e : PTN_NFT_UNCLEAR;
}

/* ---- all of them --------------------------------------------------------------------------------------------------
 */

static const struct {
    const char *name;
    int (*read)(struct ptn_nft *, const struct ptn_json *body, struct ptn_nft_key *);
} kinds[] = {
    {"payload", payload},
    {"meta", meta},
    {"ct", ct},
    {"fib", fib},
    {"tcp option", tcp_option},
    {"ip option", ip_option},
    {"sctp chunk", sctp_chunk},
    {"exthdr", exthdr},
    {"osf", tcp_option},
    {"jhash", hash},
};

static bool is_bits(const char *name)
{
    return strcmp(name, "&") == 0 || strcmp(name, "|") == 0 || strcmp(name, "^") == 0;
}

static int key_at(struct ptn_nft *r, const struct ptn_json *j, struct ptn_nft_key *k, unsigned depth)
{
    const struct ptn_json *body;
    const char *name = ptn_json_only(j, &body);
    if (!name || depth > PTN_NFT_DEPTH)
        return PTN_NFT_UNCLEAR;
    if (is_bits(name))
        return ptn_nft_bits(r, j, k, depth);
    if (strcmp(name, "<<") == 0 || strcmp(name, ">>") == 0) {
        int e = key_at(r, ptn_json_at(body, 0), k, depth + 1);
        return e < 0 ? e : PTN_NFT_UNCLEAR;
    }
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (strcmp(kinds[i].name, name) == 0)
            return kinds[i].read(r, body, k);
    return PTN_NFT_UNCLEAR;
}

int ptn_nft_one_key(struct ptn_nft *r, const struct ptn_json *j, struct ptn_nft_key *k)
{
    return key_at(r, j, k, 0);
}

/* (x & c), (x | c), (x ^ c) after what was done to x before. */
static int apply(struct ptn_key *k, char op, const uint8_t *c)
{
    for (unsigned i = 0; i < k->width; i++) {
        if (op == '&') {
            k->mask[i] &= c[i];
            k->flip[i] &= c[i];
        } else if (op == '|') {
            k->mask[i] = (uint8_t)(k->mask[i] & ~c[i]);
            k->flip[i] |= c[i];
        } else {
            k->flip[i] ^= c[i];
        }
    }
    return 0;
}

int ptn_nft_bits(struct ptn_nft *r, const struct ptn_json *j, struct ptn_nft_key *k, unsigned depth)
{
    uint8_t c[PTN_RANGES_WIDTH], high[PTN_RANGES_WIDTH];
    const struct ptn_json *body, *left;
    const char *op = ptn_json_only(j, &body);
    if (!op || !is_bits(op) || !(left = ptn_json_at(body, 0)))
        return PTN_NFT_UNCLEAR;
    int e = key_at(r, left, k, depth + 1);
    if (e || k->type == PTN_NFT_ETHERTYPE || k->type == PTN_NFT_IFNAME || k->type == PTN_NFT_IFINDEX)
        return e ? e : PTN_NFT_UNCLEAR;
    if (!k->key.masked) {
        memset(k->key.mask, 0xff, k->key.width);
        memset(k->key.flip, 0, k->key.width);
        k->key.masked = true;
    }
    for (uint32_t i = 1; i < body->len; i++) {
        if (ptn_nft_bounds(k->type, ptn_json_at(body, i), c, high) || memcmp(c, high, k->key.width) != 0)
            return PTN_NFT_UNCLEAR;
        apply(&k->key, *op, c);
    }
    return 0;
}

int ptn_nft_keys(struct ptn_nft *r, const struct ptn_json *j, struct ptn_nft_keys *keys)
{
    const struct ptn_json *body;
    const char *name = ptn_json_only(j, &body);
    int clear = 0;
    keys->n = 0;
    if (!name || strcmp(name, "concat") != 0) {
        keys->n = 1;
        return ptn_nft_one_key(r, j, &keys->at[0]);
    }
    if (body->kind != PTN_JSON_ARRAY)
        return PTN_NFT_UNCLEAR;
    PTN_JSON_EACH(item, body)
    {
        if (keys->n == PTN_KEYS_MAX)
            return PTN_NFT_UNCLEAR;
        int e = ptn_nft_one_key(r, item, &keys->at[keys->n++]);
        if (e < 0)
            return e;
        clear |= e;
    }
    return clear || !keys->n ? PTN_NFT_UNCLEAR : 0;
}
