#include "procnet.h"

#include <errno.h>
#include <inttypes.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "base/file.h"
#include "base/text.h"

#define TABLE_MAX ((size_t)64 * 1024 * 1024)

/* The tables print an address as the 32-bit words that lie in memory. */
static bool read_words(const char *text, int family, struct ptn_addr *ret)
{
    size_t words = family == AF_INET ? 1 : 4;
    *ret = (struct ptn_addr){.family = (uint8_t)family};
    if (strspn(text, "0123456789abcdefABCDEF") != words * 8)
        return false;
    for (size_t i = 0; i < words; i++) {
        char z[9] = {0};
        memcpy(z, text + i * 8, 8);
        uint32_t w = (uint32_t)strtoul(z, NULL, 16);
        memcpy(ret->bytes + i * 4, &w, 4);
    }
    return true;
}

/* "0: 0100007F:0050 00000000:0000 0A 0:0 0:0 0 UID 0 INODE ..." */
static int inet_line(enum ptn_proto proto, int family, const char *line, struct ptn_listener *out)
{
    char addr[40];
    unsigned port, state;
    uint32_t uid;
    uint64_t inode;
    if (sscanf(line, " %*[0-9]: %39[^:]:%4x %*s %2x %*s %*s %*s %" SCNu32 " %*s %" SCNu64, addr, &port, &state, &uid,
               &inode) != 5)
        return 0;
    if (state != (proto == PTN_TCP ? TCP_LISTEN : TCP_CLOSE) || !read_words(addr, family, &out->addr))
        return 0;
    out->uid = uid;
    out->inode = inode;
    if (proto == PTN_RAW)
        out->number = (uint16_t)port;
    else
        out->port = (uint16_t)port;
    out->dual = family == AF_INET6 && proto != PTN_RAW && ptn_addr_is_any(&out->addr);
    return 1;
}

/* "SK REFCNT TYPE ETHERTYPE IFINDEX RUNNING RMEM USER INODE" */
static int packet_line(const char *line, struct ptn_listener *out)
{
    unsigned type;
    if (sscanf(line, "%*x %*d %*d %4x %" SCNu32 " %*d %*u %" SCNu32 " %" SCNu64, &type, &out->ifindex, &out->uid,
               &out->inode) != 4)
        return 0;
    out->number = (uint16_t)type;
    return 1;
}

/* "ENDPT SOCK STY STATE HBKT PORT UID INODE ADDRESS..." */
static int sctp_line(const char *line, struct ptn_listener *out)
{
    int at = 0, n = 0;
    unsigned state, port;
    struct ptn_listener l = *out;
    if (sscanf(line, " %*x %*x %*d %u %*d %u %" SCNu32 " %" SCNu64 "%n", &state, &port, &l.uid, &l.inode, &at) != 4 ||
        at == 0 || state != TCP_LISTEN || port > UINT16_MAX)
        return 0;
    l.port = (uint16_t)port;
    const char *rest = line + at, *word;
    for (size_t len; n < PTN_PROCNET_ADDRS && (len = ptn_next_word(&rest, &word)) > 0;) {
        if (ptn_addr_parse(&l.addr, word, len) < 0)
            continue;
        l.dual = l.addr.family == AF_INET6 && ptn_addr_is_any(&l.addr);
        out[n++] = l;
    }
    return n;
}

int ptn_procnet_line(enum ptn_proto proto, int family, const char *line, struct ptn_listener *out)
{
    *out = (struct ptn_listener){.proto = proto};
    if (proto == PTN_PACKET)
        return packet_line(line, out);
    if (proto == PTN_SCTP)
        return sctp_line(line, out);
    return inet_line(proto, family, line, out);
}

static int add_line(struct ptn_snapshot *s, uint32_t netns, enum ptn_proto proto, int family, const char *line)
{
    struct ptn_listener rows[PTN_PROCNET_ADDRS];
    int n = ptn_procnet_line(proto, family, line, rows);
    for (int i = 0; i < n; i++) {
        if (s->opts.port && rows[i].port != s->opts.port)
            continue;
        struct ptn_listener *l = ptn_snapshot_socket(s);
        if (!l)
            return -ENOMEM;
        *l = rows[i];
        l->netns = netns;
    }
    return 0;
}

/* The table's path, or NULL where there is none: DCCP has no table, and SCTP one for both families. */
static const char *table_of(enum ptn_proto proto, int family, char path[static 64])
{
    const char *six = family == AF_INET6 ? "6" : "", *name = ptn_proto_word(proto);
    if (proto == PTN_SCTP)
        name = "sctp/eps";
    if (proto == PTN_DCCP || proto == PTN_MPTCP || (proto == PTN_SCTP && *six))
        return NULL;
    snprintf(path, 64, "/proc/thread-self/net/%s%s", name, six);
    return path;
}

int ptn_procnet_read(struct ptn_snapshot *s, uint32_t netns, enum ptn_proto proto, int family)
{
    char path[64], *text, *save = NULL;
    size_t len;
    if (!table_of(proto, family, path))
        return 0;
    int r = ptn_file_read(path, TABLE_MAX, &text, &len);
    if (r == -ENOENT || r == -ENOMEM)
        return r == -ENOENT ? 0 : r;
    if (r < 0)
        return ptn_snapshot_blind(s, true, strerror(-r), "%s sockets (%s)", ptn_proto_word(proto), path);
    for (char *line = strtok_r(text, "\n", &save); line && r == 0; line = strtok_r(NULL, "\n", &save))
        r = add_line(s, netns, proto, family, line);
    free(text);
    return r;
}
