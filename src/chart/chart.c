#include "chart.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "layers.h"

static const struct ptn_book *book_of(struct ptn_service s)
{
    return s.book;
}

const struct ptn_book *ptn_chart_book(const struct ptn_chart *c, int layer)
{
    return c->books[layer].header ? &c->books[layer] : NULL;
}

const char *ptn_chart_registry_title(const struct ptn_chart *c)
{
    const struct ptn_book *b = &c->books[PTN_LAYER_REGISTRY];
    return ptn_book_string(b, b->header->title);
}

const char *ptn_chart_registry_date(const struct ptn_chart *c)
{
    const struct ptn_book *b = &c->books[PTN_LAYER_REGISTRY];
    return ptn_book_string(b, b->header->date);
}

/* ---- services ---------------------------------------------------------------------------------- */

const char *ptn_service_field(struct ptn_service s, enum ptn_field f, unsigned n)
{
    return ptn_book_field(book_of(s), s.index, f, n);
}

static const char *field_or_empty(struct ptn_service s, enum ptn_field f)
{
    const char *v = ptn_service_field(s, f, 0);
    return v ? v : "";
}

enum ptn_entry_type ptn_service_type(struct ptn_service s)
{
    return book_of(s)->entries[s.index].type;
}

const char *ptn_service_name(struct ptn_service s)
{
    return ptn_book_string(book_of(s), book_of(s)->entries[s.index].name);
}

const char *ptn_service_title(struct ptn_service s)
{
    return field_or_empty(s, PTN_FIELD_TITLE);
}

const char *ptn_service_why(struct ptn_service s)
{
    return field_or_empty(s, PTN_FIELD_WHY);
}

const char *ptn_service_do(struct ptn_service s)
{
    return field_or_empty(s, PTN_FIELD_DO);
}

bool ptn_service_same(struct ptn_service a, struct ptn_service b)
{
    return a.book == b.book && a.index == b.index;
}

int ptn_service_claims(struct ptn_service s, int (*sink)(void *ctx, const struct ptn_book_claim *), void *ctx)
{
    const struct ptn_book *b = book_of(s);
    for (uint32_t i = 0; i < b->header->n_claims; i++) {
        int r = b->claims[i].entry == s.index ? sink(ctx, &b->claims[i]) : 0;
        if (r)
            return r;
    }
    return 0;
}

static int take_first(void *ctx, const struct ptn_book_claim *c)
{
    *(const struct ptn_book_claim **)ctx = c;
    return 1;
}

const struct ptn_book_claim *ptn_service_first_claim(struct ptn_service s)
{
    const struct ptn_book_claim *first = NULL;
    ptn_service_claims(s, take_first, &first);
    return first;
}

/* ---- a port's claims ----------------------------------------------------------------------------- */

/* The steps of a lookup are one function to the compiler: calls between them would cost a third of it. */
#define INLINE static inline __attribute__((always_inline))

/* A lookup on its way: what has been written. */
struct looking {
    struct ptn_claim *out;
    size_t n, max;
    uint32_t hashes[PTN_CLAIMS_MAX]; /* of their own names, beside out */
};

/* The claim already written whose service bears the name that hashes to this, or NULL. */
INLINE struct ptn_claim *written(const struct looking *l, uint32_t hash)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->hashes[i] == hash)
            return &l->out[i];
    for (size_t i = 0; i < l->n; i++)
        if (ptn_book_has_hash(book_of(l->out[i].service), l->out[i].service.index, hash))
            return &l->out[i];
    return NULL;
}

INLINE void put(struct looking *l, const struct ptn_book *b, const struct ptn_book_claim *c, enum ptn_kind kind)
{
    if (l->n == l->max)
        return;
    l->hashes[l->n] = c->hash;
    l->out[l->n++] = (struct ptn_claim){.service = {.book = b, .index = c->entry},
                                        .kind = kind,
                                        .rating = c->rating,
                                        .rating_2001 = c->rating_2001,
                                        .lo = c->lo,
                                        .hi = c->hi,
                                        .own = c->how == PTN_HOW_OWN || c->how == PTN_HOW_ASSIGNED,
                                        .registered = c->how == PTN_HOW_ASSIGNED};
}

static void take_site(struct looking *l, const struct ptn_book *b, uint16_t port, enum ptn_proto proto)
{
    for (struct ptn_book_refs r = ptn_book_refs(b, port, proto); r.at < r.end; r.at++)
        put(l, b, &b->claims[*r.at], PTN_KIND_SITE);
}

/* Takes the chart's claims as long as they claim no worse than `worst`: a port's references are ranked, so what follows
 * is for later. What bears the name of a claim already written is left out. Result: what follows. */
INLINE struct ptn_book_refs take_chart(struct looking *l, const struct ptn_book *b, struct ptn_book_refs r,
                                       enum ptn_how worst)
{
    static const enum ptn_kind kinds[] = {[PTN_HOW_OWN] = PTN_KIND_COMMON,
                                          [PTN_HOW_ALSO] = PTN_KIND_COMMON,
                                          [PTN_HOW_HABIT] = PTN_KIND_COMMON,
                                          [PTN_HOW_WAS] = PTN_KIND_HISTORICAL,
                                          [PTN_HOW_HINT] = PTN_KIND_MALWARE};
    const bool may_double = l->n > 0 || worst > PTN_HOW_ALSO;
    for (; r.at < r.end; r.at++) {
        const struct ptn_book_claim *c = &b->claims[*r.at];
        if (c->how > worst)
            break;
        struct ptn_claim *known = may_double ? written(l, c->hash) : NULL;
        if (!known)
            put(l, b, c, kinds[c->how]);
        else if (c->rating_2001)
            known->rating_2001 = c->rating_2001;
    }
    return r;
}

INLINE void take_registry(struct looking *l, const struct ptn_book *b, struct ptn_book_refs r)
{
    for (; r.at < r.end; r.at++) {
        const struct ptn_book_claim *c = &b->claims[*r.at];
        if (c->how != PTN_HOW_ASSIGNED)
            continue;
        struct ptn_claim *known = l->n ? written(l, c->hash) : NULL;
        if (!known)
            put(l, b, c, PTN_KIND_REGISTERED);
        else if (known->kind != PTN_KIND_SITE)
            known->kind = PTN_KIND_REGISTERED;
        if (known)
            known->registered = true;
    }
}

int ptn_chart_lookup(const struct ptn_chart *c, uint16_t port, enum ptn_proto proto, struct ptn_claim *out, size_t max)
{
    struct looking l; /* its hashes are not cleared: that would cost more than the lookup */
    l.out = out;
    l.n = 0;
    l.max = max < PTN_CLAIMS_MAX ? max : PTN_CLAIMS_MAX;
    const struct ptn_book *chart = &c->books[PTN_LAYER_CHART], *registry = &c->books[PTN_LAYER_REGISTRY];
    if (proto >= PTN_PROTO_PORTED)
        return 0;
    const struct ptn_book_refs registered = ptn_book_refs(registry, port, proto);
    __builtin_prefetch(&registry->claims[*registered.at]); /* that memory comes while the chart is being read */
    if (c->books[PTN_LAYER_SITE].header)
        take_site(&l, &c->books[PTN_LAYER_SITE], port, proto);
    const struct ptn_book_refs rest = take_chart(&l, chart, ptn_book_refs(chart, port, proto), PTN_HOW_ALSO);
    take_registry(&l, registry, registered);
    take_chart(&l, chart, rest, PTN_HOW_HINT);
    return (int)l.n;
}

const char *ptn_chart_name(const struct ptn_chart *c, uint16_t port, enum ptn_proto proto)
{
    for (int layer = 0; layer < PTN_LAYERS; layer++) {
        const struct ptn_book *b = ptn_chart_book(c, layer);
        if (!b || proto >= PTN_PROTO_PORTED)
            continue;
        for (struct ptn_book_refs r = ptn_book_refs(b, port, proto); r.at < r.end; r.at++) {
            const struct ptn_book_claim *claim = &b->claims[*r.at];
            if (claim->how == PTN_HOW_OWN || claim->how == PTN_HOW_ALSO || claim->how == PTN_HOW_ASSIGNED)
                return ptn_book_string(b, b->entries[claim->entry].name);
        }
    }
    return NULL;
}

/* ---- what the registry says ------------------------------------------------------------------------ */

const char *ptn_chart_state(const struct ptn_chart *c, uint16_t port, enum ptn_proto proto)
{
    const struct ptn_book *b = &c->books[PTN_LAYER_REGISTRY];
    const char *none = port >= 49152 ? "dynamic" : "unassigned";
    if (proto >= PTN_PROTO_PORTED)
        return none;
    const struct ptn_book_refs r = ptn_book_refs(b, port, proto);
    if (r.at == r.end)
        return none;
    const struct ptn_book_claim *claim = &b->claims[*r.at];
    if (claim->how == PTN_HOW_ASSIGNED)
        return "assigned";
    if (port >= 49152)
        return none;
    const char *title = ptn_book_field(b, claim->entry, PTN_FIELD_TITLE, 0);
    const char *state = ptn_book_field(b, claim->entry, PTN_FIELD_STATE, 0);
    return title && strcasecmp(title, "reserved") != 0 ? title : state ? state : "reserved";
}

bool ptn_chart_assignment(const struct ptn_chart *c, const struct ptn_claim *claim, uint16_t port, enum ptn_proto proto,
                          unsigned n, struct ptn_service *ret)
{
    const struct ptn_book *b = &c->books[PTN_LAYER_REGISTRY];
    if (proto >= PTN_PROTO_PORTED)
        return false;
    for (struct ptn_book_refs r = ptn_book_refs(b, port, proto); r.at < r.end; r.at++) {
        const struct ptn_book_claim *a = &b->claims[*r.at];
        if (a->how == PTN_HOW_ASSIGNED && ptn_book_has_hash(book_of(claim->service), claim->service.index, a->hash) &&
            n-- == 0) {
            *ret = (struct ptn_service){.book = b, .index = a->entry};
            return true;
        }
    }
    return false;
}

/* ---- by name ----------------------------------------------------------------------------------------- */

int ptn_chart_find(const struct ptn_chart *c, const char *name, int (*sink)(void *ctx, struct ptn_service), void *ctx)
{
    for (int layer = 0; layer < PTN_LAYERS; layer++) {
        const struct ptn_book *b = ptn_chart_book(c, layer);
        uint32_t at, end = b ? ptn_book_find(b, name, &at) : (at = 0);
        for (; at < end; at++) {
            uint32_t entry = b->names[at].entry;
            struct ptn_service s = {.book = b, .index = entry};
            int r = ptn_service_type(s) == PTN_ENTRY_SOURCE ? 0 : sink(ctx, s);
            if (r)
                return r;
        }
    }
    return 0;
}

int ptn_chart_find_daemon(const struct ptn_chart *c, const char *name, int (*sink)(void *ctx, struct ptn_service),
                          void *ctx)
{
    for (int layer = 0; layer < PTN_LAYER_REGISTRY; layer++) {
        const struct ptn_book *b = ptn_chart_book(c, layer);
        for (uint32_t e = 0; b && e < b->header->n_entries; e++) {
            const char *daemons = ptn_book_field(b, e, PTN_FIELD_PROCESS, 0);
            int r = daemons && ptn_has_word(daemons, name, strlen(name))
                        ? sink(ctx, (struct ptn_service){.book = b, .index = e})
                        : 0;
            if (r)
                return r;
        }
    }
    return 0;
}

bool ptn_chart_source(const struct ptn_chart *c, const char *key, size_t len, struct ptn_service *ret)
{
    char name[64];
    if (len >= sizeof(name))
        return false;
    memcpy(name, key, len);
    name[len] = '\0';
    for (int layer = 0; layer < PTN_LAYER_REGISTRY; layer++) {
        const struct ptn_book *b = ptn_chart_book(c, layer);
        uint32_t at, end = b ? ptn_book_find(b, name, &at) : (at = 0);
        for (; at < end; at++)
            if (b->entries[b->names[at].entry].type == PTN_ENTRY_SOURCE) {
                *ret = (struct ptn_service){.book = b, .index = b->names[at].entry};
                return true;
            }
    }
    return false;
}
