#include "civil.h"

#include <string.h>
#include <time.h>

#define DAY INT64_C(86400)

int64_t ptn_civil_days(int year, unsigned month, unsigned day)
{
    int64_t y = (int64_t)year - (month <= 2); /* years begin in March, so that the odd day comes last */
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

bool ptn_civil_is_day(int year, unsigned month, unsigned day)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (month < 1 || month > 12 || day < 1)
        return false;
    return day <= days[month - 1] + (month == 2 && (leap || year == PTN_NO_YEAR) ? 1u : 0u);
}

static int32_t ask_offset(int64_t local)
{
    struct tm tm = {0}, back;
    time_t t = (time_t)local;
    if (!gmtime_r(&t, &tm))
        return 0;
    tm.tm_isdst = -1;
    t = mktime(&tm);
    return localtime_r(&t, &back) ? (int32_t)back.tm_gmtoff : 0;
}

int32_t ptn_civil_offset(struct ptn_clock *clock, int64_t local)
{
    int64_t hour = (local >= 0 ? local : local - 3599) / 3600;
    if (clock->utc)
        return 0;
    if (!clock->zone_known || clock->zone_hour != hour) {
        clock->zone = ask_offset(local);
        clock->zone_hour = hour;
        clock->zone_known = true;
    }
    return clock->zone;
}

/* The year of a moment, in seconds since 1970. */
static int year_of(int64_t t)
{
    const int64_t mean = 31556952; /* of 400 years */
    int year = (int)(1970 + t / mean);
    year -= ptn_civil_days(year, 1, 1) * DAY > t;
    return year + (ptn_civil_days(year + 1, 1, 1) * DAY <= t);
}

int ptn_civil_year(const struct ptn_civil *c, int64_t latest)
{
    int64_t t = latest > 0 ? latest / 1000000 : (int64_t)time(NULL);
    int year = year_of(t);
    int64_t clock = c->hour * 3600 + c->minute * 60 + c->second;
    for (int back = 0; back < 9; back++, year--) /* 29 February may be eight years away */
        if (ptn_civil_is_day(year, c->month, c->day) && ptn_civil_days(year, c->month, c->day) * DAY + clock <= t)
            break;
    return year;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t letters(const char *text, size_t len)
{
    size_t n = 0;
    while (n < len && n < 12 && is_letter(text[n]))
        n++;
    return n;
}

/* Which of the names text[n] is, whole or by its first three letters; a longer one may be cut ("Sept"). */
static unsigned name_at(const char *const *names, unsigned count, const char *text, size_t n)
{
    for (unsigned i = 0; n >= 3 && i < count; i++)
        if (((names[i][0] ^ text[0]) | 32) == 32 && strncasecmp(names[i], text, n) == 0)
            return i + 1;
    return 0;
}

unsigned ptn_month_read(const char *text, size_t len, size_t *used)
{
    static const char *const names[] = {"January", "February", "March",     "April",   "May",      "June",
                                        "July",    "August",   "September", "October", "November", "December"};
    *used = letters(text, len);
    return name_at(names, 12, text, *used);
}

size_t ptn_weekday_read(const char *text, size_t len)
{
    static const char *const names[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    size_t n = letters(text, len);
    return name_at(names, 7, text, n) ? n : 0;
}

static unsigned digits(const char *text, size_t len, unsigned *ret)
{
    unsigned n = 0;
    for (*ret = 0; n < len && n < 5 && text[n] >= '0' && text[n] <= '9'; n++)
        *ret = *ret * 10 + (unsigned)(text[n] - '0');
    return n;
}

/* "+01:00", "+0100", "+01", "+1". */
static size_t offset_read(const char *text, size_t len, int32_t *ret)
{
    unsigned hours, minutes = 0;
    if (len < 2 || (text[0] != '+' && text[0] != '-'))
        return 0;
    unsigned n = digits(text + 1, len - 1, &hours);
    size_t used = 1 + n;
    if (n == 4) {
        minutes = hours % 100;
        hours /= 100;
    } else if (n < 1 || n > 2) {
        return 0;
    } else if (used < len && text[used] == ':' && digits(text + used + 1, len - used - 1, &minutes) == 2) {
        used += 3;
    }
    if (hours > 15 || minutes > 59)
        return 0;
    *ret = (int32_t)(hours * 3600 + minutes * 60) * (text[0] == '-' ? -1 : 1);
    return used;
}

/* In quarters of an hour. */
static const struct {
    char name[6];
    int8_t quarters;
} zones[] = {
    {"UTC", 0},   {"GMT", 0},   {"CET", 4},   {"CEST", 8},   {"EST", -20},  {"EDT", -16}, {"CST", -24},  {"CDT", -20},
    {"MST", -28}, {"MDT", -24}, {"PST", -32}, {"PDT", -28},  {"BST", 4},    {"WET", 0},   {"WEST", 4},   {"EET", 8},
    {"EEST", 12}, {"MET", 4},   {"MEST", 8},  {"MEZ", 4},    {"MESZ", 8},   {"MSK", 12},  {"MSD", 16},   {"IST", 22},
    {"JST", 36},  {"KST", 36},  {"HKT", 32},  {"SGT", 32},   {"AEST", 40},  {"AEDT", 44}, {"ACST", 38},  {"ACDT", 42},
    {"AWST", 32}, {"NZST", 48}, {"NZDT", 52}, {"AKST", -36}, {"AKDT", -32}, {"HST", -40}, {"AST", -16},  {"ADT", -12},
    {"NST", -14}, {"NDT", -10}, {"BRT", -12}, {"BRST", -8},  {"ART", -12},  {"CLT", -16}, {"CLST", -12}, {"COT", -20},
    {"PET", -20}, {"SAST", 8},  {"CAT", 8},   {"EAT", 12},   {"WAT", 4},    {"GST", 16},  {"PKT", 20},   {"ICT", 28},
    {"WIB", 28},  {"IDT", 12},  {"TRT", 12},  {"IRST", 14},  {"PHT", 32},   {"MYT", 32},  {"UCT", 0},    {"Z", 0},
};

/* Words that several zones have stand above for the one that more people live in, unless it is the zone we are in. (Not
 * by tzname, which other threads write.) */
static bool own_zone(const char *word, size_t n, int32_t *ret)
{
    static const char *const shared[] = {"IST", "CST", "BST", "AST"};
    static const time_t seasons[] = {1767225600, 1782864000}; /* January and July of 2026 */
    bool known = false;
    struct tm tm;
    for (size_t i = 0; n == 3 && i < sizeof(shared) / sizeof(*shared); i++)
        known = known || memcmp(word, shared[i], 3) == 0;
    for (size_t i = 0; known && i < 2; i++)
        if (localtime_r(&seasons[i], &tm) && tm.tm_zone && strlen(tm.tm_zone) == n &&
            memcmp(tm.tm_zone, word, n) == 0) {
            *ret = (int32_t)tm.tm_gmtoff;
            return true;
        }
    return false;
}

static size_t zone_name_read(const char *text, size_t len, int32_t *ret)
{
    size_t n = letters(text, len);
    if (n == 0 || n > 5 || text[0] < 'A' || text[0] > 'Z')
        return 0;
    for (size_t i = 0; i < sizeof(zones) / sizeof(*zones); i++)
        if (strncmp(zones[i].name, text, n) == 0 && zones[i].name[n] == '\0') {
            if (!own_zone(text, n, ret))
                *ret = zones[i].quarters * 900;
            return n;
        }
    return 0;
}

size_t ptn_zone_read(const char *text, size_t len, int32_t *ret)
{
    size_t n = offset_read(text, len, ret);
    if (n)
        return n;
    n = zone_name_read(text, len, ret);
    if (n == 3 && *ret == 0 && n < len && (text[n] == '+' || text[n] == '-')) /* "UTC+2" */
        n += offset_read(text + n, len - n, ret);
    return n;
}
