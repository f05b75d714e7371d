/* The reader of lines that begin as one before them did, for processors with AVX2. */
#include "processor.h"

#ifdef PTN_LEVELS

static bool is_able(void)
{
    return ptn_has_avx2();
}

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,popcnt"))), apply_to = function)
#else
#pragma GCC target("avx2,bmi,bmi2,popcnt")
#endif
#define PTN_AVX2
#define LEVEL_NAME "AVX2"
#define READER ptn_again_avx2
#include "netfilter_again_read.h"
#ifdef __clang__
#pragma clang attribute pop
#endif

#endif
