/* portolan policy check: a ruleset in the chart's words. */
#include <errno.h>
#include <string.h>

#include "judge/check.h"
#include "policy.h"
#include "report/check.h"
#include "wall/live.h"

static int print_json(struct ptn_run *run, json_t *doc)
{
    if (!doc)
        return ptn_complain(run, "out of memory");
    return ptn_json_print(stdout, doc) < 0 ? ptn_complain(run, "standard output: %s", strerror(errno)) : 0;
}

static int report(struct ptn_run *run, const struct ptn_remarks *remarks, const char *source)
{
    const char *const *v = run->value;
    struct ptn_out out;
    struct ptn_table *table;
    if (v[PTN_OPT_SARIF])
        return print_json(run, ptn_check_sarif(remarks, source));
    if (v[PTN_OPT_JSON])
        return print_json(run, ptn_check_json(remarks, source));
    if (ptn_run_table(run, ptn_check_columns, &out, &table))
        return PTN_EXIT_TROUBLE;
    ptn_check_print(table, &out, remarks, !v[PTN_OPT_OUTPUT] && !v[PTN_OPT_RAW] && !v[PTN_OPT_NO_HEADINGS]);
    return 0;
}

static int status_of(const struct ptn_remarks *remarks)
{
    int status = PTN_EXIT_OK;
    for (size_t i = 0; i < remarks->n; i++) {
        if (remarks->items[i].level == PTN_VERDICT_WORRY)
            return PTN_EXIT_WORRY;
        status = remarks->items[i].level == PTN_VERDICT_BLIND ? PTN_EXIT_BLIND : status;
    }
    return status;
}

static int check(struct ptn_run *run, const struct ptn_wall *wall, const struct ptn_netns *ns, const char *source)
{
    struct ptn_chart *chart;
    struct ptn_remarks remarks;
    if (ptn_run_chart(run, &chart))
        return PTN_EXIT_TROUBLE;
    int r = ptn_check(&remarks, wall, ns, chart), status;
    if (r < 0) {
        status = ptn_complain(run, "%s", r == -E2BIG ? "the ruleset falls into too many cases" : strerror(-r));
    } else {
        status = report(run, &remarks, source);
        status = status ? status : status_of(&remarks);
        ptn_remarks_release(&remarks);
    }
    ptn_chart_close(chart);
    return status;
}

int ptn_policy_verb_check(struct ptn_run *run)
{
    const struct ptn_host_opts opts = {.no_owners = true, .this_netns = true};
    const char *file = run->value[PTN_OPT_RULESET];
    struct ptn_wall *wall;
    struct ptn_host *host;
    struct ptn_err err = {""};
    int r = file ? ptn_wall_read_file(&wall, file, &err) : ptn_wall_read_live(&wall, NULL, &err);
    if (r < 0 && file)
        return ptn_complain(run, "%s", *err.text ? err.text : strerror(-r));
    if (r < 0) {
        ptn_say(run, "%s", *err.text ? err.text : strerror(-r));
        return PTN_EXIT_BLIND;
    }
    r = ptn_host_read(&host, &opts, &err);
    if (r < 0) {
        ptn_wall_free(wall);
        return ptn_complain(run, "%s", err.text);
    }
    const struct ptn_netns *ns = ptn_policy_netns(host);
    int status = ns ? check(run, wall, ns, file ? file : "live")
                    : ptn_complain(run, "this machine's own network namespace was not found");
    ptn_host_free(host);
    ptn_wall_free(wall);
    return status;
}
