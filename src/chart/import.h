/* Taking in a registry from IANA's own file. */
#ifndef PTN_CHART_IMPORT_H
#define PTN_CHART_IMPORT_H

#include "iana.h"

/* Reads the file (CSV or XML) and, only when all of it is good, puts its book at `to` in one step; until then, and on
 * any failure, what stands there stays. Missing folders of `to` are made. `info` tells what was read.
 * Result: 0 or -errno with a sentence. */
int ptn_registry_import(const char *from, const char *to, struct ptn_iana_info *info, struct ptn_err *err);

#endif
