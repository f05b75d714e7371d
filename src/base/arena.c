#include "arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)16 * 1024)

struct ptn_arena_block {
    struct ptn_arena_block *next;
    size_t used, size;
    _Alignas(max_align_t) unsigned char data[];
};

static struct ptn_arena_block *grow(struct ptn_arena *a, size_t need)
{
    size_t size = need > BLOCK_SIZE ? need : BLOCK_SIZE;
    struct ptn_arena_block *b = calloc(1, sizeof(*b) + size);
    if (!b)
        return NULL;
    b->size = size;
    b->next = a->head;
    a->head = b;
    return b;
}

void *ptn_arena_alloc(struct ptn_arena *a, size_t size)
{
    const size_t align = _Alignof(max_align_t);
    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + align - 1) / align * align;
    struct ptn_arena_block *b = a->head;
    if (!b || b->size - b->used < size)
        b = grow(a, size);
    if (!b)
        return NULL;
    void *p = b->data + b->used;
    b->used += size;
    return p;
}

char *ptn_arena_strndup(struct ptn_arena *a, const char *text, size_t len)
{
    char *p = ptn_arena_alloc(a, len + 1);
    if (p)
        memcpy(p, text, len);
    return p;
}

char *ptn_arena_strdup(struct ptn_arena *a, const char *text)
{
    return ptn_arena_strndup(a, text, strlen(text));
}

char *ptn_arena_printf(struct ptn_arena *a, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int len = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *p = len < 0 ? NULL : ptn_arena_alloc(a, (size_t)len + 1);
    if (p)
        vsnprintf(p, (size_t)len + 1, fmt, again);
    va_end(again);
    return p;
}

void ptn_arena_release(struct ptn_arena *a)
{
    while (a->head) {
        struct ptn_arena_block *next = a->head->next;
        free(a->head);
        a->head = next;
    }
}
