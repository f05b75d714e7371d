/* The base: text, addresses, arenas, files, words. */
#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/library.h"
#include "base/text.h"

/* ---- names -------------------------------------------------------------------------------------------- */

static void fold(void **state)
{
    (void)state;
    for (int c = 'A'; c <= 'Z'; c++)
        assert_int_equal(ptn_name_fold((char)c), c - 'A' + 'a');
    for (const char *p = "_./*+ "; *p; p++)
        assert_int_equal(ptn_name_fold(*p), '-');
    for (const char *p = "az09-:@\t\xc3"; *p; p++)
        assert_int_equal(ptn_name_fold(*p), *p);
    assert_int_equal(ptn_name_fold('\0'), '\0');
}

static void compare(void **state)
{
    static const struct {
        const char *a, *b;
        int sign;
    } rows[] = {
        {"", "", 0},
        {"ocs_cmu", "OCS-cmu", 0},
        {"whois++", "WHOIS--", 0},
        {"914c/g", "914c-g", 0},
        {"pop 3", "pop-3", 0},
        {"a", "b", -1},
        {"ssh", "sshd", -1},
        {"sshd", "ssh", 1},
        {"", "a", -1},
        {"z", "\xc3\xa9", -1},
        {"pop3", "pop-3", 1},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        AT("%s/%s", rows[i].a, rows[i].b);
        int d = ptn_name_compare(rows[i].a, rows[i].b);
        EXPECT_INT((d > 0) - (d < 0), rows[i].sign);
        bool same = ptn_name_hash(rows[i].a, strlen(rows[i].a)) == ptn_name_hash(rows[i].b, strlen(rows[i].b));
        EXPECT_INT(same, rows[i].sign == 0);
    }
}

static void words_of_a_line(void **state)
{
    const char *at = "  one\ttwo  three ", *w;
    (void)state;
    assert_int_equal(ptn_next_word(&at, &w), 3);
    assert_memory_equal(w, "one", 3);
    assert_int_equal(ptn_next_word(&at, &w), 3);
    assert_memory_equal(w, "two", 3);
    assert_int_equal(ptn_next_word(&at, &w), 5);
    assert_int_equal(ptn_next_word(&at, &w), 0);
    assert_int_equal(ptn_next_word(&at, &w), 0);
    assert_true(ptn_has_word("yes no starttls", "no", 2));
    assert_true(ptn_has_word("yes no starttls", "starttls", 8));
    assert_false(ptn_has_word("yes no starttls", "start", 5));
    assert_false(ptn_has_word("yes no starttls", "ye", 2));
    assert_false(ptn_has_word("yes no starttls", "o", 1));
    assert_false(ptn_has_word("", "no", 2));
    assert_false(ptn_has_word("yes no", "", 0));
}

static void numbers(void **state)
{
    static const struct {
        const char *text;
        long max, want;
    } rows[] = {
        {"0", 65535, 0},     {"65535", 65535, 65535}, {"65536", 65535, -1}, {"007", 65535, 7},
        {"", 65535, -1},     {"1a", 65535, -1},       {"a1", 65535, -1},    {"-1", 65535, -1},
        {"+1", 65535, -1},   {" 1", 65535, -1},       {"1 ", 65535, -1},    {"99999999999999999999999", 65535, -1},
        {"0x10", 65535, -1}, {"1.0", 65535, -1},      {"1001", 1000, -1},   {"\xd9\xa1", 10, -1},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        AT("%s", rows[i].text);
        EXPECT_INT(ptn_number(rows[i].text, strlen(rows[i].text), rows[i].max), rows[i].want);
    }
    assert_int_equal(ptn_number("123456", 3, 65535), 123); /* not a digit more than it was given */
}

static void dates(void **state)
{
    static const struct {
        const char *text;
        size_t want;
    } rows[] = {
        {"1993", 4},         {"1993 x", 4},      {"1993x", 4},      {"1993-02", 7},     {"1993-12-31", 10},
        {"1993-01-01x", 10}, {"1993-02 x", 7},   {"", 0},           {"93", 0},          {"19930", 0},
        {"1993-", 0},        {"1993-2", 0},      {"1993-13", 0},    {"1993-00", 0},     {"1993-123", 0},
        {"1993-12-", 0},     {"1993-12-32", 0},  {"1993-12-00", 0}, {"1993-02-29", 0},  {"1992-02-29", 10},
        {"1900-02-29", 0},   {"2000-02-29", 10}, {"1993-04-31", 0}, {"1993-12-310", 0}, {"-993-12-31", 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        AT("%s", rows[i].text);
        EXPECT_INT(ptn_date(rows[i].text), rows[i].want);
    }
}

static void distance(void **state)
{
    static const struct {
        const char *a, *b;
        unsigned limit, want;
    } rows[] = {
        {"telnet", "telnet", 2, 0},
        {"tenlet", "telnet", 2, 1},
        {"tlenet", "telnet", 2, 1},
        {"telne", "telnet", 2, 1},
        {"telnett", "telnet", 2, 1},
        {"Telnet", "telnet", 2, 0},
        {"gds_db", "gds-db", 2, 0},
        {"smtp", "snmp", 2, 2},
        {"ssh", "smb", 1, 2},
        {"abcdef", "uvwxyz", 2, 3},
        {"", "ab", 2, 2},
        {"", "abc", 2, 3},
        {"ab", "", 2, 2},
        {"ca", "abc", 3, 3},
        {"a", "b", 0, 1},
        {"kitten", "sitting", 3, 3},
        {"postgers", "postgres", 2, 1},
        {"0123456789", "1032547698", 5, 5},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        AT("%s/%s", rows[i].a, rows[i].b);
        EXPECT_INT(ptn_name_distance(rows[i].a, strlen(rows[i].a), rows[i].b, strlen(rows[i].b), rows[i].limit),
                   rows[i].want);
        EXPECT_INT(ptn_name_distance(rows[i].b, strlen(rows[i].b), rows[i].a, strlen(rows[i].a), rows[i].limit),
                   rows[i].want);
    }
    char longer[64];
    memset(longer, 'a', sizeof(longer));
    assert_int_equal(ptn_name_distance(longer, 32, longer, 32, 2), 0);
    assert_int_equal(ptn_name_distance(longer, 33, longer, 33, 2), 3); /* too long to be a slip of the pen */
}

/* ---- addresses ------------------------------------------------------------------------------------------ */

static struct ptn_addr addr(const char *text)
{
    struct ptn_addr a;
    AT("%s", text);
    EXPECT_INT(ptn_addr_parse(&a, text, strlen(text)), 0);
    return a;
}

static void address_text(void **state)
{
    static const char *const good[] = {
        "0.0.0.0", "192.0.2.1", "255.255.255.255", "::", "::1", "2001:db8::1", "fe80::1:2:3:4", "::ffff:192.0.2.1"};
    static const char *const bad[] = {"",    "1.2.3",    "1.2.3.4.5", "256.1.1.1",  "1.2.3.4 ",
                                      " ::", "::1%eth0", "[::1]",     "1.2.3.4:80", "host",
                                      ":::", "1::2::3",  "12345::",   "0x7f.0.0.1"};
    char text[PTN_ADDR_TEXT];
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        struct ptn_addr a = addr(good[i]);
        EXPECT_TEXT(ptn_addr_format(&a, text), good[i]);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct ptn_addr a = {.family = 99};
        AT("%s", bad[i]);
        EXPECT_INT(ptn_addr_parse(&a, bad[i], strlen(bad[i])), -EINVAL);
        EXPECT_INT(a.family, 99);
    }
    assert_int_equal(ptn_addr_parse(&(struct ptn_addr){0}, "192.0.2.100", 9), 0); /* 192.0.2.1 */
    char longer[100];
    memset(longer, '1', sizeof(longer));
    assert_int_equal(ptn_addr_parse(&(struct ptn_addr){0}, longer, sizeof(longer)), -EINVAL);
    struct ptn_addr none = {0};
    assert_string_equal(ptn_addr_format(&none, text), "");
}

enum { LOOP = 1, LINK = 2, MULTI = 4, PRIV = 8, ANY = 16 };

static void address_scopes(void **state)
{
    static const struct {
        const char *text;
        int scopes;
    } rows[] = {
        {"0.0.0.0", ANY},
        {"::", ANY},
        {"126.255.255.255", 0},
        {"127.0.0.0", LOOP},
        {"127.255.255.255", LOOP},
        {"128.0.0.0", 0},
        {"::1", LOOP},
        {"::2", 0},
        {"1::1", 0},
        {"169.253.255.255", 0},
        {"169.254.0.0", LINK},
        {"169.254.255.255", LINK},
        {"169.255.0.0", 0},
        {"fe7f::1", 0},
        {"fe80::1", LINK},
        {"febf:ffff::1", LINK},
        {"fec0::1", 0},
        {"223.255.255.255", 0},
        {"224.0.0.0", MULTI},
        {"239.255.255.255", MULTI},
        {"240.0.0.0", 0},
        {"feff::1", 0},
        {"ff00::", MULTI},
        {"ff02::fb", MULTI},
        {"9.255.255.255", 0},
        {"10.0.0.0", PRIV},
        {"10.255.255.255", PRIV},
        {"11.0.0.0", 0},
        {"172.15.255.255", 0},
        {"172.16.0.0", PRIV},
        {"172.31.255.255", PRIV},
        {"172.32.0.0", 0},
        {"192.167.255.255", 0},
        {"192.168.0.0", PRIV},
        {"192.168.255.255", PRIV},
        {"192.169.0.0", 0},
        {"100.63.255.255", 0},
        {"100.64.0.0", PRIV},
        {"100.127.255.255", PRIV},
        {"100.128.0.0", 0},
        {"fbff::1", 0},
        {"fc00::", PRIV},
        {"fdff:ffff::1", PRIV},
        {"2001:db8::1", 0},
        {"8.8.8.8", 0},
        {"2000::", 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptn_addr a = addr(rows[i].text);
        int got = (ptn_addr_is_loopback(&a) ? LOOP : 0) | (ptn_addr_is_link_local(&a) ? LINK : 0) |
                  (ptn_addr_is_multicast(&a) ? MULTI : 0) | (ptn_addr_is_private(&a) ? PRIV : 0) |
                  (ptn_addr_is_any(&a) ? ANY : 0);
        EXPECT_INT(got, rows[i].scopes);
    }
}

static void address_unmapped(void **state)
{
    static const char *const rows[][2] = {{"::ffff:192.0.2.1", "192.0.2.1"},
                                          {"::ffff:0.0.0.0", "0.0.0.0"},
                                          {"192.0.2.1", "192.0.2.1"},
                                          {"::", "::"},
                                          {"::fffe:c000:201", "::fffe:c000:201"},
                                          {"1::ffff:c000:201", "1::ffff:c000:201"}};
    char text[PTN_ADDR_TEXT];
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptn_addr a = addr(rows[i][0]), b = ptn_addr_unmapped(&a);
        EXPECT_TEXT(ptn_addr_format(&b, text), rows[i][1]);
    }
}

static void address_equal(void **state)
{
    struct ptn_addr a = addr("192.0.2.1"), b = addr("192.0.2.1"), c = addr("192.0.2.2"), d = addr("c000:0201::");
    (void)state;
    b.bytes[4] = 7; /* beyond an IPv4 address nothing counts */
    assert_true(ptn_addr_equal(&a, &b));
    assert_false(ptn_addr_equal(&a, &c));
    assert_false(ptn_addr_equal(&a, &d));
    assert_false(ptn_addr_equal(&d, &a));
}

/* ---- arenas ----------------------------------------------------------------------------------------------- */

static void arena(void **state)
{
    struct ptn_arena a = {0};
    unsigned char *seen[400];
    (void)state;
    for (size_t i = 0; i < COUNT(seen); i++) {
        size_t size = i % 3 == 0 ? 1 : i % 3 == 1 ? 300 : 20000;
        seen[i] = ptn_arena_alloc(&a, size);
        assert_non_null(seen[i]);
        assert_int_equal((uintptr_t)seen[i] % _Alignof(max_align_t), 0);
        for (size_t k = 0; k < size; k++)
            assert_int_equal(seen[i][k], 0);
        memset(seen[i], (int)(i & 0xff), size);
    }
    for (size_t i = 0; i < COUNT(seen); i++)
        assert_int_equal(seen[i][0], i & 0xff); /* nobody was given another one's memory */
    assert_null(ptn_arena_alloc(&a, SIZE_MAX));
    assert_null(ptn_arena_alloc(&a, SIZE_MAX / 2 + 1));
    assert_string_equal(ptn_arena_strndup(&a, "abcdef", 3), "abc");
    assert_string_equal(ptn_arena_strdup(&a, ""), "");
    char *big = ptn_arena_printf(&a, "%050000d", 7);
    assert_int_equal(strlen(big), 50000);
    ptn_arena_release(&a);
    assert_null(a.head);
    ptn_arena_release(&a);
}

/* ---- files -------------------------------------------------------------------------------------------------- */

static char dir[] = "/tmp/ptn-base-XXXXXX";

static int make_dir(void **state)
{
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static int drop_dir(void **state)
{
    char command[64];
    (void)state;
    snprintf(command, sizeof(command), "rm -rf '%s'", dir);
    return system(command);
}

static const char *in_dir(const char *name)
{
    static char path[128];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    return path;
}

static unsigned count_files(void)
{
    char command[128];
    unsigned n = 0;
    snprintf(command, sizeof(command), "ls -A '%s' | wc -l", dir);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    assert_int_equal(fscanf(f, "%u", &n), 1);
    pclose(f);
    return n;
}

static void file_read(void **state)
{
    char *text = NULL, big[40000];
    size_t len;
    (void)state;
    memset(big, 'x', sizeof(big));
    assert_int_equal(ptn_file_replace(in_dir("read"), big, sizeof(big), 0644), 0);
    assert_int_equal(ptn_file_read(in_dir("read"), sizeof(big), &text, &len), 0);
    assert_int_equal(len, sizeof(big));
    assert_memory_equal(text, big, len);
    assert_int_equal(text[len], '\0');
    free(text);
    assert_int_equal(ptn_file_read(in_dir("read"), sizeof(big) - 1, &text, &len), -EFBIG);
    assert_int_equal(ptn_file_read(in_dir("absent"), 10, &text, &len), -ENOENT);
    assert_int_equal(ptn_file_read(dir, 10, &text, &len), -EISDIR);
    assert_int_equal(ptn_file_read("/dev/zero", 100000, &text, &len), -EFBIG); /* endless, and bounded */
    assert_int_equal(ptn_file_read("/dev/null", 0, &text, &len), 0);
    assert_int_equal(len, 0);
    assert_string_equal(text, "");
    free(text);
}

static void file_replace(void **state)
{
    char *text;
    size_t len;
    struct stat st;
    (void)state;
    assert_int_equal(ptn_file_replace(in_dir("file"), "old", 3, 0644), 0);
    assert_int_equal(stat(in_dir("file"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0644);
    assert_int_equal(ptn_file_replace(in_dir("file"), "newer", 5, 0644), 0);
    assert_int_equal(ptn_file_read(in_dir("file"), 100, &text, &len), 0);
    assert_string_equal(text, "newer");
    free(text);
    /* a link stays a link, a device a device */
    char link[256];
    snprintf(link, sizeof(link), "%s", in_dir("link"));
    assert_int_equal(symlink("file", link), 0);
    assert_int_equal(ptn_file_replace(link, "by link", 7, 0600), 0);
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(stat(link, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(st.st_size, 7);
    assert_int_equal(ptn_file_replace("/dev/full", "x", 1, 0644), -ENOSPC);
    assert_int_equal(stat("/dev/full", &st), 0);
    assert_true(S_ISCHR(st.st_mode));
    assert_int_equal(ptn_file_replace(in_dir("no/such/folder"), "x", 1, 0644), -ENOENT);
    assert_int_equal(mkdir(in_dir("folder"), 0755), 0);
    unsigned before = count_files();
    assert_int_equal(ptn_file_replace(in_dir("folder"), "x", 1, 0644), -EISDIR);
    assert_int_equal(count_files(), before); /* what failed leaves nothing behind */
}

/* A reader at any moment sees one whole file, the old one or the new one. */
static void file_replace_is_one_step(void **state)
{
    static char data[30000];
    const char *path = in_dir("atomic");
    (void)state;
    memset(data, '0', sizeof(data));
    assert_int_equal(ptn_file_replace(path, data, sizeof(data), 0644), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    while (child == 0) { /* ends by _exit */
        char *text;
        size_t len;
        if (ptn_file_read(path, sizeof(data), &text, &len) < 0)
            _exit(1);
        for (size_t k = 0; k < len; k++)
            if (text[k] != text[0])
                _exit(2);
        if (len != (text[0] % 2 ? sizeof(data) : sizeof(data) / 2) && text[0] != '0')
            _exit(3);
        char last = text[0];
        free(text);
        if (last == 'z')
            _exit(0);
    }
    for (int i = 0; i < 150; i++) {
        char c = (char)('1' + i % 60);
        memset(data, c, sizeof(data));
        assert_int_equal(ptn_file_replace(path, data, c % 2 ? sizeof(data) : sizeof(data) / 2, 0644), 0);
    }
    memset(data, 'z', sizeof(data));
    assert_int_equal(ptn_file_replace(path, data, sizeof(data) / 2, 0644), 0);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- words, errors ------------------------------------------------------------------------------------------- */

static void lists_of_words(void **state)
{
    (void)state;
    assert_string_equal(ptn_proto_word(PTN_TCP), "tcp");
    assert_string_equal(ptn_proto_word(PTN_DCCP), "dccp");
    assert_string_equal(ptn_proto_word(PTN_PACKET), "packet");
    assert_int_equal(PTN_DCCP + 1, PTN_PROTO_PORTED);
    assert_int_equal(PTN_PACKET + 1, PTN_PROTO_COUNT);
    assert_string_equal(ptn_rating_word(PTN_RATING_NONE), "");
    assert_string_equal(ptn_rating_word(PTN_RATING_SAFE), "Y");
    assert_string_equal(ptn_rating_word(PTN_RATING_LIMITED), "-");
    assert_string_equal(ptn_rating_word(PTN_RATING_UNSAFE), "N");
    assert_string_equal(ptn_rating_word(PTN_RATING_DEPENDS), "?");
    assert_string_equal(ptn_kind_word(PTN_KIND_SITE), "site");
    assert_string_equal(ptn_kind_word(PTN_KIND_MALWARE), "malware");
    assert_string_equal(ptn_rung_word(PTN_RUNG_NOBODY), "nobody");
    assert_string_equal(ptn_rung_word(PTN_RUNG_INTERNET), "internet");
    assert_string_equal(ptn_verdict_word(PTN_VERDICT_OK), "OK");
    assert_string_equal(ptn_verdict_word(PTN_VERDICT_WORRY), "WORRY");
    assert_true(PTN_VERDICT_OK < PTN_VERDICT_ASK && PTN_VERDICT_ASK < PTN_VERDICT_LIMIT &&
                PTN_VERDICT_LIMIT < PTN_VERDICT_WORRY);
}

static void errors(void **state)
{
    struct ptn_err err;
    char longer[2000];
    (void)state;
    memset(longer, 'e', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    assert_int_equal(ptn_fail(&err, -EINVAL, "%s:%u: no", "file", 7u), -EINVAL);
    assert_string_equal(err.text, "file:7: no");
    assert_int_equal(ptn_fail(&err, -ENOMEM, "%s", longer), -ENOMEM);
    assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
    assert_int_equal(ptn_fail(NULL, -ENOENT, "%s", "nobody listens"), -ENOENT);
}

/* ---- libraries ------------------------------------------------------------------------------------------ */

int ptn_no_such_function(int);

#define SOME(X) X(strlen)
#define MORE(X) X(strlen) X(ptn_no_such_function)
PTN_LIBRARY(there, "libc.so.6", SOME)
PTN_LIBRARY(older, "libc.so.6", MORE)
PTN_LIBRARY(gone, "libportolan-gone.so.9", SOME)

static void libraries(void **state)
{
    struct ptn_err err = {"nothing"};
    (void)state;
    for (int again = 0; again < 2; again++) {
        assert_int_equal(ptn_library_load(&there_library, &err), 0);
        assert_string_equal(err.text, "nothing");
        assert_int_equal(there.strlen("four"), 4);
        assert_int_equal(ptn_library_load(&older_library, NULL), -ENOSYS);
        assert_int_equal(ptn_library_load(&gone_library, NULL), -ENOENT);
    }
    ptn_library_load(&older_library, &err);
    assert_string_equal(err.text, "libc.so.6 has no ptn_no_such_function()");
    ptn_library_load(&gone_library, &err);
    assert_string_equal(err.text, "libportolan-gone.so.9 is not there");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fold),
        cmocka_unit_test(compare),
        cmocka_unit_test(words_of_a_line),
        cmocka_unit_test(numbers),
        cmocka_unit_test(dates),
        cmocka_unit_test(distance),
        cmocka_unit_test(address_text),
        cmocka_unit_test(address_scopes),
        cmocka_unit_test(address_unmapped),
        cmocka_unit_test(address_equal),
        cmocka_unit_test(arena),
        cmocka_unit_test(file_read),
        cmocka_unit_test(file_replace),
        cmocka_unit_test(file_replace_is_one_step),
        cmocka_unit_test(lists_of_words),
        cmocka_unit_test(errors),
        cmocka_unit_test(libraries),
    };
    return check_all_in(tests, make_dir, drop_dir);
}
