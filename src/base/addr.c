#include "addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "text.h"

static size_t addr_size(const struct ptn_addr *a)
{
    return a->family == AF_INET ? 4 : a->family == AF_INET6 ? 16 : 0;
}

const char *ptn_addr_format(const struct ptn_addr *a, char out[static PTN_ADDR_TEXT])
{
    const char *end = out + PTN_ADDR_TEXT;
    char *at = out;
    if (!addr_size(a) || (a->family == AF_INET6 && !inet_ntop(a->family, a->bytes, out, PTN_ADDR_TEXT)))
        out[0] = '\0';
    for (int i = 0; a->family == AF_INET && i < 4; i++) /* libc goes through printf for these */
        at = ptn_put_number(ptn_put(at, end, i ? "." : ""), end, a->bytes[i]);
    return out;
}

int ptn_addr_parse(struct ptn_addr *ret, const char *text, size_t len)
{
    char z[PTN_ADDR_TEXT];
    if (len == 0 || len >= sizeof(z))
        return -EINVAL;
    memcpy(z, text, len);
    z[len] = '\0';
    struct ptn_addr a = {.family = memchr(z, ':', len) ? AF_INET6 : AF_INET};
    if (inet_pton(a.family, z, a.bytes) != 1)
        return -EINVAL;
    *ret = a;
    return 0;
}

struct ptn_addr ptn_addr_unmapped(const struct ptn_addr *a)
{
    static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};
    struct ptn_addr four = {.family = AF_INET};
    if (a->family != AF_INET6 || memcmp(a->bytes, prefix, sizeof(prefix)) != 0)
        return *a;
    memcpy(four.bytes, a->bytes + 12, 4);
    return four;
}

void ptn_addr_span(const uint8_t *addr, unsigned prefix, uint8_t width, uint8_t *lo, uint8_t *hi)
{
    for (unsigned i = 0; i < width; i++) {
        unsigned bits = prefix >= (i + 1) * 8 ? 8 : prefix > i * 8 ? prefix - i * 8 : 0;
        uint8_t mask = (uint8_t)(0xff00 >> bits);
        lo[i] = addr[i] & mask;
        hi[i] = (uint8_t)(addr[i] | (uint8_t)~mask);
    }
}

bool ptn_addr_within(const struct ptn_addr *net, unsigned prefix, const struct ptn_addr *a)
{
    const unsigned whole = prefix / 8, rest = prefix % 8;
    if (net->family != a->family || memcmp(net->bytes, a->bytes, whole) != 0)
        return false;
    return !rest || (net->bytes[whole] ^ a->bytes[whole]) >> (8 - rest) == 0;
}

bool ptn_addr_equal(const struct ptn_addr *a, const struct ptn_addr *b)
{
    return a->family == b->family && memcmp(a->bytes, b->bytes, addr_size(a)) == 0;
}

bool ptn_addr_is_any(const struct ptn_addr *a)
{
    static const uint8_t zero[16];
    return memcmp(a->bytes, zero, addr_size(a)) == 0;
}

bool ptn_addr_is_loopback(const struct ptn_addr *a)
{
    static const uint8_t one[16] = {[15] = 1}, mapped[13] = {[10] = 0xff, 0xff, 127};
    if (a->family == AF_INET)
        return a->bytes[0] == 127;
    return a->family == AF_INET6 && (memcmp(a->bytes, one, 16) == 0 || memcmp(a->bytes, mapped, 13) == 0);
}

bool ptn_addr_is_link_local(const struct ptn_addr *a)
{
    if (a->family == AF_INET)
        return a->bytes[0] == 169 && a->bytes[1] == 254;
    return a->family == AF_INET6 && a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80;
}

bool ptn_addr_is_multicast(const struct ptn_addr *a)
{
    return a->family == AF_INET ? (a->bytes[0] & 0xf0) == 0xe0 : a->family == AF_INET6 && a->bytes[0] == 0xff;
}

bool ptn_addr_is_private(const struct ptn_addr *a)
{
    const uint8_t *b = a->bytes;
    if (a->family == AF_INET6)
        return (b[0] & 0xfe) == 0xfc;
    return a->family == AF_INET && (b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) ||
                                    (b[0] == 192 && b[1] == 168) || (b[0] == 100 && (b[1] & 0xc0) == 64));
}

bool ptn_addr_is_public(const struct ptn_addr *a)
{
    return !ptn_addr_is_private(a) && !ptn_addr_is_link_local(a) && !ptn_addr_is_multicast(a) &&
           !ptn_addr_is_loopback(a);
}
