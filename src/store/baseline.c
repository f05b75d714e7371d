#include "baseline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "document.h"

int ptn_baseline_save(const char *path, const json_t *document, struct ptn_err *err)
{
    char *text = json_dumps(document, JSON_INDENT(1));
    int r = text ? ptn_file_replace(path, text, strlen(text), 0600) : -ENOMEM;
    free(text);
    return r < 0 ? ptn_fail(err, r, "%s: %s", path, strerror(-r)) : 0;
}

static const char *text_of(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

/* ---- rows ------------------------------------------------------------------------------------------- */

/* One listener of a document: where it is, and whose it is. */
struct row {
    const char *place, *owner;
    const json_t *item;
    bool matched;
};

struct rows {
    struct row *items;
    size_t n;
};

/* Without a unit, the binary; without a binary, the command's name. Never a PID. */
static const char *owner_key(const json_t *owner)
{
    static const char *const keys[] = {"container", "unit", "exe", "name"};
    for (size_t i = 0; i < 4; i++)
        if (*text_of(owner, keys[i]))
            return text_of(owner, keys[i]);
    return "";
}

/* A namespace without a name is known by its inode, which the next start changes. */
static const char *netns_key(const json_t *item)
{
    const char *name = text_of(item, "netns");
    return strncmp(name, "net:[", 5) == 0 ? "unnamed" : name;
}

static bool is_compared(const json_t *item)
{
    return json_integer_value(json_object_get(item, "port")) > 0 && !json_is_true(json_object_get(item, "latent")) &&
           !json_is_true(json_object_get(item, "client"));
}

static int compare_rows(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    int d = strcmp(x->place, y->place);
    return d ? d : strcmp(x->owner, y->owner);
}

static int read_rows(struct rows *ret, const json_t *document, struct ptn_arena *arena)
{
    const json_t *items = json_object_get(document, "audit");
    size_t n = json_array_size(items);
    ret->items = calloc(n + 1, sizeof(*ret->items));
    if (!ret->items)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(items, i);
        if (!is_compared(item))
            continue;
        struct row *r = &ret->items[ret->n++];
        r->item = item;
        r->owner = owner_key(json_object_get(item, "owner"));
        r->place =
            ptn_arena_printf(arena, "%s %s %s %lld", netns_key(item), text_of(item, "proto"), text_of(item, "address"),
                             (long long)json_integer_value(json_object_get(item, "port")));
        if (!r->place)
            return -ENOMEM;
    }
    qsort(ret->items, ret->n, sizeof(*ret->items), compare_rows);
    return 0;
}

/* ---- differences ------------------------------------------------------------------------------------- */

static int add(json_t *to, const struct row *r, const char *what)
{
    json_t *o = json_object();
    static const char *const keys[] = {"netns", "proto", "address", "port", "service", "verdict"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        json_t *v = json_object_get(r->item, keys[i]);
        json_object_set(o, keys[i], v ? v : json_null());
    }
    json_object_set_new(o, "owner", *r->owner ? json_string(r->owner) : json_null());
    json_object_set_new(o, "what", json_string(what));
    return json_array_append_new(to, o);
}

/* What differs between two sightings of one listener, "" if nothing. */
static const char *difference(const struct row *was, const struct row *is, struct ptn_arena *arena)
{
    static const char *const keys[] = {"service", "verdict", "rating"};
    const json_t *rung_was = json_object_get(was->item, "rung"), *rung_is = json_object_get(is->item, "rung");
    const json_t *old = json_object_get(was->item, "owner"), *now = json_object_get(is->item, "owner");
    const char *text = "";
    for (size_t i = 0; text && i < 3; i++)
        if (strcmp(text_of(was->item, keys[i]), text_of(is->item, keys[i])) != 0)
            text = ptn_arena_printf(arena, "%s%s%s was %s, is %s", text, *text ? "; " : "", keys[i],
                                    text_of(was->item, keys[i]), text_of(is->item, keys[i]));
    for (int six = 0; text && six < 2; six++) {
        const char *family = six ? "ipv6" : "ipv4";
        if (strcmp(text_of(rung_was, family), text_of(rung_is, family)) != 0)
            text = ptn_arena_printf(arena, "%s%s%s rung was %s, is %s", text, *text ? "; " : "", family,
                                    text_of(rung_was, family), text_of(rung_is, family));
    }
    if (text && strcmp(text_of(old, "user"), text_of(now, "user")) != 0)
        text = ptn_arena_printf(arena, "%s%suser was %s, is %s", text, *text ? "; " : "", text_of(old, "user"),
                                text_of(now, "user"));
    if (text && strcmp(text_of(old, "exe"), text_of(now, "exe")) != 0)
        text = ptn_arena_printf(arena, "%s%sbinary was %s, is %s", text, *text ? "; " : "", text_of(old, "exe"),
                                text_of(now, "exe"));
    return text;
}

static struct row *find(struct rows *rows, const char *place, const char *owner)
{
    size_t lo = 0, hi = rows->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (strcmp(rows->items[mid].place, place) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < rows->n && strcmp(rows->items[lo].place, place) == 0; lo++)
        if (!rows->items[lo].matched && (!owner || strcmp(rows->items[lo].owner, owner) == 0))
            return &rows->items[lo];
    return NULL;
}

/* First the same place and owner, then what is left on the same place: its owner changed. */
static int match(struct rows *was, struct rows *is, json_t *changed, struct ptn_arena *arena)
{
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < is->n; i++) {
            struct row *now = &is->items[i];
            struct row *old = now->matched ? NULL : find(was, now->place, pass ? NULL : now->owner);
            if (!old)
                continue;
            old->matched = now->matched = true;
            const char *what = difference(old, now, arena);
            if (what && pass)
                what =
                    ptn_arena_printf(arena, "owner was %s, is %s%s%s", old->owner, now->owner, *what ? "; " : "", what);
            if (!what || (*what && add(changed, now, what) < 0))
                return -ENOMEM;
        }
    return 0;
}

static int compare(const json_t *before, const json_t *document, json_t *out)
{
    struct ptn_arena arena = {0};
    struct rows was = {0}, is = {0};
    json_t *added = json_array(), *gone = json_array(), *changed = json_array();
    json_object_set_new(out, "new", added);
    json_object_set_new(out, "gone", gone);
    json_object_set_new(out, "changed", changed);
    int r = read_rows(&was, before, &arena);
    r = r < 0 ? r : read_rows(&is, document, &arena);
    r = r < 0 ? r : match(&was, &is, changed, &arena);
    for (size_t i = 0; r == 0 && i < is.n; i++)
        r = is.items[i].matched ? 0 : add(added, &is.items[i], "listens now, did not before");
    for (size_t i = 0; r == 0 && i < was.n; i++)
        r = was.items[i].matched ? 0 : add(gone, &was.items[i], "listened before, does not now");
    free(was.items);
    free(is.items);
    ptn_arena_release(&arena);
    return r < 0 ? -ENOMEM : (int)(json_array_size(added) + json_array_size(gone) + json_array_size(changed));
}

/* Whether everything that one audit could not see, for a reason that matters, was hidden from the other likewise. */
static bool sees_no_less(const json_t *one, const json_t *other)
{
    const json_t *a = json_object_get(one, "blind"), *b = json_object_get(other, "blind");
    for (size_t i = 0; i < json_array_size(a); i++) {
        const json_t *hidden = json_array_get(a, i);
        bool found = !json_is_true(json_object_get(hidden, "matters"));
        for (size_t j = 0; !found && j < json_array_size(b); j++)
            found = strcmp(text_of(hidden, "why"), text_of(json_array_get(b, j), "why")) == 0;
        if (!found)
            return false;
    }
    return true;
}

static int check(const char *path, const json_t *before, const json_t *document, struct ptn_err *err)
{
    if (!json_is_array(json_object_get(before, "audit")))
        return ptn_fail(err, -EINVAL, "%s: not an audit that --save has made", path);
    if (json_integer_value(json_object_get(before, "schema")) !=
        json_integer_value(json_object_get(document, "schema")))
        return ptn_fail(err, -EINVAL, "%s: made by a version with another schema; save it anew", path);
    if (!sees_no_less(document, before))
        return ptn_fail(err, -EINVAL,
                        "%s: made with another view (it saw what this audit does not: run it as root); "
                        "compare like with like",
                        path);
    if (!sees_no_less(before, document))
        return ptn_fail(err, -EINVAL,
                        "%s: made with another view (it did not see every owner: save it anew, as root); "
                        "compare like with like",
                        path);
    return 0;
}

int ptn_baseline_compare(const char *path, const json_t *document, json_t **ret, struct ptn_err *err)
{
    int r;
    json_t *before = ptn_document_read(path, &r, err);
    if (!before)
        return r;
    json_t *out = json_object();
    r = check(path, before, document, err);
    if (r == 0) {
        r = out ? compare(before, document, out) : -ENOMEM;
        if (r < 0)
            ptn_fail(err, r, "%s", strerror(-r));
    }
    json_decref(before);
    if (r < 0)
        json_decref(out);
    else
        *ret = out;
    return r;
}
