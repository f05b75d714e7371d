/* A listener's place, as text. */
#ifndef PTN_REPORT_LISTENER_H
#define PTN_REPORT_LISTENER_H

#include "portolan.h"

#define PTN_LISTENER_TEXT 80

/* "127.0.0.1", "::", "fe80::1%eth0"; "" for packet sockets. */
const char *ptn_listener_address(const struct ptn_listener *, char out[static PTN_LISTENER_TEXT]);

// "0.0.0.0:22/tcp", "[::1]:53/udp", "*:80/tcp" where one socket takes IPv4 and IPv6, "0.0.0.0/raw:1",
// "*/packet:0x0800".
const char *ptn_listener_socket(const struct ptn_listener *, char out[static PTN_LISTENER_TEXT]);

#endif
