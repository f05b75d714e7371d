/* Whose log it is: the user's list of addresses, an audit's document read back, and this machine. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <jansson.h>
#include <netinet/in.h>
#include <sched.h>
#include <time.h>

#include "cmd/explain_site.h"
#include "complaints.h"
#include "report/audit.h"
#include "store/baseline.h"
#include "wall/wall.h"
#include "world.h"

static struct ptn_chart *chart;
static char path[] = "/tmp/ptn-site-XXXXXX";

static int set_up(void **state)
{
    const int fd = mkstemp(path);
    (void)state;
    chart = world_chart("Service: svc-n\nPorts: 7003/tcp\nTitle: t\nSafe: N\nWhy: w.\nDo: d.\nProcess: proc-n\n");
    return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state)
{
    (void)state;
    ptn_chart_close(chart);
    return unlink(path);
}

static void write_file(const void *text, size_t len)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

/* ---- the user's list ------------------------------------------------------------------------------------------- */

static struct ptn_site_room list;
static struct complaints said;

static void read_list(const char *text, size_t len)
{
    struct ptn_err err = {""};
    const struct ptn_known_opts opts = {.complain = keep_complaint, .ctx = &said};
    ptn_site_release(&list);
    said.n = 0;
    if (ptn_known_read(&list.site.known, &list.site.n_known, &list.arena, "F", text, len, &opts, &err) < 0)
        fail_msg("%s [at: %s]", err.text, check_at);
}

static const char *name_of(const char *address)
{
    const struct ptn_addr a = world_addr(address);
    const char *name = ptn_site_known(&list.site, &a);
    return name ? name : "-";
}

static void test_known(void **state)
{
    static const char text[] = "\xef\xbb\xbf# mine\r\n"
                               "192.0.2.0/24  The office\r\n"
                               "\r\n"
                               "192.0.2.128/25\tIts  cellar  # damp\n"
                               "192.0.2.200 Printer#2\n"
                               "  10.1.2.3/8 home\n"
                               "2001:db8::/32 lab\n"
                               "2001:db8:1::/48 lab's \xc3\xbc\n"
                               "::ffff:203.0.113.0/120 mapped\n"
                               "::1 self\n"
                               "fe80::/10 link\n"
                               "198.51.100.7/32 last";
    static const char *const cases[][2] = {
        {"192.0.2.1", "The office"},
        {"192.0.2.127", "The office"},
        {"192.0.2.128", "Its  cellar"},
        {"192.0.2.199", "Its  cellar"},
        {"192.0.2.200", "Printer"},
        {"192.0.2.201", "Its  cellar"},
        {"192.0.1.255", "-"},
        {"192.0.3.0", "-"},
        {"10.0.0.0", "home"},
        {"10.255.255.255", "home"},
        {"11.0.0.0", "-"},
        {"9.255.255.255", "-"},
        {"2001:db8::1", "lab"},
        {"2001:db8:1::1", "lab's \xc3\xbc"},
        {"2001:db8:2::", "lab"},
        {"2001:db9::", "-"},
        {"203.0.113.9", "mapped"},
        {"::1", "self"},
        {"::2", "-"},
        {"febf:ffff::1", "link"},
        {"fec0::", "-"},
        {"198.51.100.7", "last"},
        {"198.51.100.8", "-"},
        {"0.0.0.0", "-"},
        {"255.255.255.255", "-"},
        {"::", "-"},
    };
    (void)state;
    AT("the list");
    read_list(text, sizeof(text) - 1);
    expect_complaints(&said, (const char *const[]){NULL});
    EXPECT_INT(list.site.n_known, 10);
    for (size_t i = 0; i < COUNT(cases); i++) {
        AT("%s", cases[i][0]);
        EXPECT_TEXT(name_of(cases[i][0]), cases[i][1]);
    }
    read_list("0.0.0.0/0 four\n::/0 six\n", 24);
    EXPECT_TEXT(name_of("255.0.0.1"), "four");
    EXPECT_TEXT(name_of("ffff::"), "six");
    read_list("", 0);
    EXPECT_TEXT(name_of("1.2.3.4"), "-");
}

static const char hostile[] = "not-an-address x\n"
                              "1.2.3.4/33 a\n"
                              "1.2.3.4/-1 a\n"
                              "1.2.3.4/ a\n"
                              "1.2.3.4/0x8 a\n"
                              "1.2.3.4/99999999999999999999 a\n"
                              "::/129 a\n"
                              "/24 a\n"
                              "fe80::1%eth0 a\n"
                              "1.2.3.4\n"
                              "1.2.3.5 # nobody\n"
                              "1.2.3.6 a\033[2Jb\n"
                              "1.2.3.7 \xff\xfe\n"
                              "1.2.3.8 a\0b\n"
                              "1.2.3.9 a\xe2\x80\xae b\n"
                              "1.2.3.10 123456789012345678901234567890123456789012345678901234567890+\n"
                              "1.2.3.11 123456789012345678901234567890123456789012345678901234567890\n"
                              "\0\0\0\n"
                              "1.2.3.4/8 one\n"
                              "1.0.0.0/8 one\n"
                              "1.9.9.9/8 two\n"
                              "1.2.3.12 good";

static void test_hostile_known(void **state)
{
    (void)state;
    AT("hostile");
    read_list(hostile, sizeof(hostile) - 1);
    expect_complaints(
        &said, (const char *const[]){
                   "F:1: \"not-an-address\" is not an address or ADDRESS/PREFIX",
                   "F:2: \"1.2.3.4/33\" is not an address or ADDRESS/PREFIX",
                   "F:3: \"1.2.3.4/-1\" is not an address or ADDRESS/PREFIX",
                   "F:4: \"1.2.3.4/\" is not an address or ADDRESS/PREFIX",
                   "F:5: \"1.2.3.4/0x8\" is not an address or ADDRESS/PREFIX",
                   "F:6: \"1.2.3.4/99999999999999999999\" is not an address or ADDRESS/PREFIX",
                   "F:7: \"::/129\" is not an address or ADDRESS/PREFIX",
                   "F:8: \"/24\" is not an address or ADDRESS/PREFIX",
                   "F:9: \"fe80::1%eth0\" is not an address or ADDRESS/PREFIX",
                   "F:10: \"1.2.3.4\" has no name after it",
                   "F:11: \"1.2.3.5\" has no name after it",
                   "F:12: \"a?[2Jb\" has a control character or is not UTF-8",
                   "F:13: \"??\" has a control character or is not UTF-8",
                   "F:14: \"a?b\" has a control character or is not UTF-8",
                   "F:15: \"a? b\" has a control character or is not UTF-8",
                   "F:16: \"123456789012345678901234567890123456789012345678901234567890+\" is longer than 60 octets",
                   "F:18: \"???\" is not an address or ADDRESS/PREFIX",
                   "F:21: \"two\" is another name for the range of line 19",
                   NULL,
               });
    EXPECT_INT(list.site.n_known, 3);
    EXPECT_TEXT(name_of("1.2.3.4"), "one");
    EXPECT_TEXT(name_of("1.2.3.12"), "good");
    EXPECT_INT(strlen(name_of("1.2.3.11")), 60);
}

static void test_many_complaints(void **state)
{
    static char text[2 * 5000];
    (void)state;
    for (size_t i = 0; i < sizeof(text); i += 2)
        memcpy(text + i, "?\n", 2);
    read_list(text, sizeof(text));
    EXPECT_INT(said.n, 101);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* The smallest range of the list that holds it, by looking at every line. */
static const char *slow(const struct ptn_site *s, const struct ptn_addr *a)
{
    const struct ptn_known *best = NULL;
    for (size_t i = 0; i < s->n_known; i++) {
        uint8_t lo[16], hi[16];
        const struct ptn_known *k = &s->known[i];
        const uint8_t width = ptn_addr_width(k->addr.family);
        ptn_addr_span(k->addr.bytes, k->prefix, width, lo, hi);
        if (k->addr.family == a->family && memcmp(a->bytes, lo, width) >= 0 && memcmp(a->bytes, hi, width) <= 0 &&
            (!best || k->prefix > best->prefix))
            best = k;
    }
    return best ? best->name : "-";
}

/* Small numbers in every octet, so that ranges lie in each other. */
static void put_line(FILE *f, uint32_t *seed, unsigned i, bool dense)
{
    const uint32_t mask = dense ? 3 : 255;
    const unsigned a = next_random(seed) & mask, b = next_random(seed) & mask, c = next_random(seed) & mask,
                   d = next_random(seed) & mask, p = next_random(seed) % 33;
    if (next_random(seed) & 1)
        fprintf(f, "%u.%u.%u.%u/%u n%u\n", a, b, c, d, p, i);
    else
        fprintf(f, "%x:%x:%x::%x/%u n%u\n", a, b, c, d, p * 4 > 128 ? 128 : p * 4, i);
}

static void make_list(unsigned lines, bool dense)
{
    char *text;
    size_t len;
    uint32_t seed = lines;
    FILE *f = open_memstream(&text, &len);
    for (unsigned i = 0; i < lines; i++)
        put_line(f, &seed, i, dense);
    fclose(f);
    read_list(text, len);
    free(text);
}

static void test_search(void **state)
{
    (void)state;
    for (unsigned round = 1; round <= 40; round++) {
        uint32_t seed = round;
        make_list(round * 7, true);
        for (unsigned i = 0; i < 500; i++) {
            struct ptn_addr a = {.family = i & 1 ? AF_INET : AF_INET6};
            for (unsigned k = 0; k < (i & 1 ? 4 : 6); k++)
                a.bytes[k] = (uint8_t)(!(i & 1) && !(k & 1) ? 0 : next_random(&seed) & 3);
            AT("round %u, address %u", round, i);
            const char *name = ptn_site_known(&list.site, &a);
            EXPECT_TEXT(name ? name : "-", slow(&list.site, &a));
        }
    }
}

static void test_long_list(void **state)
{
    static char text[2 * (PTN_KNOWN_LINES + 1)];
    struct ptn_err err = {""};
    struct ptn_addr a = {.family = AF_INET};
    uint32_t seed = 1;
    size_t named = 0;
    (void)state;
    make_list(PTN_KNOWN_LINES, false);
    const clock_t begin = clock();
    for (unsigned i = 0; i < 1000000; i++) {
        const uint32_t number = htonl(next_random(&seed) << 8);
        memcpy(a.bytes, &number, 4);
        named += ptn_site_known(&list.site, &a) != NULL;
    }
    const double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
    assert_true(named > 0);
    assert_true(seconds < 5); /* a look at every line would take minutes */
    memset(text, '\n', sizeof(text));
    EXPECT_INT(ptn_known_read(&list.site.known, &list.site.n_known, &list.arena, "F", text, sizeof(text), NULL, &err),
               -EFBIG);
    EXPECT_TEXT(err.text, "F: more than 100000 lines");
    ptn_site_release(&list);
}

static void test_known_file(void **state)
{
    struct ptn_site_room room = {0};
    struct ptn_err err = {""};
    char want[128];
    (void)state;
    write_file("192.0.2.1 me\n", 13);
    EXPECT_INT(ptn_site_read_known(&room, path, NULL, &err), 0);
    EXPECT_INT(room.site.n_known, 1);
    EXPECT_INT(ptn_site_read_known(&room, "/nonexistent/list", NULL, &err), -ENOENT);
    EXPECT_TEXT(err.text, "/nonexistent/list: No such file or directory");
    EXPECT_INT(ptn_site_read_known(&room, "/tmp", NULL, &err), -EISDIR);
    snprintf(want, sizeof(want), "/tmp: Is a directory");
    EXPECT_TEXT(err.text, want);
    ptn_site_release(&room);
}

/* ---- an audit's document --------------------------------------------------------------------------------------- */

#define SEEN_AT 1795000000

static const char rules4[] = "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n"
                             "-A INPUT -i lo -j ACCEPT\n"
                             "-A INPUT -s 203.0.113.0/24 -p tcp --dport 22 -j ACCEPT\n"
                             "-A INPUT -i eth1 -p tcp --dport 22 -j ACCEPT\n"
                             "-A INPUT -p udp --dport 53 -m limit --limit 5/sec -j ACCEPT\n"
                             "-A INPUT -p tcp --dport 7003 -j ACCEPT\nCOMMIT\n";
static const char rules6[] = "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n"
                             "-A INPUT -i lo -j ACCEPT\n"
                             "-A INPUT -i eth1 -p tcp --dport 443 -j ACCEPT\nCOMMIT\n";

static struct ptn_walled walls[3];

static void make_walls(void)
{
    struct ptn_err err = {""};
    for (size_t i = 0; i < 2; i++) {
        struct ptn_wall *w = ptn_wall_new();
        if (i == 0 &&
            (ptn_wall_read_save(w, PTN_TABLE_IP, PTN_BACKEND_IPTABLES, "f", rules4, sizeof(rules4) - 1, &err) < 0 ||
             ptn_wall_read_save(w, PTN_TABLE_IP6, PTN_BACKEND_IPTABLES, "f", rules6, sizeof(rules6) - 1, &err) < 0))
            fail_msg("%s", err.text);
        assert_int_equal(ptn_wall_link(w, &err), 0);
        walls[i] = (struct ptn_walled){.wall = w};
    }
}

static void free_walls(void)
{
    for (size_t i = 0; i < 2; i++)
        ptn_wall_free((struct ptn_wall *)walls[i].wall);
}

/* A machine with every kind of listener and owner. */
static struct world *machine(void)
{
    struct world *w = world_public();
    make_walls();
    w->walls = walls;
    world_listen(w, PTN_TCP, "*", 22, "sshd");
    world_listen(w, PTN_TCP, "*", 443, "nginx");
    world_listen(w, PTN_TCP, "0.0.0.0", 7003, "proc-n");
    world_listen(w, PTN_UDP, "0.0.0.0", 53, "mystery");
    world_listen(w, PTN_TCP, "127.0.0.1", 5432, "postgres");
    world_listen(w, PTN_TCP, "::1", 631, "cupsd");
    world_listen(w, PTN_UDP, "0.0.0.0", 40000, "client");
    world_listen(w, PTN_MPTCP, "0.0.0.0", 8443, "mptcpd");
    world_socket(w, 0, PTN_TCP, "0.0.0.0", 12345);
    world_owner(w, world_socket(w, 1, PTN_TCP, "0.0.0.0", 80), "inside")->container = "docker:0123";
    world_socket(w, 0, PTN_RAW, "0.0.0.0", 0);
    struct ptn_listener *latent = world_socket(w, 0, PTN_TCP, "0.0.0.0", 79);
    latent->latent = true;
    latent->latent_name = "finger";
    w->owners[0].unit = "ssh.service";
    w->owners[0].socket_unit = "ssh.socket";
    w->owners[1].container = "docker:4567";
    w->owners[2].unit = "n.service";
    w->owners[3].comm = "my\xffst\033";
    world_judge(w, chart);
    return w;
}

static json_t *document_of(const struct world *w)
{
    json_t *doc = ptn_audit_json(&w->host, &w->findings, SEEN_AT);
    assert_non_null(doc);
    return doc;
}

static void save_document(json_t *doc)
{
    struct ptn_err err = {""};
    if (ptn_baseline_save(path, doc, &err) < 0)
        fail_msg("%s", err.text);
}

static void read_back(struct ptn_site_room *room)
{
    struct ptn_err err = {""};
    *room = (struct ptn_site_room){0};
    if (ptn_site_read_audit(room, path, &err) < 0)
        fail_msg("%s [at: %s]", err.text, check_at);
    EXPECT_INT(room->site.from, PTN_SITE_AUDIT);
    EXPECT_TEXT(room->site.name, path);
}

static enum ptn_rung open_of(const struct ptn_finding *f)
{
    return f->v4.open > f->v6.open ? f->v4.open : f->v6.open;
}

/* The door and the finding say the same, but for what must not be shown. */
static void expect_door(const struct ptn_door *d, const struct ptn_finding *f)
{
    char owner[PTN_AUDIT_OWNER];
    EXPECT(d);
    EXPECT_INT(d->proto, ptn_proto_number(f->listener->proto));
    EXPECT_INT(d->port, f->listener->port);
    EXPECT_INT(d->rung, open_of(f));
    EXPECT_INT(d->verdict, f->verdict);
    EXPECT_INT(d->rating, f->has_service ? f->claim.rating : PTN_RATING_NONE);
    EXPECT_TEXT(d->service, f->has_service ? ptn_service_name(f->claim.service) : "");
    ptn_audit_owner(f, owner);
    for (char *at = owner; *at; at++)
        if (*at == '\033' || (unsigned char)*at >= 0x80)
            *at = '?';
    EXPECT_TEXT(d->owner, f->listener->owner ? owner : "");
}

static void test_round_trip(void **state)
{
    static const struct {
        uint16_t port;
        uint8_t proto;
        enum ptn_rung rung;
    } want[] = {{22, 6, PTN_RUNG_LAN},        {443, 6, PTN_RUNG_LAN},       {7003, 6, PTN_RUNG_INTERNET},
                {53, 17, PTN_RUNG_INTERNET},  {5432, 6, PTN_RUNG_LOOPBACK}, {631, 6, PTN_RUNG_LOOPBACK},
                {8443, 6, PTN_RUNG_LOOPBACK}, {12345, 6, PTN_RUNG_LOOPBACK}};
    struct ptn_site_room room;
    struct world *w = machine();
    json_t *doc = document_of(w);
    (void)state;
    save_document(doc);
    json_decref(doc);
    AT("round trip");
    read_back(&room);
    EXPECT_INT(room.site.when, SEEN_AT);
    EXPECT_INT(room.site.ephemeral_lo, 32768);
    EXPECT_INT(room.site.ephemeral_hi, 60999);
    EXPECT_INT(room.site.n_peers, 0);
    EXPECT_INT(room.site.n_addrs, w->netns[0].n_addrs - 2);
    for (size_t i = 0; i < room.site.n_addrs; i++) {
        EXPECT(ptn_addr_equal(&room.site.addrs[i].addr, &w->addrs[0][i + 2].addr));
        EXPECT_INT(room.site.addrs[i].prefix, 24);
    }
    EXPECT_INT(room.site.n_doors, COUNT(want));
    for (size_t i = 0; i < COUNT(want); i++) {
        AT("port %u", want[i].port);
        const struct ptn_door *d = ptn_site_door(&room.site, want[i].proto, want[i].port);
        EXPECT(d);
        EXPECT_INT(d->rung, want[i].rung);
        for (size_t k = 0; k < w->findings.n; k++)
            if (w->findings.items[k].listener->port == want[i].port)
                expect_door(d, &w->findings.items[k]);
    }
    ptn_site_release(&room);
    ptn_site_release(&room);
    EXPECT_INT(room.site.n_doors, 0);
    free_walls();
}

/* What an earlier version wrote: no time, no networks, no ways. */
static void test_old_document(void **state)
{
    struct ptn_site_room room;
    struct world *w = machine();
    json_t *doc = document_of(w), *item;
    size_t i;
    (void)state;
    AT("old");
    json_object_del(doc, "at");
    json_object_del(doc, "networks");
    json_array_foreach(json_object_get(doc, "audit"), i, item) json_object_del(item, "ways");
    save_document(doc);
    json_decref(doc);
    read_back(&room);
    EXPECT_INT(room.site.when, 0);
    EXPECT_INT(room.site.n_addrs, 0);
    EXPECT_INT(room.site.ephemeral_lo, 0);
    EXPECT_INT(room.site.ephemeral_hi, 0);
    EXPECT_INT(room.site.n_doors, 8);
    EXPECT_INT(ptn_site_door(&room.site, 6, 22)->rung,
               PTN_RUNG_NOBODY); /* whom it is limited to is all that is known */
    EXPECT_INT(ptn_site_door(&room.site, 6, 7003)->rung, PTN_RUNG_INTERNET);
    EXPECT_INT(ptn_site_door(&room.site, 6, 5432)->rung, PTN_RUNG_LOOPBACK);
    ptn_site_release(&room);
    free_walls();
}

static void test_broken_documents(void **state)
{
    static const char *const cases[][2] = {
        {"", "%s:1: '[' or '{' expected near end of file"},
        {"{\"audit\": [}", "%s:1: unexpected token near '}'"},
        {"{\n\"schema\": 1,", "%s:2: string or '}' expected near end of file"},
        {"[1, 2]", "%s: not a document of portolan audit -J"},
        {"{\"schema\": 1, \"lookup\": []}", "%s: not a document of portolan audit -J"},
        {"{\"schema\": 1, \"audit\": {}}", "%s: not a document of portolan audit -J"},
        {"{\"schema\": 2, \"audit\": []}", "%s: made by a version with another schema; make it anew"},
        {"{\"schema\": \"1\", \"audit\": []}", "%s: made by a version with another schema; make it anew"},
        {"{\"schema\": 1, \"audit\": [{}, 7]}", "%s: audit: item 2 is not a listener"},
        {"{\"schema\": 1, \"audit\": [], \"networks\": [{\"netns\": \"host\", \"addresses\": [{\"address\": \"x\"}]}]}",
         "%s: networks: \"x\" is not an address"},
        {"{\"schema\": 1, \"audit\": [], \"networks\": [{\"netns\": \"host\", \"addresses\": [3]}]}",
         "%s: networks: \"\" is not an address"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ptn_site_room room = {0};
        struct ptn_err err = {""};
        char want[256];
        AT("%s", cases[i][0]);
        write_file(cases[i][0], strlen(cases[i][0]));
        EXPECT_INT(ptn_site_read_audit(&room, path, &err), -EINVAL);
        snprintf(want, sizeof(want), cases[i][1], path);
        EXPECT_TEXT(err.text, want);
        ptn_site_release(&room);
    }
}

/* Values of other types and beyond their range are passed over; nothing of them is believed. */
static void test_odd_documents(void **state)
{
    static const char *const cases[] = {
        "{\"netns\": 3, \"port\": 80, \"proto\": \"tcp\"}",
        "{\"netns\": \"host\", \"port\": \"80\", \"proto\": \"tcp\"}",
        "{\"netns\": \"host\", \"port\": 65616, \"proto\": \"tcp\"}",
        "{\"netns\": \"host\", \"port\": -1, \"proto\": \"tcp\"}",
        "{\"netns\": \"host\", \"port\": 80, \"proto\": \"pigeon\"}",
        "{\"netns\": \"host\", \"port\": 80}",
        "{\"netns\": \"host\", \"port\": 80, \"proto\": \"tcp\", \"client\": true}",
        "{\"netns\": \"host\", \"port\": 80, \"proto\": \"tcp\", \"latent\": true}",
    };
    char text[512];
    struct ptn_site_room room;
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        snprintf(text, sizeof(text), "{\"schema\": 1, \"audit\": [%s], \"networks\": [{\"netns\": \"host\"}]}",
                 cases[i]);
        AT("%s", text);
        write_file(text, strlen(text));
        read_back(&room);
        EXPECT_INT(room.site.n_doors, 0);
        ptn_site_release(&room);
    }
    snprintf(text, sizeof(text),
             "{\"schema\": 1, \"at\": \"soon\", \"networks\": [{\"netns\": \"host\", \"addresses\": ["
             "{\"address\": \"192.0.2.1\", \"prefix\": 33}], \"ephemeral_ports\": {\"first\": 9, "
             "\"last\": 7}}], \"audit\": [{\"netns\": \"host\", \"port\": 80, \"proto\": \"tcp\", "
             "\"rating\": \"!\", \"verdict\": 7, \"owner\": [], \"ways\": [0, {\"from\": \"moon\"}]}]}");
    AT("%s", text);
    write_file(text, strlen(text));
    read_back(&room);
    EXPECT_INT(room.site.n_doors, 1);
    EXPECT_INT(room.site.doors[0].rung, PTN_RUNG_NOBODY);
    EXPECT_TEXT(room.site.doors[0].owner, "");
    EXPECT_INT(room.site.addrs[0].prefix, 32);
    EXPECT_INT(room.site.ephemeral_hi, 0);
    EXPECT_INT(room.site.when, 0);
    ptn_site_release(&room);
}

/* Time and networks are no differences. */
static void test_compare(void **state)
{
    struct ptn_err err = {""};
    struct world *w = machine();
    json_t *doc = document_of(w), *differences = NULL;
    (void)state;
    save_document(doc);
    json_object_set_new(doc, "at", json_string("2031-01-01T00:00:00Z"));
    json_object_set_new(doc, "networks", json_array());
    EXPECT_INT(ptn_baseline_compare(path, doc, &differences, &err), 0);
    json_decref(differences);
    json_decref(doc);
    free_walls();
}

/* ---- this machine ---------------------------------------------------------------------------------------------- */

static int socket_at(int type, const char *local, uint16_t port, const char *peer, uint16_t peer_port)
{
    const int fd = socket(AF_INET, type, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, local, &a.sin_addr);
    if (port && bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
        return -1;
    inet_pton(AF_INET, peer, &a.sin_addr);
    a.sin_port = htons(peer_port);
    if (peer_port)
        return connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ? -1 : fd;
    return type == SOCK_STREAM && listen(fd, 1) < 0 ? -1 : fd;
}

static void look_around(void)
{
    struct ptn_site_room room = {0};
    struct ptn_err err = {""};
    const int sockets[] = {
        socket_at(SOCK_STREAM, "0.0.0.0", 2222, "0.0.0.0", 0), socket_at(SOCK_STREAM, "127.0.0.1", 2223, "0.0.0.0", 0),
        socket_at(SOCK_DGRAM, "0.0.0.0", 0, "192.0.2.99", 53), socket_at(SOCK_DGRAM, "0.0.0.0", 0, "192.0.2.99", 53)};
    for (size_t k = 0; k < COUNT(sockets); k++)
        assert_true(sockets[k] >= 0);
    const time_t begin = time(NULL);
    if (ptn_site_read_here(&room, chart, NULL, NULL, &err) < 0)
        fail_msg("%s", err.text);
    const struct ptn_site *s = &room.site;
    const struct ptn_addr own = world_addr("192.0.2.1"), peer = world_addr("192.0.2.99");
    EXPECT_INT(s->from, PTN_SITE_HERE);
    EXPECT(s->when >= begin && s->when <= time(NULL));
    EXPECT(ptn_site_is_own(s, &own));
    EXPECT(ptn_site_is_local(s, &peer) && !ptn_site_is_own(s, &peer));
    EXPECT(s->ephemeral_lo > 0 && s->ephemeral_hi > s->ephemeral_lo);
    EXPECT_INT(s->n_doors, 2);
    const struct ptn_door *d = ptn_site_door(s, 6, 2222), *i = ptn_site_door(s, 6, 2223);
    EXPECT(d && i);
    EXPECT_INT(d->rung, PTN_RUNG_LAN);
    EXPECT_INT(i->rung, PTN_RUNG_LOOPBACK);
    EXPECT(strstr(d->owner, program_invocation_short_name));
    EXPECT_INT(s->n_peers, 1);
    EXPECT(ptn_addr_equal(&s->peers[0].addr, &peer));
    EXPECT_INT(s->peers[0].port, 53);
    EXPECT_INT(s->peers[0].proto, 17);
    ptn_site_release(&room);
    for (size_t k = 0; k < COUNT(sockets); k++)
        close(sockets[k]);
}

/* In a network namespace of its own, so that nothing else is there. */
static void test_here(void **state)
{
    const int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    (void)state;
    assert_true(home >= 0);
    if (geteuid() != 0 || unshare(CLONE_NEWNET) < 0)
        SKIP("needs root");
    AT("own namespace");
    if (system("PATH=$PATH:/usr/sbin:/sbin; ip link set lo up && ip link add d0 type bridge && "
               "ip addr add 192.0.2.1/24 dev d0 && ip link set d0 up") != 0)
        fail_msg("no interface to be had");
    look_around();
    assert_int_equal(setns(home, CLONE_NEWNET), 0);
    close(home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_hostile_known),
        cmocka_unit_test(test_many_complaints),
        cmocka_unit_test(test_search),
        cmocka_unit_test(test_long_list),
        cmocka_unit_test(test_known_file),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_old_document),
        cmocka_unit_test(test_broken_documents),
        cmocka_unit_test(test_odd_documents),
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_here),
    };
    return check_all_in(tests, set_up, tear_down);
}
