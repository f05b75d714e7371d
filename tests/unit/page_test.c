/* The page of 1995-2001: every row is found by port and by name, with exactly its rating, and nothing else claims to be
 * from it. Registry: every assigned row is found under its registered name. */
#include "check.h"

#include "base/file.h"
#include "base/text.h"
#include "chart/chart.h"
#include "chart/field.h"
#include "chart/iana.h"
#include "chart/ports.h"

static struct ptn_chart *chart;

static int open_chart(void **state)
{
    static const struct ptn_chart_opts o = {.builtin_only = true};
    (void)state;
    return ptn_chart_open(&chart, &o, NULL);
}

static int close_chart(void **state)
{
    (void)state;
    ptn_chart_close(chart);
    return 0;
}

/* ---- the page ------------------------------------------------------------------------------------------- */

struct row {
    unsigned lo, hi;
    char name[16], where[8];
    int proto, rating;
};

static struct row rows[128];
static size_t n_rows;

static int read_page(void **state)
{
    FILE *f = fopen("tests/unit/page.tsv", "re");
    char line[256], port[16], proto[8], rating[4];
    if (!f)
        return -1;
    while (fgets(line, sizeof(line), f)) {
        struct row *r = &rows[n_rows];
        struct ptn_ports p;
        if (*line == '#')
            continue;
        if (n_rows == COUNT(rows) ||
            sscanf(line, "%15s\t%15s\t%7s\t%3s\t%7s", port, r->name, proto, rating, r->where) != 5 ||
            ptn_ports_parse(&p, port, strlen(port), NULL) < 0)
            return -1;
        r->lo = p.lo;
        r->hi = p.hi;
        r->proto = ptn_proto_parse(proto, strlen(proto));
        r->rating = ptn_rating_parse(rating);
        n_rows++;
    }
    fclose(f);
    return open_chart(state);
}

/* The one claim on a port that is from the page; NULL if there is none. */
static const struct ptn_claim *page_claim(unsigned port, int proto)
{
    static struct ptn_claim claims[PTN_CLAIMS_MAX];
    const struct ptn_claim *found = NULL;
    int n = ptn_chart_lookup(chart, (uint16_t)port, (enum ptn_proto)proto, claims, COUNT(claims));
    for (int i = 0; i < n; i++) {
        if (claims[i].rating_2001 == PTN_RATING_NONE)
            continue;
        EXPECT(!found); /* the page has one word on a port */
        found = &claims[i];
    }
    return found;
}

static void the_page_is_whole(void **state)
{
    unsigned pairs = 0, lines = 0;
    (void)state;
    for (size_t i = 0; i < n_rows; i++) {
        bool both = i > 0 && rows[i - 1].lo == rows[i].lo && strcmp(rows[i - 1].name, rows[i].name) == 0;
        AT("line %zu", i);
        EXPECT(rows[i].proto >= 0 && rows[i].rating > 0);
        pairs += strcmp(rows[i].where, "row") == 0;
        lines += strcmp(rows[i].where, "row") == 0 && !both;
    }
    assert_int_equal(pairs, 87);
    assert_int_equal(lines, 76);
}

static void by_port(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_rows; i++)
        for (unsigned port = rows[i].lo; port <= rows[i].hi; port++) {
            AT("%u/%s %s", port, ptn_proto_word((enum ptn_proto)rows[i].proto), rows[i].name);
            const struct ptn_claim *c = page_claim(port, rows[i].proto);
            EXPECT(c);
            EXPECT_TEXT(ptn_rating_word(c->rating_2001), ptn_rating_word((enum ptn_rating)rows[i].rating));
        }
}

/* Today's view stands beside it, in a sentence and with advice. */
static void with_todays_view(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_rows; i++) {
        AT("%u/%s %s", rows[i].lo, ptn_proto_word((enum ptn_proto)rows[i].proto), rows[i].name);
        const struct ptn_claim *c = page_claim(rows[i].lo, rows[i].proto);
        EXPECT(c && c->rating != PTN_RATING_NONE);
        EXPECT(*ptn_service_title(c->service) && *ptn_service_why(c->service) && *ptn_service_do(c->service));
        EXPECT(ptn_has_word(ptn_service_field(c->service, PTN_FIELD_SOURCE, 0), "farrow-2001", 11));
    }
}

/* The page's own name leads to the row's service. Two names are left out: 1028 is "unknown" there, which is no name,
 * and 445 is "LDAP", which is the page's error: the name leads to LDAP's own port, and 445 has an erratum. */
static void by_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_rows; i++) {
        const struct row *r = &rows[i];
        AT("%u/%s %s", r->lo, ptn_proto_word((enum ptn_proto)r->proto), r->name);
        if (*r->name == '-' || strcmp(r->name, "unknown") == 0 || strcmp(r->name, "LDAP") == 0)
            continue;
        const struct ptn_claim *c = page_claim(r->lo, r->proto);
        EXPECT(c && ptn_book_has_hash(c->service.book, c->service.index, ptn_name_hash(r->name, strlen(r->name))));
    }
}

static void nothing_else_is_from_the_page(void **state)
{
    static bool on_page[PTN_PROTO_PORTED][65536];
    (void)state;
    for (size_t i = 0; i < n_rows; i++)
        for (unsigned port = rows[i].lo; port <= rows[i].hi; port++)
            on_page[rows[i].proto][port] = true;
    for (int proto = 0; proto < PTN_PROTO_PORTED; proto++)
        for (unsigned port = 0; port < 65536; port++) {
            AT("%u/%s", port, ptn_proto_word((enum ptn_proto)proto));
            if (!on_page[proto][port])
                EXPECT(!page_claim(port, proto));
        }
}

/* The page's errors: each is told where a reader of the page would meet it, with the day we noted it. */
static void errata(void **state)
{
    static const struct {
        unsigned port;
        enum ptn_proto proto;
        const char *holds;
    } told[] = {
        {445, PTN_TCP, "SMB"},   {20123, PTN_TCP, "20034"}, {31337, PTN_TCP, "UDP"},
        {1725, PTN_TCP, "1723"}, {1723, PTN_TCP, "47"},     {53, PTN_TCP, "TCP"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(told); i++) {
        struct ptn_claim claims[PTN_CLAIMS_MAX];
        int n = ptn_chart_lookup(chart, (uint16_t)told[i].port, told[i].proto, claims, COUNT(claims));
        bool found = false;
        AT("%u holds %s", told[i].port, told[i].holds);
        for (int k = 0; k < n; k++) {
            const char *v;
            for (unsigned e = 0; (v = ptn_service_field(claims[k].service, PTN_FIELD_ERRATUM, e)); e++)
                found |= ptn_date(v) == 10 && strstr(v, told[i].holds);
        }
        EXPECT(found);
    }
}

/* ---- the registry ------------------------------------------------------------------------------------------- */

struct sought {
    unsigned rows, missing;
    char first[256];
};

/* Whether the port's claims have one, registered, whose service answers to the name. */
static bool is_found(unsigned port, int proto, const char *name)
{
    struct ptn_claim claims[PTN_CLAIMS_MAX];
    int n = ptn_chart_lookup(chart, (uint16_t)port, (enum ptn_proto)proto, claims, COUNT(claims));
    for (int i = 0; i < n; i++) {
        struct ptn_service assigned;
        if (!claims[i].registered)
            continue;
        if (ptn_name_compare(ptn_service_name(claims[i].service), name) == 0)
            return true;
        if (ptn_book_has_hash(claims[i].service.book, claims[i].service.index, ptn_name_hash(name, strlen(name))))
            return true;
        for (unsigned k = 0;
             ptn_chart_assignment(chart, &claims[i], (uint16_t)port, (enum ptn_proto)proto, k, &assigned); k++)
            if (strcmp(ptn_service_name(assigned), name) == 0)
                return true;
    }
    return false;
}

static int seek(void *ctx, const struct ptn_assignment *a)
{
    struct sought *s = ctx;
    for (int proto = 0; a->state == PTN_ASSIGNED && proto < PTN_PROTO_PORTED; proto++) {
        if (a->proto >= 0 && a->proto != proto)
            continue;
        for (unsigned port = a->lo; port <= a->hi; port++) {
            s->rows++;
            if (is_found(port, proto, a->name))
                continue;
            if (!s->missing++)
                snprintf(s->first, sizeof(s->first), "%u/%s %s", port, ptn_proto_word((enum ptn_proto)proto), a->name);
        }
    }
    return 0;
}

static void every_assignment_is_found(void **state)
{
    struct sought s = {0};
    struct ptn_iana_info info;
    struct ptn_err err = {""};
    char *text;
    size_t len;
    (void)state;
    assert_int_equal(ptn_file_read("data/registry/iana.tsv", PTN_IANA_FILE_MAX, &text, &len), 0);
    assert_int_equal(ptn_registry_tsv_read("iana.tsv", text, len, seek, &s, &info, &err), 0);
    free(text);
    assert_true(s.rows > 11500);
    if (s.missing)
        fail_msg("%u of %u assignments are not found, the first is %s", s.missing, s.rows, s.first);
}

/* By its name alone, too: some service of that name claims the port. */
struct names {
    unsigned missing;
    char first[256];
};

struct name_sought {
    const struct ptn_assignment *a;
    bool found;
};

static int covers(void *ctx, const struct ptn_book_claim *c)
{
    struct name_sought *s = ctx;
    s->found |= c->lo <= s->a->lo && s->a->lo <= c->hi && (s->a->proto < 0 || c->proto == s->a->proto);
    return s->found;
}

static int look_in(void *ctx, struct ptn_service service)
{
    return ptn_service_claims(service, covers, ctx);
}

static int seek_name(void *ctx, const struct ptn_assignment *a)
{
    struct names *n = ctx;
    struct name_sought s = {.a = a};
    if (a->state != PTN_ASSIGNED)
        return 0;
    ptn_chart_find(chart, a->name, look_in, &s);
    if (!s.found && !n->missing++)
        snprintf(n->first, sizeof(n->first), "%s on %u", a->name, a->lo);
    return 0;
}

static void every_name_is_found(void **state)
{
    struct names n = {0};
    struct ptn_iana_info info;
    struct ptn_err err = {""};
    char *text;
    size_t len;
    (void)state;
    assert_int_equal(ptn_file_read("data/registry/iana.tsv", PTN_IANA_FILE_MAX, &text, &len), 0);
    assert_int_equal(ptn_registry_tsv_read("iana.tsv", text, len, seek_name, &n, &info, &err), 0);
    free(text);
    if (n.missing)
        fail_msg("%u names are not found, the first is %s", n.missing, n.first);
}

/* ---- what the issue asks of the chart and the hints ------------------------------------------------------------- */

static void counts(void **state)
{
    const struct ptn_book *b = ptn_chart_book(chart, PTN_LAYER_CHART);
    unsigned services = 0, hints = 0;
    (void)state;
    for (uint32_t i = 0; i < b->header->n_entries; i++)
        services += b->entries[i].type == PTN_ENTRY_SERVICE;
    for (uint32_t i = 0; i < b->header->n_claims; i++)
        hints += b->entries[b->claims[i].entry].type == PTN_ENTRY_MALWARE;
    assert_true(services >= 450);
    assert_true(hints >= 300);
}

/* Every judged service says why, what to do and from where; every source it names has a title and a date. */
static void every_service_is_whole(void **state)
{
    const struct ptn_book *b = ptn_chart_book(chart, PTN_LAYER_CHART);
    (void)state;
    for (uint32_t i = 0; i < b->header->n_entries; i++) {
        struct ptn_service s = {.book = b, .index = i}, source;
        const char *at = ptn_service_field(s, PTN_FIELD_SOURCE, 0), *w;
        if (b->entries[i].type == PTN_ENTRY_SOURCE)
            continue;
        AT("%s", ptn_service_name(s));
        EXPECT(at);
        for (size_t n; (n = ptn_next_word(&at, &w)) > 0;) {
            EXPECT(ptn_chart_source(chart, w, n, &source));
            EXPECT(ptn_service_field(source, PTN_FIELD_TITLE, 0) && ptn_service_field(source, PTN_FIELD_DATE, 0));
        }
        if (b->entries[i].type == PTN_ENTRY_SERVICE)
            EXPECT(*ptn_service_title(s) && *ptn_service_why(s) && *ptn_service_do(s));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_is_whole),
        cmocka_unit_test(by_port),
        cmocka_unit_test(with_todays_view),
        cmocka_unit_test(by_name),
        cmocka_unit_test(nothing_else_is_from_the_page),
        cmocka_unit_test(errata),
        cmocka_unit_test(every_assignment_is_found),
        cmocka_unit_test(every_name_is_found),
        cmocka_unit_test(counts),
        cmocka_unit_test(every_service_is_whole),
    };
    return check_all_in(tests, read_page, close_chart);
}
