/* The parts of the page (explain_html.c): foreign text made safe, numbers and times for people, axes, plots, cards. */
#ifndef PTN_REPORT_EXPLAIN_HTML_PART_H
#define PTN_REPORT_EXPLAIN_HTML_PART_H

#include <stdio.h>

#include "explain_words.h"

/* The page being written. */
struct ptn_html {
    FILE *file;
    const struct ptn_explained *e;
    bool years;   /* the log spans several, so that its times must name theirs */
    bool seconds; /* it is so short that minutes would not tell its times apart */
};

/* ---- text (explain_html_text.c) -----------------------------------------------------------------------------------
 */

#define PTN_HTML_NAME 80       /* characters of a name */
#define PTN_HTML_SENTENCE 2000 /* of a sentence, or a few */

/* The only way for foreign text into the page: at most `limit` characters of it, markup escaped, control characters and
 * what is not UTF-8 replaced. Text may be NULL. */
void ptn_html_text(FILE *, const char *text, size_t limit);

/* The element with sentences in it: what stands in `backticks` is code. Nothing if there are none. */
void ptn_html_sentences(FILE *, const char *tag, const char *class, const char *text);

/* The element, its text escaped; `class` is "" for none. Nothing if there is no text. */
void ptn_html_element(FILE *, const char *tag, const char *class, const char *text);

int ptn_html_year(uint32_t second);

#define PTN_HTML_WORD 48

/* All of these write plain ASCII without markup into `out` and return it. */
const char *ptn_html_about(double, char out[static PTN_HTML_WORD]);                             /* "1.2M" */
const char *ptn_html_percent(double share, char out[static PTN_HTML_WORD]);                     /* 0 to 1: "12.5%" */
const char *ptn_html_day(const struct ptn_html *, uint32_t, char out[static PTN_HTML_WORD]);    /* "3 Nov" */
const char *ptn_html_moment(const struct ptn_html *, uint32_t, char out[static PTN_HTML_WORD]); /* "3 Nov 14:02" */
const char *ptn_html_full(const struct ptn_html *, uint32_t, char out[static PTN_HTML_WORD]);   /* "3 Nov 2026 14:02" */
/* Of a span its end, as much as its begin does not say: "14:05", "4 Nov 09:10"; "" if they read alike. */
const char *ptn_html_until(const struct ptn_html *, uint32_t first, uint32_t last, char out[static PTN_HTML_WORD]);
const char *ptn_html_span(uint32_t seconds, char out[static PTN_HTML_WORD]); /* "2 hours" */

/* ---- axes (explain_html_axis.c) -----------------------------------------------------------------------------------
 */

#define PTN_HTML_TICKS 8

struct ptn_html_tick {
    int64_t at; /* seconds since 1970 */
    char text[16];
};

/* Where to write times between two of them: round ones, at most PTN_HTML_TICKS. */
size_t ptn_html_ticks(int64_t begin, int64_t end, struct ptn_html_tick out[static PTN_HTML_TICKS]);

/* Draws them, the line `y` px below the plot's top; "few" marks those that a narrow page leaves out. */
void ptn_html_time_axis(const struct ptn_html *, int64_t begin, int64_t end, unsigned y);

struct ptn_html_scale {
    double top, step; /* steps of 1, 2 or 5 times a power of ten, and a whole number of them */
};

struct ptn_html_scale ptn_html_scale(double max);

#define PTN_HTML_ACROSS 960 /* units: width of a plot's paths */

/* A bar, as a piece of a path: the i-th of n, `height` up from `ground`. */
void ptn_html_column(FILE *, size_t i, size_t n, unsigned ground, unsigned height);

/* ---- pieces of the page -------------------------------------------------------------------------------------------
 */

extern const char *const ptn_html_style[]; /* up to a NULL */

const char *ptn_html_verdict_class(enum ptn_verdict);

/* The class of a series' colour: by verdict, and the `nth` of those of its kind (grave, to look into, harmless). */
const char *ptn_html_tone(enum ptn_verdict, size_t nth);

/* How many steps of the timelines the log fills, at most PTN_TIMELINE; 0 if it has no times, or fits into one. */
size_t ptn_html_steps(const struct ptn_explained *);

/* A bar inside a table's cell; `part` of it was let by. */
void ptn_html_bar(FILE *, double value, double part, double max);

/* The first cell of a source's row, left open: its address, and what the lists and the database say of it. */
void ptn_html_who(FILE *, const struct ptn_suspect *);

/* A folded table: <details><summary>summary</summary> and a box that scrolls. */
void ptn_html_fold(FILE *, const char *summary);
void ptn_html_unfold(FILE *);

void ptn_html_stack(const struct ptn_html *);
void ptn_html_heat(const struct ptn_html *);
void ptn_html_card(const struct ptn_html *, size_t item);
void ptn_html_top_ports(const struct ptn_html *);
void ptn_html_networks(const struct ptn_html *);
void ptn_html_sources(const struct ptn_html *);
void ptn_html_days(const struct ptn_html *);

#endif
