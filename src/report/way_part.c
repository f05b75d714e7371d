/* The parts of an answered question, and what tells them apart. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/grow.h"
#include "base/text.h"
#include "way.h"

/* ---- gathering -------------------------------------------------------------------------------------------------- */

static bool same_end(const struct ptn_outcome *a, const struct ptn_outcome *b)
{
    struct ptn_step room[2];
    const struct ptn_step *x = ptn_deciding_step(a, &room[0]), *y = ptn_deciding_step(b, &room[1]);
    if (a->answer != b->answer || a->doubt != b->doubt || !ptn_outcome_alike(a, b))
        return false;
    if (!x || !y || x->rule != y->rule || x->chain != y->chain)
        return x == y || (x && y && !x->chain && !y->chain && strcmp(x->note, y->note) == 0);
    return true;
}

static void forget(struct ptn_part *p, int field)
{
    p->whole |= UINT64_C(1) << field;
    ptn_ranges_unref(p->only[field]);
    p->only[field] = NULL;
}

static int widen_field(struct ptn_part *p, int f, const struct ptn_ranges *box)
{
    const struct ptn_ranges *all = p->question->field[f];
    int r = 0;
    if (p->whole >> f & 1)
        return 0;
    if (!all || !box || box == all || box->width != all->width || ptn_ranges_equal(box, all)) {
        forget(p, f);
        return 0;
    }
    if (!p->only[f] && !(p->only[f] = ptn_ranges_none(box->width)))
        return -ENOMEM;
    for (uint32_t i = 0; i < box->n && r == 0; i++)
        r = ptn_ranges_append(&p->only[f], ptn_ranges_lo(box, i), ptn_ranges_hi(box, i));
    return r;
}

static int widen(struct ptn_part *p, const struct ptn_outcome *o)
{
    int r = 0;
    for (int f = 0; f < PTN_PKT_COUNT && r == 0; f++)
        r = widen_field(p, f, o->box.field[f]);
    return r;
}

static struct ptn_part *part_for(struct ptn_parts *p, size_t first, const struct ptn_part *add,
                                 const struct ptn_outcome *o)
{
    for (size_t i = first; i < p->n; i++)
        if (same_end(p->items[i].outcome, o))
            return &p->items[i];
    if (ptn_grow(&p->items, p->n, &p->room, sizeof(*p->items)) < 0)
        return NULL;
    p->items[p->n] = *add;
    p->items[p->n].outcome = o;
    return &p->items[p->n++];
}

int ptn_parts_add(struct ptn_parts *p, const struct ptn_flow *question, const struct ptn_answers *answers,
                  const struct ptn_part *add)
{
    struct ptn_part fresh = {.question = question, .in = add->in, .place = add->place};
    size_t first = p->n;
    for (size_t i = 0; i < answers->n; i++) {
        struct ptn_part *part = part_for(p, first, &fresh, &answers->items[i]);
        if (!part || widen(part, &answers->items[i]) < 0)
            return -ENOMEM;
    }
    for (size_t i = first; i < p->n; i++)
        for (int f = 0; f < PTN_PKT_COUNT; f++) {
            if (p->items[i].only[f])
                ptn_ranges_sort(p->items[i].only[f]);
            if (p->items[i].only[f] && ptn_ranges_equal(p->items[i].only[f], question->field[f]))
                forget(&p->items[i], f);
        }
    return 0;
}

void ptn_parts_release(struct ptn_parts *p)
{
    for (size_t i = 0; i < p->n; i++)
        for (int f = 0; f < PTN_PKT_COUNT; f++)
            ptn_ranges_unref(p->items[i].only[f]);
    free(p->items);
    *p = (struct ptn_parts){0};
}

bool ptn_parts_limited(const struct ptn_parts *p)
{
    bool accepts = false, refuses = false;
    for (size_t i = 0; i < p->n; i++) {
        enum ptn_answer a = p->items[i].outcome->answer;
        accepts |= a == PTN_ANSWER_ACCEPT;
        refuses |= a != PTN_ANSWER_ACCEPT;
        for (int f = 0; f < PTN_PKT_COUNT; f++)
            if (p->items[i].only[f] && f != PTN_PKT_SADDR)
                return false;
        if (a == PTN_ANSWER_UNKNOWN)
            return false;
    }
    return accepts && refuses;
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

static const char *field_word(int f)
{
    static const struct {
        enum ptn_pkt field;
        const char *word;
    } words[] = {{PTN_PKT_SADDR, "from"}, {PTN_PKT_DADDR, "to"},      {PTN_PKT_SPORT, "source port"},
                 {PTN_PKT_DPORT, "port"}, {PTN_PKT_SKUID, "by user"}, {PTN_PKT_SKGID, "by group"}};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if ((int)words[i].field == f)
            return words[i].word;
    return ptn_pkt_word((enum ptn_pkt)f);
}

/* "from 10.0.0.0/8", or, where that is shorter, "from all but 192.0.2.9". */
static char *put_field(char *at, const char *end, const struct ptn_part *p, int f)
{
    const struct ptn_ranges *only = p->only[f];
    bool addresses = f == PTN_PKT_SADDR || f == PTN_PKT_DADDR;
    struct ptn_ranges *rest = ptn_ranges_without(p->question->field[f], only);
    bool short_rest = rest && rest->n < only->n;
    at = ptn_put(ptn_put(at, end, field_word(f)), end, short_rest ? " all but " : " ");
    ptn_ranges_text(short_rest ? rest : only, addresses, at, (size_t)(end - at));
    at += strlen(at);
    ptn_ranges_unref(rest);
    return at;
}

const char *ptn_part_text(const struct ptn_part *p, char out[static PTN_PART_TEXT])
{
    static const int order[] = {PTN_PKT_SADDR, PTN_PKT_DADDR, PTN_PKT_DPORT, PTN_PKT_SPORT};
    uint64_t told = 0;
    char *at = out;
    const char *end = out + PTN_PART_TEXT;
    *out = '\0';
    for (int i = 0; i < 4 + PTN_PKT_COUNT; i++) {
        int f = i < 4 ? order[i] : i - 4;
        if (!p->only[f] || told >> f & 1)
            continue;
        told |= UINT64_C(1) << f;
        at = put_field(ptn_put(at, end, at > out ? ", " : ""), end, p, f);
    }
    return out;
}
