/* What stands around messages: taken off, however many layers there are, and nothing else. */
#include "check.h"

#include <time.h>

#include "source/log/envelope.h"

#define LATEST (INT64_C(1795521601) * 1000000) /* 2026-11-24T12:00:01Z */

/* What is expected: "TIME | HOST | TAG | TEXT", "-" for what is not there. */
struct row {
    const char *line, *want;
};

static void put(char *out, size_t size, struct ptn_slice s)
{
    size_t n = strlen(out);
    if (s.len == 0)
        snprintf(out + n, size - n, " | -");
    else
        snprintf(out + n, size - n, " | %.*s", (int)s.len, s.at);
}

/* From memory of exactly its size, with room of exactly its size. */
static void open_line(const char *line, char *out, size_t size)
{
    size_t len = strlen(line);
    char *copy = malloc(len + 1), *room = malloc(len + 1), stamp[PTN_STAMP_TEXT];
    struct ptn_clock clock = {.latest = LATEST};
    struct ptn_message m;
    assert_true(copy && room);
    memcpy(copy, line, len);
    for (int again = 0; again < 2; again++) {
        ptn_envelope_open(&clock, (struct ptn_slice){copy, len}, room, &m);
        snprintf(out, size, "%s", m.time == PTN_NO_TIME ? "-" : ptn_stamp_text(m.time, stamp));
        put(out, size, m.host);
        put(out, size, m.tag);
        put(out, size, m.text);
    }
    free(copy);
    free(room);
}

static void expect_rows(const struct row *rows, size_t n)
{
    char out[1024];
    setenv("TZ", "UTC", 1);
    tzset();
    for (size_t i = 0; i < n; i++) {
        AT("%s", rows[i].line);
        open_line(rows[i].line, out, sizeof(out));
        EXPECT_TEXT(out, rows[i].want);
    }
}

#define T "2026-11-23T12:00:01Z"

static void syslog(void **state)
{
    static const struct row rows[] = {
        {"Nov 23 12:00:01 fw kernel: DROP IN=eth0 OUT=", T " | fw | kernel | DROP IN=eth0 OUT="},
        {"Nov 23 12:00:01 fw kernel: [12345.678901] [UFW BLOCK] IN=eth0", T " | fw | kernel | [UFW BLOCK] IN=eth0"},
        {"Nov 23 12:00:01 fw kernel: [    1.678901] IN=eth0", T " | fw | kernel | IN=eth0"},
        {"Nov 23 12:00:01 fw kernel: [UFW BLOCK] IN=eth0", T " | fw | kernel | [UFW BLOCK] IN=eth0"},
        {"<4>Nov 23 12:00:01 fw kernel: IN=eth0 OUT=", T " | fw | kernel | IN=eth0 OUT="},
        {"<4>kernel: IN=eth0 OUT=", "- | - | kernel | IN=eth0 OUT="},
        {"<4>[12345.678901] IN=eth0 OUT=", "- | - | kernel | IN=eth0 OUT="},
        {"Nov 23 12:00:01 kernel: IN=eth0 OUT=", T " | - | kernel | IN=eth0 OUT="},
        {"Nov 23 12:00:01 DROP IN=eth0 OUT=", T " | - | - | DROP IN=eth0 OUT="},
        {"Nov 23 12:00:01 fw DROP IN=eth0 OUT=", T " | fw | - | DROP IN=eth0 OUT="},
        {"Nov 23 12:00:01 IN=eth0 OUT=", T " | - | - | IN=eth0 OUT="},
        {"Nov 23 12:00:01 [UFW BLOCK] IN=eth0 OUT=", T " | - | - | [UFW BLOCK] IN=eth0 OUT="},
        {"2026-11-23T13:00:01.5+01:00 fw filterlog[1]: 5,,,", "2026-11-23T12:00:01.500000Z | fw | filterlog | 5,,,"},
        {"<134>Nov 23 12:00:01 filterlog[1234]: 5,,,1000", T " | - | filterlog | 5,,,1000"},
        {"<134>filterlog: 5,,,1000", "- | - | filterlog | 5,,,1000"},
        {"Nov 23 12:00:01 2001:db8::1 app: x", T " | 2001:db8::1 | app | x"},
        {"Nov 23 12:00:01 [192.0.2.1.2.2] app: x", T " | [192.0.2.1.2.2] | app | x"},
        {"Nov 23 12:00:01 fw -- MARK --", T " | fw | - | -- MARK --"},
        {"Nov 23 12:00:01 -- MARK --", T " | - | - | -- MARK --"},
        {"Mon Nov 23 12:00:01 2026 kern.warn kernel: [12.345] DROP IN=eth0", T " | - | kernel | DROP IN=eth0"},
        {"Nov 23 12:00:01 fw user.info kernel: IN=eth0", T " | fw | kernel | IN=eth0"},
        {"Mon 2026-11-23 12:00:01 UTC fw kernel: IN=eth0", T " | fw | kernel | IN=eth0"},
        {"1795435201.250000 fw kernel: IN=eth0", "2026-11-23T12:00:01.250000Z | fw | kernel | IN=eth0"},
        {"[Mon Nov 23 12:00:01 2026] DROP IN=eth0", T " | - | - | DROP IN=eth0"},
        {"[  123.456789] DROP IN=eth0", "- | - | kernel | DROP IN=eth0"},
        {"[  123.456789] fw kernel: DROP IN=eth0", "- | fw | kernel | DROP IN=eth0"},
        {"2026-11-23T12:00:01,000000+00:00 DROP IN=eth0", T " | - | - | DROP IN=eth0"},
        {"Nov 23 12:00:01 sun ipmon[12]: [ID 702911 local0.warning] 12:00:01.5 em0 @0:5 b",
         T " | sun | ipmon | 12:00:01.5 em0 @0:5 b"},
        {"\xef\xbb\xbfNov 23 12:00:01 fw app: x", T " | fw | app | x"},
    };
    (void)state;
    expect_rows(rows, COUNT(rows));
}

static void rfc5424(void **state)
{
    static const struct row rows[] = {
        {"<13>1 2026-11-23T12:00:01Z fw app 12 ID - hello", T " | fw | app | hello"},
        {"123 <13>1 2026-11-23T12:00:01Z fw app - - - hello", T " | fw | app | hello"},
        {"<13>1 - - - - - -", "- | - | - | -"},
        {"<13>1 2026-11-23T12:00:01Z fw asqd - - - \xef\xbb\xbfid=firewall x=1", T " | fw | asqd | id=firewall x=1"},
        {"<13>1 2026-11-23T12:00:01Z fw filterlog 1 - [meta sequenceId=\"5\"] 5,,,", T " | fw | filterlog | 5,,,"},
        {"<13>1 2026-11-23T12:00:01Z fw a 1 - [m a=\"]\\\"\"][n b=\"2\"] x", T " | fw | a | x"},
        {"<13>1 2026-11-23T12:00:01Z fw a 1 - [m a=\"x\"]", T " | fw | a | [m a=\"x\"]"},
        {"<13>1 2026-11-23T12:00:01Z fw a 1 - [m a=\"x", T " | fw | a | [m a=\"x"},
        {"<14>1 2026-11-23T12:00:01Z srx RT_FLOW - RT_FLOW_SESSION_DENY [junos@2636.1.1.1.2.40 a=\"b\"] x",
         T " | srx | RT_FLOW | RT_FLOW_SESSION_DENY [junos@2636.1.1.1.2.40 a=\"b\"] x"},
        {"<134>1 2026-11-23T12:00:01Z gw CheckPoint 18160 - [action:\"Drop\"; src:\"192.0.2.1\"]",
         T " | gw | CheckPoint | [action:\"Drop\"; src:\"192.0.2.1\"]"},
        {"<30>1 2026-11-23T12:00:01Z SFW - - - device_name=\"SFW\" a=b", T " | SFW | - | device_name=\"SFW\" a=b"},
        {"<30>1 2026-11-23T12:00:01Z host CEF:0|a|b|1|2|3|4|src=1", T " | host | - | CEF:0|a|b|1|2|3|4|src=1"},
        {"<14>1 2026-11-23T12:00:01Z PA-220 - - - - 1,2026/11/23 12:00:01,x",
         T " | PA-220 | - | 1,2026/11/23 12:00:01,x"},
        {"<134>1 1795435201.25 MX84 flows src=192.0.2.1",
         "2026-11-23T12:00:01.250000Z | MX84 | - | flows src=192.0.2.1"},
        {"<4>1 2026-11-23T12:00:01Z fw kernel 0 - [UFW BLOCK] IN=eth0", T " | fw | kernel | [UFW BLOCK] IN=eth0"},
        {"<4>1 2026-11-23T12:00:01Z fw kernel - - - [12345.678901] [UFW BLOCK] IN=eth0",
         T " | fw | kernel | [UFW BLOCK] IN=eth0"},
        {"<4>1 2026-11-23T12:00:01Z srx RT_FLOW - RT_FLOW_SESSION_DENY: session denied",
         T " | srx | RT_FLOW | RT_FLOW_SESSION_DENY: session denied"},
        {"<4>1 2026-11-23T12:00:01Z fw a 1 - [m] x", T " | fw | a | x"},
        {"1 2026-11-23T12:00:01Z fw app - - - hello", T " | fw | app | hello"},
    };
    (void)state;
    expect_rows(rows, COUNT(rows));
}

static void cisco_and_relays(void **state)
{
    static const struct row rows[] = {
        {"%ASA-4-106023: Deny tcp", "- | - | %ASA-4-106023 | Deny tcp"},
        {"<164>%ASA-4-106023: Deny tcp", "- | - | %ASA-4-106023 | Deny tcp"},
        {"Nov 23 2026 12:00:01: %ASA-4-106023: Deny", T " | - | %ASA-4-106023 | Deny"},
        {"Nov 23 2026 12:00:01 fw : %ASA-4-106023: Deny", T " | fw | %ASA-4-106023 | Deny"},
        {"<166>Nov 23 2026 12:00:01 fw: %ASA-4-106023: Deny", T " | fw | %ASA-4-106023 | Deny"},
        {"<166>2026-11-23T12:00:01Z fw : %ASA-4-106023: Deny", T " | fw | %ASA-4-106023 | Deny"},
        {"<166>2026-11-23T12:00:01Z : %FTD-6-430002: A: b", T " | - | %FTD-6-430002 | A: b"},
        {"<166>:Nov 23 13:00:01 CET: %ASA-session-6-302013: Built", T " | - | %ASA-session-6-302013 | Built"},
        {": 2026 Nov 23 12:00:01 UTC: %ASA-4-106023: Deny", T " | - | %ASA-4-106023 | Deny"},
        {"000123: Nov 23 12:00:01: %SEC-6-IPACCESSLOGP: list", T " | - | %SEC-6-IPACCESSLOGP | list"},
        {"000123: *Nov 23 12:00:01.5: %SEC-6-IPACCESSLOGP: list",
         "2026-11-23T12:00:01.500000Z | - | %SEC-6-IPACCESSLOGP | list"},
        {"<189>123: router: *Nov 23 12:00:01: %SEC-6-X: list", T " | - | %SEC-6-X | list"},
        {"<174>151: router: 293: Nov 23 13:00:01 CET: %FMANFP-6-IPACCESSLOGP: F0/0: list",
         T " | - | %FMANFP-6-IPACCESSLOGP | F0/0: list"},
        {"Nov 23 12:00:09 fw.example.net : Nov 23 07:00:01 EST: %ASA-session-6-106015: Deny",
         T " | fw.example.net | %ASA-session-6-106015 | Deny"},
        {"Nov 23 12:00:01 router 123: *Mar  1 00:01:02.345: %SEC-6-X: list", T " | router | %SEC-6-X | list"},
        {"Nov 23 12:00:05 router 123: Nov 23 12:00:01 UTC: %SEC-6-X: list", T " | router | %SEC-6-X | list"},
        {"Nov 23 12:00:05 relay Nov 23 12:00:01 fw %ASA-4-106023: Deny", T " | fw | %ASA-4-106023 | Deny"},
        {"Nov 23 12:00:05 relay Nov 23 12:00:01 fw kernel: IN=eth0", T " | fw | kernel | IN=eth0"},
        {"<13>Nov 23 12:00:05 relay <4>Nov 23 12:00:01 fw kernel: IN=eth0", T " | fw | kernel | IN=eth0"},
        {"<13>1 2026-11-23T12:00:05Z relay - - - - Nov 23 12:00:01 fw kernel: IN=eth0", T " | fw | kernel | IN=eth0"},
        {"2026-11-23 12:00:05\tLocal4.Warning\t192.0.2.1\tNov 23 2026 12:00:01: %ASA-4-106023: Deny",
         T " | 192.0.2.1 | %ASA-4-106023 | Deny"},
        {"2026-11-23T12:00:01.000000001Z stdout F hello there", T " | - | - | hello there"},
        {"2026-11-23T12:00:05Z Nov 23 12:00:01 fw kernel: IN=eth0", T " | fw | kernel | IN=eth0"},
        {"2026 Nov 23 12:00:05 fw->192.0.2.1 Nov 23 12:00:01 fw2 kernel: IN=eth0", T " | fw2 | kernel | IN=eth0"},
        {"2021 Nov 23 12:00:05 fw->192.0.2.1 Nov 23 12:00:01 fw2 kernel: IN=eth0",
         "2021-11-23T12:00:01Z | fw2 | kernel | IN=eth0"},
        {"<13>1 2021-01-01T00:00:01Z relay - - - - Dec 31 23:59:59 fw kernel: IN=eth0",
         "2020-12-31T23:59:59Z | fw | kernel | IN=eth0"},
        {"2021 Nov 23 12:00:05 fw->192.0.2.1 Nov 23 2019 12:00:01 fw2 kernel: IN=eth0",
         "2019-11-23T12:00:01Z | fw2 | kernel | IN=eth0"},
        {"2026 Nov 23 12:00:01 (agent) any->/var/log/ufw.log [UFW BLOCK] IN=eth0",
         T " | any | - | [UFW BLOCK] IN=eth0"},
        {"<30>Nov 23 12:00:01 router : firewall,info forward: in:a", T " | router | - | firewall,info forward: in:a"},
        {"<166>Nov 23 12:00:01 fw asa[1]: %ASA-6-302013: Built", T " | fw | %ASA-6-302013 | Built"},
        {"2026-11-23T12:00:05Z stderr F Nov 23 12:00:01 fw kernel: IN=eth0", T " | fw | kernel | IN=eth0"},
    };
    (void)state;
    expect_rows(rows, COUNT(rows));
}

static void products(void **state)
{
    static const struct row rows[] = {
        {"Nov 23 12:00:01 fw CEF:0|a|b|1|2|3|4|src=1", T " | fw | - | CEF:0|a|b|1|2|3|4|src=1"},
        {"Nov 23 12:00:01 fw app[1]: LEEF:1.0|a|b|1|2|src=1", T " | fw | app | LEEF:1.0|a|b|1|2|src=1"},
        {"<13>Nov 23 12:00:01 fw some words CEF:0|a|b|1|2|3|4|src=1", T " | fw | - | CEF:0|a|b|1|2|3|4|src=1"},
        {"CEF:0|a|b|1|2|3|4|src=1", "- | - | - | CEF:0|a|b|1|2|3|4|src=1"},
        {"LEEF:2.0|a|b|1|2|^|src=1", "- | - | - | LEEF:2.0|a|b|1|2|^|src=1"},
        {"Nov 23 12:00:01 192.0.2.1 date=2026-11-23 time=12:00:01",
         T " | 192.0.2.1 | - | date=2026-11-23 time=12:00:01"},
        {"<189>date=2026-11-23 time=12:00:01", "- | - | - | date=2026-11-23 time=12:00:01"},
        {"date=2026-11-23 time=12:00:01", "- | - | - | date=2026-11-23 time=12:00:01"},
        {"<134>  id=firewall sn=1 time=\"2026-11-23 12:00:01\"",
         "- | - | - | id=firewall sn=1 time=\"2026-11-23 12:00:01\""},
        {"Nov 23 12:00:01 PA 1,2026/11/23 12:00:01,7", T " | PA | - | 1,2026/11/23 12:00:01,7"},
        {"1,2026/11/23 12:00:01,7", "- | - | - | 1,2026/11/23 12:00:01,7"},
        {"2026-11-23 12:00:01 DROP TCP 192.0.2.1 192.0.2.2",
         T " | - | - | 2026-11-23 12:00:01 DROP TCP 192.0.2.1 192.0.2.2"},
        {"<13>Nov 23 12:00:01 pc pf: 2026-11-23 12:00:01 DROP TCP", T " | pc | pf | 2026-11-23 12:00:01 DROP TCP"},
        {"1795435201.25\tCabc\t192.0.2.1", "- | - | - | 1795435201.25\tCabc\t192.0.2.1"},
        {"2026-11-23T12:00:01.000Z 2 123456789010 eni-1", T " | - | - | 2 123456789010 eni-1"},
        {"2 123456789010 eni-1 192.0.2.1", "- | - | - | 2 123456789010 eni-1 192.0.2.1"},
        {"2026:11:23-12:00:01 utm ulogd[1]: id=\"2001\"", T " | utm | ulogd | id=\"2001\""},
        {"<134>[2026-11-23 12:00:01] EFW: CONN: prio=1", T " | - | EFW | CONN: prio=1"},
        {"Nov 23 12:00:01 rb firewall,info forward: in:ether1", T " | rb | - | firewall,info forward: in:ether1"},
        {"<140>Nov 23 12:00:01 M370 80B1 (2026-11-23T12:00:01) firewall: Deny", T " | M370 | firewall | Deny"},
        {"Nov 23 12:00:01.5 rule 5/0(match): block in on em0",
         "2026-11-23T12:00:01.500000Z | - | - | rule 5/0(match): block in on em0"},
        {"Nov 23 12:00:01 fw box_Firewall_Activity:  Info fw Remove: type=FWD|proto=TCP",
         T " | fw | box_Firewall_Activity | Info fw Remove: type=FWD|proto=TCP"},
        {"filterlog[1234]: 5,,,", "- | - | filterlog | 5,,,"},
        {"<134>1 2026-11-23T12:00:01Z fw - - - - filterlog[1234]: 5,,,", T " | fw | filterlog | 5,,,"},
        {"kernel: IN=eth0", "- | - | kernel | IN=eth0"},
        {"rule 5/0(match) [1]: block", "- | - | - | rule 5/0(match) [1]: block"},
        {"23/11/2026 12:00:01 em0 @0:5 b 192.0.2.1", T " | - | - | em0 @0:5 b 192.0.2.1"},
        {"# comment", "- | - | - | # comment"},
        {"", "- | - | - | -"},
        {"   ", "- | - | - | -"},
        {"<", "- | - | - | <"},
        {"<999", "- | - | - | <999"},
        {"[", "- | - | - | ["},
    };
    (void)state;
    expect_rows(rows, COUNT(rows));
}

static void json(void **state)
{
    static const struct row rows[] = {
        {"{\"__REALTIME_TIMESTAMP\":\"1795435201000000\",\"_HOSTNAME\":\"h\",\"SYSLOG_IDENTIFIER\":\"kernel\","
         "\"MESSAGE\":\"DROP \\\"x\\\" IN=eth0\"}",
         T " | h | kernel | DROP \"x\" IN=eth0"},
        {"{\"MESSAGE\":[73,78,61,195,164],\"__REALTIME_TIMESTAMP\":\"1795435201000000\"}", T " | - | - | IN=\xc3\xa4"},
        {"{\"MESSAGE\":\"\\u0049N=\\ud83d\\ude00\\/\",\"__REALTIME_TIMESTAMP\":\"1795435201000000\"}",
         T " | - | - | IN=\xf0\x9f\x98\x80/"},
        {"{\"log\":\"Nov 23 12:00:01 fw kernel: IN=eth0\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-23T12:00:09Z\"}",
         T " | fw | kernel | IN=eth0"},
        {"{\"log\":\"x\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-23T12:00:01Z\"}", T " | - | - | x"},
        {"{\"version\":\"1.1\",\"host\":\"h\",\"short_message\":\"%ASA-4-106023: Deny\",\"timestamp\":1}",
         "- | h | %ASA-4-106023 | Deny"},
        {"{\"@timestamp\":\"2026-11-23T12:00:01Z\",\"agent\":{\"type\":\"filebeat\"},\"message\":\"IN=eth0\"}",
         T " | - | - | IN=eth0"},
        {"{\"@timestamp\":\"2026-11-23T12:00:01Z\",\"agent\":{\"type\":\"x\"},\"source\":{\"ip\":\"192.0.2.1\"},"
         "\"message\":\"x\"}",
         "- | - | - | "
         "{\"@timestamp\":\"2026-11-23T12:00:01Z\",\"agent\":{\"type\":\"x\"},\"source\":{\"ip\":\"192.0.2.1\"},"
         "\"message\":\"x\"}"},
        {"{\"timestamp\":\"2026-11-23T12:00:01+00:00\",\"host\":\"h\",\"severity\":\"warning\",\"facility\":\"kern\","
         "\"syslog-tag\":\"kernel:\",\"message\":\" IN=eth0\"}",
         T " | h | kernel |  IN=eth0"},
        {"{\"PROGRAM\":\"filterlog\",\"PRIORITY\":\"info\",\"MESSAGE\":\"5,,,\",\"HOST\":\"h\",\"DATE\":\"Nov 23 "
         "12:00:01\"}",
         T " | h | filterlog | 5,,,"},
        {"{\"timestamp\":1795435201000,\"logStream\":\"x\",\"severity\":\"INFO\",\"message\":\"2 1234 eni-1\"}",
         T " | - | - | 2 1234 eni-1"},
        {"{\"severity\":\"INFO\",\"facility\":\"x\",\"message\":\"x\",\"src_ip\":\"192.0.2.1\"}",
         "- | - | - | {\"severity\":\"INFO\",\"facility\":\"x\",\"message\":\"x\",\"src_ip\":\"192.0.2.1\"}"},
        {"{\"src\":\"192.0.2.1\"}", "- | - | - | {\"src\":\"192.0.2.1\"}"},
        {"{\"MESSAGE\":[1,2", "- | - | - | {\"MESSAGE\":[1,2"},
        {"{\"MESSAGE\":[999],\"__REALTIME_TIMESTAMP\":\"1\"}",
         "- | - | - | {\"MESSAGE\":[999],\"__REALTIME_TIMESTAMP\":\"1\"}"},
    };
    (void)state;
    expect_rows(rows, COUNT(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(syslog),   cmocka_unit_test(rfc5424), cmocka_unit_test(cisco_and_relays),
        cmocka_unit_test(products), cmocka_unit_test(json),
    };
    return check_all(tests);
}
