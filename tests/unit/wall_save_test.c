/* iptables-save into the model: each option's statements, the shapes of well-known tools, and what is refused. */
#include "check.h"

#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include "base/file.h"
#include "wall_save_dump.h"
#include "wall_save_options.h"

static struct ptn_err err;

static int read_into(struct ptn_wall *w, enum ptn_table_family f, enum ptn_backend b, const char *text)
{
    err.text[0] = '\0';
    return ptn_wall_read_save(w, f, b, "f", text, strlen(text), &err);
}

static struct ptn_wall *read_wall(enum ptn_table_family f, const char *text)
{
    struct ptn_wall *w = ptn_wall_new();
    assert_non_null(w);
    int r = read_into(w, f, PTN_BACKEND_IPTABLES, text);
    if (r < 0)
        fail_msg("%s [at: %s]", err.text, check_at);
    return w;
}

static struct ptn_table *table_of(const struct ptn_wall *w, const char *name)
{
    for (size_t i = 0; i < w->n_tables; i++)
        if (strcmp(w->tables[i]->name, name) == 0)
            return w->tables[i];
    fail_msg("no table %s [at: %s]", name, check_at);
    return NULL;
}

static struct ptn_chain *chain_of(const struct ptn_wall *w, const char *table, const char *name)
{
    struct ptn_table *t = table_of(w, table);
    for (size_t i = 0; i < t->n_chains; i++)
        if (strcmp(t->chains[i]->name, name) == 0)
            return t->chains[i];
    fail_msg("no chain %s [at: %s]", name, check_at);
    return NULL;
}

/* ---- options ------------------------------------------------------------------------------------------------- */

static void check_option(enum ptn_table_family f, const char *table, const char *chain, const struct option_row *o)
{
    char text[1024];
    struct dump d;
    AT("%s", o->rule);
    snprintf(text, sizeof(text), "*%s\n:%s ACCEPT [0:0]\n:U - [0:0]\n-A %s %s\nCOMMIT\n", table, chain, chain, o->rule);
    struct ptn_wall *w = read_wall(f, text);
    const struct ptn_chain *c = chain_of(w, table, chain);
    EXPECT_INT(c->n_rules, 1);
    dump_rule(&d, &c->rules[0]);
    EXPECT_TEXT(d.text, o->want);
    ptn_wall_free(w);
}

static void options(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(in_both); i++) {
        check_option(PTN_TABLE_IP, "mangle", "PREROUTING", &in_both[i]);
        check_option(PTN_TABLE_IP6, "mangle", "PREROUTING", &in_both[i]);
    }
    for (size_t i = 0; i < COUNT(in_four); i++)
        check_option(PTN_TABLE_IP, "nat", "PREROUTING", &in_four[i]);
    for (size_t i = 0; i < COUNT(in_six); i++)
        check_option(PTN_TABLE_IP6, "nat", "PREROUTING", &in_six[i]);
}

/* Which address NETMAP changes is told by the hook alone. */
static void netmap(void **state)
{
    (void)state;
    check_option(PTN_TABLE_IP, "nat", "POSTROUTING",
                 &(struct option_row){"-j NETMAP --to 192.0.2.0/28", "snat netmap 192.0.2.0-192.0.2.15"});
    struct ptn_wall *w = read_wall(PTN_TABLE_IP, "*nat\n:U - [0:0]\n-A U -j NETMAP --to 192.0.2.0/28\nCOMMIT\n");
    struct dump d;
    dump_rule(&d, &chain_of(w, "nat", "U")->rules[0]);
    EXPECT_TEXT(d.text, "opaque(NETMAP to 192.0.2.0/28)");
    ptn_wall_free(w);
}

/* ---- tables and chains --------------------------------------------------------------------------------------- */

static void hooks(void **state)
{
    static const struct {
        const char *table, *chain;
        enum ptn_hook hook;
        enum ptn_chain_type type;
        int32_t priority;
    } rows[] = {
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
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[128];
        AT("%s %s", rows[i].table, rows[i].chain);
        snprintf(text, sizeof(text), "*%s\n:%s %s [1:2]\n:U -\nCOMMIT\n", rows[i].table, rows[i].chain,
                 i % 2 ? "DROP" : "ACCEPT");
        struct ptn_wall *w = read_wall(i % 2 ? PTN_TABLE_IP6 : PTN_TABLE_IP, text);
        const struct ptn_chain *c = chain_of(w, rows[i].table, rows[i].chain);
        EXPECT(c->base && !chain_of(w, rows[i].table, "U")->base);
        EXPECT_INT(c->hook, rows[i].hook);
        EXPECT_INT(c->type, rows[i].type);
        EXPECT_INT(c->priority, rows[i].priority);
        EXPECT_INT(c->policy, i % 2 ? PTN_DROP : PTN_ACCEPT);
        EXPECT_INT(c->table->family, i % 2 ? PTN_TABLE_IP6 : PTN_TABLE_IP);
        EXPECT_INT(ptn_wall_link(w, &err), 0);
        ptn_wall_free(w);
    }
}

static void sources(void **state)
{
    static const char text[] =
        "# Generated\r\n\n*filter\r\n:INPUT ACCEPT [5:6]\n:f2b-sshd - [0:0]\n"
        "[12:3456] -A INPUT -m comment --comment \"it\\'s a \\\"quoted\\\" \\\\ back\" -j f2b-sshd\r\n"
        "-A INPUT -m comment --comment -m  \n-A INPUT -m comment --comment \"\" -m comment "
        "--comment \"!\" -j DROP\nCOMMIT\n# Completed\n";
    static const char *const want[][2] = {
        {"it's a \"quoted\" \\ back",
         "-A INPUT -m comment --comment \"it\\'s a \\\"quoted\\\" \\\\ back\" -j f2b-sshd"},
        {"-m", "-A INPUT -m comment --comment -m"},
        {"!", "-A INPUT -m comment --comment \"\" -m comment --comment \"!\" -j DROP"},
    };
    (void)state;
    struct ptn_wall *w = read_wall(PTN_TABLE_IP, text);
    const struct ptn_chain *c = chain_of(w, "filter", "INPUT");
    EXPECT_INT(c->n_rules, COUNT(want));
    for (uint32_t i = 0; i < c->n_rules; i++) {
        char source[128];
        AT("rule %u", i);
        EXPECT_TEXT(c->rules[i].comment, want[i][0]);
        snprintf(source, sizeof(source), "%.*s", (int)c->rules[i].source_len, c->rules[i].source);
        EXPECT_TEXT(source, want[i][1]);
        EXPECT_INT(c->rules[i].index, i + 1);
        EXPECT_INT(c->rules[i].handle, 0);
    }
    EXPECT_INT(ptn_wall_link(w, &err), 0);
    EXPECT(c->rules[0].stmts[0].verdict.chain == chain_of(w, "filter", "f2b-sshd"));
    ptn_wall_free(w);
}

/* ---- beside nft's own listing -------------------------------------------------------------------------------- */

static struct ptn_wall *listed_wall(bool foreign)
{
    struct ptn_wall *w = ptn_wall_new();
    struct ptn_table *t = ptn_wall_table(w, PTN_TABLE_IP, "filter");
    struct ptn_chain *in = ptn_wall_chain(w, t, "INPUT"), *out = ptn_wall_chain(w, t, "OUTPUT");
    t->handle = 7;
    t->foreign = foreign;
    in->handle = 1;
    out->handle = 2;
    for (int i = 0; i < 3; i++)
        ptn_wall_rule(w, in, NULL, 0)->handle = 10u + (unsigned)i;
    ptn_wall_rule(w, out, NULL, 0)->handle = 20;
    return w;
}

static const char three_rules[] = "*filter\n:INPUT DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n"
                                  "-A INPUT -i lo -j ACCEPT\n-A INPUT -p tcp -j ACCEPT\n-A INPUT -j DROP\n"
                                  "-A OUTPUT -j ACCEPT\n-A OUTPUT -j DROP\n-A FORWARD -j DROP\nCOMMIT\n";

static void handles(void **state)
{
    (void)state;
    struct ptn_wall *w = listed_wall(true);
    assert_int_equal(read_into(w, PTN_TABLE_IP, PTN_BACKEND_IPTABLES, three_rules), 0);
    assert_int_equal(w->n_tables, 1);
    const struct ptn_table *t = w->tables[0];
    assert_int_equal(t->handle, 7);
    assert_int_equal(t->backend, PTN_BACKEND_IPTABLES);
    assert_false(t->foreign);
    const struct ptn_chain *in = chain_of(w, "filter", "INPUT"), *out = chain_of(w, "filter", "OUTPUT");
    assert_int_equal(in->handle, 1);
    assert_int_equal(in->n_rules, 3);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(in->rules[i].handle, 10 + i);
    assert_int_equal(out->handle, 2);
    assert_int_equal(out->n_rules, 2);
    assert_int_equal(out->rules[0].handle, 0); /* there were fewer when nft listed it */
    assert_int_equal(chain_of(w, "filter", "FORWARD")->handle, 0);
    ptn_wall_free(w);
}

static void told_by_nft(void **state)
{
    (void)state;
    struct ptn_wall *w = listed_wall(false);
    assert_int_equal(read_into(w, PTN_TABLE_IP, PTN_BACKEND_IPTABLES, three_rules), 0);
    assert_int_equal(w->n_tables, 1);
    assert_int_equal(chain_of(w, "filter", "INPUT")->rules[0].n_stmts, 0);
    assert_int_equal(chain_of(w, "filter", "OUTPUT")->n_rules, 1);
    assert_int_equal(read_into(w, PTN_TABLE_IP6, PTN_BACKEND_IPTABLES, three_rules), 0);
    assert_int_equal(w->n_tables, 2);
    ptn_wall_free(w);
}

static void legacy(void **state)
{
    (void)state;
    struct ptn_wall *w = listed_wall(false);
    assert_int_equal(read_into(w, PTN_TABLE_IP, PTN_BACKEND_LEGACY, three_rules), 0);
    assert_int_equal(w->n_tables, 2);
    assert_string_equal(w->tables[1]->name, "filter");
    assert_int_equal(w->tables[1]->backend, PTN_BACKEND_LEGACY);
    assert_int_equal(w->tables[1]->n_chains, 3);
    assert_int_equal(w->tables[0]->n_chains, 2);
    assert_int_equal(read_into(w, PTN_TABLE_IP, PTN_BACKEND_LEGACY, three_rules), -EINVAL);
    assert_string_equal(err.text, "f:1: a second time table filter");
    ptn_wall_free(w);
}

/* ---- what is refused ------------------------------------------------------------------------------------------ */

static void refused(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"hello\n", "f:1: this is not the text of iptables-save"},
        {"*filter\n:INPUT ACCEPT\n-A INPUT -j DROP\n", "f:4: the text ends before the table's COMMIT"},
        {"*filter\n:INPUT ACCEPT\n-A INP", "f:3: no \":\" line declares chain INP"},
        {"*filter\n*nat\n", "f:2: a table begins before the last one's COMMIT"},
        {"*filter\nCOMMIT\n*filter\nCOMMIT\n", "f:3: a second time table filter"},
        {"*broute\nCOMMIT\n", "f:1: iptables has no such table"},
        {"COMMIT\n", "f:1: COMMIT without a table"},
        {":INPUT ACCEPT\n", "f:1: no table is begun (\"*filter\") before this line"},
        {"*filter\n:INPUT\n", "f:2: a chain needs a name and a policy"},
        {"*filter\n:INPUT QUEUE\n", "f:2: no policy is called QUEUE"},
        {"*filter\n:PREROUTING ACCEPT\n", "f:2: the table has no built-in chain PREROUTING"},
        {"*filter\n:INPUT DROP\n:INPUT DROP\n", "f:3: a second time chain INPUT"},
        {"*filter\n-A \"x\ty\" -j DROP\n", "f:2: no \":\" line declares chain x?y"},
        {"*filter\n:INPUT DROP\n-I INPUT -j DROP\n", "f:3: only rules of the form \"-A CHAIN ...\" are understood"},
        {"*filter\n:INPUT DROP\n[1:2\n", "f:3: only rules of the form \"-A CHAIN ...\" are understood"},
        {"*filter\n:INPUT DROP\n-A INPUT --comment \"x\n", "f:3: a quotation mark is not closed"},
        {"*filter\n:INPUT DROP\n-A INPUT -j\n", "f:3: -j lacks its target"},
        {"*filter\n:INPUT DROP\n-A INPUT -m\n", "f:3: -m lacks its name"},
        {"*filter\n:INPUT DROP\n-A INPUT -g\n", "f:3: -g lacks its chain"},
        {"*filter\n:INPUT DROP\n-A INPUT -s\n", "f:3: an option lacks its value"},
        {"*filter\n:INPUT DROP\n-A INPUT -j DROP -j DROP\n", "f:3: a rule has one target"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        AT("%s", rows[i].text);
        struct ptn_wall *w = ptn_wall_new();
        EXPECT_INT(read_into(w, PTN_TABLE_IP, PTN_BACKEND_IPTABLES, rows[i].text), -EINVAL);
        EXPECT_TEXT(err.text, rows[i].want);
        ptn_wall_free(w);
    }
}

static void check_bound(const char *word, size_t times, const char *want)
{
    static char text[1 << 20];
    struct ptn_wall *w = ptn_wall_new();
    size_t len = (size_t)snprintf(text, sizeof(text), "*filter\n:INPUT DROP\n-A INPUT");
    for (size_t i = 0; i < times; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s", word);
    EXPECT_INT(read_into(w, PTN_TABLE_IP, PTN_BACKEND_IPTABLES, text), -EINVAL);
    EXPECT_TEXT(err.text, want);
    ptn_wall_free(w);
}

static void bounds(void **state)
{
    (void)state;
    check_bound(" -f", 1023, "f:3: too many words");
    check_bound("x", 65536, "f:3: the line is too long");
    check_bound(" -m x", 64, "f:3: too many matches in one rule");
    struct ptn_wall *w = ptn_wall_new();
    static const char zero[] = "*filter\n:IN\0PUT DROP\n";
    assert_int_equal(ptn_wall_read_save(w, PTN_TABLE_IP, PTN_BACKEND_LEGACY, "f", zero, sizeof(zero) - 1, &err),
                     -EINVAL);
    assert_string_equal(err.text, "f:2: this is no text");
    assert_int_equal(ptn_wall_read_save(w, PTN_TABLE_IP, PTN_BACKEND_LEGACY, "f", zero, 0, &err), 0);
    ptn_wall_free(w);
}

/* Reading is linear: a million rules' worth of chains and words would show if it were not. */
static void many(void **state)
{
    enum { CHAINS = 2000, RULES = 100000, ROOM = RULES * 96 };
    char *text = malloc(ROOM);
    (void)state;
    assert_non_null(text);
    size_t len = (size_t)snprintf(text, ROOM, "*filter\n:INPUT DROP [0:0]\n");
    for (int i = 0; i < CHAINS; i++)
        len += (size_t)snprintf(text + len, ROOM - len, ":KUBE-SVC-%d - [0:0]\n", i);
    for (int i = 0; i < RULES; i++)
        len += (size_t)snprintf(text + len, ROOM - len, "-A KUBE-SVC-%d -s 10.0.%d.%d/32 -j ACCEPT\n", i % CHAINS,
                                i >> 8 & 255, i & 255);
    snprintf(text + len, ROOM - len, "COMMIT\n");
    struct ptn_wall *w = read_wall(PTN_TABLE_IP, text);
    assert_int_equal(chain_of(w, "filter", "KUBE-SVC-1999")->n_rules, RULES / CHAINS);
    assert_int_equal(ptn_wall_link(w, &err), 0);
    ptn_wall_free(w);
    free(text);
}

/* ---- as tools write it ------------------------------------------------------------------------------------------ */

#define CORPUS "tests/fuzz/corpus/wall-save/"

struct doubts {
    unsigned rules, maybe, opaque;
};

static struct doubts count_doubts(const struct ptn_wall *w)
{
    struct doubts n = {0};
    for (size_t t = 0; t < w->n_tables; t++)
        for (size_t i = 0; i < w->tables[t]->n_chains; i++)
            for (uint32_t k = 0; k < w->tables[t]->chains[i]->n_rules; k++, n.rules++) {
                const struct ptn_rule *r = &w->tables[t]->chains[i]->rules[k];
                for (uint32_t s = 0; s < r->n_stmts; s++) {
                    n.maybe += r->stmts[s].kind == PTN_STMT_MAYBE;
                    n.opaque += r->stmts[s].kind == PTN_STMT_OPAQUE;
                }
            }
    return n;
}

static struct ptn_wall *read_file(const char *name)
{
    char path[128], *text;
    size_t len;
    snprintf(path, sizeof(path), CORPUS "%s", name);
    AT("%s", path);
    EXPECT_INT(ptn_file_read(path, 1 << 20, &text, &len), 0);
    struct ptn_wall *w = read_wall(text[0] & 2 ? PTN_TABLE_IP6 : PTN_TABLE_IP, text + 1);
    free(text);
    return w;
}

static void shapes(void **state)
{
    static const struct {
        const char *file;
        unsigned rules, maybe, opaque;
        const char *table, *chain;
        uint32_t rule;
        const char *want;
    } rows[] = {
        {"docker", 32, 0, 0, "nat", "DOCKER", 3,
         "iifname!='docker0'; l4proto=6; dport=5432; dnat 172.17.0.2 port 5432"},
        {"docker", 32, 0, 0, "nat", "PREROUTING", 1, "fib daddr type=2; jump DOCKER"},
        {"docker", 32, 0, 0, "filter", "DOCKER", 1,
         "daddr=172.17.0.2; iifname!='docker0'; oifname='docker0'; l4proto=6; dport=5432; accept"},
        {"docker", 32, 0, 0, "filter", "DOCKER-ISOLATION-STAGE-1", 1,
         "iifname='docker0'; oifname!='docker0'; jump DOCKER-ISOLATION-STAGE-2"},
        {"docker", 32, 0, 0, "raw", "PREROUTING", 1, "daddr=172.17.0.2; iifname!='docker0'; drop"},
        {"fail2ban", 7, 0, 0, "filter", "INPUT", 2, "l4proto=6; dport=25,465,587; jump f2b-postfix"},
        {"fail2ban", 7, 0, 0, "filter", "f2b-sshd", 1, "saddr=192.0.2.77; reject icmp port-unreachable"},
        {"libvirt", 26, 0, 0, "nat", "LIBVIRT_PRT", 3,
         "saddr=192.168.122.0-192.168.122.255; daddr!=192.168.122.0-192.168.122.255; l4proto=6; "
         "masquerade port 1024-65535"},
        {"libvirt", 26, 0, 0, "filter", "LIBVIRT_FWI", 2, "oifname='virbr0'; reject icmp port-unreachable"},
        {"kubernetes", 27, 1, 0, "nat", "KUBE-SVC-NPX46M4PTMTKRN6Y", 2,
         "maybe(statistic mode random probability 0.50000000000); jump KUBE-SEP-2WPL3VYFCFA5G2CE"},
        {"kubernetes", 27, 1, 0, "nat", "KUBE-MARK-MASQ", 1, "mark := (mark & 0xffffbfff) ^ 16384"},
        {"kubernetes", 27, 1, 0, "filter", "KUBE-FIREWALL", 1,
         "saddr!=127.0.0.0-127.255.255.255; daddr=127.0.0.0-127.255.255.255; ct state!=2,4; ct status&32=0; drop"},
        {"ufw", 74, 8, 0, "filter", "ufw-user-input", 2,
         "saddr=10.0.0.0-10.255.255.255; l4proto=6; dport=5432; accept"},
        {"ufw6", 111, 10, 0, "filter", "ufw6-before-input", 2, "extension header=1; maybe(rt-type 0); drop"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct dump d;
        struct ptn_wall *w = read_file(rows[i].file);
        AT("%s %s %s %u", rows[i].file, rows[i].table, rows[i].chain, rows[i].rule);
        struct doubts n = count_doubts(w);
        EXPECT_INT(n.rules, rows[i].rules);
        EXPECT_INT(n.maybe, rows[i].maybe);
        EXPECT_INT(n.opaque, rows[i].opaque);
        const struct ptn_chain *c = chain_of(w, rows[i].table, rows[i].chain);
        EXPECT(c->n_rules >= rows[i].rule);
        dump_rule(&d, &c->rules[rows[i].rule - 1]);
        EXPECT_TEXT(d.text, rows[i].want);
        EXPECT_INT(ptn_wall_link(w, &err), 0);
        ptn_wall_free(w);
    }
}

/* ---- as the real tools print it ---------------------------------------------------------------------------------- */

/* What a command prints, or NULL where it fails. Caller frees. */
static char *output_of(const char *command)
{
    FILE *f = popen(command, "re");
    char *text = calloc(1, 1 << 20);
    size_t len = f && text ? fread(text, 1, (1 << 20) - 1, f) : 0;
    int status = f ? pclose(f) : -1;
    if (status == 0 && len)
        return text;
    free(text);
    return NULL;
}

static void expect_same_rules(const struct ptn_wall *a, const struct ptn_wall *b)
{
    for (size_t t = 0; t < a->n_tables; t++)
        for (size_t i = 0; i < a->tables[t]->n_chains; i++) {
            const struct ptn_chain *x = a->tables[t]->chains[i], *y = chain_of(b, a->tables[t]->name, x->name);
            EXPECT_INT(y->n_rules, x->n_rules);
            for (uint32_t k = 0; k < x->n_rules; k++) {
                struct dump d, e;
                dump_rule(&d, &x->rules[k]);
                dump_rule(&e, &y->rules[k]);
                EXPECT_TEXT(e.text, d.text);
            }
        }
}

/* Through the kernel and back: what the tool then prints is read as what was given to it. */
static bool check_tool(const char *file, const char *tool)
{
    char command[256];
    snprintf(command, sizeof(command),
             "PATH=$PATH:/usr/sbin:/sbin; tail -n +2 " CORPUS "%s | unshare -n sh -c '%s-restore && %s-save -c' 2>&1",
             file, tool, tool);
    char *text = output_of(command);
    if (!text)
        return false;
    struct ptn_wall *a = read_file(file);
    AT("%s", command);
    struct ptn_wall *b = read_wall(a->tables[0]->family, text);
    expect_same_rules(a, b);
    ptn_wall_free(a);
    ptn_wall_free(b);
    free(text);
    return true;
}

static void real_tools(void **state)
{
    static const struct {
        const char *file, *tool;
    } rows[] = {
        {"docker", "iptables-nft"},      {"docker", "iptables-legacy"}, {"fail2ban", "iptables-nft"},
        {"fail2ban", "iptables-legacy"}, {"libvirt", "iptables-nft"},   {"libvirt", "iptables-legacy"},
        {"kubernetes", "iptables-nft"},  {"ufw", "iptables-nft"},       {"ufw", "iptables-legacy"},
        {"ufw6", "ip6tables-nft"},       {"ufw6", "ip6tables-legacy"},
    };
    unsigned done = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        done += check_tool(rows[i].file, rows[i].tool);
    if (!done)
        SKIP("no iptables here that may be run in a namespace of its own");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options), cmocka_unit_test(netmap),  cmocka_unit_test(hooks),
        cmocka_unit_test(sources), cmocka_unit_test(handles), cmocka_unit_test(told_by_nft),
        cmocka_unit_test(legacy),  cmocka_unit_test(refused), cmocka_unit_test(bounds),
        cmocka_unit_test(many),    cmocka_unit_test(shapes),  cmocka_unit_test(real_tools),
    };
    return check_all(tests);
}
