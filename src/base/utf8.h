/* Foreign text made fit to be shown. */
#ifndef PTN_BASE_UTF8_H
#define PTN_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Octets of the character at text[len], len > 0; 0 where it is none (RFC 3629). */
size_t ptn_utf8_length(const char *text, size_t len);

/* The same; 0 also where it is one that must not be shown: controls, and the invisible marks that reorder or hide what
 * stands beside them. */
size_t ptn_utf8_shown(const char *text, size_t len);

/* Copies text[len] into out[size], size > 0, which may begin where the text does: what must not be shown as '?', and no
 * more characters than fit. Returns out. */
char *ptn_utf8_clean(char *out, size_t size, const char *text, size_t len);

#endif
