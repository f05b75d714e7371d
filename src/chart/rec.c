#include "rec.h"

#include <errno.h>
#include <string.h>

#include "base/utf8.h"

struct line {
    const char *p;
    size_t len;
    unsigned number;
};

void ptn_rec_open(struct ptn_rec_reader *r, const char *file, const char *text, size_t len, struct ptn_arena *arena)
{
    *r = (struct ptn_rec_reader){.file = file, .at = text, .end = text + len, .arena = arena};
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        r->at += 3;
}

static bool next_line(struct ptn_rec_reader *r, struct line *ret)
{
    if (r->at >= r->end)
        return false;
    const char *nl = memchr(r->at, '\n', (size_t)(r->end - r->at));
    const char *stop = nl ? nl : r->end;
    *ret = (struct line){.p = r->at, .len = (size_t)(stop - r->at), .number = ++r->line};
    if (ret->len && ret->p[ret->len - 1] == '\r')
        ret->len--;
    while (ret->len && (ret->p[ret->len - 1] == ' ' || ret->p[ret->len - 1] == '\t'))
        ret->len--;
    r->at = nl ? nl + 1 : r->end;
    return true;
}

static bool is_control(const unsigned char *p)
{
    return (p[0] < 0x20 && p[0] != '\t') || p[0] == 0x7f || (p[0] == 0xc2 && p[1] < 0xa0);
}

static bool is_text(const char *p, size_t len)
{
    for (size_t i = 0, n; i < len; i += n)
        if ((n = ptn_utf8_length(p + i, len - i)) == 0 || is_control((const unsigned char *)p + i))
            return false;
    return true;
}

static bool is_name_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

static int fail(const struct ptn_rec_reader *r, const struct line *l, struct ptn_err *err, const char *what)
{
    return ptn_fail(err, -EINVAL, "%s:%u: %s", r->file, l->number, what);
}

static int continue_field(struct ptn_rec_reader *r, const struct line *l, struct ptn_rec *rec, struct ptn_err *err)
{
    if (rec->n == 0)
        return fail(r, l, err, "a line that begins with + has no field before it to continue");
    size_t skip = l->len > 1 && l->p[1] == ' ' ? 2 : 1;
    if (l->len == skip) /* adds nothing, not even a blank */
        return 0;
    struct ptn_rec_field *f = &rec->fields[rec->n - 1];
    if (strlen(f->value) + l->len > PTN_REC_VALUE_MAX)
        return fail(r, l, err, "this value is too long");
    f->value =
        ptn_arena_printf(r->arena, "%s%s%.*s", f->value, *f->value ? " " : "", (int)(l->len - skip), l->p + skip);
    return f->value ? 0 : -ENOMEM;
}

static int new_field(struct ptn_rec_reader *r, const struct line *l, struct ptn_rec *rec, struct ptn_err *err)
{
    size_t name = 0;
    while (name < l->len && is_name_char(l->p[name]))
        name++;
    if (name == 0 || name == l->len || l->p[name] != ':')
        return fail(r, l, err, "expected \"Field: value\"");
    if (rec->n == PTN_REC_FIELDS_MAX)
        return fail(r, l, err, "too many fields in one record");
    size_t from = name + 1;
    while (from < l->len && (l->p[from] == ' ' || l->p[from] == '\t'))
        from++;
    struct ptn_rec_field *f = &rec->fields[rec->n++];
    f->line = l->number;
    f->name = ptn_arena_strndup(r->arena, l->p, name);
    f->value = ptn_arena_strndup(r->arena, l->p + from, l->len - from);
    if (rec->n == 1)
        rec->line = l->number;
    return f->name && f->value ? 0 : -ENOMEM;
}

static int take_line(struct ptn_rec_reader *r, const struct line *l, struct ptn_rec *rec, struct ptn_err *err)
{
    if (l->len > PTN_REC_LINE_MAX)
        return fail(r, l, err, "this line is too long");
    if (!is_text(l->p, l->len))
        return fail(r, l, err, "this line has a control character or is not UTF-8");
    return l->p[0] == '+' ? continue_field(r, l, rec, err) : new_field(r, l, rec, err);
}

int ptn_rec_next(struct ptn_rec_reader *r, struct ptn_rec *ret, struct ptn_err *err)
{
    struct line l;
    int bad = 0;
    bool any = false;
    ret->file = r->file;
    ret->n = 0;
    while (next_line(r, &l)) {
        if (l.len && l.p[0] == '#')
            continue;
        if (l.len == 0 && any)
            break;
        if (l.len == 0)
            continue;
        any = true;
        if (bad == 0)
            bad = take_line(r, &l, ret, err);
        if (bad == -ENOMEM)
            break;
    }
    return bad ? bad : any;
}
