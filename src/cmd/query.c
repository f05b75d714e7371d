#include "query.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/text.h"
#include "chart/names.h"

void ptn_query_release(struct ptn_query *q)
{
    free(q->runs);
    *q = (struct ptn_query){0};
}

static int add_run(struct ptn_query *q, struct ptn_ports run, uint32_t name)
{
    for (size_t i = 0; i < q->n; i++)
        if (q->runs[i].ports.proto == run.proto && q->runs[i].ports.lo <= run.lo && run.hi <= q->runs[i].ports.hi)
            return 0;
    if (ptn_grow(&q->runs, q->n, &q->size, sizeof(*q->runs)) < 0)
        return -ENOMEM;
    q->runs[q->n++] = (struct ptn_asked){.ports = run, .name = name};
    return 0;
}

/* The ports of a name: its own ones; if it has none, those it is found on or used to have. */
struct gathering {
    struct ptn_query *query;
    uint32_t name;
    int proto; /* only this one, or -1 */
    enum ptn_how from, to;
    size_t found;
};

static int gather_claim(void *ctx, const struct ptn_book_claim *c)
{
    struct gathering *g = ctx;
    if (c->how < g->from || c->how > g->to || (g->proto >= 0 && c->proto != g->proto))
        return 0;
    g->found++;
    return add_run(g->query, (struct ptn_ports){c->lo, c->hi, c->proto}, g->name);
}

static int gather(void *ctx, struct ptn_service s)
{
    struct gathering *g = ctx;
    static const enum ptn_how order[][2] = {{PTN_HOW_OWN, PTN_HOW_OWN},
                                            {PTN_HOW_ASSIGNED, PTN_HOW_ASSIGNED},
                                            {PTN_HOW_ALSO, PTN_HOW_ALSO},
                                            {PTN_HOW_HABIT, PTN_HOW_HINT}};
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        size_t before = g->found;
        g->from = order[i][0];
        g->to = order[i][1];
        int r = ptn_service_claims(s, gather_claim, g);
        if (r < 0 || g->found > before)
            return r;
    }
    return 0;
}

static int complain_unknown(struct ptn_run *run, const struct ptn_chart *c, const char *word)
{
    const char *near[PTN_NEAR_MAX];
    char list[PTN_NEAR_MAX * 72] = "";
    int n = ptn_chart_near(c, word, near);
    for (int i = 0, at = 0; i < n; i++)
        at += snprintf(list + at, sizeof(list) - (size_t)at, "%s%.64s", i ? ", " : "; near it: ", near[i]);
    return ptn_complain(run, "nobody is called \"%.80s\"%s (portolan search %.80s looks further)", word, list, word);
}

/* The ports of a name, or of a daemon of that name; "ssh/tcp" only those of one protocol. A name may begin with a digit
 * (3gpp-cbsp) or have a slash of its own (914c/g). Result: how many, or -errno. */
static long add_name(struct ptn_query *q, const struct ptn_chart *c, const char *word)
{
    char name[64];
    const char *slash = strrchr(word, '/');
    int proto = slash ? ptn_proto_parse(slash + 1, strlen(slash + 1)) : -1;
    size_t len = proto >= 0 ? (size_t)(slash - word) : strlen(word);
    if (len >= sizeof(name))
        return 0;
    memcpy(name, word, len);
    name[len] = '\0';
    struct gathering g = {.query = q, .name = ptn_name_hash(name, len), .proto = proto};
    int r = ptn_chart_find(c, name, gather, &g);
    if (r == 0 && !g.found)
        r = ptn_chart_find_daemon(c, name, gather, &g);
    return r < 0 ? r : (long)g.found;
}

int ptn_query_add(struct ptn_query *q, struct ptn_run *run, const struct ptn_chart *c, const char *word)
{
    struct ptn_ports p;
    struct ptn_err err;
    if (!*word)
        return ptn_complain(run, "an empty word asks for nothing");
    int r = ptn_ports_parse(&p, word, strlen(word), &err);
    long found = r < 0 ? add_name(q, c, word) : 0;
    if (found < 0 || (r == 0 && add_run(q, p, 0) < 0))
        return ptn_complain(run, "out of memory");
    if (r == 0 || found)
        return 0;
    if (r == -EINVAL)
        return ptn_complain(run, "%s", err.text);
    return complain_unknown(run, c, word);
}
