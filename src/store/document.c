#include "document.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

#define DOCUMENT_MAX ((size_t)64 << 20)

json_t *ptn_document_read(const char *path, int *code, struct ptn_err *err)
{
    char *text;
    size_t len;
    json_error_t where;
    *code = ptn_file_read(path, DOCUMENT_MAX, &text, &len);
    if (*code < 0) {
        ptn_fail(err, *code, "%s: %s", path, strerror(-*code));
        return NULL;
    }
    json_t *document = json_loadb(text, len, 0, &where);
    free(text);
    if (!document)
        *code = ptn_fail(err, -EINVAL, "%s:%d: %s", path, where.line, where.text);
    return document;
}
