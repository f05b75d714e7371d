/* Envelopes in JSON: journalctl -o json, docker's json-file, GELF, the Beats, rsyslog, syslog-ng, Fluentd, Vector. */
#include <string.h>

#include "base/text.h"
#include "envelope.h"
#include "json.h"
#include "slot.h"

#define TIME_MAX_MICROS 253402300799999999

/* Where what was unescaped goes. */
struct room {
    char *at;
    const char *end;
};

enum field { MESSAGE, HOST, TAG, TIME, STAMP, FIELDS };

struct wrapped {
    struct ptn_slice of[FIELDS];
    int surety; /* that it is an envelope: two things must say so */
};

static const struct name {
    const char *path;
    enum field field;
    int surety;
} names[] = {
    {"MESSAGE", MESSAGE, 1},
    {"__REALTIME_TIMESTAMP", TIME, 1},
    {"_SOURCE_REALTIME_TIMESTAMP", TIME, 1},
    {"_HOSTNAME", HOST, 1},
    {"SYSLOG_IDENTIFIER", TAG, 1},
    {"log", MESSAGE, 1},
    {"stream", FIELDS, 1},
    {"time", STAMP, 0},
    {"_raw", MESSAGE, 2}, /* Splunk's exports */
    {"_time", STAMP, 1},
    {"result._raw", MESSAGE, 2},
    {"result._time", STAMP, 1},
    {"event.original", MESSAGE, 1},
    {"full_log", MESSAGE, 2}, /* Wazuh */
    {"line", MESSAGE, 2},     /* Loki */
    {"labels", FIELDS, 1},
    {"date", STAMP, 1}, /* Fluent Bit */
    {"short_message", MESSAGE, 1},
    {"full_message", MESSAGE, 1},
    {"version", FIELDS, 1},
    {"message", MESSAGE, 0},
    {"msg", MESSAGE, 0},
    {"@timestamp", STAMP, 1},
    {"timestamp", STAMP, 0},
    {"ISODATE", STAMP, 1},
    {"DATE", STAMP, 0},
    {"agent.type", FIELDS, 1},
    {"@metadata.beat", FIELDS, 1},
    {"log.file.path", FIELDS, 1},
    {"source_type", FIELDS, 1},
    {"logStream", FIELDS, 1},
    {"facility", FIELDS, 1},
    {"severity", FIELDS, 1},
    {"PRIORITY", FIELDS, 1},
    {"syslog-tag", TAG, 1},
    {"syslogtag", TAG, 1},
    {"programname", TAG, 1},
    {"PROGRAM", TAG, 1},
    {"appname", TAG, 1},
    {"ident", TAG, 1},
    {"host", HOST, 0},
    {"HOST", HOST, 1},
    {"hostname", HOST, 0},
    {"host.name", HOST, 0},
    {"src", FIELDS, -9}, /* somebody took the message apart already */
    {"src_ip", FIELDS, -9},
    {"srcip", FIELDS, -9},
    {"source.ip", FIELDS, -9},
};

static int hex4(const char *at, const char *end)
{
    int value = 0;
    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int c = at[i] | 32, digit = at[i] >= '0' && at[i] <= '9' ? at[i] - '0'
                                    : c >= 'a' && c <= 'f'       ? c - 'a' + 10
                                                                 : -1;
        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

static void put(struct room *room, unsigned c)
{
    if (room->at < room->end)
        *room->at++ = (char)c;
}

static void put_utf8(struct room *room, unsigned c)
{
    if (c < 0x80) {
        put(room, c);
        return;
    }
    if (c < 0x800) {
        put(room, 0xc0 | c >> 6);
    } else if (c < 0x10000) {
        put(room, 0xe0 | c >> 12);
        put(room, 0x80 | (c >> 6 & 0x3f));
    } else {
        put(room, 0xf0 | c >> 18);
        put(room, 0x80 | (c >> 12 & 0x3f));
        put(room, 0x80 | (c >> 6 & 0x3f));
    }
    put(room, 0x80 | (c & 0x3f));
}

/* "u00e9" behind a backslash; two of them where they are a pair. Result: what is behind. */
static const char *unescape_unicode(struct room *room, const char *at, const char *end)
{
    int c = hex4(at + 1, end), low;
    if (c < 0) {
        put(room, '?');
        return at + 1;
    }
    at += 5;
    if (c >= 0xd800 && c < 0xdc00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u' &&
        (low = hex4(at + 2, end)) >= 0xdc00) {
        put_utf8(room, 0x10000u + (((unsigned)c & 0x3ff) << 10 | ((unsigned)low & 0x3ff)));
        return at + 6;
    }
    put_utf8(room, (unsigned)c);
    return at;
}

static struct ptn_slice unescape(struct room *room, struct ptn_slice s)
{
    static const char from[] = "ntrbf", to[] = "\n\t\r\b\f";
    const char *begin = room->at, *end = s.at + s.len;
    for (const char *at = s.at; at < end;) {
        if (*at != '\\' || at + 1 == end) {
            put(room, (unsigned char)*at++);
            continue;
        }
        at++;
        const char *known = memchr(from, *at, sizeof(from) - 1);
        if (*at == 'u') {
            at = unescape_unicode(room, at, end);
            continue;
        }
        put(room, (unsigned char)(known ? to[known - from] : *at));
        at++;
    }
    return (struct ptn_slice){begin, (size_t)(room->at - begin)};
}

static const struct name *find(const char *path)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (strcmp(names[i].path, path) == 0)
            return &names[i];
    return NULL;
}

/* The journal writes what is no text as an array of octets. */
static bool read_octets(struct ptn_json *json, struct room *room, struct ptn_slice *ret)
{
    const char *begin = room->at;
    enum ptn_json_piece piece;
    while ((piece = ptn_json_next(json)) == PTN_JSON_VALUE) {
        long c = ptn_number(json->value.at, json->value.len, 255);
        if (c < 0)
            return false;
        put(room, (unsigned)c);
    }
    *ret = (struct ptn_slice){begin, (size_t)(room->at - begin)};
    return piece == PTN_JSON_CLOSE;
}

static bool read_wrapped(struct ptn_slice line, struct room *room, struct wrapped *ret)
{
    struct ptn_json json;
    enum ptn_json_piece piece;
    ptn_json_begin(&json, line);
    while ((piece = ptn_json_next(&json)) > PTN_JSON_BAD) {
        const struct name *name = find(json.path);
        if (!name || piece == PTN_JSON_CLOSE || (piece == PTN_JSON_OPEN && !json.array))
            continue;
        struct ptn_slice value = json.value, *to = name->field < FIELDS ? &ret->of[name->field] : NULL;
        if (piece == PTN_JSON_OPEN) {
            if (name->field != MESSAGE || !read_octets(&json, room, &value))
                return false;
        } else if (json.escaped && to && !to->len) {
            value = unescape(room, value);
        }
        ret->surety += name->surety;
        if (to && !to->len)
            *to = value;
    }
    return piece == PTN_JSON_END && ret->of[MESSAGE].len && ret->surety >= 2;
}

/* Most lines of JSON are no envelopes: what none of these stands in is not looked at. */
static bool may_be(struct ptn_slice line)
{
    static const char *const marks[] = {"\"MESSAGE\"", "\"log\":",     "\"short_message\"", "\"message\"", "\"msg\"",
                                        "\"_raw\"",    "\"full_log\"", "\"original\"",      "\"line\""};
    for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
        if (memmem(line.at, line.len, marks[i], strlen(marks[i])))
            return true;
    return false;
}

/* "kernel:", "filterlog[123]:" */
static struct ptn_slice program(struct ptn_slice tag)
{
    size_t n = 0;
    while (n < tag.len && tag.at[n] != '[' && tag.at[n] != ':')
        n++;
    return (struct ptn_slice){tag.at, n};
}

bool ptn_envelope_json(struct ptn_slice line, char *room, struct ptn_message *ret)
{
    struct wrapped w = {0};
    struct room r = {room, room + line.len};
    struct ptn_clock utc = {.utc = true};
    if (!may_be(line) || !read_wrapped(line, &r, &w))
        return false;
    long n = w.of[TIME].len ? ptn_number(w.of[TIME].at, w.of[TIME].len, TIME_MAX_MICROS) : -1;
    if (n >= 0)
        ret->time = n;
    else if (!w.of[STAMP].len || !ptn_stamp_read(&utc, w.of[STAMP].at, w.of[STAMP].len, &ret->time))
        ret->time = PTN_NO_TIME;
    ret->host = w.of[HOST];
    ret->tag = program(w.of[TAG]);
    ret->text = w.of[MESSAGE];
    while (ret->text.len && (ret->text.at[ret->text.len - 1] == '\n' || ret->text.at[ret->text.len - 1] == '\r'))
        ret->text.len--;
    return true;
}
