/*
 * iptables-save and ip6tables-save into the model: tables, chains, rules; words in save_rule.c.
 *
 * Sources: iptables-save(8), iptables-extensions(8), the kernel's net/ipv4/netfilter/iptable_*.c (hooks, priorities).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "save.h"

static const struct builtin {
    const char *table, *chain;
    enum ptn_hook hook;
    enum ptn_chain_type type;
    int32_t priority;
} builtins[] = {
    {"raw", "PREROUTING", PTN_HOOK_PREROUTING, PTN_CHAIN_FILTER, -300},
    {"raw", "OUTPUT", PTN_HOOK_OUTPUT, PTN_CHAIN_FILTER, -300},
    {"mangle", "PREROUTING", PTN_HOOK_PREROUTING, PTN_CHAIN_FILTER, -150},
    {"mangle", "INPUT", PTN_HOOK_INPUT, PTN_CHAIN_FILTER, -150},
    {"mangle", "FORWARD", PTN_HOOK_FORWARD, PTN_CHAIN_FILTER, -150},
    {"mangle", "OUTPUT", PTN_HOOK_OUTPUT, PTN_CHAIN_ROUTE, -150},
    {"mangle", "POSTROUTING", PTN_HOOK_POSTROUTING, PTN_CHAIN_FILTER, -150},
    {"nat", "PREROUTING", PTN_HOOK_PREROUTING, PTN_CHAIN_NAT, -100},
    {"nat", "INPUT", PTN_HOOK_INPUT, PTN_CHAIN_NAT, 100},
    {"nat", "OUTPUT", PTN_HOOK_OUTPUT, PTN_CHAIN_NAT, -100},
    {"nat", "POSTROUTING", PTN_HOOK_POSTROUTING, PTN_CHAIN_NAT, 100},
    {"filter", "INPUT", PTN_HOOK_INPUT, PTN_CHAIN_FILTER, 0},
    {"filter", "FORWARD", PTN_HOOK_FORWARD, PTN_CHAIN_FILTER, 0},
    {"filter", "OUTPUT", PTN_HOOK_OUTPUT, PTN_CHAIN_FILTER, 0},
    {"security", "INPUT", PTN_HOOK_INPUT, PTN_CHAIN_FILTER, 50},
    {"security", "FORWARD", PTN_HOOK_FORWARD, PTN_CHAIN_FILTER, 50},
    {"security", "OUTPUT", PTN_HOOK_OUTPUT, PTN_CHAIN_FILTER, 50},
};

/* Chains by name, for this table. */
struct names {
    struct ptn_chain **slots;
    size_t n, room; /* a power of two */
};

/* A chain as nft listed it. */
struct listed {
    const char *name;
    uint64_t handle;
    uint64_t *rules;
    uint32_t n_rules;
};

struct save {
    struct ptn_wall *wall;
    enum ptn_table_family family;
    enum ptn_backend backend;
    const char *name;
    unsigned line;
    struct ptn_err *err;
    size_t old_tables;       /* those that were there before this text */
    struct ptn_table *table; /* NULL: between tables */
    bool skip;               /* nft told all of this one */
    struct names names;
    struct listed *listed;
    size_t n_listed;
    struct ptn_save_rule *rule;
    struct ptn_save_shared shared[PTN_SAVE_CACHE];
};

static int refuse(const struct save *s, const char *what, const char *whom)
{
    char shown[64];
    size_t n = 0;
    for (; whom[n] && n + 1 < sizeof(shown); n++)
        shown[n] = whom[n] >= 0x20 && whom[n] < 0x7f ? whom[n] : '?';
    shown[n] = '\0';
    return ptn_fail(s->err, -EINVAL, "%s:%u: %s%s", s->name, s->line, what, shown);
}

/* ---- chains by name ------------------------------------------------------------------------------------------- */

static struct ptn_chain **slot_of(const struct names *names, const char *name)
{
    size_t i = ptn_name_hash(name, strlen(name)) & (names->room - 1);
    while (names->slots[i] && strcmp(names->slots[i]->name, name) != 0)
        i = (i + 1) & (names->room - 1);
    return &names->slots[i];
}

static struct ptn_chain *find_chain(void *ctx, const char *name)
{
    const struct names *names = ctx;
    return names->room ? *slot_of(names, name) : NULL;
}

static int remember(struct names *names, struct ptn_chain *c)
{
    if (names->n * 2 >= names->room) {
        struct names more = {.room = names->room ? names->room * 2 : 64};
        more.slots = calloc(more.room, sizeof(*more.slots));
        if (!more.slots)
            return -ENOMEM;
        for (size_t i = 0; i < names->room; i++)
            if (names->slots[i])
                *slot_of(&more, names->slots[i]->name) = names->slots[i];
        more.n = names->n;
        free(names->slots);
        *names = more;
    }
    *slot_of(names, c->name) = c;
    names->n++;
    return 0;
}

/* ---- handles of a table that nft listed ------------------------------------------------------------------------- */

static void forget_listed(struct save *s)
{
    for (size_t i = 0; i < s->n_listed; i++)
        free(s->listed[i].rules);
    free(s->listed);
    s->listed = NULL;
    s->n_listed = 0;
}

static int compare_listed(const void *a, const void *b)
{
    return strcmp(((const struct listed *)a)->name, ((const struct listed *)b)->name);
}

static int keep_listed(struct save *s, const struct ptn_table *t)
{
    s->listed = calloc(t->n_chains + 1, sizeof(*s->listed));
    for (size_t i = 0; s->listed && i < t->n_chains; i++) {
        const struct ptn_chain *c = t->chains[i];
        struct listed *l = &s->listed[s->n_listed++];
        *l = (struct listed){.name = c->name, .handle = c->handle, .n_rules = c->n_rules};
        l->rules = calloc((size_t)c->n_rules + 1, sizeof(*l->rules));
        if (!l->rules)
            return -ENOMEM;
        for (uint32_t k = 0; k < c->n_rules; k++)
            l->rules[k] = c->rules[k].handle;
    }
    if (!s->listed)
        return -ENOMEM;
    qsort(s->listed, s->n_listed, sizeof(*s->listed), compare_listed);
    return 0;
}

/* The rules stand in the same order; where their number differs the table changed between the two listings. */
static void give_handles(struct save *s)
{
    for (size_t i = 0; s->n_listed && i < s->table->n_chains; i++) {
        struct ptn_chain *c = s->table->chains[i];
        const struct listed key = {.name = c->name};
        const struct listed *l = bsearch(&key, s->listed, s->n_listed, sizeof(*s->listed), compare_listed);
        if (!l)
            continue;
        c->handle = l->handle;
        for (uint32_t k = 0; l->n_rules == c->n_rules && k < c->n_rules; k++)
            c->rules[k].handle = l->rules[k];
    }
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static const char *table_name(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof(builtins) / sizeof(*builtins); i++)
        if (strlen(builtins[i].table) == len && memcmp(builtins[i].table, name, len) == 0)
            return builtins[i].table;
    return NULL;
}

/* A legacy table and one of nft's may have the same name. */
static struct ptn_table *find_table(const struct save *s, const char *name, size_t *at)
{
    bool legacy = s->backend == PTN_BACKEND_LEGACY;
    for (*at = 0; *at < s->wall->n_tables; ++*at) {
        struct ptn_table *t = s->wall->tables[*at];
        if (t->family == s->family && (t->backend == PTN_BACKEND_LEGACY) == legacy && strcmp(t->name, name) == 0)
            return t;
    }
    return NULL;
}

static struct ptn_table *make_table(const struct save *s, const char *name)
{
    char own[32] = "iptables-legacy ";
    size_t legacy = s->backend == PTN_BACKEND_LEGACY ? strlen(own) : 0;
    ptn_put(own + legacy, own + sizeof(own), name);
    struct ptn_table *t = ptn_wall_table(s->wall, s->family, own);
    if (t) /* made by a name that no other can have, it gets its own */
        t->name += legacy;
    return t;
}

static int begin_table(struct save *s, const char *text, size_t len)
{
    const char *name = table_name(text, len);
    size_t at;
    if (s->table || s->skip)
        return refuse(s, "a table begins before the last one's COMMIT", "");
    if (!name)
        return refuse(s, "iptables has no such table", "");
    struct ptn_table *t = find_table(s, name, &at);
    if (t && (at >= s->old_tables || s->backend == PTN_BACKEND_LEGACY))
        return refuse(s, "a second time table ", name);
    s->skip = t && !t->foreign;
    if (s->skip)
        return 0;
    if (t) {
        if (keep_listed(s, t) < 0)
            return -ENOMEM;
        ptn_wall_empty(t);
    } else {
        t = make_table(s, name);
        if (!t)
            return -ENOMEM;
    }
    t->backend = s->backend;
    s->table = t;
    return 0;
}

static void forget_table(struct save *s)
{
    free(s->names.slots);
    s->names = (struct names){.slots = NULL};
    forget_listed(s);
    s->table = NULL;
    s->skip = false;
}

static int end_table(struct save *s)
{
    if (s->table) {
        give_handles(s);
        s->table->foreign = false;
    } else if (!s->skip) {
        return refuse(s, "COMMIT without a table", "");
    }
    forget_table(s);
    return 0;
}

/* ---- chains -------------------------------------------------------------------------------------------------------
 */

static const struct builtin *builtin_of(const char *table, const char *chain)
{
    for (size_t i = 0; i < sizeof(builtins) / sizeof(*builtins); i++)
        if (strcmp(builtins[i].table, table) == 0 && strcmp(builtins[i].chain, chain) == 0)
            return &builtins[i];
    return NULL;
}

static int set_policy(const struct save *s, struct ptn_chain *c, const char *policy)
{
    const struct builtin *b = builtin_of(s->table->name, c->name);
    bool drop = strcmp(policy, "DROP") == 0, user = strcmp(policy, "-") == 0;
    if (!drop && !user && strcmp(policy, "ACCEPT") != 0)
        return refuse(s, "no policy is called ", policy);
    if (!b && !user)
        return refuse(s, "the table has no built-in chain ", c->name);
    if (!b || user)
        return 0;
    c->base = true;
    c->hook = b->hook;
    c->type = b->type;
    c->priority = b->priority;
    c->policy = drop ? PTN_DROP : PTN_ACCEPT;
    return 0;
}

/* ":INPUT ACCEPT [0:0]" */
static int declare_chain(struct save *s, const char *text, size_t len)
{
    struct ptn_save_rule *r = s->rule;
    const char *why;
    if (ptn_save_split(r, text, len, &why) < 0)
        return refuse(s, why, "");
    if (r->n_words < 2)
        return refuse(s, "a chain needs a name and a policy", "");
    if (find_chain(&s->names, r->words[0].text))
        return refuse(s, "a second time chain ", r->words[0].text);
    struct ptn_chain *c = ptn_wall_chain(s->wall, s->table, r->words[0].text);
    if (!c || remember(&s->names, c) < 0)
        return -ENOMEM;
    return set_policy(s, c, r->words[1].text);
}

/* ---- rules --------------------------------------------------------------------------------------------------------
 */

static int add_rule(struct save *s, const char *line, size_t len)
{
    struct ptn_save_rule *r = s->rule;
    const char *comment = r->comment[0] ? ptn_arena_strdup(&s->wall->arena, r->comment) : "";
    struct ptn_rule *rule = comment ? ptn_wall_rule(s->wall, r->chain, r->stmts, r->n_stmts) : NULL;
    if (!rule)
        return -ENOMEM;
    rule->comment = comment;
    rule->source = line;
    rule->source_len = (uint32_t)len;
    return 0;
}

/* "[0:0] -A INPUT -p tcp ...": the counters are no part of the rule. */
static int read_rule(struct save *s, const char *line, size_t len)
{
    struct ptn_save_rule *r = s->rule;
    const char *why = NULL, *end = line + len;
    if (line[0] == '[') {
        const char *close = memchr(line, ']', len);
        line = close ? close + 1 : end;
        while (line < end && *line == ' ')
            line++;
        len = (size_t)(end - line);
    }
    if (ptn_save_split(r, line, len, &why) < 0)
        return refuse(s, why, "");
    if (r->n_words < 2 || (strcmp(r->words[0].text, "-A") != 0 && strcmp(r->words[0].text, "--append") != 0))
        return refuse(s, "only rules of the form \"-A CHAIN ...\" are understood", "");
    r->chain = find_chain(&s->names, r->words[1].text);
    if (!r->chain)
        return refuse(s, "no \":\" line declares chain ", r->words[1].text);
    int e = ptn_save_read_rule(r, 2, find_chain, &s->names, &why);
    if (e == -EINVAL)
        return refuse(s, why, "");
    return e < 0 ? e : add_rule(s, line, len);
}

/* ---- lines --------------------------------------------------------------------------------------------------------
 */

static int read_line(struct save *s, const char *line, size_t len)
{
    while (len && (line[len - 1] == '\r' || line[len - 1] == ' ' || line[len - 1] == '\t'))
        len--;
    if (len == 0 || line[0] == '#')
        return 0;
    if (line[0] == '*')
        return begin_table(s, line + 1, len - 1);
    if (len == 6 && memcmp(line, "COMMIT", 6) == 0)
        return end_table(s);
    if (line[0] != ':' && line[0] != '-' && line[0] != '[')
        return refuse(s, "this is not the text of iptables-save", "");
    if (s->skip)
        return 0;
    if (!s->table)
        return refuse(s, "no table is begun (\"*filter\") before this line", "");
    return line[0] == ':' ? declare_chain(s, line + 1, len - 1) : read_rule(s, line, len);
}

static int read_text(struct save *s, const char *text, size_t len)
{
    const char *end = text + len;
    int e = 0;
    for (s->line = 1; e == 0 && text < end; s->line++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *stop = newline ? newline : end;
        e = read_line(s, text, (size_t)(stop - text));
        text = newline ? newline + 1 : end;
        if (e < 0)
            return e;
    }
    return s->table || s->skip ? refuse(s, "the text ends before the table's COMMIT", "") : 0;
}

/* A copy that lives as long as the wall, since the rules' sources are slices of it. */
static const char *keep_text(struct ptn_wall *w, const char *text, size_t len)
{
    for (size_t i = 0; i < sizeof(w->text) / sizeof(*w->text); i++) {
        if (w->text[i])
            continue;
        w->text[i] = malloc(len + 1);
        if (w->text[i]) {
            memcpy(w->text[i], text, len);
            w->text[i][len] = '\0';
        }
        return w->text[i];
    }
    return ptn_arena_strndup(&w->arena, text, len);
}

int ptn_wall_read_save(struct ptn_wall *w, enum ptn_table_family family, enum ptn_backend backend, const char *name,
                       const char *text, size_t len, struct ptn_err *err)
{
    struct save *s = calloc(1, sizeof(*s));
    struct ptn_save_rule *r = calloc(1, sizeof(*r));
    const char *copy = s && r ? keep_text(w, text, len) : NULL;
    int e = -ENOMEM;
    if (copy) {
        s->wall = r->wall = w;
        s->family = family;
        s->backend = backend;
        s->name = name;
        s->err = err;
        s->old_tables = w->n_tables;
        s->rule = r;
        r->shared = s->shared;
        r->family = family == PTN_TABLE_IP6 ? AF_INET6 : AF_INET;
        e = read_text(s, copy, len);
        forget_table(s);
    }
    if (r)
        free(r->stmts);
    free(r);
    free(s);
    return e;
}
