/* Values of fields as products write them, each put into an empty knock. */
#include "check.h"

#include <sys/socket.h>
#include <time.h>

#include "base/addr.h"
#include "source/log/slot.h"

struct row {
    enum ptn_slot slot;
    const char *value, *want; /* as knock_text() has it; "!": refused */
};

static size_t add(char *out, size_t n, size_t size, const char *name, struct ptn_slice s)
{
    return s.len ? n + (size_t)snprintf(out + n, size - n, " %s=%.*s", name, (int)s.len, s.at) : n;
}

/* "src=192.0.2.1 sport=80 ...": what is in the knock, and nothing else. */
static const char *knock_text(const struct ptn_knock *k)
{
    static char out[1024];
    char addr[PTN_ADDR_TEXT], stamp[PTN_STAMP_TEXT];
    static const char *const actions[] = {"none", "pass", "drop", "reject"};
    const struct {
        unsigned bit;
        const char *name;
        unsigned value;
    } numbers[] = {
        {PTN_HAS_PROTO, "proto", k->proto},
        {PTN_HAS_SPORT, "sport", k->sport},
        {PTN_HAS_DPORT, "dport", k->dport},
        {PTN_HAS_FLAGS, "flags", k->flags},
        {PTN_HAS_ICMP_TYPE, "type", k->icmp_type},
        {PTN_HAS_ICMP_CODE, "code", k->icmp_code},
        {PTN_HAS_TTL, "ttl", k->ttl},
        {PTN_HAS_ID, "id", k->id},
        {PTN_HAS_WINDOW, "window", k->window},
        {PTN_HAS_LENGTH, "length", k->length},
    };
    size_t n = 0, size = sizeof(out);
    out[0] = out[1] = '\0';
    if (k->time != PTN_NO_TIME)
        n += (size_t)snprintf(out + n, size - n, " time=%s", ptn_stamp_text(k->time, stamp));
    if (k->src.family)
        n += (size_t)snprintf(out + n, size - n, " src=%s", ptn_addr_format(&k->src, addr));
    if (k->dst.family)
        n += (size_t)snprintf(out + n, size - n, " dst=%s", ptn_addr_format(&k->dst, addr));
    for (size_t i = 0; i < COUNT(numbers); i++)
        if (k->has & numbers[i].bit)
            n += (size_t)snprintf(out + n, size - n, " %s=%u", numbers[i].name, numbers[i].value);
    if (k->action)
        n += (size_t)snprintf(out + n, size - n, " action=%s", actions[k->action]);
    if (k->way)
        n += (size_t)snprintf(out + n, size - n, " way=%u", k->way);
    n = add(out, n, size, "in", k->in);
    n = add(out, n, size, "out", k->out);
    n = add(out, n, size, "rule", k->rule);
    if (k->has & PTN_HAS_COUNT)
        snprintf(out + n, size - n, " packets=%llu octets=%llu", (unsigned long long)k->packets,
                 (unsigned long long)k->octets);
    return out + 1;
}

/* From memory of exactly its size, which stays until the next. */
static int put(struct ptn_knock *k, const struct ptn_format *f, enum ptn_slot slot, const char *value)
{
    static char *kept[16];
    static unsigned at;
    size_t len = strlen(value);
    char **copy = &kept[at++ % COUNT(kept)];
    free(*copy);
    *copy = malloc(len ? len : 1);
    assert_non_null(*copy);
    memcpy(*copy, value, len);
    return ptn_slot_put(k, f, slot, (struct ptn_slice){*copy, len});
}

static void expect_rows(const struct row *rows, size_t n, const struct ptn_format *f)
{
    for (size_t i = 0; i < n; i++) {
        struct ptn_knock k = {.time = PTN_NO_TIME};
        AT("slot %u, '%s'", rows[i].slot, rows[i].value);
        int r = put(&k, f, rows[i].slot, rows[i].value);
        EXPECT_TEXT(r < 0 ? "!" : knock_text(&k), rows[i].want);
    }
}

#define S(slot, value, want)                                                                                           \
    {                                                                                                                  \
        PTN_SLOT_##slot, value, want                                                                                   \
    }

static void addresses(void **state)
{
    static const struct row rows[] = {
        S(SRC, "192.0.2.1", "src=192.0.2.1"),
        S(DST, "192.0.2.1", "dst=192.0.2.1"),
        S(SRC, " \"192.0.2.1\" ", "src=192.0.2.1"),
        S(SRC, "192.000.002.001", "src=192.0.2.1"),
        S(SRC, "192.0.2.1:80", "src=192.0.2.1 sport=80"),
        S(DST, "192.0.2.1/80", "dst=192.0.2.1 dport=80"),
        S(DST, "192.0.2.1(80)", "dst=192.0.2.1 dport=80"),
        S(DST, "192.0.2.1 (80)", "dst=192.0.2.1 dport=80"),
        S(DST, "192.0.2.1#80", "dst=192.0.2.1 dport=80"),
        S(DST, "192.0.2.1.80", "dst=192.0.2.1 dport=80"),
        S(DST, "192.0.2.1,80", "dst=192.0.2.1 dport=80"),
        S(DST, "192.0.2.1/www", "dst=192.0.2.1 dport=80"),
        S(DST, "192.0.2.1:ssh:X1", "dst=192.0.2.1 dport=22 out=X1"),
        S(SRC, "192.0.2.1:1234:X0:host.example", "src=192.0.2.1 sport=1234 in=X0"),
        S(SRC, "192.0.2.1::X0", "src=192.0.2.1 in=X0"),
        S(SRC, "inside:192.0.2.1/80", "src=192.0.2.1 sport=80 in=inside"),
        S(DST, "out-side_2:192.0.2.1/80", "dst=192.0.2.1 dport=80 out=out-side_2"),
        S(SRC, "v1:outside:192.0.2.1/80", "src=192.0.2.1 sport=80 in=v1:outside"),
        S(DST, "dmz:192.0.2.1", "dst=192.0.2.1 out=dmz"),
        S(DST, "outside:2001:db8::1/443", "dst=2001:db8::1 dport=443 out=outside"),
        S(DST, "outside:host.example/443", "dport=443 out=outside"),
        S(SRC, "192.0.2.1%eth0", "src=192.0.2.1 in=eth0"),
        S(SRC, "192.0.2.1,", "src=192.0.2.1"),
        S(SRC, "[192.0.2.1]:80", "src=192.0.2.1 sport=80"),
        S(SRC, "(192.0.2.1)", "src=192.0.2.1"),
        S(SRC, "<192.0.2.1>", "src=192.0.2.1"),
        S(SRC, "2001:db8::1", "src=2001:db8::1"),
        S(SRC, "2001:0db8:0000:0000:0000:0000:0000:0001", "src=2001:db8::1"),
        S(SRC, "2001:DB8:1:2:3:4:5:6", "src=2001:db8:1:2:3:4:5:6"),
        S(SRC, "[2001:db8::1]:80", "src=2001:db8::1 sport=80"),
        S(SRC, "2001:db8::1/80", "src=2001:db8::1 sport=80"),
        S(SRC, "2001:db8::1.80", "src=2001:db8::1 sport=80"),
        S(SRC, "2001:db8::1(80)", "src=2001:db8::1 sport=80"),
        S(SRC, "fe80::1%eth0", "src=fe80::1 in=eth0"),
        S(SRC, "fe80::1%12", "src=fe80::1"),
        S(SRC, "[fe80::1%eth0]:80", "src=fe80::1 sport=80 in=eth0"),
        S(SRC, "::", "src=::"),
        S(SRC, "::1", "src=::1"),
        S(SRC, "1::", "src=1::"),
        S(SRC, "::ffff:192.0.2.1", "src=192.0.2.1"),
        S(SRC, "::ffff:c000:201", "src=192.0.2.1"),
        S(SRC, "[::ffff:192.0.2.1]:80", "src=192.0.2.1 sport=80"),
        S(SRC, "64:ff9b::192.0.2.33", "src=64:ff9b::c000:221"),
        S(SRC, "1:2:3:4:5:6:192.0.2.33", "src=1:2:3:4:5:6:c000:221"),
        S(SRC, "0.0.0.0", "src=0.0.0.0"),
        S(SRC, "host.example.net", ""),
        S(SRC, "my_host", ""),
        S(SRC, "host.example/80", "sport=80"),
        S(SRC, "any", ""),
        S(SRC, "-", ""),
        S(SRC, "", ""),
        S(SRC, "N/A", ""),
        S(SRC, "n/a", ""),
        S(SRC, "unknown", ""),
        S(SRC, "256.0.2.1", "!"),
        S(SRC, "1.2.3", "!"),
        S(SRC, "1234", "!"),
        S(SRC, "192.0.2.1:99999", "!"),
        S(SRC, "192.0.2.1:80x", "!"),
        S(SRC, "192.0.2.1 and more words", "!"),
        S(SRC, "1:2:3:4:5:6:7:8:9", "src=1:2:3:4:5:6:7:8 sport=9"),
        S(SRC, "1:2:3", "!"),
        S(SRC, "1::2::3", "!"),
        S(SRC, "192.0.2.1\x01", "!"),
        S(SRC, "\x1b[31m", "!"),
        S(SRC, ":", "!"),
        S(SRC, "%", "!"),
    };
    (void)state;
    expect_rows(rows, COUNT(rows), NULL);
}

static void ports_and_protocols(void **state)
{
    static const struct row rows[] = {
        S(SPORT, "0", "sport=0"),
        S(DPORT, "65535", "dport=65535"),
        S(DPORT, "00080", "dport=80"),
        S(DPORT, "65536", "!"),
        S(DPORT, "-5", "!"),
        S(DPORT, "99999999999999999999999", "!"),
        S(DPORT, "www", "dport=80"),
        S(DPORT, "SSH", "dport=22"),
        S(DPORT, "domain", "dport=53"),
        S(DPORT, "netbios-ns", "dport=137"),
        S(DPORT, "netbios_ns", "dport=137"),
        S(DPORT, "non500-isakmp", "dport=4500"),
        S(DPORT, "ms-wbt-server", "dport=3389"),
        S(DPORT, "sqlnet", "dport=1521"),
        S(DPORT, "tcp/443", "dport=443"),
        S(DPORT, "443/tcp", "dport=443"),
        S(DPORT, "udp/domain", "dport=53"),
        S(DPORT, "https (443)", "dport=443"),
        S(DPORT, "443 (https)", "dport=443"),
        S(DPORT, "nobody-knows-this", ""),
        S(DPORT, "-", ""),
        S(PROTO, "6", "proto=6"),
        S(PROTO, "TCP", "proto=6"),
        S(PROTO, "Udp", "proto=17"),
        S(PROTO, "0x06", "proto=6"),
        S(PROTO, "0", "proto=0"),
        S(PROTO, "255", "proto=255"),
        S(PROTO, "256", "!"),
        S(PROTO, "icmp", "proto=1"),
        S(PROTO, "ICMPv6", "proto=58"),
        S(PROTO, "icmp6", "proto=58"),
        S(PROTO, "ipv6-icmp", "proto=58"),
        S(PROTO, "IPv6-ICMP (58)", "proto=58"),
        S(PROTO, "TCP(6)", "proto=6"),
        S(PROTO, "6 (tcp)", "proto=6"),
        S(PROTO, "thing (47)", "proto=47"),
        S(PROTO, "esp", "proto=50"),
        S(PROTO, "AH", "proto=51"),
        S(PROTO, "GRE", "proto=47"),
        S(PROTO, "igmp", "proto=2"),
        S(PROTO, "ospf", "proto=89"),
        S(PROTO, "pim", "proto=103"),
        S(PROTO, "SCTP", "proto=132"),
        S(PROTO, "udplite", "proto=136"),
        S(PROTO, "vrrp", "proto=112"),
        S(PROTO, "tcp/https", "proto=6"),
        S(PROTO, "https/tcp", "proto=6"),
        S(PROTO, "proto 50", "proto=50"),
        S(PROTO, "protocol-50", "proto=50"),
        S(PROTO, "something", ""),
        S(PROTO, "??", "!"),
    };
    (void)state;
    expect_rows(rows, COUNT(rows), NULL);
}

static void actions_and_ways(void **state)
{
    static const struct row rows[] = {
        S(ACTION, "allow", "action=pass"),
        S(ACTION, "Accept", "action=pass"),
        S(ACTION, "PERMITTED", "action=pass"),
        S(ACTION, "built", "action=pass"),
        S(ACTION, "deny", "action=drop"),
        S(ACTION, "Blocked", "action=drop"),
        S(ACTION, "drop", "action=drop"),
        S(ACTION, "drop-icmp", "action=drop"),
        S(ACTION, "reject", "action=reject"),
        S(ACTION, "reset-both", "action=reject"),
        S(ACTION, "reset client", "action=reject"),
        S(ACTION, "Denied by policy", "action=drop"),
        S(ACTION, "alert", ""),
        S(ACTION, "", ""),
        S(ACTION, "zzz", "!"),
        S(WAY, "in", "way=1"),
        S(WAY, "OUTBOUND", "way=2"),
        S(WAY, "egress", "way=2"),
        S(WAY, "I", "way=1"),
        S(WAY, "forward", "way=3"),
        S(WAY, "sideways", ""),
    };
    static const struct ptn_action_word own[] = {{"zzz", PTN_ACTION_REJECT}, {"deny", PTN_ACTION_REJECT}, {NULL, 0}};
    static const struct row with_own[] = {
        S(ACTION, "ZZZ", "action=reject"),
        S(ACTION, "deny", "action=reject"),
        S(ACTION, "drop", "action=drop"),
        S(ACTION, "zzz-now", "action=reject"),
    };
    const struct ptn_format f = {.actions = own};
    (void)state;
    expect_rows(rows, COUNT(rows), NULL);
    expect_rows(with_own, COUNT(with_own), &f);
}

static void flags(void **state)
{
    static const struct row rows[] = {
        S(FLAGS, "SYN", "flags=2"),
        S(FLAGS, "SYN ACK", "flags=18"),
        S(FLAGS, "S", "flags=2"),
        S(FLAGS, "SA", "flags=18"),
        S(FLAGS, "sa", "flags=18"),
        S(FLAGS, "0x12", "flags=18"),
        S(FLAGS, "18", "flags=18"),
        S(FLAGS, "0x112", "flags=18"),
        S(FLAGS, "syn,ack", "flags=18"),
        S(FLAGS, "---A-R--", "flags=20"),
        S(FLAGS, "FIN ACK PSH", "flags=25"),
        S(FLAGS, ".", "flags=16"),
        S(FLAGS, "[S.]", "flags=18"),
        S(FLAGS, "[S]", "flags=2"),
        S(FLAGS, "P.", "flags=24"),
        S(FLAGS, "[R]", "flags=4"),
        S(FLAGS, "[FP.]", "flags=25"),
        S(FLAGS, "FPU", "flags=41"),
        S(FLAGS, "SEC", "flags=194"),
        S(FLAGS, "SEW", "flags=194"),
        S(FLAGS, "SYN-ACK", "flags=18"),
        S(FLAGS, "SYN_ACK", "flags=18"),
        S(FLAGS, "SYNACK", "flags=18"),
        S(FLAGS, "(SYN,ACK)", "flags=18"),
        S(FLAGS, "ACK|RST", "flags=20"),
        S(FLAGS, "URG PSH CWR ECE", "flags=232"),
        S(FLAGS, "...AP...", "flags=24"),
        S(FLAGS, "......S.", "flags=2"),
        S(FLAGS, ".AP.SF", "flags=27"),
        S(FLAGS, "UAPRSF", "flags=63"),
        S(FLAGS, "RSTACK", "flags=20"),
        S(FLAGS, "-", ""),
        S(FLAGS, "none", ""),
        S(FLAGS, "4096", "!"),
        S(FLAGS, "what", "!"),
        S(FLAGS, "0xzz", "!"),
        S(FLAGS, "S{A", "!"),
    };
    (void)state;
    expect_rows(rows, COUNT(rows), NULL);
}

static void icmp(void **state)
{
    static const struct row rows[] = {
        S(ICMP_TYPE, "8", "type=8"),
        S(ICMP_TYPE, "0", "type=0"),
        S(ICMP_TYPE, "0x08", "type=8"),
        S(ICMP_TYPE, "8/0", "type=8"),
        S(ICMP_TYPE, "3:1", "type=3"),
        S(ICMP_TYPE, "type 8", "type=8"),
        S(ICMP_TYPE, "echo-request", "type=8"),
        S(ICMP_TYPE, "Echo reply", "type=0"),
        S(ICMP_TYPE, "Echo Reply (0)", "type=0"),
        S(ICMP_TYPE, "DESTINATION_UNREACHABLE", "type=3"),
        S(ICMP_TYPE, "timxceed", "type=11"),
        S(ICMP_TYPE, "neighbor solicitation", "type=135"),
        S(ICMP_TYPE, "packet-too-big", "type=2"),
        S(ICMP_TYPE, "256", "!"),
        S(ICMP_TYPE, "who-knows", ""),
        S(ICMP_CODE, "3", "code=3"),
        S(ICMP_CODE, "300", "!"),
    };
    struct ptn_knock k = {.time = PTN_NO_TIME};
    (void)state;
    expect_rows(rows, COUNT(rows), NULL);
    /* A word is a number of ICMPv6's as soon as the knock is known to be. */
    assert_int_equal(put(&k, NULL, PTN_SLOT_ICMP_TYPE, "echo-request"), 0);
    assert_int_equal(put(&k, NULL, PTN_SLOT_SRC, "2001:db8::1"), 0);
    assert_int_equal(k.icmp_type, 128);
    k = (struct ptn_knock){.time = PTN_NO_TIME};
    assert_int_equal(put(&k, NULL, PTN_SLOT_PROTO, "icmp6"), 0);
    assert_int_equal(put(&k, NULL, PTN_SLOT_ICMP_TYPE, "Time Exceeded"), 0);
    assert_int_equal(put(&k, NULL, PTN_SLOT_DST, "2001:db8::1"), 0);
    assert_int_equal(k.icmp_type, 3);
    k = (struct ptn_knock){.time = PTN_NO_TIME};
    assert_int_equal(put(&k, NULL, PTN_SLOT_ICMP_TYPE, "8"), 0);
    assert_int_equal(put(&k, NULL, PTN_SLOT_DST, "2001:db8::1"), 0);
    assert_int_equal(k.icmp_type, 8);
}

static void numbers_and_texts(void **state)
{
    static const struct row rows[] = {
        S(TTL, "64", "ttl=64"),
        S(TTL, "256", "!"),
        S(ID, "54321", "id=54321"),
        S(ID, "0xd431", "id=54321"),
        S(ID, "123456", ""),
        S(WINDOW, "1024", "window=1024"),
        S(WINDOW, "x", "!"),
        S(LENGTH, "60", "length=60"),
        S(LENGTH, "4294967296", "!"),
        S(PACKETS, "7", "packets=7 octets=0"),
        S(OCTETS, "18446744073709551615", "packets=0 octets=18446744073709551615"),
        S(OCTETS, "18446744073709551616", "!"),
        S(IN, "eth0", "in=eth0"),
        S(OUT, "\"a zone\"", "out=a zone"),
        S(OUT, "-", ""),
        S(IN, "eth0\n", "!"),
        S(RULE, "default-deny", "rule=default-deny"),
        S(NOTHING, "\x01", ""),
    };
    (void)state;
    expect_rows(rows, COUNT(rows), NULL);
}

#define T "time=2026-11-23T12:00:01Z"

static void times(void **state)
{
    static const struct row rows[] = {
        S(TIME, "2026-11-23 12:00:01", T),
        S(TIME, "2026-11-23T13:00:01+01:00", T),
        S(TIME, "[Nov 23 2026 12:00:01]", T),
        S(TIME, "never", "!"),
        S(SECONDS, "1795435201", T),
        S(SECONDS, "1795435201.5", "time=2026-11-23T12:00:01.500000Z"),
        S(SECONDS, "1795435201000", T),
        S(SECONDS, "1795435201000000", T),
        S(SECONDS, "1795435201000000000", T),
        S(MILLIS, "1795435201123", "time=2026-11-23T12:00:01.123000Z"),
        S(NANOS, "1795435201123456789", "time=2026-11-23T12:00:01.123456Z"),
        S(NANOS, "1795435201", T),
        S(SECONDS, "soon", "!"),
        S(SECONDS, "99999999999999999999", "!"),
    };
    (void)state;
    setenv("TZ", "UTC", 1);
    tzset();
    ptn_slot_clock(INT64_C(1795521601) * 1000000, false);
    expect_rows(rows, COUNT(rows), NULL);
}

/* Several values that make one time; local time is Vienna's. */
static void halves(void **state)
{
    static const struct {
        struct {
            enum ptn_slot slot;
            const char *value;
        } puts[4];
        const char *time;
    } rows[] = {
        {{{PTN_SLOT_DATE, "2026-11-23"}, {PTN_SLOT_CLOCK, "13:00:01"}}, "2026-11-23T12:00:01Z"},
        {{{PTN_SLOT_CLOCK, "13:00:01.25"}, {PTN_SLOT_DATE, "2026/11/23"}}, "2026-11-23T12:00:01.250000Z"},
        {{{PTN_SLOT_DATE, "23Jul2026"}, {PTN_SLOT_CLOCK, "14:00:01"}}, "2026-07-23T12:00:01Z"},
        {{{PTN_SLOT_DATE, "2026-11-23"}, {PTN_SLOT_CLOCK, "07:00:01"}, {PTN_SLOT_ZONE, "-0500"}},
         "2026-11-23T12:00:01Z"},
        {{{PTN_SLOT_DATE, "2026-11-23"}, {PTN_SLOT_CLOCK, "07:00:01"}, {PTN_SLOT_ZONE, "EST"}}, "2026-11-23T12:00:01Z"},
        {{{PTN_SLOT_DATE, "2026-11-23"},
          {PTN_SLOT_CLOCK, "07:00:01"},
          {PTN_SLOT_SECONDS, "1795435201"},
          {PTN_SLOT_ZONE, "-0500"}},
         "2026-11-23T12:00:01Z"},
        {{{PTN_SLOT_SECONDS, "1795435201"}, {PTN_SLOT_TIME, "2020-01-01 00:00:00"}}, "2026-11-23T12:00:01Z"},
        {{{PTN_SLOT_TIME, "2026-11-23 13:00:01"}, {PTN_SLOT_TIME, "2020-01-01 00:00:00"}}, "2026-11-23T12:00:01Z"},
        {{{PTN_SLOT_TIME, "2026-11-23 12:00:01"}, {PTN_SLOT_ZONE, "UTC"}}, "2026-11-23T12:00:01Z"},
        {{{PTN_SLOT_TIME, "2026-03-29 03:30:00"}, {PTN_SLOT_ZONE, "+00:00"}}, "2026-03-29T03:30:00Z"},
        {{{PTN_SLOT_TIME, "2026-10-25 01:30:00"}, {PTN_SLOT_ZONE, "+00:00"}}, "2026-10-25T01:30:00Z"},
        {{{PTN_SLOT_DATE, "2026-11-23 13:00:01"}, {PTN_SLOT_CLOCK, "01:00:00"}}, "2026-11-23T12:00:01Z"},
    };
    (void)state;
    setenv("TZ", "Europe/Vienna", 1);
    tzset();
    ptn_slot_clock(INT64_C(1795521602) * 1000000, false);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptn_knock k = {.time = PTN_NO_TIME};
        char out[PTN_STAMP_TEXT];
        AT("row %zu", i);
        for (size_t j = 0; j < 4 && rows[i].puts[j].value; j++)
            EXPECT_INT(put(&k, NULL, rows[i].puts[j].slot, rows[i].puts[j].value), 0);
        EXPECT_TEXT(ptn_stamp_text(k.time, out), rows[i].time);
    }
    setenv("TZ", "UTC", 1);
    tzset();
}

static void first_counts(void **state)
{
    struct ptn_knock k = {.time = PTN_NO_TIME};
    (void)state;
    assert_int_equal(put(&k, NULL, PTN_SLOT_SRC, "somehost"), 0);
    assert_int_equal(put(&k, NULL, PTN_SLOT_SRC, "192.0.2.1:7"), 0);
    assert_int_equal(put(&k, NULL, PTN_SLOT_SRC, "192.0.2.2:8"), 0);
    assert_int_equal(put(&k, NULL, PTN_SLOT_DPORT, "-"), 0);
    assert_int_equal(put(&k, NULL, PTN_SLOT_DPORT, "80"), 0);
    assert_int_equal(put(&k, NULL, PTN_SLOT_DPORT, "81"), 0);
    assert_int_equal(put(&k, NULL, PTN_SLOT_ACTION, "deny"), 0);
    assert_int_equal(put(&k, NULL, PTN_SLOT_ACTION, "allow"), 0);
    assert_string_equal(knock_text(&k), "src=192.0.2.1 sport=7 dport=80 action=drop");
}

static void many_knocks(void **state)
{
    struct ptn_knocks all = {0};
    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        struct ptn_knock *k = ptn_knocks_add(&all);
        assert_non_null(k);
        assert_true(k->time == PTN_NO_TIME && k->has == 0);
        k->dport = (uint16_t)i;
    }
    assert_int_equal(all.n, 1000);
    assert_int_equal(all.items[999].dport, 999);
    ptn_knocks_release(&all);
    assert_null(all.items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(ports_and_protocols),
        cmocka_unit_test(actions_and_ways),
        cmocka_unit_test(flags),
        cmocka_unit_test(icmp),
        cmocka_unit_test(numbers_and_texts),
        cmocka_unit_test(times),
        cmocka_unit_test(halves),
        cmocka_unit_test(first_counts),
        cmocka_unit_test(many_knocks),
    };
    return check_all(tests);
}
