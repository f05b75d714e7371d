/* The packet in the kernel's order: "MAC=... SRC=... DST=... LEN=60 TOS=0x00 ... PROTO=TCP SPT=4242 DPT=23 ...". */
#include "netfilter.h"

#include <sys/socket.h>

#include "digits.h"
#include "netfilter_again.h"

enum { TCP = 6, UDP = 17 };

/* What stands before the protocol. */
struct order {
    const char *at, *end; /* the begin of the next word */
    struct ptn_knock *knock;
    bool loose; /* the other reader has left the order by now, too */
};

/* ---- words ------------------------------------------------------------------------------------------- */

static inline bool begins(const struct order *o, const char *text, size_t len)
{
    return (size_t)(o->end - o->at) >= len && memcmp(o->at, text, len) == 0;
}
#define BEGINS(o, text) begins(o, text, sizeof(text) - 1)

static inline bool take(struct order *o, const char *text, size_t len)
{
    bool found = begins(o, text, len);
    o->at += found ? len : 0;
    return found;
}
#define TAKE(o, text) take(o, text, sizeof(text) - 1)

/* A name, and a value that does not matter. */
static inline bool skip(struct order *o, const char *name, size_t len)
{
    const char *blank = begins(o, name, len) ? ptn_blank(o->at + len, o->end) : NULL;
    o->at = blank ? blank + 1 : o->at;
    return blank != NULL;
}
#define SKIP(o, name) skip(o, name, sizeof(name) - 1)

/* A name, two digits whichever they are, and a blank. */
static inline bool skip_octet(struct order *o, const char *name, size_t len)
{
    const char *value = o->at + len;
    bool found = (size_t)(o->end - o->at) >= len + 3 && memcmp(o->at, name, len) == 0 && value[0] != ' ' &&
                 value[1] != ' ' && value[2] == ' ';
    o->at += found ? len + 3 : 0;
    return found;
}
#define SKIP_OCTET(o, name) skip_octet(o, name, sizeof(name) - 1)

/* Every other packet has it: without a branch. */
static inline void skip_df(struct order *o)
{
    enum { LEN = 3, READABLE = 4 };
    if (o->end - o->at < READABLE)
        return;
    bool found = (ptn_load32(o->at) & 0xffffff) == ('D' | 'F' << 8 | ' ' << 16);
    o->at += (size_t)found * LEN;
}

/* The length of an UDP packet, of which that of the IP packet has told already, where the line ends with it. */
static inline void skip_last_length(struct order *o)
{
    enum { NAME = 4, MOST = 8 };
    size_t left = (size_t)(o->end - o->at), value = left - NAME;
    if (left <= NAME || value > MOST || memcmp(o->at, "LEN=", NAME) != 0)
        return;
    uint64_t x = ptn_load64(o->end - MOST) >> (MOST - value) * 8 ^ PTN_EACH(' '); /* 0 where there is a blank */
    uint64_t blanks = ~(((x & PTN_EACH(0x7f)) + PTN_EACH(0x7f)) | x) & PTN_EACH(0x80);
    if (blanks == UINT64_C(0x80) << (value - 1) * 8)
        o->at = o->end;
}

static inline bool number(struct order *o, const char *name, size_t len, uint32_t max, uint32_t *ret)
{
    if (o->end - o->at < (ptrdiff_t)len + 8 || memcmp(o->at, name, len) != 0)
        return false;
    size_t n = ptn_number_read(o->at + len, ret);
    if (n == 0 || o->at[len + n] != ' ' || *ret > max)
        return false;
    o->at += len + n + 1;
    return true;
}
#define NUMBER(o, name, max, ret) number(o, name, sizeof(name) - 1, max, ret)

/* The name has four octets. Result: behind the address and its blank; NULL. */
static inline const char *address(const char *at, const char *end, const char *name, struct ptn_addr *ret)
{
    enum { NAME = 4, READABLE = 16, GROUPS = 39 };
    if (end - at < NAME + READABLE || memcmp(at, name, NAME) != 0)
        return NULL;
    at += NAME;
    size_t n = ptn_dotted_read(at, ret->bytes);
    ret->family = AF_INET;
    if (n)
        return at + n + 1;
    if (end - at <= GROUPS || at[GROUPS] != ' ' || !ptn_eight_groups(at, ret->bytes))
        return NULL;
    ret->family = AF_INET6;
    return at + GROUPS + 1;
}

static inline bool source(struct order *o)
{
    const char *at = address(o->at, o->end, "SRC=", &o->knock->src);
    o->at = at ? at : o->at;
    return at;
}

/* Where a log is of one host, this is always the same. */
static inline bool destination(struct order *o)
{
    static _Thread_local struct {
        size_t len; /* 0: there was none yet */
        struct ptn_addr addr;
        char text[48]; /* with its blank */
    } last;
    size_t left = (size_t)(o->end - o->at);
    const char *at = o->at;
    if (last.len && left >= sizeof(last.text) && ptn_same_short(at, last.text, last.len)) {
        o->knock->dst = last.addr;
        o->at += last.len;
        return true;
    }
    o->at = address(at, o->end, "DST=", &o->knock->dst);
    if (o->at && left >= sizeof(last.text)) {
        memcpy(last.text, at, sizeof(last.text));
        last.addr = o->knock->dst;
        last.len = (size_t)(o->at - at);
    }
    return o->at;
}

/* ---- the order --------------------------------------------------------------------------------------- */

static inline bool read_v4(struct order *o)
{
    struct ptn_knock *k = o->knock;
    uint32_t ttl, id;
    if (!SKIP_OCTET(o, "PREC=0x") || !NUMBER(o, "TTL=", 255, &ttl) || !NUMBER(o, "ID=", 65535, &id))
        return false;
    skip_df(o);
    k->ttl = (uint8_t)ttl;
    k->id = (uint16_t)id;
    k->has = PTN_HAS_LENGTH | PTN_HAS_TTL | PTN_HAS_ID;
    return true;
}

static bool read_v6(struct order *o)
{
    uint32_t hops, unused;
    if (!NUMBER(o, "TC=", UINT32_MAX, &unused) || !NUMBER(o, "HOPLIMIT=", 255, &hops) ||
        !NUMBER(o, "FLOWLBL=", UINT32_MAX, &unused))
        return false;
    o->loose = true; /* where all addresses are of IPv4, too */
    o->knock->ttl = (uint8_t)hops;
    o->knock->has = PTN_HAS_LENGTH | PTN_HAS_TTL;
    return true;
}

static inline bool read_addresses(struct order *o)
{
    if (BEGINS(o, "PHYS")) {
        o->loose = true;
        (void)SKIP(o, "PHYSIN=");
        (void)SKIP(o, "PHYSOUT=");
    }
    (void)SKIP(o, "MAC=");
    return source(o) && destination(o);
}

static inline bool read_ip(struct order *o)
{
    struct ptn_knock *k = o->knock;
    if (!NUMBER(o, "LEN=", UINT32_MAX, &k->length))
        return false;
    o->loose = o->loose || k->src.family == AF_INET6 || k->dst.family == AF_INET6;
    return SKIP_OCTET(o, "TOS=0x") ? read_v4(o) : read_v6(o);
}

static inline bool read_ports(struct order *o)
{
    uint32_t sport, dport;
    if (!NUMBER(o, "SPT=", 65535, &sport) || !NUMBER(o, "DPT=", 65535, &dport))
        return false;
    o->knock->sport = (uint16_t)sport;
    o->knock->dport = (uint16_t)dport;
    o->knock->has |= PTN_HAS_SPORT | PTN_HAS_DPORT;
    return true;
}

static inline unsigned read_flags(struct order *o)
{
    unsigned flags = 0, last = 256, flag;
    while (o->end - o->at >= 4 && (flag = ptn_netfilter_flag(ptn_load32(o->at))) && flag < last) {
        last = flag;
        flags |= flag;
        o->at += 4;
    }
    return flags;
}

static inline bool read_tcp(struct order *o)
{
    struct ptn_knock *k = o->knock;
    uint32_t window;
    if (!read_ports(o))
        return false;
    if (BEGINS(o, "SEQ=")) {
        o->loose = true;
        if (!SKIP(o, "SEQ=") || !SKIP(o, "ACK="))
            return false;
    }
    if (!NUMBER(o, "WINDOW=", 65535, &window) || !SKIP_OCTET(o, "RES=0x"))
        return false;
    k->window = (uint16_t)window;
    k->flags = (uint8_t)read_flags(o);
    k->proto = TCP;
    k->has |= PTN_HAS_PROTO | PTN_HAS_WINDOW | PTN_HAS_FLAGS;
    return o->loose || TAKE(o, "URGP=0");
}

static bool read_udp(struct order *o)
{
    o->knock->proto = UDP;
    o->knock->has |= PTN_HAS_PROTO;
    if (!read_ports(o))
        return false;
    skip_last_length(o);
    return true;
}

static bool read_other(struct order *o)
{
    struct ptn_netfilter value = {.at = o->at, .end = o->end, .knock = o->knock};
    if (!TAKE(o, "PROTO="))
        return false;
    value.at = o->at;
    ptn_netfilter_proto(&value);
    o->at = value.at + 1;
    return !value.bad && value.at < o->end && *value.at == ' ';
}

/* What the other reader looks for here before it takes words as they come. */
static bool is_followed_by_more(const struct order *o)
{
    return !o->loose && o->at < o->end && memchr(" SDWR", *o->at, 5);
}

/* ---- all of it ---------------------------------------------------------------------------------------- */

static inline bool read_packet(struct order *o)
{
    if (!read_addresses(o) || !read_ip(o))
        return false;
    if (TAKE(o, "PROTO=TCP "))
        return read_tcp(o);
    return (TAKE(o, "PROTO=UDP ") ? read_udp(o) : read_other(o)) && !is_followed_by_more(o);
}

bool ptn_netfilter_order(struct ptn_netfilter *scan)
{
    struct ptn_knock *k = scan->knock;
    static _Thread_local struct ptn_seen seen;
    struct order o = {.at = scan->at + 1, .end = scan->end, .knock = k};
    if (scan->at == scan->end)
        return false;
    if (ptn_again_level()->packet(&seen, o.at, o.end, k)) {
        scan->at = o.end;
        return true;
    }
    if (!read_packet(&o)) {
        *k = (struct ptn_knock){
            .time = k->time, .action = k->action, .way = k->way, .in = k->in, .out = k->out, .rule = k->rule};
        return false;
    }
    scan->at = o.at;
    if (o.end - o.at > 1 || (o.at < o.end && *o.at != ' '))
        ptn_netfilter_rest(scan);
    return true;
}
