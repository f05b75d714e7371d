/*
 * The chart compiler: records and the registry's table into books. Part of the build, on the library's own reader, so
 * that an unknown field, a doubled claim, a missing source or a dangling reference stops the build with its place.
 *
 *     chartc chart OUT.book FILE.rec...
 *     chartc registry OUT.book iana.tsv
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "chart/draft.h"
#include "chart/iana.h"

#define FILE_MAX (16u << 20)

static void complain(void *ctx, const char *text)
{
    (void)ctx;
    fprintf(stderr, "%s\n", text);
}

/* Malware records stand only in malware.rec, sources only in SOURCES.rec, so that each has its one place. */
static unsigned types_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    return strcmp(name, "malware.rec") == 0   ? PTN_ENTRY_MALWARE
           : strcmp(name, "SOURCES.rec") == 0 ? PTN_ENTRY_SOURCE
                                              : PTN_ENTRY_SERVICE;
}

static int add_row(void *ctx, const struct ptn_assignment *a)
{
    return ptn_draft_add_assignment(ctx, a);
}

static int add_file(struct ptn_draft *d, const char *path, bool registry)
{
    struct ptn_err err = {""};
    char *text;
    size_t len;
    int r = ptn_file_read(path, FILE_MAX, &text, &len);
    if (r < 0) {
        ptn_draft_complain(d, "%s: %s", path, strerror(-r));
        return r;
    }
    if (registry) {
        static struct ptn_iana_info info;
        r = ptn_registry_tsv_read(path, text, len, add_row, d, &info, &err);
        d->title = info.title;
        d->date = info.updated;
    } else {
        r = ptn_draft_add_text(d, path, text, len, types_of(path), false, NULL);
    }
    if (r < 0)
        ptn_draft_complain(d, "%s", err.text[0] ? err.text : strerror(-r));
    free(text);
    return r;
}

int main(int argc, char **argv)
{
    struct ptn_draft d;
    void *block = NULL;
    size_t len;
    if (argc < 4 || (strcmp(argv[1], "chart") != 0 && strcmp(argv[1], "registry") != 0)) {
        fprintf(stderr, "usage: chartc chart|registry OUT FILE...\n");
        return 2;
    }
    bool registry = strcmp(argv[1], "registry") == 0;
    ptn_draft_init(&d, complain, NULL);
    int r = 0;
    for (int i = 3; i < argc && r >= 0; i++)
        r = add_file(&d, argv[i], registry);
    if (r >= 0 && !registry)
        r = ptn_draft_check(&d, NULL, false);
    if (r >= 0 && d.complaints == 0 && (r = ptn_draft_write(&d, &block, &len)) == 0)
        r = ptn_file_replace(argv[2], block, len, 0644);
    if (r < 0 || d.complaints)
        fprintf(stderr, "chartc: %s: not made: %s\n", argv[2], r < 0 ? strerror(-r) : "mend the records above");
    int status = r < 0 || d.complaints ? 1 : 0;
    free(block);
    ptn_draft_release(&d);
    return status;
}
