/* Which files are read, and in which order. (files.c) */
#ifndef PTN_SOURCE_LOG_FILES_H
#define PTN_SOURCE_LOG_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct ptn_log_file {
    char *path;
    const void *memory; /* instead of a file; NULL */
    size_t memory_len;
    bool regular;
    bool found;    /* in a folder, so that what is no log may be passed over */
    int64_t mtime; /* seconds since 1970 */
    dev_t dev;
    ino_t ino;
};

struct ptn_log_files {
    struct ptn_log_file *items;
    size_t n, room;
};

/* Adds one as it is, and takes its path. Result: 0 or -ENOMEM, also where the path is NULL. */
int ptn_log_files_put(struct ptn_log_files *, struct ptn_log_file);

/* Hears of a path that cannot be read; code is -errno. */
typedef void (*ptn_log_trouble)(void *ctx, const char *path, int code);

/* Adds the file at `path`, or all files in and under the folder there (links are not followed in it). "-" is standard
 * input. Result: 0 or -ENOMEM. */
int ptn_log_files_add(struct ptn_log_files *, const char *path, ptn_log_trouble, void *ctx);

/* Sorts them, each file once: of one log's rotated files the oldest first; logs by when they begin, which is asked of
 * their oldest file: microseconds since 1970 or PTN_NO_TIME. Result: 0 or -ENOMEM. */
int ptn_log_files_sort(struct ptn_log_files *, int64_t (*begins)(void *ctx, const struct ptn_log_file *), void *ctx);

void ptn_log_files_release(struct ptn_log_files *);

#endif
