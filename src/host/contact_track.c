#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <string.h>

#include "base/addr.h"
#include "base/netlink.h"
#include "contact_part.h"
#include "fs.h"

#define COUNT "/proc/sys/net/netfilter/nf_conntrack_count"

/* ---- a message -------------------------------------------------------------------------------------------- */

static bool read_addr(const struct nlattr *const ip[], uint16_t v4, uint16_t v6, struct ptn_addr *ret)
{
    const struct nlattr *a = ip[v4] ? ip[v4] : ip[v6];
    *ret = (struct ptn_addr){.family = ip[v4] ? AF_INET : AF_INET6};
    if (!a || mnl_attr_get_payload_len(a) < ptn_addr_width(ret->family))
        return false;
    memcpy(ret->bytes, mnl_attr_get_payload(a), ptn_addr_width(ret->family));
    return true;
}

static bool read_port(const struct nlattr *a, uint16_t *ret)
{
    if (!a || mnl_attr_get_payload_len(a) < sizeof(*ret))
        return false;
    *ret = ntohs(mnl_attr_get_u16(a));
    return true;
}

static bool read_end(const struct nlattr *tuple, struct ptn_flow_end *ret, uint8_t *proto)
{
    const struct nlattr *at[CTA_TUPLE_PROTO + 1], *ip[CTA_IP_V6_DST + 1], *l4[CTA_PROTO_DST_PORT + 1];
    ptn_nl_nested(tuple, at, CTA_TUPLE_PROTO + 1);
    ptn_nl_nested(at[CTA_TUPLE_IP], ip, CTA_IP_V6_DST + 1);
    ptn_nl_nested(at[CTA_TUPLE_PROTO], l4, CTA_PROTO_DST_PORT + 1);
    const struct nlattr *number = l4[CTA_PROTO_NUM];
    if (!number || mnl_attr_get_payload_len(number) < 1)
        return false;
    *proto = mnl_attr_get_u8(number);
    return read_addr(ip, CTA_IP_V4_SRC, CTA_IP_V6_SRC, &ret->src) &&
           read_addr(ip, CTA_IP_V4_DST, CTA_IP_V6_DST, &ret->dst) && read_port(l4[CTA_PROTO_SRC_PORT], &ret->sport) &&
           read_port(l4[CTA_PROTO_DST_PORT], &ret->dport);
}

bool ptn_flow_parse(const struct nlmsghdr *h, struct ptn_flow *ret)
{
    const struct nlattr *at[CTA_STATUS + 1];
    uint8_t back;
    if (h->nlmsg_type != (NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW) ||
        mnl_nlmsg_get_payload_len(h) < sizeof(struct nfgenmsg))
        return false;
    ptn_nl_attrs(h, sizeof(struct nfgenmsg), at, CTA_STATUS + 1);
    ret->status = ntohl(ptn_nl_u32(at[CTA_STATUS]));
    return read_end(at[CTA_TUPLE_ORIG], &ret->orig, &ret->proto) && read_end(at[CTA_TUPLE_REPLY], &ret->reply, &back) &&
           back == ret->proto && (ret->proto == IPPROTO_TCP || ret->proto == IPPROTO_UDP);
}

/* ---- what it means ---------------------------------------------------------------------------------------- */

/* A SYN that was answered is no conversation yet: scanners leave it at that. */
static bool is_answered(const struct ptn_flow *f)
{
    return f->status & (f->proto == IPPROTO_TCP ? IPS_ASSURED : IPS_SEEN_REPLY);
}

int ptn_flow_add(struct ptn_contact_set *s, const struct ptn_flow *f)
{
    const struct ptn_flow_end *o = &f->orig, *r = &f->reply;
    const struct ptn_contact called = {r->src, r->sport, r->dport, f->proto, PTN_CONTACT_TRACKED, true},
                             caller = {o->src, o->sport, o->dport, f->proto, PTN_CONTACT_TRACKED, false};
    int code = 0;
    if (ptn_contact_is_own(s, &r->dst) || ptn_contact_is_own(s, &o->src))
        code = ptn_contact_add(s, &called);
    if (code == 0 && is_answered(f) && (ptn_contact_is_own(s, &o->dst) || ptn_contact_is_own(s, &r->src)))
        code = ptn_contact_add(s, &caller);
    return code;
}

/* ---- the dump --------------------------------------------------------------------------------------------- */

struct reader {
    struct ptn_contact_set *set;
    bool any; /* anything is tracked */
};

static int each_flow(void *ctx, const struct nlmsghdr *h)
{
    struct reader *r = ctx;
    struct ptn_flow f;
    r->any = true;
    return ptn_flow_parse(h, &f) ? ptn_flow_add(r->set, &f) : 0;
}

static int dump(struct reader *r)
{
    _Alignas(struct nlmsghdr) char buf[PTN_NL_REQUEST];
    struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
    struct ptn_nl nl;
    int code = ptn_nl_open(&nl, NETLINK_NETFILTER);
    if (code < 0)
        return code;
    h->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET;
    struct nfgenmsg *m = mnl_nlmsg_put_extra_header(h, sizeof(*m));
    m->nfgen_family = AF_UNSPEC;
    m->version = NFNETLINK_V0;
    code = ptn_nl_dump(&nl, h, each_flow, r);
    ptn_nl_close(&nl);
    return code;
}

/* The kernel counts for everybody what it lists for root alone. Without the module there is no count, and to ask for
 * the list would load it. */
static bool may_track(void)
{
    char text[16];
    ssize_t n = ptn_read_small(AT_FDCWD, COUNT, text, sizeof(text));
    return n < 0 ? n != -ENOENT : ptn_leading_number(text) > 0;
}

int ptn_contact_read_tracked(struct ptn_contact_set *s)
{
    struct reader r = {.set = s};
    if (!may_track())
        return 0;
    int code = dump(&r);
    if (code == -ENOMEM)
        return code;
    if (code < 0)
        s->blind |= PTN_CONTACT_TRACKED;
    else if (r.any)
        s->seen |= PTN_CONTACT_TRACKED;
    return 0;
}
