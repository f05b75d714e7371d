/* A draft compiled into a book. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "draft.h"
#include "port_index.h"

/* One pool of strings, each once. */
struct pool {
    char *text;
    size_t len, size;
    uint32_t *slots; /* offset + 1 */
    size_t n, n_slots;
    bool failed;
};

static uint32_t string_hash(const char *p, size_t len)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)p[i]) * 16777619u;
    return h;
}

static void rehash(struct pool *p)
{
    size_t n = p->n_slots ? p->n_slots * 2 : 4096;
    uint32_t *slots = calloc(n, sizeof(*slots));
    if (!slots) {
        p->failed = true;
        return;
    }
    for (size_t i = 0; i < p->n_slots; i++) {
        if (!p->slots[i])
            continue;
        const char *s = p->text + p->slots[i] - 1;
        size_t at = string_hash(s, strlen(s)) & (n - 1);
        while (slots[at])
            at = (at + 1) & (n - 1);
        slots[at] = p->slots[i];
    }
    free(p->slots);
    p->slots = slots;
    p->n_slots = n;
}

static uint32_t intern_n(struct pool *p, const char *s, size_t len)
{
    if (p->n * 2 >= p->n_slots)
        rehash(p);
    if (p->len + len + 1 > p->size && !p->failed) {
        size_t size = (p->len + len + 1) * 2;
        char *text = realloc(p->text, size);
        p->failed |= !text;
        p->text = text ? text : p->text;
        p->size = text ? size : p->size;
    }
    if (p->failed)
        return 0;
    size_t at = string_hash(s, len) & (p->n_slots - 1);
    for (; p->slots[at]; at = (at + 1) & (p->n_slots - 1)) {
        const char *have = p->text + p->slots[at] - 1;
        if (strncmp(have, s, len) == 0 && have[len] == '\0')
            return p->slots[at] - 1;
    }
    uint32_t offset = (uint32_t)p->len;
    memcpy(p->text + p->len, s, len);
    p->text[p->len + len] = '\0';
    p->len += len + 1;
    p->slots[at] = offset + 1;
    p->n++;
    return offset;
}

static uint32_t intern(struct pool *p, const char *s)
{
    return intern_n(p, s, strlen(s));
}

/* Everything the book is put together from. */
struct parts {
    struct ptn_book_header header;
    struct ptn_book_entry *entries;
    uint32_t *fields, *hashes;
    struct ptn_port_index index;
    struct ptn_book_name *names;
    struct pool pool;
};

/* Names and ratings stand elsewhere in the book: in the entry and in its claims. */
static bool is_kept(enum ptn_field f)
{
    return f != PTN_FIELD_SERVICE && f != PTN_FIELD_MALWARE && f != PTN_FIELD_KEY && f != PTN_FIELD_SAFE &&
           f != PTN_FIELD_SAFE_2001;
}

static size_t count_names(const struct ptn_draft_entry *e)
{
    const char *at = ptn_draft_field(e, PTN_FIELD_ALIAS), *w;
    size_t n = 1;
    while (at && ptn_next_word(&at, &w) > 0)
        n++;
    return n;
}

static int room(struct parts *p, const struct ptn_draft *d)
{
    size_t fields = 0, names = 0;
    for (size_t i = 0; i < d->n_entries; i++) {
        fields += d->entries[i].n_fields;
        names += count_names(&d->entries[i]);
    }
    p->entries = calloc(d->n_entries + 1, sizeof(*p->entries));
    p->fields = calloc(fields + 1, sizeof(*p->fields));
    p->hashes = calloc(names + 1, sizeof(*p->hashes));
    p->names = calloc(names + 1, sizeof(*p->names));
    return p->entries && p->fields && p->hashes && p->names ? 0 : -ENOMEM;
}

static void put_name(struct parts *p, const char *name, size_t len, uint32_t entry)
{
    struct ptn_book_header *h = &p->header;
    if (len == 0)
        return;
    p->hashes[h->n_hashes++] = ptn_name_hash(name, len);
    p->names[h->n_names++] = (struct ptn_book_name){.text = intern_n(&p->pool, name, len), .entry = entry};
}

static void intern_names(struct pool *pool, const struct ptn_draft_entry *e)
{
    const char *at = ptn_draft_field(e, PTN_FIELD_ALIAS), *w;
    intern(pool, e->name);
    for (size_t n; at && (n = ptn_next_word(&at, &w)) > 0;)
        intern_n(pool, w, n);
}

static void put_entry(struct parts *p, const struct ptn_draft_entry *e, uint32_t index)
{
    struct ptn_book_header *h = &p->header;
    p->entries[index] = (struct ptn_book_entry){
        .name = intern(&p->pool, e->name), .fields = h->n_fields, .hashes = h->n_hashes, .type = e->type};
    put_name(p, e->name, strlen(e->name), index);
    const char *at = ptn_draft_field(e, PTN_FIELD_ALIAS), *w;
    for (size_t n; at && (n = ptn_next_word(&at, &w)) > 0;)
        put_name(p, w, n, index);
    for (size_t i = 0; i < e->n_fields; i++)
        if (is_kept(e->ids[i]))
            p->fields[h->n_fields++] = (uint32_t)e->ids[i] << 24 | intern(&p->pool, e->fields[i].value);
}

static int compare_names(const void *a, const void *b, void *pool)
{
    const struct ptn_book_name *x = a, *y = b;
    const char *text = pool;
    int d = ptn_name_compare(text + x->text, text + y->text);
    return d ? d : (x->entry > y->entry) - (x->entry < y->entry);
}

static void put_hashes(struct ptn_book_claim *claims, const struct parts *p)
{
    for (uint32_t i = 0; i < p->header.n_claims; i++) {
        const struct ptn_book_entry *e = &p->entries[claims[i].entry];
        claims[i].hash = e->hashes < e[1].hashes ? p->hashes[e->hashes] : 0;
    }
}

static void append(char *block, size_t *at, const void *data, size_t len)
{
    if (block && len)
        memcpy(block + *at, data, len);
    *at += (len + 3) / 4 * 4;
}

static size_t assemble(char *block, const struct parts *p, const struct ptn_draft *d)
{
    const struct ptn_book_header *h = &p->header;
    size_t at = 0;
    append(block, &at, h, sizeof(*h));
    append(block, &at, p->entries, (h->n_entries + 1) * sizeof(*p->entries));
    append(block, &at, p->fields, h->n_fields * sizeof(*p->fields));
    append(block, &at, p->hashes, h->n_hashes * sizeof(*p->hashes));
    append(block, &at, d->claims, h->n_claims * sizeof(*d->claims));
    append(block, &at, p->index.pages, sizeof(p->index.pages));
    append(block, &at, p->index.starts.items, h->n_starts * sizeof(*p->index.starts.items));
    append(block, &at, p->index.refs.items, h->n_refs * sizeof(*p->index.refs.items));
    append(block, &at, p->names, h->n_names * sizeof(*p->names));
    append(block, &at, p->pool.text, h->pool_size);
    return at;
}

static int compile(struct parts *p, struct ptn_draft *d)
{
    struct ptn_book_header *h = &p->header;
    int r = room(p, d);
    if (r < 0)
        return r;
    intern(&p->pool, ""); /* offset 0 is the empty string */
    h->title = intern(&p->pool, d->title ? d->title : "");
    h->date = intern(&p->pool, d->date ? d->date : "");
    for (size_t i = 0; i < d->n_entries; i++) /* first, so that a search by name stays on few pages */
        intern_names(&p->pool, &d->entries[i]);
    for (uint32_t i = 0; i < d->n_entries; i++)
        put_entry(p, &d->entries[i], i);
    h->n_entries = (uint32_t)d->n_entries;
    h->n_claims = (uint32_t)d->n_claims;
    p->entries[d->n_entries] = (struct ptn_book_entry){.fields = h->n_fields, .hashes = h->n_hashes};
    if (p->pool.failed)
        return -ENOMEM;
    if (p->pool.len > 0xffffff)
        return -EFBIG;
    h->pool_size = (uint32_t)p->pool.len;
    put_hashes(d->claims, p);
    qsort_r(p->names, h->n_names, sizeof(*p->names), compare_names, p->pool.text);
    r = ptn_port_index_make(&p->index, d);
    h->n_starts = (uint32_t)p->index.starts.n;
    h->n_refs = (uint32_t)p->index.refs.n;
    return r;
}

int ptn_draft_write(struct ptn_draft *d, void **ret, size_t *ret_len)
{
    struct parts p = {.header = {.magic = PTN_BOOK_MAGIC, .version = PTN_BOOK_VERSION}};
    int r = d->n_claims > 65535 || d->n_entries > 65535 ? -EFBIG : compile(&p, d);
    if (r == 0) {
        size_t len = assemble(NULL, &p, d);
        char *block = calloc(1, len);
        if (block) {
            p.header.size = (uint32_t)len;
            assemble(block, &p, d);
            *ret = block;
            *ret_len = len;
        } else {
            r = -ENOMEM;
        }
    }
    free(p.entries);
    free(p.fields);
    free(p.hashes);
    ptn_port_index_release(&p.index);
    free(p.names);
    free(p.pool.text);
    free(p.pool.slots);
    return r;
}
