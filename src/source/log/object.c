/* The grammar of objects: JSON, by paths. */
#include "record.h"

#include <string.h>

#include "json.h"

#define NO_NAME PTN_RECORD_NAMES

struct reading {
    struct ptn_json json;
    struct ptn_record record;
    unsigned depth; /* that of a record's own members */
    enum ptn_line line;
    ptn_record_taker take;
    struct ptn_knocks *knocks;
};

/* How far a name goes along with the path. */
static size_t along(const char *name, const struct ptn_json *json)
{
    size_t i = 0;
    while (i < json->path_len && name[i] != '\0' && name[i] == json->path[i])
        i++;
    return i;
}

/* How long the names of a format are; of the last format of this thread, since lines come in runs. */
static const uint8_t *name_lengths(const struct ptn_format *format, size_t *n)
{
    static _Thread_local const struct ptn_format *of;
    static _Thread_local uint8_t lengths[PTN_RECORD_NAMES];
    static _Thread_local size_t count;
    if (of != format) {
        for (count = 0; count < PTN_RECORD_NAMES && *format->names[count].name; count++)
            lengths[count] = (uint8_t)strlen(format->names[count].name);
        of = format;
    }
    *n = count;
    return lengths;
}

static size_t name_of_path(const struct ptn_format *format, const struct ptn_json *json)
{
    size_t n;
    const uint8_t *lengths = name_lengths(format, &n);
    for (size_t i = 0; i < n; i++)
        if (lengths[i] == json->path_len && memcmp(format->names[i].name, json->path, json->path_len) == 0)
            return i;
    return NO_NAME;
}

/* Whether a name lies at or below the path. */
static bool leads_to_name(const struct ptn_format *format, const struct ptn_json *json)
{
    for (size_t i = 0; i < PTN_RECORD_NAMES && *format->names[i].name; i++) {
        const char *name = format->names[i].name;
        char next = along(name, json) == json->path_len ? name[json->path_len] : 'x';
        if (json->path_len == 0 || next == '\0' || next == '.')
            return true;
    }
    return false;
}

/* A whole number that was written as a fraction: 443.0. */
static struct ptn_slice whole(const struct ptn_json *json)
{
    struct ptn_slice v = json->value;
    if (!json->string && v.len > 2 && v.at[v.len - 1] == '0' && v.at[v.len - 2] == '.')
        v.len -= 2;
    return v;
}

static void keep(struct ptn_record *record, size_t i, struct ptn_slice value, bool escaped)
{
    if (i == NO_NAME || record->of[i].len)
        return;
    record->of[i] = value;
    record->escaped |= (uint64_t)escaped << i;
}

/* {"records": [...]}, as event hubs put around them: the objects of the array are the records, and paths begin there.
 */
static bool is_wrapper(const struct reading *r)
{
    static const char *const names[] = {"records", "Records", "entries", NULL};
    struct ptn_slice path = {r->json.path, r->json.path_len};
    if (!r->json.array || r->json.depth != 2 || r->depth != 1)
        return false;
    for (const char *const *name = names; *name; name++)
        if (ptn_cell_is(path, *name))
            return true;
    return false;
}

/* What was opened is a record, a part of one, or of no use. Result: false if it has no end. */
static bool enter(struct reading *r)
{
    const struct ptn_format *format = r->record.format;
    if (!r->json.array && (r->json.depth == r->depth || r->json.depth == 1)) {
        r->depth = r->json.depth;
        ptn_record_begin(&r->record, format, r->record.message);
        return true;
    }
    if (is_wrapper(r)) {
        r->json.level[r->json.depth].path_len = 0;
        r->depth = r->json.depth + 1;
        return true;
    }
    if (r->json.depth >= r->depth && !leads_to_name(format, &r->json))
        return ptn_json_skip(&r->json).at;
    size_t i = r->json.array ? name_of_path(format, &r->json) : NO_NAME;
    if (i == NO_NAME || r->json.depth <= r->depth || format->names[i].slot != PTN_SLOT_NOTHING)
        return true;
    struct ptn_slice all = ptn_json_skip(&r->json);
    keep(&r->record, i, all, false);
    return all.at;
}

static bool step(struct reading *r, enum ptn_json_piece piece)
{
    switch (piece) {
    case PTN_JSON_OPEN:
        return enter(r);
    case PTN_JSON_VALUE:
        if (r->json.depth >= r->depth)
            keep(&r->record, name_of_path(r->record.format, &r->json), whole(&r->json), r->json.escaped);
        return true;
    case PTN_JSON_CLOSE:
        if (r->json.depth + 1 == r->depth && !r->json.array)
            r->line = ptn_record_take(&r->record, r->take, r->knocks);
        return true;
    default:
        return false;
    }
}

static struct ptn_slice json_text(struct ptn_slice text)
{
    static const char cookie[] = "@cee:";
    if (ptn_cell_begins(text, cookie))
        text = (struct ptn_slice){text.at + sizeof(cookie) - 1, text.len - (sizeof(cookie) - 1)};
    while (text.len && (*text.at == ' ' || (*text.at >= '\t' && *text.at <= '\r')))
        text = (struct ptn_slice){text.at + 1, text.len - 1};
    return text;
}

/* A record without its end is broken, unless it is plain already that it is a remark. */
static enum ptn_line cut_off(struct reading *r)
{
    if (r->json.depth < r->depth)
        return r->line;
    enum ptn_line line = ptn_record_take(&r->record, r->take, r->knocks);
    if (line != PTN_LINE_PACKET)
        return line;
    r->knocks->n--;
    return PTN_LINE_BROKEN;
}

enum ptn_line ptn_read_object(const struct ptn_format *format, struct ptn_log_state *state,
                              const struct ptn_message *message, struct ptn_knocks *ret)
{
    (void)state;
    struct ptn_slice text = json_text(message->text);
    if (text.len == 0 || (*text.at != '{' && *text.at != '['))
        return PTN_LINE_OTHER_FORMAT;
    struct reading r = {.take = format->take ? format->take : ptn_record_fill,
                        .knocks = ret,
                        .depth = *text.at == '[' ? 2 : 1,
                        .line = PTN_LINE_REMARK};
    size_t before = ret->n;
    ptn_record_begin(&r.record, format, message);
    ptn_json_begin(&r.json, text);
    enum ptn_json_piece piece;
    do
        piece = ptn_json_next(&r.json);
    while (step(&r, piece));
    if (piece != PTN_JSON_END)
        r.line = cut_off(&r);
    return ret->n > before ? PTN_LINE_PACKET : r.line;
}
