/* What is permitted: names and ports into openings, and what the chart says of them. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "chart/names.h"
#include "chart/ports.h"
#include "intent_part.h"

#define NOT_ASKED 0xff
#define OPENINGS_MAX 4096 /* of one permission */

/* IP protocols that are permitted as a whole, as IANA names them (protocol-numbers). */
static const struct {
    const char *word;
    uint8_t number;
} ip_protocols[] = {
    {"igmp", 2}, {"ipip", 4},  {"ipv6", 41}, {"gre", 47},   {"esp", 50},
    {"ah", 51},  {"ospf", 89}, {"pim", 103}, {"vrrp", 112}, {"l2tp", 115},
};

/* A permission as it is read. */
struct reading {
    struct ptn_intent *in;
    const struct ptn_intent_record *rec;
    struct ptn_permit *permit;
    bool judge, open;
    /* of the name at hand */
    int proto; /* only ports of this one, or -1 */
    enum ptn_how how;
    size_t found;
    int result;
};

static int add_opening(struct reading *r, uint8_t proto, uint16_t lo, uint16_t hi)
{
    struct ptn_permit *p = r->permit;
    struct ptn_opening *more = p->openings;
    for (size_t i = 0; i < p->n_openings; i++)
        if (p->openings[i].proto == proto && p->openings[i].lo <= lo && hi <= p->openings[i].hi)
            return 0;
    if (p->n_openings == OPENINGS_MAX)
        return ptn_intent_fail(r->in, r->rec, PTN_INTENT_PERMIT, "more than %d runs of ports in one permission",
                               OPENINGS_MAX);
    if ((p->n_openings & (p->n_openings - 1)) == 0) /* 0, 1, 2, 4, ... are full */
        more = reallocarray(p->openings, p->n_openings ? p->n_openings * 2 : 1, sizeof(*more));
    if (!more)
        return -ENOMEM;
    p->openings = more;
    more[p->n_openings++] = (struct ptn_opening){proto, lo, hi};
    return 0;
}

/* ---- ratings --------------------------------------------------------------------------------------------------- */

/* What a refusal is about: "telnet", or "23/tcp (telnet by its number)". */
struct subject {
    const char *word;
    size_t len;
    const char *by_number; /* NULL: it was named */
};

static int refuse_unsafe(struct reading *r, const struct subject *s, struct ptn_service service)
{
    const char *instead = ptn_service_field(service, PTN_FIELD_INSTEAD, 0);
    char better[96] = "";
    if (instead)
        snprintf(better, sizeof(better), ", or permit %.60s instead", instead);
    return ptn_intent_fail(r->in, r->rec, PTN_INTENT_PERMIT,
                           "%.*s%s%s%s is rated N. %.200s Say Even-though: and the reason if it must be%s.",
                           (int)(s->len < 60 ? s->len : 60), s->word, s->by_number ? " (" : "",
                           s->by_number ? s->by_number : "", s->by_number ? ")" : "", ptn_service_why(service), better);
}

static int refuse_open(struct reading *r, const struct subject *s, struct ptn_service service)
{
    const bool said = r->rec->value[PTN_INTENT_FROM];
    return ptn_intent_fail(
        r->in, r->rec, PTN_INTENT_PERMIT, "%.*s%s%s%s is rated -. %.200s %s", (int)(s->len < 60 ? s->len : 60), s->word,
        s->by_number ? " (" : "", s->by_number ? s->by_number : "", s->by_number ? ")" : "", ptn_service_why(service),
        said ? "Who lets in everybody says Because:." : "Say From: whom, or From: anyone and Because:.");
}

/* Holds one rating against the record. */
static int judge(struct reading *r, enum ptn_rating rating, const struct subject *s, struct ptn_service service)
{
    if (!r->judge)
        return 0;
    if (rating == PTN_RATING_UNSAFE && !r->rec->value[PTN_INTENT_EVEN_THOUGH])
        return refuse_unsafe(r, s, service);
    bool said = r->rec->value[PTN_INTENT_FROM] && r->rec->value[PTN_INTENT_BECAUSE];
    if (rating == PTN_RATING_LIMITED && r->open && !said)
        return refuse_open(r, s, service);
    return 0;
}

/* A port somewhere in a wide range that a service may use says nothing of that service. */
static bool is_habit(const struct ptn_claim *c)
{
    return !c->own && c->hi - c->lo >= PTN_HABIT_PORTS;
}

/* The best claim of a port that is more than a memory or a habit. Result: its rating. */
static enum ptn_rating claim_of(const struct ptn_chart *c, uint16_t port, enum ptn_proto proto, struct ptn_service *ret)
{
    struct ptn_claim claims[PTN_CLAIMS_MAX];
    int n = ptn_chart_lookup(c, port, proto, claims, PTN_CLAIMS_MAX);
    for (int i = 0; i < n; i++)
        if (claims[i].kind < PTN_KIND_HISTORICAL && !is_habit(&claims[i])) {
            *ret = claims[i].service;
            return claims[i].rating;
        }
    return PTN_RATING_NONE;
}

static int rating_of_port(struct ptn_intent *in, uint16_t port, enum ptn_proto proto)
{
    struct ptn_service s;
    uint8_t **kept = &in->ratings[proto];
    if (!*kept) {
        *kept = malloc(65536);
        if (!*kept)
            return -ENOMEM;
        memset(*kept, NOT_ASKED, 65536);
    }
    if ((*kept)[port] == NOT_ASKED)
        (*kept)[port] = (uint8_t)claim_of(in->chart, port, proto, &s);
    return (*kept)[port];
}

/* The worst services that ports lo..hi have by their numbers. */
static int judge_numbers(struct reading *r, const char *word, size_t len, uint16_t lo, uint16_t hi,
                         enum ptn_proto proto)
{
    static const enum ptn_rating bad[] = {PTN_RATING_UNSAFE, PTN_RATING_LIMITED};
    long first[2] = {-1, -1};
    char text[128];
    for (unsigned port = lo; port <= hi && r->judge; port++) {
        int rating = rating_of_port(r->in, (uint16_t)port, proto);
        if (rating < 0)
            return rating;
        for (int i = 0; i < 2; i++)
            if (first[i] < 0 && rating == (int)bad[i])
                first[i] = port;
    }
    int e = 0;
    for (int i = 0; i < 2 && e == 0; i++) {
        struct ptn_service s;
        if (first[i] < 0)
            continue;
        enum ptn_rating rating = claim_of(r->in->chart, (uint16_t)first[i], proto, &s);
        if (lo == hi)
            snprintf(text, sizeof(text), "%.60s by its number", ptn_service_name(s));
        else
            snprintf(text, sizeof(text), "%ld is %.60s by its number", first[i], ptn_service_name(s));
        e = judge(r, rating, &(struct subject){word, len, text}, s);
    }
    return e;
}

/* ---- words ------------------------------------------------------------------------------------------------------ */

static int bad_word(struct reading *r, const char *word, size_t len, const char *what)
{
    return ptn_intent_fail(r->in, r->rec, PTN_INTENT_PERMIT, "\"%.*s\": %s", (int)(len < 80 ? len : 80), word, what);
}

static int add_ports(struct reading *r, const char *word, size_t len, const struct ptn_ports *p)
{
    if (p->lo == 0)
        return bad_word(r, word, len, "nothing listens on port 0");
    if (p->proto < 0)
        return bad_word(r, word, len, "a port has a protocol: say /tcp or /udp");
    int e = judge_numbers(r, word, len, p->lo, p->hi, (enum ptn_proto)p->proto);
    return e < 0 ? e : add_opening(r, ptn_proto_number(p->proto), p->lo, p->hi);
}

/* esp/ip, 50/ip */
static int add_ip_protocol(struct reading *r, const char *word, size_t len)
{
    static const uint8_t elsewhere[] = {IPPROTO_ICMP, IPPROTO_TCP,    IPPROTO_UDP,
                                        IPPROTO_DCCP, IPPROTO_ICMPV6, IPPROTO_SCTP};
    size_t n = len - 3;
    long number = ptn_number(word, n, UINT8_MAX);
    for (size_t i = 0; i < sizeof(ip_protocols) / sizeof(*ip_protocols); i++)
        if (strlen(ip_protocols[i].word) == n && memcmp(word, ip_protocols[i].word, n) == 0)
            number = ip_protocols[i].number;
    if (number < 0)
        return bad_word(r, word, len, "not an IP protocol: a number from 0 to 255, or esp, ah, gre, ...");
    for (size_t i = 0; i < sizeof(elsewhere); i++)
        if (number == elsewhere[i])
            return bad_word(r, word, len,
                            number == IPPROTO_ICMP || number == IPPROTO_ICMPV6
                                ? "the messages that must pass do so always, and the others never"
                                : "this protocol has ports: say which");
    return add_opening(r, 0, (uint16_t)number, (uint16_t)number);
}

static int take_claim(void *ctx, const struct ptn_book_claim *c)
{
    struct reading *r = ctx;
    if (c->how != r->how || (r->proto >= 0 && c->proto != r->proto) || c->proto >= PTN_PROTO_PORTED || c->lo == 0)
        return 0;
    r->found++;
    r->result = add_opening(r, ptn_proto_number(c->proto), c->lo, c->hi);
    return r->result;
}

/* The ports of a service: its own ones, else those it is registered on, else those it is often found on. What it used
 * to have, or may have by habit, is not opened. Result: 1 if it has any. */
static int take_service(void *ctx, struct ptn_service s)
{
    static const enum ptn_how order[] = {PTN_HOW_OWN, PTN_HOW_ASSIGNED, PTN_HOW_ALSO};
    struct reading *r = ctx;
    if (ptn_service_type(s) == PTN_ENTRY_MALWARE)
        return 0;
    for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
        r->how = order[i];
        int e = ptn_service_claims(s, take_claim, r);
        if (e < 0 || r->found)
            return e < 0 ? e : 1;
    }
    return 0;
}

/* What a name may be, to judge it. */
struct named {
    struct reading *reading;
    struct subject subject;
    struct ptn_service service;
    enum ptn_rating rating;
};

static int take_rating(void *ctx, struct ptn_service s)
{
    struct named *n = ctx;
    const struct ptn_book_claim *c = ptn_service_first_claim(s);
    if (ptn_service_type(s) == PTN_ENTRY_MALWARE || !c || c->rating == PTN_RATING_NONE)
        return 0;
    n->service = s;
    n->rating = (enum ptn_rating)c->rating;
    return 1;
}

/* A name is judged as the service that it names; where nobody has judged that, as what its ports are known for. */
static int judge_name(struct reading *r, const char *name, const char *word, size_t len, size_t first)
{
    struct named n = {.reading = r, .subject = {word, len, NULL}};
    int e = ptn_chart_find(r->in->chart, name, take_rating, &n);
    if (e != 0)
        return e < 0 ? e : judge(r, n.rating, &n.subject, n.service);
    for (size_t i = first; i < r->permit->n_openings && e == 0; i++)
        for (int p = 0; p < PTN_PROTO_PORTED && e == 0; p++)
            if (ptn_proto_number((enum ptn_proto)p) == r->permit->openings[i].proto)
                e = judge_numbers(r, word, len, r->permit->openings[i].lo, r->permit->openings[i].hi,
                                  (enum ptn_proto)p);
    return e;
}

static int unknown_name(struct reading *r, const char *word, size_t len, const char *name)
{
    const char *near[PTN_NEAR_MAX];
    char list[PTN_NEAR_MAX * 72] = "";
    int n = ptn_chart_near(r->in->chart, name, near);
    for (int i = 0, at = 0; i < n; i++)
        at += snprintf(list + at, sizeof(list) - (size_t)at, "%s%.64s", i ? ", " : "; near it: ", near[i]);
    return ptn_intent_fail(r->in, r->rec, PTN_INTENT_PERMIT, "no service is called \"%.*s\"%s",
                           (int)(len < 80 ? len : 80), word, list);
}

struct seen {
    bool any;
};

static int note_service(void *ctx, struct ptn_service s)
{
    (void)s;
    ((struct seen *)ctx)->any = true;
    return 1;
}

/* ssh, dns/udp */
static int add_name(struct reading *r, const char *word, size_t len)
{
    char name[64];
    const char *slash = memrchr(word, '/', len);
    r->proto = slash ? ptn_proto_parse(slash + 1, len - (size_t)(slash + 1 - word)) : -1;
    size_t n = r->proto >= 0 ? (size_t)(slash - word) : len, first = r->permit->n_openings;
    r->found = 0;
    if (n >= sizeof(name) || n == 0)
        return bad_word(r, word, len, "no service has such a name");
    memcpy(name, word, n);
    name[n] = '\0';
    int e = ptn_chart_find(r->in->chart, name, take_service, r);
    if (e < 0)
        return e;
    if (r->found)
        return judge_name(r, name, word, len, first);
    struct seen seen = {false};
    ptn_chart_find(r->in->chart, name, note_service, &seen);
    return seen.any ? bad_word(r, word, len, "this service has no such port of its own: say its port")
                    : unknown_name(r, word, len, name);
}

static int add_word(struct reading *r, const char *word, size_t len)
{
    struct ptn_ports p;
    struct ptn_err why;
    if (len > 3 && memcmp(word + len - 3, "/ip", 3) == 0)
        return add_ip_protocol(r, word, len);
    int e = ptn_ports_parse(&p, word, len, &why);
    if (e == 0)
        return add_ports(r, word, len, &p);
    size_t digits = strspn(word, "0123456789-+");
    bool port = e == -EINVAL && (digits >= len || word[digits] == '/');
    return port ? ptn_intent_fail(r->in, r->rec, PTN_INTENT_PERMIT, "%.300s", why.text) : add_name(r, word, len);
}

int ptn_intent_openings(struct ptn_intent *in, const struct ptn_intent_record *rec, struct ptn_permit *p, bool judged,
                        bool open)
{
    struct reading r = {.in = in, .rec = rec, .permit = p, .judge = judged, .open = open};
    const char *at = rec->value[PTN_INTENT_PERMIT], *w;
    int e = 0;
    for (size_t n; e == 0 && (n = ptn_next_word(&at, &w)) > 0;)
        e = add_word(&r, w, n);
    return e;
}
