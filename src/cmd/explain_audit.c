/* A host as another run of `portolan audit -J` saw it. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/addr.h"
#include "explain_site.h"
#include "report/json.h"
#include "store/document.h"

struct reader {
    const char *path, *netns; /* netns: the namespace that is taken */
    struct ptn_site_room *room;
    struct ptn_site_parts parts;
    struct ptn_err *err;
};

/* ---- values ---------------------------------------------------------------------------------------------------- */

static const char *text_of(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

/* A number of at most `max`, or -1. */
static long number_of(const json_t *o, const char *key, long max)
{
    const json_t *v = json_object_get(o, key);
    const json_int_t n = json_integer_value(v);
    return json_is_integer(v) && n >= 0 && n <= max ? (long)n : -1;
}

#define WORD(id, word, ...) word,
static const char *const protos[] = {PTN_PROTOS(WORD)};
static const char *const ratings[] = {PTN_RATINGS(WORD)};
static const char *const verdicts[] = {PTN_VERDICTS(WORD)};
#undef WORD
#define WORD(id, word) word,
static const char *const rungs[] = {PTN_RUNGS(WORD)};
#undef WORD
#define COUNT(list) (sizeof(list) / sizeof(*(list)))

/* The place of a key's word in a list, or -1: a later version may have more words. */
static int word_of(const json_t *o, const char *key, const char *const *list, size_t n)
{
    const char *text = text_of(o, key);
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], text) == 0)
            return (int)i;
    return -1;
}

/* A word that may be missing or unknown: then the first of its list. */
#define WORD_OR_FIRST(o, key, list) (word_of(o, key, list, COUNT(list)) < 0 ? 0 : word_of(o, key, list, COUNT(list)))

/* ---- networks -------------------------------------------------------------------------------------------------- */

static int read_addr(struct reader *r, const json_t *item)
{
    const char *text = text_of(item, "address");
    struct ptn_ifaddr a = {0};
    if (ptn_addr_parse(&a.addr, text, strlen(text)) < 0)
        return ptn_fail(r->err, -EINVAL, "%s: networks: \"%.60s\" is not an address", r->path, text);
    const int width = ptn_addr_width(a.addr.family) * 8;
    const long prefix = number_of(item, "prefix", width);
    a.prefix = (uint8_t)(prefix < 0 ? width : prefix);
    return ptn_site_add_addr(&r->parts, &a);
}

static int read_network(struct reader *r, const json_t *network)
{
    const json_t *addresses = json_object_get(network, "addresses"), *item;
    const json_t *ports = json_object_get(network, "ephemeral_ports");
    const long lo = number_of(ports, "first", UINT16_MAX), hi = number_of(ports, "last", UINT16_MAX);
    size_t i;
    if (lo >= 0 && lo <= hi) {
        r->room->site.ephemeral_lo = (uint16_t)lo;
        r->room->site.ephemeral_hi = (uint16_t)hi;
    }
    json_array_foreach(addresses, i, item)
    {
        const int e = read_addr(r, item);
        if (e < 0)
            return e;
    }
    return 0;
}

static int read_networks(struct reader *r, const json_t *document)
{
    const json_t *networks = json_object_get(document, "networks"), *network;
    size_t i;
    json_array_foreach(networks, i, network)
    {
        if (strcmp(text_of(network, "netns"), r->netns) == 0)
            return read_network(r, network);
    }
    return 0;
}

/* ---- listeners ------------------------------------------------------------------------------------------------- */

static void read_owner(struct ptn_owner *o, const json_t *owner)
{
    const long pid = number_of(owner, "pid", INT32_MAX);
    *o = (struct ptn_owner){.pid = (int32_t)(pid < 0 ? 0 : pid),
                            .comm = text_of(owner, "name"),
                            .unit = text_of(owner, "unit"),
                            .socket_unit = text_of(owner, "socket_unit"),
                            .container = text_of(owner, "container")};
}

/* Nobody was seen to hold it. */
static bool is_hidden(const struct ptn_owner *o)
{
    return o->pid <= 0 && !*o->comm && !*o->unit && !*o->socket_unit && !*o->container;
}

static bool opens(const json_t *way)
{
    const char *answer = text_of(way, "answer");
    return strcmp(answer, "accept") == 0 || strcmp(answer, "unknown") == 0;
}

/* From how far anyone gets in, or may: the ways tell. Without them the rung, and nothing if that is of particular
 * peers. */
static enum ptn_rung open_of(const json_t *item)
{
    const json_t *ways = json_object_get(item, "ways"), *rung = json_object_get(item, "rung"), *way;
    const int four = WORD_OR_FIRST(rung, "ipv4", rungs), six = WORD_OR_FIRST(rung, "ipv6", rungs);
    int open = json_is_array(ways) || *text_of(rung, "limited") ? 0 : four > six ? four : six;
    size_t i;
    json_array_foreach(ways, i, way)
    {
        const int from = WORD_OR_FIRST(way, "from", rungs);
        if (from > open && opens(way) && !*text_of(way, "limited"))
            open = from;
    }
    return (enum ptn_rung)open;
}

static int read_listener(struct reader *r, const json_t *item)
{
    const json_t *behind = json_object_get(item, "behind");
    struct ptn_owner owner, inner;
    struct ptn_listener listener = {.latent_name = ""}, published = {.owner = &inner};
    const int proto = word_of(item, "proto", protos, COUNT(protos));
    const long port = number_of(item, "port", UINT16_MAX);
    if (proto < 0 || port <= 0 || strcmp(text_of(item, "netns"), r->netns) != 0)
        return 0;
    read_owner(&owner, json_object_get(item, "owner"));
    read_owner(&inner, behind);
    listener.proto = (enum ptn_proto)proto;
    listener.port = (uint16_t)port;
    listener.latent = json_is_true(json_object_get(item, "latent"));
    listener.owner = is_hidden(&owner) ? NULL : &owner;
    const struct ptn_finding f = {.listener = &listener,
                                  .behind = behind ? &published : NULL,
                                  .client = json_is_true(json_object_get(item, "client")),
                                  .verdict = (enum ptn_verdict)WORD_OR_FIRST(item, "verdict", verdicts)};
    return ptn_site_add_door(&r->parts, &r->room->arena, &f, text_of(item, "service"),
                             (enum ptn_rating)WORD_OR_FIRST(item, "rating", ratings), open_of(item));
}

static int read_listeners(struct reader *r, const json_t *list)
{
    const json_t *item;
    size_t i;
    json_array_foreach(list, i, item)
    {
        const int e = json_is_object(item)
                          ? read_listener(r, item)
                          : ptn_fail(r->err, -EINVAL, "%s: audit: item %zu is not a listener", r->path, i + 1);
        if (e < 0)
            return e;
    }
    return 0;
}

/* ---- the document ---------------------------------------------------------------------------------------------- */

static int check(const struct reader *r, const json_t *document)
{
    if (!json_is_array(json_object_get(document, "audit")))
        return ptn_fail(r->err, -EINVAL, "%s: not a document of portolan audit -J", r->path);
    if (number_of(document, "schema", INT32_MAX) != PTN_JSON_SCHEMA)
        return ptn_fail(r->err, -EINVAL, "%s: made by a version with another schema; make it anew", r->path);
    return 0;
}

static int64_t second_of(const char *text)
{
    struct tm tm = {0};
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return end && !*end ? timegm(&tm) : 0;
}

/* The machine's own namespace; where it was not seen, that of the first network or listener. */
static const char *netns_of(const json_t *document)
{
    static const char *const lists[] = {"networks", "audit"};
    const char *first = "";
    for (size_t k = 0; k < COUNT(lists); k++) {
        const json_t *list = json_object_get(document, lists[k]), *item;
        size_t i;
        json_array_foreach(list, i, item)
        {
            const char *name = text_of(item, "netns");
            if (strcmp(name, "host") == 0)
                return name;
            first = *first ? first : name;
        }
    }
    return first;
}

static int read_document(struct reader *r, const json_t *document)
{
    int e = check(r, document);
    if (e < 0)
        return e;
    r->netns = netns_of(document);
    r->room->site.when = second_of(text_of(document, "at"));
    e = read_networks(r, document);
    e = e < 0 ? e : read_listeners(r, json_object_get(document, "audit"));
    e = ptn_site_put_parts(r->room, &r->parts, e);
    return e == -ENOMEM ? ptn_fail(r->err, e, "%s: out of memory", r->path) : e;
}

int ptn_site_read_audit(struct ptn_site_room *room, const char *path, struct ptn_err *err)
{
    struct reader r = {.path = path, .room = room, .err = err};
    int e;
    json_t *document = ptn_document_read(path, &e, err);
    if (!document)
        return e;
    room->site.from = PTN_SITE_AUDIT;
    room->site.name = ptn_arena_strdup(&room->arena, path);
    e = room->site.name ? read_document(&r, document) : ptn_fail(err, -ENOMEM, "%s: out of memory", path);
    json_decref(document);
    return e;
}
