/* What stands before the packet: an administrator's prefix and the interfaces. There are few of these in a log. */
#include "netfilter.h"

#include <string.h>

#include "digits.h"
#include "prefix.h"

#define HEADS 8
#define HEAD_TEXT 96

/* One that was read: its text up to the blank behind the interfaces, and where its parts begin. */
struct head {
    uint8_t len; /* 0: none yet */
    uint8_t rule, rule_len;
    uint8_t in, in_len, out, out_len;
    uint8_t action, way;
    char text[HEAD_TEXT];
};

struct heads {
    struct head items[HEADS];
    unsigned last, oldest;
};

static inline bool is_head(const struct head *h, const char *text, size_t len)
{
    return h->len && len >= h->len && ptn_same(h->text, text, h->len);
}

static const struct head *find_head(struct heads *heads, const char *text, size_t len)
{
    if (is_head(&heads->items[heads->last], text, len))
        return &heads->items[heads->last];
    for (unsigned i = 0; i < HEADS; i++)
        if (is_head(&heads->items[i], text, len)) {
            heads->last = i;
            return &heads->items[i];
        }
    return NULL;
}

static void keep_head(struct heads *heads, const char *text, const char *end, const struct ptn_knock *k)
{
    size_t len = (size_t)(end - text);
    if (len > HEAD_TEXT)
        return;
    heads->last = heads->oldest;
    heads->oldest = (heads->oldest + 1) % HEADS;
    struct head *h = &heads->items[heads->last];
    *h = (struct head){.len = (uint8_t)len,
                       .rule = (uint8_t)(k->rule.at - text),
                       .rule_len = (uint8_t)k->rule.len,
                       .in = (uint8_t)(k->in.at - text),
                       .in_len = (uint8_t)k->in.len,
                       .out = (uint8_t)(k->out.at - text),
                       .out_len = (uint8_t)k->out.len,
                       .action = k->action,
                       .way = k->way};
    memcpy(h->text, text, len);
}

/* Sets the interfaces. Result: where they begin, NULL if this is no such line. */
static const char *find_begin(struct ptn_netfilter *scan)
{
    for (const char *at = scan->at; (at = memchr(at, '=', (size_t)(scan->end - at))); at++) {
        if (at - scan->at < 2 || at[-1] != 'N' || at[-2] != 'I')
            continue;
        const char *in = at + 1, *to = memchr(in, ' ', (size_t)(scan->end - in));
        if (!to || scan->end - to < 5 || memcmp(to, " OUT=", 5) != 0)
            continue;
        const char *out = to + 5, *rest = memchr(out, ' ', (size_t)(scan->end - out));
        rest = rest ? rest : scan->end;
        scan->knock->in = (struct ptn_slice){in, (size_t)(to - in)};
        scan->knock->out = (struct ptn_slice){out, (size_t)(rest - out)};
        scan->at = rest;
        return at - 2;
    }
    return NULL;
}

static struct ptn_slice without_uptime(const char *from, const char *to)
{
    const char *at = from;
    if (at < to && *at == '[') {
        at++;
        while (at < to && (*at == ' ' || *at == '.' || (*at >= '0' && *at <= '9')))
            at++;
        from = at < to && *at == ']' ? at + 1 : from;
    }
    while (from < to && *from == ' ')
        from++;
    while (to > from && to[-1] == ' ')
        to--;
    return (struct ptn_slice){from, (size_t)(to - from)};
}

static void take_head(struct ptn_netfilter *scan, const struct head *h)
{
    struct ptn_knock *k = scan->knock;
    const char *text = scan->at;
    k->rule = (struct ptn_slice){text + h->rule, h->rule_len};
    k->in = (struct ptn_slice){text + h->in, h->in_len};
    k->out = (struct ptn_slice){text + h->out, h->out_len};
    k->action = h->action;
    k->way = h->way;
    scan->at = text + h->len - 1;
}

bool ptn_netfilter_head(struct ptn_netfilter *scan)
{
    static _Thread_local struct heads heads;
    struct heads *of_thread = &heads;
    const char *text = scan->at;
    struct ptn_knock *k = scan->knock;
    const struct head *h = find_head(of_thread, text, (size_t)(scan->end - text));
    if (h) {
        take_head(scan, h);
        return true;
    }
    const char *begin = find_begin(scan);
    if (!begin)
        return false;
    k->rule = without_uptime(text, begin);
    k->action = (uint8_t)ptn_prefix_action(k->rule);
    k->way = k->in.len && k->out.len ? PTN_WAY_THROUGH : k->in.len ? PTN_WAY_IN : k->out.len ? PTN_WAY_OUT : 0;
    if (scan->at < scan->end)
        keep_head(of_thread, text, scan->at + 1, k);
    return true;
}
