/*
 * pf's filterlog of pfSense and OPNsense: columns whose places hang on the version of IP and on the protocol.
 * https://docs.netgate.com/pfsense/en/latest/monitoring/raw-filter-log-format.html
 */
#include "columns.h"

enum {
    TRACKER,
    RULE,
    INTERFACE,
    ACTION,
    DIRECTION,
    TTL,
    ID,
    NUMBER,
    PROTO,
    LENGTH,
    SRC,
    DST,
    SPORT,
    DPORT,
    FLAGS,
    WINDOW
};

static const struct ptn_field_name names[] = {
    [TRACKER] = {"tracker", PTN_SLOT_RULE},
    [RULE] = {"rule", PTN_SLOT_RULE},
    [INTERFACE] = {"interface", PTN_SLOT_IN},
    [ACTION] = {"action", PTN_SLOT_ACTION},
    [DIRECTION] = {"direction", PTN_SLOT_WAY},
    [TTL] = {"ttl", PTN_SLOT_TTL},
    [ID] = {"id", PTN_SLOT_ID},
    [NUMBER] = {"protocol-id", PTN_SLOT_PROTO},
    [PROTO] = {"protocol", PTN_SLOT_PROTO},
    [LENGTH] = {"length", PTN_SLOT_LENGTH},
    [SRC] = {"source", PTN_SLOT_SRC},
    [DST] = {"destination", PTN_SLOT_DST},
    [SPORT] = {"source-port", PTN_SLOT_SPORT},
    [DPORT] = {"destination-port", PTN_SLOT_DPORT},
    [FLAGS] = {"tcp-flags", PTN_SLOT_FLAGS},
    [WINDOW] = {"window", PTN_SLOT_WINDOW},
    {.name = ""},
};

static const struct ptn_action_word actions[] = {
    {"pass", PTN_ACTION_PASS},     {"block", PTN_ACTION_DROP}, {"reject", PTN_ACTION_REJECT},
    {"match", PTN_ACTION_NONE},    {"rdr", PTN_ACTION_NONE},   {"nat", PTN_ACTION_NONE},
    {"binat", PTN_ACTION_NONE},    {"nordr", PTN_ACTION_NONE}, {"nonat", PTN_ACTION_NONE},
    {"nobinat", PTN_ACTION_NONE},  {"scrub", PTN_ACTION_NONE}, {"noscrub", PTN_ACTION_NONE},
    {"synproxy", PTN_ACTION_NONE}, {"defer", PTN_ACTION_NONE}, {0},
};

static const struct icmp_word {
    const char *word;
    uint8_t v4, v6;
} icmp_words[] = {
    {"request", 8, 128}, {"reply", 0, 129},       {"unreach", 3, 1},     {"unreachport", 3, 1}, {"unreachproto", 3, 1},
    {"needfrag", 3, 2},  {"redirect", 5, 137},    {"timexceed", 11, 3},  {"timeexceed", 11, 3}, {"paramprob", 12, 4},
    {"tstamp", 13, 13},  {"tstampreply", 14, 14}, {"maskreply", 18, 18},
};

enum { COMMON = 9, V4_ENDS = 20, V6_ENDS = 17, MOST = 32 };

static bool known_action(struct ptn_slice word)
{
    for (const struct ptn_action_word *a = actions; a->word; a++)
        if (ptn_cell_is(word, a->word))
            return true;
    return false;
}

static bool is_filterlog(const struct ptn_message *message, const struct ptn_slice *cells, size_t n)
{
    if (n < COMMON || (!ptn_cell_is(cells[7], "in") && !ptn_cell_is(cells[7], "out")) ||
        (!ptn_cell_is(cells[8], "4") && !ptn_cell_is(cells[8], "6")))
        return false;
    if (ptn_cell_is(message->tag, "filterlog"))
        return true;
    return known_action(cells[6]) && (cells[0].len == 0 || ptn_cell_number(cells[0], INT32_MAX) >= 0);
}

static void common_part(struct ptn_record *r, const struct ptn_slice *cells)
{
    if (!ptn_cell_is(cells[3], "0"))
        r->of[TRACKER] = cells[3];
    r->of[RULE] = cells[0];
    r->of[INTERFACE] = cells[4];
    r->of[ACTION] = cells[6];
    r->of[DIRECTION] = cells[7];
}

static void v4_part(struct ptn_record *r, const struct ptn_slice *cells)
{
    r->of[TTL] = cells[11];
    r->of[ID] = cells[12];
    r->of[NUMBER] = cells[15];
    r->of[PROTO] = cells[16];
    r->of[LENGTH] = cells[17];
    r->of[SRC] = cells[18];
    r->of[DST] = cells[19];
}

static void v6_part(struct ptn_record *r, const struct ptn_slice *cells)
{
    bool number_last = ptn_cell_number(cells[13], 255) >= 0;
    r->of[TTL] = cells[11];
    r->of[NUMBER] = cells[number_last ? 13 : 12];
    r->of[PROTO] = cells[number_last ? 12 : 13];
    r->of[SRC] = cells[15];
    r->of[DST] = cells[16];
}

/* A fragment, or a packet too short for its ports, has a message where they would be. */
static void ports_part(struct ptn_record *r, const struct ptn_slice *rest, size_t n)
{
    if (n < 2 || ptn_cell_number(rest[0], 65535) < 0 || ptn_cell_number(rest[1], 65535) < 0)
        return;
    r->of[SPORT] = rest[0];
    r->of[DPORT] = rest[1];
    if (n >= 7) {
        r->of[FLAGS] = rest[3];
        r->of[WINDOW] = rest[6];
    }
}

static void icmp_part(struct ptn_knock *k, struct ptn_slice word)
{
    for (size_t i = 0; i < sizeof(icmp_words) / sizeof(*icmp_words); i++) {
        if (!ptn_cell_is(word, icmp_words[i].word))
            continue;
        k->icmp_type = k->proto == 58 ? icmp_words[i].v6 : icmp_words[i].v4;
        k->has |= PTN_HAS_ICMP_TYPE;
        return;
    }
    long type = ptn_cell_number(word, 255);
    if (type < 0)
        return;
    k->icmp_type = (uint8_t)type;
    k->has |= PTN_HAS_ICMP_TYPE;
}

static enum ptn_line take(const struct ptn_record *r, struct ptn_knock *k)
{
    enum ptn_line line = ptn_record_fill(r, k);
    if (ptn_cell_is(r->of[DIRECTION], "out")) {
        k->out = k->in;
        k->in = (struct ptn_slice){0};
    }
    return line;
}

static enum ptn_line read(const struct ptn_format *format, struct ptn_log_state *state,
                          const struct ptn_message *message, struct ptn_knocks *ret)
{
    (void)state;
    struct ptn_slice cells[MOST];
    struct ptn_record r;
    size_t n = ptn_columns_cut(message->text, ',', cells, MOST);
    if (!is_filterlog(message, cells, n))
        return ptn_cell_is(message->tag, "filterlog") ? PTN_LINE_REMARK : PTN_LINE_OTHER_FORMAT;
    bool v4 = ptn_cell_is(cells[8], "4");
    size_t ends = v4 ? V4_ENDS : V6_ENDS;
    if (n < ends)
        return PTN_LINE_BROKEN;
    ptn_record_begin(&r, format, message);
    common_part(&r, cells);
    if (v4)
        v4_part(&r, cells);
    else
        v6_part(&r, cells);
    ports_part(&r, cells + ends, n - ends);
    enum ptn_line line = ptn_record_take(&r, take, ret);
    struct ptn_knock *k = line == PTN_LINE_PACKET ? &ret->items[ret->n - 1] : NULL;
    if (k && n > ends && (k->proto == 1 || k->proto == 58))
        icmp_part(k, cells[ends]);
    return line;
}

const struct ptn_format ptn_format_filterlog = {
    .name = "filterlog",
    .title = "pfSense and OPNsense filterlog",
    .has = PTN_HAS_ROUTER,
    .read = read,
    .names = names,
    .actions = actions,
    .separator = ',',
};
