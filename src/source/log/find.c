#include "find.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>

/* Sixteen places at once, by the first and the last octet of what is sought. */
static inline const char *find_in_block(const char *at, const char *what, size_t n, __m128i first, __m128i last)
{
    __m128i a = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i b = _mm_loadu_si128((const __m128i *)(const void *)(at + n - 1));
    unsigned hits = (unsigned)_mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(a, first), _mm_cmpeq_epi8(b, last)));
    for (; hits; hits &= hits - 1)
        if (memcmp(at + __builtin_ctz(hits), what, n) == 0)
            return at + __builtin_ctz(hits);
    return NULL;
}
#endif

const char *ptn_find(const char *text, size_t len, const char *what, size_t n)
{
    if (n == 0 || len < n)
        return n == 0 ? text : NULL;
#ifdef __SSE2__
    if (len >= n + 15) {
        const __m128i first = _mm_set1_epi8(what[0]), last = _mm_set1_epi8(what[n - 1]);
        const char *at = text, *final = text + len - n - 15, *found;
        for (; at < final; at += 16)
            if ((found = find_in_block(at, what, n, first, last)))
                return found;
        return find_in_block(final, what, n, first, last);
    }
#endif
    return memmem(text, len, what, n);
}

void ptn_pairs_add(struct ptn_pairs_seen *seen, const char *text, size_t len)
{
    for (size_t i = 0; i + 1 < len; i++)
        seen->bits[text[i] & 63] |= UINT64_C(1) << (text[i + 1] & 63);
}

bool ptn_pairs_may_have(const struct ptn_pairs_seen *seen, const char *word)
{
    for (; word[0] && word[1]; word++)
        if (!(seen->bits[word[0] & 63] >> (word[1] & 63) & 1))
            return false;
    return true;
}
