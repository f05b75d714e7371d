/* What can only be wrong between records. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "draft.h"
#include "ports.h"

/* All names of the draft, sorted, for finding and for doubles. */
struct names {
    struct {
        const char *text; /* NUL-terminated */
        uint32_t entry;
        bool alias;
    } * items;
    size_t n, size;
};

static int add_name(struct names *s, struct ptn_arena *a, const char *text, size_t len, uint32_t entry, bool alias)
{
    if (s->n == s->size) {
        size_t size = s->size ? s->size * 2 : 1024;
        void *p = realloc(s->items, size * sizeof(*s->items));
        if (!p)
            return -ENOMEM;
        s->items = p;
        s->size = size;
    }
    char *copy = ptn_arena_strndup(a, text, len);
    if (!copy)
        return -ENOMEM;
    s->items[s->n].text = copy;
    s->items[s->n].entry = entry;
    s->items[s->n++].alias = alias;
    return 0;
}

static int compare_names(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b; /* the text is the first member */
    return ptn_name_compare(*x, *y);
}

static int collect(struct ptn_draft *d, struct names *s)
{
    for (uint32_t i = 0; i < d->n_entries; i++) {
        const struct ptn_draft_entry *e = &d->entries[i];
        const char *at = ptn_draft_field(e, PTN_FIELD_ALIAS), *w;
        int r = add_name(s, &d->arena, e->name, strlen(e->name), i, false);
        for (size_t n; r == 0 && at && (n = ptn_next_word(&at, &w)) > 0;)
            r = add_name(s, &d->arena, w, n, i, true);
        if (r < 0)
            return r;
    }
    if (s->n)
        qsort(s->items, s->n, sizeof(*s->items), compare_names);
    return 0;
}

/* The entry of a type with this very name (not an alias), or -1. */
static long find(const struct ptn_draft *d, const struct names *s, const char *name, size_t len, unsigned types)
{
    size_t lo = 0, hi = s->n;
    char z[64];
    if (len >= sizeof(z))
        return -1;
    memcpy(z, name, len);
    z[len] = '\0';
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (ptn_name_compare(s->items[mid].text, z) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < s->n && ptn_name_compare(s->items[lo].text, z) == 0; lo++)
        if (!s->items[lo].alias && (d->entries[s->items[lo].entry].type & types))
            return (long)s->items[lo].entry;
    return -1;
}

static void check_names(struct ptn_draft *d, const struct names *s)
{
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = i + 1; j < s->n && ptn_name_compare(s->items[i].text, s->items[j].text) == 0; j++) {
            const struct ptn_draft_entry *a = &d->entries[s->items[i].entry], *b = &d->entries[s->items[j].entry];
            bool may_share = a == b ? strcmp(s->items[i].text, s->items[j].text) != 0 /* gds_db and gds-db */
                                    : s->items[i].alias && s->items[j].alias;
            if (a->type != b->type || may_share)
                continue;
            if (a > b) {
                const struct ptn_draft_entry *t = a;
                a = b, b = t;
            }
            ptn_draft_complain(d, "%s:%u: the name %s of %s already belongs to %s (%s:%u)", b->file, b->line,
                               s->items[i].text, b->name, a->name, a->file, a->line);
        }
}

static bool in_base(const struct ptn_book *base, const char *name, size_t len, unsigned types)
{
    char z[64];
    uint32_t at;
    if (!base || len >= sizeof(z))
        return false;
    memcpy(z, name, len);
    z[len] = '\0';
    for (uint32_t end = ptn_book_find(base, z, &at); at < end; at++)
        if (base->entries[base->names[at].entry].type & types)
            return true;
    return false;
}

/* A site's alias may not be what the chart calls another service. */
static void check_against_base(struct ptn_draft *d, const struct names *s, const struct ptn_book *base)
{
    for (size_t i = 0; base && i < s->n; i++) {
        const struct ptn_draft_entry *e = &d->entries[s->items[i].entry];
        uint32_t at, end = ptn_book_find(base, s->items[i].text, &at);
        for (; s->items[i].alias && at < end; at++) {
            const struct ptn_book_entry *other = &base->entries[base->names[at].entry];
            const char *name = ptn_book_string(base, other->name);
            if (other->type == e->type && ptn_name_compare(name, s->items[i].text) == 0 &&
                ptn_name_compare(name, e->name) != 0)
                ptn_draft_complain(d, "%s:%u: the name %s of %s already belongs to %s in the chart", e->file, e->line,
                                   s->items[i].text, e->name, name);
        }
    }
}

static void check_references(struct ptn_draft *d, const struct names *s, const struct ptn_draft_entry *e,
                             const struct ptn_book *base, enum ptn_field f, unsigned types)
{
    const char *at = ptn_draft_field(e, f), *w;
    for (size_t n; at && (n = ptn_next_word(&at, &w)) > 0;)
        if (find(d, s, w, n, types) < 0 && !in_base(base, w, n, types))
            ptn_draft_complain(d, "%s:%u: %s: nothing is called \"%.*s\"", e->file, e->line, ptn_field_info(f)->word,
                               (int)n, w);
}

/* ---- claims ----------------------------------------------------------------------------------------- */

static bool overlap(const struct ptn_book_claim *a, const struct ptn_book_claim *b)
{
    return a->proto == b->proto && a->lo <= b->hi && b->lo <= a->hi;
}

static void check_claims_within(struct ptn_draft *d)
{
    for (size_t i = 0; i < d->n_claims; i++)
        for (size_t j = i + 1; j < d->n_claims && d->claims[j].entry == d->claims[i].entry; j++)
            if (overlap(&d->claims[i], &d->claims[j])) {
                const struct ptn_draft_entry *e = &d->entries[d->claims[i].entry];
                ptn_draft_complain(d, "%s:%u: %s claims %u/%s twice", e->file, e->line, e->name, d->claims[j].lo,
                                   ptn_proto_word(d->claims[j].proto));
            }
}

/* One service a port in Ports: lines. */
static int check_owners(struct ptn_draft *d)
{
    uint32_t *owner = calloc((size_t)PTN_PROTO_PORTED * 65536, sizeof(*owner));
    if (!owner)
        return -ENOMEM;
    for (size_t i = 0; i < d->n_claims; i++) {
        const struct ptn_book_claim *c = &d->claims[i];
        const struct ptn_draft_entry *e = &d->entries[c->entry];
        if (c->how != PTN_HOW_OWN)
            continue;
        for (uint32_t p = c->lo; p <= c->hi; p++) {
            uint32_t *o = &owner[c->proto * 65536u + p];
            if (*o && *o != c->entry + 1) {
                const struct ptn_draft_entry *other = &d->entries[*o - 1];
                ptn_draft_complain(d, "%s:%u: %s claims %u/%s, which %s already has (%s:%u); use Also:", e->file,
                                   e->line, e->name, p, ptn_proto_word(c->proto), other->name, other->file,
                                   other->line);
                break;
            }
            *o = c->entry + 1;
        }
    }
    free(owner);
    return 0;
}

/* Every port of a Safe-2001 line is one that the record claims. */
static void check_2001(struct ptn_draft *d, const struct ptn_draft_entry *e, size_t first, size_t end)
{
    for (size_t i = 0; i < e->n_fields; i++) {
        if (e->ids[i] != PTN_FIELD_SAFE_2001)
            continue;
        const char *at = e->fields[i].value + 1, *w;
        for (size_t n; (n = ptn_next_word(&at, &w)) > 0;) {
            struct ptn_ports p;
            bool found = false;
            if (ptn_ports_parse(&p, w, n, NULL) < 0)
                continue;
            for (size_t c = first; c < end; c++)
                found |= d->claims[c].proto == p.proto && p.lo <= d->claims[c].lo && d->claims[c].hi <= p.hi;
            if (!found)
                ptn_draft_complain(d, "%s:%u: Safe-2001: %s does not claim %.*s", e->file, e->fields[i].line, e->name,
                                   (int)n, w);
        }
    }
}

static int check_counts(struct ptn_draft *d)
{
    uint8_t *count = calloc((size_t)PTN_PROTO_PORTED * 65536, 1);
    if (!count)
        return -ENOMEM;
    for (size_t i = 0; i < d->n_claims; i++)
        for (uint32_t p = d->claims[i].lo; p <= d->claims[i].hi; p++)
            if (++count[d->claims[i].proto * 65536u + p] == PTN_CLAIMS_MAX * 3 / 4)
                ptn_draft_complain(d, "%s:%u: too many claims on %u/%s", d->entries[d->claims[i].entry].file,
                                   d->entries[d->claims[i].entry].line, p, ptn_proto_word(d->claims[i].proto));
    free(count);
    return 0;
}

int ptn_draft_check(struct ptn_draft *d, const struct ptn_book *base, bool site)
{
    struct names s = {0};
    int r = collect(d, &s);
    if (r < 0)
        goto out;
    check_names(d, &s);
    check_against_base(d, &s, base);
    for (size_t i = 0, c = 0; i < d->n_entries; i++) {
        const struct ptn_draft_entry *e = &d->entries[i];
        size_t first = c;
        while (c < d->n_claims && d->claims[c].entry == i)
            c++;
        check_references(d, &s, e, base, PTN_FIELD_INSTEAD, PTN_ENTRY_SERVICE);
        if (!site)
            check_references(d, &s, e, base, PTN_FIELD_SOURCE, PTN_ENTRY_SOURCE);
        check_2001(d, e, first, c);
    }
    check_claims_within(d);
    r = check_owners(d);
    if (r == 0)
        r = check_counts(d);
out:
    free(s.items);
    return r;
}
