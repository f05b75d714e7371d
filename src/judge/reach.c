/* How far a listener can be reached: of all passages, those that lead to it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "judge.h"
#include "wall/words.h"

/* ---- which passages -------------------------------------------------------------------------------------------- */

static bool has_port(const struct ptn_passage *p, uint16_t port)
{
    const uint8_t number[2] = {(uint8_t)(port >> 8), (uint8_t)port};
    return !p->ports || ptn_ranges_has(p->ports, number);
}

/* What the machine sends to itself seems to come by the interface whose address it is for
 * (ip_route_output_key_hash_rcu: orig_oif). */
static bool comes_by(const struct ptn_passage *p, const struct ptn_finding *f, const struct ptn_addr *bound)
{
    const struct ptn_listener *l = f->listener;
    if (p->iif)
        return strcmp(p->iif, l->ifname) == 0;
    bool up = false, asked = false, answered = false; /* the answer leaves by it, too */
    for (size_t i = 0; i < f->netns->n_ifaces; i++)
        up |= f->netns->ifaces[i].index == l->ifindex && f->netns->ifaces[i].up;
    for (size_t i = 0; up && i < f->netns->n_addrs; i++) {
        const struct ptn_ifaddr *a = &f->netns->addrs[i];
        if (a->ifindex != l->ifindex || a->addr.family != p->family)
            continue;
        asked |= ptn_ranges_has(p->dests, a->addr.bytes) && (ptn_addr_is_any(bound) || ptn_addr_equal(&a->addr, bound));
        answered |= ptn_ranges_has(p->sources, a->addr.bytes);
    }
    return asked && answered;
}

static bool leads_to(const struct ptn_passage *p, const struct ptn_finding *f, const struct ptn_addr *bound)
{
    const struct ptn_listener *l = f->listener;
    bool stopped = p->answer == PTN_ANSWER_DROP || p->answer == PTN_ANSWER_REJECT;
    if (l->port && !has_port(p, l->port))
        return false;
    if (l->ifindex && !stopped && !comes_by(p, f, bound))
        return false;
    return ptn_addr_is_any(bound) || ptn_ranges_has(p->dests, bound->bytes);
}

/* Fills list with the indices of passages that lead to the listener. */
static size_t select_passages(const struct ptn_reacher *r, const struct ptn_finding *f, uint8_t family,
                              const struct ptn_addr *bound, uint32_t *list)
{
    const struct ptn_listener *l = f->listener;
    const struct ptn_exposure *x = r->exposure;
    size_t first, n = ptn_passages_at(x, l->netns, ptn_passage_proto(l), family, &first), found = 0;
    for (size_t i = first; i < first + n; i++)
        if (leads_to(&x->passages[i], f, bound))
            list[found++] = (uint32_t)i;
    return found;
}

/* ---- one asker ------------------------------------------------------------------------------------------------- */

/* Whether it is only some of those who are there. */
static bool is_part(const struct ptn_ranges *sources, const struct ptn_asker *a)
{
    if (!a->iif || sources == a->sources || ptn_ranges_relation(a->core, sources) == PTN_INSIDE)
        return false;
    struct ptn_ranges *both = ptn_ranges_intersect(sources, a->core);
    bool part = both && ptn_ranges_count(both) * 2 <= ptn_ranges_count(a->core);
    ptn_ranges_unref(both);
    return part;
}

/* Our own addresses, which nobody else has, leave gaps in what a rule names. */
static int fill_gaps(struct ptn_ranges **sources, const struct ptn_netns *ns)
{
    for (size_t i = 0; i < ns->n_addrs; i++) {
        const struct ptn_addr *a = &ns->addrs[i].addr;
        if ((*sources)->width != ptn_addr_width(a->family))
            continue;
        struct ptn_ranges *one = ptn_ranges_of((*sources)->width, a->bytes, a->bytes), *with = NULL;
        with = one ? ptn_ranges_unite(*sources, one) : NULL;
        ptn_ranges_unref(one);
        if (!with)
            return -ENOMEM;
        bool fills = with->n < (*sources)->n;
        ptn_ranges_unref(fills ? *sources : with);
        *sources = fills ? with : *sources;
    }
    return 0;
}

/* What lets it in is told before what may, that before what stops it, and of these a rule before the routing. */
static int weight(const struct ptn_passage *p)
{
    struct ptn_step room;
    if (p->answer == PTN_ANSWER_ACCEPT)
        return 3;
    if (p->answer == PTN_ANSWER_UNKNOWN)
        return 2;
    const struct ptn_step *s = ptn_passage_step(p, &room);
    return s && s->chain;
}

/* All passages of one asker, list[0..n). */
static int way_in(const struct ptn_reacher *r, const uint32_t *list, size_t n, struct ptn_way_in *w)
{
    const struct ptn_exposure *x = r->exposure;
    struct ptn_ranges *sources = NULL;
    char text[256];
    int e = 0;
    *w = (struct ptn_way_in){.passage = &x->passages[list[0]]};
    for (size_t i = 0; i < n && e == 0; i++) {
        const struct ptn_passage *p = &x->passages[list[i]];
        if (weight(p) > weight(w->passage))
            w->passage = p;
        if (p->answer == PTN_ANSWER_ACCEPT || p->answer == PTN_ANSWER_UNKNOWN)
            e = ptn_ranges_add(&sources, p->sources);
    }
    w->asker = &x->askers[w->passage->asker];
    w->answer = w->passage->answer;
    w->rung = w->passage->rung;
    if (e == 0 && sources && is_part(sources, w->asker)) {
        e = fill_gaps(&sources, w->asker->netns);
        w->limited = ptn_arena_strdup(r->arena, ptn_ranges_text(sources, true, text, sizeof(text)));
        e = e == 0 && w->limited ? 0 : -ENOMEM;
    }
    ptn_ranges_unref(sources);
    return e;
}

bool ptn_way_in_opens(const struct ptn_way_in *w)
{
    return w->answer == PTN_ANSWER_ACCEPT || w->answer == PTN_ANSWER_UNKNOWN;
}

/* Nearest first; at one distance what tells most comes last. */
static int compare(const void *a, const void *b)
{
    const struct ptn_way_in *x = a, *y = b;
    if (x->rung != y->rung)
        return x->rung < y->rung ? -1 : 1;
    if (ptn_way_in_opens(x) != ptn_way_in_opens(y))
        return ptn_way_in_opens(x) ? 1 : -1;
    if (!x->limited != !y->limited)
        return !x->limited ? 1 : -1;
    return y->answer != x->answer ? (int)y->answer - (int)x->answer : x->asker > y->asker ? -1 : 1;
}

/* ---- the sentence ---------------------------------------------------------------------------------------------- */

static const char *from_words(enum ptn_rung r)
{
    static const char *const words[] = {
        [PTN_RUNG_NOBODY] = "nobody",        [PTN_RUNG_LOOPBACK] = "this machine", [PTN_RUNG_CONTAINER] = "containers",
        [PTN_RUNG_HOST] = "the host",        [PTN_RUNG_LAN] = "the local network", [PTN_RUNG_VPN] = "the VPN",
        [PTN_RUNG_INTERNET] = "the internet"};
    return words[r];
}

const char *ptn_way_in_who(const struct ptn_way_in *w, char out[static PTN_WAY_IN_WHO])
{
    char by[40] = "", only[280] = "";
    if (w->asker->iif)
        snprintf(by, sizeof(by), " by %.15s", w->asker->iif);
    if (w->limited)
        snprintf(only, sizeof(only), " (%.240s alone)", w->limited);
    const bool inside = w->rung == PTN_RUNG_LOOPBACK && !w->asker->netns->host;
    snprintf(out, PTN_WAY_IN_WHO, "%s%s%s", inside ? "itself" : from_words(w->rung), by, only);
    return out;
}

const char *ptn_way_in_what(const struct ptn_way_in *w, char out[static PTN_WAY_IN_WHAT])
{
    const struct ptn_passage *p = w->passage;
    const char *why = w->answer == PTN_ANSWER_UNKNOWN && p->n_hops ? p->hops[p->n_hops - 1]->doubt_why : NULL;
    _Static_assert(PTN_WAY_IN_WHAT >= PTN_PASSAGE_TEXT, "a passage's text fits");
    ptn_passage_text(p, out);
    if (!*out)
        strcpy(out, p->unread ? "if the packet filter lets it, which was not read" : "no rule has a word in it");
    size_t n = strlen(out);
    snprintf(out + n, PTN_WAY_IN_WHAT - n, "%s%s", why ? ": " : "", why ? why : "");
    return out;
}

const char *ptn_way_in_word(const struct ptn_way_in *w)
{
    return w->answer == PTN_ANSWER_ACCEPT ? "from" : w->answer == PTN_ANSWER_UNKNOWN ? "perhaps from" : "not from";
}

const char *ptn_way_in_text(const struct ptn_way_in *w, char out[static PTN_WAY_IN_TEXT])
{
    char who[PTN_WAY_IN_WHO], what[PTN_WAY_IN_WHAT];
    snprintf(out, PTN_WAY_IN_TEXT, "%s %s: %s", ptn_way_in_word(w), ptn_way_in_who(w, who), ptn_way_in_what(w, what));
    return out;
}

static const char *without_ways(const struct ptn_finding *f, const struct ptn_addr *bound, bool every)
{
    for (size_t i = 0; i < f->netns->n_addrs; i++)
        if (every || ptn_addr_equal(&f->netns->addrs[i].addr, bound))
            return "nobody can ask for it";
    return every ? "bound to every address, and there is none" : "bound to an address that no interface has";
}

/* The way that decided the rung, and what keeps those off who are farther. */
static int say(const struct ptn_reacher *r, const struct ptn_finding *f, struct ptn_reach *reach,
               const struct ptn_addr *bound)
{
    char text[PTN_WAY_IN_TEXT];
    const char *here = "", *off = "";
    const struct ptn_way_in *last = reach->n_ways ? &reach->ways[reach->n_ways - 1] : NULL;
    for (size_t i = 0; i < reach->n_ways && here; i++)
        if (ptn_way_in_opens(&reach->ways[i]) && reach->ways[i].rung == reach->rung &&
            (i + 1 == reach->n_ways || reach->ways[i + 1].rung > reach->rung))
            here = ptn_arena_strdup(r->arena, ptn_way_in_text(&reach->ways[i], text));
    if (last && !ptn_way_in_opens(last))
        off = ptn_arena_join(r->arena, reach->rung ? "; " : "", ptn_way_in_text(last, text), NULL);
    if (!here || !off)
        return -ENOMEM;
    if (reach->rung == PTN_RUNG_LOOPBACK && !*off)
        here = ptn_addr_is_loopback(bound) ? "bound to a loopback address" : "only this machine can ask for it";
    reach->step =
        *here || *off ? ptn_arena_join(r->arena, here, off, NULL) : without_ways(f, bound, ptn_addr_is_any(bound));
    return reach->step ? 0 : -ENOMEM;
}

/* ---- one family ------------------------------------------------------------------------------------------------ */

static int find_ways(const struct ptn_reacher *r, const uint32_t *list, size_t n, struct ptn_reach *reach)
{
    const struct ptn_passage *passages = r->exposure->passages;
    struct ptn_way_in *ways = ptn_arena_alloc(r->arena, (n + 1) * sizeof(*ways));
    int e = ways ? 0 : -ENOMEM;
    size_t k = 0;
    for (size_t i = 0, end; i < n && e == 0; i = end, k++) {
        for (end = i + 1; end < n && passages[list[end]].asker == passages[list[i]].asker; end++)
            ;
        e = way_in(r, list + i, end - i, &ways[k]);
    }
    if (e < 0)
        return e;
    if (k)
        qsort(ways, k, sizeof(*ways), compare);
    reach->ways = ways;
    reach->n_ways = k;
    for (size_t i = 0; i < k; i++) {
        const struct ptn_way_in *w = &ways[i];
        if (!ptn_way_in_opens(w))
            continue;
        reach->rung = w->rung;
        reach->limited = w->limited;
        reach->sure = w->answer == PTN_ANSWER_ACCEPT ? w->rung : reach->sure;
        reach->open = w->limited ? reach->open : w->rung;
        reach->unread |= w->passage->unread && w->rung > PTN_RUNG_LOOPBACK;
    }
    return 0;
}

/* Thousands of listeners often share one address: what was said of the last one holds for the next. */
static bool as_before(struct ptn_reacher *r, int six, const struct ptn_addr *bound, size_t n)
{
    struct ptn_reached *b = &r->before[six];
    bool same = b->list && b->n == n && n && ptn_addr_equal(&b->bound, bound) &&
                memcmp(b->list, r->list, n * sizeof(*r->list)) == 0;
    uint32_t *was = b->list;
    b->list = r->list;
    r->list = was ? was : calloc(r->exposure->n + 1, sizeof(*r->list));
    b->n = n;
    b->bound = *bound;
    return same;
}

static int reach_family(struct ptn_reacher *r, const struct ptn_finding *f, uint8_t family,
                        const struct ptn_addr *bound, struct ptn_reach *reach)
{
    const int six = family == AF_INET6;
    bool has_family = !ptn_addr_is_any(bound);
    for (size_t i = 0; i < f->netns->n_addrs && !has_family; i++)
        has_family = f->netns->addrs[i].addr.family == family &&
                     (!f->listener->ifindex || f->netns->addrs[i].ifindex == f->listener->ifindex);
    if (!r->list && !(r->list = calloc(r->exposure->n + 1, sizeof(*r->list))))
        return -ENOMEM;
    size_t n = select_passages(r, f, family, bound, r->list);
    if (as_before(r, six, bound, n)) {
        *reach = r->before[six].reach;
        return 0;
    }
    *reach = (struct ptn_reach){.any = has_family};
    int e = find_ways(r, r->before[six].list, n, reach);
    e = e < 0 ? e : say(r, f, reach, bound);
    r->before[six].reach = *reach;
    return e;
}

int ptn_judge_reach(struct ptn_finding *f, struct ptn_reacher *r)
{
    const struct ptn_listener *l = f->listener;
    /* an IPv6 socket bound to ::ffff:192.0.2.1 hears IPv4, and nothing else */
    const struct ptn_addr bound = ptn_addr_unmapped(&l->addr);
    const struct ptn_addr any4 = {.family = AF_INET};
    int e = 0;
    if (!bound.family)
        return 0;
    if (bound.family == AF_INET || l->dual)
        e = reach_family(r, f, AF_INET, bound.family == AF_INET ? &bound : &any4, &f->v4);
    if (e == 0 && bound.family == AF_INET6)
        e = reach_family(r, f, AF_INET6, &bound, &f->v6);
    const struct ptn_reach *far = ptn_finding_reach(f);
    f->reachable = true;
    f->rung = far->rung;
    return e;
}

const struct ptn_reach *ptn_finding_reach(const struct ptn_finding *f)
{
    const struct ptn_reach *a = &f->v4, *b = &f->v6;
    if (!a->any || !b->any)
        return b->any ? b : a;
    if (a->rung != b->rung)
        return b->rung > a->rung ? b : a;
    return b->open > a->open ? b : a;
}

void ptn_reacher_release(struct ptn_reacher *r)
{
    free(r->list);
    free(r->before[0].list);
    free(r->before[1].list);
}
