/* Rules to which nothing comes: known cases of either kind, and small random chains against every packet there is. */
#include "wall/shadow.h"

#include "check.h"

static struct ptn_err err;

/* ---- reading and saying -------------------------------------------------------------------------------------------
 */

struct source {
    const char *text;
};

static ssize_t pull(void *ctx, char *buf, size_t size)
{
    struct source *s = ctx;
    size_t n = strnlen(s->text, size);
    memcpy(buf, s->text, n);
    s->text += n;
    return (ssize_t)n;
}

static struct ptn_wall *read_save(enum ptn_table_family family, const char *text)
{
    struct ptn_wall *w = ptn_wall_new();
    int r = ptn_wall_read_save(w, family, PTN_BACKEND_IPTABLES, "f", text, strlen(text), &err);
    if (r < 0 || ptn_wall_link(w, &err) < 0)
        fail_msg("%s [at: %s]", err.text, check_at);
    return w;
}

static struct ptn_wall *read_json(const char *text)
{
    struct source s = {text};
    struct ptn_wall *w = ptn_wall_new();
    if (ptn_wall_read_json(w, "f", pull, &s, &err) < 0 || ptn_wall_link(w, &err) < 0)
        fail_msg("%s [at: %s]", err.text, check_at);
    return w;
}

/* "2:1 4:1,3" and, of other chains than the first, "u/2:1"; frees the wall. */
static const char *say(struct ptn_wall *w)
{
    static char out[4096];
    struct ptn_shadow *list;
    size_t n, at = 0;
    out[0] = '\0';
    EXPECT_INT(ptn_wall_shadows(w, &list, &n), 0);
    for (size_t i = 0; i < n && at < sizeof(out) - 256; i++) {
        const struct ptn_chain *chain = list[i].rule->chain;
        at += (size_t)sprintf(out + at, "%s%s%s%u:", at ? " " : "", chain->base ? "" : chain->name,
                              chain->base ? "" : "/", list[i].rule->index);
        EXPECT(list[i].n_by > 0 && list[i].n_by <= PTN_SHADOW_BY);
        for (size_t k = 0; k < list[i].n_by; k++) {
            EXPECT(list[i].by[k]->chain == chain && list[i].by[k]->index < list[i].rule->index);
            EXPECT(k == 0 || list[i].by[k]->index > list[i].by[k - 1]->index);
            at += (size_t)sprintf(out + at, "%s%u", k ? "," : "", list[i].by[k]->index);
        }
        at += (size_t)sprintf(out + at, "%s", list[i].more ? "+" : "");
    }
    free(list);
    ptn_wall_free(w);
    return out;
}

/* ---- iptables -----------------------------------------------------------------------------------------------------
 */

struct save_row {
    const char *rules, *want;
};

static void check_save(enum ptn_table_family family, const char *table, const struct save_row *row)
{
    char text[4096];
    AT("%s", row->rules);
    snprintf(text, sizeof(text), "*%s\n:%s ACCEPT [0:0]\n:u - [0:0]\n%s\nCOMMIT\n", table,
             strcmp(table, "nat") == 0 || strcmp(table, "mangle") == 0 ? "PREROUTING" : "INPUT", row->rules);
    EXPECT_TEXT(say(read_save(family, text)), row->want);
}

#define I "-A INPUT "
#define U "\n-A u "
#define NI "\n" I

static void shadowed(void **state)
{
    static const struct save_row rows[] = {
        {I "-p tcp --dport 22 -j ACCEPT" NI "-p tcp --dport 22 -j ACCEPT", "2:1"},
        {I "-p tcp --dport 1:1024 -j ACCEPT" NI "-p tcp --dport 22 -j DROP", "2:1"},
        {I "-p tcp --dport 22 -j ACCEPT" NI "-s 10.0.0.0/8 -p tcp --dport 22 -j ACCEPT", "2:1"},
        {I "-p tcp --dport 20:21 -j DROP" NI "-p tcp --dport 22 -j ACCEPT" NI "-p tcp --dport 20:22 -j ACCEPT",
         "3:1,2"},
        {I "-j ACCEPT" NI "-p tcp --dport 22 -j ACCEPT" NI "-j DROP", "2:1 3:1"},
        {I "-p tcp -j REJECT" NI "-p tcp -m multiport --dports 22,80 -j ACCEPT", "2:1"},
        {I "-i eth+ -j DROP" NI "-i eth0 -p udp -j ACCEPT", "2:1"},
        {I "-i lo -j ACCEPT" NI "! -i lo -j DROP" NI "-p tcp -j ACCEPT", "3:1,2"},
        {I "-s 10.0.0.0/9 -j DROP" NI "-s 10.128.0.0/9 -j DROP" NI "-s 10.0.0.0/8 -p udp -j ACCEPT", "3:1,2"},
        {I "! -s 10.0.0.0/8 -j DROP" NI "-s 192.0.2.1/32 -j ACCEPT", "2:1"},
        {I "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT" NI
           "-p tcp -m conntrack --ctstate ESTABLISHED -j ACCEPT",
         "2:1"},
        {I "-m conntrack --ctstate NEW,INVALID,UNTRACKED -j DROP" NI "-m conntrack --ctstate RELATED,ESTABLISHED -j "
           "ACCEPT" NI "-p tcp --dport 22 -j ACCEPT",
         "3:1,2"},
        {I "-p tcp --tcp-flags SYN SYN -j DROP" NI "-p tcp --tcp-flags SYN,ACK SYN -j ACCEPT", "2:1"},
        {I "-p icmp -j ACCEPT" NI "-p icmp --icmp-type 8 -j DROP", "2:1"},
        {I "-p tcp --dport 22 -j ACCEPT" NI "-p tcp --dport 22 -m limit --limit 1/sec -j LOG", "2:1"},
        {I "-p tcp --dport 22 -j RETURN" NI "-p tcp --dport 22 -j ACCEPT", "2:1"},
        {I "-p tcp -g u" NI "-p tcp --dport 22 -j ACCEPT" U "-p udp -j DROP", "2:1"},
        {I "-p tcp -j u" NI "-p tcp --dport 22 -j ACCEPT" U "-p tcp --dport 22 -j ACCEPT", "2:1"},
        {I "-p tcp -j u" NI "-p tcp --dport 22 -j ACCEPT" U "-s 10.0.0.0/8 -j ACCEPT" U "-j DROP" U "-p udp -j DROP",
         "2:1 u/3:2"},
        {I "-p tcp -j u" U "-p tcp --dport 22 -j ACCEPT" U "-j RETURN" U "-p tcp --dport 23 -j ACCEPT", "u/3:2"},
        {I "-p tcp --dport 1 -j DROP" NI "-p tcp --dport 2 -j DROP" NI "-p tcp --dport 3 -j DROP" NI
           "-p tcp --dport 4 -j DROP" NI "-p tcp --dport 5 -j DROP" NI "-p tcp --dport 1:5 -j DROP",
         "6:1,2,3,4+"},
        {I "-m mark --mark 0x1/0xff -j DROP" NI "-m mark --mark 0x1/0xff -p tcp -j ACCEPT", "2:1"},
        {I "-p tcp -m mark --mark 0x0:0x5 -j DROP" NI "-j u" U "-p tcp -j DROP" U "-p tcp --dport 5 -j DROP", "u/2:1"},
        {I "-p tcp --dport 22 -j MARK --set-mark 1" NI "-p tcp -j ACCEPT" NI "-p tcp --dport 22 -j DROP", "3:2"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        check_save(PTN_TABLE_IP, "filter", &rows[i]);
}

static void not_shadowed(void **state)
{
    static const char *const rows[] = {
        I "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT" NI "-p tcp --dport 22 -j ACCEPT" NI "-j DROP",
        I "-m conntrack --ctstate NEW,RELATED,ESTABLISHED -j ACCEPT" NI "-p tcp --dport 22 -j ACCEPT",
        I "-m mark --mark 1 -j DROP" NI "-j MARK --set-mark 1" NI "-j u" NI "-p tcp --dport 22 -j ACCEPT" U
          "-m mark ! --mark 1 -j DROP",
        I "-i lo -j ACCEPT" NI "-p tcp --dport 22 -j ACCEPT",
        I "-p tcp --dport 22 -j ACCEPT" NI "-p udp --dport 22 -j ACCEPT",
        I "-p tcp --dport 22 -j ACCEPT" NI "-p tcp --dport 22:23 -j ACCEPT",
        I "-p tcp --dport 22 -s 10.0.0.0/8 -j ACCEPT" NI "-p tcp --dport 22 -j ACCEPT",
        I "-p tcp --dport 22 -m limit --limit 1/sec -j ACCEPT" NI "-p tcp --dport 22 -j ACCEPT",
        I "-p tcp --dport 22 -j LOG" NI "-p tcp --dport 22 -j ACCEPT",
        I "-p tcp --dport 22" NI "-p tcp --dport 22 -j ACCEPT",
        I "-p tcp --dport 22 -m recent --rcheck --name x -j DROP" NI "-p tcp --dport 22 -j ACCEPT",
        I "-p tcp --dport 22 -m string --string x --algo bm -j DROP" NI "-p tcp --dport 22 -j ACCEPT",
        I "-p tcp --dport 22 -m set --match-set f2b src -j DROP" NI "-p tcp --dport 22 -j ACCEPT",
        I "-p tcp --dport 0:65535 -j ACCEPT" NI "-p tcp -j DROP", /* fragments */
        I "-p tcp --dport 22 -j u" NI "-p tcp --dport 22 -j ACCEPT" U "-s 10.0.0.0/8 -j DROP",
        I "-p tcp --dport 22 -j u" NI "-p tcp --dport 22 -j ACCEPT" U "-s 10.0.0.0/8 -j RETURN" U "-j DROP",
        I "-p tcp --dport 22 -j u" NI "-p tcp --dport 22 -j ACCEPT" U "-j RETURN",
        I "-p tcp -j u" NI "-p tcp --dport 22 -j ACCEPT" U "-p tcp --dport 22 -m limit --limit 1/sec -j ACCEPT",
        I "-j u" U "-p tcp --dport 22 -j ACCEPT" NI "-p tcp --dport 23 -j ACCEPT",
        I "-m mark --mark 0x1 -j ACCEPT" NI "-p tcp -j MARK --set-mark 1" NI "-m mark --mark 0x1 -j ACCEPT",
        I "-j u" NI "-m mark --mark 0x1 -j ACCEPT" U "-m mark --mark 0x1 -j ACCEPT" U "-j MARK --set-mark 1",
        I "-m mark --mark 0x1/0xff -j DROP" NI "-m mark --mark 0x1/0xf -j DROP",
        I "-p icmp --icmp-type 8 -j ACCEPT" NI "-p icmp --icmp-type 0 -j ACCEPT" NI "-p icmp -j DROP",
        I "-p tcp --tcp-flags SYN,ACK SYN -j DROP" NI "-p tcp --tcp-flags SYN SYN -j ACCEPT",
        I "! -s 10.0.0.0/8 -j DROP" NI "-s 10.0.0.1/32 -j ACCEPT",
        I "-i eth0 -j DROP" NI "-i eth+ -j ACCEPT",
        I "-p tcp -j NFQUEUE --queue-num 1" NI "-p tcp --dport 22 -j ACCEPT",
        I "-d 10.0.0.1/32 -j DROP" NI "-s 10.0.0.1/32 -j DROP",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        check_save(PTN_TABLE_IP, "filter", &(struct save_row){rows[i], ""});
}

#define P "-A PREROUTING "

static void other_tables(void **state)
{
    static const struct save_row nat[] = {
        {P "-p tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8080\n" P "-p tcp --dport 80 -j DNAT --to-destination "
           "10.0.0.2\n" P "-p tcp --dport 81 -j REDIRECT --to-ports 8081",
         "2:1"},
        {P "-p tcp -j u\n" P "-p tcp --dport 80 -j ACCEPT\n" P "-p tcp --dport 81 -j ACCEPT" U
           "-p tcp --dport 80 -j DNAT --to-destination 10.0.0.1",
         "2:1"},
    };
    static const struct save_row mangle[] = {
        {P "-p tcp -j TPROXY --on-port 1 --tproxy-mark 1\n" P "-p tcp --dport 80 -j ACCEPT", ""},
        {P "-p tcp -j TTL --ttl-set 9\n" P "-p tcp -m ttl --ttl-eq 9 -j DROP\n" P "-p tcp -m ttl --ttl-eq 9 -j DROP",
         ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(nat); i++)
        check_save(PTN_TABLE_IP, "nat", &nat[i]);
    for (size_t i = 0; i < COUNT(mangle); i++)
        check_save(PTN_TABLE_IP, "mangle", &mangle[i]);
}

static void six(void **state)
{
    static const struct save_row rows[] = {
        {I "-s 2001:db8::/32 -j ACCEPT" NI "-s 2001:db8:1::/48 -p tcp -j DROP", "2:1"},
        {I "-s 2001:db8::/33 -j DROP" NI "-s 2001:db8:8000::/33 -j DROP" NI "-s 2001:db8::/32 -j ACCEPT", "3:1,2"},
        {I "-s 2001:db8::/32 -j ACCEPT" NI "-s 2001:db9::/32 -p tcp -j DROP", ""},
        {I "-p ipv6-icmp --icmpv6-type 135 -j ACCEPT" NI "-p ipv6-icmp --icmpv6-type 136 -j ACCEPT", ""},
        {I "-p ipv6-icmp -j ACCEPT" NI "-p ipv6-icmp --icmpv6-type 135 -m hl --hl-eq 255 -j ACCEPT", "2:1"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        check_save(PTN_TABLE_IP6, "filter", &rows[i]);
}

/* ---- nft ----------------------------------------------------------------------------------------------------------
 */

#define MATCH(op, left, right) "{\"match\":{\"op\":\"" op "\",\"left\":" left ",\"right\":" right "}},"
#define PAYLOAD(protocol, field) "{\"payload\":{\"protocol\":\"" protocol "\",\"field\":\"" field "\"}}"
#define META(key) "{\"meta\":{\"key\":\"" key "\"}}"
#define TCP(right) MATCH("==", PAYLOAD("tcp", "dport"), right)
#define IP(right) MATCH("==", PAYLOAD("ip", "saddr"), right)
#define IP6(right) MATCH("==", PAYLOAD("ip6", "saddr"), right)
#define NFPROTO(right) MATCH("==", META("nfproto"), "\"" right "\"")
#define PAIR "{\"concat\":[" PAYLOAD("ip", "saddr") "," PAYLOAD("tcp", "dport") "]}"
#define PREFIX(addr, len) "{\"prefix\":{\"addr\":\"" addr "\",\"len\":" #len "}}"
#define VMAP(key, data) "{\"vmap\":{\"key\":" key ",\"data\":" data "}}"
#define ACCEPT "{\"accept\":null}"
#define DROP "{\"drop\":null}"
#define JUMP_U "{\"jump\":{\"target\":\"u\"}}"
#define FILL "{\"set\":{\"op\":\"add\",\"elem\":" PAYLOAD("ip", "saddr") ",\"set\":\"@filled\"}}"
#define LEARN "{\"map\":{\"op\":\"add\",\"elem\":" PAYLOAD("ip", "saddr") ",\"data\":" DROP ",\"map\":\"@verdicts\"}}"
#define SET(name, more)                                                                                                \
    ",{\"set\":{\"family\":\"inet\",\"table\":\"t\",\"name\":\"" name "\",\"type\":\"ipv4_addr\",\"handle\":9" more "}}"
#define ELEMENTS ",\"elem\":"
#define FLAGS(flag) ",\"flags\":[\"" flag "\"]"
#define EMPTY SET("empty", "")
#define SOME SET("some", ELEMENTS "[\"10.0.0.1\",\"10.0.0.2\"]")
#define FILLED SET("filled", FLAGS("dynamic") ELEMENTS "[\"10.0.0.1\"]")
#define EXPIRES "[{\"elem\":{\"val\":\"10.0.0.1\",\"timeout\":60,\"expires\":9}}]"
#define EXPIRING SET("expiring", FLAGS("timeout") ELEMENTS EXPIRES)
#define VERDICTS                                                                                                       \
    ",{\"map\":{\"family\":\"inet\",\"table\":\"t\",\"name\":\"verdicts\",\"type\":\"ipv4_addr\",\"map\":\"verdict\"," \
    "\"handle\":9,\"elem\":[[\"10.0.0.1\"," ACCEPT "]]}}"
#define NAMED_SETS EMPTY SOME FILLED EXPIRING VERDICTS

struct nft_row {
    const char *name, *want;
    const char *rules[6]; /* of chain c */
    const char *inner[3]; /* of chain u */
};

static size_t put_rules(char *at, const char *family, const char *chain, const char *const *rules, size_t n)
{
    size_t len = 0;
    for (size_t i = 0; i < n && rules[i]; i++)
        len += (size_t)sprintf(at + len,
                               ",{\"rule\":{\"family\":\"%s\",\"table\":\"t\",\"chain\":\"%s\",\"handle\":%zu,\"expr\":"
                               "[%s]}}",
                               family, chain, i + 20, rules[i]);
    return len;
}

static void check_nft(const char *family, const char *hook, const struct nft_row *row)
{
    static char text[65536];
    const char *named = strcmp(family, "inet") == 0 ? NAMED_SETS : "";
    size_t at =
        (size_t)sprintf(text,
                        "{\"nftables\": [{\"table\":{\"family\":\"%s\",\"name\":\"t\",\"handle\":1}},"
                        "{\"chain\":{\"family\":\"%s\",\"table\":\"t\",\"name\":\"c\",\"handle\":1,\"type\":"
                        "\"filter\",\"hook\":\"%s\",\"prio\":0,\"policy\":\"accept\"%s}},"
                        "{\"chain\":{\"family\":\"%s\",\"table\":\"t\",\"name\":\"u\",\"handle\":2}}%s",
                        family, family, hook, strcmp(family, "netdev") ? "" : ",\"dev\":\"eth0\"", family, named);
    at += put_rules(text + at, family, "c", row->rules, COUNT(row->rules));
    at += put_rules(text + at, family, "u", row->inner, COUNT(row->inner));
    sprintf(text + at, "]}");
    AT("%s: %s", family, row->name);
    EXPECT_TEXT(say(read_json(text)), row->want);
}

static void inet(void **state)
{
    static const struct nft_row rows[] = {
        {"both families", "2:1", {TCP("22") ACCEPT, TCP("22") DROP}, {0}},
        {"one family only", "", {NFPROTO("ipv4") TCP("22") ACCEPT, TCP("22") DROP}, {0}},
        {"each by its own",
         "3:1,2",
         {NFPROTO("ipv4") TCP("22") ACCEPT, NFPROTO("ipv6") TCP("22") ACCEPT, TCP("22") DROP},
         {0}},
        {"of its own family", "2:1", {NFPROTO("ipv4") ACCEPT, IP("\"10.0.0.1\"") DROP}, {0}},
        {"not of the other", "", {NFPROTO("ipv6") ACCEPT, IP("\"10.0.0.1\"") DROP}, {0}},
        {"v6 prefix", "2:1", {IP6(PREFIX("2001:db8::", 32)) ACCEPT, IP6("\"2001:db8::1\"") TCP("22") DROP}, {0}},
        {"all of v4 is not all", "", {IP(PREFIX("0.0.0.0", 0)) DROP, TCP("22") ACCEPT}, {0}},
        {"a set of the rule", "2:1", {TCP("{\"set\":[22,80,{\"range\":[90,99]}]}") ACCEPT, TCP("95") DROP}, {0}},
        {"outside of it", "", {TCP("{\"set\":[22,80,{\"range\":[90,99]}]}") ACCEPT, TCP("100") DROP}, {0}},
        {"a set after its parts", "3:1,2", {TCP("22") ACCEPT, TCP("80") ACCEPT, TCP("{\"set\":[22,80]}") DROP}, {0}},
        {"a named set", "2:1", {IP("\"@some\"") DROP, IP("\"10.0.0.2\"") ACCEPT}, {0}},
        {"itself", "2:1", {IP("\"@some\"") DROP, IP("\"@some\"") TCP("22") ACCEPT}, {0}},
        {"an empty set, yet", "", {IP(PREFIX("10.0.0.0", 8)) DROP, IP("\"@empty\"") DROP}, {0}},
        {"an empty set after all", "2:1", {ACCEPT, TCP("22") DROP, IP("\"@empty\"") DROP}, {0}},
        {"a set that packets fill takes nothing", "", {IP("\"@filled\"") DROP, IP("\"10.0.0.1\"") ACCEPT}, {FILL}},
        {"and may hold anything", "", {IP("\"10.0.0.1\"") DROP, IP("\"@filled\"") DROP}, {FILL}},
        {"or nothing", "3:1", {IP(PREFIX("0.0.0.0", 0)) DROP, ACCEPT, IP("\"@filled\"") DROP}, {FILL}},
        {"what expires takes nothing", "", {IP("\"@expiring\"") DROP, IP("\"10.0.0.1\"") ACCEPT}, {0}},
        {"what expires is taken", "2:1", {IP("\"10.0.0.1\"") DROP, IP("\"@expiring\"") ACCEPT}, {0}},
        {"a map of verdicts",
         "2:1",
         {VMAP(PAYLOAD("tcp", "dport"), "{\"set\":[[22," ACCEPT "],[23," DROP "]]}"), TCP("23") ACCEPT},
         {0}},
        {"one with a rest",
         "2:1",
         {VMAP(PAYLOAD("tcp", "dport"), "{\"set\":[[22," ACCEPT "],[\"*\"," DROP "]]}"),
          TCP("{\"range\":[9,99]}") DROP},
         {0}},
        {"but for what goes on",
         "",
         {VMAP(PAYLOAD("tcp", "dport"), "{\"set\":[[22,{\"continue\":null}],[\"*\"," DROP "]]}"),
          TCP("{\"range\":[9,99]}") DROP},
         {0}},
        {"a map that packets fill",
         "",
         {VMAP(PAYLOAD("ip", "saddr"), "\"@verdicts\""), IP("\"10.0.0.1\"") DROP},
         {LEARN}},
        {"two unknown keys",
         "",
         {VMAP(META("cgroup"), "{\"set\":[[7," ACCEPT "]]}"), VMAP(META("rtclassid"), "{\"set\":[[7," ACCEPT "]]}")},
         {0}},
        {"one that goes on",
         "",
         {VMAP(PAYLOAD("tcp", "dport"), "{\"set\":[[22,{\"continue\":null}],[23," DROP "]]}"), TCP("22") ACCEPT},
         {0}},
        {"one that jumps",
         "2:1",
         {VMAP(PAYLOAD("tcp", "dport"), "{\"set\":[[22," JUMP_U "],[23," DROP "]]}"), TCP("22") DROP},
         {ACCEPT}},
        {"one that jumps for nothing",
         "",
         {VMAP(PAYLOAD("tcp", "dport"), "{\"set\":[[22," JUMP_U "],[23," DROP "]]}"), TCP("22") DROP},
         {IP("\"10.0.0.1\"") ACCEPT}},
        {"a map that is taken",
         "2:1",
         {TCP("{\"range\":[1,100]}") ACCEPT,
          VMAP(PAYLOAD("tcp", "dport"), "{\"set\":[[22," ACCEPT "],[23," DROP "]]}")},
         {0}},
        {"a concatenation",
         "2:1",
         {MATCH("==", PAIR, "{\"set\":[{\"concat\":[\"10.0.0.1\",22]},{\"concat\":[\"10.0.0.2\",23]}]}") DROP,
          IP("\"10.0.0.2\"") TCP("23") ACCEPT},
         {0}},
        {"not across it",
         "",
         {MATCH("==", PAIR, "{\"set\":[{\"concat\":[\"10.0.0.1\",22]},{\"concat\":[\"10.0.0.2\",23]}]}") DROP,
          IP("\"10.0.0.2\"") TCP("22") ACCEPT},
         {0}},
        {"one that is taken",
         "2:1",
         {TCP("{\"range\":[20,29]}") DROP,
          MATCH("==", PAIR, "{\"set\":[{\"concat\":[\"10.0.0.1\",22]},{\"concat\":[\"10.0.0.2\",23]}]}") ACCEPT},
         {0}},
        {"what does nothing", "2:1", {TCP("22") ACCEPT, TCP("22") "{\"counter\":{\"packets\":0,\"bytes\":0}}"}, {0}},
        {"contradictions are not told", "", {ACCEPT, TCP("22") MATCH("==", PAYLOAD("tcp", "dport"), "23") DROP}, {0}},
        {"nor what comes after them",
         "",
         {TCP("22") MATCH("==", PAYLOAD("tcp", "dport"), "23") DROP, TCP("22") ACCEPT},
         {0}},
        {"an unknown key", "", {MATCH("==", META("cgroup"), "7") DROP, MATCH("==", META("cgroup"), "7") ACCEPT}, {0}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        check_nft("inet", "input", &rows[i]);
}

/* Not only packets of IP come here. */
static void netdev(void **state)
{
    static const struct nft_row rows[] = {
        {"all of IP is not all",
         "",
         {MATCH("==", META("protocol"), "\"ip\"") ACCEPT, MATCH("==", META("protocol"), "\"ip6\"") ACCEPT, DROP},
         {0}},
        {"of IP", "2:1", {MATCH("==", META("protocol"), "\"ip\"") ACCEPT, IP("\"10.0.0.1\"") DROP}, {0}},
        {"two others",
         "",
         {MATCH("==", META("protocol"), "\"arp\"") ACCEPT, MATCH("==", META("protocol"), "\"vlan\"") DROP},
         {0}},
        {"the rest",
         "",
         {MATCH("==", META("protocol"), "\"ip6\"") ACCEPT, MATCH("!=", META("protocol"), "\"ip\"") DROP},
         {0}},
        {"all", "2:1", {ACCEPT, MATCH("==", META("protocol"), "\"arp\"") DROP}, {0}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        check_nft("netdev", "ingress", &rows[i]);
}

/* ---- every packet -------------------------------------------------------------------------------------------------
 */

#define SPAN 10 /* ports and last octets 0 to 9; SPAN stands for all others */
#define NO_PORT (SPAN + 1)
#define RULES 7

enum verdict { V_ACCEPT, V_DROP, V_RETURN, V_LOG, V_LIMITED, V_CALL, V_GO, V_COUNT };

struct one_rule {
    int proto; /* 6, 17; 0: any */
    int lo, hi, from, to;
    bool not_port, not_addr;
    enum verdict v;
};

struct packet {
    int proto, port, addr;
};

static uint32_t seed = 7;

static int dice(int n)
{
    seed = seed * 1664525u + 1013904223u;
    return (int)((seed >> 12) % (uint32_t)n);
}

static struct one_rule random_rule(bool inner)
{
    struct one_rule r = {.proto = (int[]){0, 6, 6, 17}[dice(4)], .lo = -1, .from = -1};
    if (r.proto && dice(3)) {
        r.lo = dice(SPAN);
        r.hi = dice(3) ? r.lo + dice(SPAN - r.lo) : 65535;
        r.not_port = dice(5) == 0;
    }
    if (dice(2)) {
        r.from = dice(SPAN);
        r.to = dice(3) ? r.from + dice(SPAN - r.from) : 255;
        r.not_addr = dice(5) == 0;
    }
    r.v = (enum verdict)dice(inner ? V_CALL : V_COUNT);
    return r;
}

static bool matches(const struct one_rule *r, const struct packet *p)
{
    if (r->proto && r->proto != p->proto)
        return false;
    if (r->lo >= 0 && (p->port == NO_PORT || (p->port >= r->lo && p->port <= r->hi) == r->not_port))
        return false;
    return r->from < 0 || (p->addr >= r->from && p->addr <= r->to) != r->not_addr;
}

static size_t put_rule(char *at, const char *chain, const struct one_rule *r)
{
    static const char *const verdicts[] = {
        "-j ACCEPT", "-j DROP", "-j RETURN", "-j LOG", "-m limit --limit 1/sec -j DROP", "-j u", "-g u"};
    size_t n = (size_t)sprintf(at, "-A %s", chain);
    if (r->proto)
        n += (size_t)sprintf(at + n, r->proto == 6 ? " -p tcp" : " -p udp");
    if (r->lo >= 0)
        n += (size_t)sprintf(at + n, "%s --dport %d:%d", r->not_port ? " !" : "", r->lo, r->hi);
    if (r->from >= 0)
        n += (size_t)sprintf(at + n, " -m iprange%s --src-range 10.0.0.%d-%s%d", r->not_addr ? " !" : "", r->from,
                             r->to == 255 ? "255.255.255." : "10.0.0.", r->to);
    return n + (size_t)sprintf(at + n, " %s\n", verdicts[r->v]);
}

struct chains {
    struct one_rule c[RULES], u[RULES];
    bool alone_c[RULES], comes_c[RULES], alone_u[RULES], comes_u[RULES];
};

/* Runs a packet; notes which rules it meets and matches. Result: whether it surely ends there. */
static bool run_inner(const struct one_rule *rules, const struct packet *p, bool *comes)
{
    for (int i = 0; i < RULES; i++) {
        if (!matches(&rules[i], p))
            continue;
        if (comes)
            comes[i] = true;
        if (rules[i].v == V_ACCEPT || rules[i].v == V_DROP)
            return true;
        if (rules[i].v == V_RETURN)
            return false;
    }
    return false;
}

static void run(struct chains *k, const struct packet *p)
{
    bool here = true;
    for (int i = 0; i < RULES; i++) {
        k->alone_u[i] |= matches(&k->u[i], p);
        if (!matches(&k->c[i], p))
            continue;
        k->alone_c[i] = true;
        k->comes_c[i] |= here;
        if (k->c[i].v < V_LOG || k->c[i].v == V_GO || (k->c[i].v == V_CALL && run_inner(k->u, p, NULL)))
            here = false;
    }
    run_inner(k->u, p, k->comes_u);
}

static void every_packet(struct chains *k)
{
    for (int proto = 0; proto < 3; proto++)
        for (int port = 0; port <= NO_PORT; port++)
            for (int addr = 0; addr <= SPAN + 1; addr++) /* the last is above, -1 below all ranges */
                if (proto < 2 || port == NO_PORT) {
                    struct packet p = {(int[]){6, 17, 1}[proto], port, addr > SPAN ? -1 : addr};
                    run(k, &p);
                }
}

static bool said(const struct ptn_shadow *list, size_t n, const char *chain, int at)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i].rule->chain->name, chain) == 0 && list[i].rule->index == (uint32_t)at + 1)
            return true;
    return false;
}

static void random_chains(void **state)
{
    size_t found = 0, missed = 0;
    (void)state;
    for (int round = 0; round < 3000; round++) {
        struct chains k = {0};
        char text[8192];
        struct ptn_shadow *list;
        size_t n, at = (size_t)sprintf(text, "*filter\n:INPUT ACCEPT [0:0]\n:u - [0:0]\n");
        const bool calls = round % 2;
        bool reached = false;
        for (int i = 0; i < RULES; i++) {
            k.c[i] = random_rule(!calls);
            k.u[i] = random_rule(true);
            reached = reached || k.c[i].v == V_CALL || k.c[i].v == V_GO;
            at += put_rule(text + at, "INPUT", &k.c[i]);
        }
        for (int i = 0; i < RULES; i++)
            at += put_rule(text + at, "u", &k.u[i]);
        sprintf(text + at, "COMMIT\n");
        AT("%.400s", text);
        every_packet(&k);
        struct ptn_wall *w = read_save(PTN_TABLE_IP, text);
        EXPECT_INT(ptn_wall_shadows(w, &list, &n), 0);
        for (int i = 0; i < RULES; i++) {
            const bool c = k.alone_c[i] && !k.comes_c[i], u = k.alone_u[i] && !k.comes_u[i] && reached;
            AT("round %d rule %d of\n%.450s", round, i + 1, text);
            if (said(list, n, "INPUT", i))
                EXPECT(c);
            else if (c && !calls)
                fail_msg("not found [at: %s]", check_at);
            missed += c && !said(list, n, "INPUT", i);
            found += c;
            AT("round %d rule %d of u in\n%.450s", round, i + 1, text);
            EXPECT_INT(said(list, n, "u", i), u);
        }
        free(list);
        ptn_wall_free(w);
    }
    AT("%zu of %zu missed", missed, found);
    EXPECT(found > 2000 && missed * 20 < found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shadowed),      cmocka_unit_test(not_shadowed), cmocka_unit_test(other_tables),
        cmocka_unit_test(six),           cmocka_unit_test(inet),         cmocka_unit_test(netdev),
        cmocka_unit_test(random_chains),
    };
    return check_all(tests);
}
