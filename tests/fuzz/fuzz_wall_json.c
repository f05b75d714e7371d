/* nft's JSON, in portions whose size the first octet says. What is wrong has its place; what was taken links or says
 * why not, every look-up fits its set, and every rule has words. */
#include "fuzz.h"

#include "wall/wall.h"

static struct ptn_err err;

struct source {
    const uint8_t *data;
    size_t size, portion;
};

static ssize_t pull(void *ctx, char *buf, size_t size)
{
    struct source *s = ctx;
    size_t n = s->portion && s->portion < size ? s->portion : size;
    n = n < s->size ? n : s->size;
    if (n)
        memcpy(buf, s->data, n);
    s->data += n;
    s->size -= n;
    return (ssize_t)n;
}

static void check_look(const struct ptn_look *l)
{
    require(l->n_keys >= 1 && l->n_keys <= PTN_KEYS_MAX && l->set);
    if (l->set->opaque)
        return;
    require(l->set->n_keys == l->n_keys);
    for (unsigned i = 0; i < l->n_keys; i++)
        require(l->set->width[i] == l->key[i].width && l->key[i].width >= 1 && l->key[i].width <= PTN_RANGES_WIDTH);
}

static void check_rule(const struct ptn_rule *r, const struct ptn_chain *c, uint32_t index)
{
    char text[200];
    require(r->chain == c && r->index == index && r->comment && r->source_len > 0);
    require(r->source[0] == '{' && r->source[r->source_len - 1] == '}');
    for (uint32_t i = 0; i < r->n_stmts; i++) {
        const struct ptn_stmt *s = &r->stmts[i];
        if (s->kind == PTN_STMT_TEST || s->kind == PTN_STMT_VMAP)
            check_look(&s->look);
        if (s->kind == PTN_STMT_NAT && s->nat.by_map)
            check_look(&s->nat.look);
        if (s->kind == PTN_STMT_MAYBE || s->kind == PTN_STMT_OPAQUE)
            require(s->text != NULL);
    }
    for (size_t size = 1; size <= sizeof(text); size += 1 + size / 2) {
        ptn_rule_text(r, text, size);
        require(strnlen(text, size) < size);
        for (const char *p = text; *p; p++)
            require((unsigned char)*p >= 0x20 && *p != 0x7f);
    }
}

static void check_error(int r)
{
    require(r == -22 || r == -12);
    require(r == -12 || strncmp(err.text, "fuzz:", 5) == 0);
    for (const char *p = err.text; *p; p++)
        require(*p >= 0x20 && *p < 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct source s = {.data = data + 1, .size = size - 1, .portion = data[0]};
    struct ptn_wall *w = ptn_wall_new();
    require(w != NULL);
    int r = ptn_wall_read_json(w, "fuzz", pull, &s, &err);
    if (r < 0)
        check_error(r);
    for (size_t t = 0; r == 0 && t < w->n_tables; t++)
        for (size_t i = 0; i < w->tables[t]->n_chains; i++)
            for (uint32_t k = 0; k < w->tables[t]->chains[i]->n_rules; k++)
                check_rule(&w->tables[t]->chains[i]->rules[k], w->tables[t]->chains[i], k + 1);
    if (r == 0)
        (void)ptn_wall_link(w, &err);
    ptn_wall_free(w);
    return 0;
}
