/* The page of a log: foreign text never becomes markup, nothing is loaded, every tag is closed, and odd logs make pages
 * as well. */
#include <arpa/inet.h>
#include <errno.h>
#include <unistd.h>

#include "check.h"
#include "report/explain_html.h"

#define PAGE_MAX (1 << 20)
#define DEPTH 64

static char page[PAGE_MAX];
static size_t page_len;

static void write_page(const struct ptn_explained *e, const char *title, const char *subtitle)
{
    FILE *f = fmemopen(page, sizeof(page), "w");
    assert_non_null(f);
    EXPECT_INT(ptn_explained_html(f, e, title, subtitle), 0);
    page_len = (size_t)ftell(f);
    fclose(f);
    EXPECT(page_len < sizeof(page) - 1);
    EXPECT_INT(strlen(page), page_len); /* no NUL in it */
}

static size_t occurrences(const char *text)
{
    size_t n = 0;
    for (const char *at = page; (at = strstr(at, text)); at += strlen(text))
        n++;
    return n;
}

/* ---- what holds of every page ----------------------------------------------------------------------------------- */

static bool is_void(const char *name, size_t len)
{
    static const char *const names[] = {"meta", "!DOCTYPE"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0)
            return true;
    return false;
}

struct tag {
    const char *name;
    size_t len;
};

/* Takes the tag at `at` (behind its '<') to the stack, or its begin from it. Result: behind its '>'. */
static const char *take_tag(struct tag *stack, size_t *depth, const char *at)
{
    bool end = *at == '/';
    const char *name = at + end, *stop = strchr(name, '>');
    size_t len = strcspn(name, " />");
    assert_non_null(stop);
    EXPECT(!memchr(at, '<', (size_t)(stop - at)));
    AT("</%.*s> at %.60s", (int)len, name, at);
    if (end) {
        EXPECT(*depth > 0);
        --*depth;
        EXPECT(stack[*depth].len == len && memcmp(stack[*depth].name, name, len) == 0);
    } else if (stop[-1] != '/' && !is_void(name, len)) {
        EXPECT(*depth < DEPTH);
        stack[(*depth)++] = (struct tag){name, len};
    }
    return stop + 1;
}

static void expect_balanced(void)
{
    struct tag stack[DEPTH];
    size_t depth = 0;
    for (const char *at = page; (at = strchr(at, '<'));)
        at = take_tag(stack, &depth, at + 1);
    EXPECT_INT(depth, 0);
}

/* Every & begins one of our own entities. */
static void expect_entities(void)
{
    static const char *const known[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    for (const char *at = page; (at = strchr(at, '&')); at++) {
        bool found = false;
        for (size_t i = 0; i < COUNT(known); i++)
            found |= strncmp(at, known[i], strlen(known[i])) == 0;
        AT("%.20s", at);
        EXPECT(found);
    }
}

/* UTF-8, and of the controls nothing but the end of a line. */
static void expect_clean(void)
{
    for (size_t i = 0; i < page_len;) {
        unsigned char c = (unsigned char)page[i];
        size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
        AT("octet %zu, %02x", i, c);
        EXPECT(n > 0);
        EXPECT(c == '\n' || (c >= 0x20 && c != 0x7f));
        for (size_t k = 1; k < n; k++)
            EXPECT(((unsigned char)page[i + k] & 0xc0) == 0x80);
        EXPECT(!(c == 0xc2 && (unsigned char)page[i + 1] < 0xa0)); /* C1 */
        EXPECT(!(c == 0xe2 && (unsigned char)page[i + 1] == 0x80 && (unsigned char)page[i + 2] >= 0xaa &&
                 (unsigned char)page[i + 2] <= 0xae)); /* turns the text around */
        i += n;
    }
}

/* Whether `at` is in a tag, and there not in a value. */
static bool is_markup(const char *at)
{
    const char *open = at;
    size_t quotes = 0;
    for (; open > page && *open != '<' && *open != '>'; open--)
        quotes += *open == '"';
    return *open == '<' && quotes % 2 == 0;
}

/* Nothing is loaded or run: no element, attribute or style that could. */
static void expect_inert(void)
{
    static const char *const never[] = {
        "<script", "<img",  "<link",    "<iframe", "<object",  "<embed",     "<form",
        "<base",   " src=", "url(",     "@import", "<foreign", " on",        " href=\"http",
        "xlink:",  "<use",  "<animate", " style=", "<!--",     "<a href=\"j"};
    const char *style = strstr(page, "<style>"), *style_end = strstr(page, "</style>");
    for (size_t i = 0; i < COUNT(never); i++)
        for (const char *at = page; (at = strstr(at, never[i])); at++) {
            AT("%s: %.60s", never[i], at);
            EXPECT((at < style || at > style_end) && !is_markup(at));
        }
    assert_non_null(strstr(page, "content=\"default-src 'none'; style-src 'unsafe-inline'"));
}

static void expect_good(void)
{
    expect_balanced();
    expect_entities();
    expect_clean();
    expect_inert();
    assert_non_null(strstr(page, "UTC"));
}

/* ---- a log made up ---------------------------------------------------------------------------------------------- */

#define PARAGRAPHS 20
#define COLUMNS 48
#define ROWS 20
#define BEGIN 1790812800u /* 1 Oct 2026 */

struct made {
    struct ptn_explained e;
    struct ptn_paragraph items[PARAGRAPHS];
    struct ptn_port_count ports[PTN_TOP];
    struct ptn_suspect suspects[PTN_TOP];
    struct ptn_day_count days[400];
    uint64_t counts[ROWS * COLUMNS];
    const char *evidence[PTN_EVIDENCE_MAX];
};

static struct ptn_suspect suspect_of(size_t i, uint64_t n, const char *text)
{
    struct ptn_suspect s = {.addr = {.family = i % 2 ? AF_INET6 : AF_INET},
                            .prefix = i % 2 ? 48 : 24,
                            .lines = n,
                            .passed = i % 3 ? 0 : n,
                            .sources = (uint32_t)n,
                            .ports = (uint32_t)n,
                            .first = BEGIN,
                            .last = i % 4 ? UINT32_MAX : BEGIN,
                            .interval = (uint32_t)n,
                            .cause = (enum ptn_cause)(i % PTN_CAUSE_COUNT),
                            .name = text,
                            .place = text,
                            .note = text};
    memset(s.addr.bytes, (int)i, sizeof(s.addr.bytes));
    return s;
}

static void make_paragraph(struct made *m, size_t i, uint64_t n, const char *text)
{
    static const enum ptn_verdict verdicts[] = {PTN_VERDICT_WORRY, PTN_VERDICT_RULE,  PTN_VERDICT_LIMIT,
                                                PTN_VERDICT_ASK,   PTN_VERDICT_BLIND, PTN_VERDICT_OK};
    struct ptn_paragraph *p = &m->items[i];
    *p = (struct ptn_paragraph){.cause = (enum ptn_cause)i,
                                .verdict = verdicts[i < 5 ? i : 5],
                                .title = text,
                                .why = text,
                                .facts = text,
                                .act = text,
                                .fix = text,
                                .lines = n,
                                .passed = n,
                                .sources = n,
                                .first = BEGIN,
                                .last = m->e.last,
                                .ports = m->ports,
                                .n_ports = PTN_TOP_PORTS,
                                .all_ports = 65535,
                                .source_ports = i % 2,
                                .suspects = m->suspects,
                                .n_suspects = PTN_TOP_SUSPECTS,
                                .ifaces = text,
                                .rules = text,
                                .evidence = m->evidence,
                                .n_evidence = COUNT(m->evidence)};
    for (size_t k = 0; k < PTN_TIMELINE; k++)
        p->timeline[k] = k % (i + 1) ? n : n / 3;
}

/* A log with all there can be: every number is `n`, every text `text`. */
static struct made *make(uint64_t n, const char *text)
{
    static struct made m;
    static const uint8_t protos[] = {6, 17, 1, 58, 132, 47, 255};
    m = (struct made){.e = {.items = m.items, .n = PARAGRAPHS, .packets = n, .passed = n, .dropped = n, .sources = n}};
    m.e.begin = m.e.first = BEGIN;
    m.e.step = 57600;
    m.e.last = BEGIN + 47 * m.e.step;
    m.e.host = text;
    for (size_t i = 0; i < PTN_TOP; i++) {
        m.ports[i] = (struct ptn_port_count){(uint16_t)(i * 1300), protos[i % COUNT(protos)], n, (uint32_t)n, text};
        m.suspects[i] = suspect_of(i, n, text);
    }
    for (size_t i = 0; i < COUNT(m.evidence); i++)
        m.evidence[i] = text;
    for (size_t i = 0; i < COUNT(m.days); i++)
        m.days[i] = (struct ptn_day_count){BEGIN + (uint32_t)i * 86400, n, n, n, (uint32_t)n};
    for (size_t i = 0; i < COUNT(m.counts); i++)
        m.counts[i] = i % 3 ? n : i;
    for (size_t i = 0; i < PARAGRAPHS; i++)
        make_paragraph(&m, i, n, text);
    m.e.ports = m.ports;
    m.e.by_source = m.e.by_network = m.suspects;
    m.e.days = m.days;
    m.e.n_ports = m.e.n_by_source = m.e.n_by_network = PTN_TOP;
    m.e.n_days = COUNT(m.days);
    m.e.heat = (struct ptn_heat){m.ports, ROWS, BEGIN, 57600, COLUMNS, m.counts};
    return &m;
}

/* ---- the tests -------------------------------------------------------------------------------------------------- */

static void test_whole(void **state)
{
    (void)state;
    write_page(&make(1204221, "A scan")->e, "What the log tells", "fw.log, 1,204,221 lines");
    expect_good();
    EXPECT(page_len < 240000); /* with everything full; a month's log has half of it */
    EXPECT_INT(occurrences("<article "), PARAGRAPHS);
    EXPECT_INT(occurrences("<h1>What the log tells</h1>"), 1);
    EXPECT(occurrences(">WORRY<") == 2 && occurrences(">YOUR RULE<") == 2);
    EXPECT_INT(occurrences("id=\"p1\""), 1);
    assert_non_null(strstr(page, "One cause to worry about."));
    assert_non_null(strstr(page, "1,204,221"));
    assert_non_null(strstr(page, "1 Oct 2026 00:00"));
    assert_non_null(strstr(page, "icmp "));
}

/* What a name, a rule or an address' owner could be made of. */
static void test_hostile(void **state)
{
    static const char *const texts[] = {
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "</style><script>",
        "</title></svg></table>",
        "<!--",
        "]]><![CDATA[",
        "&lt;script&gt; &#0; &amp",
        "http://192.0.2.1/ javascript:alert(1)",
        "\033[31mred\033[0m\a\b\r\n\t\x7f",
        "\xff\xfe\x80 \xc3( \xed\xa0\x80 \xf8\x88\x80\x80\x80 \xe2\x82",
        "\xc0\xbcscript\xc0\xbe \xe0\x80\xbcscript>",
        "\xc2\x9b"
        "31m \xe2\x80\xaegnp.exe \xe2\x81\xa6 \xef\xbb\xbf \xef\xbf\xbf",
        "%s%n%100000d %",
        "`code` `<b>` and `open",
        "``",
        "`",
        "",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        AT("text %zu", i);
        write_page(&make(77, texts[i])->e, texts[i], texts[i]);
        expect_good();
    }
}

static void test_escapes(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"a<b>&\"'", "<h1>a&lt;b&gt;&amp;&quot;&#39;</h1>"},
        {"b\xc3\xbc"
         "cher \xe6\xb8\xaf \xf0\x9f\x9a\xa2",
         "<h1>b\xc3\xbc"
         "cher \xe6\xb8\xaf \xf0\x9f\x9a\xa2</h1>"},
        {"x\033[1m\xffy", "<h1>x\xef\xbf\xbd[1m\xef\xbf\xbdy</h1>"},
        {"one\ttwo\nthree", "<h1>one two three</h1>"},
        {"cut \xe6\xb8", "<h1>cut \xef\xbf\xbd\xef\xbf\xbd</h1>"},
    };
    struct ptn_explained e = {0};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        AT("row %zu", i);
        write_page(&e, rows[i].text, NULL);
        EXPECT(strstr(page, rows[i].want));
    }
}

static void test_code_in_sentences(void **state)
{
    struct made *m = make(5, "t");
    (void)state;
    m->items[0].act = "Put `ct state <invalid> drop` first, or `that`; not ` this.";
    write_page(&m->e, "t", "t");
    expect_good();
    assert_non_null(
        strstr(page, "Put <code>ct state &lt;invalid&gt; drop</code> first, or <code>that</code>; not ` this."));
}

/* Long names are cut, so that a page stays small whatever a list says. */
static void test_long(void **state)
{
    static char text[100001];
    (void)state;
    memset(text, '<', sizeof(text) - 1);
    struct made *m = make(5, "t");
    m->items[0].title = m->suspects[0].name = m->ports[0].name = text;
    write_page(&m->e, text, text);
    expect_good();
    EXPECT(page_len < 400000);
    memset(text, '`', sizeof(text) - 1);
    m->items[0].why = text;
    write_page(&m->e, "t", "t");
    expect_good();
    EXPECT(page_len < 400000);
}

static void test_empty(void **state)
{
    struct ptn_explained e = {0};
    struct made *m = make(0, NULL);
    (void)state;
    write_page(&e, "Nothing", "empty.log, 0 lines");
    expect_good();
    assert_non_null(strstr(page, "Nobody knocked"));
    EXPECT_INT(occurrences("<article"), 0);
    write_page(&e, NULL, NULL);
    expect_good();
    write_page(&m->e, NULL, NULL);
    expect_good();
}

static void test_without_times(void **state)
{
    struct made *m = make(12, "text");
    (void)state;
    m->e.first = m->e.last = m->e.begin = m->e.step = 0;
    m->e.n_days = m->e.heat.n_rows = 0;
    for (size_t i = 0; i < PARAGRAPHS; i++) {
        m->items[i].first = m->items[i].last = 0;
        memset(m->items[i].timeline, 0, sizeof(m->items[i].timeline));
    }
    write_page(&m->e, "t", "t");
    expect_good();
    assert_non_null(strstr(page, "No line of this log had a time."));
    EXPECT_INT(occurrences("1970"), 0);
    EXPECT_INT(occurrences("class=\"spark\""), 0);
}

/* Minutes do not tell a short log's times apart; one that fits into a single step has no timelines. */
static void test_short(void **state)
{
    struct made *m = make(12, "text");
    (void)state;
    m->e.step = 60;
    m->e.last = BEGIN + 299;
    m->suspects[0].first = BEGIN + 3;
    m->suspects[0].last = BEGIN + 65;
    write_page(&m->e, "t", "t");
    expect_good();
    assert_non_null(strstr(page, "1 Oct 2026 00:04:59"));
    assert_non_null(strstr(page, "1 Oct 00:00:03<small>to 00:01:05</small>"));
    EXPECT(occurrences("class=\"spark\"") > 0);
    m->e.last = BEGIN + 59;
    write_page(&m->e, "t", "t");
    expect_good();
    EXPECT_INT(occurrences("class=\"spark\""), 0);
}

static void test_huge(void **state)
{
    static const uint32_t lasts[] = {BEGIN, BEGIN + 1, UINT32_MAX};
    static const uint32_t steps[] = {1, 60, 57600, UINT32_MAX};
    struct made *m = make(UINT64_MAX, "text");
    (void)state;
    for (size_t i = 0; i < COUNT(lasts) * COUNT(steps); i++) {
        AT("last %u, step %u", lasts[i / COUNT(steps)], steps[i % COUNT(steps)]);
        m->e.last = lasts[i / COUNT(steps)];
        m->e.step = m->e.heat.step = steps[i % COUNT(steps)];
        write_page(&m->e, "t", "t");
        expect_good();
    }
    assert_non_null(strstr(page, "18,446,744,073,709,551,615"));
}

/* Ticks of every span from a minute to a century: some, not too many, none outside. */
static void test_spans(void **state)
{
    struct made *m = make(3, "t");
    (void)state;
    for (uint64_t span = 60; span < UINT32_MAX; span = span * 3 / 2) {
        AT("span %llu", (unsigned long long)span);
        m->e.begin = m->e.first = 1;
        m->e.last = (uint32_t)span;
        m->e.step = (uint32_t)(span / PTN_TIMELINE + 1);
        m->e.heat.n_rows = 0;
        write_page(&m->e, "t", "t");
        expect_good();
        EXPECT(occurrences("class=\"tick\"") >= 1);
        EXPECT(occurrences("class=\"tick\"") <= 8);
    }
}

/* A full disk is no success. */
static void test_disk_full(void **state)
{
    FILE *f = fopen("/dev/full", "w");
    (void)state;
    if (!f)
        SKIP("no /dev/full here");
    EXPECT_INT(ptn_explained_html(f, &make(1, "t")->e, "t", "t"), -EIO);
    fclose(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),     cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_escapes),   cmocka_unit_test(test_code_in_sentences),
        cmocka_unit_test(test_long),      cmocka_unit_test(test_empty),
        cmocka_unit_test(test_huge),      cmocka_unit_test(test_without_times),
        cmocka_unit_test(test_spans),     cmocka_unit_test(test_short),
        cmocka_unit_test(test_disk_full),
    };
    return check_all(tests);
}
