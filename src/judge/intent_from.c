/* From where: addresses, groups of them, zones of interfaces. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/text.h"
#include "intent_part.h"

#define NAME_MAX_LEN 32
#define IFNAME_MAX 15
#define IFACES_MAX 256

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

struct span {
    struct ptn_addr lo, hi;
};

/* ---- addresses -------------------------------------------------------------------------------------------------- */

/* Spans the prefix; the address may have nothing beyond it. Result: 0, or -EINVAL with *first its first address. */
static int span_prefix(struct span *s, unsigned bits, struct ptn_addr *first)
{
    bool clean = true;
    *first = s->lo;
    for (unsigned i = bits; i < ptn_addr_width(s->lo.family) * 8u; i++) {
        uint8_t bit = (uint8_t)(0x80 >> i % 8);
        clean = clean && !(s->lo.bytes[i / 8] & bit);
        first->bytes[i / 8] = (uint8_t)(first->bytes[i / 8] & ~bit);
        s->hi.bytes[i / 8] |= bit;
    }
    return clean ? 0 : -EINVAL;
}

static int bad(struct ptn_intent *in, const struct ptn_intent_record *rec, enum ptn_intent_field id, const char *word,
               size_t len, const char *what)
{
    return ptn_intent_fail(in, rec, id, "\"%.*s\": %s", (int)(len < 80 ? len : 80), word, what);
}

static int read_prefix(struct ptn_intent *in, const struct ptn_intent_record *rec, enum ptn_intent_field id,
                       const char *word, size_t len, const char *slash, struct span *s)
{
    struct ptn_addr first;
    char text[PTN_ADDR_TEXT];
    long bits = ptn_number(slash + 1, (size_t)(word + len - slash - 1), 128);
    if (ptn_addr_parse(&s->lo, word, (size_t)(slash - word)) < 0 || bits < 0 || bits > ptn_addr_width(s->lo.family) * 8)
        return bad(in, rec, id, word, len, "not a prefix, as 192.0.2.0/24 or 2001:db8::/32 is one");
    s->hi = s->lo;
    if (span_prefix(s, (unsigned)bits, &first) < 0)
        return ptn_intent_fail(in, rec, id,
                               "\"%.*s\": the address goes beyond its prefix: %s/%ld is the network, %.*s the "
                               "one address",
                               (int)(len < 60 ? len : 60), word, ptn_addr_format(&first, text), bits,
                               (int)(slash - word), word);
    return 0;
}

/* ADDRESS, ADDRESS/BITS or ADDRESS-ADDRESS. */
static int read_span(struct ptn_intent *in, const struct ptn_intent_record *rec, enum ptn_intent_field id,
                     const char *word, size_t len, struct span *s)
{
    const char *slash = memchr(word, '/', len), *dash = memchr(word, '-', len);
    if (slash)
        return read_prefix(in, rec, id, word, len, slash, s);
    if (!dash) {
        if (ptn_addr_parse(&s->lo, word, len) < 0)
            return bad(in, rec, id, word, len,
                       id == PTN_INTENT_FROM ? "neither an address nor a group or zone of this file"
                                             : "not an address");
        s->hi = s->lo;
        return 0;
    }
    if (ptn_addr_parse(&s->lo, word, (size_t)(dash - word)) < 0 ||
        ptn_addr_parse(&s->hi, dash + 1, (size_t)(word + len - dash - 1)) < 0 || s->lo.family != s->hi.family)
        return bad(in, rec, id, word, len,
                   id == PTN_INTENT_FROM ? "neither a range of addresses nor a group or zone of this file"
                                         : "not a range of addresses, as 192.0.2.1-192.0.2.9 is one");
    if (memcmp(s->lo.bytes, s->hi.bytes, ptn_addr_width(s->lo.family)) > 0)
        return bad(in, rec, id, word, len, "the range runs backwards");
    return 0;
}

/* Addresses that no packet from outside may have. */
static int check_span(struct ptn_intent *in, const struct ptn_intent_record *rec, enum ptn_intent_field id,
                      const char *word, size_t len, const struct span *s)
{
    struct ptn_addr plain = ptn_addr_unmapped(&s->lo);
    if (plain.family != s->lo.family)
        return bad(in, rec, id, word, len, "write the IPv4 address that it is: packets have that");
    if (ptn_addr_is_loopback(&s->lo) && ptn_addr_is_loopback(&s->hi))
        return bad(in, rec, id, word, len,
                   "this machine itself is always let in by lo, and never by another interface");
    if (ptn_addr_is_multicast(&s->lo))
        return bad(in, rec, id, word, len, "nobody sends from a multicast address");
    return 0;
}

static int add_address(struct ptn_intent *in, const struct ptn_intent_record *rec, enum ptn_intent_field id,
                       const char *word, size_t len, struct ptn_ranges *sets[2])
{
    struct span s = {0};
    int r = read_span(in, rec, id, word, len, &s);
    r = r < 0 ? r : check_span(in, rec, id, word, len, &s);
    if (r < 0)
        return r;
    struct ptn_ranges **set = &sets[s.lo.family == AF_INET6];
    return ptn_ranges_append(set, s.lo.bytes, s.hi.bytes);
}

static int new_sets(struct ptn_ranges *sets[2])
{
    sets[0] = ptn_ranges_none(4);
    sets[1] = ptn_ranges_none(16);
    if (sets[0] && sets[1])
        return 0;
    ptn_ranges_unref(sets[0]);
    ptn_ranges_unref(sets[1]);
    return -ENOMEM;
}

/* The addresses of a group or zone. On failure *v4 and *v6 stay NULL. */
static int read_addresses(struct ptn_intent *in, const struct ptn_intent_record *rec, struct ptn_origin *o)
{
    const char *at = rec->value[PTN_INTENT_ADDRESSES], *w;
    struct ptn_ranges *sets[2];
    int r = new_sets(sets);
    if (r < 0)
        return r;
    for (size_t n; r == 0 && (n = ptn_next_word(&at, &w)) > 0;)
        r = add_address(in, rec, PTN_INTENT_ADDRESSES, w, n, sets);
    if (r < 0) {
        ptn_ranges_unref(sets[0]);
        ptn_ranges_unref(sets[1]);
        return r;
    }
    ptn_ranges_sort(o->v4 = sets[0]);
    ptn_ranges_sort(o->v6 = sets[1]);
    return 0;
}

/* ---- interfaces -------------------------------------------------------------------------------------------------- */

/* Whether every name that `b` stands for is one of `a`'s. */
static bool covers(const char *a, const char *b)
{
    size_t len = strlen(a);
    if (a[len - 1] != '*')
        return strcmp(a, b) == 0;
    return strncmp(a, b, len - 1) == 0;
}

static int check_interface(struct ptn_intent *in, const struct ptn_intent_record *rec, const char *word, size_t len)
{
    size_t plain = strcspn(word, " \t*");
    bool star = plain + 1 == len && word[plain] == '*';
    for (size_t i = 0; i < plain && i < len; i++)
        if (word[i] <= ' ' || word[i] > '~' || strchr("\"\\/:$'", word[i]))
            return bad(in, rec, PTN_INTENT_INTERFACES, word, len, "not a name of an interface");
    if (plain == 0 && star)
        return bad(in, rec, PTN_INTENT_INTERFACES, word, len, "every interface is From: anyone");
    if ((plain != len && !star) || plain > IFNAME_MAX)
        return bad(in, rec, PTN_INTENT_INTERFACES, word, len,
                   "a name of an interface has at most 15 characters, and a * only at its end");
    if ((len == 2 && memcmp(word, "lo", 2) == 0) || (star && strncmp("lo", word, plain) == 0 && plain <= 2))
        return bad(in, rec, PTN_INTENT_INTERFACES, word, len, "lo is always let in, and belongs to no zone");
    return 0;
}

/* Adds a name unless one that is there covers it; it may cover others. */
static size_t put_interface(const char **names, size_t n, const char *name)
{
    size_t stay = 0;
    for (size_t i = 0; i < n; i++)
        if (covers(names[i], name))
            return n;
    for (size_t i = 0; i < n; i++)
        if (!covers(name, names[i]))
            names[stay++] = names[i];
    names[stay++] = name;
    return stay;
}

static int read_interfaces(struct ptn_intent *in, const struct ptn_intent_record *rec, struct ptn_origin *o)
{
    const char *at = rec->value[PTN_INTENT_INTERFACES], *w;
    const char **names = ptn_arena_alloc(&in->policy->arena, IFACES_MAX * sizeof(*names));
    size_t count = 0;
    if (!names)
        return -ENOMEM;
    for (size_t n; (n = ptn_next_word(&at, &w)) > 0;) {
        int r = check_interface(in, rec, w, n);
        if (r < 0)
            return r;
        if (count == IFACES_MAX)
            return ptn_intent_fail(in, rec, PTN_INTENT_INTERFACES, "more than %d names", IFACES_MAX);
        const char *name = ptn_arena_strndup(&in->policy->arena, w, n);
        if (!name)
            return -ENOMEM;
        count = put_interface(names, count, name);
    }
    o->ifaces = names;
    o->n_ifaces = count;
    return 0;
}

/* ---- groups and zones ------------------------------------------------------------------------------------------- */

static struct ptn_origin *find_origin(const struct ptn_policy *p, const char *name, size_t len)
{
    for (size_t i = 0; i < p->n_origins; i++)
        if (strlen(p->origins[i]->name) == len && memcmp(p->origins[i]->name, name, len) == 0)
            return p->origins[i];
    return NULL;
}

static int check_name(struct ptn_intent *in, const struct ptn_intent_record *rec, enum ptn_intent_field id)
{
    const char *name = rec->value[id];
    size_t len = strlen(name);
    const struct ptn_origin *other = find_origin(in->policy, name, len);
    if (len > NAME_MAX_LEN)
        return bad(in, rec, id, name, len, "a name has at most 32 characters");
    for (size_t i = 0; i < len; i++)
        if (!strchr(letters, name[i]) && (i == 0 || !strchr("0123456789._-", name[i])))
            return bad(in, rec, id, name, len, "a name begins with a letter and has letters, digits and . _ - only");
    if (strcmp(name, "anyone") == 0)
        return bad(in, rec, id, name, len, "this word means everybody already");
    if (other)
        return ptn_intent_fail(in, rec, id, "\"%s\" is the name of a %s already, in line %u", name,
                               other->zone ? "zone" : "group", other->line);
    return 0;
}

static int keep_origin(struct ptn_policy *p, struct ptn_origin *o)
{
    struct ptn_origin **more = p->origins;
    if ((p->n_origins & (p->n_origins - 1)) == 0) /* 0, 1, 2, 4, ... are full */
        more = reallocarray(p->origins, p->n_origins ? p->n_origins * 2 : 1, sizeof(struct ptn_origin *));
    if (!more)
        return -ENOMEM;
    p->origins = more;
    more[p->n_origins++] = o;
    return 0;
}

int ptn_intent_origin(struct ptn_intent *in, const struct ptn_intent_record *rec)
{
    const bool zone = rec->kind == PTN_INTENT_KIND_ZONE;
    const enum ptn_intent_field id = zone ? PTN_INTENT_ZONE : PTN_INTENT_GROUP;
    const enum ptn_intent_field needs = zone ? PTN_INTENT_INTERFACES : PTN_INTENT_ADDRESSES;
    int r = check_name(in, rec, id);
    if (r < 0)
        return r;
    if (!rec->value[needs])
        return ptn_intent_fail(in, rec, id, "this record has no %s:", zone ? "Interfaces" : "Addresses");
    if (in->policy->n_origins == PTN_INTENT_GROUPS_MAX)
        return ptn_intent_fail(in, rec, id, "more than %d groups and zones", PTN_INTENT_GROUPS_MAX);
    struct ptn_origin *o = ptn_arena_alloc(&in->policy->arena, sizeof(*o));
    if (!o)
        return -ENOMEM;
    *o = (struct ptn_origin){.name = rec->value[id], .zone = zone, .line = rec->line};
    r = zone ? read_interfaces(in, rec, o) : 0;
    r = r < 0 || !rec->value[PTN_INTENT_ADDRESSES] ? r : read_addresses(in, rec, o);
    r = r < 0 ? r : keep_origin(in->policy, o);
    if (r < 0) {
        ptn_ranges_unref(o->v4);
        ptn_ranges_unref(o->v6);
    }
    return r;
}

/* ---- From: ------------------------------------------------------------------------------------------------------ */

/* Half of all IPv4 addresses, or of the IPv6 addresses that the internet uses, is no limit. */
static bool is_most_of_all(const struct ptn_ranges *v4, const struct ptn_ranges *v6)
{
    static const uint8_t lo[16] = {0x20};
    uint8_t hi[16];
    bool most = v4 && ptn_ranges_count(v4) >= 2147483648.0;
    memset(hi, 0xff, sizeof(hi));
    hi[0] = 0x3f;
    if (most || !v6)
        return most;
    struct ptn_ranges *global = ptn_ranges_of(16, lo, hi);
    struct ptn_ranges *both = global ? ptn_ranges_intersect(global, v6) : NULL;
    most = global && both && ptn_ranges_count(both) * 2 >= ptn_ranges_count(global);
    ptn_ranges_unref(global);
    ptn_ranges_unref(both);
    return most;
}

static int add_origin(struct ptn_permit *p, struct ptn_origin *o)
{
    for (size_t i = 0; i < p->n_origins; i++)
        if (p->origins[i] == o)
            return 0;
    struct ptn_origin **more = reallocarray(p->origins, p->n_origins + 1, sizeof(struct ptn_origin *));
    if (!more)
        return -ENOMEM;
    p->origins = more;
    more[p->n_origins++] = o;
    return 0;
}

static int add_from(struct ptn_intent *in, const struct ptn_intent_record *rec, struct ptn_permit *p, const char *word,
                    size_t len)
{
    struct ptn_origin *o = find_origin(in->policy, word, len);
    struct ptn_ranges *sets[2] = {p->v4, p->v6};
    if (o)
        return add_origin(p, o);
    if (len == 6 && memcmp(word, "anyone", 6) == 0) {
        p->anyone = true;
        return 0;
    }
    int r = add_address(in, rec, PTN_INTENT_FROM, word, len, sets);
    p->v4 = sets[0];
    p->v6 = sets[1];
    return r;
}

int ptn_intent_from(struct ptn_intent *in, const struct ptn_intent_record *rec, struct ptn_permit *p, bool *open)
{
    const char *at = rec->value[PTN_INTENT_FROM], *w;
    struct ptn_ranges *sets[2];
    size_t words = 0;
    *open = true;
    if (!at) {
        p->anyone = true;
        return 0;
    }
    int r = new_sets(sets);
    if (r < 0)
        return r;
    p->v4 = sets[0];
    p->v6 = sets[1];
    for (size_t n; r == 0 && (n = ptn_next_word(&at, &w)) > 0; words++)
        r = add_from(in, rec, p, w, n);
    ptn_ranges_sort(p->v4);
    ptn_ranges_sort(p->v6);
    if (r == 0 && p->anyone && words > 1)
        r = ptn_intent_fail(in, rec, PTN_INTENT_FROM, "anyone holds everybody: nothing can stand beside it");
    *open = p->anyone || is_most_of_all(p->v4, p->v6);
    for (size_t i = 0; i < p->n_origins; i++)
        *open = *open || (!p->origins[i]->zone && is_most_of_all(p->origins[i]->v4, p->origins[i]->v6));
    return r;
}
