/* Sets and maps of the generator: elements that never overlap, because nft takes no others. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "wall-fuzz-gen.h"

#define PARTS_MAX 3

/* What a kind is made of. */
enum part { A4, A6, P, L4, IF, M, NO_PART };

static const struct {
    const char *type;
    enum part parts[PARTS_MAX + 1];
} kinds[] = {
    [ADDR4] = {"ipv4_addr", {A4, NO_PART}},
    [ADDR6] = {"ipv6_addr", {A6, NO_PART}},
    [PORT] = {"inet_service", {P, NO_PART}},
    [PROTO] = {"inet_proto", {L4, NO_PART}},
    [IFNAME] = {"ifname", {IF, NO_PART}},
    [MARK] = {"mark", {M, NO_PART}},
    [ADDR4_PORT] = {"ipv4_addr . inet_service", {A4, P, NO_PART}},
    [ADDR6_PORT] = {"ipv6_addr . inet_service", {A6, P, NO_PART}},
    [PROTO_PORT] = {"inet_proto . inet_service", {L4, P, NO_PART}},
    [IFNAME_PORT] = {"ifname . inet_service", {IF, P, NO_PART}},
    [IFNAME_ADDR4] = {"ifname . ipv4_addr", {IF, A4, NO_PART}},
    [ADDR4_ADDR4] = {"ipv4_addr . ipv4_addr", {A4, A4, NO_PART}},
    [ADDR4_PROTO_PORT] = {"ipv4_addr . inet_proto . inet_service", {A4, L4, P, NO_PART}},
};

const char *kind_type(enum kind k)
{
    return kinds[k].type;
}

const char *gen_addr(struct gen *g, bool six)
{
    unsigned dice = below(g->r, 100);
    if (dice < 40)
        return six ? PICK(g->r, own6) : PICK(g->r, own4);
    if (dice > 95)
        return six ? PICK(g->r, strange6) : PICK(g->r, strange4);
    unsigned place = below(g->r, LINKS);
    return six ? PICK(g->r, peers6[place]) : PICK(g->r, peers4[place]);
}

void gen_prefix(struct gen *g, bool six)
{
    static const unsigned lengths[] = {0, 1, 8, 12, 16, 20, 24, 24, 25, 29, 31, 32};
    static const unsigned lengths6[] = {0, 3, 8, 16, 32, 48, 64, 64, 100, 120, 127, 128};
    say(g, "%s/%u", gen_addr(g, six), six ? PICK(g->r, lengths6) : PICK(g->r, lengths));
}

/* ---- parts of elements: the i-th is unlike all others ------------------------------------------------------------ */

static const char *const ranges4[LINKS][4] = {
    {"203.0.113.0/24", "198.51.100.0-203.0.113.200", "192.0.2.0/25", "100.64.0.0/10"},
    {"10.1.0.0/16", "10.1.0.0/17", "10.1.0.2-10.1.2.255", "10.1.0.4/30"},
    {"10.8.0.0/24", "10.8.0.0/28", "10.8.0.8-10.8.0.11", "10.8.0.1-10.8.0.200"},
    {"172.17.0.0/16", "172.17.0.0/30", "172.17.0.1-172.17.0.3", "172.16.0.0/12"},
};
static const char *const ranges6[LINKS][3] = {
    {"2001:db8::/32", "2600::-2a00:ffff::", "2001:db8:1::/64"},
    {"fd01::/64", "fd01::/16", "fd01::1-fd01::5"},
    {"fd08::/64", "fd08::8/125", "fd08::2-fd08::9"},
    {"fd17::/64", "fd17::2/127", "fd17::1-fd17::3"},
};
static const char *const port_parts[][2] = {
    {"22", "21-24"},       {"25", "25-26"},        {"53", "50-60"},          {"80", "61-112"},
    {"113", "113-442"},    {"443", "443-1022"},    {"1023", "1023-1024"},    {"3306", "3000-4000"},
    {"5432", "4096-8191"}, {"8080", "8192-32767"}, {"40000", "32768-49151"}, {"60000", "49152-65534"},
    {"65535", "65535"},
};
static const char *const proto_parts[][2] = {{"tcp", "6"},     {"udp", "17"},      {"icmp", "1"},   {"ipv6-icmp", "58"},
                                             {"gre", "40-50"}, {"udplite", "136"}, {"99", "99-103"}};
static const char *const if_parts[][2] = {{"\"eth0\"", "\"eth*\""},
                                          {"\"tun0\"", "\"tu*\""},
                                          {"\"c0\"", "\"c*\""},
                                          {"\"lo\"", "\"lo\""},
                                          {"\"nope\"", "\"n*\""}};
static const char *const mark_parts[][2] = {{"0x1", "0x1-0x4"},    {"0x5", "0x5-0xf"},         {"0x10", "0x10-0x15"},
                                            {"0xff", "0x16-0xff"}, {"0x1000", "0x100-0xffff"}, {"0x0", "0x0"}};
#define NTH(array, i, wide) (array)[(i) % (sizeof(array) / sizeof(*(array)))][wide]

static const char *part_text(struct gen *g, enum part p, unsigned i, bool wide)
{
    unsigned place = i % LINKS;
    switch (p) {
    case A4:
        if (wide)
            return PICK(g->r, ranges4[place]);
        return chance(g->r, 30) ? own4[place * 2 + 1] : PICK(g->r, peers4[place]);
    case A6:
        if (wide)
            return PICK(g->r, ranges6[place]);
        return chance(g->r, 30) && place ? own6[place + 2] : PICK(g->r, peers6[place]);
    case P:
        g->out->maybe |= g->l4 == 1; /* of protocols without ports these octets are anything */
        return NTH(port_parts, i, wide);
    case L4:
        return NTH(proto_parts, i, wide);
    case IF:
        return NTH(if_parts, i, wide);
    default:
        return NTH(mark_parts, i, wide);
    }
}

static unsigned most_of(enum part p)
{
    static const unsigned most[] = {[A4] = LINKS, [A6] = LINKS, [P] = 13, [L4] = 6, [IF] = 5, [M] = 6};
    return most[p];
}

/* Whether intervals may be asked of a part here: of a protocol they are no use. */
void gen_elements(struct gen *g, enum kind k, bool verdicts, bool intervals)
{
    const enum part *parts = kinds[k].parts;
    unsigned most = most_of(parts[0]), n = 1 + below(g->r, most < 5 ? most : 5), first = below(g->r, most);
    for (unsigned i = 0; i < n; i++) {
        say(g, "%s", i ? ", " : " ");
        for (unsigned k_part = 0; parts[k_part] != NO_PART; k_part++) {
            unsigned which = k_part ? below(g->r, most_of(parts[k_part])) : (first + i) % most;
            say(g, "%s%s", k_part ? " . " : "", part_text(g, parts[k_part], which, intervals && chance(g->r, 50)));
        }
        if (verdicts) {
            say(g, " : ");
            gen_verdict(g);
        }
    }
    if (verdicts && parts[1] == NO_PART && chance(g->r, 10)) {
        say(g, ", * : ");
        gen_verdict(g);
    }
    say(g, " ");
}

/* ---- in rules ---------------------------------------------------------------------------------------------------- */

static const struct named *find_named(struct gen *g, enum kind k, bool verdicts)
{
    unsigned first = g->n_sets ? below(g->r, g->n_sets) : 0;
    for (unsigned i = 0; i < g->n_sets; i++) {
        const struct named *s = &g->sets[(first + i) % g->n_sets];
        if (s->kind == k && s->verdicts == verdicts && (!verdicts || s->role == g->role))
            return s;
    }
    return NULL;
}

static void set_or_map(struct gen *g, enum kind k, bool verdicts)
{
    const struct named *s = find_named(g, k, verdicts);
    if (s && chance(g->r, 60)) {
        say(g, "@%s", s->name);
        tag(g, verdicts ? "named-vmap" : "named-set");
        return;
    }
    say(g, "{");
    gen_elements(g, k, verdicts, chance(g->r, 50));
    say(g, "}");
}

void gen_set_of(struct gen *g, enum kind k)
{
    set_or_map(g, k, false);
}

void gen_verdicts_of(struct gen *g, enum kind k)
{
    set_or_map(g, k, true);
}

bool gen_six(struct gen *g)
{
    bool six = g->family == IP6 || (g->family != IP && (g->l3 ? g->l3 == 6 : chance(g->r, 40)));
    g->l3 = six ? 6 : 4;
    return six;
}

const char *gen_l4(struct gen *g)
{
    if (!g->l4)
        g->l4 = chance(g->r, 60) ? 6 : 17;
    if (chance(g->r, 15))
        return "th";
    return g->l4 == 6 ? "tcp" : "udp";
}

static void say_part(struct gen *g, enum part p, unsigned at)
{
    switch (p) {
    case A4:
    case A6:
        g->l3 = p == A4 ? 4 : 6;
        say(g, "%s %s", p == A4 ? "ip" : "ip6", at ? "daddr" : chance(g->r, 65) ? "saddr" : "daddr");
        break;
    case P:
        say(g, "%s %s", g->l4 == 1 ? "th" : gen_l4(g), chance(g->r, 85) ? "dport" : "sport");
        break;
    case L4:
        say(g, "meta l4proto");
        g->l4 = 1; /* whichever: ports are asked as "th" */
        break;
    case IF: {
        bool out = g->hook == OUTPUT || g->hook == POSTROUTING || (g->hook == FORWARD && chance(g->r, 50));
        say(g, "%s", out ? "oifname" : "iifname");
        break;
    }
    default:
        say(g, "meta mark");
    }
}

void gen_key(struct gen *g, enum kind k)
{
    if (k == PORT && !g->l4 && chance(g->r, 15)) {
        say(g, "th dport");
        g->out->maybe = true; /* of protocols without ports these octets are anything */
        return;
    }
    for (unsigned i = 0; kinds[k].parts[i] != NO_PART; i++) {
        say(g, "%s", i ? " . " : "");
        say_part(g, kinds[k].parts[i], i);
    }
}

/* Whether a rule of this table that asks what it asks already can have it. */
bool gen_kind_fits(const struct gen *g, enum kind k)
{
    for (unsigned i = 0; kinds[k].parts[i] != NO_PART; i++) {
        enum part p = kinds[k].parts[i];
        if (p == A4 && (g->family == IP6 || g->l3 == 6))
            return false;
        if (p == A6 && (g->family == IP || g->l3 == 4))
            return false;
        if ((p == P && g->l4 && g->l4 != 6 && g->l4 != 17 && g->l4 != 1) || (p == L4 && g->l4))
            return false;
    }
    return true;
}

enum kind gen_kind(struct gen *g)
{
    for (;;) {
        enum kind k = (enum kind)below(g->r, KIND_COUNT);
        if (gen_kind_fits(g, k))
            return k;
    }
}

void gen_declare_sets(struct gen *g)
{
    static const enum role roles[] = {FILTER, FILTER, FILTER, DEVICE};
    unsigned n = below(g->r, SETS_MAX + 1);
    for (g->n_sets = 0; g->n_sets < n;) {
        struct named *s = &g->sets[g->n_sets];
        *s = (struct named){.kind = gen_kind(g), .verdicts = chance(g->r, 30), .role = PICK(g->r, roles)};
        bool intervals = chance(g->r, 60);
        snprintf(s->name, sizeof(s->name), "%s%u", s->verdicts ? "m" : "s", g->n_sets);
        g->role = s->role;
        g->callable_from = 0;
        g->len = 0;
        say(g, "%s %s { type %s%s; %s", s->verdicts ? "map" : "set", s->name, kinds[s->kind].type,
            s->verdicts ? " : verdict" : "", intervals ? "flags interval; " : "");
        if (!s->verdicts && intervals && chance(g->r, 10))
            say(g, "auto-merge; ");
        say(g, "elements = {");
        gen_elements(g, s->kind, s->verdicts, intervals);
        say(g, "} }");
        rules_add(g->out, g->table, 0, true, g->line);
        g->n_sets++;
    }
    g->len = 0;
}
