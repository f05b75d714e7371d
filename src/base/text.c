#include "text.h"

#include <string.h>

char ptn_name_fold(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return c == '_' || c == '.' || c == '/' || c == '*' || c == '+' || c == ' ' ? '-' : c;
}

int ptn_name_compare(const char *a, const char *b)
{
    while (*a && ptn_name_fold(*a) == ptn_name_fold(*b))
        a++, b++;
    return (unsigned char)ptn_name_fold(*a) - (unsigned char)ptn_name_fold(*b);
}

uint32_t ptn_name_hash(const char *name, size_t len)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)ptn_name_fold(name[i])) * 16777619u;
    return h;
}

size_t ptn_next_word(const char **at, const char **ret)
{
    const char *p = *at, *end;
    while (*p == ' ' || *p == '\t')
        p++;
    for (end = p; *end && *end != ' ' && *end != '\t';)
        end++;
    *ret = p;
    *at = end;
    return (size_t)(end - p);
}

bool ptn_has_word(const char *list, const char *word, size_t len)
{
    const char *w;
    for (size_t n; (n = ptn_next_word(&list, &w)) > 0;)
        if (n == len && memcmp(w, word, len) == 0)
            return true;
    return false;
}

long ptn_number(const char *text, size_t len, long max)
{
    long n = 0;
    if (len == 0)
        return -1;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        n = n * 10 + (text[i] - '0');
        if (n > max)
            return -1;
    }
    return n;
}

/* Two digits and no third, from 1 to max. */
static bool two_digits(const char *p, long max)
{
    return strspn(p, "0123456789") == 2 && ptn_number(p, 2, max) >= 1;
}

/* Days of the month of a date YYYY-MM. */
static long month_days(const char *text)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    long year = ptn_number(text, 4, 9999), month = ptn_number(text + 5, 2, 12);
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

size_t ptn_date(const char *text)
{
    if (strspn(text, "0123456789") != 4)
        return 0;
    if (text[4] != '-')
        return 4;
    if (!two_digits(text + 5, 12))
        return 0;
    if (text[7] != '-')
        return 7;
    return two_digits(text + 8, month_days(text)) ? 10 : 0;
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;
    return m < c ? m : c;
}

unsigned ptn_name_distance(const char *a, size_t a_len, const char *b, size_t b_len, unsigned limit)
{
    enum { MAX = 32 };
    unsigned row[3][MAX + 1];
    size_t gap = a_len > b_len ? a_len - b_len : b_len - a_len;
    if (a_len > MAX || b_len > MAX || gap > limit)
        return limit + 1;
    for (size_t j = 0; j <= b_len; j++)
        row[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a_len; i++) {
        unsigned *now = row[i % 3], *last = row[(i + 2) % 3], *before = row[(i + 1) % 3], best;
        now[0] = best = (unsigned)i;
        for (size_t j = 1; j <= b_len; j++) {
            char x = ptn_name_fold(a[i - 1]), y = ptn_name_fold(b[j - 1]);
            now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == ptn_name_fold(b[j - 2]) && y == ptn_name_fold(a[i - 2]) &&
                before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
            if (now[j] < best)
                best = now[j];
        }
        if (best > limit)
            return limit + 1;
    }
    unsigned d = row[a_len % 3][b_len];
    return d > limit ? limit + 1 : d;
}

char *ptn_put(char *at, const char *end, const char *text)
{
    size_t room = (size_t)(end - at) - 1, len = strlen(text);
    size_t n = len < room ? len : room;
    memcpy(at, text, n);
    at[n] = '\0';
    return at + n;
}

char *ptn_put_number(char *at, const char *end, unsigned long n)
{
    char digits[24], *p = digits + sizeof(digits) - 1;
    *p = '\0';
    do
        *--p = (char)('0' + n % 10);
    while (n /= 10);
    return ptn_put(at, end, p);
}
