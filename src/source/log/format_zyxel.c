/*
 * ZyXEL ZyWALL, USG, ATP: user's guides, "Log Descriptions" and "Syslog Logs". What was done is in the note, the
 * protocol and the zones only in the message.
 *
 *     src="203.0.113.9:4444" dst="198.51.100.1:22" msg="priority:8, from WAN to ZyWALL, TCP, service others, REJECT"
 *     note="ACCESS BLOCK" user="unknown" devID="00005e005301" cat="Security Policy Control"
 */
#include "pairs.h"
#include "slot.h"

static const struct ptn_field_name names[] = {
    {"src", PTN_SLOT_SRC},     {"dst", PTN_SLOT_DST},     {"protoID", PTN_SLOT_PROTO},
    {"proto", PTN_SLOT_PROTO}, {"sent", PTN_SLOT_OCTETS}, {.name = ""},
};

/* The word up to a comma, a blank or a bracket; *rest goes on behind it. */
static struct ptn_slice next_word(struct ptn_slice *rest)
{
    while (rest->len && strchr(", ()", *rest->at))
        rest->at++, rest->len--;
    struct ptn_slice word = {rest->at, 0};
    while (rest->len && !strchr(", ()", *rest->at))
        rest->at++, rest->len--, word.len++;
    return word;
}

/* "priority:8, from WAN to ZyWALL, TCP, service others, REJECT"; "Firewall default policy: UDP (W to W/ZW)" */
static void put_words(struct ptn_slice message, struct ptn_knock *k)
{
    struct ptn_slice word, last = {0};
    while ((word = next_word(&message)).len) {
        bool capitals = word.len > 2 && word.at[0] >= 'A' && word.at[0] <= 'Z' && word.at[1] < 'a';
        if (slice_is(last, "from"))
            ptn_slot_put(k, &ptn_format_zyxel, PTN_SLOT_IN, word);
        else if (slice_is(last, "to") && k->in.len)
            ptn_slot_put(k, &ptn_format_zyxel, PTN_SLOT_OUT, word);
        else if (capitals && !slice_is(last, "service") && ptn_proto_of(word) >= 0)
            ptn_slot_put(k, &ptn_format_zyxel, PTN_SLOT_PROTO, word);
        else if (slice_is(word, "REJECT"))
            k->action = PTN_ACTION_REJECT;
        last = word;
    }
}

static enum ptn_line read_zyxel(const struct ptn_format *format, struct ptn_log_state *state,
                                const struct ptn_message *m, struct ptn_knocks *ret)
{
    enum { NOTE, MESSAGE, DIR, KEYS };
    static const char *const keys[KEYS] = {"note", "msg", "dir"};
    struct ptn_slice of[KEYS];
    ptn_pairs_values(format, m->text, keys, KEYS, of);
    bool traffic = slice_is(of[NOTE], "Traffic Log"), blocked = slice_is(of[NOTE], "ACCESS BLOCK");
    if (!traffic && !blocked && !slice_is(of[NOTE], "ACCESS FORWARD"))
        return PTN_LINE_REMARK;
    enum ptn_line line = ptn_read_pairs(format, state, m, ret);
    if (!ret->n)
        return line;
    struct ptn_knock *k = &ret->items[ret->n - 1];
    k->action = blocked ? PTN_ACTION_DROP : PTN_ACTION_PASS;
    const char *colon = of[DIR].len ? memchr(of[DIR].at, ':', of[DIR].len) : NULL;
    if (colon) {
        size_t n = (size_t)(colon - of[DIR].at);
        ptn_slot_put(k, format, PTN_SLOT_IN, (struct ptn_slice){of[DIR].at, n});
        ptn_slot_put(k, format, PTN_SLOT_OUT, (struct ptn_slice){colon + 1, of[DIR].len - n - 1});
    }
    if (!traffic)
        put_words(of[MESSAGE], k);
    ptn_pairs_settle(format, m, k, true);
    return line;
}

static const char *const marks[] = {"src=\"", "dst=\"", "note=\"", "cat=\"", NULL};

const struct ptn_format ptn_format_zyxel = {
    .name = "zyxel",
    .title = "ZyXEL ZyWALL, USG",
    .read = read_zyxel,
    .marks = marks,
    .names = names,
};
