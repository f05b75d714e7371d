#include "search.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* What a word is worth by where it stands. */
enum {
    IN_NAME_WHOLE = 60,
    IN_ALIAS_WHOLE = 50,
    IN_NAME = 25,
    IN_TITLE_WORD = 22,
    IN_TITLE = 12,
    NEARLY = 9,
    IN_ADVICE = 4
};

static bool is_letter(char c)
{
    c = ptn_name_fold(c);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Whether text holds the word; *whole tells that it stands alone there. */
static bool holds(const char *text, const char *word, bool *whole)
{
    size_t len = strlen(word);
    *whole = false;
    bool found = false;
    for (const char *p = text; *p && !*whole; p++) {
        size_t i = 0;
        while (i < len && p[i] && ptn_name_fold(p[i]) == ptn_name_fold(word[i]))
            i++;
        if (i < len)
            continue;
        found = true;
        *whole = (p == text || !is_letter(p[-1])) && !is_letter(p[len]);
    }
    return found;
}

static unsigned best_of(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

static unsigned name_score(const char *name, size_t name_len, const char *word, unsigned whole_score)
{
    size_t len = strlen(word);
    char z[64];
    bool whole;
    if (name_len >= sizeof(z))
        return 0;
    memcpy(z, name, name_len);
    z[name_len] = '\0';
    if (ptn_name_compare(z, word) == 0)
        return whole_score;
    if (len >= 3 && holds(z, word, &whole))
        return IN_NAME;
    unsigned limit = len < 4 ? 0 : len < 7 ? 1 : 2;
    return limit && ptn_name_distance(z, name_len, word, len, limit) <= limit ? NEARLY : 0;
}

/* The word nearly spelled in the title ("desktpo"). */
static bool nearly_in(const char *title, const char *word)
{
    const char *w;
    size_t len = strlen(word);
    unsigned limit = len < 5 ? 0 : len < 8 ? 1 : 2;
    for (size_t n; limit && (n = ptn_next_word(&title, &w)) > 0;)
        if (ptn_name_distance(w, n, word, len, limit) <= limit)
            return true;
    return false;
}

static unsigned word_score(struct ptn_service s, const char *word)
{
    static const enum ptn_field names[] = {PTN_FIELD_ALIAS, PTN_FIELD_PROCESS};
    static const enum ptn_field advice[] = {PTN_FIELD_WHY,   PTN_FIELD_DO,   PTN_FIELD_SEEN,
                                            PTN_FIELD_KNOCK, PTN_FIELD_NOTE, PTN_FIELD_INSTEAD};
    const char *name = ptn_service_name(s), *title = ptn_service_title(s), *w;
    bool whole;
    unsigned score = name_score(name, strlen(name), word, IN_NAME_WHOLE);
    for (size_t i = 0; i < 2; i++) {
        const char *at = ptn_service_field(s, names[i], 0);
        for (size_t n; at && (n = ptn_next_word(&at, &w)) > 0;)
            score = best_of(score, name_score(w, n, word, IN_ALIAS_WHOLE));
    }
    if (holds(title, word, &whole))
        score = best_of(score, whole ? IN_TITLE_WORD : IN_TITLE);
    else if (!score && nearly_in(title, word))
        score = NEARLY;
    for (size_t i = 0; !score && i < sizeof(advice) / sizeof(advice[0]); i++) {
        const char *v = ptn_service_field(s, advice[i], 0);
        if (v && strlen(word) >= 3 && holds(v, word, &whole))
            score = whole ? IN_ADVICE : IN_ADVICE - 1;
    }
    return score;
}

/* 0 if a word is missing. */
static unsigned service_score(struct ptn_service s, const struct ptn_search *q)
{
    unsigned score = 1;
    for (size_t i = 0; i < q->n_words; i++) {
        unsigned one = word_score(s, q->words[i]);
        if (!one)
            return 0;
        score += one;
    }
    return score;
}

/* ---- hits ------------------------------------------------------------------------------------------- */

struct search {
    const struct ptn_chart *chart;
    const struct ptn_search *query;
    struct ptn_hit *out;
    size_t n, max;
    unsigned score;
    struct ptn_service service;
};

static bool better(const struct ptn_hit *a, const struct ptn_hit *b)
{
    if (a->score != b->score)
        return a->score > b->score;
    if (a->claim.lo != b->claim.lo)
        return a->claim.lo < b->claim.lo;
    return a->proto < b->proto;
}

static void insert(struct search *s, const struct ptn_hit *hit)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->out[i].claim.lo == hit->claim.lo && s->out[i].proto == hit->proto &&
            ptn_service_same(s->out[i].claim.service, hit->claim.service))
            return;
    size_t at = s->n < s->max ? s->n++ : s->max;
    if (at == s->max && !better(hit, &s->out[--at]))
        return;
    for (; at > 0 && better(hit, &s->out[at - 1]); at--)
        s->out[at] = s->out[at - 1];
    s->out[at] = *hit;
}

/* The claim as a lookup would rank it: the lookup decides what is registered and what the site says. */
static int take_claim(void *ctx, const struct ptn_book_claim *c)
{
    struct search *s = ctx;
    const struct ptn_search *q = s->query;
    struct ptn_claim claims[PTN_CLAIMS_MAX];
    if ((q->proto >= 0 && q->proto != c->proto) || c->lo > q->hi || c->hi < q->lo)
        return 0;
    int n = ptn_chart_lookup(s->chart, c->lo, c->proto, claims, PTN_CLAIMS_MAX);
    for (int i = 0; i < n; i++) {
        struct ptn_hit hit = {.claim = claims[i], .proto = c->proto, .score = s->score};
        if (!ptn_service_same(claims[i].service, s->service) ||
            (q->rating != PTN_RATING_NONE && claims[i].rating != q->rating) ||
            (q->kind >= 0 ? (int)claims[i].kind != q->kind : claims[i].kind == PTN_KIND_MALWARE && !q->n_words))
            continue;
        /* the judged before the merely registered, a service's own port before where else it is found */
        hit.score = hit.score * 8 + (claims[i].rating ? 4 : 0) + (claims[i].own ? 2 : 0) +
                    (claims[i].kind < PTN_KIND_HISTORICAL);
        insert(s, &hit);
    }
    return 0;
}

int ptn_chart_search(const struct ptn_chart *c, const struct ptn_search *q, struct ptn_hit *out, size_t max)
{
    struct search s = {.chart = c, .query = q, .out = out, .max = max};
    for (int layer = 0; layer < PTN_LAYERS && max; layer++) {
        const struct ptn_book *b = ptn_chart_book(c, layer);
        /* claims stand in the order of their entries */
        for (uint32_t i = 0, last = UINT32_MAX; b && i < b->header->n_claims; i++) {
            const struct ptn_book_claim *claim = &b->claims[i];
            if (claim->entry != last) {
                last = claim->entry;
                s.service = (struct ptn_service){.book = b, .index = last};
                s.score = b->entries[last].type == PTN_ENTRY_SOURCE ? 0 : service_score(s.service, q);
            }
            if (s.score && claim->how != PTN_HOW_SET_ASIDE)
                take_claim(&s, claim);
        }
    }
    return (int)s.n;
}
