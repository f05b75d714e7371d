#ifndef PTN_CMD_ANNOTATE_H
#define PTN_CMD_ANNOTATE_H

#include "chart/chart.h"
#include "cmd.h"

/* Copies standard input to standard output, and under each line that mentions ports, what the chart says of them.
 * Result: an exit status. */
int ptn_annotate(struct ptn_run *, const struct ptn_chart *);

#endif
