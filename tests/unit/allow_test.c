/* What a site expects to listen: the file's errors with their place, and what an expectation changes. */
#include "judge/allow.h"

#include "world.h"

static struct ptn_chart *chart;

static int open_chart(void **state)
{
    (void)state;
    chart =
        world_chart("Service: svc-n\nPorts: 7003/tcp 7003/udp\nTitle: t\nSafe: N\nWhy: w.\nDo: d.\nProcess: proc-n\n");
    return 0;
}

static int close_chart(void **state)
{
    (void)state;
    ptn_chart_close(chart);
    return 0;
}

static int read_allow(struct ptn_allows *a, const char *text, struct ptn_err *err)
{
    err->text[0] = '\0';
    return ptn_allow_read(a, "allow.rec", text, strlen(text), err);
}

static void refused(void **state)
{
    static const struct {
        const char *text, *err;
    } rows[] = {
        {"Allow: 22/tcp\n", "allow.rec:1: this record has no Because:"},
        {"Because: x\n", "allow.rec:1: this record has no Allow:"},
        {"Allow: 22/tcp\nBecause:\n", "allow.rec:1: this record has no Because:"},
        {"Allow:\nBecause: x\n", "allow.rec:1: this record has no Allow:"},
        {"Allow: 22/tcp\nBecause: x\n\n\nAllow: 23/tcp\n", "allow.rec:5: this record has no Because:"},
        {"Allow: 22/icmp\nBecause: x\n",
         "allow.rec:1: Allow: \"22/icmp\": the protocol must be tcp, udp, sctp or dccp"},
        {"Because: x\nAllow: 22/tcp 99999/tcp\n",
         "allow.rec:2: Allow: \"99999/tcp\": a port is a number from 0 to 65535"},
        {"Allow: ssh\nBecause: x\n", "allow.rec:1: Allow: \"ssh\" is not a port"},
        {"Allow: 22/tcp\nBecause: x\nUntil: tomorrow\n", "allow.rec:3: Until: \"tomorrow\" is not a day, YYYY-MM-DD"},
        {"Allow: 22/tcp\nBecause: x\nUntil: 2026-13-01\n",
         "allow.rec:3: Until: \"2026-13-01\" is not a day, YYYY-MM-DD"},
        {"Allow: 22/tcp\nBecause: x\nUntil: 2026-12\n", "allow.rec:3: Until: \"2026-12\" is not a day, YYYY-MM-DD"},
        {"Allow: 22/tcp\nBecause: x\nUntil: ----------\n",
         "allow.rec:3: Until: \"----------\" is not a day, YYYY-MM-DD"},
        {"Allow: 22/tcp\nBecause: x\nUntil: 2026-12-01 12:00\n",
         "allow.rec:3: Until: \"2026-12-01 12:00\" is not a day, YYYY-MM-DD"},
        {"Allow: 22/tcp\nBecause: x\nUntil:\n", "allow.rec:3: Until: \"\" is not a day, YYYY-MM-DD"},
        {"Allow: 22/tcp\nBecause: x\nAddress: localhost\n", "allow.rec:3: Address: \"localhost\" is not an address"},
        {"Allow: 22/tcp\nBecause: x\nAddress: 10.0.0.0/8\n", "allow.rec:3: Address: \"10.0.0.0/8\" is not an address"},
        {"Allow: 22/tcp\nBecause: x\nUser: root\n", "allow.rec:3: unknown field \"User\""},
        {"Allow: 22/tcp\nBecause: x\nBecause: y\n", "allow.rec:3: Because stands twice in this record"},
        {"22/tcp\n", "allow.rec:1: expected \"Field: value\""},
        {"Allow: 22/tcp\nBecause: \x01\n", "allow.rec:2: this line has a control character or is not UTF-8"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptn_allows a;
        struct ptn_err err;
        AT("%s", rows[i].text);
        EXPECT_INT(read_allow(&a, rows[i].text, &err), -EINVAL);
        EXPECT_TEXT(err.text, rows[i].err);
    }
}

static void taken(void **state)
{
    static const struct {
        const char *text;
        size_t n;
    } rows[] = {
        {"", 0},
        {"# nothing yet\n", 0},
        {"Allow: 22\nBecause: x\n", 1},
        {"Allow: 22/tcp 6000-6010/tcp 60000+\nBecause: Two\n+ lines.\nUntil: 2026-12-31\nProcess: sshd ssh.service\n"
         "Address: 127.0.0.1 ::1\nNetns: host web\n\nAllow: 1/udp\nBecause: y",
         2},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptn_allows a;
        struct ptn_err err;
        AT("row %zu", i);
        EXPECT_INT(read_allow(&a, rows[i].text, &err), 0);
        EXPECT_INT(a.n, rows[i].n);
        ptn_allow_release(&a);
        EXPECT_INT(a.n, 0);
    }
}

/* Which listeners a record covers. Each is WORRY without it. */
static void covered(void **state)
{
    static const struct {
        const char *fields; /* beside Because */
        bool covers;
    } rows[] = {
        {"Allow: 7003/tcp", true},
        {"Allow: 7003", true},
        {"Allow: 7000-7010/tcp", true},
        {"Allow: 7000+/tcp", true},
        {"Allow: 1/tcp 7003/tcp", true},
        {"Allow: 7003/udp", false},
        {"Allow: 7004/tcp", false},
        {"Allow: 7000-7002/tcp", false},
        {"Allow: 7003/tcp\nProcess: proc-n", true},
        {"Allow: 7003/tcp\nProcess: other proc-n", true},
        {"Allow: 7003/tcp\nProcess: binary", true},
        {"Allow: 7003/tcp\nProcess: n.service", true},
        {"Allow: 7003/tcp\nProcess: other", false},
        {"Allow: 7003/tcp\nProcess: proc", false},
        {"Allow: 7003/tcp\nAddress: 192.0.2.10", true},
        {"Allow: 7003/tcp\nAddress: 192.0.2.11 192.0.2.10", true},
        {"Allow: 7003/tcp\nAddress: 127.0.0.1", false},
        {"Allow: 7003/tcp\nAddress: 0.0.0.0", false},
        {"Allow: 7003/tcp\nNetns: host", true},
        {"Allow: 7003/tcp\nNetns: web", false},
        {"Allow: 7003/tcp\nUntil: 2026-11-23", true},
        {"Allow: 7003/tcp\nUntil: 2026-11-22", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct world *w = world_public();
        struct ptn_listener *l = world_listen(w, PTN_TCP, "192.0.2.10", 7003, "proc-n");
        struct ptn_owner *o = &w->owners[0];
        struct ptn_allows a;
        struct ptn_err err;
        char text[512];
        o->exe = "/usr/sbin/binary";
        o->unit = "n.service";
        world_judge(w, chart);
        AT("%s", rows[i].fields);
        EXPECT_INT(world_finding(w, l)->verdict, PTN_VERDICT_WORRY);
        snprintf(text, sizeof(text), "%s\nBecause: the reason\n", rows[i].fields);
        EXPECT_INT(read_allow(&a, text, &err), 0);
        EXPECT_INT(ptn_allow_apply(&a, &w->findings, "2026-11-23"), 0);
        ptn_allow_release(&a); /* the findings keep what they need */
        const struct ptn_finding *f = world_finding(w, l);
        EXPECT_TEXT(ptn_verdict_word(f->verdict), rows[i].covers ? "OK" : "WORRY");
        EXPECT_INT(f->lints[PTN_LINT_EXPECTED] != NULL, rows[i].covers);
        if (rows[i].covers)
            EXPECT(strstr(f->why, "the reason"));
    }
}

static void what_is_over(void **state)
{
    struct world *w = world_public();
    struct ptn_listener *l = world_listen(w, PTN_TCP, "0.0.0.0", 7003, "proc-n");
    struct ptn_allows a;
    struct ptn_err err;
    (void)state;
    world_judge(w, chart);
    AT("over");
    EXPECT_INT(read_allow(&a, "Allow: 7003/tcp\nBecause: the move\nUntil: 2026-06-30\n", &err), 0);
    EXPECT_INT(ptn_allow_apply(&a, &w->findings, "2026-11-23"), 0);
    ptn_allow_release(&a);
    EXPECT_INT(world_finding(w, l)->verdict, PTN_VERDICT_WORRY);
    EXPECT_TEXT(world_finding(w, l)->lints[PTN_LINT_EXPIRED], "Was expected until 2026-06-30: the move");
    EXPECT(!world_finding(w, l)->lints[PTN_LINT_EXPECTED]);
}

/* What is expected goes to the end, behind what is not. */
static void sorted_anew(void **state)
{
    struct world *w = world_public();
    struct ptn_allows a;
    struct ptn_err err;
    (void)state;
    world_listen(w, PTN_TCP, "0.0.0.0", 7003, "proc-n");
    world_listen(w, PTN_UDP, "10.0.0.5", 7003, "proc-n");
    world_judge(w, chart);
    AT("sorted");
    EXPECT_INT(w->findings.items[0].listener->proto, PTN_TCP);
    EXPECT_INT(read_allow(&a, "Allow: 7003/tcp\nBecause: x\n", &err), 0);
    EXPECT_INT(ptn_allow_apply(&a, &w->findings, "2026-11-23"), 0);
    ptn_allow_release(&a);
    EXPECT_INT(w->findings.items[0].listener->proto, PTN_UDP);
    EXPECT_INT(w->findings.items[0].verdict, PTN_VERDICT_WORRY);
    EXPECT_INT(w->findings.items[1].verdict, PTN_VERDICT_OK);
}

/* Without an owner, a record that asks for one covers nothing. */
static void nobody_seen(void **state)
{
    struct world *w = world_public();
    struct ptn_listener *l = world_socket(w, 0, PTN_TCP, "0.0.0.0", 7003);
    struct ptn_allows a;
    struct ptn_err err;
    (void)state;
    w->blind[0] = (struct ptn_blind){"owners", "needs root", true};
    w->host.blind = w->blind;
    w->host.n_blind = 1;
    world_judge(w, chart);
    AT("nobody");
    EXPECT_INT(read_allow(&a, "Allow: 7003/tcp\nBecause: x\nProcess: proc-n\n", &err), 0);
    EXPECT_INT(ptn_allow_apply(&a, &w->findings, "2026-11-23"), 0);
    ptn_allow_release(&a);
    EXPECT_INT(world_finding(w, l)->verdict, PTN_VERDICT_BLIND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused),      cmocka_unit_test(taken),       cmocka_unit_test(covered),
        cmocka_unit_test(what_is_over), cmocka_unit_test(sorted_anew), cmocka_unit_test(nobody_seen),
    };
    return check_all_in(tests, open_chart, close_chart);
}
