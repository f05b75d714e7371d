/* Between the files of `portolan explain`. */
#ifndef PTN_CMD_EXPLAIN_H
#define PTN_CMD_EXPLAIN_H

#include "cmd.h"
#include "explain_pass.h"
#include "explain_site.h"
#include "judge/explain.h"

#define PTN_EXPLAIN_PATHS 8 /* standing places of logs */

struct ptn_explain_run {
    struct ptn_run *run;
    struct ptn_chart *chart;
    struct ptn_site_room room;
    struct ptn_pass pass;
    const char *paths[PTN_EXPLAIN_PATHS];
    struct ptn_tally tally;
    struct ptn_log_sums sums;
    struct ptn_explained explained;
    struct ptn_err err;
};

/* What is read: the arguments, standard input, or where this system keeps its logs; and between which times. Result: 0
 * or PTN_EXIT_TROUBLE. (explain_input.c) */
int ptn_explain_input(struct ptn_explain_run *);

/* A file's name for a person. */
const char *ptn_explain_file(const char *path);

/* Finds out whose log it is. Result: 0 or PTN_EXIT_TROUBLE. (explain_whose.c) */
int ptn_explain_whose(struct ptn_explain_run *);

/* Single lines: --events, --source, samples for --why, --port. Result: 0 or PTN_EXIT_TROUBLE. (explain_lines.c) */
int ptn_explain_events(struct ptn_explain_run *);
int ptn_explain_source(struct ptn_explain_run *);
int ptn_explain_samples(struct ptn_explain_run *);
int ptn_explain_port(struct ptn_explain_run *);

#endif
