/* What the readers of Cisco's products share. */
#ifndef PTN_SOURCE_LOG_CISCO_H
#define PTN_SOURCE_LOG_CISCO_H

#include "sentence.h"

/* The number of "%ASA-4-106023: ...", and what stands behind it. 0: it is no such message. */
uint32_t ptn_asa_open(const struct ptn_message *, struct ptn_slice *ret);

#endif
