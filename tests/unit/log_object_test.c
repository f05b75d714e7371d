/* Objects: JSON piece by piece, and the products that write it. */
#include "log_read.h"

#include "source/log/json.h"

/* What a walk over a text sees: "path=value", "path{", "}", and the end. */
static const char *walk(const char *text)
{
    static char out[4096];
    char *at = out, *end = out + sizeof(out);
    struct ptn_json json;
    ptn_json_begin(&json, (struct ptn_slice){text, strlen(text)});
    for (;;) {
        switch (ptn_json_next(&json)) {
        case PTN_JSON_VALUE:
            at += snprintf(at, (size_t)(end - at), "%s=%.*s%s ", json.path, (int)json.value.len, json.value.at,
                           json.escaped ? "!" : "");
            break;
        case PTN_JSON_OPEN:
            at += snprintf(at, (size_t)(end - at), "%s%c ", json.path, json.array ? '[' : '{');
            break;
        case PTN_JSON_CLOSE:
            at += snprintf(at, (size_t)(end - at), "%c ", json.array ? ']' : '}');
            break;
        case PTN_JSON_END:
            (void)snprintf(at, (size_t)(end - at), "end");
            return out;
        default:
            (void)snprintf(at, (size_t)(end - at), "bad");
            return out;
        }
    }
}

static void test_walk(void **state)
{
    static const struct {
        const char *text, *seen;
    } rows[] = {
        {"", "end"},
        {"{}", "{ } end"},
        {"{\"a\":1,\"b\":{\"c\":\"x\",\"d\":[true,null]},\"e\":-1.5e3}",
         "{ a=1 b{ b.c=x b.d[ b.d=true b.d=null ] } e=-1.5e3 } end"},
        {" [ {\"a\" : \"\"} , {\"a\":2} ] ", "[ { a= } { a=2 } ] end"},
        {"{\"a.b\":1,\"a\":{\"b\":2}}", "{ a.b=1 a{ a.b=2 } } end"},
        {"{\"a\":\"q\\\"x\",\"b\":\"t\\\\\",\"c\":1}", "{ a=q\\\"x! b=t\\\\! c=1 } end"},
        {"{\"a\":\"\\\\\\\"\"}", "{ a=\\\\\\\"! } end"},
        {"{\"a\":1", "{ a=1 bad"},
        {"{\"a\":\"x}", "{ bad"},
        {"{\"a\"1}", "{ bad"},
        {"{\"a\":}", "{ bad"},
        {"{a:1}", "{ bad"},
        {"[1}", "[ =1 bad"},
        {"}", "bad"},
        {"{\"a\":\x01}", "{ bad"},
        {"1 2", "=1 =2 end"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        AT("%s", rows[i].text);
        EXPECT_TEXT(walk(rows[i].text), rows[i].seen);
    }
}

/* Nesting and paths beyond the bounds are skipped, and what stands behind them is still read. */
static void test_bounds(void **state)
{
    char text[8192] = "{\"deep\":";
    size_t n = strlen(text);
    (void)state;
    memset(text + n, '[', 2000);
    memset(text + n + 2000, ']', 2000);
    strcpy(text + n + 4000, ",\"after\":1}");
    AT("deep");
    EXPECT(strstr(walk(text), "after=1 } end"));
    n = (size_t)snprintf(text, sizeof(text), "{\"");
    memset(text + n, 'k', 3000);
    strcpy(text + n + 3000, "\":{\"x\":1},\"after\":1}");
    AT("long");
    EXPECT(strstr(walk(text), "after=1 } end"));
}

static void test_skip(void **state)
{
    static const char text[] = "{\"a\":{\"b\":\"}\\\"{\",\"c\":[1,[2]]},\"d\":3}";
    struct ptn_json json;
    (void)state;
    ptn_json_begin(&json, (struct ptn_slice){text, strlen(text)});
    assert_int_equal(ptn_json_next(&json), PTN_JSON_OPEN);
    assert_int_equal(ptn_json_next(&json), PTN_JSON_OPEN);
    struct ptn_slice inner = ptn_json_skip(&json);
    assert_int_equal(inner.len, strlen("\"b\":\"}\\\"{\",\"c\":[1,[2]]"));
    assert_int_equal(ptn_json_next(&json), PTN_JSON_VALUE);
    assert_string_equal(json.path, "d");
}

static const struct ptn_field_name grammar_names[] = {
    {"when", PTN_SLOT_TIME},     {"from.addr", PTN_SLOT_SRC}, {"from.port", PTN_SLOT_SPORT}, {"to.addr", PTN_SLOT_DST},
    {"to.port", PTN_SLOT_DPORT}, {"act", PTN_SLOT_ACTION},    {"zone", PTN_SLOT_IN},         {.name = ""},
};
static const struct ptn_action_word grammar_words[] = {{"ok", PTN_ACTION_PASS}, {"n/o", PTN_ACTION_DROP}, {0}};
static const struct ptn_format grammar = {
    .name = "grammar", .read = ptn_read_object, .names = grammar_names, .actions = grammar_words};

static void test_grammar(void **state)
{
    static const struct log_row rows[] = {
        {"{\"when\":\"2026-11-01T12:00:00Z\",\"from\":{\"addr\":\"192.0.2.1\",\"port\":4000},\"to\":{\"addr\":\"198.51."
         "100.1\",\"port\":\"22\"},"
         "\"act\":\"n\\/o\",\"other\":{\"from\":{\"addr\":\"10.0.0.1\"}}}",
         "2026-11-01T12:00:00Z - 192.0.2.1 4000 198.51.100.1 22 drop - - - -"},
        {"{\"from.addr\":\"2001:db8::1\",\"to.addr\":[\"2001:db8::2\",\"2001:db8::3\"],\"zone\":\"lan\"}",
         "- - 2001:db8::1 - 2001:db8::2 - - lan - - -"},
        {"[{\"from\":{\"addr\":\"192.0.2.1\"},\"act\":\"ok\"},{\"x\":1},{\"to\":{\"addr\":\"192.0.2.2\"}}]",
         "- - 192.0.2.1 - - - pass - - - -; - - - - 192.0.2.2 - - - - - -"},
        {"{\"records\":[{\"from\":{\"addr\":\"192.0.2.1\"}},{\"act\":\"ok\",\"to\":{\"addr\":\"192.0.2.2\"}}],\"from\":"
         "{\"addr\":\"192.0.2.9\"}}",
         "- - 192.0.2.1 - - - - - - - -; - - - - 192.0.2.2 - pass - - - -"},
        {"@cee: {\"from\":{\"addr\":\"192.0.2.1\"}}", "- - 192.0.2.1 - - - - - - - -"},
        {"{\"from\":{\"addr\":\"192.0.2.1\"}", "broken"},
        {"{\"from\":{\"addr\":\"192.0.2.1\",\"port\":70000}}", "broken"},
        {"{\"x\":1", "remark"},
        {"{\"x\":1}", "remark"},
        {"{\"from\":{\"addr\":\"\"},\"to\":{\"addr\":null}}", "remark"},
        {"no json", "other"},
    };
    (void)state;
    log_check(&grammar, rows, COUNT(rows));
}

#define EVE "{\"timestamp\":\"2026-11-01T12:00:00.250000+0100\",\"flow_id\":1,\"in_iface\":\"eth0\",\"event_type\":"
#define EVE_TCP                                                                                                        \
    ",\"src_ip\":\"192.0.2.1\",\"src_port\":40000,\"dest_ip\":\"198.51.100.1\",\"dest_port\":80,\"proto\":\"TCP\""
#define EVE_GIVES "2026-11-01T11:00:00.250000Z 6 192.0.2.1 40000 198.51.100.1 80 "

static void test_suricata(void **state)
{
    static const struct log_row rows[] = {
        {EVE "\"flow\"" EVE_TCP
             ",\"app_proto\":\"http\",\"flow\":{\"pkts_toserver\":5,\"pkts_toclient\":4,\"state\":\"closed\","
             "\"reason\":\"timeout\"},\"tcp\":{\"tcp_flags\":\"1b\",\"tcp_flags_ts\":\"1b\",\"tcp_flags_tc\":\"1b\","
             "\"syn\":true}}",
         EVE_GIVES "- eth0 - FSPA -"},
        {EVE "\"flow\"" EVE_TCP ",\"flow\":{\"action\":\"drop\"},\"tcp\":{\"tcp_flags\":\"02\"}}",
         EVE_GIVES "drop eth0 - S -"},
        {EVE "\"flow\"" EVE_TCP ",\"flow\":{\"action\":\"accept\"},\"tcp\":{\"tcp_flags\":\"00\"}}",
         EVE_GIVES "pass eth0 - - -"},
        {EVE "\"alert\"" EVE_TCP
             ",\"alert\":{\"action\":\"allowed\",\"signature_id\":1,\"signature\":\"a \\\"b\\\"\"}}",
         EVE_GIVES "pass eth0 - - -"},
        {EVE "\"alert\"" EVE_TCP ",\"alert\":{\"action\":\"blocked\",\"signature_id\":1}}",
         EVE_GIVES "drop eth0 - - -"},
        {EVE "\"alert\"" EVE_TCP
             ",\"alert\":{\"action\":\"allowed\"},\"verdict\":{\"action\":\"drop\",\"reject-target\":\"to_client\","
             "\"reject\":[\"tcp-reset\"]}}",
         EVE_GIVES "reject eth0 - - -"},
        {EVE "\"alert\"" EVE_TCP ",\"alert\":{\"action\":\"blocked\"},\"verdict\":{\"action\":\"pass\"}}",
         EVE_GIVES "pass eth0 - - -"},
        {EVE "\"drop\"" EVE_TCP ",\"drop\":{\"len\":60,\"tos\":0,\"ttl\":56,\"ipid\":24118,\"tcpseq\":1,\"tcpack\":0,"
             "\"tcpwin\":501,\"syn\":true,"
             "\"ack\":false,\"psh\":false,\"rst\":false,\"urg\":false,\"fin\":false,\"tcpres\":0,\"tcpurgp\":0,"
             "\"reason\":\"rules\"}}",
         EVE_GIVES "drop eth0 - S -"},
        {EVE "\"drop\",\"src_ip\":\"2001:db8::1\",\"dest_ip\":\"2001:db8::2\",\"proto\":\"IPv6-ICMP\",\"icmp_type\":"
             "128,\"icmp_code\":0,"
             "\"drop\":{\"len\":60}}",
         "2026-11-01T11:00:00.250000Z 58 2001:db8::1 - 2001:db8::2 - drop eth0 - - 128"},
        {EVE "\"netflow\"" EVE_TCP ",\"netflow\":{\"pkts\":1,\"bytes\":60},\"tcp\":{\"tcp_flags\":\"14\"}}",
         EVE_GIVES "- eth0 - RA -"},
        {"Nov  1 12:00:01 ids suricata[77]: " EVE "\"drop\"" EVE_TCP "}", EVE_GIVES "drop eth0 - - -"},
        {EVE "\"dns\"" EVE_TCP ",\"dns\":{\"type\":\"query\"}}", "remark"},
        {EVE "\"stats\",\"stats\":{\"uptime\":1}}", "remark"},
        {EVE "\"drop\"" EVE_TCP ",\"drop\":{\"len\":60", "broken"},
        {EVE "\"http\"" EVE_TCP ",\"http\":{\"host", "remark"},
        {"{\"event_type\":\"x\"}", "other"},
        {"{\"timestamp\":\"2026-11-01T12:00:00Z\",\"event_type\":\"login\",\"src_ip\":\"192.0.2.1\"}", "other"},
        {"{\"timestamp\":\"2026-11-01T12:00:00Z\",\"event_type\":\"alert\",\"text\":\"disk full\"}", "other"},
    };
    static const struct log_row aws[] = {
        {"{\"firewall_name\":\"fw\",\"availability_zone\":\"us-east-1a\",\"event_timestamp\":\"1793534400\",\"event\":{"
         "\"timestamp\":"
         "\"2026-11-01T12:00:00.000000+0000\",\"flow_id\":1,\"event_type\":\"alert\"" EVE_TCP
         ",\"alert\":{\"action\":\"blocked\"}}}",
         "2026-11-01T12:00:00Z 6 192.0.2.1 40000 198.51.100.1 80 drop - - - -"},
        {"{\"firewall_name\":\"fw\",\"event\":{\"timestamp\":\"2026-11-01T12:00:00.000000+0000\",\"event_type\":"
         "\"netflow\"" EVE_TCP ",\"netflow\":{\"pkts\":3},\"tcp\":{\"tcp_flags\":\"02\",\"syn\":true}}}",
         "2026-11-01T12:00:00Z 6 192.0.2.1 40000 198.51.100.1 80 - - - S -"},
    };
    (void)state;
    log_check(&ptn_format_suricata, rows, COUNT(rows));
    log_check(&ptn_format_aws_firewall, aws, COUNT(aws));
}

static void test_zeek(void **state)
{
    static const struct log_row rows[] = {
        {"{\"ts\":1793534400.25,\"uid\":\"CAcJw21BbVedgFnYH3\",\"id.orig_h\":\"192.0.2.167\",\"id.orig_p\":38339,\"id."
         "resp_h\":\"198.51.100.1\","
         "\"id.resp_p\":53,\"proto\":\"udp\",\"service\":\"dns\",\"duration\":0.07,\"conn_state\":\"SF\",\"history\":"
         "\"Dd\"}",
         "2026-11-01T12:00:00.250000Z 17 192.0.2.167 38339 198.51.100.1 53 pass - - - -"},
        {"{\"_path\":\"conn\",\"ts\":\"2026-11-01T12:00:00.250000Z\",\"uid\":\"C1\",\"id\":{\"orig_h\":\"192.0.2.167\","
         "\"orig_p\":40000,\"resp_h\":"
         "\"198.51.100.1\",\"resp_p\":23},\"proto\":\"tcp\",\"conn_state\":\"REJ\",\"history\":\"Sr\"}",
         "2026-11-01T12:00:00.250000Z 6 192.0.2.167 40000 198.51.100.1 23 reject - - S -"},
        {"{\"ts\":1793534400,\"uid\":\"C1\",\"id.orig_h\":\"192.0.2.167\",\"id.orig_p\":3,\"id.resp_h\":\"198.51.100."
         "1\",\"id.resp_p\":1,\"proto\":"
         "\"icmp\",\"conn_state\":\"OTH\"}",
         "2026-11-01T12:00:00Z 1 192.0.2.167 - 198.51.100.1 - - - - - 3"},
        {"{\"ts\":1793534400,\"uid\":\"C1\",\"id.orig_h\":\"192.0.2.167\",\"id.orig_p\":3,\"id.resp_h\":\"198.51.100."
         "1\",\"id.resp_p\":1,\"query\":"
         "\"a.example\"}",
         "remark"},
    };
    (void)state;
    log_check(&ptn_format_zeek_json, rows, COUNT(rows));
}

static void test_gcp(void **state)
{
    static const struct log_row rows[] = {
        {"{\"insertId\":\"1\",\"jsonPayload\":{\"connection\":{\"dest_ip\":\"10.42.0.2\",\"dest_port\":3389,"
         "\"protocol\":6,\"src_ip\":\"192.0.2.126\","
         "\"src_port\":64853},\"disposition\":\"DENIED\",\"instance\":{\"vm_name\":\"test\"},\"rule_details\":{"
         "\"action\":\"DENY\",\"direction\":"
         "\"INGRESS\",\"reference\":\"network:default/firewall:x\"}},\"logName\":\"projects/p/logs/"
         "compute.googleapis.com%2Ffirewall\",\"timestamp\":"
         "\"2026-11-01T12:00:00.250Z\"}",
         "2026-11-01T12:00:00.250000Z 6 192.0.2.126 64853 10.42.0.2 3389 drop - - - -"},
        {"{\"jsonPayload\":{\"bytes_sent\":\"1776\",\"connection\":{\"dest_ip\":\"10.42.0.2\",\"dest_port\":443.0,"
         "\"protocol\":17,\"src_ip\":"
         "\"192.0.2.126\",\"src_port\":33478},\"reporter\":\"DEST\",\"start_time\":\"2026-11-01T11:59:00Z\"},"
         "\"logName\":\"projects/p\",\"timestamp\":"
         "\"2026-11-01T12:00:00Z\"}",
         "2026-11-01T12:00:00Z 17 192.0.2.126 33478 10.42.0.2 443 - - - - -"},
        {"[{\"jsonPayload\":{\"connection\":{\"dest_ip\":\"10.42.0.2\",\"protocol\":1,\"src_ip\":\"192.0.2.126\"},"
         "\"disposition\":\"ALLOWED\"}},"
         "{\"jsonPayload\":{\"connection\":{\"dest_ip\":\"10.42.0.3\",\"protocol\":6,\"src_ip\":\"192.0.2.126\",\"src_"
         "port\":5,\"dest_port\":6},"
         "\"disposition\":\"ALLOWED\"}}]",
         "- 1 192.0.2.126 - 10.42.0.2 - pass - - - -; - 6 192.0.2.126 5 10.42.0.3 6 pass - - - -"},
        {"{\"jsonPayload\":{\"message\":\"agent started\"},\"logName\":\"projects/p\"}", "remark"},
        {"{\"protoPayload\":{}}", "other"},
    };
    (void)state;
    log_check(&ptn_format_gcp, rows, COUNT(rows));
}

static void test_azure(void **state)
{
    static const struct log_row flows[] = {
        {"{\"records\":[{\"time\":\"2026-11-01T12:01:00Z\",\"category\":\"NetworkSecurityGroupFlowEvent\","
         "\"properties\":{\"Version\":2,\"flows\":["
         "{\"rule\":\"DefaultRule_DenyAllInBound\",\"flows\":[{\"mac\":\"000D3AF8\",\"flowTuples\":[\"1793534400,203.0."
         "113.9,10.0.0.4,35370,23,T,I,"
         "D,B,,,,\",\"1793534401,203.0.113.9,10.0.0.4,35371,53,U,I,A,E,1,66,1,59\"]}]},{\"rule\":\"UserRule\","
         "\"flows\":[{\"mac\":\"1\",\"flowTuples\":"
         "[\"1793534402,10.0.0.4,198.51.100.1,1,443,T,O,A\"]}]}]}}]}",
         "2026-11-01T12:00:00Z 6 203.0.113.9 35370 10.0.0.4 23 drop - - - -; "
         "2026-11-01T12:00:01Z 17 203.0.113.9 35371 10.0.0.4 53 pass - - - -; "
         "2026-11-01T12:00:02Z 6 10.0.0.4 1 198.51.100.1 443 pass - - - -"},
        {"{\"time\":\"2026-11-01T12:01:00Z\",\"flowLogVersion\":4,\"flowRecords\":{\"flows\":[{\"aclID\":\"a\","
         "\"flowGroups\":[{\"rule\":\"r\","
         "\"flowTuples\":[\"1793534400250,10.0.0.6,198.51.100.1,23956,443,6,O,B,NX,0,0,0,0\",\"1793534400250,203.0.113."
         "9,10.0.0.6,0,0,1,I,D,NX,0,0,"
         "0,0\"]}]}]}}",
         "2026-11-01T12:00:00.250000Z 6 10.0.0.6 23956 198.51.100.1 443 pass - - - -; "
         "2026-11-01T12:00:00.250000Z 1 203.0.113.9 - 10.0.0.6 - drop - - - -"},
        {"{\"flowTuples\":[]}", "remark"},
        {"{\"flowTuples\":[\"rubbish\"]}", "broken"},
        {"{\"records\":[]}", "other"},
    };
    static const struct log_row firewall[] = {
        {"{\"category\":\"AzureFirewallNetworkRule\",\"time\":\"2026-11-01T12:00:00.5Z\",\"resourceId\":\"/"
         "SUBSCRIPTIONS/X/AZUREFIREWALLS/F\","
         "\"properties\":{\"msg\":\"TCP request from 203.0.113.173:12518 to 198.51.100.221:2323. Action: Deny\"}}",
         "2026-11-01T12:00:00.500000Z 6 203.0.113.173 12518 198.51.100.221 2323 drop - - - -"},
        {"{\"category\":\"AzureFirewallNetworkRule\",\"time\":\"2026-11-01T12:00:00Z\",\"resourceId\":\"/SUBSCRIPTIONS/"
         "X/AZUREFIREWALLS/F\","
         "\"properties\":{\"msg\":\"UDP request from 10.0.0.4:40001 to 198.51.100.53:53. Action: Allow. Rule "
         "Collection: a b. Rule: c\"}}",
         "2026-11-01T12:00:00Z 17 10.0.0.4 40001 198.51.100.53 53 pass - - - -"},
        {"{\"category\":\"AzureFirewallNetworkRule\",\"time\":\"2026-11-01T12:00:00Z\",\"resourceId\":\"/SUBSCRIPTIONS/"
         "X/AZUREFIREWALLS/F\","
         "\"properties\":{\"msg\":\"ICMP Type=8 request from 10.0.0.4 to 198.51.100.53. Action: Allow\"}}",
         "2026-11-01T12:00:00Z 1 10.0.0.4 - 198.51.100.53 - pass - - - 8"},
        {"{\"category\":\"AzureFirewallNetworkRule\",\"time\":\"2026-11-01T12:00:00Z\",\"resourceId\":\"/SUBSCRIPTIONS/"
         "X/AZUREFIREWALLS/F\","
         "\"properties\":{\"msg\":\"TCP request from 203.0.113.5:3000 to 198.51.100.2:65535 was DNAT'ed to "
         "10.0.0.5:80\"}}",
         "2026-11-01T12:00:00Z 6 203.0.113.5 3000 198.51.100.2 65535 pass - - - -"},
        {"{\"category\":\"AZFWNetworkRule\",\"time\":\"2026-11-01T12:00:00Z\",\"resourceId\":\"/SUBSCRIPTIONS/X/"
         "AZUREFIREWALLS/F\",\"properties\":{"
         "\"Protocol\":\"TCP\",\"SourceIp\":\"10.0.0.4\",\"SourcePort\":5,\"DestinationIp\":\"198.51.100.1\","
         "\"DestinationPort\":443,\"Action\":\"Allow\"}}",
         "2026-11-01T12:00:00Z 6 10.0.0.4 5 198.51.100.1 443 pass - - - -"},
        {"{\"category\":\"AzureFirewallNetworkRule\",\"time\":\"2026-11-01T12:00:00Z\",\"properties\":{\"msg\":\"ICMP "
         "Type=8 request from 10.0.0.4 to 198.51.100.9. Action: Deny. \"}}",
         "2026-11-01T12:00:00Z 1 10.0.0.4 - 198.51.100.9 - drop - - - 8"},
        {"{\"category\":\"AzureFirewallNetworkRule\",\"time\":\"2026-11-01T12:00:00Z\",\"properties\":{\"msg\":\"TCP "
         "request from 10.0.0.4:50306 to 198.51.100.9:3389. Action: Allow.. Rule Collection: A_B. Rule: A_B\"}}",
         "2026-11-01T12:00:00Z 6 10.0.0.4 50306 198.51.100.9 3389 pass - - - -"},
        {"{\"category\":\"AzureFirewallNetworkRule\",\"time\":\"2026-11-01T12:00:00Z\",\"properties\":{\"msg\":\"TCP "
         "request from 10.0.0.4:51890 to 198.51.100.9:443. Action: drop. Signature: 1. IDS: JA3 Hash - [x] y. "
         "Priority: 3\"}}",
         "2026-11-01T12:00:00Z 6 10.0.0.4 51890 198.51.100.9 443 drop - - - -"},
        {"{\"category\":\"AzureFirewallNetworkRule\",\"time\":\"2026-11-01T12:00:00Z\",\"properties\":{\"msg\":\"ICMP "
         "request from 10.0.0.4: to 198.51.100.9:. Action: alert. Signature: 2100366. IDS: PING\"}}",
         "2026-11-01T12:00:00Z 1 10.0.0.4 - 198.51.100.9 - pass - - - -"},
        {"{\"category\":\"AzureFirewallNetworkRule\",\"time\":\"2026-11-01T12:00:00Z\",\"properties\":{\"msg\":\"HTTP "
         "request from 10.0.0.4:54314 to a.b.example:80. Url: a.b.example. Action: Deny. ThreatIntel: Bot Networks\"}}",
         "2026-11-01T12:00:00Z 6 10.0.0.4 54314 - 80 drop - - - -"},
        {"{\"category\":\"AzureFirewallNetworkRule\",\"time\":\"2026-11-01T12:00:00Z\",\"properties\":{\"msg\":\"TCP "
         "request from 203.0.113.5:50306 to 198.51.100.2:3389 was DNAT'ed to 10.0.0.2:3389. Policy: p. Rule: r\"}}",
         "2026-11-01T12:00:00Z 6 203.0.113.5 50306 198.51.100.2 3389 pass - - - -"},
        {"{\"category\":\"AZFWNatRule\",\"time\":\"2026-11-01T12:00:00.6798940Z\",\"properties\":{\"DestinationIp\":"
         "\"198.51.100.2\",\"DestinationPort\":22,\"Protocol\":\"TCP\",\"SourceIp\":\"203.0.113.5\",\"SourcePort\":"
         "49108,\"TranslatedIp\":\"10.0.0.2\",\"TranslatedPort\":22}}",
         "2026-11-01T12:00:00.679894Z 6 203.0.113.5 49108 198.51.100.2 22 pass - - - -"},
        {"{\"category\":\"AuditEvent\",\"properties\":{}}", "other"},
        {"{\"category\":\"AzureFirewallApplicationRule\",\"time\":\"2026-11-01T12:00:00Z\",\"resourceId\":\"/"
         "SUBSCRIPTIONS/X/AZUREFIREWALLS/F\","
         "\"properties\":{\"msg\":\"HTTPS request from 10.0.0.4:55640 to a.example:443. Action: Allow.\"}}",
         "remark"},
    };
    (void)state;
    log_check(&ptn_format_azure_flow, flows, COUNT(flows));
    log_check(&ptn_format_azure_firewall, firewall, COUNT(firewall));
}

static void test_ulogd(void **state)
{
    static const struct log_row rows[] = {
        {"{\"timestamp\": \"2026-11-01T12:00:00.250000+0200\", \"dvc\": \"fw\", \"raw.pktlen\": 64, \"oob.prefix\": "
         "\"x \", \"oob.time.sec\": 1, \"oob.family\":"
         " 10, \"action\": \"blocked\", \"ip.protocol\": 58, \"ip6.hoplimit\": 255, \"ip6.nexthdr\": 58, "
         "\"icmpv6.type\": 134, \"icmpv6.code\": 0, \"oob.in\":"
         " \"wlan0\", \"oob.out\": \"\", \"src_ip\": \"fe80::1\", \"dest_ip\": \"ff02::1\"}",
         "2026-11-01T10:00:00.250000Z 58 fe80::1 - ff02::1 - drop wlan0 - - 134"},
        {"{\"timestamp\": \"2026-11-01T12:00:00.250000\", \"dvc\": \"Netfilter\", \"oob.prefix\": \"forward-drop\", "
         "\"ip.protocol\": 6, \"ip.ttl\": 63,"
         " \"src_port\": 43936, \"dest_port\": 5432, \"tcp.window\": 64240, \"tcp.urg\": 0, \"tcp.ack\": 0, "
         "\"tcp.psh\": 0, \"tcp.rst\": 0, \"tcp.syn\": 1,"
         " \"tcp.fin\": 0, \"oob.in\": \"eth0\", \"oob.out\": \"eth1\", \"src_ip\": \"192.0.2.1\", \"dest_ip\": "
         "\"198.51.100.1\"}",
         "2026-11-01T12:00:00.250000Z 6 192.0.2.1 43936 198.51.100.1 5432 drop eth0 eth1 S -"},
        {"{\"timestamp\": \"2026-11-01T12:00:00\", \"dvc\": \"Netfilter\", \"orig.ip.saddr\": \"192.0.2.1\", "
         "\"orig.ip.daddr\": \"198.51.100.1\","
         " \"orig.ip.protocol\": 17, \"orig.l4.sport\": 5, \"orig.l4.dport\": 53, \"reply.ip.saddr\": "
         "\"198.51.100.1\"}",
         "2026-11-01T12:00:00Z 17 192.0.2.1 5 198.51.100.1 53 - - - - -"},
        {"{\"timestamp\": \"2026-11-01T12:00:00\", \"dvc\": \"Netfilter\", \"arp.opcode\": 1}", "other"},
    };
    (void)state;
    log_check(&ptn_format_ulogd_json, rows, COUNT(rows));
}

static void test_cato(void **state)
{
    static const struct log_row rows[] = {
        {"{\"account_id\":\"1\",\"action\":\"Block\",\"client_ip\":\"10.0.0.1\",\"dest_ip\":\"198.51.100.7\",\"dest_"
         "port\":\"443\",\"event_sub_type\":"
         "\"Internet "
         "Firewall\",\"event_type\":\"Security\",\"ip_protocol\":\"TCP\",\"rule_name\":\"r\",\"src_ip\":\"192.0.2.7\","
         "\"src_port\":\"60593\","
         "\"time\":\"1793534400250\",\"time_str\":\"2026-11-01T12:00:00Z\",\"traffic_direction\":\"OUTBOUND\"}",
         "2026-11-01T12:00:00.250000Z 6 192.0.2.7 60593 198.51.100.7 443 drop - - - -"},
        {"{\"time\":\"2026-11-01T12:00:00Z\",\"fieldsMap\":{\"action\":\"Monitor\",\"event_sub_type\":\"WAN "
         "Firewall\",\"event_type\":\"Security\",\"src_ip\":"
         "\"192.0.2.7\",\"dest_ip\":\"192.0.2.8\",\"ip_protocol\":\"ICMP\",\"time\":\"1793534400250\"}}",
         "2026-11-01T12:00:00.250000Z 1 192.0.2.7 - 192.0.2.8 - pass - - - -"},
        {"{\"action\":\"Block\",\"dest_ip\":\"198.51.100.7\",\"event_sub_type\":\"IPS\",\"event_type\":\"Security\","
         "\"src_ip\":\"192.0.2.7\"}",
         "remark"},
        {"{\"action\":\"Succeeded\",\"event_sub_type\":\"ApiKey\",\"event_type\":\"Connectivity\",\"src_ip\":\"192.0.2."
         "7\"}",
         "remark"},
    };
    (void)state;
    log_check(&ptn_format_cato, rows, COUNT(rows));
}

static void test_nfdump(void **state)
{
    static const struct log_row rows[] = {
        {"{\"type\":\"FLOW\",\"first\":\"2026-11-01T12:00:00.250\",\"last\":\"2026-11-01T12:00:01.000\",\"in_packets\":"
         "5,\"in_bytes\":300,\"proto\":6,"
         "\"tcp_flags\":\"...AP.SF\",\"src_port\":40000,\"dst_port\":22,\"src4_addr\":\"192.0.2.1\",\"dst4_addr\":"
         "\"198.51.100.1\",\"input_snmp\":3,"
         "\"output_snmp\":0}",
         "2026-11-01T12:00:00.250000Z 6 192.0.2.1 40000 198.51.100.1 22 - 3 - FSPA -"},
        {"[\n{\"type\":\"FLOW\",\"t_first\":\"2026-11-01T12:00:00.250\",\"proto\":58,\"icmp_type\":128,\"icmp_code\":0,"
         "\"src6_addr\":\"2001:db8::1\","
         "\"dst6_addr\":\"2001:db8::2\"}\n,{\"type\":\"EVENT\",\"t_first\":\"2026-11-01T12:00:02\",\"proto\":17,\"src_"
         "port\":1,\"dst_port\":2,\"src4_addr\":"
         "\"192.0.2.1\",\"dst4_addr\":\"192.0.2.2\",\"event\":\"DENIED\"}\n]\n",
         "2026-11-01T12:00:00.250000Z 58 2001:db8::1 - 2001:db8::2 - - - - - 128; "
         "2026-11-01T12:00:02Z 17 192.0.2.1 1 192.0.2.2 2 drop - - - -"},
        {"{\"other_addr\":\"x\",\"proto\":1}", "other"},
    };
    (void)state;
    log_check(&ptn_format_nfdump_json, rows, COUNT(rows));
}

static void test_ecs(void **state)
{
    static const struct log_row rows[] = {
        {"{\"@timestamp\":\"2026-11-01T12:00:00.250Z\",\"event\":{\"action\":\"deny\",\"category\":[\"network\"],"
         "\"type\":[\"connection\",\"denied\"]},\"source\":{"
         "\"ip\":\"192.0.2.1\",\"port\":40000},\"destination\":{\"ip\":\"198.51.100.1\",\"port\":23},\"network\":{"
         "\"transport\":\"tcp\",\"direction\":"
         "\"inbound\"},\"observer\":{\"ingress\":{\"interface\":{\"name\":\"outside\"}}}}",
         "2026-11-01T12:00:00.250000Z 6 192.0.2.1 40000 198.51.100.1 23 drop outside - - -"},
        {"{\"@timestamp\":\"2026-11-01T12:00:00Z\",\"event.action\":\"flow_started\",\"event.type\":[\"connection\","
         "\"allowed\"],\"source.ip\":\"192.0.2.1\","
         "\"destination.ip\":\"198.51.100.1\",\"network.iana_number\":\"47\"}",
         "2026-11-01T12:00:00Z 47 192.0.2.1 - 198.51.100.1 - pass - - - -"},
        {"{\"_index\":\"x\",\"_source\":{\"@timestamp\":\"2026-11-01T12:00:00Z\",\"event\":{\"category\":\"network\","
         "\"action\":\"accept\"},\"source\":{\"ip\":"
         "\"192.0.2.1\"},\"destination\":{\"ip\":\"198.51.100.1\",\"port\":53},\"network\":{\"transport\":\"udp\"}}}",
         "2026-11-01T12:00:00Z 17 192.0.2.1 - 198.51.100.1 53 pass - - - -"},
        {"{\"@timestamp\":\"2026-11-01T12:00:00Z\",\"event\":{\"category\":[\"authentication\"]},\"source\":{\"ip\":"
         "\"192.0.2.1\"},\"destination\":{}}",
         "remark"},
        {"{\"@timestamp\":\"2026-11-01T12:00:00Z\",\"source\":\"file\",\"destination\":\"x\"}", "other"},
    };
    (void)state;
    log_check(&ptn_format_ecs, rows, COUNT(rows));
}

static void test_panos(void **state)
{
    static const struct log_row rows[] = {
        {"{\"TimeReceived\":\"2026-11-01T12:00:05.000000Z\",\"LogType\":\"TRAFFIC\",\"Subtype\":\"deny\","
         "\"TimeGenerated\":"
         "\"2026-11-01T12:00:00.000000Z\",\"SourceAddress\":\"203.0.113.9\",\"DestinationAddress\":\"198.51.100.1\","
         "\"NATSource\":"
         "\"\",\"Rule\":\"r\",\"FromZone\":\"untrust\",\"ToZone\":\"trust\",\"InboundInterface\":\"ethernet1/1\","
         "\"OutboundInterface\":\"\",\"SourcePort\":40000,\"DestinationPort\":23,\"Protocol\":\"tcp\",\"Action\":"
         "\"reset both\"}",
         "2026-11-01T12:00:00Z 6 203.0.113.9 40000 198.51.100.1 23 reject ethernet1/1 - - -"},
        {"{\"LogType\":\"THREAT\",\"TimeGenerated\":\"2026-11-01T12:00:00.000000Z\",\"SourceAddress\":\"203.0.113.9\"}",
         "remark"},
    };
    (void)state;
    log_check(&ptn_format_panos_json, rows, COUNT(rows));
}

static void test_aws_vpc(void **state)
{
    static const struct log_row rows[] = {
        {"{\"version\":2,\"interface_id\":\"eni-1\",\"srcaddr\":\"203.0.113.5\",\"dstaddr\":\"10.0.0.220\",\"srcport\":"
         "40000,\"dstport\":443,"
         "\"protocol\":6,\"start\":1793534400,\"action\":\"REJECT\",\"log_status\":\"OK\",\"tcp_flags\":2,\"flow_"
         "direction\":\"ingress\"}",
         "2026-11-01T12:00:00Z 6 203.0.113.5 40000 10.0.0.220 443 drop eni-1 - S -"},
        {"{\"srcaddr\":\"-\",\"dstaddr\":\"-\",\"log_status\":\"NODATA\"}", "remark"},
    };
    (void)state;
    log_check(&ptn_format_aws_vpc_json, rows, COUNT(rows));
}

static void test_oci(void **state)
{
    static const struct log_row rows[] = {
        {"{\"data\":{\"action\":\"REJECT\",\"bytesOut\":60,\"destinationAddress\":\"10.0.0.2\",\"destinationPort\":22,"
         "\"endTime\":1793534460,\"flowid\":\"f\","
         "\"packets\":1,\"protocol\":6,\"protocolName\":\"TCP\",\"sourceAddress\":\"192.0.2.1\",\"sourcePort\":40000,"
         "\"startTime\":1793534400,\"status\":\"OK\","
         "\"version\":\"2\"},\"type\":\"com.oraclecloud.vcn.flowlogs.DataEvent\"}",
         "2026-11-01T12:00:00Z 6 192.0.2.1 40000 10.0.0.2 22 drop - - - -"},
        {"{\"data\":{\"flowid\":\"f\",\"startTime\":1793534400,\"status\":\"NODATA\"}}", "remark"},
    };
    (void)state;
    log_check(&ptn_format_oci, rows, COUNT(rows));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_walk),    cmocka_unit_test(test_bounds),   cmocka_unit_test(test_skip),
        cmocka_unit_test(test_grammar), cmocka_unit_test(test_suricata), cmocka_unit_test(test_zeek),
        cmocka_unit_test(test_gcp),     cmocka_unit_test(test_azure),    cmocka_unit_test(test_ulogd),
        cmocka_unit_test(test_cato),    cmocka_unit_test(test_nfdump),   cmocka_unit_test(test_ecs),
        cmocka_unit_test(test_panos),   cmocka_unit_test(test_aws_vpc),  cmocka_unit_test(test_oci),
    };
    return check_all(tests);
}
