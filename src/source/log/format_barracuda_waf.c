/*
 * Barracuda Web Application Firewall: campus.barracuda.com, "How to Export Logs". Its network firewall's lines are
 * about packets, those of the web firewall and of accesses are not. Words by position.
 *
 *     NF INFO TCP 203.0.113.9 52676 198.51.100.7 80 ALLOW rule1 MGMT/LAN/WAN interface traffic:allow
 */
#include "pairs.h"

static const struct ptn_action_word actions[] = {
    {"ALLOW", PTN_ACTION_PASS},
    {"DENY", PTN_ACTION_DROP},
    {"BLOCK", PTN_ACTION_DROP},
    {NULL, PTN_ACTION_NONE},
};

static const enum ptn_slot order[] = {
    PTN_SLOT_PROTO, PTN_SLOT_SRC, PTN_SLOT_SPORT, PTN_SLOT_DST, PTN_SLOT_DPORT, PTN_SLOT_ACTION, PTN_SLOT_RULE,
};

static struct ptn_slice next_word(struct ptn_slice *s)
{
    const char *at = s->at, *end = s->at + s->len;
    while (at < end && *at == ' ')
        at++;
    const char *to = at;
    while (to < end && *to != ' ')
        to++;
    *s = (struct ptn_slice){to, (size_t)(end - to)};
    return (struct ptn_slice){at, (size_t)(to - at)};
}

static bool is_level(struct ptn_slice s)
{
    static const char *const levels[] = {"EMER", "ALER", "CRIT", "ERRO", "ERR", "WARN", "NOTI", "INFO", "DEBU"};
    for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++)
        if (slice_is(s, levels[i]))
            return true;
    return false;
}

static enum ptn_line read_waf(const struct ptn_format *format, struct ptn_log_state *state, const struct ptn_message *m,
                              struct ptn_knocks *ret)
{
    (void)state;
    struct ptn_slice rest = m->text, kind = next_word(&rest), level = next_word(&rest);
    if (slice_is(kind, "WF") && is_level(level))
        return PTN_LINE_REMARK;
    if (!slice_is(kind, "NF") || !is_level(level))
        return PTN_LINE_OTHER_FORMAT;
    struct ptn_knock *k = ptn_knocks_add(ret);
    bool sound = k;
    for (size_t i = 0; k && i < sizeof(order) / sizeof(*order); i++)
        if (ptn_slot_put(k, format, order[i], next_word(&rest)) != 0 && order[i] != PTN_SLOT_RULE)
            sound = false;
    return sound ? ptn_pairs_settle(format, m, k, true) : PTN_LINE_BROKEN;
}

const struct ptn_format ptn_format_barracuda_waf = {
    .name = "barracuda-waf",
    .title = "Barracuda Web Application Firewall",
    .read = read_waf,
    .actions = actions,
};
