/* The model's parts: found, made, linked, released. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "wall.h"

static const struct {
    uint8_t width;
    const char *word;
} fields[] = {
#define X(id, width, word) {width, word},
    PTN_WALL_FIELDS(X)
#undef X
};

uint8_t ptn_pkt_width(enum ptn_pkt f, uint8_t family)
{
    return fields[f].width ? fields[f].width : family == AF_INET ? 4 : 16;
}

const char *ptn_pkt_word(enum ptn_pkt f)
{
    return fields[f].word;
}

bool ptn_pkt_is_address(enum ptn_pkt f)
{
    return fields[f].width == 0;
}

bool ptn_pkt_is_ct(enum ptn_pkt f)
{
    return f >= PTN_PKT_CT_STATE && f <= PTN_PKT_CT_DPORT;
}

/* Room for one more in an array of pointers or structs. Of what is large there is mostly but one. */
static int room_for_one(void *array, size_t n, size_t *room, size_t size)
{
    if (n < *room)
        return 0;
    size_t more = *room ? *room * 2 : size > 128 ? 1 : 4;
    void *bigger = reallocarray(*(void **)array, more, size);
    if (!bigger)
        return -ENOMEM;
    *(void **)array = bigger;
    *room = more;
    return 0;
}

struct ptn_wall *ptn_wall_new(void)
{
    return calloc(1, sizeof(struct ptn_wall));
}

struct ptn_table *ptn_wall_table(struct ptn_wall *w, enum ptn_table_family family, const char *name)
{
    for (size_t i = 0; i < w->n_tables; i++)
        if (w->tables[i]->family == family && strcmp(w->tables[i]->name, name) == 0)
            return w->tables[i];
    struct ptn_table *t = ptn_arena_alloc(&w->arena, sizeof(*t));
    if (!t || room_for_one(&w->tables, w->n_tables, &w->room, sizeof(t)) < 0)
        return NULL;
    t->family = family;
    t->name = ptn_arena_strdup(&w->arena, name);
    t->order = (uint32_t)w->n_tables;
    if (!t->name)
        return NULL;
    w->tables[w->n_tables++] = t;
    return t;
}

struct ptn_chain *ptn_wall_find_chain(const struct ptn_table *t, const char *name)
{
    return ptn_names_find(&t->chain_names, name);
}

struct ptn_chain *ptn_wall_chain(struct ptn_wall *w, struct ptn_table *t, const char *name)
{
    struct ptn_chain *c = ptn_wall_find_chain(t, name);
    if (c)
        return c;
    c = ptn_arena_alloc(&w->arena, sizeof(*c));
    if (!c || room_for_one(&t->chains, t->n_chains, &t->chains_room, sizeof(c)) < 0)
        return NULL;
    c->table = t;
    c->policy = PTN_ACCEPT;
    c->name = ptn_arena_strdup(&w->arena, name);
    if (!c->name || ptn_names_add(&t->chain_names, c->name, c) < 0)
        return NULL;
    t->chains[t->n_chains++] = c;
    return c;
}

struct ptn_set *ptn_wall_set(struct ptn_wall *w, struct ptn_table *t, const char *name)
{
    struct ptn_set *s = name ? ptn_names_find(&t->set_names, name) : NULL;
    if (s)
        return s;
    s = ptn_arena_alloc(&w->arena, sizeof(*s));
    int r = name ? room_for_one(&t->sets, t->n_sets, &t->sets_room, sizeof(s))
                 : room_for_one(&w->loose, w->n_loose, &w->loose_room, sizeof(s));
    if (!s || r < 0)
        return NULL;
    if (!name)
        return w->loose[w->n_loose++] = s;
    s->name = ptn_arena_strdup(&w->arena, name);
    if (!s->name || ptn_names_add(&t->set_names, s->name, s) < 0)
        return NULL;
    return t->sets[t->n_sets++] = s;
}

struct ptn_rule *ptn_wall_rule(struct ptn_wall *w, struct ptn_chain *c, const struct ptn_stmt *stmts, size_t n)
{
    size_t room = c->room;
    struct ptn_stmt *copy = ptn_arena_alloc(&w->arena, n * sizeof(*copy) + 1);
    if (!copy || c->n_rules == UINT32_MAX || room_for_one(&c->rules, c->n_rules, &room, sizeof(*c->rules)) < 0)
        return NULL;
    c->room = (uint32_t)room;
    if (n)
        memcpy(copy, stmts, n * sizeof(*copy));
    struct ptn_rule *r = &c->rules[c->n_rules++];
    *r = (struct ptn_rule){.chain = c, .index = c->n_rules, .n_stmts = (uint32_t)n, .stmts = copy, .comment = ""};
    r->source = "";
    return r;
}

int ptn_wall_unjudged(struct ptn_wall *w, const char *text)
{
    for (size_t i = 0; i < w->n_unjudged; i++)
        if (strcmp(w->unjudged[i], text) == 0)
            return 0;
    const char *copy = ptn_arena_strdup(&w->arena, text);
    if (!copy || room_for_one(&w->unjudged, w->n_unjudged, &w->unjudged_room, sizeof(copy)) < 0)
        return -ENOMEM;
    w->unjudged[w->n_unjudged++] = copy;
    return 0;
}

/* ---- sets -------------------------------------------------------------------------------------------------- */

static bool same_datum(const struct ptn_datum *a, const struct ptn_datum *b)
{
    const char *x = a->verdict.to ? a->verdict.to : "", *y = b->verdict.to ? b->verdict.to : "";
    if (a->n != b->n || a->verdict.code != b->verdict.code || strcmp(x, y) != 0)
        return false;
    for (unsigned i = 0; i < a->n; i++)
        if (a->width[i] != b->width[i] || memcmp(a->lo[i], b->lo[i], a->width[i]) != 0 ||
            memcmp(a->hi[i], b->hi[i], a->width[i]) != 0)
            return false;
    return true;
}

/* Groups are looked for among the last few: elements come sorted by key, and a map has few verdicts or many values. */
static struct ptn_group *group_for(struct ptn_set *s, const struct ptn_datum *datum, bool maybe)
{
    for (size_t i = s->n_groups; i-- > 0 && i + 8 >= s->n_groups;)
        if (s->groups[i].maybe == maybe && same_datum(&s->groups[i].datum, datum))
            return &s->groups[i];
    if (room_for_one(&s->groups, s->n_groups, &s->room, sizeof(*s->groups)) < 0)
        return NULL;
    struct ptn_group *g = &s->groups[s->n_groups++];
    *g = (struct ptn_group){.datum = *datum, .maybe = maybe};
    return g;
}

static size_t box_size(const struct ptn_set *s)
{
    size_t size = 0;
    for (unsigned i = 0; i < s->n_keys; i++)
        size += 2u * s->width[i];
    return size;
}

int ptn_set_add(struct ptn_set *s, const uint8_t *bounds, const struct ptn_datum *datum, bool maybe)
{
    static const struct ptn_datum none;
    struct ptn_group *g = group_for(s, datum ? datum : &none, maybe);
    if (!g)
        return -ENOMEM;
    if (s->n_keys == 1) {
        if (!g->ranges && !(g->ranges = ptn_ranges_none(s->width[0])))
            return -ENOMEM;
        return ptn_ranges_append(&g->ranges, bounds, bounds + s->width[0]);
    }
    size_t size = box_size(s);
    if (room_for_one(&g->boxes, g->n_boxes, &g->room, size) < 0)
        return -ENOMEM;
    memcpy(g->boxes + size * g->n_boxes++, bounds, size);
    return 0;
}

struct ptn_set *ptn_set_of_range(struct ptn_wall *w, uint8_t width, const uint8_t *lo, const uint8_t *hi)
{
    uint8_t bounds[2 * PTN_RANGES_WIDTH];
    struct ptn_set *s = ptn_wall_set(w, NULL, NULL);
    if (!s)
        return NULL;
    s->n_keys = 1;
    s->width[0] = width;
    memcpy(bounds, lo, width);
    memcpy(bounds + width, hi, width);
    return ptn_set_add(s, bounds, NULL, false) < 0 ? NULL : s;
}

struct ptn_set *ptn_set_of_number(struct ptn_wall *w, uint8_t width, uint64_t lo, uint64_t hi)
{
    uint8_t a[PTN_RANGES_WIDTH] = {0}, b[PTN_RANGES_WIDTH] = {0};
    for (unsigned i = 0; i < width && i < 8; i++, lo >>= 8, hi >>= 8) {
        a[width - 1 - i] = (uint8_t)lo;
        b[width - 1 - i] = (uint8_t)hi;
    }
    return ptn_set_of_range(w, width, a, b);
}

int ptn_ifname_range(const char *name, uint8_t lo[16], uint8_t hi[16])
{
    size_t len = strlen(name);
    bool prefix = len > 0 && name[len - 1] == '*';
    len -= prefix;
    if (len > 15)
        return -EINVAL;
    memset(lo, 0, 16);
    memcpy(lo, name, len);
    memcpy(hi, lo, 16);
    if (prefix)
        memset(hi + len, 0xff, 16 - len);
    return 0;
}

static void release_set(struct ptn_set *s)
{
    for (size_t i = 0; i < s->n_groups; i++) {
        ptn_ranges_unref(s->groups[i].ranges);
        free(s->groups[i].boxes);
    }
    free(s->groups);
    s->groups = NULL;
    s->n_groups = s->room = 0;
}

void ptn_wall_empty(struct ptn_table *t)
{
    for (size_t i = 0; i < t->n_chains; i++)
        free(t->chains[i]->rules);
    for (size_t i = 0; i < t->n_sets; i++)
        release_set(t->sets[i]);
    free(t->chains);
    free(t->sets);
    ptn_names_release(&t->chain_names);
    ptn_names_release(&t->set_names);
    t->chains = NULL;
    t->sets = NULL;
    t->n_chains = t->chains_room = t->n_sets = t->sets_room = 0;
}

void ptn_wall_free(struct ptn_wall *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->n_tables; i++)
        ptn_wall_empty(w->tables[i]);
    for (size_t i = 0; i < w->n_loose; i++)
        release_set(w->loose[i]);
    for (size_t i = 0; i < sizeof(w->text) / sizeof(*w->text); i++)
        free(w->text[i]);
    for (int f = 0; f < 2; f++)
        for (int h = 0; h < PTN_HOOK_COUNT; h++)
            free(w->hooks[f][h]);
    free(w->tables);
    free(w->loose);
    free(w->unjudged);
    ptn_arena_release(&w->arena);
    free(w);
}
