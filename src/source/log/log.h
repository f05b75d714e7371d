/*
 * Reading logs: files and folders, compressed or not, in the order of their time; each line to the format that knows
 * it.
 *
 *     files.c   what to read, in which order; what each is (text, capture, journal)
 *     bytes.c   its octets: as they are, or unpacked (gzip, xz, zstd, bzip2), or standard input
 *     feed.c    its chunks of whole lines; what has no lines: values.c, export.c, journal.c, capture.c
 *     run.c     threads over chunks and files
 *     worker.c  lines to messages to knocks
 *     lines.c   all of it
 */
#ifndef PTN_SOURCE_LOG_LOG_H
#define PTN_SOURCE_LOG_LOG_H

#include "base/err.h"
#include "format.h"

struct ptn_log_opts {
    int64_t since, until; /* knocks outside are left out; PTN_NO_TIME: no bound. One without a time is never left out */
    const char *pattern;  /* the user's own format, a sentence; NULL */
    unsigned threads; /* 0: as many as there are processors. 1: knocks come in the files' order, with line numbers */
    const bool *stop; /* becomes true when it is time to end; NULL */
};

struct ptn_log_place {
    const char *file;
    uint64_t line; /* from 1; 0 where several threads read */
};

/* Who is told. Each thread has a worker of its own, from open(); close() is called for one worker after the other, in
 * no thread but the caller's. Results: 0, or -errno that ends it all. */
struct ptn_log_sink {
    void *ctx;
    void *(*open)(void *ctx);
    int (*knock)(void *worker, const struct ptn_knock *, const struct ptn_format *, const struct ptn_log_place *);
    int (*close)(void *ctx, void *worker);
};

#define PTN_LOG_SAMPLES 5

struct ptn_log_sums {
    uint64_t lines, packets, remarks, broken, unknown; /* lines; packets: those about packets that were read */
    uint64_t octets;                                   /* unpacked */
    struct ptn_log_sample {
        char file[256], text[256]; /* control characters as '?' */
        uint64_t line;
    } broken_samples[PTN_LOG_SAMPLES], unknown_samples[PTN_LOG_SAMPLES];
    size_t n_broken_samples, n_unknown_samples;
    unsigned troubles; /* files that could not be read, or not to their end; each was told to `complain` */
};

/* Reads all of them. "-" is standard input. `complain` hears of each trouble ("FILE: ...", "FILE:LINE: ..."); the rest
 * is still read. Result: 0, or -errno when nothing could be read at all. */
int ptn_log_read(const char *const *paths, size_t n, const struct ptn_log_opts *, const struct ptn_log_sink *,
                 void (*complain)(void *ctx, const char *text), void *complain_ctx, struct ptn_log_sums *ret,
                 struct ptn_err *err);

#endif
