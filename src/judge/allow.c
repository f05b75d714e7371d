#include "allow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/text.h"
#include "chart/ports.h"
#include "chart/rec.h"

static const struct {
    const char *word;
    bool required;
} fields[] = {
#define X(id, word, required, help) {word, required},
    PTN_ALLOW_FIELDS(X)
#undef X
};

static int check_value(const struct ptn_rec *rec, const struct ptn_rec_field *f, enum ptn_allow_field id,
                       struct ptn_err *err)
{
    const char *at = f->value, *w;
    struct ptn_ports p;
    struct ptn_err why;
    struct ptn_addr a;
    if (id == PTN_ALLOW_UNTIL && (ptn_date(at) != 10 || at[10]))
        return ptn_fail(err, -EINVAL, "%s:%u: Until: \"%.40s\" is not a day, YYYY-MM-DD", rec->file, f->line, at);
    for (size_t n; (n = ptn_next_word(&at, &w)) > 0;) {
        if (id == PTN_ALLOW_ALLOW && ptn_ports_parse(&p, w, n, &why) < 0)
            return ptn_fail(err, -EINVAL, "%s:%u: Allow: %.300s", rec->file, f->line, why.text);
        if (id == PTN_ALLOW_ADDRESS && ptn_addr_parse(&a, w, n) < 0)
            return ptn_fail(err, -EINVAL, "%s:%u: Address: \"%.*s\" is not an address", rec->file, f->line,
                            (int)(n < 80 ? n : 80), w);
    }
    return 0;
}

static int read_record(struct ptn_allow *allow, const struct ptn_rec *rec, struct ptn_err *err)
{
    for (size_t i = 0; i < rec->n; i++) {
        const struct ptn_rec_field *f = &rec->fields[i];
        int id = 0;
        while (id < PTN_ALLOW_FIELD_COUNT && strcmp(fields[id].word, f->name) != 0)
            id++;
        if (id == PTN_ALLOW_FIELD_COUNT)
            return ptn_fail(err, -EINVAL, "%s:%u: unknown field \"%.60s\"", rec->file, f->line, f->name);
        if (allow->value[id])
            return ptn_fail(err, -EINVAL, "%s:%u: %s stands twice in this record", rec->file, f->line, f->name);
        int r = check_value(rec, f, (enum ptn_allow_field)id, err);
        if (r < 0)
            return r;
        allow->value[id] = f->value;
    }
    for (int id = 0; id < PTN_ALLOW_FIELD_COUNT; id++)
        if (fields[id].required && (!allow->value[id] || !*allow->value[id]))
            return ptn_fail(err, -EINVAL, "%s:%u: this record has no %s:", rec->file, rec->line, fields[id].word);
    return 0;
}

int ptn_allow_read(struct ptn_allows *ret, const char *file, const char *text, size_t len, struct ptn_err *err)
{
    struct ptn_allows a = {0};
    struct ptn_rec_reader reader;
    struct ptn_rec rec;
    int r;
    ptn_rec_open(&reader, file, text, len, &a.arena);
    while ((r = ptn_rec_next(&reader, &rec, err)) > 0) {
        void *p = realloc(a.items, (a.n + 1) * sizeof(*a.items));
        if (!p) {
            r = -ENOMEM;
            break;
        }
        a.items = p;
        a.items[a.n] = (struct ptn_allow){0};
        r = read_record(&a.items[a.n++], &rec, err);
        if (r < 0)
            break;
    }
    if (r < 0) {
        ptn_allow_release(&a);
        return r;
    }
    *ret = a;
    return 0;
}

void ptn_allow_release(struct ptn_allows *a)
{
    free(a->items);
    ptn_arena_release(&a->arena);
    *a = (struct ptn_allows){0};
}

/* ---- applying ------------------------------------------------------------------------------------------ */

static bool names_port(const char *list, const struct ptn_listener *l)
{
    const char *w;
    struct ptn_ports p;
    for (size_t n; (n = ptn_next_word(&list, &w)) > 0;)
        if (ptn_ports_parse(&p, w, n, NULL) == 0 && l->port >= p.lo && l->port <= p.hi &&
            (p.proto < 0 || p.proto == (int)l->proto))
            return true;
    return false;
}

static bool names_owner(const char *list, const struct ptn_owner *o)
{
    const char *w, *slash = o ? strrchr(o->exe, '/') : NULL, *exe = slash ? slash + 1 : "";
    for (size_t n; o && (n = ptn_next_word(&list, &w)) > 0;)
        if ((strlen(exe) == n && memcmp(exe, w, n) == 0) || (strlen(o->comm) == n && memcmp(o->comm, w, n) == 0) ||
            (strlen(o->unit) == n && memcmp(o->unit, w, n) == 0))
            return true;
    return false;
}

static bool names_address(const char *list, const struct ptn_addr *have)
{
    const char *w;
    struct ptn_addr a;
    for (size_t n; (n = ptn_next_word(&list, &w)) > 0;)
        if (ptn_addr_parse(&a, w, n) == 0 && ptn_addr_equal(&a, have))
            return true;
    return false;
}

static bool covers(const struct ptn_allow *a, const struct ptn_finding *f)
{
    const char *const *v = a->value;
    return names_port(v[PTN_ALLOW_ALLOW], f->listener) &&
           (!v[PTN_ALLOW_PROCESS] || names_owner(v[PTN_ALLOW_PROCESS], f->listener->owner)) &&
           (!v[PTN_ALLOW_ADDRESS] || names_address(v[PTN_ALLOW_ADDRESS], &f->listener->addr)) &&
           (!v[PTN_ALLOW_NETNS] || ptn_has_word(v[PTN_ALLOW_NETNS], f->netns->name, strlen(f->netns->name)));
}

static int apply(const struct ptn_allow *a, struct ptn_finding *f, struct ptn_arena *arena, const char *today)
{
    const char *until = a->value[PTN_ALLOW_UNTIL], *because = a->value[PTN_ALLOW_BECAUSE];
    bool over = until && strcmp(today, until) > 0;
    const char *text = ptn_arena_printf(arena, "%s%s%s: %s", over ? "Was expected" : "Expected", until ? " until " : "",
                                        until ? until : "", because);
    if (!text)
        return -ENOMEM;
    f->lints[over ? PTN_LINT_EXPIRED : PTN_LINT_EXPECTED] = text;
    if (!over && f->verdict != PTN_VERDICT_BLIND) { /* who cannot be seen cannot be recognised */
        f->verdict = PTN_VERDICT_OK;
        f->why = text;
        f->act = "";
    }
    return 0;
}

int ptn_allow_apply(const struct ptn_allows *a, struct ptn_findings *f, const char *today)
{
    for (size_t i = 0; i < f->n; i++)
        for (size_t j = 0; j < a->n; j++) {
            int r = covers(&a->items[j], &f->items[i]) ? apply(&a->items[j], &f->items[i], &f->arena, today) : 0;
            if (r < 0)
                return r;
        }
    ptn_findings_sort(f);
    return 0;
}
