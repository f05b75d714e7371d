#include "utf8.h"

#include <stdint.h>
#include <string.h>

/* The length of the well-formed sequence at p, and its code point; 0 if there is none. */
static size_t read_point(const unsigned char *p, size_t left, uint32_t *ret)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = p[0] < 0x80 ? 1 : (p[0] & 0xe0) == 0xc0 ? 2 : (p[0] & 0xf0) == 0xe0 ? 3 : (p[0] & 0xf8) == 0xf0 ? 4 : 0;
    if (n == 0 || n > left)
        return 0;
    uint32_t c = n == 1 ? p[0] : p[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (p[i] & 0x3f);
    }
    *ret = c;
    return c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? 0 : n;
}

size_t ptn_utf8_shown(const char *text, size_t len)
{
    static const uint32_t hidden[][2] = {{0, 0x1f},        {0x7f, 0x9f},     {0x61c, 0x61c},   {0x200b, 0x200f},
                                         {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}};
    uint32_t c;
    const size_t n = read_point((const unsigned char *)text, len, &c);
    for (size_t i = 0; n && i < sizeof(hidden) / sizeof(hidden[0]); i++)
        if (c >= hidden[i][0] && c <= hidden[i][1])
            return 0;
    return n;
}

size_t ptn_utf8_length(const char *text, size_t len)
{
    uint32_t c;
    return read_point((const unsigned char *)text, len, &c);
}

char *ptn_utf8_clean(char *out, size_t size, const char *text, size_t len)
{
    size_t at = 0;
    for (size_t i = 0, whole; i < len; i += whole ? whole : 1) {
        const size_t n = ptn_utf8_shown(text + i, len - i);
        whole = ptn_utf8_length(text + i, len - i);
        if (at + (n ? n : 1) >= size)
            break;
        memmove(out + at, n ? text + i : "?", n ? n : 1);
        at += n ? n : 1;
    }
    out[at] = '\0';
    return out;
}
