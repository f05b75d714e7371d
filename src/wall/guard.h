/*
 * Putting a ruleset in force so that a mistake cannot lock anybody out: what it changes is saved, a process of its own
 * puts it back when the time is out, and only a confirmation keeps the new one.
 *
 *     apply:  check -> may this session still come in? -> save -> start the guard
 *     guard:  note "pending" -> load -> wait -> confirmed? -> leave it, or put back what was saved
 *
 * Each step is on disk before the next begins, and the ruleset changes only in nft's own transactions; so wherever any
 * of the processes is killed, either the old ruleset stands or the new one, whole. The guard does the loading too:
 * whoever loads is alive to take back. It is two processes, of which one does nothing but replace the other when that
 * is killed; killing one of them changes nothing, killing apply changes nothing. When both are killed, or nft does not
 * work any more, the note stays "pending" and ptn_guard_rollback() puts back from what is on disk. A restart of the
 * machine needs no guard: the kernel forgets every ruleset, and what was not confirmed was never set to be loaded.
 *
 * Only the tables that the script changes are saved and put back, each as a whole, with the elements of its sets, their
 * times, counters and quotas; nothing else is looked at. What others did meanwhile to one of these tables is undone
 * with it. Times of elements go on from where they stood.
 *
 * Everything here acts on the network namespace of the process, and needs CAP_NET_ADMIN and a folder of its own. It
 * forks: for programs of one thread.
 */
#ifndef PTN_WALL_GUARD_H
#define PTN_WALL_GUARD_H

#include "base/err.h"
#include "tables.h"

/* Where things are. NULL: as on a machine that runs. */
struct ptn_guard_places {
    const char *state;   /* /var/lib/portolan/policy: made if need be, for its owner alone */
    const char *persist; /* /etc/portolan/policy.nft: what is loaded at boot */
    const char *units;   /* /etc/systemd/system: where the unit that does so is written and enabled */
};

/* The connection over which somebody works here. */
struct ptn_session {
    struct ptn_addr client, server;
    uint16_t client_port, server_port;
};

/* Reads SSH_CONNECTION's value: "CLIENT PORT SERVER PORT". Addresses may have a scope ("fe80::1%eth0"), which is left
 * out. Result: 0 or -EINVAL. */
int ptn_session_parse(struct ptn_session *ret, const char *text);

/* ---- what is known ------------------------------------------------------------------------------------------ */

#define PTN_GUARD_PHASES(X)                                                                                            \
    X(NONE, "none")               /* nothing was ever applied */                                                       \
    X(PENDING, "pending")         /* waits for its confirmation */                                                     \
    X(CONFIRMED, "confirmed")     /* stays */                                                                          \
    X(EXPIRED, "expired")         /* was not confirmed in time: taken back */                                          \
    X(ROLLED_BACK, "rolled-back") /* taken back by hand */

enum ptn_guard_phase {
#define X(id, word) PTN_GUARD_##id,
    PTN_GUARD_PHASES(X)
#undef X
};
const char *ptn_guard_phase_word(enum ptn_guard_phase);

/* The last ruleset that was applied: what is on disk. */
struct ptn_guard_note {
    char id[20];
    enum ptn_guard_phase phase;
    int64_t when;     /* seconds since 1970 */
    int64_t deadline; /* PENDING: milliseconds of CLOCK_BOOTTIME */
    int64_t seconds;  /* to confirm in */
    char boot[40];    /* the kernel's boot_id */
    char net[40];     /* the network namespace, as /proc/self/ns/net says it */
    char who[64], file[512];
    char print[20]; /* fingerprint of the tables once they were loaded; "" if that was not reached */
    bool persisted; /* is loaded at boot since */
    struct ptn_tables tables;
};

struct ptn_guard_status {
    struct ptn_guard_note note;
    int64_t left;   /* PENDING: milliseconds, may be below zero */
    bool guarded;   /* PENDING: the guard lives */
    bool this_boot; /* it was applied since the machine started */
    bool here;      /* and in this network namespace */
    /* Whether the tables are still as they were loaded (elements that come and go, and counts, aside). */
    enum { PTN_LOADED_UNKNOWN, PTN_LOADED_SAME, PTN_LOADED_CHANGED } loaded;
};

/* ---- what is done ------------------------------------------------------------------------------------------- */

struct ptn_guard_order {
    const char *name; /* of the script, for messages */
    const char *text; /* for nft -f */
    size_t len;
    int64_t seconds; /* to confirm in, 1 to 86400 */

    /* Asked before anything is changed, unless `session` is NULL: would the session's packets still come in with this
     * script loaded? Result: 0, or -errno with a sentence, which then is the result. */
    const struct ptn_session *session;
    int (*admits)(void *ctx, const struct ptn_session *, const char *text, size_t len, struct ptn_err *err);
    void *ctx;
};

/* Result: 0: it is loaded and waits to be confirmed. Otherwise nothing has changed, and the sentence says why:
 * -EINVAL nft's message, -EBUSY another one is pending, -ENOTSUP what it changes could not be put back (a table of
 * iptables-nft's), -EPERM, -ENOENT no nft, what opening the folder gave, or what `admits` said. -EOWNERDEAD: somebody
 * killed the guard while it loaded. */
int ptn_guard_apply(const struct ptn_guard_places *, const struct ptn_guard_order *, struct ptn_err *err);

/* The pending one stays. `persist`: and is loaded at boot; may also be asked for later. Result: 0; -ENOENT nothing is
 * pending (the sentence says what became of it), -EXDEV it is pending in another network namespace; with `persist` also
 * what writing gave: it is confirmed then. */
int ptn_guard_confirm(const struct ptn_guard_places *, bool persist, struct ptn_err *err);

/* Puts back what stood before the last one, pending or confirmed, and what was loaded at boot. One generation: what has
 * been put back cannot be put back again. Result: 0, -ENOENT nothing to put back, -EXDEV, or nft's. */
int ptn_guard_rollback(const struct ptn_guard_places *, struct ptn_err *err);

/* Result: 0 (phase NONE where nothing was applied), -EACCES, -EINVAL a damaged note. Release *ret even so. */
int ptn_guard_read_status(const struct ptn_guard_places *, struct ptn_guard_status *ret, struct ptn_err *err);
void ptn_guard_status_release(struct ptn_guard_status *);

#endif
