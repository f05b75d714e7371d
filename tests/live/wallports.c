/*
 * Asks the wall of this namespace about every port: 0-65535, TCP and UDP, from every place, IPv4 and IPv6, of this
 * machine and of all that lies beyond it.
 *     wallports [-v]
 * Prints a line a question, "PLACE IFACE FAMILY own|beyond PROTO accept N depends N drop N reject N unknown N", and
 * last "all PORTS unknown N PERCENT%". A port of which any packet's fate is unknown counts as unknown, one that
 * does not answer all alike as "depends". With -v also what made them unknown. Ends with 0, or 2 after "error NUMBER
 * SENTENCE".
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "wall/live.h"
#include "wall/places.h"

#define PORTS 65536
enum { ACCEPT, DEPENDS, DROP, REJECT, UNKNOWN, WORDS };
static const char *const words[WORDS] = {"accept", "depends", "drop", "reject", "unknown"};

struct lab {
    const struct ptn_wall *wall;
    const struct ptn_terrain *terrain;
    bool verbose;
    unsigned long all, unknown;
};

/* Which answers each port has got, as bits. */
static void note_ports(const struct ptn_outcome *o, uint8_t seen[PORTS])
{
    const struct ptn_ranges *r = o->box.field[PTN_PKT_DPORT];
    uint64_t lo, hi;
    for (size_t i = 0; r && i < r->n; i++) {
        lo = (uint64_t)ptn_ranges_lo(r, i)[0] << 8 | ptn_ranges_lo(r, i)[1];
        hi = (uint64_t)ptn_ranges_hi(r, i)[0] << 8 | ptn_ranges_hi(r, i)[1];
        for (uint64_t port = lo; port <= hi; port++)
            seen[port] |= (uint8_t)(1u << o->answer);
    }
}

static int word_of(unsigned seen)
{
    static const int alone[] = {[PTN_ANSWER_ACCEPT] = ACCEPT, [PTN_ANSWER_DROP] = DROP, [PTN_ANSWER_REJECT] = REJECT};
    if (!seen || seen & 1u << PTN_ANSWER_UNKNOWN)
        return UNKNOWN;
    for (size_t i = 0; i < sizeof(alone) / sizeof(*alone); i++)
        if (seen == 1u << i)
            return alone[i];
    return DEPENDS;
}

static void show_doubts(const struct ptn_answers *a)
{
    char text[512];
    for (size_t i = 0; i < a->n; i++)
        if (a->items[i].answer == PTN_ANSWER_UNKNOWN)
            printf("    %s: %s\n", a->items[i].doubt_why,
                   a->items[i].doubt ? ptn_rule_text(a->items[i].doubt, text, sizeof(text)) : "the kernel");
}

/* What a program that connects can choose: no port 0 of its own, and it has a user. */
static int narrow(struct ptn_flow *f)
{
    int r = ptn_flow_put_number(f, PTN_PKT_SPORT, 1, UINT16_MAX);
    r = r == 0 && f->out ? ptn_flow_put_number(f, PTN_PKT_SKUID, 0, UINT32_MAX - 1) : r;
    return r == 0 && f->out ? ptn_flow_put_number(f, PTN_PKT_SKGID, 0, UINT32_MAX - 1) : r;
}

/* Every address of one host that is not the machine's. NULL: out of memory. */
static struct ptn_ranges *beyond(const struct ptn_place *p)
{
    static const struct {
        uint8_t family, first, last; /* octets */
    } unicast[] = {{AF_INET, 1, 126}, {AF_INET, 128, 223}, {AF_INET6, 0x20, 0xfd}};
    struct ptn_ranges *r = ptn_ranges_none(p->dests->width);
    uint8_t lo[16] = {0}, hi[16];
    int e = r ? 0 : -ENOMEM;
    memset(hi, 0xff, sizeof(hi));
    for (size_t i = 0; i < sizeof(unicast) / sizeof(*unicast) && e == 0; i++) {
        lo[0] = unicast[i].first;
        hi[0] = unicast[i].last;
        e = unicast[i].family == p->family ? ptn_ranges_append(&r, lo, hi) : 0;
    }
    if (e == 0)
        ptn_ranges_sort(r);
    if (e == 0 && ptn_ranges_subtract(&r, p->dests) == 0)
        return r;
    ptn_ranges_unref(r);
    return NULL;
}

static int ask(struct lab *lab, const struct ptn_place *p, uint8_t proto, bool own)
{
    static uint8_t seen[PORTS];
    unsigned count[WORDS] = {0};
    struct ptn_answers answers = {0};
    struct ptn_flow flow = {0};
    struct ptn_ranges *dests = own ? ptn_ranges_ref(p->dests) : beyond(p);
    int r = dests ? ptn_place_flow(&flow, p, proto) : -ENOMEM;
    if (r == 0)
        ptn_flow_take(&flow, PTN_PKT_DADDR, dests);
    else
        ptn_ranges_unref(dests);
    r = r == 0 ? narrow(&flow) : r;
    r = r == 0 ? ptn_wall_ask(lab->wall, lab->terrain, &flow, &answers) : r;
    r = r == 0 ? ptn_answers_settle(&answers) : r;
    memset(seen, 0, sizeof(seen));
    for (size_t i = 0; i < answers.n && r == 0; i++)
        note_ports(&answers.items[i], seen);
    for (size_t i = 0; i < PORTS; i++)
        count[word_of(seen[i])]++;
    printf("%s %s %s %s %s", ptn_rung_word(p->rung), p->iif ? p->iif : "lo", p->family == AF_INET ? "IPv4" : "IPv6",
           own ? "own" : "beyond", proto == IPPROTO_TCP ? "tcp" : "udp");
    for (int i = 0; i < WORDS; i++)
        printf(" %s %u", words[i], count[i]);
    printf("\n");
    if (lab->verbose)
        show_doubts(&answers);
    lab->all += PORTS;
    lab->unknown += count[UNKNOWN];
    ptn_answers_release(&answers);
    ptn_flow_release(&flow);
    return r;
}

static int ask_all(struct lab *lab, const struct ptn_netns *ns, struct ptn_err *err)
{
    struct ptn_wall *wall = NULL;
    struct ptn_terrain *terrain = NULL;
    struct ptn_places places = {0};
    struct ptn_door door = {.net = ""};
    int r = ptn_wall_read_live(&wall, &door, err);
    r = r == 0 ? ptn_terrain_new(&terrain, ns) : r;
    r = r == 0 ? ptn_places_of(&places, ns) : r;
    lab->wall = wall;
    lab->terrain = terrain;
    for (size_t i = 0; i < places.n && r == 0; i++) {
        r = ask(lab, &places.items[i], IPPROTO_TCP, true);
        r = r == 0 ? ask(lab, &places.items[i], IPPROTO_UDP, true) : r;
        r = r == 0 ? ask(lab, &places.items[i], IPPROTO_TCP, false) : r;
        r = r == 0 ? ask(lab, &places.items[i], IPPROTO_UDP, false) : r;
    }
    ptn_places_release(&places);
    ptn_terrain_free(terrain);
    ptn_wall_free(wall);
    return r;
}

int main(int argc, char **argv)
{
    struct lab lab = {.verbose = argc > 1 && strcmp(argv[1], "-v") == 0};
    struct ptn_err err = {""};
    struct ptn_host_opts opts = {.no_owners = true, .this_netns = true, .protos = 1u << PTN_RAW};
    struct ptn_host *host = NULL;
    int r = ptn_host_read(&host, &opts, &err);
    r = r == 0 && host->n_netns == 0 ? -ENOENT : r;
    r = r == 0 ? ask_all(&lab, &host->netns[0], &err) : r;
    ptn_host_free(host);
    if (r < 0) {
        printf("error %d %s\n", r, err.text);
        return 2;
    }
    printf("all %lu unknown %lu %.3f%%\n", lab.all, lab.unknown, 100.0 * (double)lab.unknown / (double)lab.all);
    return 0;
}
