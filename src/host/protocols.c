#include "protocols.h"

#include <fcntl.h>
#include <string.h>

#include "fs.h"

/* As the kernel's struct proto names them. */
static const struct {
    const char *name;
    enum ptn_proto proto;
    bool six;
} names[] = {
    {"SCTP", PTN_SCTP, false},   {"SCTPv6", PTN_SCTP, true},       {"DCCP", PTN_DCCP, false},
    {"DCCPv6", PTN_DCCP, true},  {"UDP-Lite", PTN_UDPLITE, false}, {"UDPLITEv6", PTN_UDPLITE, true},
    {"MPTCP", PTN_MPTCP, false}, {"MPTCPv6", PTN_MPTCP, true},     {"RAW", PTN_RAW, false},
    {"RAWv6", PTN_RAW, true},    {"PACKET", PTN_PACKET, false},
};

/* "NAME SIZE SOCKETS ..." */
static void read_line(const char *line, struct ptn_protocols *ret)
{
    size_t n = strcspn(line, " \n");
    const char *count = line + n + strspn(line + n, " ");
    count += strspn(count, "0123456789");
    count += strspn(count, " ");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strlen(names[i].name) == n && memcmp(names[i].name, line, n) == 0)
            ret->any[names[i].proto][names[i].six] = strspn(count, " 0") == 0 || ptn_leading_number(count) > 0;
}

void ptn_protocols_parse(const char *text, struct ptn_protocols *ret)
{
    bool known = strncmp(text, "protocol ", 9) == 0;
    memset(ret->any, !known, sizeof(ret->any));
    ret->any[PTN_TCP][0] = ret->any[PTN_TCP][1] = ret->any[PTN_UDP][0] = ret->any[PTN_UDP][1] = true;
    while (known && *text) {
        read_line(text, ret);
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
}

void ptn_protocols_read(struct ptn_protocols *ret)
{
    char text[16 * 1024];
    if (ptn_read_small(AT_FDCWD, "/proc/thread-self/net/protocols", text, sizeof(text)) < 0)
        text[0] = '\0';
    ptn_protocols_parse(text, ret);
}
