/* The text of iptables-save. The first octet says whose: bit 1 the family, bit 0 the backend. What was taken links or
 * says why not, every rule has words, and read again over nft's listing of the same it keeps the handles. */
#include "fuzz.h"

#include "wall/wall.h"

static struct ptn_err err;

static void check_said(int r)
{
    if (r == 0 || r == -12)
        return;
    require(strncmp(err.text, "fuzz:", 5) == 0);
    for (const char *p = err.text; *p; p++)
        require(*p >= 0x20 && *p < 0x7f);
}

static void check_rule(const struct ptn_rule *r, const struct ptn_chain *c, uint32_t index)
{
    char text[64];
    require(r->chain == c && r->index == index && r->comment && r->source && r->source_len > 0);
    ptn_rule_text(r, text, sizeof(text));
    require(strnlen(text, sizeof(text)) < sizeof(text));
}

/* As nft would have listed it: every chain and rule has a handle. */
static void list(struct ptn_wall *w)
{
    for (size_t t = 0; t < w->n_tables; t++) {
        w->tables[t]->foreign = true;
        for (size_t i = 0; i < w->tables[t]->n_chains; i++) {
            struct ptn_chain *c = w->tables[t]->chains[i];
            c->handle = i + 1;
            for (uint32_t k = 0; k < c->n_rules; k++) {
                check_rule(&c->rules[k], c, k + 1);
                c->rules[k].handle = i + k + 2;
            }
        }
    }
}

static void check_listed(const struct ptn_wall *w)
{
    for (size_t t = 0; t < w->n_tables; t++) {
        require(!w->tables[t]->foreign);
        for (size_t i = 0; i < w->tables[t]->n_chains; i++) {
            const struct ptn_chain *c = w->tables[t]->chains[i];
            require(c->handle == i + 1);
            for (uint32_t k = 0; k < c->n_rules; k++)
                require(c->rules[k].handle == i + k + 2);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    enum ptn_table_family family = data[0] & 2 ? PTN_TABLE_IP6 : PTN_TABLE_IP;
    enum ptn_backend backend = data[0] & 1 ? PTN_BACKEND_LEGACY : PTN_BACKEND_IPTABLES;
    const char *text = (const char *)data + 1;
    struct ptn_wall *w = ptn_wall_new();
    require(w != NULL);
    int r = ptn_wall_read_save(w, family, backend, "fuzz", text, size - 1, &err);
    check_said(r);
    if (r == 0 && backend == PTN_BACKEND_IPTABLES) {
        list(w);
        require(ptn_wall_read_save(w, family, backend, "fuzz", text, size - 1, &err) == 0);
        check_listed(w);
    }
    if (r == 0)
        (void)ptn_wall_link(w, &err);
    ptn_wall_free(w);
    return 0;
}
