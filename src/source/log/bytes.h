/*
 * The octets of a file: read as they are, or unpacked, or turned from UTF-16 into UTF-8. Files are read, not mapped:
 * with buffers that stay in the processor's cache it is as fast, and a file that is cut meanwhile does no harm.
 * (bytes.c)
 */
#ifndef PTN_SOURCE_LOG_BYTES_H
#define PTN_SOURCE_LOG_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PTN_BYTES_HEAD (64u << 10)

struct ptn_bytes;

/* What can be said when it ends early; `code` is 0 or -errno. */
struct ptn_bytes_trouble {
    int code;
    char text[128];
};

/* Takes the descriptor, also on failure. `stop` as in struct ptn_log_opts; NULL when out of memory. */
struct ptn_bytes *ptn_bytes_open(int fd, const bool *stop);
/* The same for memory, which outlives it. */
struct ptn_bytes *ptn_bytes_of(const void *memory, size_t len, const bool *stop);
void ptn_bytes_close(struct ptn_bytes *);

/* The first octets, at most PTN_BYTES_HEAD, without a byte order mark; they are read again by ptn_bytes_read(). */
const unsigned char *ptn_bytes_head(struct ptn_bytes *, size_t *ret_len);

/* Fills buf[len] unless the end comes before. Result: how much it is. */
size_t ptn_bytes_read(struct ptn_bytes *, void *buf, size_t len);

/* NULL while there was none. What came before the trouble was read. */
const struct ptn_bytes_trouble *ptn_bytes_trouble(const struct ptn_bytes *);

/* Where the text begins if the file may be read from any place by pread(): a regular file that is not packed. -1 if
 * not. Its size when it was opened is put into *ret_size. */
off_t ptn_bytes_plain(const struct ptn_bytes *, int *ret_fd, uint64_t *ret_size);

#endif
