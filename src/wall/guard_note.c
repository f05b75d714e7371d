#include "guard_note.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "snapshot.h"

#define NOTE_MAX ((size_t)4 << 20)
#define FORMAT "portolan-policy 1"

/* ---- the note -------------------------------------------------------------------------------------------------- */

static const char *const phases[] = {
#define X(id, word) word,
    PTN_GUARD_PHASES(X)
#undef X
};

const char *ptn_guard_phase_word(enum ptn_guard_phase phase)
{
    return phases[phase];
}

/* What the note says, a line each: KEY VALUE. */
enum kind { TEXT, NUMBER, FLAG };
static const struct field {
    const char *key;
    enum kind kind;
    size_t at, size;
} fields[] = {
#define FIELD(name, kind)                                                                                              \
    {                                                                                                                  \
#name, kind, offsetof(struct ptn_guard_note, name), sizeof(((struct ptn_guard_note *)0)->name)                 \
    }
    FIELD(id, TEXT),  FIELD(when, NUMBER), FIELD(deadline, NUMBER), FIELD(seconds, NUMBER), FIELD(boot, TEXT),
    FIELD(net, TEXT), FIELD(who, TEXT),    FIELD(file, TEXT),       FIELD(print, TEXT),     FIELD(persisted, FLAG),
#undef FIELD
};
#define FIELDS (sizeof(fields) / sizeof(*fields))

static void write_field(FILE *f, const struct field *d, const struct ptn_guard_note *note)
{
    const char *at = (const char *)note + d->at;
    if (d->kind == TEXT && !*at)
        return;
    fprintf(f, "%s ", d->key);
    if (d->kind == NUMBER)
        fprintf(f, "%" PRId64, *(const int64_t *)(const void *)at);
    else if (d->kind == FLAG)
        fputs(*(const bool *)(const void *)at ? "yes" : "no", f);
    else
        for (; *at; at++)
            fputc(iscntrl((unsigned char)*at) ? '?' : *at, f);
    fputc('\n', f);
}

static int read_field(const struct field *d, struct ptn_guard_note *note, const char *value)
{
    char *at = (char *)note + d->at, *end;
    if (d->kind == TEXT) {
        if (strlen(value) >= d->size)
            return -EINVAL;
        memcpy(at, value, strlen(value) + 1);
        return 0;
    }
    if (d->kind == FLAG) {
        *(bool *)(void *)at = strcmp(value, "yes") == 0;
        return 0;
    }
    errno = 0;
    *(int64_t *)(void *)at = strtoll(value, &end, 10);
    return errno || *end || end == value ? -EINVAL : 0;
}

/* "table stood inet portolan", "table fresh ip x" */
static int read_table(struct ptn_guard_note *note, char *value)
{
    char *save = NULL, *stood = strtok_r(value, " ", &save), *family = strtok_r(NULL, " ", &save);
    uint8_t number = ptn_table_family_of(family);
    if (!number || !save || !*save)
        return -EINVAL;
    int r = ptn_tables_add(&note->tables, number, save);
    if (r == 0)
        ptn_tables_find(&note->tables, number, save)->stood = strcmp(stood, "stood") == 0;
    return r;
}

static int read_phase(struct ptn_guard_note *note, const char *value)
{
    for (size_t i = 0; i < sizeof(phases) / sizeof(*phases); i++)
        if (strcmp(phases[i], value) == 0) {
            note->phase = (enum ptn_guard_phase)i;
            return 0;
        }
    return -EINVAL;
}

static int read_line(struct ptn_guard_note *note, char *line)
{
    char *value = strchr(line, ' ');
    if (!value)
        return -EINVAL;
    *value++ = '\0';
    if (strcmp(line, "table") == 0)
        return read_table(note, value);
    if (strcmp(line, "phase") == 0)
        return read_phase(note, value);
    for (size_t i = 0; i < FIELDS; i++)
        if (strcmp(fields[i].key, line) == 0)
            return read_field(&fields[i], note, value);
    return 0; /* of a later version */
}

static bool is_id(const char *id)
{
    return strlen(id) == 16 && strspn(id, "0123456789abcdef") == 16;
}

static int read_note(struct ptn_guard_note *note, char *text, const char *path, struct ptn_err *err)
{
    char *save = NULL, *line = strtok_r(text, "\n", &save);
    unsigned n = 1;
    int r = line && strcmp(line, FORMAT) == 0 ? 0 : -EINVAL;
    while (r == 0 && (line = strtok_r(NULL, "\n", &save))) {
        n++;
        r = read_line(note, line);
    }
    if (r == 0 && (!is_id(note->id) || !note->tables.n || note->phase == PTN_GUARD_NONE))
        r = -EINVAL;
    return r < 0 ? ptn_fail(err, r, "%s/note:%u: %s", path, n, r == -EINVAL ? "is damaged" : strerror(-r)) : 0;
}

int ptn_guard_note_read(const struct ptn_guard_folder *folder, struct ptn_guard_note *ret, struct ptn_err *err)
{
    char path[PATH_MAX], *text;
    size_t len;
    *ret = (struct ptn_guard_note){.phase = PTN_GUARD_NONE};
    snprintf(path, sizeof(path), "%s/note", folder->path);
    int r = ptn_file_read(path, NOTE_MAX, &text, &len);
    if (r == -ENOENT)
        return 0;
    if (r < 0)
        return ptn_fail(err, r, "%s: %s", path, strerror(-r));
    r = read_note(ret, text, folder->path, err);
    free(text);
    return r;
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

static int put_file(const struct ptn_guard_folder *folder, const char *name, const char *text, size_t len,
                    struct ptn_err *err)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/%s", folder->path, name);
    int r = ptn_file_replace(path, text, len, 0600);
    if (r == 0 && fsync(folder->dir) < 0 && errno != EINVAL)
        r = -errno;
    return r < 0 ? ptn_fail(err, r, "%s: %s", path, strerror(-r)) : 0;
}

int ptn_guard_put(const struct ptn_guard_folder *folder, const char *id, const char *what, const char *text, size_t len,
                  struct ptn_err *err)
{
    char name[64];
    snprintf(name, sizeof(name), "%s.%s", id, what);
    return put_file(folder, name, text, len, err);
}

int ptn_guard_get(const struct ptn_guard_folder *folder, const char *id, const char *what, char **ret, size_t *len,
                  struct ptn_err *err)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/%s.%s", folder->path, id, what);
    int r = ptn_file_read(path, PTN_SNAPSHOT_MAX, ret, len);
    return r < 0 ? ptn_fail(err, r, "%s: %s", path, strerror(-r)) : 0;
}

int ptn_guard_note_write(const struct ptn_guard_folder *folder, const struct ptn_guard_note *note, struct ptn_err *err)
{
    char *text = NULL;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    if (!f)
        return ptn_fail(err, -ENOMEM, "%s", strerror(ENOMEM));
    fprintf(f, FORMAT "\nphase %s\n", phases[note->phase]);
    for (size_t i = 0; i < FIELDS; i++)
        write_field(f, &fields[i], note);
    for (size_t i = 0; i < note->tables.n; i++)
        fprintf(f, "table %s %s %s\n", note->tables.items[i].stood ? "stood" : "fresh",
                ptn_table_family_word(note->tables.items[i].family), note->tables.items[i].name);
    int r = fclose(f) ? ptn_fail(err, -ENOMEM, "%s", strerror(ENOMEM)) : put_file(folder, "note", text, len, err);
    free(text);
    return r;
}

void ptn_guard_sweep(const struct ptn_guard_folder *folder, const char *id)
{
    DIR *d = fdopendir(openat(folder->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct dirent *e;
    while (d && (e = readdir(d))) {
        size_t n = strspn(e->d_name, "0123456789abcdef");
        bool by_id = n == 16 && e->d_name[n] == '.', half = strncmp(e->d_name, "note.", 5) == 0;
        if (half || (by_id && strncmp(e->d_name, id, 16) != 0))
            unlinkat(folder->dir, e->d_name, 0);
    }
    if (d)
        closedir(d);
}

/* ---- the folder ---------------------------------------------------------------------------------------------------
 */

static int make_folder(const char *path)
{
    char part[PATH_MAX];
    if (strlen(path) >= sizeof(part))
        return -ENAMETOOLONG;
    for (const char *slash = path; slash;) {
        slash = strchr(slash + 1, '/');
        snprintf(part, sizeof(part), "%.*s", (int)(slash ? (size_t)(slash - path) : strlen(path)), path);
        if (mkdir(part, slash ? 0755 : 0700) < 0 && errno != EEXIST)
            return -errno;
    }
    return 0;
}

/* What is read here is loaded with all privileges: nobody else may write it. */
static int check_owner(const struct ptn_guard_folder *folder, struct ptn_err *err)
{
    struct stat st;
    if (fstat(folder->dir, &st) < 0)
        return ptn_fail(err, -errno, "%s: %s", folder->path, strerror(errno));
    if ((st.st_uid != geteuid() && st.st_uid != 0) || (st.st_mode & 022))
        return ptn_fail(err, -EPERM, "%s: others may write here", folder->path);
    return 0;
}

static int take_lock(struct ptn_guard_folder *folder, bool wait, struct ptn_err *err)
{
    folder->lock = openat(folder->dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (folder->lock < 0)
        return ptn_fail(err, -errno, "%s/lock: %s", folder->path, strerror(errno));
    while (flock(folder->lock, wait ? LOCK_EX : LOCK_EX | LOCK_NB) < 0)
        if (errno != EINTR)
            return errno == EWOULDBLOCK
                       ? ptn_fail(err, -EBUSY, "%s: another apply or rollback is at work", folder->path)
                       : ptn_fail(err, -errno, "%s/lock: %s", folder->path, strerror(errno));
    return 0;
}

static int open_folder(struct ptn_guard_folder *folder, const char *path, enum ptn_guard_access access)
{
    int r = access == PTN_GUARD_MAKE ? make_folder(path) : 0;
    if (r < 0)
        return r;
    folder->path = realpath(path, NULL); /* the guard is at home elsewhere */
    if (!folder->path)
        return -errno;
    folder->dir = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return folder->dir < 0 ? -errno : 0;
}

int ptn_guard_open(struct ptn_guard_folder *folder, const struct ptn_guard_places *places, enum ptn_guard_access access,
                   struct ptn_err *err)
{
    const char *path = places && places->state ? places->state : PTN_GUARD_STATE;
    *folder = (struct ptn_guard_folder){.dir = -1, .lock = -1};
    int r = open_folder(folder, path, access);
    if (r < 0)
        ptn_fail(err, r, "%s: %s", path, strerror(-r));
    if (r == 0)
        r = check_owner(folder, err);
    if (r == 0 && access != PTN_GUARD_LOOK)
        r = take_lock(folder, access == PTN_GUARD_CHANGE, err);
    if (r < 0)
        ptn_guard_close(folder);
    return r;
}

void ptn_guard_close(struct ptn_guard_folder *folder)
{
    if (folder->lock >= 0)
        close(folder->lock);
    if (folder->dir >= 0)
        close(folder->dir);
    free(folder->path);
    *folder = (struct ptn_guard_folder){.dir = -1, .lock = -1};
}

bool ptn_guard_lives(const struct ptn_guard_folder *folder, const char *id)
{
    char name[64];
    snprintf(name, sizeof(name), "%s.guard", id);
    int fd = openat(folder->dir, name, O_RDONLY | O_CLOEXEC);
    bool lives = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
    if (fd >= 0)
        close(fd);
    return lives;
}

/* ---- here and now
 * ---------------------------------------------------------------------------------------------------- */

int64_t ptn_guard_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_BOOTTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int ptn_guard_here(struct ptn_guard_note *note, struct ptn_err *err)
{
    char *boot;
    size_t len;
    ssize_t n = readlink("/proc/self/ns/net", note->net, sizeof(note->net) - 1);
    int r = n < 0 ? -errno : ptn_file_read("/proc/sys/kernel/random/boot_id", 4096, &boot, &len);
    if (r < 0)
        return ptn_fail(err, r, "/proc: %s", strerror(-r));
    note->net[n] = '\0';
    snprintf(note->boot, sizeof(note->boot), "%.*s", (int)strcspn(boot, "\n"), boot);
    free(boot);
    return 0;
}
