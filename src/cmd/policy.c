/* portolan policy: what the packet filter lets in; writing one, proving it, putting it in force. */
#include "policy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

static const struct verb {
    const char *word;
    uint64_t options; /* of those that only some verbs have */
    int min, max;     /* arguments */
    int (*run)(struct ptn_run *);
} verbs[] = {
    {"write", 0, 1, 1, ptn_policy_verb_write},
    {"apply", PTN_OPT(CONFIRM) | PTN_OPT(EVEN_IF), 1, 1, ptn_policy_verb_apply},
    {"confirm", PTN_OPT(PERSIST), 0, 0, ptn_policy_verb_confirm},
    {"status", 0, 0, 0, ptn_policy_verb_status},
    {"rollback", 0, 0, 0, ptn_policy_verb_rollback},
    {"check", PTN_OPTS_TABLE | PTN_OPT(RULESET) | PTN_OPT(SARIF), 0, 0, ptn_policy_verb_check},
    {"diff", PTN_OPTS_TABLE, 2, 2, ptn_policy_verb_diff},
    {"suggest", 0, 0, 0, ptn_policy_verb_suggest},
};

/* Writing and suggesting judge by a chart; the table's options, and those above, are not everybody's. */
static int check_options(struct ptn_run *run, const struct verb *v)
{
    const uint64_t all =
        PTN_OPTS_TABLE | PTN_OPT(CONFIRM) | PTN_OPT(PERSIST) | PTN_OPT(EVEN_IF) | PTN_OPT(SARIF) | PTN_OPT(RULESET);
    for (int o = 0; o < PTN_OPTION_COUNT; o++)
        if (run->value[o] && ((all & ~v->options) >> o & 1))
            return ptn_complain(run, "%s does not take --%s", v->word, ptn_option_info((enum ptn_option)o)->word);
    return 0;
}

int ptn_cmd_policy(struct ptn_run *run)
{
    const char *word = run->n_args ? run->args[0] : "";
    for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
        const struct verb *v = &verbs[i];
        if (strcmp(word, v->word) != 0)
            continue;
        run->args++;
        run->n_args--;
        if (check_options(run, v))
            return PTN_EXIT_TROUBLE;
        if (run->n_args < v->min || run->n_args > v->max)
            return ptn_complain(run, "%s takes %s", word,
                                v->max == 0   ? "no files"
                                : v->max == 1 ? "one file"
                                              : "two files (one may be \"live\")");
        return v->run(run);
    }
    return ptn_complain(run, "\"%.20s\": write, apply, confirm, status, rollback, check, diff or suggest", word);
}

int ptn_policy_input(struct ptn_run *run, const char *path, char **ret, size_t *ret_len)
{
    int r = strcmp(path, "-") == 0 ? ptn_fd_read(STDIN_FILENO, PTN_POLICY_FILE_MAX, ret, ret_len)
                                   : ptn_file_read(path, PTN_POLICY_FILE_MAX, ret, ret_len);
    return r < 0 ? ptn_complain(run, "%s: %s", path, strerror(-r)) : 0;
}

const struct ptn_netns *ptn_policy_netns(const struct ptn_host *h)
{
    for (size_t i = 0; i < h->n_netns; i++)
        if (!h->netns[i].door[0])
            return &h->netns[i];
    return NULL;
}
