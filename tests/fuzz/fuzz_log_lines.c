/* Any octets as a log: text of any format, archives, JSON, the journal's export, captures. */
#include "fuzz.h"

#include "source/log/memory.h"

static int count;

static int take(void *worker, const struct ptn_knock *k, const struct ptn_format *format,
                const struct ptn_log_place *place)
{
    (void)worker;
    require(format && format->name && place->file);
    require(k->src.family || k->dst.family || k->has);
    for (size_t i = 0; i < k->in.len + k->out.len + k->rule.len; i++) { /* that they can be read */
        struct ptn_slice s = i < k->in.len ? k->in : i < k->in.len + k->out.len ? k->out : k->rule;
        count += s.at[i < k->in.len ? i : i < k->in.len + k->out.len ? i - k->in.len : i - k->in.len - k->out.len];
    }
    return 0;
}

static void complain(void *ctx, const char *text)
{
    (void)ctx;
    require(strlen(text) > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct ptn_log_sink sink = {.knock = take};
    static const struct ptn_log_opts opts = {.since = PTN_NO_TIME, .until = PTN_NO_TIME, .threads = 1};
    struct ptn_log_sums sums;
    struct ptn_err err;
    ptn_log_read_memory(data, size, &opts, &sink, complain, NULL, &sums, &err);
    require(sums.packets + sums.remarks + sums.broken + sums.unknown <= sums.lines);
    require(sums.n_broken_samples <= PTN_LOG_SAMPLES && sums.n_unknown_samples <= PTN_LOG_SAMPLES);
    return 0;
}
