/* Intents: what is read, what is refused and in which words, what becomes a policy. */
#include "judge/intent.h"

#include <netinet/in.h>

#include "complaints.h"
#include "world.h"

static struct ptn_chart *chart;

static int open_chart(void **state)
{
    (void)state;
    chart = world_chart("Service: svc-y\nPorts: 7001/tcp 7001/udp\nTitle: t\nSafe: Y\nWhy: w.\nDo: d.\n\n"
                        "Service: svc-l\nPorts: 7002/tcp\nTitle: t\nSafe: -\nWhy: It holds salaries.\nDo: d.\n\n"
                        "Service: svc-n\nPorts: 7003/tcp\nTitle: t\nSafe: N\nWhy: It is clear text.\nDo: d.\n"
                        "Instead: svc-y\n\n"
                        "Service: svc-q\nPorts: 7004/tcp\nTitle: t\nSafe: ?\nWhy: w.\nDo: d.\n\n"
                        "Service: svc-also\nAlso: 7001/tcp\nTitle: t\nSafe: Y\nWhy: w.\nDo: d.\n\n"
                        "Service: svc-was\nWas: 7009/tcp\nTitle: t\nSafe: Y\nWhy: w.\nDo: d.\n");
    return 0;
}

static int close_chart(void **state)
{
    (void)state;
    ptn_chart_close(chart);
    return 0;
}

static int read_on(struct ptn_policy *p, const char *text, const char *today, struct ptn_err *err)
{
    const struct ptn_intent_opts opts = {.today = today};
    err->text[0] = '\0';
    return ptn_intent_read(p, chart, "i.rec", text, strlen(text), &opts, err);
}

static void read_good(struct ptn_policy *p, const char *text)
{
    struct ptn_err err;
    int r = read_on(p, text, "2026-11-23", &err);
    if (r < 0)
        fail_msg("%d: %s [at: %s]", r, err.text, check_at);
}

struct row {
    const char *text, *err;
};

static void refuse_each(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct ptn_policy p;
        struct ptn_err err;
        AT("%s", rows[i].text);
        EXPECT_INT(read_on(&p, rows[i].text, "2026-11-23", &err), -EINVAL);
        EXPECT_TEXT(err.text, rows[i].err);
    }
}

static void not_a_record(void **state)
{
    static const struct row rows[] = {
        {"", "i.rec:1: no record of this file begins with Permit:"},
        {"# nothing\n\nGroup: a\nAddresses: 192.0.2.1\n", "i.rec:1: no record of this file begins with Permit:"},
        {"22/tcp\n", "i.rec:1: expected \"Field: value\""},
        {"From: anyone\nPermit: svc-y\n",
         "i.rec:1: a record begins with Permit:, Group:, Zone: or Policy:, not with From:"},
        {"Permit: svc-y\nUser: me\n", "i.rec:2: unknown field \"User\""},
        {"Permit: svc-y\nAddresses: 192.0.2.1\n", "i.rec:2: Addresses: does not belong into a record of this kind"},
        {"Permit: svc-y\nGroup: a\n", "i.rec:2: Group: does not belong into a record of this kind"},
        {"Permit: svc-y\nOwner: a\nOwner: b\n", "i.rec:3: Owner stands twice in this record"},
        {"Permit:\n", "i.rec:1: Permit: has no value"},
        {"Permit: svc-y\nFrom:\n", "i.rec:2: From: has no value"},
        {"Permit: svc-y\nBecause:\n", "i.rec:2: Because: has no value"},
        {"Permit: svc-y\nUntil: tomorrow\n", "i.rec:2: Until: \"tomorrow\" is not a day, YYYY-MM-DD"},
        {"Permit: svc-y\nUntil: 2027-02-30\n", "i.rec:2: Until: \"2027-02-30\" is not a day, YYYY-MM-DD"},
        {"Permit: svc-y\nUntil: 2027-02\n", "i.rec:2: Until: \"2027-02\" is not a day, YYYY-MM-DD"},
    };
    (void)state;
    refuse_each(rows, COUNT(rows));
}

static void not_a_port(void **state)
{
    static const struct row rows[] = {
        {"Permit: 0/tcp\n", "i.rec:1: Permit: \"0/tcp\": nothing listens on port 0"},
        {"Permit: 0-10/tcp\n", "i.rec:1: Permit: \"0-10/tcp\": nothing listens on port 0"},
        {"Permit: 7001\n", "i.rec:1: Permit: \"7001\": a port has a protocol: say /tcp or /udp"},
        {"Permit: 70000/tcp\n", "i.rec:1: Permit: \"70000/tcp\": a port is a number from 0 to 65535"},
        {"Permit: 10-/tcp\n", "i.rec:1: Permit: \"10-/tcp\": half a range: write N-M, or N+ for everything from N up"},
        {"Permit: 20-10/tcp\n", "i.rec:1: Permit: \"20-10/tcp\": the range runs backwards"},
        {"Permit: 7001/icmp\n", "i.rec:1: Permit: \"7001/icmp\": the protocol must be tcp, udp, sctp or dccp"},
        {"Permit: 300/ip\n",
         "i.rec:1: Permit: \"300/ip\": not an IP protocol: a number from 0 to 255, or esp, ah, gre, ..."},
        {"Permit: 6/ip\n", "i.rec:1: Permit: \"6/ip\": this protocol has ports: say which"},
        {"Permit: 58/ip\n",
         "i.rec:1: Permit: \"58/ip\": the messages that must pass do so always, and the others never"},
        {"Permit: svc-q svc-was\n",
         "i.rec:1: Permit: \"svc-was\": this service has no such port of its own: say its port"},
        {"Permit: svc-q/udp\n",
         "i.rec:1: Permit: \"svc-q/udp\": this service has no such port of its own: say its port"},
        {"Permit: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n",
         "i.rec:1: Permit: no service is called \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\""},
        {"Permit: /\n", "i.rec:1: Permit: no service is called \"/\""},
    };
    (void)state;
    refuse_each(rows, COUNT(rows));
    struct ptn_policy p;
    struct ptn_err err;
    AT("near");
    EXPECT_INT(read_on(&p, "Permit: svc-yy\n", NULL, &err), -EINVAL);
    EXPECT(strstr(err.text, "no service is called \"svc-yy\"; near it: svc-y"));
}

static void not_a_place(void **state)
{
    static const struct row rows[] = {
        {"Permit: svc-y\nFrom: home\n", "i.rec:2: From: \"home\": neither an address nor a group or zone of this file"},
        {"Permit: svc-y\nFrom: my-home\n",
         "i.rec:2: From: \"my-home\": neither a range of addresses nor a group or zone of this file"},
        {"Permit: svc-y\nFrom: anyone 192.0.2.1\n",
         "i.rec:2: From: anyone holds everybody: nothing can stand beside it"},
        {"Permit: svc-y\nFrom: 192.0.2.0/33\n",
         "i.rec:2: From: \"192.0.2.0/33\": not a prefix, as 192.0.2.0/24 or 2001:db8::/32 is one"},
        {"Permit: svc-y\nFrom: 192.0.2.7/24\n",
         "i.rec:2: From: \"192.0.2.7/24\": the address goes beyond its prefix: 192.0.2.0/24 is the network, 192.0.2.7 "
         "the one address"},
        {"Permit: svc-y\nFrom: 192.0.2.9-192.0.2.1\n",
         "i.rec:2: From: \"192.0.2.9-192.0.2.1\": the range runs backwards"},
        {"Permit: svc-y\nFrom: 127.0.0.1\n",
         "i.rec:2: From: \"127.0.0.1\": this machine itself is always let in by lo, and never by another interface"},
        {"Permit: svc-y\nFrom: ff02::1\n", "i.rec:2: From: \"ff02::1\": nobody sends from a multicast address"},
        {"Permit: svc-y\nFrom: ::ffff:192.0.2.1\n",
         "i.rec:2: From: \"::ffff:192.0.2.1\": write the IPv4 address that it is: packets have that"},
        {"Permit: svc-y\n\nGroup: a\nAddresses: 192.0.2.1-x\n",
         "i.rec:4: Addresses: \"192.0.2.1-x\": not a range of addresses, as 192.0.2.1-192.0.2.9 is one"},
        {"Permit: svc-y\n\nGroup: a\nAddresses: a\n", "i.rec:4: Addresses: \"a\": not an address"},
        {"Permit: svc-y\n\nGroup: a\n", "i.rec:3: Group: this record has no Addresses:"},
        {"Permit: svc-y\n\nZone: a\nAddresses: 192.0.2.1\n", "i.rec:3: Zone: this record has no Interfaces:"},
        {"Permit: svc-y\n\nGroup: a\nAddresses: 192.0.2.1\n\nZone: a\nInterfaces: eth0\n",
         "i.rec:6: Zone: \"a\" is the name of a group already, in line 3"},
        {"Permit: svc-y\n\nGroup: anyone\nAddresses: 192.0.2.1\n",
         "i.rec:3: Group: \"anyone\": this word means everybody already"},
        {"Permit: svc-y\n\nGroup: 2nd\nAddresses: 192.0.2.1\n",
         "i.rec:3: Group: \"2nd\": a name begins with a letter and has letters, digits and . _ - only"},
        {"Permit: svc-y\n\nGroup: a\"b\nAddresses: 192.0.2.1\n",
         "i.rec:3: Group: \"a\"b\": a name begins with a letter and has letters, digits and . _ - only"},
        {"Permit: svc-y\n\nZone: a\nInterfaces: eth\"\n", "i.rec:4: Interfaces: \"eth\"\": not a name of an interface"},
        {"Permit: svc-y\n\nZone: a\nInterfaces: e*0\n",
         "i.rec:4: Interfaces: \"e*0\": a name of an interface has at most 15 characters, and a * only at its end"},
        {"Permit: svc-y\n\nZone: a\nInterfaces: abcdefghijklmnop\n",
         "i.rec:4: Interfaces: \"abcdefghijklmnop\": a name of an interface has at most 15 characters, and a * only at "
         "its "
         "end"},
        {"Permit: svc-y\n\nZone: a\nInterfaces: *\n", "i.rec:4: Interfaces: \"*\": every interface is From: anyone"},
        {"Permit: svc-y\n\nZone: a\nInterfaces: l*\n",
         "i.rec:4: Interfaces: \"l*\": lo is always let in, and belongs to no zone"},
    };
    (void)state;
    refuse_each(rows, COUNT(rows));
}

static void not_a_setting(void **state)
{
    static const struct row rows[] = {
        {"Permit: svc-y\n\nPolicy: a\n\nPolicy: b\n", "i.rec:5: Policy: there is one such record already"},
        {"Permit: svc-y\n\nPolicy:\nTable: filter\n", "i.rec:4: Table: \"filter\": the name begins with portolan, so "
                                                      "that no table of another is replaced, and goes on "
                                                      "with letters, digits, - and _, to 32 in all"},
        {"Permit: svc-y\n\nPolicy:\nTable: portolan {\n", "i.rec:4: Table: \"portolan {\": the name begins with "
                                                          "portolan, so that no table of another is replaced, and goes "
                                                          "on with letters, digits, - and _, to 32 in all"},
        {"Permit: svc-y\n\nPolicy:\nPriority: first\n",
         "i.rec:4: Priority: \"first\" is not a number from -1000 to 1000"},
        {"Permit: svc-y\n\nPolicy:\nLog-group: 65536\n",
         "i.rec:4: Log-group: \"65536\" is not a number from 0 to 65535, kernel or none"},
        {"Permit: svc-y\n\nPolicy:\nLog-rate: 0/second\n",
         "i.rec:4: Log-rate: \"0/second\" is not N/second, N/minute, N/hour or N/day"},
        {"Permit: svc-y\n\nPolicy:\nLog-rate: 5\n",
         "i.rec:4: Log-rate: \"5\" is not N/second, N/minute, N/hour or N/day"},
    };
    (void)state;
    refuse_each(rows, COUNT(rows));
}

/* The heart: what the chart says is refused unless the record answers it. "" as the error: it is taken. */
static void judged(void **state)
{
#define UNSAFE "It is clear text. Say Even-though: and the reason if it must be, or permit svc-y instead."
#define LIMITED "It holds salaries. Say From: whom, or From: anyone and Because:."
#define SILENT "It holds salaries. Who lets in everybody says Because:."
    static const struct row rows[] = {
        {"Permit: svc-y\n", ""},
        {"Permit: svc-q\n", ""},
        {"Permit: 7999/tcp\n", ""},
        {"Permit: svc-n\n", "i.rec:1: Permit: svc-n is rated N. " UNSAFE},
        {"Permit: svc-n\nFrom: 192.0.2.1\nBecause: x\n", "i.rec:1: Permit: svc-n is rated N. " UNSAFE},
        {"Permit: svc-n\nEven-though: The old switches know nothing else.\n", ""},
        {"Permit: svc-y\n+ svc-n\n", "i.rec:1: Permit: svc-n is rated N. " UNSAFE},
        {"Permit: 7003/tcp\n", "i.rec:1: Permit: 7003/tcp (svc-n by its number) is rated N. " UNSAFE},
        {"Permit: 7003/tcp\nEven-though: x\n", ""},
        {"Permit: 7999/udp\n", ""},
        {"Permit: 7003-7010/tcp\n", "i.rec:1: Permit: 7003-7010/tcp (7003 is svc-n by its number) is rated N. " UNSAFE},
        {"Permit: svc-l\n", "i.rec:1: Permit: svc-l is rated -. " LIMITED},
        {"Permit: svc-l\nBecause: x\n", "i.rec:1: Permit: svc-l is rated -. " LIMITED},
        {"Permit: svc-l\nFrom: anyone\n", "i.rec:1: Permit: svc-l is rated -. " SILENT},
        {"Permit: svc-l\nFrom: anyone\nBecause: x\n", ""},
        {"Permit: svc-l\nFrom: 192.0.2.1\n", ""},
        {"Permit: svc-l\nFrom: 0.0.0.0/0\n", "i.rec:1: Permit: svc-l is rated -. " SILENT},
        {"Permit: svc-l\nFrom: 0.0.0.0/1\n", "i.rec:1: Permit: svc-l is rated -. " SILENT},
        {"Permit: svc-l\nFrom: 0.0.0.0/2 64.0.0.0/3 96.0.0.0/3\n", "i.rec:1: Permit: svc-l is rated -. " SILENT},
        {"Permit: svc-l\nFrom: 192.0.2.0/24 2000::/3\n", "i.rec:1: Permit: svc-l is rated -. " SILENT},
        {"Permit: svc-l\nFrom: fc00::/7 10.0.0.0/8\n", ""},
        {"Permit: svc-l\nFrom: all\n\nGroup: all\nAddresses: 0.0.0.0/0\n",
         "i.rec:1: Permit: svc-l is rated -. " SILENT},
        {"Permit: svc-l\nFrom: lan\n\nZone: lan\nInterfaces: eth1\n", ""},
        {"Permit: 7002/tcp\n", "i.rec:1: Permit: 7002/tcp (svc-l by its number) is rated -. " LIMITED},
        {"Permit: 7002/tcp\nFrom: 192.0.2.1\n", ""},
        {"Permit: svc-l svc-n\nFrom: 192.0.2.1\nEven-though: x\n", ""},
        /* a name is judged as itself, whoever else has its port */
        {"Permit: svc-also\n", ""},
        /* over: not in the ruleset, so not judged */
        {"Permit: svc-n\nUntil: 2026-11-22\n", ""},
        {"Permit: svc-n\nUntil: 2026-11-23\n", "i.rec:1: Permit: svc-n is rated N. " UNSAFE},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptn_policy p;
        struct ptn_err err;
        AT("%s", rows[i].text);
        EXPECT_INT(read_on(&p, rows[i].text, "2026-11-23", &err), *rows[i].err ? -EINVAL : 0);
        EXPECT_TEXT(err.text, rows[i].err);
        if (!*rows[i].err)
            ptn_policy_release(&p);
    }
}

static void everything_told(void **state)
{
    static const char text[] =
        "Permit: svc-n\n\nPermit: svc-y\nFrom: home\n\nWrong\n\nPolicy: x\nTable: y\n\nPermit: svc-y\n";
    static const char *const want[] = {
        "i.rec:6: expected \"Field: value\"",
        "i.rec:9: Table: \"y\": the name begins with portolan, so that no table of another is replaced, and goes on "
        "with "
        "letters, digits, - and _, to 32 in all",
        "i.rec:1: Permit: svc-n is rated N. It is clear text. Say Even-though: and the reason if it must be, or permit "
        "svc-y instead.",
        "i.rec:4: From: \"home\": neither an address nor a group or zone of this file",
        NULL,
    };
    struct complaints all = {.n = 0};
    const struct ptn_intent_opts opts = {.complain = keep_complaint, .ctx = &all};
    struct ptn_policy p;
    struct ptn_err err;
    (void)state;
    AT("all");
    EXPECT_INT(ptn_intent_read(&p, chart, "i.rec", text, strlen(text), &opts, &err), -EINVAL);
    expect_complaints(&all, want);
    EXPECT_TEXT(err.text, want[0]);
}

static void expect_openings(const struct ptn_permit *p, const struct ptn_opening *want, size_t n)
{
    EXPECT_INT(p->n_openings, n);
    for (size_t i = 0; i < n; i++) {
        EXPECT_INT(p->openings[i].proto, want[i].proto);
        EXPECT_INT(p->openings[i].lo, want[i].lo);
        EXPECT_INT(p->openings[i].hi, want[i].hi);
    }
}

#define OPENINGS(p, ...)                                                                                               \
    expect_openings(p, (const struct ptn_opening[]){__VA_ARGS__},                                                      \
                    sizeof((const struct ptn_opening[]){__VA_ARGS__}) / sizeof(struct ptn_opening))

static void opened(void **state)
{
    struct ptn_policy p;
    (void)state;
    AT("names and ports");
    read_good(&p, "Permit: svc-y svc-q/tcp 7999/sctp 65000+/udp 7100-7110/dccp\n\n"
                  "Permit: svc-y/udp SVC-Y/tcp 7001/tcp\n\nPermit: esp/ip 89/ip\n\nPermit: svc-also ssh/tcp");
    EXPECT_INT(p.n_permits, 4);
    OPENINGS(&p.permits[0], {IPPROTO_TCP, 7001, 7001}, {IPPROTO_UDP, 7001, 7001}, {IPPROTO_TCP, 7004, 7004},
             {IPPROTO_SCTP, 7999, 7999}, {IPPROTO_UDP, 65000, 65535}, {IPPROTO_DCCP, 7100, 7110});
    OPENINGS(&p.permits[1], {IPPROTO_UDP, 7001, 7001}, {IPPROTO_TCP, 7001, 7001});
    OPENINGS(&p.permits[2], {0, 50, 50}, {0, 89, 89});
    OPENINGS(&p.permits[3], {IPPROTO_TCP, 7001, 7001}, {IPPROTO_TCP, 22, 22});
    EXPECT(p.permits[0].anyone);
    ptn_policy_release(&p);
}

static void placed(void **state)
{
    struct ptn_policy p;
    (void)state;
    AT("places");
    read_good(&p, "Permit: svc-y\nFrom: office 192.0.2.1 192.0.2.2-192.0.2.7 2001:db8::/32 lan office\n\n"
                  "Group: office\nAddresses: 198.51.100.0/25 198.51.100.128/25\n\n"
                  "Group: idle\nAddresses: 198.51.100.0/25\n\n"
                  "Zone: lan\nInterfaces: eth0 eth1 eth* wg0 eth7 wg0\n");
    const struct ptn_permit *permit = &p.permits[0];
    EXPECT(!permit->anyone);
    EXPECT_INT(permit->v4->n, 1);
    EXPECT_INT(permit->v6->n, 1);
    EXPECT_INT(permit->n_origins, 2);
    EXPECT_TEXT(permit->origins[0]->name, "office");
    EXPECT_INT(permit->origins[0]->v4->n, 1);
    EXPECT_INT(permit->origins[0]->v6->n, 0);
    const struct ptn_origin *lan = permit->origins[1];
    EXPECT(lan->zone && !lan->v4 && !lan->v6);
    EXPECT_INT(lan->n_ifaces, 2);
    EXPECT_TEXT(lan->ifaces[0], "eth*");
    EXPECT_TEXT(lan->ifaces[1], "wg0");
    EXPECT(lan->used && !p.origins[1]->used);
    ptn_policy_release(&p);
}

static void settings(void **state)
{
    struct ptn_policy p;
    (void)state;
    AT("none");
    read_good(&p, "Permit: svc-y\n");
    EXPECT_TEXT(p.table, "portolan");
    EXPECT_TEXT(p.title, "");
    EXPECT_INT(p.log, PTN_POLICY_LOG_GROUP);
    EXPECT_INT(p.log_group, 1);
    EXPECT_INT(p.log_rate, 10);
    EXPECT_INT(p.priority, 0);
    ptn_policy_release(&p);
    AT("all");
    read_good(&p, "Policy: The shop\nTable: portolan-shop\nPriority: -7\nLog-group: 65535\nLog-rate: 3/minute\n\n"
                  "Permit: svc-y\n");
    EXPECT_TEXT(p.table, "portolan-shop");
    EXPECT_TEXT(p.title, "The shop");
    EXPECT_INT(p.log_group, 65535);
    EXPECT_INT(p.log_rate, 3);
    EXPECT_TEXT(p.log_per, "minute");
    EXPECT_INT(p.priority, -7);
    ptn_policy_release(&p);
    AT("kernel");
    read_good(&p, "Permit: svc-y\n\nPolicy:\nLog-group: kernel\n");
    EXPECT_INT(p.log, PTN_POLICY_LOG_KERNEL);
    ptn_policy_release(&p);
}

static void over(void **state)
{
    struct ptn_policy p;
    (void)state;
    AT("over");
    read_good(&p, "Permit: svc-y\nUntil: 2026-11-22\nFrom: a\n\nPermit: svc-q\nUntil: 2026-11-23\n\n"
                  "Group: a\nAddresses: 192.0.2.1\n");
    EXPECT_INT(p.n_permits, 1);
    EXPECT_TEXT(p.permits[0].what, "svc-q");
    EXPECT_INT(p.n_over, 1);
    EXPECT_TEXT(p.over[0].what, "svc-y");
    EXPECT_TEXT(p.over[0].until, "2026-11-22");
    EXPECT_INT(p.over[0].line, 1);
    EXPECT(!p.origins[0]->used);
    ptn_policy_release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(not_a_record),  cmocka_unit_test(not_a_port), cmocka_unit_test(not_a_place),
        cmocka_unit_test(not_a_setting), cmocka_unit_test(judged),     cmocka_unit_test(everything_told),
        cmocka_unit_test(opened),        cmocka_unit_test(placed),     cmocka_unit_test(settings),
        cmocka_unit_test(over),
    };
    return check_all_in(tests, open_chart, close_chart);
}
