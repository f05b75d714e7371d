/*
 * What the processor can, for what is built more than once. It is asked of the C library, which knows it already:
 * libgcc's __builtin_cpu_supports() would ask the processor anew at every start of the program, and where that is a
 * guest its host each time.
 */
#ifndef PTN_SOURCE_LOG_PROCESSOR_H
#define PTN_SOURCE_LOG_PROCESSOR_H

#include <stdbool.h>

#if defined(__x86_64__) && __has_include(<sys/platform/x86.h>)
#define PTN_LEVELS
#include <sys/platform/x86.h>

static inline bool ptn_has_avx2(void)
{
    return CPU_FEATURE_ACTIVE(AVX2) && CPU_FEATURE_ACTIVE(BMI1) && CPU_FEATURE_ACTIVE(BMI2) &&
           CPU_FEATURE_ACTIVE(POPCNT);
}

static inline bool ptn_has_avx512(void)
{
    return CPU_FEATURE_ACTIVE(AVX512F) && CPU_FEATURE_ACTIVE(AVX512BW) && CPU_FEATURE_ACTIVE(LZCNT) && ptn_has_avx2();
}
#endif

#endif
