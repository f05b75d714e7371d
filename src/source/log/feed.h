/*
 * A file that is being read, in chunks of whole lines. Chunks of a plain file are independent of each other: each
 * thread reads its own. Those of a stream (packed, a pipe) come one after the other: one thread unpacks, and others
 * parse what it got. (feed.c)
 */
#ifndef PTN_SOURCE_LOG_FEED_H
#define PTN_SOURCE_LOG_FEED_H

#include "bytes.h"
#include "files.h"
#include "kind.h"
#include "worker.h"

#define PTN_CHUNK (512u << 10)
#define PTN_CHUNK_ROOM (PTN_CHUNK + PTN_LOG_LINE_MAX + (64u << 10))

struct ptn_chunk {
    char *buf; /* PTN_CHUNK_ROOM octets */
    size_t at, len;
    uint64_t number;
    uint64_t from;              /* in the file; plain files only */
    bool cut;                   /* its last line was too long */
    struct ptn_log_state state; /* at its beginning, where columns have headers */
    struct ptn_chunk *next;     /* of those that wait */
};

struct ptn_feed {
    size_t file; /* in the list of files */
    const struct ptn_log_file *of;
    struct ptn_bytes *bytes;
    enum ptn_log_kind kind;
    uint64_t chunks; /* taken so far */
    bool ended;      /* nothing is left to take */
    bool replaced;   /* since it was found */
    /* a plain file */
    bool plain;
    int fd;
    uint64_t begin, next, size;
    /* a stream */
    char *carry; /* the beginning of a line that the next chunk goes on with */
    size_t carry_len;
    bool drained;  /* nothing more comes */
    bool skipping; /* the rest of a line that was too long */
    /* what a chunk has to know of what stands before it */
    struct ptn_log_state state;
    uint64_t learnt; /* the chunk that its columns come from */
    bool has_header;
    char header[4]; /* how its headers begin */
    size_t header_len;
};

/* Opens a file. The worker serves to look at its head: `alone` if it reads all files by itself. Result: 0 or -errno. */
int ptn_feed_open(struct ptn_feed *, const struct ptn_log_file *, size_t index, struct ptn_log_worker *, bool alone);
void ptn_feed_close(struct ptn_feed *);

/* Whether threads may read it at the same time. */
static inline bool ptn_feed_is_lines(const struct ptn_feed *f)
{
    return f->kind == PTN_KIND_LINES || f->kind == PTN_KIND_BINARY;
}

/* Takes the next chunk; one thread at a time, whose worker serves to look at headers. Result: false if there is none
 * any more. */
bool ptn_feed_take(struct ptn_feed *, struct ptn_chunk *, struct ptn_log_worker *);
/* Reads a chunk of a plain file that was taken. Any number of threads. Result: 0 or -errno. */
int ptn_feed_fill(const struct ptn_feed *, struct ptn_chunk *);

#endif
