/* Opening the chart: the built-in books, an imported registry, the site's overlays. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "draft.h"
#include "layers.h"

/* ---- places ------------------------------------------------------------------------------------- */

static void place(bool system, const char *root, const char *variable, const char *home_part, const char *rest,
                  char *out, size_t size)
{
    const char *xdg = getenv(variable), *home = getenv("HOME");
    int n = 0;
    out[0] = '\0';
    if (system)
        n = snprintf(out, size, "%s/portolan/%s", root, rest);
    else if (xdg && xdg[0] == '/')
        n = snprintf(out, size, "%s/portolan/%s", xdg, rest);
    else if (home && home[0] == '/')
        n = snprintf(out, size, "%s/%s/portolan/%s", home, home_part, rest);
    if (n < 0 || (size_t)n >= size)
        out[0] = '\0';
}

void ptn_chart_overlay_dir(bool system, char *out, size_t size)
{
    place(system, "/etc", "XDG_CONFIG_HOME", ".config", "chart.d", out, size);
}

void ptn_chart_registry_path(bool system, char *out, size_t size)
{
    place(system, "/var/lib", "XDG_DATA_HOME", ".local/share", "registry.book", out, size);
}

/* ---- overlays ------------------------------------------------------------------------------------ */

static int is_rec(const struct dirent *e)
{
    size_t len = strlen(e->d_name);
    return e->d_name[0] != '.' && len > 4 && strcmp(e->d_name + len - 4, ".rec") == 0;
}

/* A home that we may not enter (after su or setpriv, HOME is often still another's) holds nothing of ours. */
static bool is_absent(int error, bool system)
{
    return error == ENOENT || error == ENOTDIR || (error == EACCES && !system);
}

static int add_dir(struct ptn_draft *d, const char *dir, bool system, const struct ptn_book *base)
{
    struct dirent **list;
    int n = *dir ? scandir(dir, &list, is_rec, alphasort) : 0, r = 0;
    if (n < 0) {
        if (!is_absent(errno, system))
            ptn_draft_complain(d, "%s: %s", dir, strerror(errno));
        return 0;
    }
    for (int i = 0; i < n; i++) {
        char *path = NULL;
        if (r == 0 && asprintf(&path, "%s/%s", dir, list[i]->d_name) < 0)
            r = -ENOMEM;
        struct stat st;
        if (r == 0 && stat(path, &st) == 0 && !S_ISREG(st.st_mode))
            ptn_draft_complain(d, "%s: not a regular file", path);
        else if (r == 0)
            r = ptn_draft_add_overlay(d, path, base);
        free(path);
        free(list[i]);
    }
    if (n > 0)
        free(list);
    return r;
}

static int read_overlays(struct ptn_chart *c, const struct ptn_chart_opts *o)
{
    struct ptn_draft d;
    const struct ptn_book *base = &c->books[PTN_LAYER_CHART];
    char dir[2][4096];
    int r = 0;
    ptn_draft_init(&d, o->complain, o->ctx);
    for (int i = 0; r == 0 && i < 2; i++) {
        ptn_chart_overlay_dir(i == 0, dir[i], sizeof(dir[i]));
        if (i == 0 || strcmp(dir[0], dir[1]) != 0)
            r = add_dir(&d, dir[i], i == 0, base);
    }
    for (size_t i = 0; r == 0 && i < o->n_overlays; i++)
        r = ptn_draft_add_overlay(&d, o->overlays[i], base);
    if (r == 0 && d.n_entries)
        r = ptn_draft_check(&d, base, true);
    size_t len;
    if (r == 0 && d.n_entries)
        r = ptn_draft_write(&d, &c->site_block, &len);
    if (r == 0 && c->site_block)
        r = ptn_book_open(&c->books[PTN_LAYER_SITE], c->site_block, len, false);
    ptn_draft_release(&d);
    return r;
}

/* ---- an imported registry --------------------------------------------------------------------------- */

static int map_registry(struct ptn_chart *c, const char *path, bool system)
{
    struct stat st;
    int fd = *path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return *path && !is_absent(errno, system) ? -errno : -ENOENT;
    int r = fstat(fd, &st) < 0 ? -errno : st.st_size <= 0 || st.st_size > (64 << 20) ? -EINVAL : 0;
    void *p = r == 0 ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    if (r == 0 && p == MAP_FAILED)
        r = -errno;
    close(fd);
    if (r < 0)
        return r;
    r = ptn_book_open(&c->books[PTN_LAYER_REGISTRY], p, (size_t)st.st_size, true);
    if (r < 0) {
        munmap(p, (size_t)st.st_size);
        return r;
    }
    c->registry_map = p;
    c->registry_size = (size_t)st.st_size;
    return 0;
}

static void use_import(struct ptn_chart *c, const struct ptn_chart_opts *o)
{
    for (int system = 0; system < 2; system++) {
        char path[4096], text[4300];
        ptn_chart_registry_path(system, path, sizeof(path));
        int r = map_registry(c, path, system);
        if (r == 0)
            return;
        if (r == -ENOENT || !o->complain)
            continue;
        snprintf(text, sizeof(text), "%s: %s; using the built-in registry", path,
                 r == -EINVAL ? "not a registry of this version (run chart import again)" : strerror(-r));
        o->complain(o->ctx, text);
    }
}

/* ---- the chart ----------------------------------------------------------------------------------------- */

int ptn_chart_open(struct ptn_chart **ret, const struct ptn_chart_opts *opts, struct ptn_err *err)
{
    static const struct ptn_chart_opts none = {0};
    const struct ptn_chart_opts *o = opts ? opts : &none;
    struct ptn_chart *c = calloc(1, sizeof(*c));
    if (!c)
        return ptn_fail(err, -ENOMEM, "out of memory");
    int r = ptn_book_open(&c->books[PTN_LAYER_CHART], ptn_builtin_chart,
                          (size_t)(ptn_builtin_chart_end - ptn_builtin_chart), false);
    if (r == 0)
        r = ptn_book_open(&c->books[PTN_LAYER_REGISTRY], ptn_builtin_registry,
                          (size_t)(ptn_builtin_registry_end - ptn_builtin_registry), false);
    if (r < 0) {
        free(c);
        return ptn_fail(err, r, "the built-in chart is damaged");
    }
    if (!o->builtin_only) {
        use_import(c, o);
        r = read_overlays(c, o);
    }
    if (r < 0) {
        ptn_chart_close(c);
        return ptn_fail(err, r, "%s", strerror(-r));
    }
    *ret = c;
    return 0;
}

void ptn_chart_close(struct ptn_chart *c)
{
    if (!c)
        return;
    free(c->site_block);
    if (c->registry_map)
        munmap(c->registry_map, c->registry_size);
    free(c);
}
