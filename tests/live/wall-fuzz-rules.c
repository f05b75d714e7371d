/* Rulesets as lines: put together, loaded, and mended where the kernel or nft refuses a line. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wall-fuzz.h"

#define TRIES 16
#define SIX 100 /* tables from here on are ip6tables' */

void rules_add(struct rules *r, uint16_t table, uint16_t chain, bool removable, const char *text)
{
    if (r->n == r->room) {
        r->room = r->room ? r->room * 2 : 64;
        r->items = reallocarray(r->items, r->room, sizeof(*r->items));
    }
    char *copy = strdup(text);
    if (!r->items || !copy)
        abort();
    r->items[r->n++] = (struct item){.text = copy, .table = table, .chain = chain, .removable = removable};
}

void rules_free(struct rules *r)
{
    for (size_t i = 0; i < r->n; i++)
        free(r->items[i].text);
    free(r->items);
    *r = (struct rules){0};
}

void rules_lines(struct rules *r, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        char *line = strndup(text, len);
        rules_add(r,
                  r->xt && strcmp(line, "# ip6tables") == 0 ? SIX
                  : r->n                                    ? r->items[r->n - 1].table
                                                            : 1,
                  0, false, line);
        free(line);
        text += len + (text[len] == '\n');
    }
}

static bool stands(const struct rules *r, size_t i, bool six)
{
    return !r->items[i].dropped && (!r->xt || (r->items[i].table >= SIX) == six);
}

char *rules_text(const struct rules *r, bool six)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    for (size_t i = 0; i < r->n; i++)
        if (stands(r, i, six))
            fprintf(f, "%s\n", r->items[i].text);
    fclose(f);
    return text;
}

/* ---- tools ------------------------------------------------------------------------------------------------------ */

static int memory(const char *text)
{
    int fd = memfd_create("wall-fuzz", MFD_CLOEXEC);
    if (fd < 0)
        abort();
    if (text && (write(fd, text, strlen(text)) < 0 || lseek(fd, 0, SEEK_SET) < 0))
        abort();
    return fd;
}

static char *content(int fd)
{
    off_t size = lseek(fd, 0, SEEK_END);
    char *text = size >= 0 ? malloc((size_t)size + 1) : NULL;
    if (!text || pread(fd, text, (size_t)size, 0) != size)
        abort();
    text[size] = 0;
    return text;
}

int run(const char *const argv[], const char *text, char **out, char **err)
{
    int in = memory(text), to = memory(NULL), messages = memory(NULL), status = -1;
    pid_t child = vfork();
    if (child == 0) {
        dup2(in, 0);
        dup2(to, 1);
        dup2(messages, 2);
        execvp(argv[0], (char *const *)argv);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) < 0)
        status = -1;
    if (out)
        *out = content(to);
    if (err)
        *err = content(messages);
    close(in);
    close(to);
    close(messages);
    return status >= 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* ---- loading ---------------------------------------------------------------------------------------------------- */

static bool drop_line(struct rules *r, bool six, unsigned long line)
{
    for (size_t i = 0; i < r->n; i++)
        if (stands(r, i, six) && --line == 0) {
            r->items[i].dropped = r->items[i].removable;
            if (getenv("WALL_FUZZ_REFUSED"))
                fprintf(stderr, "refused: %s\n", r->items[i].text);
            return r->items[i].removable;
        }
    return false;
}

/* Drops every line that a message names, from the last, so that the others keep their numbers. */
static int drop_refused(struct rules *r, bool six, const char *messages, const char *before)
{
    unsigned long lines[64], n = 0;
    int dropped = 0;
    for (const char *at = messages; (at = strstr(at, before)) && n < 64; n++) {
        at += strlen(before);
        at += strspn(at, ": ");
        lines[n] = strtoul(at, NULL, 10);
    }
    while (n > 0) {
        unsigned long last = 0;
        for (unsigned long i = 0; i < n; i++)
            last = lines[i] > lines[last] ? i : last;
        unsigned long line = lines[last];
        dropped += drop_line(r, six, line);
        for (unsigned long i = n; i-- > 0;)
            if (lines[i] == line)
                lines[i] = lines[--n];
    }
    return dropped;
}

static int load(struct rules *r, bool six, const char *const argv[], const char *before)
{
    int refused = 0;
    for (int try = 0; try < TRIES; try++) {
        char *text = rules_text(r, six), *err = NULL;
        int status = run(argv, text, NULL, &err);
        int dropped = status ? drop_refused(r, six, err, before) : 0;
        if (status && (getenv("WALL_FUZZ_REFUSED") || status > 2))
            fprintf(stderr, "%s: %s\n", argv[0], err);
        free(text);
        free(err);
        if (status == 0)
            return refused;
        if (!dropped)
            return -1;
        refused += dropped;
    }
    return -1;
}

/* Legacy tables stay when nft's are flushed: once there are any, they are emptied each time. */
static void empty_legacy(bool now)
{
    static const char empty[] = "*raw\nCOMMIT\n*mangle\nCOMMIT\n*nat\nCOMMIT\n*filter\n:INPUT ACCEPT\n:FORWARD "
                                "ACCEPT\n:OUTPUT ACCEPT\nCOMMIT\n";
    static const char *const restore[] = {"iptables-legacy-restore", NULL};
    static const char *const restore6[] = {"ip6tables-legacy-restore", NULL};
    static bool used;
    if (used) {
        run(restore, empty, NULL, NULL);
        run(restore6, empty, NULL, NULL);
    }
    used |= now;
}

int rules_load(struct rules *r)
{
    static const char *const nft[] = {"nft", "-f", "/dev/stdin", NULL};
    static const char *const restore[][2] = {{"iptables-nft-restore"}, {"iptables-legacy-restore"}};
    static const char *const restore6[][2] = {{"ip6tables-nft-restore"}, {"ip6tables-legacy-restore"}};
    empty_legacy(r->legacy);
    if (!r->xt)
        return load(r, false, nft, "/dev/stdin");
    if (run(nft, "flush ruleset\n", NULL, NULL) != 0)
        return -1;
    int four = load(r, false, restore[r->legacy], "line"), six = load(r, true, restore6[r->legacy], "line");
    return four < 0 || six < 0 ? -1 : four + six;
}
