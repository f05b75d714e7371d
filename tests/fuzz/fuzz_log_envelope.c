/* An envelope is opened: what comes out lies in the line or in the room, and is not longer than the line. */
#include "fuzz.h"

#include "source/log/envelope.h"

static bool within(struct ptn_slice s, const char *at, size_t size)
{
    return s.len == 0 || (s.at >= at && s.len <= size && s.at + s.len <= at + size);
}

static bool sound(struct ptn_slice s, const char *line, const char *room, size_t size)
{
    return within(s, line, size) || within(s, room, size) || (s.len == 6 && memcmp(s.at, "kernel", 6) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *line = (const char *)data;
    char *room = malloc(size ? size : 1);
    struct ptn_clock clock = {.latest = INT64_C(1795521601) * 1000000};
    struct ptn_message m, again;
    require(room);
    ptn_envelope_open(&clock, (struct ptn_slice){line, size}, room, &m);
    require(m.line.at == line && m.line.len == size);
    require(sound(m.text, line, room, size) && sound(m.tag, line, room, size) && sound(m.host, line, room, size));
    ptn_envelope_open(&clock, (struct ptn_slice){line, size}, room, &again);
    require(m.time == again.time && m.text.len == again.text.len && m.text.at == again.text.at);
    free(room);
    return 0;
}
