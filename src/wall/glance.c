#include "glance.h"

#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "door.h"

struct look {
    struct ptn_glance *ret;
    const char *net; /* "": where we are */
};

struct visit {
    const char *net;
    ptn_visitor see;
    void *ctx;
    struct ptn_err *err;
    int result;
};

static int send_request(struct mnl_socket *s, unsigned seq)
{
    _Alignas(struct nlmsghdr) char buf[64];
    struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
    h->nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETTABLE;
    h->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    h->nlmsg_seq = seq;
    mnl_nlmsg_put_extra_header(h, sizeof(struct nfgenmsg)); /* of every family */
    return mnl_socket_sendto(s, h, h->nlmsg_len) < 0 ? -errno : 0;
}

/* The first message says it all. Result: 1 a table, 0 none, -errno. */
static int read_answer(struct mnl_socket *s, unsigned seq)
{
    _Alignas(struct nlmsghdr) char buf[16384];
    ssize_t n;
    do
        n = mnl_socket_recvfrom(s, buf, sizeof(buf));
    while (n < 0 && errno == EINTR);
    const struct nlmsghdr *h = (const struct nlmsghdr *)buf;
    if (n < 0)
        return -errno;
    if (!mnl_nlmsg_ok(h, (int)n) || h->nlmsg_seq != seq)
        return -EBADMSG;
    if (h->nlmsg_type != NLMSG_ERROR)
        return h->nlmsg_type != NLMSG_DONE;
    const struct nlmsgerr *e = mnl_nlmsg_get_payload(h);
    return mnl_nlmsg_get_payload_len(h) < sizeof(*e) ? -EBADMSG : e->error;
}

static int any_table(void)
{
    const unsigned seq = 1;
    struct mnl_socket *s = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
    if (!s)
        return -errno;
    int r = mnl_socket_bind(s, 0, MNL_SOCKET_AUTOPID) < 0 ? -errno : send_request(s, seq);
    if (r == 0)
        r = read_answer(s, seq);
    mnl_socket_close(s);
    return r;
}

/* A kernel without nf_tables has none of its tables. */
static bool has_none_of_it(int code)
{
    return code == -EPROTONOSUPPORT || code == -EAFNOSUPPORT || code == -ENOENT || code == -EINVAL ||
           code == -EOPNOTSUPP;
}

static bool any_text(const char *path)
{
    char c;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool is = fd >= 0 && read(fd, &c, 1) == 1;
    if (fd >= 0)
        close(fd);
    return is;
}

static int look_here(void *ctx, struct ptn_err *err)
{
    struct look *l = ctx;
    struct ptn_glance *g = l->ret;
    int r = any_table();
    if (r == -EPERM || r == -EACCES)
        return ptn_fail(err, -EPERM, "not permitted to read the packet filter%s%s: needs root or CAP_NET_ADMIN",
                        *l->net ? " of " : "", l->net);
    g->nft = r != 0 && !has_none_of_it(r); /* what else went wrong, nft will say */
    g->legacy[0] = any_text("/proc/thread-self/net/ip_tables_names");
    g->legacy[1] = any_text("/proc/thread-self/net/ip6_tables_names");
    return 0;
}

static void *see_there(void *arg)
{
    struct visit *v = arg;
    v->result = ptn_door_enter(v->net, v->err);
    if (v->result == 0)
        v->result = v->see(v->ctx, v->err);
    return NULL;
}

int ptn_visit(const struct ptn_door *door, ptn_visitor see, void *ctx, struct ptn_err *err)
{
    struct visit v = {.net = door && door->net ? door->net : "", .see = see, .ctx = ctx, .err = err};
    pthread_t thread;
    if (!*v.net)
        return see(ctx, err);
    int r = pthread_create(&thread, NULL, see_there, &v);
    if (r != 0)
        return ptn_fail(err, -r, "network namespace %s: %s", v.net, strerror(r));
    pthread_join(thread, NULL);
    return v.result;
}

int ptn_glance(struct ptn_glance *ret, const struct ptn_door *door, struct ptn_err *err)
{
    struct look l = {.ret = ret, .net = door && door->net ? door->net : ""};
    *ret = (struct ptn_glance){.nft = true};
    if (door && door->user && *door->user)
        return 0;
    return ptn_visit(door, look_here, &l, err);
}
