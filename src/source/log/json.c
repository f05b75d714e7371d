/* JSON, piece by piece. */
#include "json.h"

#include <string.h>

void ptn_json_begin(struct ptn_json *json, struct ptn_slice text)
{
    json->at = text.len ? text.at : "";
    json->end = json->at + text.len;
    json->depth = 0;
    json->path_len = 0;
    json->path[0] = '\0';
    json->level[0].path_len = 0;
    json->level[0].array = true;
}

static void skip_blanks(struct ptn_json *json)
{
    while (json->at < json->end && (*json->at == ' ' || *json->at == ',' || (*json->at >= '\t' && *json->at <= '\r')))
        json->at++;
}

/* The end of a string whose first quote is behind us; NULL if it has none. */
static const char *string_end(const char *at, const char *end, bool *escaped)
{
    *escaped = false;
    for (const char *from = at; at < end; at++) {
        at = memchr(at, '"', (size_t)(end - at));
        if (!at)
            return NULL;
        const char *back = at;
        while (back > from && back[-1] == '\\')
            back--;
        if ((at - back) % 2 == 0) {
            *escaped = *escaped || memchr(from, '\\', (size_t)(at - from));
            return at;
        }
        *escaped = true;
        from = at + 1;
    }
    return NULL;
}

static bool read_string(struct ptn_json *json, struct ptn_slice *ret, bool *escaped)
{
    const char *from = json->at + 1;
    const char *end = string_end(from, json->end, escaped);
    if (!end)
        return false;
    *ret = (struct ptn_slice){from, (size_t)(end - from)};
    json->at = end + 1;
    return true;
}

static bool is_bare(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '+' ||
           c == '.';
}

static bool read_bare(struct ptn_json *json, struct ptn_slice *ret)
{
    const char *from = json->at;
    while (json->at < json->end && is_bare(*json->at))
        json->at++;
    *ret = (struct ptn_slice){from, (size_t)(json->at - from)};
    return ret->len > 0;
}

/* A path that does not fit becomes one that no name is. */
static void set_path(struct ptn_json *json, struct ptn_slice key)
{
    size_t len = json->level[json->depth].path_len;
    size_t dot = len > 0;
    if (len + dot + key.len >= PTN_JSON_PATH) {
        json->path_len = len;
        json->path[len < PTN_JSON_PATH - 1 ? len : PTN_JSON_PATH - 2] = '\n';
        json->path_len = len < PTN_JSON_PATH - 1 ? len + 1 : PTN_JSON_PATH - 1;
    } else {
        json->path[len] = '.';
        memcpy(json->path + len + dot, key.at, key.len);
        json->path_len = len + dot + key.len;
    }
    json->path[json->path_len] = '\0';
}

static void back_to_level(struct ptn_json *json)
{
    json->path_len = json->level[json->depth].path_len;
    json->path[json->path_len] = '\0';
}

static bool read_key(struct ptn_json *json)
{
    struct ptn_slice key;
    bool escaped;
    if (*json->at != '"' || !read_string(json, &key, &escaped))
        return false;
    set_path(json, key);
    skip_blanks(json);
    if (json->at == json->end || *json->at != ':')
        return false;
    json->at++;
    skip_blanks(json);
    return json->at < json->end;
}

static enum ptn_json_piece open_level(struct ptn_json *json)
{
    json->array = *json->at++ == '[';
    json->depth++;
    json->level[json->depth].path_len = (uint16_t)json->path_len;
    json->level[json->depth].array = json->array;
    if (json->depth < PTN_JSON_DEPTH)
        return PTN_JSON_OPEN;
    if (!ptn_json_skip(json).at)
        return PTN_JSON_BAD;
    json->value = (struct ptn_slice){json->at, 0};
    return PTN_JSON_VALUE;
}

static enum ptn_json_piece close_level(struct ptn_json *json)
{
    if (json->depth == 0 || (*json->at == ']') != json->level[json->depth].array)
        return PTN_JSON_BAD;
    json->at++;
    json->array = json->level[json->depth].array;
    back_to_level(json);
    json->depth--;
    return PTN_JSON_CLOSE;
}

enum ptn_json_piece ptn_json_next(struct ptn_json *json)
{
    skip_blanks(json);
    if (json->at == json->end)
        return json->depth ? PTN_JSON_BAD : PTN_JSON_END;
    if (*json->at == '}' || *json->at == ']')
        return close_level(json);
    back_to_level(json);
    if (!json->level[json->depth].array && !read_key(json))
        return PTN_JSON_BAD;
    if (*json->at == '{' || *json->at == '[')
        return open_level(json);
    json->string = *json->at == '"';
    json->escaped = false;
    bool good = json->string ? read_string(json, &json->value, &json->escaped) : read_bare(json, &json->value);
    return good ? PTN_JSON_VALUE : PTN_JSON_BAD;
}

struct ptn_slice ptn_json_skip(struct ptn_json *json)
{
    const char *from = json->at;
    bool escaped;
    for (size_t open = 1; json->at < json->end; json->at++) {
        char c = *json->at;
        if (c == '"') {
            const char *end = string_end(json->at + 1, json->end, &escaped);
            if (!end)
                break;
            json->at = end;
        } else if (c == '{' || c == '[') {
            open++;
        } else if ((c == '}' || c == ']') && --open == 0) {
            struct ptn_slice inner = {from, (size_t)(json->at++ - from)};
            json->depth--;
            return inner;
        }
    }
    json->at = json->end;
    return (struct ptn_slice){0};
}
