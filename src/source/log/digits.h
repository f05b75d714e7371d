/*
 * Numbers and addresses where it is known how long they are: eight octets at a time, without a branch a digit. What
 * these refuse may yet be a number or an address in another way of writing. Who is built for processors that can more
 * than all can says so before: PTN_AVX2.
 */
#ifndef PTN_SOURCE_LOG_DIGITS_H
#define PTN_SOURCE_LOG_DIGITS_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef PTN_AVX2
#include <immintrin.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

#define PTN_EACH(octet) ((uint64_t)(octet)*UINT64_C(0x0101010101010101))

/* The first octet is the lowest. */
static inline uint64_t ptn_load64(const char *at)
{
    uint64_t x;
    memcpy(&x, at, sizeof(x));
    return le64toh(x);
}

static inline uint32_t ptn_load32(const char *at)
{
    uint32_t x;
    memcpy(&x, at, sizeof(x));
    return le32toh(x);
}

#ifdef __SSE2__
static inline bool ptn_same16(const char *a, const char *b)
{
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)a),
            y = _mm_loadu_si128((const __m128i *)(const void *)b);
    return _mm_movemask_epi8(_mm_cmpeq_epi8(x, y)) == 0xffff;
}
#endif

/* Whether they are alike; for what is short and mostly is. */
static inline bool ptn_same(const char *a, const char *b, size_t len)
{
#ifdef __SSE2__
    if (len >= 16) {
        if (!ptn_same16(a, b))
            return false;
        for (size_t i = 16; i + 16 < len; i += 16)
            if (!ptn_same16(a + i, b + i))
                return false;
        return ptn_same16(a + len - 16, b + len - 16);
    }
#endif
    if (len < 8 || len > 16)
        return memcmp(a, b, len) == 0;
    uint64_t first = ptn_load64(a) ^ ptn_load64(b), last = ptn_load64(a + len - 8) ^ ptn_load64(b + len - 8);
    return (first | last) == 0;
}

/* The same, where sixteen octets of both can be read; for what is mostly shorter. */
static inline bool ptn_same_short(const char *a, const char *b, size_t len)
{
#ifdef __SSE2__
    if (len - 1 < 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)a),
                y = _mm_loadu_si128((const __m128i *)(const void *)b);
        return (uint32_t)~_mm_movemask_epi8(_mm_cmpeq_epi8(x, y)) << (32 - len) == 0;
    }
#endif
    return ptn_same(a, b, len);
}

/* Eight digits' values, of which the last is the highest octet: to pairs, to fours, to all. */
static inline uint32_t ptn_to_number(uint64_t x)
{
    x = (x * (1 + (10 << 8))) >> 8 & UINT64_C(0x00ff00ff00ff00ff);
    x = (x * (1 + (100 << 16))) >> 16 & UINT64_C(0x0000ffff0000ffff);
    return (uint32_t)((x * (1 + (UINT64_C(10000) << 32))) >> 32);
}

/* The digits that the text begins with, seven at most; eight octets can be read. Result: how many they are. */
static inline size_t ptn_number_read(const char *text, uint32_t *ret)
{
    uint64_t x = ptn_load64(text) ^ PTN_EACH('0'), other = (x | (x + PTN_EACH(0x76))) & PTN_EACH(0x80);
    if (!other)
        return 0;
    unsigned bits = (unsigned)__builtin_ctzll(other) & 56;
    *ret = ptn_to_number(x << ((64 - bits) & 63));
    return bits / 8;
}

#ifdef __SSE2__
static inline unsigned ptn_places16(__m128i text, char octet)
{
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(text, _mm_set1_epi8(octet)));
}

static inline uint64_t ptn_blanks16(const char *at)
{
    return ptn_places16(_mm_loadu_si128((const __m128i *)(const void *)at), ' ');
}

static inline unsigned ptn_digits16(__m128i text)
{
    __m128i x = _mm_sub_epi8(text, _mm_set1_epi8('0'));
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(9)), x));
}

/* The four octets before `to`. */
static inline __m128i ptn_before(const char *to)
{
    return _mm_cvtsi32_si128((int)ptn_load32(to - 4));
}

/* Of each group of four octets the number that the digits at its end are, three at most. Result: whether there are any,
 * and it is no more than 255. */
static inline bool ptn_four_numbers(__m128i x, uint8_t ret[static 4])
{
    const __m128i last = _mm_set1_epi32((int)0xff000000), nine = _mm_set1_epi8(9);
    x = _mm_sub_epi8(x, _mm_set1_epi8('0'));
    __m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(x, nine), x);
    __m128i both = _mm_and_si128(is_digit, _mm_or_si128(_mm_srli_epi32(is_digit, 8), last));
    __m128i used = _mm_and_si128(is_digit, _mm_or_si128(_mm_srli_epi32(both, 8), last));
    x = _mm_and_si128(x, used);
    __m128i ends = _mm_and_si128(_mm_srli_epi32(x, 8), _mm_set1_epi32(0x00ff00ff));
    __m128i tens = _mm_and_si128(_mm_srli_epi32(x, 16), _mm_set1_epi32(0xff));
    __m128i sum = _mm_add_epi32(_mm_madd_epi16(ends, _mm_set1_epi32(0x00010064)), /* hundreds and ones */
                                _mm_mullo_epi16(tens, _mm_set1_epi16(10)));
    bool sound = _mm_movemask_epi8(
                     _mm_or_si128(_mm_cmpgt_epi32(sum, _mm_set1_epi32(255)), _mm_andnot_si128(is_digit, last))) == 0;
    sum = _mm_packs_epi32(sum, sum);
    int packed = _mm_cvtsi128_si32(_mm_packus_epi16(sum, sum));
    memcpy(ret, &packed, 4);
    return sound;
}
#endif

/* A bit for each of the 64 octets at `at` that is a blank, the first one lowest. */
static inline uint64_t ptn_blanks(const char *at)
{
#if defined(PTN_AVX2)
    const __m256i blank = _mm256_set1_epi8(' ');
    __m256i low = _mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)(const void *)at), blank);
    __m256i high = _mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)(const void *)(at + 32)), blank);
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
#elif defined(__SSE2__)
    return ptn_blanks16(at) | ptn_blanks16(at + 16) << 16 | ptn_blanks16(at + 32) << 32 | ptn_blanks16(at + 48) << 48;
#else
    uint64_t blanks = 0;
    for (unsigned i = 0; i < 64; i++)
        blanks |= (uint64_t)(at[i] == ' ') << i;
    return blanks;
#endif
}

/* What the n octets before `to` are if they are digits, the last one highest: seven at most, and eight can be read. */
static inline uint64_t ptn_digits_before(const char *to, size_t n)
{
    static const uint64_t kept[8] = {0,
                                     UINT64_MAX << 56,
                                     UINT64_MAX << 48,
                                     UINT64_MAX << 40,
                                     UINT64_MAX << 32,
                                     UINT64_MAX << 24,
                                     UINT64_MAX << 16,
                                     UINT64_MAX << 8};
    return (ptn_load64(to - 8) ^ PTN_EACH('0')) & kept[n];
}

#if defined(PTN_AVX2)
/* Digits to numbers of four. */
static inline __m256i ptn_fours32(__m256i x)
{
    return _mm256_madd_epi16(_mm256_maddubs_epi16(x, _mm256_set1_epi16(10 | 1 << 8)), _mm256_set1_epi32(100 | 1 << 16));
}

static inline __m128i ptn_fours(__m128i x)
{
    return _mm_madd_epi16(_mm_maddubs_epi16(x, _mm_set1_epi16(10 | 1 << 8)), _mm_set1_epi32(100 | 1 << 16));
}
#elif defined(__SSE2__)
static inline __m128i ptn_fours(__m128i x)
{
    __m128i tens = _mm_mullo_epi16(_mm_and_si128(x, _mm_set1_epi16(0xff)), _mm_set1_epi16(10));
    return _mm_madd_epi16(_mm_add_epi16(tens, _mm_srli_epi16(x, 8)), _mm_set1_epi32(100 | 1 << 16));
}
#endif

/* The numbers that these are, and two of any value behind them. Result: whether all of them are digits. */
static inline bool ptn_six_numbers(const uint64_t x[static 6], uint32_t ret[static 8])
{
#if defined(PTN_AVX2)
    const __m128i join = _mm_set1_epi32(10000 | 1 << 16);
    __m256i a = _mm256_set_epi64x((int64_t)x[3], (int64_t)x[2], (int64_t)x[1], (int64_t)x[0]);
    __m128i b = _mm_set_epi64x((int64_t)x[5], (int64_t)x[4]), c = ptn_fours(b);
    __m256i most = _mm256_max_epu8(a, _mm256_castsi128_si256(b)), fours = ptn_fours32(a);
    __m128i first = _mm_packus_epi32(_mm256_castsi256_si128(fours), _mm256_extracti128_si256(fours, 1));
    _mm_storeu_si128((__m128i *)(void *)ret, _mm_madd_epi16(first, join));
    _mm_storeu_si128((__m128i *)(void *)(ret + 4), _mm_madd_epi16(_mm_packus_epi32(c, c), join));
    most = _mm256_subs_epu8(most, _mm256_set1_epi8(9));
    return _mm256_testz_si256(most, most);
#elif defined(__SSE2__)
    const __m128i nine = _mm_set1_epi8(9), join = _mm_set1_epi32(10000 | 1 << 16);
    __m128i a = _mm_set_epi64x((int64_t)x[1], (int64_t)x[0]), b = _mm_set_epi64x((int64_t)x[3], (int64_t)x[2]),
            c = _mm_set_epi64x((int64_t)x[5], (int64_t)x[4]), most = _mm_max_epu8(_mm_max_epu8(a, b), c);
    c = ptn_fours(c);
    __m128i first = _mm_madd_epi16(_mm_packs_epi32(ptn_fours(a), ptn_fours(b)), join);
    __m128i last = _mm_madd_epi16(_mm_packs_epi32(c, c), join);
    _mm_storeu_si128((__m128i *)(void *)ret, first);
    _mm_storeu_si128((__m128i *)(void *)(ret + 4), last);
    return _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(most, nine), nine)) == 0xffff;
#else
    uint64_t other = 0;
    for (unsigned i = 0; i < 6; i++) {
        other |= x[i] | (x[i] + PTN_EACH(0x76));
        ret[i] = ptn_to_number(x[i]);
    }
    return (other & PTN_EACH(0x80)) == 0;
#endif
}

/* The first blank from `at` on; NULL. */
static inline const char *ptn_blank(const char *at, const char *end)
{
#ifdef __SSE2__
    if (end - at >= 48) {
        uint64_t blanks = ptn_blanks16(at) | ptn_blanks16(at + 16) << 16 | ptn_blanks16(at + 32) << 32;
        if (blanks)
            return at + __builtin_ctzll(blanks);
        at += 48;
    }
#endif
    return at < end ? memchr(at, ' ', (size_t)(end - at)) : NULL;
}

#ifdef PTN_AVX2
/* Behind each of four numbers in a text there is a place in `ends`, plus one: their digits to the end of a group of
 * four octets each. Result: whether each has one to three. */
static inline bool ptn_four_groups_of(__m128i text, __m128i ends, __m128i *ret)
{
    const __m128i lane = _mm_setr_epi8(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
    const __m128i before = _mm_setr_epi8(-1, -1, -1, -1, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2);
    __m128i from = _mm_add_epi8(_mm_shuffle_epi8(ends, lane), _mm_set1_epi32((int)0xfefdfcfb));
    __m128i outside = _mm_cmpgt_epi8(_mm_shuffle_epi8(ends, before), from);
    *ret = _mm_shuffle_epi8(text, _mm_or_si128(from, outside));
    return (_mm_movemask_epi8(outside) & 0x9999) == 0x1111;
}

/* As ptn_dotted_read(). */
static inline size_t ptn_dotted_at_once(const char *text, uint8_t ret[static 16])
{
    const __m128i nine = _mm_set1_epi8(9), weights = _mm_set1_epi32(0x010a6400), most = _mm_set1_epi32(255);
    __m128i all = _mm_loadu_si128((const __m128i *)(const void *)text), digits;
    unsigned blanks = ptn_places16(all, ' '), ends = (ptn_places16(all, '.') | blanks) & (blanks ^ (blanks - 1));
    unsigned second = ends & (ends - 1), third = second & (second - 1), last = third & (third - 1);
    if (!last || last != (blanks & -blanks)) /* not three dots and then a blank */
        return 0;
    unsigned n = (unsigned)__builtin_ctz(last);
    unsigned packed = (unsigned)__builtin_ctz(ends) | (unsigned)__builtin_ctz(second) << 8 |
                      (unsigned)__builtin_ctz(third) << 16 | n << 24;
    __m128i four = _mm_cvtsi32_si128((int)(packed + 0x01010101));
    if (!ptn_four_groups_of(_mm_sub_epi8(all, _mm_set1_epi8('0')), four, &digits))
        return 0;
    __m128i sums = _mm_madd_epi16(_mm_maddubs_epi16(digits, weights), _mm_set1_epi16(1));
    __m128i over = _mm_or_si128(_mm_subs_epu8(digits, nine), _mm_subs_epu16(sums, most));
    const __m128i lowest = _mm_setr_epi8(0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
    _mm_storeu_si128((__m128i *)(void *)ret, _mm_shuffle_epi8(sums, lowest));
    return _mm_testz_si128(over, over) ? n : 0;
}
#endif

/* "192.0.2.1 " that the text begins with; sixteen octets, and four before it, can be read. What is behind the four is
 * zero then. Result: its length without the blank; 0. */
static inline size_t ptn_dotted_read(const char *text, uint8_t ret[static 16])
{
#if defined(PTN_AVX2)
    return ptn_dotted_at_once(text, ret);
#elif defined(__SSE2__)
    memset(ret, 0, 16);
    __m128i all = _mm_loadu_si128((const __m128i *)(const void *)text);
    unsigned blanks = ptn_places16(all, ' '), dots = ptn_places16(all, '.') & (blanks - 1) & ~blanks;
    unsigned rest = dots & (dots - 1), last = rest & (rest - 1);
    if (!blanks || !last || last & (last - 1) || ~(ptn_digits16(all) | dots) & (blanks - 1) & ~blanks)
        return 0; /* not three dots, or something else */
    unsigned a = (unsigned)__builtin_ctz(dots), b = (unsigned)__builtin_ctz(rest), c = (unsigned)__builtin_ctz(last);
    unsigned n = (unsigned)__builtin_ctz(blanks);
    __m128i low = _mm_unpacklo_epi32(ptn_before(text + a), ptn_before(text + b));
    __m128i high = _mm_unpacklo_epi32(ptn_before(text + c), ptn_before(text + n));
    bool sound = ptn_four_numbers(_mm_unpacklo_epi64(low, high), ret);
    return sound && (a | (b - a - 1) | (c - b - 1) | (n - c - 1)) <= 3 ? n : 0;
#else
    (void)text;
    (void)ret;
    return 0;
#endif
}

#ifdef __SSE2__
/* Sixteen hexadecimal digits as eight octets. Result: whether they are that. */
static inline bool ptn_hexadecimal(__m128i digits, uint8_t ret[static 8])
{
    const __m128i nine = _mm_set1_epi8(9), five = _mm_set1_epi8(5);
    __m128i number = _mm_sub_epi8(digits, _mm_set1_epi8('0'));
    __m128i letter = _mm_sub_epi8(_mm_or_si128(digits, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
    __m128i is_number = _mm_cmpeq_epi8(_mm_min_epu8(number, nine), number);
    __m128i is_letter = _mm_cmpeq_epi8(_mm_min_epu8(letter, five), letter);
    __m128i value = _mm_add_epi8(_mm_and_si128(digits, _mm_set1_epi8(15)), _mm_and_si128(is_letter, nine));
    __m128i pairs = _mm_or_si128(_mm_slli_epi16(value, 4), _mm_srli_epi16(value, 8));
    pairs = _mm_and_si128(pairs, _mm_set1_epi16(0xff));
    _mm_storel_epi64((__m128i *)(void *)ret, _mm_packus_epi16(pairs, pairs));
    return _mm_movemask_epi8(_mm_or_si128(is_number, is_letter)) == 0xffff;
}

static inline __m128i ptn_four_groups(const char *text)
{
    __m128i low = _mm_unpacklo_epi32(ptn_before(text + 4), ptn_before(text + 9));
    return _mm_unpacklo_epi64(low, _mm_unpacklo_epi32(ptn_before(text + 14), ptn_before(text + 19)));
}
#endif

/* "2001:0db8:0000:0000:0000:0000:0000:0001", eight groups of four digits: all of text[39]. */
static inline bool ptn_eight_groups(const char *text, uint8_t ret[static 16])
{
#ifdef __SSE2__
    int marks = 0;
    for (size_t i = 4; i < 39; i += 5)
        marks |= text[i] ^ ':';
    bool first = ptn_hexadecimal(ptn_four_groups(text), ret);
    return ptn_hexadecimal(ptn_four_groups(text + 20), ret + 8) && first && !marks;
#else
    (void)text;
    (void)ret;
    return false;
#endif
}

#endif
