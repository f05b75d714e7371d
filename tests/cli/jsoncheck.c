/* Reads one JSON document and checks it:
 *
 *     jsoncheck lookup.0.claims.0.service=ssh lookup.0.claims.0.errata='[]' lookup=#2 <DOCUMENT
 *
 * A value is a string, a number, true, false, null, [] or {} (empty), #N (so many items), ? (there is one). Numbers in
 * a path count from 0; `-` is the last. */
#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *step(json_t *at, const char *word)
{
    size_t n = json_array_size(at);
    if (!json_is_array(at))
        return json_object_get(at, word);
    if (strcmp(word, "-") == 0)
        return n ? json_array_get(at, n - 1) : NULL;
    return isdigit((unsigned char)*word) ? json_array_get(at, strtoul(word, NULL, 10)) : NULL;
}

static int is(const json_t *v, const char *want)
{
    char *text = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
    int same = text && strcmp(text, want) == 0;
    free(text);
    if (strcmp(want, "?") == 0)
        return v != NULL;
    if (*want == '#')
        return (json_is_array(v) ? json_array_size(v) : json_object_size(v)) == strtoul(want + 1, NULL, 10);
    return same || (json_is_string(v) && strcmp(json_string_value(v), want) == 0);
}

static int check(json_t *document, const char *claim)
{
    char path[256];
    const char *equals = strchr(claim, '=');
    json_t *at = document;
    if (!equals || (size_t)(equals - claim) >= sizeof(path)) {
        fprintf(stderr, "jsoncheck: %s: expected PATH=VALUE\n", claim);
        return 0;
    }
    snprintf(path, sizeof(path), "%.*s", (int)(equals - claim), claim);
    for (char *save, *w = strtok_r(path, ".", &save); w && at; w = strtok_r(NULL, ".", &save))
        at = step(at, w);
    if (at && is(at, equals + 1))
        return 1;
    char *text = at ? json_dumps(at, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    fprintf(stderr, "jsoncheck: %s is wrong: it is %.200s\n", claim, text ? text : "not there");
    free(text);
    return 0;
}

int main(int argc, char **argv)
{
    json_error_t where;
    json_t *document = json_loadf(stdin, 0, &where);
    int good = 1;
    if (!document) {
        fprintf(stderr, "jsoncheck: line %d: %s\n", where.line, where.text);
        return 1;
    }
    for (int i = 1; i < argc; i++)
        good &= check(document, argv[i]);
    json_decref(document);
    return !good;
}
