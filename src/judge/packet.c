#include "packet.h"

#include <string.h>

#include "base/addr.h"
#include "visitor.h"

enum { ICMP = 1, IGMP = 2, TCP = 6, UDP = 17, ICMP6 = 58, EIGRP = 88, OSPF = 89, PIM = 103, VRRP = 112 };
enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16, URG = 32 };

#define CLIENTS 32768 /* where the ports of clients begin on most systems */
#define ZMAP_ID 54321 /* its probe modules; Durumeric et al. 2013 */

/* A line, and what several tests ask of it. */
struct sight {
    const struct ptn_site *site;
    const struct ptn_knock *k;
    bool dropped;     /* or nobody says that it was not */
    bool from_inside; /* a private source, or one of ours */
    bool to_many;     /* multicast or broadcast */
    bool local;       /* the source is of a network that the host is on */
};

static bool has(const struct sight *s, unsigned what)
{
    return (s->k->has & what) == what;
}

static bool slice_is(struct ptn_slice s, const char *text)
{
    return s.len == strlen(text) && memcmp(s.at, text, s.len) == 0;
}

static bool is_loopback(const struct ptn_knock *k)
{
    return slice_is(k->in, "lo") || slice_is(k->in, "lo0");
}

/* ---- addresses ------------------------------------------------------------------------------------------------- */

static bool is_v4(const struct ptn_addr *a)
{
    return a->family == AF_INET;
}

static bool same_net(const struct ptn_addr *a, const struct ptn_addr *b)
{
    const uint8_t *x = a->bytes, *y = b->bytes;
    if (a->family != b->family || x[0] != y[0] || x[1] != y[1] || x[2] != y[2])
        return false;
    return is_v4(a) || memcmp(x, y, 8) == 0;
}

static bool is_any(const struct ptn_addr *a)
{
    return ptn_addr_is_any(a);
}

/* The broadcast address of a network of 8 or 16 bits of hosts is known by its neighbours. */
static bool is_broadcast(const struct ptn_site *site, const struct ptn_knock *k, bool local)
{
    const uint8_t *b = k->dst.bytes, *from = k->src.bytes;
    static const uint8_t all[4] = {255, 255, 255, 255};
    if (!is_v4(&k->dst))
        return false;
    if (memcmp(b, all, 4) == 0)
        return true;
    for (size_t i = 0; i < site->n_addrs; i++) {
        const struct ptn_ifaddr *a = &site->addrs[i];
        uint8_t lo[4], hi[4];
        if (!is_v4(&a->addr) || a->prefix > 30)
            continue;
        ptn_addr_span(a->addr.bytes, a->prefix, 4, lo, hi);
        if (memcmp(hi, b, 4) == 0)
            return true;
    }
    return b[3] == 255 && is_v4(&k->src) && memcmp(b, from, 2) == 0 && (b[2] == from[2] || (local && k->proto == UDP));
}

/* ---- ports ----------------------------------------------------------------------------------------------------- */

struct span {
    uint16_t lo, hi;
};

static bool is_in(const struct span *spans, size_t n, uint16_t port)
{
    for (size_t i = 0; i < n; i++)
        if (port >= spans[i].lo && port <= spans[i].hi)
            return true;
    return false;
}
#define IS_IN(spans, port) is_in((spans), sizeof(spans) / sizeof(*(spans)), (port))

/* A port that a client of ours may have been given. */
static bool is_ephemeral(const struct sight *s, uint16_t port)
{
    if (s->site->ephemeral_lo)
        return port >= s->site->ephemeral_lo && port <= s->site->ephemeral_hi;
    return port >= CLIENTS || (port >= 1024 && !ptn_site_bit(s->site->judged[s->k->proto == UDP], port));
}

/* DNS, QUIC, Kerberos, NTP, SNMP, LDAP, IKE, DNS over QUIC, OpenVPN, RADIUS, STUN and TURN (also Google's), Zoom,
 * WireGuard: what hosts ask for by UDP. Resolvers ask from any port (RFC 5452). */
static bool is_late_udp(const struct sight *s)
{
    static const struct span asked[] = {{53, 53},     {80, 80},       {88, 88},      {123, 123},   {161, 161},
                                        {389, 389},   {443, 443},     {500, 500},    {784, 784},   {853, 853},
                                        {1194, 1194}, {1812, 1813},   {3478, 3481},  {4500, 4500}, {5349, 5349},
                                        {8801, 8810}, {19302, 19309}, {51820, 51820}};
    const struct ptn_knock *k = s->k;
    if (k->proto != UDP || !has(s, PTN_HAS_SPORT | PTN_HAS_DPORT) || !IS_IN(asked, k->sport))
        return false;
    if (k->sport == 53 && k->dport >= 1024 && !ptn_site_bit(s->site->judged[1], k->dport))
        return true;
    return is_ephemeral(s, k->dport);
}

/* From a service to a client's port. */
static bool is_answer_tcp(const struct sight *s)
{
    return s->k->proto == TCP && has(s, PTN_HAS_SPORT | PTN_HAS_DPORT) && ptn_site_bit(s->site->served, s->k->sport) &&
           is_ephemeral(s, s->k->dport);
}

/* ---- the tests, in the order in which they are asked ------------------------------------------------------------ */

typedef bool (*test)(const struct sight *, struct ptn_packet *ret);

static bool says(struct ptn_packet *ret, enum ptn_cause cause)
{
    ret->kind = PTN_PACKET_CAUSE;
    ret->cause = cause;
    return true;
}

static bool is_rule_broken(const struct sight *s, struct ptn_packet *ret)
{
    const struct ptn_knock *k = s->k;
    const bool on_link = !has(s, PTN_HAS_TTL) || k->ttl == 255; /* RFC 4861, 6.1: others are not of a neighbour */
    if (!s->dropped || !has(s, PTN_HAS_ICMP_TYPE))
        return false;
    if (k->proto == ICMP6 && k->icmp_type >= 133 && k->icmp_type <= 137 && on_link)
        return says(ret, PTN_CAUSE_IPV6_RULE);
    if (k->proto == ICMP6 ? k->icmp_type == 2
                          : k->proto == ICMP && k->icmp_type == 3 && has(s, PTN_HAS_ICMP_CODE) && k->icmp_code == 4)
        return says(ret, PTN_CAUSE_PATH_MTU);
    return false;
}

/* Discovery and name services, by UDP: DHCP, NetBIOS, SNMP of printers, SSDP, NetBIOS' cousins, WS-Discovery, Epson,
 * MNDP, mDNS, LLMNR, Tuya, Canon, Ubiquiti, Dropbox, Steam, Plex, Spotify, KDE Connect, Sonos, HASP. */
static bool is_chatter_port(const struct ptn_knock *k)
{
    static const struct span ports[] = {
        {67, 68},     {137, 138},     {546, 547},     {1714, 1764},   {1900, 1902},   {1905, 1905},   {1947, 1947},
        {3289, 3289}, {3702, 3702},   {5353, 5353},   {5355, 5355},   {5678, 5678},   {6666, 6667},   {7680, 7680},
        {8610, 8613}, {10001, 10001}, {17500, 17500}, {20002, 20002}, {27036, 27036}, {32410, 32414}, {57621, 57621}};
    return k->proto == UDP && (k->has & PTN_HAS_DPORT) &&
           (IS_IN(ports, k->dport) || ((k->has & PTN_HAS_SPORT) && IS_IN(ports, k->sport)));
}

static bool is_new(const struct sight *s)
{
    const struct ptn_knock *k = s->k;
    if (k->proto == TCP)
        return !has(s, PTN_HAS_FLAGS) || (k->flags & (SYN | ACK | RST)) == SYN;
    return k->proto == UDP && !(has(s, PTN_HAS_SPORT) && k->sport < 1024 && k->sport != 123 && k->sport != 500);
}

/* With TCP devices go on that have found each other: NetBIOS, KDE Connect, WS-Discovery's descriptions, Windows'
 * updates, Dropbox, Syncthing, Steam, Apple's. */
static bool is_met(const struct sight *s)
{
    static const struct span ports[] = {{139, 139},     {1714, 1764},   {5357, 5358},   {7680, 7680},
                                        {17500, 17500}, {22000, 22000}, {27036, 27036}, {62078, 62078}};
    return s->dropped && s->from_inside && s->k->proto == TCP && has(s, PTN_HAS_DPORT) && IS_IN(ports, s->k->dport) &&
           is_new(s);
}

/* traceroute counts up from 33434 */
static bool is_traced(const struct ptn_knock *k)
{
    return k->proto == UDP && k->has & PTN_HAS_DPORT && k->dport >= 33434 && k->dport <= 33534;
}

/* Its servers and relays may be anywhere. */
static bool is_dhcp(const struct sight *s)
{
    const struct ptn_knock *k = s->k;
    return k->proto == UDP && has(s, PTN_HAS_SPORT | PTN_HAS_DPORT) &&
           (((k->sport == 67 || k->sport == 68) && (k->dport == 67 || k->dport == 68)) ||
            ((k->sport == 546 || k->sport == 547) && (k->dport == 546 || k->dport == 547)));
}

static bool is_router_proto(uint8_t proto)
{
    return proto == IGMP || proto == PIM || proto == VRRP || proto == OSPF || proto == EIGRP;
}

/* Devices answer to the port from which all of them were asked. */
static bool is_found(const struct sight *s)
{
    const struct ptn_knock *k = s->k;
    return s->from_inside && k->proto == UDP && has(s, PTN_HAS_SPORT | PTN_HAS_DPORT) && k->sport >= 1024 &&
           is_ephemeral(s, k->dport) && !is_traced(k);
}

/* Multicast listeners, neighbours and routers; what is dropped of it breaks IPv6. */
static bool is_link_icmp(const struct sight *s)
{
    return s->k->proto == ICMP6 && has(s, PTN_HAS_ICMP_TYPE) &&
           ((s->k->icmp_type >= 130 && s->k->icmp_type <= 137) || s->k->icmp_type == 143);
}

static bool is_chatter(const struct sight *s, struct ptn_packet *ret)
{
    const bool near = s->local || same_net(&s->k->src, &s->k->dst);
    if (s->to_many || is_dhcp(s) || is_found(s) || is_met(s) ||
        (near && (is_chatter_port(s->k) || is_router_proto(s->k->proto) || is_link_icmp(s))))
        return says(ret, PTN_CAUSE_CHATTER);
    return false;
}

static bool is_forged(const struct sight *s, struct ptn_packet *ret)
{
    const struct ptn_knock *k = s->k;
    const bool came_in = k->way == PTN_WAY_IN && !has(s, PTN_HAS_ROUTER) && !is_loopback(k);
    if (!k->src.family || is_loopback(k))
        return false;
    if (s->to_many) /* who has no address yet asks from none; what was sent to all comes back to its sender */
        return !is_any(&k->src) && !ptn_site_is_own(s->site, &k->src) && ptn_site_is_bogon(&k->src) &&
               says(ret, PTN_CAUSE_FORGED);
    if (is_dhcp(s))
        return false;
    if (ptn_site_is_bogon(&k->src) || ptn_addr_equal(&k->src, &k->dst) ||
        (came_in && ptn_site_is_own(s->site, &k->src)))
        return says(ret, PTN_CAUSE_FORGED);
    return k->proto == ICMP6 && has(s, PTN_HAS_ICMP_TYPE | PTN_HAS_TTL) && k->icmp_type >= 133 && k->icmp_type <= 137 &&
           k->ttl != 255 && says(ret, PTN_CAUSE_FORGED);
}

static bool is_syn_ack(const struct sight *s)
{
    return s->k->proto == TCP && has(s, PTN_HAS_FLAGS) && (s->k->flags & (SYN | ACK)) == (SYN | ACK);
}

static bool is_late_segment(const struct sight *s)
{
    return s->k->proto == TCP && has(s, PTN_HAS_FLAGS) && !(s->k->flags & SYN) && s->k->flags & (FIN | RST | ACK);
}

/* "new out: " and its like are put before rules that tell of what they let out. */
static bool tells_of_new(struct ptn_slice rule)
{
    for (size_t i = 0; i + 3 <= rule.len; i++)
        if (strncasecmp(rule.at + i, "new", 3) == 0)
            return true;
    return false;
}

static bool is_outgoing(const struct sight *s, struct ptn_packet *ret)
{
    const struct ptn_knock *k = s->k;
    const bool lo = is_loopback(k);
    const bool own = s->site->n_addrs && k->way != PTN_WAY_IN && ptn_site_is_own(s->site, &k->src);
    if (k->way != PTN_WAY_OUT && !own && !lo &&
        ((k->way == PTN_WAY_IN && !has(s, PTN_HAS_ROUTER)) || !s->from_inside || !ptn_addr_is_public(&k->dst)))
        return false;
    ret->outgoing = true;
    ret->answered = is_syn_ack(s);
    ret->asks = is_new(s) && k->action != PTN_ACTION_DROP && k->action != PTN_ACTION_REJECT;
    if (is_rule_broken(s, ret))
        return true;
    return says(ret, s->to_many                                                               ? PTN_CAUSE_CHATTER
                     : !s->dropped || (k->action == PTN_ACTION_NONE && tells_of_new(k->rule)) ? PTN_CAUSE_OWN_TRAFFIC
                     : is_late_segment(s) || is_answer_tcp(s)                                 ? PTN_CAUSE_LATE_TCP
                                                                                              : PTN_CAUSE_OWN_OUT);
}

/* What was let in, or seen on the wire, and belongs to connections that there are. */
static bool is_let_back(const struct sight *s, struct ptn_packet *ret)
{
    if (s->dropped || (s->k->proto == TCP && has(s, PTN_HAS_FLAGS) && is_new(s)))
        return false;
    ret->of_source = is_late_udp(s) || is_answer_tcp(s);
    return (ret->of_source || is_late_segment(s) || is_syn_ack(s)) && says(ret, PTN_CAUSE_OWN_TRAFFIC);
}

static bool answers(struct ptn_packet *ret, uint16_t marks)
{
    ret->kind = PTN_PACKET_ANSWER;
    ret->marks = marks;
    return true;
}

/* Goes to where clients or services sit. */
static bool is_anybodys(const struct sight *s)
{
    return !has(s, PTN_HAS_DPORT) || is_ephemeral(s, s->k->dport) || s->k->dport < 1024 ||
           ptn_site_bit(s->site->judged[0], s->k->dport);
}

/* A segment with neither a SYN nor, as a FIN scan's, without an ACK. */
static bool is_late_with_flags(const struct sight *s, struct ptn_packet *ret)
{
    const struct ptn_knock *k = s->k;
    const bool served = has(s, PTN_HAS_SPORT) && ptn_site_bit(s->site->served, k->sport);
    if (is_syn_ack(s))
        return answers(ret, PTN_VISITOR_SYN_ACK);
    if (!is_late_segment(s) || !(k->flags & (ACK | RST)))
        return false;
    ret->of_source = served && (is_answer_tcp(s) || k->flags & RST);
    if (is_answer_tcp(s) && !(k->flags & RST))
        return says(ret, PTN_CAUSE_LATE_TCP);
    ret->tracks = !ret->of_source && has(s, PTN_HAS_DPORT) && k->dport < CLIENTS && !(k->flags & RST);
    return answers(ret, ret->of_source                      ? is_answer_tcp(s) ? PTN_VISITOR_REPLY : PTN_VISITOR_ODD
                        : k->flags & RST && !is_anybodys(s) ? PTN_VISITOR_ODD
                                                            : 0);
}

static bool is_late(const struct sight *s, struct ptn_packet *ret)
{
    if (s->k->proto == TCP && has(s, PTN_HAS_FLAGS))
        return is_late_with_flags(s, ret);
    ret->of_source = is_late_udp(s) || is_answer_tcp(s);
    return ret->of_source && says(ret, s->k->proto == TCP ? PTN_CAUSE_LATE_TCP : PTN_CAUSE_LATE_UDP);
}

/* Errors about packets, and answers to echo requests. */
static bool is_icmp_answer(const struct sight *s, struct ptn_packet *ret)
{
    const struct ptn_knock *k = s->k;
    if (!has(s, PTN_HAS_ICMP_TYPE))
        return false;
    const uint8_t t = k->icmp_type;
    if (k->proto == ICMP ? t == 0 || t == 3 || t == 4 || t == 5 || t == 11 || t == 12 || t == 14
                         : k->proto == ICMP6 && (t == 1 || t == 3 || t == 4 || t == 129))
        return answers(ret, PTN_VISITOR_SYN_ACK);
    return false;
}

/* RFC 792, RFC 950. */
static bool is_probe(const struct sight *s, struct ptn_packet *ret)
{
    const struct ptn_knock *k = s->k;
    if (!((k->proto == ICMP || k->proto == ICMP6) && has(s, PTN_HAS_ICMP_TYPE)) && !is_traced(k))
        return false;
    ret->kind = PTN_PACKET_PROBE;
    return true;
}

/* As Docker, Podman, LXC, libvirt and Kubernetes' networks name them. */
static bool is_container(struct ptn_slice iface)
{
    static const char *const names[] = {"docker", "br-",     "veth",  "podman", "cni",
                                        "cali",   "flannel", "lxcbr", "lxdbr",  "virbr"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (iface.len > strlen(names[i]) && memcmp(iface.at, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/* ZMap's IP id; masscan's SYN has a window of 1024, at most one option, and begins with a TTL of 255, nmap's with less
 * than 64. Without branches: what they would go by is as good as chance. */
static inline bool is_tool(const struct ptn_knock *k)
{
    const uint32_t shape = PTN_HAS_WINDOW | PTN_HAS_LENGTH | PTN_HAS_TTL;
    const bool masscan = (k->proto == TCP) & ((k->has & shape) == shape) & ((k->window & ~1) == 1024) &
                         ((k->length & ~4u) == 40) & (k->ttl > 128) & (k->src.family == AF_INET);
    return ((k->has & PTN_HAS_ID) && k->id == ZMAP_ID) | masscan;
}

static inline uint16_t marks_of(const struct ptn_site *site, const struct ptn_knock *k)
{
    const bool amplifier = k->proto == UDP && (k->has & PTN_HAS_DPORT) && ptn_site_bit(site->amplifies, k->dport);
    return (uint16_t)((is_tool(k) ? PTN_VISITOR_TOOL : 0) | (amplifier ? 0 : PTN_VISITOR_OTHER));
}

static uint16_t marks_inside(const struct sight *s)
{
    return (uint16_t)((is_container(s->k->in) ? PTN_VISITOR_CONTAINER : 0) |
                      (ptn_addr_is_public(&s->k->dst) ? 0 : PTN_VISITOR_HOME));
}

/* ---- the short way for what a great log is made of: tries from far away, on which none of the tests has a word ------
 */

/* Neither private, link-local, loopback, shared nor a bogon, by its first octet. */
static inline bool is_far4(uint8_t first)
{
    static const uint64_t near[4] = {[10 >> 6] = UINT64_C(1) << 10 | 1,
                                     [100 >> 6] = UINT64_C(1) << (100 & 63) | UINT64_C(1) << (127 & 63),
                                     [169 >> 6] = UINT64_C(1) << (169 & 63) | UINT64_C(1) << (172 & 63),
                                     [192 >> 6] = UINT64_C(1) << (192 & 63)};
    return first < 224 && !(near[first >> 6] >> (first & 63) & 1);
}

/* From there to one host, and not to a neighbour. */
static inline bool is_from_far(const struct ptn_addr *src, const struct ptn_addr *dst)
{
    const uint8_t *a = src->bytes, *b = dst->bytes;
    if (is_v4(src))
        return is_far4(a[0]) && b[0] < 224 && b[3] != 255 && (a[0] != b[0] || a[1] != b[1] || a[2] != b[2]);
    return (a[0] & 0xe0) == 0x20 && b[0] != 0xff && memcmp(a, b, 8) != 0;
}

static __attribute__((noinline)) bool is_plain_udp(const struct ptn_site *site, const struct ptn_knock *k)
{
    const struct sight s = {.site = site, .k = k};
    return k->proto == UDP && has(&s, PTN_HAS_SPORT | PTN_HAS_DPORT) && k->sport >= 1024 && k->sport != 4500 &&
           !is_late_udp(&s) && !is_traced(k);
}

static __attribute__((noinline)) bool is_stranger(const struct ptn_site *site, const struct ptn_knock *k)
{
    return !is_broadcast(site, k, false) && !ptn_site_is_own(site, &k->src) && !ptn_site_is_local(site, &k->src);
}

static inline bool is_plain(const struct ptn_site *site, const struct ptn_knock *k)
{
    if (k->way == PTN_WAY_OUT || (k->in.len && k->in.at[0] == 'l') || k->src.family != k->dst.family ||
        !is_from_far(&k->src, &k->dst))
        return false;
    if (k->proto == TCP ? !(k->has & PTN_HAS_FLAGS) || (k->flags & (FIN | SYN | RST | ACK)) != SYN
                        : !is_plain_udp(site, k))
        return false;
    return !site->n_addrs || is_stranger(site, k);
}

static __attribute__((noinline)) void judge_by_tests(const struct ptn_site *site, const struct ptn_knock *k,
                                                     struct ptn_packet *ret)
{
    static const test tests[] = {is_outgoing, is_forged, is_rule_broken, is_chatter,
                                 is_let_back, is_late,   is_icmp_answer, is_probe};
    struct sight s = {.site = site, .k = k, .dropped = ptn_knock_is_dropped(k)};
    s.local = ptn_site_is_local(site, &k->src);
    s.from_inside = s.local && ptn_site_is_private(site, &k->src);
    s.to_many = ptn_addr_is_multicast(&k->dst) || is_broadcast(site, k, s.local);
    for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
        if (tests[i](&s, ret))
            return;
    ret->marks = marks_of(site, k) | (s.from_inside ? marks_inside(&s) : 0);
    ret->tracks = true;
}

void ptn_judge_packet(const struct ptn_site *site, const struct ptn_knock *k, struct ptn_packet *ret)
{
    *ret = (struct ptn_packet){.kind = PTN_PACKET_TRY};
    if (!is_plain(site, k)) {
        judge_by_tests(site, k, ret);
        return;
    }
    ret->marks = marks_of(site, k);
    ret->tracks = true;
}
