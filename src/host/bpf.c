#include "bpf.h"

#include <errno.h>

#ifdef PTN_HAVE_BPF

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include "holders.lskel.h" /* made by bpftool from bpf/holders.bpf.c */
#pragma GCC diagnostic pop

struct row {
    uint64_t inode, pid;
};

static int read_rows(int fd, struct ptn_wanted *w)
{
    struct row rows[4096]; /* more than the kernel hands out in one go */
    for (;;) {
        ssize_t n = read(fd, rows, sizeof(rows));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : 0;
        for (size_t i = 0; i < (size_t)n / sizeof(rows[0]); i++) {
            struct ptn_hold *h = ptn_wanted_find(w, rows[i].inode);
            if (h)
                atomic_fetch_sub(&w->left, ptn_wanted_seen(h, (int32_t)rows[i].pid, 0));
        }
    }
}

/* PORTOLAN_BPF=0 keeps to /proc, for the benchmarks and for those who want it so. */
static bool is_unwanted(void)
{
    const char *word = secure_getenv("PORTOLAN_BPF");
    return word && strcmp(word, "0") == 0;
}

int ptn_bpf_holders(struct ptn_wanted *w)
{
    if (is_unwanted())
        return -EPERM;
    struct ptn_holders_bpf *skel = ptn_holders_bpf__open_and_load();
    if (!skel)
        return -EPERM;
    int r = -EPERM;
    if (ptn_holders_bpf__attach(skel) >= 0) {
        int fd =
            skel_sys_bpf(BPF_ITER_CREATE, &(union bpf_attr){.iter_create.link_fd = (__u32)skel->links.ptn_holders_fd},
                         sizeof(union bpf_attr));
        r = fd < 0 ? -errno : read_rows(fd, w);
        if (fd >= 0)
            close(fd);
    }
    ptn_holders_bpf__destroy(skel);
    return r;
}

#else

int ptn_bpf_holders(struct ptn_wanted *w)
{
    (void)w;
    return -ENOSYS;
}

#endif
