#include "shadow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/grow.h"
#include "sight.h"

#define WORK (UINT64_C(150) * 1000 * 1000) /* of one family, in about nanoseconds */
#define TAKERS_MAX 65536                   /* of one chain */

#define FIELD(f) (UINT64_C(1) << PTN_PKT_##f)
#define CONNECTION                                                                                                     \
    (FIELD(CT_STATE) | FIELD(CT_STATUS) | FIELD(CT_DIRECTION) | FIELD(CT_MARK) | FIELD(CT_SADDR) | FIELD(CT_DADDR) |   \
     FIELD(CT_SPORT) | FIELD(CT_DPORT))
#define ROUTES                                                                                                         \
    (FIELD(FIB_SADDR_TYPE) | FIELD(FIB_SADDR_IIF_TYPE) | FIELD(FIB_DADDR_TYPE) | FIELD(FIB_DADDR_IIF_TYPE) |           \
     FIELD(FIB_SADDR_OIF) | FIELD(FIB_SADDR_IIF_OIF))

/* IPv4, IPv6, and what netdev meets beside. */
#define FAMILIES 3
static const uint8_t families[FAMILIES] = {AF_INET, AF_INET6, 0};

/* What is known of a chain that others jump to. */
struct known {
    const struct ptn_chain *chain;
    bool has_changes, has_ends[FAMILIES];
    uint64_t changes;                 /* fields that it may change, and those it calls */
    struct ptn_takers ends[FAMILIES]; /* packets that surely end there: no caller sees them again */
};

struct shadows {
    struct ptn_space spaces[FAMILIES];
    struct known *known; /* by address */
    size_t n_known;
    struct ptn_shadow *found;
    size_t n, room;
};

/* A chain as one family meets it. */
struct view {
    struct shadows *s;
    unsigned family; /* index */
    bool inner;      /* it is asked for what ends there, not for what comes past its rules */
    uint64_t changed;
    struct ptn_takers *takers;
    uint32_t who;
};

static int compare(const void *a, const void *b)
{
    const struct known *x = a, *y = b;
    return (x->chain > y->chain) - (x->chain < y->chain);
}

static struct known *known_of(struct shadows *s, const struct ptn_chain *chain)
{
    const struct known key = {.chain = chain};
    return bsearch(&key, s->known, s->n_known, sizeof(key), compare);
}

/* ---- fates --------------------------------------------------------------------------------------------------------
 */

typedef int fate_fn(void *ctx, const struct ptn_fate *);

/* Every verdict a rule may give. Ends with the first result that is not 0. */
static int each_fate(const struct ptn_rule *rule, fate_fn *fn, void *ctx)
{
    int r = 0;
    for (uint32_t i = 0; i < rule->n_stmts && r == 0; i++) {
        const struct ptn_stmt *s = &rule->stmts[i];
        if (s->kind == PTN_STMT_VERDICT)
            r = fn(ctx, &s->verdict);
        if (s->kind != PTN_STMT_VMAP)
            continue;
        for (size_t g = 0; g < s->look.set->n_groups && r == 0; g++)
            r = fn(ctx, &s->look.set->groups[g].datum.verdict);
        if (r == 0 && s->look.set->has_fallback)
            r = fn(ctx, &s->look.set->fallback.datum.verdict);
    }
    return r;
}

static int comes_back(void *ctx, const struct ptn_fate *f)
{
    (void)ctx;
    return f->code == PTN_RETURN || f->code == PTN_GOTO;
}

/* Whether packets may leave the chain for its caller, past the rules that follow. */
static bool may_leave(const struct ptn_rule *rule)
{
    for (uint32_t i = 0; i < rule->n_stmts; i++)
        if (rule->stmts[i].kind == PTN_STMT_OPAQUE ||
            (rule->stmts[i].kind == PTN_STMT_VMAP &&
             (rule->stmts[i].look.set->live || rule->stmts[i].look.set->opaque)))
            return true;
    return each_fate(rule, comes_back, NULL);
}

/* ---- what rules change ----------------------------------------------------------------------------------------------
 */

struct changes {
    struct shadows *s;
    uint64_t fields;
};

static uint64_t changes_of(struct shadows *, const struct ptn_rule *);

static int add_changes(void *ctx, const struct ptn_fate *f)
{
    struct changes *c = ctx;
    struct known *k = f->chain ? known_of(c->s, f->chain) : NULL;
    if (k && !k->has_changes) {
        k->has_changes = true;
        for (uint32_t i = 0; i < k->chain->n_rules; i++)
            k->changes |= changes_of(c->s, &k->chain->rules[i]);
    }
    c->fields |= k ? k->changes : 0;
    return 0;
}

static uint64_t changes_of(struct shadows *s, const struct ptn_rule *rule)
{
    struct changes c = {.s = s};
    for (uint32_t i = 0; i < rule->n_stmts; i++) {
        if (rule->stmts[i].kind == PTN_STMT_OPAQUE)
            return UINT64_MAX;
        if (rule->stmts[i].kind == PTN_STMT_ASSIGN)
            c.fields |= UINT64_C(1) << rule->stmts[i].assign.to;
        if (rule->stmts[i].kind == PTN_STMT_NOTRACK)
            c.fields |= CONNECTION;
    }
    if (c.fields & (FIELD(MARK) | FIELD(SADDR) | FIELD(DADDR)))
        c.fields |= ROUTES;
    each_fate(rule, add_changes, &c);
    return c.fields;
}

/* ---- what rules take --------------------------------------------------------------------------------------------- */

/* All of them are taken; *areas is used up. */
static int take_all(struct view *v, struct ptn_areas *areas)
{
    int r = 0;
    for (size_t i = 0; i < areas->n; i++) {
        if (r == 0 && v->takers->n < TAKERS_MAX)
            r = ptn_takers_push(v->takers, &v->s->spaces[v->family], v->who, &areas->items[i]);
        else
            ptn_area_release(&areas->items[i]);
    }
    areas->n = 0;
    return r;
}

static bool is_changed(const struct view *v, const struct ptn_area *a)
{
    const struct ptn_space *space = &v->s->spaces[v->family];
    for (unsigned i = 0; i < a->n; i++)
        if (v->changed >> space->dims[a->parts[i].dim].field & 1)
            return true;
    return false;
}

static int chain_ends(struct shadows *, unsigned family, const struct ptn_chain *, const struct ptn_takers **ret);

/* Of those that are sent to another chain, the ones that end there. */
static int take_ending(struct view *v, const struct ptn_areas *areas, const struct ptn_chain *to)
{
    struct ptn_space *space = &v->s->spaces[v->family];
    const struct ptn_takers *ends;
    int r = chain_ends(v->s, v->family, to, &ends);
    for (size_t i = 0; i < areas->n && r == 0; i++)
        for (size_t k = 0; k < ends->n && r == 0 && v->takers->n < TAKERS_MAX && space->work; k++) {
            struct ptn_area a;
            if (is_changed(v, &ends->items[k].area))
                continue;
            ptn_area_copy(&a, &areas->items[i]);
            r = ptn_area_meet(space, &a, &ends->items[k].area);
            if (r == 1)
                r = ptn_takers_push(v->takers, space, v->who, &a);
            else
                ptn_area_release(&a);
            r = r == -E2BIG ? 0 : r;
        }
    return r;
}

static int take(struct view *v, struct ptn_areas *areas, const struct ptn_fate *fate)
{
    if (fate->code == PTN_CONTINUE || (fate->code == PTN_RETURN && v->inner))
        return 0;
    if (fate->code == PTN_JUMP || (fate->code == PTN_GOTO && v->inner))
        return fate->chain ? take_ending(v, areas, fate->chain) : 0;
    return take_all(v, areas);
}

static int take_group(struct view *v, const struct ptn_sight *sight, const struct ptn_areas *areas,
                      const struct ptn_look *look, const struct ptn_group *g)
{
    const bool rest = g == &look->set->fallback;
    struct ptn_areas own;
    if (g->maybe || (rest && look->n_keys > 1))
        return 0;
    int r = ptn_areas_copy(&own, areas);
    r = r < 0 ? r : ptn_sight_group(sight, &own, look, rest ? NULL : g);
    r = r < 0 ? r : take(v, &own, &g->datum.verdict);
    ptn_areas_release(&own);
    return r;
}

static int take_mapped(struct view *v, const struct ptn_sight *sight, const struct ptn_areas *areas,
                       const struct ptn_look *look)
{
    const struct ptn_set *set = look->set;
    int r = 0;
    for (size_t i = 0; i < set->n_groups && r == 0; i++)
        r = take_group(v, sight, areas, look, &set->groups[i]);
    return r == 0 && set->has_fallback ? take_group(v, sight, areas, look, &set->fallback) : r;
}

/* NAT ends the chain, but for tproxy without a socket; not for packets of another family than its address. */
static int take_translated(struct view *v, struct ptn_areas *areas, const struct ptn_stmt *s)
{
    const uint8_t family = families[v->family], width = family == AF_INET ? 4 : 16;
    if (s->nat.type == PTN_NAT_TPROXY || s->nat.by_map || !family || (s->nat.family && s->nat.family != family) ||
        (s->nat.to.n && s->nat.to.width[0] && s->nat.to.width[0] != width))
        return 0;
    return take_all(v, areas);
}

/* What a rule surely takes. */
static int take_rule(struct view *v, const struct ptn_rule *rule)
{
    struct ptn_sight sight = {.space = &v->s->spaces[v->family], .changed = v->changed};
    struct ptn_areas areas;
    int r = ptn_sight_all(&areas);
    for (uint32_t i = 0; i < rule->n_stmts && r == 0 && areas.n; i++) {
        const struct ptn_stmt *s = &rule->stmts[i];
        if (s->kind == PTN_STMT_TEST)
            r = ptn_sight_look(&sight, &areas, &s->look);
        else if (s->kind == PTN_STMT_MAYBE || s->kind == PTN_STMT_OPAQUE)
            break;
        else if (s->kind == PTN_STMT_ASSIGN || s->kind == PTN_STMT_NOTRACK)
            sight.changed |= changes_of(v->s, rule);
        else if (s->kind == PTN_STMT_VERDICT)
            r = take(v, &areas, &s->verdict);
        else if (s->kind == PTN_STMT_NAT)
            r = take_translated(v, &areas, s);
        else if (s->kind == PTN_STMT_VMAP)
            r = take_mapped(v, &sight, &areas, &s->look);
        if (s->kind == PTN_STMT_VMAP || s->kind == PTN_STMT_NAT ||
            (s->kind == PTN_STMT_VERDICT && s->verdict.code != PTN_CONTINUE))
            break;
    }
    ptn_areas_release(&areas);
    return r;
}

/* The packets that surely end in a chain: by rules before any from which packets may go back to its caller. */
static int chain_ends(struct shadows *s, unsigned family, const struct ptn_chain *chain, const struct ptn_takers **ret)
{
    static const struct ptn_takers none;
    struct known *k = known_of(s, chain);
    struct view v = {.s = s, .family = family, .inner = true, .takers = k ? &k->ends[family] : NULL};
    int r = 0;
    *ret = k ? v.takers : &none;
    if (!k || k->has_ends[family])
        return 0;
    k->has_ends[family] = true;
    for (uint32_t i = 0; i < chain->n_rules && r == 0 && s->spaces[family].work; i++) {
        r = take_rule(&v, &chain->rules[i]);
        v.changed |= changes_of(s, &chain->rules[i]);
        if (may_leave(&chain->rules[i]))
            break;
    }
    return r;
}

/* ---- one chain ------------------------------------------------------------------------------------------------------
 */

/* What may match a rule: its tests up to the first thing that it does. */
static int see_rule(const struct view *v, const struct ptn_rule *rule, struct ptn_areas *ret)
{
    const struct ptn_sight sight = {.space = &v->s->spaces[v->family], .wide = true, .changed = v->changed};
    int r = ptn_sight_all(ret);
    for (uint32_t i = 0; i < rule->n_stmts && r == 0; i++) {
        const struct ptn_stmt *s = &rule->stmts[i];
        const bool map = s->kind == PTN_STMT_VMAP || (s->kind == PTN_STMT_NAT && s->nat.by_map);
        if (s->kind == PTN_STMT_TEST || map)
            r = ptn_sight_look(&sight, ret, s->kind == PTN_STMT_NAT ? &s->nat.look : &s->look);
        if (s->kind != PTN_STMT_TEST && s->kind != PTN_STMT_MAYBE)
            break;
    }
    return r;
}

/* A rule, as the families judge it. */
struct judged {
    bool seen, passed; /* some family has packets for it; some may come to it */
    uint64_t changes;  /* fields */
    struct ptn_who who;
};

static void unite(struct ptn_who *to, const struct ptn_who *from)
{
    for (size_t i = 0; i < from->n; i++)
        ptn_who_note(to, from->at[i]);
    to->more = to->more || from->more;
}

static int judge_rule(struct view *v, const struct ptn_rule *rule, struct judged *j)
{
    struct ptn_space *space = &v->s->spaces[v->family];
    struct ptn_areas areas = {0};
    struct ptn_who who = {.n = 0};
    if (j->passed)
        return 0;
    int r = see_rule(v, rule, &areas);
    if (r == 0 && areas.n) {
        j->seen = true;
        r = v->takers->n && space->work ? ptn_areas_covered(space, &areas, v->takers, &who) : 0;
        j->passed = r != 1;
        unite(&j->who, &who);
    }
    ptn_areas_release(&areas);
    return r == -ENOMEM ? r : 0;
}

static int judge_family(struct shadows *s, unsigned family, const struct ptn_chain *chain, struct judged *all)
{
    struct ptn_takers takers = {0};
    struct view v = {.s = s, .family = family, .takers = &takers};
    uint32_t i = 0;
    int r = 0;
    for (; i < chain->n_rules && r == 0 && s->spaces[family].work; i++) {
        v.who = i;
        r = judge_rule(&v, &chain->rules[i], &all[i]);
        r = r < 0 ? r : take_rule(&v, &chain->rules[i]);
        v.changed |= all[i].changes;
    }
    for (; i < chain->n_rules; i++)
        all[i].passed = true; /* for all that is known */
    ptn_takers_release(&takers);
    return r;
}

static int add(struct shadows *s, const struct ptn_chain *chain, uint32_t at, const struct ptn_who *who)
{
    if (ptn_grow(&s->found, s->n, &s->room, sizeof(*s->found)) < 0)
        return -ENOMEM;
    struct ptn_shadow *f = &s->found[s->n++];
    *f = (struct ptn_shadow){.rule = &chain->rules[at], .n_by = who->n, .more = who->more};
    for (size_t i = 0; i < who->n; i++)
        f->by[i] = &chain->rules[who->at[i]];
    return 0;
}

static bool meets(const struct ptn_chain *chain, unsigned family)
{
    const enum ptn_table_family t = chain->table->family;
    return t == PTN_TABLE_NETDEV || (t == PTN_TABLE_INET && families[family]) ||
           (t == PTN_TABLE_IP && families[family] == AF_INET) || (t == PTN_TABLE_IP6 && families[family] == AF_INET6);
}

static int judge_chain(struct shadows *s, const struct ptn_chain *chain)
{
    struct judged *all = calloc(chain->n_rules + 1u, sizeof(*all));
    int r = all ? 0 : -ENOMEM;
    for (uint32_t i = 0; i < chain->n_rules && r == 0; i++)
        all[i].changes = changes_of(s, &chain->rules[i]);
    for (unsigned f = 0; f < FAMILIES && r == 0; f++)
        if (meets(chain, f))
            r = judge_family(s, f, chain, all);
    for (uint32_t i = 0; i < chain->n_rules && r == 0; i++)
        if (all[i].seen && !all[i].passed && all[i].who.n)
            r = add(s, chain, i, &all[i].who);
    free(all);
    return r;
}

/* ---- the wall ------------------------------------------------------------------------------------------------------
 */

static int begin(struct shadows *s, const struct ptn_wall *w)
{
    size_t room = 1;
    for (size_t t = 0; t < w->n_tables; t++)
        room += w->tables[t]->n_chains;
    s->known = calloc(room, sizeof(*s->known));
    if (!s->known)
        return -ENOMEM;
    for (size_t t = 0; t < w->n_tables; t++)
        for (size_t i = 0; i < w->tables[t]->n_chains; i++)
            if (w->tables[t]->chains[i]->depth)
                s->known[s->n_known++].chain = w->tables[t]->chains[i];
    qsort(s->known, s->n_known, sizeof(*s->known), compare);
    for (unsigned f = 0; f < FAMILIES; f++) {
        s->spaces[f].family = families[f];
        s->spaces[f].work = WORK;
    }
    return 0;
}

static void end(struct shadows *s)
{
    for (size_t i = 0; i < s->n_known; i++)
        for (unsigned f = 0; f < FAMILIES; f++)
            ptn_takers_release(&s->known[i].ends[f]);
    for (unsigned f = 0; f < FAMILIES; f++)
        ptn_space_release(&s->spaces[f]);
    free(s->known);
}

int ptn_wall_shadows(const struct ptn_wall *w, struct ptn_shadow **ret, size_t *n)
{
    struct shadows s = {0};
    int r = begin(&s, w);
    for (size_t t = 0; t < w->n_tables && r == 0; t++)
        for (size_t i = 0; i < w->tables[t]->n_chains && r == 0; i++)
            if (w->tables[t]->chains[i]->depth && !w->tables[t]->dormant)
                r = judge_chain(&s, w->tables[t]->chains[i]);
    end(&s);
    *ret = r < 0 ? NULL : s.found;
    *n = r < 0 ? 0 : s.n;
    if (r < 0)
        free(s.found);
    return r;
}
