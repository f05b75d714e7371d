/* A row a paragraph, as RFC 4180 has it; read by spreadsheets, so that no cell may begin as a formula does. */
#include <errno.h>
#include <string.h>

#include "base/utf8.h"
#include "explain.h"
#include "explain_words.h"

#define LIST 512 /* octets of a cell that lists */

/* The cells of one row are put one after the other. */
struct row {
    FILE *file;
    unsigned n;
};

static void put_text(FILE *f, const char *text)
{
    for (size_t len = strlen(text); len > 0;) {
        size_t n = ptn_utf8_length(text, len);
        unsigned char c = (unsigned char)*text;
        if (n == 0)
            fputs("\xef\xbf\xbd", f);
        else if (c < 0x20 || c == 0x7f)
            fputc('?', f);
        else if (c == '"')
            fputs("\"\"", f);
        else
            fwrite(text, 1, n, f);
        text += n ? n : 1;
        len -= n ? n : 1;
    }
}

static void put_cell(struct row *r, const char *text)
{
    text = text ? text : "";
    const char first = text[strspn(text, " ")];
    const bool formula = first && strchr("=+-@\t\r", first);
    const bool quoted = formula || *text == ' ' || text[strcspn(text, ",;\"")] != '\0';
    fputs(r->n++ ? "," : "", r->file);
    fputs(quoted ? "\"" : "", r->file);
    fputs(formula ? "'" : "", r->file);
    put_text(r->file, text);
    fputs(quoted ? "\"" : "", r->file);
}

static void put_number(struct row *r, uint64_t n)
{
    fprintf(r->file, "%s%llu", r->n++ ? "," : "", (unsigned long long)n);
}

static void put_time(struct row *r, uint32_t second)
{
    char text[PTN_UTC_TEXT];
    put_cell(r, second ? ptn_utc_text((int64_t)second * 1000000, text) : "");
}

static void put_ports(struct row *r, const struct ptn_paragraph *p)
{
    char text[LIST] = "", port[PTN_PORT_TEXT];
    size_t n = 0;
    for (size_t i = 0; i < p->n_ports && n < sizeof(text); i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", i ? ", " : "", ptn_port_text(&p->ports[i], port));
    put_cell(r, text);
}

static void put_suspects(struct row *r, const struct ptn_paragraph *p)
{
    char text[LIST] = "", who[PTN_SUSPECT_TEXT];
    size_t n = 0;
    for (size_t i = 0; i < p->n_suspects && n < sizeof(text); i++)
        n +=
            (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", i ? ", " : "", ptn_suspect_text(&p->suspects[i], who));
    put_cell(r, text);
}

static void put_row(FILE *f, const struct ptn_paragraph *p)
{
    struct row r = {.file = f};
    put_cell(&r, ptn_verdict_word(p->verdict));
    put_cell(&r, ptn_cause_word(p->cause));
    put_cell(&r, p->title);
    put_number(&r, p->lines);
    put_number(&r, p->passed);
    put_number(&r, p->sources);
    put_time(&r, p->first);
    put_time(&r, p->last);
    put_number(&r, p->all_ports);
    put_ports(&r, p);
    put_suspects(&r, p);
    put_cell(&r, p->ifaces);
    put_cell(&r, p->rules);
    put_cell(&r, p->why);
    put_cell(&r, p->facts);
    put_cell(&r, p->act);
    put_cell(&r, p->fix);
    fputs("\r\n", f);
}

int ptn_explained_csv(FILE *f, const struct ptn_explained *e, bool no_headings)
{
    if (!no_headings)
        fputs("verdict,cause,title,lines,passed,sources,first,last,all_ports,ports,suspects,interfaces,rules,why,facts,"
              "do,fix\r\n",
              f);
    for (size_t i = 0; i < e->n; i++)
        put_row(f, &e->items[i]);
    return ferror(f) ? -EIO : 0;
}
