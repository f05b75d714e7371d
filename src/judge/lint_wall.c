/* Remarks on listeners that the packet filter gives reason for. */
#include <errno.h>
#include <string.h>

#include "judge.h"
#include "wall/words.h"

static int advise(struct ptn_finding *f, enum ptn_lint lint, const char *text, const char *act)
{
    if (!*f->act)
        f->act = act;
    return ptn_judge_remark(f, lint, text);
}

/* ---- published past a deny ------------------------------------------------------------------------------------- */

static int past_deny(struct ptn_findings *fs, struct ptn_finding *f, const struct ptn_reach *reach)
{
    static const char publish[] =
        "Publish it on 127.0.0.1 or on one address, or deny it where packets are sent on: in the "
        "forward hook, with Docker in the chain DOCKER-USER.";
    char deny[PTN_STEP_TEXT], text[PTN_WAY_IN_TEXT];
    const struct ptn_step *s = NULL;
    int r = 0;
    for (size_t i = reach->n_ways; i-- > 0 && !s && r == 0;) {
        const struct ptn_way_in *w = &reach->ways[i];
        if (!ptn_way_in_opens(w) || w->rung < PTN_RUNG_LAN || !w->passage->moved)
            continue;
        r = ptn_past_deny(&fs->exposure, w->passage, &s);
        if (r == 0 && s)
            r = advise(f, PTN_LINT_PAST_DENY,
                       ptn_arena_join(&fs->arena, "Published past a deny: ", ptn_step_text(s, deny),
                                      "; but the packets are sent on before that is asked, ", ptn_way_in_text(w, text),
                                      ". ", publish, NULL),
                       publish);
    }
    return r;
}

/* ---- named by no rule ------------------------------------------------------------------------------------------ */

static int unmentioned(struct ptn_findings *fs, struct ptn_finding *f, const struct ptn_reach *reach)
{
    char place[PTN_STEP_PLACE];
    struct ptn_step room;
    for (size_t i = 0; i < reach->n_ways; i++) {
        const struct ptn_way_in *w = &reach->ways[i];
        const struct ptn_step *s = w->answer == PTN_ANSWER_ACCEPT ? ptn_passage_step(w->passage, &room) : NULL;
        if (w->rung < PTN_RUNG_LAN || w->rung != reach->rung || !s || s->rule || !s->chain || !s->chain->n_rules ||
            (s->chain->hook != PTN_HOOK_INPUT && s->chain->hook != PTN_HOOK_FORWARD))
            continue;
        return ptn_judge_remark(f, PTN_LINT_UNMENTIONED,
                                ptn_arena_join(&fs->arena, "No rule mentions it: it is open by the policy of ",
                                               ptn_step_place(s, place), ".", NULL));
    }
    return 0;
}

/* ---- IPv6 open where IPv4 is closed ---------------------------------------------------------------------------- */

/* What stops IPv4 from where IPv6 gets in, on any socket of this port; *open: something gets in there. */
static const struct ptn_way_in *stopped_v4(const struct ptn_finding *f, enum ptn_rung rung, bool *open)
{
    const struct ptn_way_in *found = NULL;
    struct ptn_step room;
    for (size_t i = 0; i < f->v4.n_ways; i++) {
        const struct ptn_way_in *w = &f->v4.ways[i];
        const struct ptn_step *s = ptn_way_in_opens(w) ? NULL : ptn_passage_step(w->passage, &room);
        *open |= ptn_way_in_opens(w) && w->rung >= rung;
        if (s && s->chain && w->rung >= rung)
            found = w;
    }
    return found;
}

static int v6_open(struct ptn_finding *f, struct ptn_finding *const *group, size_t n, struct ptn_arena *arena)
{
    char text[PTN_WAY_IN_TEXT];
    const struct ptn_way_in *stop = NULL;
    bool open = false;
    if (!f->v6.any || f->v6.sure < PTN_RUNG_LAN)
        return 0;
    for (size_t i = 0; i < n; i++) {
        const struct ptn_way_in *w = stopped_v4(group[i], f->v6.sure, &open);
        stop = w ? w : stop;
    }
    if (open || !stop)
        return 0;
    f->lints[PTN_LINT_V6_ONLY] = NULL; /* this says more */
    return advise(f, PTN_LINT_V6_OPEN,
                  ptn_arena_join(arena, "Open on IPv6 (", ptn_rung_word(f->v6.rung),
                                 ") where IPv4 is closed: ", ptn_way_in_text(stop, text), ".", NULL),
                  "Write the rule for both families: in a table of family inet, or again for ip6.");
}

static int each_v6(struct ptn_finding *const *group, size_t n, struct ptn_arena *arena)
{
    int r = 0;
    for (size_t i = 0; i < n && r == 0; i++)
        r = v6_open(group[i], group, n, arena);
    return r;
}

int ptn_judge_wall_lints(struct ptn_findings *fs)
{
    int r = 0;
    for (size_t i = 0; i < fs->n && r == 0; i++) {
        struct ptn_finding *f = &fs->items[i];
        if (!f->listener->port || f->client)
            continue;
        r = past_deny(fs, f, &f->v4);
        r = r < 0 || f->lints[PTN_LINT_PAST_DENY] ? r : past_deny(fs, f, &f->v6);
        r = r < 0 ? r : unmentioned(fs, f, ptn_finding_reach(f));
    }
    return r < 0 ? r : ptn_judge_each_port(fs, each_v6);
}
