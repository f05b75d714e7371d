/*
 * Where an octet stands in a text: the ends of lines. 64 octets are compared at once where the processor can do that,
 * and what it can is asked once. (scan.c)
 */
#ifndef PTN_SOURCE_LOG_SCAN_H
#define PTN_SOURCE_LOG_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How long a text may be, and how much room its places need: one more than there are may be written. */
#define PTN_SCAN_MAX UINT16_MAX
#define PTN_SCAN_ROOM(len) ((len) + 1)

/* The places of `octet` in text[len], in their order. Result: how many there are. */
typedef size_t (*ptn_scanner)(const char *text, size_t len, char octet, uint16_t *places);

/* By what this machine does best. */
size_t ptn_scan(const char *text, size_t len, char octet, uint16_t *places);

struct ptn_scan_level {
    const char *name;
    bool (*is_able)(void); /* this machine */
    ptn_scanner scan;
};

/* The best first; the last one runs everywhere. */
extern const struct ptn_scan_level ptn_scan_levels[];
extern const size_t ptn_n_scan_levels;

/* From now on ptn_scan() is this one. */
void ptn_scan_use(const struct ptn_scan_level *);

#endif
