/* The grammar of columns: by position, or by a header that names them. */
#include "columns.h"

#include <string.h>

/* A cell in quotes, from its first quote on. Result: where it ends; what stands behind its last quote is left out. */
static const char *cut_quoted(const char *at, const char *end, char separator, struct ptn_slice *ret)
{
    const char *from = ++at;
    while (at < end && (*at != '"' || (at + 1 < end && at[1] == '"')))
        at += *at == '"' ? 2 : 1;
    *ret = (struct ptn_slice){from, (size_t)(at - from)};
    const char *next = memchr(at, separator, (size_t)(end - at));
    return next ? next : end;
}

static size_t cut_blanks(struct ptn_slice text, struct ptn_slice *cells, size_t room)
{
    const char *at = text.at, *end = text.at + text.len;
    size_t n = 0;
    while (n < room) {
        while (at < end && (*at == ' ' || *at == '\t'))
            at++;
        if (at == end)
            break;
        const char *from = at;
        while (at < end && *at != ' ' && *at != '\t')
            at++;
        cells[n++] = (struct ptn_slice){from, (size_t)(at - from)};
    }
    return n;
}

size_t ptn_columns_cut(struct ptn_slice text, char separator, struct ptn_slice *cells, size_t room)
{
    if (text.len == 0)
        return 0;
    if (separator == '\0' || separator == ' ')
        return cut_blanks(text, cells, room);
    const char *at = text.at, *end = text.at + text.len;
    for (size_t n = 0; n < room;) {
        const char *next;
        if (at < end && *at == '"') {
            next = cut_quoted(at, end, separator, &cells[n]);
        } else {
            next = at < end ? memchr(at, separator, (size_t)(end - at)) : NULL;
            next = next ? next : end;
            cells[n] = (struct ptn_slice){at, (size_t)(next - at)};
        }
        n++;
        if (next == end)
            return n;
        at = next + 1;
    }
    return room;
}

/* A header's name may have '_' for '-': "pkt_srcaddr". */
static bool is_name(struct ptn_slice cell, const char *name)
{
    size_t i = 0;
    while (i < cell.len && name[i] != '\0' && (cell.at[i] == name[i] || (cell.at[i] == '_' && name[i] == '-')))
        i++;
    return i == cell.len && name[i] == '\0';
}

/* A bit for each letter that a name begins with. */
static uint64_t first_letters(const struct ptn_format *format)
{
    uint64_t letters = 0;
    for (size_t i = 0; i < PTN_RECORD_NAMES && *format->names[i].name; i++)
        letters |= UINT64_C(1) << (format->names[i].name[0] & 63);
    return letters;
}

static size_t name_place(const struct ptn_format *format, struct ptn_slice cell)
{
    for (size_t i = 0; i < PTN_RECORD_NAMES && *format->names[i].name; i++)
        if (is_name(cell, format->names[i].name))
            return i + 1;
    return 0;
}

bool ptn_columns_learn(const struct ptn_format *format, char separator, const struct ptn_slice *cells, size_t n,
                       struct ptn_columns *ret)
{
    struct ptn_columns learnt = {.format = format, .separator = separator};
    unsigned slots = 0;
    uint64_t letters = first_letters(format);
    for (size_t i = 0; i < n && i < PTN_COLUMNS_MAX; i++) {
        bool may_be = cells[i].len && letters >> (*cells[i].at & 63) & 1;
        size_t place = may_be ? name_place(format, cells[i]) : 0;
        learnt.name[i] = (uint8_t)place;
        slots |= place ? 1u << format->names[place - 1].slot : 0;
        learnt.n = (uint8_t)(i + 1);
    }
    if (!(slots >> PTN_SLOT_SRC & 1) || !(slots >> PTN_SLOT_DST & 1))
        return false;
    *ret = learnt;
    return true;
}

void ptn_columns_assume(const struct ptn_format *format, char separator, const char *header, struct ptn_columns *ret)
{
    struct ptn_slice cells[PTN_COLUMNS_MAX];
    size_t n = ptn_columns_cut((struct ptn_slice){header, strlen(header)}, ' ', cells, PTN_COLUMNS_MAX);
    ptn_columns_learn(format, separator, cells, n, ret);
}

void ptn_columns_record(const struct ptn_columns *columns, const struct ptn_format *format,
                        const struct ptn_message *message, const struct ptn_slice *cells, size_t n,
                        struct ptn_record *ret)
{
    ptn_record_begin(ret, format, message);
    for (size_t i = 0; i < n && i < columns->n; i++)
        if (columns->name[i])
            ret->of[columns->name[i] - 1] = cells[i];
}

static size_t position(const char *name)
{
    size_t n = 0;
    while (*name >= '0' && *name <= '9')
        n = n * 10 + (size_t)(*name++ - '0');
    return n;
}

static bool by_place(const struct ptn_format *format)
{
    return format->names[0].name[0] >= '0' && format->names[0].name[0] <= '9';
}

bool ptn_columns_by_place(const struct ptn_format *format, const struct ptn_message *message,
                          const struct ptn_slice *cells, size_t n, struct ptn_record *ret)
{
    ptn_record_begin(ret, format, message);
    unsigned slots = 0;
    for (size_t i = 0; i < PTN_RECORD_NAMES && *format->names[i].name; i++) {
        size_t place = position(format->names[i].name);
        if (place >= n)
            continue;
        ret->of[i] = cells[place];
        slots |= 1u << format->names[i].slot;
    }
    return slots >> PTN_SLOT_SRC & 1 && slots >> PTN_SLOT_DST & 1;
}

enum ptn_line ptn_read_columns(const struct ptn_format *format, struct ptn_log_state *state,
                               const struct ptn_message *message, struct ptn_knocks *ret)
{
    struct ptn_slice cells[PTN_COLUMNS_MAX];
    struct ptn_record record;
    size_t n = ptn_columns_cut(message->text, format->separator, cells, PTN_COLUMNS_MAX);
    if (by_place(format)) {
        bool whole = ptn_columns_by_place(format, message, cells, n, &record);
        return whole ? ptn_record_take(&record, ptn_record_fill, ret) : PTN_LINE_BROKEN;
    }
    if (ptn_columns_learn(format, format->separator, cells, n, &state->columns))
        return PTN_LINE_HEADER;
    if (state->columns.format != format || state->columns.n != n)
        return PTN_LINE_OTHER_FORMAT;
    ptn_columns_record(&state->columns, format, message, cells, n, &record);
    return ptn_record_take(&record, ptn_record_fill, ret);
}
