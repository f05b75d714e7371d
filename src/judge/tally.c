#include "tally.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define TOOL_ID 54321 /* ZMap's, in its probe modules */
#define REGULAR_LINES 8

static uint64_t mix(uint64_t x)
{
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93u;
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93u;
    return x ^ x >> 32;
}

static uint64_t hash_addr(const uint8_t addr[16], uint8_t family)
{
    uint64_t a, b;
    memcpy(&a, addr, 8);
    memcpy(&b, addr + 8, 8);
    return mix(a ^ mix(b + family));
}

static uint32_t hash_port(uint16_t port, uint8_t proto)
{
    return (uint32_t)mix((uint64_t)port << 8 | proto);
}

/* ---- the table ------------------------------------------------------------------------------------------------- */

static int make_slots(struct ptn_visitors *v, uint32_t n_slots)
{
    uint32_t *slots = calloc(n_slots, sizeof(*slots));
    if (!slots)
        return -ENOMEM;
    for (uint32_t i = 0; i < v->n; i++) {
        uint32_t at = (uint32_t)hash_addr(v->items[i].addr, v->items[i].family) & (n_slots - 1);
        while (slots[at])
            at = (at + 1) & (n_slots - 1);
        slots[at] = i + 1;
    }
    free(v->slots);
    v->slots = slots;
    v->n_slots = n_slots;
    return 0;
}

/* Grows by a half: a doubling of what is large already would not fit. */
static int make_room(struct ptn_visitors *v)
{
    if (v->n == v->room) {
        uint32_t room = v->room < 4096 ? 8192 : v->room + v->room / 2;
        struct ptn_visitor *more = reallocarray(v->items, room, sizeof(*more));
        if (!more)
            return -ENOMEM;
        v->items = more;
        v->room = room;
    }
    return v->n_slots && v->n < v->n_slots / 4 * 3 ? 0 : make_slots(v, v->n_slots ? v->n_slots * 2 : 16384);
}

static uint32_t slot_of(const struct ptn_visitors *v, const uint8_t addr[16], uint8_t family)
{
    uint32_t at = (uint32_t)hash_addr(addr, family) & (v->n_slots - 1);
    while (v->slots[at]) {
        const struct ptn_visitor *one = &v->items[v->slots[at] - 1];
        if (one->family == family && memcmp(one->addr, addr, 16) == 0)
            break;
        at = (at + 1) & (v->n_slots - 1);
    }
    return at;
}

/* Found or made. NULL when out of memory. */
static struct ptn_visitor *visitor(struct ptn_visitors *v, const uint8_t addr[16], uint8_t family)
{
    if (make_room(v) < 0)
        return NULL;
    uint32_t at = slot_of(v, addr, family);
    if (v->slots[at])
        return &v->items[v->slots[at] - 1];
    struct ptn_visitor *one = &v->items[v->n++];
    memset(one, 0, sizeof(*one));
    memcpy(one->addr, addr, 16);
    one->family = family;
    v->slots[at] = v->n;
    return one;
}

/* IPv4 uses the first four octets; the others may hold anything. */
static void key_of(const struct ptn_addr *a, uint8_t key[16])
{
    memset(key, 0, 16);
    memcpy(key, a->bytes, a->family == AF_INET ? 4 : 16);
}

const struct ptn_visitor *ptn_visitors_find(const struct ptn_visitors *v, const struct ptn_addr *a)
{
    uint8_t key[16];
    key_of(a, key);
    uint32_t at = v->n_slots ? slot_of(v, key, a->family) : 0;
    return v->n_slots && v->slots[at] ? &v->items[v->slots[at] - 1] : NULL;
}

void ptn_visitors_release(struct ptn_visitors *v)
{
    free(v->items);
    free(v->slots);
    *v = (struct ptn_visitors){0};
}

/* ---- one visitor ----------------------------------------------------------------------------------------------- */

static void add_port(struct ptn_visitor *v, uint16_t port, uint8_t proto, uint32_t lines)
{
    const uint32_t hash = hash_port(port, proto);
    unsigned worst = 0;
    v->ports[hash >> 6 & 1] |= UINT64_C(1) << (hash & 63);
    for (unsigned i = 0; i < PTN_TRIED; i++) {
        struct ptn_tried *t = &v->tried[i];
        if (t->used && t->port == port && t->proto == proto) {
            t->lines += lines;
            return;
        }
        if (!t->used) {
            *t = (struct ptn_tried){.port = port, .proto = proto, .used = 1, .lines = lines};
            return;
        }
        if (hash_port(t->port, t->proto) > hash_port(v->tried[worst].port, v->tried[worst].proto))
            worst = i;
    }
    v->flags |= PTN_VISITOR_MORE;
    if (hash < hash_port(v->tried[worst].port, v->tried[worst].proto))
        v->tried[worst] = (struct ptn_tried){.port = port, .proto = proto, .used = 1, .lines = lines};
}

static void add_moment(struct ptn_visitor *v, uint32_t second)
{
    const uint64_t hash = mix(second);
    unsigned worst = 0;
    for (unsigned i = 0; i < PTN_TRIED; i++) {
        if (v->moments[i] == second)
            return;
        if (!v->moments[i]) {
            v->moments[i] = second;
            return;
        }
        worst = mix(v->moments[i]) > mix(v->moments[worst]) ? i : worst;
    }
    if (hash < mix(v->moments[worst]))
        v->moments[worst] = second;
}

static void add_span(struct ptn_visitor *v, uint32_t first, uint32_t last)
{
    if (first && (!v->first || first < v->first))
        v->first = first;
    if (last > v->last)
        v->last = last;
}

static uint32_t second_of(int64_t time)
{
    return time == PTN_NO_TIME || time < 1000000 ? 0
           : time / 1000000 > UINT32_MAX         ? UINT32_MAX
                                                 : (uint32_t)(time / 1000000);
}

int ptn_visit_count(struct ptn_visitors *all, const struct ptn_knock *k)
{
    uint8_t key[16];
    key_of(&k->src, key);
    struct ptn_visitor *v = visitor(all, key, k->src.family);
    if (!v)
        return -ENOMEM;
    const uint32_t second = second_of(k->time);
    const bool icmp = k->has & PTN_HAS_ICMP_TYPE;
    v->lines++;
    v->passed += k->action == PTN_ACTION_PASS;
    v->flags |= k->has & PTN_HAS_ID && k->id == TOOL_ID ? PTN_VISITOR_TOOL : 0;
    if (icmp || k->has & PTN_HAS_DPORT)
        add_port(v, icmp ? (uint16_t)(k->icmp_type * 256u + k->icmp_code) : k->dport, k->proto, 1);
    add_span(v, second, second);
    if (second)
        add_moment(v, second);
    return 0;
}

static void merge_one(struct ptn_visitor *v, const struct ptn_visitor *from)
{
    v->lines += from->lines;
    v->passed += from->passed;
    v->flags |= from->flags;
    add_span(v, from->first, from->last);
    for (unsigned i = 0; i < PTN_TRIED; i++) {
        if (from->tried[i].used)
            add_port(v, from->tried[i].port, from->tried[i].proto, from->tried[i].lines);
        if (from->moments[i])
            add_moment(v, from->moments[i]);
    }
    v->ports[0] |= from->ports[0];
    v->ports[1] |= from->ports[1];
}

int ptn_visitors_merge(struct ptn_visitors *into, const struct ptn_visitors *from)
{
    for (uint32_t i = 0; i < from->n; i++) {
        struct ptn_visitor *v = visitor(into, from->items[i].addr, from->items[i].family);
        if (!v)
            return -ENOMEM;
        merge_one(v, &from->items[i]);
    }
    return 0;
}

/* ---- what can be told of it ------------------------------------------------------------------------------------ */

/* As many as it takes, on average, to set all but this many of 128 bits: 128/128 + 128/127 + ... (the collector of
 * coupons). */
unsigned ptn_visitor_ports(const struct ptn_visitor *v)
{
    unsigned exact = 0;
    for (unsigned i = 0; i < PTN_TRIED; i++)
        exact += v->tried[i].used;
    if (!(v->flags & PTN_VISITOR_MORE))
        return exact;
    int zeros = 128 - __builtin_popcountll(v->ports[0]) - __builtin_popcountll(v->ports[1]);
    double about = zeros ? 0.5 : 600;
    for (int k = zeros + 1; zeros && k <= 128; k++)
        about += 128.0 / k;
    return about > PTN_TRIED + 1 ? (unsigned)about : PTN_TRIED + 1;
}

/* The moments kept lie on a grid that begins with the first line and has as many steps as there are lines. */
bool ptn_visitor_is_regular(const struct ptn_visitor *v, uint32_t *interval)
{
    if (v->lines < REGULAR_LINES || v->tried[1].used || v->last <= v->first)
        return false;
    const double step = (double)(v->last - v->first) / (v->lines - 1);
    for (unsigned i = 0; i < PTN_TRIED && v->moments[i]; i++) {
        const double at = (v->moments[i] - v->first) / step, off = at - (uint32_t)(at + 0.5);
        if (step < 10 || off > 0.1 || off < -0.1)
            return false;
    }
    *interval = (uint32_t)(step + 0.5);
    return true;
}
