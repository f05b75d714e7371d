/* The ports and protocols that packets span: a quick way past what they do not meet. */
#ifndef PTN_WALL_HULL_H
#define PTN_WALL_HULL_H

#include "ask.h"

struct ptn_hull {
    uint16_t lo, hi; /* ports */
    uint8_t proto_lo, proto_hi;
};

/* NULL: any. */
static inline void ptn_hull_narrow(struct ptn_hull *h, const struct ptn_ranges *port, const struct ptn_ranges *proto)
{
    if (port && port->n) {
        const uint8_t *lo = ptn_ranges_lo(port, 0), *hi = ptn_ranges_hi(port, port->n - 1);
        h->lo = (uint16_t)(lo[0] << 8 | lo[1]);
        h->hi = (uint16_t)(hi[0] << 8 | hi[1]);
    }
    if (proto && proto->n) {
        h->proto_lo = *ptn_ranges_lo(proto, 0);
        h->proto_hi = *ptn_ranges_hi(proto, proto->n - 1);
    }
}

static inline struct ptn_hull ptn_hull_of(const struct ptn_flow *f)
{
    struct ptn_hull h = {.hi = UINT16_MAX, .proto_hi = UINT8_MAX};
    ptn_hull_narrow(&h, f->field[PTN_PKT_DPORT], f->field[PTN_PKT_L4PROTO]);
    return h;
}

#define PTN_HULL_NONE ((struct ptn_hull){.lo = 1})

static inline bool ptn_hull_is_none(const struct ptn_hull *h)
{
    return h->lo > h->hi;
}

static inline bool ptn_hulls_meet(const struct ptn_hull *a, const struct ptn_hull *b)
{
    return a->lo <= b->hi && b->lo <= a->hi && a->proto_lo <= b->proto_hi && b->proto_lo <= a->proto_hi;
}

#endif
