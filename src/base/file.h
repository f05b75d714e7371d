/* Whole files, bounded. */
#ifndef PTN_BASE_FILE_H
#define PTN_BASE_FILE_H

#include <stddef.h>
#include <sys/types.h>

/* Reads all of a file (or of a pipe) of at most `max` bytes into fresh memory, NUL-terminated. Caller frees *ret.
 * Result: 0, -EFBIG past the bound, or another -errno. */
int ptn_file_read(const char *path, size_t max, char **ret, size_t *ret_len);
int ptn_fd_read(int fd, size_t max, char **ret, size_t *ret_len);

/* Puts `len` bytes at `path` in one step: readers see the old file or the whole new one. A link is followed; what is no
 * regular file (a device, a pipe) is written to, not replaced. Result: 0 or -errno. */
int ptn_file_replace(const char *path, const void *data, size_t len, mode_t mode);

#endif
