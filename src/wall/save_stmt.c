/* Statements of the model for the rule that is being read. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "save.h"

struct ptn_stmt *ptn_save_stmt(struct ptn_save_rule *r, enum ptn_stmt_kind kind)
{
    if (ptn_grow(&r->stmts, r->n_stmts, &r->room, sizeof(*r->stmts)) < 0)
        return NULL;
    struct ptn_stmt *s = &r->stmts[r->n_stmts++];
    memset(s, 0, sizeof(*s));
    s->kind = kind;
    return s;
}

void ptn_save_bytes(uint8_t *out, uint8_t width, uint64_t number)
{
    memset(out, 0, width);
    for (unsigned i = width; i-- > 0 && number; number >>= 8)
        out[i] = (uint8_t)number;
}

static struct ptn_key *add_test(struct ptn_save_rule *r, enum ptn_pkt f, struct ptn_set *set, bool negate)
{
    struct ptn_stmt *s = set ? ptn_save_stmt(r, PTN_STMT_TEST) : NULL;
    if (!s)
        return NULL;
    s->look.n_keys = 1;
    s->look.set = set;
    s->look.negate = negate;
    s->look.key[0].field = f;
    s->look.key[0].width = ptn_pkt_width(f, r->family);
    return &s->look.key[0];
}

int ptn_save_test_set(struct ptn_save_rule *r, enum ptn_pkt f, struct ptn_set *set, bool negate)
{
    return add_test(r, f, set, negate) ? 0 : -ENOMEM;
}

struct ptn_set *ptn_save_set(struct ptn_save_rule *r, uint8_t width)
{
    struct ptn_set *s = ptn_wall_set(r->wall, NULL, NULL);
    if (s) {
        s->n_keys = 1;
        s->width[0] = width;
    }
    return s;
}

struct ptn_set *ptn_save_pair_set(struct ptn_save_rule *r, const enum ptn_pkt fields[2])
{
    struct ptn_set *s = ptn_save_set(r, ptn_pkt_width(fields[0], r->family));
    if (s) {
        s->n_keys = 2;
        s->width[1] = ptn_pkt_width(fields[1], r->family);
    }
    return s;
}

int ptn_save_add(struct ptn_set *s, uint64_t lo, uint64_t hi)
{
    uint8_t bounds[2 * PTN_RANGES_WIDTH];
    ptn_save_bytes(bounds, s->width[0], lo);
    ptn_save_bytes(bounds + s->width[0], s->width[0], hi);
    return lo > hi ? 0 : ptn_set_add(s, bounds, NULL, false);
}

int ptn_save_add_pair(struct ptn_set *s, const uint64_t lo[2], const uint64_t hi[2])
{
    uint8_t bounds[4 * PTN_RANGES_WIDTH], *at = bounds;
    for (int i = 0; i < 2; i++) {
        ptn_save_bytes(at, s->width[i], lo[i]);
        ptn_save_bytes(at + s->width[i], s->width[i], hi[i]);
        at += 2u * s->width[i];
    }
    return ptn_set_add(s, bounds, NULL, false);
}

/* Rules ask for the same protocols, ports and interfaces over and over: one set serves them all. */
static struct ptn_set *shared_set(struct ptn_save_rule *r, uint8_t width, const uint8_t *lo, const uint8_t *hi)
{
    uint32_t hash = 2166136261u ^ width;
    for (unsigned i = 0; i < width; i++)
        hash = ((hash ^ lo[i]) * 16777619u ^ hi[i]) * 16777619u;
    struct ptn_save_shared *s = &r->shared[(hash ^ hash >> 16) % PTN_SAVE_CACHE];
    if (s->set && s->width == width && memcmp(s->lo, lo, width) == 0 && memcmp(s->hi, hi, width) == 0)
        return s->set;
    s->set = ptn_set_of_range(r->wall, width, lo, hi);
    s->width = width;
    memcpy(s->lo, lo, width);
    memcpy(s->hi, hi, width);
    return s->set;
}

int ptn_save_test_span(struct ptn_save_rule *r, enum ptn_pkt f, const uint8_t *lo, const uint8_t *hi, bool negate)
{
    uint8_t width = ptn_pkt_width(f, r->family);
    bool none = memcmp(lo, hi, width) > 0;
    return ptn_save_test_set(r, f, none ? ptn_save_set(r, width) : shared_set(r, width, lo, hi), negate);
}

int ptn_save_test(struct ptn_save_rule *r, enum ptn_pkt f, uint64_t lo, uint64_t hi, bool negate)
{
    uint8_t a[PTN_RANGES_WIDTH], b[PTN_RANGES_WIDTH], width = ptn_pkt_width(f, r->family);
    ptn_save_bytes(a, width, lo);
    ptn_save_bytes(b, width, hi);
    return ptn_save_test_span(r, f, a, b, negate);
}

static bool is_all(const uint8_t *mask, uint8_t width)
{
    for (unsigned i = 0; i < width; i++)
        if (mask[i] != 0xff)
            return false;
    return true;
}

static int test_under(struct ptn_save_rule *r, enum ptn_pkt f, const uint8_t *value, const uint8_t *mask, bool negate)
{
    uint8_t width = ptn_pkt_width(f, r->family);
    struct ptn_key *k = add_test(r, f, shared_set(r, width, value, value), negate);
    if (!k)
        return -ENOMEM;
    k->masked = !is_all(mask, width);
    if (k->masked)
        memcpy(k->mask, mask, width);
    return 0;
}

int ptn_save_test_mask(struct ptn_save_rule *r, enum ptn_pkt f, uint32_t value, uint32_t mask, bool negate)
{
    uint8_t v[PTN_RANGES_WIDTH], m[PTN_RANGES_WIDTH], width = ptn_pkt_width(f, r->family);
    ptn_save_bytes(v, width, value);
    ptn_save_bytes(m, width, mask);
    return test_under(r, f, v, m, negate);
}

int ptn_save_test_addr_mask(struct ptn_save_rule *r, enum ptn_pkt f, const uint8_t *addr, const uint8_t *mask,
                            bool negate)
{
    uint8_t lo[PTN_RANGES_WIDTH], hi[PTN_RANGES_WIDTH], width = ptn_pkt_width(f, r->family);
    bool prefix = true, ended = false;
    for (unsigned i = 0; i < width; i++) {
        uint8_t holes = (uint8_t)~mask[i];
        prefix = prefix && (!ended || mask[i] == 0) && (holes & (holes + 1)) == 0;
        ended = ended || mask[i] != 0xff;
        lo[i] = addr[i] & mask[i];
        hi[i] = lo[i] | holes;
    }
    return prefix ? ptn_save_test_span(r, f, lo, hi, negate) : test_under(r, f, lo, mask, negate);
}

int ptn_save_test_pair(struct ptn_save_rule *r, const enum ptn_pkt fields[2], uint32_t mask, struct ptn_set *set,
                       bool negate)
{
    struct ptn_key *k = add_test(r, fields[0], set, negate);
    if (!k)
        return -ENOMEM;
    r->stmts[r->n_stmts - 1].look.n_keys = 2;
    k[1].field = fields[1];
    k[1].width = ptn_pkt_width(fields[1], r->family);
    k[1].masked = mask != UINT32_MAX;
    ptn_save_bytes(k[1].mask, k[1].width, mask);
    return 0;
}

void ptn_save_or_zero(struct ptn_save_rule *r)
{
    struct ptn_look *look = &r->stmts[r->n_stmts - 1].look;
    look->key[look->n_keys - 1].or_zero = true;
}

int ptn_save_text(struct ptn_save_rule *r, enum ptn_stmt_kind kind, const char *text)
{
    const char *copy = ptn_arena_strdup(&r->wall->arena, text);
    struct ptn_stmt *s = copy ? ptn_save_stmt(r, kind) : NULL;
    if (s)
        s->text = copy;
    return s ? 0 : -ENOMEM;
}
