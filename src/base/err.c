#include "err.h"

#include <stdarg.h>
#include <stdio.h>

int ptn_fail(struct ptn_err *err, int code, const char *fmt, ...)
{
    if (err) {
        va_list ap;
        va_start(ap, fmt);
        vsnprintf(err->text, sizeof(err->text), fmt, ap);
        va_end(ap);
    }
    return code;
}
