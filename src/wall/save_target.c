/* Targets: what a rule does with a packet. Those that nft ends a chain with end it here as well. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "save.h"

/* ---- marks ------------------------------------------------------------------------------------------------------ */

/* to = (from & keep) ^ flip */
static int assign(struct ptn_save_rule *r, enum ptn_pkt to, enum ptn_pkt from, uint32_t keep, uint32_t flip)
{
    struct ptn_stmt *s = ptn_save_stmt(r, PTN_STMT_ASSIGN);
    if (!s)
        return -ENOMEM;
    s->assign.to = to;
    s->assign.from = from;
    ptn_save_bytes(s->assign.mask, 4, keep);
    ptn_save_bytes(s->assign.flip, 4, flip);
    return 0;
}

static int assign_unknown(struct ptn_save_rule *r, enum ptn_pkt to)
{
    struct ptn_stmt *s = ptn_save_stmt(r, PTN_STMT_ASSIGN);
    if (!s)
        return -ENOMEM;
    s->assign.to = s->assign.from = to;
    s->assign.unknown = true;
    return 0;
}

/* As the tool turns its options into (mark & ~mask) ^ value. */
static const struct mark_option {
    const char *name;
    bool keep_is_value;  /* --and-mark: what the value has stays */
    bool mask_and_value; /* --set-mark, --or-mark: the value's bits are cleared first */
    bool no_mask;        /* --or-mark, --xor-mark: nothing else is cleared */
} mark_options[] = {
    {"--set-xmark", false, false, false}, {"--set-mark", false, true, false}, {"--and-mark", true, false, true},
    {"--or-mark", false, true, true},     {"--xor-mark", false, false, true},
};

static int set_mark(struct ptn_save_rule *r, const struct mark_option *o, const char *text, enum ptn_pkt f)
{
    uint32_t value, mask;
    if (ptn_save_masked(text, &value, &mask))
        return PTN_SAVE_UNCLEAR;
    if (o->keep_is_value)
        return assign(r, f, f, value, 0);
    mask = o->no_mask ? 0 : mask;
    mask |= o->mask_and_value ? value : 0;
    return assign(r, f, f, ~mask, value);
}

/* a: the field */
static int finish_mark(struct ptn_save_rule *r, const struct ptn_save_block *b)
{
    for (size_t i = 0; i < sizeof(mark_options) / sizeof(*mark_options); i++) {
        const struct ptn_save_given *g = ptn_save_has(r, b, mark_options[i].name);
        if (g)
            return set_mark(r, &mark_options[i], ptn_save_arg(g, 0), (enum ptn_pkt)b->ext->a);
    }
    return PTN_SAVE_UNCLEAR;
}

static int mask_of(const struct ptn_save_rule *r, const struct ptn_save_block *b, const char *name, uint32_t *ret)
{
    const struct ptn_save_given *g = ptn_save_has(r, b, name);
    uint32_t none;
    g = g ? g : ptn_save_has(r, b, "--mask");
    *ret = UINT32_MAX;
    return g ? ptn_save_masked(ptn_save_arg(g, 0), ret, &none) : 0;
}

/* The connection's mark from the packet's, or back. Where bits of the old one stay the model has no words for it. */
static int finish_connmark(struct ptn_save_rule *r, const struct ptn_save_block *b)
{
    bool save = ptn_save_has(r, b, "--save-mark"), restore = ptn_save_has(r, b, "--restore-mark");
    enum ptn_pkt to = save ? PTN_PKT_CT_MARK : PTN_PKT_MARK, from = save ? PTN_PKT_MARK : PTN_PKT_CT_MARK;
    uint32_t of_packet, of_connection;
    if (!save && !restore)
        return finish_mark(r, b);
    if (mask_of(r, b, "--nfmask", &of_packet) || mask_of(r, b, "--ctmask", &of_connection))
        return assign_unknown(r, to);
    bool shifted = ptn_save_has(r, b, "--left-shift-mark") || ptn_save_has(r, b, "--right-shift-mark");
    if (shifted || (save ? of_connection : of_packet) != UINT32_MAX)
        return assign_unknown(r, to);
    return assign(r, to, from, save ? of_packet : of_connection, 0);
}

/* a: the field that is changed to something */
static int finish_change(struct ptn_save_rule *r, const struct ptn_save_block *b)
{
    return assign_unknown(r, (enum ptn_pkt)b->ext->a);
}

static int finish_set(struct ptn_save_rule *r, const struct ptn_save_block *b)
{
    return ptn_save_has(r, b, "--map-mark") ? assign_unknown(r, PTN_PKT_MARK) : 0;
}

/* ---- address translation ------------------------------------------------------------------------------------------
 */

static int read_nat_ports(const char *text, size_t len, struct ptn_datum *d)
{
    const char *base = memchr(text, '/', len); /* ports shifted within the range: which one is not modelled */
    uint64_t lo, hi;
    if (ptn_save_range(text, base ? (size_t)(base - text) : len, '-', UINT16_MAX, &lo, &hi) || lo > hi)
        return PTN_SAVE_UNCLEAR;
    d->n = 2;
    d->width[1] = 2;
    ptn_save_bytes(d->lo[1], 2, lo);
    ptn_save_bytes(d->hi[1], 2, hi);
    return 0;
}

static int read_nat_addresses(uint8_t family, const char *text, size_t len, struct ptn_datum *d)
{
    if (ptn_save_addresses(family, text, len, d->lo[0], d->hi[0]))
        return PTN_SAVE_UNCLEAR;
    d->n = d->n ? d->n : 1;
    d->width[0] = ptn_pkt_width(PTN_PKT_DADDR, family);
    return 0;
}

/* "192.0.2.1-192.0.2.9:80-90", "[2001:db8::1]:80", "2001:db8::1", ":80" */
static int read_nat(uint8_t family, const char *text, struct ptn_datum *d)
{
    size_t len = strlen(text), addr = len;
    if (text[0] == '[') {
        const char *close = strchr(text, ']');
        if (!close)
            return PTN_SAVE_UNCLEAR;
        addr = (size_t)(close - text) - 1;
        text++;
        len = strlen(text + addr + 1);
        const char *rest = text + addr + 1;
        if (len && (rest[0] != ':' || read_nat_ports(rest + 1, len - 1, d)))
            return PTN_SAVE_UNCLEAR;
        return read_nat_addresses(family, text, addr, d);
    }
    if (family == AF_INET || (text[0] == ':' && text[1] != ':'))
        addr = strcspn(text, ":");
    if (addr < len && read_nat_ports(text + addr + 1, len - addr - 1, d))
        return PTN_SAVE_UNCLEAR;
    return addr ? read_nat_addresses(family, text, addr, d) : 0;
}

static int add_nat(struct ptn_save_rule *r, enum ptn_nat type, const struct ptn_datum *to, bool netmap)
{
    struct ptn_stmt *s = ptn_save_stmt(r, PTN_STMT_NAT);
    if (!s)
        return -ENOMEM;
    s->nat.type = type;
    s->nat.family = r->family;
    s->nat.to = *to;
    s->nat.netmap = netmap;
    return 0;
}

/* a: enum ptn_nat */
static int finish_nat(struct ptn_save_rule *r, const struct ptn_save_block *b)
{
    const char *option = b->ext->a == PTN_NAT_DNAT ? "--to-destination" : "--to-source";
    const struct ptn_save_given *g = ptn_save_has(r, b, option);
    struct ptn_datum to = {.n = 0};
    if (!g || read_nat(r->family, ptn_save_arg(g, 0), &to))
        return PTN_SAVE_UNCLEAR;
    return add_nat(r, (enum ptn_nat)b->ext->a, &to, false);
}

static int finish_own_address(struct ptn_save_rule *r, const struct ptn_save_block *b)
{
    const struct ptn_save_given *g = ptn_save_has(r, b, "--to-ports");
    struct ptn_datum to = {.n = 0};
    if (g && read_nat_ports(ptn_save_arg(g, 0), strlen(ptn_save_arg(g, 0)), &to))
        return PTN_SAVE_UNCLEAR;
    return add_nat(r, (enum ptn_nat)b->ext->a, &to, false);
}

/* Which of the addresses changes depends on the hook, and a chain of the user's does not tell its hook. */
static int finish_netmap(struct ptn_save_rule *r, const struct ptn_save_block *b)
{
    const struct ptn_save_given *g = ptn_save_has(r, b, "--to");
    enum ptn_hook hook = r->chain->hook;
    struct ptn_datum to = {.n = 1, .width = {ptn_pkt_width(PTN_PKT_DADDR, r->family)}};
    uint8_t mask[PTN_RANGES_WIDTH];
    const char *text = g ? ptn_save_arg(g, 0) : "";
    if (!r->chain->base || ptn_save_address(r->family, text, strlen(text), to.lo[0], mask))
        return PTN_SAVE_UNCLEAR;
    for (unsigned i = 0; i < to.width[0]; i++) {
        to.lo[0][i] &= mask[i];
        to.hi[0][i] = (uint8_t)(to.lo[0][i] | (uint8_t)~mask[i]);
    }
    bool dst = hook == PTN_HOOK_PREROUTING || hook == PTN_HOOK_OUTPUT;
    return add_nat(r, dst ? PTN_NAT_DNAT : PTN_NAT_SNAT, &to, true);
}

static int add_accept(struct ptn_save_rule *r)
{
    struct ptn_stmt *s = ptn_save_stmt(r, PTN_STMT_VERDICT);
    if (!s)
        return -ENOMEM;
    s->verdict.code = PTN_ACCEPT;
    return 0;
}

static bool is_zero(const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (bytes[i])
            return false;
    return true;
}

/* Unlike nft's, it ends the chain. */
static int finish_tproxy(struct ptn_save_rule *r, const struct ptn_save_block *b)
{
    const struct ptn_save_given *ip = ptn_save_has(r, b, "--on-ip"), *port = ptn_save_has(r, b, "--on-port"),
                                *mark = ptn_save_has(r, b, "--tproxy-mark");
    struct ptn_datum to = {.n = 0};
    if (port && read_nat_ports(ptn_save_arg(port, 0), strlen(ptn_save_arg(port, 0)), &to))
        return PTN_SAVE_UNCLEAR;
    if (to.n && is_zero(to.hi[1], 2))
        to = (struct ptn_datum){.n = 0};
    if (ip && read_nat_addresses(r->family, ptn_save_arg(ip, 0), strlen(ptn_save_arg(ip, 0)), &to))
        return PTN_SAVE_UNCLEAR;
    if (is_zero(to.hi[0], sizeof(to.hi[0]))) {
        to.width[0] = 0;
        to.n = to.width[1] ? 2 : 0;
    }
    int e = mark ? set_mark(r, &mark_options[0], ptn_save_arg(mark, 0), PTN_PKT_MARK) : 0;
    e = e ? e : add_nat(r, PTN_NAT_TPROXY, &to, false);
    return e ? e : add_accept(r);
}

/* ---- the others ---------------------------------------------------------------------------------------------------
 */

static int finish_reject(struct ptn_save_rule *r, const struct ptn_save_block *b)
{
    const struct ptn_save_given *g = ptn_save_has(r, b, "--reject-with");
    const char *to = r->family == AF_INET ? "icmp port-unreachable" : "icmpv6 port-unreachable";
    const char *said = g ? ptn_save_reject(ptn_save_arg(g, 0)) : NULL;
    if (g && !said)
        return PTN_SAVE_UNCLEAR;
    struct ptn_stmt *s = ptn_save_stmt(r, PTN_STMT_VERDICT);
    if (!s)
        return -ENOMEM;
    s->verdict = (struct ptn_fate){.code = PTN_REJECT, .to = said ? said : to};
    return 0;
}

static int finish_log(struct ptn_save_rule *r, const struct ptn_save_block *b)
{
    (void)b;
    return ptn_save_stmt(r, PTN_STMT_LOG) ? 0 : -ENOMEM;
}

static int finish_notrack(struct ptn_save_rule *r, const struct ptn_save_block *b)
{
    (void)b;
    return ptn_save_stmt(r, PTN_STMT_NOTRACK) ? 0 : -ENOMEM;
}

static int finish_ct(struct ptn_save_rule *r, const struct ptn_save_block *b)
{
    return ptn_save_has(r, b, "--notrack") ? finish_notrack(r, b) : 0;
}

/* ---- the tables ---------------------------------------------------------------------------------------------------
 */

#define WORD(name, n)                                                                                                  \
    {                                                                                                                  \
        name, n, NULL, 0, 0                                                                                            \
    }
#define MARK_OPTIONS                                                                                                   \
    WORD("--set-xmark", 1), WORD("--set-mark", 1), WORD("--and-mark", 1), WORD("--or-mark", 1), WORD("--xor-mark", 1)
#define NAT_OPTIONS WORD("--random", 0), WORD("--random-fully", 0), WORD("--persistent", 0)

static const struct ptn_save_option mark[] = {MARK_OPTIONS, {.name = NULL}};
static const struct ptn_save_option connmark[] = {
    MARK_OPTIONS,        WORD("--save-mark", 0), WORD("--restore-mark", 0),    WORD("--nfmask", 1),
    WORD("--ctmask", 1), WORD("--mask", 1),      WORD("--left-shift-mark", 1), WORD("--right-shift-mark", 1),
    {.name = NULL}};
static const struct ptn_save_option dnat[] = {NAT_OPTIONS, WORD("--to-destination", 1), {.name = NULL}};
static const struct ptn_save_option snat[] = {NAT_OPTIONS, WORD("--to-source", 1), {.name = NULL}};
static const struct ptn_save_option own[] = {NAT_OPTIONS, WORD("--to-ports", 1), {.name = NULL}};
static const struct ptn_save_option netmap[] = {WORD("--to", 1), {.name = NULL}};
static const struct ptn_save_option tproxy[] = {
    WORD("--on-port", 1), WORD("--on-ip", 1), WORD("--tproxy-mark", 1), {.name = NULL}};
static const struct ptn_save_option reject[] = {WORD("--reject-with", 1), {.name = NULL}};

const struct ptn_save_extension ptn_save_targets[] = {
    {.name = "REJECT", .options = reject, .finish = finish_reject},
    {.name = "LOG", .finish = finish_log},
    {.name = "NFLOG", .finish = finish_log},
    {.name = "ULOG", .finish = finish_log},
    {.name = "DNAT", .options = dnat, .finish = finish_nat, .a = PTN_NAT_DNAT},
    {.name = "SNAT", .options = snat, .finish = finish_nat, .a = PTN_NAT_SNAT},
    {.name = "MASQUERADE", .options = own, .finish = finish_own_address, .a = PTN_NAT_MASQUERADE},
    {.name = "REDIRECT", .options = own, .finish = finish_own_address, .a = PTN_NAT_REDIRECT},
    {.name = "NETMAP", .options = netmap, .finish = finish_netmap},
    {.name = "TPROXY", .options = tproxy, .finish = finish_tproxy},
    {.name = "MARK", .options = mark, .finish = finish_mark, .a = PTN_PKT_MARK},
    {.name = "CONNMARK", .options = connmark, .finish = finish_connmark, .a = PTN_PKT_CT_MARK},
    {.name = "HMARK", .finish = finish_change, .a = PTN_PKT_MARK},
    {.name = "SET", .finish = finish_set},
    {.name = "TTL", .finish = finish_change, .a = PTN_PKT_TTL},
    {.name = "HL", .finish = finish_change, .a = PTN_PKT_TTL},
    {.name = "DSCP", .finish = finish_change, .a = PTN_PKT_DSCP},
    {.name = "TOS", .finish = finish_change, .a = PTN_PKT_DSCP},
    {.name = "NOTRACK", .finish = finish_notrack},
    {.name = "CT", .finish = finish_ct},
    {.name = "AUDIT"},
    {.name = "CHECKSUM"},
    {.name = "CLASSIFY"},
    {.name = "CONNSECMARK"},
    {.name = "ECN"},
    {.name = "IDLETIMER"},
    {.name = "LED"},
    {.name = "RATEEST"},
    {.name = "SECMARK"},
    {.name = "TCPMSS"},
    {.name = "TCPOPTSTRIP"},
    {.name = "TEE"},
    {.name = "TRACE"},
    {.name = NULL},
};
