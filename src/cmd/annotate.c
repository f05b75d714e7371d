#include "annotate.h"

#include <errno.h>
#include <string.h>

#include "report/card.h"
#include "report/json.h"
#include "source/mention.h"

#define LINE_MAX_READ 65536 /* of a longer line only this much is read for ports; all of it is copied */

struct annotation {
    struct ptn_run *run;
    const struct ptn_chart *chart;
    struct ptn_out out;
    struct ptn_json_stream stream;
    bool json;
    unsigned line;
    struct ptn_claim claims[PTN_CLAIMS_MAX];
};

static void note(struct annotation *a, const struct ptn_mention *m, enum ptn_proto proto)
{
    size_t n = (size_t)ptn_chart_lookup(a->chart, m->lo, proto, a->claims, PTN_CLAIMS_MAX);
    if (m->proto < 0 && n == 0)
        return;
    if (a->json) {
        json_t *item = ptn_json_port(a->chart, m->lo, proto, a->claims, n);
        if (m->hi > m->lo)
            json_object_set_new(item, "port_end", json_integer(m->hi));
        json_object_set_new(item, "line", json_integer(a->line));
        ptn_json_put(&a->stream, item);
        return;
    }
    struct ptn_answer answer = {.lo = m->lo, .hi = m->hi, .proto = proto, .claims = a->claims, .n_claims = n};
    fputs("    # ", a->out.file);
    ptn_card_line(&a->out, a->chart, &answer);
    fputc('\n', a->out.file);
}

static void annotate_line(struct annotation *a, const char *text, size_t len)
{
    struct ptn_mention m[PTN_MENTIONS_MAX];
    int n = ptn_mentions(text, len, m);
    for (int i = 0; i < n; i++)
        for (int p = PTN_TCP; p <= PTN_UDP; p++)
            if (m[i].proto < 0 || m[i].proto == p)
                note(a, &m[i], (enum ptn_proto)p);
    for (int i = 0; i < n; i++)
        if (m[i].proto > PTN_UDP)
            note(a, &m[i], (enum ptn_proto)m[i].proto);
}

static void annotate(struct annotation *a, FILE *in)
{
    static char line[LINE_MAX_READ];
    bool begins = true;
    size_t len = 0;
    for (int c; (c = getc(in)) != EOF;) {
        if (!a->json)
            putc(c, a->out.file);
        if (len < sizeof(line) && c != '\n')
            line[len++] = (char)c;
        if (begins)
            a->line++;
        begins = c == '\n';
        if (!begins)
            continue;
        annotate_line(a, line, len);
        len = 0;
    }
    if (!begins) {
        if (!a->json)
            putc('\n', a->out.file);
        annotate_line(a, line, len);
    }
}

int ptn_annotate(struct ptn_run *run, const struct ptn_chart *chart)
{
    static struct annotation a;
    a = (struct annotation){.run = run, .chart = chart, .json = run->value[PTN_OPT_JSON]};
    ptn_out_init(&a.out, stdout, run->value[PTN_OPT_COLOR]);
    if (a.json)
        ptn_json_open(&a.stream, stdout, chart, "lookup");
    annotate(&a, stdin);
    if (ferror(stdin))
        ptn_complain(run, "standard input: %s", strerror(errno));
    int r = a.json ? ptn_json_close(&a.stream, NULL) : 0;
    return r < 0 ? ptn_complain(run, "standard output: %s", strerror(-r)) : PTN_EXIT_OK;
}
