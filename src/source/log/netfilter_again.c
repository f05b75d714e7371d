#include "netfilter_again.h"

#include <string.h>

#include "netfilter.h"
#include "processor.h"

/* ---- what is kept ------------------------------------------------------------------------------------ */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits(const char *at, size_t max)
{
    size_t n = 0;
    while (n < max && is_digit(at[n]))
        n++;
    return n;
}

/* Where the stamp begins: behind "<134>", if that is there. */
static size_t stamp_at(struct ptn_slice line)
{
    size_t n = line.at[0] == '<' ? digits(line.at + 1, 3) : 0;
    return n && line.at[n + 1] == '>' ? n + 2 : 0;
}

/* Whether the envelope is what a great log has: "STAMP HOST kernel: ", of which ptn_envelope_open() makes the same
 * whatever the digits are. Result: the length of the stamp; 0. */
static size_t simple_stamp(struct ptn_clock *clock, const struct ptn_message *m, size_t stamp)
{
    int64_t time;
    const char *at = m->line.at + stamp, *host = m->host.at, *tag = m->tag.at;
    if (m->tag.len != 6 || !m->host.len || tag != host + m->host.len + 1 || memcmp(tag - 1, " kernel: ", 9) != 0)
        return 0;
    for (size_t i = 0; i < m->host.len; i++)
        if (!is_digit(host[i]) && !(host[i] >= 'a' && host[i] <= 'z') && host[i] != '-')
            return 0;
    size_t n = ptn_stamp_read(clock, at, m->line.len - stamp, &time);
    return n >= 14 && time == m->time && time != PTN_NO_TIME && at[n] == ' ' && host == at + n + 1 ? n : 0;
}

static void allow_digits(struct ptn_begin *b, size_t from, size_t to)
{
    for (; from < to; from++)
        if (is_digit((char)b->text[from])) {
            b->text[from] = '0';
            b->most[from] = 9;
        }
}

/* The seconds and their fraction. Result: false: the stamp is of another kind. */
static bool keep_time(struct ptn_begin *b, const struct ptn_clock *clock, const char *line, int64_t time)
{
    enum { MOST = 6 };
    static const uint32_t scale[MOST + 1] = {0, 100000, 10000, 1000, 100, 10, 1};
    const char *stamp = line + b->stamp, *at = stamp + clock->hour_len;
    uint32_t fraction = 0;
    memcpy(b->text + b->stamp, stamp, b->stamp_len);
    memset(b->most + b->stamp, 0, b->stamp_len);
    if (!clock->hour_len || memcmp(stamp, clock->hour, clock->hour_len) != 0 || *at != ':' || at[1] > '5' ||
        digits(at + 1, 3) != 2)
        return false;
    b->second = (uint8_t)(at + 1 - line);
    size_t n = at[3] == '.' ? digits(at + 4, MOST) : 0, all = n ? digits(at + 4, 32) : 0;
    if (at[3] == ',' || all == 32)
        return false;
    b->n_fraction = (uint8_t)n;
    b->fraction_end = (uint8_t)(at + 4 + n - line);
    for (size_t i = 0; i < n; i++)
        fraction = fraction * 10 + (uint32_t)(at[4 + i] - '0');
    b->minute = time - ((at[1] - '0') * 10 + (at[2] - '0')) * INT64_C(1000000) - fraction * scale[n];
    allow_digits(b, b->second, b->second + 2u);
    b->most[b->second] = 5;
    if (n)
        allow_digits(b, b->second + 3u, b->second + 3u + all);
    return true;
}

/* Behind the interfaces, and those of a bridge. */
static const char *packet_at(struct ptn_slice line, const struct ptn_knock *k)
{
    static const char *const bridge[] = {"PHYSIN=", "PHYSOUT="};
    const char *at = k->out.at + k->out.len + 1, *end = line.at + line.len;
    for (size_t i = 0; i < 2; i++) {
        size_t n = strlen(bridge[i]);
        const char *blank = at < end && (size_t)(end - at) > n && memcmp(at, bridge[i], n) == 0
                                ? memchr(at, ' ', (size_t)(end - at))
                                : NULL;
        at = blank ? blank + 1 : at;
    }
    return at;
}

/* They may be of different texts. */
static bool stands_in(struct ptn_slice part, const char *from, const char *to)
{
    return (uintptr_t)part.at >= (uintptr_t)from && (uintptr_t)part.at + part.len <= (uintptr_t)to;
}

static void keep_knock(struct ptn_begin *b, const char *line, const struct ptn_knock *k)
{
    b->rule = (uint8_t)(k->rule.at - line);
    b->in = (uint8_t)(k->in.at - line);
    b->out = (uint8_t)(k->out.at - line);
    b->knock = ptn_knock_none;
    b->knock.action = k->action;
    b->knock.way = k->way;
    b->knock.rule.len = k->rule.len;
    b->knock.in.len = k->in.len;
    b->knock.out.len = k->out.len;
}

/* Up to the packet. Result: its length; 0: there is more than can be kept, or it is not all in the line. */
static size_t begin_of(const struct ptn_message *m, const struct ptn_knock *k)
{
    const char *line = m->line.at, *text = m->text.at;
    if (m->line.len < PTN_AGAIN_TEXT || !stands_in(m->tag, line, text) || !stands_in(m->host, line, text) ||
        !stands_in(k->out, text, line + PTN_AGAIN_TEXT))
        return 0;
    const char *packet = packet_at(m->line, k);
    if (packet > line + PTN_AGAIN_TEXT || packet[-1] != ' ' || !stands_in(k->rule, text, packet) ||
        !stands_in(k->in, text, packet))
        return 0;
    return (size_t)(packet - line);
}

/* Whether it is worth to keep another one. */
static bool is_worth(struct ptn_again *a)
{
    enum { EACH = 16 };
    bool missed = a->missed || !a->read;
    a->missed = false;
    return missed && (!a->begins[a->oldest].len || a->missed_since++ % EACH == 0);
}

static bool make(struct ptn_begin *b, struct ptn_clock *clock, const struct ptn_message *m, const struct ptn_knock *k)
{
    const char *line = m->line.at;
    size_t len = begin_of(m, k), stamp = len ? stamp_at(m->line) : 0, n = len ? simple_stamp(clock, m, stamp) : 0;
    if (!n)
        return false;
    *b = (struct ptn_begin){.len = (uint8_t)len, .stamp = (uint8_t)stamp, .stamp_len = (uint8_t)n};
    memcpy(b->text, line, len);
    memset(b->most + len, UINT8_MAX, sizeof(b->most) - len);
    if (!keep_time(b, clock, line, m->time))
        return false;
    /* of the time since the start of the machine, which was taken off */
    allow_digits(b, (size_t)(m->tag.at - line), (size_t)(m->text.at - line));
    keep_knock(b, line, k);
    return true;
}

void ptn_again_learn(struct ptn_again *a, struct ptn_clock *clock, const struct ptn_message *m,
                     const struct ptn_knock *k)
{
    struct ptn_begin b;
    if (!is_worth(a) || !make(&b, clock, m, k))
        return;
    a->read = ptn_again_level()->line;
    a->clock = clock;
    a->last = &a->begins[a->oldest];
    *a->last = b;
    a->oldest = (a->oldest + 1) % PTN_AGAIN_BEGINS;
}

static bool is_alike(const struct ptn_begin *b, const char *text, size_t from, size_t to)
{
    for (; from < to; from++)
        if ((uint8_t)((unsigned char)text[from] - b->text[from]) > b->most[from])
            return false;
    return true;
}

static bool has_same_stamp(const struct ptn_begin *a, const struct ptn_begin *b)
{
    return a->len && a->stamp == b->stamp && a->stamp_len == b->stamp_len && a->minute == b->minute &&
           memcmp(a->text + a->stamp, b->text + b->stamp, b->stamp_len) == 0;
}

static void take_stamp(struct ptn_begin *b, const struct ptn_begin *from)
{
    memcpy(b->text + b->stamp, from->text + from->stamp, from->stamp_len);
    memcpy(b->most + b->stamp, from->most + from->stamp, from->stamp_len);
    b->second = from->second;
    b->fraction_end = from->fraction_end;
    b->n_fraction = from->n_fraction;
    b->minute = from->minute;
}

/* All begins of the minute that went by. */
static bool renew(struct ptn_again *a, struct ptn_begin *b, struct ptn_slice line)
{
    int64_t time;
    struct ptn_begin old = *b, new = *b;
    if (ptn_stamp_read(a->clock, line.at + b->stamp, line.len - b->stamp, &time) != b->stamp_len ||
        time == PTN_NO_TIME || !keep_time(&new, a->clock, line.at, time))
        return false;
    for (struct ptn_begin *each = a->begins; each < a->begins + PTN_AGAIN_BEGINS; each++)
        if (has_same_stamp(each, &old))
            take_stamp(each, &new);
    return true;
}

struct ptn_begin *ptn_again_renew(struct ptn_again *a, struct ptn_slice line)
{
    const struct ptn_begin *last = a->last;
    if (memcmp(line.at + last->second - 3, last->text + last->second - 3, 3) == 0)
        return NULL; /* the stamp is not what differs */
    for (struct ptn_begin *b = a->begins; b < a->begins + PTN_AGAIN_BEGINS && b->len; b++)
        if (is_alike(b, line.at, b->stamp + b->stamp_len, b->len) && is_alike(b, line.at, 0, b->stamp))
            return renew(a, b, line) ? b : NULL;
    return NULL;
}

const struct ptn_knock *ptn_again_other(struct ptn_again *a, const struct ptn_begin *b, struct ptn_slice line,
                                        int64_t time)
{
    struct ptn_knock *k = &a->other;
    *k = ptn_knock_none;
    k->time = time;
    k->action = b->knock.action;
    k->way = b->knock.way;
    k->rule = (struct ptn_slice){line.at + b->rule, b->knock.rule.len};
    k->in = (struct ptn_slice){line.at + b->in, b->knock.in.len};
    k->out = (struct ptn_slice){line.at + b->out, b->knock.out.len};
    struct ptn_netfilter scan = {.at = k->out.at + k->out.len, .end = line.at + line.len, .knock = k};
    if (!ptn_netfilter_order(&scan))
        ptn_netfilter_words(&scan);
    return !scan.bad && k->src.family && k->dst.family ? k : NULL;
}

/* ---- the choice -------------------------------------------------------------------------------------- */

extern const struct ptn_again_level ptn_again_plain, ptn_again_avx2;

const struct ptn_again_level *const ptn_again_levels[] = {
#ifdef PTN_LEVELS
    &ptn_again_avx2,
#endif
    &ptn_again_plain,
};
const size_t ptn_n_again_levels = sizeof(ptn_again_levels) / sizeof(*ptn_again_levels);

static const struct ptn_again_level *used;

void ptn_again_use(const struct ptn_again_level *level)
{
    __atomic_store_n(&used, level, __ATOMIC_RELAXED);
}

const struct ptn_again_level *ptn_again_level(void)
{
    const struct ptn_again_level *level = __atomic_load_n(&used, __ATOMIC_RELAXED);
    if (level)
        return level;
    for (size_t i = 0; !level || !level->is_able(); i++)
        level = ptn_again_levels[i];
    ptn_again_use(level);
    return level;
}
