/* One packet of many, for a person. */
#ifndef PTN_WALL_EXAMPLE_H
#define PTN_WALL_EXAMPLE_H

#include "ask.h"

#define PTN_EXAMPLE_TEXT 192

/* Picks a packet of the box, an ordinary one if there is any, and writes "203.0.113.9 -> 25/tcp by eth0" into out,
 * which is returned. The destination is named only where the box leaves but one, and of ports, states and hop limits
 * what is out of the ordinary. An empty field gives "nothing". */
const char *ptn_box_example(const struct ptn_flow *, char out[static PTN_EXAMPLE_TEXT]);

#endif
