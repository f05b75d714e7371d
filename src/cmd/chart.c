/* portolan chart: the book itself. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "chart/chart.h"
#include "chart/draft.h"
#include "chart/import.h"
#include "cmd.h"
#include "report/card.h"
#include "report/json.h"

/* ---- list --------------------------------------------------------------------------------------------- */

enum { COL_SERVICE, COL_SAFE, COL_TITLE, COL_PORTS, COL_ALSO, COL_ALIASES, COL_WHY, COL_DO, COL_SOURCES };

static const struct ptn_column columns[] = {
    {"SERVICE", "the service's name", true, false, false},
    {"SAFE", "today's rating", true, false, false},
    {"TITLE", "what it is", true, true, false},
    {"PORTS", "its own ports", true, true, false},
    {"ALSO", "other ports it is found on", false, true, false},
    {"ALIASES", "its other names", false, true, false},
    {"WHY", "the reason of the rating", false, true, false},
    {"DO", "what to do", false, true, false},
    {"SOURCES", "where it is from", false, true, false},
    {NULL, NULL, false, false, false},
};

static void put_service(struct ptn_table *t, struct ptn_service s)
{
    const struct ptn_book_claim *claim = ptn_service_first_claim(s);
    enum ptn_rating rating = claim ? claim->rating : PTN_RATING_NONE;
    static const struct {
        unsigned column;
        enum ptn_field field;
    } fields[] = {{COL_PORTS, PTN_FIELD_PORTS},   {COL_TITLE, PTN_FIELD_TITLE}, {COL_ALSO, PTN_FIELD_ALSO},
                  {COL_ALIASES, PTN_FIELD_ALIAS}, {COL_WHY, PTN_FIELD_WHY},     {COL_DO, PTN_FIELD_DO},
                  {COL_SOURCES, PTN_FIELD_SOURCE}};
    ptn_table_cell(t, COL_SERVICE, PTN_TONE_PLAIN, ptn_service_name(s));
    ptn_table_cell(t, COL_SAFE, ptn_tone_of_rating(rating), ptn_rating_word(rating));
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        ptn_table_cell(t, fields[i].column, PTN_TONE_PLAIN, ptn_service_field(s, fields[i].field, 0));
}

static int list_table(struct ptn_run *run, const struct ptn_chart *c)
{
    struct ptn_out out;
    struct ptn_table *t;
    if (ptn_run_table(run, columns, &out, &t))
        return PTN_EXIT_TROUBLE;
    for (int layer = PTN_LAYER_SITE; layer <= PTN_LAYER_CHART; layer++) {
        const struct ptn_book *b = ptn_chart_book(c, layer);
        for (uint32_t e = 0; b && e < b->header->n_entries; e++)
            if (b->entries[e].type == PTN_ENTRY_SERVICE && ptn_table_row(t) == 0)
                put_service(t, (struct ptn_service){.book = b, .index = e});
    }
    ptn_table_close(t, NULL, NULL);
    return 0;
}

/* ---- export --------------------------------------------------------------------------------------------- */

/* Every claimed port with its claims, one call a port and protocol. */
typedef void (*port_sink)(void *ctx, const struct ptn_chart *, uint16_t port, enum ptn_proto, const struct ptn_claim *,
                          size_t n);

static void each_port(const struct ptn_chart *c, port_sink sink, void *ctx)
{
    struct ptn_claim claims[PTN_CLAIMS_MAX];
    for (uint32_t port = 0; port < 65536; port++)
        for (int p = 0; p < PTN_PROTO_PORTED; p++) {
            int n = ptn_chart_lookup(c, (uint16_t)port, (enum ptn_proto)p, claims, PTN_CLAIMS_MAX);
            if (n > 0)
                sink(ctx, c, (uint16_t)port, (enum ptn_proto)p, claims, (size_t)n);
        }
}

static bool is_living(const struct ptn_claim *c)
{
    return c->kind < PTN_KIND_HISTORICAL && c->hi - c->lo < 1000;
}

/* services(5): a line a name; wide ranges are habits, not names of their ports. */
static void put_services_line(void *ctx, const struct ptn_chart *chart, uint16_t port, enum ptn_proto proto,
                              const struct ptn_claim *c, size_t n)
{
    (void)ctx;
    (void)chart;
    for (size_t i = 0; i < n; i++) {
        const char *aliases = ptn_service_field(c[i].service, PTN_FIELD_ALIAS, 0);
        char name[80];
        snprintf(name, sizeof(name), "%s", ptn_service_name(c[i].service));
        for (char *p = name; (p = strpbrk(p, " \t#"));)
            *p = '-'; /* some registered names have blanks; services(5) cannot */
        if (is_living(&c[i]))
            printf("%-24s %u/%s%s%s\t# %s\n", name, port, ptn_proto_word(proto), aliases ? "\t" : "",
                   aliases ? aliases : "", ptn_service_title(c[i].service));
    }
}

static void put_csv(const char *text, char end)
{
    bool quoted = strpbrk(text, ",\"\n") != NULL;
    if (quoted)
        putchar('"');
    for (; *text; text++) {
        if (*text == '"')
            putchar('"');
        putchar(*text);
    }
    if (quoted)
        putchar('"');
    putchar(end);
}

static void put_csv_line(void *ctx, const struct ptn_chart *chart, uint16_t port, enum ptn_proto proto,
                         const struct ptn_claim *c, size_t n)
{
    (void)ctx;
    (void)chart;
    for (size_t i = 0; i < n; i++) {
        const char *sources = ptn_service_field(c[i].service, PTN_FIELD_SOURCE, 0);
        bool registry = ptn_service_type(c[i].service) == PTN_ENTRY_ASSIGNMENT;
        printf("%u,%s,", port, ptn_proto_word(proto));
        put_csv(ptn_service_name(c[i].service), ',');
        printf("%s,%s,%s,", ptn_kind_word(c[i].kind), ptn_rating_word(c[i].rating), ptn_rating_word(c[i].rating_2001));
        put_csv(ptn_service_title(c[i].service), ',');
        put_csv(ptn_service_why(c[i].service), ',');
        put_csv(ptn_service_do(c[i].service), ',');
        put_csv(registry ? "iana-ports" : sources ? sources : "site", '\n');
    }
}

static void put_json_port(void *ctx, const struct ptn_chart *chart, uint16_t port, enum ptn_proto proto,
                          const struct ptn_claim *c, size_t n)
{
    ptn_json_put(ctx, ptn_json_port(chart, port, proto, c, n));
}

/* Only what somebody judged. */
static void put_judged_port(void *ctx, const struct ptn_chart *chart, uint16_t port, enum ptn_proto proto,
                            const struct ptn_claim *c, size_t n)
{
    struct ptn_claim judged[PTN_CLAIMS_MAX];
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (c[i].rating != PTN_RATING_NONE && c[i].hi - c[i].lo < 1000)
            judged[kept++] = c[i];
    if (kept)
        put_json_port(ctx, chart, port, proto, judged, kept);
}

static int export_json(struct ptn_run *run, const struct ptn_chart *c, port_sink sink)
{
    struct ptn_json_stream stream;
    ptn_json_open(&stream, stdout, c, "lookup");
    each_port(c, sink, &stream);
    int r = ptn_json_close(&stream, NULL);
    return r < 0 ? ptn_complain(run, "standard output: %s", strerror(-r)) : 0;
}

static int cmd_export(struct ptn_run *run, const struct ptn_chart *c)
{
    const char *format = run->value[PTN_OPT_JSON] ? "json" : run->value[PTN_OPT_FORMAT];
    if (!format || strcmp(format, "services") == 0) {
        printf("# services(5), by portolan %s; registry of %s\n", PTN_VERSION, ptn_chart_registry_date(c));
        each_port(c, put_services_line, NULL);
    } else if (strcmp(format, "csv") == 0) {
        printf("port,proto,service,kind,rating,rating_2001,title,why,do,sources\n");
        each_port(c, put_csv_line, NULL);
    } else if (strcmp(format, "json") == 0) {
        return export_json(run, c, put_json_port);
    } else {
        return ptn_complain(run, "--format: \"%.20s\" is none of services, csv, json", format);
    }
    return 0;
}

static int cmd_list(struct ptn_run *run, const struct ptn_chart *c)
{
    if (!run->value[PTN_OPT_JSON])
        return list_table(run, c);
    return export_json(run, c, put_judged_port);
}

/* ---- check ---------------------------------------------------------------------------------------------- */

static void complain(void *run, const char *text)
{
    ptn_complain(run, "%s", text);
}

/* With files, checks them as overlays. Without, opening the chart has checked those that stand in their places. */
static int cmd_check(struct ptn_run *run, const struct ptn_chart *c)
{
    const struct ptn_book *base = ptn_chart_book(c, PTN_LAYER_CHART), *site = ptn_chart_book(c, PTN_LAYER_SITE);
    struct ptn_draft d;
    ptn_draft_init(&d, complain, run);
    int r = 0;
    for (int i = 0; i < run->n_args; i++)
        r = r < 0 ? r : ptn_draft_add_overlay(&d, run->args[i], base);
    if (r < 0 || ptn_draft_check(&d, base, true) < 0)
        ptn_complain(run, "out of memory");
    size_t n = run->n_args ? d.n_entries : site ? site->header->n_entries : 0;
    if (!run->trouble)
        printf("%zu %s, nothing to complain of\n", n, n == 1 ? "record" : "records");
    ptn_draft_release(&d);
    return run->trouble ? PTN_EXIT_TROUBLE : PTN_EXIT_OK;
}

/* ---- import --------------------------------------------------------------------------------------------- */

static int cmd_import(struct ptn_run *run)
{
    struct ptn_iana_info info = {0};
    struct ptn_err err;
    char path[4096];
    ptn_chart_registry_path(geteuid() == 0, path, sizeof(path));
    if (run->n_args != 1)
        return ptn_complain(run, "import one file: IANA's service-names-port-numbers.csv or .xml");
    if (!path[0])
        return ptn_complain(run, "neither HOME nor XDG_DATA_HOME says where to keep it");
    if (ptn_registry_import(run->args[0], path, &info, &err) < 0)
        return ptn_complain(run, "%s (nothing was changed)", err.text);
    printf("%u rows, %u of them ports with a name, dated %s; lookups answer from %s\n", info.rows, info.assigned,
           info.updated[0]  ? info.updated
           : info.newest[0] ? info.newest
                            : "nowhere",
           path);
    return PTN_EXIT_OK;
}

/* ---- the subcommands -------------------------------------------------------------------------------------- */

int ptn_cmd_chart(struct ptn_run *run)
{
    static const struct {
        const char *word;
        bool takes_files;
        int (*run)(struct ptn_run *, const struct ptn_chart *);
    } verbs[] = {{"list", false, cmd_list}, {"check", true, cmd_check}, {"export", false, cmd_export}};
    const char *word = run->n_args ? run->args[0] : "";
    run->args++;
    run->n_args--;
    if (strcmp(word, "import") == 0)
        return cmd_import(run);
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        struct ptn_chart *chart;
        if (strcmp(word, verbs[i].word) != 0)
            continue;
        if (run->n_args && !verbs[i].takes_files)
            return ptn_complain(run, "%s takes no files", word);
        if (ptn_run_chart(run, &chart))
            return PTN_EXIT_TROUBLE;
        int status = verbs[i].run(run, chart);
        ptn_chart_close(chart);
        return status;
    }
    return ptn_complain(run, "\"%.20s\": list, check, export or import", word);
}
