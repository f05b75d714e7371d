/* Drafts and books: what a build refuses and at which line; a book comes back as it was; a damaged one is refused. */
#include "complaints.h"

#include <errno.h>

#include "base/text.h"
#include "chart/draft.h"
#include "chart/iana.h"

#define ALL (PTN_ENTRY_SERVICE | PTN_ENTRY_MALWARE | PTN_ENTRY_SOURCE)

#define KEY "Key: k\nTitle: A source\nDate: 1999\nLicence: facts\n\n" /* 5 lines */
#define REST "Title: t\nSafe: N\nWhy: w.\nDo: d.\nSource: k\n"        /* 5 lines */

struct drafting {
    struct ptn_draft draft;
    struct complaints said;
};

static void begin(struct drafting *d)
{
    memset(d, 0, sizeof(*d));
    ptn_draft_init(&d->draft, keep_complaint, &d->said);
}

static void add(struct drafting *d, const char *file, const char *text, bool site, const struct ptn_book *base)
{
    EXPECT_INT(ptn_draft_add_text(&d->draft, file, text, strlen(text), ALL, site, base), 0);
}

/* ---- what is refused -------------------------------------------------------------------------------------- */

static void refused(void **state)
{
    static const struct {
        const char *text; /* after KEY: its first line is line 6 */
        const char *said[4];
    } rows[] = {
        {"Service: a\nPorts: 1/tcp\n" REST, {NULL}},
        {"Service: a\nPorts: 1/tcp\nColour: red\n" REST, {"f.rec:8: unknown field \"Colour\""}},
        {"Service: a\nports: 1/tcp\n" REST, {"f.rec:7: unknown field \"ports\""}},
        {"Service: a\nPorts: 1/tcp\nRole: rat\n" REST, {"f.rec:8: unknown field \"Role\""}},
        {"Service: a\nPorts: 1/tcp\nPorts: 2/tcp\n" REST, {"f.rec:8: Ports stands twice in this record"}},
        {"Service: a\nPorts: 1/tcp\nErratum: 2026-11-01 x\nErratum: 2026-11-02 y\n" REST, {NULL}},
        {"Service: a\nPorts: 1/tcp\nTitle: t\nSafe: X\nWhy: w.\nDo: d.\nSource: k\n",
         {"f.rec:9: Safe: a rating is Y, -, N or ?"}},
        {"Service: a\nPorts: 1/tcp\nEncrypted: maybe\n" REST,
         {"f.rec:8: Encrypted: \"maybe\" is none of: yes no starttls optional"}},
        {"Service: a\nPorts: 1/tcp\nTitle: t\nSafe: N\nWhy: w.\nDo: d.\n", {"f.rec:6: a has no Source:"}},
        {"Service: a\nPorts: 1/tcp\nTitle: t\nSafe: N\nDo: d.\nSource: k\n", {"f.rec:6: a has no Why:"}},
        {"Service: a\nPorts: 1/tcp\nTitle: t\nSafe: N\nWhy: w.\nSource: k\n", {"f.rec:6: a has no Do:"}},
        {"Service: a\nPorts: 1/tcp\nSafe: N\nWhy: w.\nDo: d.\nSource: k\n", {"f.rec:6: a has no Title:"}},
        {"Service: a\nPorts: 1/tcp\nTitle: t\nWhy: w.\nDo: d.\nSource: k\n", {"f.rec:6: a has no Safe:"}},
        {"Service: a\n" REST, {"f.rec:6: a has no port: give Ports:, Also: or Was:"}},
        {"Service: a\nAlso: 1/tcp\n" REST, {NULL}},
        {"Service: a\nWas: 1/tcp\n" REST, {NULL}},
        {"Service: a\nPorts: 1/tcp\nTitle: t\nSafe: N\nWhy: w.\nDo: d.\nSource: k nowhere\n",
         {"f.rec:6: Source: nothing is called \"nowhere\""}},
        {"Service: a\nPorts: 1/tcp\nInstead: ssh\n" REST, {"f.rec:6: Instead: nothing is called \"ssh\""}},
        {"Service: a\nPorts: 1/tcp\nInstead: k\n" REST, {"f.rec:6: Instead: nothing is called \"k\""}},
        {"Service: a\nPorts: 1/tcp\nInstead: b\n" REST "\nService: b\nPorts: 2/tcp\n" REST, {NULL}},
        {"Service: a\nPorts: 1/tcp\nInstead: c\n" REST "\nService: b\nAlias: c\nPorts: 2/tcp\n" REST,
         {"f.rec:6: Instead: nothing is called \"c\""}}, /* by its name, not by one of its others */
        {"Service: a\nPorts: 1/tcp\n" REST "\nService: a\nPorts: 2/tcp\n" REST,
         {"f.rec:14: the name a of a already belongs to a (f.rec:6)"}},
        {"Service: a_b\nPorts: 1/tcp\n" REST "\nService: a-b\nPorts: 2/tcp\n" REST,
         {"f.rec:14: the name a_b of a-b already belongs to a_b (f.rec:6)"}},
        {"Service: a\nPorts: 1/tcp\n" REST "\nService: b\nAlias: a\nPorts: 2/tcp\n" REST,
         {"f.rec:14: the name a of b already belongs to a (f.rec:6)"}},
        {"Service: a\nAlias: x\nPorts: 1/tcp\n" REST "\nService: b\nAlias: x\nPorts: 2/tcp\n" REST, {NULL}},
        {"Service: a\nAlias: a\nPorts: 1/tcp\n" REST, {"f.rec:6: the name a of a already belongs to a (f.rec:6)"}},
        {"Service: a\nPorts: 1/tcp\n" REST "\nService: b\nPorts: 1/tcp\n" REST,
         {"f.rec:14: b claims 1/tcp, which a already has (f.rec:6); use Also:"}},
        {"Service: a\nPorts: 1-9/tcp\n" REST "\nService: b\nPorts: 5-20/tcp\n" REST,
         {"f.rec:14: b claims 5/tcp, which a already has (f.rec:6); use Also:"}},
        {"Service: a\nPorts: 1/tcp\n" REST "\nService: b\nPorts: 1/udp\n" REST, {NULL}},
        {"Service: a\nPorts: 1/tcp\n" REST "\nService: b\nAlso: 1/tcp\n" REST, {NULL}},
        {"Service: a\nPorts: 1/tcp 1/tcp\n" REST, {"f.rec:6: a claims 1/tcp twice"}},
        {"Service: a\nPorts: 1/tcp\nAlso: 1/tcp\n" REST, {"f.rec:6: a claims 1/tcp twice"}},
        {"Service: a\nPorts: 5/tcp\nWas: 1-9/tcp\n" REST, {"f.rec:6: a claims 1/tcp twice"}},
        {"Service: a\nPorts: 1/tcp\nSafe-2001: N 2/tcp\n" REST, {"f.rec:8: Safe-2001: a does not claim 2/tcp"}},
        {"Service: a\nPorts: 1/tcp\nSafe-2001: N 1/udp\n" REST, {"f.rec:8: Safe-2001: a does not claim 1/udp"}},
        {"Title: t\nService: a\nPorts: 1/tcp\n", {"f.rec:6: \"Title\" begins no record that may stand in this file"}},
        {"Service: a\nPorts 1/tcp\n" REST, {"f.rec:7: expected \"Field: value\""}},
        {"Malware: m\nPorts: 1/tcp\nYears: 1999\nRole: rat\nConfidence: low\nSource: k\n", {NULL}},
        {"Malware: m\nPorts: 1/tcp\nYears: 1999\nRole: rat\nSource: k\n", {"f.rec:6: m has no Confidence:"}},
        {"Malware: m\nPorts: 1/tcp\nYears: 1999\nRole: rat\nConfidence: low\n", {"f.rec:6: m has no Source:"}},
        {"Malware: m\nYears: 1999\nRole: rat\nConfidence: low\nSource: k\n", {"f.rec:6: m has no Ports:"}},
        {"Malware: m\nPorts: 1/tcp\nYears: 1999\nRole: rat\nConfidence: low\nSource: x\n",
         {"f.rec:6: Source: nothing is called \"x\""}},
        {"Malware: m\nPorts: 1/tcp\nYears: 1999\nRole: rat\nConfidence: low\nSource: k\nSafe: N\n",
         {"f.rec:12: unknown field \"Safe\""}},
        {"Malware: a\nPorts: 1/tcp\nYears: 1999\nRole: rat\nConfidence: low\nSource: k\n\nService: a\nPorts: "
         "1/tcp\n" REST,
         {NULL}}, /* a hint may be called as a service is, and stand on its port */
        {"Key: k2\nTitle: t\nDate: 1999\n", {"f.rec:6: k2 has no Licence:"}},
        {"Key: k\nTitle: t\nDate: 1999\nLicence: facts\n", {"f.rec:6: the name k of k already belongs to k (f.rec:1)"}},
        /* what is sound still counts, and every error is told, not only the first */
        {"Service: a\nPorts: x\n" REST "\nService: b\nPorts: 2/tcp\nBad: x\n" REST "\nService: c\nPorts: 3/tcp\n" REST,
         {"f.rec:7: Ports: \"x\" is not a port", "f.rec:16: unknown field \"Bad\""}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct drafting d;
        char text[4096];
        snprintf(text, sizeof(text), KEY "%s", rows[i].text);
        AT("row %zu: %.300s", i, rows[i].text);
        begin(&d);
        add(&d, "f.rec", text, false, NULL);
        EXPECT_INT(ptn_draft_check(&d.draft, NULL, false), 0);
        expect_complaints(&d.said, rows[i].said);
        EXPECT_INT(d.draft.complaints, d.said.n);
        ptn_draft_release(&d.draft);
    }
}

static void two_files(void **state)
{
    static const char *const want[] = {"b.rec:1: the name a of a already belongs to a (a.rec:6)",
                                       "b.rec:1: a claims 1/tcp, which a already has (a.rec:6); use Also:", NULL};
    struct drafting d;
    (void)state;
    begin(&d);
    add(&d, "a.rec", KEY "Service: a\nPorts: 1/tcp\n" REST, false, NULL);
    add(&d, "b.rec", "Service: a\nPorts: 1/tcp\n" REST, false, NULL);
    assert_int_equal(ptn_draft_check(&d.draft, NULL, false), 0);
    expect_complaints(&d.said, want);
    ptn_draft_release(&d.draft);
}

static void wrong_kind_of_file(void **state)
{
    static const char *const want[] = {"f.rec:1: \"Malware\" begins no record that may stand in this file", NULL};
    static const char text[] = "Malware: m\nPorts: 1/tcp\nYears: 1999\nRole: rat\nConfidence: low\nSource: k\n";
    struct drafting d;
    (void)state;
    begin(&d);
    assert_int_equal(ptn_draft_add_text(&d.draft, "f.rec", text, strlen(text), PTN_ENTRY_SERVICE, false, NULL), 0);
    expect_complaints(&d.said, want);
    assert_int_equal(d.draft.n_entries, 0);
    ptn_draft_release(&d.draft);
}

static void crowded_port(void **state)
{
    static char text[200000];
    struct drafting d;
    size_t len = (size_t)sprintf(text, KEY);
    (void)state;
    for (int i = 0; i < PTN_CLAIMS_MAX; i++)
        len += (size_t)sprintf(text + len, "Service: s%d\nAlso: 1-2/tcp\n" REST "\n", i);
    begin(&d);
    add(&d, "f.rec", text, false, NULL);
    assert_int_equal(ptn_draft_check(&d.draft, NULL, false), 0);
    assert_true(d.said.n >= 2);
    assert_non_null(strstr(d.said.text[0], ": too many claims on 1/tcp"));
    ptn_draft_release(&d.draft);
}

/* ---- there and back ------------------------------------------------------------------------------------------ */

static const char round_text[] =
    KEY "Service: alpha\nAlias: al_pha ALPHA\nPorts: 10-12/tcp 10/udp\nAlso: 99/tcp\nWas: 65535/tcp\n"
        "Title: The first\nSafe: -\nSafe-2001: N 10-12/tcp\nSafe-2001: ? 99/tcp\nWhy: One.\n+ Two.\nDo: d.\n"
        "Erratum: 2026-11-01 first\nErratum: 2026-11-02 second\nSource: k\n\n"
        "Service: beta\nAlso: 10/tcp 0-999/dccp\nPorts: 0/sctp\nTitle: t\nSafe: Y\nWhy: w.\nDo: d.\nSource: k\n\n"
        "Malware: gamma\nPorts: 10/tcp\nYears: 1999\nRole: rat\nConfidence: low\nSource: k\n\n"
        "Malware: delta\nPorts: 10/tcp\nYears: 1999\nRole: rat\nConfidence: high\nSource: k\n";

static size_t make_block(const char *text, void **block)
{
    struct drafting d;
    size_t len = 0;
    begin(&d);
    char lower[4096];
    snprintf(lower, sizeof(lower), "%s", text);
    char *caps = strstr(lower, " ALPHA");
    if (caps)
        memset(caps, ' ', 6);
    add(&d, "f.rec", lower, false, NULL);
    EXPECT_INT(ptn_draft_check(&d.draft, NULL, false), 0);
    EXPECT_INT(d.said.n, 0);
    d.draft.title = "A book";
    d.draft.date = "2026-11-23";
    EXPECT_INT(ptn_draft_write(&d.draft, block, &len), 0);
    ptn_draft_release(&d.draft);
    return len;
}

static long count(const struct ptn_book *b, unsigned port, enum ptn_proto proto)
{
    const struct ptn_book_refs refs = ptn_book_refs(b, (uint16_t)port, proto);
    return refs.end - refs.at;
}

static void expect_claim(const struct ptn_book *b, unsigned port, enum ptn_proto proto, unsigned nth, const char *name,
                         enum ptn_how how, enum ptn_rating rating, enum ptn_rating rating_2001)
{
    const struct ptn_book_refs refs = ptn_book_refs(b, (uint16_t)port, proto);
    AT("%u, protocol %u, claim %u", port, proto, nth);
    EXPECT(nth < refs.end - refs.at);
    const struct ptn_book_claim *c = &b->claims[refs.at[nth]];
    EXPECT_TEXT(ptn_book_string(b, b->entries[c->entry].name), name);
    EXPECT_INT(c->how, how);
    EXPECT_INT(c->rating, rating);
    EXPECT_INT(c->rating_2001, rating_2001);
}

static void there_and_back(void **state)
{
    void *block;
    struct ptn_book b;
    uint32_t at, end;
    (void)state;
    size_t len = make_block(round_text, &block);
    assert_int_equal(ptn_book_open(&b, block, len, true), 0);
    assert_string_equal(ptn_book_string(&b, b.header->title), "A book");
    assert_string_equal(ptn_book_string(&b, b.header->date), "2026-11-23");
    assert_string_equal(ptn_book_string(&b, b.header->pool_size), "");
    assert_string_equal(ptn_book_string(&b, UINT32_MAX), "");
    assert_int_equal(b.header->n_entries, 5);
    end = ptn_book_find(&b, "AL-pha", &at);
    assert_int_equal(end - at, 1);
    uint32_t alpha = b.names[at].entry;
    assert_string_equal(ptn_book_string(&b, b.entries[alpha].name), "alpha");
    assert_string_equal(ptn_book_field(&b, alpha, PTN_FIELD_WHY, 0), "One. Two.");
    assert_null(ptn_book_field(&b, alpha, PTN_FIELD_WHY, 1));
    assert_string_equal(ptn_book_field(&b, alpha, PTN_FIELD_ERRATUM, 0), "2026-11-01 first");
    assert_string_equal(ptn_book_field(&b, alpha, PTN_FIELD_ERRATUM, 1), "2026-11-02 second");
    assert_null(ptn_book_field(&b, alpha, PTN_FIELD_ERRATUM, 2));
    assert_null(ptn_book_field(&b, alpha, PTN_FIELD_TRAP, 0));
    assert_true(ptn_book_has_hash(&b, alpha, ptn_name_hash("ALPHA", 5)));
    assert_true(ptn_book_has_hash(&b, alpha, ptn_name_hash("al.pha", 6)));
    assert_false(ptn_book_has_hash(&b, alpha, ptn_name_hash("beta", 4)));
    end = ptn_book_find(&b, "nobody", &at);
    assert_int_equal(end - at, 0);
    end = ptn_book_find(&b, "", &at);
    assert_int_equal(end - at, 0);
    end = ptn_book_find(&b, "zzzz", &at);
    assert_int_equal(end - at, 0);
    free(block);
}

/* Own before also before was before hints, sure hints before doubtful ones; the page's rating only where it stood. */
static void ranks(void **state)
{
    void *block;
    struct ptn_book b;
    (void)state;
    size_t len = make_block(round_text, &block);
    assert_int_equal(ptn_book_open(&b, block, len, true), 0);
    expect_claim(&b, 0, PTN_SCTP, 0, "beta", PTN_HOW_OWN, PTN_RATING_SAFE, PTN_RATING_NONE);
    expect_claim(&b, 10, PTN_UDP, 0, "alpha", PTN_HOW_OWN, PTN_RATING_LIMITED, PTN_RATING_NONE);
    expect_claim(&b, 10, PTN_TCP, 0, "alpha", PTN_HOW_OWN, PTN_RATING_LIMITED, PTN_RATING_UNSAFE);
    expect_claim(&b, 10, PTN_TCP, 1, "beta", PTN_HOW_ALSO, PTN_RATING_SAFE, PTN_RATING_NONE);
    expect_claim(&b, 10, PTN_DCCP, 0, "beta", PTN_HOW_HABIT, PTN_RATING_SAFE, PTN_RATING_NONE); /* the wide range */
    expect_claim(&b, 10, PTN_TCP, 2, "delta", PTN_HOW_HINT, PTN_RATING_NONE, PTN_RATING_NONE);
    expect_claim(&b, 10, PTN_TCP, 3, "gamma", PTN_HOW_HINT, PTN_RATING_NONE, PTN_RATING_NONE);
    expect_claim(&b, 12, PTN_TCP, 0, "alpha", PTN_HOW_OWN, PTN_RATING_LIMITED, PTN_RATING_UNSAFE);
    expect_claim(&b, 13, PTN_DCCP, 0, "beta", PTN_HOW_HABIT, PTN_RATING_SAFE, PTN_RATING_NONE);
    expect_claim(&b, 99, PTN_TCP, 0, "alpha", PTN_HOW_ALSO, PTN_RATING_LIMITED, PTN_RATING_DEPENDS);
    expect_claim(&b, 65535, PTN_TCP, 0, "alpha", PTN_HOW_WAS, PTN_RATING_LIMITED, PTN_RATING_NONE);
    assert_int_equal(count(&b, 65535, PTN_TCP), 1);
    free(block);
}

static void empty_book(void **state)
{
    struct drafting d;
    void *block;
    size_t len;
    struct ptn_book b;
    uint32_t at;
    (void)state;
    begin(&d);
    assert_int_equal(ptn_draft_check(&d.draft, NULL, false), 0);
    assert_int_equal(ptn_draft_write(&d.draft, &block, &len), 0);
    assert_int_equal(ptn_book_open(&b, block, len, true), -EINVAL); /* a file that claims nothing is no registry */
    assert_int_equal(ptn_book_open(&b, block, len, false), 0);
    assert_int_equal(ptn_book_find(&b, "a", &at), 0);
    assert_int_equal(count(&b, 0, PTN_TCP) + count(&b, 80, PTN_UDP) + count(&b, 65535, PTN_DCCP), 0);
    free(block);
    ptn_draft_release(&d.draft);
}

static int add_row(void *ctx, unsigned lo, unsigned hi, int proto, const char *name, const char *text,
                   enum ptn_assignment_state state)
{
    struct ptn_assignment a = {.lo = (uint16_t)lo,
                               .hi = (uint16_t)hi,
                               .proto = proto,
                               .name = name,
                               .description = text,
                               .assignee = "",
                               .date = "",
                               .modified = "",
                               .reference = "",
                               .unauthorized = "",
                               .note = "",
                               .witness = "",
                               .state = state,
                               .line = 1};
    return ptn_draft_add_assignment(ctx, &a);
}

static void registry_rows(void **state)
{
    struct drafting d;
    void *block;
    size_t len;
    struct ptn_book b;
    (void)state;
    begin(&d);
    assert_int_equal(add_row(&d.draft, 7, 7, PTN_TCP, "echo", "Echo", PTN_ASSIGNED), 0);
    assert_int_equal(add_row(&d.draft, 7, 7, PTN_UDP, "echo", "Echo", PTN_ASSIGNED), 0);
    assert_int_equal(add_row(&d.draft, 8, 8, PTN_UDP, "", "Unassigned", PTN_UNASSIGNED), 0);
    assert_int_equal(add_row(&d.draft, 9, 10, -1, "", "Reserved", PTN_RESERVED), 0);
    assert_int_equal(d.draft.n_entries, 2); /* tcp and udp share one; what is unassigned needs none */
    assert_int_equal(ptn_draft_write(&d.draft, &block, &len), 0);
    assert_int_equal(ptn_book_open(&b, block, len, true), 0);
    expect_claim(&b, 7, PTN_TCP, 0, "echo", PTN_HOW_ASSIGNED, PTN_RATING_NONE, PTN_RATING_NONE);
    expect_claim(&b, 7, PTN_UDP, 0, "echo", PTN_HOW_ASSIGNED, PTN_RATING_NONE, PTN_RATING_NONE);
    assert_int_equal(count(&b, 8, PTN_UDP), 0);
    for (int proto = 0; proto < PTN_PROTO_PORTED; proto++)
        assert_int_equal(count(&b, 10, (enum ptn_proto)proto), 1);
    expect_claim(&b, 10, PTN_DCCP, 0, "", PTN_HOW_SET_ASIDE, PTN_RATING_NONE, PTN_RATING_NONE);
    free(block);
    ptn_draft_release(&d.draft);
}

/* ---- damage ------------------------------------------------------------------------------------------------------ */

/* Uses everything a lookup would: under a sanitizer nothing of it may reach outside the block. */
static size_t walk(const struct ptn_book *b)
{
    size_t sum = strlen(ptn_book_string(b, b->header->title)) + strlen(ptn_book_string(b, b->header->date));
    uint32_t at;
    for (uint32_t e = 0; e < b->header->n_entries; e++) {
        sum += strlen(ptn_book_string(b, b->entries[e].name));
        for (int f = 0; f < PTN_FIELD_COUNT; f++) {
            const char *v = ptn_book_field(b, e, (enum ptn_field)f, 0);
            sum += v ? strlen(v) : 0;
        }
        sum += ptn_book_has_hash(b, e, 1);
    }
    for (uint32_t i = 0; i < PTN_PROTO_PORTED * 65536; i++)
        for (struct ptn_book_refs r = ptn_book_refs(b, (uint16_t)i, (enum ptn_proto)(i >> 16)); r.at < r.end; r.at++)
            sum += b->entries[b->claims[*r.at].entry].type;
    for (uint32_t i = 0; i < b->header->n_names; i++)
        sum += strlen(ptn_book_string(b, b->names[i].text));
    return sum + ptn_book_find(b, "alpha", &at);
}

/* A copy in memory of exactly its size, so that a sanitizer sees every step beyond. */
static int open_copy(const void *block, size_t len, size_t *sum)
{
    struct ptn_book b;
    void *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, block, len);
    int r = ptn_book_open(&b, copy, len, true);
    if (r == 0)
        *sum += walk(&b);
    free(copy);
    return r;
}

static void damaged_header(void **state)
{
    static const unsigned char flips[] = {1, 2, 4, 8, 16, 32, 64, 128, 255, 3};
    unsigned char *block;
    size_t sum = 0;
    size_t len = make_block(round_text, (void **)&block);
    (void)state;
    for (size_t i = 0; i < sizeof(struct ptn_book_header); i++)
        for (size_t k = 0; k < COUNT(flips); k++) {
            const unsigned x = flips[k];
            bool text = i >= offsetof(struct ptn_book_header, title); /* another string, or none: nothing worse */
            bool pool = i / 4 == offsetof(struct ptn_book_header, pool_size) / 4;
            AT("octet %zu ^ %u", i, x);
            block[i] ^= (unsigned char)x;
            uint32_t was = ((struct ptn_book_header *)(void *)block)->pool_size;
            int r = open_copy(block, len, &sum);
            block[i] ^= (unsigned char)x;
            uint32_t is = ((struct ptn_book_header *)(void *)block)->pool_size;
            /* within the padding of its last word the pool is the same pool */
            bool same_words = pool && (was + 3) / 4 == (is + 3) / 4;
            if (text || same_words)
                EXPECT(r == 0 || r == -EINVAL);
            else
                EXPECT_INT(r, -EINVAL);
        }
    assert_true(sum > 0);
    free(block);
}

static void cut_off(void **state)
{
    unsigned char *block;
    size_t sum = 0;
    size_t len = make_block(round_text, (void **)&block);
    (void)state;
    for (size_t n = 0; n < len; n += n < 2000 || len - n < 300 ? 1 : 5003) {
        AT("cut to %zu", n);
        EXPECT_INT(open_copy(block, n, &sum), -EINVAL);
    }
    /* and when the header agrees that this is all */
    for (size_t n = sizeof(struct ptn_book_header); n < len; n += n < 2000 || len - n < 300 ? 1 : 5003) {
        struct ptn_book_header *h = (void *)block;
        h->size = (uint32_t)n;
        AT("cut to %zu, as the header says", n);
        EXPECT_INT(open_copy(block, n, &sum), -EINVAL);
    }
    free(block);
}

/* Any octet of the body may be wrong: refused, or at least nothing outside the block is read. */
static void damaged_body(void **state)
{
    static const unsigned char marks[] = {0x01, 0x80, 0xff};
    unsigned char *block;
    size_t sum = 0, len = make_block(round_text, (void **)&block), refused_n = 0;
    (void)state;
    for (size_t i = sizeof(struct ptn_book_header); i<len; i += i> 2500 && i < len - 1500 ? 61 : 1)
        for (size_t m = 0; m < COUNT(marks); m++) {
            block[i] ^= marks[m];
            refused_n += open_copy(block, len, &sum) < 0;
            block[i] ^= marks[m];
        }
    assert_true(refused_n > 100);
    assert_int_equal(open_copy(block, len, &sum), 0);
    free(block);
}

static void foreign(void **state)
{
    static const char text[] = "Service Name,Port Number,Transport Protocol,Description\n";
    char zero[4096] = {0};
    size_t sum = 0;
    (void)state;
    assert_int_equal(open_copy(text, sizeof(text), &sum), -EINVAL);
    assert_int_equal(open_copy(zero, sizeof(zero), &sum), -EINVAL);
    assert_int_equal(open_copy("PORTOLAN", 8, &sum), -EINVAL);
    assert_int_equal(open_copy("", 0, &sum), -EINVAL);
}

/* ---- a site's records ---------------------------------------------------------------------------------------------
 */

static void a_site_says_what_differs(void **state)
{
    static const char site[] =
        "Service: alpha\nSafe: Y\n\nService: beta\nPorts: 4000/tcp\n\nService: own\nPorts: 1/tcp\n";
    static const char *const want[] = {"s.rec:7: own has no Title:", NULL};
    check_at[0] = '\0';
    void *base_block, *block;
    struct ptn_book base, b;
    struct drafting d;
    size_t len = make_block(round_text, &base_block);
    (void)state;
    assert_int_equal(ptn_book_open(&base, base_block, len, true), 0);
    begin(&d);
    add(&d, "s.rec", site, true, &base);
    assert_int_equal(ptn_draft_check(&d.draft, &base, true), 0);
    expect_complaints(&d.said, want);
    assert_int_equal(ptn_draft_write(&d.draft, &block, &len), 0);
    assert_int_equal(ptn_book_open(&b, block, len, true), 0);
    assert_int_equal(b.header->n_entries, 2);
    assert_string_equal(ptn_book_field(&b, 0, PTN_FIELD_WHY, 0), "One. Two."); /* inherited */
    assert_string_equal(ptn_book_field(&b, 0, PTN_FIELD_TITLE, 0), "The first");
    expect_claim(&b, 12, PTN_TCP, 0, "alpha", PTN_HOW_OWN, PTN_RATING_SAFE, PTN_RATING_NONE); /* its ports, too */
    expect_claim(&b, 4000, PTN_TCP, 0, "beta", PTN_HOW_OWN, PTN_RATING_SAFE, PTN_RATING_NONE);
    assert_int_equal(count(&b, 0, PTN_SCTP), 0); /* beta moved: what the base says of its ports is no more */
    free(block);
    free(base_block);
    ptn_draft_release(&d.draft);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused),
        cmocka_unit_test(two_files),
        cmocka_unit_test(wrong_kind_of_file),
        cmocka_unit_test(crowded_port),
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(ranks),
        cmocka_unit_test(empty_book),
        cmocka_unit_test(registry_rows),
        cmocka_unit_test(damaged_header),
        cmocka_unit_test(cut_off),
        cmocka_unit_test(damaged_body),
        cmocka_unit_test(foreign),
        cmocka_unit_test(a_site_says_what_differs),
    };
    return check_all(tests);
}
