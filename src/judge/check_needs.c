/* What must pass a filter: neighbour discovery, this machine's talk with itself, answers. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "check_part.h"

/* Whether nothing of it surely or possibly passes; *by is then what stops it. Result: 1, 0 or -errno. */
static int is_stopped(struct ptn_check *c, const struct ptn_flow *q, const struct ptn_step **by,
                      struct ptn_answers *answers)
{
    struct ptn_step room; /* only what is unknown needs it */
    int r = ptn_check_ask(c, q, answers);
    *by = NULL;
    for (size_t i = 0; i < answers->n && r == 0; i++) {
        const struct ptn_outcome *o = &answers->items[i];
        if (o->answer == PTN_ANSWER_ACCEPT || o->answer == PTN_ANSWER_UNKNOWN)
            return 0;
        const struct ptn_step *s = ptn_deciding_step(o, &room);
        *by = *by || !s || !s->chain ? *by : s;
    }
    return r < 0 ? r : *by != NULL; /* what the routing alone stops is no rule's doing */
}

/* Asks, releases the question, and remarks. `text` may be NULL: out of memory. */
static int require(struct ptn_check *c, struct ptn_flow *q, const struct ptn_place *p, enum ptn_remark_kind kind,
                   const char *what, const char *text)
{
    struct ptn_answers answers = {0};
    const struct ptn_step *by;
    struct ptn_entry like = {.text = text};
    int r = text && what ? is_stopped(c, q, &by, &answers) : -ENOMEM;
    if (r == 1) {
        like.remark = (struct ptn_remark){.kind = kind, .level = PTN_VERDICT_ASK, .what = what, .iif = p->iif};
        like.remark.rung = p->rung;
        like.remark.chain = by->chain;
        like.remark.rule = by->rule;
        struct ptn_entry *e = ptn_check_entry(c, &like);
        if (e)
            e->remark.v4 |= p->family == AF_INET;
        if (e)
            e->remark.v6 |= p->family == AF_INET6;
        r = e ? 0 : -ENOMEM;
    }
    ptn_answers_release(&answers);
    ptn_flow_release(q);
    return r;
}

/* ---- ICMPv6: advertisements of routers, and both of neighbours (RFC 4861) -----------------------------------------
 */

static int discovery(struct ptn_check *c, const struct ptn_place *p, uint8_t type)
{
    static const uint8_t lo[16] = {0xfe, 0x80},
                         hi[16] = {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    static const char *const words[] = {"router advertisement", "neighbour solicitation", "neighbour advertisement"};
    const char *word = words[type - 134];
    struct ptn_flow q;
    int r = ptn_place_flow(&q, p, IPPROTO_ICMPV6);
    if (r < 0)
        return r;
    r = ptn_flow_put(&q, PTN_PKT_SADDR, lo, hi);
    r = r < 0 ? r : ptn_flow_put_number(&q, PTN_PKT_ICMP_TYPE, type, type);
    r = r < 0 ? r : ptn_flow_put_number(&q, PTN_PKT_ICMP_CODE, 0, 0);
    r = r < 0 ? r : ptn_flow_put_number(&q, PTN_PKT_TTL, 255, 255);
    r = r < 0 ? r : ptn_flow_put_number(&q, PTN_PKT_CT_STATE, 64, 64); /* the kernel does not track it */
    if (r < 0) {
        ptn_flow_release(&q);
        return r;
    }
    return require(c, &q, p, PTN_REMARK_DISCOVERY, ptn_arena_printf(c->arena, "icmpv6 type %u", type),
                   ptn_arena_printf(c->arena, "ICMPv6 %s (type %u) by %s is dropped: IPv6 stops working there.", word,
                                    type, p->iif));
}

/* ---- answers, and the machine itself --------------------------------------------------------------------------------
 */

/* A port that a client may have, and that hardly any rule names. */
static uint16_t some_port(const struct ptn_check *c)
{
    return c->netns->ephemeral_hi ? c->netns->ephemeral_hi : 60999;
}

static int answers_to_us(struct ptn_check *c, const struct ptn_place *p)
{
    struct ptn_flow q;
    int r = ptn_place_flow(&q, p, IPPROTO_TCP);
    if (r < 0)
        return r;
    r = ptn_flow_put_number(&q, PTN_PKT_DPORT, some_port(c), some_port(c));
    r = r < 0 ? r : ptn_flow_put_number(&q, PTN_PKT_CT_STATE, 2, 2);
    r = r < 0 ? r : ptn_flow_put_number(&q, PTN_PKT_TCPFLAGS, 16, 16);
    if (r < 0) {
        ptn_flow_release(&q);
        return r;
    }
    return require(c, &q, p, PTN_REMARK_ESTABLISHED, "established",
                   ptn_arena_printf(c->arena,
                                    "Answers by %s are dropped: this machine's own connections do not work. "
                                    "Accept ct state established,related.",
                                    p->iif));
}

static int itself(struct ptn_check *c, const struct ptn_place *p)
{
    struct ptn_addr a = {.family = p->family};
    struct ptn_flow q;
    a.bytes[0] = p->family == AF_INET ? 127 : 0;
    a.bytes[p->family == AF_INET ? 3 : 15] = 1;
    int r = ptn_place_flow(&q, p, IPPROTO_TCP);
    if (r < 0)
        return r;
    r = ptn_flow_put_addr(&q, PTN_PKT_SADDR, &a);
    r = r < 0 ? r : ptn_flow_put_addr(&q, PTN_PKT_DADDR, &a);
    r = r < 0 ? r : ptn_flow_put_number(&q, PTN_PKT_DPORT, some_port(c), some_port(c));
    if (r < 0) {
        ptn_flow_release(&q);
        return r;
    }
    return require(c, &q, p, PTN_REMARK_LOOPBACK, "lo",
                   "What this machine sends to itself is dropped: many programs need it. Accept iif lo.");
}

int ptn_check_needs(struct ptn_check *c)
{
    int r = 0;
    for (size_t i = 0; i < c->places.n && r == 0; i++) {
        const struct ptn_place *p = &c->places.items[i];
        if (!p->iif) {
            r = itself(c, p);
            continue;
        }
        r = answers_to_us(c, p);
        for (uint8_t type = 134; type <= 136 && r == 0; type++)
            if (p->family == AF_INET6 && p->rung != PTN_RUNG_INTERNET && p->rung != PTN_RUNG_VPN)
                r = discovery(c, p, type);
    }
    return r;
}
