#include "tally.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

enum { TCP = 6, UDP = 17 };

#define VISITORS_FULL (1u << 18) /* of one thread: 32 MB */
#define TIMES_SLOTS (1u << 14)   /* thousands of moments of each cause: finer than any plot, and at hand */
#define HEAT_SLOTS (1u << 15)
#define HEAT_FROM 16    /* lines of a port that the heat map does without, */
#define HEAT_SHARE 1024 /* and all lines of those that have less than this part of all */
#define SPOKE_MAX (1u << 18)
#define SECONDS_MAX 4102444800 /* 2100: a stamp beyond is no time */

void ptn_tally_open(struct ptn_tally *t, const struct ptn_site *site)
{
    ptn_visitors_scatter();
    *t = (struct ptn_tally){.site = site, .next = t->visits[0], .full = t->visits[1]};
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
        for (unsigned k = 0; k < PTN_BLOCKS; k++)
            free(t->ports[i].blocks[k]);
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
    const uint64_t second = (uint64_t)time / 1000000; /* of what is less than none very many */
    return second > SECONDS_MAX ? 0 : (uint32_t)second;
}

static uint16_t port_of(const struct ptn_knock *k, const struct ptn_packet *p)
{
    if (k->has & PTN_HAS_ICMP_TYPE)
        return (uint16_t)(k->icmp_type << 8 | (k->has & PTN_HAS_ICMP_CODE ? k->icmp_code : 0));
    return p->of_source && k->has & PTN_HAS_SPORT ? k->sport : k->has & PTN_HAS_DPORT ? k->dport : 0;
}

static __attribute__((noinline)) uint32_t *make_block(struct ptn_port_lines *lines, uint32_t place)
{
    return lines->blocks[place / PTN_BLOCK] = ptn_zeroed(PTN_BLOCK, sizeof(*lines->blocks[0]));
}

/* Result: how many lines there are of it now; 0 when out of memory. */
static inline uint32_t count_port(struct ptn_tally *t, enum ptn_cause cause, uint32_t place)
{
    uint32_t *block = t->ports[cause].blocks[place / PTN_BLOCK];
    if (!block && !(block = make_block(&t->ports[cause], place)))
        return 0;
    uint32_t *const lines = &block[place % PTN_BLOCK];
    return *lines = ptn_sum32(*lines, 1);
}

static inline void fetch_port(const struct ptn_tally *t, enum ptn_cause cause, uint32_t place)
{
    const uint32_t *const block = t->ports[cause].blocks[place / PTN_BLOCK];
    if (block)
        __builtin_prefetch(&block[place % PTN_BLOCK], 1);
}

/* What sources decide comes by all ways: no names are kept. */
static __attribute__((noinline)) int end_minute(struct ptn_tally *t, bool passed)
{
    struct ptn_minute *const now = &t->now[passed];
    struct ptn_sum *const sum = &t->sums[PTN_CAUSE_UNEXPLAINED];
    sum->lines += now->lines;
    sum->passed += passed ? now->lines : 0;
    ptn_span_add(&sum->first, &sum->last, now->first, now->last);
    const int r = now->lines ? ptn_counter_add(&t->times.table, PTN_TIMES_WHAT(PTN_CAUSE_UNEXPLAINED, passed),
                                               now->minute, now->lines)
                             : 0;
    *now = (struct ptn_minute){0};
    return r;
}

static inline int count_unknown(struct ptn_tally *t, bool passed, uint32_t second)
{
    struct ptn_minute *const now = &t->now[passed];
    const uint32_t minute = second / PTN_TIMES_UNIT >> t->times.table.shift << t->times.table.shift;
    if (minute != now->minute) {
        if (end_minute(t, passed) < 0)
            return -ENOMEM;
        now->minute = minute;
    }
    now->lines++;
    ptn_span_add(&now->first, &now->last, second, second);
    return 0;
}

static __attribute__((noinline)) int count_known(struct ptn_tally *t, const struct ptn_knock *k, struct ptn_visit *w)
{
    const struct ptn_packet *p = &w->packet;
    const uint32_t second = w->second;
    const bool passed = k->action == PTN_ACTION_PASS;
    struct ptn_sum *const sum = &t->sums[p->cause];
    sum->lines++;
    sum->passed += passed;
    ptn_span_add(&sum->first, &sum->last, second, second);
    count_name(&sum->ifaces, k->in.len ? k->in : k->out, 1);
    count_name(&sum->rules, k->rule, 1);
    int r = ptn_counting_add(&t->times, PTN_TIMES_WHAT(p->cause, passed), second / PTN_TIMES_UNIT);
    w->place = ptn_port_place(k->proto, port_of(k, p));
    if (r == 0 && p->cause == PTN_CAUSE_LATE_TCP && k->has & PTN_HAS_SPORT)
        r = ptn_tally_spoke(t, &k->src, k->sport, second);
    return r;
}

static void note_outgoing(struct ptn_tally *t, const struct ptn_knock *k, const struct ptn_packet *p)
{
    const unsigned udp = k->proto == UDP;
    t->calls += p->asks && k->proto == TCP;
    if ((udp || k->proto == TCP) && k->has & PTN_HAS_SPORT && k->sport >= 1024)
        t->own_ports[udp][k->sport >> 6] |= UINT64_C(1) << (k->sport & 63);
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
    if (w->packet.answered && w->sport) {
        v->passed++;
        ptn_visitor_try(v, w->proto, w->sport, PTN_TRIED_LET_IN, 0);
    }
    if (w->proto == UDP && ptn_site_bit(t->site->amplifies, w->sport))
        v->answered = ptn_sum32(v->answered, w->octets);
    if (!w->packet.asks)
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
static inline int count_try(struct ptn_tally *t, const struct ptn_visit *w)
{
    const uint32_t lines = count_port(t, PTN_CAUSE_UNEXPLAINED, w->place);
    if (!lines)
        return -ENOMEM;
    const bool hot = (lines > HEAT_FROM) & (lines >= t->packets / HEAT_SHARE);
    return ptn_counting_add_if(&t->heat, hot, PTN_HEAT_WHAT(w->proto, w->port), w->second / PTN_HEAT_UNIT);
}

/* A line of which more than a source's try is to be told. */
static __attribute__((noinline)) int count_other(struct ptn_tally *t, struct ptn_visitor *v, const struct ptn_visit *w)
{
    const struct ptn_packet *p = &w->packet;
    if (p->kind == PTN_PACKET_CAUSE && !count_port(t, p->cause, w->place))
        return -ENOMEM;
    if (p->outgoing)
        return count_outgoing(t, v, w);
    v->marks |= p->marks;
    if (p->kind == PTN_PACKET_CAUSE) {
        v->others++;
        v->causes |= 1u << p->cause;
    } else {
        ptn_visitor_moment(v, w->second);
        *(p->kind == PTN_PACKET_PROBE ? &v->probes : &v->answers) += 1;
    }
    if (p->tracks)
        ptn_visitor_try(v, w->proto, w->port, used_of(t->site, w), 0);
    return 0;
}

static inline int count_visit(struct ptn_tally *t, const struct ptn_visit *w)
{
    struct ptn_visitor *v = ptn_visitors_take(&t->visitors, &w->who, w->record);
    if (!v)
        return -ENOMEM;
    if (w->packet.kind != PTN_PACKET_TRY || w->packet.outgoing)
        return count_other(t, v, w);
    v->marks |= w->packet.marks;
    v->tries++;
    v->passed += w->passed;
    if (!(w->packet.marks & PTN_VISITOR_OTHER))
        v->asked = ptn_sum32(v->asked, w->octets);
    ptn_visitor_moment(v, w->second);
    ptn_visitor_try(v, w->proto, w->port, used_of(t->site, w), 1);
    return w->ported ? count_try(t, w) : 0;
}

/* The half that was full before is counted; the one that is full now is fetched. */
static __attribute__((noinline)) int turn_visits(struct ptn_tally *t)
{
    struct ptn_visit *const fetched = t->visits[t->full == t->visits[1] + PTN_VISITS ? 0 : 1];
    struct ptn_visit *const filled = t->full - PTN_VISITS;
    int r = 0;
    for (struct ptn_visit *w = filled; w < t->next; w++)
        w->record = t->visitors.n ? ptn_visitors_fetch(&t->visitors, w->who.hash) : 0;
    for (const struct ptn_visit *w = fetched; w < fetched + t->n_fetched && r == 0; w++)
        r = count_visit(t, w);
    t->n_fetched = (unsigned)(t->next - filled);
    t->next = fetched;
    t->full = fetched + PTN_VISITS;
    return r;
}

int ptn_tally_flush(struct ptn_tally *t)
{
    struct ptn_counting *const all[] = {&t->times, &t->heat};
    int r = turn_visits(t);
    if (r == 0)
        r = turn_visits(t);
    for (unsigned passed = 0; passed < 2 && r == 0; passed++)
        r = end_minute(t, passed);
    for (unsigned i = 0; i < sizeof(all) / sizeof(*all) && r == 0; i++)
        r = ptn_counting_flush(all[i]);
    return r;
}

static inline void put_off(struct ptn_tally *t, const struct ptn_knock *k, struct ptn_visit *w)
{
    const bool known = w->packet.kind == PTN_PACKET_CAUSE;
    ptn_visitor_key(w->packet.outgoing ? &k->dst : &k->src, &w->who);
    ptn_visitors_fetch_place(&t->visitors, w->who.hash);
    w->port = k->has & PTN_HAS_DPORT ? k->dport : 0;
    w->sport = k->has & PTN_HAS_SPORT ? k->sport : 0;
    w->proto = k->proto;
    w->ported = ((k->has & PTN_HAS_DPORT) != 0) & ((k->proto == TCP) | (k->proto == UDP));
    w->octets = octets_of(k);
    if (!known) /* as ptn_port_place() has it for TCP and UDP */
        w->place = (uint32_t)(k->proto == UDP) << 16 | w->port;
    fetch_port(t, known ? w->packet.cause : PTN_CAUSE_UNEXPLAINED, w->place);
    t->next = w + 1;
}

int ptn_tally_count(struct ptn_tally *t, const struct ptn_knock *k)
{
    struct ptn_visit *const w = t->next;
    struct ptn_packet *const p = &w->packet;
    const bool passed = k->action == PTN_ACTION_PASS;
    const uint32_t second = second_of(k->time);
    ptn_judge_packet(t->site, k, p);
    w->second = second;
    w->passed = passed;
    t->packets++;
    t->passed += passed;
    t->dropped += ptn_knock_is_dropped(k);
    int r = p->kind == PTN_PACKET_CAUSE ? count_known(t, k, w) : count_unknown(t, passed, second);
    if (p->outgoing)
        note_outgoing(t, k, p);
    if (p->outgoing ? k->dst.family : k->src.family)
        put_off(t, k, w);
    else if (p->kind == PTN_PACKET_CAUSE && !count_port(t, p->cause, w->place))
        r = -ENOMEM;
    if (r == 0 && t->next == t->full)
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

static void merge_ports(struct ptn_port_lines *into, struct ptn_port_lines *from)
{
    for (unsigned i = 0; i < PTN_BLOCKS; i++) {
        uint32_t *const mine = into->blocks[i], *const other = from->blocks[i];
        for (unsigned k = 0; mine && other && k < PTN_BLOCK; k++)
            mine[k] = ptn_sum32(mine[k], other[k]);
        if (mine)
            continue;
        into->blocks[i] = other;
        from->blocks[i] = NULL;
    }
}

int ptn_tally_merge(struct ptn_tally *into, struct ptn_tally *from)
{
    int r = ptn_visitors_move(&into->visitors, &from->visitors);
    for (unsigned i = 0; i < PTN_CAUSE_COUNT; i++)
        merge_sum(&into->sums[i], &from->sums[i]);
    if (r == 0)
        r = ptn_counter_move(&into->times.table, &from->times.table);
    if (r == 0)
        r = ptn_counter_move(&into->heat.table, &from->heat.table);
    for (unsigned i = 0; i < PTN_CAUSE_COUNT; i++)
        merge_ports(&into->ports[i], &from->ports[i]);
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
