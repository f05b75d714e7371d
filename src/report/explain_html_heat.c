/* Ports by hour: a map, one row a port, the darker the more. */
#include <string.h>

#include "explain_html_part.h"

#define ROW 20   /* px */
#define CELLS 10 /* units of a cell's width in the paths */
#define LEVELS 6
#define ROWS 20
#define COLUMNS 48

struct heat {
    const struct ptn_html *h;
    const struct ptn_heat *map;
    size_t n_rows, n_columns;
    uint64_t max, base; /* level i begins at base to the power of i */
};

static uint64_t count_of(const struct heat *m, size_t row, size_t column)
{
    return m->map->counts[row * m->map->n_columns + column];
}

static uint64_t power(uint64_t base, size_t n)
{
    uint64_t r = 1;
    while (n-- > 0)
        r = r > UINT64_MAX / base ? UINT64_MAX : r * base;
    return r;
}

/* The least base with which the greatest count still has a level of its own. */
static void choose_base(struct heat *m)
{
    static const uint64_t bases[] = {2, 5, 10, 100, 1000, 10000};
    size_t i = 0;
    for (size_t r = 0; r < m->n_rows; r++)
        for (size_t c = 0; c < m->n_columns; c++)
            m->max = count_of(m, r, c) > m->max ? count_of(m, r, c) : m->max;
    while (i + 1 < sizeof(bases) / sizeof(*bases) && power(bases[i], LEVELS) <= m->max)
        i++;
    m->base = bases[i];
}

/* 0: nothing; 1 to LEVELS. */
static size_t level_of(const struct heat *m, uint64_t n)
{
    size_t level = 0;
    while (level < LEVELS && n >= power(m->base, level))
        level++;
    return level;
}

static uint64_t row_lines(const struct heat *m, size_t row, size_t *busiest)
{
    uint64_t sum = 0;
    *busiest = 0;
    for (size_t c = 0; c < m->n_columns; c++) {
        uint64_t n = count_of(m, row, c);
        sum = sum > UINT64_MAX - n ? UINT64_MAX : sum + n;
        if (n > count_of(m, row, *busiest))
            *busiest = c;
    }
    return sum;
}

static uint32_t begin_of(const struct heat *m, size_t column)
{
    uint64_t at = m->map->begin + (uint64_t)m->map->step * column;
    return at > UINT32_MAX ? UINT32_MAX : (uint32_t)at;
}

/* ---- the map ------------------------------------------------------------------------------------------------------
 */

/* The cells of one level, neighbours as one. */
static void draw_level(const struct heat *m, size_t row, size_t level)
{
    bool any = false;
    for (size_t c = 0, from; c < m->n_columns; c++) {
        if (level_of(m, count_of(m, row, c)) != level)
            continue;
        for (from = c; c + 1 < m->n_columns && level_of(m, count_of(m, row, c + 1)) == level;)
            c++;
        if (!any)
            fprintf(m->h->file, "<path class=\"h%zu\" d=\"", level);
        any = true;
        fprintf(m->h->file, "M%zu 0h%zuv1h-%zuz", from * CELLS, (c + 1 - from) * CELLS, (c + 1 - from) * CELLS);
    }
    if (any)
        fputs("\"/>", m->h->file);
}

static void draw_row(const struct heat *m, size_t row)
{
    FILE *f = m->h->file;
    const struct ptn_port_count *p = &m->map->rows[row];
    char port[PTN_HTML_WORD], sum[PTN_HTML_WORD], when[PTN_HTML_WORD];
    size_t busiest, y = row * ROW;
    uint64_t lines = row_lines(m, row, &busiest);
    ptn_port_text(p, port);
    fprintf(f, "<text class=\"end\" x=\"-8\" y=\"%zu\"><tspan class=\"number\">%s</tspan><tspan class=\"wide\"> ",
            y + 14, port);
    ptn_html_text(f, ptn_port_name(p), 14);
    fprintf(f, "</tspan></text><text x=\"100%%\" dx=\"7\" y=\"%zu\">%s</text>\n", y + 14,
            ptn_html_about((double)lines, sum));
    fprintf(
        f, "<svg y=\"%zu\" width=\"100%%\" height=\"%u\" viewBox=\"0 0 %zu 1\" preserveAspectRatio=\"none\"><title>%s ",
        y + 1, ROW - 2, m->n_columns * CELLS, port);
    ptn_html_text(f, ptn_port_name(p), PTN_HTML_NAME);
    fprintf(f, ": %s lines, most of them", ptn_count_text(lines, sum));
    fprintf(f, " at %s UTC</title>", ptn_html_moment(m->h, begin_of(m, busiest), when));
    for (size_t level = 1; level <= LEVELS; level++)
        draw_level(m, row, level);
    fputs("</svg>\n", f);
}

static void put_legend(const struct heat *m)
{
    FILE *f = m->h->file;
    char lo[PTN_HTML_WORD], hi[PTN_HTML_WORD];
    size_t top = level_of(m, m->max);
    fputs("<ul class=\"legend heat-legend\">\n", f);
    for (size_t i = 1; i <= top; i++) {
        uint64_t from = power(m->base, i - 1), to = i == top ? m->max : power(m->base, i) - 1;
        fprintf(
            f,
            "<li><svg class=\"swatch\" aria-hidden=\"true\"><rect class=\"h%zu\" width=\"12\" height=\"12\"/></svg>%s",
            i, ptn_count_text(from, lo));
        if (to > from)
            fprintf(f, "\xe2\x80\x93%s", ptn_count_text(to, hi));
        fputs("</li>\n", f);
    }
    fputs("</ul>\n", f);
}

static void put_table(const struct heat *m)
{
    FILE *f = m->h->file;
    char word[PTN_HTML_WORD];
    ptn_html_fold(f, "The numbers of this map");
    fputs("<thead><tr><th scope=\"col\">From (UTC)</th>", f);
    for (size_t r = 0; r < m->n_rows; r++)
        fprintf(f, "<th scope=\"col\">%s</th>", ptn_port_text(&m->map->rows[r], word));
    fputs("</tr></thead>\n<tbody>\n", f);
    for (size_t c = 0; c < m->n_columns; c++) {
        fprintf(f, "<tr><th scope=\"row\">%s</th>", ptn_html_moment(m->h, begin_of(m, c), word));
        for (size_t r = 0; r < m->n_rows; r++)
            fprintf(f, "<td>%s</td>", ptn_count_text(count_of(m, r, c), word));
        fputs("</tr>\n", f);
    }
    fputs("</tbody>", f);
    ptn_html_unfold(f);
}

static void put_head(const struct heat *m)
{
    char c[PTN_HTML_WORD];
    ptn_html_span(m->map->step, c);
    fprintf(m->h->file,
            "<h3>Ports over time</h3>\n<figure>\n<p class=\"note\">Lines per port and %s; at the right, all of "
            "the port's in the map.</p>\n<svg class=\"plot heat\" role=\"img\" aria-labelledby=\"ht hd\" "
            "height=\"%zu\">\n",
            strncmp(c, "1 ", 2) == 0 ? c + 2 : c, m->n_rows * ROW + 26);
    fprintf(m->h->file,
            "<title id=\"ht\">Attempts by port and time</title>\n<desc id=\"hd\">One row for each of %zu ports, "
            "one cell for each %s. The numbers are in the table below.</desc>\n",
            m->n_rows, c);
}

void ptn_html_heat(const struct ptn_html *h)
{
    struct heat m = {.h = h, .map = &h->e->heat};
    m.n_rows = m.map->n_rows < ROWS ? m.map->n_rows : ROWS;
    m.n_columns = m.map->n_columns < COLUMNS ? m.map->n_columns : COLUMNS;
    if (!m.n_rows || !m.n_columns || !m.map->step)
        return;
    choose_base(&m);
    put_head(&m);
    for (size_t r = 0; r < m.n_rows; r++)
        draw_row(&m, r);
    ptn_html_time_axis(h, m.map->begin, m.map->begin + (int64_t)m.map->step * (int64_t)m.n_columns,
                       (unsigned)m.n_rows * ROW);
    fputs("</svg>\n", h->file);
    put_legend(&m);
    put_table(&m);
    fputs("</figure>\n", h->file);
}
