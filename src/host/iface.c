#include "iface.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <string.h>

#include "base/netlink.h"
#include "fs.h"
#include "route.h"

#define FORCE_FORWARDING 59 /* DEVCONF_FORCE_FORWARDING of linux/ipv6.h, since 6.17 */

struct reader {
    struct ptn_snapshot *s;
    struct ptn_space *space;
    struct ptn_nl nl;
    bool forward_v6; /* these three: of all interfaces */
    uint8_t rp_filter;
    bool route_localnet;
};

static bool one_of(const char *word, const char *const *list)
{
    while (*list && strcmp(*list, word) != 0)
        list++;
    return *list != NULL;
}

enum ptn_link ptn_link_kind(const char *kind, unsigned arphrd, bool has_master)
{
    static const char *const tunnels[] = {"wireguard", "ppp",    "ipsec",     "xfrm",      "vti", "vti6",
                                          "gre",       "gretap", "ip6gre",    "ip6gretap", "sit", "ipip",
                                          "ip6tnl",    "ovpn",   "amneziawg", NULL};
    static const char *const wires[] = {"", "vlan", "bond", "team", "macvlan", "ipvlan", "hsr", NULL};
    if (arphrd == ARPHRD_LOOPBACK)
        return PTN_LINK_LOOPBACK;
    if (strcmp(kind, "bridge") == 0)
        return PTN_LINK_BRIDGE;
    if (strcmp(kind, "veth") == 0)
        return PTN_LINK_VETH;
    if (strcmp(kind, "tun") == 0) /* a tap that is a port of a bridge belongs to a virtual machine */
        return has_master ? PTN_LINK_OTHER : PTN_LINK_VPN;
    if (one_of(kind, tunnels) || arphrd == ARPHRD_PPP || arphrd == ARPHRD_TUNNEL || arphrd == ARPHRD_TUNNEL6 ||
        arphrd == ARPHRD_SIT || arphrd == ARPHRD_IPGRE || arphrd == ARPHRD_IP6GRE || arphrd == ARPHRD_NONE)
        return PTN_LINK_VPN;
    return arphrd == ARPHRD_ETHER && one_of(kind, wires) ? PTN_LINK_ETHERNET : PTN_LINK_OTHER;
}

/* One word of an interface's configuration, as the kernel numbers them. */
static uint32_t conf_word(const struct nlattr *conf, unsigned index)
{
    uint32_t word = 0;
    if (conf && mnl_attr_get_payload_len(conf) >= (index + 1) * sizeof(word))
        memcpy(&word, (const char *)mnl_attr_get_payload(conf) + index * sizeof(word), sizeof(word));
    return word;
}

static void read_conf(struct ptn_iface *i, const struct nlattr *spec)
{
    const struct nlattr *family[AF_INET6 + 1], *v4[IFLA_INET_CONF + 1], *v6[IFLA_INET6_CONF + 1];
    ptn_nl_nested(spec, family, AF_INET6 + 1);
    ptn_nl_nested(family[AF_INET], v4, IFLA_INET_CONF + 1);
    ptn_nl_nested(family[AF_INET6], v6, IFLA_INET6_CONF + 1);
    i->forward_v4 = conf_word(v4[IFLA_INET_CONF], IPV4_DEVCONF_FORWARDING - 1);
    i->forward_v6 = conf_word(v6[IFLA_INET6_CONF], FORCE_FORWARDING); /* the other such word only makes it a router */
    i->rp_filter = (uint8_t)conf_word(v4[IFLA_INET_CONF], IPV4_DEVCONF_RP_FILTER - 1);
    i->route_localnet = conf_word(v4[IFLA_INET_CONF], IPV4_DEVCONF_ROUTE_LOCALNET - 1);
}

static int each_link(void *ctx, const struct nlmsghdr *h)
{
    struct reader *r = ctx;
    const struct ifinfomsg *m = mnl_nlmsg_get_payload(h);
    if (h->nlmsg_type != RTM_NEWLINK || mnl_nlmsg_get_payload_len(h) < sizeof(*m))
        return 0;
    struct ptn_link_seen *l = ptn_array_add(&r->space->links, sizeof(*l));
    if (!l)
        return -ENOMEM;
    const struct nlattr *at[IFLA_LINK_NETNSID + 1], *info[IFLA_INFO_SLAVE_KIND + 1];
    ptn_nl_attrs(h, sizeof(*m), at, IFLA_LINK_NETNSID + 1);
    ptn_nl_nested(at[IFLA_LINKINFO], info, IFLA_INFO_SLAVE_KIND + 1);
    const char *name = ptn_nl_text(at[IFLA_IFNAME]);
    l->master = ptn_nl_u32(at[IFLA_MASTER]);
    l->pub.index = (uint32_t)m->ifi_index;
    l->pub.name = ptn_snapshot_clean(r->s, name, strlen(name));
    l->pub.up = m->ifi_flags & IFF_UP;
    l->pub.link = ptn_link_kind(ptn_nl_text(info[IFLA_INFO_KIND]), m->ifi_type, l->master != 0);
    l->pub.port =
        one_of(ptn_nl_text(info[IFLA_INFO_SLAVE_KIND]), (const char *const[]){"bridge", "bond", "team", NULL});
    l->pub.group = ptn_nl_u32(at[IFLA_GROUP]);
    read_conf(&l->pub, at[IFLA_AF_SPEC]);
    l->peer_elsewhere = at[IFLA_LINK_NETNSID] && l->pub.link == PTN_LINK_VETH;
    return 0;
}

static int each_addr(void *ctx, const struct nlmsghdr *h)
{
    struct reader *r = ctx;
    const struct ifaddrmsg *m = mnl_nlmsg_get_payload(h);
    if (h->nlmsg_type != RTM_NEWADDR || mnl_nlmsg_get_payload_len(h) < sizeof(*m) ||
        (m->ifa_family != AF_INET && m->ifa_family != AF_INET6))
        return 0;
    size_t size = m->ifa_family == AF_INET ? 4 : 16;
    const struct nlattr *at[IFA_LOCAL + 1];
    ptn_nl_attrs(h, sizeof(*m), at, IFA_LOCAL + 1);
    /* on a point-to-point link IFA_ADDRESS is the peer's */
    const struct nlattr *best = at[IFA_LOCAL] ? at[IFA_LOCAL] : at[IFA_ADDRESS];
    if (best && mnl_attr_get_payload_len(best) < size)
        best = NULL;
    struct ptn_ifaddr *out = best ? ptn_array_add(&r->space->addrs, sizeof(*out)) : NULL;
    if (!out)
        return best ? -ENOMEM : 0;
    out->addr.family = m->ifa_family;
    memcpy(out->addr.bytes, mnl_attr_get_payload(best), size);
    out->prefix = m->ifa_prefixlen;
    out->ifindex = m->ifa_index;
    return 0;
}

static int dump(struct reader *r, uint16_t type, ptn_nl_each each)
{
    _Alignas(struct nlmsghdr) char buf[PTN_NL_REQUEST];
    struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
    h->nlmsg_type = type;
    if (type == RTM_GETLINK) {
        mnl_nlmsg_put_extra_header(h, sizeof(struct ifinfomsg));
        mnl_attr_put_u32(h, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    } else {
        mnl_nlmsg_put_extra_header(h, sizeof(struct ifaddrmsg));
    }
    return ptn_nl_dump(&r->nl, h, each, r);
}

/* A veth into another namespace carries containers, and so does the bridge it is a port of. One with a default route
 * is the way out instead: we are in the container. */
static void mark_carriers(struct ptn_space *space)
{
    for (size_t i = 0; i < space->links.n; i++) {
        struct ptn_link_seen *port = PTN_AT(struct ptn_link_seen, &space->links, i);
        if (!port->peer_elsewhere)
            continue;
        port->pub.carries_containers = !port->pub.default_v4 && !port->pub.default_v6;
        for (size_t j = 0; j < space->links.n; j++) {
            struct ptn_link_seen *l = PTN_AT(struct ptn_link_seen, &space->links, j);
            if (l->pub.index == port->master && l->pub.link == PTN_LINK_BRIDGE)
                l->pub.carries_containers = true;
        }
    }
}

/* What holds for all interfaces of the namespace. A kernel that does not say has no such switch. */
static int each_conf(void *ctx, const struct nlmsghdr *h)
{
    struct reader *r = ctx;
    const struct netconfmsg *m = mnl_nlmsg_get_payload(h);
    if (h->nlmsg_type != RTM_NEWNETCONF || mnl_nlmsg_get_payload_len(h) < sizeof(*m))
        return 0;
    const struct nlattr *at[NETCONFA_RP_FILTER + 1];
    ptn_nl_attrs(h, sizeof(*m), at, NETCONFA_RP_FILTER + 1);
    if (m->ncm_family == AF_INET6)
        r->forward_v6 = ptn_nl_u32(at[NETCONFA_FORWARDING]);
    else
        r->rp_filter = (uint8_t)ptn_nl_u32(at[NETCONFA_RP_FILTER]);
    return 0;
}

static void ask_conf(struct reader *r, uint8_t family)
{
    _Alignas(struct nlmsghdr) char buf[PTN_NL_REQUEST];
    struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
    h->nlmsg_type = RTM_GETNETCONF;
    struct netconfmsg *m = mnl_nlmsg_put_extra_header(h, sizeof(*m));
    m->ncm_family = family;
    mnl_attr_put_u32(h, NETCONFA_IFINDEX, (uint32_t)NETCONFA_IFINDEX_ALL);
    ptn_nl_ask(&r->nl, h, each_conf, r);
}

static void read_conf_of_all(struct reader *r)
{
    char text[16];
    ask_conf(r, AF_INET);
    ask_conf(r, AF_INET6);
    /* netlink does not tell this one */
    r->route_localnet =
        ptn_read_small(AT_FDCWD, "/proc/sys/net/ipv4/conf/all/route_localnet", text, sizeof(text)) > 0 &&
        text[0] != '0';
    for (size_t i = 0; i < r->space->links.n; i++) {
        struct ptn_iface *l = &PTN_AT(struct ptn_link_seen, &r->space->links, i)->pub;
        l->forward_v6 |= r->forward_v6;
        l->rp_filter = l->rp_filter > r->rp_filter ? l->rp_filter : r->rp_filter;
        l->route_localnet |= r->route_localnet;
    }
}

/* Many a service has a namespace with nothing but a loopback in it: nobody comes in there and nothing is sent on. */
static bool leads_out(const struct ptn_space *space)
{
    for (size_t i = 0; i < space->links.n; i++)
        if (PTN_AT(struct ptn_link_seen, &space->links, i)->pub.link != PTN_LINK_LOOPBACK)
            return true;
    return false;
}

static int read_all(struct reader *r)
{
    int code = ptn_nl_open(&r->nl, NETLINK_ROUTE);
    if (code == 0)
        code = dump(r, RTM_GETLINK, each_link);
    if (code == 0)
        code = dump(r, RTM_GETADDR, each_addr);
    if (code == 0 && leads_out(r->space)) {
        read_conf_of_all(r);
        code = ptn_route_read(&r->nl, r->space);
    }
    ptn_nl_close(&r->nl);
    return code;
}

int ptn_iface_read(struct ptn_snapshot *s, struct ptn_space *space)
{
    struct reader r = {.s = s, .space = space};
    int code = read_all(&r);
    mark_carriers(space);
    if (code == 0 || code == -ENOMEM)
        return code;
    const char *why = code == -EOVERFLOW ? "there are too many routes to read" : strerror(-code);
    return ptn_snapshot_blind(s, true, why, "interfaces, addresses or default routes of %s", space->pub.name);
}

int ptn_iface_freeze(struct ptn_snapshot *s, struct ptn_space *space)
{
    size_t n = space->links.n, m = space->addrs.n;
    struct ptn_iface *ifaces = ptn_arena_alloc(&s->arena, (n ? n : 1) * sizeof(*ifaces));
    struct ptn_ifaddr *addrs = ptn_arena_alloc(&s->arena, (m ? m : 1) * sizeof(*addrs));
    if (!ifaces || !addrs)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        ifaces[i] = PTN_AT(struct ptn_link_seen, &space->links, i)->pub;
    if (m)
        memcpy(addrs, space->addrs.items, m * sizeof(*addrs));
    space->pub.ifaces = ifaces;
    space->pub.n_ifaces = n;
    space->pub.addrs = addrs;
    space->pub.n_addrs = m;
    return ptn_route_freeze(s, space);
}

const char *ptn_iface_name(const struct ptn_space *space, uint32_t index)
{
    for (size_t i = 0; i < space->links.n; i++) {
        const struct ptn_link_seen *l = PTN_AT(struct ptn_link_seen, &space->links, i);
        if (l->pub.index == index)
            return l->pub.name;
    }
    return "";
}
