/* What every fuzz target has. Built with -Dfuzz=true for libFuzzer; otherwise replay.c feeds it the corpus. */
#ifndef PTN_TESTS_FUZZ_H
#define PTN_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void require(bool sound)
{
    if (!sound)
        abort();
}

#endif
