#include "known.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/grow.h"
#include "base/text.h"
#include "base/utf8.h"

#define COMPLAINTS_MAX 100

struct reader {
    const char *file;
    const struct ptn_known_opts *opts;
    struct ptn_arena *arena;
    struct ptn_known *items;
    size_t n, room, complaints;
    unsigned line;
};

/* ---- one line -------------------------------------------------------------------------------------------------- */

static void complain(struct reader *r, const char *what, const char *about, size_t len)
{
    char text[512], shown[81];
    ptn_utf8_clean(shown, sizeof(shown), about, len);
    if (r->complaints++ >= COMPLAINTS_MAX || !r->opts || !r->opts->complain)
        return;
    snprintf(text, sizeof(text), "%s:%u: \"%s\" %s", r->file, r->line, shown, what);
    r->opts->complain(r->opts->ctx, text);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct ptn_slice strip(const char *at, size_t len)
{
    while (len && is_blank(at[len - 1]))
        len--;
    while (len && is_blank(*at))
        at++, len--;
    return (struct ptn_slice){at, len};
}

/* ADDR[/PREFIX]. Result: whether it is one. */
static bool read_range(struct ptn_known *k, const char *text, size_t len)
{
    const char *slash = memchr(text, '/', len);
    const size_t n = slash ? (size_t)(slash - text) : len;
    struct ptn_addr a;
    if (ptn_addr_parse(&a, text, n) < 0)
        return false;
    long prefix = ptn_addr_width(a.family) * 8;
    if (slash)
        prefix = ptn_number(slash + 1, len - n - 1, prefix);
    const struct ptn_addr four = ptn_addr_unmapped(&a);
    if (prefix >= 96 && four.family != a.family) { /* ::ffff:192.0.2.0/120 */
        a = four;
        prefix -= 96;
    }
    if (prefix < 0)
        return false;
    uint8_t hi[16];
    *k = (struct ptn_known){.addr.family = a.family, .prefix = (uint8_t)prefix};
    ptn_addr_span(a.bytes, k->prefix, ptn_addr_width(a.family), k->addr.bytes, hi);
    return true;
}

static const char *wrong_name(const struct ptn_slice *name)
{
    for (size_t i = 0, n; i < name->len; i += n)
        if ((n = ptn_utf8_shown(name->at + i, name->len - i)) == 0)
            return "has a control character or is not UTF-8";
    return name->len > PTN_KNOWN_NAME ? "is longer than 60 octets" : NULL;
}

static int read_line(struct reader *r, const char *text, size_t len)
{
    const char *comment = memchr(text, '#', len);
    const struct ptn_slice all = strip(text, comment ? (size_t)(comment - text) : len);
    size_t n = 0;
    struct ptn_known k;
    if (!all.len)
        return 0;
    while (n < all.len && !is_blank(all.at[n]))
        n++;
    const struct ptn_slice name = strip(all.at + n, all.len - n);
    const bool range = read_range(&k, all.at, n);
    const char *wrong = range && name.len ? wrong_name(&name) : NULL;
    if (!range)
        complain(r, "is not an address or ADDRESS/PREFIX", all.at, n);
    else if (!name.len)
        complain(r, "has no name after it", all.at, n);
    else if (wrong)
        complain(r, wrong, name.at, name.len);
    if (!range || !name.len || wrong)
        return 0;
    k.line = r->line;
    k.name = ptn_arena_strndup(r->arena, name.at, name.len);
    if (!k.name || ptn_grow(&r->items, r->n, &r->room, sizeof(k)) < 0)
        return -ENOMEM;
    r->items[r->n++] = k;
    return 0;
}

static int read_lines(struct reader *r, const char *text, size_t len, struct ptn_err *err)
{
    int e = 0;
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        text += 3, len -= 3;
    for (const char *end = text + len, *stop; e == 0 && text < end; text = stop + 1) {
        stop = memchr(text, '\n', (size_t)(end - text));
        stop = stop ? stop : end;
        if (++r->line > PTN_KNOWN_LINES)
            return ptn_fail(err, -EFBIG, "%s: more than %d lines", r->file, PTN_KNOWN_LINES);
        e = read_line(r, text, (size_t)(stop - text));
    }
    return e < 0 ? ptn_fail(err, e, "%s: out of memory", r->file) : 0;
}

/* ---- the order ------------------------------------------------------------------------------------------------- */

/* A range stands before those within it. */
static int compare(const struct ptn_known *a, const struct ptn_known *b)
{
    if (a->addr.family != b->addr.family)
        return a->addr.family < b->addr.family ? -1 : 1;
    const int d = memcmp(a->addr.bytes, b->addr.bytes, sizeof(a->addr.bytes));
    return d ? d : (int)a->prefix - (int)b->prefix;
}

static int compare_lines(const void *x, const void *y)
{
    const struct ptn_known *a = x, *b = y;
    const int d = compare(a, b);
    return d ? d : a->line < b->line ? -1 : a->line > b->line;
}

/* The first of two lines on one range counts. */
static void drop_doubles(struct reader *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++) {
        const struct ptn_known *k = &r->items[i], *last = n ? &r->items[n - 1] : NULL;
        char what[64];
        if (!last || compare(last, k) != 0) {
            r->items[n++] = *k;
        } else if (strcmp(last->name, k->name) != 0) {
            snprintf(what, sizeof(what), "is another name for the range of line %u", last->line);
            r->line = k->line;
            complain(r, what, k->name, strlen(k->name));
        }
    }
    r->n = n;
}

static void link_parents(struct reader *r)
{
    for (size_t i = 0; i < r->n; i++) {
        size_t at = i; /* what holds this one is the range before it, or holds that one */
        while (at && !ptn_addr_within(&r->items[at - 1].addr, r->items[at - 1].prefix, &r->items[i].addr))
            at = r->items[at - 1].parent;
        r->items[i].parent = (uint32_t)at;
    }
}

int ptn_known_read(const struct ptn_known **ret, size_t *n, struct ptn_arena *arena, const char *file, const char *text,
                   size_t len, const struct ptn_known_opts *opts, struct ptn_err *err)
{
    struct reader r = {.file = file, .opts = opts, .arena = arena};
    int e = read_lines(&r, text, len, err);
    if (r.n)
        qsort(r.items, r.n, sizeof(*r.items), compare_lines);
    drop_doubles(&r);
    link_parents(&r);
    struct ptn_known *kept = e < 0 ? NULL : ptn_arena_alloc(arena, (r.n + 1) * sizeof(*kept));
    if (e == 0 && !kept)
        e = ptn_fail(err, -ENOMEM, "%s: out of memory", file);
    if (e == 0 && r.n)
        memcpy(kept, r.items, r.n * sizeof(*kept));
    if (e == 0 && r.complaints > COMPLAINTS_MAX && opts && opts->complain) {
        char more[512];
        snprintf(more, sizeof(more), "%s: %zu more lines like these", file, r.complaints - COMPLAINTS_MAX);
        opts->complain(opts->ctx, more);
    }
    free(r.items);
    *ret = kept;
    *n = e == 0 ? r.n : 0;
    return e;
}

/* The last range that begins at the address or before it, or one around that. */
const char *ptn_site_known(const struct ptn_site *s, const struct ptn_addr *a)
{
    struct ptn_known key = {.addr = {.family = a->family}, .prefix = UINT8_MAX};
    memcpy(key.addr.bytes, a->bytes, ptn_addr_width(a->family));
    size_t lo = 0, hi = s->n_known;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (compare(&s->known[mid], &key) <= 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    while (lo && !ptn_addr_within(&s->known[lo - 1].addr, s->known[lo - 1].prefix, a))
        lo = s->known[lo - 1].parent;
    return lo ? s->known[lo - 1].name : NULL;
}
