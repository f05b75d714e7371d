/* Dates and clocks as people write them, and the zones they are in. (civil.c) */
#ifndef PTN_SOURCE_LOG_CIVIL_H
#define PTN_SOURCE_LOG_CIVIL_H

#include "stamp.h"

#define PTN_NO_YEAR (-1)

/* A stamp taken apart. */
struct ptn_civil {
    int year; /* or PTN_NO_YEAR */
    unsigned month, day;
    unsigned hour, minute, second; /* 60: a leap second */
    unsigned micros;
    int32_t offset; /* ahead of UTC, in seconds */
    bool zoned;     /* the offset was written */
    bool to_second; /* so were the seconds, behind a colon */
};

/* Days since 1970-01-01 of a day of the Gregorian calendar. */
int64_t ptn_civil_days(int year, unsigned month, unsigned day);
bool ptn_civil_is_day(int year, unsigned month, unsigned day);

/* How far the zone of a clock is ahead of UTC at that local time (seconds, as if in UTC). */
int32_t ptn_civil_offset(struct ptn_clock *, int64_t local);

/* The last year in which that day is not later than `latest` (microseconds). */
int ptn_civil_year(const struct ptn_civil *, int64_t latest);

/* "Jan" to "December", in any case, at the begin of text: 1 to 12 and its length; 0. */
unsigned ptn_month_read(const char *text, size_t len, size_t *used);
/* "Mon" to "Sunday": its length; 0. */
size_t ptn_weekday_read(const char *text, size_t len);
/* "Z", "+01:00", "+0100", "+01", "CET", "UTC+2" at the begin of text: its length; 0. */
size_t ptn_zone_read(const char *text, size_t len, int32_t *ret);

#endif
