/* The causes' texts: that each has them, and what the compiler says of records that are broken. */
#include <ctype.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "judge/cause.h"

/* ---- what is built in -------------------------------------------------------------------------------- */

/* Every verdict that is not OK, as the manual has them. */
static const struct {
    enum ptn_cause cause;
    enum ptn_verdict verdict;
} not_ok[] = {
    {PTN_CAUSE_SCAN_HIT, PTN_VERDICT_WORRY},
    {PTN_CAUSE_SWEEP_HIT, PTN_VERDICT_WORRY},
    {PTN_CAUSE_AMPLIFICATION_ANSWERED, PTN_VERDICT_WORRY},
    {PTN_CAUSE_INSIDE, PTN_VERDICT_WORRY},
    {PTN_CAUSE_IPV6_RULE, PTN_VERDICT_RULE},
    {PTN_CAUSE_PATH_MTU, PTN_VERDICT_RULE},
    {PTN_CAUSE_SCAN, PTN_VERDICT_ASK},
    {PTN_CAUSE_DISTRIBUTED, PTN_VERDICT_ASK},
    {PTN_CAUSE_FRIEND, PTN_VERDICT_ASK},
    {PTN_CAUSE_OWN_OUT, PTN_VERDICT_ASK},
    {PTN_CAUSE_UNEXPLAINED, PTN_VERDICT_ASK},
};

static void test_verdicts(void **state)
{
    (void)state;
    for (int c = 0; c < PTN_CAUSE_COUNT; c++) {
        enum ptn_verdict want = PTN_VERDICT_OK;
        for (size_t i = 0; i < COUNT(not_ok); i++)
            if ((int)not_ok[i].cause == c)
                want = not_ok[i].verdict;
        AT("%s", ptn_cause_word((enum ptn_cause)c));
        EXPECT_INT(ptn_cause_text((enum ptn_cause)c).verdict, want);
    }
}

/* Sentences begin with a capital and end with a stop; a line of the report is one line. */
static void expect_sentences(const char *text)
{
    size_t len = strlen(text);
    EXPECT(len > 2 && len < 600);
    EXPECT(isupper((unsigned char)text[0]) || text[0] == '`');
    EXPECT(text[len - 1] == '.' || (text[len - 1] == ')' && text[len - 2] == '.'));
    EXPECT(strpbrk(text, "\n\t") == NULL && strstr(text, "  ") == NULL);
    size_t quotes = 0;
    for (const char *p = text; *p; p++)
        quotes += *p == '`';
    EXPECT(quotes % 2 == 0);
}

static void test_texts(void **state)
{
    (void)state;
    for (int c = 0; c < PTN_CAUSE_COUNT; c++) {
        const struct ptn_cause_text t = ptn_cause_text((enum ptn_cause)c);
        AT("%s", ptn_cause_word((enum ptn_cause)c));
        EXPECT(strlen(t.title) > 3 && strlen(t.title) <= 60);
        EXPECT(isupper((unsigned char)t.title[0]) && t.title[strlen(t.title) - 1] != '.');
        expect_sentences(t.why);
        if (*t.act || t.verdict != PTN_VERDICT_OK)
            expect_sentences(t.act);
        for (int other = 0; other < c; other++) {
            EXPECT(strcmp(ptn_cause_word((enum ptn_cause)other), ptn_cause_word((enum ptn_cause)c)) != 0);
            EXPECT(strcmp(ptn_cause_text((enum ptn_cause)other).title, t.title) != 0);
        }
    }
}

/* A few words that tell one text from another: each cause has its own. */
static void test_places(void **state)
{
    (void)state;
    assert_string_equal(ptn_cause_word(PTN_CAUSE_LATE_TCP), "late-tcp");
    assert_non_null(strstr(ptn_cause_text(PTN_CAUSE_IDENT).why, "113"));
    assert_non_null(strstr(ptn_cause_text(PTN_CAUSE_IDENT).act, "`tcp dport 113 reject with tcp reset`"));
    assert_non_null(strstr(ptn_cause_text(PTN_CAUSE_IPV6_RULE).act, "icmpv6"));
    assert_non_null(strstr(ptn_cause_text(PTN_CAUSE_CHATTER).why, "mDNS"));
}

/* ---- the compiler ---------------------------------------------------------------------------------------- */

static char folder[] = "/tmp/ptn-cause-XXXXXX";
static const char *causec;

static void put(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

/* Sound records of all causes but one. */
static void put_others(enum ptn_cause but)
{
    FILE *f = fopen("good.rec", "w");
    assert_non_null(f);
    for (int c = 0; c < PTN_CAUSE_COUNT; c++)
        if (c != (int)but)
            fprintf(f, "Cause: %s\nTitle: T%d\nVerdict: OK\nWhy: Because.\nDo: D%d.\nSource: one\n\n",
                    ptn_cause_word((enum ptn_cause)c), c, c);
    assert_int_equal(fclose(f), 0);
}

static int prepare(void **state)
{
    (void)state;
    causec = getenv("CAUSEC");
    if (!causec || !mkdtemp(folder) || chdir(folder) != 0)
        return -1;
    put("SOURCES.rec", "Key: one\nTitle: One\nDate: 2026\nLicence: facts\n\nKey: two\nTitle: Two\nDate: 2026\n"
                       "Licence: facts\n");
    return 0;
}

static int clear(void **state)
{
    static const char *const names[] = {"SOURCES.rec", "good.rec", "bad.rec", "out.h"};
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        (void)unlink(names[i]);
    return chdir("/") != 0 || rmdir(folder) != 0;
}

/* Runs the compiler on good.rec and bad.rec. Result: its exit status; `said` is what it said. */
static int compile(char *said, size_t room)
{
    char command[512];
    (void)unlink("out.h");
    snprintf(command, sizeof(command), "'%s' out.h SOURCES.rec good.rec bad.rec 2>&1", causec);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    said[fread(said, 1, room - 1, f)] = '\0';
    int status = pclose(f);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Records about ident, and the compiler's first complaint. */
static const struct {
    const char *text, *complaint;
} broken[] = {
    {"Cause: ident\nTitel: T\n", "bad.rec:2: unknown field \"Titel\""},
    {"\n# c\nCause: idnet\nTitle: T\nVerdict: OK\nWhy: W.\nSource: one\n", "bad.rec:3: Cause: there is no \"idnet\""},
    {"Title: T\nVerdict: OK\nWhy: W.\nSource: one\n", "bad.rec:1: this record has no Cause:"},
    {"Cause: ident\nVerdict: OK\nWhy: W.\nSource: one\n", "bad.rec:1: this record has no Title:"},
    {"Cause: ident\nTitle: T\nWhy: W.\nSource: one\n", "bad.rec:1: this record has no Verdict:"},
    {"\nCause: ident\nTitle: T\nVerdict: OK\nDo: D.\nSource: one\n", "bad.rec:2: this record has no Why:"},
    {"Cause: ident\nTitle: T\nVerdict: OK\nWhy: W.\n", "bad.rec:1: this record has no Source:"},
    {"Cause: ident\nTitle: T\nVerdict: OK\nWhy:\nSource: one\n", "bad.rec:4: Why: has no value"},
    {"Cause: ident\nTitle: T\nVerdict: OK\nWhy: W.\nWhy: V.\nSource: one\n",
     "bad.rec:5: Why stands twice in this record"},
    {"Cause: ident\nTitle: T\nVerdict: LIMIT\nWhy: W.\nSource: one\n", "bad.rec:3: Verdict: no cause can be \"LIMIT\""},
    {"Cause: ident\nTitle: T\nVerdict: YOUR\nWhy: W.\nSource: one\n", "bad.rec:3: Verdict: no cause can be \"YOUR\""},
    {"Cause: ident\nTitle: T\nVerdict: OK\nWhy: W.\nSource: one\n+ three two\n",
     "bad.rec:5: Source: nothing is called \"three\""},
    {"Cause: ident\nTitle: T\nVerdict: OK\nWhy: W.\nSource: on\n", "bad.rec:5: Source: nothing is called \"on\""},
    {"Cause: ident\nTitle: 0123456789012345678901234567890123456789012345678901234567890\nVerdict: OK\nWhy: W.\n"
     "Source: one\n",
     "bad.rec:2: Title: a title has at most 60 characters"},
    {"Cause: ident\nTitle: T\nVerdict: OK\nWhy: W.\nSource: one\n\nCause: ident\nTitle: T\nVerdict: OK\nWhy: W.\n"
     "Source: one\n",
     "bad.rec:7: Cause: ident stands already at bad.rec:1"},
    {"Cause: scan\nTitle: T\nVerdict: OK\nWhy: W.\nSource: one\n",
     "bad.rec:1: Cause: scan stands already at good.rec:"},
    {"Cause ident\n", "bad.rec:1: expected \"Field: value\""},
    {"Cause: ident\nTitle: a\033[1mb\n", "bad.rec:2: this line has a control character or is not UTF-8"},
    {"# nothing\n", "causec: no record is about \"ident\""},
};

static void test_broken(void **state)
{
    static char said[4096];
    (void)state;
    put_others(PTN_CAUSE_IDENT);
    for (size_t i = 0; i < COUNT(broken); i++) {
        AT("%s", broken[i].complaint);
        put("bad.rec", broken[i].text);
        EXPECT_INT(compile(said, sizeof(said)), 1);
        said[strnlen(broken[i].complaint, strlen(said))] = '\0';
        EXPECT_TEXT(said, broken[i].complaint);
        EXPECT(access("out.h", F_OK) != 0);
    }
}

/* All complaints are heard at once, not the first one alone. */
static void test_all(void **state)
{
    char said[4096];
    (void)state;
    put_others(PTN_CAUSE_IDENT);
    put("bad.rec", "Cause: ident\nTitel: T\n\nCause: scan\nVerdict: OK\n\nCause: x\nTitle: T\nVerdict: NO\nWhy: W.\n"
                   "Source: y\n");
    assert_int_equal(compile(said, sizeof(said)), 1);
    assert_string_equal(said, "bad.rec:2: unknown field \"Titel\"\nbad.rec:4: this record has no Title:\n"
                              "bad.rec:4: this record has no Why:\nbad.rec:4: this record has no Source:\n"
                              "bad.rec:11: Source: nothing is called \"y\"\n"
                              "bad.rec:9: Verdict: no cause can be \"NO\"\nbad.rec:7: Cause: there is no \"x\"\n"
                              "causec: no record is about \"ident\"\n"
                              "causec: out.h: not made: mend the records above\n");
}

static void test_sound(void **state)
{
    char said[256], text[8192];
    (void)state;
    put_others(PTN_CAUSE_IDENT);
    put("bad.rec",
        "Cause: ident\nTitle: A \"word\"\nVerdict: YOUR RULE\nWhy: One.\n+ Two \\ three.\nSource: two one\n");
    assert_int_equal(compile(said, sizeof(said)), 0);
    assert_string_equal(said, "");
    FILE *f = fopen("out.h", "r");
    assert_non_null(f);
    text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
    fclose(f);
    assert_non_null(strstr(text, "    \"A \\\"word\\\"\\0\"\n    \"One. Two \\\\ three.\\0\"\n    \"\\0\"\n"));
    assert_non_null(strstr(text, "/* ident */"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts), cmocka_unit_test(test_texts), cmocka_unit_test(test_places),
        cmocka_unit_test(test_broken),   cmocka_unit_test(test_all),   cmocka_unit_test(test_sound),
    };
    return check_all_in(tests, prepare, clear);
}
