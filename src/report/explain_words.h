/* Words and numbers of a log's reports: counts, protocols, ports, times, timelines. All give out[] back. */
#ifndef PTN_REPORT_EXPLAIN_WORDS_H
#define PTN_REPORT_EXPLAIN_WORDS_H

#include "judge/explain.h"

/* "9,140" */
#define PTN_COUNT_TEXT 32
const char *ptn_count_text(uint64_t, char out[static PTN_COUNT_TEXT]);

/* "9,140 lines", "1 line" */
#define PTN_COUNTED_TEXT 64
const char *ptn_counted_text(uint64_t, const char *one, const char *many, char out[static PTN_COUNTED_TEXT]);

/* "tcp", "icmpv6"; the number as text where it has no word here. */
#define PTN_IP_PROTO_TEXT 16
const char *ptn_ip_proto_text(uint8_t number, char out[static PTN_IP_PROTO_TEXT]);

/* "echo-request"; "" unknown. */
const char *ptn_icmp_name(uint8_t proto, uint8_t type, uint8_t code);

bool ptn_is_icmp(uint8_t proto);
/* TCP, UDP and those like them. */
bool ptn_has_ports(uint8_t proto);

/* "23/tcp", "icmp 8", "icmp 3/4", "protocol 47"; and the name that goes with it, "" where there is none. */
#define PTN_PORT_TEXT 32
const char *ptn_port_text(const struct ptn_port_count *, char out[static PTN_PORT_TEXT]);
const char *ptn_port_name(const struct ptn_port_count *);

/* "198.51.100.0/24", "198.51.100.7" */
#define PTN_SUSPECT_TEXT 56
const char *ptn_suspect_text(const struct ptn_suspect *, char out[static PTN_SUSPECT_TEXT]);

/* "every 60 s"; "" where it is not regular */
#define PTN_INTERVAL_TEXT 32
const char *ptn_interval_text(uint32_t seconds, char out[static PTN_INTERVAL_TEXT]);

/* Local time, as much of it as is needed: "14:02 to 14:05", "2026-10-01 14:02 to 10-03 04:12"; "" without times.
 * `with_day`: the day is said even where it is one. */
#define PTN_SPAN_TEXT 64
const char *ptn_span_text(uint32_t first, uint32_t last, bool with_day, char out[static PTN_SPAN_TEXT]);
/* "2026-10-01 14:02", local. */
const char *ptn_minute_text(uint32_t second, char out[static PTN_SPAN_TEXT]);
/* Whether both are of one local day. */
bool ptn_is_one_day(uint32_t first, uint32_t last);

/* "2026-10-01T12:00:01.000250Z": UTC, with microseconds if there are any. "" outside the years 1 to 9999. */
#define PTN_UTC_TEXT 40
const char *ptn_utc_text(int64_t micros, char out[static PTN_UTC_TEXT]);

/* steps[n], n <= PTN_TIMELINE, in at most `width` characters: of one eighth to a full block, or digits; none is a dot.
 * The highest step is the measure. "" where all are 0. */
#define PTN_TIMELINE_TEXT (3 * PTN_TIMELINE + 1)
const char *ptn_timeline_text(const uint64_t *steps, size_t n, size_t width, bool blocks,
                              char out[static PTN_TIMELINE_TEXT]);

/* Whether the locale (LC_ALL, LC_CTYPE, LANG) is one of UTF-8, so that blocks can be read. */
bool ptn_locale_is_utf8(void);

/* Columns of a text: one a character. */
unsigned ptn_text_columns(const char *);

#endif
