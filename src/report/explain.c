#include "explain.h"

#include <string.h>

#include "base/text.h"
#include "explain_part.h"
#include "explain_words.h"

#define GAP 2 /* columns between ports */
#define PORT_ROWS 2
#define BARS_LEAST 12 /* a timeline shorter than this says nothing: then rather a line that wraps */

/* One look at the whole before its parts are printed, so that they stand in line. */
struct frame {
    const struct ptn_explained *e;
    const struct ptn_explain_style *style;
    unsigned number, when; /* columns of the longest number of lines, and of the longest time */
    size_t steps, bars;    /* of the timelines: how many there are, and into how many characters they go */
    bool with_day;         /* the log is of more than one day */
};

void ptn_explain_label(struct ptn_out *o, const char *label)
{
    char head[PTN_EXPLAIN_INDENT + 16];
    snprintf(head, sizeof(head), "  %-*s", PTN_EXPLAIN_INDENT - 2, label);
    ptn_out_text(o, PTN_TONE_FAINT, head);
}

static size_t used_steps(const struct ptn_explained *e)
{
    size_t n = e->step && e->last >= e->begin ? (e->last - e->begin) / e->step + 1 : 0;
    return n < PTN_TIMELINE ? n : PTN_TIMELINE;
}

static void measure(struct frame *f, const struct ptn_out *o)
{
    char text[PTN_SPAN_TEXT], count[PTN_COUNTED_TEXT];
    for (size_t i = 0; i < f->e->n; i++) {
        const struct ptn_paragraph *p = &f->e->items[i];
        unsigned when = (unsigned)strlen(ptn_span_text(p->first, p->last, f->with_day, text));
        unsigned number = (unsigned)strlen(ptn_counted_text(p->lines, "line", "lines", count));
        f->when = when > f->when ? when : f->when;
        f->number = number > f->number ? number : f->number;
    }
    size_t left = PTN_EXPLAIN_INDENT + f->when + 1, room = o->width > left ? o->width - left : 0;
    f->steps = used_steps(f->e);
    f->bars = room < BARS_LEAST ? BARS_LEAST : room;
}

/* ---- one paragraph ---------------------------------------------------------------------------------------- */

static void print_title(struct ptn_out *o, const struct frame *f, const struct ptn_paragraph *p)
{
    char count[PTN_COUNTED_TEXT], text[512];
    const char *word = ptn_verdict_word(p->verdict);
    ptn_out_text(o, ptn_tone_of_verdict(p->verdict), word);
    ptn_counted_text(p->lines, "line ", "lines", count);
    int used =
        snprintf(text, sizeof(text), "%*s%*s  ", (int)(PTN_EXPLAIN_INDENT - strlen(word)), "", (int)f->number, count);
    ptn_out_text(o, PTN_TONE_PLAIN, text);
    unsigned indent = PTN_EXPLAIN_INDENT + f->number + GAP, room = o->width > indent + 20 ? o->width - indent : 20;
    for (const char *title = p->title; used > 0 && *title;) {
        size_t n = ptn_out_fit(title, room);
        snprintf(text, sizeof(text), "%.*s", (int)(n < sizeof(text) ? n : sizeof(text) - 1), title);
        ptn_out_text(o, PTN_TONE_STRONG, text);
        title += n;
        title += strspn(title, " ");
        fprintf(o->file, *title ? "\n%*s" : "\n", (int)indent, "");
    }
}

static void print_when(struct ptn_out *o, const struct frame *f, const struct ptn_paragraph *p)
{
    char span[PTN_SPAN_TEXT], bars[PTN_TIMELINE_TEXT];
    if (p->first == 0)
        return;
    ptn_explain_label(o, "when");
    ptn_out_text(o, PTN_TONE_PLAIN, ptn_span_text(p->first, p->last, f->with_day, span));
    ptn_timeline_text(p->timeline, f->steps, f->bars, f->style->blocks, bars);
    if (*bars && f->steps > 1) {
        fprintf(o->file, "%*s", (int)(f->when - strlen(span)) + 1, "");
        ptn_out_text(o, ptn_tone_of_verdict(p->verdict), bars);
    }
    fputc('\n', o->file);
}

/* A port of the list: "23/tcp telnet 9,140". */
struct cell {
    char port[PTN_PORT_TEXT], name[64], count[PTN_COUNT_TEXT];
    unsigned width;
};

static void set_cell(struct cell *c, const struct ptn_port_count *p)
{
    const char *name = ptn_port_name(p);
    ptn_port_text(p, c->port);
    snprintf(c->name, sizeof(c->name), "%.*s", (int)ptn_out_fit(name, 24) < 48 ? (int)ptn_out_fit(name, 24) : 48, name);
    ptn_count_text(p->lines, c->count);
    c->width = (unsigned)(strlen(c->port) + 1 + strlen(c->count)) + (*c->name ? ptn_text_columns(c->name) + 1 : 0);
}

static void print_cell(struct ptn_out *o, const struct cell *c)
{
    ptn_out_text(o, PTN_TONE_STRONG, c->port);
    fputs(*c->name ? " " : "", o->file);
    ptn_out_text(o, PTN_TONE_PLAIN, c->name);
    fputc(' ', o->file);
    ptn_out_text(o, PTN_TONE_FAINT, c->count);
}

/* How many cells go into the rows; room for `more` is kept in the last one where not all of them do. */
static size_t fit_cells(const struct cell *cells, size_t n, unsigned rows, unsigned room, unsigned more)
{
    unsigned row = 1, at = 0;
    size_t fits = 0;
    for (size_t i = 0; i < n; i++) {
        if (at && at + GAP + cells[i].width > room) {
            row++;
            at = 0;
        }
        if (row > rows)
            return fits;
        at += (at ? GAP : 0) + cells[i].width;
        if (row < rows || at + GAP + more <= room || (i + 1 == n && !more) || fits == 0)
            fits = i + 1;
    }
    return more ? fits : n;
}

static void print_rest(struct ptn_out *o, size_t n, unsigned at, unsigned room)
{
    char text[64], count[PTN_COUNT_TEXT];
    int len = snprintf(text, sizeof(text), "and %s more", ptn_count_text(n, count));
    fputs(at + (unsigned)len > room ? "\n" : "  ", o->file);
    if (at + (unsigned)len > room)
        ptn_explain_label(o, "");
    ptn_out_text(o, PTN_TONE_FAINT, text);
}

/* In two rows unless all is asked for. */
static void print_ports(struct ptn_out *o, const struct frame *f, const struct ptn_paragraph *p)
{
    struct cell cells[PTN_TOP_PORTS];
    size_t n = p->n_ports < PTN_TOP_PORTS ? p->n_ports : PTN_TOP_PORTS, all = p->all_ports > n ? p->all_ports : n;
    unsigned room = o->width > PTN_EXPLAIN_INDENT ? o->width - PTN_EXPLAIN_INDENT : 1, at = 0;
    unsigned rows = f->style->why ? PTN_TOP_PORTS + 1 : PORT_ROWS;
    for (size_t i = 0; i < n; i++)
        set_cell(&cells[i], &p->ports[i]);
    size_t shown = n == all ? fit_cells(cells, n, rows, room, 0) : 0;
    if (shown < all)
        shown = fit_cells(cells, n, rows, room, (unsigned)sizeof("and 65,536 more") - 1);
    for (size_t i = 0; i < shown; i++) {
        bool wraps = at + GAP + cells[i].width > room;
        fputs(i && wraps ? "\n" : i ? "  " : "", o->file);
        if (i == 0 || wraps)
            ptn_explain_label(o, i ? "" : p->source_ports ? "from" : "ports");
        at = cells[i].width + (i && !wraps ? at + GAP : 0);
        print_cell(o, &cells[i]);
    }
    if (shown && shown < all)
        print_rest(o, all - shown, at + GAP, room);
    fputs(shown ? "\n" : "", o->file);
}

/* Where they came in and by which rule it is known: where that may be asked next. */
static void print_place(struct ptn_out *o, const struct frame *f, const struct ptn_paragraph *p)
{
    char text[512], *at = text;
    const char *end = text + sizeof(text);
    if (p->verdict == PTN_VERDICT_OK && p->cause != PTN_CAUSE_FORGED && !f->style->why)
        return;
    text[0] = '\0';
    if (p->ifaces && *p->ifaces)
        at = ptn_put(at, end, p->ifaces);
    if (p->rules && *p->rules)
        ptn_put(ptn_put(at, end, at == text ? "logged by " : ", logged by "), end, p->rules);
    ptn_out_item(o, "via", text);
}

/* In one line, however long: it is there to be copied. */
static void print_fix(struct ptn_out *o, const char *fix)
{
    if (!fix || !*fix)
        return;
    ptn_explain_label(o, "fix");
    ptn_out_text(o, PTN_TONE_STRONG, fix);
    fputc('\n', o->file);
}

static void print_paragraph(struct ptn_out *o, const struct frame *f, const struct ptn_paragraph *p)
{
    print_title(o, f, p);
    print_when(o, f, p);
    ptn_explain_who(o, p, f->style, f->with_day);
    print_ports(o, f, p);
    print_place(o, f, p);
    ptn_out_item(o, "why", p->why);
    ptn_out_item(o, p->why && *p->why ? "" : "why", p->facts);
    ptn_out_item(o, "do", p->act);
    if (f->style->fix)
        print_fix(o, p->fix);
    for (size_t i = 0; f->style->why && i < p->n_evidence; i++)
        ptn_out_toned_item(o, i ? "" : "because", PTN_TONE_FAINT, p->evidence[i]);
    fputc('\n', o->file);
}

void ptn_explained_print(struct ptn_out *o, const struct ptn_explained *e, const struct ptn_log_counts *counts,
                         const struct ptn_explain_style *style)
{
    struct frame f = {.e = e, .style = style, .with_day = !ptn_is_one_day(e->first, e->last)};
    measure(&f, o);
    ptn_explain_head(o, e);
    for (size_t i = 0; i < e->n; i++)
        print_paragraph(o, &f, &e->items[i]);
    ptn_explain_foot(o, e, counts, style);
}
