/* A line of each product that writes pairs, and the pairs themselves in each dialect. The first octet picks. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#include "source/log/formats.h"
#include "source/log/pairs.h"

static const struct ptn_format *const formats[] = {
    &ptn_format_netfilter,
    &ptn_format_cef,
    &ptn_format_leef,
    &ptn_format_fortigate,
    &ptn_format_fortigate_old,
    &ptn_format_sophos_xg,
    &ptn_format_sophos_utm,
    &ptn_format_checkpoint,
    &ptn_format_checkpoint_fields,
    &ptn_format_srx,
    &ptn_format_netscreen,
    &ptn_format_stormshield,
    &ptn_format_sonicwall,
    &ptn_format_meraki,
    &ptn_format_clavister,
    &ptn_format_barracuda,
    &ptn_format_mikrotik,
    &ptn_format_checkpoint_bars,
    &ptn_format_checkpoint_blanks,
    &ptn_format_checkpoint_log,
    &ptn_format_forcepoint,
    &ptn_format_barracuda_waf,
    &ptn_format_fortigate_lean,
    &ptn_format_checkpoint_lea,
};
#define N_FORMATS (sizeof(formats) / sizeof(*formats))

static bool within(struct ptn_slice part, struct ptn_slice all)
{
    return !part.len || (part.at >= all.at && part.at + part.len <= all.at + all.len);
}

static void walk(const struct ptn_format *format, struct ptn_slice text)
{
    struct ptn_pairs p;
    struct ptn_pair pair;
    size_t n = 0;
    ptn_pairs_begin(&p, format, text);
    while (ptn_pairs_next(&p, &pair)) {
        require(within(pair.key, text) && within(pair.value, text) && within(pair.word, text));
        require(++n <= text.len);
    }
}

static void read(const struct ptn_format *format, struct ptn_slice text)
{
    struct ptn_log_state state = {0};
    struct ptn_knocks knocks = {0};
    struct ptn_message m = {.line = text, .text = text, .time = PTN_NO_TIME};
    enum ptn_line kind = ptn_format_read(format, &state, &m, &knocks);
    require(kind == PTN_LINE_PACKET || knocks.n == 0);
    for (size_t i = 0; i < knocks.n; i++) {
        const struct ptn_knock *k = &knocks.items[i];
        require(within(k->in, text) && within(k->out, text) && within(k->rule, text));
    }
    ptn_knocks_release(&knocks);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    char *copy = malloc(size);
    require(copy);
    memcpy(copy, data + 1, size - 1);
    struct ptn_slice text = {copy, size - 1};
    for (size_t i = 0; i < N_FORMATS; i++)
        if (data[0] == 'A' + N_FORMATS || data[0] == 'A' + i) {
            read(formats[i], text);
            walk(formats[i], text);
        }
    free(copy);
    return 0;
}
