/* Files that are no lines: one thread reads all of such a file. Results: 0, or -errno that ends everything; trouble
 * with the file itself is told through `tell`, as a few words. */
#ifndef PTN_SOURCE_LOG_WHOLE_H
#define PTN_SOURCE_LOG_WHOLE_H

#include "bytes.h"
#include "files.h"
#include "worker.h"

typedef void (*ptn_log_tell)(void *ctx, const struct ptn_log_file *, const char *text);

/* JSON values one after the other, or in one array: each is a message. (values.c) */
int ptn_log_read_values(struct ptn_log_worker *, const struct ptn_log_file *, struct ptn_bytes *, ptn_log_tell,
                        void *ctx);
/* What journalctl -o export writes. (export.c) */
int ptn_log_read_export(struct ptn_log_worker *, const struct ptn_log_file *, struct ptn_bytes *, ptn_log_tell,
                        void *ctx);
/* A file of the journal's own, by libsystemd. (journal.c) */
int ptn_log_read_journal(struct ptn_log_worker *, const struct ptn_log_file *, struct ptn_bytes *, ptn_log_tell,
                         void *ctx);
/* pcap and pcapng. (capture.c) */
int ptn_log_read_capture(struct ptn_log_worker *, const struct ptn_log_file *, struct ptn_bytes *, ptn_log_tell,
                         void *ctx);

#endif
