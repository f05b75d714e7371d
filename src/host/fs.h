/* Small reads from /proc, /sys and /etc, without stdio. */
#ifndef PTN_HOST_FS_H
#define PTN_HOST_FS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Reads at most size-1 bytes of a small file in /proc or /sys and ends them with NUL. Result: the length or -errno. */
ssize_t ptn_read_small(int dirfd, const char *path, char *buf, size_t size);

/* readlink with a NUL. Result: the length or -errno. */
ssize_t ptn_read_link(int dirfd, const char *path, char *buf, size_t size);

/* Reads the number in "socket:[N]" or "net:[N]" where the text starts with `kind`. Result: N or 0. */
uint64_t ptn_link_inode(const char *text, const char *kind);

/* Reads a decimal number at the start of text. Result: the number, 0 if there is none. */
uint64_t ptn_leading_number(const char *text);

/* Whether the text ends so. */
bool ptn_ends_with(const char *text, const char *end);

/* Takes the blanks off both ends of a line, in place. Result: where it begins now. */
char *ptn_trim(char *line);

/* One entry as getdents64() writes it. */
struct ptn_dirent {
    uint64_t ino;
    int64_t off;
    uint16_t len;
    uint8_t type;
    char name[];
};

/* getdents64. Result: the bytes written to buf, 0 at the end, or -errno. */
ssize_t ptn_read_dir(int fd, void *buf, size_t size);

/* The entry at byte `at` of what ptn_read_dir() wrote; steps *at past it. */
const struct ptn_dirent *ptn_next_entry(const void *buf, size_t *at);

#endif
