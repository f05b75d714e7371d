/*
 * A VPN: carries packets between two tun devices that are there already, one here and one in another network namespace.
 *     lab-tun DEVICE NETNS DEVICE
 * NETNS is a file. When both are open it goes into the background and prints its PID; it ends after ten minutes.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LIFE 600 /* seconds */

static void die(const char *what)
{
    fprintf(stderr, "lab-tun: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int open_tun(const char *name)
{
    struct ifreq r = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
    snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
    if (fd < 0 || ioctl(fd, TUNSETIFF, &r) < 0)
        die(name);
    return fd;
}

static void carry(int from, int to)
{
    static char packet[65536];
    for (ssize_t n; (n = read(from, packet, sizeof(packet))) > 0;)
        if (write(to, packet, (size_t)n) < 0 && errno != EINVAL && errno != EIO)
            exit(1);
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    struct pollfd end[2] = {{.fd = open_tun(argv[1]), .events = POLLIN}, {.events = POLLIN}};
    int net = open(argv[2], O_RDONLY | O_CLOEXEC);
    if (net < 0 || setns(net, CLONE_NEWNET) < 0)
        die(argv[2]);
    end[1].fd = open_tun(argv[3]);
    pid_t pid = fork();
    if (pid != 0) {
        printf("%d\n", (int)pid);
        return pid < 0;
    }
    freopen("/dev/null", "w", stdout);
    alarm(LIFE);
    while (poll(end, 2, -1) >= 0 || errno == EINTR) {
        carry(end[0].fd, end[1].fd);
        carry(end[1].fd, end[0].fd);
    }
    return 1;
}
