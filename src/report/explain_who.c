/* Those who came: the suspects in a row each where there is something to ask, otherwise the busiest by the way. */
#include <string.h>

#include "base/text.h"
#include "explain_part.h"
#include "explain_words.h"

#define SHOWN 5     /* suspects; all of them with --why */
#define MENTIONED 3 /* where all is well */
#define GAP 2

struct row {
    char who[PTN_SUSPECT_TEXT], lines[PTN_COUNTED_TEXT], ports[PTN_COUNTED_TEXT], when[PTN_SPAN_TEXT], more[512];
};

static char *add(char *at, const char *begin, const char *end, const char *text)
{
    return text && *text ? ptn_put(ptn_put(at, end, at > begin ? "; " : ""), end, text) : at;
}

/* "2,914 sources; 3 lines let in" */
static char *put_sums(char *text, const char *end, const struct ptn_paragraph *p)
{
    char count[PTN_COUNTED_TEXT];
    char *at = text;
    if (p->sources)
        at = ptn_put(at, end, ptn_counted_text(p->sources, "source", "sources", count));
    if (p->passed && p->passed == p->lines)
        at = add(at, text, end, p->lines > 1 ? "all lines let in" : "let in");
    else if (p->passed)
        at = ptn_put(add(at, text, end, ptn_counted_text(p->passed, "line", "lines", count)), end, " let in");
    return at;
}

/* ---- rows --------------------------------------------------------------------------------------------------- */

static void set_row(struct row *r, const struct ptn_suspect *s, bool with_day)
{
    char text[PTN_COUNTED_TEXT + 16], count[PTN_COUNTED_TEXT];
    const char *end = r->more + sizeof(r->more);
    char *at = r->more;
    ptn_suspect_text(s, r->who);
    ptn_counted_text(s->lines, "line ", "lines", r->lines);
    if (s->ports < PTN_PORTS_MANY)
        ptn_counted_text(s->ports, "port ", "ports", r->ports);
    else
        snprintf(r->ports, sizeof(r->ports), "%d+ ports", PTN_PORTS_MANY);
    ptn_span_text(s->first, s->last, with_day, r->when);
    r->more[0] = '\0';
    at = add(at, r->more, end, s->name);
    at = add(at, r->more, end, s->place);
    if (s->sources > 1)
        at = add(at, r->more, end, ptn_counted_text(s->sources, "source", "sources", count));
    at = add(at, r->more, end, ptn_interval_text(s->interval, text));
    if (s->passed) {
        snprintf(text, sizeof(text), "%s let in", ptn_counted_text(s->passed, "line", "lines", count));
        at = add(at, r->more, end, text);
    }
    add(at, r->more, end, s->note);
}

static int wider(int width, const char *text)
{
    int n = (int)strlen(text);
    return n > width ? n : width;
}

/* What else is known of it: behind it where there is room, else below. */
static void print_more(struct ptn_out *o, const char *text, unsigned used, unsigned indent)
{
    unsigned columns = ptn_text_columns(text);
    bool fits = used + GAP + columns <= o->width;
    if (*text && fits)
        fputs("  ", o->file);
    while (*text) {
        size_t n = fits ? strlen(text) : ptn_out_fit(text, o->width > indent ? o->width - indent : 1);
        if (!fits)
            fprintf(o->file, "\n%*s", (int)indent, "");
        ptn_out_put(o, text, n);
        text += n;
        text += strspn(text, " ");
    }
    fputc('\n', o->file);
}

static void print_rows(struct ptn_out *o, const struct ptn_suspect *suspects, size_t n, bool with_day)
{
    struct row rows[PTN_TOP_SUSPECTS];
    int who = 0, lines = 0, ports = 0;
    for (size_t i = 0; i < n; i++) {
        set_row(&rows[i], &suspects[i], with_day);
        who = wider(who, rows[i].who);
        lines = wider(lines, rows[i].lines);
        ports = wider(ports, rows[i].ports);
    }
    for (size_t i = 0; i < n; i++) {
        char text[256];
        int used = snprintf(text, sizeof(text), "%*s  %*s  %s", lines, rows[i].lines, ports,
                            suspects[i].ports ? rows[i].ports : "", rows[i].when);
        while (used > 0 && text[used - 1] == ' ')
            text[--used] = '\0';
        fprintf(o->file, "%*s", PTN_EXPLAIN_INDENT, "");
        ptn_out_text(o, PTN_TONE_STRONG, rows[i].who);
        fprintf(o->file, "%*s", who - (int)strlen(rows[i].who) + GAP, "");
        ptn_out_text(o, PTN_TONE_PLAIN, text);
        print_more(o, rows[i].more, (unsigned)(PTN_EXPLAIN_INDENT + who + GAP + used), PTN_EXPLAIN_INDENT + GAP);
    }
}

/* One source alone: its lines and its time are the paragraph's. */
static void print_only(struct ptn_out *o, const struct ptn_suspect *s)
{
    struct row r;
    char text[sizeof(r.ports) + sizeof(r.more) + 4];
    set_row(&r, s, false);
    snprintf(text, sizeof(text), "%s%s%s", s->ports > 1 ? r.ports : "", s->ports > 1 && *r.more ? "; " : "", r.more);
    ptn_explain_label(o, "who");
    ptn_out_text(o, PTN_TONE_STRONG, r.who);
    print_more(o, text, PTN_EXPLAIN_INDENT + (unsigned)strlen(r.who), PTN_EXPLAIN_INDENT);
}

/* ---- by the way ------------------------------------------------------------------------------------------------ */

/* Somebody with a name, or with a part of the lines that one would see. */
static bool stands_out(const struct ptn_suspect *s, const struct ptn_paragraph *p)
{
    return (s->name && *s->name) || p->sources <= MENTIONED || (s->lines > 1 && s->lines >= p->lines / 100);
}

/* "2,914 sources; most lines from 198.51.100.7 (412), 203.0.113.9 mail.example (300)" */
static void put_mentions(char *text, char *at, const char *end, const struct ptn_paragraph *p)
{
    char who[PTN_SUSPECT_TEXT], count[PTN_COUNT_TEXT];
    unsigned n = 0;
    for (size_t i = 0; i < p->n_suspects && n < MENTIONED; i++) {
        const struct ptn_suspect *s = &p->suspects[i];
        if (!stands_out(s, p))
            continue;
        if (n++ == 0 && at > text)
            at = ptn_put(at, end, p->sources > MENTIONED ? "; most lines from " : ": ");
        else if (n > 1)
            at = ptn_put(at, end, ", ");
        at = ptn_put(at, end, ptn_suspect_text(s, who));
        if (s->name && *s->name)
            at = ptn_put(ptn_put(at, end, " "), end, s->name);
        if (p->sources > 1)
            at = ptn_put(ptn_put(ptn_put(at, end, " ("), end, ptn_count_text(s->lines, count)), end, ")");
    }
}

void ptn_explain_who(struct ptn_out *o, const struct ptn_paragraph *p, const struct ptn_explain_style *style,
                     bool with_day)
{
    char text[1024] = "";
    const char *end = text + sizeof(text);
    size_t most = style->why ? PTN_TOP_SUSPECTS : SHOWN, n = p->n_suspects < most ? p->n_suspects : most;
    char *at = put_sums(text, end, p);
    bool rows = n && (p->verdict != PTN_VERDICT_OK || style->why);
    if (rows && p->sources <= 1 && n == 1)
        return print_only(o, p->suspects);
    if (rows && p->sources > n)
        add(at, text, end, "the busiest:");
    if (!rows)
        put_mentions(text, at, end, p);
    ptn_out_item(o, "who", text);
    if (rows)
        print_rows(o, p->suspects, n, with_day);
}
