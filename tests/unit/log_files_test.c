/* Which files are read, in which order, and how they are unpacked. */
#include "log_files.h"
#include "log_lines.h"

#include <signal.h>

#include "source/log/rotation.h"
#include "source/log/unpack.h"

/* Makes `n` lines whose source ports count from `from`; released by the caller. */
static char *make_lines(unsigned from, unsigned n)
{
    char *text = malloc(n * 64 + 1), *at = text;
    assert_non_null(text);
    for (unsigned i = 0; i < n; i++)
        at += sprintf(at, TEST_LINE "\n", (from + i) % 65536, 23);
    *at = '\0';
    return text;
}

static struct told t;

static void test_rotation(void **state)
{
    (void)state;
    static const struct {
        const char *older, *newer;
    } pairs[] = {
        {"fw.log.2.gz", "fw.log.1"},
        {"fw.log.1", "fw.log"},
        {"fw.log.10.xz", "fw.log.9.xz"},
        {"fw.log-20261122.xz", "fw.log-20261123"},
        {"fw.log-20261123.xz", "fw.log"},
        {"fw.log-20261123-1763856000.gz", "fw.log"},
        {"fw-2026-11-22.log", "fw-2026-11-23.log.zst"},
        {"fw.20261122T1200.log", "fw.20261122T1300.log"},
        {"fw.log.2026-11-23.2", "fw.log.2026-11-23.1"},
        {"pfirewall.log.old", "pfirewall.log"},
        {"fw.log-20251231", "fw.log-20260101"},
    };
    for (size_t i = 0; i < COUNT(pairs); i++) {
        struct ptn_rotation older, newer;
        AT("%s, %s", pairs[i].older, pairs[i].newer);
        ptn_rotation_read(pairs[i].older, &older);
        ptn_rotation_read(pairs[i].newer, &newer);
        EXPECT_TEXT(older.family, newer.family);
        EXPECT(older.rank < newer.rank);
    }
    struct ptn_rotation a, b;
    ptn_rotation_read("fw.log", &a);
    ptn_rotation_read("ufw.log", &b);
    assert_string_not_equal(a.family, b.family);
    ptn_rotation_read("99999999999999.1", &a); /* no date */
    assert_string_equal(a.family, "99999999999999");
}

static void test_rotated_files_are_read_oldest_first(void **state)
{
    (void)state;
    char *two = make_lines(1, 1);
    const char *const member[] = {two};
    packed_file(&packers[0], "fw.log.2", member, 1, 0);
    text_file("fw.log.1", "k 192.0.2.1:2 > 192.0.2.2:23\n");
    text_file("fw.log", "k 192.0.2.1:3 > 192.0.2.2:23\nk 192.0.2.1:4 > 192.0.2.2:23");
    READ(&t, &any, path_of("fw.log"), path_of("fw.log.1"), path_of("fw.log.2.gz"));
    assert_string_equal(t.knocks, "fw.log.2.gz:1 1>23 fw.log.1:1 2>23 fw.log:1 3>23 fw.log:2 4>23 ");
    assert_int_equal(t.sums.lines, 4);
    assert_int_equal(t.sums.packets, 4);
    free(two);
}

static void test_logs_are_read_by_when_they_begin(void **state)
{
    (void)state;
    const char *a = text_file("late.log", "2026-11-02T00:00:00Z h k: hello\nk 192.0.2.1:1 > 192.0.2.2:23\n");
    const char *b = text_file("zearly.log", "2026-11-01T00:00:00Z h k: hello\nk 192.0.2.1:2 > 192.0.2.2:23\n");
    const char *c = text_file("never.log", "k 192.0.2.1:3 > 192.0.2.2:23\n");
    READ(&t, &any, c, a, b);
    assert_string_equal(t.knocks, "zearly.log:2 2>23 late.log:2 1>23 never.log:1 3>23 ");
}

static void test_folders(void **state)
{
    (void)state;
    assert_int_equal(mkdir(path_of("logs"), 0700), 0);
    assert_int_equal(mkdir(path_of("logs/deep"), 0700), 0);
    const char *a = text_file("logs/a.log", "k 192.0.2.1:1 > 192.0.2.2:23\n");
    text_file("logs/deep/b.log", "k 192.0.2.1:2 > 192.0.2.2:23\n");
    text_file("logs/empty.log", "");
    text_file("outside.log", "k 192.0.2.1:9 > 192.0.2.2:23\n");
    static const char picture[] = "\0\1\2\3k 192.0.2.1:8 > 192.0.2.2:23\n\0\0\0\0\0";
    file_of("logs/picture", picture, sizeof(picture));
    assert_int_equal(symlink("../outside.log", path_of("logs/link.log")), 0);
    assert_int_equal(symlink("..", path_of("logs/deep/up")), 0);
    assert_int_equal(link(a, path_of("logs/again.log")), 0);
    READ(&t, &any, path_of("logs"), a, path_of("logs/"));
    assert_string_equal(t.knocks, "a.log:1 1>23 b.log:1 2>23 ");
    assert_int_equal(t.result, 0);
    assert_string_equal(t.complaints, "");
    READ(&t, &any, path_of("logs/link.log")); /* which was named */
    assert_string_equal(t.knocks, "link.log:1 9>23 ");
}

static void test_missing_files(void **state)
{
    (void)state;
    const char *there = text_file("there.log", "k 192.0.2.1:1 > 192.0.2.2:23\n");
    READ(&t, &any, path_of("missing.log"), there);
    assert_int_equal(t.result, 0);
    assert_int_equal(t.sums.troubles, 1);
    assert_int_equal(t.n, 1);
    assert_non_null(strstr(t.complaints, "missing.log: No such file or directory\n"));
    READ(&t, &any, path_of("missing.log"));
    assert_int_equal(t.result, -ENOENT);
    assert_non_null(strstr(t.err.text, "missing.log: No such file"));
    READ(&t, &any, "");
    assert_int_equal(t.result, -ENOENT);
}

static int rotate(struct told *told)
{
    (void)told;
    if (access(path_of("r/fw.log.0"), F_OK) == 0)
        return 0; /* it was done */
    assert_int_equal(rename(path_of("r/fw.log"), path_of("r/fw.log.0")), 0);
    text_file("r/fw.log", "k 192.0.2.1:3 > 192.0.2.2:23\n");
    return 0;
}

static void test_file_that_is_rotated_meanwhile(void **state)
{
    (void)state;
    struct told rotating = {.at_knock = rotate};
    assert_int_equal(mkdir(path_of("r"), 0700), 0);
    text_file("r/fw.log.1", "k 192.0.2.1:1 > 192.0.2.2:23\n");
    text_file("r/fw.log", "k 192.0.2.1:2 > 192.0.2.2:23\n");
    READ(&rotating, &any, path_of("r"));
    assert_string_equal(rotating.knocks, "fw.log.1:1 1>23 fw.log:1 3>23 ");
    assert_non_null(strstr(rotating.complaints, "/r/fw.log: it was rotated before it was read"));
    assert_int_equal(rotating.sums.troubles, 1);
}

/* ---- packed ------------------------------------------------------------------------------------------ */

#define MANY 30000

static void test_packed_files(void **state)
{
    (void)state;
    char *one = make_lines(0, MANY), *other = make_lines(MANY, MANY);
    const char *const members[] = {one, other, ""};
    const char *plain = file_of("both.txt", one, strlen(one));
    struct told expected = {0};
    READ(&expected, &any, plain);
    assert_int_equal(expected.n, MANY);
    for (unsigned threads = 1; threads <= 3; threads++)
        for (size_t i = 0; i < COUNT(packers); i++) {
            struct ptn_log_opts opts = any;
            opts.threads = threads;
            AT("%s, %u threads", packers[i].name, threads);
            READ(&t, &opts, packed_file(&packers[i], "one", members, 1, 0));
            EXPECT_INT(t.n, MANY);
            EXPECT_INT(t.sum, expected.sum);
            EXPECT_INT(t.sums.octets, strlen(one));
            READ(&t, &opts, packed_file(&packers[i], "both", members, 3, 0));
            EXPECT_INT(t.n, 2 * MANY);
            EXPECT_INT(t.sums.lines, 2 * MANY);
            EXPECT_TEXT(t.complaints, "");
        }
    free(one);
    free(other);
}

static void test_archives_that_are_cut_off(void **state)
{
    (void)state;
    char *one = make_lines(0, MANY), *other = make_lines(MANY, MANY);
    const char *const members[] = {one, other};
    for (size_t i = 0; i < COUNT(packers); i++) {
        char word[64];
        AT("%s", packers[i].name);
        READ(&t, &any, packed_file(&packers[i], "cut", members, 2, 300));
        snprintf(word, sizeof(word), ": the %s archive is cut off after ", packers[i].name);
        EXPECT(strstr(t.complaints, word) != NULL);
        EXPECT_INT(t.result, 0);
        EXPECT_INT(t.sums.troubles, 1);
        EXPECT(t.n >= MANY && t.n < 2 * MANY);
        EXPECT(strstr(t.knocks, ":2 1>23 ") != NULL);
    }
    free(one);
    free(other);
}

static void test_broken_archives(void **state)
{
    (void)state;
    char *one = make_lines(0, MANY);
    const char *const members[] = {one};
    for (size_t i = 0; i < COUNT(packers); i++) {
        const char *path = packed_file(&packers[i], "broken", members, 1, 0);
        struct stat st;
        assert_int_equal(stat(path, &st), 0);
        int fd = open(path, O_WRONLY);
        for (off_t at = st.st_size / 2; at < st.st_size / 2 + 64; at++)
            assert_int_equal(pwrite(fd, "\xa5", 1, at), 1);
        close(fd);
        AT("%s", packers[i].name);
        READ(&t, &any, path);
        EXPECT(strstr(t.complaints, " archive is broken after ") != NULL ||
               strstr(t.complaints, " is cut off ") != NULL);
        EXPECT_INT(t.result, 0);
        EXPECT(t.n < MANY);
    }
    free(one);
}

/* Rubbish behind the last member is what gzip leaves alone, too. */
/* The rest is read, and the one file is said to be unread, and why. */
static void test_packed_by_a_library_that_is_missing(void **state)
{
    (void)state;
    static const char line[] = "k 192.0.2.1:1 > 192.0.2.2:23\n";
    const char *const member[] = {line};
    const char *plain = text_file("plain.log", line);
    for (size_t i = 0; i < COUNT(packers); i++) {
        unsigned char head[4096];
        char want[256];
        const char *packed = packed_file(&packers[i], "gone", member, 1, 0);
        size_t len = packers[i].pack(line, strlen(line), (char *)head, sizeof(head));
        struct ptn_library *library = ptn_unpacker_of(head, len)->library, whole = *library;
        library->file = "libportolan-gone.so.9";
        library->loaded = false;
        READ(&t, &any, packed, plain);
        *library = whole;
        AT("%s", packers[i].name);
        snprintf(want, sizeof(want), "%s: it is packed by %s, and libportolan-gone.so.9 is not there\n", packed,
                 packers[i].name);
        EXPECT_TEXT(t.complaints, want);
        EXPECT_INT(t.n, 1);
        EXPECT_INT(t.result, 0);
        READ(&t, &any, packed, plain);
        EXPECT_TEXT(t.complaints, "");
        EXPECT_INT(t.n, 2);
    }
}

static void test_rubbish_behind_gzip(void **state)
{
    (void)state;
    char *one = make_lines(0, 10), out[4096] = {0};
    size_t len = pack_gzip(one, strlen(one), out, sizeof(out));
    READ(&t, &any, file_of("padded.gz", out, len + 512));
    assert_int_equal(t.n, 10);
    assert_string_equal(t.complaints, "");
    free(one);
}

static void test_many_packed_files_at_once(void **state)
{
    (void)state;
    char name[64];
    assert_int_equal(mkdir(path_of("many"), 0700), 0);
    for (unsigned i = 0; i < 20; i++) {
        char *text = make_lines(i * 1000, 1000);
        const char *const member[] = {text};
        snprintf(name, sizeof(name), "many/fw.log.%u", i + 1);
        packed_file(&packers[i % COUNT(packers)], name, member, 1, 0);
        free(text);
    }
    struct ptn_log_opts opts = any;
    for (opts.threads = 0; opts.threads <= 4; opts.threads++) {
        AT("%u threads", opts.threads);
        READ(&t, &opts, path_of("many"));
        EXPECT_INT(t.n, 20000);
        EXPECT_INT(t.sum, UINT64_C(65537) * (20000 * UINT64_C(19999) / 2) + 23 * 20000);
    }
}

/* ---- standard input ---------------------------------------------------------------------------------- */

struct pipe_writer {
    int fd;
    const char *text;
};

static void *write_slowly(void *arg)
{
    struct pipe_writer *w = arg;
    for (const char *p = w->text; *p;) {
        size_t n = strlen(p) < 1000 ? strlen(p) : 1000;
        ssize_t done = write(w->fd, p, n);
        if (done < 0)
            break;
        p += done;
    }
    close(w->fd);
    return NULL;
}

static void test_standard_input(void **state)
{
    (void)state;
    char *text = make_lines(0, MANY);
    signal(SIGPIPE, SIG_IGN);
    for (unsigned threads = 1; threads <= 2; threads++) {
        int p[2], saved = dup(STDIN_FILENO);
        pthread_t thread;
        assert_int_equal(pipe(p), 0);
        struct pipe_writer w = {p[1], text};
        dup2(p[0], STDIN_FILENO);
        close(p[0]);
        assert_int_equal(pthread_create(&thread, NULL, write_slowly, &w), 0);
        struct ptn_log_opts opts = any;
        opts.threads = threads;
        READ(&t, &opts, "-", "-");
        dup2(saved, STDIN_FILENO); /* so that the writer ends if we did not read all */
        close(saved);
        pthread_join(thread, NULL);
        assert_int_equal(t.n, MANY);
        assert_int_equal(t.result, 0);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rotation),
        cmocka_unit_test(test_rotated_files_are_read_oldest_first),
        cmocka_unit_test(test_logs_are_read_by_when_they_begin),
        cmocka_unit_test(test_folders),
        cmocka_unit_test(test_missing_files),
        cmocka_unit_test(test_file_that_is_rotated_meanwhile),
        cmocka_unit_test(test_packed_files),
        cmocka_unit_test(test_archives_that_are_cut_off),
        cmocka_unit_test(test_broken_archives),
        cmocka_unit_test(test_packed_by_a_library_that_is_missing),
        cmocka_unit_test(test_rubbish_behind_gzip),
        cmocka_unit_test(test_many_packed_files_at_once),
        cmocka_unit_test(test_standard_input),
    };
    return check_all_in(tests, folder_make, folder_remove);
}
