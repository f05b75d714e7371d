#include "chart/iana.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/text.h"

#define TSV_LINE_MAX 16384

/* Length of the UTF-8 character at `p`, 0 if it is broken, or a control of the upper half (U+0080 to U+009F). */
static size_t utf8_length(const unsigned char *p)
{
    static const uint32_t least[] = {0, 0, 0xa0, 0x800, 0x10000};
    size_t n = p[0] < 0x80 ? 1 : (p[0] & 0xe0) == 0xc0 ? 2 : (p[0] & 0xf0) == 0xe0 ? 3 : (p[0] & 0xf8) == 0xf0 ? 4 : 0;
    uint32_t code;

    if (n < 2)
        return n;
    code = p[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (p[i] & 0x3f);
    }
    if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return 0;
    return n;
}

/* Makes one line of a field: runs of blanks and line breaks become one blank, none at the ends. False if it has a
 * control character or broken UTF-8. */
static bool tidy(char *text)
{
    const char *from = text;
    char *to = text;

    while (*from) {
        size_t n = utf8_length((const unsigned char *)from);

        if (strchr(" \t\r\n", *from)) {
            from += strspn(from, " \t\r\n");
            if (to > text && *from)
                *to++ = ' ';
            continue;
        }
        if (n == 0 || (n == 1 && ((unsigned char)*from < 0x20 || *from == 0x7f)))
            return false;
        memmove(to, from, n);
        to += n;
        from += n;
    }
    *to = '\0';
    return true;
}

static int parse_ports(struct ptn_assignment *row, const char *text)
{
    const char *dash = strchr(text, '-');
    long lo = ptn_number(text, dash ? (size_t)(dash - text) : strlen(text), UINT16_MAX);
    long hi = dash ? ptn_number(dash + 1, strlen(dash + 1), UINT16_MAX) : lo;

    if (lo < 0 || hi < lo)
        return -EINVAL;
    row->lo = (uint16_t)lo;
    row->hi = (uint16_t)hi;
    return 0;
}

/* Result: the protocol, -1 for none, or -EINVAL. */
static int parse_proto(const char *text)
{
    if (!*text)
        return -1;
    for (int i = 0; i < PTN_PROTO_PORTED; i++) {
        if (strcasecmp(text, ptn_proto_word((enum ptn_proto)i)) == 0)
            return i;
    }
    return -EINVAL;
}

/* IANA says "de-registered", "removed", "any private mail system": none of these is free for the taking. */
static enum ptn_assignment_state state_of(const char *name, const char *description)
{
    if (*name)
        return PTN_ASSIGNED;
    return strncasecmp(description, "unassigned", 10) == 0 ? PTN_UNASSIGNED : PTN_RESERVED;
}

/* RFC 6335's respelled names carry a remark in the description that says nothing about the service. */
static void cut_remark(char *description)
{
    char *remark = strstr(description, "IANA assigned this well-formed service name");

    if (!remark)
        return;
    while (remark > description && remark[-1] == ' ')
        remark--;
    *remark = '\0';
}

static void note_date(struct ptn_iana_info *info, const char *date)
{
    if (strlen(date) < sizeof info->newest && strspn(date, "0123456789-") == strlen(date) &&
        strcmp(date, info->newest) > 0)
        memcpy(info->newest, date, strlen(date) + 1);
}

static int deliver(struct ptn_iana_reader *r, const struct ptn_assignment *row)
{
    int rc;

    if (row->state == PTN_ASSIGNED)
        r->info->assigned++;
    if (row->hi > r->info->highest)
        r->info->highest = row->hi;
    note_date(r->info, row->date);
    note_date(r->info, row->modified);
    rc = r->sink(r->ctx, row);
    return rc < 0 ? rc : 0;
}

static int fill_place(struct ptn_iana_reader *r, struct ptn_assignment *row, const char *port, const char *proto)
{
    row->proto = parse_proto(proto);
    if (row->proto < -1)
        return ptn_fail(r->err, -EINVAL, "%s:%u: unknown protocol '%.20s': expected tcp, udp, sctp, dccp or nothing",
                        r->file, row->line, proto);
    if (*port && parse_ports(row, port) < 0)
        return ptn_fail(r->err, -EINVAL, "%s:%u: '%.20s' is no port or range of ports between 0 and 65535", r->file,
                        row->line, port);
    return 0;
}

int ptn_iana_row(struct ptn_iana_reader *r, char *fields[static PTN_IANA_FIELDS], unsigned line)
{
    struct ptn_assignment row = {.line = line, .witness = ""};
    int rc;

    for (int i = 0; i < PTN_IANA_FIELDS; i++) {
        if (!tidy(fields[i]))
            return ptn_fail(r->err, -EINVAL, "%s:%u: a control character or broken UTF-8 in the row", r->file, line);
    }
    r->info->rows++;
    rc = fill_place(r, &row, fields[PTN_IANA_PORT], fields[PTN_IANA_PROTO]);
    if (rc < 0)
        return rc;
    if (!*fields[PTN_IANA_PORT]) {
        if (!*fields[PTN_IANA_NAME])
            return ptn_fail(r->err, -EINVAL, "%s:%u: a row with neither a name nor a port", r->file, line);
        r->info->without_port++;
        return 0;
    }

    cut_remark(fields[PTN_IANA_DESCRIPTION]);
    row.name = fields[PTN_IANA_NAME];
    row.description = fields[PTN_IANA_DESCRIPTION];
    row.assignee = *fields[PTN_IANA_ASSIGNEE] ? fields[PTN_IANA_ASSIGNEE] : fields[PTN_IANA_CONTACT];
    row.date = fields[PTN_IANA_REGISTERED];
    row.modified = fields[PTN_IANA_MODIFIED];
    row.reference = fields[PTN_IANA_REFERENCE];
    row.unauthorized = fields[PTN_IANA_UNAUTHORIZED];
    row.note = fields[PTN_IANA_NOTE];
    row.state = state_of(row.name, row.description);
    return deliver(r, &row);
}

/* Refuses what no text of either kind has, before a parser sees it. */
static int check_bytes(struct ptn_iana_reader *r, const char *text, size_t len)
{
    unsigned line = 1;
    size_t start = 0;

    if (len > PTN_IANA_FILE_MAX)
        return ptn_fail(r->err, -EINVAL, "%s: over %zu MB: this is not IANA's registry", r->file,
                        PTN_IANA_FILE_MAX >> 20);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c == '\n') {
            line++;
            start = i + 1;
        } else if ((c < 0x20 && c != '\t' && c != '\r') || c == 0x7f) {
            return ptn_fail(r->err, -EINVAL, "%s:%u: a control character (0x%02x): this is not IANA's registry",
                            r->file, line, c);
        } else if (i - start >= PTN_IANA_LINE_MAX) {
            return ptn_fail(r->err, -EINVAL, "%s:%u: a line of over 1 MB", r->file, line);
        }
    }
    return 0;
}

/* A file cut between two rows is well-formed; only its reach shows that something is missing. */
static int check_reach(struct ptn_iana_reader *r, bool csv)
{
    const struct ptn_iana_info *info = r->info;

    if (info->rows < PTN_IANA_ROWS_MIN)
        return ptn_fail(r->err, -EINVAL, "%s: only %u rows, where IANA's registry has over %u: the file is cut off",
                        r->file, info->rows, PTN_IANA_ROWS_MIN);
    if (info->highest < PTN_IANA_PORT_MIN)
        return ptn_fail(r->err, -EINVAL,
                        "%s: the rows end at port %u, far from the registry's end: the file is cut off", r->file,
                        info->highest);
    if (csv && info->without_port == 0)
        return ptn_fail(r->err, -EINVAL,
                        "%s: the service names without a port, which come last, are missing: the "
                        "file is cut off",
                        r->file);
    return 0;
}

int ptn_iana_read(const char *file, const char *text, size_t len, ptn_assignment_sink sink, void *ctx,
                  struct ptn_iana_info *info, struct ptn_err *err)
{
    struct ptn_iana_info unwanted;
    struct ptn_iana_reader r = {.file = file, .sink = sink, .ctx = ctx, .info = info ? info : &unwanted, .err = err};
    size_t at = len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    bool xml;
    int rc;

    *r.info = (struct ptn_iana_info){0};
    rc = check_bytes(&r, text, len);
    if (rc < 0)
        return rc;
    xml = at < len && text[at] == '<';
    rc = xml ? ptn_iana_xml(&r, text, len) : ptn_iana_csv(&r, text + at, len - at);
    return rc < 0 ? rc : check_reach(&r, !xml);
}

/* ---- our own iana.tsv -------------------------------------------------------------------------------- */

enum { TSV_PORT, TSV_PROTO, TSV_NAME, TSV_STATE, TSV_WITNESS, TSV_DESCRIPTION, TSV_COLUMNS };

static int parse_state(const char *word)
{
    static const char *const words[] = {
        [PTN_ASSIGNED] = "assigned", [PTN_RESERVED] = "reserved", [PTN_UNASSIGNED] = "unassigned"};

    for (int i = 0; i < (int)(sizeof words / sizeof *words); i++) {
        if (strcmp(word, words[i]) == 0)
            return i;
    }
    return -EINVAL;
}

/* A remark that is no plain text or does not fit is no loss. */
static void tsv_comment(struct ptn_iana_info *info, char *line)
{
    if (!tidy(line))
        return;
    if (strncmp(line, "# made: ", 8) == 0 && strspn(line + 8, "0123456789-") == 10)
        snprintf(info->updated, sizeof info->updated, "%.10s", line + 8);
    else if (strncmp(line, "# registry: ", 12) == 0 && strlen(line + 12) < sizeof info->title)
        strcpy(info->title, line + 12);
}

static int tsv_row(struct ptn_iana_reader *r, char *line, unsigned number)
{
    struct ptn_assignment row = {.line = number, .assignee = "", .date = "", .modified = "", .reference = ""};
    char *cells[TSV_COLUMNS] = {line};
    int n = 1, state, rc;

    for (char *p = line; (p = strchr(p, '\t')); n++) {
        *p++ = '\0';
        if (n < TSV_COLUMNS)
            cells[n] = p;
    }
    if (n != TSV_COLUMNS)
        return ptn_fail(r->err, -EINVAL, "%s:%u: %d columns, not %d", r->file, number, n, TSV_COLUMNS);
    for (int i = 0; i < TSV_COLUMNS; i++) {
        if (!tidy(cells[i]))
            return ptn_fail(r->err, -EINVAL, "%s:%u: a control character or broken UTF-8", r->file, number);
    }

    state = parse_state(cells[TSV_STATE]);
    if (!*cells[TSV_PORT] || !*cells[TSV_PROTO] || state < 0 || (state == PTN_ASSIGNED) != (*cells[TSV_NAME] != '\0'))
        return ptn_fail(r->err, -EINVAL, "%s:%u: not port, proto, name, state, witness, description", r->file, number);
    rc = fill_place(r, &row, cells[TSV_PORT], cells[TSV_PROTO]);
    if (rc < 0)
        return rc;
    r->info->rows++;
    row.name = cells[TSV_NAME];
    row.description = cells[TSV_DESCRIPTION];
    row.witness = cells[TSV_WITNESS];
    row.unauthorized = row.note = "";
    row.state = (enum ptn_assignment_state)state;
    return deliver(r, &row);
}

int ptn_registry_tsv_read(const char *file, const char *text, size_t len, ptn_assignment_sink sink, void *ctx,
                          struct ptn_iana_info *info, struct ptn_err *err)
{
    struct ptn_iana_info unwanted;
    struct ptn_iana_reader r = {.file = file, .sink = sink, .ctx = ctx, .info = info ? info : &unwanted, .err = err};
    const char *end = text + len;
    unsigned number = 0;
    int rc = 0;

    *r.info = (struct ptn_iana_info){0};
    rc = check_bytes(&r, text, len);
    for (const char *p = text; rc == 0 && p < end;) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        char line[TSV_LINE_MAX];

        number++;
        if (!stop || stop - p >= TSV_LINE_MAX)
            return ptn_fail(err, -EINVAL, "%s:%u: a line %s", file, number, stop ? "too long" : "without its end");
        memcpy(line, p, (size_t)(stop - p));
        line[stop - p] = '\0';
        if (line[0] == '#')
            tsv_comment(r.info, line);
        else if (line[0])
            rc = tsv_row(&r, line, number);
        p = stop + 1;
    }
    return rc;
}
