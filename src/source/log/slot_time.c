#include "slot.h"

#include <errno.h>
#include <string.h>

#include "civil.h"

#define SECOND INT64_C(1000000)
#define DAY (86400 * SECOND)

/* What stamps in values are read with: a knock has no room for the file's clock. */
static _Thread_local struct ptn_clock slot_clock;

void ptn_slot_clock(int64_t latest, bool utc)
{
    if (slot_clock.latest != latest || slot_clock.utc != utc)
        slot_clock = (struct ptn_clock){.latest = latest, .utc = utc};
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A stamp as if it was in UTC, or by its own zone. */
static int64_t from_local(int64_t local)
{
    return local - ptn_civil_offset(&slot_clock, local / SECOND) * SECOND;
}

static int put_time(struct ptn_knock *k, struct ptn_slice v)
{
    int64_t t;
    while (v.len && (v.at[0] == '[' || v.at[0] == '('))
        v = (struct ptn_slice){v.at + 1, v.len - 1};
    if (ptn_stamp_read(&slot_clock, v.at, v.len, &t) == 0)
        return -EINVAL;
    if (k->time == PTN_NO_TIME)
        k->time = t;
    return 0;
}

/* Both halves as a stamp of one text, "DATE CLOCK", so that one reader knows all shapes. */
static int read_half(const char *before, struct ptn_slice v, const char *after, int64_t *ret)
{
    char text[80];
    size_t a = strlen(before), b = strlen(after);
    struct ptn_clock utc = {.latest = slot_clock.latest, .utc = true};
    if (v.len > sizeof(text) - a - b)
        return -EINVAL;
    memcpy(text, before, a);
    memcpy(text + a, v.at, v.len);
    memcpy(text + a + v.len, after, b);
    return ptn_stamp_read(&utc, text, a + v.len + b, ret) == a + v.len + b ? 0 : -EINVAL;
}

static void join(struct ptn_knock *k, int64_t day, int64_t clock)
{
    k->time = from_local(day + clock);
    k->has &= (uint16_t) ~(PTN_HAS_DAY | PTN_HAS_CLOCK);
}

static int put_date(struct ptn_knock *k, struct ptn_slice v)
{
    int64_t day;
    if (read_half("", v, " 00:00:00", &day) < 0)
        return put_time(k, v); /* some have all of it in there */
    if (k->time != PTN_NO_TIME && k->has & PTN_HAS_CLOCK) {
        join(k, day, k->time);
    } else if (k->time == PTN_NO_TIME) {
        k->time = day;
        k->has |= PTN_HAS_DAY;
    }
    return 0;
}

static int put_clock(struct ptn_knock *k, struct ptn_slice v)
{
    int64_t clock;
    if (read_half("1970-01-01 ", v, "", &clock) < 0)
        return -EINVAL;
    if (k->time != PTN_NO_TIME && k->has & PTN_HAS_DAY) {
        join(k, k->time, clock);
    } else if (k->time == PTN_NO_TIME) {
        k->time = clock;
        k->has |= PTN_HAS_CLOCK;
    }
    return 0;
}

/* The time was taken for local: it is taken back, and read anew. */
static int put_zone(struct ptn_knock *k, struct ptn_slice v)
{
    int32_t offset;
    if (ptn_zone_read(v.at, v.len, &offset) != v.len)
        return (v.at[0] | 32) >= 'a' && (v.at[0] | 32) <= 'z' ? 0 : -EINVAL;
    if (k->time == PTN_NO_TIME || k->has & (PTN_HAS_ZONE | PTN_HAS_DAY | PTN_HAS_CLOCK))
        return 0;
    int64_t local = k->time + ptn_civil_offset(&slot_clock, k->time / SECOND) * SECOND;
    if (from_local(local) != k->time) /* near a change of the clocks */
        local = k->time + (local - from_local(local));
    k->time = local - offset * SECOND;
    k->has |= PTN_HAS_ZONE;
    return 0;
}

/* Seconds and finer since 1970; the size says how fine where a product changed its mind. */
static int put_epoch(struct ptn_knock *k, enum ptn_slot slot, struct ptn_slice v)
{
    size_t digits = 0;
    uint64_t n = 0, micros = 0;
    for (; digits < v.len && digits < 19 && is_digit(v.at[digits]); digits++)
        n = n * 10 + (uint64_t)(v.at[digits] - '0');
    if (digits == 0 || (digits < v.len && v.at[digits] != '.'))
        return -EINVAL;
    uint64_t scale = 100000;
    for (size_t i = digits + 1; i < v.len && is_digit(v.at[i]); i++, scale /= 10)
        micros += (uint64_t)(v.at[i] - '0') * scale;
    if (digits > 17)
        slot = PTN_SLOT_NANOS;
    int64_t t;
    if (digits > 14 && digits <= 17)
        t = (int64_t)n;
    else if (slot == PTN_SLOT_NANOS && digits > 17)
        t = (int64_t)(n / 1000);
    else if (digits > 11)
        t = (int64_t)(n * 1000 + micros / 1000);
    else
        t = (int64_t)(n * 1000000 + micros);
    if (!(k->has & PTN_HAS_ZONE))
        k->time = t;
    k->has = (k->has & ~(uint32_t)(PTN_HAS_DAY | PTN_HAS_CLOCK)) | PTN_HAS_ZONE;
    return 0;
}

int ptn_slot_time(struct ptn_knock *k, enum ptn_slot slot, struct ptn_slice v)
{
    switch (slot) {
    case PTN_SLOT_TIME:
        return put_time(k, v);
    case PTN_SLOT_DATE:
        return put_date(k, v);
    case PTN_SLOT_CLOCK:
        return put_clock(k, v);
    case PTN_SLOT_ZONE:
        return put_zone(k, v);
    default:
        return put_epoch(k, slot, v);
    }
}
