/*
 * The two formats that all vendors speak: ArcSight's CEF ("CEF Implementation Standard") and IBM's LEEF ("LEEF 2.0").
 * Both have a header of bars and a body of pairs. Whether a line is about a packet depends on who says it: for those
 * known here on a part of the header, for all others on the presence of an action, a protocol and both addresses, and
 * on no word of contents.
 *
 *     CEF:0|FORCEPOINT|Firewall|6.10|70018|Connection_Discarded|0|src=203.0.113.9 spt=4242 dst=192.0.2.1 dpt=23 proto=6
 * ... LEEF:2.0|Vendor|Product|1.0|Deny|^|src=203.0.113.9^srcPort=4242^dst=192.0.2.1^dstPort=23^proto=TCP
 */
#include "pairs.h"

enum { VENDOR = 1, PRODUCT = 2, CLASS = 4, NAME = 5, PARTS = 7 };

static const struct ptn_action_word actions[] = {
    {"allow", PTN_ACTION_PASS},
    {"allowed", PTN_ACTION_PASS},
    {"accept", PTN_ACTION_PASS},
    {"accepted", PTN_ACTION_PASS},
    {"permit", PTN_ACTION_PASS},
    {"permitted", PTN_ACTION_PASS},
    {"pass", PTN_ACTION_PASS},
    {"passed", PTN_ACTION_PASS},
    {"start", PTN_ACTION_PASS},
    {"close", PTN_ACTION_PASS},
    {"closed", PTN_ACTION_PASS},
    {"timeout", PTN_ACTION_PASS},
    {"ip-conn", PTN_ACTION_PASS},
    {"dns", PTN_ACTION_PASS},
    {"client-rst", PTN_ACTION_PASS},
    {"server-rst", PTN_ACTION_PASS},
    {"encrypt", PTN_ACTION_PASS},
    {"decrypt", PTN_ACTION_PASS},
    {"drop", PTN_ACTION_DROP},
    {"dropped", PTN_ACTION_DROP},
    {"deny", PTN_ACTION_DROP},
    {"denied", PTN_ACTION_DROP},
    {"block", PTN_ACTION_DROP},
    {"blocked", PTN_ACTION_DROP},
    {"discard", PTN_ACTION_DROP},
    {"discarded", PTN_ACTION_DROP},
    {"prevent", PTN_ACTION_DROP},
    {"terminate", PTN_ACTION_DROP},
    {"reject", PTN_ACTION_REJECT},
    {"rejected", PTN_ACTION_REJECT},
    {"refuse", PTN_ACTION_REJECT},
    {"refused", PTN_ACTION_REJECT},
    {"reset", PTN_ACTION_REJECT},
    {"reset-both", PTN_ACTION_REJECT},
    {"reset-client", PTN_ACTION_REJECT},
    {"reset-server", PTN_ACTION_REJECT},
    {"forward", PTN_ACTION_PASS},
    {"na", PTN_ACTION_NONE},
    {"log", PTN_ACTION_NONE},
    {"monitor", PTN_ACTION_NONE},
    {"detect", PTN_ACTION_NONE},
    {NULL, PTN_ACTION_NONE},
};

static const struct ptn_field_name cef_names[] = {
    {"src", PTN_SLOT_SRC},
    {"c6a2", PTN_SLOT_SRC},
    {"dst", PTN_SLOT_DST},
    {"c6a3", PTN_SLOT_DST},
    {"spt", PTN_SLOT_SPORT},
    {"dpt", PTN_SLOT_DPORT},
    {"proto", PTN_SLOT_PROTO},
    {"act", PTN_SLOT_ACTION},
    {"deviceInboundInterface", PTN_SLOT_IN},
    {"deviceOutboundInterface", PTN_SLOT_OUT},
    {"ifname", PTN_SLOT_IN}, /* Check Point */
    {"UNIFIsrcZone", PTN_SLOT_IN},
    {"UNIFIdstZone", PTN_SLOT_OUT},
    {"UNIFIutcTime", PTN_SLOT_TIME},
    {"FTNTFGTeventtime", PTN_SLOT_SECONDS},
    {"rt", PTN_SLOT_TIME},
    {"cnt", PTN_SLOT_PACKETS},
    {"tcpFlags", PTN_SLOT_FLAGS},
    {"TCPFlags", PTN_SLOT_FLAGS},
    {"icmpType", PTN_SLOT_ICMP_TYPE},
    {"icmp_type", PTN_SLOT_ICMP_TYPE},
    {"icmp_code", PTN_SLOT_ICMP_CODE},
    {.name = ""},
};

static const struct ptn_field_name leef_names[] = {
    {"src", PTN_SLOT_SRC},
    {"dst", PTN_SLOT_DST},
    {"srcPort", PTN_SLOT_SPORT},
    {"dstPort", PTN_SLOT_DPORT},
    {"proto", PTN_SLOT_PROTO},
    {"action", PTN_SLOT_ACTION},
    {"Action", PTN_SLOT_ACTION},
    {"act", PTN_SLOT_ACTION},
    {"disp", PTN_SLOT_ACTION},
    {"devTime", PTN_SLOT_TIME},
    {"devTimeMillis", PTN_SLOT_MILLIS},
    {"in_if", PTN_SLOT_IN},
    {"out_if", PTN_SLOT_OUT},
    {"srcInterface", PTN_SLOT_IN},
    {"dstInterface", PTN_SLOT_OUT},
    {"InboundInterface", PTN_SLOT_IN},
    {"OutboundInterface", PTN_SLOT_OUT},
    {"srcif", PTN_SLOT_IN},
    {"ifname", PTN_SLOT_IN},
    {"dstif", PTN_SLOT_OUT},
    {"IngressInterface", PTN_SLOT_IN}, /* PAN-OS */
    {"EgressInterface", PTN_SLOT_OUT},
    {"policy", PTN_SLOT_RULE},
    {"rule", PTN_SLOT_RULE},
    {"service", PTN_SLOT_DPORT}, /* Check Point */
    {"icmpType", PTN_SLOT_ICMP_TYPE},
    {"icmpCode", PTN_SLOT_ICMP_CODE},
    {"icmp_type", PTN_SLOT_ICMP_TYPE},
    {"icmp_code", PTN_SLOT_ICMP_CODE},
    {"tcp_flags", PTN_SLOT_FLAGS},
    {.name = ""},
};

struct head {
    struct ptn_slice part[PARTS]; /* 0: "CEF:0" */
    size_t n;
    struct ptn_slice body;
};

/* Bars that a backslash stands before are text. */
static void cut_head(struct ptn_slice s, size_t parts, struct head *ret)
{
    const char *at = s.at, *end = s.at + s.len;
    for (ret->n = 0; ret->n < parts; ret->n++) {
        const char *bar = at;
        while (bar < end && *bar != '|')
            bar += *bar == '\\' && bar + 1 < end ? 2 : 1;
        if (bar >= end)
            break;
        ret->part[ret->n] = (struct ptn_slice){at, (size_t)(bar - at)};
        at = bar + 1;
    }
    ret->body = (struct ptn_slice){at, (size_t)(end - at)};
}

/* Which lines of these are about packets: `mark` stands in that part of the header, or `key` has the value. */
static const struct source {
    const char *vendor, *product;
    uint8_t part;
    const char *marks[8];
    const char *key, *value;
} sources[] = {
    {"Fortinet", "Fortigate", NAME, {"traffic:"}, NULL, NULL},
    {"Fortinet", "FortiGate", NAME, {"traffic:"}, NULL, NULL},
    {"Check Point", "VPN-1 & FireWall-1", VENDOR, {"Check"}, NULL, NULL},
    {"Check Point", "Firewall", VENDOR, {"Check"}, NULL, NULL},
    {"Check Point", "", VENDOR, {NULL}, NULL, NULL},
    {"Palo Alto Networks", "", NAME, {"TRAFFIC"}, "cat", "TRAFFIC"},
    {"FORCEPOINT", "", NAME, {"Connection", "Packet", "Segment"}, "deviceFacility", "Packet Filtering"},
    {"Forcepoint", "Firewall", NAME, {"Connection", "Packet", "Segment"}, "deviceFacility", "Packet Filtering"},
    {"Stonesoft", "", NAME, {"Connection", "Packet", "Segment"}, "deviceFacility", "Packet Filtering"},
    {"SonicWall",
     "",
     NAME,
     {"onnection Opened", "onnection Closed", "ropped", "acket allowed", "acket dropped"},
     NULL,
     NULL},
    {"Ubiquiti", "UniFi Network", NAME, {"by Firewall", "Firewall"}, "UNIFIsubCategory", "Firewall"},
    {"Zscaler", "NSSFWlog", VENDOR, {"Zscaler"}, NULL, NULL},
    {"WatchGuard", "", VENDOR, {"Watch"}, NULL, NULL},
    /* These look into contents only. */
    {"Imperva Inc.", "", VENDOR, {NULL}, NULL, NULL},
    {"Incapsula", "", VENDOR, {NULL}, NULL, NULL},
    {"Barracuda", "", VENDOR, {NULL}, NULL, NULL},
    {"Barracuda Networks", "", VENDOR, {NULL}, NULL, NULL},
    {"FireEye", "", VENDOR, {NULL}, NULL, NULL},
    {"KasperskyLab", "", VENDOR, {NULL}, NULL, NULL},
    {"CyberArk", "", VENDOR, {NULL}, NULL, NULL},
    {"Darktrace", "", VENDOR, {NULL}, NULL, NULL},
};

static bool part_begins(struct ptn_slice s, const char *word)
{
    size_t n = strlen(word);
    return s.len >= n && memcmp(s.at, word, n) == 0;
}

static const struct source *source_of(const struct head *h)
{
    for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++)
        if (slice_is(h->part[VENDOR], sources[i].vendor) && part_begins(h->part[PRODUCT], sources[i].product))
            return &sources[i];
    return NULL;
}

static bool source_means_packet(const struct source *s, const struct ptn_format *format, const struct head *h)
{
    size_t part = s->part == NAME && h->n <= NAME ? CLASS : s->part;
    for (size_t i = 0; i < 8 && s->marks[i]; i++)
        if (ptn_slice_from(h->part[part], s->marks[i]).len ||
            (part == NAME && ptn_slice_from(h->part[CLASS], s->marks[i]).len))
            return true;
    return s->key && slice_is(ptn_pairs_value(format, h->body, s->key), s->value);
}

/* Words of those who look into contents. */
static bool is_of_contents(const struct head *h, const struct ptn_knock *k)
{
    static const char *const words[] = {"irus",   "alware", "hreat",  "ntrusion", "IPS",     "IDS",  "URL",
                                        "url",    "Web",    "WEB",    "WAF",      "pam",     "ogin", "ogon",
                                        "uthent", "VPN",    "xploit", "ttack",    "Sandbox", NULL};
    for (const char *const *word = words; *word; word++)
        for (size_t i = PRODUCT; i < h->n; i++)
            if (ptn_slice_from(h->part[i], *word).len)
                return true;
    return !(k->has & PTN_HAS_PROTO) || !k->src.family || !k->dst.family || k->action == PTN_ACTION_NONE;
}

/* Where no field says it: "Connection_Discarded", "Deny", "Blocked by Firewall". */
static enum ptn_action head_action(const struct head *h)
{
    static const struct {
        const char *part;
        enum ptn_action action;
    } parts[] = {
        {"Discarded", PTN_ACTION_DROP}, {"Refused", PTN_ACTION_REJECT}, {"Allowed", PTN_ACTION_PASS},
        {"Closed", PTN_ACTION_PASS},    {"Opened", PTN_ACTION_PASS},    {"Block", PTN_ACTION_DROP},
        {"ropped", PTN_ACTION_DROP},    {"Deny", PTN_ACTION_DROP},      {"Drop", PTN_ACTION_DROP},
        {"Reject", PTN_ACTION_REJECT},  {"Allow", PTN_ACTION_PASS},     {"Accept", PTN_ACTION_PASS},
        {"llowed", PTN_ACTION_PASS},    {"Permit", PTN_ACTION_PASS},    {"New_connection", PTN_ACTION_PASS},
    };
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
        for (size_t k = CLASS; k < h->n && k <= NAME; k++)
            if (ptn_slice_from(h->part[k], parts[i].part).len)
                return parts[i].action;
    return PTN_ACTION_NONE;
}

enum { DIRECTION, IFDIR, IFNAME, IN_ZONE, OUT_ZONE, START, SOURCE_ZONE, DESTINATION_ZONE, KEYS };
static const char *const keys[KEYS] = {"deviceDirection", "ifdir", "ifname",     "inzone",
                                       "outzone",         "start", "SourceZone", "DestinationZone"};

static void put_way(const struct ptn_format *format, const struct ptn_slice *of, struct ptn_knock *k)
{
    struct ptn_slice s = of[DIRECTION].len ? of[DIRECTION] : of[IFDIR];
    if (s.len == 1 && (*s.at == '0' || *s.at == '1'))
        k->way = *s.at == '0' ? PTN_WAY_IN : PTN_WAY_OUT;
    else
        ptn_slot_put(k, format, PTN_SLOT_WAY, s);
}

/* Check Point has one interface and a direction, or zones. */
static void put_ends(const struct ptn_format *format, const struct ptn_slice *of, struct ptn_knock *k)
{
    if (k->in.len && !k->out.len && k->way == PTN_WAY_OUT && of[IFNAME].len) {
        k->out = k->in;
        k->in = (struct ptn_slice){0};
    }
    if (!k->in.len && !k->out.len) {
        ptn_slot_put(k, format, PTN_SLOT_IN, of[IN_ZONE]);
        ptn_slot_put(k, format, PTN_SLOT_OUT, of[OUT_ZONE]);
        ptn_slot_put(k, format, PTN_SLOT_IN, of[SOURCE_ZONE]);
        ptn_slot_put(k, format, PTN_SLOT_OUT, of[DESTINATION_ZONE]);
    }
}

static enum ptn_line read_body(const struct ptn_format *format, const struct ptn_message *m, const struct head *h,
                               struct ptn_knocks *ret)
{
    const struct source *source = source_of(h);
    if (source && !source_means_packet(source, format, h))
        return PTN_LINE_REMARK;
    struct ptn_knock *k = ptn_knocks_add(ret);
    if (!k)
        return PTN_LINE_BROKEN;
    struct ptn_pairs p;
    ptn_pairs_begin(&p, format, h->body);
    bool sound = ptn_pairs_fill(&p, format, k);
    if (k->action == PTN_ACTION_NONE)
        k->action = (uint8_t)head_action(h);
    struct ptn_slice of[KEYS];
    ptn_pairs_values(format, h->body, keys, KEYS, of);
    put_way(format, of, k);
    put_ends(format, of, k);
    if (k->time == PTN_NO_TIME && m->time == PTN_NO_TIME)
        ptn_slot_put(k, format, PTN_SLOT_TIME, of[START]);
    if (source ? !k->src.family && !k->dst.family && !(k->has & PTN_HAS_PROTO) : is_of_contents(h, k))
        return PTN_LINE_REMARK;
    return ptn_pairs_settle(format, m, k, sound);
}

static enum ptn_line read_cef(const struct ptn_format *format, struct ptn_log_state *state, const struct ptn_message *m,
                              struct ptn_knocks *ret)
{
    (void)state;
    struct ptn_slice text = ptn_slice_from(m->text, "CEF:");
    struct head h;
    cut_head(text, 7, &h);
    if (h.n < 6 || h.part[0].len > 8 || (text.at > m->text.at && text.at[-1] != ' '))
        return PTN_LINE_OTHER_FORMAT;
    return h.n < 7 ? PTN_LINE_REMARK : read_body(format, m, &h, ret);
}

static const char *const cef_marks[] = {"CEF:", "|", NULL};
static const char *const leef_marks[] = {"LEEF:", "|", NULL};

const struct ptn_format ptn_format_cef = {
    .name = "cef",
    .title = "Common Event Format",
    .read = read_cef,
    .marks = cef_marks,
    .names = cef_names,
    .actions = actions,
    .separator = PTN_PAIRS_FREE,
};

static char hex_char(struct ptn_slice s)
{
    char c = '\0';
    for (size_t i = 0; i < s.len && i < 2; i++) {
        char d = (char)(s.at[i] | 0x20);
        bool digit = s.at[i] >= '0' && s.at[i] <= '9';
        if (!digit && (d < 'a' || d > 'f'))
            return '\0';
        c = (char)(c * 16 + (digit ? s.at[i] - '0' : d - 'a' + 10));
    }
    return c;
}

/* LEEF 2.0 declares what separates: "^", "x09", "0x5e", nothing for a tab. */
static char declared(struct ptn_slice s)
{
    if (s.len == 1)
        return *s.at;
    if (part_begins(s, "0x") && s.len <= 4)
        return hex_char((struct ptn_slice){s.at + 2, s.len - 2});
    return part_begins(s, "x") && s.len <= 3 ? hex_char((struct ptn_slice){s.at + 1, s.len - 1}) : '\t';
}

/* What was declared, a tab or a bar; a relay may have made blanks of the tabs. */
static char separator_of(const struct head *h, bool second)
{
    const char may[] = {second ? declared(h->part[5]) : '\t', '\t', '|'};
    for (size_t i = 0; i < sizeof(may); i++)
        if (may[i] && h->body.len && memchr(h->body.at, may[i], h->body.len))
            return may[i];
    return PTN_PAIRS_FREE;
}

static enum ptn_line read_leef(const struct ptn_format *format, struct ptn_log_state *state,
                               const struct ptn_message *m, struct ptn_knocks *ret)
{
    (void)state;
    struct ptn_slice text = ptn_slice_from(m->text, "LEEF:");
    bool second = part_begins(text, "LEEF:2");
    struct head h;
    cut_head(text, second ? 6 : 5, &h);
    if (second && h.n == 6 && h.part[5].len > 4) /* nothing was declared, and the bar is of the body */
        cut_head(text, 5, &h);
    if (h.n < 5 || h.part[0].len > 9 || (text.at > m->text.at && text.at[-1] != ' '))
        return PTN_LINE_OTHER_FORMAT;
    struct ptn_format own = *format;
    own.separator = separator_of(&h, second && h.n == 6);
    h.n = 5;
    return read_body(&own, m, &h, ret);
}

const struct ptn_format ptn_format_leef = {
    .name = "leef",
    .title = "Log Event Extended Format",
    .read = read_leef,
    .marks = leef_marks,
    .names = leef_names,
    .actions = actions,
};
