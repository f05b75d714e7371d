/* One thread's share of reading logs: a line in, knocks out, and what is counted. (worker.c) */
#ifndef PTN_SOURCE_LOG_WORKER_H
#define PTN_SOURCE_LOG_WORKER_H

#include "log.h"
#include "netfilter_again.h"
#include "stamp.h"

#define PTN_LOG_LINE_MAX (1u << 20)

/* A line that is shown to the user. Its number is known when all of its file was read: it is line `line` (from 0) of
 * chunk `chunk`. */
struct ptn_log_mark {
    size_t file;
    uint64_t chunk, line;
    char text[256];
};

struct ptn_log_marks {
    struct ptn_log_mark items[PTN_LOG_SAMPLES];
    size_t n;
};

struct ptn_log_worker {
    const struct ptn_log_opts *opts;
    const struct ptn_log_sink *sink;
    const struct ptn_format *pattern; /* the user's, or NULL */
    void *sink_worker;
    bool counts_lines; /* it is the only one, so that line numbers are known */
    struct ptn_knocks knocks;
    struct ptn_clock clock;
    struct ptn_log_state state;
    struct ptn_again again;
    char *room; /* of the envelope */
    size_t room_len;

    const char *path; /* of the file that is read */
    size_t file;
    uint64_t chunk, line; /* where it is in it: the chunk, and lines of this chunk so far */
    uint64_t lines_before;

    uint64_t lines, packets, remarks, broken, unknown, octets;
    struct ptn_log_marks broken_marks, unknown_marks;
};

/* Turns to a file. mtime: seconds since 1970. */
void ptn_worker_turn(struct ptn_log_worker *, const char *path, size_t file, int64_t mtime);

/* One line without its end. Result: 0, or -errno that ends it all. */
int ptn_worker_line(struct ptn_log_worker *, struct ptn_slice line);
/* A message that came without an envelope. */
int ptn_worker_message(struct ptn_log_worker *, const struct ptn_message *);
/* A packet of a capture. */
int ptn_worker_knock(struct ptn_log_worker *, const struct ptn_knock *, const struct ptn_format *);
/* What is no packet, or cannot be read, of something that has no lines. */
void ptn_worker_remark(struct ptn_log_worker *);
void ptn_worker_broken(struct ptn_log_worker *, struct ptn_slice text);

/* All lines of text[len], the last of which may have no end; `cut`: the last one had to be cut. */
int ptn_worker_lines(struct ptn_log_worker *, const char *text, size_t len, bool cut);

/* What a line is, for what it does to *state: nothing is counted, nobody is told. */
enum ptn_line ptn_worker_learn(struct ptn_log_worker *, struct ptn_log_state *state, struct ptn_slice line);
/* The time that a line tells of. */
int64_t ptn_worker_time(struct ptn_log_worker *, struct ptn_slice line);

static inline bool ptn_worker_stopped(const struct ptn_log_worker *w)
{
    return w->opts->stop && __atomic_load_n(w->opts->stop, __ATOMIC_RELAXED);
}

void ptn_worker_release(struct ptn_log_worker *);

#endif
