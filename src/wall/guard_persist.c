#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "guard_note.h"
#include "snapshot.h"
#include "tool.h"

#define PERSIST "/etc/portolan/policy.nft"
#define UNITS "/etc/systemd/system"
#define UNIT "portolan-policy.service"
#define WANTS "sysinit.target.wants"

/* After nftables.service, whose file begins with "flush ruleset", and again whenever that is started or reloaded. */
static const char unit[] = "[Unit]\n"
                           "Description=The packet filter that portolan policy confirmed\n"
                           "Documentation=man:portolan-policy(1)\n"
                           "DefaultDependencies=no\n"
                           "Conflicts=shutdown.target\n"
                           "Wants=network-pre.target\n"
                           "Before=network-pre.target shutdown.target\n"
                           "After=nftables.service\n"
                           "PartOf=nftables.service\n"
                           "ReloadPropagatedFrom=nftables.service\n"
                           "ConditionPathExists=%1$s\n"
                           "\n"
                           "[Service]\n"
                           "Type=oneshot\n"
                           "RemainAfterExit=yes\n"
                           "ProtectSystem=full\n"
                           "ProtectHome=yes\n"
                           "ExecStart=/usr/sbin/nft -f %1$s\n"
                           "ExecReload=/usr/sbin/nft -f %1$s\n"
                           "\n"
                           "[Install]\n"
                           "WantedBy=sysinit.target\n";

static const char *policy_path(const struct ptn_guard_places *p)
{
    return p && p->persist ? p->persist : PERSIST;
}

static const char *units_path(const struct ptn_guard_places *p)
{
    return p && p->units ? p->units : UNITS;
}

static int put(const char *path, const char *text, size_t len, mode_t mode, struct ptn_err *err)
{
    int r = ptn_file_replace(path, text, len, mode);
    return r < 0 ? ptn_fail(err, r, "%s: %s", path, strerror(-r)) : 0;
}

static int make_dir(const char *path, struct ptn_err *err)
{
    return mkdir(path, 0755) < 0 && errno != EEXIST ? ptn_fail(err, -errno, "%s: %s", path, strerror(errno)) : 0;
}

/* Keeps what is loaded at boot until now, for a rollback. */
static int keep_previous(const struct ptn_guard_places *p, const struct ptn_guard_folder *folder,
                         const struct ptn_guard_note *note, struct ptn_err *err)
{
    char *text;
    size_t len;
    int r = ptn_file_read(policy_path(p), PTN_SNAPSHOT_MAX, &text, &len);
    if (r == -ENOENT)
        return 0;
    if (r < 0)
        return ptn_fail(err, r, "%s: %s", policy_path(p), strerror(-r));
    r = ptn_guard_put(folder, note->id, "persisted", text, len, err);
    free(text);
    return r;
}

static int write_policy(const struct ptn_guard_places *p, const struct ptn_guard_folder *folder,
                        const struct ptn_guard_note *note, struct ptn_err *err)
{
    char dir[PATH_MAX], *text;
    size_t len;
    snprintf(dir, sizeof(dir), "%s", policy_path(p));
    char *slash = strrchr(dir, '/');
    if (slash && slash != dir) {
        *slash = '\0';
        int r = make_dir(dir, err);
        if (r < 0)
            return r;
    }
    int r = ptn_guard_get(folder, note->id, "after", &text, &len, err);
    if (r < 0)
        return r;
    r = put(policy_path(p), text, len, 0600, err);
    free(text);
    return r;
}

/* Writes the unit, and enables it as `systemctl enable` does, which there need not be. */
static int write_unit(const struct ptn_guard_places *p, struct ptn_err *err)
{
    char path[PATH_MAX], wants[PATH_MAX], link[PATH_MAX + 64], *text;
    int len = asprintf(&text, unit, policy_path(p));
    if (len < 0)
        return ptn_fail(err, -ENOMEM, "%s", strerror(ENOMEM));
    snprintf(path, sizeof(path), "%s/" UNIT, units_path(p));
    snprintf(wants, sizeof(wants), "%s/" WANTS, units_path(p));
    snprintf(link, sizeof(link), "%s/" UNIT, wants);
    int r = put(path, text, (size_t)len, 0644, err);
    free(text);
    if (r == 0)
        r = make_dir(wants, err);
    if (r == 0 && symlink("../" UNIT, link) < 0 && errno != EEXIST)
        r = ptn_fail(err, -errno, "%s: %s", link, strerror(errno));
    if (r == 0 && access("/run/systemd/system", F_OK) == 0)
        ptn_tool_run(NULL, (const char *const[]){"systemctl", "daemon-reload", NULL}, NULL, 0, PTN_SNAPSHOT_MAX, NULL,
                     NULL, NULL);
    return r;
}

/* At boot it would be loaded in the first process's network. */
static int check_net(struct ptn_err *err)
{
    struct stat ours, first;
    if (stat("/proc/self/ns/net", &ours) < 0 || stat("/proc/1/ns/net", &first) < 0)
        return ptn_fail(err, -errno, "/proc/1/ns/net: %s", strerror(errno));
    return ours.st_ino == first.st_ino ? 0 : ptn_fail(err, -EXDEV, "only the machine's own network is set up at boot");
}

int ptn_guard_persist(const struct ptn_guard_places *p, const struct ptn_guard_folder *folder,
                      const struct ptn_guard_note *note, struct ptn_err *err)
{
    int r = check_net(err);
    if (r == 0)
        r = keep_previous(p, folder, note, err);
    if (r == 0)
        r = write_policy(p, folder, note, err);
    return r == 0 ? write_unit(p, err) : r;
}

int ptn_guard_unpersist(const struct ptn_guard_places *p, const struct ptn_guard_folder *folder,
                        const struct ptn_guard_note *note, struct ptn_err *err)
{
    char *text;
    size_t len;
    int r = ptn_guard_get(folder, note->id, "persisted", &text, &len, err);
    if (r == -ENOENT) /* the unit does nothing without it */
        return unlink(policy_path(p)) < 0 && errno != ENOENT
                   ? ptn_fail(err, -errno, "%s: %s", policy_path(p), strerror(errno))
                   : 0;
    if (r < 0)
        return r;
    r = put(policy_path(p), text, len, 0600, err);
    free(text);
    return r;
}
