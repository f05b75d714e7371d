/* Where an address is, by the user's own MaxMind databases (.mmdb). Nothing is looked up on a network. */
#ifndef PTN_SOURCE_GEO_H
#define PTN_SOURCE_GEO_H

#include "portolan.h"

#define PTN_GEO_FILES 8
#define PTN_GEO_TEXT 160 /* octets, with the terminator */

struct ptn_geo;

/* Opens databases of countries, cities or networks (ASN): `paths` are separated by commas. Caller closes. Result: 0;
 * -ENOTSUP where Portolan was built without libmaxminddb, or another -errno, with "FILE: ...". */
int ptn_geo_open(struct ptn_geo **ret, const char *paths, struct ptn_err *err);
void ptn_geo_close(struct ptn_geo *);

/* Writes "DE, Hetzner Online GmbH (AS24940)", or what of it is known: the first database that knows each counts. The
 * databases' texts are fit to be shown. Returns out, or NULL if nothing is known. Threads may share a geo. */
const char *ptn_geo_place(const struct ptn_geo *, const struct ptn_addr *, char out[static PTN_GEO_TEXT]);

#endif
