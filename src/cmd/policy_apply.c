/* portolan policy apply, confirm, status, rollback: a ruleset in force, with a way back. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "judge/intent.h"
#include "policy.h"

#define CONFIRM_DEFAULT 60
#define CONFIRM_MAX 86400

/* ---- apply ----------------------------------------------------------------------------------------------------- */

/* An intent's first word is one of its records' first fields. */
static bool is_intent(const char *text)
{
    static const char *const words[] = {"Permit:", "Group:", "Zone:", "Policy:"};
    while (*text == '#' || *text == '\n' || *text == ' ' || *text == '\t')
        text += *text == '#' ? strcspn(text, "\n") : 1;
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (strncmp(text, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

/* The text for nft: the file, or what is written from it. */
static int read_script(struct ptn_run *run, const char *name, char **ret, size_t *ret_len)
{
    char *text;
    size_t len;
    if (ptn_policy_input(run, run->args[0], &text, &len))
        return PTN_EXIT_TROUBLE;
    if (!is_intent(text)) {
        *ret = text;
        *ret_len = len;
        return 0;
    }
    int status = ptn_policy_ruleset(run, name, text, len, ret, ret_len);
    free(text);
    return status;
}

static int start(struct ptn_run *run, const struct ptn_guard_order *order)
{
    struct ptn_err err = {""};
    int r = ptn_guard_apply(NULL, order, &err);
    if (r < 0 && *(const bool *)order->ctx)
        return ptn_complain(run, "%s (--even-if-cut-off applies it all the same)", err.text);
    if (r < 0)
        return ptn_complain(run, "%s", *err.text ? err.text : strerror(-r));
    printf("%s is in force, and is taken back in %" PRId64 " seconds unless you say: portolan policy confirm\n",
           order->name, order->seconds);
    if (order->session)
        printf("try a second connection before you do\n");
    return PTN_EXIT_OK;
}

int ptn_policy_verb_apply(struct ptn_run *run)
{
    const char *given = run->value[PTN_OPT_CONFIRM];
    const char *name = strcmp(run->args[0], "-") == 0 ? "standard input" : run->args[0];
    long seconds = given ? ptn_number(given, strlen(given), CONFIRM_MAX) : CONFIRM_DEFAULT;
    struct ptn_session session;
    char *text;
    size_t len;
    if (seconds < 1)
        return ptn_complain(run, "--confirm: \"%.20s\" is no number of seconds from 1 to %d", given, CONFIRM_MAX);
    bool refused = false, guarded = !run->value[PTN_OPT_EVEN_IF] && ptn_policy_session(&session);
    int status = read_script(run, name, &text, &len);
    if (status)
        return status;
    const struct ptn_guard_order order = {.name = name,
                                          .text = text,
                                          .len = len,
                                          .seconds = seconds,
                                          .session = guarded ? &session : NULL,
                                          .admits = ptn_policy_admits,
                                          .ctx = &refused};
    status = start(run, &order);
    free(text);
    return status;
}

/* ---- confirm, rollback ---------------------------------------------------------------------------------------------
 */

int ptn_policy_verb_confirm(struct ptn_run *run)
{
    struct ptn_err err = {""};
    bool persist = run->value[PTN_OPT_PERSIST] != NULL;
    int r = ptn_guard_confirm(NULL, persist, &err);
    if (r < 0)
        return ptn_complain(run, "%s", *err.text ? err.text : strerror(-r));
    printf("confirmed: it stays%s\n", persist ? ", and is loaded whenever the machine starts" : "");
    return PTN_EXIT_OK;
}

int ptn_policy_verb_rollback(struct ptn_run *run)
{
    struct ptn_err err = {""};
    int r = ptn_guard_rollback(NULL, &err);
    if (r < 0)
        return ptn_complain(run, "%s", *err.text ? err.text : strerror(-r));
    printf("taken back: what stood before stands again\n");
    return PTN_EXIT_OK;
}

/* ---- status -------------------------------------------------------------------------------------------------------
 */

static void print_tables(const struct ptn_tables *tables)
{
    static const char *const fates[] = {"made", "changed"};
    for (size_t i = 0; i < tables->n; i++) {
        const struct ptn_table_id *t = &tables->items[i];
        const char *family = ptn_table_family_word(t->family);
        printf("table      %s %s (%s)\n", family ? family : "?", t->name, fates[t->stood]);
    }
}

static void print_status(const struct ptn_guard_status *s)
{
    static const char *const loaded[] = {"not known", "as it was loaded", "changed since"};
    const struct ptn_guard_note *n = &s->note;
    char when[32] = "";
    time_t at = (time_t)n->when;
    struct tm tm;
    printf("state      %s\n", ptn_guard_phase_word(n->phase));
    if (n->phase == PTN_GUARD_NONE)
        return;
    if (localtime_r(&at, &tm))
        strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm);
    printf("file       %s\napplied    %s%s%s\n", n->file, when, *n->who ? " by " : "", n->who);
    print_tables(&n->tables);
    if (n->phase == PTN_GUARD_PENDING)
        printf("time left  %" PRId64 " seconds%s\n", s->left > 0 ? (s->left + 999) / 1000 : 0,
               s->guarded ? "" : "; nobody watches: portolan policy rollback");
    if (n->phase == PTN_GUARD_PENDING || n->phase == PTN_GUARD_CONFIRMED)
        printf("ruleset    %s\n", !s->this_boot ? "the machine was restarted since"
                                  : !s->here    ? "in another network namespace"
                                                : loaded[s->loaded]);
    printf("at boot    %s\n", n->persisted ? "loaded" : "not loaded");
}

/* Something to worry about: a ruleset that nobody takes back, or that is not what was loaded. */
int ptn_policy_verb_status(struct ptn_run *run)
{
    struct ptn_guard_status s;
    struct ptn_err err = {""};
    int status = PTN_EXIT_OK, r = ptn_guard_read_status(NULL, &s, &err);
    if (r < 0) {
        const char *said = *err.text ? err.text : strerror(-r);
        status = r == -EACCES ? PTN_EXIT_BLIND : PTN_EXIT_TROUBLE;
        if (r == -EACCES)
            ptn_say(run, "%s", said);
        else
            ptn_complain(run, "%s", said);
    } else {
        print_status(&s);
        bool lost = s.note.phase == PTN_GUARD_PENDING && !s.guarded && s.this_boot;
        status = lost || s.loaded == PTN_LOADED_CHANGED ? PTN_EXIT_WORRY : PTN_EXIT_OK;
    }
    ptn_guard_status_release(&s);
    return status;
}
