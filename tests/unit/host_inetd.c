/* Configuration of inetd and xinetd. */
#include "check.h"

#include <sys/socket.h>

#include "base/addr.h"
#include "host/inetd.h"

static struct ptn_snapshot snapshot;
static struct ptn_array supers;

static int clean_up(void **state)
{
    (void)state;
    ptn_array_free(&supers);
    ptn_array_free(&snapshot.blind);
    ptn_arena_release(&snapshot.arena);
    return 0;
}

static const struct ptn_super *at(size_t i)
{
    assert_true(i < supers.n);
    return PTN_AT(struct ptn_super, &supers, i);
}

static void assert_place(const struct ptn_super *s, enum ptn_proto proto, const char *addr, unsigned port, bool dual)
{
    char buf[PTN_ADDR_TEXT];
    assert_int_equal(s->place.proto, proto);
    assert_string_equal(ptn_addr_format(&s->place.addr, buf), addr);
    assert_int_equal(s->place.port, port);
    assert_int_equal(s->place.dual, dual);
}

static void test_inetd(void **state)
{
    (void)state;
    char text[] = "# comment\n#<off># 23 stream tcp nowait root /usr/sbin/tcpd telnetd\n"
                  "79 stream tcp nowait nobody:nogroup /usr/sbin/tcpd /usr/sbin/in.fingerd -w\n"
                  "13\tdgram  udp6 wait root internal\r\n"
                  "[::1]:7 stream tcp6 nowait.40 root internal\n"
                  "*:11 stream tcp46 nowait root internal\n"
                  "127.0.0.1:\n"
                  "9 stream tcp nowait root internal\n"
                  "sunrpc/1-3 dgram rpc/udp wait root /x y\n"
                  "/run/x stream unix nowait root /x y\n"
                  "short stream tcp\n";
    assert_int_equal(ptn_inetd_parse(&snapshot, text, "/etc/inetd.conf", &supers), 0);
    assert_int_equal(supers.n, 5);
    assert_place(at(0), PTN_TCP, "0.0.0.0", 79, false);
    assert_string_equal(at(0)->user, "nobody");
    assert_string_equal(at(0)->exe, "/usr/sbin/tcpd");
    assert_string_equal(at(0)->command, "/usr/sbin/in.fingerd -w");
    assert_string_equal(at(0)->name, "");
    assert_place(at(1), PTN_UDP, "::", 13, false);
    assert_string_equal(at(1)->exe, "");
    assert_place(at(2), PTN_TCP, "::1", 7, false);
    assert_place(at(3), PTN_TCP, "::", 11, true);
    assert_place(at(4), PTN_TCP, "127.0.0.1", 9, false);
}

static void test_xinetd(void **state)
{
    (void)state;
    char text[] = "defaults\n{\n disabled = off-one\n}\nincludedir /etc/xinetd.d\ninclude /etc/more\n"
                  "service tester\n{\n# comment\n disable = no\n type = UNLISTED\n port = 8123\n socket_type = stream\n"
                  " bind = 127.0.0.1\n user = nobody\n server = /usr/bin/tester\n server_args = -a -b\n}\n"
                  "service hidden\n{\n disable = yes\n port = 1\n}\n"
                  "service rpc\n{\n type = RPC UNLISTED\n}\n"
                  "service 8124 {\n protocol = udp\n flags += IPv4\n disable = no\n}\n"
                  "service late\n{\n port = 8125\n socket_type = dgram\n id = off-one\n}\n"
                  "service open\n{\n port = 9\n";
    struct ptn_xinetd x = {0};
    assert_int_equal(ptn_xinetd_parse(&snapshot, text, "/etc/xinetd.conf", &supers, &x), 0);
    assert_int_equal(supers.n, 3); /* `disabled` is applied when all files are read */
    assert_place(at(0), PTN_TCP, "127.0.0.1", 8123, false);
    assert_string_equal(at(0)->name, "tester");
    assert_string_equal(at(0)->command, "/usr/bin/tester -a -b");
    assert_string_equal(at(0)->user, "nobody");
    assert_true(at(0)->xinetd);
    assert_place(at(1), PTN_UDP, "0.0.0.0", 8124, false);
    assert_place(at(2), PTN_UDP, "::", 8125, true);
    assert_int_equal(x.more.n, 2);
    assert_true(PTN_AT(struct ptn_more, &x.more, 0)->is_folder);
    assert_string_equal(PTN_AT(struct ptn_more, &x.more, 1)->path, "/etc/more");
    assert_int_equal(x.disabled.n, 1);
    struct ptn_array *const lists[] = {&x.more, &x.disabled, &x.enabled, &x.ids};
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        ptn_array_free(lists[i]);
}

static void test_clean(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"plain", "plain"},
        {"a\033[31mb\n", "a?[31mb?"},
        {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
        {"\xff\xc3", "??"},
        {"\xc2\x9b"
         "x",
         "?x"},
        {"\xe2\x80\xae"
         "x",
         "?x"},
        {"\xc0\xaf", "??"},
        {"\xed\xa0\x80", "?"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *out = ptn_snapshot_clean(&snapshot, cases[i].in, strlen(cases[i].in));
        if (i != 7) /* how many marks a broken sequence gives is not promised */
            assert_string_equal(out, cases[i].out);
        assert_null(strpbrk(out, "\033\n\x7f"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_teardown(test_inetd, clean_up),
                                       cmocka_unit_test_teardown(test_xinetd, clean_up),
                                       cmocka_unit_test_teardown(test_clean, clean_up)};
    return check_all(tests);
}
