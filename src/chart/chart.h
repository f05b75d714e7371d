/*
 * The chart as the rest of the house sees it: the site's overlay over the built-in chart over the registry, each a
 * book, ranked and merged at every lookup and never overwritten.
 */
#ifndef PTN_CHART_CHART_H
#define PTN_CHART_CHART_H

#include "book.h"

/* The built-in books (builtin.c). */
extern const unsigned char ptn_builtin_chart[], ptn_builtin_chart_end[];
extern const unsigned char ptn_builtin_registry[], ptn_builtin_registry_end[];

enum { PTN_LAYER_SITE, PTN_LAYER_CHART, PTN_LAYER_REGISTRY, PTN_LAYERS };

/* A layer's book; the site's may be NULL. */
const struct ptn_book *ptn_chart_book(const struct ptn_chart *, int layer);

/* Where the registry came from: "IANA, ..." and its date. */
const char *ptn_chart_registry_title(const struct ptn_chart *);
const char *ptn_chart_registry_date(const struct ptn_chart *);

/* The n-th value of a service's field, or NULL. */
const char *ptn_service_field(struct ptn_service, enum ptn_field, unsigned n);
enum ptn_entry_type ptn_service_type(struct ptn_service);

/* What the registry says of a port in one phrase: "assigned", "reserved", "unassigned", "dynamic" or, for what was set
 * aside without a name, the registry's own note. */
const char *ptn_chart_state(const struct ptn_chart *, uint16_t port, enum ptn_proto);

/* The n-th entry of the registry that a claim's registration rests on (80/tcp is http, www and www-http). False if
 * there are no more. */
bool ptn_chart_assignment(const struct ptn_chart *, const struct ptn_claim *, uint16_t port, enum ptn_proto, unsigned n,
                          struct ptn_service *ret);

/* Calls sink with every service (not sources) that has the name, best layer first, until it returns non-zero.
 * Result: sink's last result, or 0. */
int ptn_chart_find(const struct ptn_chart *, const char *name, int (*sink)(void *ctx, struct ptn_service), void *ctx);

/* The same for every service that a daemon of this name serves (Process:). */
int ptn_chart_find_daemon(const struct ptn_chart *, const char *name, int (*sink)(void *ctx, struct ptn_service),
                          void *ctx);

/* Calls sink with every claim of a service in its book, in order, until it returns non-zero. */
int ptn_service_claims(struct ptn_service, int (*sink)(void *ctx, const struct ptn_book_claim *), void *ctx);

/* The first claim of a service in its book, or NULL. */
const struct ptn_book_claim *ptn_service_first_claim(struct ptn_service);

/* The source record behind a Source: word, in any layer. False if there is none. */
bool ptn_chart_source(const struct ptn_chart *, const char *key, size_t len, struct ptn_service *ret);

/* Folders of the site's overlays and the file of an imported registry; "" where it has none.
 * `system`: /etc and /var; otherwise the user's own (XDG base directories). */
void ptn_chart_overlay_dir(bool system, char *out, size_t size);
void ptn_chart_registry_path(bool system, char *out, size_t size);

#endif
