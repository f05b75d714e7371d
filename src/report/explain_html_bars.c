/* Lists with bars: ports, networks, sources, days. A bar stands in its table's row, so that its words and numbers need
 * no second telling. */
#include "explain_html_part.h"

#define SHOWN 12 /* rows that are not folded */
#define DAYS 62  /* rows of them */

/* One of the lists. */
struct list {
    const char *title, *note, *legend, *head, *rest;
    size_t n, shown;
    void (*row)(const struct ptn_html *, size_t i);
};

void ptn_html_bar(FILE *f, double value, double part, double max)
{
    char all[PTN_HTML_WORD], dark[PTN_HTML_WORD];
    max = max > 0 ? max : 1;
    ptn_html_percent(value / max, all);
    ptn_html_percent(part / max, dark);
    fprintf(f, "<td class=\"bar\"><svg aria-hidden=\"true\"><rect class=\"k0\" width=\"%s\" height=\"100%%\"/>", all);
    if (part > 0)
        fprintf(f, "<rect class=\"passed\" width=\"%s\" height=\"100%%\"/>", dark);
    fputs("</svg></td>", f);
}

void ptn_html_fold(FILE *f, const char *summary)
{
    fputs("<details><summary>", f);
    ptn_html_text(f, summary, PTN_HTML_NAME);
    fputs("</summary>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"", f);
    ptn_html_text(f, summary, PTN_HTML_NAME);
    fputs("\"><table>\n", f);
}

void ptn_html_unfold(FILE *f)
{
    fputs("</table></div></details>\n", f);
}

static void put_rows(const struct ptn_html *h, const struct list *l, size_t from, size_t to)
{
    fprintf(h->file, "<thead><tr>%s</tr></thead>\n<tbody>\n", l->head);
    for (size_t i = from; i < to; i++)
        l->row(h, i);
    fputs("</tbody>", h->file);
}

/* The first rows are shown, the rest are folded; a list that shows none is folded with its title. */
static void put_list(const struct ptn_html *h, const struct list *l)
{
    FILE *f = h->file;
    size_t shown = l->n < l->shown ? l->n : l->shown;
    char summary[PTN_HTML_NAME];
    if (shown) {
        ptn_html_element(f, "h3", "", l->title);
        ptn_html_element(f, "p", "note", l->note);
        fputs(l->legend ? l->legend : "", f);
        fputs("<table class=\"bars\">\n", f);
        put_rows(h, l, 0, shown);
        fputs("</table>\n", f);
    }
    if (l->n == shown)
        return;
    if (shown)
        snprintf(summary, sizeof(summary), "%zu more %s", l->n - shown, l->rest);
    else
        snprintf(summary, sizeof(summary), "%s", l->title);
    ptn_html_fold(f, summary);
    put_rows(h, l, shown, l->n);
    ptn_html_unfold(f);
}

/* 0 is none, or was not counted. */
static void put_number(FILE *f, uint64_t n)
{
    char word[PTN_HTML_WORD];
    fprintf(f, "<td>%s</td>", n ? ptn_count_text(n, word) : "");
}

/* ---- ports --------------------------------------------------------------------------------------------------------
 */

static void port_row(const struct ptn_html *h, size_t i)
{
    const struct ptn_port_count *p = &h->e->ports[i];
    char word[PTN_HTML_WORD];
    fprintf(h->file, "<tr><th scope=\"row\"><b>%s</b> ", ptn_port_text(p, word));
    ptn_html_text(h->file, ptn_port_name(p), PTN_HTML_NAME);
    fputs("</th>", h->file);
    put_number(h->file, p->lines);
    ptn_html_bar(h->file, (double)p->lines, 0, (double)h->e->ports[0].lines);
    put_number(h->file, p->sources);
    fputs("</tr>\n", h->file);
}

void ptn_html_top_ports(const struct ptn_html *h)
{
    put_list(h, &(struct list){.title = "Most tried ports",
                               .head = "<th scope=\"col\">Port</th><th scope=\"col\">Lines</th><td class=\"bar\"></td>"
                                       "<th scope=\"col\">Sources</th>",
                               .rest = "ports",
                               .n = h->e->n_ports,
                               .shown = SHOWN,
                               .row = port_row});
}

/* ---- networks and sources -----------------------------------------------------------------------------------------
 */

void ptn_html_who(FILE *f, const struct ptn_suspect *s)
{
    char net[PTN_SUSPECT_TEXT];
    fprintf(f, "<th scope=\"row\"><code>%s</code> ", s->addr.family ? ptn_suspect_text(s, net) : "unknown");
    ptn_html_element(f, "b", "", s->name);
    ptn_html_element(f, "small", "", s->place);
    ptn_html_element(f, "small", "", s->note);
}

static void network_row(const struct ptn_html *h, size_t i)
{
    const struct ptn_suspect *s = &h->e->by_network[i];
    fputs("<tr>", h->file);
    ptn_html_who(h->file, s);
    fputs("</th>", h->file);
    put_number(h->file, s->lines);
    ptn_html_bar(h->file, (double)s->lines, (double)(s->passed < s->lines ? s->passed : s->lines),
                 (double)h->e->by_network[0].lines);
    put_number(h->file, s->sources);
    fputs("</tr>\n", h->file);
}

static bool any_passed(const struct ptn_suspect *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i].passed)
            return true;
    return false;
}

static const char passed_legend[] =
    "<ul class=\"legend\"><li><svg class=\"swatch\" aria-hidden=\"true\"><rect class=\"k0\" width=\"12\" "
    "height=\"12\"/></svg>dropped</li><li><svg class=\"swatch\" aria-hidden=\"true\"><rect class=\"passed\" "
    "width=\"12\" height=\"12\"/></svg>let by</li></ul>\n";

void ptn_html_networks(const struct ptn_html *h)
{
    const struct ptn_explained *e = h->e;
    put_list(h, &(struct list){.title = "Sources by network",
                               .note = "Of IPv4 a network is a /24, of IPv6 a /48.",
                               .legend = any_passed(e->by_network, e->n_by_network) ? passed_legend : NULL,
                               .head = "<th scope=\"col\">Network</th><th scope=\"col\">Lines</th>"
                                       "<td class=\"bar\"></td><th scope=\"col\">Sources</th>",
                               .rest = "networks",
                               .n = e->n_by_network,
                               .shown = SHOWN,
                               .row = network_row});
}

static const char *title_of(const struct ptn_explained *e, enum ptn_cause cause)
{
    for (size_t i = 0; i < e->n; i++)
        if (e->items[i].cause == cause)
            return e->items[i].title;
    return NULL;
}

static void source_row(const struct ptn_html *h, size_t i)
{
    const struct ptn_suspect *s = &h->e->by_source[i];
    char word[PTN_HTML_WORD];
    fputs("<tr>", h->file);
    ptn_html_who(h->file, s);
    fputs("</th>", h->file);
    put_number(h->file, s->lines);
    put_number(h->file, s->ports);
    fputs("<td class=\"text\">", h->file);
    ptn_html_text(h->file, title_of(h->e, s->cause), PTN_HTML_NAME);
    fprintf(h->file, "</td><td>%s</td>", s->first ? ptn_html_moment(h, s->first, word) : "");
    fprintf(h->file, "<td>%s</td></tr>\n", s->last ? ptn_html_moment(h, s->last, word) : "");
}

void ptn_html_sources(const struct ptn_html *h)
{
    put_list(h, &(struct list){.title = "Most frequent sources",
                               .head = "<th scope=\"col\">Source</th><th scope=\"col\">Lines</th>"
                                       "<th scope=\"col\">Ports</th><th scope=\"col\" class=\"text\">Mostly</th>"
                                       "<th scope=\"col\">First (UTC)</th><th scope=\"col\">Last (UTC)</th>",
                               .rest = "sources",
                               .n = h->e->n_by_source,
                               .row = source_row});
}

/* ---- days ---------------------------------------------------------------------------------------------------------
 */

/* The oldest of the days that are shown. */
static size_t first_day(const struct ptn_explained *e)
{
    return e->n_days > DAYS ? e->n_days - DAYS : 0;
}

static void day_row(const struct ptn_html *h, size_t i)
{
    const struct ptn_day_count *d = &h->e->days[first_day(h->e) + i];
    char word[PTN_HTML_WORD];
    fprintf(h->file, "<tr><th scope=\"row\">%s</th>", ptn_html_day(h, d->day, word));
    put_number(h->file, d->lines);
    put_number(h->file, d->dropped);
    put_number(h->file, d->passed);
    put_number(h->file, d->worry_lines);
    fputs("</tr>\n", h->file);
}

void ptn_html_days(const struct ptn_html *h)
{
    put_list(h, &(struct list){.title = first_day(h->e) ? "The last 62 days" : "Day by day",
                               .head = "<th scope=\"col\">Day (UTC)</th><th scope=\"col\">Lines</th>"
                                       "<th scope=\"col\">Dropped</th><th scope=\"col\">Let by</th>"
                                       "<th scope=\"col\">To worry about</th>",
                               .rest = "days",
                               .n = h->e->n_days - first_day(h->e),
                               .row = day_row});
}
