/* Sets and maps: those that a table declares, and those written into rules. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "json.h"

/* ---- data ---------------------------------------------------------------------------------------------------------
 */

int ptn_nft_verdict(struct ptn_nft *r, const struct ptn_json *j, struct ptn_fate *ret)
{
    static const struct {
        const char *word;
        enum ptn_code code;
    } verdicts[] = {
        {"accept", PTN_ACCEPT}, {"drop", PTN_DROP},     {"jump", PTN_JUMP},
        {"goto", PTN_GOTO},     {"return", PTN_RETURN}, {"continue", PTN_CONTINUE},
    };
    const struct ptn_json *body;
    const char *word = ptn_json_only(j, &body);
    size_t i = 0, n = sizeof(verdicts) / sizeof(*verdicts);
    while (word && i < n && strcmp(verdicts[i].word, word) != 0)
        i++;
    if (!word || i == n)
        return PTN_NFT_UNCLEAR;
    *ret = (struct ptn_fate){.code = verdicts[i].code};
    if (ret->code != PTN_JUMP && ret->code != PTN_GOTO)
        return 0;
    const char *target = ptn_json_text(ptn_json_get(body, "target"));
    if (!target)
        return PTN_NFT_UNCLEAR;
    ret->to = ptn_arena_strdup(&r->wall->arena, target);
    return ret->to ? 0 : -ENOMEM;
}

static enum ptn_nft_type guess(const struct ptn_json *j)
{
    const struct ptn_json *body;
    uint8_t unused[PTN_RANGES_WIDTH];
    const char *op = ptn_json_only(j, &body);
    if (op && strcmp(op, "prefix") == 0)
        j = ptn_json_get(body, "addr");
    else if (op && strcmp(op, "range") == 0)
        j = ptn_json_at(body, 0);
    const char *text = ptn_json_text(j);
    return text && inet_pton(AF_INET, text, unused) == 1    ? PTN_NFT_IPV4
           : text && inet_pton(AF_INET6, text, unused) == 1 ? PTN_NFT_IPV6
                                                            : PTN_NFT_PORT;
}

int ptn_nft_datum(const struct ptn_json *j, const struct ptn_nft_data *data, struct ptn_datum *ret)
{
    const struct ptn_json *body, *item = j;
    const char *op = ptn_json_only(j, &body);
    uint8_t n = 1;
    *ret = (struct ptn_datum){0};
    if (op && strcmp(op, "concat") == 0) {
        if (body->kind != PTN_JSON_ARRAY || body->len < 1 || body->len > 2)
            return PTN_NFT_UNCLEAR;
        n = (uint8_t)body->len;
        item = body + 1;
    }
    if (!item || (data->n && data->n != n))
        return PTN_NFT_UNCLEAR;
    for (unsigned i = 0; i < n; i++, item = ptn_json_next(item)) {
        enum ptn_nft_type type = data->n ? data->type[i] : guess(item);
        ret->width[i] = ptn_nft_width(type);
        if (ptn_nft_bounds(type, item, ret->lo[i], ret->hi[i]))
            return PTN_NFT_UNCLEAR;
    }
    ret->n = n;
    return 0;
}

/* ---- elements -----------------------------------------------------------------------------------------------------
 */

/* Elements that may be gone by the time a packet comes, or that match only so often. */
static bool is_passing(const struct ptn_json *elem)
{
    static const char *const signs[] = {"expires", "timeout", "limit", "quota", "ct count"};
    for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
        if (ptn_json_get(elem, signs[i]))
            return true;
    return false;
}

static int key_bounds(const struct ptn_set *s, const enum ptn_nft_type *type, const struct ptn_json *value,
                      uint8_t *bounds)
{
    const struct ptn_json *body;
    if (s->n_keys == 1)
        return ptn_nft_bounds(type[0], value, bounds, bounds + s->width[0]);
    const char *op = ptn_json_only(value, &body);
    if (!op || strcmp(op, "concat") != 0 || body->kind != PTN_JSON_ARRAY || body->len != s->n_keys)
        return PTN_NFT_UNCLEAR;
    const struct ptn_json *item = body + 1;
    for (unsigned i = 0; i < s->n_keys; i++, item = ptn_json_next(item)) {
        if (ptn_nft_bounds(type[i], item, bounds, bounds + s->width[i]))
            return PTN_NFT_UNCLEAR;
        bounds += 2u * s->width[i];
    }
    return 0;
}

/* Where the keys are not understood an element's number stands for it: the data are kept, and the set is opaque. */
static int numbered(struct ptn_set *s, uint32_t number, uint8_t *bounds)
{
    ptn_nft_put(bounds, 4, number);
    ptn_nft_put(bounds + 4, 4, number);
    s->opaque = true;
    return 0;
}

static int element(struct ptn_nft *r, struct ptn_set *s, const enum ptn_nft_type *type, const struct ptn_json *key,
                   const struct ptn_json *value, const struct ptn_nft_data *data)
{
    uint8_t bounds[PTN_KEYS_MAX * 2 * PTN_RANGES_WIDTH];
    struct ptn_datum datum = {0};
    const struct ptn_json *body;
    const char *op = ptn_json_only(key, &body);
    bool maybe = data->maybe;
    int e = 0;
    if (op && strcmp(op, "elem") == 0) {
        maybe = maybe || is_passing(body);
        key = ptn_json_get(body, "val");
    }
    if (!key || (!data->none && !value))
        return PTN_NFT_UNCLEAR;
    if (!data->none)
        e = data->verdict ? ptn_nft_verdict(r, value, &datum.verdict) : ptn_nft_datum(value, data, &datum);
    if (e)
        return e;
    if (ptn_json_equals(key, "*")) {
        s->fallback = (struct ptn_group){.datum = datum, .maybe = maybe};
        s->has_fallback = true;
        return 0;
    }
    e = type ? key_bounds(s, type, key, bounds) : numbered(s, (uint32_t)s->n_groups, bounds);
    return e ? e : ptn_set_add(s, bounds, data->none ? NULL : &datum, maybe);
}

static int elements(struct ptn_nft *r, struct ptn_set *s, const enum ptn_nft_type *type, const struct ptn_json *array,
                    const struct ptn_nft_data *data)
{
    if (!ptn_json_is(array, PTN_JSON_ARRAY))
        return PTN_NFT_UNCLEAR;
    PTN_JSON_EACH(item, array)
    {
        const struct ptn_json *key = item, *value = NULL;
        if (ptn_json_is(item, PTN_JSON_ARRAY)) {
            key = ptn_json_at(item, 0);
            value = ptn_json_at(item, 1);
        }
        int e = element(r, s, type, key, value, data);
        if (e < 0)
            return e;
        if (e)
            s->opaque = true;
    }
    return 0;
}

/* ---- in rules -----------------------------------------------------------------------------------------------------
 */

struct ptn_set *ptn_nft_named_set(struct ptn_nft *r, const char *name)
{
    struct ptn_set *s = ptn_wall_set(r->wall, r->table, name);
    if (s && !s->n_keys)
        s->opaque = true;
    return s;
}

int ptn_nft_set_of(struct ptn_nft *r, const struct ptn_nft_keys *keys, const struct ptn_json *j,
                   const struct ptn_nft_data *data, struct ptn_set **ret)
{
    enum ptn_nft_type type[PTN_KEYS_MAX];
    const char *name = ptn_json_text(j);
    if (name) {
        *ret = *name == '@' ? ptn_nft_named_set(r, name + 1) : NULL;
        return *ret ? 0 : *name == '@' ? -ENOMEM : PTN_NFT_UNCLEAR;
    }
    j = ptn_json_get(j, "set");
    if (ptn_json_text(j))
        return ptn_nft_set_of(r, keys, j, data, ret);
    if (!ptn_json_is(j, PTN_JSON_ARRAY))
        return PTN_NFT_UNCLEAR;
    struct ptn_set *s = ptn_wall_set(r->wall, NULL, NULL);
    if (!s)
        return -ENOMEM;
    s->map = !data->none;
    s->verdicts = data->verdict;
    s->n_keys = keys ? keys->n : 1;
    s->width[0] = 4;
    for (unsigned i = 0; keys && i < keys->n; i++) {
        type[i] = keys->at[i].type;
        s->width[i] = keys->at[i].key.width;
    }
    *ret = s;
    return elements(r, s, keys ? type : NULL, j, data);
}

int ptn_nft_shrinks(struct ptn_nft *r, struct ptn_set *s)
{
    if (ptn_grow(&r->shrinking, r->n_shrinking, &r->shrinking_room, sizeof(*r->shrinking)) < 0)
        return -ENOMEM;
    r->shrinking[r->n_shrinking++] = s;
    return 0;
}

/* ---- declared -----------------------------------------------------------------------------------------------------
 */

/* Types as they are declared: "a", "a . b", ["a", "b"], {"typeof": expression}. Result: how many; 0: not known. */
static unsigned type_words(const char *text, enum ptn_nft_type *type, unsigned max)
{
    unsigned n = 0;
    for (const char *end;; text = end + 3) {
        end = strstr(text, " . ");
        if (n == max)
            return 0;
        type[n++] = ptn_nft_type(text, end ? (size_t)(end - text) : strlen(text));
        if (!ptn_nft_width(type[n - 1]))
            return 0;
        if (!end)
            return n;
    }
}

static unsigned type_of_expr(struct ptn_nft *r, const struct ptn_json *j, enum ptn_nft_type *type, unsigned max)
{
    struct ptn_nft_keys keys;
    const size_t n = r->n;
    int e = ptn_nft_keys(r, j, &keys);
    r->n = n; /* what must be tested before it is for rules */
    if (e || keys.n > max)
        return 0;
    for (unsigned i = 0; i < keys.n; i++)
        type[i] = keys.at[i].type;
    return keys.n;
}

static unsigned declared_types(struct ptn_nft *r, const struct ptn_json *j, enum ptn_nft_type *type, unsigned max)
{
    unsigned n = 0;
    if (ptn_json_text(j))
        return type_words(j->text, type, max);
    if (!ptn_json_is(j, PTN_JSON_ARRAY))
        return j ? type_of_expr(r, ptn_json_get(j, "typeof") ? ptn_json_get(j, "typeof") : j, type, max) : 0;
    PTN_JSON_EACH(item, j)
    {
        if (n == max || declared_types(r, ptn_json_text(item) ? item : NULL, type + n, 1) != 1)
            return 0;
        n++;
    }
    return n;
}

static bool is_limited(const struct ptn_json *stmts)
{
    if (ptn_json_is(stmts, PTN_JSON_ARRAY)) {
        PTN_JSON_EACH(item, stmts)
        if (is_passing(item))
            return true;
    }
    return false;
}

static struct ptn_nft_data declared_data(struct ptn_nft *r, const struct ptn_json *body, bool map)
{
    struct ptn_nft_data d = {.none = !map, .maybe = is_limited(ptn_json_get(body, "stmt"))};
    if (!map)
        return d;
    d.verdict = ptn_json_equals(ptn_json_get(body, "map"), "verdict");
    d.n = d.verdict ? 0 : (uint8_t)declared_types(r, ptn_json_get(body, "map"), d.type, 2);
    d.none = !d.verdict && !d.n;
    return d;
}

int ptn_nft_read_set(struct ptn_nft *r, const struct ptn_json *body, bool map)
{
    enum ptn_nft_type type[PTN_KEYS_MAX];
    const struct ptn_json *elem = ptn_json_get(body, "elem");
    const char *name = ptn_json_text(ptn_json_get(body, "name"));
    struct ptn_set *s = name ? ptn_wall_set(r->wall, r->table, name) : NULL;
    if (!s)
        return name ? -ENOMEM : PTN_NFT_UNCLEAR;
    if (s->n_keys)
        return -EEXIST;
    struct ptn_nft_data data = declared_data(r, body, map);
    unsigned n = declared_types(r, ptn_json_get(body, "type"), type, PTN_KEYS_MAX);
    int64_t handle = ptn_json_number(ptn_json_get(body, "handle"), INT64_MAX);
    s->handle = handle > 0 ? (uint64_t)handle : 0;
    s->map = !data.none;
    s->verdicts = data.verdict;
    s->opaque = n == 0;
    s->n_keys = (uint8_t)(n ? n : 1);
    s->width[0] = 4;
    for (unsigned i = 0; i < n; i++)
        s->width[i] = ptn_nft_width(type[i]);
    return elem ? elements(r, s, n ? type : NULL, elem, &data) : 0;
}

/* ---- at the end ---------------------------------------------------------------------------------------------------
 */

static void fit(const struct ptn_look *look, bool map, bool verdicts)
{
    struct ptn_set *s = look->set;
    bool fits = s->n_keys == look->n_keys && (!map || (s->map && s->verdicts == verdicts));
    for (unsigned i = 0; fits && i < s->n_keys; i++)
        fits = s->width[i] == look->key[i].width;
    s->opaque = s->opaque || !fits;
}

static void fit_chain(const struct ptn_chain *c)
{
    for (uint32_t i = 0; i < c->n_rules; i++)
        for (uint32_t k = 0; k < c->rules[i].n_stmts; k++) {
            const struct ptn_stmt *s = &c->rules[i].stmts[k];
            if (s->kind == PTN_STMT_TEST || s->kind == PTN_STMT_VMAP)
                fit(&s->look, s->kind == PTN_STMT_VMAP, true);
            else if (s->kind == PTN_STMT_NAT && s->nat.by_map)
                fit(&s->nat.look, true, false);
        }
}

void ptn_nft_settle(struct ptn_nft *r)
{
    for (size_t i = 0; i < r->n_shrinking; i++) {
        struct ptn_set *s = r->shrinking[i];
        for (size_t k = 0; k < s->n_groups; k++)
            s->groups[k].maybe = true;
        s->fallback.maybe = true;
    }
    for (size_t t = 0; t < r->wall->n_tables; t++)
        for (size_t i = 0; i < r->wall->tables[t]->n_chains; i++)
            fit_chain(r->wall->tables[t]->chains[i]);
}
