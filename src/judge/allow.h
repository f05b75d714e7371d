/* What a site expects to listen: records of ports, owners, a reason and an expiry. */
#ifndef PTN_JUDGE_ALLOW_H
#define PTN_JUDGE_ALLOW_H

#include "judge.h"

#define PTN_ALLOW_FIELDS(X)                                                                                            \
    X(ALLOW, "Allow", true, "the ports that are expected to listen: 22/tcp 6000-6010/tcp")                             \
    X(BECAUSE, "Because", true, "the reason, shown in the audit")                                                      \
    X(UNTIL, "Until", false, "YYYY-MM-DD: the last day on which it is expected")                                       \
    X(PROCESS, "Process", false, "only if one of these owns it: a binary's name or a systemd unit")                    \
    X(ADDRESS, "Address", false, "only if it is bound to one of these addresses")                                      \
    X(NETNS, "Netns", false, "only in one of these network namespaces, by name")

enum ptn_allow_field {
#define X(id, word, required, help) PTN_ALLOW_##id,
    PTN_ALLOW_FIELDS(X)
#undef X
        PTN_ALLOW_FIELD_COUNT
};

struct ptn_allow {
    const char *value[PTN_ALLOW_FIELD_COUNT]; /* NULL where not given */
};

struct ptn_allows {
    struct ptn_arena arena;
    struct ptn_allow *items;
    size_t n;
};

/* Reads the records of text[len]. Caller releases. Result: 0, -EINVAL with "FILE:LINE: ...", -ENOMEM. */
int ptn_allow_read(struct ptn_allows *ret, const char *file, const char *text, size_t len, struct ptn_err *err);
void ptn_allow_release(struct ptn_allows *);

/* Turns the findings that are expected today (YYYY-MM-DD) into OK, with the reason, and remarks on those whose time is
 * over. Result: 0 or -ENOMEM. */
int ptn_allow_apply(const struct ptn_allows *, struct ptn_findings *, const char *today);

#endif
