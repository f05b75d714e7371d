/*
 * Files of systemd's journal, by libsystemd, which is loaded when the first one is met: nobody else should wait for it.
 * (sd_journal_open_files(3), sd_journal_get_data(3))
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "entry.h"
#include "whole.h"

#define LIBRARY "libsystemd.so.0"

/* As <systemd/sd-journal.h> declares them. */
struct sd_journal;
#define FUNCTIONS(X)                                                                                                   \
    X(open_files, int, struct sd_journal **, const char **, int)                                                       \
    X(next, int, struct sd_journal *)                                                                                  \
    X(get_data, int, struct sd_journal *, const char *, const void **, size_t *)                                       \
    X(get_realtime_usec, int, struct sd_journal *, uint64_t *)                                                         \
    X(set_data_threshold, int, struct sd_journal *, size_t)                                                            \
    X(close, void, struct sd_journal *)

struct library {
    void *handle;
#define X(name, type, ...) type (*name)(__VA_ARGS__);
    FUNCTIONS(X)
#undef X
};

static bool load(struct library *l)
{
    l->handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!l->handle)
        return false;
    bool all = true;
#define X(name, type, ...)                                                                                             \
    *(void **)&l->name = dlsym(l->handle, "sd_journal_" #name);                                                        \
    all = all && l->name;
    FUNCTIONS(X)
#undef X
    if (!all)
        dlclose(l->handle);
    return all;
}

static void take_field(const struct library *l, struct sd_journal *j, struct ptn_entry *entry,
                       enum ptn_entry_field field, const char *name)
{
    const void *data;
    size_t len, skip = strlen(name) + 1; /* "NAME=" stands before the value */
    if (l->get_data(j, name, &data, &len) == 0 && len >= skip)
        ptn_entry_put_field(entry, field, (struct ptn_slice){(const char *)data + skip, len - skip});
}

static int read_entry(const struct library *l, struct sd_journal *j, struct ptn_entry *entry, struct ptn_log_worker *w)
{
    char time[24];
    uint64_t usec;
#define X(id, name) take_field(l, j, entry, PTN_ENTRY_##id, name);
    PTN_ENTRY_FIELDS(X)
#undef X
    if (l->get_realtime_usec(j, &usec) == 0) {
        int len = snprintf(time, sizeof(time), "%llu", (unsigned long long)usec);
        ptn_entry_put_field(entry, PTN_ENTRY_TIME, (struct ptn_slice){time, (size_t)len});
    }
    return ptn_entry_tell(entry, w);
}

static int read_entries(const struct library *l, struct sd_journal *j, struct ptn_entry *entry,
                        struct ptn_log_worker *w, int *broken)
{
    int r = 0, more = 0;
    l->set_data_threshold(j, PTN_LOG_LINE_MAX);
    while (r == 0 && !ptn_worker_stopped(w) && (more = l->next(j)) > 0)
        r = read_entry(l, j, entry, w);
    *broken = more < 0 ? more : 0;
    return r;
}

static int read_journal(const struct library *l, struct ptn_log_worker *w, const struct ptn_log_file *file, int *broken)
{
    struct ptn_entry *entry = ptn_entry_new();
    struct sd_journal *j = NULL;
    const char *paths[] = {file->path, NULL};
    if (!entry)
        return -ENOMEM;
    *broken = l->open_files(&j, paths, 0);
    int r = *broken < 0 ? 0 : read_entries(l, j, entry, w, broken);
    if (j)
        l->close(j);
    ptn_entry_free(entry);
    return r;
}

int ptn_log_read_journal(struct ptn_log_worker *w, const struct ptn_log_file *file, struct ptn_bytes *bytes,
                         ptn_log_tell tell, void *ctx)
{
    struct library l = {0};
    char text[128];
    int fd, broken = 0;
    uint64_t size;
    if (ptn_bytes_plain(bytes, &fd, &size) < 0 || strcmp(file->path, "-") == 0) {
        tell(ctx, file, "a journal is read as a file only; try journalctl -o export");
        return 0;
    }
    if (!load(&l)) {
        tell(ctx, file, "a journal cannot be read without " LIBRARY "; try journalctl -o export");
        return 0;
    }
    int r = read_journal(&l, w, file, &broken);
    dlclose(l.handle);
    w->octets += size;
    if (broken < 0) {
        snprintf(text, sizeof(text), "the journal cannot be read%s: %s", w->line ? " to its end" : "",
                 strerror(-broken));
        tell(ctx, file, text);
    }
    return r;
}
