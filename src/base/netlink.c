#include "netlink.h"

#include <errno.h>
#include <string.h>

#define BUFFER ((size_t)64 * 1024)

int ptn_nl_open(struct ptn_nl *nl, int bus)
{
    *nl = (struct ptn_nl){.sock = mnl_socket_open2(bus, SOCK_CLOEXEC)};
    if (!nl->sock)
        return -errno;
    if (mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID) < 0) {
        int r = -errno;
        ptn_nl_close(nl);
        return r;
    }
    return 0;
}

void ptn_nl_close(struct ptn_nl *nl)
{
    if (nl->sock)
        mnl_socket_close(nl->sock);
    nl->sock = NULL;
}

static int error_of(const struct nlmsghdr *h)
{
    const struct nlmsgerr *e = mnl_nlmsg_get_payload(h);
    return mnl_nlmsg_get_payload_len(h) < sizeof(*e) ? -EBADMSG : e->error;
}

/* The kernel ends a dump with NLMSG_DONE, which carries an error where the dump failed late. */
static int done_of(const struct nlmsghdr *h)
{
    int code = 0;
    if (mnl_nlmsg_get_payload_len(h) >= sizeof(code))
        memcpy(&code, mnl_nlmsg_get_payload(h), sizeof(code));
    return code < 0 ? code : 0;
}

/* Result: 1 when the dump has ended, 0 when more is to come, or -errno. */
static int take(const void *buf, size_t size, const struct nlmsghdr *request, ptn_nl_each each, void *ctx)
{
    int left = (int)size, r = 0;
    bool dump = request->nlmsg_flags & NLM_F_DUMP;
    const struct nlmsghdr *h = buf;
    for (; r >= 0 && mnl_nlmsg_ok(h, left); h = mnl_nlmsg_next(h, &left)) {
        if (h->nlmsg_seq != request->nlmsg_seq)
            continue;
        if (h->nlmsg_type == NLMSG_ERROR)
            return (r = error_of(h)) < 0 ? r : 1;
        if (h->nlmsg_type == NLMSG_DONE)
            return (r = done_of(h)) < 0 ? r : 1;
        if (h->nlmsg_type >= NLMSG_MIN_TYPE && (r = each(ctx, h)) == 0 && !dump)
            return 1;
    }
    return r < 0 ? r : 0;
}

static int converse(struct ptn_nl *nl, struct nlmsghdr *request, uint16_t flags, ptn_nl_each each, void *ctx)
{
    _Alignas(struct nlmsghdr) char buf[BUFFER];
    request->nlmsg_flags = NLM_F_REQUEST | flags;
    request->nlmsg_seq = ++nl->seq;
    if (mnl_socket_sendto(nl->sock, request, request->nlmsg_len) < 0)
        return -errno;
    int r = 0;
    while (r == 0) {
        ssize_t n = mnl_socket_recvfrom(nl->sock, buf, sizeof(buf));
        if (n < 0 && errno != EINTR)
            return -errno;
        if (n >= 0)
            r = take(buf, (size_t)n, request, each, ctx);
    }
    return r < 0 ? r : 0;
}

int ptn_nl_dump(struct ptn_nl *nl, struct nlmsghdr *request, ptn_nl_each each, void *ctx)
{
    return converse(nl, request, NLM_F_DUMP, each, ctx);
}

int ptn_nl_ask(struct ptn_nl *nl, struct nlmsghdr *request, ptn_nl_each each, void *ctx)
{
    return converse(nl, request, 0, each, ctx);
}

struct table {
    const struct nlattr **out;
    size_t max;
};

static int place(const struct nlattr *a, void *ctx)
{
    const struct table *t = ctx;
    if (mnl_attr_get_type(a) < t->max)
        t->out[mnl_attr_get_type(a)] = a;
    return MNL_CB_OK;
}

void ptn_nl_attrs(const struct nlmsghdr *h, size_t header, const struct nlattr **out, size_t max)
{
    struct table t = {out, max};
    memset(out, 0, max * sizeof(const struct nlattr *));
    mnl_attr_parse(h, (unsigned)header, place, &t);
}

void ptn_nl_nested(const struct nlattr *a, const struct nlattr **out, size_t max)
{
    struct table t = {out, max};
    memset(out, 0, max * sizeof(const struct nlattr *));
    if (a)
        mnl_attr_parse_nested(a, place, &t);
}

uint32_t ptn_nl_u32(const struct nlattr *a)
{
    return a && mnl_attr_get_payload_len(a) >= 4 ? mnl_attr_get_u32(a) : 0;
}

const char *ptn_nl_text(const struct nlattr *a)
{
    return a && mnl_attr_validate(a, MNL_TYPE_NUL_STRING) >= 0 ? mnl_attr_get_str(a) : "";
}
