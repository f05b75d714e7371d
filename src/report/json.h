/* JSON documents, as portolan-json(5) has them. All json_t results are new references, NULL when out of memory. */
#ifndef PTN_REPORT_JSON_H
#define PTN_REPORT_JSON_H

#include <jansson.h>
#include <stdio.h>

#include "chart/chart.h"

#define PTN_JSON_SCHEMA 1

/* A document with its version and, under `key`, the array `items` (whose reference it takes). */
json_t *ptn_json_document(const char *key, json_t *items);

/* One port with its claims: an item of lookup[] and search[]. */
json_t *ptn_json_port(const struct ptn_chart *, uint16_t port, enum ptn_proto, const struct ptn_claim *, size_t n);

/* A claim: an item of claims[]. With `port_end`, nothing else is needed for a range. */
json_t *ptn_json_claim(const struct ptn_chart *, const struct ptn_claim *, uint16_t port, enum ptn_proto);

/* A document of ports that is printed as it is made: a range may have a hundred thousand. */
struct ptn_json_stream {
    FILE *file;
    const struct ptn_chart *chart;
    json_t *sources; /* titles, dates and licences of every source named so far */
    size_t n;
    int error; /* the first -errno */
};

void ptn_json_open(struct ptn_json_stream *, FILE *, const struct ptn_chart *, const char *key);
/* Prints one item and drops it. */
void ptn_json_put(struct ptn_json_stream *, json_t *item);
/* Ends the document, with the keys of `more` (dropped, may be NULL) and with "sources". Result: 0 or -errno. */
int ptn_json_close(struct ptn_json_stream *, json_t *more);

/* NULL gives an owner of whom nothing is known: every key is there, and null. */
json_t *ptn_json_owner(const struct ptn_owner *);

/* Text that may not be UTF-8 (a process's command line): what is not becomes '?'. */
json_t *ptn_json_text(const char *);

/* Prints the document (and drops it). Result: 0 or -errno. */
int ptn_json_print(FILE *, json_t *document);

#endif
