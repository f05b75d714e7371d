#include "site.h"

#include <string.h>

#include "base/addr.h"

enum { TCP = 6, UDP = 17 };

/* ---- addresses ------------------------------------------------------------------------------------------------- */

bool ptn_site_is_own(const struct ptn_site *s, const struct ptn_addr *a)
{
    for (size_t i = 0; i < s->n_addrs; i++)
        if (ptn_addr_equal(&s->addrs[i].addr, a))
            return true;
    return false;
}

static bool is_shared(const struct ptn_addr *a)
{
    return a->family == AF_INET && a->bytes[0] == 100 && (a->bytes[1] & 192) == 64;
}

bool ptn_site_is_private(const struct ptn_site *s, const struct ptn_addr *a)
{
    if (is_shared(a)) {
        for (size_t i = 0; i < s->n_addrs; i++)
            if (is_shared(&s->addrs[i].addr))
                return true;
        return false;
    }
    return ptn_addr_is_private(a) || ptn_addr_is_link_local(a);
}

static bool is_on_link(const struct ptn_site *s, const struct ptn_addr *a)
{
    for (size_t i = 0; i < s->n_addrs; i++)
        if (s->addrs[i].prefix < ptn_addr_width(a->family) * 8 &&
            ptn_addr_within(&s->addrs[i].addr, s->addrs[i].prefix, a))
            return true;
    return false;
}

bool ptn_site_is_local(const struct ptn_site *s, const struct ptn_addr *a)
{
    return is_on_link(s, a) || ptn_site_is_private(s, a);
}

/* The first octet tells RFC 1918's three blocks, RFC 4193's and link-local addresses apart. */
bool ptn_site_is_stray(const struct ptn_site *s, const struct ptn_addr *a)
{
    bool known = false;
    for (size_t i = 0; i < s->n_addrs; i++) {
        const struct ptn_addr *own = &s->addrs[i].addr;
        if (own->family != a->family || ptn_addr_is_link_local(own))
            continue;
        if (ptn_addr_is_private(own) && own->bytes[0] == a->bytes[0])
            return false;
        known = true;
    }
    return known && !ptn_addr_is_link_local(a) && !is_on_link(s, a);
}

bool ptn_site_is_bogon(const struct ptn_addr *a)
{
    const uint8_t *b = a->bytes;
    static const uint8_t translated[12] = {0, 0x64, 0xff, 0x9b};
    if (a->family == AF_INET)
        return b[0] == 0 || b[0] == 127 || b[0] >= 224;
    return (b[0] & 0xe0) != 0x20 && (b[0] & 0xfe) != 0xfc && !ptn_addr_is_link_local(a) &&
           memcmp(b, translated, sizeof(translated)) != 0;
}

/* ---- ports ----------------------------------------------------------------------------------------------------- */

const struct ptn_door *ptn_site_door(const struct ptn_site *s, uint8_t proto, uint16_t port)
{
    const struct ptn_door *best = NULL;
    for (size_t i = 0; i < s->n_doors; i++)
        if (s->doors[i].proto == proto && s->doors[i].port == port && (!best || s->doors[i].rung > best->rung))
            best = &s->doors[i];
    return best;
}

bool ptn_door_is_safe(const struct ptn_door *d)
{
    return d->rating == PTN_RATING_SAFE && d->verdict == PTN_VERDICT_OK;
}

static void set_bit(uint64_t *bits, uint16_t port)
{
    bits[port >> 6] |= UINT64_C(1) << (port & 63);
}

/* Services that the chart judges, and their answers' ports; beyond 1023 those alone that own the port and lie below
 * where clients are given theirs. */
static void learn_port(struct ptn_site *s, const struct ptn_chart *chart, uint16_t port, enum ptn_proto proto)
{
    enum { CLIENTS = 32768 };
    struct ptn_claim claims[PTN_CLAIMS_MAX];
    const int udp = proto == PTN_UDP, n = ptn_chart_lookup(chart, port, proto, claims, PTN_CLAIMS_MAX);
    for (int i = 0; i < n; i++) {
        const bool judged = claims[i].rating != PTN_RATING_NONE && claims[i].hi - claims[i].lo < PTN_HABIT_PORTS;
        if (judged || claims[i].kind == PTN_KIND_MALWARE)
            set_bit(s->judged[udp], port);
        if (!udp && judged && claims[i].own && port < CLIENTS)
            set_bit(s->served, port);
        if (udp && judged && claims[i].own && ptn_service_field(claims[i].service, PTN_FIELD_AMPLIFIES, 0))
            set_bit(s->amplifies, port);
        if (judged && claims[i].own && ptn_service_field(claims[i].service, PTN_FIELD_LINGERS, 0))
            set_bit(s->sought[udp], port);
    }
}

/* Whether a claim may set a bit of its ports. */
static bool has_a_word(const struct ptn_book_claim *c)
{
    return (c->proto == PTN_TCP || c->proto == PTN_UDP) &&
           (c->how == PTN_HOW_HINT || (c->rating != PTN_RATING_NONE && c->hi - c->lo < PTN_HABIT_PORTS));
}

/* Ports of which a book has something to say at all: the others need not be looked up. */
static void note_claimed(const struct ptn_book *book, uint64_t claimed[2][1024])
{
    for (uint32_t i = 0; i < book->header->n_claims; i++) {
        const struct ptn_book_claim *c = &book->claims[i];
        for (uint32_t port = c->lo; port <= c->hi && has_a_word(c); port++)
            set_bit(claimed[c->proto == PTN_UDP], (uint16_t)port);
    }
}

static void learn_ports(struct ptn_site *s, const struct ptn_chart *chart, const uint64_t claimed[1024],
                        enum ptn_proto proto)
{
    for (unsigned i = 0; i < 1024; i++)
        for (uint64_t bits = claimed[i]; bits; bits &= bits - 1)
            learn_port(s, chart, (uint16_t)(i * 64 + (unsigned)__builtin_ctzll(bits)), proto);
}

void ptn_site_learn(struct ptn_site *s, const struct ptn_chart *chart)
{
    uint64_t claimed[2][1024] = {{0}};
    for (int layer = PTN_LAYER_SITE; layer <= PTN_LAYER_CHART; layer++) {
        const struct ptn_book *book = ptn_chart_book(chart, layer);
        if (book)
            note_claimed(book, claimed);
    }
    learn_ports(s, chart, claimed[0], PTN_TCP);
    learn_ports(s, chart, claimed[1], PTN_UDP);
    for (unsigned port = 1; port < 1024; port++)
        set_bit(s->served, (uint16_t)port);
    for (size_t i = 0; i < s->n_doors; i++)
        if (s->doors[i].rung >= PTN_RUNG_LAN && !ptn_door_is_safe(&s->doors[i]) &&
            (s->doors[i].proto == TCP || s->doors[i].proto == UDP))
            set_bit(s->open[s->doors[i].proto == UDP], s->doors[i].port);
}
