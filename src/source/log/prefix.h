/*
 * What the words that an administrator puts before a packet tell of its fate: "[UFW BLOCK] ", "filter_IN_public_REJECT:
 * ",
 * "[WAN_IN-3003-D]". Nothing else does in the kernel's log. (prefix.c)
 */
#ifndef PTN_SOURCE_LOG_PREFIX_H
#define PTN_SOURCE_LOG_PREFIX_H

#include "knock.h"

enum ptn_action ptn_prefix_action(struct ptn_slice prefix);

#endif
