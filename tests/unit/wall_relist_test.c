/* Rules as nft lists them, held against the expressions that the kernel has: what becomes of each. */
#include <arpa/inet.h>
#include <linux/netfilter/nf_tables.h>

#include "check.h"
#include "wall/relist_rule.h"
#include "wall_json_dump.h"

static _Alignas(struct nlmsghdr) char buf[8192];

static void put_u32(struct nlmsghdr *h, uint16_t type, uint32_t n)
{
    mnl_attr_put_u32(h, type, htonl(n));
}

static void put_octets(struct nlmsghdr *h, uint16_t type, const char *hex)
{
    uint8_t octets[32];
    size_t n = 0;
    for (unsigned v; n < sizeof(octets) && sscanf(hex + 2 * n, "%2x", &v) == 1; n++)
        octets[n] = (uint8_t)v;
    struct nlattr *nest = mnl_attr_nest_start(h, type);
    mnl_attr_put(h, NFTA_DATA_VALUE, n, octets);
    mnl_attr_nest_end(h, nest);
}

/* One expression: "meta KEY", "payload BASE OFFSET LEN", "cmp OP HEX", "range OP HEX HEX", "bitwise HEX", "byteorder",
 * or another's name. */
static void put_expr(struct nlmsghdr *h, const char *text)
{
    char name[16] = "", hex[2][40] = {"", ""};
    unsigned a = 0, b = 0, c = 0;
    sscanf(text, "%15s", name);
    struct nlattr *elem = mnl_attr_nest_start(h, NFTA_LIST_ELEM);
    mnl_attr_put_strz(h, NFTA_EXPR_NAME, name);
    struct nlattr *data = mnl_attr_nest_start(h, NFTA_EXPR_DATA);
    if (sscanf(text, "meta %u", &a) == 1) {
        put_u32(h, NFTA_META_KEY, a);
        put_u32(h, NFTA_META_DREG, NFT_REG_1);
    } else if (sscanf(text, "payload %u %u %u", &a, &b, &c) == 3) {
        put_u32(h, NFTA_PAYLOAD_DREG, NFT_REG_1);
        put_u32(h, NFTA_PAYLOAD_BASE, a);
        put_u32(h, NFTA_PAYLOAD_OFFSET, b);
        put_u32(h, NFTA_PAYLOAD_LEN, c);
    } else if (sscanf(text, "cmp %u %39s", &a, hex[0]) == 2) {
        put_u32(h, NFTA_CMP_SREG, NFT_REG_1);
        put_u32(h, NFTA_CMP_OP, a);
        put_octets(h, NFTA_CMP_DATA, hex[0]);
    } else if (sscanf(text, "range %u %39s %39s", &a, hex[0], hex[1]) == 3) {
        put_u32(h, NFTA_RANGE_SREG, NFT_REG_1);
        put_u32(h, NFTA_RANGE_OP, a);
        put_octets(h, NFTA_RANGE_FROM_DATA, hex[0]);
        put_octets(h, NFTA_RANGE_TO_DATA, hex[1]);
    } else if (sscanf(text, "bitwise %39s", hex[0]) == 1) {
        put_u32(h, NFTA_BITWISE_SREG, NFT_REG_1);
        put_u32(h, NFTA_BITWISE_DREG, NFT_REG_1);
        put_octets(h, NFTA_BITWISE_MASK, hex[0]);
        put_octets(h, NFTA_BITWISE_XOR, "00000000");
    } else if (strcmp(text, "byteorder") == 0) {
        put_u32(h, NFTA_BYTEORDER_SREG, NFT_REG_1);
        put_u32(h, NFTA_BYTEORDER_DREG, NFT_REG_1);
    }
    mnl_attr_nest_end(h, data);
    mnl_attr_nest_end(h, elem);
}

/* Expressions, separated by ';'. */
static const struct nlattr *expressions(const char *text)
{
    struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
    struct nlattr *list = mnl_attr_nest_start(h, NFTA_RULE_EXPRESSIONS);
    for (const char *end; *text; text = *end ? end + 1 : end) {
        char one[128];
        end = strchrnul(text, ';');
        snprintf(one, sizeof(one), "%.*s", (int)(end - text), text);
        put_expr(h, one);
    }
    mnl_attr_nest_end(h, list);
    return list;
}

static ssize_t pull(void *ctx, char *out, size_t size)
{
    const char **at = ctx;
    size_t n = strlen(*at) < size ? strlen(*at) : size;
    memcpy(out, *at, n);
    *at += n;
    return (ssize_t)n;
}

static struct ptn_rule *listed(struct ptn_wall **w, const char *family, const char *expr)
{
    static char text[4096];
    struct ptn_err err = {""};
    const char *at = text;
    snprintf(text, sizeof(text),
             "{\"nftables\": [{\"table\": {\"family\": \"%s\", \"name\": \"t\"}}, {\"chain\": {\"family\": \"%s\", "
             "\"table\": \"t\", \"name\": \"c\"}}, {\"rule\": {\"family\": \"%s\", \"table\": \"t\", \"chain\": \"c\", "
             "\"handle\": 3, \"expr\": [%s]}}]}",
             family, family, family, expr);
    *w = ptn_wall_new();
    if (ptn_wall_read_json(*w, "nft", pull, &at, &err) < 0)
        fail_msg("%s", err.text);
    return &(*w)->tables[0]->chains[0]->rules[0];
}

#define MATCH(op, left, right) "{\"match\": {\"op\": \"" op "\", \"left\": {" left "}, \"right\": " right "}}"
#define HEADER(protocol, field) "\"payload\": {\"protocol\": \"" protocol "\", \"field\": \"" field "\"}"
#define META(key) "\"meta\": {\"key\": \"" key "\"}"
#define RANGE(lo, hi) "{\"range\": [" #lo ", " #hi "]}"
#define PORTS MATCH("!=", HEADER("tcp", "sport"), "22") ", " MATCH("!=", HEADER("tcp", "dport"), "80")
#define RESET "{\"reject\": {\"type\": \"tcp reset\"}}"
#define TCP "meta 16;cmp 0 06;"
#define LEFT_OPEN "maybe(nft lists this rule as what it is not)"

static const struct {
    const char *family, *expr, *code, *want;
} cases[] = {
    /* two "!=": apart, as one, together with what is not known, and where it is another rule altogether */
    {"inet", PORTS, TCP "payload 2 0 2;cmp 1 0016;payload 2 2 2;cmp 1 0050",
     "l4proto {6}; sport != {22}; dport != {80}"},
    {"inet", PORTS, TCP "payload 2 0 4;cmp 1 00160050", "l4proto {6}; sport . dport != {22.80}"},
    {"inet", PORTS, TCP "payload 2 0 4;cmp 1 00160051", "l4proto {6}; " LEFT_OPEN},
    {"inet", PORTS, TCP "payload 2 0 8;cmp 1 0016005000000000", "l4proto {6}; " LEFT_OPEN},
    {"inet", PORTS, TCP "payload 2 0 4;cmp 0 00160050", "l4proto {6}; " LEFT_OPEN},
    {"inet", PORTS, "", "l4proto {6}; " LEFT_OPEN},
    {"inet", PORTS, "match", "l4proto {6}; sport != {22}; dport != {80}"},
    {"ip", MATCH("!=", HEADER("ip", "ttl"), "64") ", " MATCH("!=", HEADER("ip", "protocol"), "6"),
     "payload 1 8 2;cmp 1 4006", "ttl . l4proto != {64.6}"},
    {"ip6", MATCH("!=", HEADER("ip6", "nexthdr"), "6") ", " MATCH("!=", HEADER("ip6", "hoplimit"), "64"),
     "payload 1 6 2;cmp 1 0640", LEFT_OPEN},
    {"ip", MATCH("!=", HEADER("ip", "dscp"), "8") ", " MATCH("!=", HEADER("ip", "ttl"), "64"),
     "payload 1 1 1;bitwise fc;cmp 1 20;payload 1 8 1;cmp 1 40", "dscp != {8}; ttl != {64}"},
    /* ranges: one, two comparisons of one thing, of two, and "!=" of two that exclude each other */
    {"inet", MATCH("==", HEADER("tcp", "dport"), RANGE(5, 9)), TCP "payload 2 2 2;cmp 5 0005;cmp 3 0009",
     "l4proto {6}; dport {5-9}"},
    {"inet", MATCH("==", HEADER("tcp", "dport"), RANGE(5, 9)), TCP "payload 2 2 2;cmp 5 0005;payload 2 2 2;cmp 3 0009",
     "l4proto {6}; dport {5-9}"},
    {"inet", MATCH("==", HEADER("tcp", "dport"), RANGE(5, 9)), TCP "payload 2 0 2;cmp 5 0005;payload 2 2 2;cmp 3 0009",
     "l4proto {6}; sport {5-65535}; dport {0-9}"},
    {"inet", MATCH("!=", HEADER("tcp", "dport"), RANGE(5, 9)), TCP "payload 2 2 2;range 1 0005 0009",
     "l4proto {6}; dport != {5-9}"},
    {"inet", MATCH("!=", HEADER("tcp", "dport"), RANGE(5, 9)), TCP "payload 2 2 2;cmp 2 0005;payload 2 2 2;cmp 4 0009",
     "l4proto {6}; dport != {5-65535}; dport != {0-9}"},
    {"inet", MATCH("!=", META("mark"), RANGE(7, 5)), "meta 16;cmp 2 07;meta 3;byteorder;cmp 4 00000005",
     "l4proto != {7-255}; mark != {0-5}"},
    {"inet", MATCH("!=", META("mark"), RANGE(7, 9)), "meta 16;cmp 2 07;meta 3;cmp 4 09000000",
     "l4proto != {7-255}; " LEFT_OPEN},
    {"inet", MATCH("==", META("mark"), RANGE(7, 9)), "", LEFT_OPEN},
    {"inet", MATCH("==", META("mark"), RANGE(7, 9)), "meta 3;byteorder;cmp 5 00000007;counter;cmp 3 00000009",
     LEFT_OPEN},
    {"inet", MATCH("!=", HEADER("icmp", "code"), RANGE(9, 1)),
     "meta 15;cmp 0 02;meta 16;cmp 0 01;payload 2 0 1;cmp 2 09;payload 2 1 1;cmp 4 01",
     "nfproto {2}; l4proto {1}; icmp type != {9-255}; icmp code != {0-1}"},
    {"inet", MATCH("!=", "\"payload\": {\"base\": \"th\", \"offset\": 8, \"len\": 8}", RANGE(9, 1)),
     "payload 2 0 1;cmp 2 09;payload 2 1 1;cmp 4 01", LEFT_OPEN "; " LEFT_OPEN},
    {"ip6", MATCH("==", HEADER("ip6", "hoplimit"), RANGE(3, 9)), "payload 1 6 1;cmp 5 03;payload 1 7 1;cmp 3 09",
     LEFT_OPEN "; ttl {0-9}"},
    /* what a reject follows from */
    {"inet", RESET, TCP "meta 15;cmp 0 02;reject", "nfproto {2}; l4proto {6}; reject tcp reset"},
    {"inet", RESET, "meta 1;cmp 0 86dd;" TCP "reject", "nfproto {10}; l4proto {6}; reject tcp reset"},
    {"ip", RESET, "payload 1 9 1;cmp 0 06;reject", "l4proto {6}; reject tcp reset"},
    {"inet", RESET, "meta 8;cmp 0 0100;payload 0 12 2;cmp 0 0800;" TCP "reject",
     "nfproto {2}; " LEFT_OPEN "; l4proto {6}; reject tcp reset"},
    {"inet", RESET, "cmp 0 06;reject", "l4proto {6}; " LEFT_OPEN "; reject tcp reset"},
};

static void test_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ptn_wall *w;
        struct ptn_bytecode code;
        struct dump d;
        struct ptn_rule *rule = listed(&w, cases[i].family, cases[i].expr);
        AT("%zu: %s", i, cases[i].code);
        EXPECT(ptn_rule_is_suspect(rule));
        ptn_bytecode_read(&code, expressions(cases[i].code));
        EXPECT_INT(ptn_rule_relist(w, rule, &code), 0);
        put_rule(&d, rule);
        EXPECT_TEXT(d.text, cases[i].want);
        ptn_wall_free(w);
    }
}

static void test_not_suspect(void **state)
{
    static const char *const exprs[] = {
        MATCH("!=", HEADER("tcp", "dport"), "22") ", {\"accept\": null}",
        MATCH("==", HEADER("tcp", "sport"), "22") ", " MATCH("==", HEADER("tcp", "dport"),
                                                             "{\"set\": [22, " RANGE(5, 9) "]}"),
        MATCH("==", HEADER("ip", "saddr"), "{\"prefix\": {\"addr\": \"10.0.0.0\", \"len\": 8}}"),
        MATCH("!=", META("mark"), "7") ", " MATCH("!=", META("skuid"), "7"),
    };
    (void)state;
    for (size_t i = 0; i < COUNT(exprs); i++) {
        struct ptn_wall *w;
        AT("%zu", i);
        EXPECT(!ptn_rule_is_suspect(listed(&w, "inet", exprs[i])));
        ptn_wall_free(w);
    }
}

/* An answer that was cut off at any place, or in which any octet is another. */
static void test_damaged(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct nlattr *whole = expressions(cases[i].code);
        const uint16_t len = whole->nla_len;
        for (uint16_t k = 0; k < 2 * len; k++) {
            struct ptn_wall *w;
            struct ptn_bytecode code;
            struct nlattr *copy = malloc(len); /* so that what reads behind it is seen */
            struct ptn_rule *rule = listed(&w, cases[i].family, cases[i].expr);
            assert_non_null(copy);
            memcpy(copy, whole, len);
            if (k >= len)
                copy->nla_len = (uint16_t)(MNL_ATTR_HDRLEN + (k - len) % (len - MNL_ATTR_HDRLEN + 1u));
            else if (k >= MNL_ATTR_HDRLEN)
                ((uint8_t *)copy)[k] ^= 0xff;
            ptn_bytecode_read(&code, copy);
            EXPECT_INT(ptn_rule_relist(w, rule, &code), 0);
            ptn_wall_free(w);
            free(copy);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_not_suspect),
        cmocka_unit_test(test_damaged),
    };
    return check_all(tests);
}
