/* Questions to the wall, from words to packets. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "can.h"

static uint8_t proto_number(const struct ptn_can_port *p, uint8_t family)
{
    if (p->echo)
        return family == AF_INET6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
    return ptn_proto_number(p->proto);
}

/* No program connects from port 0, so none is asked about. */
static int put_ports(struct ptn_flow *f, const struct ptn_can_port *p)
{
    if (p->echo) {
        int r =
            ptn_flow_put_number(f, PTN_PKT_ICMP_TYPE, f->family == AF_INET6 ? 128 : 8, f->family == AF_INET6 ? 128 : 8);
        return r < 0 ? r : ptn_flow_put_number(f, PTN_PKT_ICMP_CODE, 0, 0);
    }
    int r = ptn_flow_put_number(f, PTN_PKT_SPORT, 1, UINT16_MAX);
    return r < 0 ? r : ptn_flow_put_number(f, PTN_PKT_DPORT, p->lo, p->hi);
}

/* What is made here has a user. */
static int put_user(struct ptn_flow *f)
{
    int r = f->out ? ptn_flow_put_number(f, PTN_PKT_SKUID, 0, UINT32_MAX - 1) : 0;
    return r == 0 && f->out ? ptn_flow_put_number(f, PTN_PKT_SKGID, 0, UINT32_MAX - 1) : r;
}

/* Asks one; takes over sources and dests. Without either there is nothing to ask. */
static int ask(struct ptn_can *c, const struct ptn_can_port *p, uint8_t family, const struct ptn_place *place,
               const char *in, struct ptn_ranges *sources, struct ptn_ranges *dests, struct ptn_can_reply *reply)
{
    bool empty = sources && dests && (sources->n == 0 || dests->n == 0);
    struct ptn_can_ask *more =
        sources && dests && !empty ? reallocarray(reply->asks, reply->n + 1, sizeof(*more)) : NULL;
    if (more) {
        reply->asks = more;
        more += reply->n;
        *more = (struct ptn_can_ask){.in = in, .place = place};
    }
    int r = more ? ptn_flow_init(&more->flow, family, proto_number(p, family), in) : empty ? 0 : -ENOMEM;
    if (r < 0 || !more) {
        ptn_ranges_unref(sources);
        ptn_ranges_unref(dests);
        return r;
    }
    reply->n++;
    ptn_flow_take(&more->flow, PTN_PKT_SADDR, sources);
    ptn_flow_take(&more->flow, PTN_PKT_DADDR, dests);
    r = put_ports(&more->flow, p);
    r = r < 0 ? r : put_user(&more->flow);
    r = r < 0 ? r : ptn_wall_ask(c->wall, c->terrain, &more->flow, &more->answers);
    return r < 0 ? r : ptn_answers_settle(&more->answers);
}

/* The parts point into the asks, so they are made when no more are added. */
static int gather(struct ptn_can_reply *reply)
{
    int r = 0;
    for (size_t i = 0; i < reply->n && r == 0; i++) {
        const struct ptn_can_ask *a = &reply->asks[i];
        struct ptn_part add = {.in = a->in ? a->in : "lo", .place = a->place ? ptn_rung_word(a->place->rung) : NULL};
        r = ptn_parts_add(&reply->parts, &a->flow, &a->answers, &add);
    }
    return r;
}

void ptn_can_reply_release(struct ptn_can_reply *reply)
{
    ptn_parts_release(&reply->parts);
    for (size_t i = 0; i < reply->n; i++) {
        ptn_answers_release(&reply->asks[i].answers);
        ptn_flow_release(&reply->asks[i].flow);
    }
    free(reply->asks);
    ptn_ranges_unref(reply->lost);
    *reply = (struct ptn_can_reply){0};
}

/* ---- by place ---------------------------------------------------------------------------------------------------- */

int ptn_can_ask_place(struct ptn_can *c, const struct ptn_can_port *p, const struct ptn_place *place,
                      const struct ptn_ranges *dests, struct ptn_can_reply *ret)
{
    *ret = (struct ptn_can_reply){0};
    struct ptn_ranges *to = dests ? ptn_ranges_intersect(place->dests, dests) : ptn_ranges_ref(place->dests);
    int r = ask(c, p, place->family, place, place->iif, ptn_ranges_ref(place->sources), to, ret);
    return r < 0 ? r : gather(ret);
}

/* ---- by source --------------------------------------------------------------------------------------------------- */

static bool same_iif(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Addresses that can be asked for by those who come in by an interface; the place, if all sources are of one. */
static struct ptn_ranges *dests_by(const struct ptn_can *c, const char *in, const struct ptn_ranges *sources,
                                   const struct ptn_place **place)
{
    struct ptn_ranges *sum = ptn_ranges_none(c->family == AF_INET ? 4 : 16), *any = NULL;
    for (size_t i = 0; sum && i < c->places.n; i++) {
        const struct ptn_place *p = &c->places.items[i];
        if (p->family != c->family || !same_iif(p->iif, in))
            continue;
        enum ptn_relation how = ptn_ranges_relation(sources, p->sources);
        struct ptn_ranges **to = how == PTN_DISJOINT ? &any : &sum, *was = *to;
        *place = how == PTN_INSIDE ? p : *place;
        *to = was ? ptn_ranges_unite(was, p->dests) : ptn_ranges_ref(p->dests);
        ptn_ranges_unref(was);
    }
    if (sum && sum->n == 0 && any) {
        ptn_ranges_unref(sum);
        return any;
    }
    ptn_ranges_unref(any);
    return sum;
}

/* Takes over `sources`. An interface that no place has (the loopback, one without addresses) leads to every address. */
static int ask_by(struct ptn_can *c, const struct ptn_can_port *p, const char *in, struct ptn_ranges *sources,
                  struct ptn_can_reply *ret)
{
    const struct ptn_place *place = NULL;
    struct ptn_ranges *dests = c->dests ? ptn_ranges_ref(c->dests) : NULL, *by;
    if (!sources)
        return -ENOMEM;
    by = dests_by(c, in, sources, &place);
    if (!dests && by && by->n == 0)
        dests = ptn_ranges_without(ptn_terrain_to(c->terrain, c->family, PTN_TOWARD_LOCAL), by);
    else if (!dests && by)
        dests = ptn_ranges_ref(by);
    ptn_ranges_unref(by);
    return ask(c, p, c->family, place, in, sources, dests, ret);
}

/* What comes back by each interface, as the routes have it. */
static int ask_routed(struct ptn_can *c, const struct ptn_can_port *p, struct ptn_ranges *rest,
                      struct ptn_can_reply *ret)
{
    const struct ptn_partition *ways = ptn_terrain_ways(c->terrain, c->family);
    int r = ways ? 0 : -ENOMEM;
    for (size_t i = 0; r == 0 && i < ways->n; i++) {
        const char *in = (const char *)ways->parts[i].value;
        struct ptn_ranges *mine = ptn_ranges_intersect(rest, ways->parts[i].where);
        if (!mine || mine->n == 0) {
            ptn_ranges_unref(mine);
            r = mine ? 0 : -ENOMEM;
        } else if (!*in) {
            ret->lost = mine;
        } else {
            r = ask_by(c, p, in, mine, ret);
        }
    }
    return r;
}

int ptn_can_ask_sources(struct ptn_can *c, const struct ptn_can_port *p, struct ptn_can_reply *ret)
{
    *ret = (struct ptn_can_reply){0};
    const struct ptn_iface *in = c->in ? ptn_terrain_iface(c->terrain, c->in) : NULL;
    const struct ptn_ranges *local = ptn_terrain_to(c->terrain, c->family, PTN_TOWARD_LOCAL);
    int r;
    if (in) {
        r = ask_by(c, p, in->link == PTN_LINK_LOOPBACK ? NULL : in->name, ptn_ranges_ref(c->sources), ret);
        return r < 0 ? r : gather(ret);
    }
    struct ptn_ranges *mine = ptn_ranges_intersect(c->sources, local), *rest = ptn_ranges_without(c->sources, local);
    bool made_here = mine && rest && rest->n == 0; /* in a network, a machine's own address is not meant */
    r = made_here ? ask_by(c, p, NULL, ptn_ranges_ref(mine), ret) : 0;
    r = r < 0 || rest ? r : -ENOMEM;
    r = r < 0 || rest->n == 0 ? r : ask_routed(c, p, rest, ret);
    ptn_ranges_unref(mine);
    ptn_ranges_unref(rest);
    return r < 0 ? r : gather(ret);
}

/* ---- what a reply is worth -----------------------------------------------------------------------------------------
 */

const char *ptn_can_port_text(const struct ptn_can_port *p, char out[static 24])
{
    if (p->echo)
        snprintf(out, 24, "icmp");
    else if (p->lo == p->hi)
        snprintf(out, 24, "%u/%s", p->lo, ptn_proto_word(p->proto));
    else
        snprintf(out, 24, "%u-%u/%s", p->lo, p->hi, ptn_proto_word(p->proto));
    return out;
}

void ptn_can_count(struct ptn_can *c, const struct ptn_can_reply *reply)
{
    unsigned seen = reply->lost ? 1u << PTN_ANSWER_UNKNOWN : 0;
    for (size_t i = 0; i < reply->parts.n; i++)
        seen |= 1u << reply->parts.items[i].outcome->answer;
    if (seen == 1u << PTN_ANSWER_ACCEPT)
        c->accepted++;
    else if (!c->sources && ptn_parts_limited(&reply->parts)) /* a whole place was asked about, and not all of it may */
        c->refused++;
    else if (seen & (1u << PTN_ANSWER_UNKNOWN | 1u << PTN_ANSWER_ACCEPT))
        c->unknown++;
    else
        c->refused++;
}

static json_t *put_question(json_t *o, const struct ptn_can *c, const struct ptn_can_port *port,
                            const struct ptn_ranges *sources, const struct ptn_ranges *dests)
{
    char text[512];
    json_object_set_new(o, "src", json_string(ptn_ranges_text(sources, true, text, sizeof(text))));
    json_object_set_new(o, "dst", dests ? json_string(ptn_ranges_text(dests, true, text, sizeof(text))) : json_null());
    json_object_set_new(o, "netns", json_string(c->ns->name));
    json_object_set_new(o, "proto", json_string(port->echo ? "icmp" : ptn_proto_word(port->proto)));
    json_object_set_new(o, "port", port->echo ? json_null() : json_integer(port->lo));
    if (port->hi != port->lo)
        json_object_set_new(o, "port_end", json_integer(port->hi));
    return o;
}

/* Sources without an interface were not asked about. */
static json_t *lost_json(const struct ptn_can *c, const struct ptn_can_port *port, const struct ptn_ranges *lost)
{
    static const struct ptn_outcome unasked = {.answer = PTN_ANSWER_UNKNOWN,
                                               .doubt_why = "no route leads back: by which interface does it come?"};
    struct ptn_part part = {.outcome = &unasked};
    return put_question(ptn_part_json(&part), c, port, lost, c->dests);
}

int ptn_can_json(json_t *list, const struct ptn_can *c, const struct ptn_can_port *port,
                 const struct ptn_can_reply *reply)
{
    int r = reply->lost ? json_array_append_new(list, lost_json(c, port, reply->lost)) : 0;
    for (size_t i = 0; i < reply->parts.n && r == 0; i++) {
        const struct ptn_part *p = &reply->parts.items[i];
        const struct ptn_flow *q = p->question;
        json_t *o = ptn_part_json(p);
        r = json_array_append_new(list, put_question(o, c, port, q->field[PTN_PKT_SADDR], q->field[PTN_PKT_DADDR]));
    }
    return r < 0 ? -ENOMEM : 0;
}
