/* IANA's CSV, as RFC 4180 has it: cells in quotes may hold commas, line breaks and doubled quotes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "chart/iana.h"

struct csv {
    struct ptn_iana_reader *r;
    const char *p, *end;
    unsigned line;     /* of p */
    unsigned row_line; /* where the row began */
    char *row;         /* the row's cells, each with its NUL */
    size_t used, room;
    size_t cell[PTN_IANA_FIELDS]; /* offsets into row */
    unsigned cells;
};

static int refuse(const struct csv *c, unsigned line, const char *sentence)
{
    return ptn_fail(c->r->err, -EINVAL, "%s:%u: %s", c->r->file, line, sentence);
}

static int put(struct csv *c, char byte)
{
    if (c->used >= c->room)
        return refuse(c, c->row_line, "a row of over 1 MB: a quote may be missing");
    c->row[c->used++] = byte;
    return 0;
}

/* From behind the opening quote to behind the closing one. */
static int read_quoted(struct csv *c)
{
    unsigned opened = c->line;
    int rc = 0;

    while (rc == 0 && c->p < c->end) {
        if (*c->p == '"') {
            c->p++;
            if (c->p == c->end || *c->p != '"')
                return 0;
        }
        if (*c->p == '\n')
            c->line++;
        rc = put(c, *c->p++);
    }
    return rc < 0 ? rc : refuse(c, opened, "a quote is never closed: the file is cut off");
}

static int read_plain(struct csv *c)
{
    int rc = 0;

    while (rc == 0 && c->p < c->end && *c->p != ',' && *c->p != '\n' && *c->p != '\r')
        rc = put(c, *c->p++);
    return rc;
}

/* Steps over what ends a cell. Result: 1 for the last cell of a row, 0 for any other, or negative. */
static int end_cell(struct csv *c)
{
    if (c->p < c->end && *c->p == ',') {
        c->p++;
        return 0;
    }
    if (c->p < c->end && *c->p == '\r')
        c->p++;
    if (c->p == c->end)
        return refuse(c, c->line, "the last row has no end: the file is cut off");
    if (*c->p != '\n')
        return refuse(c, c->line,
                      "text behind a closing quote (a quote above may be missing), or a lone carriage return");
    c->p++;
    c->line++;
    return 1;
}

static int read_row(struct csv *c)
{
    int rc;

    c->row_line = c->line;
    c->used = c->cells = 0;
    do {
        if (c->cells < PTN_IANA_FIELDS)
            c->cell[c->cells] = c->used;
        c->cells++;
        if (c->p < c->end && *c->p == '"') {
            c->p++;
            rc = read_quoted(c);
        } else {
            rc = read_plain(c);
        }
        if (rc == 0)
            rc = put(c, '\0');
        if (rc == 0)
            rc = end_cell(c);
    } while (rc == 0);
    return rc < 0 ? rc : 0;
}

static int refuse_foreign(const struct csv *c)
{
    return refuse(c, 1,
                  "this is not IANA's port registry: it starts neither with its CSV heading (Service Name,Port "
                  "Number,...) nor as XML");
}

static int check_header(struct csv *c)
{
    static const char *const heads[PTN_IANA_FIELDS] = {
        "Service Name", "Port Number",  "Transport Protocol",        "Description",
        "Assignee",     "Contact",      "Registration Date",         "Modification Date",
        "Reference",    "Service Code", "Unauthorized Use Reported", "Assignment Notes"};
    bool good = c->cells == PTN_IANA_FIELDS;

    for (int i = 0; good && i < PTN_IANA_FIELDS; i++) {
        const char *cell = c->row + c->cell[i];

        /* The one column that IANA has renamed. */
        good =
            strcmp(cell, heads[i]) == 0 || (i == PTN_IANA_UNAUTHORIZED && strcmp(cell, "Known Unauthorized Uses") == 0);
    }
    return good ? 0 : refuse_foreign(c);
}

static int read_rows(struct csv *c)
{
    static const char start[] = "Service Name";
    char *fields[PTN_IANA_FIELDS];
    size_t quote = c->p < c->end && *c->p == '"', left = (size_t)(c->end - c->p);
    int rc;

    /* A foreign file need not have rows at all, so it is known before its first row is read. */
    if (left < quote + strlen(start) || memcmp(c->p + quote, start, strlen(start)) != 0)
        return refuse_foreign(c);
    rc = read_row(c);
    if (rc == 0)
        rc = check_header(c);
    while (rc == 0 && c->p < c->end) {
        rc = read_row(c);
        if (rc < 0 || (c->cells == 1 && c->used == 1)) /* an empty line */
            continue;
        if (c->cells != PTN_IANA_FIELDS)
            return ptn_fail(c->r->err, -EINVAL, "%s:%u: a row of %u cells, not %d: the file is cut off or damaged",
                            c->r->file, c->row_line, c->cells, PTN_IANA_FIELDS);
        for (int i = 0; i < PTN_IANA_FIELDS; i++)
            fields[i] = c->row + c->cell[i];
        rc = ptn_iana_row(c->r, fields, c->row_line);
    }
    return rc;
}

int ptn_iana_csv(struct ptn_iana_reader *r, const char *text, size_t len)
{
    struct csv c = {.r = r, .p = text, .end = text + len, .line = 1};
    int rc;

    /* A cell's NUL takes the place of its comma or line break, so a row never grows. */
    c.room = len + 1 < PTN_IANA_LINE_MAX ? len + 1 : PTN_IANA_LINE_MAX;
    c.row = malloc(c.room);
    if (!c.row)
        return ptn_fail(r->err, -ENOMEM, "%s: out of memory", r->file);
    rc = read_rows(&c);
    free(c.row);
    return rc;
}
