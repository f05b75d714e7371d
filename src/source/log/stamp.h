/*
 * Time stamps as logs write them: RFC 3164 (with and without a year, before or after), RFC 3339 and its many cousins,
 * seconds since 1970 with a fraction. A stamp without a zone is in local time; one without a year is of the last year
 * in which it is not later than `latest`.
 */
#ifndef PTN_SOURCE_LOG_STAMP_H
#define PTN_SOURCE_LOG_STAMP_H

#include "digits.h"
#include "knock.h"

/* Of one file and one thread: stamps come in runs, so the last one's hour is remembered. */
struct ptn_clock {
    int64_t latest; /* microseconds since 1970: the file's last change and a day */
    bool utc;       /* stamps without a zone are in UTC, not in local time */
    char hour[24];  /* the text up to the minutes that was last read, */
    uint8_t hour_len;
    int64_t hour_time; /* and what it is: as if in UTC, */
    int64_t hour_real; /* and as a stamp without a zone, PTN_NO_TIME where nobody asked yet */
    int64_t zone_hour; /* the hour of local time that was last put to the C library, in hours since 1970, */
    int32_t zone;      /* and how far it is ahead of UTC, in seconds */
    bool zone_known;
};

/* Reads the stamp that text[len] begins with. Result: its length, 0 if there is none. */
size_t ptn_stamp_read(struct ptn_clock *, const char *text, size_t len, int64_t *ret);

/* The same where it is of the minute of the last one, without a zone, and behind it stands a host's name. Result: 0: it
 * is not so simple. */
static inline size_t ptn_stamp_again(const struct ptn_clock *clock, const char *text, size_t len, int64_t *ret)
{
    size_t n = clock->hour_len;
    if (n == 0 || len < sizeof(clock->hour) + 5 || text[n] != ':' || text[n + 3] != ' ' ||
        clock->hour_real == PTN_NO_TIME)
        return 0;
    unsigned tens = (unsigned)(unsigned char)text[n + 1] - '0', ones = (unsigned)(unsigned char)text[n + 2] - '0';
    char host = text[n + 4];
    if (tens > 5 || ones > 9 || host < 'b' || host > 'z' || host == 'p' || !ptn_same_short(text, clock->hour, n))
        return 0;
    *ret = clock->hour_real + (int64_t)(tens * 10 + ones) * 1000000;
    return n + 3;
}

/* "2026-11-23T12:00:01.123456Z", without a fraction if there is none. Returns out. */
#define PTN_STAMP_TEXT 32
const char *ptn_stamp_text(int64_t time, char out[static PTN_STAMP_TEXT]);

#endif
