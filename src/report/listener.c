#include "listener.h"

#include <stdio.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "base/text.h"

const char *ptn_listener_address(const struct ptn_listener *l, char out[static PTN_LISTENER_TEXT])
{
    char address[PTN_ADDR_TEXT], *at = out;
    const char *end = out + PTN_LISTENER_TEXT;
    at = ptn_put(at, end, ptn_addr_format(&l->addr, address));
    if (l->ifindex)
        ptn_put(ptn_put(at, end, "%"), end, l->ifname);
    return out;
}

/* ":22/tcp", "/raw:1", " packet:0x0800": what follows the address. */
static void put_port(const struct ptn_listener *l, char *at, const char *end)
{
    char number[16];
    const char *proto = ptn_proto_word(l->proto);
    if (l->proto == PTN_PACKET) {
        snprintf(number, sizeof(number), ":0x%04x", l->number);
        ptn_put(ptn_put(ptn_put(at, end, "/"), end, proto), end, number);
    } else if (l->proto == PTN_RAW) {
        ptn_put_number(ptn_put(ptn_put(ptn_put(at, end, "/"), end, proto), end, ":"), end, l->number);
    } else {
        ptn_put(ptn_put(ptn_put_number(ptn_put(at, end, ":"), end, l->port), end, "/"), end, proto);
    }
}

const char *ptn_listener_socket(const struct ptn_listener *l, char out[static PTN_LISTENER_TEXT])
{
    char address[PTN_LISTENER_TEXT], *at = out;
    const char *end = out + PTN_LISTENER_TEXT, *room = end - 16; /* the port always fits */
    bool six = l->addr.family == AF_INET6 && !l->dual;
    ptn_listener_address(l, address);
    at = ptn_put(at, room, six ? "[" : "");
    at = ptn_put(at, room, l->dual || !l->addr.family ? "*" : "");
    at = ptn_put(at, room, l->dual ? address + 2 : address);
    at = ptn_put(at, end, six ? "]" : "");
    put_port(l, at, end);
    return out;
}
