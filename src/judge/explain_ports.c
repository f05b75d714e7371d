/* Ports of an explanation: how often each was tried, by cause, and the most tried ones. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "explain_part.h"

enum { ICMP = 1, TCP = 6, UDP = 17, ICMP6 = 58 };

static struct ptn_port_count port_at(uint32_t place)
{
    struct ptn_port_count p = {.proto = TCP, .port = (uint16_t)place};
    if (place >= PTN_PLACE_OTHER)
        p = (struct ptn_port_count){.proto = (uint8_t)(place - PTN_PLACE_OTHER)};
    else if (place >= PTN_PLACE_ICMP6)
        p = (struct ptn_port_count){.proto = ICMP6, .port = (uint16_t)((place - PTN_PLACE_ICMP6) << 8)};
    else if (place >= PTN_PLACE_ICMP)
        p = (struct ptn_port_count){.proto = ICMP,
                                    .port = place == PTN_PLACE_TOO_BIG ? PTN_TOO_BIG
                                                                       : (uint16_t)((place - PTN_PLACE_ICMP) << 8)};
    else if (place >= PTN_PLACE_UDP)
        p.proto = UDP;
    return p;
}

/* ---- adding up ----------------------------------------------------------------------------------------------------
 */

static int number_place(struct ptn_port_sums *p, uint32_t place)
{
    if (!p->numbers && !(p->numbers = calloc(PTN_PLACES, sizeof(*p->numbers))))
        return -ENOMEM;
    if (p->numbers[place])
        return 0;
    int r = ptn_grow(&p->places, p->n + 1, &p->room, sizeof(*p->places));
    if (r == 0) {
        p->numbers[place] = (uint32_t)++p->n;
        p->places[p->n] = (struct ptn_port_number){.place = place};
    }
    return r;
}

/* Room for all ports that have a number. */
static int make_room(struct ptn_port_sums *p, enum ptn_cause cause)
{
    struct ptn_port_sum *more = reallocarray(p->of[cause], p->room, sizeof(*more));
    if (!more)
        return -ENOMEM;
    memset(more + p->rooms[cause], 0, (p->room - p->rooms[cause]) * sizeof(*more));
    p->of[cause] = more;
    p->rooms[cause] = p->room;
    return 0;
}

int ptn_ports_add(struct ptn_port_sums *p, enum ptn_cause cause, uint32_t place, uint64_t lines, uint32_t sources)
{
    if ((!p->numbers || !p->numbers[place]) && number_place(p, place) < 0)
        return -ENOMEM;
    const uint32_t number = p->numbers[place];
    if (number >= p->rooms[cause] && make_room(p, cause) < 0)
        return -ENOMEM;
    struct ptn_port_sum *sum = &p->of[cause][number];
    sum->lines = ptn_sum32(sum->lines, lines);
    sum->sources += sources;
    p->places[number].lines = ptn_sum32(p->places[number].lines, lines);
    return 0;
}

int ptn_ports_merge(struct ptn_port_sums *into, const struct ptn_port_sums *from)
{
    int r = 0;
    for (unsigned cause = 0; cause < PTN_CAUSE_COUNT; cause++)
        for (uint32_t number = 1; number <= from->n && number < from->rooms[cause] && r == 0; number++) {
            const struct ptn_port_sum *sum = &from->of[cause][number];
            if (sum->lines)
                r = ptn_ports_add(into, (enum ptn_cause)cause, from->places[number].place, sum->lines, sum->sources);
        }
    return r;
}

void ptn_ports_release(struct ptn_port_sums *p)
{
    free(p->numbers);
    free(p->places);
    for (unsigned i = 0; i < PTN_CAUSE_COUNT; i++)
        free(p->of[i]);
    *p = (struct ptn_port_sums){0};
}

/* ---- the most tried -----------------------------------------------------------------------------------------------
 */

static int compare(const struct ptn_port_count *x, const struct ptn_port_count *y)
{
    if (x->lines != y->lines)
        return x->lines > y->lines ? -1 : 1;
    if (x->sources != y->sources)
        return x->sources > y->sources ? -1 : 1;
    return x->port != y->port ? x->port < y->port ? -1 : 1 : x->proto < y->proto ? -1 : x->proto > y->proto;
}

/* The best so far, best first. */
struct ranking {
    struct ptn_port_count *list;
    size_t n, max;
    uint32_t all; /* how many there were */
};

static void rank(struct ranking *r, uint32_t place, uint32_t lines, uint32_t sources)
{
    r->all++;
    if (r->n == r->max && lines < r->list[r->n - 1].lines)
        return;
    struct ptn_port_count p = port_at(place);
    size_t at = r->n;
    p.lines = lines;
    p.sources = sources;
    while (at && compare(&p, &r->list[at - 1]) < 0)
        at--;
    if (at == r->max)
        return;
    r->n += r->n < r->max;
    memmove(&r->list[at + 1], &r->list[at], (r->n - at - 1) * sizeof(p));
    r->list[at] = p;
}

/* Fewer lines have no place in it. */
static uint32_t least_of(const struct ranking *r)
{
    return r->n < r->max ? 1 : (uint32_t)r->list[r->n - 1].lines;
}

/* The next of a block's places that has so many lines, or its end. Most have not. */
static uint32_t next_in_block(const uint32_t *lines, uint32_t at, uint32_t least)
{
    enum { STEP = 16 };
    for (; at + STEP <= PTN_BLOCK; at += STEP) {
        uint32_t n = 0;
        for (unsigned i = 0; i < STEP; i++)
            n += lines[at + i] >= least;
        if (n)
            break;
    }
    while (at < PTN_BLOCK && lines[at] < least)
        at++;
    return at;
}

/* The same of all; none is before `end`, where a block ends, if the result is no less. */
static uint32_t next_place(const struct ptn_port_lines *lines, uint32_t at, uint32_t end, uint32_t least)
{
    while (at < end) {
        const uint32_t *block = lines->blocks[at / PTN_BLOCK];
        const uint32_t in_block = block ? next_in_block(block, at % PTN_BLOCK, least) : PTN_BLOCK;
        at = at / PTN_BLOCK * PTN_BLOCK + in_block;
        if (in_block < PTN_BLOCK)
            break;
    }
    return at;
}

static const char *name_of(const struct ptn_chart *chart, const struct ptn_port_count *p)
{
    return p->proto == TCP   ? ptn_chart_name(chart, p->port, PTN_TCP)
           : p->proto == UDP ? ptn_chart_name(chart, p->port, PTN_UDP)
                             : NULL;
}

static struct ptn_port_count *ranked(const struct ptn_explaining *x, const struct ranking *r, size_t *n)
{
    for (size_t i = 0; i < r->n; i++) {
        r->list[i].name = name_of(x->crowd.chart, &r->list[i]);
        r->list[i].sources += !r->list[i].sources; /* somebody tried it */
    }
    *n = r->n;
    return r->list;
}

static const struct ptn_port_sum *sum_of(const struct ptn_port_sums *p, enum ptn_cause cause, uint32_t number)
{
    static const struct ptn_port_sum none;
    return number && number < p->rooms[cause] ? &p->of[cause][number] : &none;
}

/* Of who tried many ports only a few are kept; but how many lines a port has in all is known, and what the others left
 * of them is theirs. Most of it is at most one cause's; the others tell what they know. */
static void rank_rest(const struct ptn_explaining *x, enum ptn_cause cause, uint64_t of_all,
                      const struct ptn_port_lines *told, struct ranking *r)
{
    const struct ptn_port_lines *lines = &x->crowd.tally->ports[PTN_CAUSE_UNEXPLAINED];
    const struct ptn_port_sums *p = &x->added.ports;
    const uint64_t more = x->added.sums[cause].more;
    for (uint32_t i = 0; (i = next_place(lines, i, PTN_PLACE_ICMP, 1)) < PTN_PLACE_ICMP; i++) {
        const uint32_t number = p->numbers ? p->numbers[i] : 0, known = number ? p->places[number].lines : 0;
        const struct ptn_port_sum *sum = sum_of(p, cause, number);
        const uint32_t all = ptn_port_lines(lines, i), rest = all > known ? all - known : 0;
        const uint64_t own = (uint64_t)sum->lines + ptn_port_lines(told, i);
        if (own + rest < least_of(r))
            r->all += own || rest;
        else if (own || rest)
            rank(r, i, ptn_sum32(0, own + (rest * more + of_all - 1) / of_all), sum->sources);
    }
}

static uint64_t more_of_all(const struct ptn_explaining *x)
{
    uint64_t all = 0;
    for (unsigned i = 0; i < PTN_CAUSE_COUNT; i++)
        all += x->added.sums[i].more;
    return all;
}

struct ptn_port_count *ptn_explain_ports(struct ptn_explaining *x, enum ptn_cause cause, size_t max, size_t *n,
                                         uint32_t *all)
{
    static const struct ptn_port_lines none;
    const struct ptn_port_sums *p = &x->added.ports;
    const struct ptn_port_lines *told = cause == PTN_CAUSE_UNEXPLAINED ? &none : &x->crowd.tally->ports[cause];
    struct ranking r = {.list = ptn_arena_alloc(&x->ret->arena, max * sizeof(*r.list)), .max = max};
    if (!r.list)
        return NULL;
    const uint64_t of_all = more_of_all(x);
    const struct ptn_port_lines *tried = &none;
    if (x->added.sums[cause].more > of_all / 2) {
        tried = &x->crowd.tally->ports[PTN_CAUSE_UNEXPLAINED];
        rank_rest(x, cause, of_all, told, &r);
    }
    for (uint32_t i = 0; (i = next_place(told, i, PTN_PLACES, 1)) < PTN_PLACES; i++) {
        if (ptn_port_lines(tried, i))
            continue;
        const struct ptn_port_sum *sum = sum_of(p, cause, p->numbers ? p->numbers[i] : 0);
        rank(&r, i, ptn_sum32(sum->lines, ptn_port_lines(told, i)), sum->sources);
    }
    for (uint32_t number = 1; number <= p->n && number < p->rooms[cause]; number++) {
        const struct ptn_port_sum *sum = &p->of[cause][number];
        const uint32_t place = p->places[number].place;
        if (sum->lines && !ptn_port_lines(told, place) && !ptn_port_lines(tried, place))
            rank(&r, place, sum->lines, sum->sources);
    }
    *all = r.all;
    return ranked(x, &r, n);
}

struct ptn_port_count *ptn_explain_tried(struct ptn_explaining *x, size_t max, size_t *n)
{
    const struct ptn_port_lines *lines = &x->crowd.tally->ports[PTN_CAUSE_UNEXPLAINED];
    struct ranking r = {.list = ptn_arena_alloc(&x->ret->arena, max * sizeof(*r.list)), .max = max};
    if (!r.list)
        return NULL;
    for (uint32_t i = 0; (i = next_place(lines, i, PTN_PLACE_ICMP, least_of(&r))) < PTN_PLACE_ICMP; i++)
        rank(&r, i, ptn_port_lines(lines, i), x->crowd.tried[i >> 16][i & 0xffff]);
    return ranked(x, &r, n);
}
