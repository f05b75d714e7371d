/* Text for a person: colours and line breaks. Foreign text never reaches a terminal with its control characters. */
#ifndef PTN_REPORT_OUT_H
#define PTN_REPORT_OUT_H

#include <stdio.h>

#include "portolan.h"

struct ptn_out {
    FILE *file;
    bool color;
    unsigned width; /* columns */
};

enum ptn_tone { PTN_TONE_PLAIN, PTN_TONE_STRONG, PTN_TONE_FAINT, PTN_TONE_GOOD, PTN_TONE_CARE, PTN_TONE_BAD };

/* `when`: "auto" (or NULL), "always", "never". */
void ptn_out_init(struct ptn_out *, FILE *, const char *when);

void ptn_out_text(struct ptn_out *, enum ptn_tone, const char *text);

/* "  label    text" with the text broken at blanks and set under itself. Nothing if the text is empty. */
void ptn_out_item(struct ptn_out *, const char *label, const char *text);
void ptn_out_toned_item(struct ptn_out *, const char *label, enum ptn_tone, const char *text);

enum ptn_tone ptn_tone_of_rating(enum ptn_rating);
enum ptn_tone ptn_tone_of_verdict(enum ptn_verdict);
/* The terminal's colour name for tables ("red", ...), NULL for plain. */
const char *ptn_tone_color(enum ptn_tone);

#endif
