/*
 * Packets, a line each: for programs (--events -J) and for people. There may be as many as the log has lines, so the
 * line of JSON is written by hand.
 */
#include <string.h>

#include "base/addr.h"
#include "base/text.h"
#include "base/utf8.h"
#include "explain.h"
#include "explain_words.h"

/* In the order of their bits, which makes SYN,ACK and FIN,ACK of them. */
static const char *const flag_words[] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"};
#define FLAGS_TEXT 40

/* "SYN,ACK" */
static const char *flags_text(uint8_t flags, char out[static FLAGS_TEXT])
{
    char *at = out;
    out[0] = '\0';
    for (unsigned i = 0; i < 8; i++)
        if (flags >> i & 1)
            at = ptn_put(ptn_put(at, out + FLAGS_TEXT, at > out ? "," : ""), out + FLAGS_TEXT, flag_words[i]);
    return out;
}

/* ---- JSON ------------------------------------------------------------------------------------------------------- */

/* A line as it grows; handed on when it is full, so that no field can be too long. */
struct line {
    FILE *file;
    size_t n;
    char text[1024];
};

static void flush(struct line *l)
{
    fwrite_unlocked(l->text, 1, l->n, l->file);
    l->n = 0;
}

static void put(struct line *l, const char *text, size_t len)
{
    while (len > 0) {
        if (l->n == sizeof(l->text))
            flush(l);
        size_t n = len < sizeof(l->text) - l->n ? len : sizeof(l->text) - l->n;
        memcpy(l->text + l->n, text, n);
        l->n += n;
        text += n;
        len -= n;
    }
}
#define PUT(l, literal) put(l, literal, sizeof(literal) - 1)

static void put_number(struct line *l, uint64_t n)
{
    char digits[20], *p = digits + sizeof(digits);
    do
        *--p = (char)('0' + n % 10);
    while (n /= 10);
    put(l, p, (size_t)(digits + sizeof(digits) - p));
}

static void put_escaped(struct line *l, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    const char unicode[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, quoted[] = {'\\', (char)c};
    if (c >= 0x20 && c != 0x7f)
        put(l, quoted, sizeof(quoted));
    else
        put(l, unicode, sizeof(unicode));
}

static bool stands_for_itself(unsigned char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* Whole stretches of what stands for itself at once. */
static void put_string(struct line *l, const char *text, size_t len)
{
    size_t from = 0, i = 0;
    PUT(l, "\"");
    for (;;) {
        while (i < len && stands_for_itself((unsigned char)text[i]))
            i++;
        if (i == len)
            break;
        const unsigned char c = (unsigned char)text[i];
        const size_t n = c < 0x80 ? 0 : ptn_utf8_length(text + i, len - i);
        if (n) {
            i += n;
            continue;
        }
        put(l, text + from, i - from);
        if (c < 0x80)
            put_escaped(l, c);
        else
            PUT(l, "\\ufffd");
        from = ++i;
    }
    put(l, text + from, len - from);
    PUT(l, "\"");
}

/* A word of ours, in which nothing is to be escaped; NULL or "": nothing is known. */
static void put_ours(struct line *l, const char *word)
{
    if (!word || !*word) {
        PUT(l, "null");
        return;
    }
    PUT(l, "\"");
    put(l, word, strlen(word));
    PUT(l, "\"");
}

static void put_addr(struct line *l, const struct ptn_addr *addr)
{
    char text[PTN_ADDR_TEXT];
    if (addr->family != AF_INET) {
        put_ours(l, ptn_addr_format(addr, text));
        return;
    }
    PUT(l, "\"");
    for (unsigned i = 0; i < 4; i++) {
        if (i)
            PUT(l, ".");
        put_number(l, addr->bytes[i]);
    }
    PUT(l, "\"");
}

/* Without octets nothing is known. */
static void put_text(struct line *l, const char *text, size_t len)
{
    if (len)
        put_string(l, text, len);
    else
        PUT(l, "null");
}

static void put_word(struct line *l, const char *word)
{
    put_text(l, word, word ? strlen(word) : 0);
}

static void put_number_if(struct line *l, bool known, uint64_t n)
{
    if (known)
        put_number(l, n);
    else
        PUT(l, "null");
}

void ptn_event_json_print(FILE *f, const struct ptn_knock *k, const char *format, const char *file, uint64_t line,
                          const char *cause)
{
    struct line l;
    char text[PTN_UTC_TEXT], flags[FLAGS_TEXT];
    static const char *const actions[] = {
#define X(id, word) [PTN_ACTION_##id] = word,
        PTN_ACTIONS(X)
#undef X
    };
    l.file = f;
    l.n = 0;
    PUT(&l, "{\"time\":");
    put_ours(&l, ptn_utc_text(k->time, text));
    PUT(&l, ",\"proto\":");
    put_ours(&l, k->has & PTN_HAS_PROTO ? ptn_ip_proto_text(k->proto, text) : NULL);
    PUT(&l, ",\"src\":");
    put_addr(&l, &k->src);
    PUT(&l, ",\"sport\":");
    put_number_if(&l, k->has & PTN_HAS_SPORT, k->sport);
    PUT(&l, ",\"dst\":");
    put_addr(&l, &k->dst);
    PUT(&l, ",\"dport\":");
    put_number_if(&l, k->has & PTN_HAS_DPORT, k->dport);
    PUT(&l, ",\"action\":");
    put_ours(&l, k->action < sizeof(actions) / sizeof(*actions) ? actions[k->action] : NULL);
    PUT(&l, ",\"in\":");
    put_text(&l, k->in.at, k->in.len);
    PUT(&l, ",\"out\":");
    put_text(&l, k->out.at, k->out.len);
    PUT(&l, ",\"flags\":");
    if (k->has & PTN_HAS_FLAGS)
        put_string(&l, flags, strlen(flags_text(k->flags, flags))); /* "": none of them was set */
    else
        PUT(&l, "null");
    PUT(&l, ",\"icmp_type\":");
    put_number_if(&l, k->has & PTN_HAS_ICMP_TYPE, k->icmp_type);
    PUT(&l, ",\"format\":");
    put_word(&l, format);
    PUT(&l, ",\"file\":");
    put_word(&l, file);
    PUT(&l, ",\"line\":");
    put_number_if(&l, line != 0, line);
    PUT(&l, ",\"cause\":");
    put_word(&l, cause);
    PUT(&l, "}\n");
    flush(&l);
}

/* ---- for people ---------------------------------------------------------------------------------------------------
 */

#define END_TEXT 80
#define INTERFACE_SHOWN 32 /* octets */

/* "198.51.100.7:51234", "[2001:db8::7]:443", "?" */
static char *put_end(char *at, const char *end, const struct ptn_addr *addr, bool has_port, uint16_t port)
{
    char text[PTN_ADDR_TEXT];
    bool six = addr->family == AF_INET6 && has_port;
    ptn_addr_format(addr, text);
    at = ptn_put(ptn_put(ptn_put(at, end, six ? "[" : ""), end, *text ? text : "?"), end, six ? "]" : "");
    return has_port ? ptn_put_number(ptn_put(at, end, ":"), end, port) : at;
}

/* What follows the address: "/tcp", " icmp 8 echo-request" */
static void put_proto(char *at, const char *end, const struct ptn_knock *k)
{
    char word[PTN_IP_PROTO_TEXT];
    if (!(k->has & PTN_HAS_PROTO))
        return;
    at = ptn_put(ptn_put(at, end, k->has & PTN_HAS_DPORT ? "/" : " "), end, ptn_ip_proto_text(k->proto, word));
    if (!ptn_is_icmp(k->proto) || !(k->has & PTN_HAS_ICMP_TYPE))
        return;
    at = ptn_put_number(ptn_put(at, end, " "), end, k->icmp_type);
    ptn_put(ptn_put(at, end, " "), end,
            ptn_icmp_name(k->proto, k->icmp_type, k->has & PTN_HAS_ICMP_CODE ? k->icmp_code : 0));
}

static void print_interface(struct ptn_out *o, const char *before, struct ptn_slice name)
{
    if (name.len == 0)
        return;
    size_t n = name.len < INTERFACE_SHOWN ? name.len : INTERFACE_SHOWN;
    while (n < name.len && n > 0 && ((unsigned char)name.at[n] & 0xc0) == 0x80)
        n--;
    fputs(before, o->file);
    ptn_out_put(o, name.at, n);
}

void ptn_event_print(struct ptn_out *o, const struct ptn_knock *k, const char *cause)
{
    static const enum ptn_tone tones[] = {
        [PTN_ACTION_NONE] = PTN_TONE_FAINT,
        [PTN_ACTION_PASS] = PTN_TONE_CARE,
        [PTN_ACTION_DROP] = PTN_TONE_PLAIN,
        [PTN_ACTION_REJECT] = PTN_TONE_PLAIN,
    };
    static const char *const actions[] = {
#define X(id, word) [PTN_ACTION_##id] = word,
        PTN_ACTIONS(X)
#undef X
    };
    char text[3 * END_TEXT], flags[FLAGS_TEXT], from[END_TEXT], to[END_TEXT];
    const unsigned action = k->action < sizeof(actions) / sizeof(*actions) ? k->action : PTN_ACTION_NONE;
    int64_t second = k->time / 1000000;
    text[0] = '\0';
    if (second > 0 && second <= UINT32_MAX)
        ptn_span_text((uint32_t)second, (uint32_t)second, true, text);
    fprintf(o->file, "%-19s  ", text);
    put_end(from, from + sizeof(from), &k->src, k->has & PTN_HAS_SPORT, k->sport);
    put_proto(put_end(to, to + sizeof(to), &k->dst, k->has & PTN_HAS_DPORT, k->dport), to + sizeof(to), k);
    fprintf(o->file, "%-21s > %-23s %-7s  ", from, to, k->has & PTN_HAS_FLAGS ? flags_text(k->flags, flags) : "");
    snprintf(text, sizeof(text), "%-6s", *actions[action] ? actions[action] : "-");
    ptn_out_text(o, tones[action], text);
    print_interface(o, "  ", k->in);
    print_interface(o, k->in.len ? " > " : "  > ", k->out);
    fputs("  ", o->file);
    ptn_out_text(o, PTN_TONE_FAINT, cause ? cause : "");
    fputc('\n', o->file);
}
