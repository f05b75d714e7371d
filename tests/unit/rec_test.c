/* The record reader: what it takes, what it refuses and at which line. */
#include "check.h"

#include <errno.h>

#include "chart/rec.h"

struct reading {
    struct ptn_rec_reader reader;
    struct ptn_arena arena;
    struct ptn_rec rec;
    struct ptn_err err;
};

static void begin(struct reading *r, const char *text, size_t len)
{
    *r = (struct reading){0};
    ptn_rec_open(&r->reader, "f.rec", text, len, &r->arena);
}

static int next(struct reading *r)
{
    r->err.text[0] = '\0';
    return ptn_rec_next(&r->reader, &r->rec, &r->err);
}

static void end(struct reading *r)
{
    assert_int_equal(next(r), 0);
    assert_int_equal(next(r), 0);
    ptn_arena_release(&r->arena);
}

static void expect_field(const struct reading *r, size_t i, const char *name, const char *value, unsigned line)
{
    EXPECT(i < r->rec.n);
    EXPECT_TEXT(r->rec.fields[i].name, name);
    EXPECT_TEXT(r->rec.fields[i].value, value);
    EXPECT_INT(r->rec.fields[i].line, line);
}

static void plain(void **state)
{
    static const char text[] =
        "# head\n\nService: a\nTitle:  one two\t\nDo:\n\n\n# between\nService: b\n# inside\nWhy: x\n";
    struct reading r;
    (void)state;
    begin(&r, text, strlen(text));
    assert_int_equal(next(&r), 1);
    assert_int_equal(r.rec.n, 3);
    assert_int_equal(r.rec.line, 3);
    assert_string_equal(r.rec.file, "f.rec");
    expect_field(&r, 0, "Service", "a", 3);
    expect_field(&r, 1, "Title", "one two", 4);
    expect_field(&r, 2, "Do", "", 5);
    assert_int_equal(next(&r), 1);
    assert_int_equal(r.rec.n, 2);
    assert_int_equal(r.rec.line, 9);
    expect_field(&r, 1, "Why", "x", 11);
    end(&r);
}

static void nothing(void **state)
{
    static const char *const empty[] = {"", "\n\n\n", "# only a comment", "   \n\t\n", "\xef\xbb\xbf", "\r\n\r\n"};
    (void)state;
    for (size_t i = 0; i < COUNT(empty); i++) {
        struct reading r;
        AT("%zu", i);
        begin(&r, empty[i], strlen(empty[i]));
        end(&r);
    }
}

static void continuations(void **state)
{
    static const char text[] = "Why: One.\n+ Two.\n# a comment is not in the value\n+Three.\nDo:\n+ Four.\n";
    struct reading r;
    (void)state;
    begin(&r, text, strlen(text));
    assert_int_equal(next(&r), 1);
    assert_int_equal(r.rec.n, 2);
    expect_field(&r, 0, "Why", "One. Two. Three.", 1);
    expect_field(&r, 1, "Do", "Four.", 5);
    end(&r);
}

/* A continuation with nothing in it adds nothing: no blank at the end of a word that is compared. */
static void empty_continuation(void **state)
{
    static const char text[] = "Trap: good\n+\nWhy: a\n+\n+ b\n";
    struct reading r;
    (void)state;
    begin(&r, text, strlen(text));
    assert_int_equal(next(&r), 1);
    expect_field(&r, 0, "Trap", "good", 1);
    expect_field(&r, 1, "Why", "a b", 3);
    end(&r);
}

static void windows_files(void **state)
{
    static const char text[] = "\xef\xbb\xbfService: a\r\n+ b\r\n\r\nService: c\r\n";
    struct reading r;
    (void)state;
    begin(&r, text, strlen(text));
    assert_int_equal(next(&r), 1);
    expect_field(&r, 0, "Service", "a b", 1);
    assert_int_equal(next(&r), 1);
    expect_field(&r, 0, "Service", "c", 4);
    end(&r);
}

static void no_final_newline(void **state)
{
    static const char text[] = "Service: a\nWhy: end";
    struct reading r;
    (void)state;
    begin(&r, text, strlen(text));
    assert_int_equal(next(&r), 1);
    expect_field(&r, 1, "Why", "end", 2);
    end(&r);
    begin(&r, text, strlen(text) - 3); /* not an octet more than it was given */
    assert_int_equal(next(&r), 1);
    expect_field(&r, 1, "Why", "", 2);
    end(&r);
}

/* Each is refused at its line, and the sound record after it still comes. */
static void refused(void **state)
{
    static const struct {
        const char *text, *err;
    } rows[] = {
        {"Service a\n", "f.rec:1: expected \"Field: value\""},
        {"Service\n", "f.rec:1: expected \"Field: value\""},
        {": a\n", "f.rec:1: expected \"Field: value\""},
        {" Service: a\n", "f.rec:1: expected \"Field: value\""},
        {"Ser_vice: a\n", "f.rec:1: expected \"Field: value\""},
        {"Ser vice: a\n", "f.rec:1: expected \"Field: value\""},
        {"%rec: a\n", "f.rec:1: expected \"Field: value\""},
        {"+ more\n", "f.rec:1: a line that begins with + has no field before it to continue"},
        {"\n\n# x\n+\n", "f.rec:4: a line that begins with + has no field before it to continue"},
        {"Service: a\nTitle b\nWhy: c\n", "f.rec:2: expected \"Field: value\""},
        {"Service: a\nTitle: \x01\n", "f.rec:2: this line has a control character or is not UTF-8"},
        {"Service: a\x7f\n", "f.rec:1: this line has a control character or is not UTF-8"},
        {"Service: a\rb\n", "f.rec:1: this line has a control character or is not UTF-8"},
        {"Service: a\n+ \x1b[1m\n", "f.rec:2: this line has a control character or is not UTF-8"},
        {"Service: \xff\n", "f.rec:1: this line has a control character or is not UTF-8"},
        {"\xef\xbb\xbf\xef\xbb\xbfService: a\n", "f.rec:1: expected \"Field: value\""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[256];
        struct reading r;
        snprintf(text, sizeof(text), "%s\nService: after\n", rows[i].text);
        AT("row %zu", i);
        begin(&r, text, strlen(text));
        EXPECT_INT(next(&r), -EINVAL);
        EXPECT_TEXT(r.err.text, rows[i].err);
        EXPECT_INT(next(&r), 1);
        EXPECT_TEXT(r.rec.fields[0].value, "after");
        end(&r);
    }
}

/* A NUL is a control character too, and nothing behind it is lost. */
static void nul(void **state)
{
    static const char text[] = "Service: a\0b\n\nService: after\n";
    struct reading r;
    (void)state;
    begin(&r, text, sizeof(text) - 1);
    assert_int_equal(next(&r), -EINVAL);
    assert_string_equal(r.err.text, "f.rec:1: this line has a control character or is not UTF-8");
    assert_int_equal(next(&r), 1);
    assert_string_equal(r.rec.fields[0].value, "after");
    end(&r);
}

static void utf8(void **state)
{
    static const struct {
        const char *octets;
        bool good;
    } rows[] = {
        {"\xc3\xa9", true},
        {"\xe2\x82\xac", true},
        {"\xf0\x9d\x84\x9e", true},
        {"\xc2\xa0", true},
        {"\xf4\x8f\xbf\xbf", true},
        {"\xee\x80\x80", true},
        {"\xed\x9f\xbf", true},
        {"a\tb", true},
        {"\xc0\x80", false},
        {"\xc1\xbf", false},
        {"\xe0\x80\x80", false},
        {"\xe0\x9f\xbf", false},
        {"\xf0\x80\x80\x80", false},
        {"\xf0\x8f\xbf\xbf", false},
        {"\xed\xa0\x80", false},
        {"\xed\xbf\xbf", false},
        {"\xf4\x90\x80\x80", false},
        {"\xf5\x80\x80\x80", false},
        {"\x80", false},
        {"\xc3", false},
        {"\xe2\x82", false},
        {"\xf0\x9d\x84", false},
        {"\xc3\x28", false},
        {"\xe2\x28\xa1", false},
        {"\xc2\x85", false},
        {"\xc2\x80", false},
        {"\xc2\x9f", false},
        {"\xfe", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[64];
        struct reading r;
        snprintf(text, sizeof(text), "Why: x%s", rows[i].octets);
        AT("row %zu", i);
        begin(&r, text, strlen(text));
        EXPECT_INT(next(&r), rows[i].good ? 1 : -EINVAL);
        if (rows[i].good)
            EXPECT_TEXT(r.rec.fields[0].value + 1, rows[i].octets);
        end(&r);
    }
}

static void too_long(void **state)
{
    static char text[40000];
    struct reading r;
    (void)state;
    for (size_t more = 0; more < 2; more++) {
        AT("line of %zu", PTN_REC_LINE_MAX + more);
        memset(text, 'x', sizeof(text));
        memcpy(text, "Why: ", 5);
        memcpy(text + PTN_REC_LINE_MAX + more, "\nDo: y\n", 7);
        begin(&r, text, PTN_REC_LINE_MAX + more + 7);
        EXPECT_INT(next(&r), more ? -EINVAL : 1);
        if (more)
            EXPECT_TEXT(r.err.text, "f.rec:1: this line is too long");
        end(&r);
    }
    size_t len = (size_t)sprintf(text, "Why: a\n");
    for (int i = 0; i < 20; i++)
        len += (size_t)sprintf(text + len, "+ %01000d\n", i);
    begin(&r, text, len);
    assert_int_equal(next(&r), -EINVAL);
    assert_string_equal(r.err.text, "f.rec:18: this value is too long");
    end(&r);
}

static void too_many(void **state)
{
    char text[2048];
    struct reading r;
    size_t len = 0;
    (void)state;
    for (int i = 0; i < PTN_REC_FIELDS_MAX; i++)
        len += (size_t)sprintf(text + len, "F%d: %d\n", i, i);
    begin(&r, text, len);
    assert_int_equal(next(&r), 1);
    assert_int_equal(r.rec.n, PTN_REC_FIELDS_MAX);
    end(&r);
    len += (size_t)sprintf(text + len, "Last: straw\n\nService: after\n");
    begin(&r, text, len);
    assert_int_equal(next(&r), -EINVAL);
    assert_string_equal(r.err.text, "f.rec:49: too many fields in one record");
    assert_int_equal(next(&r), 1);
    end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain),         cmocka_unit_test(nothing),
        cmocka_unit_test(continuations), cmocka_unit_test(empty_continuation),
        cmocka_unit_test(windows_files), cmocka_unit_test(no_final_newline),
        cmocka_unit_test(refused),       cmocka_unit_test(nul),
        cmocka_unit_test(utf8),          cmocka_unit_test(too_long),
        cmocka_unit_test(too_many),
    };
    return check_all(tests);
}
