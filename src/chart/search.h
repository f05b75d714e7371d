/* Finding services by words. */
#ifndef PTN_CHART_SEARCH_H
#define PTN_CHART_SEARCH_H

#include "chart.h"

#define PTN_SEARCH_WORDS_MAX 16

/* What is looked for: every word must be found somewhere in a service, and every condition must hold. */
struct ptn_search {
    const char *words[PTN_SEARCH_WORDS_MAX];
    size_t n_words;
    enum ptn_rating rating; /* NONE: any */
    int proto;              /* -1: any */
    uint16_t lo, hi;        /* the ports that count: 0-65535 for any */
    int kind;               /* enum ptn_kind, or -1 for any but malware */
};

struct ptn_hit {
    struct ptn_claim claim;
    enum ptn_proto proto;
    unsigned score; /* higher is better */
};

/* Finds the best `max` claims, best first. A word is found where it stands in a name, alias, title, daemon's name or
 * advice, or, one or two letters off, in a name. Result: how many were written, or -ENOMEM. */
int ptn_chart_search(const struct ptn_chart *, const struct ptn_search *, struct ptn_hit *out, size_t max);

#endif
