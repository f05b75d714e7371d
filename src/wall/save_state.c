/* Matches on what the kernel knows of a packet beside its octets: connection, mark, kind of address, socket. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "save.h"

/* ---- connections ------------------------------------------------------------------------------------------------ */

#define CT_NONE (1u | 64u) /* invalid, untracked: there is no connection */

struct states {
    uint32_t state, status; /* bits; any of them */
};

static int read_states(const char *at, struct states *ret)
{
    static const struct ptn_save_named names[] = {{"INVALID", 1},    {"ESTABLISHED", 2}, {"RELATED", 4},     {"NEW", 8},
                                                  {"UNTRACKED", 64}, {"SNAT", 256 + 16}, {"DNAT", 256 + 32}, {NULL, 0}};
    const char *item;
    *ret = (struct states){0};
    for (size_t len; (len = ptn_save_item(&at, &item)) > 0;) {
        int bit = ptn_save_named(names, item, len);
        if (bit < 0)
            return PTN_SAVE_UNCLEAR;
        *(bit < 256 ? &ret->state : &ret->status) |= (uint32_t)bit & 255;
    }
    return 0;
}

static int test_state(struct ptn_save_rule *r, uint32_t states, bool negate)
{
    struct ptn_set *s = ptn_save_set(r, 4);
    int e = s ? 0 : -ENOMEM;
    for (uint32_t bit = 1; e == 0 && bit <= states; bit *= 2)
        if (states & bit)
            e = ptn_save_add(s, bit, bit);
    return e < 0 ? e : ptn_save_test_set(r, PTN_PKT_CT_STATE, s, negate);
}

/* One of these states, or another and a bit of the status. */
static int test_state_or_status(struct ptn_save_rule *r, const struct states *w)
{
    static const enum ptn_pkt fields[2] = {PTN_PKT_CT_STATE, PTN_PKT_CT_STATUS};
    static const uint8_t states[] = {1, 2, 4, 8, 64};
    struct ptn_set *s = ptn_save_pair_set(r, fields);
    int e = s ? 0 : -ENOMEM;
    for (size_t i = 0; e == 0 && i < sizeof(states); i++) {
        const uint64_t lo[2] = {states[i], w->state & states[i] ? 0 : 1}, hi[2] = {states[i], UINT32_MAX};
        e = ptn_save_add_pair(s, lo, hi);
    }
    e = e < 0 ? e : ptn_save_test_pair(r, fields, w->status, s, false);
    if (e == 0)
        ptn_save_or_zero(r);
    return e;
}

static int take_state(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    struct states w;
    if (read_states(ptn_save_arg(g, 0), &w))
        return PTN_SAVE_UNCLEAR;
    if (w.state && w.status && !g->negate)
        return test_state_or_status(r, &w);
    int e = w.state || !w.status ? test_state(r, w.state, g->negate) : 0;
    if (e == 0 && w.status)
        e = ptn_save_test_mask(r, PTN_PKT_CT_STATUS, 0, w.status, !g->negate);
    if (e == 0 && w.status)
        ptn_save_or_zero(r);
    return e;
}

/* Whether the same match's --ctstate lets packets by that have no connection: for these the kernel asks no more. */
static bool asks_no_more(const struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    const struct ptn_save_given *state = ptn_save_has(r, &r->blocks[g->block], "--ctstate");
    struct states w;
    if (!state)
        return false;
    return read_states(ptn_save_arg(state, 0), &w) || ((state->negate ? ~w.state : w.state) & CT_NONE);
}

static int take_ct_address(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    const char *text = ptn_save_arg(g, 0);
    if (asks_no_more(r, g))
        return PTN_SAVE_UNCLEAR;
    return ptn_save_test_address(r, (enum ptn_pkt)g->option->a, text, strlen(text), g->negate);
}

static int take_ct_port(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    const char *text = ptn_save_arg(g, 0);
    uint64_t lo, hi;
    if (asks_no_more(r, g) || ptn_save_range(text, strlen(text), ':', UINT16_MAX, &lo, &hi))
        return PTN_SAVE_UNCLEAR;
    return ptn_save_test(r, (enum ptn_pkt)g->option->a, lo, hi, g->negate);
}

static int take_ct_proto(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    int proto = ptn_save_proto(ptn_save_arg(g, 0));
    if (asks_no_more(r, g) || proto <= 0)
        return PTN_SAVE_UNCLEAR;
    int e = ptn_save_test(r, PTN_PKT_CT_DIRECTION, 0, 1, false); /* only where there is a connection */
    return e < 0 ? e : ptn_save_test(r, PTN_PKT_L4PROTO, (uint64_t)proto, (uint64_t)proto, g->negate);
}

static int take_ct_status(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    static const struct ptn_save_named names[] = {{"NONE", 0},    {"EXPECTED", 1},  {"SEEN_REPLY", 2},
                                                  {"ASSURED", 4}, {"CONFIRMED", 8}, {NULL, 0}};
    const char *at = ptn_save_arg(g, 0), *item;
    uint32_t bits = 0;
    if (asks_no_more(r, g))
        return PTN_SAVE_UNCLEAR;
    for (size_t len; (len = ptn_save_item(&at, &item)) > 0;) {
        int bit = ptn_save_named(names, item, len);
        if (bit < 0)
            return PTN_SAVE_UNCLEAR;
        bits |= (uint32_t)bit;
    }
    return ptn_save_test_mask(r, PTN_PKT_CT_STATUS, 0, bits, !g->negate);
}

static int take_ct_dir(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    static const struct ptn_save_named names[] = {{"ORIGINAL", 0}, {"REPLY", 1}, {NULL, 0}};
    const char *text = ptn_save_arg(g, 0);
    int dir = ptn_save_named(names, text, strlen(text));
    if (dir < 0 || asks_no_more(r, g))
        return PTN_SAVE_UNCLEAR;
    return ptn_save_test(r, PTN_PKT_CT_DIRECTION, (uint64_t)dir, (uint64_t)dir, g->negate);
}

static int take_unclear(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    (void)r;
    (void)g;
    return PTN_SAVE_UNCLEAR;
}

/* ---- kinds of address ---------------------------------------------------------------------------------------------
 */

static const struct ptn_save_named kinds[] = {{"UNSPEC", 0},   {"UNICAST", 1},   {"LOCAL", 2},     {"BROADCAST", 3},
                                              {"ANYCAST", 4},  {"MULTICAST", 5}, {"BLACKHOLE", 6}, {"UNREACHABLE", 7},
                                              {"PROHIBIT", 8}, {"THROW", 9},     {"NAT", 10},      {"XRESOLVE", 11},
                                              {NULL, 0}};
#define KIND(n) (1u << (n))

static int read_kinds(const char *at, uint32_t *ret)
{
    const char *item;
    *ret = 0;
    for (size_t len; (len = ptn_save_item(&at, &item)) > 0;) {
        int kind = ptn_save_named(kinds, item, len);
        if (kind < 0)
            return PTN_SAVE_UNCLEAR;
        *ret |= KIND(kind);
    }
    return 0;
}

static int test_kinds(struct ptn_save_rule *r, enum ptn_pkt f, uint32_t want, bool negate)
{
    struct ptn_set *s = ptn_save_set(r, 1);
    int e = s ? 0 : -ENOMEM;
    for (unsigned k = 0; e == 0 && k < 12; k++)
        if (want & KIND(k))
            e = ptn_save_add(s, k, k);
    return e < 0 ? e : ptn_save_test_set(r, f, s, negate);
}

/* For IPv6 the kernel takes unicast, multicast and unspecified from the address alone, and only the others from the
 * routes (net/netfilter/xt_addrtype.c); several words must then all hold. One word of those is said here. */
static int test_kind_of_six(struct ptn_save_rule *r, enum ptn_pkt f, uint32_t want, bool negate)
{
    static const uint8_t zero[16], multicast[16] = {0xff}, mask8[16] = {0xff}, mapped[16] = {[10] = 0xff, [11] = 0xff};
    uint8_t bounds[32];
    if (want == KIND(5))
        return ptn_save_test_addr_mask(r, f, multicast, mask8, negate);
    if (want == KIND(0))
        return ptn_save_test_span(r, f, zero, zero, negate);
    if (want != KIND(1))
        return PTN_SAVE_UNCLEAR;
    struct ptn_set *s = ptn_save_set(r, 16);
    if (!s)
        return -ENOMEM;
    memset(bounds, 0, 32);
    int e = ptn_set_add(s, bounds, NULL, false); /* :: */
    memcpy(bounds, mapped, 16);
    memcpy(bounds + 16, mapped, 12);
    memset(bounds + 28, 0xff, 4);
    e = e < 0 ? e : ptn_set_add(s, bounds, NULL, false); /* ::ffff:0:0/96 */
    memset(bounds, 0, 32);
    bounds[0] = 0xff;
    memset(bounds + 16, 0xff, 16);
    e = e < 0 ? e : ptn_set_add(s, bounds, NULL, false); /* ff00::/8 */
    return e < 0 ? e : ptn_save_test_set(r, f, s, !negate);
}

static int take_kind(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    const struct ptn_save_block *b = &r->blocks[g->block];
    enum ptn_pkt f = (enum ptn_pkt)g->option->a;
    uint32_t want;
    bool in = ptn_save_has(r, b, "--limit-iface-in"), out = ptn_save_has(r, b, "--limit-iface-out");
    if (read_kinds(ptn_save_arg(g, 0), &want) || out || (in && f != PTN_PKT_FIB_DADDR_TYPE))
        return PTN_SAVE_UNCLEAR;
    if (r->family == AF_INET6 && want & ~(KIND(2) | KIND(4)))
        return in ? PTN_SAVE_UNCLEAR : test_kind_of_six(r, (enum ptn_pkt)g->option->b, want, g->negate);
    return test_kinds(r, in ? PTN_PKT_FIB_DADDR_IIF_TYPE : f, want, g->negate);
}

/* Is there a way back to the source by the interface (--loose: by any) that the packet came in by? */
static int finish_rpfilter(struct ptn_save_rule *r, const struct ptn_save_block *b)
{
    static const uint8_t nowhere[16];
    if (ptn_save_has(r, b, "--accept-local"))
        return PTN_SAVE_UNCLEAR;
    return ptn_save_test_span(r, ptn_save_has(r, b, "--loose") ? PTN_PKT_FIB_SADDR_OIF : PTN_PKT_FIB_SADDR_IIF_OIF,
                              nowhere, nowhere, !ptn_save_has(r, b, "--invert"));
}

/* ---- marks, groups, sockets, kinds of packet ------------------------------------------------------------------------
 */

static int take_masked(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    uint32_t value = 0, mask = UINT32_MAX;
    const char *text = ptn_save_arg(g, 0);
    bool group = g->option->a != PTN_PKT_MARK && g->option->a != PTN_PKT_CT_MARK;
    if (!(group && strcmp(text, "default") == 0) && ptn_save_masked(text, &value, &mask))
        return PTN_SAVE_UNCLEAR;
    return ptn_save_test_mask(r, (enum ptn_pkt)g->option->a, value, mask, g->negate);
}

static int take_owner(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    const char *text = ptn_save_arg(g, 0);
    uint64_t lo, hi;
    if (ptn_save_range(text, strlen(text), '-', UINT32_MAX, &lo, &hi) ||
        (g->option->a == PTN_PKT_SKGID && ptn_save_has(r, &r->blocks[g->block], "--suppl-groups")))
        return PTN_SAVE_UNCLEAR;
    return ptn_save_test(r, (enum ptn_pkt)g->option->a, lo, hi, g->negate);
}

static int take_pkttype(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    static const struct ptn_save_named names[] = {{"unicast", 0},   {"host", 0},      {"broadcast", 1},
                                                  {"multicast", 2}, {"otherhost", 3}, {NULL, 0}};
    const char *text = ptn_save_arg(g, 0);
    int n = ptn_save_named(names, text, strlen(text));
    return n < 0 ? PTN_SAVE_UNCLEAR : ptn_save_test(r, PTN_PKT_PKTTYPE, (uint64_t)n, (uint64_t)n, g->negate);
}

/* ---- what is no test
 * ------------------------------------------------------------------------------------------------- */

static int take_comment(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    r->comment = ptn_save_arg(g, 0);
    return 0;
}

/* Writing a packet's source down always matches; asking whether it was written down depends on the past. */
static int finish_recent(struct ptn_save_rule *r, const struct ptn_save_block *b)
{
    const struct ptn_save_given *set = ptn_save_has(r, b, "--set");
    return set && !set->negate && !ptn_save_has(r, b, "--rttl") ? 0 : PTN_SAVE_UNCLEAR;
}

static int finish_unclear(struct ptn_save_rule *r, const struct ptn_save_block *b)
{
    (void)r;
    (void)b;
    return PTN_SAVE_UNCLEAR;
}

/* ---- the tables
 * -------------------------------------------------------------------------------------------------------- */

static const struct ptn_save_option conntrack[] = {{"--ctstate", 1, take_state, 0, 0},
                                                   {"--ctproto", 1, take_ct_proto, 0, 0},
                                                   {"--ctorigsrc", 1, take_ct_address, PTN_PKT_CT_SADDR, 0},
                                                   {"--ctorigdst", 1, take_ct_address, PTN_PKT_CT_DADDR, 0},
                                                   {"--ctorigsrcport", 1, take_ct_port, PTN_PKT_CT_SPORT, 0},
                                                   {"--ctorigdstport", 1, take_ct_port, PTN_PKT_CT_DPORT, 0},
                                                   {"--ctstatus", 1, take_ct_status, 0, 0},
                                                   {"--ctdir", 1, take_ct_dir, 0, 0},
                                                   {"--ctreplsrc", 1, take_unclear, 0, 0},
                                                   {"--ctrepldst", 1, take_unclear, 0, 0},
                                                   {"--ctreplsrcport", 1, take_unclear, 0, 0},
                                                   {"--ctrepldstport", 1, take_unclear, 0, 0},
                                                   {"--ctexpire", 1, take_unclear, 0, 0},
                                                   {.name = NULL}};
static const struct ptn_save_option state[] = {{"--state", 1, take_state, 0, 0}, {.name = NULL}};
static const struct ptn_save_option addrtype[] = {{"--src-type", 1, take_kind, PTN_PKT_FIB_SADDR_TYPE, PTN_PKT_SADDR},
                                                  {"--dst-type", 1, take_kind, PTN_PKT_FIB_DADDR_TYPE, PTN_PKT_DADDR},
                                                  {"--limit-iface-in", 0, NULL, 0, 0},
                                                  {"--limit-iface-out", 0, NULL, 0, 0},
                                                  {.name = NULL}};
static const struct ptn_save_option rpfilter[] = {{"--loose", 0, NULL, 0, 0},
                                                  {"--validmark", 0, NULL, 0, 0},
                                                  {"--accept-local", 0, NULL, 0, 0},
                                                  {"--invert", 0, NULL, 0, 0},
                                                  {.name = NULL}};
static const struct ptn_save_option mark[] = {{"--mark", 1, take_masked, PTN_PKT_MARK, 0}, {.name = NULL}};
static const struct ptn_save_option connmark[] = {{"--mark", 1, take_masked, PTN_PKT_CT_MARK, 0}, {.name = NULL}};
static const struct ptn_save_option devgroup[] = {{"--src-group", 1, take_masked, PTN_PKT_IIFGROUP, 0},
                                                  {"--dst-group", 1, take_masked, PTN_PKT_OIFGROUP, 0},
                                                  {.name = NULL}};
static const struct ptn_save_option owner[] = {{"--uid-owner", 1, take_owner, PTN_PKT_SKUID, 0},
                                               {"--gid-owner", 1, take_owner, PTN_PKT_SKGID, 0},
                                               {"--suppl-groups", 0, NULL, 0, 0},
                                               {"--socket-exists", 0, take_unclear, 0, 0},
                                               {.name = NULL}};
static const struct ptn_save_option pkttype[] = {{"--pkt-type", 1, take_pkttype, 0, 0}, {.name = NULL}};
static const struct ptn_save_option comment[] = {{"--comment", 1, take_comment, 0, 0}, {.name = NULL}};

const struct ptn_save_extension ptn_save_states[] = {
    {.name = "comment", .options = comment},
    {.name = "conntrack", .options = conntrack},
    {.name = "state", .options = state},
    {.name = "addrtype", .options = addrtype},
    {.name = "mark", .options = mark},
    {.name = "connmark", .options = connmark},
    {.name = "owner", .options = owner},
    {.name = "pkttype", .options = pkttype},
    {.name = "rpfilter", .options = rpfilter, .finish = finish_rpfilter},
    {.name = "devgroup", .options = devgroup},
    {.name = "recent", .finish = finish_recent},
    {.name = "limit", .finish = finish_unclear, .brief = true},
    {.name = "hashlimit", .finish = finish_unclear, .brief = true},
    {.name = NULL},
};
