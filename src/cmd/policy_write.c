/* portolan policy write: an intent's ruleset, shown only when it was proven. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "judge/intent.h"
#include "policy.h"
#include "wall/prove.h"
#include "walls.h"

static void complain(void *run, const char *text)
{
    ptn_complain(run, "%s", text);
}

static int read_intent(struct ptn_run *run, struct ptn_policy *p, const char *name, const char *text, size_t len)
{
    struct ptn_chart *chart;
    struct ptn_err err;
    char today[16];
    const struct ptn_intent_opts opts = {.today = today, .complain = complain, .ctx = run};
    ptn_today(today);
    if (ptn_run_chart(run, &chart))
        return PTN_EXIT_TROUBLE;
    int r = ptn_intent_read(p, chart, name, text, len, &opts, &err);
    ptn_chart_close(chart);
    if (r < 0 && r != -EINVAL)
        ptn_complain(run, "%s: %s", name, strerror(-r));
    return r < 0 ? PTN_EXIT_TROUBLE : 0;
}

static void tell_over(struct ptn_run *run, const struct ptn_policy *p)
{
    for (size_t i = 0; i < p->n_over; i++)
        ptn_say(run, "%s:%u: %s: held until %s, and is left out", p->file, p->over[i].line, p->over[i].what,
                p->over[i].until);
}

/* What is wrong with the ruleset is trouble; that nobody could look is not. */
static int prove(struct ptn_run *run, const struct ptn_policy *p, const char *text, size_t len)
{
    struct ptn_err err = {""};
    int r = ptn_policy_prove(p, text, len, &err);
    if (r == 0)
        return 0;
    if (r == -EBADMSG || r == -ENOMEM || r == -E2BIG)
        return ptn_complain(run, "%s: the ruleset is not the intent: %s", p->file, *err.text ? err.text : strerror(-r));
    ptn_say(run, "%s: the ruleset cannot be proven here, so it is not shown: %s", p->file,
            *err.text ? err.text : strerror(-r));
    return PTN_EXIT_BLIND;
}

int ptn_policy_ruleset(struct ptn_run *run, const char *name, const char *text, size_t len, char **ret, size_t *ret_len)
{
    struct ptn_policy p;
    struct ptn_err err = {""};
    if (read_intent(run, &p, name, text, len))
        return PTN_EXIT_TROUBLE;
    tell_over(run, &p);
    int r = ptn_policy_text(&p, ret, ret_len, &err);
    int status = r < 0 ? ptn_complain(run, "%s: %s", name, *err.text ? err.text : strerror(-r)) : 0;
    if (r == 0 && (status = prove(run, &p, *ret, *ret_len)) != 0)
        free(*ret);
    ptn_policy_release(&p);
    return status;
}

int ptn_policy_verb_write(struct ptn_run *run)
{
    const char *path = run->args[0];
    char *text, *ruleset;
    size_t len, ruleset_len;
    if (ptn_policy_input(run, path, &text, &len))
        return PTN_EXIT_TROUBLE;
    int status =
        ptn_policy_ruleset(run, strcmp(path, "-") == 0 ? "standard input" : path, text, len, &ruleset, &ruleset_len);
    free(text);
    if (status)
        return status;
    fwrite(ruleset, 1, ruleset_len, stdout);
    free(ruleset);
    return PTN_EXIT_OK;
}
