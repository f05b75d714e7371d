#include "relist.h"

#include <endian.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/netlink.h"
#include "glance.h"
#include "relist_rule.h"

#define NAME_MAX_LEN 255
#define REQUEST 1024
#define FEW 16 /* one rule in so many is asked for alone */

/* One chain of which some rules are suspect. */
struct inquiry {
    struct ptn_wall *wall;
    struct ptn_chain *chain;
    bool *open;     /* of each rule: suspect, and not told yet */
    uint32_t n, at; /* how many are; where the next is likely to be */
};

static uint8_t family_of(const struct ptn_table *t)
{
    static const uint8_t families[] = {
        [PTN_TABLE_IP] = NFPROTO_IPV4,
        [PTN_TABLE_IP6] = NFPROTO_IPV6,
        [PTN_TABLE_INET] = NFPROTO_INET,
        [PTN_TABLE_NETDEV] = NFPROTO_NETDEV,
    };
    return families[t->family];
}

/* ---- an answer of the kernel ---------------------------------------------------------------------------------------
 */

static uint64_t handle_of(const struct nlattr *a)
{
    uint64_t n;
    if (!a || mnl_attr_get_payload_len(a) < sizeof(n))
        return 0;
    memcpy(&n, mnl_attr_get_payload(a), sizeof(n));
    return be64toh(n);
}

/* The kernel lists rules in the order in which nft did. */
static struct ptn_rule *find(struct inquiry *q, uint64_t handle)
{
    for (uint32_t i = 0; i < q->chain->n_rules; i++, q->at++) {
        if (q->at >= q->chain->n_rules)
            q->at = 0;
        if (q->chain->rules[q->at].handle == handle)
            return &q->chain->rules[q->at];
    }
    return NULL;
}

static int take_rule(void *inquiry, const struct nlmsghdr *h)
{
    struct inquiry *q = inquiry;
    const struct nlattr *a[NFTA_RULE_MAX + 1];
    struct ptn_bytecode code;
    if (mnl_nlmsg_get_payload_len(h) < sizeof(struct nfgenmsg))
        return 0;
    const struct nfgenmsg *head = mnl_nlmsg_get_payload(h);
    ptn_nl_attrs(h, sizeof(*head), a, NFTA_RULE_MAX + 1);
    const uint64_t handle = handle_of(a[NFTA_RULE_HANDLE]);
    if (!handle || head->nfgen_family != family_of(q->chain->table) ||
        strcmp(ptn_nl_text(a[NFTA_RULE_TABLE]), q->chain->table->name) != 0 ||
        strcmp(ptn_nl_text(a[NFTA_RULE_CHAIN]), q->chain->name) != 0)
        return 0;
    struct ptn_rule *rule = find(q, handle);
    if (!rule || !q->open[rule - q->chain->rules])
        return 0;
    q->open[rule - q->chain->rules] = false;
    ptn_bytecode_read(&code, a[NFTA_RULE_EXPRESSIONS]);
    return ptn_rule_relist(q->wall, rule, &code);
}

/* ---- the question -------------------------------------------------------------------------------------------------
 */

/* handle 0: the whole chain */
static int ask(struct inquiry *q, struct ptn_nl *nl, uint64_t handle)
{
    _Alignas(struct nlmsghdr) char buf[REQUEST];
    struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
    h->nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETRULE;
    struct nfgenmsg *head = mnl_nlmsg_put_extra_header(h, sizeof(*head));
    head->nfgen_family = family_of(q->chain->table);
    mnl_attr_put_strz(h, NFTA_RULE_TABLE, q->chain->table->name);
    mnl_attr_put_strz(h, NFTA_RULE_CHAIN, q->chain->name);
    if (!handle)
        return ptn_nl_dump(nl, h, take_rule, q);
    mnl_attr_put_u64(h, NFTA_RULE_HANDLE, htobe64(handle));
    return ptn_nl_ask(nl, h, take_rule, q);
}

static int ask_all(struct inquiry *q, struct ptn_nl *nl)
{
    int r = 0;
    if (strlen(q->chain->name) > NAME_MAX_LEN || strlen(q->chain->table->name) > NAME_MAX_LEN)
        return 0;
    if (q->n > q->chain->n_rules / FEW)
        return ask(q, nl, 0);
    for (uint32_t i = 0; i < q->chain->n_rules && r != -ENOMEM; i++)
        if (q->open[i] && q->chain->rules[i].handle)
            r = ask(q, nl, q->chain->rules[i].handle);
    return r;
}

/* What the kernel does not tell, because it is gone or for any other reason, is not known. */
static int inquire(struct ptn_wall *w, struct ptn_chain *c, struct ptn_nl *nl)
{
    struct inquiry q = {.wall = w, .chain = c};
    for (uint32_t i = 0; i < c->n_rules; i++)
        q.n += ptn_rule_is_suspect(&c->rules[i]);
    if (!q.n)
        return 0;
    q.open = calloc(c->n_rules, sizeof(*q.open));
    if (!q.open)
        return -ENOMEM;
    for (uint32_t i = 0; i < c->n_rules; i++)
        q.open[i] = ptn_rule_is_suspect(&c->rules[i]);
    int r = ask_all(&q, nl);
    r = r == -ENOMEM ? r : 0;
    for (uint32_t i = 0; i < c->n_rules && r == 0; i++)
        if (q.open[i])
            r = ptn_rule_undecide(w, &c->rules[i]);
    free(q.open);
    return r;
}

static int inquire_here(void *wall, struct ptn_err *err)
{
    struct ptn_wall *w = wall;
    struct ptn_nl nl;
    int r = ptn_nl_open(&nl, NETLINK_NETFILTER);
    for (size_t t = 0; t < w->n_tables && r == 0; t++)
        for (size_t i = 0; i < w->tables[t]->n_chains && r == 0; i++)
            r = inquire(w, w->tables[t]->chains[i], &nl);
    ptn_nl_close(&nl);
    return r < 0 ? ptn_fail(err, r, "the packet filter's rules: %s", strerror(-r)) : 0;
}

static bool any_suspect(const struct ptn_wall *w)
{
    for (size_t t = 0; t < w->n_tables; t++)
        for (size_t i = 0; i < w->tables[t]->n_chains; i++)
            for (uint32_t k = 0; k < w->tables[t]->chains[i]->n_rules; k++)
                if (ptn_rule_is_suspect(&w->tables[t]->chains[i]->rules[k]))
                    return true;
    return false;
}

int ptn_wall_relist(struct ptn_wall *w, const struct ptn_door *door, struct ptn_err *err)
{
    if ((door && door->user && *door->user) || !any_suspect(w))
        return 0;
    return ptn_visit(door, inquire_here, w, err);
}
