/*
 * What the guard keeps in its folder:
 *     lock             held while the ruleset or the note is changed
 *     note             the last ruleset that was applied; replaced in one step
 *     ID.before        the tables that it changed, as nft's text
 *     ID.after         the script
 *     ID.persisted     what was loaded at boot before it was persisted, if something was
 *     ID.guard         locked by the guard as long as it lives
 */
#ifndef PTN_WALL_GUARD_NOTE_H
#define PTN_WALL_GUARD_NOTE_H

#include "guard.h"

#define PTN_GUARD_STATE "/var/lib/portolan/policy"

struct ptn_guard_folder {
    char *path;
    int dir, lock; /* the lock is that of the open file: forks share it, the last one that closes it lets go */
};

enum ptn_guard_access {
    PTN_GUARD_LOOK,   /* takes no lock: the note is replaced in one step */
    PTN_GUARD_CHANGE, /* waits for the lock */
    PTN_GUARD_MAKE    /* makes the folder if need be; -EBUSY where somebody has the lock */
};
int ptn_guard_open(struct ptn_guard_folder *, const struct ptn_guard_places *, enum ptn_guard_access,
                   struct ptn_err *err);
void ptn_guard_close(struct ptn_guard_folder *);

/* Result: 0, also with phase NONE where there is no note; -EINVAL a damaged one. Caller releases ret->tables. */
int ptn_guard_note_read(const struct ptn_guard_folder *, struct ptn_guard_note *ret, struct ptn_err *err);
/* On disk when it returns. */
int ptn_guard_note_write(const struct ptn_guard_folder *, const struct ptn_guard_note *, struct ptn_err *err);

/* Files beside it, by what follows the id: "before". */
int ptn_guard_put(const struct ptn_guard_folder *, const char *id, const char *what, const char *text, size_t len,
                  struct ptn_err *err);
int ptn_guard_get(const struct ptn_guard_folder *, const char *id, const char *what, char **ret, size_t *len,
                  struct ptn_err *err);
/* Removes what belongs to no note of this id. */
void ptn_guard_sweep(const struct ptn_guard_folder *, const char *id);

int64_t ptn_guard_clock(void); /* milliseconds of CLOCK_BOOTTIME, which goes on while the machine sleeps */
int ptn_guard_here(struct ptn_guard_note *, struct ptn_err *err); /* fills boot and net */
bool ptn_guard_lives(const struct ptn_guard_folder *, const char *id);

/* Starts the guard (guard_watch.c), which loads the script, and waits until it has done so. The lock is the guard's
 * from then on. Result: as ptn_guard_apply(). */
struct ptn_guard_work {
    struct ptn_guard_folder *folder;
    struct ptn_guard_note note, previous; /* `previous` is written again when the script does not load */
    const char *script, *saved;
    size_t script_len, saved_len;
};
int ptn_guard_start(struct ptn_guard_work *, struct ptn_err *err);

/* What is loaded at boot (guard_persist.c). */
int ptn_guard_persist(const struct ptn_guard_places *, const struct ptn_guard_folder *, const struct ptn_guard_note *,
                      struct ptn_err *err);
int ptn_guard_unpersist(const struct ptn_guard_places *, const struct ptn_guard_folder *, const struct ptn_guard_note *,
                        struct ptn_err *err);

#endif
