/* Reading a log once or twice: all threads into one tally, then line by line where single lines are asked for. */
#ifndef PTN_CMD_EXPLAIN_PASS_H
#define PTN_CMD_EXPLAIN_PASS_H

#include "judge/tally.h"
#include "source/log/log.h"

/* What is read, and who hears of trouble. */
struct ptn_pass {
    const char *const *paths;
    size_t n_paths;
    struct ptn_log_opts opts;
    void (*complain)(void *ctx, const char *text);
    void *complain_ctx;
    int64_t input_at; /* where standard input, which is a file, begins */
    bool progress;    /* on standard error */
};

/* Whether a line counts; NULL: every one. */
typedef bool (*ptn_pass_filter)(void *ctx, const struct ptn_knock *);

/* All of it into one tally, which the caller opened and releases. Result: 0 or -errno. */
int ptn_pass_tally(const struct ptn_pass *, struct ptn_tally *, ptn_pass_filter, void *ctx, struct ptn_log_sums *,
                   struct ptn_err *);

/* Line by line, in order; a positive result of `each` ends it without being an error. */
typedef int (*ptn_pass_each)(void *ctx, const struct ptn_knock *, const struct ptn_format *,
                             const struct ptn_log_place *);
int ptn_pass_lines(const struct ptn_pass *, ptn_pass_each, void *ctx, struct ptn_err *);

#endif
