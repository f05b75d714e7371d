#include "import.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "draft.h"

static int add_row(void *ctx, const struct ptn_assignment *a)
{
    return ptn_draft_add_assignment(ctx, a);
}

static int make_folders(const char *path)
{
    char *copy = strdup(path);
    int r = copy ? 0 : -ENOMEM;
    for (char *p = copy; r == 0 && (p = strchr(p + 1, '/'));) {
        *p = '\0';
        if (mkdir(copy, 0755) < 0 && errno != EEXIST)
            r = -errno;
        *p = '/';
    }
    free(copy);
    return r;
}

static int compile(const char *from, const char *text, size_t len, struct ptn_draft *d, struct ptn_iana_info *info,
                   void **block, size_t *size, struct ptn_err *err)
{
    int r = ptn_iana_read(from, text, len, add_row, d, info, err);
    if (r < 0)
        return r == -EINVAL ? r : ptn_fail(err, r, "%s: %s", from, strerror(-r));
    d->title = info->title[0] ? info->title : "Service Name and Transport Protocol Port Number Registry";
    d->date = info->updated[0] ? info->updated : info->newest;
    r = ptn_draft_write(d, block, size);
    return r < 0 ? ptn_fail(err, r, "%s: %s", from, strerror(-r)) : 0;
}

int ptn_registry_import(const char *from, const char *to, struct ptn_iana_info *info, struct ptn_err *err)
{
    struct ptn_draft d;
    char *text;
    size_t len, size;
    void *block = NULL;
    int r = ptn_file_read(from, PTN_IANA_FILE_MAX, &text, &len);
    if (r < 0)
        return ptn_fail(err, r, "%s: %s", from, strerror(-r));
    ptn_draft_init(&d, NULL, NULL);
    r = compile(from, text, len, &d, info, &block, &size, err);
    if (r == 0) {
        r = make_folders(to);
        r = r < 0 ? r : ptn_file_replace(to, block, size, 0644);
        if (r < 0)
            ptn_fail(err, r, "%s: %s", to, strerror(-r));
    }
    free(block);
    free(text);
    ptn_draft_release(&d);
    return r;
}
