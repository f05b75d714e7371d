/* Sources and what is kept of each. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "base/grow.h"
#include "halves.h"
#include "visitor.h"

#define ATTEMPTS_MIN 4
#define BURST_MAX 7
#define STEP_MIN 10   /* seconds: what comes faster is no schedule */
#define LOST 5        /* of so many lines one may be missing, */
#define LOST_MAX 200  /* and of all of them so many */
#define BY_CHANCE 0.5 /* so many of all sources may look regular and not be, */
#define SURE 500      /* and of one alone one in twice as many */

#define AHEAD 16
#define FIRST_ROOM (1u << 18) /* of addresses alone until they are used */

uint64_t ptn_visitor_secret[2] = {0x9e3779b97f4a7c15u, 0xd6e8feb86659fd93u};

static void make_secret(void)
{
    uint64_t random[2];
    if (getrandom(random, sizeof(random), GRND_NONBLOCK) == sizeof(random))
        memcpy(ptn_visitor_secret, random, sizeof(random));
}

void ptn_visitors_scatter(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_secret);
}

static uint64_t hash_addr(const uint8_t addr[16], uint8_t family)
{
    uint64_t first, second;
    memcpy(&first, addr, 8);
    memcpy(&second, addr + 8, 8);
    return ptn_visitor_hash(first, second, family);
}

/* ---- the table ------------------------------------------------------------------------------------------------- */

static uint64_t slot_value(uint64_t hash, uint32_t item)
{
    return (hash & ~UINT64_C(0xffffffff)) | item;
}

static int make_slots(struct ptn_visitors *v, uint32_t n_slots)
{
    uint64_t *slots = ptn_zeroed(n_slots, sizeof(*slots));
    if (!slots)
        return -ENOMEM;
    for (uint32_t i = 0; i < v->n; i++) {
        const uint64_t hash = hash_addr(v->items[i].addr, v->items[i].family);
        uint32_t at = (uint32_t)hash & (n_slots - 1);
        while (slots[at])
            at = (at + 1) & (n_slots - 1);
        slots[at] = slot_value(hash, i + 1);
    }
    free(v->slots);
    v->slots = slots;
    v->n_slots = n_slots;
    return 0;
}

/* Pages of their own: they move without being copied, are large where the kernel has such, and do not grow a heap of
 * the thread's, which would stop the other threads each time. */
static int make_items(struct ptn_visitors *v, uint32_t room)
{
    const size_t old = v->room * sizeof(*v->items), size = room * sizeof(*v->items);
    void *items = v->items ? mremap(v->items, old, size, MREMAP_MAYMOVE)
                           : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (items == MAP_FAILED)
        return -ENOMEM;
    madvise(items, size, MADV_HUGEPAGE);
    v->items = items;
    v->room = room;
    return 0;
}

/* Grows by a half: a doubling of what is large already would not fit. */
static int make_room(struct ptn_visitors *v)
{
    int r = v->n < v->room ? 0 : make_items(v, v->room ? v->room + v->room / 2 : FIRST_ROOM);
    if (r == 0 && (!v->n_slots || v->n >= v->n_slots / 2))
        r = make_slots(v, v->n_slots ? v->n_slots * 2 : 16384);
    return r;
}

static bool is_same(const uint8_t a[16], const uint8_t b[16])
{
    uint64_t x[2], y[2];
    memcpy(x, a, 16);
    memcpy(y, b, 16);
    return !((x[0] ^ y[0]) | (x[1] ^ y[1]));
}

static uint32_t slot_of(const struct ptn_visitors *v, const uint8_t addr[16], uint8_t family, uint64_t hash)
{
    uint32_t at = (uint32_t)hash & (v->n_slots - 1);
    for (; v->slots[at]; at = (at + 1) & (v->n_slots - 1)) {
        if ((v->slots[at] ^ hash) >> 32)
            continue;
        const struct ptn_visitor *one = &v->items[(uint32_t)v->slots[at] - 1];
        if (one->family == family && is_same(one->addr, addr))
            break;
    }
    return at;
}

static struct ptn_visitor *find(const struct ptn_visitors *v, const struct ptn_visitor_key *key)
{
    const uint32_t at = v->n_slots ? slot_of(v, key->addr, key->family, key->hash) : 0;
    return v->n_slots && v->slots[at] ? &v->items[(uint32_t)v->slots[at] - 1] : NULL;
}

struct ptn_visitor *ptn_visitors_seek(struct ptn_visitors *v, const struct ptn_visitor_key *key)
{
    struct ptn_visitor *one = find(v, key);
    if (one)
        return one;
    if (make_room(v) < 0)
        return NULL;
    const uint32_t at = slot_of(v, key->addr, key->family, key->hash);
    one = &v->items[v->n++];
    memset(one, 0, sizeof(*one));
    memcpy(one->addr, key->addr, sizeof(one->addr));
    one->family = key->family;
    v->slots[at] = slot_value(key->hash, v->n);
    return one;
}

struct ptn_visitor *ptn_visitors_find(const struct ptn_visitors *v, const struct ptn_addr *a)
{
    struct ptn_visitor_key key;
    ptn_visitor_key(a, &key);
    return find(v, &key);
}

void ptn_visitors_clear(struct ptn_visitors *v)
{
    if (v->n)
        memset(v->slots, 0, v->n_slots * sizeof(*v->slots));
    v->n = 0;
}

void ptn_visitors_release(struct ptn_visitors *v)
{
    if (v->items)
        munmap(v->items, v->room * sizeof(*v->items));
    free(v->slots);
    *v = (struct ptn_visitors){0};
}

/* ---- one visitor ----------------------------------------------------------------------------------------------- */

/* Whether it is better kept than the other: let in first, then open, then by hash. */
static bool is_better(const struct ptn_tried *a, const struct ptn_tried *b)
{
    return a->used != b->used ? a->used > b->used
                              : ptn_port_chance(a->proto, a->port) < ptn_port_chance(b->proto, b->port);
}

/* The worst to the last place. */
static void sink_tried(struct ptn_tried tried[PTN_TRIED])
{
    for (unsigned i = 0; i < PTN_TRIED - 1; i++)
        if (is_better(&tried[PTN_TRIED - 1], &tried[i])) {
            const struct ptn_tried worse = tried[i];
            tried[i] = tried[PTN_TRIED - 1];
            tried[PTN_TRIED - 1] = worse;
        }
}

void ptn_visitor_put_try(struct ptn_visitor *v, const struct ptn_tried *add)
{
    struct ptn_tried *const last = &v->tried[PTN_TRIED - 1];
    for (unsigned i = 0; i < PTN_TRIED; i++) {
        struct ptn_tried *t = &v->tried[i];
        if (!t->used) {
            *t = *add;
            if (t == last)
                sink_tried(v->tried);
            return;
        }
        if (t->port == add->port && t->proto == add->proto) {
            t->lines += add->lines;
            if (add->used > t->used) {
                t->used = add->used;
                sink_tried(v->tried);
            }
            return;
        }
    }
    if (is_better(add, last)) {
        *last = *add;
        sink_tried(v->tried);
    }
}

static void sink_moment(uint32_t moments[PTN_TRIED])
{
    for (unsigned i = 0; i < PTN_TRIED - 1; i++)
        if (ptn_chance(moments[i]) > ptn_chance(moments[PTN_TRIED - 1])) {
            const uint32_t worse = moments[i];
            moments[i] = moments[PTN_TRIED - 1];
            moments[PTN_TRIED - 1] = worse;
        }
}

void ptn_visitor_put_moment(struct ptn_visitor *v, uint32_t second)
{
    uint32_t *const last = &v->moments[PTN_TRIED - 1];
    for (unsigned i = 0; i < PTN_TRIED; i++) {
        if (v->moments[i] == second)
            return;
        if (!v->moments[i]) {
            v->moments[i] = second;
            if (*last)
                sink_moment(v->moments);
            return;
        }
    }
    *last = second;
    sink_moment(v->moments);
}

uint32_t ptn_visitor_share(const struct ptn_visitor *v, unsigned moment, uint32_t lines)
{
    uint32_t n = 0, before = 0;
    for (; n < PTN_TRIED && v->moments[n]; n++)
        before += v->moments[n] < v->moments[moment];
    return lines / n + (before < lines % n);
}

static void merge_one(struct ptn_visitor *v, const struct ptn_visitor *from)
{
    v->tries = ptn_sum32(v->tries, from->tries);
    v->passed = ptn_sum32(v->passed, from->passed);
    v->probes = ptn_sum32(v->probes, from->probes);
    v->answers = ptn_sum32(v->answers, from->answers);
    v->others = ptn_sum32(v->others, from->others);
    v->asked = ptn_sum32(v->asked, from->asked);
    v->answered = ptn_sum32(v->answered, from->answered);
    v->marks |= from->marks;
    v->causes |= from->causes;
    for (unsigned i = 0; i < PTN_TRIED; i++) {
        const struct ptn_tried *t = &from->tried[i];
        if (t->used)
            ptn_visitor_try(v, t->proto, t->port, t->used, t->lines);
        ptn_visitor_moment(v, from->moments[i]);
    }
    ptn_span_add(&v->first, &v->last, from->first, from->last);
    v->ports[0] |= from->ports[0];
    v->ports[1] |= from->ports[1];
}

static void key_at(const struct ptn_visitors *v, uint32_t i, struct ptn_visitor_key *ret)
{
    memcpy(ret->addr, v->items[i].addr, sizeof(ret->addr));
    ret->family = v->items[i].family;
    ret->hash = hash_addr(ret->addr, ret->family);
}

/* Each half of `from` meets those that `into` has already; the strangers wait, so that the table stays as it is. */
struct meeting {
    struct ptn_visitors *into;
    const struct ptn_visitors *from;
    uint32_t *strangers; /* of each half where it begins */
    uint32_t n_strangers[2];
};

static uint32_t begin_of(const struct meeting *m, unsigned half)
{
    return half == 0 ? 0 : half == 1 ? m->from->n / 2 : m->from->n;
}

static void meet_one(struct meeting *m, unsigned half, uint32_t i, const struct ptn_visitor_key *key, uint32_t record)
{
    struct ptn_visitor *v = ptn_visitors_known(m->into, key, record);
    v = v ? v : find(m->into, key);
    if (v)
        merge_one(v, &m->from->items[i]);
    else
        m->strangers[begin_of(m, half) + m->n_strangers[half]++] = i;
}

/* What comes next is fetched. */
static void meet_half(void *ctx, unsigned half)
{
    enum { ROUND = 2 * AHEAD };
    struct meeting *m = ctx;
    const uint32_t begin = begin_of(m, half), end = begin_of(m, half + 1);
    struct ptn_visitor_key keys[ROUND];
    uint32_t records[ROUND];
    for (uint32_t i = begin; i < end + ROUND; i++) {
        const uint32_t now = i % ROUND, then = (i + AHEAD) % ROUND;
        if (i >= begin + ROUND)
            meet_one(m, half, i - ROUND, &keys[now], records[now]);
        if (i < end) {
            key_at(m->from, i, &keys[now]);
            ptn_visitors_fetch_place(m->into, keys[now].hash);
        }
        if (i >= begin + AHEAD && i - AHEAD < end)
            records[then] = m->into->n ? ptn_visitors_fetch(m->into, keys[then].hash) : 0;
    }
}

static int let_in(struct meeting *m, unsigned half)
{
    const uint32_t *strangers = m->strangers + begin_of(m, half), n = m->n_strangers[half];
    struct ptn_visitor_key keys[AHEAD];
    for (uint32_t i = 0; i < n + AHEAD; i++) {
        struct ptn_visitor_key *key = &keys[i % AHEAD];
        struct ptn_visitor *v = i < AHEAD ? NULL : ptn_visitors_seek(m->into, key);
        if (!v && i >= AHEAD)
            return -ENOMEM;
        if (v)
            *v = m->from->items[strangers[i - AHEAD]];
        if (i >= n)
            continue;
        key_at(m->from, strangers[i], key);
        ptn_visitors_fetch_place(m->into, key->hash);
    }
    return 0;
}

static int merge(struct ptn_visitors *into, const struct ptn_visitors *from, bool at_once)
{
    struct meeting m = {.into = into, .from = from, .strangers = malloc((from->n + 1u) * sizeof(*m.strangers))};
    int r = m.strangers ? 0 : -ENOMEM;
    if (r == 0)
        ptn_halves(at_once ? from->n : 0, meet_half, &m);
    for (unsigned half = 0; half < 2 && r == 0; half++)
        r = let_in(&m, half);
    free(m.strangers);
    return r;
}

int ptn_visitors_merge(struct ptn_visitors *into, const struct ptn_visitors *from)
{
    return merge(into, from, false);
}

int ptn_visitors_move(struct ptn_visitors *into, struct ptn_visitors *from)
{
    const struct ptn_visitors fewer = *into;
    if (into->n < from->n) {
        *into = *from;
        *from = fewer;
    }
    return from->n ? merge(into, from, true) : 0;
}

/* ---- what can be told of it ------------------------------------------------------------------------------------ */

/* As many as it takes, on average, to set so many of 128 bits: 128/128 + 128/127 + ... (the collector of coupons). */
unsigned ptn_sketch_ports(const uint64_t sketch[2])
{
    static const uint16_t drawn[129] = {
        0,   1,   2,   3,   4,   5,   6,   7,   8,   9,   10,  11,  13,  14,  15,  16,  17,  18,  19,  20,  22,  23,
        24,  25,  26,  28,  29,  30,  31,  33,  34,  35,  37,  38,  39,  41,  42,  43,  45,  46,  48,  49,  51,  52,
        54,  55,  57,  58,  60,  61,  63,  65,  66,  68,  70,  72,  73,  75,  77,  79,  81,  82,  84,  86,  88,  90,
        92,  94,  96,  99,  101, 103, 105, 107, 110, 112, 115, 117, 120, 122, 125, 127, 130, 133, 136, 139, 142, 145,
        148, 151, 154, 158, 161, 165, 168, 172, 176, 180, 184, 188, 193, 197, 202, 207, 212, 217, 223, 229, 235, 241,
        248, 255, 263, 271, 279, 288, 298, 309, 321, 333, 348, 364, 382, 403, 429, 461, 500, 500, 500};
    return drawn[__builtin_popcountll(sketch[0]) + __builtin_popcountll(sketch[1])];
}

unsigned ptn_visitor_ports(const struct ptn_visitor *v)
{
    unsigned exact = 0, about;
    for (unsigned i = 0; i < PTN_TRIED; i++)
        exact += v->tried[i].used != 0;
    if (!(v->marks & PTN_VISITOR_MORE))
        return exact;
    about = ptn_sketch_ports(v->ports);
    about = about < v->tries + v->answers ? about : v->tries + v->answers;
    return about > PTN_TRIED + 1 ? about : PTN_TRIED + 1;
}

/* The chance that the moments kept of somebody who comes at random lie as near to a grid of `attempts` steps, each with
 * `tail` seconds for what TCP repeats. Its ends do not count, they make the grid; nor does a second moment of one step.
 */
static double chance_of(const struct ptn_visitor *v, uint32_t attempts, uint32_t tail, double *step)
{
    double worst = 0.5, chance = 1;
    uint32_t at_step[PTN_TRIED], within = 0;
    *step = ((double)(v->last - v->first) - tail) / (attempts - 1);
    if (*step < STEP_MIN || *step < tail * 2)
        return 1;
    for (unsigned i = 0; i < PTN_TRIED && v->moments[i]; i++) {
        const double at = v->moments[i] - v->first;
        at_step[i] = (uint32_t)(at / *step + 0.25);
        const double off = at - *step * at_step[i], beyond = off < 0 ? -off : off <= tail ? 0 : off - tail;
        worst = beyond + 0.5 > worst ? beyond + 0.5 : worst;
        bool counts = at_step[i] != 0 && at_step[i] != attempts - 1;
        for (unsigned k = 0; k < i; k++)
            counts = counts && at_step[k] != at_step[i];
        within += counts;
    }
    const double share = (tail + 2 * worst) / *step;
    while (within--)
        chance *= share;
    return share < 0.5 ? chance : 1;
}

/* A SYN is repeated after 1, 3, 7, 15... seconds (RFC 6298), and not every line is written: all that may be is tried,
 * and to find something becomes the likelier. */
bool ptn_visitor_is_regular(const struct ptn_visitor *v, uint32_t among, uint32_t *interval)
{
    double best = 1, step;
    uint32_t tried = 0;
    if (v->tries < PTN_REGULAR_LINES || v->tried[1].used || v->last <= v->first)
        return false;
    for (uint32_t burst = 1; burst <= BURST_MAX; burst++) {
        const uint32_t least = (v->tries + burst - 1) / burst, tail = (1u << (burst - 1)) - 1;
        if (least < ATTEMPTS_MIN || v->last - v->first <= tail)
            break;
        for (uint32_t n = least; n <= least + least / LOST && n <= least + LOST_MAX; n++, tried++) {
            const double chance = chance_of(v, n, tail, &step);
            if (chance >= best)
                continue;
            best = chance;
            *interval = (uint32_t)(step + 0.5);
        }
    }
    return best * tried * ((double)among + SURE) < BY_CHANCE;
}
