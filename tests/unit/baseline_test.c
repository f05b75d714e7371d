/* Baselines: an audit kept and compared. The documents are made by the judge and the report, from machines made up. */
#include <jansson.h>

#include "report/audit.h"
#include "store/baseline.h"
#include "world.h"

static struct ptn_chart *chart;
static char path[] = "/tmp/ptn-baseline-XXXXXX";
static int64_t seen_at = 1790000000; /* never the same: no difference */

static int set_up(void **state)
{
    int fd = mkstemp(path);
    (void)state;
    chart = world_chart("Service: svc-n\nPorts: 7003/tcp\nTitle: t\nSafe: N\nWhy: w.\nDo: d.\nProcess: proc-n\n");
    return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state)
{
    (void)state;
    ptn_chart_close(chart);
    return unlink(path);
}

static json_t *document(struct world *w)
{
    world_judge(w, chart);
    json_t *doc = ptn_audit_json(&w->host, &w->findings, seen_at++);
    assert_non_null(doc);
    return doc;
}

static void save(struct world *w)
{
    struct ptn_err err = {""};
    json_t *doc = document(w);
    if (ptn_baseline_save(path, doc, &err) < 0)
        fail_msg("%s", err.text);
    json_decref(doc);
}

/* The machine that every test begins with. */
static struct world *before(void)
{
    struct world *w = world_public();
    static const char *const units[] = {"ssh.service", "n.service", ""};
    world_listen(w, PTN_TCP, "*", 22, "sshd");
    world_listen(w, PTN_TCP, "10.0.0.5", 7003, "proc-n");
    world_listen(w, PTN_UDP, "0.0.0.0", 53, "mystery");
    for (size_t i = 0; i < 3; i++)
        w->owners[i].unit = units[i];
    w->owners[0].exe = "/usr/sbin/sshd";
    return w;
}

static int compare(struct world *w, json_t **ret, struct ptn_err *err)
{
    json_t *doc = document(w);
    err->text[0] = '\0';
    *ret = NULL;
    int r = ptn_baseline_compare(path, doc, ret, err);
    json_decref(doc);
    return r;
}

/* Compares, and expects so many of each; *what is what is said of the first. */
static void expect_differences(struct world *w, unsigned added, unsigned gone, unsigned changed, const char *what)
{
    struct ptn_err err;
    json_t *d;
    int r = compare(w, &d, &err);
    if (r < 0)
        fail_msg("%s [at: %s]", err.text, check_at);
    EXPECT_INT(json_array_size(json_object_get(d, "new")), added);
    EXPECT_INT(json_array_size(json_object_get(d, "gone")), gone);
    EXPECT_INT(json_array_size(json_object_get(d, "changed")), changed);
    EXPECT_INT(r, added + gone + changed);
    if (what) {
        const json_t *first = json_array_get(json_object_get(d, changed ? "changed" : added ? "new" : "gone"), 0);
        EXPECT_TEXT(json_string_value(json_object_get(first, "what")), what);
        EXPECT(json_object_get(first, "port") && json_object_get(first, "proto") && json_object_get(first, "owner") &&
               json_object_get(first, "address") && json_object_get(first, "netns") &&
               json_object_get(first, "service"));
    }
    json_decref(d);
}

static void a_restart_is_no_difference(void **state)
{
    (void)state;
    save(before());
    AT("nothing changed");
    expect_differences(before(), 0, 0, 0, NULL);
    struct world *w = before();
    AT("other PIDs and inodes");
    for (size_t i = 0; i < 3; i++) {
        w->owners[i].pid += 4000;
        w->owners[i].holders = 7;
        w->listeners[i].inode += 99999;
    }
    expect_differences(w, 0, 0, 0, NULL);
    /* and in another order, as the kernel likes */
    w = before();
    struct ptn_listener t = w->listeners[0];
    w->listeners[0] = w->listeners[2];
    w->listeners[2] = t;
    AT("another order");
    expect_differences(w, 0, 0, 0, NULL);
}

static void new_and_gone(void **state)
{
    (void)state;
    save(before());
    struct world *w = before();
    world_listen(w, PTN_TCP, "0.0.0.0", 8000, "mystery");
    AT("new");
    expect_differences(w, 1, 0, 0, "listens now, did not before");
    w = before();
    w->host.n_listeners--;
    AT("gone");
    expect_differences(w, 0, 1, 0, "listened before, does not now");
    w = before();
    w->listeners[1].addr = world_addr("0.0.0.0");
    AT("moved to another address");
    expect_differences(w, 1, 1, 0, NULL);
    w = before();
    w->listeners[2].proto = PTN_TCP;
    AT("another protocol");
    expect_differences(w, 1, 1, 0, NULL);
}

static void changed(void **state)
{
    (void)state;
    save(before());
    struct world *w = before();
    w->owners[0].unit = "dropbear.service";
    w->owners[0].comm = "dropbear";
    w->owners[0].exe = "/usr/sbin/dropbear";
    AT("owner");
    expect_differences(w, 0, 0, 1,
                       "owner was ssh.service, is dropbear.service; binary was /usr/sbin/sshd, is /usr/sbin/dropbear");
    w = before();
    w->owners[2].comm = "stranger"; /* without a unit or a binary it is the name that tells */
    AT("name");
    expect_differences(w, 0, 0, 1, "owner was mystery, is stranger");
    w = before();
    w->owners[2].user = "root";
    AT("user");
    expect_differences(w, 0, 0, 1, "user was daemon, is root");
    w = before();
    w->ifaces[0][2].default_v4 = w->ifaces[0][2].up = true;
    w->addrs[0][5].addr = world_addr("198.51.100.5");
    w->listeners[1].addr = world_addr("198.51.100.5");
    save(w);
    w->ifaces[0][1].default_v4 = w->ifaces[0][2].default_v4 = false;
    AT("rung");
    struct ptn_err err;
    json_t *d;
    int r = compare(w, &d, &err);
    EXPECT(r >= 1);
    bool found = false;
    for (size_t i = 0; i < json_array_size(json_object_get(d, "changed")); i++) {
        const json_t *one = json_array_get(json_object_get(d, "changed"), i);
        const char *what = json_string_value(json_object_get(one, "what"));
        found |= json_integer_value(json_object_get(one, "port")) == 7003 &&
                 strcmp(what, "ipv4 rung was internet, is vpn") == 0;
    }
    EXPECT(found);
    json_decref(d);
    save(before());
    w = before();
    w->owners[1].comm = "mystery";
    AT("verdict");
    expect_differences(w, 0, 0, 1, "verdict was WORRY, is ASK");
}

/* Two processes on one port: each is itself, whichever comes first. */
static void two_on_one_port(void **state)
{
    (void)state;
    struct world *w = before();
    world_listen(w, PTN_TCP, "*", 22, "other");
    save(w);
    w = world_public();
    world_listen(w, PTN_TCP, "*", 22, "other");
    world_listen(w, PTN_TCP, "*", 22, "sshd");
    world_listen(w, PTN_TCP, "10.0.0.5", 7003, "proc-n");
    world_listen(w, PTN_UDP, "0.0.0.0", 53, "mystery");
    w->owners[1].unit = "ssh.service";
    w->owners[1].exe = "/usr/sbin/sshd";
    w->owners[2].unit = "n.service";
    AT("two");
    expect_differences(w, 0, 0, 0, NULL);
    w->host.n_listeners--; /* the last: 53/udp */
    AT("two, and one gone");
    expect_differences(w, 0, 1, 0, NULL);
}

/* What comes and goes by itself is not compared: clients, and what does not listen yet. */
static void not_compared(void **state)
{
    (void)state;
    save(before());
    struct world *w = before();
    world_listen(w, PTN_UDP, "0.0.0.0", 45123, "mystery");
    struct ptn_listener *l = world_listen(w, PTN_TCP, "0.0.0.0", 79, "in.fingerd");
    l->latent = true;
    l->latent_from = "/etc/inetd.conf";
    AT("client, latent");
    expect_differences(w, 0, 0, 0, NULL);
}

/* A namespace without a name is another number after each start. */
static void unnamed_namespaces(void **state)
{
    (void)state;
    struct world *w = before();
    w->netns[1].name = "net:[4026532001]";
    world_owner(w, world_socket(w, 1, PTN_TCP, "0.0.0.0", 80), "nginx");
    save(w);
    w = before();
    w->netns[1].name = "net:[4026539999]";
    world_owner(w, world_socket(w, 1, PTN_TCP, "0.0.0.0", 80), "nginx");
    AT("unnamed");
    expect_differences(w, 0, 0, 0, NULL);
    w = before();
    w->netns[1].name = "blue";
    world_owner(w, world_socket(w, 1, PTN_TCP, "0.0.0.0", 80), "nginx");
    AT("named");
    expect_differences(w, 1, 1, 0, NULL);
}

/* ---- files that are not baselines --------------------------------------------------------------------------- */

static void put(const char *text, size_t len)
{
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, len, f), len);
    fclose(f);
}

static void refused(void **state)
{
    static const struct {
        const char *text, *err; /* what the message holds beside the path */
    } rows[] = {
        {"", ":1: "},
        {"{", ":1: "},
        {"not json\n", ":1: "},
        {"{\n \"audit\": [\n  {\n", ":4: "},
        {"[]", "not an audit that --save has made"},
        {"{}", "not an audit that --save has made"},
        {"{\"lookup\": []}", "not an audit that --save has made"},
        {"{\"audit\": 5}", "not an audit that --save has made"},
        {"\"audit\"", ""},
        {"{\"audit\": []}", "made by a version with another schema"},
        {"{\"audit\": [], \"schema\": 99}", "made by a version with another schema"},
        {"{\"audit\": [], \"schema\": \"1\"}", "made by a version with another schema"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptn_err err;
        json_t *d;
        AT("%s", rows[i].text);
        put(rows[i].text, strlen(rows[i].text));
        EXPECT_INT(compare(before(), &d, &err), -EINVAL);
        EXPECT(strncmp(err.text, path, strlen(path)) == 0);
        if (!strstr(err.text, rows[i].err))
            fail_msg("\"%s\" has no \"%s\" [at: %s]", err.text, rows[i].err, check_at);
    }
}

static void cut_off(void **state)
{
    json_t *doc = document(before());
    char *text = json_dumps(doc, JSON_INDENT(1));
    size_t len = strlen(text);
    (void)state;
    for (size_t n = 0; n < len - 1; n += n + 200 < len ? 97 : 1) {
        struct ptn_err err;
        json_t *d;
        AT("cut to %zu", n);
        put(text, n);
        EXPECT_INT(compare(before(), &d, &err), -EINVAL);
    }
    free(text);
    json_decref(doc);
}

/* Rows of another shape are no reason to crash. */
static void odd_rows(void **state)
{
    static const char *const rows[] = {
        "{\"audit\": [1, null, [], \"x\", {}], \"schema\": 1, \"blind\": []}",
        "{\"audit\": [{\"port\": \"22\"}, {\"port\": 22}, {\"port\": 22, \"owner\": []}], \"schema\": 1, \"blind\": "
        "{}}",
        "{\"audit\": [{\"port\": 22, \"netns\": 5, \"proto\": {}, \"rung\": [], \"owner\": {\"unit\": 7}}], "
        "\"schema\": 1}",
        "{\"audit\": [{\"port\": 99999999999999, \"proto\": \"tcp\", \"address\": \"x\"}], \"schema\": 1, \"blind\": "
        "[[]]}",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptn_err err;
        json_t *d;
        AT("%s", rows[i]);
        put(rows[i], strlen(rows[i]));
        int r = compare(before(), &d, &err);
        EXPECT(r >= 3); /* all of ours are new */
        json_decref(d);
    }
}

/* One who saw all and one who did not cannot be compared. */
static void another_view(void **state)
{
    struct ptn_err err;
    json_t *d;
    (void)state;
    struct world *w = before();
    w->blind[0] = (struct ptn_blind){"owners", "needs root", true};
    w->host.blind = w->blind;
    w->host.n_blind = 1;
    save(w);
    AT("saved half blind");
    EXPECT_INT(compare(before(), &d, &err), -EINVAL);
    EXPECT(strstr(err.text, "save it anew, as root"));
    save(before());
    w = before();
    w->blind[0] = (struct ptn_blind){"owners", "needs root", true};
    w->host.blind = w->blind;
    w->host.n_blind = 1;
    AT("compared half blind");
    EXPECT_INT(compare(w, &d, &err), -EINVAL);
    EXPECT(strstr(err.text, "run it as root"));
    w->blind[0].matters = false;
    AT("what does not matter does not count");
    expect_differences(w, 0, 0, 0, NULL);
}

static void no_file(void **state)
{
    struct ptn_err err;
    json_t *d, *doc = document(before());
    (void)state;
    AT("no file");
    EXPECT_INT(ptn_baseline_compare("/nonexistent/base.json", doc, &d, &err), -ENOENT);
    EXPECT_TEXT(err.text, "/nonexistent/base.json: No such file or directory");
    EXPECT_INT(ptn_baseline_save("/nonexistent/base.json", doc, &err), -ENOENT);
    EXPECT_TEXT(err.text, "/nonexistent/base.json: No such file or directory");
    json_decref(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_restart_is_no_difference),
        cmocka_unit_test(new_and_gone),
        cmocka_unit_test(changed),
        cmocka_unit_test(two_on_one_port),
        cmocka_unit_test(not_compared),
        cmocka_unit_test(unnamed_namespaces),
        cmocka_unit_test(refused),
        cmocka_unit_test(cut_off),
        cmocka_unit_test(odd_rows),
        cmocka_unit_test(another_view),
        cmocka_unit_test(no_file),
    };
    return check_all_in(tests, set_up, tear_down);
}
