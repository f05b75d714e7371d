#include "unitfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "fs.h"
#include "snapshot.h"

#define DROP_INS_MAX 256 /* of one unit */
#define NAME_SIZE 256

const char *const ptn_unit_dirs[PTN_UNIT_DIRS] = {"/etc/systemd/system", "/run/systemd/system",
                                                  "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
                                                  "/lib/systemd/system"};

/* Joins lines that end in a backslash, as systemd does: with a blank. */
static void join_lines(char *text)
{
    for (char *p = text; (p = strstr(p, "\\\n")); p += 2)
        p[0] = p[1] = ' ';
}

void ptn_unit_parse(char *text, const char *section, ptn_unit_each each, void *ctx)
{
    char *save = NULL;
    bool inside = false;
    size_t n = strlen(section);
    join_lines(text);
    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        line = ptn_trim(line);
        if (line[0] == '[')
            inside = strncmp(line + 1, section, n) == 0 && line[n + 1] == ']';
        char *value = strchr(line, '=');
        if (!inside || !value || line[0] == '#' || line[0] == ';' || line[0] == '[')
            continue;
        *value++ = '\0';
        each(ctx, ptn_trim(line), ptn_trim(value));
    }
}

/* A link to /dev/null masks the unit; a link to another name is an alias. */
static bool is_other(const char *path, const char *name)
{
    char target[PATH_MAX];
    if (ptn_read_link(AT_FDCWD, path, target, sizeof(target)) <= 0)
        return false;
    const char *slash = strrchr(target, '/');
    return strcmp(slash ? slash + 1 : target, name) != 0;
}

static int parse_file(const char *path, const char *section, ptn_unit_each each, void *ctx)
{
    char *text;
    size_t len;
    int r = ptn_file_read(path, PTN_UNIT_MAX, &text, &len);
    if (r < 0)
        return r;
    ptn_unit_parse(text, section, each, ctx);
    free(text);
    return len == 0; /* an empty file masks, too */
}

struct drop_in {
    char name[NAME_SIZE];
    size_t dir;
};

static int compare_drop_in(const void *a, const void *b)
{
    const struct drop_in *x = a, *y = b;
    int r = strcmp(x->name, y->name);
    return r ? r : x->dir < y->dir ? -1 : x->dir > y->dir;
}

static void list_drop_ins(const char *root, const char *unit, size_t dir, struct ptn_array *ret)
{
    _Alignas(struct ptn_dirent) char buf[4096];
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s%s/%s.d", root, ptn_unit_dirs[dir], unit);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    for (ssize_t n; (n = ptn_read_dir(fd, buf, sizeof(buf))) > 0;) {
        for (size_t at = 0; at < (size_t)n;) {
            const char *name = ptn_next_entry(buf, &at)->name;
            struct drop_in *d =
                ptn_ends_with(name, ".conf") && ret->n < DROP_INS_MAX ? ptn_array_add(ret, sizeof(*d)) : NULL;
            if (!d)
                continue;
            snprintf(d->name, sizeof(d->name), "%s", name);
            d->dir = dir;
        }
    }
    close(fd);
}

/* In the order of their names; of equal names the stronger folder's. */
static void parse_drop_ins(const char *root, const char *unit, const char *section, ptn_unit_each each, void *ctx)
{
    struct ptn_array all = {0};
    for (size_t i = 0; i < PTN_UNIT_DIRS; i++)
        list_drop_ins(root, unit, i, &all);
    if (all.n)
        qsort(all.items, all.n, sizeof(struct drop_in), compare_drop_in);
    for (size_t i = 0; i < all.n; i++) {
        const struct drop_in *d = PTN_AT(struct drop_in, &all, i);
        char path[PATH_MAX];
        if (i && strcmp(d[-1].name, d->name) == 0)
            continue;
        snprintf(path, sizeof(path), "%s%s/%s.d/%s", root, ptn_unit_dirs[d->dir], unit, d->name);
        parse_file(path, section, each, ctx);
    }
    ptn_array_free(&all);
}

int ptn_unit_load(const char *root, const char *name, const char *section, bool drop_ins, ptn_unit_each each, void *ctx,
                  char path[static PATH_MAX])
{
    char full[PATH_MAX];
    for (size_t i = 0; i < PTN_UNIT_DIRS; i++) {
        snprintf(path, PATH_MAX, "%s/%s", ptn_unit_dirs[i], name);
        if (snprintf(full, sizeof(full), "%s%s", root, path) >= PATH_MAX)
            return -ENAMETOOLONG;
        if (is_other(full, name))
            return 1;
        int r = parse_file(full, section, each, ctx);
        if (r == -ENOENT)
            continue;
        if (r == 0 && drop_ins)
            parse_drop_ins(root, name, section, each, ctx);
        return r;
    }
    return -ENOENT;
}
