/* JSON (RFC 8259) into an array of nodes: one pass, no recursion. */
#include "json_node.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    struct ptn_json_doc *doc;
    const char *at, *end;
    char *string; /* where the next one goes */
    const char *why;
    uint32_t open[PTN_JSON_DEPTH]; /* arrays and objects we are in */
    unsigned depth;
};

static int wrong(struct reading *r, const char *why)
{
    r->why = why;
    return -EINVAL;
}

static void skip_blanks(struct reading *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r'))
        r->at++;
}

static struct ptn_json *add(struct reading *r, enum ptn_json_kind kind)
{
    struct ptn_json_doc *d = r->doc;
    if (d->n == d->room) {
        size_t room = d->room ? d->room * 2 : 256;
        struct ptn_json *more = room > UINT32_MAX ? NULL : reallocarray(d->nodes, room, sizeof(*more));
        if (!more)
            return NULL;
        d->nodes = more;
        d->room = room;
    }
    struct ptn_json *j = &d->nodes[d->n++];
    *j = (struct ptn_json){.kind = (uint8_t)kind, .skip = 1};
    return j;
}

/* ---- strings ------------------------------------------------------------------------------------------------------
 */

static int hex4(const char *p, const char *end, uint32_t *ret)
{
    *ret = 0;
    for (int i = 0; i < 4; i++, p++) {
        if (p >= end)
            return -1;
        char c = *p;
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return -1;
        *ret = *ret << 4 | (uint32_t)digit;
    }
    return 0;
}

static char *put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        *out++ = (char)c;
    } else if (c < 0x800) {
        *out++ = (char)(0xc0 | c >> 6);
        *out++ = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        *out++ = (char)(0xe0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 0x3f));
        *out++ = (char)(0x80 | (c & 0x3f));
    } else {
        *out++ = (char)(0xf0 | c >> 18);
        *out++ = (char)(0x80 | (c >> 12 & 0x3f));
        *out++ = (char)(0x80 | (c >> 6 & 0x3f));
        *out++ = (char)(0x80 | (c & 0x3f));
    }
    return out;
}

/* \uXXXX, at the u; a pair of surrogates is one character. */
static int unicode(struct reading *r, char **out)
{
    uint32_t c, low;
    if (hex4(r->at + 1, r->end, &c) < 0)
        return wrong(r, "a \\u without its four digits");
    r->at += 5;
    if (c >= 0xd800 && c < 0xdc00) {
        if (r->end - r->at < 6 || r->at[0] != '\\' || r->at[1] != 'u' || hex4(r->at + 2, r->end, &low) < 0 ||
            low < 0xdc00 || low > 0xdfff)
            return wrong(r, "half a character");
        r->at += 6;
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    } else if (c >= 0xdc00 && c < 0xe000) {
        return wrong(r, "half a character");
    }
    if (c == 0)
        return wrong(r, "a NUL in a string");
    *out = put_utf8(*out, c);
    return 0;
}

static int escape(struct reading *r, char **out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (++r->at >= r->end)
        return wrong(r, "a string without end");
    if (*r->at == 'u')
        return unicode(r, out);
    const char *found = *r->at ? strchr(from, *r->at) : NULL;
    if (!found)
        return wrong(r, "an unknown escape in a string");
    *(*out)++ = to[found - from];
    r->at++;
    return 0;
}

/* One character of more than one octet: RFC 3629, section 4. */
static int copy_utf8(struct reading *r, char **out)
{
    const unsigned char *p = (const unsigned char *)r->at;
    int len = *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : 2;
    bool good = *p >= 0xc2 && *p <= 0xf4 && r->end - r->at >= len;
    for (int i = 1; good && i < len; i++)
        good = (p[i] & 0xc0) == 0x80;
    if (!good || (*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f) || (*p == 0xf0 && p[1] < 0x90) ||
        (*p == 0xf4 && p[1] > 0x8f))
        return wrong(r, "a string that is not UTF-8");
    memcpy(*out, p, (size_t)len);
    *out += len;
    r->at += len;
    return 0;
}

static int read_string(struct reading *r)
{
    struct ptn_json *j = add(r, PTN_JSON_STRING);
    char *out = r->string;
    int e = 0;
    if (!j)
        return -ENOMEM;
    for (r->at++; e == 0;) {
        const char *from = r->at;
        while (r->at < r->end && *r->at != '"' && *r->at != '\\' && (unsigned char)*r->at >= 0x20 &&
               (unsigned char)*r->at < 0x80)
            r->at++;
        memcpy(out, from, (size_t)(r->at - from));
        out += r->at - from;
        if (r->at >= r->end)
            return wrong(r, "a string without end");
        if (*r->at == '"')
            break;
        if ((unsigned char)*r->at < 0x20)
            return wrong(r, "a control character in a string");
        e = *r->at == '\\' ? escape(r, &out) : copy_utf8(r, &out);
    }
    if (e < 0)
        return e;
    r->at++;
    *out = '\0';
    j->text = r->string;
    j->len = (uint32_t)(out - r->string);
    r->string = out + 1;
    return 0;
}

/* ---- other values -------------------------------------------------------------------------------------------------
 */

static int read_word(struct reading *r)
{
    static const struct {
        const char *text;
        enum ptn_json_kind kind;
    } words[] = {{"null", PTN_JSON_NULL}, {"true", PTN_JSON_TRUE}, {"false", PTN_JSON_FALSE}};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        size_t len = strlen(words[i].text);
        if ((size_t)(r->end - r->at) >= len && memcmp(r->at, words[i].text, len) == 0) {
            r->at += len;
            return add(r, words[i].kind) ? 0 : -ENOMEM;
        }
    }
    return wrong(r, "no JSON");
}

static size_t digits(struct reading *r, uint64_t *n, bool *fits)
{
    const char *from = r->at;
    for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++) {
        *fits = *fits && *n <= (INT64_MAX - 9) / 10;
        *n = *fits ? *n * 10 + (uint64_t)(*r->at - '0') : 0;
    }
    return (size_t)(r->at - from);
}

static int read_number(struct reading *r)
{
    bool minus = *r->at == '-', whole = true;
    uint64_t n = 0, rest = 0;
    r->at += minus;
    if (!digits(r, &n, &whole))
        return wrong(r, "no JSON");
    if (r->at < r->end && *r->at == '.') {
        r->at++;
        if (!digits(r, &rest, &whole))
            return wrong(r, "a number without digits");
        whole = false;
    }
    if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
        r->at++;
        if (r->at < r->end && (*r->at == '+' || *r->at == '-'))
            r->at++;
        if (!digits(r, &rest, &whole))
            return wrong(r, "a number without digits");
        whole = false;
    }
    struct ptn_json *j = add(r, whole ? PTN_JSON_NUMBER : PTN_JSON_REAL);
    if (!j)
        return -ENOMEM;
    j->number = minus ? -(int64_t)n : (int64_t)n;
    return 0;
}

static int open_one(struct reading *r, enum ptn_json_kind kind)
{
    if (r->depth == PTN_JSON_DEPTH)
        return wrong(r, "values nested too deep");
    r->open[r->depth++] = (uint32_t)r->doc->n;
    r->at++;
    return add(r, kind) ? 0 : -ENOMEM;
}

static int read_value(struct reading *r)
{
    skip_blanks(r);
    if (r->at >= r->end)
        return wrong(r, "the text ends within a value");
    switch (*r->at) {
    case '{':
        return open_one(r, PTN_JSON_OBJECT);
    case '[':
        return open_one(r, PTN_JSON_ARRAY);
    case '"':
        return read_string(r);
    case 't':
    case 'f':
    case 'n':
        return read_word(r);
    default:
        return read_number(r);
    }
}

static int read_key(struct reading *r)
{
    skip_blanks(r);
    if (r->at >= r->end || *r->at != '"')
        return wrong(r, "a member without a name");
    int e = read_string(r);
    skip_blanks(r);
    if (e == 0 && (r->at >= r->end || *r->at != ':'))
        return wrong(r, "a member without a value");
    r->at += e == 0;
    return e;
}

/* What stands after a value, or after an opening bracket. Result: 1 if another value comes, 0 at the end of all. */
static int after(struct reading *r)
{
    while (r->depth) {
        struct ptn_json *in = &r->doc->nodes[r->open[r->depth - 1]];
        bool object = in->kind == PTN_JSON_OBJECT, first = r->doc->n == r->open[r->depth - 1] + 1u;
        skip_blanks(r);
        if (r->at >= r->end)
            return wrong(r, "the text ends within a value");
        if (*r->at == (object ? '}' : ']')) {
            r->at++;
            r->depth--;
            in->skip = (uint32_t)(r->doc->n - (size_t)(in - r->doc->nodes));
            continue;
        }
        if (!first && *r->at != ',')
            return wrong(r, "a comma is missing");
        r->at += !first;
        in->len++;
        int e = object ? read_key(r) : 0;
        return e < 0 ? e : 1;
    }
    return 0;
}

int ptn_json_read(struct ptn_json_doc *d, const char *text, size_t len, const char **why, size_t *at)
{
    struct reading r = {.doc = d, .at = text, .end = text + len};
    if (len >= UINT32_MAX)
        return -ENOMEM;
    if (d->strings_room < len + 1) {
        free(d->strings);
        d->strings_room = len + len / 2 + 1;
        d->strings = malloc(d->strings_room);
        if (!d->strings)
            d->strings_room = 0;
    }
    if (!d->strings)
        return -ENOMEM;
    r.string = d->strings;
    d->n = 0;
    int e = read_value(&r);
    while (e == 0 && (e = after(&r)) == 1)
        e = read_value(&r);
    skip_blanks(&r);
    if (e == 0 && r.at < r.end)
        e = wrong(&r, "something after the value");
    if (e == -EINVAL) {
        *why = r.why;
        *at = (size_t)(r.at - text);
    }
    return e;
}

void ptn_json_release(struct ptn_json_doc *d)
{
    free(d->nodes);
    free(d->strings);
    *d = (struct ptn_json_doc){0};
}

/* ---- looking ------------------------------------------------------------------------------------------------------
 */

bool ptn_json_equals(const struct ptn_json *j, const char *text)
{
    return ptn_json_is(j, PTN_JSON_STRING) && strcmp(j->text, text) == 0;
}

const struct ptn_json *ptn_json_get(const struct ptn_json *j, const char *key)
{
    if (!ptn_json_is(j, PTN_JSON_OBJECT))
        return NULL;
    size_t len = strlen(key);
    const struct ptn_json *at = j + 1;
    for (uint32_t i = 0; i < j->len; i++, at = ptn_json_next(at + 1))
        if (at->len == len && memcmp(at->text, key, len) == 0)
            return at + 1;
    return NULL;
}

const struct ptn_json *ptn_json_at(const struct ptn_json *j, uint32_t index)
{
    if (!ptn_json_is(j, PTN_JSON_ARRAY) || index >= j->len)
        return NULL;
    const struct ptn_json *at = j + 1;
    while (index--)
        at = ptn_json_next(at);
    return at;
}

bool ptn_json_has(const struct ptn_json *j, const char *word)
{
    if (ptn_json_is(j, PTN_JSON_ARRAY)) {
        PTN_JSON_EACH(item, j)
        if (ptn_json_equals(item, word))
            return true;
    }
    return ptn_json_equals(j, word);
}

const char *ptn_json_only(const struct ptn_json *j, const struct ptn_json **ret)
{
    if (!ptn_json_is(j, PTN_JSON_OBJECT) || j->len != 1)
        return NULL;
    *ret = j + 2;
    return j[1].text;
}

int64_t ptn_json_number(const struct ptn_json *j, int64_t max)
{
    return ptn_json_is(j, PTN_JSON_NUMBER) && j->number >= 0 && j->number <= max ? j->number : -1;
}
