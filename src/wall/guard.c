#include "guard.h"

#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/file.h"
#include "base/text.h"
#include "guard_note.h"
#include "script.h"
#include "snapshot.h"

#define SECONDS_MAX 86400

/* ---- sessions ------------------------------------------------------------------------------------------------------
 */

static int parse_end(const char **at, struct ptn_addr *addr, uint16_t *port)
{
    const char *word;
    size_t len = ptn_next_word(at, &word);
    const char *scope = memchr(word, '%', len);
    if (!len || ptn_addr_parse(addr, word, scope ? (size_t)(scope - word) : len) < 0)
        return -EINVAL;
    *addr = ptn_addr_unmapped(addr);
    len = ptn_next_word(at, &word);
    long number = ptn_number(word, len, 65535);
    if (!len || number < 0)
        return -EINVAL;
    *port = (uint16_t)number;
    return 0;
}

int ptn_session_parse(struct ptn_session *ret, const char *text)
{
    const char *rest;
    *ret = (struct ptn_session){0};
    if (parse_end(&text, &ret->client, &ret->client_port) < 0 || parse_end(&text, &ret->server, &ret->server_port) < 0)
        return -EINVAL;
    return ptn_next_word(&text, &rest) ? -EINVAL : 0;
}

/* ---- applying
 * -------------------------------------------------------------------------------------------------------- */

/* Who came in: root may be somebody who became root. */
static void name_user(char *ret, size_t size)
{
    char *text;
    size_t len;
    uid_t uid = getuid();
    if (ptn_file_read("/proc/self/loginuid", 64, &text, &len) == 0) {
        long login = ptn_number(text, len, 0xfffffffe);
        uid = login >= 0 && login < 0xffffffff ? (uid_t)login : uid;
        free(text);
    }
    const struct passwd *pw = getpwuid(uid);
    if (pw)
        snprintf(ret, size, "%s", pw->pw_name);
    else
        snprintf(ret, size, "%u", (unsigned)uid);
}

static int new_note(struct ptn_guard_note *note, const struct ptn_guard_order *order, struct ptn_err *err)
{
    uint64_t id;
    if (getrandom(&id, sizeof(id), 0) != sizeof(id))
        return ptn_fail(err, -EIO, "no random numbers: %s", strerror(errno));
    snprintf(note->id, sizeof(note->id), "%016" PRIx64, id);
    note->phase = PTN_GUARD_PENDING;
    note->when = time(NULL);
    note->seconds = order->seconds;
    snprintf(note->file, sizeof(note->file), "%s", order->name);
    name_user(note->who, sizeof(note->who));
    return ptn_guard_here(note, err);
}

static int refuse_second(const struct ptn_guard_folder *folder, const struct ptn_guard_note *old,
                         const struct ptn_guard_note *note, struct ptn_err *err)
{
    if (old->phase != PTN_GUARD_PENDING || strcmp(old->boot, note->boot) != 0)
        return 0;
    int64_t left = (old->deadline - ptn_guard_clock()) / 1000;
    if (!ptn_guard_lives(folder, old->id))
        return ptn_fail(err, -EBUSY,
                        "%s, applied by %s, is not confirmed and its guard is dead: confirm it or roll back", old->file,
                        old->who);
    return ptn_fail(err, -EBUSY, "%s, applied by %s, waits %" PRId64 " s more to be confirmed", old->file, old->who,
                    left > 0 ? left : 0);
}

/* Everything that can be known before a thing is changed. */
static int prepare(struct ptn_guard_work *w, const struct ptn_guard_order *order, char **saved, struct ptn_err *err)
{
    int r = ptn_guard_note_read(w->folder, &w->previous, err);
    if (r == 0)
        r = new_note(&w->note, order, err);
    if (r == 0)
        r = refuse_second(w->folder, &w->previous, &w->note, err);
    if (r == 0)
        r = ptn_script_check(&w->note.tables, order->name, order->text, order->len, err);
    if (r == 0 && !w->note.tables.n)
        r = ptn_fail(err, -EINVAL, "%s: changes nothing", order->name);
    if (r == 0 && order->session)
        r = order->admits(order->ctx, order->session, order->text, order->len, err);
    if (r == 0)
        r = ptn_snapshot_take(&w->note.tables, saved, &w->saved_len, err);
    return r;
}

static int save(struct ptn_guard_work *w, struct ptn_err *err)
{
    ptn_guard_sweep(w->folder, w->previous.id);
    int r = ptn_guard_put(w->folder, w->note.id, "before", w->saved, w->saved_len, err);
    return r == 0 ? ptn_guard_put(w->folder, w->note.id, "after", w->script, w->script_len, err) : r;
}

static int start(struct ptn_guard_work *w, const char *name, struct ptn_err *err)
{
    struct ptn_err why = {""};
    int r = ptn_guard_start(w, &why);
    if (r == 0)
        return 0;
    ptn_script_name(&why, name);
    return ptn_fail(err, r, "%s", why.text);
}

int ptn_guard_apply(const struct ptn_guard_places *places, const struct ptn_guard_order *order, struct ptn_err *err)
{
    struct ptn_guard_folder folder;
    struct ptn_guard_work w = {.folder = &folder, .script = order->text, .script_len = order->len};
    char *saved = NULL;
    if (order->seconds < 1 || order->seconds > SECONDS_MAX)
        return ptn_fail(err, -EINVAL, "the time to confirm in is 1 to %d seconds", SECONDS_MAX);
    int r = ptn_guard_open(&folder, places, PTN_GUARD_MAKE, err);
    if (r < 0)
        return r;
    r = prepare(&w, order, &saved, err);
    w.saved = saved;
    if (r == 0)
        r = save(&w, err);
    if (r == 0)
        r = start(&w, order->name, err);
    free(saved);
    ptn_tables_release(&w.note.tables);
    ptn_tables_release(&w.previous.tables);
    ptn_guard_close(&folder);
    return r;
}

/* ---- afterwards
 * ------------------------------------------------------------------------------------------------------ */

static const char *const fates[] = {
    [PTN_GUARD_NONE] = "nothing was applied",
    [PTN_GUARD_PENDING] = "is pending",
    [PTN_GUARD_CONFIRMED] = "is confirmed already",
    [PTN_GUARD_EXPIRED] = "was not confirmed in time: what stood before it is back",
    [PTN_GUARD_ROLLED_BACK] = "was rolled back",
};

static int refuse(const struct ptn_guard_note *note, struct ptn_err *err)
{
    return ptn_fail(err, -ENOENT, "%s%s%s", note->file, note->file[0] ? ": " : "", fates[note->phase]);
}

/* The lock, and the note of what was applied. Result: 0; else all is closed. */
static int open_note(struct ptn_guard_folder *folder, const struct ptn_guard_places *places,
                     struct ptn_guard_note *note, struct ptn_err *err)
{
    *note = (struct ptn_guard_note){.phase = PTN_GUARD_NONE};
    int r = ptn_guard_open(folder, places, PTN_GUARD_CHANGE, err);
    if (r == -ENOENT)
        return refuse(note, err);
    if (r == 0)
        r = ptn_guard_note_read(folder, note, err);
    if (r < 0)
        ptn_guard_close(folder);
    return r;
}

static void close_note(struct ptn_guard_folder *folder, struct ptn_guard_note *note)
{
    ptn_tables_release(&note->tables);
    ptn_guard_close(folder);
}

struct place {
    bool this_boot, here;
};

static int compare_place(const struct ptn_guard_note *note, struct place *ret, struct ptn_err *err)
{
    struct ptn_guard_note now = {0};
    int r = ptn_guard_here(&now, err);
    ret->this_boot = strcmp(now.boot, note->boot) == 0;
    ret->here = strcmp(now.net, note->net) == 0;
    return r;
}

static int confirm(const struct ptn_guard_folder *folder, struct ptn_guard_note *note, struct ptn_err *err)
{
    struct place place;
    int r = compare_place(note, &place, err);
    if (r < 0)
        return r;
    if (!place.this_boot)
        return ptn_fail(err, -ENOENT, "%s: was not confirmed before the machine started anew: apply it again",
                        note->file);
    if (!place.here)
        return ptn_fail(err, -EXDEV, "%s: is pending in another network namespace", note->file);
    note->phase = PTN_GUARD_CONFIRMED;
    return ptn_guard_note_write(folder, note, err);
}

int ptn_guard_confirm(const struct ptn_guard_places *places, bool persist, struct ptn_err *err)
{
    struct ptn_guard_folder folder;
    struct ptn_guard_note note;
    int r = open_note(&folder, places, &note, err);
    if (r < 0)
        return r;
    if (note.phase == PTN_GUARD_PENDING)
        r = confirm(&folder, &note, err);
    else if (note.phase != PTN_GUARD_CONFIRMED || !persist)
        r = refuse(&note, err);
    if (r == 0 && persist && !note.persisted) {
        r = ptn_guard_persist(places, &folder, &note, err);
        note.persisted = r == 0;
        if (r == 0)
            r = ptn_guard_note_write(&folder, &note, err);
    }
    close_note(&folder, &note);
    return r;
}

static int put_back(const struct ptn_guard_folder *folder, const struct ptn_guard_note *note, struct ptn_err *err)
{
    char *saved;
    size_t len;
    struct place place;
    int r = compare_place(note, &place, err);
    if (r < 0)
        return r;
    if (!place.this_boot && !note->persisted)
        return ptn_fail(err, -ENOENT, "%s: is not loaded since the machine started anew", note->file);
    if (place.this_boot && !place.here)
        return ptn_fail(err, -EXDEV, "%s: was applied in another network namespace", note->file);
    r = ptn_guard_get(folder, note->id, "before", &saved, &len, err);
    if (r < 0)
        return r;
    r = ptn_snapshot_restore(&note->tables, saved, len, err);
    free(saved);
    return r;
}

int ptn_guard_rollback(const struct ptn_guard_places *places, struct ptn_err *err)
{
    struct ptn_guard_folder folder;
    struct ptn_guard_note note;
    int r = open_note(&folder, places, &note, err);
    if (r < 0)
        return r;
    if (note.phase != PTN_GUARD_PENDING && note.phase != PTN_GUARD_CONFIRMED)
        r = refuse(&note, err);
    if (r == 0)
        r = put_back(&folder, &note, err);
    if (r == 0 && note.persisted)
        r = ptn_guard_unpersist(places, &folder, &note, err);
    if (r == 0) {
        note.phase = PTN_GUARD_ROLLED_BACK;
        note.persisted = false;
        r = ptn_guard_note_write(&folder, &note, err);
    }
    close_note(&folder, &note);
    return r;
}

/* ---- looking
 * ----------------------------------------------------------------------------------------------------------- */

static int fill_status(const struct ptn_guard_folder *folder, struct ptn_guard_status *s, struct ptn_err *err)
{
    struct place place;
    char print[PTN_PRINT_TEXT];
    int r = compare_place(&s->note, &place, err);
    s->this_boot = place.this_boot;
    s->here = place.here;
    if (r < 0)
        return r;
    if (s->note.phase == PTN_GUARD_PENDING && s->this_boot) {
        s->left = s->note.deadline - ptn_guard_clock();
        s->guarded = ptn_guard_lives(folder, s->note.id);
    }
    bool stands = s->note.phase == PTN_GUARD_PENDING || s->note.phase == PTN_GUARD_CONFIRMED;
    bool seen = stands && s->note.print[0] && (s->here || !s->this_boot);
    if (seen && ptn_tables_print(&s->note.tables, print, NULL) == 0)
        s->loaded = strcmp(print, s->note.print) == 0 ? PTN_LOADED_SAME : PTN_LOADED_CHANGED;
    return 0;
}

int ptn_guard_read_status(const struct ptn_guard_places *places, struct ptn_guard_status *ret, struct ptn_err *err)
{
    struct ptn_guard_folder folder;
    *ret = (struct ptn_guard_status){.loaded = PTN_LOADED_UNKNOWN};
    int r = ptn_guard_open(&folder, places, PTN_GUARD_LOOK, err);
    if (r < 0)
        return r == -ENOENT ? 0 : r;
    r = ptn_guard_note_read(&folder, &ret->note, err);
    if (r == 0 && ret->note.phase != PTN_GUARD_NONE)
        r = fill_status(&folder, ret, err);
    ptn_guard_close(&folder);
    return r;
}

void ptn_guard_status_release(struct ptn_guard_status *s)
{
    ptn_tables_release(&s->note.tables);
}
