/* The judge: machines made up, and what is said of each listener. */
#include "world.h"

static struct ptn_chart *chart;

static int open_chart(void **state)
{
    (void)state;
    chart = world_chart(
        "Service: svc-y\nPorts: 7001/tcp 7001/udp\nTitle: t\nSafe: Y\nWhy: wy.\nDo: dy.\nProcess: proc-y\n\n"
        "Service: svc-l\nPorts: 7002/tcp\nTitle: t\nSafe: -\nWhy: wl.\nDo: dl.\nProcess: proc-l\n\n"
        "Service: svc-n\nPorts: 7003/tcp 7003/udp\nTitle: t\nSafe: N\nWhy: wn.\nDo: dn.\nProcess: proc-n\n\n"
        "Service: svc-d\nPorts: 7004/tcp\nTitle: t\nSafe: ?\nWhy: wd.\nDo: dd.\nProcess: proc-d\n\n"
        "Service: svc-odd\nPorts: 7005/tcp\nTitle: t\nSafe: Y\nWhy: w.\nDo: d.\nProcess: proc-odd\n"
        "Odd-port: worry\n");
    return 0;
}

static int close_chart(void **state)
{
    (void)state;
    ptn_chart_close(chart);
    return 0;
}

/* ---- how far ------------------------------------------------------------------------------------------------ */

#define NONE (-1)

static void expect_reach(const struct ptn_reach *r, int rung)
{
    EXPECT_TEXT(r->any ? ptn_rung_word(r->rung) : "-", rung == NONE ? "-" : ptn_rung_word((enum ptn_rung)rung));
    if (r->any)
        EXPECT(r->step && *r->step);
}

static void rungs(void **state)
{
    static const struct {
        const char *address;
        int v4, v6;
        const char *step; /* words of the step that decided */
    } rows[] = {
        {"127.0.0.1", PTN_RUNG_LOOPBACK, NONE, "loopback address"},
        {"127.0.0.53", PTN_RUNG_LOOPBACK, NONE, "loopback address"},
        {"::1", NONE, PTN_RUNG_LOOPBACK, "loopback address"},
        {"192.0.2.10", PTN_RUNG_INTERNET, NONE, "from the internet by eth0"},
        {"2001:db8::10", NONE, PTN_RUNG_INTERNET, "from the internet by eth0"},
        /* Linux answers for each of its addresses on every interface: a neighbour may ask for any of them */
        {"10.0.0.5", PTN_RUNG_VPN, NONE, "from the VPN by wg0"},
        {"fd00::5", NONE, PTN_RUNG_LAN, "from the local network by eth"},
        {"fe80::10", NONE, PTN_RUNG_LAN, "from the local network by eth0"},
        {"172.17.0.1", PTN_RUNG_VPN, NONE, "from the VPN by wg0"},
        {"10.8.0.1", PTN_RUNG_VPN, NONE, "from the VPN by wg0"},
        {"198.51.100.1", PTN_RUNG_INTERNET, NONE, "from the internet by eth0"}, /* its own interface is down */
        {"203.0.113.9", PTN_RUNG_NOBODY, NONE, "no interface has"},
        {"2001:db8::99", NONE, PTN_RUNG_NOBODY, "no interface has"},
        {"224.0.0.251", PTN_RUNG_VPN, NONE, "from the VPN by wg0"},
        {"ff02::fb", NONE, PTN_RUNG_LAN, "from the local network by eth"},
        {"0.0.0.0", PTN_RUNG_INTERNET, NONE, "from the internet by eth0"},
        {"::", NONE, PTN_RUNG_INTERNET, "from the internet by eth0"},
        {"*", PTN_RUNG_INTERNET, PTN_RUNG_INTERNET, "from the internet by eth0"},
        {"0.0.0.0%lo", PTN_RUNG_LOOPBACK, NONE, "only this machine"},
        {"0.0.0.0%eth0", PTN_RUNG_INTERNET, NONE, "from the internet by eth0"},
        {"0.0.0.0%eth1", PTN_RUNG_LAN, NONE, "from the local network by eth1"},
        {"0.0.0.0%docker0", PTN_RUNG_CONTAINER, NONE, "from containers by docker0"},
        {"0.0.0.0%wg0", PTN_RUNG_VPN, NONE, "from the VPN by wg0"},
        {"0.0.0.0%down0", PTN_RUNG_NOBODY, NONE, "nobody can ask for it"},
        {"192.0.2.10%eth1", PTN_RUNG_LAN, NONE, "from the local network by eth1"},
        {"::%docker0", NONE, NONE, NULL}, /* there is no IPv6 on it */
        /* an IPv6 socket with an IPv4 address inside hears IPv4 alone */
        {"::ffff:192.0.2.10", PTN_RUNG_INTERNET, NONE, "from the internet by eth0"},
        {"::ffff:127.0.0.1", PTN_RUNG_LOOPBACK, NONE, "loopback address"},
        {"::ffff:0.0.0.0", PTN_RUNG_INTERNET, NONE, "from the internet by eth0"},
    };
    struct world *w = world_public();
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        world_listen(w, PTN_UDP, rows[i].address, 7001, "proc-y");
    world_judge(w, chart);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct ptn_finding *f = world_finding(w, &w->listeners[i]);
        AT("%s", rows[i].address);
        expect_reach(&f->v4, rows[i].v4);
        expect_reach(&f->v6, rows[i].v6);
        int best = rows[i].v4 > rows[i].v6 ? rows[i].v4 : rows[i].v6;
        EXPECT_INT(f->rung, best == NONE ? PTN_RUNG_NOBODY : best);
        const char *step = f->v4.any ? f->v4.step : f->v6.any ? f->v6.step : NULL;
        if (rows[i].step && !(step && strstr(step, rows[i].step)))
            fail_msg("the step \"%s\" has no \"%s\" [at: %s]", step, rows[i].step, check_at);
        if (best > PTN_RUNG_HOST)
            EXPECT(strstr(step, "if the packet filter lets it"));
    }
}

/* Behind a router, or on no network at all. */
static void private_machines(void **state)
{
    static const struct {
        const char *address, *traits, *bind;
        enum ptn_rung rung;
    } rows[] = {
        {"192.168.1.5", "default4", "0.0.0.0", PTN_RUNG_LAN},
        {"100.64.0.5", "default4", "0.0.0.0", PTN_RUNG_LAN},
        {"169.254.3.3", "", "0.0.0.0", PTN_RUNG_LAN},
        {"192.0.2.5", "", "0.0.0.0", PTN_RUNG_LAN},
        {"192.0.2.5", "default6", "0.0.0.0", PTN_RUNG_LAN}, /* the other family's route */
        {"192.0.2.5", "default4", "0.0.0.0", PTN_RUNG_INTERNET},
        {"192.0.2.5", "default4 down", "0.0.0.0", PTN_RUNG_LOOPBACK},
        {"fd00::5", "default6", "::", PTN_RUNG_LAN},
        {"fe80::5", "default6", "::", PTN_RUNG_LAN},
        {"2001:db8::5", "default4", "::", PTN_RUNG_LAN},
        {"2001:db8::5", "default6", "::", PTN_RUNG_INTERNET},
        {"192.0.2.5", "default4", "::", PTN_RUNG_LOOPBACK}, /* IPv6 only has its ::1 */
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        static struct world w;
        w = (struct world){0};
        world_netns(&w, "host", true);
        world_iface(&w, "lo", PTN_LINK_LOOPBACK, "");
        world_address(&w, "127.0.0.1");
        world_address(&w, "::1");
        world_iface(&w, "eth0", PTN_LINK_ETHERNET, rows[i].traits);
        world_address(&w, rows[i].address);
        world_listen(&w, PTN_TCP, rows[i].bind, 7001, "proc-y");
        world_judge(&w, chart);
        AT("%s (%s), bound to %s", rows[i].address, rows[i].traits, rows[i].bind);
        EXPECT_TEXT(ptn_rung_word(w.findings.items[0].rung), ptn_rung_word(rows[i].rung));
        ptn_findings_release(&w.findings);
    }
}

static void no_address_at_all(void **state)
{
    static struct world w;
    (void)state;
    w = (struct world){0};
    world_netns(&w, "empty", false);
    world_listen(&w, PTN_TCP, "*", 7003, "proc-n");
    world_judge(&w, chart);
    const struct ptn_finding *f = &w.findings.items[0];
    AT("no address");
    EXPECT_INT(f->rung, PTN_RUNG_NOBODY);
    EXPECT_INT(f->verdict, PTN_VERDICT_OK);
    ptn_findings_release(&w.findings);
}

/* A container's listener is reached from the host and its neighbours; a full tunnel's address from everywhere. */
static void containers_and_tunnels(void **state)
{
    struct world *w = world_public();
    (void)state;
    struct ptn_listener *inside = world_socket(w, 1, PTN_TCP, "0.0.0.0", 7003);
    world_owner(w, inside, "proc-n");
    world_judge(w, chart);
    AT("in a container");
    EXPECT_TEXT(ptn_rung_word(world_finding(w, inside)->rung), "host");
    EXPECT_TEXT(world_finding(w, inside)->netns->name, "web");
    static struct world t;
    t = (struct world){0};
    world_netns(&t, "host", true);
    world_iface(&t, "wg0", PTN_LINK_VPN, "default4");
    world_address(&t, "192.0.2.77");
    world_listen(&t, PTN_TCP, "0.0.0.0", 7001, "proc-y");
    world_judge(&t, chart);
    AT("a public address in a tunnel with the default route");
    EXPECT_TEXT(ptn_rung_word(t.findings.items[0].rung), "internet");
    ptn_findings_release(&t.findings);
}

/* ---- the verdict --------------------------------------------------------------------------------------------- */

enum {
    OK = PTN_VERDICT_OK,
    ASK = PTN_VERDICT_ASK,
    LIMIT = PTN_VERDICT_LIMIT,
    WORRY = PTN_VERDICT_WORRY,
    BLIND = PTN_VERDICT_BLIND
};

/* One bind a rung; host is the container's namespace. */
static const char *const binds[] = {
    [PTN_RUNG_NOBODY] = "203.0.113.9",  [PTN_RUNG_LOOPBACK] = "127.0.0.1", [PTN_RUNG_CONTAINER] = "0.0.0.0%docker0",
    [PTN_RUNG_HOST] = "172.17.0.2",     [PTN_RUNG_LAN] = "0.0.0.0%eth1",   [PTN_RUNG_VPN] = "10.8.0.1",
    [PTN_RUNG_INTERNET] = "192.0.2.10",
};

static void every_cell(void **state)
{
    static const struct {
        const char *what, *comm, *unit;
        unsigned port;
        int blind; /* -1: it has an owner */
        enum ptn_evidence evidence;
        int verdict[PTN_RUNG_INTERNET + 1];
    } rows[] = {
        /*                                                            nobody loop container host  lan    vpn    internet
         */
        {"Y by owner", "proc-y", "", 7001, -1, PTN_EVIDENCE_OWNER, {OK, OK, OK, OK, OK, OK, OK}},
        {"- by owner", "proc-l", "", 7002, -1, PTN_EVIDENCE_OWNER, {OK, OK, OK, OK, LIMIT, LIMIT, WORRY}},
        {"N by owner", "proc-n", "", 7003, -1, PTN_EVIDENCE_OWNER, {OK, OK, LIMIT, LIMIT, WORRY, WORRY, WORRY}},
        {"? by owner", "proc-d", "", 7004, -1, PTN_EVIDENCE_OWNER, {OK, OK, OK, OK, ASK, ASK, ASK}},
        {"unjudged by unit",
         "java",
         "ndl-ahp-svc.service",
         6064,
         -1,
         PTN_EVIDENCE_OWNER,
         {OK, OK, OK, OK, ASK, ASK, ASK}},
        {"Y by number", "mystery", "", 7001, -1, PTN_EVIDENCE_NUMBER, {OK, OK, OK, OK, ASK, ASK, ASK}},
        {"- by number", "mystery", "", 7002, -1, PTN_EVIDENCE_NUMBER, {OK, OK, OK, OK, ASK, ASK, ASK}},
        {"N by number", "mystery", "", 7003, -1, PTN_EVIDENCE_NUMBER, {OK, OK, OK, OK, ASK, ASK, ASK}},
        {"? by number", "mystery", "", 7004, -1, PTN_EVIDENCE_NUMBER, {OK, OK, OK, OK, ASK, ASK, ASK}},
        {"telnet by number", "mystery", "", 23, -1, PTN_EVIDENCE_NUMBER, {OK, OK, OK, OK, ASK, ASK, ASK}},
        {"malware by number", "mystery", "", 20123, -1, PTN_EVIDENCE_NOTHING, {OK, OK, OK, OK, ASK, ASK, ASK}},
        {"nothing", "mystery", "", 7, -1, PTN_EVIDENCE_NUMBER, {OK, OK, OK, OK, ASK, ASK, ASK}},
        {"no owner, N", "", "", 7003, 0, PTN_EVIDENCE_NUMBER, {OK, OK, OK, OK, ASK, ASK, ASK}},
        {"no owner, nothing", "", "", 20123, 0, PTN_EVIDENCE_NOTHING, {OK, OK, OK, OK, ASK, ASK, ASK}},
        {"hidden owner, N", "", "", 7003, 1, PTN_EVIDENCE_NUMBER, {OK, OK, OK, OK, BLIND, BLIND, BLIND}},
        {"hidden owner, Y", "", "", 7001, 1, PTN_EVIDENCE_NUMBER, {OK, OK, OK, OK, BLIND, BLIND, BLIND}},
        {"an N daemon on a Y port",
         "proc-n",
         "",
         7001,
         -1,
         PTN_EVIDENCE_OWNER,
         {OK, OK, LIMIT, LIMIT, WORRY, WORRY, WORRY}},
        {"a Y daemon on an N port", "proc-y", "", 7003, -1, PTN_EVIDENCE_OWNER, {OK, OK, OK, OK, OK, OK, OK}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int rung = PTN_RUNG_NOBODY; rung <= PTN_RUNG_INTERNET; rung++) {
            struct world *w = world_public();
            struct ptn_listener *l = world_socket(w, rung == PTN_RUNG_HOST, PTN_TCP, binds[rung], rows[i].port);
            if (rows[i].blind < 0)
                world_owner(w, l, rows[i].comm)->unit = rows[i].unit;
            w->blind[0] = (struct ptn_blind){"owners", "needs root", rows[i].blind > 0};
            w->host.blind = w->blind;
            w->host.n_blind = 1;
            world_judge(w, chart);
            const struct ptn_finding *f = &w->findings.items[0];
            AT("%s, %s", rows[i].what, ptn_rung_word((enum ptn_rung)rung));
            EXPECT_TEXT(ptn_rung_word(f->rung), ptn_rung_word((enum ptn_rung)rung));
            EXPECT_TEXT(ptn_verdict_word(f->verdict), ptn_verdict_word((enum ptn_verdict)rows[i].verdict[rung]));
            EXPECT_TEXT(ptn_evidence_word(f->evidence), ptn_evidence_word(rows[i].evidence));
            EXPECT(f->why && *f->why && f->act);
            EXPECT((f->verdict == PTN_VERDICT_OK) == (*f->act == '\0'));
        }
}

/* No number makes anything worse than ASK: every port of the chart, an owner nobody knows, an address on the internet.
 */
static void no_worry_by_number(void **state)
{
    static struct world w;
    (void)state;
    for (unsigned first = 0; first < 65536; first += 128) {
        w = *world_public();
        for (unsigned port = first; port < first + 128; port++)
            world_listen(&w, port % 3 == 1 ? PTN_UDP : PTN_TCP, "*", port ? port : 1, "mystery");
        world_judge(&w, chart);
        for (size_t i = 0; i < w.findings.n; i++) {
            const struct ptn_finding *f = &w.findings.items[i];
            AT("%u/%s %s", f->listener->port, ptn_proto_word(f->listener->proto), f->why);
            EXPECT(f->evidence != PTN_EVIDENCE_OWNER);
            EXPECT(f->verdict == PTN_VERDICT_ASK || f->client);
        }
        ptn_findings_release(&w.findings);
    }
}

static void the_words_of_a_verdict(void **state)
{
    struct world *w = world_public();
    (void)state;
    struct ptn_listener *n = world_listen(w, PTN_TCP, "0.0.0.0", 7003, "proc-n");
    struct ptn_listener *m = world_listen(w, PTN_TCP, "0.0.0.0", 23, "mystery");
    world_judge(w, chart);
    AT("words");
    EXPECT_TEXT(world_finding(w, n)->why, "svc-n (unsafe), reachable by everybody. wn.");
    EXPECT_TEXT(world_finding(w, n)->act, "dn.");
    EXPECT(strstr(world_finding(w, m)->why, "telnet") && strstr(world_finding(w, m)->why, "a number proves nothing"));
    EXPECT(strstr(world_finding(w, m)->why, "mystery"));
}

static void worst_first(void **state)
{
    struct world *w = world_public();
    (void)state;
    world_listen(w, PTN_TCP, "127.0.0.1", 7003, "proc-n");
    world_listen(w, PTN_TCP, "0.0.0.0", 7001, "proc-y");
    world_listen(w, PTN_TCP, "10.0.0.5", 7002, "proc-l");
    world_listen(w, PTN_TCP, "0.0.0.0", 7002, "proc-l");
    world_listen(w, PTN_TCP, "10.0.0.5", 7003, "proc-n");
    world_listen(w, PTN_TCP, "0.0.0.0", 7004, "proc-d");
    world_judge(w, chart);
    for (size_t i = 1; i < w->findings.n; i++) {
        const struct ptn_finding *a = &w->findings.items[i - 1], *b = &w->findings.items[i];
        EXPECT(a->verdict > b->verdict || (a->verdict == b->verdict && a->rung >= b->rung));
    }
    EXPECT_INT(w->findings.items[0].listener->port, 7002);
    EXPECT_INT(w->findings.items[0].verdict, PTN_VERDICT_WORRY);
}

/* ---- whose it is ------------------------------------------------------------------------------------------------ */

static void owners_names(void **state)
{
    static const struct {
        const char *comm, *exe, *command, *unit;
        unsigned port;
        const char *service; /* "" where only the number speaks */
    } rows[] = {
        {"sshd", "/usr/sbin/sshd", "sshd: /usr/sbin/sshd -D", "ssh.service", 22, "ssh"},
        {"sshd", "", "", "", 2222, "ssh"},
        {"systemd", "/usr/lib/systemd/systemd", "/sbin/init", "ssh.service", 22, "ssh"},
        {"postgres", "/usr/lib/postgresql/15/bin/postgres", "", "postgresql@15-main.service", 5432, "postgresql"},
        {"redis-server", "/usr/bin/redis-server", "", "", 6379, "redis"},
        {"exim4", "/usr/sbin/exim4", "", "exim4.service", 25, "smtp"},
        {"php-fpm8.9", "/usr/sbin/php-fpm8.9", "", "", 9000, "php-fpm"},
        {"systemd-resolve", "/usr/lib/systemd/systemd-resolved", "", "systemd-resolved.service", 53, "domain"},
        {"systemd-resolve", "", "", "", 53, "domain"}, /* the kernel cuts names to 15 characters */
        {"python3", "/usr/bin/python3.11", "python3 -O /usr/local/bin/flask.py run", "", 5000, "flask-dev"},
        {"mystery", "/opt/mystery", "/opt/mystery", "mystery.service", 22, ""},
        {"sshd-not", "/opt/sshd-not", "", "", 22, ""},
        {"ssh", "/usr/bin/ssh", "ssh -L 3306:db:3306 db", "", 3306, ""},
        {"ssh", "/usr/bin/ssh", "ssh nginx -D 1080", "", 80, ""}, /* a host of that name is no daemon */
        {"tcpd", "/usr/sbin/tcpd", "tcpd in.telnetd", "", 23, "telnet"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct world *w = world_public();
        struct ptn_listener *l = world_socket(w, 0, PTN_TCP, "0.0.0.0", rows[i].port);
        struct ptn_owner *o = world_owner(w, l, rows[i].comm);
        o->exe = rows[i].exe;
        o->command = rows[i].command;
        o->unit = rows[i].unit;
        world_judge(w, chart);
        const struct ptn_finding *f = &w->findings.items[0];
        AT("%s on %u", rows[i].comm, rows[i].port);
        EXPECT_TEXT(f->evidence == PTN_EVIDENCE_OWNER ? ptn_service_name(f->claim.service) : "", rows[i].service);
    }
}

static void answers_of_questions(void **state)
{
    static const struct {
        const char *comm;
        enum ptn_proto proto;
        unsigned port;
        bool client;
    } rows[] = {
        {"mystery", PTN_UDP, 45123, true}, {"mystery", PTN_UDP, 7123, false},  {"mystery", PTN_TCP, 45123, false},
        {"proc-n", PTN_UDP, 7003, false},  {"mystery", PTN_UDP, 51820, false}, /* wireguard's own */
    };
    struct world *w = world_public();
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        world_listen(w, rows[i].proto, "0.0.0.0", rows[i].port, rows[i].comm);
    world_judge(w, chart);
    for (size_t i = 0; i < COUNT(rows); i++) {
        AT("%s %u", rows[i].comm, rows[i].port);
        const struct ptn_finding *f = world_finding(w, &w->listeners[i]);
        EXPECT_INT(f->client, rows[i].client);
        if (rows[i].client)
            EXPECT_INT(f->verdict, PTN_VERDICT_OK);
    }
}

static void without_ports(void **state)
{
    struct world *w = world_public();
    (void)state;
    struct ptn_listener *raw = world_socket(w, 0, PTN_RAW, "0.0.0.0", 0),
                        *packet = world_socket(w, 0, PTN_PACKET, "", 0);
    struct ptn_listener *mp = world_listen(w, PTN_MPTCP, "0.0.0.0", 7003, "proc-n");
    struct ptn_listener *lite = world_listen(w, PTN_UDPLITE, "0.0.0.0", 7003, "proc-n");
    raw->number = 1;
    packet->number = 0x0800;
    world_judge(w, chart);
    AT("no port");
    EXPECT_INT(world_finding(w, raw)->verdict, PTN_VERDICT_OK);
    EXPECT_INT(world_finding(w, packet)->verdict, PTN_VERDICT_OK);
    EXPECT_INT(world_finding(w, packet)->reachable, false);
    EXPECT_INT(world_finding(w, mp)->verdict, PTN_VERDICT_WORRY); /* MPTCP has TCP's ports, UDP-Lite UDP's */
    EXPECT_INT(world_finding(w, lite)->verdict, PTN_VERDICT_WORRY);
}

/* ---- remarks --------------------------------------------------------------------------------------------------------
 */

static bool has_lint(const struct world *w, const struct ptn_listener *l, enum ptn_lint lint)
{
    return world_finding(w, l)->lints[lint] != NULL;
}

static void in_the_ephemeral_range(void **state)
{
    static const struct {
        unsigned port;
        enum ptn_proto proto;
        const char *comm;
        bool said;
    } rows[] = {
        {32767, PTN_TCP, "mystery", false}, {32768, PTN_TCP, "mystery", true},  {60999, PTN_TCP, "mystery", true},
        {61000, PTN_TCP, "mystery", false}, {40000, PTN_TCP, "mystery", false}, {40001, PTN_TCP, "mystery", true},
        {40010, PTN_TCP, "mystery", false}, {40015, PTN_TCP, "mystery", false}, {40020, PTN_TCP, "mystery", false},
        {40021, PTN_TCP, "mystery", true},  {45000, PTN_UDP, "mystery", false}, {45000, PTN_UDP, "proc-n", true},
        {80, PTN_TCP, "mystery", false},
    };
    struct world *w = world_public();
    (void)state;
    w->netns[0].reserved = "40000,40010-40020";
    for (size_t i = 0; i < COUNT(rows); i++)
        world_listen(w, rows[i].proto, "0.0.0.0", rows[i].port, rows[i].comm);
    world_judge(w, chart);
    for (size_t i = 0; i < COUNT(rows); i++) {
        AT("%u/%s %s", rows[i].port, ptn_proto_word(rows[i].proto), rows[i].comm);
        EXPECT_INT(has_lint(w, &w->listeners[i], PTN_LINT_EPHEMERAL), rows[i].said);
    }
}

static struct ptn_listener *listen_as(struct world *w, const char *address, unsigned port, uint32_t uid)
{
    struct ptn_listener *l = world_listen(w, PTN_TCP, address, port, "proc-y");
    l->uid = uid;
    w->owners[l - w->listeners].uid = uid;
    l->reuseport_shared = true;
    return l;
}

static void two_users_on_one_port(void **state)
{
    struct world *w = world_public();
    (void)state;
    struct ptn_listener *a = listen_as(w, "0.0.0.0", 8001, 1), *b = listen_as(w, "0.0.0.0", 8001, 2);
    struct ptn_listener *c = listen_as(w, "0.0.0.0", 8002, 1), *d = listen_as(w, "0.0.0.0", 8002, 1);
    struct ptn_listener *e = listen_as(w, "0.0.0.0", 8003, 1), *f = listen_as(w, "127.0.0.1", 8003, 2);
    struct ptn_listener *g = listen_as(w, "0.0.0.0", 8004, 1), *h = listen_as(w, "0.0.0.0", 8004, 2);
    struct ptn_listener *i = listen_as(w, "224.0.0.251", 8005, 1), *j = listen_as(w, "224.0.0.251", 8005, 2);
    struct ptn_listener *k = listen_as(w, "0.0.0.0", 8006, 1), *l = listen_as(w, "0.0.0.0", 8006, 2);
    h->netns = 1;
    l->latent = true;
    world_judge(w, chart);
    AT("reuseport");
    EXPECT(has_lint(w, a, PTN_LINT_REUSEPORT) && has_lint(w, b, PTN_LINT_REUSEPORT));
    EXPECT_INT(world_finding(w, a)->verdict, PTN_VERDICT_WORRY);
    EXPECT_INT(world_finding(w, b)->verdict, PTN_VERDICT_WORRY);
    EXPECT(strstr(world_finding(w, a)->lints[PTN_LINT_REUSEPORT], "SO_REUSEPORT"));
    const struct ptn_listener *const quiet[] = {c, d, e, f, g, h, i, j, k, l};
    for (size_t q = 0; q < COUNT(quiet); q++) {
        AT("quiet %zu", q);
        EXPECT(!has_lint(w, quiet[q], PTN_LINT_REUSEPORT));
    }
}

static void open_on_ipv6_alone(void **state)
{
    struct world *w = world_public();
    (void)state;
    struct ptn_listener *alone = listen_as(w, "::", 8001, 1);
    struct ptn_listener *both6 = listen_as(w, "::", 8002, 1);
    listen_as(w, "0.0.0.0", 8002, 1);
    struct ptn_listener *near6 = listen_as(w, "::", 8003, 1);
    listen_as(w, "127.0.0.1", 8003, 1);
    struct ptn_listener *loop6 = listen_as(w, "::1", 8004, 1), *local6 = listen_as(w, "fe80::10", 8005, 1);
    struct ptn_listener *dual = listen_as(w, "*", 8006, 1), *four = listen_as(w, "0.0.0.0", 8007, 1);
    struct ptn_listener *multi = listen_as(w, "ff02::fb", 8008, 1);
    world_judge(w, chart);
    AT("IPv6");
    EXPECT(has_lint(w, alone, PTN_LINT_V6_ONLY));
    EXPECT(has_lint(w, near6, PTN_LINT_V6_ONLY));
    EXPECT(strstr(world_finding(w, near6)->lints[PTN_LINT_V6_ONLY], "(loopback)"));
    const struct ptn_listener *const quiet[] = {both6, loop6, local6, dual, four, multi};
    for (size_t q = 0; q < COUNT(quiet); q++) {
        AT("quiet %zu", q);
        EXPECT(!has_lint(w, quiet[q], PTN_LINT_V6_ONLY));
    }
}

static void about_the_owner(void **state)
{
    struct world *w = world_public();
    (void)state;
    struct ptn_listener *plain = world_listen(w, PTN_TCP, "0.0.0.0", 7001, "proc-y");
    struct ptn_listener *deleted = world_listen(w, PTN_TCP, "0.0.0.0", 7001, "proc-y");
    struct ptn_listener *temporary = world_listen(w, PTN_TCP, "127.0.0.1", 7001, "proc-y");
    struct ptn_listener *root = world_listen(w, PTN_TCP, "0.0.0.0", 7001, "proc-y");
    struct ptn_listener *worse = world_listen(w, PTN_TCP, "0.0.0.0", 7003, "proc-n");
    w->owners[1].exe_deleted = true;
    w->owners[2].exe_temporary = true;
    w->owners[3].uid = 0;
    w->owners[4].exe_deleted = true;
    for (size_t i = 0; i < 5; i++)
        w->listeners[i].uid = 5; /* who made the sockets is not asked here */
    world_judge(w, chart);
    AT("owner");
    for (int lint = 0; lint < PTN_LINT_COUNT; lint++)
        EXPECT(!has_lint(w, plain, (enum ptn_lint)lint));
    EXPECT(has_lint(w, deleted, PTN_LINT_DELETED));
    EXPECT_INT(world_finding(w, deleted)->verdict, PTN_VERDICT_ASK);
    EXPECT(has_lint(w, temporary, PTN_LINT_TEMPORARY));
    EXPECT_INT(world_finding(w, temporary)->verdict, PTN_VERDICT_ASK);
    EXPECT(has_lint(w, root, PTN_LINT_ROOT));
    EXPECT_INT(world_finding(w, root)->verdict, PTN_VERDICT_OK);
    EXPECT_INT(world_finding(w, worse)->verdict, PTN_VERDICT_WORRY); /* a remark never makes it better */
}

static void on_an_odd_port(void **state)
{
    struct world *w = world_public();
    (void)state;
    struct ptn_listener *own = world_listen(w, PTN_TCP, "0.0.0.0", 7005, "proc-odd");
    struct ptn_listener *odd = world_listen(w, PTN_TCP, "0.0.0.0", 7999, "proc-odd");
    struct ptn_listener *mild = world_listen(w, PTN_TCP, "0.0.0.0", 7999, "proc-y");
    struct ptn_listener *number = world_listen(w, PTN_TCP, "0.0.0.0", 7005, "mystery");
    struct ptn_listener *elsewhere = world_listen(w, PTN_UDP, "0.0.0.0", 7005, "proc-odd");
    world_judge(w, chart);
    AT("odd");
    EXPECT(!has_lint(w, own, PTN_LINT_ODD_PORT) && !has_lint(w, number, PTN_LINT_ODD_PORT));
    EXPECT_TEXT(world_finding(w, odd)->lints[PTN_LINT_ODD_PORT],
                "Its own port is 7005; somebody moved it, which does not make it safe.");
    EXPECT_TEXT(world_finding(w, mild)->lints[PTN_LINT_ODD_PORT], "Its own port is 7001.");
    EXPECT_TEXT(ptn_service_name(world_finding(w, odd)->claim.service), "svc-odd");
    EXPECT_INT(world_finding(w, elsewhere)->evidence, PTN_EVIDENCE_NUMBER); /* it serves no UDP */
}

static void what_will_listen(void **state)
{
    struct world *w = world_public();
    (void)state;
    struct ptn_listener *off = world_listen(w, PTN_TCP, "0.0.0.0", 7003, "proc-n");
    struct ptn_listener *on = world_listen(w, PTN_TCP, "0.0.0.0", 7003, "proc-n");
    off->latent = on->latent = on->enabled = true;
    off->latent_from = on->latent_from = "/etc/inetd.conf";
    world_judge(w, chart);
    AT("latent");
    EXPECT_INT(world_finding(w, off)->verdict, PTN_VERDICT_OK);
    EXPECT_INT(world_finding(w, on)->verdict, PTN_VERDICT_WORRY);
    EXPECT_TEXT(world_finding(w, on)->lints[PTN_LINT_LATENT], "Nothing listens yet; /etc/inetd.conf says it will.");
}

static void published_by_docker(void **state)
{
    struct world *w = world_public();
    (void)state;
    struct ptn_listener *inside = world_socket(w, 1, PTN_TCP, "0.0.0.0", 7003);
    world_owner(w, inside, "proc-n");
    struct ptn_listener *proxy = world_listen(w, PTN_TCP, "0.0.0.0", 80, "docker-proxy");
    w->owners[proxy - w->listeners].command = "/usr/bin/docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 80 "
                                              "-container-ip 172.17.0.2 -container-port 7003";
    struct ptn_listener *lost = world_listen(w, PTN_TCP, "0.0.0.0", 81, "docker-proxy");
    w->owners[lost - w->listeners].command = "/usr/bin/docker-proxy -container-ip 172.17.0.99 -container-port 7003";
    struct ptn_listener *liar = world_listen(w, PTN_TCP, "0.0.0.0", 82, "docker-proxy");
    w->owners[liar - w->listeners].command = "docker-proxy -container-ip -container-port";
    world_judge(w, chart);
    AT("published");
    EXPECT(world_finding(w, proxy)->behind == inside);
    EXPECT_TEXT(ptn_service_name(world_finding(w, proxy)->claim.service), "svc-n");
    EXPECT_INT(world_finding(w, proxy)->verdict, PTN_VERDICT_WORRY);
    EXPECT(!world_finding(w, lost)->behind && !world_finding(w, liar)->behind);
    EXPECT(world_finding(w, lost)->verdict <= PTN_VERDICT_ASK);
}

/* ---- a clean Debian -------------------------------------------------------------------------------------------------
 */

static const struct {
    const char *comm, *exe, *unit;
    enum ptn_proto proto;
    unsigned port;
} debian[] = {
    {"sshd", "/usr/sbin/sshd", "ssh.service", PTN_TCP, 22},
    {"apache2", "/usr/sbin/apache2", "apache2.service", PTN_TCP, 80},
    {"nginx", "/usr/sbin/nginx", "nginx.service", PTN_TCP, 443},
    {"lighttpd", "/usr/sbin/lighttpd", "lighttpd.service", PTN_TCP, 8080},
    {"caddy", "/usr/bin/caddy", "caddy.service", PTN_TCP, 443},
    {"exim4", "/usr/sbin/exim4", "exim4.service", PTN_TCP, 25},
    {"master", "/usr/lib/postfix/sbin/master", "postfix@-.service", PTN_TCP, 587},
    {"dovecot", "/usr/sbin/dovecot", "dovecot.service", PTN_TCP, 993},
    {"dovecot", "/usr/sbin/dovecot", "dovecot.service", PTN_TCP, 143},
    {"named", "/usr/sbin/named", "named.service", PTN_UDP, 53},
    {"unbound", "/usr/sbin/unbound", "unbound.service", PTN_UDP, 53},
    {"systemd-resolve", "/usr/lib/systemd/systemd-resolved", "systemd-resolved.service", PTN_UDP, 5355},
    {"avahi-daemon", "/usr/sbin/avahi-daemon", "avahi-daemon.service", PTN_UDP, 5353},
    {"chronyd", "/usr/sbin/chronyd", "chrony.service", PTN_UDP, 123},
    {"ntpd", "/usr/sbin/ntpd", "ntpsec.service", PTN_UDP, 123},
    {"cupsd", "/usr/sbin/cupsd", "cups.service", PTN_TCP, 631},
    {"cups-browsed", "/usr/sbin/cups-browsed", "cups-browsed.service", PTN_UDP, 631},
    {"postgres", "/usr/lib/postgresql/15/bin/postgres", "postgresql@15-main.service", PTN_TCP, 5432},
    {"mariadbd", "/usr/sbin/mariadbd", "mariadb.service", PTN_TCP, 3306},
    {"redis-server", "/usr/bin/redis-check-rdb", "redis-server.service", PTN_TCP, 6379},
    {"memcached", "/usr/bin/memcached", "memcached.service", PTN_TCP, 11211},
    {"smbd", "/usr/sbin/smbd", "smbd.service", PTN_TCP, 445},
    {"nmbd", "/usr/sbin/nmbd", "nmbd.service", PTN_UDP, 137},
    {"rpcbind", "/usr/sbin/rpcbind", "rpcbind.service", PTN_TCP, 111},
    {"rpc.statd", "/usr/sbin/rpc.statd", "rpc-statd.service", PTN_TCP, 40567},
    {"rpc.mountd", "/usr/sbin/rpc.mountd", "nfs-mountd.service", PTN_TCP, 20048},
    {"snmpd", "/usr/sbin/snmpd", "snmpd.service", PTN_UDP, 161},
    {"rsyslogd", "/usr/sbin/rsyslogd", "rsyslog.service", PTN_UDP, 514},
    {"slapd", "/usr/sbin/slapd", "slapd.service", PTN_TCP, 389},
    {"krb5kdc", "/usr/sbin/krb5kdc", "krb5-kdc.service", PTN_UDP, 88},
    {"kadmind", "/usr/sbin/kadmind", "krb5-admin-server.service", PTN_TCP, 749},
    {"dnsmasq", "/usr/sbin/dnsmasq", "dnsmasq.service", PTN_UDP, 67},
    {"dhclient", "/usr/sbin/dhclient", "networking.service", PTN_UDP, 68},
    {"squid", "/usr/sbin/squid", "squid.service", PTN_TCP, 3128},
    {"haproxy", "/usr/sbin/haproxy", "haproxy.service", PTN_TCP, 443},
    {"varnishd", "/usr/sbin/varnishd", "varnish.service", PTN_TCP, 6081},
    {"openvpn", "/usr/sbin/openvpn", "openvpn@server.service", PTN_UDP, 1194},
    {"charon", "/usr/lib/ipsec/charon", "strongswan-starter.service", PTN_UDP, 500},
    {"mosquitto", "/usr/sbin/mosquitto", "mosquitto.service", PTN_TCP, 1883},
    {"beam.smp", "/usr/lib/erlang/erts-13.1.5/bin/beam.smp", "rabbitmq-server.service", PTN_TCP, 5672},
    {"epmd", "/usr/lib/erlang/erts-13.1.5/bin/epmd", "epmd.service", PTN_TCP, 4369},
    {"prosody", "/usr/bin/lua5.4", "prosody.service", PTN_TCP, 5222},
    {"murmurd", "/usr/sbin/murmurd", "mumble-server.service", PTN_TCP, 64738},
    {"transmission-da", "/usr/bin/transmission-daemon", "transmission-daemon.service", PTN_TCP, 9091},
    {"deluged", "/usr/bin/python3.11", "deluged.service", PTN_TCP, 58846},
    {"syncthing", "/usr/bin/syncthing", "syncthing@user.service", PTN_TCP, 22000},
    {"rsync", "/usr/bin/rsync", "rsync.service", PTN_TCP, 873},
    {"proftpd", "/usr/sbin/proftpd", "proftpd.service", PTN_TCP, 21},
    {"vsftpd", "/usr/sbin/vsftpd", "vsftpd.service", PTN_TCP, 21},
    {"in.tftpd", "/usr/sbin/in.tftpd", "tftpd-hpa.service", PTN_UDP, 69},
    {"gpsd", "/usr/sbin/gpsd", "gpsd.service", PTN_TCP, 2947},
    {"icecast2", "/usr/bin/icecast2", "icecast2.service", PTN_TCP, 8000},
    {"mpd", "/usr/bin/mpd", "mpd.service", PTN_TCP, 6600},
    {"prometheus", "/usr/bin/prometheus", "prometheus.service", PTN_TCP, 9090},
    {"prometheus-node", "/usr/bin/prometheus-node-exporter", "prometheus-node-exporter.service", PTN_TCP, 9100},
    {"zabbix_agentd", "/usr/sbin/zabbix_agentd", "zabbix-agent.service", PTN_TCP, 10050},
    {"nrpe", "/usr/sbin/nrpe", "nagios-nrpe-server.service", PTN_TCP, 5666},
    {"munin-node", "/usr/bin/perl", "munin-node.service", PTN_TCP, 4949},
    {"tor", "/usr/bin/tor", "tor@default.service", PTN_TCP, 9050},
    {"ngircd", "/usr/sbin/ngircd", "ngircd.service", PTN_TCP, 6667},
    {"xrdp", "/usr/sbin/xrdp", "xrdp.service", PTN_TCP, 3389},
    {"Xvnc", "/usr/bin/Xtigervnc", "", PTN_TCP, 5901},
    {"bird", "/usr/sbin/bird", "bird.service", PTN_TCP, 179},
    {"minidlnad", "/usr/sbin/minidlnad", "minidlna.service", PTN_UDP, 1900},
    {"saned", "/usr/sbin/saned", "saned@0.service", PTN_TCP, 6566},
};

static void clean_debian(struct world *w, const char *comm)
{
    *w = *world_public();
    for (size_t i = 0; i < COUNT(debian); i++) {
        struct ptn_listener *l = world_listen(w, debian[i].proto, "*", debian[i].port, comm ? comm : debian[i].comm);
        struct ptn_owner *o = &w->owners[i];
        o->exe = comm ? "/opt/unheard/of" : debian[i].exe;
        o->command = o->exe;
        o->unit = comm ? "" : debian[i].unit;
        l->netns = 0;
    }
    world_judge(w, chart);
}

static void sixty_ordinary_daemons(void **state)
{
    static struct world w;
    unsigned known = 0;
    (void)state;
    assert_true(COUNT(debian) >= 60);
    clean_debian(&w, NULL);
    for (size_t i = 0; i < COUNT(debian); i++) {
        const struct ptn_finding *f = world_finding(&w, &w.listeners[i]);
        AT("%s on %u/%s: %s", debian[i].comm, debian[i].port, ptn_proto_word(debian[i].proto), f->why);
        EXPECT_TEXT(ptn_rung_word(f->rung), "internet");
        EXPECT_TEXT(ptn_evidence_word(f->evidence), "owner"); /* the chart knows Debian's own daemons */
        known += f->evidence == PTN_EVIDENCE_OWNER;
        if (f->verdict == PTN_VERDICT_WORRY)
            EXPECT(f->claim.rating == PTN_RATING_LIMITED || f->claim.rating == PTN_RATING_UNSAFE);
    }
    assert_int_equal(known, COUNT(debian));
    ptn_findings_release(&w.findings);
}

/* The same ports, and nobody knows who is there: the numbers alone worry nobody. */
static void sixty_strangers(void **state)
{
    static struct world w;
    (void)state;
    clean_debian(&w, "mystery");
    for (size_t i = 0; i < COUNT(debian); i++) {
        const struct ptn_finding *f = world_finding(&w, &w.listeners[i]);
        AT("%u/%s", debian[i].port, ptn_proto_word(debian[i].proto));
        EXPECT_TEXT(ptn_verdict_word(f->verdict), "ASK");
    }
    ptn_findings_release(&w.findings);
}

/* Sockets that the kernel itself holds: it vouches for what only it can serve, and not for a number it does not. */
static void held_by_the_kernel(void **state)
{
    struct world *w = world_public();
    (void)state;
    world_listen(w, PTN_UDP, "0.0.0.0", 51820, "kernel");
    world_listen(w, PTN_TCP, "0.0.0.0", 2049, "kernel");
    world_listen(w, PTN_TCP, "0.0.0.0", 23, "kernel");
    for (size_t i = 0; i < 3; i++)
        w->owners[i].pid = 0;
    world_judge(w, chart);
    AT("wireguard");
    EXPECT_TEXT(ptn_verdict_word(world_finding(w, &w->listeners[0])->verdict), "OK");
    AT("nfs");
    EXPECT_TEXT(ptn_verdict_word(world_finding(w, &w->listeners[1])->verdict), "WORRY");
    AT("23/tcp");
    EXPECT_INT(world_finding(w, &w->listeners[2])->verdict, PTN_VERDICT_ASK);
    ptn_findings_release(&w->findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rungs),
        cmocka_unit_test(private_machines),
        cmocka_unit_test(no_address_at_all),
        cmocka_unit_test(containers_and_tunnels),
        cmocka_unit_test(every_cell),
        cmocka_unit_test(no_worry_by_number),
        cmocka_unit_test(the_words_of_a_verdict),
        cmocka_unit_test(worst_first),
        cmocka_unit_test(owners_names),
        cmocka_unit_test(answers_of_questions),
        cmocka_unit_test(without_ports),
        cmocka_unit_test(in_the_ephemeral_range),
        cmocka_unit_test(two_users_on_one_port),
        cmocka_unit_test(open_on_ipv6_alone),
        cmocka_unit_test(about_the_owner),
        cmocka_unit_test(on_an_odd_port),
        cmocka_unit_test(what_will_listen),
        cmocka_unit_test(held_by_the_kernel),
        cmocka_unit_test(published_by_docker),
        cmocka_unit_test(sixty_ordinary_daemons),
        cmocka_unit_test(sixty_strangers),
    };
    return check_all_in(tests, open_chart, close_chart);
}
