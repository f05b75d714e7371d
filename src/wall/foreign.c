#include "foreign.h"

#include <stdlib.h>
#include <string.h>

/* Inside a string of JSON the quotes would have backslashes. */
static bool is_foreign(const struct ptn_rule *r)
{
    static const char mark[] = "{\"xt\":";
    return memmem(r->source, r->source_len, mark, sizeof(mark) - 1) != NULL;
}

static bool any_foreign(const struct ptn_chain *c)
{
    for (uint32_t i = 0; i < c->n_rules; i++)
        if (is_foreign(&c->rules[i]))
            return true;
    return false;
}

/* Both listings have nearly the same order: the search begins where the last one ended. */
static const struct ptn_chain *find_chain(const struct ptn_table *t, const char *name, size_t *at)
{
    for (size_t i = 0; i < t->n_chains; i++, ++*at) {
        if (*at >= t->n_chains)
            *at = 0;
        if (strcmp(t->chains[*at]->name, name) == 0)
            return t->chains[*at];
    }
    return NULL;
}

/* The rule keeps its place and handle. The chains it names are those of its own table. */
static void take(struct ptn_rule *r, const struct ptn_rule *told)
{
    for (uint32_t i = 0; i < told->n_stmts; i++)
        if (told->stmts[i].kind == PTN_STMT_VERDICT)
            told->stmts[i].verdict.chain = NULL;
    r->stmts = told->stmts;
    r->n_stmts = told->n_stmts;
    r->comment = told->comment;
    r->source = told->source;
    r->source_len = told->source_len;
}

/* A chain that changed between the two listings stays untold. */
static bool tell_chain(struct ptn_chain *c, const struct ptn_chain *told)
{
    if (!told || told->n_rules != c->n_rules)
        return false;
    for (uint32_t i = 0; i < c->n_rules; i++)
        if (is_foreign(&c->rules[i]))
            take(&c->rules[i], &told->rules[i]);
    return true;
}

static bool tell_table(struct ptn_table *t, const struct ptn_table *told)
{
    bool all = true;
    size_t at = 0;
    for (size_t i = 0; i < t->n_chains; i++)
        if (any_foreign(t->chains[i]))
            all &= tell_chain(t->chains[i], find_chain(told, t->chains[i]->name, &at));
    return all;
}

/* What was read aside, and is no part of the wall. */
struct aside {
    struct ptn_table **tables;
    size_t n, room;
};

static void swap_tables(struct ptn_wall *w, struct aside *a)
{
    struct aside was = {w->tables, w->n_tables, w->room};
    w->tables = a->tables;
    w->n_tables = a->n;
    w->room = a->room;
    *a = was;
}

static void tell_tables(struct ptn_wall *w, enum ptn_table_family family, const struct aside *a)
{
    for (size_t i = 0; i < w->n_tables; i++)
        for (size_t k = 0; k < a->n; k++) {
            struct ptn_table *t = w->tables[i];
            if (!t->foreign || t->family != family || strcmp(t->name, a->tables[k]->name) != 0)
                continue;
            t->backend = PTN_BACKEND_IPTABLES;
            t->foreign = !tell_table(t, a->tables[k]);
        }
}

int ptn_wall_tell_foreign(struct ptn_wall *w, enum ptn_table_family family, const char *name, const char *text,
                          size_t len, struct ptn_err *err)
{
    struct aside a = {0};
    swap_tables(w, &a);
    int r = ptn_wall_read_save(w, family, PTN_BACKEND_IPTABLES, name, text, len, err);
    swap_tables(w, &a);
    if (r == 0)
        tell_tables(w, family, &a);
    for (size_t i = 0; i < a.n; i++)
        ptn_wall_empty(a.tables[i]);
    free(a.tables);
    return r;
}
