/* Lines out of files: where they end, how long they may be, what threads make of them. */
#include "log_files.h"
#include "log_lines.h"

#include "source/log/memory.h"

#define MB (1u << 20)

static struct told t;

static void read_memory(struct told *told, const void *text, size_t len, const struct ptn_log_opts *opts)
{
    struct ptn_log_sink sink = told_begin(told);
    told->result = ptn_log_read_memory(text, len, opts, &sink, told_complain, told, &told->sums, &told->err);
}

static void test_ends_of_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t lines, packets, unknown;
    } rows[] = {
        {"", 0, 0, 0},
        {"\n", 1, 0, 0},
        {"\n\n\r\n", 3, 0, 0},
        {"k 192.0.2.1:1 > 192.0.2.2:2", 1, 1, 0},
        {"k 192.0.2.1:1 > 192.0.2.2:2\r\nk 192.0.2.1:1 > 192.0.2.2:2\r\n", 2, 2, 0},
        {"\xef\xbb\xbfk 192.0.2.1:1 > 192.0.2.2:2\nk 192.0.2.1:1 > 192.0.2.2:2\n\nx", 4, 2, 1},
        {"\xef\xbb\xbf", 0, 0, 0},
        {"what\nk 192.0.2.1:1 > 192.0.2.2:2\nelse", 3, 1, 2},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AT("row %zu", i);
        for (unsigned pass = 0; pass < 2; pass++) {
            if (pass)
                READ(&t, &any, text_file("ends.log", rows[i].text));
            else
                read_memory(&t, rows[i].text, strlen(rows[i].text), &any);
            EXPECT_INT(t.result, 0);
            EXPECT_INT(t.sums.lines, rows[i].lines);
            EXPECT_INT(t.sums.packets, rows[i].packets);
            EXPECT_INT(t.sums.unknown, rows[i].unknown);
        }
    }
}

static void test_utf16(void **state)
{
    (void)state;
    static const char ascii[] = "k 192.0.2.1:1 > 192.0.2.2:2\r\nk 192.0.2.1:3 > 192.0.2.2:4 \r\n";
    enum { REPEATED = 4000 };
    size_t len = 0;
    char *text = malloc(4 + sizeof(ascii) * 2 * REPEATED);
    for (unsigned big = 0; big < 2; big++) {
        memcpy(text, big ? "\xfe\xff" : "\xff\xfe", 2);
        len = 2;
        for (size_t i = 0; i < (sizeof(ascii) - 1) * REPEATED; i++) {
            char c = ascii[i % (sizeof(ascii) - 1)];
            text[len + !big] = 0;
            text[len + big] = c;
            len += 2;
        }
        AT("%s", big ? "big" : "little");
        read_memory(&t, text, len, &any);
        EXPECT_INT(t.n, 2 * REPEATED);
        EXPECT_INT(t.sum, REPEATED * (UINT64_C(65537) * 4 + 6));
        READ(&t, &any, file_of("utf16.log", text, len - 1)); /* half a character at the end */
        EXPECT_INT(t.n, 2 * REPEATED);
        EXPECT_INT(t.sums.octets, (sizeof(ascii) - 1) * REPEATED - 1);
    }
    static const char clef[] = "\xff\xfex\0\x34\xd8\x1e\xdd\xac\x20\n\0"; /* U+1D11E and U+20AC */
    read_memory(&t, clef, sizeof(clef) - 1, &any);
    assert_string_equal(t.sums.unknown_samples[0].text, "x\xf0\x9d\x84\x9e\xe2\x82\xac");
    free(text);
}

/* ---- long lines -------------------------------------------------------------------------------------- */

/* A line of exactly `len` octets that is a knock. */
static size_t put_long(char *at, size_t len, unsigned port)
{
    int n = sprintf(at, TEST_LINE " ", port, 23);
    memset(at + n, 'x', len - (size_t)n);
    at[len] = '\n';
    return len + 1;
}

static void test_long_lines(void **state)
{
    (void)state;
    static const struct {
        size_t len;
        bool whole;
    } rows[] = {{1000, true},    {MB / 2 - 30, true}, {MB / 2, true},  {MB - 1, true}, {MB, true},
                {MB + 1, false}, {MB + 70000, false}, {3 * MB, false}, {8 * MB, false}};
    char *text = malloc(10 * MB);
    for (size_t i = 0; i < COUNT(rows); i++)
        for (unsigned how = 0; how < 4; how++) {
            size_t len = put_long(text, 100, 1);
            len += put_long(text + len, rows[i].len, 2);
            len += put_long(text + len, 100, 3);
            text[len] = '\0';
            struct ptn_log_opts opts = any;
            opts.threads = 1 + how % 2;
            AT("%zu octets, way %u", rows[i].len, how);
            if (how < 2)
                READ(&t, &opts, file_of("long.log", text, len));
            else
                READ(&t, &opts, packed_file(&packers[2], "long.log", (const char *const[]){text}, 1, 0));
            EXPECT_INT(t.sums.lines, 3);
            EXPECT_INT(t.n, rows[i].whole ? 3 : 2);
            EXPECT_INT(t.sums.broken, !rows[i].whole);
            EXPECT_INT(t.sums.n_broken_samples, !rows[i].whole);
            EXPECT_INT(t.sums.troubles, 0);
            EXPECT((strstr(t.complaints, ":2: a line of more than 1 MB is left out") != NULL) == !rows[i].whole);
            if (!rows[i].whole)
                EXPECT_INT(t.sums.broken_samples[0].line, 2);
        }
    free(text);
}

static void test_holes(void **state)
{
    (void)state;
    char *text = calloc(1, 100000);
    size_t hole = 50000, len = hole + (size_t)sprintf(text + hole, "k 192.0.2.1:1 > 192.0.2.2:2\nz\n");
    memset(text + len, 0, 100);
    READ(&t, &any, file_of("hole.log", text, len + 100));
    assert_int_equal(t.n, 1);
    assert_int_equal(t.sums.lines, 3);
    assert_int_equal(t.sums.unknown, 1);
    free(text);
}

/* ---- threads ----------------------------------------------------------------------------------------- */

static uint32_t seed = 1;

static uint32_t roll(void)
{
    seed = seed * 1664525 + 1013904223;
    return seed >> 8;
}

/* Lines of all lengths, some empty, some unknown; the known ones come to *sum. */
static size_t put_rubble(char *text, size_t room, uint64_t *n, uint64_t *sum, uint64_t *lines, uint64_t *unknown)
{
    size_t len = 0;
    while (len + 200000 < room) {
        unsigned port = roll() % 60000, kind = roll() % 16;
        size_t longer = kind == 0 ? roll() % 150000 : roll() % 100;
        if (kind < 13) {
            len += put_long(text + len, 60 + longer, port);
            *sum += port * UINT64_C(65537) + 23;
            ++*n;
        } else if (kind < 15) {
            len += (size_t)sprintf(text + len, "q%u\r\n", port);
            ++*unknown;
        } else {
            text[len++] = '\n';
        }
        ++*lines;
    }
    return len;
}

static void test_threads_read_the_same(void **state)
{
    (void)state;
    char *text = malloc(12 * MB);
    for (unsigned round = 0; round < 6; round++) {
        uint64_t n = 0, sum = 0, lines = 0, unknown = 0;
        size_t len = put_rubble(text, (round + 1) * 2 * MB, &n, &sum, &lines, &unknown);
        text[len] = '\0';
        const char *paths[] = {file_of("rubble.txt", text, len),
                               packed_file(&packers[0], "rubble", (const char *const[]){text}, 1, 0)};
        struct told ordered = {0};
        READ(&ordered, &any, paths[0]);
        for (unsigned threads = 1; threads <= 5; threads++)
            for (unsigned i = 0; i < 2; i++) {
                struct ptn_log_opts opts = any;
                opts.threads = threads;
                AT("round %u, %u threads, %s", round, threads, paths[i]);
                READ(&t, &opts, paths[i]);
                EXPECT_INT(t.n, n);
                EXPECT_INT(t.sum, sum);
                EXPECT_INT(t.sums.lines, lines);
                EXPECT_INT(t.sums.unknown, unknown);
                EXPECT_INT(t.sums.octets, len);
                EXPECT_INT(t.sums.n_unknown_samples, PTN_LOG_SAMPLES);
                for (unsigned k = 0; k < PTN_LOG_SAMPLES; k++) {
                    EXPECT_TEXT(t.sums.unknown_samples[k].text, ordered.sums.unknown_samples[k].text);
                    EXPECT_INT(t.sums.unknown_samples[k].line, ordered.sums.unknown_samples[k].line);
                }
            }
    }
    free(text);
}

static void test_samples_say_their_lines(void **state)
{
    (void)state;
    char *text = malloc(4 * MB);
    size_t len = 0;
    for (unsigned i = 1; i <= 50000; i++)
        len += (size_t)sprintf(text + len, i % 12000 ? TEST_LINE "\n" : "line %u\x1b[31m\xc2\x9b\n", i, 23);
    struct ptn_log_opts opts = any;
    opts.threads = 3;
    READ(&t, &opts, file_of("samples.log", text, len));
    assert_int_equal(t.sums.n_unknown_samples, 4);
    for (unsigned i = 0; i < 4; i++) {
        char expected[64];
        snprintf(expected, sizeof(expected), "line %u?[31m??", (i + 1) * 12000);
        assert_int_equal(t.sums.unknown_samples[i].line, (i + 1) * 12000);
        assert_string_equal(t.sums.unknown_samples[i].text, expected);
    }
    free(text);
}

/* The columns that a header names hold for every chunk after it, up to the next header. */
static void test_headers(void **state)
{
    (void)state;
    static const char first[] =
        "#Version: 1.5\r\n#Fields: date time action protocol src-ip dst-ip src-port dst-port\r\n",
                      second[] = "#Fields: date time action protocol dst-ip src-ip dst-port src-port\r\n";
    char *text = malloc(8 * MB);
    size_t len = (size_t)sprintf(text, "%s", first);
    uint64_t sum = 0;
    for (unsigned i = 0; i < 50000; i++) {
        unsigned a = roll() % 60000 + 1, b = roll() % 60000 + 1;
        if (i == 30000)
            len += (size_t)sprintf(text + len, "%s", second);
        len += (size_t)sprintf(text + len, "2026-11-0%u 10:00:00 DROP TCP 192.0.2.1 192.0.2.2 %u %u\r\n", i / 10000 + 1,
                               a, b);
        sum += i < 30000 ? a * UINT64_C(65537) + b : b * UINT64_C(65537) + a;
    }
    const char *paths[] = {file_of("pfirewall.log", text, len),
                           packed_file(&packers[1], "pfirewall", (const char *const[]){text}, 1, 0)};
    struct ptn_log_opts opts = {.since = PTN_NO_TIME, .until = PTN_NO_TIME};
    for (opts.threads = 1; opts.threads <= 4; opts.threads++)
        for (unsigned i = 0; i < 2; i++) {
            AT("%u threads, %s", opts.threads, paths[i]);
            READ(&t, &opts, paths[i]);
            EXPECT_INT(t.n, 50000);
            EXPECT_INT(t.sum, sum);
            EXPECT_INT(t.sums.unknown, 0);
        }
    free(text);
}

static void test_since_and_until(void **state)
{
    (void)state;
    static const char text[] = "2026-11-01T00:00:00Z h k: k 192.0.2.1:1 > 192.0.2.2:2\n"
                               "2026-11-02T00:00:00Z h k: k 192.0.2.1:2 > 192.0.2.2:2\n"
                               "2026-11-03T00:00:00Z h k: k 192.0.2.1:3 > 192.0.2.2:2\n"
                               "x k 192.0.2.1:4 > 192.0.2.2:2\n";
    struct ptn_log_opts opts = any;
    opts.pattern = "{**} k {src}:{sport} > {dst}:{dport}";
    opts.since = INT64_C(1793577600000000);
    opts.until = opts.since + 1000000;
    READ(&t, &opts, text_file("since.log", text));
    assert_string_equal(t.knocks, "since.log:2 2>2 since.log:4 4>2 ");
    opts.until = PTN_NO_TIME;
    READ(&t, &opts, text_file("since.log", text));
    assert_string_equal(t.knocks, "since.log:2 2>2 since.log:3 3>2 since.log:4 4>2 ");
}

/* ---- files that change, readers that end ------------------------------------------------------------- */

static int grow(struct told *told)
{
    const char *path = told->ctx;
    FILE *f = fopen(path, "a");
    for (unsigned i = 0; f && i < 100; i++)
        fprintf(f, TEST_LINE "\n", i, 23);
    return f ? fclose(f) : -EIO;
}

/* It ends, although there is always more to read. */
static void test_file_that_grows(void **state)
{
    (void)state;
    struct told growing = {.at_knock = grow};
    for (unsigned threads = 1; threads <= 2; threads++) {
        struct ptn_log_opts opts = any;
        opts.threads = threads;
        const char *path =
            text_file("grows.log", TEST_PATTERN "\nk 192.0.2.1:7 > 192.0.2.2:8\nk 192.0.2.1:7 > 192.0.2.2:8\n");
        growing.ctx = (void *)path;
        READ(&growing, &opts, path);
        assert_int_equal(growing.result, 0);
        assert_true(growing.n >= 2 && growing.n < 1000);
    }
}

static int shrink(struct told *told)
{
    return truncate(told->ctx, 100) < 0 ? -errno : 0;
}

static void test_file_that_shrinks(void **state)
{
    (void)state;
    struct told shrinking = {.at_knock = shrink};
    char *text = malloc(6 * MB);
    for (unsigned threads = 1; threads <= 2; threads++) {
        uint64_t unused = 0;
        size_t len = put_rubble(text, 6 * MB, &unused, &unused, &unused, &unused);
        struct ptn_log_opts opts = any;
        opts.threads = threads;
        const char *path = file_of("shrinks.log", text, len);
        shrinking.ctx = (void *)path;
        READ(&shrinking, &opts, path);
        assert_int_equal(shrinking.result, 0);
        assert_true(shrinking.n >= 1);
    }
    free(text);
}

static bool stop;

static int set_stop(struct told *told)
{
    (void)told;
    __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
    return 0;
}

static int end_it(struct told *told)
{
    (void)told;
    return -ECANCELED;
}

static void test_ending_early(void **state)
{
    (void)state;
    char *text = malloc(6 * MB);
    uint64_t n = 0, unused = 0;
    size_t len = put_rubble(text, 6 * MB, &n, &unused, &unused, &unused);
    const char *path = file_of("stop.log", text, len);
    for (unsigned threads = 1; threads <= 3; threads++) {
        struct told stopping = {.at_knock = set_stop}, ending = {.at_knock = end_it};
        struct ptn_log_opts opts = any;
        opts.threads = threads;
        READ(&ending, &opts, path);
        assert_int_equal(ending.result, -ECANCELED);
        opts.stop = &stop;
        stop = false;
        READ(&stopping, &opts, path);
        assert_int_equal(stopping.result, 0);
        assert_true(stopping.n >= 1 && stopping.n < n);
        assert_string_equal(stopping.complaints, "");
    }
    free(text);
}

/* ---- what is no lines -------------------------------------------------------------------------------- */

static void test_json_values(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t lines;
        const char *complaint;
    } rows[] = {
        {"{\"a\":1}\n{\"a\":2}\n", 2, ""},
        {"{\n \"a\": {\"b\": \"}\\\"}\"}\n}\n{\n}\n", 2, ""},
        {"[{\"a\":1},{\"a\":[2]},\n{\"a\":3}]", 3, ""},
        {"[\n]", 2, ""},
        {"{\"a\": [\n1,\n2", 1, "json.log: the JSON value that begins in line 1 has no end\n"},
        {"[{\"a\":1}]\nrubbish\nmore\n{\"b\":1}", 4, ""},
        {"[12.5] no json\n[13.5] at all\n", 2, ""},
    };
    struct ptn_log_opts opts = {.since = PTN_NO_TIME, .until = PTN_NO_TIME, .threads = 1};
    for (size_t i = 0; i < COUNT(rows); i++) {
        AT("%s", rows[i].text);
        READ(&t, &opts, text_file("json.log", rows[i].text));
        EXPECT_INT(t.sums.lines, rows[i].lines);
        EXPECT((strlen(rows[i].complaint) == 0) == (strlen(t.complaints) == 0));
        EXPECT(strstr(t.complaints, rows[i].complaint) != NULL);
    }
}

/* https://systemd.io/JOURNAL_EXPORT_FORMATS/ */
static void test_journal_export(void **state)
{
    (void)state;
    static const char text[] = "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1793577600000000\n_TRANSPORT=kernel\n"
                               "MESSAGE=k 192.0.2.1:1 > 192.0.2.2:2\nPRIORITY=4\n\n"
                               "__CURSOR=s=2\n__REALTIME_TIMESTAMP=1793577700000000\nMESSAGE\n"
                               "\x1b\0\0\0\0\0\0\0k 192.0.2.1:3 > 192.0.2.2:4\n_PID=1\n\n"
                               "__CURSOR=s=3\n_PID=2\n\n__CURSOR=s=4\nMESSAGE=other\n";
    struct ptn_log_opts opts = any;
    READ(&t, &opts, file_of("export", text, sizeof(text) - 1));
    assert_int_equal(t.sums.lines, 3);
    assert_string_equal(t.knocks, "export:1 1>2 export:2 3>4 ");
    opts.since = INT64_C(1793577650000000);
    READ(&t, &opts, file_of("export", text, sizeof(text) - 1));
    assert_string_equal(t.knocks, "export:2 3>4 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ends_of_lines),
        cmocka_unit_test(test_utf16),
        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_holes),
        cmocka_unit_test(test_threads_read_the_same),
        cmocka_unit_test(test_samples_say_their_lines),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_since_and_until),
        cmocka_unit_test(test_file_that_grows),
        cmocka_unit_test(test_file_that_shrinks),
        cmocka_unit_test(test_ending_early),
        cmocka_unit_test(test_json_values),
        cmocka_unit_test(test_journal_export),
    };
    return check_all_in(tests, folder_make, folder_remove);
}
