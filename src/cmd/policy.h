/* The verbs of `portolan policy`, one file each; what they share is in policy.c. */
#ifndef PTN_CMD_POLICY_H
#define PTN_CMD_POLICY_H

#include "cmd.h"
#include "wall/guard.h"
#include "wall/write.h"

#define PTN_POLICY_FILE_MAX ((size_t)64 << 20)

int ptn_policy_verb_write(struct ptn_run *);
int ptn_policy_verb_apply(struct ptn_run *);
int ptn_policy_verb_confirm(struct ptn_run *);
int ptn_policy_verb_status(struct ptn_run *);
int ptn_policy_verb_rollback(struct ptn_run *);
int ptn_policy_verb_check(struct ptn_run *);
int ptn_policy_verb_diff(struct ptn_run *);
int ptn_policy_verb_suggest(struct ptn_run *);

/* A file, or standard input for "-". Caller frees *ret. Result: 0 or PTN_EXIT_TROUBLE. */
int ptn_policy_input(struct ptn_run *, const char *path, char **ret, size_t *ret_len);

/* An intent's ruleset, proven; what is left out of it is told. Caller frees *ret. Result: 0, PTN_EXIT_TROUBLE,
 * PTN_EXIT_BLIND where it could not be proven. */
int ptn_policy_ruleset(struct ptn_run *, const char *name, const char *text, size_t len, char **ret, size_t *ret_len);

/* The network namespace that we are in, of a host that was read; NULL if it is not there. */
const struct ptn_netns *ptn_policy_netns(const struct ptn_host *);

/* The connection over which we were started: SSH_CONNECTION of ours or, since sudo takes that away, of a process that
 * we come from. False if there is none. */
bool ptn_policy_session(struct ptn_session *ret);

/* Whether a script would let a session go on, and begin anew; for struct ptn_guard_order. *(bool *)ctx becomes true
 * where it is for this that nothing is applied. */
int ptn_policy_admits(void *ctx, const struct ptn_session *, const char *text, size_t len, struct ptn_err *err);

#endif
