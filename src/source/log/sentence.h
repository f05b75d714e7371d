/*
 * Sentences: templates with named holes, as struct ptn_sentence has them, read as they stand: nothing is compiled, and
 * nothing kept from line to line.
 *
 *     sentence.c        a template against a text
 *     sentence_read.c   what its holes held into a knock; the grammar of the formats that are nothing but sentences
 *     pattern.c         the user's own template
 *
 * In a template
 *     text       stands for itself; blanks for one or more blanks; a backslash takes { } [ ] and itself as text
 *     {slot}     a value: at least one character, no blank
 *     {slot*}    a value that may have blanks in it
 *     {slot:x}   a value that is the word x
 *     {*}        any value, of no use
 *     {**}       anything, and nothing as well
 *     [ ... ]    may be missing
 *
 * A hole ends at the first place from which the rest fits; at the last one where another hole or a bracket follows. A
 * port or a number is all the letters, digits, '-', '_' and '+' that follow each other, so that "{src}:{sport}" is
 * right for IPv6, too. An address ends at a blank, a bracket, a comma, a quote, '=', '<' or '>', and has its port and
 * interface with it where the template does not ask for them. {flags} may have blanks in it, and {time} is whatever
 * stamp.h knows. The text begins where the template does; behind its end comes a blank or nothing.
 */
#ifndef PTN_SOURCE_LOG_SENTENCE_H
#define PTN_SOURCE_LOG_SENTENCE_H

#include "base/err.h"
#include "format.h"

#define PTN_HOLES_MAX 24
#define PTN_PARTS_MAX 48 /* holes and brackets of a template */

/* What the named holes held. */
struct ptn_holes {
    unsigned n;
    struct ptn_hole {
        enum ptn_slot slot;
        struct ptn_slice value;
    } items[PTN_HOLES_MAX];
};

/* Whether the text is such a sentence. Looks at no more characters than sixteen times its length; what would take more
 * is none. */
bool ptn_sentence_match(const char *pattern, struct ptn_slice text, struct ptn_holes *ret);

/* Whether it is a template: 0, or -EINVAL and *at is where it goes wrong, *why a few words. */
int ptn_sentence_check(const char *pattern, size_t *at, const char **why);

/* The holes as a knock with the message's time. `said` is the sentence's own word, NONE if it has none. Result:
 * PTN_LINE_PACKET, or PTN_LINE_BROKEN where a value is no such thing or no address is left. */
enum ptn_line ptn_sentence_put(const struct ptn_format *, const struct ptn_message *, const struct ptn_holes *,
                               enum ptn_action said, struct ptn_knocks *ret);

/* The first of the sentences (pattern NULL ends them) that the text is, as a knock: PTN_LINE_BROKEN if it is none. */
enum ptn_line ptn_sentences_read(const struct ptn_format *, const struct ptn_sentence *, const struct ptn_message *,
                                 struct ptn_slice text, struct ptn_knocks *ret);

/* What follows `mark` in the text; `at` is NULL where it does not stand in it. */
struct ptn_slice ptn_slice_after(struct ptn_slice text, const char *mark);
bool ptn_slice_has(struct ptn_slice text, const char *mark);
bool ptn_slice_begins(struct ptn_slice text, const char *word);

/* The user's own format, which sees whole lines, envelope and all. Release it with ptn_pattern_free(). */
int ptn_pattern_compile(const char *pattern, struct ptn_format **ret, struct ptn_err *err);
void ptn_pattern_free(struct ptn_format *);

#endif
