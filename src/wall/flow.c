/* Sets of packets: made, copied, changed. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "ask.h"

#define BIT(f) (UINT64_C(1) << PTN_PKT_##f)

_Static_assert(PTN_PKT_COUNT <= 64, "a field is a bit");

void ptn_flow_release(struct ptn_flow *f)
{
    for (int i = 0; i < PTN_PKT_COUNT; i++)
        ptn_ranges_unref(f->field[i]);
    memset(f->field, 0, sizeof(f->field));
}

int ptn_flow_copy(struct ptn_flow *to, const struct ptn_flow *from)
{
    *to = *from;
    for (int i = 0; i < PTN_PKT_COUNT; i++)
        if (to->field[i])
            ptn_ranges_ref(to->field[i]);
    return 0;
}

void ptn_flow_take(struct ptn_flow *f, enum ptn_pkt field, struct ptn_ranges *r)
{
    ptn_ranges_unref(f->field[field]);
    f->field[field] = r;
    f->absent &= ~(UINT64_C(1) << field);
    f->same &= ~(UINT64_C(1) << field);
}

int ptn_flow_put(struct ptn_flow *f, enum ptn_pkt field, const uint8_t *lo, const uint8_t *hi)
{
    ptn_flow_take(f, field, ptn_ranges_of(ptn_pkt_width(field, f->family), lo, hi));
    return f->field[field] ? 0 : -ENOMEM;
}

int ptn_flow_put_number(struct ptn_flow *f, enum ptn_pkt field, uint64_t lo, uint64_t hi)
{
    ptn_flow_take(f, field, ptn_ranges_number(ptn_pkt_width(field, f->family), lo, hi));
    return f->field[field] ? 0 : -ENOMEM;
}

int ptn_flow_put_addr(struct ptn_flow *f, enum ptn_pkt field, const struct ptn_addr *a)
{
    return ptn_flow_put(f, field, a->bytes, a->bytes);
}

static int put_name(struct ptn_flow *f, enum ptn_pkt field, const char *name)
{
    uint8_t lo[16] = {0};
    memcpy(lo, name, strnlen(name, 15));
    return ptn_flow_put(f, field, lo, lo);
}

static bool has_ports(uint8_t proto)
{
    return proto == 0 || proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_UDPLITE ||
           proto == IPPROTO_SCTP || proto == IPPROTO_DCCP;
}

/* What a protocol has beside its addresses. Other protocols have octets where TCP has its ports: unknown ones. */
static int put_transport(struct ptn_flow *f, uint8_t proto)
{
    int r = ptn_flow_put_number(f, PTN_PKT_L4PROTO, proto, proto ? proto : UINT8_MAX);
    if (r == 0 && has_ports(proto)) {
        r = ptn_flow_put_number(f, PTN_PKT_SPORT, 0, UINT16_MAX);
        r = r < 0 ? r : ptn_flow_put_number(f, PTN_PKT_DPORT, 0, UINT16_MAX);
    }
    if (r == 0 && (proto == 0 || proto == IPPROTO_TCP))
        r = ptn_flow_put_number(f, PTN_PKT_TCPFLAGS, 2, 2);
    else
        f->absent |= BIT(TCPFLAGS);
    if (r == 0 && (proto == 0 || proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6)) {
        r = ptn_flow_put_number(f, PTN_PKT_ICMP_TYPE, 0, UINT8_MAX);
        r = r < 0 ? r : ptn_flow_put_number(f, PTN_PKT_ICMP_CODE, 0, UINT8_MAX);
    } else {
        f->absent |= BIT(ICMP_TYPE) | BIT(ICMP_CODE);
    }
    return r;
}

static int put_ways(struct ptn_flow *f, const char *iif)
{
    int r = put_name(f, PTN_PKT_IIFNAME, iif ? iif : "");
    r = r < 0 ? r : put_name(f, PTN_PKT_OIFNAME, "");
    f->out = !iif;
    if (!f->out)
        f->absent |= BIT(SKUID) | BIT(SKGID);
    return r;
}

static int put_header(struct ptn_flow *f)
{
    struct {
        enum ptn_pkt field;
        uint64_t lo, hi;
    } const full[] = {
        {PTN_PKT_NFPROTO, f->family, f->family},
        {PTN_PKT_TTL, 2, UINT8_MAX},
        {PTN_PKT_DSCP, 0, 63},
        {PTN_PKT_LENGTH, 20, UINT16_MAX},
        {PTN_PKT_PKTTYPE, 0, 0},
        {PTN_PKT_MARK, 0, 0},
        {PTN_PKT_FRAG_OFF, 0, 0},
        {PTN_PKT_EXTHDR, 0, 0},
        {PTN_PKT_CT_STATE, 8, 8},
    };
    const uint8_t lo[16] = {0};
    uint8_t hi[16];
    int r = 0;
    memset(hi, 0xff, sizeof(hi));
    for (size_t i = 0; r == 0 && i < sizeof(full) / sizeof(*full); i++)
        r = ptn_flow_put_number(f, full[i].field, full[i].lo, full[i].hi);
    r = r < 0 ? r : ptn_flow_put(f, PTN_PKT_SADDR, lo, hi);
    return r < 0 ? r : ptn_flow_put(f, PTN_PKT_DADDR, lo, hi);
}

int ptn_flow_init(struct ptn_flow *f, uint8_t family, uint8_t proto, const char *iif)
{
    *f = (struct ptn_flow){.family = family};
    int r = put_header(f);
    r = r < 0 ? r : put_transport(f, proto);
    r = r < 0 ? r : put_ways(f, iif);
    if (r < 0)
        ptn_flow_release(f);
    return r;
}
