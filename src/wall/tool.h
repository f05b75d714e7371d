/*
 * Running the system's own filter tools (nft, iptables-save) inside a network namespace, and scratch namespaces to try
 * a ruleset in. Nothing is passed through a shell.
 */
#ifndef PTN_WALL_TOOL_H
#define PTN_WALL_TOOL_H

#include <sys/types.h>

#include "base/err.h"

struct ptn_tool {
    pid_t pid;
    int in, out, err; /* pipes of ours: to its input (-1 if it has none), from its output, from its messages */
    const char *name;
    int status;      /* of the last failed read or write, -errno */
    char said[1024]; /* the beginning of its messages */
    size_t n_said;
};

/* Where a tool runs: files of /proc/PID/ns, /run/netns. "" or NULL: where we are. */
struct ptn_door {
    const char *net, *user;
};

/* Starts argv[0], looked for in PATH, /usr/sbin and /sbin, with LC_ALL=C. `feed`: it gets an input. It dies with the
 * thread that started it. argv[0] lives until it is finished. Result: 0; -ENOENT where there is no such program, -EPERM
 * where the namespace may not be entered, -ESRCH where there is none, all with a sentence. */
int ptn_tool_start(struct ptn_tool *, const struct ptn_door *, const char *const argv[], bool feed,
                   struct ptn_err *err);

/* Reads its output; a ptn_wall_pull with the tool as ctx. Result: octets, 0 at the end, -errno. */
ssize_t ptn_tool_pull(void *tool, char *buf, size_t size);

/* Writes all of text[len] to its input and closes that; reads no output meanwhile, so only for tools that read first.
 * Result: 0, or -errno (-EPIPE: it has ended; ptn_tool_finish() tells why). */
int ptn_tool_feed(struct ptn_tool *, const char *text, size_t len);

/* Hears out what it still says, closes what is open, waits. One that still has more than a mebibyte to say is ended,
 * which counts as good. Does nothing to one that did not start. Result: 0 if it ended with 0; else -EIO (or -EPERM
 * where it says that it may not) with "nft: " and its message, foreign characters replaced. */
int ptn_tool_finish(struct ptn_tool *, struct ptn_err *err);

/* All of it: start, feed (NULL: nothing), collect at most `max` octets of output (NULL ret: all of it is lost), finish.
 * Caller frees *ret, which is NUL-terminated. */
int ptn_tool_run(const struct ptn_door *, const char *const argv[], const char *text, size_t len, size_t max,
                 char **ret, size_t *ret_len, struct ptn_err *err);

/* A network namespace of our own that nobody else uses, held by a child; with a user namespace where we are not root.
 * Its loopback is up. Result: 0, or -EPERM with a sentence. */
struct ptn_scratch {
    pid_t pid;
    int hold;               /* our end of a pipe: when it is closed, and be it by our death, the namespace goes */
    char net[40], user[40]; /* for struct ptn_door */
};
int ptn_scratch_open(struct ptn_scratch *, struct ptn_err *err);
void ptn_scratch_close(struct ptn_scratch *);

#endif
