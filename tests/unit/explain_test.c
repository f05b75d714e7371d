/* Why somebody knocked: the table of tests/unit/explain.tsv, line by line. */
#include "base/addr.h"
#include "explain_month.h"
#include "report/explain.h"

#define TABLE "tests/unit/explain.tsv"

static struct ptn_chart *chart;

static int set_up(void **state)
{
    static const struct ptn_chart_opts opts = {.builtin_only = true};
    (void)state;
    setenv("TZ", "UTC", 1);
    return ptn_chart_open(&chart, &opts, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    ptn_chart_close(chart);
    return 0;
}

/* ---- a group of the table ------------------------------------------------------------------------------------------
 */

#define SOME 16

struct group {
    char name[128];
    struct ptn_site site;
    struct ptn_ifaddr addrs[SOME];
    struct ptn_door doors[SOME];
    struct ptn_peer peers[SOME];
    struct ptn_known known[SOME];
    char names[SOME][32];
    struct log_text log;
    unsigned line, wrong;
};

static unsigned wrong;

static struct ptn_addr addr(const char *text, uint8_t *prefix)
{
    struct ptn_addr a = {0};
    const char *slash = strchr(text, '/');
    const size_t len = slash ? (size_t)(slash - text) : strlen(text);
    if (ptn_addr_parse(&a, text, len) != (int)len && !a.family)
        fail_msg("%s is no address [at: %s]", text, check_at);
    *prefix = (uint8_t)(slash ? atoi(slash + 1) : a.family == 2 ? 32 : 128);
    return a;
}

static uint8_t number_of(const char *proto)
{
    return strcmp(proto, "tcp") == 0 ? 6 : strcmp(proto, "udp") == 0 ? 17 : (uint8_t)atoi(proto);
}

static enum ptn_rung rung_of(const char *word)
{
    return strcmp(word, "internet") == 0 ? PTN_RUNG_INTERNET
           : strcmp(word, "lan") == 0    ? PTN_RUNG_LAN
                                         : PTN_RUNG_LOOPBACK;
}

/* "own ADDR/PREFIX", "door PROTO PORT RUNG Y|N", "peer ADDR PROTO PORT", "known ADDR/PREFIX NAME", "clients LO HI",
 * "when SECOND": what is known of the host. */
static bool describe(struct group *g, char *text)
{
    char what[16], a[64] = "", b[64] = "", c[64] = "", d[64] = "";
    struct ptn_site *s = &g->site;
    uint8_t prefix;
    sscanf(text, "%15s %63s %63s %63s %63s", what, a, b, c, d);
    if (strcmp(what, "own") == 0) {
        g->addrs[s->n_addrs].addr = addr(a, &prefix);
        g->addrs[s->n_addrs++].prefix = prefix;
    } else if (strcmp(what, "door") == 0) {
        g->doors[s->n_doors++] = (struct ptn_door){.proto = number_of(a),
                                                   .port = (uint16_t)atoi(b),
                                                   .rung = rung_of(c),
                                                   .rating = *d == 'Y' ? PTN_RATING_SAFE : PTN_RATING_UNSAFE,
                                                   .verdict = *d == 'Y' ? PTN_VERDICT_OK : PTN_VERDICT_WORRY,
                                                   .service = "",
                                                   .owner = ""};
    } else if (strcmp(what, "peer") == 0) {
        g->peers[s->n_peers++] =
            (struct ptn_peer){.addr = addr(a, &prefix), .proto = number_of(b), .port = (uint16_t)atoi(c)};
    } else if (strcmp(what, "known") == 0) {
        snprintf(g->names[s->n_known], sizeof(g->names[0]), "%s", b);
        g->known[s->n_known].addr = addr(a, &g->known[s->n_known].prefix);
        g->known[s->n_known].name = g->names[s->n_known];
        s->n_known++;
    } else if (strcmp(what, "clients") == 0) {
        s->ephemeral_lo = (uint16_t)atoi(a);
        s->ephemeral_hi = (uint16_t)atoi(b);
    } else if (strcmp(what, "when") == 0) {
        s->when = BEGIN + atoi(a);
    } else {
        return false;
    }
    s->from = PTN_SITE_HERE;
    return true;
}

/* ---- lines --------------------------------------------------------------------------------------------------------
 */

static const struct {
    const char *name, *text;
} words[] = {
    {"IN", "fw kernel: [UFW BLOCK] IN=eth0 OUT= MAC=52:54:00:00:00:01:52:54:00:00:00:02:08:00"},
    {"LET", "fw kernel: [UFW ALLOW] IN=eth0 OUT= MAC=52:54:00:00:00:01:52:54:00:00:00:02:08:00"},
    {"OUT", "fw kernel: [UFW ALLOW] IN= OUT=eth0"},
    {"NO", "fw kernel: [UFW BLOCK] IN= OUT=eth0"},
    {"TCP", "LEN=60 TOS=0x00 PREC=0x00 TTL=52 ID=4711 DF PROTO=TCP"},
    {"UDP", "LEN=76 TOS=0x00 PREC=0x00 TTL=52 ID=4711 PROTO=UDP"},
    {"SYN", "WINDOW=64240 RES=0x00 SYN URGP=0"},
};

/* "{BASE:STEP:DIV:MOD}": BASE + STEP * (i / DIV % MOD); with "@" as a stamp, with "#" in seconds since 1970. */
static size_t put_number(char *to, size_t room, const char *spec, uint32_t i)
{
    long long v[4] = {0, 1, 1, 1 << 30};
    const char kind = *spec == '@' || *spec == '#' ? *spec++ : 0;
    char *end = NULL;
    for (unsigned k = 0; k < 4; k++) {
        v[k] = strtoll(spec, &end, 10);
        if (end == spec || (*end != ':' && *end != '}'))
            fail_msg("{%.20s is no number [at: %s]", spec, check_at);
        if (*end == '}')
            break;
        spec = end + 1;
    }
    const long long n = v[0] + v[1] * ((long long)i / v[2] % v[3]);
    if (kind == '@')
        stamp(to, room, BEGIN + n);
    else
        snprintf(to, room, "%lld", kind ? BEGIN + n : n);
    return strlen(to);
}

static size_t put_word(char *to, size_t room, const char *spec, uint32_t i)
{
    const size_t len = strcspn(spec, "}");
    for (size_t k = 0; k < COUNT(words); k++)
        if (strlen(words[k].name) == len && memcmp(words[k].name, spec, len) == 0)
            return (size_t)snprintf(to, room, "%s", words[k].text);
    return put_number(to, room, spec, i);
}

static void add_line(struct group *g, const char *pattern, uint32_t i, uint8_t cause)
{
    char line[1024];
    size_t len = 0;
    for (const char *p = pattern; *p && len + 256 < sizeof(line); p++) {
        if (*p == '{' && p[1] != '"') {
            len += put_word(line + len, sizeof(line) - len, p + 1, i);
            p += strcspn(p, "}");
        } else {
            line[len++] = *p;
        }
    }
    log_add(&g->log, line, len, cause);
}

/* "CAUSE	N	LINE": N lines, all of this cause. Heads have the cause "-". */
static void add_lines(struct group *g, char *text)
{
    char *n = strchr(text, '\t'), *pattern = n ? strchr(n + 1, '\t') : NULL;
    if (!pattern)
        fail_msg("\"%s\": no cause, number, line [at: %s]", text, check_at);
    *n = '\0';
    const int cause = strcmp(text, "-") == 0 ? PTN_CAUSE_COUNT : cause_of(text);
    if (cause < 0)
        fail_msg("%s is no cause [at: %s]", text, check_at);
    for (int i = 0; i < atoi(n + 1); i++)
        add_line(g, pattern + 1, (uint32_t)i, (uint8_t)cause);
}

/* ---- what came of it ------------------------------------------------------------------------------------------------
 */

static void compare(struct told_causes *t, enum ptn_cause cause, uint64_t line)
{
    struct group *g = t->ctx;
    const uint8_t want = g->log.cause[line - 1];
    if (want == cause)
        return;
    wrong++;
    if (g->wrong++ >= 3)
        return;
    const char *text = g->log.text + g->log.at[line - 1], *at = strstr(text, "SRC=");
    print_message("%s, line %llu: %s, not %s: %.*s\n", g->name, (unsigned long long)line, ptn_cause_word(cause),
                  ptn_cause_word((enum ptn_cause)want), (int)strcspn(at ? at : text, "\n"), at ? at : text);
}

static void end_group(struct group *g)
{
    struct told_causes t = {.each = compare, .ctx = g};
    struct ptn_tally tally;
    struct ptn_explained e;
    uint64_t packets = 0, told = 0;
    if (!g->log.n)
        return;
    AT("%s", g->name);
    g->site.addrs = g->addrs;
    g->site.doors = g->doors;
    g->site.peers = g->peers;
    g->site.known = g->known;
    ptn_site_learn(&g->site, chart);
    for (size_t i = 0; i < g->log.n; i++)
        packets += g->log.cause[i] != PTN_CAUSE_COUNT;
    log_explain(&g->log, &g->site, chart, 1, &e, &tally, &t);
    for (unsigned i = 0; i < PTN_CAUSE_COUNT; i++)
        told += t.lines[i];
    EXPECT_INT(told, packets); /* all of them were read */
    ptn_explained_release(&e);
    ptn_tally_release(&tally);
    log_release(&g->log);
}

static void begin_group(struct group *g, const char *name)
{
    memset(g, 0, sizeof(*g));
    snprintf(g->name, sizeof(g->name), "%s", name);
}

static void table(void **state)
{
    static struct group g;
    static char text[4096];
    FILE *f = fopen(TABLE, "re");
    unsigned groups = 0;
    (void)state;
    assert_non_null(f);
    for (unsigned n = 1; fgets(text, sizeof(text), f); n++) {
        AT("%s:%u", TABLE, n);
        text[strcspn(text, "\n")] = '\0';
        if (!*text || *text == '#')
            continue;
        if (strncmp(text, "group\t", 6) == 0) {
            end_group(&g);
            begin_group(&g, text + 6);
            groups++;
        } else if (!describe(&g, text)) {
            add_lines(&g, text);
        }
    }
    end_group(&g);
    fclose(f);
    assert_true(groups > 50);
    assert_int_equal(wrong, 0);
}

/* A scan whose packets all are answers by their flags has a face all the same, and counts once. */
static void has_a_face(void **state)
{
    struct log_text log = {0};
    struct ptn_site site = {.from = PTN_SITE_LOG};
    struct told_causes t = {0};
    struct ptn_tally tally;
    struct ptn_explained e;
    char line[256], text[PTN_ADDR_TEXT];
    (void)state;
    ptn_site_learn(&site, chart);
    for (int i = 0; i < 100; i++) {
        const int len =
            snprintf(line, sizeof(line),
                     "2026-10-01T00:00:%02d+00:00 fw kernel: [UFW BLOCK] IN=eth0 OUT= SRC=198.51.100.61 "
                     "DST=203.0.113.10 LEN=40 TTL=52 ID=7 PROTO=TCP SPT=51000 DPT=%d WINDOW=1024 RES=0x00 %s "
                     "URGP=0",
                     i % 60, 1 + i, i < 90 ? "ACK" : "ACK FIN");
        log_add(&log, line, (size_t)len, PTN_CAUSE_SCAN);
    }
    AT("a scan by ACKs");
    log_explain(&log, &site, chart, 1, &e, &tally, &t);
    EXPECT_INT(e.n, 1);
    EXPECT_TEXT(ptn_cause_word(e.items[0].cause), "scan");
    EXPECT_INT(e.items[0].sources, 1);
    EXPECT_INT(e.items[0].n_suspects, 1);
    ptn_addr_format(&e.items[0].suspects[0].addr, text);
    EXPECT_TEXT(text, "198.51.100.61");
    EXPECT(e.items[0].suspects[0].ports > 70 && e.items[0].suspects[0].ports < 140);
    EXPECT(e.items[0].n_ports > 0);
    EXPECT_INT(e.n_by_network, 1);
    EXPECT(e.by_network[0].cause == PTN_CAUSE_SCAN);
    ptn_explained_release(&e);
    ptn_tally_release(&tally);
    log_release(&log);
}

/* ---- months --------------------------------------------------------------------------------------------------------
 */

static const struct ptn_ifaddr rented_addrs[] = {{.addr = {.family = 2, .bytes = {203, 0, 113, 10}}, .prefix = 24}},
                               home_addrs[] = {{.addr = {.family = 2, .bytes = {192, 168, 1, 10}}, .prefix = 24}};
static const struct ptn_door rented_doors[] = {
    {443, 6, PTN_RUNG_INTERNET, PTN_RATING_SAFE, PTN_VERDICT_OK, "https", "nginx.service"},
    {25, 6, PTN_RUNG_INTERNET, PTN_RATING_DEPENDS, PTN_VERDICT_ASK, "smtp", "postfix.service"},
    {80, 6, PTN_RUNG_INTERNET, PTN_RATING_DEPENDS, PTN_VERDICT_ASK, "http", "nginx.service"},
    {5432, 6, PTN_RUNG_LOOPBACK, PTN_RATING_LIMITED, PTN_VERDICT_OK, "postgres", "postgresql.service"},
};

static struct ptn_site site_of(bool home, bool known)
{
    struct ptn_site s = {.from = PTN_SITE_LOG};
    if (known) {
        s.from = PTN_SITE_HERE;
        s.addrs = home ? home_addrs : rented_addrs;
        s.n_addrs = 1;
        s.ephemeral_lo = 32768;
        s.ephemeral_hi = 60999;
        s.doors = rented_doors;
        s.n_doors = home ? 0 : COUNT(rented_doors);
        s.when = BEGIN + MONTH;
    }
    ptn_site_learn(&s, chart);
    return s;
}

static struct month month_of(struct log_text *log, bool home, unsigned share)
{
    return (struct month){.log = log,
                          .me = home ? "192.168.1.10" : "203.0.113.10",
                          .me6 = "2001:db8:17::10",
                          .seed = home ? 11 : 7,
                          .home = home,
                          .share = share};
}

static void print_paragraphs(const struct ptn_explained *e)
{
    for (size_t i = 0; i < e->n; i++)
        print_message("  %-9s %-22s %8llu lines %7llu sources\n", ptn_verdict_word(e->items[i].verdict),
                      ptn_cause_word(e->items[i].cause), (unsigned long long)e->items[i].lines,
                      (unsigned long long)e->items[i].sources);
}

static void clean_months(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        const bool home = i & 1, known = i & 2;
        struct log_text log = {0};
        struct month m = month_of(&log, home, 100);
        struct ptn_site site = site_of(home, known);
        struct told_causes t = {0};
        struct ptn_tally tally;
        struct ptn_explained e;
        make_month(&m, home);
        AT("%s, the host is %s", home ? "home" : "rented", known ? "known" : "not known");
        log_explain(&log, &site, chart, 1, &e, &tally, &t);
        print_message("%s: %llu packets\n", check_at, (unsigned long long)e.packets);
        print_paragraphs(&e);
        EXPECT_INT(e.packets, log.n);
        EXPECT(e.n <= 25);
        EXPECT(t.lines[PTN_CAUSE_UNEXPLAINED] * 100 <= e.packets);
        for (size_t p = 0; p < e.n; p++)
            EXPECT(e.items[p].verdict != PTN_VERDICT_WORRY);
        ptn_explained_release(&e);
        ptn_tally_release(&tally);
        log_release(&log);
    }
}

/* ---- attacks --------------------------------------------------------------------------------------------------------
 */

/* Not as a survey's tool sends it. */
static void syn_from(struct month *m, uint32_t at, const char *head, const char *src, unsigned dport)
{
    say(m, at, head,
        " SRC=%s DST=%s LEN=60 TOS=0x00 PREC=0x00 TTL=52 ID=4711 PROTO=TCP SPT=40000 DPT=%u WINDOW=64240 RES=0x00 SYN "
        "URGP=0",
        src, m->me, dport);
}

static void plant_scan(struct month *m)
{
    for (unsigned i = 0; i < 200; i++)
        syn_from(m, 500000 + i, IN_BLOCK, "198.51.100.77", 100 + i);
    syn_from(m, 500300, IN_ALLOW, "198.51.100.77", 8080);
}

static void plant_slow_scan(struct month *m)
{
    for (unsigned i = 0; i < 60; i++)
        syn_from(m, i * 42000 + 17, i == 31 ? IN_ALLOW : IN_BLOCK, "198.51.100.78", 100 + i * 7);
}

static void plant_gang(struct month *m)
{
    char src[48];
    for (unsigned i = 0; i < 120; i++) {
        snprintf(src, sizeof(src), "198.51.100.%u", 100 + i % 40);
        syn_from(m, 700000 + i * 600, i == 77 ? IN_ALLOW : IN_BLOCK, src, 9001 + i);
    }
}

static void plant_sweep(struct month *m)
{
    char src[48];
    for (unsigned i = 0; i < 50; i++) {
        snprintf(src, sizeof(src), "198.51.%u.79", i);
        syn_from(m, 600000 + i * 999, IN_ALLOW, src, 23);
    }
}

static void plant_amplifier(struct month *m)
{
    for (unsigned i = 0; i < 100; i++) {
        udp_to(m, 800000 + i, IN_ALLOW, "198.51.100.80", m->me, 80, 11211, 60);
        udp_to(m, 800000 + i, OUT_ALLOW, m->me, "198.51.100.80", 11211, 80, 1400);
    }
}

static void plant_inside(struct month *m)
{
    for (unsigned i = 0; i < 60; i++)
        syn_from(m, 900000 + i * i * 13, IN_BLOCK, "192.168.1.66", i % 3 ? 445 : 22);
}

static const struct {
    void (*plant)(struct month *);
    bool home, lines_known; /* whether the lines alone tell, without the host */
    enum ptn_cause cause;
    const char *who;
    uint64_t lines;
} attacks[] = {
    {plant_scan, false, true, PTN_CAUSE_SCAN_HIT, "198.51.100.77", 201},
    {plant_scan, true, true, PTN_CAUSE_SCAN_HIT, "198.51.100.77", 201},
    {plant_slow_scan, false, true, PTN_CAUSE_SCAN_HIT, "198.51.100.78", 60},
    {plant_gang, false, true, PTN_CAUSE_SCAN_HIT, "198.51.100.0", 120},
    {plant_sweep, false, true, PTN_CAUSE_SWEEP_HIT, "198.51.0.79", 50},
    {plant_amplifier, false, true, PTN_CAUSE_AMPLIFICATION_ANSWERED, "198.51.100.80", 100},
    {plant_inside, true, true, PTN_CAUSE_INSIDE, "192.168.1.66", 60},
};

static void expect_one_worry(const struct ptn_explained *e, size_t row)
{
    char text[PTN_ADDR_TEXT];
    unsigned worries = 0;
    for (size_t i = 0; i < e->n; i++) {
        const struct ptn_paragraph *p = &e->items[i];
        if (p->verdict != PTN_VERDICT_WORRY)
            continue;
        worries++;
        EXPECT_TEXT(ptn_cause_word(p->cause), ptn_cause_word(attacks[row].cause));
        EXPECT_INT(p->lines, attacks[row].lines);
        EXPECT(p->n_suspects > 0);
        ptn_addr_format(&p->suspects[0].addr, text);
        EXPECT_TEXT(text, attacks[row].who);
    }
    EXPECT_INT(worries, 1);
}

static void attacked_months(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(attacks) * 2; i++) {
        const size_t row = i / 2;
        struct ptn_door doors[COUNT(rented_doors) + 1];
        struct log_text log = {0};
        struct month m = month_of(&log, attacks[row].home, 30);
        struct ptn_site site = site_of(attacks[row].home, i & 1);
        struct told_causes t = {0};
        struct ptn_tally tally;
        struct ptn_explained e;
        make_month(&m, attacks[row].home);
        attacks[row].plant(&m);
        if (attacks[row].plant == plant_sweep && i & 1) {
            memcpy(doors, rented_doors, sizeof(rented_doors));
            doors[COUNT(rented_doors)] =
                (struct ptn_door){23, 6, PTN_RUNG_LAN, PTN_RATING_UNSAFE, PTN_VERDICT_WORRY, "telnet", ""};
            site.doors = doors;
            site.n_doors = COUNT(doors);
            ptn_site_learn(&site, chart);
        }
        AT("attack %zu, the host is %s", row, i & 1 ? "known" : "not known");
        log_explain(&log, &site, chart, 1, &e, &tally, &t);
        expect_one_worry(&e, row);
        ptn_explained_release(&e);
        ptn_tally_release(&tally);
        log_release(&log);
    }
}

/* ---- order ---------------------------------------------------------------------------------------------------------
 */

static void shuffle(struct log_text *log, uint64_t seed)
{
    struct log_text to = {0};
    struct month m = {.seed = seed};
    uint32_t *at = malloc(log->n * sizeof(*at));
    assert_non_null(at);
    for (uint32_t i = 0; i < log->n; i++)
        at[i] = i;
    for (uint32_t i = (uint32_t)log->n; i > 1; i--) {
        const uint32_t k = below(&m, i), other = at[k];
        at[k] = at[i - 1];
        at[i - 1] = other;
    }
    for (size_t i = 0; i < log->n; i++) {
        const char *line = log->text + log->at[at[i]];
        log_add(&to, line, strcspn(line, "\n"), 0);
    }
    free(at);
    log_release(log);
    *log = to;
}

static char *document_of(const struct log_text *log, unsigned parts)
{
    struct ptn_site site = site_of(false, true);
    struct told_causes t = {0};
    struct ptn_tally tally;
    struct ptn_explained e;
    log_explain(log, &site, chart, parts, &e, &tally, &t);
    json_t *document = ptn_explained_json(&e, NULL);
    char *text = json_dumps(document, JSON_INDENT(1));
    assert_non_null(text);
    json_decref(document);
    ptn_explained_release(&e);
    ptn_tally_release(&tally);
    return text;
}

static void expect_same_text(const char *a, const char *b)
{
    size_t i = 0, line = 0;
    for (; a[i] && a[i] == b[i]; i++)
        line = a[i] == '\n' ? i + 1 : line;
    if (a[i] || b[i])
        fail_msg("\"%.200s\" is not \"%.200s\" [at: %s]", a + line, b + line, check_at);
}

static void any_order(void **state)
{
    struct log_text log = {0};
    struct month m = month_of(&log, false, 40);
    (void)state;
    make_month(&m, false);
    for (size_t i = 0; i < COUNT(attacks); i++)
        if (!attacks[i].home)
            attacks[i].plant(&m);
    char *one = document_of(&log, 1);
    for (unsigned i = 0; i < 2; i++) {
        AT("shuffled %u times", i);
        char *other = document_of(&log, PARTS);
        expect_same_text(one, other);
        free(other);
        shuffle(&log, 99 + i);
        other = document_of(&log, i ? PARTS : 1);
        expect_same_text(one, other);
        free(other);
    }
    free(one);
    log_release(&log);
}

/* ---- ports ---------------------------------------------------------------------------------------------------------
 */

static void knock_at(struct log_text *log, unsigned port, unsigned times)
{
    char line[256];
    for (unsigned i = 0; i < times; i++) {
        const int n =
            snprintf(line, sizeof(line),
                     "Oct  1 %02u:%02u:%02u gw kernel: DROP IN=eth0 OUT= SRC=203.0.113.9 DST=192.0.2.17 LEN=60 "
                     "TOS=0x00 PREC=0x00 TTL=57 ID=1 PROTO=TCP SPT=4242 DPT=%u WINDOW=65535 RES=0x00 SYN URGP=0",
                     i % 24, port / 60 % 60, port % 60, port);
        log_add(log, line, (size_t)n, 0);
    }
}

/* Of a source only four ports are kept; how often all of them were tried is told nevertheless. */
static void ports_of_a_scan(void **state)
{
    struct log_text log = {0};
    struct ptn_site site = site_of(false, false);
    struct told_causes t = {0};
    struct ptn_tally tally;
    struct ptn_explained e;
    (void)state;
    for (unsigned port = 100; port < 400; port++)
        knock_at(&log, port, 1 + (port % 50 == 7) * port / 10);
    log_explain(&log, &site, chart, 1, &e, &tally, &t);
    assert_int_equal(e.n, 1);
    const struct ptn_paragraph *p = &e.items[0];
    assert_int_equal(p->cause, PTN_CAUSE_SCAN);
    assert_int_equal(p->all_ports, 300);
    for (unsigned i = 0; i < 6; i++) {
        AT("place %u", i);
        assert_int_equal(p->ports[i].port, 357 - 50 * i);
        assert_int_equal(p->ports[i].lines, 36 - 5 * i);
        assert_int_equal(p->ports[i].sources, 1);
    }
    ptn_explained_release(&e);
    ptn_tally_release(&tally);
    log_release(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),           cmocka_unit_test(has_a_face), cmocka_unit_test(clean_months),
        cmocka_unit_test(attacked_months), cmocka_unit_test(any_order),  cmocka_unit_test(ports_of_a_scan),
    };
    return check_all_in(tests, set_up, tear_down);
}
