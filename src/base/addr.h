/* IP addresses: text, and the scopes of RFC 6890 and its kin. */
#ifndef PTN_BASE_ADDR_H
#define PTN_BASE_ADDR_H

#include <sys/socket.h>

#include "portolan.h"

#define PTN_ADDR_TEXT 48 /* enough for any address with its terminator */

/* Writes "192.0.2.1", "::" or "" (no family) into out and returns out. */
const char *ptn_addr_format(const struct ptn_addr *, char out[static PTN_ADDR_TEXT]);

/* Reads one IPv4 or IPv6 address from text[len]. Result: 0 or -EINVAL. */
int ptn_addr_parse(struct ptn_addr *ret, const char *text, size_t len);

/* An IPv4-mapped IPv6 address (::ffff:192.0.2.1) as the IPv4 address that it is; any other as it is. */
struct ptn_addr ptn_addr_unmapped(const struct ptn_addr *);

/* The first and the last address, `width` octets each, of the network in which `addr` is with `prefix` leading bits. A
 * longer prefix than there are bits is the address alone. */
void ptn_addr_span(const uint8_t *addr, unsigned prefix, uint8_t width, uint8_t *lo, uint8_t *hi);

/* Whether the address lies in the network of `prefix` bits, which are no more than it has. */
bool ptn_addr_within(const struct ptn_addr *net, unsigned prefix, const struct ptn_addr *);

/* Octets of an address of the family. */
static inline uint8_t ptn_addr_width(uint8_t family)
{
    return family == AF_INET ? 4 : 16;
}

bool ptn_addr_equal(const struct ptn_addr *, const struct ptn_addr *);
bool ptn_addr_is_any(const struct ptn_addr *);
bool ptn_addr_is_loopback(const struct ptn_addr *);   /* 127/8, ::1, ::ffff:127/104 */
bool ptn_addr_is_link_local(const struct ptn_addr *); /* 169.254/16, fe80::/10 */
bool ptn_addr_is_multicast(const struct ptn_addr *);  /* 224/4, ff00::/8 */
bool ptn_addr_is_private(const struct ptn_addr *);    /* RFC 1918, RFC 6598 shared, RFC 4193 ULA */
bool ptn_addr_is_public(const struct ptn_addr *);     /* none of the four above */

#endif
