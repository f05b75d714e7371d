/* What rules of the generator ask for. Each entry of the table is one construct of the grammar. */
#include <string.h>

#include "wall-fuzz-gen.h"

static const char *negate(struct gen *g)
{
    return chance(g->r, 15) ? "!= " : "";
}

static const char *side(struct gen *g, const char *a, const char *b)
{
    return chance(g->r, 50) ? a : b;
}

static const char *ip(struct gen *g)
{
    return gen_six(g) ? "ip6" : "ip";
}

static void addr_one(struct gen *g)
{
    const char *word = ip(g);
    say(g, "%s %s %s%s ", word, side(g, "saddr", "daddr"), negate(g), gen_addr(g, g->l3 == 6));
}

static void addr_prefix(struct gen *g)
{
    say(g, "%s ", ip(g));
    say(g, "%s %s", side(g, "saddr", "daddr"), negate(g));
    gen_prefix(g, g->l3 == 6);
    say(g, " ");
}

static void addr_range(struct gen *g)
{
    static const char *const four[] = {"10.1.0.2-10.1.2.3", "192.0.2.1-192.0.2.2", "10.0.0.0-172.17.0.2",
                                       "198.51.100.7-203.0.113.9"};
    static const char *const six[] = {"fd01::2-fd08::9", "2001:db8:1::1-2001:db8:9::9", "fd17::1-fd17::2"};
    say(g, "%s ", ip(g));
    say(g, "%s %s%s ", side(g, "saddr", "daddr"), negate(g), g->l3 == 6 ? PICK(g->r, six) : PICK(g->r, four));
}

static void addr_masked(struct gen *g)
{
    static const char *const four[] = {"255.255.0.255 == 10.1.0.5", "0.0.0.1 == 0.0.0.1", "255.0.0.3 == 192.0.0.1",
                                       "0.0.255.0 != 0.0.0.0", "255.255.255.254 == 172.17.0.2"};
    static const char *const six[] = {"::f == ::1", "ffff::ff == fd01::5", "ff00:: == fd00::", "::ffff != ::1"};
    say(g, "%s ", ip(g));
    say(g, "%s & %s ", side(g, "saddr", "daddr"), g->l3 == 6 ? PICK(g->r, six) : PICK(g->r, four));
}

static void in_set(struct gen *g)
{
    enum kind k = gen_kind(g);
    gen_key(g, k);
    say(g, " %s", negate(g));
    gen_set_of(g, k);
    say(g, " ");
}

static void port_one(struct gen *g)
{
    say(g, "%s %s %s%u ", gen_l4(g), chance(g->r, 80) ? "dport" : "sport", negate(g), PICK(g->r, ports));
}

static void port_range(struct gen *g)
{
    static const char *const words[] = {"1-1023", "22-25", "< 1024",   ">= 8080", "1024-65535",
                                        "> 80",   "<= 53", "!= 22-80", "0-65535", "40000-65535"};
    say(g, "%s %s %s ", gen_l4(g), chance(g->r, 75) ? "dport" : "sport", PICK(g->r, words));
}

static void l4proto(struct gen *g)
{
    static const struct {
        const char *word;
        uint8_t l4;
    } words[] = {{"tcp", 6},       {"tcp", 6},           {"udp", 17},   {"icmp", 2},
                 {"ipv6-icmp", 3}, {"{ tcp, udp }", 1},  {"!= tcp", 1}, {"!= udp", 1},
                 {"136", 1},       {"{ 1, 58, 99 }", 2}, {"47", 2},     {"!= { tcp, udp }", 2},
                 {"< 7", 1},       {"6-17", 1}};
    unsigned i = below(g->r, sizeof(words) / sizeof(*words));
    say(g, "meta l4proto %s ", words[i].word);
    g->l4 = words[i].l4;
}

static void ip_protocol(struct gen *g)
{
    static const char *const words[] = {"tcp", "udp", "{ tcp, udp }", "!= tcp", "icmp"};
    if (gen_six(g))
        say(g, "ip6 nexthdr %s ", chance(g->r, 50) ? "tcp" : "{ udp, ipv6-icmp }");
    else
        say(g, "ip protocol %s ", PICK(g->r, words));
    g->l4 = 1;
}

/* Not "nfproto { ipv4, ipv6 }": nft 1.0.6 takes that for one of them, and lets later matches look at the other's
 * header. */
static void nfproto(struct gen *g)
{
    if (g->family == NETDEV)
        say(g, "meta protocol %s ", gen_six(g) ? "ip6" : "ip");
    else
        say(g, "meta nfproto %s ", gen_six(g) ? "ipv6" : "ipv4");
}

static void tcp_flags(struct gen *g)
{
    static const char *const words[] = {"syn",
                                        "& (fin | syn | rst | ack) == syn",
                                        "!= syn",
                                        "syn / syn,ack",
                                        "{ syn, ack }",
                                        "& (syn | ack) == syn | ack",
                                        "& rst == 0",
                                        "ack",
                                        "! syn",
                                        "& (fin | psh | urg) != 0",
                                        "rst",
                                        "== syn | ecn | cwr",
                                        "fin,syn / fin,syn",
                                        "& (fin|syn|rst|psh|ack|urg) == 0"};
    say(g, "tcp flags %s ", PICK(g->r, words));
    g->l4 = 6;
}

static bool outward(struct gen *g)
{
    return g->hook == OUTPUT || g->hook == POSTROUTING || g->role == DEVICE ||
           (g->hook == FORWARD && chance(g->r, 50)) || chance(g->r, 5);
}

static void ifname(struct gen *g)
{
    static const char *const words[] = {"\"eth0\"",
                                        "\"eth0\"",
                                        "\"eth1\"",
                                        "\"eth*\"",
                                        "\"tun0\"",
                                        "\"c0\"",
                                        "\"lo\"",
                                        "\"c*\"",
                                        "\"e*\"",
                                        "{ \"eth0\", \"tun0\" }",
                                        "{ \"eth1\", \"c0\", \"lo\" }",
                                        "\"nosuch\""};
    say(g, "%s %s%s ", outward(g) ? "oifname" : "iifname", negate(g), PICK(g->r, words));
}

static void ifindex(struct gen *g)
{
    static const char *const words[] = {"\"eth0\"", "\"eth1\"", "\"tun0\"",
                                        "\"c0\"",   "\"lo\"",   "{ \"eth0\", \"eth1\" }"};
    say(g, "%s %s%s ", outward(g) ? "oif" : "iif", negate(g), PICK(g->r, words));
}

static void ifgroup(struct gen *g)
{
    static const char *const words[] = {"7", "0", "9", "{ 7, 9 }", "!= 7", "< 8"};
    say(g, "meta %s %s ", outward(g) ? "oifgroup" : "iifgroup", PICK(g->r, words));
}

static void ct_state(struct gen *g)
{
    static const char *const words[] = {"new",
                                        "new",
                                        "established,related",
                                        "invalid",
                                        "!= new",
                                        "{ new, established }",
                                        "new,untracked",
                                        "untracked",
                                        "& (new | untracked) == 0",
                                        "!= invalid",
                                        "{ established, related }"};
    say(g, "ct state %s ", PICK(g->r, words));
}

static void ct_status(struct gen *g)
{
    static const char *const words[] = {
        "dnat", "dnat", "snat", "!= dnat", "confirmed", "seen-reply", "& (dnat | snat) != 0"};
    say(g, "ct status %s ", PICK(g->r, words));
}

static void ct_direction(struct gen *g)
{
    say(g, "ct direction %s ", side(g, "original", "reply"));
}

static void ct_mark(struct gen *g)
{
    static const char *const words[] = {"0", "0x5", "!= 0", "& 0xff == 0x10", "{ 1, 5, 0x10 }", "0x1-0xff"};
    say(g, "ct mark %s ", PICK(g->r, words));
}

static void ct_original(struct gen *g)
{
    if (chance(g->r, 40)) {
        say(g, "meta l4proto %s ct original proto-%s %u ", g->l4 == 17 ? "udp" : "tcp",
            chance(g->r, 75) ? "dst" : "src", PICK(g->r, ports));
        g->l4 = g->l4 == 17 ? 17 : 6;
        return;
    }
    /* always with the family: without, nft 1.0.6 shows 10.0.0.0/8 as 0.0.0.10 */
    const char *word = ip(g);
    say(g, "ct original %s %s", word, side(g, "saddr ", "daddr "));
    if (chance(g->r, 50))
        say(g, "%s ", gen_addr(g, g->l3 == 6));
    else
        gen_prefix(g, g->l3 == 6), say(g, " ");
}

static void fib_type(struct gen *g)
{
    static const char *const words[] = {"local",
                                        "local",
                                        "unicast",
                                        "!= local",
                                        "{ local, broadcast, multicast }",
                                        "broadcast",
                                        "multicast",
                                        "{ unicast, local }",
                                        "unreachable"};
    bool iif = g->hook != OUTPUT && g->hook != POSTROUTING && g->hook != ANYWHERE && chance(g->r, 25);
    say(g, "fib %s%s type %s ", chance(g->r, 65) ? "daddr" : "saddr", iif ? " . iif" : "", PICK(g->r, words));
}

static void fib_oif(struct gen *g)
{
    static const char *const words[] = {"oif missing",        "oif exists",       "oif 0",
                                        "oifname \"eth0\"",   "oifname \"eth*\"", "oif \"eth1\"",
                                        "oifname != \"tun0\""};
    const char *iif = chance(g->r, 60) ? " . iif" : "";
    say(g, "fib saddr%s %s ", iif, PICK(g->r, words));
}

static void meta_mark(struct gen *g)
{
    static const char *const words[] = {"0",        "!= 0",       "0x5",    "& 0xf0 == 0x10", "{ 1, 2, 5 }",
                                        "0x1-0xff", "& 0x1 != 0", "> 0xff", "and 0x15 == 0x5"};
    say(g, "meta mark %s ", PICK(g->r, words));
}

static void pkttype(struct gen *g)
{
    static const char *const words[] = {"host",    "broadcast", "multicast", "{ broadcast, multicast }",
                                        "!= host", "unicast"};
    say(g, "meta pkttype %s ", PICK(g->r, words));
}

static void owner(struct gen *g)
{
    static const char *const words[] = {"0", "1000", "!= 0", "{ 0, 1000 }", "1-2000", "< 1000"};
    say(g, "meta %s %s ", side(g, "skuid", "skgid"), PICK(g->r, words));
}

static void length(struct gen *g)
{
    static const char *const words[] = {"< 60", "1-49", "> 100", "!= 49", "40-64", "{ 37, 49, 57, 69 }", ">= 49"};
    bool all = chance(g->r, 60);
    g->out->maybe |= g->role == DEVICE || (!all && gen_six(g)); /* "ip6 length" is none of the fields that are known */
    say(g, "%s %s ", all ? "meta length" : gen_six(g) ? "ip6 length" : "ip length", PICK(g->r, words));
}

static void icmp(struct gen *g)
{
    static const char *const four[] = {
        "echo-request",    "echo-reply", "{ echo-request, timestamp-request }", "destination-unreachable",
        "!= echo-request", "< 9"};
    static const char *const six[] = {
        "echo-request",    "echo-reply", "{ echo-request, packet-too-big }", "destination-unreachable",
        "!= echo-request", "> 127"};
    if (gen_six(g))
        say(g, "icmpv6 type %s ", PICK(g->r, six));
    else
        say(g, "icmp type %s ", PICK(g->r, four));
    g->l4 = 2;
    if (chance(g->r, 20))
        say(g, "%s code %s ", g->l3 == 6 ? "icmpv6" : "icmp",
            PICK(g->r, ((const char *const[]){"0", "< 3", "3", "!= 0"})));
}

static void ttl(struct gen *g)
{
    static const char *const words[] = {"64", "< 64", "> 63", "!= 64", "{ 32, 64, 128 }", "1-100", "255"};
    say(g, "%s %s ", gen_six(g) ? "ip6 hoplimit" : "ip ttl", PICK(g->r, words));
}

static void dscp(struct gen *g)
{
    static const char *const words[] = {"cs1", "0", "!= cs0", "ef", "{ af11, ef, 63 }", "< 10"};
    say(g, "%s dscp %s ", ip(g), PICK(g->r, words));
}

static void frag(struct gen *g)
{
    static const char *const words[] = {"0", "& 0x1fff != 0", "& 0x1fff == 0", "& 0x2000 == 0"};
    if (g->family == IP6 || g->l3 == 6)
        say(g, "exthdr %s ",
            PICK(g->r, ((const char *const[]){"frag missing", "hbh missing", "dst exists", "frag exists"})));
    else
        say(g, "ip frag-off %s ", PICK(g->r, words));
    g->l3 = g->family == IP6 || g->l3 == 6 ? 6 : 4;
}

static void ether(struct gen *g)
{
    static const char *const words[] = {"ether type ip", "ether type ip6", "meta protocol ip",
                                        "ether saddr 02:00:00:00:01:00", "meta iiftype ether"};
    unsigned i = below(g->r, sizeof(words) / sizeof(*words));
    say(g, "%s ", words[i]);
    g->out->maybe = true; /* what the link's own header says is not known */
    g->l3 = i == 1 ? 6 : 4;
}

/* ---- what cannot be decided ----------------------------------------------------------------------------------------
 */

static void maybe(struct gen *g)
{
    static const char *const words[] = {
        "limit rate 1/minute",           "limit rate over 2/second",  "quota 200 bytes",      "quota over 1 kbytes",
        "numgen random mod 2 == 0",      "meta random < 1000000000",  "ct count over 3",      "meta cpu 0",
        "meta hour \"00:00\"-\"12:00\"", "jhash ip saddr mod 2 == 0", "socket transparent 1", "ip id 5"};
    say(g, "%s ", PICK(g->r, words));
    g->out->maybe = true;
}

static bool never(const struct gen *g)
{
    (void)g;
    return true;
}

static bool undecided(const struct gen *g)
{
    return g->maybe;
}

static bool tracked(const struct gen *g)
{
    return g->family != NETDEV && g->hook != INGRESS;
}

static bool incoming(const struct gen *g)
{
    return g->hook == PREROUTING || g->hook == INPUT || g->hook == FORWARD;
}

static bool routed(const struct gen *g)
{
    return g->hook != INGRESS && g->hook != EGRESS;
}

static bool own_made(const struct gen *g)
{
    return g->hook == OUTPUT || g->hook == POSTROUTING;
}

static bool on_device(const struct gen *g)
{
    return g->family == NETDEV;
}

static bool either(const struct gen *g)
{
    return g->family == INET || g->family == NETDEV;
}

static bool l4_free(const struct gen *g)
{
    return !g->l4;
}

static bool ported(const struct gen *g)
{
    return !g->l4 || g->l4 == 6 || g->l4 == 17;
}

static bool tcp_able(const struct gen *g)
{
    return !g->l4 || g->l4 == 6;
}

static const struct {
    const char *tag;
    unsigned weight;
    void (*put)(struct gen *);
    bool (*fits)(const struct gen *);
} matches[] = {
    {"addr", 12, addr_one, never},
    {"prefix", 10, addr_prefix, never},
    {"addr-range", 5, addr_range, never},
    {"addr-mask", 4, addr_masked, never},
    {"set", 22, in_set, never},
    {"port", 16, port_one, ported},
    {"port-range", 8, port_range, ported},
    {"l4proto", 7, l4proto, l4_free},
    {"protocol", 3, ip_protocol, l4_free},
    {"nfproto", 3, nfproto, either},
    {"tcp-flags", 6, tcp_flags, tcp_able},
    {"ifname", 9, ifname, never},
    {"ifindex", 4, ifindex, never},
    {"ifgroup", 3, ifgroup, never},
    {"ct-state", 8, ct_state, tracked},
    {"ct-status", 3, ct_status, tracked},
    {"ct-direction", 2, ct_direction, tracked},
    {"ct-mark", 3, ct_mark, tracked},
    {"ct-original", 4, ct_original, tracked},
    {"fib-type", 6, fib_type, routed},
    {"fib-oif", 4, fib_oif, incoming},
    {"mark", 5, meta_mark, never},
    {"pkttype", 3, pkttype, never},
    {"owner", 8, owner, own_made},
    {"length", 3, length, never},
    {"icmp", 6, icmp, l4_free},
    {"ttl", 4, ttl, never},
    {"dscp", 3, dscp, never},
    {"frag", 1, frag, never},
    {"ether", 4, ether, on_device},
    {"maybe", 20, maybe, undecided},
};

static void one_match(struct gen *g)
{
    for (;;) {
        size_t i = below(g->r, sizeof(matches) / sizeof(*matches));
        if (below(g->r, 24) >= matches[i].weight || !matches[i].fits(g))
            continue;
        tag(g, matches[i].tag);
        matches[i].put(g);
        return;
    }
}

void gen_matches(struct gen *g)
{
    static const unsigned counts[] = {0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3};
    for (unsigned n = PICK(g->r, counts); n > 0; n--)
        one_match(g);
}
