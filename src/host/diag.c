#include "diag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/packet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "base/addr.h"
#include "base/netlink.h"
#include "procnet.h"
#include "protocols.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
#define ATTR_CGROUP_ID 21        /* INET_DIAG_CGROUP_ID (5.9), newer than some headers */
#define CLOSED (1u << TCP_CLOSE) /* bound, with no peer */
#define LISTENING (1u << TCP_LISTEN)

static const struct kind {
    enum ptn_proto proto;
    uint16_t number;
    uint32_t states;
} kinds[] = {
    {PTN_TCP, IPPROTO_TCP, LISTENING},   {PTN_UDP, IPPROTO_UDP, CLOSED},         {PTN_SCTP, IPPROTO_SCTP, LISTENING},
    {PTN_DCCP, IPPROTO_DCCP, LISTENING}, {PTN_UDPLITE, IPPROTO_UDPLITE, CLOSED}, {PTN_MPTCP, IPPROTO_MPTCP, LISTENING},
    {PTN_RAW, IPPROTO_RAW, CLOSED},
};

struct reader {
    struct ptn_snapshot *s;
    struct ptn_nl nl;
    uint32_t netns;
    const struct kind *kind;
};

static int add(struct reader *r, const struct ptn_listener *l, uint64_t cgroup)
{
    struct ptn_array *groups = &r->s->cgroups;
    if (r->s->opts.port && l->port != r->s->opts.port)
        return 0;
    struct ptn_listener *sock = ptn_snapshot_socket(r->s);
    if (!sock)
        return -ENOMEM;
    *sock = *l;
    if (!cgroup || (groups->n && *PTN_AT(uint64_t, groups, groups->n - 1) == cgroup))
        return 0;
    uint64_t *slot = ptn_array_add(groups, sizeof(*slot));
    if (!slot)
        return -ENOMEM;
    *slot = cgroup;
    return 0;
}

/* An SCTP endpoint stands on several addresses at once. */
static int add_locals(struct reader *r, const struct ptn_listener *l, const struct nlattr *locals, uint64_t cgroup)
{
    const char *p = mnl_attr_get_payload(locals);
    size_t n = mnl_attr_get_payload_len(locals) / sizeof(struct sockaddr_storage);
    int code = 0;
    for (size_t i = 0; i < n && code == 0; i++) {
        struct sockaddr_storage a;
        memcpy(&a, p + i * sizeof(a), sizeof(a));
        struct ptn_listener one = *l;
        one.addr = (struct ptn_addr){.family = (uint8_t)a.ss_family};
        if (a.ss_family == AF_INET)
            memcpy(one.addr.bytes, &((struct sockaddr_in *)&a)->sin_addr, 4);
        else if (a.ss_family == AF_INET6)
            memcpy(one.addr.bytes, &((struct sockaddr_in6 *)&a)->sin6_addr, 16);
        else
            continue;
        code = add(r, &one, cgroup);
    }
    return code;
}

static int each_inet(void *ctx, const struct nlmsghdr *h)
{
    struct reader *r = ctx;
    const struct inet_diag_msg *m = mnl_nlmsg_get_payload(h);
    if (mnl_nlmsg_get_payload_len(h) < sizeof(*m) || (m->idiag_family != AF_INET && m->idiag_family != AF_INET6))
        return 0;
    const struct nlattr *at[ATTR_CGROUP_ID + 1];
    ptn_nl_attrs(h, sizeof(*m), at, ATTR_CGROUP_ID + 1);
    struct ptn_listener l = {.netns = r->netns,
                             .proto = r->kind->proto,
                             .addr.family = m->idiag_family,
                             .port = ntohs(m->id.idiag_sport),
                             .ifindex = m->id.idiag_if,
                             .uid = m->idiag_uid,
                             .inode = m->idiag_inode};
    memcpy(l.addr.bytes, m->id.idiag_src, m->idiag_family == AF_INET ? 4 : 16);
    if (l.proto == PTN_RAW) {
        l.number = l.port;
        l.port = 0;
    } else {
        const struct nlattr *v6only = at[INET_DIAG_SKV6ONLY];
        l.dual = l.addr.family == AF_INET6 && ptn_addr_is_any(&l.addr) && !(v6only && mnl_attr_get_u8(v6only));
    }
    uint64_t cgroup = at[ATTR_CGROUP_ID] ? mnl_attr_get_u64(at[ATTR_CGROUP_ID]) : 0;
    const struct nlattr *locals = l.proto == PTN_SCTP ? at[INET_DIAG_LOCALS] : NULL;
    return locals ? add_locals(r, &l, locals, cgroup) : add(r, &l, cgroup);
}

static int dump_inet(struct reader *r, const struct kind *kind, uint8_t family)
{
    _Alignas(struct nlmsghdr) char buf[PTN_NL_REQUEST];
    struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
    h->nlmsg_type = SOCK_DIAG_BY_FAMILY;
    struct inet_diag_req_v2 *q = mnl_nlmsg_put_extra_header(h, sizeof(*q));
    q->sdiag_family = family;
    q->sdiag_protocol = kind->number > UINT8_MAX ? IPPROTO_TCP : (uint8_t)kind->number;
    q->idiag_states = kind->states;
    q->id.idiag_sport = htons(r->s->opts.port); /* the kernel's own filter by port; 0 is none */
    if (kind->number > UINT8_MAX)
        mnl_attr_put_u32(h, INET_DIAG_REQ_PROTOCOL, kind->number);
    r->kind = kind;
    return ptn_nl_dump(&r->nl, h, each_inet, r);
}

static int each_packet(void *ctx, const struct nlmsghdr *h)
{
    struct reader *r = ctx;
    const struct packet_diag_msg *m = mnl_nlmsg_get_payload(h);
    if (mnl_nlmsg_get_payload_len(h) < sizeof(*m))
        return 0;
    struct ptn_listener l = {.netns = r->netns, .proto = PTN_PACKET, .number = m->pdiag_num, .inode = m->pdiag_ino};
    const struct nlattr *at[PACKET_DIAG_UID + 1];
    ptn_nl_attrs(h, sizeof(*m), at, PACKET_DIAG_UID + 1);
    l.uid = ptn_nl_u32(at[PACKET_DIAG_UID]);
    l.ifindex = ptn_nl_u32(at[PACKET_DIAG_INFO]); /* pdi_index comes first in it */
    return add(r, &l, 0);
}

static int dump_packet(struct reader *r)
{
    _Alignas(struct nlmsghdr) char buf[PTN_NL_REQUEST];
    struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
    h->nlmsg_type = SOCK_DIAG_BY_FAMILY;
    struct packet_diag_req *q = mnl_nlmsg_put_extra_header(h, sizeof(*q));
    q->sdiag_family = AF_PACKET;
    q->pdiag_show = PACKET_SHOW_INFO;
    return ptn_nl_dump(&r->nl, h, each_packet, r);
}

/* A refused or broken dump is done again from /proc/net; what it had brought is dropped first. */
static int inet_or_proc(struct reader *r, const struct kind *kind, uint8_t family)
{
    size_t before = r->s->socks.n;
    int code = r->nl.sock ? dump_inet(r, kind, family) : -ENOENT;
    if (code == 0 || code == -ENOMEM)
        return code;
    r->s->socks.n = before;
    return ptn_procnet_read(r->s, r->netns, kind->proto, family);
}

static int read_packet(struct reader *r)
{
    size_t before = r->s->socks.n;
    int code = r->nl.sock ? dump_packet(r) : -ENOENT;
    if (code == 0 || code == -ENOMEM)
        return code;
    r->s->socks.n = before;
    return ptn_procnet_read(r->s, r->netns, PTN_PACKET, 0);
}

/* Only what may be there is asked for: a dump of a protocol that isn't walks its whole table, or makes the kernel
 * look for a module. */
static int read_kind(struct reader *r, const struct kind *kind, const bool any[2])
{
    int code = 0;
    if (any[0])
        code = inet_or_proc(r, kind, AF_INET);
    return code == 0 && any[1] ? inet_or_proc(r, kind, AF_INET6) : code;
}

static bool is_wanted(const struct ptn_snapshot *s, enum ptn_proto proto)
{
    bool has_port = proto != PTN_RAW && proto != PTN_PACKET;
    return (has_port || !s->opts.port) && (!s->opts.protos || (s->opts.protos & 1u << proto));
}

int ptn_diag_read(struct ptn_snapshot *s, uint32_t netns)
{
    struct reader r = {.s = s, .netns = netns};
    struct ptn_protocols p;
    if (s->opts.protos)
        ptn_protocols_parse("", &p); /* whoever names a few is better served by asking than by reading the list */
    else
        ptn_protocols_read(&p);
    int code = ptn_nl_open(&r.nl, NETLINK_SOCK_DIAG);
    if (code == -ENOMEM)
        return code;
    code = 0;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && code == 0; i++)
        if (is_wanted(s, kinds[i].proto))
            code = read_kind(&r, &kinds[i], p.any[kinds[i].proto]);
    if (code == 0 && is_wanted(s, PTN_PACKET) && p.any[PTN_PACKET][0])
        code = read_packet(&r);
    ptn_nl_close(&r.nl);
    return code;
}
