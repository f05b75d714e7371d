/* What is kept of a log's sources: the same in whatever order lines come and however they were dealt out. */
#include <netinet/in.h>
#include <sys/socket.h>

#include "check.h"
#include "judge/tally.h"

static uint64_t seed;

static uint32_t random_below(uint32_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % n;
}

static struct ptn_knock knock(uint32_t source, uint16_t port, uint32_t second)
{
    struct ptn_knock k = {.proto = IPPROTO_TCP, .dport = port, .has = PTN_HAS_PROTO | PTN_HAS_DPORT};
    k.time = (int64_t)second * 1000000;
    k.src.family = source % 3 ? AF_INET : AF_INET6;
    for (unsigned i = 0; i < 4; i++)
        k.src.bytes[i] = (uint8_t)(source >> 8 * i);
    k.action = source % 7 ? PTN_ACTION_DROP : PTN_ACTION_PASS;
    return k;
}

/* As the tally counts a try. */
static int visit(struct ptn_visitors *all, const struct ptn_knock *k)
{
    struct ptn_visitor_key key;
    ptn_visitor_key(&k->src, &key);
    struct ptn_visitor *v = ptn_visitors_take(all, &key, 0);
    const bool timed = k->time >= 1000000 && k->time / 1000000 < UINT32_MAX;
    if (!v)
        return -1;
    v->tries++;
    ptn_visitor_try(v, k->proto, k->dport, k->action == PTN_ACTION_PASS ? PTN_TRIED_LET_IN : PTN_TRIED_SHUT, 1);
    ptn_visitor_moment(v, timed ? (uint32_t)(k->time / 1000000) : 0);
    return 0;
}

static void count(struct ptn_visitors *v, uint32_t source, uint16_t port, uint32_t second)
{
    struct ptn_knock k = knock(source, port, second);
    assert_int_equal(visit(v, &k), 0);
}

/* ---- order and threads ----------------------------------------------------------------------------------------- */

#define LINES 20000

static int by_port(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct ptn_tried));
}

static int by_moment(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void expect_same(const struct ptn_visitor *a, const struct ptn_visitor *b)
{
    struct ptn_visitor x = *a, y = *b;
    qsort(x.moments, PTN_TRIED, sizeof(*x.moments), by_moment);
    qsort(y.moments, PTN_TRIED, sizeof(*y.moments), by_moment);
    qsort(x.tried, PTN_TRIED, sizeof(*x.tried), by_port);
    qsort(y.tried, PTN_TRIED, sizeof(*y.tried), by_port);
    for (unsigned i = 0; i < PTN_TRIED; i++)
        if (x.marks &
            PTN_VISITOR_MORE) /* of many ports those kept are the same, their lines from when they were kept */
            x.tried[i].lines = y.tried[i].lines = 0;
    EXPECT(memcmp(&x, &y, sizeof(x)) == 0);
}

static void any_order(void **state)
{
    static struct {
        uint32_t source, second;
        uint16_t port;
    } lines[LINES];
    struct ptn_visitors one = {0}, parts[3] = {{0}}, sum = {0};
    (void)state;
    seed = 7;
    for (size_t i = 0; i < LINES; i++) {
        lines[i].source = random_below(900);
        lines[i].port = (uint16_t)(lines[i].source % 5 ? 20 + lines[i].source % 4 : random_below(400));
        lines[i].second = 1700000000 + random_below(100000);
        count(&one, lines[i].source, lines[i].port, lines[i].second);
    }
    for (size_t i = LINES; i-- > 0;)
        count(&parts[random_below(3)], lines[i].source, lines[i].port, lines[i].second);
    for (int i = 0; i < 3; i++)
        assert_int_equal(ptn_visitors_merge(&sum, &parts[i]), 0);
    assert_int_equal(sum.n, one.n);
    for (uint32_t i = 0; i < one.n; i++) {
        struct ptn_addr a = {.family = one.items[i].family};
        memcpy(a.bytes, one.items[i].addr, 16);
        const struct ptn_visitor *same = ptn_visitors_find(&sum, &a);
        AT("source %u", i);
        assert_non_null(same);
        expect_same(&one.items[i], same);
    }
    for (int i = 0; i < 3; i++)
        ptn_visitors_release(&parts[i]);
    ptn_visitors_release(&one);
    ptn_visitors_release(&sum);
}

static void ipv4_is_not_ipv6(void **state)
{
    struct ptn_visitors v = {0};
    struct ptn_knock four = knock(1, 22, 0), six = knock(1, 22, 0);
    (void)state;
    memset(four.src.bytes + 4, 0xee, 12); /* what IPv4 does not use may be anything */
    six.src.family = AF_INET6;
    assert_int_equal(visit(&v, &four), 0);
    memset(four.src.bytes + 4, 0x11, 12);
    assert_int_equal(visit(&v, &four), 0);
    assert_int_equal(visit(&v, &six), 0);
    assert_int_equal(v.n, 2);
    assert_int_equal(ptn_visitors_find(&v, &four.src)->tries, 2);
    assert_int_equal(ptn_visitors_find(&v, &six.src)->tries, 1);
    four.src.bytes[0] ^= 9;
    assert_null(ptn_visitors_find(&v, &four.src));
    ptn_visitors_release(&v);
    assert_null(ptn_visitors_find(&v, &four.src));
}

/* ---- ports ------------------------------------------------------------------------------------------------------- */

static void how_many_ports(void **state)
{
    (void)state;
    for (unsigned n = 1; n <= 400; n += n < 8 ? 1 : 49) {
        struct ptn_visitors v = {0};
        for (unsigned i = 0; i < n * 3; i++)
            count(&v, 5, (uint16_t)(1 + i % n), 1700000000);
        unsigned found = ptn_visitor_ports(v.items);
        AT("%u ports", n);
        if (n <= PTN_TRIED)
            EXPECT_INT(found, n);
        else
            EXPECT(found > PTN_TRIED && found >= n * 7 / 10 && found <= n * 13 / 10 + 2);
        ptn_visitors_release(&v);
    }
}

static void port_zero_counts(void **state)
{
    struct ptn_visitors v = {0};
    (void)state;
    count(&v, 5, 0, 1700000000);
    count(&v, 5, 0, 1700000001);
    EXPECT_INT(ptn_visitor_ports(v.items), 1);
    EXPECT_INT(v.items[0].tried[0].lines, 2);
    ptn_visitors_release(&v);
}

/* ---- intervals --------------------------------------------------------------------------------------------------- */

static void regular(void **state)
{
    static const struct {
        const char *what;
        unsigned lines, step, jitter, ports;
        int interval; /* 0: none */
    } rows[] = {
        {"every five minutes", 100, 300, 0, 1, 300},
        {"nearly so", 100, 300, 10, 1, 300},
        {"at random", 100, 300, 290, 1, 0},
        {"too few to tell", 7, 300, 0, 1, 0},
        {"to two ports", 100, 300, 0, 2, 0},
        {"a burst", 100, 1, 0, 1, 0},
        {"once a day for a week", 8, 86400, 60, 1, 86400},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptn_visitors v = {0};
        uint32_t interval = 0;
        seed = 11;
        for (unsigned k = 0; k < rows[i].lines; k++)
            count(&v, 5, (uint16_t)(80 + k % rows[i].ports),
                  1700000000 + k * rows[i].step + (rows[i].jitter ? random_below(rows[i].jitter) : 0));
        bool is = ptn_visitor_is_regular(v.items, 1, &interval);
        AT("%s", rows[i].what);
        EXPECT_INT(is, rows[i].interval != 0);
        if (is)
            EXPECT(abs((int)interval - rows[i].interval) * 100 <= rows[i].interval * 2);
        ptn_visitors_release(&v);
    }
}

static void no_time(void **state)
{
    struct ptn_visitors v = {0};
    struct ptn_knock k = knock(5, 22, 0);
    uint32_t interval;
    (void)state;
    for (int i = 0; i < 20; i++) {
        k.time = i % 2 ? PTN_NO_TIME : i % 3 ? INT64_MAX : -5;
        assert_int_equal(visit(&v, &k), 0);
    }
    EXPECT_INT(v.items[0].tries, 20);
    EXPECT(!ptn_visitor_is_regular(v.items, 1, &interval));
    ptn_visitors_release(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order),        cmocka_unit_test(ipv4_is_not_ipv6), cmocka_unit_test(how_many_ports),
        cmocka_unit_test(port_zero_counts), cmocka_unit_test(regular),          cmocka_unit_test(no_time),
    };
    return check_all(tests);
}
