/* What the numbers of this log add to a cause's texts: facts, a rule, evidence. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/addr.h"
#include "explain_part.h"

enum { ICMP = 1, TCP = 6, UDP = 17, ICMP6 = 58 };

#define INPUT "nft add rule inet filter input "

struct telling {
    struct ptn_explaining *x;
    struct ptn_paragraph *p;
    struct ptn_arena *arena;
    const char **evidence;
    bool failed;
};

#define TELL(t, ...) told((t), ptn_arena_printf((t)->arena, __VA_ARGS__))

static const char *told(struct telling *t, const char *text)
{
    t->failed = t->failed || !text;
    return text ? text : "";
}

static void add_evidence(struct telling *t, const char *text)
{
    if (t->p->n_evidence < PTN_EVIDENCE_MAX && *text)
        t->evidence[t->p->n_evidence++] = text;
}

static const char *proto_word(uint8_t proto)
{
    return proto == TCP ? "tcp" : proto == UDP ? "udp" : "ip";
}

/* "8 minutes" */
static const char *duration(struct telling *t, uint32_t seconds)
{
    static const struct {
        uint32_t seconds;
        const char *one, *many;
    } units[] = {{86400, "day", "days"}, {3600, "hour", "hours"}, {60, "minute", "minutes"}, {1, "second", "seconds"}};
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
        if (seconds >= units[i].seconds * (i < 3 ? 2 : 1))
            return TELL(t, "%u %s", (seconds + units[i].seconds / 2) / units[i].seconds,
                        seconds / units[i].seconds == 1 ? units[i].one : units[i].many);
    return "no time";
}

static const char *addr_text(struct telling *t, const struct ptn_suspect *s)
{
    char text[PTN_ADDR_TEXT];
    const bool whole = s->prefix == (s->addr.family == AF_INET ? 32 : 128);
    ptn_addr_format(&s->addr, text);
    return whole ? TELL(t, "%s", text) : TELL(t, "%s/%u", text, s->prefix);
}

static const char *port_text(struct telling *t, uint8_t proto, uint16_t port)
{
    const char *name =
        proto == TCP || proto == UDP ? ptn_chart_name(t->x->crowd.chart, port, proto == TCP ? PTN_TCP : PTN_UDP) : NULL;
    return TELL(t, "%u/%s%s%s%s", port, proto_word(proto), name ? " (" : "", name ? name : "", name ? ")" : "");
}

/* ---- suspects -----------------------------------------------------------------------------------------------------
 */

static struct ptn_visitor *visitor_of(const struct telling *t, const struct ptn_suspect *s)
{
    return ptn_visitors_find(&t->x->crowd.tally->visitors, &s->addr);
}

static void tell_suspect(struct telling *t, struct ptn_suspect *s)
{
    struct ptn_visitor *v = visitor_of(t, s);
    struct ptn_tried what;
    s->name = ptn_site_known(t->x->crowd.site, &s->addr);
    if (!v || s->sources > 1)
        return;
    if (t->p->cause == PTN_CAUSE_FRIEND)
        (void)ptn_visitor_is_regular(v, 1, &s->interval);
    if (t->p->verdict == PTN_VERDICT_WORRY &&
        ptn_source_hit(&t->x->crowd, v, t->p->cause == PTN_CAUSE_SCAN_HIT, &what)) {
        const struct ptn_door *d = ptn_site_door(t->x->crowd.site, what.proto, what.port);
        s->note = TELL(t, "%s %s%s%s", what.used == PTN_TRIED_LET_IN ? "got through to" : "tried the open",
                       port_text(t, what.proto, what.port), d && *d->owner ? ", " : "", d ? d->owner : "");
    }
}

/* ---- facts, one function a cause that has some --------------------------------------------------------------------
 */

static const char *roughly(uint32_t ports)
{
    return ports >= PTN_PORTS_MANY ? "more than " : ports > PTN_TRIED ? "about " : "";
}

static const char *scan_facts(struct telling *t)
{
    const struct ptn_suspect *s = t->p->suspects;
    if (!t->p->n_suspects)
        return NULL;
    const char *who = addr_text(t, s);
    const char *within = s->last > s->first ? duration(t, s->last - s->first) : NULL;
    return TELL(t, "%s tried %s%u port%s%s%s%s%s%s.", who, roughly(s->ports), s->ports, s->ports == 1 ? "" : "s",
                within ? " in " : "", within ? within : "", s->sources > 1 ? ", shared out among its machines" : "",
                s->note ? " and " : "", s->note ? s->note : "");
}

static const char *hit_facts(struct telling *t)
{
    const struct ptn_suspect *s = t->p->suspects;
    return t->p->n_suspects && s->note ? TELL(t, "%s %s.", addr_text(t, s), s->note) : NULL;
}

/* What the chart knows of the ports that are swept most. */
static const char *sweep_facts(struct telling *t)
{
    struct ptn_claim claims[PTN_CLAIMS_MAX];
    const char *text = NULL, *last = "";
    unsigned said = 0;
    for (size_t i = 0; i < t->p->n_ports && i < 6 && said < 2; i++) {
        const struct ptn_port_count *c = &t->p->ports[i];
        if (c->proto != TCP && c->proto != UDP)
            continue;
        const int n =
            ptn_chart_lookup(t->x->crowd.chart, c->port, c->proto == TCP ? PTN_TCP : PTN_UDP, claims, PTN_CLAIMS_MAX);
        const char *seen = n > 0 ? ptn_service_field(claims[0].service, PTN_FIELD_SEEN, 0) : NULL;
        if (!seen || strcmp(seen, last) == 0)
            continue;
        last = seen;
        text = TELL(t, "%s%s%u/%s: %s", text ? text : "", text ? " " : "", c->port, proto_word(c->proto), seen);
        said++;
    }
    return text;
}

static const char *inside_facts(struct telling *t)
{
    const struct ptn_suspect *s = t->p->suspects;
    if (!t->p->n_suspects || !t->p->n_ports)
        return NULL;
    const struct ptn_visitor *v = visitor_of(t, s);
    if (!v || !v->tried[0].used || s->ports > 1)
        return TELL(t, "%s tried %s%u ports.", addr_text(t, s), roughly(s->ports), s->ports);
    return TELL(t, "%s tried %s.", addr_text(t, s), port_text(t, v->tried[0].proto, v->tried[0].port));
}

static const char *friend_facts(struct telling *t)
{
    const struct ptn_suspect *s = t->p->suspects;
    const struct ptn_visitor *v = t->p->n_suspects ? visitor_of(t, s) : NULL;
    return v ? TELL(t, "%s comes to %s every %s.", addr_text(t, s), port_text(t, v->tried[0].proto, v->tried[0].port),
                    duration(t, s->interval))
             : NULL;
}

static const char *iface_facts(struct telling *t)
{
    return *t->p->ifaces ? TELL(t, "They came in by %s.", t->p->ifaces) : NULL;
}

static const char *rule_facts(struct telling *t)
{
    return *t->p->rules ? TELL(t, "The rule logs as \"%s\".", t->p->rules) : NULL;
}

/* ---- rules --------------------------------------------------------------------------------------------------------
 */

static const char *ident_fix(struct telling *t)
{
    return TELL(t, INPUT "tcp dport 113 reject with tcp reset");
}

static const char *chatter_fix(struct telling *t)
{
    return TELL(t, INPUT "meta pkttype { broadcast, multicast } drop");
}

static const char *late_fix(struct telling *t)
{
    return TELL(t, INPUT "tcp flags & syn == 0 drop");
}

static const char *late_udp_fix(struct telling *t)
{
    const char *list = "";
    for (size_t i = 0; i < t->p->n_ports && i < 6; i++)
        list = TELL(t, "%s%s%u", list, i ? ", " : "", t->p->ports[i].port);
    return *list ? TELL(t, INPUT "udp sport { %s } udp dport 1024-65535 drop", list) : NULL;
}

static const char *ipv6_fix(struct telling *t)
{
    return TELL(t, INPUT "icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } "
                         "ip6 hoplimit 255 accept");
}

static const char *mtu_fix(struct telling *t)
{
    bool six = false, four = false;
    for (size_t i = 0; i < t->p->n_ports; i++) {
        six = six || t->p->ports[i].proto == ICMP6;
        four = four || t->p->ports[i].proto == ICMP;
    }
    return TELL(t, "%s%s%s", six ? INPUT "icmpv6 type packet-too-big accept" : "", six && four ? "; " : "",
                four ? INPUT "icmp type destination-unreachable icmp code frag-needed accept" : "");
}

static const char *friend_fix(struct telling *t)
{
    const struct ptn_suspect *s = t->p->suspects;
    const struct ptn_visitor *v = t->p->n_suspects ? visitor_of(t, s) : NULL;
    return v && (v->tried[0].proto == TCP || v->tried[0].proto == UDP)
               ? TELL(t, INPUT "%s saddr %s %s dport %u accept", s->addr.family == AF_INET ? "ip" : "ip6",
                      addr_text(t, s), proto_word(v->tried[0].proto), v->tried[0].port)
               : NULL;
}

static const char *out_fix(struct telling *t)
{
    const struct ptn_port_count *c = t->p->ports;
    return t->p->n_ports && (c->proto == TCP || c->proto == UDP)
               ? TELL(t, "nft add rule inet filter output %s dport %u accept", proto_word(c->proto), c->port)
               : NULL;
}

/* ---- evidence -----------------------------------------------------------------------------------------------------
 */

static const char *walk_evidence(struct telling *t)
{
    return TELL(
        t,
        "Threshold random walk (Jung et al. 2004): with %u sources in the log, %u first contacts with ports that "
        "fail, less those that succeed, are enough.",
        t->x->crowd.n, t->x->crowd.walk);
}

static const char *gang_evidence(struct telling *t)
{
    return TELL(t, "The same walk over the ports of all sources of one network (/24, /48): %zu network%s.",
                t->x->gangs.n, t->x->gangs.n == 1 ? "" : "s");
}

static const char *ident_evidence(struct telling *t)
{
    return TELL(t,
                "Every try came within 90 seconds after this host spoke to its sender on 21, 25, 194, 465, 587 or "
                "6660-6697/tcp; "
                "%zu such calls are known from the log or from the host.",
                t->x->crowd.tally->n_spoke);
}

static const char *regular_evidence(struct telling *t)
{
    return TELL(
        t,
        "One port, at least 8 lines, and the moments kept lie nearer to a grid of equal steps than chance would "
        "put any of the %u sources that came so often to one port.",
        t->x->crowd.insistent);
}

static const char *late_evidence(struct telling *t)
{
    return TELL(t, "No SYN; from a service's port to a client's (%s), or to a port of a service with an ACK or a RST.",
                t->x->crowd.site->ephemeral_lo ? "the host's own range" : "from 32768, or where no service is known");
}

static const char *aftershock_evidence(struct telling *t)
{
    return TELL(
        t, "At least 8 sources to one port above 1023 that the host used, or that peers are known to come back to.");
}

static const char *sweep_evidence(struct telling *t)
{
    return TELL(
        t,
        "Too few ports from each for a scan; the port is tried by others too, or is known to be, or it was not tried "
        "more than once a day.");
}

static const char *inside_evidence(struct telling *t)
{
    return TELL(t,
                "The source is of RFC 1918, RFC 4193 or link-local; the port is none of discovery, and the pace is not "
                "regular.");
}

/* ---- one paragraph -------------------------------------------------------------------------------------------------
 */

typedef const char *(*teller)(struct telling *);

static const struct {
    teller facts, fix, evidence;
} tellers[PTN_CAUSE_COUNT] = {
    [PTN_CAUSE_SCAN_HIT] = {hit_facts, NULL, walk_evidence},
    [PTN_CAUSE_SWEEP_HIT] = {hit_facts, NULL, sweep_evidence},
    [PTN_CAUSE_AMPLIFICATION_ANSWERED] = {hit_facts, NULL, NULL},
    [PTN_CAUSE_INSIDE] = {inside_facts, NULL, inside_evidence},
    [PTN_CAUSE_IPV6_RULE] = {rule_facts, ipv6_fix, NULL},
    [PTN_CAUSE_PATH_MTU] = {rule_facts, mtu_fix, NULL},
    [PTN_CAUSE_SCAN] = {scan_facts, NULL, walk_evidence},
    [PTN_CAUSE_DISTRIBUTED] = {scan_facts, NULL, gang_evidence},
    [PTN_CAUSE_FRIEND] = {friend_facts, friend_fix, regular_evidence},
    [PTN_CAUSE_OWN_OUT] = {NULL, out_fix, NULL},
    [PTN_CAUSE_IDENT] = {NULL, ident_fix, ident_evidence},
    [PTN_CAUSE_SWEEP] = {sweep_facts, NULL, sweep_evidence},
    [PTN_CAUSE_FORGED] = {iface_facts, NULL, NULL},
    [PTN_CAUSE_AFTERSHOCK] = {NULL, NULL, aftershock_evidence},
    [PTN_CAUSE_LATE_TCP] = {NULL, late_fix, late_evidence},
    [PTN_CAUSE_LATE_UDP] = {NULL, late_udp_fix, NULL},
    [PTN_CAUSE_CHATTER] = {NULL, chatter_fix, NULL},
};

int ptn_explain_tell(struct ptn_explaining *x, struct ptn_paragraph *p)
{
    struct telling t = {.x = x, .p = p, .arena = &x->ret->arena};
    const struct ptn_cause_text text = ptn_cause_text(p->cause);
    t.evidence = ptn_arena_alloc(t.arena, PTN_EVIDENCE_MAX * sizeof(*t.evidence));
    if (!t.evidence)
        return -ENOMEM;
    p->title = text.title;
    p->why = text.why;
    p->act = text.act;
    for (size_t i = 0; i < p->n_suspects; i++)
        tell_suspect(&t, &p->suspects[i]);
    p->facts = tellers[p->cause].facts ? tellers[p->cause].facts(&t) : NULL;
    p->fix = tellers[p->cause].fix ? tellers[p->cause].fix(&t) : NULL;
    if (tellers[p->cause].evidence)
        add_evidence(&t, tellers[p->cause].evidence(&t));
    if (*p->ifaces)
        add_evidence(&t, TELL(&t, "Interfaces: %s.", p->ifaces));
    if (*p->rules)
        add_evidence(&t, TELL(&t, "Logged as: %s.", p->rules));
    p->evidence = t.evidence;
    return t.failed ? -ENOMEM : 0;
}

const char *ptn_explain_host(struct ptn_explaining *x)
{
    const struct ptn_site *s = x->crowd.site;
    struct ptn_arena *a = &x->ret->arena;
    size_t doors = 0;
    for (size_t i = 0; i < s->n_doors; i++)
        doors += s->doors[i].rung >= PTN_RUNG_LAN;
    if (s->from == PTN_SITE_LOG)
        return ptn_arena_strdup(a,
                                "Of the host only this log told: which ports are open there, and whom it speaks to, is "
                                "not known. `--host AUDIT.json` says it.");
    return ptn_arena_printf(a, "Tested against %s%s: %zu address%s, %zu port%s that can be reached, %zu peer%s.",
                            s->from == PTN_SITE_HERE ? "this machine" : "the audit ",
                            s->from == PTN_SITE_HERE ? "" : s->name, s->n_addrs, s->n_addrs == 1 ? "" : "es", doors,
                            doors == 1 ? "" : "s", s->n_peers, s->n_peers == 1 ? "" : "s");
}
