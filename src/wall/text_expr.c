/* Expressions in nft's own words: nft(8), section EXPRESSIONS. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "json.h"

/* ---- putting ------------------------------------------------------------------------------------------------------
 */

static void put(struct ptn_nft_text *t, char c)
{
    if (t->at + 1 < t->end)
        *t->at++ = c;
    else
        t->cut = true;
    *t->at = '\0';
}

void ptn_nft_say(struct ptn_nft_text *t, const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p && !t->cut; p++) {
        if (*p >= '\t' && *p <= '\r') { /* text over several lines */
            if (p == (const unsigned char *)text || p[-1] > ' ')
                put(t, ' ');
        } else if (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0) { /* the control characters beyond ASCII */
            put(t, '?');
            p++;
        } else {
            put(t, *p < ' ' || *p == 0x7f ? '?' : (char)*p);
        }
    }
}

void ptn_nft_say_quoted(struct ptn_nft_text *t, const char *text)
{
    put(t, '"');
    ptn_nft_say(t, text);
    put(t, '"');
}

void ptn_nft_say_number(struct ptn_nft_text *t, int64_t n)
{
    char buf[32];
    snprintf(buf, sizeof(buf), "%" PRId64, n);
    ptn_nft_say(t, buf);
}

static void say_hex(struct ptn_nft_text *t, int64_t n, int digits)
{
    char buf[32];
    snprintf(buf, sizeof(buf), "0x%0*" PRIx64, digits, n);
    ptn_nft_say(t, buf);
}

static void say_time(struct ptn_nft_text *t, int64_t seconds)
{
    static const struct {
        int64_t size;
        const char *word;
    } units[] = {{86400, "d"}, {3600, "h"}, {60, "m"}, {1, "s"}};
    if (seconds == 0)
        ptn_nft_say(t, "0s");
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); seconds %= units[i++].size)
        if (seconds / units[i].size) {
            ptn_nft_say_number(t, seconds / units[i].size);
            ptn_nft_say(t, units[i].word);
        }
}

static void say_member(struct ptn_nft_text *t, const struct ptn_json *body, const char *key, const char *before)
{
    const struct ptn_json *j = ptn_json_get(body, key);
    if (!j)
        return;
    ptn_nft_say(t, before);
    ptn_nft_say_expr(t, j, NULL, PTN_NFT_DEPTH);
}

/* ---- values -------------------------------------------------------------------------------------------------------
 */

enum style { PLAIN, QUOTED, INTERFACE, MARK, HEX, HEX2, HEX4, SECONDS };

/* What an expression is compared with looks like this. */
static const struct {
    const char *kind, *member, *word;
    enum style style;
} styles[] = {
    {"payload", "base", NULL, HEX},       {"payload", "field", "flags", HEX2}, {"payload", "field", "dscp", HEX2},
    {"meta", "key", "mark", MARK},        {"meta", "key", "iif", INTERFACE},   {"meta", "key", "oif", INTERFACE},
    {"meta", "key", "sdif", INTERFACE},   {"meta", "key", "iifname", QUOTED},  {"meta", "key", "oifname", QUOTED},
    {"meta", "key", "sdifname", QUOTED},  {"meta", "key", "ibrname", QUOTED},  {"meta", "key", "obrname", QUOTED},
    {"meta", "key", "iifkind", QUOTED},   {"meta", "key", "oifkind", QUOTED},  {"meta", "key", "iifgroup", QUOTED},
    {"meta", "key", "oifgroup", QUOTED},  {"meta", "key", "time", QUOTED},     {"meta", "key", "hour", QUOTED},
    {"meta", "key", "day", QUOTED},       {"ct", "key", "mark", MARK},         {"ct", "key", "helper", QUOTED},
    {"ct", "key", "expiration", SECONDS}, {"fib", "result", "oif", INTERFACE}, {"fib", "result", "oifname", QUOTED},
    {"meta", "key", "protocol", HEX4},    {"socket", "key", "mark", MARK},     {"socket", "key", "cgroupv2", QUOTED},
    {"osf", "key", "name", QUOTED},
};

static bool is_bits(const char *kind)
{
    static const char *const kinds[] = {"&", "|", "^", "<<", ">>"};
    for (size_t i = 0; kind && i < sizeof(kinds) / sizeof(*kinds); i++)
        if (strcmp(kinds[i], kind) == 0)
            return true;
    return false;
}

static enum style style_of(const struct ptn_json *like)
{
    const struct ptn_json *body;
    const char *kind = ptn_json_only(like, &body);
    for (unsigned depth = 0; is_bits(kind) && depth < PTN_NFT_DEPTH; depth++)
        kind = ptn_json_only(ptn_json_at(body, 0), &body);
    for (size_t i = 0; kind && i < sizeof(styles) / sizeof(*styles); i++) {
        const struct ptn_json *member = strcmp(styles[i].kind, kind) ? NULL : ptn_json_get(body, styles[i].member);
        if (member && (!styles[i].word || ptn_json_equals(member, styles[i].word)))
            return styles[i].style;
    }
    return PLAIN;
}

static void say_string(struct ptn_nft_text *t, const char *text, enum style style)
{
    bool digits = *text && strspn(text, "0123456789") == strlen(text);
    if (*text != '@' && (style == QUOTED || (style == INTERFACE && !digits)))
        ptn_nft_say_quoted(t, text);
    else
        ptn_nft_say(t, text);
}

static void say_number(struct ptn_nft_text *t, int64_t n, enum style style)
{
    static const uint8_t digits[] = {[MARK] = 8, [HEX] = 1, [HEX2] = 2, [HEX4] = 4, [SECONDS] = 0};
    if (style == SECONDS)
        say_time(t, n);
    else if (digits[style])
        say_hex(t, n, digits[style]);
    else
        ptn_nft_say_number(t, n);
}

/* ---- lists --------------------------------------------------------------------------------------------------------
 */

static void say_list(struct ptn_nft_text *t, const struct ptn_json *list, const char *between,
                     const struct ptn_json *like, unsigned depth)
{
    const char *sep = "";
    if (!ptn_json_is(list, PTN_JSON_ARRAY)) {
        ptn_nft_say_expr(t, list, like, depth);
        return;
    }
    PTN_JSON_EACH(item, list)
    {
        if (t->cut)
            return;
        ptn_nft_say(t, sep);
        ptn_nft_say_expr(t, item, like, depth);
        sep = between;
    }
}

static void say_concat(struct ptn_nft_text *t, const struct ptn_json *list, const struct ptn_json *like, unsigned depth)
{
    const struct ptn_json *likes = ptn_json_get(like, "concat");
    uint32_t i = 0;
    if (!ptn_json_is(list, PTN_JSON_ARRAY))
        return;
    PTN_JSON_EACH(item, list)
    {
        ptn_nft_say(t, i ? " . " : "");
        ptn_nft_say_expr(t, item, ptn_json_at(likes, i++), depth);
    }
}

/* Elements of a set; of a map each is a pair. */
static void say_set(struct ptn_nft_text *t, const struct ptn_json *list, const struct ptn_json *like,
                    const struct ptn_json *like_data, unsigned depth)
{
    const char *sep = "{ ";
    if (!ptn_json_is(list, PTN_JSON_ARRAY)) {
        ptn_nft_say_expr(t, list, NULL, depth);
        return;
    }
    PTN_JSON_EACH(item, list)
    {
        if (t->cut)
            return;
        ptn_nft_say(t, sep);
        sep = ", ";
        if (!ptn_json_is(item, PTN_JSON_ARRAY)) {
            ptn_nft_say_expr(t, item, like, depth);
            continue;
        }
        ptn_nft_say_expr(t, ptn_json_at(item, 0), like, depth);
        ptn_nft_say(t, " : ");
        ptn_nft_say_expr(t, ptn_json_at(item, 1), like_data, depth);
    }
    ptn_nft_say(t, list->len ? " }" : "{ }");
}

/* How tightly an operator binds; 0: it is none. */
static int tightness(const struct ptn_json *j)
{
    const struct ptn_json *body;
    const char *op = ptn_json_only(j, &body);
    return !is_bits(op) ? 0 : *op == '|' ? 1 : *op == '^' ? 2 : *op == '&' ? 3 : 4;
}

/* One operand; `like` is what a constant is printed like. */
static void say_operand(struct ptn_nft_text *t, const struct ptn_json *item, const struct ptn_json *like, bool brackets,
                        unsigned depth)
{
    ptn_nft_say(t, brackets ? "(" : "");
    if (ptn_json_is(item, PTN_JSON_ARRAY))
        say_list(t, item, " | ", like, depth);
    else
        ptn_nft_say_expr(t, item, like, depth);
    ptn_nft_say(t, brackets ? ")" : "");
}

/* x & 0xff, and flags: fin | syn (then `like` is what they are compared with). */
static void say_bits(struct ptn_nft_text *t, const struct ptn_json *j, const struct ptn_json *like, unsigned depth)
{
    const struct ptn_json *args, *first;
    const char *op = ptn_json_only(j, &args);
    const int tight = tightness(j);
    if (!op || !(first = ptn_json_at(args, 0)))
        return;
    const struct ptn_json *constant = tight == 4 ? NULL : like ? like : first;
    say_operand(t, first, like, tightness(first) && tightness(first) < tight, depth);
    for (uint32_t i = 1; i < args->len && !t->cut; i++) {
        const struct ptn_json *item = ptn_json_at(args, i);
        ptn_nft_say(t, " ");
        ptn_nft_say(t, op);
        ptn_nft_say(t, " ");
        say_operand(t, item, constant, tightness(item) || ptn_json_is(item, PTN_JSON_ARRAY), depth);
    }
}

/* ---- what a rule looks at -----------------------------------------------------------------------------------------
 */

static void say_payload(struct ptn_nft_text *t, const struct ptn_json *body)
{
    const char *base = ptn_json_text(ptn_json_get(body, "base"));
    if (base)
        ptn_nft_say(t, "@");
    say_member(t, body, base ? "base" : "protocol", "");
    say_member(t, body, base ? "offset" : "field", base ? "," : " ");
    if (base)
        say_member(t, body, "len", ",");
}

static void say_meta(struct ptn_nft_text *t, const struct ptn_json *body)
{
    static const char *const bare[] = {"iif", "oif", "iifname", "oifname", "iifgroup", "oifgroup"};
    const char *word = "meta ";
    for (size_t i = 0; i < sizeof(bare) / sizeof(*bare); i++)
        if (ptn_json_equals(ptn_json_get(body, "key"), bare[i]))
            word = "";
    say_member(t, body, "key", word);
}

static void say_ct(struct ptn_nft_text *t, const struct ptn_json *body)
{
    const struct ptn_json *key = ptn_json_get(body, "key");
    const bool bare = ptn_json_equals(key, "saddr") || ptn_json_equals(key, "daddr");
    say_member(t, body, "dir", "ct ");
    ptn_nft_say(t, ptn_json_get(body, "dir") ? " " : "ct ");
    if (bare && t->family == PTN_TABLE_IP)
        ptn_nft_say(t, "ip ");
    if (bare && t->family == PTN_TABLE_IP6)
        ptn_nft_say(t, "ip6 ");
    say_member(t, body, "key", "");
}

static void say_fib(struct ptn_nft_text *t, const struct ptn_json *body)
{
    ptn_nft_say(t, "fib ");
    say_list(t, ptn_json_get(body, "flags"), " . ", NULL, PTN_NFT_DEPTH);
    say_member(t, body, "result", " ");
}

static void say_option(struct ptn_nft_text *t, const char *kind, const struct ptn_json *body)
{
    const bool exthdr = strcmp(kind, "exthdr") == 0;
    if (!exthdr || !ptn_json_get(body, "field")) {
        ptn_nft_say(t, kind);
        ptn_nft_say(t, " ");
    }
    if (ptn_json_get(body, "base")) {
        say_member(t, body, "base", "@");
        say_member(t, body, "offset", ",");
        say_member(t, body, "len", ",");
        return;
    }
    say_member(t, body, "name", "");
    say_member(t, body, "field", " ");
}

static void say_numgen(struct ptn_nft_text *t, const struct ptn_json *body)
{
    say_member(t, body, "mode", "numgen ");
    say_member(t, body, "mod", " mod ");
    if (ptn_json_number(ptn_json_get(body, "offset"), INT64_MAX) > 0)
        say_member(t, body, "offset", " offset ");
}

static void say_hash(struct ptn_nft_text *t, const char *kind, const struct ptn_json *body, unsigned depth)
{
    const struct ptn_json *expr = ptn_json_get(body, "expr");
    int64_t seed = ptn_json_number(ptn_json_get(body, "seed"), INT64_MAX);
    ptn_nft_say(t, kind);
    ptn_nft_say(t, expr ? " " : "");
    if (expr)
        ptn_nft_say_expr(t, expr, NULL, depth);
    say_member(t, body, "mod", " mod ");
    if (seed >= 0) {
        ptn_nft_say(t, " seed ");
        say_hex(t, seed, 1);
    }
    if (ptn_json_number(ptn_json_get(body, "offset"), INT64_MAX) > 0)
        say_member(t, body, "offset", " offset ");
}

/* "socket transparent", "osf ttl skip name", "rt ip nexthop", "ipsec in reqid": words before the key. */
static void say_words(struct ptn_nft_text *t, const char *kind, const struct ptn_json *body)
{
    ptn_nft_say(t, kind);
    say_member(t, body, "dir", " ");
    if (ptn_json_number(ptn_json_get(body, "spnum"), INT64_MAX) > 0)
        say_member(t, body, "spnum", " spnum ");
    say_member(t, body, "ttl", " ttl ");
    say_member(t, body, "family", " ");
    say_member(t, body, "key", " ");
    say_member(t, body, "level", " level ");
}

static void say_elem(struct ptn_nft_text *t, const struct ptn_json *body, const struct ptn_json *like, unsigned depth)
{
    const char *comment = ptn_json_text(ptn_json_get(body, "comment"));
    int64_t timeout = ptn_json_number(ptn_json_get(body, "timeout"), INT64_MAX);
    if (ptn_json_get(body, "val"))
        ptn_nft_say_expr(t, ptn_json_get(body, "val"), like, depth);
    if (timeout >= 0) {
        ptn_nft_say(t, " timeout ");
        say_time(t, timeout);
    }
    if (comment) {
        ptn_nft_say(t, " comment ");
        ptn_nft_say_quoted(t, comment);
    }
}

/* ---- all of them
 * ------------------------------------------------------------------------------------------------------ */

static void say_compound(struct ptn_nft_text *t, const char *kind, const struct ptn_json *body,
                         const struct ptn_json *like, unsigned depth)
{
    if (strcmp(kind, "prefix") == 0) {
        ptn_nft_say_expr(t, ptn_json_get(body, "addr"), like, depth);
        say_member(t, body, "len", "/");
    } else if (strcmp(kind, "range") == 0) {
        say_list(t, body, "-", like, depth);
    } else if (strcmp(kind, "concat") == 0) {
        say_concat(t, body, like, depth);
    } else if (strcmp(kind, "set") == 0) {
        say_set(t, body, like, NULL, depth);
    } else if (strcmp(kind, "map") == 0) {
        const struct ptn_json *key = ptn_json_get(body, "key"), *data = ptn_json_get(body, "data");
        ptn_nft_say_expr(t, key, NULL, depth);
        ptn_nft_say(t, " map ");
        say_set(t, ptn_json_get(data, "set") ? ptn_json_get(data, "set") : data, key, like, depth);
    } else if (strcmp(kind, "elem") == 0) {
        say_elem(t, body, like, depth);
    } else {
        ptn_nft_say(t, kind);
        say_member(t, body, "target", " ");
    }
}

static bool say_look(struct ptn_nft_text *t, const char *kind, const struct ptn_json *body, unsigned depth)
{
    static const struct {
        const char *kind;
        void (*say)(struct ptn_nft_text *, const struct ptn_json *body);
    } looks[] = {
        {"payload", say_payload}, {"meta", say_meta}, {"ct", say_ct}, {"fib", say_fib}, {"numgen", say_numgen}};
    static const char *const options[] = {"exthdr", "tcp option", "ip option", "sctp chunk"};
    static const char *const words[] = {"socket", "osf", "rt", "ipsec"};
    for (size_t i = 0; i < sizeof(looks) / sizeof(*looks); i++)
        if (strcmp(looks[i].kind, kind) == 0)
            return looks[i].say(t, body), true;
    for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
        if (strcmp(options[i], kind) == 0)
            return say_option(t, kind, body), true;
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (strcmp(words[i], kind) == 0)
            return say_words(t, kind, body), true;
    if (strcmp(kind, "jhash") == 0 || strcmp(kind, "symhash") == 0)
        return say_hash(t, kind, body, depth), true;
    return false;
}

void ptn_nft_say_expr(struct ptn_nft_text *t, const struct ptn_json *j, const struct ptn_json *like, unsigned depth)
{
    const struct ptn_json *body;
    const char *kind = ptn_json_only(j, &body);
    if (!j || t->cut)
        return;
    if (depth > 2 * PTN_NFT_DEPTH) {
        ptn_nft_say(t, "...");
    } else if (j->kind == PTN_JSON_STRING) {
        say_string(t, j->text, style_of(like));
    } else if (j->kind == PTN_JSON_NUMBER) {
        say_number(t, j->number, style_of(like));
    } else if (j->kind == PTN_JSON_TRUE || j->kind == PTN_JSON_FALSE) {
        ptn_nft_say(t, j->kind == PTN_JSON_TRUE ? "exists" : "missing");
    } else if (j->kind == PTN_JSON_ARRAY) {
        say_list(t, j, ",", like, depth + 1);
    } else if (is_bits(kind)) {
        say_bits(t, j, like, depth + 1);
    } else if (kind && !say_look(t, kind, body, depth + 1)) {
        say_compound(t, kind, body, like, depth + 1);
    }
}
