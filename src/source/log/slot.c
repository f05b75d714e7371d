#include "slot.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define PROTO_ICMPV6 58
#define TEXT_MAX 255

static bool is_nothing(struct ptn_slice v)
{
    static const char *const words[] = {"N/A", "null", "(null)", "(empty)", "--", "none", "unknown", "undefined", "NA"};
    if (v.len == 0 || (v.len == 1 && v.at[0] == '-'))
        return true;
    if (v.len > 9 || !memchr("nN(-uU", v.at[0], 6))
        return false;
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (ptn_value_is(v, words[i]))
            return true;
    return false;
}

static bool has_controls(struct ptn_slice v)
{
    for (size_t i = 0; i < v.len; i++)
        if ((unsigned char)v.at[i] < 0x20 || v.at[i] == 0x7f)
            return true;
    return false;
}

static bool is_name(struct ptn_slice v)
{
    return (v.at[0] | 32) >= 'a' && (v.at[0] | 32) <= 'z';
}

static int put_text(struct ptn_slice *to, struct ptn_slice v)
{
    if (v.len > TEXT_MAX)
        return -EINVAL;
    if (!to->len)
        *to = v;
    return 0;
}

static int put_port(struct ptn_knock *k, unsigned bit, struct ptn_slice v)
{
    int port = ptn_port_of(v);
    if (port < 0)
        return is_name(v) ? 0 : -EINVAL;
    if (k->has & bit)
        return 0;
    *(bit == PTN_HAS_SPORT ? &k->sport : &k->dport) = (uint16_t)port;
    k->has |= (uint16_t)bit;
    return 0;
}

/* A type that was told by a word has another number in ICMPv6, which may turn out later. */
static void settle_icmp(struct ptn_knock *k)
{
    static const struct {
        uint8_t four, six;
    } pairs[] = {{8, 128}, {0, 129}, {3, 1}, {11, 3}, {5, 137}, {12, 4}, {9, 134}, {10, 133}};
    bool six =
        k->src.family == AF_INET6 || k->dst.family == AF_INET6 || (k->has & PTN_HAS_PROTO && k->proto == PROTO_ICMPV6);
    if (!(k->has & PTN_HAS_ICMP_WORD) || !six)
        return;
    k->has &= (uint16_t)~PTN_HAS_ICMP_WORD;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
        if (pairs[i].four == k->icmp_type) {
            k->icmp_type = pairs[i].six;
            return;
        }
}

static int put_place(struct ptn_knock *k, bool src, struct ptn_slice v)
{
    struct ptn_addr *to = src ? &k->src : &k->dst;
    struct ptn_addr plain;
    if (ptn_addr_read(v.at, v.len, &plain) == v.len) {
        if (!to->family)
            *to = plain;
        settle_icmp(k);
        return 0;
    }
    struct ptn_place place;
    if (ptn_place_read(v, &place) < 0)
        return -EINVAL;
    if (!to->family)
        *to = place.addr;
    settle_icmp(k);
    if (place.iface.len && put_text(src ? &k->in : &k->out, place.iface) < 0)
        return -EINVAL;
    return place.port.len ? put_port(k, src ? PTN_HAS_SPORT : PTN_HAS_DPORT, place.port) : 0;
}

static int put_proto(struct ptn_knock *k, struct ptn_slice v)
{
    int n = ptn_proto_of(v);
    if (n < 0)
        return is_name(v) ? 0 : -EINVAL;
    if (!(k->has & PTN_HAS_PROTO)) {
        k->proto = (uint8_t)n;
        k->has |= PTN_HAS_PROTO;
        settle_icmp(k);
    }
    return 0;
}

static int put_action(struct ptn_knock *k, const struct ptn_format *f, struct ptn_slice v)
{
    int n = ptn_action_of(v, f ? f->actions : NULL);
    if (n < 0)
        return -EINVAL;
    if (k->action == PTN_ACTION_NONE)
        k->action = (uint8_t)n;
    return 0;
}

static int put_way(struct ptn_knock *k, struct ptn_slice v)
{
    int n = ptn_way_of(v);
    if (n >= 0 && k->way == PTN_WAY_UNKNOWN)
        k->way = (uint8_t)n;
    return 0;
}

static int put_flags(struct ptn_knock *k, struct ptn_slice v)
{
    int n = ptn_flags_of(v);
    if (n < 0)
        return -EINVAL;
    if (!(k->has & PTN_HAS_FLAGS))
        k->flags = (uint8_t)n;
    k->has |= PTN_HAS_FLAGS;
    return 0;
}

static int put_icmp_type(struct ptn_knock *k, struct ptn_slice v)
{
    int six, n = ptn_icmp_type_of(v, &six);
    if (n < 0)
        return is_name(v) ? 0 : -EINVAL;
    if (k->has & PTN_HAS_ICMP_TYPE)
        return 0;
    k->icmp_type = (uint8_t)n;
    k->has |= PTN_HAS_ICMP_TYPE | (six >= 0 ? PTN_HAS_ICMP_WORD : 0);
    settle_icmp(k);
    return 0;
}

/* The slots that are a number and nothing else. */
static int put_number(struct ptn_knock *k, enum ptn_slot slot, struct ptn_slice v)
{
    static const struct {
        uint64_t max;
        uint16_t bit;
    } of[PTN_SLOT_COUNT] = {
        [PTN_SLOT_ICMP_CODE] = {255, PTN_HAS_ICMP_CODE},  [PTN_SLOT_TTL] = {255, PTN_HAS_TTL},
        [PTN_SLOT_ID] = {UINT32_MAX, PTN_HAS_ID},         [PTN_SLOT_WINDOW] = {UINT32_MAX, PTN_HAS_WINDOW},
        [PTN_SLOT_LENGTH] = {UINT32_MAX, PTN_HAS_LENGTH},
    };
    uint64_t n;
    if (ptn_slot_number(v, of[slot].max, &n) < 0)
        return -EINVAL;
    bool narrow = slot == PTN_SLOT_ID || slot == PTN_SLOT_WINDOW;
    if (k->has & of[slot].bit || (narrow && n > UINT16_MAX)) /* IPv6 has longer ones, and scaled windows are */
        return 0;
    k->has |= of[slot].bit;
    if (slot == PTN_SLOT_ICMP_CODE)
        k->icmp_code = (uint8_t)n;
    else if (slot == PTN_SLOT_TTL)
        k->ttl = (uint8_t)n;
    else if (slot == PTN_SLOT_LENGTH)
        k->length = (uint32_t)n;
    else
        *(slot == PTN_SLOT_ID ? &k->id : &k->window) = (uint16_t)n;
    return 0;
}

static int put_count(struct ptn_knock *k, bool packets, struct ptn_slice v)
{
    uint64_t n, *to = packets ? &k->packets : &k->octets;
    if (ptn_slot_number(v, UINT64_MAX, &n) < 0)
        return -EINVAL;
    if (!*to)
        *to = n;
    k->has |= PTN_HAS_COUNT;
    return 0;
}

int ptn_slot_put(struct ptn_knock *k, const struct ptn_format *f, enum ptn_slot slot, struct ptn_slice v)
{
    v = ptn_value_trim(v);
    if (slot == PTN_SLOT_NOTHING || is_nothing(v))
        return 0;
    if (has_controls(v))
        return -EINVAL;
    switch (slot) {
    case PTN_SLOT_SRC:
    case PTN_SLOT_DST:
        return put_place(k, slot == PTN_SLOT_SRC, v);
    case PTN_SLOT_SPORT:
        return put_port(k, PTN_HAS_SPORT, v);
    case PTN_SLOT_DPORT:
        return put_port(k, PTN_HAS_DPORT, v);
    case PTN_SLOT_PROTO:
        return put_proto(k, v);
    case PTN_SLOT_ACTION:
        return put_action(k, f, v);
    case PTN_SLOT_WAY:
        return put_way(k, v);
    case PTN_SLOT_IN:
        return put_text(&k->in, v);
    case PTN_SLOT_OUT:
        return put_text(&k->out, v);
    case PTN_SLOT_RULE:
        return v.len > TEXT_MAX ? 0 : put_text(&k->rule, v);
    case PTN_SLOT_FLAGS:
        return put_flags(k, v);
    case PTN_SLOT_ICMP_TYPE:
        return put_icmp_type(k, v);
    case PTN_SLOT_PACKETS:
    case PTN_SLOT_OCTETS:
        return put_count(k, slot == PTN_SLOT_PACKETS, v);
    case PTN_SLOT_TIME:
    case PTN_SLOT_DATE:
    case PTN_SLOT_CLOCK:
    case PTN_SLOT_ZONE:
    case PTN_SLOT_SECONDS:
    case PTN_SLOT_MILLIS:
    case PTN_SLOT_NANOS:
        return ptn_slot_time(k, slot, v);
    default:
        return put_number(k, slot, v);
    }
}
