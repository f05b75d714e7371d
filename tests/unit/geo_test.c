/* Places of addresses, from databases that are made here: sound, odd, broken. */
#include "source/geo.h"

#include <errno.h>
#include <unistd.h>

#include "base/addr.h"
#include "check.h"
#include "cmd/explain_geo.h"

static struct ptn_err err;

/* ---- a writer of databases: MaxMind DB file format 2.0, IPv6, records of 24 bits --------------------------------- */

#define NODES_MAX 4096
#define EMPTY UINT32_MAX
#define DATA UINT32_C(0x80000000) /* with an offset into `data` */

struct base {
    uint32_t nodes[NODES_MAX][2];
    uint32_t n_nodes;
    uint8_t data[4096], all[32768];
    size_t n_data, n_all;
    uint8_t *at; /* where values are put */
    size_t *n_at;
};

enum { TEXT = 2, U16 = 5, U32 = 6, MAP = 7, U64 = 9, LIST = 11 };

static void put(struct base *b, const void *bytes, size_t n)
{
    memcpy(b->at + *b->n_at, bytes, n);
    *b->n_at += n;
}

static void put_octet(struct base *b, size_t octet)
{
    put(b, &(uint8_t){(uint8_t)octet}, 1);
}

static void put_head(struct base *b, unsigned type, size_t size)
{
    const size_t part = size < 29 ? size : size < 285 ? 29 : 30;
    put_octet(b, (type < 8 ? type << 5 : 0) | part);
    if (type >= 8)
        put_octet(b, type - 7);
    if (part == 30)
        put_octet(b, (size - 285) >> 8);
    if (part >= 29)
        put_octet(b, part == 29 ? size - 29 : size - 285);
}

static void put_text(struct base *b, const char *text)
{
    put_head(b, TEXT, strlen(text));
    put(b, text, strlen(text));
}

static void put_number(struct base *b, unsigned type, uint64_t n)
{
    const unsigned size = type == U16 ? 2 : type == U32 ? 4 : 8;
    put_head(b, type, size);
    for (unsigned i = size; i-- > 0;)
        put_octet(b, n >> (8 * i) & 255);
}

static uint32_t new_node(struct base *b)
{
    assert_true(b->n_nodes < NODES_MAX);
    b->nodes[b->n_nodes][0] = b->nodes[b->n_nodes][1] = EMPTY;
    return b->n_nodes++;
}

static void begin(struct base *b)
{
    memset(b, 0, sizeof(*b));
    new_node(b);
}

/* What is put now belongs to the network. */
static void at_network(struct base *b, const char *text, unsigned prefix)
{
    struct ptn_addr a;
    uint8_t bits[16] = {0};
    assert_int_equal(ptn_addr_parse(&a, text, strlen(text)), 0);
    const unsigned from = a.family == AF_INET ? 12 : 0;
    memcpy(bits + from, a.bytes, 16 - from);
    uint32_t node = 0;
    for (unsigned i = 0; i < prefix + from * 8; i++) {
        uint32_t *record = &b->nodes[node][bits[i / 8] >> (7 - i % 8) & 1];
        if (i + 1 == prefix + from * 8)
            *record = DATA | (uint32_t)b->n_data;
        else if (*record == EMPTY)
            *record = new_node(b);
        node = *record;
    }
    b->at = b->data;
    b->n_at = &b->n_data;
}

static void put_country(struct base *b, const char *key, const char *code)
{
    put_text(b, key);
    put_head(b, MAP, 2);
    put_text(b, "geoname_id");
    put_number(b, U32, 7);
    put_text(b, "iso_code");
    put_text(b, code);
}

static void put_number_of_network(struct base *b, uint32_t number)
{
    put_text(b, "autonomous_system_number");
    put_number(b, U32, number);
}

static void put_name_of_network(struct base *b, const char *name)
{
    put_text(b, "autonomous_system_organization");
    put_text(b, name);
}

static void put_metadata(struct base *b)
{
    put(b, "\xab\xcd\xefMaxMind.com", 14);
    put_head(b, MAP, 9);
    put_text(b, "binary_format_major_version");
    put_number(b, U16, 2);
    put_text(b, "binary_format_minor_version");
    put_number(b, U16, 0);
    put_text(b, "build_epoch");
    put_number(b, U64, 1790000000);
    put_text(b, "database_type");
    put_text(b, "Test");
    put_text(b, "description");
    put_head(b, MAP, 0);
    put_text(b, "ip_version");
    put_number(b, U16, 6);
    put_text(b, "languages");
    put_head(b, LIST, 0);
    put_text(b, "node_count");
    put_number(b, U32, b->n_nodes);
    put_text(b, "record_size");
    put_number(b, U16, 24);
}

static void finish(struct base *b)
{
    b->at = b->all;
    b->n_at = &b->n_all;
    for (uint32_t i = 0; i < b->n_nodes; i++)
        for (unsigned side = 0; side < 2; side++) {
            const uint32_t r = b->nodes[i][side], value = r == EMPTY ? b->n_nodes
                                                          : r & DATA ? (r & ~DATA) + b->n_nodes + 16
                                                                     : r;
            put_octet(b, value >> 16);
            put_octet(b, value >> 8 & 255);
            put_octet(b, value & 255);
        }
    put(b, (uint8_t[16]){0}, 16);
    put(b, b->data, b->n_data);
    put_metadata(b);
}

/* ---- the databases ----------------------------------------------------------------------------------------------- */

static char folder[] = "/tmp/ptn-geo-XXXXXX", countries[64], networks[64], broken[64], both[160];
static struct base country_base, network_base;

#define LONG                                                                                                           \
    "1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"    \
    "\xc3\xbc\xc3\xbc"

static void make_countries(struct base *b)
{
    begin(b);
    at_network(b, "192.0.2.0", 24);
    put_head(b, MAP, 2);
    put_country(b, "country", "DE");
    put_country(b, "registered_country", "NL");
    at_network(b, "198.51.100.0", 25);
    put_head(b, MAP, 1);
    put_country(b, "registered_country", "FR");
    at_network(b, "2001:db8::", 32);
    put_head(b, MAP, 1);
    put_country(b, "country", "J\033P\n\xff");
    at_network(b, "203.0.113.0", 26); /* a text where a map should be */
    put_head(b, MAP, 1);
    put_text(b, "country");
    put_text(b, "DE");
    at_network(b, "203.0.113.64", 26);
    put_text(b, "no map at all");
    at_network(b, "203.0.113.128", 26);
    put_head(b, MAP, 1);
    put_country(b, "country", "");
    finish(b);
}

static void make_networks(struct base *b)
{
    begin(b);
    at_network(b, "192.0.2.0", 25);
    put_head(b, MAP, 2);
    put_number_of_network(b, 24940);
    put_name_of_network(b, "Example Online GmbH");
    at_network(b, "192.0.2.128", 25);
    put_head(b, MAP, 1);
    put_number_of_network(b, 4200000000);
    at_network(b, "10.0.0.0", 8);
    put_head(b, MAP, 1);
    put_name_of_network(b, "a\033[31m\xe2\x80\xae"
                           "b\xc2\x9b"
                           "c\r\n\xc0\xaf");
    at_network(b, "11.0.0.0", 8);
    put_head(b, MAP, 2);
    put_name_of_network(b, LONG);
    put_number_of_network(b, 1);
    at_network(b, "12.0.0.0", 8); /* the number a text, the name a number */
    put_head(b, MAP, 2);
    put_text(b, "autonomous_system_number");
    put_text(b, "AS1");
    put_text(b, "autonomous_system_organization");
    put_number(b, U32, 12);
    at_network(b, "2001:db8:1::", 48);
    put_head(b, MAP, 2);
    put_name_of_network(b, "Six");
    put_number_of_network(b, 6);
    finish(b);
}

static void save(const char *path, const uint8_t *bytes, size_t n)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(countries, sizeof(countries), "%s/countries.mmdb", folder);
    snprintf(networks, sizeof(networks), "%s/networks.mmdb", folder);
    snprintf(broken, sizeof(broken), "%s/broken.mmdb", folder);
    snprintf(both, sizeof(both), "%s,%s", countries, networks);
    make_countries(&country_base);
    make_networks(&network_base);
    save(countries, country_base.all, country_base.n_all);
    save(networks, network_base.all, network_base.n_all);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(countries);
    unlink(networks);
    unlink(broken);
    return rmdir(folder);
}

static struct ptn_geo *geo_of(const char *paths)
{
    struct ptn_geo *g = NULL;
    const int r = ptn_geo_open(&g, paths, &err);
    if (r == -ENOTSUP)
        SKIP("built without libmaxminddb");
    if (r < 0)
        fail_msg("%s", err.text);
    return g;
}

static const char *place_of(const struct ptn_geo *g, const char *address)
{
    static char out[PTN_GEO_TEXT];
    struct ptn_addr a;
    assert_int_equal(ptn_addr_parse(&a, address, strlen(address)), 0);
    return ptn_geo_place(g, &a, out) ? out : "-";
}

/* ---- the tests --------------------------------------------------------------------------------------------------- */

static void test_places(void **state)
{
    static const char *const cases[][3] = {
        /* address, by both databases, by that of countries alone */
        {"192.0.2.1", "DE, Example Online GmbH (AS24940)", "DE"},
        {"192.0.2.200", "DE, AS4200000000", "DE"},
        {"198.51.100.1", "FR", "FR"},
        {"198.51.100.128", "-", "-"},
        {"2001:db8::1", "J?P??", "J?P??"},
        {"2001:db8:1::1", "J?P??, Six (AS6)", "J?P??"},
        {"2001:db9::1", "-", "-"},
        {"10.1.2.3", "a?[31m?b?c????", "-"},
        {"11.1.2.3",
         "1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
         "\xc3\xbc (AS1)",
         "-"},
        {"12.1.2.3", "-", "-"},
        {"203.0.113.1", "-", "-"},
        {"203.0.113.65", "-", "-"},
        {"203.0.113.129", "-", "-"},
        {"127.0.0.1", "-", "-"},
        {"::", "-", "-"},
    };
    struct ptn_geo *two = geo_of(both), *one = geo_of(countries);
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        AT("%s", cases[i][0]);
        EXPECT_TEXT(place_of(two, cases[i][0]), cases[i][1]);
        EXPECT_TEXT(place_of(one, cases[i][0]), cases[i][2]);
    }
    char out[PTN_GEO_TEXT];
    EXPECT(!ptn_geo_place(two, &(struct ptn_addr){.family = 0}, out));
    ptn_geo_close(two);
    ptn_geo_close(one);
    ptn_geo_close(NULL);
}

static void expect_refused(const char *paths, int code, const char *text)
{
    struct ptn_geo *g = NULL;
    AT("%s", paths);
    EXPECT_INT(ptn_geo_open(&g, paths, &err), code);
    EXPECT_TEXT(err.text, text);
}

static void test_opening(void **state)
{
    char list[1024] = "", want[1024];
    (void)state;
    ptn_geo_close(geo_of(countries));
    expect_refused("/nonexistent/x.mmdb", -ENOENT, "/nonexistent/x.mmdb: No such file or directory");
    expect_refused("", -EINVAL, "\"\" names no database");
    expect_refused(",,", -EINVAL, "\",,\" names no database");
    save(broken, (const uint8_t *)"hello", 5);
    snprintf(list, sizeof(list), "%s,%s", countries, broken);
    snprintf(want, sizeof(want), "%s: not a MaxMind database that can be used: ", broken);
    EXPECT_INT(ptn_geo_open(&(struct ptn_geo *){NULL}, list, &err), -EINVAL);
    EXPECT(strncmp(err.text, want, strlen(want)) == 0);
    list[0] = '\0';
    for (unsigned i = 0; i <= PTN_GEO_FILES; i++)
        snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", i ? "," : "", countries);
    snprintf(want, sizeof(want), "%s: more than 8 databases", countries);
    expect_refused(list, -E2BIG, want);
}

/* Whatever is in the file, an answer is text or nothing. */
static void try_broken(const uint8_t *bytes, size_t n)
{
    static const char *const addresses[] = {"192.0.2.1", "192.0.2.200", "10.1.2.3", "2001:db8:1::1", "ffff::"};
    struct ptn_geo *g = NULL;
    save(broken, bytes, n);
    if (ptn_geo_open(&g, broken, &err) < 0)
        return;
    for (size_t i = 0; i < COUNT(addresses); i++)
        EXPECT(strlen(place_of(g, addresses[i])) < PTN_GEO_TEXT);
    ptn_geo_close(g);
}

static void test_broken(void **state)
{
    static uint8_t copy[sizeof(network_base.all)];
    const size_t n = network_base.n_all;
    (void)state;
    ptn_geo_close(geo_of(networks));
    for (size_t cut = 0; cut<n; cut += cut + 700> n ? 1 : 17) {
        AT("cut at %zu", cut);
        try_broken(network_base.all, cut);
    }
    for (size_t i = n - 700; i < n; i++) { /* the data and the metadata */
        AT("octet %zu", i);
        memcpy(copy, network_base.all, n);
        copy[i] ^= (uint8_t)(1u << i % 8 | 0x80);
        try_broken(copy, n);
    }
}

static void test_report(void **state)
{
    struct ptn_suspect suspects[2] = {{.prefix = 32}, {.prefix = 32}}, sources[1] = {{.prefix = 128}},
                       nets[1] = {{.prefix = 24}};
    struct ptn_paragraph items[2] = {{.suspects = suspects, .n_suspects = 2}, {.suspects = NULL}};
    struct ptn_explained x = {
        .items = items, .n = 2, .by_source = sources, .n_by_source = 1, .by_network = nets, .n_by_network = 1};
    (void)state;
    ptn_geo_close(geo_of(both));
    ptn_addr_parse(&suspects[0].addr, "192.0.2.1", 9);
    ptn_addr_parse(&suspects[1].addr, "9.9.9.9", 7);
    ptn_addr_parse(&sources[0].addr, "2001:db8:1::2", 13);
    ptn_addr_parse(&nets[0].addr, "198.51.100.0", 12);
    EXPECT_INT(ptn_explain_geo(&x, both, &err), 0);
    EXPECT_TEXT(suspects[0].place, "DE, Example Online GmbH (AS24940)");
    EXPECT(!suspects[1].place);
    EXPECT_TEXT(sources[0].place, "J?P??, Six (AS6)");
    EXPECT_TEXT(nets[0].place, "FR");
    EXPECT_INT(ptn_explain_geo(&x, "/nonexistent/x", &err), -ENOENT);
    ptn_arena_release(&x.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_opening),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_report),
    };
    return check_all_in(tests, set_up, tear_down);
}
