/*
 * Libraries that are loaded when something first needs them: nobody else should wait for them or carry them about. What
 * is loaded stays loaded.
 *
 *     #define FUNCTIONS(X) X(inflate) X(inflateEnd)
 *     PTN_LIBRARY(zlib, "libz.so.1", FUNCTIONS)
 *     ...
 *     r = ptn_library_load(&zlib_library, err);
 *     ... zlib.inflate(stream, Z_NO_FLUSH);
 *
 * The functions have the types that the library's own header gives them.
 */
#ifndef PTN_BASE_LIBRARY_H
#define PTN_BASE_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

struct ptn_library {
    const char *file;  /* "libz.so.1" */
    const char *names; /* of its functions: each with its NUL, and another one at the end */
    void **functions;  /* filled in that order */
    bool loaded;
};

#define PTN_LIBRARY_POINTER(function) __typeof__(&function) function;
#define PTN_LIBRARY_ONE(function) +1
#define PTN_LIBRARY_NAME(function) #function "\0"
#define PTN_LIBRARY(id, soname, FUNCTIONS)                                                                             \
    static union {                                                                                                     \
        struct {                                                                                                       \
            FUNCTIONS(PTN_LIBRARY_POINTER)                                                                             \
        };                                                                                                             \
        void *all[0 FUNCTIONS(PTN_LIBRARY_ONE)];                                                                       \
    } id;                                                                                                              \
    static struct ptn_library id##_library = {soname, FUNCTIONS(PTN_LIBRARY_NAME), id.all, false};

/* Any thread may ask, at any time. Result: 0, -ENOENT or -ENOSYS; the sentence is "libz.so.1 is not there" or
 * "libz.so.1 has no inflate()". */
int ptn_library_load(struct ptn_library *, struct ptn_err *);

#endif
