#include "stamp.h"

#include <string.h>
#include <time.h>

#include "base/text.h"
#include "civil.h"

/* No stamp is longer. */
#define STAMP_MAX 80

/* What is left of a text while it is read. */
struct rest {
    const char *at, *end;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t left(const struct rest *r)
{
    return (size_t)(r->end - r->at);
}

static char next(const struct rest *r)
{
    return r->at < r->end ? *r->at : '\0';
}

static bool skip(struct rest *r, const char *one_of)
{
    if (r->at == r->end || !*r->at || !strchr(one_of, *r->at))
        return false;
    r->at++;
    return true;
}

static void skip_blanks(struct rest *r)
{
    while (r->at < r->end && *r->at == ' ')
        r->at++;
}

/* A number of `least` to `most` digits, and no more digits after it. */
static bool number(struct rest *r, unsigned least, unsigned most, unsigned *ret)
{
    const char *at = r->at;
    unsigned n = 0;
    for (*ret = 0; at < r->end && is_digit(*at) && n <= most; at++, n++)
        *ret = *ret * 10 + (unsigned)(*at - '0');
    if (n < least || n > most)
        return false;
    r->at = at;
    return true;
}

static unsigned digits_at(const struct rest *r)
{
    unsigned n = 0;
    while (n < left(r) && n < 32 && is_digit(r->at[n]))
        n++;
    return n;
}

/* Digits of a fraction as millionths; finer ones are dropped. */
static unsigned millionths(struct rest *r)
{
    unsigned value = 0, scale = 100000;
    for (; r->at < r->end && is_digit(*r->at); r->at++, scale /= 10)
        value += (unsigned)(*r->at - '0') * scale;
    return value;
}

/* Behind a comma may also stand another column: a fraction there has three, six or nine digits. */
static bool is_fraction(const struct rest *r)
{
    if (left(r) < 2 || (*r->at != '.' && *r->at != ',') || !is_digit(r->at[1]))
        return false;
    struct rest digits = {r->at + 1, r->end};
    unsigned n = digits_at(&digits);
    char after = n < left(&digits) ? digits.at[n] : '\0';
    return *r->at == '.' || (n % 3 == 0 && n <= 9 && after != '.' && after != ',' && after != '-' && after != '/');
}

static bool month(struct rest *r, unsigned *ret)
{
    size_t n;
    *ret = ptn_month_read(r->at, left(r), &n);
    r->at += *ret ? n : 0;
    return *ret != 0;
}

static void full_year(struct ptn_civil *c)
{
    if (c->year >= 0 && c->year < 100)
        c->year += c->year < 70 ? 2000 : 1900;
}

/* "26" or "2026", where no clock begins with it. */
static bool year(struct rest *r, struct ptn_civil *c)
{
    struct rest copy = *r;
    unsigned n = digits_at(r), y;
    if ((n != 2 && n != 4) || !number(&copy, 2, 4, &y) || (n == 2 && next(&copy) == ':'))
        return false;
    *r = copy;
    c->year = (int)y;
    full_year(c);
    return true;
}

/* "20261123" */
static bool date_compact(struct rest *r, struct ptn_civil *c)
{
    unsigned n;
    struct rest digits = {r->at, r->at + 8};
    if (!number(&digits, 8, 8, &n))
        return false;
    c->year = (int)(n / 10000);
    c->month = n / 100 % 100;
    c->day = n % 100;
    r->at += 8;
    return true;
}

/* "2026-11-23", "2026/11/23", "2026:11:23", "2026 Nov 23", "2026 11 23" */
static bool date_year_first(struct rest *r, struct ptn_civil *c)
{
    unsigned y;
    if (!number(r, 4, 4, &y))
        return false;
    c->year = (int)y;
    char mark = next(r);
    if (mark == '\0' || !skip(r, "-/.: ") || !(number(r, 1, 2, &c->month) || month(r, &c->month)) || next(r) != mark)
        return false;
    r->at++;
    skip_blanks(r);
    return number(r, 1, 2, &c->day);
}

/* "11/23/2026", "23.11.2026": the first is the month between slashes, the day between dots and strokes, unless it
 * cannot be. */
static bool date_numbers(struct rest *r, struct ptn_civil *c)
{
    unsigned a, b;
    if (!number(r, 1, 2, &a))
        return false;
    char mark = next(r);
    if (!skip(r, "/.-") || !number(r, 1, 2, &b) || next(r) != mark)
        return false;
    r->at++;
    bool month_first = (mark == '/' && a <= 12) || b > 12;
    c->month = month_first ? a : b;
    c->day = month_first ? b : a;
    return year(r, c);
}

/* "23 Nov 2026", "23Nov2026", "23/Nov/2026", "23-Nov-26", "23 Nov" */
static bool date_day_first(struct rest *r, struct ptn_civil *c)
{
    if (!number(r, 1, 2, &c->day))
        return false;
    skip(r, " -/.");
    if (!month(r, &c->month))
        return false;
    struct rest copy = *r;
    skip(&copy, " -/.,");
    skip_blanks(&copy);
    if (year(&copy, c))
        *r = copy;
    return true;
}

/* "Nov 23", "Nov  3 2026", "Nov 23, 2026", "nov/23/2026" */
static bool date_month_first(struct rest *r, struct ptn_civil *c)
{
    if (!month(r, &c->month) || !skip(r, " -/"))
        return false;
    skip_blanks(r);
    if (!number(r, 1, 2, &c->day))
        return false;
    struct rest copy = *r;
    skip(&copy, ",");
    skip(&copy, " -/");
    skip_blanks(&copy);
    if (digits_at(&copy) == 4 && year(&copy, c))
        *r = copy;
    return true;
}

static bool date(struct rest *r, struct ptn_civil *c)
{
    unsigned n = digits_at(r);
    char after = n < left(r) ? r->at[n] : '\0';
    if (n == 8 || n == 14)
        return date_compact(r, c);
    if (n == 4)
        return date_year_first(r, c);
    if (n == 0)
        return date_month_first(r, c);
    struct rest copy = *r;
    if (after == '/' || after == '-' || after == '.')
        if (date_numbers(&copy, c)) {
            *r = copy;
            return true;
        }
    return date_day_first(r, c);
}

/* "Mon ", "Mon, " */
static void weekday(struct rest *r)
{
    size_t n = ptn_weekday_read(r->at, left(r));
    if (n == 0 || n == left(r) || (r->at[n] != ' ' && r->at[n] != ','))
        return;
    r->at += n;
    skip(r, ",");
    skip_blanks(r);
}

/* "12:00:01"; where the date is sure also "12:00" and "120001" */
static bool clock_face(struct rest *r, struct ptn_civil *c, bool sure)
{
    unsigned n;
    if (sure && digits_at(r) == 6) {
        if (!number(r, 6, 6, &n))
            return false;
        c->hour = n / 10000;
        c->minute = n / 100 % 100;
        c->second = n % 100;
        return true;
    }
    if (!number(r, 1, 2, &c->hour) || !skip(r, ":") || !number(r, 2, 2, &c->minute))
        return false;
    struct rest copy = *r;
    if (!skip(&copy, ":") || !number(&copy, 2, 2, &c->second)) {
        c->second = 0;
        return sure && next(r) != ':';
    }
    c->to_second = true;
    *r = copy;
    return true;
}

/* " AM", "pm" */
static bool half_day(struct rest *r, struct ptn_civil *c)
{
    const char *at = r->at + (next(r) == ' ');
    if (r->end - at < 2 || (at[1] | 32) != 'm' || ((at[0] | 32) != 'a' && (at[0] | 32) != 'p'))
        return false;
    if (r->end - at > 2 && ((at[2] | 32) >= 'a' && (at[2] | 32) <= 'z'))
        return false;
    if (c->hour < 1 || c->hour > 12)
        return false;
    c->hour = c->hour % 12 + ((at[0] | 32) == 'p' ? 12 : 0);
    r->at = at + 2;
    return true;
}

static bool ends_word(const struct rest *r)
{
    char c = next(r);
    return !is_digit(c) && !((c | 32) >= 'a' && (c | 32) <= 'z') && c != '.' && c != '-' && c != '_' && c != '=';
}

/* A zone that touches the clock, or a sure one behind a blank. */
static void zone(struct rest *r, struct ptn_civil *c)
{
    char first = next(r);
    bool apart = first == ' ';
    const char *at = r->at + apart;
    if (at == r->end || !(*at == '+' || *at == '-' || (*at >= 'A' && *at <= 'Z')))
        return;
    struct rest after = {at, r->end};
    size_t n = ptn_zone_read(at, left(&after), &c->offset);
    after.at += n;
    if (n == 0 || (apart && !is_digit(at[n - 1]) && n < 3) || (apart && (*at == '+' || *at == '-') && n < 5))
        return;
    if (!ends_word(&after))
        return;
    *r = after;
    c->zoned = true;
}

/* " 2026", as ctime(3) has it. */
static bool late_year(struct rest *r, struct ptn_civil *c)
{
    struct rest copy = *r;
    if (c->year != PTN_NO_YEAR || !skip(&copy, " ") || digits_at(&copy) != 4)
        return false;
    unsigned y;
    if (!number(&copy, 4, 4, &y) || y < 1970 || y > 2099 || !ends_word(&copy) || next(&copy) == ',' ||
        (next(&copy) == ':' && left(&copy) > 1 && copy.at[1] != ' '))
        return false;
    c->year = (int)y;
    *r = copy;
    return true;
}

/* A quick look at what follows mostly: a blank, and a name in small letters. */
static bool is_plain_end(const struct rest *r)
{
    if (r->at == r->end)
        return true;
    if (*r->at != ' ' || left(r) < 2)
        return false;
    return r->at[1] >= 'b' && r->at[1] <= 'z' && r->at[1] != 'p';
}

/* What may follow the seconds. Result: whether it changes what stands before them. */
static bool tail(struct rest *r, struct ptn_civil *c)
{
    if (is_plain_end(r))
        return false;
    if (is_fraction(r)) {
        r->at++;
        c->micros = millionths(r);
    }
    bool changed = half_day(r, c);
    changed |= late_year(r, c);
    zone(r, c);
    return late_year(r, c) || changed;
}

static void separator(struct rest *r)
{
    if (skip(r, "Tt_"))
        return;
    skip(r, "-,:");
    skip_blanks(r);
    if (skip(r, "-"))
        skip_blanks(r);
}

static bool is_sound(const struct ptn_civil *c)
{
    return c->hour < 24 && c->minute < 60 && c->second <= 60 && (c->year == PTN_NO_YEAR || c->year >= 1900) &&
           ptn_civil_is_day(c->year, c->month, c->day);
}

/* The minute in microseconds, as if it was in UTC. */
static int64_t minute_of(const struct ptn_clock *clock, const struct ptn_civil *c)
{
    int y = c->year == PTN_NO_YEAR ? ptn_civil_year(c, clock->latest) : c->year;
    return (ptn_civil_days(y, c->month, c->day) * 86400 + c->hour * 3600 + c->minute * 60) * 1000000;
}

static int64_t local_minute(struct ptn_clock *clock, int64_t minute)
{
    return minute - ptn_civil_offset(clock, minute / 1000000) * INT64_C(1000000);
}

static int64_t seconds_of(const struct ptn_civil *c)
{
    return (int64_t)c->second * 1000000 + c->micros;
}

/* Keeps the text before ":SS", and which minute it is. */
static void remember(struct ptn_clock *clock, const char *text, size_t n, int64_t minute, int64_t real)
{
    if (n == 0 || n > sizeof(clock->hour))
        return;
    memcpy(clock->hour, text, n);
    clock->hour_len = (uint8_t)n;
    clock->hour_time = minute;
    clock->hour_real = real;
}

static bool is_remembered(const struct ptn_clock *clock, const char *text, size_t len)
{
    size_t n = clock->hour_len;
    return n && len >= n + 3 && text[n] == ':' && is_digit(text[n + 1]) && is_digit(text[n + 2]) &&
           ptn_same(text, clock->hour, n);
}

/* The stamp is of the same minute as the last one. Result: its length, 0 if it is not so simple. */
static size_t read_again(struct ptn_clock *clock, const char *text, size_t len, int64_t *ret)
{
    struct rest r = {text + clock->hour_len + 3, text + len};
    struct ptn_civil c = {.year = PTN_NO_YEAR, .hour = 1};
    c.second = (unsigned)(text[clock->hour_len + 1] - '0') * 10 + (unsigned)(text[clock->hour_len + 2] - '0');
    if (c.second > 60 || is_digit(next(&r)) || tail(&r, &c))
        return 0;
    if (!c.zoned && clock->hour_real == PTN_NO_TIME)
        clock->hour_real = local_minute(clock, clock->hour_time);
    *ret = (c.zoned ? clock->hour_time - c.offset * INT64_C(1000000) : clock->hour_real) + seconds_of(&c);
    return (size_t)(r.at - text);
}

static size_t read_calendar(struct ptn_clock *clock, const char *text, size_t len, int64_t *ret)
{
    struct rest r = {text, text + len};
    struct ptn_civil c = {.year = PTN_NO_YEAR};
    weekday(&r);
    if (!date(&r, &c))
        return 0;
    separator(&r);
    if (!clock_face(&r, &c, c.year != PTN_NO_YEAR))
        return 0;
    size_t seconds = (size_t)(r.at - text);
    bool simple = !tail(&r, &c) && c.to_second;
    if (!is_sound(&c))
        return 0;
    int64_t minute = minute_of(clock, &c);
    int64_t real = c.zoned ? PTN_NO_TIME : local_minute(clock, minute);
    if (simple)
        remember(clock, text, seconds - 3, minute, real);
    *ret = (c.zoned ? minute - c.offset * INT64_C(1000000) : real) + seconds_of(&c);
    return (size_t)(r.at - text);
}

/* Seconds since 1970 have ten digits from 2001 to 2286; finer ones three, six or nine more. */
static size_t read_epoch(const char *text, size_t len, unsigned n, int64_t *ret)
{
    static const uint32_t per_unit[] = {[10] = 1000000, [13] = 1000, [16] = 1};
    uint64_t value = 0;
    for (unsigned i = 0; i < n; i++)
        value = value * 10 + (uint64_t)(text[i] - '0');
    struct rest r = {text + n, text + len};
    *ret = n == 19 ? (int64_t)(value / 1000) : (int64_t)(value * per_unit[n]);
    if (n == 10 && left(&r) >= 2 && *r.at == '.' && is_digit(r.at[1])) {
        r.at++;
        *ret += millionths(&r);
    }
    return ends_word(&r) ? (size_t)(r.at - text) : 0;
}

size_t ptn_stamp_read(struct ptn_clock *clock, const char *text, size_t len, int64_t *ret)
{
    len = len < STAMP_MAX ? len : STAMP_MAX;
    if (is_remembered(clock, text, len)) {
        size_t n = read_again(clock, text, len, ret);
        if (n)
            return n;
    }
    struct rest r = {text, text + len};
    unsigned n = digits_at(&r);
    if (n == 10 || n == 13 || n == 16 || (n == 19 && text[0] < '9'))
        return read_epoch(text, left(&r), n, ret);
    return read_calendar(clock, text, left(&r), ret);
}

const char *ptn_stamp_text(int64_t time, char out[static PTN_STAMP_TEXT])
{
    int64_t seconds = time / 1000000 - (time % 1000000 < 0);
    unsigned micros = (unsigned)((time % 1000000 + 1000000) % 1000000);
    time_t t = (time_t)seconds;
    struct tm tm;
    out[0] = '\0';
    if (time == PTN_NO_TIME || !gmtime_r(&t, &tm))
        return out;
    size_t n = strftime(out, PTN_STAMP_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
    if (micros && n && n < PTN_STAMP_TEXT - 9) {
        out[n++] = '.';
        for (unsigned scale = 100000; scale; scale /= 10)
            out[n++] = (char)('0' + micros / scale % 10);
    }
    out[n] = 'Z';
    out[n + 1] = '\0';
    return out;
}
