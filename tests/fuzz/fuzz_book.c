/* A book from a file: a good one with octets changed and its end cut, as the input says. Refused, or every lookup in it
 * stays inside it. The input: two octets of what to cut, then five octets a change: where (four, little-endian), what
 * to put there. */
#include "fuzz.h"

#include "chart/draft.h"
#include "chart/iana.h"
#include "chart/layers.h"

static void add(struct ptn_draft *d, unsigned lo, unsigned hi, int proto, const char *name, const char *text)
{
    struct ptn_assignment a = {.lo = (uint16_t)lo,
                               .hi = (uint16_t)hi,
                               .proto = proto,
                               .name = name,
                               .description = text,
                               .assignee = "[IESG]",
                               .date = "2001-01-01",
                               .modified = "",
                               .reference = "[RFC793]",
                               .unauthorized = "",
                               .note = "",
                               .witness = "",
                               .state = *name ? PTN_ASSIGNED : PTN_RESERVED,
                               .line = 1};
    require(ptn_draft_add_assignment(d, &a) == 0);
}

static void *make(size_t *len)
{
    struct ptn_draft d;
    void *block;
    ptn_draft_init(&d, NULL, NULL);
    d.title = "A registry";
    d.date = "2026-11-23";
    add(&d, 0, 0, -1, "", "Reserved");
    add(&d, 22, 22, PTN_TCP, "ssh", "The Secure Shell");
    add(&d, 22, 22, PTN_UDP, "ssh", "The Secure Shell");
    add(&d, 80, 80, PTN_TCP, "http", "World Wide Web");
    add(&d, 6000, 6063, PTN_TCP, "x11", "X Window System");
    add(&d, 65535, 65535, PTN_SCTP, "last", "The last");
    require(ptn_draft_write(&d, &block, len) == 0);
    ptn_draft_release(&d);
    return block;
}

static int note(void *ctx, struct ptn_service s)
{
    *(size_t *)ctx += strlen(ptn_service_name(s));
    return 0;
}

static void use(const struct ptn_book *b)
{
    static const char *const names[] = {"ssh", "http", "x11", "last", "", "zz"};
    struct ptn_chart c = {0};
    struct ptn_claim claims[PTN_CLAIMS_MAX];
    size_t sum = 0;
    require(ptn_book_open(&c.books[PTN_LAYER_CHART], ptn_builtin_chart,
                          (size_t)(ptn_builtin_chart_end - ptn_builtin_chart), false) == 0);
    c.books[PTN_LAYER_REGISTRY] = *b;
    sum += strlen(ptn_chart_registry_title(&c)) + strlen(ptn_chart_registry_date(&c));
    for (unsigned port = 0; port < 65536; port += port < 100 ? 1 : 61)
        for (int p = 0; p < PTN_PROTO_PORTED; p++) {
            int n = ptn_chart_lookup(&c, (uint16_t)port, (enum ptn_proto)p, claims, PTN_CLAIMS_MAX);
            sum += strlen(ptn_chart_state(&c, (uint16_t)port, (enum ptn_proto)p));
            for (int i = 0; i < n; i++) {
                struct ptn_service s;
                sum += strlen(ptn_service_name(claims[i].service)) + strlen(ptn_service_title(claims[i].service));
                for (unsigned k = 0; ptn_chart_assignment(&c, &claims[i], (uint16_t)port, (enum ptn_proto)p, k, &s);
                     k++)
                    sum += strlen(ptn_service_name(s));
            }
        }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        ptn_chart_find(&c, names[i], note, &sum);
    require(sum > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t *good;
    static size_t whole;
    struct ptn_book b;
    if (!good)
        good = make(&whole);
    size_t cut = size >= 2 ? (size_t)(data[0] | data[1] << 8) % 2048 : 0, len = whole - cut;
    uint8_t *block = malloc(len);
    require(block != NULL);
    memcpy(block, good, len);
    for (size_t i = 2; i + 5 <= size; i += 5) {
        size_t at = (data[i] | (size_t)data[i + 1] << 8 | (size_t)data[i + 2] << 16 | (size_t)data[i + 3] << 24);
        block[at % len] = data[i + 4];
    }
    if (cut && size > 2 && (data[size - 1] & 1)) { /* the header agrees */
        uint32_t claimed = (uint32_t)len;
        memcpy(block + offsetof(struct ptn_book_header, size), &claimed, sizeof(claimed));
    }
    if (ptn_book_open(&b, block, len, true) == 0)
        use(&b);
    free(block);
    if (size && ptn_book_open(&b, data, size, true) == 0)
        abort(); /* nothing so small is a book */
    return 0;
}
