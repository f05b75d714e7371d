/* portolan policy suggest: an intent from what listens here. What the chart does not call safe is left open on purpose:
 * `policy write` refuses it until somebody has decided. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"
#include "policy.h"
#include "walls.h"

/* Reached from outside, over a protocol that an intent can name. */
static bool belongs(const struct ptn_finding *f)
{
    return f->netns->host && !f->listener->latent && !f->client && f->reachable && f->rung >= PTN_RUNG_HOST &&
           f->listener->proto < PTN_PROTO_PORTED && f->listener->port;
}

static bool same_place(const struct ptn_finding *a, const struct ptn_finding *b)
{
    return a->listener->port == b->listener->port && a->listener->proto == b->listener->proto;
}

/* One line of a comment or a field: what stands in a process's name may hold anything. */
static void put_line(const char *before, const char *text)
{
    printf("%s", before);
    for (; *text; text++)
        putchar((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text);
    putchar('\n');
}

static void put_decision(const struct ptn_finding *f)
{
    enum ptn_rating rating = f->has_service ? f->claim.rating : PTN_RATING_NONE;
    if (rating == PTN_RATING_SAFE) {
        printf("From: anyone\n");
        return;
    }
    if (rating == PTN_RATING_UNSAFE)
        printf("# Rated N. Rather stop it, and remove this record. To let it in all the same:\n"
               "# Even-though: the reason\n");
    if (ptn_finding_reach(f)->limited)
        put_line("# Now these alone may reach it: ", ptn_finding_reach(f)->limited);
    else if (f->rung == PTN_RUNG_LAN)
        printf("# It is reached from the local network.\n");
    printf("# Who needs it? Addresses, a group or a zone, or: anyone\n%s", "From: FILL-IN\n");
}

static void put_record(const struct ptn_finding *f)
{
    const struct ptn_owner *o = f->listener->owner;
    char text[256];
    snprintf(text, sizeof(text), "%s%s%s, reached from: %s", o && *o->comm ? o->comm : "owner not seen",
             o && *o->unit ? " of " : "", o && *o->unit ? o->unit : "", ptn_rung_word(f->rung));
    printf("\n");
    put_line("# ", text);
    if (f->has_service) {
        snprintf(text, sizeof(text), "%s: %.160s", ptn_service_name(f->claim.service),
                 ptn_service_title(f->claim.service));
        put_line("# ", text);
    }
    printf("Permit: %u/%s\n", f->listener->port, ptn_proto_word(f->listener->proto));
    put_decision(f);
    snprintf(text, sizeof(text), "%.100s listens here.",
             f->has_service ? ptn_service_name(f->claim.service) : (o && *o->comm ? o->comm : "Something"));
    put_line("Because: ", text);
}

static int compare(const void *a, const void *b)
{
    const struct ptn_listener *x = (*(const struct ptn_finding *const *)a)->listener;
    const struct ptn_listener *y = (*(const struct ptn_finding *const *)b)->listener;
    return x->port != y->port ? x->port - y->port : (int)x->proto - (int)y->proto;
}

/* One record a port: of several listeners on it, the one that is reached from farthest. */
static int print_all(struct ptn_run *run, const struct ptn_findings *findings)
{
    const struct ptn_finding **list = calloc(findings->n ? findings->n : 1, sizeof(const struct ptn_finding *));
    size_t n = 0;
    if (!list)
        return ptn_complain(run, "out of memory");
    for (size_t i = 0; i < findings->n; i++) {
        const struct ptn_finding *f = &findings->items[i];
        size_t k = 0;
        while (belongs(f) && k < n && !same_place(list[k], f))
            k++;
        if (belongs(f) && k == n)
            list[n++] = f;
        else if (belongs(f) && f->rung > list[k]->rung)
            list[k] = f;
    }
    qsort(list, n, sizeof(*list), compare);
    printf("# What listens here and is reached from outside. Decide each From:, then: portolan policy write FILE\n"
           "Policy: From the audit of this machine\n");
    for (size_t i = 0; i < n; i++)
        put_record(list[i]);
    if (n == 0)
        printf("\n# Nothing here is reached from outside: there is nothing to permit.\n");
    free(list);
    return PTN_EXIT_OK;
}

int ptn_policy_verb_suggest(struct ptn_run *run)
{
    struct ptn_chart *chart;
    struct ptn_host *host = NULL;
    struct ptn_walled *walls = NULL;
    struct ptn_findings findings = {0};
    char today[16];
    struct ptn_err err = {""};
    if (ptn_run_chart(run, &chart))
        return PTN_EXIT_TROUBLE;
    int r = ptn_host_read(&host, NULL, &err);
    if (r == 0)
        r = (walls = ptn_walls_read(host)) ? 0 : -ENOMEM;
    r = r < 0 ? r : ptn_judge(&findings, host, walls, chart, ptn_today(today));
    int status = r < 0 ? ptn_complain(run, "%s", *err.text ? err.text : strerror(-r)) : print_all(run, &findings);
    for (size_t i = 0; r == 0 && i < host->n_blind; i++)
        if (host->blind[i].matters && status == PTN_EXIT_OK)
            status = PTN_EXIT_BLIND;
    for (size_t i = 0; r == 0 && i < findings.n_blind; i++)
        if (findings.blind[i].matters && status == PTN_EXIT_OK)
            status = PTN_EXIT_BLIND;
    ptn_findings_release(&findings);
    if (host)
        ptn_walls_free(walls, host);
    ptn_host_free(host);
    ptn_chart_close(chart);
    return status;
}
