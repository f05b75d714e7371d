#include "envelope.h"

#include <string.h>

#include "civil.h"
#include "digits.h"
#include "slot.h"

#define LAYERS 6
#define TAG_MAX 64

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_small(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct ptn_slice behind(struct ptn_slice s, size_t n)
{
    return (struct ptn_slice){s.at + n, s.len - n};
}

static struct ptn_slice no_blanks(struct ptn_slice s)
{
    size_t n = 0;
    while (n < s.len && is_blank(s.at[n]))
        n++;
    return behind(s, n);
}

static struct ptn_slice word(struct ptn_slice s)
{
    size_t n = 0;
    while (n < s.len && !is_blank(s.at[n]))
        n++;
    return (struct ptn_slice){s.at, n};
}

static bool begins(struct ptn_slice s, const char *with)
{
    size_t n = strlen(with);
    return s.len >= n && memcmp(s.at, with, n) == 0;
}

static size_t digits(struct ptn_slice s)
{
    size_t n = 0;
    while (n < s.len && n < 20 && is_digit(s.at[n]))
        n++;
    return n;
}

/* "<134>", perhaps behind the octets' number of RFC 6587. */
static bool take_priority(struct ptn_slice *s)
{
    struct ptn_slice in = *s;
    size_t n = digits(in);
    if (n && n < 8 && n + 1 < in.len && in.at[n] == ' ' && in.at[n + 1] == '<')
        in = behind(in, n + 1);
    if (in.len < 3 || in.at[0] != '<')
        return false;
    n = digits(behind(in, 1));
    if (n == 0 || n > 3 || n + 1 >= in.len || in.at[n + 1] != '>')
        return false;
    *s = behind(in, n + 2);
    return true;
}

static void take_bom(struct ptn_slice *s)
{
    if (begins(*s, "\xef\xbb\xbf"))
        *s = behind(*s, 3);
}

/* "[  123.456789] ", the kernel's own: since the start of the machine, which nobody knows. */
static bool take_uptime(struct ptn_slice *s)
{
    if (s->len < 4 || s->at[0] != '[')
        return false;
    struct ptn_slice in = no_blanks(behind(*s, 1));
    size_t n = digits(in);
    if (n == 0 || n == in.len || in.at[n] != '.')
        return false;
    in = behind(in, n + 1);
    n = digits(in);
    if (n < 3 || n == in.len || in.at[n] != ']')
        return false;
    *s = no_blanks(behind(in, n + 1));
    return true;
}

/* The same, where it is as long as the kernel writes it. Result: false: it is not, or there is none. */
static inline bool take_short_uptime(struct ptn_slice *s)
{
#ifdef __SSE2__
    if (s->len < 17 || s->at[0] != '[')
        return false;
    __m128i text = _mm_loadu_si128((const __m128i *)(const void *)(s->at + 1));
    unsigned blanks = (unsigned)__builtin_ctz(~ptn_places16(text, ' ')), digits16 = ptn_digits16(text);
    unsigned dot = blanks + (unsigned)__builtin_ctz(~(digits16 >> blanks));
    unsigned end = dot + 1 + (unsigned)__builtin_ctz(~(digits16 >> (dot + 1)));
    if (dot == blanks || end - dot < 4 || s->at[dot + 1] != '.' || end > 15 || s->at[end + 1] != ']')
        return false;
    *s = behind(*s, end + 2);
    size_t blank = s->len && s->at[0] == ' ';
    *s = behind(*s, blank);
    if (s->len && is_blank(s->at[0]))
        *s = no_blanks(*s);
    return true;
#else
    (void)s;
    return false;
#endif
}

/* Solaris: "[ID 702911 local0.warning] " */
static void take_message_id(struct ptn_slice *s)
{
    const char *end = begins(*s, "[ID ") ? memchr(s->at, ']', s->len < 64 ? s->len : 64) : NULL;
    if (end)
        *s = no_blanks(behind(*s, (size_t)(end + 1 - s->at)));
}

/* "local4.warning", as some collectors put between stamp and host. */
static bool is_facility(struct ptn_slice s)
{
    static const char *const names[] = {"local", "kern.", "daemon.", "user.", "auth", "syslog.", "mail.", "cron."};
    if (s.len < 8 || s.len > 20 || (s.at[0] | 32) < 'a' || !memchr(s.at, '.', 10 < s.len ? 10 : s.len))
        return false;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        size_t n = strlen(names[i]);
        if (s.len > n && ptn_value_is((struct ptn_slice){s.at, n}, names[i]) &&
            memchr(s.at, '.', n + 6 < s.len ? n + 6 : s.len))
            return true;
    }
    return false;
}

static void take_facility(struct ptn_slice *s)
{
    struct ptn_slice first = word(*s);
    if (is_facility(first))
        *s = no_blanks(behind(*s, first.len));
}

/* What a container said: "stdout F ". */
static bool take_stream(struct ptn_slice *s)
{
    if (!begins(*s, "stdout ") && !begins(*s, "stderr "))
        return false;
    struct ptn_slice rest = behind(*s, 7);
    if (!begins(rest, "F ") && !begins(rest, "P "))
        return false;
    *s = behind(rest, 2);
    return true;
}

/* Words with which a column of a line begins that is in no envelope but has its own stamp. */
static bool is_verdict(struct ptn_slice s)
{
    static const char *const words[] = {"drop",   "allow",  "open",    "close",  "info-events-lost",
                                        "deny",   "accept", "pass",    "reject", "block",
                                        "permit", "ctl",    "encrypt", "decrypt"};
    if (s.len < 3 || s.len > 16)
        return false;
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if ((s.at[0] | 32) == words[i][0] && ptn_value_is(s, words[i]))
            return true;
    return false;
}

static bool is_address(struct ptn_slice s)
{
    struct ptn_addr addr;
    size_t n = ptn_addr_read(s.at, s.len, &addr);
    return n == s.len || (s.at[0] == '[' && s.len > 2);
}

/* What a name of a host is made of, and nothing that any message begins with. */
static bool is_host(struct ptn_slice s, struct ptn_slice after)
{
    size_t letters = 0;
    if (s.len == 0 || s.len > 255 || after.len == 0 || s.at[0] == '-' || s.at[0] == '@')
        return false;
    if (s.at[0] == '[' && !(s.len > 2 && is_digit(s.at[1]) && s.at[s.len - 1] == ']')) /* "[192.0.2.1.2.2]" */
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (is_small(s.at[i])) {
            letters++;
            continue;
        }
        if (memchr("=,{}\"|()<>%;'*?!", s.at[i], 17) || (i && s.at[i] == '['))
            return false;
        letters += (s.at[i] | 32) >= 'a';
    }
    if (s.at[s.len - 1] == ':' || (letters == 0 && !is_address(s)))
        return false;
    if (after.at[0] == '@' && after.len > 1 && is_digit(after.at[1])) /* an interface, and ipmon's rule */
        return false;
    return !(ptn_value_is(s, "rule") && is_digit(after.at[0]));
}

static bool is_tag_char(char c)
{
    return ((c | 32) >= 'a' && (c | 32) <= 'z') || (c >= '-' && c <= '9') || c == '_' || c == '%' || c == '@' ||
           c == '+' || c == '#';
}

/* "kernel:", "filterlog[123]:", "ipmon[7] ", "%ASA-4-106023:", and what stands behind it. */
static bool take_tag(struct ptn_slice *s, struct ptn_slice *tag)
{
    size_t n = 0, name;
    if (begins(*s, "kernel: ")) { /* nearly all of a great log */
        *tag = (struct ptn_slice){s->at, 6};
        *s = no_blanks(behind(*s, 8));
        return true;
    }
    while (n < s->len && n < TAG_MAX && is_tag_char(s->at[n]))
        n++;
    name = n;
    if (n && n < s->len && (s->at[n] == '[' || s->at[n] == '(')) {
        const char *end = memchr(s->at + n, s->at[n] == '[' ? ']' : ')', s->len - n < TAG_MAX ? s->len - n : TAG_MAX);
        n = end ? (size_t)(end + 1 - s->at) : n;
    }
    bool numbered = n > name;
    bool colon = n < s->len && s->at[n] == ':';
    if (name == 0 ||
        (!colon && !(numbered && s->at[name] == '[' && is_digit(s->at[name + 1]) && n < s->len && is_blank(s->at[n]))))
        return false;
    struct ptn_slice found = {s->at, name}, rest = behind(*s, n + colon);
    bool sure = numbered || found.at[0] == '%' || ptn_value_is(found, "kernel");
    if (!sure && rest.len && !is_blank(rest.at[0]))
        return false;
    if (ptn_value_is(found, "CEF") || ptn_value_is(found, "LEEF"))
        return false;
    *tag = found;
    *s = no_blanks(rest);
    return true;
}

/* Cisco's numbers and marks before a stamp: "000123: ", ": ", "*", "." (its clock is not set). */
static bool take_sequence(struct ptn_slice *s, bool *unset)
{
    struct ptn_slice in = *s;
    size_t n = digits(in);
    *unset = false;
    if (n && n < 12 && n + 1 < in.len && in.at[n] == ':' && is_blank(in.at[n + 1]))
        in = no_blanks(behind(in, n + 1));
    if (in.len && in.at[0] == ':')
        in = no_blanks(behind(in, 1));
    if (in.len > 1 && (in.at[0] == '*' || in.at[0] == '.')) {
        *unset = true;
        in = behind(in, 1);
    }
    bool moved = in.at != s->at;
    *s = in;
    return moved;
}

/* Whether digits are seconds since 1970 that an envelope has, rather than the first of many columns. */
static bool is_epoch_header(struct ptn_slice s, size_t used, bool priority)
{
    struct ptn_slice after = no_blanks(behind(s, used)), host = word(after), tag;
    if (digits(s) < 10)
        return true;
    if (used == s.len || s.at[used] != ' ')
        return false;
    after = no_blanks(behind(after, host.len));
    return priority || (is_host(host, after) && take_tag(&after, &tag));
}

/* "Nov 23 12:00:01 ", "[2026-11-23 12:00:01] ", "Nov 23 2026 12:00:01: " */
static bool take_stamp(struct ptn_clock *clock, struct ptn_slice *s, bool priority, int64_t *ret)
{
    bool bracket = s->len && s->at[0] == '[';
    struct ptn_slice in = behind(*s, bracket);
    if (in.len < 8 || (!is_digit(in.at[0]) && ((in.at[0] | 32) < 'a' || (in.at[0] | 32) > 'z')))
        return false;
    size_t n = ptn_stamp_read(clock, in.at, in.len, ret);
    if (n == 0 || (bracket ? n == in.len || in.at[n] != ']' : n < in.len && !is_blank(in.at[n]) && in.at[n] != ':'))
        return false;
    if (!is_epoch_header(in, n, priority))
        return false;
    if (in.at[n > 8 ? n - 9 : 0] == '\t' && !is_facility(word(no_blanks(behind(in, n)))))
        return false;
    in = no_blanks(behind(in, n + bracket));
    if (in.len && in.at[0] == ':')
        in = no_blanks(behind(in, 1));
    *s = in;
    return true;
}

/* "fw ", "fw : %ASA-...", "fw: %ASA-..." */
static void take_host(struct ptn_slice *s, struct ptn_slice *host)
{
    struct ptn_slice first = word(*s), after = no_blanks(behind(*s, first.len));
    bool colon = first.len > 1 && first.at[first.len - 1] == ':' && after.len && after.at[0] == '%';
    if (colon)
        first.len--;
    if (!is_host(first, after))
        return;
    *host = first;
    *s = after;
}

/* What a collector puts between its stamp and the line: "fw->192.0.2.1 ", "(agent) any->/var/log/syslog ". */
static bool take_origin(struct ptn_slice *s, struct ptn_slice *host)
{
    struct ptn_slice in = *s, first = word(in);
    if (first.len > 2 && first.at[0] == '(' && first.at[first.len - 1] == ')') {
        in = no_blanks(behind(in, first.len));
        first = word(in);
    }
    const char *arrow = first.len > 3 && first.len < 255 ? memchr(first.at, '>', first.len) : NULL;
    if (!arrow || --arrow <= first.at || *arrow != '-')
        return false;
    *host = (struct ptn_slice){first.at, (size_t)(arrow - first.at)};
    *s = no_blanks(behind(in, first.len));
    return true;
}

/* A stamp right behind a stamp. */
static bool is_month(struct ptn_slice s)
{
    size_t n;
    return s.len > 4 && s.at[3] == ' ' && (is_digit(s.at[4]) || s.at[4] == ' ') && ptn_month_read(s.at, s.len, &n);
}

/* WatchGuard has its serial number and a second stamp in brackets behind the host. */
static void take_bracketed_stamp(struct ptn_clock *clock, struct ptn_slice *s)
{
    struct ptn_slice in = *s, first = word(in);
    int64_t t;
    if (first.len && first.at[0] != '(' &&
        memchr(in.at + first.len, '(', in.len - first.len < 4 ? in.len - first.len : 4))
        in = no_blanks(behind(in, first.len));
    if (in.len < 12 || in.at[0] != '(' || !is_digit(in.at[1]))
        return;
    size_t n = ptn_stamp_read(clock, in.at + 1, in.len - 1, &t);
    if (n && n + 1 < in.len && in.at[n + 1] == ')')
        *s = no_blanks(behind(in, n + 2));
}

/* Whether another header may begin here: a quick look that spares the slow ones. */
static bool may_be_header(struct ptn_slice s)
{
    if (s.len < 5)
        return false;
    switch (s.at[0]) {
    case '[':
        return is_digit(s.at[1]) || (is_small(s.at[2]) && (s.at[4] == ' ' || s.at[4] == ','));
    case '<':
    case '*':
    case '.':
    case ':':
    case '%':
        return true;
    default:
        return is_digit(s.at[0]) || s.at[3] == ' ' || s.at[3] == ',' || s.at[3] == '/';
    }
}

/* The kernel's own stamp, and what journalctl puts behind it. */
static void open_uptime(struct ptn_message *m)
{
    static const char kernel[] = "kernel";
    if (!take_uptime(&m->text) || m->tag.len)
        return;
    m->tag = (struct ptn_slice){kernel, sizeof(kernel) - 1};
    struct ptn_slice host = word(m->text), after = no_blanks(behind(m->text, host.len));
    if (!begins(after, "kernel: ") || !is_host(host, after))
        return;
    m->host = host;
    m->text = no_blanks(behind(after, 8));
}

/* What stands behind a stamp, which may be the first column of a line that has no envelope. */
static bool open_header(struct ptn_clock *clock, struct ptn_message *m, struct ptn_slice s, bool column)
{
    bool verdict;
    take_facility(&s);
    bool origin = take_origin(&s, &m->host);
    verdict = is_verdict(word(s));
    if (verdict && column)
        return false;
    m->text = s;
    if (take_stream(&m->text) || origin || is_month(s))
        return true;
    if (!verdict)
        take_host(&s, &m->host);
    take_facility(&s);
    if (s.len && s.at[0] == ':')
        s = no_blanks(behind(s, 1));
    take_bracketed_stamp(clock, &s);
    m->text = s;
    take_tag(&m->text, &m->tag);
    if (m->text.len && m->text.at[0] == '[')
        open_uptime(m);
    return true;
}

/* A stamp without a year inside one that has one: it is of the same year, however old the file is. */
static int64_t same_year(const struct ptn_clock *clock, struct ptn_slice s, int64_t outer, int64_t time)
{
    const int64_t day = INT64_C(86400) * 1000000;
    struct ptn_clock then = *clock;
    if (outer == PTN_NO_TIME || (time - outer < 180 * day && outer - time < 180 * day) || is_digit(s.at[0]))
        return time;
    then.latest = outer + day;
    then.hour_len = 0;
    ptn_stamp_read(&then, s.at, s.len, &time);
    return time;
}

/* `dmesg --time-format iso` has a comma before its microseconds, and no host behind them. */
static bool is_dmesg(struct ptn_slice stamp)
{
    enum { COMMA = 19, SIGN = 26 };
    return stamp.len > SIGN && stamp.at[10] == 'T' && stamp.at[COMMA] == ',' && is_digit(stamp.at[SIGN - 1]) &&
           (stamp.at[SIGN] == '+' || stamp.at[SIGN] == '-');
}

/* "kern  :warn  : " of `dmesg --decode` */
static void take_decoded(struct ptn_slice *s)
{
    enum { FACILITY = 6, LEVEL = 13 };
    if (s->len > LEVEL + 2 && is_small(s->at[0]) && s->at[FACILITY] == ':' && s->at[LEVEL] == ':' &&
        is_small(s->at[7]) && is_blank(s->at[LEVEL + 1]))
        *s = no_blanks(behind(*s, LEVEL + 1));
}

/* One layer: what is taken off is taken off the text. Result: whether another may follow. */
static bool open_layer(struct ptn_clock *clock, struct ptn_message *m)
{
    struct ptn_slice s = no_blanks(m->text);
    int64_t time;
    bool unset = false, priority = take_priority(&s);
    take_bom(&s);
    s = priority ? no_blanks(s) : s;
    m->text = s;
    if (s.len > 2 && s.at[1] == ' ' && ptn_envelope_5424(clock, m))
        return true;
    if (priority && s.len > 2 && begins(s, "1 ") && is_digit(s.at[2])) /* Meraki: a version, but no RFC 5424 */
        s = behind(s, 2);
    struct ptn_slice numbered = s;
    bool sequence = take_sequence(&numbered, &unset);
    struct ptn_slice stamp = numbered;
    if (take_stamp(clock, &numbered, priority, &time)) {
        time = same_year(clock, stamp, m->time, time);
        if (is_dmesg(stamp)) {
            m->time = time;
            m->text = numbered;
            return false;
        }
        if (!unset || m->time == PTN_NO_TIME)
            m->time = time;
        return open_header(clock, m, numbered, !priority && is_digit(s.at[0]) && s.at[10] != 'T');
    }
    if (sequence && numbered.len && (priority || numbered.at[0] == '%'))
        s = numbered;
    if (!priority && s.len && s.at[0] != '%')
        return false;
    m->text = s;
    return take_tag(&m->text, &m->tag) && m->tag.at[0] != '%';
}

/* CEF and LEEF begin with themselves, whatever was put before them. */
static void find_cef(struct ptn_message *m)
{
    struct ptn_slice s = m->text;
    const char *bar = s.len ? memchr(s.at, '|', s.len < 200 ? s.len : 200) : NULL;
    for (const char *at = bar; at && at - s.at >= 4 && bar - at < 8; at--) {
        size_t n = memcmp(at - 4, "CEF:", 4) == 0 ? 4 : at - s.at >= 5 && memcmp(at - 5, "LEEF:", 5) == 0 ? 5 : 0;
        if (n == 0)
            continue;
        m->text = behind(s, (size_t)(at - s.at) - n);
        return;
    }
}

/* A tag where no header was, or one that had another: only what cannot be taken for the message. */
static void take_late_tag(struct ptn_message *m)
{
    struct ptn_slice s = m->text, tag = {0};
    const char *open = s.len > 8 && is_small(s.at[0]) ? memchr(s.at, '[', s.len < 32 ? s.len : 32) : NULL;
    bool sure =
        (open && open + 1 < s.at + s.len && is_digit(open[1])) || begins(s, "filterlog: ") || begins(s, "kernel: ");
    if (!sure || !take_tag(&s, &tag))
        return;
    m->tag = tag;
    m->text = s;
}

void ptn_envelope_peel(struct ptn_clock *clock, struct ptn_message *m)
{
    ptn_slot_clock(clock->latest, clock->utc);
    take_decoded(&m->text);
    for (int i = 0; i < LAYERS && may_be_header(m->text) && open_layer(clock, m); i++)
        ;
    take_late_tag(m);
    if (m->text.len && m->text.at[0] == '[') {
        open_uptime(m);
        take_message_id(&m->text);
    }
    find_cef(m);
}

/* Where " kernel: " stands behind a host's name, mostly the last one's; 0. */
static inline __attribute__((always_inline)) size_t find_kernel(struct ptn_slice s, size_t from)
{
    static const char kernel[] = " kernel: ";
    enum { KERNEL = sizeof(kernel) - 1 };
    static _Thread_local struct {
        size_t len;
        char text[64];
    } last;
    size_t n = from;
    if (last.len && s.len - from >= sizeof(last.text) && ptn_same_short(s.at + from, last.text, last.len))
        return from + last.len - KERNEL;
    while (n < s.len && (is_small(s.at[n]) || is_digit(s.at[n]) || s.at[n] == '-'))
        n++;
    if (n == from || s.len - n < KERNEL || memcmp(s.at + n, kernel, KERNEL) != 0)
        return 0;
    if (n + KERNEL - from <= sizeof(last.text)) {
        last.len = n + KERNEL - from;
        memcpy(last.text, s.at + from, last.len);
    }
    return n;
}

/* What stands behind the stamp, which ends before s.at[from - 1]. */
static inline __attribute__((always_inline)) bool put_kernel(struct ptn_slice line, struct ptn_slice s, size_t from,
                                                             int64_t time, struct ptn_message *m)
{
    size_t n = find_kernel(s, from);
    if (!n)
        return false;
    m->line = line;
    m->host = (struct ptn_slice){s.at + from, n - from};
    m->tag = (struct ptn_slice){s.at + n + 1, 6};
    m->time = time;
    m->text = behind(s, n + 9);
    if (!take_short_uptime(&m->text))
        take_uptime(&m->text);
    return true;
}

/* The short way for what a great log is made of: "Nov 23 12:00:01 fw kernel: ". False: it is not so simple. */
static bool open_kernel(struct ptn_clock *clock, struct ptn_slice s, struct ptn_message *m)
{
    int64_t time;
    if (s.len && s.at[0] == '<')
        take_priority(&s);
    size_t n = ptn_stamp_again(clock, s.at, s.len, &time);
    if (!n)
        n = s.len ? ptn_stamp_read(clock, s.at, s.len, &time) : 0;
    return n >= 14 && n < s.len && s.at[n] == ' ' && put_kernel(m->line, s, n + 1, time, m);
}

/* The same where the line begins with the stamp, which is as ptn_stamp_again() knows it. */
static inline bool open_again(const struct ptn_clock *clock, struct ptn_slice line, struct ptn_message *m)
{
    int64_t time;
    size_t n = ptn_stamp_again(clock, line.at, line.len, &time);
    return n >= 14 && put_kernel(line, line, n + 1, time, m);
}

void ptn_envelope_open(struct ptn_clock *clock, struct ptn_slice line, char *room, struct ptn_message *ret)
{
    struct ptn_slice text = line;
    if (open_again(clock, line, ret))
        return;
    take_bom(&text);
    if (text.len && is_blank(text.at[0]))
        text = no_blanks(text);
    *ret = (struct ptn_message){.line = line, .text = text, .time = PTN_NO_TIME};
    if (text.len && text.at[0] == '{')
        ptn_envelope_json(text, room, ret);
    else if (ret->text.len && ret->text.at[0] == '"' && ptn_envelope_csv(clock, ret->text, room, ret))
        ;
    else if (open_kernel(clock, text, ret))
        return;
    ptn_envelope_peel(clock, ret);
}
