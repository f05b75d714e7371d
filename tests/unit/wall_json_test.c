/* nft's JSON into the model and back into nft's words: every construct of a broad ruleset, and what is refused. */
#include "check.h"

#include <errno.h>

#include "base/file.h"
#include "wall_json_dump.h"

static struct ptn_err err;

/* Text in portions; what is asked after its end is counted. */
struct source {
    const char *text;
    size_t len, portion, late;
};

static ssize_t pull(void *ctx, char *buf, size_t size)
{
    struct source *s = ctx;
    size_t n = s->portion && s->portion < size ? s->portion : size;
    n = n < s->len ? n : s->len;
    memcpy(buf, s->text, n);
    s->text += n;
    s->len -= n;
    s->late += n == 0;
    return (ssize_t)n;
}

static int read_portions(struct ptn_wall *w, const char *text, size_t portion)
{
    struct source s = {.text = text, .len = strlen(text), .portion = portion};
    err.text[0] = '\0';
    int r = ptn_wall_read_json(w, "f", pull, &s, &err);
    EXPECT(r < 0 || s.late == 0);
    return r;
}

static struct ptn_wall *read_wall(const char *text)
{
    struct ptn_wall *w = ptn_wall_new();
    assert_non_null(w);
    if (read_portions(w, text, 0) < 0)
        fail_msg("%s [at: %s]", err.text, check_at);
    return w;
}

/* A ruleset of these elements. */
static struct ptn_wall *read_elements(const char *elements)
{
    static char text[1 << 20];
    snprintf(text, sizeof(text), "{\"nftables\": [%s]}", elements);
    return read_wall(text);
}

static const struct ptn_set *set_named(const struct ptn_wall *w, const char *name)
{
    for (size_t t = 0; t < w->n_tables; t++)
        for (size_t i = 0; i < w->tables[t]->n_sets; i++)
            if (strcmp(w->tables[t]->sets[i]->name, name) == 0)
                return w->tables[t]->sets[i];
    fail_msg("no set %s [at: %s]", name, check_at);
    return NULL;
}

/* The last rule of all. */
static const struct ptn_rule *last_rule(const struct ptn_wall *w)
{
    const struct ptn_rule *r = NULL;
    for (size_t t = 0; t < w->n_tables; t++)
        for (size_t i = 0; i < w->tables[t]->n_chains; i++)
            if (w->tables[t]->chains[i]->n_rules)
                r = &w->tables[t]->chains[i]->rules[w->tables[t]->chains[i]->n_rules - 1];
    if (!r)
        fail_msg("no rule [at: %s]", check_at);
    return r;
}

static void expect_rule(const struct ptn_rule *r, const char *text, const char *model)
{
    char buf[4096];
    struct dump d;
    put_rule(&d, r);
    EXPECT_TEXT(d.text, model);
    if (strcmp(text, "-") != 0)
        EXPECT_TEXT(ptn_rule_text(r, buf, sizeof(buf)), text);
}

/* ---- the listing of a real nft ------------------------------------------------------------------------------ */

struct listing {
    char *lines[2048];
    size_t n;
    char preamble[1 << 16];
};

/* Lines with tabs are rows; of the others, those that begin with '{' are elements that all rules need. */
static struct listing *read_listing(void)
{
    static struct listing l;
    static char *text;
    size_t len, at = 0;
    if (l.n)
        return &l;
    assert_int_equal(ptn_file_read("tests/unit/wall_json.tsv", 1 << 24, &text, &len), 0);
    for (char *save, *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        if (strchr(line, '\t') && l.n < COUNT(l.lines))
            l.lines[l.n++] = line;
        else if (*line == '{')
            at += (size_t)snprintf(l.preamble + at, sizeof(l.preamble) - at, "%s%s", at ? "," : "", line);
    }
    assert_true(l.n > 500 && at < sizeof(l.preamble));
    return &l;
}

static void test_rules(void **state)
{
    static char text[1 << 17];
    const struct listing *l = read_listing();
    (void)state;
    for (size_t i = 0; i < l->n; i++) {
        char *json = strdup(l->lines[i]), *save;
        if (strncmp(json, "set\t", 4) != 0) {
            strtok_r(json, "\t", &save);
            char *words = strtok_r(NULL, "\t", &save), *model = strtok_r(NULL, "\t", &save);
            AT("%s", json);
            snprintf(text, sizeof(text), "%s,{\"rule\":%s}", l->preamble, json);
            struct ptn_wall *w = read_elements(text);
            expect_rule(last_rule(w), words, model ? model : "");
            ptn_wall_free(w);
        }
        free(json);
    }
}

static void test_sets(void **state)
{
    const struct listing *l = read_listing();
    struct ptn_wall *w = read_elements(l->preamble);
    (void)state;
    for (size_t i = 0; i < l->n; i++) {
        char name[64], model[1024];
        struct dump d = {.len = 0};
        if (sscanf(l->lines[i], "set\t%63[^\t]\t%1023[^\n]", name, model) != 2)
            continue;
        AT("%s", name);
        put_set(&d, set_named(w, name), NULL);
        EXPECT_TEXT(d.text, model);
    }
    ptn_wall_free(w);
}

/* In portions of any size the same ruleset, and rules that know their text wherever it has moved to. */
static void test_portions(void **state)
{
    static const size_t portions[] = {1, 7, 4096, 65536, 0};
    static char text[1 << 20];
    const struct listing *l = read_listing();
    size_t at = (size_t)snprintf(text, sizeof(text), "{\"nftables\":[%s", l->preamble);
    (void)state;
    for (unsigned k = 0; k < 4; k++)
        for (size_t i = 0; i < l->n; i++)
            if (strncmp(l->lines[i], "set\t", 4) != 0)
                at += (size_t)snprintf(text + at, sizeof(text) - at, ",{\"rule\":%.*s}",
                                       (int)strcspn(l->lines[i], "\t"), l->lines[i]);
    assert_true((size_t)snprintf(text + at, sizeof(text) - at, "]}") < sizeof(text) - at);
    for (size_t p = 0; p < COUNT(portions); p++) {
        struct ptn_wall *w = ptn_wall_new();
        unsigned n = 0;
        AT("portions of %zu", portions[p]);
        EXPECT_INT(read_portions(w, text, portions[p]), 0);
        for (size_t t = 0; t < w->n_tables; t++)
            for (size_t i = 0; i < w->tables[t]->n_chains; i++)
                for (uint32_t k = 0; k < w->tables[t]->chains[i]->n_rules; k++, n++) {
                    const struct ptn_rule *r = &w->tables[t]->chains[i]->rules[k];
                    EXPECT(r->source_len > 8 && strncmp(r->source, "{\"rule\":", 8) == 0);
                    EXPECT(r->source[r->source_len - 1] == '}');
                }
        EXPECT(n > 2000);
        EXPECT_INT(ptn_wall_link(w, &err), 0);
        ptn_wall_free(w);
    }
}

/* ---- what this nft does not print, but others do ------------------------------------------------------------ */

#define TABLE "{\"table\":{\"family\":\"inet\",\"name\":\"t\"}}"
#define RULE(expr) "{\"rule\":{\"family\":\"inet\",\"table\":\"t\",\"chain\":\"c\",\"handle\":7,\"expr\":[" expr "]}}"
#define MATCH(op, left, right) "{\"match\":{\"op\":\"" op "\",\"left\":" left ",\"right\":" right "}}"
#define PAYLOAD(proto, field) "{\"payload\":{\"protocol\":\"" proto "\",\"field\":\"" field "\"}}"
#define META(key) "{\"meta\":{\"key\":\"" key "\"}}"
#define CT(key) "{\"ct\":{\"key\":\"" key "\"}}"

static void test_other_shapes(void **state)
{
    static const struct {
        const char *expr, *text, *model;
    } rows[] = {
        {MATCH("==", "{\"&\":[" PAYLOAD("tcp", "flags") ",{\"|\":[\"fin\",\"syn\",\"rst\"]}]}", "{\"|\":[\"syn\"]}"),
         "tcp flags syn / fin | syn | rst", "l4proto {6}; tcp flags&7^0 {2}"},
        {MATCH("==", "{\"|\":[{\"^\":[{\"&\":[" META("mark") ",15,7]},1]},16]}", "17"),
         "meta mark & 0x0000000f & 0x00000007 ^ 0x00000001 | 0x00000010 == 0x00000011", "mark&7^17 {17}"},
        {MATCH("==", META("iif"), "0"), "iif 0", "iifname {''}"},
        {MATCH("==", META("iifname"), "\"0123456789abcdef\""), "iifname \"0123456789abcdef\"",
         "maybe(iifname \"0123456789abcdef\")"},
        {MATCH("<", PAYLOAD("tcp", "dport"), "0"), "tcp dport < 0", "l4proto {6}; dport {}"},
        {MATCH(">", PAYLOAD("tcp", "dport"), "65535"), "tcp dport > 65535", "l4proto {6}; dport {}"},
        {MATCH("==", PAYLOAD("tcp", "dport"), "65536"), "tcp dport 65536", "l4proto {6}; maybe(tcp dport 65536)"},
        {MATCH("==", PAYLOAD("tcp", "dport"), "\"ssh\""), "tcp dport ssh", "l4proto {6}; dport {22}"},
        {MATCH("==", PAYLOAD("tcp", "dport"), "\"no such\""), "tcp dport no such",
         "l4proto {6}; maybe(tcp dport no such)"},
        {MATCH("==", PAYLOAD("ip", "saddr"), "{\"range\":[\"10.0.0.9\",\"10.0.0.1\"]}"), "ip saddr 10.0.0.9-10.0.0.1",
         "nfproto {2}; maybe(ip saddr 10.0.0.9-10.0.0.1)"},
        {MATCH("==", PAYLOAD("ip", "saddr"), "{\"set\":[\"10.0.0.1\",\"*\"]}"), "ip saddr { 10.0.0.1, * }",
         "nfproto {2}; saddr {10.0.0.1 *}"},
        {MATCH("==", PAYLOAD("ip", "saddr"),
               "{\"set\":[\"10.0.0.1\",{\"elem\":{\"val\":\"10.0.0.2\",\"expires\":5}}]}"),
         "-", "nfproto {2}; saddr {10.0.0.1 | maybe 10.0.0.2}"},
        {MATCH("==", PAYLOAD("ip", "saddr"), "\"@nowhere\""), "ip saddr @nowhere", "nfproto {2}; saddr opaque@nowhere"},
        {MATCH("==", "{\"fib\":{\"result\":\"type\",\"flags\":\"daddr\"}}", "\"local\""), "fib daddr type local",
         "fib daddr type {2}"},
        {MATCH("==", "{\"fib\":{\"result\":\"type\",\"flags\":[\"saddr\",\"oif\"]}}", "\"local\""),
         "fib saddr . oif type local", "maybe(fib saddr . oif type local)"},
        {MATCH("in", CT("state"), "[\"established\",\"related\"]"), "ct state established,related", "ct state {2,4}"},
        {MATCH("in", CT("state"), "70"), "ct state 70", "ct state {2,4,64}"},
        {MATCH("!", CT("state"), "\"new\""), "ct state ! new", "ct state != {8}"},
        {MATCH("~", META("mark"), "1"), "meta mark ~ 0x00000001", "maybe(meta mark ~ 0x00000001)"},
        {MATCH("==", "{\"new\":{\"key\":\"x\"}}", "1"), "-", "maybe(new 1)"},
        {MATCH("==", META("protocol"), "34525"), "-", "nfproto {10}"},
        {MATCH("==", META("l4proto"), "\"ospf\""), "-", "l4proto {89}"},
        {"{\"last\":{\"used\":5}},{\"accept\":null}", "last accept", "accept"},
        {"{\"reject\":null}", "reject", "reject icmpx port-unreachable"},
        {"{\"reject\":{\"type\":\"icmp\",\"expr\":10}}", "-", "nfproto {2}; reject icmp host-prohibited"},
        {"{\"reject\":{\"type\":\"icmpv6\",\"expr\":77}}", "-", "nfproto {10}; reject icmpv6 code 77"},
        {"{\"queue\":{\"num\":{\"range\":[1,3]},\"flags\":[\"bypass\",\"fanout\"]}}",
         "queue flags bypass,fanout to 1-3", "opaque(queue flags bypass,fanout to 1-3)"},
        {"{\"queue\":null}", "queue", "opaque(queue)"},
        {"{\"xt\":{\"type\":\"match\",\"name\":\"conntrack\"}},{\"accept\":null}", "xt conntrack accept",
         "maybe(xt conntrack); accept"},
        {"{\"xt\":{\"type\":\"target\",\"name\":\"DNAT\"}}", "xt DNAT", "opaque(xt DNAT)"},
        {"{\"xt\":null}", "xt", "opaque(xt)"},
        {"{\"flow\":{\"op\":\"add\",\"flowtable\":\"@ft\"}}", "flow add @ft", ""},
        {"{\"map\":{\"op\":\"add\",\"elem\":" PAYLOAD("ip", "saddr") ",\"data\":" PAYLOAD(
             "tcp", "dport") ",\"map\":\"@m\"}},{\"accept\":null}",
         "add @m { ip saddr : tcp dport } accept", "nfproto {2}; l4proto {6}; accept"},
        {"\"jump {\\n\\t\\taccept\\n\\t}\"", "jump { accept }", "opaque(jump { accept })"},
        {"\"last used never\"", "last used never", ""},
        {"{\"jump\":{}}", "jump", "opaque(jump)"},
        {"{\"wonder\":{\"how\":1}}", "wonder", "opaque(wonder)"},
        {"{\"dnat\":{\"addr\":{\"wonder\":1},\"port\":5}}", "-", "opaque(dnat to wonder:5)"},
        {"{\"dnat\":{\"addr\":{\"map\":{\"key\":" PAYLOAD(
             "tcp", "dport") ",\"data\":{\"set\":[[{\"range\":[1,5]},"
                             "\"10.0.0.1\"],[7,\"10.0.0.2\"]]}}},\"port\":{\"map\":{\"key\":" PAYLOAD(
                                 "tcp", "dport") ",\"data\":{\"set\":"
                                                 "[[{\"range\":[4,8]},80]]}}}}}",
         "dnat to tcp dport map { 1-5 : 10.0.0.1, 7 : 10.0.0.2 }:tcp dport map { 4-8 : 80 }",
         "l4proto {6}; dnat by dport {4-5:10.0.0.1.80 | 7:10.0.0.2.80}"},
        {"{\"vmap\":{\"key\":" META("mark") ",\"data\":{\"set\":[[1,{\"wonder\":null}],[2,{\"drop\":null}]]}}}", "-",
         "vmap mark opaque{2:drop}"},
        {"{\"vmap\":{\"key\":" META("mark") "}}", "-", "opaque(meta mark vmap )"},
        {"{\"mangle\":{\"key\":" PAYLOAD("ip", "protocol") ",\"value\":6}}", "ip protocol set 6",
         "nfproto {2}; opaque(ip protocol set 6)"},
        {"{\"mangle\":{\"key\":{\"payload\":{\"base\":\"nh\",\"offset\":0,\"len\":8}},\"value\":6}}", "@nh,0,8 set 0x6",
         "opaque(@nh,0,8 set 0x6)"},
        {"{\"mangle\":{\"key\":" META("mark") ",\"value\":" META("skuid") "}}", "meta mark set meta skuid",
         "mark := ?"},
        {"{\"mangle\":{\"key\":" META("mark") ",\"value\":{\"<<\":[" META("mark") ",8]}}}",
         "meta mark set meta mark << 8", "mark := ?"},
        {MATCH("==", PAYLOAD("tcp", "dport"), "5") ",7", "tcp dport 5 7", "l4proto {6}; dport {5}; opaque(7)"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[4096];
        AT("%s", rows[i].expr);
        snprintf(text, sizeof(text),
                 TABLE ",{\"rule\":{\"family\":\"inet\",\"table\":\"t\",\"chain\":\"c\",\"expr\":[%s]}}", rows[i].expr);
        struct ptn_wall *w = read_elements(text);
        expect_rule(last_rule(w), rows[i].text, rows[i].model);
        ptn_wall_free(w);
    }
}

#define SET(members) "{\"set\":{\"family\":\"inet\",\"table\":\"t\",\"name\":\"s\"," members "}}"
#define MAP(members) "{\"map\":{\"family\":\"inet\",\"table\":\"t\",\"name\":\"s\"," members "}}"

static void test_other_sets(void **state)
{
    static const struct {
        const char *json, *model;
    } rows[] = {
        {SET("\"type\":{\"typeof\":" PAYLOAD("tcp", "dport") "},\"elem\":[5]"), "{5}"},
        {SET("\"type\":{\"typeof\":{\"concat\":[" PAYLOAD("ip",
                                                          "saddr") "," META("l4proto") "]}},\"elem\":[{\"concat\":["
                                                                                       "\"10.0.0.1\",\"tcp\"]}]"),
         "{10.0.0.1.6}"},
        {SET("\"type\":{\"typeof\":" CT("id") "},\"elem\":[5]"), "opaque{0.0.0.0}"},
        {SET("\"type\":\"ipv4_addr . inet_service\",\"elem\":[{\"concat\":[\"10.0.0.1\",5]}]"), "{10.0.0.1.5}"},
        {SET("\"type\":[\"ipv4_addr\",\"inet_service\"],\"elem\":[{\"concat\":[\"10.0.0.1\"]}]"), "opaque{}"},
        {SET("\"type\":\"verdict\",\"elem\":[5]"), "opaque{0.0.0.0}"},
        {SET("\"type\":\"inet_service\",\"elem\":[5,\"wonder\"]"), "opaque{5}"},
        {SET("\"type\":\"inet_service\""), "{}"},
        {SET("\"elem\":[5]"), "opaque{0.0.0.0}"},
        {SET("\"type\":\"inet_service\",\"elem\":[{\"elem\":{\"val\":5,\"quota\":{\"val\":1}}}]"), "{maybe 5}"},
        {SET("\"type\":\"inet_service\",\"stmt\":[{\"limit\":{}}],\"elem\":[5]"), "{maybe 5}"},
        {SET("\"type\":\"inet_service\",\"elem\":[{\"elem\":{\"val\":\"*\",\"timeout\":5}}]"), "{ * maybe }"},
        {MAP("\"type\":\"mark\",\"map\":\"wonder\",\"elem\":[[1,2]]"), "{0.0.0.1}"},
        {MAP("\"type\":\"mark\",\"map\":{\"typeof\":" PAYLOAD("ip", "daddr") "},\"elem\":[[1,\"10.0.0.1\"]]"),
         "{0.0.0.1:10.0.0.1}"},
        {MAP("\"type\":\"integer\",\"map\":\"verdict\",\"elem\":[[1,{\"jump\":{\"target\":\"a\"}}],[2,{\"drop\":null}]"
             "]"),
         "opaque{0.0.0.0:jump a | 0.0.0.1:drop}"},
        {MAP("\"type\":\"mark\",\"map\":\"verdict\",\"elem\":[[1]]"), "opaque{}"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[2048];
        struct dump d = {.len = 0};
        AT("%s", rows[i].json);
        snprintf(text, sizeof(text), TABLE ",%s", rows[i].json);
        struct ptn_wall *w = read_elements(text);
        put_set(&d, set_named(w, "s"), NULL);
        EXPECT_TEXT(d.text, rows[i].model);
        ptn_wall_free(w);
    }
}

/* Look-ups that do not fit their set are unknown, whichever of the two comes first. */
static void test_misfits(void **state)
{
    static const char *const rows[] = {
        RULE(MATCH("==", PAYLOAD("ip6", "saddr"), "\"@s\"")) "," SET("\"type\":\"ipv4_addr\",\"elem\":[\"10.0.0.1\"]"),
        SET("\"type\":[\"ipv4_addr\",\"mark\"]") "," RULE(MATCH("==", PAYLOAD("ip", "saddr"), "\"@s\"")),
        SET("\"type\":\"mark\"") "," RULE("{\"vmap\":{\"key\":" META("mark") ",\"data\":\"@s\"}}"),
        MAP("\"type\":\"mark\",\"map\":\"mark\",\"elem\":[[1,2]]") "," RULE(
            "{\"vmap\":{\"key\":" META("mark") ",\"data\":\"@s\"}}"),
        MAP("\"type\":\"mark\",\"map\":\"verdict\",\"elem\":[[1,{\"drop\":null}]]") "," RULE(
            "{\"dnat\":{\"addr\":{\"map\":{\"key\":" META("mark") ",\"data\":\"@s\"}}}}"),
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[2048];
        AT("%s", rows[i]);
        snprintf(text, sizeof(text), TABLE ",%s", rows[i]);
        struct ptn_wall *w = read_elements(text);
        EXPECT(set_named(w, "s")->opaque);
        EXPECT_INT(ptn_wall_link(w, &err), 0);
        ptn_wall_free(w);
    }
}

#define CHANGE(op, stmt) RULE("{\"set\":{\"op\":\"" op "\",\"elem\":" META("mark") ",\"set\":\"@s\"" stmt "}}")

static void test_changing_sets(void **state)
{
    static const struct {
        const char *rule, *model;
        bool live, maybe;
    } rows[] = {
        {CHANGE("add", ""), "", true, false},
        {CHANGE("update", ",\"stmt\":[{\"counter\":null}]"), "", true, false},
        {CHANGE("update", ",\"stmt\":[{\"limit\":{\"rate\":5,\"per\":\"second\"}}]"),
         "maybe(update @s { meta mark limit rate 5/second })", true, false},
        {CHANGE("delete", ""), "", false, true},
        {RULE("\"add @s { meta mark : 5 }\""), "maybe(add @s { meta mark : 5 })", true, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[2048];
        struct dump d;
        AT("%s", rows[i].rule);
        snprintf(text, sizeof(text), TABLE "," SET("\"type\":\"mark\",\"elem\":[1]") ",%s", rows[i].rule);
        struct ptn_wall *w = read_elements(text);
        const struct ptn_set *s = set_named(w, "s");
        put_rule(&d, last_rule(w));
        EXPECT_TEXT(d.text, rows[i].model);
        EXPECT_INT(s->live, rows[i].live);
        EXPECT_INT(s->groups[0].maybe, rows[i].maybe);
        ptn_wall_free(w);
    }
}

/* ---- tables and chains --------------------------------------------------------------------------------------- */

static void test_tables(void **state)
{
    static const char text[] =
        "{\"nftables\":[{\"metainfo\":{\"version\":\"9\",\"json_schema_version\":1}},"
        "{\"table\":{\"family\":\"ip\",\"name\":\"a\",\"handle\":3}},"
        "{\"table\":{\"family\":\"ip6\",\"name\":\"a\",\"handle\":4,\"flags\":\"dorm\"}},"
        "{\"table\":{\"family\":\"inet\",\"name\":\"b\",\"flags\":[\"owner\",\"dormant\"]}},"
        "{\"table\":{\"family\":\"bridge\",\"name\":\"x\"}},"
        "{\"chain\":{\"family\":\"bridge\",\"table\":\"x\",\"name\":\"c\"}},"
        "{\"rule\":{\"family\":\"bridge\",\"table\":\"x\",\"chain\":\"c\",\"expr\":[{\"drop\":null}]}},"
        "{\"table\":{\"family\":\"netdev\",\"name\":\"n\"}},{\"wonder\":{}},{\"flowtable\":{}},"
        "{\"chain\":{\"family\":\"ip\",\"table\":\"a\",\"name\":\"in\",\"handle\":5,\"type\":\"filter\",\"hook\":"
        "\"input\","
        "\"prio\":-5,\"policy\":\"drop\"}},"
        "{\"chain\":{\"family\":\"ip\",\"table\":\"a\",\"name\":\"plain\"}},"
        "{\"chain\":{\"family\":\"netdev\",\"table\":\"n\",\"name\":\"one\",\"type\":\"filter\",\"hook\":\"ingress\","
        "\"prio\":0,\"dev\":\"eth0\"}},"
        "{\"chain\":{\"family\":\"netdev\",\"table\":\"n\",\"name\":\"two\",\"type\":\"filter\",\"hook\":\"egress\","
        "\"prio\":0,\"dev\":[\"eth0\",\"eth1\"]}},"
        "{\"rule\":{\"family\":\"ip\",\"table\":\"a\",\"chain\":\"plain\",\"handle\":8,\"comment\":\"it is\","
        "\"expr\":[{\"xt\":null}]}}]} and more that nobody reads";
    struct ptn_wall *w = read_wall(text);
    (void)state;
    AT("tables");
    EXPECT_INT(w->n_tables, 4);
    EXPECT_INT(w->tables[0]->handle, 3);
    EXPECT(w->tables[0]->foreign && !w->tables[0]->dormant);
    EXPECT(w->tables[1]->dormant && w->tables[1]->family == PTN_TABLE_IP6);
    EXPECT(w->tables[2]->dormant && !w->tables[2]->foreign);
    EXPECT_INT(w->n_unjudged, 2);
    EXPECT_TEXT(w->unjudged[0], "table bridge x");
    EXPECT_TEXT(w->unjudged[1], "wonder");
    const struct ptn_chain *in = w->tables[0]->chains[0], *plain = w->tables[0]->chains[1];
    EXPECT(in->base && in->hook == PTN_HOOK_INPUT && in->type == PTN_CHAIN_FILTER && in->policy == PTN_DROP);
    EXPECT_INT(in->priority, -5);
    EXPECT_INT(in->handle, 5);
    EXPECT(!plain->base && plain->n_rules == 1);
    EXPECT_INT(plain->rules[0].handle, 8);
    EXPECT_TEXT(plain->rules[0].comment, "it is");
    const struct ptn_table *n = w->tables[3];
    EXPECT_TEXT(n->chains[0]->devices[0], "eth0");
    EXPECT(!n->chains[0]->devices[1]);
    EXPECT_TEXT(n->chains[1]->devices[1], "eth1");
    EXPECT(!n->chains[1]->devices[2]);
    ptn_wall_free(w);
}

/* ---- text ------------------------------------------------------------------------------------------------------ */

static void test_names(void **state)
{
    static const char rule[] = TABLE ",{\"rule\":{\"family\":\"inet\",\"table\":\"t\",\"chain\":\"a \\\"b\\\"\\n\","
                                     "\"comment\":\"x\\u001b[31m\\u009b \\u00e9 \\ud83d\\ude00 \\\"q\\\"\","
                                     "\"expr\":[{\"jump\":{\"target\":\"a \\\"b\\\"\"}}]}}";
    struct ptn_wall *w = read_elements(rule);
    const struct ptn_rule *r = last_rule(w);
    char text[128];
    (void)state;
    AT("names");
    EXPECT_TEXT(r->chain->name, "a \"b\"\n");
    EXPECT_TEXT(r->comment, "x\033[31m\xc2\x9b \xc3\xa9 \xf0\x9f\x98\x80 \"q\"");
    EXPECT_TEXT(r->stmts[0].verdict.to, "a \"b\"");
    EXPECT_TEXT(ptn_rule_text(r, text, sizeof(text)),
                "jump a \"b\" comment \"x?[31m? \xc3\xa9 \xf0\x9f\x98\x80 \"q\"\"");
    const size_t full = strlen(text);
    for (size_t size = 1; size < 60; size++) { /* of any size: whole characters, and dots where it was cut */
        ptn_rule_text(r, text, size);
        AT("%zu: %s", size, text);
        EXPECT(strlen(text) < size);
        EXPECT(size < 4 || size > full || strcmp(text + strlen(text) - 3, "...") == 0);
        const char *dots = strstr(text, "...");
        EXPECT(!dots || dots == text || (unsigned char)dots[-1] < 0xc2);
    }
    ptn_wall_free(w);
}

static void test_foreign_text(void **state)
{
    struct ptn_wall *w = read_elements(TABLE "," RULE("{\"drop\":null}"));
    struct ptn_rule *r = &w->tables[0]->chains[0]->rules[0];
    static const char line[] = "-A INPUT -j DROP\033 and on";
    char text[64];
    (void)state;
    w->tables[0]->backend = PTN_BACKEND_LEGACY;
    r->source = line;
    r->source_len = 17;
    AT("a line of iptables-save");
    EXPECT_TEXT(ptn_rule_text(r, text, sizeof(text)), "-A INPUT -j DROP?");
    ptn_wall_free(w);
}

/* ---- what is refused ------------------------------------------------------------------------------------------- */

static void test_errors(void **state)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"", "f:1: the text ends before the ruleset does (at octet 0)"},
        {"\n\n*filter\n", "f:3: not a ruleset as `nft -j list ruleset` prints it (at octet 2)"},
        {"[]", "f:1: not a ruleset as `nft -j list ruleset` prints it (at octet 0)"},
        {"{\"other\": []}", "f:1: not a ruleset as `nft -j list ruleset` prints it (at octet 2)"},
        {"{\"nftables\": {}}", "f:1: not a ruleset as `nft -j list ruleset` prints it (at octet 13)"},
        {"{\"nftables\": [", "f:1: the text ends before the ruleset does (at octet 14)"},
        {"{\"nftables\": [5]}", "f:1: an element that is no object (at octet 14)"},
        {"{\"nftables\": [{\"metainfo\": {}}", "f:1: the text ends before the ruleset does (at octet 30)"},
        {"{\"nftables\": [{\"metainfo\": {}} {}]}",
         "f:1: not a ruleset as `nft -j list ruleset` prints it (at octet 31)"},
        {"{\"nftables\": [\n{\"rule\": {\"expr\": [", "f:2: the text ends in the middle of this element (at octet 15)"},
        {"{\"nftables\": [\n{\"rule\": \"x\\\"}", "f:2: the text ends in the middle of this element (at octet 15)"},
        {"{\"nftables\": [{}]}", "f:1: an element that is no single object (at octet 14)"},
        {"{\"nftables\": [{\"a\": 1, \"b\": 2}]}", "f:1: an element that is no single object (at octet 14)"},
        {"{\"nftables\": [{\"a\" 1}]}", "f:1: a member without a value (at octet 19)"},
        {"{\"nftables\": [{\"a\": }]}", "f:1: no JSON (at octet 20)"},
        {"{\"nftables\": [{\"a\": tru}]}", "f:1: no JSON (at octet 20)"},
        {"{\"nftables\": [{\"a\": [1 2]}]}", "f:1: a comma is missing (at octet 23)"},
        {"{\"nftables\": [{\"a\": [1,]}]}", "f:1: no JSON (at octet 23)"},
        {"{\"nftables\": [{\"a\": [1}]}", "f:1: a comma is missing (at octet 22)"},
        {"{\"nftables\": [{\"a\": 1.}]}", "f:1: a number without digits (at octet 22)"},
        {"{\"nftables\": [{\"a\": \"\\x\"}]}", "f:1: an unknown escape in a string (at octet 22)"},
        {"{\"nftables\": [{\"a\": \"\\u00g0\"}]}", "f:1: a \\u without its four digits (at octet 22)"},
        {"{\"nftables\": [{\"a\": \"\\u0000\"}]}", "f:1: a NUL in a string (at octet 27)"},
        {"{\"nftables\": [{\"a\": \"\\ud800\"}]}", "f:1: half a character (at octet 27)"},
        {"{\"nftables\": [{\"a\": \"\xff\"}]}", "f:1: a string that is not UTF-8 (at octet 21)"},
        {"{\"nftables\": [{\"a\": \"\x01\"}]}", "f:1: a control character in a string (at octet 21)"},
        {"{\"nftables\": [{\"add\": {}}]}",
         "f:1: this is a list of commands, not a ruleset as `nft -j list ruleset` prints it (at octet 14)"},
        {"{\"nftables\": [{\"table\": {}}]}", "f:1: an element without its table (at octet 14)"},
        {"{\"nftables\": [" TABLE ",{\"chain\":{\"family\":\"inet\",\"table\":\"t\"}}]}",
         "f:1: a chain without a name (at octet 53)"},
        {"{\"nftables\": [{\"rule\":{\"family\":\"inet\",\"table\":\"t\"}}]}",
         "f:1: a rule without its chain (at octet 14)"},
        {"{\"nftables\": [{\"chain\":{\"family\":\"ip\",\"table\":\"t\",\"name\":\"c\",\"type\":\"filter\","
         "\"hook\":\"wonder\",\"prio\":0}}]}",
         "f:1: a base chain of an unknown type, hook or priority (at octet 14)"},
        {"{\"nftables\": [" SET("\"type\":\"mark\"") "," SET("\"type\":\"ipv6_addr\"") "]}",
         "f:1: a set that is there already (at octet 77)"},
        {"{\"nftables\": [{\"set\":{\"family\":\"ip\",\"table\":\"t\"}}]}",
         "f:1: a set without a name, or with elements that are no list (at octet 14)"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptn_wall *w = ptn_wall_new();
        AT("%s", rows[i].text);
        EXPECT_INT(read_portions(w, rows[i].text, i % 3), -EINVAL);
        EXPECT_TEXT(err.text, rows[i].message);
        ptn_wall_free(w);
    }
}

static void test_deep(void **state)
{
    static char text[1 << 16];
    (void)state;
    for (unsigned depth = 8; depth < 200; depth += 8) { /* flags in flags in flags */
        size_t at = (size_t)snprintf(text, sizeof(text),
                                     TABLE ",{\"rule\":{\"family\":\"inet\",\"table\":\"t\",\"chain\":"
                                           "\"c\",\"expr\":[{\"match\":{\"op\":\"==\",\"left\":");
        for (unsigned i = 0; i < depth; i++)
            at += (size_t)snprintf(text + at, sizeof(text) - at, "{\"|\":[");
        at += (size_t)snprintf(text + at, sizeof(text) - at, META("mark"));
        for (unsigned i = 0; i < depth; i++)
            at += (size_t)snprintf(text + at, sizeof(text) - at, ",1]}");
        snprintf(text + at, sizeof(text) - at, ",\"right\":1}}]}}");
        char *whole = malloc(at + 64), said[4096];
        sprintf(whole, "{\"nftables\":[%s]}", text);
        struct ptn_wall *w = ptn_wall_new();
        AT("%u deep", depth);
        int r = read_portions(w, whole, 0);
        EXPECT(depth < 26 ? r == 0 : r == -EINVAL && strstr(err.text, "nested too deep"));
        if (r == 0)
            EXPECT(*ptn_rule_text(last_rule(w), said, sizeof(said)));
        ptn_wall_free(w);
        free(whole);
    }
}

static ssize_t broken_pull(void *ctx, char *buf, size_t size)
{
    (void)ctx, (void)buf, (void)size;
    return -EIO;
}

static void test_broken(void **state)
{
    struct ptn_wall *w = ptn_wall_new();
    (void)state;
    AT("a read that fails");
    EXPECT_INT(ptn_wall_read_json(w, "f", broken_pull, NULL, &err), -EIO);
    EXPECT_TEXT(err.text, "f: cannot be read: Input/output error");
    ptn_wall_free(w);
}

/* A set of very many elements, of a hundred thousand here: in time that grows with them, in a memory of their size. */
static void test_many(void **state)
{
    const size_t n = 100000;
    char *text = malloc(n * 32 + 256), *at = text;
    (void)state;
    at += sprintf(at, "{\"nftables\":[" TABLE ",{\"set\":{\"family\":\"inet\",\"table\":\"t\",\"name\":\"s\",\"type\":"
                      "\"ipv4_addr\",\"elem\":[");
    for (size_t i = 0; i < n; i++)
        at += sprintf(at, "%s\"10.%zu.%zu.%zu\"", i ? "," : "", i >> 15, i >> 7 & 255, (i & 127) << 1);
    sprintf(at, "]}}]}");
    struct ptn_wall *w = read_wall(text);
    AT("many elements");
    EXPECT_INT(ptn_wall_link(w, &err), 0);
    EXPECT_INT(set_named(w, "s")->groups[0].ranges->n, n);
    ptn_wall_free(w);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),         cmocka_unit_test(test_sets),       cmocka_unit_test(test_portions),
        cmocka_unit_test(test_other_shapes),  cmocka_unit_test(test_other_sets), cmocka_unit_test(test_misfits),
        cmocka_unit_test(test_changing_sets), cmocka_unit_test(test_tables),     cmocka_unit_test(test_names),
        cmocka_unit_test(test_foreign_text),  cmocka_unit_test(test_errors),     cmocka_unit_test(test_deep),
        cmocka_unit_test(test_broken),        cmocka_unit_test(test_many),
    };
    return check_all(tests);
}
