/* What a lookup is asked for: words on the command line into runs of ports. */
#ifndef PTN_CMD_QUERY_H
#define PTN_CMD_QUERY_H

#include "chart/chart.h"
#include "chart/ports.h"
#include "cmd.h"

/* A run of ports; `name` is the hash of the name that was asked for, 0 if it was asked for by number. */
struct ptn_asked {
    struct ptn_ports ports;
    uint32_t name;
};

struct ptn_query {
    struct ptn_asked *runs;
    size_t n, size;
};

/* Adds what one word asks for: a port, a range, or every port of a name. An unknown word is complained of, with the
 * names nearest to it. Result: 0 or PTN_EXIT_TROUBLE. */
int ptn_query_add(struct ptn_query *, struct ptn_run *, const struct ptn_chart *, const char *word);
void ptn_query_release(struct ptn_query *);

#endif
