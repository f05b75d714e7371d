/* portolan explain: why they knock, and whether to worry. */
#include "explain.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "explain_geo.h"
#include "report/explain.h"
#include "report/explain_html.h"
#include "report/explain_words.h"
#include "report/json.h"
#include "store/explained.h"

static bool stopped;

/* Once: the report so far. A second one ends the program. */
static void on_interrupt(int number)
{
    (void)number;
    __atomic_store_n(&stopped, true, __ATOMIC_RELAXED);
}

static void listen_to_interrupts(void)
{
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND | SA_RESTART};
    sigaction(SIGINT, &action, NULL);
}

static void complain(void *ctx, const char *text)
{
    ptn_complain(ctx, "%s", text);
}

/* ---- reports --------------------------------------------------------------------------------------------------------
 */

static void count_quotes(const struct ptn_log_sample *from, size_t n, struct ptn_log_quote *to, size_t *n_to)
{
    for (size_t i = 0; i < n && i < PTN_LOG_QUOTES; i++)
        to[(*n_to)++] =
            (struct ptn_log_quote){.file = ptn_explain_file(from[i].file), .text = from[i].text, .line = from[i].line};
}

static struct ptn_log_counts counts_of(const struct ptn_explain_run *e)
{
    const struct ptn_log_sums *s = &e->sums;
    struct ptn_log_counts c = {.lines = s->lines,
                               .packets = s->packets,
                               .remarks = s->remarks,
                               .broken = s->broken,
                               .unknown = s->unknown,
                               .troubles = s->troubles,
                               .stopped = stopped};
    count_quotes(s->broken_samples, s->n_broken_samples, c.broken_quotes, &c.n_broken_quotes);
    count_quotes(s->unknown_samples, s->n_unknown_samples, c.unknown_quotes, &c.n_unknown_quotes);
    return c;
}

static int verdict_status(const struct ptn_explain_run *e)
{
    if (!e->explained.packets)
        return PTN_EXIT_BLIND;
    for (size_t i = 0; i < e->explained.n; i++)
        if (e->explained.items[i].verdict == PTN_VERDICT_WORRY)
            return PTN_EXIT_WORRY;
    return PTN_EXIT_OK;
}

static int write_html(struct ptn_explain_run *e, const char *path)
{
    char *text = NULL, lines[PTN_COUNTED_TEXT];
    size_t len;
    FILE *f = open_memstream(&text, &len);
    int r = f ? 0 : -ENOMEM;
    ptn_counted_text(e->sums.lines, "line", "lines", lines);
    if (r == 0)
        r = ptn_explained_html(f, &e->explained, ptn_explain_file(e->pass.paths[0]), lines);
    if (f && fclose(f) != 0 && r == 0)
        r = -errno;
    if (r == 0)
        r = ptn_file_replace(path, text, len, 0600);
    free(text);
    return r < 0 ? ptn_complain(e->run, "%s: %s", path, strerror(-r)) : 0;
}

static int print_news(struct ptn_explain_run *e, json_t *doc, struct ptn_out *out)
{
    json_t *news = NULL;
    const char *against = e->run->value[PTN_OPT_AGAINST];
    const int n = ptn_explained_compare(against, doc, &news, &e->err);
    if (n < 0)
        return ptn_complain(e->run, "%s", e->err.text);
    if (!e->run->value[PTN_OPT_JSON])
        ptn_explained_news_print(out, news, against);
    json_object_set_new(doc, "against", news);
    return 0;
}

/* -J and --against need the document. */
static int use_document(struct ptn_explain_run *e, const struct ptn_log_counts *counts, struct ptn_out *out)
{
    json_t *doc = ptn_explained_json(&e->explained, counts);
    int status = doc ? verdict_status(e) : ptn_complain(e->run, "out of memory");
    if (doc && e->run->value[PTN_OPT_AGAINST] && print_news(e, doc, out))
        status = PTN_EXIT_TROUBLE;
    else if (doc && e->run->value[PTN_OPT_JSON] && ptn_json_print(stdout, json_incref(doc)) < 0)
        status = ptn_complain(e->run, "standard output: %s", strerror(errno));
    json_decref(doc);
    return status;
}

static int print_top(struct ptn_explain_run *e, struct ptn_out *out, const struct ptn_explain_style *style)
{
    const int top = ptn_top_parse(e->run->value[PTN_OPT_TOP], &e->err);
    if (top < 0 || ptn_explained_top(out, &e->explained, (enum ptn_top)top, style, &e->err) < 0)
        return ptn_complain(e->run, "%s", e->err.text);
    return verdict_status(e);
}

static int print_report(struct ptn_explain_run *e)
{
    const char *const *v = e->run->value;
    const struct ptn_log_counts counts = counts_of(e);
    struct ptn_out out;
    ptn_out_init(&out, stdout, v[PTN_OPT_COLOR]);
    const struct ptn_explain_style style = {.why = v[PTN_OPT_WHY],
                                            .fix = v[PTN_OPT_FIX],
                                            .blocks = ptn_locale_is_utf8(),
                                            .columns = v[PTN_OPT_OUTPUT],
                                            .raw = v[PTN_OPT_RAW],
                                            .no_headings = v[PTN_OPT_NO_HEADINGS]};
    if (v[PTN_OPT_HTML] && write_html(e, v[PTN_OPT_HTML]))
        return PTN_EXIT_TROUBLE;
    if (v[PTN_OPT_JSON] || v[PTN_OPT_AGAINST])
        return use_document(e, &counts, &out);
    if (v[PTN_OPT_TOP])
        return print_top(e, &out, &style);
    if (v[PTN_OPT_CSV])
        return ptn_explained_csv(stdout, &e->explained, style.no_headings) < 0 ? PTN_EXIT_TROUBLE : verdict_status(e);
    if (!v[PTN_OPT_HTML])
        ptn_explained_print(&out, &e->explained, &counts, &style);
    return verdict_status(e);
}

/* ---- the command ----------------------------------------------------------------------------------------------------
 */

static int read_all(struct ptn_explain_run *e)
{
    int r = ptn_pass_tally(&e->pass, &e->tally, NULL, NULL, &e->sums, &e->err);
    if (r < 0 && e->sums.troubles) /* each was told */
        return PTN_EXIT_TROUBLE;
    if (r == 0)
        r = ptn_explain(&e->explained, &e->tally, &e->room.site, e->chart);
    return r < 0 ? ptn_complain(e->run, "%s", *e->err.text ? e->err.text : strerror(-r)) : 0;
}

static int explain(struct ptn_explain_run *e)
{
    const char *const *v = e->run->value;
    int r = ptn_explain_input(e);
    if (r == 0)
        r = ptn_explain_whose(e);
    if (r)
        return r;
    ptn_tally_open(&e->tally, &e->room.site);
    if ((r = read_all(e)))
        return r;
    if (v[PTN_OPT_EVENTS])
        return ptn_explain_events(e);
    if (v[PTN_OPT_SOURCE])
        return ptn_explain_source(e);
    if (v[PTN_OPT_PORT])
        r = ptn_explain_port(e);
    if (r == 0 && v[PTN_OPT_GEO] && ptn_explain_geo(&e->explained, v[PTN_OPT_GEO], &e->err) < 0)
        r = ptn_complain(e->run, "%s", e->err.text);
    if (r == 0 && v[PTN_OPT_WHY])
        r = ptn_explain_samples(e);
    return r ? r : print_report(e);
}

int ptn_cmd_explain(struct ptn_run *run)
{
    struct ptn_explain_run *e = calloc(1, sizeof(*e));
    if (!e || ptn_run_chart(run, &e->chart)) {
        free(e);
        return PTN_EXIT_TROUBLE;
    }
    e->run = run;
    e->pass.complain = complain;
    e->pass.complain_ctx = run;
    e->pass.opts.stop = &stopped;
    e->pass.progress = isatty(STDERR_FILENO);
    listen_to_interrupts();
    const int status = explain(e);
    ptn_explained_release(&e->explained);
    ptn_tally_release(&e->tally);
    ptn_site_release(&e->room);
    ptn_chart_close(e->chart);
    free(e);
    return status;
}
