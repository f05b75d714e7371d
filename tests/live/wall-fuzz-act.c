/* What rules of the generator do. */
#include <string.h>

#include "wall-fuzz-gen.h"

static const char *const targets4[] = {"172.17.0.2", "172.17.0.3",  "10.1.0.5", "10.1.0.1",
                                       "192.0.2.1",  "203.0.113.9", "10.8.0.9"};
static const char *const targets6[] = {"fd17::2", "fd17::3", "fd01::5", "fd01::1", "2001:db8:1::1", "2001:db8:9::9"};

/* A later chain of this role, or NULL. */
static bool jump(struct gen *g, const char *how)
{
    unsigned n = g->n_regular - (g->callable_from < g->n_regular ? g->callable_from : g->n_regular);
    for (unsigned i = 0, first = n ? below(g->r, n) : 0; i < n; i++) {
        unsigned c = g->callable_from + (first + i) % n;
        if (g->regular[c] == g->role) {
            say(g, "%s c%u", how, c);
            return true;
        }
    }
    return false;
}

void gen_verdict(struct gen *g)
{
    unsigned dice = below(g->r, 100);
    if (dice < 33 && jump(g, "jump"))
        return;
    if (dice < 40 && jump(g, "goto"))
        return;
    dice = below(g->r, 100);
    say(g, "%s", dice < 48 ? "accept" : dice < 76 ? "drop" : dice < 90 ? "return" : "continue");
}

static void reject(struct gen *g)
{
    static const char *const four[] = {"net-unreachable", "host-unreachable", "prot-unreachable", "port-unreachable",
                                       "net-prohibited",  "host-prohibited",  "admin-prohibited"};
    static const char *const six[] = {"no-route",         "admin-prohibited", "addr-unreachable",
                                      "port-unreachable", "policy-fail",      "reject-route"};
    static const char *const both[] = {"port-unreachable", "admin-prohibited", "no-route", "host-unreachable"};
    unsigned dice = below(g->r, 100);
    tag(g, "reject");
    if (dice < 30)
        say(g, "reject");
    else if (dice < 55 && (g->l4 == 6 || g->l4 == 0))
        say(g, "%sreject with tcp reset", g->l4 ? "" : "meta l4proto tcp ");
    else if (dice < 75 && g->family != IP && g->family != IP6)
        say(g, "reject with icmpx %s", PICK(g->r, both));
    else if (gen_six(g))
        say(g, "%sreject with icmpv6 %s", g->family == INET ? "meta nfproto ipv6 " : "", PICK(g->r, six));
    else
        say(g, "%sreject with icmp %s", g->family == INET ? "meta nfproto ipv4 " : "", PICK(g->r, four));
}

static bool may_reject(const struct gen *g)
{
    return g->role == FILTER || (g->role == DEVICE && g->hook == INGRESS);
}

static void verdict(struct gen *g)
{
    if (chance(g->r, 18) && (g->role == FILTER || g->role == DEVICE)) {
        enum kind k = gen_kind(g);
        gen_key(g, k);
        say(g, " vmap ");
        gen_verdicts_of(g, k);
        tag(g, "vmap");
        return;
    }
    if (may_reject(g) && chance(g->r, 22)) {
        reject(g);
        return;
    }
    gen_verdict(g);
}

/* ---- NAT -----------------------------------------------------------------------------------------------------------
 */

static void transport_once(struct gen *g)
{
    if (g->l4 == 6 || g->l4 == 17)
        return;
    say(g, "meta l4proto %s ", g->l4 == 1 || chance(g->r, 30) ? "{ tcp, udp }" : "tcp");
    g->l4 = 6;
}

static void dnat_to(struct gen *g)
{
    bool six = gen_six(g), port = chance(g->r, 45);
    const char *word = g->family != INET ? "" : six ? " ip6" : " ip";
    if (port)
        transport_once(g);
    say(g, "dnat%s to %s%s%s", word, six && port ? "[" : "", six ? PICK(g->r, targets6) : PICK(g->r, targets4),
        six && port ? "]" : "");
    if (port)
        say(g, ":%u", PICK(g->r, ports));
    tag(g, port ? "dnat-port" : "dnat");
}

static void dnat_map(struct gen *g)
{
    bool six = gen_six(g);
    const char *word = g->family != INET ? "" : six ? " ip6" : " ip";
    const char *a = six ? PICK(g->r, targets6) : PICK(g->r, targets4),
               *b = six ? PICK(g->r, targets6) : PICK(g->r, targets4);
    unsigned dice = below(g->r, 3);
    const char *l4 = g->l4 == 17 ? "udp" : "tcp";
    g->l4 = g->l4 == 17 ? 17 : 6;
    if (dice == 0)
        say(g, "dnat%s to %s dport map { 22 : %s, 80-443 : %s }", word, l4, a, b);
    else if (dice == 1)
        say(g, "dnat%s%s to %s dport map { 22 : %s . 8080, 80 : %s . 5432, 443 : %s . 22 }", word,
            *word ? ""
            : six ? " ip6"
                  : " ip",
            l4, a, b, a);
    else
        say(g, "dnat%s to %s map { %s : %s, %s : %s }", word, six ? "ip6 daddr" : "ip daddr",
            six ? "2001:db8:1::1" : "192.0.2.1", a, six ? "fd01::1" : "10.1.0.1", b);
    tag(g, "dnat-map");
}

static void redirect(struct gen *g)
{
    tag(g, "redirect");
    if (chance(g->r, 30)) {
        say(g, "redirect");
        return;
    }
    transport_once(g);
    if (chance(g->r, 20))
        say(g, "redirect to :%s dport map { 22 : 8080, 80 : 443 }", g->l4 == 17 ? "udp" : "tcp");
    else
        say(g, "redirect to :%u", PICK(g->r, ports));
}

static void nat_to(struct gen *g)
{
    unsigned dice = below(g->r, 100);
    if (dice < 20)
        verdict(g);
    else if (g->role == SNAT && (dice < 60 || g->hook == INPUT)) {
        bool six = gen_six(g);
        say(g, "snat%s to %s", g->family != INET ? "" : six ? " ip6" : " ip", six ? "2001:db8:1::1" : "192.0.2.3");
        tag(g, "snat");
    } else if (g->role == SNAT) {
        say(g, "masquerade");
        g->out->maybe = true; /* whom it looks like then is the kernel's choice */
        tag(g, "masquerade");
    } else if (dice < 55)
        dnat_to(g);
    else if (dice < 75)
        dnat_map(g);
    else
        redirect(g);
}

/* ---- statements that go on ------------------------------------------------------------------------------------------
 */

static void set_mark(struct gen *g)
{
    static const char *const words[] = {"meta mark set 0x5",
                                        "meta mark set 0x10",
                                        "meta mark set 0",
                                        "meta mark set meta mark | 0x10",
                                        "meta mark set meta mark & 0xff",
                                        "meta mark set meta mark ^ 0x1",
                                        "meta mark set mark and 0xf0 or 0x5"};
    say(g, "%s ", PICK(g->r, words));
    tag(g, "mark-set");
}

static void set_ct_mark(struct gen *g)
{
    static const char *const words[] = {"ct mark set 0x5", "ct mark set meta mark", "meta mark set ct mark",
                                        "ct mark set ct mark | 0x10", "ct mark set 0x10"};
    say(g, "%s ", PICK(g->r, words));
    tag(g, "ct-mark-set");
}

static void notrack(struct gen *g)
{
    say(g, "notrack ");
    tag(g, "notrack");
}

static void log_it(struct gen *g)
{
    say(g, "%s ", chance(g->r, 50) ? "log group 5" : "log prefix \"x \" group 6");
    tag(g, "log");
}

static void remember(struct gen *g)
{
    say(g, "%s ", chance(g->r, 50) ? "update @dyn { ip saddr timeout 1m }" : "add @dyn { ip daddr }");
    tag(g, "dynamic");
    g->out->maybe = true;
}

static void statement(struct gen *g)
{
    unsigned dice = below(g->r, 100);
    bool netdev = g->role == DEVICE || g->role == DEVICE_OUT;
    bool early = (g->hook == PREROUTING || g->hook == OUTPUT) && g->priority < -200;
    if (early && dice < 45)
        notrack(g);
    else if (dice < 45 || (netdev && dice < 80))
        set_mark(g);
    else if (dice < 75 && !netdev)
        set_ct_mark(g);
    else if (g->maybe && dice < 85 && g->family != IP6 && g->l3 != 6)
        remember(g);
    else if (dice < 93)
        log_it(g);
    else
        say(g, "counter ");
}

void gen_action(struct gen *g)
{
    bool more = chance(g->r, 22);
    if (more)
        statement(g);
    if (g->coverage)
        say(g, "counter ");
    if (more && chance(g->r, 55))
        return;
    if (g->role == DNAT || g->role == SNAT)
        nat_to(g);
    else
        verdict(g);
}
