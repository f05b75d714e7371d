/* Records on their way into a book: as the build reads them, and as a site's overlay over the built-in chart. What was
 * taken is a sound book, and whatever was said has its place. */
#include "fuzz.h"

#include "chart/chart.h"
#include "chart/draft.h"

#define ALL (PTN_ENTRY_SERVICE | PTN_ENTRY_MALWARE | PTN_ENTRY_SOURCE)

static void complain(void *ctx, const char *text)
{
    unsigned *n = ctx;
    require(strncmp(text, "fuzz:", 5) == 0);
    for (const char *p = text; *p; p++)
        require((unsigned char)*p >= 0x20 && *p != 0x7f);
    ++*n;
}

static void check_book(struct ptn_draft *d)
{
    void *block;
    size_t len;
    struct ptn_book b;
    if (ptn_draft_write(d, &block, &len) < 0)
        return;
    require(ptn_book_open(&b, block, len, false) == 0);
    require(d->n_claims == 0 || ptn_book_open(&b, block, len, true) == 0);
    require(b.header->n_entries == d->n_entries && b.header->n_claims == d->n_claims);
    for (uint32_t i = 0; i < b.header->n_entries; i++) {
        uint32_t at, end = ptn_book_find(&b, d->entries[i].name, &at);
        bool found = false;
        for (; at < end; at++)
            found |= b.names[at].entry == i;
        require(found);
        require(strcmp(ptn_book_string(&b, b.entries[i].name), d->entries[i].name) == 0);
    }
    free(block);
}

static void draft(const uint8_t *data, size_t size, bool site, const struct ptn_book *base)
{
    struct ptn_draft d;
    unsigned said = 0;
    ptn_draft_init(&d, complain, &said);
    require(ptn_draft_add_text(&d, "fuzz", (const char *)data, size, ALL, site, base) == 0);
    require(ptn_draft_check(&d, base, site) == 0);
    require(d.complaints == said);
    check_book(&d);
    ptn_draft_release(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ptn_book base;
    size_t len = (size_t)(ptn_builtin_chart_end - ptn_builtin_chart);
    if (!base.header)
        require(ptn_book_open(&base, ptn_builtin_chart, len, true) == 0);
    draft(data, size, false, NULL);
    draft(data, size, true, &base);
    return 0;
}
