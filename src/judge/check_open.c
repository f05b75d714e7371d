/* What a ruleset lets in: every place, TCP and UDP, all ports in one question, held against the chart. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "check_part.h"

#define WIDE 1000 /* ports let in at once are one remark, not one a service */

/* ---- the chart ------------------------------------------------------------------------------------------------- */

static enum ptn_proto proto_of(unsigned u)
{
    return u ? PTN_UDP : PTN_TCP;
}

/* The best claim on a port by a service whose own port it is. */
static bool claim_of(const struct ptn_chart *chart, uint16_t port, unsigned u, struct ptn_claim *ret)
{
    struct ptn_claim claims[PTN_CLAIMS_MAX];
    int n = ptn_chart_lookup(chart, port, proto_of(u), claims, PTN_CLAIMS_MAX);
    for (int i = 0; i < n; i++)
        if (claims[i].kind < PTN_KIND_HISTORICAL && claims[i].own) {
            *ret = claims[i];
            return true;
        }
    return false;
}

static int read_ratings(struct ptn_check *c)
{
    struct ptn_claim claim;
    for (unsigned u = 0; u < 2; u++) {
        c->ratings[u] = calloc(65536, 1);
        if (!c->ratings[u])
            return -ENOMEM;
        for (uint32_t port = 0; port < 65536; port++)
            if (claim_of(c->chart, (uint16_t)port, u, &claim))
                c->ratings[u][port] = (uint8_t)claim.rating;
    }
    return 0;
}

/* As the ladder of src/judge/verdict.c has it for what is served there. */
static enum ptn_verdict level_of(enum ptn_rating rating, enum ptn_rung rung)
{
    if (rating == PTN_RATING_UNSAFE)
        return rung >= PTN_RUNG_LAN ? PTN_VERDICT_WORRY : PTN_VERDICT_LIMIT;
    return rung == PTN_RUNG_INTERNET ? PTN_VERDICT_WORRY : rung >= PTN_RUNG_LAN ? PTN_VERDICT_LIMIT : PTN_VERDICT_OK;
}

/* ---- one answer ------------------------------------------------------------------------------------------------- */

struct let_in {
    struct ptn_check *c;
    const struct ptn_place *place;
    const struct ptn_outcome *outcome;
    unsigned u; /* 0 TCP, 1 UDP */
};

static int note(const struct let_in *l, enum ptn_remark_kind kind, enum ptn_rating rating,
                const struct ptn_claim *claim, uint16_t lo, uint16_t hi)
{
    const struct ptn_outcome *o = l->outcome;
    struct ptn_step room;
    const struct ptn_step *step = ptn_deciding_step(o, &room);
    struct ptn_entry like = {.proto = l->u ? IPPROTO_UDP : IPPROTO_TCP};
    struct ptn_remark *m = &like.remark;
    *m = (struct ptn_remark){.kind = kind, .rung = l->place->rung, .iif = l->place->iif};
    m->chain = step ? step->chain : NULL;
    m->rule = step ? step->rule : NULL;
    m->level = level_of(rating, m->rung);
    if (o->answer == PTN_ANSWER_UNKNOWN)
        m->level = PTN_VERDICT_BLIND;
    if (claim) {
        m->has_service = true;
        m->claim = *claim;
    }
    struct ptn_ranges *ports = ptn_ranges_number(2, lo, hi);
    struct ptn_entry *e = ports ? ptn_check_entry(l->c, &like) : NULL;
    int r = e ? ptn_check_unite(e, l->place, &o->box, ports) : -ENOMEM;
    ptn_ranges_unref(ports);
    return r;
}

static int note_wide(const struct let_in *l, uint16_t lo, uint16_t hi)
{
    const uint8_t *ratings = l->c->ratings[l->u];
    enum ptn_rating worst = PTN_RATING_LIMITED;
    for (uint32_t port = lo; port <= hi; port++)
        if (ratings[port] == PTN_RATING_UNSAFE)
            worst = PTN_RATING_UNSAFE;
    return note(l, PTN_REMARK_WIDE, worst, NULL, lo, hi);
}

static int note_narrow(const struct let_in *l, uint16_t lo, uint16_t hi)
{
    struct ptn_claim claim;
    int r = 0;
    for (uint32_t port = lo; port <= hi && r == 0; port++) {
        uint8_t rating = l->c->ratings[l->u][port];
        if (rating != PTN_RATING_UNSAFE && (rating != PTN_RATING_LIMITED || l->place->rung < PTN_RUNG_LAN))
            continue;
        if (claim_of(l->c->chart, (uint16_t)port, l->u, &claim))
            r = note(l, rating == PTN_RATING_UNSAFE ? PTN_REMARK_UNSAFE : PTN_REMARK_OPEN, (enum ptn_rating)rating,
                     &claim, (uint16_t)port, (uint16_t)port);
    }
    return r;
}

static int note_ports(const struct let_in *l, const struct ptn_ranges *ports)
{
    int r = 0;
    for (uint32_t i = 0; ports && i < ports->n && r == 0; i++) {
        const uint8_t *lo = ptn_ranges_lo(ports, i), *hi = ptn_ranges_hi(ports, i);
        uint16_t first = (uint16_t)(lo[0] << 8 | lo[1]), last = (uint16_t)(hi[0] << 8 | hi[1]);
        r = last - first >= WIDE ? note_wide(l, first, last) : note_narrow(l, first, last);
    }
    return r;
}

/* Ports that are surely let in are added to *accepted. */
static int take_answers(struct let_in *l, const struct ptn_answers *answers, struct ptn_ranges **accepted)
{
    int r = 0;
    for (size_t i = 0; i < answers->n && r == 0; i++) {
        const struct ptn_outcome *o = &answers->items[i];
        struct ptn_ranges *ports = o->box.field[PTN_PKT_DPORT];
        if (!ports || (o->answer != PTN_ANSWER_ACCEPT && o->answer != PTN_ANSWER_UNKNOWN))
            continue;
        l->outcome = o;
        r = note_ports(l, ports);
        if (r == 0 && o->answer == PTN_ANSWER_ACCEPT)
            r = ptn_ranges_add(accepted, ports);
    }
    return r;
}

static int ask_place(struct ptn_check *c, const struct ptn_place *place, unsigned u, struct ptn_ranges **accepted)
{
    struct let_in l = {.c = c, .place = place, .u = u};
    struct ptn_answers answers = {0};
    struct ptn_flow q;
    *accepted = ptn_ranges_none(2);
    int r = *accepted ? ptn_place_flow(&q, place, u ? IPPROTO_UDP : IPPROTO_TCP) : -ENOMEM;
    if (r < 0)
        return r;
    r = ptn_flow_put_number(&q, PTN_PKT_DPORT, 1, UINT16_MAX);
    r = r < 0 ? r : ptn_check_ask(c, &q, &answers);
    r = r < 0 ? r : take_answers(&l, &answers, accepted);
    ptn_answers_release(&answers);
    ptn_flow_release(&q);
    return r;
}

/* ---- twins ------------------------------------------------------------------------------------------------------- */

static int note_twin(struct ptn_check *c, const struct ptn_place *p, unsigned u, const struct ptn_ranges *more,
                     bool six)
{
    struct ptn_entry like = {.proto = u ? IPPROTO_UDP : IPPROTO_TCP};
    struct ptn_remark *m = &like.remark;
    const char *what = ptn_check_ports(c->arena, more, u ? "/udp" : "/tcp", 8);
    *m = (struct ptn_remark){.kind = PTN_REMARK_TWIN, .rung = p->rung, .iif = p->iif, .what = what, .v4 = !six};
    m->v6 = six;
    m->level = !six ? PTN_VERDICT_OK : p->rung >= PTN_RUNG_LAN ? PTN_VERDICT_WORRY : PTN_VERDICT_LIMIT;
    like.text = what ? ptn_arena_printf(c->arena, "From the %s by %s, IPv%d is open where IPv%d is not: %s.",
                                        ptn_rung_word(p->rung), p->iif, six ? 6 : 4, six ? 4 : 6, what)
                     : NULL;
    return like.text && ptn_check_entry(c, &like) ? 0 : -ENOMEM;
}

/* Ports that only one of the families has: DHCP is another in each. */
static int compare_one(struct ptn_check *c, const struct ptn_place *p, unsigned u, const struct ptn_ranges *a,
                       const struct ptn_ranges *b, bool six)
{
    struct ptn_ranges *dhcp = six ? ptn_ranges_number(2, 546, 547) : ptn_ranges_number(2, 67, 68);
    struct ptn_ranges *more = dhcp ? ptn_ranges_without(a, b) : NULL;
    int r = more ? 0 : -ENOMEM;
    if (r == 0 && u)
        r = ptn_ranges_subtract(&more, dhcp);
    if (r == 0 && more->n)
        r = note_twin(c, p, u, more, six);
    ptn_ranges_unref(dhcp);
    ptn_ranges_unref(more);
    return r;
}

static int compare_twins(struct ptn_check *c, struct ptn_ranges *const *accepted)
{
    int r = 0;
    for (size_t i = 0; i < c->places.n; i++)
        for (size_t k = 0; k < c->places.n; k++) {
            const struct ptn_place *four = &c->places.items[i], *six = &c->places.items[k];
            if (four->family != AF_INET || six->family != AF_INET6 || !four->iif || !six->iif ||
                four->rung != six->rung || strcmp(four->iif, six->iif) != 0)
                continue;
            for (unsigned u = 0; u < 2 && r == 0; u++) {
                r = compare_one(c, six, u, accepted[k * 2 + u], accepted[i * 2 + u], true);
                r = r < 0 ? r : compare_one(c, four, u, accepted[i * 2 + u], accepted[k * 2 + u], false);
            }
        }
    return r;
}

int ptn_check_open(struct ptn_check *c)
{
    struct ptn_ranges **accepted = calloc(c->places.n * 2 + 1, sizeof(struct ptn_ranges *));
    int r = accepted ? read_ratings(c) : -ENOMEM;
    for (size_t i = 0; i < c->places.n && r == 0; i++)
        for (unsigned u = 0; u < 2 && r == 0 && c->places.items[i].iif; u++)
            r = ask_place(c, &c->places.items[i], u, &accepted[i * 2 + u]);
    if (r == 0)
        r = compare_twins(c, accepted);
    for (size_t i = 0; accepted && i < c->places.n * 2; i++)
        ptn_ranges_unref(accepted[i]);
    free(accepted);
    return r;
}
