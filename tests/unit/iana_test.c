/* The registry's readers: true files are read whole, everything else is refused with its place. */
#include "check.h"

#include <errno.h>

#include "base/file.h"
#include "chart/iana.h"

#define PLAIN_ROWS 10500
#define PORTLESS_ROWS 40
#define HEADER                                                                                                         \
    "Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,Registration Date,Modification Date,"    \
    "Reference,Service Code,Unauthorized Use Reported,Assignment Notes"
#define ROOT "<registry xmlns=\"http://www.iana.org/assignments\" id=\"service-names-port-numbers\">"

/* ---- making files ------------------------------------------------------------------------------------- */

struct text {
    char *at;
    size_t len, room;
    size_t ends[PLAIN_ROWS + PORTLESS_ROWS + 64]; /* CSV: where each row ends */
    size_t n_ends, last_port_row;
};

static void add(struct text *t, const char *fmt, ...)
{
    for (;;) {
        va_list ap;
        int n;

        va_start(ap, fmt);
        n = vsnprintf(t->at + t->len, t->room - t->len, fmt, ap);
        va_end(ap);
        assert_true(n >= 0);
        if ((size_t)n < t->room - t->len) {
            t->len += (size_t)n;
            return;
        }
        t->room = t->room * 2 + (size_t)n;
        t->at = realloc(t->at, t->room);
        assert_non_null(t->at);
    }
}

static struct text *fresh(void)
{
    struct text *t = calloc(1, sizeof *t);

    assert_non_null(t);
    t->room = 1 << 20;
    t->at = calloc(1, t->room);
    assert_non_null(t->at);
    return t;
}

static void drop(struct text *t)
{
    free(t->at);
    free(t);
}

static unsigned plain_port(unsigned i)
{
    return 120 + i * 14 / 3;
}

/* What IANA's file has that trips a simple reader. NL stands for the end of a row. */
static const char *const awkward_csv[] = {
    ",0,tcp,Reserved,[Jon_Postel],[Jon_Postel],,,,,,",
    ",4,udp,Unassigned,,,,,,,,",
    ",24,tcp,any private mail system,[Rick_Adams],[Rick_Adams],,,,,,",
    ",51,,Reserved,,,,2013-05-24,,,,This entry is being removed on 2013-05-24.",
    "whoispp,63,tcp,\"whois++ IANA assigned this well-formed service name as a replacement for "
    "\"\"whois++\"\".\",,,,,,,,",
    "whois++,63,tcp,whois++,,,,,,,,\"This entry is an alias to \"\"whoispp\"\".\nThis entry is now historic, not "
    "usable for use with many\n  common service discovery mechanisms.\"",
    "sql*net,66,tcp,Oracle SQL*NET,[Jack_Haverty],,,,,,,",
    "acmaint-dbd,77,UDP,\"IANA assigned this well-formed service name as a replacement for \"\"acmaint_dbd\"\".\""
    ",,,,,,,,",
    "krb524,94,tcp,KRB524,,[B_Clifford_Neuman],,,,,\"krb524 assigned the port, nv used it without an assignment\",",
    "domain-s,98,tcp,DNS query-response protocol run over TLS,[IESG],[IETF_Chair],2015-10-08,2022-04-11,"
    "\"[RFC7858][RFC8765, Section 6.1]\",,,",
    "x11,100-110,tcp,X Window System,,,,,,,,",
    "active-net,111-113,,Active Networks,[Bob_Braden_2],[Bob_Braden_2],,,,,,",
    "Apple Remote Desktop (Net Assistant),115,udp,Caf\xc3\xa9 \"quoted\" inside,,,,,,,,",
};

static void csv_row(struct text *t, const char *nl, const char *row)
{
    add(t, "%s%s", row, nl);
    t->ends[t->n_ends++] = t->len;
}

static struct text *make_csv(const char *nl)
{
    struct text *t = fresh();
    char row[128];

    add(t, "%s%s", HEADER, nl);
    for (size_t i = 0; i < sizeof awkward_csv / sizeof *awkward_csv; i++)
        csv_row(t, nl, awkward_csv[i]);
    for (unsigned i = 0; i < PLAIN_ROWS; i++) {
        snprintf(row, sizeof row, "svc-%u,%u,%s,\"Service, number %u\",,,,,,,,", i, plain_port(i),
                 i % 2 ? "udp" : "tcp", i);
        csv_row(t, nl, row);
    }
    t->last_port_row = t->len;
    for (unsigned i = 0; i < PORTLESS_ROWS; i++) {
        snprintf(row, sizeof row, "portless-%u,,%s,No port,,,,,,,,\"Defined TXT keys:\n  None\"", i,
                 i % 2 ? "" : "tcp");
        csv_row(t, nl, row);
    }
    return t;
}

static const char awkward_xml[] =
    "<record><protocol>tcp</protocol><xref type=\"person\" data=\"Jon_Postel\"/><description>Reserved</description>"
    "<number>0</number></record>\n"
    "<record><protocol>udp</protocol><description>Unassigned</description><number>4</number></record>\n"
    "<record><protocol>tcp</protocol><description>any private mail system</description><number>24</number></record>\n"
    "<record updated=\"2013-05-24\"><description>Reserved</description><number>51</number></record>\n"
    "<record><name>whoispp</name><protocol>tcp</protocol><description>whois++<br/>IANA assigned this well-formed "
    "service name as a replacement for &quot;whois++&quot;.</description><number>63</number></record>\n"
    "<record><name>whois++</name><protocol>tcp</protocol><description>whois++</description><number>63</number>"
    "<note>This entry is an alias to \"whoispp\".\nThis entry is now historic, not usable for use with many\n"
    "  common service discovery mechanisms.</note></record>\n"
    "<record><name>sql*net</name><protocol>tcp</protocol><assignee>\n  <xref type=\"person\" data=\"Jack_Haverty\"/>\n"
    "</assignee><description><![CDATA[Oracle SQL*NET]]></description><number>66</number></record>\n"
    "<record><name>acmaint-dbd</name><protocol>UDP</protocol><description>IANA assigned this well-formed service name "
    "as a replacement for \"acmaint_dbd\".</description><number>77</number></record>\n"
    "<record><name>krb524</name><protocol>tcp</protocol><xref type=\"person\" data=\"B_Clifford_Neuman\"/>"
    "<description>KRB&#x35;24</description><number>94</number><unauthorized>krb524 assigned the port, nv used it "
    "without an assignment</unauthorized></record>\n"
    "<record date=\"2015-10-08\" updated=\"2022-04-11\"><name>domain-s</name><protocol>tcp</protocol><assignee>"
    "<xref type=\"person\" data=\"IESG\"/></assignee><xref type=\"person\" data=\"IETF_Chair\"/>"
    "<xref type=\"rfc\" data=\"rfc7858\"/><xref type=\"rfc\" data=\"rfc8765, Section 6.1\"/>"
    "<description>DNS query-response<!-- a comment --> protocol run over TLS</description><number>98</number>"
    "<sc>1</sc></record>\n"
    "<record><name>x11</name><protocol>tcp</protocol><description>X Window System</description><number>100-110</number>"
    "</record>\n"
    "<record><name>active-net</name><xref type=\"person\" data=\"Bob_Braden_2\"/><description>Active Networks"
    "</description><number>111-113</number></record>\n"
    "<record><name>Apple Remote Desktop (Net Assistant)</name><protocol>udp</protocol><description>Caf&#xE9; "
    "\"quoted\" "
    "inside</description><number>115</number><other xmlns=\"urn:foreign\">noise</other></record>\n";

static struct text *make_xml(const char *prolog)
{
    struct text *t = fresh();

    add(t,
        "<?xml version='1.0' encoding='UTF-8'?>\n%s" ROOT "\n<title>Service Name and Transport Protocol Port Number "
        "Registry</title>\n<updated>2026-09-01</updated><note>\nSee <xref type=\"rfc\" data=\"rfc6335\"/>.</note>\n",
        prolog);
    add(t, "%s", awkward_xml);
    for (unsigned i = 0; i < PLAIN_ROWS; i++)
        add(t,
            "<record><name>svc-%u</name><protocol>%s</protocol><description>Service, number %u</description>"
            "<number>%u</number></record>\n",
            i, i % 2 ? "udp" : "tcp", i, plain_port(i));
    for (unsigned i = 0; i < PORTLESS_ROWS; i++)
        add(t, "<record><name>portless-%u</name><protocol/><description>No port</description></record>\n", i);
    add(t,
        "<people><person id=\"Jon_Postel\"><name>Jon Postel</name><updated>1998-10-16</updated></person></people>\n");
    add(t, "</registry>\n");
    return t;
}

/* ---- reading them ------------------------------------------------------------------------------------- */

struct seen {
    unsigned n;
    unsigned stop_at; /* the sink fails at this row */
    char awkward[sizeof awkward_csv / sizeof *awkward_csv][512];
};

static int note(void *ctx, const struct ptn_assignment *a)
{
    struct seen *s = ctx;

    if (s->n < sizeof s->awkward / sizeof *s->awkward)
        snprintf(s->awkward[s->n], sizeof *s->awkward, "%u-%u|%d|%d|%s|%s|%s|%s|%s|%s|%s|%s", a->lo, a->hi, a->proto,
                 (int)a->state, a->name, a->description, a->assignee, a->date, a->modified, a->reference,
                 a->unauthorized, a->note);
    s->n++;
    return s->stop_at && s->n == s->stop_at ? -ECANCELED : 0;
}

static int count(void *ctx, const struct ptn_assignment *a)
{
    (void)a;
    ++*(unsigned *)ctx;
    return 0;
}

/* What the awkward rows say, in either format. */
static const char *const expected[] = {
    "0-0|0|1||Reserved|[Jon_Postel]|||||",
    "4-4|1|2||Unassigned||||||",
    "24-24|0|1||any private mail system|%s|||||",
    "51-51|-1|1||Reserved|||2013-05-24|||%s",
    "63-63|0|0|whoispp|whois++||||||",
    ("63-63|0|0|whois++|whois++||||||This entry is an alias to \"whoispp\". "
     "This entry is now historic, not usable for use with many common service discovery mechanisms."),
    "66-66|0|0|sql*net|Oracle SQL*NET|[Jack_Haverty]|||||",
    "77-77|1|0|acmaint-dbd|||||||",
    "94-94|0|0|krb524|KRB524|[B_Clifford_Neuman]||||krb524 assigned the port, nv used it without an assignment|",
    ("98-98|0|0|domain-s|DNS query-response protocol run over TLS|[IESG]|2015-10-08|2022-04-11|"
     "[RFC7858][RFC8765, Section 6.1]||"),
    "100-110|0|0|x11|X Window System||||||",
    "111-113|-1|0|active-net|Active Networks|[Bob_Braden_2]|||||",
    "115-115|1|0|Apple Remote Desktop (Net Assistant)|Caf\xc3\xa9 \"quoted\" inside||||||",
};

static void check_whole(const struct text *t, bool csv)
{
    static struct seen seen;
    struct ptn_iana_info info;
    struct ptn_err err = {""};
    const unsigned awkward = sizeof expected / sizeof *expected;
    int rc;

    memset(&seen, 0, sizeof seen);
    rc = ptn_iana_read("ports", t->at, t->len, note, &seen, &info, &err);
    assert_string_equal(err.text, "");
    assert_int_equal(rc, 0);
    for (unsigned i = 0; i < awkward; i++) {
        char want[512];

        snprintf(want, sizeof want, expected[i],
                 !csv     ? ""
                 : i == 2 ? "[Rick_Adams]"
                          : "This entry is being removed on 2013-05-24.");
        assert_string_equal(seen.awkward[i], want);
    }
    assert_int_equal(seen.n, PLAIN_ROWS + awkward);
    assert_int_equal(info.rows, PLAIN_ROWS + PORTLESS_ROWS + awkward);
    assert_int_equal(info.assigned, PLAIN_ROWS + awkward - 4);
    assert_int_equal(info.without_port, PORTLESS_ROWS);
    assert_int_equal(info.highest, plain_port(PLAIN_ROWS - 1));
    assert_string_equal(info.newest, "2022-04-11");
    assert_string_equal(info.updated, csv ? "" : "2026-09-01");
    assert_string_equal(info.title, csv ? "" : "Service Name and Transport Protocol Port Number Registry");
}

static void csv_is_read(void **state)
{
    static const char *const line_ends[] = {"\r\n", "\n"};

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct text *t = make_csv(line_ends[i]);
        struct text *bom = fresh();

        check_whole(t, true);
        add(bom, "\xef\xbb\xbf%s", t->at);
        check_whole(bom, true);
        add(bom, "%s", line_ends[i]); /* an empty line at the end */
        check_whole(bom, true);
        drop(bom);
        drop(t);
    }
}

static void xml_is_read(void **state)
{
    struct text *t = make_xml("<?xml-stylesheet type=\"text/xsl\" href=\"x.xsl\"?>\n<!-- made by hand -->\n");

    (void)state;
    check_whole(t, false);
    drop(t);
}

static void sink_ends_the_reading(void **state)
{
    struct text *files[] = {make_csv("\r\n"), make_xml("")};

    (void)state;
    for (int i = 0; i < 2; i++) {
        static struct seen seen;

        memset(&seen, 0, sizeof seen);
        seen.stop_at = 100;
        assert_int_equal(ptn_iana_read("ports", files[i]->at, files[i]->len, note, &seen, NULL, NULL), -ECANCELED);
        assert_int_equal(seen.n, 100);
        drop(files[i]);
    }
}

/* ---- refusing others ---------------------------------------------------------------------------------- */

/* A copy of exactly `len` bytes lets a sanitizer see the first byte read behind it. */
static int read_cut(const char *text, size_t len, struct ptn_err *err)
{
    char *cut = malloc(len ? len : 1);
    unsigned n = 0;
    int rc;

    assert_non_null(cut);
    memcpy(cut, text, len);
    err->text[0] = '\0';
    rc = ptn_iana_read("ports", cut, len, count, &n, NULL, err);
    free(cut);
    return rc;
}

static bool is_row_end(const struct text *t, size_t len)
{
    for (size_t i = 0; i < t->n_ends; i++) {
        if (t->ends[i] == len)
            return true;
    }
    return false;
}

/* A cut between two rows behind the last port loses only names without a port, which nobody keeps. */
static void check_csv_cut(const struct text *t, size_t len)
{
    struct ptn_err err;
    bool whole = len > t->last_port_row && is_row_end(t, len);

    assert_int_equal(read_cut(t->at, len, &err), whole ? 0 : -EINVAL);
    assert_true(whole || strncmp(err.text, "ports:", 6) == 0);
}

static void cut_csv_is_refused(void **state)
{
    struct text *t = make_csv("\r\n");

    (void)state;
    for (size_t len = 0; len < 2500; len += 3)
        check_csv_cut(t, len);
    for (size_t len = 2500; len < t->last_port_row; len += 2503)
        check_csv_cut(t, len);
    for (size_t i = 0; i < t->n_ends; i += 503) {
        for (size_t around = 0; around < 5; around++)
            check_csv_cut(t, t->ends[i] + around - 2 <= t->len ? t->ends[i] + around - 2 : t->len);
    }
    for (size_t len = t->last_port_row - 200; len < t->last_port_row + 200; len++)
        check_csv_cut(t, len);
    check_csv_cut(t, t->len);
    drop(t);
}

static void cut_xml_is_refused(void **state)
{
    struct text *t = make_xml("");
    size_t whole = t->len - 1; /* only the last line break may be missing */
    struct ptn_err err;

    (void)state;
    for (size_t len = 0; len < t->len; len += len < 600 || len > whole - 100 ? 1 : 7919) {
        int rc = read_cut(t->at, len, &err);

        assert_int_equal(rc, len < whole ? -EINVAL : 0);
        assert_true(rc == 0 || strncmp(err.text, "ports:", 6) == 0);
        if (len >= 600 && len + 7919 > whole - 100 && len <= whole - 100)
            len = whole - 100;
    }
    drop(t);
}

static void refuse(const char *text, size_t len, const char *sentence)
{
    struct ptn_err err;

    assert_int_equal(read_cut(text, len, &err), -EINVAL);
    if (strncmp(err.text, "ports:", 6) != 0 || !strstr(err.text, sentence))
        fail_msg("'%s' does not say '%s'", err.text, sentence);
}

static void bad_csv_rows_are_refused(void **state)
{
    static const struct {
        const char *row, *sentence;
    } bad[] = {
        {"a,70000,tcp,x,,,,,,,,", "ports:3: '70000' is no port"},
        {"a,65536,tcp,x,,,,,,,,", "ports:3: '65536' is no port"},
        {"a,-5,tcp,x,,,,,,,,", "ports:3: '-5' is no port"},
        {"a,9-5,tcp,x,,,,,,,,", "ports:3: '9-5' is no port"},
        {"a,0x50,tcp,x,,,,,,,,", "ports:3: '0x50' is no port"},
        {"a,80,ddp,x,,,,,,,,", "ports:3: unknown protocol 'ddp'"},
        {"a,,quic,x,,,,,,,,", "ports:3: unknown protocol 'quic'"},
        {",,tcp,x,,,,,,,,", "ports:3: a row with neither"},
        {"a,80,tcp,x,,,,,,,", "ports:3: a row of 11 cells, not 12"},
        {"a,80,tcp,x,,,,,,,,,", "ports:3: a row of 13 cells, not 12"},
        {"a,80,tcp,\"x\"y,,,,,,,,", "ports:3: text behind a closing quote"},
        {"a,80,tcp,x\ry,,,,,,,,", "or a lone carriage return"},
        {"a,80,tcp,x\x1b[31m,,,,,,,,", "ports:3: a control character (0x1b)"},
        {"a,80,tcp,x\xff,,,,,,,,", "ports:3: a control character or broken UTF-8"},
        {"a,80,tcp,x\xc2\x9b,,,,,,,,", "ports:3: a control character or broken UTF-8"},
        {"a,80,tcp,x\xc0\xaf,,,,,,,,", "ports:3: a control character or broken UTF-8"},
        {"a,80,tcp,x\xed\xa0\x80,,,,,,,,", "ports:3: a control character or broken UTF-8"},
        {"a,80,tcp,\"never closed,,,,,,,,", "a quote above may be missing"},
    };
    struct text *good = make_csv("\n");
    const char *rest = good->at + good->ends[0];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct text *t = fresh();

        add(t, "%.*s%s\n%s", (int)good->ends[0], good->at, bad[i].row, rest);
        refuse(t->at, t->len, bad[i].sentence);
        drop(t);
    }
    good->at[good->ends[0] + 1] = '\0';
    refuse(good->at, good->len, "ports:3: a control character (0x00)");
    drop(good);
}

static void foreign_files_are_refused(void **state)
{
    static const struct {
        const char *text, *sentence;
    } foreign[] = {
        {"", "not IANA's port registry"},
        {"hello\n", "ports:1: this is not IANA's port registry"},
        {"Value,Name,Description\n1,a,b\n", "not IANA's port registry"},
        {HEADER ",More\n", "not IANA's port registry"},
        {HEADER "\n", "only 0 rows"},
        {HEADER "\nssh,22,tcp,SSH,,,,,,,,\n", "only 1 rows"},
        {"\"Service Name,Port", "ports:1: a quote is never closed"},
        {"<", "ports:1:"},
        {"<!DOCTYPE html><html></html>", "ports:1: a document type"},
        {"<html></html>", "not IANA's port registry"},
        {"<registry id=\"service-names-port-numbers\"></registry>", "not IANA's port registry"},
        {"<registry xmlns=\"http://www.iana.org/assignments\" id=\"protocol-numbers\"></registry>", "not IANA's"},
        {ROOT "</registry>", "only 0 rows"},
        {ROOT "\n<registry id=\"x\"/></registry>", "ports:2: another registry"},
        {ROOT "\n\n<record><number>65536</number></record></registry>", "ports:3: '65536' is no port"},
        {ROOT "<record><number>1</number><number>2</number></record></registry>", "'1 2' is no port"},
        {ROOT "<record><number>1</number><protocol>ip</protocol></record></registry>", "unknown protocol 'ip'"},
        {ROOT "<record><name>&#x9b;31m</name><number>1</number></record></registry>", "control character"},
        {ROOT "<record><name>&#27;</name></record></registry>", "reference to invalid character"},
        {ROOT "<record><name>&lol;</name></record></registry>", "undefined entity"},
        {"<?xml version='1.0'?><!DOCTYPE registry [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]>" ROOT
         "<title>&b;</title></registry>",
         "a document type"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        refuse(foreign[i].text, strlen(foreign[i].text), foreign[i].sentence);
}

static void deep_xml_is_refused(void **state)
{
    struct text *t = fresh();

    (void)state;
    add(t, ROOT);
    for (int i = 0; i < 100000; i++)
        add(t, "<a>");
    refuse(t->at, t->len, "nested too deep");
    drop(t);
}

static void huge_things_are_refused(void **state)
{
    struct text *t = fresh();
    struct ptn_err err;

    (void)state;
    assert_int_equal(ptn_iana_read("ports", HEADER, PTN_IANA_FILE_MAX + 1, count, NULL, NULL, &err), -EINVAL);
    assert_non_null(strstr(err.text, "over 64 MB"));

    add(t, HEADER "\na,80,tcp,");
    for (int i = 0; i < 20000; i++)
        add(t, "sixty-four bytes of a description that will never come to its end ");
    refuse(t->at, t->len, "ports:2: a line of over 1 MB");
    t->len = 0;
    add(t, HEADER "\na,80,tcp,\"");
    for (int i = 0; i < 20000; i++)
        add(t, "sixty-four bytes of a description that will never come to its end\n");
    add(t, "\",,,,,,,,\n");
    refuse(t->at, t->len, "ports:2: a row of over 1 MB");
    t->len = 0;
    add(t, ROOT "\n<record><note>");
    for (int i = 0; i < 20000; i++)
        add(t, "sixty-four bytes of a description that will never come to its end\n");
    refuse(t->at, t->len, "a record of over 1 MB");
    drop(t);
}

/* ---- our own file ------------------------------------------------------------------------------------- */

static void tsv_is_read(void **state)
{
    static const char text[] = "# registry: Ports\n# made: soon\n# made: 2026-09-17 (the day)\n"
                               "0\ttcp\t\treserved\tnpm\tReserved\n"
                               "80\ttcp\thttp\tassigned\tboth\tWorld Wide Web HTTP\n"
                               "4200-4299\tdccp\tvrml-multi-use\tassigned\tiana\t\n";
    static struct seen seen;
    struct ptn_iana_info info;

    (void)state;
    memset(&seen, 0, sizeof seen);
    assert_int_equal(ptn_registry_tsv_read("r", text, sizeof text - 1, note, &seen, &info, NULL), 0);
    assert_string_equal(seen.awkward[0], "0-0|0|1||Reserved||||||");
    assert_string_equal(seen.awkward[1], "80-80|0|0|http|World Wide Web HTTP||||||");
    assert_string_equal(seen.awkward[2], "4200-4299|3|0|vrml-multi-use|||||||");
    assert_int_equal(info.rows, 3);
    assert_int_equal(info.assigned, 2);
    assert_string_equal(info.updated, "2026-09-17");
    assert_string_equal(info.title, "Ports");
}

static void bad_tsv_is_refused(void **state)
{
    static const struct {
        const char *text, *sentence;
    } bad[] = {
        {"80\ttcp\thttp\tassigned\tboth", "r:1: a line without its end"},
        {"#\n80\ttcp\thttp\tassigned\tboth\n", "r:2: 5 columns, not 6"},
        {"80\ttcp\t\tassigned\tboth\tx\n", "r:1: not port, proto"},
        {"80\ttcp\thttp\treserved\tboth\tx\n", "r:1: not port, proto"},
        {"80\ttcp\thttp\tgiven\tboth\tx\n", "r:1: not port, proto"},
        {"80\t\thttp\tassigned\tboth\tx\n", "r:1: not port, proto"},
        {"80000\ttcp\thttp\tassigned\tboth\tx\n", "r:1: '80000' is no port"},
        {"80\tip\thttp\tassigned\tboth\tx\n", "r:1: unknown protocol 'ip'"},
        {"80\ttcp\tht\xfftp\tassigned\tboth\tx\n", "r:1: a control character"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct ptn_err err = {""};
        unsigned n = 0;

        assert_int_equal(ptn_registry_tsv_read("r", bad[i].text, strlen(bad[i].text), count, &n, NULL, &err), -EINVAL);
        if (!strstr(err.text, bad[i].sentence))
            fail_msg("'%s' does not say '%s'", err.text, bad[i].sentence);
    }
}

struct order {
    unsigned lo, named_ranges;
    int proto;
    bool www, turn;
};

static int check_order(void *ctx, const struct ptn_assignment *a)
{
    struct order *o = ctx;

    assert_true(a->lo > o->lo || (a->lo == o->lo && a->proto >= o->proto));
    o->lo = a->lo;
    o->proto = a->proto;
    o->named_ranges += a->lo < a->hi && *a->name;
    o->www |= a->lo == 80 && strcmp(a->name, "www") == 0;
    o->turn |= a->lo == 3478 && strcmp(a->name, "turn") == 0;
    return 0;
}

/* PTN_REGISTRY, or the file as seen from the top of the tree. */
static void our_registry_is_sound(void **state)
{
    const char *path = getenv("PTN_REGISTRY");
    struct order order = {0};
    struct ptn_iana_info info;
    struct ptn_err err = {""};
    char *text;
    size_t len;

    (void)state;
    if (ptn_file_read(path ? path : "data/registry/iana.tsv", PTN_IANA_FILE_MAX, &text, &len) < 0)
        SKIP("data/registry/iana.tsv cannot be read");
    assert_int_equal(ptn_registry_tsv_read("iana.tsv", text, len, check_order, &order, &info, &err), 0);
    assert_true(info.assigned > 11500);
    assert_int_equal(strlen(info.updated), 10);
    assert_true(order.named_ranges >= 7 && order.www && order.turn);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_is_read),
        cmocka_unit_test(xml_is_read),
        cmocka_unit_test(sink_ends_the_reading),
        cmocka_unit_test(cut_csv_is_refused),
        cmocka_unit_test(cut_xml_is_refused),
        cmocka_unit_test(bad_csv_rows_are_refused),
        cmocka_unit_test(foreign_files_are_refused),
        cmocka_unit_test(deep_xml_is_refused),
        cmocka_unit_test(huge_things_are_refused),
        cmocka_unit_test(tsv_is_read),
        cmocka_unit_test(bad_tsv_is_refused),
        cmocka_unit_test(our_registry_is_sound),
    };

    return check_all(tests);
}
