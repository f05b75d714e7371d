/* An entry of the journal as a message: the few of its fields that matter. (entry.c) */
#ifndef PTN_SOURCE_LOG_ENTRY_H
#define PTN_SOURCE_LOG_ENTRY_H

#include "worker.h"

/* Of two fields for one thing the later counts. */
#define PTN_ENTRY_FIELDS(X)                                                                                            \
    X(MESSAGE, "MESSAGE")                                                                                              \
    X(HOST, "_HOSTNAME")                                                                                               \
    X(COMM, "_COMM")                                                                                                   \
    X(TAG, "SYSLOG_IDENTIFIER")                                                                                        \
    X(TRANSPORT, "_TRANSPORT")                                                                                         \
    X(TIME, "__REALTIME_TIMESTAMP")                                                                                    \
    X(SOURCE_TIME, "_SOURCE_REALTIME_TIMESTAMP")

enum ptn_entry_field {
#define X(id, name) PTN_ENTRY_##id,
    PTN_ENTRY_FIELDS(X)
#undef X
        PTN_ENTRY_COUNT
};

struct ptn_entry;

struct ptn_entry *ptn_entry_new(void);
void ptn_entry_free(struct ptn_entry *);

/* The field of this name; PTN_ENTRY_COUNT if it does not matter. */
enum ptn_entry_field ptn_entry_field(struct ptn_slice name);
/* Takes a copy of a value; what is too long is cut. */
void ptn_entry_put_field(struct ptn_entry *, enum ptn_entry_field, struct ptn_slice value);
static inline void ptn_entry_put(struct ptn_entry *e, struct ptn_slice name, struct ptn_slice value)
{
    ptn_entry_put_field(e, ptn_entry_field(name), value);
}

/* Hands the message to the worker and empties the entry; one without a message is none. Result: as
 * ptn_worker_message().
 */
int ptn_entry_tell(struct ptn_entry *, struct ptn_log_worker *);

#endif
