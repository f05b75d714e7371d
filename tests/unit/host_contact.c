/* Contacts: messages of connection tracking, lines of /proc/net, and what becomes of them. */
#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/tcp.h>

#include "base/addr.h"
#include "host/contact_part.h"

static struct ptn_addr addr(const char *text)
{
    struct ptn_addr a;
    assert_int_equal(ptn_addr_parse(&a, text, strlen(text)), 0);
    return a;
}

/* ---- messages ----------------------------------------------------------------------------------------------- */

static _Alignas(struct nlmsghdr) char buf[1024];

/* "SRC SPORT DST DPORT" */
static void put_end(struct nlmsghdr *h, uint16_t type, uint8_t proto, const char *text)
{
    char src[PTN_ADDR_TEXT], dst[PTN_ADDR_TEXT];
    unsigned sport, dport;
    assert_int_equal(sscanf(text, "%47s %u %47s %u", src, &sport, dst, &dport), 4);
    struct ptn_addr from = addr(src), to = addr(dst);
    bool four = from.family == AF_INET;
    struct nlattr *end = mnl_attr_nest_start(h, type), *part = mnl_attr_nest_start(h, CTA_TUPLE_IP);
    mnl_attr_put(h, four ? CTA_IP_V4_SRC : CTA_IP_V6_SRC, four ? 4 : 16, from.bytes);
    mnl_attr_put(h, four ? CTA_IP_V4_DST : CTA_IP_V6_DST, four ? 4 : 16, to.bytes);
    mnl_attr_nest_end(h, part);
    part = mnl_attr_nest_start(h, CTA_TUPLE_PROTO);
    mnl_attr_put_u8(h, CTA_PROTO_NUM, proto);
    mnl_attr_put_u16(h, CTA_PROTO_SRC_PORT, htons((uint16_t)sport));
    mnl_attr_put_u16(h, CTA_PROTO_DST_PORT, htons((uint16_t)dport));
    mnl_attr_nest_end(h, part);
    mnl_attr_nest_end(h, end);
}

static struct nlmsghdr *message(uint8_t proto, uint32_t status, const char *orig, const char *reply)
{
    struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
    h->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW;
    mnl_nlmsg_put_extra_header(h, sizeof(struct nfgenmsg));
    put_end(h, CTA_TUPLE_ORIG, proto, orig);
    put_end(h, CTA_TUPLE_REPLY, proto, reply);
    mnl_attr_put_u32(h, CTA_STATUS, htonl(status));
    return h;
}

static void test_message(void **state)
{
    (void)state;
    struct ptn_flow f;
    struct nlmsghdr *h =
        message(IPPROTO_TCP, IPS_ASSURED, "192.0.2.1 40000 192.0.2.2 25", "192.0.2.2 25 192.0.2.1 40001");
    assert_true(ptn_flow_parse(h, &f));
    struct ptn_addr one = addr("192.0.2.1"), two = addr("192.0.2.2");
    assert_true(ptn_addr_equal(&f.orig.src, &one) && ptn_addr_equal(&f.orig.dst, &two));
    assert_true(ptn_addr_equal(&f.reply.src, &two) && ptn_addr_equal(&f.reply.dst, &one));
    assert_int_equal(f.orig.sport, 40000);
    assert_int_equal(f.orig.dport, 25);
    assert_int_equal(f.reply.sport, 25);
    assert_int_equal(f.reply.dport, 40001);
    assert_int_equal(f.proto, IPPROTO_TCP);
    assert_int_equal(f.status, IPS_ASSURED);
    h->nlmsg_type++;
    assert_false(ptn_flow_parse(h, &f));
    assert_false(ptn_flow_parse(message(IPPROTO_ICMP, 0, "10.0.0.1 0 10.0.0.2 0", "10.0.0.2 0 10.0.0.1 0"), &f));
    assert_true(
        ptn_flow_parse(message(IPPROTO_UDP, 0, "2001:db8::1 53 2001:db8::2 99", "2001:db8::2 99 2001:db8::1 53"), &f));
    assert_int_equal(f.orig.src.family, AF_INET6);
}

/* Nothing that is cut off or has a wrong byte in it reads beyond its end; under sanitizers that would show. */
static void test_broken_message(void **state)
{
    (void)state;
    static const char *const ends[2] = {"2001:db8::1 5 2001:db8::2 6", "2001:db8::2 6 2001:db8::1 5"};
    struct ptn_flow f;
    const uint32_t whole = message(IPPROTO_TCP, 0, ends[0], ends[1])->nlmsg_len;
    for (uint32_t len = sizeof(struct nlmsghdr); len < whole; len += 4) {
        struct nlmsghdr *copy = malloc(len);
        memcpy(copy, message(IPPROTO_TCP, 0, ends[0], ends[1]), len);
        copy->nlmsg_len = len;
        bool is_flow = ptn_flow_parse(copy, &f);
        free(copy);
        AT("%u bytes of %u", len, whole);
        EXPECT_INT(is_flow, len >= whole - 8); /* all but its status */
    }
    for (uint32_t i = sizeof(struct nlmsghdr) * 8; i < whole * 8; i++) {
        struct nlmsghdr *copy = malloc(whole);
        memcpy(copy, message(IPPROTO_TCP, 0, ends[0], ends[1]), whole);
        ((uint8_t *)copy)[i / 8] ^= (uint8_t)(1u << i % 8);
        ptn_flow_parse(copy, &f);
        free(copy);
    }
}

/* ---- which contacts a flow is ------------------------------------------------------------------------------- */

static struct ptn_contact_set set;

/* This machine is 192.0.2.1 outside, 10.0.0.1 inside. */
static int begin(void **state)
{
    (void)state;
    static const char *const own[] = {"192.0.2.1", "127.0.0.1", "2001:db8::1", "10.0.0.1", "::1"};
    set = (struct ptn_contact_set){0};
    for (size_t i = 0; i < COUNT(own); i++) {
        struct ptn_addr a = addr(own[i]);
        assert_int_equal(ptn_contact_own(&set, &a), 0);
    }
    ptn_contact_own_done(&set);
    return 0;
}

static int end(void **state)
{
    (void)state;
    ptn_contact_set_release(&set);
    return 0;
}

/* "PEER PORT out|in OWN-PORT; ..." */
static const char *all(char out[static 512])
{
    char text[PTN_ADDR_TEXT];
    size_t used = 0;
    out[0] = '\0';
    for (const struct ptn_contact *c = set.items; c < set.items + set.n; c++)
        used += (size_t)snprintf(out + used, 512 - used, "%s%s %u %s %u", used ? "; " : "",
                                 ptn_addr_format(&c->peer, text), c->port, c->outgoing ? "out" : "in", c->own_port);
    return out;
}

static void test_flows(void **state)
{
    (void)state;
    static const struct {
        const char *name, *orig, *reply;
        uint8_t proto;
        uint32_t status;
        const char *wanted;
    } rows[] = {
        {"we call", "192.0.2.1 40000 192.0.2.9 25", "192.0.2.9 25 192.0.2.1 40000", IPPROTO_TCP, 0,
         "192.0.2.9 25 out 40000"},
        {"we are called", "192.0.2.9 5555 192.0.2.1 22", "192.0.2.1 22 192.0.2.9 5555", IPPROTO_TCP,
         IPS_SEEN_REPLY | IPS_ASSURED, "192.0.2.9 5555 in 22"},
        {"half a handshake", "192.0.2.9 5555 192.0.2.1 22", "192.0.2.1 22 192.0.2.9 5555", IPPROTO_TCP, IPS_SEEN_REPLY,
         ""},
        {"UDP, answered", "192.0.2.9 5555 192.0.2.1 53", "192.0.2.1 53 192.0.2.9 5555", IPPROTO_UDP, IPS_SEEN_REPLY,
         "192.0.2.9 5555 in 53"},
        {"UDP, not answered", "192.0.2.9 5555 192.0.2.1 53", "192.0.2.1 53 192.0.2.9 5555", IPPROTO_UDP, 0, ""},
        {"multicast", "192.0.2.1 5353 224.0.0.251 5353", "224.0.0.251 5353 192.0.2.1 5353", IPPROTO_UDP, 0,
         "224.0.0.251 5353 out 5353"},
        {"masqueraded", "10.0.0.2 40000 192.0.2.9 25", "192.0.2.9 25 192.0.2.1 40007", IPPROTO_TCP, 0,
         "192.0.2.9 25 out 40007"},
        {"ours, under an address that is on no interface", "192.0.2.1 40000 192.0.2.9 25",
         "192.0.2.9 25 198.51.100.7 40000", IPPROTO_TCP, 0, "192.0.2.9 25 out 40000"},
        {"a published port", "192.0.2.9 5555 192.0.2.1 8080", "10.0.0.2 80 192.0.2.9 5555", IPPROTO_TCP, IPS_ASSURED,
         "192.0.2.9 5555 in 8080"},
        {"a published port of a neighbour of the caller", "10.0.0.3 5555 192.0.2.1 8080", "10.0.0.2 80 10.0.0.1 5555",
         IPPROTO_TCP, IPS_ASSURED, "10.0.0.2 80 out 5555; 10.0.0.3 5555 in 8080"},
        {"taken by a proxy here", "10.0.0.2 5555 192.0.2.9 80", "10.0.0.1 3128 10.0.0.2 5555", IPPROTO_TCP, IPS_ASSURED,
         "10.0.0.2 5555 in 80"},
        {"only sent on", "10.0.0.2 5555 192.0.2.9 80", "192.0.2.9 80 10.0.0.2 5555", IPPROTO_TCP, IPS_ASSURED, ""},
        {"loopback", "127.0.0.1 5555 127.0.0.2 80", "127.0.0.2 80 127.0.0.1 5555", IPPROTO_TCP, IPS_ASSURED, ""},
        {"with ourselves", "10.0.0.1 5555 192.0.2.1 80", "192.0.2.1 80 10.0.0.1 5555", IPPROTO_TCP, IPS_ASSURED, ""},
        {"IPv6", "2001:db8::1 5555 2001:db8::2 80", "2001:db8::2 80 2001:db8::1 5555", IPPROTO_TCP, 0,
         "2001:db8::2 80 out 5555"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptn_flow f;
        char text[512];
        AT("%s", rows[i].name);
        set.n = 0;
        EXPECT(ptn_flow_parse(message(rows[i].proto, rows[i].status, rows[i].orig, rows[i].reply), &f));
        EXPECT_INT(ptn_flow_add(&set, &f), 0);
        ptn_contact_merge(&set);
        EXPECT_TEXT(all(text), rows[i].wanted);
    }
}

/* ---- the set ------------------------------------------------------------------------------------------------ */

static void add(const char *peer, uint16_t port, uint16_t own_port, uint8_t seen, bool outgoing)
{
    const struct ptn_contact c = {addr(peer), port, own_port, IPPROTO_TCP, seen, outgoing};
    assert_int_equal(ptn_contact_add(&set, &c), 0);
}

static void test_merge(void **state)
{
    (void)state;
    char text[512];
    add("2001:db8::9", 1, 2, PTN_CONTACT_TCP, true);
    add("::ffff:192.0.2.9", 25, 40000, PTN_CONTACT_TCP, true);
    add("192.0.2.9", 25, 40000, PTN_CONTACT_TRACKED, true);
    add("192.0.2.9", 9, 40000, PTN_CONTACT_TRACKED, true);
    add("::ffff:127.0.0.1", 9, 40000, PTN_CONTACT_TCP, true);
    add("0.0.0.0", 9, 40000, PTN_CONTACT_TCP, true);
    ptn_contact_merge(&set);
    assert_string_equal(all(text), "192.0.2.9 9 out 40000; 192.0.2.9 25 out 40000; 2001:db8::9 1 out 2");
    assert_int_equal(set.items[0].seen, PTN_CONTACT_TRACKED);
    assert_int_equal(set.items[1].seen, PTN_CONTACT_TRACKED | PTN_CONTACT_TCP);
    const struct ptn_contact udp = {addr("192.0.2.9"), 9, 40000, IPPROTO_UDP, PTN_CONTACT_UDP, true};
    assert_int_equal(ptn_contact_add(&set, &udp), 0);
    ptn_contact_merge(&set);
    assert_int_equal(set.n, 4);
    assert_int_equal(set.items[1].proto, IPPROTO_UDP);
}

static void test_disagreement(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint16_t port, own_port;
        bool socket, tracked, wanted;
    } rows[] = {
        {"a socket waits on the port", 40000, 50000, false, true, false},
        {"the listener is gone", 40000, 25, true, false, false},
        {"tracked from an answer on", 25, 40000, true, false, true},
    };
    for (size_t i = 0; i < COUNT(rows) * 2; i++) {
        const size_t row = i / 2;
        AT("%s, %s first", rows[row].name, i % 2 ? "tracked" : "socket");
        set.n = 0;
        for (size_t k = 0; k < 2; k++)
            if (k == i % 2)
                add("192.0.2.9", rows[row].port, rows[row].own_port, PTN_CONTACT_TCP, rows[row].socket);
            else
                add("192.0.2.9", rows[row].port, rows[row].own_port, PTN_CONTACT_TRACKED, rows[row].tracked);
        ptn_contact_merge(&set);
        EXPECT_INT(set.n, 1);
        EXPECT_INT(set.items[0].outgoing, rows[row].wanted);
    }
}

static void test_limit(void **state)
{
    (void)state;
    struct ptn_contact c = {addr("192.0.2.9"), 0, 0, IPPROTO_TCP, PTN_CONTACT_TCP, true};
    for (size_t i = 0; i < PTN_CONTACTS_MAX; i++) {
        c.port = (uint16_t)i;
        c.own_port = (uint16_t)(i >> 16);
        if (ptn_contact_add(&set, &c) != 0)
            fail();
    }
    assert_int_equal(ptn_contact_add(&set, &c), -EOVERFLOW);
    assert_int_equal(set.n, PTN_CONTACTS_MAX);
}

/* ---- lines -------------------------------------------------------------------------------------------------- */

#define TAIL " 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0000000000000000 100 0 0 10 0"

static void test_lines(void **state)
{
    (void)state;
    struct ptn_socket_seen s;
    char text[PTN_ADDR_TEXT];
    assert_true(ptn_contact_line("   0: 010200C0:9C41 020200C0:0019 06" TAIL, AF_INET, &s));
    assert_string_equal(ptn_addr_format(&s.peer, text), "192.0.2.2");
    assert_int_equal(s.port, 25);
    assert_int_equal(s.own_port, 40001);
    assert_int_equal(s.state, TCP_TIME_WAIT);
    const char *six = " 1: B80D0120000000000000000001000000:0050 B80D0120000000000000000002000000:9C41 01" TAIL;
    assert_true(ptn_contact_line(six, AF_INET6, &s));
    assert_string_equal(ptn_addr_format(&s.peer, text), "2001:db8::2");
    assert_int_equal(s.port, 40001);
    assert_int_equal(s.own_port, 80);
    assert_false(ptn_contact_line(six, AF_INET, &s));
    assert_false(ptn_contact_line("   0: 010200C0:9C41 020200C0:0019 06" TAIL, AF_INET6, &s));
    static const char *const nonsense[] = {
        "", "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt",
        "0: 010200C0:9C41 020200C0:0019", "0: 010200C0F:9C41 020200C0:0019 06", "x: 010200C0:9C41 020200C0:0019 06"};
    for (size_t i = 0; i < COUNT(nonsense); i++) {
        AT("%s", nonsense[i]);
        EXPECT(!ptn_contact_line(nonsense[i], AF_INET, &s));
        EXPECT(!ptn_contact_line(nonsense[i], AF_INET6, &s));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_message),
        cmocka_unit_test(test_broken_message),
        cmocka_unit_test_setup_teardown(test_flows, begin, end),
        cmocka_unit_test_setup_teardown(test_merge, begin, end),
        cmocka_unit_test_setup_teardown(test_disagreement, begin, end),
        cmocka_unit_test_setup_teardown(test_limit, begin, end),
        cmocka_unit_test(test_lines),
    };
    return check_all(tests);
}
