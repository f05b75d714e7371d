/* What the book knows of a port, for a person to read. */
#ifndef PTN_REPORT_CARD_H
#define PTN_REPORT_CARD_H

#include "chart/chart.h"
#include "listener.h"
#include "out.h"

/* A port, or a run of ports with the same claims, as one answer. */
struct ptn_answer {
    uint16_t lo, hi;
    enum ptn_proto proto;
    const struct ptn_claim *claims;
    size_t n_claims;
    const struct ptn_host *host; /* this machine's sockets, or NULL where nobody looked */
    bool as_of_2001;             /* the page's rating instead of today's */
};

/* The whole card: rating and advice of the best claim, the others in a line each. */
void ptn_card_print(struct ptn_out *, const struct ptn_chart *, const struct ptn_answer *);

/* The claims after the best one, in a line each. */
void ptn_card_others(struct ptn_out *, const struct ptn_answer *);

/* "113/tcp ident ? it depends": the answer in one line, without its end. */
void ptn_card_line(struct ptn_out *, const struct ptn_chart *, const struct ptn_answer *);

/* "22/tcp" or "6000-6063/tcp". */
#define PTN_PORTS_TEXT 24
const char *ptn_ports_text(uint16_t lo, uint16_t hi, enum ptn_proto, char out[static PTN_PORTS_TEXT]);

/* The n-th listener on an answer's ports, or NULL. */
const struct ptn_listener *ptn_answer_listener(const struct ptn_answer *, size_t n);

#endif
