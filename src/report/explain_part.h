/* Shared by the files of the paragraphs' report (explain.h) alone. */
#ifndef PTN_REPORT_EXPLAIN_PART_H
#define PTN_REPORT_EXPLAIN_PART_H

#include "explain.h"

#define PTN_EXPLAIN_INDENT 11 /* columns of a label, as ptn_out_item() has them */

/* "  label    " */
void ptn_explain_label(struct ptn_out *, const char *label);

/* What stands before the paragraphs, and after them. */
void ptn_explain_head(struct ptn_out *, const struct ptn_explained *);
void ptn_explain_foot(struct ptn_out *, const struct ptn_explained *, const struct ptn_log_counts *,
                      const struct ptn_explain_style *);

/* Those who came: how many, and the busiest. */
void ptn_explain_who(struct ptn_out *, const struct ptn_paragraph *, const struct ptn_explain_style *, bool with_day);

#endif
