/* Remarks on the walls in the light of what listens: permissions that nobody uses, that are over, that never match. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "base/text.h"
#include "check_part.h"
#include "judge.h"
#include "wall/shadow.h"
#include "wall/words.h"

#define WIDE 1000 /* a rule that lets in more ports than this is no permission for a service */

static int add(struct ptn_findings *fs, const struct ptn_remark *like)
{
    struct ptn_remarks *m = &fs->remarks;
    struct ptn_remark *more = like->text && like->what ? reallocarray(m->items, m->n + 1, sizeof(*more)) : NULL;
    if (!more)
        return -ENOMEM;
    m->items = more;
    more[m->n++] = *like;
    return 0;
}

/* ---- permissions that nobody listens behind -------------------------------------------------------------------- */

/* What one rule lets in. */
struct use {
    const struct ptn_rule *rule;
    const struct ptn_passage *passage;
};

static int compare(const void *a, const void *b)
{
    const struct use *x = a, *y = b;
    if (x->rule != y->rule)
        return x->rule < y->rule ? -1 : 1;
    return x->passage < y->passage ? -1 : x->passage > y->passage;
}

/* Ports of TCP, UDP where something listens, and where clients of DHCP do now and then. */
static struct ptn_ranges *listened(const struct ptn_host *h, uint32_t netns, bool udp)
{
    struct ptn_ranges *r = ptn_ranges_none(2);
    const uint8_t dhcp[][2] = {{0, 68}, {546 >> 8, 546 & 255}};
    int e = r ? 0 : -ENOMEM;
    for (size_t i = 0; udp && i < 2 && e == 0; i++)
        e = ptn_ranges_append(&r, dhcp[i], dhcp[i]);
    for (size_t i = 0; i < h->n_listeners && e == 0; i++) {
        const struct ptn_listener *l = &h->listeners[i];
        const uint8_t port[2] = {(uint8_t)(l->port >> 8), (uint8_t)l->port};
        if (l->netns == netns && l->port && (ptn_passage_proto(l) == IPPROTO_UDP) == udp)
            e = ptn_ranges_append(&r, port, port);
    }
    if (e < 0) {
        ptn_ranges_unref(r);
        return NULL;
    }
    ptn_ranges_sort(r);
    return r;
}

/* The ports that uses of one rule let in, by protocol, and those of both where something listens. */
struct tally {
    struct ptn_ranges *open[2], *busy;
};

static void release(struct tally *t)
{
    ptn_ranges_unref(t->open[0]);
    ptn_ranges_unref(t->open[1]);
    ptn_ranges_unref(t->busy);
}

static int count(struct tally *t, const struct use *uses, size_t n, struct ptn_ranges *const *listening)
{
    *t = (struct tally){{ptn_ranges_none(2), ptn_ranges_none(2)}, ptn_ranges_none(2)};
    int r = t->open[0] && t->open[1] && t->busy ? 0 : -ENOMEM;
    for (size_t i = 0; i < n && r == 0; i++) {
        const struct ptn_passage *p = uses[i].passage;
        const int u = p->proto == IPPROTO_UDP;
        struct ptn_ranges *busy = ptn_ranges_intersect(p->ports, listening[p->netns * 2 + (uint32_t)u]);
        r = busy ? ptn_ranges_add(&t->busy, busy) : -ENOMEM;
        r = r < 0 ? r : ptn_ranges_add(&t->open[u], p->ports);
        ptn_ranges_unref(busy);
    }
    return r;
}

/* A port on which somebody listens by one protocol is not idle by the other: services have both. */
static int say_idle(struct ptn_findings *fs, const struct ptn_host *h, const struct use *use, const struct tally *t)
{
    const char *what = "";
    int r = 0;
    if (ptn_ranges_count(t->open[0]) + ptn_ranges_count(t->open[1]) > WIDE)
        return 0;
    for (int u = 0; u < 2 && r == 0; u++) {
        struct ptn_ranges *idle = ptn_ranges_without(t->open[u], t->busy);
        const char *ports = idle && idle->n ? ptn_check_ports(&fs->arena, idle, u ? "/udp" : "/tcp", 8) : "";
        r = idle && ports ? 0 : -ENOMEM;
        what = r == 0 && *ports ? ptn_arena_join(&fs->arena, what, *what ? " " : "", ports, NULL) : what;
        r = what ? r : -ENOMEM;
        ptn_ranges_unref(idle);
    }
    if (r < 0 || !*what)
        return r;
    struct ptn_remark m = {.kind = PTN_REMARK_IDLE, .level = PTN_VERDICT_OK, .what = what, .ports = what, .peers = ""};
    m.chain = use->rule->chain;
    m.rule = use->rule;
    m.netns = h->netns[use->passage->netns].name;
    m.text = ptn_arena_join(&fs->arena, "Nobody listens on ", what, ", which this rule lets in.", NULL);
    return add(fs, &m);
}

/* Uses of rules by packets from elsewhere. Result: how many, or -ENOMEM. Caller frees. */
static ssize_t collect(const struct ptn_exposure *x, struct use **ret)
{
    struct use *uses = calloc(x->n + 1, sizeof(*uses));
    struct ptn_step room;
    ssize_t n = 0;
    for (size_t i = 0; uses && i < x->n; i++) {
        const struct ptn_passage *p = &x->passages[i];
        const struct ptn_step *s = p->answer == PTN_ANSWER_ACCEPT && p->ports && x->askers[p->asker].iif &&
                                           (p->proto == IPPROTO_TCP || p->proto == IPPROTO_UDP)
                                       ? ptn_passage_step(p, &room)
                                       : NULL;
        if (s && s->rule)
            uses[n++] = (struct use){s->rule, p};
    }
    *ret = uses;
    return uses ? n : -ENOMEM;
}

static int find_idle(struct ptn_findings *fs, const struct ptn_host *h)
{
    struct ptn_ranges **listening = calloc(h->n_netns * 2 + 1, sizeof(struct ptn_ranges *));
    struct use *uses = NULL;
    ssize_t n = listening ? collect(&fs->exposure, &uses) : -ENOMEM;
    int r = n < 0 ? -ENOMEM : 0;
    for (uint32_t i = 0; i < h->n_netns * 2 && r == 0 && n; i++)
        r = (listening[i] = listened(h, i / 2, i % 2)) ? 0 : -ENOMEM;
    if (n > 0)
        qsort(uses, (size_t)n, sizeof(*uses), compare);
    for (ssize_t i = 0, end; i < n && r == 0; i = end) {
        struct tally t;
        for (end = i + 1; end < n && uses[end].rule == uses[i].rule; end++)
            ;
        r = count(&t, uses + i, (size_t)(end - i), listening);
        r = r < 0 ? r : say_idle(fs, h, &uses[i], &t);
        release(&t);
    }
    for (size_t i = 0; listening && i < h->n_netns * 2; i++)
        ptn_ranges_unref(listening[i]);
    free(listening);
    free(uses);
    return r;
}

/* ---- ports that lead to other machines --------------------------------------------------------------------------- */

static bool is_said(const struct ptn_findings *fs, const struct ptn_rule *rule, const char *what)
{
    for (size_t i = 0; i < fs->remarks.n; i++) {
        const struct ptn_remark *m = &fs->remarks.items[i];
        if (m->kind == PTN_REMARK_FORWARDED && m->rule == rule && strcmp(m->what, what) == 0)
            return true;
    }
    return false;
}

static int say_forward(struct ptn_findings *fs, const struct ptn_forward *f)
{
    const struct ptn_asker *a = &fs->exposure.askers[f->asker];
    const struct ptn_step *s = ptn_moved_by(f->outcome);
    const struct ptn_ranges *ports = f->outcome->box.field[PTN_PKT_DPORT];
    char where[PTN_ADDR_TEXT] = "another machine", port[24] = "";
    if (!s || !ports || (f->proto != IPPROTO_TCP && f->proto != IPPROTO_UDP))
        return 0;
    const char *what = ptn_check_ports(&fs->arena, ports, f->proto == IPPROTO_UDP ? "/udp" : "/tcp", 8);
    if (!what || is_said(fs, s->rule, what))
        return what ? 0 : -ENOMEM;
    if (f->outcome->to.family)
        ptn_addr_format(&f->outcome->to, where);
    if (f->outcome->to_port >= 0)
        snprintf(port, sizeof(port), " port %d", f->outcome->to_port);
    struct ptn_remark m = {.kind = PTN_REMARK_FORWARDED, .level = PTN_VERDICT_OK, .what = what, .ports = what};
    m.peers = "";
    m.rung = a->rung;
    m.iif = a->iif;
    m.v4 = a->family == AF_INET;
    m.v6 = !m.v4;
    m.chain = s->chain;
    m.rule = s->rule;
    m.netns = a->netns->name;
    m.text = ptn_arena_join(&fs->arena, "What asks for ", what, " by ", a->iif, " (", ptn_rung_word(a->rung),
                            ") is sent on to ", where, port, ", which is not of this machine.", NULL);
    return add(fs, &m);
}

/* Who asks from farthest away is told of. */
static int find_forwards(struct ptn_findings *fs)
{
    int r = 0;
    for (int rung = PTN_RUNG_INTERNET; rung > PTN_RUNG_LOOPBACK; rung--)
        for (size_t i = 0; i < fs->exposure.n_forwards && r == 0; i++)
            if ((int)fs->exposure.askers[fs->exposure.forwards[i].asker].rung == rung)
                r = say_forward(fs, &fs->exposure.forwards[i]);
    return r;
}

/* ---- permissions that are over --------------------------------------------------------------------------------- */

/* "...; until 2027-01-31", as `policy write` puts it. */
static const char *until(const struct ptn_rule *rule)
{
    size_t n = strlen(rule->comment);
    const char *day = n > 18 ? rule->comment + n - 10 : NULL;
    return day && memcmp(day - 8, "; until ", 8) == 0 && ptn_date(day) == 10 ? day : NULL;
}

static int find_expired(struct ptn_findings *fs, const struct ptn_netns *ns, const struct ptn_chain *c,
                        const char *today)
{
    int r = 0;
    for (uint32_t i = 0; i < c->n_rules && r == 0; i++) {
        const char *day = until(&c->rules[i]);
        const struct ptn_rule *same = i ? &c->rules[i - 1] : NULL; /* of IPv4 and IPv6 one is enough */
        if (!day || strcmp(today, day) <= 0 || (same && strcmp(same->comment, c->rules[i].comment) == 0))
            continue;
        struct ptn_remark m = {.kind = PTN_REMARK_EXPIRED, .level = PTN_VERDICT_ASK, .chain = c, .rule = &c->rules[i]};
        m.ports = m.peers = "";
        m.netns = ns->name;
        m.what = c->rules[i].comment;
        m.text = ptn_arena_join(&fs->arena, "This permission was meant to end on ", day,
                                " (write and apply the policy again, which leaves it out).", NULL);
        r = add(fs, &m);
    }
    return r;
}

/* ---- rules that never match ------------------------------------------------------------------------------------ */

static int find_shadowed(struct ptn_findings *fs, const struct ptn_netns *ns, const struct ptn_wall *w)
{
    struct ptn_shadow *shadows = NULL;
    size_t n = 0;
    int r = ptn_wall_shadows(w, &shadows, &n);
    for (size_t i = 0; r == 0 && i < n; i++) {
        struct ptn_remark m;
        r = ptn_remark_of_shadow(&m, &fs->arena, &shadows[i]);
        m.netns = ns->name;
        r = r < 0 ? r : add(fs, &m);
    }
    free(shadows);
    return r;
}

int ptn_judge_remarks(struct ptn_findings *fs, const struct ptn_host *h, const struct ptn_walled *walls,
                      const char *today)
{
    int r = walls ? find_idle(fs, h) : 0;
    r = r < 0 || !walls ? r : find_forwards(fs);
    for (size_t i = 0; walls && i < h->n_netns && r == 0; i++) {
        const struct ptn_wall *w = walls[i].wall;
        for (size_t t = 0; w && t < w->n_tables && r == 0; t++)
            for (size_t c = 0; c < w->tables[t]->n_chains && r == 0; c++)
                r = find_expired(fs, &h->netns[i], w->tables[t]->chains[c], today);
        if (r == 0 && w && w->n_tables)
            r = find_shadowed(fs, &h->netns[i], w);
    }
    return r;
}
