/* Writes a file of the size, shape and awkwardness of IANA's own, made from data/registry/iana.tsv: for live tests of
 * `portolan chart import`. Names and ports are true; dates, people and most references are made up.
 *
 *     mkiana csv|xml data/registry/iana.tsv >service-names-port-numbers.csv
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "chart/iana.h"

#define WITHOUT_PORT 1000
#define USER_PORTS 49152

struct row {
    unsigned lo, hi;
    const char *proto; /* "" for every protocol */
    char *name, *description;
    bool all;              /* one of four rows that iana.tsv writes where IANA names no protocol */
    bool respelled, alias; /* the two of a pair that RFC 6335 made */
};

struct rows {
    struct row *list;
    size_t n, room;
    bool taken[USER_PORTS];
};

static const struct {
    unsigned port;
    const char *name, *date, *modified, *reference, *unauthorized, *note;
} known[] = {
    {80, "http", "", "2021-10-01", "9110", "",
     "Defined TXT keys: u=<username> p=<password>\n      path=<path & document>"},
    {443, "https", "", "2021-10-01", "9110", "", ""},
    {465, "submissions", "2017-12-12", "", "8314", "", ""},
    {853, "domain-s", "2015-10-08", "2022-04-11", "7858", "", ""},
    {4444, "krb524", "", "", "", "krb524 assigned the port, nv used it without an assignment", ""},
    {4443, "pharos", "", "", "", "Known Unauthorized Use on port 4443", ""},
    {2049, "shilp", "", "", "", "", "<== NOTE Conflict on 2049 !"},
};

static void die(const char *what)
{
    fprintf(stderr, "mkiana: %s\n", what);
    exit(2);
}

static char *copy(const char *text)
{
    char *fresh = strdup(text);

    if (!fresh)
        die("out of memory");
    return fresh;
}

static struct row *add(struct rows *rows, unsigned lo, unsigned hi, const char *proto, const char *name,
                       const char *description)
{
    if (rows->n == rows->room) {
        rows->room = rows->room ? rows->room * 2 : 16384;
        rows->list = realloc(rows->list, rows->room * sizeof *rows->list);
        if (!rows->list)
            die("out of memory");
    }
    rows->list[rows->n] =
        (struct row){.lo = lo, .hi = hi, .proto = proto, .name = copy(name), .description = copy(description)};
    for (unsigned port = lo; port <= hi && port < USER_PORTS; port++)
        rows->taken[port] = true;
    return &rows->list[rows->n++];
}

static int take(void *ctx, const struct ptn_assignment *a)
{
    struct rows *rows = ctx;
    struct row *last = rows->n ? &rows->list[rows->n - 1] : NULL;
    bool all = strcmp(a->witness, "iana") == 0 && a->proto >= PTN_SCTP;

    /* Four rows that iana.tsv made of one: the third and fourth turn the first into it. */
    if (all && last && last->lo == a->lo && strcmp(last->name, a->name) == 0) {
        if (!last->all) {
            free(last->name);
            free(last->description);
            rows->n--;
            rows->list[rows->n - 1].proto = "";
            rows->list[rows->n - 1].all = true;
        }
        return 0;
    }
    add(rows, a->lo, a->hi, ptn_proto_word((enum ptn_proto)a->proto), a->name, a->description);
    return 0;
}

static void add_gaps(struct rows *rows)
{
    for (unsigned lo = 0; lo < USER_PORTS; lo++) {
        unsigned hi = lo;

        if (rows->taken[lo])
            continue;
        while (hi + 1 < USER_PORTS && !rows->taken[hi + 1])
            hi++;
        add(rows, lo, hi, "", "", "Unassigned");
        lo = hi;
    }
}

static void mark_pairs(struct rows *rows)
{
    for (size_t i = 0; i + 1 < rows->n; i++) {
        struct row *a = &rows->list[i], *b = a + 1;

        if (a->lo == b->lo && a->proto == b->proto && *a->name && ptn_name_compare(a->name, b->name) == 0)
            a->respelled = b->alias = true;
    }
}

/* The rows are in order already; only the gaps at the end have to find their places. */
static void merge(struct rows *rows, size_t sorted)
{
    struct row *all = malloc(rows->n * sizeof *all);
    size_t i = 0, j = sorted, n = 0;

    if (!all)
        die("out of memory");
    while (i < sorted || j < rows->n) {
        bool gap = i == sorted || (j < rows->n && rows->list[j].lo < rows->list[i].lo);

        all[n++] = gap ? rows->list[j++] : rows->list[i++];
    }
    free(rows->list);
    rows->list = all;
}

/* ---- writing ------------------------------------------------------------------------------------------ */

static void csv_cell(const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, stdout);
        return;
    }
    putchar('"');
    for (; *text; text++) {
        if (*text == '"')
            putchar('"');
        putchar(*text);
    }
    putchar('"');
}

static void xml_text(const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", stdout);
            break;
        case '<':
            fputs("&lt;", stdout);
            break;
        case '>':
            fputs("&#x3E;", stdout);
            break;
        default:
            putchar(*text);
        }
    }
}

/* The cells of one row in the order of IANA's CSV. */
static void fill(const struct row *row, const struct row *next, char cells[PTN_IANA_FIELDS][1024])
{
    memset(cells, 0, PTN_IANA_FIELDS * sizeof *cells);
    snprintf(cells[PTN_IANA_NAME], 1024, "%s", row->name);
    snprintf(cells[PTN_IANA_PORT], 1024, row->lo == row->hi ? "%u" : "%u-%u", row->lo, row->hi);
    snprintf(cells[PTN_IANA_PROTO], 1024, "%s", row->proto);
    snprintf(cells[PTN_IANA_DESCRIPTION], 1024, "%s", row->description);
    if (*row->name && row->lo % 3 == 0) {
        snprintf(cells[PTN_IANA_ASSIGNEE], 1024, "Someone_%u", row->lo);
        snprintf(cells[PTN_IANA_CONTACT], 1024, "Someone_Else_%u", row->lo % 100);
        snprintf(cells[PTN_IANA_REGISTERED], 1024, "20%02u-%02u-%02u", row->lo % 20, row->lo % 12 + 1,
                 row->lo % 28 + 1);
    }
    if (row->respelled)
        snprintf(cells[PTN_IANA_DESCRIPTION], 1024,
                 "%s%sIANA assigned this well-formed service name as a replacement for \"%s\".", row->description,
                 *row->description ? " " : "", next->name);
    if (row->alias)
        snprintf(cells[PTN_IANA_NOTE], 1024,
                 "This entry is an alias to \"%s\".\nThis entry is now historic, not usable "
                 "for use with many\ncommon service discovery mechanisms.",
                 row[-1].name);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i].port != row->lo || strcmp(known[i].name, row->name) != 0)
            continue;
        snprintf(cells[PTN_IANA_REGISTERED], 1024, "%s", known[i].date);
        snprintf(cells[PTN_IANA_MODIFIED], 1024, "%s", known[i].modified);
        snprintf(cells[PTN_IANA_REFERENCE], 1024, "%s", known[i].reference);
        snprintf(cells[PTN_IANA_UNAUTHORIZED], 1024, "%s", known[i].unauthorized);
        snprintf(cells[PTN_IANA_NOTE], 1024, "%s", known[i].note);
    }
}

static void csv_row(char cells[PTN_IANA_FIELDS][1024])
{
    char text[1100];

    for (int i = 0; i < PTN_IANA_FIELDS; i++) {
        const char *form = i == PTN_IANA_REFERENCE ? "[RFC%s]" : "[%s]";
        bool bracket = i == PTN_IANA_REFERENCE || i == PTN_IANA_ASSIGNEE || i == PTN_IANA_CONTACT;

        if (i > 0)
            putchar(',');
        if (bracket && *cells[i]) {
            snprintf(text, sizeof text, form, cells[i]);
            csv_cell(text);
        } else {
            csv_cell(cells[i]);
        }
    }
    fputs("\r\n", stdout);
}

static void xml_element(const char *name, const char *text)
{
    if (!*text)
        return;
    printf("    <%s>", name);
    xml_text(text);
    printf("</%s>\n", name);
}

static void xml_row(char cells[PTN_IANA_FIELDS][1024])
{
    fputs("  <record", stdout);
    if (*cells[PTN_IANA_REGISTERED])
        printf(" date=\"%s\"", cells[PTN_IANA_REGISTERED]);
    if (*cells[PTN_IANA_MODIFIED])
        printf(" updated=\"%s\"", cells[PTN_IANA_MODIFIED]);
    puts(">");
    xml_element("name", cells[PTN_IANA_NAME]);
    xml_element("protocol", cells[PTN_IANA_PROTO]);
    if (*cells[PTN_IANA_ASSIGNEE])
        printf("    <assignee>\n      <xref type=\"person\" data=\"%s\"/>\n    </assignee>\n",
               cells[PTN_IANA_ASSIGNEE]);
    if (*cells[PTN_IANA_CONTACT])
        printf("    <xref type=\"person\" data=\"%s\"/>\n", cells[PTN_IANA_CONTACT]);
    if (*cells[PTN_IANA_REFERENCE])
        printf("    <xref type=\"rfc\" data=\"rfc%s\"/>\n", cells[PTN_IANA_REFERENCE]);
    xml_element("description", cells[PTN_IANA_DESCRIPTION]);
    xml_element("number", cells[PTN_IANA_PORT]);
    xml_element("unauthorized", cells[PTN_IANA_UNAUTHORIZED]);
    xml_element("note", cells[PTN_IANA_NOTE]);
    puts("  </record>");
}

static void write_rows(const struct rows *rows, bool xml)
{
    static char cells[PTN_IANA_FIELDS][1024];

    for (size_t i = 0; i < rows->n; i++) {
        fill(&rows->list[i], &rows->list[i] + 1, cells);
        (xml ? xml_row : csv_row)(cells);
    }
    for (unsigned i = 0; i < WITHOUT_PORT; i++) {
        memset(cells, 0, sizeof cells);
        snprintf(cells[PTN_IANA_NAME], 1024, "portless-%u", i);
        snprintf(cells[PTN_IANA_PROTO], 1024, "%s", i % 3 == 0 ? "" : i % 3 == 1 ? "tcp" : "udp");
        snprintf(cells[PTN_IANA_DESCRIPTION], 1024, "Discovered, \"by name\"\n      number %u", i);
        snprintf(cells[PTN_IANA_NOTE], 1024, "Defined TXT keys: None");
        (xml ? xml_row : csv_row)(cells);
    }
}

static void write_csv(const struct rows *rows)
{
    fputs("Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,Registration Date,Modification "
          "Date,Reference,Service Code,Unauthorized Use Reported,Assignment Notes\r\n",
          stdout);
    write_rows(rows, false);
}

static void write_xml(const struct rows *rows)
{
    puts("<?xml version='1.0' encoding='UTF-8'?>\n"
         "<?xml-stylesheet type=\"text/xsl\" href=\"service-names-port-numbers.xsl\"?>\n"
         "<!-- made by tests/mkiana -->\n"
         "<registry xmlns=\"http://www.iana.org/assignments\" id=\"service-names-port-numbers\">\n"
         "  <title>Service Name and Transport Protocol Port Number Registry</title>\n"
         "  <category>Service Names and Transport Protocol Port Numbers</category>\n"
         "  <updated>2026-11-01</updated>\n"
         "  <xref type=\"rfc\" data=\"rfc6335\"/>\n"
         "  <note>\nNames are assigned as <xref type=\"rfc\" data=\"rfc6335\"/> says.</note>");
    write_rows(rows, true);
    puts("  <people>\n    <person id=\"Someone_3\">\n      <name>Someone Three</name>\n"
         "      <uri>mailto:someone&amp;example.org</uri>\n      <updated>2011-01-01</updated>\n    </person>\n"
         "  </people>\n</registry>");
}

int main(int argc, char **argv)
{
    static struct rows rows;
    struct ptn_err err = {""};
    char *text = NULL;
    size_t len = 0, sorted;

    if (argc != 3 || (strcmp(argv[1], "csv") != 0 && strcmp(argv[1], "xml") != 0))
        die("usage: mkiana csv|xml data/registry/iana.tsv");
    if (ptn_file_read(argv[2], PTN_IANA_FILE_MAX, &text, &len) < 0)
        die("the registry cannot be read");
    if (ptn_registry_tsv_read(argv[2], text, len, take, &rows, NULL, &err) < 0)
        die(err.text);
    sorted = rows.n;
    add_gaps(&rows);
    merge(&rows, sorted);
    mark_pairs(&rows);
    (strcmp(argv[1], "csv") == 0 ? write_csv : write_xml)(&rows);

    for (size_t i = 0; i < rows.n; i++) {
        free(rows.list[i].name);
        free(rows.list[i].description);
    }
    free(rows.list);
    free(text);
    return fflush(stdout) == 0 ? 0 : 2;
}
