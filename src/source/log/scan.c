#include "scan.h"

#include <endian.h>
#include <string.h>

#include "processor.h"

#ifdef PTN_LEVELS
#include <immintrin.h>
#define TARGET(features) __attribute__((target(features)))
#endif

#define BLOCK 64u
#define LAST (UINT64_C(1) << 63)

/* The places of a block's bits. The first is written whether it is there or not: that is faster than to ask. */
static inline __attribute__((always_inline)) uint16_t *write_places(uint64_t bits, size_t from, uint16_t *out)
{
    uint16_t *end = out + __builtin_popcountll(bits);
    do {
        *out++ = (uint16_t)(from + (size_t)__builtin_ctzll(bits | LAST));
        bits &= bits - 1;
    } while (out < end);
    return end;
}

/* ---- plain ------------------------------------------------------------------------------------------- */

/* A bit for each of eight octets, the first one lowest. */
static inline uint64_t eight(const char *at, uint64_t octets)
{
    const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
    uint64_t x;
    memcpy(&x, at, sizeof(x));
    x = le64toh(x) ^ octets;
    x = ~(((x & low) + low) | x | low) >> 7;
    return x * UINT64_C(0x0102040810204080) >> 56;
}

static size_t scan_plain(const char *text, size_t len, char octet, uint16_t *places)
{
    const uint64_t octets = (unsigned char)octet * UINT64_C(0x0101010101010101);
    uint16_t *out = places;
    size_t at = 0;
    for (; at + BLOCK <= len; at += BLOCK) {
        uint64_t bits = 0;
        for (unsigned i = 0; i < BLOCK; i += 8)
            bits |= eight(text + at + i, octets) << i;
        out = write_places(bits, at, out);
    }
    for (; at < len; at++) {
        *out = (uint16_t)at;
        out += text[at] == octet;
    }
    return (size_t)(out - places);
}

static bool is_plain(void)
{
    return true;
}

#ifdef PTN_LEVELS

/* ---- AVX2 -------------------------------------------------------------------------------------------- */

TARGET("avx2,bmi,bmi2,popcnt,lzcnt")
static inline uint64_t block_avx2(const char *at, __m256i octets)
{
    __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)at);
    __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(at + 32));
    uint32_t low = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(a, octets));
    uint32_t high = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(b, octets));
    return low | (uint64_t)high << 32;
}

/* The last block overlaps the one before it. */
TARGET("avx2,bmi,bmi2,popcnt,lzcnt")
static size_t scan_avx2(const char *text, size_t len, char octet, uint16_t *places)
{
    const __m256i octets = _mm256_set1_epi8(octet);
    uint16_t *out = places;
    size_t at = 0;
    if (len < BLOCK)
        return scan_plain(text, len, octet, places);
    for (; at + BLOCK <= len; at += BLOCK)
        out = write_places(block_avx2(text + at, octets), at, out);
    if (at < len)
        out = write_places(block_avx2(text + len - BLOCK, octets) >> (BLOCK - (len - at)), at, out);
    return (size_t)(out - places);
}

static bool is_avx2(void)
{
    return ptn_has_avx2();
}

/* ---- AVX-512 ----------------------------------------------------------------------------------------- */

#define AVX512 "avx512f,avx512bw,bmi,bmi2,popcnt,lzcnt"

/* Of the last block nothing is read that does not belong to the text. */
TARGET(AVX512)
static size_t scan_avx512(const char *text, size_t len, char octet, uint16_t *places)
{
    const __m512i octets = _mm512_set1_epi8(octet);
    uint16_t *out = places;
    size_t at = 0;
    for (; at + BLOCK <= len; at += BLOCK)
        out = write_places(_mm512_cmpeq_epi8_mask(_mm512_loadu_si512(text + at), octets), at, out);
    if (at < len) {
        uint64_t left = _bzhi_u64(UINT64_MAX, (unsigned)(len - at));
        __m512i last = _mm512_maskz_loadu_epi8(left, text + at);
        out = write_places(_mm512_mask_cmpeq_epi8_mask(left, last, octets), at, out);
    }
    return (size_t)(out - places);
}

static bool is_avx512(void)
{
    return ptn_has_avx512();
}

#endif

/* ---- the choice -------------------------------------------------------------------------------------- */

const struct ptn_scan_level ptn_scan_levels[] = {
#ifdef PTN_LEVELS
    {"AVX-512", is_avx512, scan_avx512},
    {"AVX2", is_avx2, scan_avx2},
#endif
    {"plain", is_plain, scan_plain},
};
const size_t ptn_n_scan_levels = sizeof(ptn_scan_levels) / sizeof(*ptn_scan_levels);

static size_t scan_first(const char *text, size_t len, char octet, uint16_t *places);

static ptn_scanner best = scan_first;

void ptn_scan_use(const struct ptn_scan_level *level)
{
    __atomic_store_n(&best, level->scan, __ATOMIC_RELAXED);
}

static size_t scan_first(const char *text, size_t len, char octet, uint16_t *places)
{
    const struct ptn_scan_level *level = ptn_scan_levels;
    while (!level->is_able())
        level++;
    ptn_scan_use(level);
    return level->scan(text, len, octet, places);
}

size_t ptn_scan(const char *text, size_t len, char octet, uint16_t *places)
{
    return __atomic_load_n(&best, __ATOMIC_RELAXED)(text, len, octet, places);
}
