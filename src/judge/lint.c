/* Remarks that need more than one look: the port's range, the neighbours on it, the owner's binary. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "chart/ports.h"
#include "judge.h"

static const enum ptn_verdict at_least[] = {
#define X(id, word, verdict, help) PTN_VERDICT_##verdict,
    PTN_LINTS(X)
#undef X
};

int ptn_judge_remark(struct ptn_finding *f, enum ptn_lint lint, const char *text)
{
    if (!text)
        return -ENOMEM;
    f->lints[lint] = text;
    if (f->verdict < at_least[lint] && f->verdict != PTN_VERDICT_BLIND)
        f->verdict = at_least[lint];
    return 0;
}

static bool in_list(const char *list, uint16_t port)
{
    for (struct ptn_ports p; ptn_ports_next(&list, &p);)
        if (port >= p.lo && port <= p.hi)
            return true;
    return false;
}

/* A listener in the range from which the kernel hands out ports may one day find its port taken. *said is the sentence
 * of the namespace last spoken of. */
static int lint_ephemeral(struct ptn_finding *f, struct ptn_arena *a, const struct ptn_netns **of, const char **said)
{
    const struct ptn_listener *l = f->listener;
    bool serves = l->proto == PTN_TCP || l->proto == PTN_MPTCP || f->evidence == PTN_EVIDENCE_OWNER;
    if (!serves || !l->port || l->port < f->netns->ephemeral_lo || l->port > f->netns->ephemeral_hi ||
        in_list(f->netns->reserved, l->port))
        return 0;
    if (*of != f->netns)
        *said = ptn_arena_printf(a,
                                 "The port is inside the ephemeral range %u-%u and not in ip_local_reserved_ports: any "
                                 "client may be handed it first.",
                                 f->netns->ephemeral_lo, f->netns->ephemeral_hi);
    *of = f->netns;
    return ptn_judge_remark(f, PTN_LINT_EPHEMERAL, *said);
}

static int lint_owner(struct ptn_finding *f)
{
    const struct ptn_owner *o = f->listener->owner;
    int r = 0;
    if (!o || f->listener->latent)
        return 0;
    if (o->exe_deleted)
        r = ptn_judge_remark(f, PTN_LINT_DELETED,
                             "Its binary was deleted or replaced since it started: restart it, or ask why.");
    if (r == 0 && o->exe_temporary)
        r = ptn_judge_remark(f, PTN_LINT_TEMPORARY, "It runs from a temporary folder or from memory.");
    if (r == 0 && o->uid == 0 && o->pid > 0)
        r = ptn_judge_remark(f, PTN_LINT_ROOT, "It runs as root.");
    return r;
}

/* ---- neighbours on one port ------------------------------------------------------------------------------ */

static int compare_port(const void *a, const void *b)
{
    const struct ptn_finding *x = *(struct ptn_finding *const *)a, *y = *(struct ptn_finding *const *)b;
    const struct ptn_listener *l = x->listener, *m = y->listener;
    if (l->netns != m->netns)
        return l->netns > m->netns ? 1 : -1;
    if (l->proto != m->proto)
        return l->proto > m->proto ? 1 : -1;
    return (l->port > m->port) - (l->port < m->port);
}

static bool same_socket(const struct ptn_listener *a, const struct ptn_listener *b)
{
    return a->ifindex == b->ifindex && ptn_addr_equal(&a->addr, &b->addr);
}

/* The users of two sockets if they are not the same. The kernel lets only one user share a port, but daemons that root
 * starts share it as root and become others later; one whose processes run as several users is still one binary. */
static bool two_users(const struct ptn_listener *l, const struct ptn_listener *m, uint32_t *a, uint32_t *b)
{
    const struct ptn_owner *o = l->owner, *p = m->owner;
    bool dropped = l->uid == m->uid && o && p && o->pid > 0 && p->pid > 0 && strcmp(o->exe, p->exe) != 0;
    *a = dropped ? o->uid : l->uid;
    *b = dropped ? p->uid : m->uid;
    return *a != *b;
}

/* UDP's discovery protocols (mDNS, SSDP, LLMNR) share their port by design: where one of the two is known to serve it,
 * that is said, but no reason to worry. */
static void share(struct ptn_finding *f, const struct ptn_finding *other, const char *text)
{
    bool known = f->evidence == PTN_EVIDENCE_OWNER || other->evidence == PTN_EVIDENCE_OWNER;
    if (f->listener->proto == PTN_UDP && known)
        f->lints[PTN_LINT_REUSEPORT] = text;
    else
        ptn_judge_remark(f, PTN_LINT_REUSEPORT, text);
}

/* Two users on one port through SO_REUSEPORT: the second takes a share of the first one's connections. */
static int lint_reuseport(struct ptn_finding *const *group, size_t n, struct ptn_arena *a)
{
    for (size_t i = 0; i + 1 < n; i++)
        for (size_t j = i + 1; j < n && j < i + 64; j++) {
            const struct ptn_listener *l = group[i]->listener, *m = group[j]->listener;
            uint32_t first, second;
            if (l->latent || m->latent || !two_users(l, m, &first, &second) || !same_socket(l, m) ||
                ptn_addr_is_multicast(&l->addr))
                continue;
            char *text = ptn_arena_printf(a,
                                          "Users %u and %u share this port through SO_REUSEPORT: each gets some of "
                                          "the other's connections.",
                                          first, second);
            if (!text)
                return -ENOMEM;
            share(group[i], group[j], text);
            share(group[j], group[i], text);
        }
    return 0;
}

static int lint_v6(struct ptn_finding *const *group, size_t n, struct ptn_arena *a)
{
    enum ptn_rung v4 = PTN_RUNG_NOBODY;
    for (size_t i = 0; i < n; i++)
        if (group[i]->v4.any && group[i]->v4.rung > v4)
            v4 = group[i]->v4.rung;
    for (size_t i = 0; i < n && v4 <= PTN_RUNG_LOOPBACK; i++) {
        struct ptn_finding *f = group[i];
        if (!f->v6.any || f->v6.rung <= PTN_RUNG_HOST || ptn_addr_is_link_local(&f->listener->addr) ||
            ptn_addr_is_multicast(&f->listener->addr))
            continue;
        int r = ptn_judge_remark(f, PTN_LINT_V6_ONLY,
                                 ptn_arena_printf(a, "Open on IPv6 (%s) but not on IPv4 (%s): is that meant?",
                                                  ptn_rung_word(f->v6.rung), ptn_rung_word(v4)));
        if (r < 0)
            return r;
    }
    return 0;
}

int ptn_judge_each_port(struct ptn_findings *fs, ptn_judge_port each)
{
    struct ptn_finding **order = calloc(fs->n + 1, sizeof(*order));
    int r = order ? 0 : -ENOMEM;
    for (size_t i = 0; r == 0 && i < fs->n; i++)
        order[i] = &fs->items[i];
    if (r == 0)
        qsort(order, fs->n, sizeof(*order), compare_port);
    for (size_t i = 0, end; r == 0 && i < fs->n; i = end) {
        for (end = i + 1; end < fs->n && compare_port(&order[i], &order[end]) == 0; end++)
            ;
        if (order[i]->listener->port)
            r = each(order + i, end - i, &fs->arena);
    }
    free(order);
    return r;
}

static int lint_neighbours(struct ptn_finding *const *group, size_t n, struct ptn_arena *a)
{
    int r = lint_reuseport(group, n, a);
    return r < 0 ? r : lint_v6(group, n, a);
}

int ptn_judge_lints(struct ptn_findings *fs)
{
    const struct ptn_netns *of = NULL;
    const char *said = NULL;
    int r = 0;
    for (size_t i = 0; r == 0 && i < fs->n; i++) {
        struct ptn_finding *f = &fs->items[i];
        r = lint_ephemeral(f, &fs->arena, &of, &said);
        r = r < 0 ? r : lint_owner(f);
        if (r == 0 && f->listener->latent)
            r = ptn_judge_remark(
                f, PTN_LINT_LATENT,
                ptn_arena_printf(&fs->arena, "Nothing listens yet; %s says it will.", f->listener->latent_from));
    }
    return r < 0 ? r : ptn_judge_each_port(fs, lint_neighbours);
}
