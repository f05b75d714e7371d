/* An audit's findings, as a table and as JSON. */
#ifndef PTN_REPORT_AUDIT_H
#define PTN_REPORT_AUDIT_H

#include "json.h"
#include "judge/judge.h"
#include "out.h"

struct ptn_audit_style {
    const char *columns; /* -o, or NULL */
    bool raw, no_headings, why;
};

/* The table, and for people the sums and what could not be seen. Result: 0, or -EINVAL with a sentence. */
int ptn_audit_print(struct ptn_out *, const struct ptn_host *, const struct ptn_findings *,
                    const struct ptn_audit_style *, struct ptn_err *err);

/* Whether a table of these columns needs what only the package manager knows. */
bool ptn_audit_wants_packages(const char *columns);

/* The whole document. `when` it was seen: seconds since 1970. */
json_t *ptn_audit_json(const struct ptn_host *, const struct ptn_findings *, int64_t when);

/* The name a person knows the owner by: container or unit before the process. Asks for nothing but the owner, `latent`
 * and `latent_name` of the listener, and `behind`. Returns out. */
#define PTN_AUDIT_OWNER 256
const char *ptn_audit_owner(const struct ptn_finding *, char out[static PTN_AUDIT_OWNER]);

#endif
