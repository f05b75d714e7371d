/* What can be said of rules without asking about packets. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "check_part.h"
#include "wall/shadow.h"

static int note(struct ptn_check *c, enum ptn_remark_kind kind, enum ptn_verdict level, const char *what,
                const struct ptn_chain *chain, const struct ptn_rule *rule, const char *text)
{
    struct ptn_entry like = {.text = text};
    like.remark = (struct ptn_remark){.kind = kind, .level = level, .what = what, .chain = chain, .rule = rule};
    return text && what && ptn_check_entry(c, &like) ? 0 : -ENOMEM;
}

/* ---- logs ------------------------------------------------------------------------------------------------------- */

static bool jumps_to(const struct ptn_stmt *s, const struct ptn_chain *to)
{
    if (s->kind == PTN_STMT_VERDICT)
        return s->verdict.chain == to;
    if (s->kind != PTN_STMT_VMAP)
        return false;
    for (size_t i = 0; i < s->look.set->n_groups; i++)
        if (s->look.set->groups[i].datum.verdict.chain == to)
            return true;
    return s->look.set->has_fallback && s->look.set->fallback.datum.verdict.chain == to;
}

/* Whether a rule does it (a log, a jump) with nothing before that limits it. */
static bool unlimited(const struct ptn_rule *r, const struct ptn_chain *to)
{
    for (uint32_t i = 0; i < r->n_stmts; i++) {
        if (r->stmts[i].kind == PTN_STMT_MAYBE)
            return false;
        if (to ? jumps_to(&r->stmts[i], to) : r->stmts[i].kind == PTN_STMT_LOG)
            return true;
    }
    return false;
}

/* A chain to which every way is limited: one that logs for others. */
static bool is_limited(const struct ptn_chain *chain)
{
    const struct ptn_table *t = chain->table;
    for (size_t k = 0; k < t->n_chains; k++)
        for (uint32_t i = 0; i < t->chains[k]->n_rules; i++)
            if (unlimited(&t->chains[k]->rules[i], chain))
                return false;
    return !chain->base;
}

static int check_logs(struct ptn_check *c, const struct ptn_chain *chain)
{
    int r = 0;
    for (uint32_t i = 0; i < chain->n_rules && r == 0; i++)
        if (unlimited(&chain->rules[i], NULL) && !is_limited(chain))
            r = note(c, PTN_REMARK_LOG, PTN_VERDICT_LIMIT, "log", chain, &chain->rules[i],
                     "A log without a limit: whoever knocks can fill the disk. Put a limit before it.");
    return r;
}

/* ---- chains ---------------------------------------------------------------------------------------------------------
 */

static int check_chain(struct ptn_check *c, const struct ptn_chain *chain)
{
    if (chain->depth)
        return check_logs(c, chain);
    if (!chain->n_rules || chain->table->dormant)
        return 0;
    return note(c, PTN_REMARK_UNREACHED, PTN_VERDICT_OK, chain->name, chain, NULL,
                ptn_arena_printf(c->arena, "No rule leads to chain %s: its %u rule%s never asked.", chain->name,
                                 chain->n_rules, chain->n_rules == 1 ? " is" : "s are"));
}

/* ---- rules to which nothing comes ----------------------------------------------------------------------------------
 */

static enum ptn_code code_of(const struct ptn_rule *r)
{
    const struct ptn_stmt *last = r->n_stmts ? &r->stmts[r->n_stmts - 1] : NULL;
    return last && last->kind == PTN_STMT_VERDICT ? last->verdict.code : PTN_CONTINUE;
}

/* Whoever wrote it meant something else to happen than what does. */
static bool is_thwarted(const struct ptn_shadow *s)
{
    const enum ptn_code meant = code_of(s->rule);
    bool thwarted = s->more && meant != PTN_CONTINUE;
    for (size_t i = 0; i < s->n_by; i++)
        thwarted = thwarted || (meant != PTN_CONTINUE && code_of(s->by[i]) != meant);
    return thwarted;
}

int ptn_remark_of_shadow(struct ptn_remark *ret, struct ptn_arena *arena, const struct ptn_shadow *s)
{
    const char *text = "Nothing comes to it. What it would match is taken before";
    char words[160];
    for (size_t i = 0; i < s->n_by && text; i++) {
        const struct ptn_rule *by = s->by[i];
        const bool handle = by->handle;
        ptn_rule_text(by, words, sizeof(words));
        text = ptn_arena_printf(arena, "%s%s %s %llu: %s", text, i ? "; by" : " by", handle ? "handle" : "rule",
                                handle ? (unsigned long long)by->handle : by->index, words);
    }
    if (text)
        text = ptn_arena_printf(arena, "%s%s.", text, s->more ? "; and by others" : "");
    *ret = (struct ptn_remark){.kind = PTN_REMARK_SHADOWED, .ports = "", .peers = "", .text = text};
    ret->level = is_thwarted(s) ? PTN_VERDICT_ASK : PTN_VERDICT_OK;
    ret->what = ptn_arena_printf(arena, "rule %u of chain %s", s->rule->index, s->rule->chain->name);
    ret->chain = s->rule->chain;
    ret->rule = s->rule;
    return text && ret->what ? 0 : -ENOMEM;
}

static int check_shadow(struct ptn_check *c, const struct ptn_shadow *s)
{
    struct ptn_entry like = {0};
    int r = ptn_remark_of_shadow(&like.remark, c->arena, s);
    like.text = like.remark.text;
    return r == 0 && !ptn_check_entry(c, &like) ? -ENOMEM : r;
}

static int check_shadows(struct ptn_check *c)
{
    struct ptn_shadow *list = NULL;
    size_t n = 0;
    int r = ptn_wall_shadows(c->wall, &list, &n);
    for (size_t i = 0; i < n && r == 0; i++)
        r = check_shadow(c, &list[i]);
    free(list);
    return r;
}

/* ------------------------------------------------------------------------------------------------------------------ */

bool ptn_unjudged_matters(const char *what)
{
    return strncmp(what, "table ip", 8) == 0 || strncmp(what, "table inet", 10) == 0;
}

static int check_unjudged(struct ptn_check *c, const char *what)
{
    return note(c, PTN_REMARK_UNJUDGED, ptn_unjudged_matters(what) ? PTN_VERDICT_BLIND : PTN_VERDICT_OK, what, NULL,
                NULL, ptn_arena_printf(c->arena, "Not judged: %s.", what));
}

int ptn_check_rules(struct ptn_check *c)
{
    int r = 0;
    for (size_t t = 0; t < c->wall->n_tables; t++)
        for (size_t i = 0; i < c->wall->tables[t]->n_chains && r == 0; i++)
            r = check_chain(c, c->wall->tables[t]->chains[i]);
    r = r < 0 ? r : check_shadows(c);
    for (size_t i = 0; i < c->wall->n_unjudged && r == 0; i++)
        r = check_unjudged(c, c->wall->unjudged[i]);
    return r;
}
