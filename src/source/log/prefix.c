#include "prefix.h"

#include <string.h>

/* Words longer than this have nothing to say. */
#define WORD_MAX 16

struct word {
    uint8_t len;
    uint8_t action;
    char text[11];
    bool stem; /* may end a longer word, as in LOGDROP */
};

#define W(text, action, stem)                                                                                          \
    {                                                                                                                  \
        sizeof(text) - 1, PTN_ACTION_##action, text, stem                                                              \
    }
static const struct word words[] = {
    W("DISALLOW", DROP, false),  W("DISALLOWED", DROP, false),  W("UNALLOWED", DROP, false),
    W("DROP", DROP, true),       W("BLOCK", DROP, true),        W("REJECT", REJECT, true),
    W("ACCEPT", PASS, true),     W("DENY", DROP, true),         W("DENIED", DROP, true),
    W("ALLOW", PASS, true),      W("DROPPED", DROP, true),      W("BLOCKED", DROP, true),
    W("ACCEPTED", PASS, true),   W("ALLOWED", PASS, true),      W("REJECTED", REJECT, true),
    W("DROPPING", DROP, false),  W("DISCARD", DROP, false),     W("PASS", PASS, false),
    W("PASSED", PASS, false),    W("PERMIT", PASS, false),      W("PERMITTED", PASS, false),
    W("ACC", PASS, false),       W("DRP", DROP, false),         W("REJ", REJECT, false),
    W("BLK", DROP, false),       W("DROPIN", DROP, false),      W("DROPOUT", DROP, false),
    W("DROPFWD", DROP, false),   W("DISCARDED", DROP, false),   W("DENYING", DROP, false),
    W("BLOCKING", DROP, false),  W("REJECTING", REJECT, false), W("ALLOWING", PASS, false),
    W("ACCEPTING", PASS, false), W("DROPLOG", DROP, false),     W("BLOCKLIST", DROP, false),
    W("BLACKLIST", DROP, false),
};
#undef W

static enum ptn_action word_action(const char *word, size_t len)
{
    const struct word *end = words + sizeof(words) / sizeof(*words);
    for (const struct word *w = words; w < end; w++) {
        if (len == w->len && memcmp(word, w->text, len) == 0)
            return (enum ptn_action)w->action;
        if (w->stem && len > w->len && memcmp(word + len - w->len, w->text, w->len) == 0)
            return (enum ptn_action)w->action;
    }
    return PTN_ACTION_NONE;
}

/* Vyatta's children (EdgeOS, VyOS, UniFi): "[WAN_IN-3003-D]", "[WAN_LOCAL-D-4001]"; RET goes on to other rules. */
static bool letter_action(struct ptn_slice s, enum ptn_action *ret)
{
    /* A host's name, or what a relay wrote, may stand before it. */
    const char *begin = s.len ? memchr(s.at, '[', s.len) : NULL;
    const char *end = begin ? memchr(begin, ']', (size_t)(s.at + s.len - begin)) : NULL;
    if (!end)
        return false;
    s.at = begin;
    const char *digits = end;
    while (digits > s.at && digits[-1] >= '0' && digits[-1] <= '9')
        digits--;
    if (digits < end && digits[-1] == '-')
        end = digits - 1;
    if (end - s.at > 4 && memcmp(end - 4, "-RET", 4) == 0)
        return *ret = PTN_ACTION_NONE, true;
    if (end - s.at < 3 || end[-2] != '-')
        return false;
    static const char letters[] = "ADR";
    static const enum ptn_action actions[] = {PTN_ACTION_PASS, PTN_ACTION_DROP, PTN_ACTION_REJECT};
    const char *letter = memchr(letters, end[-1], 3);
    if (letter)
        *ret = actions[letter - letters];
    return letter != NULL;
}

/* The last word counts: a chain's name comes before what is done in it. */
enum ptn_action ptn_prefix_action(struct ptn_slice s)
{
    enum ptn_action action = PTN_ACTION_NONE;
    if (letter_action(s, &action))
        return action;
    char word[WORD_MAX];
    size_t n = 0;
    bool negated = false;
    for (size_t i = 0; i <= s.len; i++) {
        char c = i < s.len ? (char)(s.at[i] & ~0x20) : '\0';
        if (c >= 'A' && c <= 'Z' && (s.at[i] & 0x40)) {
            if (n < WORD_MAX)
                word[n] = c;
            n++;
            continue;
        }
        if (n == 0)
            continue;
        enum ptn_action said = n > 2 && n <= WORD_MAX ? word_action(word, n) : PTN_ACTION_NONE;
        if (said == PTN_ACTION_PASS && negated)
            said = PTN_ACTION_DROP;
        action = said != PTN_ACTION_NONE ? said : action;
        negated = n == 3 && memcmp(word, "NOT", 3) == 0;
        n = 0;
    }
    return action;
}
