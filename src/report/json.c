#include "json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

json_t *ptn_json_document(const char *key, json_t *items)
{
    return json_pack("{s:s, s:i, s:o}", "portolan", PTN_VERSION, "schema", PTN_JSON_SCHEMA, key, items);
}

json_t *ptn_json_text(const char *text)
{
    json_t *s = json_string(text);
    if (s)
        return s;
    char *copy = strdup(text);
    for (char *p = copy; p && *p; p++)
        if ((unsigned char)*p >= 0x80)
            *p = '?';
    s = copy ? json_string(copy) : NULL;
    free(copy);
    return s;
}

static json_t *text_or_null(const char *text)
{
    return text && *text ? ptn_json_text(text) : json_null();
}

static json_t *words(const char *list)
{
    json_t *a = json_array();
    const char *w;
    for (size_t n; list && (n = ptn_next_word(&list, &w)) > 0;)
        json_array_append_new(a, json_stringn(w, n));
    return a;
}

/* ---- claims ------------------------------------------------------------------------------------------ */

/* The names a claim is known by besides its own: its aliases, and the registry's spellings where they differ. */
static json_t *aliases(const struct ptn_chart *c, const struct ptn_claim *claim, uint16_t port, enum ptn_proto proto)
{
    struct ptn_service assigned;
    const char *list = ptn_service_field(claim->service, PTN_FIELD_ALIAS, 0);
    json_t *a = words(list);
    for (unsigned n = 0; claim->registered && ptn_chart_assignment(c, claim, port, proto, n, &assigned); n++) {
        const char *name = ptn_service_name(assigned);
        if (strcmp(name, ptn_service_name(claim->service)) != 0 && !(list && ptn_has_word(list, name, strlen(name))))
            json_array_append_new(a, json_string(name));
    }
    return a;
}

static json_t *errata(struct ptn_service s)
{
    json_t *a = json_array();
    const char *v;
    for (unsigned n = 0; (v = ptn_service_field(s, PTN_FIELD_ERRATUM, n)); n++)
        if (ptn_date(v) == 10 && v[10])
            json_array_append_new(a, json_pack("{s:s#, s:s}", "date", v, 10, "text", v + 11));
    return a;
}

static json_t *field_value(struct ptn_service s, enum ptn_field f)
{
    const char *v = ptn_service_field(s, f, 0);
    enum ptn_field_form form = ptn_field_info(f)->form;
    return form == PTN_FORM_NAMES || form == PTN_FORM_WORDS ? words(v) : text_or_null(v);
}

static const char *claim_date(const struct ptn_chart *c, struct ptn_service s, const struct ptn_service *assigned)
{
    const char *v = assigned ? ptn_service_field(*assigned, PTN_FIELD_REGISTERED, 0) : NULL;
    const char *at = ptn_service_field(s, PTN_FIELD_SOURCE, 0), *w;
    struct ptn_service source;
    if (v)
        return v;
    if (ptn_service_type(s) == PTN_ENTRY_ASSIGNMENT)
        return ptn_chart_registry_date(c);
    size_t n = at ? ptn_next_word(&at, &w) : 0;
    return n && ptn_chart_source(c, w, n, &source) ? ptn_service_field(source, PTN_FIELD_DATE, 0) : NULL;
}

static json_t *sources(struct ptn_service s)
{
    if (ptn_service_type(s) == PTN_ENTRY_ASSIGNMENT)
        return json_pack("[s]", "iana-ports");
    const char *v = ptn_service_field(s, PTN_FIELD_SOURCE, 0);
    return v ? words(v) : json_pack("[s]", "site");
}

static json_t *rating(enum ptn_rating r)
{
    return r == PTN_RATING_NONE ? json_null() : json_string(ptn_rating_word(r));
}

/* The registration that a claim rests on: of several, the one under the service's own name. */
static bool registration(const struct ptn_chart *c, const struct ptn_claim *claim, uint16_t port, enum ptn_proto proto,
                         struct ptn_service *ret)
{
    struct ptn_service s;
    bool found = claim->registered && ptn_chart_assignment(c, claim, port, proto, 0, ret);
    for (unsigned n = 1; found && ptn_chart_assignment(c, claim, port, proto, n, &s); n++)
        if (ptn_name_compare(ptn_service_name(s), ptn_service_name(claim->service)) == 0)
            *ret = s;
    return found;
}

json_t *ptn_json_claim(const struct ptn_chart *c, const struct ptn_claim *claim, uint16_t port, enum ptn_proto proto)
{
    static const enum ptn_field always[] = {PTN_FIELD_TITLE, PTN_FIELD_WHY, PTN_FIELD_DO, PTN_FIELD_INSTEAD,
                                            PTN_FIELD_TRAP};
    static const enum ptn_field where_told[] = {
        PTN_FIELD_PROCESS,  PTN_FIELD_ODD_PORT,    PTN_FIELD_ENCRYPTED, PTN_FIELD_AUTH,     PTN_FIELD_AMPLIFIES,
        PTN_FIELD_SEEN,     PTN_FIELD_KNOCK,       PTN_FIELD_SINCE,     PTN_FIELD_STATUS,   PTN_FIELD_YEARS,
        PTN_FIELD_ROLE,     PTN_FIELD_CONFIDENCE,  PTN_FIELD_NOTE,      PTN_FIELD_MODIFIED, PTN_FIELD_REFERENCE,
        PTN_FIELD_ASSIGNEE, PTN_FIELD_UNAUTHORIZED};
    struct ptn_service s = claim->service, found;
    const struct ptn_service *assigned = registration(c, claim, port, proto, &found) ? &found : NULL;
    json_t *o = json_object();
    json_object_set_new(o, "service", json_string(ptn_service_name(s)));
    json_object_set_new(o, "aliases", aliases(c, claim, port, proto));
    json_object_set_new(o, "kind", json_string(ptn_kind_word(claim->kind)));
    json_object_set_new(o, "registered", json_boolean(claim->registered));
    json_object_set_new(o, "own_port", json_boolean(claim->own));
    json_object_set_new(o, "rating", rating(claim->rating));
    json_object_set_new(o, "rating_2001", rating(claim->rating_2001));
    for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
        json_object_set_new(o, ptn_field_info(always[i])->json, field_value(s, always[i]));
    json_object_set_new(o, "sources", sources(s));
    json_object_set_new(o, "date", text_or_null(claim_date(c, s, assigned)));
    json_object_set_new(o, "errata", errata(s));
    for (size_t i = 0; i < sizeof(where_told) / sizeof(where_told[0]); i++) {
        enum ptn_field f = where_told[i];
        bool registry_field = f >= PTN_FIELD_STATE;
        struct ptn_service from = registry_field && assigned ? *assigned : s;
        if (ptn_service_field(from, f, 0))
            json_object_set_new(o, ptn_field_info(f)->json, field_value(from, f));
    }
    return o;
}

json_t *ptn_json_port(const struct ptn_chart *c, uint16_t port, enum ptn_proto proto, const struct ptn_claim *claims,
                      size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, ptn_json_claim(c, &claims[i], port, proto));
    return json_pack("{s:i, s:s, s:s, s:o}", "port", port, "proto", ptn_proto_word(proto), "state",
                     ptn_chart_state(c, port, proto), "claims", list);
}

static void add_source(json_t *to, const struct ptn_chart *c, const char *key)
{
    struct ptn_service s;
    if (json_object_get(to, key) || !ptn_chart_source(c, key, strlen(key), &s))
        return;
    json_object_set_new(to, key,
                        json_pack("{s:s, s:o, s:o}", "title", ptn_service_title(s), "date",
                                  text_or_null(ptn_service_field(s, PTN_FIELD_DATE, 0)), "licence",
                                  text_or_null(ptn_service_field(s, PTN_FIELD_LICENCE, 0))));
}

static void add_sources(struct ptn_json_stream *s, const json_t *item)
{
    const json_t *claims = json_object_get(item, "claims");
    for (size_t j = 0; j < json_array_size(claims); j++) {
        const json_t *keys = json_object_get(json_array_get(claims, j), "sources");
        for (size_t k = 0; k < json_array_size(keys); k++)
            add_source(s->sources, s->chart, json_string_value(json_array_get(keys, k)));
    }
}

void ptn_json_open(struct ptn_json_stream *s, FILE *f, const struct ptn_chart *c, const char *key)
{
    *s = (struct ptn_json_stream){.file = f, .chart = c, .sources = json_object()};
    fprintf(f, "{\n\"portolan\": \"%s\",\n\"schema\": %d,\n\"%s\": [", PTN_VERSION, PTN_JSON_SCHEMA, key);
}

static void dump(struct ptn_json_stream *s, const json_t *value)
{
    if (s->error == 0 && (!value || json_dumpf(value, s->file, JSON_INDENT(2) | JSON_ENCODE_ANY) < 0))
        s->error = !value ? -ENOMEM : errno ? -errno : -EIO;
}

void ptn_json_put(struct ptn_json_stream *s, json_t *item)
{
    fputs(s->n++ ? ",\n" : "\n", s->file);
    dump(s, item);
    add_sources(s, item);
    json_decref(item);
}

int ptn_json_close(struct ptn_json_stream *s, json_t *more)
{
    const char *key;
    json_t *value;
    fputs(s->n ? "\n]" : "]", s->file);
    json_object_foreach(more, key, value)
    {
        fprintf(s->file, ",\n\"%s\": ", key);
        dump(s, value);
    }
    fputs(",\n\"sources\": ", s->file);
    dump(s, s->sources);
    json_decref(s->sources);
    json_decref(more);
    if (fputs("\n}\n", s->file) == EOF && s->error == 0)
        s->error = -errno;
    return s->error;
}

/* ---- this machine --------------------------------------------------------------------------------------- */

json_t *ptn_json_owner(const struct ptn_owner *o)
{
    static const struct ptn_owner unknown = {.comm = "",
                                             .command = "",
                                             .exe = "",
                                             .user = "",
                                             .unit = "",
                                             .socket_unit = "",
                                             .container = "",
                                             .package = ""};
    const struct ptn_owner *w = o ? o : &unknown;
    json_t *j = json_object();
    json_object_set_new(j, "pid", w->pid > 0 ? json_integer(w->pid) : json_null());
    json_object_set_new(j, "name", text_or_null(w->comm));
    json_object_set_new(j, "command", text_or_null(w->command));
    json_object_set_new(j, "exe", text_or_null(w->exe));
    json_object_set_new(j, "user", text_or_null(w->user));
    json_object_set_new(j, "unit", text_or_null(w->unit));
    json_object_set_new(j, "socket_unit", text_or_null(w->socket_unit));
    json_object_set_new(j, "container", text_or_null(w->container));
    json_object_set_new(j, "package", text_or_null(w->package));
    return j;
}

int ptn_json_print(FILE *f, json_t *document)
{
    if (!document)
        return -ENOMEM;
    int r = json_dumpf(document, f, JSON_INDENT(2));
    json_decref(document);
    return r < 0 || fputc('\n', f) == EOF ? -EIO : 0;
}
