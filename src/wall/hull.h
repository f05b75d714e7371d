/* The ports and protocols that a box spans: a quick way past boxes that do not meet. */
#ifndef PTN_WALL_HULL_H
#define PTN_WALL_HULL_H

#include "ask.h"

struct ptn_hull {
    uint16_t lo, hi; /* ports */
    uint8_t proto_lo, proto_hi;
};

static inline struct ptn_hull ptn_hull_of(const struct ptn_flow *f)
{
    const struct ptn_ranges *port = f->field[PTN_PKT_DPORT], *proto = f->field[PTN_PKT_L4PROTO];
    struct ptn_hull h = {.hi = UINT16_MAX, .proto_hi = UINT8_MAX};
    if (port && port->n) {
        const uint8_t *lo = ptn_ranges_lo(port, 0), *hi = ptn_ranges_hi(port, port->n - 1);
        h.lo = (uint16_t)(lo[0] << 8 | lo[1]);
        h.hi = (uint16_t)(hi[0] << 8 | hi[1]);
    }
    if (proto && proto->n) {
        h.proto_lo = *ptn_ranges_lo(proto, 0);
        h.proto_hi = *ptn_ranges_hi(proto, proto->n - 1);
    }
    return h;
}

static inline bool ptn_hulls_meet(const struct ptn_hull *a, const struct ptn_hull *b)
{
    return a->lo <= b->hi && b->lo <= a->hi && a->proto_lo <= b->proto_hi && b->proto_lo <= a->proto_hi;
}

#endif
