#include "kind.h"

#include <stdbool.h>
#include <string.h>

static const struct {
    const char *octets;
    size_t len;
    enum ptn_log_kind kind;
} magics[] = {
    {"LPKSHHRH", 8, PTN_KIND_JOURNAL},
    {"__CURSOR=", 9, PTN_KIND_EXPORT},
    {"__REALTIME_TIMESTAMP=", 21, PTN_KIND_EXPORT},
    {"\xa1\xb2\xc3\xd4", 4, PTN_KIND_CAPTURE},
    {"\xd4\xc3\xb2\xa1", 4, PTN_KIND_CAPTURE},
    {"\xa1\xb2\x3c\x4d", 4, PTN_KIND_CAPTURE},
    {"\x4d\x3c\xb2\xa1", 4, PTN_KIND_CAPTURE},
    {"\x0a\x0d\x0d\x0a", 4, PTN_KIND_CAPTURE},
};

static bool is_blank(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t skip_blanks(const unsigned char *p, size_t len, size_t i)
{
    while (i < len && is_blank(p[i]))
        i++;
    return i;
}

/* Whether the object that begins at i is still open where its first line ends. */
static bool goes_on(const unsigned char *p, size_t len, size_t i)
{
    size_t depth = 0;
    bool quoted = false;
    for (; i < len; i++) {
        if (quoted && p[i] == '\\')
            i++;
        else if (p[i] == '"')
            quoted = !quoted;
        else if (!quoted && (p[i] == '{' || p[i] == '['))
            depth++;
        else if (!quoted && (p[i] == '}' || p[i] == ']') && (depth == 0 || --depth == 0))
            return false;
        else if (p[i] == '\n')
            return !quoted; /* a line break within quotes is no JSON */
    }
    return true;
}

/* Lines of whole objects are lines; an array of objects is taken apart, so that it may have any length. */
static bool is_json(const unsigned char *p, size_t len)
{
    size_t i = skip_blanks(p, len, 0);
    if (i == len)
        return false;
    if (p[i] == '{') {
        size_t next = skip_blanks(p, len, i + 1);
        return next < len && (p[next] == '"' || p[next] == '}') && goes_on(p, len, i);
    }
    if (p[i] != '[')
        return false;
    i = skip_blanks(p, len, i + 1);
    return i < len && p[i] == '{';
}

#define LOOKED_AT 4096

/* Zeros at the very beginning are the hole that a truncated log has whose writer did not notice. */
static bool is_binary(const unsigned char *p, size_t len)
{
    size_t i = 0, zeros = 0, controls = 0;
    while (i < len && !p[i])
        i++;
    size_t end = len - i < LOOKED_AT ? len : i + LOOKED_AT, n = end - i;
    for (; i < end; i++) {
        zeros += !p[i];
        controls += p[i] < 32 && !is_blank(p[i]) && p[i] != 27;
    }
    return zeros > n / 64 || controls > n / 8;
}

enum ptn_log_kind ptn_log_kind(const unsigned char *head, size_t len)
{
    if (!len)
        return PTN_KIND_EMPTY;
    for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
        if (len >= magics[i].len && memcmp(head, magics[i].octets, magics[i].len) == 0)
            return magics[i].kind;
    return is_json(head, len) ? PTN_KIND_JSON : is_binary(head, len) ? PTN_KIND_BINARY : PTN_KIND_LINES;
}
