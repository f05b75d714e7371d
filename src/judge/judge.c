#include "judge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"

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

static const char *const lints[][2] = {
#define X(id, word, verdict, help) {word, help},
    PTN_LINTS(X)
#undef X
};

const char *ptn_lint_word(enum ptn_lint l)
{
    return lints[l][0];
}

const char *ptn_lint_help(enum ptn_lint l)
{
    return lints[l][1];
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
    if (!elsewhere || f->several || f->evidence != PTN_EVIDENCE_OWNER)
        return 0;
    f->lints[PTN_LINT_ODD_PORT] =
        ptn_arena_printf(a, "Its own port is %u%s.", f->claim.lo,
                         odd && strcmp(odd, "worry") == 0 ? "; somebody moved it, which does not make it safe" : "");
    return f->lints[PTN_LINT_ODD_PORT] ? 0 : -ENOMEM;
}

static int reach_and_service(struct ptn_findings *f, const struct ptn_host *host, const struct ptn_chart *chart,
                             const struct ptn_daemons *daemons)
{
    struct ptn_reacher reacher = {.exposure = &f->exposure, .arena = &f->arena};
    int r = 0;
    for (; r == 0 && f->n < host->n_listeners; f->n++) {
        struct ptn_finding *one = &f->items[f->n];
        one->listener = &host->listeners[f->n];
        one->netns = &host->netns[one->listener->netns];
        r = ptn_judge_reach(one, &reacher);
        ptn_judge_service(one, chart, daemons);
    }
    ptn_reacher_release(&reacher);
    return r;
}

static int add_blind(struct ptn_findings *f, const char *what, const char *why, bool is_hole)
{
    struct ptn_blind *more = reallocarray(f->blind, f->n_blind + 1, sizeof(*more));
    if (!more || !what || !why)
        return -ENOMEM;
    f->blind = more;
    more[f->n_blind++] = (struct ptn_blind){.what = what, .why = why, .matters = is_hole};
    return 0;
}

static int blind_walls(struct ptn_findings *f, const struct ptn_host *host, const struct ptn_walled *walls)
{
    int r = 0;
    for (size_t i = 0; walls && i < host->n_netns && r == 0; i++) {
        const char *where = host->netns[i].host ? "" : host->netns[i].name, *in = *where ? " in " : "";
        const struct ptn_wall *w = walls[i].wall;
        if (!w)
            r = add_blind(f, ptn_arena_join(&f->arena, "rungs", in, where, NULL),
                          ptn_arena_strdup(&f->arena, walls[i].why), true);
        for (size_t k = 0; w && k < w->n_unjudged && r == 0; k++)
            r = add_blind(f, ptn_arena_join(&f->arena, "a part of the packet filter", in, where, NULL), w->unjudged[k],
                          ptn_unjudged_matters(w->unjudged[k]));
    }
    return r;
}

int ptn_judge(struct ptn_findings *ret, const struct ptn_host *host, const struct ptn_walled *walls,
              const struct ptn_chart *chart, const char *today)
{
    struct ptn_findings f = {.items = calloc(host->n_listeners + 1, sizeof(*f.items))};
    struct ptn_daemons *daemons = NULL;
    bool blind = owners_hidden(host);
    int r = f.items ? ptn_expose(&f.exposure, host, walls) : -ENOMEM;
    r = r < 0 ? r : blind_walls(&f, host, walls);
    r = r < 0 ? r : ptn_daemons_open(&daemons, chart);
    if (r == 0)
        r = reach_and_service(&f, host, chart, daemons);
    ptn_daemons_close(daemons);
    ptn_judge_published(&f);
    for (size_t i = 0; r == 0 && i < f.n; i++) {
        r = f.items[i].has_service ? odd_port(&f.items[i], &f.arena) : 0;
        r = r < 0 ? r : ptn_judge_verdict(&f.items[i], &f.arena, blind);
    }
    if (r == 0)
        r = ptn_judge_lints(&f);
    r = r < 0 ? r : ptn_judge_wall_lints(&f);
    r = r < 0 ? r : ptn_judge_remarks(&f, host, walls, today);
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
    free(f->blind);
    ptn_remarks_release(&f->remarks);
    ptn_exposure_release(&f->exposure);
    ptn_arena_release(&f->arena);
    *f = (struct ptn_findings){0};
}
