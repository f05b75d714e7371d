/* The user's own template as a format. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sentence.h"

struct pattern {
    struct ptn_format format;
    struct ptn_sentence sentences[2];
    char text[];
};

/* The words of filters and of those who write about them. */
static const struct ptn_action_word words[] = {
    {"accept", PTN_ACTION_PASS},        {"accepted", PTN_ACTION_PASS},
    {"allow", PTN_ACTION_PASS},         {"allowed", PTN_ACTION_PASS},
    {"built", PTN_ACTION_PASS},         {"pass", PTN_ACTION_PASS},
    {"passed", PTN_ACTION_PASS},        {"permit", PTN_ACTION_PASS},
    {"permitted", PTN_ACTION_PASS},     {"ok", PTN_ACTION_PASS},
    {"open", PTN_ACTION_PASS},          {"block", PTN_ACTION_DROP},
    {"blocked", PTN_ACTION_DROP},       {"denied", PTN_ACTION_DROP},
    {"deny", PTN_ACTION_DROP},          {"discard", PTN_ACTION_DROP},
    {"discarded", PTN_ACTION_DROP},     {"drop", PTN_ACTION_DROP},
    {"dropped", PTN_ACTION_DROP},       {"refuse", PTN_ACTION_REJECT},
    {"refused", PTN_ACTION_REJECT},     {"reject", PTN_ACTION_REJECT},
    {"rejected", PTN_ACTION_REJECT},    {"reset", PTN_ACTION_REJECT},
    {"unreachable", PTN_ACTION_REJECT}, {NULL, PTN_ACTION_NONE},
};

static enum ptn_line read_pattern(const struct ptn_format *f, struct ptn_log_state *state, const struct ptn_message *m,
                                  struct ptn_knocks *ret)
{
    (void)state;
    struct ptn_holes holes;
    if (!ptn_sentence_match(f->sentences->pattern, m->line, &holes))
        return PTN_LINE_OTHER_FORMAT;
    return ptn_sentence_put(f, m, &holes, PTN_ACTION_NONE, ret);
}

/* Whether the template could ever tell of a packet. */
static bool has_addr(const char *pattern)
{
    return strstr(pattern, "{src}") || strstr(pattern, "{dst}");
}

/* Says what is wrong, with the word at which it is; nothing of it may steer a terminal. */
static int fail_at(struct ptn_err *err, const char *pattern, size_t at, const char *why)
{
    char word[40];
    size_t n = 0;
    for (const char *p = pattern + at; *p && n + 1 < sizeof(word) && (n == 0 || (*p != ' ' && p[-1] != '}')); p++)
        word[n++] = (unsigned char)*p < ' ' || *p == 0x7f ? '?' : *p;
    word[n] = '\0';
    return ptn_fail(err, -EINVAL, "format, character %zu: %s: \"%s\"", at + 1, why, word);
}

int ptn_pattern_compile(const char *pattern, struct ptn_format **ret, struct ptn_err *err)
{
    size_t at = 0, len = strlen(pattern);
    const char *why = NULL;
    int r = ptn_sentence_check(pattern, &at, &why);
    if (r)
        return fail_at(err, pattern, at, why);
    if (!has_addr(pattern))
        return ptn_fail(err, -EINVAL, "format: neither {src} nor {dst} is in it: \"%.60s\"", pattern);
    struct pattern *p = calloc(1, sizeof(*p) + len + 1);
    if (!p)
        return ptn_fail(err, -ENOMEM, "out of memory");
    memcpy(p->text, pattern, len + 1);
    p->sentences[0].pattern = p->text;
    p->format = (struct ptn_format){.name = "pattern",
                                    .title = "your own format",
                                    .read = read_pattern,
                                    .actions = words,
                                    .sentences = p->sentences};
    *ret = &p->format;
    return 0;
}

void ptn_pattern_free(struct ptn_format *f)
{
    free(f); /* a struct pattern begins with it */
}
