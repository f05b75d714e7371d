/* Records to knocks. */
#include "record.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "find.h"

enum { TCP = 6, UDP = 17, DCCP = 33, ICMP = 1, ICMP6 = 58, SCTP = 132, UDPLITE = 136 };

bool ptn_cell_is(struct ptn_slice s, const char *word)
{
    size_t i = 0;
    while (i < s.len && word[i] != '\0' && word[i] == s.at[i])
        i++;
    return i == s.len && word[i] == '\0';
}

static bool is_word(struct ptn_slice s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.at, word, s.len) == 0;
}

bool ptn_cell_begins(struct ptn_slice s, const char *prefix)
{
    size_t len = strlen(prefix);
    return s.len >= len && memcmp(s.at, prefix, len) == 0;
}

bool ptn_cell_has(struct ptn_slice s, const char *part)
{
    return s.len && ptn_find(s.at, s.len, part, strlen(part));
}

bool ptn_cell_nothing(struct ptn_slice s)
{
    if (s.len == 0 || (s.len == 1 && *s.at == '-'))
        return true;
    if (*s.at != 'n' && *s.at != 'N' && *s.at != '(')
        return false;
    return is_word(s, "n/a") || ptn_cell_is(s, "(empty)") || ptn_cell_is(s, "null");
}

long ptn_cell_number(struct ptn_slice s, long max)
{
    return s.len ? ptn_number(s.at, s.len, max) : -1;
}

void ptn_record_begin(struct ptn_record *record, const struct ptn_format *format, const struct ptn_message *message)
{
    record->format = format;
    record->message = message;
    record->escaped = 0;
    for (size_t i = 0; i < PTN_RECORD_NAMES && *format->names[i].name; i++)
        record->of[i] = (struct ptn_slice){0};
}

static bool has_ports(uint8_t proto)
{
    return proto == TCP || proto == UDP || proto == SCTP || proto == DCCP || proto == UDPLITE;
}

void ptn_knock_tidy(struct ptn_knock *k)
{
    if (!(k->has & PTN_HAS_PROTO))
        return;
    unsigned gone = 0;
    if (!has_ports(k->proto))
        gone |= PTN_HAS_SPORT | PTN_HAS_DPORT;
    if (k->proto != TCP)
        gone |= PTN_HAS_FLAGS | PTN_HAS_WINDOW;
    if (k->proto != ICMP && k->proto != ICMP6)
        gone |= PTN_HAS_ICMP_TYPE | PTN_HAS_ICMP_CODE;
    k->has &= ~gone;
}

/* What a knock keeps a piece of must borrow from the line: an interface may stand behind an address, too. */
static bool is_kept(enum ptn_slot slot)
{
    return slot == PTN_SLOT_IN || slot == PTN_SLOT_OUT || slot == PTN_SLOT_RULE || slot == PTN_SLOT_SRC ||
           slot == PTN_SLOT_DST;
}

/* A value without its escapes; one that is kept stays as it is. */
static struct ptn_slice unescaped(const struct ptn_record *record, size_t i, char *room, size_t size)
{
    struct ptn_slice s = record->of[i];
    size_t n = 0;
    if (!(record->escaped >> i & 1) || is_kept(record->format->names[i].slot))
        return s;
    for (size_t k = 0; k < s.len && n < size; k++) {
        if (s.at[k] == '\\' && k + 1 < s.len)
            k++;
        room[n++] = s.at[k];
    }
    return (struct ptn_slice){room, n};
}

static bool vital(enum ptn_slot slot)
{
    return slot == PTN_SLOT_SPORT || slot == PTN_SLOT_DPORT || slot == PTN_SLOT_PROTO;
}

static unsigned time_slots(void)
{
    return 1u << PTN_SLOT_TIME | 1u << PTN_SLOT_SECONDS | 1u << PTN_SLOT_MILLIS | 1u << PTN_SLOT_NANOS;
}

/* Puts all of it. Result: false if something vital cannot be read; *told: the slots that had a value. */
static bool put_all(const struct ptn_record *record, struct ptn_knock *ret, unsigned *told)
{
    bool good = true;
    char room[128];
    for (size_t i = 0; i < PTN_RECORD_NAMES && *record->format->names[i].name; i++) {
        enum ptn_slot slot = record->format->names[i].slot;
        unsigned bits = time_slots() & 1u << slot ? time_slots() : 1u << slot;
        if (slot == PTN_SLOT_NOTHING || *told & bits || ptn_cell_nothing(record->of[i]))
            continue;
        struct ptn_slice value = unescaped(record, i, room, sizeof(room));
        int r = ptn_slot_put(ret, record->format, slot, value);
        *told |= r == 0 || bits != time_slots() ? bits : 0;
        if (r < 0 && vital(slot))
            good = false;
    }
    return good;
}

enum ptn_line ptn_record_fill(const struct ptn_record *record, struct ptn_knock *ret)
{
    unsigned told = 0;
    bool good = put_all(record, ret, &told);
    if (ret->action == PTN_ACTION_NONE)
        ret->action = (uint8_t)record->format->action;
    enum ptn_line line = PTN_LINE_PACKET;
    if (!(told & (1u << PTN_SLOT_SRC | 1u << PTN_SLOT_DST)))
        line = PTN_LINE_REMARK;
    else if (!good || (!ret->src.family && !ret->dst.family))
        line = PTN_LINE_BROKEN;
    if (record->format->finish)
        line = record->format->finish(record->message, ret, line);
    ptn_knock_tidy(ret);
    return line;
}

enum ptn_line ptn_record_take(const struct ptn_record *record, ptn_record_taker take, struct ptn_knocks *ret)
{
    struct ptn_knock *knock = ptn_knocks_add(ret);
    if (!knock)
        return PTN_LINE_BROKEN;
    enum ptn_line line = take(record, knock);
    if (line != PTN_LINE_PACKET)
        ret->n--;
    return line;
}
