#include "fs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

ssize_t ptn_read_small(int dirfd, const char *path, char *buf, size_t size)
{
    int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return -errno;
    ssize_t n;
    do
        n = read(fd, buf, size - 1); /* /proc and /sys hand out a small file in one piece */
    while (n < 0 && errno == EINTR);
    ssize_t r = n < 0 ? -errno : n;
    buf[n < 0 ? 0 : n] = '\0';
    close(fd);
    return r;
}

ssize_t ptn_read_link(int dirfd, const char *path, char *buf, size_t size)
{
    ssize_t n = readlinkat(dirfd, path, buf, size - 1);
    buf[n < 0 ? 0 : n] = '\0';
    return n < 0 ? -errno : n;
}

uint64_t ptn_leading_number(const char *text)
{
    uint64_t n = 0;
    for (; *text >= '0' && *text <= '9' && n < UINT64_MAX / 20; text++)
        n = n * 10 + (uint64_t)(*text - '0');
    return n;
}

uint64_t ptn_link_inode(const char *text, const char *kind)
{
    size_t n = strlen(kind);
    return strncmp(text, kind, n) == 0 && text[n] == ':' && text[n + 1] == '[' ? ptn_leading_number(text + n + 2) : 0;
}

bool ptn_ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

ssize_t ptn_read_dir(int fd, void *buf, size_t size)
{
    long n = syscall(SYS_getdents64, fd, buf, size);
    return n < 0 ? -errno : n;
}

const struct ptn_dirent *ptn_next_entry(const void *buf, size_t *at)
{
    const struct ptn_dirent *e = (const void *)((const char *)buf + *at);
    *at += e->len;
    return e;
}

char *ptn_trim(char *line)
{
    char *p = line + strspn(line, " \t\r");
    size_t n = strlen(p);
    while (n && strchr(" \t\r", p[n - 1]))
        n--;
    p[n] = '\0';
    return p;
}
