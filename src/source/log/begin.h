/* When a log begins, so that logs can be put in order. (begin.c) */
#ifndef PTN_SOURCE_LOG_BEGIN_H
#define PTN_SOURCE_LOG_BEGIN_H

#include "files.h"
#include "worker.h"

/* The first time that the head of a file tells of, PTN_NO_TIME if none can be seen. The worker lends its room. */
int64_t ptn_log_begins(struct ptn_log_worker *, const struct ptn_log_file *);

#endif
