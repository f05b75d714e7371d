/* What is said of one passage: what decided it, and what NAT led it past. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expose.h"
#include "wall/words.h"

const struct ptn_step *ptn_moved_by(const struct ptn_outcome *o)
{
    for (const struct ptn_step *s = o->way; s; s = s->before)
        if (s->rule && s->note && (strncmp(s->note, "dnat", 4) == 0 || strncmp(s->note, "redirect", 8) == 0))
            return s;
    return NULL;
}

/* Chains of NAT let everything by: their policy decides nothing. */
static bool decides(const struct ptn_step *s, enum ptn_answer answer)
{
    if (!s || answer != PTN_ANSWER_ACCEPT)
        return s;
    return s->chain && (s->rule || s->chain->type == PTN_CHAIN_FILTER);
}

/* The last namespace that had a rule for them decided. */
const struct ptn_step *ptn_passage_step(const struct ptn_passage *p, struct ptn_step *room)
{
    const struct ptn_step *found = NULL;
    for (unsigned i = p->n_hops; i-- > 0 && !(found && found->rule);) {
        const struct ptn_step *s = ptn_deciding_step(p->hops[i], room);
        found = decides(s, p->answer) && (!found || s->rule) ? s : found;
    }
    return found;
}

const char *ptn_passage_text(const struct ptn_passage *p, char out[static PTN_PASSAGE_TEXT])
{
    char text[PTN_STEP_TEXT];
    struct ptn_step room;
    const struct ptn_step *last = ptn_passage_step(p, &room);
    size_t n = 0;
    *out = '\0';
    for (unsigned i = 0; i < p->n_hops; i++) {
        const struct ptn_step *nat = p->hops[i]->moved ? ptn_moved_by(p->hops[i]) : NULL;
        if (nat && nat != last && n < PTN_PASSAGE_TEXT)
            n += (size_t)snprintf(out + n, PTN_PASSAGE_TEXT - n, "%s%s", n ? ", then " : "", ptn_step_text(nat, text));
    }
    if (last && n < PTN_PASSAGE_TEXT)
        snprintf(out + n, PTN_PASSAGE_TEXT - n, "%s%s", n ? ", then " : "", ptn_step_text(last, text));
    return out;
}

/* ---- past a deny ----------------------------------------------------------------------------------------------- */

void ptn_bare_free(struct ptn_wall *w)
{
    for (int six = 0; w && six < 2; six++)
        free(w->hooks[six][PTN_HOOK_PREROUTING]);
    free(w);
}

/* The same wall, but for what changes destinations as packets come in. */
static struct ptn_wall *bare_of(const struct ptn_wall *w)
{
    struct ptn_wall *b = malloc(sizeof(*b));
    if (!b)
        return NULL;
    *b = *w;
    for (int six = 0; six < 2; six++) {
        const size_t n = w->n_hooks[six][PTN_HOOK_PREROUTING];
        b->hooks[six][PTN_HOOK_PREROUTING] = calloc(n + 1, sizeof(struct ptn_chain *));
        b->n_hooks[six][PTN_HOOK_PREROUTING] = 0;
    }
    if (!b->hooks[0][PTN_HOOK_PREROUTING] || !b->hooks[1][PTN_HOOK_PREROUTING]) {
        ptn_bare_free(b);
        return NULL;
    }
    for (int six = 0; six < 2; six++)
        for (size_t i = 0; i < w->n_hooks[six][PTN_HOOK_PREROUTING]; i++) {
            struct ptn_chain *c = w->hooks[six][PTN_HOOK_PREROUTING][i];
            if (c->type != PTN_CHAIN_NAT)
                b->hooks[six][PTN_HOOK_PREROUTING][b->n_hooks[six][PTN_HOOK_PREROUTING]++] = c;
        }
    return b;
}

int ptn_past_deny(struct ptn_exposure *x, const struct ptn_passage *p, const struct ptn_step **ret)
{
    const size_t ns = (size_t)(x->askers[p->asker].netns - x->host->netns);
    const struct ptn_outcome *first = p->n_hops ? p->hops[0] : NULL;
    struct ptn_step room;
    *ret = NULL;
    if (!first || !first->moved || p->n_hops < 2 || !x->askers[p->asker].iif || !x->walls || !x->walls[ns].wall)
        return 0;
    if (!x->bare[ns] && !(x->bare[ns] = bare_of(x->walls[ns].wall)))
        return -ENOMEM;
    struct ptn_answers *answers = ptn_exposure_answers(x);
    int r = answers ? ptn_wall_ask(x->bare[ns], x->terrains[ns], &first->box, answers) : -ENOMEM;
    r = r < 0 ? r : ptn_answers_settle(answers);
    for (size_t i = 0; i < answers->n && r == 0; i++) {
        const struct ptn_outcome *o = &answers->items[i];
        const struct ptn_step *s = ptn_deciding_step(o, &room);
        if (o->answer == PTN_ANSWER_ACCEPT || o->answer == PTN_ANSWER_UNKNOWN)
            return *ret = NULL, 0;
        *ret = *ret || !s || !s->chain ? *ret : s;
    }
    return r == -E2BIG ? 0 : r;
}
