/* This machine, as the host whose log is explained. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/addr.h"
#include "explain_site.h"
#include "host/contact.h"
#include "walls.h"

/* Peers to whom we began to speak; several conversations with one service of one of them count once. */
static int read_peers(struct ptn_site_room *room, struct ptn_err *err)
{
    struct ptn_contacts contacts = {0};
    int e = ptn_contacts_read(&contacts, err);
    struct ptn_peer *peers = e < 0 ? NULL : ptn_arena_alloc(&room->arena, (contacts.n + 1) * sizeof(*peers));
    size_t n = 0;
    for (size_t i = 0; peers && i < contacts.n; i++) {
        const struct ptn_contact *c = &contacts.items[i];
        const struct ptn_peer *last = n ? &peers[n - 1] : NULL;
        if (!c->outgoing ||
            (last && last->port == c->port && last->proto == c->proto && ptn_addr_equal(&last->addr, &c->peer)))
            continue;
        peers[n++] = (struct ptn_peer){.addr = c->peer, .port = c->port, .proto = c->proto};
    }
    room->site.peers = peers;
    room->site.n_peers = n;
    ptn_contacts_release(&contacts);
    return e < 0 ? e : peers ? 0 : ptn_fail(err, -ENOMEM, "out of memory");
}

static const struct ptn_netns *own_netns(const struct ptn_host *h)
{
    for (size_t i = 0; i < h->n_netns; i++)
        if (!*h->netns[i].door)
            return &h->netns[i];
    return NULL;
}

/* From how far anyone gets in, or may. */
static enum ptn_rung open_of(const struct ptn_finding *f)
{
    const enum ptn_rung four = f->v4.any ? f->v4.open : PTN_RUNG_NOBODY, six = f->v6.any ? f->v6.open : PTN_RUNG_NOBODY;
    return four > six ? four : six;
}

static int take_doors(struct ptn_site_room *room, struct ptn_site_parts *parts, const struct ptn_netns *ns,
                      const struct ptn_findings *findings)
{
    int e = 0;
    for (size_t i = 0; i < findings->n && e == 0; i++) {
        const struct ptn_finding *f = &findings->items[i];
        if (f->netns == ns)
            e = ptn_site_add_door(parts, &room->arena, f, f->has_service ? ptn_service_name(f->claim.service) : "",
                                  f->has_service ? f->claim.rating : PTN_RATING_NONE, open_of(f));
    }
    room->site.ephemeral_lo = ns->ephemeral_lo;
    room->site.ephemeral_hi = ns->ephemeral_hi;
    return e;
}

static int judge(struct ptn_site_room *room, struct ptn_site_parts *parts, const struct ptn_host *host,
                 const struct ptn_netns *ns, const struct ptn_chart *chart)
{
    char today[16];
    struct ptn_findings findings = {0};
    struct ptn_walled *walls = ptn_walls_read(host);
    int e = walls ? ptn_judge(&findings, host, walls, chart, ptn_today(today)) : -ENOMEM;
    e = e == 0 ? take_doors(room, parts, ns, &findings) : e;
    ptn_findings_release(&findings);
    ptn_walls_free(walls, host);
    return e;
}

static int take_addrs(struct ptn_site_parts *parts, const struct ptn_netns *ns)
{
    int e = 0;
    for (size_t i = 0; i < ns->n_addrs && e == 0; i++)
        e = ptn_site_add_addr(parts, &ns->addrs[i]);
    return e;
}

static int read_host(struct ptn_site_room *room, const struct ptn_chart *chart, struct ptn_err *err)
{
    struct ptn_site_parts parts = {0};
    struct ptn_host *host = NULL;
    int e = ptn_host_read(&host, NULL, err);
    if (e < 0)
        return e;
    const struct ptn_netns *ns = own_netns(host);
    e = ns ? take_addrs(&parts, ns) : 0;
    if (ns && e == 0)
        e = judge(room, &parts, host, ns, chart);
    e = ptn_site_put_parts(room, &parts, e);
    if (!ns)
        room->site.from = PTN_SITE_LOG;
    ptn_host_free(host);
    return e < 0 ? ptn_fail(err, e, "%s", strerror(-e)) : 0;
}

/* The addresses are known at once: all else, which takes much longer, is only read of a host that is wanted. Result:
 * whether it is, or -errno. */
static int is_wanted(ptn_site_wanted wanted, void *ctx, struct ptn_err *err)
{
    enum { NO_SOCKETS = 1 << PTN_PROTO_COUNT };
    const struct ptn_host_opts little = {.no_owners = true, .this_netns = true, .protos = NO_SOCKETS};
    struct ptn_site_parts parts = {0};
    struct ptn_host *host = NULL;
    int e = ptn_host_read(&host, &little, err);
    if (e < 0)
        return e;
    const struct ptn_netns *ns = own_netns(host);
    if (ns && (e = take_addrs(&parts, ns)) < 0)
        ptn_fail(err, e, "%s", strerror(-e));
    const struct ptn_site asked = {.addrs = parts.addrs, .n_addrs = parts.n_addrs};
    ptn_host_free(host);
    e = e < 0 || !ns ? e : wanted(ctx, &asked);
    free(parts.addrs);
    return e;
}

int ptn_site_read_here(struct ptn_site_room *room, const struct ptn_chart *chart, ptn_site_wanted wanted, void *ctx,
                       struct ptn_err *err)
{
    int e = wanted ? is_wanted(wanted, ctx, err) : 1;
    room->site.from = e > 0 ? PTN_SITE_HERE : PTN_SITE_LOG;
    room->site.when = time(NULL);
    if (e > 0)
        e = read_host(room, chart, err);
    return e < 0 || room->site.from != PTN_SITE_HERE ? e : read_peers(room, err);
}
