/* A stamp: read twice by one clock it is the same, and its text is read as itself. */
#include "fuzz.h"

#include "source/log/stamp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ptn_clock clock = {.latest = INT64_C(1795521601) * 1000000, .utc = size % 2}, other;
    int64_t first, again;
    char text[PTN_STAMP_TEXT];
    size_t n = ptn_stamp_read(&clock, (const char *)data, size, &first);
    require(n <= size);
    other = clock;
    size_t m = ptn_stamp_read(&other, (const char *)data, size, &again);
    require(m == n && (n == 0 || first == again));
    if (n == 0)
        return 0;
    ptn_stamp_text(first, text);
    if (strlen(text) > 27 || text[4] != '-' || strncmp(text, "1900", 4) < 0) /* not of four digits */
        return 0;
    require(ptn_stamp_read(&clock, text, strlen(text), &again) == strlen(text) && again == first);
    return 0;
}
