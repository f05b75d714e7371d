#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/file.h"
#include "base/netlink.h"
#include "contact_part.h"

#define TABLE_MAX ((size_t)64 * 1024 * 1024)
#define STATE(name) (1u << TCP_##name)

/* TCP_SYN_RECV is none of these: anybody can send half a handshake. */
static const struct kind {
    uint8_t proto, seen;
    const char *table;
    uint32_t waiting, talking;
} kinds[] = {
    {IPPROTO_TCP, PTN_CONTACT_TCP, "tcp", STATE(LISTEN),
     STATE(ESTABLISHED) | STATE(SYN_SENT) | STATE(FIN_WAIT1) | STATE(FIN_WAIT2) | STATE(TIME_WAIT) | STATE(CLOSE_WAIT) |
         STATE(LAST_ACK) | STATE(CLOSING)},
    {IPPROTO_UDP, PTN_CONTACT_UDP, "udp", STATE(CLOSE), STATE(ESTABLISHED)},
};

struct reader {
    struct ptn_contact_set *set;
    const struct kind *kind;
    struct ptn_nl nl;
    uint8_t waits[(UINT16_MAX + 1) / 8]; /* our ports on which a socket waits for whoever comes */
};

static int take(struct reader *r, const struct ptn_socket_seen *s)
{
    const uint32_t state = s->state < 32 ? 1u << s->state : 0;
    const struct ptn_contact c = {
        .peer = s->peer, .port = s->port, .own_port = s->own_port, .proto = r->kind->proto, .seen = r->kind->seen};
    if (state & r->kind->waiting)
        r->waits[s->own_port / 8] |= (uint8_t)(1u << s->own_port % 8);
    return state & r->kind->talking ? ptn_contact_add(r->set, &c) : 0;
}

/* Once all that wait are known. */
static void tell_ways(struct reader *r, size_t first)
{
    for (size_t i = first; i < r->set->n; i++) {
        struct ptn_contact *c = &r->set->items[i];
        c->outgoing = !(r->waits[c->own_port / 8] >> c->own_port % 8 & 1);
    }
}

/* ---- sock_diag -------------------------------------------------------------------------------------------- */

static int each_socket(void *ctx, const struct nlmsghdr *h)
{
    const struct inet_diag_msg *m = mnl_nlmsg_get_payload(h);
    if (mnl_nlmsg_get_payload_len(h) < sizeof(*m) || (m->idiag_family != AF_INET && m->idiag_family != AF_INET6))
        return 0;
    struct ptn_socket_seen s = {.peer.family = m->idiag_family,
                                .port = ntohs(m->id.idiag_dport),
                                .own_port = ntohs(m->id.idiag_sport),
                                .state = m->idiag_state};
    memcpy(s.peer.bytes, m->id.idiag_dst, ptn_addr_width(m->idiag_family));
    return take(ctx, &s);
}

static int dump(struct reader *r, uint8_t family)
{
    _Alignas(struct nlmsghdr) char buf[PTN_NL_REQUEST];
    struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
    h->nlmsg_type = SOCK_DIAG_BY_FAMILY;
    struct inet_diag_req_v2 *q = mnl_nlmsg_put_extra_header(h, sizeof(*q));
    q->sdiag_family = family;
    q->sdiag_protocol = r->kind->proto;
    q->idiag_states = r->kind->waiting | r->kind->talking;
    return ptn_nl_dump(&r->nl, h, each_socket, r);
}

/* ---- /proc/net -------------------------------------------------------------------------------------------- */

/* "0: 0100007F:0050 0100007F:C350 01 ...": an address is printed as the 32-bit words that lie in memory. */
bool ptn_contact_line(const char *line, uint8_t family, struct ptn_socket_seen *ret)
{
    unsigned w[4] = {0}, own, port, state;
    const bool six = family == AF_INET6;
    int n = six ? sscanf(line, " %*u: %*8x%*8x%*8x%*8x:%4x %8x%8x%8x%8x:%4x %2x", &own, w, w + 1, w + 2, w + 3, &port,
                         &state)
                : sscanf(line, " %*u: %*8x:%4x %8x:%4x %2x", &own, w, &port, &state);
    if (n != (six ? 7 : 4))
        return false;
    *ret = (struct ptn_socket_seen){
        .peer.family = family, .port = (uint16_t)port, .own_port = (uint16_t)own, .state = (uint8_t)state};
    memcpy(ret->peer.bytes, w, ptn_addr_width(family));
    return true;
}

static int read_table(struct reader *r, uint8_t family)
{
    char path[64], *text, *save = NULL;
    size_t len;
    struct ptn_socket_seen s;
    snprintf(path, sizeof(path), "/proc/thread-self/net/%s%s", r->kind->table, family == AF_INET6 ? "6" : "");
    int code = ptn_file_read(path, TABLE_MAX, &text, &len);
    if (code < 0)
        return code == -ENOENT && family == AF_INET6 ? 0 : code;
    for (char *line = strtok_r(text, "\n", &save); line && code == 0; line = strtok_r(NULL, "\n", &save))
        if (ptn_contact_line(line, family, &s))
            code = take(r, &s);
    free(text);
    return code;
}

/* ---- both ------------------------------------------------------------------------------------------------- */

static int read_family(struct reader *r, uint8_t family)
{
    size_t before = r->set->n;
    int code = r->nl.sock ? dump(r, family) : -ENOENT;
    if (code == 0 || code == -ENOMEM || code == -EOVERFLOW)
        return code;
    r->set->n = before; /* what a broken dump had brought */
    return read_table(r, family);
}

int ptn_contact_read_sockets(struct ptn_contact_set *set, uint8_t proto)
{
    struct reader r = {.set = set, .kind = &kinds[proto == IPPROTO_UDP]};
    size_t first = set->n;
    int code = ptn_nl_open(&r.nl, NETLINK_SOCK_DIAG);
    if (code == -ENOMEM)
        return code;
    code = read_family(&r, AF_INET);
    if (code == 0)
        code = read_family(&r, AF_INET6);
    ptn_nl_close(&r.nl);
    tell_ways(&r, first);
    if (code < 0)
        set->blind |= r.kind->seen;
    else
        set->seen |= r.kind->seen;
    return code == -ENOMEM ? code : 0;
}
