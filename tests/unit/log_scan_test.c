/* What is read many octets at a time, against what is read one by one. */
#include "log_lines.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "source/log/digits.h"
#include "source/log/envelope.h"
#include "source/log/memory.h"
#include "source/log/netfilter.h"
#include "source/log/netfilter_again.h"
#include "source/log/scan.h"
#include "source/log/worker.h"

static uint64_t state = 1;

static unsigned roll(unsigned below) /* splitmix64 */
{
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (unsigned)((z ^ z >> 31) >> 32) % below;
}

/* ---- places ------------------------------------------------------------------------------------------ */

#define ROOM (1u << 17)

/* ROOM octets, behind which nothing can be read. */
static char *guarded(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *p = mmap(NULL, ROOM + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(p != MAP_FAILED);
    assert_int_equal(mprotect(p + ROOM, page, PROT_NONE), 0);
    return p;
}

static void expect_places(const struct ptn_scan_level *level, const char *text, size_t len, char octet)
{
    static uint16_t places[ROOM];
    size_t n = 0;
    for (size_t i = 0; i < 8; i++)
        places[PTN_SCAN_ROOM(len) + i] = 0xabcd;
    size_t found = level->scan(text, len, octet, places);
    for (size_t i = 0; i < len; i++)
        if (text[i] == octet) {
            assert_true(n < found);
            EXPECT_INT(places[n++], i);
        }
    EXPECT_INT(found, n);
    for (size_t i = 0; i < 8; i++)
        EXPECT_INT(places[PTN_SCAN_ROOM(len) + i], 0xabcd);
}

static void test_levels_agree(void **ignored)
{
    (void)ignored;
    static const char octets[] = {' ', '\n', '\0', '\x7f', '\x80', '\xff', '\x01'};
    char *room = guarded(), *end = room + ROOM;
    assert_true(ptn_scan_levels[ptn_n_scan_levels - 1].is_able());
    for (unsigned i = 0; i < 4000; i++) {
        size_t len = i < 300 ? i : i % 100 ? roll(1000) : PTN_SCAN_MAX - roll(100);
        unsigned rare = 1 + roll(i % 3 ? 200 : 3);
        char octet = octets[roll(sizeof(octets))], *text = end - len;
        for (size_t k = 0; k < len; k++)
            text[k] = (char)(roll(rare) ? roll(256) : (unsigned char)octet ^ (roll(4) ? 0 : 1u << roll(8)));
        for (size_t k = 0; k < ptn_n_scan_levels; k++) {
            AT("%s, text %u of %zu", ptn_scan_levels[k].name, i, len);
            if (ptn_scan_levels[k].is_able())
                expect_places(&ptn_scan_levels[k], text, len, octet);
        }
    }
    munmap(room, ROOM + (size_t)sysconf(_SC_PAGESIZE));
}

/* Lines of all lengths, some longer than what is scanned at once. */
static void test_lines_by_each_level(void **ignored)
{
    (void)ignored;
    static struct told t;
    static char text[1 << 20];
    uint64_t n = 0, sum = 0;
    size_t len = 0;
    while (len + 40000 < sizeof(text)) {
        unsigned sport = roll(65536), blanks = roll(50) ? roll(100) : roll(30000);
        len += (size_t)sprintf(text + len, TEST_LINE " %*s%s", sport, 5u, (int)blanks, "x", roll(9) ? "\n" : "\r\n\n");
        sum += sport * UINT64_C(65537) + 5;
        n++;
    }
    for (size_t k = 0; k < ptn_n_scan_levels; k++) {
        if (!ptn_scan_levels[k].is_able())
            continue;
        ptn_scan_use(&ptn_scan_levels[k]);
        AT("%s", ptn_scan_levels[k].name);
        struct ptn_log_sink sink = told_begin(&t);
        t.result = ptn_log_read_memory(text, len, &any, &sink, told_complain, &t, &t.sums, &t.err);
        EXPECT_INT(t.result, 0);
        EXPECT_INT(t.n, n);
        EXPECT_INT(t.sum, sum);
        EXPECT_INT(t.sums.octets, len);
    }
}

/* ---- numbers and addresses --------------------------------------------------------------------------- */

static void test_numbers(void **ignored)
{
    (void)ignored;
    for (unsigned i = 0; i < 200000; i++) {
        char text[16];
        size_t n = 0, found;
        uint32_t value = 0, got = 0;
        for (size_t k = 0; k < 8; k++)
            text[k] = (char)(roll(12) ? '0' + roll(10) : roll(256));
        for (; n < 8 && text[n] >= '0' && text[n] <= '9'; n++)
            value = value * 10 + (uint32_t)(text[n] - '0');
        AT("%.8s", text);
        found = ptn_number_read(text, &got);
        EXPECT_INT(found, n < 8 ? n : 0);
        if (found)
            EXPECT_INT(got, value);
    }
}

static void test_six_numbers(void **ignored)
{
    (void)ignored;
    unsigned n_sound = 0;
    for (unsigned i = 0; i < 100000; i++) {
        char text[6][17];
        uint64_t digits[6];
        uint32_t value[6] = {0}, got[8];
        bool sound = true;
        for (unsigned k = 0; k < 6; k++) {
            size_t n = 1 + roll(7), at = 16 - n;
            for (size_t c = 0; c < 16; c++)
                text[k][c] = (char)(c >= at && roll(200) ? '0' + roll(10) : roll(256));
            for (size_t c = at; c < 16; c++) {
                sound = sound && text[k][c] >= '0' && text[k][c] <= '9';
                value[k] = value[k] * 10 + (uint32_t)(text[k][c] - '0');
            }
            digits[k] = ptn_digits_before(text[k] + 16, n);
        }
        EXPECT_INT(ptn_six_numbers(digits, got), sound);
        n_sound += sound;
        for (unsigned k = 0; sound && k < 6; k++)
            EXPECT_INT(got[k], value[k]);
    }
    EXPECT(n_sound > 50000 && n_sound < 99000);
}

static void test_short_texts(void **ignored)
{
    (void)ignored;
    for (unsigned i = 0; i < 100000; i++) {
        char a[64], b[64];
        size_t len = roll(49);
        uint64_t blanks = 0;
        for (size_t k = 0; k < 64; k++) {
            a[k] = (char)(roll(4) ? ' ' ^ (1 << roll(8)) : ' ');
            b[k] = (char)(k < len ? a[k] : a[k] ^ 1);
            blanks |= (uint64_t)(a[k] == ' ') << k;
        }
        AT("%zu octets", len);
        EXPECT(ptn_blanks(a) == blanks);
        EXPECT(ptn_same_short(a, b, len));
        if (len) {
            b[roll((unsigned)len)] ^= (char)(1 << roll(8));
            EXPECT(!ptn_same_short(a, b, len));
        }
    }
}

/* What the one that reads any order makes of an address. */
static bool read_slowly(const char *text, struct ptn_addr *ret)
{
    char line[128];
    struct ptn_knock k = {.time = PTN_NO_TIME};
    snprintf(line, sizeof(line), " SRC=%s", text);
    struct ptn_netfilter scan = {.at = line, .end = line + strcspn(line + 1, " ") + 1, .knock = &k};
    ptn_netfilter_words(&scan);
    *ret = k.src;
    return !scan.bad && k.src.family && !memchr(line, ',', strlen(line));
}

static void test_addresses(void **ignored)
{
    (void)ignored;
    unsigned n_read = 0;
    for (unsigned i = 0; i < 200000; i++) {
        char room[96] = "....", *text = room + 4;
        struct ptn_addr fast = {0}, slow = {0};
        bool six = roll(3) == 0;
        int len = six ? sprintf(text, "%04x:%04X:%04x:%04x:%04x:%04x:%04x:%04x ", roll(65536), roll(65536), roll(9),
                                roll(65536), roll(65536), roll(65536), 0, roll(65536))
                      : sprintf(text, "%u.%u.%u.%u ", roll(300), roll(i % 2 ? 10 : 256), roll(256), roll(260));
        if (roll(3) == 0)
            text[roll((unsigned)len)] = "0123456789abcdefABCDEFgG:./ -,xX"[roll(32)];
        size_t n =
            six ? (text[39] == ' ' && ptn_eight_groups(text, fast.bytes) ? 39 : 0) : ptn_dotted_read(text, fast.bytes);
        fast.family = six ? AF_INET6 : AF_INET;
        AT("%s", text);
        bool sound = read_slowly(text, &slow);
        n_read += n > 0;
        if (n) {
            EXPECT(sound);
            EXPECT_INT(n, strcspn(text, " "));
            assert_memory_equal(&fast, &slow, sizeof(fast));
        }
    }
#ifdef __SSE2__
    EXPECT(n_read > 80000);
#endif
}

/* ---- the kernel's order against any order ------------------------------------------------------------ */

static const char *const kernel_lines[] = {
    " MAC=52:54:00:1c:c7:0a:00:1b:21:3c:9d:f8:08:00 SRC=140.60.95.150 DST=192.0.2.17 LEN=46 TOS=0x00 PREC=0x00 TTL=57 "
    "ID=50148 DF PROTO=UDP SPT=46386 DPT=22 LEN=26 ",
    " MAC=52:54:00:1c:c7:0a:00:1b:21:3c:9d:f8:08:00 SRC=28.76.175.5 DST=192.0.2.17 LEN=60 TOS=0x00 PREC=0x00 TTL=94 "
    "ID=47223 PROTO=TCP SPT=48787 DPT=65017 WINDOW=1024 RES=0x00 ACK SYN URGP=0 ",
    " SRC=2001:0db8:0000:0000:0000:0000:0000:0001 DST=2001:0db8:0000:0017:0000:0000:0000:0001 LEN=72 TC=0 HOPLIMIT=64 "
    "FLOWLBL=0 PROTO=TCP SPT=5 DPT=23 WINDOW=65535 RES=0x00 CWR ECE SYN URGP=0 MARK=0x1 ",
    " MAC= SRC=10.0.0.1 DST=224.0.0.1 LEN=36 TOS=0x00 PREC=0xC0 TTL=1 ID=0 PROTO=2 ",
    " PHYSIN=veth1 PHYSOUT=veth2 MAC=aa:bb SRC=10.0.0.1 DST=10.0.0.2 LEN=84 TOS=0x00 PREC=0x00 TTL=64 ID=1 DF "
    "PROTO=ICMP TYPE=8 CODE=0 ID=7 SEQ=1 ",
    " SRC=10.0.0.1 DST=10.0.0.2 LEN=88 TOS=0x00 PREC=0x00 TTL=64 ID=1 PROTO=ICMP TYPE=3 CODE=1 [SRC=10.0.0.2 "
    "DST=10.0.0.1 LEN=60 TOS=0x00 PREC=0x00 TTL=63 ID=2 DF PROTO=TCP SPT=1 DPT=2 WINDOW=3 RES=0x00 SYN URGP=0 ] ",
    " SRC=10.0.0.1 DST=10.0.0.2 LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=1 DF PROTO=TCP SPT=1 DPT=2 SEQ=3000000000 ACK=0 "
    "WINDOW=3 RES=0x00 ACK FIN URGP=0 OPT (020405B4) ",
    " SRC=203.0.113.254 DST=10.0.0.2 LEN=1500 TOS=0x08 PREC=0x20 TTL=255 ID=65535 PROTO=TCP SPT=65535 DPT=65535 "
    "WINDOW=65535 RES=0x3f URGP=0",
    " SRC=fe80:0000:0000:0000:0000:0000:0000:0001 DST=ff02:0000:0000:0000:0000:0000:0000:00fb LEN=9999999 TC=255 "
    "HOPLIMIT=255 FLOWLBL=1048575 PROTO=UDP SPT=5353 DPT=5353 LEN=9999 ",
    " SRC=10.0.0.1 DST=10.0.0.2 LEN=46 TOS=0x00 PREC=0x00 TTL=256 ID=65536 DF PROTO=UDP SPT=5353 DPT=5353 LEN=26 ",
    " SRC=10.0.0.1 DST=10.0.0.2 LEN=46 TOS=0x00 PREC=0x00 TTL=57 ID=50148 PROTO=UDP SPT=4639 DPT=22 LEN=26 TYPE=8 ",
};

/* Changes a text here and there, but for the blank that it begins with. Result: its length. */
static size_t spoil(char *text, size_t len)
{
    static const char likely[] = "  ==..,:[]0129ASRDFW\t\r/";
    for (unsigned n = roll(4); n && len > 2; n--) {
        size_t at = 1 + roll((unsigned)len - 1), run = 1 + roll(9);
        switch (roll(4)) {
        case 0:
            text[at] = likely[roll(sizeof(likely) - 1)];
            break;
        case 1:
            text[at] = (char)(text[at] ^ (1 << roll(8)));
            break;
        case 2:
            run = run < len - at ? run : len - at;
            memmove(text + at, text + at + run, len - at - run);
            len -= run;
            break;
        default:
            run = run < len - at ? run : len - at;
            memmove(text + at + run, text + at, len - at);
            len += run;
        }
    }
    return len;
}

static void both_orders(char *room)
{
    unsigned in_order = 0;
    for (unsigned i = 0; i < 300000; i++) {
        char copy[1024];
        const char *line = kernel_lines[roll(COUNT(kernel_lines))];
        size_t len = strlen(line);
        memcpy(copy, line, len);
        len = spoil(copy, len);
        char *text = room + ROOM - len;
        memcpy(text, copy, len);
        AT("%s, line %u: %.*s", ptn_again_level()->name, i, (int)len, text);
        struct ptn_knock a = {.time = PTN_NO_TIME}, b = a;
        struct ptn_netfilter fast = {.at = text, .end = text + len, .knock = &a}, slow = fast;
        slow.knock = &b;
        ptn_netfilter_words(&slow);
        if (ptn_netfilter_order(&fast))
            in_order++;
        else
            ptn_netfilter_words(&fast);
        assert_memory_equal(&a, &b, sizeof(a));
        EXPECT_INT(fast.bad, slow.bad);
        EXPECT_INT(fast.no_ip, slow.no_ip);
    }
#ifdef __SSE2__
    EXPECT(in_order > 60000 && in_order < 240000);
#endif
}

static void test_both_orders(void **ignored)
{
    (void)ignored;
    char *room = guarded();
    assert_true(ptn_again_levels[ptn_n_again_levels - 1]->is_able());
    for (size_t i = 0; i < ptn_n_again_levels; i++) {
        if (!ptn_again_levels[i]->is_able())
            continue;
        ptn_again_use(ptn_again_levels[i]);
        both_orders(room);
    }
    munmap(room, ROOM + (size_t)sysconf(_SC_PAGESIZE));
}

/* ---- lines that begin as others before them did, against lines before which there were none ------------- */

struct one {
    unsigned n;
    struct ptn_knock knock;
};

static int hear_one(void *worker, const struct ptn_knock *k, const struct ptn_format *f, const struct ptn_log_place *p)
{
    struct one *one = worker;
    (void)f;
    (void)p;
    one->n++;
    one->knock = *k;
    return 0;
}

static void expect_same_knock(struct ptn_knock *a, struct ptn_knock *b)
{
    const struct ptn_slice none = {0};
    struct ptn_slice *x[] = {&a->in, &a->out, &a->rule}, *y[] = {&b->in, &b->out, &b->rule};
    for (size_t i = 0; i < COUNT(x); i++) {
        assert_ptr_equal(x[i]->at, y[i]->at);
        EXPECT_INT(x[i]->len, y[i]->len);
        *x[i] = *y[i] = none;
    }
    EXPECT(a->time == b->time);
    assert_memory_equal(&a->src, &b->src, sizeof(a->src));
    assert_memory_equal(&a->dst, &b->dst, sizeof(a->dst));
    EXPECT_INT(a->has, b->has);
    EXPECT_INT(a->sport, b->sport);
    EXPECT_INT(a->dport, b->dport);
    EXPECT_INT(a->proto, b->proto);
    EXPECT_INT(a->action, b->action);
    EXPECT_INT(a->way, b->way);
    EXPECT_INT(a->flags, b->flags);
    EXPECT_INT(a->icmp_type, b->icmp_type);
    EXPECT_INT(a->icmp_code, b->icmp_code);
    EXPECT_INT(a->ttl, b->ttl);
    EXPECT_INT(a->id, b->id);
    EXPECT_INT(a->window, b->window);
    EXPECT_INT(a->length, b->length);
    EXPECT_INT(a->packets, b->packets);
    EXPECT_INT(a->octets, b->octets);
}

/* Two clocks, of which the second is the machine's own. */
static const char *const begins[] = {
    "Oct  1 00:%02u:%02u gw kernel: [  47%02u.593870] DROP IN=eth0 OUT=",
    "<4>Oct 11 23:%02u:%02u fw-2 kernel: [9999%02u.000001] [UFW BLOCK] IN=ens3 OUT=",
    "<134>Nov  2 02:%02u:%02u fw-2 kernel: IN= OUT=ppp0",
    "2026-03-29T02:%02u:%02u.12%02u56+01:00 a kernel: [    1.%03u]   IN=lan OUT=wan",
    "2026-11-23T12:%02u:%02u.%03uZ h1 kernel: [UFW ALLOW] IN=br0 OUT= PHYSIN=veth1",
    "2026-11-23 12:%02u:%02u,%03u gw kernel: ACCEPT IN=a OUT=b",
    "2026-11-23T12:%02u:%02u.%09u-0330 gw kernel: FW:DROP IN=a OUT=b",
    "Oct  1 %02u:%02u:33 GW kernel: [%u.59387] nobody IN=eth0 OUT=",
    "Oct  1 00:%02u:%02u 2026 gw kernel: [%u.593870] x IN=eth0 OUT=",
    "Oct  1 00:%02u:%02u gw ulogd[%u]: REJECT IN=eth0 OUT=",
};

static size_t write_line(char *text)
{
    static const char *const tails[] = {"", " ", "\r", " \n", "x"};
    unsigned minute = roll(9) ? 5 : roll(60), second = roll(20) ? roll(60) : roll(100);
    size_t len = (size_t)sprintf(text, begins[roll(COUNT(begins))], minute, second, roll(100), roll(1000));
    const char *packet = kernel_lines[roll(3) ? roll(3) : roll(COUNT(kernel_lines))];
    len += (size_t)sprintf(text + len, "%s%s", packet, roll(9) ? "" : tails[roll(COUNT(tails))]);
    if (roll(3))
        return len;
    return spoil(text, roll(2) ? len : 120);
}

static unsigned lines_again(char *room, const struct ptn_log_sink *sink, struct one *told)
{
    static struct ptn_log_worker used, fresh;
    unsigned n_alike = 0;
    used = fresh = (struct ptn_log_worker){.opts = &any, .sink = sink};
    used.sink_worker = &told[0];
    fresh.sink_worker = &told[1];
    ptn_worker_turn(&used, "x", 0, 1800000000);
    for (unsigned i = 0; i < 200000; i++) {
        char copy[1024];
        size_t len = write_line(copy);
        char *text = room + ROOM - len;
        memcpy(text, copy, len);
        AT("%s, line %u: %.*s", ptn_again_level()->name, i, (int)len, text);
        struct ptn_slice line = {text, len};
        ptn_worker_turn(&fresh, "x", 0, 1800000000);
        fresh.state = used.state;
        told[0].n = told[1].n = 0;
        n_alike += used.again.read && ptn_again_level()->line(&used.again, line);
        EXPECT_INT(ptn_worker_line(&used, line), 0);
        EXPECT_INT(ptn_worker_line(&fresh, line), 0);
        EXPECT_INT(told[0].n, told[1].n);
        if (told[0].n)
            expect_same_knock(&told[0].knock, &told[1].knock);
        EXPECT_INT(used.packets, fresh.packets);
        EXPECT_INT(used.remarks, fresh.remarks);
        EXPECT_INT(used.broken, fresh.broken);
        EXPECT_INT(used.unknown, fresh.unknown);
        EXPECT(used.state.last == fresh.state.last);
    }
    ptn_worker_release(&used);
    ptn_worker_release(&fresh);
    return n_alike;
}

static void test_lines_again(void **ignored)
{
    (void)ignored;
    static struct one told[2];
    const struct ptn_log_sink sink = {NULL, NULL, hear_one, NULL};
    char *room = guarded();
    for (size_t i = 0; i < ptn_n_again_levels; i++) {
        if (!ptn_again_levels[i]->is_able())
            continue;
        ptn_again_use(ptn_again_levels[i]);
        unsigned n = lines_again(room, &sink, told);
        EXPECT(n > 60000 && n < 190000);
    }
    munmap(room, ROOM + (size_t)sysconf(_SC_PAGESIZE));
}

/* ---- the envelope of the line before against one that was never seen ---------------------------------- */

static void expect_slice(struct ptn_slice a, struct ptn_slice b)
{
    EXPECT_INT(a.len, b.len);
    assert_memory_equal(a.at, b.at, a.len);
}

static void test_known_envelopes(void **ignored)
{
    (void)ignored;
    static const char *const lines[] = {
        "Oct  1 00:00:03 gw kernel: [  4711.593870] DROP IN=eth0 OUT= MAC= SRC=10.0.0.1 DST=10.0.0.2 LEN=60 TOS=0x00 ",
        "Oct  1 00:00:03 gw kernel: [123456.593870]DROP IN=eth0 OUT= MAC= SRC=10.0.0.1 DST=10.0.0.2 LEN=60 TOS=0x00 ",
        "2026-11-23T12:00:59 fw-2 kernel: DROP IN=eth0 OUT= MAC= SRC=10.0.0.1 DST=10.0.0.2 LEN=60 TOS=0x00 PREC=0x00 ",
        "2026-11-23T12:00:59.123456+01:00 fw kernel: [    1.000000]   DROP IN=eth0 OUT= MAC= SRC=10.0.0.1 "
        "DST=10.0.0.2 ",
    };
    for (unsigned i = 0; i < 100000; i++) {
        char copy[1024], room[1024];
        const char *line = lines[roll(COUNT(lines))], *before = roll(4) ? line : lines[roll(COUNT(lines))];
        const struct ptn_clock none = {.latest = INT64_C(1800000000000000), .utc = true};
        struct ptn_clock fresh = none, used = none;
        struct ptn_message a, b;
        size_t len = strlen(line);
        memcpy(copy, line, len);
        if (roll(3))
            copy[roll(64)] = "0123456789 [].:kgOT<{\"\t"[roll(23)];
        len = roll(3) ? len : spoil(copy, 80);
        AT("line %u: %.*s", i, (int)len, copy);
        for (unsigned again = 0; again < 2; again++) {
            ptn_envelope_open(&used, (struct ptn_slice){before, strlen(before)}, room, &a);
            EXPECT(a.text.len > 4 && memcmp(a.text.at, "DROP", 4) == 0);
        }
        ptn_envelope_open(&used, (struct ptn_slice){copy, len}, room, &a);
        ptn_envelope_open(&fresh, (struct ptn_slice){copy, len}, room, &b);
        assert_true(a.time == b.time);
        expect_slice(a.line, b.line);
        expect_slice(a.host, b.host);
        expect_slice(a.tag, b.tag);
        expect_slice(a.text, b.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_levels_agree), cmocka_unit_test(test_lines_by_each_level),
        cmocka_unit_test(test_numbers),      cmocka_unit_test(test_six_numbers),
        cmocka_unit_test(test_short_texts),  cmocka_unit_test(test_known_envelopes),
        cmocka_unit_test(test_addresses),    cmocka_unit_test(test_both_orders),
        cmocka_unit_test(test_lines_again),
    };
    return check_all(tests);
}
