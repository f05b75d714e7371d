/* A JSON document that Portolan printed earlier and that is kept in a file. */
#ifndef PTN_STORE_DOCUMENT_H
#define PTN_STORE_DOCUMENT_H

#include <jansson.h>

#include "base/err.h"

/* Reads one of at most 64 MB. Result: a new reference, or NULL with *code (-errno) and "FILE: ..." or "FILE:LINE: ...".
 */
json_t *ptn_document_read(const char *path, int *code, struct ptn_err *err);

#endif
