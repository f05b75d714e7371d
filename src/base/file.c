#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int ptn_fd_read(int fd, size_t max, char **ret, size_t *ret_len)
{
    size_t size = 16 * 1024, len = 0;
    char *buf = malloc(size);
    int r = buf ? 0 : -ENOMEM;
    while (r == 0) {
        ssize_t n = read(fd, buf + len, size - len - 1);
        if (n == 0)
            break;
        if (n < 0) {
            if (errno != EINTR)
                r = -errno;
            continue;
        }
        len += (size_t)n;
        if (len > max)
            r = -EFBIG;
        if (size - len > 1)
            continue;
        char *more = realloc(buf, size *= 2);
        if (more)
            buf = more;
        else
            r = -ENOMEM;
    }
    if (r < 0) {
        free(buf);
        return r;
    }
    buf[len] = '\0';
    *ret = buf;
    *ret_len = len;
    return 0;
}

int ptn_file_read(const char *path, size_t max, char **ret, size_t *ret_len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int r = ptn_fd_read(fd, max, ret, ret_len);
    close(fd);
    return r;
}

static int write_all(int fd, const char *data, size_t len)
{
    while (len) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        data += n;
        len -= (size_t)n;
    }
    return fsync(fd) < 0 && errno != EINVAL && errno != EROFS ? -errno : 0; /* devices and pipes have none */
}

static int write_to(const char *path, const void *data, size_t len)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return -errno;
    int r = write_all(fd, data, len);
    close(fd);
    return r;
}

static int replace(const char *path, const void *data, size_t len, mode_t mode)
{
    char *tmp;
    if (asprintf(&tmp, "%s.XXXXXX", path) < 0)
        return -ENOMEM;
    int r = 0, fd = mkostemp(tmp, O_CLOEXEC);
    if (fd < 0) {
        r = -errno;
        goto out;
    }
    r = write_all(fd, data, len);
    if (fchmod(fd, mode) < 0 && r == 0)
        r = -errno;
    close(fd);
    if (r == 0 && rename(tmp, path) < 0)
        r = -errno;
    if (r < 0)
        unlink(tmp);
out:
    free(tmp);
    return r;
}

int ptn_file_replace(const char *path, const void *data, size_t len, mode_t mode)
{
    struct stat st;
    char *real = realpath(path, NULL); /* NULL: there is nothing yet */
    const char *to = real ? real : path;
    bool special = stat(to, &st) == 0 && !S_ISREG(st.st_mode);
    int r = special ? write_to(to, data, len) : replace(to, data, len, mode);
    free(real);
    return r;
}
