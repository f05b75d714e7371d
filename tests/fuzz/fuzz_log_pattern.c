/* A template of the user's, and behind its line the text that it is held against. */
#include "fuzz.h"

#include "source/log/formats.h"
#include "source/log/sentence.h"

static void match(const char *pattern, struct ptn_slice text)
{
    struct ptn_holes holes;
    if (!ptn_sentence_match(pattern, text, &holes))
        return;
    const char *at = text.at;
    require(holes.n <= PTN_HOLES_MAX);
    for (unsigned i = 0; i < holes.n; i++) { /* they stand one behind the other, and within the text */
        require(holes.items[i].value.len && holes.items[i].value.at >= at);
        at = holes.items[i].value.at + holes.items[i].value.len;
        require(at <= text.at + text.len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
    size_t len = end ? (size_t)(end - data) : size, rest = end ? size - len - 1 : 0;
    char *pattern = malloc(len + 1), *text = malloc(rest + 1);
    require(pattern && text);
    memcpy(pattern, data, len);
    pattern[len] = '\0';
    memcpy(text, data + size - rest, rest);
    struct ptn_format *format = NULL;
    struct ptn_err err = {0};
    struct ptn_slice line = {text, rest};
    match(pattern, line); /* whatever it is: it must stand it */
    if (ptn_pattern_compile(pattern, &format, &err) == 0) {
        struct ptn_log_state state = {0};
        struct ptn_knocks knocks = {0};
        struct ptn_message message = {.line = line, .text = line, .time = PTN_NO_TIME};
        (void)ptn_format_read(format, &state, &message, &knocks);
        ptn_knocks_release(&knocks);
        ptn_pattern_free(format);
    } else {
        require(!format && err.text[0]);
    }
    free(text);
    free(pattern);
    return 0;
}
