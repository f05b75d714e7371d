/* What Portolan says of a packet, and whether the kernel said so too. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "wall-fuzz.h"
#include "wall/live.h"

int oracle_open(struct oracle *o)
{
    static const struct ptn_host_opts opts = {.no_owners = true, .this_netns = true};
    struct ptn_err err = {0};
    *o = (struct oracle){0};
    int r = ptn_wall_read_live(&o->wall, NULL, &err);
    if (r == -EIO && strncmp(err.text, "nft: ", 5) == 0)
        r = -EPIPE; /* it crashed */
    r = r < 0 ? r : ptn_host_read(&o->host, &opts, &err);
    if (r == 0 && o->host->n_netns != 1)
        r = -ENOENT;
    r = r < 0 ? r : ptn_terrain_new(&o->terrain, &o->host->netns[0]);
    if (r < 0 && r != -EPIPE) {
        printf("cannot read what is loaded: %s (%s)\n", err.text, strerror(-r));
    }
    if (r < 0)
        oracle_close(o);
    return r;
}

void oracle_close(struct oracle *o)
{
    ptn_terrain_free(o->terrain);
    ptn_host_free(o->host);
    ptn_wall_free(o->wall);
    *o = (struct oracle){0};
}

/* ---- a packet as a question
 * ------------------------------------------------------------------------------------------- */

static int put_numbers(struct ptn_flow *f, const struct packet *p)
{
    uint8_t ip[2048];
    size_t len = packet_craft(p, ip, sizeof(ip));
    const uint8_t *t = ip + (p->family == AF_INET6 ? 40 + (p->options ? 8 : 0) : 20);
    const struct {
        enum ptn_pkt field;
        uint64_t value;
        bool there;
    } values[] = {
        {PTN_PKT_SPORT, (uint64_t)t[0] << 8 | t[1], true},
        {PTN_PKT_DPORT, (uint64_t)t[2] << 8 | t[3], true},
        {PTN_PKT_TCPFLAGS, p->flags, p->proto == IPPROTO_TCP},
        {PTN_PKT_ICMP_TYPE, p->type, p->proto == IPPROTO_ICMP || p->proto == IPPROTO_ICMPV6},
        {PTN_PKT_ICMP_CODE, p->code, p->proto == IPPROTO_ICMP || p->proto == IPPROTO_ICMPV6},
        {PTN_PKT_TTL, p->ttl, true},
        {PTN_PKT_DSCP, p->dscp, true},
        {PTN_PKT_LENGTH, len, true},
        {PTN_PKT_PKTTYPE, p->pkttype, true},
        {PTN_PKT_MARK, p->mark, true},
        {PTN_PKT_SKUID, p->uid, p->from == LOCAL},
        {PTN_PKT_SKGID, p->gid, p->from == LOCAL},
        {PTN_PKT_CT_STATE, packet_ct_state(p), true},
        {PTN_PKT_EXTHDR, p->options != 0, true},
    };
    int r = 0;
    for (size_t i = 0; r == 0 && i < sizeof(values) / sizeof(*values); i++)
        if (values[i].there)
            r = ptn_flow_put_number(f, values[i].field, values[i].value, values[i].value);
    return r;
}

static int flow_of(struct ptn_flow *f, const struct packet *p)
{
    int r = ptn_flow_init(f, p->family, p->proto, p->from == LOCAL ? NULL : link_names[p->from]);
    if (r < 0)
        return r;
    r = ptn_flow_put_addr(f, PTN_PKT_SADDR, &p->saddr);
    r = r < 0 ? r : ptn_flow_put_addr(f, PTN_PKT_DADDR, &p->daddr);
    r = r < 0 ? r : put_numbers(f, p);
    if (r < 0)
        ptn_flow_release(f);
    return r;
}

int oracle_point(const struct oracle *o, const struct packet *p, struct ptn_answers *answers)
{
    struct ptn_flow f;
    *answers = (struct ptn_answers){0};
    int r = flow_of(&f, p);
    if (r < 0)
        return r;
    r = ptn_wall_ask(o->wall, o->terrain, &f, answers);
    r = r < 0 ? r : ptn_answers_settle(answers);
    ptn_flow_release(&f);
    return r < 0 ? r : answers->n != 1;
}

/* ---- comparing
 * ---------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *word;
    uint8_t proto, type, code;
} rejects[] = {
    {"tcp reset", IPPROTO_TCP, 0, 0},
    {"icmp net-unreachable", IPPROTO_ICMP, 3, 0},
    {"icmp host-unreachable", IPPROTO_ICMP, 3, 1},
    {"icmp prot-unreachable", IPPROTO_ICMP, 3, 2},
    {"icmp port-unreachable", IPPROTO_ICMP, 3, 3},
    {"icmp net-prohibited", IPPROTO_ICMP, 3, 9},
    {"icmp host-prohibited", IPPROTO_ICMP, 3, 10},
    {"icmp admin-prohibited", IPPROTO_ICMP, 3, 13},
    {"icmpv6 no-route", IPPROTO_ICMPV6, 1, 0},
    {"icmpv6 beyond-scope", IPPROTO_ICMPV6, 1, 2},
    {"icmpv6 admin-prohibited", IPPROTO_ICMPV6, 1, 1},
    {"icmpv6 addr-unreachable", IPPROTO_ICMPV6, 1, 3},
    {"icmpv6 port-unreachable", IPPROTO_ICMPV6, 1, 4},
    {"icmpv6 policy-fail", IPPROTO_ICMPV6, 1, 5},
    {"icmpv6 reject-route", IPPROTO_ICMPV6, 1, 6},
};

static const char *answer_word(const struct seen *s)
{
    for (size_t i = 0; i < sizeof(rejects) / sizeof(*rejects); i++)
        if (rejects[i].proto == s->answer_proto &&
            (rejects[i].proto == IPPROTO_TCP ||
             (rejects[i].type == s->answer_type && rejects[i].code == s->answer_code)))
            return rejects[i].word;
    return "something else";
}

static bool is_unicast(const struct ptn_addr *a)
{
    if (a->family == AF_INET6)
        return a->bytes[0] != 0xff && memcmp(a->bytes, (const uint8_t[10]){0}, 10) != 0;
    return a->bytes[0] != 0 && a->bytes[0] != 127 && a->bytes[0] < 224 && a->bytes[3] != 255;
}

static bool is_own(const struct ptn_addr *a)
{
    static const char *const own[] = {"192.0.2.1",     "192.0.2.3", "10.1.0.1", "10.8.0.1", "172.17.0.1",
                                      "2001:db8:1::1", "fd01::1",   "fd08::1",  "fd17::1"};
    char text[INET6_ADDRSTRLEN];
    inet_ntop(a->family, a->bytes, text, sizeof(text));
    for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
        if (strcmp(own[i], text) == 0)
            return true;
    return false;
}

/* A reject that the kernel does not say aloud: to an error, to a reset, to or from what is no machine's address, or
 * one whose answer would not find its way back. */
static bool may_be_silent(const struct packet *p)
{
    bool error =
        (p->proto == IPPROTO_ICMP && p->type != 8 && p->type != 13 && p->type != 0 && p->type != 17 && p->type != 15) ||
        (p->proto == IPPROTO_ICMPV6 && p->type < 128);
    const bool from_link = p->family == AF_INET6 && p->saddr.bytes[0] == 0xfe && (p->saddr.bytes[1] & 0xc0) == 0x80;
    return error || from_link || (p->proto == IPPROTO_TCP && p->flags & 4) || p->pkttype != 0 ||
           !is_unicast(&p->saddr) || !is_unicast(&p->daddr) || (p->from != LOCAL && is_own(&p->saddr)) ||
           (p->from == LOCAL && !is_own(&p->saddr));
}

static bool has_ports(uint8_t proto)
{
    return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_UDPLITE;
}

/* NAT mends the checksums that it knows; a protocol without one that stands over IPv6 addresses is taken for damaged
 * then, and a damaged packet gets no answer. */
static bool sum_is_broken(const struct packet *p, const struct ptn_outcome *o)
{
    return o->moved && p->family == AF_INET6 && !has_ports(p->proto) && p->proto != IPPROTO_ICMPV6;
}

static const char *compare_target(const struct packet *p, const struct ptn_outcome *o, const struct seen *s)
{
    const struct ptn_addr *to = o->to.family ? &o->to : o->moved ? NULL : &p->daddr;
    int32_t port = o->to_port >= 0 ? o->to_port : o->moved ? -1 : p->dport;
    if (to && (to->family != p->family || memcmp(to->bytes, s->to.bytes, p->family == AF_INET ? 4 : 16) != 0))
        return "it goes to another address";
    if (has_ports(p->proto) && port >= 0 && port != s->to_port)
        return "it goes to another port";
    return NULL;
}

static const char *compare_accept(const struct packet *p, const struct ptn_outcome *o, const struct seen *s)
{
    if (o->local && !s->delivered)
        return s->sent_on ? "said to be delivered, was sent on" : "said to be delivered, was not";
    if (!o->local && !s->sent_on)
        return s->delivered ? "said to be sent on, was delivered" : "said to be sent on, was not";
    if (!o->local && o->oif && strcmp(o->oif, link_names[s->link]) != 0)
        return "it goes another way";
    return compare_target(p, o, s);
}

const char *compare(const struct packet *p, const struct ptn_outcome *o, const struct seen *s)
{
    if (o->answer == PTN_ANSWER_UNKNOWN)
        return NULL;
    if (o->answer == PTN_ANSWER_ACCEPT)
        return compare_accept(p, o, s);
    if (s->delivered || s->sent_on)
        return o->answer == PTN_ANSWER_DROP ? "said to be dropped, got through" : "said to be rejected, got through";
    if (o->answer == PTN_ANSWER_DROP)
        return s->answered ? "said to be dropped, was rejected" : NULL;
    if (!s->answered)
        return may_be_silent(p) || sum_is_broken(p, o) ? NULL : "said to be rejected, was dropped";
    return o->reject_with && strcmp(o->reject_with, answer_word(s)) == 0 ? NULL : "rejected in another way";
}

/* ---- telling
 * ------------------------------------------------------------------------------------------------------------ */

static void print_addr(const struct ptn_addr *a, FILE *f)
{
    char text[INET6_ADDRSTRLEN];
    fprintf(f, "%s", a->family ? inet_ntop(a->family, a->bytes, text, sizeof(text)) : "?");
}

static void print_way(const struct ptn_step *step, FILE *f)
{
    char text[400];
    if (!step)
        return;
    print_way(step->before, f);
    fprintf(f, "\n#     ");
    if (step->chain)
        fprintf(f, "%s %s: ", step->chain->table->name, step->chain->name);
    fprintf(f, "%s%s", step->note ? step->note : "", step->maybe ? " (perhaps)" : "");
    if (step->rule)
        fprintf(f, "   [%.200s]", ptn_rule_text(step->rule, text, sizeof(text)));
}

void outcome_print(const struct ptn_outcome *o, FILE *f)
{
    fprintf(f, "%s", ptn_answer_word(o->answer));
    if (o->answer == PTN_ANSWER_REJECT)
        fprintf(f, " with %s", o->reject_with ? o->reject_with : "?");
    if (o->answer == PTN_ANSWER_UNKNOWN)
        fprintf(f, ": %s", o->doubt_why ? o->doubt_why : "?");
    if (o->answer == PTN_ANSWER_ACCEPT) {
        fprintf(f, " %s%s, to ", o->local ? "here" : "sent on by ", o->local ? "" : o->oif ? o->oif : "?");
        print_addr(&o->to, f);
        fprintf(f, " port %d%s", o->to_port, o->moved ? " (moved)" : "");
    }
    print_way(o->way, f);
}

void seen_print(const struct seen *s, FILE *f)
{
    if (!s->delivered && !s->sent_on && !s->answered)
        fprintf(f, "nothing");
    if (s->delivered)
        fprintf(f, "delivered here %ux ", s->delivered);
    if (s->sent_on)
        fprintf(f, "sent on by %s %ux ", link_names[s->link], s->sent_on);
    if (s->delivered || s->sent_on) {
        fprintf(f, "to ");
        print_addr(&s->to, f);
        fprintf(f, " port %u ", s->to_port);
    }
    if (s->answered)
        fprintf(f, "answered %ux with %s (%u, %u, %u)", s->answered, answer_word(s), s->answer_proto, s->answer_type,
                s->answer_code);
}

/* ---- whole sets
 * ----------------------------------------------------------------------------------------------------------- */

/* Packets that begin a connection in the plainest way: what ptn_flow_init() asks about. */
static bool plain(const struct packet *p)
{
    uint8_t echo = p->family == AF_INET6 ? 128 : 8;
    bool begins = p->proto == IPPROTO_TCP ? p->flags == 2
                                          : p->proto == IPPROTO_UDP || (p->proto <= IPPROTO_ICMPV6 && p->type == echo);
    return begins && p->pkttype == 0 && p->options == 0 && p->mark == 0 && p->uid == 0 && p->gid == 0;
}

static int ask_all(const struct oracle *o, const struct packet *p, struct ptn_answers *answers)
{
    struct ptn_flow f;
    *answers = (struct ptn_answers){0};
    int r = ptn_flow_init(&f, p->family, p->proto, p->from == LOCAL ? NULL : link_names[p->from]);
    if (r < 0)
        return r;
    if (p->proto == IPPROTO_ICMP || p->proto == IPPROTO_ICMPV6)
        r = ptn_flow_put_number(&f, PTN_PKT_ICMP_TYPE, p->type, p->type);
    if (p->from == LOCAL) {
        r = r < 0 ? r : ptn_flow_put_number(&f, PTN_PKT_SKUID, 0, 0);
        r = r < 0 ? r : ptn_flow_put_number(&f, PTN_PKT_SKGID, 0, 0);
    }
    r = r < 0 ? r : ptn_wall_ask(o->wall, o->terrain, &f, answers);
    r = r < 0 ? r : ptn_answers_settle(answers);
    ptn_flow_release(&f);
    return r;
}

static bool lies_in(const struct ptn_flow *point, const struct ptn_flow *box)
{
    for (int f = 0; f < PTN_PKT_COUNT; f++) {
        const struct ptn_ranges *p = point->field[f], *b = box->field[f];
        if (p && b && !(box->absent >> f & 1) && p->width == b->width && ptn_ranges_is_point(p) &&
            !ptn_ranges_has(b, ptn_ranges_lo(p, 0)))
            return false;
    }
    return true;
}

static const char *same_outcome(const struct ptn_outcome *point, const struct ptn_outcome *box, struct tally *t)
{
    if (box->answer == PTN_ANSWER_UNKNOWN) {
        t->blurred += point->answer != PTN_ANSWER_UNKNOWN;
        return NULL;
    }
    if (box->answer != point->answer)
        return "the whole set's answer is another one";
    if (box->answer == PTN_ANSWER_REJECT && strcmp(box->reject_with, point->reject_with) != 0)
        return "the whole set is rejected in another way";
    if (box->answer == PTN_ANSWER_ACCEPT &&
        (box->local != point->local || (box->oif && point->oif && strcmp(box->oif, point->oif) != 0)))
        return "the whole set goes another way";
    if (box->answer == PTN_ANSWER_ACCEPT && box->to.family && point->to.family &&
        memcmp(box->to.bytes, point->to.bytes, 16) != 0)
        return "the whole set goes to another address";
    return NULL;
}

static void print_box(const struct ptn_outcome *o)
{
    char text[PTN_RANGES_WIDTH * 2 + 1];
    printf("# box: %s", ptn_answer_word(o->answer));
    for (int f = 0; f < PTN_PKT_COUNT; f++) {
        const struct ptn_ranges *r = o->box.field[f];
        printf("%s%s", r ? "; " : "", r ? ptn_pkt_word((enum ptn_pkt)f) : "");
        for (uint32_t i = 0; r && i < r->n && i < 8; i++) {
            for (unsigned b = 0; b < r->width; b++)
                snprintf(text + b * 2, 3, "%02x", ptn_ranges_lo(r, i)[b]);
            printf(" %s", text);
            for (unsigned b = 0; b < r->width; b++)
                snprintf(text + b * 2, 3, "%02x", ptn_ranges_hi(r, i)[b]);
            printf("-%s", text);
        }
    }
    printf("\n");
    printf("#   ");
    outcome_print(o, stdout);
    printf("\n");
}

static const char *look_in(const struct ptn_answers *boxes, const struct packet *p, const struct ptn_outcome *point,
                           struct tally *t)
{
    struct ptn_flow f;
    const struct ptn_outcome *found = NULL;
    const char *wrong = NULL;
    if (flow_of(&f, p) < 0)
        return "out of memory";
    for (size_t i = 0; i < boxes->n && !wrong; i++)
        if (lies_in(&f, &boxes->items[i].box)) {
            wrong = found ? "the packet lies in two boxes" : NULL;
            if (wrong && getenv("WALL_FUZZ_BOXES")) {
                print_box(found);
                print_box(&boxes->items[i]);
            }
            found = &boxes->items[i];
        }
    ptn_flow_release(&f);
    if (!wrong && !found)
        wrong = "the packet lies in no box";
    return wrong ? wrong : same_outcome(point, found, t);
}

const char *oracle_symbolic(const struct oracle *o, const struct packet *packets, const struct ptn_answers *points,
                            size_t n, struct tally *t, size_t *at)
{
    const char *wrong = NULL;
    bool *done = calloc(n, sizeof(*done));
    for (size_t i = 0; i < n && !wrong; i++) {
        struct ptn_answers boxes;
        if (done[i] || !plain(&packets[i]))
            continue;
        int r = ask_all(o, &packets[i], &boxes);
        t->too_many += r == -E2BIG;
        t->boxes += boxes.n;
        for (size_t k = i; k < n && !wrong; k++) {
            if (!plain(&packets[k]) || packets[k].from != packets[i].from || packets[k].family != packets[i].family ||
                packets[k].proto != packets[i].proto)
                continue;
            done[k] = true;
            if (r == 0 && points[k].n == 1)
                wrong = look_in(&boxes, &packets[k], &points[k].items[0], t);
            *at = k;
        }
        if (r < 0 && r != -E2BIG)
            wrong = strerror(-r);
        ptn_answers_release(&boxes);
    }
    free(done);
    return wrong;
}
