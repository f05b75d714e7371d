#include "devices.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <net/if.h>
#include <string.h>

#include "base/netlink.h"
#include "glance.h"

/* NFTA_DEVICE_PREFIX: since Linux 6.18, not in older headers. */
#define DEVICE_PREFIX 2

static bool lacks_devices(const struct ptn_chain *c)
{
    return c->base && (c->hook == PTN_HOOK_INGRESS || c->hook == PTN_HOOK_EGRESS) && !c->devices;
}

static bool any_lacks(const struct ptn_wall *w)
{
    for (size_t t = 0; t < w->n_tables; t++)
        for (size_t i = 0; i < w->tables[t]->n_chains; i++)
            if (lacks_devices(w->tables[t]->chains[i]))
                return true;
    return false;
}

/* ---- an answer of the kernel --------------------------------------------------------------------------------- */

static struct ptn_chain *chain_of(const struct ptn_wall *w, uint8_t family, const char *table, const char *name)
{
    static const uint8_t families[] = {
        [PTN_TABLE_IP] = NFPROTO_IPV4,
        [PTN_TABLE_IP6] = NFPROTO_IPV6,
        [PTN_TABLE_INET] = NFPROTO_INET,
        [PTN_TABLE_NETDEV] = NFPROTO_NETDEV,
    };
    for (size_t i = 0; i < w->n_tables; i++)
        if (families[w->tables[i]->family] == family && strcmp(w->tables[i]->name, table) == 0)
            return ptn_wall_find_chain(w->tables[i], name);
    return NULL;
}

/* A name; or a beginning of names, which has no octet 0 at its end, as "eth*". */
static const char *name_of(struct ptn_wall *w, const struct nlattr *a)
{
    char name[IFNAMSIZ + 2];
    size_t len = mnl_attr_get_payload_len(a);
    if (len > IFNAMSIZ)
        len = IFNAMSIZ;
    memcpy(name, mnl_attr_get_payload(a), len);
    memcpy(name + len, "*", 2);
    char *end = memchr(name, '\0', len);
    return ptn_arena_strndup(&w->arena, name, end ? (size_t)(end - name) : len + 1);
}

/* The name behind `a` in a list; the first, if that is NULL. */
static const struct nlattr *next_name(const struct nlattr *list, const struct nlattr *a)
{
    const char *end = (const char *)mnl_attr_get_payload(list) + mnl_attr_get_payload_len(list);
    a = a ? mnl_attr_next(a) : mnl_attr_get_payload(list);
    for (; mnl_attr_ok(a, (int)(end - (const char *)a)); a = mnl_attr_next(a))
        if (mnl_attr_get_type(a) == NFTA_DEVICE_NAME || mnl_attr_get_type(a) == DEVICE_PREFIX)
            return a;
    return NULL;
}

static int put_devices(struct ptn_wall *w, struct ptn_chain *c, const struct nlattr *one, const struct nlattr *many)
{
    size_t n = one ? 1 : 0;
    for (const struct nlattr *a = NULL; many && (a = next_name(many, a));)
        n++;
    const char **list = ptn_arena_alloc(&w->arena, (n + 1) * sizeof(*list));
    c->devices = list;
    if (!list)
        return -ENOMEM;
    if (!many)
        return one && !(*list = name_of(w, one)) ? -ENOMEM : 0;
    for (const struct nlattr *a = NULL; (a = next_name(many, a));)
        if (!(*list++ = name_of(w, a)))
            return -ENOMEM;
    return 0;
}

static int take_chain(void *wall, const struct nlmsghdr *h)
{
    struct ptn_wall *w = wall;
    const struct nlattr *a[NFTA_CHAIN_MAX + 1], *hook[NFTA_HOOK_MAX + 1];
    if (mnl_nlmsg_get_payload_len(h) < sizeof(struct nfgenmsg))
        return 0;
    const struct nfgenmsg *head = mnl_nlmsg_get_payload(h);
    ptn_nl_attrs(h, sizeof(*head), a, NFTA_CHAIN_MAX + 1);
    if (!a[NFTA_CHAIN_HOOK])
        return 0;
    struct ptn_chain *c =
        chain_of(w, head->nfgen_family, ptn_nl_text(a[NFTA_CHAIN_TABLE]), ptn_nl_text(a[NFTA_CHAIN_NAME]));
    if (!c || !lacks_devices(c))
        return 0;
    ptn_nl_nested(a[NFTA_CHAIN_HOOK], hook, NFTA_HOOK_MAX + 1);
    return put_devices(w, c, hook[NFTA_HOOK_DEV], hook[NFTA_HOOK_DEVS]);
}

/* ---- the question ----------------------------------------------------------------------------------------------- */

static int ask_here(void *wall, struct ptn_err *err)
{
    _Alignas(struct nlmsghdr) char buf[PTN_NL_REQUEST];
    struct ptn_nl nl;
    int r = ptn_nl_open(&nl, NETLINK_NETFILTER);
    if (r < 0)
        return ptn_fail(err, r, "the packet filter's chains: %s", strerror(-r));
    struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
    h->nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETCHAIN;
    mnl_nlmsg_put_extra_header(h, sizeof(struct nfgenmsg)); /* of every family */
    r = ptn_nl_dump(&nl, h, take_chain, wall);
    ptn_nl_close(&nl);
    return r < 0 ? ptn_fail(err, r, "the packet filter's chains: %s", strerror(-r)) : 0;
}

int ptn_wall_tell_devices(struct ptn_wall *w, const struct ptn_door *door)
{
    struct ptn_err err;
    if (!any_lacks(w) || (door && door->user && *door->user))
        return 0;
    return ptn_visit(door, ask_here, w, &err) == -ENOMEM ? -ENOMEM : 0;
}
