#include "rotation.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Those with a date come first, by it; then those with a number, the greatest first; then ".old"; then the file that is
 * written to now. A date of 14 digits and a number stay below RANK_OLD / 2. */
#define RANK_OLD (UINT64_C(2) << 62)
#define RANK_CURRENT (UINT64_C(3) << 62)
#define NUMBER_MAX 99999L

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Cuts `suffix` off the end. */
static bool cut(char *name, const char *suffix)
{
    size_t len = strlen(name), n = strlen(suffix);
    if (len <= n || strcmp(name + len - n, suffix) != 0)
        return false;
    name[len - n] = '\0';
    return true;
}

static unsigned two(const char *p)
{
    return (unsigned)(p[0] - '0') * 10 + (unsigned)(p[1] - '0');
}

static bool is_date(const char *digits)
{
    unsigned century = two(digits), month = two(digits + 4), day = two(digits + 6);
    return century >= 19 && century <= 20 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* Reads a date and the time that may follow: "20261123", "2026-11-23", "20261123-120000", "2026-11-23T12". Result: its
 * length, 0 if it is none; the digits are put into *ret as a number of 14. */
static size_t read_date(const char *p, uint64_t *ret)
{
    char digits[15] = "";
    size_t i = 0, n = 0, end = 0, known = 0;
    for (; n < 14 && p[i]; i++) {
        bool mark = n >= 4 && n % 2 == 0 && strchr("-_.:T", p[i]) && is_digit(p[i + 1]);
        if (is_digit(p[i]))
            digits[n++] = p[i];
        else if (!mark)
            break;
        if (n < 8 || n % 2 || is_digit(p[i + 1]))
            continue;
        end = i + 1;
        known = n;
    }
    if (!end || !is_date(digits))
        return 0;
    memset(digits + known, '0', 14 - known);
    *ret = 0;
    for (i = 0; i < 14; i++)
        *ret = *ret * 10 + (uint64_t)(digits[i] - '0');
    return end;
}

/* Seconds since 1970 behind a date, as logrotate's "-%Y%m%d-%s" has them. Result: their length with the mark. */
static size_t read_seconds(const char *p, uint64_t *date)
{
    size_t n = strspn(p + 1, "0123456789");
    if (*p != '-' || n < 9 || n > 11)
        return 0;
    *date += (uint64_t)ptn_number(p + 1, n, INT32_MAX * 40L) % 86400;
    return n + 1;
}

/* Takes a date out of the name, with the mark before it. */
static bool take_date(char *name, uint64_t *date)
{
    for (char *p = name; *p; p++) {
        if (!is_digit(*p) || (p > name && is_digit(p[-1])))
            continue;
        size_t len = read_date(p, date);
        if (!len)
            continue;
        if (p[len] && *date % 1000000 == 0)
            len += read_seconds(p + len, date);
        char *from = p > name && strchr("-_.", p[-1]) ? p - 1 : p;
        memmove(from, p + len, strlen(p + len) + 1);
        return true;
    }
    return false;
}

/* Takes ".3" off the end. Result: the number, -1 if there is none. */
static long take_number(char *name)
{
    char *dot = strrchr(name, '.');
    long n = dot && dot > name ? ptn_number(dot + 1, strlen(dot + 1), NUMBER_MAX) : -1;
    if (n >= 0)
        *dot = '\0';
    return n;
}

void ptn_rotation_read(const char *name, struct ptn_rotation *ret)
{
    static const char *const packed[] = {".gz", ".xz", ".zst", ".zstd", ".bz2"};
    snprintf(ret->family, sizeof(ret->family), "%s", name);
    for (size_t i = 0; i < sizeof(packed) / sizeof(packed[0]); i++)
        if (cut(ret->family, packed[i]))
            break;
    long number = take_number(ret->family);
    uint64_t date;
    if (take_date(ret->family, &date))
        ret->rank = date * (uint64_t)(NUMBER_MAX + 1) + (uint64_t)(NUMBER_MAX - (number > 0 ? number : 0));
    else if (number >= 0)
        ret->rank = RANK_OLD - 1 - (uint64_t)number;
    else
        ret->rank = cut(ret->family, ".old") ? RANK_OLD : RANK_CURRENT;
}
