#include "arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)32 * 1024)

struct ptn_arena_block {
    struct ptn_arena_block *next;
    size_t used, size;
    _Alignas(max_align_t) unsigned char data[];
};

static struct ptn_arena_block *grow(struct ptn_arena *a, size_t need)
{
    size_t size = need > BLOCK_SIZE ? need : BLOCK_SIZE;
    struct ptn_arena_block *b = malloc(sizeof(*b) + size);
    if (!b)
        return NULL;
    b->used = 0;
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
    void *p = memset(b->data + b->used, 0, size); /* a text that did not fit may have been tried here */
    b->used += size;
    return p;
}

char *ptn_arena_strndup(struct ptn_arena *a, const char *text, size_t len)
{
    char *p = ptn_arena_alloc(a, len + 1);
    return p ? memcpy(p, text, len) : NULL;
}

char *ptn_arena_strdup(struct ptn_arena *a, const char *text)
{
    return ptn_arena_strndup(a, text, strlen(text));
}

char *ptn_arena_printf(struct ptn_arena *a, const char *fmt, ...)
{
    const size_t align = _Alignof(max_align_t);
    struct ptn_arena_block *b = a->head;
    size_t room = b ? b->size - b->used : 0;
    char *p = b ? (char *)b->data + b->used : NULL;
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int len = vsnprintf(p, room, fmt, ap); /* straight into what is left of the block: mostly it fits */
    va_end(ap);
    if (len < 0) {
        p = NULL;
    } else if ((size_t)len < room) {
        size_t size = ((size_t)len + align) / align * align;
        b->used = size < room ? b->used + size : b->size;
    } else if ((p = ptn_arena_alloc(a, (size_t)len + 1))) {
        vsnprintf(p, (size_t)len + 1, fmt, again);
    }
    va_end(again);
    return p;
}

char *ptn_arena_join(struct ptn_arena *a, const char *text, ...)
{
    size_t len = 0;
    va_list ap, again;
    va_start(ap, text);
    va_copy(again, ap);
    for (const char *t = text; t; t = va_arg(ap, const char *))
        len += strlen(t);
    va_end(ap);
    char *p = ptn_arena_alloc(a, len + 1), *at = p;
    for (const char *t = text; p && t; t = va_arg(again, const char *))
        at = stpcpy(at, t);
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
