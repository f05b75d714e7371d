/* Lines as a file, read by formats. What a knock keeps must lie in the line that it came from. */
#ifndef PTN_TESTS_FUZZ_LOG_LINES_H
#define PTN_TESTS_FUZZ_LOG_LINES_H

#include "fuzz.h"

#include "source/log/formats.h"

static inline void lies_in(struct ptn_slice part, struct ptn_slice line)
{
    require(part.len == 0 || (part.at >= line.at && part.len <= line.len && part.at + part.len <= line.at + line.len));
}

static inline void fuzz_line(const struct ptn_format *format, struct ptn_log_state *state, struct ptn_slice line,
                             struct ptn_knocks *knocks)
{
    struct ptn_message message = {.line = line, .text = line, .time = PTN_NO_TIME};
    knocks->n = 0;
    enum ptn_line kind = ptn_format_read(format, state, &message, knocks);
    require(kind <= PTN_LINE_BROKEN);
    require((kind == PTN_LINE_PACKET) == (knocks->n > 0));
    for (size_t i = 0; i < knocks->n; i++) {
        lies_in(knocks->items[i].in, line);
        lies_in(knocks->items[i].out, line);
        lies_in(knocks->items[i].rule, line);
    }
}

static inline void fuzz_lines(const struct ptn_format *const *formats, size_t n, const uint8_t *data, size_t size)
{
    struct ptn_knocks knocks = {0};
    for (size_t i = 0; i < n; i++) {
        struct ptn_log_state state = {0};
        const char *at = (const char *)data, *end = at + size;
        while (at < end) {
            const char *stop = memchr(at, '\n', (size_t)(end - at));
            stop = stop ? stop : end;
            fuzz_line(formats[i], &state, (struct ptn_slice){at, (size_t)(stop - at)}, &knocks);
            at = stop + (stop < end);
        }
    }
    ptn_knocks_release(&knocks);
}

#endif
