#include "words.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "wall.h"

#define RANGES_SHOWN 4

const char *ptn_table_word(enum ptn_table_family family)
{
    static const char *const words[] = {"ip", "ip6", "inet", "netdev"};
    return words[family];
}

/* ---- steps ----------------------------------------------------------------------------------------------------- */

static bool filters(const struct ptn_step *s)
{
    return s->chain && s->chain->type == PTN_CHAIN_FILTER;
}

static const struct ptn_step *doubted(const struct ptn_outcome *o, struct ptn_step *room)
{
    for (const struct ptn_step *s = o->way; s; s = s->before)
        if (s->rule == o->doubt)
            return s;
    *room = (struct ptn_step){.chain = o->doubt->chain, .rule = o->doubt, .maybe = true, .note = "not decided"};
    return room;
}

const struct ptn_step *ptn_deciding_step(const struct ptn_outcome *o, struct ptn_step *room)
{
    const struct ptn_step *last = NULL;
    if (o->answer == PTN_ANSWER_UNKNOWN && o->doubt)
        return doubted(o, room);
    if (o->answer != PTN_ANSWER_ACCEPT)
        return o->way;
    for (const struct ptn_step *s = o->way; s; s = s->before) {
        if (filters(s) && s->rule && s->note && strcmp(s->note, "accept") == 0)
            return s;
        last = last ? last : filters(s) ? s : NULL;
    }
    return last ? last : o->way;
}

const char *ptn_step_place(const struct ptn_step *s, char out[static PTN_STEP_PLACE])
{
    const struct ptn_table *t = s->chain ? s->chain->table : NULL;
    char where[32] = "";
    if (s->rule && s->rule->handle)
        snprintf(where, sizeof(where), " handle %llu", (unsigned long long)s->rule->handle);
    else if (s->rule)
        snprintf(where, sizeof(where), " rule %u", s->rule->index);
    if (t)
        snprintf(out, PTN_STEP_PLACE, "%s %.70s %.70s%s", ptn_table_word(t->family), t->name, s->chain->name, where);
    else
        strcpy(out, "kernel");
    return out;
}

/* Whether a rule's own words say what it did: "--to-destination 10.0.0.2:80" says "dnat to 10.0.0.2:80". */
static bool says(const char *rule, const char *note)
{
    const char *last = strrchr(note, ' ');
    return strcasestr(rule, last ? last + 1 : note);
}

const char *ptn_step_rule(const struct ptn_step *s, char *out, size_t size)
{
    const char *note = s->note ? s->note : "";
    if (!s->rule) {
        snprintf(out, size, "%s%s", s->chain && !strstr(note, "policy") ? "policy " : "", note);
        return out;
    }
    ptn_rule_text(s->rule, out, size);
    size_t n = strlen(out);
    if (*note && !says(out, note) && n < size)
        snprintf(out + n, size - n, "  -> %s", note);
    return out;
}

const char *ptn_step_text(const struct ptn_step *s, char out[static PTN_STEP_TEXT])
{
    char place[PTN_STEP_PLACE], rule[400];
    snprintf(out, PTN_STEP_TEXT, "%s: %s", ptn_step_place(s, place), ptn_step_rule(s, rule, sizeof(rule)));
    return out;
}

/* ---- numbers --------------------------------------------------------------------------------------------------- */

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
