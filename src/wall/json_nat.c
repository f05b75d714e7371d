/* NAT: where to, written in the rule or looked up. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "json.h"

static uint8_t family_of(const struct ptn_nft *r, const struct ptn_json *body)
{
    const struct ptn_json *family = ptn_json_get(body, "family");
    if (ptn_json_equals(family, "ip") || r->table->family == PTN_TABLE_IP)
        return AF_INET;
    return ptn_json_equals(family, "ip6") || r->table->family == PTN_TABLE_IP6 ? AF_INET6 : 0;
}

/* An address or a port at place `at` of what it goes to. */
static int constant(struct ptn_stmt *s, const struct ptn_json *j, unsigned at)
{
    static const struct ptn_nft_data port = {.n = 1, .type = {PTN_NFT_PORT}}, guess = {0};
    struct ptn_datum d;
    if (ptn_nft_datum(j, at ? &port : &guess, &d) || d.n != 1 || (at == 0 && d.width[0] == 2))
        return PTN_NFT_UNCLEAR;
    s->nat.to.width[at] = d.width[0];
    memcpy(s->nat.to.lo[at], d.lo[0], sizeof(d.lo[0]));
    memcpy(s->nat.to.hi[at], d.hi[0], sizeof(d.hi[0]));
    if (s->nat.to.n < at + 1)
        s->nat.to.n = (uint8_t)(at + 1);
    return 0;
}

/* A map to addresses, or to ports. */
static int part_by(struct ptn_nft *r, struct ptn_look *look, const struct ptn_json *map, unsigned at)
{
    static const struct ptn_nft_data guess = {0}, port = {.n = 1, .type = {PTN_NFT_PORT}};
    return ptn_nft_look(r, map, at ? &port : &guess, look);
}

static int part(struct ptn_nft *r, struct ptn_stmt *s, const struct ptn_json *j, unsigned at)
{
    const struct ptn_json *map = ptn_json_get(j, "map");
    if (!j)
        return 0;
    if (!map)
        return constant(s, j, at);
    s->nat.by_map = true;
    s->nat.map_is_port = at == 1;
    return part_by(r, &s->nat.look, map, at);
}

/* ---- an address from one map and a port from another ----------------------------------------------------------- */

#define JOIN_MAX 1000000 /* pairs of elements */

static bool same(const struct ptn_json *a, const struct ptn_json *b)
{
    if (!a || !b || a->skip != b->skip)
        return false;
    for (uint32_t i = 0; i < a->skip; i++) {
        if (a[i].kind != b[i].kind || a[i].len != b[i].len || a[i].skip != b[i].skip)
            return false;
        if (a[i].kind == PTN_JSON_STRING ? strcmp(a[i].text, b[i].text) != 0
                                         : a[i].kind == PTN_JSON_NUMBER && a[i].number != b[i].number)
            return false;
    }
    return true;
}

static bool is_plain(const struct ptn_look *l)
{
    return l->n_keys == 1 && !l->set->name && !l->set->opaque && !l->set->has_fallback;
}

/* What two groups have in common goes to both's data. */
static int join_groups(struct ptn_set *to, const struct ptn_group *a, const struct ptn_group *b)
{
    const uint8_t width = to->width[0];
    struct ptn_datum d = a->datum;
    d.n = 2;
    d.width[1] = b->datum.width[0];
    memcpy(d.lo[1], b->datum.lo[0], sizeof(d.lo[1]));
    memcpy(d.hi[1], b->datum.hi[0], sizeof(d.hi[1]));
    for (uint32_t i = 0; a->ranges && i < a->ranges->n; i++)
        for (uint32_t k = 0; b->ranges && k < b->ranges->n; k++) {
            const uint8_t *lo = ptn_ranges_lo(a->ranges, i), *hi = ptn_ranges_hi(a->ranges, i);
            uint8_t bounds[2 * PTN_RANGES_WIDTH];
            if (memcmp(lo, ptn_ranges_lo(b->ranges, k), width) < 0)
                lo = ptn_ranges_lo(b->ranges, k);
            if (memcmp(hi, ptn_ranges_hi(b->ranges, k), width) > 0)
                hi = ptn_ranges_hi(b->ranges, k);
            memcpy(bounds, lo, width);
            memcpy(bounds + width, hi, width);
            if (memcmp(lo, hi, width) <= 0 && ptn_set_add(to, bounds, &d, a->maybe || b->maybe) < 0)
                return -ENOMEM;
        }
    return 0;
}

static size_t count(const struct ptn_set *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n_groups; i++)
        n += s->groups[i].ranges ? s->groups[i].ranges->n : 0;
    return n;
}

/* Two maps of one key are one map to both. */
static int both(struct ptn_nft *r, struct ptn_stmt *s, const struct ptn_json *addr, const struct ptn_json *port)
{
    struct ptn_look by_port = {0};
    int e = same(ptn_json_get(addr, "key"), ptn_json_get(port, "key")) ? 0 : PTN_NFT_UNCLEAR;
    e = e ? e : part_by(r, &s->nat.look, addr, 0);
    e = e ? e : part_by(r, &by_port, port, 1);
    if (e || !is_plain(&s->nat.look) || !is_plain(&by_port))
        return e ? e : PTN_NFT_UNCLEAR;
    const struct ptn_set *a = s->nat.look.set, *b = by_port.set;
    struct ptn_set *joined = ptn_wall_set(r->wall, NULL, NULL);
    if (!joined)
        return -ENOMEM;
    joined->map = true;
    joined->n_keys = 1;
    joined->width[0] = a->width[0];
    s->nat.by_map = true;
    s->nat.look.set = joined;
    if (count(a) * count(b) > JOIN_MAX)
        return PTN_NFT_UNCLEAR;
    for (size_t i = 0; i < a->n_groups && e == 0; i++)
        for (size_t k = 0; k < b->n_groups && e == 0; k++)
            e = join_groups(joined, &a->groups[i], &b->groups[k]);
    return e;
}

int ptn_nft_nat(struct ptn_nft *r, enum ptn_nat type, const struct ptn_json *stmt, const struct ptn_json *body)
{
    struct ptn_stmt s = {.kind = PTN_STMT_NAT}, *added;
    s.nat.type = type;
    s.nat.family = family_of(r, body);
    s.nat.netmap =
        ptn_json_has(ptn_json_get(body, "type_flags"), "prefix") || ptn_json_has(ptn_json_get(body, "flags"), "netmap");
    const struct ptn_json *addr = ptn_json_get(body, "addr"), *port = ptn_json_get(body, "port");
    int e;
    if (ptn_json_get(addr, "map") && ptn_json_get(port, "map")) {
        e = both(r, &s, ptn_json_get(addr, "map"), ptn_json_get(port, "map"));
    } else {
        e = part(r, &s, addr, 0);
        e = e ? e : part(r, &s, port, 1);
    }
    if (e)
        return e < 0 ? e : ptn_nft_add_text(r, PTN_STMT_OPAQUE, stmt);
    e = ptn_nft_add(r, PTN_STMT_NAT, &added);
    if (e == 0)
        *added = s;
    return e;
}
