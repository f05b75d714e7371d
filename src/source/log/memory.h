/* A log in memory, read as a file would be: for tests. */
#ifndef PTN_SOURCE_LOG_MEMORY_H
#define PTN_SOURCE_LOG_MEMORY_H

#include "log.h"

int ptn_log_read_memory(const void *text, size_t len, const struct ptn_log_opts *, const struct ptn_log_sink *,
                        void (*complain)(void *ctx, const char *text), void *complain_ctx, struct ptn_log_sums *ret,
                        struct ptn_err *err);

#endif
