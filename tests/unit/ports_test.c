/* Ports as people write them. */
#include "check.h"

#include <errno.h>

#include "chart/ports.h"

#define NUMBER "a port is a number from 0 to 65535"
#define PROTO "the protocol must be tcp, udp, sctp or dccp"
#define HALF "half a range: write N-M, or N+ for everything from N up"

static void good(void **state)
{
    static const struct {
        const char *text;
        unsigned lo, hi;
        int proto;
    } rows[] = {
        {"0", 0, 0, -1},
        {"113", 113, 113, -1},
        {"65535", 65535, 65535, -1},
        {"113/tcp", 113, 113, PTN_TCP},
        {"0/udp", 0, 0, PTN_UDP},
        {"65535/sctp", 65535, 65535, PTN_SCTP},
        {"5/dccp", 5, 5, PTN_DCCP},
        {"113/TCP", 113, 113, PTN_TCP},
        {"113/Udp", 113, 113, PTN_UDP},
        {"137-139/udp", 137, 139, PTN_UDP},
        {"137-139", 137, 139, -1},
        {"5-5/tcp", 5, 5, PTN_TCP},
        {"0-65535", 0, 65535, -1},
        {"6000+", 6000, 65535, -1},
        {"6000+/tcp", 6000, 65535, PTN_TCP},
        {"65535+", 65535, 65535, -1},
        {"0+", 0, 65535, -1},
        {"00022", 22, 22, -1},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptn_ports p;
        AT("%s", rows[i].text);
        EXPECT_INT(ptn_ports_parse(&p, rows[i].text, strlen(rows[i].text), NULL), 0);
        EXPECT_INT(p.lo, rows[i].lo);
        EXPECT_INT(p.hi, rows[i].hi);
        EXPECT_INT(p.proto, rows[i].proto);
    }
}

static void bad(void **state)
{
    static const struct {
        const char *text;
        int code;
        const char *err;
    } rows[] = {
        {"65536", -EINVAL, "\"65536\": " NUMBER},
        {"65536/tcp", -EINVAL, "\"65536/tcp\": " NUMBER},
        {"1-65536", -EINVAL, "\"1-65536\": " NUMBER},
        {"65536-65537", -EINVAL, "\"65536-65537\": " NUMBER},
        {"65536+", -EINVAL, "\"65536+\": " NUMBER},
        {"99999999999999999999999", -EINVAL, "\"99999999999999999999999\": " NUMBER},
        {"4294967318", -EINVAL, "\"4294967318\": " NUMBER},
        {"23x", -EINVAL, "\"23x\": " NUMBER},
        {"1-2-3", -EINVAL, "\"1-2-3\": " NUMBER},
        {"1.5", -EINVAL, "\"1.5\": " NUMBER},
        {"1,2", -EINVAL, "\"1,2\": " NUMBER},
        {"1++", -EINVAL, "\"1++\": " NUMBER},
        {"1 ", -EINVAL, "\"1 \": " NUMBER},
        {"1+2", -EINVAL, "\"1+2\": " NUMBER},
        {"23-", -EINVAL, "\"23-\": " HALF},
        {"23-/tcp", -EINVAL, "\"23-/tcp\": " HALF},
        {"139-137", -EINVAL, "\"139-137\": the range runs backwards"},
        {"139-137/udp", -EINVAL, "\"139-137/udp\": the range runs backwards"},
        {"1-2+", -EINVAL, "\"1-2+\": a range has an end or a +, not both"},
        {"1-+", -EINVAL, "\"1-+\": a range has an end or a +, not both"},
        {"23/", -EINVAL, "\"23/\": " PROTO},
        {"23/icmp", -EINVAL, "\"23/icmp\": " PROTO},
        {"23/tcpx", -EINVAL, "\"23/tcpx\": " PROTO},
        {"23/tc", -EINVAL, "\"23/tc\": " PROTO},
        {"23/tcp/udp", -EINVAL, "\"23/tcp/udp\": " PROTO},
        {"23/udplite", -EINVAL, "\"23/udplite\": " PROTO},
        {"23/raw", -EINVAL, "\"23/raw\": " PROTO},
        {"", -ENOENT, "\"\" is not a port"},
        {"-5", -ENOENT, "\"-5\" is not a port"},
        {"-", -ENOENT, "\"-\" is not a port"},
        {"+", -ENOENT, "\"+\" is not a port"},
        {"/tcp", -ENOENT, "\"/tcp\" is not a port"},
        {" 5", -ENOENT, "\" 5\" is not a port"},
        {"ssh", -ENOENT, "\"ssh\" is not a port"},
        {"tcp/23", -ENOENT, "\"tcp/23\" is not a port"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptn_ports p = {.lo = 77, .hi = 78, .proto = 3};
        struct ptn_err err;
        AT("%s", rows[i].text);
        EXPECT_INT(ptn_ports_parse(&p, rows[i].text, strlen(rows[i].text), &err), rows[i].code);
        EXPECT_TEXT(err.text, rows[i].err);
        EXPECT_INT(p.lo, 77); /* what was there stays */
    }
}

static void long_words(void **state)
{
    char word[4096];
    struct ptn_ports p;
    struct ptn_err err;
    (void)state;
    memset(word, '1', sizeof(word));
    assert_int_equal(ptn_ports_parse(&p, word, sizeof(word), &err), -EINVAL);
    assert_int_equal(strlen(err.text), 80 + strlen("\"\": " NUMBER));
    assert_int_equal(ptn_ports_parse(&p, "22/tcpXXX", 6, &err), 0); /* not a letter more than it was given */
    assert_int_equal(p.proto, PTN_TCP);
}

static void protocols(void **state)
{
    (void)state;
    assert_int_equal(ptn_proto_parse("tcp", 3), PTN_TCP);
    assert_int_equal(ptn_proto_parse("SCTP", 4), PTN_SCTP);
    assert_int_equal(ptn_proto_parse("", 0), -EINVAL);
    assert_int_equal(ptn_proto_parse("t", 1), -EINVAL);
    assert_int_equal(ptn_proto_parse("tcp6", 4), -EINVAL);
    assert_int_equal(ptn_proto_parse("mptcp", 5), -EINVAL); /* its ports are TCP's */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good),
        cmocka_unit_test(bad),
        cmocka_unit_test(long_words),
        cmocka_unit_test(protocols),
    };
    return check_all(tests);
}
