/* Remarks on a ruleset: gathered, united, said. */
#include "check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/grow.h"
#include "check_part.h"

static const struct {
    const char *word, *help;
} remarks[] = {
#define X(id, word, help) {word, help},
    PTN_REMARKS(X)
#undef X
};

const char *ptn_remark_word(enum ptn_remark_kind k)
{
    return remarks[k].word;
}

const char *ptn_remark_help(enum ptn_remark_kind k)
{
    return remarks[k].help;
}

/* ---- what decided --------------------------------------------------------------------------------------------- */

const char *ptn_check_rule(const struct ptn_chain *chain, const struct ptn_rule *rule,
                           char out[static PTN_CHECK_RULE_TEXT])
{
    const char *policy = chain && chain->policy == PTN_DROP ? "drop" : "accept";
    const struct ptn_step step = {.chain = chain, .rule = rule, .note = rule ? "" : policy};
    char place[PTN_STEP_PLACE], words[300];
    if (!chain)
        return strcpy(out, "no rule");
    ptn_step_place(&step, place);
    if (rule || chain->base)
        snprintf(out, PTN_CHECK_RULE_TEXT, "%s: %s", place, ptn_step_rule(&step, words, sizeof(words)));
    else
        snprintf(out, PTN_CHECK_RULE_TEXT, "%s", place);
    return out;
}

const char *ptn_check_deciding(const struct ptn_outcome *o, char out[static PTN_CHECK_RULE_TEXT])
{
    struct ptn_step room;
    const struct ptn_step *s = ptn_deciding_step(o, &room);
    return ptn_check_rule(s ? s->chain : NULL, s ? s->rule : NULL, out);
}

/* ---- entries --------------------------------------------------------------------------------------------------- */

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool alike(const struct ptn_entry *a, const struct ptn_entry *b)
{
    const struct ptn_remark *x = &a->remark, *y = &b->remark;
    return x->kind == y->kind && x->level == y->level && x->rung == y->rung && x->chain == y->chain &&
           x->rule == y->rule && a->proto == b->proto && x->has_service == y->has_service &&
           (!x->has_service || ptn_service_same(x->claim.service, y->claim.service)) && same_text(x->iif, y->iif) &&
           same_text(a->text, b->text);
}

struct ptn_entry *ptn_check_entry(struct ptn_check *c, const struct ptn_entry *like)
{
    for (size_t i = 0; i < c->n; i++)
        if (alike(&c->entries[i], like))
            return &c->entries[i];
    if (ptn_grow(&c->entries, c->n, &c->room, sizeof(*c->entries)) < 0)
        return NULL;
    c->entries[c->n] = *like;
    return &c->entries[c->n++];
}

int ptn_check_unite(struct ptn_entry *e, const struct ptn_place *place, const struct ptn_flow *f,
                    struct ptn_ranges *ports)
{
    int six = place->family == AF_INET6, r = 0;
    if (f->field[PTN_PKT_SADDR])
        r = ptn_ranges_add(&e->peers[six], f->field[PTN_PKT_SADDR]);
    if (r == 0 && ports)
        r = ptn_ranges_add(&e->ports, ports);
    e->place[six] = place;
    e->remark.v4 |= !six;
    e->remark.v6 |= six;
    return r;
}

int ptn_check_ask(struct ptn_check *c, const struct ptn_flow *q, struct ptn_answers *ret)
{
    int r = ptn_wall_ask(c->wall, c->terrain, q, ret);
    return r < 0 ? r : ptn_answers_settle(ret);
}

/* ---- saying it -------------------------------------------------------------------------------------------------- */

const char *ptn_check_ports(struct ptn_arena *a, const struct ptn_ranges *r, const char *suffix, uint32_t max)
{
    char text[512] = "";
    size_t at = 0;
    for (uint32_t i = 0; i < r->n && i < max && at < sizeof(text) - 32; i++) {
        const uint8_t *lo = ptn_ranges_lo(r, i), *hi = ptn_ranges_hi(r, i);
        int first = lo[0] << 8 | lo[1], last = hi[0] << 8 | hi[1];
        at += (size_t)snprintf(text + at, sizeof(text) - at, first == last ? "%s%d%.0d%s" : "%s%d-%d%s", i ? " " : "",
                               first, first == last ? 0 : last, suffix);
    }
    if (r->n > max)
        snprintf(text + at, sizeof(text) - at, " and %u more", r->n - max);
    return ptn_arena_strdup(a, text);
}

/* "anyone" where every source of the place is in it. */
static const char *say_peers(struct ptn_arena *a, const struct ptn_entry *e)
{
    const char *text = "limited to";
    bool anyone = true;
    for (int six = 0; six < 2; six++)
        if (e->peers[six] && e->place[six] && !ptn_ranges_equal(e->peers[six], e->place[six]->sources))
            anyone = false;
    if (anyone)
        return e->peers[0] || e->peers[1] ? "anyone" : "";
    for (int six = 0; six < 2 && text; six++) {
        const struct ptn_ranges *r = e->peers[six];
        char one[256];
        if (r)
            text = ptn_arena_join(a, text, " ", ptn_ranges_text(r, true, one, sizeof(one)), NULL);
    }
    return text;
}

static const char *families(const struct ptn_remark *m)
{
    return m->v4 && m->v6 ? "IPv4 and IPv6" : m->v6 ? "IPv6" : "IPv4";
}

/* "telnet (23/tcp, rated N) is let in from internet by eth0 (IPv4): anyone." */
static int say(struct ptn_arena *a, struct ptn_entry *e)
{
    struct ptn_remark *m = &e->remark;
    const char *proto = e->proto == 17 ? "/udp" : "/tcp", *about = "";
    m->ports = e->ports ? ptn_check_ports(a, e->ports, proto, 8) : "";
    m->peers = say_peers(a, e);
    if (!m->ports || !m->peers)
        return -ENOMEM;
    if (m->has_service)
        m->what = ptn_service_name(m->claim.service);
    else if (!m->what)
        m->what = m->ports;
    m->text = e->text;
    if (m->text)
        return 0;
    if (m->has_service)
        about = ptn_arena_printf(a, " (%s, rated %s)", m->ports, ptn_rating_word(m->claim.rating));
    m->text = ptn_arena_printf(a,
                               m->level == PTN_VERDICT_BLIND
                                   ? "It cannot be told whether %s%s %s let in from %s%s%s (%s): %s."
                                   : "%s%s %s let in from %s%s%s (%s): %s.",
                               m->what, about ? about : "", m->has_service ? "is" : "are", ptn_rung_word(m->rung),
                               m->iif ? " by " : "", m->iif ? m->iif : "", families(m), m->peers);
    return m->text && about && m->what ? 0 : -ENOMEM;
}

/* One rated - that only some may reach is as it should be. */
static bool stands(const struct ptn_entry *e)
{
    return e->remark.kind != PTN_REMARK_OPEN || strcmp(e->remark.peers, "anyone") == 0;
}

/* The same is said of a place farther away, by the same interface. */
static bool said_of_farther(const struct ptn_remark *m, const struct ptn_entry *entries, size_t n)
{
    for (size_t i = 0; i < n && m->iif; i++) {
        const struct ptn_remark *far = &entries[i].remark;
        if (far->kind == m->kind && far->rung > m->rung && far->iif && strcmp(far->iif, m->iif) == 0 &&
            far->rule == m->rule && far->chain == m->chain && strcmp(far->what, m->what) == 0 && far->v4 >= m->v4 &&
            far->v6 >= m->v6 && strncmp(far->peers, "limited", 7) != 0)
            return true;
    }
    return false;
}

static int compare(const void *a, const void *b)
{
    const struct ptn_remark *x = a, *y = b;
    if (x->level != y->level)
        return x->level > y->level ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->rung != y->rung)
        return x->rung > y->rung ? -1 : 1;
    return strcmp(x->text, y->text);
}

static int finish(struct ptn_check *c, struct ptn_remarks *ret)
{
    ret->items = calloc(c->n ? c->n : 1, sizeof(*ret->items));
    if (!ret->items)
        return -ENOMEM;
    for (size_t i = 0; i < c->n; i++)
        if (say(c->arena, &c->entries[i]) < 0)
            return -ENOMEM;
    for (size_t i = 0; i < c->n; i++)
        if (stands(&c->entries[i]) && !said_of_farther(&c->entries[i].remark, c->entries, c->n))
            ret->items[ret->n++] = c->entries[i].remark;
    qsort(ret->items, ret->n, sizeof(*ret->items), compare);
    return 0;
}

static void release(struct ptn_check *c)
{
    for (size_t i = 0; i < c->n; i++) {
        ptn_ranges_unref(c->entries[i].ports);
        ptn_ranges_unref(c->entries[i].peers[0]);
        ptn_ranges_unref(c->entries[i].peers[1]);
    }
    free(c->entries);
    free(c->ratings[0]);
    free(c->ratings[1]);
    ptn_places_release(&c->places);
    ptn_terrain_free(c->terrain);
}

int ptn_check(struct ptn_remarks *ret, const struct ptn_wall *wall, const struct ptn_netns *ns,
              const struct ptn_chart *chart)
{
    struct ptn_check c = {.wall = wall, .netns = ns, .chart = chart, .arena = &ret->arena};
    *ret = (struct ptn_remarks){0};
    int r = ptn_terrain_new(&c.terrain, ns);
    r = r < 0 ? r : ptn_places_of(&c.places, ns);
    r = r < 0 ? r : ptn_check_open(&c);
    r = r < 0 ? r : ptn_check_needs(&c);
    r = r < 0 ? r : ptn_check_rules(&c);
    r = r < 0 ? r : finish(&c, ret);
    release(&c);
    if (r < 0)
        ptn_remarks_release(ret);
    return r;
}

void ptn_remarks_release(struct ptn_remarks *m)
{
    free(m->items);
    ptn_arena_release(&m->arena);
    *m = (struct ptn_remarks){0};
}
