/* The text of `nft -j list ruleset`: {"nftables": [element, element, ...]}, taken element by element as it arrives. */
#include "json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_FIRST ((size_t)256 * 1024)
#define TEXT_MAX ((size_t)1 << 30)

/* The text so far. */
struct stream {
    struct ptn_nft nft;
    struct ptn_json_doc doc;
    const char *name; /* for messages */
    struct ptn_err *err;
    ptn_wall_pull pull;
    void *ctx;
    char *text;
    size_t len, room;
    size_t at, element; /* the present element's place and length */
};

/* ---- the text -----------------------------------------------------------------------------------------------------
 */

static unsigned long line_of(const struct stream *s, size_t at)
{
    unsigned long line = 1;
    for (const char *p = s->text, *end = s->text + at; p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++)
        line++;
    return line;
}

static int wrong(struct stream *s, size_t at, const char *what)
{
    return ptn_fail(s->err, -EINVAL, "%s:%lu: %s (at octet %zu)", s->name, line_of(s, at), what, at);
}

/* Rules point into the text: where it moves to, they follow. */
static void follow(const struct ptn_wall *w, const char *from, size_t len, const char *to)
{
    for (size_t t = 0; t < w->n_tables; t++)
        for (size_t i = 0; i < w->tables[t]->n_chains; i++)
            for (uint32_t k = 0; k < w->tables[t]->chains[i]->n_rules; k++) {
                struct ptn_rule *r = &w->tables[t]->chains[i]->rules[k];
                size_t at = (size_t)((uintptr_t)r->source - (uintptr_t)from);
                if (at < len)
                    r->source = to + at;
            }
}

static char **text_slot(struct ptn_wall *w)
{
    for (size_t i = 0; i < sizeof(w->text) / sizeof(*w->text); i++)
        if (!w->text[i])
            return &w->text[i];
    return NULL;
}

static int grow(struct stream *s)
{
    size_t room = s->room ? s->room * 2 : TEXT_FIRST;
    if (room > TEXT_MAX)
        return ptn_fail(s->err, -EINVAL, "%s: more than %zu octets", s->name, TEXT_MAX);
    char *more = malloc(room);
    if (!more)
        return -ENOMEM;
    if (s->len)
        memcpy(more, s->text, s->len);
    follow(s->nft.wall, s->text, s->len, more);
    free(s->text);
    s->text = more;
    s->room = room;
    return 0;
}

/* Result: 1 if there is more of it now, 0 at its end. */
static int more(struct stream *s)
{
    int e = s->len == s->room ? grow(s) : 0;
    if (e < 0)
        return e;
    ssize_t n = s->pull(s->ctx, s->text + s->len, s->room - s->len);
    if (n < 0)
        return ptn_fail(s->err, (int)n, "%s: cannot be read: %s", s->name, strerror((int)-n));
    s->len += (size_t)n;
    return n > 0;
}

/* The next character that is no blank; it is not used up. Result: it, -EINVAL at the end. */
static int peek(struct stream *s)
{
    for (;; s->at++) {
        int e = s->at == s->len ? more(s) : 1;
        if (e < 0)
            return e;
        if (e == 0)
            return wrong(s, s->at, "the text ends before the ruleset does");
        if (!strchr(" \t\r\n", s->text[s->at]) || !s->text[s->at])
            return (unsigned char)s->text[s->at];
    }
}

static int expect(struct stream *s, const char *text)
{
    for (; *text; text++) {
        int c = peek(s);
        if (c < 0)
            return c;
        if (c != *text)
            return wrong(s, s->at, "not a ruleset as `nft -j list ruleset` prints it");
        s->at++;
    }
    return 0;
}

/* The end of the object that begins at s->at. Only brackets and quotes are looked at; it is read in earnest after. */
static int cut(struct stream *s, size_t *ret)
{
    unsigned depth = 0;
    bool quoted = false;
    for (size_t i = s->at;; i++) {
        int e = 1;
        while (i >= s->len && e > 0)
            e = more(s);
        if (e <= 0)
            return e < 0 ? e : wrong(s, s->at, "the text ends in the middle of this element");
        char c = s->text[i];
        if (quoted) {
            i += c == '\\';
            quoted = c != '"';
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            *ret = i + 1;
            return 0;
        }
    }
}

/* ---- elements -----------------------------------------------------------------------------------------------------
 */

/* Finds the table of an element. Result: 0; UNCLEAR for one that is not judged; -errno. */
static int table_of(struct stream *s, const struct ptn_json *body, const char *key)
{
    static const struct {
        const char *word;
        enum ptn_table_family family;
    } families[] = {
        {"inet", PTN_TABLE_INET}, {"ip", PTN_TABLE_IP}, {"ip6", PTN_TABLE_IP6}, {"netdev", PTN_TABLE_NETDEV}};
    const char *family = ptn_json_text(ptn_json_get(body, "family")), *name = ptn_json_text(ptn_json_get(body, key));
    if (!family || !name)
        return wrong(s, s->at, "an element without its table");
    for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
        if (strcmp(families[i].word, family) == 0) {
            struct ptn_table *t = s->nft.table;
            if (!t || t->family != families[i].family || strcmp(t->name, name) != 0)
                t = ptn_wall_table(s->nft.wall, families[i].family, name);
            s->nft.table = t;
            return t ? 0 : -ENOMEM;
        }
    char text[512];
    snprintf(text, sizeof(text), "table %s %s", family, name);
    int e = ptn_wall_unjudged(s->nft.wall, text);
    return e < 0 ? e : PTN_NFT_UNCLEAR;
}

static uint64_t handle_of(const struct ptn_json *body)
{
    int64_t n = ptn_json_number(ptn_json_get(body, "handle"), INT64_MAX);
    return n > 0 ? (uint64_t)n : 0;
}

static bool is_dormant(const struct ptn_json *flags)
{
    /* nft 1.0.6 writes "dorm" */
    return ptn_json_has(flags, "dormant") || ptn_json_has(flags, "dorm");
}

static int read_table(struct stream *s, const struct ptn_json *body)
{
    int e = table_of(s, body, "name");
    if (e)
        return e;
    s->nft.table->handle = handle_of(body);
    s->nft.table->dormant = is_dormant(ptn_json_get(body, "flags"));
    return 0;
}

static int add_devices(struct ptn_wall *w, struct ptn_chain *c, const struct ptn_json *dev)
{
    const struct ptn_json *item = ptn_json_is(dev, PTN_JSON_ARRAY) ? dev + 1 : dev;
    uint32_t n = ptn_json_is(dev, PTN_JSON_ARRAY) ? dev->len : dev ? 1 : 0;
    if (!n)
        return 0;
    const char **list = ptn_arena_alloc(&w->arena, (n + (size_t)1) * sizeof(*list));
    c->devices = list;
    for (uint32_t i = 0; list && i < n; i++, item = ptn_json_next(item))
        if (ptn_json_text(item) && !(*list++ = ptn_arena_strdup(&w->arena, item->text)))
            return -ENOMEM;
    return list ? 0 : -ENOMEM;
}

static int find_word(const char *const *words, size_t n, const struct ptn_json *j)
{
    for (size_t i = 0; i < n; i++)
        if (ptn_json_equals(j, words[i]))
            return (int)i;
    return -1;
}

static int base_chain(struct stream *s, struct ptn_chain *c, const struct ptn_json *body)
{
    static const char *const hooks[] = {
#define X(id, word) word,
        PTN_HOOKS(X)
#undef X
    };
    static const char *const types[] = {"filter", "nat", "route"};
    const struct ptn_json *prio = ptn_json_get(body, "prio"), *dev = ptn_json_get(body, "dev");
    int hook = find_word(hooks, PTN_HOOK_COUNT, ptn_json_get(body, "hook"));
    int type = find_word(types, 3, ptn_json_get(body, "type"));
    if (hook < 0 || type < 0 || !ptn_json_is(prio, PTN_JSON_NUMBER) || prio->number < INT32_MIN ||
        prio->number > INT32_MAX)
        return wrong(s, s->at, "a base chain of an unknown type, hook or priority");
    c->base = true;
    c->hook = (enum ptn_hook)hook;
    c->type = (enum ptn_chain_type)type;
    c->priority = (int32_t)prio->number;
    c->policy = ptn_json_equals(ptn_json_get(body, "policy"), "drop") ? PTN_DROP : PTN_ACCEPT;
    return add_devices(s->nft.wall, c, dev);
}

static int read_chain(struct stream *s, const struct ptn_json *body)
{
    int e = table_of(s, body, "table");
    const char *name = ptn_json_text(ptn_json_get(body, "name"));
    if (e)
        return e;
    if (!name)
        return wrong(s, s->at, "a chain without a name");
    struct ptn_chain *c = ptn_wall_chain(s->nft.wall, s->nft.table, name);
    if (!c)
        return -ENOMEM;
    c->handle = handle_of(body);
    return ptn_json_get(body, "hook") ? base_chain(s, c, body) : 0;
}

static int set_or_map(struct stream *s, const struct ptn_json *body, bool map)
{
    int e = table_of(s, body, "table");
    if (e)
        return e;
    e = ptn_nft_read_set(&s->nft, body, map);
    return e == -EEXIST         ? wrong(s, s->at, "a set that is there already")
           : e == -ENOMEM || !e ? e
                                : wrong(s, s->at, "a set without a name, or with elements that are no list");
}

static int read_set(struct stream *s, const struct ptn_json *body)
{
    return set_or_map(s, body, false);
}

static int read_map(struct stream *s, const struct ptn_json *body)
{
    return set_or_map(s, body, true);
}

/* ---- rules --------------------------------------------------------------------------------------------------------
 */

static struct ptn_chain *chain_of(struct ptn_nft *n, const char *name)
{
    if (!n->chain || n->chain->table != n->table || strcmp(n->chain->name, name) != 0)
        n->chain = ptn_wall_chain(n->wall, n->table, name);
    return n->chain;
}

static int read_expr(struct ptn_nft *n, const struct ptn_json *expr)
{
    n->n = 0;
    n->nfproto = n->table->family == PTN_TABLE_IP ? 2 : n->table->family == PTN_TABLE_IP6 ? 10 : 0;
    n->l4proto = 0;
    n->tracked = false;
    if (!ptn_json_is(expr, PTN_JSON_ARRAY))
        return 0;
    PTN_JSON_EACH(stmt, expr)
    {
        int e = ptn_nft_stmt(n, stmt);
        if (e < 0)
            return e;
    }
    return 0;
}

static int read_rule(struct stream *s, const struct ptn_json *body)
{
    struct ptn_nft *n = &s->nft;
    int e = table_of(s, body, "table");
    const char *name = ptn_json_text(ptn_json_get(body, "chain"));
    const char *comment = ptn_json_text(ptn_json_get(body, "comment"));
    if (e)
        return e;
    if (!name)
        return wrong(s, s->at, "a rule without its chain");
    struct ptn_chain *c = chain_of(n, name);
    e = c ? read_expr(n, ptn_json_get(body, "expr")) : -ENOMEM;
    if (e < 0)
        return e;
    struct ptn_rule *rule = ptn_wall_rule(n->wall, c, n->stmts, n->n);
    if (!rule)
        return -ENOMEM;
    rule->handle = handle_of(body);
    if (comment && !(rule->comment = ptn_arena_strdup(&n->wall->arena, comment)))
        return -ENOMEM;
    rule->source = s->text + s->at;
    rule->source_len = (uint32_t)s->element;
    return 0;
}

/* ---- all of it ----------------------------------------------------------------------------------------------------
 */

static int nothing(struct stream *s, const struct ptn_json *body)
{
    (void)s, (void)body;
    return 0;
}

static int command(struct stream *s, const struct ptn_json *body)
{
    (void)body;
    return wrong(s, s->at, "this is a list of commands, not a ruleset as `nft -j list ruleset` prints it");
}

static int read_element(struct stream *s)
{
    static const struct {
        const char *name;
        int (*read)(struct stream *, const struct ptn_json *body);
    } kinds[] = {
        {"rule", read_rule},   {"chain", read_chain},  {"set", read_set},       {"map", read_map},
        {"table", read_table}, {"metainfo", nothing},  {"counter", nothing},    {"quota", nothing},
        {"limit", nothing},    {"ct helper", nothing}, {"ct timeout", nothing}, {"ct expectation", nothing},
        {"secmark", nothing},  {"synproxy", nothing},  {"flowtable", nothing},  {"add", command},
        {"insert", command},   {"delete", command},    {"flush", command},      {"replace", command},
        {"create", command},   {"list", command},
    };
    const struct ptn_json *body;
    const char *why;
    size_t at;
    int e = ptn_json_read(&s->doc, s->text + s->at, s->element, &why, &at);
    if (e == -EINVAL)
        return wrong(s, s->at + at, why);
    if (e < 0)
        return e;
    const char *kind = ptn_json_only(s->doc.nodes, &body);
    for (size_t i = 0; kind && i < sizeof(kinds) / sizeof(*kinds); i++)
        if (strcmp(kinds[i].name, kind) == 0)
            return kinds[i].read(s, body);
    return kind ? ptn_wall_unjudged(s->nft.wall, kind) : wrong(s, s->at, "an element that is no single object");
}

static int read_elements(struct stream *s)
{
    for (bool first = true;; first = false) {
        int c = peek(s);
        if (c < 0)
            return c;
        if (c == ']')
            return expect(s, "]}");
        if (!first && (c = expect(s, ",")) < 0)
            return c;
        c = peek(s);
        if (c != '{')
            return c < 0 ? c : wrong(s, s->at, "an element that is no object");
        size_t end = s->at;
        int e = cut(s, &end);
        if (e < 0)
            return e;
        s->element = end - s->at;
        e = read_element(s);
        if (e < 0)
            return e;
        s->at = end;
    }
}

int ptn_wall_read_json(struct ptn_wall *w, const char *name, ptn_wall_pull pull, void *ctx, struct ptn_err *err)
{
    struct stream s = {.nft = {.wall = w}, .name = name, .err = err, .pull = pull, .ctx = ctx};
    char **slot = text_slot(w);
    if (!slot)
        return ptn_fail(err, -E2BIG, "%s: too many rulesets at once", name);
    int e = expect(&s, "{\"nftables\":[");
    e = e < 0 ? e : read_elements(&s);
    if (e == 0)
        ptn_nft_settle(&s.nft);
    *slot = s.text; /* on failure too: rules point into it */
    ptn_json_release(&s.doc);
    free(s.nft.stmts);
    free(s.nft.shrinking);
    return e == -ENOMEM ? ptn_fail(err, e, "%s: out of memory", name) : e;
}
