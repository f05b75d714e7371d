/* The parts of an answered question, and what tells them apart. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/text.h"
#include "wall/diff.h"
#include "way.h"

#define RANGES_SHOWN 4

/* ---- gathering -------------------------------------------------------------------------------------------------- */

static bool same_end(const struct ptn_outcome *a, const struct ptn_outcome *b)
{
    struct ptn_step room[2];
    const struct ptn_step *x = ptn_way_deciding(a, &room[0]), *y = ptn_way_deciding(b, &room[1]);
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
    if (p->n == p->room) {
        size_t room = p->room ? p->room * 2 : 8;
        struct ptn_part *more = reallocarray(p->items, room, sizeof(*more));
        if (!more)
            return NULL;
        p->items = more;
        p->room = room;
    }
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

static uint64_t number(const uint8_t *at, uint8_t width)
{
    uint64_t n = 0;
    for (uint8_t i = 0; i < width; i++)
        n = n << 8 | at[i];
    return n;
}

/* How many leading bits lo and hi share, if the others are 0 in lo and 1 in hi; else -1. */
static int prefix_of(const uint8_t *lo, const uint8_t *hi, uint8_t width)
{
    int bits = 0, all = width * 8;
    while (bits < all && ((lo[bits / 8] ^ hi[bits / 8]) >> (7 - bits % 8) & 1) == 0)
        bits++;
    for (int i = bits; i < all; i++)
        if ((lo[i / 8] >> (7 - i % 8) & 1) || !(hi[i / 8] >> (7 - i % 8) & 1))
            return -1;
    return bits;
}

static char *put_address(char *at, const char *end, const uint8_t *bytes, uint8_t width)
{
    char text[INET6_ADDRSTRLEN] = "?";
    inet_ntop(width == 4 ? AF_INET : AF_INET6, bytes, text, sizeof(text));
    return ptn_put(at, end, text);
}

static char *put_range(char *at, const char *end, const uint8_t *lo, const uint8_t *hi, uint8_t width, bool address)
{
    int prefix = address ? prefix_of(lo, hi, width) : -1;
    bool one = memcmp(lo, hi, width) == 0;
    if (width == 16 && !address) {
        char name[17] = "";
        memcpy(name, lo, 16);
        return ptn_put(ptn_put(at, end, name), end, one ? "" : "*");
    }
    at = address ? put_address(at, end, lo, width) : ptn_put_number(at, end, number(lo, width));
    if (one)
        return at;
    if (prefix >= 0)
        return ptn_put_number(ptn_put(at, end, "/"), end, (unsigned long)prefix);
    at = ptn_put(at, end, "-");
    return address ? put_address(at, end, hi, width) : ptn_put_number(at, end, number(hi, width));
}

static char *put_ranges(char *at, const char *end, const struct ptn_ranges *r, bool addresses)
{
    uint32_t shown = r->n > RANGES_SHOWN + 1 ? RANGES_SHOWN : r->n;
    if (r->n == 0)
        at = ptn_put(at, end, "nothing");
    for (uint32_t i = 0; i < shown; i++)
        at = put_range(ptn_put(at, end, i ? ", " : ""), end, ptn_ranges_lo(r, i), ptn_ranges_hi(r, i), r->width,
                       addresses);
    if (shown < r->n)
        at = ptn_put(ptn_put_number(ptn_put(at, end, " and "), end, r->n - shown), end, " more");
    return at;
}

const char *ptn_ranges_text(const struct ptn_ranges *r, bool addresses, char *out, size_t size)
{
    *out = '\0';
    put_ranges(out, out + size, r, addresses);
    return out;
}

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
    at = put_ranges(at, end, short_rest ? rest : only, addresses);
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
