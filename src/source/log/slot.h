/* Values of fields: what slot.c knows of how products write them, in parts. Everything fills all of the text. */
#ifndef PTN_SOURCE_LOG_SLOT_H
#define PTN_SOURCE_LOG_SLOT_H

#include "format.h"
#include "stamp.h"

/* Stamps without a zone or a year in a value are read by these two of the file's clock. The envelope tells them. */
void ptn_slot_clock(int64_t latest, bool utc);

/* Compares without regard to case. */
bool ptn_value_is(struct ptn_slice, const char *word);
/* Without blanks around it, and without one pair of quotes. */
struct ptn_slice ptn_value_trim(struct ptn_slice);

/* A decimal number, or a hexadecimal one after 0x. Result: 0 or -EINVAL. */
int ptn_slot_number(struct ptn_slice, uint64_t max, uint64_t *ret);

/* slot_words.c: -1 where it is no such word. */
int ptn_proto_of(struct ptn_slice); /* "tcp", "6", "0x06", "IPv6-ICMP (58)", "tcp/443" */
int ptn_port_of(struct ptn_slice);  /* "80", "www", "https(443)"; slot_ports.c */
int ptn_flags_of(struct ptn_slice);
int ptn_way_of(struct ptn_slice);
int ptn_action_of(struct ptn_slice, const struct ptn_action_word *own);
/* By word or number; *both: what it is in ICMPv6, where a word is in both, otherwise -1. */
int ptn_icmp_type_of(struct ptn_slice, int *both);

/* slot_time.c: TIME to NANOS. */
int ptn_slot_time(struct ptn_knock *, enum ptn_slot, struct ptn_slice);

/* slot_addr.c: an address and what stands with it. */
struct ptn_place {
    struct ptn_addr addr; /* no family: a host's name */
    struct ptn_slice iface;
    struct ptn_slice port; /* number or name */
};
int ptn_place_read(struct ptn_slice, struct ptn_place *ret);
/* The address that text begins with: its length; 0. */
size_t ptn_addr_read(const char *text, size_t len, struct ptn_addr *ret);

#endif
