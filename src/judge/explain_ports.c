/* Ports of an explanation: how often each was tried, by cause, and the most tried ones. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "explain_part.h"

enum { ICMP = 1, TCP = 6, UDP = 17, ICMP6 = 58 };

struct ptn_port_sums {
    uint32_t lines[PTN_PLACES], sources[PTN_PLACES];
};

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

int ptn_explain_add_port(struct ptn_explaining *x, enum ptn_cause cause, uint8_t proto, uint16_t port, uint64_t lines,
                         uint32_t sources)
{
    struct ptn_port_sums *sums = x->ports[cause];
    const uint32_t place = ptn_port_place(proto, port);
    if (!sums && !(sums = x->ports[cause] = calloc(1, sizeof(*sums))))
        return -ENOMEM;
    sums->lines[place] = ptn_sum32(sums->lines[place], lines);
    sums->sources[place] += sources;
    return 0;
}

int ptn_explain_add_ports(struct ptn_explaining *x, const struct ptn_tally *t)
{
    for (unsigned cause = 0; cause < PTN_CAUSE_COUNT; cause++) {
        const uint32_t *lines = cause == PTN_CAUSE_UNEXPLAINED ? NULL : t->ports[cause];
        if (lines && !x->ports[cause] && !(x->ports[cause] = calloc(1, sizeof(*x->ports[cause]))))
            return -ENOMEM;
        for (uint32_t i = 0; lines && i < PTN_PLACES; i++)
            x->ports[cause]->lines[i] = ptn_sum32(x->ports[cause]->lines[i], lines[i]);
    }
    return 0;
}

static int compare(const struct ptn_port_count *x, const struct ptn_port_count *y)
{
    if (x->lines != y->lines)
        return x->lines > y->lines ? -1 : 1;
    return x->port != y->port ? x->port < y->port ? -1 : 1 : x->proto < y->proto ? -1 : x->proto > y->proto;
}

/* The best so far, best first. */
static void insert(struct ptn_port_count *list, size_t max, size_t *n, const struct ptn_port_count *p)
{
    size_t at = *n;
    if (at == max && compare(&list[at - 1], p) < 0)
        return;
    while (at && compare(p, &list[at - 1]) < 0)
        at--;
    *n += *n < max;
    memmove(&list[at + 1], &list[at], (*n - at - 1) * sizeof(*list));
    list[at] = *p;
}

static const char *name_of(const struct ptn_chart *chart, const struct ptn_port_count *p)
{
    return p->proto == TCP   ? ptn_chart_name(chart, p->port, PTN_TCP)
           : p->proto == UDP ? ptn_chart_name(chart, p->port, PTN_UDP)
                             : NULL;
}

static struct ptn_port_count *rank(struct ptn_explaining *x, const uint32_t *lines, const uint32_t *sources,
                                   uint32_t places, size_t max, size_t *n, uint32_t *all)
{
    struct ptn_port_count *list = ptn_arena_alloc(&x->ret->arena, max * sizeof(*list));
    *n = *all = 0;
    for (uint32_t i = 0; list && i < places; i++) {
        if (!lines[i])
            continue;
        struct ptn_port_count p = port_at(i);
        p.lines = lines[i];
        p.sources = sources[i];
        insert(list, max, n, &p);
        ++*all;
    }
    for (size_t i = 0; i < *n; i++)
        list[i].name = name_of(x->crowd.chart, &list[i]);
    return list;
}

struct ptn_port_count *ptn_explain_ports(struct ptn_explaining *x, enum ptn_cause cause, size_t max, size_t *n,
                                         uint32_t *all)
{
    const struct ptn_port_sums *sums = x->ports[cause];
    return rank(x, sums ? sums->lines : NULL, sums ? sums->sources : NULL, sums ? PTN_PLACES : 0, max, n, all);
}

struct ptn_port_count *ptn_explain_tried(struct ptn_explaining *x, size_t max, size_t *n)
{
    const struct ptn_tally *t = x->crowd.tally;
    uint32_t all;
    const uint32_t *lines = t->ports[PTN_CAUSE_UNEXPLAINED];
    return rank(x, lines, x->crowd.tried[0], lines ? PTN_PLACE_ICMP : 0, max, n, &all);
}
