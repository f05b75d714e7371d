/* What a log tells, printed for people, programs and spreadsheets, and compared with an earlier one. */
#include <errno.h>
#include <jansson.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "explained_sample.h"
#include "report/explain_words.h"
#include "store/explained.h"

/* Escapes, line ends, quotes, octets that are no UTF-8: what a log may hold. */
#define HOSTILE "=cmd\033[31m\a\n\r\t\"',;<b>\x80\xff\xc3"

static char path[] = "/tmp/ptn-explained-XXXXXX";
static struct sample sample;

static int set_up(void **state)
{
    int fd = mkstemp(path);
    (void)state;
    setenv("TZ", "UTC", 1);
    tzset();
    return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(path);
}

/* ---- printed -------------------------------------------------------------------------------------------------------
 */

struct printed {
    char *text;
    size_t len;
    struct ptn_out out;
};

static void begin(struct printed *p, unsigned width)
{
    memset(p, 0, sizeof(*p));
    p->out = (struct ptn_out){.file = open_memstream(&p->text, &p->len), .width = width, .terminal = true};
    assert_non_null(p->out.file);
}

static const char *end(struct printed *p)
{
    assert_int_equal(fclose(p->out.file), 0);
    return p->text;
}

/* Fails where a text has an octet that a terminal would obey, or a line wider than the terminal. */
static void check_plain(const char *text, unsigned width)
{
    unsigned columns = 0, line = 1;
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        AT("line %u", line);
        EXPECT(*p == '\n' || (*p >= 0x20 && *p != 0x7f));
        columns = *p == '\n' ? 0 : columns + ((*p & 0xc0) != 0x80);
        line += *p == '\n';
        EXPECT(width == 0 || columns <= width);
    }
}

static void expect_texts(const char *text, const char *const *wanted, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strstr(text, wanted[i]))
            fail_msg("\"%s\" is not in:\n%s", wanted[i], text);
}

static void worst_first(void **state)
{
    static const char *const wanted[] = {
        "41,509 packets, 6 causes, none unexplained\n",
        "3,135 sources, 2026-10-01 00:00 to 23:59\n",
        "\nWORRY          61 lines  A scan that reached something\n",
        "\nYOUR RULE     912 lines  Your rule breaks IPv6\n",
        "\nOK         31,020 lines  Background: one-port sweeps\n",
        "  when     14:02:11 to 14:05:40 ............................9...................\n",
        "  who      198.51.100.7\n           61 ports; DE, Example Net; 3 lines let in; got through to 8080/tcp\n",
        "           2001:db8:17::/48  912 lines  2 ports  00:00 to 23:59  4 sources\n",
        "  who      192.0.2.44  monitor; every 5 min\n",
        "  who      2,914 sources; most lines from 203.0.113.9 (412)\n",
        "  ports    8080/tcp http-alt 3  22/tcp ssh 2  23/tcp telnet 1\n"
        "           445/tcp microsoft-ds 1  3389/tcp ms-wbt 1  and 56 more\n",
        "  ports    icmpv6 135 neighbour-solicitation 800\n",
        "  from     443/tcp https 9,140\n",
        "  via      eth0, logged by [UFW BLOCK], [UFW ALLOW]\n",
        "           None of these ports is open here.\n",
        "  do       Reject instead of drop, and your mail goes faster.\n",
        "  read     3 files, 41,700 lines: 41,509 packets, 180 other messages\n",
        "  broken   11 lines about packets could not be read:\n           ufw.log:812: Oct  1 12:00:01",
        "  host     tested against this machine as it is now",
        "--fix prints",
    };
    struct printed p;
    (void)state;
    sample_make(&sample);
    begin(&p, 80);
    ptn_explained_print(&p.out, &sample.e, &sample.counts, &(struct ptn_explain_style){0});
    end(&p);
    expect_texts(p.text, wanted, COUNT(wanted));
    check_plain(p.text, 80);
    assert_null(strstr(p.text, "sequential test"));
    assert_null(strstr(p.text, "  fix      nft"));
    assert_true(strstr(p.text, "WORRY") < strstr(p.text, "YOUR RULE"));
    free(p.text);
}

static void why_and_fix(void **state)
{
    static const char *const wanted[] = {
        "  because  sequential test: 61 ports tried",
        "           8080/tcp: nginx.service listens, reachable from the internet\n",
        "  fix      nft insert rule inet filter input icmpv6 type { 133-137 } accept\n",
        "9200/tcp elasticsearch 1", /* all ports that are kept */
        "           203.0.113.9    412 lines  1 port   00:15 to 22:13\n",
        "····█···",
        "nothing was applied\n",
    };
    struct printed p;
    (void)state;
    sample_make(&sample);
    begin(&p, 80);
    ptn_explained_print(&p.out, &sample.e, NULL, &(struct ptn_explain_style){.why = true, .fix = true, .blocks = true});
    end(&p);
    expect_texts(p.text, wanted, COUNT(wanted));
    check_plain(p.text, 80);
    free(p.text);
}

static void days_and_widths(void **state)
{
    struct printed p;
    (void)state;
    sample_make(&sample);
    sample.e.first -= 3 * 86400;
    sample.e.begin -= 3 * 86400;
    sample.e.step = 7200;
    sample.items[4].first -= 3 * 86400;
    for (unsigned width = 40; width <= 110; width++) {
        begin(&p, width);
        ptn_explained_print(&p.out, &sample.e, &sample.counts, &(struct ptn_explain_style){.blocks = true});
        end(&p);
        assert_non_null(strstr(p.text, "2026-09-28 00:00 to 10-01 23:59"));
        assert_non_null(strstr(p.text, "2026-10-01 14:02:11 to 14:05:40"));
        check_plain(p.text, width >= 80 ? width : 0);
        free(p.text);
    }
}

static void make_hostile(void)
{
    static char title[2000];
    static const char *evidence[] = {HOSTILE, ""};
    sample_make(&sample);
    memset(title, 'x', sizeof(title) - 1);
    memcpy(title + 300, HOSTILE, sizeof(HOSTILE) - 1);
    for (size_t i = 0; i < sample.e.n; i++) {
        struct ptn_paragraph *p = &sample.items[i];
        p->title = i ? HOSTILE : title;
        p->why = p->facts = p->act = p->fix = p->ifaces = p->rules = HOSTILE;
        p->evidence = evidence;
        p->n_evidence = COUNT(evidence);
    }
    for (size_t i = 0; i < COUNT(sample.ports); i++)
        sample.ports[i].name = HOSTILE;
    for (size_t i = 0; i < COUNT(sample.suspects); i++)
        sample.suspects[i].name = sample.suspects[i].place = sample.suspects[i].note = HOSTILE;
    sample.suspects[6] = (struct ptn_suspect){.note = title};
    sample.counts.broken_quotes[0] = (struct ptn_log_quote){HOSTILE, title, UINT64_MAX};
    sample.counts.unknown_quotes[0] = (struct ptn_log_quote){title, HOSTILE, 0};
    sample.counts.unknown = UINT64_MAX;
    sample.counts.n_unknown_quotes = 1;
    sample.e.host = HOSTILE;
}

static void hostile_text(void **state)
{
    struct printed p;
    struct ptn_err err = {""};
    (void)state;
    make_hostile();
    for (unsigned width = 1; width < 100; width += 9) {
        begin(&p, width);
        ptn_explained_print(&p.out, &sample.e, &sample.counts, &(struct ptn_explain_style){.why = true, .fix = true});
        for (int top = 0; top < PTN_TOP_OF_COUNT; top++)
            assert_int_equal(
                ptn_explained_top(&p.out, &sample.e, (enum ptn_top)top, &(struct ptn_explain_style){0}, &err), 0);
        check_plain(end(&p), 0);
        free(p.text);
    }
}

/* Nothing but what must be there: no texts, no times, no lines. */
static void nothing_to_say(void **state)
{
    struct ptn_paragraph bare = {.title = "t"};
    struct ptn_explained e = {0};
    struct printed p;
    (void)state;
    begin(&p, 80);
    ptn_explained_print(&p.out, &e, NULL, &(struct ptn_explain_style){0});
    e.items = &bare;
    e.n = 1;
    e.packets = 1;
    e.begin = 5; /* later than the last */
    e.step = 1;
    ptn_explained_print(&p.out, &e, &(struct ptn_log_counts){.stopped = true, .troubles = 1},
                        &(struct ptn_explain_style){.why = true, .fix = true});
    end(&p);
    assert_non_null(strstr(p.text, "no packets"));
    assert_non_null(strstr(p.text, "report so far"));
    assert_non_null(strstr(p.text, "1 file could not be read"));
    assert_null(strstr(p.text, "when"));
    free(p.text);
}

static void tops(void **state)
{
    static const char *const wanted[] = {"23/tcp",       "telnet",   "9,140",  "22.0",
                                         "198.51.100.7", "scan-hit", "61",     "2001:db8:17::/48",
                                         "2026-09-29",   "38,000",   "20,000", "########"};
    struct ptn_err err = {""};
    struct printed p;
    (void)state;
    sample_make(&sample);
    begin(&p, 80);
    for (int top = 0; top < PTN_TOP_OF_COUNT; top++)
        assert_int_equal(ptn_explained_top(&p.out, &sample.e, (enum ptn_top)top, &(struct ptn_explain_style){0}, &err),
                         0);
    expect_texts(end(&p), wanted, COUNT(wanted));
    check_plain(p.text, 110);
    free(p.text);
    begin(&p, 80);
    struct ptn_explain_style raw = {.raw = true, .no_headings = true, .columns = "lines,address,first"};
    assert_int_equal(ptn_explained_top(&p.out, &sample.e, PTN_TOP_OF_SOURCES, &raw, &err), 0);
    assert_non_null(strstr(end(&p), "61 198.51.100.7 2026-10-01T14:02:11Z\n"));
    raw.columns = "colour";
    assert_int_equal(ptn_explained_top(&p.out, &sample.e, PTN_TOP_OF_DAYS, &raw, &err), -EINVAL);
    assert_non_null(strstr(err.text, "WORRY"));
    assert_int_equal(ptn_top_parse("networks", &err), PTN_TOP_OF_NETWORKS);
    assert_int_equal(ptn_top_parse("wages", &err), -EINVAL);
    free(p.text);
}

/* ---- JSON and CSV
 * ---------------------------------------------------------------------------------------------------- */

static json_t *reload(json_t *document)
{
    char *text = json_dumps(document, 0);
    json_error_t where;
    assert_non_null(text);
    json_t *again = json_loads(text, 0, &where);
    if (!again)
        fail_msg("%s", where.text);
    free(text);
    json_decref(document);
    return again;
}

static void the_document(void **state)
{
    (void)state;
    sample_make(&sample);
    json_t *doc = reload(ptn_explained_json(&sample.e, &sample.counts));
    const json_t *item = json_array_get(json_object_get(doc, "explain"), 0);
    assert_string_equal(json_string_value(json_object_get(item, "cause")), "scan-hit");
    assert_string_equal(json_string_value(json_object_get(item, "verdict")), "WORRY");
    assert_string_equal(json_string_value(json_object_get(item, "first")), "2026-10-01T14:02:11Z");
    assert_int_equal(json_integer_value(json_object_get(item, "lines")), 61);
    assert_int_equal(json_array_size(json_object_get(item, "timeline")), PTN_TIMELINE);
    assert_int_equal(json_array_size(json_object_get(item, "evidence")), 2);
    json_decref(doc);
}

static void hostile_document(void **state)
{
    (void)state;
    make_hostile();
    json_t *doc = reload(ptn_explained_json(&sample.e, &sample.counts));
    const json_t *quotes = json_object_get(json_object_get(doc, "log"), "broken_samples");
    assert_int_equal(json_array_size(json_object_get(doc, "explain")), 6);
    assert_true(json_is_string(json_object_get(json_array_get(quotes, 0), "text")));
    json_decref(doc);
}

/* Reads one cell as RFC 4180 says. Result: what follows its end. */
static const char *read_cell(const char *at, char *out, size_t size)
{
    size_t n = 0;
    bool quoted = *at == '"';
    for (at += quoted; quoted ? !(at[0] == '"' && at[1] != '"') : *at != ',' && *at != '\r'; at++) {
        assert_true(*at != '\0' && n + 1 < size);
        at += quoted && *at == '"';
        out[n++] = *at;
    }
    out[n] = '\0';
    return at + quoted;
}

static unsigned check_row(const char **at)
{
    unsigned cells = 0;
    char cell[8192];
    for (;; (*at)++) {
        *at = read_cell(*at, cell, sizeof(cell));
        cells++;
        assert_null(*cell ? strchr("=+-@\t", *cell) : NULL);
        for (const char *p = cell; *p; p++)
            assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
        if (**at == '\r')
            break;
        assert_int_equal(**at, ',');
    }
    assert_int_equal((*at)[1], '\n');
    *at += 2;
    return cells;
}

static void rows_for_spreadsheets(void **state)
{
    struct printed p;
    (void)state;
    for (int hostile = 0; hostile < 2; hostile++) {
        if (hostile)
            make_hostile();
        else
            sample_make(&sample);
        begin(&p, 80);
        assert_int_equal(ptn_explained_csv(p.out.file, &sample.e, false), 0);
        const char *at = end(&p);
        unsigned columns = check_row(&at), rows = 0;
        assert_int_equal(columns, 17);
        for (; *at; rows++)
            assert_int_equal(check_row(&at), columns);
        assert_int_equal(rows, 6);
        if (!hostile)
            assert_non_null(strstr(p.text, "\r\nWORRY,scan-hit,A scan that reached something,61,3,1,"
                                           "2026-10-01T14:02:11Z,2026-10-01T14:05:40Z,61,\"8080/tcp, 22/tcp"));
        free(p.text);
    }
}

/* ---- single lines
 * ------------------------------------------------------------------------------------------------------- */

static json_t *event(const struct ptn_knock *k, const char *format, const char *file, uint64_t line, const char *cause)
{
    struct printed p;
    json_error_t where;
    begin(&p, 80);
    ptn_event_json_print(p.out.file, k, format, file, line, cause);
    end(&p);
    assert_ptr_equal(strchr(p.text, '\n'), p.text + p.len - 1);
    check_plain(p.text, 0);
    json_t *o = json_loads(p.text, JSON_ALLOW_NUL, &where);
    if (!o)
        fail_msg("%s: %s", where.text, p.text);
    assert_int_equal(json_object_size(o), 15);
    free(p.text);
    return o;
}

#define EXPECT_JSON(o, key, text)                                                                                      \
    do {                                                                                                               \
        char *got_ = json_dumps(json_object_get(o, key), JSON_ENCODE_ANY);                                             \
        AT("%s", key);                                                                                                 \
        EXPECT_TEXT(got_, text);                                                                                       \
        free(got_);                                                                                                    \
    } while (0)

static struct ptn_knock knock(void)
{
    return (struct ptn_knock){.time = (int64_t)SAMPLE_DAY * 1000000 + INT64_C(43201000250),
                              .src = sample_addr("198.51.100.7"),
                              .dst = sample_addr("203.0.113.10"),
                              .has = PTN_HAS_PROTO | PTN_HAS_SPORT | PTN_HAS_DPORT | PTN_HAS_FLAGS,
                              .sport = 51234,
                              .dport = 23,
                              .proto = 6,
                              .action = PTN_ACTION_DROP,
                              .flags = 18,
                              .in = {"eth0", 4}};
}

static void an_event(void **state)
{
    struct ptn_knock k = knock();
    (void)state;
    json_t *o = event(&k, "netfilter", "/var/log/ufw.log", 812, "sweep");
    EXPECT_JSON(o, "time", "\"2026-10-01T12:00:01.000250Z\"");
    EXPECT_JSON(o, "proto", "\"tcp\"");
    EXPECT_JSON(o, "src", "\"198.51.100.7\"");
    EXPECT_JSON(o, "sport", "51234");
    EXPECT_JSON(o, "dst", "\"203.0.113.10\"");
    EXPECT_JSON(o, "dport", "23");
    EXPECT_JSON(o, "action", "\"drop\"");
    EXPECT_JSON(o, "in", "\"eth0\"");
    EXPECT_JSON(o, "out", "null");
    EXPECT_JSON(o, "flags", "\"SYN,ACK\"");
    EXPECT_JSON(o, "icmp_type", "null");
    EXPECT_JSON(o, "format", "\"netfilter\"");
    EXPECT_JSON(o, "file", "\"/var/log/ufw.log\"");
    EXPECT_JSON(o, "line", "812");
    EXPECT_JSON(o, "cause", "\"sweep\"");
    json_decref(o);
}

static void an_event_of_nothing(void **state)
{
    const struct ptn_knock k = {.time = PTN_NO_TIME};
    const char *key;
    json_t *value, *o = event(&k, NULL, NULL, 0, NULL);
    (void)state;
    json_object_foreach(o, key, value)
    {
        AT("%s", key);
        EXPECT(json_is_null(value));
    }
    json_decref(o);
}

static void events_of_protocols(void **state)
{
    static const struct {
        uint8_t number;
        const char *word;
    } rows[] = {{1, "\"icmp\""}, {2, "\"igmp\""},    {17, "\"udp\""},   {47, "\"gre\""},
                {50, "\"esp\""}, {58, "\"icmpv6\""}, {132, "\"sctp\""}, {253, "\"253\""}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptn_knock k = {.time = INT64_MAX,
                              .has = PTN_HAS_PROTO | PTN_HAS_ICMP_TYPE | PTN_HAS_FLAGS,
                              .proto = rows[i].number,
                              .icmp_type = 255,
                              .action = 200};
        json_t *o = event(&k, "", "", UINT64_MAX / 2, "");
        EXPECT_JSON(o, "proto", rows[i].word);
        EXPECT_JSON(o, "icmp_type", "255");
        EXPECT_JSON(o, "flags", "\"\"");
        EXPECT_JSON(o, "time", "null");
        EXPECT_JSON(o, "action", "null");
        EXPECT_JSON(o, "format", "null");
        json_decref(o);
    }
}

/* Every octet, alone and behind what may begin a character; and a name longer than any room. */
static void hostile_events(void **state)
{
    static const char *const leads[] = {"", "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xed", "\xf4"};
    char name[8], *big = malloc(100000);
    struct ptn_knock k = knock();
    (void)state;
    for (size_t i = 0; i < COUNT(leads); i++)
        for (unsigned c = 0; c < 256; c++) {
            size_t n = strlen(leads[i]);
            memcpy(name, leads[i], n);
            name[n++] = (char)c;
            k.out = (struct ptn_slice){name, n};
            json_decref(event(&k, HOSTILE, HOSTILE, 1, HOSTILE));
        }
    for (unsigned i = 0; i < 100000; i++)
        big[i] = (char)(i * 7);
    k.in = k.out = (struct ptn_slice){big, 100000};
    json_decref(event(&k, "f", "f", 1, NULL));
    k.out = (struct ptn_slice){"\xc3\xa9\xff\"\\\n", 6};
    json_t *o = event(&k, "f", "f", 1, NULL);
    assert_string_equal(json_string_value(json_object_get(o, "out")), "\xc3\xa9\xef\xbf\xbd\"\\\n");
    json_decref(o);
    free(big);
}

static void events_for_people(void **state)
{
    struct ptn_knock k = knock();
    struct printed p;
    (void)state;
    begin(&p, 80);
    ptn_event_print(&p.out, &k, "sweep");
    k.src = sample_addr("2001:db8::7");
    k.dst = sample_addr("2001:db8::1");
    k.in = (struct ptn_slice){HOSTILE, sizeof(HOSTILE) - 1};
    k.out = (struct ptn_slice){"eth1", 4};
    ptn_event_print(&p.out, &k, NULL);
    k.has = PTN_HAS_PROTO | PTN_HAS_ICMP_TYPE;
    k.proto = 58;
    k.icmp_type = 135;
    k.time = PTN_NO_TIME;
    ptn_event_print(&p.out, &k, "ipv6-rule");
    static const char *const wanted[] = {
        "2026-10-01 12:00:01  198.51.100.7:51234    > 203.0.113.10:23/tcp     SYN,ACK  drop    eth0  sweep\n",
        "[2001:db8::7]:51234   > [2001:db8::1]:23/tcp    SYN,ACK  drop    =cmd?[31m",
        " > eth1  \n",
        "2001:db8::7           > 2001:db8::1 icmpv6 135 neighbour-solicitation",
    };
    expect_texts(end(&p), wanted, COUNT(wanted));
    check_plain(p.text, 0);
    free(p.text);
}

/* ---- against an earlier one
 * -------------------------------------------------------------------------------------------------- */

static void keep_text(const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static void keep(void)
{
    json_t *doc = ptn_explained_json(&sample.e, &sample.counts);
    assert_int_equal(json_dump_file(doc, path, 0), 0);
    json_decref(doc);
}

/* Today's sample against what was kept; the sentences in one text. */
static int compare(char *out, size_t size, struct ptn_err *err)
{
    json_t *doc = ptn_explained_json(&sample.e, &sample.counts), *found = NULL;
    int r = ptn_explained_compare(path, doc, &found, err);
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; r > 0 && i < json_array_size(found); i++) {
        const json_t *item = json_array_get(found, i);
        n += (size_t)snprintf(out + n, size - n, "%s: %s\n", json_string_value(json_object_get(item, "change")),
                              json_string_value(json_object_get(item, "what")));
    }
    json_decref(found);
    json_decref(doc);
    return r;
}

static void nothing_new(void **state)
{
    char text[4096];
    struct ptn_err err = {""};
    (void)state;
    sample_make(&sample);
    keep();
    assert_int_equal(compare(text, sizeof(text), &err), 0);
    sample.e.n = 5; /* what has gone is not new */
    assert_int_equal(compare(text, sizeof(text), &err), 0);
}

static void news(void **state)
{
    char text[4096];
    struct ptn_err err = {""};
    (void)state;
    sample_make(&sample);
    sample.e.n = 5;
    sample.items[2].verdict = PTN_VERDICT_OK;
    sample.items[4].lines = 10000;
    sample.ports[3].port = 4450;
    sample.suspects[0].addr = sample_addr("198.51.100.8");
    sample.suspects[3].addr = sample_addr("198.51.100.9"); /* of a cause that is OK: not told */
    keep();
    sample_make(&sample);
    assert_int_equal(compare(text, sizeof(text), &err), 7);
    assert_string_equal(text,
                        "port: A scan that reached something: ports not seen there before: 445/tcp microsoft-ds\n"
                        "source: A scan that reached something: sources not seen there before: 198.51.100.7\n"
                        "verdict: A friend that is not let in: was OK, is ASK\n"
                        "port: A friend that is not let in: ports not seen there before: 6000/udp\n"
                        "source: A friend that is not let in: sources not seen there before: 192.0.2.44 (monitor)\n"
                        "lines: Background: one-port sweeps: 31020 lines, were 10000\n"
                        "cause: Late packets of your own connections: not seen before, 9140 lines\n");
}

/* Who is behind it is told, if they are new themselves; that its ports are new goes without saying. */
static void a_new_cause(void **state)
{
    char text[4096];
    struct ptn_err err = {""};
    (void)state;
    sample_make(&sample);
    sample.e.items++;
    sample.e.n--;
    keep();
    sample_make(&sample);
    assert_int_equal(compare(text, sizeof(text), &err), 2);
    assert_string_equal(text, "cause: A scan that reached something: not seen before, 61 lines\n"
                              "source: A scan that reached something: sources not seen there before: 198.51.100.7\n");
    sample.suspects[2].addr = sample.suspects[0].addr; /* it broke a rule of IPv6 yesterday */
    sample.suspects[2].prefix = 32;
    sample.e.items++;
    sample.e.n--;
    keep();
    sample.e.items--;
    sample.e.n++;
    assert_int_equal(compare(text, sizeof(text), &err), 1);
}

/* A week has more lines than a day. */
static void logs_of_other_length(void **state)
{
    char text[4096];
    struct ptn_err err = {""};
    (void)state;
    sample_make(&sample);
    sample.items[4].lines = 10000;
    sample.e.first = sample.e.last - 43200;
    keep();
    sample_make(&sample);
    assert_int_equal(compare(text, sizeof(text), &err), 0);
    sample.items[4].lines = 61000;
    assert_int_equal(compare(text, sizeof(text), &err), 1);
    assert_string_equal(text, "lines: Background: one-port sweeps: 61001 lines a day, were 20000 lines a day\n");
}

static void hostile_news(void **state)
{
    char text[65536];
    struct ptn_err err = {""};
    struct printed p;
    (void)state;
    make_hostile();
    keep_text("{\"schema\": 1, \"explain\": []}");
    assert_true(compare(text, sizeof(text), &err) > 6);
    json_t *doc = ptn_explained_json(&sample.e, NULL), *new_ones = NULL;
    assert_true(ptn_explained_compare(path, doc, &new_ones, &err) > 6);
    begin(&p, 80);
    ptn_explained_news_print(&p.out, new_ones, HOSTILE);
    check_plain(end(&p), 0);
    free(p.text);
    json_decref(new_ones);
    json_decref(doc);
}

static void foreign_documents(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"", ":1: "},
        {"{\"schema\": 1,\n\"explain\": [", ":2: "},
        {"{\"schema\": 1, \"audit\": []}", "not a document of portolan explain -J"},
        {"[]", "not a document of portolan explain -J"},
        {"{\"schema\": 2, \"explain\": []}", "another schema"},
        {"{\"explain\": []}", "another schema"},
        {"{\"schema\": 1, \"explain\": [{}, 7]}", "explain[1] is no paragraph"},
        {"\x1f\x8b\x08", ":1: "},
    };
    char text[4096];
    (void)state;
    sample_make(&sample);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptn_err err = {""};
        AT("%s", rows[i].text);
        keep_text(rows[i].text);
        EXPECT_INT(compare(text, sizeof(text), &err), -EINVAL);
        EXPECT(strncmp(err.text, path, strlen(path)) == 0 && strstr(err.text, rows[i].says));
    }
    /* of the right shape, with the wrong types in it */
    keep_text(
        "{\"schema\": 1, \"log\": 7, \"explain\": [{\"cause\": \"sweep\", \"verdict\": 7, \"ports\": {}, \"lines\": "
        "\"x\", \"suspects\": [7, null]}, {\"cause\": []}]}");
    struct ptn_err err = {""};
    assert_true(compare(text, sizeof(text), &err) > 5);
    json_t *new_ones = NULL;
    assert_int_equal(ptn_explained_compare("/nonexistent/x.json", NULL, &new_ones, &err), -ENOENT);
    assert_non_null(strstr(err.text, "/nonexistent/x.json"));
}

/* ---- words
 * ----------------------------------------------------------------------------------------------------------------------
 */

static void words(void **state)
{
    char count[PTN_COUNT_TEXT], utc[PTN_UTC_TEXT], span[PTN_SPAN_TEXT], every[PTN_INTERVAL_TEXT];
    (void)state;
    assert_string_equal(ptn_count_text(0, count), "0");
    assert_string_equal(ptn_count_text(999, count), "999");
    assert_string_equal(ptn_count_text(1000, count), "1,000");
    assert_string_equal(ptn_count_text(UINT64_MAX, count), "18,446,744,073,709,551,615");
    assert_string_equal(ptn_utc_text(0, utc), "1970-01-01T00:00:00Z");
    assert_string_equal(ptn_utc_text(-1, utc), "1969-12-31T23:59:59.999999Z");
    assert_string_equal(ptn_utc_text(INT64_C(-62135596800000000), utc), "0001-01-01T00:00:00Z");
    assert_string_equal(ptn_utc_text(INT64_C(253402300799999999), utc), "9999-12-31T23:59:59.999999Z");
    assert_string_equal(ptn_utc_text(INT64_C(253402300800000000), utc), "");
    assert_string_equal(ptn_utc_text(INT64_MIN, utc), "");
    assert_string_equal(ptn_span_text(0, 7, true, span), "");
    assert_string_equal(ptn_span_text(SAMPLE_DAY, SAMPLE_DAY, false, span), "00:00:00");
    assert_string_equal(ptn_span_text(SAMPLE_DAY - 5, SAMPLE_DAY, false, span),
                        "2026-09-30 23:59:55 to 10-01 00:00:00");
    assert_string_equal(ptn_span_text(SAMPLE_DAY, SAMPLE_DAY + 92 * 86400, false, span),
                        "2026-10-01 00:00 to 2027-01-01 00:00");
    assert_string_equal(ptn_interval_text(60, every), "every 60 s");
    assert_string_equal(ptn_interval_text(3600, every), "every 60 min");
    assert_string_equal(ptn_interval_text(86400, every), "every 24 h");
}

static void timelines(void **state)
{
    uint64_t steps[PTN_TIMELINE] = {0, 1, 2, 4, 8, 0, 0, 0};
    char text[PTN_TIMELINE_TEXT];
    (void)state;
    assert_string_equal(ptn_timeline_text(steps, 8, 48, true, text), "·▁▂▄█···");
    assert_string_equal(ptn_timeline_text(steps, 8, 48, false, text), ".2359...");
    assert_string_equal(ptn_timeline_text(steps, 8, 4, false, text), "279.");
    assert_string_equal(ptn_timeline_text(steps, 5, 2, false, text), "39");
    assert_string_equal(ptn_timeline_text(steps + 5, 3, 48, true, text), "");
    assert_string_equal(ptn_timeline_text(steps, 0, 48, true, text), "");
    for (size_t i = 0; i < PTN_TIMELINE; i++)
        steps[i] = UINT64_MAX / PTN_TIMELINE;
    assert_int_equal(strlen(ptn_timeline_text(steps, PTN_TIMELINE, 48, true, text)), 3 * PTN_TIMELINE);
}

static void locales(void **state)
{
    (void)state;
    setenv("LC_ALL", "", 1);
    setenv("LC_CTYPE", "de_DE.UTF-8", 1);
    setenv("LANG", "C", 1);
    assert_true(ptn_locale_is_utf8());
    setenv("LC_ALL", "C", 1);
    assert_false(ptn_locale_is_utf8());
    setenv("LC_ALL", "C.utf8", 1);
    assert_true(ptn_locale_is_utf8());
    setenv("LC_ALL", "UTF-8", 1);
    assert_true(ptn_locale_is_utf8());
    setenv("LC_ALL", "de_DE.ISO-8859-1", 1);
    assert_false(ptn_locale_is_utf8());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worst_first),
        cmocka_unit_test(why_and_fix),
        cmocka_unit_test(days_and_widths),
        cmocka_unit_test(hostile_text),
        cmocka_unit_test(nothing_to_say),
        cmocka_unit_test(tops),
        cmocka_unit_test(the_document),
        cmocka_unit_test(hostile_document),
        cmocka_unit_test(rows_for_spreadsheets),
        cmocka_unit_test(an_event),
        cmocka_unit_test(an_event_of_nothing),
        cmocka_unit_test(events_of_protocols),
        cmocka_unit_test(hostile_events),
        cmocka_unit_test(events_for_people),
        cmocka_unit_test(nothing_new),
        cmocka_unit_test(news),
        cmocka_unit_test(a_new_cause),
        cmocka_unit_test(logs_of_other_length),
        cmocka_unit_test(hostile_news),
        cmocka_unit_test(foreign_documents),
        cmocka_unit_test(words),
        cmocka_unit_test(timelines),
        cmocka_unit_test(locales),
    };
    return check_all_in(tests, set_up, tear_down);
}
