/* RFC 5424: "1 STAMP HOST APP PROCID MSGID DATA TEXT", each "-" where it is not known. */
#include <string.h>

#include "envelope.h"
#include "slot.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static struct ptn_slice behind(struct ptn_slice s, size_t n)
{
    return (struct ptn_slice){s.at + n, s.len - n};
}

static bool begins(struct ptn_slice s, const char *with)
{
    size_t n = strlen(with);
    return s.len >= n && memcmp(s.at, with, n) == 0;
}

static struct ptn_slice no_blanks(struct ptn_slice s)
{
    while (s.len && s.at[0] == ' ')
        s = behind(s, 1);
    return s;
}

/* The next word of the header; not what is in quotes or brackets or a pair, which is text in a header that ends early.
 */
static bool take_word(struct ptn_slice *s, struct ptn_slice *ret)
{
    const char *end = s->len ? memchr(s->at, ' ', s->len < 256 ? s->len : 256) : NULL;
    size_t n = end ? (size_t)(end - s->at) : s->len;
    if (n == 0 || n > 255 || s->at[0] == '[' || memchr(s->at, '=', n) || memchr(s->at, '"', n) ||
        memchr(s->at, '|', n) || s->at[n - 1] == ':')
        return false;
    *ret = n == 1 && s->at[0] == '-' ? (struct ptn_slice){s->at, 0} : (struct ptn_slice){s->at, n};
    *s = no_blanks(behind(*s, n));
    return true;
}

/* One element, "[id name="value" ...]": its length; 0 where it has no end. */
static size_t element(struct ptn_slice s)
{
    bool quoted = false;
    for (size_t i = 1; i < s.len; i++) {
        if (s.at[i] == '\\' && quoted)
            i++;
        else if (s.at[i] == '"')
            quoted = !quoted;
        else if (s.at[i] == ']' && !quoted)
            return i + 1;
    }
    return 0;
}

/* Whether this is an element of structured data, "[id]" or "[id name="value" ...]", and not the message: Juniper says
 * all in one, Check Point's names end with colons, and a filter's prefix may stand in brackets too. */
static bool is_element(struct ptn_slice s)
{
    size_t n = 1, name;
    while (n < s.len && !memchr(" ]=\":", s.at[n], 5))
        n++;
    if (n == 1 || n == s.len || begins(s, "[junos@"))
        return false;
    if (s.at[n] == ']')
        return true;
    for (name = n + 1; name < s.len && !memchr(" ]=\":", s.at[name], 5);)
        name++;
    return s.at[n] == ' ' && name + 1 < s.len && s.at[name] == '=' && s.at[name + 1] == '"';
}

/* Goes behind the structured data. Result: where the text begins. */
static struct ptn_slice take_data(struct ptn_slice s, struct ptn_slice id)
{
    struct ptn_slice whole = s;
    if (id.len)
        whole = (struct ptn_slice){id.at, (size_t)(s.at + s.len - id.at)};
    if (s.len && s.at[0] == '-' && (s.len == 1 || s.at[1] == ' '))
        return no_blanks(behind(s, 1));
    if (s.len == 0 || s.at[0] != '[')
        return s;
    if (!is_element(s))
        return whole;
    size_t n = element(s);
    while (n && n < s.len && s.at[n] == '[') {
        size_t more = element(behind(s, n));
        n = more ? n + more : 0;
    }
    if (n == 0)
        return whole;
    struct ptn_slice text = no_blanks(behind(s, n));
    return text.len == 0 || (text.len == 3 && begins(text, "\xef\xbb\xbf")) ? whole : text;
}

static bool take_time(struct ptn_clock *clock, struct ptn_slice *s, int64_t *ret)
{
    *ret = PTN_NO_TIME;
    if (begins(*s, "- ")) {
        *s = no_blanks(behind(*s, 2));
        return true;
    }
    size_t n = s->len > 10 && is_digit(s->at[0]) && s->at[4] == '-' ? ptn_stamp_read(clock, s->at, s->len, ret) : 0;
    if (n == 0 || n == s->len || s->at[n] != ' ')
        return false;
    *s = no_blanks(behind(*s, n));
    return true;
}

bool ptn_envelope_5424(struct ptn_clock *clock, struct ptn_message *m)
{
    struct ptn_slice s = m->text, host = {0}, tag = {0}, skipped, id = {0};
    int64_t time;
    if (s.len < 8 || !is_digit(s.at[0]) || s.at[1] != ' ')
        return false;
    s = no_blanks(behind(s, 2));
    if (!take_time(clock, &s, &time))
        return false;
    if (take_word(&s, &host) && take_word(&s, &tag) && take_word(&s, &skipped))
        take_word(&s, &id);
    s = take_data(s, id);
    if (begins(s, "\xef\xbb\xbf"))
        s = behind(s, 3);
    m->time = time == PTN_NO_TIME ? m->time : time;
    m->host = host;
    m->tag = tag;
    m->text = s;
    return true;
}
