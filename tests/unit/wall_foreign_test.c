/* Rules that nft shows as "xt": which are taken from iptables-save, and which never. */
#include <errno.h>

#include "check.h"
#include "wall/foreign.h"

struct rest {
    const char *at;
    size_t len;
};

static ssize_t pull(void *ctx, char *buf, size_t size)
{
    struct rest *r = ctx;
    size_t n = size < r->len ? size : r->len;
    memcpy(buf, r->at, n);
    r->at += n;
    r->len -= n;
    return (ssize_t)n;
}

#define TABLE(name) "{\"table\": {\"family\": \"ip\", \"name\": \"" name "\", \"handle\": 1}}"
#define CHAIN(name) ", {\"chain\": {\"family\": \"ip\", \"table\": \"filter\", \"name\": \"" name "\", \"handle\": 2}}"
#define RULE(chain, handle, expr)                                                                                      \
    ", {\"rule\": {\"family\": \"ip\", \"table\": \"filter\", \"chain\": \"" chain "\", \"handle\": " handle           \
    ", \"expr\": [" expr "]}}"
#define PORTS                                                                                                          \
    "{\"match\": {\"op\": \"==\", \"left\": {\"payload\": {\"protocol\": \"tcp\", \"field\": \"dport\"}}, "            \
    "\"right\": {\"set\": [22, 80]}}}, {\"accept\": null}"
#define XT(verdict) "{\"xt\": {\"type\": \"match\", \"name\": \"string\"}}, {\"" verdict "\": null}"
#define QUOTED "{\"log\": {\"prefix\": \"{\\\"xt\\\":\"}}, {\"accept\": null}"

static struct ptn_wall *listed(const char *json)
{
    struct ptn_wall *w = ptn_wall_new();
    struct rest rest = {json, strlen(json)};
    struct ptn_err err = {""};
    if (ptn_wall_read_json(w, "nft", pull, &rest, &err) < 0)
        fail_msg("%s", err.text);
    return w;
}

static struct ptn_wall *usual(void)
{
    return listed("{\"nftables\": [" TABLE("filter") CHAIN("INPUT") CHAIN("way") RULE("INPUT", "3", PORTS)
                      RULE("INPUT", "4", XT("drop")) RULE("INPUT", "5", QUOTED)
                          RULE("way", "6", "{\"xt\": {\"type\": \"target\", \"name\": \"TARPIT\"}}") "]}");
}

static const char told[] = "*filter\n:INPUT ACCEPT [0:0]\n:way - [0:0]\n:FORWARD ACCEPT [0:0]\n"
                           "-A INPUT -p tcp -j ACCEPT\n-A INPUT -s 192.0.2.0/24 -m comment --comment why -j way\n"
                           "-A INPUT -j LOG\n-A way -j DROP\nCOMMIT\n";

static int tell(struct ptn_wall *w, const char *text, struct ptn_err *err)
{
    return ptn_wall_tell_foreign(w, PTN_TABLE_IP, "iptables-save", text, strlen(text), err);
}

/* The text of a rule, by its place. */
static const char *text_of(const struct ptn_wall *w, size_t chain, size_t rule)
{
    static char text[512];
    return ptn_rule_text(&w->tables[0]->chains[chain]->rules[rule], text, sizeof(text));
}

static void test_told(void **state)
{
    (void)state;
    struct ptn_wall *w = usual();
    struct ptn_err err = {""};
    const struct ptn_table *t = w->tables[0];
    assert_true(t->foreign);
    assert_int_equal(tell(w, told, &err), 0);
    assert_int_equal(w->n_tables, 1);
    assert_ptr_equal(w->tables[0], t);
    assert_false(t->foreign);
    assert_int_equal(t->backend, PTN_BACKEND_IPTABLES);
    assert_int_equal(t->n_chains, 2);
    EXPECT_TEXT(text_of(w, 0, 0), "tcp dport { 22, 80 } accept");
    EXPECT_TEXT(text_of(w, 0, 1), "-A INPUT -s 192.0.2.0/24 -m comment --comment why -j way");
    EXPECT_TEXT(t->chains[0]->rules[1].comment, "why");
    assert_int_equal(t->chains[0]->rules[1].handle, 4);
    assert_non_null(strstr(text_of(w, 0, 2), "log"));
    EXPECT_TEXT(text_of(w, 1, 0), "-A way -j DROP");
    assert_int_equal(ptn_wall_link(w, &err), 0);
    const struct ptn_rule *jump = &t->chains[0]->rules[1];
    assert_ptr_equal(jump->stmts[jump->n_stmts - 1].verdict.chain, t->chains[1]);
    ptn_wall_free(w);
}

/* What is told in part, or not at all, leaves the rest as nft told it. */
static void test_untold(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int result;
        const char *rule, *other; /* INPUT's second, way's first */
    } cases[] = {
        {"", 0, "xt", "xt"},
        {"# Table `filter' is incompatible, use 'nft' tool.\n", 0, "xt", "xt"},
        {"*nat\n:INPUT ACCEPT\nCOMMIT\n", 0, "xt", "xt"},
        {"*filter\n:INPUT ACCEPT\n-A INPUT -j DROP\nCOMMIT\n", 0, "xt", "xt"},
        {"*filter\n:INPUT ACCEPT\n:way -\n-A INPUT -j DROP\n-A way -j DROP\nCOMMIT\n", 0, "xt", "-A way -j DROP"},
        {"*filter\n:INPUT ACCEPT\n-A INPUT -j DROP\n", -EINVAL, "xt", "xt"},
        {"nonsense\n", -EINVAL, "xt", "xt"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        AT("case %zu", i);
        struct ptn_wall *w = usual();
        struct ptn_err err = {""};
        EXPECT_INT(tell(w, cases[i].text, &err), cases[i].result);
        EXPECT_INT(w->n_tables, 1);
        EXPECT(w->tables[0]->foreign);
        EXPECT(strstr(text_of(w, 0, 1), cases[i].rule));
        EXPECT(strstr(text_of(w, 1, 0), cases[i].other));
        EXPECT_INT(ptn_wall_link(w, &err), 0);
        ptn_wall_free(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_told), cmocka_unit_test(test_untold)};
    return check_all(tests);
}
