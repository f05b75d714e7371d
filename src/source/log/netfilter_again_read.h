/*
 * The reader of lines that begin as one before them did. It is the text of netfilter_again_*.c, which say for what
 * processor it is built, and name it: READER, LEVEL_NAME.
 */
#include "netfilter_again.h"

#include <string.h>
#include <sys/socket.h>

#include "digits.h"
#include "netfilter.h"

/* All that is called is built in, but for what is seldom called. */
#define FLAT __attribute__((flatten))
#define SELDOM __attribute__((noinline))

enum { TCP = 6, UDP = 17, BLOCK = 64, DIGITS = 7 };

/* ---- what stands before the packet ------------------------------------------------------------------- */

#ifdef PTN_AVX2
static inline __m256i load32(const void *at)
{
    return _mm256_loadu_si256((const __m256i *)at);
}

static inline __m256i alike32(const struct ptn_begin *b, const char *text, size_t at)
{
    __m256i most = load32(b->most + at), above = _mm256_sub_epi8(load32(text + at), load32(b->text + at));
    return _mm256_cmpeq_epi8(_mm256_max_epu8(above, most), most);
}
#endif

/* PTN_AGAIN_TEXT octets can be read. */
static inline bool is_alike(const struct ptn_begin *b, const char *text)
{
#ifdef PTN_AVX2
    __m256i alike = _mm256_and_si256(alike32(b, text, 0), alike32(b, text, 32));
    alike = _mm256_and_si256(alike, _mm256_and_si256(alike32(b, text, 64), alike32(b, text, 96)));
    return _mm256_movemask_epi8(alike) == -1;
#else
    unsigned other = 0;
    for (size_t i = 0; i < PTN_AGAIN_TEXT; i++)
        other |= (uint8_t)((unsigned char)text[i] - b->text[i]) > b->most[i];
    return !other;
#endif
}

SELDOM static struct ptn_begin *find_other(struct ptn_again *a, struct ptn_slice line)
{
    struct ptn_begin *b = a->begins, *end = b + PTN_AGAIN_BEGINS;
    while (b < end && b->len && !is_alike(b, line.at))
        b++;
    if (b == end || !b->len)
        b = ptn_again_renew(a, line);
    a->last = b ? b : a->last;
    a->missed = !b;
    return b;
}

static inline struct ptn_begin *find_begin(struct ptn_again *a, struct ptn_slice line)
{
    if (line.len < PTN_AGAIN_TEXT)
        return NULL;
    return is_alike(a->last, line.at) ? a->last : find_other(a, line);
}

static inline int64_t time_of(const struct ptn_begin *b, const char *line)
{
    static const uint32_t scale[DIGITS] = {0, 100000, 10000, 1000, 100, 10, 1};
    const char *at = line + b->second;
    int64_t second = (at[0] - '0') * 10 + (at[1] - '0'), fraction = 0;
    if (b->n_fraction)
        fraction =
            (int64_t)ptn_to_number(ptn_digits_before(line + b->fraction_end, b->n_fraction)) * scale[b->n_fraction];
    return b->minute + second * 1000000 + fraction;
}

/* ---- addresses --------------------------------------------------------------------------------------- */

/* Whether they are alike; BLOCK octets of both can be read. */
static inline bool is_same(const char *a, const char *b, size_t len)
{
#ifdef PTN_AVX2
    uint32_t low = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(load32(a), load32(b)));
    return len <= 32 ? !_bzhi_u32(~low, (unsigned)len) : low == UINT32_MAX && ptn_same(a, b, len);
#else
    return ptn_same_short(a, b, len);
#endif
}

/* What is behind the blank of "SRC=192.0.2.1 " or "SRC=2001:0db8: ... :0001 ", and of DST; NULL. */
static inline const char *address(const char *at, const char *end, const char *name, struct ptn_addr *ret)
{
    enum { NAME = 4, GROUPS = 39 };
    if (end - at < BLOCK || memcmp(at, name, NAME) != 0)
        return NULL;
    at += NAME;
    if (at[GROUPS] == ' ' && at[4] == ':') {
        ret->family = AF_INET6;
        return ptn_eight_groups(at, ret->bytes) ? at + GROUPS + 1 : NULL;
    }
    ret->family = AF_INET;
    size_t n = ptn_dotted_read(at, ret->bytes);
    return n ? at + n + 1 : NULL;
}

SELDOM static const char *other_destination(struct ptn_destination *last, const char *at, const char *end,
                                            struct ptn_addr *ret)
{
    const char *behind = address(at, end, "DST=", ret);
    if (behind) {
        memcpy(last->text, at, BLOCK);
        last->addr = *ret;
        last->len = (size_t)(behind - at);
    }
    return behind;
}

static inline const char *destination(struct ptn_destination *last, const char *at, const char *end,
                                      struct ptn_addr *ret)
{
    if (end - at < BLOCK)
        return NULL;
    if (!last->len || !is_same(at, last->text, last->len))
        return other_destination(last, at, end, ret);
    *ret = last->addr;
    return at + last->len;
}

/* BLOCK octets can be read. */
static inline const char *behind_mac(struct ptn_seen *seen, const char *at)
{
    uint64_t blanks = ptn_blanks(at);
    if ((blanks & -blanks) != UINT64_C(1) << seen->mac) {
        if (!blanks)
            return NULL;
        seen->mac = (size_t)__builtin_ctzll(blanks);
    }
    return at + seen->mac + 1;
}

static inline const char *addresses(struct ptn_seen *seen, const char *at, const char *end, struct ptn_knock *k)
{
    if (end - at < BLOCK)
        return NULL;
    if (memcmp(at, "MAC=", 4) == 0) {
        if (!(at = behind_mac(seen, at)))
            return NULL;
    }
    at = address(at, end, "SRC=", &k->src);
    return at ? destination(&seen->to[k->src.family == AF_INET6], at, end, &k->dst) : NULL;
}

/* ---- words ------------------------------------------------------------------------------------------- */

/* Words of a block of 64 octets, whose ends are known before the first of them is read. */
struct words {
    const char *block;
    size_t at;       /* where the next one begins */
    uint64_t blanks; /* from there on, a bit an octet */
};

/* What is read of a packet; the numbers all at once. */
enum { LENGTH, TTL, ID, SPORT, DPORT, WINDOW, NUMBERS, ROOM = 8 };
struct packet {
    uint64_t digits[NUMBERS];
    uint32_t has;
    unsigned proto, flags;
};

/* Four octets can be read. */
static inline bool is_name(const char *at, const char *name, size_t len)
{
    if (len > 8)
        return memcmp(at, name, len) == 0;
    if (len < 4)
        return (ptn_load32(at) ^ ptn_load32(name)) << (32 - 8 * len) == 0;
    return ptn_load32(at) == ptn_load32(name) && ptn_load32(at + len - 4) == ptn_load32(name + len - 4);
}

/* How long a word is comes first: what is behind it may not be there. */
static inline bool pass_number(struct words *w, const char *name, size_t len, uint64_t *ret)
{
    if (!w->blanks)
        return false;
    size_t to = (size_t)__builtin_ctzll(w->blanks), n = to - w->at - len;
    if (n - 1 >= DIGITS || !is_name(w->block + w->at, name, len))
        return false;
    *ret = ptn_digits_before(w->block + to, n);
    w->at = to + 1;
    w->blanks &= w->blanks - 1;
    return true;
}
#define PASS_NUMBER(w, name, ret) pass_number(w, name, sizeof(name) - 1, ret)

/* Eight octets that can be read, but for what is in the places of NULs. */
#define EIGHT(a, b, c, d, e, f, g, h)                                                                                  \
    ((uint64_t)(a) | (uint64_t)(b) << 8 | (uint64_t)(c) << 16 | (uint64_t)(d) << 24 | (uint64_t)(e) << 32 |            \
     (uint64_t)(f) << 40 | (uint64_t)(g) << 48 | (uint64_t)(h) << 56)
#define SIX (UINT64_MAX >> 16)

/* "TOS=0x00 PREC=0x00 ", whichever the digits are. */
static inline bool pass_service(struct words *w)
{
    enum { TOS = 8, PREC = 18, LEN = 19 };
    const uint64_t ends = UINT64_C(1) << TOS | UINT64_C(1) << PREC, all = (UINT64_C(1) << LEN) - 1;
    const char *at = w->block + w->at;
    if (w->at > BLOCK - LEN || (w->blanks >> w->at & all) != ends ||
        (ptn_load64(at) & SIX) != EIGHT('T', 'O', 'S', '=', '0', 'x', 0, 0) ||
        ptn_load64(at + TOS) != EIGHT(' ', 'P', 'R', 'E', 'C', '=', '0', 'x'))
        return false;
    w->at += LEN;
    w->blanks &= w->blanks - 1;
    w->blanks &= w->blanks - 1;
    return true;
}

/* Of which kind it is the addresses have told. */
static inline bool pass_ip(struct words *w, bool is_v6, struct packet *p)
{
    uint64_t unused;
    if (!PASS_NUMBER(w, "LEN=", &p->digits[LENGTH]))
        return false;
    p->has = PTN_HAS_LENGTH | PTN_HAS_TTL;
    if (!is_v6) {
        p->has |= PTN_HAS_ID;
        return pass_service(w) && PASS_NUMBER(w, "TTL=", &p->digits[TTL]) && PASS_NUMBER(w, "ID=", &p->digits[ID]);
    }
    p->digits[ID] = 0;
    return PASS_NUMBER(w, "TC=", &unused) && PASS_NUMBER(w, "HOPLIMIT=", &p->digits[TTL]) &&
           PASS_NUMBER(w, "FLOWLBL=", &unused);
}

/* ---- the protocol ------------------------------------------------------------------------------------ */

/* Flags before `end`, from the last to the first; 36 octets can be read. Result: where they begin. */
static inline const char *read_flags(const char *end, unsigned *ret)
{
    unsigned flags = 0, last = 0, flag;
    while ((flag = ptn_netfilter_flag(ptn_load32(end - 4))) > last) {
        last = flag;
        flags |= flag;
        end -= 4;
    }
    *ret = flags;
    return end;
}

/* "WINDOW=1024 RES=0x00 SYN " up to "URGP=0". */
static inline bool pass_tcp(struct words *w, const char *urgp, struct packet *p)
{
    enum { RES = 9 };
    const char *flags = read_flags(urgp, &p->flags);
    if (!PASS_NUMBER(w, "WINDOW=", &p->digits[WINDOW]))
        return false;
    const char *at = w->block + w->at;
    p->has |= PTN_HAS_WINDOW | PTN_HAS_FLAGS;
    return flags - at == RES && (w->blanks & -w->blanks) == UINT64_C(1) << (w->at + RES - 1) &&
           (ptn_load64(at) & SIX) == EIGHT('R', 'E', 'S', '=', '0', 'x', 0, 0);
}

/* From the ports to the end of the line, and of the block. How the line ends tells what it is before the processor
 * knows where its words are: it would go the wrong way for long otherwise. */
static inline bool pass_transport(struct words *w, uint32_t proto, struct packet *p)
{
    enum { URGP = 6 };
    const char *end = w->block + BLOCK, *urgp = end - (end[-1] == ' ') - URGP;
    uint64_t unused;
    if (!PASS_NUMBER(w, "SPT=", &p->digits[SPORT]) || !PASS_NUMBER(w, "DPT=", &p->digits[DPORT]))
        return false;
    p->has |= PTN_HAS_PROTO | PTN_HAS_SPORT | PTN_HAS_DPORT;
    if (ptn_load64(urgp - 2) >> 16 == EIGHT('U', 'R', 'G', 'P', '=', '0', 0, 0)) {
        p->proto = TCP;
        return proto == PTN_FOUR('T', 'C', 'P', ' ') && pass_tcp(w, urgp, p);
    }
    p->proto = UDP;
    p->digits[WINDOW] = p->flags = 0;
    return proto == PTN_FOUR('U', 'D', 'P', ' ') && PASS_NUMBER(w, "LEN=", &unused) && w->at == BLOCK;
}

static inline bool put_packet(const struct packet *p, struct ptn_knock *k)
{
    uint32_t n[ROOM];
    if (!ptn_six_numbers(p->digits, n) || (n[ID] | n[SPORT] | n[DPORT] | n[WINDOW]) > 65535 || n[TTL] > 255)
        return false;
    k->length = n[LENGTH];
    k->ttl = (uint8_t)n[TTL];
    k->id = (uint16_t)n[ID];
    k->sport = (uint16_t)n[SPORT];
    k->dport = (uint16_t)n[DPORT];
    k->window = (uint16_t)n[WINDOW];
    k->proto = (uint8_t)p->proto;
    k->flags = (uint8_t)p->flags;
    k->has = p->has;
    return true;
}

/* Every other packet has "DF ": without a branch. */
static inline const char *behind_df(const char *at)
{
    return at + 3 * (size_t)((ptn_load32(at) & UINT32_MAX >> 8) == PTN_FOUR('D', 'F', ' ', 0));
}

static inline bool read_packet(struct ptn_seen *seen, const char *at, const char *end, struct ptn_knock *k)
{
    enum { NAME = 6, PROTO = 10 };
    struct packet p;
    at = addresses(seen, at, end, k);
    if (!at || end - at < BLOCK)
        return false;
    struct words ip = {at, 0, ptn_blanks(at)}, rest = {end - BLOCK, 0, ptn_blanks(end - BLOCK)};
    if (!pass_ip(&ip, k->src.family == AF_INET6, &p) || end - at - (ptrdiff_t)ip.at < PROTO + 4)
        return false;
    at = behind_df(at + ip.at);
    size_t left = (size_t)(end - at) - PROTO;
    if (left > BLOCK || !is_name(at, "PROTO=", NAME))
        return false;
    rest.at = BLOCK - left;
    rest.blanks = rest.blanks >> rest.at << rest.at;
    return pass_transport(&rest, ptn_load32(at + NAME), &p) && put_packet(&p, k);
}

/* ------------------------------------------------------------------------------------------------------ */

FLAT static bool packet(struct ptn_seen *seen, const char *at, const char *end, struct ptn_knock *k)
{
    return read_packet(seen, at, end, k);
}

FLAT static const struct ptn_knock *line(struct ptn_again *a, struct ptn_slice text)
{
    struct ptn_begin *b = find_begin(a, text);
    if (!b)
        return NULL;
    struct ptn_knock *k = &b->knock;
    k->time = time_of(b, text.at);
    if (!read_packet(&a->seen, text.at + b->len, text.at + text.len, k))
        return ptn_again_other(a, b, text, k->time);
    k->rule.at = text.at + b->rule;
    k->in.at = text.at + b->in;
    k->out.at = text.at + b->out;
    return k;
}

const struct ptn_again_level READER = {LEVEL_NAME, is_able, line, packet};
