/*
 * A book: records compiled into one block without pointers, so that opening it parses nothing and a lookup is one
 * index. The built-in chart and registry are books inside the library; an imported registry is a book in a file; the
 * site's overlay is a book in memory.
 *
 * Layout, all little or big endian as the machine is, all offsets from the start: header, entries, fields, hashes,
 * claims, the index by port, the index by name, the pool of NUL-terminated strings.
 *
 * The index by port has three steps, in which nothing that is alike stands twice: the page of 64 ports, the port's
 * start in it, and there the list of its claims, best first, after their number.
 */
#ifndef PTN_CHART_BOOK_H
#define PTN_CHART_BOOK_H

#include "base/err.h"
#include "field.h"

#define PTN_BOOK_MAGIC "PORTOLAN"
#define PTN_BOOK_VERSION 3u

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
#define PTN_BOOK_PAGE 32u                      /* ports */
#define PTN_BOOK_PAGES (65536 / PTN_BOOK_PAGE) /* of a protocol */
#define PTN_HABIT_PORTS 256                    /* a range wider than this is a habit */

struct ptn_book_header {
    char magic[8]; /* no terminator */
    uint32_t version, size;
    uint32_t n_entries, n_fields, n_hashes, n_claims, n_starts, n_refs, n_names, pool_size;
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
    const uint16_t *pages;             /* where the starts of a page begin, by protocol */
    const uint16_t *starts;            /* where the list of a port begins */
    const uint16_t *refs;              /* lists of claims; a number follows the last, too */
    const struct ptn_book_name *names; /* sorted by ptn_name_compare */
    const char *pool;
};

/* Opens a block of `size` octets, aligned to 4. `verify` checks every reference, for blocks that come from a file.
 * Result: 0 or -EINVAL. */
int ptn_book_open(struct ptn_book *, const void *block, size_t size, bool verify);

/* A port's claims, by a protocol that has ports, best first: those of the numbers from `at` on. *at may be read even if
 * there are none. */
struct ptn_book_refs {
    const uint16_t *at, *end;
};

static inline struct ptn_book_refs ptn_book_refs(const struct ptn_book *b, uint16_t port, enum ptn_proto proto)
{
    const uint16_t page = b->pages[proto * PTN_BOOK_PAGES + port / PTN_BOOK_PAGE];
    const uint16_t *list = b->refs + b->starts[page + port % PTN_BOOK_PAGE];
    return (struct ptn_book_refs){list + 1, list + 1 + *list};
}

const char *ptn_book_string(const struct ptn_book *, uint32_t at);

/* The n-th value of a field of an entry, or NULL. */
const char *ptn_book_field(const struct ptn_book *, uint32_t entry, enum ptn_field, unsigned n);

/* The run [*first, result) of book->names whose name equals `name`. */
uint32_t ptn_book_find(const struct ptn_book *, const char *name, uint32_t *first);

/* Whether one of the entry's names has this hash (ptn_name_hash). */
bool ptn_book_has_hash(const struct ptn_book *, uint32_t entry, uint32_t hash);

#endif
