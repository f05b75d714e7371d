/* The walls of all network namespaces of a snapshot, for the judge. */
#ifndef PTN_CMD_WALLS_H
#define PTN_CMD_WALLS_H

#include "judge/expose.h"

/* What could not be read has its reason. Caller frees. NULL when out of memory. */
struct ptn_walled *ptn_walls_read(const struct ptn_host *);
void ptn_walls_free(struct ptn_walled *, const struct ptn_host *);

/* "2026-01-31", in local time. */
const char *ptn_today(char out[static 16]);

#endif
