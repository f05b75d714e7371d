#include "explain_html.h"

#include <errno.h>

#include "explain_html_part.h"

/* No script, no picture, no font, nobody to ask: the browser itself is told to hold to that. */
static const char policy[] = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

static void put_begin(const struct ptn_html *h, const char *title)
{
    FILE *f = h->file;
    fprintf(f,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"%s\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            "<meta name=\"color-scheme\" content=\"light dark\">\n<title>",
            policy);
    ptn_html_text(f, title, PTN_HTML_NAME);
    fputs("</title>\n<style>\n", f);
    for (size_t i = 0; ptn_html_style[i]; i++)
        fputs(ptn_html_style[i], f);
    fputs("</style>\n</head>\n<body>\n", f);
}

/* ---- the answer in a sentence -------------------------------------------------------------------------------------
 */

/* "Three", where it begins a sentence. */
static void put_number_word(FILE *f, size_t n)
{
    static const char *const words[] = {"No",    "One",   "Two",  "Three", "Four",   "Five",  "Six",
                                        "Seven", "Eight", "Nine", "Ten",   "Eleven", "Twelve"};
    if (n < sizeof(words) / sizeof(*words))
        fputs(words[n], f);
    else
        fprintf(f, "%zu", n);
}

static void put_sum(FILE *f, size_t n, const char *one, const char *many)
{
    if (!n)
        return;
    put_number_word(f, n);
    fprintf(f, " %s ", n == 1 ? one : many);
}

static void put_answer(const struct ptn_html *h)
{
    size_t sums[PTN_VERDICT_WORRY + 1] = {0};
    FILE *f = h->file;
    for (size_t i = 0; i < h->e->n; i++)
        sums[h->e->items[i].verdict]++;
    fprintf(f, "<p class=\"answer\"><strong>");
    if (!h->e->n)
        fputs("Nobody knocked: this log tells of no packets.", f);
    else if (!sums[PTN_VERDICT_WORRY])
        fputs("Nothing to worry about. ", f);
    put_sum(f, sums[PTN_VERDICT_WORRY], "cause to worry about.", "causes to worry about.");
    fputs("</strong> ", f);
    put_sum(f, sums[PTN_VERDICT_RULE], "rule of your own does harm.", "rules of your own do harm.");
    put_sum(f, sums[PTN_VERDICT_ASK] + sums[PTN_VERDICT_LIMIT], "to look into.", "to look into.");
    put_sum(f, sums[PTN_VERDICT_BLIND], "could not be seen clearly.", "could not be seen clearly.");
    put_sum(f, sums[PTN_VERDICT_OK], "is harmless.", "are harmless.");
    fputs("</p>\n", f);
}

static void put_figure(FILE *f, const char *term, const char *text)
{
    fprintf(f, "<div><dt>%s</dt><dd>%s</dd></div>\n", term, text);
}

static void put_figures(const struct ptn_html *h)
{
    const struct ptn_explained *e = h->e;
    char word[PTN_HTML_WORD];
    fputs("<dl class=\"figures\">\n", h->file);
    put_figure(h->file, "Lines about packets", ptn_count_text(e->packets, word));
    put_figure(h->file, "Dropped", ptn_count_text(e->dropped, word));
    put_figure(h->file, "Let by", ptn_count_text(e->passed, word));
    put_figure(h->file, "Sources", ptn_count_text(e->sources, word));
    if (e->first)
        put_figure(h->file, "From (UTC)", ptn_html_full(h, e->first, word));
    if (e->last)
        put_figure(h->file, "To (UTC)", ptn_html_full(h, e->last, word));
    fputs("</dl>\n", h->file);
}

static void put_header(const struct ptn_html *h, const char *title, const char *subtitle)
{
    fputs("<header>\n<p class=\"mark\">Portolan</p>\n", h->file);
    ptn_html_element(h->file, "h1", "", title);
    ptn_html_element(h->file, "p", "sub", subtitle);
    fputs("</header>\n<main>\n", h->file);
    put_answer(h);
    put_figures(h);
    ptn_html_sentences(h->file, "p", "note", h->e->host);
    if (h->e->n && !h->e->first)
        fputs("<p class=\"note\">No line of this log had a time.</p>\n", h->file);
}

/* ---- the causes at a glance, and one by one -----------------------------------------------------------------------
 */

static void put_glance(const struct ptn_html *h)
{
    const struct ptn_explained *e = h->e;
    char word[PTN_HTML_WORD];
    double max = 0;
    for (size_t i = 0; i < e->n; i++)
        max = (double)e->items[i].lines > max ? (double)e->items[i].lines : max;
    fputs(
        "<section id=\"causes\">\n<h2>Why they knocked</h2>\n<table class=\"bars glance\">\n<thead><tr>"
        "<th scope=\"col\">Verdict</th><th scope=\"col\">Cause</th><th scope=\"col\">Lines</th><td class=\"bar\"></td>"
        "<th scope=\"col\">Sources</th></tr></thead>\n<tbody>\n",
        h->file);
    for (size_t i = 0; i < e->n; i++) {
        const struct ptn_paragraph *p = &e->items[i];
        fprintf(h->file, "<tr><td><span class=\"verdict %s\">%s</span></td><th scope=\"row\"><a href=\"#p%zu\">",
                ptn_html_verdict_class(p->verdict), ptn_verdict_word(p->verdict), i + 1);
        ptn_html_text(h->file, p->title, PTN_HTML_NAME);
        fprintf(h->file, "</a></th><td>%s</td>", ptn_count_text(p->lines, word));
        ptn_html_bar(h->file, (double)p->lines, 0, max);
        fprintf(h->file, "<td>%s</td></tr>\n", p->sources ? ptn_count_text(p->sources, word) : "");
    }
    fputs("</tbody>\n</table>\n</section>\n", h->file);
}

static void put_times(const struct ptn_html *h)
{
    if (!ptn_html_steps(h->e))
        return;
    fputs("<section id=\"when\">\n<h2>When they knocked</h2>\n", h->file);
    ptn_html_stack(h);
    if (h->e->n_days > 1)
        ptn_html_days(h);
    fputs("</section>\n", h->file);
}

static void put_cards(const struct ptn_html *h)
{
    char a[PTN_HTML_WORD], b[PTN_HTML_WORD];
    fputs("<section id=\"one-by-one\">\n<h2>One by one</h2>\n", h->file);
    if (ptn_html_steps(h->e))
        fprintf(
            h->file,
            "<p class=\"note\">Worst first. Each small timeline spans the whole log, %s to %s UTC, and is as high as "
            "its own highest bar.</p>\n",
            ptn_html_full(h, h->e->first, a), ptn_html_full(h, h->e->last, b));
    for (size_t i = 0; i < h->e->n; i++)
        ptn_html_card(h, i);
    fputs("</section>\n", h->file);
}

static void put_lists(const struct ptn_html *h)
{
    const struct ptn_explained *e = h->e;
    if (e->n_ports || e->heat.n_rows) {
        fputs("<section id=\"where\">\n<h2>Where they knocked</h2>\n", h->file);
        ptn_html_heat(h);
        ptn_html_top_ports(h);
        fputs("</section>\n", h->file);
    }
    if (e->n_by_network || e->n_by_source) {
        fputs("<section id=\"who\">\n<h2>Who knocked</h2>\n", h->file);
        ptn_html_networks(h);
        ptn_html_sources(h);
        fputs("</section>\n", h->file);
    }
}

int ptn_explained_html(FILE *f, const struct ptn_explained *e, const char *title, const char *subtitle)
{
    struct ptn_html h = {.file = f,
                         .e = e,
                         .years = ptn_html_year(e->first) != ptn_html_year(e->last),
                         .seconds = e->last - e->first < 600};
    put_begin(&h, title);
    put_header(&h, title, subtitle);
    if (e->n) {
        put_glance(&h);
        put_times(&h);
        put_cards(&h);
    }
    put_lists(&h);
    fprintf(f,
            "</main>\n<footer>\n<p>Made by portolan %s. All times are UTC. This page is complete in itself: it loads "
            "nothing, runs nothing, and asks nobody.</p>\n</footer>\n</body>\n</html>\n",
            PTN_VERSION);
    return fflush(f) == 0 && !ferror(f) ? 0 : -EIO;
}
