/*
 * Check Point: syslog of the gateway and of Log Exporter (sk122323), the fields of the structured data that R77's gaia
 * sends, LEA readers' bars, and "fw log".
 *
 *     [action:"Drop"; ifdir:"inbound"; ifname:"eth0"; loguid:"{...}"; product:"VPN-1 & FireWall-1"; src:"203.0.113.9";
 * ...] time=1600000000|hostname=gw|product=Firewall|action=Drop|ifdir=inbound|ifname=eth0|src=203.0.113.9|...
 *     [Fields@1.3.6.1.4.1.2620 Action="drop" inzone="External" src="203.0.113.9" svc="23" sport_svc="4242" proto="6"
 * ...] 12:00:00 drop gw >eth0 product: VPN-1 & FireWall-1; src: 203.0.113.9; s_port: 4242; dst: 192.0.2.1; service: 23;
 * ...
 */
#include "pairs.h"
#include "record.h"

static const struct ptn_action_word actions[] = {
    {"accept", PTN_ACTION_PASS},  {"allow", PTN_ACTION_PASS},     {"encrypt", PTN_ACTION_PASS},
    {"decrypt", PTN_ACTION_PASS}, {"bypass", PTN_ACTION_PASS},    {"drop", PTN_ACTION_DROP},
    {"block", PTN_ACTION_DROP},   {"prevent", PTN_ACTION_DROP},   {"reject", PTN_ACTION_REJECT},
    {"monitor", PTN_ACTION_NONE}, {"monitored", PTN_ACTION_NONE}, {"detect", PTN_ACTION_NONE},
    {NULL, PTN_ACTION_NONE},
};

static const struct ptn_field_name names[] = {
    {"src", PTN_SLOT_SRC},
    {"dst", PTN_SLOT_DST},
    {"s_port", PTN_SLOT_SPORT},
    {"sport_svc", PTN_SLOT_SPORT},
    {"service", PTN_SLOT_DPORT},
    {"svc", PTN_SLOT_DPORT},
    {"d_port", PTN_SLOT_DPORT},
    {"proto", PTN_SLOT_PROTO},
    {"action", PTN_SLOT_ACTION},
    {"Action", PTN_SLOT_ACTION},
    {"rule_action", PTN_SLOT_ACTION},
    {"ifname", PTN_SLOT_IN},
    {"i/f_name", PTN_SLOT_IN},
    {"ifdir", PTN_SLOT_WAY},
    {"i/f_dir", PTN_SLOT_WAY},
    {"tcp_flags", PTN_SLOT_FLAGS},
    {"icmp_type", PTN_SLOT_ICMP_TYPE},
    {"icmp_code", PTN_SLOT_ICMP_CODE},
    {"ICMP Type", PTN_SLOT_ICMP_TYPE},
    {"ICMP Code", PTN_SLOT_ICMP_CODE},
    {"icmp-type", PTN_SLOT_ICMP_TYPE},
    {"icmp-code", PTN_SLOT_ICMP_CODE},
    {"time", PTN_SLOT_TIME},
    {"rule_name", PTN_SLOT_RULE},
    {"rule", PTN_SLOT_RULE},
    {"client_inbound_packets", PTN_SLOT_PACKETS},
    {"product", PTN_SLOT_NOTHING},
    {"inzone", PTN_SLOT_NOTHING},
    {"outzone", PTN_SLOT_NOTHING},
    {.name = ""},
};

enum { PRODUCT, PRODUCT_NAME, ACTION, ACTION_NAME, IN_ZONE, OUT_ZONE, PACKETS, KEYS };
static const char *const keys[KEYS] = {"product", "ProductName", "action", "Action", "inzone", "outzone", "packets"};

static bool is_any(struct ptn_slice s, const char *const *words)
{
    for (; *words; words++)
        if (slice_is(s, *words))
            return true;
    return false;
}

/* Blades that look into contents, the management and the rest are not about packets. */
static bool is_remark(const struct ptn_slice *of)
{
    static const char *const products[] = {"VPN-1 & FireWall-1",
                                           "VPN-1 &amp; FireWall-1",
                                           "VPN-1 \\u0026 FireWall-1",
                                           "VPN & FireWall",
                                           "Firewall",
                                           "FireWall",
                                           "FireWall-1",
                                           NULL};
    static const char *const acts[] = {"Key Install", "key install",   "keyinst", "Log In",
                                       "Log Out",     "Failed Log In", "ctl",     "Authorize",
                                       "authorize",   "Deauthorize",   "Update",  NULL};
    struct ptn_slice product = of[PRODUCT].at ? of[PRODUCT] : of[PRODUCT_NAME];
    return (product.len && !is_any(product, products)) || is_any(of[ACTION].at ? of[ACTION] : of[ACTION_NAME], acts);
}

/* An interface with a direction is surer than zones. */
static void put_ends(const struct ptn_format *format, const struct ptn_slice *of, struct ptn_knock *k)
{
    if (k->in.len && k->way == PTN_WAY_OUT) {
        k->out = k->in;
        k->in = (struct ptn_slice){0};
    } else if (!k->in.len) {
        ptn_slot_put(k, format, PTN_SLOT_IN, of[IN_ZONE]);
        ptn_slot_put(k, format, PTN_SLOT_OUT, of[OUT_ZONE]);
    }
}

/* "<203.0.113.9,4242,192.0.2.1,23,6;eth0>" into a knock like that of the line. */
static bool put_packet(struct ptn_slice s, const struct ptn_format *format, struct ptn_knock *k)
{
    static const enum ptn_slot slots[] = {PTN_SLOT_SRC, PTN_SLOT_SPORT, PTN_SLOT_DST, PTN_SLOT_DPORT, PTN_SLOT_PROTO};
    const char *at = s.at, *end = s.at + s.len;
    for (size_t i = 0; i < sizeof(slots) / sizeof(*slots); i++) {
        const char *to = at;
        while (to < end && *to != ',' && *to != ';')
            to++;
        if (to == at || ptn_slot_put(k, format, slots[i], (struct ptn_slice){at, (size_t)(to - at)}) != 0)
            return false;
        at = to < end ? to + 1 : end;
    }
    ptn_slot_put(k, format, k->way == PTN_WAY_OUT ? PTN_SLOT_OUT : PTN_SLOT_IN,
                 (struct ptn_slice){at, (size_t)(end - at)});
    return k->src.family && k->dst.family;
}

/* One line for many packets of optimized drops. */
static enum ptn_line read_packets(const struct ptn_format *format, const struct ptn_message *m, struct ptn_slice list,
                                  struct ptn_knocks *ret)
{
    struct ptn_knock like = ret->items[--ret->n];
    const char *at = list.at, *end = list.at + list.len;
    while ((at = memchr(at, '<', (size_t)(end - at)))) {
        const char *to = memchr(at, '>', (size_t)(end - at));
        struct ptn_knock *k = to ? ptn_knocks_add(ret) : NULL;
        if (!k)
            return PTN_LINE_BROKEN;
        *k = like;
        if (!put_packet((struct ptn_slice){at + 1, (size_t)(to - at - 1)}, format, k) ||
            ptn_pairs_settle(format, m, k, true) != PTN_LINE_PACKET)
            return PTN_LINE_BROKEN;
        at = to;
    }
    return PTN_LINE_PACKET;
}

static enum ptn_line read_text(const struct ptn_format *format, const struct ptn_message *m, struct ptn_slice text,
                               struct ptn_knocks *ret)
{
    struct ptn_slice of[KEYS];
    ptn_pairs_values(format, text, keys, KEYS, of);
    if (is_remark(of))
        return PTN_LINE_REMARK;
    struct ptn_knock *k = ptn_knocks_add(ret);
    if (!k)
        return PTN_LINE_BROKEN;
    struct ptn_pairs p;
    ptn_pairs_begin(&p, format, text);
    bool sound = ptn_pairs_fill(&p, format, k);
    put_ends(format, of, k);
    if (!k->src.family && !k->dst.family && ptn_slice_from(of[PACKETS], "<").len)
        return read_packets(format, m, of[PACKETS], ret);
    if (!k->src.family && !k->dst.family && !(k->has & PTN_HAS_PROTO))
        return PTN_LINE_REMARK;
    return ptn_pairs_settle(format, m, k, sound);
}

static enum ptn_line read_syslog(const struct ptn_format *format, struct ptn_log_state *state,
                                 const struct ptn_message *m, struct ptn_knocks *ret)
{
    (void)state;
    struct ptn_slice all = ptn_message_all(m);
    if (!ptn_slice_from(all, "loguid:\"").len)
        return PTN_LINE_OTHER_FORMAT;
    struct ptn_slice data = ptn_slice_from(all, "[");
    for (struct ptn_slice next = data; next.len; next = ptn_slice_from(next, "[")) { /* the one before a key */
        size_t n = 1;
        while (n < next.len && (next.at[n] == '_' || (next.at[n] >= 'a' && next.at[n] <= 'z')))
            n++;
        data = next;
        if (n > 1 && n < next.len && next.at[n] == ':')
            break;
        next.at++;
        next.len--;
    }
    return read_text(format, m, data.len ? data : all, ret);
}

const struct ptn_format ptn_format_checkpoint = {
    .name = "checkpoint",
    .title = "Check Point",
    .read = read_syslog,
    .names = names,
    .actions = actions,
    .separator = ';',
    .assign = ':',
};

static enum ptn_line read_fields(const struct ptn_format *format, struct ptn_log_state *state,
                                 const struct ptn_message *m, struct ptn_knocks *ret)
{
    (void)state;
    struct ptn_slice data = ptn_slice_from(ptn_message_all(m), "Fields@1.3.6.1.4.1.2620");
    return data.len ? read_text(format, m, data, ret) : PTN_LINE_OTHER_FORMAT;
}

const struct ptn_format ptn_format_checkpoint_fields = {
    .name = "checkpoint",
    .title = "Check Point, structured data",
    .read = read_fields,
    .names = names,
    .actions = actions,
};

static enum ptn_line read_bars(const struct ptn_format *format, struct ptn_log_state *state,
                               const struct ptn_message *m, struct ptn_knocks *ret)
{
    (void)state;
    return read_text(format, m, m->text, ret);
}

static const char *const bar_marks[] = {"|product=", "|action=", NULL};
static const char *const blank_marks[] = {"loguid=", "product=\"", NULL};

const struct ptn_format ptn_format_checkpoint_bars = {
    .name = "checkpoint",
    .title = "Check Point, LEA and Splunk",
    .read = read_bars,
    .marks = bar_marks,
    .names = names,
    .actions = actions,
    .separator = '|',
};

static const char *const lea_marks[] = {" i/f_dir=", " orig=", NULL};

const struct ptn_format ptn_format_checkpoint_lea = {
    .name = "checkpoint",
    .title = "Check Point, LEA",
    .read = read_bars,
    .marks = lea_marks,
    .names = names,
    .actions = actions,
    .separator = PTN_PAIRS_FREE,
};

const struct ptn_format ptn_format_checkpoint_blanks = {
    .name = "checkpoint",
    .title = "Check Point, generic",
    .read = read_bars,
    .marks = blank_marks,
    .names = names,
    .actions = actions,
};

/* Log Exporter's JSON: the same names. */
static enum ptn_line take(const struct ptn_record *r, struct ptn_knock *k)
{
    struct ptn_slice of[KEYS] = {{0}};
    for (size_t key = 0; key < KEYS; key++)
        for (size_t i = 0; *names[i].name; i++)
            if (strcmp(names[i].name, keys[key]) == 0)
                of[key] = r->of[i];
    if (is_remark(of))
        return PTN_LINE_REMARK;
    enum ptn_line line = ptn_record_fill(r, k);
    put_ends(r->format, of, k);
    return line;
}

static const char *const json_marks[] = {"\"loguid\"", "\"product\"", NULL};

const struct ptn_format ptn_format_checkpoint_json = {
    .name = "checkpoint",
    .title = "Check Point, Log Exporter's JSON",
    .read = ptn_read_object,
    .take = take,
    .marks = json_marks,
    .names = names,
    .actions = actions,
};

/* "12:00:00 drop gw >eth0" before the first key. Result: from that on. */
static struct ptn_slice put_head(const struct ptn_format *format, struct ptn_slice text, struct ptn_knock *k)
{
    const char *at = text.at, *end = text.at + text.len;
    for (unsigned i = 0; i < 16 && at < end; i++) {
        const char *to = memchr(at, ' ', (size_t)(end - at));
        to = to ? to : end;
        struct ptn_slice word = {at, (size_t)(to - at)};
        if (word.len && word.at[word.len - 1] == ':')
            return (struct ptn_slice){at, (size_t)(end - at)};
        if (word.len > 1 && (*at == '>' || *at == '<'))
            ptn_slot_put(k, format, *at == '>' ? PTN_SLOT_IN : PTN_SLOT_OUT, (struct ptn_slice){at + 1, word.len - 1});
        for (const struct ptn_action_word *a = actions; a->word; a++)
            if (slice_is(word, a->word))
                k->action = (uint8_t)a->action;
        at = to < end ? to + 1 : end;
    }
    return (struct ptn_slice){0};
}

static const char *const log_marks[] = {"product: ", "; ", NULL};
static const char *const log_packet_marks[] = {"src: ", NULL};

static enum ptn_line read_log(const struct ptn_format *format, struct ptn_log_state *state, const struct ptn_message *m,
                              struct ptn_knocks *ret)
{
    (void)state;
    /* The head has no mark between it and the first key. */
    struct ptn_knock head = {0};
    struct ptn_slice data = put_head(format, m->text, &head);
    size_t before = ret->n;
    enum ptn_line kind = read_text(format, m, data.len ? data : m->text, ret);
    if (kind == PTN_LINE_PACKET && ret->n == before + 1)
        put_head(format, m->text, &ret->items[before]);
    return kind;
}

const struct ptn_format ptn_format_checkpoint_log = {
    .name = "checkpoint",
    .title = "Check Point, fw log",
    .read = read_log,
    .marks = log_marks,
    .packet_marks = log_packet_marks,
    .names = names,
    .actions = actions,
    .separator = ';',
    .assign = ':',
};
