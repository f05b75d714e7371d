#include "book.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

const char *ptn_book_string(const struct ptn_book *b, uint32_t at)
{
    return at < b->header->pool_size ? b->pool + at : "";
}

/* Takes `n` items of `size` octets from the block; NULL if they are not there. */
static const void *take(const uint8_t *block, size_t total, size_t *at, uint32_t n, size_t size)
{
    if (n > (total - *at) / size)
        return NULL;
    const void *p = block + *at;
    *at += (n * size + 3) / 4 * 4;
    return *at <= total ? p : NULL;
}

static bool entries_sound(const struct ptn_book *b)
{
    const struct ptn_book_header *h = b->header;
    for (uint32_t i = 0; i < h->n_entries; i++) {
        const struct ptn_book_entry *e = &b->entries[i];
        if (e->fields > e[1].fields || e->hashes > e[1].hashes)
            return false;
    }
    if (b->entries[h->n_entries].fields != h->n_fields || b->entries[h->n_entries].hashes != h->n_hashes)
        return false;
    for (uint32_t i = 0; i < h->n_names; i++)
        if (b->names[i].entry >= h->n_entries)
            return false;
    return true;
}

static bool claims_sound(const struct ptn_book *b)
{
    const struct ptn_book_header *h = b->header;
    for (uint32_t i = 0; i < h->n_claims; i++) {
        const struct ptn_book_claim *c = &b->claims[i];
        if (c->entry >= h->n_entries || c->lo > c->hi || c->proto >= PTN_PROTO_PORTED ||
            c->rating > PTN_RATING_DEPENDS || c->rating_2001 > PTN_RATING_DEPENDS || c->how > PTN_HOW_HINT)
            return false;
    }
    return h->n_claims > 0;
}

/* The lists follow each other without a gap; where one begins is marked. */
static bool lists_sound(const struct ptn_book *b, uint8_t begins[65536 / 8])
{
    const struct ptn_book_header *h = b->header;
    uint32_t at = 0;
    while (at < h->n_refs) {
        const uint32_t end = at + 1 + b->refs[at];
        begins[at / 8] |= (uint8_t)(1 << at % 8);
        if (end > h->n_refs)
            return false;
        while (++at < end)
            if (b->refs[at] >= h->n_claims)
                return false;
    }
    return true;
}

static bool index_sound(const struct ptn_book *b)
{
    const struct ptn_book_header *h = b->header;
    uint8_t begins[65536 / 8] = {0};
    if (h->n_refs > 65536 || h->n_refs % 2 || !lists_sound(b, begins))
        return false;
    for (uint32_t i = 0; i < h->n_starts; i++) {
        const uint16_t at = b->starts[i];
        if (at + 1u >= h->n_refs || !(begins[at / 8] >> at % 8 & 1))
            return false;
    }
    for (uint32_t i = 0; i < PTN_PROTO_PORTED * PTN_BOOK_PAGES; i++)
        if (b->pages[i] + PTN_BOOK_PAGE > h->n_starts)
            return false;
    return true;
}

int ptn_book_open(struct ptn_book *ret, const void *block, size_t size, bool verify)
{
    const struct ptn_book_header *h = block;
    struct ptn_book b = {.header = h};
    size_t at = sizeof(*h);
    if (size < sizeof(*h) || memcmp(h->magic, PTN_BOOK_MAGIC, 8) != 0 || h->version != PTN_BOOK_VERSION ||
        h->size != size || h->n_entries == UINT32_MAX)
        return -EINVAL;
    if (!(b.entries = take(block, size, &at, h->n_entries + 1, sizeof(*b.entries))) ||
        !(b.fields = take(block, size, &at, h->n_fields, sizeof(*b.fields))) ||
        !(b.hashes = take(block, size, &at, h->n_hashes, sizeof(*b.hashes))) ||
        !(b.claims = take(block, size, &at, h->n_claims, sizeof(*b.claims))) ||
        !(b.pages = take(block, size, &at, PTN_PROTO_PORTED * PTN_BOOK_PAGES, sizeof(*b.pages))) ||
        !(b.starts = take(block, size, &at, h->n_starts, sizeof(*b.starts))) ||
        !(b.refs = take(block, size, &at, h->n_refs, sizeof(*b.refs))) ||
        !(b.names = take(block, size, &at, h->n_names, sizeof(*b.names))) ||
        !(b.pool = take(block, size, &at, h->pool_size, 1)))
        return -EINVAL;
    if (at != size || h->pool_size == 0 || b.pool[h->pool_size - 1] != '\0')
        return -EINVAL;
    if (verify && !(entries_sound(&b) && claims_sound(&b) && index_sound(&b)))
        return -EINVAL;
    *ret = b;
    return 0;
}

const char *ptn_book_field(const struct ptn_book *b, uint32_t entry, enum ptn_field f, unsigned n)
{
    const struct ptn_book_entry *e = &b->entries[entry];
    for (uint32_t i = e->fields; i < e[1].fields; i++)
        if (b->fields[i] >> 24 == (uint32_t)f && n-- == 0)
            return ptn_book_string(b, b->fields[i] & 0xffffff);
    return NULL;
}

uint32_t ptn_book_find(const struct ptn_book *b, const char *name, uint32_t *first)
{
    uint32_t lo = 0, hi = b->header->n_names;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (ptn_name_compare(ptn_book_string(b, b->names[mid].text), name) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (hi = lo; hi < b->header->n_names; hi++)
        if (ptn_name_compare(ptn_book_string(b, b->names[hi].text), name) != 0)
            break;
    *first = lo;
    return hi;
}

bool ptn_book_has_hash(const struct ptn_book *b, uint32_t entry, uint32_t hash)
{
    for (uint32_t i = b->entries[entry].hashes; i < b->entries[entry + 1].hashes; i++)
        if (b->hashes[i] == hash)
            return true;
    return false;
}
