/* Unpackers of gzip, xz, zstd and bzip2, of one or more members each. */
#ifndef PTN_SOURCE_LOG_UNPACK_H
#define PTN_SOURCE_LOG_UNPACK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/library.h"

struct ptn_unpack_step {
    const unsigned char *in; /* moved on by what was used */
    size_t in_len;
    bool last; /* nothing comes after in[in_len] */
    unsigned char *out;
    size_t out_len;
};

enum ptn_unpacked {
    PTN_UNPACK_MORE,   /* call again, with more input or more room */
    PTN_UNPACK_END,    /* all members are at their end */
    PTN_UNPACK_CUT,    /* the input ended before a member did */
    PTN_UNPACK_BROKEN, /* this is no such archive any more */
    PTN_UNPACK_MEMORY  /* it wants more memory than it may have */
};

struct ptn_unpacker {
    const char *name; /* "gzip" */
    const char *magic;
    unsigned magic_len;
    struct ptn_library *library; /* to be loaded before open() */
    size_t state;                /* octets of its state, which is all zero before open() */
    bool (*open)(void *state);
    enum ptn_unpacked (*step)(void *state, struct ptn_unpack_step *);
    void (*close)(void *state);
};

#define PTN_UNPACK_MAGIC 6 /* the longest magic */

/* The unpacker of what begins with these octets, or NULL. */
const struct ptn_unpacker *ptn_unpacker_of(const unsigned char *head, size_t len);

#endif
