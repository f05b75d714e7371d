/* Packets as they were on a link, read as knocks. (packet.c) */
#ifndef PTN_SOURCE_LOG_PACKET_H
#define PTN_SOURCE_LOG_PACKET_H

#include "format.h"

/* Whether packets of this link (LINKTYPE_ in https://www.tcpdump.org/linktypes.html) can be read. */
bool ptn_packet_link(unsigned link);

/* Fills a knock, which is empty but for its time, from the first `len` octets of a packet. Result: PTN_LINE_PACKET;
 * PTN_LINE_REMARK for what is no IP; PTN_LINE_BROKEN. The knock borrows from the packet. */
enum ptn_line ptn_packet_read(unsigned link, const uint8_t *packet, size_t len, struct ptn_knock *ret);

#endif
