#include "listener.h"

#include <stdio.h>
#include <sys/socket.h>

#include "base/addr.h"

const char *ptn_listener_address(const struct ptn_listener *l, char out[static PTN_LISTENER_TEXT])
{
    char address[PTN_ADDR_TEXT];
    snprintf(out, PTN_LISTENER_TEXT, "%s%s%s", ptn_addr_format(&l->addr, address), l->ifindex ? "%" : "",
             l->ifindex ? l->ifname : "");
    return out;
}

const char *ptn_listener_socket(const struct ptn_listener *l, char out[static PTN_LISTENER_TEXT])
{
    char address[PTN_LISTENER_TEXT];
    bool six = l->addr.family == AF_INET6;
    const char *proto = ptn_proto_word(l->proto);
    ptn_listener_address(l, address);
    if (l->proto == PTN_PACKET)
        snprintf(out, PTN_LISTENER_TEXT, "%.40s %s:0x%04x", *address ? address : "*", proto, l->number);
    else if (l->proto == PTN_RAW)
        snprintf(out, PTN_LISTENER_TEXT, "%.60s %s:%u", address, proto, l->number);
    else if (l->dual)
        snprintf(out, PTN_LISTENER_TEXT, "*%.20s:%u/%s", l->ifindex ? address + 2 : "", l->port, proto);
    else
        snprintf(out, PTN_LISTENER_TEXT, "%s%.56s%s:%u/%s", six ? "[" : "", address, six ? "]" : "", l->port, proto);
    return out;
}
