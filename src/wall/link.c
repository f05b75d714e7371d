/* The last step of reading: what names stand for, and in which order the kernel runs the base chains. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "wall.h"

/* nf_tables takes 16 (NFT_JUMP_STACK_SIZE), legacy iptables more. */
#define DEPTH_MAX 64

static int link_fate(const struct ptn_chain *c, struct ptn_fate *f, struct ptn_err *err)
{
    if ((f->code != PTN_JUMP && f->code != PTN_GOTO) || f->chain)
        return 0;
    f->chain = f->to ? ptn_wall_find_chain(c->table, f->to) : NULL;
    if (!f->chain)
        return ptn_fail(err, -ENOENT, "table %s, chain %s: it jumps to chain \"%s\", which is not there",
                        c->table->name, c->name, f->to ? f->to : "");
    return 0;
}

static int link_map(const struct ptn_chain *c, struct ptn_set *s, struct ptn_err *err)
{
    int r = 0;
    for (size_t i = 0; s && r == 0 && i < s->n_groups; i++)
        r = link_fate(c, &s->groups[i].datum.verdict, err);
    if (s && r == 0 && s->has_fallback)
        r = link_fate(c, &s->fallback.datum.verdict, err);
    return r;
}

/* A rule asks what can be decided first: fewer packets are then in doubt. Addresses come last of that: the packets of
 * all other ports then stay one set, where each address would have made a set of its own. */
enum turn { EFFECT, CERTAIN, ADDRESS, UNKNOWN, DOUBTFUL };

static enum turn turn_of(const struct ptn_stmt *s)
{
    if (s->kind != PTN_STMT_TEST)
        return s->kind == PTN_STMT_MAYBE || s->kind == PTN_STMT_LOG ? DOUBTFUL : EFFECT;
    enum ptn_pkt field = s->look.key[0].field;
    return ptn_pkt_is_address(field) ? ADDRESS : field == PTN_PKT_OTHER ? UNKNOWN : CERTAIN;
}

static bool comes_before(const struct ptn_stmt *a, const struct ptn_stmt *b)
{
    return turn_of(a) != EFFECT && turn_of(a) < turn_of(b);
}

/* Effects keep their places. */
static void tests_first(struct ptn_rule *r)
{
    for (uint32_t i = 1; i < r->n_stmts; i++)
        for (uint32_t k = i; k > 0 && comes_before(&r->stmts[k], &r->stmts[k - 1]); k--) {
            struct ptn_stmt swap = r->stmts[k];
            r->stmts[k] = r->stmts[k - 1];
            r->stmts[k - 1] = swap;
        }
}

static bool has_egress(const struct ptn_table *t)
{
    for (size_t i = 0; i < t->n_chains; i++)
        if (t->chains[i]->base && t->chains[i]->hook == PTN_HOOK_EGRESS)
            return true;
    return false;
}

/* On the way out the header of the link counts, which no question knows. */
static void doubt_lengths(struct ptn_rule *r)
{
    for (uint32_t i = 0; i < r->n_stmts; i++) {
        struct ptn_stmt *s = &r->stmts[i];
        bool length = false;
        for (unsigned k = 0; s->kind == PTN_STMT_TEST && k < s->look.n_keys; k++)
            length = length || s->look.key[k].field == PTN_PKT_LENGTH;
        if (length)
            *s = (struct ptn_stmt){.kind = PTN_STMT_MAYBE, .text = "the length with the link's header"};
    }
}

static int link_chain(struct ptn_chain *c, struct ptn_err *err)
{
    const bool egress = has_egress(c->table);
    int r = 0;
    for (uint32_t i = 0; i < c->n_rules && r == 0; i++) {
        struct ptn_rule *rule = &c->rules[i];
        if (egress)
            doubt_lengths(rule);
        tests_first(rule);
        for (uint32_t k = 0; k < rule->n_stmts && r == 0; k++) {
            struct ptn_stmt *s = &rule->stmts[k];
            if (s->kind == PTN_STMT_VERDICT)
                r = link_fate(c, &s->verdict, err);
            else if (s->kind == PTN_STMT_VMAP)
                r = link_map(c, s->look.set, err);
        }
    }
    return r;
}

/* ---- loops ------------------------------------------------------------------------------------------------- */

static int walk(struct ptn_chain *c, unsigned depth, struct ptn_err *err);

static int walk_fate(const struct ptn_fate *f, unsigned depth, struct ptn_err *err)
{
    return f->chain ? walk(f->chain, depth + 1, err) : 0;
}

static int walk_stmt(const struct ptn_stmt *s, unsigned depth, struct ptn_err *err)
{
    int r = 0;
    if (s->kind == PTN_STMT_VERDICT)
        return walk_fate(&s->verdict, depth, err);
    if (s->kind != PTN_STMT_VMAP || !s->look.set)
        return 0;
    for (size_t i = 0; r == 0 && i < s->look.set->n_groups; i++)
        r = walk_fate(&s->look.set->groups[i].datum.verdict, depth, err);
    return r == 0 && s->look.set->has_fallback ? walk_fate(&s->look.set->fallback.datum.verdict, depth, err) : r;
}

/* A chain is walked again only where it was met less deep than now. */
static int walk(struct ptn_chain *c, unsigned depth, struct ptn_err *err)
{
    int r = 0;
    if (c->visiting)
        return ptn_fail(err, -ELOOP, "table %s: chain %s leads back to itself", c->table->name, c->name);
    if (depth > DEPTH_MAX)
        return ptn_fail(err, -ELOOP, "table %s, chain %s: chains call each other more than %d deep", c->table->name,
                        c->name, DEPTH_MAX);
    if (c->depth > depth)
        return 0;
    c->depth = depth + 1;
    c->visiting = true;
    for (uint32_t i = 0; i < c->n_rules && r == 0; i++)
        for (uint32_t k = 0; k < c->rules[i].n_stmts && r == 0; k++)
            r = walk_stmt(&c->rules[i].stmts[k], depth, err);
    c->visiting = false;
    return r;
}

/* ---- the order of the base chains ---------------------------------------------------------------------------
 *
 * By priority; of equal ones the newest first (nf_hook_entries_grow puts a new one before its equals). Chains of type
 * nat are run by one hook of fixed priority, whatever theirs is, which only orders them among themselves
 * (nf_nat_register_fn). That hook is as old as the oldest of them. */

struct place {
    struct ptn_chain *chain;
    int64_t priority, inner; /* of the hook; of the chain within it */
    uint64_t age, own_age;   /* greater is newer */
};

static uint64_t age_of(const struct ptn_chain *c)
{
    uint64_t table = c->table->handle ? c->table->handle : c->table->order;
    return table << 32 | (c->handle & UINT32_MAX);
}

static int compare(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->priority != y->priority)
        return x->priority < y->priority ? -1 : 1;
    if (x->age != y->age)
        return x->age > y->age ? -1 : 1;
    if (x->inner != y->inner)
        return x->inner < y->inner ? -1 : 1;
    return x->own_age != y->own_age ? (x->own_age > y->own_age ? -1 : 1) : 0;
}

static bool meets(const struct ptn_chain *c, unsigned six)
{
    return c->base && !c->table->dormant &&
           (c->table->family == PTN_TABLE_INET || c->table->family == PTN_TABLE_NETDEV ||
            c->table->family == (six ? PTN_TABLE_IP6 : PTN_TABLE_IP));
}

static struct place place_of(struct ptn_chain *c, uint64_t oldest_nat)
{
    struct place p = {.chain = c, .priority = c->priority, .age = age_of(c), .own_age = age_of(c)};
    if (c->type == PTN_CHAIN_NAT) {
        p.inner = c->priority;
        p.priority = c->hook == PTN_HOOK_PREROUTING || c->hook == PTN_HOOK_OUTPUT ? -100 : 100;
        p.age = oldest_nat;
    }
    return p;
}

static int order(struct ptn_wall *w, unsigned six, struct place *places, size_t max)
{
    uint64_t oldest_nat = UINT64_MAX;
    for (size_t t = 0; t < w->n_tables; t++)
        for (size_t i = 0; i < w->tables[t]->n_chains; i++) {
            const struct ptn_chain *c = w->tables[t]->chains[i];
            if (meets(c, six) && c->type == PTN_CHAIN_NAT && age_of(c) < oldest_nat)
                oldest_nat = age_of(c);
        }
    for (int h = 0; h < PTN_HOOK_COUNT; h++) {
        size_t n = 0;
        for (size_t t = 0; t < w->n_tables; t++)
            for (size_t i = 0; i < w->tables[t]->n_chains && n < max; i++)
                if (meets(w->tables[t]->chains[i], six) && w->tables[t]->chains[i]->hook == (enum ptn_hook)h)
                    places[n++] = place_of(w->tables[t]->chains[i], oldest_nat);
        qsort(places, n, sizeof(*places), compare);
        free(w->hooks[six][h]);
        w->hooks[six][h] = calloc(n + 1, sizeof(struct ptn_chain *));
        if (!w->hooks[six][h])
            return -ENOMEM;
        for (size_t i = 0; i < n; i++)
            w->hooks[six][h][i] = places[i].chain;
        w->n_hooks[six][h] = n;
    }
    return 0;
}

static void sort_set(struct ptn_set *s)
{
    for (size_t i = 0; i < s->n_groups; i++)
        if (s->groups[i].ranges)
            ptn_ranges_sort(s->groups[i].ranges);
}

/* Whether an expression makes the kernel track connections of a family (nf_ct_netns_get): what asks conntrack, and what
 * NAT does, which in a table of both may be for one. */
static bool needs_tracking(const struct ptn_stmt *s, uint8_t family)
{
    const bool looks = s->kind == PTN_STMT_TEST || s->kind == PTN_STMT_VMAP;
    for (unsigned k = 0; looks && k < s->look.n_keys; k++)
        if (ptn_pkt_is_ct(s->look.key[k].field))
            return true;
    if (s->kind == PTN_STMT_NAT)
        return s->nat.type != PTN_NAT_TPROXY && (!s->nat.family || s->nat.family == family);
    return s->kind == PTN_STMT_ASSIGN && (ptn_pkt_is_ct(s->assign.to) || ptn_pkt_is_ct(s->assign.from));
}

static void note_tracking(struct ptn_wall *w, const struct ptn_table *t)
{
    const bool has[2] = {t->family != PTN_TABLE_IP6, t->family != PTN_TABLE_IP};
    for (size_t c = 0; c < t->n_chains; c++)
        for (uint32_t i = 0; i < t->chains[c]->n_rules; i++)
            for (uint32_t k = 0; k < t->chains[c]->rules[i].n_stmts; k++)
                for (int six = 0; six < 2; six++)
                    w->tracks[six] |= has[six] && !w->tracks[six] &&
                                      needs_tracking(&t->chains[c]->rules[i].stmts[k], six ? AF_INET6 : AF_INET);
}

int ptn_wall_link(struct ptn_wall *w, struct ptn_err *err)
{
    size_t n = 0;
    int r = 0;
    for (size_t i = 0; i < w->n_loose; i++)
        sort_set(w->loose[i]);
    for (size_t t = 0; t < w->n_tables; t++) {
        struct ptn_table *table = w->tables[t];
        n += table->n_chains;
        note_tracking(w, table);
        for (size_t i = 0; i < table->n_sets; i++)
            sort_set(table->sets[i]);
        for (size_t i = 0; i < table->n_chains && r == 0; i++)
            r = link_chain(table->chains[i], err);
        for (size_t i = 0; i < table->n_chains && r == 0; i++)
            if (table->chains[i]->base)
                r = walk(table->chains[i], 0, err);
    }
    struct place *places = calloc(n + 1, sizeof(*places));
    r = r < 0 ? r : !places ? -ENOMEM : order(w, 0, places, n);
    r = r < 0 ? r : order(w, 1, places, n);
    free(places);
    return r;
}
