/* systemd socket units in a root of our own. */
#include "check.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/addr.h"
#include "host/latent.h"
#include "host/snapshot.h"
#include "host/units.h"

static char root[64];

static void run(const char *fmt, const char *arg)
{
    char command[512];
    snprintf(command, sizeof(command), fmt, root, arg);
    assert_int_equal(system(command), 0);
}

static void put(const char *path, const char *text)
{
    char full[512];
    snprintf(full, sizeof(full), "%s%s", root, path);
    *strrchr(full, '/') = '\0';
    run("mkdir -p '%2$s'; : '%1$s'", full);
    full[strlen(full)] = '/';
    FILE *f = fopen(full, "we");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static int make_root(void **state)
{
    (void)state;
    strcpy(root, "/tmp/ptn-units-XXXXXX");
    assert_non_null(mkdtemp(root));
    put("/usr/lib/systemd/system/ssh.socket",
        "# comment\n[Unit]\nListenStream=1\n[Socket]\nListenStream=22\nAccept=no\n");
    put("/usr/lib/systemd/system/ssh.service", "[Service]\nExecStart=-/usr/sbin/sshd \\\n  -D\nUser=root\n");
    put("/usr/lib/systemd/system/old.socket", "[Socket]\nListenStream=79\nAccept=yes\n");
    put("/usr/lib/systemd/system/bus.socket", "[Socket]\nListenStream=/run/bus\nListenStream=@abstract\n");
    put("/usr/lib/systemd/system/gone.socket", "[Socket]\nListenStream=80\n");
    put("/usr/lib/systemd/system/both.socket",
        "[Socket]\nListenStream=127.0.0.1:99\nListenDatagram=[::1]:98\nListenStream=[::]:97\nBindIPv6Only=ipv6-only\n"
        "Service=other.service\nBindToDevice=eth0\n");
    put("/usr/lib/systemd/system/both.socket.d/20-b.conf", "[Socket]\nListenStream=95\n");
    put("/etc/systemd/system/both.socket.d/10-a.conf", "[Socket]\nListenStream=\nListenStream=96\n");
    put("/usr/lib/systemd/system/tpl@.socket", "[Socket]\nListenStream=94\n");
    put("/usr/lib/systemd/system/lite.socket", "[Socket]\nListenDatagram=93\nSocketProtocol=udplite\n");
    run("ln -s /dev/null '%s/etc/systemd/system/gone.socket'; : '%s'", "");
    run("ln -s ssh.socket '%s/usr/lib/systemd/system/sshd.socket'; : '%s'", "");
    run("mkdir -p '%1$s/etc/systemd/system/sockets.target.wants' && ln -s /usr/lib/systemd/system/ssh.socket "
        "'%1$s/etc/systemd/system/sockets.target.wants/'; : '%2$s'",
        "");
    return 0;
}

static int drop_root(void **state)
{
    (void)state;
    run("rm -r '%s'; : '%s'", "");
    return 0;
}

static const struct ptn_unit *find(const struct ptn_array *units, const char *name)
{
    for (size_t i = 0; i < units->n; i++)
        if (strcmp(PTN_AT(struct ptn_unit, units, i)->name, name) == 0)
            return PTN_AT(struct ptn_unit, units, i);
    return NULL;
}

static void test_read(void **state)
{
    (void)state;
    struct ptn_snapshot s = {0};
    struct ptn_array units = {0};
    assert_int_equal(ptn_units_read(&s, root, &units), 0);
    assert_int_equal(units.n, 4);
    const struct ptn_unit *u = find(&units, "ssh.socket");
    assert_non_null(u);
    assert_true(u->enabled);
    assert_int_equal(u->n_places, 1);
    assert_int_equal(u->places[0].port, 22);
    assert_true(u->places[0].dual);
    assert_string_equal(u->service, "ssh.service");
    assert_string_equal(u->file, "/usr/lib/systemd/system/ssh.socket");
    assert_string_equal(find(&units, "old.socket")->service, "old@.service");
    assert_false(find(&units, "old.socket")->enabled);
    assert_int_equal(find(&units, "lite.socket")->places[0].proto, PTN_UDPLITE);
    u = find(&units, "both.socket");
    assert_int_equal(u->n_places, 2); /* the drop-in 10-a took the file's own back */
    assert_int_equal(u->places[0].port, 96);
    assert_int_equal(u->places[1].port, 95);
    assert_false(u->places[0].dual);
    assert_string_equal(u->service, "other.service");
    assert_string_equal(u->device, "eth0");
    assert_null(find(&units, "gone.socket"));
    assert_null(find(&units, "sshd.socket"));
    ptn_array_free(&units);
    ptn_arena_release(&s.arena);
}

static void test_start(void **state)
{
    (void)state;
    struct ptn_snapshot s = {0};
    struct ptn_start start;
    assert_int_equal(ptn_units_start(&s, root, "ssh.service", &start), 0);
    assert_string_equal(start.exe, "/usr/sbin/sshd");
    assert_string_equal(start.user, "root");
    assert_true(ptn_units_start(&s, root, "none.service", &start) < 0);
    ptn_arena_release(&s.arena);
}

static void test_address(void **state)
{
    (void)state;
    struct ptn_place p;
    assert_int_equal(ptn_unit_address("22", &p), 0);
    assert_true(ptn_addr_is_any(&p.addr) && p.addr.family == AF_INET6);
    assert_int_equal(ptn_unit_address("[fe80::1%eth0]:53", &p), 0);
    assert_true(ptn_addr_is_link_local(&p.addr));
    assert_int_equal(ptn_unit_address("10.0.0.1:65535", &p), 0);
    static const char *const bad[] = {"",  "0",     "65536",   "/run/x", "@x", "vsock:1:2",
                                      ":", "[::1]", "host:80", "[]:1",   "%i"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_true(ptn_unit_address(bad[i], &p) < 0);
}

/* systemd (a process of that name) holds port 22; nobody has the others yet. */
static void test_latent(void **state)
{
    (void)state;
    struct ptn_snapshot *s = calloc(1, sizeof(*s));
    struct ptn_space *space = ptn_array_add(&s->spaces, sizeof(*space));
    space->pub.host = true;
    space->pub.name = "host";
    struct ptn_owner *pid1 = ptn_snapshot_owner(s);
    pid1->comm = "systemd";
    pid1->pid = 1;
    struct ptn_listener *sock = ptn_snapshot_socket(s);
    *sock = (struct ptn_listener){.proto = PTN_TCP, .addr.family = AF_INET6, .dual = true, .port = 22, .inode = 5};
    sock->owner = pid1;
    assert_int_equal(ptn_latent_read(s, root), 0);
    assert_int_equal(ptn_snapshot_freeze(s), 0);
    const struct ptn_listener *l = s->pub.listeners;
    assert_int_equal(s->pub.n_listeners, 1 + 4);
    assert_string_equal(l[0].owner->unit, "ssh.service");
    assert_string_equal(l[0].owner->socket_unit, "ssh.socket");
    assert_string_equal(l[0].owner->comm, "sshd");
    assert_int_equal(l[0].owner->pid, 1);
    for (size_t i = 1; i < s->pub.n_listeners; i++) {
        assert_true(l[i].latent);
        assert_int_not_equal(l[i].port, 22);
        assert_non_null(l[i].owner);
    }
    ptn_host_free(&s->pub);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_read), cmocka_unit_test(test_start),
                                       cmocka_unit_test(test_address), cmocka_unit_test(test_latent)};
    return check_all_in(tests, make_root, drop_root);
}
