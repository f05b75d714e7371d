#include "latent.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/addr.h"
#include "cgroup.h"
#include "inetd.h"
#include "proc.h"
#include "units.h"

struct matcher {
    struct ptn_snapshot *s;
    const char *root;
    uint32_t host; /* index of the host's namespace: the super-servers' own */
};

/* Whether the socket is the one that the place asks for: an IPv6 wildcard may have come out as an IPv4 one. */
static bool is_at(const struct ptn_listener *l, const struct ptn_place *p)
{
    if (l->proto != p->proto || l->port != p->port)
        return false;
    return ptn_addr_equal(&l->addr, &p->addr) ||
           (ptn_addr_is_any(&l->addr) && ptn_addr_is_any(&p->addr) && (l->dual || p->dual));
}

static bool is_super(const struct ptn_owner *o, const char *const *names)
{
    while (*names && strcmp(*names, o->comm) != 0)
        names++;
    return *names != NULL;
}

/* Gives `owner` to every socket at the place that one of the super-servers `names` holds.
 * Result: whether anything listens there. */
static bool take_over(const struct matcher *m, const struct ptn_place *p, const char *const *names,
                      const struct ptn_owner *owner)
{
    bool found = false;
    for (size_t i = 0; i < m->s->socks.n; i++) {
        struct ptn_listener *l = PTN_SOCK(m->s, i);
        if (l->netns != m->host || !is_at(l, p))
            continue;
        found = true;
        if (l->owner && is_super(l->owner, names))
            l->owner = owner;
    }
    return found;
}

static int add_latent(const struct matcher *m, const struct ptn_place *p, const struct ptn_listener *rest)
{
    if (m->s->opts.port)
        return 0;
    struct ptn_listener *l = ptn_array_add(&m->s->latent, sizeof(*l));
    if (!l)
        return -ENOMEM;
    *l = *rest;
    l->netns = m->host;
    l->proto = p->proto;
    l->addr = p->addr;
    l->dual = p->dual;
    l->port = p->port;
    l->latent = true;
    return 0;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The service behind a socket unit: its running process if it has one, else what it would start, with the number of
 * the process that holds the socket for it. */
static struct ptn_owner *service_owner(const struct matcher *m, const struct ptn_unit *u)
{
    int32_t pid = u->accept ? 0 : ptn_cgroup_main_pid(u->service);
    struct ptn_owner *o = pid ? ptn_proc_read(m->s, pid) : ptn_snapshot_owner(m->s);
    struct ptn_start start;
    if (!o)
        return NULL;
    if (!pid && ptn_units_start(m->s, m->root, u->service, &start) == 0) {
        o->exe = start.exe;
        o->command = start.command;
        o->comm = base_name(start.exe);
        o->user = *start.user ? start.user : "root";
        o->exe_temporary = ptn_proc_is_temporary(start.exe);
    }
    o->unit = u->service;
    o->socket_unit = u->name;
    return o;
}

static int match_unit(const struct matcher *m, const struct ptn_unit *u)
{
    static const char *const names[] = {"systemd", NULL};
    struct ptn_owner *o = service_owner(m, u);
    if (!o)
        return -ENOMEM;
    struct ptn_listener rest = {
        .enabled = u->enabled, .latent_from = u->file, .latent_name = "", .ifname = u->device, .owner = o};
    int r = 0;
    for (size_t i = 0; i < u->n_places && r == 0; i++) {
        if (!take_over(m, &u->places[i], names, o))
            r = add_latent(m, &u->places[i], &rest);
        else if (!o->pid)
            o->pid = 1;
    }
    return r;
}

static int match_units(const struct matcher *m)
{
    struct ptn_array units = {0};
    int r = ptn_units_read(m->s, m->root, &units);
    for (size_t i = 0; i < units.n && r == 0; i++)
        r = match_unit(m, PTN_AT(struct ptn_unit, &units, i));
    ptn_array_free(&units);
    return r;
}

/* The name of the program that serves. tcpd(8) stands before the real one, and is told that as its own name. */
static const char *super_name(const struct matcher *m, const struct ptn_super *super)
{
    const char *name = base_name(super->exe);
    if (super->xinetd || strcmp(name, "tcpd") != 0)
        return name;
    const char *real = ptn_arena_strndup(&m->s->arena, super->command, strcspn(super->command, " \t"));
    return real ? base_name(real) : name;
}

/* The program that a super-server starts stands for it; process, unit and container stay the super-server's. */
static struct ptn_owner *super_owner(const struct matcher *m, const struct ptn_super *super,
                                     const struct ptn_owner *holder)
{
    struct ptn_owner *o = ptn_snapshot_owner(m->s);
    if (!o)
        return NULL;
    if (holder)
        *o = *holder;
    o->command = super->command;
    if (*super->exe) {
        o->exe = super->exe;
        o->comm = super_name(m, super);
        o->exe_deleted = false;
        o->exe_temporary = ptn_proc_is_temporary(super->exe);
    }
    if (*super->user)
        o->user = super->user;
    return o;
}

static const char *const inetds[] = {"inetd", "openbsd-inetd", "inetutils-inetd", "busybox", NULL};
static const char *const xinetds[] = {"xinetd", NULL};

/* The super-server's own owner where it holds a socket at the place, or NULL. */
static const struct ptn_owner *holder_at(const struct matcher *m, const struct ptn_place *p, const char *const *names)
{
    for (size_t i = 0; i < m->s->socks.n; i++) {
        const struct ptn_listener *l = PTN_SOCK(m->s, i);
        if (l->netns == m->host && l->owner && is_at(l, p) && is_super(l->owner, names))
            return l->owner;
    }
    return NULL;
}

/* Whether the system starts the super-server by itself, the systemd way or the old one. */
static bool is_started(const char *root, const char *const *names)
{
    for (; *names; names++) {
        static const char *const places[] = {"/etc/systemd/system/multi-user.target.wants/%s.service",
                                             "/etc/rc2.d/S01%s", "/etc/rc3.d/S01%s", "/etc/rc3.d/S50%s"};
        for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
            char name[128], path[512];
            const char *mark = strstr(places[i], "%s");
            snprintf(name, sizeof(name), "%.*s%s%s", (int)(mark - places[i]), places[i], *names, mark + 2);
            snprintf(path, sizeof(path), "%s%s", root, name);
            if (faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
                return true;
        }
    }
    return false;
}

static int match_super(const struct matcher *m, const struct ptn_super *super, bool started)
{
    const char *const *names = super->xinetd ? xinetds : inetds;
    const struct ptn_owner *o = super_owner(m, super, holder_at(m, &super->place, names));
    if (!o)
        return -ENOMEM;
    if (super->place.port && take_over(m, &super->place, names, o))
        return 0;
    struct ptn_listener rest = {
        .enabled = started, .latent_from = super->file, .latent_name = super->name, .ifname = "", .owner = o};
    return add_latent(m, &super->place, &rest);
}

static int match_supers(const struct matcher *m)
{
    struct ptn_array supers = {0};
    int r = ptn_inetd_read(m->s, m->root, &supers);
    if (r == 0)
        r = ptn_xinetd_read(m->s, m->root, &supers);
    bool inetd = supers.n && is_started(m->root, inetds), xinetd = supers.n && is_started(m->root, xinetds);
    for (size_t i = 0; i < supers.n && r == 0; i++) {
        const struct ptn_super *super = PTN_AT(struct ptn_super, &supers, i);
        r = match_super(m, super, super->xinetd ? xinetd : inetd);
    }
    ptn_array_free(&supers);
    return r;
}

/* A lookup of one port needs the configuration only if a super-server holds what it found. */
static bool worth_reading(const struct ptn_snapshot *s)
{
    static const char *const names[] = {"systemd", "inetd", "openbsd-inetd", "inetutils-inetd", "busybox",
                                        "xinetd",  NULL};
    for (size_t i = 0; i < s->socks.n; i++) {
        const struct ptn_owner *o = PTN_SOCK(s, i)->owner;
        if (o && is_super(o, names))
            return true;
    }
    return !s->opts.port;
}

int ptn_latent_read(struct ptn_snapshot *s, const char *root)
{
    struct matcher m = {.s = s, .root = root};
    while (m.host < s->spaces.n && !PTN_AT(struct ptn_space, &s->spaces, m.host)->pub.host)
        m.host++;
    if (m.host == s->spaces.n || !worth_reading(s))
        return 0;
    int r = match_units(&m);
    return r == 0 ? match_supers(&m) : r;
}
