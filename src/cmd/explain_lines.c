/* Single lines of a log, with their causes: all of them, those of one address, a few of each cause, those to a port. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "explain.h"
#include "report/explain.h"

enum { TCP = 6, UDP = 17 };

#define SAMPLES 3
#define FEW 200000 /* lines that are looked at for samples */

static enum ptn_cause cause_of(const struct ptn_explain_run *e, const struct ptn_knock *k)
{
    return ptn_explain_knock(&e->tally, &e->room.site, k);
}

/* ---- all of them, or of one address
 * ----------------------------------------------------------------------------------- */

struct telling {
    const struct ptn_explain_run *e;
    struct ptn_out out;
    const struct ptn_addr *of; /* NULL: everybody */
    uint64_t lines;
    bool json, worry;
};

static int tell(void *ctx, const struct ptn_knock *k, const struct ptn_format *format,
                const struct ptn_log_place *place)
{
    struct telling *t = ctx;
    if (t->of && !ptn_addr_equal(t->of, &k->src) && !ptn_addr_equal(t->of, &k->dst))
        return 0;
    const enum ptn_cause cause = cause_of(t->e, k);
    t->lines++;
    t->worry = t->worry || ptn_cause_text(cause).verdict == PTN_VERDICT_WORRY;
    if (t->json)
        ptn_event_json_print(stdout, k, format ? format->name : NULL, place->file, place->line, ptn_cause_word(cause));
    else
        ptn_event_print(&t->out, k, ptn_cause_word(cause));
    return ferror(stdout) ? -EPIPE : 0;
}

static int tell_lines(struct ptn_explain_run *e, struct telling *t)
{
    t->e = e;
    t->json = e->run->value[PTN_OPT_JSON];
    ptn_out_init(&t->out, stdout, e->run->value[PTN_OPT_COLOR]);
    const int r = ptn_pass_lines(&e->pass, tell, t, &e->err);
    if (r < 0 && r != -EPIPE)
        return ptn_complain(e->run, "%s", *e->err.text ? e->err.text : strerror(-r));
    return t->worry ? PTN_EXIT_WORRY : PTN_EXIT_OK;
}

int ptn_explain_events(struct ptn_explain_run *e)
{
    struct telling t = {0};
    return tell_lines(e, &t);
}

/* What it is all about, before the lines. */
static void introduce(struct ptn_explain_run *e, const struct ptn_addr *addr)
{
    const struct ptn_visitor *v = ptn_visitors_find(&e->tally.visitors, addr);
    struct ptn_out out;
    if (!v || !v->tries || e->run->value[PTN_OPT_JSON])
        return;
    const struct ptn_cause_text text = ptn_cause_text((enum ptn_cause)v->cause);
    ptn_out_init(&out, stdout, e->run->value[PTN_OPT_COLOR]);
    ptn_out_text(&out, ptn_tone_of_verdict(text.verdict), ptn_verdict_word(text.verdict));
    printf("  ");
    ptn_out_text(&out, PTN_TONE_STRONG, text.title);
    printf("\n");
    ptn_out_item(&out, "why", text.why);
    ptn_out_item(&out, "do", text.act);
    printf("\n");
}

int ptn_explain_source(struct ptn_explain_run *e)
{
    const char *text = e->run->value[PTN_OPT_SOURCE];
    struct ptn_addr addr;
    struct telling t = {.of = &addr};
    if (ptn_addr_parse(&addr, text, strlen(text)) < 0)
        return ptn_complain(e->run, "--source: \"%.60s\" is no address", text);
    introduce(e, &addr);
    const int status = tell_lines(e, &t);
    if (status != PTN_EXIT_TROUBLE && !t.lines)
        ptn_say(e->run, "%s is in none of the lines", text);
    return status;
}

/* ---- a few of each cause
 * ---------------------------------------------------------------------------------------------- */

struct sampling {
    struct ptn_explain_run *e;
    unsigned n[PTN_CAUSE_COUNT], missing;
    uint64_t lines;
};

static const char *line_text(struct ptn_arena *a, const struct ptn_knock *k, const struct ptn_log_place *place,
                             enum ptn_cause cause)
{
    char *text = NULL, *ret;
    size_t len;
    struct ptn_out out = {.file = open_memstream(&text, &len)};
    if (!out.file)
        return NULL;
    ptn_event_print(&out, k, ptn_cause_word(cause));
    fclose(out.file);
    while (text && len && text[len - 1] == '\n')
        text[--len] = '\0';
    ret = text
              ? ptn_arena_printf(a, "%s:%llu: %s", ptn_explain_file(place->file), (unsigned long long)place->line, text)
              : NULL;
    free(text);
    return ret;
}

static struct ptn_paragraph *paragraph_of(struct ptn_explained *e, enum ptn_cause cause)
{
    for (size_t i = 0; i < e->n; i++)
        if (e->items[i].cause == cause)
            return &e->items[i];
    return NULL;
}

static int sample(void *ctx, const struct ptn_knock *k, const struct ptn_format *format,
                  const struct ptn_log_place *place)
{
    struct sampling *s = ctx;
    const enum ptn_cause cause = cause_of(s->e, k);
    struct ptn_paragraph *p = s->n[cause] < SAMPLES ? paragraph_of(&s->e->explained, cause) : NULL;
    (void)format;
    if (p && p->n_evidence < PTN_EVIDENCE_MAX) {
        const char *text = line_text(&s->e->explained.arena, k, place, cause);
        if (!text)
            return -ENOMEM;
        p->evidence[p->n_evidence++] = text;
        s->missing -= ++s->n[cause] == SAMPLES;
    }
    return !s->missing || ++s->lines == FEW;
}

int ptn_explain_samples(struct ptn_explain_run *e)
{
    struct sampling s = {.e = e, .missing = (unsigned)e->explained.n};
    const int r = ptn_pass_lines(&e->pass, sample, &s, &e->err);
    return r < 0 ? ptn_complain(e->run, "%s", *e->err.text ? e->err.text : strerror(-r)) : 0;
}

/* ---- those to a port
 * -------------------------------------------------------------------------------------------------- */

struct wanted {
    uint16_t port;
    uint8_t proto; /* 0: both */
};

static bool is_wanted(void *ctx, const struct ptn_knock *k)
{
    const struct wanted *w = ctx;
    return k->has & PTN_HAS_DPORT && k->dport == w->port && (!w->proto || w->proto == k->proto);
}

static bool read_wanted(const char *text, struct wanted *ret)
{
    char *end;
    const unsigned long n = strtoul(text, &end, 10);
    *ret = (struct wanted){.port = (uint16_t)n,
                           .proto = strcmp(end, "/tcp") == 0   ? TCP
                                    : strcmp(end, "/udp") == 0 ? UDP
                                                               : 0};
    return *text >= '0' && *text <= '9' && end - text <= 5 && n < 65536 && (!*end || ret->proto);
}

int ptn_explain_port(struct ptn_explain_run *e)
{
    const char *text = e->run->value[PTN_OPT_PORT];
    struct ptn_log_sums *sums = calloc(1, sizeof(*sums));
    struct ptn_tally part;
    struct wanted w;
    int r = sums ? 0 : -ENOMEM;
    if (!read_wanted(text, &w)) {
        free(sums);
        return ptn_complain(e->run, "--port: \"%.40s\" is no port: 113 or 53/udp", text);
    }
    ptn_tally_open(&part, &e->room.site);
    if (r == 0)
        r = ptn_pass_tally(&e->pass, &part, is_wanted, &w, sums, &e->err);
    ptn_explained_release(&e->explained);
    if (r == 0)
        r = ptn_explain_part(&e->explained, &part, &e->tally, &e->room.site, e->chart);
    ptn_tally_release(&part);
    free(sums);
    return r < 0 ? ptn_complain(e->run, "%s", *e->err.text ? e->err.text : strerror(-r)) : 0;
}
