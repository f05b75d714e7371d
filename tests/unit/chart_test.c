/* The chart: who claims a port, in which order; names; search; a site's overlay. */
#include "complaints.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "chart/chart.h"
#include "chart/names.h"
#include "chart/search.h"

static struct ptn_chart *chart; /* the built-in one */
static char dir[] = "/tmp/ptn-chart-XXXXXX";

static struct ptn_chart *open_builtin(void)
{
    static const struct ptn_chart_opts o = {.builtin_only = true};
    struct ptn_chart *c = NULL;
    struct ptn_err err = {""};
    if (ptn_chart_open(&c, &o, &err) < 0)
        fail_msg("%s", err.text);
    return c;
}

static int set_up(void **state)
{
    (void)state;
    chart = open_builtin();
    return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
    char command[64];
    (void)state;
    ptn_chart_close(chart);
    snprintf(command, sizeof(command), "rm -rf '%s'", dir);
    return system(command);
}

static struct ptn_claim claims[PTN_CLAIMS_MAX];

static int look(const struct ptn_chart *c, unsigned port, enum ptn_proto proto)
{
    AT("%u/%s", port, ptn_proto_word(proto));
    return ptn_chart_lookup(c, (uint16_t)port, proto, claims, COUNT(claims));
}

static const struct ptn_claim *claim_of(int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(ptn_service_name(claims[i].service), name) == 0)
            return &claims[i];
    return NULL;
}

/* ---- lookup -------------------------------------------------------------------------------------------- */

static void the_best_claim(void **state)
{
    static const struct {
        unsigned port;
        enum ptn_proto proto;
        const char *name;
        enum ptn_kind kind;
        bool registered, own;
    } rows[] = {
        {22, PTN_TCP, "ssh", PTN_KIND_REGISTERED, true, true},
        {25, PTN_TCP, "smtp", PTN_KIND_REGISTERED, true, true},
        {53, PTN_UDP, "domain", PTN_KIND_REGISTERED, true, true},
        {80, PTN_TCP, "http", PTN_KIND_REGISTERED, true, true},
        {113, PTN_TCP, "ident", PTN_KIND_REGISTERED, true, true},
        {443, PTN_UDP, "https", PTN_KIND_REGISTERED, true, true},
        {445, PTN_TCP, "smb", PTN_KIND_REGISTERED, true, true},
        {3306, PTN_TCP, "mysql", PTN_KIND_REGISTERED, true, true},
        {6000, PTN_TCP, "x11", PTN_KIND_REGISTERED, true, true},
        {6063, PTN_TCP, "x11", PTN_KIND_REGISTERED, true, true},
        {6064, PTN_TCP, "ndl-ahp-svc", PTN_KIND_REGISTERED, true, true},
        {8080, PTN_TCP, "http-alt", PTN_KIND_REGISTERED, true, true},
        {51820, PTN_UDP, "wireguard", PTN_KIND_COMMON, false, true},
        {20123, PTN_TCP, "netbus2", PTN_KIND_MALWARE, false, false},
        {49151, PTN_SCTP, "", 0, false, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int n = look(chart, rows[i].port, rows[i].proto);
        if (!*rows[i].name) {
            EXPECT_INT(n, 0);
            continue;
        }
        EXPECT(n > 0);
        EXPECT_TEXT(ptn_service_name(claims[0].service), rows[i].name);
        EXPECT_INT(claims[0].kind, rows[i].kind);
        EXPECT_INT(claims[0].registered, rows[i].registered);
        EXPECT_INT(claims[0].own, rows[i].own);
        EXPECT(claims[0].lo <= rows[i].port && rows[i].port <= claims[0].hi);
    }
}

/* Every registered name of a port is found, whatever the chart calls its service. */
static void registered_names(void **state)
{
    static const struct {
        unsigned port;
        enum ptn_proto proto;
        const char *names;
    } rows[] = {
        {80, PTN_TCP, "http www www-http"}, {445, PTN_TCP, "microsoft-ds"},
        {113, PTN_TCP, "ident auth"},       {6000, PTN_TCP, "x11"},
        {15000, PTN_TCP, "hydap"},          {3478, PTN_UDP, "stun turn"},
        {4200, PTN_TCP, "vrml-multi-use"},  {6667, PTN_TCP, "ircu"},
        {27000, PTN_TCP, "flex-lm"},        {7300, PTN_TCP, "swx"},
        {3322, PTN_TCP, "active-net"},      {3367, PTN_TCP, "satvid-datalnk"},
        {2049, PTN_TCP, "nfs shilp"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *at = rows[i].names, *w;
        int n = look(chart, rows[i].port, rows[i].proto);
        for (size_t len; (len = ptn_next_word(&at, &w)) > 0;) {
            bool found = false;
            for (int k = 0; k < n; k++)
                found |= claims[k].registered &&
                         ptn_book_has_hash(claims[k].service.book, claims[k].service.index, ptn_name_hash(w, len));
            if (!found)
                fail_msg("%.*s is not found [at: %s]", (int)len, w, check_at);
        }
    }
}

/* The order of kinds, on every port there is: the judged and registered, what was, the hints. A name stands once. */
static void every_port_is_ranked(void **state)
{
    (void)state;
    for (int proto = 0; proto < PTN_PROTO_PORTED; proto++)
        for (unsigned port = 0; port < 65536; port++) {
            int n = look(chart, port, (enum ptn_proto)proto);
            for (int i = 0; i < n; i++) {
                EXPECT(claims[i].kind != PTN_KIND_SITE);
                EXPECT(claims[i].lo <= port && port <= claims[i].hi);
                EXPECT(!claims[i].registered || claims[i].kind == PTN_KIND_REGISTERED ||
                       claims[i].kind == PTN_KIND_HISTORICAL);
                if (i > 0 && claims[i - 1].kind >= PTN_KIND_HISTORICAL)
                    EXPECT(claims[i].kind >= claims[i - 1].kind);
                for (int k = 0; k < i; k++)
                    EXPECT(ptn_name_compare(ptn_service_name(claims[i].service), ptn_service_name(claims[k].service)) !=
                           0);
            }
            EXPECT(n < PTN_CLAIMS_MAX);
        }
}

/* A hint never comes before a service that lives or lived there. */
static void hints_never_first(void **state)
{
    static const unsigned popular[] = {21, 22, 23, 25, 53, 80, 113, 443, 445, 1433, 3389, 5900, 6667, 8080};
    (void)state;
    for (int proto = 0; proto < PTN_PROTO_PORTED; proto++)
        for (unsigned port = 0; port < 65536; port++) {
            int n = look(chart, port, (enum ptn_proto)proto);
            bool hint = false;
            for (int i = 0; i < n; i++) {
                EXPECT(!hint || claims[i].kind == PTN_KIND_MALWARE);
                hint |= claims[i].kind == PTN_KIND_MALWARE;
            }
        }
    for (size_t i = 0; i < COUNT(popular); i++) {
        EXPECT(look(chart, popular[i], PTN_TCP) > 0);
        EXPECT(claims[0].kind == PTN_KIND_REGISTERED);
    }
}

static void the_page_errors(void **state)
{
    (void)state;
    int n = look(chart, 20123, PTN_TCP);
    const struct ptn_claim *netbus = claim_of(n, "netbus2");
    EXPECT(netbus);
    EXPECT_INT(netbus->rating_2001, PTN_RATING_UNSAFE);
    n = look(chart, 445, PTN_TCP);
    EXPECT_INT(claims[0].rating_2001, PTN_RATING_UNSAFE);
    EXPECT(!claim_of(n, "ldap"));
    n = look(chart, 80, PTN_UDP);
    EXPECT(n > 0);
    EXPECT_INT(claims[0].rating_2001, PTN_RATING_NONE); /* the page's row is about TCP */
    n = look(chart, 22, PTN_TCP);
    EXPECT_INT(claims[0].rating_2001, PTN_RATING_NONE); /* the page has no row for it */
}

static void little_room(void **state)
{
    struct ptn_claim all[PTN_CLAIMS_MAX], one[2];
    (void)state;
    int n = ptn_chart_lookup(chart, 8080, PTN_TCP, all, COUNT(all));
    assert_true(n > 3);
    memset(one, 0xee, sizeof(one));
    assert_int_equal(ptn_chart_lookup(chart, 8080, PTN_TCP, one, 1), 1);
    assert_true(ptn_service_same(one[0].service, all[0].service));
    assert_int_equal(one[1].lo, 0xeeee); /* not a claim more than there is room for */
    assert_int_equal(ptn_chart_lookup(chart, 8080, PTN_TCP, one, 0), 0);
    assert_int_equal(ptn_chart_lookup(chart, 8080, PTN_RAW, all, COUNT(all)), 0);
    assert_int_equal(ptn_chart_lookup(chart, 8080, PTN_MPTCP, all, COUNT(all)), 0);
}

static void the_fast_path(void **state)
{
    (void)state;
    assert_string_equal(ptn_chart_name(chart, 22, PTN_TCP), "ssh");
    assert_string_equal(ptn_chart_name(chart, 113, PTN_TCP), "ident");
    assert_string_equal(ptn_chart_name(chart, 6064, PTN_TCP), "ndl-ahp-svc");
    assert_null(ptn_chart_name(chart, 0, PTN_TCP));
    assert_null(ptn_chart_name(chart, 20123, PTN_TCP)); /* a hint is no name */
    assert_null(ptn_chart_name(chart, 22, PTN_PACKET));
    for (unsigned port = 0; port < 65536; port++) {
        const char *name = ptn_chart_name(chart, (uint16_t)port, PTN_TCP);
        int n = look(chart, port, PTN_TCP);
        if (name)
            EXPECT_TEXT(name, n > 0 ? ptn_service_name(claims[0].service) : NULL);
    }
}

static void states(void **state)
{
    static const struct {
        unsigned port;
        enum ptn_proto proto;
        const char *word;
    } rows[] = {
        {0, PTN_TCP, "reserved"},
        {22, PTN_TCP, "assigned"},
        {1024, PTN_TCP, "reserved"},
        {4, PTN_TCP, "unassigned"},
        {4, PTN_SCTP, "unassigned"},
        {49151, PTN_TCP, "IANA Reserved"},
        {49152, PTN_TCP, "dynamic"},
        {49160, PTN_TCP, "dynamic"},
        {65535, PTN_UDP, "dynamic"},
        {49160, PTN_DCCP, "dynamic"},
        {24, PTN_TCP, "any private mail system"},
        {20123, PTN_TCP, "unassigned"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        AT("%u/%s", rows[i].port, ptn_proto_word(rows[i].proto));
        EXPECT_TEXT(ptn_chart_state(chart, (uint16_t)rows[i].port, rows[i].proto), rows[i].word);
    }
    for (unsigned port = 0; port < 65536; port++)
        if (port != 0 && look(chart, port, PTN_TCP) && claims[0].registered)
            EXPECT_TEXT(ptn_chart_state(chart, (uint16_t)port, PTN_TCP), "assigned");
}

static void services_fields(void **state)
{
    (void)state;
    int n = look(chart, 113, PTN_TCP);
    assert_true(n > 0);
    struct ptn_service s = claims[0].service, assigned;
    assert_string_not_equal(ptn_service_title(s), "");
    assert_string_not_equal(ptn_service_why(s), "");
    assert_string_not_equal(ptn_service_do(s), "");
    assert_non_null(ptn_service_field(s, PTN_FIELD_KNOCK, 0)); /* the page's own question: why is 113 tried so much? */
    assert_true(ptn_chart_assignment(chart, &claims[0], 113, PTN_TCP, 0, &assigned));
    assert_string_equal(ptn_service_field(assigned, PTN_FIELD_STATE, 0), "assigned");
    look(chart, 6064, PTN_TCP);
    assert_string_equal(ptn_service_why(claims[0].service), ""); /* nobody judged it */
    assert_int_equal(claims[0].rating, PTN_RATING_NONE);
}

/* ---- names --------------------------------------------------------------------------------------------- */

struct found {
    char names[8][64];
    size_t n;
};

static int note(void *ctx, struct ptn_service s)
{
    struct found *f = ctx;
    if (f->n < COUNT(f->names))
        snprintf(f->names[f->n], sizeof(f->names[0]), "%s", ptn_service_name(s));
    f->n++;
    return 0;
}

static void by_name(void **state)
{
    static const char *const rows[][2] = {
        {"ssh", "ssh"},           {"SSH", "ssh"},     {"microsoft-ds", "smb"}, {"microsoft_ds", "smb"},
        {"auth", "ident"},        {"ident", "ident"}, {"tap", "ident"},        {"whoispp", "whoispp"},
        {"914c/g", "914c-g"},     {"nfs", "nfs"},     {"x11", "x11"},          {"rdp", "rdp"},
        {"ms-wbt-server", "rdp"}, {"www", "http"},    {"pop-3", "pop3"},       {"POP3", "pop3"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct found f = {0};
        AT("%s", rows[i][0]);
        EXPECT_INT(ptn_chart_find(chart, rows[i][0], note, &f), 0);
        EXPECT(f.n > 0);
        EXPECT_TEXT(f.names[0], rows[i][1]);
    }
    struct found none = {0};
    assert_int_equal(ptn_chart_find(chart, "no-such-service", note, &none), 0);
    assert_int_equal(ptn_chart_find(chart, "", note, &none), 0);
    assert_int_equal(ptn_chart_find(chart, "farrow-2001", note, &none), 0); /* a source is no service */
    assert_int_equal(none.n, 0);
}

static void near_names(void **state)
{
    static const char *const rows[][2] = {
        {"telent", "telnet"}, {"shh", "ssh"},   {"htpp", "http"}, {"postgers", "postgresql"},
        {"redsi", "redis"},   {"smpt", "smtp"}, {"sahre", NULL},  {"memcahced", "memcached"},
        {"xyzzyplugh", NULL},
    };
    const char *near[PTN_NEAR_MAX];
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int n = ptn_chart_near(chart, rows[i][0], near);
        bool found = false;
        AT("%s, nearest %s", rows[i][0], n ? near[0] : "nothing");
        EXPECT(n >= 0 && n <= PTN_NEAR_MAX);
        for (int k = 0; rows[i][1] && k < n; k++)
            found |= strcmp(near[k], rows[i][1]) == 0;
        if (rows[i][1] && strcmp(rows[i][1], "postgresql") != 0)
            EXPECT(found);
        for (int k = 0; k < n; k++)
            for (int j = 0; j < k; j++)
                EXPECT(ptn_name_compare(near[j], near[k]) != 0);
    }
    assert_int_equal(ptn_chart_near(chart, "xyzzyplugh", near), 0);
    char longer[5000];
    memset(longer, 'a', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    assert_int_equal(ptn_chart_near(chart, longer, near), 0);
    assert_true(ptn_chart_near(chart, "telnot", near) > 0);
    assert_string_equal(near[0], "telnet"); /* the judged before the merely registered */
}

/* ---- search -------------------------------------------------------------------------------------------- */

static struct ptn_hit hits[4096];

static int search(const char *words, struct ptn_search q)
{
    static char text[256];
    char *save;
    AT("search %s", words);
    snprintf(text, sizeof(text), "%s", words);
    for (char *w = strtok_r(text, " ", &save); w; w = strtok_r(NULL, " ", &save))
        q.words[q.n_words++] = w;
    return ptn_chart_search(chart, &q, hits, COUNT(hits));
}

#define ANY .proto = -1, .hi = 65535, .kind = -1

static bool hit(int n, const char *name, int within)
{
    for (int i = 0; i < n && i < within; i++)
        if (strcmp(ptn_service_name(hits[i].claim.service), name) == 0)
            return true;
    return false;
}

static void words_are_found(void **state)
{
    static const struct {
        const char *words, *name;
        int within;
    } rows[] = {
        {"ssh", "ssh", 1},
        {"remote desktop", "rdp", 4}, /* among the first two services */
        {"Remote DESKTOP", "rdp", 4},
        {"remote desktpo", "rdp", 4}, /* misspelt */
        {"memcahced", "memcached", 3},
        {"sshd", "ssh", 3}, /* the daemon's name */
        {"microsoft-ds", "smb", 3},
        {"postgres", "postgresql", 4},
        {"telnet", "telnet", 2},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int n = search(rows[i].words, (struct ptn_search){ANY});
        AT("%s: %d hits, first %s", rows[i].words, n, n > 0 ? ptn_service_name(hits[0].claim.service) : "");
        EXPECT(hit(n, rows[i].name, rows[i].within));
        for (int k = 1; k < n; k++)
            EXPECT(hits[k - 1].score >= hits[k].score);
    }
    assert_int_equal(search("xyzzyplugh", (struct ptn_search){ANY}), 0);
    assert_int_equal(search("ssh xyzzyplugh", (struct ptn_search){ANY}), 0); /* every word must be found */
}

static void conditions_hold(void **state)
{
    (void)state;
    int n = search("", (struct ptn_search){.rating = PTN_RATING_UNSAFE, .proto = PTN_UDP, .hi = 1023, .kind = -1});
    assert_true(n > 10);
    assert_true(hit(n, "tftp", n));
    for (int i = 0; i < n; i++) {
        EXPECT_INT(hits[i].claim.rating, PTN_RATING_UNSAFE);
        EXPECT_INT(hits[i].proto, PTN_UDP);
        EXPECT(hits[i].claim.lo <= 1023);
        EXPECT(hits[i].claim.kind != PTN_KIND_MALWARE);
    }
    n = search("", (struct ptn_search){.proto = -1, .hi = 65535, .kind = PTN_KIND_MALWARE});
    assert_true(n >= 300);
    for (int i = 0; i < n; i++)
        EXPECT_INT(hits[i].claim.kind, PTN_KIND_MALWARE);
    n = search("", (struct ptn_search){.proto = -1, .lo = 6001, .hi = 6001, .kind = PTN_KIND_REGISTERED});
    assert_true(hit(n, "x11", n)); /* a range that reaches over the port */
    for (int i = 0; i < n; i++)
        EXPECT(hits[i].claim.lo <= 6001 && 6001 <= hits[i].claim.hi);
    n = search("ssh", (struct ptn_search){.proto = PTN_UDP, .hi = 65535, .kind = -1});
    for (int i = 0; i < n; i++)
        EXPECT_INT(hits[i].proto, PTN_UDP);
    assert_int_equal(search("", (struct ptn_search){.proto = -1, .lo = 0, .hi = 0, .kind = -1}), 0);
}

/* The best few are the first of all. */
static void few_hits(void **state)
{
    static struct ptn_hit all[4096];
    struct ptn_search q = {ANY, .words = {"remote"}, .n_words = 1};
    (void)state;
    int n = ptn_chart_search(chart, &q, all, COUNT(all));
    assert_true(n > 10);
    for (int max = 0; max <= 10; max++) {
        AT("%d hits", max);
        EXPECT_INT(ptn_chart_search(chart, &q, hits, (size_t)max), max);
        for (int i = 0; i < max; i++)
            EXPECT(hits[i].score == all[i].score && hits[i].claim.lo == all[i].claim.lo &&
                   hits[i].proto == all[i].proto);
    }
}

/* ---- a site's overlay ------------------------------------------------------------------------------------- */

static struct complaints said;

static struct ptn_chart *open_with(const char *text)
{
    static char path[128];
    const char *overlays[] = {path};
    struct ptn_chart_opts o = {.overlays = overlays, .n_overlays = 1, .complain = keep_complaint, .ctx = &said};
    struct ptn_chart *c = NULL;
    snprintf(path, sizeof(path), "%s/site.rec", dir);
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    said.n = 0;
    assert_int_equal(ptn_chart_open(&c, &o, NULL), 0);
    return c;
}

/* `want` has %s where the file's name goes. */
static void expect_said(const char *const *want)
{
    static char text[16][600];
    const char *rows[17] = {NULL};
    for (size_t i = 0; want[i]; i++) {
        char path[128];
        snprintf(path, sizeof(path), "%s/site.rec", dir);
        snprintf(text[i], sizeof(text[i]), want[i], path);
        rows[i] = text[i];
    }
    expect_complaints(&said, rows);
}

static const char *const nothing_said[] = {NULL};

static void the_site_wins(void **state)
{
    (void)state;
    struct ptn_chart *c =
        open_with("Service: payroll\nPorts: 443/tcp 7777/tcp\nTitle: Payroll\nSafe: -\nWhy: w.\nDo: d.\n"
                  "\nService: ssh\nSafe: -\nDo: Use the jump host.\n");
    expect_said(nothing_said);
    int n = look(c, 443, PTN_TCP);
    EXPECT(n > 1);
    EXPECT_TEXT(ptn_service_name(claims[0].service), "payroll");
    EXPECT_INT(claims[0].kind, PTN_KIND_SITE);
    EXPECT_INT(claims[0].registered, false);
    EXPECT_TEXT(ptn_service_name(claims[1].service), "https"); /* nothing is overwritten */
    EXPECT_TEXT(ptn_chart_name(c, 443, PTN_TCP), "payroll");
    n = look(c, 22, PTN_TCP);
    EXPECT_TEXT(ptn_service_name(claims[0].service), "ssh");
    EXPECT_INT(claims[0].kind, PTN_KIND_SITE);
    EXPECT_INT(claims[0].registered, true); /* IANA's word stands, whoever tells it */
    EXPECT_INT(claims[0].rating, PTN_RATING_LIMITED);
    EXPECT_TEXT(ptn_service_do(claims[0].service), "Use the jump host.");
    EXPECT(*ptn_service_why(claims[0].service)); /* inherited */
    for (int i = 1; i < n; i++)
        EXPECT(strcmp(ptn_service_name(claims[i].service), "ssh") != 0);
    ptn_chart_close(c);
}

/* A site that moves a service says its ports; the rest is what the chart says, the rating too. */
static void a_moved_service(void **state)
{
    (void)state;
    struct ptn_chart *c = open_with("Service: ssh\nPorts: 2200/tcp\n");
    expect_said(nothing_said);
    EXPECT(look(c, 2200, PTN_TCP) > 0);
    EXPECT_TEXT(ptn_service_name(claims[0].service), "ssh");
    EXPECT_INT(claims[0].kind, PTN_KIND_SITE);
    EXPECT_INT(claims[0].rating, PTN_RATING_SAFE);
    EXPECT(look(c, 22, PTN_TCP) > 0);
    EXPECT_INT(claims[0].kind, PTN_KIND_REGISTERED);
    ptn_chart_close(c);
}

/* The page's rating is the page's, even where the site judges anew. */
static void the_page_stays(void **state)
{
    (void)state;
    struct ptn_chart *c = open_with("Service: telnet\nSafe: Y\nWhy: Only in the laboratory.\n");
    expect_said(nothing_said);
    EXPECT(look(c, 23, PTN_TCP) > 0);
    EXPECT_INT(claims[0].rating, PTN_RATING_SAFE);
    EXPECT_INT(claims[0].rating_2001, PTN_RATING_UNSAFE);
    ptn_chart_close(c);
}

static void a_broken_overlay(void **state)
{
    static const char *const exact[] = {"%s:2: Ports: \"1/icmp\": the protocol must be tcp, udp, sctp or dccp",
                                        "%s:10: unknown field \"Colour\"", "%s:17: expected \"Field: value\"",
                                        "%s:20: Instead: nothing is called \"nowhere\"", NULL};
    (void)state;
    struct ptn_chart *c =
        open_with("Service: a1\nPorts: 1/icmp\nTitle: t\nSafe: Y\nWhy: w.\nDo: d.\n\n" /* 1-7 */
                  "Service: a2\nPorts: 7001/tcp\nColour: red\nTitle: t\nSafe: Y\nWhy: w.\nDo: d.\n\n"
                  "Service: a3\nPorts 7002/tcp\nTitle: t\n\n" /* 16-19 */
                  "Service: a4\nPorts: 7003/tcp\nTitle: t\nSafe: Y\nWhy: w.\nDo: d.\nInstead: nowhere\n");
    expect_said(exact);
    EXPECT(look(c, 7003, PTN_TCP) > 0); /* the sound records still count */
    EXPECT_TEXT(ptn_service_name(claims[0].service), "a4");
    EXPECT_INT(claims[0].kind, PTN_KIND_SITE);
    EXPECT(look(c, 22, PTN_TCP) > 0);
    EXPECT_TEXT(ptn_service_name(claims[0].service), "ssh");
    ptn_chart_close(c);
}

/* A name that the chart does not have has nothing to inherit, and is told so. */
static void an_unknown_name(void **state)
{
    static const char *const want[] = {"%s:1: unheard-of has no Title:", NULL};
    (void)state;
    struct ptn_chart *c = open_with("Service: unheard-of\nPorts: 7001/tcp\n");
    expect_said(want);
    ptn_chart_close(c);
}

static void malware_is_not_a_sites(void **state)
{
    static const char *const want[] = {"%s:1: \"Malware\" begins no record that may stand in this file", NULL};
    (void)state;
    struct ptn_chart *c =
        open_with("Malware: m\nPorts: 7001/tcp\nYears: 1999\nRole: rat\nConfidence: low\nSource: farrow-2001\n");
    expect_said(want);
    ptn_chart_close(c);
}

static void an_absent_overlay(void **state)
{
    static const char *const overlays[] = {"/nonexistent/site.rec"};
    struct ptn_chart_opts o = {.overlays = overlays, .n_overlays = 1, .complain = keep_complaint, .ctx = &said};
    static const char *const want[] = {"/nonexistent/site.rec: No such file or directory", NULL};
    struct ptn_chart *c = NULL;
    (void)state;
    said.n = 0;
    assert_int_equal(ptn_chart_open(&c, &o, NULL), 0);
    expect_complaints(&said, want);
    EXPECT(look(c, 22, PTN_TCP) > 0);
    ptn_chart_close(c);
}

/* ~/.config/portolan/chart.d: every .rec file, by name, and nothing else. */
static void standing_overlays(void **state)
{
    static const char record[] = "Service: %s\nPorts: %d/tcp\nTitle: t\nSafe: Y\nWhy: w.\nDo: d.\n";
    static const char *const names[] = {"10-a.rec", "20-b.rec", ".hidden.rec", "c.rec~", "d.txt"};
    char path[256];
    (void)state;
    setenv("XDG_CONFIG_HOME", dir, 1);
    snprintf(path, sizeof(path), "%s/portolan", dir);
    assert_int_equal(mkdir(path, 0755), 0);
    snprintf(path, sizeof(path), "%s/portolan/chart.d", dir);
    assert_int_equal(mkdir(path, 0755), 0);
    for (size_t i = 0; i < COUNT(names); i++) {
        char name[16];
        snprintf(path, sizeof(path), "%s/portolan/chart.d/%s", dir, names[i]);
        snprintf(name, sizeof(name), "svc%zu", i);
        FILE *f = fopen(path, "we");
        assert_non_null(f);
        fprintf(f, record, name, (int)(7001 + i));
        fclose(f);
    }
    struct ptn_chart *c = open_with("Service: given\nPorts: 7010/tcp\nTitle: t\nSafe: Y\nWhy: w.\nDo: d.\n");
    unsetenv("XDG_CONFIG_HOME");
    expect_said(nothing_said);
    EXPECT_TEXT(ptn_chart_name(c, 7001, PTN_TCP), "svc0");
    EXPECT_TEXT(ptn_chart_name(c, 7002, PTN_TCP), "svc1");
    EXPECT_TEXT(ptn_chart_name(c, 7010, PTN_TCP), "given");
    const struct ptn_book *site = ptn_chart_book(c, PTN_LAYER_SITE);
    EXPECT(site && site->header->n_entries == 3);
    EXPECT_TEXT(ptn_book_string(site, site->entries[0].name), "svc0");
    ptn_chart_close(c);
}

static void places(void **state)
{
    char out[256], tiny[8];
    (void)state;
    ptn_chart_overlay_dir(true, out, sizeof(out));
    assert_string_equal(out, "/etc/portolan/chart.d");
    ptn_chart_registry_path(true, out, sizeof(out));
    assert_string_equal(out, "/var/lib/portolan/registry.book");
    setenv("XDG_DATA_HOME", "/x", 1);
    ptn_chart_registry_path(false, out, sizeof(out));
    assert_string_equal(out, "/x/portolan/registry.book");
    ptn_chart_registry_path(false, tiny, sizeof(tiny));
    assert_string_equal(tiny, "");
    setenv("XDG_DATA_HOME", "relative", 1); /* the XDG specification: ignored */
    setenv("HOME", "/h", 1);
    ptn_chart_registry_path(false, out, sizeof(out));
    assert_string_equal(out, "/h/.local/share/portolan/registry.book");
    unsetenv("XDG_DATA_HOME");
    unsetenv("XDG_CONFIG_HOME");
    ptn_chart_overlay_dir(false, out, sizeof(out));
    assert_string_equal(out, "/h/.config/portolan/chart.d");
    unsetenv("HOME");
    ptn_chart_overlay_dir(false, out, sizeof(out));
    assert_string_equal(out, "");
}

int main(void)
{
    setenv("HOME", "/nonexistent", 1);
    unsetenv("XDG_DATA_HOME");
    unsetenv("XDG_CONFIG_HOME");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_claim),
        cmocka_unit_test(registered_names),
        cmocka_unit_test(every_port_is_ranked),
        cmocka_unit_test(hints_never_first),
        cmocka_unit_test(the_page_errors),
        cmocka_unit_test(little_room),
        cmocka_unit_test(the_fast_path),
        cmocka_unit_test(states),
        cmocka_unit_test(services_fields),
        cmocka_unit_test(by_name),
        cmocka_unit_test(near_names),
        cmocka_unit_test(words_are_found),
        cmocka_unit_test(conditions_hold),
        cmocka_unit_test(few_hits),
        cmocka_unit_test(the_site_wins),
        cmocka_unit_test(a_moved_service),
        cmocka_unit_test(the_page_stays),
        cmocka_unit_test(a_broken_overlay),
        cmocka_unit_test(an_unknown_name),
        cmocka_unit_test(malware_is_not_a_sites),
        cmocka_unit_test(an_absent_overlay),
        cmocka_unit_test(standing_overlays),
        cmocka_unit_test(places),
    };
    return check_all_in(tests, set_up, tear_down);
}
