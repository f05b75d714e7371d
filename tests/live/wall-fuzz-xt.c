/* Random rulesets in the words of iptables-save. */
#include <stdarg.h>
#include <string.h>

#include "wall-fuzz-gen.h"

#define USER_CHAINS 3

struct xt {
    struct rng *r;
    struct rules *out;
    bool six, maybe;
    const char *table, *hook; /* hook: "U" in a chain of the user's */
    unsigned callable_from;
    char line[1024];
    size_t len;
    char proto; /* t, u, i, or 0: none asked for yet; "x": any other */
    uint16_t place, chain;
};

static void add(struct xt *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void add(struct xt *x, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(x->line + x->len, sizeof(x->line) - x->len, fmt, args);
    va_end(args);
    x->len += n > 0 && (size_t)n < sizeof(x->line) - x->len ? (size_t)n : 0;
}

static const char *any_addr(struct xt *x)
{
    unsigned place = below(x->r, LINKS);
    if (chance(x->r, 45))
        return x->six ? PICK(x->r, own6) : PICK(x->r, own4);
    return x->six ? PICK(x->r, peers6[place]) : PICK(x->r, peers4[place]);
}

static const char *neg(struct xt *x)
{
    return chance(x->r, 15) ? "! " : "";
}

/* ---- matches
 * ---------------------------------------------------------------------------------------------------------- */

static void addr(struct xt *x)
{
    static const unsigned four[] = {0, 8, 16, 20, 24, 25, 30, 32, 32, 32},
                          six[] = {0, 16, 32, 64, 64, 120, 127, 128, 128};
    unsigned length = x->six ? PICK(x->r, six) : PICK(x->r, four);
    add(x, "%s-%s %s/%u ", length ? neg(x) : "", chance(x->r, 50) ? "s" : "d", any_addr(x), length);
}

static void protocol(struct xt *x)
{
    if (x->proto)
        return;
    unsigned dice = below(x->r, 100);
    x->proto = dice < 60 ? 't' : dice < 90 ? 'u' : 'x';
    add(x, "%s-p %s ", x->proto == 'x' ? neg(x) : "",
        dice < 60   ? "tcp"
        : dice < 90 ? "udp"
        : dice < 95 ? "99"
                    : "udplite");
}

static void port(struct xt *x)
{
    static const char *const words[] = {"22", "80", "443", "1:1023", "8080:", ":53", "22:25", "5432", "40000"};
    protocol(x);
    if (x->proto != 't' && x->proto != 'u')
        return;
    add(x, "%s %s--%s %s ", x->proto == 't' ? "-m tcp" : "-m udp", neg(x), chance(x->r, 80) ? "dport" : "sport",
        PICK(x->r, words));
}

static void multiport(struct xt *x)
{
    static const char *const words[] = {"22,80,443", "1:1023", "22,25:113,8080", "5432,60000", "53,40000:65535"};
    protocol(x);
    if (x->proto == 't' || x->proto == 'u')
        add(x, "-m multiport %s--%s %s ", neg(x),
            chance(x->r, 70)   ? "dports"
            : chance(x->r, 50) ? "ports"
                               : "sports",
            PICK(x->r, words));
}

static void flags(struct xt *x)
{
    static const char *const words[] = {"--tcp-flags FIN,SYN,RST,ACK SYN",
                                        "--syn",
                                        "! --syn",
                                        "--tcp-flags ALL NONE",
                                        "--tcp-flags SYN,FIN SYN,FIN",
                                        "--tcp-flags RST RST"};
    if (x->proto)
        return;
    x->proto = 't';
    add(x, "-p tcp -m tcp %s ", PICK(x->r, words));
}

static void icmp(struct xt *x)
{
    static const char *const four[] = {"8", "echo-request", "3", "3/1", "0", "any"}, *const six[] = {"128",
                                                                                                     "echo-request",
                                                                                                     "1", "1/4", "129"};
    if (x->proto)
        return;
    x->proto = 'i';
    if (x->six)
        add(x, "-p ipv6-icmp -m icmp6 %s--icmpv6-type %s ", neg(x), PICK(x->r, six));
    else
        add(x, "-p icmp -m icmp %s--icmp-type %s ", neg(x), PICK(x->r, four));
}

static void iface(struct xt *x)
{
    static const char *const words[] = {"eth0", "eth1", "eth+", "tun0", "c0", "lo", "e+", "c+"};
    bool in = strcmp(x->hook, "PREROUTING") == 0 || strcmp(x->hook, "INPUT") == 0;
    bool out = strcmp(x->hook, "OUTPUT") == 0 || strcmp(x->hook, "POSTROUTING") == 0;
    add(x, "%s-%s %s ", neg(x), in || (!out && chance(x->r, 60)) ? "i" : "o", PICK(x->r, words));
}

static void state(struct xt *x)
{
    static const char *const words[] = {"-m conntrack --ctstate NEW",
                                        "-m conntrack --ctstate RELATED,ESTABLISHED",
                                        "-m conntrack --ctstate INVALID",
                                        "-m state --state NEW",
                                        "-m conntrack ! --ctstate NEW,ESTABLISHED",
                                        "-m conntrack --ctstate DNAT",
                                        "-m conntrack ! --ctstate DNAT",
                                        "-m conntrack --ctstate UNTRACKED",
                                        "-m conntrack --ctstatus CONFIRMED",
                                        "-m conntrack --ctdir ORIGINAL",
                                        "-m conntrack --ctstatus NONE",
                                        "-m conntrack --ctstate SNAT",
                                        "-m conntrack --ctproto 6"};
    if (chance(x->r, 20))
        add(x, "-m conntrack %s--ctorig%s %s ", neg(x), chance(x->r, 70) ? "dst" : "src", any_addr(x));
    else if (chance(x->r, 15))
        add(x, "-m conntrack --ctstate NEW --ctorigdstport %u ", PICK(x->r, ports));
    else
        add(x, "%s ", PICK(x->r, words));
}

static void addrtype(struct xt *x)
{
    static const char *const words[] = {"LOCAL", "LOCAL", "UNICAST", "BROADCAST", "MULTICAST", "LOCAL,BROADCAST"};
    static const char *const words6[] = {"LOCAL", "UNICAST", "MULTICAST", "LOCAL,MULTICAST"};
    bool in = strcmp(x->hook, "PREROUTING") == 0 || strcmp(x->hook, "INPUT") == 0;
    add(x, "-m addrtype %s--%s-type %s %s", neg(x), chance(x->r, 70) ? "dst" : "src",
        x->six ? PICK(x->r, words6) : PICK(x->r, words), in && chance(x->r, 20) ? "--limit-iface-in " : "");
}

static void mark(struct xt *x)
{
    static const char *const words[] = {"0x5", "0x10/0xf0", "0x0", "0x1/0x1", "0x15", "0x0/0xffff"};
    add(x, "-m %s %s--mark %s ", chance(x->r, 65) ? "mark" : "connmark", neg(x), PICK(x->r, words));
}

static void iprange(struct xt *x)
{
    static const char *const four[] = {"10.1.0.2-10.1.2.3", "192.0.2.1-192.0.2.2", "10.0.0.0-172.17.0.2"},
                             *const six[] = {"fd01::2-fd08::9", "2001:db8:1::1-2001:db8:9::9"};
    add(x, "-m iprange %s--%s-range %s ", neg(x), chance(x->r, 50) ? "src" : "dst",
        x->six ? PICK(x->r, six) : PICK(x->r, four));
}

static void various(struct xt *x)
{
    static const char *const words[] = {"-m pkttype --pkt-type unicast",
                                        "-m pkttype --pkt-type multicast",
                                        "-m pkttype ! --pkt-type broadcast",
                                        "-m length --length 40:60",
                                        "-m length ! --length 49",
                                        "-m dscp --dscp 0x08",
                                        "-m comment --comment \"a \\\"b\\\" c\"",
                                        "-m dscp ! --dscp-class EF"};
    add(x, "%s ", PICK(x->r, words));
}

static void hops(struct xt *x)
{
    static const char *const words[] = {"eq 64", "lt 64", "gt 63"};
    add(x, "-m %s --%s-%s ", x->six ? "hl" : "ttl", x->six ? "hl" : "ttl", PICK(x->r, words));
}

static void owner(struct xt *x)
{
    static const char *const words[] = {"--uid-owner 0", "--uid-owner 1000", "! --uid-owner 0", "--gid-owner 1000",
                                        "--uid-owner 1-2000"};
    if (strcmp(x->hook, "OUTPUT") == 0)
        add(x, "-m owner %s ", PICK(x->r, words));
}

static void maybe(struct xt *x)
{
    static const char *const words[] = {"-m limit --limit 1/min",
                                        "-m statistic --mode random --probability 0.5",
                                        "-m statistic --mode nth --every 2 --packet 0",
                                        "-m recent --name r --rcheck",
                                        "-m quota --quota 200",
                                        "-m connlimit --connlimit-above 3"};
    if (!x->maybe)
        return;
    x->out->maybe = true;
    add(x, "%s ", PICK(x->r, words));
}

static void (*const matches[])(struct xt *) = {addr,      addr,    addr,    addr,  port,  port,  port,  multiport,
                                               multiport, flags,   icmp,    iface, iface, state, state, addrtype,
                                               mark,      iprange, various, hops,  owner, owner, maybe, maybe};

/* ---- targets
 * ------------------------------------------------------------------------------------------------------------ */

static void call(struct xt *x)
{
    if (strcmp(x->table, "filter") != 0 || x->callable_from >= USER_CHAINS) {
        add(x, "-j RETURN");
        return;
    }
    add(x, "-%s U%u", chance(x->r, 75) ? "j" : "g", x->callable_from + below(x->r, USER_CHAINS - x->callable_from));
}

static void reject(struct xt *x)
{
    static const char *const four[] = {"icmp-net-unreachable",   "icmp-host-unreachable", "icmp-port-unreachable",
                                       "icmp-proto-unreachable", "icmp-net-prohibited",   "icmp-host-prohibited",
                                       "icmp-admin-prohibited"};
    static const char *const six[] = {"icmp6-no-route", "icmp6-adm-prohibited", "icmp6-addr-unreachable",
                                      "icmp6-port-unreachable"};
    if ((!x->proto || x->proto == 't') && chance(x->r, 35))
        add(x, "%s-j REJECT --reject-with tcp-reset", x->proto ? "" : "-p tcp ");
    else if (chance(x->r, 40))
        add(x, "-j REJECT");
    else
        add(x, "-j REJECT --reject-with %s", x->six ? PICK(x->r, six) : PICK(x->r, four));
}

static void target_filter(struct xt *x)
{
    unsigned dice = below(x->r, 100);
    if (dice < 38)
        add(x, "-j ACCEPT");
    else if (dice < 58)
        add(x, "-j DROP");
    else if (dice < 75)
        reject(x);
    else if (dice < 90)
        call(x);
    else
        add(x, "%s", dice < 93 ? "-j LOG --log-prefix \"a b\"" : dice < 96 ? "-j NFLOG --nflog-group 3" : "-j RETURN");
}

static void target_mangle(struct xt *x)
{
    static const char *const words[] = {"-j MARK --set-xmark 0x5/0xffffffff",
                                        "-j MARK --set-xmark 0x10/0xf0",
                                        "-j MARK --set-mark 0x5/0xf",
                                        "-j MARK --or-mark 0x10",
                                        "-j MARK --and-mark 0xff",
                                        "-j CONNMARK --save-mark",
                                        "-j CONNMARK --restore-mark",
                                        "-j CONNMARK --set-mark 0x10",
                                        "-j CONNMARK --set-xmark 0x5/0xff",
                                        "-j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xff",
                                        "-j MARK --xor-mark 0x1",
                                        "-j DROP",
                                        "-j ACCEPT",
                                        "-j RETURN"};
    add(x, "%s", PICK(x->r, words));
}

static void target_nat(struct xt *x)
{
    static const char *const four[] = {"172.17.0.2", "10.1.0.5", "10.1.0.1", "192.0.2.1"}, *const six[] = {
                                                                                               "fd17::2", "fd01::5",
                                                                                               "fd01::1",
                                                                                               "2001:db8:1::1"};
    const char *to = x->six ? PICK(x->r, six) : PICK(x->r, four);
    bool dst = strcmp(x->hook, "PREROUTING") == 0 || strcmp(x->hook, "OUTPUT") == 0, port_too = chance(x->r, 50);
    if (!dst && strcmp(x->hook, "INPUT") != 0 && chance(x->r, 50))
        add(x, "-j MASQUERADE");
    else if (!dst)
        add(x, "-j SNAT --to-source %s", x->six ? "2001:db8:1::1" : "192.0.2.3");
    else if (port_too && x->proto != 't' && x->proto != 'u' && x->proto)
        add(x, "-j ACCEPT");
    else if (chance(x->r, 40))
        add(x, "%s-j REDIRECT%s", port_too && !x->proto ? "-p tcp " : "", port_too ? " --to-ports 8080" : "");
    else
        add(x, "%s-j DNAT --to-destination %s%s%s%s", port_too && !x->proto ? "-p tcp " : "",
            x->six && port_too ? "[" : "", to, x->six && port_too ? "]" : "", port_too ? ":80" : "");
}

static void target_raw(struct xt *x)
{
    add(x, "%s", chance(x->r, 50) ? "-j CT --notrack" : chance(x->r, 40) ? "-j DROP" : "-j ACCEPT");
}

/* ---- tables
 * --------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name, *hooks[6];
    void (*target)(struct xt *);
    unsigned percent;
} tables[] = {
    {"raw", {"PREROUTING", "OUTPUT"}, target_raw, 35},
    {"mangle", {"PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"}, target_mangle, 40},
    {"nat", {"PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"}, target_nat, 60},
    {"filter", {"INPUT", "FORWARD", "OUTPUT"}, target_filter, 100},
};

static void emit(struct xt *x, bool removable)
{
    rules_add(x->out, x->place, x->chain, removable, x->line);
    x->len = 0;
    x->line[0] = 0;
}

/* Up to three, each at most once: iptables takes few words twice. */
static void draw_matches(struct xt *x)
{
    void (*done[3])(struct xt *) = {NULL};
    for (unsigned n = below(x->r, 4), i = 0; i < n; i++) {
        done[i] = PICK(x->r, matches);
        if ((i < 1 || done[i] != done[0]) && (i < 2 || done[i] != done[1]))
            done[i](x);
    }
}

static void chain_rules(struct xt *x, size_t t, const char *name, const char *hook, unsigned most)
{
    x->hook = hook;
    x->chain++;
    if (strcmp(tables[t].name, "nat") != 0 && *hook != 'U' && *hook != 'F') {
        add(x, "-A %s -m %s -j ACCEPT", name, x->six ? "hl --hl-eq 77" : "ttl --ttl-eq 77");
        emit(x, false);
    }
    for (unsigned n = below(x->r, most + 1); n > 0; n--) {
        x->proto = 0;
        add(x, "-A %s ", name);
        draw_matches(x);
        tables[t].target(x);
        emit(x, true);
    }
}

static void one_table(struct xt *x, size_t t)
{
    char name[8];
    bool filter = strcmp(tables[t].name, "filter") == 0;
    x->table = tables[t].name;
    x->place++;
    x->chain = 0;
    add(x, "*%s", x->table);
    emit(x, false);
    for (size_t h = 0; h < 6 && tables[t].hooks[h]; h++) {
        add(x, ":%s %s [0:0]", tables[t].hooks[h], filter && chance(x->r, 35) ? "DROP" : "ACCEPT");
        emit(x, false);
    }
    for (unsigned u = 0; filter && u < USER_CHAINS; u++) {
        add(x, ":U%u - [0:0]", u);
        emit(x, false);
    }
    x->callable_from = 0;
    for (size_t h = 0; h < 6 && tables[t].hooks[h]; h++)
        chain_rules(x, t, tables[t].hooks[h], tables[t].hooks[h], filter ? 8 : 3);
    for (unsigned u = 0; filter && u < USER_CHAINS; u++) {
        snprintf(name, sizeof(name), "U%u", u);
        x->callable_from = u + 1;
        chain_rules(x, t, name, "U", 4);
    }
    x->chain = 0;
    add(x, "COMMIT");
    emit(x, false);
}

void rules_random_xt(struct rules *out, struct rng *r)
{
    struct xt x = {.r = r, .out = out, .maybe = chance(r, 20)};
    out->xt = true;
    out->legacy = chance(r, 30);
    out->rp_filter = chance(r, 12) ? 1 + (int)below(r, 2) : 0;
    for (unsigned six = 0; six < 2; six++) {
        x.six = six;
        x.place = six ? 100 : 0;
        for (size_t t = 0; t < sizeof(tables) / sizeof(*tables); t++)
            if (chance(r, tables[t].percent))
                one_table(&x, t);
    }
}
