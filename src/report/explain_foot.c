/* What stands around the paragraphs: the sums, what could not be read, by what the host was tested; what is new. */
#include <string.h>

#include "base/text.h"
#include "explain_part.h"
#include "explain_words.h"

static uint64_t lines_of(const struct ptn_explained *e, enum ptn_cause cause)
{
    uint64_t n = 0;
    for (size_t i = 0; i < e->n; i++)
        n += e->items[i].cause == cause ? e->items[i].lines : 0;
    return n;
}

static size_t n_causes(const struct ptn_explained *e)
{
    size_t n = 0;
    for (size_t i = 0; i < e->n; i++)
        n += e->items[i].cause != PTN_CAUSE_UNEXPLAINED;
    return n;
}

static void print_sums(struct ptn_out *o, const struct ptn_explained *e)
{
    char text[256], packets[PTN_COUNTED_TEXT], causes[PTN_COUNTED_TEXT], count[PTN_COUNT_TEXT], span[PTN_SPAN_TEXT];
    uint64_t unexplained = lines_of(e, PTN_CAUSE_UNEXPLAINED);
    snprintf(text, sizeof(text), "%s, %s, %s unexplained", ptn_counted_text(e->packets, "packet", "packets", packets),
             ptn_counted_text(n_causes(e), "cause", "causes", causes),
             unexplained ? ptn_count_text(unexplained, count) : "none");
    ptn_out_text(o, PTN_TONE_STRONG, text);
    snprintf(text, sizeof(text), "%s%s%s", ptn_counted_text(e->sources, "source", "sources", causes),
             e->first ? ", " : "", ptn_span_text(e->first, e->last, true, span));
    fputc('\n', o->file);
    ptn_out_text(o, PTN_TONE_FAINT, text);
    fputs("\n\n", o->file);
}

void ptn_explain_head(struct ptn_out *o, const struct ptn_explained *e)
{
    if (e->packets) {
        print_sums(o, e);
    } else {
        ptn_out_text(o, PTN_TONE_STRONG, "no packets, so there is nothing to explain");
        fputs("\n\n", o->file);
    }
}

/* ---- what was read -------------------------------------------------------------------------------------------- */

static void print_read(struct ptn_out *o, const struct ptn_log_counts *c)
{
    char text[512], count[PTN_COUNTED_TEXT], *at = text;
    const char *end = text + sizeof(text);
    if (c->files)
        at = ptn_put(ptn_put(at, end, ptn_counted_text(c->files, "file", "files", count)), end, ", ");
    at = ptn_put(at, end, ptn_counted_text(c->lines, "line", "lines", count));
    at = ptn_put(ptn_put(at, end, ": "), end, ptn_counted_text(c->packets, "packet", "packets", count));
    if (c->remarks)
        ptn_put(ptn_put(at, end, ", "), end, ptn_counted_text(c->remarks, "other message", "other messages", count));
    ptn_out_item(o, "read", text);
    if (c->stopped)
        ptn_out_toned_item(o, "", PTN_TONE_CARE, "stopped before the end: this is the report so far");
    if (c->troubles) {
        snprintf(text, sizeof(text), "%s could not be read, or not to the end",
                 ptn_counted_text(c->troubles, "file", "files", count));
        ptn_out_toned_item(o, "", PTN_TONE_CARE, text);
    }
}

/* One line each, cut where the terminal ends. */
static void print_quote(struct ptn_out *o, const struct ptn_log_quote *q)
{
    char text[1024];
    unsigned room = !o->terminal ? UINT32_MAX : o->width > PTN_EXPLAIN_INDENT ? o->width - PTN_EXPLAIN_INDENT : 1;
    if (q->line)
        snprintf(text, sizeof(text), "%s:%llu: %s", q->file, (unsigned long long)q->line, q->text);
    else
        snprintf(text, sizeof(text), "%s: %s", q->file, q->text);
    size_t n = 0;
    for (unsigned columns = 0; text[n]; n++)
        if (((unsigned char)text[n] & 0xc0) != 0x80 && columns++ == room)
            break;
    text[n] = '\0';
    fprintf(o->file, "%*s", PTN_EXPLAIN_INDENT, "");
    ptn_out_text(o, PTN_TONE_FAINT, text);
    fputc('\n', o->file);
}

static void print_unread(struct ptn_out *o, const char *label, uint64_t lines, const char *what,
                         const struct ptn_log_quote *quotes, size_t n)
{
    char text[256], count[PTN_COUNTED_TEXT];
    if (lines == 0)
        return;
    snprintf(text, sizeof(text), "%s %s%s", ptn_counted_text(lines, "line", "lines", count), what, n ? ":" : "");
    ptn_out_toned_item(o, label, PTN_TONE_CARE, text);
    for (size_t i = 0; i < n && i < PTN_LOG_QUOTES; i++)
        print_quote(o, &quotes[i]);
}

void ptn_explain_foot(struct ptn_out *o, const struct ptn_explained *e, const struct ptn_log_counts *c,
                      const struct ptn_explain_style *style)
{
    bool has_fix = false;
    for (size_t i = 0; i < e->n; i++)
        has_fix = has_fix || (e->items[i].fix && *e->items[i].fix);
    if (c) {
        print_read(o, c);
        print_unread(o, "broken", c->broken, "about packets could not be read", c->broken_quotes, c->n_broken_quotes);
        print_unread(o, "unknown", c->unknown, "of no format that is known", c->unknown_quotes, c->n_unknown_quotes);
    }
    ptn_out_item(o, "host", e->host);
    if (has_fix && style->fix)
        ptn_out_item(o, "fix", "these lines are only printed; nothing was applied");
    else if (has_fix)
        ptn_out_item(o, "fix", "--fix prints the rules that would help");
}

/* ---- what is new ------------------------------------------------------------------------------------------------ */

void ptn_explained_news_print(struct ptn_out *o, const json_t *news, const char *since)
{
    char text[512];
    size_t n = json_array_size(news);
    snprintf(text, sizeof(text), n ? "new since %s" : "nothing is new since %s", since);
    ptn_out_text(o, PTN_TONE_STRONG, text);
    fputc('\n', o->file);
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(news, i);
        const char *what = json_string_value(json_object_get(item, "what"));
        const char *verdict = json_string_value(json_object_get(item, "verdict"));
        ptn_out_item(o, verdict ? verdict : "", what);
    }
    fputc('\n', o->file);
}
