/* portolan lookup: who claims a port, is it safe, what to do. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "annotate.h"
#include "chart/chart.h"
#include "query.h"
#include "report/card.h"
#include "report/json.h"

#define CARDS_MAX 24 /* more answers than this are lines, not cards */

struct lookup {
    struct ptn_run *run;
    struct ptn_chart *chart;
    struct ptn_query query;
    struct ptn_host *host;
    bool as_of_2001;
    struct ptn_claim claims[PTN_CLAIMS_MAX];
};

/* Claims on one port; with --as-of only what the page had. */
static size_t claims_on(struct lookup *l, uint16_t port, enum ptn_proto proto)
{
    size_t n = (size_t)ptn_chart_lookup(l->chart, port, proto, l->claims, PTN_CLAIMS_MAX), kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!l->as_of_2001 || l->claims[i].rating_2001 != PTN_RATING_NONE)
            l->claims[kept++] = l->claims[i];
    return kept;
}

/* A bare number means TCP and UDP, and the others where somebody claims them. */
static bool asks_for(struct lookup *l, const struct ptn_ports *run, uint16_t port, int proto)
{
    if (run->proto >= 0)
        return run->proto == proto;
    return proto == PTN_TCP || proto == PTN_UDP || claims_on(l, port, (enum ptn_proto)proto) > 0;
}

/* An answer about a port stands without this machine's sockets, so what goes wrong here is passed over. */
static void look_at_host(struct lookup *l)
{
    const struct ptn_ports *first = &l->query.runs[0].ports;
    struct ptn_host_opts o = {.this_netns = true, .port = first->lo};
    for (size_t i = 0; i < l->query.n; i++) {
        const struct ptn_ports *run = &l->query.runs[i].ports;
        o.protos |= run->proto >= 0 ? 1u << run->proto : (1u << PTN_PROTO_PORTED) - 1;
        if (run->lo != first->lo || run->hi != first->lo)
            o.port = 0;
    }
    if (ptn_host_read(&l->host, &o, NULL) < 0)
        l->host = NULL;
}

/* ---- JSON ------------------------------------------------------------------------------------------- */

static json_t *here(const struct ptn_answer *a)
{
    char address[PTN_LISTENER_TEXT];
    json_t *list = json_array();
    const struct ptn_listener *l;
    for (size_t n = 0; (l = ptn_answer_listener(a, n)); n++)
        json_array_append_new(list, json_pack("{s:s, s:o}", "address", ptn_listener_address(l, address), "owner",
                                              ptn_json_owner(l->owner)));
    return list;
}

static void put_json(struct lookup *l, struct ptn_json_stream *stream, uint16_t port, enum ptn_proto proto)
{
    size_t n = claims_on(l, port, proto);
    for (size_t i = 0; i < n && l->as_of_2001; i++)
        l->claims[i].rating = l->claims[i].rating_2001;
    struct ptn_answer a = {.lo = port, .hi = port, .proto = proto, .host = l->host};
    json_t *item = ptn_json_port(l->chart, port, proto, l->claims, n);
    json_object_set_new(item, "here", here(&a));
    ptn_json_put(stream, item);
}

static int print_json(struct lookup *l)
{
    struct ptn_json_stream stream;
    ptn_json_open(&stream, stdout, l->chart, "lookup");
    for (size_t i = 0; i < l->query.n; i++) {
        const struct ptn_ports *run = &l->query.runs[i].ports;
        for (uint32_t port = run->lo; port <= run->hi && stream.error == 0; port++)
            for (int p = 0; p < PTN_PROTO_PORTED; p++)
                if (asks_for(l, run, (uint16_t)port, p))
                    put_json(l, &stream, (uint16_t)port, (enum ptn_proto)p);
    }
    int r = ptn_json_close(&stream, l->as_of_2001 ? json_pack("{s:s}", "as_of", "2001") : NULL);
    return r < 0 ? ptn_complain(l->run, "standard output: %s", strerror(-r)) : 0;
}

/* ---- text ------------------------------------------------------------------------------------------- */

/* Whether two ports get the same answer; in brief only the best claim is told. */
static bool same_claims(const struct ptn_claim *a, size_t na, const struct ptn_claim *b, size_t nb, bool brief)
{
    if (brief ? !na != !nb : na != nb)
        return false;
    for (size_t i = 0; i < (brief && na ? 1 : na); i++)
        if (!ptn_service_same(a[i].service, b[i].service) || a[i].kind != b[i].kind ||
            a[i].rating_2001 != b[i].rating_2001)
            return false;
    return true;
}

/* One run of ports with the same claims, from `port` on; the claims stay in l->claims. */
static uint16_t extent(struct lookup *l, uint16_t port, uint16_t hi, enum ptn_proto proto, bool brief, size_t *n)
{
    struct ptn_claim first[PTN_CLAIMS_MAX];
    *n = claims_on(l, port, proto);
    memcpy(first, l->claims, *n * sizeof(*first));
    uint16_t end = port;
    while (end < hi && same_claims(first, *n, l->claims, claims_on(l, (uint16_t)(end + 1), proto), brief))
        end++;
    memcpy(l->claims, first, *n * sizeof(*first));
    return end;
}

struct printing {
    struct ptn_out out;
    bool brief; /* lines instead of cards */
    bool all;   /* unjudged answers of a range, too */
    unsigned printed, unjudged;
    struct ptn_service cards[CARDS_MAX]; /* whose cards were printed */
    unsigned n_cards;
};

static bool is_judged(const struct ptn_answer *a)
{
    return a->n_claims && a->claims[0].rating != PTN_RATING_NONE;
}

static bool had_card(const struct printing *p, struct ptn_service s)
{
    for (unsigned i = 0; i < p->n_cards; i++)
        if (ptn_service_same(p->cards[i], s))
            return true;
    return false;
}

static void print_answer(struct lookup *l, struct printing *p, const struct ptn_answer *a, bool of_range)
{
    if (of_range && !p->all && !is_judged(a) && !ptn_answer_listener(a, 0)) {
        p->unjudged += a->n_claims ? 1u + a->hi - a->lo : 0;
        return;
    }
    bool again = a->n_claims && had_card(p, a->claims[0].service);
    if (p->printed && !p->brief)
        fputc('\n', p->out.file);
    if (p->brief || again) {
        ptn_card_line(&p->out, l->chart, a);
        fputs(again && !p->brief ? " (as above)\n" : "\n", p->out.file);
        if (!p->brief)
            ptn_card_others(&p->out, a);
    } else {
        ptn_card_print(&p->out, l->chart, a);
    }
    if (a->n_claims && !again && p->n_cards < CARDS_MAX)
        p->cards[p->n_cards++] = a->claims[0].service;
    p->printed++;
}

/* Who was asked for by name comes first, whoever ranks best on his port. */
static void put_first(struct ptn_claim *claims, size_t n, uint32_t name)
{
    size_t i = 0;
    while (i < n && (ptn_service_type(claims[i].service) == PTN_ENTRY_MALWARE ||
                     !ptn_book_has_hash(claims[i].service.book, claims[i].service.index, name)))
        i++;
    if (i == n)
        return;
    struct ptn_claim named = claims[i];
    memmove(claims + 1, claims, i * sizeof(*claims));
    claims[0] = named;
}

static void print_run(struct lookup *l, struct printing *p, const struct ptn_asked *asked)
{
    const struct ptn_ports *run = &asked->ports;
    bool range = run->hi > run->lo;
    for (int proto = 0; proto < PTN_PROTO_PORTED; proto++) {
        if (!asks_for(l, run, run->lo, proto) && !(range && run->proto < 0))
            continue;
        for (uint32_t port = run->lo; port <= run->hi;) {
            struct ptn_answer a = {.lo = (uint16_t)port,
                                   .proto = (enum ptn_proto)proto,
                                   .claims = l->claims,
                                   .host = l->host,
                                   .as_of_2001 = l->as_of_2001};
            a.hi = extent(l, (uint16_t)port, run->hi, a.proto, p->brief, &a.n_claims);
            if (asked->name)
                put_first(l->claims, a.n_claims, asked->name);
            print_answer(l, p, &a, range && !asked->name);
            port = a.hi + 1u;
        }
    }
}

/* How many ports are asked for, each protocol apart, counted up to what matters. */
static bool is_long(const struct lookup *l)
{
    size_t n = 0;
    for (size_t i = 0; i < l->query.n; i++)
        n += (size_t)(l->query.runs[i].ports.hi - l->query.runs[i].ports.lo) + 1 > CARDS_MAX &&
                     ptn_chart_name(l->chart, l->query.runs[i].ports.lo, PTN_TCP) !=
                         ptn_chart_name(l->chart, l->query.runs[i].ports.hi, PTN_TCP)
                 ? CARDS_MAX + 1
                 : 1;
    return n > CARDS_MAX;
}

static int print_text(struct lookup *l)
{
    struct printing p = {.brief = is_long(l), .all = l->run->value[PTN_OPT_ALL]};
    ptn_out_init(&p.out, stdout, l->run->value[PTN_OPT_COLOR]);
    for (size_t i = 0; i < l->query.n; i++)
        print_run(l, &p, &l->query.runs[i]);
    if (!p.printed && !p.unjudged && l->query.n)
        printf("nobody claims any of these ports\n");
    if (p.unjudged)
        printf("%s%u more are registered and not judged (--all prints them)\n", p.printed && !p.brief ? "\n" : "",
               p.unjudged);
    return 0;
}

int ptn_cmd_lookup(struct ptn_run *run)
{
    struct lookup l = {.run = run};
    const char *as_of = run->value[PTN_OPT_AS_OF];
    if (as_of && strcmp(as_of, "2001") != 0)
        return ptn_complain(run, "--as-of: \"%.20s\": the book has one older edition, 2001", as_of);
    l.as_of_2001 = as_of != NULL;
    if (run->n_args == 0 && isatty(0))
        return ptn_complain(run, "what port? (portolan 113/tcp, portolan ssh, portolan < file)");
    if (ptn_run_chart(run, &l.chart))
        return PTN_EXIT_TROUBLE;
    int status = 0;
    for (int i = 0; i < run->n_args; i++)
        status |= ptn_query_add(&l.query, run, l.chart, run->args[i]);
    if (run->n_args == 0) {
        status = ptn_annotate(run, l.chart);
    } else if (l.query.n) {
        look_at_host(&l);
        status |= run->value[PTN_OPT_JSON] ? print_json(&l) : print_text(&l);
    }
    ptn_query_release(&l.query);
    ptn_host_free(l.host);
    ptn_chart_close(l.chart);
    return status;
}
