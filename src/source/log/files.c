#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "knock.h"
#include "rotation.h"

#define DEPTH_MAX 16
#define FILES_MAX (1u << 20)

/* ---- finding ----------------------------------------------------------------------------------------- */

int ptn_log_files_put(struct ptn_log_files *f, struct ptn_log_file file)
{
    size_t room = f->room ? f->room * 2 : 16;
    struct ptn_log_file *more = f->n < f->room || !file.path ? f->items : realloc(f->items, room * sizeof(*more));
    if (!more || !file.path) {
        free(file.path);
        return -ENOMEM;
    }
    f->room = f->n < f->room ? f->room : room;
    f->items = more;
    f->items[f->n++] = file;
    return 0;
}

static int add_file(struct ptn_log_files *f, const char *path, const struct stat *st, bool found)
{
    bool regular = S_ISREG(st->st_mode);
    return ptn_log_files_put(f, (struct ptn_log_file){.path = strdup(path),
                                                      .regular = regular,
                                                      .found = found,
                                                      .mtime = regular ? st->st_mtim.tv_sec : time(NULL),
                                                      .dev = st->st_dev,
                                                      .ino = st->st_ino});
}

static int is_shown(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

struct walk {
    struct ptn_log_files *files;
    ptn_log_trouble trouble;
    void *ctx;
};

static int add_folder(const struct walk *w, const char *path, unsigned depth);

static int add_found(const struct walk *w, const char *path, unsigned depth)
{
    struct stat st;
    if (lstat(path, &st) < 0) {
        if (errno != ENOENT) /* rotated away meanwhile */
            w->trouble(w->ctx, path, -errno);
        return 0;
    }
    if (S_ISDIR(st.st_mode))
        return add_folder(w, path, depth + 1);
    if (!S_ISREG(st.st_mode) || st.st_size == 0)
        return 0;
    if (w->files->n < FILES_MAX)
        return add_file(w->files, path, &st, true);
    w->trouble(w->ctx, path, -EMFILE);
    return 0;
}

static int add_folder(const struct walk *w, const char *path, unsigned depth)
{
    struct dirent **list;
    if (depth > DEPTH_MAX) {
        w->trouble(w->ctx, path, -ELOOP);
        return 0;
    }
    int n = scandir(path, &list, is_shown, alphasort), r = 0;
    if (n < 0) {
        w->trouble(w->ctx, path, -errno);
        return 0;
    }
    for (int i = 0; i < n; i++) {
        char *below = NULL;
        const char *slash = path[strlen(path) - 1] == '/' ? "" : "/";
        if (r == 0)
            r = asprintf(&below, "%s%s%s", path, slash, list[i]->d_name) < 0 ? -ENOMEM : add_found(w, below, depth);
        free(below);
        free(list[i]);
    }
    free(list);
    return r;
}

int ptn_log_files_add(struct ptn_log_files *f, const char *path, ptn_log_trouble trouble, void *ctx)
{
    struct walk w = {f, trouble, ctx};
    struct stat st;
    if (!*path || (strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &st) : stat(path, &st)) < 0) {
        trouble(ctx, path, *path ? -errno : -ENOENT);
        return 0;
    }
    return S_ISDIR(st.st_mode) ? add_folder(&w, path, 0) : add_file(f, path, &st, false);
}

/* ---- sorting ----------------------------------------------------------------------------------------- */

#define ASK_MAX 3 /* files of a log that are asked when it begins; some have no stamp */

struct place {
    char *family; /* with its folder */
    uint64_t rank;
    size_t given, first; /* its place in the list, and of the first of its family */
    int64_t begins;      /* of its family; INT64_MAX: not known */
};

static int by_family(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    int c = strcmp(x->family, y->family);
    if (!c)
        c = (x->rank > y->rank) - (x->rank < y->rank);
    return c ? c : (x->given > y->given) - (x->given < y->given);
}

static int by_time(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    int c = (x->begins > y->begins) - (x->begins < y->begins);
    if (!c)
        c = (x->first > y->first) - (x->first < y->first);
    if (!c)
        c = (x->rank > y->rank) - (x->rank < y->rank);
    return c ? c : (x->given > y->given) - (x->given < y->given);
}

static bool read_place(const char *path, struct place *ret)
{
    struct ptn_rotation rotation;
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    ptn_rotation_read(name, &rotation);
    ret->rank = rotation.rank;
    return asprintf(&ret->family, "%.*s%s", (int)(name - path), path, rotation.family) >= 0;
}

/* What is known of a family goes to its members. */
static void settle(struct place *p, size_t n, const struct ptn_log_files *f,
                   int64_t (*begins)(void *ctx, const struct ptn_log_file *), void *ctx)
{
    int64_t time = PTN_NO_TIME;
    size_t first = p[0].given;
    for (size_t i = 0; i < n && i < ASK_MAX && time == PTN_NO_TIME && begins; i++)
        if (f->items[p[i].given].regular)
            time = begins(ctx, &f->items[p[i].given]);
    for (size_t i = 0; i < n; i++)
        first = p[i].given < first ? p[i].given : first;
    for (size_t i = 0; i < n; i++) {
        p[i].begins = time == PTN_NO_TIME ? INT64_MAX : time;
        p[i].first = first;
    }
}

static int arrange(struct place *p, const struct ptn_log_files *f,
                   int64_t (*begins)(void *ctx, const struct ptn_log_file *), void *ctx)
{
    for (size_t i = 0; i < f->n; i++) {
        p[i].given = i;
        if (!read_place(f->items[i].path, &p[i]))
            return -ENOMEM;
    }
    qsort(p, f->n, sizeof(*p), by_family);
    for (size_t i = 0, n; i < f->n; i += n) {
        for (n = 1; i + n < f->n && strcmp(p[i].family, p[i + n].family) == 0; n++)
            ;
        settle(p + i, n, f, n < f->n ? begins : NULL, ctx);
    }
    qsort(p, f->n, sizeof(*p), by_time);
    return 0;
}

/* The same file under two names, or named twice. */
static int by_identity(const void *a, const void *b)
{
    const struct ptn_log_file *const *x = a, *const *y = b;
    if ((*x)->dev != (*y)->dev)
        return (*x)->dev < (*y)->dev ? -1 : 1;
    if ((*x)->ino != (*y)->ino)
        return (*x)->ino < (*y)->ino ? -1 : 1;
    return (*x > *y) - (*x < *y);
}

static bool drop_doubles(struct ptn_log_files *f)
{
    struct ptn_log_file **sorted = malloc(f->n * sizeof(*sorted));
    size_t n = 0;
    if (!sorted)
        return false;
    for (size_t i = 0; i < f->n; i++)
        sorted[i] = &f->items[i];
    qsort(sorted, f->n, sizeof(*sorted), by_identity);
    for (size_t i = 1, first = 0; i < f->n; i++) {
        if (sorted[i]->dev != sorted[first]->dev || sorted[i]->ino != sorted[first]->ino) {
            first = i;
            continue;
        }
        free(sorted[i]->path);
        sorted[i]->path = NULL;
    }
    for (size_t i = 0; i < f->n; i++)
        if (f->items[i].path)
            f->items[n++] = f->items[i];
    f->n = n;
    free(sorted);
    return true;
}

int ptn_log_files_sort(struct ptn_log_files *f, int64_t (*begins)(void *ctx, const struct ptn_log_file *), void *ctx)
{
    if (f->n < 2)
        return 0;
    if (!drop_doubles(f))
        return -ENOMEM;
    struct place *p = calloc(f->n, sizeof(*p));
    struct ptn_log_file *sorted = malloc(f->n * sizeof(*sorted));
    int r = p && sorted ? arrange(p, f, begins, ctx) : -ENOMEM;
    if (r == 0) {
        for (size_t i = 0; i < f->n; i++)
            sorted[i] = f->items[p[i].given];
        memcpy(f->items, sorted, f->n * sizeof(*sorted));
    }
    for (size_t i = 0; p && i < f->n; i++)
        free(p[i].family);
    free(p);
    free(sorted);
    return r;
}

void ptn_log_files_release(struct ptn_log_files *f)
{
    for (size_t i = 0; i < f->n; i++)
        free(f->items[i].path);
    free(f->items);
    *f = (struct ptn_log_files){0};
}
