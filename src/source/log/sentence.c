#include "sentence.h"

#include <errno.h>
#include <string.h>

#include "stamp.h"

/* Holes that are no slots. */
enum { HOLE_WORD = PTN_SLOT_COUNT, HOLE_RUN, HOLE_NONE };

/* How far a hole reaches, and where within that it may end. */
enum reach { REACH_WORD, REACH_RUN, REACH_NUMBER, REACH_COUNT, REACH_ADDR, REACH_FLAGS, REACH_STAMP };

static const uint8_t reach_of[HOLE_NONE] = {
    [PTN_SLOT_SRC] = REACH_ADDR,     [PTN_SLOT_DST] = REACH_ADDR,         [PTN_SLOT_SPORT] = REACH_NUMBER,
    [PTN_SLOT_DPORT] = REACH_NUMBER, [PTN_SLOT_ICMP_TYPE] = REACH_NUMBER, [PTN_SLOT_ICMP_CODE] = REACH_NUMBER,
    [PTN_SLOT_TTL] = REACH_COUNT,    [PTN_SLOT_ID] = REACH_COUNT,         [PTN_SLOT_WINDOW] = REACH_COUNT,
    [PTN_SLOT_LENGTH] = REACH_COUNT, [PTN_SLOT_PACKETS] = REACH_COUNT,    [PTN_SLOT_OCTETS] = REACH_COUNT,
    [PTN_SLOT_FLAGS] = REACH_FLAGS,  [PTN_SLOT_TIME] = REACH_STAMP,       [HOLE_RUN] = REACH_RUN,
};

struct slot_name {
    uint8_t len;
    char name[12]; /* in capitals */
};

static const struct slot_name slot_names[PTN_SLOT_COUNT] = {
#define X(id) {sizeof(#id) - 1, #id},
    PTN_SLOTS(X)
#undef X
};

/* One text being matched. */
struct search {
    const char *end;
    struct ptn_holes *ret;
    size_t budget; /* characters that may still be looked at */
    unsigned depth;
};

/* What a character may be part of. */
enum { WORD = 1, ADDR = 2, NUMBER = 4, COUNT = 8, FLAGS = 16, STOP = 32, BLANK = 64 };

#define TEXT (WORD | ADDR)
#define NAME (TEXT | NUMBER | FLAGS)
#define DIGIT (NAME | COUNT)

/* clang-format off */
static const uint8_t classes[256] = {
    ['\0'] = WORD,           [1 ... 8] = TEXT,         ['\t'] = BLANK | FLAGS,   [10 ... 31] = TEXT,
    [' '] = BLANK | FLAGS,   ['!'] = TEXT,             ['"'] = WORD,             ['#' ... '&'] = TEXT,
    ['\''] = WORD,           ['(' ... ')'] = WORD,     ['*'] = TEXT | FLAGS,     ['+'] = NAME,
    [','] = WORD | FLAGS | STOP, ['-'] = NAME,         ['.'] = TEXT | FLAGS | STOP, ['/'] = TEXT,
    ['0' ... '9'] = DIGIT,   [':'] = TEXT | STOP,      [';'] = WORD | STOP,      ['<' ... '>'] = WORD,
    ['?' ... '@'] = TEXT,    ['A' ... 'F'] = DIGIT,    ['G' ... 'Z'] = NAME,     ['['] = TEXT | FLAGS,
    ['\\'] = TEXT,           [']'] = TEXT | FLAGS,     ['^'] = TEXT,             ['_'] = NAME,
    ['`'] = TEXT,            ['a' ... 'f'] = DIGIT,    ['g' ... 'w'] = NAME,     ['x'] = DIGIT,
    ['y' ... 'z'] = NAME,    ['{'] = TEXT,             ['|'] = TEXT | FLAGS,     ['}' ... 255] = TEXT,
};
/* clang-format on */

static bool is(char c, unsigned class)
{
    return classes[(unsigned char)c] & class;
}

static const char *run_of(unsigned class, const char *at, const char *end)
{
    while (at < end && is(*at, class))
        at++;
    return at;
}

static bool name_is(const struct slot_name *n, const char *name, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (name[i] != (n->name[i] == '_' ? '_' : n->name[i] + ('a' - 'A')))
            return false;
    return true;
}

static unsigned hole_named(const char *name, size_t len)
{
    if (*name == '*')
        return len == 1 ? HOLE_WORD : len == 2 && name[1] == '*' ? HOLE_RUN : HOLE_NONE;
    len -= len > 1 && name[len - 1] == '*';
    for (unsigned i = 0; i < PTN_SLOT_COUNT; i++)
        if (slot_names[i].len == len && (slot_names[i].name[0] | 0x20) == *name && name_is(&slot_names[i], name, len))
            return i;
    return HOLE_NONE;
}

/* Behind the bracket that this one opens; NULL if none closes it. */
static const char *past_bracket(const char *p)
{
    unsigned open = 0;
    for (; *p; p++) {
        if (*p == '\\' && p[1])
            p++;
        else if (*p == '[')
            open++;
        else if (*p == ']' && --open == 0)
            return p + 1;
    }
    return NULL;
}

static bool match_here(struct search *, const char *pattern, const char *at);

static bool match_rest(struct search *s, const char *pattern, const char *at)
{
    if (s->depth >= PTN_PARTS_MAX)
        return false;
    s->depth++;
    bool fits = match_here(s, pattern, at);
    s->depth--;
    return fits;
}

static bool pay(struct search *s, size_t n)
{
    s->budget -= n < s->budget ? n : s->budget;
    return s->budget != 0;
}

/* The end of the longest value that a hole could have here. */
static const char *longest(struct search *s, enum reach reach, const char *at)
{
    static const uint8_t class_of[] = {[REACH_WORD] = WORD,
                                       [REACH_NUMBER] = NUMBER,
                                       [REACH_COUNT] = COUNT,
                                       [REACH_ADDR] = ADDR,
                                       [REACH_FLAGS] = FLAGS};
    if (reach == REACH_RUN)
        return s->end;
    if (reach != REACH_STAMP) {
        const char *end = run_of(class_of[reach], at, s->end);
        while (reach == REACH_NUMBER && end > at && end[-1] == '-') /* "4444->..." */
            end--;
        return is(*at, BLANK) ? at : end;
    }
    struct ptn_clock clock = {0};
    int64_t time;
    return at + ptn_stamp_read(&clock, at, (size_t)(s->end - at), &time);
}

static bool with_value(struct search *s, unsigned hole, const char *rest, const char *at, const char *end)
{
    unsigned n = s->ret->n;
    if (hole < PTN_SLOT_COUNT && hole != PTN_SLOT_NOTHING) {
        if (n == PTN_HOLES_MAX)
            return false;
        s->ret->items[n] = (struct ptn_hole){(enum ptn_slot)hole, {at, (size_t)(end - at)}};
        s->ret->n++;
    }
    if (match_rest(s, rest, end))
        return true;
    s->ret->n = n;
    return false;
}

/* The character that must stand behind a hole, '\0' where that is not so simple. */
static char follower(const char *rest)
{
    while (*rest == ']')
        rest++;
    if (*rest == '\\')
        rest++;
    else if (*rest == '{' || *rest == '[')
        return '\0';
    return *rest;
}

/* Without the point or comma that a sentence goes on with. */
static const char *without_stop(const char *at, const char *end)
{
    while (end > at + 1 && is(end[-1], STOP))
        end--;
    return end;
}

static bool at_end(const char *rest)
{
    while (*rest == ']')
        rest++;
    return !*rest;
}

/* The first place from `at` where a value may end before `next`; NULL if there is none up to `last`. */
static const char *next_end(const struct search *s, char next, const char *at, const char *last)
{
    const char *end = last < s->end ? last + 1 : s->end;
    if (!next)
        return at <= last ? at : NULL;
    if (next != ' ')
        return at < end ? memchr(at, next, (size_t)(end - at)) : NULL;
    while (at < end && !is(*at, BLANK))
        at++;
    return at < end ? at : NULL;
}

/* Each place where the value may end, the first first. */
static bool match_ends(struct search *s, unsigned hole, const char *rest, const char *at, const char *last)
{
    char next = follower(rest);
    const char *from = at + (hole != HOLE_RUN);
    for (const char *end; (end = next_end(s, next, from, last)); from = end + 1)
        if (!pay(s, (size_t)(end - from) + 8))
            return false;
        else if (with_value(s, hole, rest, at, end))
            return true;
    (void)pay(s, from < last ? (size_t)(last - from) : 0);
    return false;
}

/* The same, the last first: nothing in the template says where it ends. */
static bool match_back(struct search *s, unsigned hole, const char *rest, const char *at, const char *last)
{
    for (const char *end = last; end > at; end--)
        if (!pay(s, 8))
            return false;
        else if (with_value(s, hole, rest, at, end))
            return true;
    return false;
}

/* The only end that a value at the template's end can have. */
static const char *last_end(enum reach reach, const char *at, const char *last)
{
    if (reach == REACH_RUN)
        return last;
    return without_stop(at, reach == REACH_FLAGS ? run_of(WORD, at, last) : last);
}

/* A hole with its word: the text must have it here. */
static bool match_word(struct search *s, unsigned hole, const char *word, const char *close, const char *at)
{
    size_t len = (size_t)(close - word);
    if ((size_t)(s->end - at) < len || memcmp(at, word, len) != 0)
        return false;
    return with_value(s, hole, close + 1, at, at + len);
}

static bool match_hole(struct search *s, const char *pattern, const char *at)
{
    const char *close = strchr(pattern, '}');
    size_t len = close ? strcspn(pattern + 1, ":}") : 0;
    unsigned hole = close ? hole_named(pattern + 1, len) : HOLE_NONE;
    if (hole == HOLE_NONE || (at == s->end && hole != HOLE_RUN))
        return false;
    if (pattern[1 + len] == ':')
        return match_word(s, hole, pattern + len + 2, close, at);
    enum reach reach = len > 1 && pattern[len] == '*' ? REACH_RUN : reach_of[hole];
    const char *rest = close + 1, *last = longest(s, reach, at);
    if (reach != REACH_RUN && (last == at || !pay(s, (size_t)(last - at))))
        return false;
    if (at_end(rest))
        return with_value(s, hole, rest, at, last_end(reach, at, last));
    if (reach == REACH_NUMBER || reach == REACH_COUNT || reach == REACH_STAMP ||
        (reach == REACH_ADDR && !follower(rest)))
        return with_value(s, hole, rest, at, last);
    bool backwards = !follower(rest) && reach != REACH_RUN;
    return backwards ? match_back(s, hole, rest, at, last) : match_ends(s, hole, rest, at, last);
}

/* Behind the last word of a template: nothing, a blank, or a stop and these. */
static bool is_boundary(const struct search *s, const char *at)
{
    at = run_of(STOP, at, s->end);
    return at == s->end || is(*at, BLANK);
}

static bool match_optional(struct search *s, const char *pattern, const char *at)
{
    unsigned n = s->ret->n;
    if (match_rest(s, pattern + 1, at))
        return true;
    s->ret->n = n;
    const char *past = past_bracket(pattern);
    return past && pay(s, 8) && match_rest(s, past, at);
}

static bool match_here(struct search *s, const char *p, const char *at)
{
    for (;; p++) {
        switch (*p) {
        case '\0':
            return is_boundary(s, at) || is(p[-1], BLANK);
        case '[':
            return match_optional(s, p, at);
        case '{':
            return match_hole(s, p, at);
        case ']':
            continue;
        case ' ':
        case '\t':
            if (at == s->end || !is(*at, BLANK))
                return false;
            at = run_of(BLANK, at, s->end);
            continue;
        case '\\':
            p += p[1] != '\0';
            break;
        default:
            break;
        }
        if (at == s->end || *at++ != *p)
            return false;
    }
}

bool ptn_sentence_match(const char *pattern, struct ptn_slice text, struct ptn_holes *ret)
{
    ret->n = 0;
    if (!*pattern || !text.len)
        return false;
    const char *end = text.at + text.len, *at = run_of(BLANK, text.at, end);
    if (is(*pattern, NUMBER) && (at == end || *at != *pattern))
        return false;
    struct search s = {.end = end, .ret = ret, .budget = 16 * text.len + 4096};
    return match_here(&s, pattern, at);
}

static int wrong(size_t *at, size_t where, const char **why, const char *words)
{
    *at = where;
    *why = words;
    return -EINVAL;
}

int ptn_sentence_check(const char *pattern, size_t *at, const char **why)
{
    unsigned parts = 0, open = 0, holes = 0;
    size_t last_open = 0;
    for (size_t i = 0; pattern[i]; i++) {
        if (pattern[i] == '\\') {
            if (!pattern[i + 1] || !strchr("{}[]\\", pattern[i + 1]))
                return wrong(at, i, why, "a backslash goes before { } [ ] or another");
            i++;
        } else if (pattern[i] == '{') {
            size_t len = strcspn(pattern + i + 1, "{}[]\\ \t");
            if (pattern[i + 1 + len] != '}')
                return wrong(at, i, why, "this hole is not closed");
            unsigned hole = hole_named(pattern + i + 1, strcspn(pattern + i + 1, ":}"));
            if (hole == HOLE_NONE)
                return wrong(at, i, why, "no hole has this name");
            holes += hole < PTN_SLOT_COUNT;
            parts++;
            i += len + 1;
        } else if (pattern[i] == '[') {
            last_open = i;
            open++;
            parts++;
        } else if (pattern[i] == ']' && open-- == 0) {
            return wrong(at, i, why, "no bracket is open here");
        } else if (pattern[i] == '}') {
            return wrong(at, i, why, "no hole is open here");
        } else if ((unsigned char)pattern[i] < ' ' && pattern[i] != '\t') {
            return wrong(at, i, why, "a control character");
        }
        if (parts >= PTN_PARTS_MAX || holes > PTN_HOLES_MAX)
            return wrong(at, i, why, "too many holes and brackets");
    }
    return open ? wrong(at, last_open, why, "this bracket is not closed") : 0;
}
