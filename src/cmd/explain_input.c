/* Which logs are read, and what of them. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "explain.h"
#include "source/log/stamp.h"

#define COPY (1u << 18)
#define SECOND INT64_C(1000000)

/* ---- where ----------------------------------------------------------------------------------------------------------
 */

/* A pipe is read twice only if it is kept. */
static int keep_input(struct ptn_explain_run *e)
{
    const char *dir = getenv("TMPDIR");
    char *buf = malloc(COPY);
    dir = dir && *dir ? dir : "/tmp";
    int fd = buf ? open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) : -1, r = fd < 0 ? -1 : 0;
    ssize_t n = 1;
    while (r == 0 && (n = read(STDIN_FILENO, buf, COPY)) > 0)
        for (ssize_t at = 0, put; at < n && r == 0; at += put)
            if ((put = write(fd, buf + at, (size_t)(n - at))) < 0)
                r = -1;
    if (r == 0 && (n < 0 || lseek(fd, 0, SEEK_SET) < 0 || dup2(fd, STDIN_FILENO) < 0))
        r = -1;
    const int code = errno;
    free(buf);
    if (fd >= 0)
        close(fd);
    return r < 0 ? ptn_complain(e->run, "standard input, kept in %s: %s", dir, strerror(code)) : 0;
}

static bool is_kept(int fd)
{
    return lseek(fd, 0, SEEK_CUR) >= 0;
}

/* Where systems keep what the kernel's filter logs. */
static int find_logs(struct ptn_explain_run *e)
{
    static const char *const places[] = {"/var/log/journal",  "/run/log/journal", "/var/log/ufw.log",
                                         "/var/log/kern.log", "/var/log/syslog",  "/var/log/messages"};
    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
        if (access(places[i], R_OK) == 0) {
            e->paths[e->pass.n_paths++] = places[i];
            break;
        }
    if (!e->pass.n_paths)
        return ptn_complain(e->run, "no log is named, and none can be read in /var/log: portolan explain FILE");
    ptn_say(e->run, "reading %s", e->paths[0]);
    return 0;
}

static int choose_paths(struct ptn_explain_run *e)
{
    struct ptn_run *run = e->run;
    bool input = false;
    e->pass.paths = e->paths;
    if (run->n_args) {
        e->pass.paths = (const char *const *)run->args;
        e->pass.n_paths = (size_t)run->n_args;
    } else if (isatty(STDIN_FILENO)) {
        return find_logs(e);
    } else {
        e->paths[e->pass.n_paths++] = "-";
    }
    for (size_t i = 0; i < e->pass.n_paths; i++)
        input = input || strcmp(e->pass.paths[i], "-") == 0;
    if (input && !is_kept(STDIN_FILENO))
        return keep_input(e);
    e->pass.input_at = input ? lseek(STDIN_FILENO, 0, SEEK_CUR) : 0;
    return 0;
}

const char *ptn_explain_file(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

/* ---- when -----------------------------------------------------------------------------------------------------------
 */

/* "90m", "24h", "7d": so long ago. */
static bool read_ago(const char *text, int64_t now, int64_t *ret)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
    char *end;
    errno = 0;
    const long n = strtol(text, &end, 10);
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
        if (end > text && n >= 0 && n < 100000 && !errno && *end == units[i].unit && !end[1]) {
            *ret = now - n * units[i].seconds * SECOND;
            return true;
        }
    return false;
}

static bool read_day(const char *text, int64_t *ret)
{
    struct tm tm = {.tm_isdst = -1};
    const char *end = strptime(text, "%Y-%m-%d", &tm);
    if (!end || *end)
        return false;
    *ret = mktime(&tm) * SECOND;
    return true;
}

static int read_time(struct ptn_run *run, enum ptn_option option, int64_t now, int64_t *ret)
{
    const char *text = run->value[option];
    struct ptn_clock clock = {.latest = now};
    *ret = PTN_NO_TIME;
    if (!text || read_ago(text, now, ret) || read_day(text, ret))
        return 0;
    const size_t len = strlen(text);
    if (len && ptn_stamp_read(&clock, text, len, ret) == len)
        return 0;
    return ptn_complain(run, "--%s: \"%.60s\" is no time: 2026-10-01, 2026-10-01T12:00:00Z or 24h (ago)",
                        ptn_option_info(option)->word, text);
}

int ptn_explain_input(struct ptn_explain_run *e)
{
    const int64_t now = time(NULL) * SECOND;
    int r = read_time(e->run, PTN_OPT_SINCE, now, &e->pass.opts.since);
    if (r == 0)
        r = read_time(e->run, PTN_OPT_UNTIL, now, &e->pass.opts.until);
    e->pass.opts.pattern = e->run->value[PTN_OPT_PATTERN];
    return r ? r : choose_paths(e);
}
