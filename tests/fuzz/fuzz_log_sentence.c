/* A line of any log, by each of the formats that are sentences. */
#include "fuzz.h"

#include "source/log/envelope.h"
#include "source/log/formats.h"

static const struct ptn_format *const formats[] = {
    &ptn_format_cisco_ftd, &ptn_format_cisco_asa, &ptn_format_cisco_ios, &ptn_format_srx_text,
    &ptn_format_ipfw,      &ptn_format_ipmon,     &ptn_format_ipchains,  &ptn_format_pflog,
    &ptn_format_ids,       &ptn_format_router,    &ptn_format_watchers,  &ptn_format_watchguard,
};

static bool is_within(struct ptn_slice s, const char *at, size_t len)
{
    return s.len == 0 || (s.at >= at && s.at + s.len <= at + len);
}

static void check_knock(const struct ptn_knock *k, const char *line, size_t len, const char *room)
{
    const struct ptn_slice texts[] = {k->in, k->out, k->rule};
    require(k->src.family || k->dst.family);
    require(k->action <= PTN_ACTION_REJECT && k->way <= PTN_WAY_THROUGH);
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        require(is_within(texts[i], line, len) || is_within(texts[i], room, len + 1));
        for (size_t c = 0; c < texts[i].len; c++)
            require((unsigned char)texts[i].at[c] >= ' ');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *line = malloc(size + 1), *room = malloc(size + 1);
    require(line && room);
    memcpy(line, data, size);
    struct ptn_clock clock = {.latest = INT64_C(1795521600000000), .utc = true};
    struct ptn_message message = {0};
    ptn_envelope_open(&clock, (struct ptn_slice){line, size}, room, &message);
    for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
        struct ptn_log_state state = {0};
        struct ptn_knocks knocks = {0};
        enum ptn_line kind = ptn_format_read(formats[i], &state, &message, &knocks);
        require((kind == PTN_LINE_PACKET) == (knocks.n != 0));
        for (size_t k = 0; k < knocks.n; k++)
            check_knock(&knocks.items[k], line, size, room);
        ptn_knocks_release(&knocks);
    }
    free(room);
    free(line);
    return 0;
}
