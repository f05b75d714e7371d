/* A rule's words: options are put under the extension they belong to, and asked for their statements. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "save.h"

#define TEXT_MAX 160 /* octets of what is said of a match that is not understood */

struct reading {
    struct ptn_save_rule *r;
    uint32_t at;      /* the next word */
    uint32_t current; /* the block that unknown options belong to */
    bool negate;      /* a '!' stands before */
    bool has_target;
    ptn_save_find find;
    void *ctx;
    const char *why;
};

static int refuse(struct reading *rd, const char *why)
{
    rd->why = why;
    return -EINVAL;
}

/* ---- which option belongs where ----------------------------------------------------------------------------- */

static bool looks_like_option(const struct ptn_save_word *w)
{
    const char *t = w->text;
    return !w->quoted && t[0] == '-' && t[1] != '\0' && (t[1] < '0' || t[1] > '9');
}

static bool is_mark(const struct ptn_save_word *w)
{
    return !w->quoted && strcmp(w->text, "!") == 0;
}

static const struct ptn_save_option *option_of(const struct ptn_save_extension *e, const char *name)
{
    for (const struct ptn_save_option *o = e ? e->options : NULL; o && o->name; o++)
        if (strcmp(o->name, name) == 0)
            return o;
    return NULL;
}

static const struct ptn_save_extension *extension_of(const struct ptn_save_extension *list, const char *name)
{
    for (; list->name; list++)
        if (strcmp(list->name, name) == 0)
            return list;
    return NULL;
}

static const struct ptn_save_extension *match_of(const char *name)
{
    const struct ptn_save_extension *e = extension_of(ptn_save_headers, name);
    return e ? e : extension_of(ptn_save_states, name);
}

static int add_block(struct reading *rd, const struct ptn_save_extension *e, const char *name, bool target)
{
    struct ptn_save_rule *r = rd->r;
    if (r->n_blocks == PTN_SAVE_BLOCKS)
        return refuse(rd, "too many matches in one rule");
    rd->current = r->n_blocks;
    r->blocks[r->n_blocks] = (struct ptn_save_block){.ext = e, .name = name, .index = r->n_blocks, .target = target};
    r->n_blocks++;
    return 0;
}

/* A protocol's options are known by -p alone, as iptables loads its match by itself. */
static const struct ptn_save_option *by_protocol(struct reading *rd, const char *name, int *e)
{
    const struct ptn_save_given *g = ptn_save_has(rd->r, &rd->r->blocks[0], "-p");
    const struct ptn_save_extension *ext = NULL;
    int proto = g && !g->negate ? ptn_save_proto(ptn_save_arg(g, 0)) : 0;
    for (const struct ptn_save_extension *x = ptn_save_headers; proto > 0 && x->name && !ext; x++)
        ext = x->proto == proto && x->options ? x : NULL;
    const struct ptn_save_option *o = option_of(ext, name);
    *e = o ? add_block(rd, ext, ext->name, false) : 0;
    return o;
}

/* The option's block is rd->current afterwards. NULL: no table has it, it goes to the block that is open. */
static const struct ptn_save_option *find_option(struct reading *rd, const char *name, int *e)
{
    const struct ptn_save_block *open = &rd->r->blocks[rd->current];
    const struct ptn_save_option *o = option_of(open->ext, name);
    *e = 0;
    if (o)
        return o;
    o = option_of(&ptn_save_base, name);
    bool short_one = name[1] != '-';
    if (open->index && (!open->ext || !open->ext->options) && !(o && short_one))
        return NULL;
    if (o) {
        rd->current = 0;
        return o;
    }
    for (uint32_t i = rd->r->n_blocks; i-- > 1;) {
        o = option_of(rd->r->blocks[i].ext, name);
        if (o) {
            rd->current = i;
            return o;
        }
    }
    return by_protocol(rd, name, e);
}

/* ---- the line ------------------------------------------------------------------------------------------------ */

static uint32_t count_unknown_args(const struct reading *rd)
{
    uint32_t n = 0;
    while (rd->at + n < rd->r->n_words && !looks_like_option(&rd->r->words[rd->at + n]) &&
           !is_mark(&rd->r->words[rd->at + n]))
        n++;
    return n;
}

/* One option with its arguments; or, where a word stands that is none, that word. */
static int read_option(struct reading *rd)
{
    struct ptn_save_rule *r = rd->r;
    const struct ptn_save_word *w = &r->words[rd->at++];
    int e = 0;
    const struct ptn_save_option *o = looks_like_option(w) ? find_option(rd, w->text, &e) : NULL;
    if (e < 0)
        return e;
    if (o && o->n_args && rd->at < r->n_words && is_mark(&r->words[rd->at])) { /* "--dport ! 22", as it once was */
        rd->negate = !rd->negate;
        r->words[rd->at] = *w;
        w = &r->words[rd->at++];
    }
    uint32_t n = o ? o->n_args : count_unknown_args(rd);
    if (r->n_words - rd->at < n)
        return refuse(rd, "an option lacks its value");
    r->given[r->n_given++] =
        (struct ptn_save_given){.option = o, .word = w, .n_args = n, .block = rd->current, .negate = rd->negate};
    rd->negate = false;
    rd->at += n;
    return 0;
}

static const struct ptn_save_word *next_word(struct reading *rd)
{
    return rd->at < rd->r->n_words ? &rd->r->words[rd->at++] : NULL;
}

static int read_match(struct reading *rd)
{
    const struct ptn_save_word *w = next_word(rd);
    return w ? add_block(rd, match_of(w->text), w->text, false) : refuse(rd, "-m lacks its name");
}

static int add_verdict(struct ptn_save_rule *r, enum ptn_code code, const char *to, struct ptn_chain *chain)
{
    const char *copy = chain ? chain->name : to ? ptn_arena_strdup(&r->wall->arena, to) : NULL;
    struct ptn_stmt *s = to && !copy ? NULL : ptn_save_stmt(r, PTN_STMT_VERDICT);
    if (s)
        s->verdict = (struct ptn_fate){.code = code, .to = copy, .chain = chain};
    return s ? 0 : -ENOMEM;
}

/* The target is kept as the last block; what it does comes after every match. */
static int read_target(struct reading *rd, bool go)
{
    const struct ptn_save_word *w = next_word(rd);
    if (!w)
        return refuse(rd, go ? "-g lacks its chain" : "-j lacks its target");
    if (rd->has_target)
        return refuse(rd, "a rule has one target");
    rd->has_target = true;
    return add_block(rd, go ? NULL : extension_of(ptn_save_targets, w->text), w->text, true);
}

static int read_words(struct reading *rd, bool *go)
{
    int e = 0;
    while (e == 0 && rd->at < rd->r->n_words) {
        const struct ptn_save_word *w = &rd->r->words[rd->at];
        bool option = looks_like_option(w);
        if (is_mark(w)) {
            rd->negate = !rd->negate;
            rd->at++;
        } else if (option && (strcmp(w->text, "-m") == 0 || strcmp(w->text, "--match") == 0)) {
            rd->at++;
            e = read_match(rd);
        } else if (option && (strcmp(w->text, "-j") == 0 || strcmp(w->text, "--jump") == 0)) {
            rd->at++;
            e = read_target(rd, false);
        } else if (option && (strcmp(w->text, "-g") == 0 || strcmp(w->text, "--goto") == 0)) {
            rd->at++;
            *go = true;
            e = read_target(rd, true);
        } else {
            e = read_option(rd);
        }
    }
    return e;
}

/* ---- words about what is not understood ---------------------------------------------------------------------- */

struct text {
    char at[TEXT_MAX];
    size_t len;
};

static void say(struct text *t, const char *word)
{
    if (t->len && t->len + 1 < sizeof(t->at))
        t->at[t->len++] = ' ';
    for (; *word && t->len + 1 < sizeof(t->at); word++)
        t->at[t->len++] = *word >= 0x20 && *word < 0x7f ? *word : '?';
    t->at[t->len] = '\0';
    if (*word)
        memcpy(t->at + sizeof(t->at) - 4, "...", 4);
}

static void say_option(struct text *t, const struct ptn_save_given *g)
{
    const char *name = g->word->text;
    if (g->negate)
        say(t, "not");
    say(t, name + (looks_like_option(g->word) ? strspn(name, "-") : 0));
    for (uint32_t i = 0; i < g->n_args; i++)
        say(t, ptn_save_arg(g, i));
}

/* "limit 5/sec", "match-set f2b-sshd src", "NFQUEUE queue-num 3" */
static int unclear_block(struct ptn_save_rule *r, const struct ptn_save_block *b)
{
    struct text t = {.len = 0};
    const struct ptn_save_given *first = NULL;
    for (uint32_t i = 0; i < r->n_given; i++) {
        const struct ptn_save_given *g = &r->given[i];
        if (g->block != b->index || (first && b->ext && b->ext->brief))
            continue;
        if (!first && (b->target || !strstr(g->word->text, b->name)))
            say(&t, b->name);
        first = g;
        say_option(&t, g);
    }
    if (!first)
        say(&t, b->name);
    return ptn_save_text(r, b->target ? PTN_STMT_OPAQUE : PTN_STMT_MAYBE, t.at);
}

static int unclear_option(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    struct text t = {.len = 0};
    say_option(&t, g);
    return ptn_save_text(r, PTN_STMT_MAYBE, t.at);
}

/* ---- statements ---------------------------------------------------------------------------------------------- */

static int ask_match(struct ptn_save_rule *r, const struct ptn_save_block *b)
{
    const struct ptn_save_extension *ext = b->ext;
    int e = 0;
    if (!ext)
        return unclear_block(r, b);
    if (ext->proto && r->proto != ext->proto)
        e = ptn_save_test(r, PTN_PKT_L4PROTO, ext->proto, ext->proto, false);
    for (uint32_t i = 0; e == 0 && ext->options && i < r->n_given; i++) {
        const struct ptn_save_given *g = &r->given[i];
        if (g->block != b->index || (g->option && !g->option->take))
            continue;
        e = g->option ? g->option->take(r, g) : PTN_SAVE_UNCLEAR;
        e = e == PTN_SAVE_UNCLEAR ? unclear_option(r, g) : e;
    }
    if (e == 0 && ext->finish)
        e = ext->finish(r, b);
    return e == PTN_SAVE_UNCLEAR ? unclear_block(r, b) : e;
}

static bool all_known(const struct ptn_save_rule *r, const struct ptn_save_block *b)
{
    for (uint32_t i = 0; i < r->n_given; i++)
        if (r->given[i].block == b->index && !r->given[i].option)
            return false;
    return true;
}

static int ask_target(const struct reading *rd, const struct ptn_save_block *b, bool go)
{
    static const struct {
        const char *name;
        enum ptn_code code;
    } verdicts[] = {{"ACCEPT", PTN_ACCEPT}, {"DROP", PTN_DROP}, {"RETURN", PTN_RETURN}};
    struct ptn_save_rule *r = rd->r;
    size_t before = r->n_stmts;
    for (size_t i = 0; !go && i < sizeof(verdicts) / sizeof(*verdicts); i++)
        if (strcmp(b->name, verdicts[i].name) == 0)
            return add_verdict(r, verdicts[i].code, NULL, NULL);
    struct ptn_chain *chain = rd->find(rd->ctx, b->name);
    if (chain || go)
        return add_verdict(r, go ? PTN_GOTO : PTN_JUMP, b->name, chain);
    int e = PTN_SAVE_UNCLEAR;
    if (b->ext && (!b->ext->options || all_known(r, b)))
        e = b->ext->finish ? b->ext->finish(r, b) : 0;
    if (e != PTN_SAVE_UNCLEAR)
        return e;
    r->n_stmts = before;
    return unclear_block(r, b);
}

const struct ptn_save_given *ptn_save_has(const struct ptn_save_rule *r, const struct ptn_save_block *b,
                                          const char *name)
{
    for (uint32_t i = 0; i < r->n_given; i++)
        if (r->given[i].block == b->index && strcmp(r->given[i].word->text, name) == 0)
            return &r->given[i];
    return NULL;
}

const char *ptn_save_arg(const struct ptn_save_given *g, uint32_t i)
{
    return g->word[1 + i].text;
}

int ptn_save_read_rule(struct ptn_save_rule *r, uint32_t at, ptn_save_find find, void *ctx, const char **why)
{
    struct reading rd = {.r = r, .at = at, .find = find, .ctx = ctx};
    const struct ptn_save_block *target = NULL;
    bool go = false;
    r->n_given = r->n_blocks = 0;
    r->n_stmts = 0;
    r->proto = -1;
    r->comment = "";
    int e = add_block(&rd, &ptn_save_base, "", false);
    e = e < 0 ? e : read_words(&rd, &go);
    for (uint32_t i = 0; e == 0 && i < r->n_blocks; i++) {
        if (r->blocks[i].target)
            target = &r->blocks[i];
        else
            e = ask_match(r, &r->blocks[i]);
    }
    if (e == 0 && target)
        e = ask_target(&rd, target, go);
    *why = rd.why;
    return e;
}
