/* Words of the kernel's packet log in any order. */
#include <string.h>

#include "base/addr.h"
#include "netfilter.h"
#include "pairs.h"

enum { ICMP = 1, TCP = 6, UDP = 17, ESP = 50, AH = 51, ICMP6 = 58, UDPLITE = 136 };

/* What a word of the line is, beyond the slots. */
enum { MEANS_FLAG = PTN_SLOT_COUNT, MEANS_RES, MEANS_NO_IP };

struct meaning {
    char text[11];
    uint8_t len;
    uint8_t what;
    uint8_t flag;
};

/* Words are told apart by their first three letters, at a place of their own in a table. */
#define TABLE 128
#define PLACE(a, b, c)                                                                                                 \
    ((((uint32_t)(unsigned char)(a) | (uint32_t)(unsigned char)(b) << 8 | (uint32_t)(unsigned char)(c) << 16) *        \
      UINT32_C(4051686261)) >>                                                                                         \
     25)
#define VALUE(a, b, c, text, what) [PLACE(a, b, c)] = {text, sizeof(text) - 1, what, 0}
#define FLAG(a, b, c, text, bit) [PLACE(a, b, c)] = {text, sizeof(text) - 1, MEANS_FLAG, bit}

/* clang-format off */
static const struct meaning meanings[TABLE] = {
    FLAG('C', 'W', 'R', "CWR", 128),
    FLAG('E', 'C', 'E', "ECE", 64),
    FLAG('U', 'R', 'G', "URG", 32),
    FLAG('A', 'C', 'K', "ACK", 16),
    FLAG('P', 'S', 'H', "PSH", 8),
    FLAG('R', 'S', 'T', "RST", 4),
    FLAG('S', 'Y', 'N', "SYN", 2),
    FLAG('F', 'I', 'N', "FIN", 1),
    VALUE('A', 'R', 'P', "ARP", MEANS_NO_IP),
    VALUE('M', 'A', 'C', "MACPROTO=", MEANS_NO_IP),
    VALUE('R', 'E', 'S', "RES=", MEANS_RES),
    VALUE('S', 'R', 'C', "SRC=", PTN_SLOT_SRC),
    VALUE('D', 'S', 'T', "DST=", PTN_SLOT_DST),
    VALUE('S', 'P', 'T', "SPT=", PTN_SLOT_SPORT),
    VALUE('D', 'P', 'T', "DPT=", PTN_SLOT_DPORT),
    VALUE('P', 'R', 'O', "PROTO=", PTN_SLOT_PROTO),
    VALUE('p', 'r', 'o', "proto=", PTN_SLOT_PROTO), /* ebtables */
    VALUE('T', 'Y', 'P', "TYPE=", PTN_SLOT_ICMP_TYPE),
    VALUE('C', 'O', 'D', "CODE=", PTN_SLOT_ICMP_CODE),
    VALUE('L', 'E', 'N', "LEN=", PTN_SLOT_LENGTH),
    VALUE('T', 'T', 'L', "TTL=", PTN_SLOT_TTL),
    VALUE('H', 'O', 'P', "HOPLIMIT=", PTN_SLOT_TTL),
    VALUE('I', 'D', '=', "ID=", PTN_SLOT_ID),
    VALUE('W', 'I', 'N', "WINDOW=", PTN_SLOT_WINDOW),
};
/* clang-format on */
#undef FLAG
#undef VALUE

static const struct meaning *meaning_of(const char *at, size_t len)
{
    if (len < 3)
        return NULL;
    const struct meaning *m = &meanings[PLACE(at[0], at[1], at[2])];
    if (!m->len || len < m->len)
        return NULL;
    for (size_t i = 0; i < m->len; i++)
        if (at[i] != m->text[i])
            return NULL;
    return m;
}

/* A number up to a blank or the end, and a comma before it where ebtables writes one. */
static inline bool read_number(struct ptn_netfilter *scan, uint32_t max, uint32_t *ret)
{
    const char *at = scan->at, *end = scan->end;
    uint64_t n = 0;
    while (at < end && *at >= '0' && *at <= '9' && n <= max)
        n = n * 10 + (uint64_t)(*at++ - '0');
    bool sound = at > scan->at && n <= max && (at == end || *at == ' ' || *at == ',');
    scan->at = at;
    *ret = (uint32_t)n;
    return sound;
}

static bool read_v4(struct ptn_netfilter *scan, struct ptn_addr *ret)
{
    unsigned part = 0, n = 0, digits = 0;
    uint8_t bytes[4];
    const char *at = scan->at;
    for (; at < scan->end; at++) {
        unsigned d = (unsigned)(unsigned char)*at - '0';
        if (d <= 9 && digits < 3) {
            n = n * 10 + d;
            digits++;
        } else if (*at == '.' && digits && n <= 255 && part < 3) {
            bytes[part++] = (uint8_t)n;
            n = digits = 0;
        } else {
            break;
        }
    }
    if (part != 3 || !digits || n > 255 || (at < scan->end && *at != ' ' && *at != ','))
        return false;
    bytes[3] = (uint8_t)n;
    ret->family = AF_INET;
    memcpy(ret->bytes, bytes, 4);
    scan->at = at;
    return true;
}

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* The kernel writes all eight groups with all their zeros. */
static bool read_v6(struct ptn_slice s, struct ptn_addr *ret)
{
    struct ptn_addr a = {.family = AF_INET6};
    if (s.len != 39)
        return ptn_addr_parse(ret, s.at, s.len) == 0;
    for (size_t i = 0; i < 8; i++) {
        const char *at = s.at + i * 5;
        int b[4] = {hex(at[0]), hex(at[1]), hex(at[2]), hex(at[3])};
        if ((b[0] | b[1] | b[2] | b[3]) < 0 || (i < 7 && at[4] != ':'))
            return false;
        a.bytes[i * 2] = (uint8_t)(b[0] << 4 | b[1]);
        a.bytes[i * 2 + 1] = (uint8_t)(b[2] << 4 | b[3]);
    }
    *ret = a;
    return true;
}

/* Up to a blank, without a comma. */
static struct ptn_slice word_of(const struct ptn_netfilter *scan)
{
    const char *to = scan->at;
    while (to < scan->end && *to != ' ' && *to != ',')
        to++;
    return (struct ptn_slice){scan->at, (size_t)(to - scan->at)};
}

static void put_addr(struct ptn_netfilter *scan, struct ptn_addr *ret)
{
    if (!ret->family && !read_v4(scan, ret) && !read_v6(word_of(scan), ret))
        scan->bad = true;
}

void ptn_netfilter_proto(struct ptn_netfilter *scan)
{
    static const struct {
        char text[8];
        uint8_t number;
    } names[] = {{"TCP", TCP}, {"UDP", UDP}, {"ICMP", ICMP},      {"ICMPv6", ICMP6},
                 {"ESP", ESP}, {"AH", AH},   {"UDPLITE", UDPLITE}};
    struct ptn_knock *k = scan->knock;
    uint32_t n = 0;
    if (k->has & PTN_HAS_PROTO)
        return;
    struct ptn_slice s = word_of(scan);
    bool known = s.len && *s.at <= '9' && read_number(scan, 255, &n);
    scan->at = s.at + s.len;
    for (size_t i = 0; !known && i < sizeof(names) / sizeof(*names); i++)
        if (slice_is(s, names[i].text)) {
            n = names[i].number;
            known = true;
        }
    if (known) {
        k->proto = (uint8_t)n;
        k->has |= PTN_HAS_PROTO;
    } else if (ptn_slot_put(k, &ptn_format_netfilter, PTN_SLOT_PROTO, s) != 0) {
        scan->bad = true;
    }
}

static inline void set_number(struct ptn_knock *k, unsigned what, uint32_t n)
{
    switch (what) {
    case PTN_SLOT_SPORT:
        k->sport = (uint16_t)n;
        break;
    case PTN_SLOT_DPORT:
        k->dport = (uint16_t)n;
        break;
    case PTN_SLOT_ICMP_TYPE:
        k->icmp_type = (uint8_t)n;
        break;
    case PTN_SLOT_ICMP_CODE:
        k->icmp_code = (uint8_t)n;
        break;
    case PTN_SLOT_TTL:
        k->ttl = (uint8_t)n;
        break;
    case PTN_SLOT_ID:
        k->id = (uint16_t)n;
        break;
    case PTN_SLOT_WINDOW:
        k->window = (uint16_t)n;
        break;
    default:
        k->length = n;
    }
}

/* The first of a name counts: an echo has an ID of its own, UDP a LEN. */
static inline void put_number(struct ptn_netfilter *scan, unsigned what)
{
    static const struct {
        uint16_t bit;
        uint32_t max;
    } of[PTN_SLOT_COUNT] = {
        [PTN_SLOT_SPORT] = {PTN_HAS_SPORT, 65535},
        [PTN_SLOT_DPORT] = {PTN_HAS_DPORT, 65535},
        [PTN_SLOT_ICMP_TYPE] = {PTN_HAS_ICMP_TYPE, 255},
        [PTN_SLOT_ICMP_CODE] = {PTN_HAS_ICMP_CODE, 255},
        [PTN_SLOT_TTL] = {PTN_HAS_TTL, 255},
        [PTN_SLOT_ID] = {PTN_HAS_ID, 65535},
        [PTN_SLOT_WINDOW] = {PTN_HAS_WINDOW, 65535},
        [PTN_SLOT_LENGTH] = {PTN_HAS_LENGTH, UINT32_MAX},
    };
    struct ptn_knock *k = scan->knock;
    uint32_t n;
    if (k->has & of[what].bit)
        return;
    if (read_number(scan, of[what].max, &n)) {
        k->has |= of[what].bit;
        set_number(k, what, n);
    } else if (what == PTN_SLOT_SPORT || what == PTN_SLOT_DPORT) {
        scan->bad = true;
    }
}

/* scan->at is behind the meaning's text. */
static void put_word(struct ptn_netfilter *scan, const struct meaning *m)
{
    struct ptn_knock *k = scan->knock;
    if (m->what == PTN_SLOT_SRC || m->what == PTN_SLOT_DST) {
        put_addr(scan, m->what == PTN_SLOT_SRC ? &k->src : &k->dst);
    } else if (m->what == PTN_SLOT_PROTO) {
        ptn_netfilter_proto(scan);
    } else if (m->what < PTN_SLOT_COUNT) {
        put_number(scan, m->what);
    } else if (m->what == MEANS_NO_IP) {
        scan->no_ip = true;
    } else if (k->has & PTN_HAS_PROTO && k->proto == TCP) {
        bool set = m->what == MEANS_FLAG && (scan->at == scan->end || *scan->at == ' ');
        k->flags = (uint8_t)(k->flags | (set ? m->flag : 0u));
        if (set || m->what == MEANS_RES) /* and maybe none is set */
            k->has |= PTN_HAS_FLAGS;
    }
}

static inline bool take(struct ptn_netfilter *scan, const char *text, size_t len)
{
    while (scan->at < scan->end && *scan->at == ' ')
        scan->at++;
    if ((size_t)(scan->end - scan->at) < len || memcmp(scan->at, text, len) != 0)
        return false;
    scan->at += len;
    return true;
}
#define TAKE(scan, text) take(scan, text, sizeof(text) - 1)

/* The kernel writes them in this order, each with a blank. */
static void scan_flags(struct ptn_netfilter *scan)
{
    static const char order[8][4] = {{'C', 'W', 'R', ' '}, {'E', 'C', 'E', ' '}, {'U', 'R', 'G', ' '},
                                     {'A', 'C', 'K', ' '}, {'P', 'S', 'H', ' '}, {'R', 'S', 'T', ' '},
                                     {'S', 'Y', 'N', ' '}, {'F', 'I', 'N', ' '}};
    static const uint8_t bits[8] = {128, 64, 32, 16, 8, 4, 2, 1};
    const char *at = scan->at, *end = scan->end;
    unsigned flags = scan->knock->flags;
    while (at < end && *at == ' ')
        at++;
    for (size_t i = 0; i < 8 && end - at >= 4; i++)
        if (memcmp(at, order[i], 4) == 0) {
            flags |= bits[i];
            at += 4;
        }
    scan->at = at;
    scan->knock->flags = (uint8_t)flags;
    scan->knock->has |= PTN_HAS_FLAGS; /* and maybe none is set */
}

/* What nearly all lines begin with, in the order in which the kernel writes it: nothing needs to be looked up. */
static void scan_head(struct ptn_netfilter *scan)
{
    if (TAKE(scan, "MAC=")) {
        const char *to = memchr(scan->at, ' ', (size_t)(scan->end - scan->at));
        scan->at = to ? to : scan->end;
    }
    if (TAKE(scan, "SRC="))
        put_addr(scan, &scan->knock->src);
    if (TAKE(scan, "DST="))
        put_addr(scan, &scan->knock->dst);
    if (TAKE(scan, "LEN="))
        put_number(scan, PTN_SLOT_LENGTH);
    if (TAKE(scan, "TOS=0x"))
        scan->at += scan->end - scan->at > 2 ? 2 : 0;
    if (TAKE(scan, "PREC=0x"))
        scan->at += scan->end - scan->at > 2 ? 2 : 0;
    if (TAKE(scan, "TTL="))
        put_number(scan, PTN_SLOT_TTL);
    if (TAKE(scan, "ID="))
        put_number(scan, PTN_SLOT_ID);
    (void)TAKE(scan, "DF ");
    if (TAKE(scan, "PROTO="))
        ptn_netfilter_proto(scan);
    if (TAKE(scan, "SPT="))
        put_number(scan, PTN_SLOT_SPORT);
    if (TAKE(scan, "DPT="))
        put_number(scan, PTN_SLOT_DPORT);
    if (TAKE(scan, "WINDOW="))
        put_number(scan, PTN_SLOT_WINDOW);
    if (TAKE(scan, "RES=0x") && scan->end - scan->at > 2 && scan->knock->proto == TCP) {
        scan->at += 2;
        scan_flags(scan);
        (void)TAKE(scan, "URGP=0");
    }
}

static void skip_word(struct ptn_netfilter *scan)
{
    while (scan->at < scan->end && *scan->at != ' ')
        scan->at++;
}

void ptn_netfilter_rest(struct ptn_netfilter *scan)
{
    while (scan->at < scan->end) {
        const char *at = scan->at;
        size_t len = (size_t)(scan->end - at);
        if (*at == ' ') {
            scan->at++;
            continue;
        }
        if (*at == '[' || (len > 4 && memcmp(at, "MAC=", 4) == 0)) {
            /* The packet that an ICMP error is about is another one. */
            const char *to = memchr(at, *at == '[' ? ']' : ' ', len);
            scan->at = to ? to + 1 : scan->end;
            continue;
        }
        const struct meaning *m = meaning_of(at, len);
        if (m) {
            scan->at += m->len;
            put_word(scan, m);
        }
        skip_word(scan);
    }
}

void ptn_netfilter_words(struct ptn_netfilter *scan)
{
    scan_head(scan);
    ptn_netfilter_rest(scan);
}
