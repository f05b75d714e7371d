/* Readers of the port registry: IANA's own CSV and XML, and our iana.tsv. They make assignments and judge nothing. */
#ifndef PTN_CHART_IANA_H
#define PTN_CHART_IANA_H

#include "portolan.h"

#define PTN_IANA_FILE_MAX ((size_t)64 << 20) /* bytes of a file */
#define PTN_IANA_LINE_MAX ((size_t)1 << 20)  /* bytes of a line, and of a row */
#define PTN_IANA_ROWS_MIN 10000              /* IANA's file has more than 14,000 rows; fewer are a piece of it */
#define PTN_IANA_PORT_MIN 48000              /* and its rows reach beyond this port */

enum ptn_assignment_state { PTN_ASSIGNED, PTN_RESERVED, PTN_UNASSIGNED };

/* One row. Strings are UTF-8 on one line, without control characters, "" where the row has nothing; they and the
 * struct live until the sink returns. */
struct ptn_assignment {
    uint16_t lo, hi;
    int proto;        /* enum ptn_proto below PTN_PROTO_PORTED; -1: the row names none, so it means all */
    const char *name; /* empty unless PTN_ASSIGNED */
    const char *description;
    const char *assignee;     /* as IANA's CSV writes it: "[IESG]"; the contact where there is no assignee */
    const char *date;         /* of registration: "2017-12-12" or "2002-04" */
    const char *modified;     /* likewise */
    const char *reference;    /* "[RFC8314]", "[RFC7858][RFC8094]" */
    const char *unauthorized; /* note on unauthorized use */
    const char *note;
    const char *witness; /* iana.tsv only: npm, wireshark, both, iana */
    enum ptn_assignment_state state;
    unsigned line; /* where the row begins in its file */
};

/* What a file was. Filled as far as the reader came. */
struct ptn_iana_info {
    unsigned rows;         /* all of them, the header not counted */
    unsigned assigned;     /* of these, rows with a name and a port */
    unsigned without_port; /* of these, service names without a port: never sunk */
    uint16_t highest;      /* the highest port of any row */
    char updated[16];      /* XML: the registry's own date; iana.tsv: the day it was made; CSV: "" */
    char newest[16];       /* the latest registration or modification of any row, "" if none has a date */
    char title[128];       /* XML and iana.tsv: the registry's title; CSV: "" */
};

/* Takes one row. Result: 0, or a negative errno, which ends the reading and is forwarded. */
typedef int (*ptn_assignment_sink)(void *ctx, const struct ptn_assignment *);

/* Reads IANA's service-names-port-numbers.csv or .xml from text[len], whichever it is. A file that is foreign, cut
 * off or malformed is refused, but only when the reader comes to it: on failure the caller drops what was sunk.
 * `file` is named in messages. Result: 0, -EINVAL with a sentence in `err`, -ENOMEM, or the sink's. */
int ptn_iana_read(const char *file, const char *text, size_t len, ptn_assignment_sink sink, void *ctx,
                  struct ptn_iana_info *info, struct ptn_err *err);

/* Reads data/registry/iana.tsv, of any number of rows. Otherwise as ptn_iana_read(). */
int ptn_registry_tsv_read(const char *file, const char *text, size_t len, ptn_assignment_sink sink, void *ctx,
                          struct ptn_iana_info *info, struct ptn_err *err);

/* ---- for the readers only ------------------------------------------------------------------------ */

/* The columns of IANA's CSV, in their order; the XML has the same. */
enum ptn_iana_field {
    PTN_IANA_NAME,
    PTN_IANA_PORT,
    PTN_IANA_PROTO,
    PTN_IANA_DESCRIPTION,
    PTN_IANA_ASSIGNEE,
    PTN_IANA_CONTACT,
    PTN_IANA_REGISTERED,
    PTN_IANA_MODIFIED,
    PTN_IANA_REFERENCE,
    PTN_IANA_CODE,
    PTN_IANA_UNAUTHORIZED,
    PTN_IANA_NOTE,
    PTN_IANA_FIELDS
};

struct ptn_iana_reader {
    const char *file;
    ptn_assignment_sink sink;
    void *ctx;
    struct ptn_iana_info *info;
    struct ptn_err *err;
};

/* Checks one row, tidies its fields in place, and sinks it. Result as ptn_iana_read(). */
int ptn_iana_row(struct ptn_iana_reader *, char *fields[static PTN_IANA_FIELDS], unsigned line);

int ptn_iana_csv(struct ptn_iana_reader *, const char *text, size_t len);
int ptn_iana_xml(struct ptn_iana_reader *, const char *text, size_t len);

#endif
