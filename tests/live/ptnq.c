/*
 * Reads one list of a JSON document as lines.
 *     ptnq FILE LIST [KEY=VALUE...] KEY...
 * LIST and KEY are paths: `audit`, `against.new`, `owner.pid`. For each member of the list of which every KEY is VALUE,
 * prints the other KEYs, with a tab between. Null, empty and missing are `.`; a list of objects gives the first word of
 * each, joined by commas, a list of words gives these. Ends with 0, or 1 if no member fits, 2 if it is no JSON.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

static json_t *at(json_t *o, const char *path, size_t len)
{
    for (size_t n; o && len; path += n, len -= n) {
        const char *dot = memchr(path, '.', len);
        char key[64];
        n = dot ? (size_t)(dot - path) : len;
        snprintf(key, sizeof(key), "%.*s", (int)n, path);
        o = json_object_get(o, key);
        n += dot != NULL;
    }
    return o;
}

static void text(const json_t *v, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    if (json_is_string(v))
        snprintf(out, size, "%s", json_string_value(v));
    else if (json_is_integer(v))
        snprintf(out, size, "%lld", (long long)json_integer_value(v));
    else if (json_is_boolean(v))
        snprintf(out, size, "%s", json_is_true(v) ? "true" : "false");
    for (size_t i = 0; i < json_array_size(v) && used < size; i++) {
        json_t *m = json_array_get(v, i);
        if (json_is_object(m))
            m = json_object_iter_value(json_object_iter(m));
        used += (size_t)snprintf(out + used, size - used, "%s%s", i ? "," : "", json_string_value(m));
    }
    if (!out[0])
        snprintf(out, size, ".");
}

static int fits(json_t *member, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        const char *equals = strchr(argv[i], '=');
        char value[4096];
        if (!equals)
            continue;
        text(at(member, argv[i], (size_t)(equals - argv[i])), value, sizeof(value));
        if (strcmp(value, equals + 1) != 0)
            return 0;
    }
    return 1;
}

int main(int argc, char **argv)
{
    json_error_t error;
    json_t *doc = argc < 3 ? NULL : json_load_file(argv[1], 0, &error);
    int found = 0;
    if (!doc) {
        fprintf(stderr, "ptnq: %s\n", argc < 3 ? "FILE LIST KEY..." : error.text);
        return 2;
    }
    json_t *list = at(doc, argv[2], strlen(argv[2]));
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *member = json_array_get(list, i);
        if (!fits(member, argc - 3, argv + 3))
            continue;
        const char *gap = "";
        found = 1;
        for (int k = 3; k < argc; k++) {
            char value[4096];
            if (strchr(argv[k], '='))
                continue;
            text(at(member, argv[k], strlen(argv[k])), value, sizeof(value));
            printf("%s%s", gap, value);
            gap = "\t";
        }
        printf("\n");
    }
    json_decref(doc);
    return !found;
}
