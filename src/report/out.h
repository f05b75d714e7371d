/* Text for a person: colours and line breaks. Foreign text never reaches a terminal with its control characters. */
#ifndef PTN_REPORT_OUT_H
#define PTN_REPORT_OUT_H

#include <stdio.h>

#include "portolan.h"

struct ptn_out {
    FILE *file;
    bool color, terminal;
    unsigned width; /* columns */
};

enum ptn_tone { PTN_TONE_PLAIN, PTN_TONE_STRONG, PTN_TONE_FAINT, PTN_TONE_GOOD, PTN_TONE_CARE, PTN_TONE_BAD };

/* `when`: "auto" (or NULL), "always", "never". */
void ptn_out_init(struct ptn_out *, FILE *, const char *when);

/* How many octets of UTF-8 text fit into `room` columns, ending at a blank where there is one. Every character counts
 * as one column. */
size_t ptn_out_fit(const char *text, unsigned room);

/* Prints text[len] with control characters replaced. */
void ptn_out_put(struct ptn_out *, const char *text, size_t len);

void ptn_out_text(struct ptn_out *, enum ptn_tone, const char *text);

/* "  label    text" with the text broken at blanks and set under itself. Nothing if the text is empty. */
void ptn_out_item(struct ptn_out *, const char *label, const char *text);
void ptn_out_toned_item(struct ptn_out *, const char *label, enum ptn_tone, const char *text);

enum ptn_tone ptn_tone_of_rating(enum ptn_rating);
enum ptn_tone ptn_tone_of_verdict(enum ptn_verdict);

#endif
