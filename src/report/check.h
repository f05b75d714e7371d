/* Remarks on a ruleset, as a table, as JSON and as SARIF. */
#ifndef PTN_REPORT_CHECK_H
#define PTN_REPORT_CHECK_H

#include "json.h"
#include "judge/check.h"
#include "table.h"

extern const struct ptn_column ptn_check_columns[];

/* Fills and closes a table of these columns. `people`: with the sentences under their rows, and the sums. */
void ptn_check_print(struct ptn_table *, struct ptn_out *, const struct ptn_remarks *, bool people);

/* The whole document; `source` is the file, or "live". NULL when out of memory. */
json_t *ptn_check_json(const struct ptn_remarks *, const char *source);

/* One of them. */
json_t *ptn_remark_json(const struct ptn_remark *);

/* The same as SARIF 2.1.0 (OASIS): one run, a rule a kind of remark, the nft rule as a logical location. */
json_t *ptn_check_sarif(const struct ptn_remarks *, const char *source);

/* Where it stands: "rule" {family, table, chain, handle, text}, null where there is none. */
json_t *ptn_check_json_rule(const struct ptn_chain *, const struct ptn_rule *);

#endif
