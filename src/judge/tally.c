#include "tally.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "packet.h"

enum { TCP = 6, UDP = 17 };

#define VISITORS_FULL (1u << 18) /* of one thread: 32 MB */
#define TIMES_SLOTS (1u << 14)   /* thousands of moments of each cause: finer than any plot, and at hand */
#define HEAT_SLOTS (1u << 15)
#define HEAT_FROM 16    /* lines of a port that the heat map does without, */
#define HEAT_SHARE 2048 /* and all lines of those that have less than this part of all */
#define SPOKE_MAX (1u << 18)
#define SECONDS_MAX 4102444800 /* 2100: a stamp beyond is no time */

void ptn_tally_open(struct ptn_tally *t, const struct ptn_site *site)
{
    *t = (struct ptn_tally){.site = site};
    t->times.table.most = TIMES_SLOTS;
    t->heat.table.most = HEAT_SLOTS;
}

void ptn_tally_release(struct ptn_tally *t)
{
    ptn_visitors_release(&t->visitors);
    ptn_counter_release(&t->times.table);
    ptn_counter_release(&t->heat.table);
    free(t->spoke);
    for (unsigned i = 0; i < PTN_CAUSE_COUNT; i++)
        free(t->ports[i]);
    *t = (struct ptn_tally){0};
}

/* ---- parts ----------------------------------------------------------------------------------------------------- */

static void count_name(struct ptn_log_names *names, struct ptn_slice s, uint64_t lines)
{
    const size_t len = s.len < sizeof(names->text[0]) ? s.len : sizeof(names->text[0]) - 1;
    for (unsigned i = 0; len && i < PTN_NAMES; i++) {
        if (!names->lines[i]) {
            memcpy(names->text[i], s.at, len);
            names->text[i][len] = '\0';
        }
        if (!names->lines[i] || (memcmp(names->text[i], s.at, len) == 0 && !names->text[i][len])) {
            names->lines[i] += lines;
            return;
        }
    }
}

static uint32_t second_of(int64_t time)
{
    return time < 1000000 || time / 1000000 > SECONDS_MAX ? 0 : (uint32_t)(time / 1000000);
}

static uint16_t port_of(const struct ptn_knock *k, const struct ptn_packet *p)
{
    if (k->has & PTN_HAS_ICMP_TYPE)
        return (uint16_t)(k->icmp_type << 8 | (k->has & PTN_HAS_ICMP_CODE ? k->icmp_code : 0));
    return p->of_source && k->has & PTN_HAS_SPORT ? k->sport : k->has & PTN_HAS_DPORT ? k->dport : 0;
}

static int count_port(struct ptn_tally *t, enum ptn_cause cause, uint32_t place)
{
    uint32_t *lines = t->ports[cause];
    if (!lines && !(lines = t->ports[cause] = calloc(PTN_PLACES, sizeof(*lines))))
        return -ENOMEM;
    lines[place] = ptn_sum32(lines[place], 1);
    return 0;
}

static int count_sum(struct ptn_tally *t, const struct ptn_knock *k, const struct ptn_packet *p, uint32_t second)
{
    const bool passed = k->action == PTN_ACTION_PASS, known = p->kind == PTN_PACKET_CAUSE;
    const enum ptn_cause cause = known ? p->cause : PTN_CAUSE_UNEXPLAINED;
    struct ptn_sum *sum = &t->sums[cause];
    sum->lines++;
    sum->passed += passed;
    ptn_span_add(&sum->first, &sum->last, second, second);
    if (known) { /* what sources decide comes by all ways */
        count_name(&sum->ifaces, k->in.len ? k->in : k->out, 1);
        count_name(&sum->rules, k->rule, 1);
    }
    t->packets++;
    t->passed += passed;
    t->dropped += ptn_knock_is_dropped(k);
    int r = ptn_counting_add(&t->times, PTN_TIMES_WHAT(cause, passed), second / PTN_TIMES_UNIT);
    if (r == 0 && known)
        r = count_port(t, cause, ptn_port_place(k->proto, port_of(k, p)));
    return r;
}

int ptn_tally_spoke(struct ptn_tally *t, const struct ptn_addr *addr, uint16_t port, uint32_t second)
{
    if (port != 21 && port != 25 && port != 194 && port != 465 && port != 587 && (port < 6660 || port > 6697))
        return 0;
    if (t->n_spoke == SPOKE_MAX)
        return 0;
    int r = ptn_grow(&t->spoke, t->n_spoke, &t->room_spoke, sizeof(*t->spoke));
    if (r == 0)
        t->spoke[t->n_spoke++] = (struct ptn_spoke){*addr, port, second};
    return r;
}

static uint64_t octets_of(const struct ptn_knock *k)
{
    return k->has & PTN_HAS_COUNT ? k->octets : k->has & PTN_HAS_LENGTH ? k->length : 0;
}

/* ---- visits ----------------------------------------------------------------------------------------------------- */

static int spoke_to(struct ptn_tally *t, const struct ptn_visitor_key *who, uint16_t port, uint32_t second)
{
    struct ptn_addr addr = {.family = who->family};
    memcpy(addr.bytes, who->addr, sizeof(addr.bytes));
    return ptn_tally_spoke(t, &addr, port, second);
}

static int count_outgoing(struct ptn_tally *t, struct ptn_visitor *v, const struct ptn_visit *w)
{
    if (w->answered) {
        v->passed++;
        ptn_visitor_try(v, w->proto, w->sport, PTN_TRIED_LET_IN, 0);
    }
    if (w->proto == UDP && ptn_site_bit(t->site->amplifies, w->sport))
        v->answered = ptn_sum32(v->answered, w->octets);
    if (!w->asks)
        return 0;
    v->marks |= PTN_VISITOR_CONTACTED;
    return w->proto == TCP && w->ported ? spoke_to(t, &w->who, w->port, w->second) : 0;
}

static unsigned used_of(const struct ptn_site *s, const struct ptn_visit *w)
{
    if (w->passed)
        return PTN_TRIED_LET_IN;
    return s->n_doors && (w->proto == TCP || w->proto == UDP) && ptn_site_bit(s->open[w->proto == UDP], w->port)
               ? PTN_TRIED_OPEN
               : PTN_TRIED_SHUT;
}

/* The rare ports, of which there may be a hundred thousand, would fill the heat map's table and make it coarse. */
static int count_try(struct ptn_tally *t, const struct ptn_visit *w)
{
    const uint32_t place = ptn_port_place(w->proto, w->port);
    if (count_port(t, PTN_CAUSE_UNEXPLAINED, place) < 0)
        return -ENOMEM;
    const uint32_t lines = t->ports[PTN_CAUSE_UNEXPLAINED][place];
    return lines <= HEAT_FROM || lines < t->packets / HEAT_SHARE
               ? 0
               : ptn_counting_add(&t->heat, PTN_HEAT_WHAT(w->proto, w->port), w->second / PTN_HEAT_UNIT);
}

static int count_visit(struct ptn_tally *t, const struct ptn_visit *w)
{
    struct ptn_visitor *v = ptn_visitors_take(&t->visitors, &w->who);
    if (!v)
        return -ENOMEM;
    if (w->outgoing)
        return count_outgoing(t, v, w);
    v->marks |= w->marks;
    if (w->kind != PTN_PACKET_CAUSE)
        ptn_visitor_moment(v, w->second);
    if (w->tracks)
        ptn_visitor_try(v, w->proto, w->port, used_of(t->site, w), w->kind == PTN_PACKET_TRY);
    if (w->kind == PTN_PACKET_CAUSE) {
        v->others++;
        v->causes |= 1u << w->cause;
    } else if (w->kind == PTN_PACKET_TRY) {
        v->tries++;
        v->passed += w->passed;
        if (!(w->marks & PTN_VISITOR_OTHER))
            v->asked = ptn_sum32(v->asked, w->octets);
        if (w->ported && (w->proto == TCP || w->proto == UDP))
            return count_try(t, w);
    } else if (w->kind == PTN_PACKET_PROBE) {
        v->probes++;
    } else {
        v->answers++;
    }
    return 0;
}

/* The half that was full before is counted; the one that is full now is fetched. */
static int turn_visits(struct ptn_tally *t)
{
    struct ptn_visit *const full = t->visits[t->half], *const fetched = t->visits[!t->half];
    int r = 0;
    for (unsigned i = 0; i < t->n_visits; i++)
        ptn_visitors_fetch(&t->visitors, &full[i].who);
    for (unsigned i = 0; i < t->n_fetched && r == 0; i++)
        r = count_visit(t, &fetched[i]);
    t->n_fetched = t->n_visits;
    t->n_visits = 0;
    t->half = !t->half;
    return r;
}

int ptn_tally_flush(struct ptn_tally *t)
{
    struct ptn_counting *const all[] = {&t->times, &t->heat};
    int r = turn_visits(t);
    if (r == 0)
        r = turn_visits(t);
    for (unsigned i = 0; i < sizeof(all) / sizeof(*all) && r == 0; i++)
        r = ptn_counting_flush(all[i]);
    return r;
}

static void put_off(struct ptn_tally *t, const struct ptn_knock *k, const struct ptn_packet *p, uint32_t second)
{
    const bool ported = k->has & PTN_HAS_DPORT;
    struct ptn_visit *const w = &t->visits[t->half][t->n_visits++];
    ptn_visitor_key(p->outgoing ? &k->dst : &k->src, &w->who);
    w->kind = (uint8_t)p->kind;
    w->cause = (uint8_t)p->cause;
    w->proto = k->proto;
    w->passed = k->action == PTN_ACTION_PASS;
    w->tracks = p->tracks;
    w->ported = ported;
    w->outgoing = p->outgoing;
    w->answered = p->answered && k->has & PTN_HAS_SPORT;
    w->asks = p->asks;
    w->port = ported ? k->dport : 0;
    w->sport = k->has & PTN_HAS_SPORT ? k->sport : 0;
    w->marks = p->marks;
    w->second = second;
    w->octets = octets_of(k);
    ptn_visitors_fetch_place(&t->visitors, &w->who);
    if (t->ports[PTN_CAUSE_UNEXPLAINED])
        __builtin_prefetch(&t->ports[PTN_CAUSE_UNEXPLAINED][ptn_port_place(w->proto, w->port)], 1);
}

int ptn_tally_count(struct ptn_tally *t, const struct ptn_knock *k)
{
    struct ptn_packet p;
    const uint32_t second = second_of(k->time);
    const unsigned udp = k->proto == UDP;
    ptn_judge_packet(t->site, k, &p);
    int r = count_sum(t, k, &p, second);
    t->calls += p.asks && k->proto == TCP;
    if (p.outgoing && (udp || k->proto == TCP) && k->has & PTN_HAS_SPORT && k->sport >= 1024)
        t->own_ports[udp][k->sport >> 6] |= UINT64_C(1) << (k->sport & 63);
    if (r == 0 && p.kind == PTN_PACKET_CAUSE && p.cause == PTN_CAUSE_LATE_TCP && k->has & PTN_HAS_SPORT)
        r = ptn_tally_spoke(t, &k->src, k->sport, second);
    if (r == 0 && (p.outgoing ? k->dst.family : k->src.family))
        put_off(t, k, &p, second);
    if (r == 0 && t->n_visits == PTN_VISITS)
        r = turn_visits(t);
    return r < 0 ? r : t->visitors.n >= VISITORS_FULL;
}

/* ---- putting together ------------------------------------------------------------------------------------------ */

static void merge_names(struct ptn_log_names *into, const struct ptn_log_names *from)
{
    for (unsigned i = 0; i < PTN_NAMES && from->lines[i]; i++)
        count_name(into, (struct ptn_slice){from->text[i], strlen(from->text[i])}, from->lines[i]);
}

static void merge_sum(struct ptn_sum *into, const struct ptn_sum *from)
{
    into->lines += from->lines;
    into->passed += from->passed;
    ptn_span_add(&into->first, &into->last, from->first, from->last);
    merge_names(&into->ifaces, &from->ifaces);
    merge_names(&into->rules, &from->rules);
}

static int merge_ports(uint32_t **into, const uint32_t *from)
{
    if (!from)
        return 0;
    if (!*into && !(*into = calloc(PTN_PLACES, sizeof(**into))))
        return -ENOMEM;
    for (uint32_t i = 0; i < PTN_PLACES; i++)
        (*into)[i] = ptn_sum32((*into)[i], from[i]);
    return 0;
}

int ptn_tally_merge(struct ptn_tally *into, struct ptn_tally *from)
{
    int r = ptn_visitors_move(&into->visitors, &from->visitors);
    for (unsigned i = 0; i < PTN_CAUSE_COUNT; i++)
        merge_sum(&into->sums[i], &from->sums[i]);
    if (r == 0)
        r = ptn_counter_merge(&into->times.table, &from->times.table);
    if (r == 0)
        r = ptn_counter_merge(&into->heat.table, &from->heat.table);
    for (unsigned i = 0; i < PTN_CAUSE_COUNT && r == 0; i++)
        r = merge_ports(&into->ports[i], from->ports[i]);
    for (size_t i = 0; i < from->n_spoke && r == 0; i++)
        r = ptn_tally_spoke(into, &from->spoke[i].addr, from->spoke[i].port, from->spoke[i].second);
    for (unsigned i = 0; i < 1024; i++) {
        into->own_ports[0][i] |= from->own_ports[0][i];
        into->own_ports[1][i] |= from->own_ports[1][i];
    }
    into->packets += from->packets;
    into->calls += from->calls;
    into->passed += from->passed;
    into->dropped += from->dropped;
    return r;
}
