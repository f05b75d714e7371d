#include "pairs.h"

#include <string.h>

#include "find.h"
#include "record.h"

#define KEY_MAX 64 /* longer than any product's key: what is longer is none */
#define BRACKETS_MAX 512

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_key(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.' || c == '/';
}

static struct ptn_slice trimmed(const char *from, const char *to)
{
    while (from < to && is_blank(*from))
        from++;
    while (to > from && is_blank(to[-1]))
        to--;
    return (struct ptn_slice){from, (size_t)(to - from)};
}

struct ptn_slice ptn_slice_from(struct ptn_slice text, const char *mark)
{
    const char *at = text.len ? ptn_find(text.at, text.len, mark, strlen(mark)) : NULL;
    return at ? (struct ptn_slice){at, (size_t)(text.at + text.len - at)} : (struct ptn_slice){0};
}

struct ptn_slice ptn_message_all(const struct ptn_message *m)
{
    uintptr_t line = (uintptr_t)m->line.at, text = (uintptr_t)m->text.at;
    bool within = text >= line && text - line <= m->line.len && m->text.len <= m->line.len - (text - line);
    return within || !m->text.len ? m->line : m->text;
}

void ptn_pairs_begin(struct ptn_pairs *p, const struct ptn_format *format, struct ptn_slice text)
{
    *p = (struct ptn_pairs){
        .at = text.at,
        .end = text.at + text.len,
        .separator = format->separator,
        .assign = format->assign ? format->assign : '=',
    };
}

static bool separates(const struct ptn_pairs *p, char c)
{
    if (!p->separator)
        return is_blank(c) || c == ',' || c == ';';
    return c == p->separator || (p->separator == PTN_PAIRS_FREE && is_blank(c));
}

/* Behind the closing quote, or NULL if it never comes: then it was no opening one. */
static const char *quote_end(const char *at, const char *end)
{
    char quote = *at++;
    for (; at < end; at++) {
        if (*at == '\\' && at + 1 < end) {
            at++;
        } else if (*at == quote) {
            if (at + 1 == end || at[1] != quote)
                return at + 1;
            at++;
        }
    }
    return NULL;
}

static const char *bracket_end(const char *at, const char *end)
{
    char open = *at, close = open == '{' ? '}' : ']';
    end = end - at > BRACKETS_MAX ? at + BRACKETS_MAX : end;
    for (unsigned depth = 0; at < end; at++) {
        if (*at == open)
            depth++;
        else if (*at == close && --depth == 0)
            return at + 1;
    }
    return NULL;
}

/* The value in quotes or brackets that begins at p->at. */
static bool enclosed(struct ptn_pairs *p, struct ptn_slice *ret)
{
    char open = p->at < p->end ? *p->at : '\0';
    bool quoted = open == '"' || open == '\'';
    if (p->separator == PTN_PAIRS_FREE || (!quoted && open != '{' && open != '['))
        return false;
    const char *behind = quoted ? quote_end(p->at, p->end) : bracket_end(p->at, p->end);
    if (!behind || (behind < p->end && !separates(p, *behind) && *behind != ']'))
        return false;
    *ret = quoted ? (struct ptn_slice){p->at + 1, (size_t)(behind - p->at - 2)}
                  : (struct ptn_slice){p->at, (size_t)(behind - p->at)};
    p->at = behind;
    return true;
}

/* Where the key that ends at `assign` begins; `assign` itself if that is no key. */
static const char *key_begin(const char *from, const char *assign)
{
    const char *at = assign;
    while (at > from && assign - at < KEY_MAX && (is_key(at[-1]) || at[-1] == '[' || at[-1] == ']'))
        at--;
    return at < assign && at > from && is_blank(at[-1]) ? at : assign;
}

/* In CEF a value ends where blanks and a key with its '=' follow. */
static const char *free_end(const struct ptn_pairs *p)
{
    const char *from = p->at, *at = p->at;
    while ((at = memchr(at, p->assign, (size_t)(p->end - at)))) {
        const char *key = at > from && at[-1] == '\\' ? at : key_begin(from, at);
        if (key < at)
            return key;
        at++;
    }
    return p->end;
}

static const char *plain_end(const struct ptn_pairs *p)
{
    if (p->separator == PTN_PAIRS_FREE)
        return free_end(p);
    if (p->separator) {
        const char *to = memchr(p->at, p->separator, (size_t)(p->end - p->at));
        return to ? to : p->end;
    }
    const char *at = p->at;
    while (at < p->end && !is_blank(*at))
        at++;
    return at;
}

/* "time=12:00:01,src=..." where commas stand for blanks. */
static const char *without_comma(const struct ptn_pairs *p, const char *to)
{
    if (p->separator || to == p->at)
        return to;
    const char *last = memrchr(p->at, p->assign, (size_t)(to - p->at));
    for (const char *at = p->at; at < to; at++)
        if ((*at == ',' || *at == ';') && (at + 1 == to || (last && at < last && is_key(at[1]))))
            return at;
    return to;
}

static void value_next(struct ptn_pairs *p, struct ptn_slice *ret)
{
    if (p->separator && p->separator != PTN_PAIRS_FREE) /* key = value */
        while (p->at < p->end && *p->at == ' ')
            p->at++;
    if (p->assign == ':') /* Check Point has some keys with two */
        while (p->at < p->end && *p->at == ':')
            p->at++;
    if (enclosed(p, ret))
        return;
    const char *to = without_comma(p, plain_end(p));
    *ret = trimmed(p->at, to);
    if (ret->len > 5 && memcmp(ret->at + ret->len - 5, "<000>", 5) == 0)
        ret->len -= 5; /* the NUL with which NetScreen ends a line, as syslog writes it */
    if (ret->len && ret->at[ret->len - 1] == ']' && !memchr(ret->at, '[', ret->len))
        ret->len--; /* the end of structured data */
    p->at = to;
}

/* Up to where a key or a flag goes. */
static const char *token_end(const struct ptn_pairs *p)
{
    const char *at = p->at;
    while (at < p->end && *at != p->assign && !separates(p, *at))
        at++;
    return at;
}

bool ptn_pairs_next(struct ptn_pairs *p, struct ptn_pair *ret)
{
    while (p->at < p->end && (separates(p, *p->at) || is_blank(*p->at) || *p->at == ']'))
        p->at++;
    if (p->at >= p->end)
        return false;
    while (p->at < p->end && (*p->at == '[' || *p->at == '{'))
        p->at++;
    const char *to = token_end(p);
    *ret = (struct ptn_pair){.word = p->word, .key = trimmed(p->at, to)};
    p->word = (struct ptn_slice){0};
    p->at = to;
    if (to < p->end && *to == p->assign) {
        p->at = to + 1;
        value_next(p, &ret->value);
    } else if (to < p->end && is_blank(*to)) {
        p->word = ret->key;
    }
    return true;
}

/* "src zone" against the flag "src" and the key "zone". */
static bool is_both(const struct ptn_pair *pair, const char *name)
{
    const char *blank = pair->word.len ? strchr(name, ' ') : NULL;
    size_t n = blank ? (size_t)(blank - name) : 0;
    return n && pair->word.len == n && memcmp(name, pair->word.at, n) == 0 && slice_is(pair->key, blank + 1);
}

static bool is_name(struct ptn_slice key, const char *name)
{
    return *name == *key.at && slice_is(key, name);
}

static const struct ptn_field_name *name_of(const struct ptn_format *format, const struct ptn_pair *pair)
{
    const struct ptn_field_name *name;
    for (name = format->names; pair->word.len && *name->name; name++)
        if (is_both(pair, name->name))
            return name;
    if (pair->key.len)
        for (name = format->names; *name->name; name++)
            if (is_name(pair->key, name->name))
                return name;
    return NULL;
}

/* "tcp/443", "icmp (1)", "Tunnel(VPN_1)": up to one of the marks. */
static struct ptn_slice first_word(struct ptn_slice value, const char *marks)
{
    for (size_t i = 1; i < value.len; i++)
        if (value.at[i] && strchr(marks, value.at[i]))
            return (struct ptn_slice){value.at, i};
    return value;
}

static bool is_port(enum ptn_slot slot)
{
    return slot == PTN_SLOT_SPORT || slot == PTN_SLOT_DPORT;
}

bool ptn_pairs_fill(struct ptn_pairs *p, const struct ptn_format *format, struct ptn_knock *ret)
{
    bool sound = true;
    struct ptn_pair pair;
    while (ptn_pairs_next(p, &pair)) {
        const struct ptn_field_name *name = pair.value.at ? name_of(format, &pair) : NULL;
        if (!name || name->slot == PTN_SLOT_NOTHING || !pair.value.len)
            continue;
        if (name->slot == PTN_SLOT_PROTO)
            pair.value = first_word(pair.value, "/( ");
        else if (name->slot == PTN_SLOT_ACTION)
            pair.value = first_word(pair.value, "(");
        if (ptn_slot_put(ret, format, name->slot, pair.value) != 0 && is_port(name->slot))
            sound = false;
    }
    return sound;
}

void ptn_pairs_values(const struct ptn_format *format, struct ptn_slice text, const char *const *keys, size_t n,
                      struct ptn_slice *values)
{
    struct ptn_pairs p;
    struct ptn_pair pair;
    for (size_t i = 0; i < n; i++)
        values[i] = (struct ptn_slice){0};
    ptn_pairs_begin(&p, format, text);
    for (size_t found = 0; found < n && ptn_pairs_next(&p, &pair);)
        for (size_t i = 0; i < n && pair.value.at && pair.key.len; i++)
            if (!values[i].at && (slice_is(pair.key, keys[i]) || is_both(&pair, keys[i]))) {
                values[i] = pair.value;
                found++;
            }
}

struct ptn_slice ptn_pairs_value(const struct ptn_format *format, struct ptn_slice text, const char *key)
{
    struct ptn_slice value;
    ptn_pairs_values(format, text, &key, 1, &value);
    return value;
}

/* Whether the line begins with a stamp that names its zone: "2026-01-02T03:04:05+01:00". */
static bool is_zoned(struct ptn_slice line)
{
    size_t n = line.len < 48 ? line.len : 48, i = 1;
    while (i + 6 < n && !(line.at[i] == 'T' && line.at[i + 3] == ':' && line.at[i + 6] == ':'))
        i++;
    if (i + 6 >= n)
        return false;
    while (i < n && !is_blank(line.at[i]) && line.at[i] != 'Z' && line.at[i] != '+' && line.at[i] != '-')
        i++;
    return i < n && !is_blank(line.at[i]);
}

/* A device's own time without a zone that is some hours from the envelope's, which has one, was in another zone. */
static void settle_time(const struct ptn_message *m, struct ptn_knock *k)
{
    const int64_t minute = INT64_C(60000000), least = 10 * minute, most = 14 * 60 * minute + least;
    if (k->time == PTN_NO_TIME || m->time == PTN_NO_TIME || k->has & PTN_HAS_ZONE || !is_zoned(m->line))
        return;
    int64_t apart = k->time > m->time ? k->time - m->time : m->time - k->time;
    if (apart > least && apart < most)
        k->time = m->time;
}

enum ptn_line ptn_pairs_settle(const struct ptn_format *format, const struct ptn_message *m, struct ptn_knock *k,
                               bool sound)
{
    enum { ICMP = 1, ICMP6 = 58 };
    if (k->action == PTN_ACTION_NONE)
        k->action = (uint8_t)format->action;
    if (k->has & PTN_HAS_ICMP_TYPE && !(k->has & PTN_HAS_PROTO)) {
        k->proto = k->src.family == AF_INET6 ? ICMP6 : ICMP;
        k->has |= PTN_HAS_PROTO;
    }
    enum ptn_line kind = sound && (k->src.family || k->dst.family) ? PTN_LINE_PACKET : PTN_LINE_BROKEN;
    if (format->finish)
        kind = format->finish(m, k, kind);
    settle_time(m, k);
    ptn_knock_tidy(k);
    return kind;
}

enum ptn_line ptn_read_pairs(const struct ptn_format *format, struct ptn_log_state *state, const struct ptn_message *m,
                             struct ptn_knocks *ret)
{
    (void)state;
    struct ptn_knock *k = ptn_knocks_add(ret);
    if (!k)
        return PTN_LINE_BROKEN;
    struct ptn_pairs p;
    ptn_pairs_begin(&p, format, m->text);
    bool sound = ptn_pairs_fill(&p, format, k);
    return ptn_pairs_settle(format, m, k, sound);
}
