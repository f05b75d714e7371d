#include "mention.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "portolan.h"

struct line {
    const char *p, *end;
    int proto;      /* the one protocol the whole line speaks of, or -1 */
    unsigned first; /* those that its first word about protocols names: a set of 1 << enum ptn_proto */
    struct ptn_mention *out;
    int n;
};

/* A token: letters, digits and the marks that hold ports and addresses together. */
struct token {
    const char *p;
    size_t len;
};

static bool is_token_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c && strchr(".:/-+*[]_%", c));
}

static bool next_token(const char **at, const char *end, struct token *t)
{
    const char *p = *at;
    while (p < end && !is_token_char(*p))
        p++;
    t->p = p;
    while (p < end && is_token_char(*p))
        p++;
    t->len = (size_t)(p - t->p);
    *at = p;
    return t->len > 0;
}

static int proto_of(const char *p, size_t len)
{
    if (len == 4 && (p[3] == '6' || p[3] == '4')) /* tcp6, udp4 of netstat and Docker */
        len = 3;
    for (int i = 0; i < PTN_PROTO_PORTED; i++) {
        const char *w = ptn_proto_word((enum ptn_proto)i);
        if (strlen(w) == len && strncasecmp(w, p, len) == 0)
            return i;
    }
    return -1;
}

/* Reads N or N-M that fills text[len]; `mark` is what stands between the two. */
static bool read_range(const char *p, size_t len, char mark, struct ptn_mention *m)
{
    uint32_t n[2] = {0, 0};
    int part = 0;
    bool digit = false;
    for (size_t i = 0; i < len; i++) {
        if (p[i] == mark && part == 0 && digit) {
            part = 1;
            digit = false;
            continue;
        }
        if (p[i] < '0' || p[i] > '9' || (digit && n[part] == 0))
            return false;
        digit = true;
        n[part] = n[part] * 10 + (uint32_t)(p[i] - '0');
        if (n[part] > 65535)
            return false;
    }
    if (!digit || n[0] == 0)
        return false;
    m->lo = (uint16_t)n[0];
    m->hi = part ? (uint16_t)n[1] : m->lo;
    return m->lo <= m->hi;
}

static bool read_run(const char *p, size_t len, struct ptn_mention *m)
{
    return read_range(p, len, '-', m);
}

static void put(struct line *l, struct ptn_mention m)
{
    if (m.proto < 0)
        m.proto = l->proto;
    for (int i = 0; i < l->n; i++)
        if (l->out[i].lo == m.lo && l->out[i].hi == m.hi && l->out[i].proto == m.proto)
            return;
    if (l->n < PTN_MENTIONS_MAX)
        l->out[l->n++] = m;
}

static struct token trim(struct token t)
{
    while (t.len && (t.p[t.len - 1] == '.' || t.p[t.len - 1] == ':' || t.p[t.len - 1] == '-'))
        t.len--;
    return t;
}

/* 23/tcp, 137-139/udp, tcp/23. */
static bool take_slashed(struct line *l, struct token t)
{
    const char *slash = memchr(t.p, '/', t.len);
    struct ptn_mention m;
    if (!slash)
        return false;
    size_t before = (size_t)(slash - t.p), after = t.len - before - 1;
    m.proto = proto_of(slash + 1, after);
    if (m.proto >= 0 && before && t.p[before - 1] == '+')
        before--;
    /* Docker's 0.0.0.0:8080->80/tcp: what stands before the last colon or arrow is an address */
    const char *from = t.p;
    for (const char *c = t.p; c < t.p + before; c++)
        if (*c == ':' || *c == '>')
            from = c + 1;
    if (m.proto >= 0 && read_run(from, before - (size_t)(from - t.p), &m)) {
        put(l, m);
        return true;
    }
    m.proto = proto_of(t.p, before);
    if (m.proto < 0 || !read_run(slash + 1, after, &m))
        return false;
    put(l, m);
    return true;
}

/* The beginning of 2026-11-23T08:13. */
static bool is_moment(const char *p, size_t len)
{
    return len == 13 && p[4] == '-' && p[7] == '-' && p[10] == 'T';
}

static bool looks_like_host(const char *p, size_t len)
{
    bool dot = false, letter = false, digit_only = true;
    if (len == 0)
        return true; /* ":22" and "[::]:22" cut at its bracket */
    if (p[len - 1] == ']' || (len == 1 && *p == '*') || (*p == '[' && memmem(p, len, "]%", 2)))
        return true;
    for (size_t i = 0; i < len; i++) {
        dot |= p[i] == '.';
        letter |= (p[i] | 32) >= 'a' && (p[i] | 32) <= 'z';
        digit_only &= (p[i] >= '0' && p[i] <= '9') || p[i] == '.' || p[i] == ':';
        if (p[i] == '/')
            return i + 1 < len && p[i + 1] == '/'; /* http://host:8080 */
    }
    if (memchr(p, ':', len)) /* a time of day, or an address without its brackets, of which netstat's is sure */
        return len >= 2 && p[0] == ':' && p[1] == ':';
    return dot || (letter && !digit_only && !is_moment(p, len));
}

static bool is_bare_word(const char *p, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!((p[i] | 32) >= 'a' && (p[i] | 32) <= 'z') && p[i] != '-' && p[i] != '_')
            return false;
    return len > 0;
}

/* 192.0.2.1:443, [::1]:53, *:22, host.example:8080, http://host:8080/path. */
static bool take_address(struct line *l, struct token t)
{
    const char *scheme = t.p && t.len > 3 ? memmem(t.p, t.len, "://", 3) : NULL;
    const char *stop = scheme ? memchr(scheme + 3, '/', (size_t)(t.p + t.len - scheme - 3)) : NULL;
    size_t len = stop ? (size_t)(stop - t.p) : t.len;
    const char *colon = memrchr(t.p, ':', len);
    struct ptn_mention m = {.proto = -1};
    size_t host = colon ? (size_t)(colon - t.p) : 0;
    if (!colon || (scheme && colon <= scheme) || !looks_like_host(t.p, host) ||
        !read_run(colon + 1, len - host - 1, &m))
        return false;
    m.proto = proto_of(t.p, host); /* tcp:22 */
    if (m.proto < 0 && !scheme && is_bare_word(t.p, host) && m.lo < 1000)
        return false; /* postgres:15 is a version */
    put(l, m);
    return true;
}

static bool is_one_of(struct token t, const char *const *words)
{
    for (; *words; words++)
        if (strlen(*words) == t.len && strncasecmp(*words, t.p, t.len) == 0)
            return true;
    return false;
}

/* The numbers that follow a word such as "port": 22, 80,443, { 22, 80 }. */
static const char *take_list(struct line *l, const char *at, int proto)
{
    struct token t;
    const char *next = at;
    for (int n = 0; n < PTN_MENTIONS_MAX && next_token(&next, l->end, &t); n++) {
        struct ptn_mention m = {.proto = proto};
        for (const char *gap = at; n > 0 && gap < t.p; gap++)
            if (*gap != ',' && *gap != ' ')
                return at;
        t = trim(t);
        if (!read_run(t.p, t.len, &m) && !read_range(t.p, t.len, ':', &m)) /* iptables: 6000:6010 */
            return at;
        put(l, m);
        if (memchr(t.p + t.len, ',', (size_t)(next < l->end ? next + 1 - t.p - (long)t.len : 0)) == NULL)
            return next;
        at = next;
    }
    return at;
}

/* Two numbers with nothing but blanks between: the columns of netstat or conntrack, no ports. */
static bool is_table(const char *at, const char *end)
{
    struct token t[2];
    for (int i = 0; i < 2; i++) {
        if (!next_token(&at, end, &t[i]))
            return false;
        for (size_t k = 0; k < t[i].len; k++)
            if (t[i].p[k] < '0' || t[i].p[k] > '9')
                return false;
    }
    for (const char *gap = t[0].p + t[0].len; gap < t[1].p; gap++)
        if (*gap != ' ' && *gap != '\t')
            return false;
    return true;
}

/* A line of nothing but ports, or a table's line that begins with one and names a protocol. */
static void take_first_column(struct line *l)
{
    const char *at = l->p;
    struct token t;
    struct ptn_mention m = {.proto = -1};
    bool only_numbers = true;
    for (const char *p = l->p; p < l->end; p++)
        only_numbers &= (*p >= '0' && *p <= '9') || strchr(" \t,;-+", *p) != NULL;
    while (next_token(&at, l->end, &t)) {
        if (t.len > 1 && t.p[t.len - 1] == '+')
            t.len--;
        if (!read_run(t.p, t.len, &m) || !(only_numbers || l->first))
            return;
        if (only_numbers) {
            put(l, m);
            continue;
        }
        for (m.proto = 0; m.proto < PTN_PROTO_PORTED; m.proto++)
            if (l->first & 1u << m.proto)
                put(l, m);
        return;
    }
}

/* The protocols that a token names: "tcp", "TCP/UDP", and "80/tcp" by its tail. A set of 1 << enum ptn_proto. */
static unsigned protos_of_token(struct token t)
{
    const char *slash = memchr(t.p, '/', t.len);
    size_t head = slash ? (size_t)(slash - t.p) : t.len;
    int one = proto_of(t.p, head), two = slash ? proto_of(slash + 1, t.len - head - 1) : -1;
    return (one >= 0 ? 1u << one : 0) | (two >= 0 ? 1u << two : 0);
}

/* What a line says of protocols: the one it names if it names no other, and the first that it names. */
static void read_protocols(struct line *l)
{
    struct token t;
    unsigned all = 0;
    for (const char *p = l->p; next_token(&p, l->end, &t);) {
        unsigned here = protos_of_token(trim(t));
        l->first = l->first ? l->first : here;
        all |= here;
    }
    l->proto = all && !(all & (all - 1)) ? __builtin_ctz(all) : -1;
}

int ptn_mentions(const char *text, size_t len, struct ptn_mention out[static PTN_MENTIONS_MAX])
{
    static const char *const port_words[] = {"port",    "ports",     "dport", "--dport", "--dports",  "dpt", "dst_port",
                                             "dstport", "dest_port", "eq",    "listen",  "listening", NULL};
    struct line l = {.p = text, .end = text + len, .proto = -1, .out = out};
    const char *at = text;
    struct token t;
    int before = -1; /* the protocol just named */
    read_protocols(&l);
    take_first_column(&l);
    while (next_token(&at, l.end, &t)) {
        t = trim(t);
        int proto = proto_of(t.p, t.len);
        if (proto >= 0)
            at = is_table(at, l.end) ? at : take_list(&l, at, proto);
        else if (is_one_of(t, port_words))
            at = take_list(&l, at, before);
        else if (!take_slashed(&l, t))
            take_address(&l, t);
        before = proto >= 0 ? proto : before;
    }
    return l.n;
}
