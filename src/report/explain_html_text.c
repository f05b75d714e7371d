/* Text on the page: foreign text made safe, numbers and times as people read them. */
#include <string.h>
#include <time.h>

#include "base/utf8.h"
#include "explain_html_part.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define ELLIPSIS "\xe2\x80\xa6"
#define PIECES 40 /* of code in one text */

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\t':
    case '\n':
    case '\r':
        return " ";
    default:
        return NULL;
    }
}

/* text[len], as ptn_html_text() does. */
static void put(FILE *f, const char *text, size_t len, size_t limit)
{
    const char *end = text + len;
    for (; text < end && limit; limit--) {
        size_t left = (size_t)(end - text), n = ptn_utf8_length(text, left);
        const char *instead = entity(*text);
        if (!instead && !ptn_utf8_shown(text, left))
            instead = REPLACEMENT;
        if (instead)
            fputs(instead, f);
        else
            fwrite(text, 1, n, f);
        text += n ? n : 1;
    }
    if (text < end)
        fputs(ELLIPSIS, f);
}

void ptn_html_text(FILE *f, const char *text, size_t limit)
{
    if (text)
        put(f, text, strlen(text), limit);
}

void ptn_html_sentences(FILE *f, const char *tag, const char *class, const char *text)
{
    const char *code, *end;
    if (!text || !*text)
        return;
    fprintf(f, *class ? "<%s class=\"%s\">" : "<%s>", tag, class);
    for (size_t i = 0; i < PIECES && (code = strchr(text, '`')) && (end = strchr(code + 1, '`')); text = end + 1, i++) {
        put(f, text, (size_t)(code - text), PTN_HTML_SENTENCE);
        fputs("<code>", f);
        put(f, code + 1, (size_t)(end - code - 1), PTN_HTML_SENTENCE);
        fputs("</code>", f);
    }
    ptn_html_text(f, text, PTN_HTML_SENTENCE);
    fprintf(f, "</%s>\n", tag);
}

void ptn_html_element(FILE *f, const char *tag, const char *class, const char *text)
{
    if (!text || !*text)
        return;
    fprintf(f, *class ? "<%s class=\"%s\">" : "<%s>", tag, class);
    ptn_html_text(f, text, PTN_HTML_SENTENCE);
    fprintf(f, "</%s>\n", tag);
}

/* ---- numbers ------------------------------------------------------------------------------------------------------
 */

/* By whole numbers: what printf makes of fractions is the locale's. */
const char *ptn_html_about(double n, char out[static PTN_HTML_WORD])
{
    static const char units[] = " kMGTPE";
    size_t u = 0;
    for (; n >= 999.5 && u < sizeof(units) - 2; u++)
        n /= 1000;
    unsigned tenths = (unsigned)(n * 10 + 0.5);
    if (tenths < 100 && tenths % 10)
        snprintf(out, PTN_HTML_WORD, "%u.%u%.1s", tenths / 10, tenths % 10, u ? units + u : "");
    else
        snprintf(out, PTN_HTML_WORD, "%u%.1s", (unsigned)(n + 0.5), u ? units + u : "");
    return out;
}

const char *ptn_html_percent(double share, char out[static PTN_HTML_WORD])
{
    unsigned tenths = (unsigned)((share < 0 ? 0 : share > 1 ? 1 : share) * 1000 + 0.5);
    snprintf(out, PTN_HTML_WORD, tenths % 10 ? "%u.%u%%" : "%u%%", tenths / 10, tenths % 10);
    return out;
}

/* ---- times --------------------------------------------------------------------------------------------------------
 */

static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static struct tm civil(uint32_t second)
{
    time_t t = second;
    struct tm tm = {0};
    gmtime_r(&t, &tm);
    return tm;
}

int ptn_html_year(uint32_t second)
{
    return civil(second).tm_year + 1900;
}

static void put_clock(const struct ptn_html *h, const struct tm *tm, char out[static PTN_HTML_WORD])
{
    size_t n = (size_t)snprintf(out, PTN_HTML_WORD, "%02d:%02d", tm->tm_hour, tm->tm_min);
    if (h->seconds)
        snprintf(out + n, PTN_HTML_WORD - n, ":%02d", tm->tm_sec);
}

static const char *put_time(const struct ptn_html *h, uint32_t second, bool year, bool clock,
                            char out[static PTN_HTML_WORD])
{
    struct tm tm = civil(second);
    char y[16] = "", hms[PTN_HTML_WORD] = "";
    if (year)
        snprintf(y, sizeof(y), " %d", tm.tm_year + 1900);
    if (clock)
        put_clock(h, &tm, hms);
    snprintf(out, PTN_HTML_WORD, "%d %s%s%s%.10s", tm.tm_mday, months[tm.tm_mon], y, clock ? " " : "", hms);
    return out;
}

const char *ptn_html_day(const struct ptn_html *h, uint32_t second, char out[static PTN_HTML_WORD])
{
    return put_time(h, second, h->years, false, out);
}

const char *ptn_html_moment(const struct ptn_html *h, uint32_t second, char out[static PTN_HTML_WORD])
{
    return put_time(h, second, h->years, true, out);
}

const char *ptn_html_full(const struct ptn_html *h, uint32_t second, char out[static PTN_HTML_WORD])
{
    return put_time(h, second, true, true, out);
}

const char *ptn_html_until(const struct ptn_html *h, uint32_t first, uint32_t last, char out[static PTN_HTML_WORD])
{
    struct tm tm = civil(last);
    if (last / 86400 != first / 86400)
        return ptn_html_moment(h, last, out);
    out[0] = '\0';
    if (h->seconds ? last > first : last / 60 > first / 60)
        put_clock(h, &tm, out);
    return out;
}

static const struct unit {
    uint32_t seconds;
    const char *word;
} units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};

#define UNITS (sizeof(units) / sizeof(*units))

/* The largest unit of which it is a whole number that is not too large to read; or of which it is at least two. */
static const struct unit *unit_of(uint32_t seconds)
{
    for (size_t i = 0; i < UNITS; i++)
        if (seconds >= units[i].seconds && seconds % units[i].seconds == 0 && seconds / units[i].seconds <= 120)
            return &units[i];
    for (size_t i = 0; i < UNITS; i++)
        if (seconds / 2 >= units[i].seconds)
            return &units[i];
    return &units[UNITS - 1];
}

const char *ptn_html_span(uint32_t seconds, char out[static PTN_HTML_WORD])
{
    const struct unit *u = unit_of(seconds);
    uint64_t n = ((uint64_t)seconds + u->seconds / 2) / u->seconds;
    snprintf(out, PTN_HTML_WORD, "%s%u %s%s", seconds % u->seconds ? "about " : "", (unsigned)n, u->word,
             n == 1 ? "" : "s");
    return out;
}
