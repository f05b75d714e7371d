/* Stamps in the many shapes in which logs write them. */
#include "check.h"

#include <time.h>

#include "source/log/civil.h"
#include "source/log/stamp.h"

/* 2026-11-24T12:00:01Z: a day after the stamps below. */
#define LATEST (INT64_C(1795521601) * 1000000)

struct row {
    const char *text, *time; /* "": none */
    size_t rest;             /* how much of the text is not of the stamp */
};

static void use_zone(const char *name)
{
    setenv("TZ", name, 1);
    tzset();
}

/* From memory of exactly its size. */
static size_t read(struct ptn_clock *clock, const char *text, char out[static PTN_STAMP_TEXT])
{
    size_t len = strlen(text);
    char *copy = malloc(len ? len : 1);
    int64_t t = PTN_NO_TIME;
    assert_non_null(copy);
    memcpy(copy, text, len);
    size_t n = ptn_stamp_read(clock, copy, len, &t);
    free(copy);
    ptn_stamp_text(n ? t : PTN_NO_TIME, out);
    return n;
}

/* Each twice by one clock: what is remembered must change nothing. */
static void expect_rows(const struct row *rows, size_t n)
{
    struct ptn_clock clock = {.latest = LATEST};
    char out[PTN_STAMP_TEXT];
    for (size_t i = 0; i < 2 * n; i++) {
        const struct row *row = &rows[i / 2];
        AT("%s", row->text);
        size_t used = read(&clock, row->text, out);
        EXPECT_TEXT(out, row->time);
        EXPECT_INT(used, row->time[0] ? strlen(row->text) - row->rest : 0);
    }
}

static void syslog(void **state)
{
    static const struct row rows[] = {
        {"Nov 23 12:00:01", "2026-11-23T12:00:01Z", 0},
        {"Nov 23 12:00:01 host", "2026-11-23T12:00:01Z", 5},
        {"Nov 23 12:00:02 Host", "2026-11-23T12:00:02Z", 5},
        {"Nov 23 12:00:59.5 host", "2026-11-23T12:00:59.500000Z", 5},
        {"Nov  3 12:00:01 host", "2026-11-03T12:00:01Z", 5},
        {"Nov 3 12:00:01 host", "2026-11-03T12:00:01Z", 5},
        {"NOV 03 12:00:01 host", "2026-11-03T12:00:01Z", 5},
        {"nov 23 02:00:01.123 host", "2026-11-23T02:00:01.123000Z", 5},
        {"Nov 23 12:00:01.123456789: x", "2026-11-23T12:00:01.123456Z", 3},
        {"Nov 23 2025 12:00:01 host", "2025-11-23T12:00:01Z", 5},
        {"Nov 23 12:00:01 2025 host", "2025-11-23T12:00:01Z", 5},
        {"Nov 23 12:00:01 2024", "2024-11-23T12:00:01Z", 0},
        {"Nov 23 12:00:01 2024: %ASA", "2024-11-23T12:00:01Z", 6},
        {"Nov 23 12:00:01 1,2026/11/23", "2026-11-23T12:00:01Z", 13},
        {"Nov 23 12:00:01 2001:db8::1 x", "2026-11-23T12:00:01Z", 14},
        {"Nov 23 12:00:01 2001.example x", "2026-11-23T12:00:01Z", 15},
        {"Mon Nov 23 12:00:01 2026", "2026-11-23T12:00:01Z", 0},
        {"Mon, 23 Nov 2026 12:00:01 +0100", "2026-11-23T11:00:01Z", 0},
        {"Mon 2026-11-23 12:00:01 CET host", "2026-11-23T11:00:01Z", 5},
        {"Mon Nov 23 12:00:01 CET 2026", "2026-11-23T11:00:01Z", 0},
        {"Nov 23, 2026 12:00:01 PM x", "2026-11-23T12:00:01Z", 2},
        {"Nov 23, 2026 12:00:01 AM x", "2026-11-23T00:00:01Z", 2},
        {"November 23, 2026 1:00:01 pm", "2026-11-23T13:00:01Z", 0},
        {"Nov 23 12:00:60 host", "2026-11-23T12:01:00Z", 5},
        {"nov/23/2026 12:00:01 firewall", "2026-11-23T12:00:01Z", 9},
        {"nov/23 12:00:01 firewall", "2026-11-23T12:00:01Z", 9},
        {"2026 Nov 23 12:00:01.123 UTC: x", "2026-11-23T12:00:01.123000Z", 3},
        {"Nov 23 2026: 12:00:01 x", "2026-11-23T12:00:01Z", 2},
    };
    (void)state;
    use_zone("UTC");
    expect_rows(rows, COUNT(rows));
}

static void iso_and_cousins(void **state)
{
    static const struct row rows[] = {
        {"2026-11-23T12:00:01Z", "2026-11-23T12:00:01Z", 0},
        {"2026-11-23t12:00:01z x", "2026-11-23T12:00:01Z", 3},
        {"2026-11-23T12:00:01.123456+01:00 host", "2026-11-23T11:00:01.123456Z", 5},
        {"2026-11-23T12:00:02-0530 host", "2026-11-23T17:30:02Z", 5},
        {"2026-11-23T12:00:02+01 host", "2026-11-23T11:00:02Z", 5},
        {"2026-11-23T12:00:01,123456+01:00", "2026-11-23T11:00:01.123456Z", 0},
        {"2026-11-23 12:00:01,123 x", "2026-11-23T12:00:01.123000Z", 2},
        {"2026-11-23 12:00:01,2026-11-23 12:00:05", "2026-11-23T12:00:01Z", 20},
        {"2026-11-23 12:00:01,80,443", "2026-11-23T12:00:01Z", 7},
        {"2026-11-23 12:00:01,443,tcp", "2026-11-23T12:00:01Z", 8},
        {"2026-11-23 12:00:01 +0100 x", "2026-11-23T11:00:01Z", 2},
        {"2026-11-23 12:00:01 -0100", "2026-11-23T13:00:01Z", 0},
        {"2026-11-23 12:00:01 -1 x", "2026-11-23T12:00:01Z", 5},
        {"2026-11-23 12:00:01 UTC\"", "2026-11-23T12:00:01Z", 1},
        {"2026-11-23 12:00:01 EST x", "2026-11-23T17:00:01Z", 2},
        {"2026-11-23 12:00:01 ESTATE x", "2026-11-23T12:00:01Z", 9},
        {"2026-11-23 12:00:01 EST-router x", "2026-11-23T12:00:01Z", 13},
        {"2026-11-23 12:00:01 GMT+2", "2026-11-23T10:00:01Z", 0},
        {"2026/11/23 12:00:01,x", "2026-11-23T12:00:01Z", 2},
        {"2026.11.23 12:00:01", "2026-11-23T12:00:01Z", 0},
        {"2026:11:23-12:00:01 fw", "2026-11-23T12:00:01Z", 3},
        {"2026 11 23 12:00:01 fw", "2026-11-23T12:00:01Z", 3},
        {"2026-Nov-23 12:00:01", "2026-11-23T12:00:01Z", 0},
        {"2026-11-23_12:00:01", "2026-11-23T12:00:01Z", 0},
        {"2026-11-23 12:00", "2026-11-23T12:00:00Z", 0},
        {"20261123T120001Z", "2026-11-23T12:00:01Z", 0},
        {"20261123120001", "2026-11-23T12:00:01Z", 0},
        {"20261123 12:00:01.5", "2026-11-23T12:00:01.500000Z", 0},
        {"23/Nov/2026:12:00:01 +0100", "2026-11-23T11:00:01Z", 0},
        {"23Nov2026 12:00:01 drop", "2026-11-23T12:00:01Z", 5},
        {"23-Nov-26 12:00:01", "2026-11-23T12:00:01Z", 0},
        {"23 Nov 12:00:01 x", "2026-11-23T12:00:01Z", 2},
        {"11/23/2026 12:00:01 PM", "2026-11-23T12:00:01Z", 0},
        {"11/23/26 02:00:01", "2026-11-23T02:00:01Z", 0},
        {"23/11/2026 12:00:01", "2026-11-23T12:00:01Z", 0},
        {"01/02/2026-12:00:01.000001", "2026-01-02T12:00:01.000001Z", 0},
        {"03.02.2026 12:00:01", "2026-02-03T12:00:01Z", 0},
        {"2024-02-29T23:59:59Z", "2024-02-29T23:59:59Z", 0},
        {"1999-12-31T23:59:59Z", "1999-12-31T23:59:59Z", 0},
        {"2000-01-01T00:00:00+14:00", "1999-12-31T10:00:00Z", 0},
    };
    (void)state;
    use_zone("UTC");
    expect_rows(rows, COUNT(rows));
}

static void seconds(void **state)
{
    static const struct row rows[] = {
        {"1795435201", "2026-11-23T12:00:01Z", 0},
        {"1795435201.25 x", "2026-11-23T12:00:01.250000Z", 2},
        {"1795435201.123456789 MX84", "2026-11-23T12:00:01.123456Z", 5},
        {"1795435201123,", "2026-11-23T12:00:01.123000Z", 1},
        {"1795435201123456", "2026-11-23T12:00:01.123456Z", 0},
        {"1795435201123456789", "2026-11-23T12:00:01.123456Z", 0},
        {"123456789012", "", 0},
        {"1795435201abc", "", 0},
        {"179543520", "", 0},
        {"9999999999999999999", "", 0},
    };
    (void)state;
    expect_rows(rows, COUNT(rows));
}

static void no_stamps(void **state)
{
    static const char *const texts[] = {
        "",
        "Nov",
        "Nov 23",
        "Nov 23 12:00",
        "Nov 31 12:00:01",
        "Nov 23 24:00:00",
        "Nov 23 12:60:00",
        "Nov 23 12:00:61",
        "Non 23 12:00:01",
        "2026-13-01 12:00:01",
        "2025-02-29 12:00:01",
        "2026-11-23",
        "12:00:01",
        "host kernel:",
        "-",
        "99999999 12:00:01",
        "2026-11/23 12:00:01",
        "IN=eth0",
        "Mon",
        "23Nov2026",
        "1.2.3.4",
        "2026-11-23T12:00:0",
        "Mayor 5 12:00:01",
    };
    (void)state;
    use_zone("UTC");
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct ptn_clock clock = {.latest = LATEST};
        char out[PTN_STAMP_TEXT];
        AT("%s", texts[i]);
        EXPECT_INT(read(&clock, texts[i], out), 0);
        assert_int_equal(read(&clock, "Nov 23 12:00:01", out), 15);
        EXPECT_INT(read(&clock, texts[i], out), 0);
    }
}

/* A stamp without a year is of the last one in which it is not later than the file. */
static void years(void **state)
{
    static const struct {
        int64_t latest; /* seconds */
        const char *text, *time;
    } rows[] = {
        {1795521601, "Nov 24 12:00:01", "2026-11-24T12:00:01Z"},
        {1795521601, "Nov 24 12:00:02", "2025-11-24T12:00:02Z"},
        {1795521601, "Dec 31 23:59:59", "2025-12-31T23:59:59Z"},
        {1795521601, "Jan  1 00:00:00", "2026-01-01T00:00:00Z"},
        {1795521601, "Feb 29 12:00:00", "2024-02-29T12:00:00Z"},
        {1798847999, "Jan  2 00:00:00", "2026-01-02T00:00:00Z"},
        {1798848000, "Jan  1 23:59:59", "2027-01-01T23:59:59Z"},
        {1798848000, "Dec 31 23:59:59", "2026-12-31T23:59:59Z"},
        {951825600, "Feb 29 12:00:00", "2000-02-29T12:00:00Z"},
        {951825599, "Feb 29 12:00:00", "1996-02-29T12:00:00Z"},
    };
    (void)state;
    use_zone("UTC");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptn_clock clock = {.latest = rows[i].latest * 1000000};
        char out[PTN_STAMP_TEXT];
        AT("%s before %lld", rows[i].text, (long long)rows[i].latest);
        assert_int_equal(read(&clock, rows[i].text, out), strlen(rows[i].text));
        EXPECT_TEXT(out, rows[i].time);
    }
}

static void local_time(void **state)
{
    static const struct row rows[] = {
        {"Nov 23 12:00:01 host", "2026-11-23T11:00:01Z", 5},   {"Jul 23 12:00:01 host", "2026-07-23T10:00:01Z", 5},
        {"2026-03-29 01:59:59", "2026-03-29T00:59:59Z", 0},    {"2026-03-29 03:00:00", "2026-03-29T01:00:00Z", 0},
        {"2026-10-25 01:59:59", "2026-10-24T23:59:59Z", 0},    {"2026-10-25 03:00:00", "2026-10-25T02:00:00Z", 0},
        {"2026-07-23T12:00:01Z", "2026-07-23T12:00:01Z", 0},   {"2026-07-23T12:00:01+00:00", "2026-07-23T12:00:01Z", 0},
        {"2026-07-23T12:00:02", "2026-07-23T10:00:02Z", 0},    {"Nov 23 12:00:01 UTC: x", "2026-11-23T12:00:01Z", 3},
        {"Nov 23 12:00:01 IST: x", "2026-11-23T06:30:01Z", 3},
    };
    (void)state;
    use_zone("Europe/Vienna");
    expect_rows(rows, COUNT(rows));
    use_zone("Europe/Dublin"); /* the same words as elsewhere, another zone */
    static const struct row half[] = {{"2026-07-23 12:00:01", "2026-07-23T11:00:01Z", 0}};
    expect_rows(half, COUNT(half));
    use_zone("Asia/Shanghai");
    static const struct row china[] = {{"Nov 23 12:00:01 CST: x", "2026-11-23T04:00:01Z", 3}};
    expect_rows(china, COUNT(china));
    use_zone("America/Chicago");
    static const struct row chicago[] = {{"Nov 23 12:00:01 CST: x", "2026-11-23T18:00:01Z", 3},
                                         {"Jul 23 12:00:01 CDT: x", "2026-07-23T17:00:01Z", 3}};
    expect_rows(chicago, COUNT(chicago));
    use_zone("Asia/Kolkata");
    static const struct row india[] = {{"Nov 23 12:00:01 x", "2026-11-23T06:30:01Z", 2},
                                       {"Nov 23 12:00:01 IST: x", "2026-11-23T06:30:01Z", 3}};
    expect_rows(india, COUNT(india));
    struct ptn_clock utc = {.latest = LATEST, .utc = true};
    char out[PTN_STAMP_TEXT];
    assert_int_equal(read(&utc, "Nov 23 12:00:01", out), 15);
    assert_string_equal(out, "2026-11-23T12:00:01Z");
    use_zone("UTC");
}

static void as_text(void **state)
{
    char out[PTN_STAMP_TEXT];
    (void)state;
    assert_string_equal(ptn_stamp_text(0, out), "1970-01-01T00:00:00Z");
    assert_string_equal(ptn_stamp_text(-1, out), "1969-12-31T23:59:59.999999Z");
    assert_string_equal(ptn_stamp_text(INT64_C(1795435201000001), out), "2026-11-23T12:00:01.000001Z");
    assert_string_equal(ptn_stamp_text(PTN_NO_TIME, out), "");
    assert_true(strlen(ptn_stamp_text(INT64_MAX, out)) < PTN_STAMP_TEXT);
    assert_true(strlen(ptn_stamp_text(INT64_MIN + 1, out)) < PTN_STAMP_TEXT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(syslog),    cmocka_unit_test(iso_and_cousins), cmocka_unit_test(seconds),
        cmocka_unit_test(no_stamps), cmocka_unit_test(years),           cmocka_unit_test(local_time),
        cmocka_unit_test(as_text),
    };
    return check_all(tests);
}
