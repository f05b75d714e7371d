#include "draft.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "iana.h"
#include "ports.h"

void ptn_draft_init(struct ptn_draft *d, void (*complain)(void *ctx, const char *text), void *ctx)
{
    *d = (struct ptn_draft){.complain = complain, .ctx = ctx};
}

void ptn_draft_release(struct ptn_draft *d)
{
    free(d->entries);
    free(d->claims);
    ptn_arena_release(&d->arena);
}

void ptn_draft_complain(struct ptn_draft *d, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    d->complaints++;
    if (d->complain)
        d->complain(d->ctx, text);
}

const char *ptn_draft_field(const struct ptn_draft_entry *e, enum ptn_field f)
{
    for (size_t i = 0; i < e->n_fields; i++)
        if (e->ids[i] == f)
            return e->fields[i].value;
    return NULL;
}

/* Room for one more item in a growing array. Result: the item, zeroed, or NULL. */
static void *grow(void **items, size_t *n, size_t *size, size_t item)
{
    if (*n == *size) {
        size_t more = *size ? *size * 2 : 64;
        void *p = realloc(*items, more * item);
        if (!p)
            return NULL;
        *items = p;
        *size = more;
    }
    void *p = (char *)*items + (*n)++ * item;
    memset(p, 0, item);
    return p;
}

static struct ptn_draft_entry *new_entry(struct ptn_draft *d)
{
    return grow((void **)&d->entries, &d->n_entries, &d->size_entries, sizeof(*d->entries));
}

static struct ptn_book_claim *new_claim(struct ptn_draft *d)
{
    return grow((void **)&d->claims, &d->n_claims, &d->size_claims, sizeof(*d->claims));
}

/* ---- one record ----------------------------------------------------------------------------------- */

static enum ptn_entry_type type_of(const struct ptn_rec *rec)
{
    static const enum ptn_entry_type types[] = {PTN_ENTRY_SERVICE, PTN_ENTRY_MALWARE, PTN_ENTRY_SOURCE};
    static const enum ptn_field first[] = {PTN_FIELD_SERVICE, PTN_FIELD_MALWARE, PTN_FIELD_KEY};
    for (size_t i = 0; i < 3; i++)
        if (strcmp(rec->fields[0].name, ptn_field_info(first[i])->word) == 0)
            return types[i];
    return 0;
}

static bool has_id(const struct ptn_draft_entry *e, size_t n, enum ptn_field f)
{
    for (size_t i = 0; i < n; i++)
        if (e->ids[i] == f)
            return true;
    return false;
}

/* Reads the fields of a record into e. Result: 0, -EINVAL with a sentence, -ENOMEM. */
static int read_fields(struct ptn_draft *d, struct ptn_draft_entry *e, const struct ptn_rec *rec, struct ptn_err *err)
{
    size_t room = rec->n + PTN_FIELD_COUNT; /* inheritance may add each field once */
    e->fields = ptn_arena_alloc(&d->arena, room * sizeof(*e->fields));
    e->ids = ptn_arena_alloc(&d->arena, room * sizeof(*e->ids));
    if (!e->fields || !e->ids)
        return -ENOMEM;
    for (size_t i = 0; i < rec->n; i++) {
        const struct ptn_rec_field *f = &rec->fields[i];
        int id = ptn_field_find(e->type, f->name);
        if (id < 0)
            return ptn_fail(err, -EINVAL, "%s:%u: unknown field \"%s\"", rec->file, f->line, f->name);
        if (has_id(e, i, (enum ptn_field)id) && !ptn_field_repeats((enum ptn_field)id))
            return ptn_fail(err, -EINVAL, "%s:%u: %s stands twice in this record", rec->file, f->line, f->name);
        int r = ptn_field_check(e->type, (enum ptn_field)id, rec->file, f, err);
        if (r < 0)
            return r;
        e->ids[i] = (enum ptn_field)id;
        e->fields[i] = *f;
    }
    e->n_fields = rec->n;
    e->name = e->fields[0].value;
    e->file = rec->file;
    e->line = rec->line;
    return 0;
}

/* A field of a book's service. Its rating stands in its claims. */
static const char *base_field(const struct ptn_book *base, uint32_t entry, enum ptn_field f)
{
    if (f != PTN_FIELD_SAFE)
        return ptn_book_field(base, entry, f, 0);
    for (uint32_t i = 0; i < base->header->n_claims; i++)
        if (base->claims[i].entry == entry)
            return ptn_rating_word(base->claims[i].rating);
    return NULL;
}

/* A site's record says what differs: the rest is what the base says of the service of that name. */
static void inherit(struct ptn_draft_entry *e, const struct ptn_book *base)
{
    uint32_t at, end = ptn_book_find(base, e->name, &at);
    while (at < end && base->entries[base->names[at].entry].type != PTN_ENTRY_SERVICE)
        at++;
    if (at == end)
        return;
    uint32_t from = base->names[at].entry;
    e->name = ptn_book_string(base, base->entries[from].name); /* the site may call it by an alias */
    bool moved = has_id(e, e->n_fields, PTN_FIELD_PORTS) || has_id(e, e->n_fields, PTN_FIELD_ALSO);
    for (int f = 0; f < PTN_FIELD_COUNT; f++) {
        const char *v = base_field(base, from, (enum ptn_field)f);
        bool ports = f == PTN_FIELD_PORTS || f == PTN_FIELD_ALSO || f == PTN_FIELD_WAS || f == PTN_FIELD_SAFE_2001;
        if (!v || has_id(e, e->n_fields, (enum ptn_field)f) || f == PTN_FIELD_ERRATUM || (ports && moved))
            continue;
        e->ids[e->n_fields] = (enum ptn_field)f;
        e->fields[e->n_fields++] = (struct ptn_rec_field){.value = v, .line = e->line};
    }
}

static int check_required(const struct ptn_draft_entry *e, bool site, struct ptn_err *err)
{
    for (int f = 0; f < PTN_FIELD_COUNT; f++)
        if ((ptn_field_info((enum ptn_field)f)->required & e->type) && !has_id(e, e->n_fields, (enum ptn_field)f) &&
            !(site && f == PTN_FIELD_SOURCE))
            return ptn_fail(err, -EINVAL, "%s:%u: %s has no %s:", e->file, e->line, e->name,
                            ptn_field_info((enum ptn_field)f)->word);
    if (e->type == PTN_ENTRY_SERVICE && !ptn_draft_field(e, PTN_FIELD_PORTS) && !ptn_draft_field(e, PTN_FIELD_ALSO) &&
        !ptn_draft_field(e, PTN_FIELD_WAS))
        return ptn_fail(err, -EINVAL, "%s:%u: %s has no port: give Ports:, Also: or Was:", e->file, e->line, e->name);
    return 0;
}

/* ---- claims of a record ------------------------------------------------------------------------------ */

/* What the page said of this run of ports, by the record's Safe-2001 lines. */
static uint8_t rating_2001(const struct ptn_draft_entry *e, const struct ptn_ports *p, enum ptn_how how)
{
    for (size_t i = 0; i < e->n_fields; i++) {
        if (e->ids[i] != PTN_FIELD_SAFE_2001)
            continue;
        const char *at = e->fields[i].value + 1, *w;
        bool all = true;
        for (size_t n; (n = ptn_next_word(&at, &w)) > 0; all = false) {
            struct ptn_ports q;
            if (ptn_ports_parse(&q, w, n, NULL) == 0 && q.proto == p->proto && q.lo <= p->lo && p->hi <= q.hi)
                return (uint8_t)ptn_rating_parse(e->fields[i].value);
        }
        if (all && how == PTN_HOW_OWN)
            return (uint8_t)ptn_rating_parse(e->fields[i].value);
    }
    return PTN_RATING_NONE;
}

static int add_claims(struct ptn_draft *d, const struct ptn_draft_entry *e, uint32_t index, enum ptn_field f,
                      enum ptn_how how)
{
    const char *at = ptn_draft_field(e, f), *w;
    const char *safe = ptn_draft_field(e, PTN_FIELD_SAFE), *status = ptn_draft_field(e, PTN_FIELD_STATUS);
    if (status && strcmp(status, "malware") == 0)
        how = PTN_HOW_HINT;
    for (size_t n; at && (n = ptn_next_word(&at, &w)) > 0;) {
        struct ptn_ports p;
        if (ptn_ports_parse(&p, w, n, NULL) < 0)
            continue;
        struct ptn_book_claim *c = new_claim(d);
        if (!c)
            return -ENOMEM;
        enum ptn_how as_written = f == PTN_FIELD_PORTS ? PTN_HOW_OWN : how;
        bool habit = how == PTN_HOW_ALSO && p.hi - p.lo >= PTN_HABIT_PORTS;
        *c = (struct ptn_book_claim){.entry = index,
                                     .lo = p.lo,
                                     .hi = p.hi,
                                     .proto = (uint8_t)p.proto,
                                     .rating = safe ? (uint8_t)ptn_rating_parse(safe) : PTN_RATING_NONE,
                                     .rating_2001 = rating_2001(e, &p, as_written),
                                     .how = (uint8_t)(habit ? PTN_HOW_HABIT : how)};
    }
    return 0;
}

static int add_record(struct ptn_draft *d, const struct ptn_rec *rec, unsigned types, bool site,
                      const struct ptn_book *base)
{
    struct ptn_err err;
    struct ptn_draft_entry e = {.type = type_of(rec)};
    if (!(e.type & types)) {
        ptn_draft_complain(d, "%s:%u: \"%s\" begins no record that may stand in this file", rec->file, rec->line,
                           rec->fields[0].name);
        return 0;
    }
    int r = read_fields(d, &e, rec, &err);
    if (r == 0 && site && base && e.type == PTN_ENTRY_SERVICE)
        inherit(&e, base);
    if (r == 0)
        r = check_required(&e, site, &err);
    if (r == -EINVAL)
        ptn_draft_complain(d, "%s", err.text);
    if (r < 0)
        return r == -EINVAL ? 0 : r;
    struct ptn_draft_entry *slot = new_entry(d);
    if (!slot)
        return -ENOMEM;
    *slot = e;
    uint32_t index = (uint32_t)(d->n_entries - 1);
    enum ptn_how how = e.type == PTN_ENTRY_MALWARE ? PTN_HOW_HINT : PTN_HOW_OWN;
    r = add_claims(d, &e, index, PTN_FIELD_PORTS, how);
    r = r < 0 ? r : add_claims(d, &e, index, PTN_FIELD_ALSO, PTN_HOW_ALSO);
    return r < 0 ? r : add_claims(d, &e, index, PTN_FIELD_WAS, PTN_HOW_WAS);
}

int ptn_draft_add_text(struct ptn_draft *d, const char *file, const char *text, size_t len, unsigned types, bool site,
                       const struct ptn_book *base)
{
    struct ptn_rec_reader reader;
    struct ptn_rec rec;
    struct ptn_err err;
    const char *name = ptn_arena_strdup(&d->arena, file);
    if (!name)
        return -ENOMEM;
    ptn_rec_open(&reader, name, text, len, &d->arena);
    for (int r; (r = ptn_rec_next(&reader, &rec, &err)) != 0;) {
        if (r == -EINVAL) {
            ptn_draft_complain(d, "%s", err.text);
            continue;
        }
        r = r < 0 ? r : add_record(d, &rec, types, site, base);
        if (r < 0)
            return r;
    }
    return 0;
}

int ptn_draft_add_overlay(struct ptn_draft *d, const char *path, const struct ptn_book *base)
{
    char *text;
    size_t len;
    int r = ptn_file_read(path, PTN_OVERLAY_MAX, &text, &len);
    if (r < 0) {
        ptn_draft_complain(d, "%s: %s", path, strerror(-r));
        return r == -ENOMEM ? r : 0;
    }
    r = ptn_draft_add_text(d, path, text, len, PTN_ENTRY_SERVICE | PTN_ENTRY_SOURCE, true, base);
    free(text);
    return r;
}

/* ---- rows of a registry -------------------------------------------------------------------------------- */

static bool keep(struct ptn_draft *d, struct ptn_draft_entry *e, enum ptn_field f, const char *value)
{
    if (!value || !*value)
        return true;
    e->ids[e->n_fields] = f;
    e->fields[e->n_fields].value = ptn_arena_strdup(&d->arena, value);
    return e->fields[e->n_fields++].value;
}

/* What a row says, as fields. */
#define ROW_FIELDS 8

struct row_field {
    enum ptn_field id;
    const char *value;
};

static void row_fields(const struct ptn_assignment *a, const char *state, struct row_field ret[static ROW_FIELDS])
{
    const struct row_field fields[ROW_FIELDS] = {{PTN_FIELD_STATE, state},
                                                 {PTN_FIELD_TITLE, a->description},
                                                 {PTN_FIELD_REGISTERED, a->date},
                                                 {PTN_FIELD_MODIFIED, a->modified},
                                                 {PTN_FIELD_REFERENCE, a->reference},
                                                 {PTN_FIELD_ASSIGNEE, a->assignee},
                                                 {PTN_FIELD_UNAUTHORIZED, a->unauthorized},
                                                 {PTN_FIELD_NOTE, a->note}};
    memcpy(ret, fields, sizeof(fields));
}

/* Rows of one name, tcp and udp, follow each other and mostly say the same: they share one entry. */
static bool same_entry(const struct ptn_draft_entry *e, const char *name, const struct row_field *fields)
{
    for (size_t i = 0; i < ROW_FIELDS; i++) {
        const char *have = ptn_draft_field(e, fields[i].id);
        if (strcmp(have ? have : "", fields[i].value) != 0)
            return false;
    }
    return strcmp(e->name, name) == 0;
}

static int assignment_entry(struct ptn_draft *d, const struct ptn_assignment *a, const char *state)
{
    struct row_field fields[ROW_FIELDS];
    size_t back = d->n_entries < 8 ? d->n_entries : 8;
    row_fields(a, state, fields);
    for (size_t i = 1; i <= back; i++)
        if (same_entry(&d->entries[d->n_entries - i], a->name, fields))
            return (int)(d->n_entries - i);
    struct ptn_draft_entry *e = new_entry(d);
    if (!e)
        return -ENOMEM;
    e->type = PTN_ENTRY_ASSIGNMENT;
    e->line = a->line;
    e->fields = ptn_arena_alloc(&d->arena, ROW_FIELDS * sizeof(*e->fields));
    e->ids = ptn_arena_alloc(&d->arena, ROW_FIELDS * sizeof(*e->ids));
    e->name = ptn_arena_strdup(&d->arena, a->name);
    bool good = e->fields && e->ids && e->name;
    for (size_t i = 0; good && i < ROW_FIELDS; i++)
        good = keep(d, e, fields[i].id, fields[i].value);
    return good ? (int)d->n_entries - 1 : -ENOMEM;
}

int ptn_draft_add_assignment(struct ptn_draft *d, const struct ptn_assignment *a)
{
    static const char *const states[] = {
        [PTN_ASSIGNED] = "assigned", [PTN_RESERVED] = "reserved", [PTN_UNASSIGNED] = "unassigned"};
    /* A port that no row speaks of is unassigned: only what says more than that is kept. */
    if (a->state == PTN_UNASSIGNED && strcasecmp(a->description, "unassigned") == 0)
        return 0;
    int entry = assignment_entry(d, a, states[a->state]);
    if (entry < 0)
        return entry;
    for (int p = 0; p < PTN_PROTO_PORTED; p++) {
        if (a->proto >= 0 && a->proto != p)
            continue;
        struct ptn_book_claim *c = new_claim(d);
        if (!c)
            return -ENOMEM;
        bool named = a->state == PTN_ASSIGNED && *a->name;
        *c = (struct ptn_book_claim){.entry = (uint32_t)entry,
                                     .lo = a->lo,
                                     .hi = a->hi,
                                     .proto = (uint8_t)p,
                                     .how = named ? PTN_HOW_ASSIGNED : PTN_HOW_SET_ASIDE};
    }
    return 0;
}
