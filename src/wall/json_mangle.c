/* Statements that change a packet, or what the kernel keeps with it: `meta mark set ct mark & 0xff`. */
#include <string.h>

#include "json.h"

/* Changes to these would make other fields mean something else; a place in the packet may be anything. */
static bool is_grave(const struct ptn_json *payload, bool modelled)
{
    static const char *const names[] = {"version", "hdrlength", "protocol", "nexthdr", "doff"};
    const char *name = ptn_json_text(ptn_json_get(payload, "field"));
    for (size_t i = 0; name && i < sizeof(names) / sizeof(*names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return !name && !modelled;
}

static bool is_harmless(const char *kind)
{
    static const char *const kinds[] = {"meta", "ct", "tcp option", "ip option", "exthdr", "sctp chunk"};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (strcmp(kind, kinds[i]) == 0)
            return true;
    return false;
}

/* What is set. Result: 0; UNCLEAR for what no field models and does no harm; -ENOMEM; or 2: anything may come of it. */
static int target(struct ptn_nft *r, const struct ptn_json *j, struct ptn_nft_key *k)
{
    static const struct {
        const char *kind, *name;
        enum ptn_pkt field;
        enum ptn_nft_type type;
    } settable[] = {
        {"meta", "mark", PTN_PKT_MARK, PTN_NFT_MARK},
        {"meta", "pkttype", PTN_PKT_PKTTYPE, PTN_NFT_PKTTYPE},
        {"ct", "mark", PTN_PKT_CT_MARK, PTN_NFT_MARK},
    };
    const struct ptn_json *body;
    const char *kind = ptn_json_only(j, &body);
    if (!kind)
        return 2;
    for (size_t i = 0; i < sizeof(settable) / sizeof(*settable); i++)
        if (strcmp(kind, settable[i].kind) == 0 && ptn_json_equals(ptn_json_get(body, "key"), settable[i].name)) {
            *k = (struct ptn_nft_key){.key = {.field = settable[i].field, .width = ptn_nft_width(settable[i].type)},
                                      .type = settable[i].type};
            return 0;
        }
    if (strcmp(kind, "meta") == 0 || strcmp(kind, "ct") == 0)
        return PTN_NFT_UNCLEAR;
    int e = ptn_nft_one_key(r, j, k);
    if (e < 0)
        return e;
    if (strcmp(kind, "payload") == 0)
        return is_grave(body, e == 0) ? 2 : e;
    return is_harmless(kind) ? PTN_NFT_UNCLEAR : 2;
}

int ptn_nft_in_map(struct ptn_nft *r, const struct ptn_json *stmt, const struct ptn_json *map)
{
    static const struct ptn_nft_data none = {.none = true};
    struct ptn_look look = {0};
    struct ptn_stmt *s;
    int e = ptn_nft_look(r, map, &none, &look);
    if (e > 0)
        return ptn_nft_add_text(r, PTN_STMT_MAYBE, stmt);
    e = e ? e : ptn_nft_add(r, PTN_STMT_TEST, &s);
    if (e == 0)
        s->look = look;
    return e;
}

static int value(struct ptn_nft *r, struct ptn_stmt *s, const struct ptn_nft_key *k, const struct ptn_json *j)
{
    uint8_t lo[PTN_RANGES_WIDTH], hi[PTN_RANGES_WIDTH];
    struct ptn_nft_key from;
    s->assign.to = s->assign.from = k->key.field;
    if (ptn_nft_bounds(k->type, j, lo, hi) == 0 && memcmp(lo, hi, k->key.width) == 0) {
        memcpy(s->assign.flip, lo, k->key.width);
        return 0;
    }
    if (!j || ptn_json_get(j, "map"))
        return PTN_NFT_UNCLEAR;
    int e = ptn_nft_one_key(r, j, &from);
    if (e || from.key.width != k->key.width || from.type != k->type || from.nexthdr)
        return e < 0 ? e : PTN_NFT_UNCLEAR;
    s->assign.from = from.key.field;
    memset(s->assign.mask, 0xff, k->key.width);
    if (from.key.masked) {
        memcpy(s->assign.mask, from.key.mask, k->key.width);
        memcpy(s->assign.flip, from.key.flip, k->key.width);
    }
    return 0;
}

int ptn_nft_mangle(struct ptn_nft *r, const struct ptn_json *stmt, const struct ptn_json *body)
{
    struct ptn_stmt s = {.kind = PTN_STMT_ASSIGN}, *added;
    struct ptn_nft_key k;
    const struct ptn_json *j = ptn_json_get(body, "value");
    int e = target(r, ptn_json_get(body, "key"), &k);
    if (e == 2)
        return ptn_nft_add_text(r, PTN_STMT_OPAQUE, stmt);
    if (e >= 0 && ptn_json_get(j, "map")) {
        int m = ptn_nft_in_map(r, stmt, ptn_json_get(j, "map"));
        e = m < 0 ? m : e;
    }
    if (e)
        return e < 0 ? e : 0;
    e = value(r, &s, &k, j);
    if (e < 0)
        return e;
    s.assign.unknown = e != 0;
    e = ptn_nft_add(r, PTN_STMT_ASSIGN, &added);
    if (e == 0)
        *added = s;
    return e;
}
