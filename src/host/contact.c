#include "contact.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/err.h"
#include "base/grow.h"
#include "base/netlink.h"
#include "contact_part.h"

static int order_addr(const void *a, const void *b)
{
    const struct ptn_addr *x = a, *y = b;
    if (x->family != y->family)
        return x->family < y->family ? -1 : 1;
    return memcmp(x->bytes, y->bytes, ptn_addr_width(x->family));
}

static int order_number(unsigned a, unsigned b)
{
    return (a > b) - (a < b);
}

static int order_contact(const void *a, const void *b)
{
    const struct ptn_contact *x = a, *y = b;
    int r = order_addr(&x->peer, &y->peer);
    if (r == 0)
        r = order_number(x->port, y->port);
    if (r == 0)
        r = order_number(x->proto, y->proto);
    return r ? r : order_number(x->own_port, y->own_port);
}

/* ---- our own addresses ------------------------------------------------------------------------------------ */

int ptn_contact_own(struct ptn_contact_set *s, const struct ptn_addr *a)
{
    if (ptn_grow(&s->own, s->n_own, &s->own_room, sizeof(*s->own)) < 0)
        return -ENOMEM;
    s->own[s->n_own++] = *a;
    return 0;
}

void ptn_contact_own_done(struct ptn_contact_set *s)
{
    if (s->n_own)
        qsort(s->own, s->n_own, sizeof(*s->own), order_addr);
}

bool ptn_contact_is_own(const struct ptn_contact_set *s, const struct ptn_addr *a)
{
    return s->n_own && bsearch(a, s->own, s->n_own, sizeof(*s->own), order_addr);
}

static int each_addr(void *ctx, const struct nlmsghdr *h)
{
    const struct ifaddrmsg *m = mnl_nlmsg_get_payload(h);
    if (h->nlmsg_type != RTM_NEWADDR || mnl_nlmsg_get_payload_len(h) < sizeof(*m) ||
        (m->ifa_family != AF_INET && m->ifa_family != AF_INET6))
        return 0;
    const struct nlattr *at[IFA_LOCAL + 1];
    ptn_nl_attrs(h, sizeof(*m), at, IFA_LOCAL + 1);
    const struct nlattr *best = at[IFA_LOCAL] ? at[IFA_LOCAL] : at[IFA_ADDRESS];
    struct ptn_addr a = {.family = m->ifa_family};
    if (!best || mnl_attr_get_payload_len(best) < ptn_addr_width(a.family))
        return 0;
    memcpy(a.bytes, mnl_attr_get_payload(best), ptn_addr_width(a.family));
    return ptn_contact_own(ctx, &a);
}

/* Result: 0 or -errno. */
static int read_own(struct ptn_contact_set *s)
{
    _Alignas(struct nlmsghdr) char buf[PTN_NL_REQUEST];
    struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
    struct ptn_nl nl;
    int code = ptn_nl_open(&nl, NETLINK_ROUTE);
    if (code < 0)
        return code;
    h->nlmsg_type = RTM_GETADDR;
    mnl_nlmsg_put_extra_header(h, sizeof(struct ifaddrmsg));
    code = ptn_nl_dump(&nl, h, each_addr, s);
    ptn_nl_close(&nl);
    ptn_contact_own_done(s);
    return code;
}

/* ---- the set ---------------------------------------------------------------------------------------------- */

int ptn_contact_add(struct ptn_contact_set *s, const struct ptn_contact *c)
{
    const struct ptn_addr peer = ptn_addr_unmapped(&c->peer);
    if (ptn_addr_is_any(&peer) || ptn_addr_is_loopback(&peer) || ptn_contact_is_own(s, &peer))
        return 0;
    if (s->n == PTN_CONTACTS_MAX)
        return -EOVERFLOW;
    if (ptn_grow(&s->items, s->n, &s->room, sizeof(*s->items)) < 0)
        return -ENOMEM;
    s->items[s->n] = *c;
    s->items[s->n++].peer = peer;
    return 0;
}

/* Tracking that was switched on later may have taken an answer for the first packet: a socket of ours that waits on
 * that port knows better. One that waits no more may have closed since, so there the lower port is taken to be the one
 * that was called. */
static void join(struct ptn_contact *kept, const struct ptn_contact *more)
{
    const struct ptn_contact *socket = kept->seen & PTN_CONTACT_TRACKED ? more : kept;
    if (kept->outgoing != more->outgoing)
        kept->outgoing = socket->outgoing && kept->port < kept->own_port;
    kept->seen |= more->seen;
}

void ptn_contact_merge(struct ptn_contact_set *s)
{
    size_t kept = 0;
    if (s->n)
        qsort(s->items, s->n, sizeof(*s->items), order_contact);
    for (size_t i = 0; i < s->n; i++)
        if (kept && order_contact(&s->items[kept - 1], &s->items[i]) == 0)
            join(&s->items[kept - 1], &s->items[i]);
        else
            s->items[kept++] = s->items[i];
    s->n = kept;
}

void ptn_contact_set_release(struct ptn_contact_set *s)
{
    free(s->items);
    free(s->own);
    *s = (struct ptn_contact_set){0};
}

static int read_all(struct ptn_contact_set *s)
{
    int own = read_own(s);
    if (own == -ENOMEM)
        return own;
    int code = ptn_contact_read_sockets(s, IPPROTO_TCP);
    if (code == 0)
        code = ptn_contact_read_sockets(s, IPPROTO_UDP);
    if (own < 0) /* whose flows they are cannot be told */
        s->blind |= PTN_CONTACT_TRACKED;
    else if (code == 0)
        code = ptn_contact_read_tracked(s);
    return code;
}

int ptn_contacts_read(struct ptn_contacts *ret, struct ptn_err *err)
{
    struct ptn_contact_set s = {0};
    *ret = (struct ptn_contacts){0};
    int code = read_all(&s);
    if (code == 0) {
        ptn_contact_merge(&s);
        *ret = (struct ptn_contacts){s.items, s.n, s.seen, s.blind};
        s.items = NULL;
    }
    ptn_contact_set_release(&s);
    return code == 0 ? 0 : ptn_fail(err, code, "contacts: out of memory");
}

void ptn_contacts_release(struct ptn_contacts *c)
{
    free(c->items);
    *c = (struct ptn_contacts){0};
}
