/* Makes the kernel forget every connection that it tracks in this network namespace: what was let in under one ruleset
 * must not be let in for that under the next. */
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <stdio.h>
#include <sys/socket.h>

int main(void)
{
    _Alignas(struct nlmsghdr) char buf[8192];
    struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
    h->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE;
    h->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
    struct nfgenmsg *m = mnl_nlmsg_put_extra_header(h, sizeof(*m));
    m->nfgen_family = AF_UNSPEC;
    m->version = NFNETLINK_V0;
    struct mnl_socket *s = mnl_socket_open(NETLINK_NETFILTER);
    ssize_t n = -1;
    if (s && mnl_socket_bind(s, 0, MNL_SOCKET_AUTOPID) == 0 && mnl_socket_sendto(s, h, h->nlmsg_len) > 0)
        n = mnl_socket_recvfrom(s, buf, sizeof(buf));
    if (n < 0 || mnl_cb_run(buf, (size_t)n, 0, mnl_socket_get_portid(s), NULL, NULL) < 0) {
        perror("lab-forget");
        return 1;
    }
    return 0;
}
