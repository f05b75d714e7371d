#include "door.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static bool already_in(int fd, const char *own)
{
    struct stat a, b;
    return fstat(fd, &a) == 0 && stat(own, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

int ptn_door_refused(const char *door, int code, struct ptn_err *err)
{
    if (code == EPERM || code == EACCES)
        return ptn_fail(err, -EPERM, "network namespace %s: not permitted to enter it: needs root", door);
    if (code == ENOENT || code == ESRCH)
        return ptn_fail(err, -ESRCH, "network namespace %s: it is not there", door);
    return ptn_fail(err, -EIO, "network namespace %s: %s", door, strerror(code));
}

/* A namespace that we are in already cannot be entered, and need not be. */
static int open_door(int *fd, const char *door, const char *own, struct ptn_err *err)
{
    *fd = -1;
    if (!door || !*door)
        return 0;
    *fd = open(door, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*fd < 0)
        return ptn_door_refused(door, errno, err);
    if (already_in(*fd, own))
        shut(fd);
    return 0;
}

int ptn_door_open(struct ptn_door_fds *fds, const struct ptn_door *door, struct ptn_err *err)
{
    *fds = (struct ptn_door_fds)PTN_DOOR_SHUT;
    if (!door)
        return 0;
    int r = open_door(&fds->user, door->user, "/proc/thread-self/ns/user", err);
    return r < 0 ? r : open_door(&fds->net, door->net, "/proc/thread-self/ns/net", err);
}

void ptn_door_close(struct ptn_door_fds *fds)
{
    shut(&fds->user);
    shut(&fds->net);
}

int ptn_door_enter(const char *net, struct ptn_err *err)
{
    struct ptn_door_fds fds;
    int r = ptn_door_open(&fds, &(struct ptn_door){.net = net}, err);
    if (r == 0 && fds.net >= 0 && setns(fds.net, CLONE_NEWNET) < 0)
        r = ptn_door_refused(net, errno, err);
    ptn_door_close(&fds);
    return r;
}
