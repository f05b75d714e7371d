#include "judge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const evidences[][2] = {
#define X(id, word, help) {word, help},
    PTN_EVIDENCES(X)
#undef X
};

const char *ptn_evidence_word(enum ptn_evidence e)
{
    return evidences[e][0];
}

const char *ptn_evidence_help(enum ptn_evidence e)
{
    return evidences[e][1];
}

const char *ptn_lint_word(enum ptn_lint l)
{
    static const char *const words[] = {
#define X(id, word, verdict) word,
        PTN_LINTS(X)
#undef X
    };
    return words[l];
}

static int compare(const void *a, const void *b)
{
    const struct ptn_finding *x = a, *y = b;
    if (x->verdict != y->verdict)
        return x->verdict < y->verdict ? 1 : -1;
    if (x->rung != y->rung)
        return x->rung < y->rung ? 1 : -1;
    if (x->listener->port != y->listener->port)
        return x->listener->port > y->listener->port ? 1 : -1;
    if (x->listener->proto != y->listener->proto)
        return x->listener->proto > y->listener->proto ? 1 : -1;
    return x->listener > y->listener ? 1 : -1;
}

void ptn_findings_sort(struct ptn_findings *f)
{
    if (f->n)
        qsort(f->items, f->n, sizeof(*f->items), compare);
}

/* Whether owners may have been hidden from us, so that a socket without one tells nothing. */
static bool owners_hidden(const struct ptn_host *h)
{
    for (size_t i = 0; i < h->n_blind; i++)
        if (h->blind[i].matters)
            return true;
    return false;
}

static int odd_port(struct ptn_finding *f, struct ptn_arena *a)
{
    const char *odd = ptn_service_field(f->claim.service, PTN_FIELD_ODD_PORT, 0);
    bool elsewhere = f->listener->port < f->claim.lo || f->listener->port > f->claim.hi;
    if (!elsewhere || f->evidence != PTN_EVIDENCE_OWNER)
        return 0;
    f->lints[PTN_LINT_ODD_PORT] =
        ptn_arena_printf(a, "Its own port is %u%s.", f->claim.lo,
                         odd && strcmp(odd, "worry") == 0 ? "; somebody moved it, which does not make it safe" : "");
    return f->lints[PTN_LINT_ODD_PORT] ? 0 : -ENOMEM;
}

static int judge_one(struct ptn_finding *f, const struct ptn_chart *c, const struct ptn_daemons *d, struct ptn_arena *a,
                     bool blind)
{
    int r = ptn_judge_reach(f, a);
    if (r < 0)
        return r;
    ptn_judge_service(f, c, d);
    if (f->has_service)
        r = odd_port(f, a);
    return r < 0 ? r : ptn_judge_verdict(f, a, blind);
}

int ptn_judge(struct ptn_findings *ret, const struct ptn_host *host, const struct ptn_chart *chart)
{
    struct ptn_findings f = {0};
    struct ptn_daemons *daemons;
    bool blind = owners_hidden(host);
    int r = ptn_daemons_open(&daemons, chart);
    if (r < 0)
        return r;
    f.items = calloc(host->n_listeners + 1, sizeof(*f.items));
    r = f.items ? 0 : -ENOMEM;
    for (; r == 0 && f.n < host->n_listeners; f.n++) {
        const struct ptn_listener *l = &host->listeners[f.n];
        f.items[f.n].listener = l;
        f.items[f.n].netns = &host->netns[l->netns];
        r = judge_one(&f.items[f.n], chart, daemons, &f.arena, blind);
    }
    ptn_daemons_close(daemons);
    if (r == 0)
        r = ptn_judge_lints(&f);
    if (r < 0) {
        ptn_findings_release(&f);
        return r;
    }
    ptn_findings_sort(&f);
    *ret = f;
    return 0;
}

void ptn_findings_release(struct ptn_findings *f)
{
    free(f->items);
    ptn_arena_release(&f->arena);
    *f = (struct ptn_findings){0};
}
