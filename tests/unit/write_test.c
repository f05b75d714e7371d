/* Policies as rulesets: the text, foreign words in it, what nft says to it, the proof, and that the proof catches what
 * is broken; what differs between two walls. */
#include "wall/write.h"

#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

#include "check.h"
#include "judge/intent.h"
#include "wall/box.h"
#include "wall/diff.h"
#include "wall/example.h"
#include "wall/live.h"
#include "wall/prove.h"
#include "world.h"

static struct ptn_chart *chart;

static int open_chart(void **state)
{
    (void)state;
    chart = world_chart("Service: svc-y\nPorts: 7001/tcp 7001/udp\nTitle: t\nSafe: Y\nWhy: w.\nDo: d.\n");
    return 0;
}

static int close_chart(void **state)
{
    (void)state;
    ptn_chart_close(chart);
    return 0;
}

static void read_policy(struct ptn_policy *p, const char *text)
{
    const struct ptn_intent_opts opts = {.today = "2026-11-23"};
    struct ptn_err err;
    if (ptn_intent_read(p, chart, "i.rec", text, strlen(text), &opts, &err) < 0)
        fail_msg("%s [at: %s]", err.text, check_at);
}

static char *text_of(const char *intent)
{
    struct ptn_policy p;
    struct ptn_err err;
    char *text = NULL;
    size_t len;
    read_policy(&p, intent);
    EXPECT_INT(ptn_policy_text(&p, &text, &len, &err), 0);
    EXPECT_INT(strlen(text), len);
    ptn_policy_release(&p);
    return text;
}

/* ---- the text --------------------------------------------------------------------------------------------------- */

static void has_lines(void **state)
{
    static const struct {
        const char *intent, *part;
    } rows[] = {
        {"Permit: svc-y\n", "\ntable inet portolan\ndelete table inet portolan\n\ntable inet portolan {\n"},
        {"Permit: svc-y\n", "type filter hook input priority 0; policy drop;"},
        {"Permit: svc-y\n", "\tmap tcp_ports {\n\t\ttype inet_service : verdict\n\t\tflags interval\n"
                            "\t\telements = { 7001 : jump permit_1_svc-y }\n"},
        {"Permit: svc-y\n", "\tchain permit_1_svc-y {\n\t\tcounter accept comment \"svc-y\"\n\t}\n"},
        {"Permit: svc-y\n", "limit rate 10/second burst 10 packets log prefix \"portolan drop: \" group 1\n"},
        {"Permit: svc-y\n\nPolicy:\nLog-group: kernel\nLog-rate: 1/hour\n",
         "limit rate 1/hour burst 5 packets log prefix \"portolan drop: \" level info\n"},
        {"Permit: svc-y\n\nPolicy: Shop\nTable: portolan-2\nPriority: -9\n",
         "# Shop\n\ntable inet portolan-2\ndelete table inet portolan-2\n\ntable inet portolan-2 {\n"},
        {"Permit: svc-y\n\nPermit: 80/tcp\nUntil: 2026-11-01\n",
         "# Left out, for its time is over: i.rec:3 80/tcp, until 2026-11-01\n"},
        {"Permit: svc-y\nBecause: Say \"x\"; \\ all\nOwner: Ada\nUntil: 2027-01-31\n",
         "comment \"svc-y: Say 'x'; / all; Ada; until 2027-01-31\"\n"},
        {"Permit: svc-y\nEven-though: It is old\n", "comment \"svc-y: It is old\"\n"},
        {"Permit: svc-y\nFrom: 192.0.2.0/25 192.0.2.128/25 10.0.0.1-10.0.0.2 2001:db8::/32\n",
         "\t\tip saddr { 10.0.0.1-10.0.0.2, 192.0.2.0/24 } counter accept comment \"svc-y\"\n"
         "\t\tip6 saddr 2001:db8::/32 counter accept comment \"svc-y\"\n"},
        {"Permit: svc-y\nFrom: z g\n\nZone: z\nInterfaces: eth0 wg*\nAddresses: 10.0.0.0/8\n\n"
         "Group: g\nAddresses: 2001:db8::1\n",
         "\t\tiifname @zone_z_interfaces ip saddr @zone_z_ipv4 counter accept comment \"svc-y\"\n"
         "\t\tip6 saddr @group_g_ipv6 counter accept comment \"svc-y\"\n"},
        {"Permit: 64010-64020/tcp\n\nPermit: 64015-64030/tcp 64040/tcp\n\nPermit: 64041/tcp 64014/tcp\n",
         "64010-64013 : jump permit_1_64010-64020_tcp,\n\t\t             64014 : jump several_1,\n"
         "\t\t             64015-64020 : jump several_2,\n\t\t             64021-64030 : jump "
         "permit_2_64015-64030_tcp,\n"
         "\t\t             64040 : jump permit_2_64015-64030_tcp,\n\t\t             64041 : jump permit_3_64041_tcp }"},
        {"Permit: 64010-64020/tcp 64015/tcp 64010-64014/tcp\n",
         "elements = { 64010-64020 : jump permit_1_64010-64020_tcp }"},
        {"Permit: esp/ip\n", "meta l4proto vmap @ip_protocols\n"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        AT("%s", rows[i].intent);
        char *text = text_of(rows[i].intent);
        if (!strstr(text, rows[i].part))
            fail_msg("%s is not in:\n%s", rows[i].part, text);
        free(text);
    }
}

/* Comments have at most 128 octets, whole characters, and keep the owner and the day. */
static void long_comments(void **state)
{
    char intent[4096], *at = intent;
    (void)state;
    for (size_t n = 60; n < 130; n++) {
        at = intent + sprintf(intent, "Permit: svc-y\nOwner: Ada\nUntil: 2027-01-31\nBecause: ");
        for (size_t i = 0; i < n; i++)
            at += sprintf(at, "%s", i % 2 ? "\xc3\xa9" : "a");
        sprintf(at, "\n");
        AT("%zu", n);
        char *text = text_of(intent), *comment = strstr(text, "comment \"svc-y: ");
        EXPECT(comment);
        comment += strlen("comment \"");
        size_t len = strcspn(comment, "\"");
        EXPECT(len <= 127);
        EXPECT(strncmp(comment + len - strlen("; Ada; until 2027-01-31"), "; Ada; until 2027-01-31", 23) == 0);
        const char *cut = strstr(comment, "...");
        EXPECT(!cut || (unsigned char)cut[-1] == 0xa9 || cut[-1] == 'a');
        free(text);
    }
}

static void too_many_overlap(void **state)
{
    struct ptn_policy p = {.file = "i.rec", .title = "", .table = "portolan", .log_per = "second", .log_rate = 1};
    struct ptn_err err;
    char *text;
    size_t len;
    (void)state;
    AT("overlaps");
    p.n_permits = 1000;
    p.permits = calloc(p.n_permits, sizeof(*p.permits));
    for (size_t i = 0; i < p.n_permits; i++) {
        struct ptn_opening *o = calloc(1, sizeof(*o));
        *o = (struct ptn_opening){IPPROTO_TCP, (uint16_t)(1 + i), (uint16_t)(2000 + i)};
        p.permits[i] = (struct ptn_permit){.what = "x",
                                           .because = "",
                                           .even_though = "",
                                           .owner = "",
                                           .until = "",
                                           .openings = o,
                                           .n_openings = 1,
                                           .anyone = true};
    }
    EXPECT_INT(ptn_policy_text(&p, &text, &len, &err), -E2BIG);
    EXPECT(strstr(err.text, "too many permissions overlap"));
    ptn_policy_release(&p);
}

/* ---- nft and the proof --------------------------------------------------------------------------------------------
 */

/* Whether a ruleset can be tried here. */
static void need_nft(void)
{
    static const char *const version[] = {"nft", "--version", NULL};
    struct ptn_scratch s;
    struct ptn_err err;
    if (ptn_tool_run(NULL, version, NULL, 0, 4096, NULL, NULL, &err) < 0)
        SKIP("no nft here");
    if (ptn_scratch_open(&s, &err) < 0)
        SKIP("no namespaces of our own here");
    ptn_scratch_close(&s);
}

static const char *const intents[] = {
    "Permit: svc-y\n",
    "Permit: ssh\nFrom: 192.0.2.0/24 198.51.100.7 2001:db8::/32\nBecause: \"x\" \\ *\nUntil: 2027-01-31\n",
    "Permit: 1+/tcp 1-65535/udp\nEven-though: all\nBecause: all\nFrom: anyone\n",
    "Permit: svc-y\nFrom: 0.0.0.0/0 ::/0\n",
    "Permit: 7001-64100/tcp\nEven-though: x\nFrom: lan\n\nPermit: 7050/tcp\nFrom: 203.0.113.0/25\n\n"
    "Permit: 7040-7060/tcp 113/tcp\nEven-though: x\nFrom: g vpn\n\n"
    "Zone: lan\nInterfaces: eth1 enp*\nAddresses: 10.0.0.0/8 fd00::/8\n\nZone: vpn\nInterfaces: wg* wg0 tun0\n\n"
    "Group: g\nAddresses: 10.1.0.0-10.1.0.99 2001:db8:1::-2001:db8:1::ff\n",
    "Permit: esp/ip ah/ip 112/ip\nFrom: 192.0.2.1-230.0.0.1 10.0.0.0/8\n",
    "Permit: 546/udp 547/udp\nBecause: x\nFrom: anyone\n\nPermit: 7001/sctp 7001/dccp\nFrom: 2001:db8::1\n",
    "Policy: T\nTable: portolan_x-2\nPriority: 17\nLog-group: kernel\nLog-rate: 7/minute\n\nPermit: 7001/udp\n",
    "Policy: T\nLog-group: none\n\nPermit: 7001/udp\nUntil: 2020-01-01\n",
};

static void proven(void **state)
{
    (void)state;
    need_nft();
    for (size_t i = 0; i < COUNT(intents); i++) {
        struct ptn_policy p;
        struct ptn_err err = {""};
        char *text;
        size_t len;
        AT("%s", intents[i]);
        read_policy(&p, intents[i]);
        EXPECT_INT(ptn_policy_text(&p, &text, &len, &err), 0);
        int r = ptn_policy_prove(&p, text, len, &err);
        if (r < 0)
            fail_msg("%d: %s\n%s", r, err.text, text);
        free(text);
        ptn_policy_release(&p);
    }
}

/* Puts `with` in the place of the first `what`. */
static char *mutate(const char *text, const char *what, const char *with)
{
    const char *at = strstr(text, what);
    const size_t room = strlen(text) + strlen(with) + 1;
    char *out = malloc(room);
    if (!at || !out) {
        fail_msg("nothing to change: %s\n%s", what, text);
        return NULL;
    }
    snprintf(out, room, "%.*s%s%s", (int)(at - text), text, with, at + strlen(what));
    return out;
}

static void broken_is_caught(void **state)
{
    static const char intent[] =
        "Permit: svc-y\nFrom: lan 192.0.2.0/24\n\nZone: lan\nInterfaces: eth1\n\n"
        "Permit: 64100-64200/tcp\nFrom: g\n\nGroup: g\nAddresses: 203.0.113.0/25 2001:db8::/64\n";
    static const struct {
        const char *what, *with, *err; /* err: a part of the sentence */
    } rows[] = {
        {"192.0.2.0/24 counter", "192.0.2.0/23 counter",
         "7001/tcp by eth0: the ruleset accepts it, the intent does not"},
        {"192.0.2.0/24 counter", "192.0.2.0/25 counter",
         "7001/tcp by eth0: the intent accepts it, the ruleset does not"},
        {"\"eth1\"", "\"eth2\"", "7001/tcp by eth2: the ruleset accepts it, the intent does not"},
        {"64100-64200", "64100-64201", "203.0.113.9 -> 64201/tcp by eth0: the ruleset accepts it, the intent does not"},
        {"64100-64200", "64101-64200", "203.0.113.9 -> 64100/tcp by eth0: the intent accepts it, the ruleset does not"},
        {"2001:db8::/64", "2001:db8::/63", "the ruleset accepts it, the intent does not"},
        {"policy drop", "policy accept", ""}, /* the last rule drops all the same */
        {"\t\tcounter drop comment \"not permitted\"\n", "\t\tcounter accept\n",
         " by eth0: the ruleset accepts it, the intent does not"},
        {"\t\tcounter drop comment \"not permitted\"\n", "\t\tip saddr 198.51.100.77 tcp dport 4444 accept\n",
         "198.51.100.77 -> 4444/tcp by eth0: the ruleset accepts it, the intent does not"},
        {"iifname \"lo\" counter accept", "iifname \"lo*\" counter accept",
         "the ruleset accepts it, the intent does not"},
        {"\t\tip daddr 127.0.0.0/8 counter drop", "\t\tip daddr 127.0.0.0/9 counter drop",
         "by ptn-localnet, invalid: the ruleset accepts it, the intent does not"},
        {"ct state established,related", "ct state established",
         ", related: the intent accepts it, the ruleset does not"},
        {"ct state established,related", "ct state established,related,invalid",
         ", invalid: the ruleset accepts it, the intent does not"},
        {"echo-request, destination-unreachable", "echo-request",
         "icmp type 3 by eth0, invalid: the intent accepts it, the ruleset does not"},
        {" ip6 hoplimit 255", "", "icmpv6 type 133 by eth0, invalid: the ruleset accepts it"},
        {"ip6 saddr fe80::/10 counter", "counter", "icmpv6 type 130"},
        {"udp sport 547 ", "", "546/udp by eth0: the ruleset accepts it, the intent does not"},
        {"reject with tcp reset", "drop", "113/tcp by eth0: the ruleset does not reset it"},
        {"reject with tcp reset", "accept", "113/tcp by eth0: the ruleset accepts it"},
        {"tcp dport 113", "tcp dport 113-114", "114/tcp by eth0: the ruleset resets it, where it should be dropped"},
        {"tcp dport vmap @tcp_ports\n", "tcp dport vmap @tcp_ports\n\t\tlimit rate 1/second accept\n",
         "cannot be decided"},
        {"tcp dport vmap @tcp_ports\n", "tcp dport vmap @nowhere\n", "nft: "},
        {"hook input", "hook forward", "the intent does not"},
    };
    struct ptn_policy p;
    struct ptn_err err = {""};
    char *text;
    size_t len;
    (void)state;
    need_nft();
    read_policy(&p, intent);
    EXPECT_INT(ptn_policy_text(&p, &text, &len, &err), 0);
    for (size_t i = 0; i < COUNT(rows); i++) {
        AT("%s -> %s", rows[i].what, rows[i].with);
        char *changed = mutate(text, rows[i].what, rows[i].with);
        err.text[0] = '\0';
        int r = ptn_policy_prove(&p, changed, strlen(changed), &err);
        EXPECT_INT(r, *rows[i].err ? -EBADMSG : 0);
        if (!strstr(err.text, rows[i].err))
            fail_msg("%s [at: %s]", err.text, check_at);
        free(changed);
    }
    free(text);
    ptn_policy_release(&p);
}

/* What others have beside ours stays. */
static void replaced_alone(void **state)
{
    static const char *const load[] = {"nft", "-f", "-", NULL}, *const list[] = {"nft", "list", "ruleset", NULL};
    static const char others[] = "table inet filter {\n\tchain x {\n\t\ttcp dport 1 accept\n\t}\n}\n"
                                 "table ip portolan {\n\tchain x {\n\t}\n}\n"
                                 "table inet portolan {\n\tchain old {\n\t}\n}\n";
    struct ptn_scratch s;
    struct ptn_err err = {""};
    char *out;
    size_t len;
    (void)state;
    need_nft();
    AT("others");
    char *text = text_of("Permit: svc-y\n");
    EXPECT_INT(ptn_scratch_open(&s, &err), 0);
    const struct ptn_door door = {.net = s.net, .user = s.user};
    EXPECT_INT(ptn_tool_run(&door, load, others, strlen(others), 0, NULL, NULL, &err), 0);
    for (int i = 0; i < 2; i++)
        EXPECT_INT(ptn_tool_run(&door, load, text, strlen(text), 0, NULL, NULL, &err), 0);
    EXPECT_INT(ptn_tool_run(&door, list, NULL, 0, 1 << 20, &out, &len, &err), 0);
    ptn_scratch_close(&s);
    EXPECT(strstr(out, "table inet filter {\n\tchain x {\n\t\ttcp dport 1 accept"));
    EXPECT(strstr(out, "table ip portolan {"));
    EXPECT(!strstr(out, "chain old"));
    const char *once = strstr(out, "table inet portolan {");
    EXPECT(once && !strstr(once + 1, "table inet portolan {"));
    free(out);
    free(text);
}

/* ---- examples and differences --------------------------------------------------------------------------------------
 */

static struct ptn_flow box(uint8_t proto, uint16_t lo, uint16_t hi, const char *from_lo, const char *from_hi)
{
    struct ptn_flow f;
    struct ptn_addr a = world_addr(from_lo), b = world_addr(from_hi);
    EXPECT_INT(ptn_flow_init(&f, a.family, proto, "eth3"), 0);
    EXPECT_INT(ptn_flow_put_number(&f, PTN_PKT_DPORT, lo, hi), 0);
    EXPECT_INT(ptn_flow_put(&f, PTN_PKT_SADDR, a.bytes, b.bytes), 0);
    return f;
}

static void an_example(void **state)
{
    static const struct {
        uint8_t proto;
        uint16_t lo, hi;
        const char *from_lo, *from_hi, *text;
    } rows[] = {
        {IPPROTO_TCP, 25, 25, "0.0.0.0", "255.255.255.255", "203.0.113.9 -> 25/tcp by eth3"},
        {IPPROTO_TCP, 0, 65535, "10.0.0.0", "10.255.255.255", "10.0.0.9 -> 22/tcp by eth3"},
        {IPPROTO_UDP, 100, 200, "172.16.0.0", "172.16.0.255", "172.16.0.1 -> 100/udp by eth3"},
        {IPPROTO_UDP, 100, 200, "172.16.0.0", "172.16.0.0", "172.16.0.0 -> 100/udp by eth3"},
        {50, 0, 65535, "2001:db8::", "2001:db8::ffff", "2001:db8::9 -> IP protocol 50 by eth3"},
    };
    char text[PTN_EXAMPLE_TEXT];
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptn_flow f = box(rows[i].proto, rows[i].lo, rows[i].hi, rows[i].from_lo, rows[i].from_hi);
        AT("%s", rows[i].text);
        EXPECT_TEXT(ptn_box_example(&f, text), rows[i].text);
        ptn_flow_release(&f);
    }
    struct ptn_flow f = box(IPPROTO_ICMP, 0, 0, "192.0.2.1", "192.0.2.1");
    struct ptn_addr to = world_addr("192.0.2.80");
    AT("icmp");
    EXPECT_INT(ptn_flow_put_addr(&f, PTN_PKT_DADDR, &to), 0);
    EXPECT_INT(ptn_flow_put_number(&f, PTN_PKT_CT_STATE, 2, 2), 0);
    EXPECT_INT(ptn_flow_put_number(&f, PTN_PKT_TTL, 255, 255), 0);
    EXPECT_TEXT(ptn_box_example(&f, text), "192.0.2.1 -> 192.0.2.80 icmp type 8 by eth3, established, ttl 255");
    ptn_flow_take(&f, PTN_PKT_SADDR, ptn_ranges_none(4));
    EXPECT_TEXT(ptn_box_example(&f, text), "nothing");
    ptn_flow_release(&f);
}

static void answer(struct ptn_answers *a, struct ptn_flow f, enum ptn_answer what)
{
    a->items = reallocarray(a->items, a->n + 1, sizeof(*a->items));
    a->items[a->n++] = (struct ptn_outcome){.box = f, .answer = what, .local = what == PTN_ANSWER_ACCEPT};
}

#define ANY "0.0.0.0", "255.255.255.255"

static void differences(void **state)
{
    struct ptn_answers a = {0}, b = {0};
    struct ptn_changes c;
    char text[PTN_EXAMPLE_TEXT];
    (void)state;
    AT("differences");
    /* before: all drop but 22. after: 22 for 10/8 only, 80 and 81 open in pieces */
    answer(&a, box(IPPROTO_TCP, 22, 22, ANY), PTN_ANSWER_ACCEPT);
    answer(&a, box(IPPROTO_TCP, 0, 21, ANY), PTN_ANSWER_DROP);
    answer(&a, box(IPPROTO_TCP, 23, 65535, ANY), PTN_ANSWER_DROP);
    answer(&b, box(IPPROTO_TCP, 22, 22, "10.0.0.0", "10.255.255.255"), PTN_ANSWER_ACCEPT);
    answer(&b, box(IPPROTO_TCP, 22, 22, "0.0.0.0", "9.255.255.255"), PTN_ANSWER_DROP);
    answer(&b, box(IPPROTO_TCP, 22, 22, "11.0.0.0", "255.255.255.255"), PTN_ANSWER_DROP);
    for (uint16_t port = 80; port < 82; port++) {
        answer(&b, box(IPPROTO_TCP, port, port, "0.0.0.0", "127.255.255.255"), PTN_ANSWER_ACCEPT);
        answer(&b, box(IPPROTO_TCP, port, port, "128.0.0.0", "255.255.255.255"), PTN_ANSWER_ACCEPT);
    }
    answer(&b, box(IPPROTO_TCP, 0, 21, ANY), PTN_ANSWER_DROP);
    answer(&b, box(IPPROTO_TCP, 23, 79, ANY), PTN_ANSWER_DROP);
    answer(&b, box(IPPROTO_TCP, 82, 65535, ANY), PTN_ANSWER_DROP);
    EXPECT_INT(ptn_answers_diff(&c, &a, &b), 0);
    EXPECT_INT(c.n, 2);
    EXPECT_TEXT(ptn_box_example(&c.items[0].box, text), "203.0.113.9 -> 22/tcp by eth3");
    EXPECT_INT(c.items[0].a->answer, PTN_ANSWER_ACCEPT);
    EXPECT_INT(c.items[0].b->answer, PTN_ANSWER_DROP);
    EXPECT_INT(c.items[0].box.field[PTN_PKT_SADDR]->n, 2);
    EXPECT_TEXT(ptn_box_example(&c.items[1].box, text), "203.0.113.9 -> 80/tcp by eth3");
    EXPECT_INT(ptn_ranges_count(c.items[1].box.field[PTN_PKT_DPORT]), 2);
    EXPECT_INT(c.items[1].box.field[PTN_PKT_SADDR]->n, 1);
    ptn_changes_release(&c);
    AT("none");
    EXPECT_INT(ptn_answers_diff(&c, &b, &b), 0);
    EXPECT_INT(c.n, 0);
    ptn_changes_release(&c);
    ptn_answers_release(&a);
    ptn_answers_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_lines),  cmocka_unit_test(long_comments),    cmocka_unit_test(too_many_overlap),
        cmocka_unit_test(proven),     cmocka_unit_test(broken_is_caught), cmocka_unit_test(replaced_alone),
        cmocka_unit_test(an_example), cmocka_unit_test(differences),
    };
    return check_all_in(tests, open_chart, close_chart);
}
