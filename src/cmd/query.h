/* What a lookup is asked for: words on the command line into runs of ports. */
#ifndef PTN_CMD_QUERY_H
#define PTN_CMD_QUERY_H

#include "chart/chart.h"
#include "chart/ports.h"
#include "cmd.h"

struct ptn_query {
    struct ptn_ports *runs;
    size_t n, size;
};

/* Adds what one word asks for: a port, a range, or every port of a name. An unknown word is complained of, with the
 * names nearest to it. Result: 0 or PTN_EXIT_TROUBLE. */
int ptn_query_add(struct ptn_query *, struct ptn_run *, const struct ptn_chart *, const char *word);
int ptn_query_add_run(struct ptn_query *, struct ptn_ports);
void ptn_query_release(struct ptn_query *);

#endif
