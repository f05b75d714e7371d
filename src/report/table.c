#include "table.h"

#include <errno.h>
#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define COLUMNS_MAX 32

struct ptn_table {
    struct libscols_table *scols;
    struct libscols_line *line;
    int place[COLUMNS_MAX]; /* where a column is printed, or -1 */
    unsigned n;
    bool color;
};

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

static int add_column(struct ptn_table *t, const struct ptn_column *c, unsigned index)
{
    int flags = (c->wraps ? SCOLS_FL_WRAP : 0) | (c->right ? SCOLS_FL_RIGHT : 0);
    if (t->place[index] >= 0)
        return 0;
    if (!scols_table_new_column(t->scols, c->name, c->wraps ? 0.3 : 0, flags))
        return -ENOMEM;
    t->place[index] = (int)t->n++;
    return 0;
}

static int choose(struct ptn_table *t, const struct ptn_column *columns, const char *chosen, struct ptn_err *err)
{
    int r = 0;
    for (unsigned i = 0; !chosen && columns[i].name && r == 0; i++)
        r = columns[i].shown ? add_column(t, &columns[i], i) : 0;
    while (chosen && *chosen && r == 0) {
        size_t len = strcspn(chosen, ",");
        int i = find(columns, chosen, len);
        r = i < 0 ? unknown(columns, chosen, len, err) : add_column(t, &columns[i], (unsigned)i);
        chosen += len + (chosen[len] == ',');
    }
    return r;
}

int ptn_table_open(struct ptn_table **ret, const struct ptn_column *columns, const char *chosen,
                   const struct ptn_out *out, bool raw, bool no_headings, struct ptn_err *err)
{
    struct ptn_table *t = calloc(1, sizeof(*t));
    if (!t || !(t->scols = scols_new_table())) {
        free(t);
        return ptn_fail(err, -ENOMEM, "out of memory");
    }
    for (int i = 0; i < COLUMNS_MAX; i++)
        t->place[i] = -1;
    t->color = out->color && !raw;
    scols_table_set_stream(t->scols, out->file);
    scols_table_enable_colors(t->scols, t->color);
    scols_table_enable_raw(t->scols, raw);
    scols_table_enable_noheadings(t->scols, no_headings);
    scols_table_set_termwidth(t->scols, out->width);
    int r = choose(t, columns, chosen, err);
    if (r < 0) {
        scols_unref_table(t->scols);
        free(t);
        return r;
    }
    *ret = t;
    return 0;
}

int ptn_table_row(struct ptn_table *t)
{
    t->line = scols_table_new_line(t->scols, NULL);
    return t->line ? 0 : -ENOMEM;
}

bool ptn_table_shows(const struct ptn_table *t, unsigned column)
{
    return t->place[column] >= 0;
}

void ptn_table_cell(struct ptn_table *t, unsigned column, enum ptn_tone tone, const char *text)
{
    if (t->place[column] < 0 || !t->line || !text)
        return;
    struct libscols_cell *c = scols_line_get_cell(t->line, (size_t)t->place[column]);
    scols_cell_set_data(c, text);
    if (t->color)
        scols_cell_set_color(c, ptn_tone_color(tone));
}

static int print_with(struct ptn_table *t, void (*under)(void *ctx, size_t row), void *ctx)
{
    char *text;
    FILE *f = scols_table_get_stream(t->scols);
    size_t row = 0;
    int r = scols_print_table_to_string(t->scols, &text);
    bool heading = !scols_table_is_noheadings(t->scols);
    for (char *line = r < 0 ? NULL : text; line && *line; heading = false) {
        size_t len = strcspn(line, "\n");
        fprintf(f, "%.*s\n", (int)len, line);
        line += len + (line[len] == '\n');
        if (!heading)
            under(ctx, row++);
    }
    if (r >= 0)
        free(text);
    return r;
}

int ptn_table_close(struct ptn_table *t, void (*under)(void *ctx, size_t row), void *ctx)
{
    int r = scols_table_is_empty(t->scols) ? 0 : under ? print_with(t, under, ctx) : scols_print_table(t->scols);
    scols_unref_table(t->scols);
    free(t);
    return r;
}
