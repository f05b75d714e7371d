/* Any octets as a log, explained: the tally, the causes, each line's own, and all that is printed of them. */
#include "fuzz.h"

#include <jansson.h>
#include <stdio.h>

#include "report/explain.h"
#include "report/explain_html.h"
#include "source/log/memory.h"

#define PARTS 2

static const struct ptn_ifaddr addrs[] = {
    {.addr = {.family = 2, .bytes = {203, 0, 113, 10}}, .prefix = 24},
    {.addr = {.family = 2, .bytes = {192, 168, 1, 10}}, .prefix = 24},
    {.addr = {.family = 10, .bytes = {0x20, 0x01, 0x0d, 0xb8, 0, 0x17}}, .prefix = 64},
};
static const struct ptn_door doors[] = {
    {443, 6, PTN_RUNG_INTERNET, PTN_RATING_SAFE, PTN_VERDICT_OK, "https", "nginx.service"},
    {23, 6, PTN_RUNG_INTERNET, PTN_RATING_UNSAFE, PTN_VERDICT_WORRY, "telnet", ""},
    {53, 17, PTN_RUNG_LAN, PTN_RATING_LIMITED, PTN_VERDICT_ASK, "domain", "named"},
};
static const struct ptn_peer peers[] = {{.addr = {.family = 2, .bytes = {198, 51, 100, 25}}, .port = 25, .proto = 6}};
static const struct ptn_known known[] = {
    {.addr = {.family = 2, .bytes = {192, 0, 2}}, .prefix = 24, .name = "a list's <name>"}};

static struct ptn_chart *chart;
static struct ptn_site sites[2] = {
    {.from = PTN_SITE_LOG},
    {.from = PTN_SITE_AUDIT,
     .name = "audit.json",
     .when = 1790812800,
     .addrs = addrs,
     .n_addrs = 3,
     .doors = doors,
     .n_doors = 3,
     .peers = peers,
     .n_peers = 1,
     .known = known,
     .n_known = 1,
     .ephemeral_lo = 32768,
     .ephemeral_hi = 60999},
};

struct pass {
    const struct ptn_site *site;
    struct ptn_tally tallies[PARTS];
    const struct ptn_tally *judged; /* the second time */
    unsigned next;
    uint64_t lines[PTN_CAUSE_COUNT];
};

static void *begin(void *ctx)
{
    return ctx;
}

static int take(void *worker, const struct ptn_knock *k, const struct ptn_format *format,
                const struct ptn_log_place *place)
{
    struct pass *p = worker;
    (void)format;
    (void)place;
    if (p->judged)
        p->lines[ptn_explain_knock(p->judged, p->site, k)]++;
    else
        require(ptn_tally_count(&p->tallies[p->next++ % PARTS], k) >= 0);
    return 0;
}

static int end(void *ctx, void *worker)
{
    (void)ctx;
    (void)worker;
    return 0;
}

static void complain(void *ctx, const char *text)
{
    (void)ctx;
    require(strlen(text) > 0);
}

static void read_all(struct pass *p, const uint8_t *data, size_t size)
{
    static const struct ptn_log_opts opts = {.since = PTN_NO_TIME, .until = PTN_NO_TIME, .threads = 1};
    const struct ptn_log_sink sink = {p, begin, take, end};
    struct ptn_log_sums sums;
    struct ptn_err err;
    ptn_log_read_memory(data, size, &opts, &sink, complain, NULL, &sums, &err);
}

/* Nothing that a terminal would obey. */
static void require_plain(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        require(text[i] == '\n' || ((unsigned char)text[i] >= 0x20 && text[i] != 0x7f));
}

static void print_all(const struct ptn_explained *e)
{
    const struct ptn_explain_style style = {.why = true, .fix = true};
    char *text = NULL;
    size_t len = 0;
    struct ptn_err err;
    struct ptn_out out = {.file = open_memstream(&text, &len), .width = 80, .terminal = true};
    require(out.file != NULL);
    ptn_explained_print(&out, e, NULL, &style);
    for (int i = 0; i < PTN_TOP_OF_COUNT; i++)
        require(ptn_explained_top(&out, e, (enum ptn_top)i, &style, &err) == 0);
    fflush(out.file);
    require_plain(text, len);
    require(ptn_explained_csv(out.file, e, false) == 0);
    require(ptn_explained_html(out.file, e, "a title", NULL) == 0);
    fclose(out.file);
    free(text);
    json_t *document = ptn_explained_json(e, NULL);
    require(document != NULL);
    json_decref(document);
}

static void explain(const struct ptn_site *site, const uint8_t *data, size_t size)
{
    static struct pass p;
    struct ptn_explained e;
    uint64_t lines = 0;
    p = (struct pass){.site = site};
    for (unsigned i = 0; i < PARTS; i++)
        ptn_tally_open(&p.tallies[i], site);
    read_all(&p, data, size);
    for (unsigned i = 0; i < PARTS; i++)
        require(ptn_tally_flush(&p.tallies[i]) == 0);
    require(ptn_tally_merge(&p.tallies[0], &p.tallies[1]) == 0);
    require(ptn_explain(&e, &p.tallies[0], site, chart) == 0);
    p.judged = &p.tallies[0];
    read_all(&p, data, size);
    for (size_t i = 0; i < e.n; i++) {
        require(e.items[i].lines == p.lines[e.items[i].cause]);
        lines += e.items[i].lines;
    }
    require(lines == e.packets);
    print_all(&e);
    ptn_explained_release(&e);
    for (unsigned i = 0; i < PARTS; i++)
        ptn_tally_release(&p.tallies[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct ptn_chart_opts opts = {.builtin_only = true};
    if (!chart) {
        require(ptn_chart_open(&chart, &opts, NULL) == 0);
        for (unsigned i = 0; i < 2; i++)
            ptn_site_learn(&sites[i], chart);
    }
    for (unsigned i = 0; i < 2; i++)
        explain(&sites[i], data, size);
    return 0;
}
