/* The inside of struct ptn_chart; only the chart room looks here. */
#ifndef PTN_CHART_LAYERS_H
#define PTN_CHART_LAYERS_H

#include "chart.h"

struct ptn_chart {
    struct ptn_book books[PTN_LAYERS]; /* header NULL: no such layer */
    void *site_block;                  /* owned */
    void *registry_map;                /* mapped, if imported */
    size_t registry_size;
};

#endif
