/* What a file holds, by its first octets. */
#ifndef PTN_SOURCE_LOG_KIND_H
#define PTN_SOURCE_LOG_KIND_H

#include <stddef.h>

enum ptn_log_kind {
    PTN_KIND_EMPTY,
    PTN_KIND_LINES,   /* one message a line */
    PTN_KIND_JSON,    /* values of more than a line, or an array of them */
    PTN_KIND_EXPORT,  /* journalctl -o export */
    PTN_KIND_JOURNAL, /* the journal's own file */
    PTN_KIND_CAPTURE, /* pcap, pcapng */
    PTN_KIND_BINARY   /* something else that is no text */
};

enum ptn_log_kind ptn_log_kind(const unsigned char *head, size_t len);

#endif
