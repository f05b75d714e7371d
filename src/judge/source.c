#include "source.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "halves.h"

enum { TCP = 6, UDP = 17 };

#define ASK_WINDOW 90  /* seconds: a SYN is repeated for 63 of them (RFC 6298) */
#define ASK_EARLY 5    /* clocks of two logs */
#define RECENT 900     /* seconds: how long what the host shows now explains what was logged */
#define VISITED_MAX 20 /* ports that somebody may use honestly */
#define SLIPS 4        /* one refusal among so many welcomes */
#define PUBLIC 20      /* so many sources come to what is for everybody */
#define CROWD 3        /* so many sources make a port one that is swept */
#define AFTERSHOCK 8   /* so many come for a port that somebody used */
#define REPEATS 7      /* lines: a try, and what TCP repeats of it (RFC 6298) */
#define DAY 86400
#define AMPLIFIED 5 /* times the questions' octets */

/* ---- the walk -------------------------------------------------------------------------------------------------- */

/*
 * Threshold random walk (Jung, Paxson, Berger, Balakrishnan 2004): a first contact with a port fails four times in five
 * if the source scans, and once in five if it is honest; so every one that fails multiplies the odds that it scans by
 * four, every one that succeeds divides them. They asked for odds of 99 for one source; where a log has N of them, N
 * times that, so that all of them together are wrong as seldom as one. Result: how many more must fail than succeed.
 */
#define STEP 4
#define ODDS 99

static unsigned walk_of(uint32_t sources)
{
    unsigned steps = 0;
    for (uint64_t odds = 1; odds < (uint64_t)ODDS * (sources ? sources : 1); odds *= STEP)
        steps++;
    return steps;
}

static unsigned n_passed(const struct ptn_visitor *v)
{
    unsigned n = 0;
    for (unsigned i = 0; i < PTN_TRIED; i++)
        n += v->tried[i].used == PTN_TRIED_LET_IN;
    return n;
}

/* ---- one source by itself --------------------------------------------------------------------------------------- */

static uint32_t crowd_of(const struct ptn_crowd *c, const struct ptn_tried *t)
{
    return t->proto == TCP ? c->tried[0][t->port] : t->proto == UDP ? c->tried[1][t->port] : 0;
}

static uint32_t let_in(const struct ptn_crowd *c, const struct ptn_tried *t)
{
    return t->proto == TCP ? c->tried[2][t->port] : t->proto == UDP ? c->tried[3][t->port] : 0;
}

static bool bit(const struct ptn_tried *t, const uint64_t bits[2][1024])
{
    return (t->proto == TCP || t->proto == UDP) && ptn_site_bit(bits[t->proto == UDP], t->port);
}

/* By the first octet few need a closer look. */
static bool is_private(const struct ptn_crowd *c, const struct ptn_visitor *v)
{
    const struct ptn_addr a = ptn_visitor_addr(v);
    const uint8_t first = a.bytes[0];
    if (a.family == AF_INET ? first != 10 && first != 100 && first != 169 && first != 172 && first != 192
                            : first < 0xfc)
        return false;
    return ptn_site_is_private(c->site, &a);
}

static enum ptn_rating rating_by_number(const struct ptn_crowd *c, const struct ptn_tried *t)
{
    struct ptn_claim claim[PTN_CLAIMS_MAX];
    if ((t->proto != TCP && t->proto != UDP) ||
        ptn_chart_lookup(c->chart, t->port, t->proto == UDP ? PTN_UDP : PTN_TCP, claim, PTN_CLAIMS_MAX) < 1)
        return PTN_RATING_NONE;
    return claim[0].rating;
}

static bool is_unsafe(enum ptn_rating rating)
{
    return rating == PTN_RATING_UNSAFE || rating == PTN_RATING_LIMITED;
}

/* The web, mail: a service that may be for everybody, and to which everybody comes. */
static bool is_public(const struct ptn_crowd *c, const struct ptn_tried *t, const struct ptn_door *d)
{
    if (let_in(c, t) < PUBLIC || (d && d->verdict == PTN_VERDICT_WORRY) || (!d && c->site->from != PTN_SITE_LOG))
        return false;
    const enum ptn_rating rating = d ? d->rating : rating_by_number(c, t);
    return rating == PTN_RATING_SAFE || rating == PTN_RATING_DEPENDS;
}

/* Not meant for everybody, by the audit or by the chart; of what the host offers the log alone tells no more than that
 * many came in. */
static bool is_exposed(const struct ptn_crowd *c, const struct ptn_tried *t, const struct ptn_door *d)
{
    return d ? d->verdict == PTN_VERDICT_WORRY || is_unsafe(d->rating)
             : c->site->from == PTN_SITE_LOG && let_in(c, t) >= CROWD && is_unsafe(rating_by_number(c, t));
}

/* Whether a door may stand where somebody was refused that everybody can reach: of most ports the site's bits say no.
 */
static bool may_be_open(const struct ptn_crowd *c, const struct ptn_tried *t)
{
    return c->site->n_doors && (bit(t, c->site->open) || (t->proto != TCP && t->proto != UDP));
}

/* Who scans is worried about wherever it got through, but to what is safe for everybody; who sweeps comes to every
 * address there is, and is worried about where the service is not meant for everybody. Both are where such a service
 * stands open, even if this line was refused. */
static bool is_hit(const struct ptn_crowd *c, const struct ptn_tried *t, bool scans)
{
    if (t->used != PTN_TRIED_LET_IN && !may_be_open(c, t))
        return false;
    const struct ptn_door *d = ptn_site_door(c->site, t->proto, t->port);
    if (scans && t->used == PTN_TRIED_LET_IN)
        return !(d && ptn_door_is_safe(d)) && !is_public(c, t, d);
    return (t->used == PTN_TRIED_LET_IN || (d && d->rung == PTN_RUNG_INTERNET)) && is_exposed(c, t, d);
}

bool ptn_source_hit(const struct ptn_crowd *c, const struct ptn_visitor *v, bool scans, struct ptn_tried *what)
{
    for (unsigned i = 0; i < PTN_TRIED && v->tried[i].used; i++)
        if (is_hit(c, &v->tried[i], scans)) {
            *what = v->tried[i];
            return scans || !is_private(c, v); /* what is open to the own network is there for it */
        }
    return false;
}

static bool is_listed(const struct ptn_crowd *c, const struct ptn_visitor *v)
{
    const struct ptn_addr a = ptn_visitor_addr(v);
    return ptn_site_known(c->site, &a);
}

/* Which ports who was spoken to may ask back at: the identity of the user (RFC 1413), the address of the sender; the
 * data of active FTP (RFC 959); open proxies, which IRC servers look for. */
static bool may_ask(uint16_t spoke, const struct ptn_tried *t)
{
    static const uint16_t proxies[] = {23, 80, 1080, 3124, 3127, 3128, 6588, 8000, 8080, 8081, 9050};
    if (t->proto != TCP)
        return false;
    if (t->port == 113)
        return true;
    if (spoke == 21)
        return t->port >= 1024;
    if (spoke == 25 || spoke == 465 || spoke == 587)
        return t->port == 25;
    for (size_t i = 0; i < sizeof(proxies) / sizeof(*proxies); i++)
        if (t->port == proxies[i])
            return true;
    return false;
}

static int compare_spoke(const void *a, const void *b)
{
    const struct ptn_spoke *x = a, *y = b;
    int by =
        x->addr.family != y->addr.family ? x->addr.family - y->addr.family : memcmp(x->addr.bytes, y->addr.bytes, 16);
    return by ? by : x->second < y->second ? -1 : x->second > y->second;
}

static const struct ptn_spoke *first_spoke(const struct ptn_tally *t, const struct ptn_addr *a)
{
    size_t lo = 0, hi = t->n_spoke;
    const struct ptn_spoke key = {.addr = *a};
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (compare_spoke(&t->spoke[mid], &key) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < t->n_spoke && t->spoke[lo].addr.family == a->family &&
                   memcmp(t->spoke[lo].addr.bytes, a->bytes, 16) == 0
               ? &t->spoke[lo]
               : NULL;
}

static bool explains(const struct ptn_crowd *c, const struct ptn_spoke *s, uint32_t moment)
{
    if (!s->second)
        return !moment || (moment <= c->site->when + ASK_EARLY && moment + RECENT >= c->site->when);
    return s->second <= moment + ASK_EARLY && moment <= s->second + ASK_WINDOW;
}

/* Whether each moment kept of it comes shortly after the host spoke to it. */
static bool asks_back(const struct ptn_crowd *c, const struct ptn_visitor *v)
{
    const struct ptn_tally *t = c->tally;
    const struct ptn_addr a = ptn_visitor_addr(v);
    const struct ptn_spoke *from = first_spoke(t, &a), *s;
    const struct ptn_spoke *end = from ? t->spoke + t->n_spoke : NULL;
    bool port[PTN_TRIED] = {false}, moment[PTN_TRIED] = {false}, all = from && v->tried[0].used;
    for (s = from; s && s < end && ptn_addr_equal(&s->addr, &a); s++)
        for (unsigned i = 0; i < PTN_TRIED; i++) {
            port[i] = port[i] || may_ask(s->port, &v->tried[i]);
            moment[i] = moment[i] || explains(c, s, v->moments[i]);
        }
    for (unsigned i = 0; i < PTN_TRIED && all; i++)
        all = (port[i] || !v->tried[i].used) && (moment[i] || (i && !v->moments[i]));
    return all;
}

static bool is_friend(const struct ptn_crowd *c, const struct ptn_visitor *v)
{
    uint32_t interval;
    return ptn_visitor_is_regular(v, c->insistent, &interval);
}

/* The host used that port, or its peers' programs are known to come back; and several come by both protocols, as peers
 * do, where neither is known. */
static bool is_shaken(const struct ptn_crowd *c, const struct ptn_tried *t)
{
    if (t->port < 1024 || crowd_of(c, t) < AFTERSHOCK)
        return false;
    const bool both = c->tried[0][t->port] >= AFTERSHOCK && c->tried[1][t->port] >= AFTERSHOCK;
    return bit(t, c->tally->own_ports) || bit(t, c->site->sought) || (both && !bit(t, c->site->judged));
}

static bool is_aftershock(const struct ptn_crowd *c, const struct ptn_visitor *v)
{
    for (unsigned i = 0; i < PTN_TRIED && v->tried[i].used; i++)
        if (!is_shaken(c, &v->tried[i]))
            return false;
    return true;
}

/* Servers that the host asked answer to ports of servers where it asks from such; and what is left of answers that came
 * in fragments has no port. */
static bool is_answer(const struct ptn_crowd *c, const struct ptn_visitor *v)
{
    bool all = true;
    (void)c;
    for (unsigned i = 0; i < PTN_TRIED && v->tried[i].used; i++) {
        const uint16_t port = v->tried[i].port;
        all = all && v->tried[i].proto == UDP &&
              (port ? v->marks & PTN_VISITOR_CONTACTED && (port == 123 || port == 500 || port == 4500)
                    : v->causes >> PTN_CAUSE_LATE_UDP & 1);
    }
    return all;
}

/* A private address where the host has none of the kind, or as far as is known none at all: nobody's inside. */
static bool is_stray(const struct ptn_crowd *c, const struct ptn_visitor *v)
{
    const struct ptn_addr a = ptn_visitor_addr(v);
    return !ptn_addr_is_link_local(&a) &&
           (c->site->n_addrs ? ptn_site_is_stray(c->site, &a) : !(v->marks & PTN_VISITOR_HOME));
}

/* A few refusals among many welcomes are a slip. */
static bool is_let_in(const struct ptn_crowd *c, const struct ptn_visitor *v)
{
    struct ptn_tried what;
    return v->tries - v->passed <= v->passed / SLIPS && ptn_visitor_ports(v) <= VISITED_MAX &&
           !ptn_source_hit(c, v, false, &what);
}

static bool is_scan_hit(const struct ptn_crowd *c, const struct ptn_visitor *v)
{
    struct ptn_tried what;
    return ptn_source_hit(c, v, true, &what);
}

static bool is_tool(const struct ptn_crowd *c, const struct ptn_visitor *v)
{
    struct ptn_tried what;
    return !ptn_source_hit(c, v, false, &what);
}

/* Answers much larger than the questions were sent; or a door is open for them. */
static bool is_answered(const struct ptn_crowd *c, const struct ptn_visitor *v)
{
    struct ptn_tried what;
    return (v->asked && v->answered / AMPLIFIED >= v->asked) ||
           (c->site->from != PTN_SITE_LOG && ptn_source_hit(c, v, false, &what));
}

/* What is seen of a source at a glance, and what a test needs before it looks closer: of most sources most tests need
 * no more. */
enum {
    DROPPED = 1,    /* not all that it tried was let in */
    WELCOME = 2,    /* some of it was */
    OFTEN = 4,      /* it came to one port again and again */
    INSIDE = 8,     /* from a private address, and dropped */
    CONTAINER = 16, /* the same, from a container, and it does not scan */
    SCANS = 32,     /* it tried port after port */
    ASKS = 64,      /* at nothing but amplifiers */
    TOOL = 128,     /* with a survey's tool */
    FEW = 256,      /* all of its ports are kept */
    SPOKE = 512,    /* the host spoke to somebody who may ask back */
    LISTED = 1024,  /* the user has a list */
};

static bool is_scan(const struct ptn_crowd *c, const struct ptn_visitor *v)
{
    return ptn_visitor_ports(v) >= c->walk + 2 * n_passed(v);
}

static unsigned sight_of(const struct ptn_crowd *c, const struct ptn_visitor *v)
{
    const bool dropped = v->tries > v->passed, inside = dropped && is_private(c, v);
    const bool few = !(v->marks & PTN_VISITOR_MORE), scans = (!few || c->walk <= PTN_TRIED) && is_scan(c, v);
    unsigned sight = 0;
    sight |= dropped ? DROPPED : 0;
    sight |= v->tries && v->passed ? WELCOME : 0;
    sight |= v->tries >= PTN_REGULAR_LINES && !v->tried[1].used ? OFTEN : 0;
    sight |= inside ? INSIDE : 0;
    sight |= inside && v->marks & PTN_VISITOR_CONTAINER && !scans ? CONTAINER : 0;
    sight |= scans ? SCANS : 0;
    sight |= v->tries && !(v->marks & PTN_VISITOR_OTHER) ? ASKS : 0;
    sight |= v->tries && v->marks & PTN_VISITOR_TOOL ? TOOL : 0;
    sight |= few ? FEW : 0;
    sight |= c->tally->n_spoke ? SPOKE : 0;
    sight |= c->site->n_known ? LISTED : 0;
    return sight;
}

static enum ptn_cause judge_alone(const struct ptn_crowd *c, const struct ptn_visitor *v)
{
    static const struct {
        enum ptn_cause cause;
        unsigned needs;
        bool (*test)(const struct ptn_crowd *, const struct ptn_visitor *); /* NULL: that is enough */
    } tests[] = {
        {PTN_CAUSE_SURVEYOR, LISTED, is_listed},
        {PTN_CAUSE_IDENT, FEW | SPOKE, asks_back},
        {PTN_CAUSE_LATE_UDP, DROPPED | FEW, is_answer},
        {PTN_CAUSE_AMPLIFICATION_ANSWERED, ASKS, is_answered},
        {PTN_CAUSE_LET_IN, WELCOME, is_let_in},
        {PTN_CAUSE_FRIEND, DROPPED | OFTEN, is_friend},
        {PTN_CAUSE_FORGED, INSIDE, is_stray},
        {PTN_CAUSE_OWN_OUT, CONTAINER, NULL},
        {PTN_CAUSE_INSIDE, INSIDE, NULL},
        {PTN_CAUSE_AFTERSHOCK, DROPPED, is_aftershock},
        {PTN_CAUSE_SCAN_HIT, SCANS, is_scan_hit},
        {PTN_CAUSE_SCAN, SCANS, NULL},
        {PTN_CAUSE_SURVEYOR, TOOL, is_tool},
        {PTN_CAUSE_AMPLIFICATION, ASKS, NULL},
    };
    if (!v->tries && !(v->ports[0] | v->ports[1]))
        return PTN_CAUSE_UNEXPLAINED;
    const unsigned sight = sight_of(c, v);
    for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
        if (!(tests[i].needs & ~sight) && (!tests[i].test || tests[i].test(c, v)))
            return tests[i].cause;
    return PTN_CAUSE_UNEXPLAINED;
}

/* ---- in the light of the others --------------------------------------------------------------------------------- */

/* One of many, or a try at what is tried everywhere, or just a try, no more than one a day. */
static bool is_swept(const struct ptn_crowd *c, const struct ptn_visitor *v, const struct ptn_tried *t)
{
    return crowd_of(c, t) >= CROWD || bit(t, c->site->judged) || t->lines <= REPEATS * (1 + (v->last - v->first) / DAY);
}

static enum ptn_cause judge_among(const struct ptn_crowd *c, const struct ptn_visitor *v)
{
    struct ptn_tried what;
    bool swept = true;
    if (ptn_source_hit(c, v, false, &what))
        return PTN_CAUSE_SWEEP_HIT;
    for (unsigned i = 0; i < PTN_TRIED && v->tried[i].used; i++)
        swept = swept && is_swept(c, v, &v->tried[i]);
    return swept ? PTN_CAUSE_SWEEP : PTN_CAUSE_UNEXPLAINED;
}

/* ---- all of them ------------------------------------------------------------------------------------------------ */

static void count_crowd(struct ptn_crowd *c)
{
    const struct ptn_visitors *all = c->whole ? &c->whole->visitors : &c->tally->visitors;
    for (uint32_t k = 0; k < all->n; k++) {
        const struct ptn_visitor *v = &all->items[k];
        c->n += v->tries != 0;
        c->insistent += v->tries >= PTN_REGULAR_LINES && !v->tried[1].used;
        for (unsigned i = 0; i < PTN_TRIED && v->tried[i].used && v->tries; i++) {
            const struct ptn_tried *t = &v->tried[i];
            if (t->proto != TCP && t->proto != UDP)
                continue;
            c->tried[t->proto == UDP][t->port]++;
            if (t->used == PTN_TRIED_LET_IN)
                c->tried[2 + (t->proto == UDP)][t->port]++;
        }
    }
    c->walk = walk_of(c->n);
}

/* Whom the host is known to speak to. */
static int meet_peers(struct ptn_crowd *c)
{
    int r = 0;
    for (size_t i = 0; i < c->site->n_peers && r == 0; i++) {
        const struct ptn_peer *p = &c->site->peers[i];
        struct ptn_visitor *v = ptn_visitors_find(&c->tally->visitors, &p->addr);
        if (v)
            v->marks |= PTN_VISITOR_CONTACTED;
        if (v && p->proto == TCP)
            r = ptn_tally_spoke(c->tally, &p->addr, p->port, 0);
    }
    return r;
}

/* A try that the filter let in, and our answer to it, are two lines of one. */
static void settle(struct ptn_visitor *v)
{
    if (v->passed > v->tries)
        v->passed = v->tries;
}

static void take_over(struct ptn_crowd *c)
{
    struct ptn_visitors *all = &c->tally->visitors;
    for (uint32_t i = 0; i < all->n; i++) {
        const struct ptn_addr a = ptn_visitor_addr(&all->items[i]);
        const struct ptn_visitor *v = ptn_visitors_find(&c->whole->visitors, &a);
        settle(&all->items[i]);
        all->items[i].cause = v ? v->cause : PTN_CAUSE_UNEXPLAINED;
        all->items[i].marks |= v ? v->marks : 0;
    }
}

/* What two threads have in common that judge sources. */
struct judging {
    struct ptn_crowd *c;
    atomic_bool counted;
    struct ptn_parts alone, among;
};

static void judge_part_alone(const struct ptn_crowd *c, uint32_t begin, uint32_t end)
{
    struct ptn_visitor *const items = c->tally->visitors.items;
    for (uint32_t i = begin; i < end; i++) {
        settle(&items[i]);
        items[i].cause = (uint8_t)judge_alone(c, &items[i]);
    }
}

/* One counts the crowd, without which nobody can be judged; the other, meanwhile, finds who shares a network. */
static void look_over(void *ctx, unsigned half)
{
    struct judging *j = ctx;
    uint32_t begin, end;
    if (half) {
        j->c->members = ptn_members(j->c->tally);
    } else {
        count_crowd(j->c);
        atomic_store(&j->counted, true);
    }
    while (!atomic_load(&j->counted))
        sched_yield();
    while (ptn_parts_take(&j->alone, &begin, &end))
        judge_part_alone(j->c, begin, end);
}

static void judge_half_among(void *ctx, unsigned half)
{
    struct judging *j = ctx;
    struct ptn_visitor *const items = j->c->tally->visitors.items;
    (void)half;
    for (uint32_t i, end; ptn_parts_take(&j->among, &i, &end);)
        for (; i < end; i++)
            if (items[i].tries && items[i].cause == PTN_CAUSE_UNEXPLAINED)
                items[i].cause = (uint8_t)judge_among(j->c, &items[i]);
}

int ptn_sources_judge(struct ptn_crowd *c, struct ptn_gangs *gangs)
{
    const uint32_t n = c->tally->visitors.n, n_judged = c->whole ? 0 : n;
    struct judging j = {.c = c, .alone = {.n = n_judged}, .among = {.n = n_judged}};
    c->tried = calloc(4, sizeof(*c->tried));
    c->n_members = n;
    if (!c->tried || meet_peers(c) < 0)
        return -ENOMEM;
    if (c->tally->n_spoke && !c->whole)
        qsort(c->tally->spoke, c->tally->n_spoke, sizeof(*c->tally->spoke), compare_spoke);
    ptn_halves(n, look_over, &j);
    if (!c->members)
        return -ENOMEM;
    if (c->whole) {
        take_over(c);
        return 0;
    }
    int r = ptn_gangs_find(c, gangs);
    if (r == 0)
        ptn_halves(n, judge_half_among, &j);
    return r;
}

static bool is_of_scan(const struct ptn_visitor *v)
{
    return v->cause == PTN_CAUSE_SCAN || v->cause == PTN_CAUSE_SCAN_HIT || v->cause == PTN_CAUSE_DISTRIBUTED ||
           (v->cause == PTN_CAUSE_SURVEYOR && v->tries);
}

enum ptn_cause ptn_source_probes(const struct ptn_visitor *v)
{
    return is_of_scan(v) ? (enum ptn_cause)v->cause : PTN_CAUSE_PATH_PROBE;
}

/* Of a host that we spoke to they are late; who also sent SYN-ACKs, or answered where no client of ours sits, or was
 * never called although the log tells whom we call, answers packets that somebody forged in our name (Moore et al.
 * 2001). */
enum ptn_cause ptn_source_answers(const struct ptn_tally *t, const struct ptn_visitor *v)
{
    if (is_of_scan(v) && v->ports[0] | v->ports[1])
        return (enum ptn_cause)v->cause;
    if (v->marks & PTN_VISITOR_CONTACTED)
        return PTN_CAUSE_LATE_TCP;
    if (v->marks & (PTN_VISITOR_SYN_ACK | PTN_VISITOR_ODD))
        return PTN_CAUSE_BACKSCATTER;
    return t->calls && v->marks & PTN_VISITOR_REPLY ? PTN_CAUSE_BACKSCATTER : PTN_CAUSE_LATE_TCP;
}
