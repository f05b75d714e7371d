/* Matches: a key, an operator, and what the key is compared with. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

/* ---- statements of the present rule -------------------------------------------------------------------------------
 */

int ptn_nft_add(struct ptn_nft *r, enum ptn_stmt_kind kind, struct ptn_stmt **ret)
{
    if (r->n == r->room) {
        size_t room = r->room ? r->room * 2 : 16;
        struct ptn_stmt *more = reallocarray(r->stmts, room, sizeof(*more));
        if (!more)
            return -ENOMEM;
        r->stmts = more;
        r->room = room;
    }
    struct ptn_stmt *s = &r->stmts[r->n++];
    *s = (struct ptn_stmt){.kind = kind};
    if (ret)
        *ret = s;
    return 0;
}

int ptn_nft_add_text(struct ptn_nft *r, enum ptn_stmt_kind kind, const struct ptn_json *stmt)
{
    char buf[256];
    struct ptn_nft_text t = {.at = buf, .end = buf + sizeof(buf), .family = r->table->family};
    struct ptn_stmt *s;
    ptn_nft_say_stmt(&t, stmt);
    const char *text = ptn_arena_strdup(&r->wall->arena, buf);
    if (!text || ptn_nft_add(r, kind, &s) < 0)
        return -ENOMEM;
    s->text = text;
    return 0;
}

static void fill(struct ptn_look *look, const struct ptn_nft_keys *keys, struct ptn_set *set, bool negate)
{
    look->n_keys = keys->n;
    for (unsigned i = 0; i < keys->n; i++)
        look->key[i] = keys->at[i].key;
    look->set = set;
    look->negate = negate;
}

int ptn_nft_add_test(struct ptn_nft *r, const struct ptn_nft_keys *keys, struct ptn_set *set, bool negate)
{
    struct ptn_stmt *s;
    if (!set || ptn_nft_add(r, PTN_STMT_TEST, &s) < 0)
        return -ENOMEM;
    fill(&s->look, keys, set, negate);
    return 0;
}

/* ---- what nft does not print --------------------------------------------------------------------------------------
 */

static int need_number(struct ptn_nft *r, enum ptn_pkt field, struct ptn_set **shared, uint8_t number)
{
    struct ptn_nft_keys keys = {.n = 1, .at = {{.key = {.field = field, .width = 1}}}};
    if (!*shared && !(*shared = ptn_set_of_number(r->wall, 1, number, number)))
        return -ENOMEM;
    return ptn_nft_add_test(r, &keys, *shared, false);
}

int ptn_nft_need(struct ptn_nft *r, uint8_t nfproto, uint8_t l4proto)
{
    int e = 0;
    if (nfproto && nfproto != r->nfproto)
        e = need_number(r, PTN_PKT_NFPROTO, &r->nfprotos[nfproto == 10], nfproto);
    if (e == 0 && l4proto && l4proto != r->l4proto)
        e = need_number(r, PTN_PKT_L4PROTO, &r->l4protos[l4proto], l4proto);
    if (nfproto)
        r->nfproto = nfproto;
    if (l4proto)
        r->l4proto = l4proto;
    return e;
}

/* Of a packet that conntrack does not follow it says nothing but its state, invalid or untracked. */
int ptn_nft_need_tracked(struct ptn_nft *r)
{
    struct ptn_nft_keys keys = {.n = 1, .at = {{.key = {.field = PTN_PKT_CT_STATE, .width = 4, .masked = true}}}};
    if (r->tracked)
        return 0;
    r->tracked = true;
    keys.at[0].key.mask[3] = 1 | 64;
    if (!r->zero32 && !(r->zero32 = ptn_set_of_number(r->wall, 4, 0, 0)))
        return -ENOMEM;
    return ptn_nft_add_test(r, &keys, r->zero32, false);
}

int ptn_nft_need_exthdr(struct ptn_nft *r)
{
    return need_number(r, PTN_PKT_EXTHDR, &r->one8, 1);
}

/* What a match makes sure of for what follows it. */
static void remember(struct ptn_nft *r, const struct ptn_nft_key *k, const uint8_t *lo, const uint8_t *hi)
{
    if (k->key.masked || k->key.width != 1 || *lo != *hi)
        return;
    if (k->key.field == PTN_PKT_NFPROTO)
        r->nfproto = *lo;
    else if (k->key.field == PTN_PKT_L4PROTO && !k->nexthdr)
        r->l4proto = *lo;
}

/* ---- comparisons --------------------------------------------------------------------------------------------------
 */

static struct ptn_set *single(struct ptn_nft *r, const struct ptn_nft_key *k, const uint8_t *lo, const uint8_t *hi)
{
    if (k->key.field == PTN_PKT_L4PROTO && *lo == *hi) {
        struct ptn_set **shared = &r->l4protos[*lo];
        return *shared ? *shared : (*shared = ptn_set_of_range(r->wall, 1, lo, hi));
    }
    return ptn_set_of_range(r->wall, k->key.width, lo, hi);
}

/* The numbers below or above; none at all is a set of nothing. */
static int ordered(struct ptn_nft *r, const struct ptn_nft_keys *keys, const char *op, uint8_t *lo, uint8_t *hi)
{
    const unsigned width = keys->at[0].key.width;
    const bool less = *op == '<', strict = op[1] != '=';
    uint8_t *end = less ? hi : lo, edge = less ? 0 : 0xff;
    if (memcmp(lo, hi, width) != 0 || keys->at[0].type == PTN_NFT_ETHERTYPE)
        return PTN_NFT_UNCLEAR;
    memset(less ? lo : hi, less ? 0 : 0xff, width);
    unsigned i = width;
    while (strict && i-- > 0) {
        bool carry = end[i] == edge;
        end[i] = (uint8_t)(less ? end[i] - 1 : end[i] + 1);
        if (!carry)
            return ptn_nft_add_test(r, keys, ptn_set_of_range(r->wall, (uint8_t)width, lo, hi), false);
    }
    if (!strict)
        return ptn_nft_add_test(r, keys, ptn_set_of_range(r->wall, (uint8_t)width, lo, hi), false);
    struct ptn_set *none = ptn_wall_set(r->wall, NULL, NULL);
    if (none) {
        none->n_keys = 1;
        none->width[0] = (uint8_t)width;
    }
    return ptn_nft_add_test(r, keys, none, false);
}

/* The states that have one of the bits: a packet has exactly one. */
static int state_bits(struct ptn_nft *r, const struct ptn_nft_keys *keys, uint32_t bits, bool negate)
{
    struct ptn_set *s = ptn_wall_set(r->wall, NULL, NULL);
    if (!s)
        return -ENOMEM;
    s->n_keys = 1;
    s->width[0] = 4;
    for (uint32_t bit = 1; bit; bit <<= 1) {
        uint8_t bounds[8];
        ptn_nft_put(bounds, 4, bit);
        ptn_nft_put(bounds + 4, 4, bit);
        if (bits & bit && ptn_set_add(s, bounds, NULL, false) < 0)
            return -ENOMEM;
    }
    return ptn_nft_add_test(r, keys, s, negate);
}

/* (key & bits) is not 0, or is. */
static int has_bits(struct ptn_nft *r, struct ptn_nft_keys *keys, const struct ptn_json *right, bool none)
{
    struct ptn_key *k = &keys->at[0].key;
    uint32_t bits;
    if (k->masked || ptn_nft_number(keys->at[0].type, right, &bits))
        return PTN_NFT_UNCLEAR;
    if (k->field == PTN_PKT_CT_STATE)
        return state_bits(r, keys, bits, none);
    k->masked = true;
    ptn_nft_put(k->mask, k->width, bits);
    return ptn_nft_add_test(r, keys, ptn_set_of_number(r->wall, k->width, 0, 0), !none);
}

static int compare(struct ptn_nft *r, struct ptn_nft_keys *keys, const char *op, const struct ptn_json *right)
{
    uint8_t lo[PTN_RANGES_WIDTH], hi[PTN_RANGES_WIDTH];
    const struct ptn_nft_key *k = &keys->at[0];
    if (keys->n != 1)
        return PTN_NFT_UNCLEAR;
    if (strcmp(op, "in") == 0 || strcmp(op, "!") == 0)
        return has_bits(r, keys, right, *op == '!');
    if (ptn_nft_bounds(k->type, right, lo, hi))
        return PTN_NFT_UNCLEAR;
    if (strcmp(op, "==") == 0 || strcmp(op, "!=") == 0) {
        if (*op == '=')
            remember(r, k, lo, hi);
        return ptn_nft_add_test(r, keys, single(r, k, lo, hi), *op == '!');
    }
    if (*op != '<' && *op != '>')
        return PTN_NFT_UNCLEAR;
    return ordered(r, keys, op, lo, hi);
}

/* ---- ip6 nexthdr --------------------------------------------------------------------------------------------------
 */

/* It is the protocol where there is no extension header; where there is one it may be anything. */
static int widen_nexthdr(struct ptn_nft *r, struct ptn_stmt *s)
{
    const struct ptn_set *of = s->look.set;
    struct ptn_set *both = ptn_wall_set(r->wall, NULL, NULL);
    const uint8_t anything[4] = {1, 1, 0, UINT8_MAX};
    if (!both)
        return -ENOMEM;
    both->n_keys = 2;
    both->width[0] = both->width[1] = 1;
    both->opaque = of->opaque || of->has_fallback;
    for (size_t i = 0; i < of->n_groups; i++)
        for (uint32_t k = 0; of->groups[i].ranges && k < of->groups[i].ranges->n; k++) {
            const struct ptn_ranges *of_group = of->groups[i].ranges;
            const uint8_t box[4] = {0, 0, *ptn_ranges_lo(of_group, k), *ptn_ranges_hi(of_group, k)};
            if (ptn_set_add(both, box, NULL, of->groups[i].maybe) < 0)
                return -ENOMEM;
        }
    s->look.n_keys = 2;
    s->look.key[1] = s->look.key[0];
    s->look.key[0] = (struct ptn_key){.field = PTN_PKT_EXTHDR, .width = 1};
    s->look.set = both;
    return ptn_set_add(both, anything, NULL, true);
}

/* Only a set of the rule's own can be widened. */
static bool any_nexthdr(const struct ptn_nft_keys *keys)
{
    for (unsigned i = 0; i < keys->n; i++)
        if (keys->at[i].nexthdr)
            return true;
    return false;
}

/* ---- match
 * ----------------------------------------------------------------------------------------------------------- */

/* "exists", "missing". */
static int presence(struct ptn_nft *r, const struct ptn_json *left, bool there)
{
    const struct ptn_json *body;
    struct ptn_nft_keys keys = {.n = 1};
    const char *name = ptn_json_only(left, &body);
    const uint8_t zero[PTN_RANGES_WIDTH] = {0}, pairs[2][2] = {{0, 0}, {1, 1}};
    int e;
    if (name && strcmp(name, "fib") == 0) {
        e = ptn_nft_keys(r, left, &keys);
        return e ? e
               : keys.at[0].key.width != sizeof(zero)
                   ? PTN_NFT_UNCLEAR
                   : ptn_nft_add_test(r, &keys, ptn_set_of_range(r->wall, sizeof(zero), zero, zero), there);
    }
    if (there || !name || strcmp(name, "exthdr") != 0 || ptn_json_get(body, "field"))
        return there ? ptn_nft_keys(r, left, &keys) : PTN_NFT_UNCLEAR;
    /* that one is missing, of which there may be several */
    struct ptn_set *s = ptn_wall_set(r->wall, NULL, NULL);
    if (!s)
        return -ENOMEM;
    s->n_keys = s->width[0] = 1;
    keys.at[0].key = (struct ptn_key){.field = PTN_PKT_EXTHDR, .width = 1};
    e = ptn_set_add(s, pairs[0], NULL, false);
    e = e < 0 ? e : ptn_set_add(s, pairs[1], NULL, true);
    e = e < 0 ? e : ptn_nft_need(r, 10, 0);
    return e < 0 ? e : ptn_nft_add_test(r, &keys, s, false);
}

static int look(struct ptn_nft *r, struct ptn_nft_keys *keys, const char *op, const struct ptn_json *right)
{
    static const struct ptn_nft_data none = {.none = true};
    const char *text = ptn_json_text(right);
    const bool named = text && *text == '@';
    struct ptn_set *s = NULL;
    int e;
    if (!named && !ptn_json_get(right, "set"))
        e = compare(r, keys, op, right);
    else if (strcmp(op, "==") != 0 && strcmp(op, "!=") != 0 && strcmp(op, "in") != 0)
        return PTN_NFT_UNCLEAR;
    else {
        e = ptn_nft_set_of(r, keys, right, &none, &s);
        e = e ? e : ptn_nft_add_test(r, keys, s, *op == '!');
    }
    if (e || !any_nexthdr(keys))
        return e;
    struct ptn_stmt *added = &r->stmts[r->n - 1];
    if (keys->n == 1 && !added->look.set->name && !keys->at[0].key.masked)
        return widen_nexthdr(r, added);
    r->n--;
    return PTN_NFT_UNCLEAR;
}

static int neighbours(struct ptn_nft *r, const struct ptn_json *left, const char *op, const struct ptn_json *right)
{
    uint8_t octets[PTN_KEYS_MAX * PTN_RANGES_WIDTH], box[2 * sizeof(octets)], *end = box;
    const struct ptn_json *body;
    const char *name = ptn_json_only(left, &body);
    const int64_t n = ptn_json_number(right, INT64_MAX);
    struct ptn_nft_keys keys;
    uint8_t len = 0;
    if (!name || strcmp(name, "payload") != 0 || n < 0 || (strcmp(op, "==") != 0 && strcmp(op, "!=") != 0) ||
        ptn_nft_neighbours(r, body, &keys))
        return PTN_NFT_UNCLEAR;
    struct ptn_set *s = ptn_wall_set(r->wall, NULL, NULL);
    if (!s)
        return -ENOMEM;
    for (unsigned i = 0; i < keys.n; i++)
        len = (uint8_t)(len + keys.at[i].key.width);
    ptn_nft_put(octets, len, (uint64_t)n);
    for (const uint8_t *at = octets; s->n_keys < keys.n; s->n_keys++) {
        const uint8_t width = s->width[s->n_keys] = keys.at[s->n_keys].key.width;
        end = mempcpy(mempcpy(end, at, width), at, width);
        at += width;
    }
    return ptn_set_add(s, box, NULL, false) < 0 ? -ENOMEM : ptn_nft_add_test(r, &keys, s, *op == '!');
}

int ptn_nft_match(struct ptn_nft *r, const struct ptn_json *stmt, const struct ptn_json *body)
{
    const struct ptn_json *left = ptn_json_get(body, "left"), *right = ptn_json_get(body, "right");
    const char *op = ptn_json_text(ptn_json_get(body, "op"));
    struct ptn_nft_keys keys = {.n = 0};
    int e = PTN_NFT_UNCLEAR;
    if (left && (ptn_json_is(right, PTN_JSON_TRUE) || ptn_json_is(right, PTN_JSON_FALSE))) {
        e = ptn_json_equals(ptn_json_get(body, "op"), "!=") ? PTN_NFT_UNCLEAR
                                                            : presence(r, left, right->kind == PTN_JSON_TRUE);
    } else if (left && right && op) {
        e = ptn_nft_keys(r, left, &keys);
        e = e ? e : look(r, &keys, op, right);
        e = e > 0 ? neighbours(r, left, op, right) : e;
    }
    if (e == 0 && keys.n && keys.at[0].maybe)
        e = PTN_NFT_UNCLEAR; /* that it is not so is sure; that it is, is not */
    if (e > 0)
        e = ptn_nft_add_text(r, PTN_STMT_MAYBE, stmt);
    if (e == 0 && ptn_json_get(right, "range"))
        r->stmts[r->n - 1].span = true;
    return e;
}

/* ---- maps
 * ------------------------------------------------------------------------------------------------------------ */

/* Keys that no question knows, as many as the set has. */
static void others(struct ptn_nft_keys *keys, const struct ptn_set *s)
{
    keys->n = s->n_keys ? s->n_keys : 1;
    for (unsigned i = 0; i < keys->n; i++)
        keys->at[i].key = (struct ptn_key){.field = PTN_PKT_OTHER, .width = s->n_keys ? s->width[i] : 4};
}

int ptn_nft_look(struct ptn_nft *r, const struct ptn_json *body, const struct ptn_nft_data *data, struct ptn_look *ret)
{
    struct ptn_nft_keys keys;
    struct ptn_set *s;
    int e = ptn_nft_keys(r, ptn_json_get(body, "key"), &keys);
    if (e < 0)
        return e;
    const bool clear = e == 0 && !any_nexthdr(&keys);
    e = ptn_nft_set_of(r, clear ? &keys : NULL, ptn_json_get(body, "data"), data, &s);
    if (e)
        return e;
    if (!clear)
        others(&keys, s);
    fill(ret, &keys, s, false);
    return 0;
}

int ptn_nft_vmap(struct ptn_nft *r, const struct ptn_json *stmt, const struct ptn_json *body)
{
    static const struct ptn_nft_data verdicts = {.verdict = true};
    struct ptn_look found = {0};
    struct ptn_stmt *s;
    int e = ptn_nft_look(r, body, &verdicts, &found);
    if (e)
        return e < 0 ? e : ptn_nft_add_text(r, PTN_STMT_OPAQUE, stmt);
    e = ptn_nft_add(r, PTN_STMT_VMAP, &s);
    if (e == 0)
        s->look = found;
    return e;
}
