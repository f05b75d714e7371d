/* Captures: packets put together by hand, in files put together by hand. */
#include <arpa/inet.h>

#include "base/addr.h"
#include "log_files.h"
#include "log_lines.h"
#include "source/log/packet.h"

static struct told t;

/* Octets written as hexadecimal digits, with blanks for the reader. */
static size_t octets(const char *hex, uint8_t *out)
{
    size_t n = 0;
    for (; *hex; hex++) {
        if (*hex == ' ')
            continue;
        unsigned value;
        assert_int_equal(sscanf(hex, "%2x", &value), 1);
        out[n++] = (uint8_t)value;
        hex++;
    }
    return n;
}

#define IP4 "4500 0028 d431 4000 3406 0000 cb007109 c0000211 "
#define TCP "9c40 0017 00000001 00000000 5002 ffff 0000 0000"
#define IP6 "60000000 0014 0640 20010db8000000000000000000000009 20010db8000000000000000000000001 "
#define ETHER "525400000001 525400000002 "
#define TOLD4 "6 203.0.113.9 40000 192.0.2.17 23 02 - 0"
#define TOLD6 "6 2001:db8::9 40000 2001:db8::1 23 02 - 0"

static const char *text_of(enum ptn_line kind, const struct ptn_knock *k)
{
    static char text[256];
    char src[PTN_ADDR_TEXT], dst[PTN_ADDR_TEXT], sport[8] = "-", dport[8] = "-", flags[8] = "-", icmp[16] = "-";
    if (kind != PTN_LINE_PACKET)
        return kind == PTN_LINE_REMARK ? "remark" : "broken";
    ptn_addr_format(&k->src, src);
    ptn_addr_format(&k->dst, dst);
    if (k->has & PTN_HAS_SPORT)
        snprintf(sport, sizeof(sport), "%u", k->sport);
    if (k->has & PTN_HAS_DPORT)
        snprintf(dport, sizeof(dport), "%u", k->dport);
    if (k->has & PTN_HAS_FLAGS)
        snprintf(flags, sizeof(flags), "%02x", k->flags);
    if (k->has & PTN_HAS_ICMP_TYPE)
        snprintf(icmp, sizeof(icmp), "%u.%u", k->icmp_type, k->icmp_code);
    snprintf(text, sizeof(text), "%u %s %s %s %s %s %s %u", k->proto, src, sport, dst, dport, flags, icmp, k->way);
    return text;
}

static void test_packets(void **state)
{
    (void)state;
    static const struct {
        unsigned link;
        const char *hex, *expected;
    } rows[] = {
        {101, IP4 TCP, TOLD4},
        {228, IP4 TCP, TOLD4},
        {229, IP6 TCP, TOLD6},
        {1, ETHER "0800" IP4 TCP, TOLD4},
        {1, ETHER "86dd" IP6 TCP, TOLD6},
        {1, ETHER "8100 0064 0800" IP4 TCP, TOLD4},
        {1, ETHER "88a8 0064 8100 0065 86dd" IP6 TCP, TOLD6},
        {1, ETHER "8864 1100 0001 002a 0021" IP4 TCP, TOLD4},
        {1, ETHER "0806 0001 0800", "remark"},
        {1, ETHER "0800 45", "broken"},
        {1, "5254", "broken"},
        {113, "0000 0001 0006 525400000002 0000 0800" IP4 TCP, "6 203.0.113.9 40000 192.0.2.17 23 02 - 1"},
        {113, "0004 0001 0006 525400000002 0000 86dd" IP6 TCP, "6 2001:db8::9 40000 2001:db8::1 23 02 - 2"},
        {276, "0800 0000 00000002 0001 04 06 5254000000020000" IP4 TCP, "6 203.0.113.9 40000 192.0.2.17 23 02 - 2"},
        {0, "02000000" IP4 TCP, TOLD4},
        {0, "00000002" IP4 TCP, TOLD4},
        {0, "1e000000" IP6 TCP, TOLD6},
        {108, "00000018" IP6 TCP, TOLD6},
        /* the first fragment has the ports, the second has not */
        {101, "4500 0028 d431 2000 3406 0000 cb007109 c0000211 " TCP, TOLD4},
        {101, "4500 0028 d431 2001 3406 0000 cb007109 c0000211 " TCP, "6 203.0.113.9 - 192.0.2.17 - - - 0"},
        /* options of IPv4; UDP; ICMP; a length that cuts off what the link filled up; cut by the capture */
        {101, "4600 002c d431 4000 3406 0000 cb007109 c0000211 01010101" TCP, TOLD4},
        {101, "4500 0020 d431 4000 3411 0000 cb007109 c0000211 1f90 0035 000c 0000 00000000",
         "17 203.0.113.9 8080 192.0.2.17 53 - - 0"},
        {101, "4500 001c d431 4000 3401 0000 cb007109 c0000211 0303 0000 00000000",
         "1 203.0.113.9 - 192.0.2.17 - - 3.3 0"},
        {101, "4500 0016 d431 4000 3411 0000 cb007109 c0000211 1f90 0035 0000", "17 203.0.113.9 - 192.0.2.17 - - - 0"},
        {101, IP4 "9c40 0017 0000", "6 203.0.113.9 40000 192.0.2.17 23 - - 0"},
        {101, IP4 "9c40", "6 203.0.113.9 - 192.0.2.17 - - - 0"},
        {101, "4400 0028", "broken"},
        {101, "", "broken"},
        {101, "f5", "broken"},
        /* extension headers of IPv6: hop by hop, routing, fragment; and the second fragment */
        {101,
         "60000000 001c 0040 20010db8000000000000000000000009 20010db8000000000000000000000001 0600 0000 00000000" TCP,
         TOLD6},
        {101,
         "60000000 0024 2b40 20010db8000000000000000000000009 20010db8000000000000000000000001 2c00 0000 00000000 0600 "
         "0001 00000001" TCP,
         TOLD6},
        {101,
         "60000000 001c 2c40 20010db8000000000000000000000009 20010db8000000000000000000000001 0600 0009 00000001" TCP,
         "6 2001:db8::9 - 2001:db8::1 - - - 0"},
        {101, "60000000 0008 3aff 20010db8000000000000000000000009 20010db8000000000000000000000001 8700 0000 00000000",
         "58 2001:db8::9 - 2001:db8::1 - - 135.0 0"},
        {101, "60000000 0008 0040 20010db8000000000000000000000009 20010db8000000000000000000000001 00ff 0000",
         "0 2001:db8::9 - 2001:db8::1 - - - 0"},
        {101,
         "60000000 000c 8440 20010db8000000000000000000000009 20010db8000000000000000000000001 9c40 0b59 00000000 "
         "00000000",
         "132 2001:db8::9 40000 2001:db8::1 2905 - - 0"},
        {147, IP4 TCP, "remark"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t packet[256];
        size_t len = octets(rows[i].hex, packet);
        uint8_t *exact = malloc(len ? len : 1);
        struct ptn_knock k = {.time = PTN_NO_TIME};
        memcpy(exact, packet, len);
        AT("row %zu: %u %s", i, rows[i].link, rows[i].hex);
        EXPECT_TEXT(text_of(ptn_packet_read(ptn_packet_link(rows[i].link), exact, len, &k), &k), rows[i].expected);
        for (size_t cut = 0; cut < len; cut++) { /* never a step beyond the end */
            k = (struct ptn_knock){0};
            uint8_t *shorter = malloc(cut ? cut : 1);
            memcpy(shorter, packet, cut);
            ptn_packet_read(ptn_packet_link(rows[i].link), shorter, cut, &k);
            free(shorter);
        }
        free(exact);
    }
}

static void test_logs_that_are_captures(void **state)
{
    (void)state;
    uint8_t packet[512];
    /* NFLOG: the prefix "DROP in ", then the packet; pflog: dropped on em0 on its way in */
    size_t len = octets("02000000 0d000a00 44524f5020696e2000 000000 2c000900" IP4 TCP, packet);
    struct ptn_knock k = {0};
    assert_int_equal(ptn_packet_read(ptn_packet_link(239), packet, len, &k), PTN_LINE_PACKET);
    assert_int_equal(k.dport, 23);
    assert_int_equal(k.rule.len, 8);
    assert_memory_equal(k.rule.at, "DROP in ", 8);
    memset(packet, 0, sizeof(packet));
    memcpy(packet, "\x3d\x02\x01\0em0", 7);
    packet[60] = 1;
    len = 64 + octets(IP4 TCP, packet + 64);
    k = (struct ptn_knock){0};
    assert_int_equal(ptn_packet_read(ptn_packet_link(117), packet, len, &k), PTN_LINE_PACKET);
    assert_int_equal(k.action, PTN_ACTION_DROP);
    assert_int_equal(k.way, PTN_WAY_IN);
    assert_int_equal(k.in.len, 3);
    assert_memory_equal(k.in.at, "em0", 3);
    assert_int_equal(k.sport, 40000);
}

/* ---- files ------------------------------------------------------------------------------------------- */

static int64_t times[8];
static size_t n_times;

static int note_time(void *worker, const struct ptn_knock *k, const struct ptn_format *format,
                     const struct ptn_log_place *place)
{
    if (n_times < COUNT(times))
        times[n_times++] = k->time;
    return told_knock(worker, k, format, place);
}

static void read_capture(const char *name, const char *hex, size_t cut)
{
    uint8_t file[2048];
    size_t len = octets(hex, file);
    const char *path = file_of(name, file, len - cut);
    struct ptn_log_opts opts = {.since = PTN_NO_TIME, .until = PTN_NO_TIME, .threads = 1};
    struct ptn_log_sink sink = told_begin(&t);
    sink.knock = note_time;
    n_times = 0;
    t.result = ptn_log_read(&path, 1, &opts, &sink, told_complain, &t, &t.sums, &t.err);
}

#define ARP ETHER "0806 0001"
#define PCAP "d4c3b2a1 0200 0400 00000000 00000000 00000400 01000000 "
#define PCAP_BIG "a1b23c4d 0002 0004 00000000 00000000 00040000 00000065 "
#define RECORD "00b5e76a 40e20100 36000000 36000000 " ETHER "0800" IP4 TCP
#define RECORD_ARP "00b5e76a 40e20100 10000000 10000000 " ARP
#define RECORD_BIG "6ae7b500 075bcd15 00000028 00000028 " IP4 TCP

static void test_pcap(void **state)
{
    (void)state;
    read_capture("a.pcap", PCAP RECORD RECORD_ARP RECORD, 0);
    assert_string_equal(t.complaints, "");
    assert_string_equal(t.knocks, "a.pcap:1 40000>23 a.pcap:3 40000>23 ");
    assert_int_equal(t.sums.remarks, 1);
    assert_int_equal(times[0], INT64_C(0x6ae7b500) * 1000000 + 123456);
    read_capture("big.pcap", PCAP_BIG RECORD_BIG, 0);
    assert_string_equal(t.knocks, "big.pcap:1 40000>23 ");
    assert_int_equal(times[0], INT64_C(0x6ae7b500) * 1000000 + 123456);
    read_capture("cut.pcap", PCAP RECORD RECORD, 7);
    assert_int_equal(t.n, 1);
    assert_int_equal(t.sums.troubles, 1);
    assert_non_null(strstr(t.complaints, "cut.pcap: it ends in the middle of a packet"));
    read_capture("long.pcap", PCAP RECORD "00b5e76a 40e20100 ffffffff ffffffff 00", 0);
    assert_int_equal(t.n, 1);
    assert_non_null(strstr(t.complaints, "longer than a packet can be"));
    read_capture("strange.pcap", "d4c3b2a1 0200 0400 00000000 00000000 00000400 93000000 " RECORD, 0);
    assert_int_equal(t.n, 0);
    assert_non_null(strstr(t.complaints, "strange.pcap: packets of links of type 147 cannot be read"));
}

#define SECTION "0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000 "
/* the interface "eth0", its clock in nanoseconds */
#define INTERFACE                                                                                                      \
    "01000000 2c000000 0100 0000 00000400 0200 0400 65746830 0900 0100 09000000 0000 0000 00000000 2c000000 "
/* at 0x6ae7b500 s 123456789 ns, on its way out */
#define BLOCK                                                                                                          \
    "06000000 64000000 00000000 b3c7ce18 00000000 36000000 36000000 " ETHER "0800" IP4 TCP                             \
    "0000 0200 0400 02000000 0000 0000 64000000 "
#define STATISTICS "05000000 10000000 00000000 10000000 "
#define SIMPLE "03000000 48000000 36000000 " ETHER "0800" IP4 TCP "0000 48000000 "

static void test_pcapng(void **state)
{
    (void)state;
    read_capture("a.pcapng", SECTION INTERFACE BLOCK STATISTICS SIMPLE, 0);
    assert_string_equal(t.complaints, "");
    assert_string_equal(t.knocks, "a.pcapng:1 40000>23 a.pcapng:2 40000>23 ");
    assert_true(times[1] == PTN_NO_TIME);
    read_capture("early.pcapng", SECTION BLOCK, 0);
    assert_int_equal(t.n, 0);
    assert_non_null(strstr(t.complaints, "a packet is of no interface"));
    read_capture("cut.pcapng", SECTION INTERFACE BLOCK BLOCK, 5);
    assert_int_equal(t.n, 1);
    assert_non_null(strstr(t.complaints, "ends in the middle of a packet"));
    read_capture("odd.pcapng", SECTION INTERFACE "06000000 0d000000 00000000 00", 0);
    assert_non_null(strstr(t.complaints, "impossible length"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_packets),
        cmocka_unit_test(test_logs_that_are_captures),
        cmocka_unit_test(test_pcap),
        cmocka_unit_test(test_pcapng),
    };
    return check_all_in(tests, folder_make, folder_remove);
}
