/* portolan search: services by words. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "chart/field.h"
#include "chart/ports.h"
#include "chart/search.h"
#include "cmd.h"
#include "report/card.h"
#include "report/json.h"

#define HITS_MAX 65536
#define HITS_SHOWN 25

/* ---- conditions ---------------------------------------------------------------------------------- */

static int set_safe(struct ptn_search *q, const char *value)
{
    int r = ptn_rating_parse(value);
    q->rating = r < 0 ? PTN_RATING_NONE : (enum ptn_rating)r;
    return r < 0 ? r : 0;
}

static int set_proto(struct ptn_search *q, const char *value)
{
    q->proto = ptn_proto_parse(value, strlen(value));
    return q->proto < 0 ? q->proto : 0;
}

static int set_range(struct ptn_search *q, const char *value)
{
    struct ptn_ports p;
    int r = ptn_ports_parse(&p, value, strlen(value), NULL);
    if (r < 0)
        return r;
    q->lo = p.lo;
    q->hi = p.hi;
    q->proto = p.proto >= 0 ? p.proto : q->proto;
    return 0;
}

static int set_kind(struct ptn_search *q, const char *value)
{
    for (int k = PTN_KIND_SITE; k <= PTN_KIND_MALWARE; k++)
        if (strcmp(ptn_kind_word((enum ptn_kind)k), value) == 0) {
            q->kind = k;
            return 0;
        }
    return -EINVAL;
}

static const struct {
    const char *key, *values;
    int (*set)(struct ptn_search *, const char *value);
} conditions[] = {
    {"safe", "Y, -, N or ?", set_safe},
    {"proto", "tcp, udp, sctp or dccp", set_proto},
    {"range", "N, N-M or N+", set_range},
    {"kind", "site, registered, common, historical or malware", set_kind},
};

/* ":safe=N" or "safe=N". Result: 1 if the word was a condition, 0 if it is a word to find, PTN_EXIT_TROUBLE. */
static int take_condition(struct ptn_run *run, struct ptn_search *q, const char *word)
{
    const char *key = word + (*word == ':'), *equals = strchr(key, '=');
    size_t len = equals ? (size_t)(equals - key) : 0;
    if (!equals)
        return 0;
    for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
        if (strlen(conditions[i].key) != len || strncmp(conditions[i].key, key, len) != 0)
            continue;
        return conditions[i].set(q, equals + 1) < 0 ? ptn_complain(run, "%s: \"%.40s\" is none of: %s",
                                                                   conditions[i].key, equals + 1, conditions[i].values)
                                                    : 1;
    }
    return ptn_complain(run, "\"%.40s\": the conditions are safe=, proto=, range= and kind=", word);
}

/* Splits the arguments into words and conditions; "remote desktop" in one argument is two words. */
static int read_query(struct ptn_run *run, struct ptn_search *q, char *text)
{
    for (char *save, *word = strtok_r(text, " \t\n", &save); word; word = strtok_r(NULL, " \t\n", &save)) {
        int r = take_condition(run, q, word);
        if (r == PTN_EXIT_TROUBLE)
            return r;
        if (r == 1)
            continue;
        if (q->n_words == PTN_SEARCH_WORDS_MAX)
            return ptn_complain(run, "at most %d words", PTN_SEARCH_WORDS_MAX);
        q->words[q->n_words++] = word;
    }
    return 0;
}

/* ---- answers ----------------------------------------------------------------------------------------- */

enum { COL_PORT, COL_SERVICE, COL_SAFE, COL_SAFE_2001, COL_KIND, COL_TITLE, COL_WHY, COL_DO };

static const struct ptn_column columns[] = {
    {"PORT", "port or range, and protocol", true, false, false},
    {"SERVICE", "the service's name", true, false, false},
    {"SAFE", "today's rating", true, false, false},
    {"SAFE-2001", "the page's rating", false, false, false},
    {"KIND", "how it claims the port", true, false, false},
    {"TITLE", "what it is", true, true, false},
    {"WHY", "the reason of the rating", false, true, false},
    {"DO", "what to do", false, true, false},
    {NULL, NULL, false, false, false},
};

static int print_table(struct ptn_run *run, const struct ptn_hit *hits, size_t n)
{
    struct ptn_out out;
    struct ptn_table *t;
    if (ptn_run_table(run, columns, &out, &t))
        return PTN_EXIT_TROUBLE;
    for (size_t i = 0; i < n; i++) {
        const struct ptn_claim *c = &hits[i].claim;
        char ports[PTN_PORTS_TEXT];
        enum ptn_tone tone = ptn_tone_of_rating(c->rating);
        if (ptn_table_row(t) < 0)
            break;
        ptn_table_cell(t, COL_PORT, PTN_TONE_PLAIN, ptn_ports_text(c->lo, c->hi, hits[i].proto, ports));
        ptn_table_cell(t, COL_SERVICE, PTN_TONE_PLAIN, ptn_service_name(c->service));
        ptn_table_cell(t, COL_SAFE, tone, ptn_rating_word(c->rating));
        ptn_table_cell(t, COL_SAFE_2001, ptn_tone_of_rating(c->rating_2001), ptn_rating_word(c->rating_2001));
        ptn_table_cell(t, COL_KIND, PTN_TONE_PLAIN, ptn_kind_word(c->kind));
        ptn_table_cell(t, COL_TITLE, PTN_TONE_PLAIN, ptn_service_title(c->service));
        ptn_table_cell(t, COL_WHY, PTN_TONE_PLAIN, ptn_service_why(c->service));
        ptn_table_cell(t, COL_DO, PTN_TONE_PLAIN, ptn_service_do(c->service));
    }
    ptn_table_close(t, NULL, NULL);
    return 0;
}

static int print_json(struct ptn_run *run, const struct ptn_chart *c, const struct ptn_hit *hits, size_t n)
{
    struct ptn_json_stream stream;
    ptn_json_open(&stream, stdout, c, "search");
    for (size_t i = 0; i < n && stream.error == 0; i++) {
        json_t *item = ptn_json_port(c, hits[i].claim.lo, hits[i].proto, &hits[i].claim, 1);
        if (hits[i].claim.hi > hits[i].claim.lo)
            json_object_set_new(item, "port_end", json_integer(hits[i].claim.hi));
        ptn_json_put(&stream, item);
    }
    int r = ptn_json_close(&stream, NULL);
    return r < 0 ? ptn_complain(run, "standard output: %s", strerror(-r)) : 0;
}

static int answer(struct ptn_run *run, const struct ptn_chart *chart, const struct ptn_search *q)
{
    const char *count = run->value[PTN_OPT_COUNT];
    bool json = run->value[PTN_OPT_JSON];
    /* words may be many; conditions alone ask for a list, all of it */
    long max = count ? ptn_number(count, strlen(count), HITS_MAX) : json || !q->n_words ? HITS_MAX : HITS_SHOWN;
    if (max <= 0)
        return ptn_complain(run, "--count: \"%.20s\" is not a number from 1 to %d", count, HITS_MAX);
    struct ptn_hit *hits = calloc((size_t)max, sizeof(*hits));
    int n = hits ? ptn_chart_search(chart, q, hits, (size_t)max) : -ENOMEM;
    int status = PTN_EXIT_OK;
    if (n < 0)
        status = ptn_complain(run, "%s", strerror(-n));
    else if (json)
        status = print_json(run, chart, hits, (size_t)n);
    else if (n == 0)
        fputs("portolan: search: nothing found; try fewer or shorter words\n", stderr);
    else
        status = print_table(run, hits, (size_t)n);
    free(hits);
    return status;
}

int ptn_cmd_search(struct ptn_run *run)
{
    struct ptn_search q = {.rating = PTN_RATING_NONE, .proto = -1, .hi = 65535, .kind = -1};
    struct ptn_chart *chart;
    if (run->n_args == 0)
        return ptn_complain(run,
                            "search for what? (portolan search remote desktop, portolan search safe=N range=0-1023)");
    for (int i = 0; i < run->n_args; i++)
        if (read_query(run, &q, run->args[i]))
            return PTN_EXIT_TROUBLE;
    bool any = q.n_words || q.rating || q.proto >= 0 || q.lo || q.hi < 65535 || q.kind >= 0;
    if (!any)
        return ptn_complain(run, "an empty word asks for nothing");
    if (ptn_run_chart(run, &chart))
        return PTN_EXIT_TROUBLE;
    int status = answer(run, chart, &q);
    ptn_chart_close(chart);
    return status;
}
