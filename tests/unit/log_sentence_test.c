/* Templates against texts, the user's own template, and the products whose lines are sentences. */
#include "log_read.h"

#include <errno.h>
#include <time.h>

#include "source/log/sentence.h"
#include "source/log/slot.h"

struct match_row {
    const char *pattern, *text, *holes; /* "src=192.0.2.1 sport=80"; NULL: no such sentence */
};

static const char *slot_name(enum ptn_slot slot)
{
    static const char *const names[] = {
#define X(id) #id,
        PTN_SLOTS(X)
#undef X
    };
    return names[slot];
}

static const char *holes_text(const struct ptn_holes *holes)
{
    static char text[4096];
    size_t at = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < holes->n; i++)
        at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s=%.*s", i ? " " : "", slot_name(holes->items[i].slot),
                               (int)holes->items[i].value.len, holes->items[i].value.at);
    return text;
}

/* Matches in memory of exactly the text's size. */
static void check_matches(const struct match_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct ptn_holes holes;
        size_t len = strlen(rows[i].text), at;
        const char *why;
        char *copy = malloc(len ? len : 1);
        memcpy(copy, rows[i].text, len);
        AT("%s | %s", rows[i].pattern, rows[i].text);
        EXPECT_INT(ptn_sentence_check(rows[i].pattern, &at, &why), 0);
        bool fits = ptn_sentence_match(rows[i].pattern, (struct ptn_slice){copy, len}, &holes);
        EXPECT_INT(fits, rows[i].holes != NULL);
        if (fits)
            EXPECT_TEXT(holes_text(&holes), rows[i].holes);
        free(copy);
    }
}

static void literals(void **state)
{
    static const struct match_row rows[] = {
        {"deny", "deny", ""},
        {"deny", "  deny", ""},
        {"deny", "deny all", ""},
        {"deny", "deny, all", ""},
        {"deny", "denying", NULL},
        {"deny", "Deny", NULL},
        {"deny", "", NULL},
        {"deny all", "deny \t  all", ""},
        {"deny all", "denyall", NULL},
        {"deny all", "deny", NULL},
        {"\\[x\\] \\{y\\} \\\\", "[x] {y} \\", ""},
        {"a[ b] c", "a b c", ""},
        {"a[ b] c", "a c", ""},
        {"a[ b[ d]] c", "a b d c", ""},
        {"a[ b[ d]] c", "a d c", NULL},
        {"a[ b]", "a", ""},
        {"a[ b]", "a x", ""},
        {"[a][b][c]d", "bd", ""},
    };
    (void)state;
    check_matches(rows, COUNT(rows));
}

static void holes(void **state)
{
    static const struct match_row rows[] = {
        {"{src} > {dst}", "192.0.2.1 > 192.0.2.2", "SRC=192.0.2.1 DST=192.0.2.2"},
        {"{src} > {dst}", "192.0.2.1 > 192.0.2.2.", "SRC=192.0.2.1 DST=192.0.2.2"},
        {"{src} > {dst}", "192.0.2.1 > 192.0.2.2, and more", "SRC=192.0.2.1 DST=192.0.2.2"},
        {"{src} > {dst}", "192.0.2.1 >", NULL},
        {"{src}/{sport} x", "192.0.2.1/80 x", "SRC=192.0.2.1 SPORT=80"},
        {"{src}:{sport} x", "2001:db8::1:80 x", "SRC=2001:db8::1 SPORT=80"},
        {"{src}:{sport}", "2001:db8::1:80", "SRC=2001:db8::1 SPORT=80"},
        {"{src}.{sport} x", "192.0.2.1.80 x", "SRC=192.0.2.1 SPORT=80"},
        {"{src}/{sport}->{dst}", "192.0.2.1/ms-sql-s->192.0.2.2", "SRC=192.0.2.1 SPORT=ms-sql-s DST=192.0.2.2"},
        {"({src})", "(192.0.2.1)", "SRC=192.0.2.1"},
        {"{src}({sport})", "192.0.2.1(80)", "SRC=192.0.2.1 SPORT=80"},
        {"{src}[({**})] to", "192.0.2.1/80(a b (c)) to", "SRC=192.0.2.1/80"},
        {"{in}:{src}/{sport} x", "outside:2001:db8::1/80 x", "IN=outside SRC=2001:db8::1 SPORT=80"},
        {"{in*}:{src} x", "a b c:192.0.2.1 x", "IN=a b c SRC=192.0.2.1"},
        {"{in*}:{src} x", ":192.0.2.1 x", NULL},
        {"flags[ {flags}] on {in}", "flags SYN ACK  on eth0", "FLAGS=SYN ACK IN=eth0"},
        {"flags[ {flags}] on {in}", "flags  on eth0", "IN=eth0"},
        {"flags[{flags}]", "flags  SYN", ""},
        {"{*} {action}", "rule deny", "ACTION=deny"},
        {"{**} {action} tcp", "rule 7 of 9 deny tcp", "ACTION=deny"},
        {"{**}{action} tcp", "deny tcp", "ACTION=deny"},
        {"{proto:tcp} {src}", "tcp 192.0.2.1", "PROTO=tcp SRC=192.0.2.1"},
        {"{proto:tcp} {src}", "udp 192.0.2.1", NULL},
        {"{proto:icmp}[v6] {src}", "icmpv6 ::1", "PROTO=icmp SRC=::1"},
        {"len {length}b", "len 40b", NULL}, /* a number is all that could be one */
        {"len {length} b", "len 0x40 b", "LENGTH=0x40"},
        {"len {length}", "len Lots", NULL},
        {"{rule}[ ({*})] {action}", "acl (10) deny", "RULE=acl ACTION=deny"},
        {"{rule}[ ({*})] {action}", "acl deny", "RULE=acl ACTION=deny"},
        {"({in}[ {**}])", "(Gi0/0 0011.2233.4455)", "IN=Gi0/0"},
        {"({in}[ {**}])", "(Gi0/0)", "IN=Gi0/0"},
        {"\"{rule*}\" {action}", "\"my rule\" deny", "RULE=my rule ACTION=deny"},
        {"{time} {src}", "2026-11-23T12:00:01Z 192.0.2.1", "TIME=2026-11-23T12:00:01Z SRC=192.0.2.1"},
        {"{time} {src}", "Nov 23 12:00:01 192.0.2.1", "TIME=Nov 23 12:00:01 SRC=192.0.2.1"},
        {"{time} {src}", "yesterday 192.0.2.1", NULL},
        {"{nothing} {src}", "x 192.0.2.1", "SRC=192.0.2.1"},
        {"{src} {**}", "192.0.2.1 ", "SRC=192.0.2.1"},
    };
    (void)state;
    check_matches(rows, COUNT(rows));
}

/* What could be divided in countless ways, and fits in none. */
static void no_end(void **state)
{
    enum { LEN = 1 << 20 };
    static const char *const patterns[] = {
        "{**} {**} {**} {**} {**} {**} {**}!", "[{*} ][{*} ][{*} ][{*} ][{*} ][{*} ][{*} ][{*} ][{*} ][{*} ]!",
        "{*}[a]{*}[a]{*}[a]{*}[a]{*}[a]{*}!",  "{in*}a{out*}a{rule*}a{in*}a{out*}!",
        "{**}a[ {**}a][ {**}a][ {**}a]!",
    };
    (void)state;
    char *text = malloc(LEN);
    struct timespec before, after;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    for (size_t i = 0; i < COUNT(patterns); i++) {
        struct ptn_holes found;
        for (size_t k = 0; k < LEN; k++)
            text[k] = k % 2 ? ' ' : 'a';
        assert_false(ptn_sentence_match(patterns[i], (struct ptn_slice){text, LEN}, &found));
        memset(text, 'a', LEN);
        assert_false(ptn_sentence_match(patterns[i], (struct ptn_slice){text, LEN}, &found));
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    free(text);
    assert_true(after.tv_sec - before.tv_sec < 20);
}

static void wrong_templates(void **state)
{
    static const struct {
        const char *pattern, *message;
    } rows[] = {
        {"", "format: neither {src} nor {dst} is in it: \"\""},
        {"{time} {sport}", "format: neither {src} nor {dst} is in it: \"{time} {sport}\""},
        {"{src} {sourceport}", "format, character 7: no hole has this name: \"{sourceport}\""},
        {"{src} {SRC}", "format, character 7: no hole has this name: \"{SRC}\""},
        {"{src", "format, character 1: this hole is not closed: \"{src\""},
        {"{src {dst}", "format, character 1: this hole is not closed: \"{src\""},
        {"{src} }", "format, character 7: no hole is open here: \"}\""},
        {"{src} ]", "format, character 7: no bracket is open here: \"]\""},
        {"{src}[ x", "format, character 6: this bracket is not closed: \"[\""},
        {"{src} \\n", "format, character 7: a backslash goes before { } [ ] or another: \"\\n\""},
        {"{src} \\", "format, character 7: a backslash goes before { } [ ] or another: \"\\\""},
        {"{src} \x1b[1m", "format, character 7: a control character: \"?[1m\""},
        {"{src} {***}", "format, character 7: no hole has this name: \"{***}\""},
        {"{src} {**", "format, character 7: this hole is not closed: \"{**\""},
        {"{src} {}", "format, character 7: no hole has this name: \"{}\""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptn_format *format = NULL;
        struct ptn_err err = {0};
        AT("%s", rows[i].pattern);
        EXPECT_INT(ptn_pattern_compile(rows[i].pattern, &format, &err), -EINVAL);
        EXPECT_TEXT(err.text, rows[i].message);
        assert_null(format);
    }
    char many[4096] = "{src}";
    for (unsigned i = 0; i < 60; i++)
        strcat(many, " {*}");
    struct ptn_format *format = NULL;
    struct ptn_err err = {0};
    assert_int_equal(ptn_pattern_compile(many, &format, &err), -EINVAL);
    assert_non_null(strstr(err.text, "too many holes and brackets"));
}

static void own_templates(void **state)
{
    static const struct {
        const char *pattern, *line, *expected;
    } rows[] = {
        {"{time} fw {action} {proto} {src}:{sport} {dst}:{dport} {in}",
         "2026-11-23T12:00:01Z fw DENY tcp 203.0.113.9:4444 198.51.100.1:22 wan",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop wan - - -"},
        {"{time} fw {action} {proto} {src}:{sport} {dst}:{dport} {in}", "2026-11-23T12:00:01Z fw starts", "other"},
        {"{time} {*} {action} {src} {dst}", "Nov 23 12:00:01 fw PERMIT 203.0.113.9 198.51.100.1",
         "2026-11-23T12:00:01Z - 203.0.113.9 - 198.51.100.1 - pass - - - -"},
        {"{seconds},{action},{src},{dst},{proto},{sport},{dport}",
         "1795521601,reject,203.0.113.9,198.51.100.1,17,53,99",
         "2026-11-24T12:00:01Z 17 203.0.113.9 53 198.51.100.1 99 reject - - - -"},
        {"{src}:{sport} > {dst}:{dport} flags={flags}", "2001:db8::9:4444 > 2001:db8::1:22 flags=SA",
         "- - 2001:db8::9 4444 2001:db8::1 22 - - - SA -"},
        {"{src} {sport}", "203.0.113.9 70000", "broken"},
        {"{src} {action}", "203.0.113.9 mumble", "broken"},
        {"{proto} {src} {icmp_type}/{icmp_code}", "icmp 203.0.113.9 8/0", "- 1 203.0.113.9 - - - - - - - 8"},
    };
    (void)state;
    struct ptn_log_state log = {0};
    struct ptn_knocks knocks = {0};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptn_format *format = NULL;
        struct ptn_slice line = {rows[i].line, strlen(rows[i].line)};
        struct ptn_message m = {.line = line, .text = line, .time = PTN_NO_TIME};
        AT("%s", rows[i].line);
        EXPECT_INT(ptn_pattern_compile(rows[i].pattern, &format, NULL), 0);
        knocks.n = 0;
        ptn_slot_clock(INT64_C(1795521600000000), true);
        EXPECT_TEXT(log_text(ptn_format_read(format, &log, &m, &knocks), &knocks), rows[i].expected);
        ptn_pattern_free(format);
    }
    ptn_knocks_release(&knocks);
}

/* Every sentence of every product is a template, and none of them asks for more than there is room for. */
static void all_templates(void **state)
{
    (void)state;
    for (size_t i = 0; i < ptn_n_formats; i++)
        for (const struct ptn_sentence *s = ptn_formats[i]->sentences; s && s->pattern; s++) {
            size_t at;
            const char *why;
            AT("%s: %s", ptn_formats[i]->name, s->pattern);
            EXPECT_INT(ptn_sentence_check(s->pattern, &at, &why), 0);
        }
}
/* clang-format off */
static void cisco_asa(void **state)
{
    static const struct log_row rows[] = {
        {"<162>Nov 23 2026 12:00:01 fw1 : %ASA-2-106001: Inbound TCP connection denied from 203.0.113.9/4444 to 198.51.100.1/22 flags SYN  on interface outside",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop outside - S -"},
        {"Nov 23 12:00:01 fw1 %PIX-2-106002: tcp Connection denied by outbound list 3 src 192.0.2.7 1025 dest 203.0.113.9 80",
         "2026-11-23T12:00:01Z 6 192.0.2.7 1025 203.0.113.9 80 drop - - - -"},
        {"Nov 23 2026 12:00:01: %ASA-2-106006: Deny inbound UDP from 203.0.113.9/137 to 198.51.100.1/137 on interface outside",
         "2026-11-23T12:00:01Z 17 203.0.113.9 137 198.51.100.1 137 drop outside - - -"},
        {"Nov 23 2026 12:00:01: %ASA-2-106007: Deny inbound UDP from 203.0.113.9/53 to 198.51.100.1/4096 due to DNS Response",
         "2026-11-23T12:00:01Z 17 203.0.113.9 53 198.51.100.1 4096 drop - - - -"},
        {"Nov 23 2026 12:00:01: %ASA-3-106010: Deny inbound tcp src outside:203.0.113.9/4444 dst inside:192.0.2.7/22",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 192.0.2.7 22 drop outside inside - -"},
        {"Nov 23 2026 12:00:01: %ASA-3-106010: Deny inbound protocol 47 src outside:203.0.113.9 dst inside:192.0.2.7",
         "2026-11-23T12:00:01Z 47 203.0.113.9 - 192.0.2.7 - drop outside inside - -"},
        {"Nov 23 2026 12:00:01: %ASA-3-106011: Deny inbound (No xlate) udp src outside:203.0.113.9/4444 dst outside:198.51.100.1/1434",
         "2026-11-23T12:00:01Z 17 203.0.113.9 4444 198.51.100.1 1434 drop outside outside - -"},
        {"Nov 23 2026 12:00:01: %ASA-3-106011: Deny inbound (No xlate) icmp src outside:203.0.113.9 dst outside:198.51.100.1 (type 8, code 0)",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - 198.51.100.1 - drop outside outside - 8"},
        {"Nov 23 2026 12:00:01: %ASA-6-106012: Deny IP from 203.0.113.9 to 198.51.100.1, IP options: \"Router Alert\"",
         "2026-11-23T12:00:01Z - 203.0.113.9 - 198.51.100.1 - drop - - - -"},
        {"Nov 23 2026 12:00:01: %ASA-3-106014: Deny inbound icmp src outside:203.0.113.9 dst inside:192.0.2.7 (type 8, code 0)",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - 192.0.2.7 - drop outside inside - 8"},
        {"Nov 23 2026 12:00:01: %ASA-3-106014: Deny inbound icmp src outside:203.0.113.9(LOCAL\\jo, 12:staff) dst inside:192.0.2.7(type 3, code 1)",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - 192.0.2.7 - drop outside inside - 3"},
        {"Nov 23 2026 12:00:01: %ASA-6-106015: Deny TCP (no connection) from 203.0.113.9/443 to 198.51.100.1/51000 flags FIN PSH ACK  on interface outside",
         "2026-11-23T12:00:01Z 6 203.0.113.9 443 198.51.100.1 51000 drop outside - FPA -"},
        {"Nov 23 2026 12:00:01: %ASA-6-106015: Deny TCP (no connection) from 203.0.113.9/443 to 198.51.100.1/51000 flags  on interface outside",
         "2026-11-23T12:00:01Z 6 203.0.113.9 443 198.51.100.1 51000 drop outside - - -"},
        {"Nov 23 2026 12:00:01: %ASA-6-106015: Deny TCP (no connection) from 203.0.113.9/443 to mail.example.net/25 flags RST on interface outside",
         "2026-11-23T12:00:01Z 6 203.0.113.9 443 - 25 drop outside - R -"},
        {"Nov 23 2026 12:00:01: %ASA-2-106016: Deny IP spoof from (127.0.0.1) to 198.51.100.1 on interface outside",
         "2026-11-23T12:00:01Z - 127.0.0.1 - 198.51.100.1 - drop outside - - -"},
        {"Nov 23 2026 12:00:01: %ASA-2-106017: Deny IP due to Land Attack from 198.51.100.1 to 198.51.100.1",
         "2026-11-23T12:00:01Z - 198.51.100.1 - 198.51.100.1 - drop - - - -"},
        {"Nov 23 2026 12:00:01: %ASA-2-106018: ICMP packet type 8 denied by outbound list 3 src 192.0.2.7 dest 203.0.113.9",
         "2026-11-23T12:00:01Z 1 192.0.2.7 - 203.0.113.9 - drop - - - 8"},
        {"Nov 23 2026 12:00:01: %ASA-2-106020: Deny IP teardrop fragment (size = 36, offset = 0) from 203.0.113.9 to 198.51.100.1",
         "2026-11-23T12:00:01Z - 203.0.113.9 - 198.51.100.1 - drop - - - -"},
        {"Nov 23 2026 12:00:01: %ASA-1-106021: Deny UDP reverse path check from 10.9.9.9 to 198.51.100.1 on interface outside",
         "2026-11-23T12:00:01Z 17 10.9.9.9 - 198.51.100.1 - drop outside - - -"},
        {"Nov 23 2026 12:00:01: %ASA-1-106022: Deny tcp connection spoof from 203.0.113.9 to 198.51.100.1 on interface outside",
         "2026-11-23T12:00:01Z 6 203.0.113.9 - 198.51.100.1 - drop outside - - -"},
        {"Nov 23 2026 12:00:01: %ASA-4-106023: Deny tcp src outside:203.0.113.9/4444 dst dmz:198.51.100.1/22 by access-group \"outside_in\" [0x1a2b3c4d, 0x0]",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop outside dmz - -"},
        {"Nov 23 2026 12:00:01: %ASA-4-106023: Deny tcp src outside:203.0.113.9/4444(LOCAL\\Jo Doe) dst dmz:198.51.100.1/22(web.example.net) by access-group \"outside_in\"",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop outside dmz - -"},
        {"Nov 23 2026 12:00:01: %ASA-4-106023: Deny icmp src outside:203.0.113.9 dst dmz:198.51.100.1 (type 13, code 0) by access-group \"outside_in\" [0x0, 0x0]",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - 198.51.100.1 - drop outside dmz - 13"},
        {"Nov 23 2026 12:00:01: %ASA-4-106023: Deny icmp src outside:2001:db8::9 dst dmz:2001:db8:1::1 (type 128, code 0) by access-group \"outside_in\" [0x0, 0x0]",
         "2026-11-23T12:00:01Z 58 2001:db8::9 - 2001:db8:1::1 - drop outside dmz - 128"},
        {"Nov 23 2026 12:00:01: %ASA-4-106023: Deny udp src outside:2001:db8::9/53 dst dmz:2001:db8:1::1/4096 by access-group \"outside_in\" [0x0, 0x0]",
         "2026-11-23T12:00:01Z 17 2001:db8::9 53 2001:db8:1::1 4096 drop outside dmz - -"},
        {"Nov 23 2026 12:00:01: %ASA-4-106023: Deny protocol 41 src outside:203.0.113.9 dst dmz:198.51.100.1 by access-group \"outside_in\" [0x0, 0x0]",
         "2026-11-23T12:00:01Z 41 203.0.113.9 - 198.51.100.1 - drop outside dmz - -"},
        {"Nov 23 2026 12:00:01 fw1 : %ASA-session-4-106023: Deny tcp src outside:203.0.113.9/4444 dst dmz:198.51.100.1/22 by access-group \"outside_in\" [0x0, 0x0]",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop outside dmz - -"},
        {"Nov 23 2026 12:00:01: %ASA-4-106100: access-list acl_in denied tcp outside/203.0.113.9(4444) -> inside/192.0.2.7(22) hit-cnt 1 first hit [0x71a8, 0x0]",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 192.0.2.7 22 drop outside inside - -"},
        {"Nov 23 2026 12:00:01: %ASA-6-106100: access-list acl_in permitted udp inside/192.0.2.7(1065)(LOCAL\\jo) -> outside/203.0.113.9(53) hit-cnt 144 300-second interval [0xe982, 0x0]",
         "2026-11-23T12:00:01Z 17 192.0.2.7 1065 203.0.113.9 53 pass inside outside - -"},
        {"Nov 23 2026 12:00:01: %ASA-6-106100: access-list acl_in est-allowed tcp inside/192.0.2.7(1065) -> outside/203.0.113.9(443) hit-cnt 1 first hit [0xe982, 0x0]",
         "2026-11-23T12:00:01Z 6 192.0.2.7 1065 203.0.113.9 443 pass inside outside - -"},
        {"Nov 23 2026 12:00:01: %ASA-6-106100: access-list acl_in denied icmp outside/203.0.113.9(8) -> inside/192.0.2.7(0) hit-cnt 1 first hit [0xe982, 0x0]",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - 192.0.2.7 - drop outside inside - 8"},
        {"Nov 23 2026 12:00:01: %ASA-4-106103: access-list vpn denied tcp for user 'jo' outside/203.0.113.9(4444) -> inside/192.0.2.7(22) hit-cnt 1 first hit [0xe982, 0x0]",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 192.0.2.7 22 drop outside inside - -"},
        {"Nov 23 2026 12:00:01: %ASA-6-110003: Routing failed to locate next hop for icmp from NP Identity Ifc:192.0.2.1/0 to inside:192.0.2.7/0",
         "2026-11-23T12:00:01Z 1 192.0.2.1 - 192.0.2.7 - drop NP Identity Ifc inside - -"},
        {"Nov 23 2026 12:00:01: %ASA-6-201010: Embryonic connection limit exceeded 100/100 for input packet from 203.0.113.9/4444 to 198.51.100.1/80 on interface outside",
         "2026-11-23T12:00:01Z - 203.0.113.9 4444 198.51.100.1 80 drop outside - - -"},
        {"Nov 23 2026 12:00:01: %ASA-4-209003: Fragment database limit of 200 exceeded: src = 203.0.113.9, dest = 198.51.100.1, proto = udp, id = 4711",
         "2026-11-23T12:00:01Z 17 203.0.113.9 - 198.51.100.1 - drop - - - -"},
        {"Nov 23 2026 12:00:01: %ASA-6-302013: Built inbound TCP connection 101 for outside:203.0.113.9/4444 (203.0.113.9/4444) to dmz:192.0.2.7/22 (198.51.100.1/22)",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 pass outside dmz - -"},
        {"Nov 23 2026 12:00:01: %ASA-6-302013: Built outbound TCP connection 102 for outside:203.0.113.9/443 (203.0.113.9/443) to inside:192.0.2.7/51000 (198.51.100.2/12834)",
         "2026-11-23T12:00:01Z 6 192.0.2.7 51000 203.0.113.9 443 pass inside outside - -"},
        {"Nov 23 2026 12:00:01: %ASA-6-302013: Built inbound TCP connection 103 for outside:203.0.113.9/4444 (203.0.113.9/4444)(LOCAL\\jo, 12:staff) to dmz:192.0.2.7/22 (192.0.2.7/22) (jo)",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 192.0.2.7 22 pass outside dmz - -"},
        {"Nov 23 2026 12:00:01: %ASA-6-302014: Teardown TCP connection 102 for outside:203.0.113.9/443 to inside:192.0.2.7/51000 duration 0:00:30 bytes 4711 TCP FINs",
         "2026-11-23T12:00:01Z 6 192.0.2.7 51000 203.0.113.9 443 pass inside outside - -"},
        {"Nov 23 2026 12:00:01: %ASA-6-302014: Teardown TCP connection 101 for outside:203.0.113.9/4444(LOCAL\\Jo Doe) to dmz:192.0.2.7/22 duration 0:00:30 bytes 0 SYN Timeout (Jo Doe)",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 192.0.2.7 22 pass outside dmz - -"},
        {"Nov 23 2026 12:00:01: %ASA-6-302015: Built outbound UDP connection 104 for outside:203.0.113.53/53 (203.0.113.53/53) to inside:192.0.2.7/51001 (198.51.100.2/51001)",
         "2026-11-23T12:00:01Z 17 192.0.2.7 51001 203.0.113.53 53 pass inside outside - -"},
        {"Nov 23 2026 12:00:01 : %ASA-6-302016 Teardown UDP connection 104 for outside:203.0.113.53/53 to inside:192.0.2.7/51001 duration 0:02:02 bytes 141",
         "2026-11-23T12:00:01Z 17 192.0.2.7 51001 203.0.113.53 53 pass inside outside - -"},
        {"Nov 23 2026 12:00:01: %ASA-6-302020: Built inbound ICMP connection for faddr 203.0.113.9/7 gaddr 198.51.100.1/0 laddr 192.0.2.7/0 type 8 code 0",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - 198.51.100.1 - pass - - - 8"},
        {"Nov 23 2026 12:00:01: %ASA-6-302020: Built outbound ICMP connection for faddr 203.0.113.9/0(12:staff) gaddr 198.51.100.2/1 laddr 192.0.2.7/1 type 8 code 0",
         "2026-11-23T12:00:01Z 1 192.0.2.7 - 203.0.113.9 - pass - - - 8"},
        {"Nov 23 2026 12:00:01: %ASA-6-302021: Teardown ICMP connection for faddr 203.0.113.9/0 gaddr 198.51.100.2/1 laddr 192.0.2.7/1 type 8 code 0",
         "2026-11-23T12:00:01Z 1 192.0.2.7 - 203.0.113.9 - pass - - - 8"},
        {"Nov 23 2026 12:00:01: %ASA-6-302021: Teardown ICMP connection for faddr ff02::1/0 gaddr fe80::7/0 laddr fe80::7/0 type 134 code 0",
         "2026-11-23T12:00:01Z 58 fe80::7 - ff02::1 - pass - - - 134"},
        {"Nov 23 2026 12:00:01: %ASA-6-302303: Built TCP state-bypass connection 7 from outside:203.0.113.9/4444 (203.0.113.9/4444) to inside:192.0.2.7/22 (192.0.2.7/22)",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 192.0.2.7 22 pass outside inside - -"},
        {"Nov 23 2026 12:00:01: %ASA-3-305005: No translation group found for udp src outside:203.0.113.9/4444 dst inside:192.0.2.7/53",
         "2026-11-23T12:00:01Z 17 203.0.113.9 4444 192.0.2.7 53 drop outside inside - -"},
        {"Nov 23 2026 12:00:01: %ASA-3-305006: portmap translation creation failed for icmp src inside:192.0.2.7 dst outside:203.0.113.9 (type 8, code 0)",
         "2026-11-23T12:00:01Z 1 192.0.2.7 - 203.0.113.9 - drop inside outside - 8"},
        {"Nov 23 2026 12:00:01: %ASA-5-305013: Asymmetric NAT rules matched for forward and reverse flows; Connection for tcp src outside:203.0.113.9/4444 dst inside:192.0.2.7/22 denied due to NAT reverse path failure",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 192.0.2.7 22 drop outside inside - -"},
        {"Nov 23 2026 12:00:01: %ASA-3-313001: Denied ICMP type=8, code=0 from 203.0.113.9 on interface outside",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - - - drop outside - - 8"},
        {"Nov 23 2026 12:00:01: %ASA-4-313004: Denied ICMP type=0, from laddr 192.0.2.7 on interface inside to 203.0.113.9: no matching session",
         "2026-11-23T12:00:01Z 1 192.0.2.7 - 203.0.113.9 - drop inside - - 0"},
        {"Nov 23 2026 12:00:01: %ASA-4-313005: No matching connection for ICMP error message: icmp src outside:203.0.113.9 dst inside:192.0.2.7 (type 3, code 3) on outside interface.  Original IP payload: udp src 192.0.2.7/53 dst 203.0.113.9/4096.",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - 192.0.2.7 - drop outside inside - 3"},
        {"Nov 23 2026 12:00:01: %ASA-3-313008: Denied IPv6-ICMP type=134, code=0 from fe80::9 on interface outside",
         "2026-11-23T12:00:01Z 58 fe80::9 - - - drop outside - - 134"},
        {"Nov 23 2026 12:00:01: %ASA-4-338006: Dynamic Filter dropped blacklisted TCP traffic from inside:192.0.2.7/51000 (198.51.100.2/51000) to outside:203.0.113.9/80 (203.0.113.9/80), destination 203.0.113.9 resolved from local list",
         "2026-11-23T12:00:01Z 6 192.0.2.7 51000 203.0.113.9 80 drop inside outside - -"},
        {"Nov 23 2026 12:00:01: %ASA-4-401004: Shunned packet: 203.0.113.9 ==> 198.51.100.1 on interface outside",
         "2026-11-23T12:00:01Z - 203.0.113.9 - 198.51.100.1 - drop outside - - -"},
        {"Nov 23 2026 12:00:01: %ASA-4-410001: Dropped UDP DNS reply from outside:203.0.113.53/53 to inside:192.0.2.7/4096; packet length 768 bytes exceeds configured limit of 512 bytes",
         "2026-11-23T12:00:01Z 17 203.0.113.53 53 192.0.2.7 4096 drop outside inside - -"},
        {"Nov 23 2026 12:00:01: %ASA-4-419002: Duplicate TCP SYN from outside:203.0.113.9/4444 to inside:192.0.2.7/22 with different initial sequence number",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 192.0.2.7 22 drop outside inside - -"},
        {"Nov 23 2026 12:00:01: %ASA-4-434003: SFR requested to reset TCP connection from outside:203.0.113.9/4444 to inside:192.0.2.7/22",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 192.0.2.7 22 reject outside inside - -"},
        {"Nov 23 2026 12:00:01: %ASA-4-500003: Bad TCP hdr length (hdrlen=4, pktlen=40) from 203.0.113.9/4444 to 198.51.100.1/22, flags: SYN , on interface outside",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop outside - S -"},
        {"Nov 23 2026 12:00:01: %ASA-4-500004: Invalid transport field for protocol=UDP, from 203.0.113.9/1234 to 198.51.100.1/0",
         "2026-11-23T12:00:01Z 17 203.0.113.9 1234 198.51.100.1 0 drop - - - -"},
        {"Nov 23 2026 12:00:01: %ASA-3-710003: TCP access denied by ACL from 203.0.113.9/4444 to outside:198.51.100.1/22",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop outside - - -"},
        {"Nov 23 2026 12:00:01: %ASA-7-710005: UDP request discarded from 0.0.0.0/68 to inside:255.255.255.255/67",
         "2026-11-23T12:00:01Z 17 0.0.0.0 68 255.255.255.255 67 drop inside - - -"},
        {"Nov 23 2026 12:00:01: %ASA-7-710006: OSPF request discarded from 192.0.2.9 to inside:224.0.0.5",
         "2026-11-23T12:00:01Z 89 192.0.2.9 - 224.0.0.5 - drop inside - - -"},
        {"Nov 23 2026 12:00:01: %FTD-4-106023: Deny tcp src outside:203.0.113.9/4444 dst dmz:198.51.100.1/ssh by access-group \"outside_in\" [0x0, 0x0]",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop outside dmz - -"},
        {"Nov 23 2026 12:00:01: %PIX-6-302001: Built inbound TCP connection 125 for faddr 203.0.113.9/4444 gaddr 198.51.100.1/25 laddr 192.0.2.7/25",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 25 pass - - - -"},
        {"Nov 23 2026 12:00:01: %ASA-6-305011: Built dynamic TCP translation from inside:192.0.2.7/51000 to outside:198.51.100.2/12834",
         "remark"},
        {"Nov 23 2026 12:00:01: %ASA-7-609001: Built local-host inside:192.0.2.7",
         "remark"},
        {"Nov 23 2026 12:00:01: %ASA-4-733100: [ Scanning] drop rate-1 exceeded. Current burst rate is 9 per second, max configured rate is 8",
         "remark"},
        {"Nov 23 2026 12:00:01: %ASA-6-605005: Login permitted from 192.0.2.7/51000 to inside:192.0.2.1/ssh for user \"jo\"",
         "remark"},
        {"Nov 23 2026 12:00:01: %ASA-4-113019: Group = g, Username = jo, IP = 203.0.113.9, Session disconnected. Session Type: SSL",
         "remark"},
        {"Nov 23 2026 12:00:01: %ASA-6-725002: Device completed SSL handshake with client outside:203.0.113.9/4444 to 198.51.100.1/443 for TLSv1.2 session.",
         "remark"},
        {"Nov 23 2026 12:00:01: %ASA-4-106023: Deny tcp src outside:203.0.113.9/44440000 dst dmz:198.51.100.1/22 by access-group \"outside_in\"",
         "broken"},
        {"Nov 23 2026 12:00:01: %ASA-4-106023: Deny",
         "broken"},
        {"Nov 23 12:00:01 r1 123: %SEC-6-IPACCESSLOGP: list 102 denied tcp 203.0.113.9(4444) -> 198.51.100.1(22), 1 packet",
         "other"},
        {"Nov 23 12:00:01 h kernel: IN=eth0 OUT= SRC=203.0.113.9 DST=198.51.100.1 PROTO=TCP SPT=4444 DPT=22",
         "other"},
        {"Nov 23 2026 12:00:01: %ASA-4-106013: Dropping echo request from 203.0.113.9 to PAT address 198.51.100.1",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - 198.51.100.1 - drop - - - 8"},
        {"Nov 23 2026 12:00:01: %ASA-3-305006: regular translation creation failed for icmp src any:203.0.113.9/21 (LOCAL\\jo) dst outside:198.51.100.1/9234 (LOCAL\\al) (type 3, code 3)",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - 198.51.100.1 - drop any outside - 3"},
        {"Nov 23 2026 12:00:01: %ASA-4-106023: Deny udp src outside:203.0.113.9/4444 (LOCAL\\jo) dst dmz:198.51.100.1/53 (LOCAL\\al) by access-group \"outside_in\" [0x0, 0x0]",
         "2026-11-23T12:00:01Z 17 203.0.113.9 4444 198.51.100.1 53 drop outside dmz - -"},
        {"Nov 23 2026 12:00:01: %ASA-4-106023: Deny tcp src outside:host.example/4444 dst dmz:other.example/22 by access-group \"outside_in\" [0x0, 0x0]",
         "broken"},
        {"Nov 23 2026 12:00:01: %ASA-5-415006: HTTP - matched Class 23: exe in policy-map web, URI matched - Dropping connection from inside:192.0.2.7/51000 to outside:203.0.113.9/80",
         "2026-11-23T12:00:01Z - 192.0.2.7 51000 203.0.113.9 80 drop inside outside - -"},
        {"Nov 23 2026 12:00:01: %ASA-5-415007: HTTP - matched request body regex x in policy-map web, Body matched - Resetting connection from inside:192.0.2.7/51000 to outside:203.0.113.9/80",
         "2026-11-23T12:00:01Z - 192.0.2.7 51000 203.0.113.9 80 reject inside outside - -"},
        {"Nov 23 2026 12:00:01: %ASA-6-415008: HTTP - matched header regex x in policy-map web, header matched from inside:192.0.2.7/51000 to outside:203.0.113.9/80",
         "remark"},
        {"Nov 23 2026 12:00:01: %ASA-5-303004: FTP SITE command unsupported - failed strict inspection, terminating connection from inside:192.0.2.7/51000 to outside:203.0.113.9/21",
         "2026-11-23T12:00:01Z - 192.0.2.7 51000 203.0.113.9 21 drop inside outside - -"},
    };
    (void)state;
    log_check(&ptn_format_cisco_asa, rows, COUNT(rows));
}

static void cisco_ftd(void **state)
{
    static const struct log_row rows[] = {
        {"Nov 23 2026 12:00:01 ftd1 %FTD-1-430002: AccessControlRuleAction: Block, SrcIP: 203.0.113.9, DstIP: 198.51.100.1, SrcPort: 4444, DstPort: 22, Protocol: tcp, IngressInterface: outside, EgressInterface: dmz, IngressZone: wan, EgressZone: dmz-zone, ACPolicy: p1, AccessControlRuleName: no-ssh, Prefilter Policy: Default Prefilter Policy, User: No Authentication Required, InitiatorPackets: 1, ResponderPackets: 0",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop outside dmz - -"},
        {"2026-11-23T12:00:01Z ftd1  %FTD-6-430003: EventPriority: Low, DeviceUUID: 0aaa-bb, InstanceID: 2, FirstPacketSecond: 2026-11-23T11:59:00Z, ConnectionID: 771, AccessControlRuleAction: Allow, SrcIP: 192.0.2.7, DstIP: 203.0.113.9, SrcPort: 51000, DstPort: 443, Protocol: tcp, IngressInterface: inside, EgressInterface: outside, URL: https://example.net/a, b: c",
         "2026-11-23T12:00:01Z 6 192.0.2.7 51000 203.0.113.9 443 pass inside outside - -"},
        {"2026-11-23T12:00:01Z ftd1 %FTD-1-430003: AccessControlRuleAction: Block with reset, AccessControlRuleReason: Intrusion Block, File Block, SrcIP: 2001:db8::9, DstIP: 2001:db8:1::1, SrcPort: 4444, DstPort: 80, Protocol: tcp, IngressInterface: outside",
         "2026-11-23T12:00:01Z 6 2001:db8::9 4444 2001:db8:1::1 80 reject outside - - -"},
        {"2026-11-23T12:00:01Z ftd1 %FTD-1-430002: AccessControlRuleAction: Block, SrcIP: 203.0.113.9, DstIP: 198.51.100.1, ICMPType: Echo Request, ICMPCode: No Code, Protocol: icmp, IngressInterface: outside, EgressInterface: dmz",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - 198.51.100.1 - drop outside dmz - 8"},
        {"2026-11-23T12:00:01Z ftd1 %FTD-6-430002: AccessControlRuleAction: Fastpath, SrcIP: 203.0.113.9, DstIP: 198.51.100.1, SrcPort: 8, DstPort: 0, Protocol: icmp, IngressInterface: outside",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - 198.51.100.1 - pass outside - - 8"},
        {"2026-11-23T12:00:01Z ftd1 %FTD-1-430001: Protocol: tcp, SrcIP: 203.0.113.9, DstIP: 198.51.100.1, SrcPort: 4444, DstPort: 80, Priority: 1, GID: 1, SID: 2, Revision: 3, Message: \"SCAN, of: all\", InlineResult: Dropped, IngressInterface: outside",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 80 drop outside - - -"},
        {"2026-11-23T12:00:01Z ftd1 %FTD-1-430001: Protocol: udp, SrcIP: 203.0.113.9, DstIP: 198.51.100.1, SrcPort: 4444, DstPort: 53, Priority: 1, Message: \"x\"",
         "2026-11-23T12:00:01Z 17 203.0.113.9 4444 198.51.100.1 53 pass - - - -"},
        {"2026-11-23T12:00:01Z ftd1 %FTD-1-430005: FileDirection: Download, FileAction: Malware Cloud Lookup, SrcIP: 203.0.113.9, DstIP: 198.51.100.1, SrcPort: 80, DstPort: 51000, Protocol: tcp",
         "remark"},
        {"Nov 23 2026 12:00:01 ftd1 SFIMS: Protocol: TCP, SrcIP: 203.0.113.9, DstIP: 198.51.100.1, SrcPort: 4444, DstPort: 22, TCPFlags: 0x0, IngressInterface: s1p1, EgressInterface: s1p2, AccessControlRuleName: r, AccessControlRuleAction: Interactive Block",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop s1p1 s1p2 - -"},
        {"Nov 23 2026 12:00:01 ftd1 %FTD-1-430002: AccessControlRuleAction: Block, SrcIP: 203.0.113.9, DstIP: 198.51.100.1, SrcPort: many, DstPort: 70000, Protocol: tcp",
         "broken"},
        {"Nov 23 2026 12:00:01 ftd1 %FTD-6-302013: Built inbound TCP connection 1 for a:203.0.113.9/1 (203.0.113.9/1) to b:192.0.2.7/2 (192.0.2.7/2)",
         "other"},
        {"Nov 23 2026 12:00:01 ftd1 %FTD-1-430002",
         "remark"},
        {"2026-11-23T12:00:01Z ftd1 %FTD-6-430003: AccessControlRuleAction: Trust, SrcIP: 192.0.2.7, DstIP: 203.0.113.9, SrcPort: 51000, DstPort: 123, Protocol: udp, IngressZone: Inside, EgressZone: Outside, InitiatorPackets: 1",
         "2026-11-23T12:00:01Z 17 192.0.2.7 51000 203.0.113.9 123 pass Inside Outside - -"},
        {"2026-11-23T12:00:01Z ftd1 %FTD-6-430002: AccessControlRuleAction: Something New, SrcIP: 192.0.2.7, DstIP: 203.0.113.9, SrcPort: 51000, DstPort: 123, Protocol: 17",
         "2026-11-23T12:00:01Z 17 192.0.2.7 51000 203.0.113.9 123 - - - - -"},
    };
    (void)state;
    log_check(&ptn_format_cisco_ftd, rows, COUNT(rows));
}

static void cisco_ios(void **state)
{
    static const struct log_row rows[] = {
        {"Nov 23 12:00:02 r1 585917: Nov 23 12:00:01.250: %SEC-6-IPACCESSLOGP: list 102 denied tcp 203.0.113.9(4444) -> 198.51.100.1(22), 1 packet",
         "2026-11-23T12:00:01.250000Z 6 203.0.113.9 4444 198.51.100.1 22 drop - - - -"},
        {"<190>85: r1: *Nov 23 12:00:01.250: %SEC-6-IPACCESSLOGP: list OUTSIDE-IN permitted udp 203.0.113.53(53) -> 198.51.100.1(4096), 9 packets  [0x1a2b]",
         "2026-11-23T12:00:01.250000Z 17 203.0.113.53 53 198.51.100.1 4096 pass - - - -"},
        {"Nov 23 12:00:01: %SEC-6-IPACCESSLOGP: list 102 denied tcp 203.0.113.9(4444) (GigabitEthernet0/0 0011.2233.4455) -> 198.51.100.1(22), 1 packet",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop GigabitEthernet0/0 - - -"},
        {"Nov 23 12:00:01: %SEC-6-IPACCESSLOGP: list 102 denied tcp 203.0.113.9(4444) (Serial1/0.5) -> 198.51.100.1(22), 1 packet",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop Serial1/0.5 - - -"},
        {"Nov 23 12:00:01: %SEC-6-IPACCESSLOGDP: list 102 denied icmp 203.0.113.9 -> 198.51.100.1 (8/0), 1 packet",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - 198.51.100.1 - drop - - - 8"},
        {"Nov 23 12:00:01: %SEC-6-IPACCESSLOGDP: list 102 denied icmp 203.0.113.9 (GigabitEthernet0/0 0011.2233.4455) -> 198.51.100.1 (3/1), 5 packets",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - 198.51.100.1 - drop GigabitEthernet0/0 - - 3"},
        {"Nov 23 12:00:01: %SEC-6-IPACCESSLOGRP: list 102 denied ospf 203.0.113.9 -> 224.0.0.5, 1 packet",
         "2026-11-23T12:00:01Z 89 203.0.113.9 - 224.0.0.5 - drop - - - -"},
        {"Nov 23 12:00:01: %SEC-6-IPACCESSLOGSP: list 102 denied igmp 203.0.113.9 -> 224.0.0.2 (20), 1 packet",
         "2026-11-23T12:00:01Z 2 203.0.113.9 - 224.0.0.2 - drop - - - -"},
        {"Nov 23 12:00:01: %SEC-6-IPACCESSLOGNP: list 102 denied 47 203.0.113.9 -> 198.51.100.1, 1 packet",
         "2026-11-23T12:00:01Z 47 203.0.113.9 - 198.51.100.1 - drop - - - -"},
        {"Nov 23 12:00:01: %SEC-6-IPACCESSLOGS: list 10 denied 203.0.113.9 1 packet",
         "2026-11-23T12:00:01Z - 203.0.113.9 - - - drop - - - -"},
        {"Nov 23 12:00:01: %SEC-6-IPACCESSLOGRL: access-list logging rate-limited or missed 18 packets",
         "remark"},
        {"Nov 23 12:00:01: %IPV6_ACL-6-ACCESSLOGP: list V6-IN/10 denied tcp 2001:db8::9(4444) -> 2001:db8:1::1(22), 1 packet",
         "2026-11-23T12:00:01Z 6 2001:db8::9 4444 2001:db8:1::1 22 drop - - - -"},
        {"Nov 23 12:00:01: %IPV6_ACL-6-ACCESSLOGDP: list V6-IN/20 permitted icmpv6 2001:db8::9 -> 2001:db8:1::1 (128/0), 2 packets",
         "2026-11-23T12:00:01Z 58 2001:db8::9 - 2001:db8:1::1 - pass - - - 128"},
        {"Nov 23 12:00:01: %IPV6_ACL-6-ACCESSLOGSP: list V6-IN/20 denied ipv6 :: -> 2001:db8:1::1, 6 packets",
         "2026-11-23T12:00:01Z - :: - 2001:db8:1::1 - drop - - - -"},
        {"Nov 23 12:00:01.250: %FMANFP-6-IPACCESSLOGP: R0/0: fman_fp_image: list IN denied udp 203.0.113.9(4444) -> 198.51.100.1(161), 1 packet",
         "2026-11-23T12:00:01.250000Z 17 203.0.113.9 4444 198.51.100.1 161 drop - - - -"},
        {"Nov 23 12:00:01.250: %FMANFP-6-IPACCESSLOGP: F0/0: fman_fp_image:  list IN denied tcp 00-00-5E-00-53-23 203.0.113.9(4444) TenGigabitEthernet0/1/1-> 198.51.100.1(22), 1 packet",
         "2026-11-23T12:00:01.250000Z 6 203.0.113.9 4444 198.51.100.1 22 drop TenGigabitEthernet0/1/1 - - -"},
        {"Nov 23 12:00:01.250: %FMANFP-6-IPV6ACCESSLOGP: R0/0: fman_fp_image: list IN6 denied udp 2001:db8::9(4444) -> 2001:db8:1::1(161), 1 packet",
         "2026-11-23T12:00:01.250000Z 17 2001:db8::9 4444 2001:db8:1::1 161 drop - - - -"},
        {"Nov 23 12:00:01.250 : ipv4_acl_mgr[310]: %ACL-IPV4_ACL-6-IPACCESSLOGP : access-list IN (10) deny tcp 203.0.113.9(4444) -> 198.51.100.1(22), 1 packet",
         "2026-11-23T12:00:01.250000Z 6 203.0.113.9 4444 198.51.100.1 22 drop - - - -"},
        {"Nov 23 12:00:01: %FW-6-DROP_PKT: Dropping tcp session 203.0.113.9:4444 198.51.100.1:22 on zone-pair out-self class class-default due to  DROP action found in policy-map with ip ident 4711",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop - - - -"},
        {"Nov 23 12:00:01: %FW-6-DROP_PKT: Dropping icmp session 203.0.113.9:0 198.51.100.1:0 on zone-pair out-self class class-default due to  DROP action found in policy-map with ip ident 0",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - 198.51.100.1 - drop - - - -"},
        {"Nov 23 12:00:01: %IOSXE-6-PLATFORM: R0/0: cpp_cp: QFP:0.0 Thread:001 TS:00000013807766185951588 %FW-6-DROP_PKT: Dropping tcp pkt from GigabitEthernet2 203.0.113.9:4444 => 198.51.100.1:22(target:class)-(out-self:class-default) due to Policy drop:classify result with ip ident 13017 tcp flag 0x12, seq 1, ack 0",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop GigabitEthernet2 - SA -"},
        {"Nov 23 12:00:01: %FW-6-SESS_AUDIT_TRAIL_START: (target:class)-(in-out:web):Start tcp session: initiator (192.0.2.7:51000) -- responder (203.0.113.9:443)",
         "2026-11-23T12:00:01Z 6 192.0.2.7 51000 203.0.113.9 443 pass - - - -"},
        {"Nov 23 12:00:01: %FW-6-SESS_AUDIT_TRAIL: (target:class)-(in-out:web):Stop udp session: initiator (192.0.2.7:51000) sent 48 bytes -- responder (203.0.113.9:53) sent 40 bytes, from GigabitEthernet2",
         "2026-11-23T12:00:01Z 17 192.0.2.7 51000 203.0.113.9 53 pass GigabitEthernet2 - - -"},
        {"Nov 23 12:00:01: %FW-6-LOG_SUMMARY: 3 packets were dropped from 203.0.113.9:4444 => 198.51.100.1:22 (target:class)-(out-self:class-default)",
         "2026-11-23T12:00:01Z - 203.0.113.9 4444 198.51.100.1 22 drop - - - -"},
        {"2026 Nov 23 12:00:01 n7k %ACLLOG-5-ACLLOG_FLOW_INTERVAL: Src IP: 203.0.113.9, Dst IP: 198.51.100.1, Src Port: 4444, Dst Port: 22, Src Intf: Ethernet4/1, Protocol: \"TCP\"(6), ACL Name: edge, ACE Action: Deny, Appl Intf: Vlan10, Hit-count: 3",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop Ethernet4/1 - - -"},
        {"2026 Nov 23 12:00:01 n7k %ACLLOG-5-ACLLOG_FLOW_INTERVAL: Source IP: 203.0.113.9, Destination IP: 198.51.100.1, Source Port: 0, Destination Port: 0, Source Interface: Ethernet4/1, Protocol: \"ICMP\"(1), Hit-count = 2589",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - 198.51.100.1 - - Ethernet4/1 - - -"},
        {"Nov 23 12:00:01: %LINK-3-UPDOWN: Interface GigabitEthernet0/0, changed state to up",
         "remark"},
        {"Nov 23 12:00:01: %SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: jo] [Source: 192.0.2.7] [localport: 22] at 12:00:01 UTC Mon Nov 23 2026",
         "remark"},
        {"Nov 23 12:00:01: %SEC-6-IPACCESSLOGP: list 102 denied tcp 203.0.113.9(99999) -> 198.51.100.1(22), 1 packet",
         "broken"},
        {"Nov 23 2026 12:00:01: %ASA-4-106023: Deny tcp src outside:203.0.113.9/4444 dst dmz:198.51.100.1/22 by access-group \"outside_in\"",
         "other"},
        {"Nov 23 12:00:01 h app: 100% CPU-7-BAD: no",
         "other"},
        {"2026-11-23T12:00:01Z sw1 Acl: %ACL-6-IPACCESS: list edge Ethernet1 denied tcp 203.0.113.9(4444) -> 198.51.100.1(445)",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 445 drop Ethernet1 - - -"},
        {"*Nov 23 12:00:01.250: %FW-6-SESS_AUDIT_TRAIL_START: Start icmp session: initiator (192.0.2.7:8) -- responder (203.0.113.9:0)",
         "2026-11-23T12:00:01.250000Z 1 192.0.2.7 - 203.0.113.9 - pass - - - 8"},
        {"Nov 23 12:00:01: %FW-6-DROP_PKT: Dropping udp pkt from GigabitEthernet2 203.0.113.9:4444 => 198.51.100.1:161(target:class)-(out-self:class-default) due to Policy drop:classify result with ip ident 13017",
         "2026-11-23T12:00:01Z 17 203.0.113.9 4444 198.51.100.1 161 drop GigabitEthernet2 - - -"},
    };
    (void)state;
    log_check(&ptn_format_cisco_ios, rows, COUNT(rows));
}

static void srx_text(void **state)
{
    static const struct log_row rows[] = {
        {"Nov 23 12:00:01 srx RT_FLOW: RT_FLOW_SESSION_DENY: session denied 203.0.113.9/4444->198.51.100.1/22 0x0 None 6(0) no-ssh untrust trust UNKNOWN UNKNOWN N/A(N/A) ge-0/0/0.0 No Denied by policy 55 N/A N/A -1",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop ge-0/0/0.0 trust - -"},
        {"Nov 23 12:00:01 srx RT_FLOW: RT_FLOW_SESSION_DENY: session denied 203.0.113.9/4444->198.51.100.1/22 None 6(0) no-ssh untrust trust UNKNOWN UNKNOWN N/A(N/A) ge-0/0/0.0",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop ge-0/0/0.0 trust - -"},
        {"Nov 23 12:00:01 srx RT_FLOW: RT_FLOW_SESSION_DENY: session denied 203.0.113.9/4444->198.51.100.1/53 junos-dns-udp 17(0) default-deny(global) untrust trust",
         "2026-11-23T12:00:01Z 17 203.0.113.9 4444 198.51.100.1 53 drop untrust trust - -"},
        {"Nov 23 12:00:01 srx RT_FLOW: RT_FLOW_SESSION_DENY: session denied 203.0.113.9/1->198.51.100.1/4711 icmp 1(8) no-ping untrust trust UNKNOWN UNKNOWN N/A(N/A) ge-0/0/0.0",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - 198.51.100.1 - drop ge-0/0/0.0 trust - 8"},
        {"Nov 23 12:00:01 srx RT_FLOW: RT_FLOW_SESSION_DENY: session denied 2001:db8::9/4444->2001:db8:1::1/22 None 6(0) no-ssh untrust trust UNKNOWN UNKNOWN N/A(N/A) ge-0/0/0.0",
         "2026-11-23T12:00:01Z 6 2001:db8::9 4444 2001:db8:1::1 22 drop ge-0/0/0.0 trust - -"},
        {"Nov 23 12:00:01 srx RT_FLOW: RT_FLOW_SESSION_CREATE: session created 192.0.2.7/51000->203.0.113.9/443 None 198.51.100.2/12834->203.0.113.9/443 nat1 None 6 web trust untrust 4711",
         "2026-11-23T12:00:01Z 6 192.0.2.7 51000 203.0.113.9 443 pass trust untrust - -"},
        {"Nov 23 12:00:01 srx RT_FLOW: RT_FLOW_SESSION_CREATE: session created 192.0.2.7/51000->203.0.113.9/443 0x0 junos-https 198.51.100.2/12834->203.0.113.9/443 0x0 source rule nat1 N/A N/A 6 web trust untrust 4711 N/A(N/A) ge-0/0/1.0 UNKNOWN UNKNOWN UNKNOWN N/A",
         "2026-11-23T12:00:01Z 6 192.0.2.7 51000 203.0.113.9 443 pass ge-0/0/1.0 untrust - -"},
        {"Nov 23 12:00:01 srx RT_FLOW: RT_FLOW_SESSION_CREATE: session created 203.0.113.9/4444->198.51.100.1/80 junos-http 203.0.113.9/4444->192.0.2.7/80 None dnat1 6 in untrust dmz 4711 N/A(N/A) ge-0/0/0.0",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 80 pass ge-0/0/0.0 dmz - -"},
        {"Nov 23 12:00:01 srx RT_FLOW: RT_FLOW_SESSION_CLOSE: session closed TCP FIN: 192.0.2.7/51000->203.0.113.9/443 0x0 junos-https 198.51.100.2/12834->203.0.113.9/443 0x0 source rule nat1 N/A N/A 6 web trust untrust 4711 10(550) 9(709) 1 UNKNOWN UNKNOWN N/A(N/A) ge-0/0/1.0 No N/A N/A",
         "2026-11-23T12:00:01Z 6 192.0.2.7 51000 203.0.113.9 443 pass ge-0/0/1.0 untrust - -"},
        {"Nov 23 12:00:01 srx RT_FLOW: RT_FLOW_SESSION_CLOSE: session closed idle Timeout: 192.0.2.7/51000->203.0.113.53/53 junos-dns-udp 198.51.100.2/12834->203.0.113.53/53 nat1 None 17 dns trust untrust 4711 1(64) 1(128) 60",
         "2026-11-23T12:00:01Z 17 192.0.2.7 51000 203.0.113.53 53 pass trust untrust - -"},
        {"Nov 23 12:00:01 srx RT_FLOW: RT_FLOW_SESSION_CLOSE: session closed response received: 192.0.2.7/7->203.0.113.9/4711 icmp 192.0.2.7/7->203.0.113.9/4711 None None 1 ping trust untrust 4712 1(84) 1(84) 0 UNKNOWN UNKNOWN N/A(N/A) ge-0/0/1.0",
         "2026-11-23T12:00:01Z 1 192.0.2.7 - 203.0.113.9 - pass ge-0/0/1.0 untrust - -"},
        {"Nov 23 12:00:01 srx RT_FLOW: APPTRACK_SESSION_CLOSE: AppTrack session closed TCP FIN: 192.0.2.7/51000->203.0.113.9/80 junos-http HTTP UNKNOWN 198.51.100.2/1000->203.0.113.9/80 nat1 None 6 web trust untrust 55 4(300) 3(200) 1 N/A N/A No",
         "2026-11-23T12:00:01Z 6 192.0.2.7 51000 203.0.113.9 80 pass trust untrust - -"},
        {"Nov 23 12:00:01 srx RT_IDS: RT_SCREEN_TCP: SYN flood! source: 203.0.113.9:4444, destination: 198.51.100.1:22, zone name: untrust, interface name: ge-0/0/0.0, action: drop",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop ge-0/0/0.0 - - -"},
        {"Nov 23 12:00:01 srx RT_IDS: RT_SCREEN_ICMP: Ping of death! source: 203.0.113.9, destination: 198.51.100.1, zone name: untrust, interface name: ge-0/0/0.0, action: drop",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - 198.51.100.1 - drop ge-0/0/0.0 - - -"},
        {"Nov 23 12:00:01 srx RT_FLOW: RT_FLOW_SESSION_DENY: session denied to nobody",
         "broken"},
        {"Nov 23 12:00:01 srx RT_IDS: RT_SCREEN_SESSION_LIMIT: Dst IP session limit! destination: 198.51.100.1, zone name: untrust",
         "remark"},
        {"<14>1 2026-11-23T12:00:01.000Z srx RT_FLOW - RT_FLOW_SESSION_DENY [junos@2636.1.1.1.2.40 source-address=\"203.0.113.9\" source-port=\"4444\" destination-address=\"198.51.100.1\" destination-port=\"22\"]",
         "other"},
        {"Nov 23 12:00:01 srx sshd[99]: session closed for user jo",
         "other"},
    };
    (void)state;
    log_check(&ptn_format_srx_text, rows, COUNT(rows));
}

static void ipfw(void **state)
{
    static const struct log_row rows[] = {
        {"Nov 23 12:00:01 gw kernel: ipfw: 65000 Deny TCP 203.0.113.9:4444 198.51.100.1:22 in via em0",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop em0 - - -"},
        {"Nov 23 12:00:01 gw ipfw[12]: 65000 Deny UDP 203.0.113.9:4444 198.51.100.1:161 in via em0",
         "2026-11-23T12:00:01Z 17 203.0.113.9 4444 198.51.100.1 161 drop em0 - - -"},
        {"Nov 23 12:00:01 gw kernel: ipfw: 100 Accept ICMP:8.0 203.0.113.9 198.51.100.1 in via em0",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - 198.51.100.1 - pass em0 - - 8"},
        {"Nov 23 12:00:01 gw kernel: ipfw: 200 Unreach 13 P:47 192.0.2.7 203.0.113.9 out via em0",
         "2026-11-23T12:00:01Z 47 192.0.2.7 - 203.0.113.9 - reject - em0 - -"},
        {"Nov 23 12:00:01 gw kernel: ipfw: 210 Reset TCP 203.0.113.9:4444 198.51.100.1:113 in via em0",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 113 reject em0 - - -"},
        {"Nov 23 12:00:01 gw kernel: ipfw: 300 Deny ICMPv6:135.0 [fe80::1] [ff02::1:ff00:2] in via em0",
         "2026-11-23T12:00:01Z 58 fe80::1 - ff02::1:ff00:2 - drop em0 - - 135"},
        {"Nov 23 12:00:01 gw kernel: ipfw: 310 Deny TCP [2001:db8::9]:4444 [2001:db8:1::1]:22 in via em0",
         "2026-11-23T12:00:01Z 6 2001:db8::9 4444 2001:db8:1::1 22 drop em0 - - -"},
        {"Nov 23 12:00:01 gw kernel: ipfw: 400 Forward to 192.0.2.1:3128 TCP 192.0.2.7:51000 203.0.113.9:80 in via em1",
         "2026-11-23T12:00:01Z 6 192.0.2.7 51000 203.0.113.9 80 pass em1 - - -"},
        {"Nov 23 12:00:01 gw kernel: ipfw: 410 Divert 8668 UDP 192.0.2.7:51000 203.0.113.53:53 out via em0",
         "2026-11-23T12:00:01Z 17 192.0.2.7 51000 203.0.113.53 53 pass - em0 - -"},
        {"Nov 23 12:00:01 gw kernel: ipfw: 65000 Deny UDP 203.0.113.9:4444 198.51.100.1:161 in via em0 (frag 12:1480@0+)",
         "2026-11-23T12:00:01Z 17 203.0.113.9 4444 198.51.100.1 161 drop em0 - - -"},
        {"Nov 23 12:00:01 gw kernel: Connection attempt to TCP 198.51.100.1:23 from 203.0.113.9:4444 flags:0x02",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 23 reject - - S -"},
        {"Nov 23 12:00:01 gw kernel: ipfw: limit 100 reached on entry 65000",
         "remark"},
        {"Nov 23 12:00:01 gw kernel: ipfw: 65000 Deny TCP 203.0.113.9:444400 198.51.100.1:22 in via em0",
         "broken"},
        {"Nov 23 12:00:01 gw kernel: em0: link state changed to UP",
         "other"},
    };
    (void)state;
    log_check(&ptn_format_ipfw, rows, COUNT(rows));
}

static void ipmon(void **state)
{
    static const struct log_row rows[] = {
        {"Nov 23 12:00:01 gw ipmon[12]: 12:00:01.123456 em0 @0:5 b 203.0.113.9,4444 -> 198.51.100.1,22 PR tcp len 20 60 -S IN",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop em0 - S -"},
        {"Nov 23 12:00:01 gw ipmon[12]: 12:00:01.123456 em0 @0:5 b 203.0.113.9,443 -> 198.51.100.1,51000 PR tcp len 20 40 -AR 4711 4712 0 K-S IN OOW",
         "2026-11-23T12:00:01Z 6 203.0.113.9 443 198.51.100.1 51000 drop em0 - RA -"},
        {"Nov 23 12:00:01 gw ipmon[12]: 12:00:01.123456 em0 @0:7 p 192.0.2.7,51000 -> 203.0.113.53,53 PR udp len 20 64 K-S K-F OUT",
         "2026-11-23T12:00:01Z 17 192.0.2.7 51000 203.0.113.53 53 pass - em0 - -"},
        {"Nov 23 12:00:01 gw ipmon[12]: 12:00:01.123456 3x em0 @0:5 b 203.0.113.9 -> 198.51.100.1 PR icmp len 20 84 icmp echo/0 IN",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - 198.51.100.1 - drop em0 - - 8"},
        {"Nov 23 12:00:01 gw ipmon[12]: 12:00:01.123456 em0 @0:5 b 203.0.113.9 -> 198.51.100.1 PR icmp len 20 56 icmp 3/1 IN",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - 198.51.100.1 - drop em0 - - 3"},
        {"Nov 23 12:00:01 gw ipmon[12]: 12:00:01.123456 em0 @0:5 b 203.0.113.9 -> 198.51.100.1 PR icmp len 20 56 icmp unreach/port for 198.51.100.1,53 - 203.0.113.9,4096 PR udp len 20 40 IN",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - 198.51.100.1 - drop em0 - - 3"},
        {"Nov 23 12:00:01 gw ipmon[12]: 12:00:01.123456 em0 @-1:-1 n 203.0.113.9 -> 224.0.0.1 PR igmp len 24 (32) IN",
         "2026-11-23T12:00:01Z 2 203.0.113.9 - 224.0.0.1 - - em0 - - -"},
        {"Nov 23 12:00:01 gw ipmon[12]: 12:00:01.123456 em0 @100:2 b 2001:db8::9,4444 -> 2001:db8:1::1,22 PR tcp len 40 80 -S IN",
         "2026-11-23T12:00:01Z 6 2001:db8::9 4444 2001:db8:1::1 22 drop em0 - S -"},
        {"Nov 23 12:00:01 gw ipmon[12]: log started",
         "remark"},
        {"Nov 23 12:00:01 gw ipmon[12]: 12:00:01.123456 em0 @0:5 b 203.0.113.9,4444 -> nowhere",
         "broken"},
        {"Nov 23 12:00:01 gw cron[12]: (root) CMD (a -> b)",
         "other"},
    };
    (void)state;
    log_check(&ptn_format_ipmon, rows, COUNT(rows));
}

static void pflog(void **state)
{
    static const struct log_row rows[] = {
        {"Nov 23 12:00:01.250000 rule 2/0(match): block in on em0: 203.0.113.9.4444 > 198.51.100.1.22: S 12:12(0) win 5840 <mss 1460> (DF)",
         "2026-11-23T12:00:01.250000Z 6 203.0.113.9 4444 198.51.100.1 22 drop em0 - S -"},
        {"2026-11-23 12:00:01.250000 rule 5/0(match) [uid 0, pid 99] pass out on em0: 192.0.2.7.51000 > 203.0.113.53.53: 4711+ A? example.net. (29)",
         "2026-11-23T12:00:01.250000Z 17 192.0.2.7 51000 203.0.113.53 53 pass - em0 - -"},
        {"Nov 23 12:00:01 rule 7/(match) block in on em0: 203.0.113.9 > 198.51.100.1: icmp: echo request",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - 198.51.100.1 - drop em0 - - 8"},
        {"Nov 23 12:00:01 rule 7.web.1/0(match): block in on em0: 203.0.113.9.443 > 198.51.100.1.51000: Flags [R.], seq 0, ack 1, win 0, length 0",
         "2026-11-23T12:00:01Z 6 203.0.113.9 443 198.51.100.1 51000 drop em0 - RA -"},
        {"Nov 23 12:00:01 rule 7/0(match): block in on em0: 203.0.113.9.443 > 198.51.100.1.51000: . ack 1 win 8192",
         "2026-11-23T12:00:01Z 6 203.0.113.9 443 198.51.100.1 51000 drop em0 - A -"},
        {"Nov 23 12:00:01 rule 7/0(match): block in on em0: fe80::9.546 > ff02::1:2.547: dhcp6 solicit",
         "2026-11-23T12:00:01Z 17 fe80::9 546 ff02::1:2 547 drop em0 - - -"},
        {"Nov 23 12:00:01 rule 7/0(match): block in on em0: fe80::9 > ff02::1: ICMP6, router advertisement, length 32",
         "2026-11-23T12:00:01Z 58 fe80::9 - ff02::1 - drop em0 - - 134"},
        {"Nov 23 12:00:01 rule 7/0(match): block in on em0: (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto TCP (6), length 60) 203.0.113.9.4444 > 198.51.100.1.22: Flags [S], cksum 0x1 (correct), seq 1",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop em0 - S -"},
        {"Nov 23 12:00:01 rule 7/0(match): block in on em0: 203.0.113.9 > 198.51.100.1: ESP(spi=0x1,seq=0x2), length 100",
         "2026-11-23T12:00:01Z 50 203.0.113.9 - 198.51.100.1 - drop em0 - - -"},
        {"Nov 23 12:00:01 rule 7/0(match): block in on em0: 203.0.113.9.161 > 198.51.100.1.4096: UDP, length 45",
         "2026-11-23T12:00:01Z 17 203.0.113.9 161 198.51.100.1 4096 drop em0 - - -"},
        {"Nov 23 12:00:01 h app: rule 7/0 applies on all > 9",
         "other"},
    };
    (void)state;
    log_check(&ptn_format_pflog, rows, COUNT(rows));
}

static void ids(void **state)
{
    static const struct log_row rows[] = {
        {"11/23/2026-12:00:01.250000  [**] [1:2001219:20] ET SCAN Potential SSH Scan [**] [Classification: Attempted Information Leak] [Priority: 2] {TCP} 203.0.113.9:4444 -> 198.51.100.1:22",
         "2026-11-23T12:00:01.250000Z 6 203.0.113.9 4444 198.51.100.1 22 pass - - - -"},
        {"11/23/2026-12:00:01.250000  [Drop] [**] [1:2001219:20] ET {x} SCAN [**] [Classification: (null)] [Priority: 2] {UDP} 203.0.113.9:4444 -> 198.51.100.1:53",
         "2026-11-23T12:00:01.250000Z 17 203.0.113.9 4444 198.51.100.1 53 drop - - - -"},
        {"11/23/2026-12:00:01.250000  [wDrop] [**] [1:2001219:20] ET SCAN [**] [Classification: (null)] [Priority: 2] {UDP} 203.0.113.9:4444 -> 198.51.100.1:53",
         "2026-11-23T12:00:01.250000Z 17 203.0.113.9 4444 198.51.100.1 53 pass - - - -"},
        {"11/23/2026-12:00:01.250000  [**] [1:1:1] Ping [**] [Classification: (null)] [Priority: 3] {ICMP} 203.0.113.9:8 -> 198.51.100.1:0",
         "2026-11-23T12:00:01.250000Z 1 203.0.113.9 - 198.51.100.1 - pass - - - 8"},
        {"11/23/2026-12:00:01.250000  [**] [1:1:1] x [**] [Classification: (null)] [Priority: 3] {TCP} 2001:db8::9:4444 -> 2001:db8:1::1:22",
         "2026-11-23T12:00:01.250000Z 6 2001:db8::9 4444 2001:db8:1::1 22 pass - - - -"},
        {"11/23/2026-12:00:01.250000  [**] [1:1:1] x [**] [Classification: (null)] [Priority: 3] {PROTO:047} 203.0.113.9 -> 198.51.100.1",
         "2026-11-23T12:00:01.250000Z 47 203.0.113.9 - 198.51.100.1 - pass - - - -"},
        {"Nov 23 12:00:01 ids snort[99]: [1:469:3] ICMP PING NMAP [Classification: Attempted Information Leak] [Priority: 2]: {ICMP} 203.0.113.9 -> 198.51.100.1",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - 198.51.100.1 - pass - - - -"},
        {"Nov 23 12:00:01 ids suricata[99]: [Drop] [1:469:3] x [Classification: y] [Priority: 2] {TCP} 203.0.113.9:4444 -> 198.51.100.1:22",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop - - - -"},
        {"Nov 23 12:00:01 ids snort[99]: Initializing rule chains...",
         "remark"},
        {"Nov 23 12:00:01 h app: [Priority: high] nothing",
         "other"},
        {"11/23-11:00:01.250000  [**] [1:477:3] ICMP Packet [**] [Priority: 0] {ICMP} 203.0.113.9 -> 198.51.100.1",
         "2026-11-23T11:00:01.250000Z 1 203.0.113.9 - 198.51.100.1 - pass - - - -"},
        {"Nov 23 12:00:01 ids suricata[99]: {\"timestamp\":\"2026-11-23T12:00:01.000000+0000\",\"event_type\":\"alert\"}",
         "other"},
    };
    (void)state;
    log_check(&ptn_format_ids, rows, COUNT(rows));
}

static void router(void **state)
{
    static const struct log_row rows[] = {
        {"[DoS Attack: SYN/ACK Scan] from source: 203.0.113.9, port 443, Monday, November 23, 2026 12:00:01",
         "2026-11-23T12:00:01Z - 203.0.113.9 443 - - drop - - - -"},
        {"[DoS Attack: ACK Scan] from source: 203.0.113.9, port 443, Monday, November 23,2026 12:00:01",
         "2026-11-23T12:00:01Z - 203.0.113.9 443 - - drop - - - -"},
        {"Nov 23 12:00:01 home [LAN access from remote] from 203.0.113.9:4444 to 192.168.1.7:443",
         "2026-11-23T12:00:01Z - 203.0.113.9 4444 192.168.1.7 443 pass - - - -"},
        {"[LAN access from remote] from 203.0.113.9:4444 to 192.168.1.7:443, Monday, November 23, 2026 12:00:01",
         "2026-11-23T12:00:01Z - 203.0.113.9 4444 192.168.1.7 443 pass - - - -"},
        {"[admin login] from source 192.168.1.7, Monday, November 23, 2026 12:00:01",
         "remark"},
        {"Nov 23 12:00:01 home Blocked incoming TCP connection request from 203.0.113.9:4444 to 198.51.100.1:22",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop - - - -"},
        {"Nov 23 12:00:01 home Blocked incoming ICMP packet (ICMP type 8) from 203.0.113.9 to 198.51.100.1",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - 198.51.100.1 - drop - - - 8"},
        {"Nov 23 12:00:01 home Blocked incoming TCP packet from 203.0.113.9:443 to 198.51.100.1:51000 as RST received but there is no active connection",
         "2026-11-23T12:00:01Z 6 203.0.113.9 443 198.51.100.1 51000 drop - - - -"},
        {"Nov 23 12:00:01 home **TCP FIN Scan** 203.0.113.9, 443->> 198.51.100.1, 51000 (from WAN Inbound)",
         "2026-11-23T12:00:01Z 6 203.0.113.9 443 198.51.100.1 51000 drop WAN - - -"},
        {"Nov 23 12:00:01 home TCP Packet - Source:203.0.113.9,4444 Destination:198.51.100.1,135 - [Any(ALL) rule match]",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 135 drop - - - -"},
        {"Nov 23 12:00:01 vigor [FILTER][Block][WAN->LAN/RT/VPN, 0:00:12][@S:R=2:1, 203.0.113.9:4444->192.168.1.7:22][TCP][HLen=20, TLen=60, Flag=S]",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 192.168.1.7 22 drop - - S -"},
        {"Nov 23 12:00:01 sw ACL 11/23/26 12:00:01 : ACL NO-TELNET seq#10 denied TCP 203.0.113.9(4444)->198.51.100.1(23) on vlan 1, port A7",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 23 drop A7 - - -"},
        {"[DoS Attack: SYN/ACK Scan] from source: nobody",
         "broken"},
        {"Nov 23 12:00:01 h app: Blocked outgoing mail",
         "other"},
    };
    (void)state;
    log_check(&ptn_format_router, rows, COUNT(rows));
}

static void ipchains(void **state)
{
    static const struct log_row rows[] = {
        {"Nov 23 12:00:01 gw kernel: Packet log: input DENY eth0 PROTO=6 203.0.113.9:4444 198.51.100.1:22 L=60 S=0x00 I=18 F=0x0000 T=254 SYN (#5)",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop eth0 - S -"},
        {"Nov 23 12:00:01 gw kernel: Packet log: input DENY eth0 PROTO=1 203.0.113.9:8 198.51.100.1:0 L=84 S=0x00 I=18 F=0x0000 T=254 (#5)",
         "2026-11-23T12:00:01Z 1 203.0.113.9 - 198.51.100.1 - drop eth0 - - 8"},
        {"Nov 23 12:00:01 gw kernel: Packet log: output REJECT eth0 PROTO=17 192.0.2.7:137 192.0.2.255:137 L=78 S=0x00 I=18 F=0x0000 T=64 (#5)",
         "2026-11-23T12:00:01Z 17 192.0.2.7 137 192.0.2.255 137 reject - eth0 - -"},
        {"Nov 23 12:00:01 gw kernel: Packet log: input ACCEPT ppp0 PROTO=2 203.0.113.9:65535 224.0.0.1:65535 L=28 S=0x00 I=18 F=0x0000 T=1 (#5)",
         "2026-11-23T12:00:01Z 2 203.0.113.9 - 224.0.0.1 - pass ppp0 - - -"},
        {"Nov 23 12:00:01 gw kernel: Packet log: input DENY eth0 PROTO=6 here there",
         "broken"},
        {"Nov 23 12:00:01 gw kernel: IN=eth0 OUT= SRC=203.0.113.9 DST=198.51.100.1 PROTO=TCP SPT=4444 DPT=22",
         "other"},
    };
    (void)state;
    log_check(&ptn_format_ipchains, rows, COUNT(rows));
}

static void watchguard(void **state)
{
    static const struct log_row rows[] = {
        {"Nov 23 12:00:01 fb 80D6 fb (2026-11-23T12:00:01) firewall: msg_id=\"3000-0148\" Deny 0-External Firebox 52 tcp 20 127 203.0.113.9 198.51.100.1 4444 22 offset 8 S 1497867397 win 32  (Unhandled External Packet-00)",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop 0-External Firebox S -"},
        {"Nov 23 12:00:01 fb 80D6 firewall: msg_id=\"3000-0148\" Allow 1-Trusted 0-External 64 udp 20 64 192.168.1.7 203.0.113.53 51000 53  (DNS-00)",
         "2026-11-23T12:00:01Z 17 192.168.1.7 51000 203.0.113.53 53 pass 1-Trusted 0-External - -"},
        {"Nov 23 12:00:01 fb 80D6 firewall: msg_id=\"3000-0148\" Deny 1-Trusted Firebox 84 icmp 20 128 192.168.1.7 192.168.1.1 8 0 id=1 seq=2  (Ping-00)",
         "2026-11-23T12:00:01Z 1 192.168.1.7 - 192.168.1.1 - drop 1-Trusted Firebox - 8"},
        {"Nov 23 12:00:01 fb 80D6 firewall: msg_id=\"3000-0148\" Deny Old Line - 2 Firebox 40 tcp 20 239 203.0.113.9 198.51.100.1 443 51000 offset 5 AR 1 win 0  (Unhandled External Packet-00)",
         "2026-11-23T12:00:01Z 6 203.0.113.9 443 198.51.100.1 51000 drop Old Line - 2 Firebox RA -"},
        {"Nov 23 12:00:01 fb 80D6 firewall: msg_id=\"3000-0148\" Deny 0-External Firebox 32 igmp 24 1 203.0.113.9 224.0.0.1  (Unhandled External Packet-00)",
         "2026-11-23T12:00:01Z 2 203.0.113.9 - 224.0.0.1 - drop 0-External Firebox - -"},
        {"Nov 23 12:00:01 fb 80D6 http-proxy[99]: msg_id=\"1AFF-0021\" Allow 1-Trusted 0-External tcp 192.168.1.7 203.0.113.9 51000 80 msg=\"HTTP request\" (HTTP-proxy-00)",
         "2026-11-23T12:00:01Z 6 192.168.1.7 51000 203.0.113.9 80 pass 1-Trusted 0-External - -"},
        {"2026-11-23 12:00:01 Member1 Deny 203.0.113.9 198.51.100.1 ssh/tcp 4444 22 0-External Firebox Denied 52 127 (Unhandled External Packet-00) proc_id=\"firewall\" rc=\"101\" msg_id=\"3000-0148\" tcp_info=\"offset 8 S 1497867397 win 32\"",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop 0-External Firebox S -"},
        {"2026-11-23 12:00:01 Allow 192.168.1.7 203.0.113.9 https/tcp 51000 443 1-Trusted 0-External Allowed 60 63 (HTTPS-00) proc_id=\"firewall\" rc=\"100\" src_ip_nat=\"198.51.100.2\" tcp_info=\"offset 10 S 2982213793 win 2105\" msg_id=\"3000-0148\"",
         "2026-11-23T12:00:01Z 6 192.168.1.7 51000 203.0.113.9 443 pass 1-Trusted 0-External S -"},
        {"2026-11-23 12:00:01 Deny 192.168.1.7 192.168.1.1 echo-request/icmp Trusted Firebox Denied 84 64 (Ping-00) proc_id=\"firewall\" rc=\"101\" msg_id=\"3000-0148\" type=\"8\" duration=\"0\"",
         "2026-11-23T12:00:01Z 1 192.168.1.7 - 192.168.1.1 - drop Trusted Firebox - 8"},
        {"Nov 23 12:00:01 fb firewalld[97]: deny in eth0 60 tcp 20 47 203.0.113.9 198.51.100.1 4444 22 syn (default)",
         "2026-11-23T12:00:01Z 6 203.0.113.9 4444 198.51.100.1 22 drop eth0 - S -"},
        {"Nov 23 12:00:01 fb 80D6 sessiond[99]: msg_id=\"3E00-0002\" Management user admin@Firebox-DB from 192.168.1.7 logged in",
         "remark"},
        {"Nov 23 12:00:01 fb 80D6 firewall: msg_id=\"3000-0148\" Deny 0-External Firebox 52 tcp 20 127 here there",
         "broken"},
        {"Nov 23 12:00:01 h firewalld[97]: WARNING: AllowZoneDrifting is enabled",
         "other"},
        {"Nov 23 12:00:01 h app: msg_id=\"12\" Deny",
         "other"},
    };
    (void)state;
    log_check(&ptn_format_watchguard, rows, COUNT(rows));
}

static void watchers(void **state)
{
    static const struct log_row rows[] = {
        {"Nov 23 12:00:01 gw psad: scan detected (Nmap): 203.0.113.9 -> 198.51.100.1 tcp: [22-443] flags: SYN tcp pkts: 30 DL: 3",
         "remark"},
        {"Nov 23 12:00:01 gw portsentry[12]: attackalert: Connect from host: 203.0.113.9/203.0.113.9 to TCP port: 143",
         "remark"},
        {"Nov 23 12:00:01 gw fail2ban.actions[12]: NOTICE [sshd] Ban 203.0.113.9",
         "remark"},
        {"Nov 23 12:00:01 gw kernel: IN=eth0 OUT= SRC=203.0.113.9 DST=198.51.100.1 PROTO=TCP SPT=4444 DPT=22",
         "other"},
    };
    (void)state;
    log_check(&ptn_format_watchers, rows, COUNT(rows));
}

/* clang-format on */

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals),        cmocka_unit_test(holes),         cmocka_unit_test(no_end),
        cmocka_unit_test(wrong_templates), cmocka_unit_test(own_templates), cmocka_unit_test(all_templates),
        cmocka_unit_test(cisco_asa),       cmocka_unit_test(cisco_ftd),     cmocka_unit_test(cisco_ios),
        cmocka_unit_test(srx_text),        cmocka_unit_test(ipfw),          cmocka_unit_test(ipmon),
        cmocka_unit_test(pflog),           cmocka_unit_test(ids),           cmocka_unit_test(router),
        cmocka_unit_test(ipchains),        cmocka_unit_test(watchguard),    cmocka_unit_test(watchers),
    };
    return check_all(tests);
}
