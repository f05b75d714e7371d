/* Lines of the tables in /proc/net, and the kinds of interfaces. */
#include "check.h"

#include <linux/if_arp.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "host/iface.h"
#include "host/procnet.h"
#include "host/protocols.h"

static struct ptn_listener rows[PTN_PROCNET_ADDRS];

static int read_line(enum ptn_proto proto, int family, const char *line)
{
    memset(rows, 0xff, sizeof(rows));
    return ptn_procnet_line(proto, family, line, rows);
}

static void assert_addr(const struct ptn_listener *l, const char *text)
{
    char buf[PTN_ADDR_TEXT];
    assert_string_equal(ptn_addr_format(&l->addr, buf), text);
}

#define TAIL " 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0000000000000000 100 0 0 10 0"

static void test_inet(void **state)
{
    (void)state;
    assert_int_equal(read_line(PTN_TCP, AF_INET, "   0: 0100007F:0016 00000000:0000 0A" TAIL), 1);
    assert_addr(rows, "127.0.0.1");
    assert_int_equal(rows[0].port, 22);
    assert_int_equal(rows[0].uid, 1000);
    assert_int_equal(rows[0].inode, 4242);
    assert_false(rows[0].dual);
    assert_int_equal(read_line(PTN_TCP, AF_INET, "   0: 0100007F:0016 0100007F:9999 01" TAIL), 0);
    assert_int_equal(read_line(PTN_UDP, AF_INET, "  12: 00000000:0035 00000000:0000 07" TAIL), 1);
    assert_int_equal(read_line(PTN_UDP, AF_INET, "  12: 00000000:0035 0100007F:0035 01" TAIL), 0);
}

static void test_inet6(void **state)
{
    (void)state;
    const char *any = " 1: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A" TAIL;
    assert_int_equal(read_line(PTN_TCP, AF_INET6, any), 1);
    assert_addr(rows, "::");
    assert_true(rows[0].dual);
    const char *one = " 1: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A" TAIL;
    assert_int_equal(read_line(PTN_TCP, AF_INET6, one), 1);
    assert_addr(rows, "::1");
    assert_false(rows[0].dual);
    const char *raw = " 1: 00000000000000000000000000000000:003A 00000000000000000000000000000000:0000 07" TAIL;
    assert_int_equal(read_line(PTN_RAW, AF_INET6, raw), 1);
    assert_int_equal(rows[0].port, 0);
    assert_int_equal(rows[0].number, 58);
    assert_false(rows[0].dual);
}

static void test_others(void **state)
{
    (void)state;
    assert_int_equal(read_line(PTN_PACKET, 0, "0000000000000000 3      3    0003   2     1 0      7      271941"), 1);
    assert_int_equal(rows[0].number, 3);
    assert_int_equal(rows[0].ifindex, 2);
    assert_int_equal(rows[0].uid, 7);
    assert_int_equal(rows[0].inode, 271941);
    const char *sctp = " ffff0 ffff1 2   10  29   3868      7 5310 192.168.0.1 ::1 ";
    assert_int_equal(read_line(PTN_SCTP, 0, sctp), 2);
    assert_int_equal(rows[1].port, 3868);
    assert_addr(&rows[0], "192.168.0.1");
    assert_addr(&rows[1], "::1");
}

static void test_nonsense(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
        "   0: 0100007F:0016",
        "   0: 0100007F0100007F:0016 00000000:0000 0A" TAIL,
        "   0: XYZ:0016 00000000:0000 0A" TAIL,
        "sk       RefCnt Type Proto  Iface R Rmem   User   Inode",
        " ENDPT     SOCK   STY SST HBKT LPORT   UID INODE LADDRS",
        "\xff\xff\xff\xff: \xff",
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        for (int p = 0; p < PTN_PROTO_COUNT; p++)
            assert_int_equal(read_line((enum ptn_proto)p, AF_INET, lines[i]), 0);
}

static void test_links(void **state)
{
    (void)state;
    assert_int_equal(ptn_link_kind("", ARPHRD_LOOPBACK, false), PTN_LINK_LOOPBACK);
    assert_int_equal(ptn_link_kind("", ARPHRD_ETHER, false), PTN_LINK_ETHERNET);
    assert_int_equal(ptn_link_kind("vlan", ARPHRD_ETHER, false), PTN_LINK_ETHERNET);
    assert_int_equal(ptn_link_kind("bridge", ARPHRD_ETHER, false), PTN_LINK_BRIDGE);
    assert_int_equal(ptn_link_kind("veth", ARPHRD_ETHER, true), PTN_LINK_VETH);
    assert_int_equal(ptn_link_kind("tun", ARPHRD_NONE, false), PTN_LINK_VPN);
    assert_int_equal(ptn_link_kind("tun", ARPHRD_ETHER, true), PTN_LINK_OTHER);
    assert_int_equal(ptn_link_kind("wireguard", ARPHRD_NONE, false), PTN_LINK_VPN);
    assert_int_equal(ptn_link_kind("", ARPHRD_PPP, false), PTN_LINK_VPN);
    assert_int_equal(ptn_link_kind("dummy", ARPHRD_ETHER, false), PTN_LINK_OTHER);
}

static void test_protocols(void **state)
{
    (void)state;
    struct ptn_protocols p;
    ptn_protocols_parse("protocol  size sockets  memory press maxhdr  slab module\n"
                        "MPTCPv6   2064      0     234   no       0   yes  kernel\n"
                        "UDPLITEv6 1472      2       0   NI       0   yes  kernel\n"
                        "MPTCP     1936     12     234   no       0   yes  kernel\n"
                        "RAW       1152      0      -1   NI       0   yes  kernel\n"
                        "PACKET    1600      1      -1   NI       0   no   kernel",
                        &p);
    assert_true(p.any[PTN_TCP][0] && p.any[PTN_TCP][1] && p.any[PTN_UDP][0] && p.any[PTN_UDP][1]);
    assert_true(p.any[PTN_MPTCP][0] && !p.any[PTN_MPTCP][1]);
    assert_true(!p.any[PTN_UDPLITE][0] && p.any[PTN_UDPLITE][1]);
    assert_false(p.any[PTN_RAW][0] || p.any[PTN_RAW][1] || p.any[PTN_SCTP][0] || p.any[PTN_DCCP][1]);
    assert_true(p.any[PTN_PACKET][0]);
    ptn_protocols_parse("", &p); /* no table: everything may be there */
    assert_true(p.any[PTN_SCTP][0] && p.any[PTN_RAW][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_inet),   cmocka_unit_test(test_inet6),
                                       cmocka_unit_test(test_others), cmocka_unit_test(test_nonsense),
                                       cmocka_unit_test(test_links),  cmocka_unit_test(test_protocols)};
    return check_all(tests);
}
