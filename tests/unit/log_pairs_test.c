/* Pairs: their dialects; and products. The lines are in log_pairs.tsv and log_products.tsv: format, what is expected,
 * and the line itself, each read through its envelope and against all formats. */
#include "log_read.h"

#include "source/log/pairs.h"
#include "source/log/prefix.h"

/* "key=value|flag|word+key=value" */
static const char *pairs_of(const char *text, char separator, char assign)
{
    static char out[1024];
    struct ptn_format format = {.separator = separator, .assign = assign};
    struct ptn_pairs p;
    struct ptn_pair pair;
    size_t n = 0;
    out[0] = '\0';
    ptn_pairs_begin(&p, &format, (struct ptn_slice){text, strlen(text)});
    while (ptn_pairs_next(&p, &pair) && n < sizeof(out) - 256)
        n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%.*s%s%.*s%s%.*s", n ? "|" : "", (int)pair.word.len,
                              pair.word.len ? pair.word.at : "", pair.word.len ? "+" : "", (int)pair.key.len,
                              pair.key.at, pair.value.at ? "=" : "", (int)pair.value.len,
                              pair.value.at ? pair.value.at : "");
    return out;
}

static void test_dialects(void **state)
{
    static const struct {
        const char *text;
        char separator, assign;
        const char *expected;
    } rows[] = {
        {"a=1 b=2", 0, 0, "a=1|b=2"},
        {"", 0, 0, ""},
        {"   ", 0, 0, ""},
        {"a= b=2", 0, 0, "a=|b=2"},
        {"a=\"1 2\" b='3 4' c=5", 0, 0, "a=1 2|b=3 4|c=5"},
        {"a=\"1 \\\"2\\\" 3\" b=4", 0, 0, "a=1 \\\"2\\\" 3|b=4"},
        {"a=\"1 \"\"2\"\" 3\" b=4", 0, 0, "a=1 \"\"2\"\" 3|b=4"},
        {"a=\"\" b=4", 0, 0, "a=|b=4"},
        {"a=\"open b=4", 0, 0, "a=\"open|b=4"},
        {"a='General HTTPS' n=1", 0, 0, "a=General HTTPS|n=1"},
        {"a={x, y} b=[1 2] c=3", 0, 0, "a={x, y}|b=[1 2]|c=3"},
        {"a={x b=1", 0, 0, "a={x|b=1"},
        {"SYN ACK a=1 DF", 0, 0, "SYN|SYN+ACK|ACK+a=1|DF"},
        {"src zone=Trust dst-x.y=1", 0, 0, "src|src+zone=Trust|dst-x.y=1"},
        {"a=1,b=\"2,3\",c=4", 0, 0, "a=1|b=2,3|c=4"},
        {"a=1,2,3 b=4", 0, 0, "a=1,2,3|b=4"},
        {"a=1; b=2;", 0, 0, "a=1|b=2"},
        {"[x@1 a=\"1\" b=\"2\"]", 0, 0, "x@1|x@1+a=1|b=2"},
        {"[a=1 b=2]", 0, 0, "a=1|b=2"},
        {"a=1|b=two words|c=|d", '|', 0, "a=1|b=two words|c=|d"},
        {"a=\"x|y\"|b=1", '|', 0, "a=x|y|b=1"},
        {"a=1\tb=two words\tc=3", '\t', 0, "a=1|b=two words|c=3"},
        {"[a:\"1\"; b::\"2; 3\"; c:\"4\\]\"]", ';', ':', "a=1|b=2; 3|c=4\\]"},
        {"a: 1; b: two words; c: 10:00:01", ';', ':', "a=1|b=two words|c=10:00:01"},
        {"a=1 b=two words c=3", PTN_PAIRS_FREE, 0, "a=1|b=two words|c=3"},
        {"a=x\\=y z b=1", PTN_PAIRS_FREE, 0, "a=x\\=y z|b=1"},
        {"a=http://x/?p=1&q=2 b=1", PTN_PAIRS_FREE, 0, "a=http://x/?p=1&q=2|b=1"},
        {"a= b=1", PTN_PAIRS_FREE, 0, "a=|b=1"},
        {"a=\"q\" w b=1", PTN_PAIRS_FREE, 0, "a=\"q\" w|b=1"},
        {"ad.x[0]=1 cs1Label=A b cs1=2", PTN_PAIRS_FREE, 0, "ad.x[0]=1|cs1Label=A b|cs1=2"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        AT("%s", rows[i].text);
        EXPECT_TEXT(pairs_of(rows[i].text, rows[i].separator, rows[i].assign), rows[i].expected);
    }
}

static void test_values(void **state)
{
    static const struct ptn_format format = {.name = "x"};
    struct ptn_slice text = {"a=1 icmp type=8 b=\"c=2\" c=3", 27};
    (void)state;
    assert_true(slice_is(ptn_pairs_value(&format, text, "a"), "1"));
    assert_true(slice_is(ptn_pairs_value(&format, text, "icmp type"), "8"));
    assert_true(slice_is(ptn_pairs_value(&format, text, "c"), "3"));
    assert_null(ptn_pairs_value(&format, text, "icmp").at);
}

static void test_prefixes(void **state)
{
    static const struct {
        const char *prefix;
        enum ptn_action action;
    } rows[] = {
        {"", PTN_ACTION_NONE},
        {"DROP", PTN_ACTION_DROP},
        {"drop all: ", PTN_ACTION_DROP},
        {"[FW]ACCEPTED", PTN_ACTION_PASS},
        {"ALLOW then DENY", PTN_ACTION_DROP},
        {"dropbox", PTN_ACTION_NONE},
        {"passthrough", PTN_ACTION_NONE},
        {"[A-B-C]", PTN_ACTION_NONE},
        {"[X-7-A]", PTN_ACTION_PASS},
        {"[X-R]", PTN_ACTION_REJECT},
        {"[X-D-12]", PTN_ACTION_DROP},
        {"[DROP-RET-12]", PTN_ACTION_NONE},
        {"[", PTN_ACTION_NONE},
        {"[]", PTN_ACTION_NONE},
        {"[-A]", PTN_ACTION_PASS},
        {"[12]", PTN_ACTION_NONE},
        {"netfilter log", PTN_ACTION_NONE},
        {"{DROP}", PTN_ACTION_DROP},
        {"not allowed: ", PTN_ACTION_DROP},
        {"disallowed", PTN_ACTION_DROP},
        {"RULE 5 -- DENY ", PTN_ACTION_DROP},
        {"INVALID state -- ACCEPT", PTN_ACTION_PASS},
        {"a_very_long_word_that_ends_in_nothing_DROP", PTN_ACTION_DROP},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        AT("%s", rows[i].prefix);
        EXPECT_INT(ptn_prefix_action((struct ptn_slice){rows[i].prefix, strlen(rows[i].prefix)}), rows[i].action);
    }
}

static void check_line(const char *format, const char *expected, const char *line)
{
    struct ptn_clock clock = {.latest = INT64_C(1795521600000000), .utc = true};
    struct ptn_log_state now = {0};
    struct ptn_knocks knocks = {0};
    struct ptn_message message = {0};
    const struct ptn_format *which = NULL;
    static char room[1 << 16];
    size_t len = strlen(line);
    AT("%s", line);
    EXPECT(len < sizeof(room));
    ptn_envelope_open(&clock, (struct ptn_slice){line, len}, room, &message);
    enum ptn_line kind = ptn_log_read_message(&now, &message, &knocks, &which);
    EXPECT_TEXT(log_text(kind, &knocks), expected);
    EXPECT_TEXT(which ? which->name : "-", format);
    ptn_knocks_release(&knocks);
}

static const char *const tables[] = {"tests/unit/log_pairs.tsv", "tests/unit/log_products.tsv"};

static size_t check_table(const char *path)
{
    size_t n = 0;
    char *line = NULL;
    size_t room = 0;
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    for (ssize_t len; (len = getline(&line, &room, file)) > 0;) {
        if (line[len - 1] == '\n')
            line[len - 1] = '\0';
        if (line[0] == '#' || line[0] == '\0')
            continue;
        char *expected = strchr(line, '\t'), *text = expected ? strchr(expected + 1, '\t') : NULL;
        assert_non_null(text);
        *expected = *text = '\0';
        check_line(line, expected + 1, text + 1);
        n++;
    }
    free(line);
    assert_int_equal(fclose(file), 0);
    return n;
}

static void test_products(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(tables); i++)
        assert_true(check_table(tables[i]) > 200);
}

/* Every begin of every line is taken in its stride: as anything, but not beyond its end. */
static void cut_table(const char *path)
{
    struct ptn_clock clock = {.latest = INT64_C(1795521600000000), .utc = true};
    struct ptn_knocks knocks = {0};
    char *line = NULL;
    size_t room = 0;
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    for (ssize_t len; (len = getline(&line, &room, file)) > 0;) {
        for (ssize_t cut = 0; cut < len && line[0] != '#'; cut += 3) {
            struct ptn_log_state now = {0};
            struct ptn_message message = {0};
            const struct ptn_format *which;
            char *copy = malloc((size_t)cut + 1), *more = malloc((size_t)cut + 1);
            assert_true(copy && more);
            memcpy(copy, line, (size_t)cut);
            knocks.n = 0;
            ptn_envelope_open(&clock, (struct ptn_slice){copy, (size_t)cut}, more, &message);
            (void)ptn_log_read_message(&now, &message, &knocks, &which);
            free(copy);
            free(more);
        }
    }
    ptn_knocks_release(&knocks);
    free(line);
    assert_int_equal(fclose(file), 0);
}

static void test_cut_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(tables); i++)
        cut_table(tables[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dialects), cmocka_unit_test(test_values),    cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_products), cmocka_unit_test(test_cut_lines),
    };
    return check_sum(COUNT(tests), cmocka_run_group_tests(tests, NULL, NULL));
}
