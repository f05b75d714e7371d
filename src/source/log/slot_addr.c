#include "slot.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/addr.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static int hex_of(char c)
{
    return is_digit(c) ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* Four numbers with dots; some products write zeros before them. */
static size_t four_read(const char *text, size_t len, uint8_t out[4])
{
    size_t at = 0;
    for (int i = 0; i < 4; i++) {
        unsigned value = 0, n = 0;
        if (i && (at == len || text[at++] != '.'))
            return 0;
        for (; at < len && n < 4 && is_digit(text[at]); at++, n++)
            value = value * 10 + (unsigned)(text[at] - '0');
        if (n == 0 || n > 3 || value > 255)
            return 0;
        out[i] = (uint8_t)value;
    }
    return at;
}

struct six {
    uint16_t groups[8];
    int n, gap; /* where "::" stands; -1 */
};

static size_t six_finish(struct six *s, size_t at, struct ptn_addr *ret)
{
    if (s->gap < 0 ? s->n != 8 : s->n > 7)
        return 0;
    int missing = 8 - s->n;
    ret->family = AF_INET6;
    memset(ret->bytes, 0, 16);
    for (int i = 0; i < s->n; i++) {
        int to = s->gap >= 0 && i >= s->gap ? i + missing : i;
        ret->bytes[2 * to] = (uint8_t)(s->groups[i] >> 8);
        ret->bytes[2 * to + 1] = (uint8_t)s->groups[i];
    }
    *ret = ptn_addr_unmapped(ret);
    return at;
}

/* One group of hexadecimal digits: how many, 0 if it is none. */
static size_t group_read(const char *text, size_t len, uint16_t *ret)
{
    size_t n = 0;
    for (*ret = 0; n < len && n < 5 && hex_of(text[n]) >= 0; n++)
        *ret = (uint16_t)(*ret << 4 | hex_of(text[n]));
    return n <= 4 ? n : 0;
}

static size_t six_read(const char *text, size_t len, struct ptn_addr *ret)
{
    struct six s = {.gap = -1};
    size_t at = 0;
    if (len >= 2 && text[0] == ':' && text[1] == ':')
        at = 2, s.gap = 0;
    while (s.n < 8) {
        uint8_t four[4];
        size_t n = s.n <= 6 && (s.n == 6 || s.gap >= 0) ? four_read(text + at, len - at, four) : 0;
        if (n) {
            s.groups[s.n++] = (uint16_t)(four[0] << 8 | four[1]);
            s.groups[s.n++] = (uint16_t)(four[2] << 8 | four[3]);
            at += n;
            break;
        }
        n = group_read(text + at, len - at, &s.groups[s.n]);
        if (n == 0)
            break;
        at += n;
        s.n++;
        if (at + 1 < len && text[at] == ':' && text[at + 1] == ':' && s.gap < 0)
            at += 2, s.gap = s.n;
        else if (s.n < 8 && at + 1 < len && text[at] == ':' && hex_of(text[at + 1]) >= 0)
            at++;
        else
            break;
    }
    return six_finish(&s, at, ret);
}

size_t ptn_addr_read(const char *text, size_t len, struct ptn_addr *ret)
{
    struct ptn_addr a = {.family = AF_INET};
    size_t n = four_read(text, len, a.bytes);
    if (n == 0) {
        a = (struct ptn_addr){0};
        n = len && (hex_of(text[0]) >= 0 || text[0] == ':') ? six_read(text, len, &a) : 0;
    }
    if (n)
        *ret = a;
    return n;
}

static struct ptn_slice cut(struct ptn_slice v, size_t n)
{
    return (struct ptn_slice){v.at + n, v.len - n};
}

static bool is_word(struct ptn_slice v)
{
    for (size_t i = 0; i < v.len; i++)
        if (!is_letter(v.at[i]) && !is_digit(v.at[i]) && !strchr("-_.", v.at[i]))
            return false;
    return v.len != 0;
}

static struct ptn_slice until(struct ptn_slice v, char mark)
{
    const char *at = memchr(v.at, mark, v.len);
    return at ? (struct ptn_slice){v.at, (size_t)(at - v.at)} : v;
}

static bool is_number(struct ptn_slice v)
{
    for (size_t i = 0; i < v.len; i++)
        if (!is_digit(v.at[i]))
            return false;
    return v.len != 0;
}

/* What stands behind an address: "%eth0", ":80", "/80", "(80)", "#80", ".80", ",80", " 80", ":80:X1:name". */
static int behind(struct ptn_slice v, struct ptn_place *ret)
{
    if (v.len && v.at[0] == '%') {
        struct ptn_slice zone = cut(v, 1);
        size_t n = 0;
        while (n < zone.len && !strchr(":/(#] ,", zone.at[n]))
            n++;
        zone.len = n;
        if (zone.len && !is_number(zone))
            ret->iface = zone;
        v = cut(v, n + 1);
    }
    if (v.len && v.at[0] == ']')
        v = cut(v, 1);
    if (v.len == 0 || (v.len == 1 && strchr(",;.", v.at[0])))
        return 0;
    if (!strchr(":/(#., |", v.at[0]))
        return -EINVAL;
    char mark = v.at[0];
    v = ptn_value_trim(cut(v, 1));
    if (v.len && v.at[0] == '(' && mark == ' ') {
        mark = '(';
        v = cut(v, 1);
    }
    if (mark == ':' && v.len && v.at[0] == ':' && ret->addr.family == AF_INET6)
        return -EINVAL;
    ret->port = mark == '(' ? until(v, ')') : until(v, ':');
    if (mark == ':' && ret->port.len < v.len)
        ret->iface = until(cut(v, ret->port.len + 1), ':');
    return ret->port.len == 0 || is_word(ret->port) ? 0 : -EINVAL;
}

/* "host.example/80", "any": no address of it is known, but it is no rubbish either. */
static int name_read(struct ptn_slice v, struct ptn_place *ret)
{
    size_t n = 0, letters = 0;
    for (; n < v.len && n < 254 && (is_letter(v.at[n]) || is_digit(v.at[n]) || strchr("-_.*", v.at[n])); n++)
        letters += is_letter(v.at[n]);
    if (n == 0 || letters == 0)
        return -EINVAL;
    return behind(cut(v, n), ret);
}

static int bare_read(struct ptn_slice v, struct ptn_place *ret)
{
    size_t n = ptn_addr_read(v.at, v.len, &ret->addr);
    if (n == 0)
        return -EINVAL;
    int r = behind(cut(v, n), ret);
    if (r < 0)
        ret->addr = (struct ptn_addr){0};
    return r;
}

/* "inside:192.0.2.1/80", "v1:inside:192.0.2.1": the interface stands before, and may have colons itself. */
static int with_iface_read(struct ptn_slice v, struct ptn_place *ret)
{
    for (size_t n = 1; n < v.len && n <= 64; n++) {
        if (v.at[n] != ':' || v.at[n - 1] == ':' || bare_read(cut(v, n + 1), ret) < 0)
            continue;
        ret->iface = (struct ptn_slice){v.at, n};
        return 0;
    }
    struct ptn_slice iface = until(v, ':'), rest = cut(v, iface.len < v.len ? iface.len + 1 : v.len);
    *ret = (struct ptn_place){0};
    if (iface.len == v.len || iface.len == 0 || iface.len > 64 || is_number(rest) || name_read(rest, ret) < 0)
        return -EINVAL;
    ret->iface = iface;
    return 0;
}

int ptn_place_read(struct ptn_slice v, struct ptn_place *ret)
{
    *ret = (struct ptn_place){0};
    while (v.len && strchr("[(<", v.at[0]))
        v = cut(v, 1);
    while (v.len && strchr(")>", v.at[v.len - 1]) && !memchr(v.at, '(', v.len))
        v.len--;
    if (bare_read(v, ret) == 0 || with_iface_read(v, ret) == 0)
        return 0;
    *ret = (struct ptn_place){0};
    return name_read(v, ret);
}
