/*
 * A source of a log and what is kept of it, and the table of them: 128 octets each, the same in whatever order its
 * lines came. What is done for every line is done here, and asks as few questions as it can whose answers come by
 * chance.
 */
#ifndef PTN_JUDGE_VISITOR_H
#define PTN_JUDGE_VISITOR_H

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "portolan.h"

#define PTN_TRIED 4 /* ports and moments kept of a source */

/* A port that a source tried. */
struct ptn_tried {
    uint16_t port; /* 0 for protocols without ports */
    uint8_t proto; /* IP protocol number */
    uint8_t used;  /* PTN_TRIED_*; 0: nothing here */
    uint32_t lines;
};

enum { PTN_TRIED_SHUT = 1, PTN_TRIED_OPEN = 2 /* site.open */, PTN_TRIED_LET_IN = 3 };

/* 128 octets: two lines of a cache. */
struct ptn_visitor {
    uint8_t addr[16];
    uint8_t family;       /* AF_INET, AF_INET6; 0: an empty slot */
    uint8_t cause;        /* of its tries, once judged */
    uint16_t marks;       /* PTN_VISITOR_* */
    uint32_t first, last; /* of tries, probes and answers; seconds since 1970; 0 if they have no time */
    uint32_t tries;       /* lines that tried a port, or a protocol */
    uint32_t passed;      /* those of them that the filter let in */
    uint32_t probes;      /* echo requests, path probes */
    uint32_t answers;     /* RST, SYN-ACK, errors: to something that we sent, or that somebody forged */
    uint32_t others;      /* lines that were counted by cause */
    uint32_t causes;      /* a bit for each cause that those had */
    /* The ports and the moments whose hashes are least, those that were let in or stood open first: a fair choice, and
     * the same in whatever order they came. Where all places are taken the worst is the last. */
    struct ptn_tried tried[PTN_TRIED];
    uint32_t moments[PTN_TRIED];
    uint64_t ports[2];        /* a sketch: one bit a port, by its hash */
    uint32_t asked, answered; /* octets of its questions to our amplifiers, and of our answers to it */
};
_Static_assert(sizeof(struct ptn_visitor) == 128, "two lines of a cache");

enum {
    PTN_VISITOR_TOOL = 1,        /* packets marked as a survey's tool marks them (ZMap's IP id, masscan's shape) */
    PTN_VISITOR_MORE = 2,        /* it tried more ports than are kept */
    PTN_VISITOR_CONTACTED = 4,   /* the host sent it something, and not as an answer */
    PTN_VISITOR_SYN_ACK = 8,     /* it sent a SYN-ACK */
    PTN_VISITOR_ODD = 16,        /* an answer went to where no client of ours sits */
    PTN_VISITOR_OTHER = 32,      /* it tried something else than an amplifier */
    PTN_VISITOR_CONTAINER = 256, /* a container or a guest of this machine, by the interface's name */
    PTN_VISITOR_HOME = 128,      /* a private address that came to a private one */
    PTN_VISITOR_REPLY = 64,      /* it answered from a service's port to a client's of ours */
};

/* What is counted stays at its most. */
static inline uint32_t ptn_sum32(uint32_t a, uint64_t b)
{
    return b > UINT32_MAX - a ? UINT32_MAX : a + (uint32_t)b;
}

/* A span of time that also has first-last: seconds since 1970, 0 where there is none. */
static inline void ptn_span_add(uint32_t *span_first, uint32_t *span_last, uint32_t first, uint32_t last)
{
    const uint32_t none = first - 1, before = *span_first - 1; /* 0 is the last of all, and no branch is needed */
    *span_first = (none < before ? none : before) + 1;
    *span_last = last > *span_last ? last : *span_last;
}

struct ptn_visitors {
    struct ptn_visitor *items; /* pages of their own */
    uint64_t *slots;           /* 0: empty; else the half of the hash above item + 1 */
    uint32_t n, room, n_slots;
};

/* An address as the table knows it: IPv4 uses the first four octets, the others are zero. */
struct ptn_visitor_key {
    uint8_t addr[16];
    uint64_t hash;
    uint8_t family;
};

/* Where an address falls nobody can know who sends packets: the product's factors are of this process alone. */
extern uint64_t ptn_visitor_secret[2];
/* Chooses them; before there is any table. */
void ptn_visitors_scatter(void);

static inline uint64_t ptn_visitor_hash(uint64_t first, uint64_t second, uint8_t family)
{
    __extension__ typedef unsigned __int128 wide;
    const wide x = (wide)(first ^ ptn_visitor_secret[0]) * ((second + family) ^ ptn_visitor_secret[1]);
    return (uint64_t)x ^ (uint64_t)(x >> 64);
}

/* Without a branch: which family comes next nobody can guess. */
static inline void ptn_visitor_key(const struct ptn_addr *a, struct ptn_visitor_key *ret)
{
    const uint64_t more = (uint64_t)(a->family == AF_INET) - 1; /* 0: there are no more than four octets */
    uint64_t first, second;
    memcpy(&first, a->bytes, 8);
    memcpy(&second, a->bytes + 8, 8);
    first &= more | htole64(UINT32_MAX);
    second &= more;
    memcpy(ret->addr, &first, 8);
    memcpy(ret->addr + 8, &second, 8);
    ret->hash = ptn_visitor_hash(first, second, a->family);
    ret->family = a->family;
}

/* Starts to fetch where a source is found: its place, and, once that is there and the table is not empty, its record.
 * Result: which record that will be, from 1; 0: not known yet. */
static inline void ptn_visitors_fetch_place(const struct ptn_visitors *v, uint64_t hash)
{
    if (v->n_slots)
        __builtin_prefetch(&v->slots[(uint32_t)hash & (v->n_slots - 1)]);
}

static inline uint32_t ptn_visitors_fetch(const struct ptn_visitors *v, uint64_t hash)
{
    const uint32_t most = v->n_slots - 1, at = (uint32_t)hash & most, high = (uint32_t)(hash >> 32);
    const uint64_t first = v->slots[at], slot = first >> 32 == high ? first : v->slots[(at + 1) & most];
    if (slot >> 32 != high || !slot)
        return 0;
    const struct ptn_visitor *one = &v->items[(uint32_t)slot - 1];
    __builtin_prefetch(one, 1);
    __builtin_prefetch((const char *)one + 64, 1);
    return (uint32_t)slot;
}

/* Whether `record`, as ptn_visitors_fetch() gave it, is the one; NULL. */
static inline struct ptn_visitor *ptn_visitors_known(const struct ptn_visitors *v, const struct ptn_visitor_key *key,
                                                     uint32_t record)
{
    struct ptn_visitor *one = record - 1 < v->n ? &v->items[record - 1] : NULL;
    return one && one->family == key->family && memcmp(one->addr, key->addr, sizeof(one->addr)) == 0 ? one : NULL;
}

/* Found or made. NULL when out of memory. */
struct ptn_visitor *ptn_visitors_seek(struct ptn_visitors *, const struct ptn_visitor_key *);
static inline struct ptn_visitor *ptn_visitors_take(struct ptn_visitors *v, const struct ptn_visitor_key *key,
                                                    uint32_t record)
{
    struct ptn_visitor *one = ptn_visitors_known(v, key, record);
    return one ? one : ptn_visitors_seek(v, key);
}
struct ptn_visitor *ptn_visitors_find(const struct ptn_visitors *, const struct ptn_addr *);
/* Adds all of `from`, which stays as it is. Result: 0 or -ENOMEM. */
int ptn_visitors_merge(struct ptn_visitors *into, const struct ptn_visitors *from);
/* The same where `from` is not needed any more, and no other thread reads: what it holds afterwards may be anything. */
int ptn_visitors_move(struct ptn_visitors *into, struct ptn_visitors *from);
/* Forgets all of them and keeps the room. */
void ptn_visitors_clear(struct ptn_visitors *);
void ptn_visitors_release(struct ptn_visitors *);

/* In which order ports and moments are kept: by chance, and two of them never alike. */
static inline uint32_t ptn_chance(uint32_t x)
{
    x *= 0x9e3779b1u;
    return (x ^ x >> 15) * 0x85ebca77u;
}

static inline uint32_t ptn_port_chance(uint8_t proto, uint16_t port)
{
    return ptn_chance((uint32_t)port << 8 | proto);
}

/* A bit for each place that has this port, whatever it was used for. */
static inline unsigned ptn_tried_places(const struct ptn_tried tried[PTN_TRIED], uint8_t proto, uint16_t port)
{
#ifdef __SSE2__
    const __m128i key = _mm_set1_epi32((int)((uint32_t)proto << 24 | (uint32_t)port << 8));
    const __m128 low = _mm_loadu_ps((const float *)(const void *)tried);
    const __m128 high = _mm_loadu_ps((const float *)(const void *)(tried + 2));
    const __m128i what = _mm_castps_si128(_mm_shuffle_ps(low, high, _MM_SHUFFLE(2, 0, 2, 0)));
    return (unsigned)_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(_mm_slli_epi32(what, 8), key)));
#else
    unsigned places = 0;
    for (unsigned i = 0; i < PTN_TRIED; i++)
        places |= (unsigned)((tried[i].port == port) & (tried[i].proto == proto)) << i;
    return places;
#endif
}

/* It tried this port, with so many lines: none where the line counts as something else. */
void ptn_visitor_put_try(struct ptn_visitor *, const struct ptn_tried *);
static inline void ptn_visitor_try(struct ptn_visitor *v, uint8_t proto, uint16_t port, unsigned used, unsigned lines)
{
    const struct ptn_tried *const worst = &v->tried[PTN_TRIED - 1];
    const uint32_t chance = ptn_port_chance(proto, port);
    const unsigned places = ptn_tried_places(v->tried, proto, port);
    v->ports[chance >> 31] |= UINT64_C(1) << (chance >> 25 & 63);
    if (places) {
        struct ptn_tried *const t = &v->tried[__builtin_ctz(places)];
        if (t->used && t->used >= used) {
            t->lines += lines;
            return;
        }
    } else if (worst->used) {
        v->marks |= PTN_VISITOR_MORE;
        if (worst->used == used && chance > ptn_port_chance(worst->proto, worst->port))
            return;
    }
    ptn_visitor_put_try(v, &(struct ptn_tried){.port = port, .proto = proto, .used = (uint8_t)used, .lines = lines});
}

void ptn_visitor_put_moment(struct ptn_visitor *, uint32_t second);
static inline void ptn_visitor_moment(struct ptn_visitor *v, uint32_t second)
{
    const uint32_t worst = v->moments[PTN_TRIED - 1];
    ptn_span_add(&v->first, &v->last, second, second);
    if (second && (!worst || ptn_chance(second) < ptn_chance(worst)))
        ptn_visitor_put_moment(v, second);
}

/* The share of its lines that one of its moments stands for; the earlier ones have the rest. */
uint32_t ptn_visitor_share(const struct ptn_visitor *, unsigned moment, uint32_t lines);
#define PTN_PORTS_MANY 500 /* or more: the sketch is full */
/* About how many ports it tried: exact up to PTN_TRIED, then from the sketch. */
unsigned ptn_visitor_ports(const struct ptn_visitor *);
unsigned ptn_sketch_ports(const uint64_t sketch[2]);
/* Whether it came at a regular interval, seconds in *interval: at least eight lines to one port, and so regular that
 * none of `among` such sources would be by chance. */
bool ptn_visitor_is_regular(const struct ptn_visitor *, uint32_t among, uint32_t *interval);
#define PTN_REGULAR_LINES 8

#endif
