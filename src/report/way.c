#include "way.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "json.h"

/* ---- fates ------------------------------------------------------------------------------------------------------- */

static void say_where(const struct ptn_outcome *o, char *out, size_t size)
{
    char address[PTN_ADDR_TEXT], port[16] = "";
    const bool six = o->to.family && strchr(ptn_addr_format(&o->to, address), ':');
    if (o->to_port >= 0)
        snprintf(port, sizeof(port), ":%d", o->to_port);
    if (o->moved && o->to.family)
        snprintf(out, size, ", as %s%s%s%s", six ? "[" : "", address, six ? "]" : "", port);
    else if (o->moved)
        snprintf(out, size, ", as another address");
    size_t n = strlen(out);
    if (!o->local && o->oif)
        snprintf(out + n, size - n, "%s by %s", o->moved ? "" : ", sent on", o->oif);
}

const char *ptn_fate_text(const struct ptn_outcome *o, char out[static PTN_FATE_TEXT])
{
    char more[128] = "";
    const char *word = ptn_answer_word(o->answer);
    if (o->answer == PTN_ANSWER_ACCEPT) {
        say_where(o, more, sizeof(more));
        snprintf(out, PTN_FATE_TEXT, "%s%s", word, more);
    } else if (o->answer == PTN_ANSWER_REJECT) {
        snprintf(out, PTN_FATE_TEXT, "%s (%s)", word, o->reject_with ? o->reject_with : "?");
    } else if (o->answer == PTN_ANSWER_UNKNOWN) {
        const struct ptn_step *last = o->way;
        const char *why = o->doubt_why ? o->doubt_why : last && last->note ? last->note : "?";
        snprintf(out, PTN_FATE_TEXT, "%s: %s", word, why);
    } else {
        snprintf(out, PTN_FATE_TEXT, "%s", word);
    }
    return out;
}

const char *ptn_parts_fate(const struct ptn_parts *p, char out[static PTN_FATE_TEXT])
{
    char other[PTN_FATE_TEXT];
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(ptn_fate_text(p->items[0].outcome, out), ptn_fate_text(p->items[i].outcome, other)) != 0)
            return NULL;
    return p->n ? out : NULL;
}

/* ---- steps ------------------------------------------------------------------------------------------------------- */

/* A way, oldest step first. */
struct way {
    const struct ptn_step **steps;
    size_t n;
    const struct ptn_step *deciding;
    struct ptn_step doubt; /* a rule that could not be decided has no step of its own */
};

/* Puts the doubt before what its chain did after it. */
static void put_doubt(struct way *w)
{
    size_t at = 0;
    const struct ptn_step *d = &w->doubt;
    while (at < w->n &&
           !(w->steps[at]->chain == d->chain && (!w->steps[at]->rule || w->steps[at]->rule->index > d->rule->index)))
        at++;
    memmove(w->steps + at + 1, w->steps + at, (w->n - at) * sizeof(*w->steps));
    w->steps[at] = d;
    w->n++;
}

/* Caller frees steps. Result: 0 or -ENOMEM. */
static int way_of(struct way *w, const struct ptn_outcome *o)
{
    size_t at = 0;
    for (const struct ptn_step *s = o->way; s; s = s->before)
        at++;
    w->n = at;
    w->steps = calloc(at + 1, sizeof(*w->steps));
    if (!w->steps)
        return -ENOMEM;
    for (const struct ptn_step *s = o->way; s; s = s->before)
        w->steps[--at] = s;
    w->deciding = ptn_deciding_step(o, &w->doubt);
    if (w->deciding == &w->doubt)
        put_doubt(w);
    return 0;
}

/* Whether a step changed nothing that the next one shown (or NULL) would tell. */
static bool did_nothing(const struct way *w, const struct ptn_step *s, const struct ptn_step *next)
{
    if (s == w->deciding || !s->chain)
        return false;
    if (!s->rule)
        return s->chain->type == PTN_CHAIN_NAT;
    bool leads = s->note && (strncmp(s->note, "jump", 4) == 0 || strncmp(s->note, "goto", 4) == 0);
    bool there = next && next->chain && !next->chain->base && next->chain != s->chain;
    return leads && !there;
}

/* Leaves out what changed nothing. Result: where the first step shown stands. */
static size_t shorten(struct way *w)
{
    size_t at = w->n;
    for (size_t i = w->n; i-- > 0;)
        if (!did_nothing(w, w->steps[i], at < w->n ? w->steps[at] : NULL))
            w->steps[--at] = w->steps[i];
    return at;
}

static void print_step(struct ptn_out *out, const struct ptn_step *s, bool deciding, enum ptn_tone tone, int width)
{
    char chain[PTN_STEP_PLACE], rule[2048];
    ptn_step_place(s, chain);
    ptn_step_rule(s, rule, sizeof(rule));
    ptn_out_text(out, deciding ? tone : PTN_TONE_PLAIN, deciding ? "=> " : s->maybe ? " ? " : "   ");
    ptn_out_put(out, chain, strlen(chain));
    int blanks = width - (int)strlen(chain);
    fprintf(out->file, "%*s", (blanks > 0 ? blanks : 0) + 2, "");
    ptn_out_put(out, rule, strlen(rule));
    fputc('\n', out->file);
}

static enum ptn_tone tone_of(enum ptn_answer a)
{
    static const enum ptn_tone tones[] = {[PTN_ANSWER_ACCEPT] = PTN_TONE_GOOD,
                                          [PTN_ANSWER_DROP] = PTN_TONE_BAD,
                                          [PTN_ANSWER_REJECT] = PTN_TONE_BAD,
                                          [PTN_ANSWER_UNKNOWN] = PTN_TONE_CARE};
    return tones[a];
}

int ptn_way_print(struct ptn_out *out, const struct ptn_outcome *o)
{
    struct way w;
    char chain[PTN_STEP_PLACE];
    size_t width = 0;
    int r = way_of(&w, o);
    if (r < 0)
        return r;
    size_t first = shorten(&w);
    for (size_t i = first; i < w.n; i++) {
        ptn_step_place(w.steps[i], chain);
        width = strlen(chain) > width ? strlen(chain) : width;
    }
    for (size_t i = first; i < w.n; i++)
        print_step(out, w.steps[i], w.steps[i] == w.deciding, tone_of(o->answer), (int)(width < 60 ? width : 60));
    if (first == w.n)
        fputs("   no rule has a word in it\n", out->file);
    free(w.steps);
    return 0;
}

/* ---- JSON ------------------------------------------------------------------------------------------------------- */

static json_t *text_or_null(const char *text)
{
    return text && *text ? ptn_json_text(text) : json_null();
}

static json_t *step_json(const struct ptn_step *s, bool deciding)
{
    char text[4096] = "";
    json_t *o = json_object();
    if (s->rule)
        ptn_rule_text(s->rule, text, sizeof(text));
    json_object_set_new(o, "family", text_or_null(s->chain ? ptn_table_word(s->chain->table->family) : NULL));
    json_object_set_new(o, "table", text_or_null(s->chain ? s->chain->table->name : NULL));
    json_object_set_new(o, "chain", text_or_null(s->chain ? s->chain->name : NULL));
    json_object_set_new(o, "handle",
                        s->rule && s->rule->handle ? json_integer((json_int_t)s->rule->handle) : json_null());
    json_object_set_new(o, "rule", text_or_null(text));
    json_object_set_new(o, "did", text_or_null(s->note));
    json_object_set_new(o, "decides", json_boolean(deciding));
    json_object_set_new(o, "maybe", json_boolean(s->maybe));
    return o;
}

static json_t *because(const struct ptn_outcome *o)
{
    struct way w;
    int r = way_of(&w, o);
    json_t *a = r < 0 ? NULL : json_array();
    for (size_t i = 0; a && i < w.n; i++)
        json_array_append_new(a, step_json(w.steps[i], w.steps[i] == w.deciding));
    free(w.steps);
    return a;
}

/* Where it goes in the end; null if nowhere, or if that is not known. */
static json_t *ends_at(const struct ptn_outcome *o)
{
    char address[PTN_ADDR_TEXT];
    if (o->answer != PTN_ANSWER_ACCEPT)
        return json_null();
    json_t *j = json_object();
    json_object_set_new(j, "address", text_or_null(o->to.family ? ptn_addr_format(&o->to, address) : NULL));
    json_object_set_new(j, "port", o->to_port >= 0 ? json_integer(o->to_port) : json_null());
    json_object_set_new(j, "by", text_or_null(o->local ? NULL : o->oif));
    json_object_set_new(j, "moved", json_boolean(o->moved));
    return j;
}

json_t *ptn_part_json(const struct ptn_part *p)
{
    const struct ptn_outcome *o = p->outcome;
    char only[PTN_PART_TEXT];
    json_t *j = json_object();
    json_object_set_new(j, "answer", json_string(ptn_answer_word(o->answer)));
    json_object_set_new(j, "reject_with", text_or_null(o->answer == PTN_ANSWER_REJECT ? o->reject_with : NULL));
    json_object_set_new(j, "doubt", text_or_null(o->answer == PTN_ANSWER_UNKNOWN ? o->doubt_why : NULL));
    json_object_set_new(j, "only", text_or_null(ptn_part_text(p, only)));
    json_object_set_new(j, "place", text_or_null(p->place));
    json_object_set_new(j, "in", text_or_null(p->in));
    json_object_set_new(j, "ends_at", ends_at(o));
    json_object_set_new(j, "because", because(o));
    return j;
}
