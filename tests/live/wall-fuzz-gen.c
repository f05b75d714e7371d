/* Random rulesets: tables, their sets, their chains with hooks and without. */
#include <stdarg.h>
#include <string.h>

#include "wall-fuzz-gen.h"

static const char *const family_words[] = {"ip", "ip6", "inet", "netdev"};
static const char *const hook_words[] = {"prerouting",  "input",   "forward", "output",
                                         "postrouting", "ingress", "egress"};

void say(struct gen *g, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(g->line + g->len, sizeof(g->line) - g->len, fmt, args);
    va_end(args);
    if (n > 0)
        g->len += (size_t)n < sizeof(g->line) - g->len ? (size_t)n : sizeof(g->line) - g->len - 1;
}

void tag(struct gen *g, const char *word)
{
    size_t n = strlen(g->tags);
    if (!strstr(g->tags, word))
        snprintf(g->tags + n, sizeof(g->tags) - n, "%s%s", n ? " " : "", word);
}

static void rule(struct gen *g)
{
    g->len = 0;
    g->tags[0] = 0;
    g->l4 = g->l3 = 0;
    gen_matches(g);
    gen_action(g);
    if (g->coverage)
        say(g, " comment \"%s\"", g->tags);
    rules_add(g->out, g->table, g->chain, true, g->line);
}

static void rules_of_chain(struct gen *g, unsigned most)
{
    for (unsigned n = below(g->r, most + 1); n > 0; n--)
        rule(g);
    rules_add(g->out, g->table, g->chain, false, "}");
}

static void regular_chain(struct gen *g, unsigned i)
{
    char head[32];
    g->chain++;
    g->role = g->regular[i];
    g->hook = g->role == DEVICE ? INGRESS : g->role == DEVICE_OUT ? EGRESS : ANYWHERE;
    g->callable_from = i + 1;
    snprintf(head, sizeof(head), "chain c%u {", i);
    rules_add(g->out, g->table, g->chain, false, head);
    rules_of_chain(g, 5);
}

/* ---- chains with hooks ----------------------------------------------------------------------------------------------
 */

static void draw_base(struct gen *g)
{
    static const enum hook filters[] = {INPUT,   INPUT,      INPUT,      INPUT,  INPUT,  FORWARD,    FORWARD,
                                        FORWARD, PREROUTING, PREROUTING, OUTPUT, OUTPUT, POSTROUTING};
    static const int priorities[] = {-400, -300, -300, -250, -201, -200, -199, -150, -150, -101, -100, -99, -50,
                                     -1,   0,    0,    0,    0,    0,    1,    50,   99,   100,  101,  225, 300};
    static const int nat_priorities[] = {-100, -100, -100, -110, -90, 0, 100, 100, -150, 50};
    unsigned dice = below(g->r, 100);
    g->priority = PICK(g->r, priorities);
    if (g->family == NETDEV || (g->family == INET && dice < 4)) {
        g->hook = g->family == NETDEV && dice < 30 ? EGRESS : INGRESS;
        g->role = g->hook == EGRESS ? DEVICE_OUT : DEVICE;
    } else if (dice < 28) {
        g->role = chance(g->r, 75) ? DNAT : SNAT;
        g->hook = g->role == DNAT ? (chance(g->r, 70) ? PREROUTING : OUTPUT) : (chance(g->r, 85) ? POSTROUTING : INPUT);
        g->priority = PICK(g->r, nat_priorities);
    } else {
        g->hook = PICK(g->r, filters);
        g->role = g->hook == POSTROUTING ? POST : FILTER;
        if ((g->hook == PREROUTING || g->hook == OUTPUT) && chance(g->r, 35))
            g->priority = -300;
    }
}

static const char *type_of(struct gen *g)
{
    if (g->role == DNAT || g->role == SNAT)
        return "nat";
    return g->hook == OUTPUT && chance(g->r, 25) ? "route" : "filter";
}

static unsigned drop_percent(const struct gen *g)
{
    static const unsigned percent[] = {
        [PREROUTING] = 6, [INPUT] = 40, [FORWARD] = 40, [OUTPUT] = 20, [POSTROUTING] = 5, [INGRESS] = 5, [EGRESS] = 5};
    return g->role == DNAT || g->role == SNAT ? 2 : percent[g->hook];
}

/* What the kernel answers for a reject passes these hooks too, and is known by its TTL, which no packet has. */
static void let_answers_pass(struct gen *g)
{
    bool four = g->family != IP6, six = g->family != IP;
    if (g->hook == FORWARD || g->hook == INGRESS)
        return;
    if (four)
        rules_add(g->out, g->table, g->chain, false, "ip ttl 77 accept");
    if (six)
        rules_add(g->out, g->table, g->chain, false, "ip6 hoplimit 77 accept");
}

/* So that what stands in chains without a hook is come to. */
static void call_first(struct gen *g)
{
    for (unsigned i = 0; i < g->n_regular; i++) {
        if (g->regular[i] != g->role || chance(g->r, 60))
            continue;
        g->len = 0;
        say(g, "jump c%u", i);
        rules_add(g->out, g->table, g->chain, true, g->line);
    }
}

static void base_chain(struct gen *g, unsigned i)
{
    static const char *const devices[] = {"device \"eth0\" ", "device \"eth0\" ", "device \"eth1\" ",
                                          "devices = { \"eth0\", \"tun0\" } ",
                                          "devices = { \"eth0\", \"eth1\", \"c0\" } "};
    char text[256];
    draw_base(g);
    g->chain++;
    g->callable_from = 0;
    bool device = g->hook == INGRESS || g->hook == EGRESS;
    snprintf(text, sizeof(text), "chain b%u {", i);
    rules_add(g->out, g->table, g->chain, false, text);
    snprintf(text, sizeof(text), "type %s hook %s %spriority %d; policy %s;", type_of(g), hook_words[g->hook],
             device ? PICK(g->r, devices) : "", g->priority, chance(g->r, drop_percent(g)) ? "drop" : "accept");
    rules_add(g->out, g->table, g->chain, true, text);
    let_answers_pass(g);
    call_first(g);
    rules_of_chain(g, 8);
}

static void table(struct gen *g)
{
    static const enum role roles[] = {FILTER, FILTER, FILTER, FILTER, DNAT, POST};
    static const enum role device_roles[] = {DEVICE, DEVICE, DEVICE_OUT};
    char text[40];
    g->chain = 0;
    g->n_regular = below(g->r, 6);
    for (unsigned i = 0; i < g->n_regular; i++)
        g->regular[i] = g->family == NETDEV ? PICK(g->r, device_roles) : PICK(g->r, roles);
    snprintf(text, sizeof(text), "table %s t%u {", family_words[g->family], g->table);
    rules_add(g->out, g->table, 0, false, text);
    gen_declare_sets(g);
    if (g->maybe && g->family != IP6)
        rules_add(g->out, g->table, 0, true, "set dyn { type ipv4_addr; size 100; flags dynamic,timeout; }");
    for (unsigned i = 0; i < g->n_regular; i++)
        regular_chain(g, i);
    for (unsigned i = 0, n = 1 + below(g->r, 4); i < n; i++)
        base_chain(g, i);
    rules_add(g->out, g->table, 0, false, "}");
}

void rules_random(struct rules *out, struct rng *r, bool coverage)
{
    static const enum family families[] = {INET, INET, INET, INET, IP, IP, IP6, NETDEV};
    struct gen g = {.r = r, .out = out, .coverage = coverage, .maybe = chance(r, 15)};
    out->rp_filter = chance(r, 12) ? 1 + (int)below(r, 2) : 0;
    rules_add(out, 0, 0, false, "flush ruleset");
    for (unsigned i = 0, n = 1 + below(r, 3); i < n; i++) {
        g.table = (uint16_t)(i + 1);
        g.family = PICK(r, families);
        table(&g);
    }
}
