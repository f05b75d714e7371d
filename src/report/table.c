#include "table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/grow.h"

#define COLUMNS_MAX 32
#define WRAP_MIN 24 /* a column narrower than this is not worth breaking lines for */

struct cell {
    const char *text;
    unsigned width; /* columns */
    enum ptn_tone tone;
};

struct ptn_table {
    struct ptn_out *out;
    const struct ptn_column *columns[COLUMNS_MAX]; /* the chosen ones, in their order */
    int place[COLUMNS_MAX];                        /* of a declared column among the chosen, or -1 */
    unsigned width[COLUMNS_MAX], n;
    bool raw, no_headings;
    struct ptn_arena arena;
    struct cell *cells; /* row by row */
    size_t rows, size;
};

/* ---- choosing columns -------------------------------------------------------------------------------- */

static int find(const struct ptn_column *columns, const char *name, size_t len)
{
    for (int i = 0; columns[i].name; i++)
        if (strlen(columns[i].name) == len && strncasecmp(columns[i].name, name, len) == 0)
            return i;
    return -1;
}

static int unknown(const struct ptn_column *columns, const char *name, size_t len, struct ptn_err *err)
{
    char list[384] = "";
    size_t at = 0;
    for (; columns->name && at < sizeof(list); columns++)
        at += (size_t)snprintf(list + at, sizeof(list) - at, " %s", columns->name);
    return ptn_fail(err, -EINVAL, "there is no column \"%.*s\"; there are:%s", (int)(len < 40 ? len : 40), name, list);
}

static void add_column(struct ptn_table *t, const struct ptn_column *columns, unsigned index)
{
    if (t->place[index] >= 0)
        return;
    t->place[index] = (int)t->n;
    t->width[t->n] = t->no_headings ? 0 : (unsigned)strlen(columns[index].name);
    t->columns[t->n++] = &columns[index];
}

static int choose(struct ptn_table *t, const struct ptn_column *columns, const char *chosen, struct ptn_err *err)
{
    for (unsigned i = 0; !chosen && columns[i].name; i++)
        if (columns[i].shown)
            add_column(t, columns, i);
    while (chosen && *chosen) {
        size_t len = strcspn(chosen, ",");
        int i = find(columns, chosen, len);
        if (i < 0)
            return unknown(columns, chosen, len, err);
        add_column(t, columns, (unsigned)i);
        chosen += len + (chosen[len] == ',');
    }
    return t->n ? 0 : ptn_fail(err, -EINVAL, "no column is chosen");
}

int ptn_table_open(struct ptn_table **ret, const struct ptn_column *columns, const char *chosen, struct ptn_out *out,
                   bool raw, bool no_headings, struct ptn_err *err)
{
    struct ptn_table *t = calloc(1, sizeof(*t));
    if (!t)
        return ptn_fail(err, -ENOMEM, "out of memory");
    t->out = out;
    t->raw = raw;
    t->no_headings = no_headings;
    for (int i = 0; i < COLUMNS_MAX; i++)
        t->place[i] = -1;
    int r = choose(t, columns, chosen, err);
    if (r < 0) {
        free(t);
        return r;
    }
    *ret = t;
    return 0;
}

bool ptn_table_shows(const struct ptn_table *t, unsigned column)
{
    return t->place[column] >= 0;
}

/* ---- filling ------------------------------------------------------------------------------------------ */

int ptn_table_row(struct ptn_table *t)
{
    if (ptn_grow(&t->cells, t->rows, &t->size, t->n * sizeof(*t->cells)) < 0)
        return -ENOMEM;
    memset(&t->cells[t->rows++ * t->n], 0, t->n * sizeof(*t->cells));
    return 0;
}

static unsigned width_of(const char *text)
{
    unsigned n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

void ptn_table_cell(struct ptn_table *t, unsigned column, enum ptn_tone tone, const char *text)
{
    int at = t->place[column];
    if (at < 0 || !t->rows || !text)
        return;
    struct cell *c = &t->cells[(t->rows - 1) * t->n + (unsigned)at];
    c->text = ptn_arena_strdup(&t->arena, text);
    c->tone = tone;
    c->width = c->text ? width_of(c->text) : 0;
    if (c->width > t->width[at])
        t->width[at] = c->width;
}

/* ---- printing ----------------------------------------------------------------------------------------- */

/* For programs: blanks inside a cell would read as its end. */
static void print_raw(struct ptn_table *t, const char *text)
{
    for (; *text; text++) {
        if (*text == ' ' || *text == '\\' || (unsigned char)*text < 0x20)
            fprintf(t->out->file, "\\x%02x", (unsigned char)*text);
        else
            fputc(*text, t->out->file);
    }
}

static void pad(FILE *f, unsigned n)
{
    static const char blanks[] = "                                ";
    for (; n >= sizeof(blanks); n -= (unsigned)sizeof(blanks) - 1)
        fwrite(blanks, 1, sizeof(blanks) - 1, f);
    fwrite(blanks, 1, n, f);
}

/* The last column's text, broken at blanks and set under itself where a terminal is too narrow for it. */
static void print_last(struct ptn_table *t, const struct cell *c, unsigned indent)
{
    struct ptn_out *o = t->out;
    const char *text = c->text;
    unsigned room = o->width > indent ? o->width - indent : 0;
    bool wraps = t->columns[t->n - 1]->wraps && o->terminal && room >= WRAP_MIN;
    while (wraps && width_of(text) > room) {
        size_t n = ptn_out_fit(text, room);
        ptn_out_put(o, text, n);
        fputc('\n', o->file);
        pad(o->file, indent);
        text += n;
        text += strspn(text, " ");
    }
    ptn_out_text(o, c->tone, text);
}

static void print_cell(struct ptn_table *t, unsigned column, const struct cell *c, unsigned indent)
{
    unsigned gap = t->width[column] - c->width;
    bool right = t->columns[column]->right, last = column + 1 == t->n;
    if (right)
        pad(t->out->file, gap);
    if (last && c->text)
        print_last(t, c, indent);
    else if (c->text)
        ptn_out_text(t->out, c->tone, c->text);
    if (!last && !right)
        pad(t->out->file, gap);
}

static void print_line(struct ptn_table *t, const struct cell *cells)
{
    unsigned indent = 0;
    for (unsigned i = 0; i < t->n; i++) {
        if (i)
            putc_unlocked(' ', t->out->file);
        if (t->raw)
            print_raw(t, cells[i].text && *cells[i].text ? cells[i].text : "\"\"");
        else
            print_cell(t, i, &cells[i], indent);
        indent += t->width[i] + 1;
    }
    fputc('\n', t->out->file);
}

static void print_heading(struct ptn_table *t)
{
    struct cell cells[COLUMNS_MAX];
    for (unsigned i = 0; i < t->n; i++)
        cells[i] =
            (struct cell){.text = t->columns[i]->name, .width = width_of(t->columns[i]->name), .tone = PTN_TONE_FAINT};
    print_line(t, cells);
}

void ptn_table_close(struct ptn_table *t, void (*under)(void *ctx, size_t row), void *ctx)
{
    if (t->rows && !t->no_headings)
        print_heading(t);
    for (size_t row = 0; row < t->rows; row++) {
        print_line(t, &t->cells[row * t->n]);
        if (under)
            under(ctx, row);
    }
    free(t->cells);
    ptn_arena_release(&t->arena);
    free(t);
}
