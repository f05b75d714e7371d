/* Packets as they were on a link, read as knocks. (packet.c) */
#ifndef PTN_SOURCE_LOG_PACKET_H
#define PTN_SOURCE_LOG_PACKET_H

#include "format.h"

struct ptn_packet_link;

/* How packets of this link (LINKTYPE_ in https://www.tcpdump.org/linktypes.html) are read; NULL: they cannot be. */
const struct ptn_packet_link *ptn_packet_link(unsigned link);

/* Fills a knock, which is empty but for its time and way, from the first `len` octets of a packet. Result:
 * PTN_LINE_PACKET; PTN_LINE_REMARK for what is no IP, or where the link is NULL; PTN_LINE_BROKEN. The knock borrows
 * from the packet. */
enum ptn_line ptn_packet_read(const struct ptn_packet_link *, const uint8_t *packet, size_t len, struct ptn_knock *ret);

#endif
