/* Names that are nearly right. */
#ifndef PTN_CHART_NAMES_H
#define PTN_CHART_NAMES_H

#include "chart.h"

#define PTN_NEAR_MAX 5

/* The known names nearest to one that nobody has, nearest first, judged services before the registry's. Borrowed from
 * the chart. Result: how many were written. */
int ptn_chart_near(const struct ptn_chart *, const char *name, const char *out[static PTN_NEAR_MAX]);

#endif
