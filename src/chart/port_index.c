#include "port_index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

#define OFFSETS 65536 /* that 16 bits can tell */

/* ---- runs ------------------------------------------------------------------------------------------------------ */

static uint32_t run_hash(const uint16_t *run, size_t len)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < len; i++)
        h = (h ^ run[i]) * 16777619u;
    return h ^ h >> 16;
}
