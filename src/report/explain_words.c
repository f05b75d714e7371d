#include "explain_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/addr.h"
#include "base/text.h"

#define ICMP 1
#define ICMP6 58

/* ---- counts ------------------------------------------------------------------------------------------- */

const char *ptn_count_text(uint64_t n, char out[static PTN_COUNT_TEXT])
{
    char *p = out + PTN_COUNT_TEXT - 1;
    *p = '\0';
    for (unsigned digits = 0; digits == 0 || n; n /= 10, digits++) {
        if (digits && digits % 3 == 0)
            *--p = ',';
        *--p = (char)('0' + n % 10);
    }
    return memmove(out, p, strlen(p) + 1);
}

const char *ptn_counted_text(uint64_t n, const char *one, const char *many, char out[static PTN_COUNTED_TEXT])
{
    char count[PTN_COUNT_TEXT];
    snprintf(out, PTN_COUNTED_TEXT, "%s %s", ptn_count_text(n, count), n == 1 ? one : many);
    return out;
}

/* ---- protocols and ports -------------------------------------------------------------------------------- */

static const char *const protos[256] = {
    [0] = "hopopt", [1] = "icmp",    [2] = "igmp",     [4] = "ipip",      [6] = "tcp",       [17] = "udp",
    [33] = "dccp",  [41] = "ipv6",   [43] = "route6",  [44] = "frag6",    [46] = "rsvp",     [47] = "gre",
    [50] = "esp",   [51] = "ah",     [58] = "icmpv6",  [59] = "no-next",  [60] = "dstopts6", [88] = "eigrp",
    [89] = "ospf",  [94] = "ipip94", [97] = "etherip", [103] = "pim",     [108] = "ipcomp",  [112] = "vrrp",
    [115] = "l2tp", [124] = "isis",  [132] = "sctp",   [136] = "udplite", [137] = "mpls",    [139] = "hip",
};

const char *ptn_ip_proto_text(uint8_t number, char out[static PTN_IP_PROTO_TEXT])
{
    if (protos[number])
        ptn_put(out, out + PTN_IP_PROTO_TEXT, protos[number]);
    else
        ptn_put_number(out, out + PTN_IP_PROTO_TEXT, number);
    return out;
}

bool ptn_is_icmp(uint8_t proto)
{
    return proto == ICMP || proto == ICMP6;
}

bool ptn_has_ports(uint8_t proto)
{
    return proto == 6 || proto == 17 || proto == 33 || proto == 132 || proto == 136;
}

/* RFC 792, 950, 1256, 4443, 4861, 2710, 3810 */
static const char *const icmp4[] = {[0] = "echo-reply",           [3] = "unreachable",
                                    [4] = "source-quench",        [5] = "redirect",
                                    [8] = "echo-request",         [9] = "router-advertisement",
                                    [10] = "router-solicitation", [11] = "time-exceeded",
                                    [12] = "parameter-problem",   [13] = "timestamp-request",
                                    [14] = "timestamp-reply",     [15] = "information-request",
                                    [16] = "information-reply",   [17] = "address-mask-request",
                                    [18] = "address-mask-reply"};
static const char *const icmp4_unreachable[] = {
    "net-unreachable",      "host-unreachable",       "protocol-unreachable",
    "port-unreachable",     "fragmentation-needed",   "source-route-failed",
    [9] = "net-prohibited", [10] = "host-prohibited", [13] = "admin-prohibited"};
static const char *const icmp6[] = {[1] = "unreachable",
                                    [2] = "packet-too-big",
                                    [3] = "time-exceeded",
                                    [4] = "parameter-problem",
                                    [128] = "echo-request",
                                    [129] = "echo-reply",
                                    [130] = "listener-query",
                                    [131] = "listener-report",
                                    [132] = "listener-done",
                                    [133] = "router-solicitation",
                                    [134] = "router-advertisement",
                                    [135] = "neighbour-solicitation",
                                    [136] = "neighbour-advertisement",
                                    [137] = "redirect",
                                    [143] = "listener-report-v2"};

static const char *name_at(const char *const *names, size_t n, size_t i)
{
    return i < n && names[i] ? names[i] : "";
}
#define NAME_AT(names, i) name_at(names, sizeof(names) / sizeof(*(names)), i)

const char *ptn_icmp_name(uint8_t proto, uint8_t type, uint8_t code)
{
    const char *exact = proto == ICMP && type == 3 ? NAME_AT(icmp4_unreachable, code) : "";
    return *exact ? exact : proto == ICMP ? NAME_AT(icmp4, type) : proto == ICMP6 ? NAME_AT(icmp6, type) : "";
}

const char *ptn_port_text(const struct ptn_port_count *p, char out[static PTN_PORT_TEXT])
{
    char word[PTN_IP_PROTO_TEXT];
    unsigned type = p->port >> 8, code = p->port & 255;
    if (ptn_is_icmp(p->proto) && code)
        snprintf(out, PTN_PORT_TEXT, "%s %u/%u", ptn_ip_proto_text(p->proto, word), type, code);
    else if (ptn_is_icmp(p->proto))
        snprintf(out, PTN_PORT_TEXT, "%s %u", ptn_ip_proto_text(p->proto, word), type);
    else if (ptn_has_ports(p->proto) || p->port)
        snprintf(out, PTN_PORT_TEXT, "%u/%s", p->port, ptn_ip_proto_text(p->proto, word));
    else
        snprintf(out, PTN_PORT_TEXT, "protocol %u", p->proto);
    return out;
}

const char *ptn_port_name(const struct ptn_port_count *p)
{
    if (ptn_is_icmp(p->proto))
        return ptn_icmp_name(p->proto, (uint8_t)(p->port >> 8), (uint8_t)p->port);
    if (!ptn_has_ports(p->proto) && !p->port)
        return protos[p->proto] ? protos[p->proto] : "";
    return p->name ? p->name : "";
}

const char *ptn_suspect_text(const struct ptn_suspect *s, char out[static PTN_SUSPECT_TEXT])
{
    char addr[PTN_ADDR_TEXT];
    ptn_addr_format(&s->addr, addr);
    if (!*addr)
        snprintf(out, PTN_SUSPECT_TEXT, "?");
    else if (s->prefix < ptn_addr_width(s->addr.family) * 8)
        snprintf(out, PTN_SUSPECT_TEXT, "%s/%u", addr, s->prefix);
    else
        snprintf(out, PTN_SUSPECT_TEXT, "%s", addr);
    return out;
}

/* ---- times ---------------------------------------------------------------------------------------------- */

const char *ptn_interval_text(uint32_t seconds, char out[static PTN_INTERVAL_TEXT])
{
    if (seconds == 0)
        out[0] = '\0';
    else if (seconds < 120)
        snprintf(out, PTN_INTERVAL_TEXT, "every %u s", seconds);
    else if (seconds < 7200)
        snprintf(out, PTN_INTERVAL_TEXT, "every %u min", (seconds + 30) / 60);
    else
        snprintf(out, PTN_INTERVAL_TEXT, "every %u h", (seconds + 1800) / 3600);
    return out;
}

static void local(uint32_t second, struct tm *tm)
{
    time_t t = second;
    if (!localtime_r(&t, tm))
        *tm = (struct tm){.tm_mday = 1, .tm_year = 70};
}

static bool same_day(const struct tm *a, const struct tm *b)
{
    return a->tm_year == b->tm_year && a->tm_yday == b->tm_yday;
}

bool ptn_is_one_day(uint32_t first, uint32_t last)
{
    struct tm a, b;
    local(first, &a);
    local(last, &b);
    return same_day(&a, &b);
}

/* Day and clock, as much as is wanted of them. */
static void put_moment(char *out, size_t size, const struct tm *tm, bool year, bool day, bool seconds)
{
    size_t n = !day ? 0 : year ? strftime(out, size, "%Y-%m-%d ", tm) : strftime(out, size, "%m-%d ", tm);
    if (seconds)
        strftime(out + n, size - n, "%H:%M:%S", tm);
    else
        strftime(out + n, size - n, "%H:%M", tm);
}

const char *ptn_span_text(uint32_t first, uint32_t last, bool with_day, char out[static PTN_SPAN_TEXT])
{
    struct tm a, b;
    char from[24], to[24];
    out[0] = '\0';
    if (first == 0 || last < first)
        return out;
    local(first, &a);
    local(last, &b);
    const bool one_day = same_day(&a, &b), seconds = last - first < 600;
    put_moment(from, sizeof(from), &a, true, with_day || !one_day, seconds);
    put_moment(to, sizeof(to), &b, a.tm_year != b.tm_year, !one_day, seconds);
    if (first == last)
        snprintf(out, PTN_SPAN_TEXT, "%s", from);
    else
        snprintf(out, PTN_SPAN_TEXT, "%s to %s", from, to);
    return out;
}

const char *ptn_minute_text(uint32_t second, char out[static PTN_SPAN_TEXT])
{
    struct tm tm;
    local(second, &tm);
    put_moment(out, PTN_SPAN_TEXT, &tm, true, true, false);
    return out;
}

static char *put_digits(char *at, unsigned n, unsigned digits, char end)
{
    for (unsigned i = digits; i-- > 0; n /= 10)
        at[i] = (char)('0' + n % 10);
    at[digits] = end;
    return at + digits + 1;
}

#define SECOND INT64_C(1000000)
#define YEAR_1 (INT64_C(-62135596800) * SECOND)
#define YEAR_10000 (INT64_C(253402300800) * SECOND)

const char *ptn_utc_text(int64_t micros, char out[static PTN_UTC_TEXT])
{
    struct tm tm;
    out[0] = '\0';
    if (micros < YEAR_1 || micros >= YEAR_10000)
        return out;
    const unsigned part = (unsigned)((micros - YEAR_1) % SECOND); /* of what is not negative: it divides downwards */
    const time_t second = (time_t)((micros - part) / SECOND);
    if (!gmtime_r(&second, &tm))
        return out;
    char *at = put_digits(out, (unsigned)tm.tm_year + 1900, 4, '-');
    at = put_digits(at, (unsigned)tm.tm_mon + 1, 2, '-');
    at = put_digits(at, (unsigned)tm.tm_mday, 2, 'T');
    at = put_digits(at, (unsigned)tm.tm_hour, 2, ':');
    at = put_digits(at, (unsigned)tm.tm_min, 2, ':');
    at = put_digits(at, (unsigned)tm.tm_sec, 2, part ? '.' : 'Z');
    if (part)
        at = put_digits(at, part, 6, 'Z');
    *at = '\0';
    return out;
}

/* ---- text ------------------------------------------------------------------------------------------------- */

const char *ptn_timeline_text(const uint64_t *steps, size_t n, size_t width, bool blocks,
                              char out[static PTN_TIMELINE_TEXT])
{
    static const char *const heights[] = {"·", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    uint64_t sums[PTN_TIMELINE] = {0}, most = 0;
    char *at = out;
    out[0] = '\0';
    if (n == 0 || n > PTN_TIMELINE || width == 0)
        return out;
    size_t each = (n + width - 1) / width, used = (n + each - 1) / each;
    for (size_t i = 0; i < n; i++) {
        sums[i / each] += steps[i];
        most = sums[i / each] > most ? sums[i / each] : most;
    }
    for (size_t i = 0; most && i < used; i++) {
        double share = (double)sums[i] / (double)most;
        unsigned height = sums[i] ? (unsigned)(share * (blocks ? 7.999 : 8.999)) + 1 : 0;
        const char digit[2] = {(char)(height ? '0' + height : '.'), '\0'};
        at = ptn_put(at, out + PTN_TIMELINE_TEXT, blocks ? heights[height] : digit);
    }
    return out;
}

bool ptn_locale_is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *value = NULL;
    for (size_t i = 0; i < 3 && !(value && *value); i++)
        value = getenv(names[i]);
    return value && (strcasestr(value, "utf-8") || strcasestr(value, "utf8"));
}

unsigned ptn_text_columns(const char *text)
{
    unsigned n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}
