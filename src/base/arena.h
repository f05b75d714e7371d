/* An arena: many small things that die together. */
#ifndef PTN_BASE_ARENA_H
#define PTN_BASE_ARENA_H

#include <stddef.h>

struct ptn_arena {
    struct ptn_arena_block *head;
};

/* All return NULL when out of memory. Memory is zeroed and aligned for any type. */
void *ptn_arena_alloc(struct ptn_arena *, size_t size);
char *ptn_arena_strndup(struct ptn_arena *, const char *text, size_t len);
char *ptn_arena_strdup(struct ptn_arena *, const char *text);
char *ptn_arena_printf(struct ptn_arena *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The texts up to a NULL, one after the other. */
char *ptn_arena_join(struct ptn_arena *, const char *text, ...) __attribute__((sentinel));
void ptn_arena_release(struct ptn_arena *);

#endif
