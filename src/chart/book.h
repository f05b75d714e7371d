/*
 * A book: records compiled into one block without pointers, so that opening it parses nothing and a lookup is one
 * index. The built-in chart and registry are books inside the library; an imported registry is a book in a file; the
 * site's overlay is a book in memory.
 *
 * Layout, all little or big endian as the machine is, all offsets from the start: header, entries, fields, hashes,
 * claims, the index by port, the claims' references, the index by name, the pool of NUL-terminated strings.
 */
#ifndef PTN_CHART_BOOK_H
#define PTN_CHART_BOOK_H

#include "base/err.h"
#include "field.h"

#define PTN_BOOK_MAGIC "PORTOLAN"
#define PTN_BOOK_VERSION 2u

/* How an entry claims a port, best first. HABIT is an ALSO over so wide a range that the number says next to nothing
 * (RTP, NodePorts): such a claim comes after whoever has the port registered. */
enum ptn_how {
    PTN_HOW_OWN,
    PTN_HOW_ALSO,
    PTN_HOW_ASSIGNED,
    PTN_HOW_SET_ASIDE,
    PTN_HOW_HABIT,
    PTN_HOW_WAS,
    PTN_HOW_HINT
};
#define PTN_BOOK_PAGES 257
#define PTN_BOOK_STARTS 65537
#define PTN_HABIT_PORTS 256 /* a range wider than this is a habit */

struct ptn_book_header {
    char magic[8]; /* no terminator */
    uint32_t version, size;
    uint32_t n_entries, n_fields, n_hashes, n_claims, n_refs, n_names, pool_size;
    uint32_t title, date; /* strings: what the book was made from, and when that was published */
};

struct ptn_book_entry { /* one more than n_entries stands at the end, for its starts only */
    uint32_t name;
    uint32_t fields, hashes; /* first of its fields and of its names' hashes */
    uint32_t type;           /* enum ptn_entry_type */
};

struct ptn_book_claim {
    uint32_t entry;
    uint32_t hash; /* of the entry's own name; 0 if it has none */
    uint16_t lo, hi;
    uint8_t proto, rating, rating_2001, how;
};

struct ptn_book_name {
    uint32_t text, entry;
};

/* An opened book: pointers into the block, which must outlive it. */
struct ptn_book {
    const struct ptn_book_header *header;
    const struct ptn_book_entry *entries;
    const uint32_t *fields; /* field id << 24 | offset in the pool */
    const uint32_t *hashes;
    const struct ptn_book_claim *claims;
    const uint32_t *pages;             /* 257 starts in refs, one every 256 ports, */
    const uint16_t *starts;            /* and 65537 from there on, one a port */
    const uint16_t *refs;              /* claims of a port, best first */
    const struct ptn_book_name *names; /* sorted by ptn_name_compare */
    const char *pool;
};

/* Opens a block of `size` octets, aligned to 4. `verify` checks every reference, for blocks that come from a file.
 * Result: 0 or -EINVAL. */
int ptn_book_open(struct ptn_book *, const void *block, size_t size, bool verify);

/* Where a port's references begin; they end where those of the next port (up to 65536) begin. */
static inline uint32_t ptn_book_start(const struct ptn_book *b, uint32_t port)
{
    return b->pages[port >> 8] + b->starts[port];
}

const char *ptn_book_string(const struct ptn_book *, uint32_t at);

/* The n-th value of a field of an entry, or NULL. */
const char *ptn_book_field(const struct ptn_book *, uint32_t entry, enum ptn_field, unsigned n);

/* The run [*first, result) of book->names whose name equals `name`. */
uint32_t ptn_book_find(const struct ptn_book *, const char *name, uint32_t *first);

/* Whether one of the entry's names has this hash (ptn_name_hash). */
bool ptn_book_has_hash(const struct ptn_book *, uint32_t entry, uint32_t hash);

#endif
