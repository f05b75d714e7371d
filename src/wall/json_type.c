/* Values as nft's JSON has them: numbers, symbols, addresses, prefixes, ranges, flags; into the model's numbers. */
#include <arpa/inet.h>
#include <grp.h>
#include <netdb.h>
#include <pwd.h>
#include <string.h>

#include "base/text.h"
#include "json.h"
#include "save.h"

static const struct {
    const char *name;
    uint8_t width;
} types[PTN_NFT_TYPE_COUNT] = {
#define X(id, name, width) {name, width},
    PTN_NFT_TYPES(X)
#undef X
};

uint8_t ptn_nft_width(enum ptn_nft_type type)
{
    return types[type].width;
}

enum ptn_nft_type ptn_nft_type(const char *name, size_t len)
{
    for (unsigned i = 0; len && i < PTN_NFT_TYPE_COUNT; i++)
        if (strncmp(types[i].name, name, len) == 0 && !types[i].name[len])
            return (enum ptn_nft_type)i;
    return PTN_NFT_ALIEN;
}

void ptn_nft_put(uint8_t *out, uint8_t width, uint64_t number)
{
    for (unsigned i = 0; i < width; i++)
        out[i] = (uint8_t)(width - i > 8 ? 0 : number >> (8 * (width - i - 1)));
}

/* ---- numbers ------------------------------------------------------------------------------------------------------
 */

/* meta protocol as a number is an Ethernet type in network order, read in the machine's. */
static uint32_t ether_family(int64_t n)
{
    return n == 0x0800 || n == htons(0x0800) ? 2 : n == 0x86dd || n == htons(0x86dd) ? 10 : 0;
}

/* nft looks a port's name up without its protocol: a name that stands for several ports says nothing. */
static int service(const char *word, uint32_t *ret)
{
    static const char *const protos[] = {"tcp", "udp", "sctp", "dccp", "ddp"};
    char buf[2048];
    bool any = false;
    for (size_t i = 0; i < sizeof(protos) / sizeof(*protos); i++) {
        struct servent e, *found = NULL;
        if (getservbyname_r(word, protos[i], &e, buf, sizeof(buf), &found) != 0 || !found)
            continue;
        uint32_t port = ntohs((uint16_t)e.s_port);
        if (any && port != *ret)
            return PTN_NFT_UNCLEAR;
        *ret = port;
        any = true;
    }
    return any ? 0 : PTN_NFT_UNCLEAR;
}

static int user(const char *word, uint32_t *ret)
{
    char buf[4096];
    struct passwd e, *found = NULL;
    if (getpwnam_r(word, &e, buf, sizeof(buf), &found) != 0 || !found)
        return PTN_NFT_UNCLEAR;
    *ret = e.pw_uid;
    return 0;
}

static int group(const char *word, uint32_t *ret)
{
    char buf[4096];
    struct group e, *found = NULL;
    if (getgrnam_r(word, &e, buf, sizeof(buf), &found) != 0 || !found)
        return PTN_NFT_UNCLEAR;
    *ret = e.gr_gid;
    return 0;
}

static int word_number(enum ptn_nft_type type, const char *word, uint32_t *ret)
{
    if (ptn_nft_symbol_value(type, word, ret) == 0)
        return 0;
    long n = ptn_number(word, strlen(word), UINT32_MAX);
    int proto = type == PTN_NFT_PROTO ? ptn_save_proto(word) : -1;
    if (n >= 0 || proto >= 0) {
        *ret = n >= 0 ? (uint32_t)n : (uint32_t)proto;
        return 0;
    }
    *ret = 0;
    return type == PTN_NFT_ETHERTYPE ? 0 /* no packet of IP has it */
           : type == PTN_NFT_PORT    ? service(word, ret)
           : type == PTN_NFT_UID     ? user(word, ret)
           : type == PTN_NFT_GID     ? group(word, ret)
                                     : PTN_NFT_UNCLEAR;
}

static int plain_number(enum ptn_nft_type type, const struct ptn_json *j, uint32_t *ret)
{
    int64_t n = ptn_json_number(j, UINT32_MAX);
    if (j->kind == PTN_JSON_STRING)
        return word_number(type, j->text, ret);
    if (n < 0)
        return PTN_NFT_UNCLEAR;
    *ret = type == PTN_NFT_ETHERTYPE ? ether_family(n) : (uint32_t)n;
    return 0;
}

/* Flags: ["syn", "ack"], {"|": ["syn", "ack"]}, and the latter in itself. */
static int flags(enum ptn_nft_type type, const struct ptn_json *j, uint32_t *ret, unsigned depth)
{
    const struct ptn_json *body = j;
    const char *op = ptn_json_only(j, &body);
    *ret = 0;
    if (depth > PTN_NFT_DEPTH || (op && strcmp(op, "|") != 0))
        return PTN_NFT_UNCLEAR;
    if (body->kind != PTN_JSON_ARRAY)
        return op ? PTN_NFT_UNCLEAR : plain_number(type, j, ret);
    PTN_JSON_EACH(item, body)
    {
        uint32_t bit;
        if (flags(type, item, &bit, depth + 1))
            return PTN_NFT_UNCLEAR;
        *ret |= bit;
    }
    return 0;
}

int ptn_nft_number(enum ptn_nft_type type, const struct ptn_json *j, uint32_t *ret)
{
    const unsigned width = types[type].width;
    if (!j || width == 0 || width > 4 || flags(type, j, ret, 0))
        return PTN_NFT_UNCLEAR;
    return width == 4 || *ret >> (8 * width) == 0 ? 0 : PTN_NFT_UNCLEAR;
}

/* ---- names of interfaces ------------------------------------------------------------------------------------------
 */

/* nft prints a last '*' that is meant literally as "\*"; and an index that no interface has, as a number. */
static int interface(enum ptn_nft_type type, const struct ptn_json *j, uint8_t *lo, uint8_t *hi)
{
    const char *name = ptn_json_text(j);
    if (!name || (type == PTN_NFT_IFINDEX && strcmp(name, "0") == 0))
        name = name || ptn_json_number(j, 0) == 0 ? "" : NULL;
    if (!name)
        return PTN_NFT_UNCLEAR;
    size_t len = strlen(name);
    if (len >= 2 && strcmp(name + len - 2, "\\*") == 0) {
        if (len - 1 > 15)
            return PTN_NFT_UNCLEAR;
        memset(lo, 0, 16);
        memcpy(lo, name, len - 2);
        lo[len - 2] = '*';
        memcpy(hi, lo, 16);
        return 0;
    }
    return ptn_ifname_range(name, lo, hi) < 0 ? PTN_NFT_UNCLEAR : 0;
}

/* ---- bounds -------------------------------------------------------------------------------------------------------
 */

static int one(enum ptn_nft_type type, const struct ptn_json *j, uint8_t *lo, uint8_t *hi)
{
    uint32_t n;
    if (type == PTN_NFT_IFNAME || type == PTN_NFT_IFINDEX)
        return interface(type, j, lo, hi);
    if (type == PTN_NFT_IPV4 || type == PTN_NFT_IPV6) {
        const char *text = ptn_json_text(j);
        if (!text || inet_pton(type == PTN_NFT_IPV4 ? AF_INET : AF_INET6, text, lo) != 1)
            return PTN_NFT_UNCLEAR;
        memcpy(hi, lo, types[type].width);
        return 0;
    }
    if (ptn_nft_number(type, j, &n))
        return PTN_NFT_UNCLEAR;
    ptn_nft_put(lo, types[type].width, n);
    memcpy(hi, lo, types[type].width);
    return 0;
}

static int prefix(enum ptn_nft_type type, const struct ptn_json *j, uint8_t *lo, uint8_t *hi)
{
    const uint8_t width = types[type].width;
    const struct ptn_json *addr = ptn_json_get(j, "addr");
    int64_t len = ptn_json_number(ptn_json_get(j, "len"), 8 * width);
    if (!addr || len < 0 || type == PTN_NFT_ETHERTYPE || one(type, addr, lo, hi))
        return PTN_NFT_UNCLEAR;
    for (int64_t i = len; i < 8 * width; i++) {
        uint8_t bit = (uint8_t)(0x80 >> i % 8);
        lo[i / 8] = (uint8_t)(lo[i / 8] & ~bit);
        hi[i / 8] |= bit;
    }
    return 0;
}

/* nft joins "x >= 5 y <= 3" into "y 5-3": what it stood for cannot be told. */
static int range(enum ptn_nft_type type, const struct ptn_json *j, uint8_t *lo, uint8_t *hi)
{
    uint8_t unused[PTN_RANGES_WIDTH];
    const struct ptn_json *a = ptn_json_at(j, 0), *b = ptn_json_at(j, 1);
    if (!a || !b || j->len != 2 || type == PTN_NFT_ETHERTYPE || one(type, a, lo, unused) || one(type, b, unused, hi))
        return PTN_NFT_UNCLEAR;
    return memcmp(lo, hi, types[type].width) > 0 ? PTN_NFT_UNCLEAR : 0;
}

int ptn_nft_bounds(enum ptn_nft_type type, const struct ptn_json *j, uint8_t *lo, uint8_t *hi)
{
    const struct ptn_json *body;
    if (!j || !types[type].width)
        return PTN_NFT_UNCLEAR;
    const char *op = ptn_json_only(j, &body);
    if (op && strcmp(op, "prefix") == 0)
        return prefix(type, body, lo, hi);
    if (op && strcmp(op, "range") == 0)
        return range(type, body, lo, hi);
    return one(type, j, lo, hi);
}
