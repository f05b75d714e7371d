/*
 * Files of systemd's journal, by libsystemd, which is loaded when the first one is met: nobody else should wait for it.
 * (sd_journal_open_files(3), sd_journal_get_data(3))
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/library.h"
#include "entry.h"
#include "whole.h"

#define LIBRARY "libsystemd.so.0"

/* As <systemd/sd-journal.h> declares them. */
typedef struct sd_journal sd_journal;
int sd_journal_open_files(sd_journal **, const char **, int);
int sd_journal_next(sd_journal *);
int sd_journal_get_data(sd_journal *, const char *, const void **, size_t *);
int sd_journal_get_realtime_usec(sd_journal *, uint64_t *);
int sd_journal_set_data_threshold(sd_journal *, size_t);
void sd_journal_close(sd_journal *);

#define FUNCTIONS(X)                                                                                                   \
    X(sd_journal_open_files)                                                                                           \
    X(sd_journal_next)                                                                                                 \
    X(sd_journal_get_data)                                                                                             \
    X(sd_journal_get_realtime_usec)                                                                                    \
    X(sd_journal_set_data_threshold)                                                                                   \
    X(sd_journal_close)

PTN_LIBRARY(systemd, LIBRARY, FUNCTIONS)

static void take_field(sd_journal *j, struct ptn_entry *entry, enum ptn_entry_field field, const char *name)
{
    const void *data;
    size_t len, skip = strlen(name) + 1; /* "NAME=" stands before the value */
    if (systemd.sd_journal_get_data(j, name, &data, &len) == 0 && len >= skip)
        ptn_entry_put_field(entry, field, (struct ptn_slice){(const char *)data + skip, len - skip});
}

static int read_entry(sd_journal *j, struct ptn_entry *entry, struct ptn_log_worker *w)
{
    char time[24];
    uint64_t usec;
#define X(id, name) take_field(j, entry, PTN_ENTRY_##id, name);
    PTN_ENTRY_FIELDS(X)
#undef X
    if (systemd.sd_journal_get_realtime_usec(j, &usec) == 0) {
        int len = snprintf(time, sizeof(time), "%llu", (unsigned long long)usec);
        ptn_entry_put_field(entry, PTN_ENTRY_TIME, (struct ptn_slice){time, (size_t)len});
    }
    return ptn_entry_tell(entry, w);
}

static int read_entries(sd_journal *j, struct ptn_entry *entry, struct ptn_log_worker *w, int *broken)
{
    int r = 0, more = 0;
    systemd.sd_journal_set_data_threshold(j, PTN_LOG_LINE_MAX);
    while (r == 0 && !ptn_worker_stopped(w) && (more = systemd.sd_journal_next(j)) > 0)
        r = read_entry(j, entry, w);
    *broken = more < 0 ? more : 0;
    return r;
}

static int read_journal(struct ptn_log_worker *w, const struct ptn_log_file *file, int *broken)
{
    struct ptn_entry *entry = ptn_entry_new();
    sd_journal *j = NULL;
    const char *paths[] = {file->path, NULL};
    if (!entry)
        return -ENOMEM;
    *broken = systemd.sd_journal_open_files(&j, paths, 0);
    int r = *broken < 0 ? 0 : read_entries(j, entry, w, broken);
    if (j)
        systemd.sd_journal_close(j);
    ptn_entry_free(entry);
    return r;
}

int ptn_log_read_journal(struct ptn_log_worker *w, const struct ptn_log_file *file, struct ptn_bytes *bytes,
                         ptn_log_tell tell, void *ctx)
{
    char text[128];
    int fd, broken = 0;
    uint64_t size;
    if (ptn_bytes_plain(bytes, &fd, &size) < 0 || strcmp(file->path, "-") == 0) {
        tell(ctx, file, "a journal is read as a file only; try journalctl -o export");
        return 0;
    }
    if (ptn_library_load(&systemd_library, NULL) < 0) {
        tell(ctx, file, "a journal cannot be read without " LIBRARY "; try journalctl -o export");
        return 0;
    }
    int r = read_journal(w, file, &broken);
    w->octets += size;
    if (broken < 0) {
        snprintf(text, sizeof(text), "the journal cannot be read%s: %s", w->line ? " to its end" : "",
                 strerror(-broken));
        tell(ctx, file, text);
    }
    return r;
}
