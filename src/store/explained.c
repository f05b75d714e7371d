#include "explained.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "document.h"
#include "portolan.h"

#define NAMED 8         /* ports or sources in a sentence; the rest is counted */
#define GROWN 3         /* times */
#define GROWN_LEAST 100 /* lines; fewer grow by chance */

static const char *text_of(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

static json_int_t number_of(const json_t *o, const char *key)
{
    return json_integer_value(json_object_get(o, key));
}

/* Octets of a text's begin, at most `most`, that end with a whole character. */
static int fit(const char *text, size_t most)
{
    size_t n = strlen(text);
    if (n <= most)
        return (int)n;
    for (n = most; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;)
        n--;
    return (int)n;
}

static const char *title_of(const json_t *item, int *len)
{
    const char *title = text_of(item, "title");
    *len = fit(title, 200);
    return title;
}

/* How bad a verdict's word is; -1 for one that is not known here. */
static int badness(const char *word)
{
    static const char *const words[] = {
#define X(id, word) [PTN_VERDICT_##id] = word,
        PTN_VERDICTS(X)
#undef X
    };
    for (int i = 0; i < (int)(sizeof(words) / sizeof(*words)); i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

static const json_t *find(const json_t *items, const char *cause)
{
    for (size_t i = 0; i < json_array_size(items); i++)
        if (strcmp(text_of(json_array_get(items, i), "cause"), cause) == 0)
            return json_array_get(items, i);
    return NULL;
}

static int add(json_t *to, const json_t *item, const char *change, const char *what)
{
    return json_array_append_new(to, json_pack("{s:s, s:s, s:s, s:s}", "cause", text_of(item, "cause"), "verdict",
                                               text_of(item, "verdict"), "change", change, "what", what)) < 0
               ? -ENOMEM
               : 0;
}

/* ---- ports and sources that were not named before
 * -------------------------------------------------------------------- */

/* What is listed of a paragraph: by which keys two of a list are the same. */
struct listed {
    const char *list, *change, *what;
    const char *keys[4];
    void (*name)(const json_t *, char *out, size_t size);
};

static void name_port(const json_t *p, char *out, size_t size)
{
    const json_t *port = json_object_get(p, "port"), *type = json_object_get(p, "icmp_type");
    const char *name = text_of(p, "name");
    int n = json_is_integer(port)
                ? snprintf(out, size, "%lld/%s", (long long)json_integer_value(port), text_of(p, "proto"))
            : json_is_integer(type)
                ? snprintf(out, size, "%s %lld", text_of(p, "proto"), (long long)json_integer_value(type))
                : snprintf(out, size, "protocol");
    if (n > 0 && (size_t)n < size && *name)
        snprintf(out + n, size - (size_t)n, " %.*s", fit(name, 48), name);
}

static void name_source(const json_t *s, char *out, size_t size)
{
    const char *address = text_of(s, "address"), *name = text_of(s, "name");
    bool network = number_of(s, "prefix") < (strchr(address, ':') ? 128 : 32);
    int n = network ? snprintf(out, size, "%s/%lld", address, (long long)number_of(s, "prefix"))
                    : snprintf(out, size, "%s", address);
    if (n > 0 && (size_t)n < size && *name)
        snprintf(out + n, size - (size_t)n, " (%.*s)", fit(name, 48), name);
}

static const struct listed kinds[] = {
    {"ports", "port", "ports not seen there before", {"proto", "port", "icmp_type", "icmp_code"}, name_port},
    {"suspects", "source", "sources not seen there before", {"address", "prefix"}, name_source},
};

static bool same(const struct listed *kind, const json_t *a, const json_t *b)
{
    for (size_t i = 0; i < 4 && kind->keys[i]; i++) {
        const json_t *x = json_object_get(a, kind->keys[i]), *y = json_object_get(b, kind->keys[i]);
        if (x != y && !json_equal(x, y))
            return false;
    }
    return true;
}

static bool is_fine(const json_t *item)
{
    return badness(text_of(item, "verdict")) == PTN_VERDICT_OK;
}

/* In whatever paragraph that asks for a look: who only swept yesterday and scans today is new. */
static bool was_there(const struct listed *kind, const json_t *before, const json_t *one)
{
    for (size_t i = 0; i < json_array_size(before); i++) {
        const json_t *item = json_array_get(before, i), *list = json_object_get(item, kind->list);
        for (size_t j = 0; !is_fine(item) && j < json_array_size(list); j++)
            if (same(kind, json_array_get(list, j), one))
                return true;
    }
    return false;
}

static int add_listed(json_t *to, const struct listed *kind, const json_t *before, const json_t *item)
{
    const json_t *list = json_object_get(item, kind->list);
    char what[1024], name[256];
    int len;
    const char *title = title_of(item, &len);
    size_t found = 0;
    int at = snprintf(what, sizeof(what), "%.*s: %s:", len, title, kind->what);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        if (!json_is_object(one) || was_there(kind, before, one) || found++ >= NAMED)
            continue;
        kind->name(one, name, sizeof(name));
        at += snprintf(what + at, sizeof(what) - (size_t)at, "%s %.*s", found > 1 ? "," : "", fit(name, 96), name);
    }
    if (found > NAMED)
        snprintf(what + at, sizeof(what) - (size_t)at, " and %zu more", found - NAMED);
    return found ? add(to, item, kind->change, what) : 0;
}

/* ---- how much
 * ----------------------------------------------------------------------------------------------------------- */

/* Seconds since 1970 of "2026-10-01T12:00:00Z"; 0. */
static time_t second_of(const char *text)
{
    struct tm tm = {0};
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
    return end ? timegm(&tm) : 0;
}

/* How long a log is, an hour at least; 0 unknown. */
static double length_of(const json_t *document)
{
    const json_t *log = json_object_get(document, "log");
    time_t first = second_of(text_of(log, "first")), last = second_of(text_of(log, "last"));
    return first <= 0 || last < first ? 0 : last - first < 3600 ? 3600 : (double)(last - first);
}

/* "24 lines a day" */
static void put_rate(char *out, size_t size, json_int_t lines, double length)
{
    const double rate = (double)lines * 86400 / length;
    snprintf(out, size, "%.*f lines a day", rate < 10, rate);
}

/* A week has more lines than a day: where the logs are not of one length, by the day. */
static int add_grown(json_t *to, const json_t *was, const json_t *item, double before, double today)
{
    char what[512], rates[2][64];
    int len;
    const char *title = title_of(item, &len);
    const json_int_t old = number_of(was, "lines"), now = number_of(item, "lines");
    const double longer = before > 0 && today > 0 ? today / before : 1;
    if (now < GROWN_LEAST || (double)now <= GROWN * longer * (double)old)
        return 0;
    put_rate(rates[0], sizeof(rates[0]), now, today > 0 ? today : 86400);
    put_rate(rates[1], sizeof(rates[1]), old, before > 0 ? before : 86400);
    if (longer > 1.2 || longer < 1 / 1.2)
        snprintf(what, sizeof(what), "%.*s: %s, were %s", len, title, rates[0], rates[1]);
    else
        snprintf(what, sizeof(what), "%.*s: %lld lines, were %lld", len, title, (long long)now, (long long)old);
    return add(to, item, "lines", what);
}

/* ---- all of it
 * ------------------------------------------------------------------------------------------------------------ */

static int add_worse(json_t *to, const json_t *was, const json_t *item)
{
    char what[512];
    int len;
    const char *title = title_of(item, &len);
    const char *old = text_of(was, "verdict"), *now = text_of(item, "verdict");
    if (badness(now) <= badness(old) || badness(old) < 0)
        return 0;
    snprintf(what, sizeof(what), "%.*s: was %s, is %s", len, title, old, now);
    return add(to, item, "verdict", what);
}

static int add_cause(json_t *to, const json_t *item)
{
    char what[512];
    int len;
    const char *title = title_of(item, &len);
    json_int_t lines = number_of(item, "lines");
    snprintf(what, sizeof(what), "%.*s: not seen before, %lld %s", len, title, (long long)lines,
             lines == 1 ? "line" : "lines");
    return add(to, item, "cause", what);
}

/* Of a cause that is new all ports are; who it is may have been named before. */
static int compare(const json_t *before, const json_t *document, json_t *to)
{
    const json_t *old = json_object_get(before, "explain"), *now = json_object_get(document, "explain");
    const double length_before = length_of(before), length_now = length_of(document);
    int r = to ? 0 : -ENOMEM;
    for (size_t i = 0; r == 0 && i < json_array_size(now); i++) {
        const json_t *item = json_array_get(now, i), *was = find(old, text_of(item, "cause"));
        r = was ? add_worse(to, was, item) : add_cause(to, item);
        for (size_t k = was ? 0 : 1; r == 0 && !is_fine(item) && k < sizeof(kinds) / sizeof(*kinds); k++)
            r = add_listed(to, &kinds[k], old, item);
        if (r == 0 && was)
            r = add_grown(to, was, item, length_before, length_now);
    }
    return r < 0 ? r : (int)json_array_size(to);
}

static int check(const char *path, const json_t *before, const json_t *document, struct ptn_err *err)
{
    const json_t *items = json_object_get(before, "explain");
    if (!json_is_array(items))
        return ptn_fail(err, -EINVAL, "%s: not a document of portolan explain -J", path);
    if (number_of(before, "schema") != number_of(document, "schema"))
        return ptn_fail(err, -EINVAL, "%s: made by a version with another schema; make it anew", path);
    for (size_t i = 0; i < json_array_size(items); i++)
        if (!json_is_object(json_array_get(items, i)))
            return ptn_fail(err, -EINVAL, "%s: explain[%zu] is no paragraph", path, i);
    return 0;
}

int ptn_explained_compare(const char *path, const json_t *document, json_t **ret, struct ptn_err *err)
{
    int r;
    json_t *before = ptn_document_read(path, &r, err);
    if (!before)
        return r;
    json_t *out = NULL;
    r = check(path, before, document, err);
    if (r == 0) {
        out = json_array();
        r = compare(before, document, out);
        if (r < 0)
            ptn_fail(err, r, "%s", strerror(-r));
    }
    json_decref(before);
    if (r < 0)
        json_decref(out);
    else
        *ret = out;
    return r;
}
