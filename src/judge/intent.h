/*
 * An intent: what a site wants to let in, in records; judged by the chart, it becomes a policy that can be written as a
 * ruleset (wall/write.h). See portolan-intent(5).
 */
#ifndef PTN_JUDGE_INTENT_H
#define PTN_JUDGE_INTENT_H

#include "chart/chart.h"
#include "wall/write.h"

/* Kinds of record, by their first field. */
enum ptn_intent_kind {
    PTN_INTENT_KIND_PERMIT = 1,
    PTN_INTENT_KIND_GROUP = 2,
    PTN_INTENT_KIND_ZONE = 4,
    PTN_INTENT_KIND_POLICY = 8
};

/* id, word in the file, in records of which kind (P permission, G group, Z zone, S settings), help */
#define PTN_INTENT_FIELDS(X)                                                                                           \
    X(PERMIT, "Permit", PTN_INTENT_KIND_PERMIT,                                                                        \
      "what may come in: names of services, 8080/tcp, 6000-6010/udp, esp/ip")                                          \
    X(FROM, "From", PTN_INTENT_KIND_PERMIT, "from where: addresses, prefixes, ranges, groups, zones, or anyone")       \
    X(BECAUSE, "Because", PTN_INTENT_KIND_PERMIT, "the reason")                                                        \
    X(OWNER, "Owner", PTN_INTENT_KIND_PERMIT, "who answers for it")                                                    \
    X(UNTIL, "Until", PTN_INTENT_KIND_PERMIT, "YYYY-MM-DD: the last day on which it holds")                            \
    X(EVEN_THOUGH, "Even-though", PTN_INTENT_KIND_PERMIT, "why a service rated N must be let in all the same")         \
    X(GROUP, "Group", PTN_INTENT_KIND_GROUP, "a name for addresses")                                                   \
    X(ZONE, "Zone", PTN_INTENT_KIND_ZONE, "a name for interfaces")                                                     \
    X(ADDRESSES, "Addresses", PTN_INTENT_KIND_GROUP | PTN_INTENT_KIND_ZONE, "addresses, prefixes, ranges")             \
    X(INTERFACES, "Interfaces", PTN_INTENT_KIND_ZONE, "names of interfaces, or the beginning of names: eth*")          \
    X(POLICY, "Policy", PTN_INTENT_KIND_POLICY, "a title; the settings of the ruleset follow")                         \
    X(TABLE, "Table", PTN_INTENT_KIND_POLICY, "the name of the ruleset's table")                                       \
    X(PRIORITY, "Priority", PTN_INTENT_KIND_POLICY, "the place of its chain among those of other tables")              \
    X(LOG_GROUP, "Log-group", PTN_INTENT_KIND_POLICY,                                                                  \
      "where dropped packets are logged: an NFLOG group, kernel, none")                                                \
    X(LOG_RATE, "Log-rate", PTN_INTENT_KIND_POLICY, "how many packets are logged: 10/second")

enum ptn_intent_field {
#define X(id, word, kinds, help) PTN_INTENT_##id,
    PTN_INTENT_FIELDS(X)
#undef X
        PTN_INTENT_FIELD_COUNT
};

#define PTN_INTENT_GROUPS_MAX 1000 /* groups and zones */

struct ptn_intent_opts {
    const char *today; /* YYYY-MM-DD: what was permitted until a day before is left out. NULL: nothing is */
    /* Called with everything that is wrong ("FILE:LINE: ..."), so that all of it is seen at once. May be NULL. */
    void (*complain)(void *ctx, const char *text);
    void *ctx;
};

/* Reads and judges the records of text[len]. Caller releases with ptn_policy_release(). Result: 0; -EINVAL with the
 * first fault or refusal: what cannot be read, a name that nobody has, a service rated N without Even-though:, one
 * rated - without From:; -ENOMEM. */
int ptn_intent_read(struct ptn_policy *ret, const struct ptn_chart *, const char *file, const char *text, size_t len,
                    const struct ptn_intent_opts *, struct ptn_err *err);

#endif
