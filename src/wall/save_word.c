/* A line of iptables-save as words, and words as numbers and addresses. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/addr.h"
#include "save.h"

/* One word from *at on: quotes may open and close within it, and within them a backslash keeps the next octet. */
static int read_word(const char **at, const char *end, char **out, struct ptn_save_word *w)
{
    char *to = *out;
    bool open = false;
    *w = (struct ptn_save_word){.text = to};
    for (; *at < end && (open || (**at != ' ' && **at != '\t')); ++*at) {
        if (**at == '"') {
            open = !open;
            w->quoted = true;
            continue;
        }
        if (open && **at == '\\' && *at + 1 < end)
            ++*at;
        *to++ = **at;
    }
    w->len = (uint32_t)(to - w->text);
    *to++ = '\0';
    *out = to;
    return open ? -EINVAL : 0;
}

int ptn_save_split(struct ptn_save_rule *r, const char *line, size_t len, const char **why)
{
    const char *at = line, *end = line + len;
    char *out = r->scratch;
    r->n_words = 0;
    *why = len > PTN_SAVE_LINE ? "the line is too long" : memchr(line, '\0', len) ? "this is no text" : NULL;
    while (!*why) {
        while (at < end && (*at == ' ' || *at == '\t'))
            at++;
        if (at == end)
            return 0;
        if (r->n_words == PTN_SAVE_WORDS)
            *why = "too many words";
        else if (read_word(&at, end, &out, &r->words[r->n_words++]) < 0)
            *why = "a quotation mark is not closed";
    }
    return -EINVAL;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

int ptn_save_number(const char *text, size_t len, uint64_t max, uint64_t *ret)
{
    int base = 10;
    uint64_t n = 0;
    if (len > 1 && text[0] == '0') {
        base = (text[1] | 0x20) == 'x' ? 16 : 8;
        text += base == 16 ? 2 : 1;
        len -= base == 16 ? 2 : 1;
    }
    if (len == 0)
        return PTN_SAVE_UNCLEAR;
    for (size_t i = 0; i < len; i++) {
        int d = digit_of(text[i]);
        if (d >= base || (uint64_t)d > max || n > (max - (uint64_t)d) / (uint64_t)base)
            return PTN_SAVE_UNCLEAR;
        n = n * (uint64_t)base + (uint64_t)d;
    }
    *ret = n;
    return 0;
}

int ptn_save_range(const char *text, size_t len, char mark, uint64_t max, uint64_t *lo, uint64_t *hi)
{
    const char *cut = memchr(text, mark, len);
    if (!cut) {
        int e = ptn_save_number(text, len, max, lo);
        *hi = *lo;
        return e;
    }
    size_t first = (size_t)(cut - text), second = len - first - 1;
    *lo = 0;
    *hi = max;
    if (first && ptn_save_number(text, first, max, lo))
        return PTN_SAVE_UNCLEAR;
    return second && ptn_save_number(cut + 1, second, max, hi) ? PTN_SAVE_UNCLEAR : 0;
}

int ptn_save_masked(const char *text, uint32_t *value, uint32_t *mask)
{
    size_t len = strcspn(text, "/");
    uint64_t v = 0, m = UINT32_MAX;
    if (ptn_save_number(text, len, UINT32_MAX, &v))
        return PTN_SAVE_UNCLEAR;
    if (text[len] && ptn_save_number(text + len + 1, strlen(text + len + 1), UINT32_MAX, &m))
        return PTN_SAVE_UNCLEAR;
    *value = (uint32_t)v;
    *mask = (uint32_t)m;
    return 0;
}

static size_t width_of(uint8_t family)
{
    return family == AF_INET ? 4 : 16;
}

static int one_address(uint8_t family, const char *text, size_t len, uint8_t *out)
{
    struct ptn_addr a;
    if (ptn_addr_parse(&a, text, len) < 0 || a.family != family)
        return PTN_SAVE_UNCLEAR;
    memcpy(out, a.bytes, width_of(family));
    return 0;
}

int ptn_save_address(uint8_t family, const char *text, size_t len, uint8_t *addr, uint8_t *mask)
{
    const char *slash = memchr(text, '/', len);
    size_t width = width_of(family), first = slash ? (size_t)(slash - text) : len;
    uint64_t bits;
    memset(mask, 0xff, width);
    if (one_address(family, text, first, addr))
        return PTN_SAVE_UNCLEAR;
    if (!slash)
        return 0;
    if (ptn_save_number(slash + 1, len - first - 1, width * 8, &bits))
        return one_address(family, slash + 1, len - first - 1, mask);
    for (size_t i = 0; i < width; i++, bits -= bits < 8 ? bits : 8)
        mask[i] = (uint8_t)(bits >= 8 ? 0xff : 0xff00 >> bits);
    return 0;
}

int ptn_save_addresses(uint8_t family, const char *text, size_t len, uint8_t *lo, uint8_t *hi)
{
    const char *dash = memchr(text, '-', len);
    size_t first = dash ? (size_t)(dash - text) : len;
    if (one_address(family, text, first, lo))
        return PTN_SAVE_UNCLEAR;
    return dash ? one_address(family, dash + 1, len - first - 1, hi) : one_address(family, text, len, hi);
}

size_t ptn_save_item(const char **at, const char **ret)
{
    *at += strspn(*at, ",");
    size_t len = strcspn(*at, ",");
    *ret = *at;
    *at += len;
    return len;
}

int ptn_save_named(const struct ptn_save_named *list, const char *name, size_t len)
{
    for (; list->name; list++)
        if (strlen(list->name) == len && strncasecmp(list->name, name, len) == 0)
            return list->number;
    return -1;
}
