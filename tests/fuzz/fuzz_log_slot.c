/* Values put into a knock: the first octet says into which slot; several values stand in lines. */
#include "fuzz.h"

#include "source/log/format.h"

static bool clean(struct ptn_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] < 0x20 || s.at[i] == 0x7f)
            return false;
    return s.len <= 255;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ptn_knock k = {.time = PTN_NO_TIME};
    const char *at = (const char *)data, *end = at + size;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at)), *stop = newline ? newline : end;
        enum ptn_slot slot = (enum ptn_slot)((unsigned char)(*at - 'A') % PTN_SLOT_COUNT);
        int r = stop > at ? ptn_slot_put(&k, NULL, slot, (struct ptn_slice){at + 1, (size_t)(stop - at - 1)}) : 0;
        require(r <= 0);
        at = newline ? newline + 1 : end;
    }
    require(clean(k.in) && clean(k.out) && clean(k.rule));
    require(k.src.family == 0 || k.src.family == 2 || k.src.family == 10);
    require(k.action <= PTN_ACTION_REJECT && k.way <= PTN_WAY_THROUGH);
    return 0;
}
