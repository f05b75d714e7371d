/* A paragraph as a card: in the margin the verdict and the figures, beside it what it is and what to do. */
#include "explain_html_part.h"

#define SUSPECTS_OK 5 /* of a harmless cause; the others show all that they have */

static const char *const verdict_classes[] = {
    [PTN_VERDICT_OK] = "ok",     [PTN_VERDICT_BLIND] = "blind", [PTN_VERDICT_ASK] = "ask",
    [PTN_VERDICT_LIMIT] = "ask", [PTN_VERDICT_RULE] = "rule",   [PTN_VERDICT_WORRY] = "worry",
};

const char *ptn_html_verdict_class(enum ptn_verdict v)
{
    return verdict_classes[v];
}

const char *ptn_html_tone(enum ptn_verdict v, size_t nth)
{
    static const char *const grave[] = {"w0", "w1", "w2"}, *const asked[] = {"a0", "a1", "a2"}, *const fine[] = {"k0",
                                                                                                                 "k1",
                                                                                                                 "k2",
                                                                                                                 "k3",
                                                                                                                 "k4",
                                                                                                                 "k5"};
    if (v < PTN_VERDICT_RULE)
        return v == PTN_VERDICT_OK ? fine[nth % 6] : asked[nth % 3];
    return grave[(v == PTN_VERDICT_RULE && nth == 0 ? 1 : nth) % 3];
}

size_t ptn_html_steps(const struct ptn_explained *e)
{
    if (!e->step || !e->last || e->last < e->begin)
        return 0;
    size_t n = (e->last - e->begin) / e->step + 1;
    return n == 1 ? 0 : n < PTN_TIMELINE ? n : PTN_TIMELINE;
}

/* ---- the margin ---------------------------------------------------------------------------------------------------
 */

static void put_fact(FILE *f, const char *term, const char *text)
{
    if (!text || !*text)
        return;
    fprintf(f, "<div><dt>%s</dt><dd>", term);
    ptn_html_text(f, text, 4 * PTN_HTML_NAME);
    fputs("</dd></div>\n", f);
}

static void put_figures(const struct ptn_html *h, const struct ptn_paragraph *p)
{
    char word[PTN_HTML_WORD];
    fputs("<dl class=\"figures\">\n", h->file);
    put_fact(h->file, "Lines", ptn_count_text(p->lines, word));
    put_fact(h->file, "Let by", p->passed ? ptn_count_text(p->passed, word) : "");
    put_fact(h->file, "Sources", p->sources ? ptn_count_text(p->sources, word) : "");
    put_fact(h->file, "First", p->first ? ptn_html_moment(h, p->first, word) : "");
    put_fact(h->file, "Last", p->last ? ptn_html_moment(h, p->last, word) : "");
    put_fact(h->file, "Came in by", p->ifaces);
    put_fact(h->file, "Logged by", p->rules);
    fputs("</dl>\n", h->file);
}

/* ---- the timeline -------------------------------------------------------------------------------------------------
 */

static void put_timeline(const struct ptn_html *h, const struct ptn_paragraph *p)
{
    size_t n = ptn_html_steps(h->e), peak = 0;
    char most[PTN_HTML_WORD], when[PTN_HTML_WORD];
    for (size_t i = 0; i < n; i++)
        peak = p->timeline[i] > p->timeline[peak] ? i : peak;
    if (!n || !p->timeline[peak])
        return;
    uint64_t at = h->e->begin + (uint64_t)h->e->step * peak;
    fprintf(h->file,
            "<svg class=\"spark\" role=\"img\" height=\"30\" viewBox=\"0 0 %u 100\" preserveAspectRatio=\"none\">"
            "<title>At most %s lines in a bar, at %s UTC</title><path class=\"ground\" d=\"M0 99h%uv1H0z\"/>",
            PTN_HTML_ACROSS, ptn_count_text(p->timeline[peak], most),
            ptn_html_moment(h, at > UINT32_MAX ? UINT32_MAX : (uint32_t)at, when), PTN_HTML_ACROSS);
    fprintf(h->file, "<path class=\"%s\" d=\"", ptn_html_tone(p->verdict, 0));
    for (size_t i = 0; i < n; i++) {
        unsigned up = (unsigned)((double)p->timeline[i] / (double)p->timeline[peak] * 100 + 0.5);
        if (p->timeline[i])
            ptn_html_column(h->file, i, n, 100, up < 6 ? 6 : up);
    }
    fputs("\"/></svg>\n", h->file);
}

/* ---- what it is, what to do ---------------------------------------------------------------------------------------
 */

static void put_advice(FILE *f, const struct ptn_paragraph *p)
{
    bool act = p->act && *p->act, fix = p->fix && *p->fix;
    if (!act && !fix)
        return;
    fputs("<div class=\"act\"><h4>What to do</h4>\n", f);
    ptn_html_sentences(f, "p", "", p->act);
    if (fix) {
        fputs("<pre><code>", f);
        ptn_html_text(f, p->fix, PTN_HTML_SENTENCE);
        fputs("</code></pre>\n", f);
    }
    fputs("</div>\n", f);
}

static void put_ports(FILE *f, const struct ptn_paragraph *p)
{
    char word[PTN_HTML_WORD];
    if (!p->n_ports)
        return;
    fprintf(f, "<h4>%s</h4>\n<ul class=\"ports%s\">\n", p->source_ports ? "Ports it came from" : "Ports",
            ptn_is_icmp(p->ports[0].proto) ? " long" : ""); /* "neighbour-advertisement" wants room */
    for (size_t i = 0; i < p->n_ports; i++) {
        fprintf(f, "<li><b>%s</b> ", ptn_port_text(&p->ports[i], word));
        ptn_html_text(f, ptn_port_name(&p->ports[i]), PTN_HTML_NAME);
        fprintf(f, " <span>%s</span></li>\n", ptn_count_text(p->ports[i].lines, word));
    }
    if (p->all_ports > p->n_ports)
        fprintf(f, "<li class=\"more\">and %s more</li>\n", ptn_count_text(p->all_ports - p->n_ports, word));
    fputs("</ul>\n", f);
}

/* ---- who ----------------------------------------------------------------------------------------------------------
 */

static void put_suspect(const struct ptn_html *h, const struct ptn_suspect *s)
{
    FILE *f = h->file;
    char word[PTN_HTML_WORD];
    fputs("<tr>", f);
    ptn_html_who(f, s);
    if (s->sources > 1)
        fprintf(f, "<small>%s sources</small>", ptn_count_text(s->sources, word));
    if (s->interval)
        fprintf(f, "<small>%s</small>", ptn_interval_text(s->interval, word));
    fprintf(f, "</th><td>%s", ptn_count_text(s->lines, word));
    if (s->passed)
        fprintf(f, "<small>%s let by</small>", ptn_count_text(s->passed, word));
    fprintf(f, "</td><td>%s</td>", s->ports ? ptn_count_text(s->ports, word) : "");
    fprintf(f, "<td>%s", s->first ? ptn_html_moment(h, s->first, word) : "");
    if (s->first && s->last > s->first && *ptn_html_until(h, s->first, s->last, word))
        fprintf(f, "<small>to %s</small>", word);
    fputs("</td></tr>\n", f);
}

static void put_suspects(const struct ptn_html *h, const struct ptn_paragraph *p)
{
    size_t n = p->verdict == PTN_VERDICT_OK && p->n_suspects > SUSPECTS_OK ? SUSPECTS_OK : p->n_suspects;
    char word[PTN_HTML_WORD];
    bool folded = p->verdict == PTN_VERDICT_OK;
    if (!n)
        return;
    fputs(folded ? "<details><summary>Who sent most of them</summary>\n" : "", h->file);
    fputs("<table class=\"who\">\n<thead><tr><th scope=\"col\">Source</th><th scope=\"col\">Lines</th>"
          "<th scope=\"col\">Ports</th><th scope=\"col\">Seen (UTC)</th></tr></thead>\n<tbody>\n",
          h->file);
    for (size_t i = 0; i < n; i++)
        put_suspect(h, &p->suspects[i]);
    fputs("</tbody></table>\n", h->file);
    if (p->sources > n && p->suspects[0].sources <= 1)
        fprintf(h->file, "<p class=\"note\">and %s more sources</p>\n", ptn_count_text(p->sources - n, word));
    fputs(folded ? "</details>\n" : "", h->file);
}

static void put_evidence(FILE *f, const struct ptn_paragraph *p)
{
    if (!p->n_evidence)
        return;
    fputs("<details><summary>What this rests on</summary>\n<ul class=\"evidence\">\n", f);
    for (size_t i = 0; i < p->n_evidence; i++)
        ptn_html_sentences(f, "li", "", p->evidence[i]);
    fputs("</ul></details>\n", f);
}

void ptn_html_card(const struct ptn_html *h, size_t item)
{
    const struct ptn_paragraph *p = &h->e->items[item];
    FILE *f = h->file;
    const char *class = ptn_html_verdict_class(p->verdict);
    fprintf(f, "<article class=\"card %s\" id=\"p%zu\">\n<div class=\"head\"><p class=\"verdict %s\">%s</p>\n", class,
            item + 1, class, ptn_verdict_word(p->verdict));
    ptn_html_element(f, "h3", "", p->title);
    fputs("</div>\n<div class=\"margin\">\n", f);
    put_figures(h, p);
    fputs("</div>\n<div class=\"body\">\n", f);
    put_timeline(h, p);
    ptn_html_sentences(f, "p", "", p->why);
    ptn_html_sentences(f, "p", "", p->facts);
    put_advice(f, p);
    put_ports(f, p);
    put_suspects(h, p);
    put_evidence(f, p);
    fputs("</div>\n</article>\n", f);
}
