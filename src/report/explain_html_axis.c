/* Axes: round times and round numbers, and where to write them. */
#include <time.h>

#include "explain_html_part.h"

#define DAY 86400
#define MONDAY (4 * DAY) /* the first after 1970 began, so that weeks begin on one */

/* Steps of a time axis: so many seconds, or months. */
static const struct interval {
    uint32_t seconds, months;
} intervals[] = {
    {60, 0},    {300, 0},   {600, 0}, {1800, 0},    {3600, 0},    {7200, 0}, {10800, 0},
    {21600, 0}, {43200, 0}, {DAY, 0}, {2 * DAY, 0}, {7 * DAY, 0}, {0, 1},    {0, 2},
    {0, 3},     {0, 6},     {0, 12},  {0, 24},      {0, 60},      {0, 120},  {0, 240},
};

static const struct interval *choose(int64_t span)
{
    size_t i = 0, last = sizeof(intervals) / sizeof(*intervals) - 1;
    while (i < last && span / (intervals[i].months ? (int64_t)intervals[i].months * 30 * DAY : intervals[i].seconds) >=
                           PTN_HTML_TICKS - 1)
        i++;
    return &intervals[i];
}

/* The first of the interval's times that is `t` or later. */
static int64_t round_up(const struct interval *v, int64_t t)
{
    if (!v->months) {
        int64_t shift = v->seconds == 7 * DAY ? MONDAY : 0;
        return (t - shift + v->seconds - 1) / v->seconds * v->seconds + shift;
    }
    time_t at = (time_t)t;
    struct tm tm = {0};
    gmtime_r(&at, &tm);
    int month = tm.tm_year * 12 + tm.tm_mon, step = (int)v->months;
    for (month -= month % step;; month += step) {
        struct tm begin = {.tm_year = month / 12, .tm_mon = month % 12, .tm_mday = 1};
        at = timegm(&begin);
        if (at >= t)
            return at;
    }
}

static void label(const struct interval *v, struct ptn_html_tick *tick)
{
    time_t at = (time_t)tick->at;
    struct tm tm = {0};
    char day[PTN_HTML_WORD];
    struct ptn_html one_year = {0};
    gmtime_r(&at, &tm);
    ptn_html_day(&one_year, (uint32_t)tick->at, day);
    if (v->months && (v->months >= 12 || tm.tm_mon == 0))
        snprintf(tick->text, sizeof(tick->text), "%d", tm.tm_year + 1900);
    else if (v->months)
        snprintf(tick->text, sizeof(tick->text), "%.3s", day + 2);
    else if (v->seconds >= DAY || (tm.tm_hour == 0 && tm.tm_min == 0))
        snprintf(tick->text, sizeof(tick->text), "%.8s", day);
    else
        snprintf(tick->text, sizeof(tick->text), "%02d:%02d", tm.tm_hour % 24, tm.tm_min % 60);
}

size_t ptn_html_ticks(int64_t begin, int64_t end, struct ptn_html_tick out[static PTN_HTML_TICKS])
{
    const struct interval *v = choose(end - begin);
    size_t n = 0;
    for (int64_t t = round_up(v, begin); t <= end && n < PTN_HTML_TICKS; t = round_up(v, t + 1)) {
        out[n].at = t;
        label(v, &out[n++]);
    }
    return n;
}

void ptn_html_time_axis(const struct ptn_html *h, int64_t begin, int64_t end, unsigned y)
{
    struct ptn_html_tick ticks[PTN_HTML_TICKS];
    size_t n = end > begin ? ptn_html_ticks(begin, end, ticks) : 0;
    char x[PTN_HTML_WORD];
    fputs("<g aria-hidden=\"true\">", h->file);
    for (size_t i = 0; i < n; i++) {
        double share = (double)(ticks[i].at - begin) / (double)(end - begin);
        ptn_html_percent(share, x);
        fprintf(h->file, "<g%s><line class=\"tick\" x1=\"%s\" x2=\"%s\" y1=\"%u\" y2=\"%u\"/>",
                i % 2 ? " class=\"few\"" : "", x, x, y, y + 5);
        fprintf(h->file, "<text class=\"%s\" x=\"%s\" y=\"%u\">%s</text></g>\n",
                share < 0.04   ? ""
                : share > 0.95 ? "end"
                               : "mid",
                x, y + 19, ticks[i].text);
    }
    fputs("</g>", h->file);
}

void ptn_html_column(FILE *f, size_t i, size_t n, unsigned ground, unsigned height)
{
    size_t from = i * PTN_HTML_ACROSS / n, to = (i + 1) * PTN_HTML_ACROSS / n - PTN_HTML_ACROSS / 480;
    fprintf(f, "M%zu %uh%zuv%uH%zuz", from, ground - height, to - from, height, from);
}

struct ptn_html_scale ptn_html_scale(double max)
{
    static const double nice[] = {1, 2, 5, 10};
    double power = 1;
    size_t i = 0;
    max = max < 1 ? 1 : max;
    while (power * 10 <= max / 3)
        power *= 10;
    while (i < 3 && nice[i] * power < max / 4)
        i++;
    double step = nice[i] * power, top = step;
    while (top < max)
        top += step;
    return (struct ptn_html_scale){.top = top, .step = step};
}
