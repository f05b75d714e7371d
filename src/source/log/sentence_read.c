/* What the holes of a sentence held, and the formats that are nothing but sentences. */
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#include "find.h"
#include "record.h"
#include "sentence.h"

struct ptn_slice ptn_slice_after(struct ptn_slice text, const char *mark)
{
    size_t len = strlen(mark);
    const char *at = text.len ? ptn_find(text.at, text.len, mark, len) : NULL;
    if (!at)
        return (struct ptn_slice){0};
    return (struct ptn_slice){at + len, (size_t)(text.at + text.len - at) - len};
}

bool ptn_slice_has(struct ptn_slice text, const char *mark)
{
    return text.len && ptn_find(text.at, text.len, mark, strlen(mark));
}

bool ptn_slice_begins(struct ptn_slice text, const char *word)
{
    size_t len = strlen(word);
    return text.len >= len && memcmp(text.at, word, len) == 0;
}

/* What stands where a protocol does, and says nothing of it. */
static bool is_any_proto(struct ptn_slice s)
{
    static const char *const words[] = {"ip", "ipv4", "ipv6", "any", "other", "unknown", "protocol"};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (s.len == strlen(words[i]) && strncasecmp(s.at, words[i], s.len) == 0)
            return true;
    return false;
}

static bool put_hole(struct ptn_knock *k, const struct ptn_format *f, const struct ptn_hole *h)
{
    if (h->slot == PTN_SLOT_PROTO && is_any_proto(h->value))
        return true;
    return ptn_slot_put(k, f, h->slot, h->value) == 0;
}

/* What products call "icmp" is ICMPv6 between IPv6 addresses, and what has a type is one of the two. */
static void settle_icmp(struct ptn_knock *k)
{
    bool six = k->src.family == AF_INET6 || (!k->src.family && k->dst.family == AF_INET6);
    bool icmp = k->has & PTN_HAS_PROTO ? k->proto == IPPROTO_ICMP : (k->has & PTN_HAS_ICMP_TYPE) != 0;
    if (!icmp)
        return;
    k->proto = six ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
    k->has |= PTN_HAS_PROTO;
}

enum ptn_line ptn_sentence_put(const struct ptn_format *f, const struct ptn_message *m, const struct ptn_holes *holes,
                               enum ptn_action said, struct ptn_knocks *ret)
{
    struct ptn_knock *k = ptn_knocks_add(ret);
    if (!k)
        return PTN_LINE_BROKEN;
    for (unsigned i = 0; i < holes->n; i++)
        if (!put_hole(k, f, &holes->items[i]))
            return PTN_LINE_BROKEN;
    if (k->time == PTN_NO_TIME)
        k->time = m->time;
    if (said)
        k->action = (uint8_t)said;
    else if (!k->action)
        k->action = (uint8_t)f->action;
    settle_icmp(k);
    ptn_knock_tidy(k);
    if (k->way == PTN_WAY_OUT && !k->out.len) {
        k->out = k->in;
        k->in.len = 0;
    }
    return k->src.family || k->dst.family ? PTN_LINE_PACKET : PTN_LINE_BROKEN;
}

enum ptn_line ptn_sentences_read(const struct ptn_format *f, const struct ptn_sentence *s, const struct ptn_message *m,
                                 struct ptn_slice text, struct ptn_knocks *ret)
{
    struct ptn_holes holes;
    size_t before = ret->n;
    for (; s->pattern; s++) {
        if (!ptn_sentence_match(s->pattern, text, &holes))
            continue;
        if (ptn_sentence_put(f, m, &holes, s->action, ret) == PTN_LINE_PACKET)
            return PTN_LINE_PACKET;
        ret->n = before;
    }
    return PTN_LINE_BROKEN;
}

enum ptn_line ptn_read_sentence(const struct ptn_format *f, struct ptn_log_state *state, const struct ptn_message *m,
                                struct ptn_knocks *ret)
{
    (void)state;
    enum ptn_line line = ptn_sentences_read(f, f->sentences, m, m->text, ret);
    struct ptn_knock *k = line == PTN_LINE_PACKET ? &ret->items[ret->n - 1] : NULL;
    return f->finish ? f->finish(m, k, line) : line;
}
