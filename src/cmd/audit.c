/* portolan audit: what listens on this machine, how far it can be reached, is that safe. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "cmd.h"
#include "judge/allow.h"
#include "report/audit.h"
#include "store/baseline.h"
#include "walls.h"

#define ALLOW_MAX (1u << 20)

struct audit {
    struct ptn_run *run;
    struct ptn_chart *chart;
    struct ptn_host *host;
    struct ptn_walled *walls;
    struct ptn_findings findings;
    struct ptn_err err;
};

static int apply_allow(struct audit *a, const char *path)
{
    struct ptn_allows allows;
    char *text, today[16];
    size_t len;
    int r = ptn_file_read(path, ALLOW_MAX, &text, &len);
    if (r < 0)
        return ptn_fail(&a->err, r, "%s: %s", path, strerror(-r));
    r = ptn_allow_read(&allows, path, text, len, &a->err);
    free(text);
    if (r < 0)
        return r;
    r = ptn_allow_apply(&allows, &a->findings, ptn_today(today));
    ptn_allow_release(&allows);
    return r;
}

static int judge(struct audit *a, bool packages)
{
    const char *allow = a->run->value[PTN_OPT_ALLOW];
    char today[16];
    int r = ptn_host_read(&a->host, NULL, &a->err);
    if (r == 0 && packages && ptn_host_packages(a->host, &a->err) < 0)
        ptn_complain(a->run, "%s", a->err.text);
    if (r == 0 && !(a->walls = ptn_walls_read(a->host)))
        r = ptn_fail(&a->err, -ENOMEM, "out of memory");
    if (r == 0 && (r = ptn_judge(&a->findings, a->host, a->walls, a->chart, ptn_today(today))) < 0)
        ptn_fail(&a->err, r, "%s", strerror(-r));
    return r == 0 && allow ? apply_allow(a, allow) : r;
}

static int verdict_status(const struct audit *a)
{
    int status = PTN_EXIT_OK;
    for (size_t i = 0; i < a->host->n_blind; i++)
        status = a->host->blind[i].matters ? PTN_EXIT_BLIND : status;
    for (size_t i = 0; i < a->findings.n_blind; i++)
        status = a->findings.blind[i].matters ? PTN_EXIT_BLIND : status;
    for (size_t i = 0; i < a->findings.n; i++) {
        if (a->findings.items[i].verdict == PTN_VERDICT_WORRY)
            return PTN_EXIT_WORRY;
        if (a->findings.items[i].verdict == PTN_VERDICT_BLIND)
            status = PTN_EXIT_BLIND;
    }
    return status;
}

static void print_differences(const json_t *differences)
{
    static const char *const kinds[] = {"new", "gone", "changed"};
    for (size_t k = 0; k < 3; k++) {
        const json_t *list = json_object_get(differences, kinds[k]);
        for (size_t i = 0; i < json_array_size(list); i++) {
            const json_t *o = json_array_get(list, i);
            const char *address = json_string_value(json_object_get(o, "address"));
            const char *owner = json_string_value(json_object_get(o, "owner"));
            const char *service = json_string_value(json_object_get(o, "service"));
            const char *netns = json_string_value(json_object_get(o, "netns"));
            bool six = address && strchr(address, ':');
            printf("%-8s %s%s%s:%lld/%s  %s  %s%s%s: %s\n", kinds[k], six ? "[" : "", address ? address : "",
                   six ? "]" : "", (long long)json_integer_value(json_object_get(o, "port")),
                   json_string_value(json_object_get(o, "proto")), service ? service : "-", owner ? owner : "?",
                   netns && strcmp(netns, "host") != 0 ? " in " : "", netns && strcmp(netns, "host") != 0 ? netns : "",
                   json_string_value(json_object_get(o, "what")));
        }
    }
}

/* --save, --against and -J need the document; the table does not. Result: an exit status. */
static int use_document(struct audit *a, json_t *doc)
{
    struct ptn_run *run = a->run;
    const char *against = run->value[PTN_OPT_AGAINST], *save = run->value[PTN_OPT_SAVE];
    int status = verdict_status(a), n = 0;
    if (against) {
        json_t *differences;
        n = ptn_baseline_compare(against, doc, &differences, &a->err);
        if (n < 0) {
            json_decref(doc);
            return ptn_complain(run, "%s", a->err.text);
        }
        status = n ? PTN_EXIT_WORRY : status == PTN_EXIT_BLIND ? status : PTN_EXIT_OK;
        if (n == 0 && !run->value[PTN_OPT_JSON])
            printf("nothing is new, gone or changed since %s was saved\n", against);
        if (!run->value[PTN_OPT_JSON])
            print_differences(differences);
        json_object_set_new(doc, "against", differences);
    }
    if (save && ptn_baseline_save(save, doc, &a->err) < 0)
        ptn_complain(run, "%s", a->err.text);
    if (run->value[PTN_OPT_JSON] && ptn_json_print(stdout, json_incref(doc)) < 0)
        ptn_complain(run, "standard output: %s", strerror(errno));
    json_decref(doc);
    return status;
}

static int report(struct audit *a)
{
    struct ptn_run *run = a->run;
    const char *const *v = run->value;
    int status = verdict_status(a);
    if (v[PTN_OPT_JSON] || v[PTN_OPT_AGAINST] || v[PTN_OPT_SAVE]) {
        json_t *doc = ptn_audit_json(a->host, &a->findings, time(NULL));
        status = doc ? use_document(a, doc) : ptn_complain(run, "out of memory");
    }
    if (v[PTN_OPT_JSON] || v[PTN_OPT_AGAINST])
        return status;
    struct ptn_out out;
    struct ptn_audit_style style = {.columns = v[PTN_OPT_OUTPUT],
                                    .raw = v[PTN_OPT_RAW],
                                    .no_headings = v[PTN_OPT_NO_HEADINGS],
                                    .why = v[PTN_OPT_WHY]};
    ptn_out_init(&out, stdout, v[PTN_OPT_COLOR]);
    if (ptn_audit_print(&out, a->host, &a->findings, &style, &a->err) < 0)
        return ptn_complain(run, "%s", a->err.text);
    return status;
}

int ptn_cmd_audit(struct ptn_run *run)
{
    struct audit a = {.run = run};
    bool packages = run->value[PTN_OPT_JSON] || run->value[PTN_OPT_WHY] || run->value[PTN_OPT_SAVE] ||
                    ptn_audit_wants_packages(run->value[PTN_OPT_OUTPUT]);
    if (run->n_args)
        return ptn_complain(run, "\"%.40s\": audit takes only options", run->args[0]);
    if (ptn_run_chart(run, &a.chart))
        return PTN_EXIT_TROUBLE;
    int status = judge(&a, packages) < 0 ? ptn_complain(run, "%s", a.err.text) : report(&a);
    ptn_findings_release(&a.findings);
    if (a.host)
        ptn_walls_free(a.walls, a.host);
    ptn_host_free(a.host);
    ptn_chart_close(a.chart);
    return status;
}
