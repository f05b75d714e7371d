/* The options that every rule may have: addresses, protocol, interfaces, fragments. */
#include <errno.h>
#include <string.h>

#include "save.h"

int ptn_save_test_address(struct ptn_save_rule *r, enum ptn_pkt f, const char *text, size_t len, bool negate)
{
    uint8_t addr[PTN_RANGES_WIDTH], mask[PTN_RANGES_WIDTH];
    if (ptn_save_address(r->family, text, len, addr, mask))
        return PTN_SAVE_UNCLEAR;
    return ptn_save_test_addr_mask(r, f, addr, mask, negate);
}

static int take_address(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    const char *text = ptn_save_arg(g, 0);
    return ptn_save_test_address(r, (enum ptn_pkt)g->option->a, text, strlen(text), g->negate);
}

static int take_proto(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    int proto = ptn_save_proto(ptn_save_arg(g, 0));
    if (proto < 0)
        return PTN_SAVE_UNCLEAR;
    if (proto == 0)
        return 0;
    r->proto = g->negate ? -1 : proto;
    return ptn_save_test(r, PTN_PKT_L4PROTO, (uint64_t)proto, (uint64_t)proto, g->negate);
}

/* "eth0", or with a last '+' all that begin so. */
static int take_interface(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    uint8_t lo[16] = {0}, hi[16];
    const char *name = ptn_save_arg(g, 0);
    size_t len = strlen(name);
    bool prefix = len > 0 && name[len - 1] == '+';
    len -= prefix;
    if (len >= sizeof(lo))
        return PTN_SAVE_UNCLEAR;
    memcpy(lo, name, len);
    memcpy(hi, lo, sizeof(hi));
    if (prefix)
        memset(hi + len, 0xff, sizeof(hi) - len);
    return ptn_save_test_span(r, (enum ptn_pkt)g->option->a, lo, hi, g->negate);
}

/* -f: what is not the first piece of a packet. */
static int take_fragment(struct ptn_save_rule *r, const struct ptn_save_given *g)
{
    return ptn_save_test_mask(r, PTN_PKT_FRAG_OFF, 0, 0x1fff, !g->negate);
}

static const struct ptn_save_option options[] = {
    {"-p", 1, take_proto, 0, 0},
    {"-s", 1, take_address, PTN_PKT_SADDR, 0},
    {"-d", 1, take_address, PTN_PKT_DADDR, 0},
    {"-i", 1, take_interface, PTN_PKT_IIFNAME, 0},
    {"-o", 1, take_interface, PTN_PKT_OIFNAME, 0},
    {"-f", 0, take_fragment, 0, 0},
    {"--protocol", 1, take_proto, 0, 0},
    {"--source", 1, take_address, PTN_PKT_SADDR, 0},
    {"--destination", 1, take_address, PTN_PKT_DADDR, 0},
    {"--in-interface", 1, take_interface, PTN_PKT_IIFNAME, 0},
    {"--out-interface", 1, take_interface, PTN_PKT_OIFNAME, 0},
    {"--fragment", 0, take_fragment, 0, 0},
    {.name = NULL},
};

const struct ptn_save_extension ptn_save_base = {.name = "", .options = options};
